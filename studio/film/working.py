"""The calls of a film that work on many pictures at once, here or on a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from studio import generation

if TYPE_CHECKING:
    from studio.log import Log


class Working:
    """Whatever is missing of the takes, their pictures and their measures."""

    folder: Path
    log: Log

    @property
    def engine(self) -> generation.Engine:
        """Who makes takes."""
        raise NotImplementedError

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

    def prepare(
        self,
        takes: str | Sequence[str] | None = None,
        workers: int | None = None,
        dask: str = "",
        progress: bool | Callable[[int, int], object] = True,
    ) -> generation.PreparedTakes:
        """Make what is missing of finished takes: poster, strip, proxy, and what `measure` sees. It may be stopped, and
        goes on when called again; by whom it is done is said as in `measure`."""
        return generation.prepare_takes(self.log, self.folder, takes, workers, dask, progress)

    def work(
        self,
        workers: int | None = None,
        dask: str = "",
        progress: bool | Callable[[int, int], object] = True,
    ) -> generation.Worked:
        """Do all that waits: takes that are not at rest are gone on with, and what finished ones lack is made."""
        return generation.work(self.log, self.folder, self.engine.resume, workers, dask, progress)

    def follow(self, workers: int | None = None, dask: str = "") -> Iterator[generation.Worked]:
        """The same for as long as it is asked on, whoever writes: ``for done in film.follow(): print(done)``."""
        return generation.follow(self.log, self.folder, self.engine.resume, workers, dask)
