"""What a person holds while takes are being made: wait for it, watch it, stop it."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent import futures
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from studio.errors import StudioError
from studio.nouns import State, Take

EVERY_S = 0.2  # nobody is told more often than this: five times a second is what an eye wants
_ENDS: tuple[State, ...] = ("done", "refused", "failed", "cancelled", "unknown")


@dataclass(frozen=True)
class Progress:
    """How a handle's takes stand at one moment."""

    done: int
    failed: int  # refused or failed
    cancelled: int
    unknown: int
    stuck: int  # left where they are: the handle's `errors` say why, and `film.resume()` goes on
    total: int
    rate: float  # takes that came to rest per second since the first moved; 0 before
    spent: Decimal  # US dollars, settled for these takes

    @property
    def left(self) -> int:
        """Takes still at work."""
        return self.total - self.done - self.failed - self.cancelled - self.unknown - self.stuck


class Handle:
    """Takes being made. Every attribute may be read at any time and from any thread.

    Interrupting `wait` (Ctrl-C, the kernel's stop button) or cancelling an `await` leaves the work running and loses
    nothing: wait again, or `stop()` it.
    """

    def __init__(
        self,
        takes: Sequence[Take],
        loop: asyncio.AbstractEventLoop,
        stop: Callable[[Sequence[Take], bool], None],
    ) -> None:
        self.takes = tuple(takes)
        self.shows: Callable[[], Any] | None = None  # makes what a notebook shows of it; None: its repr alone
        self._loop = loop  # the engine's
        self._stop = stop
        self._lock = threading.Lock()
        self._states: dict[str, State] = {take.id: "planned" for take in self.takes}
        self._open = set(self._states)
        self._spent_micro_usd = 0
        self._sentences: dict[str, str] = {}
        self._error: StudioError | None = None
        self._began = self._ended = 0.0
        self._callbacks: list[Callable[[Progress], object]] = []
        self._callback_errors: list[str] = []
        self._told = -math.inf
        self._to_tell: asyncio.TimerHandle | None = None
        self._finished: futures.Future[None] = futures.Future()
        if not self._open:
            self._finished.set_result(None)

    def __repr__(self) -> str:
        with self._lock:
            counts = Counter(self._standing().values())
        words = ", ".join(f"{counts[how]} {how}" for how in (*_ENDS, "stuck", "at work") if counts[how])
        return f"Generation({len(self.takes)} take{'' if len(self.takes) == 1 else 's'}{': ' if words else ''}{words})"

    def _repr_mimebundle_(self, **which: Any) -> Any:
        """What a notebook shows: what `shows` makes, if it makes anything, with this handle's own words."""
        shown = self.shows() if self.shows else None
        if shown is None:
            return {"text/plain": repr(self)}, {}
        data, metadata = shown._repr_mimebundle_(**which)
        return {**data, "text/plain": repr(self)}, metadata

    @property
    def progress(self) -> Progress:
        """How the takes stand now."""
        with self._lock:
            counts = Counter(self._standing().values())
            seconds = (self._ended or time.monotonic()) - self._began if self._began else 0.0
            return Progress(
                done=counts["done"],
                failed=counts["failed"] + counts["refused"],
                cancelled=counts["cancelled"],
                unknown=counts["unknown"],
                stuck=counts["stuck"],
                total=len(self.takes),
                rate=sum(counts[state] for state in _ENDS) / seconds if seconds > 0 else 0.0,
                spent=Decimal(self._spent_micro_usd) / 1_000_000,
            )

    def _standing(self) -> dict[str, str]:
        """By take id: its end, "stuck", or "at work"."""
        return {
            take: state if state in _ENDS else "at work" if take in self._open else "stuck"
            for take, state in self._states.items()
        }

    @property
    def errors(self) -> tuple[str, ...]:
        """One sentence for each take that did not become a clip, its label first."""
        with self._lock:
            return tuple(f"{t.label}: {self._sentences[t.id]}" for t in self.takes if t.id in self._sentences)

    @property
    def callback_errors(self) -> tuple[str, ...]:
        """What callbacks raised. One that raised is not called again."""
        with self._lock:
            return tuple(self._callback_errors)

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen to these takes by itself."""
        return self._finished.done()

    def on_change(self, callback: Callable[[Progress], object]) -> None:
        """Call back with the progress now, after changes at most five times a second, and always after the last.

        The engine's thread calls: the callback must be short and must not wait for this handle. What it raises is
        kept in `callback_errors`.
        """
        with self._lock:
            self._callbacks.append(callback)
        try:
            self._loop.call_soon_threadsafe(self._tell_now)
        except RuntimeError:  # the engine is closed: there will be no other news
            self._tell_now()

    def wait(
        self, timeout: float | None = None, progress: Callable[[Progress], object] | Literal[True] | None = None
    ) -> tuple[Take, ...]:
        """Wait until every take has come to rest; the takes that are done, in order.

        Takes that failed are told in `errors`. `progress` is called from this thread with each change, at most five
        times a second; True draws a bar in the terminal. Raises TimeoutError after `timeout` seconds, and the
        StudioError that stopped the whole queue (a full disk, a closed film): what was under way then goes on with
        `film.resume()`.
        """
        if progress is True:
            with _bar(len(self.takes)) as draw:
                return self.wait(timeout, draw)
        deadline = math.inf if timeout is None else time.monotonic() + timeout
        told: Progress | None = None
        while not self._finished.done():
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"{self.progress.left} of {len(self.takes)} takes are not done after {timeout:g} s")
            # in short pieces also where nobody is told: Ctrl-C is heard between two (Windows hears it nowhere else)
            futures.wait([self._finished], min(left, EVERY_S))
            if progress and (now := self.progress) != told:
                told = now
                progress(now)
        if progress and self.progress != told:
            progress(self.progress)
        self._finished.result()
        return self._done()

    def __await__(self) -> Generator[Any, None, tuple[Take, ...]]:
        return self._awaited().__await__()

    async def _awaited(self) -> tuple[Take, ...]:
        await asyncio.shield(asyncio.wrap_future(self._finished))  # shielded: a cancelled cell cancels no take
        return self._done()

    def _done(self) -> tuple[Take, ...]:
        with self._lock:
            return tuple(take for take in self.takes if self._states[take.id] == "done")

    def stop(self, running: bool = False) -> None:
        """Cancel the takes that are still planned and give their money back. What was sent is finished and kept.

        With `running`, providers that can are asked to stop what was sent too; a clip that is made all the same is
        kept, and what the provider charges is paid.
        """
        self._stop(self.takes, running)

    # --- the engine's side, called in its thread -----------------------------------------------------------------

    def moved(self, take: Take, state: State) -> None:
        """A take came into a state."""
        with self._lock:
            self._began = self._began or time.monotonic()
            self._states[take.id] = state
        self._tell()

    def rests(self, take: Take, *, sentence: str = "", spent_micro_usd: int = 0, stopped: StudioError | None) -> None:
        """Nothing more happens to a take by itself. `stopped` is what stopped the whole queue."""
        with self._lock:
            if take.id not in self._open:
                return
            self._open.discard(take.id)
            self._spent_micro_usd += spent_micro_usd
            if sentence:
                self._sentences[take.id] = sentence
            self._error = self._error or stopped
            last = not self._open
            if last:
                self._ended = time.monotonic()
        if not last:
            self._tell()
            return
        self._tell_now()
        if self._error is not None:
            self._finished.set_exception(self._error)
        else:
            self._finished.set_result(None)

    def _tell(self) -> None:
        """Call back now, or in a moment when the last call was a moment ago."""
        wait = self._told + EVERY_S - time.monotonic()
        if wait <= 0:
            self._tell_now()
        elif self._callbacks and self._to_tell is None:
            self._to_tell = self._loop.call_later(wait, self._tell_now)

    def _tell_now(self) -> None:
        if self._to_tell is not None:
            self._to_tell.cancel()
            self._to_tell = None
        self._told = time.monotonic()
        for callback in tuple(self._callbacks):
            try:
                callback(self.progress)
            except Exception as problem:
                with self._lock:
                    self._callbacks.remove(callback)
                    self._callback_errors.append(f"{type(problem).__name__}: {problem}")


@contextmanager
def _bar(total: int) -> Iterator[Callable[[Progress], object]]:
    from tqdm import tqdm

    with tqdm(total=total, unit=" takes") as bar:

        def draw(progress: Progress) -> None:
            bar.update(progress.total - progress.left - bar.n)
            if progress.spent:
                bar.set_postfix_str(f"${progress.spent:.2f}")

        yield draw
