"""Beats, bars, lyric lines, prompts and camera words as markers on the time line of a cut.

A marker stands on a record frame, counted from the start of the range that the cut plays. The first beat of a bar is
the bar's marker ("bar 5") and has none of its own; the other beats are called by bar and beat ("5.2").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Protocol

from studio.cutting.grid import Grid
from studio.nouns import Marker, Slot
from studio.timecode import frame_at

_ORDER = ("section", "bar", "beat", "lyric", "prompt", "camera")


class LyricLine(Protocol):
    """A line of the lyrics, as `studio.song.Line` is: times in exact seconds from the start of the song."""

    @property
    def start_s(self) -> Fraction:
        """Where it begins."""

    @property
    def end_s(self) -> Fraction | None:
        """Where it ends, if that is known."""

    @property
    def text(self) -> str:
        """The words; an empty line only ends the one before it."""


class Span(Protocol):
    """A section, as `studio.song.Section` is once it stands on bars."""

    @property
    def start_s(self) -> Fraction:
        """Where it begins."""

    @property
    def end_s(self) -> Fraction | None:
        """Where it ends; None: with the range."""

    @property
    def name(self) -> str:
        """What it is called."""


class Point(Protocol):
    """A person's marker, as `studio.song.Mark` is."""

    @property
    def at_s(self) -> Fraction:
        """Where it stands."""

    @property
    def name(self) -> str:
        """What it says."""


def markers(
    *,
    bars: Sequence[Fraction],
    beats: Sequence[Fraction],
    lines: Sequence[LyricLine] = (),
    start_s: Fraction,
    end_s: Fraction,
    rate: Fraction,
    first_bar: int = 1,
    sections: Sequence[Span] = (),
    marks: Sequence[Point] = (),
) -> tuple[Marker, ...]:
    """The markers of a range of the song, in order. Times are exact seconds from the start of the song.

    A section, like a lyric line, that has begun before the range stands at the range's start. A person's marker is of
    the kind "section" too, one frame long.

    A lyric line lasts until its own end or the next line, whichever comes first. One that has begun before the range
    stands at the range's start, for as long as it still sounds.
    """
    grid = Grid(bars=bars, beats=beats, start_s=start_s, end_s=end_s, rate=rate, first_bar=first_bar)
    found = []
    for frame in grid.beats:
        bar, beat = grid.bar_and_beat(frame)
        if frame in grid.bars:
            found.append(Marker(frame, "bar", f"bar {bar}"))
        else:
            found.append(Marker(frame, "beat", f"beat {beat}" if bar is None else f"{bar}.{beat}"))
    ordered = sorted(lines, key=lambda line: line.start_s)
    for k, line in enumerate(ordered):
        next_s = next((after.start_s for after in ordered[k + 1 :] if after.start_s > line.start_s), end_s)
        end = min(end_s, next_s, end_s if line.end_s is None else line.end_s)
        first, last = (frame_at(max(moment, start_s) - start_s, rate) for moment in (line.start_s, end))
        if line.text.strip() and line.start_s < end_s and end > start_s and first < grid.frames:
            found.append(Marker(first, "lyric", line.text.strip(), max(1, last - first)))
    for section in sections:
        end = end_s if section.end_s is None else min(end_s, section.end_s)
        first, last = (frame_at(max(moment, start_s) - start_s, rate) for moment in (section.start_s, end))
        if section.start_s < end_s and end > start_s and first < grid.frames:
            found.append(Marker(first, "section", section.name, max(1, last - first)))
    for mark in marks:
        if start_s <= mark.at_s < end_s and (at := frame_at(mark.at_s - start_s, rate)) < grid.frames:
            found.append(Marker(at, "section", mark.name))
    return _in_order(found)


def words_of_slots(
    slots: Sequence[Slot], *, prompts: Mapping[str, str] | None = None, cameras: Mapping[str, str] | None = None
) -> tuple[Marker, ...]:
    """A marker over each slot with its prompt, or its camera words, given by the name of its take ("07A-003").

    They stay in the film's log, and leave it in an edit list only where prompts are asked for.
    """
    found = []
    for slot in slots:
        if prompt := (prompts or {}).get(slot.source.name):
            found.append(Marker(slot.record_frame, "prompt", prompt, slot.frames))
        if camera := (cameras or {}).get(slot.source.name):
            found.append(Marker(slot.record_frame, "camera", camera, slot.frames))
    return _in_order(found)


def _in_order(found: Sequence[Marker]) -> tuple[Marker, ...]:
    return tuple(sorted(found, key=lambda marker: (marker.frame, _ORDER.index(marker.kind), marker.name)))
