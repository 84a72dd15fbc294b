"""Disclosure of a cut: what to write on the end card and on each platform, and a checklist with sources and dates.

The rules are rows of `data/disclosure.toml`; the film's own facts come out of its log. It is not legal advice.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from studio import _resources
from studio.delivery import credentials
from studio.delivery.consents import consents_of
from studio.delivery.credits import Credits, credits_of
from studio.delivery.provenance import ADOPTED, STAND_IN, VOCABULARY, incoming, lost, source_type_of, systems_of
from studio.errors import BadInput
from studio.nouns import Cut

if TYPE_CHECKING:
    import pandas as pd

    from studio.log import Log, Settings

FILE = "data/disclosure.toml"
DONE, TO_DO, JUDGE, TO_KNOW = "done", "to do", "for you to judge", "to know"


@dataclass(frozen=True)
class Platform:
    """What one platform asks for, and what to write there."""

    name: str
    setting: str  # where it is said
    text: str  # to write there
    rule: str
    link: str
    source: str
    read_on: str  # ISO date


@dataclass(frozen=True)
class Check:
    """One line of the checklist."""

    what: str
    state: str  # "done", "to do", "for you to judge", "to know"
    found: str  # what the program sees of it; "" where it sees nothing
    why: str
    source: str
    read_on: str


@dataclass(frozen=True)
class Disclosure:
    """What to say of a film, where, and why."""

    end_card: str  # a sentence for the end card
    description: str  # a paragraph for a description
    platforms: tuple[Platform, ...]
    checklist: tuple[Check, ...]
    note: str  # that it is not legal advice
    credits: Credits

    @property
    def text(self) -> str:
        """All of it as plain text."""
        lines = [self.credits.title, "", self.note, "", "END CARD", self.end_card, "", "DESCRIPTION", self.description]
        for each in self.platforms:
            lines += ["", each.name.upper(), f"where: {each.setting}", f"text: {each.text}", f"rule: {each.rule}"]
            lines += [f"source: {_sourced(each.source, each.read_on)}", *([each.link] if each.link else [])]
        lines += ["", "CHECKLIST"]
        for check in self.checklist:
            lines += [f"[{check.state}] {check.what}", *([f"    {check.found}"] if check.found else [])]
            lines += [f"    {check.why}", f"    source: {_sourced(check.source, check.read_on)}"]
        return "\n".join(lines) + "\n"

    def to_frame(self) -> pd.DataFrame:
        """The checklist, one row a line."""
        import pandas as pd

        columns = ("what", "state", "found", "why", "source", "read_on")
        rows = [[getattr(check, name) for name in columns] for check in self.checklist]
        return pd.DataFrame(rows, columns=list(columns), dtype="str")

    def __repr__(self) -> str:
        return self.text.rstrip()

    def _repr_html_(self) -> str:
        cells = [
            (each.name, f"{each.setting}\n{each.text}", each.rule, _sourced(each.source, each.read_on))
            for each in self.platforms
        ]
        checks = [
            (each.state, f"{each.what}\n{each.found}".strip(), each.why, _sourced(each.source, each.read_on))
            for each in self.checklist
        ]
        return (
            f"<p><b>{escape(self.end_card)}</b></p><p>{escape(self.description)}</p><p><i>{escape(self.note)}</i></p>"
            + _table(("platform", "where, and what to write", "rule", "source"), cells)
            + _table(("state", "check", "why", "source"), checks)
        )


def disclosure_of(cut: Cut, log: Log, settings: Settings, environ: Mapping[str, str] = os.environ) -> Disclosure:
    """What to say of a cut. What the program can see for itself is said; what only a person can judge is asked."""
    rows = _rows()
    credits = credits_of(cut, log)
    systems = systems_of(cut, log)
    sentence = _sentence(credits, cut)
    description = _description(credits, sentence)
    so = {"always"} | {system.provider for system in systems.values()}
    so |= {"models"} if any(system.is_model for system in systems.values()) else set()
    so |= {"stand_ins"} if STAND_IN in so else set()
    so |= {"song"} if cut.song.file else set()
    states = _known(cut, log, settings, environ, models="models" in so)
    return Disclosure(
        end_card=sentence,
        description=description,
        platforms=tuple(Platform(text=description if "models" in so else sentence, **row) for row in rows["platform"]),
        checklist=tuple(_check(row, states) for row in rows["check"] if row["when"] in so),
        note=rows["note"],
        credits=credits,
    )


@cache
def _rows() -> dict[str, Any]:
    return tomllib.loads(_resources.path(FILE).read_text("utf-8"))


def _check(row: Mapping[str, str], states: Mapping[str, tuple[str, str]]) -> Check:
    state, found = states[row["known"]] if row["known"] else (JUDGE, "")
    return Check(row["what"], state, found, row["why"], row["source"], row["read_on"])


def _sentence(credits: Credits, cut: Cut) -> str:
    """What the film is, in one sentence for its end card."""
    models = [maker for maker in credits.makers if maker.system.is_model and maker.system.provider != ADOPTED]
    others = [maker for maker in credits.makers if maker.system.provider == ADOPTED]
    stand_ins = [maker for maker in credits.makers if maker.system.provider == STAND_IN]
    if models:
        names = ", ".join(maker.name for maker in models)
        also = " Some clips are from elsewhere." if others else ""
        drawn = " Some pictures are stand-ins, drawn by a program." if stand_ins else ""
        return f"Pictures generated with AI: {names}.{also}{drawn}"
    if others:
        return "Pictures generated with AI, by a model that this film's log does not name."
    if stand_ins:
        return "Pictures drawn by a program as stand-ins; none of them was generated with AI."
    return f"{cut.film_title} shows no takes."


def _description(credits: Credits, sentence: str) -> str:
    people = [f"{what} {', '.join(names)}" for what, names in credits.people]
    said = "; ".join(people)
    done = f" Written, chosen and cut by people ({said})." if people else ""
    song = f" Song: {credits.song}." if credits.song else ""
    return f"{sentence}{done} {credits.counted[:1].upper()}{credits.counted[1:]}.{song}"


def _known(
    cut: Cut, log: Log, settings: Settings, environ: Mapping[str, str], *, models: bool
) -> dict[str, tuple[str, str]]:
    """State and finding of what the program can see for itself."""
    has_card = any(slot.source.kind == "card" and slot.source.name == "end" for slot in cut.slots)
    says = has_card and " ai " in f" {''.join(c if c.isalnum() else ' ' for c in settings.end_card.lower())} "
    if says:
        card = (DONE, "the end card speaks of AI")
    elif has_card:
        card = (TO_DO, "the end card does not speak of AI: see cut.disclosure().end_card")
    else:
        card = (TO_DO, "the cut has no end card: write cards.end in film.toml, and arrange the cut anew")
    kind = source_type_of(cut, systems_of(cut, log))
    return {
        "end_card": card,
        "marks": (DONE, f"every film that is rendered says {kind}"),
        "signed": _signed(log, settings, environ),
        "lost": _lost(cut, log),
        "consents": _consents(log),
        "to_know": (TO_KNOW, ""),
    }


def _signed(log: Log, settings: Settings, environ: Mapping[str, str]) -> tuple[str, str]:
    try:
        signing = credentials.signing_for(settings, log.folder, environ)
    except BadInput as problem:
        return TO_DO, str(problem)
    if signing:
        return DONE, "every film that is rendered is signed"
    return TO_DO, f"no certificate is named: {credentials.CERTIFICATE} and {credentials.KEY}, or film.toml, name one"


def _lost(cut: Cut, log: Log) -> tuple[str, str]:
    came = incoming(cut.sources, log.folder)
    sentences = lost(came, signed=False)
    return (JUDGE, "; ".join(sentences)) if sentences else (DONE, f"none of the {len(came)} takes came with marks")


def _consents(log: Log) -> tuple[str, str]:
    found = consents_of(log)
    listed = ", ".join(f"{each.name} ({each.of})" for each in found)
    return JUDGE, f"written down: {listed}" if found else "no consent is written down"


def sidecar(cut: Cut, log: Log, prompts: Mapping[str, str] | None = None) -> bytes:
    """film.json: what a delivered film is made of, for machines. No prompt unless given, no path, no clock."""
    credits = credits_of(cut, log)
    systems = systems_of(cut, log)
    came = {each.name: each for each in incoming(cut.sources, log.folder)}
    takes = [
        {
            "take": each.name,
            "file": each.file_name,
            "sha256": each.sha256,
            "made_by": systems[each.name].name,
            "generated": systems[each.name].is_model,
            "came_with": came[each.name].said,
            **({"prompt": prompts[each.name]} if prompts and each.name in prompts else {}),
        }
        for each in cut.sources
        if each.kind == "take"
    ]
    found = {
        "title": cut.film_title,
        "cut": {"name": cut.name, "version": cut.version, "slots": len(cut.slots), "frames": cut.frames},
        "rate": str(cut.rate),
        "digital_source_type": VOCABULARY + source_type_of(cut, systems),
        "disclosure": _sentence(credits, cut),
        "people": {what: list(names) for what, names in credits.people},
        "song": credits.song,
        "statistics": credits.counted,
        "takes": takes,
    }
    return (json.dumps(found, ensure_ascii=False, indent=2) + "\n").encode()


def _sourced(source: str, read_on: str) -> str:
    return f"{source} (read {read_on})"


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    head = "".join(f'<th scope="col" style="text-align:left">{name}</th>' for name in heads)
    cells = "".join(
        "<tr>"
        + "".join(
            f'<td style="text-align:left;vertical-align:top;white-space:pre-line">{escape(cell)}</td>' for cell in row
        )
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{cells}</tbody></table>"
