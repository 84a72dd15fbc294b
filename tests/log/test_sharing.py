"""Threads and processes on one film."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from studio.errors import StoreBusy
from studio.log import database
from tests.log.making import asked, judge

WRITES_TAKES = """
import sys
from pathlib import Path
from studio.log import Log
folder, url, author = sys.argv[1:]
with Log.open(Path(folder), url=url) as log:
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(25):
        with log.write(author) as writer:
            take = writer.take("07A")
            writer.event("note", take.id, {"text": author})
        print(take.label, flush=True)
"""


def test_two_processes_never_give_one_label_twice(log, folder, url):
    with log.write("ada") as writer:
        asked(writer)
    processes = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", WRITES_TAKES, folder, url, author],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for author in ("ada", "ben")
    ]  # fmt: skip
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    given = [[], []]
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    for own, process in zip(given, processes, strict=True):
        own += process.communicate()[0].split()
        assert process.returncode == 0
    labels = sorted(given[0] + given[1])
    assert labels == [f"07A-{n:03d}" for n in range(2, 52)]
    found = log.takes_frame().set_index("take")
    assert all(
        found.loc[label, "note"] == author for own, author in zip(given, ("ada", "ben"), strict=True) for label in own
    )
    events = [event for take in log.takes() for event in log.events(take.id)]
    assert len({event.id for event in events}) == len(events) == 101


def test_threads_share_one_log(log):
    with log.write("ada") as writer:
        take = asked(writer)[0]
    failed = []

    def work(author: str) -> None:
        try:
            for at in range(10):
                with log.write(author) as writer:
                    judge(writer, take, ("circle", "hold", "ng")[at % 3])
                assert log.takes_frame()["verdict"].notna().all()
        except BaseException as error:  # told by the main thread
            failed.append(error)

    threads = [threading.Thread(target=work, args=(f"author {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(log.events(take.id, {"verdict"})) == 40
    assert len(log.verdicts_frame()) == 4


def test_reading_goes_on_while_another_writes(log, reopen):
    with log.write("ada") as writer:
        take = asked(writer)[0]
    reader = reopen()
    with log.write("ada") as writer:
        judge(writer, take, "circle")
        writer.state(take.id)
        assert reader.takes_frame()["verdict"].isna().all()
        assert log.takes_frame()["verdict"].isna().all()
    assert reader.takes_frame()["verdict"][0] == "circle"


def test_who_waits_too_long_for_another_process_is_told_in_one_sentence(log, reopen, monkeypatch):
    monkeypatch.setattr(database, "BUSY_S", 0.05)
    other = reopen()
    with log.write("ada") as writer:
        asked(writer)
        with pytest.raises(StoreBusy, match="is held by another process: close the film there, or try again"):
            other.write("ben").__enter__()
    with other.write("ben") as writer:
        assert asked(writer, "09A")[0].label == "09A-001"


def test_an_open_reader_does_not_lock_a_writer_out(log, reopen):
    with log.write("ada") as writer:
        asked(writer)
    reader = reopen()
    with reader._reading() as connection:
        assert len(connection.exec_driver_sql("SELECT * FROM takes").fetchall()) == 1
        with log.write("ada") as writer:
            writer.take("07A")
    assert len(reader.takes()) == 2
