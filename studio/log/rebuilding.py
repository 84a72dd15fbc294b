"""A lost or damaged database made again from the journal: `studio doctor --rebuild`."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Engine, insert, select
from sqlalchemy.engine import URL

from studio.errors import Damaged, NotFound, StoreBusy, StoreError
from studio.log import database, events, journal, migrations, now
from studio.log.failures import told, told_of_files
from studio.log.filesystem import fit_for_database
from studio.log.ids import new_id
from studio.log.rows import Row, event_of, of_journal_line
from studio.log.schema import ADDED, JOURNALLED
from studio.log.settings import read_settings
from studio.log.store import BACKUPS, Log

UNIQUE = {"take": ("label",), "prompt": ("shot", "version"), "cut": ("version",)}  # beside the id
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

    def __str__(self) -> str:
        kinds = ", ".join(f"{count} {kind if count == 1 else f'{kind}s'}" for kind, count in self.rows.items() if count)
        aside = [f"the former database lies in {self.kept_aside}"] if self.kept_aside else []
        backup = [self.from_backup] if self.from_backup else []
        return "\n".join([f"made again: {kinds}", *backup, *aside, *self.skipped, *self.missing])


def rebuild(folder: Path) -> Report:
    """Make the database of the film in `folder` from its journal, and what that lacks from the last backup.

    A new film.db is made beside the old one, which is then put into `backups/`; a server's database gets what it
    lacks. Doing it twice changes nothing. `StoreBusy` while another process has film.db open; `NotFound` where there
    is no journal; `Damaged` where two journals were written apart and contradict each other.
    """
    settings = read_settings(folder)
    where = database.database_url(folder, settings.database_url)
    _deliver_what_waits(folder, settings.database_url, settings.director)
    rows, skipped = _read(folder)
    from_backup = _add_backup(folder, rows)
    _check_together(folder, rows)
    if not any(rows.values()):
        raise NotFound(f"{folder.name} has no journal to rebuild from: put a copy of film.db from {BACKUPS}/ back")
    file = database.file_of(where)
    if file is None:
        with told(database.name_of(where)), database.disposed(database.connect(where)) as engine:
            _fill(engine, rows, settings.director)
        aside = ""
    else:
        aside = _replace(folder, file, rows, settings.director)
    counts = {kind: len(found) for kind, found in rows.items()}
    return Report(counts, tuple(skipped), aside, from_backup, tuple(_missing(rows)))


def _deliver_what_waits(folder: Path, url: str, director: str) -> None:
    """If the database can still be opened, opening it brings to the journal what waits in the outbox."""
    with suppress(Damaged, StoreError):  # it may well be lost: then the journal has to do
        Log.open(folder, url=url, director=director).close()


def _read(folder: Path) -> tuple[dict[str, dict[str, Row]], list[str]]:
    """The rows of all journals by kind and id, and what was skipped: union by id, whatever stands twice."""
    rows: dict[str, dict[str, Row]] = {kind: {} for kind in JOURNALLED}
    skipped = []
    for line in journal.read(folder):
        try:
            kind, row = of_journal_line(line.text)
            if kind == "event" and row["kind"] in events.KINDS:
                events.check(row["kind"], event_of(row).data)
        except (Damaged, ValueError) as error:
            skipped.append(f"{journal.FOLDER}/{line.file} line {line.number} was left out: {error}")
        else:
            rows[kind].setdefault(row["id"], row)
    return rows, skipped


def _add_backup(folder: Path, rows: dict[str, dict[str, Row]]) -> str:
    """Add the rows of the newest backup that can be read and that the journal lacks; what was added, as a sentence."""
    for backup in sorted((folder / BACKUPS).glob("*.db"), reverse=True):
        try:
            found = _rows_of(backup)
        except (sqlite3.Error, Damaged, KeyError, TypeError):  # damaged too, or no log: the one before it may do
            continue
        added = 0
        for kind, there in found.items():
            for id, row in there.items():
                added += id not in rows[kind]
                rows[kind].setdefault(id, row)
        return f"{added} of them were in {BACKUPS}/{backup.name} and no more in the journal" if added else ""
    return ""


def _rows_of(backup: Path) -> dict[str, dict[str, Row]]:
    with closing(sqlite3.connect(f"file:{quote(str(backup))}?mode=ro", uri=True, timeout=1.0)) as connection:
        connection.row_factory = sqlite3.Row
        return {
            kind: {
                row["id"]: {
                    column.name: ({**ADDED.get(kind, {}), **dict(row)})[column.name] for column in table.columns
                }
                for row in connection.execute(f"SELECT * FROM {table.name}")
            }
            for kind, table in JOURNALLED.items()
        }


def _missing(rows: dict[str, dict[str, Row]]) -> Iterator[str]:
    """What is spoken of and is nowhere, and takes whose job is not known."""
    takes, requests = rows["take"], rows["request"]
    for take in takes.values():
        if take["request_id"] and take["request_id"] not in requests:
            yield f"the request of {take['label']} is missing: what was asked for cannot be told any more"
    states: dict[str, str] = {}
    jobs = set()
    for event in sorted(rows["event"].values(), key=lambda row: str(row["id"])):
        if event["kind"] == "state":
            states[event["subject"]] = event_of(event).data["state"]  # type: ignore[assignment]
        jobs |= {event["subject"]} if event["kind"] == "job" else set()
        if event["kind"] in events.OF_TAKES and event["subject"] not in takes:
            yield f"an event ({event['kind']}) speaks of a take that is missing: {event['subject']}"
    for id, state in states.items():
        if state in OUT and id in takes and id not in jobs:
            label = takes[id]["label"]
            yield f"{label} was sent and its job is missing: film.resume() looks for it, film.money.inbox() has it else"


def _check_together(folder: Path, rows: dict[str, dict[str, Row]]) -> None:
    """`Damaged` where two rows cannot both be of one film."""
    for kind, columns in UNIQUE.items():
        twice = Counter(tuple(row[name] for name in columns) for row in rows[kind].values()).most_common(1)
        if twice and twice[0][1] > 1:
            what = " ".join(str(value) for value in twice[0][0])
            raise Damaged(
                f"the journals of {folder.name} hold two different rows for {kind} {what}, so they were written apart: "
                "put one author's file aside and rebuild again"
            )


def _fill(engine: Engine, rows: dict[str, dict[str, Row]], director: str) -> None:
    """Add the rows that the database lacks, and fold every take."""
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        migrations.migrate(connection, None, Path())
        for kind, table in JOURNALLED.items():
            there = set(connection.execute(select(table.c.id)).scalars())
            new = [row for id, row in rows[kind].items() if id not in there]
            if new:
                connection.execute(insert(table), new)
        now.set_director(connection, director)
        now.refold(connection)


def _replace(folder: Path, file: Path, rows: dict[str, dict[str, Row]], director: str) -> str:
    """Make a new database file, put the old one into `backups/`, and give the new one its name."""
    unfit = fit_for_database(file.parent)
    if unfit:
        raise StoreError(unfit)
    if file.is_dir():
        raise StoreError(f"{file.name} is a folder: move it away, then rebuild")
    if file.parent != folder.resolve() and file.exists() and _head(file) not in (b"", SQLITE):
        raise StoreError(f"{file.name} is no film's log and stays as it is: correct database_url in film.toml")
    _check_alone(file)
    made = file.with_name(f"{file.name}.{new_id()}.tmp")
    try:
        with told(file.name), database.disposed(database.connect(URL.create("sqlite", database=str(made)))) as engine:
            _fill(engine, rows, director)
        with told_of_files(folder):
            aside = _put_aside(folder, file)
            made.replace(file)
            journal.sync_folder(file.parent)
    finally:
        for part in _parts(made):
            part.unlink(missing_ok=True)
    return aside


def _head(file: Path) -> bytes:
    with told_of_files(file.parent), file.open("rb") as opened:
        return opened.read(len(SQLITE))


def _check_alone(file: Path) -> None:
    """`StoreBusy` if another process has the database open, for it would go on writing to the old file.

    Leaving WAL mode needs the file for oneself alone, and also brings the -wal file's rows into the old file.
    """
    if not file.exists():
        return
    with closing(sqlite3.connect(file, timeout=1.0)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise StoreBusy(f"{file.name} is open in another process: close the film there, then rebuild") from None
        except sqlite3.DatabaseError:
            return  # too damaged even to be asked: nobody else can use it either


def _put_aside(folder: Path, file: Path) -> str:
    """Move the old database, with its -wal and -shm, into `backups/`; gives its new path within the folder, or ""."""
    if not any(part.exists() for part in _parts(file)):
        return ""
    backups = folder / BACKUPS
    backups.mkdir(exist_ok=True)
    target = migrations.backup_name(file, backups, "before-rebuild")
    for part, to in zip(_parts(file), _parts(target), strict=True):
        if part.exists():
            part.replace(to)
    journal.sync_folder(backups)
    return target.relative_to(folder).as_posix()


def _parts(file: Path) -> tuple[Path, ...]:
    return (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm"))
