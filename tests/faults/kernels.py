"""Kernels on one film, each with the product's engine, in one thread and in a time that only the test lets pass.

Nothing here runs by itself: `Kernel.run` goes on until the engine waits for the time or for nothing, or a number of
transactions long. A kernel dies by an exception that ends its event loop at once, at any of the engine's steps: what it
would have done next is never done. A kernel that is not run while time passes is one whose machine sleeps.
"""

from __future__ import annotations

import asyncio
import os
import selectors
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from studio.errors import BadMedia, StudioError
from studio.generation import Engine
from studio.generation.advance import Advance
from studio.generation.budget import Caps
from studio.generation.engine import LEASE_S
from studio.generation.gate import Clock
from studio.generation.ledger import Work, process_name
from studio.log import Log, ids
from studio.media import Ingested, Library, Look, Looker, Probe, sha256_of
from studio.nouns import STUDIO, Take
from studio.providers import Provider
from tests.faults.simulated import CLIP
from tests.generation.scripted import FRAMES, HEIGHT, WIDTH

T = TypeVar("T")


class Killed(SystemExit):
    """A process ends here. One of the two exceptions that leave an event loop at once and with all its tasks as they
    are."""


class World:
    """The time. `elapsed_s` passes evenly for every kernel; the wall clock can be set."""

    def __init__(self) -> None:
        self.elapsed_s = 1000.0
        self.set_by_s = 0.0
        self._began_ns = ids.time.time_ns()

    def time_ns(self) -> int:
        """What the log takes for now."""
        return self._began_ns + int((self.elapsed_s + self.set_by_s) * 1e9)

    @contextmanager
    def tells_the_log_the_time(self) -> Iterator[World]:
        real, last = ids.time, ids._last
        ids.time, ids._last = self, 0
        try:
            yield self
        finally:
            ids.time, ids._last = real, last


class _Idle(selectors.DefaultSelector):
    """Waits for nothing: where the loop would wait, it is stopped, and for how long it would have waited is kept."""

    loop: asyncio.AbstractEventLoop
    wait_s: float | None = None

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and (timeout is None or timeout > 0):
            self.wait_s = timeout
            self.loop.stop()
        return ready


class Loop(asyncio.SelectorEventLoop):
    def __init__(self, world: World) -> None:
        self.world = world
        self.selector = _Idle()
        super().__init__(self.selector)
        self.selector.loop = self
        self.problems: list[dict[str, Any]] = []  # what nobody caught
        self.set_exception_handler(lambda loop, what: self._keep(what))

    def _keep(self, what: dict[str, Any]) -> None:
        if not isinstance(what.get("exception"), Killed):
            self.problems.append(what)

    def time(self) -> float:
        return self.world.elapsed_s


class _Here(ThreadPoolExecutor):
    """Does at once and in this thread what others would do in a thread of their own."""

    def submit(self, function: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(function(*given, **named))
        except Exception as problem:
            done.set_exception(problem)
        return done


@cache
def _black() -> Look:
    """What is seen in one black frame."""
    looker = Looker(1)
    looker.frame(np.zeros((9, 16, 3), np.uint8), 0.0)
    return looker.done()


class Unseen(Advance):
    """Takes a clip for sound by its first bytes: decoding it would cost a tenth of a second."""

    async def _ingest(self, work: Work, clip: Path) -> Ingested:
        if not clip.read_bytes().startswith(CLIP):
            raise BadMedia(f"{work.take.label} does not decode cleanly: download or export it again")
        rate, step = Fraction(24), Fraction(1, 24)
        found = Probe(WIDTH, HEIGHT, rate, FRAMES, False, "h264", False, Fraction(0), step, step)
        self._ledger.on_step("checked", work.take)
        run = f"{work.take.id}.{work.attempt}"
        pictures = [self._library.tmp / f"{run}.{name}" for name in ("posters.jpg", "strips.jpg", "proxies.mp4")]
        for each in pictures:
            each.touch()
        return Ingested(found, sha256_of(clip), *pictures, FRAMES, _black())


class Kernel(Engine):
    """One notebook kernel with the film open."""

    made = 0

    def __init__(
        self, world: World, folder: Path, makers: dict[str, Provider], caps: Caps, advance: type[Advance] = Unseen
    ) -> None:
        Kernel.made += 1
        self.world, self.number = world, Kernel.made
        self.log, self.library = Log.open(folder), Library(folder)
        owner = f"{process_name(os.getpid())}:k{self.number}"
        clock = Clock(lambda: world.elapsed_s, asyncio.sleep)
        super().__init__(self.log, self.library, makers.__getitem__, owner=owner, caps=caps, clock=clock,
                         on_step=self._at_step)  # fmt: skip
        self._advance = advance(self._ledger, self.library, self._in_writer, self._moved, clock)
        self._workers = _Here()
        self._loop: Loop = Loop(world)
        self._loop.set_default_executor(self._workers)
        self._left: int | None = None  # transactions that this run may make
        self.fuse: int | None = None  # at which step from now it dies
        self.alive = True

    # --- in place of the engine's thread ---

    def _started(self) -> asyncio.AbstractEventLoop:
        if self._closed:
            raise StudioError("this film is closed")
        if self._thread is None:
            self._thread = threading.current_thread()
            self._loop.create_task(self._beat())
        return self._loop

    def _stop_takes(self, takes: Sequence[Take], running: bool = False) -> None:
        if not self._closed and self._thread is not None:
            self._loop.create_task(self._cancel(takes, running))

    async def _in_writer(self, function: Callable[[], T]) -> T:
        await asyncio.sleep(0)  # the others go on meanwhile
        if self._left is not None:
            self._left -= 1
            if self._left <= 0:
                self._loop.stop()
        done = function()
        await asyncio.sleep(0)  # and while it comes back from the thread that writes
        return done

    def _at_step(self, step: str, take: Take) -> None:
        if self.fuse is not None:
            self.fuse -= 1
            if self.fuse <= 0:
                raise Killed(f"at {step} of {take.label}")

    # --- what a test does with it ---

    @property
    def busy(self) -> bool:
        """Whether there are takes that it has not brought to rest."""
        return bool(self._runs)

    @property
    def wait_s(self) -> float | None:
        """In how long it would do something by itself."""
        return self._loop.selector.wait_s

    def run(self, transactions: int | None = None) -> None:
        """Go on until it waits, or until so many transactions are made."""
        self._left = transactions
        try:
            self._loop.run_forever()
        except Killed:
            self.die()
        assert self._loop.problems == []

    def die(self, free: bool = True) -> None:
        """End as by `kill -9`. `free`: it is on this machine, so that everybody sees that it is dead."""
        self.alive = False
        self._bury()
        if free:
            host_and_pid = process_name(os.getpid()).rpartition(":")[0]
            with self.log.write(STUDIO) as writer:
                for take in writer.takes():
                    if writer.holder(take.id) == self._ledger.owner:
                        writer.release(take.id, self._ledger.owner)
                        writer.lease(take.id, f"{host_and_pid}:0:k{self.number}", LEASE_S)
        self.log.close()

    def quit(self) -> None:
        """Close as a person does."""
        self._closed = True
        if self._thread is not None:
            finishing = self._loop.create_task(self._finish())
            for _ in range(1000):
                self.run()
                if finishing.done() or not self.alive:
                    break
                self.world.elapsed_s += self.wait_s or 0.0
            else:
                raise AssertionError("the engine does not close")
        if self.alive:
            self.alive = False
            self._bury()
            self.log.close()

    def _bury(self) -> None:
        for task in asyncio.all_tasks(self._loop):
            task._log_destroy_pending = False  # type: ignore[attr-defined]
            task.get_coro().close()  # type: ignore[union-attr]
        self._loop.close()
        self._writer.shutdown()
