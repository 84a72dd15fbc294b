"""The slots of a film: their plan, what they lack, and what to generate next."""

from __future__ import annotations

import shutil
from dataclasses import replace
from decimal import Decimal

import pytest

import studio
from studio.cutting import coverage_of_slots, coverage_said
from studio.errors import BadInput, NotFound
from studio.log import rebuild
from tests.clips import make_song
from tests.cutting.stocking import add
from tests.films import many_takes

SHOTS = ("01A", "01B", "02A", "03A")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("slots")
    with studio.new(folder / "film", title="Zoom", size=(320, 180), authors=["ada"]) as film:
        film.song.attach(make_song(folder / "song.wav", seconds=16)).tempo(120)
        for shot in SHOTS:
            film.write(shot, "A street at night.", camera="slow push in")
    return folder / "film"


@pytest.fixture
def film(tmp_path, made):
    """Four shots with words, 8 bars of 2 s, and takes of 120 frames where a test adds them."""
    shutil.copytree(made, tmp_path / "film")
    with studio.open(tmp_path / "film") as film:
        yield film


def rows(table, *columns):
    return list(table[list(columns)].itertuples(index=False, name=None))


def test_a_film_without_takes_has_a_slot_for_every_shot_on_the_bars(film):
    bars = len(film.song.bars)
    table = film.slots()
    assert list(table["shot"]) == list(SHOTS)
    assert table["frames"].sum() == 16 * 24
    assert set(table["lacks"]) == {"takes"}
    assert table["place"][0].startswith("bar")
    assert bars >= 7  # a bar's worth of lead-in may be before the first
    assert {column: str(dtype) for column, dtype in table.dtypes.items()} == {
        column: dtype for column, (dtype, _) in studio.cutting.SLOT_COLUMNS.items()
    }


def test_a_planned_length_and_place_count_in_the_plan_and_in_the_arranged_cut(film):
    film.song.use(0, 12)
    film.slot("01B", bars=1)
    film.slot("01A", after="02A")
    film.slot("03A", least_s=1, greatest_s=4.5)
    planned = film.slots()
    assert list(planned["shot"]) == ["01B", "02A", "01A", "03A"]
    assert list(planned["planned"]) == ["1 bar", "", "after 02A", "at least 1 s, at most 4.5 s"]
    assert rows(planned, "least_s", "greatest_s")[3] == (1.0, 4.5)
    assert planned["seconds"][3] <= 4.5
    for shot in SHOTS:
        add(film.log, f"{shot}-001", None, None)
    cut = film.arrange()
    assert [slot.shot for slot in cut.value.slots] == ["01B", "02A", "01A", "03A"]
    assert [slot.frames for slot in cut.value.slots] == list(planned["frames"])
    assert list(film.slots()["take"]) == ["01B-001", "02A-001", "01A-001", "03A-001"]
    film.slot("01A")  # nothing said: taken back
    assert list(film.slots()["shot"]) == list(SHOTS)


def test_a_plan_outlives_the_database(film):
    film.slot("01B", beats=3)
    before = film.slots()
    film.close()
    (film.folder / "film.db").unlink()
    rebuild(film.folder)
    with studio.open(film.folder) as again:
        assert again.slots().equals(before)


def test_what_cannot_be_planned_is_one_sentence_and_changes_nothing(film):
    for call, error, said in (
        (lambda: film.slot("09A", bars=2), NotFound, "there is no shot 09A in this film: there is 01A, 01B"),
        (lambda: film.slot("01A", bars=1, beats=1), BadInput, "a slot of 1 bars and 1 beats: say its length in"),
        (lambda: film.slot("01A", after=3), BadInput, "the shot before it is 3, not text"),
        (lambda: film.slot("01A", after="01A"), BadInput, "01A are to follow each other in a ring"),
        (lambda: film.plan_next(takes=0), BadInput, "the number of takes of a shot cannot be 0"),
        (lambda: film.plan_next("runwey"), NotFound, "runwey"),
        (lambda: film.slots(bars=(3, 99)), BadInput, "bars 3 to 99 are not in the song"),
    ):
        with pytest.raises(error) as raised:
            call()
        assert said in str(raised.value)
    assert set(film.slots()["planned"]) == {""}


def test_a_plan_that_the_song_does_not_hold_is_told_with_its_numbers(film):
    film.slot("01A", bars=40)
    with pytest.raises(BadInput, match=r"the planned slots take \d+ beats of the song's"):
        film.slots()


def test_what_a_slot_lacks_is_told_in_numbers(film):
    film.slot("01B", bars=3)  # 144 frames, and the take has 120
    film.slot("01A", beats=9)  # 108 frames: it fits, without handles
    film.slot("02A", beats=2)
    add(film.log, "01A-001", None, None)
    add(film.log, "01B-001", None, None)
    add(film.log, "02A-001", None, None)
    add(film.log, "02A-002", None, None)
    add(film.log, "02A-003", None, None, "hold")
    add(film.log, "03A-001", None, None, "")
    table = film.slots()
    frames = table["frames"][0]
    assert 104 < frames <= 120
    assert list(table["lacks"]) == [
        f"handles: {frames} frames and 8 on either side, the longest has 120",
        "a take long enough: 144 frames, the longest has 120 (slowed to 1/2 it fills the slot)",
        "",
        "a circle",
    ]
    assert rows(table, "circled", "held", "takes", "alternates")[2] == (2, 1, 3, 1)
    assert table["longest"][0] == 120
    assert table["take"].isna().all()


def test_the_plan_names_the_worst_lack_first_and_prices_as_many_takes_as_one_that_is_kept_took(film):
    for n in range(1, 11):  # kept 2 of 10
        add(film.log, f"01A-{n:03d}", None, None, "circle" if n < 3 else "ng")
    film.slot("01A", bars=1)
    add(film.log, "02A-001", None, None, "")
    plan = film.plan_next("runway", "gen4.5")
    assert rows(plan, "shot", "lacks", "do", "takes", "why") == [
        ("01B", "takes", "generate", 5, "kept 2 of 10: one in 5"),
        ("03A", "takes", "generate", 5, "kept 2 of 10: one in 5"),
        ("02A", "a circle", "judge", 0, "1 of its 1 takes is not judged yet"),
    ]
    one = film.estimate("01B", "runway", "gen4.5", seconds=float(plan["seconds"][0])).total
    assert plan["price_usd"][0] == one > 0
    assert plan["total_usd"][0] == 5 * one
    assert plan["so_far_usd"].iloc[-1] == plan["total_usd"].dropna().sum()
    assert isinstance(plan["so_far_usd"].iloc[-1], Decimal)
    assert plan["price_source"][0]
    assert plan["price_read_on"][0].startswith("20")
    assert len(film.takes()) == 11  # nothing was sent, nothing planned


def test_with_few_takes_judged_the_plan_asks_for_the_number_that_was_given(film):
    assert rows(film.plan_next(takes=4), "takes", "why")[0] == (4, "no take is judged yet")
    add(film.log, "01A-001", None, None, "ng")
    assert rows(film.plan_next(), "takes", "why")[0] == (3, "kept 0 of 1, too few to go by")


def test_cards_have_their_slots_and_lack_nothing(film):
    settings = replace(film.settings, title_card="Zoom", end_card="The end")
    found = coverage_of_slots(film.log, settings, film.song.master)
    assert [each.name for each in found] == ["title", *SHOTS, "end"]
    assert [(each.shot, each.take, each.lacks) for each in found][::5] == [("", "title", ""), ("", "end", "")]


def test_coverage_is_said_in_a_sentence():
    slots = [("01A", 2), ("02A", 1), ("03A", 3), ("04A", 0), ("04A", 0)]
    assert coverage_said(slots) == "5 slots: 2 with two or more circled takes · 1 with one · 2 with none: 04A"
    assert coverage_said([("01A", 2)]) == "1 slot: 1 with two or more circled takes"
    assert coverage_said([]) == "no slots"


def test_a_take_that_no_model_makes_so_long_is_told(film):
    film.slot("01A", bars=7)  # 14 s
    film.song.use(0, 16)
    film.slot("01B", beats=1)
    film.slot("02A", beats=1)
    film.slot("03A", beats=1)
    film.slot("01A", least_s=12)
    plan = film.plan_next("runway", "gen4.5").set_index("shot")
    assert "frames too short for the slot" in plan.loc["01A", "note"]
    assert plan.loc["01B", "note"] == ""


def test_a_shot_without_words_is_to_be_written_first(film):
    add(film.log, "04A-001", None, None, "ng")
    plan = film.plan_next().set_index("shot")
    assert plan.loc["04A", "do"] == "write"
    assert "shot 04A has no words yet" in plan.loc["04A", "why"]


def test_a_model_with_enough_judged_takes_is_counted_for_itself(tmp_path):
    with many_takes(tmp_path / "film", takes=60, shots=2, judged=40) as film:
        film.song.attach(make_song(tmp_path / "song.wav", seconds=8)).tempo(120)
        judged = film.takes().query("verdict.notna() and provider == 'runway'")
        kept, of = int((judged["verdict"] == "circle").sum()), len(judged)
        assert of >= 10
        said = set(film.plan_next("runway")["why"])
        assert said == {f"kept {kept} of {of} by runway: one in {-(-of // kept)}"}
        assert set(film.plan_next("folder")["why"]) == {"kept 8 of 40: one in 5"}
