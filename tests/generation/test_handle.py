"""What a person holds: it waits, is watched, is stopped, and can be interrupted without losing anything."""

from __future__ import annotations

import asyncio
import itertools
import signal
import threading
import time
from collections.abc import Callable
from decimal import Decimal

import pytest

from studio.errors import DiskFull
from studio.generation import Engine, Progress
from studio.generation.handle import EVERY_S
from studio.log import Log
from tests.generation.scripted import Scripted, requests

Maker = Callable[..., Scripted]
Engines = Callable[..., Engine]


@pytest.fixture
def gate() -> asyncio.Event:
    """Holds every download until it is set, in the engine's thread."""
    return asyncio.Event()


@pytest.fixture
def engine(scripted: Maker, engines: Engines, gate: asyncio.Event) -> Engine:
    return engines(scripted(gate=gate))


def planned(engine: Engine, log: Log, takes: int) -> tuple:
    return engine.plan(requests(log, engine._providers("scripted"), takes), "ada")


def test_a_handle_is_there_at_once_and_says_how_its_takes_stand(log: Log, engine: Engine, gate: asyncio.Event) -> None:
    handle = engine.start(planned(engine, log, 3))
    assert repr(handle) == "Generation(3 takes: 3 at work)"
    assert handle.progress.left == 3
    engine._loop.call_soon_threadsafe(gate.set)
    handle.wait(30)
    assert repr(handle) == "Generation(3 takes: 3 done)"
    assert handle.finished
    now = handle.progress
    assert (now.done, now.failed, now.cancelled, now.unknown, now.stuck, now.total, now.left) == (3, 0, 0, 0, 0, 3, 0)
    assert now.spent == Decimal("0.30")
    assert now.rate > 0
    assert handle.progress == now  # at rest nothing moves any more


def test_waiting_ends_after_its_time_and_the_work_goes_on(log: Log, engine: Engine, gate: asyncio.Event) -> None:
    handle = engine.start(planned(engine, log, 2))
    with pytest.raises(TimeoutError, match=r"2 of 2 takes are not done after 0.05 s"):
        handle.wait(0.05)
    engine._loop.call_soon_threadsafe(gate.set)
    assert len(handle.wait(30)) == 2


def test_ctrl_c_while_waiting_leaves_the_work_running(log: Log, engine: Engine, gate: asyncio.Event) -> None:
    handle = engine.start(planned(engine, log, 2))
    # another thread than the waiting one hears it first, as it may happen in a kernel
    pressed = threading.Timer(0.05, signal.raise_signal, [signal.SIGINT])

    def wait() -> None:
        pressed.start()
        handle.wait(30)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job has it ignored
    try:
        with pytest.raises(KeyboardInterrupt):
            wait()
        pressed.join()
    finally:
        signal.signal(signal.SIGINT, before)
    assert handle.progress.left == 2
    engine._loop.call_soon_threadsafe(gate.set)
    assert len(handle.wait(30)) == 2


def test_a_handle_can_be_awaited_and_a_cancelled_cell_cancels_no_take(
    log: Log, engine: Engine, gate: asyncio.Event
) -> None:
    handle = engine.start(planned(engine, log, 2))

    async def cell() -> int:
        waiting = asyncio.ensure_future(_awaited(handle))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        engine._loop.call_soon_threadsafe(gate.set)
        return len(await handle)

    assert asyncio.run(cell()) == 2


async def _awaited(handle: object) -> object:
    return await handle


def test_progress_is_told_while_waiting_and_ends_with_the_last_word(
    log: Log, engine: Engine, gate: asyncio.Event
) -> None:
    handle = engine.start(planned(engine, log, 6))
    engine._loop.call_soon_threadsafe(gate.set)
    told: list[Progress] = []
    caller = []
    handle.wait(30, progress=lambda now: (told.append(now), caller.append(threading.current_thread())))
    assert told[-1].done == 6
    assert [now.done for now in told] == sorted(now.done for now in told)
    assert set(caller) == {threading.current_thread()}


def test_what_a_progress_function_raises_is_raised_to_its_caller(log: Log, engine: Engine, gate: asyncio.Event) -> None:
    handle = engine.start(planned(engine, log, 1))
    engine._loop.call_soon_threadsafe(gate.set)
    with pytest.raises(ZeroDivisionError):
        handle.wait(30, progress=lambda now: 1 / 0)
    assert len(handle.wait(30)) == 1


def test_a_bar_is_drawn_when_asked_for(
    log: Log, engine: Engine, gate: asyncio.Event, capsys: pytest.CaptureFixture[str]
) -> None:
    handle = engine.start(planned(engine, log, 2))
    engine._loop.call_soon_threadsafe(gate.set)
    handle.wait(30, progress=True)
    drawn = capsys.readouterr()
    assert drawn.out == ""
    assert "2/2" in drawn.err
    assert "$0.20" in drawn.err


def test_callbacks_come_at_most_five_times_a_second_and_always_after_the_last_change(
    log: Log, engine: Engine, gate: asyncio.Event
) -> None:
    takes = planned(engine, log, 12)
    handle = engine.start(takes)
    told: list[tuple[float, Progress]] = []
    handle.on_change(lambda now: told.append((time.monotonic(), now)))
    engine._loop.call_soon_threadsafe(gate.set)
    handle.wait(30)
    assert told[-1][1].done == 12
    # the first (asked for) and the last (the end) come at once; between two others there is a pause
    gaps = [later - sooner for (sooner, _), (later, _) in itertools.pairwise(told[:-1])]
    assert all(gap > EVERY_S * 0.9 for gap in gaps)
    late: list[Progress] = []
    handle.on_change(late.append)  # one who comes late hears the end
    engine.close()
    assert late
    assert late[-1].done == 12
    handle.on_change(late.append)
    assert len(late) >= 2


def test_a_callback_that_raises_is_told_and_not_called_again(log: Log, engine: Engine, gate: asyncio.Event) -> None:
    takes = planned(engine, log, 3)
    handle = engine.start(takes)
    calls = []

    def broken(now: Progress) -> None:
        calls.append(now)
        raise ValueError("no such widget")

    handle.on_change(broken)
    engine._loop.call_soon_threadsafe(gate.set)
    assert handle.wait(30) == takes
    assert handle.callback_errors == ("ValueError: no such widget",)
    assert len(calls) == 1


def test_a_callback_may_stop_the_handle(log: Log, engine: Engine, gate: asyncio.Event) -> None:
    handle = engine.start(planned(engine, log, 8))
    handle.on_change(lambda now: handle.stop())
    engine._loop.call_soon_threadsafe(gate.set)
    handle.wait(30)
    assert handle.progress.cancelled >= 6
    assert handle.progress.done + handle.progress.cancelled == 8


def test_a_full_disk_stops_the_queue_is_told_and_the_film_goes_on_when_there_is_room(
    log: Log, scripted: Maker, engines: Engines
) -> None:
    maker = scripted(script={"07A-001": "fills the disk"})
    engine = engines(maker, concurrency=1)
    takes = engine.plan(requests(log, maker, 3), "ada")
    handle = engine.start(takes)
    with pytest.raises(DiskFull, match=r"there is no room for .*free some room"):
        handle.wait(30)
    assert [log.state(take.id) for take in takes] == ["downloading", "planned", "planned"]
    assert engine.resume().wait(30) == takes
    assert maker.bought() == [take.id for take in takes]
