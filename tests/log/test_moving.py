"""A log moved to a server and back: every row the same, nothing lost, whenever it is killed."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import select

from studio.cli import main as studio
from studio.errors import BadInput, StoreBusy, StoreError
from studio.log import ELSEWHERE, Log, move_log, read_settings, rebuild
from studio.log.schema import JOURNALLED
from tests.log.leaving import STEPS
from tests.log.making import a_whole_film, asked, frames_of, judge, make_film

pytestmark = pytest.mark.postgres
ROOT = Path(__file__).parents[2]
BACK = ("within the copy", "when the new place is complete", "when the old place is left", "when film.toml says so")


@pytest.fixture
def film(tmp_path):
    folder = make_film(tmp_path / "film")
    with Log.open(folder) as log:
        a_whole_film(log)
    return folder


@pytest.fixture
def opened(film):
    """Opens the log where film.toml says it is."""
    return lambda: Log.open(film, url=read_settings(film).database_url)


def rows_of(log):
    with log._reading() as connection:
        return {
            kind: connection.execute(select(table).order_by(table.c.id)).all() for kind, table in JOURNALLED.items()
        }


def check_same(log, before):
    after = frames_of(log)
    assert after.keys() == before.keys()
    for name in before:
        pd.testing.assert_frame_equal(after[name], before[name])


def test_a_film_is_the_same_on_the_server_and_when_it_is_back(film, opened, postgres_url):
    with opened() as log:
        before, rows = frames_of(log), rows_of(log)
    moved = move_log(film, postgres_url)
    assert moved.rows == {kind: len(found) for kind, found in rows.items()}
    assert not (film / "film.db").exists()
    assert (film / moved.kept).is_file()
    assert read_settings(film).database_url == postgres_url
    with opened() as log:
        assert rows_of(log) == rows
        check_same(log, before)
        with log.write("ada") as writer:
            judge(writer, writer.take("07A"), "circle")
        before, rows = frames_of(log), rows_of(log)
    back = move_log(film, "")
    assert back.rows == {kind: len(found) for kind, found in rows.items()}
    assert read_settings(film).database_url == ""
    with opened() as log:
        assert rows_of(log) == rows
        check_same(log, before)
        with log.write("ada") as writer:
            writer.take("07A")
    assert move_log(film, postgres_url).rows["take"] == len(rows["take"]) + 1  # what it left there goes


def test_what_waited_for_the_journal_is_in_it(film, opened, postgres_url, monkeypatch):
    with opened() as log:
        (film / "journal").rename(film / "elsewhere")
        log._append = lambda *_: None  # killed in that moment
        with log.write("ada") as writer:
            writer.take("07A")
        log._delivered = ""
        (film / "journal").rename(film / "empty")
        (film / "elsewhere").rename(film / "journal")
    move_log(film, postgres_url)
    assert '"label":"07A-006"' in (film / "journal/ada.jsonl").read_text()


def test_a_log_that_comes_home_has_in_its_journal_what_others_wrote_on_the_server(film, opened, postgres_url, tmp_path):
    move_log(film, postgres_url)
    theirs = shutil.copytree(film, tmp_path / "on another machine")
    with Log.open(theirs, url=postgres_url) as log, log.write("ben") as writer:
        judge(writer, writer.take("07A"), "circle")
    move_log(film, "")
    assert '"label":"07A-006"' in (film / "journal/ben.jsonl").read_text()
    with opened() as log:
        before = rows_of(log)
    for lost in ("film.db", "backups"):
        shutil.move(film / lost, tmp_path)
    rebuild(film)
    with opened() as log:
        assert rows_of(log) == before
    lines = [line for file in (film / "journal").iterdir() for line in file.read_text("utf-8").split("\n")[:-1]]
    assert len(lines) == len(set(lines))


def test_nothing_is_made_again_in_a_server_that_was_left(film, postgres_url, tmp_path):
    move_log(film, postgres_url)
    theirs = shutil.copytree(film, tmp_path / "on another machine")
    move_log(film, "")
    with pytest.raises(StoreError, match=r"was moved to film\.db of film on .*: nothing was made; if it is gone"):
        rebuild(theirs)


def test_what_somebody_wrote_into_film_toml_stays(film, postgres_url):
    text = (film / "film.toml").read_text().replace("\nfit", "\n# ours since June\nfit")
    (film / "film.toml").write_text(text)
    move_log(film, postgres_url)
    assert (film / "film.toml").read_text() == text.replace('database_url = ""', f'database_url = "{postgres_url}"')
    (film / "film.toml").write_text(text.replace("database_url", "# database_url"))
    with Log.open(film, url=postgres_url):
        pass
    (film / "film.toml").write_text(text.replace('database_url = ""', f"'database_url' = '{postgres_url}'"))
    move_log(film, "")
    assert read_settings(film).database_url == ""


@pytest.fixture(scope="module")
def killed():
    """Move a log in a process that kills itself at a step."""
    command = [sys.executable, "-W", "error", "-m", "tests.log.leaving"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"

        def move(folder, url, step):
            process.stdin.write(json.dumps({"folder": str(folder), "url": url, "step": step}) + "\n")
            process.stdin.flush()
            return int(process.stdout.readline())

        yield move
        process.stdin.close()


class TestKilled:
    @pytest.mark.parametrize(
        ("way", "step"),
        [("to the server", step) for step in STEPS] + [("back", step) for step in BACK],
    )
    def test_at_any_step_the_film_is_whole_in_one_place_and_the_next_try_goes_on(
        self, film, opened, postgres_url, killed, way, step
    ):
        url = postgres_url
        if way == "back":
            move_log(film, postgres_url)
            url = ""
        with opened() as log:
            before = rows_of(log), log.takes_now()
        assert killed(film, url, step) == -signal.SIGKILL
        with opened() as log:
            assert (rows_of(log), log.takes_now()) == before
            with log.write("ada") as writer:
                judge(writer, writer.take("07A"), "hold")
        if read_settings(film).database_url != url or (way != "back" and (film / "film.db").exists()):
            move_log(film, url)
        assert read_settings(film).database_url == url
        assert (film / "film.db").exists() == (way == "back")
        with opened() as log:
            assert [take.label for take in log.takes()][-1] == "07A-006"
            assert log.takes_now()[-1]["verdict"] == "hold"
        with pytest.raises(BadInput, match="already"):
            move_log(film, url)


class TestOthersWhoHaveItOpen:
    def test_they_are_told_to_open_it_again_and_the_old_file_waits_for_them(self, film, opened, postgres_url):
        with opened() as other:
            moved = move_log(film, postgres_url)
            assert moved.kept == ""
            assert "stays where it is" in str(moved)
            with pytest.raises(StoreError, match=r"was moved to the database postgres at .* open the film again"):
                other.write("ben").__enter__()
            assert len(other.takes()) == 5
        tidied = move_log(film, postgres_url)
        assert tidied.kept.startswith("backups/film-")
        assert not (film / "film.db").exists()

    def test_whoever_has_an_old_film_toml_is_led_to_where_the_log_lies(self, film, opened, postgres_url):
        move_log(film, postgres_url)
        old = (film / "film.toml").read_text()
        move_log(film, "")
        with Log.open(film, url=postgres_url) as log, log.write("ben") as writer:
            writer.take("07A")
        with opened() as log:
            assert len(log.takes()) == 6
        (film / "film.toml").write_text(old)
        with opened() as log:
            assert len(log.takes()) == 6
        assert read_settings(film).database_url == ""

    def test_a_clone_without_the_new_place_is_told_where_it_is(self, film, opened, postgres_url, tmp_path):
        move_log(film, postgres_url)
        clone = make_film(tmp_path / "clone", database_url=postgres_url)
        move_log(film, "")
        with pytest.raises(StoreError, match=r"the log of clone was moved to film.db of film on .*studio merge"):
            Log.open(clone, url=postgres_url)

    @pytest.mark.parametrize("way", ["to the server", "back"])
    def test_what_is_acknowledged_while_it_moves_is_in_the_new_place(self, film, opened, postgres_url, way):
        url = postgres_url
        if way == "back":
            move_log(film, postgres_url)
            url = ""
        written, begun = [], threading.Event()

        def writes():
            with opened() as log:
                try:
                    while True:
                        with log.write("ben") as writer:
                            take = writer.take("07A")
                        written.append(take.id)
                        begun.set()
                except StoreError as error:
                    written.append(str(error))

        thread = threading.Thread(target=writes)
        thread.start()
        assert begun.wait(30)
        move_log(film, url)
        thread.join()
        assert "was moved to" in written.pop()
        with opened() as log:
            assert {take.id for take in log.takes()} >= set(written)


class TestRefused:
    def test_while_a_take_is_being_made(self, film, opened, postgres_url):
        with opened() as log, log.write("studio") as writer:
            first, second = log.takes()[:2]
            writer.lease(first.id, "somebody at desk-7", 600)
            writer.lease(second.id, ELSEWHERE, 600)
        with pytest.raises(StoreBusy, match="07A-001 is being made by somebody at desk-7: wait until it rests"):
            move_log(film, postgres_url)
        with opened() as log, log.leases() as leases:
            leases.release(first.id, "somebody at desk-7")
        move_log(film, postgres_url)
        with opened() as log, log.leases() as leases:
            assert leases.holder(second.id) == ELSEWHERE  # another machine makes it: here it may not be made too
            assert leases.lease(first.id, "me", 600) == 2

    def test_where_another_film_lies(self, film, opened, postgres_url, tmp_path):
        with Log.open(make_film(tmp_path / "another"), url=postgres_url) as other, other.write("ada") as writer:
            asked(writer)
        with pytest.raises(BadInput, match=r"the database postgres at .* holds a row that this film has not"):
            move_log(film, postgres_url)
        with Log.open(film, url=postgres_url) as other:
            assert len(other.takes()) == 1
        with opened() as log:
            assert len(log.takes()) == 5
        assert read_settings(film).database_url == ""

    def test_where_a_row_comes_out_otherwise(self, film, opened, tmp_path):
        url = f"sqlite:///{tmp_path}/bent.db"
        with Log.open(tmp_path, url=url):
            pass
        with closing(sqlite3.connect(tmp_path / "bent.db")) as there:
            there.execute("CREATE TRIGGER bend AFTER INSERT ON prompts BEGIN UPDATE prompts SET style = 'bent'; END")
        with pytest.raises(StoreError, match=r"prompts .* is not the same in bent.db as in film.db \(style\)"):
            move_log(film, url)
        with opened() as log, log.write("ada") as writer:
            writer.take("07A")
        with closing(sqlite3.connect(tmp_path / "bent.db")) as there:
            assert there.execute("SELECT count(*) FROM prompts").fetchone() == (0,)

    @pytest.mark.parametrize(
        ("url", "said"),
        [
            ("postgresql://ada:secret@127.0.0.1/x", "holds a password: leave it out"),
            ("mysql://127.0.0.1/x", "write postgresql://host/name"),
            ("film", "write postgresql://host/name"),
            ("postgresql://127.0.0.1:1/x", "the database x at 127.0.0.1 does not answer"),
            ("", "the log lies in film.db already"),
        ],
    )
    def test_other_places(self, film, opened, url, said):
        with pytest.raises((BadInput, StoreError), match=said) as told:
            move_log(film, url)
        assert "secret" not in str(told.value)
        with opened() as log, log.write("ada") as writer:
            writer.take("07A")

    def test_the_same_place_by_another_name(self, film, postgres_url):
        move_log(film, postgres_url)
        with pytest.raises(BadInput, match="already"):
            move_log(film, f"{postgres_url}&application_name=studio")


def test_the_command_line_moves_it_and_back(film, postgres_url, capsys):
    assert studio(["move-log", str(film), postgres_url]) == 0
    said = capsys.readouterr().out
    assert "the log lies in the database postgres at" in said
    assert "5 takes" in said
    assert "film.db lies in backups/film-" in said
    assert studio(["move-log", str(film), "back"]) == 0
    assert "the log lies in film.db now" in capsys.readouterr().out
    assert studio(["move-log", str(film), ""]) == 2
    assert "where the log is to go is empty" in capsys.readouterr().err
