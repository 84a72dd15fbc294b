"""How a rendering comes along: frames done, frames a second, and how long it still takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Pace:
    """Where a rendering stands."""

    frames: int  # of the film, done
    of: int  # in all
    per_s: float | None  # frames a second since it began; None: none is done yet
    left_s: float | None  # seconds that the rest takes at that; None: it cannot be told yet

    def __str__(self) -> str:
        if self.left_s is None:
            return f"{self.frames} of {self.of} frames"
        minutes, seconds = divmod(round(self.left_s), 60)
        left = f"{minutes} min {seconds:02d} s" if minutes else f"{seconds} s"
        return f"{self.frames} of {self.of} frames, {left} left"


def paced(tell: Callable[[Pace], None], clock: Callable[[], float] = time.monotonic) -> Callable[[int, int], None]:
    """A progress for `render` that tells the pace: what was in the cache when it began is not counted as work done.

    `film.cut().render(progress=studio.delivery.paced(print))`
    """
    began: list[tuple[float, int]] = []

    def progress(done: int, total: int) -> None:
        now = clock()
        if not began:
            began.append((now, done))
        since, before = began[0]
        per_s = (done - before) / (now - since) if done > before and now > since else None
        left_s = 0.0 if done == total else (total - done) / per_s if per_s else None
        tell(Pace(done, total, per_s, left_s))

    return progress
