from __future__ import annotations

import numpy as np
import pytest

from studio.cutting.joins import GOOD, NEUTRAL, WEAK, WEIGHTS, Ends, join, same_picture, scores, turns
from studio.errors import BadInput
from studio.nouns import AIMS
from tests.cutting.looking import IN, OUT, STILL, an_end


def test_a_take_that_goes_on_is_a_good_join_and_says_so():
    found = join(an_end(IN), an_end(IN))
    assert found.score == pytest.approx(1, abs=1e-3)
    assert (found.word, found.said) == ("good", "the same picture, both move in, same vanishing point")


def test_light_and_motion_meet_in_another_picture():
    found = join(an_end(IN, seed=1), an_end(IN, seed=2))
    assert found.word == "good"
    assert found.said == "light meets, colours meet, both move in, same vanishing point"


def test_a_zoom_that_turns_round_is_a_break_whatever_the_pictures_do():
    found = join(an_end(IN), an_end(OUT))
    assert (found.word, found.parts["zoom"], found.parts["picture"]) == ("break", 0.02, 1.0)
    assert "zoom turns round" in found.said


def test_a_dark_picture_after_a_light_one_is_a_break_and_told_as_darker():
    found = join(an_end(IN, hue=20, light=230), an_end(IN, hue=110, light=40))
    assert found.word == "break"
    assert found.said == "much darker, other colours, both move in, same vanishing point"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (STILL, STILL, "both still"),
        (STILL, IN, "starts moving in"),
        (IN, STILL, "stops moving in"),
        ((0, 0, 4, 0), (0, 0, 60, 0), "moves in faster"),
        ((9, 0, 0, 0), (-9, 0, 0, 0), "pan turns round"),
        ((-9, 0, 0, 0), (-8, 0, 0, 0), "both pan left"),
        ((-9, 0, 0, 0), STILL, "stops panning left"),
        ((0, 0, 0, 9), (0, 0, 0, 30), "rolls clockwise faster"),
        ((0, 5, 0, 0), (0, 6, 0, 0), "both tilt up"),
        ((0, 0, 20, 0), (16, 0, 20, 0), "both move in, vanishing point jumps to the right"),
        ((0, 0, 20, 0), (0, -20, 20, 0), "both move in, vanishing point jumps down"),
    ],
)
def test_motion_is_told_as_film_people_tell_it(before, after, said):
    assert join(an_end(before), an_end(after)).said == f"the same picture, {said}"


def test_the_vanishing_point_is_where_a_camera_goes_that_pans_and_zooms():
    """Content grows from the point that stays where it is: a pan to the right puts it right of the middle."""
    ends = Ends([an_end((10.0, 0, 20.0, 0)), an_end((0, 8.0, 20.0, 0)), an_end((0, 0, 1.0, 0))])
    assert ends.centre[0] == pytest.approx((0.5, 0))
    assert ends.centre[1] == pytest.approx((0, 8 / 20 * 9 / 16))
    assert list(ends.centred) == [True, True, False]


def test_a_centre_beyond_the_picture_costs_more_than_one_beside_it():
    ahead, beside, beyond = (an_end((pan, 0, 20, 0)) for pan in (0, 4, 20))
    near, far = join(ahead, beside), join(ahead, beyond)
    assert near.parts["centre"] > GOOD > far.parts["centre"]
    assert near.score > far.score


def test_motion_that_cannot_be_told_is_neither_good_nor_bad_and_is_said():
    unread = join(an_end(None), an_end(IN))
    assert unread.said == "the same picture, motion cannot be told"
    assert set(unread.parts) == {"picture", "colour"}
    assert join(an_end(OUT), an_end(IN)).score < unread.score < join(an_end(IN), an_end(IN)).score


def test_nothing_known_is_neutral_between_weak_and_good():
    found = scores([None, an_end()], [an_end(), None])
    assert found[0, 0] == found[1, 1] == found[0, 1] == np.float32(NEUTRAL)
    assert WEAK < NEUTRAL < GOOD


def test_match_forgives_the_picture_and_not_the_motion():
    other = {"hue": 28, "seed": 2}
    apart = join(an_end((15, 0, 0, 0)), an_end((15, 0, 0, 0), **other), "match").score
    assert apart > join(an_end((15, 0, 0, 0)), an_end((15, 0, 0, 0), **other), "flow").score
    assert join(an_end((15, 0, 0, 0)), an_end((-15, 0, 0, 0)), "match").word != "good"


def test_contrast_wants_another_picture():
    assert join(an_end(hue=20, light=230), an_end(hue=110, light=40), "contrast").word == "good"
    again = join(an_end(), an_end(), "contrast")
    assert (again.score, again.word, again.said) == (0.02, "break", "the same picture again")


@pytest.mark.parametrize("aim", AIMS)
def test_the_matrix_holds_what_each_join_alone_gives(aim):
    tails = [an_end(IN), an_end(None, hue=90), an_end((9, 1, 30, 2), light=60), an_end(OUT, seed=3)]
    heads = [an_end(OUT), an_end((8, -1, 25, 1), light=80), an_end(None)]
    matrix = scores(tails, heads, aim)
    for row, tail in zip(matrix, tails, strict=True):
        assert [round(float(score), 4) for score in row] == [join(tail, head, aim).score for head in heads]
        assert ((row >= 0) & (row <= 1)).all()


def test_flips_and_the_same_picture_are_found_in_a_whole_matrix():
    tails, heads = Ends([an_end(IN), an_end((0, 0, 1, 0), seed=4)]), Ends([an_end(OUT), an_end((0, 0, -1, 0), seed=5)])
    assert turns(tails, heads).tolist() == [[True, False], [False, False]]
    assert same_picture(tails, heads).tolist() == [[True, False], [False, False]]


def test_the_weights_of_every_aim_are_a_whole():
    assert set(WEIGHTS) == set(AIMS)
    assert all(sum(weights.values()) == pytest.approx(1) for weights in WEIGHTS.values())


def test_an_unknown_aim_is_answered_with_those_there_are():
    with pytest.raises(BadInput, match="'shock' is no aim of a join: write 'flow', 'match', 'contrast'"):
        join(an_end(), an_end(), "shock")  # type: ignore[arg-type]
