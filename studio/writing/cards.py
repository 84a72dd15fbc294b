"""Cards: a person, a time, a place or a style, worded once and reused to the letter.

A shot that uses cards has their words in its continuity (and style): "She is 17, red hair in a loose braid", so that
an old version always says what was sent. Which cards those were stands beside them, by name.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

from studio.errors import BadInput, NotFound
from studio.given import shown, whole
from studio.nouns import Card, Continuity, Prompt, check_shot_id
from studio.writing.recording import record
from studio.writing.text import clean
from studio.writing.versions import as_continuity

if TYPE_CHECKING:
    from studio.log import Log

Kind = Literal["person", "time", "place", "style"]
KINDS: tuple[Kind, ...] = get_args(Kind)  # in the order in which their words stand
LONGEST_NAME = 40  # characters
YEAR = re.compile(r"(?<![0-9])(1[0-9]{3}|2[01][0-9]{2})(?![0-9])")
SPOKEN = {"her": "she", "him": "he", "them": "they", "us": "we", "me": "I"}  # a name that no sentence begins with
PLURAL = ("they", "we", "you")
VERBS = ("is", "are", "has", "have", "wears", "wear", "carries", "carry")


def check_name(name: str) -> str:
    """The name of a card as it is kept, or one sentence: short, on one line, and without what separates names."""
    tidy = " ".join(clean(name, "the name of a card").split())
    if not tidy:
        raise BadInput('the name of a card is empty: write a word or two, such as "her" or "school corridor"')
    if len(tidy) > LONGEST_NAME:
        raise BadInput(f"the name {shown(tidy)} has {len(tidy)} characters: a card's name has at most {LONGEST_NAME}")
    if any(mark in tidy for mark in ",;"):
        raise BadInput(f"the name {shown(tidy)} holds a comma or semicolon, which separate names: leave it out")
    return tidy


def check_card(name: str, kind: str, words: str, said: str = "", year: int | None = None, avoid: str = "") -> Card:
    """A card with everything in it clean. A time whose name holds one year ("summer 1986") is of that year.

    Raises `BadInput`: no words, an unknown kind, a year for what has none, words to avoid for what is no style.
    """
    name = check_name(name)
    if kind not in KINDS:
        raise BadInput(f"{shown(kind)} is no kind of card: write {', '.join(KINDS[:-1])} or {KINDS[-1]}")
    words, said, avoid = (
        " ".join(clean(text, f"the {what} of the card {name}").split())
        for text, what in ((words, "words"), (said, "spoken name"), (avoid, "words to avoid"))
    )
    if year is not None:
        if kind not in ("person", "time"):
            raise BadInput(f"the card {name} is a {kind}, which has no year: only persons and times have one")
        year = whole(year, f"the year of the card {name}", 1, 9999)
    elif kind == "time" and len(found := YEAR.findall(name)) == 1:
        year = int(found[0])
    if avoid and kind != "style":
        raise BadInput(f"the card {name} is a {kind}, which has no words to avoid: give them to a style")
    if not words and not (kind == "time" and (year or said)):
        raise BadInput(f'the card {name} has no words: write what stays the same, such as "red hair in a loose braid"')
    return Card(name, kind, words, said, year, avoid)


def find_card(cards: Iterable[Card], name: str) -> Card:
    """The card of this name, large or small letters alike; `NotFound` names the nearest."""
    by_name = {card.name.casefold(): card for card in cards}
    wanted = " ".join(name.split()).casefold() if isinstance(name, str) else ""
    if wanted not in by_name:
        near = difflib.get_close_matches(wanted[:LONGEST_NAME], by_name, 1, 0.0)
        hint = f"the nearest is {by_name[near[0]].name}" if near else 'film.cards.person("her", "…") makes the first'
        raise NotFound(f"there is no card {shown(name)}: {hint}")
    return by_name[wanted]


# --- words -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Worded:
    """What a shot says by its cards. `style` and `avoid` are None where no card words them."""

    continuity: Continuity
    style: str | None
    avoid: str | None
    names: tuple[str, ...]  # as the cards spell them: persons, time, places, styles


def worded(cards: Iterable[Card], names: Iterable[str]) -> Worded:
    """The words of the cards of these names, each person's age by the year of the time among them.

    Raises `NotFound` for a name that no card has, `BadInput` for two times.
    """
    there = tuple(cards)
    of = {kind: [card for card in _in_order(there, names) if card.kind == kind] for kind in KINDS}
    if len(of["time"]) > 1:
        first, second = of["time"][:2]
        raise BadInput(f"the cards {first.name} and {second.name} are both times: a shot has one")
    year = of["time"][0].year if of["time"] else None
    avoid = ", ".join(dict.fromkeys(card.avoid for card in of["style"] if card.avoid))
    return Worded(
        Continuity(
            who=" ".join(wording(card, year) for card in of["person"]),
            time="".join(wording(card, year) for card in of["time"]),
            place=join_places(wording(card, year) for card in of["place"]),
        ),
        style=", ".join(card.words for card in of["style"]) if of["style"] else None,
        avoid=avoid or None,
        names=tuple(card.name for kind in KINDS for card in of[kind]),
    )


def wording(card: Card, year: int | None) -> str:
    """How one card is said in a shot of this year: a person as a sentence, all else as a phrase."""
    if card.kind == "style":
        return card.words
    if card.kind == "place":
        return ", ".join(part for part in (card.said, card.words) if part)
    if card.kind == "time":
        when = card.said or ("" if card.year is None or str(card.year) in card.words else str(card.year))
        return ", ".join(part for part in (when, card.words) if part)
    who = card.said or SPOKEN.get(card.name.casefold(), card.name)
    who = who[:1].upper() + who[1:]
    age = age_in(card, year)
    first = card.words.split(" ", 1)[0].casefold()
    if age is None or age < 0:
        said = f"{who} {card.words}" if first in VERBS else f"{who}: {card.words}"
    else:
        last = who.split()[-1].casefold()
        verb = "" if last in ("is", "are") else " am" if who == "I" else " are" if last in PLURAL else " is"
        old = str(age) if age else "less than a year old"
        said = f"{who}{verb} {old}, {card.words}"
    return said if said.endswith((".", "!", "?", "…")) else said + "."


def age_in(person: Card, year: int | None) -> int | None:
    """How old a person is in a year, by the difference of years; negative before the birth, None where one is not
    known."""
    return None if person.kind != "person" or person.year is None or year is None else year - person.year


def join_places(phrases: Iterable[str]) -> str:
    """Several places in one shot, each after the other."""
    return "; ".join(phrase.rstrip(".") for phrase in phrases)


def _in_order(cards: Sequence[Card], names: Iterable[str]) -> list[Card]:
    found = {card.name: card for card in (find_card(cards, name) for name in _listed(names))}
    return sorted(found.values(), key=lambda card: KINDS.index(card.kind))


def _listed(names: Iterable[str]) -> tuple[str, ...]:
    listed = (names,) if isinstance(names, str) else names
    if not isinstance(listed, Iterable) or isinstance(listed, bytes | Mapping):
        raise BadInput(f'{shown(names)} are no cards: write their names, such as ["her", "1986"]')
    return tuple(listed)


# --- into the log ------------------------------------------------------------------------------------------------


def record_card(log: Log, author: str, card: Card) -> Card:
    """Write a card, or a new wording of it; the same wording again writes nothing. Old versions keep their words."""
    with log.write(author) as w:
        there = {old.name.casefold(): old for old in w.cards()}
        old = there.get(card.name.casefold())
        if old is not None:
            if old.kind != card.kind:
                raise BadInput(f"the card {old.name} is a {old.kind} already: give the {card.kind} another name")
            card = replace(card, name=old.name)
            if card == replace(old, author=card.author, at_us=card.at_us):
                return old
        data: dict[str, object] = {
            name: getattr(card, name) for name in ("name", "kind", "words", "said", "year", "avoid")
        }
        event = w.event("card", f"card:{card.name}", data)
    return replace(card, author=event.author, at_us=event.at_us)


def use_cards(log: Log, author: str, where: str, names: Iterable[str] = ()) -> tuple[Prompt, ...]:
    """Word a shot ("07A"), or every shot of a scene ("07"), by cards: a new version of each whose words change.

    The named cards take the place of those of their kind (persons, time, places, styles); other kinds stay as they
    are, but for the ages, which follow the time. Without names the cards that a shot has are worded anew. What was
    written by hand stays where no card words it.
    """
    cards = log.cards()
    named = _in_order(cards, names)

    def after(before: Prompt) -> dict[str, Any]:
        own = [card for name in before.cards if (card := _or_none(cards, name))]
        kinds = {card.kind for card in named or own}
        chosen = [card for card in own if card.kind not in kinds] + (named or own)
        return _parts(before, cards, [card.name for card in chosen], kinds)

    return _record(log, author, where, after)


def drop_cards(log: Log, author: str, where: str, names: Iterable[str]) -> tuple[Prompt, ...]:
    """Take cards away from a shot or from every shot of a scene, and their words with them."""
    cards = log.cards()
    gone = _in_order(cards, names)
    if not gone:
        raise BadInput(f'no card is named: film.cards.drop({shown(where)}, "her") takes one away')
    taken = {card.name for card in gone}

    def after(before: Prompt) -> dict[str, Any]:
        own = [card for name in before.cards if (card := _or_none(cards, name))]
        kinds = {card.kind for card in own if card.name in taken}
        return _parts(before, cards, [card.name for card in own if card.name not in taken], kinds)

    found = _with_words(log, where)
    there = {name for prompt in found for name in prompt.cards}
    for card in gone:
        if card.name not in there:
            has = f"has {', '.join(sorted(there))}" if there else "has no cards"
            raise NotFound(f"{where} does not use the card {card.name}: it {has}")
    return _record(log, author, where, after)


def _parts(before: Prompt, cards: Sequence[Card], names: Iterable[str], kinds: Iterable[str]) -> dict[str, Any]:
    """What `record` is given, where the words of these kinds are to be those of the cards of these names."""
    said = worded(cards, names)
    kinds = set(kinds)
    persons = [card for card in _in_order(cards, said.names) if card.kind == "person"]
    if "time" in kinds and persons:
        kinds.add("person")  # their ages follow it
    continuity: dict[str, str] = {}
    if "person" in kinds:
        continuity["who"] = said.continuity.who
        if any(person.year is not None for person in persons):
            continuity["age"] = ""  # each one's own stands in its sentence
    continuity |= {kind: getattr(said.continuity, kind) for kind in ("time", "place") if kind in kinds}
    parts: dict[str, Any] = {"continuity": continuity, "cards": said.names}
    if "style" in kinds:
        parts["style"] = said.style or ""
        old = [card for name in before.cards if (card := _or_none(cards, name)) and card.kind == "style"]
        if said.avoid is not None or any(card.avoid for card in old):
            parts["avoid"] = said.avoid or ""
    if as_continuity(continuity, before.continuity, before.shot) == before.continuity and before.continuity_author:
        parts["field_authors"] = {"cards": before.continuity_author}  # whose words stay
    return parts


def _record(log: Log, author: str, where: str, after: Any) -> tuple[Prompt, ...]:
    return tuple(record(log, before.shot, author, **after(before)) for before in _with_words(log, where))


def _with_words(log: Log, where: str) -> tuple[Prompt, ...]:
    """The newest words of a shot, or of each shot of a scene that has some."""
    scene = isinstance(where, str) and re.fullmatch("[0-9]{2}", where)
    if not scene:
        log.prompts(check_shot_id(where))  # names the nearest shot, where there is no such one
    found = tuple(prompt for prompt in log.latest_prompts() if where in (prompt.shot, prompt.shot[:2]))
    if not found:
        what, example = (f"scene {where}", f"{where}A") if scene else (f"shot {where}", where)
        raise NotFound(f'{what} has no words yet: film.write("{example}", "…") writes the first')
    return found


def _or_none(cards: Iterable[Card], name: str) -> Card | None:
    try:
        return find_card(cards, name)
    except NotFound:
        return None


def by_name(cards: Iterable[Card], names: Iterable[str]) -> Mapping[str, Card | None]:
    """The card of each name, None where there is none."""
    there = tuple(cards)
    return {name: _or_none(there, name) for name in names}
