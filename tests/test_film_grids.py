"""Variations and evidence through a film's public calls."""

from __future__ import annotations

import pytest

import studio
from studio.errors import BadInput, NotFound, OverBudget
from studio.nouns import STUDIO

CAMERAS = ["push in", "truck right", "crane up", "static"]
STYLES = ["anamorphic", "super 16", "35mm, anamorphic"]


@pytest.fixture(autouse=True)
def nobody_chosen(monkeypatch):
    monkeypatch.delenv("STUDIO_AUTHOR", raising=False)


@pytest.fixture
def film(tmp_path):
    with studio.new(tmp_path / "film", rate=8, size=(320, 180), authors=["ada"]) as film:
        film.write("07A", "Two teenagers meet in a school corridor.", camera="slow push in")
        yield film


def test_a_matrix_of_four_by_three_by_two_is_priced_thinned_and_made(film):
    frame = film.variations("07A", camera=CAMERAS, style=STYLES, model=["previz", "runway/gen4.5"])
    assert len(frame) == 24
    assert film.grids.estimate(frame).dollars == "$7.20"
    few = frame[(frame["provider"] == "previz") & frame["camera"].isin(["push in", "static"])].iloc[:3]
    assert film.grids.estimate(few).total == 0
    few = few.assign(seconds=1.0)
    few.loc[few.index[1], "camera"] = "pan left"  # written by hand
    handle = film.grids.generate(few)
    assert len(handle.wait()) == 3
    takes = film.takes()
    assert takes["cell"].tolist() == few["cell"].tolist() == [1, 3, 5]
    assert takes["camera"].tolist() == ["push in", "pan left", "push in"]
    assert takes["asked_move"].tolist() == ["dolly_in", "pan_left", "dolly_in"]
    assert set(takes["grid"]) == {"07A-g1"} == set(film.grids.names())
    cells = film.grids.cells("07A-g1")
    assert cells["takes"].tolist() == ["07A-001", "07A-002", "07A-003"]
    assert film.grids.to_frame().loc[0, ["grid", "cells", "takes", "done", "kept"]].tolist() == ["07A-g1", 3, 3, 3, 0]
    assert film.shots()["camera"].tolist() == ["slow push in"]  # the shot's own words are what they were
    for grid in ("07A-g1", few, handle):
        assert repr(film.grids.show(grid)) == "Grid 07A-g1: 3 cells, 3 takes, 3 done, 0 circled, $0.00 spent"
    assert repr(film.grids) == "Grids(07A-g1)"


def test_a_notebook_that_is_run_again_shows_the_same_grid(film, monkeypatch):
    from studio.generation import cells

    def run():
        number = iter(range(9))
        monkeypatch.setattr(cells, "_running_cell", lambda: {
            "header": {"msg_id": f"{object()!r}-{next(number)}"}, "metadata": {"cellId": "one"}, "content": {},
        })  # fmt: skip
        frame = film.variations("07A", style=["anamorphic", "super 16"], seconds=1)
        frame.loc[1, "style"] = "super 16, grain"
        handle = film.grids.generate(frame)
        return frame, handle, handle.wait()

    _, _, first = run()
    frame, handle, again = run()
    assert again == first
    assert len(film.takes()) == 2
    assert film.grids.show(handle).grid.name == film.grids.show(frame).grid.name == "07A-g1"


def test_a_cap_of_the_call_holds_for_the_whole_grid(film):
    frame = film.variations("07A", camera=CAMERAS, model="runway/gen4.5")
    with pytest.raises(OverBudget, match=r"4 takes would cost \$2\.40 and this call may cost \$2"):
        film.grids.generate(frame, cap_usd=2)
    assert film.takes().empty
    assert film.grids.names() == ()
    assert len(film.prompts("07A")) == 1


def test_a_grid_that_is_not_there_is_one_sentence(film):
    with pytest.raises(NotFound, match="there is no grid '07A-g1'"):
        film.grids.show("07A-g1")
    frame = film.variations("07A", style=STYLES, seconds=1)
    with pytest.raises(NotFound, match="no take of 07A-g1 was asked for yet"):
        film.grids.show(frame)
    film.grids.generate(frame[:1]).wait()
    with pytest.raises(NotFound, match="there is no grid 'x': there is 07A-g1"):
        film.grids.cells("x")
    for wrong in (3, None, ["07A-g1"]):
        with pytest.raises(NotFound, match="there is no grid"):
            film.grids.show(wrong)


def test_evidence_is_counted_from_what_was_made_and_judged(film):
    frame = film.variations(
        "07A", camera=["push in", "truck right"], style=STYLES, seed=[1, 2], seconds=0.25, balanced_for="style"
    )
    handle = film.grids.generate(frame)
    handle.wait()
    film.adopt(film.folder / film.takes()["file"].iloc[0], shot="07B")  # a clip without words is no evidence of words
    takes = film.takes()
    for label, style in zip(takes["take"], takes["style"], strict=True):
        if style == "anamorphic":
            film.circle(label)
        elif style == "super 16":
            film.ng(label)
    found = film.evidence.word("Anamorphic", by="model")
    ((model, with_it, without_it),) = found.groups
    assert model == "previz/layers"
    assert (str(with_it.kept), with_it.not_judged) == ("4 of 4, too few to say", 4)
    assert (str(without_it.kept), without_it.not_judged) == ("0 of 4, too few to say", 0)
    assert (found.fair.pairs, found.fair.more) == (1, 1)
    assert found.notes == ()  # a balanced grid: nothing else differs
    assert film.evidence.word("corridor", "scene_text").groups[0][1].kept.n == 8
    with film.log.write(STUDIO) as writer:  # what was measured of them as they came in, in place of what it was
        for take, obeyed in zip(handle.takes, ["yes", "no", *["unreadable"] * 10], strict=True):
            writer.event("measured", take.id, {"measured_move": "dolly_in", "obeyed": obeyed})
    moves = film.evidence.moves("previz", "layers")
    assert moves.loc["dolly_in", ["kept", "n", "not_judged", "measured"]].tolist() == [2, 4, 2, 2]
    assert film.evidence.moves("runway").empty
    assert film.evidence.style_words()["words"].tolist() == ["anamorphic", "super 16"]
    assert repr(film.evidence) == "Evidence(12 finished takes with words, 8 judged, 2 measured)"
    assert "previz/layers · truck_right: none readable; 6 unreadable" in repr(film.evidence.obedience())
    assert film.evidence.obedience("model").to_frame()[["yes", "no", "unreadable", "measured"]].values.tolist() == [
        [1, 1, 10, 2]
    ]
    pushed = film.evidence.move("push in", by="model")
    assert pushed.about == "dolly_in in the camera"
    assert pushed.groups[0][1].obeyed.n == 2
    assert repr(pushed) == repr(film.evidence.move("dolly_in", by="model"))


def test_evidence_about_nothing_is_one_sentence(film):
    evidence = film.evidence
    for mistake, sentence in (
        (lambda: evidence.word(""), "no word is given"),
        (lambda: evidence.word(5), "the word is int, not text"),
        (lambda: evidence.word("a\u202eb"), "invisible character"),
        (lambda: evidence.word("x" * 50_000), "50,000 characters"),
        (lambda: evidence.word("x", part="colour"), "'colour' is no part of the words"),
        (lambda: evidence.word("x", by="colour"), "cannot be told by 'colour'"),
        (lambda: evidence.move("wobbulate"), "there is no camera move 'wobbulate'"),
        (lambda: evidence.move("pan"), "'pan' is not one camera move (“pan” names no direction"),
        (lambda: evidence.move("push in, then pan left"), "(it means dolly_in, pan_left): write its name"),
        (lambda: evidence.move(None), "None is no camera move"),
        (lambda: evidence.obedience(by=["colour"]), "cannot be told by 'colour'"),
    ):
        with pytest.raises(BadInput) as told:
            mistake()
        assert sentence in str(told.value)
        assert "\n" not in str(told.value)
