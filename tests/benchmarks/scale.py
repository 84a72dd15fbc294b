"""Films of 700, 10,000 and 100,000 takes: seconds, memory, and how both grow for each take.

Every row is a process of its own, and the best of several. What a machine is busy with beside it stands in the seconds
of a clock but not in those of the processor, so growth is that of the processor's. Growth of 1 is a cost that each take
adds; well under 1 is a cost that does not depend on the takes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.benchmarks.scale_film import make
from tests.benchmarks.scale_rows import ROWS

SIZES, SMALL = (700, 10_000, 100_000), 60
TIMES = {700: 5, 10_000: 3, 100_000: 2}
BAR = 1.2


@dataclass(frozen=True)
class Line:
    """A row at one number of takes, beside the same row at fewer."""

    what: str
    takes: int
    found: dict[str, Any]
    floor: str
    fewer: tuple[tuple[int, dict[str, Any]], ...]

    def __str__(self) -> str:
        what, found = f"{self.what:42.42} {self.takes:>7,}", self.found
        grown = [f"{self._growth(takes, other, 'cpu'):5.2f}" for takes, other in self.fewer]
        more = [f"{self._growth(takes, other, 'more_mb'):5.2f}" for takes, other in self.fewer if other["more_mb"] >= 1]
        return (
            f"{what} {found['seconds']:9.3f} s {found['cpu']:9.3f} s {found['cpu'] / self.takes * 1e6:8.1f} µs "
            f"{' '.join(grown):11} {found['peak_mb']:6.0f} MB {found['more_mb']:6.0f} MB {' '.join(more):11} "
            f"{self.floor} {found['floor']:.3f} s; {found['said']}"
        )

    def _growth(self, takes: int, other: dict[str, Any], of: str) -> float:
        """Of what a take costs here, over what it costs there."""
        return float(self.found[of] / self.takes / (other[of] / takes))


_NAMES = ("", "takes", "clock", "processor", "a take", "growth from", "peak", "more than", "growth from", "the floor")
_UNDER = ("", "", "", "", "", "700 10,000", "", "idle", "700 10,000", "")
_WIDTHS = (42, -7, -11, -11, -11, 11, -9, -9, 11, 1)
HEAD = "\n".join(
    " ".join(f"{name:{'<' if width > 0 else '>'}{abs(width)}}" for name, width in zip(names, _WIDTHS, strict=True))
    for names in (_NAMES, _UNDER)
)


def run(sizes: tuple[int, ...] = SIZES) -> Iterator[object]:
    """Each size is filled, measured and thrown away before the next."""
    yield HEAD
    before: dict[str, list[tuple[int, dict[str, Any]]]] = {row: [] for row in ROWS}
    for takes in sizes:
        with TemporaryDirectory() as scratch:
            small, folder = Path(scratch, "small"), Path(scratch, "film")
            began = time.perf_counter()
            for place, many in ((small, SMALL), (folder, takes)):
                place.mkdir()
                make(place, many)
            yield f"a film of {takes:,} takes was filled in {time.perf_counter() - began:.0f} s"
            for row, (what, _, floor, _) in ROWS.items():
                found = best(row, small, folder, TIMES.get(takes, 2))
                yield Line(what, takes, found, floor, tuple(before[row]))
                before[row].append((takes, found))


def best(row: str, small: Path, folder: Path, times: int) -> dict[str, Any]:
    """The least of several processes of each: seconds, the processor's, the floor's; and their memory."""
    words = [sys.executable, "-m", "tests.benchmarks.scale_rows", row, str(small), str(folder)]
    every = [json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout) for _ in range(times)]
    return every[0] | {
        name: min(each[name] for each in every) for name in ("seconds", "cpu", "floor", "peak_mb", "more_mb")
    }
