"""The queue of the takes that nobody has: the same on SQLite and on PostgreSQL, where nobody waits for anybody."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter

import pytest

from studio.errors import StoreBusy
from studio.log import database
from tests.log.making import asked, done

UNFINISHED = ("planned", "submitting", "submitted", "running", "ready", "downloading")
CLAIMS = """
import sys
from pathlib import Path
from studio.log import Log
folder, url, owner = sys.argv[1:]
with Log.open(Path(folder), url=url) as log:
    print("ready", flush=True)
    sys.stdin.readline()
    while got := log.claim_next(owner, 600, 3, ["planned"]):
        print(*(claim.take.label for claim in got), flush=True)
"""


def labels(claims):
    return [claim.take.label for claim in claims]


def test_the_oldest_unfinished_takes_that_nobody_holds_are_got_first(log):
    with log.write("ada") as writer:
        takes = asked(writer, takes=5)
        done(writer, takes[1])
        writer.event("state", takes[2].id, {"state": "running"})
        writer.lease(takes[0].id, "somebody", 600)
    first = log.claim_next("me", 600, 2, UNFINISHED)
    assert [(claim.take, claim.state, claim.fence) for claim in first] == [
        (takes[2], "running", 1),
        (takes[3], "planned", 1),
    ]
    assert labels(log.claim_next("me", 600, 9, ["planned"])) == ["07A-005"]
    assert log.claim_next("me", 600, 9, UNFINISHED) == ()


def test_a_lease_that_was_let_go_or_ran_out_is_got_with_a_new_fence(log):
    with log.write("ada") as writer:
        first, second = asked(writer, takes=2)
    log.claim_next("somebody", 600, 1, ["planned"])
    log.claim_next("another", -1, 1, ["planned"])
    with log.leases() as leases:
        assert leases.holder(first.id) == "somebody"
        assert leases.held().keys() == {first.id}
        leases.release(first.id, "somebody")
    assert [(claim.take, claim.fence) for claim in log.claim_next("me", 600, 9, ["planned"])] == [
        (first, 2),
        (second, 2),
    ]


def test_who_asks_for_single_takes_gets_those_it_holds_already(log):
    with log.write("ada") as writer:
        first, second = asked(writer, takes=2)
    assert len(log.claim_next("me", 600, 2, ["planned"])) == 2
    assert [claim.fence for claim in log.claim_next("me", 600, 1, ["planned"], among=[second.id])] == [1]
    assert log.claim_next("you", 600, 1, ["planned"], among=[first.id]) == ()


def test_two_processes_never_get_one_take_both(log, folder, url):
    with log.write("ada") as writer:
        takes = asked(writer, takes=40)
    processes = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", CLAIMS, folder, url, owner],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for owner in ("one", "two")
    ]  # fmt: skip
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    got = Counter(label for process in processes for label in process.communicate()[0].split())
    assert [process.returncode for process in processes] == [0, 0]
    assert got == Counter(take.label for take in takes)


@pytest.mark.postgres
class TestOnAServer:
    @pytest.fixture
    def url(self, postgres_url):
        return postgres_url

    def test_claiming_renewing_and_letting_go_wait_for_nobody_who_writes(self, log, reopen, monkeypatch):
        with log.write("ada") as writer:
            first, second = asked(writer, takes=2)
        monkeypatch.setattr(database, "BUSY_S", 0.1)
        other = reopen()
        with log.write("ada") as writer:
            writer.event("note", first.id, {"text": "slowly"})
            writer.state(first.id)  # it is in the database, and not committed
            assert labels(other.claim_next("me", 600, 9, ["planned"])) == ["07A-001", "07A-002"]
            assert other.renew("me", 600) == 2
            with other.leases() as leases:
                leases.release(second.id, "me")
            with pytest.raises(StoreBusy):
                other.write("ben").__enter__()

    def test_what_somebody_has_in_hand_is_passed_over(self, log, reopen):
        with log.write("ada") as writer:
            asked(writer, takes=3)
        other = reopen()
        with log.leases() as leases:
            assert labels(leases.claim_next("me", 600, 2, ["planned"])) == ["07A-001", "07A-002"]
            assert labels(other.claim_next("you", 600, 9, ["planned"])) == ["07A-003"]
        assert other.claim_next("you", 600, 9, ["planned"]) == ()

    def test_a_take_that_is_brought_to_rest_in_that_moment_is_not_got(self, log, reopen):
        with log.write("ada") as writer:
            (take,) = asked(writer)
            writer.lease(take.id, "somebody", 600)
        other, got = reopen(), []
        claiming = threading.Thread(target=lambda: got.extend(other.claim_next("me", 600, 1, UNFINISHED, [take.id])))
        with log.write("studio") as writer:
            done(writer, take)
            writer.state(take.id)
            with log._engine.begin() as connection:  # its lease ran out, and the claimer sees that
                connection.exec_driver_sql("UPDATE lease SET until_us = 0")
            writer.release(take.id, "somebody")  # the lease is in this write's hands
            claiming.start()
            blocked = "SELECT count(*) FROM pg_locks WHERE NOT granted"
            with log._engine.connect() as connection:
                while not connection.exec_driver_sql(blocked).scalar():
                    assert claiming.is_alive()
        claiming.join()
        assert got == []
        assert log.state(take.id) == "done"
        with log.leases() as leases:
            assert leases.holder(take.id) == ""

    def test_leases_are_judged_by_the_servers_clock(self, log, reopen, monkeypatch):
        with log.write("ada") as writer:
            asked(writer)
        log.claim_next("me", 600, 1, ["planned"])
        monkeypatch.setattr("studio.log.leases.now_us", lambda: 2**60)  # of a machine that is far ahead
        assert reopen().claim_next("you", 600, 1, ["planned"]) == ()
