"""A clock that nobody has to wait for."""

from __future__ import annotations

import asyncio

from studio.generation.gate import Clock


class Hurried:
    """Time passes only where somebody waits; `waits` says for how long each time."""

    def __init__(self) -> None:
        self.moment = 1000.0
        self.waits: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.moment += seconds
        await asyncio.sleep(0)

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.moment, self.sleep)
