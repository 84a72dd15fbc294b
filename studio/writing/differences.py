"""What changed between two versions, word by word."""

from __future__ import annotations

import dataclasses
import html
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from studio.nouns import Prompt


@dataclass(frozen=True)
class Change:
    """A run of words that stayed, came or went."""

    kind: Literal["same", "added", "removed"]
    text: str  # words with one blank between them


def word_diff(old: str, new: str) -> tuple[Change, ...]:
    """The runs that lead from `old` to `new`, in order, a removed run before the one that takes its place.

    Words are what stands between blanks, so a change of blanks alone is none. The same and removed runs together give
    the old words, the same and added runs the new ones.
    """
    before, after = old.split(), new.split()
    changes: list[Change] = []
    # autojunk would treat every frequent word of a long text ("the") as noise and tear the runs apart.
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for what, i, i_end, j, j_end in matcher.get_opcodes():
        if what == "equal":
            changes.append(Change("same", " ".join(before[i:i_end])))
            continue
        if i_end > i:
            changes.append(Change("removed", " ".join(before[i:i_end])))
        if j_end > j:
            changes.append(Change("added", " ".join(after[j:j_end])))
    return tuple(changes)


def diff_prompts(old: Prompt, new: Prompt) -> dict[str, tuple[Change, ...]]:
    """The parts whose words differ: scene_text, camera, style, avoid, who, age, time, place, the portals and cards."""
    return {
        part: word_diff(before, after)
        for (part, before), after in zip(_parts(old).items(), _parts(new).values(), strict=True)
        if before != after
    }


def diff_text(changes: tuple[Change, ...]) -> str:
    """As ``git diff --word-diff`` writes it: ``a [-slow-] {+fast+} push in``."""
    marks = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    return " ".join(marks[change.kind].format(change.text) for change in changes)


def diff_html(changes: tuple[Change, ...]) -> str:
    """The same in HTML, escaped: what went in ``<del>``, what came in ``<ins>`` (struck out and underlined)."""
    tags = {"same": "{}", "removed": "<del>{}</del>", "added": "<ins>{}</ins>"}
    return " ".join(tags[change.kind].format(html.escape(change.text)) for change in changes)


def _parts(prompt: Prompt) -> dict[str, str]:
    words = {part: getattr(prompt, part) for part in ("scene_text", "camera", "style", "avoid")}
    portals = {"portal_in": prompt.portal_in, "portal_out": prompt.portal_out}
    return {**words, **dataclasses.asdict(prompt.continuity), **portals, "cards": ", ".join(prompt.cards)}
