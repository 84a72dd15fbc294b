from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from studio.errors import StoreBusy, StoreError
from studio.log import Log, rebuild, store
from studio.log.migrations import MIGRATIONS
from studio.log.schema import metadata
from tests.log.making import a_whole_film, asked, frames_of, judge, make_film

GOLDEN = Path(__file__).parent / "golden"


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


def test_a_film_of_the_first_schema_opens_with_all_that_is_in_it(tmp_path):
    with closing(sqlite3.connect(tmp_path / "film.db")) as old:  # as version 0.1.0 left it
        old.executescript((GOLDEN / "schema1.sql").read_text("utf-8"))
        before = old.execute("SELECT take, state, verdict, reason, cost_micro_usd FROM take_now ORDER BY 1").fetchall()
    with Log.open(tmp_path) as log:
        columns = ["take", "state", "verdict", "reason"]
        after = log.takes_frame()[columns].astype(object).where(lambda frame: frame.notna(), None)
        assert [tuple(row) for row in after.to_numpy()] == [row[:4] for row in before]
        assert len(before) > 3
        with log._reading() as connection:
            found = inspect(connection)
            for name, table in metadata.tables.items():
                assert [column["name"] for column in found.get_columns(name)] == list(table.c.keys())
        request = log.request(log.take("07A-001").request_id)
        assert (request.last_frame, request.guide, request.grid, request.cell) == ("", "", "", 0)
        prompt = log.prompt(request.prompt_id)
        assert (prompt.cards, prompt.portal_in, prompt.portal_out, prompt.grid) == ((), "", "", "")
        assert log.latest_prompt("07A") is not None


MEASURED = ("obeyed_by", "measured_obeyed", "flags", "confidence", "parallax", "measured_method", "flags_method",
            "features_method")  # fmt: skip
LACKS = {  # by schema: what its tables had not yet
    2: {
        "prompts": ("cards", "portal_in", "portal_out", "portal_author", "grid"),
        "requests": ("grid", "cell"),
        "take_now": ("grid", "cell", *MEASURED),
    },
    3: {"take_now": MEASURED},
}


@pytest.mark.parametrize("schema", LACKS)
def test_a_film_of_an_older_schema_opens_with_all_that_is_in_it(tmp_path, schema):
    with Log.open(tmp_path) as log:
        a_whole_film(log)
        before, words = frames_of(log), log.prompts("07A")
    with closing(sqlite3.connect(tmp_path / "film.db")) as old:
        for table, names in LACKS[schema].items():
            for name in names:
                old.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
        old.execute(f"UPDATE meta SET value = '{schema}' WHERE name = 'schema'")
        old.commit()
    with Log.open(tmp_path) as after:
        assert after.prompts("07A") == words
        assert all(before[name].equals(frame) for name, frame in frames_of(after).items())
        assert after.takes_frame()["obeyed_by"].dropna().tolist() == ["studio"]
        with after._reading() as connection:
            found = inspect(connection)
            for name, table in metadata.tables.items():
                assert [column["name"] for column in found.get_columns(name)] == list(table.c.keys())


def test_a_journal_of_the_first_schema_makes_a_film_of_the_newest(tmp_path):
    make_film(tmp_path / "film")
    (tmp_path / "film/journal").mkdir()
    (tmp_path / "film/journal/ada.jsonl").write_bytes((GOLDEN / "schema1.jsonl").read_bytes())
    rebuild(tmp_path / "film")
    with Log.open(tmp_path / "film") as log:
        assert log.request(log.take("07A-001").request_id).guide == ""


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
    assert backup.name.endswith(f"-schema{len(MIGRATIONS)}.db")
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
    known = len(MIGRATIONS) - 1
    log.close()
    reopen().close()
    MIGRATIONS.remove(m002_moods)
    said = rf"was made by a newer circletake \(schema {known + 1}, this one knows {known}\): update"
    with pytest.raises(StoreError, match=said):
        reopen()


def test_a_log_that_was_open_while_a_newer_program_migrated_writes_no_more(log, reopen, newer):
    reopen()
    MIGRATIONS.remove(m002_moods)
    with pytest.raises(StoreError, match="was updated by a newer circletake while it was open here"):
        log.write("ada").__enter__()
