"""The log's schema through time: a plain list of functions, each of which takes it one version further.

They run in one write transaction, after a copy of the database has been put into `backups/`. A migration that
touches only `take_now` drops and makes it again: the log folds it anew whenever a migration has run. The first one
makes the tables as they are today, so each later one adds what is not there yet; new columns stand last in their table.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, Table, inspect, select, text

from studio.errors import StoreError
from studio.log.failures import told_of_files
from studio.log.ids import now_us
from studio.log.schema import meta, metadata, prompts, requests, take_now


def m001_initial(connection: Connection) -> None:
    """All tables, as the newest version has them."""
    metadata.create_all(connection)


def m002_last_frames_and_guides(connection: Connection) -> None:
    """A request may end on a still, and may follow the camera of another take."""
    _add_columns(connection, requests, {"last_frame": "TEXT NOT NULL DEFAULT ''", "guide": "TEXT NOT NULL DEFAULT ''"})
    take_now.drop(connection)
    take_now.create(connection)


def m003_cards_portals_and_grids(connection: Connection) -> None:
    """Words know their cards and portals; words, requests and takes the grid of variations they belong to."""
    words = dict.fromkeys(("portal_in", "portal_out", "portal_author", "grid"), "TEXT NOT NULL DEFAULT ''")
    _add_columns(connection, prompts, {"cards": "TEXT NOT NULL DEFAULT '[]'"} | words)
    _add_columns(connection, requests, {"grid": words["grid"], "cell": "BIGINT NOT NULL DEFAULT 0"})
    take_now.drop(connection)
    take_now.create(connection)


def m004_cameras_measured_in_the_clips(connection: Connection) -> None:
    """What was measured and noticed in a take's clip, and a person's word on its camera."""
    take_now.drop(connection)
    take_now.create(connection)


def m005_the_best_part_of_a_take(connection: Connection) -> None:
    """A take knows where its best part begins and ends."""
    take_now.drop(connection)
    take_now.create(connection)


MIGRATIONS: list[Callable[[Connection], None]] = [
    m001_initial,
    m002_last_frames_and_guides,
    m003_cards_portals_and_grids,
    m004_cameras_measured_in_the_clips,
    m005_the_best_part_of_a_take,
]


def _add_columns(connection: Connection, table: Table, wanted: dict[str, str]) -> None:
    """Add the columns that are not there yet, each with its type and what older rows hold in it."""
    there = {column["name"] for column in inspect(connection).get_columns(table.name)}
    for name, as_ in wanted.items():
        if name not in there:
            connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN {name} {as_}"))


def version(connection: Connection) -> int:
    """How many migrations this database has seen; 0 for an empty one."""
    if not inspect(connection).has_table(meta.name):
        return 0
    found = connection.execute(select(meta.c.value).where(meta.c.name == "schema")).scalar()
    return int(found or 0)


def check_known(found: int, name: str) -> None:
    """One sentence if the database is newer than this program."""
    if found > len(MIGRATIONS):
        raise StoreError(
            f"{name} was made by a newer circletake (schema {found}, this one knows {len(MIGRATIONS)}): "
            "update with pip install -U circletake"
        )


def migrate(connection: Connection, file: Path | None, backups: Path) -> None:
    """Bring the database to the newest version inside the open write transaction; `file` is copied first."""
    found = version(connection)
    if found and file:
        back_up(file, backups, f"schema{found}")
    for step in MIGRATIONS[found:]:
        step(connection)
    connection.execute(meta.delete().where(meta.c.name == "schema"))
    connection.execute(meta.insert().values(name="schema", value=str(len(MIGRATIONS))))


def back_up(file: Path, backups: Path, why: str) -> Path:
    """A whole copy of the SQLite database in `backups/`, synced before it gets its name."""
    with told_of_files(backups.parent):
        backups.mkdir(exist_ok=True)
        target = backup_name(file, backups, why)
        temporary = target.with_suffix(".tmp")
        try:
            with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(temporary)) as copy:
                source.backup(copy)
            with temporary.open("rb") as written:
                os.fsync(written.fileno())
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    return target


def backup_name(file: Path, backups: Path, why: str) -> Path:
    """A name in `backups/` that sorts by time and is not taken: film-20261121-093000-000042-schema1.db."""
    moment = now_us()
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(moment // 1_000_000))
    return backups / f"{file.stem}-{stamp}-{moment % 1_000_000:06d}-{why}{file.suffix}"
