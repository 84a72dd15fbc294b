"""Consents to a likeness, a voice or a sample, as events of the log: who, what, in which words, by whom, when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from studio import given
from studio.errors import BadInput
from studio.given import shown
from studio.log.events import CONSENTS

if TYPE_CHECKING:
    from studio.log import Log

SUBJECT = "film"
LONGEST = {"name": 200, "text": 2000, "by": 200}  # characters


@dataclass(frozen=True)
class Consent:
    """One consent as it stands."""

    name: str  # of whom or what: "Mara Lenz", "drum break of …"
    of: str  # "likeness", "voice", "sample"
    text: str  # what was agreed to, or where the paper lies
    by: str  # who gave it
    given_on: str  # ISO date; "" where nobody said
    author: str  # who wrote it down
    at_us: int

    def __repr__(self) -> str:
        return f"Consent({self.name!r}, {self.of}, by {self.by or 'nobody named'})"


def record_consent(
    log: Log, author: str, name: str, of: str, text: str | None, by: str = "", given_on: str | date = ""
) -> None:
    """Write a consent down; `text` None takes the one of this name and kind back."""
    if not isinstance(of, str) or of not in CONSENTS:
        raise BadInput(f"{shown(of)} is nothing to consent to: write one of {', '.join(CONSENTS)}")
    words = {"name": name, "by": by} | ({} if text is None else {"text": text})
    for what, value in words.items():
        given.visible(value, f"the {what} of a consent", LONGEST[what], "\n\t" if what == "text" else "")
    if not name.strip() or (text is not None and not text.strip()):
        raise BadInput("a consent needs a name and a text: whose it is, and what was agreed to or where the paper lies")
    if text is None and (name.strip(), of) not in {(each.name, each.of) for each in consents_of(log)}:
        raise BadInput(f"there is no consent of {shown(name)} to a {of} to take back")
    data: dict[str, object] = {
        "name": name.strip(),
        "of": of,
        "text": text,
        "by": by.strip(),
        "given_on": _day(given_on),
    }
    with log.write(author) as writer:
        writer.event("consent", SUBJECT, data)


def _day(value: str | date) -> str:
    try:
        return value.isoformat() if isinstance(value, date) else date.fromisoformat(value).isoformat() if value else ""
    except (TypeError, ValueError):
        raise BadInput(f"{shown(value)} is no day: write it as 2026-11-21") from None


def consents_of(log: Log) -> tuple[Consent, ...]:
    """The consents that stand, in the order in which their names were first written."""
    found: dict[tuple[str, str], Consent | None] = {}
    for event in log.events(SUBJECT, kinds=("consent",)):
        data = {name: event.data[name] for name in ("name", "of", "text", "by", "given_on")}
        text = data.pop("text")
        said = {name: str(value) for name, value in data.items()}
        key = said["name"], said["of"]
        found[key] = None if text is None else Consent(**said, text=str(text), author=event.author, at_us=event.at_us)
    return tuple(each for each in found.values() if each)
