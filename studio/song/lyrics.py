"""Lyrics with their times: the LRC file, read by hand.

LRC has no standard; this reads what players agree on: ``[mm:ss.xx]`` stamps (several before one line repeat it),
``[offset:±ms]`` (positive: the words come earlier), the enhanced ``<mm:ss.xx>`` stamps of single words, which are
taken out, and tags such as ``[ar:…]``, which are passed over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from studio.errors import BadInput

STAMP = re.compile(r"\[(\d{1,3}):([0-5]?\d)(?:[.:](\d{1,3}))?\]\s*")
WORD_STAMP = re.compile(r"\s*<\d{1,3}:[0-5]?\d(?:[.:]\d{1,3})?>")
TAG = re.compile(r"\[([A-Za-z#][\w #]*):(.*)\]")


@dataclass(frozen=True)
class Line:
    """One sung line, in exact seconds of the master."""

    start_s: Fraction
    end_s: Fraction | None  # where the next stamp stands; None for the last line
    text: str


def read_lrc(text: str) -> tuple[Line, ...]:
    """The lines in the order they are sung. A stamp without words ends the line before it and is no line itself.

    Raises `BadInput` naming the line number where one is neither stamped, nor a tag, nor blank.
    """
    offset_s = Fraction(0)
    stamped: list[tuple[Fraction, str]] = []
    for number, raw in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        rest, times = raw.strip(), []
        while stamp := STAMP.match(rest):
            minutes, seconds, part = stamp.groups()
            times.append(int(minutes) * 60 + int(seconds) + Fraction(int(part or 0), 10 ** len(part or "0")))
            rest = rest[stamp.end() :]
        if times:
            words = " ".join(WORD_STAMP.sub(" ", rest).split())
            stamped += [(time, words) for time in times]
        elif tag := TAG.fullmatch(rest):
            if tag[1].strip().lower() == "offset":
                if not re.fullmatch(r"\s*[+-]?\d{1,9}\s*", tag[2]):
                    raise BadInput(f"line {number} of the lyrics: the offset {tag[2]!r} is no number of milliseconds")
                offset_s = Fraction(int(tag[2]), 1000)
        elif rest:
            raise BadInput(f"line {number} of the lyrics: {rest[:40]!r} has no time: write it as [00:12.50]{rest[:40]}")
    stamped.sort(key=lambda one: one[0])  # stable: two lines of one time stay in the order they were written
    starts = [max(Fraction(0), time - offset_s) for time, _ in stamped]
    ends: list[Fraction | None] = []  # from the back, so that many lines of one time cost no more than others
    for i in reversed(range(len(starts))):
        same = i + 1 < len(starts) and starts[i + 1] == starts[i]
        ends.append(ends[-1] if same else starts[i + 1] if i + 1 < len(starts) else None)
    ends.reverse()
    return tuple(Line(start, end, words) for start, end, (_, words) in zip(starts, ends, stamped, strict=True) if words)
