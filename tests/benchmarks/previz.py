"""previz, encoding included, on one core."""

import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

from tests.benchmarks.figures import Figure, on_one_core

WIDTH, HEIGHT, FRAMES, RATE = 480, 270, 240, Fraction(24)


def run() -> list[Figure]:
    """Measured in a process of its own, held to one core; the floor is the encoder alone on the same frames."""
    measured = subprocess.run([sys.executable, "-m", __name__], check=True, capture_output=True, text=True).stdout
    ours, floor = (float(line) for line in measured.split())
    return [
        Figure(
            f"previz {WIDTH}×{HEIGHT}, encoding included",
            f"{ours:.0f} frames/s",
            f"the encoder alone {floor:.0f} frames/s",
            ours / floor,
            "bar: ≥ 60 frames/s",
        )
    ]


def _measure() -> None:
    on_one_core()
    from studio.camera import Camera
    from studio.media import encode
    from studio.providers.previz.drawing import draw

    path = Camera.parse("fast push in, then arc left").path(FRAMES / RATE, RATE)
    words = "Two teenagers meet in a school corridor; her bubble gum fills the frame."
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        encode(draw(words, path, WIDTH, HEIGHT, 7, "07A-003", None), Path(folder, "a.mp4"), rate=RATE)
        ours = time.perf_counter() - start
        frames = list(draw(words, path, WIDTH, HEIGHT, 7, "07A-003", None))
        start = time.perf_counter()
        encode(frames, Path(folder, "b.mp4"), rate=RATE)
        floor = time.perf_counter() - start
    print(FRAMES / ours, FRAMES / floor)


if __name__ == "__main__":
    _measure()
