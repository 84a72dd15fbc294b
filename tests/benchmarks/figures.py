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
    return sum(cpu_parts(act))


def cpu_parts(act: Callable[[], object]) -> tuple[float, float]:
    """The same in two parts: of this process, and of those of its children that have ended."""

    def used() -> tuple[float, ...]:
        spent = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return tuple(each.ru_utime + each.ru_stime for each in spent)

    before = used()
    act()
    own, children = (after - first for first, after in zip(before, used(), strict=True))
    return own, children


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
