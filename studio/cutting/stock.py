"""The takes that a cut can choose from, each with how it looks, read from the log when it is first asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.cutting.checking import source_of
from studio.cutting.ends import UNMARKED, Looks, Marks, looks_of
from studio.errors import BadInput, BadMedia
from studio.media import Library, name_of
from studio.nouns import Source

if TYPE_CHECKING:
    from studio.log import KeptTake, Log

CIRCLED = ("circle",)
CIRCLED_OR_HELD = ("circle", "hold")


@dataclass(frozen=True)
class Candidate:
    """A take that may fill a slot, and what is known for and against it."""

    source: Source
    verdict: str = ""  # "circle", "hold", "ng", ""
    obeyed: str = ""  # "yes", "partly", "no", "static", "unreadable", ""
    marks: Marks = UNMARKED

    @property
    def label(self) -> str:
        """Of the take."""
        return self.source.name


class Stock:
    """The takes of a film. What was read is kept: make a new one for a new question."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._library = Library(log.folder)
        self._looks: dict[str, Looks] = {}  # by the take's id
        self._judged: dict[str, list[KeptTake]] = {}  # by shot

    def of(self, shot: str, verdicts: Collection[str] = CIRCLED, banned: Collection[str] = ()) -> list[Candidate]:
        """The takes of a shot with one of these verdicts, by number, without those banned.

        Takes of a variable frame rate are left out: a slot needs a constant one.
        """
        return [
            found
            for kept in self._of(shot)
            if kept.verdict in verdicts and kept.take.label not in banned
            if (found := _if_constant(kept)) is not None
        ]

    def take(self, label: str) -> Candidate:
        """Any take that has its clip, whatever its verdict. NotFound names the nearest label."""
        take = self._log.take(label)
        kept = self._log.media(take.id)
        if kept is None:
            raise BadInput(f"{take.label} has no clip yet, it is {self._log.state(take.id)}: name a take that is done")
        return candidate_of(kept)

    def looks(self, source: Source) -> Looks | None:
        """How a take looks at its in- and out-points; None for a card."""
        if source.kind != "take":
            return None
        if source.take_id not in self._looks:
            self.look_at([source])
        return self._looks[source.take_id]

    def look_at(self, sources: Iterable[Source]) -> None:
        """Read at once how all of these look, and of no other take: a film has a hundred for each that is in a cut."""
        new = {each.take_id: each for each in sources if each.kind == "take" and each.take_id not in self._looks}
        features = self._log.latest_as("features", lambda event: str(event.data["features"]), new)
        figures = self._log.latest_as("measured", lambda event: str(event.data["figures"]), new)
        for id, source in new.items():
            strip = self._library.strip(name_of(source.file, source.name))
            self._looks[id] = looks_of(source, features.get(id, ""), figures.get(id, ""), strip)

    def _of(self, shot: str) -> list[KeptTake]:
        if shot not in self._judged:
            self._judged[shot] = list(self._log.kept(shot, CIRCLED_OR_HELD))
        return self._judged[shot]


def candidate_of(kept: KeptTake) -> Candidate:
    """A finished take as a candidate. BadMedia where its frames do not come at a constant rate."""
    return Candidate(source_of(kept), kept.verdict, kept.obeyed, Marks(kept.best_in, kept.best_out))


def _if_constant(kept: KeptTake) -> Candidate | None:
    try:
        return candidate_of(kept)
    except BadMedia:
        return None
