"""The takes on which two people's verdicts differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from studio.log import Opinion

WIDEST = (frozenset({"circle", "ng"}), frozenset({"circle", "hold"}), frozenset({"hold", "ng"}))


@dataclass(frozen=True)
class Disagreement:
    """One take, and each person's verdict on it with the reason, by name."""

    take: str
    shot: str
    said: tuple[Opinion, ...]


def differ(said: Iterable[Opinion]) -> bool:
    """Whether two verdicts among these differ."""
    return len({each.verdict for each in said if each.verdict}) > 1


def disagreements(rows: Iterable[Mapping[str, Any]], opinions: Iterable[Opinion]) -> tuple[Disagreement, ...]:
    """A circle against an NG first, then as the rows are ordered (`Log.takes_now`)."""
    by_take: dict[str, list[Opinion]] = defaultdict(list)
    for each in opinions:
        if each.verdict:
            by_take[each.take_id].append(each)
    found = [
        Disagreement(row["take"], row["shot"], tuple(sorted(said, key=lambda each: each.author)))
        for row in rows
        if differ(said := by_take.get(row["id"], []))
    ]
    return tuple(sorted(found, key=_distance))


def _distance(each: Disagreement) -> int:
    verdicts = {said.verdict for said in each.said}
    return next(place for place, pair in enumerate(WIDEST) if pair <= verdicts)
