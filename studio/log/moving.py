"""The log of a film moved to a server and back: nothing lost, whenever it is killed, and every row compared.

While it is copied nobody writes. The new place is complete and on disk before the old one is marked as left, in one
transaction, and from then on the new one is the film's log: who still has the old one open is refused there, and
opening it (`follow`) leads to the new one. Killed before that, the old place is the film's log as it was; the new one
holds a copy that the next try fills anew.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, insert, select, text
from sqlalchemy.engine import URL

from studio.errors import BadInput, StoreBusy, StoreError, StudioError
from studio.log import backups, database, migrations, now, pointing, store
from studio.log.aliases import ELSEWHERE
from studio.log.failures import told
from studio.log.ids import new_id
from studio.log.leases import SERVER, Leases
from studio.log.listening import MOMENT, tell
from studio.log.places import MOVE, MOVED, Mark, check_here, mark_of, moved_to
from studio.log.schema import JOURNALLED, lease, meta, metadata, outbox, take_now, takes
from studio.log.settings import read_settings
from studio.log.taking_in import bring_to_journal

COPIED = [table for table in metadata.sorted_tables if table not in (meta, outbox, take_now)]
_SERVER = text("SELECT pg_postmaster_start_time(), current_database(), current_schema()")


@dataclass(frozen=True)
class Moved:
    """What a move did."""

    rows: dict[str, int]  # by kind: scene, shot, prompt, request, take, event, cut
    seconds: float
    to: str  # what a person calls the place where the log lies now
    left: str  # and the one where it lay
    kept: str  # what became of that: a path within the film's folder, or "" where it stays as it is

    def __str__(self) -> str:
        counted = [f"{count} {kind if count == 1 else f'{kind}s'}" for kind, count in self.rows.items() if count]
        compared = f"{', '.join(counted) or 'nothing yet'}, each row compared ({self.seconds:.1f} s)"
        stays = "stays where it is, with a mark that nothing more is written there"
        return (
            f"the log lies in {self.to} now: {compared}\n"
            f"{self.left} {f'lies in {self.kept} now' if self.kept else stays}"
        )


def move_log(folder: Path, url: str) -> Moved:
    """Move the log of the film in `folder` to `url`: postgresql://host/name, sqlite:////path, or "" for its film.db.

    What was interrupted goes on when it is called again. `BadInput` where the log is there already, or another film is;
    `StoreBusy` while a take is being made. Processes that have the film open have to open it again.
    """
    began = time.monotonic()
    folder = Path(folder)
    was = read_settings(folder)
    store.Log.open(folder, url=was.database_url, director=was.director).close()  # which finishes an unfinished move
    was = read_settings(folder)
    target = database.database_url(folder, url)
    to = "" if target == database.database_url(folder, "") else url
    film_toml = pointing.pointed(folder, to)  # what would be wrong in it is said before anything is done
    source = database.database_url(folder, was.database_url)
    names = database.name_of(source), database.name_of(target)
    if source == target:
        return _tidied(folder, names[0])
    mark = Mark(to, _known_as(folder, target), new_id())
    with store.Log.open(folder, url=was.database_url, director=was.director) as log, _place(folder, target) as there:
        _check_apart(log._engine, there, names[1])
        rows = _move(log, there, mark, was.director, names)
    pointing.write(folder, film_toml)
    store.Log.open(folder, url=to, director=was.director).close()  # brings what its journal lacks to it
    file = database.file_of(source)
    kept = backups.put_aside(folder, file, "moved") if file and file.parent == folder.resolve() else ""
    return Moved(rows, time.monotonic() - began, names[1], names[0], kept)


def follow(log: store.Log, url: str, director: str, text: str) -> store.Log:
    """The log that lies elsewhere by now, for one that was opened where it lay; film.toml names the new place then."""
    mark, folder = mark_of(text), log.folder
    log.close()
    where = database.database_url(folder, mark.to)
    file = database.file_of(where)
    if where == log._engine.url or (file and not file.exists()) or _move_in(where) != mark.move:
        raise StoreError(
            f"the log of {folder.name} {moved_to(text)}: write its database_url into film.toml, or take what is new "
            "there in with `studio merge`"
        )
    with suppress(StudioError):  # where film.toml cannot be written the log is found by its mark the next time too
        if read_settings(folder).database_url == url:
            pointing.write(folder, pointing.pointed(folder, mark.to))
    return store.Log.open(folder, url=mark.to, director=director)


def _move(log: store.Log, there: Engine, mark: Mark, director: str, names: tuple[str, str]) -> dict[str, int]:
    """Copy, compare, and mark the old place as left, all while nobody else writes in either; the rows by kind."""
    with told(names[0]), log._alone_on(writes=True) as source, source.begin():
        known = {row.name: row.value for row in source.execute(select(meta))}
        check_here(known.get(MOVED))
        _check_at_rest(source)
        log._deliver_within(source)
        with told(names[1]), there.connect().execution_options(writes=True) as target, target.begin():
            _check_ours(source, target, names)
            counts = _fill(source, target, names[0])
            kept = {name: known[name] for name in known if name not in ("schema", MOMENT)} | {MOVE: mark.move}
            target.execute(delete(meta).where(meta.c.name != "schema"))
            target.execute(insert(meta), [{"name": name, "value": value} for name, value in kept.items()])
            now.set_director(target, director)
            now.refold(target)
            _check_same(source, target, names)
            if database.file_of(there.url):
                bring_to_journal(target, log.folder, names[1])  # others wrote into their own
            tell(target)
        _leave(source, mark)
    return {kind: counts[table.name] for kind, table in JOURNALLED.items()}


def _leave(source: Connection, mark: Mark) -> None:
    """Nothing more is written in the old place, once this is committed: the new one is the film's log."""
    source.execute(insert(meta).values(name=MOVED, value=str(mark)))
    tell(source)


def _check_at_rest(source: Connection) -> None:
    """Whoever makes a take would write about it in the old place."""
    held = {id: each for id, each in Leases(source).held().items() if each[0] != ELSEWHERE}
    if held:
        id, (owner, left) = next(iter(held.items()))
        label = source.execute(select(takes.c.label).where(takes.c.id == id)).scalar() or id
        more = f" (and {len(held) - 1} more)" if len(held) > 1 else ""
        raise StoreBusy(
            f"{label}{more} is being made by {owner}: wait until it rests, or close the film there; whoever was killed "
            f"lets go in {left:.0f} s"
        )


def _check_ours(source: Connection, target: Connection, names: tuple[str, str]) -> None:
    """What is in the new place came from this film, so that filling it anew loses nothing."""
    for table in JOURNALLED.values():
        theirs = (row[0] for row in backups.rows(target, table, names[1]))
        ours = (row[0] for row in backups.rows(source, table, names[0]))
        for id in theirs:
            if all(each != id for each in ours):  # both are in order: what was passed by is not looked at again
                raise BadInput(
                    f"{names[1]} holds a row that this film has not ({table.name} {id}), so another film lies there or "
                    "somebody went on there: give it an empty database, or take that in with `studio merge`"
                )


def _fill(source: Connection, target: Connection, name: str) -> dict[str, int]:
    """Put every row in; what an earlier try left there goes."""
    for table in [*COPIED, outbox]:
        target.execute(delete(table))
    return {table.name: backups.copy_rows(source, target, table, name) for table in COPIED}


def _check_same(source: Connection, target: Connection, names: tuple[str, str]) -> None:
    """Every column of every row, as it is read from both. Leases change while nobody writes: they are of no film."""
    for table in COPIED:
        if table is lease:
            continue
        for ours, theirs in zip_longest(
            backups.rows(source, table, names[0]), backups.rows(target, table, names[1]), fillvalue=()
        ):
            if ours != theirs:
                at = next((k for k, pair in enumerate(zip(ours, theirs, strict=False)) if pair[0] != pair[1]), 0)
                raise StoreError(
                    f"{table.name} {(ours or theirs)[0]} is not the same in {names[1]} as in {names[0]} "
                    f"({list(table.columns)[at].name}): the log stays where it was"
                )


@contextmanager
def _place(folder: Path, where: URL) -> Iterator[Engine]:
    """The new place, with its tables."""
    file = database.file_of(where)
    if file:
        store.check_file(file, folder)
    with told(database.name_of(where)):
        store.migrate(where, folder)
    with database.disposed(database.connect(where)) as engine:
        yield engine


def _check_apart(here: Engine, there: Engine, name: str) -> None:
    """One server has many names, and nobody can wait for themselves."""
    if here.dialect.name == there.dialect.name == SERVER:
        found = []
        for engine in (here, there):
            with told(name), engine.connect() as connection:
                found.append(tuple(connection.execute(_SERVER).one()))
        if found[0] == found[1]:
            raise _already(name)


def _already(name: str) -> BadInput:
    return BadInput(f"the log lies in {name} already: name another place, or `back` for film.db")


def _move_in(where: URL) -> str:
    """Which move it was that came to a place; "" for none."""
    with told(database.name_of(where)), database.disposed(database.connect(where)) as engine:
        return _said(engine, MOVE)


def _said(engine: Engine, name: str) -> str:
    """What `meta` has under a name; "" for nothing."""
    with engine.connect() as connection:
        if not migrations.version(connection):
            return ""
        return str(connection.execute(select(meta.c.value).where(meta.c.name == name)).scalar() or "")


def _tidied(folder: Path, name: str) -> Moved:
    """The rest of a move that was killed when all was moved: the old film.db, if it is still there."""
    file = folder.resolve() / database.FILE
    if name != database.FILE and file.exists() and _is_left(file):
        kept = backups.put_aside(folder, file, "moved")
        if kept:
            return Moved({}, 0.0, name, database.FILE, kept)
    raise _already(name)


def _is_left(file: Path) -> bool:
    where = URL.create("sqlite", database=str(file))
    with told(file.name), database.disposed(database.connect(where)) as engine:
        return bool(_said(engine, MOVED))


def _known_as(folder: Path, where: URL) -> str:
    """What a person calls a place who may sit at another machine."""
    name = database.name_of(where)
    return f"{name} of {folder.resolve().name} on {socket.gethostname()}" if database.file_of(where) else name
