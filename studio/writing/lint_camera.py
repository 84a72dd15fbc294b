"""What the camera's words are looked over for: moves that fight, a zoom where a dolly is meant, too many moves, a pace
or a direction that is not said, and moves that a model is known to miss."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

from studio.camera import Camera, vocabulary
from studio.camera import tokens as t
from studio.camera.clause import Item, clause_items
from studio.writing.finding import Finding
from studio.writing.lint_rules import Rule, Word, listed, phrase_at, phrases_of, rules, words_of

if TYPE_CHECKING:
    from studio.writing.lint import Limits


@dataclass(frozen=True)
class Said:
    """One thing that camera words say, and where."""

    item: Item
    start: int
    end: int


def said_in(text: str) -> list[Said]:
    """The moves, speeds and times in camera words with the places of their words.

    Letters of a shape that is not compared (ﬁ) are not found again: then the whole text stands for the words.
    """
    found: list[Said] = []
    cursor = 0
    for _, words in t.clauses(t.tokens(text)):
        for item in clause_items(words):
            pattern = r"[\W_]*?".join(re.escape(piece) for piece in item.raw.split())
            match = re.compile(pattern, re.IGNORECASE).search(text, cursor)
            found.append(Said(item, *(match.span() if match else (0, len(text)))))
            cursor = match.end() if match else cursor
    return found


def camera_findings(
    shot: str, text: str, limits: Limits | None, seconds: float | Fraction | None, *, endless: bool
) -> Iterator[Finding]:
    """All that is to be said about these camera words, but for what is denied in them."""
    camera, said = Camera.parse(text), said_in(text)
    moves = [each for each in said if each.item.kind == "move"]
    yield from _together(shot, text, camera, moves)
    zooms = list(zoom_findings(shot, text, "camera", endless=endless))
    yield from zooms
    yield from _many(shot, text, camera, moves)
    if not zooms:
        yield from _open(shot, text, moves)
    yield from _pace(shot, text, camera, said)
    yield from _length(shot, text, camera, said, seconds)
    if limits is not None:
        yield from _misses(shot, text, camera, moves, limits)


# --- at the same time ----------------------------------------------------------------------------------------------


def _together(shot: str, text: str, camera: Camera, moves: list[Said]) -> Iterator[Finding]:
    """Moves of one step that fight, or that make a dolly zoom; of each kind of fight one a step."""
    fight, dolly_zoom = rules()["moves_fight"], rules()["dolly_zoom"]
    for step in camera.steps:
        ids = [asked.move for asked in step.moves]
        for rule, key in ((dolly_zoom, "together"), (fight, "against")):
            for pairing in rule.data[key]:
                pair = next((pair for pair in combinations(ids, 2) if _meets(pair, pairing)), None)
                if pair is None:
                    continue
                spans = _nearest(moves, *pair)
                one, other = (text[each.start : each.end] for each in spans) if spans else map(_words, pair)
                words = text[spans[0].start : spans[1].end] if spans else text
                better = _words(pairing["better"]) if "better" in pairing else ""
                yield rule.finding(shot, words, one=listed([one]), other=listed([other]), better=better)


def _meets(pair: tuple[str, str], pairing: Mapping[str, list[str]]) -> bool:
    def among(move: str, names: list[str], other: str) -> bool:
        any_move = "*" in names and vocabulary()[move].kind == "move" and move != other
        return move in names or any_move

    a, b = pair
    one, other = pairing["one"], pairing["other"]
    return (a in one and among(b, other, a)) or (b in one and among(a, other, b))


def _nearest(moves: list[Said], a: str, b: str) -> tuple[Said, Said] | None:
    """The words of two moves that stand closest together, in the order of the text."""
    both = [(x, y) for x in moves for y in moves if (x.item.value, y.item.value) in ((a, b), (b, a))]
    ordered = [(x, y) for x, y in both if x.end <= y.start]
    return min(ordered, key=lambda pair: pair[1].start - pair[0].end, default=None)


def _words(move: str) -> str:
    return vocabulary()[move].words


# --- a zoom where a dolly is meant ---------------------------------------------------------------------------------


def zoom_findings(shot: str, text: str, about: str, *, endless: bool) -> Iterator[Finding]:
    """“Zoom” beside words of travelling. In a scene's text only where the camera is the one that zooms: a car may."""
    rule = rules()["zoom_for_dolly"]
    travel = phrases_of(rule, "travel") + (phrases_of(rule, "travel_endless") if endless else ())
    words = words_of(text)
    for i, word in enumerate(words):
        if t.base(word.norm) not in rule.data["zoom"] or not _by_camera(words, i, rule, about):
            continue
        start, end, through = _travelling(words, i, rule, travel)
        if end:
            way = "out" if any(each.norm in ("out", "back", "backwards") for each in words[i + 1 : end]) else "in"
            better = rule.data["through" if through else "otherwise"][way]
            yield rule.finding(shot, text[words[start].start : words[end - 1].end], about, better=better)


def _by_camera(words: list[Word], i: int, rule: Rule, about: str) -> bool:
    before = [word.norm for word in words[max(0, i - 2) : i] if word.clause == words[i].clause]
    if before and (before[-1] in rule.data["meant"] or before[-1] in rule.data["others"]):
        return False
    if i + 1 < len(words) and words[i + 1].norm == "lens":
        return False
    return about == "camera" or not before or before[-1] in ("we", "camera", "shot", "and", "then")


def _travelling(words: list[Word], i: int, rule: Rule, travel: tuple[tuple[str, ...], ...]) -> tuple[int, int, bool]:
    """From which word to which (0: not at all) the zoom travels, and whether through something."""
    clause = words[i].clause
    for j in range(i + 1, min(i + 4, len(words))):
        if words[j].clause != clause or words[j].norm in ("and", "then", "while", "as", "with"):
            break
        width = phrase_at(words, j, travel)
        if width:
            return i, j + width, words[j].norm in ("through", "into")
    if i and words[i - 1].clause == clause and t.base(words[i - 1].norm) in rule.data["fly"]:
        return i - 1, i + 1, False
    return i, 0, False


# --- how many, which way, how fast, how long -----------------------------------------------------------------------


def _many(shot: str, text: str, camera: Camera, moves: list[Said]) -> Iterator[Finding]:
    """More moves in one take than the guides allow; what is done in one go counts once."""
    rule = rules()["many_moves"]
    asked = [each.move for step in camera.steps for each in step.moves if each.known.kind == "move"]
    kinds: dict[str, str] = {}
    for move in asked:
        if move != "static":
            kinds.setdefault(next((group[0] for group in rule.data["alike"] if move in group), move), move)
    most = int(rule.data["most"])
    if len(kinds) <= most:
        return
    first_too_many = list(kinds.values())[most]
    places = [each for each in moves if each.item.value in asked]
    start = next((each.start for each in places if each.item.value == first_too_many), 0)
    end = max((each.end for each in places), default=len(text))
    named = ", ".join(map(_words, kinds.values()))
    yield rule.finding(shot, text[start : max(end, start)] or text, count=len(kinds), moves=named, most=most)


def _open(shot: str, text: str, moves: list[Said]) -> Iterator[Finding]:
    for each in moves:
        if each.item.open_words:
            move = str(each.item.value)
            yield rules()["direction_not_said"].finding(
                shot, text[each.start : each.end], move=move, better=_words(move)
            )


def _pace(shot: str, text: str, camera: Camera, said: list[Said]) -> Iterator[Finding]:
    """One finding where the whole camera says nothing of its pace, not even by the name of a move."""
    rule = rules()["speed_not_said"]
    items = [inner for each in said for inner in (each.item, *each.item.inside)]
    if any(item.kind in ("speed", "seconds", "from") for item in items):
        return
    paced: Collection[str] = rule.data["own_pace"]
    asked = {each.move for step in camera.steps for each in step.moving if each.known.kind == "move"}
    if asked.intersection(paced):
        return
    first = next((each for each in said if each.item.kind == "move" and each.item.value in asked), None)
    if first is not None:
        yield rule.finding(shot, text[first.start : first.end])


def _length(
    shot: str, text: str, camera: Camera, said: list[Said], seconds: float | Fraction | None
) -> Iterator[Finding]:
    wanted = sum((step.seconds for step in camera.steps if step.seconds is not None), Fraction(0))
    if seconds is None or float(wanted) <= float(seconds) + 0.05:  # a frame more or less is nothing
        return
    times = [each for each in said if each.item.kind in ("seconds", "from")]
    words = text[times[0].start : times[-1].end] if times else text
    yield rules()["camera_too_long"].finding(
        shot, words or text, wanted=f"{float(wanted):g}", seconds=f"{float(seconds):g}"
    )


# --- what a model misses -------------------------------------------------------------------------------------------


def _misses(shot: str, text: str, camera: Camera, moves: list[Said], limits: Limits) -> Iterator[Finding]:
    """What this film's takes say comes first; then what is written elsewhere."""
    rule = rules()["known_miss"]
    told = camera.asked_move
    asked = [each.move for step in camera.steps for each in step.moves]
    for move, counts in limits.misses.items():
        if move == told or move in asked:
            yield rule.finding(
                shot, _where(text, moves, move), source="measured in this film", title=limits.title, what=counts
            )
    name = f"{limits.provider}/{limits.model}"
    for row in rule.data["miss"]:
        move = next((move for move in asked if move in row["moves"]), "")
        if move and any(fnmatchcase(name, pattern) for pattern in row["models"]):
            words = _where(text, moves, move)
            yield rule.finding(
                shot, words, source=row["source"], checked_on=row["checked_on"], title=limits.title, what=row["what"]
            )


def _where(text: str, moves: list[Said], move: str) -> str:
    found = next((each for each in moves if each.item.value == move), None)
    return text[found.start : found.end] if found else text
