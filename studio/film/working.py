"""The calls of a film that work on many pictures at once, here or on a cluster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from studio import generation

if TYPE_CHECKING:
    from studio.log import Log


class Working:
    """Whatever is missing of the takes' pictures and measures."""

    folder: Path
    log: Log

    def measure(
        self,
        takes: str | Sequence[str] | None = None,
        again: bool = False,
        workers: int | None = None,
        dask: str = "",
        progress: bool | Callable[[int, int], object] = True,
    ) -> generation.MeasuredTakes:
        """Measure every clip that is not, or was by an older method. It may be stopped, and goes on when called again.

        By a process for each core, or so many `workers`, or the Dask cluster of this address ("tcp://10.0.0.5:8786").
        """
        return generation.measure_takes(self.log, self.folder, takes, again, workers, dask, progress)
