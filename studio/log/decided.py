"""What people decided about takes, and the takes' own rows, for whoever keeps a picture of all of them up to date."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection, Result, bindparam, func, select

from studio.log import now
from studio.log.events import DECISIONS, standing
from studio.log.rows import events_of
from studio.log.schema import events, meta, take_now
from studio.nouns import Event

MERGED = "merged"  # the row of `meta` that `merged_at` reads
CHUNK = 500  # ids in one question


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one person says about one take now."""

    take_id: str
    author: str
    verdict: str = ""  # "" = not judged
    reason: str = ""
    note: str = ""
    accident: bool = False
    obeyed: str = ""  # this person's word on the camera
    best_in: int | None = None  # frames of the clip
    best_out: int | None = None
    at_us: int = 0  # when this person last decided something about it
    judged_at_us: int = 0  # when the verdict, or the flag for an accident, was given; 0 = neither


def opinions_of(happened: Collection[Event]) -> tuple[Opinion, ...]:
    """What each person says now of each take, from decisions and undos in their order."""
    found: dict[tuple[str, str], dict[str, Any]] = {}  # plain while it grows: a film has tens of thousands
    notes: dict[tuple[str, str], str] = {}  # set by themselves; a verdict's own goes with it
    for event in standing(happened):
        data: dict[str, Any] = event.data
        key = (event.subject, event.author)
        said = found.setdefault(key, {"verdict": "", "accident": False})
        said["at_us"] = event.at_us
        match event.kind:
            case "verdict":
                said |= {"verdict": data["verdict"] or "", "reason": data["reason"]}
                said["note"] = data["note"] or notes.get(key, "")
                said["judged_at_us"] = event.at_us if said["verdict"] or said["accident"] else 0
            case "accident":
                said["accident"] = bool(data["on"])
                if not said["verdict"]:
                    said["judged_at_us"] = event.at_us if said["accident"] else 0
            case "note":
                notes[key] = said["note"] = data["text"]
            case "obeyed":
                said["obeyed"] = data["obeyed"] or ""
            case "marked":
                said |= {"best_in": data["in_frame"], "best_out": data["out_frame"]}
    return tuple(Opinion(*key, **said) for key, said in found.items())


def newest_event(connection: Connection) -> str:
    """The id of the newest event; "" before there is one."""
    return str(connection.execute(select(func.max(events.c.id))).scalar() or "")


def merged_at(connection: Connection) -> str:
    """An id that is later than everything there was when another log was last merged; "" where none was."""
    return str(connection.execute(select(meta.c.value).where(meta.c.name == MERGED)).scalar() or "")


def read_to(connection: Connection) -> str:
    """The id of the newest event, or what tells that another log was merged since; "" before there is either."""
    return max(newest_event(connection), merged_at(connection))


def _as_they_come(found: Result[Any]) -> tuple[Mapping[str, Any], ...]:
    """Rows by name that share their names: as dicts a hundred thousand takes would have four million of them."""
    return cast(tuple[Mapping[str, Any], ...], tuple(found.mappings()))


class DecidedReads:
    """The part of the log's reading half that is about decisions on takes."""

    def _reading(self) -> AbstractContextManager[Connection]:
        raise NotImplementedError

    def opinions(self, take_ids: Collection[str] | None = None) -> tuple[Opinion, ...]:
        """What each person says about each take, or about these (by id)."""
        return opinions_of(self.decisions(take_ids))

    def decisions(self, take_ids: Collection[str] | None = None) -> tuple[Event, ...]:
        """Every decision and undo in order, of all takes or of these (by id)."""
        query = select(events).where(events.c.kind.in_((*DECISIONS, "undo")))
        with self._reading() as connection:
            if take_ids is None:
                found = list(events_of(connection.execute(query)))
            else:
                some, listed = query.where(events.c.subject.in_(bindparam("ids", expanding=True))), sorted(take_ids)
                chunks = [listed[start : start + CHUNK] for start in range(0, len(listed), CHUNK)]
                found = [event for ids in chunks for event in events_of(connection.execute(some, {"ids": ids}))]
        return tuple(sorted(found, key=lambda event: event.id))  # they come nearly so, and a database would sort anew

    def takes_now(self, take_ids: Collection[str] | None = None) -> tuple[Mapping[str, Any], ...]:
        """The row of each take as the log keeps it (`take_now`: money in micro-dollars, times in microseconds), in
        story order; of all takes or of these (by id)."""
        query = select(take_now).order_by(take_now.c.shot, take_now.c.n)
        with self._reading() as connection:
            if take_ids is None:
                return _as_they_come(connection.execute(query))
            some, listed = query.where(take_now.c.id.in_(bindparam("ids", expanding=True))), sorted(take_ids)
            chunks = [listed[start : start + CHUNK] for start in range(0, len(listed), CHUNK)]
            found = [row for ids in chunks for row in _as_they_come(connection.execute(some, {"ids": ids}))]
        return tuple(sorted(found, key=lambda row: (row["shot"], row["n"])))

    def latest_event(self) -> str:
        """The id of the newest event, or what tells that another log was merged since; "" before there is one."""
        with self._reading() as connection:
            return read_to(connection)

    def merged_since(self, event_id: str) -> bool:
        """Whether another log was merged after that event: what came then may be older than it."""
        with self._reading() as connection:
            return merged_at(connection) > event_id

    def has_event(self, event_id: str) -> bool:
        """Whether there is an event of this id in this film, or its log was merged at that moment."""
        with self._reading() as connection:
            if event_id and event_id == merged_at(connection):
                return True
            return connection.execute(select(events.c.id).where(events.c.id == event_id)).first() is not None

    def takes_at(self, take_ids: Collection[str], event_id: str) -> tuple[dict[str, Any], ...]:
        """The rows of these takes (by id) as `takes_now` would have given them right after that event, in story order.

        A take that is newer than the event is as it stands now.
        """
        with self._reading() as connection:
            found = now.as_of(connection, take_ids, event_id)
        return tuple(sorted(found, key=lambda row: (row["shot"], row["n"])))

    def touched_since(self, event_id: str) -> frozenset[str]:
        """The ids of the takes about which something was written after that event (`latest_event`); all of them where
        another log was merged since, for what came may be older."""
        query = (
            select(events.c.subject)
            .join(take_now, take_now.c.id == events.c.subject)
            .where(events.c.id > event_id)  # without DISTINCT: for that SQLite would read the whole index
        )
        with self._reading() as connection:
            if merged_at(connection) > event_id:
                return frozenset(connection.execute(select(take_now.c.id)).scalars())
            return frozenset(connection.execute(query).scalars())
