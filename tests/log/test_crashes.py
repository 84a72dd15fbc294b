"""kill -9 at any point: whatever was acknowledged is there, in the database and in the journal."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import pandas as pd
import pytest

from studio.log import Log, journal, rebuild
from tests.log import crashing
from tests.log.making import asked, make_film


@pytest.fixture
def film(tmp_path):
    folder = make_film(tmp_path / "film")
    with Log.open(folder) as log, log.write("ada") as writer:
        asked(writer)
    return folder


def start(film, step=""):
    return subprocess.Popen([sys.executable, crashing.__file__, film, step], stdout=subprocess.PIPE, text=True)


def journalled(film) -> set[str]:
    """The takes that the journal tells of; a torn last line tells of nothing."""
    found = set()
    for line in journal.read(film):
        try:
            row = json.loads(line.text)
        except ValueError:
            continue
        if row["row"] == "take":
            found.add(row["label"])
    return found


def check(film, acknowledged: set[str]) -> None:
    with closing(sqlite3.connect(film / "film.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        stored = {label for (label,) in database.execute("SELECT label FROM takes")}
    assert acknowledged <= stored
    assert acknowledged <= journalled(film) <= stored
    with Log.open(film) as log:
        assert {take.label for take in log.takes()} == stored == journalled(film)
        frame = log.takes_frame()
        assert list(frame["take"]) == [f"07A-{n:03d}" for n in range(1, len(stored) + 1)]
        assert frame["note"].notna().sum() == len(stored) - 1  # a take and its note came together


def test_no_acknowledged_take_is_lost_however_often_the_writer_is_killed(film):
    acknowledged: set[str] = set()
    for count in (1, 2, 5, 14, 30):
        with start(film) as process:
            acknowledged |= {process.stdout.readline().strip() for _ in range(count)}
            process.send_signal(signal.SIGKILL)
            acknowledged |= {line.strip() for line in process.stdout if line.endswith("\n")}
        check(film, acknowledged)
    assert len(acknowledged) >= 52
    with Log.open(film) as log:
        before = log.takes_frame()
    (film / "film.db").unlink()
    rebuild(film)
    with Log.open(film) as log:
        pd.testing.assert_frame_equal(log.takes_frame(), before)


@pytest.mark.parametrize("step", crashing.STEPS)
def test_a_writer_killed_between_any_two_steps_leaves_a_whole_film(film, step):
    with start(film, step) as process:
        acknowledged = set(process.stdout.read().split())
    assert process.returncode == -signal.SIGKILL
    assert acknowledged == {"07A-002", "07A-003"}
    check(film, acknowledged)
    with Log.open(film) as log:
        committed = len(log.takes())
        assert committed == (3 if step == "before the commit" else 4)
        with log.write("ada") as writer:
            assert writer.take("07A").n == committed + 1
    lines = [line.text for line in journal.read(film)]
    whole = [line for line in lines if line.endswith("}")]
    assert len(whole) == len(set(whole))
    assert len(lines) - len(whole) == (step == "within a line")
