"""`%%shot` in a real IPython."""

import subprocess
import sys
from html import escape

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

import studio


@pytest.fixture(scope="module")
def shell(tmp_path_factory):
    """An IPython that leaves nothing in anybody's home."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    home = tmp_path_factory.mktemp("ipython")
    shell = InteractiveShell.instance(config=config, ipython_dir=str(home))
    yield shell
    InteractiveShell.clear_instance()


class Told:
    """What a cell gave and showed."""

    def __init__(self, shell, cell):
        with capture_output() as seen:
            ran = shell.run_cell(cell)
        self.result, self.error = ran.result, ran.error_in_exec
        self.text = seen.stdout + seen.stderr
        self.html = "".join(output.data.get("text/html", "") for output in seen.outputs)
        self.plain = "".join(output.data["text/plain"] for output in seen.outputs)


@pytest.fixture
def film(tmp_path, monkeypatch):
    monkeypatch.delenv("STUDIO_AUTHOR", raising=False)
    with studio.new(tmp_path / "film", authors=["ada"]) as film:
        yield film


@pytest.fixture
def run(shell, film):
    shell.reset(new_session=False)
    shell.user_ns["film"] = film
    assert Told(shell, "%load_ext studio" if "studio" not in shell.extension_manager.loaded else "").error is None
    return lambda cell: Told(shell, cell)


FIRST = (
    '%%shot 07A --camera "fast push in, then whip pan right" --avoid "text, the musician\'s face" --model runway/gen4.5'
    " --takes 4\nTwo teenagers meet.\n"
)


def test_a_cell_writes_a_version_and_gives_back_what_the_call_gives(run, film):
    told = run(FIRST)
    assert told.result == film.log.latest_prompt("07A")
    assert told.result == film.write("07A", "Two teenagers meet.")
    assert (told.result.scene_text, told.result.camera, told.result.avoid, told.result.author) == (
        "Two teenagers meet.",
        "fast push in, then whip pan right",
        "text, the musician's face",
        "ada",
    )
    assert told.plain.startswith(
        "07A, version 1 by ada: the first words\n"
        "  scene text: {+Two teenagers meet.+}\n"
        "  camera: {+fast push in, then whip pan right+}\n"
    )
    price = film.estimate("07A", "runway", "gen4.5", takes=4)
    assert f"4 takes would cost {price}" in told.plain


def test_advice_on_the_words_stands_below_the_price(run, film):
    told = run("%%shot 07A --avoid 'no text'\nThe camera zooms through the keyhole.\n")
    advice = film.lint("07A")
    assert len(advice) > 0
    assert told.plain.splitlines()[-len(advice) :] == [f"advice: {each}" for each in advice]
    assert all(escape(each.sentence) in told.html for each in advice)
    told = run("%%shot 08A\na field\n")
    assert "advice" not in told.plain
    assert "<ul>" not in told.html


def test_the_same_cell_again_writes_nothing_and_shows_the_same(run, film):
    first, again = run(FIRST), run(FIRST)
    assert (again.result, again.plain, again.html) == (first.result, first.plain, first.html)
    assert len(film.log.prompts("07A")) == 1


def test_the_next_cell_shows_what_changed_word_by_word_and_keeps_the_rest_with_its_author(run, film):
    run(FIRST)
    film.as_("jon")
    told = run("%%shot 07A --style '16 mm film'\nTwo teenagers part.\n")
    assert told.plain.splitlines()[:3] == [
        "07A, version 2 by jon: what changed since version 1",
        "  scene text: Two teenagers [-meet.-] {+part.+}",
        "  style: {+16 mm film+}",
    ]
    assert "<del>meet.</del> <ins>part.</ins>" in told.html
    assert (told.result.camera_author, told.result.scene_author) == ("ada", "jon")
    assert "1 take would cost $0.00 (" in told.plain


def test_without_text_the_scene_text_stays(run, film):
    run(FIRST)
    for cell in ("%%shot 07A --style noir\n\n", "%shot 07A --style noir"):
        told = run(cell)
        assert (told.result.version, told.result.scene_text, told.result.style) == (2, "Two teenagers meet.", "noir")
    assert run('%shot 07A --style ""').result.style == ""


def test_the_words_of_an_endless_zoom_can_be_given_too(run):
    told = run("%%shot 07A --portal-in 'the bubble' --portal-out=keyhole\nIt pops.\n")
    assert (told.result.portal_in, told.result.portal_out) == ("the bubble", "keyhole")


def test_cells_of_a_grid_are_not_the_version_before(run, film):
    from studio.writing import record

    run(FIRST)
    record(film.log, "07A", "ada", scene_text="Something else entirely.", grid="07A-g1")
    told = run("%%shot 07A\nTwo teenagers part.\n")
    assert told.plain.startswith("07A, version 3 by ada: what changed since version 1\n")


def test_words_that_are_html_are_shown_as_words(run):
    told = run("%%shot 07A --style '<b>'\n<script>alert(1)</script>\n")
    assert "<script" not in told.html
    assert "<b>'" not in told.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in told.html


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("%%shot\nx", "the following arguments are required: shot"),
        ("%%shot 7\nx", "'7' is not a shot: write two digits"),
        ("%%shot 09A\n\n", "09A has no scene text yet, and the cell has none"),
        ("%shot 09A --camera 'push in'", "09A has no scene text yet"),
        ("%%shot 09A --camera 'push in\nx", "a quote is left open in the line of %%shot"),
        ("%%shot 09A --camra 'push in'\nx", "unrecognized arguments: --camra push in"),
        ("%%shot 09A --takes many\nx", "argument --takes: invalid int value: 'many'"),
        ("%%shot 09A --model gen4.5\nx", "'gen4.5' is a model, not a provider"),
        ("%%shot 09A --film other\nx", "there is no film in the variable 'other': say --film film"),
        ("%%shot 09A\na\u202eb", "the scene text of 09A holds the invisible character U+202E"),
        (f"%%shot 09A\n{'a' * 50_000}", "the scene text of 09A has 50,000 characters: at most 8,000"),
        ("%%shot 09A --camera 'a\u0007b'\nx", "the camera of 09A holds the invisible character U+0007"),
    ],
)
def test_a_mistake_is_one_sentence_without_a_traceback_and_writes_nothing(run, film, cell, said):
    told = run(cell)
    assert said in told.text
    assert len(told.text.strip().splitlines()) == 1
    assert "Traceback" not in told.text
    assert told.error is not None
    assert film.log.shots() == ()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--model runway/gen9", "no price: runway has no model 'gen9': the nearest is 'gen4.5'"),
        ("--takes 0", "no price: the number of takes in one call cannot be 0"),
        ("--model nobody", "no price: "),
    ],
)
def test_where_no_price_can_be_told_the_words_are_written_all_the_same(run, film, options, said):
    told = run(f"%%shot 09A {options}\na field\n")
    assert said in told.plain
    assert film.log.latest_prompt("09A").scene_text == "a field"


def test_the_film_is_the_named_variable_else_film_else_the_only_one(run, film, shell, tmp_path):
    with studio.new(tmp_path / "other", authors=["ben"]) as other:
        shell.user_ns["other"] = other
        assert run("%%shot 01A --film other\na field\n").result.author == "ben"
        assert run("%%shot 01A\na field\n").result.author == "ada"
        shell.user_ns["film"] = "not a film"
        assert run("%%shot 02A\na field\n").result.author == "ben"
        shell.user_ns["same"] = other
        assert run("%%shot 03A\na field\n").result.author == "ben"
        shell.user_ns["mine"] = film
        told = run("%%shot 04A\na field\n")
        assert "there are several films, in other, same, mine: say which, as in --film other" in told.text
    for name in ("film", "other", "same", "mine"):
        del shell.user_ns[name]
    assert 'no variable holds a film yet: open one first, film = studio.open("my-film")' in run("%%shot 04A\nx").text
    assert "puts one into" in run("%%shot 04A --film film\nx").text


def test_a_question_mark_shows_the_options(run):
    told = run("%%shot?")
    assert "--camera CAMERA" in told.text
    assert 'the camera: "fast push in, then whip pan right"' in told.text


def test_the_extension_can_be_taken_away_and_loaded_again(run):
    assert run("%unload_ext studio").error is None
    assert "Cell magic `%%shot` not found" in run("%%shot 01A\na field").text
    assert run("%load_ext studio").error is None
    assert run("%%shot 01A\na field").result.scene_text == "a field"


def test_importing_the_studio_loads_no_magics():
    code = "import studio, sys; print(*[m for m in ('IPython', 'studio.magics', 'studio.film') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
