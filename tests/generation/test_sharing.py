"""Two engines on one film share the queue: each take is made by one of them, and written by one only."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from studio.generation import Engine
from studio.generation.ledger import is_dead, new_owner, process_name
from studio.log import Log
from studio.media import Library
from studio.nouns import STUDIO
from tests.generation.scripted import Scripted, make_film, requests

Maker = Callable[..., Scripted]
Engines = Callable[..., Engine]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest) -> str:
    """Where the log of a film lives."""
    return "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")


def test_two_engines_make_each_take_once(tmp_path: Path, url: str, scripted: Maker) -> None:
    maker = scripted()
    folder = make_film(tmp_path / "shared", url=url)
    with Log.open(folder, url=url) as log, Log.open(folder, url=url) as other:
        first, second = (Engine(each, Library(folder), lambda name: maker) for each in (log, other))
        takes = first.plan(requests(log, maker, 10), "ada")
        handles = [first.start(takes), second.resume(), second.start(takes)]
        for handle in handles:
            assert handle.wait(60) == takes
            assert handle.errors == ()
        first.close()
        second.close()
        for take in takes:
            kinds = Counter(event.kind for event in log.events(take.id))
            assert (kinds["job"], kinds["media"], kinds["money.settled"]) == (1, 1, 1)
        assert log.spent().spent_micro_usd == 1_000_000
    assert sorted(maker.bought()) == sorted(take.id for take in takes)


def test_an_engine_waits_for_what_another_one_makes_and_tells_its_end(
    folder: Path, log: Log, scripted: Maker, engines: Engines
) -> None:
    gate = asyncio.Event()
    maker = scripted(gate=gate, script={"07A-002": "refuses"})
    with Log.open(folder) as other:
        first, second = engines(maker), engines(maker, log=other)
        takes = first.plan(requests(log, maker, 2), "ada")
        held = first.start(takes)
        assert maker.begun.acquire(timeout=30)
        watching = second.start(takes)
        first._loop.call_soon_threadsafe(gate.set)
        assert watching.wait(30) == takes[:1]
        assert watching.errors == held.errors == ("07A-002: the scene shows a person who is known",)
        assert watching.progress.spent == held.progress.spent
        second.close()
    assert maker.bought() == [takes[0].id]


def test_what_is_stopped_in_one_is_not_made_by_the_other(
    folder: Path, log: Log, scripted: Maker, engines: Engines
) -> None:
    gate = asyncio.Event()
    maker = scripted(gate=gate)
    with Log.open(folder) as other:
        first, second = engines(maker, concurrency=1), engines(maker, log=other, concurrency=1)
        takes = first.plan(requests(log, maker, 5), "ada")
        handle = first.start(takes)
        assert maker.begun.acquire(timeout=30)
        second.start(takes[1:]).stop()
        first._loop.call_soon_threadsafe(gate.set)
        assert handle.wait(30)[0] == takes[0]
        assert handle.progress.done + handle.progress.cancelled == 5
        assert handle.progress.cancelled >= 3
        second.close()


def test_an_engine_that_lost_its_lease_writes_nothing_more(
    folder: Path, log: Log, scripted: Maker, engines: Engines
) -> None:
    """As after a long sleep of the machine: the take is somebody else's now, and its clip has its name."""
    gate = asyncio.Event()
    slow, quick = scripted(gate=gate), scripted()
    with Log.open(folder) as other:
        sleeper = engines(slow, owner="another-machine/1:7:0:1")
        (take,) = sleeper.plan(requests(log, slow, 1), "ada")
        handle = sleeper.start([take])
        assert slow.begun.acquire(timeout=30)
        with other.write(STUDIO) as writer:  # what the expiry of the lease does
            writer.release(take.id, "another-machine/1:7:0:1")
        second = engines(quick, log=other)
        assert second.resume().wait(30) == (take,)
        before = other.events(take.id)
        sleeper._loop.call_soon_threadsafe(gate.set)  # it wakes
        assert handle.wait(30) == (take,)
        assert other.events(take.id) == before
        second.close()
    attempts = [event.data.get("attempt") for event in before if event.data.get("state") == "downloading"]
    assert attempts == [2, 3]
    assert Library(folder).verify(log.media(take.id).file, log.media(take.id).sha256)
    assert list(Library(folder).tmp.iterdir()) == []
    assert slow.bought() == [take.id]


def test_a_sleeper_leaves_the_clip_alone_that_was_made_meanwhile(
    folder: Path, log: Log, scripted: Maker, engines: Engines
) -> None:
    """It fell asleep when it had just taken the take, and takes the clip for something that a killed import left."""
    maker = scripted()
    with Log.open(folder) as other:
        sleeper, second = engines(maker, owner="another-machine/1:7:0:1"), engines(maker, log=other)
        (take,) = sleeper.plan(requests(log, maker, 1), "ada")
        to_rest = sleeper._advance.to_rest

        async def sleeps_first(work: object) -> None:
            with other.write(STUDIO) as writer:  # what the expiry of the lease does
                writer.release(take.id, "another-machine/1:7:0:1")
            await asyncio.to_thread(lambda: second.resume().wait(30))
            await to_rest(work)

        sleeper._advance.to_rest = sleeps_first
        assert sleeper.start([take]).wait(30) == (take,)
        second.close()
    assert Library(folder).verify(log.media(take.id).file, log.media(take.id).sha256)
    assert maker.bought() == [take.id]


def test_a_sleeper_does_not_send_what_another_one_has_sent_meanwhile(
    folder: Path, log: Log, listing: Maker, engines: Engines
) -> None:
    """It fell asleep when it had just written that it was going to send, and nobody found a job."""
    maker = listing()
    asleep, awake = threading.Event(), threading.Event()

    def sleeps(step: str, take: object) -> None:
        if step == "submitting" and not asleep.is_set():
            asleep.set()
            awake.wait(30)

    with Log.open(folder) as other:
        sleeper = engines(maker, owner="another-machine/1:7:0:1", lease_s=0.2, on_step=sleeps)
        second = engines(maker, log=other)
        (take,) = sleeper.plan(requests(log, maker, 1), "ada")
        handle = sleeper.start([take])
        assert asleep.wait(30)
        assert second.start([take]).wait(30) == (take,)
        awake.set()
        assert handle.wait(30) == (take,)
        second.close()
    assert maker.bought() == [take.id]


def test_a_lease_of_a_living_stranger_is_waited_for(log: Log, scripted: Maker, engines: Engines) -> None:
    maker = scripted()
    engine = engines(maker)
    (take,) = engine.plan(requests(log, maker, 1), "ada")
    with log.write(STUDIO) as writer:
        writer.lease(take.id, "another-machine/1:7:0:1", 1.5)
    handle = engine.start([take])
    assert log.state(take.id) == "planned"
    assert handle.wait(30) == (take,)  # once it has expired
    assert maker.bought() == [take.id]


def test_a_lease_of_a_dead_process_is_free_at_once(log: Log, scripted: Maker, engines: Engines) -> None:
    maker = scripted()
    engine = engines(maker)
    (take,) = engine.plan(requests(log, maker, 1), "ada")
    with log.write(STUDIO) as writer:
        writer.lease(take.id, f"{ended_process()}:1", 3600)
    assert engine.start([take]).wait(30) == (take,)


def ended_process() -> str:
    """The name of a process that has ended."""
    code = "import os; from studio.generation.ledger import process_name; print(process_name(os.getpid()))"
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def test_a_process_is_known_by_its_host_its_number_and_its_start() -> None:
    mine = new_owner()
    assert mine != new_owner()
    assert not is_dead(mine)
    assert is_dead(f"{ended_process()}:1")
    host, pid, _, number = mine.split(":")
    assert is_dead(f"{host}:{pid}:12345:{number}")  # the number was given to another process since
    assert not is_dead(f"elsewhere/1:{pid}:12345:{number}")  # nobody here can tell
    assert not is_dead("a name that some script chose")
    assert process_name(os.getpid()) == f"{host}:{pid}:{mine.split(':')[2]}"


def test_a_closed_engine_leaves_no_lease_behind(folder: Path, log: Log, scripted: Maker, engines: Engines) -> None:
    maker = scripted(gate=asyncio.Event())
    engine = engines(maker)
    (take,) = engine.plan(requests(log, maker, 1), "ada")
    engine.start([take])
    assert maker.begun.acquire(timeout=30)
    with log.write(STUDIO) as writer:
        assert writer.holder(take.id) == engine._ledger.owner
    engine.close()
    with log.write(STUDIO) as writer:
        assert writer.holder(take.id) == ""


def test_leases_are_renewed_while_a_take_is_under_way(log: Log, scripted: Maker, engines: Engines) -> None:
    gate = asyncio.Event()
    maker = scripted(gate=gate)
    engine = engines(maker, lease_s=0.3)
    (take,) = engine.plan(requests(log, maker, 1), "ada")
    renewed = threading.Semaphore(0)
    renew = engine._ledger.renew

    def counts() -> None:
        renew()
        renewed.release()

    engine._ledger.renew = counts
    handle = engine.start([take])
    for _ in range(6):  # twice as long as the lease
        assert renewed.acquire(timeout=30)
    engine._loop.call_soon_threadsafe(gate.set)
    assert handle.wait(30) == (take,)


def test_an_answer_that_comes_after_the_take_was_given_up_for_unknown_is_believed(
    folder: Path, log: Log, scripted: Maker, engines: Engines
) -> None:
    slow, quick = scripted(), scripted()
    left, answer = threading.Event(), asyncio.Event()
    submit = slow.submit

    async def slowly(request: object, take: object) -> object:
        job = await submit(request, take)
        left.set()
        await answer.wait()
        return job

    slow.submit = slowly
    with Log.open(folder) as other:
        sleeper = engines(slow, owner="another-machine/1:7:0:1")
        (take,) = sleeper.plan(requests(log, slow, 1), "ada")
        handle = sleeper.start([take])
        assert left.wait(30)
        with other.write(STUDIO) as writer:  # what the expiry of the lease does
            writer.release(take.id, "another-machine/1:7:0:1")
        second = engines(quick, log=other)
        assert second.resume().wait(30) == ()
        assert log.state(take.id) == "unknown"
        sleeper._loop.call_soon_threadsafe(answer.set)
        assert handle.wait(30) == (take,)
        second.close()
    assert slow.bought() == [take.id]
    assert (log.spent().spent_micro_usd, log.spent().at_risk_micro_usd) == (100_000, 0)
