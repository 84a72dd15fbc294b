"""Keyframes around the subject, for models that take the camera as azimuth, elevation and distance. The signs were
worked out by hand from DESIGN §2 and from the source that the data names, never read off the code."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.camera import AskedMove, Camera, Step
from studio.providers.tongues import Said, say

SAID_MOVES = ["dolly_in", "dolly_out", "super_dolly_in", "arc_left", "arc_right", "pedestal_up", "crane_down", "static"]
ASKED = st.builds(
    AskedMove,
    st.sampled_from(SAID_MOVES),
    st.sampled_from(["very slow", "slow", "normal", "fast", "very fast"]),
    st.sampled_from([0.25, 0.5, 1.0, 1.5, 2.0]),
)
STEPS = st.lists(st.lists(ASKED, min_size=1, max_size=2, unique_by=lambda asked: asked.move), min_size=1, max_size=8)


def said(words: str, seconds: int = 5) -> Said:
    return say("minimax_h3_max", Camera.parse(words), seconds=Fraction(seconds), rate=Fraction(24))


def keyframes(words: str, seconds: int = 5) -> list[dict[str, float]]:
    found: list[dict[str, float]] = said(words, seconds).value["camera_trajectory"]
    return found


def test_a_dolly_in_brings_the_keyframes_closer_all_the_way_to_six_tenths() -> None:
    """A usual dolly in is 0.4 of the distance (camera.motion): 1 becomes 0.6, and nothing turns."""
    found = keyframes("dolly in")
    distances = [frame["distance"] for frame in found]
    assert distances[0] == 1
    assert all(after < before for before, after in pairwise(distances))
    assert distances[-1] == pytest.approx(0.6, abs=0.005)
    assert {frame["azimuth"] for frame in found} == {frame["elevation"] for frame in found} == {0}


def test_a_dolly_out_takes_the_keyframes_away_to_fourteen_tenths() -> None:
    assert keyframes("dolly out")[-1]["distance"] == pytest.approx(1.4, abs=0.005)


def test_an_arc_right_has_a_positive_azimuth() -> None:
    """The camera travels to the right around its subject; positive moves the camera right (ComfyUI's page)."""
    last = keyframes("arc right 90 degrees")[-1]
    assert last["azimuth"] == pytest.approx(90, abs=0.5)
    assert last["distance"] == pytest.approx(1, abs=0.001)
    assert last["elevation"] == 0


def test_an_arc_left_has_a_negative_azimuth() -> None:
    assert keyframes("arc left 90 degrees")[-1]["azimuth"] == pytest.approx(-90, abs=0.5)


def test_a_full_turn_is_360_degrees_and_does_not_jump_back_to_nothing() -> None:
    azimuths = [frame["azimuth"] for frame in keyframes("arc right 360 degrees")]
    assert azimuths[-1] == pytest.approx(360, abs=1)
    assert azimuths == sorted(azimuths)


@pytest.mark.parametrize(
    ("words", "sign"), [("pedestal up", 1), ("pedestal down", -1), ("crane up", 1), ("crane down", -1)]
)
def test_a_rising_camera_has_a_positive_elevation_and_a_sinking_one_a_negative(words: str, sign: int) -> None:
    """Positive looks down from above (ComfyUI's page)."""
    last = keyframes(words)[-1]
    assert sign * last["elevation"] > 10
    assert last["azimuth"] == 0


def test_a_pedestal_up_rises_as_far_as_the_triangle_says() -> None:
    """15 degrees' worth of units at the subject's distance: atan(radians(15)) = 14.68 degrees above it."""
    assert keyframes("pedestal up")[-1]["elevation"] == pytest.approx(
        math.degrees(math.atan(math.radians(15))), abs=0.1
    )


def test_a_static_camera_stands_at_one_place() -> None:
    assert keyframes("static") == [
        {"time": 0.0, "azimuth": 0.0, "elevation": 0.0, "distance": 1.0},
        {"time": 1.0, "azimuth": 0.0, "elevation": 0.0, "distance": 1.0},
    ]


@pytest.mark.parametrize("words", ["pan left", "tilt up", "roll clockwise", "zoom in", "truck right", "track_follow"])
def test_what_a_place_around_the_subject_cannot_say_stays_words(words: str) -> None:
    found = said(words.replace("_", " "))
    assert found.value is None
    assert found.words == words.replace("_", " ")
    assert "stays words" in found.dropped[0]


def test_a_pan_beside_a_dolly_leaves_the_keyframes_as_they_are_without_it() -> None:
    """Else the dolly, which goes where the camera looks, would become a turn around the subject."""
    both = said("dolly in, pan left 40 degrees")
    assert both.value["camera_trajectory"] == keyframes("dolly in")
    assert both.words == "pan left 40 degrees"
    assert both.dropped == (
        "MiniMax H3-Max on fal has no place in its trajectory for “pan left 40 degrees”: it stays words",
    )


def test_what_is_left_to_words_keeps_its_time_in_the_trajectory() -> None:
    """A pan over the first half of four seconds: the camera is still where it was when the dolly begins."""
    found = said("pan left over 2 seconds, then dolly in over 2 seconds", 4)
    frames = found.value["camera_trajectory"]
    at = np.interp([0.25, 0.4, 1.0], [f["time"] for f in frames], [f["distance"] for f in frames])
    assert at == pytest.approx([1, 1, 0.8], abs=0.02)  # half a take's dolly: 0.2 of the distance
    assert found.words == "pan left over 2 seconds"


def test_words_that_come_after_what_is_said_say_so() -> None:
    assert said("dolly in, then pan left, dreamy haze").words == "then pan left, dreamy haze"
    assert said("pan left, then dolly in").words == "pan left"


def test_a_trajectory_of_standing_still_does_not_hold_back_what_the_words_ask_for() -> None:
    assert said("whip pan left, then hold still").value is None


def test_a_move_made_on_something_keeps_its_words_beside_the_keyframes() -> None:
    found = said("slow dolly in on her face")
    assert found.value["camera_trajectory"][-1]["distance"] == pytest.approx(0.8, abs=0.005)
    assert found.words == "slow dolly in on her face"
    assert "only in part (not its object)" in found.dropped[0]


def test_beyond_what_was_tested_the_person_is_told_and_nothing_is_clamped() -> None:
    found = said("arc right 90 degrees")
    assert any("tested to 30 degrees of azimuth" in note for note in found.notes)
    assert any("a third of a turn" in note for note in found.notes)
    assert found.dropped == ()
    assert not any("tested to" in note for note in said("arc right 20 degrees").notes)
    assert not any("a third of a turn" in note for note in said("dolly in").notes)


def test_a_distance_that_the_model_does_not_take_is_clamped_and_told() -> None:
    """0.4 of the distance, 2.8 times as fast and 10 times as far: 1 + 11.2."""
    found = said("very fast size 10 dolly out", 15)
    assert found.value["camera_trajectory"][-1]["distance"] == 10
    assert "MiniMax H3-Max on fal takes distance from 0.1 to 10: 12.2 became 10" in found.dropped


def test_a_take_of_one_frame_has_two_keyframes() -> None:
    found = say("minimax_h3_max", Camera.parse("dolly in"), seconds=Fraction(1, 24), rate=Fraction(24))
    assert [frame["time"] for frame in found.value["camera_trajectory"]] == [0, 1]


@given(STEPS, st.integers(2, 15), st.sampled_from([Fraction(24), Fraction(30000, 1001)]))
@settings(max_examples=60, deadline=None)
def test_straight_lines_between_the_keyframes_stay_by_the_cameras_path(
    steps: list[list[AskedMove]], seconds: int, rate: Fraction
) -> None:
    """Within 1 degree and 0.02 of the distance, or the person is told that 12 keyframes are too few."""
    camera = Camera(tuple(Step(tuple(moves)) for moves in steps))
    found = say("minimax_h3_max", camera, seconds=Fraction(seconds), rate=rate)
    if found.value is None:
        assert {asked.move for moves in steps for asked in moves} == {"static"}
        return
    frames = found.value["camera_trajectory"]
    times = [frame["time"] for frame in frames]
    assert 2 <= len(frames) <= 12
    assert (times[0], times[-1]) == (0, 1)
    assert all(before < after for before, after in pairwise(times))
    too_few = any("too few for this camera" in sentence for sentence in found.dropped)
    hasty = any(asked.strength > 1 for moves in steps for asked in moves)
    assert len(steps) > 2 or hasty or not too_few
    path = camera.path(seconds, rate)
    every = np.arange(len(path)) / (len(path) - 1)
    away = path.keys[:, :3] - path.subject
    far = np.linalg.norm(away, axis=1)
    azimuth = np.interp(every, times, np.radians([frame["azimuth"] for frame in frames]))
    elevation = np.interp(every, times, np.radians([frame["elevation"] for frame in frames]))
    distance = np.interp(every, times, [frame["distance"] for frame in frames])
    back = np.stack([np.cos(elevation) * np.sin(azimuth), np.sin(elevation), -np.cos(elevation) * np.cos(azimuth)], 1)
    angle = np.degrees(np.arccos(np.clip((back * away).sum(axis=1) / far, -1, 1)))
    assert too_few or angle.max() < 1.5  # 1 degree on each of two axes
    assert too_few or np.abs(distance - far / far[0]).max() < 0.0201
