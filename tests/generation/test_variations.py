"""A shot asked for in many ways: planned as a table, priced, thinned out, bought once."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pandas as pd
import pytest

from studio import writing
from studio.camera import Camera
from studio.errors import AskFirst, BadInput, NotFound, OverBudget
from studio.generation import Engine
from studio.generation.grid import grids, read_frame
from studio.generation.variations import Variations, Wanted
from studio.log import Log
from studio.media import Library
from studio.providers import Provider, provider
from tests.generation.scripted import FILM, FRAMES, Scripted

SECONDS = FRAMES / 24
SHORT = Wanted(seconds=SECONDS)


@pytest.fixture
def maker(scripted: Callable[..., Scripted]) -> Scripted:
    return scripted()


@pytest.fixture
def world(log: Log, library: Library, maker: Scripted, engines: Callable[..., Engine]) -> tuple[Variations, Engine]:
    def named(name: str) -> Provider:
        return maker if name == "scripted" else provider(name)

    writing.record(log, "07A", "ada", style="anamorphic", avoid="text")
    return Variations(log, FILM, library, named), engines(maker)


World = tuple[Variations, Engine]


def test_four_by_three_by_two_are_counted_and_priced(world: World, log: Log) -> None:
    grid, _ = world
    before = log.moment()
    axes = {
        "camera": ["push in", "truck right", "crane up", "static"],
        "style": ["anamorphic", "super 16", ""],
        "model": ["previz", ("runway", "gen4.5")],
    }
    frame = grid.plan("07A", axes, Wanted(seconds=5))
    assert frame["cell"].tolist() == list(range(1, 25))
    assert (frame["grid"].unique().tolist(), frame["seed"].nunique()) == (["07A-g1"], 1)
    assert frame["usd"].dtype == "float64"
    paid = frame[frame["provider"] == "runway"]
    assert len(paid) == 12
    assert paid["price_read_on"].str.fullmatch(r"\d{4}-\d\d-\d\d").all()
    assert paid["dropped"].str.contains("takes no avoid words").all()
    assert paid["text"].iloc[0].startswith("Push in.")
    told = grid.estimate(frame)
    assert told.total == Decimal(str(round(frame["usd"].sum(), 2)))
    assert set(told.by_model()["model"]) == {"layers", "gen4.5"}
    assert "24 takes" in str(told)
    assert "runway/gen4.5: 12 takes" in str(told)
    assert grid.estimate(frame, takes=3).total == 3 * told.total
    assert grid.estimate(frame[frame["cell"] < 3]).total == told.total / 12
    assert log.moment() == before  # planning and pricing write nothing


def test_what_pandas_does_to_a_plan_leaves_it_a_plan(world: World) -> None:
    grid, _ = world
    frame = grid.plan("07A", {"camera": ["push in", "pan left"], "seed": [1, 2, 3]}, SHORT)
    for thinned in (
        frame[frame["seed"] == 2],
        frame.drop(index=[0, 5]),
        frame.query("seed > 1"),
        frame.sample(3, random_state=1).reset_index(drop=True),
        pd.concat([frame.iloc[:1], frame.iloc[3:]]),
        frame.astype({"seed": "float64", "cell": "Int64"}),
        frame[::-1].assign(takes=2),
    ):
        _, name, cells = read_frame(thinned)
        assert name == "07A-g1"
        assert [cell.number for cell, _ in cells] == sorted(thinned["cell"])


def test_none_on_an_axis_is_what_the_shot_has_and_each_value_counts_once(world: World) -> None:
    grid, _ = world
    axes = {"style": [None, "anamorphic", " anamorphic ", "super 16"], "camera": Camera.parse("whip pan right")}
    frame = grid.plan("07A", axes, SHORT)
    assert frame["style"].tolist() == ["anamorphic", "super 16"]
    assert frame["camera"].unique().tolist() == ["whip pan right"]
    assert frame["avoid"].unique().tolist() == ["text"]
    assert grid.plan("07A", {}, SHORT).shape[0] == 1


def test_an_axis_that_cannot_be_is_one_sentence(world: World) -> None:
    grid, _ = world
    for axes, sentence in (
        ({"style": []}, "the axis style has no values"),
        ({"style": [5]}, "the style of a variation is int, not text"),
        ({"camera": ["push\x00in"]}, "the camera of a variation holds the invisible character"),
        ({"seed": [-1]}, "a seed cannot be -1"),
        ({"model": [7]}, "7 names no model"),
        ({"model": ["gen4.5"]}, "is a model, not a provider"),
        ({"model": ["nobody"]}, "there is no provider 'nobody'"),
        ({"model": ["previz", "runway/gen99"]}, "cell 2, runway/gen99: runway has no model 'gen99'"),
        ({"seed": range(1001)}, "the grid has 1,001 cells, and 1,000 are the most"),
    ):
        with pytest.raises(BadInput) as told:
            grid.plan("07A", axes, SHORT)
        assert sentence in str(told.value)
        assert "\n" not in str(told.value)
    with pytest.raises(NotFound, match="shot 09A has no words yet"):
        grid.plan("09A", {}, SHORT)


def test_a_matrix_is_thinned_evenly_or_balanced_for_one_question(world: World) -> None:
    grid, _ = world
    axes = {"camera": ["push in", "pan left", "crane up", "static"], "style": ["a", "b", "c"], "seed": [1, 2]}
    frame = grid.plan("07A", axes, Wanted(seconds=SECONDS, balanced_for="style", limit=14))
    assert frame["style"].value_counts().tolist() == [4, 4, 4]
    among = frame.groupby("style")[["camera", "seed"]].apply(lambda of: sorted(of.itertuples(index=False, name=None)))
    assert among["a"] == among["b"] == among["c"]
    assert sorted(frame["camera"].value_counts()) == [3, 3, 3, 3]
    whole = grid.plan("07A", axes, SHORT)
    assert whole[whole["cell"].isin(frame["cell"])].reset_index(drop=True).equals(frame)  # a cell keeps its number
    even = grid.plan("07A", axes, Wanted(seconds=SECONDS, limit=12))
    assert set(even["camera"].value_counts()) == {3}
    assert set(even["style"].value_counts()) == {4}
    assert len(grid.plan("07A", axes, Wanted(seconds=SECONDS, balanced_for="style"))) == 24
    for asked, sentence in (
        ("avoid", "the axes with several values are camera, style, seed"),
        ("stile", "cannot be balanced for 'stile'"),
    ):
        with pytest.raises(BadInput, match=sentence):
            grid.plan("07A", axes, Wanted(seconds=SECONDS, balanced_for=asked, limit=12))


def test_a_price_that_nobody_knows_is_missing_and_said_by_the_person(world: World) -> None:
    grid, _ = world
    frame = grid.plan("07A", {"model": ["previz", "runway/kling3.0_4k"]}, Wanted(seconds=5))
    assert frame["usd"].isna().tolist() == [False, True]
    with pytest.raises(BadInput, match=r"^cell 2, runway/kling3\.0_4k: no price is known"):
        grid.estimate(frame)
    assert grid.estimate(frame, price_usd=Decimal("0.5")).total == 1


def test_the_cells_that_are_left_are_made_and_each_take_knows_its_cell(world: World, log: Log, maker: Scripted) -> None:
    grid, engine = world
    frame = grid.plan("07A", {"model": "scripted", "style": ["a", "b"], "seed": [1, 2]}, SHORT)
    frame = frame[frame["cell"] != 2]
    handle = grid.generate(engine, frame, "ben", takes=2)
    assert len(handle.wait(30)) == 6
    takes = log.takes_frame()
    assert takes[["grid", "cell", "style", "seed"]].values.tolist() == [
        ["07A-g1", 1, "a", 1], ["07A-g1", 1, "a", 2], ["07A-g1", 3, "b", 1], ["07A-g1", 3, "b", 2],
        ["07A-g1", 4, "b", 2], ["07A-g1", 4, "b", 3],
    ]  # fmt: skip
    words = log.prompts_frame("07A")
    assert words["grid"].tolist() == ["", "", "07A-g1", "07A-g1"]  # one version a wording, whatever its seed
    assert words["style_author"].tolist()[2:] == ["ben", "ben"]
    assert words["scene_author"].tolist()[2:] == ["ada", "ada"]
    latest = log.latest_prompt("07A")
    assert latest
    assert latest.style == "anamorphic"
    assert len(maker.bought()) == 6
    (made,) = grids(log).values()
    assert (made.author, list(made.cells), made.varied) == ("ben", [1, 3, 4], ("style", "seed"))


def test_a_cap_holds_for_all_cells_together_and_nothing_is_written_where_it_would_be_passed(
    world: World, log: Log, maker: Scripted
) -> None:
    grid, engine = world
    frame = grid.plan("07A", {"model": "scripted", "style": ["a", "b", "c"]}, SHORT)
    before = log.moment()
    with pytest.raises(OverBudget, match=r"3 takes would cost \$0\.30 and this call may cost \$0\.25"):
        grid.generate(engine, frame, "ada", cap_usd=Decimal("0.25"))
    assert log.moment() == before
    assert maker.bought() == []
    assert len(grid.generate(engine, frame[:2], "ada", cap_usd=Decimal("0.25")).wait(30)) == 2


def test_a_cell_that_was_bought_before_is_asked_about_first(
    world: World, log: Log, maker: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    grid, engine = world
    plain = maker.resolve
    # a provider whose payload says only what the words say
    monkeypatch.setattr(
        maker, "resolve", lambda prompt, **how: replace(plain(prompt, **how), payload_json=f'{{"s":"{prompt.style}"}}')
    )
    frame = grid.plan("07A", {"model": "scripted", "style": ["a", "b"]}, SHORT)
    grid.generate(engine, frame[:1], "ada").wait(30)
    before = log.moment()
    with pytest.raises(AskFirst, match=r"^cell 1, scripted/little: just this was bought before, as 07A-001"):
        grid.generate(engine, frame, "ada")
    assert log.moment() == before
    grid.generate(engine, frame, "ada", again=True).wait(30)
    assert log.takes_frame()["cell"].tolist() == [1, 1, 2]
    assert set(log.takes_frame()["grid"]) == {"07A-g1"}


def test_the_same_notebook_cell_run_again_buys_nothing(world: World, log: Log, maker: Scripted) -> None:
    grid, engine = world
    axes = {"model": "scripted", "style": ["a", "b"]}
    first = grid.generate(engine, grid.plan("07A", axes, SHORT), "ada", run="run:x")
    first.wait(30)
    frame = grid.plan("07A", axes, SHORT)
    assert frame["grid"].unique().tolist() == ["07A-g1"]  # the same plan is the same grid
    again = grid.generate(engine, frame, "ada", run="run:x")
    assert again.wait(30) == first.takes
    assert len(maker.bought()) == 2
    assert len(log.grid_events()) == 1


def test_the_rest_of_a_grid_goes_on_in_it_and_a_rewritten_cell_begins_another(world: World, log: Log) -> None:
    grid, engine = world
    frame = grid.plan("07A", {"model": "scripted", "style": ["a", "b", "c"]}, SHORT)
    grid.generate(engine, frame[:1], "ada").wait(30)
    grid.generate(engine, frame[1:2], "ada").wait(30)
    frame.loc[0, "style"] = "a, grain"
    grid.generate(engine, frame[:1], "ada").wait(30)
    takes = log.takes_frame()
    assert takes["grid"].tolist() == ["07A-g1", "07A-g1", "07A-g2"]
    assert takes["style"].tolist() == ["a", "b", "a, grain"]
    assert list(grids(log)["07A-g1"].cells) == [1, 2]
    other = grid.plan("07A", {"model": "scripted", "style": ["x", "y"]}, SHORT)
    assert other["grid"].unique().tolist() == ["07A-g3"]


def test_words_that_were_changed_since_the_plan_do_not_change_the_plan(world: World, log: Log) -> None:
    grid, engine = world
    frame = grid.plan("07A", {"model": "scripted", "style": ["a"]}, SHORT)
    writing.record(log, "07A", "ben", scene_text="a schoolyard", continuity={"who": "Mara"})
    grid.generate(engine, frame, "ben").wait(30)
    made = log.prompts("07A")[-1]
    assert (made.scene_text, made.scene_author) == ("two teenagers in a corridor", "ada")
    assert (made.continuity.who, made.continuity_author) == ("", "")
    latest = log.latest_prompt("07A")
    assert latest
    assert latest.scene_text == "a schoolyard"


def test_a_table_that_is_no_plan_any_more_is_one_sentence(world: World) -> None:
    grid, engine = world
    frame = grid.plan("07A", {"model": "scripted", "style": ["a", "b"]}, SHORT)
    for wrong, sentence in (
        ("a table", "'a table' is no table of variations"),
        (frame.drop(columns=["seed", "grid"]), "lacks grid, seed"),
        (frame[frame["cell"] > 9], "has no row left"),
        (pd.concat([frame, frame]), "cell 1 stands twice"),
        (frame.assign(shot=["07A", "07B"]), "holds 07A and 07B: give one shot at a time"),
        (frame.assign(grid="mine"), "'mine' is no grid of 07A"),
        (frame.assign(style=["a", 5]), "the style of cell 2 is int, not text"),
        (frame.assign(seed=[1, None]), "the seed of cell 2 cannot be nan"),
        (frame.assign(takes=0), "the number of takes of cell 1 cannot be 0"),
        (frame.assign(provider="nobody"), "cell 1, nobody/little: there is no provider 'nobody'"),
        (frame.assign(version=99), "shot 07A has no version 99 of its own words"),
        (frame.assign(camera=["push in", "x" * 9000]), "cell 2: the camera of 07A has 9,000 characters"),
        (frame.assign(scene_text="", camera=""), "cell 1: shot 07A would have no words"),
        (frame.assign(takes=200).pipe(lambda f: pd.concat([f.assign(cell=[k, k + 1]) for k in range(1, 11, 2)])),
         "2,000 takes in one call are more than 1,000"),
    ):  # fmt: skip
        with pytest.raises(BadInput) as told:
            grid.generate(engine, wrong, "ada")
        assert sentence in str(told.value)
        assert "\n" not in str(told.value)
