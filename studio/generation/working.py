"""Whatever waits to be done for a film, by whoever is there: takes to make, pictures to draw, clips to measure.

Any number of processes may do so for one film. Each take is held by one of them at a time; pictures and measures that
two make at once are the same twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from studio.generation import states
from studio.generation.preparing import PreparedTakes, prepare_takes

if TYPE_CHECKING:
    from studio.generation.handle import Handle
    from studio.log import Log
    from studio.log.listening import Listening

AGAIN_S = 600.0  # after so long without news, what could not be done is tried again
LEAST_S = 0.5  # between two looks at the film
SHARE = 4  # times as long as a look took that found nothing to do, so that looking is a small part of it


@dataclass(frozen=True, repr=False)
class Worked:
    """What was done."""

    made: tuple[str, ...] = ()  # labels of takes that were brought to rest with a clip
    prepared: PreparedTakes = field(default_factory=PreparedTakes)
    errors: tuple[str, ...] = ()  # one sentence for each take that did not become a clip, its label first

    def __bool__(self) -> bool:
        return bool(self.made or self.errors or self.prepared)

    def __repr__(self) -> str:
        return "\n".join([*self.said, *self.problems]) or "nothing waits"

    @property
    def said(self) -> tuple[str, ...]:
        """What was done, in words."""
        return (*([f"made: {', '.join(self.made)}"] if self.made else ()), *self.prepared.said)

    @property
    def problems(self) -> tuple[str, ...]:
        """One sentence for each take that came to nothing."""
        return self.errors + self.prepared.errors


def work(
    log: Log,
    folder: Path,
    resume: Callable[[], Handle],
    workers: int | None = None,
    dask: str = "",
    progress: bool | Callable[[int, int], object] = True,
) -> Worked:
    """Do all that waits now; takes and pictures at the same time. `resume` begins the takes."""
    making = resume()
    prepared = prepare_takes(log, folder, None, workers, dask, progress)
    made = making.wait()
    return Worked(tuple(take.label for take in made), prepared, making.errors)


def follow(
    log: Log, folder: Path, resume: Callable[[], Handle], workers: int | None = None, dask: str = ""
) -> Iterator[Worked]:
    """The same, and go on whenever somebody writes: what was done, each time that anything was. It ends by itself only
    when the log is closed.

    What could not be done is left alone until there is something new to do, or nothing was heard for ten minutes.
    """
    from studio.media.workers import cluster

    with cluster(folder, dask):  # a wrong address is told now, not when there is work
        pass
    begun: set[str] = set()  # ids of takes that are being made, here or by others
    failed: set[str] = set()  # labels of takes that could not be prepared
    away: tuple[str, ...] = ()
    making: list[Handle] = []
    with log.listening() as news:
        while log.is_open:
            began = time.monotonic()
            waiting = {take.id for take in log.takes_in(states.UNFINISHED)}
            rested, begun, new = begun - waiting, waiting, waiting - begun
            if new:
                making.append(resume())
                making[-1].on_change(lambda progress: news.wake())  # the last is written before the handle knows it
            prepared = prepare_takes(log, folder, None, workers, dask, False, failed)
            failed |= set(prepared.failed)
            ended = [handle for handle in making if handle.finished]
            for handle in ended:
                handle.wait()  # raises what stopped them all: a full disk
            done = Worked(
                _made(log, rested),
                prepared if prepared.away != away else replace(prepared, away=()),
                tuple(dict.fromkeys(said for handle in ended for said in handle.errors)),
            )
            away, making = prepared.away, [handle for handle in making if handle not in ended]
            if done:
                yield done
            rest = LEAST_S if done else max(LEAST_S, SHARE * (time.monotonic() - began))
            if not news.wait(AGAIN_S):
                begun, failed = set(), set()
            _rest(log, news, rest)


def _made(log: Log, rested: Collection[str]) -> tuple[str, ...]:
    """The labels of those of these takes that have a clip now."""
    found = log.standing_of(sorted(rested)) if rested else {}
    return tuple(sorted(log.take(id).label for id, (state, *_) in found.items() if state == "done"))


def _rest(log: Log, news: Listening, seconds: float) -> None:
    """Hear, and do nothing about it yet: all of it is looked at afterwards."""
    until = time.monotonic() + seconds
    while log.is_open and (left := until - time.monotonic()) > 0:
        news.wait(left)
