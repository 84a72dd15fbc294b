"""Beats that were followed one by one, where the tempo is not steady."""

from __future__ import annotations

import bisect
import dataclasses
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from studio.errors import BadInput
from studio.given import number, whole
from studio.song.beats import EDGE_S, FASTEST, FURTHEST_MS, MOST_BEATS, SLOWEST, BeatGrid


@dataclass(frozen=True)
class Tracked:
    """Each beat at its own time; before the first and after the last they go on in the tempo they have there."""

    times_s: tuple[float, ...]
    beats_per_bar: int = 4
    downbeat: int = 0  # which beat, counted from the first, begins a bar: 0 … beats_per_bar - 1
    confidence: float = 0.0
    source: Literal["found", "corrected", "tapped"] = "found"
    bars_confidence: float | None = None  # as in `BeatGrid`

    def __post_init__(self) -> None:
        """Refuse what cannot be counted along."""
        if not 2 <= len(self.times_s) <= MOST_BEATS:
            raise BadInput(f"{len(self.times_s)} beats are no beat to follow: there have to be 2 or more")
        if not all(map(math.isfinite, self.times_s)):
            raise BadInput("a beat has no time: give seconds of the song")
        gaps = [later - earlier for earlier, later in itertools.pairwise(self.times_s)]
        if min(gaps) <= 0:
            raise BadInput("beats stand on one another: they have to follow one another")
        if not SLOWEST <= self.bpm <= FASTEST:
            raise BadInput(f"a tempo of {self.bpm:g} bpm is out of range: songs have {SLOWEST:g} to {FASTEST:g}")
        if not 1 <= self.beats_per_bar <= 16:
            raise BadInput(f"{self.beats_per_bar} beats in a bar is out of range: songs have 1 to 16")
        if not 0 <= self.downbeat < self.beats_per_bar:
            raise BadInput(f"beat {self.downbeat} cannot begin a bar of {self.beats_per_bar}: count from 0")

    @property
    def bpm(self) -> float:
        """The tempo in the middle: half of the beats are slower."""
        gaps = sorted(later - earlier for earlier, later in itertools.pairwise(self.times_s))
        return 60 / max(gaps[len(gaps) // 2], 1e-9)

    @property
    def said(self) -> str:
        """The tempo in words."""
        four = [60 * 4 / (self.times_s[k + 4] - self.times_s[k]) for k in range(len(self.times_s) - 4)] or [self.bpm]
        return f"{min(four):.0f} to {max(four):.0f} bpm, tracked"

    def beats(self, start_s: Fraction | float, end_s: Fraction | float) -> tuple[Fraction, ...]:
        """Times of the beats in start_s ≤ t < end_s, with the edges of `BeatGrid.beats`."""
        return self._every(1, 0, Fraction(start_s), Fraction(end_s))

    def bars(self, start_s: Fraction | float, end_s: Fraction | float) -> tuple[Fraction, ...]:
        """Times at which a bar starts, with the same edges."""
        return self._every(self.beats_per_bar, self.downbeat, Fraction(start_s), Fraction(end_s))

    def double(self) -> Tracked:
        """A beat also between the beats."""
        between = [(earlier + later) / 2 for earlier, later in itertools.pairwise(self.times_s)]
        times = [time for pair in itertools.zip_longest(self.times_s, between) for time in pair if time is not None]
        return self._corrected(times, 2 * self.downbeat)

    def halve(self) -> Tracked:
        """Every second beat, so that each bar start that stays one is still on a beat."""
        odd = self.downbeat % 2
        return self._corrected(self.times_s[odd::2], self.downbeat // 2)

    def nudge(self, ms: float) -> Tracked:
        """Every beat later by so many milliseconds (earlier, if negative)."""
        by_s = float(number(ms, "a nudge in milliseconds", -FURTHEST_MS, FURTHEST_MS)) / 1000
        return self._corrected([time + by_s for time in self.times_s], self.downbeat)

    def half_beat(self) -> Tracked:
        """Every beat half-way to the next one."""
        last = 2 * self.times_s[-1] - self.times_s[-2]
        return self._corrected([(a + b) / 2 for a, b in itertools.pairwise([*self.times_s, last])], self.downbeat)

    def with_downbeat(self, beat: int, beats_per_bar: int | None = None) -> Tracked:
        """The same beats with bars that begin on this one (counted from 0), and as long as `beats_per_bar` says."""
        bar = self.beats_per_bar if beats_per_bar is None else beats_per_bar
        if not 1 <= bar <= 16:
            raise BadInput(f"{bar} beats in a bar is out of range: songs have 1 to 16")
        beat = whole(beat, "the beat that begins a bar", -MOST_BEATS, MOST_BEATS)
        return dataclasses.replace(
            self, beats_per_bar=bar, downbeat=beat % bar, source="corrected", bars_confidence=1.0
        )

    def with_bar_at(self, time_s: Fraction, beats_per_bar: int | None = None) -> Tracked:
        """The same beats with a bar that begins on the beat nearest to this time."""
        nearest = min(range(len(self.times_s)), key=lambda k: abs(self.times_s[k] - float(time_s)))
        return self.with_downbeat(nearest, beats_per_bar)

    def tap(self, times_s: Sequence[float]) -> BeatGrid:
        """A constant grid through taps instead, with bars of the same length."""
        return BeatGrid(120.0, 0.0, self.beats_per_bar).tap(times_s)

    def _corrected(self, times_s: Sequence[float], downbeat: int) -> Tracked:
        times = tuple(round(time, 9) for time in times_s)
        bar = self.beats_per_bar
        return Tracked(times, bar, downbeat % bar, self.confidence, "corrected", self.bars_confidence)

    def _every(self, step: int, offset: int, start: Fraction, end: Fraction) -> tuple[Fraction, ...]:
        times, low, high = self.times_s, float(start - EDGE_S), float(end - EDGE_S)
        first_gap, last_gap = times[1] - times[0], times[-1] - times[-2]
        before = max(0, math.ceil((times[0] - low) / first_gap)) if low < times[0] else 0
        after = max(0, math.ceil((high - times[-1]) / last_gap)) if high > times[-1] else 0
        every = [
            *(times[0] - k * first_gap for k in range(before, 0, -1)),
            *times,
            *(times[-1] + k * last_gap for k in range(1, after + 1)),
        ]
        inside = range(bisect.bisect_left(every, low), bisect.bisect_left(every, high))
        return tuple(max(start, Fraction(str(round(every[k], 9)))) for k in inside if (k - before - offset) % step == 0)
