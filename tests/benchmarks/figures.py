"""What a benchmark prints, and how CPU time is counted."""

import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A figure beside its peer or floor; `bar` is what DESIGN §5 asks of it."""

    what: str
    ours: str
    peer: str
    ratio: float | None = None
    bar: str = ""

    def __str__(self) -> str:
        ratio = f"{self.ratio:6.2f}×" if self.ratio is not None else " " * 7
        return f"{self.what:44} {self.ours:>22}   beside {self.peer:34} {ratio}   {self.bar}"


def cpu_seconds(act: Callable[[], object]) -> float:
    """Seconds of processor time that a call costs, its child processes included."""

    def used() -> float:
        return sum(
            resource.getrusage(who).ru_utime + resource.getrusage(who).ru_stime
            for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )

    before = used()
    act()
    return used() - before


def best_seconds(act: Callable[[], object], times: int = 5) -> float:
    """The shortest wall time of several calls."""
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        act()
        best = min(best, time.perf_counter() - start)
    return best


def on_one_core() -> None:
    """Keep this process and its children on one core from here on."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
