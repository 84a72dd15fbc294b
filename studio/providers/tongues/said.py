"""What is said, the rows of `data/camera_tongues.toml`, and the words that are left for the prompt.

One rule holds in every tongue: what the data does not say stays words. A move that is said only in part (its speed has
no field, its object has none) is sent as data and its words go along.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from studio import _resources
from studio.camera import AskedMove, Camera, Step
from studio.providers.changes import CAMERA_DATA, Change, Piece

FILE = "data/camera_tongues.toml"


@dataclass(frozen=True)
class Said:
    """A camera in a model's tongue.

    value     the fields of the request and what goes into them, ready for JSON; for a tongue of brackets the text to
              put at the start of the prompt; None where nothing of the camera can be said as data
    words     the camera words that must still go into the prompt; "" where the data says all
    changes   what was left to words, dropped, clamped or snapped; then, as doubts, what the person must be told though
              nothing was: sources that contradict each other, calibration
    """

    value: Any
    words: str
    changes: tuple[Change, ...]

    @property
    def dropped(self) -> tuple[str, ...]:
        """One sentence each for what was left to words, dropped, clamped or snapped."""
        return tuple(change.sentence for change in self.changes if change.kind != "doubt")

    @property
    def notes(self) -> tuple[str, ...]:
        """The sentences of the doubts."""
        return tuple(change.sentence for change in self.changes if change.kind == "doubt")

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """What of it is data, as a short text to be shown; brackets are words, and stand in the prompt."""
        if not isinstance(self.value, Mapping):
            return ()
        shown = (f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in self.value.items())
        return (Piece(CAMERA_DATA, " · ".join(shown)),)


@dataclass(frozen=True)
class Saying:
    """What says a move in a tongue."""

    says: tuple[str, ...]  # the model's own name; several: the first that the service lists
    sign: int = 0  # of the number, where the name is an axis; 0: it takes none
    partly: str = ""  # why it is only part of the move


@dataclass(frozen=True)
class Tongue:
    """A row of the file."""

    name: str
    label: str
    kind: str
    moves: Mapping[str, Saying]  # by the move's id
    source: str
    checked_on: str  # ISO date
    doubts: tuple[str, ...]
    doubted: Mapping[str, str]  # by the model's own name, or its field
    options: Mapping[str, Any]  # what only this kind has: names of fields, limits

    def notes(self, used: Iterable[str]) -> tuple[Change, ...]:
        """What is not established about this tongue, and about those of its names that are used."""
        found = (*self.doubts, *(self.doubted[name] for name in dict.fromkeys(used) if name in self.doubted))
        return tuple(Change("doubt", "camera", sentence) for sentence in found)


@dataclass(frozen=True)
class Placed:
    """A move and where in the camera it stands."""

    index: int  # of its step
    step: Step
    asked: AskedMove

    @property
    def key(self) -> tuple[int, str]:
        """It occurs once in a step."""
        return self.index, self.asked.move

    @property
    def words(self) -> str:
        """As a sentence names it: “slow dolly in on her face”."""
        return f"“{Camera((Step((self.asked,)),)).words()}”"


@cache
def rows() -> Mapping[str, Tongue]:
    """Every tongue by its name, in the order of the file. Read once."""
    found = tomllib.loads(_resources.path(FILE).read_text(encoding="utf-8"))["tongue"]
    return MappingProxyType({row["name"]: _tongue(row) for row in found})


def _tongue(row: dict[str, Any]) -> Tongue:
    named = {key: row[key] for key in ("name", "label", "kind", "source", "checked_on")}
    options = {key: value for key, value in row.items() if key not in (*named, "moves", "doubts", "doubted")}
    return Tongue(
        **named,
        moves=MappingProxyType({move: _saying(value) for move, value in row["moves"].items()}),
        doubts=tuple(row["doubts"]),
        doubted=MappingProxyType(row.get("doubted", {})),
        options=MappingProxyType(options),
    )


def _saying(value: Any) -> Saying:
    fields = value if isinstance(value, dict) else {"says": value}
    says = fields["says"]
    return Saying(**fields | {"says": (says,) if isinstance(says, str) else tuple(says)})


def placed(camera: Camera) -> Iterator[Placed]:
    """Every move of a camera, in order."""
    for index, step in enumerate(camera.steps):
        for asked in step.moves:
            yield Placed(index, step, asked)


def as_words(camera: Camera) -> str:
    """All of it, as it was written where that is known."""
    return camera.text or camera.words()


def words_left(camera: Camera, said: Collection[tuple[int, str]]) -> str:
    """The words of the moves that are not among those `said`, and the unknown words."""
    if not said:
        return as_words(camera)
    left = [
        (index, Step(moves, step.seconds))
        for index, step in enumerate(camera.steps)
        if (moves := tuple(asked for asked in step.moves if (index, asked.move) not in said))
    ]
    words = Camera(tuple(step for _, step in left), camera.unknown).words()
    comes_after = left and left[0][0] > min(index for index, _ in said)
    return f"then {words}" if comes_after else words


def is_still(camera: Camera) -> bool:
    """Whether it surely asks for no movement at all, and says so. Unknown words may be one."""
    moves = [move.asked for move in placed(camera)]
    quiet = all(asked.known.path == "none" or asked.move == "static" for asked in moves)
    return quiet and not camera.unknown and any(asked.move == "static" for asked in moves)


def unsaid(move: Placed, *, strength: bool = False, angle: bool = False, length: bool = False) -> list[str]:
    """What a person said about a move that the tongue says nothing of; True for what it does say."""
    asked = move.asked
    manner = {
        "speed": asked.speed != "normal" and not strength,
        "size": asked.size != 1 and not strength,
        "angle": bool(asked.degrees) and not angle,
        "length": move.step.seconds is not None and not length,
        "object": bool(asked.object),
    }
    return [name for name, is_left in manner.items() if is_left]


def changed(kind: str, sentence: str) -> Change:
    """A change of the camera."""
    return Change(kind, "camera", sentence)


def in_part(tongue: Tongue, move: Placed, reasons: Iterable[str], left: Iterable[str]) -> Change | None:
    """What is told of a move of which only part is said; None where all of it is."""
    manner = " and ".join(left)
    why = "; ".join([*(reason for reason in reasons if reason), *([f"not its {manner}"] if manner else [])])
    if not why:
        return None
    return changed("worded", f"{tongue.label} says {move.words} only in part ({why}), so its words are sent too")


def stays(tongue: Tongue, move: Placed, noun: str) -> Change:
    """What is told of a move that the tongue has nothing for."""
    return changed("worded", f"{tongue.label} has no {noun} for {move.words}: it stays words")
