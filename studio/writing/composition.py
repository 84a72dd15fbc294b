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
    return " ".join(text for _, text in compose_parts(prompt, order))


def compose_parts(
    prompt: Prompt, order: Sequence[str] = ("camera", "scene", "continuity", "style")
) -> tuple[tuple[str, str], ...]:
    """The same in pieces: the name of each part and its sentence, without the empty ones.

    The portals of an endless zoom come right after the camera, as a part "portals" of their own, wherever the camera
    stands in the order and also where it has no words.
    """
    parts = {
        "camera": prompt.camera,
        "scene": prompt.scene_text,
        "continuity": describe(prompt.continuity, sentences=bool(prompt.cards)),
        "style": prompt.style,
        "portals": portal_words(prompt),
    }
    names = [each for name in order for each in ((name, "portals") if name == "camera" else (name,))]
    return tuple((name, _sentence(parts[name])) for name in names if parts[name])


def portal_words(prompt: Prompt) -> str:
    """What the camera comes out of and goes into, as a sentence; a portal that the camera's words name is not said
    twice."""
    said = prompt.camera.casefold()
    out_of, into = (
        portal if portal and portal.casefold() not in said else "" for portal in (prompt.portal_in, prompt.portal_out)
    )
    told = [f"begins coming out of {out_of}"] if out_of else []
    told += [f"ends going into {into}"] if into else []
    return f"The shot {' and '.join(told)}" if told else ""


def describe(continuity: Continuity, sentences: bool = False) -> str:
    """Who, how old, when and where, in one phrase: "Nell and Tom, nine; late May, after rain; a schoolyard".

    With `sentences` each part stands as its own, as cards word it: "She is 17, red hair. 1986, afternoon light."
    """
    who, age, time, place = continuity.who, continuity.age, continuity.time, continuity.place
    told = sentences and who.endswith(ENDS)
    people = (who, age) if told else (", ".join(part for part in (who, age) if part),)
    parts = [part for part in (*people, time, place) if part]
    return " ".join(map(_sentence, parts)) if sentences else "; ".join(parts)


def _sentence(text: str) -> str:
    # Only the first letter: str.capitalize would make "NASA" into "Nasa".
    text = " ".join(text.split())
    whole = text if text.rstrip(QUOTES).endswith(ENDS) else text + "."
    return whole[:1].upper() + whole[1:]
