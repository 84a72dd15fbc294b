"""Full, read-only and limited disks: one sentence, and nothing half-written."""

from __future__ import annotations

import json
import os
import resource
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest

from studio.errors import DiskFull, NotFound, StoreError
from studio.log import Log, Settings, fit_for_database, journal, write_settings
from tests.log.making import SETTINGS, asked, judge, make_film


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 2 MB, if this user can mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = os.geteuid() == 0 and mount("-t", "tmpfs", "-o", "size=2m", "tmpfs", disk)
    if not mounted:
        pytest.skip("only root can mount a small disk")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def mount(*arguments: object) -> bool:
    return subprocess.run(["mount", *map(str, arguments)], check=False, capture_output=True).returncode == 0


def check_whole(film: Path, written: int) -> None:
    """The database is sound and holds what was written and no more; so does the journal, but for what still waits."""
    with closing(sqlite3.connect(film / "film.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("SELECT count(*) FROM takes").fetchone() == (written,)
        assert database.execute("SELECT count(*) FROM take_now").fetchone() == (written,)
    rows = [json.loads(line.text) for line in journal.read(film)]
    assert sum(row["row"] == "take" for row in rows) == written


def test_on_a_full_disk_a_write_is_one_sentence_and_the_film_goes_on_when_there_is_room(small_disk):
    film = make_film(small_disk / "film")
    filler = small_disk / "filler"
    with Log.open(film) as log:
        with log.write("ada") as writer:
            asked(writer)
        filler.write_bytes(b"x" * 700_000)
        said = fill_up(log)
        assert "no room left" in said
        assert "free some space" in said
        written = len(log.takes())
        with pytest.raises(DiskFull):
            fill_up_once(log)
        filler.unlink()
        with log.write("ada") as writer:
            assert writer.take("07A").n == written + 1
    check_whole(film, written + 1)
    assert {path.suffix for path in film.rglob("*") if path.is_file()} <= {".db", ".toml", ".jsonl"}


def fill_up(log: Log) -> str:
    try:
        while True:
            fill_up_once(log)
    except DiskFull as error:
        return str(error)


def fill_up_once(log: Log) -> None:
    with log.write("ada") as writer:
        take = writer.take("07A")
        writer.event("note", take.id, {"text": "x" * 20_000})


def fill_disk(filler: Path) -> None:
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)


def test_settings_on_a_full_disk_leave_the_old_file_as_it_was(small_disk):
    film = make_film(small_disk / "film")
    before = (film / "film.toml").read_bytes()
    fill_disk(small_disk / "filler")
    with pytest.raises(DiskFull, match="there is no room left"):
        write_settings(
            film, Settings(**{**SETTINGS.__dict__, "reasons": tuple(f"{n:040d}" for n in range(300))}), replace=True
        )
    assert (film / "film.toml").read_bytes() == before
    assert [path.name for path in film.iterdir()] == ["film.toml"]


LIMITED = """
import resource, sys
from pathlib import Path
from studio.errors import StudioError
from studio.log import Log
with Log.open(Path(sys.argv[1])) as log:
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
    written = 0
    try:
        while True:
            with log.write("ada") as writer:
                take = writer.take("07A")
                writer.event("note", take.id, {"text": "x" * int(sys.argv[2])})
            written += 1
    except StudioError as error:
        print(type(error).__name__, written, error, sep="|")
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    with log.write("ada") as writer:
        writer.take("07A")
"""


@pytest.mark.parametrize("size", [100, 5000])
def test_a_file_that_may_not_grow_is_one_sentence_and_nothing_is_half_written(tmp_path, size):
    film = make_film(tmp_path / "film")
    with Log.open(film) as log, log.write("ada") as writer:
        asked(writer)
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", LIMITED, film, str(size)], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    kind, written, said = done.stdout.strip().split("|")
    assert kind in ("DiskFull", "StoreError")
    assert said.count("\n") == 0
    safe = "is safe in film.db" in said  # then it was the journal that could not grow
    check_whole(film, 1 + int(written) + safe + 1)


@pytest.fixture
def read_only(small_disk):
    film = make_film(small_disk / "film")
    with Log.open(film) as log, log.write("ada") as writer:
        asked(writer)
    assert mount("-o", "remount,ro", small_disk)
    return film


def test_a_read_only_folder_is_one_sentence(read_only):
    with pytest.raises(StoreError, match=r"film is read-only: give yourself the right to write there"):
        Log.open(read_only)
    assert "read-only" in fit_for_database(read_only)
    with pytest.raises(StoreError, match=r"read-only"):
        write_settings(read_only, SETTINGS, replace=True)


def test_a_disk_that_becomes_read_only_under_an_open_film_is_one_sentence(small_disk):
    film = make_film(small_disk / "film")
    with Log.open(film) as log, log.write("ada") as writer:
        take = asked(writer)[0]
    with Log.open(film) as log:
        assert log.takes() == (take,)
        log.close()
        assert mount("-o", "remount,ro", small_disk)
        with pytest.raises(StoreError, match="read-only"):
            Log.open(film)


def test_a_journal_that_may_not_be_written_stops_the_write_before_it_is_committed(tmp_path):
    film = make_film(tmp_path / "film")
    with Log.open(film) as log:
        with log.write("ada") as writer:
            take = asked(writer)[0]
        (film / "journal").rename(film / "elsewhere")
        (film / "journal").write_text("not a folder")
        with pytest.raises(StoreError, match="journal in film cannot be used"), log.write("ada") as writer:
            judge(writer, take, "circle")
        assert log.takes_frame()["verdict"].isna().all()


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(NotFound, match=r"there is no folder .*missing: make the film with `studio new"):
        Log.open(tmp_path / "missing")
