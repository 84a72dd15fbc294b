"""Numbers that were given twice, in films that were edited apart: who keeps which, the same wherever it is asked. Pure.

A take's number in its shot, a version of a shot's words, a version of the cut and a sound's number count up on each
machine by itself. What is written once never changes, so a row that has to move tells so by an event `renumbered`,
made from the row alone: each side of a merge writes the very same event, and the two are one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from studio.log.rows import to_json
from studio.nouns import STUDIO

Of = Literal["take", "prompt", "cut", "sound"]
# Takes keep the numbers that people know them by wherever they can. Of words and cuts the highest number is the latest,
# so theirs must also grow with the time of writing.
IN_ORDER: Mapping[str, bool] = {"take": False, "prompt": True, "cut": True, "sound": False}


@dataclass(frozen=True)
class Renumbered:
    """Something that has another number than the one it was written with."""

    of: Of
    id: str
    shot: str  # "" for a cut
    was: int  # the number that it was written with
    now: int
    author: str = ""  # who made it

    def __str__(self) -> str:
        by = f" by {self.author}" if self.author else ""
        match self.of:
            case "take":
                return f"{label_of(self.shot, self.was)}{by} is {label_of(self.shot, self.now)} now"
            case "sound":
                return f"{sound_label(self.shot, self.was)}{by} is {sound_label(self.shot, self.now)} now"
            case "prompt":
                return f"version {self.was} of the words of {self.shot}{by} is version {self.now} now"
        return f"version {self.was} of the cut{by} is version {self.now} now"


@dataclass(frozen=True)
class Moves:
    """The numbers that a row has had, out of its events."""

    was: int  # as it was written
    now: int
    all: frozenset[int]


def moves_of(data: Iterable[tuple[str, str]]) -> dict[str, Moves]:
    """What events `renumbered` say (subject and data as JSON), by the row's id. Numbers only ever grow."""
    found: dict[str, Moves] = {}
    for subject, text in data:
        said = json.loads(text)
        was, now = int(said["was"]), int(said["number"])
        known = found.get(subject)
        had = (known.all if known else frozenset()) | {was, now}
        found[subject] = Moves(min(had), max(had), had)
    return found


def settle(claims: Iterable[tuple[str, int]], of: Of) -> dict[str, int]:
    """The numbers of those rows (id and number) that cannot keep theirs, where they share one row of numbers.

    The earlier id keeps its number; each other one, in the order of ids, gets the next that was never given.
    """
    listed = sorted(claims)
    most = max((number for _, number in listed), default=0)
    given: set[int] = set()
    highest = 0
    moved = {}
    for id, number in listed:
        if number in given or (IN_ORDER[of] and number <= highest):
            most += 1
            moved[id] = number = most
        given.add(number)
        highest = max(highest, number)
    return moved


def event_row(of: Of, row_id: str, shot: str, was: int, number: int, at_us: int) -> dict[str, Any]:
    """The event that tells of a row's new number, every letter of it made from what is told."""
    data = {"of": of, "number": number, "was": was, "shot": shot}
    return {
        "id": _id(row_id, f"{of} {row_id} {was} {number}"),
        "at_us": at_us,
        "author": STUDIO,
        "kind": "renumbered",
        "subject": f"sound:{row_id}" if of == "sound" else row_id,
        "data": to_json(data),
    }


def _id(row_id: str, said: str) -> str:
    """A UUIDv7 with the milliseconds of the row's own, the rest of it from what is said."""
    digits = hashlib.sha256(said.encode()).hexdigest()
    variant = f"{8 | int(digits[3], 16) & 3:x}"
    return f"{row_id[:13]}-7{digits[:3]}-{variant}{digits[4:7]}-{digits[7:19]}"


def label_of(shot: str, n: int) -> str:
    """The label of a take by its number."""
    return f"{shot}-{n:03d}"


def sound_label(shot: str, n: int) -> str:
    """The label of a sound by its number."""
    return f"{shot}-fx{n:02d}"


def file_now(file: str, labels: Iterable[str], now: str) -> str:
    """A file that is named after one of a take's former labels, with the name that it has under its present one."""
    folder, slash, name = file.rpartition("/")
    for label in labels:
        if label != now and name.startswith(label) and name[len(label) : len(label) + 1] in (".", "-", "_"):
            return f"{folder}{slash}{now}{name[len(label) :]}"
    return file
