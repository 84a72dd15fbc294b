"""What a person may get wrong at a film's words: cards, chains, grids, evidence, the book, the desk, %%shot."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import studio
from studio.errors import StudioError
from studio.film import Film
from studio.given import shown

HALF = "\ud800"  # half a character: no file and no database keeps it
TURNED = "a\u202eb"  # reads otherwise than it is sent
HOSTILE = '<script>alert("x")</script>'
ANYTHING = (
    None, 5, -1, 10**30, 10**5000, True, 1.5, float("nan"), float("inf"), b"x", "", " ", "x", HALF, TURNED, "a\x00b",
    "\n", HOSTILE, "=1+1", "x" * 50_000, "07A", "07A-001", [], ["x"], [None], [[]], (), {}, {"who": 5}, {"x": "y"},
    {5: 5}, set(),
    object(), print, np.array([1, 2]), np.float64("nan"), pd.DataFrame(), pd.DataFrame({"shot": [5]}), Path("x"),
)  # fmt: skip


@pytest.fixture(autouse=True)
def nobody_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STUDIO_AUTHOR", raising=False)


@pytest.fixture
def film(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Film]:
    monkeypatch.chdir(tmp_path)
    with studio.new(tmp_path / "film", size=(160, 90), rate=8, authors=["ada"]) as film:
        film.cards.person("her", "red hair in a loose braid", born=1969, said="she")
        film.cards.time("1986", "afternoon light")
        film.write("07A", "Two teenagers meet.", camera="slow push in", style="16 mm film", portal_out="the bubble")
        film.write("07B", "A football field.", portal_in="the bubble")
        yield film


def told(call: Callable[..., Any], wrong: object) -> str:
    """The one sentence that a call answers with; "" where it takes what is given. Anything else fails the test."""
    try:
        found = call(wrong)
    except StudioError as error:
        said = str(error)
        assert "\n" not in said, said
        assert len(said) < 600, said
        said.encode()
        return said
    repr(found)
    if hasattr(found, "_repr_html_"):
        assert "<script" not in (found._repr_html_() or "")
    return ""


def calls(film: Film) -> dict[str, Callable[[Any], Any]]:
    """Every call of the prompt desk's issue, with one thing of it given."""
    grid = film.variations("07A", style=["neon", "grain"], seconds=1)
    named = {
        "write cards": lambda w: film.write("07A", cards=w),
        "write portal_in": lambda w: film.write("07A", portal_in=w),
        "write portal_out": lambda w: film.write("07A", portal_out=w),
        "write seen": lambda w: film.write("07A", "x", seen=w),
        "write seen too": lambda w: film.write("07A", style=w, continuity=w, seen=1),
        "person": lambda w: film.cards.person(w, "red hair"),
        "words": lambda w: film.cards.person("him", w),
        "born": lambda w: film.cards.person("him", "dark curls", born=w),
        "said": lambda w: film.cards.person("him", "dark curls", said=w),
        "place": lambda w: film.cards.place(w, w),
        "time": lambda w: film.cards.time(w, w),
        "year": lambda w: film.cards.time("once", "noon", year=w),
        "style": lambda w: film.cards.style(w, "grain"),
        "avoid": lambda w: film.cards.style("super 16", "grain", avoid=w),
        "use": film.cards.use,
        "use names": lambda w: film.cards.use("07", w),
        "drop": film.cards.drop,
        "drop names": lambda w: film.cards.drop("07A", w),
        "check": film.cards.check,
        "card history": film.cards.history,
        "before": film.chain.before,
        "lint": film.lint,
        "lint provider": lambda w: film.lint("07A", w),
        "lint model": lambda w: film.lint("07A", "runway", w),
        "lint seconds": lambda w: film.lint("07A", seconds=w),
        "will get": film.will_get,
        "will get provider": lambda w: film.will_get("07A", w),
        "will get model": lambda w: film.will_get("07A", "runway", w),
        "will get seconds": lambda w: film.will_get("07A", seconds=w),
        "will get first": lambda w: film.will_get("07A", first_frame_of=w),
        "will get last": lambda w: film.will_get("07A", leads_to=w),
        "will get guide": lambda w: film.will_get("07A", guide=w),
        "will get all": lambda w: film.will_get_all("07A", w),
        "will get all of": lambda w: film.will_get_all("07A", [w]),
        "will get all shot": lambda w: film.will_get_all(w, ["previz"]),
        "variations": film.variations,
        "balanced": lambda w: film.variations("07A", style=["a", "b"], balanced_for=w),
        "limit": lambda w: film.variations("07A", style=["a", "b"], limit=w),
        "grid takes": lambda w: film.variations("07A", style=["a"], takes=w),
        "grid seconds": lambda w: film.variations("07A", style=["a"], seconds=w),
        "grids estimate": film.grids.estimate,
        "grids estimate takes": lambda w: film.grids.estimate(grid, takes=w),
        "grids price": lambda w: film.grids.estimate(grid, price_usd=w),
        "grids generate": film.grids.generate,
        "grids cap": lambda w: film.grids.generate(grid.iloc[:0], cap_usd=w),
        "grids cells": film.grids.cells,
        "grids show": film.grids.show,
        "word": film.evidence.word,
        "word part": lambda w: film.evidence.word("x", part=w),
        "word by": lambda w: film.evidence.word("x", by=w),
        "move": film.evidence.move,
        "move by": lambda w: film.evidence.move("dolly_in", by=w),
        "moves": film.evidence.moves,
        "moves model": lambda w: film.evidence.moves("previz", w),
        "obedience": film.evidence.obedience,
        "book save": film.book.save,
        "book read": film.book.read,
        "panel": film.money.panel,
        "desk": film.desk,
    }
    for axis in ("camera", "style", "model", "seed", "scene_text", "avoid"):
        named[f"axis {axis}"] = lambda w, axis=axis: film.variations("07A", **{axis: w})
        named[f"value of {axis}"] = lambda w, axis=axis: film.variations("07A", **{axis: [None, w]})
    for column in grid.columns:
        named[f"cell {column}"] = lambda w, column=column: film.grids.estimate(
            grid.astype(object).assign(**{column: [w] * len(grid)})
        )
    return named


def test_no_call_about_words_answers_a_slip_with_a_traceback(film: Film) -> None:
    wrong: list[str] = []
    for (name, call), given in itertools.product(calls(film).items(), ANYTHING):
        try:
            told(call, given)
        except Exception as error:
            wrong.append(f"{name}({shown(given)}): {type(error).__name__} {error}"[:200])
    assert not wrong, "\n".join(wrong)
    assert film.takes().empty  # nothing was made, and nothing is broken
    assert film.log.prompts("07A")[0].scene_text == "Two teenagers meet."
    film.close()
    with studio.open(film.folder) as again:
        assert again.desk("07A").static_html()
        assert {"her", "1986"} < {card.name for card in again.log.cards()}


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda f: f.write("07A", cards=["ghost"]), "there is no card 'ghost': the nearest is"),
        (lambda f: f.write("07A", cards=5), "5 are no cards: write their names"),
        (lambda f: f.write("07A", cards=["her"], continuity={"age": "nine"}), "worded by cards and by hand at once"),
        (lambda f: f.write("07A", portal_in=TURNED), "the portal in of 07A holds the invisible character U+202E"),
        (lambda f: f.write("07A", "x", seen="1"), "the version that you have before you cannot be '1'"),
        (lambda f: f.write("07A", continuity={"who": HALF}), "the who of 07A holds the invisible character U+D800"),
        (lambda f: f.cards.person("", "red hair"), "the name of a card is empty"),
        (lambda f: f.cards.person("him", "x" * 50_000), "has 50,000 characters"),
        (lambda f: f.cards.person("him", "dark curls", born="1969"), "the year of the card him cannot be '1969'"),
        (lambda f: f.cards.use("09"), "scene 09 has no words yet"),
        (lambda f: f.cards.drop("07A", "her"), "07A does not use the card her"),
        (lambda f: f.cards.history("heer"), "the nearest is her"),
        (lambda f: f.chain.before("07A"), "no shot leads into 07A by a portal"),
        (lambda f: f.chain.before("07B"), "of which no finished take is circled or held"),
        (lambda f: f.lint("09Z"), "09Z"),
        (lambda f: f.lint("07A", "runway", "gen9"), "runway has no model 'gen9'"),
        (lambda f: f.lint("07A", "runway", 5), "the model is 5, not text"),
        (lambda f: f.will_get("07A", first_frame_of=5), "the take to begin with is 5, not text"),
        (lambda f: f.will_get_all("07A", []), "write a list of 1 to 50"),
        (lambda f: f.variations("07A", style=[]), "the axis style has no values"),
        (lambda f: f.variations("07A", model=["gen4.5"]), "is a model, not a provider"),
        (lambda f: f.variations("07A", camera=[TURNED]), "U+202E"),
        (lambda f: f.variations("07A", seed=[-1]), "a seed cannot be -1"),
        (lambda f: f.variations("07A", style=["a", "b"], balanced_for="camera"), "cannot be balanced for 'camera'"),
        (lambda f: f.variations("07A", seed=list(range(5_000))), "5,000 cells"),
        (lambda f: f.grids.estimate(pd.DataFrame()), "the table of variations lacks"),
        (lambda f: f.grids.show("07A-g9"), "07A-g9"),
        (lambda f: f.evidence.word(""), "no word is given"),
        (lambda f: f.evidence.word("x", part="hat"), "'hat' is no part of the words"),
        (lambda f: f.evidence.move("wobble"), "there is no camera move 'wobble'"),
        (lambda f: f.evidence.move("dolly_in", by="mood"), "evidence cannot be told by 'mood'"),
        (lambda f: f.book.save("book.txt"), "book.txt is neither .md nor .csv"),
        (lambda f: f.book.read("none.md"), "none.md"),
        (lambda f: f.money.panel(["07A-001"]), "there is no take '07A-001'"),
        (lambda f: f.desk("7a"), "'7a' is not a shot"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_and_nothing_is_written(film: Film, call: Callable[[Film], Any], said: str) -> None:
    before = film.log.moment()
    assert said in told(lambda _: call(film), None)
    assert film.log.moment() == before


# --- %%shot ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def cell(film: Film, tmp_path: Path) -> Iterator[Callable[[str, str], Any]]:
    """Run a cell with %%shot, as a notebook does."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    shell = InteractiveShell.instance(config=config, ipython_dir=str(tmp_path / "ipython"))
    shell.run_line_magic("load_ext", "studio")
    shell.user_ns["film"] = film
    yield lambda line, text: shell.run_cell_magic("shot", line, text)
    InteractiveShell.clear_instance()


@pytest.mark.parametrize(
    ("line", "text", "said"),
    [
        ("7a", "x", "'7a' is not a shot"),
        ("", "x", "the following arguments are required: shot"),
        ("07A --wobble 5", "x", "unrecognized arguments: --wobble"),
        ('07A --camera "push in', "x", "a quote is left open"),
        ("09A", " \n ", "09A has no scene text yet"),
        ("07A", "x" * 50_000, "has 50,000 characters"),
        ("07A", f"a {TURNED}", "U+202E"),
        ("07A", HALF, "U+D800"),
        (f"07A --style {TURNED}", "x", "U+202E"),
        ("07A --model gen4.5", "x", "is a model, not a provider"),
        ("07A --takes many", "x", "invalid int value: 'many'"),
        ("07A --film other", "x", "there is no film in the variable 'other'"),
    ],
    ids=str,
)
def test_a_cell_with_a_slip_is_one_sentence_and_writes_nothing(
    film: Film, cell: Callable[[str, str], Any], line: str, text: str, said: str
) -> None:
    from IPython.core.error import UsageError

    before = film.log.moment()
    with pytest.raises((StudioError, UsageError)) as wrong:
        cell(line, text)
    assert said in str(wrong.value)
    assert film.log.moment() == before


def test_words_that_look_like_markup_or_magic_stay_words(film: Film, cell: Callable[[str, str], Any]) -> None:
    prompt = cell("07A --takes 0 --seconds -1", f"{HOSTILE} %%shot {{film}} $HOME !ls")
    assert prompt.scene_text == f"{HOSTILE} %%shot {{film}} $HOME !ls"  # a price that cannot be told stops no words
    assert "<script" not in film.desk("07A").static_html()
