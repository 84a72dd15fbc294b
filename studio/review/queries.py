"""The search over takes: words, "phrases", field:value, each of them to find or, behind a minus, to leave out.

All terms must hold. Text is found whole or in part, without case; the value of a field is whole, where * stands for
anything; a comma means any of. `07A` alone is that shot, `07` that scene, `06A-09A` the shots in between.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from studio.camera import vocabulary
from studio.errors import BadInput
from studio.given import shown, visible
from studio.log.events import OBEYED
from studio.media.flags import KINDS
from studio.nouns import SHOT_ID, VERDICTS

Facts = Mapping[str, Any]  # of one take, as `studio.review.watching.Facts` makes them
Test = Callable[[Facts], bool]

LONGEST = 1000  # characters
NONE = "none"
YES_NO = ("yes", "no")
VERDICT_WORDS = {"circled": "circle", "kept": "circle", "held": "hold", "no good": "ng", "not judged": NONE}
FIELDS = {  # what each is about
    "shot": "07A, or 06A-09A",
    "scene": "07, or 06-09",
    "take": "07A-003",
    "provider": "who made it",
    "model": "gen4.5, or runway/gen4.5",
    "verdict": "circle, hold, ng, none",
    "kept": "yes, no",
    "move": "the move that was asked for: dolly_in",
    "obeyed": "yes, partly, no, static, unreadable, none",
    "reason": "one of its reasons",
    "note": "a part of the note",
    "flag": "black, frozen, …",
    "accident": "yes, no",
    "seen": "yes, no",
    "disagree": "yes, no",
    "folded": "yes, no",
    "author": "who asked for it",
    "grid": "07A-g1",
    "words": "a part of the scene text, the camera or the style",
}
_WORDS = {  # fields whose values are one of these, or "none" where a take may lack it
    "verdict": (*VERDICTS, NONE),
    "obeyed": (*OBEYED, NONE),
    "flag": (*(kind.name for kind in KINDS), NONE),
    **dict.fromkeys(("kept", "accident", "seen", "disagree", "folded"), YES_NO),
}
_PARTS = ("note", "words")  # fields that are searched like text, in part
_SHOTS = re.compile(rf"({SHOT_ID.pattern})(?:-({SHOT_ID.pattern}))?")
_SCENES = re.compile(r"([0-9]{2})(?:-([0-9]{2}))?")
_TOKEN = re.compile(
    r"""(?P<minus>-?)(?:
        (?P<field>[^\W\d]+):(?P<values>(?:"[^"]*(?:"|$)|[^\s,"]+)?(?:,\s*(?:"[^"]*(?:"|$)|[^\s,"]+)?)*)
        |"(?P<phrase>[^"]*)(?:"|$)
        |(?P<word>[^\s"]+))""",
    re.VERBOSE,
)
_VALUE = re.compile(r'"([^"]*)(?:"|$)|([^\s,"]+)')
_EXPRESSION = re.compile(r"[=!<>]=|\w\s*[<>]\s*[\w'\"]|\.(?:str|isin|notna|isna)\b")


class WrongQuery(BadInput):
    """A search that means nothing; the panel shows it at its search field."""

    part = "search"


@dataclass(frozen=True)
class Term:
    """One condition. Without a field its only value is text."""

    field: str
    values: tuple[str, ...]
    excluded: bool = False

    def __str__(self) -> str:
        return "".join(self.chip) if not self.field else ":".join(self.chip)

    @property
    def chip(self) -> tuple[str, str]:
        """The field, behind a minus where it is left out, and the value as it is written."""
        value = ",".join(map(_item, self.values)) if self.field else _text(self.values[0])
        return "-" * self.excluded + self.field, value

    @cached_property
    def test(self) -> Test:
        """Whether a take has it."""
        has = _test(self.field, self.values)
        return (lambda facts: not has(facts)) if self.excluded else has


@dataclass(frozen=True)
class Query:
    """What is searched for. Without terms it finds every take."""

    terms: tuple[Term, ...] = ()

    def __str__(self) -> str:
        return " ".join(map(str, self.terms))

    @property
    def chips(self) -> list[tuple[str, str]]:
        """(field, value) of each term: "" is text, "-" text to leave out, "-shot" a field to leave out."""
        return [term.chip for term in self.terms]

    def asks(self, field: str) -> bool:
        """Whether a term is about this field."""
        return any(term.field == field for term in self.terms)

    def matches(self, facts: Facts) -> bool:
        """Whether a take has all of it."""
        return all(test(facts) for test in self._tests)

    @cached_property
    def _tests(self) -> tuple[Test, ...]:
        return tuple(term.test for term in self.terms)


def parse(text: Any) -> Query:
    """What a person wrote. Raises WrongQuery with one sentence for a field or value that there is none of."""
    if isinstance(text, Query):
        return text
    try:
        written = unicodedata.normalize("NFC", visible(text, "the search", LONGEST, "\t\n"))
    except BadInput as problem:
        raise WrongQuery(str(problem)) from None
    matches = list(_TOKEN.finditer(written))
    if _EXPRESSION.search(" ".join(map(_unquoted, matches))):
        raise WrongQuery(
            f"{shown(written)} is an expression, and the search takes words and field:value: to filter by an "
            'expression write film.dailies(film.takes().query("…"))'
        )
    found = map(_term, matches)
    return Query(tuple(dict.fromkeys(term for term in found if term)))


def plain(text: str) -> str:
    """Text as it is compared: NFC, without case, single blanks."""
    return " ".join(unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold()).split())


def _unquoted(match: re.Match[str]) -> str:
    """What of it a person wrote without quotes."""
    return match["word"] or _VALUE.sub(lambda value: value[2] or '""', match["values"] or "") or '""'


def _term(match: re.Match[str]) -> Term | None:
    excluded, field, word = bool(match["minus"]), match["field"], match["word"]
    if field is not None:
        return _field(field, [" ".join((a or b).split()) for a, b in _VALUE.findall(match["values"])], excluded)
    if word is None:
        phrase = " ".join(match["phrase"].split())
        return Term("", (phrase,), excluded) if phrase else None
    for name, pattern in (("shot", _SHOTS), ("scene", _SCENES)):
        if pattern.fullmatch(word.upper()):
            return _field(name, [word], excluded)
    return Term("", (word,), excluded) if word.strip("-") else None


def _field(written: str, values: list[str], excluded: bool) -> Term:
    field = written.casefold()
    if field not in FIELDS:
        raise WrongQuery(
            f"{shown(written)} is no field of the search{_nearest(field, FIELDS)}: there are {', '.join(FIELDS)}; "
            'words with a colon go into "quotes"'
        )
    values = [value for value in values if value]
    if not values:
        raise WrongQuery(f"{field}: has no value: write {field}: and right behind it {FIELDS[field]}")
    return Term(field, tuple(dict.fromkeys(_value(field, value) for value in values)), excluded)


def _value(field: str, value: str) -> str:
    """As it is kept: an id in its own spelling, a word of the field's list. WrongQuery where it can be none."""
    low = plain(value)
    if field in _WORDS:
        word = VERDICT_WORDS.get(low, low) if field == "verdict" else low
        if word not in _WORDS[field]:
            known = _WORDS[field]
            raise WrongQuery(f"{field}:{value} finds nothing{_nearest(word, known)}: write {_either(known)}")
        return word
    if field == "move":
        return _move(value, low)
    if field == "shot":
        match = _SHOTS.fullmatch(value.upper())
        if not match:
            raise WrongQuery(f"{shown(value)} is no shot: write shot:07A, or shot:06A-09A for those from 06A to 09A")
        return _range(match)
    if field == "scene":
        match = _SCENES.fullmatch("-".join(part.zfill(2) for part in value.split("-")))
        if not match:
            raise WrongQuery(f"{shown(value)} is no scene: write scene:07, or scene:06-09 for those from 06 to 09")
        return _range(match)
    return value


def _range(match: re.Match[str]) -> str:
    first, last = match[1], match[2] or match[1]
    return first if first == last else f"{min(first, last)}-{max(first, last)}"


def _move(value: str, low: str) -> str:
    id = re.sub(r"[\s-]+", "_", low)
    if id == NONE or id in vocabulary():
        return id
    raise WrongQuery(
        f"{shown(value)} is no camera move{_nearest(id, vocabulary())}: write its name, such as move:dolly_in"
    )


def _nearest(word: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(word, known, 1, 0.5)
    return f" (the nearest is {near[0]})" if near else ""


def _either(words: Collection[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} or {last}"


# Written down again: a text is in quotes only where it would be read as something else without them.


def _item(value: str) -> str:
    return f'"{value}"' if re.search(r"[\s,<>=]", value) or _EXPRESSION.search(value) else value


def _text(value: str) -> str:
    match = _TOKEN.fullmatch(value)
    alone = match and match["word"] and not match["minus"] and value.strip("-")
    if alone and _item(value) == value and not _SHOTS.fullmatch(value.upper()) and not _SCENES.fullmatch(value):
        return value
    return f'"{value}"'


# What each condition asks of a take.


def _test(field: str, values: tuple[str, ...]) -> Test:
    if not field or field in _PARTS:
        key, wanted = field or "text", tuple(map(plain, values))
        if field and NONE in wanted:
            return lambda facts: not facts[key] or any(value in facts[key] for value in wanted)
        return lambda facts: any(value in facts[key] for value in wanted)
    if _WORDS.get(field) == YES_NO:
        answers = {value == "yes" for value in values}
        if field == "kept":
            return lambda facts: (facts["verdict"] == "circle") in answers
        return lambda facts: bool(facts[field]) in answers
    if field in ("shot", "scene"):
        return _between([value.split("-") for value in values], 2 if field == "scene" else 4)
    return _any_of(field, values)


def _between(ranges: list[list[str]], length: int) -> Test:
    ends = [(each[0], each[-1]) for each in ranges]
    return lambda facts: any(first <= facts["shot"][:length] <= last for first, last in ends)


def _any_of(field: str, values: tuple[str, ...]) -> Test:
    """One of the take's values is one of these."""
    key = {"move": "moves", "flag": "flags", "reason": "reasons"}.get(field, field)
    exact = {"" if value == NONE else plain(value) for value in values if "*" not in value}
    parts = [re.escape(plain(value)).replace(r"\*", ".*") for value in values if "*" in value]
    pattern = re.compile("|".join(parts)) if parts else None

    def has(facts: Facts) -> bool:
        held = facts[key]
        if isinstance(held, str):
            held = (plain(held), plain(f"{facts['provider']}/{held}")) if field == "model" and held else (plain(held),)
        held = held or ("",)
        return any(each in exact for each in held) or bool(pattern and any(pattern.fullmatch(each) for each in held))

    return has
