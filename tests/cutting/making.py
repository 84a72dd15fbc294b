"""Values that the tests of the cutting room share."""

from __future__ import annotations

from fractions import Fraction

from studio.nouns import Source

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
