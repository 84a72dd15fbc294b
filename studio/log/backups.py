"""A whole copy of a film's database as an SQLite file in `backups/`, wherever the database is; and one put aside."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, insert, select
from sqlalchemy.engine import URL

from studio.errors import BadInput
from studio.given import shown
from studio.log import database, journal, migrations
from studio.log.failures import told, told_of_files
from studio.log.schema import meta, metadata

FOLDER = "backups"
AT_A_TIME = 1000  # rows in memory


def back_up(engine: Engine, folder: Path, why: str) -> Path:
    """Copy the database of the film in `folder` as it is at this moment, while others go on writing; `why` is a word in
    the file's name."""
    if not isinstance(why, str) or not re.fullmatch("[a-z0-9][a-z0-9-]{0,30}", why):
        raise BadInput(f"why a backup is made is {shown(why)}: write a word for its name, such as before-the-mix")
    file = database.file_of(engine.url)
    made = migrations.back_up(file, folder / FOLDER, why) if file else _copied(engine, folder, why)
    with told_of_files(folder):
        journal.sync_folder(made.parent)
    return made


def _copied(engine: Engine, folder: Path, why: str) -> Path:
    backups = folder / FOLDER
    with told_of_files(folder):
        backups.mkdir(exist_ok=True)
        target = migrations.backup_name(Path(database.FILE), backups, why)
        temporary = target.with_suffix(".tmp")
        try:
            where = URL.create("sqlite", database=str(temporary))
            with told(temporary.name), database.disposed(database.connect(where)) as made:
                _copy_all(engine, made)
            with temporary.open("rb") as written:
                os.fsync(written.fileno())
            temporary.replace(target)
        finally:
            for part in parts(temporary):
                part.unlink(missing_ok=True)
    return target


def _copy_all(engine: Engine, made: Engine) -> None:
    """Every table, as it was when the first was read."""
    name = database.name_of(engine.url)
    with (
        told(name),
        engine.connect().execution_options(isolation_level="REPEATABLE READ") as source,
        made.connect().execution_options(writes=True) as target,
        target.begin(),
    ):
        migrations.migrate(target, None, Path())
        target.execute(meta.delete())
        for table in metadata.sorted_tables:
            copy_rows(source, target, table, name)


def rows(connection: Connection, table: Table, name: str) -> Iterator[tuple[Any, ...]]:
    """Every row of a table in the order of its key, never all in memory; `name` is what a person calls the database."""
    with told(name):
        query = select(table).order_by(*table.primary_key.columns)
        with connection.execute(query, execution_options={"yield_per": AT_A_TIME}) as found:
            for row in found:
                yield tuple(row)


def copy_rows(source: Connection, target: Connection, table: Table, name: str) -> int:
    """Add every row of a table in `source`, which a person calls `name`, to `target`; gives their number."""
    names = [column.name for column in table.columns]
    left, count = rows(source, table, name), 0
    while some := [dict(zip(names, row, strict=True)) for row in islice(left, AT_A_TIME)]:
        target.execute(insert(table), some)
        count += len(some)
    return count


def let_go(file: Path) -> bool:
    """Whether no other process has a database file open, which has all of its rows in itself from then on.

    Leaving WAL mode needs the file for oneself alone, and brings the -wal file's rows into it.
    """
    with closing(sqlite3.connect(file, timeout=1.0)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                return False
            raise
    return True


def put_aside(folder: Path, file: Path, why: str) -> str:
    """Move a database file into `backups/`; its new path within the film's folder, "" while a process has it open."""
    if not let_go(file):
        return ""
    with told_of_files(folder):
        (folder / FOLDER).mkdir(exist_ok=True)
        target = migrations.backup_name(file, folder / FOLDER, why)
        file.replace(target)
        journal.sync_folder(target.parent)
        journal.sync_folder(file.parent)
    return target.relative_to(folder).as_posix()


def parts(file: Path) -> tuple[Path, ...]:
    """A database file and what lies beside it while it is open."""
    return (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm"))
