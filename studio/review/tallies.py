"""How many takes there are of each kind, counted as they change."""

from __future__ import annotations

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

    def put_in(self, take: Watched) -> None:
        """Count a take."""
        self._count(take, 1)

    def take_out(self, take: Watched) -> None:
        """Count it no longer."""
        self._count(take, -1)

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
        counts, facets, facts = self._counts, self._facets, take.facts
        for name, has in (
            ("all", True), ("seen", facts["seen"]), ("accident", facts["accident"]), ("folded", facts["folded"])
        ):  # fmt: skip
            if has:
                counts[name] += by
        if facts["verdict"]:
            counts[facts["verdict"]] += by
        for name in ("shot", "provider", "author"):
            facets[name][facts[name]] += by
        if facts["model"]:
            facets["model"][facts["model"]] += by
        for name in ("verdict", "obeyed"):
            facets[name][facts[name] or "none"] += by
        for name, values in (("move", facts["moves"]), ("flag", facts["flags"])):
            for value in values or ("none",):
                facets[name][value] += by
        for value in take.reasons:
            facets["reason"][value] += by
