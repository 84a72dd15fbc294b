"""What was measured and noticed in the takes' clips, and which of them wait for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, bindparam, false, or_, select

from studio.log import now
from studio.log.rows import event_of, events_of, take_of
from studio.log.schema import events, requests, take_now, takes
from studio.nouns import Event, Take

CHUNK = 500  # ids in one question
Made = TypeVar("Made")


@dataclass(frozen=True)
class ToMeasure:
    """A finished take whose clip is to be looked at."""

    take: Take
    file: str  # relative to the film's folder
    camera_json: str  # what was asked for; "" for an adopted clip


class LookedReads:
    """The part of the log's reading half that is about clips that were looked at."""

    def _reading(self) -> AbstractContextManager[Connection]:
        raise NotImplementedError

    def measured_of(self, take_id: str) -> Event | None:
        """The last that was measured of a take's camera: its data has `figures` (JSON) and `sentence`."""
        return self._latest("measured", take_id)

    def features(self, take_id: str) -> Event | None:
        """The last features of a take's head and tail: its data has `features` (JSON) and `method`."""
        return self._latest("features", take_id)

    def flags_of(self, take_id: str) -> Event | None:
        """The last that was noticed in a take's clip: its data has `flags` (JSON), `words` and `method`."""
        return self._latest("flags", take_id)

    def to_measure(self, methods: Mapping[str, int], labels: Collection[str] | None = None) -> tuple[ToMeasure, ...]:
        """The finished takes of which something is missing or of an older method, in story order.

        `methods` are the present ones of "measured", "flags" and "features"; {} gives every finished take. `labels`
        keeps to those.
        """
        older: list[ColumnElement[bool]] = []
        for kind, method in methods.items():
            column = take_now.c[f"{kind}_method"]
            older += [column.is_(None), column < method]
        query = (
            select(takes, take_now.c.file, requests.c.camera_json)
            .join(take_now, take_now.c.id == takes.c.id)
            .outerjoin(requests, requests.c.id == takes.c.request_id)
            .where(take_now.c.state == "done", take_now.c.file.is_not(None))
            .order_by(takes.c.shot, takes.c.n)
        )
        if methods:
            query = query.where(or_(false(), *older))
        with self._reading() as connection:
            if labels is None:
                found = connection.execute(query).mappings().all()
            else:
                wanted, listed = query.where(takes.c.label.in_(bindparam("labels", expanding=True))), list(labels)
                chunks = (listed[start : start + CHUNK] for start in range(0, len(listed), CHUNK))
                found = [row for some in chunks for row in connection.execute(wanted, {"labels": some}).mappings()]
        return tuple(ToMeasure(take_of(row), row["file"], row["camera_json"] or "") for row in found)

    @property
    def director(self) -> str:
        """Whose decisions count before the others'; "" = the latest."""
        with self._reading() as connection:
            return now.director(connection)

    def latest_of(self, kind: str, take_ids: Collection[str] | None = None) -> dict[str, Event]:
        """The last event of a kind ("flags", "features", "measured") of each take that has one, by the take's id; of
        all takes or of these (by id)."""
        return self.latest_as(kind, lambda event: event, take_ids)

    def latest_as(
        self, kind: str, read: Callable[[Event], Made], take_ids: Collection[str] | None = None
    ) -> dict[str, Made]:
        """The same, each made into what is wanted of it as it is read, so that never all of them are held."""
        query = select(events).where(events.c.kind == kind)
        newest: dict[str, str] = {}  # ids: the database need not sort what is read once
        found: dict[str, Made] = {}
        with self._reading() as connection:
            for event in self._each(connection, query, take_ids):
                if event.id > newest.get(event.subject, ""):
                    newest[event.subject], found[event.subject] = event.id, read(event)
        return found

    @staticmethod
    def _each(connection: Connection, query: Select[Any], take_ids: Collection[str] | None) -> Iterator[Event]:
        if take_ids is None:
            yield from events_of(connection.execute(query))
            return
        some, listed = query.where(events.c.subject.in_(bindparam("ids", expanding=True))), list(take_ids)
        for start in range(0, len(listed), CHUNK):
            yield from events_of(connection.execute(some, {"ids": listed[start : start + CHUNK]}))

    def _latest(self, kind: str, take_id: str) -> Event | None:
        query = select(events).where(events.c.subject == take_id, events.c.kind == kind)
        with self._reading() as connection:
            row = connection.execute(query.order_by(events.c.id.desc()).limit(1)).mappings().first()
        return event_of(row) if row else None
