"""A screenplay as TOML: scenes with their continuity, and in each its shots.

A shot takes its continuity from its scene, and its style, avoid and authors from the head of the file, wherever it
does not say its own; an empty string says "none".
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from typing import Any

from studio.errors import BadInput
from studio.nouns import Continuity, Scene
from studio.writing.screenplay import (
    AUTHORS,
    CONTINUITY,
    PORTALS,
    WORDS,
    Screenplay,
    ShotText,
    in_story_order,
    shot_text,
)
from studio.writing.text import clean

HEAD = ("style", "avoid", *AUTHORS)  # what a shot takes from the head of the file
TOP_KEYS = ("title", *HEAD, "scene")
SCENE_KEYS = ("number", "title", *CONTINUITY, "shot")
SHOT_KEYS = ("id", *WORDS, *CONTINUITY, *AUTHORS, "marks", "cards")


def read_screenplay(text: str) -> Screenplay:
    """The screenplay in a TOML text.

    Raises `BadInput`, one sentence naming the line, scene or shot: no TOML, an unknown key, a value of the wrong
    kind, a scene or shot given twice, a shot outside its scene, a shot without words, no shots at all.
    """
    try:
        top = tomllib.loads(text.removeprefix("\ufeff"))
    except RecursionError:
        raise BadInput("the screenplay is not TOML: brackets are nested thousands deep") from None
    except ValueError as wrong:  # also a number of thousands of digits
        raise BadInput(
            f"the screenplay is not TOML: {str(wrong)[:1].lower()}{str(wrong)[1:].partition(';')[0]}"
        ) from None
    _known(top, TOP_KEYS, "the head of the screenplay")
    head = {key: _text(top, key, "the head of the screenplay") for key in HEAD if key in top}
    scenes: dict[str, Scene] = {}
    shots: dict[str, ShotText] = {}
    for place, table in enumerate(_tables(top, "scene", "the screenplay"), start=1):
        number = _text(table, "number", f"scene {place} of the file")
        where = f"scene {number}"
        if not re.fullmatch("[0-9]{2}", number):
            raise BadInput(f"scene {place} of the file: {number!r} is no scene number: write two digits, such as 07")
        if number in scenes:
            raise BadInput(f"scene {number} stands twice in the screenplay: give each scene its own number")
        _known(table, SCENE_KEYS, where)
        own = {key: _text(table, key, where) for key in CONTINUITY}
        tidy = Continuity(**{key: clean(value, f"the {key} of {where}") for key, value in own.items()})
        scenes[number] = Scene(number, clean(_text(table, "title", where), f"the title of {where}"), tidy)
        for row in _tables(table, "shot", where):
            shot = _shot(row, number, {**head, **own})
            if shot.shot in shots:
                raise BadInput(f"shot {shot.shot} stands twice in the screenplay: give each shot its own id")
            shots[shot.shot] = shot
    title = clean(_text(top, "title", "the head of the screenplay"), "the title of the screenplay")
    return in_story_order(title, scenes.values(), shots.values())


def write_screenplay(screenplay: Screenplay) -> str:
    """The TOML that `read_screenplay` reads back as the same value.

    What most shots share (a style, an author) is written once at the head, and a shot's continuity only where it is
    not its scene's, so that the file reads like a screenplay.
    """
    head = {name: Counter(getattr(shot, name) for shot in screenplay.shots).most_common(1)[0][0] for name in HEAD}
    lines = [_line("title", screenplay.title), *(_line(name, value) for name, value in head.items() if value)]
    for scene in screenplay.scenes:
        lines += ["", "[[scene]]", _line("number", scene.number)]
        lines += [_line("title", scene.title)] if scene.title else []
        lines += [_line(name, text) for name in CONTINUITY if (text := getattr(scene.continuity, name))]
        for shot in screenplay.shots:
            if shot.shot[:2] != scene.number:
                continue
            lines += ["", "[[scene.shot]]", _line("id", shot.shot)]
            lines += [_line(name, text) for name in ("scene_text", "camera", *PORTALS) if (text := getattr(shot, name))]
            lines += [_line(name, text) for name in HEAD if (text := getattr(shot, name)) != head[name]]
            for name in CONTINUITY:
                if (text := getattr(shot.continuity, name)) != getattr(scene.continuity, name):
                    lines.append(_line(name, text))
            lists = {"cards": shot.cards, "marks": shot.marks}
            lines += [f"{name} = {json.dumps(of, ensure_ascii=False)}" for name, of in lists.items() if of]
    return "\n".join(lines) + "\n"


def _shot(row: dict[str, Any], scene: str, inherited: dict[str, str]) -> ShotText:
    shot = _text(row, "id", f"a shot of scene {scene}")
    where = f"shot {shot}" if shot else f"a shot of scene {scene}"
    _known(row, SHOT_KEYS, where)
    marks = _list(row, "marks", "words", "short", where)
    cards = _list(row, "cards", "names", "her", where)
    own = {key: _text(row, key, where) for key in (*WORDS, *CONTINUITY, *AUTHORS) if key in row}
    text = shot_text(shot, {**inherited, **own}, marks, where, cards)
    if shot[:2] != scene:
        raise BadInput(
            f"shot {shot} stands in scene {scene}: move it to scene {shot[:2]}, or call it {scene}{shot[2:]}"
        )
    return text


def _line(key: str, text: str) -> str:
    # JSON's escapes are all TOML's too, and clean text holds no DEL, which TOML alone forbids.
    return f"{key} = {json.dumps(text, ensure_ascii=False)}"


def _known(table: dict[str, Any], keys: tuple[str, ...], where: str) -> None:
    for key in table:
        if key not in keys:
            raise BadInput(f"{where}: {key!r} is no key of a screenplay: write one of {', '.join(keys)}")


def _text(table: dict[str, Any], key: str, where: str) -> str:
    value = table.get(key, "")
    if not isinstance(value, str):
        raise BadInput(f"{where}: {key} is {value!r}: write it as text in quotes")
    return value


def _list(table: dict[str, Any], key: str, of: str, example: str, where: str) -> list[str]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise BadInput(f'{where}: {key} is {value!r}: write a list of {of}, such as ["{example}"]')
    return value


def _tables(table: dict[str, Any], key: str, where: str) -> list[dict[str, Any]]:
    rows = table.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadInput(f"{where}: {key!r} is no list of tables: begin each one with [[{key}]]")
    return rows
