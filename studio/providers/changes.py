"""What a person asks of a take, and what becomes of it on the way to a model: pieces of words, and each change.

A change has a kind, a word that people read:

joined    moves in order became one sentence, or one setting for the whole take
worded    a move stays words where the model takes others as data
dropped   it is not sent
snapped   to the nearest that the model makes
clamped   to the least or the most that it takes
added     words that the person did not write
doubt     nothing was changed, and something is not established
said      anything else

and the part that it is about: camera, portals, scene, continuity, style, text (all of them), avoid, length, picture,
rate, seed, first_frame, last_frame, guide, model.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

from studio.camera import Camera
from studio.nouns import Prompt, Request
from studio.writing import compose_parts

CAMERA_DATA = "camera as data"  # the part of a piece that shows what of the camera is sent beside the words


@dataclass(frozen=True)
class Asked:
    """What a person wants of one take, in the film's own terms."""

    prompt: Prompt
    frames: int
    rate: Fraction
    width: int
    height: int
    seed: int
    first_frame: str = ""
    last_frame: str = ""
    guide: str = ""


@dataclass(frozen=True)
class Change:
    """One thing that is not sent as it was asked for, or that a person has to know."""

    kind: str
    part: str
    sentence: str


@dataclass(frozen=True)
class Piece:
    """A run of words of one part. Those that are `sent`, joined by single blanks, are the text of the request."""

    part: str
    text: str
    marks: tuple[int, ...] = ()  # numbers of the changes that are about it
    struck: bool = False  # written by a person, and not sent

    @property
    def sent(self) -> bool:
        """Whether it stands in the text."""
        return not self.struck and self.part != CAMERA_DATA


@dataclass(frozen=True)
class Explained:
    """A request, and how it came about."""

    request: Request
    pieces: tuple[Piece, ...]  # in the order of the text; then what was left out of it, the camera's data, avoid words
    changes: tuple[Change, ...]  # those of the request's `dropped` in its order, and what changed without being dropped
    characters: int  # of the text, as the model counts them
    most_characters: int | None = None  # None: not known
    seed: int | None = None  # as it is sent; None: the model takes none


def camera_of(prompt: Prompt) -> Camera:
    """The camera of a prompt, read from its words where it holds no data."""
    return Camera.from_json(prompt.camera_json) if prompt.camera_json else Camera.parse(prompt.camera)


def pieces_of(prompt: Prompt, order: Sequence[str] = ("camera", "scene", "continuity", "style")) -> tuple[Piece, ...]:
    """The composed words of a prompt, sentence by sentence."""
    return tuple(Piece(part, sentence) for part, sentence in compose_parts(prompt, order))


def told(*changes: Change | None) -> tuple[Change, ...]:
    """Those that there are, each sentence once."""
    found: dict[str, Change] = {}
    for change in changes:
        if change:
            found.setdefault(change.sentence, change)
    return tuple(found.values())


def sentences(changes: Iterable[Change]) -> tuple[str, ...]:
    """What is logged of them: each sentence once, in order."""
    return tuple(dict.fromkeys(change.sentence for change in changes))


def struck_avoid(prompt: Prompt, changes: Iterable[Change]) -> tuple[Piece, ...]:
    """The avoid words where they are not sent."""
    dropped = any((change.kind, change.part) == ("dropped", "avoid") for change in changes)
    return (Piece("avoid", prompt.avoid, struck=True),) if dropped else ()


def cut_after(pieces: Sequence[Piece], characters: int) -> tuple[Piece, ...]:
    """The same where only so many characters of the text are sent: what is left out stands struck after the rest."""
    ends = [end - 1 for end in accumulate(len(piece.text) + 1 for piece in pieces)]
    kept, left = [], []
    for piece, end in zip(pieces, ends, strict=True):
        here = len(piece.text) - max(0, end - characters)
        sent, out = (piece.text[: max(0, here)], piece.text[max(0, here) :].strip())
        kept += [Piece(piece.part, sent)] if sent else []
        left += [Piece(piece.part, out, struck=True)] if out else []
    return (*kept, *left)
