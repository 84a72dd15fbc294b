"""One clause of camera words -> items: which tokens name a move, a speed, a size, degrees, seconds, and which are left.

The longest alias of the vocabulary wins. Fillers and manners may stand between its words ("pan *slowly to the*
left"); where it names no direction, one that comes later in the clause counts ("orbit around the couple *to the
left*").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from typing import Literal

from studio.camera import tokens as t
from studio.camera.asked import LEAST, MOST_DEGREES, MOST_SECONDS, MOST_SIZE
from studio.camera.tokens import Token
from studio.camera.vocabulary import Alias, Move, vocabulary

Kind = Literal["move", "speed", "size", "degrees", "seconds", "from", "not", "filler", "word"]


@dataclass
class Item:
    """A piece of a clause that means one thing.

    value   a move's id, a speed's name, a size against the usual one, degrees, or seconds ("from": of "0–3 s")
    inside  manners between the words of a move: "push *slowly* in"
    """

    kind: Kind
    tokens: list[Token]
    value: str | float | Fraction = ""
    open_words: bool = False
    inside: list[Item] = field(default_factory=list)
    object: str = ""  # of a move: "through the bubble", added by the reader of the whole

    @property
    def raw(self) -> str:
        """As it was written."""
        return " ".join(token.raw for token in self.tokens)

    @property
    def norm(self) -> str:
        """Its first word as it is compared."""
        return self.tokens[0].norm


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


def clause_items(words: list[Token]) -> list[Item]:
    """The items of a clause in order; nothing of it is lost."""
    out: list[Item] = []
    used: set[int] = set()  # directions that an open phrase before them has taken
    i = 0
    while i < len(words):
        if i in used:
            i += 1
            continue
        moved = any(item.kind == "move" for item in out)
        item, width = _move_at(words, i, moved, used) or _measure_at(words, i, out) or _manner_at(words, i) or (None, 1)
        if item is None:
            norm = words[i].norm
            item = Item("not" if norm in t.NOTS else "filler" if norm in t.FILLERS else "word", [words[i]])
        out.append(item)
        i += width
    return list(_denied(out))


def _move_at(words: list[Token], i: int, moved: bool, used: set[int]) -> tuple[Item, int] | None:
    for key in _by_first().get(words[i].norm, ()):
        if moved and key[0] in t.PREPOSITIONS and len(key) == 1:
            continue  # "through" is a move of its own, but not in "dolly in slowly through the door"
        row, alias = aliases()[key]
        end, between = _matches(words, i, key)
        if not end or (alias.alone and not all(_says_how(w) for w in words[:i] + words[end:])):
            continue
        item = Item("move", words[i:end], row.id, alias.open, _manners(between))
        if alias.open:
            _look_for_direction(item, words, end, key, used)
        return item, end - i
    return None


def _look_for_direction(item: Item, words: list[Token], start: int, key: tuple[str, ...], used: set[int]) -> None:
    """Find it in "orbit around the couple to the left": later in the clause, before the next move."""
    for j in range(start, len(words)):
        if words[j].norm in t.TURNS:
            to = j + 2 if [w.norm for w in words[j + 1 : j + 2]] == ["to"] else j  # "from left to right"
            last = to if to < len(words) and words[to].norm in t.TURNS else j
            better = _towards(key, words[last].norm)
            if better:
                item.value, item.open_words = better.id, False
                used.update({j, last})
                return
        if any(_matches(words, j, other)[0] for other in _by_first().get(words[j].norm, ())):
            return


def _towards(key: tuple[str, ...], direction: str) -> Move | None:
    """What an open phrase means with a direction: that phrase's move ("dolly … left"), else its own counterpart."""
    if said := aliases().get((*key, direction)):
        return said[0]
    meant = aliases()[key][0]
    alike = {
        row.id: row
        for row in vocabulary().values()
        if (row.kind, row.path, [*map(abs, row.axes)]) == (meant.kind, meant.path, [*map(abs, meant.axes)])
    }
    for phrase, (row, alias) in aliases().items():
        if row.id in alike and len(phrase) > 1 and phrase[-1] == direction and alias.sense == "camera":
            return row
    return None


def _says_how(word: Token) -> bool:
    """Whether a word may stand beside one that is a move only where it stands alone: "a *slow* crane"."""
    return (
        _may_stand_between(word.norm)
        or word.norm in t.TURNS
        or word.norm in t.LASTING | t.SECONDS | t.DEGREES | t.FULL.keys() | {"turn", "size"}
        or word.raw[0].isdigit()
    )


def _matches(words: list[Token], i: int, key: tuple[str, ...]) -> tuple[int, list[Token]]:
    """Where an alias that begins at i ends, and the manners inside it; 0 where it does not match. Fillers and
    manners may stand between its words: "pan slowly to the left"."""
    j, between = i, []
    loose = not _is_manner(key[0])  # "slow fast motion" is no slow motion
    for n, wanted in enumerate(key):
        while n and loose and j < len(words) and words[j].norm != wanted and _may_stand_between(words[j].norm):
            between.append(words[j])
            j += 1
        if j >= len(words) or words[j].norm != wanted:
            return 0, []
        j += 1
    return j, between


def _may_stand_between(norm: str) -> bool:
    return norm in t.FILLERS or _is_manner(norm)


def _is_manner(norm: str) -> bool:
    return norm in t.SPEED_OF or norm in t.SIZE_OF or norm in t.STRONGER


def _manners(between: list[Token]) -> list[Item]:
    out: list[Item] = []
    i = 0
    while i < len(between):
        item, width = _manner_at(between, i) or (None, 1)
        out += [item] if item else []
        i += width
    return out


def _manner_at(words: list[Token], i: int) -> tuple[Item, int] | None:
    """A speed ("slow", "very fast"), a size ("slightly"), a part of a turn ("a quarter turn")."""
    norm = words[i].norm
    following = words[i + 1].norm if i + 1 < len(words) else ""
    if norm in t.STRONGER and following in t.SPEED_OF:
        speed = t.SPEED_OF[following]
        return Item("speed", words[i : i + 2], t.STRONGER_SPEED.get(speed, speed)), 2
    if norm in t.STRONGER and following in t.SIZE_OF:
        size = t.SIZE_OF[following]
        return Item("size", words[i : i + 2], t.STRONGER_SIZE.get(size, size)), 2
    if norm in t.FULL and following in t.ROUND:
        width = 2 if following in t.ONLY_ROUND else 1  # "half circle": the circle is a move itself
        return Item("degrees", words[i : i + width], t.FULL[norm]), width
    if norm in t.SPEED_OF:
        return Item("speed", words[i : i + 1], t.SPEED_OF[norm]), 1
    if norm in t.SIZE_OF:
        return Item("size", words[i : i + 1], t.SIZE_OF[norm]), 1
    return None


def _measure_at(words: list[Token], i: int, before: list[Item]) -> tuple[Item, int] | None:
    """Seconds ("over 4 seconds", "0–3 s"), degrees ("90°", "360"), a size in numbers ("size 0.7")."""
    if words[i].norm == "size" and (size := _number(words, i + 1)) and LEAST <= size <= MOST_SIZE:
        return Item("size", words[i : i + 2], float(size)), 2
    value = _number(words, i)
    if value is None:
        return None
    unit = words[i + 1].norm if i + 1 < len(words) else ""
    until = _number(words, i + 1)
    if (
        until is not None
        and LEAST <= until - value <= MOST_SECONDS
        and i + 2 < len(words)
        and words[i + 2].norm in t.SECONDS
    ):
        return Item("from", words[i : i + 3], until - value), 3
    if unit in t.SECONDS and LEAST <= value <= MOST_SECONDS:
        if before and before[-1].norm in t.LASTING and before[-1].kind != "move":
            before.pop()
        return Item("seconds", words[i : i + 2], value), 2
    if unit in t.DEGREES and LEAST <= value <= MOST_DEGREES:
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
    """The items with each move that is denied made into words: "no zoom"."""
    denying = False
    for item in items:
        denying = item.kind == "not" or (denying and item.kind in ("filler", "speed", "size", "move"))
        if item.kind == "not" or (denying and item.kind == "move"):
            yield Item("word", item.tokens)
            denying = item.kind == "not"
        else:
            yield item
