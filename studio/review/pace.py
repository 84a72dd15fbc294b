"""How fast somebody judges, and how long the rest takes at that pace."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice, pairwise
from statistics import median

LONGEST_S = 120.0  # a longer gap is a break
SHORTEST_S = 0.2  # nobody looks at a take in less: those were written all at once
FEWEST = 5  # gaps, else nothing is said
LATEST = 60  # gaps: the pace of the present hour, not that of last week


@dataclass(frozen=True)
class Pace:
    """The pace, and what is left."""

    seconds_each: float | None  # None: too few to say
    left: int  # takes not seen

    @property
    def minutes_left(self) -> float | None:
        """At this pace."""
        return None if self.seconds_each is None else self.seconds_each * self.left / 60

    @property
    def said(self) -> str:
        """ "6.1 s a take, about 50 min to go"; "" where it is too early to say."""
        if self.seconds_each is None or self.minutes_left is None:
            return ""
        each = f"{self.seconds_each:.1f} s a take" if self.seconds_each < 10 else f"{self.seconds_each:.0f} s a take"
        return f"{each}, about {_minutes(self.minutes_left)} to go" if self.left else each

    def __str__(self) -> str:
        return self.said or "too few verdicts in a row to tell a pace"


def pace(judged_at_us: Iterable[int], left: int) -> Pace:
    """The median time between successive verdicts (microseconds, in any order), breaks left out."""
    times = sorted((at for at in judged_at_us if at), reverse=True)
    gaps = ((later - earlier) / 1_000_000 for later, earlier in pairwise(times))
    counted = list(islice((gap for gap in gaps if SHORTEST_S <= gap <= LONGEST_S), LATEST))
    return Pace(median(counted) if len(counted) >= FEWEST else None, left)


def _minutes(minutes: float) -> str:
    whole = max(round(minutes), 1)
    return f"{whole} min" if whole < 100 else f"{whole // 60} h {whole % 60} min"
