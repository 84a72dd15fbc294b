"""What one log has and another lacks, taken in: in one transaction, with the numbers that follow from both."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from heapq import merge
from itertools import groupby, islice
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from studio.errors import BadInput, Damaged
from studio.log import journal, now
from studio.log.aliases import AT_REST, ELSEWHERE
from studio.log.decided import MERGED
from studio.log.events import NUMBERED, OF_TAKES
from studio.log.ids import be_later_than, new_id
from studio.log.leases import now_at
from studio.log.listening import tell
from studio.log.numbering import Moves, Of, Renumbered, event_row, label_of, settle
from studio.log.rows import Row, journal_line, of_journal_line
from studio.log.schema import JOURNALLED, events, lease, meta, outbox, take_now
from studio.log.sides import NAMES, NUMBERS, Numbered, Side, apart, before, checked
from studio.nouns import STUDIO

T = TypeVar("T")
AT_A_TIME = 1000  # rows in one statement
LINES = 1 << 20  # characters of the journal in one row of the outbox
ALL: tuple[Of, ...] = ("take", "prompt", "cut", "sound")
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
FOREVER = 2**62  # microseconds: until a later merge


@dataclass
class Taken:
    """What was taken in."""

    rows: Counter[str] = field(default_factory=Counter)
    renumbered: list[Renumbered] = field(default_factory=list)
    takes: set[str] = field(default_factory=set)  # ids of those that are to be folded anew
    moved_on: set[str] = field(default_factory=set)  # of them, those that came, or came into another state, elsewhere


class Journalling:
    """Lines on their way to the journal, by author, in few and large rows of the outbox."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: dict[str, list[str]] = defaultdict(list)
        self._size: Counter[str] = Counter()

    def add(self, kind: str, row: Row) -> None:
        """A row as it was first written: into its author's file; a request, which has none, into the machine's."""
        author, line = str(row.get("author", STUDIO)), journal_line(kind, row)
        self._waiting[author].append(line)
        self._size[author] += len(line)
        if self._size[author] > LINES:
            self._put(author)

    def finish(self) -> None:
        """Put the rest into the outbox."""
        for author in sorted(self._waiting):
            self._put(author)

    def _put(self, author: str) -> None:
        lines = "\n".join(self._waiting.pop(author, ()))
        del self._size[author]
        if lines:
            self._connection.execute(insert(outbox), {"id": new_id(), "author": author, "lines": lines})


def bring_to_journal(connection: Connection, folder: Path, name: str) -> None:
    """Leave in the outbox what the journal in `folder` lacks, for whoever opens the log next.

    On a server everybody's writes go to the journals of their own machines; a log that is a file again needs all of it
    in the one beside it, or it could not be rebuilt.
    """
    there: set[int] = set()  # each row as a number: there may be millions
    for line in journal.read(folder):
        with suppress(Damaged, ValueError):
            kind, row = of_journal_line(line.text)
            there.add(hash((kind, row["id"])))
    journalling, side = Journalling(connection), Side(connection, name)
    for kind in JOURNALLED:
        for values in side.rows(kind):
            if hash((kind, values[0])) not in there:
                journalling.add(kind, dict(zip(NAMES[kind], values, strict=True)))
    journalling.finish()


def take_in(connection: Connection, ours: Side, theirs: Side, *, lines: bool) -> Taken:
    """Add to our log, whose write transaction is `connection`, what theirs has; `ours` is what we had until now.

    The same rows, numbers and events come of it whichever of the two takes in the other. `lines`: what is new goes to
    our journal too; the events that tell of new numbers always do. `take_now` is left to `settle_takes`.
    """
    taken = Taken()
    journalling = Journalling(connection)
    numbers = _Numbers(ours, theirs)
    found = [event for of in ALL for event in numbers.settle(of)]
    numbers.give(connection)
    for kind in JOURNALLED:
        _add(connection, kind, _new(connection, kind, ours, theirs, numbers, taken), journalling if lines else None)
    _add(connection, "event", (("", row, row) for row in found), journalling)
    taken.rows["event"] += len(found)
    journalling.finish()
    taken.renumbered = sorted(numbers.changed, key=lambda each: (each.of, each.shot, each.now))
    taken.takes |= set(_affected(ours, numbers, taken)) | numbers.of_takes
    return taken


class _Numbers:
    """Which number each row has, out of both sides."""

    def __init__(self, ours: Side, theirs: Side) -> None:
        self._ours, self._theirs = ours, theirs
        self._moves = _united(ours.moves, theirs.moves)
        self._ours_now: dict[Of, list[tuple[int, str, str]]] = defaultdict(list)  # number, id, shot: ours that move
        self.now: dict[str, int] = {}  # by id, of rows that have another number than they were written with
        self.changed: list[Renumbered] = []
        self.of_takes: set[str] = set()  # ids of our takes that move
        self.of_words: set[str] = set()  # ids of our words that move

    def settle(self, of: Of) -> Iterator[Row]:
        """Find the numbers of one kind; gives the events that tell of new ones."""
        for shot, listed in groupby(merge(self._marked(of, True), self._marked(of, False)), key=lambda each: each[0]):
            rows: dict[str, Numbered] = {}
            mine: dict[str, int] = {}
            for _, id, is_theirs, row in listed:
                if id in rows and _first(rows[id]) <= _first(row):
                    row = rows[id]
                rows[id] = row
                if not is_theirs:
                    mine[id] = self._as_it_is(self._ours, row)
            claims = {id: self._moves[id].now if id in self._moves else row.number for id, row in rows.items()}
            moved = settle(claims.items(), of)
            if moved and max(moved.values()) > NUMBERED[of]:
                raise BadInput(
                    f"{shot} would have {max(moved.values())} {of}s, and a label has no more digits: they stay apart"
                )
            for id, row in rows.items():
                number = moved.get(id, claims[id])
                was = mine[id] if id in mine else self._as_it_is(self._theirs, row)
                if number != row.number:
                    self.now[id] = number
                if number != was:
                    self.changed.append(Renumbered(of, id, shot, was, number, row.author))
                if id in mine and number != mine[id] and of != "sound":
                    self._ours_now[of].append((number, id, shot))
                if id in moved:
                    yield event_row(of, id, shot, claims[id], number, row.at_us)

    def give(self, connection: Connection) -> None:
        """Give our own rows their new numbers: the highest first, so that none meets one that still has its old."""
        for of, moving in self._ours_now.items():
            table = JOURNALLED[of]
            values: dict[str, Any] = {NUMBERS[of]: bindparam("number")}
            values |= {"label": bindparam("name")} if of == "take" else {}
            change = update(table).where(table.c.id == bindparam("row")).values(values)
            for number, id, shot in sorted(moving, reverse=True):
                given: dict[str, Any] = {"row": id, "number": number}
                connection.execute(change, given | ({"name": label_of(shot, number)} if of == "take" else {}))
        self.of_takes = {id for _, id, _ in self._ours_now["take"]}
        self.of_words = {id for _, id, _ in self._ours_now["prompt"]}

    def placed(self, kind: str, row: Row) -> Row:
        """A row as a table holds it: with the number that it has now."""
        number = self.now.get(row["id"])
        if kind not in NUMBERS or number is None:
            return row
        return row | {NUMBERS[kind]: number} | ({"label": label_of(row["shot"], number)} if kind == "take" else {})

    def _marked(self, of: Of, is_theirs: bool) -> Iterator[tuple[str, str, bool, Numbered]]:
        side = self._theirs if is_theirs else self._ours
        return ((row.shot, row.id, is_theirs, row) for row in side.numbered(of))

    @staticmethod
    def _as_it_is(side: Side, row: Numbered) -> int:
        return side.moves[row.id].now if row.id in side.moves else row.number


def _first(row: Numbered) -> tuple[int, str, int]:
    return row.at_us, row.author, row.number


def _united(ours: Mapping[str, Moves], theirs: Mapping[str, Moves]) -> dict[str, Moves]:
    found = dict(ours)
    for id, moves in theirs.items():
        had = moves.all | (found[id].all if id in found else frozenset())
        found[id] = Moves(min(had), max(had), had)
    return found


def _new(
    connection: Connection, kind: str, ours: Side, theirs: Side, numbers: _Numbers, taken: Taken
) -> Iterator[tuple[str, Row, Row]]:
    """Their rows that we lack: nothing, the row as it was written, and as the table is to hold it. One that we have
    otherwise takes the place of ours where it was written first."""
    table = JOURNALLED[kind]
    for mine, values, same in apart(ours.rows(kind), theirs.rows(kind)):
        if same:
            continue
        row = checked(kind, values, theirs.name)
        replaced = ""
        if mine is not None:
            our_own = dict(zip(NAMES[kind], mine, strict=True))
            about = "shot" if kind in NUMBERS else "subject"  # what a row is about is the same wherever it is
            if row.get(about) != our_own.get(about):
                raise Damaged(f"{theirs.name} holds {kind} {row['id']} as another {about}'s: one of the two is damaged")
            if not before(kind, row, our_own):
                continue
            replaced = row["id"]
            connection.execute(delete(table).where(table.c.id == replaced))
        taken.rows[kind] += 1
        if kind == "take":
            taken.moved_on.add(row["id"])
        if kind == "event" and row["kind"] in OF_TAKES:
            taken.takes.add(row["subject"])
            if row["kind"] == "state":
                taken.moved_on.add(row["subject"])
        if kind in ("take", "request", "prompt"):
            numbers_of = {"take": numbers.of_takes, "request": numbers.of_words, "prompt": numbers.of_words}
            numbers_of[kind].add(row["id"])
        yield replaced, row, numbers.placed(kind, row)


def _add(
    connection: Connection, kind: str, found: Iterable[tuple[str, Row, Row]], journalling: Journalling | None
) -> None:
    table = JOURNALLED[kind]
    for chunk in _chunks(found):
        connection.execute(insert(table), [row for _, _, row in chunk])
        if journalling:
            for _, written, _ in chunk:
                journalling.add(kind, written)


def _affected(ours: Side, numbers: _Numbers, taken: Taken) -> Iterator[str]:
    """Our own takes whose rows in `take_now` speak of something that came or moved: their words, or their parent."""
    words, parents = numbers.of_words, numbers.of_takes
    if not words and not parents:
        return
    guide = NAMES["request"].index("guide")  # by the label of a take
    asked = {row[0] for row in ours.rows("request") if row[1] in words or (parents and row[guide])}
    at = {name: NAMES["take"].index(name) for name in ("request_id", "parent")}
    for row in ours.rows("take"):
        if row[at["request_id"]] in asked or row[at["request_id"]] in words or row[at["parent"]] in parents:
            yield row[0]


def settle_takes(connection: Connection, taken: Taken, *, whole: bool = False) -> None:
    """Bring `take_now` up to date with what was taken in, or all of it, and tell whoever keeps a picture of it."""
    if whole:
        now.refold(connection)
    else:
        now.anew(connection, sorted(taken.takes))
    newest = connection.execute(select(events.c.id).order_by(events.c.id.desc()).limit(1)).scalar()
    if newest:
        be_later_than(newest)
    connection.execute(delete(meta).where(meta.c.name == MERGED))
    connection.execute(insert(meta), {"name": MERGED, "value": new_id()})
    tell(connection)


def leave_elsewhere(connection: Connection, take_ids: Iterable[str]) -> None:
    """Those of these takes that are not at rest are another machine's: nobody here may work on them, until a merge
    brings them to rest. Whoever works on one here already goes on."""
    unfinished = select(take_now.c.id).where(take_now.c.state.not_in(AT_REST))
    theirs = set(connection.execute(unfinished).scalars()).intersection(take_ids)
    put = _INSERT[connection.dialect.name](lease)
    take = put.on_conflict_do_update(
        index_elements=[lease.c.take_id],
        set_={"owner": ELSEWHERE, "until_us": FOREVER, "fence": lease.c.fence + 1},
        where=lease.c.until_us <= now_at(connection),
    )
    for id in sorted(theirs):
        connection.execute(take, {"take_id": id, "owner": ELSEWHERE, "until_us": FOREVER, "fence": 1})
    rested = select(take_now.c.id).where(take_now.c.state.in_(AT_REST))
    mine = update(lease).where(lease.c.owner == ELSEWHERE, lease.c.take_id.in_(rested))
    connection.execute(mine.values(until_us=0))


def _chunks(found: Iterable[T]) -> Iterator[list[T]]:
    left = iter(found)
    while chunk := list(islice(left, AT_A_TIME)):
        yield chunk
