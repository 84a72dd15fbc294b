"""The cutting room for readers without a kernel: a storyboard with its joins in words, and the same as a table."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from studio.cutting import Join
from studio.cutting.choosing import two_places
from studio.nouns import Cut, Slot
from studio.timecode import record_timecode
from studio.widgets._cutroom_state import how_of
from studio.widgets.pictures import jpeg, picture, relative_url
from studio.widgets.views import _still

if TYPE_CHECKING:
    from pathlib import Path

    from studio.film import Film

WHOLE = 190_000  # bytes in a notebook
WIDTHS = (160, 128, 96, 72, 56)  # pixels of a still: the widest that all of them fit with
FORMS = {"good": "━", "weak": "┅", "break": "╱╱"}


def twin(film: Film, cut: Cut, joins: Sequence[Join | None], head: Sequence[str], whole: int = WHOLE) -> str:
    """The lines of the head, the storyboard, and the table of slots. Nothing in it is another one when run again."""
    top = "".join(f"<p>{escape(line)}</p>" for line in head)
    table = _table(cut, joins)
    pictures = {slot.source: _still(film, slot) for slot in cut.slots if slot.source.file}
    room = whole - len((top + table).encode())
    for width in (*WIDTHS, 0):
        stills = {source: jpeg(image, width) if width else "" for source, image in pictures.items()}
        board = "".join(
            _figure(film.folder, cut, slot, stills.get(slot.source, ""), width or WIDTHS[-1])
            + (_join(joins[k]) if k < len(joins) else "")
            for k, slot in enumerate(cut.slots)
        )
        if len(board.encode()) <= room:
            break
    return f"{top}<div>{board}</div>{table}"


def _figure(folder: Path, cut: Cut, slot: Slot, still: str, width: int) -> str:
    speed = "" if slot.speed == 1 else f", speed {slot.speed}"
    lines = (_at(cut, slot), f"{slot.frames} frames{speed}{', pinned' if slot.pinned else ''}")
    link = relative_url(folder / slot.source.file) if slot.source.file else ""
    return picture(still, slot.source.name, lines, width, link)


def _join(join: Join | None) -> str:
    """Between two stills."""
    if join is None:
        return ""
    words = f"{FORMS[join.word]} {two_places(join.score)} {join.word}"
    return (
        '<span style="display:inline-block;vertical-align:top;max-width:90px;margin:0 8px 8px 0">'
        f"<b>{words}</b><br>{escape(join.said)}</span>"
    )


def _table(cut: Cut, joins: Sequence[Join | None]) -> str:
    names = ("slot", "at", "take", "frames", "in", "speed", "join into it", "how")
    rows = []
    for number, (slot, join) in enumerate(zip(cut.slots, [None, *joins], strict=True), start=1):
        cells = (
            number, _at(cut, slot), slot.source.name, slot.frames, slot.in_frames, slot.speed,
            ", ".join(filter(None, (f"{two_places(join.score)} {join.word}" if join else "", _dissolve(slot)))),
            how_of(slot),
        )  # fmt: skip
        rows.append("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in cells) + "</tr>")
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _dissolve(slot: Slot) -> str:
    return f"dissolve of {slot.transition.frames} f" if slot.transition else ""


def _at(cut: Cut, slot: Slot) -> str:
    return record_timecode(slot.record_frame, cut.rate)
