"""Words into the log: a new prompt version, or a whole screenplay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from studio.errors import BadInput, Overtaken
from studio.given import whole
from studio.nouns import Continuity, Prompt, Shot, check_shot_id
from studio.writing.versions import PARTS, next_version

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from studio.camera import Camera
    from studio.log import Log
    from studio.log.reads import Reads
    from studio.writing.screenplay import Screenplay

BLANK: dict[str, object] = dict.fromkeys(PARTS, "") | {"continuity": Continuity(), "cards": ()}


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
    seen: int | None = None,
) -> Prompt:
    """Write a new version of a shot's words; scene and shot are made where they are new. No change, no version.

    `grid` writes the words of a cell of a grid of variations: the shot's own latest words stay what they are. `seen`
    is the version that the writer has before them (0: none): where somebody else has since changed a part that is
    given here to other words, nothing is written and `Overtaken` says who and what.
    """
    from studio.log import new_id, now_us

    check_shot_id(shot)
    if seen is not None:
        whole(seen, "the version that you have before you", 0, 10**9)
    with log.write(author) as w:
        before = w.latest_prompt(shot)  # read inside the transaction: two writers never make the same version
        if seen is not None and before is not None and before.version != seen:
            given = {
                "scene_text": scene_text, "camera": camera, "style": style, "avoid": avoid, "portal_in": portal_in,
                "portal_out": portal_out, "continuity": continuity, "cards": cards,
            }  # fmt: skip
            _check_not_overtaken(w, before, seen, {part: words for part, words in given.items() if words is not None})
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


def record_by_cards(log: Log, shot: str, author: str, *, cards: Sequence[str] | None = None, **words: Any) -> Prompt:
    """The same, where `cards` word the continuity to the letter, and a style card the style and what to avoid.

    What is given beside them (a style, say) stands above what a card says. No cards may stand beside a continuity that
    is worded by hand. Raises NotFound for a name no card has.
    """
    if cards is None:
        return record(log, shot, author, **words)
    from studio.writing.cards import worded

    said = worded(log.cards(), cards)
    if words.get("continuity") is not None:
        if said.names:
            raise BadInput(f"the continuity of {shot} is worded by cards and by hand at once: give one of the two")
        return record(log, shot, author, cards=(), **words)
    for part in ("style", "avoid"):
        if words.get(part) is None:
            words[part] = getattr(said, part)
    return record(log, shot, author, **words | {"continuity": said.continuity, "cards": said.names})


def _check_not_overtaken(log: Reads, latest: Prompt, seen: int, given: Mapping[str, object]) -> None:
    """Raise Overtaken where one of these parts is no longer what it was in the version that the writer has seen, and
    not what the writer gives either."""
    was = next((version for version in log.prompts(latest.shot) if version.version == seen), None)
    for part, words in given.items():
        field, spoken = PARTS[part]
        now = getattr(latest, part)
        same = isinstance(words, type(now)) and words == now
        if not same and now != (getattr(was, part) if was else BLANK[part]):
            raise Overtaken(
                f"{getattr(latest, field) or latest.author} changed the {spoken} of {latest.shot} in between "
                f"(version {latest.version}): nothing was written; look at theirs, or write yours above it",
                part,
                latest.version,
            )


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
            cards=text.cards,
            portal_in=text.portal_in,
            portal_out=text.portal_out,
            field_authors=text.field_authors,
        )
        for text in screenplay.shots
    )
