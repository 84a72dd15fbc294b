"""The engine: a thread of its own with its own event loop, in which takes are brought to rest.

Cells never block: `plan` writes rows, `start` and `resume` return a handle at once. The log is the truth and the
queue; what is in memory here can be lost at any moment. Two engines on one film, in two kernels, share the queue:
each takes a lease on a take before it touches it, renews it while it works, and writes only while it holds it.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from studio.errors import NotFound, StoreError, StudioError
from studio.generation import states
from studio.generation.advance import Advance, sentence
from studio.generation.budget import Caps
from studio.generation.gate import Clock, Gate
from studio.generation.handle import Handle
from studio.generation.ledger import Ledger, TakenOver, Work, new_owner
from studio.generation.planning import Wish, plan
from studio.nouns import Request, State, Take
from studio.providers import Closes, Finds, Provider, provider

if TYPE_CHECKING:
    from studio.log import Log
    from studio.media import Library

T = TypeVar("T")
LEASE_S = 30.0  # how long a kernel on another machine may be silent before its takes are taken over
THREADS = "circletake"  # how the names of our threads begin
LOOK_AGAIN_S = 1.0  # how often a take that another kernel makes is looked at: two processes share no signal
CLOSE_S = 30.0  # how long closing waits for an answer to a request that has left


@dataclass(eq=False)
class _Run:
    """A take in this engine, and who wants to hear of it."""

    take: Take
    provider: str
    look: bool = False  # an unknown take whose provider is to be asked again
    handles: list[Handle] = field(default_factory=list)
    task: asyncio.Task[None] | None = None
    state: State | None = None  # the last that was told
    holds_place: bool = False


@dataclass(eq=False)
class _Line:
    """The takes of one provider: those that wait, and how many places are taken."""

    places: int
    gate: Gate
    waiting: deque[_Run] = field(default_factory=deque)
    taken: int = 0


class Engine:
    """Makes takes. One for a film in a process; several processes may have one each.

    As many takes of a provider are under way at a time as its capabilities say, or `concurrency`. `caps` are the film's
    budget. `on_step` is called with a step's name
    and the take, before and after each commit, in whichever thread takes the step (the tests of faults kill the
    process there).
    """

    def __init__(
        self,
        log: Log,
        library: Library,
        providers: Callable[[str], Provider] = provider,
        concurrency: int | None = None,
        owner: str | None = None,
        *,
        caps: Caps | None = None,
        lease_s: float = LEASE_S,
        clock: Clock | None = None,
        on_step: Callable[[str, Take], object] = lambda step, take: None,
    ) -> None:
        self._log = log
        self._library = library
        self._providers = providers
        self._concurrency = concurrency
        self._caps = caps or Caps()
        self._clock = clock or Clock()
        self._ledger = Ledger(log, owner or new_owner(), lease_s, on_step)
        self._advance = Advance(self._ledger, library, self._in_writer, self._moved, self._clock)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop  # set when the thread is started
        self._writer = ThreadPoolExecutor(1, thread_name_prefix=f"{THREADS} log")
        self._workers = ThreadPoolExecutor(thread_name_prefix=f"{THREADS} work")  # what asyncio.to_thread uses here
        self._runs: dict[str, _Run] = {}  # by take id: waiting, under way, or watched
        self._lines: dict[str, _Line] = {}  # by provider
        self._stopped: StudioError | None = None  # why nothing more is begun
        self._closed = False

    # --- what a person asks for, from any thread -----------------------------------------------------------------

    def plan(
        self,
        requests: Sequence[Request],
        author: str,
        parents: Sequence[str] = (),
        cap_usd: Decimal | None = None,
        *,
        run: str = "",
        again: bool = False,
        price_usd: Decimal | None = None,
    ) -> tuple[Take, ...]:
        """Write one take for each request, planned, its label given and its price reserved (`planning`)."""
        wish = Wish(requests, author, parents, cap_usd, run, again, price_usd)
        return plan(self._log, wish, self._providers, self._caps)

    def provider(self, name: str) -> Provider:
        """The provider of this name, as this engine asks it."""
        return self._providers(name)

    def start(self, takes: Sequence[Take], look: bool = False) -> Handle:
        """Bring takes to rest; returns at once. A take that is under way is watched, one that rests is left alone.

        With `look`, providers that can be asked are asked again about unknown takes.
        """
        providers = self._log.providers_of([take.id for take in takes])
        handle = Handle(takes, self._started(), self._stop_takes)
        self._loop.call_soon_threadsafe(self._enqueue, handle, providers, look)
        return handle

    def resume(self) -> Handle:
        """Go on with every take of the film that is not at rest, whoever planned it, and look again at unknown ones.

        A take that another living kernel holds is left to it, and the handle waits for its end. One that is made on
        another machine, as the last merge told, is left alone.
        """
        elsewhere = {take.id for take in self._log.elsewhere()}
        unknown = self._log.takes_in({"unknown"})
        makers = self._log.providers_of([take.id for take in unknown])
        lookable = [take for take in unknown if self._can_look(makers[take.id])]
        here = [take for take in self._log.takes_in(states.UNFINISHED) if take.id not in elsewhere]
        return self.start([*here, *lookable], look=True)

    def _can_look(self, provider_name: str) -> bool:
        try:
            return isinstance(self._providers(provider_name), Finds)
        except NotFound:  # told where the take is begun
            return False

    def stop(self, takes: Sequence[Take] | None = None) -> None:
        """Cancel what is still planned of these takes, or of what this engine was given; what was sent is finished and
        kept. Takes that nobody works on, or another kernel, are cancelled too."""
        if takes is not None:
            self._started()
        self._stop_takes([run.take for run in tuple(self._runs.values())] if takes is None else takes)

    def works_on(self, take_id: str) -> bool:
        """Whether this engine brings the take to rest, or watches another one do it."""
        return take_id in self._runs

    def close(self) -> None:
        """Stop at a safe point and give the leases back. Nothing is cancelled: the next `resume` goes on.

        A drawing stops between two frames; a request that has left is heard out.
        """
        with self._lock:
            if self._closed:
                return
            self._closed = True
            thread = self._thread
        if thread is None:
            self._writer.shutdown()
            return
        asyncio.run_coroutine_threadsafe(self._finish(), self._loop)
        # the last reference to a film may be dropped in one of our own threads, which cannot wait for itself
        if not threading.current_thread().name.startswith(THREADS):
            thread.join()

    # --- the thread ----------------------------------------------------------------------------------------------

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._closed:
                raise StudioError("this film is closed: studio.open(…) opens it again")
            if self._thread is None:
                self._loop = asyncio.new_event_loop()
                self._loop.set_default_executor(self._workers)
                self._thread = threading.Thread(target=self._live, name=f"{THREADS} engine", daemon=True)
                self._thread.start()
            return self._loop

    def _live(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.create_task(self._beat())
        self._loop.run_forever()
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self._workers.shutdown()
        self._writer.shutdown()
        self._loop.close()

    async def _in_writer(self, function: Callable[[], T]) -> T:
        """Run a function in the one thread that writes: our own transactions never wait for each other."""
        try:
            running = self._writer.submit(function)
        except RuntimeError:  # the interpreter is ending, and has shut every pool: leave everything as it is
            raise asyncio.CancelledError from None
        return await asyncio.wrap_future(running)

    async def _beat(self) -> None:
        """Renew the leases of what is under way."""
        while True:
            await asyncio.sleep(self._ledger.lease_s / 3)
            if any(run.task for run in self._runs.values()):
                try:
                    await self._in_writer(self._ledger.renew)
                except StoreError as error:
                    self._stop_queue(error)

    async def _finish(self) -> None:
        takes = f"{len(self._runs)} {'take' if len(self._runs) == 1 else 'takes'}"
        self._stop_queue(
            StudioError(f"the film was closed with {takes} to make: open it again, and film.resume() goes on")
        )
        self._advance.closing = True
        tasks = {run.task: run.take for run in self._runs.values() if run.task}
        for task, take in tasks.items():
            if self._advance.may_interrupt(take.id):
                task.cancel()
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=CLOSE_S)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)
        for name in self._lines:
            with contextlib.suppress(NotFound):
                maker = self._providers(name)
                if isinstance(maker, Closes):
                    await maker.aclose()
        self._loop.stop()

    # --- the queue, in the engine's thread -----------------------------------------------------------------------

    def _line(self, provider_name: str) -> _Line:
        if provider_name not in self._lines:
            places = self._concurrency or _places(self._providers, provider_name)
            self._lines[provider_name] = _Line(places, Gate(self._clock))
        return self._lines[provider_name]

    def _enqueue(self, handle: Handle, providers: Mapping[str, str], look: bool) -> None:
        if not self._closed:
            self._stopped = None  # what stopped the queue may be mended: try again
        for take in handle.takes:
            run = self._runs.get(take.id)
            if run is None:
                run = self._runs[take.id] = _Run(take, providers[take.id], look)
                line = self._line(run.provider)
                line.gate.open()
                line.waiting.append(run)
            elif run.state is not None:  # somebody who joins late hears where it is
                handle.moved(take, run.state)
            run.handles.append(handle)
        self._pump()

    def _pump(self) -> None:
        """Begin as much as may be under way."""
        if self._stopped is not None:
            for run in [run for run in self._runs.values() if run.task is None]:
                self._settle(run, stopped=self._stopped)
            for line in self._lines.values():
                line.waiting.clear()
        for line in self._lines.values():
            while line.waiting and line.taken < line.places:
                run = line.waiting.popleft()
                run.holds_place = True
                line.taken += 1
                run.task = self._loop.create_task(self._drive(run))

    def _free_place(self, run: _Run) -> None:
        """Another take of the same provider may begin."""
        if run.holds_place:
            run.holds_place = False
            self._line(run.provider).taken -= 1
            self._pump()

    def _stop_queue(self, error: StudioError) -> None:
        """Begin nothing more, and tell everybody why."""
        self._stopped = self._stopped or error
        self._pump()

    async def _drive(self, run: _Run) -> None:
        """Bring one take to rest, or to where it must be left."""
        words, spent, stopped, watch = "", 0, None, False
        try:
            watch = not await self._to_rest(run)
            if not watch:
                words, spent = await self._in_writer(partial(self._ledger.ending, run.take))
        except asyncio.CancelledError:  # closing
            stopped = self._stopped
            await self._let_go(run.take)
        except StoreError as error:  # nothing can be written: the lease is left to expire, and nothing more is begun
            stopped = self._stopped = self._stopped or error
            if job := self._advance.unwritten(run.take.id):
                words = f"it was accepted as {job.id}, which could not be written down: {error}"
        except Exception as problem:
            words = sentence(problem)
            await self._let_go(run.take)
        run.task = None
        if watch:
            self._loop.call_later(LOOK_AGAIN_S, self._look_again, run)
        else:
            self._settle(run, words, spent, stopped)
        self._free_place(run)
        self._pump()

    async def _to_rest(self, run: _Run) -> bool:
        """True when the take rests, False when another process has it."""
        look = run.look or self._advance.unwritten(run.take.id) is not None
        state, work = await self._in_writer(partial(self._claimed, run, look))
        if work is None and state not in states.RESTING:
            return False
        if work is not None:
            try:
                await self._advance.to_rest(work)
            except TakenOver:
                return False
            state = work.state
            if state == "unknown":  # looked at, with nothing new: the lease was not given back by a step
                await self._let_go(run.take)
        self._moved(run.take, state)
        return True

    def _claimed(self, run: _Run, look: bool) -> tuple[State, Work | None]:
        """The take's state, and all that is known of it where the lease was got."""
        state, fence = self._ledger.claim(run.take, look)
        if fence is None and state not in states.RESTING and self._ledger.is_elsewhere(run.take):
            raise StudioError(
                "it is made on another machine: film.merge(…) brings what became of it, "
                f'film.take_over("{run.take.label}") makes it here'
            )
        return state, None if fence is None else self._work(run, state, fence)

    def _work(self, run: _Run, state: State, fence: int) -> Work:
        request = self._log.request(run.take.request_id)
        maker = self._providers(request.provider)
        for role in ("first_frame", "last_frame", "guide"):
            if getattr(request, role):
                here: dict[str, Any] = {role: str(self._library.locate(getattr(request, role)))}
                request = replace(request, **here)
        work = Work(
            take=run.take, request=request, provider=maker, state=state, fence=fence,
            gate=self._line(request.provider).gate, free_place=partial(self._free_place, run),
            reserved_micro_usd=request.estimated_micro_usd,
        )  # fmt: skip
        self._ledger.read(work)
        return work

    async def _let_go(self, take: Take) -> None:
        try:
            await self._in_writer(partial(self._ledger.release, [take]))
        except StoreError as error:  # then it expires
            self._stopped = self._stopped or error

    def _look_again(self, run: _Run) -> None:
        """At a take that another process had a moment ago."""
        if run.take.id in self._runs:
            self._line(run.provider).waiting.append(run)
            self._pump()

    def _moved(self, take: Take, state: State) -> None:
        run = self._runs[take.id]
        run.state = state
        for handle in run.handles:
            handle.moved(take, state)

    def _settle(self, run: _Run, words: str = "", spent: int = 0, stopped: StudioError | None = None) -> None:
        self._runs.pop(run.take.id, None)
        for handle in run.handles:
            handle.rests(run.take, sentence=words, spent_micro_usd=spent, stopped=stopped)

    # --- stopping ------------------------------------------------------------------------------------------------

    def _stop_takes(self, takes: Sequence[Take], running: bool = False) -> None:
        """Cancel what is planned of these takes; with `running`, have the providers stop the others. Returns when that
        is written."""
        if self._closed or self._thread is None:
            return
        stopping = asyncio.run_coroutine_threadsafe(self._cancel(takes, running), self._loop)
        if threading.current_thread() is not self._thread:  # a callback of ours cannot wait for us
            with contextlib.suppress(CancelledError):  # closed in the same moment: then nothing is begun either
                stopping.result()

    async def _cancel(self, takes: Sequence[Take], running: bool) -> None:
        for take in await self._in_writer(partial(self._ledger.cancel, takes)):
            run = self._runs.get(take.id)
            if run is not None and run.task is None:
                self._moved(take, "cancelled")
                self._settle(run)
        for line in self._lines.values():
            line.waiting = deque(run for run in line.waiting if run.take.id in self._runs)
        if running:
            await asyncio.gather(*(self._advance.ask_to_stop(take) for take in takes))


def _places(providers: Callable[[str], Provider], name: str) -> int:
    try:
        return providers(name).capabilities.concurrency
    except NotFound:  # told where a take is begun
        return 1


def generate(engine: Engine, requests: Sequence[Request], author: str, parent: str = "", **more: Any) -> Handle:
    """Plan and start a take for each request; `more` as in `Engine.plan`.

    `parent` is the id of the take whose last frame they begin with. Where the same notebook cell asked before, its
    takes are watched and nothing is bought.
    """
    return engine.start(engine.plan(requests, author, [parent] * len(requests) if parent else (), **more))
