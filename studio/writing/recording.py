"""Words into the log: a new prompt version, or a whole screenplay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.nouns import Continuity, Prompt, Shot, check_shot_id
from studio.writing.versions import next_version

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from studio.camera import Camera
    from studio.log import Log
    from studio.writing.screenplay import Screenplay


def record(
    log: Log,
    shot: str,
    author: str,
    *,
    scene_text: str | None = None,
    camera: str | Camera | None = None,
    style: str | None = None,
    avoid: str | None = None,
    continuity: Continuity | Mapping[str, str] | None = None,
    cards: Sequence[str] | None = None,
    portal_in: str | None = None,
    portal_out: str | None = None,
    field_authors: Mapping[str, str] | None = None,
    grid: str = "",
) -> Prompt:
    """Write a new version of a shot's words; scene and shot are made where they are new. No change, no version.

    `grid` writes the words of a cell of a grid of variations: the shot's own latest words stay what they are.
    """
    from studio.log import new_id, now_us

    check_shot_id(shot)
    with log.write(author) as w:
        before = w.latest_prompt(shot)  # read inside the transaction: two writers never make the same version
        prompt = next_version(
            before,
            shot=shot,
            author=author,
            now_us=now_us(),
            new_id=new_id(),
            scene_text=scene_text,
            camera=camera,
            style=style,
            avoid=avoid,
            continuity=continuity,
            cards=cards,
            portal_in=portal_in,
            portal_out=portal_out,
            grid=grid,
            version=w.newest_version(shot) + 1,
            field_authors=field_authors,
        )
        if prompt is before:
            return prompt
        w.shot(Shot(shot, shot[:2]))
        w.prompt(prompt)
    return prompt


def record_screenplay(log: Log, screenplay: Screenplay, author: str) -> tuple[Prompt, ...]:
    """Write every shot of a screenplay as a version by its own authors; what is already so stays as it is."""
    with log.write(author) as w:
        for scene in screenplay.scenes:
            w.scene(scene)
    return tuple(
        record(
            log,
            text.shot,
            author,
            scene_text=text.scene_text,
            camera=text.camera,
            style=text.style,
            avoid=text.avoid,
            continuity=text.continuity,
            field_authors=text.field_authors,
        )
        for text in screenplay.shots
    )
