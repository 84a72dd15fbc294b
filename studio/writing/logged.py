"""Words out of the log: the screenplay as it stands now, and what differs between versions or takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from studio.errors import NotFound
from studio.given import shown
from studio.nouns import Prompt
from studio.writing.composition import compose
from studio.writing.differences import Change, diff_html, diff_prompts, diff_text
from studio.writing.screenplay import Screenplay, ShotText

if TYPE_CHECKING:
    from studio.log import Log


@dataclass(frozen=True, repr=False)
class WordDiff:
    """What changed, part by part; reads as text and as HTML."""

    title: str
    parts: dict[str, tuple[Change, ...]]

    def __repr__(self) -> str:
        lines = [f"  {part.replace('_', ' ')}: {diff_text(changes)}" for part, changes in self.parts.items()]
        return "\n".join([self.title, *(lines or ["  the same words"])])

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><th scope="row" style="text-align:left">{escape(part.replace("_", " "))}</th>'
            f'<td style="text-align:left">{diff_html(changes)}</td></tr>'
            for part, changes in self.parts.items()
        )
        return f"<p><b>{escape(self.title)}</b></p>" + (f"<table>{rows}</table>" if rows else "<p>the same words</p>")


def latest_prompts(log: Log) -> tuple[Prompt, ...]:
    """The latest words of every shot that has some, in story order."""
    return log.latest_prompts()


def screenplay_of(log: Log, title: str) -> Screenplay:
    """The latest words of every shot that has some, with their authors."""
    texts = tuple(
        ShotText(
            shot=prompt.shot,
            scene_text=prompt.scene_text,
            camera=prompt.camera,
            style=prompt.style,
            avoid=prompt.avoid,
            continuity=prompt.continuity,
            scene_author=prompt.scene_author,
            camera_author=prompt.camera_author,
            style_author=prompt.style_author,
            avoid_author=prompt.avoid_author,
            continuity_author=prompt.continuity_author,
            cards=prompt.cards,
            portal_in=prompt.portal_in,
            portal_out=prompt.portal_out,
            portal_author=prompt.portal_author,
        )
        for prompt in latest_prompts(log)
    )
    return Screenplay(title, log.scenes(), texts)


def diff_versions(prompts: Sequence[Prompt], shot: str, old: int, new: int) -> WordDiff:
    """What changed between two versions of a shot's words. Raises NotFound for a version that is not there."""
    by_version = {prompt.version: prompt for prompt in prompts}
    for version in (old, new):
        if version not in list(by_version):  # a list is asked about anything, also what no dict takes
            there = f"it has 1 to {len(by_version)}" if by_version else "it has no words yet"
            raise NotFound(f"shot {shot} has no version {shown(version)}: {there}")
    return WordDiff(f"{shot}, version {old} to {new}", diff_prompts(by_version[old], by_version[new]))


def words_differ(log: Log, old_take: str, new_take: str) -> WordDiff:
    """What differs between the words that two takes were made from; an adopted clip has none."""
    title = f"{old_take} to {new_take}"
    prompts = [_prompt_of(log, label) for label in (old_take, new_take)]
    old, new = prompts
    return WordDiff(title, diff_prompts(old, new) if old and new else {})


def words_of_takes(log: Log, labels: Sequence[str]) -> dict[str, str]:
    """The words that go with each take, by its label; takes without words are left out.

    They are those that were sent for it; for a clip that was made elsewhere, the latest words of its shot.
    """
    found = {}
    for label in labels:
        take = log.take(label)
        if take.request_id:
            found[label] = log.request(take.request_id).text
        elif words := log.latest_prompt(take.shot):
            found[label] = compose(words)
    return found


def _prompt_of(log: Log, label: str) -> Prompt | None:
    take = log.take(label)
    return log.prompt(log.request(take.request_id).prompt_id) if take.request_id else None
