from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import inspect, text

from studio.errors import StoreBusy, StoreError
from studio.log import Log, store
from studio.log.migrations import MIGRATIONS
from studio.log.schema import metadata
from tests.log.making import a_whole_film, asked, frames_of, judge


def m002_moods(connection):
    connection.execute(text("CREATE TABLE moods (id TEXT PRIMARY KEY)"))


@pytest.fixture
def newer():
    """A program that knows one migration more."""
    MIGRATIONS.append(m002_moods)
    yield
    if m002_moods in MIGRATIONS:
        MIGRATIONS.remove(m002_moods)


def test_a_new_film_has_exactly_the_tables_of_the_schema(log):
    with log._reading() as connection:
        found = inspect(connection)
        assert set(found.get_table_names()) == set(metadata.tables)
        for name, table in metadata.tables.items():
            assert [column["name"] for column in found.get_columns(name)] == list(table.c.keys())


def test_opening_again_migrates_nothing(log, folder, reopen):
    reopen()
    assert not (folder / "backups").exists()


def test_an_older_film_is_migrated_and_is_otherwise_the_same(log, reopen, newer):
    MIGRATIONS.remove(m002_moods)
    a_whole_film(log)
    before = frames_of(log)
    log.close()
    MIGRATIONS.append(m002_moods)
    after = reopen()
    with after._reading() as connection:
        assert inspect(connection).has_table("moods")
    assert all(before[name].equals(frame) for name, frame in frames_of(after).items())
    with after.write("ada") as writer:
        asked(writer, "09A")


def test_a_copy_of_the_database_is_in_backups_before_it_is_migrated(tmp_path):
    with Log.open(tmp_path) as log, log.write("ada") as writer:
        take = asked(writer)[0]
        judge(writer, take, "circle")

    def fails(connection):
        m002_moods(connection)
        assert len(list((tmp_path / "backups").iterdir())) == 1
        raise StoreError("no")

    MIGRATIONS.append(fails)
    try:
        with pytest.raises(StoreError, match="no"):
            Log.open(tmp_path)
    finally:
        MIGRATIONS.remove(fails)
    (backup,) = (tmp_path / "backups").iterdir()
    assert backup.name.startswith("film-")
    assert backup.name.endswith("-schema1.db")
    for file in (backup, tmp_path / "film.db"):  # the backup is whole, and what failed has changed nothing
        with closing(sqlite3.connect(file)) as copy:
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert copy.execute("SELECT take, verdict FROM take_now").fetchall() == [("07A-001", "circle")]
            assert copy.execute("SELECT name FROM sqlite_master WHERE name = 'moods'").fetchall() == []
    with Log.open(tmp_path) as log:
        assert log.take("07A-001") == take


def test_who_wants_to_migrate_while_another_writes_is_told_in_one_sentence(log, reopen, newer, monkeypatch):
    monkeypatch.setattr(store, "MIGRATE_WAIT_S", 0.05)
    MIGRATIONS.remove(m002_moods)
    with log.write("ada") as writer:
        take = asked(writer)[0]
        MIGRATIONS.append(m002_moods)
        with pytest.raises(StoreBusy, match="is held by another process: close the film there, or try again"):
            reopen()
        MIGRATIONS.remove(m002_moods)
    assert log.take("07A-001") == take
    log.close()
    MIGRATIONS.append(m002_moods)
    assert reopen().take("07A-001") == take


def test_a_film_of_a_newer_program_is_refused(log, reopen, newer):
    log.close()
    reopen().close()
    MIGRATIONS.remove(m002_moods)
    with pytest.raises(StoreError, match=r"was made by a newer circletake \(schema 2, this one knows 1\): update"):
        reopen()


def test_a_log_that_was_open_while_a_newer_program_migrated_writes_no_more(log, reopen, newer):
    reopen()
    MIGRATIONS.remove(m002_moods)
    with pytest.raises(StoreError, match="was updated by a newer circletake while it was open here"):
        log.write("ada").__enter__()
