"""Words -> steps. "slow push in, then whip pan right" becomes a slow dolly_in, then a whip_pan_right.

A text is split where its words separate moves in time or at once; in each piece the longest alias of the vocabulary
wins; speeds, sizes, degrees and seconds go to the move they stand beside; what follows a move as "through the
bubble", "on her face" is its object; all that is left is unknown, and is given back as words. A move that is denied
("no zoom") is not asked for, and is unknown too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from typing import Literal

from studio.camera import tokens as t
from studio.camera.asked import SPEEDS, AskedMove, Step
from studio.camera.tokens import Token
from studio.camera.vocabulary import Alias, Move, vocabulary

Kind = Literal["move", "speed", "size", "degrees", "seconds", "from", "not", "filler", "word"]


@dataclass
class Item:
    """A piece of a clause that means one thing."""

    kind: Kind
    tokens: list[Token]
    value: str | float | Fraction = ""
    open_words: bool = False
    inside: list[Item] = field(default_factory=list)  # "push *slowly* in"

    @property
    def raw(self) -> str:
        return " ".join(token.raw for token in self.tokens)

    @property
    def norm(self) -> str:
        return self.tokens[0].norm


@dataclass
class Draft:
    """A move while its manner is still being read."""

    id: str
    speed: str = ""
    size: float = 0.0
    degrees: float = 0.0
    object: str = ""

    def take(self, item: Item) -> bool:
        """Take a manner; False where it does not fit."""
        if item.kind == "speed":
            self.speed = str(item.value)
        elif item.kind == "size":
            self.size = float(item.value)
        elif vocabulary()[self.id].turning_axis:
            self.degrees = float(item.value)
        else:
            return False
        return True

    @property
    def asked(self) -> AskedMove:
        return AskedMove(self.id, self.speed or "normal", self.size or 1.0, self.degrees, self.object)


@dataclass
class StepDraft:
    """A step while it is being read."""

    moves: list[Draft] = field(default_factory=list)
    seconds: Fraction | None = None

    @property
    def has_move(self) -> bool:
        return any(vocabulary()[draft.id].kind == "move" for draft in self.moves)


@cache
def aliases() -> dict[tuple[str, ...], tuple[Move, Alias]]:
    """Every phrase of the vocabulary, as it is compared. (A test shows that no phrase belongs to two moves.)"""
    found: dict[tuple[str, ...], tuple[Move, Alias]] = {}
    for row in vocabulary().values():
        for alias in (Alias(row.words), *row.aliases):
            found.setdefault(t.phrase(alias.words), (row, alias))
    return found


@cache
def _by_first() -> dict[str, list[tuple[str, ...]]]:
    index: dict[str, list[tuple[str, ...]]] = {}
    for key in sorted(aliases(), key=len, reverse=True):
        index.setdefault(key[0], []).append(key)
    return index


def read(text: str) -> tuple[tuple[Step, ...], tuple[str, ...], tuple[str, ...]]:
    """Steps, unknown words, and one sentence for each direction that had to be guessed."""
    clauses = [(joint, _items(words), words) for joint, words in t.clauses(t.tokens(text))]
    if not any(item.kind == "move" for _, items, _ in clauses for item in items):
        phrases = (
            _phrases([Item("filler" if w.norm in t.FILLERS else "word", [w]) for w in words]) for _, _, words in clauses
        )
        return (), tuple(said for found in phrases for said in found), ()
    steps: list[StepDraft] = []
    unknown: list[str] = []
    guessed: list[str] = []
    waiting: list[Item] = []  # manners said before any move
    new_step = True
    for joint, items, _ in clauses:
        has_move = any(item.kind == "move" and vocabulary()[str(item.value)].kind == "move" for item in items)
        new_step |= joint == "then" or (joint == "weak" and has_move and bool(steps) and steps[-1].has_move)
        new_step |= any(item.kind == "from" for item in items) and bool(steps and steps[-1].moves)
        items = _with_objects(items, drafts := {})
        moves = [i for i, item in enumerate(items) if item.kind == "move"]
        if moves and (new_step or not steps):
            steps.append(StepDraft())
            new_step = False
        for i in moves:
            steps[-1].moves.append(drafts[id(items[i])])
            guessed += _guess(items[i])
        if moves:
            for item in waiting:
                _give(item, steps[-1], drafts[id(items[moves[0]])], unknown)
            waiting = []
        for i, item in enumerate(items):
            for within in item.inside:
                _give(within, steps[-1], drafts[id(item)], unknown)
            if item.kind not in ("speed", "size", "degrees", "seconds", "from"):
                continue
            if not steps or (new_step and not moves):
                waiting.append(item)
            else:
                near = drafts[id(items[_beside(i, items, moves)])] if moves else steps[-1].moves[-1]
                _give(item, steps[-1], near, unknown)
        unknown += _phrases(items)
    for item in waiting:
        _give(item, steps[-1], steps[-1].moves[-1], unknown)
    return tuple(_merged(step) for step in steps), tuple(unknown), tuple(guessed)


def _beside(i: int, items: list[Item], moves: list[int]) -> int:
    """Which move a manner belongs to: an adverb to the one before it, an adjective to the one after it."""
    before = [m for m in moves if m < i]
    after = [m for m in moves if m > i]
    adverb = items[i].norm.endswith("ly") or items[i].kind in ("degrees", "seconds")
    return before[-1] if before and (adverb or not after) else after[0]


def _give(item: Item, step: StepDraft, draft: Draft, unknown: list[str]) -> None:
    if item.kind in ("seconds", "from"):
        step.seconds = Fraction(item.value)
    elif not draft.take(item):
        unknown.append(item.raw)


def _guess(item: Item) -> Iterator[str]:
    if item.open_words:
        yield f"“{item.raw}” names no direction: {item.value} is taken"


def _merged(step: StepDraft) -> Step:
    """A move that is named twice at the same time is one move."""
    by_id: dict[str, Draft] = {}
    for draft in step.moves:
        first = by_id.setdefault(draft.id, draft)
        first.speed, first.size = first.speed or draft.speed, first.size or draft.size
        first.degrees, first.object = first.degrees or draft.degrees, first.object or draft.object
    return Step(tuple(draft.asked for draft in by_id.values()), step.seconds)


# --- a clause into items --------------------------------------------------------------------------------------------


def _items(words: list[Token]) -> list[Item]:
    out: list[Item] = []
    used: set[int] = set()  # directions that an open word before them has taken
    i = 0
    while i < len(words):
        if i in used:
            i += 1
            continue
        item, width = _move_at(words, i, used) or _measure_at(words, i, out) or _manner_at(words, i) or (None, 1)
        norm = words[i].norm
        if item is None:
            item = Item("not" if norm in t.NOTS else "filler" if norm in t.FILLERS else "word", [words[i]])
        out.append(item)
        i += width
    return list(_denied(out))


def _move_at(words: list[Token], i: int, used: set[int]) -> tuple[Item, int] | None:
    for key in _by_first().get(words[i].norm, ()):
        end, between = _matches(words, i, key)
        if not end:
            continue
        row, alias = aliases()[key]
        item = Item(
            "move", words[i:end], row.id, alias.open, [m for m in _items_between(between) if m.kind != "filler"]
        )
        if alias.open:
            for j in range(end, len(words)):
                if words[j].norm in t.TURNS and (better := aliases().get((*key, words[j].norm))):
                    item.value, item.open_words = better[0].id, better[1].open
                    used.add(j)
                    break
                if any(_matches(words, j, other)[0] for other in _by_first().get(words[j].norm, ())):
                    break
        return item, end - i
    return None


def _matches(words: list[Token], i: int, key: tuple[str, ...]) -> tuple[int, list[Token]]:
    """Where an alias that begins at i ends, and the manners inside it; 0 where it does not match. Fillers and
    manners may stand between its words: "pan slowly to the left"."""
    j, between = i, []
    for n, wanted in enumerate(key):
        while n and j < len(words) and words[j].norm != wanted and _may_stand_between(words[j].norm):
            between.append(words[j])
            j += 1
        if j >= len(words) or words[j].norm != wanted:
            return 0, []
        j += 1
    return j, between


def _may_stand_between(norm: str) -> bool:
    return norm in t.FILLERS or norm in t.SPEED_OF or norm in t.SIZE_OF or norm in t.STRONGER


def _items_between(between: list[Token]) -> list[Item]:
    out, i = [], 0
    while i < len(between):
        item, width = _manner_at(between, i) or (None, 1)
        out += [item] if item else []
        i += width
    return out


def _manner_at(words: list[Token], i: int) -> tuple[Item, int] | None:
    norm = words[i].norm
    following = words[i + 1].norm if i + 1 < len(words) else ""
    if norm in t.STRONGER and following in (t.SPEED_OF | t.SIZE_OF):
        item = _manner(words[i : i + 2], following)
        item.value = (
            t.FASTER.get(item.value, item.value) if item.kind == "speed" else t.LARGER.get(item.value, item.value)
        )  # type: ignore[call-overload]
        return item, 2
    if norm in t.FULL and following in t.ROUND and norm != "whole":
        whole = following in ("turn", "rotation", "revolution")  # the others are moves themselves
        return Item("degrees", words[i : i + 1 + whole], t.FULL[norm]), 1 + whole
    return (_manner(words[i : i + 1], norm), 1) if norm in t.SPEED_OF or norm in t.SIZE_OF else None


def _manner(words: list[Token], norm: str) -> Item:
    return Item("speed", words, t.SPEED_OF[norm]) if norm in t.SPEED_OF else Item("size", words, t.SIZE_OF[norm])


def _measure_at(words: list[Token], i: int, before: list[Item]) -> tuple[Item, int] | None:
    """Seconds ("over 4 seconds", "0–3 s"), degrees ("90°", "360"), a size in numbers ("size 0.7")."""
    if words[i].norm == "size" and (size := _number(words, i + 1)) and 0 < size <= 10:
        return Item("size", words[i : i + 2], float(size)), 2
    value = _number(words, i)
    if value is None:
        return None
    unit = words[i + 1].norm if i + 1 < len(words) else ""
    until = _number(words, i + 1)
    if until is not None and until > value and i + 2 < len(words) and words[i + 2].norm in t.SECONDS:
        return Item("from", words[i : i + 3], until - value), 3
    if unit in t.SECONDS and value > 0:
        if before and before[-1].norm in t.LASTING and before[-1].kind != "move":
            before.pop()
        return Item("seconds", words[i : i + 2], value), 2
    if unit in t.DEGREES and 0 < value <= 3600:
        return Item("degrees", words[i : i + 2], float(value)), 2
    return (Item("degrees", words[i : i + 1], float(value)), 1) if value in (180, 360) else None


def _number(words: list[Token], i: int) -> Fraction | None:
    if i >= len(words) or not words[i].raw[0].isdigit():
        return None
    try:
        return Fraction(words[i].raw)
    except (ValueError, ZeroDivisionError):  # digits that are no decimal number, 1/0
        return None


def _denied(items: list[Item]) -> Iterator[Item]:
    """ "no zoom": the move and what stands between become words."""
    denying = False
    for item in items:
        denying = item.kind == "not" or (denying and item.kind in ("filler", "speed", "size", "move"))
        if item.kind == "not" or (denying and item.kind == "move"):
            yield Item("word", item.tokens)
            denying = item.kind == "not"
        else:
            yield item


def _with_objects(items: list[Item], drafts: dict[int, Draft]) -> list[Item]:
    """The items without those that are a move's object; a draft for each move, by the id() of its item."""
    out: list[Item] = []
    i = 0
    while i < len(items):
        item = items[i]
        out.append(item)
        i += 1
        if item.kind != "move":
            continue
        draft = drafts[id(item)] = Draft(str(item.value))
        while i < len(items) and items[i].kind in ("speed", "size", "degrees", "seconds", "from"):
            out.append(items[i])
            i += 1
        taking = vocabulary()[draft.id]
        if i < len(items) and (
            items[i].norm in t.PREPOSITIONS | t.DETERMINERS or taking.subject_relative or taking.path == "sustained"
        ):
            end = i
            while end < len(items) and (
                items[end].kind in ("filler", "word") or _is_adjective(items, end, first=end == i)
            ):
                end += 1
            said = _trimmed(items[i:end], head=False)
            if said:
                draft.object = " ".join(word.raw for word in said)
                i += len(said)
    return out


def _is_adjective(items: list[Item], i: int, first: bool) -> bool:
    """Whether a manner is one of the object's words: "the *big* house", not "the girl *slowly*"."""
    return (
        not first
        and items[i].kind in ("speed", "size")
        and not items[i].norm.endswith("ly")
        and i + 1 < len(items)
        and items[i + 1].kind == "word"
    )


def _trimmed(items: list[Item], head: bool = True) -> list[Item]:
    def weightless(item: Item) -> bool:
        return item.kind == "filler" or item.norm in t.PREPOSITIONS

    while items and weightless(items[-1]):
        items = items[:-1]
    while head and items and weightless(items[0]):
        items = items[1:]
    return items


def _phrases(items: Iterable[Item]) -> list[str]:
    """The words that are left over, as they stood together."""
    runs: list[list[Item]] = [[]]
    for item in items:
        if item.kind in ("word", "filler", "not"):
            runs[-1].append(item)
        elif runs[-1]:
            runs.append([])
    return [" ".join(item.raw for item in said) for run in runs if (said := _trimmed(run))]


assert set(SPEEDS) == set(t.SPEED_WORDS)
