"""A lost or damaged database made again from the journal: `studio doctor --rebuild`.

It is a merge into an empty log: what stands in the journals, and what they lack and the newest backup has, each row
once, whoever wrote it and on which machine.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, exists, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from studio.errors import Damaged, NotFound, StoreBusy, StoreError
from studio.log import database, journal, migrations, now
from studio.log.aliases import ELSEWHERE
from studio.log.backups import let_go, parts
from studio.log.events import OF_TAKES
from studio.log.failures import UNREADABLE, told, told_of_files
from studio.log.filesystem import fit_for_database
from studio.log.ids import new_id
from studio.log.numbering import Renumbered
from studio.log.places import mark_in, moved_to
from studio.log.schema import JOURNALLED, events, requests, take_now, takes
from studio.log.settings import read_settings
from studio.log.sides import Side, Stage, checked, reading, staged
from studio.log.store import BACKUPS, Log
from studio.log.taking_in import Taken, leave_elsewhere, settle_takes, take_in

OUT = ("submitting", "submitted", "running", "ready", "downloading", "unknown")  # states of a take that was sent
SQLITE = b"SQLite format 3\x00"  # how each of its files begins (https://sqlite.org/fileformat.html)


@dataclass(frozen=True)
class Report:
    """What a rebuild did."""

    rows: dict[str, int]  # read from the journal, by kind: scene, shot, prompt, request, take, event, cut
    skipped: tuple[str, ...]  # one sentence for each line that was torn by a crash or is not of a journal
    kept_aside: str  # where the former film.db lies now, relative to the film's folder; "" if there was none
    from_backup: str = ""  # the backup that had rows which the journal lacks, and how many
    missing: tuple[str, ...] = ()  # one sentence for each thing that is spoken of and is nowhere
    renumbered: tuple[Renumbered, ...] = ()  # what was written apart under one number, and had to move

    def __str__(self) -> str:
        kinds = ", ".join(f"{count} {kind if count == 1 else f'{kind}s'}" for kind, count in self.rows.items() if count)
        aside = [f"the former database lies in {self.kept_aside}"] if self.kept_aside else []
        backup = [self.from_backup] if self.from_backup else []
        moved = [str(each) for each in self.renumbered]
        return "\n".join([f"made again: {kinds}", *backup, *aside, *moved, *self.skipped, *self.missing])


def rebuild(folder: Path, *, elsewhere: bool = False) -> Report:
    """Make the database of the film in `folder` from its journal, and what that lacks from the last backup.

    A new film.db is made beside the old one, which is then put into `backups/`; a server's database gets what it
    lacks. Doing it twice changes nothing. `StoreBusy` while another process has film.db open; `NotFound` where there
    is no journal. `elsewhere`: the takes that are not at rest are another machine's, for this one never had a database.
    """
    settings = read_settings(folder)
    _deliver_what_waits(folder, settings.database_url, settings.director)
    settings = read_settings(folder)  # a log that was moved away has been followed by now, where it could be
    where = database.database_url(folder, settings.database_url)
    with staged(folder) as stage:
        stage.read(journal.read(folder), f"{journal.FOLDER}/")
        from_backup, held = _add_backup(folder, stage)
        counts = stage.counts()
        if not any(counts.values()):
            raise NotFound(f"{folder.name} has no journal to rebuild from: put a copy of film.db from {BACKUPS}/ back")
        file = database.file_of(where)
        with stage.opened(f"the journal of {folder.name}") as theirs:
            filling = _Filling(theirs, settings.director, held, elsewhere)
            if file is None:
                with told(database.name_of(where)), database.disposed(database.connect(where)) as engine:
                    with engine.connect() as connection:
                        known = migrations.version(connection)
                        _check_not_left(mark_in(connection) if known else None, "name another database in film.toml")
                    filling.fill(engine)
                aside = ""
            else:
                aside = _replace(folder, file, filling)
        skipped = tuple(stage.skipped)
    _deliver_what_waits(folder, settings.database_url, settings.director)
    return Report(counts, skipped, aside, from_backup, filling.missing, tuple(filling.taken.renumbered))


def _deliver_what_waits(folder: Path, url: str, director: str) -> None:
    """If the database can still be opened, opening it brings to the journal what waits in the outbox."""
    with suppress(Damaged, StoreError):  # it may well be lost: then the journal has to do
        Log.open(folder, url=url, director=director).close()


def _add_backup(folder: Path, stage: Stage) -> tuple[str, set[str]]:
    """Add the rows of the newest backup that can be read and that the journal lacks.

    Gives what was added, as a sentence, and the takes that were another machine's.
    """
    for backup in sorted((folder / BACKUPS).glob("*.db"), reverse=True):
        with suppress(*UNREADABLE, DBAPIError, StoreError, Damaged):  # no log, or damaged: the one before it may do
            _check_whole(backup)
            with reading(URL.create("sqlite", database=str(backup.resolve()))) as side:
                rows = ((kind, row) for kind in JOURNALLED for row in side.rows(kind))
                added = stage.add((kind, tuple(checked(kind, row, backup.name).values())) for kind, row in rows)
                held = side.held_by(ELSEWHERE)
            said = f"{added} of them were in {BACKUPS}/{backup.name} and no more in the journal" if added else ""
            return said, held
    return "", set()


def _check_whole(backup: Path) -> None:
    """`Damaged` unless every page of the file is as it should be, so that it is read whole or not at all."""
    with closing(sqlite3.connect(f"file:{quote(str(backup))}?mode=ro", uri=True, timeout=1.0)) as connection:
        if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise Damaged(f"{backup.name} is damaged")


class _Filling:
    """What a database is filled with, and what came of it."""

    def __init__(self, theirs: Side, director: str, held: Collection[str], elsewhere: bool) -> None:
        self._theirs = theirs
        self._director = director
        self._elsewhere = elsewhere
        self.held = set(held)
        self.taken = Taken()
        self.missing: tuple[str, ...] = ()

    def fill(self, engine: Engine) -> None:
        """Add the rows that the database lacks, and fold every take."""
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            migrations.migrate(connection, None, Path())
        with (
            engine.connect() as reader,
            engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            self.taken = take_in(connection, Side(reader, ""), self._theirs, lines=False)
            now.set_director(connection, self._director)
            settle_takes(connection, self.taken, whole=True)
            leave_elsewhere(connection, self.taken.moved_on if self._elsewhere else self.held)
            self.missing = tuple(_missing(connection))


def _missing(connection: Connection) -> Iterator[str]:
    """What is spoken of and is nowhere, and takes whose job is not known."""
    asked = select(takes.c.label).outerjoin(requests, requests.c.id == takes.c.request_id)
    for label in connection.execute(
        asked.where(takes.c.request_id != "", requests.c.id.is_(None)).order_by(takes.c.id)
    ).scalars():
        yield f"the request of {label} is missing: what was asked for cannot be told any more"
    spoken = select(events.c.kind, events.c.subject).outerjoin(takes, takes.c.id == events.c.subject)
    for row in connection.execute(
        spoken.where(takes.c.id.is_(None), events.c.kind.in_(sorted(OF_TAKES))).order_by(events.c.id)
    ):
        yield f"an event ({row.kind}) speaks of a take that is missing: {row.subject}"
    job = exists().where(events.c.subject == take_now.c.id, events.c.kind == "job")
    for label in connection.execute(
        select(take_now.c.take).where(take_now.c.state.in_(OUT), ~job).order_by(take_now.c.id)
    ).scalars():
        yield f"{label} was sent and its job is missing: film.resume() looks for it, film.money.inbox() has it else"


def _replace(folder: Path, file: Path, filling: _Filling) -> str:
    """Make a new database file, put the old one into `backups/`, and give the new one its name."""
    unfit = fit_for_database(file.parent)
    if unfit:
        raise StoreError(unfit)
    if file.is_dir():
        raise StoreError(f"{file.name} is a folder: move it away, then rebuild")
    if file.parent != folder.resolve() and file.exists() and _head(file) not in (b"", SQLITE):
        raise StoreError(f"{file.name} is no film's log and stays as it is: correct database_url in film.toml")
    _check_alone(file)
    mark = None
    with suppress(*UNREADABLE, DBAPIError, StoreError, Damaged), reading(_url(file)) as side:
        filling.held = side.held_by(ELSEWHERE)  # it knows better than the backup, which is older
        mark = side.moved
    _check_not_left(mark, f"move {file.name} away")
    made = file.with_name(f"{file.name}.{new_id()}.tmp")
    try:
        with told(file.name), database.disposed(database.connect(_url(made))) as engine:
            filling.fill(engine)
        with told_of_files(folder):
            aside = _put_aside(folder, file)
            made.replace(file)
            journal.sync_folder(file.parent)
    finally:
        for part in parts(made):
            part.unlink(missing_ok=True)
    return aside


def _check_not_left(mark: str | None, else_: str) -> None:
    """`StoreError` where the log was moved away from here, or the film would have one in two places."""
    if mark:
        raise StoreError(
            f"the film's log {moved_to(mark)}, and that could not be followed just now: nothing was made; "
            f"if it is gone for good, {else_} and rebuild"
        )


def _url(file: Path) -> URL:
    return URL.create("sqlite", database=str(file))


def _head(file: Path) -> bytes:
    with told_of_files(file.parent), file.open("rb") as opened:
        return opened.read(len(SQLITE))


def _check_alone(file: Path) -> None:
    """`StoreBusy` if another process has the database open, for it would go on writing to the old file."""
    with suppress(*UNREADABLE):  # too damaged even to be asked: nobody else can use it either
        if file.exists() and not let_go(file):
            raise StoreBusy(f"{file.name} is open in another process: close the film there, then rebuild")


def _put_aside(folder: Path, file: Path) -> str:
    """Move the old database, with its -wal and -shm, into `backups/`; gives its new path within the folder, or ""."""
    if not any(part.exists() for part in parts(file)):
        return ""
    backups = folder / BACKUPS
    backups.mkdir(exist_ok=True)
    target = migrations.backup_name(file, backups, "before-rebuild")
    for part, to in zip(parts(file), parts(target), strict=True):
        if part.exists():
            part.replace(to)
    journal.sync_folder(backups)
    return target.relative_to(folder).as_posix()
