"""Which reasons keep and kill: how often each was given with a circle, a hold and an NG."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class ReasonCount:
    """One reason, and the verdicts that it was given for."""

    reason: str
    ng: int
    held: int
    circled: int


@lru_cache(maxsize=20_000)
def split_reasons(written: str) -> tuple[str, ...]:
    """ "joins well, right speed" as its single reasons, each once."""
    pieces = (" ".join(piece.split()) for piece in written.split(","))
    return tuple(dict.fromkeys(piece for piece in pieces if piece))


def count_reasons(judged: Iterable[tuple[str, str]]) -> tuple[ReasonCount, ...]:
    """Of (verdict, reason) pairs: what kills most comes first. Reasons that differ in case alone are one."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    written: dict[str, str] = {}
    for verdict, reason in judged:
        for each in split_reasons(reason) if verdict else ():
            written.setdefault(each.casefold(), each)
            counted[each.casefold()][verdict] += 1
    rows = [ReasonCount(written[key], of["ng"], of["hold"], of["circle"]) for key, of in counted.items()]
    return tuple(sorted(rows, key=lambda row: (-row.ng, -row.held, -row.circled, row.reason)))
