"""The prompt book as CSV, for a spreadsheet: one row a version, its words, its authors, and what became of it.

Cells that a spreadsheet would run as a formula (CWE-1236) begin with an apostrophe on the way out and lose it on the
way in. A table has no place for the book's title.
"""

from __future__ import annotations

import csv
import io

from studio.errors import BadInput
from studio.writing.book import (
    BOOK_AUTHORS,
    BOOK_PARTS,
    Book,
    BookEntry,
    book_entry,
    check_lines,
    dollars_text,
    in_book_order,
    moment_of,
    moment_text,
    outcome_of,
    reasons_text,
    whole_of,
)
from studio.writing.screenplay_csv import GUARDED, safe_cell

COUNTS = ("made", "circled", "held", "ng", "accidents")
COLUMNS = (
    "shot", "version", "grid", *BOOK_PARTS, *BOOK_AUTHORS, "author", "created_at",
    *COUNTS, "cost_usd", "circled_takes", "reasons",
)  # fmt: skip


def write_book_csv(book: Book) -> str:
    """The CSV that `read_book_csv` reads back as the same value (its title apart). Every cell is quoted."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for entry in book.entries:
        cells = _cells(entry)
        writer.writerow([safe_cell(cells[name]) for name in COLUMNS])
    return out.getvalue()


def read_book_csv(text: str, title: str = "") -> Book:
    """The book in a CSV with a header line; separated by comma, semicolon or tab, as spreadsheets save it.

    Columns may stand in any order, and only `shot` and `version` must be there. Raises `BadInput`, one sentence naming
    the line, for the same mistakes as the Markdown.
    """
    return in_book_order(title, ((where, _entry(where, cells)) for where, cells in _rows(check_lines(text))))


def _cells(entry: BookEntry) -> dict[str, str]:
    outcome = entry.outcome
    cells = {name: entry.part(name) for name in BOOK_PARTS}
    cells |= {name: getattr(entry, name) for name in ("shot", "grid", *BOOK_AUTHORS, "author")}
    cells |= {"version": str(entry.version), "created_at": moment_text(entry.created_at_us)}
    cells |= {name: str(getattr(outcome, name)) for name in COUNTS}
    cells |= {"cost_usd": dollars_text(outcome.cost_micro_usd), "circled_takes": ", ".join(outcome.circled_takes)}
    return cells | {"reasons": reasons_text(outcome.reasons)}


def _entry(where: str, cells: dict[str, str]) -> BookEntry:
    return book_entry(
        where,
        cells["shot"].strip(),
        whole_of(cells["version"].strip(), "version", where),
        {name: cells.get(name, "") for name in BOOK_PARTS},
        {name: cells.get(name, "").strip() for name in BOOK_AUTHORS},
        grid=cells.get("grid", "").strip(),
        author=cells.get("author", "").strip(),
        created_at_us=moment_of(cells.get("created_at", "").strip(), where),
        outcome=outcome_of(cells, where),
    )


def _rows(text: str) -> list[tuple[str, dict[str, str]]]:
    """The rows that are not blank, each with the line on which it ends, as cells by column without their guards."""
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    rows: list[tuple[str, dict[str, str]]] = []
    try:
        head = [name.strip().lower() for name in next(reader, [])]
        for name in head:
            if name not in COLUMNS:
                raise BadInput(
                    f"line 1: {name[:40]!r} is no column of a prompt book: write one of {', '.join(COLUMNS)}"
                )
            if head.count(name) > 1:
                raise BadInput(f"line 1: the column {name} stands twice: keep one of the two")
        for name in ("shot", "version"):
            if name not in head:
                raise BadInput(f"line 1: there is no column {name!r}: the first line names the columns of the book")
        for row in reader:
            if len(row) > len(head):
                raise BadInput(
                    f"line {reader.line_num}: {len(row)} cells for {len(head)} columns: "
                    "put cells that hold a separator in double quotes"
                )
            if any(cell.strip() for cell in row):
                cells = [cell[1:] if GUARDED.match(cell) else cell for cell in row]
                rows.append((f"line {reader.line_num}", dict.fromkeys(head, "") | dict(zip(head, cells, strict=False))))
    except csv.Error as wrong:
        raise BadInput(f"line {reader.line_num}: the prompt book is not CSV: {wrong}") from None
    return rows
