"""The nouns as rows of their tables, and back; and a row as a line of the journal, and back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from studio.errors import BadInput, Damaged
from studio.log.schema import ADDED, JOURNALLED, JSON_COLUMNS
from studio.nouns import Card, Continuity, Event, Prompt, Request, Scene, Shot, Take

if TYPE_CHECKING:
    from sqlalchemy import CursorResult

AT_ONCE = 1000  # rows
Row = dict[str, Any]
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


_canonical = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode
_in_order = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def to_json(value: object) -> str:
    """Canonical JSON: sorted keys, no blanks, plain Unicode; one sentence where JSON cannot say it."""
    try:
        return _canonical(value)
    except (TypeError, ValueError) as error:
        raise BadInput(f"{value!r} cannot be kept in the log as JSON: {error}") from None


def scene_row(scene: Scene) -> Row:
    """A scene as its row, but for its id, author and time."""
    return {"number": scene.number, "title": scene.title} | asdict(scene.continuity)


def scene_of(row: Mapping[Any, Any]) -> Scene:
    """A scene out of its row."""
    return Scene(row["number"], row["title"], continuity_of(row))


def continuity_of(row: Mapping[Any, Any]) -> Continuity:
    """The continuity that a scene's or a prompt's row holds."""
    return Continuity(row["who"], row["age"], row["time"], row["place"])


def shot_of(row: Mapping[Any, Any]) -> Shot:
    """A shot out of its row."""
    return Shot(row["id"], row["scene"])


def prompt_row(prompt: Prompt) -> Row:
    """A prompt as its row."""
    row = {name: getattr(prompt, name) for name in Prompt.__dataclass_fields__ if name != "continuity"}
    return row | asdict(prompt.continuity) | {"cards": to_json(prompt.cards)}


def prompt_of(row: Mapping[Any, Any]) -> Prompt:
    """A prompt out of its row."""
    fields = {name: row[name] for name in Prompt.__dataclass_fields__ if name != "continuity"}
    return Prompt(continuity=continuity_of(row), **fields | {"cards": tuple(json.loads(row["cards"]))})


def request_row(request: Request) -> Row:
    """A request as its row."""
    row = {name: getattr(request, name) for name in Request.__dataclass_fields__}
    return row | {"rate": fraction_text(request.rate), "dropped": to_json(request.dropped)}


def request_of(row: Mapping[Any, Any]) -> Request:
    """A request out of its row."""
    fields = {name: row[name] for name in Request.__dataclass_fields__}
    return Request(**fields | {"rate": Fraction(row["rate"]), "dropped": tuple(json.loads(row["dropped"]))})


def take_of(row: Mapping[Any, Any]) -> Take:
    """A take out of its row."""
    return Take(**{name: row[name] for name in Take.__dataclass_fields__})


def event_row(event: Event) -> Row:
    """An event as its row."""
    return {
        "id": event.id,
        "at_us": event.at_us,
        "author": event.author,
        "kind": event.kind,
        "subject": event.subject,
        "data": to_json(event.data),
    }


def event_of(row: Mapping[Any, Any]) -> Event:
    """An event out of its row."""
    return Event(row["id"], row["at_us"], row["author"], row["kind"], row["subject"], json.loads(row["data"]))


def events_of(found: CursorResult[Any]) -> Iterator[Event]:
    """Events out of whole rows of their table, as the driver gives them: quicker where there are very many."""
    loads = json.loads
    while rows := found.cursor.fetchmany(AT_ONCE):
        for id, at_us, author, kind, subject, data in rows:
            yield Event(id, at_us, author, kind, subject, loads(data))


def card_of(event: Event) -> Card:
    """The card that an event of kind "card" words."""
    data: dict[str, Any] = event.data
    names = ("name", "kind", "words", "said", "year", "avoid")
    return Card(**{name: data[name] for name in names}, author=event.author, at_us=event.at_us)


def fraction_text(value: Fraction) -> str:
    """A fraction as "n/d"."""
    return f"{value.numerator}/{value.denominator}"


def journal_line(kind: str, row: Row) -> str:
    """One line of the journal, without its end: the row with its kind first, what is JSON as JSON.

    Text that no file and no database can hold (a lone surrogate, a NUL) is refused here, before anything is written.
    """
    column = JSON_COLUMNS.get(kind)
    line = _in_order({"row": kind} | {name: value for name, value in row.items() if name != column})
    if column:
        line = f'{line[:-1]},"{column}":{row[column]}}}'
    if "\\u0000" in line and any("\0" in value for value in row.values() if isinstance(value, str)):
        raise BadInput(f"the {kind} holds a NUL character, which no database keeps: leave it out")
    try:
        line.encode()
    except UnicodeEncodeError as error:
        broken = error.object[error.start]
        raise BadInput(f"the {kind} holds {broken!r}, half a character that no file keeps: leave it out") from None
    return line


def of_journal_line(line: str) -> tuple[str, Row]:
    """The kind and row of a journal line; `Damaged` where it holds none.

    Keys that this version does not know are left out, so that a newer journal can be read.
    """
    try:
        said = json.loads(line)
        kind = said["row"]
        said = ADDED.get(kind, {}) | said
        row = {column.name: said[column.name] for column in JOURNALLED[kind].columns}
        if kind in JSON_COLUMNS:
            row[JSON_COLUMNS[kind]] = to_json(row[JSON_COLUMNS[kind]])
    except (ValueError, KeyError, TypeError) as error:
        raise Damaged(f"it is not a line of a journal ({type(error).__name__}: {error})") from None
    for column in JOURNALLED[kind].columns:
        if type(row[column.name]) is not column.type.python_type:
            raise Damaged(f"its {column.name} is {row[column.name]!r}")
    if kind != "shot" and not _ID.fullmatch(row["id"]):
        raise Damaged(f"its id is {row['id']!r}")
    return kind, row
