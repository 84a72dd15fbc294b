"""The beat of a song as a constant grid, and the corrections a person makes to it.

Every correction returns a new grid. What was found and what was corrected are kept apart by whoever keeps them.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from studio.errors import BadInput
from studio.given import number, shown, whole

LONGEST_S, FURTHEST_MS, MOST_BEATS = 24 * 3600, 3_600_000, 1_000_000
SLOWEST, FASTEST = 20.0, 400.0  # bpm that a grid may have after corrections
# A beat that falls this little before a range begins it, and one this little before its end is not begun: a grid
# found in sound is a millisecond off, and a slot must never be shorter than a frame.
EDGE_S = Fraction(1, 20)


@dataclass(frozen=True)
class BeatGrid:
    """Beats at ``first_beat_s + k · 60 / bpm`` for every whole k, and every `beats_per_bar`-th one begins a bar."""

    bpm: float
    first_beat_s: float  # of the master, in 0 ≤ t < one beat; corrections keep it there
    beats_per_bar: int = 4
    downbeat: int = 0  # which beat, counted from the first, begins a bar: 0 … beats_per_bar - 1
    taps: tuple[float, ...] = ()  # seconds, where a person tapped it
    confidence: float = 0.0  # 0 … 1: how far one steady beat explains what is heard, or the taps
    source: Literal["found", "corrected", "tapped"] = "found"
    bars_confidence: float | None = None  # 0 … 1: how far beats that begin bars stand out, 1: said by hand

    def __post_init__(self) -> None:
        """Refuse numbers that no song has, so that a grid in hand can always be counted along."""
        if not (math.isfinite(self.bpm) and SLOWEST <= self.bpm <= FASTEST):
            raise BadInput(f"a tempo of {self.bpm:g} bpm is out of range: songs have {SLOWEST:g} to {FASTEST:g}")
        if not math.isfinite(self.first_beat_s):
            raise BadInput(f"the first beat at {self.first_beat_s} s is no time: give seconds of the song")
        if not 1 <= self.beats_per_bar <= 16:
            raise BadInput(f"{self.beats_per_bar} beats in a bar is out of range: songs have 1 to 16")
        if not 0 <= self.downbeat < self.beats_per_bar:
            raise BadInput(f"beat {self.downbeat} cannot begin a bar of {self.beats_per_bar}: count from 0")

    @property
    def period_s(self) -> Fraction:
        """Exact seconds from beat to beat."""
        return 60 / Fraction(str(self.bpm))  # by its decimals: 92.3 is 923/10, not the nearest binary

    def beats(self, start_s: Fraction | float, end_s: Fraction | float) -> tuple[Fraction, ...]:
        """Exact times of the beats in start_s ≤ t < end_s, in seconds of the master.

        One that falls up to a twentieth of a second before `start_s` is returned as `start_s` itself, and one that
        close before `end_s` is left out: it has no room.
        """
        return self._every(1, 0, Fraction(start_s), Fraction(end_s))

    def bars(self, start_s: Fraction | float, end_s: Fraction | float) -> tuple[Fraction, ...]:
        """Exact times at which a bar starts, with the same edges as `beats`."""
        return self._every(self.beats_per_bar, self.downbeat, Fraction(start_s), Fraction(end_s))

    def double(self) -> BeatGrid:
        """Twice the tempo: a beat also between the beats."""
        return self._corrected(self.bpm * 2, self._first, 2 * self.downbeat)

    def halve(self) -> BeatGrid:
        """Half the tempo: every second beat, so that each bar start that stays one is still on a beat."""
        odd = self.downbeat % 2
        return self._corrected(self.bpm / 2, self._first + odd * self.period_s, self.downbeat // 2)

    def nudge(self, ms: float) -> BeatGrid:
        """The whole grid later by so many milliseconds (earlier, if negative)."""
        by_s = Fraction(str(float(number(ms, "a nudge in milliseconds", -FURTHEST_MS, FURTHEST_MS)))) / 1000
        return self._corrected(self.bpm, self._first + by_s, self.downbeat)

    def half_beat(self) -> BeatGrid:
        """The whole grid later by half a beat: where it was locked to the off-beat."""
        return self._corrected(self.bpm, self._first + self.period_s / 2, self.downbeat)

    def with_downbeat(self, beat: int, beats_per_bar: int | None = None) -> BeatGrid:
        """The same beats with bars that begin on this one (counted from 0), and as long as `beats_per_bar` says."""
        bar = self.beats_per_bar if beats_per_bar is None else beats_per_bar
        if not 1 <= bar <= 16:
            raise BadInput(f"{bar} beats in a bar is out of range: songs have 1 to 16")
        beat = whole(beat, "the beat that begins a bar", -MOST_BEATS, MOST_BEATS)
        return dataclasses.replace(
            self, beats_per_bar=bar, downbeat=beat % bar, source="corrected", bars_confidence=1.0
        )

    def tap(self, times_s: Sequence[float]) -> BeatGrid:
        """A grid through at least four taps by least squares; the first tap begins a bar.

        Beats may be left out between taps. Raises `BadInput` for fewer than four taps, or taps that are no beat.
        """
        if not isinstance(times_s, Iterable) or isinstance(times_s, str):
            raise BadInput(f"taps cannot be {shown(times_s)}: write seconds of the song, such as [1.0, 1.5, 2.0, 2.5]")
        taps = sorted(float(number(time, "a tap in seconds", -LONGEST_S, LONGEST_S)) for time in times_s)
        if len(taps) < 4:
            raise BadInput(f"{len(taps)} taps are too few to find a beat: tap at least 4 times, in seconds of the song")
        gaps = [later - earlier for earlier, later in itertools.pairwise(taps)]
        guess = sorted(gaps)[len(gaps) // 2]
        if not 60 / FASTEST <= guess <= 60 / SLOWEST:
            raise BadInput(f"taps {guess:.3g} s apart are no beat: tap 0.15 to 3 s apart")
        period = guess
        for _ in range(3):  # the count of beats between far taps settles once the period does
            counts = [0]
            for gap in gaps:
                counts.append(counts[-1] + max(1, round(gap / period)))
            middle, mean = sum(counts) / len(counts), sum(taps) / len(taps)
            spread = sum((count - middle) ** 2 for count in counts)
            period = sum((count - middle) * (tap - mean) for count, tap in zip(counts, taps, strict=True)) / spread
        start = mean - middle * period
        off = math.sqrt(
            sum((tap - start - count * period) ** 2 for count, tap in zip(counts, taps, strict=True)) / len(taps)
        )
        grid = anchored(round(60 / period, 4), Fraction(str(round(start, 6))), self.beats_per_bar, 0)
        agreement = max(0.0, 1 - off / (period / 4))  # a quarter beat off is as bad as chance
        return dataclasses.replace(
            grid, taps=tuple(taps), confidence=round(agreement, 3), source="tapped", bars_confidence=1.0
        )

    def to_json(self) -> str:
        """One line of JSON that `from_json` reads back as the same grid."""
        return json.dumps(plain(self), sort_keys=True)

    @property
    def said(self) -> str:
        """The tempo in words."""
        return f"{self.bpm:.2f} bpm"

    def with_bar_at(self, time_s: Fraction, beats_per_bar: int | None = None) -> BeatGrid:
        """The same beats with a bar that begins on the beat nearest to this time."""
        return self.with_downbeat(round((Fraction(time_s) - self._first) / self.period_s), beats_per_bar)

    @classmethod
    def from_json(cls, text: str) -> BeatGrid:
        """The grid that `to_json` wrote; `BadInput` for anything else."""
        try:
            data = json.loads(text)
            return cls(**{**data, "taps": tuple(data["taps"])})
        except (ValueError, TypeError, KeyError) as wrong:
            if isinstance(wrong, BadInput):
                raise
            raise BadInput(f"{text[:60]!r} is no beat grid: find the beats of the song again") from None

    @property
    def _first(self) -> Fraction:
        return Fraction(str(self.first_beat_s))

    def _corrected(self, bpm: float, first_s: Fraction, downbeat: int) -> BeatGrid:
        grid = anchored(bpm, first_s, self.beats_per_bar, downbeat)
        return dataclasses.replace(
            grid, taps=self.taps, confidence=self.confidence, source="corrected", bars_confidence=self.bars_confidence
        )

    def _every(self, step: int, offset: int, start: Fraction, end: Fraction) -> tuple[Fraction, ...]:
        first, period = self._first + offset * self.period_s, step * self.period_s
        low = math.ceil((start - EDGE_S - first) / period)
        high = math.ceil((end - EDGE_S - first) / period)
        return tuple(max(start, first + k * period) for k in range(low, high))


def plain(grid: Any) -> dict[str, Any]:
    """The fields of a grid as JSON can hold them; what is not known is left out."""
    return {name: value for name, value in dataclasses.asdict(grid).items() if value is not None}


def anchored(bpm: float, first_s: Fraction, beats_per_bar: int, downbeat: int) -> BeatGrid:
    """The grid of a tempo with a beat at `first_s`, as it is counted from its first beat at or after 0 s.

    `downbeat` is counted from `first_s`.
    """
    period = 60 / Fraction(str(bpm)) if SLOWEST <= bpm <= FASTEST else Fraction(1)
    earlier = first_s // period
    first = round(float(first_s - earlier * period), 9)
    return BeatGrid(bpm, first, beats_per_bar, (downbeat + earlier) % beats_per_bar)
