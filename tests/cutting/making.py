"""Values that the tests of the cutting room share."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from studio.nouns import Cut, Marker, Slot, SongRange, Source

FILM = Fraction(24)


def take(label: str, frames: int, rate: Fraction | int = FILM, width: int = 1280, height: int = 720) -> Source:
    return Source(
        kind="take",
        name=label,
        file=f"media/takes/{label}.mp4",
        sha256=label.encode().hex().ljust(64, "0")[:64],
        rate=Fraction(rate),
        frames=frames,
        width=width,
        height=height,
        reel=label.replace("-", ""),
        shot=label[:3],
        take_id=f"0193-{label}",
    )


def card(name: str, frames: int, rate: Fraction | int = FILM) -> Source:
    return Source(
        "card", name, f"media/cards/{name}-0a1b2c3d.mp4", "c" * 64, Fraction(rate), frames, 1280, 720, name.upper()
    )


def every(step: Fraction, count: int, start: Fraction = Fraction(0)) -> tuple[Fraction, ...]:
    """`count` times, `step` seconds apart."""
    return tuple(start + step * n for n in range(count))


def hard_cut(**changed: object) -> Cut:
    """A cut with all that is hard: mixed rates and sizes, speeds, in-points, a card, names that need care."""
    wild = replace(take("04A-001", 60, 30, 720, 1280), file="media/takes/Täke #3 & 'more' 100%, 日.mp4")
    slots = (
        Slot(card("title", 48), 0, 48, how="made to fit"),
        Slot(take("01A-003", 121), 48, 37, in_frames=7, how="as it is"),
        Slot(take("02A-001", 49, Fraction(277, 12), 480, 720), 85, 44, in_frames=6, how="split at beat 4 of bar 2"),
        Slot(take("03A-002", 16, Fraction(25, 3), 256, 256), 129, 56, speed=Fraction(13, 16), how="slowed to 13/16"),
        Slot(wild, 185, 31, in_frames=7, speed=Fraction(1, 2), how="slowed to 1/2"),
        Slot(take("05A-001", 24, 12), 216, 24, in_frames=0, speed=Fraction(2), how="twice as fast"),
    )
    marks = (
        Marker(0, "bar", "bar 1"),
        Marker(0, "lyric", "“Grüße” & <Küsse> = 100 %", 60),
        Marker(12, "beat", "1.2"),
        Marker(48, "bar", "bar 2"),
        Marker(60, "lyric", "=cmd()", 90),
        Marker(100, "prompt", "a secret prompt", 10),
        Marker(200, "section", "chorus", 40),
        Marker(239, "beat", "5.4"),
    )
    cut = Cut(
        id="0193-cut",
        film_title="Ä film: #1 & 'the rest' 100% <true> \x07日",
        name="first cut",
        version=3,
        rate=FILM,
        width=1280,
        height=720,
        fit="letterbox",
        song=SongRange("song/song.ogg", "5" * 64, Fraction(10), Fraction(20)),
        slots=slots,
        markers=marks,
        author="ada",
    )
    return replace(cut, **changed)  # type: ignore[arg-type]
