r"""The prompt book in Markdown, for people on a code host: a heading a shot, its versions below, the words quoted.

    ## 07A

    ### 07A, version 2

    By jon, 2026-11-29 12:23:33 UTC.

    **Scene text** · mara

    > Two teenagers meet in a corridor.

    | made | circled | held | NG | accidents | cost (USD) | circled takes | reasons |
    | ---: | ---: | ---: | ---: | ---: | ---: | --- | --- |
    | 4 | 1 | 0 | 3 | 0 | 0.60 | 07A-003 | face × 2, hand × 1 |

Words are quoted and not fenced, because a code host wraps a quote and scrolls a fence. What Markdown (CommonMark and
GitHub's) would take for a mark of its own has a backslash before it, a line ends in one where a new line is meant, and
a blank at the edge of a line is `&#32;`, so that the page shows the words to the letter and reading gives them back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import groupby

from studio.errors import BadInput
from studio.writing.book import (
    BOOK_PARTS,
    Book,
    BookEntry,
    Outcome,
    book_entry,
    check_lines,
    counted,
    dollars_text,
    in_book_order,
    moment_of,
    moment_text,
    outcome_of,
    reasons_text,
    whole_of,
)

# Anywhere: emphasis, code, links, HTML and entities, tables, strikethrough, sums in TeX, headings' closing marks, and
# what a code host makes a link or a smiley of. At a line's begin: lists, and the lines that make a heading of the one
# above.
MARKS = re.compile(r"[\\`*_\[\]<>&|~$#]|:(?=\S)|(?<=www)\.", re.IGNORECASE)
BEGINS = re.compile(r"^[0-9]+(?=[.)])|^(?=[-+=])")
BLANK = "&#32;"
MARKED = re.compile(r"\\([!-/:-@\[-`{-~])|&#32;")
BREAK = re.compile(r"(?<!\\)(?:\\\\)*\\$")

PART = re.compile(r"\*\*([A-Z][a-z ]+)\*\*(?: · (.+))?")
VERSION = re.compile(r"### ([^,]+), version ([^,]+)(?:, in grid (.+))?")
BY = re.compile(r"By (.+?)(?:, ([0-9: .-]+ UTC))?\.")
CELL = re.compile(r"\|((?:\\.|[^|\\])+)(?=\|)")
HEAD = {
    "made": "made", "circled": "circled", "held": "held", "NG": "ng", "accidents": "accidents",
    "cost (USD)": "cost_usd", "circled takes": "circled_takes", "reasons": "reasons",
}  # fmt: skip
LOOKS = {name: name.replace("_", " ").capitalize() for name in BOOK_PARTS}
NAMES = {looks: name for name, looks in LOOKS.items()}


def write_book_markdown(book: Book) -> str:
    """The Markdown that `read_book_markdown` reads back as the same value."""
    shots = [(shot, list(entries)) for shot, entries in groupby(book.entries, key=lambda entry: entry.shot)]
    about = "Every version of the words, the oldest first, and what became of it"
    lines = [f"# {marked(book.title)}", "", f"{about}: {counted(len(shots), 'shot')}, {counted(len(book), 'version')}."]
    for shot, entries in shots:
        lines += ["", f"## {shot}"]
        for entry in entries:
            lines += _version(entry)
    return "\n".join(lines) + "\n"


def marked(line: str) -> str:
    """One line of text so that Markdown shows it to the letter."""
    bare = line.strip(" ")
    before = line.index(bare) if bare else len(line)
    text = MARKS.sub(r"\\\g<0>", bare)
    if not before:
        text = BEGINS.sub(lambda begin: f"{begin[0]}\\", text)
    return BLANK * before + text + BLANK * (len(line) - before - len(bare))


def unmarked(line: str) -> str:
    """The line of text that `marked` made it from."""
    return MARKED.sub(lambda mark: mark[1] or " ", line)


def _version(entry: BookEntry) -> list[str]:
    grid = f", in grid {marked(entry.grid)}" if entry.grid else ""
    lines = ["", f"### {entry.shot}, version {entry.version}{grid}"]
    if entry.author:
        lines += ["", f"By {', '.join(filter(None, (marked(entry.author), moment_text(entry.created_at_us))))}."]
    for name, field_name in BOOK_PARTS.items():
        if text := entry.part(name):
            author = getattr(entry, field_name)
            lines += ["", f"**{LOOKS[name]}**" + (f" · {marked(author)}" if author else ""), ""]
            lines += [f"> {line}" for line in "\\\n".join(map(marked, text.split("\n"))).split("\n")]
    return [*lines, "", *_table(entry.outcome)] if entry.outcome != Outcome() else lines


def _table(outcome: Outcome) -> list[str]:
    counts = (outcome.made, outcome.circled, outcome.held, outcome.ng, outcome.accidents)
    cells = (*counts, dollars_text(outcome.cost_micro_usd), ", ".join(outcome.circled_takes))
    rows = (HEAD, ["---:"] * 6 + ["---"] * 2, (*cells, marked(reasons_text(outcome.reasons))))
    return [f"| {' | '.join(map(str, row))} |" for row in rows]


# --- reading -------------------------------------------------------------------------------------------------------


@dataclass
class _Page:
    """One version while it is read, with the number of its heading's line."""

    line: int
    shot: str
    version: int
    grid: str
    author: str = ""
    created_at_us: int = 0
    words: dict[str, list[str]] = field(default_factory=dict)  # part -> its quoted lines
    lines: dict[str, int] = field(default_factory=dict)
    authors: dict[str, str] = field(default_factory=dict)
    part: str = ""
    table: list[list[str]] = field(default_factory=list)
    outcome: Outcome = field(default_factory=Outcome)


def read_book_markdown(text: str) -> Book:
    """The book in a Markdown text of this form, perhaps mended by hand: a line wrapped inside a quote is one line, an
    empty one there is an empty line of the words.

    Raises `BadInput`, one sentence naming the line, for anything that is no part of a book: nothing is dropped in
    silence but what stands before the first shot.
    """
    title, shot, pages = "", "", list[_Page]()
    for number, line in enumerate(check_lines(text).split("\n"), start=1):
        line, where = line.replace("\t", " ").rstrip(" "), f"line {number}"
        if line.startswith("# ") and not shot:
            title = unmarked(line[2:])
        elif line.startswith("## "):
            shot = line[3:].strip()
        elif line.startswith("### "):
            pages.append(_page(line, shot, number))
        elif not shot or (not line and (not pages or pages[-1].shot != shot)):
            continue
        elif not pages or pages[-1].shot != shot:
            raise BadInput(f"{where}: {_cut(line)} stands before the first version of {shot}: begin with its heading")
        else:
            _take_in(pages[-1], line, number)
    return in_book_order(title, ((f"line {page.line}", _entry(page)) for page in pages))


def _page(line: str, shot: str, number: int) -> _Page:
    found = VERSION.fullmatch(line)
    if not found:
        raise BadInput(f"line {number}: {_cut(line)} is no heading of a version: write ### 07A, version 1")
    if found[1] != shot:
        raise BadInput(f"line {number}: a version of {_cut(found[1])} stands under {_cut(shot)}: put it under its shot")
    return _Page(number, shot, whole_of(found[2], "version", f"line {number}"), unmarked(found[3]) if found[3] else "")


def _take_in(page: _Page, line: str, number: int) -> None:
    """One line below a version's heading."""
    where = f"line {number}"
    if not line or (line.startswith(">") and page.part):
        page.words.get(page.part, []).append(line[1:].strip(" "))
    elif (found := PART.fullmatch(line)) and found[1] in NAMES:
        page.part = NAMES[found[1]]
        if page.part in page.words:
            raise BadInput(f"{where}: the {found[1].lower()} stands twice in this version: keep one of the two")
        page.words[page.part], page.lines[page.part] = [], number
        author = unmarked(found[2]) if found[2] else ""
        if page.authors.setdefault(BOOK_PARTS[page.part], author) != author:
            raise BadInput(
                f"{where}: the {found[1].lower()} is by {author or 'nobody'}, and its like by "
                f"{page.authors[BOOK_PARTS[page.part]] or 'nobody'}: they have one author"
            )
    elif found := BY.fullmatch(line):
        page.author, page.created_at_us = unmarked(found[1]), moment_of(found[2] or "", where)
    elif line.startswith("|"):
        page.table.append([unmarked(cell.strip(" ")) for cell in CELL.findall(line)])
        if len(page.table) == 3:
            page.outcome = _outcome(page.table, where)
    else:
        known = ", ".join(f"**{looks}**" for looks in LOOKS.values())
        raise BadInput(
            f"{where}: {_cut(line)} is no part of a prompt book: words stand behind > and under one of {known}"
        )


def _entry(page: _Page) -> BookEntry:
    first = min(page.lines.values(), default=page.line)
    return book_entry(
        f"line {first}",
        page.shot,
        page.version,
        {name: _quoted(lines) for name, lines in page.words.items()},
        page.authors,
        grid=page.grid,
        author=page.author,
        created_at_us=page.created_at_us,
        outcome=page.outcome,
    )


def _quoted(lines: list[str]) -> str:
    """The words of a quote: a line that ends in a backslash is whole, any other goes on in the next one."""
    words, between = "", ""
    for line in lines:
        if not line:
            between = "\n\n" if words else ""
            continue
        whole = BREAK.search(line)
        words += between + unmarked(line[:-1] if whole else line)
        between = "\n" if whole else " "
    return words


def _outcome(table: list[list[str]], where: str) -> Outcome:
    head, _, cells = table
    if missing := [name for name in HEAD if name not in head]:
        raise BadInput(f"{where}: the table of the outcome has no {missing[0]}: its columns are {', '.join(HEAD)}")
    return outcome_of({HEAD[name]: cell for name, cell in zip(head, cells, strict=False) if name in HEAD}, where)


def _cut(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:39]}…")
