"""What a scene's words say about persons: who is meant, and how old somebody is.

Plain reading by patterns, on purpose modest: a claim counts only where the words themselves tie it to one person
("she is nine", "a woman in her thirties"), and what may as well be somebody else is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from studio.nouns import Card


def word_set(text: str) -> frozenset[str]:
    """The words of a list written as one line."""
    return frozenset(text.split())


FEMALE = word_set("she her hers girl girls woman lady mother bride wife daughter grandmother sister")
MALE = word_set("he him his boy boys man gentleman father groom husband son grandfather brother")
COMMON = FEMALE | MALE | word_set("they them i me we us")  # names that any sentence may hold
NOUNS = {"f": "girl|woman|lady|bride", "m": "boy|man|gentleman|groom"}  # what a scene may call a person of a card
PRONOUNS = {"f": "she", "m": "he"}
OTHERS = word_set(
    "mother father parents grandmother grandfather sister brother daughter son child baby aunt uncle twin friend "
    "teacher nurse doctor stranger neighbour neighbor waiter waitress passer-by photograph photo portrait picture doll"
)
CROWD = word_set(
    "another other others some no every each old older elderly younger teenagers students children people boys girls "
    "crowd everybody"
)
POSSESSIVES = {"f": "her", "m": "his"}

UNITS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
DECADES = ["twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties"]
NUMBER = rf"(?:[0-9]{{1,3}}|(?:{'|'.join(TENS)})(?:[- ](?:{'|'.join(UNITS)}))?|{'|'.join([*TEENS, *UNITS])})"
PLAIN = rf"(?!(?:one|two|three|four|[1-4])\b){NUMBER}"  # alone it may count other things: "he is two steps behind"
YEARS_OLD = r"(?:[- ]years?[- ]old|[- ]years?[- ]of[- ]age)"
JUST = r"(?:(?:now|just|only|about|almost|nearly|barely|already|still) )?"
ENDS = r"(?=\s*(?:[,)]|$|and\b(?! a half)|now\b|today\b))"


@dataclass(frozen=True)
class Person:
    """A person of a shot as a scene's words can name them."""

    card: Card
    age: int | None
    subjects: str  # a pattern: "she|nell|the girl"; "" where nothing names only this person
    owners: tuple[str, ...]  # "her", "nell's", "girl's"
    nouns: str  # a pattern: "girl|woman", or ""


@dataclass(frozen=True)
class AgeClaim:
    """What a scene says of a person's age."""

    persons: tuple[Person, ...]
    words: str  # as written
    least: int
    most: int


def persons(cards: Sequence[Card], ages: Sequence[int | None]) -> tuple[Person, ...]:
    """The persons of a shot, each with the words that can mean nobody else of them."""
    genders = [_gender(card) for card in cards]
    found = []
    for card, age, gender in zip(cards, ages, genders, strict=True):
        alone = gender != "" and genders.count(gender) == 1 and "" not in genders
        unsure = len(cards) == 1 and not gender
        own = [word for word in (card.name, card.said) if word and word.casefold() not in COMMON]
        subjects = [re.escape(word) for word in own]
        owners = [f"{word.casefold()}'s" for word in own]
        nouns = ""
        for each in (gender,) if alone else ("f", "m") if unsure else ():
            subjects += [PRONOUNS[each]]
            owners += [POSSESSIVES[each]]
        if alone:
            nouns = NOUNS[gender]
            subjects.append(rf"the (?:young |old |little )?(?:{nouns})")
            owners += [f"{noun}'s" for noun in nouns.split("|")]
        found.append(Person(card, age, "|".join(subjects), tuple(owners), nouns))
    return tuple(found)


def sentences(text: str, cast: Sequence[Person] = ()) -> list[str]:
    """The sentences of a text, roughly: what stands between full stops and the like, with straight apostrophes.

    With a cast, without those that bring in somebody else, of whom "her hair" may be said.
    """
    own = word_set(" ".join(f"{person.card.name} {person.card.said}" for person in cast).casefold())
    parts = [part.strip() for part in re.split(r"[.!?;\n]+", text.replace("’", "'")) if part.strip()]
    if not cast:
        return parts
    return [part for part in parts if not (set(re.findall(r"[a-z]+", part.casefold())) & OTHERS) - own]


# --- ages --------------------------------------------------------------------------------------------------------


def age_claims(text: str, cast: Sequence[Person]) -> Iterator[AgeClaim]:
    """Every age that the words give to a person of the shot, or to all of them."""
    for sentence in sentences(text, cast):
        for person in cast:
            yield from _of_one(sentence, person, alone=len(cast) == 1)
        if len(cast) > 1:
            yield from _of_all(sentence, tuple(cast))


def number(words: str) -> int:
    """A number out of digits or words: 42 for "forty-two"."""
    if words.isascii() and words.isdigit():
        return int(words)
    tens, _, unit = words.casefold().replace(" ", "-").partition("-")
    if tens in TENS:
        return 10 * (TENS.index(tens) + 2) + (UNITS.index(unit) + 1 if unit in UNITS else 0)
    return [*UNITS, *TEENS].index(tens) + 1


def _of_one(sentence: str, person: Person, *, alone: bool) -> Iterator[AgeClaim]:
    if person.subjects:
        who = rf"\b(?<!['-])(?:{person.subjects})\b(?!')"
        turns = rf"{who} (?:turns|has (?:just )?turned|is turning) (?P<n>{NUMBER})\b"
        for match in _all(turns, sentence):
            n = number(match["n"])
            yield AgeClaim((person,), match[0], n, n)
        for pattern in (
            rf"{who}(?: is|'s) {JUST}(?P<n>{NUMBER}){YEARS_OLD}",
            rf"{who}(?: is|'s) {JUST}(?P<n>{PLAIN})\b{ENDS}",
            rf"{who},? (?:is )?{JUST}(?:aged|age) (?P<n>{NUMBER})\b",
            rf"{who}, {JUST}(?P<n>{NUMBER})(?:{YEARS_OLD})?,",
            rf"{who} \((?P<n>{NUMBER})\)",
            rf"^(?:aged|at the age of) (?P<n>{NUMBER}),? {who}",
            rf"^{JUST}(?P<n>{NUMBER}){YEARS_OLD},? {who}",
            rf"{who}(?: is|'s) an? (?:[\w-]+ )?(?:{person.nouns or '(?!)'}) (?:of|aged) (?P<n>{PLAIN})\b",
        ):
            for match in _all(pattern, sentence):
                yield _claim(person, match)
    if person.nouns:
        noun = rf"(?P<noun>{person.nouns})"
        for pattern in (
            rf"\b(?P<n>{NUMBER}){YEARS_OLD} (?:[\w-]+ ){{0,2}}?{noun}\b",
            rf"\b{noun},? {JUST}(?:aged|age) (?P<n>{NUMBER})\b",
            rf"\b{noun} of (?P<n>{PLAIN})\b",
            rf"\b{noun},? (?:who is )?{JUST}(?P<n>{NUMBER}){YEARS_OLD}",
        ):
            for match in _all(pattern, sentence):
                if not somebody_else(sentence[: match.start()], person):
                    yield _claim(person, match)
    if alone:
        for match in _all(rf"^(?:aged|at the age of) (?P<n>{NUMBER})\b(?!,? (?:{person.subjects or 'x'}))", sentence):
            yield _claim(person, match)
    for owner in {"her", "his"} & set(person.owners):
        pattern = rf"(?P<who>[\w'-]+)?,? ?\bin {owner} (?P<part>early |mid-? ?|late )?(?P<tens>{'|'.join(DECADES)})\b"
        for match in _all(pattern, sentence):
            noun = (match["who"] or "").casefold()
            known = re.fullmatch(f"{person.subjects}|{person.nouns or 'x'}|is|now|already|still", noun, re.IGNORECASE)
            before = sentence[: match.start()]
            if (noun and not known) or (noun in person.nouns.split("|") and somebody_else(before, person)):
                continue
            start = 10 * (DECADES.index(match["tens"].casefold()) + 2)
            yield AgeClaim((person,), match[0].strip(" ,"), start, start + 9)


def _of_all(sentence: str, cast: tuple[Person, ...]) -> Iterator[AgeClaim]:
    every = r"(?:they are|they're|both(?: are| of them are)?|the two(?: of them)?(?: are)?)"
    for pattern in (
        rf"\b{every},? {JUST}(?:aged )?(?P<n>{NUMBER})[- ]years?[- ]olds?\b",
        rf"\b{every},? {JUST}(?:aged )?(?P<n>{PLAIN})\b{ENDS}",
    ):
        for match in _all(pattern, sentence):
            n = number(match["n"])
            yield AgeClaim(cast, match[0], n, n)
    for match in _all(rf"\bin their (?:early |mid-? ?|late )?(?P<tens>{'|'.join(DECADES)})\b", sentence):
        start = 10 * (DECADES.index(match["tens"].casefold()) + 2)
        yield AgeClaim(cast, match[0], start, start + 9)


def _claim(person: Person, match: re.Match[str]) -> AgeClaim:
    n = number(match["n"])
    return AgeClaim((person,), match[0].strip(" ,"), n, n)


def somebody_else(before: str, person: Person) -> bool:
    """Whether a girl or man comes second in a sentence that has already named the person: then it is another one."""
    named = "|".join(filter(None, (person.subjects, *map(re.escape, person.owners))))
    if named and re.search(rf"\b(?:{named})\b", before, re.IGNORECASE):
        return True
    return bool(CROWD & set(re.findall(r"[a-z]+", before[-60:].casefold())))


def _all(pattern: str, text: str) -> Iterator[re.Match[str]]:
    return re.finditer(pattern, text, re.IGNORECASE)


def _gender(card: Card) -> str:
    for text in (card.said, card.name, card.words):
        words = set(re.findall(r"[a-z]+", text.casefold()))
        female, male = bool(words & FEMALE), bool(words & MALE)
        if female != male:
            return "f" if female else "m"
    return ""
