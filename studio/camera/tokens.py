"""Camera words as tokens: what separates moves, how fast, how far, how long, and which words fill or point.

Everything here is English as directors and prompt guides write it; the names of the moves themselves are data.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Joint = Literal["once", "weak", "then"]  # at the same time · a full stop: depends on what stands on its sides · in time

_DOUBLED = ("pan", "whip", "slip", "drop", "swap", "snap", "jib", "crab", "spin", "dip", "tip", "step", "get")
_PLAIN = (
    "tilt", "roll", "zoom", "dolly", "truck", "slide", "push", "pull", "track", "crane", "boom", "arc", "orbit",
    "circle", "rotate", "turn", "swivel", "yaw", "pitch", "swish", "fly", "rise", "lower", "lift", "descend", "ascend",
    "move", "travel", "go", "glide", "drift", "follow", "lead", "pass", "punch", "crash", "shake", "levitate", "float",
    "sweep", "swing", "creep", "ease", "rack", "focus", "freeze", "ramp", "tumble", "dive", "hover", "revolve", "hold",
    "lock", "pedestal", "elevate", "climb", "sink", "plunge", "bank", "soar", "rush", "back", "reveal", "walk", "run",
    "reverse", "trail", "retreat", "advance", "approach",
)  # fmt: skip


def _forms(verb: str, doubled: bool) -> list[str]:
    stem = verb + verb[-1] if doubled else verb.removesuffix("e") if verb.endswith("e") else verb
    plural = verb + "es" if verb.endswith(("sh", "ss", "ch", "go")) else verb + "s"
    plural = verb[:-1] + "ies" if verb.endswith("ly") else plural
    past = verb[:-1] + "ied" if verb.endswith("ly") else stem + "ed"
    return [plural, stem + "ing", past]


_VERBS = {form: verb for verb in _DOUBLED for form in _forms(verb, True)}
_VERBS |= {form: verb for verb in _PLAIN for form in _forms(verb, False)}
_DIRECTIONS = {
    f"{word}ward{s}": plain
    for s in ("", "s")
    for word, plain in (("left", "left"), ("right", "right"), ("up", "up"), ("down", "down"), ("in", "in"),
                        ("out", "out"), ("for", "forward"), ("back", "back"))
}  # fmt: skip
_SAME = _DIRECTIONS | {"counterclockwise": "anticlockwise", "ccw": "anticlockwise", "cw": "clockwise"}
TURNS = ("left", "right", "up", "down", "clockwise", "anticlockwise")  # may stand far behind an open word

SPEED_WORDS = {
    "slow": "slow slowly gentle gently gradual gradually lazy lazily leisurely calm calmly slower unhurried softly",
    "very slow": "imperceptible imperceptibly glacial glacially barely",
    "normal": "steady steadily smooth smoothly even evenly constant",
    "fast": "fast quick quickly rapid rapidly swift swiftly speedy brisk briskly faster sudden suddenly quicker",
    "very fast": "hyperspeed lightning frantic frantically violent violently breakneck",
}
SIZE_WORDS = {
    0.25: "tiny minimal minimally",
    0.5: "small slight slightly subtle subtly little half short",
    1.5: "big large long far considerable",
    2.0: "huge massive massively extreme enormous dramatic dramatically",
}
SPEED_OF = {word: speed for speed, words in SPEED_WORDS.items() for word in words.split()}
SIZE_OF = {word: size for size, words in SIZE_WORDS.items() for word in words.split()}
STRONGER = frozenset({"very", "extremely", "really", "super", "ultra", "incredibly", "so", "too"})
STRONGER_SPEED = {"slow": "very slow", "fast": "very fast"}
STRONGER_SIZE = {0.5: 0.25, 1.5: 2.0}
FULL = {"quarter": 90.0, "half": 180.0, "full": 360.0, "complete": 360.0}
ONLY_ROUND = frozenset({"turn", "rotation", "revolution"})
ROUND = ONLY_ROUND | frozenset({"circle", "orbit", "arc", "spin", "roll"})


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


FILLERS = _set(
    "the a an to camera cam shot shots is are be being it we our us do does movement motion please also just "
    "there that which"
)
PREPOSITIONS = _set(
    "on onto to toward towards into through around round past over along alongside behind from of across at under "
    "beneath above inside beyond near beside between in down up off out against for by about"
)
DETERMINERS = _set("the a an her his their my our your its this that these those each every two")
NOTS = _set("no not without never dont avoid nor")
LASTING = _set("over for in during within lasting")
SECONDS = _set("s sec secs second seconds")
DEGREES = _set("degree degrees deg °")

_JOINTS: dict[tuple[str, ...], Joint] = {
    ("followed", "by"): "then", ("follow", "by"): "then", ("after", "that"): "then", ("and", "then"): "then",
    ("lead", "into"): "then", ("ending", "with"): "then", ("ending", "in"): "then", ("ending", "on"): "then",
    ("then",): "then", ("before",): "then", ("afterwards",): "then", ("afterward",): "then", ("finally",): "then",
    ("next",): "then", ("at", "the", "same", "time"): "once", ("combined", "with"): "once", ("and",): "once",
    ("with",): "once", ("while",): "once", ("whilst",): "once", ("plus",): "once", ("as",): "once",
    ("simultaneously",): "once", ("meanwhile",): "once",
    (",",): "once", ("+",): "once", ("&",): "once", ("|",): "once",
    (";",): "then", ("→",): "then", ("⇒",): "then", ("->",): "then", ("=>",): "then", (">",): "then",
    (">>",): "then", ("»",): "then", ("]",): "then",
    (".",): "weak", ("!",): "weak", ("?",): "weak", ("\n",): "weak",
}  # fmt: skip
_LONGEST_JOINT = max(map(len, _JOINTS))
_RANK = {"once": 0, "weak": 1, "then": 2}
_TOKEN = re.compile(r"\n|\"[^\"\n]*\"|\d+(?:[./]\d+)?|[^\W\d_]+(?:'[^\W\d_]+)*|->|=>|>>|[^\w\s]")
_QUOTES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u201f": '"'})
_MARKS = frozenset(",+&|;→⇒>»].!?\n°")


@dataclass(frozen=True)
class Token:
    """A word or a mark: as written, and as it is compared (lower case, verbs and directions in their base form)."""

    raw: str
    norm: str


def base(word: str) -> str:
    """A word in the form in which it is compared: "Panning" and "pans" are "pan", "leftwards" is "left"."""
    plain = word.casefold().replace("'", "")
    plain = _SAME.get(plain, plain)
    return _VERBS.get(plain, plain)


def tokens(text: str) -> list[Token]:
    """The words and the marks that mean something, in order. Hyphens, underscores and brackets fall away; what stands
    in double quotes is one word that is never anything else."""
    plain = unicodedata.normalize("NFKC", text).translate(_QUOTES)
    plain = "".join(" " if unicodedata.category(c).startswith("C") and c != "\n" else c for c in plain)
    found = [
        Token(raw, base(raw))
        for raw in _TOKEN.findall(plain)
        if raw[0].isalnum() or (len(raw) > 1 and raw.replace('"', "").strip()) or raw in _MARKS
    ]
    merged: list[Token] = []
    for token in found:
        if token.norm == "clockwise" and merged and merged[-1].norm in ("anti", "counter"):
            merged[-1] = Token(f"{merged[-1].raw} {token.raw}", "anticlockwise")
        elif token.norm == "to" and merged and merged[-1].norm == "next":  # a place, not a time
            merged[-1] = Token(f"{merged[-1].raw} {token.raw}", "beside")
        else:
            merged.append(token)
    return merged


def phrase(words: str) -> tuple[str, ...]:
    """An alias as it is compared."""
    return tuple(token.norm for token in tokens(words))


def clauses(found: list[Token]) -> list[tuple[Joint, list[Token]]]:
    """What stands between separators, each with how it is joined to what came before. In a run of separators (", and
    then") the strongest counts."""
    out: list[tuple[Joint, list[Token]]] = [("once", [])]
    i = 0
    while i < len(found):
        taken = _joint(found, i)
        if taken is None:
            out[-1][1].append(found[i])
            i += 1
            continue
        kind, width = taken
        if out[-1][1]:
            out.append((kind, []))
        elif _RANK[kind] > _RANK[out[-1][0]]:
            out[-1] = (kind, [])
        i += width
    return [(kind, words) for kind, words in out if words]


def _joint(found: list[Token], i: int) -> tuple[Joint, int] | None:
    if i and found[i].norm == "next" and found[i - 1].norm in DETERMINERS:
        return None  # "into the next room"
    for width in range(_LONGEST_JOINT, 0, -1):
        kind = _JOINTS.get(tuple(token.norm for token in found[i : i + width]))
        if kind:
            return kind, width
    return None
