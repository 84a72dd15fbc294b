"""The edit lists: one module a format, all written from the same cut, all for a folder with `media/` and `song.wav`.

Two writes of one cut are byte-identical: there is no clock and no chance in a list. Frames are never added up; each
time is worked out from whole frames on the film's grid.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from studio.cutting.formats import csv, edl, fcp7, fcpxml, otio
from studio.cutting.formats._shared import ALONE, Lists, Media, in_words, stamps
from studio.cutting.formats.otio import write_bundle
from studio.nouns import Cut

__all__ = ["FORMATS", "REJECTS", "Format", "Lists", "Media", "in_words", "stamps", "write_bundle"]


class Writer(Protocol):
    """A function that makes a list of a cut."""

    def __call__(
        self, cut: Cut, *, folder: Path, prompts: Mapping[str, str] | None = None, lists: Lists = ALONE
    ) -> bytes:
        """See `Format.write`."""


class Format(Protocol):
    """What each module of this package offers."""

    def write(self, cut: Cut, *, folder: Path, prompts: Mapping[str, str] | None = None, lists: Lists = ALONE) -> bytes:
        """The list as a file. `folder` is where it will lie; `prompts` are by take, and left out where None.

        `lists` says which copies stand in for the takes, and what travels with the cut.

        Raises what `studio.cutting.check` raises.
        """

    def limits(self, cut: Cut, lists: Lists = ALONE) -> tuple[str, ...]:
        """One sentence for each thing in this cut that the format cannot carry, or that editors lose."""


# file name in a delivery: module
FORMATS: dict[str, Format] = {
    "film.otio": otio,
    "film.xml": fcp7,
    "film.fcpxml": fcpxml,
    "film.edl": edl,
    "film.csv": csv,
}

# file name in a delivery: writer of the list of `Lists.rejects`
REJECTS: dict[str, Writer] = {"film-rejects.otio": otio.write_rejects, "film-rejects.csv": csv.write_rejects}
