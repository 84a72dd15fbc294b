"""Prompt versions: a new value for every change, each part with its own author."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from studio.errors import BadInput
from studio.given import shown
from studio.nouns import Continuity, Prompt, check_shot_id
from studio.writing.text import clean

if TYPE_CHECKING:
    from studio.camera import Camera

# part of a prompt -> the field that holds its author, and how a sentence calls it
PARTS: dict[str, tuple[str, str]] = {
    "scene_text": ("scene_author", "scene text"),
    "camera": ("camera_author", "camera"),
    "style": ("style_author", "style"),
    "avoid": ("avoid_author", "list of things to avoid"),
    "continuity": ("continuity_author", "continuity"),
    "cards": ("continuity_author", "cards"),
    "portal_in": ("portal_author", "portal in"),
    "portal_out": ("portal_author", "portal out"),
}


def next_version(
    previous: Prompt | None,
    *,
    shot: str,
    author: str,
    now_us: int,
    new_id: str,
    scene_text: str | None = None,
    camera: str | Camera | None = None,
    style: str | None = None,
    avoid: str | None = None,
    continuity: Continuity | Mapping[str, str] | None = None,
    cards: Sequence[str] | None = None,
    portal_in: str | None = None,
    portal_out: str | None = None,
    grid: str = "",
    version: int = 0,
    field_authors: Mapping[str, str] | None = None,
) -> Prompt:
    """The version after `previous` (None: the first). What is not given stays, with its author.

    A part given as "" is emptied and then has no author. `continuity` as a mapping changes the fields it names. A part
    that says what it said before keeps its author; where nothing changes `previous` itself comes back, so that writing
    the same words twice makes one version. `field_authors` names the author of single parts (keys of `PARTS`), for an
    importer; all others are by `author`. `cards` only notes by which cards the continuity was worded (`cards.worded`
    makes their words). `grid` makes the words a cell of a grid of variations, which is nobody's latest version.
    `version` is the new number, 0 for the one after `previous`. `now_us` is the moment in microseconds UTC, `new_id`
    an unused UUIDv7.

    Raises `BadInput` for text that `clean` refuses, an unknown part, a missing author, or a version with neither
    scene text nor camera.
    """
    check_shot_id(shot)
    if previous is not None and previous.shot != shot:
        raise BadInput(f"the version before is of shot {previous.shot}, not of {shot}: words stay with their shot")
    if not author:
        raise BadInput(f"the words of {shot} have no author: say who writes")
    by = dict(field_authors or {})
    for part in by:
        if part not in PARTS:
            raise BadInput(f"{part!r} is no part of a prompt: the parts are {', '.join(PARTS)}")

    old = previous or _blank(shot)
    given: dict[str, Any] = {
        "scene_text": scene_text, "style": style, "avoid": avoid, "portal_in": portal_in, "portal_out": portal_out,
    }  # fmt: skip
    new: dict[str, Any] = {
        part: clean(text, f"the {PARTS[part][1]} of {shot}") for part, text in given.items() if text is not None
    }
    if camera is not None:
        words, as_json = _camera(camera, shot)
        # The same words again are no change, even where a newer vocabulary understands more of them.
        if words != old.camera or not isinstance(camera, str):
            new["camera"], new["camera_json"] = words, as_json
    if continuity is not None:
        new["continuity"] = as_continuity(continuity, old.continuity, shot)
    if cards is not None:
        new["cards"] = tuple(cards)

    changed = {name: value for name, value in new.items() if value != getattr(old, name)}
    if previous is not None and not changed:
        return previous
    if not any(changed.get(part, getattr(old, part)) for part in ("scene_text", "camera")):
        raise BadInput(f"shot {shot} would have no words: give it a scene text or a camera")
    if "camera_json" in changed:
        changed.setdefault("camera", old.camera)  # the same text, put together otherwise: a change of the camera
    for part, (author_field, _) in PARTS.items():
        if part in changed:
            together = [name for name, (field, _) in PARTS.items() if field == author_field]
            empty = not any(_said(changed.get(name, getattr(old, name))) for name in together)
            changed[author_field] = "" if empty else by.get(part) or author
    if previous is None and "camera_json" not in changed:
        changed["camera_json"] = _camera("", shot)[1]
    changed |= {"id": new_id, "version": version or old.version + 1, "author": author, "created_at_us": now_us}
    return dataclasses.replace(old, **changed, grid=grid)


def _said(value: object) -> bool:
    return value not in ("", (), Continuity())


def as_continuity(value: Continuity | Mapping[str, str], previous: Continuity, shot: str) -> Continuity:
    """A continuity with clean fields; a mapping changes only the fields it names."""
    if not isinstance(value, Continuity | Mapping):
        raise BadInput(f"the continuity of {shot} is {shown(value)}: write it by its parts, such as {{'age': 'nine'}}")
    fields = dataclasses.asdict(value) if isinstance(value, Continuity) else dict(value)
    known = [field.name for field in dataclasses.fields(Continuity)]
    for name in fields:
        if name not in known:
            raise BadInput(f"{shown(name)} is no part of the continuity of {shot}: the parts are {', '.join(known)}")
    return dataclasses.replace(
        previous, **{name: clean(text, f"the {name} of {shot}") for name, text in fields.items()}
    )


def _camera(camera: str | Camera, shot: str) -> tuple[str, str]:
    """The camera's words as they were written, and its canonical JSON."""
    from studio.camera import Camera  # the vocabulary is read only when somebody writes a camera

    if isinstance(camera, Camera):
        return clean(camera.text or camera.words(), f"the camera of {shot}"), camera.to_json()
    words = clean(camera, f"the camera of {shot}")
    return words, Camera.parse(words).to_json()


def _blank(shot: str) -> Prompt:
    return Prompt(
        id="", shot=shot, version=0, scene_text="", camera="", camera_json="", style="", avoid="",
        continuity=Continuity(), scene_author="", camera_author="", style_author="", avoid_author="",
        continuity_author="", author="", created_at_us=0,
    )  # fmt: skip
