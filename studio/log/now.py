"""`take_now` brought up to date: the fold of the takes that an event has touched, or of all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import islice

from sqlalchemy import Connection, delete, insert, select

from studio.errors import NotFound
from studio.log.folding import Facts, fold
from studio.log.rows import event_of, prompt_of, request_of, take_of
from studio.log.schema import events, meta, prompts, requests, take_now, takes
from studio.nouns import Event

CHUNK = 500  # takes at a time: SQLite takes so many values in one statement, and memory stays small


def director(connection: Connection) -> str:
    """Whose verdicts `take_now` shows; "" = the latest."""
    return str(connection.execute(select(meta.c.value).where(meta.c.name == "director")).scalar() or "")


def set_director(connection: Connection, name: str) -> None:
    """Let `take_now` follow another director: every take is folded anew."""
    connection.execute(delete(meta).where(meta.c.name == "director"))
    connection.execute(insert(meta).values(name="director", value=name))
    refold(connection)


def refold(connection: Connection) -> int:
    """Fold every take anew; gives their number."""
    connection.execute(delete(take_now))
    ids = connection.execute(select(takes.c.id)).scalars().all()
    bring_up_to_date(connection, ids, director(connection))
    return len(ids)


def bring_up_to_date(connection: Connection, take_ids: Collection[str], director: str) -> None:
    """Fold these takes anew; `NotFound` if an event has a take for its subject that is not there."""
    for chunk in _chunks(take_ids):
        facts = read_facts(connection, chunk)
        happened: dict[str, list[Event]] = defaultdict(list)
        query = select(events).where(events.c.subject.in_(chunk)).order_by(events.c.id)
        for row in connection.execute(query).mappings():
            happened[row["subject"]].append(event_of(row))
        rows = fold(facts, happened, director)
        connection.execute(delete(take_now).where(take_now.c.id.in_(chunk)))
        connection.execute(insert(take_now), rows)


def read_facts(connection: Connection, take_ids: Collection[str]) -> list[Facts]:
    """What was written once about each of these takes."""
    found = [take_of(row) for row in connection.execute(select(takes).where(takes.c.id.in_(take_ids))).mappings()]
    if len(found) < len(take_ids):
        lost = sorted(set(take_ids) - {take.id for take in found})
        raise NotFound(f"there is no take with the id {lost[0]!r} in this film: give the id of one of its takes")
    asked = {take.request_id for take in found if take.request_id}
    query = select(requests).where(requests.c.id.in_(asked))
    sent = {row["id"]: request_of(row) for row in connection.execute(query).mappings()} if asked else {}
    written = {request.prompt_id for request in sent.values()}
    query = select(prompts).where(prompts.c.id.in_(written))
    words = {row["id"]: prompt_of(row) for row in connection.execute(query).mappings()} if written else {}
    parents = {take.parent for take in found if take.parent}
    labels = select(takes.c.id, takes.c.label).where(takes.c.id.in_(parents))
    named = {row.id: row.label for row in connection.execute(labels)} if parents else {}
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
