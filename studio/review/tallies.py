"""How many takes there are of each kind, counted as they change."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from studio.review.watching import Watched

COUNTS = ("all", "seen", "circle", "hold", "ng", "accident", "folded")
FACETS = {"shot": "shot", "provider": "provider", "model": "model", "verdict": "verdict", "move": "moves",
          "obeyed": "obeyed", "reason": "reason", "flag": "flags", "author": "author"}  # fmt: skip
LACKING = ("verdict", "move", "obeyed", "flag")  # where "none" is a value too


class Tallies:
    """Counts and facets of the takes that are in."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._facets: dict[str, Counter[str]] = defaultdict(Counter)

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
        for name in FACETS:
            some = [(value, n) for value, n in self._facets[name].items() if n]
            found[name] = sorted(some, key=lambda each: each[0] if name == "shot" else (-each[1], each[0]))
        return found

    def _count(self, take: Watched, by: int) -> None:
        counts = self._counts
        counts["all"] += by
        if take.seen:
            counts["seen"] += by
        if take.mine.verdict:
            counts[take.mine.verdict] += by
        if take.mine.accident:
            counts["accident"] += by
        if take.fold:
            counts["folded"] += by
        for name, values in _values(take.facts, take.reasons):
            counted = self._facets[name]
            for value in values:
                counted[value] += by


def _values(facts: Mapping[str, Any], reasons: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
    found = []
    for name, key in FACETS.items():
        held = reasons if name == "reason" else facts[key]
        values = held if isinstance(held, tuple) else (held,) if held else ()
        found.append((name, values or ("none",) * (name in LACKING)))
    return found
