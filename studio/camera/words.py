"""Words -> steps. "slow push in, then whip pan right" becomes a slow dolly_in, then a whip_pan_right.

A text is split where its words separate moves in time or at once; in each clause the longest alias of the vocabulary
wins; speeds, sizes, degrees and seconds go to the move they stand beside; what follows a move as "through the
bubble", "on her face" is its object; all that is left is unknown, and is given back as words. A move that is denied
("no zoom") is not asked for, and is unknown too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from studio.camera import tokens as t
from studio.camera.asked import AskedMove, Step
from studio.camera.clause import Item, clause_items
from studio.camera.vocabulary import vocabulary

MANNERS = ("speed", "size", "degrees", "seconds", "from")


def read(text: str) -> tuple[tuple[Step, ...], tuple[str, ...], tuple[str, ...]]:
    """Steps, unknown words, and one sentence for each direction that had to be guessed."""
    clauses = t.clauses(t.tokens(text))
    reading = Reading()
    for joint, words in clauses:
        reading.add(joint, clause_items(words))
    if not reading.steps:  # then "slowly" is no manner either: all that was said is words
        said = [
            _phrases([Item("filler" if w.norm in t.FILLERS else "word", [w]) for w in words]) for _, words in clauses
        ]
        return (), tuple(phrase for phrases in said for phrase in phrases), ()
    reading.give_waiting(reading.steps[-1].moves[-1])
    return tuple(step.made() for step in reading.steps), tuple(reading.unknown), tuple(reading.guessed)


@dataclass
class Draft:
    """A move while its manner is still being read."""

    id: str
    object: str = ""
    speed: str = ""
    size: float = 0.0
    degrees: float = 0.0

    def made(self) -> AskedMove:
        """The move as it is asked for."""
        return AskedMove(self.id, self.speed or "normal", self.size or 1.0, self.degrees, self.object)


@dataclass
class StepDraft:
    """A step while it is being read."""

    moves: list[Draft] = field(default_factory=list)
    seconds: Fraction | None = None

    def made(self) -> Step:
        """The step. A move that is named twice at the same time is one move."""
        by_id: dict[str, Draft] = {}
        for draft in self.moves:
            first = by_id.setdefault(draft.id, draft)
            for name in ("object", "speed", "size", "degrees"):
                setattr(first, name, getattr(first, name) or getattr(draft, name))
        return Step(tuple(draft.made() for draft in by_id.values()), self.seconds)


@dataclass
class Reading:
    """What has been understood so far."""

    steps: list[StepDraft] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    guessed: list[str] = field(default_factory=list)
    waiting: list[Item] = field(default_factory=list)  # manners said before the move they are for
    in_time: bool = True  # the next move begins a step

    def add(self, joint: t.Joint, items: list[Item]) -> None:
        """Take the next clause."""
        items = _with_objects(items)
        self.in_time |= joint == "then" or (joint == "weak" and _has_move(items) and self._last_has_move())
        self.in_time |= bool(self.steps) and any(item.kind == "from" for item in items)  # "0–3 s pan, 3–8 s push"
        drafts = {i: Draft(str(item.value), item.object) for i, item in enumerate(items) if item.kind == "move"}
        if drafts:
            if self.in_time:
                self.steps.append(StepDraft())
            self.in_time = False
            self.steps[-1].moves += drafts.values()
            self.give_waiting(next(iter(drafts.values())))
        for i, item in enumerate(items):
            for manner in item.inside:
                self._give(manner, drafts[i])
            if item.open_words:
                self.guessed.append(f"“{item.raw}” names no direction: {item.value} is taken")
            if item.kind in MANNERS:
                if drafts:
                    self._give(item, drafts[_beside(i, item, list(drafts))])
                elif self.in_time:
                    self.waiting.append(item)
                else:  # "dolly in, slowly"
                    self._give(item, self.steps[-1].moves[-1])
        self.unknown += _phrases(items)

    def give_waiting(self, draft: Draft) -> None:
        """What was said before its move, or after all moves."""
        for item in self.waiting:
            self._give(item, draft)
        self.waiting = []

    def _give(self, item: Item, draft: Draft) -> None:
        if item.kind in ("seconds", "from"):
            self.steps[-1].seconds = Fraction(item.value)
        elif item.kind != "degrees" or vocabulary()[draft.id].turning_axis:
            setattr(draft, item.kind, item.value)
        else:
            self.unknown.append(item.raw)

    def _last_has_move(self) -> bool:
        return bool(self.steps) and any(vocabulary()[draft.id].kind == "move" for draft in self.steps[-1].moves)


def _has_move(items: list[Item]) -> bool:
    return any(item.kind == "move" and vocabulary()[str(item.value)].kind == "move" for item in items)


def _beside(i: int, item: Item, moves: list[int]) -> int:
    """Which move a manner belongs to: an adverb to the one before it, an adjective to the one after it."""
    before = [m for m in moves if m < i]
    after = [m for m in moves if m > i]
    behind = item.norm.endswith("ly") or item.kind in ("degrees", "seconds")
    return before[-1] if before and (behind or not after) else after[0]


def _with_objects(items: list[Item]) -> list[Item]:
    """The items, those that are a move's object taken into it."""
    out: list[Item] = []
    i = 0
    while i < len(items):
        item = items[i]
        out.append(item)
        i += 1
        if item.kind != "move":
            continue
        while i < len(items) and items[i].kind in MANNERS:
            out.append(items[i])
            i += 1
        row = vocabulary()[str(item.value)]
        pointing = i < len(items) and items[i].norm in t.PREPOSITIONS | t.DETERMINERS
        if pointing or row.subject_relative or row.path == "sustained":  # "pass through bubbles" needs no article
            end = i
            while end < len(items) and (items[end].kind in ("filler", "word") or (end > i and _describes(items, end))):
                end += 1
            said = _trimmed(items[i:end])
            item.object = " ".join(word.raw for word in said)
            i += len(said)
    return out


def _describes(items: list[Item], i: int) -> bool:
    """Whether a manner is one of an object's words: "the *big* house", but not "the girl *slowly*"."""
    adjective = items[i].kind in ("speed", "size") and not items[i].norm.endswith("ly")
    return adjective and i + 1 < len(items) and items[i + 1].kind == "word"


def _phrases(items: list[Item]) -> list[str]:
    """The words that are left over, as they stood together."""
    runs: list[list[Item]] = [[]]
    for item in items:
        if item.kind in ("word", "filler"):
            runs[-1].append(item)
        else:
            runs.append([])
    kept = (_trimmed(_trimmed(run)[::-1])[::-1] for run in runs)
    said = (" ".join(item.raw for item in run) for run in kept if run)
    return [" ".join(phrase.replace('"', "").split()) for phrase in said]


def quoted(phrase: str) -> str:
    """An unknown phrase as it can be read again: in quotes where it would be read as something else without them."""
    clauses = t.clauses(t.tokens(phrase))
    items = clause_items(clauses[0][1]) if len(clauses) == 1 else []
    plain = all(item.kind in ("word", "filler") for item in items) and _phrases(items) == [phrase]
    return phrase if plain else f'"{phrase}"'


def _trimmed(items: list[Item]) -> list[Item]:
    """Without what has no weight at the end: fillers, prepositions, adjectives of nothing."""
    while items and (items[-1].kind != "word" or items[-1].norm in t.PREPOSITIONS):
        items = items[:-1]
    return items
