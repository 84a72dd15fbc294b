"""Which colour somebody's things have, in a card's words and in a scene's: hair, eyes, clothes.

A thing counts as a person's only where the words say whose it is: "Nell's brown hair", "her grey coat", "a girl in a
yellow raincoat".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from studio.writing.cards_reading import NOUNS, Person, sentences, somebody_else, word_set

FAMILIES = {
    "red": "red ginger auburn copper crimson scarlet russet maroon burgundy",
    "blond": "blond blonde golden fair flaxen",
    "brown": "brown chestnut brunette",
    "black": "black",
    "dark": "dark",
    "grey": "grey gray silver",
    "white": "white",
    "blue": "blue navy azure teal turquoise",
    "green": "green emerald olive",
    "yellow": "yellow mustard",
    "orange": "orange",
    "pink": "pink",
    "purple": "purple violet lilac",
    "beige": "beige cream tan",
}
COLOURS = {word: family for family, words in FAMILIES.items() for word in words.split()}
ALIKE = {
    frozenset(pair.split())
    for pair in (
        "dark brown", "dark black", "grey white", "white beige",
        "blond yellow", "blond beige", "brown beige", "red orange", "red pink", "blue green",
        "purple pink", "yellow orange",
    )
}  # fmt: skip
# What a person is known by, under one word each.
THINGS = {
    thing: words.split()[0]
    for words in (
        "hair curls curl locks braid braids plait plaits ponytail fringe", "eyes eye", "beard", "moustache mustache",
        "jumper sweater pullover", "jacket", "coat overcoat", "raincoat", "dress gown", "shirt", "blouse", "skirt",
        "trousers pants", "jeans", "hat", "cap", "scarf", "gloves glove", "boots boot", "shoes shoe",
        "trainers sneakers", "socks", "tie", "suit", "cardigan", "hoodie", "uniform", "apron", "glasses spectacles",
        "satchel", "backpack rucksack", "umbrella", "ribbon ribbons", "veil", "belt", "stockings tights",
    )
    for thing in words.split()
}  # fmt: skip
NOUNS_OF_PERSONS = frozenset("|".join(NOUNS.values()).split("|"))
# Where one of these stands before a thing, its colour is not the person's own, or not now.
GUARDS = word_set("once formerly longer not never dyed wig borrowed another other old like unlike turns painted")
WEARS = word_set("with in wearing wears has")
STOPS = WEARS | word_set(", : ( ) is are was were of on at from under over by and a an the her his their my your its")
TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[,.;:!?()\n]")


@dataclass(frozen=True)
class Worn:
    """A thing in the words, with its colours and what else stands before it."""

    thing: str  # of THINGS
    colours: frozenset[str]  # families
    before: tuple[str, ...]  # the words between its owner and it
    words: str  # as written
    owner: str  # "her", "nell's", or whoever wears it: "she", "girl"; ""
    earlier: str  # the sentence up to the owner


def worn(text: str, cast: Sequence[Person] = ()) -> Iterator[Worn]:
    """The things that the words name, each with the colours before it (or after: "her hair is brown") and its owner."""
    for sentence in sentences(text, cast):
        spans = [match.span() for match in TOKEN.finditer(sentence)]
        low = [sentence[start:end].casefold() for start, end in spans]
        for place, token in enumerate(low):
            if token.endswith(("-haired", "-eyed")):
                colour, thing = COLOURS.get(token.split("-")[-2]), "hair" if token.endswith("-haired") else "eyes"
                owner = next((word for word in low[place + 1 : place + 3] if word in NOUNS_OF_PERSONS), "")
                if colour and not GUARDS & set(low[max(0, place - 2) : place]):
                    start, end = spans[place][0], spans[min(place + 1, len(spans) - 1)][1]
                    yield Worn(thing, frozenset({colour}), (), sentence[start:end], owner, sentence[:start])
            elif token in THINGS:
                found = _thing(sentence, spans, low, place)
                if found is not None:
                    yield found


def _thing(sentence: str, spans: list[tuple[int, int]], low: list[str], place: int) -> Worn | None:
    start = place
    while start > 0 and place - start < 4:
        word = low[start - 1]
        joined = word == "and" and start > 1 and low[start - 2] in COLOURS and low[start] in COLOURS
        listed = word == "," and start < place and low[start] in COLOURS  # "her long, brown hair"
        if (word in STOPS and not joined and not listed) or word in THINGS or word.endswith("'s"):
            break
        start -= 1
    before = tuple(low[start:place])
    if GUARDS & set(low[max(0, start - 2) : place]) or (low[place + 1 : place + 2] and low[place + 1] in THINGS):
        return None
    owner, at = "", start
    if start and (low[start - 1] in ("her", "his", "their") or low[start - 1].endswith("'s")):
        owner, at = low[start - 1], start - 1
    else:
        while at > 0 and low[at - 1] in ("a", "an", "the"):
            at -= 1
        if at > 1 and low[at - 1] in WEARS:
            at -= 2
            owner = low[at]
    colours = {COLOURS[word] for word in before if word in COLOURS}
    if "dark" in colours and len(colours) > 1:
        colours.discard("dark")  # dark blue is a blue
    end = place + 1
    after = low[end : end + 3]
    if owner and not colours and after[:1] in (["is"], ["are"]):
        told = after[2:] if after[1:2] == ["now"] else after[1:2]
        colours = {COLOURS[word] for word in told if word in COLOURS}
        end += len(after) if after[1:2] == ["now"] else 2
    words, earlier = sentence[spans[at][0] : spans[min(end, len(spans)) - 1][1]], sentence[: spans[at][0]]
    return Worn(THINGS[low[place]], frozenset(colours), before, words, owner, earlier)


def alike(one: frozenset[str], other: frozenset[str], thing: str) -> bool:
    """Whether two sets of colours can be those of one thing: a dark jacket may be blue, dark hair is not."""
    if "dark" in one | other and thing not in ("hair", "eyes", "beard", "moustache"):
        return True
    return any(a == b or frozenset((a, b)) in ALIKE for a in one for b in other)


def belongs_to(thing: Worn, person: Person) -> bool:
    """Whether the words give a thing to this person and nobody else of the shot."""
    if thing.owner in person.owners:
        return True
    if thing.owner in person.nouns.split("|"):
        return thing.owner != "" and not somebody_else(thing.earlier, person)
    return bool(person.subjects) and bool(re.fullmatch(person.subjects, thing.owner, re.IGNORECASE))
