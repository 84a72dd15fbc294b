"""Clips whose frames carry their number as grey blocks, a song of clicks, and cuts made of them."""

from __future__ import annotations

import subprocess
import tempfile
import wave
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from studio.media import ffmpeg_exe, sha256_of
from studio.nouns import Cut, Slot, SongRange, Source

WIDTH, HEIGHT = 160, 96  # four by two blocks: eight bits


def picture_of(number: int, width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """A grey picture that says its number, in blocks large enough to survive H.264 and scaling."""
    image = np.zeros((2, 4), np.uint8)
    for bit in range(8):
        image[bit // 4, bit % 4] = 200 if number >> bit & 1 else 60
    return np.kron(image, np.ones((height // 2, width // 4), np.uint8))


def numbers_in(grey: np.ndarray) -> list[int]:
    """The numbers of pictures (n, height, width)."""
    _, height, width = grey.shape
    rows = [height // 4, height * 3 // 4]
    columns = [width // 8, width * 3 // 8, width * 5 // 8, width * 7 // 8]
    bits = np.stack([grey[:, y - 2 : y + 2, x - 2 : x + 2].mean((1, 2)) > 130 for y in rows for x in columns], 1)
    return [int(value) for value in bits @ (1 << np.arange(8))]


def run_ffmpeg(*words: str, data: bytes | None = None) -> bytes:
    """The bundled ffmpeg, called plainly: what comes out of it is no work of the product's code."""
    done = subprocess.run([ffmpeg_exe(), "-v", "error", "-y", *words], input=data, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def grey_frames(path: Path, width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """Every frame that a film decodes to, as grey pictures."""
    raw = run_ffmpeg(
        "-i", str(path), "-map", "0:v", "-fps_mode", "passthrough", "-pix_fmt", "gray", "-f", "rawvideo", "-"
    )
    return np.frombuffer(raw, np.uint8).reshape(-1, height, width)


@cache
def numbered_clip(rate: Fraction, frames: int, width: int, height: int, first: int, coding: tuple[str, ...]) -> bytes:
    """An MP4 whose frame i says first + i."""
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.mp4"
        run_ffmpeg(
            *("-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{width}x{height}"),
            *("-r", f"{rate.numerator}/{rate.denominator}", "-i", "-"),
            *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-threads", "1", *coding),
            str(clip),
            data=b"".join(picture_of(first + i, width, height).tobytes() for i in range(frames)),
        )
        return clip.read_bytes()


class Material:
    """A film's folder that fills with clips as they are asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made: dict[tuple[object, ...], Source] = {}
        for name in ("media/takes", "media/cards", "song", "deliveries"):
            (folder / name).mkdir(parents=True)

    def take(
        self,
        rate: Fraction | int = 24,
        frames: int = 100,
        *,
        width: int = WIDTH,
        height: int = HEIGHT,
        first: int = 0,
        coding: Sequence[str] = (),
    ) -> Source:
        """A take whose frame i says first + i."""
        rate = Fraction(rate)
        facts = (rate, frames, width, height, first, tuple(coding))
        if facts not in self.made:
            label = f"{len(self.made) // 20 + 1:02d}A-{len(self.made) % 20 + 1:03d}"
            file = f"media/takes/{label}.mp4"
            (self.folder / file).write_bytes(numbered_clip(rate, frames, width, height, first, tuple(coding)))
            self.made[facts] = Source(
                "take", label, file, sha256_of(self.folder / file), rate, frames, width, height, label.replace("-", ""),
                shot=label[:3], take_id=f"id-{label}",
            )  # fmt: skip
        return self.made[facts]

    def song(self, seconds: Fraction = Fraction(20), start_s: Fraction = Fraction(1), rate: int = 44100) -> SongRange:
        """A mono song: silence with one click (a sample at full level) on every second."""
        file = f"song/clicks-{rate}.wav"
        if not (self.folder / file).exists():
            samples = np.zeros(int(seconds * rate), "<i2")
            samples[::rate] = 30000
            with wave.open(str(self.folder / file), "wb") as out:
                out.setnchannels(1)
                out.setsampwidth(2)
                out.setframerate(rate)
                out.writeframes(samples.tobytes())
        return SongRange(file, sha256_of(self.folder / file), start_s, seconds)

    def cut(
        self,
        slots: Sequence[tuple[Source, int, int, Fraction]],
        *,
        rate: Fraction | int = 24,
        song: SongRange | None = None,
        **facts: object,
    ) -> Cut:
        """A cut of (source, frames, in-point, speed), one after the other."""
        at, placed = 0, []
        for source, frames, in_frames, speed in slots:
            placed.append(Slot(source, at, frames, in_frames, Fraction(speed)))
            at += frames
        cut = Cut(
            "id", "Endlose Fahrt", "first", 1, Fraction(rate), WIDTH, HEIGHT, "letterbox",
            song or SongRange("", "", Fraction(0), Fraction(0)), tuple(placed), author="ada",
        )  # fmt: skip
        return replace(cut, **facts)  # type: ignore[arg-type]


@pytest.fixture
def film(tmp_path: Path) -> Material:
    return Material(tmp_path / "film")


@pytest.fixture
def numbers() -> Callable[[Path], list[int]]:
    """The numbers that a film's frames say."""
    return lambda path: numbers_in(grey_frames(path))


@pytest.fixture
def plain_ffmpeg() -> Callable[..., bytes]:
    return run_ffmpeg


def on_screen(k: int, in_frames: int, speed: Fraction, source_rate: Fraction, rate: Fraction, frames: int) -> int:
    """DESIGN §2 as a person reads it: the source frame on screen at the middle of film frame k, found by looking."""
    moment = (in_frames + (k + Fraction(1, 2)) * speed) / rate
    shown = 0
    while shown + 1 < frames and Fraction(shown + 1) / source_rate < moment:
        shown += 1
    return shown


@pytest.fixture(scope="session")
def rule() -> Callable[..., int]:
    return on_screen
