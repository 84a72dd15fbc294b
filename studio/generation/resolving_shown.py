"""What a model will get, as text and as HTML that reads without a style sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING

from studio.generation.budget import dollars
from studio.providers.changes import CAMERA_DATA, Change, Piece

if TYPE_CHECKING:
    from studio.generation.resolving import CannotTake, WillGet

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
    lines += [f"{what:<11} {value}{_raised(marks)}" for what, value, marks in facts(found)]
    for heading, doubts in HEADINGS:
        if listed := list(_listed(found, doubts)):
            lines += ["", heading, *(f"{number:>2} {change.kind:<8} {change.sentence}" for number, change in listed)]
    return "\n".join(lines)


def as_html(found: WillGet | CannotTake) -> str:
    """For a notebook: parts underlined, what is not sent struck out, numbers raised."""
    from studio.generation.resolving import CannotTake

    if isinstance(found, CannotTake):
        return f"<div><p><b>{escape(found.name)}</b> will get nothing</p><p>✗ {escape(found.sentence)}</p></div>"
    parts = dict.fromkeys(piece.part for piece in found.pieces if piece.sent)
    legend = " · ".join(_tagged(part, part) for part in LEGEND if part in parts)
    rows = "".join(
        f"<tr><th scope='row'>{what}</th><td>{_changed(value)}{_sup(marks)}</td></tr>"
        for what, value, marks in facts(found)
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


def side_by_side(models: Sequence[WillGet | CannotTake]) -> str:
    """A column for each."""
    cells = "".join(f"<td style='vertical-align:top;text-align:left'>{as_html(found)}</td>" for found in models)
    return f"<table><tr>{cells}</tr></table>"


def facts(found: WillGet) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """What else is sent: its name, the value (`was → is` where it was changed), and the numbers of its changes."""
    most = "" if found.most_characters is None else f" of {found.most_characters:,}"
    yield "characters", f"{found.characters:,}{most}", ()
    length, picture, rate = found.marks("length"), found.marks("picture"), found.marks("rate")
    yield "length", _was(f"{_plain(found.asked_s)} s", f"{_plain(found.made_s)} s", bool(length)), length
    asked, made = found.asked, found.request
    sizes = f"{asked.width} × {asked.height}", f"{made.width} × {made.height}"
    yield "picture", _was(*sizes, changed=bool(picture)), picture
    yield "rate", _was(f"{_plain(asked.rate)} fps", f"{_plain(made.rate)} fps", changed=bool(rate)), rate
    yield "seed", "none" if found.seed is None else str(found.seed), found.marks("seed")
    if found.avoid:
        yield "avoid", _short(found.avoid), found.marks("avoid")
    for what in ("first_frame", "last_frame", "guide"):
        if value := getattr(made, what):
            yield what.replace("_", " "), value, found.marks(what)
    if found.price is None:
        yield "price", found.no_price, ()
    else:
        yield "price", f"{dollars(found.price.usd)} a take (read {found.price.read_on})", ()


def _was(before: str, after: str, changed: bool) -> str:
    return f"{before} → {after}" if changed and before != after else after


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


def _changed(value: str) -> str:
    before, arrow, after = value.partition(" → ")
    return f"<s>{escape(before)}</s> → <b>{escape(after)}</b>" if arrow else escape(value)


def _sup(marks: Iterable[int]) -> str:
    listed = ", ".join(map(str, marks))
    return f"<sup>{listed}</sup>" if listed else ""


def _raised(marks: Sequence[int]) -> str:
    return f" {' '.join(str(mark).translate(SMALL) for mark in marks)}" if marks else ""


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}… ({len(text):,} characters)"


def _plain(value: Fraction) -> str:
    return f"{float(value):.3f}".rstrip("0").rstrip(".")
