"""A happy accident becomes a scene: a new shot that begins with a take's words, and with its first frame."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from studio.errors import BadInput
from studio.nouns import Prompt, Shot, check_shot_id
from studio.writing.versions import next_version

if TYPE_CHECKING:
    from studio.log import Log
    from studio.log.reads import Reads

SCENES = 99  # a shot's id has two digits for its scene


def scene_from(log: Log, take: str, author: str, shot: str = "", scene_text: str | None = None) -> Prompt:
    """The first words of a new shot: those that the take was made from, each part still by who wrote it.

    The shot is the first of the next free scene, or the one given, which must be new. Portals are left out: they belong
    to the place that the take had in the story. `scene_text` stands in place of the take's; an adopted clip has no
    words, so that it needs one. Where the shot came from is kept (`log.origin_of`).
    """
    from studio.log import new_id, now_us

    found = log.take(take)
    if log.media(found.id) is None:
        raise BadInput(f"take {found.label} is {log.state(found.id)}: only a take with a clip can begin a scene")
    words = log.prompt(log.request(found.request_id).prompt_id) if found.request_id else None
    if words is None and not scene_text:
        raise BadInput(
            f"{found.label} was adopted and has no words: give the new scene some, "
            f'film.scene_from("{found.label}", scene_text="…")'
        )
    if shot != "":
        check_shot_id(shot)
    with log.write(author) as writer:
        new = _check_new(writer, shot) if shot else _next_shot(writer)
        id, at_us = new_id(), now_us()
        taken = _of_no_place(words, new) if words else None
        prompt = next_version(taken, shot=new, author=author, now_us=at_us, new_id=id, scene_text=scene_text)
        if prompt is taken:
            prompt = replace(prompt, id=id, version=1, author=author, created_at_us=at_us)
        writer.shot(Shot(new, new[:2]))
        writer.prompt(prompt)
        writer.event("scene.from", f"shot:{new}", {"take": found.id, "shot": new})
    return prompt


def _of_no_place(words: Prompt, shot: str) -> Prompt:
    """The same words, the camera as it was put together, as what a new shot has before its first version."""
    return replace(words, shot=shot, version=0, portal_in="", portal_out="", portal_author="", grid="")


def _next_shot(log: Reads) -> str:
    """The first shot of the scene after the last one; where the story is full, of the first scene that is free."""
    numbers = {int(shot.scene) for shot in log.shots()} | {int(scene.number) for scene in log.scenes()} | {0}
    free = [number for number in range(1, SCENES + 1) if number not in numbers]
    if not free:
        raise BadInput(f"all {SCENES} scenes are taken: name a new shot of one of them, such as shot='07C'")
    return f"{max(numbers) + 1 if max(numbers) < SCENES else free[0]:02d}A"


def _check_new(log: Reads, shot: str) -> str:
    if shot in {each.id for each in log.shots()}:
        raise BadInput(
            f"{shot} is there already: name a shot that is not, or none for the first of the next free scene"
        )
    return shot


def begins_in_words(shot: str, take: str) -> str:
    """What a shot that was begun from a take has, and the call that makes its takes."""
    return (
        f"{shot} begins with the words and the first frame of {take}: "
        f'film.desk("{shot}"), film.generate("{shot}", begins_as="{take}")'
    )
