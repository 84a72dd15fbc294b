"""Clips whose frames carry their number, made and read without the product's code."""

import subprocess
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from imageio_ffmpeg import get_ffmpeg_exe

BITS = 8


def numbered(number: int, width: int, height: int) -> np.ndarray:
    """A picture of eight upright bars, light for a one and dark for a zero, the lowest bit on the left."""
    bars = np.array([200 if number >> bit & 1 else 40 for bit in range(BITS)], np.uint8)
    row = bars[np.arange(width) * BITS // width]
    return np.repeat(np.repeat(row[None, :, None], height, 0), 3, 2)


def number_in(picture: np.ndarray) -> int:
    """The number that a picture of such bars carries, at any size."""
    grey = picture.mean(axis=2) if picture.ndim == 3 else picture
    height, width = grey.shape
    middles = [(2 * bit + 1) * width // (2 * BITS) for bit in range(BITS)]
    band = grey[height // 4 : max(height // 4 + 1, height * 3 // 4)]
    return sum(int(band[:, max(0, x - 1) : x + 2].mean() > 120) << bit for bit, x in enumerate(middles))


def make_clip(
    path: Path,
    frames: int = 24,
    rate: Fraction | int = 24,
    size: tuple[int, int] = (160, 90),
    options: Iterable[str] = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "12"),
    filters: str = "format=yuv420p",
    before: Iterable[str] = (),
    noise: int = 0,
) -> Path:
    """A clip of numbered frames, by ffmpeg alone."""
    width, height = size
    rng = np.random.default_rng(3)
    pictures = (numbered(number, width, height) for number in range(frames))
    if noise:
        pictures = (picture + rng.integers(0, noise, picture.shape, np.uint8) for picture in pictures)
    rate = Fraction(rate)
    run(
        *before, "-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{width}x{height}",
        "-r", f"{rate.numerator}/{rate.denominator}", "-i", "-", "-vf", filters, *options, str(path),
        data=b"".join(picture.tobytes() for picture in pictures),
    )  # fmt: skip
    return path


def run(*words: str, data: bytes | None = None) -> None:
    """ffmpeg itself."""
    done = subprocess.run(
        [get_ffmpeg_exe(), "-y", "-hide_banner", "-loglevel", "error", *words],
        input=data,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()


def decoded(path: Path) -> list[np.ndarray]:
    """All frames of a clip, by PyAV."""
    with av.open(str(path)) as box:
        return [frame.to_ndarray(format="bgr24") for frame in box.decode(video=0)]


def stamps(path: Path) -> list[Fraction]:
    """The times of a clip's frames in seconds, by PyAV."""
    with av.open(str(path)) as box:
        return [frame.pts * frame.time_base for frame in box.decode(video=0)]
