"""`take_now` brought up to date: the fold of the takes that an event has touched, or of all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from studio.errors import NotFound
from studio.log.aliases import request_now
from studio.log.folding import Facts, fold, what_happened
from studio.log.rows import event_of, prompt_of, request_of, take_of
from studio.log.schema import events, meta, prompts, requests, take_now, takes
from studio.nouns import Event

CHUNK = 500  # takes at a time: SQLite takes so many values in one statement, and memory stays small


def director(connection: Connection) -> str:
    """Whose verdicts `take_now` shows; "" = the latest."""
    return str(connection.execute(select(meta.c.value).where(meta.c.name == "director")).scalar() or "")


def set_director(connection: Connection, name: str) -> None:
    """Let `take_now` follow this director, once every take is folded anew."""
    connection.execute(delete(meta).where(meta.c.name == "director"))
    connection.execute(insert(meta).values(name="director", value=name))


def refold(connection: Connection) -> int:
    """Fold every take anew; gives their number."""
    connection.execute(delete(take_now))
    ids = connection.execute(select(takes.c.id)).scalars().all()
    add(connection, ids, director(connection))
    return len(ids)


def add(connection: Connection, new: Iterable[str], director: str) -> None:
    """Put takes into `take_now` that are not there yet."""
    for chunk in _chunks(new):
        facts = _facts(connection, chunk)
        connection.execute(insert(take_now), fold(facts, _events(connection, chunk), director))


def anew(connection: Connection, take_ids: Collection[str]) -> None:
    """Fold takes anew, whether they are in `take_now` or not; ids of none are passed over."""
    for chunk in _chunks(take_ids):  # all of them before the first comes back: two may have changed their numbers
        connection.execute(delete(take_now).where(take_now.c.id.in_(chunk)))
    there = select(takes.c.id).where(takes.c.id.in_(bindparam("ids", expanding=True)))
    follow = director(connection)
    for chunk in _chunks(take_ids):
        add(connection, connection.execute(there, {"ids": chunk}).scalars().all(), follow)


def change(connection: Connection, touched: Iterable[str], director: str) -> None:
    """Fold takes anew that have new events; `NotFound` if one is not there."""
    for chunk in _chunks(touched):
        happened = _events(connection, chunk)
        for take_id in chunk:
            fields = what_happened(happened[take_id], director)
            found = connection.execute(_CHANGE, fields | {"take_id": take_id})
            if not found.rowcount:
                raise NotFound(
                    f"there is no take with the id {take_id!r} in this film: give the id of one of its takes"
                )


def as_of(connection: Connection, take_ids: Iterable[str], event_id: str) -> list[dict[str, Any]]:
    """The rows of takes as they stood after that event; of a take that is newer, as it stands now."""
    found = []
    for chunk in _chunks(take_ids):
        happened = _events(connection, chunk)
        then = {id: [event for event in listed if event.id <= event_id] or listed for id, listed in happened.items()}
        found += fold(_facts(connection, chunk), then, director(connection))
    return found


_CHANGE = update(take_now).where(take_now.c.id == bindparam("take_id"))
_EVENTS = select(events).where(events.c.subject.in_(bindparam("ids", expanding=True))).order_by(events.c.id)


def _events(connection: Connection, take_ids: list[str]) -> dict[str, list[Event]]:
    happened: dict[str, list[Event]] = {take_id: [] for take_id in take_ids}
    for row in connection.execute(_EVENTS, {"ids": take_ids}).mappings():
        happened[row["subject"]].append(event_of(row))
    return happened


def _facts(connection: Connection, take_ids: list[str]) -> list[Facts]:
    """What was written once about each of these takes."""
    found = [take_of(row) for row in connection.execute(select(takes).where(takes.c.id.in_(take_ids))).mappings()]
    asked = {take.request_id for take in found if take.request_id}
    query = select(requests).where(requests.c.id.in_(asked))
    sent = {row["id"]: request_of(row) for row in connection.execute(query).mappings()} if asked else {}
    written = {request.prompt_id for request in sent.values()}
    query = select(prompts).where(prompts.c.id.in_(written))
    words = {row["id"]: prompt_of(row) for row in connection.execute(query).mappings()} if written else {}
    parents = {take.parent for take in found if take.parent}
    labels = select(takes.c.id, takes.c.label).where(takes.c.id.in_(parents))
    named = {row.id: row.label for row in connection.execute(labels)} if parents else {}
    if any(request.guide for request in sent.values()):
        sent = {
            take.request_id: request_now(connection, sent[take.request_id], take.author)
            for take in found
            if take.request_id in sent
        }
    return [
        Facts(
            take,
            request := sent.get(take.request_id),
            words.get(request.prompt_id) if request else None,
            named.get(take.parent, ""),
        )
        for take in found
    ]


def _chunks(ids: Iterable[str]) -> Iterator[list[str]]:
    left = iter(ids)
    while chunk := list(islice(left, CHUNK)):
        yield chunk
