"""A screenplay as CSV, for a spreadsheet: one row a shot, and before them one heading row a scene.

A heading row has a scene number and no shot; it holds the scene's title and continuity. A table without heading rows
is read too. Cells that a spreadsheet would run as a formula (CWE-1236) begin with an apostrophe on the way out and
lose it on the way in.
"""

from __future__ import annotations

import csv
import io
import re

from studio.errors import BadInput
from studio.nouns import Continuity, Scene
from studio.writing.screenplay import AUTHORS, CONTINUITY, WORDS, Screenplay, ShotText, in_story_order, shot_text
from studio.writing.text import clean

COLUMNS = ("scene", "title", "shot", *WORDS, *CONTINUITY, *AUTHORS, "marks", "cards")
# A cell that already begins with apostrophes before such a character gets one more, so that reading is exact.
RISKY = re.compile(r"'*[=+\-@\t\r]")
GUARDED = re.compile(r"'+[=+\-@\t\r]")


def safe_cell(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula: an apostrophe goes before what would begin one."""
    return "'" + cell if RISKY.match(cell) else cell


def write_screenplay_csv(screenplay: Screenplay) -> str:
    """The CSV that `read_screenplay_csv` reads back as the same value (its title apart: a table has no place for it).

    Every cell is quoted, so that a spreadsheet set to another separator does not split one and meet a formula inside.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for scene in screenplay.scenes:
        heading = {"scene": scene.number, "title": scene.title, **_continuity(scene.continuity)}
        writer.writerow([safe_cell(heading.get(name, "")) for name in COLUMNS])
        for shot in screenplay.shots:
            if shot.shot[:2] == scene.number:
                words = {name: getattr(shot, name) for name in (*WORDS, *AUTHORS)}
                cells = {"scene": scene.number, "shot": shot.shot, **words, **_continuity(shot.continuity)}
                cells |= {"marks": " ".join(shot.marks), "cards": ", ".join(shot.cards)}
                writer.writerow([safe_cell(cells.get(name, "")) for name in COLUMNS])
    return out.getvalue()


def read_screenplay_csv(text: str, title: str = "") -> Screenplay:
    """The screenplay in a CSV with a header line; separated by comma, semicolon or tab, as spreadsheets save it.

    Columns may stand in any order, and only `shot` must be there. Where a scene has no heading row, its continuity is
    what all its shots share. Raises `BadInput`, one sentence naming the line, for the same mistakes as the TOML.
    """
    rows = _rows(text.removeprefix("\ufeff"))
    scenes: dict[str, Scene] = {}
    shots: dict[str, ShotText] = {}
    for line, cells in rows:
        where = f"line {line}"
        shot, number = cells.get("shot", "").strip(), cells.get("scene", "").strip()
        if shot:
            if shot in shots:
                raise BadInput(f"{where}: shot {shot} stands twice in the screenplay: give each shot its own id")
            words = {name: cells.get(name, "") for name in (*WORDS, *CONTINUITY, *AUTHORS)}
            cards = [name for name in cells.get("cards", "").split(",") if name.strip()]
            shots[shot] = shot_text(shot, words, cells.get("marks", "").split(), where, cards)
            if number and _number(number, where) != shot[:2]:
                raise BadInput(f"{where}: shot {shot} stands in scene {number}: it belongs to scene {shot[:2]}")
        else:
            number = _number(number, where)
            if number in scenes:
                raise BadInput(f"{where}: scene {number} stands twice in the screenplay: give each its own number")
            own = {key: clean(cells.get(key, ""), f"{where}: the {key} of scene {number}") for key in CONTINUITY}
            name = clean(cells.get("title", ""), f"{where}: the title of scene {number}")
            scenes[number] = Scene(number, name, Continuity(**own))
    for number in sorted({shot[:2] for shot in shots} - set(scenes)):
        scenes[number] = Scene(number, "", _shared([s.continuity for s in shots.values() if s.shot[:2] == number]))
    return in_story_order(clean(title, "the title of the screenplay"), scenes.values(), shots.values())


def _rows(text: str) -> list[tuple[int, dict[str, str]]]:
    """The rows that are not blank, each with the number of its last line, as cells by column without their guards."""
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[tuple[int, dict[str, str]]] = []
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        for name in header:
            if name not in COLUMNS:
                raise BadInput(f"line 1: {name!r} is no column of a screenplay: write one of {', '.join(COLUMNS)}")
        if len(set(header)) < len(header):
            twice = next(name for name in header if header.count(name) > 1)
            raise BadInput(f"line 1: the column {twice} stands twice: keep one of the two")
        if "shot" not in header:
            raise BadInput(
                "line 1: there is no column 'shot': the first line names the columns, such as shot,scene_text"
            )
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if len(row) > len(header):
                raise BadInput(
                    f"line {reader.line_num}: {len(row)} cells for {len(header)} columns: "
                    "put cells that hold a separator in double quotes"
                )
            cells = (cell[1:] if GUARDED.match(cell) else cell for cell in row)
            rows.append((reader.line_num, dict(zip(header, cells, strict=False))))
    except csv.Error as wrong:
        raise BadInput(f"line {reader.line_num}: the screenplay is not CSV: {wrong}") from None
    return rows


def _continuity(continuity: Continuity) -> dict[str, str]:
    return {name: getattr(continuity, name) for name in CONTINUITY}


def _shared(all_of_them: list[Continuity]) -> Continuity:
    first, *others = all_of_them
    same = {name: all(getattr(c, name) == getattr(first, name) for c in others) for name in CONTINUITY}
    return Continuity(**{name: getattr(first, name) if same[name] else "" for name in CONTINUITY})


def _number(text: str, where: str) -> str:
    if not re.fullmatch("[0-9]{1,2}", text):
        raise BadInput(f"{where}: a row needs a shot such as 07A, or, as the heading of a scene, its number such as 07")
    return text.zfill(2)  # a spreadsheet makes 7 of 07
