"""A screenplay: the words of all shots of a film, as one value that travels as TOML or CSV."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from studio.errors import BadInput
from studio.log import check_person
from studio.nouns import Continuity, Scene, check_shot_id
from studio.writing.cards import check_name
from studio.writing.text import clean
from studio.writing.versions import PARTS


@dataclass(frozen=True)
class ShotText:
    """The words of one shot and who wrote which part ("" where the screenplay does not say)."""

    shot: str  # "07A"
    scene_text: str = ""
    camera: str = ""
    style: str = ""
    avoid: str = ""
    continuity: Continuity = field(default_factory=Continuity)
    scene_author: str = ""
    camera_author: str = ""
    style_author: str = ""
    avoid_author: str = ""
    continuity_author: str = ""
    marks: tuple[str, ...] = ()  # free words to pick shots by, such as "short"
    cards: tuple[str, ...] = ()  # names of the cards that the continuity was worded by
    portal_in: str = ""  # what the camera comes out of, in an endless zoom
    portal_out: str = ""  # what it goes into
    portal_author: str = ""

    @property
    def field_authors(self) -> dict[str, str]:
        """The authors by part, as `next_version` takes them; parts without one are left out."""
        authors = {part: str(getattr(self, field)) for part, (field, _) in PARTS.items()}
        return {part: author for part, author in authors.items() if author}


@dataclass(frozen=True)
class Screenplay:
    """Scenes and the words of their shots, both in story order."""

    title: str
    scenes: tuple[Scene, ...]
    shots: tuple[ShotText, ...]

    @property
    def authors(self) -> tuple[str, ...]:
        """Everybody who wrote a part, in the order of their first words."""
        return tuple(dict.fromkeys(author for shot in self.shots for author in shot.field_authors.values()))


CONTINUITY = ("who", "age", "time", "place")
PORTALS = ("portal_in", "portal_out")
WORDS = ("scene_text", "camera", "style", "avoid", *PORTALS)
AUTHORS = ("scene_author", "camera_author", "style_author", "avoid_author", "continuity_author", "portal_author")
SPOKEN = {name: name.replace("_", " ") for name in (*WORDS, *CONTINUITY, *AUTHORS)}


def shot_text(
    shot: str, words: dict[str, str], marks: Iterable[str], where: str, cards: Iterable[str] = ()
) -> ShotText:
    """A shot out of its cells by name, all clean; `where` ("line 4", "shot 07A") is named in the sentences."""
    try:
        check_shot_id(shot)
    except BadInput as wrong:
        raise BadInput(f"{where}: {wrong}") from None
    tidy = {name: clean(text, f"{where}: the {SPOKEN[name]} of {shot}") for name, text in words.items()}
    if not tidy.get("scene_text") and not tidy.get("camera"):
        raise BadInput(f"{where}: shot {shot} has no words: give it a scene text or a camera")
    for name in AUTHORS:
        if tidy.get(name):
            check_person(tidy[name])
    for mark in (marks := tuple(marks)):
        if not re.fullmatch(r"[\w-]{1,40}", mark):
            raise BadInput(f"{where}: {mark!r} is no mark: write one word, such as short")
    try:
        named = tuple(dict.fromkeys(map(check_name, cards)))
    except BadInput as wrong:
        raise BadInput(f"{where}: {wrong}") from None
    return ShotText(
        shot=shot,
        **{name: tidy.get(name, "") for name in (*WORDS, *AUTHORS)},
        continuity=Continuity(**{name: tidy.get(name, "") for name in CONTINUITY}),
        marks=marks,
        cards=named,
    )


def in_story_order(title: str, scenes: Iterable[Scene], shots: Iterable[ShotText]) -> Screenplay:
    """The screenplay with its scenes and shots sorted; one sentence where there is nothing to film."""
    ordered = tuple(sorted(shots, key=lambda shot: shot.shot))
    if not ordered:
        raise BadInput("the screenplay has no shots: write at least one, such as 01A with its scene text")
    return Screenplay(title, tuple(sorted(scenes, key=lambda scene: scene.number)), ordered)
