"""Which shots have what they need and which do not yet, and how many takes of what were kept."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from studio.errors import BadInput
from studio.given import shown
from studio.review.evidence import Judged, Rate, grouped, style_phrases
from studio.review.watching import moves_of

if TYPE_CHECKING:
    from studio.log import Log

KEPT_BY = ("shot", "move", "model", "word")


@dataclass(frozen=True)
class Coverage:
    """How far one shot has come. The verdicts are the film's: the director's, else the latest."""

    shot: str
    takes: int  # asked for, whatever became of them
    done: int  # with a clip
    circled: int
    held: int = 0
    ng: int = 0

    @property
    def not_judged(self) -> int:
        """Clips that wait for a verdict."""
        return self.done - self.circled - self.held - self.ng

    @property
    def lacks(self) -> str:
        """What it needs next, in words: "" where a take is circled."""
        if self.circled:
            return ""
        return "a circle" if self.done else "a clip" if self.takes else "takes"


def coverage(log: Log) -> tuple[Coverage, ...]:
    """Every shot in story order, with its takes counted."""
    asked: Counter[str] = Counter()
    verdicts: dict[str, Counter[str]] = defaultdict(Counter)  # of the takes with a clip
    for row in log.takes_now():
        asked[row["shot"]] += 1
        if row["state"] == "done":
            verdicts[row["shot"]][row["verdict"] or ""] += 1
    return tuple(
        Coverage(shot.id, asked[shot.id], of.total(), of["circle"], of["hold"], of["ng"])
        for shot in log.shots()
        for of in [verdicts[shot.id]]
    )


def judged(rows: Iterable[Mapping[str, Any]]) -> list[Judged]:
    """The finished takes among rows of the log (`Log.takes_now`), as evidence sees them, with the film's verdicts."""
    return [
        Judged(
            row["take"], row["shot"], row["provider"], row["model"] or "", row["verdict"] or "",
            moves_of(row["asked_move"] or ""), row["obeyed"] or "", row["author"], {"style": row["style"] or ""},
        )
        for row in rows
        if row["state"] == "done"
    ]  # fmt: skip


def kept_by(rows: Iterable[Judged], by: str) -> tuple[tuple[str, Rate], ...]:
    """Kept n of N judged takes for each shot (in story order), move, model or phrase of a style (the most first).

    A take of two moves or phrases counts for each of them. What has no judged take is left out.
    """
    if not isinstance(by, str) or by not in KEPT_BY:
        raise BadInput(f"kept takes cannot be told by {shown(by)}: write {', '.join(KEPT_BY[:-1])} or {KEPT_BY[-1]}")
    of_verdict = [row for row in rows if row.verdict]
    groups: Mapping[str, list[Judged]] = _by_phrase(of_verdict) if by == "word" else grouped(of_verdict, by)
    rates = [
        (name.rstrip("/"), Rate(sum(row.verdict == "circle" for row in some), len(some)))
        for name, some in groups.items()
    ]
    return tuple(sorted(rates, key=lambda each: each[0] if by == "shot" else (-each[1].n, each[0])))


def _by_phrase(rows: Iterable[Judged]) -> dict[str, list[Judged]]:
    found: dict[str, list[Judged]] = defaultdict(list)
    for row in rows:
        for phrase in style_phrases(row.words["style"]):
            found[phrase].append(row)
    return found
