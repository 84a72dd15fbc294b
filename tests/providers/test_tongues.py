"""A camera in a model's own tongue. Every sign here was worked out by hand from DESIGN §2 and from the source that the
data names, never read off the code."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio import _resources
from studio.camera import AskedMove, Camera, Step, vocabulary
from studio.errors import NotFound
from studio.providers.tongues import Said, say, tongues

ROWS = tomllib.loads(_resources.path("data/camera_tongues.toml").read_text("utf-8"))["tongue"]
LUMA = (
    "push_in",
    "pull_out",
    "pan_left",
    "pan_right",
    "orbit_left",
    "orbit_right",
    "roll_right",
    "static",
    "low_angle",
)
HAILUO = {
    "Truck left", "Truck right", "Pan left", "Pan right", "Push in", "Pull out", "Pedestal up", "Pedestal down",
    "Tilt up", "Tilt down", "Zoom in", "Zoom out", "Shake", "Tracking shot", "Static shot",
}  # fmt: skip


def said(tongue: str, words: str, seconds: int = 5, allowed: tuple[str, ...] = ()) -> Said:
    return say(tongue, Camera.parse(words), seconds=Fraction(seconds), rate=Fraction(24), allowed=allowed)


def test_every_row_says_where_and_when_it_was_read() -> None:
    for row in ROWS:
        assert row["source"], row["name"]
        assert date.fromisoformat(row["checked_on"]), row["name"]
        assert all(isinstance(doubt, str) for doubt in (*row["doubts"], *row.get("doubted", {}).values()))
    assert tongues() == tuple(row["name"] for row in ROWS)


def test_every_move_in_the_data_is_one_of_the_vocabulary() -> None:
    for row in ROWS:
        assert set(row["moves"]) <= set(vocabulary()), row["name"]


def test_every_doubt_is_about_a_name_or_a_field_that_the_tongue_uses() -> None:
    for row in ROWS:
        used = {"azimuth", "elevation", "distance", "config", "] [", row.get("type_key"), row.get("value_key")}
        for value in row["moves"].values():
            says = value["says"] if isinstance(value, dict) else value
            used |= {says} if isinstance(says, str) else set(says)
        assert set(row.get("doubted", {})) <= used, row["name"]


def test_hailuo_has_its_15_commands_and_no_other() -> None:
    row = next(row for row in ROWS if row["name"] == "hailuo")
    assert {value["says"] if isinstance(value, dict) else value for value in row["moves"].values()} == HAILUO


def test_a_tongue_that_is_not_there_is_told_with_the_nearest() -> None:
    with pytest.raises(NotFound, match=r"in the tongue 'hailou': the nearest is 'hailuo'"):
        said("hailou", "dolly in")


@pytest.mark.parametrize(
    ("words", "adapter"),
    [("dolly in", "dolly_in"), ("dolly out", "dolly_out"), ("truck left", "dolly_left"), ("truck right", "dolly_right"),
     ("pedestal up", "jib_up"), ("pedestal down", "jib_down"), ("crane up", "jib_up"), ("static", "static")],
)  # fmt: skip
def test_ltx_travels_sideways_by_its_dolly_and_up_by_its_jib(words: str, adapter: str) -> None:
    found = said("ltx_2_fal", words)
    assert found.value == {"camera_lora": adapter, "camera_lora_scale": 1.0}
    assert (found.words, found.dropped) == ("", ())
    assert said("ltx_2_3_replicate", words).value == {"camera_motion": adapter}


def test_a_slow_move_is_half_an_adapter() -> None:
    found = said("ltx_2_fal", "slow dolly in")
    assert found.value == {"camera_lora": "dolly_in", "camera_lora_scale": 0.5}
    assert (found.words, found.dropped) == ("", ())


def test_more_than_a_whole_adapter_is_clamped_told_and_said_in_words_too() -> None:
    found = said("ltx_2_fal", "fast dolly in")
    assert found.value == {"camera_lora": "dolly_in", "camera_lora_scale": 1.0}
    assert found.dropped[0] == "LTX-2 on fal takes a scale from 0 to 1: 1.8 for “fast dolly in” became 1"
    assert found.words == "fast dolly in"


def test_where_there_is_no_scale_the_speed_stays_words() -> None:
    found = said("ltx_2_3_replicate", "slow dolly in")
    assert found.value == {"camera_motion": "dolly_in"}
    assert found.words == "slow dolly in"
    assert found.dropped == (
        "LTX-2.3 on Replicate says “slow dolly in” only in part (not its speed), so its words are sent too",
    )


def test_the_first_move_that_has_an_adapter_is_kept_and_the_others_stay_words() -> None:
    found = said("ltx_2_fal", "pan left, truck left, pedestal up")
    assert found.value["camera_lora"] == "dolly_left"
    assert found.words == "pan left, pedestal up"
    assert found.dropped == (
        "LTX-2 on fal has no adapter for “pan left”: it stays words",
        "LTX-2 on fal takes one adapter: kept “truck left”, and “pedestal up” stays words",
    )


def test_an_adapter_holds_for_the_whole_take_and_the_person_is_told() -> None:
    found = said("ltx_2_fal", "dolly in, then pan left")
    assert found.words == "then pan left"
    assert found.dropped[-1] == (
        "LTX-2 on fal has no order in time: “dolly in” is said for the whole take, not for its step"
    )


def test_the_adapter_for_standing_still_is_not_given_to_a_camera_that_moves() -> None:
    assert said("ltx_2_fal", "hold still, then dolly in").value["camera_lora"] == "dolly_in"
    assert said("ltx_2_fal", "hold still, then pan left").value is None


@pytest.mark.parametrize(
    ("words", "axis", "value"),
    [("truck right", "horizontal", 5), ("truck left", "horizontal", -5), ("pedestal up", "vertical", 5),
     ("pedestal down", "vertical", -5), ("pan right", "pan", 5), ("pan left", "pan", -5), ("tilt up", "tilt", 5),
     ("tilt down", "tilt", -5), ("roll clockwise", "roll", 5), ("roll counter-clockwise", "roll", -5),
     ("zoom in", "zoom", -5), ("zoom out", "zoom", 5)],
)  # fmt: skip
def test_kling_signs_are_those_of_its_specification(words: str, axis: str, value: int) -> None:
    """Negative: left, down, counter-clockwise; and a longer lens, so zooming in is negative."""
    config = said("kling_direct", words).value["camera_control"]
    assert config["type"] == "simple"
    assert {name: number for name, number in config["config"].items() if number} == {axis: value}
    assert set(config["config"]) == {"horizontal", "vertical", "pan", "tilt", "roll", "zoom"}
    assert said("kling_v1_fal", words).value == {
        "advanced_camera_control": {"movement_type": axis, "movement_value": value}
    }


@pytest.mark.parametrize("tongue", ["kling_direct", "kling_v1_fal"])
@pytest.mark.parametrize("words", ["pan left", "tilt up", "zoom in"])
def test_where_sources_contradict_each_other_the_person_is_told(tongue: str, words: str) -> None:
    assert any(
        note.startswith("sources contradict each other on") and note.endswith("try one clip first")
        for note in said(tongue, words).notes
    )


def test_that_the_range_of_kling_on_fal_was_not_read_is_told_where_a_number_is_sent() -> None:
    assert any("range of movement_value was not read" in note for note in said("kling_v1_fal", "roll right").notes)
    assert not any("movement_value" in note for note in said("kling_v1_fal", "down back").notes)


@pytest.mark.parametrize(
    ("words", "preset"),
    [("forward up", "forward_up"), ("down back", "down_back"), ("turn left forward", "left_turn_forward"),
     ("turn right forward", "right_turn_forward")],
)  # fmt: skip
def test_kling_has_four_moves_ready_made(words: str, preset: str) -> None:
    assert said("kling_v1_fal", words).value == {"camera_control": preset}
    assert said("kling_direct", words).value == {"camera_control": {"type": preset}}


def test_the_strongest_move_is_kept_and_the_other_told() -> None:
    found = said("kling_direct", "slow pan right, fast roll clockwise")
    assert found.value["camera_control"]["config"]["roll"] == 9  # 5 × 1.8
    assert found.value["camera_control"]["config"]["pan"] == 0
    assert found.words == "slow pan right"
    assert found.dropped == ("Kling takes one axis: kept “fast roll cw”, and “slow pan right” stays words",)


def test_of_moves_that_are_equally_strong_the_first_is_kept() -> None:
    assert said("kling_direct", "tilt up, pan right").value["camera_control"]["config"]["tilt"] == 5


def test_only_the_first_step_is_looked_at_and_a_framing_is_no_step() -> None:
    found = said("kling_v1_fal", "low angle, then pan left, then roll right")
    assert found.value["advanced_camera_control"] == {"movement_type": "pan", "movement_value": -5}
    assert any("is said for the whole take" in sentence for sentence in found.dropped)
    assert said("kling_v1_fal", "dolly in, then pan left").value is None


def test_a_number_beyond_kling_is_clamped_told_and_said_in_words_too() -> None:
    found = said("kling_direct", "very fast pan left")  # 5 × 2.8 = 14
    assert found.value["camera_control"]["config"]["pan"] == -10
    assert "Kling takes at most 10 on pan: 14 for “very fast pan left” became 10" in found.dropped
    assert found.words == "very fast pan left"


def test_a_number_between_is_rounded_told_and_never_nothing() -> None:
    found = said("kling_direct", "slow pan left")
    assert found.value["camera_control"]["config"]["pan"] == -3  # 2.5, and halves go up
    assert found.dropped == ("Kling takes whole numbers from 1 on pan: 2.5 for “slow pan left” became 3",)
    assert said("kling_direct", "very slow tiny pan left").value["camera_control"]["config"]["pan"] == -1


@pytest.mark.parametrize("words", ["dolly in", "arc left", "whip pan left", "static", "handheld"])
def test_what_is_no_axis_of_kling_stays_words(words: str) -> None:
    assert said("kling_direct", words).value is None
    assert said("kling_direct", words).words == words


def test_what_happens_at_once_is_in_one_bracket_and_what_follows_in_the_next() -> None:
    found = said("hailuo", "push in, pan left, then tilt up, then static")
    assert found.value == "[Push in,Pan left] [Tilt up] [Static shot]"
    assert (found.words, found.dropped) == ("", ())
    assert any("one after the other is not established" in note for note in found.notes)
    assert not any("one after the other" in note for note in said("hailuo", "push in").notes)


def test_a_fourth_command_in_a_bracket_stays_words() -> None:
    found = said("hailuo", "push in, pan left, tilt up, roll right, zoom out")
    assert found.value == "[Push in,Pan left,Tilt up]"
    assert found.words == "roll cw, zoom out"
    assert "Hailuo takes 3 commands at the same time: “zoom out” stays words" in found.dropped


def test_what_has_no_command_stays_words() -> None:
    found = said("hailuo", "arc left")
    assert (found.value, found.words) == (None, "arc left")
    assert found.dropped == ("Hailuo has no command for “arc left”: it stays words",)


def test_what_a_command_says_in_part_is_said_in_words_too() -> None:
    found = said("hailuo", "pass through the bubble")
    assert (found.value, found.words) == ("[Push in]", "pass through the bubble")


def test_only_concepts_that_the_service_lists_are_used() -> None:
    assert said("luma", "dolly in", allowed=LUMA).value == {"concepts": [{"key": "push_in"}]}
    assert said("luma", "dolly in", allowed=("dolly_in",)).value == {"concepts": [{"key": "dolly_in"}]}
    found = said("luma", "dolly in", allowed=("static",))
    assert (found.value, found.words) == (None, "dolly in")
    assert found.dropped == ("Luma Dream Machine has no concept for “dolly in”: it stays words",)


def test_without_the_list_nothing_is_said_as_concepts_and_the_person_is_told() -> None:
    found = said("luma", "dolly in")
    assert (found.value, found.words) == (None, "dolly in")
    assert found.dropped == ("the list of Luma Dream Machine's concepts is not known yet, so the camera stays words",)


def test_an_arc_is_an_orbit_the_same_way_and_a_roll_to_the_right_is_clockwise() -> None:
    assert said("luma", "arc left", allowed=LUMA).value == {"concepts": [{"key": "orbit_left"}]}
    assert said("luma", "arc right", allowed=LUMA).value == {"concepts": [{"key": "orbit_right"}]}
    rolled = said("luma", "roll clockwise", allowed=LUMA)
    assert rolled.value == {"concepts": [{"key": "roll_right"}]}
    assert any("not established: try one clip first" in note for note in rolled.notes)


def test_concepts_are_those_of_the_first_step_that_has_any() -> None:
    found = said("luma", "low angle, then dolly in, pan left, then arc right", allowed=LUMA)
    assert found.value == {"concepts": [{"key": "low_angle"}, {"key": "push_in"}, {"key": "pan_left"}]}
    assert found.words == "then arc right"
    assert found.dropped[0] == "Luma Dream Machine's concepts have no order in time: “arc right” stays words"


def test_the_camera_is_locked_only_where_it_is_surely_still() -> None:
    assert said("seedance_1_fal", "static").value == {"camera_fixed": True}
    assert said("seedance_1_fal", "static").words == ""
    assert said("seedance_1_fal", "low angle, locked off").words == "low angle"
    for words in ("dolly in", "static, then dolly in", "static, handheld", "low angle", ""):
        assert said("seedance_1_fal", words).value is None
        assert said("seedance_1_fal", words).words == words


def test_words_that_may_be_a_movement_keep_the_camera_unlocked_and_the_person_is_told() -> None:
    found = said("seedance_1_fal", "static, it breathes gently")
    assert (found.value, found.words) == (None, "static, it breathes gently")
    assert found.dropped[0].startswith("Seedance 1 on fal can lock the camera, and “")


def test_a_model_without_camera_data_gets_the_words_as_they_were_written() -> None:
    assert said("words", "Slow push-in,   then pan left!") == Said(None, "Slow push-in,   then pan left!", ())


ANY_ASKED = st.builds(
    AskedMove,
    st.sampled_from(list(vocabulary())),
    st.sampled_from(["very slow", "slow", "normal", "fast", "very fast"]),
    st.sampled_from([0.25, 1.0, 2.0]),
)
ANY_STEPS = st.lists(st.lists(ANY_ASKED, min_size=1, max_size=4, unique_by=lambda asked: asked.move), max_size=4)


@given(st.sampled_from(tongues()), ANY_STEPS, st.lists(st.sampled_from(["dreamy haze", "grainy"]), max_size=1))
@settings(max_examples=150, deadline=None)
def test_nothing_that_was_asked_for_is_lost_in_any_tongue(
    tongue: str, steps: list[list[AskedMove]], unknown: list[str]
) -> None:
    """Each move is data, or its words are left; what is left to words of a camera with data is told."""
    camera = Camera(tuple(Step(tuple(moves)) for moves in steps), tuple(unknown))
    found = say(tongue, camera, seconds=Fraction(5), rate=Fraction(24), allowed=LUMA)
    assert json.loads(json.dumps(found.value)) == found.value
    again = Camera.parse(found.words)
    left = {asked.move for step in again.steps for asked in step.moves}
    row = next(row for row in ROWS if row["name"] == tongue)
    for moves in steps:
        for asked in moves:
            assert asked.move in left or (found.value is not None and asked.move in row["moves"])
    assert set(unknown) <= set(again.unknown)
    if found.value is not None:
        assert found.dropped or not left
    assert found == say(tongue, camera, seconds=Fraction(5), rate=Fraction(24), allowed=LUMA)
