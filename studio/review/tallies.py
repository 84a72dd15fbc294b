"""How many takes there are of each kind, counted as they change."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.review.watching import Watched

COUNTS = ("all", "seen", "circle", "hold", "ng", "accident", "folded")
FACETS = ("shot", "provider", "model", "verdict", "move", "obeyed", "reason", "flag", "author")


class Tallies:
    """Counts and facets of the takes that are in."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._facets: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
        self.judged: list[int] = []  # when, in microseconds, the latest last
        self.left = 0  # neither seen nor folded

    def put_in(self, take: Watched) -> None:
        """Count a take."""
        self._count(take, 1)
        if take.mine.judged_at_us:
            insort(self.judged, take.mine.judged_at_us)

    def take_out(self, take: Watched) -> None:
        """Count it no longer."""
        self._count(take, -1)
        if take.mine.judged_at_us:
            del self.judged[bisect_left(self.judged, take.mine.judged_at_us)]

    def counts(self) -> dict[str, int]:
        """By name, in the order of `COUNTS`."""
        return {name: self._counts[name] for name in COUNTS}

    def facets(self) -> dict[str, list[tuple[str, int]]]:
        """By field: shots in story order, all else by number, the most first."""
        found = {}
        for name, counted in self._facets.items():
            some = [(value, n) for value, n in counted.items() if n]
            found[name] = sorted(some, key=lambda each: each[0] if name == "shot" else (-each[1], each[0]))
        return found

    def _count(self, take: Watched, by: int) -> None:
        counts, facets, row, verdict = self._counts, self._facets, take.row, take.mine.verdict
        counts["all"] += by
        self.left += by * (not take.seen and take.fold is None)
        for name, has in (("seen", take.seen), ("accident", take.mine.accident), ("folded", take.fold)):
            if has:
                counts[name] += by
        if verdict:
            counts[verdict] += by
        for name in ("shot", "provider", "author"):
            facets[name][row[name]] += by
        if row["model"]:
            facets["model"][row["model"]] += by
        for name, said in (("verdict", verdict), ("obeyed", take.obeyed)):
            facets[name][said or "none"] += by
        for name, values in (("move", take.moves), ("flag", take.flags)):
            for value in values or ("none",):
                facets[name][value] += by
        for value in take.reasons:
            facets["reason"][value] += by
