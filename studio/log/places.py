"""Where a log lies now: the marks that a move leaves in the place it left and in the one it came to."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, select

from studio.errors import StoreError
from studio.log.schema import meta

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


def check_here(known: str | None) -> None:
    """One sentence where the log that is open was moved meanwhile, so that nothing is written where nobody looks."""
    if known:
        raise StoreError(f"the film's log {moved_to(known)} while it was open here: open the film again")


def mark_in(connection: Connection) -> str | None:
    """The mark of a log that was moved away from this place."""
    return connection.execute(select(meta.c.value).where(meta.c.name == MOVED)).scalar()
