"""One side of a merge: the rows of a log as they were first written, kind by kind, in the order of their ids.

A database holds the numbers that its rows have now; here they are undone. A journal, whose lines stand in any order
and some of them twice, is first laid out in a file of its own that is gone when it is closed. Nothing is held in memory
but a few rows, whatever the size of the log.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, Select, create_engine, event, inspect, literal, select
from sqlalchemy.engine import URL
from sqlalchemy.pool import StaticPool

from studio.errors import BadInput, Damaged, StoreError
from studio.log import database, events, journal, migrations
from studio.log.cuts import cut_from_json
from studio.log.failures import UNREADABLE, told, told_of_files
from studio.log.ids import new_id
from studio.log.numbering import Moves, label_of, moves_of
from studio.log.places import mark_in
from studio.log.rows import Row, event_of, journal_line, of_journal_line, to_json
from studio.log.schema import ADDED, JOURNALLED, JSON_COLUMNS, lease, meta
from studio.log.schema import events as event_rows

Values = tuple[Any, ...]  # of a row, in the order of its table's columns
NAMES = {kind: tuple(column.name for column in table.columns) for kind, table in JOURNALLED.items()}
TYPES = {kind: tuple(column.type.python_type for column in table.columns) for kind, table in JOURNALLED.items()}
NUMBERS = {"prompt": "version", "take": "n", "cut": "version"}  # by kind: the column that is counted up
AT_A_TIME = 1000


@dataclass(frozen=True)
class Numbered:
    """A row that has a number."""

    shot: str  # within which it counts; "" for a cut
    id: str
    number: int  # as it was written
    at_us: int
    author: str


class Side:
    """The rows of one log. `as_written`: its tables hold the numbers that were given first."""

    def __init__(self, connection: Connection, name: str, *, as_written: bool = False) -> None:
        self.name = name
        self._connection = connection
        self._as_written = as_written

    @cached_property
    def moves(self) -> dict[str, Moves]:
        """The numbers of those rows that were renumbered, by their ids."""
        query = select(event_rows).where(event_rows.c.kind == "renumbered")
        return moves_of(self._happened(query))

    def rows(self, kind: str) -> Iterator[Values]:
        """Every row of a kind, by id."""
        table = JOURNALLED[kind]
        there = self._columns[kind]
        wanted = [column if column.name in there else _default(kind, column.name) for column in table.columns]
        undo = self._undo(kind)
        for row in self._stream(select(*wanted).order_by(table.c.id)):
            yield undo(row) if undo and row[0] in self.moves else row

    def ids(self, kind: str) -> Iterator[str]:
        """The ids of a kind, in order."""
        column = JOURNALLED[kind].c.id
        return (row[0] for row in self._stream(select(column).order_by(column)))

    def subjects(self) -> Iterator[str]:
        """What the events are about, in order, each once."""
        return (row[0] for row in self._stream(select(event_rows.c.subject).distinct().order_by(event_rows.c.subject)))

    def numbered(self, of: str) -> Iterator[Numbered]:
        """Every row that has a number, by shot and id."""
        if of == "sound":
            yield from self._sounds()
            return
        table = JOURNALLED[of]
        shot = table.c.shot if "shot" in table.c else literal("").label("shot")
        query = select(shot, table.c.id, table.c[NUMBERS[of]], table.c.created_at_us, table.c.author)
        for row in self._stream(query.order_by(*([table.c.shot] if "shot" in table.c else []), table.c.id)):
            found = Numbered(*row)
            was = found.number if self._as_written or found.id not in self.moves else self.moves[found.id].was
            yield found if was == found.number else Numbered(found.shot, found.id, was, found.at_us, found.author)

    def held_by(self, owner: str) -> set[str]:
        """The ids of the takes that somebody holds."""
        query = select(lease.c.take_id).where(lease.c.owner == owner, lease.c.until_us > 0)
        return set(self._connection.execute(query).scalars())

    @property
    def moved(self) -> str | None:
        """The mark of a log that was moved away."""
        return mark_in(self._connection)

    def is_empty(self) -> bool:
        """Whether nothing is in it but shots, whose ids every film has."""
        return not any(next(self.ids(kind), None) for kind in JOURNALLED if kind != "shot")

    @cached_property
    def _columns(self) -> dict[str, set[str]]:
        found = inspect(self._connection)
        return {
            kind: {column["name"] for column in found.get_columns(table.name)} for kind, table in JOURNALLED.items()
        }

    def _sounds(self) -> list[Numbered]:
        found = []
        for row in self._stream(select(event_rows).where(event_rows.c.kind == "sound.asked")):
            with suppress(BadInput, ValueError):  # what is no such event is told of where the row is taken in
                happened = event_of(dict(zip(NAMES["event"], row, strict=True)))
                events.check(happened.kind, happened.data)
                shot, _, number = str(happened.data["label"]).rpartition("-fx")
                if number.isdecimal():
                    id = happened.subject.removeprefix("sound:")
                    found.append(Numbered(shot, id, int(number), happened.at_us, happened.author))
        return sorted(found, key=lambda each: (each.shot, each.id))

    def _happened(self, query: Select[Any]) -> Iterator[tuple[str, str]]:
        for row in self._stream(query):
            with suppress(BadInput, ValueError):  # what is no such event is left out wherever the row goes
                happened = event_of(dict(zip(NAMES["event"], row, strict=True)))
                events.check(happened.kind, happened.data)
                yield happened.subject.removeprefix("sound:"), to_json(happened.data)

    def _undo(self, kind: str) -> Callable[[Values], Values] | None:
        """What gives a row its first number back."""
        if kind not in NUMBERS or self._as_written:
            return None
        at = NAMES[kind].index(NUMBERS[kind])
        label, shot = (NAMES[kind].index(name) if kind == "take" else -1 for name in ("label", "shot"))

        def undo(row: Values) -> Values:
            values = list(row)
            values[at] = self.moves[row[0]].was
            if kind == "take":
                values[label] = label_of(row[shot], values[at])
            return tuple(values)

        return undo

    def _stream(self, query: Select[Any]) -> Iterator[Any]:
        """The rows, a few at a time; of a file the driver's own, which is quick: there may be millions."""
        with told(self.name):  # its own mistakes by its own name: whoever takes the rows is not within this
            if self._connection.dialect.name == "sqlite":
                found = self._connection.execute(query)
                while rows := found.cursor.fetchmany(AT_A_TIME):
                    yield from rows
                found.close()  # not where nobody wants the rest: its connection may be closed by then
            else:
                with self._connection.execute(query.execution_options(yield_per=AT_A_TIME)) as found:
                    yield from found


def _default(kind: str, name: str) -> Any:
    """What a row of an older log, which lacks a column, holds in it."""
    value = ADDED[kind][name]
    return literal(to_json(value) if name == JSON_COLUMNS.get(kind) else value).label(name)


def checked(kind: str, row: Values, name: str) -> Row:
    """The row of another database by the names of its columns; `Damaged` where it cannot be one."""
    found = dict(zip(NAMES[kind], row, strict=True))
    for column, type_ in zip(NAMES[kind], TYPES[kind], strict=True):
        if type(found[column]) is not type_:
            raise Damaged(f"{name} holds a {kind} whose {column} is {found[column]!r}: it is no log of a film")
    try:
        _check_within(kind, found)
    except (Damaged, ValueError) as error:
        raise Damaged(f"{name} holds {'an' if kind == 'event' else 'a'} {kind} that is none ({error})") from None
    return found


def _check_within(kind: str, row: Row) -> None:
    """`Damaged` or `ValueError` for a row of which the film could not be read any more, once it is in it."""
    if kind == "event" and row["kind"] in events.KINDS:
        events.check(row["kind"], event_of(row).data)
    elif kind == "cut":
        cut_from_json(row["cut"])


def before(kind: str, one: Row, other: Row) -> bool:
    """Whether `one` of two rows of the same id counts: the one that was written first, wherever that is asked."""
    return _order(kind, one) < _order(kind, other)


def _order(kind: str, row: Row) -> tuple[bool, int, str, str]:
    at_us = row["at_us"] if "at_us" in row else row.get("created_at_us")
    strange = kind == "event" and row["kind"] not in events.KINDS  # of two, the one with a letter that is wrong
    return strange, at_us or 0, str(row.get("author", "")), journal_line(kind, row)


class Stage:
    """Rows from journals and backups, each once, in a file that nobody else sees and that is gone in the end."""

    def __init__(self, folder: Path) -> None:
        self.skipped: list[str] = []
        file = folder / f"{database.FILE}.{new_id()}.tmp"
        with told_of_files(folder):
            file.touch()
            connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA journal_mode=OFF")
            connection.execute("PRAGMA synchronous=OFF")
            for kind, table in JOURNALLED.items():
                connection.execute(
                    f"CREATE TABLE {table.name} ({', '.join(NAMES[kind])}, PRIMARY KEY (id)) WITHOUT ROWID"
                )
            file.unlink()  # it lives as long as this process holds it open, and no crash leaves it behind
        self._raw = connection
        self._engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)

    def close(self) -> None:
        """Forget all of it."""
        self._engine.dispose()
        self._raw.close()

    def read(self, lines: Iterable[journal.Line], place: str) -> None:
        """Add the lines of journals; what is none goes to `skipped`, named as a line of a file in `place`."""

        def told() -> Iterator[tuple[str, Values]]:
            for line in lines:
                try:
                    kind, row = of_journal_line(line.text)
                    _check_within(kind, row)
                except (Damaged, ValueError) as error:
                    self.skipped.append(f"{place}{line.file} line {line.number} was left out: {error}")
                else:
                    yield kind, tuple(row.values())

        self.add(told())

    def add(self, rows: Iterable[tuple[str, Values]]) -> int:
        """Add rows of any kind; of two with the same id the first written stays. How many were not there."""
        waiting: dict[str, list[Values]] = {kind: [] for kind in JOURNALLED}
        added = 0
        self._raw.execute("BEGIN")
        for kind, values in rows:
            waiting[kind].append(values)
            if len(waiting[kind]) == AT_A_TIME:
                added += self._insert(kind, waiting[kind])
                waiting[kind] = []
        added += sum(self._insert(kind, listed) for kind, listed in waiting.items() if listed)
        self._raw.execute("COMMIT")
        return added

    def counts(self) -> dict[str, int]:
        """How many rows there are of each kind."""
        return {
            kind: int(self._raw.execute(f"SELECT count(*) FROM {table.name}").fetchone()[0])
            for kind, table in JOURNALLED.items()
        }

    @contextmanager
    def opened(self, name: str) -> Iterator[Side]:
        """These rows as a side of a merge."""
        with self._engine.connect() as connection:
            yield Side(connection, name, as_written=True)

    def _insert(self, kind: str, listed: list[Values]) -> int:
        table, names = JOURNALLED[kind].name, NAMES[kind]
        marks = ", ".join("?" * len(names))
        were = self._raw.total_changes
        self._raw.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", listed)
        added = self._raw.total_changes - were
        if added < len(listed):
            for values in listed:
                there = self._raw.execute(f"SELECT * FROM {table} WHERE id = ?", (values[0],)).fetchone()
                one, other = (dict(zip(names, each, strict=True)) for each in (values, there))
                if values != there and before(kind, one, other):
                    self._raw.execute(f"REPLACE INTO {table} VALUES ({marks})", values)
        return added


@contextmanager
def staged(folder: Path) -> Iterator[Stage]:
    """A `Stage` that lies in a film's folder while it is needed."""
    with closing(Stage(folder)) as stage:
        yield stage


@contextmanager
def reading(where: URL) -> Iterator[Side]:
    """Another database as a side of a merge, as it is at this moment; only read. `StoreError` for none of a film."""
    name = database.name_of(where)
    file = database.file_of(where)
    engine = _read_only(file) if file else database.connect(where)
    with database.disposed(engine), engine.connect() as connection:
        if not file:
            connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            if not inspect(connection).has_table(meta.name):
                raise StoreError(f"{name} is no film's log: give a film's folder, its film.db or its journal")
            migrations.check_known(migrations.version(connection), name)
            yield Side(connection, name)


def _read_only(file: Path) -> Engine:
    """The file as it is, with what its -wal holds; where even that needs to be written, the file alone."""

    def connect() -> sqlite3.Connection:
        where = f"file:{quote(str(file))}?mode=ro"
        try:
            return _asked(sqlite3.connect(where, uri=True, timeout=5.0, check_same_thread=False, isolation_level=None))
        except sqlite3.OperationalError as error:
            wal = file.with_name(f"{file.name}-wal")
            cannot = error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
            if not cannot or (wal.exists() and wal.stat().st_size):
                raise
        return sqlite3.connect(f"{where}&immutable=1", uri=True, check_same_thread=False, isolation_level=None)

    engine = create_engine("sqlite://", creator=connect, poolclass=StaticPool)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


def _asked(connection: sqlite3.Connection) -> sqlite3.Connection:
    """The connection, where it answers; closed, where it does not."""
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except UNREADABLE:
        connection.close()
        raise
    return connection


def apart(ours: Iterator[Values], theirs: Iterator[Values]) -> Iterator[tuple[Values | None, Values, bool]]:
    """Their rows, each with ours of the same id (`None`: there is none) and whether the two are the same."""
    mine = next(ours, None)
    for row in theirs:
        while mine is not None and mine[0] < row[0]:
            mine = next(ours, None)
        if mine is not None and mine[0] == row[0]:
            yield mine, row, mine == row
        else:
            yield None, row, False


def related(ours: Side, theirs: Side) -> bool:
    """Whether two logs have a row in common (shots do not count: their ids are names that every film has), or one of
    them, which may be the journal of one person, speaks of a take of the other."""
    pairs = [(ours.ids(kind), theirs.ids(kind)) for kind in ("scene", "prompt", "request", "take", "cut", "event")]
    pairs += [(ours.ids("take"), theirs.subjects()), (theirs.ids("take"), ours.subjects())]
    return any(same for mine, other in pairs for _, _, same in apart(zip(mine), zip(other)))


def counted(rows: Counter[str]) -> dict[str, int]:
    """Numbers of rows by kind, in the order of the tables."""
    return {kind: rows[kind] for kind in JOURNALLED}
