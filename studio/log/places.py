"""Where a log lies now: the marks that a move leaves in the place it left and in the one it came to."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

MOVED = "moved"  # in `meta` of a place that was left: nothing more is written there
MOVE = "move"  # in `meta` of a place that was come to: which move it was


@dataclass(frozen=True)
class Mark:
    """What stands in the place that was left."""

    to: str  # database_url of film.toml from then on
    name: str  # what a person calls that place
    move: str  # id of the move: the other place has the same

    def __str__(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


def mark_of(text: str) -> Mark:
    """The mark that was written so."""
    return Mark(**json.loads(text))


def moved_to(text: str) -> str:
    """Such a mark as the end of a sentence about the log."""
    return f"was moved to {mark_of(text).name}"
