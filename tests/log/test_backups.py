"""A whole copy of either database, as a file that is a film's log again."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pandas as pd
import pytest

from studio.cli import main as studio
from studio.errors import BadInput, StoreError
from studio.log import Log
from tests.log.making import a_whole_film, frames_of, make_film


def test_a_backup_is_the_whole_film_at_that_moment(log, folder, tmp_path):
    a_whole_film(log)
    before = frames_of(log)
    made = log.back_up("before-the-mix")
    with log.write("ada") as writer:
        writer.take("07A")
    assert made.parent == folder / "backups"
    assert made.name.endswith("-before-the-mix.db")
    with closing(sqlite3.connect(made)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    again = make_film(tmp_path / "again")
    shutil.copy(made, again / "film.db")
    with Log.open(again) as restored:
        after = frames_of(restored)
        assert after.keys() == before.keys()
        for name in before:
            pd.testing.assert_frame_equal(after[name], before[name])
    assert [path.name for path in made.parent.iterdir()] == [made.name]


def test_it_waits_for_nobody_who_writes_and_holds_nothing_that_is_not_committed(log, reopen):
    a_whole_film(log)
    other = reopen()
    with log.write("ada") as writer:
        writer.take("07A")
        writer.takes()
        made = other.back_up("now")
    with closing(sqlite3.connect(made)) as database:
        assert database.execute("SELECT count(*) FROM takes").fetchone() == (5,)


@pytest.mark.parametrize("why", ["", "../out", "a b", "x" * 40, None])
def test_why_is_a_word_of_the_files_name(log, why):
    with pytest.raises(BadInput, match="write a word for its name, such as before-the-mix"):
        log.back_up(why)


def test_a_closed_log_is_not_copied(log):
    log.close()
    with pytest.raises(StoreError, match="is closed"):
        log.back_up("late")


def test_the_command_line_says_where_it_lies(log, folder, capsys):
    a_whole_film(log)
    assert studio(["backup", str(folder)]) == 0
    assert (folder / capsys.readouterr().out.strip()).is_file()
