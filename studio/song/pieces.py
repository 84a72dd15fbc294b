"""A song of several tempi: one grid after the other, and corrections of a range of it."""

from __future__ import annotations

import dataclasses
import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from studio.errors import BadInput
from studio.given import number
from studio.song.beats import FURTHEST_MS, BeatGrid, plain
from studio.song.tracked import Tracked

Single = BeatGrid | Tracked
MOST_PARTS = 500


@dataclass(frozen=True)
class Part:
    """A grid that counts from a time on."""

    from_s: float
    grid: Single


@dataclass(frozen=True)
class Pieces:
    """Grids one after the other: each counts until the next one begins, the first from the start of the song."""

    parts: tuple[Part, ...]

    def __post_init__(self) -> None:
        """Refuse parts that do not follow one another."""
        starts = [part.from_s for part in self.parts]
        if not 1 <= len(starts) <= MOST_PARTS:
            raise BadInput(f"{len(starts)} tempi are no song: it has 1 to {MOST_PARTS}")
        if any(not earlier < later for earlier, later in itertools.pairwise(starts)):
            raise BadInput("the tempi of a song have to follow one another: correct one range after the other")

    @property
    def bpm(self) -> float:
        """The tempo of the part that lasts longest, as far as that is known."""
        ends = [part.from_s for part in self.parts[1:]]
        lengths = [end - part.from_s for part, end in zip(self.parts, ends, strict=False)]
        longest = max(range(len(lengths)), key=lengths.__getitem__) if lengths else 0
        return self.parts[longest].grid.bpm

    @property
    def said(self) -> str:
        """The tempi in words."""
        every = [part.grid.said for part in self.parts]
        told = [one for k, one in enumerate(every) if k == 0 or one != every[k - 1]]
        return ", then ".join(told) if len(told) <= 4 else f"{', then '.join(told[:3])}, then {len(told) - 3} more"

    @property
    def beats_per_bar(self) -> int:
        """Of the first part."""
        return self.parts[0].grid.beats_per_bar

    @property
    def confidence(self) -> float:
        """Of the least sure part."""
        return min(part.grid.confidence for part in self.parts)

    @property
    def bars_confidence(self) -> float | None:
        """The same of the bars, of the parts for which it is known."""
        known = [part.grid.bars_confidence for part in self.parts if part.grid.bars_confidence is not None]
        return min(known, default=None)

    @property
    def source(self) -> Literal["found", "corrected", "tapped"]:
        """Found, unless a part of it was corrected."""
        return "found" if all(part.grid.source == "found" for part in self.parts) else "corrected"

    def beats(self, start_s: Fraction | float, end_s: Fraction | float) -> tuple[Fraction, ...]:
        """Times of the beats in start_s ≤ t < end_s, with the edges of `BeatGrid.beats`, also between the parts."""
        return tuple(beat for grid, low, high in self._within(start_s, end_s) for beat in grid.beats(low, high))

    def bars(self, start_s: Fraction | float, end_s: Fraction | float) -> tuple[Fraction, ...]:
        """Times at which a bar starts, with the same edges."""
        return tuple(bar for grid, low, high in self._within(start_s, end_s) for bar in grid.bars(low, high))

    def double(self) -> Pieces:
        """Twice the tempo of every part."""
        return self._each(lambda grid: grid.double())

    def halve(self) -> Pieces:
        """Half the tempo of every part."""
        return self._each(lambda grid: grid.halve())

    def half_beat(self) -> Pieces:
        """Every part later by half a beat of its own."""
        return self._each(lambda grid: grid.half_beat())

    def nudge(self, ms: float) -> Pieces:
        """Everything later by so many milliseconds, where the parts meet too."""
        by_s = float(number(ms, "a nudge in milliseconds", -FURTHEST_MS, FURTHEST_MS)) / 1000
        moved = [Part(round(part.from_s + by_s, 9) if k else 0.0, part.grid.nudge(ms)) for k, part in _counted(self)]
        last = [k for k, part in enumerate(moved) if part.from_s <= 0]  # those moved out of the song are gone
        return Pieces((dataclasses.replace(moved[last[-1]], from_s=0.0), *moved[last[-1] + 1 :]))

    def with_downbeat(self, beat: int, beats_per_bar: int | None = None) -> Pieces:
        """Bars of every part begin on this beat of its own, counted from 0."""

        def change(k: int, part: Part) -> Single:
            first = part.grid.beats(part.from_s, part.from_s + 60)[:1]
            begun = part.grid.with_bar_at(first[0], beats_per_bar) if k and first else part.grid
            return begun.with_downbeat((begun.downbeat if k else 0) + beat, beats_per_bar)

        return Pieces(tuple(Part(part.from_s, change(k, part)) for k, part in _counted(self)))

    def with_bar_at(self, time_s: Fraction, beats_per_bar: int | None = None) -> Pieces:
        """A bar of the part that sounds at this time begins there; in the others, on the first bar that they have.

        Bars of every part are as long as `beats_per_bar` says.
        """
        at = max(k for k, part in _counted(self) if k == 0 or part.from_s <= time_s)

        def change(k: int, part: Part) -> Single:
            if k == at:
                return part.grid.with_bar_at(time_s, beats_per_bar)
            first = part.grid.bars(part.from_s, part.from_s + 60)[:1]
            return part.grid.with_bar_at(first[0], beats_per_bar) if first and beats_per_bar else part.grid

        return Pieces(tuple(Part(part.from_s, change(k, part)) for k, part in _counted(self)))

    def tap(self, times_s: Sequence[float]) -> BeatGrid:
        """A constant grid through taps instead of all the parts."""
        return BeatGrid(120.0, 0.0, self.beats_per_bar).tap(times_s)

    def to_json(self) -> str:
        """One line of JSON that `read_beats` reads back as the same."""
        return json.dumps({"parts": [{"from_s": part.from_s, **_data(part.grid)} for part in self.parts]})

    def _each(self, change: Callable[[Single], Single]) -> Pieces:
        return Pieces(tuple(Part(part.from_s, change(part.grid)) for part in self.parts))

    def _within(self, start_s: Fraction | float, end_s: Fraction | float) -> list[tuple[Single, Fraction, Fraction]]:
        start, end = Fraction(start_s), Fraction(end_s)
        out = []
        for k, part in enumerate(self.parts):
            low = start if k == 0 else max(start, Fraction(str(part.from_s)))
            high = end if k + 1 == len(self.parts) else min(end, Fraction(str(self.parts[k + 1].from_s)))
            if low < high:
                out.append((part.grid, low, high))
        return out


Beats = BeatGrid | Tracked | Pieces


def changed_within(
    beats: Beats,
    start_s: Fraction,
    end_s: Fraction | None,
    change: Callable[[Single], Single],
    moved_s: Fraction = Fraction(0),
) -> Pieces:
    """The same beats with those from `start_s` to `end_s` (None: to the song's end) changed.

    Where the changed part begins and ends moves by `moved_s`: a nudge takes its first and last beat along.
    """
    old = beats.parts if isinstance(beats, Pieces) else (Part(0.0, beats),)
    first, last = float(start_s), None if end_s is None else float(end_s)
    out: list[Part] = []
    for k, part in enumerate(old):
        begin = 0.0 if k == 0 else part.from_s
        end = old[k + 1].from_s if k + 1 < len(old) else None
        if begin < first:
            out.append(Part(begin, part.grid))
        low = max(begin, first)
        if (end is None or low < end) and (last is None or low < last):
            start = max(0.0, round(low + float(moved_s), 9)) if low else 0.0
            out = [part for part in out if part.from_s < start]  # what it was moved over is gone
            out.append(Part(start if out else 0.0, change(part.grid)))
        if last is not None and (end is None or last < end):
            out.append(Part(max(begin, round(last + float(moved_s), 9) if begin < last else begin), part.grid))
    return Pieces(tuple(out))


def write_beats(beats: Beats) -> str:
    """One line of JSON that `read_beats` reads back; a constant grid is written as it always was."""
    if isinstance(beats, Tracked):
        return json.dumps(_data(beats))
    return beats.to_json()


def read_beats(text: str) -> Beats:
    """The beats that `write_beats` wrote, of any kind; `BadInput` for anything else."""
    try:
        data = json.loads(text)
        if isinstance(data, dict) and "parts" in data:
            return Pieces(tuple(Part(float(one["from_s"]), _single(one)) for one in data["parts"]))
        if isinstance(data, dict) and "tracked" in data:
            return _single(data)
    except (ValueError, TypeError, KeyError) as wrong:
        if isinstance(wrong, BadInput):
            raise
        raise BadInput(f"{text[:60]!r} is no beat grid: find the beats of the song again") from None
    return BeatGrid.from_json(text)


def _counted(pieces: Pieces) -> list[tuple[int, Part]]:
    return list(enumerate(pieces.parts))


def _data(grid: Single) -> dict[str, object]:
    return {"tracked" if isinstance(grid, Tracked) else "grid": plain(grid)}


def _single(data: dict[str, dict[str, object]]) -> Single:
    if "tracked" in data:
        found = data["tracked"]
        return Tracked(**{**found, "times_s": tuple(found["times_s"])})  # type: ignore[arg-type]
    return BeatGrid.from_json(json.dumps(data["grid"]))
