"""What a film that several people edit apart has more than one of: labels of a take, and versions of a shot's words."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import Connection, Select, bindparam, select

from studio.log.cuts import cut_from_json
from studio.log.numbering import Moves, Renumbered, file_now, label_of, moves_of
from studio.log.rows import event_of, prompt_of, take_of
from studio.log.schema import JOURNALLED, events, lease, prompts, take_now, takes
from studio.nouns import FINAL_STATES, TAKE_LABEL, Cut, Event, Prompt, Request, Source, Take

ELSEWHERE = "elsewhere"  # who holds the takes that another machine works on: they are never made here too
AT_REST = (*sorted(FINAL_STATES), "unknown")  # nobody works on a take in one of these states
CHUNK = 500  # ids in one question


@dataclass(frozen=True)
class Alias:
    """A label that a take had before it met another one of the same."""

    label: str
    take_id: str
    now: str  # its label at present
    author: str  # who asked for the take: in their lists the old label means this one


@dataclass(frozen=True)
class InQuestion:
    """A shot whose words were written twice, apart: which are current is for a person to say."""

    shot: str
    current: Prompt  # counts until then
    others: tuple[Prompt, ...]

    def __str__(self) -> str:
        those = " and ".join(f"version {each.version} by {each.author}" for each in (*self.others, self.current))
        return f"{self.shot} was written twice: {those}; version {self.current.version} counts until you say which"


class TeamReads:
    """The part of the log's reading half that is about films edited apart."""

    def _reading(self) -> AbstractContextManager[Connection]:
        raise NotImplementedError

    def aliases(self) -> tuple[Alias, ...]:
        """Every label that a take had and has no more, in story order; another take has most of them now."""
        with self._reading() as connection:
            return aliases(connection)

    def renumbered(self, of: Literal["take", "prompt", "cut"] = "take") -> tuple[Renumbered, ...]:
        """The takes, versions of words ("prompt") or versions of the cut that have another number than their first."""
        with self._reading() as connection:
            found = _moves(connection)
            table = JOURNALLED[of]
            shot = table.c.shot if "shot" in table.c else None
            query = select(table.c.id, table.c.author, *([] if shot is None else [shot]))
            rows = _in_chunks(connection, query.where(table.c.id.in_(bindparam("ids", expanding=True))), found)
        listed = [
            Renumbered(of, row.id, "" if shot is None else row.shot, found[row.id].was, found[row.id].now, row.author)
            for row in rows
        ]
        return tuple(sorted(listed, key=lambda each: (each.shot, each.was, each.id)))

    def in_question(self) -> tuple[InQuestion, ...]:
        """The shots whose words were written twice, apart, until somebody says which are current or writes newer ones
        knowing both; in story order."""
        with self._reading() as connection:
            return all_in_question(connection)

    def elsewhere(self) -> tuple[Take, ...]:
        """The takes that another machine works on, as the last merge told; they are not made here."""
        query = (
            select(takes)
            .join(lease, lease.c.take_id == takes.c.id)
            .join(take_now, take_now.c.id == takes.c.id)
            .where(lease.c.owner == ELSEWHERE, lease.c.until_us > 0, take_now.c.state.not_in(AT_REST))
            .order_by(takes.c.id)
        )
        with self._reading() as connection:
            return tuple(take_of(row) for row in connection.execute(query).mappings())


# --- labels ------------------------------------------------------------------------------------------------------


def aliases(connection: Connection, label: str = "") -> tuple[Alias, ...]:
    """The former labels of takes, or the takes that had this one."""
    query = select(events.c.subject, events.c.data).where(events.c.kind == "renumbered")
    if label:
        shot, _, n = label.rpartition("-")
        if not n.isdecimal():
            return ()
        query = query.where(events.c.data.like(f'%"of":"take","shot":"{shot}","was":{int(n)}}}'))
    listed = connection.execute(query).all()
    had: dict[str, set[int]] = defaultdict(set)
    for subject, text in listed:
        said = json.loads(text)
        if said["of"] == "take":
            had[subject].add(int(said["was"]))
    rows = _in_chunks(connection, select(takes).where(takes.c.id.in_(bindparam("ids", expanding=True))), had)
    found = [
        Alias(label_of(row.shot, was), row.id, row.label, row.author)
        for row in sorted(rows, key=lambda row: (row.shot, row.n))
        for was in sorted(had[row.id])
    ]
    return tuple(each for each in found if not label or each.label == label)


def label_now(connection: Connection, label: str, author: str) -> str:
    """The label that a take has now which somebody once named so: of several that had it, the author's own."""
    former = [alias for alias in aliases(connection, label) if alias.author == author]
    if not former:
        return label
    holder = connection.execute(select(takes.c.author).where(takes.c.label == label)).scalar()
    return label if holder == author else former[0].now


def request_now(connection: Connection, request: Request, author: str = "") -> Request:
    """A request whose stills and guide are named after takes, with the names that those have now; `author`: of its
    take, where that is known."""
    roles = [role for role in ("first_frame", "last_frame", "guide") if getattr(request, role)]
    if not roles or not _anything_moved(connection):
        return request
    if not author:
        query = select(takes.c.author).where(takes.c.shot == request.shot, takes.c.request_id == request.id)
        author = str(connection.execute(query.limit(1)).scalar() or "")
    named: dict[str, Any] = {}
    for role in roles:
        file = getattr(request, role)
        label = TAKE_LABEL.match(file.rpartition("/")[2])
        if label:
            named[role] = file_now(file, [label[0]], label_now(connection, label[0], author))
    return replace(request, **named)


def cuts_now(connection: Connection, query: Select[Any]) -> tuple[Cut, ...]:
    """Stored cuts with the numbers they have now, and their takes with the labels, files and reels they have now."""
    found = [(row.version, cut_from_json(row.cut)) for row in connection.execute(query)]
    moved = bool(found) and _anything_moved(connection)
    return tuple(_cut_now(connection, cut, version) if moved else cut for version, cut in found)


def _anything_moved(connection: Connection) -> bool:
    return connection.execute(select(events.c.id).where(events.c.kind == "renumbered").limit(1)).first() is not None


def _cut_now(connection: Connection, cut: Cut, version: int) -> Cut:
    cut = replace(cut, version=version)
    ids = {source.take_id for source in cut.sources if source.take_id}
    renumbered = select(events.c.subject, events.c.data).where(events.c.kind == "renumbered")
    query = renumbered.where(events.c.subject.in_(bindparam("ids", expanding=True)))
    moved = moves_of((row.subject, row.data) for row in _in_chunks(connection, query, ids))
    banned = tuple(label_now(connection, label, cut.author) for label in cut.banned)
    if not moved and banned == cut.banned:
        return cut

    def source_now(source: Source) -> Source:
        moves = moved.get(source.take_id)
        return _source_now(source, moves) if moves else source

    slots = tuple(replace(slot, source=source_now(slot.source)) for slot in cut.slots)
    return replace(cut, slots=slots, banned=banned)


def _source_now(source: Source, moves: Moves) -> Source:
    label = label_of(source.shot, moves.now)
    former = [label_of(source.shot, n) for n in sorted(moves.all)]
    return replace(source, name=label, file=file_now(source.file, former, label), reel=label.replace("-", ""))


# --- words -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Words:
    """All that is known of the words of a shot that may have been written twice."""

    own: tuple[Prompt, ...]  # by version; no cells of grids
    numbers: Mapping[str, frozenset[int]]  # of those that were renumbered, by id: all numbers they have had
    decision: Event | None  # the last one: which was to be current


def current_of(words: Words) -> Prompt:
    """The words that count: what was decided, or the newest of those that nobody decided against."""
    return max(_heads(words), key=lambda prompt: prompt.version)


def in_question(words: Words) -> InQuestion | None:
    """What a person is to decide; `None` where nothing is open."""
    heads = sorted(_heads(words), key=lambda prompt: prompt.version)
    return InQuestion(heads[-1].shot, heads[-1], tuple(heads[:-1])) if len(heads) > 1 else None


def _heads(words: Words) -> list[Prompt]:
    """The newest words of each of those who wrote apart; one where all wrote knowing the others."""
    known, chosen = _decided(words)
    new = [prompt for prompt in words.own if prompt.id not in known]
    base = [chosen] if chosen else []
    if not new:
        return base
    if not _were_apart(words, known, new):
        return [max(new, key=lambda prompt: prompt.version)]
    heads = dict.fromkeys(prompt.id for prompt in (*base, *new))
    for prompt in new:
        before = _before(words, prompt, known, chosen)
        if before:
            heads.pop(before.id, None)
    return [prompt for prompt in words.own if prompt.id in heads]


def _decided(words: Words) -> tuple[frozenset[str], Prompt | None]:
    """The ids of the words that the last decision knew, and which it chose."""
    if words.decision is None:
        return frozenset(), None
    chosen = next((prompt for prompt in words.own if prompt.id == words.decision.data["prompt"]), None)
    if chosen is None:  # a decision about words that are not there
        return frozenset(), None
    told: Any = words.decision.data.get("knew")
    if told is None:
        told = [prompt.id for prompt in words.own if prompt.id < words.decision.id]
    return frozenset((*told, chosen.id)), chosen


def _were_apart(words: Words, known: Collection[str], new: Iterable[Prompt]) -> bool:
    """Whether some of the new words were written without knowing others: they met a number that was taken, or were
    there before what is said to be all there was."""
    since = words.decision.id if words.decision and known else ""
    return any(prompt.id in words.numbers or prompt.id < since for prompt in new)


def _before(words: Words, prompt: Prompt, known: Collection[str], chosen: Prompt | None) -> Prompt | None:
    """The words that somebody had before them who wrote these: those of the next lower number, of several the same
    author's, of these the latest. Who writes after a decision goes on from what was chosen."""
    first = min(words.numbers.get(prompt.id, (prompt.version,)))
    best: tuple[int, bool, str] | None = None
    found = None
    for each in words.own:
        lower = [number for number in words.numbers.get(each.id, (each.version,)) if number < first]
        if not lower or each.id >= prompt.id:
            continue
        place = (max(lower), each.author == prompt.author, each.id)
        if best is None or place > best:
            best, found = place, each
    if found and chosen and found.id in known and words.decision and prompt.id > words.decision.id:
        top = max(each.version for each in words.own if each.id in known)
        return chosen if first > top else found
    return found


def _apart(connection: Connection, shot: str = "") -> list[Words]:
    """The words of those shots, or that one, of which some may have been written apart, in story order."""
    about = select(prompts.c.shot).where(
        prompts.c.id.in_(select(events.c.subject).where(events.c.kind == "renumbered")), prompts.c.grid == ""
    )
    decided = select(events).where(events.c.kind == "current").order_by(events.c.id)
    if shot:
        about, decided = about.where(prompts.c.shot == shot), decided.where(events.c.subject == shot)
    decisions = {row["subject"]: event_of(row) for row in connection.execute(decided).mappings()}
    shots = sorted({*connection.execute(about.distinct()).scalars(), *decisions})
    query = select(prompts).where(prompts.c.shot.in_(bindparam("ids", expanding=True)), prompts.c.grid == "")
    own: dict[str, list[Prompt]] = defaultdict(list)
    for row in _in_chunks(connection, query.order_by(prompts.c.version), shots):
        own[row.shot].append(prompt_of(row._mapping))
    told = select(events.c.subject, events.c.data).where(events.c.kind == "renumbered")
    ids = [prompt.id for listed in own.values() for prompt in listed]
    moved = moves_of(
        (row.subject, row.data)
        for row in _in_chunks(connection, told.where(events.c.subject.in_(bindparam("ids", expanding=True))), ids)
    )
    numbers = {id: moves.all for id, moves in moved.items()}
    return [Words(tuple(own[each]), numbers, decisions.get(each)) for each in shots if own[each]]


def current_words(connection: Connection, shot: str = "") -> dict[str, Prompt]:
    """The words that count, of those shots (or that one) where it is not simply those of the highest number."""
    return {words.own[0].shot: current_of(words) for words in _apart(connection, shot)}


def all_in_question(connection: Connection, shot: str = "") -> tuple[InQuestion, ...]:
    """The shots (or that one) whose words wait for a decision, in story order."""
    return tuple(asked for words in _apart(connection, shot) if (asked := in_question(words)))


def _moves(connection: Connection) -> dict[str, Moves]:
    query = select(events.c.subject, events.c.data).where(events.c.kind == "renumbered")
    return moves_of((row.subject, row.data) for row in connection.execute(query))


def _in_chunks(connection: Connection, query: Any, ids: Collection[str]) -> list[Any]:
    listed = list(ids)
    return [
        row
        for start in range(0, len(listed), CHUNK)
        for row in connection.execute(query, {"ids": listed[start : start + CHUNK]})
    ]
