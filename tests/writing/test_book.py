"""The prompt book: as Markdown and CSV both ways, out of a log, and its words into another."""

import csv
import io
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from studio.errors import BadInput, NotFound
from studio.log import Log
from studio.nouns import Card, Continuity
from studio.writing import (
    Book,
    BookEntry,
    Outcome,
    book_of,
    load_book,
    read_book_csv,
    read_book_markdown,
    record,
    record_book,
    save_book,
    write_book_csv,
    write_book_markdown,
)
from studio.writing.book import BOOK_AUTHORS, BOOK_PARTS
from studio.writing.cards import record_card
from studio.writing.text import clean
from tests.log.making import a_request, done, judge, make_film

hostile = [
    "`", "```", "~~~", "#", "## 07A", "|", "---", "===", "<script>alert(1)</script>", "<!--", "&amp;", "&#32;", "\\",
    "\n", "\n\n", " ", "    ", "- ", "+ ", "1. ", "2) ", "> ", "*", "_", "~~", "[a](b)", "![x](y)", "www.x.org",
    "http://x.org", "$x$", ":smile:", "**Camera** · ben", "By ben.", "| --- |", "=1+1", "'=1", "@a", "-c", '"', ",;",
    "push in", "ä", "a",
]  # fmt: skip
visible = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Cn", "Zl", "Zp")), max_size=12)
words = (st.lists(st.sampled_from(hostile), max_size=8).map("".join) | visible).map(lambda text: clean(text, "x"))
names = st.sampled_from(["", "mara", "=1+1", "@jo", "ä # & ' %", "Jo | Ann *", "J. R."])
labels = st.lists(st.integers(1, 999).map("07A-{:03d}".format), max_size=3, unique=True).map(tuple)
counts = st.integers(0, 700)
reasons = st.lists(st.tuples(st.sampled_from(["face", "too dark, grainy", "=1|*"]), st.integers(1, 9)), max_size=3)
outcomes = st.builds(Outcome, counts, counts, counts, counts, st.integers(0, 10**12), labels, reasons.map(tuple))


@st.composite
def entries(draw: st.DrawFn, shot: str, version: int) -> BookEntry:
    parts = {name: draw(words) for name in BOOK_PARTS if name not in ("who", "age", "time", "place", "cards")}
    if not parts["scene_text"] and not parts["camera"]:
        parts["camera"] = "push in"
    entry = BookEntry(
        shot=shot,
        version=version,
        continuity=Continuity(*(draw(words) for _ in range(4))),
        cards=draw(st.sampled_from([(), ("her",), ("her", "=1986 | *"), ("school corridor", "16 mm")])),
        grid=draw(st.sampled_from(["", "", "07A-g1", "a | b"])),
        author=draw(names.filter(bool)),
        created_at_us=draw(st.integers(1, 4 * 10**15)),
        outcome=draw(outcomes),
        **parts,
    )
    wrote = {field for part, field in BOOK_PARTS.items() if entry.part(part)}
    return replace(entry, **{field: draw(names) for field in BOOK_AUTHORS if field in wrote})


@st.composite
def books(draw: st.DrawFn) -> Book:
    keys = draw(
        st.lists(st.tuples(st.sampled_from(["01A", "07A", "07AB"]), st.integers(1, 12)), min_size=1, max_size=4)
    )
    title = " ".join(draw(words).split())
    return Book(title, tuple(draw(entries(shot, version)) for shot, version in sorted(set(keys))))


@settings(deadline=None, max_examples=60)
@given(books())
def test_a_book_is_read_back_from_markdown_as_it_was_written(book: Book) -> None:
    assert read_book_markdown(write_book_markdown(book)) == book


@settings(deadline=None, max_examples=60)
@given(books())
def test_a_book_is_read_back_from_csv_as_it_was_written_and_no_cell_begins_like_a_formula(book: Book) -> None:
    text = write_book_csv(book)
    assert read_book_csv(text, book.title) == book
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len(rows) == 1 + len(book)
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@settings(deadline=None, max_examples=100)
@given(words.filter(bool), words.filter(bool))
def test_a_page_of_the_book_shows_the_words_to_the_letter_and_nothing_in_them_is_markdown(scene: str, cam: str) -> None:
    book = Book("two", (BookEntry("07A", 1, scene, cam, scene_author="mara", author="mara"),))
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(write_book_markdown(book))
    assert [t.tag for t in tokens if t.type == "heading_open"] == ["h1", "h2", "h3"]
    quotes = [n for n, token in enumerate(tokens) if token.type == "blockquote_open"]
    inside = [[token.type for token in tokens[n : n + 5]] for n in quotes]
    assert inside == [["blockquote_open", "paragraph_open", "inline", "paragraph_close", "blockquote_close"]] * 2
    inline = [tokens[n + 2].children or [] for n in quotes]
    assert {token.type for line in inline for token in line} <= {"text", "text_special", "hardbreak"}
    shown = ["".join("\n" if token.type == "hardbreak" else token.content for token in line) for line in inline]
    assert shown == [scene, cam]


TWO = Book(
    "Endless *zoom*",
    (
        BookEntry(
            "07A", 1, "We zoom through the bubble,\nit pops.", "fast push in", scene_author="mara",
            camera_author="jon", author="mara", created_at_us=1_764_419_013_000_000,
            outcome=Outcome(4, 0, 3, 1, 600_000, ("07A-003",), (("face", 2), ("hand", 1))),
        ),
        BookEntry("07A", 2, "It pops.", "fast push in", scene_author="mara", camera_author="jon", author="mara",
                  created_at_us=1_764_419_014_000_000, continuity=Continuity(who="Nell"), cards=("her",),
                  continuity_author="ada"),
    ),
)  # fmt: skip


def test_a_book_reads_like_a_page() -> None:
    assert write_book_markdown(TWO) == (
        "# Endless \\*zoom\\*\n\n"
        "Every version of the words, the oldest first, and what became of it: 1 shot, 2 versions.\n\n"
        "## 07A\n\n"
        "### 07A, version 1\n\n"
        "By mara, 2025-11-29 12:23:33 UTC.\n\n"
        "**Scene text** · mara\n\n> We zoom through the bubble,\\\n> it pops.\n\n"
        "**Camera** · jon\n\n> fast push in\n\n"
        "| made | circled | held | NG | accidents | cost (USD) | circled takes | reasons |\n"
        "| ---: | ---: | ---: | ---: | ---: | ---: | --- | --- |\n"
        "| 4 | 1 | 0 | 3 | 1 | 0.60 | 07A-003 | face × 2, hand × 1 |\n\n"
        "### 07A, version 2\n\n"
        "By mara, 2025-11-29 12:23:34 UTC.\n\n"
        "**Scene text** · mara\n\n> It pops.\n\n"
        "**Camera** · jon\n\n> fast push in\n\n"
        "**Who** · ada\n\n> Nell\n\n"
        "**Cards** · ada\n\n> her\n"
    )


def test_a_book_mended_by_hand_is_read_as_it_was_meant() -> None:
    text = (
        "About it.\n\n## 01A\n### 01A, version 1\n**Scene text**\n> wrapped by\n>   an *editor*\n>\n> below\n\n> more\n"
    )
    assert read_book_markdown(text).entries == (BookEntry("01A", 1, "wrapped by an *editor*\n\nbelow\n\nmore"),)
    windows = write_book_markdown(TWO).replace("\n", "\r\n")
    assert read_book_markdown("\ufeff" + windows) == TWO


HEAD = "# x\n\n## 01A\n\n### 01A, version 1\n\n**Scene text** · ada\n\n> a field\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the prompt book has no versions"),
        ("# x\n\nnothing else\n", "the prompt book has no versions"),
        (HEAD + "\na remark of mine\n", r"line 11: 'a remark of mine' is no part of a prompt book"),
        (HEAD + "\n> \u202eevil\n", r"line 11 holds the invisible character U\+202E .* at place 3: delete it"),
        (HEAD + "\n> a\x00b\n", r"line 11 holds the invisible character U\+0000"),
        (HEAD + "\n**Colour** · ada\n\n> red\n", r"line 11: '\*\*Colour\*\* · ada' is no part"),
        (HEAD + "\n**Scene text** · ada\n\n> b\n", "line 11: the scene text stands twice"),
        (HEAD + "\n**Who** · ada\n\n> b\n\n**Age** · ben\n", "line 15: the age is by ben, and its like by ada"),
        (HEAD + "\n### 01A, version 1\n\n**Camera**\n\n> push in\n", "line 11: version 1 of 01A stands twice"),
        (HEAD + "\n### 02A, version 1\n", "line 11: a version of '02A' stands under '01A'"),
        (HEAD + "\n### Notes\n", "line 11: '### Notes' is no heading of a version"),
        (HEAD + "\n### 01A, version two\n", "line 11: the version is 'two': write a whole number"),
        (HEAD + "\n## 02A\n\n> b\n", "line 13: '> b' stands before the first version of 02A"),
        (HEAD + "\n## 7\n\n### 7, version 1\n\n**Camera**\n\n> b\n", "line 15: '7' is not a shot"),
        (HEAD + "\n### 01A, version 2\n\n**Style**\n\n> b\n", "line 13: version 2 of 01A has no words"),
        (HEAD.replace("· ada", "· studio"), "line 7: 'studio' signs what the machine does"),
        (HEAD + "\nBy ada, 2026-02-31 00:00:00 UTC.\n", "line 11: '2026-02-31 00:00:00 UTC' is no moment"),
        (HEAD + "\n| made |\n| --- |\n| 1 |\n", "line 13: the table of the outcome has no circled"),
        (HEAD + f"\n> {'a' * 9000}\n", "line 7: the scene text of 01A has 9,009 characters"),
    ],
)
def test_a_mistake_in_the_markdown_gets_one_sentence_naming_the_line(text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said) as told:
        read_book_markdown(text)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: there is no column 'shot'"),
        ("shot,version,colour\n", "line 1: 'colour' is no column of a prompt book"),
        ("shot,version,shot\n", "line 1: the column shot stands twice"),
        ("shot,scene_text\n01A,a\n", "line 1: there is no column 'version'"),
        ("shot,version,scene_text\n01A,1,a,b\n", "line 2: 4 cells for 3 columns"),
        ("shot,version,scene_text\n01A,x,a\n", "line 2: the version is 'x': write a whole number"),
        ("shot,version,scene_text\n01A,1,\n", "line 2: version 1 of 01A has no words"),
        ("shot,version,scene_text\n01A,1,a\u2066b\n", r"line 2 holds the invisible character U\+2066"),
        ("shot,version,scene_text,cost_usd\n01A,1,a,much\n", "line 2: the cost 'much' is no amount"),
        ("shot,version,scene_text,reasons\n01A,1,a,face\n", "line 2: the reasons are 'face'"),
        (f'shot,version,scene_text,reasons\n01A,1,a,"{"a × 1, " * 60}x"\n', "line 2: the reasons are 'a × 1, a"),
        ('shot,version,scene_text\n01A,1,"a\n', "the prompt book is not CSV"),
    ],
)
def test_a_mistake_in_the_csv_gets_one_sentence_naming_the_line(text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_book_csv(text)


def test_a_table_of_a_few_columns_is_a_book_too() -> None:
    text = "Version;Shot;Camera;Scene_text\n2;01A;push in;a\n1;01A;;b\n"
    assert read_book_csv(text, "mine").entries == (BookEntry("01A", 1, "b"), BookEntry("01A", 2, "a", "push in"))


@pytest.mark.parametrize("name", ["book.md", "book.csv", "BOOK.MD"])
def test_a_saved_book_loads_as_the_same_value_and_is_never_overwritten(tmp_path, name: str) -> None:
    path = save_book(TWO, tmp_path / name)
    before = path.read_bytes()
    assert load_book(path) == (TWO if name.lower().endswith("md") else replace(TWO, title="book"))
    with pytest.raises(BadInput, match=f"{name} is already there: give the prompt book another name"):
        save_book(TWO, path)
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [before]


def test_what_cannot_be_a_book_gets_one_sentence_naming_the_file(tmp_path) -> None:
    with pytest.raises(NotFound, match="there is no prompt book at"):
        load_book(tmp_path / "none.md")
    with pytest.raises(BadInput, match=r"book\.docx is neither \.md nor \.csv"):
        save_book(TWO, tmp_path / "book.docx")
    (tmp_path / "latin.md").write_bytes("# ä".encode("latin-1"))
    with pytest.raises(BadInput, match=r"latin\.md is not UTF-8 text \(byte 2\)"):
        load_book(tmp_path / "latin.md")
    (tmp_path / "empty.csv").write_bytes(b"")
    with pytest.raises(BadInput, match=r"empty\.csv: line 1: there is no column"):
        load_book(tmp_path / "empty.csv")
    with pytest.raises(NotFound, match="missing is not there: make the folder first"):
        save_book(TWO, tmp_path / "missing" / "book.md")
    with pytest.raises(BadInput, match="there are no words to save"):
        save_book(Book("x", ()), tmp_path / "book.md")


def test_a_book_in_a_notebook_is_a_short_harmless_table() -> None:
    script = BookEntry("07A", 1, "<script>alert(1)</script>", author="<b>ada", scene_author="<b>ada")
    shown = Book("<i>x", tuple(replace(script, version=n) for n in range(1, 101)))
    html = shown._repr_html_()
    assert not re.search(r"<(script|b>ada|i)", html)
    assert "and 60 versions more" in html
    assert len(html) < 20_000
    assert repr(shown) == "Book('<i>x', 1 shot, 100 versions)"


def test_a_book_as_a_table_has_its_types_however_empty() -> None:
    full, empty = TWO.to_frame(), Book("x", ()).to_frame()
    assert full.dtypes.to_dict() == empty.dtypes.to_dict()
    assert full.loc[0, ["shot", "version", "made", "circled", "cost_usd", "circled_takes", "reasons"]].tolist() == [
        "07A", 1, 4, 1, 0.6, "07A-003", "face × 2, hand × 1",
    ]  # fmt: skip
    assert full.loc[1, ["who", "cards", "continuity_author"]].tolist() == ["Nell", "her", "ada"]


@pytest.fixture
def log(tmp_path):
    with Log.open(make_film(tmp_path / "film")) as log:
        yield log


@pytest.fixture
def other(tmp_path):
    with Log.open(make_film(tmp_path / "other")) as log:
        yield log


def three_versions(log: Log) -> None:
    record(log, "07A", "mara", scene_text="Two teenagers meet.", continuity=Continuity(who="her, red hair"))
    record(log, "07A", "jon", camera="fast push in")
    record(log, "07A", "mara", scene_text="They meet.", portal_out="the keyhole", style="16 mm film", avoid="text")
    record(log, "08A", "mara", scene_text="It bursts.")


def authors_of(entry: BookEntry) -> list[str]:
    return [getattr(entry, field) for field in BOOK_AUTHORS]


def test_the_book_of_a_film_tells_what_became_of_each_version(log):
    three_versions(log)
    second = next(prompt for prompt in log.prompts("07A") if prompt.version == 2)
    with log.write("ada") as w:
        request = w.request(a_request(second))
        takes = [w.take("07A", request.id) for _ in range(5)]
        w.event("adopted", w.take("07A").id, {"original_name": "old.mov"})
        for take in takes[:4]:
            done(w, take)
            w.event("money.settled", take.id, {"micro_usd": 240_001})
        w.event("money.settled", takes[4].id, {"micro_usd": 5})
        for take, verdict, reason in zip(
            takes, ("circle", "ng", "ng", "hold"), ("", "hand", "face", "face"), strict=False
        ):
            judge(w, take, verdict, reason)
        w.event("accident", takes[2].id, {"on": True})
    book = book_of(log, "Two")
    assert [(entry.shot, entry.version) for entry in book] == [("07A", 1), ("07A", 2), ("07A", 3), ("08A", 1)]
    assert [entry.outcome.made for entry in book] == [0, 4, 0, 0]
    assert book.entries[1].outcome == Outcome(4, 1, 2, 1, 960_009, ("07A-001",), (("face", 2), ("hand", 1)))
    assert (book.entries[2].scene_author, book.entries[2].camera_author) == ("mara", "jon")
    assert read_book_markdown(write_book_markdown(book)) == book
    assert read_book_csv(write_book_csv(book), "Two") == book


def test_a_book_read_into_another_film_keeps_the_words_and_who_wrote_them(log, other):
    three_versions(log)
    book = book_of(log, "Two")
    read = record_book(other, book, "ben")
    assert repr(read) == "4 versions written (07A, 08A)"
    copied = book_of(other, "Two")
    assert [entry.words for entry in copied] == [entry.words for entry in book]
    assert [authors_of(entry) for entry in copied] == [authors_of(entry) for entry in book]
    assert {prompt.author for prompt in other.prompts("07A")} == {"ben"}
    again = record_book(other, book, "ben")
    assert (again.written, repr(again)) == ((), "0 versions written; 4 there already")


def test_reading_an_old_book_leaves_the_latest_words_the_latest(log):
    three_versions(log)
    book = book_of(log, "Two")
    record(log, "07A", "mara", scene_text="They part.")
    assert record_book(log, book, "ben").written == ()
    older = replace(book.entries[0], scene_text="An older draft.")
    mixed = Book("Two", (older, replace(book.entries[2], version=4)))
    assert [prompt.scene_text for prompt in record_book(log, mixed, "ben").written] == ["An older draft.", "They part."]
    latest = log.latest_prompt("07A")
    assert (latest.scene_text, latest.scene_author, latest.camera_author) == ("They part.", "mara", "jon")
    assert record_book(log, mixed, "ben").written == ()


def test_cells_of_grids_and_strange_cards_are_left_out_and_told(log, other):
    record_card(log, "mara", Card("her", "person", "red hair"))
    record(log, "07A", "mara", scene_text="She waits.", continuity=Continuity(who="red hair"), cards=["her"])
    record(log, "07A", "mara", style="noir", grid="07A-g1")
    book = book_of(log, "Two")
    read = record_book(other, book, "ben")
    assert repr(read) == (
        "1 version written (07A); 1 cell of grids left out: a grid belongs to its film; "
        "not among the cards, so only their words are kept: her"
    )
    (prompt,) = other.prompts("07A")
    assert (prompt.cards, prompt.continuity.who, prompt.style) == ((), "red hair", "")
    assert record_book(log, book, "ben").written == ()


def test_a_book_is_written_whole_or_not_at_all(log):
    good, bad = BookEntry("01A", 1, "a field"), BookEntry("02A", 1, "a\u202efield")
    with pytest.raises(BadInput, match="invisible character"):
        record_book(log, Book("x", (good, bad)), "ben")
    assert log.shots() == ()


@settings(deadline=None, max_examples=15)
@given(books())
def test_whatever_book_is_read_a_second_time_nothing_is_written(tmp_path_factory, book):
    with Log.open(make_film(tmp_path_factory.mktemp("any") / "film")) as log:
        record_book(log, book, "ben")
        own = {entry.words for entry in book if not entry.grid}
        assert own == {entry.words for entry in book_of(log, "x")}
        assert record_book(log, book, "ben").written == ()
