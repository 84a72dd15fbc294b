"""`data/lint.toml` as frozen values, and the words of a text with the places where they stand."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

from studio import _resources
from studio.writing.finding import Finding

FILE = "data/lint.toml"
_FIELDS = ("id", "about", "sentence", "reason", "source", "checked_on")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True)
class Rule:
    """One thing to look for."""

    id: str
    about: str  # a part of the prompt, "length", "portals", or "text": each part that is written freely
    sentence: str  # a template
    reason: str
    source: str
    checked_on: str  # ISO date
    data: Mapping[str, Any] = field(default_factory=dict)  # what only this rule needs

    def finding(
        self, shot: str, words: str = "", about: str = "", source: str = "", checked_on: str = "", **fill: object
    ) -> Finding:
        """What it says of one shot. `words` as they are written; `source` is another one than the rule's own, with the
        date that belongs to it."""
        sentence = self.sentence.format(words=_short(words), shot=shot, **fill)
        date = checked_on if source else self.checked_on
        return Finding(self.id, shot, about or self.about, sentence, words, self.reason, source or self.source, date)


@cache
def rules() -> Mapping[str, Rule]:
    """Every rule by its id, in the order of the file. Read once."""
    rows = tomllib.loads(_resources.path(FILE).read_text(encoding="utf-8"))["rule"]
    return MappingProxyType(
        {
            row["id"]: Rule(
                **{name: row[name] for name in _FIELDS},
                data=MappingProxyType({key: value for key, value in row.items() if key not in _FIELDS}),
            )
            for row in rows
        }
    )


@dataclass(frozen=True)
class Word:
    """A word of a text and where it stands."""

    norm: str  # in lower case, without its apostrophe's shape
    start: int
    end: int
    clause: int  # counts up at each mark between words: a comma, a full stop, a dash


def words_of(text: str) -> list[Word]:
    """The words of a text in order; hyphens join two words of one clause."""
    found: list[Word] = []
    clause, before = 0, 0
    for match in _WORD.finditer(text):
        clause += any(mark == "\n" or mark not in " \t-_\"'“”‘’" for mark in text[before : match.start()])
        found.append(Word(match.group().casefold().replace("’", "'"), match.start(), match.end(), clause))
        before = match.end()
    return found


def phrase_at(words: Sequence[Word], i: int, phrases: Sequence[Sequence[str]]) -> int:
    """How many words the longest of these phrases has that stands at place i, within one clause; 0 for none."""
    best = 0
    for phrase in phrases:
        piece = words[i : i + len(phrase)]
        same = len(piece) == len(phrase) and all(a.norm == b for a, b in zip(piece, phrase, strict=True))
        if same and piece[0].clause == piece[-1].clause:
            best = max(best, len(phrase))
    return best


def phrases_of(rule: Rule, name: str) -> tuple[tuple[str, ...], ...]:
    """The phrases of a rule's list, word by word."""
    return tuple(tuple(phrase.split()) for phrase in rule.data[name])


def listed(names: Sequence[str]) -> str:
    """Names as a sentence lists them: “a”, “b” and “c”."""
    quoted = [f"“{_short(name)}”" for name in names]
    return " and ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)


def _short(words: str) -> str:
    plain = " ".join(words.split())
    return plain if len(plain) <= 80 else f"{plain[:79]}…"
