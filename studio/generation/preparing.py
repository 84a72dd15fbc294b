"""What a film shows of its takes is made where it is missing: poster, strip and proxy, and what is seen in the clip.

They come with a take's clip. They are missing where a clip was brought back from elsewhere, where its pictures were
deleted, or where it was looked at by an older method.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.errors import StoreError
from studio.generation import measurer
from studio.generation.measuring import bar, keep, labels_of, methods, not_done

if TYPE_CHECKING:
    from studio.log import Log
    from studio.log.looked import ToMeasure
    from studio.media import Library
    from studio.media.workers import Answer, Workers

LEFT = ("*.posters.jpg", "*.strips.jpg", "*.proxies.mp4")  # what ingests that were killed left in media/tmp


@dataclass(frozen=True, repr=False)
class PreparedTakes:
    """What a call of `film.prepare` did."""

    pictures: tuple[str, ...] = ()  # labels whose poster, strip and proxy were made
    measured: tuple[str, ...] = ()  # labels whose clips were looked at
    away: tuple[str, ...] = ()  # labels that lack something, and whose clips are not here
    failed: tuple[str, ...] = ()  # labels that came to nothing
    errors: tuple[str, ...] = ()  # one sentence for each of these, its label first
    seconds: float = 0.0

    def __bool__(self) -> bool:
        return bool(self.pictures or self.measured or self.away or self.errors)

    def __repr__(self) -> str:
        return "\n".join([*self.said, *self.errors]) or "nothing is left to prepare"

    @property
    def said(self) -> tuple[str, ...]:
        """What was done, and what waits for its clips, in words."""
        lines = [f"made the pictures of {_takes(self.pictures)}"] if self.pictures else []
        lines += [f"measured {_takes(self.measured)}"] if self.measured else []
        said = [f"{' and '.join(lines)} in {self.seconds:.1f} s"] if lines else []
        if self.away:
            wait, them = ("waits for its clip", "it") if len(self.away) == 1 else ("wait for their clips", "them")
            said.append(f"{_takes(self.away)} {wait}: film.missing() says which, film.relink(…) brings {them} back")
        return tuple(said)


def _takes(labels: Sequence[str]) -> str:
    return f"{len(labels)} take{'' if len(labels) == 1 else 's'}"


@dataclass(frozen=True)
class _Lacking:
    """A take that lacks something."""

    each: ToMeasure
    pictures: bool  # one of the three
    look: bool


def prepare_takes(
    log: Log,
    folder: Path,
    takes: str | Collection[str] | None = None,
    workers: int | None = None,
    dask: str = "",
    progress: bool | Callable[[int, int], object] = True,
    without: Collection[str] = (),
) -> PreparedTakes:
    """Make what is missing of finished takes: all, or these (labels or ids), none whose label is in `without`.

    Each is done for good as soon as it is done, so whatever stops this loses nothing, and calling again goes on.
    `workers`, `dask` and `progress` are as in `measure_takes`. Raises DiskFull and StoreError, which the next take
    would meet as well.
    """
    from studio.media import Library
    from studio.media.files import sweep
    from studio.media.workers import check, cores, hired

    began = time.monotonic()
    check(workers, dask, "preparing")
    library = Library(folder)
    lacking = _lacking(log, library, takes, without)
    here: list[_Lacking] = []
    away: list[_Lacking] = []
    for one in lacking:
        (here if (folder / one.each.file).is_file() else away).append(one)
    done = _Done(log, folder, here)
    if here:
        for pattern in LEFT:
            sweep(library.tmp, pattern)
        count = min(workers or cores(), len(here))
        with hired(folder, count, dask, "preparing") as hands, bar(len(here), progress) as draw:
            for _ in done.by(hands):
                draw(done.count)
    return PreparedTakes(
        tuple(sorted(done.pictures)),
        tuple(sorted(done.measured)),
        tuple(one.each.take.label for one in away),
        tuple(sorted(done.errors)),
        tuple(done.errors[label] for label in sorted(done.errors)),
        time.monotonic() - began,
    )


def _lacking(
    log: Log, library: Library, takes: str | Collection[str] | None, without: Collection[str]
) -> list[_Lacking]:
    from studio.media import name_of

    labels = None if takes is None else labels_of(log, takes, "prepared")
    unseen = {each.take.id for each in log.to_measure(methods(), labels)}
    there = _names(library)
    found = (
        _Lacking(each, name_of(each.file, each.take.label) not in there, each.take.id in unseen)
        for each in log.to_measure({}, labels)
        if each.take.label not in without
    )
    return [one for one in found if one.pictures or one.look]


def _names(library: Library) -> set[str]:
    """The names that all three pictures are there of: lists are read sooner than a hundred thousand takes' files are
    asked for one by one."""
    folders = [path.parent for path in library.pictures("01A-001")]
    listed = (
        {entry.name.rpartition(".")[0] for entry in os.scandir(each)} if each.is_dir() else set() for each in folders
    )
    return set.intersection(*listed)


class _Done:
    """What is done so far."""

    def __init__(self, log: Log, folder: Path, lacking: Sequence[_Lacking]) -> None:
        self._log, self._folder = log, folder
        self._ingest = [one for one in lacking if one.pictures]
        self._look = [one for one in lacking if not one.pictures]
        self.pictures: list[str] = []
        self.measured: list[str] = []
        self.errors: dict[str, str] = {}  # by label
        self.count = 0

    def by(self, hands: Workers) -> Iterator[None]:
        """Do it, a step for each take."""
        for answer in hands.run(measurer.INGEST, map(self._task, self._ingest)):
            self._take(self._ingest[answer.place], answer)
            yield
        for answer in hands.run(measurer.LOOK, (str(self._folder / one.each.file) for one in self._look)):
            self._take(self._look[answer.place], answer)
            yield

    def _task(self, one: _Lacking) -> dict[str, Any]:
        kept = self._log.media(one.each.take.id)
        assert kept is not None  # it is finished
        return {
            "folder": str(self._folder), "file": one.each.file, "sha256": kept.sha256, "label": one.each.take.label
        }  # fmt: skip

    def _take(self, one: _Lacking, answer: Answer) -> None:
        take = one.each.take
        self.count += 1
        if isinstance(answer.error, StoreError):
            raise answer.error
        if answer.error:
            said = not_done(answer.error, Path(one.each.file).name, "prepared")
            self.errors[take.label] = f"{take.label}: {said}"
            return
        if one.pictures:
            self.pictures.append(take.label)
        if one.look:
            keep(self._log, take.id, answer.found, one.each.camera_json)
            self.measured.append(take.label)
