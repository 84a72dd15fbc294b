"""The words that are sent: one short text out of a prompt's parts."""

from __future__ import annotations

from collections.abc import Sequence

from studio.nouns import Continuity, Prompt

ENDS = (".", "!", "?", "…", ":", ";")
QUOTES = "\"'”’»)]"


def compose(prompt: Prompt, order: Sequence[str] = ("camera", "scene", "continuity", "style")) -> str:
    """Camera first, then the scene, what stays the same, and the style, each as a sentence of its own.

    Camera first because the models read the beginning best (Veo's and Runway's guides put it there too); `order` is
    another order, where a provider's guide asks for one, and a part that it does not name is left out. What to
    avoid is not among them: it travels apart (`prompt.avoid`), and a provider without such a field says that it was
    dropped. Empty parts leave no trace.
    """
    parts = {
        "camera": prompt.camera,
        "scene": prompt.scene_text,
        "continuity": describe(prompt.continuity),
        "style": prompt.style,
    }
    return " ".join(_sentence(parts[name]) for name in order if parts[name])


def describe(continuity: Continuity) -> str:
    """Who, how old, when and where, in one phrase: "Nell and Tom, nine; late May, after rain; a schoolyard"."""
    people = ", ".join(part for part in (continuity.who, continuity.age) if part)
    return "; ".join(part for part in (people, continuity.time, continuity.place) if part)


def _sentence(text: str) -> str:
    # Only the first letter: str.capitalize would make "NASA" into "Nasa".
    text = " ".join(text.split())
    whole = text if text.rstrip(QUOTES).endswith(ENDS) else text + "."
    return whole[:1].upper() + whole[1:]
