"""`film.book` and `studio book`, as a person uses them."""

import pytest

import studio
from studio.cli import main
from studio.errors import BadInput, NotFound
from tests.clips import make_clip


@pytest.fixture(autouse=True)
def nobody_chosen(monkeypatch):
    monkeypatch.delenv("STUDIO_AUTHOR", raising=False)


@pytest.fixture
def film(tmp_path):
    with studio.new(tmp_path / "film", title="Endless *zoom*", size=(320, 180), authors=["mara", "jon"]) as film:
        film.as_("mara").write("07A", "Two teenagers <b>meet</b>.\n=1+1", continuity={"who": "Nell"})
        film.as_("jon").write("07A", camera="fast push in, then whip pan right")
        film.as_("mara").write("08A", "It bursts.")
        yield film


@pytest.fixture
def other(tmp_path):
    with studio.new(tmp_path / "other", authors=["ben"]) as other:
        yield other


@pytest.mark.parametrize("name", ["book.md", "book.csv"])
def test_a_book_goes_from_one_film_into_another_with_its_authors(film, other, tmp_path, name):
    path = film.book.save(tmp_path / name)
    assert repr(other.book.read(path)) == "3 versions written (07A, 08A)"
    assert repr(other.book.read(path)) == "0 versions written; 3 there already"
    theirs, ours = film.prompts("07A"), other.prompts("07A")
    same = ["version", "scene_text", "camera", "who", "scene_author", "camera_author", "continuity_author"]
    assert ours[same].to_dict("list") == theirs[same].to_dict("list")
    assert ours["author"].tolist() == ["ben", "ben"]
    assert theirs["author"].tolist() == ["mara", "jon"]
    assert other.book.save(tmp_path / f"again-{name}").is_file()


def test_a_book_shows_takes_that_were_really_made_and_judged(film):
    film.generate("07A", takes=2, seconds=1, seed=1).wait()
    film.circle("07A-001", "face")
    film.ng("07A-002", "hand")
    film.adopt(make_clip(film.folder / "clip.mp4"), shot="07A")
    row = film.book.to_frame().iloc[1]
    assert (row["shot"], row["version"], row["made"], row["circled"], row["ng"]) == ("07A", 2, 2, 1, 1)
    assert (row["circled_takes"], row["reasons"], row["cost_usd"]) == ("07A-001", "face × 1, hand × 1", 0.0)
    assert "| 2 | 1 | 0 | 1 | 0 | 0.00 | 07A-001 | face × 1, hand × 1 |" in str(film.book)


def test_a_book_in_a_notebook_is_one_line_a_table_or_the_whole_page(film):
    assert repr(film.book) == "Book('Endless *zoom*', 2 shots, 3 versions)"
    assert "&lt;b&gt;meet&lt;/b&gt;" in film.book._repr_html_()
    assert "<b>meet" not in film.book._repr_html_()
    assert str(film.book).startswith("# Endless \\*zoom\\*\n")
    assert "> Two teenagers \\<b\\>meet\\</b\\>.\\\n> \\=1+1\n" in str(film.book)


def test_a_book_is_never_written_over_another_file(film, tmp_path):
    path = film.book.save(tmp_path / "book.md")
    before = path.read_bytes()
    film.write("09A", "One more.")
    with pytest.raises(BadInput, match=r"book\.md is already there: give the prompt book another name"):
        film.book.save(path)
    assert path.read_bytes() == before
    with pytest.raises(BadInput, match=r"book\.txt is neither \.md nor \.csv"):
        film.book.save(tmp_path / "book.txt")
    with pytest.raises(NotFound, match="there is no prompt book at"):
        film.book.read(tmp_path / "none.md")


def test_a_mistake_in_a_book_writes_nothing_and_names_the_file_and_the_line(film, other, tmp_path):
    path = film.book.save(tmp_path / "book.md")
    text = path.read_text("utf-8").replace("It bursts.", "It \u202ebursts.")
    path.write_text(text, "utf-8")
    line = text.split("\n").index("> It \u202ebursts.") + 1
    with pytest.raises(BadInput, match=rf"book\.md: line {line} holds the invisible character U\+202E"):
        other.book.read(path)
    assert other.log.shots() == ()


def test_the_book_is_written_and_read_from_the_command_line(film, other, tmp_path, capsys):
    path = tmp_path / "book.md"
    assert main(["book", str(film.folder), str(path)]) == 0
    assert capsys.readouterr().out == f"{path.as_posix()}\n"
    assert main(["book", str(other.folder), str(path), "--read"]) == 0
    assert capsys.readouterr().out == "3 versions written (07A, 08A)\n"
    assert main(["book", str(film.folder), str(path)]) == 2
    assert main(["book", str(film.folder), str(path), "--read"]) == 2
    said = capsys.readouterr().err.splitlines()
    assert "book.md is already there" in said[0]
    assert "has several authors (mara, jon) and none is chosen" in said[1]
