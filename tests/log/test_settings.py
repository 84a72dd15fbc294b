from __future__ import annotations

import subprocess
import sys
import tomllib
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.errors import BadInput, NotFound, StoreError
from studio.log import Author, Settings, default_author, read_settings, write_settings

SMALL = 'title = "T"\nrate = "24"\nsize = [1280, 720]\n'


@pytest.fixture
def read(tmp_path):
    def read_text(text: str) -> Settings:
        (tmp_path / "film.toml").write_text(text, "utf-8")
        return read_settings(tmp_path)

    return read_text


def test_what_is_written_is_read(tmp_path):
    given = Settings(
        title="Ein “Zoom” #1 = \\n",
        rate=Fraction(24000, 1001),
        width=854,
        height=480,
        fit="crop",
        authors=(Author("ada", ("words", "camera")), Author("Jürgen K.", ())),
        director="ada",
        reasons=("face", 'with "quotes"'),
        slowest_speed=Fraction(2, 3),
        cap_usd=Decimal("600.50"),
        database_url="postgresql://host/film",
        title_card="Endless\nzoom",
        end_card="…",
    )
    write_settings(tmp_path, given)
    assert read_settings(tmp_path) == given
    assert [path.name for path in tmp_path.iterdir()] == ["film.toml"]


line = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)


@given(
    title=line,
    names=st.lists(line.filter(lambda name: name != "studio"), max_size=3, unique=True),
    card=st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Cn", "Zl", "Zp"]) | st.just("\n"), max_size=20),
)
@settings(max_examples=50, deadline=None)
def test_any_text_survives_the_file(tmp_path_factory, title, names, card):
    folder = tmp_path_factory.mktemp("film")
    wanted = Settings(title, Fraction(24), 1280, 720, authors=tuple(map(Author, names)), title_card=card)
    write_settings(folder, wanted)
    assert read_settings(folder) == wanted


def test_a_new_film_allows_half_speed_has_no_cap_and_a_comment_beside_each_key(tmp_path):
    write_settings(tmp_path, Settings("T", Fraction(24), 1280, 720))
    found = read_settings(tmp_path)
    assert (found.slowest_speed, found.cap_usd, found.fit) == (Fraction(1, 2), None, "letterbox")
    assert {"face", "hand", "wrong move", "joins well"} <= set(found.reasons)
    lines = (tmp_path / "film.toml").read_text("utf-8").splitlines()
    assert [row for row in lines if row and " # " not in row[1:]] == []


def test_an_existing_film_toml_is_left_alone_unless_it_is_to_be_replaced(tmp_path):
    write_settings(tmp_path, Settings("First", Fraction(24), 1280, 720))
    with pytest.raises(BadInput, match="is a film already"):
        write_settings(tmp_path, Settings("Second", Fraction(24), 1280, 720))
    assert read_settings(tmp_path).title == "First"
    write_settings(tmp_path, Settings("Second", Fraction(24), 1280, 720), replace=True)
    assert read_settings(tmp_path).title == "Second"


def test_settings_that_could_not_be_read_again_are_not_written(tmp_path):
    with pytest.raises(BadInput, match="both sides must be even"):
        write_settings(tmp_path, Settings("T", Fraction(24), 1281, 720))
    assert list(tmp_path.iterdir()) == []


def test_what_is_left_out_has_its_usual_value(read):
    found = read(SMALL)
    assert found == Settings("T", Fraction(24), 1280, 720)


@pytest.mark.parametrize(
    ("rate", "exact"),
    [("24", Fraction(24)), ("23.976", Fraction(24000, 1001)), ('"24000/1001"', Fraction(24000, 1001)),
     ('"25"', Fraction(25)), ("29.97", Fraction(30000, 1001))],
)  # fmt: skip
def test_a_rate_is_exact_however_it_is_written(read, rate, exact):
    assert read(SMALL.replace('"24"', rate)).rate == exact


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("tilte = 'x'", "unknown key tilte: did you mean title?"),
        ("[budget]\nfilm = 3", "unknown key budget.film: did you mean budget.film_usd?"),
        ("colour = 1", "unknown key colour: it knows title, rate"),
        ("fit = 'stretch'", '\'stretch\': write "letterbox" or "crop"'),
        ("director = 'studio'", "'studio' signs what the machine does"),
        ("director = ' ada'", "' ada' is not an author's name"),
        ("reasons = 'face'", "reasons in film.toml is 'face': write a list of words"),
        ("authors = ['ada']", "authors in film.toml is ['ada']: write a table, [authors]"),
        (
            "[authors]\nada = ['words', 'music']",
            "authors.ada in film.toml is ['words', 'music']: write a list of words",
        ),
        ("[authors]\nada = 'words'", "write a list of words, camera, edit"),
        ("[authors]\nstudio = []", "choose another author's name"),
        (f"[authors]\n{'x' * 41} = []", "write 1 to 40 characters"),
        ("[budget]\nfilm_usd = -1", "-1: write US dollars"),
        ("[budget]\nfilm_usd = nan", "write US dollars"),
        ("[budget]\nfilm_usd = true", "write US dollars"),
        ("[budget]\nfilm_usd = 'a lot'", "'a lot': write US dollars"),
        ("[cut]\nslowest_speed = 0", "write a fraction from 1/10 to 1"),
        ("[cut]\nslowest_speed = '3/2'", "'3/2': write a fraction from 1/10 to 1"),
        ("[cut]\nslowest_speed = '1/0'", "write a fraction from 1/10 to 1"),
        ("[cards]\ntitle = 3", "cards.title in film.toml is 3: write text in quotes"),
        ("cut = 3", "cut in film.toml is 3: write a table, [cut]"),
        ("database_url = 'mysql://host/film'", "database_url in film.toml is not understood"),
        ("database_url = 'postgresql://[x'", "database_url in film.toml is not understood"),
        ("database_url = 'postgresql://host/film?password=secret'", "holds a password: leave it out"),
        ("database_url = 'postgresql://ada:secret@host/film'", "holds a password: leave it out"),
    ],
)
def test_each_mistake_in_film_toml_is_one_sentence(read, line, said):
    with pytest.raises(BadInput) as error:
        read(SMALL + line + "\n")
    assert said in str(error.value)
    assert "\n" not in str(error.value)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[1280, 720]", "[1280, 721]", "1280×721: both sides must be even"),
        ("[1280, 720]", "[1280]", "write width and height in pixels, size = [1280, 720]"),
        ("[1280, 720]", "[1280.0, 720]", "write width and height in pixels"),
        ("[1280, 720]", "[0, 0]", "from 16 to 8192 pixels"),
        ('"24"', '"fast"', "the rate 'fast' is not a number of frames per second"),
        ('"24"', "0", "the rate 0 is out of range"),
        ('"24"', "[24]", 'rate in film.toml is [24]: write rate = "24"'),
        ('"T"', '" "', "title in film.toml is ' ': write one line of text"),
        ("title", "# title", 'film.toml has no title: add one, such as title = "Endless zoom"'),
        ("rate", "# rate", "film.toml has no rate"),
        ("size", "size =", "film.toml cannot be read: Invalid value (at line 3, column 8)"),
    ],
)
def test_a_mistake_in_what_a_film_must_have_is_one_sentence(read, old, new, said):
    with pytest.raises(BadInput) as error:
        read(SMALL.replace(old, new, 1))
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_folder_without_film_toml_is_not_a_film(tmp_path):
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(NotFound, match=r"is not a film: it has no film\.toml \(make one with `studio new"):
            read_settings(folder)


def test_a_film_toml_that_cannot_be_read_is_one_sentence(tmp_path):
    (tmp_path / "film.toml").mkdir()
    with pytest.raises(StoreError, match=r"film\.toml of .* cannot be read: Is a directory"):
        read_settings(tmp_path)


def test_a_film_toml_saved_in_another_encoding_is_named(tmp_path):
    (tmp_path / "film.toml").write_bytes(SMALL.replace("T", "Tür").encode("latin-1"))
    with pytest.raises(BadInput, match=r"film\.toml is not UTF-8 text \(byte 10\): save it as UTF-8"):
        read_settings(tmp_path)


def test_a_film_toml_with_a_byte_order_mark_is_read(tmp_path):
    (tmp_path / "film.toml").write_bytes(b"\xef\xbb\xbf" + SMALL.encode())
    assert read_settings(tmp_path).title == "T"


def test_the_comments_are_toml(tmp_path):
    write_settings(tmp_path, Settings("T", Fraction(24), 1280, 720, authors=(Author("a b", ("edit",)),)))
    assert tomllib.loads((tmp_path / "film.toml").read_text("utf-8"))["authors"] == {"a b": ["edit"]}


# --- who writes ---


def film(*names: str) -> Settings:
    return Settings("T", Fraction(24), 1280, 720, authors=tuple(map(Author, names)))


def test_the_author_is_the_chosen_one_else_the_environments_else_the_only_one():
    assert default_author(film("ada"), "ben", {"STUDIO_AUTHOR": "cy"}) == "ben"
    assert default_author(film("ada"), "", {"STUDIO_AUTHOR": "cy"}) == "cy"
    assert default_author(film("ada"), "", {"STUDIO_AUTHOR": ""}) == "ada"


@pytest.mark.parametrize(("names", "said"), [(("ada", "ben"), "several authors (ada, ben)"), ((), "names no author")])
def test_with_several_authors_and_none_chosen_writing_stops_with_a_sentence(names, said):
    with pytest.raises(BadInput) as error:
        default_author(film(*names), "", {})
    assert said in str(error.value)
    assert "film.as_('ada')" in str(error.value)


@pytest.mark.parametrize("name", ["studio", " ", "x" * 41, "a\nb"])
def test_nobody_can_write_under_a_name_that_is_not_an_authors(name):
    with pytest.raises(BadInput, match=r"author's name"):
        default_author(film(), name, {})


def test_settings_ids_and_columns_come_without_the_database():
    code = (
        "from studio.log import TAKES, fit_for_database, new_id, read_settings; import sys; "
        "print('sqlalchemy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
