"""Which shots have what they need, and which do not yet."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.log import Log


@dataclass(frozen=True)
class Coverage:
    """How far one shot has come."""

    shot: str
    takes: int  # asked for, whatever became of them
    done: int  # with a clip
    circled: int

    @property
    def lacks(self) -> str:
        """What it needs next, in words: "" where a take is circled."""
        if self.circled:
            return ""
        return "a circle" if self.done else "a clip" if self.takes else "takes"


def coverage(log: Log) -> tuple[Coverage, ...]:
    """Every shot in story order, with its takes counted."""
    asked = Counter(take.shot for take in log.takes())
    done = Counter(take.shot for take in log.takes_in({"done"}))
    circled = Counter(kept.take.shot for kept in log.kept())
    return tuple(Coverage(shot.id, asked[shot.id], done[shot.id], circled[shot.id]) for shot in log.shots())
