"""Lyrics with their times: the LRC file, read by hand, and subtitles (WebVTT, SubRip) through pysubs2.

LRC has no standard; this reads what players agree on: ``[mm:ss.xx]`` stamps (several before one line repeat it),
``[offset:±ms]`` (positive: the words come earlier), the enhanced ``<mm:ss.xx>`` stamps of single words, which are
taken out, and tags such as ``[ar:…]``, which are passed over.
"""

from __future__ import annotations

import functools
import html
import itertools
import re
from dataclasses import dataclass
from fractions import Fraction

from studio.errors import BadInput
from studio.given import visible

STAMP = re.compile(r"\[(\d{1,3}):([0-5]?\d)(?:[.:](\d{1,3}))?\]\s*")
WORD_STAMP = re.compile(r"\s*<\d{1,3}:[0-5]?\d(?:[.:]\d{1,3})?>")
MARKUP = re.compile(r"</?[A-Za-z0-9][^<>\n]{0,200}>")  # <i>, <v Ada>, <00:01.500>
STAMPED = r"(?:(\d{1,2}):)?([0-5]?\d):([0-5]?\d)[.,](\d{1,3})"
TIMING = re.compile(rf"\s*{STAMPED}\s*-->\s*{STAMPED}(?:\s|$)")
EXAMPLE = "00:00:12.500 --> 00:00:15.000"
TAG = re.compile(r"\[([A-Za-z#][\w #]*):(.*)\]")


@dataclass(frozen=True)
class Line:
    """One sung line, in exact seconds of the master."""

    start_s: Fraction
    end_s: Fraction | None  # where the next stamp stands; None for the last line
    text: str


LONGEST_LINE = 500  # characters
MOST_UNDER_ONE_TIME = 2000
FORMS = ("lrc", "vtt", "srt")


def form_of(name: str, text: str) -> str:
    """What kind of lyrics a file holds: what it begins with says more than its name."""
    start = text.lstrip("\ufeff \r\n\t")
    if start.startswith("WEBVTT"):
        return "vtt"
    if re.match(r"(?:\d+\s*\r?\n)?\s*\d+:\d\d:\d\d[,.]\d+\s*-->", start):
        return "srt"
    ending = name.rsplit(".", 1)[-1].lower()
    return ending if ending in FORMS else "lrc"


@functools.lru_cache(maxsize=4)  # a film asks for its song often
def read_lyrics(text: str, form: str = "lrc") -> tuple[Line, ...]:
    """The lines of a file of one of `FORMS`, in the order they are sung."""
    return read_lrc(text) if form == "lrc" else _read_subtitles(text, form)


def _read_subtitles(text: str, form: str) -> tuple[Line, ...]:
    from pysubs2 import SSAFile

    rows = text.removeprefix("\ufeff").splitlines()
    since = 0  # characters under one time: pysubs2 takes time for a long text, and nobody sings it
    for number, row in enumerate(rows, start=1):
        if "-->" in row:
            stamps = TIMING.match(row)
            if not stamps:
                raise BadInput(f"line {number} of the lyrics: {row[:40]!r} is no time: write {EXAMPLE}")
            # pysubs2 passes over a time without hours in SubRip, and reads .50 in WebVTT as 50 ms
            mark = "." if form == "vtt" else ","
            begins, ends = (
                f"{int(h or 0):02}:{int(m):02}:{int(s):02}{mark}{part:0<3}"
                for h, m, s, part in (stamps.groups()[:4], stamps.groups()[4:])
            )
            rows[number - 1] = f"{begins} --> {ends}"
        ended = "-->" in row or (form == "vtt" and not row.strip())
        since = 0 if ended else since + len(row.strip())
        if since > MOST_UNDER_ONE_TIME:
            raise BadInput(f"line {number} of the lyrics: more than {MOST_UNDER_ONE_TIME:,} characters under one time")
    blocks = [list(block) for blank, block in itertools.groupby(rows, lambda row: not row.strip()) if not blank]
    if form == "vtt":  # pysubs2 would have remarks, and the names of cues, sung
        timed = [[at for at, row in enumerate(block) if "-->" in row][:1] for block in blocks]
        blocks = [block[at[0] :] for block, at in zip(blocks, timed, strict=True) if at]
    if text.strip() and not any("-->" in row for row in rows) and not rows[0].startswith("WEBVTT"):
        raise BadInput(f"the lyrics hold no timed line: write {EXAMPLE} over each")
    lines = []
    for event in SSAFile.from_string("\n\n".join(map("\n".join, blocks)), format_=form).events:
        words = " ".join(html.unescape(MARKUP.sub("", event.plaintext)).split())
        if words:
            visible(words, f"the lyrics: {words[:20]!r}", LONGEST_LINE)  # &#1; was written with visible ones
            end = Fraction(event.end, 1000) if event.end > event.start else None  # else it lasts until the next one
            lines.append(Line(Fraction(event.start, 1000), end, words))
    return tuple(sorted(lines, key=lambda line: line.start_s))


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
