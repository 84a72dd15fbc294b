"""Words on the desk that are no version yet: taken as they are meant, or refused with the part that is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from studio.errors import BadInput, StudioError
from studio.generation.requests import LONGEST_S, MOST_TAKES
from studio.given import number, shown, whole
from studio.log import drafts
from studio.nouns import Prompt
from studio.writing import PARTS, next_version
from studio.writing.text import clean
from studio.writing.versions import as_continuity

if TYPE_CHECKING:
    from studio.film import Film

WORDS = ("scene_text", "camera", "style", "avoid", "portal_in", "portal_out")
FIELDS = (*WORDS, "continuity", "cards")
PLACES = {"portal_in": "portals", "portal_out": "portals", "cards": "continuity"}  # where the page shows other parts
LINES = ("who", "age", "time", "place")  # of a continuity


@contextmanager
def about(part: str) -> Iterator[None]:
    """What is refused within is shown at this part of the desk, if the error itself names none."""
    try:
        yield
    except StudioError as wrong:
        own = getattr(wrong, "part", "") or part
        wrong.part = PLACES.get(own, own)  # type: ignore[attr-defined]
        raise


def fields_of(draft: Any) -> dict[str, Any]:
    """The fields of the desk, those that are given, each of the type that it has to be. Raises BadInput."""
    if not isinstance(draft, Mapping):
        raise BadInput(f"the words on the desk are {shown(draft)}: give them by their parts, {', '.join(FIELDS)}")
    for part in draft:
        if part not in FIELDS:
            raise BadInput(f"{shown(part)} is no part of the words on the desk: the parts are {', '.join(FIELDS)}")
    fields = dict(draft)
    for part in WORDS:
        with about(part):
            if not isinstance(fields.get(part, ""), str):
                raise BadInput(f"the {PARTS[part][1]} is {shown(fields[part])}, not text: write it in quotes")
    with about("continuity"):
        if "cards" in fields:
            fields["cards"] = names_of(fields["cards"])
        lines = fields.get("continuity", {})
        if not isinstance(lines, Mapping) or not all(isinstance(text, str) for text in (*lines, *lines.values())):
            raise BadInput(f"the continuity is {shown(lines)}: give its lines in words, {', '.join(LINES)}")
    return fields


def names_of(names: Any) -> list[str]:
    """A list of cards' names. Raises BadInput for anything else."""
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise BadInput(f'the cards are {shown(names)}: give a list of their names, such as ["her", "1986"]')
    return list(names)


def year_of(given: Any) -> int | None:
    """The year that a person typed; None for nothing."""
    if given == "" or (isinstance(given, str) and not given.strip()):
        return None
    try:
        return int(str(given)) if isinstance(given, str) else whole(given, "a year", 1, 9999)
    except ValueError:
        raise BadInput(f"{shown(given)} is no year: write it in figures, such as 1986, or leave it empty") from None


def drafted(before: Prompt | None, shot: str, author: str, fields: Mapping[str, Any]) -> Prompt | None:
    """The words on the desk as a version that is not written; None while there are none.

    BadInput, with the part it is about as its `part`, for words that could not be written.
    """
    said = {part: fields[part] for part in WORDS if part in fields}
    for part, text in said.items():
        with about(part):
            said[part] = clean(text, f"the {PARTS[part][1]} of {shot}")
    if not said.get("scene_text") and not said.get("camera"):
        return None
    with about("continuity"):
        continuity = fields.get("continuity")
        if continuity is not None and before is not None:
            continuity = as_continuity(continuity, before.continuity, shot)
    return next_version(
        before, shot=shot, author=author or "nobody", now_us=0, new_id="draft", continuity=continuity,
        cards=fields.get("cards"), **said,
    )  # fmt: skip


def keep(film: Film, author: str, shot: str, draft: Mapping[str, Any]) -> None:
    """Keep what is typed and not written, so that a killed kernel loses none of it."""
    drafts.keep(film.folder, author, shot, draft)


def kept(film: Film, author: str, shot: str) -> dict[str, Any] | None:
    """What was kept, as a page can take it; None where nothing was, or where the file is not what a desk keeps."""
    found = drafts.kept(film.folder, author, shot)
    try:
        draft = {
            "base": whole(found["base"], "the version", 0, 10**9),
            "was": _whole(found["was"]),
            "fields": _whole(found["fields"]),
            "models": names_of(found["models"]),
            "takes": whole(found["takes"], "the number of takes", 1, MOST_TAKES),
            "seconds": float(number(found["seconds"], "the seconds of a take", 0, LONGEST_S)),
        }
    except (KeyError, BadInput):
        return None
    return draft if draft["models"] else None


def drop(film: Film, author: str, shot: str) -> None:
    """Forget it: the words are written, or are not wanted."""
    drafts.drop(film.folder, author, shot)


def _whole(found: Any) -> dict[str, Any]:
    """All fields, of what was kept of them. Half a character, which no message can carry, is shown as one that is."""
    fields = fields_of(found)
    lines = fields["continuity"]
    return (
        {part: _sent(fields[part]) for part in WORDS}
        | {"continuity": {line: _sent(lines[line]) for line in LINES}}
        | {"cards": [_sent(name) for name in fields["cards"]]}
    )


def _sent(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
