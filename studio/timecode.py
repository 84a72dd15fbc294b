"""Rates and frames: one rational rate, integer frames, and the frame rule.

Seconds are for people and providers. Inside a cut there are only frames, and a length in frames comes from
absolute times, never from adding floats.
"""

from __future__ import annotations

import math
import re
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


def drops(rate: Fraction) -> bool:
    """Whether time code at a rate is counted with dropped frames by habit: at 29.97 and its doubles."""
    return rate.denominator == 1001 and rate.numerator % 30_000 == 0


def timecode(frame: int, rate: Fraction, *, drop: bool = False) -> str:
    """Time code ``HH:MM:SS:FF`` at the rounded rate (SMPTE 12M counts 24000/1001 as 24), from 00 again after a day.

    With `drop` it is ``HH:MM:SS;FF`` (SMPTE 12M drop frame): of each minute but each tenth the first 2 numbers are
    left out (4 at 59.94), no frame is. Raises BadInput where the rate has no such time code.
    """
    base = round(rate)
    if drop:
        tens, rest = divmod(frame, _frames_of_ten_minutes(rate))
        skipped = base // 15
        frame += skipped * (9 * tens + max(0, (rest - skipped) // (60 * base - skipped)))
    seconds, ff = divmod(frame, base)
    mark = ";" if drop else ":"
    return f"{seconds // 3600 % 24:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{mark}{ff:02d}"


def frame_of_timecode(text: str, rate: Fraction) -> int:
    """The frame number of a time code, the inverse of `timecode`: with ``;`` before the frames it is drop frame."""
    parts = re.fullmatch(r"(\d{2}):(\d{2}):(\d{2})([:;])(\d{2,3})", text, re.ASCII)
    base = round(rate)
    if not parts or int(parts[5]) >= base or int(parts[2]) > 59 or int(parts[3]) > 59:
        raise BadInput(f"{text!r} is not a time code at {base} frames per second: write HH:MM:SS:FF")
    minutes, seconds, ff = int(parts[1]) * 60 + int(parts[2]), int(parts[3]), int(parts[5])
    frame = (minutes * 60 + seconds) * base + ff
    if parts[4] == ":":
        return frame
    _frames_of_ten_minutes(rate)
    if minutes % 10 and not seconds and ff < base // 15:
        raise BadInput(f"{text!r} is a number that drop-frame time code leaves out: write {text[:-2]}{base // 15:02d}")
    return frame - base // 15 * (minutes - minutes // 10)


def hour_frame(rate: Fraction, *, drop: bool = False) -> int:
    """The frame that 01:00:00:00 counts as: cuts begin there, so that nothing falls below zero."""
    base = round(rate)
    return 6 * _frames_of_ten_minutes(rate) if drop else 3600 * base


def record_timecode(frame: int, rate: Fraction, *, drop: bool | None = None) -> str:
    """The time code of a frame of a cut, as its edit lists have it: from 01:00:00:00, `drop` None: by habit."""
    drop = drops(rate) if drop is None else drop
    return timecode(hour_frame(rate, drop=drop) + frame, rate, drop=drop)


def _frames_of_ten_minutes(rate: Fraction) -> int:
    if not drops(rate):
        raise BadInput(f"there is no drop-frame time code at {rate} frames per second: only 29.97 and 59.94 have it")
    return 600 * round(rate) - 9 * (round(rate) // 15)
