"""The lyrics of a cut as subtitles: a track of the film's file, and a .srt file beside it."""

from __future__ import annotations

from fractions import Fraction
from html import escape

from studio.delivery.titles import Sung, sung
from studio.nouns import Cut

STYLE = str.maketrans({"{": "(", "}": ")", "\\": "/"})


def srt(cut: Cut) -> str:
    """The lines that are sung as SubRip, from the frame on which each begins to that on which it ends."""
    return "\n".join(
        f"{number}\n{_span(line, cut.rate, ',')}\n{_arrow(line.words)}\n"
        for number, line in enumerate(sung(cut), start=1)
    )


def webvtt(cut: Cut) -> str:
    """The same as WebVTT, for ffmpeg: in SubRip words in angle brackets would be taken for tags, and be lost.

    Its own way of writing styles takes braces and backslashes, so they become ( ) and /.
    """
    return "WEBVTT\n\n" + "\n".join(
        f"{_span(line, cut.rate, '.')}\n{escape(_arrow(line.words).translate(STYLE), quote=False)}\n"
        for line in sung(cut)
    )


def _span(line: Sung, rate: Fraction, mark: str) -> str:
    return " --> ".join(_time(frame, rate, mark) for frame in (line.record_frame, line.record_frame + line.frames))


def _arrow(words: str) -> str:
    """The words without what both formats take for a time line."""
    return words.replace("-->", "→")


def _time(frame: int, rate: Fraction, mark: str) -> str:
    """Whole milliseconds, the nearest."""
    ms = int(frame / rate * 1000 + Fraction(1, 2))
    seconds, rest = divmod(ms, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{mark}{rest:03d}"
