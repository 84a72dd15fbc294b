"""Rates and frames: one rational rate, integer frames, and the frame rule.

Seconds are for people and providers. Inside a cut there are only frames, and a length in frames comes from
absolute times, never from adding floats.
"""

from __future__ import annotations

import math
from fractions import Fraction

from studio.errors import BadInput

NTSC = {Fraction(n): Fraction(n * 1000, 1001) for n in (24, 30, 48, 60, 120, 240)}
FINEST = 10_000  # a clip's time base holds no fraction of larger numbers exactly


def parse_rate(value: str | int | float | Fraction) -> Fraction:
    """The exact frame rate that a person means, in frames per second.

    ``"24"``, ``24``, ``"24000/1001"`` and ``Fraction`` are taken as they are; ``23.976``, ``29.97`` and ``59.94``
    mean the NTSC rates 24000/1001, 30000/1001 and 60000/1001, which no decimal can say.
    """
    try:
        text = str(value).strip()
        if "e" in text.lower() or isinstance(value, bool):  # 1e999999999 would take for ever
            raise ValueError
        exact = Fraction(text) if isinstance(value, (str, float)) else Fraction(value)
    except (ValueError, ZeroDivisionError, TypeError):
        raise BadInput(
            f"the rate {value!r} is not a number of frames per second: write 24, 23.976 or 24000/1001"
        ) from None
    if not 1 <= exact <= 240:
        raise BadInput(f"the rate {value} is out of range: a film has 1 to 240 frames per second")
    if exact.denominator > FINEST:
        raise BadInput(f"the rate {value} is too fine: write a fraction of small numbers, such as 24000/1001")
    for whole, ntsc in NTSC.items():
        if (
            exact.denominator not in (1, 1001)
            and abs(exact - ntsc) < Fraction(1, 200)
            and abs(exact - ntsc) < abs(exact - whole)
        ):
            return ntsc
    return exact


def frame_at(seconds: Fraction | float, rate: Fraction) -> int:
    """The frame boundary nearest to a time: ⌊seconds · rate + ½⌋, exact for a Fraction."""
    return math.floor(Fraction(seconds) * rate + Fraction(1, 2))


def seconds_of(frames: int | Fraction, rate: Fraction) -> Fraction:
    """Exact seconds from the start to a frame boundary."""
    return Fraction(frames) / rate


def source_index(
    in_frames: int, k: int, speed: Fraction, source_rate: Fraction, rate: Fraction, source_frames: int
) -> int:
    """Which source frame output frame `k` of a slot shows: the one on screen at the middle of that frame.

    ⌈(in_frames + (k + ½) · speed) · source_rate ÷ rate⌉ − 1, held at the last source frame; on an exact tie the
    earlier one (DESIGN §2). `in_frames` is source time on the film's grid, whatever the speed.
    """
    at = (in_frames + (k + Fraction(1, 2)) * speed) * source_rate / rate
    return max(0, min(math.ceil(at) - 1, source_frames - 1))


def source_frames_needed(in_frames: int, frames: int, speed: Fraction, source_rate: Fraction, rate: Fraction) -> int:
    """Source frames that a slot of `frames` film frames uses up, from the head of its source; exact, rounded up."""
    return math.ceil((in_frames + frames * speed) * source_rate / rate)


def timecode(frame: int, rate: Fraction) -> str:
    """Non-drop time code ``HH:MM:SS:FF`` at the rounded rate (SMPTE 12M counts 24000/1001 as 24)."""
    base = round(rate)
    seconds, ff = divmod(frame, base)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{ff:02d}"


def frame_of_timecode(text: str, rate: Fraction) -> int:
    """The frame number of a non-drop time code, the inverse of `timecode`."""
    parts = text.split(":")
    base = round(rate)
    if len(parts) != 4 or not all(p.isdigit() for p in parts) or int(parts[3]) >= base:
        raise BadInput(f"{text!r} is not a time code at {base} frames per second: write HH:MM:SS:FF")
    hours, minutes, seconds, ff = (int(p) for p in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * base + ff
