from __future__ import annotations

from fractions import Fraction

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.cutting.checking import check
from studio.cutting.ends import IN_POINTS, Looks, Marks, in_points, longest, looks_of
from studio.cutting.joins import Ends, scores
from studio.media.features import end
from studio.nouns import Slot, SongRange
from tests.cutting.looking import IN, OUT, STILL, a_look, an_end, measured, picture
from tests.cutting.making import FILM, hard_cut, take

ONE = Fraction(1)


def test_a_slot_enters_a_take_at_its_first_frame_its_last_possible_and_evenly_between():
    source = take("07A-001", 120)
    assert in_points(Slot(source, 0, 80), source, FILM) == [0, 5, 10, 15, 20, 25, 30, 35, 40]
    assert in_points(Slot(source, 0, 117), source, FILM) == [0, 1, 2, 3]
    assert in_points(Slot(source, 0, 120), source, FILM) == [0]
    assert in_points(Slot(source, 0, 121), source, FILM) == []


def test_marks_keep_the_slot_within_the_best_of_a_take():
    source = take("07A-001", 240, rate=48)  # 120 frames of the film
    assert in_points(Slot(source, 0, 20), source, FILM, Marks(40, 120)) == [20, 22, 25, 27, 30, 32, 35, 37, 40]
    assert in_points(Slot(source, 0, 40), source, FILM, Marks(40, 120)) == [20]
    assert in_points(Slot(source, 0, 20), source, FILM, Marks(best_in=190)) == [95, 96, 97, 98, 99, 100]


def test_where_the_best_of_a_take_is_shorter_than_the_slot_it_lies_within_the_slot():
    source = take("07A-001", 120)
    found = in_points(Slot(source, 0, 60), source, FILM, Marks(50, 70))
    assert found[0] == 10
    assert found[-1] == 50


@given(
    frames=st.integers(1, 400), length=st.integers(1, 200), rate=st.sampled_from([FILM, Fraction(25, 3), Fraction(30)]),
    speed=st.sampled_from([ONE, Fraction(1, 2), Fraction(7, 5)]), best=st.lists(st.integers(0, 400), max_size=2),
)  # fmt: skip
def test_every_in_point_can_be_cut(frames, length, rate, speed, best):
    source = take("07A-001", frames, rate)
    slot = Slot(source, 0, length, speed=speed)
    marks = Marks(*sorted(best)) if len(best) == 2 else Marks(*best)
    found = in_points(slot, source, FILM, marks)
    assert found == sorted(set(found))
    assert len(found) <= IN_POINTS
    for in_frames in found:
        check(hard_cut(slots=(Slot(source, 0, length, in_frames, speed),), song=SongRange("", "", ONE, ONE)))
        assert longest(source, in_frames, speed, FILM) >= length


@pytest.fixture
def looks(tmp_path):
    """A take of 80 frames that turns from hue 10 to hue 90 in eight steps, and zooms in, then out."""
    hues = [15 + 10 * place for place in range(8)]
    strip = tmp_path / "strip.png"
    cv2.imwrite(str(strip), np.hstack([picture(hue) for hue in hues]))
    features = a_look(an_end(IN, hue=10), an_end(OUT, hue=90))
    return Looks(take("07A-001", 80), features, measured([IN] * 8 + [OUT] * 8, seconds=80 / 24), strip)


def test_at_its_first_and_last_frame_a_take_looks_as_it_was_stored(looks):
    assert looks.head(0, ONE, FILM) == an_end(IN, hue=10)
    assert looks.tail(0, 80, ONE, FILM) == an_end(OUT, hue=90)


def test_between_them_it_looks_like_the_pictures_of_its_strip(looks):
    for frame, hue in ((5, 15), (35, 45), (75, 85)):
        true, strangers = end(picture(hue), IN), [end(picture(other), IN) for other in (hue - 10, hue + 10)]
        found = looks.head(frame, ONE, FILM)
        assert scores([found], [true])[0, 0] > max(scores([found], strangers)[0]), hue
        assert np.abs(Ends([found]).lab - Ends([true]).lab).max() <= 2


def test_half_way_between_two_pictures_it_is_their_mean(looks):
    at_35, at_40, at_45 = (Ends([looks.head(frame, ONE, FILM)]).lab for frame in (35, 40, 45))
    assert np.abs(at_40 - (at_35 + at_45) / 2).max() <= 0.6


def test_its_motion_is_that_of_the_third_of_a_second_beside_the_cut(looks):
    assert looks.head(0, ONE, FILM).motion == IN
    assert looks.tail(0, 30, ONE, FILM).motion == IN
    assert looks.head(44, ONE, FILM).motion == OUT
    assert looks.tail(0, 40, ONE, FILM).motion == IN
    assert looks.head(40, ONE, FILM).motion == OUT


def test_a_slowed_slot_moves_as_slowly_as_it_is_shown(looks):
    assert looks.head(0, Fraction(1, 2), FILM).motion == (0, 0, 10, 0)


def test_without_a_strip_or_a_measured_camera_the_stored_pictures_have_to_do(tmp_path):
    features = a_look(an_end(IN, hue=10), an_end(OUT, hue=90))
    for strip in (None, tmp_path / "gone.jpg"):
        alone = Looks(take("07A-001", 80), features, None, strip)
        assert alone.head(0, ONE, FILM).thumbnail == features.head.thumbnail
        assert alone.head(0, ONE, FILM).motion is None
        assert alone.head(30, ONE, FILM) is not None


def test_what_another_version_stored_is_as_if_it_were_not_there():
    source = take("07A-001", 80)
    assert looks_of(source, '{"of": "another version"}', "", None).head(0, ONE, FILM) is None
    known = looks_of(source, a_look(an_end(STILL), an_end(STILL)).to_json(), "{}", None)
    assert known.head(0, ONE, FILM).motion is None
