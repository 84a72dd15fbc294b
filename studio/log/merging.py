"""Two logs of one film, edited apart, made one: `studio merge OTHER`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from studio.errors import StoreError
from studio.log.aliases import InQuestion
from studio.log.numbering import Renumbered


@dataclass(frozen=True)
class Merged:
    """What a merge did."""

    rows: dict[str, int]  # that are new here, by kind: scene, shot, prompt, request, take, event, cut
    renumbered: tuple[Renumbered, ...] = ()  # what has another number than before this merge, on either side
    in_question: tuple[InQuestion, ...] = ()  # shots whose words were written twice: all that wait for a decision
    elsewhere: tuple[str, ...] = ()  # labels of the takes that another machine works on
    skipped: tuple[str, ...] = ()  # one sentence for each thing that could not be taken in
    backup: str = ""  # a copy of the log as it was before, relative to the film's folder; "" where nothing was new


def merge(folder: Path, other: Path | str = "") -> Merged:
    """Take in what another log of this film has: a film's folder, a database, or a journal; "" what Git brought into
    this film's own journal. The other side is only read."""
    raise StoreError("merging is not there yet")
