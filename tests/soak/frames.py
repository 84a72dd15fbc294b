"""The frame rule on slots drawn at random: any rate that generators give, any speed that arranging finds."""

import random
import tempfile
from fractions import Fraction
from pathlib import Path

import numpy as np

from studio.delivery.plan import slot_filters
from studio.nouns import Slot, Source
from tests.delivery.conftest import Material, on_screen, run_ffmpeg

RATES = [Fraction(r) for r in ("8", "25/3", "10", "12", "15", "16", "277/12", "300/13", "24000/1001", "24", "25", "30",
                               "30000/1001", "48", "50", "60")]  # fmt: skip
FILM_RATES = [Fraction(r) for r in ("24000/1001", "24", "25", "30000/1001", "30", "50", "60")]
ROUNDS = 6


def run() -> None:
    """Prints how many frames were looked at and how many were wrong."""
    drawn, seen, wrong = random.Random(7), 0, []
    with tempfile.TemporaryDirectory() as scratch:
        film = Material(Path(scratch) / "film")
        for source_rate in RATES:
            source = film.take(source_rate, 200, width=32, height=8)
            for rate in FILM_RATES:
                slots = [_slot(source, rate, drawn) for _ in range(10 * ROUNDS)]
                shown = iter(_shown(film, slots, rate))
                for slot in slots:
                    for k in range(slot.frames):
                        want = on_screen(k, slot.in_frames, slot.speed, source_rate, rate, source.frames)
                        got = next(shown)
                        seen += 1
                        if got != want:
                            wrong.append((str(source_rate), str(rate), str(slot.speed), slot.in_frames, k, want, got))
                assert next(shown, None) is None
    print(f"frames: {seen} looked at, {len(wrong)} wrong", *wrong[:10], flush=True)
    assert not wrong


def _slot(source: Source, rate: Fraction, drawn: random.Random) -> Slot:
    speed = Fraction(drawn.randint(1, 64), drawn.choice((1, 2, 3, 4, 7, 8, 13, 16, 23, 64)))
    speed = min(max(speed, Fraction(1, 2)), Fraction(3))
    have = source.frames / source.rate * rate
    in_frames = drawn.randint(0, int(have) // 2)
    frames = min(drawn.randint(1, 24), int((have - in_frames) / speed))
    return Slot(source, 0, max(1, frames), in_frames, speed)


def _shown(film: Material, slots: list[Slot], rate: Fraction) -> list[int]:
    """The numbers that the frames of these slots say, uncompressed."""
    cut = film.cut([(slots[0].source, 1, 0, Fraction(1))], rate=rate, width=32, height=8)
    heads = "".join(f"[i{n}]" for n in range(len(slots)))
    lines = [f"[i{n}]{slot_filters(cut, slot, 'bt709')},format=gray[o{n}]" for n, slot in enumerate(slots)]
    graph = f"[0:v]split={len(slots)}{heads};{';'.join(lines)};{heads.replace('i', 'o')}concat=n={len(slots)}"
    file = str(film.folder / slots[0].source.file)
    raw = run_ffmpeg("-i", file, "-filter_complex", graph, "-fps_mode", "passthrough", "-f", "rawvideo", "-")
    bits = np.frombuffer(raw, np.uint8).reshape(-1, 2, 4, 4, 8).mean((2, 4)).reshape(-1, 8) > 130
    return [int(number) for number in bits @ (1 << np.arange(8))]
