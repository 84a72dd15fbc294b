"""One provider's door, for all takes of an engine: when it says "later", nobody knocks again before."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from studio.errors import StudioError

FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0
LOST_IN_A_ROW = 5  # purchases whose answer was lost: more would be put at risk for nothing


@dataclass(frozen=True)
class Clock:
    """The time, and waiting: a test brings its own."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


def growing_wait_s(tries: int) -> float:
    """Twice as long each time up to a minute, and never the same for two takes (half of it is left to chance)."""
    return float(min(FIRST_WAIT_S * 2.0 ** min(tries, 10), LONGEST_WAIT_S) * random.uniform(0.5, 1.0))


class Gate:
    """Where takes wait while a provider is busy, and are turned back while it takes nothing at all."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until = 0.0  # by the clock: nobody passes before
        self._closed: StudioError | None = None
        self._lost = 0

    async def passed(self) -> None:
        """Wait until it is open. Raises what closed it."""
        while True:
            if self._closed is not None:
                raise self._closed
            left = self._until - self._clock.now()
            if left <= 0:
                return
            await self._clock.sleep(left)

    def hold(self, seconds: float) -> None:
        """Let nobody pass for a while."""
        self._until = max(self._until, self._clock.now() + seconds)

    def close(self, problem: StudioError) -> None:
        """Turn everybody back until it is opened."""
        self._closed = problem

    def open(self) -> None:
        """Somebody asks again: what closed it may be mended."""
        self._closed, self._lost = None, 0

    def heard(self) -> None:
        """A purchase was answered."""
        self._lost = 0

    def lost(self, title: str) -> None:
        """A purchase was not; after several in a row nothing more is put at risk."""
        self._lost += 1
        if self._lost >= LOST_IN_A_ROW:
            self.close(
                StudioError(
                    f"{title} lost {self._lost} answers in a row: nothing more is sent there; look at "
                    "film.money.inbox(), then film.resume() goes on"
                )
            )
