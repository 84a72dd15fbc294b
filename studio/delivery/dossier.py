"""The dossier: from every frame of a cut back to the person who wrote its words, as one page that loads nothing."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from studio.delivery.consents import Consent, consents_of
from studio.delivery.origins import (
    Made,
    Origin,
    dissolved,
    lines_of,
    origins,
    source_frame,
)
from studio.delivery.statistics import sentences, statistics_of
from studio.delivery.terms import Terms, terms_of
from studio.errors import BadInput
from studio.log.events import CONSENTS
from studio.nouns import Cut, Slot
from studio.timecode import record_timecode

if TYPE_CHECKING:
    from studio.log import Log

WIDE = 160  # pixels of a poster
QUALITY = 60  # JPEG
LAW = (
    "This is a record of who did what, as the film’s log has it. It is not legal advice: whether and how much of a "
    "film is protected, and what must be disclosed, is for a lawyer to say."
)


@dataclass(frozen=True)
class Dossier:
    """What the page says, as values."""

    cut: Cut
    origins: tuple[Origin, ...]
    numbers: tuple[tuple[str, str], ...]  # selection, words and arrangement, in sentences
    terms: tuple[Terms, ...]  # of the providers whose takes and sounds are in the cut
    consents: tuple[Consent, ...]
    people: tuple[str, ...]  # cards of persons that no consent is logged for
    until: str  # the day and minute of the last thing that the log holds


def dossier_of(log: Log, cut: Cut) -> Dossier:
    """Everything the log knows about a cut."""
    if not cut.slots:
        raise BadInput("this cut has no slots, and a dossier has nothing to say of it: arrange one first")
    found, consents = origins(log, cut), consents_of(log)
    providers = [origin.made.provider for origin in found if origin.made]
    sounds = {sound.file: sound.provider for sound in log.sounds() if sound.file}
    providers += [sounds[slot.sound] for slot in cut.slots if slot.sound in sounds]
    agreed = {each.name.casefold() for each in consents}
    people = [card.name for card in log.cards() if card.kind == "person" and card.name.casefold() not in agreed]
    return Dossier(
        cut, found, sentences(statistics_of(log, cut)), terms_of(providers), consents, tuple(people), _until(log)
    )


def _until(log: Log) -> str:
    latest = log.latest_event()  # a UUIDv7 begins with its milliseconds
    if not latest:
        return ""
    return f"{datetime.fromtimestamp(int(latest.replace('-', '')[:12], 16) / 1000, UTC):%Y-%m-%d %H:%M} UTC"


def write_dossier(log: Log, cut: Cut, film_folder: Path, path: Path, prompts: bool = False) -> Path:
    """The page as one file, whole or not at all; the words of the prompts only when asked for.

    BadInput for a file that is there already, and for a cut without slots.
    """
    from studio.media.files import in_place

    if os.path.lexists(path):
        raise BadInput(f"{path.name} is already there: give the dossier another name")
    found = dossier_of(log, cut)
    text = dossier_page(found, posters(film_folder, found.origins), prompts)
    with in_place(path) as partial:
        partial.write_text(text, "utf-8", "replace", "\n")
    return path


def posters(film_folder: Path, found: Sequence[Origin]) -> dict[str, bytes]:
    """A small JPEG of each take in the cut, by label; one that is missing or damaged is left out."""
    import cv2
    import numpy as np

    from studio.media import Library, name_of

    library, small = Library(film_folder), {}
    for label, file in {each.made.label: each.slot.source.file for each in found if each.made}.items():
        path = library.poster(name_of(file, label))
        content = path.read_bytes() if path.is_file() else b""
        image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR) if content else None
        if image is not None:
            size = (WIDE, max(1, round(image.shape[0] * WIDE / image.shape[1])))
            shrunk = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
            small[label] = cv2.imencode(".jpg", shrunk, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()
    return small


def dossier_page(found: Dossier, pictures: Mapping[str, bytes], prompts: bool = False) -> str:
    """The page, with `pictures` by take. It refers to nothing outside but the terms themselves, as plain links."""
    cut, here = found.cut, Path(__file__)
    css = "".join(here.with_name(name).read_text("utf-8") for name in ("report.css", "dossier.css"))
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    title = escape(f"{cut.film_title}: dossier")
    head = [f"cut {cut.version}" if cut.version else "", cut.name, f"by {cut.author}" if cut.author else ""]
    head += [f"the log up to {found.until}" if found.until else ""]
    body = [
        f"<header><h1>{title}</h1><p>{escape(' · '.join(part for part in head if part))}</p></header>",
        f'<p class="law">{LAW}</p>',
        f"<section><h2>Selection and arrangement</h2>{_facts(found.numbers)}</section>",
        _finder(found),
        f"<section><h2>Slot by slot</h2>{''.join(_slot(each, cut, pictures, prompts) for each in found.origins)}"
        "</section>",
        _terms(found.terms),
        _consents(found),
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{title}</title>\n<style>{css}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + '\n<footer class="sub">Made by Circletake. Time code counts from 01:00:00:00, frames from 0.</footer>\n'
        "</body>\n</html>\n"
    )


def _facts(lines: Sequence[tuple[str, str]]) -> str:
    cells = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in lines)
    return f'<dl class="facts">{cells}</dl>'


def _table(name: str, heads: Sequence[str], rows: str) -> str:
    head = "".join(f'<th scope="col">{each}</th>' for each in heads)
    return (
        f'<div class="frame" tabindex="0" role="region" aria-label="{name}"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _finder(found: Dossier) -> str:
    """A row a slot: whoever has a time code or a frame finds the slot, the take and the frame of the take."""
    rate = found.cut.rate
    rows = []
    for origin in found.origins:
        slot, n = origin.slot, origin.number
        first, last = slot.record_frame, slot.end_frame - 1
        rows.append(
            f'<tr><th scope="row" class="mono"><a href="#slot-{n}">{n}</a></th>'
            f'<td class="mono">{record_timecode(first, rate)} – {record_timecode(last, rate)}</td>'
            f'<td class="mono">{first} – {last}</td><td class="mono">{escape(slot.source.name)}</td>'
            f'<td class="mono">{source_frame(slot, first, rate)} – {source_frame(slot, last, rate)}</td>'
            f'<td class="mono">{escape(slot.source.file_name)}</td></tr>'
        )
    heads = ("slot", "record time code", "frames of the film", "take", "frames of the clip", "file")
    return (
        "<section><h2>Find a frame <span>first and last one of each slot, both in it; which frame of the clip each "
        f"single one is stands in its slot below</span></h2>{_table('Find a frame', heads, ''.join(rows))}</section>"
    )


def _slot(origin: Origin, cut: Cut, pictures: Mapping[str, bytes], prompts: bool) -> str:
    slot, made, rate = origin.slot, origin.made, cut.rate
    times = f"{record_timecode(slot.record_frame, rate)} – {record_timecode(slot.end_frame - 1, rate)}"
    name = escape(slot.source.name)
    if made and made.label in pictures:
        data = base64.b64encode(pictures[made.label]).decode()
        picture = f'<img src="data:image/jpeg;base64,{data}" alt="{name}">'
    else:
        picture = (
            f'<p class="none">{"no poster" if made else "a card" if slot.source.kind == "card" else "no take"}</p>'
        )
    place = f"{slot.frames} frames from in-point {slot.in_frames}, speed {slot.speed}"
    lines = [("shown", f"{place}; {slot.how}" if slot.how else place)]
    if mixed := dissolved(slot):
        first, last = record_timecode(mixed[0], rate), record_timecode(mixed[-1], rate)
        lines += [("dissolve", f"mixed with slot {origin.number - 1} from {first} to {last}")]
    lines += [("sound", slot.sound)] if slot.sound else []
    lines += lines_of(origin)
    return (
        f'<article class="slot" id="slot-{origin.number}"><h3>{origin.number} · {name}'
        f'<span class="mono">{times}</span></h3><div>{picture}</div><div>{_facts(lines)}'
        f"{_words(made) if prompts and made else ''}{_frames(slot, cut)}</div></article>"
    )


def _words(made: Made) -> str:
    """What was written and what was sent, for who asked for it."""
    if made.prompt is None or made.request is None:
        return ""
    prompt, said = made.prompt, made.prompt.continuity
    lines = [
        ("scene text", prompt.scene_text), ("camera", prompt.camera), ("style", prompt.style), ("avoid", prompt.avoid),
        ("continuity", ", ".join(part for part in (said.who, said.age, said.time, said.place) if part)),
        ("portals", " → ".join(part for part in (prompt.portal_in, prompt.portal_out) if part)),
        ("sent", made.request.text), ("dropped", "; ".join(made.request.dropped)),
    ]  # fmt: skip
    return f'<div class="prose">{_facts([line for line in lines if line[1]])}</div>'


def _frames(slot: Slot, cut: Cut) -> str:
    """Every frame of the slot with that of the clip; frames that are held, or run one by one, are told as one."""
    runs: list[list[tuple[int, int]]] = []
    for k in range(slot.record_frame, slot.end_frame):
        pair = (k, source_frame(slot, k, cut.rate))
        step = pair[1] - runs[-1][-1][1] if runs else -1
        begun = len(runs[-1]) == 1 if runs else False
        if step in (0, 1) and (begun or step == runs[-1][1][1] - runs[-1][0][1]):
            runs[-1].append(pair)
        else:
            runs.append([pair])
    told = ", ".join(_run(run) for run in runs)
    return f'<details><summary>every frame</summary><p class="mono prose">{told}</p></details>'


def _run(run: Sequence[tuple[int, int]]) -> str:
    (first, source), (last, end) = run[0], run[-1]
    frames = f"{first}" if first == last else f"{first}–{last}"
    return f"{frames} → {source}" if source == end else f"{frames} → {source}–{end}"


def _terms(cards: Sequence[Terms]) -> str:
    if not cards:
        return ""
    told = []
    for card in cards:
        none = "there are none" if card.says else "not known"
        link = f'<a href="{escape(card.link)}" rel="noreferrer">{escape(card.link)}</a>' if card.link else none
        says = card.says or "What its terms say of the clips is not known here: ask whoever asked it for them."
        read = f"Read on {card.read_on} in: {card.source}." if card.read_on else f"Not read: {card.source}."
        told.append(
            f'<div class="card"><b>{escape(card.title)}</b><p>{escape(says)}</p>'
            f'<p class="sub">Terms: {link}. {escape(read)}</p></div>'
        )
    return (
        "<section><h2>Terms <span>of the providers in this cut, in one line each; the terms themselves are what counts"
        f"</span></h2>{''.join(told)}</section>"
    )


def _consents(found: Dossier) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(each.name)}</th><td>{each.of}</td>'
        f'<td class="wrap prose">{escape(each.text)}</td><td>{escape(each.by or "not said")}</td>'
        f"<td>{escape(each.given_on or 'not said')}</td><td>{escape(each.author)}</td></tr>"
        for each in found.consents
    )
    table = _table("Consents", ("name", "to", "text", "given by", "on", "written down by"), rows) if rows else ""
    absent = [kind for kind in CONSENTS if kind not in {each.of for each in found.consents}]
    said = [f"No consent to a {kind} is logged." for kind in absent]
    if found.people:
        said += [
            f"Persons with a card and no consent logged: {', '.join(found.people)}. An invented person needs none."
        ]
    song = found.cut.song.file.rsplit("/", 1)[-1]
    said += [f"The song is {song}; whose it is, the log does not say." if song else "The film has no song."]
    lines = "".join(f"<p>{escape(sentence)}</p>" for sentence in said)
    return f"<section><h2>Likeness, voice and samples</h2>{table}{lines}</section>"
