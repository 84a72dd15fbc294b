"""What a model will get, as text and as HTML that reads without a style sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING

from studio.generation.budget import dollars
from studio.providers.changes import CAMERA_DATA, Change, Piece

if TYPE_CHECKING:
    from studio.generation.resolving import WillGet

LONGEST = 300  # characters of a piece that is not sent
SMALL = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
TAGS = {  # by part, as the desk draws them; the scene is plain
    "camera": ("<u>", "</u>"),
    "portals": ('<u style="text-decoration-style:double">', "</u>"),
    "continuity": ('<u style="text-decoration-style:dotted">', "</u>"),
    "style": ('<u style="text-decoration-style:dashed">', "</u>"),
    "text": ("<i>", "</i>"),
    "guide": ("<i>", "</i>"),
    "first_frame": ("<i>", "</i>"),
    "last_frame": ("<i>", "</i>"),
}
LEGEND = ("camera", "portals", "scene", "continuity", "style")
HEADINGS = (("Changed on the way", False), ("Not established", True))


@dataclass(frozen=True)
class Fact:
    """One thing that is sent beside the words."""

    what: str
    value: str
    was: str = ""  # as it was asked for, where that is something else
    marks: tuple[int, ...] = ()  # the numbers of its changes


def as_text(found: WillGet) -> str:
    """For a terminal, numbers raised as in the text."""
    lines = [f"{found.name} will get", ""]
    if sent := " ".join(f"{piece.text}{_raised(piece.marks)}" for piece in found.pieces if piece.sent):
        lines.append(sent)
    for piece in found.pieces:
        if not piece.sent:
            what = piece.part if piece.part == CAMERA_DATA else f"not sent, {piece.part}"
            lines.append(f"{what}: {_short(piece.text)}{_raised(piece.marks)}")
    lines.append("")
    for fact in facts(found):
        was = f"{fact.was} → " if fact.was else ""
        lines.append(f"{fact.what:<11} {was}{_short(fact.value)}{_raised(fact.marks)}")
    for heading, doubts in HEADINGS:
        if listed := list(_listed(found, doubts)):
            lines += ["", heading, *(f"{number:>2} {change.kind:<8} {change.sentence}" for number, change in listed)]
    return "\n".join(lines)


def as_html(found: WillGet) -> str:
    """For a notebook: parts underlined, what is not sent struck out, numbers raised."""
    parts = dict.fromkeys(piece.part for piece in found.pieces if piece.sent)
    legend = " · ".join(_tagged(part, part) for part in LEGEND if part in parts)
    rows = "".join(
        f"<tr><th scope='row'>{fact.what}</th><td>{_changed(fact)}{_sup(fact.marks)}</td></tr>" for fact in facts(found)
    )
    lists = "".join(
        f"<p><b>{heading}</b></p><ol start='{listed[0][0]}'>"
        + "".join(f"<li><b>{escape(change.kind)}</b> {escape(change.sentence)}</li>" for _, change in listed)
        + "</ol>"
        for heading, doubts in HEADINGS
        if (listed := list(_listed(found, doubts)))
    )
    words = " ".join(map(_piece, found.pieces))
    return (
        f"<div><p><b>{escape(found.name)}</b> will get</p><blockquote>{words}</blockquote>"
        f"<p><small>{legend}</small></p><table>{rows}</table>{lists}</div>"
    )


def facts(found: WillGet) -> tuple[Fact, ...]:
    """What else is sent, and the price."""
    asked, made = found.asked, found.request
    most = "" if found.most_characters is None else f" of {found.most_characters:,}"
    price = found.no_price
    if found.price is not None:
        how = f"{found.price.how}; " if found.price.how else ""
        price = f"{dollars(found.price.usd)} a take ({how}read {found.price.read_on})"
    files = (("first frame", made.first_frame), ("last frame", made.last_frame), ("guide", made.guide))
    told = (
        Fact("characters", f"{found.characters:,}{most}"),
        _fact(found, "length", f"{_plain(found.asked_s, 2)} s", f"{_plain(found.made_s, 2)} s"),
        _fact(found, "picture", f"{asked.width} × {asked.height}", f"{made.width} × {made.height}"),
        _fact(found, "rate", f"{_plain(asked.rate)} fps", f"{_plain(made.rate)} fps"),
        _fact(found, "seed", str(asked.seed), "none" if found.seed is None else str(found.seed)),
        Fact("avoid", found.avoid, "", found.marks("avoid")),
        *(Fact(what, file, "", found.marks(what.replace(" ", "_"))) for what, file in files),
        Fact("price", price),
    )
    return tuple(fact for fact in told if fact.value)


def _fact(found: WillGet, what: str, asked: str, made: str) -> Fact:
    marks = found.marks(what)
    return Fact(what, made, asked if marks and asked != made else "", marks)


def _listed(found: WillGet, doubts: bool) -> Iterator[tuple[int, Change]]:
    return ((number, change) for number, change in found.numbered() if (change.kind == "doubt") == doubts)


def _piece(piece: Piece) -> str:
    if piece.part == CAMERA_DATA:
        return f"<br><small>{CAMERA_DATA}: <code>{escape(_short(piece.text))}</code></small>{_sup(piece.marks)}"
    if piece.struck:
        return f"<s>{escape(_short(piece.text))}</s>{_sup(piece.marks)}"
    return _tagged(piece.part, piece.text) + _sup(piece.marks)


def _tagged(part: str, text: str) -> str:
    before, after = TAGS.get(part, ("", ""))
    return f"{before}{escape(text)}{after}"


def _changed(fact: Fact) -> str:
    value = escape(_short(fact.value))
    return f"<s>{escape(fact.was)}</s> → <b>{value}</b>" if fact.was else value


def _sup(marks: Iterable[int]) -> str:
    listed = ", ".join(map(str, marks))
    return f"<sup>{listed}</sup>" if listed else ""


def _raised(marks: Sequence[int]) -> str:
    return f" {' '.join(str(mark).translate(SMALL) for mark in marks)}" if marks else ""


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}… ({len(text):,} characters)"


def _plain(value: Fraction, places: int = 3) -> str:
    return f"{float(value):.{places}f}".rstrip("0").rstrip(".")
