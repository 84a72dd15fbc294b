"""A camera is changed one move at a time."""

from dataclasses import asdict
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.camera import SPEEDS, Camera, Chip, add, change, chips, remove, shift, time, vocabulary
from studio.errors import BadInput, NotFound
from tests.camera.test_words import CAMERAS, MOVES, OBJECTS, TURNING

TWO = Camera.parse("fast push in, handheld, then pass through the bubble, dreamy haze")


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (add(TWO, "pan_left"),
         "fast dolly in, handheld, then pass through the bubble, then pan left, dreamy haze"),
        (add(TWO, "pan_left", at=0, speed="slow"),
         "fast dolly in, handheld, then slow pan left, then pass through the bubble, dreamy haze"),
        (add(TWO, "tilt_up", "together", size=0.5),
         "fast dolly in, handheld, then pass through the bubble, small tilt up, dreamy haze"),
        (add(TWO, "tilt_up", "together", at=0),
         "fast dolly in, handheld, tilt up, then pass through the bubble, dreamy haze"),
        (add(Camera(), "arc_left", "together", object="around the couple"), "arc left around the couple"),
        (add(Camera(), "arc_left"), "arc left"),
        (remove(TWO, 0, 1), "fast dolly in, then pass through the bubble, dreamy haze"),
        (remove(TWO, 1, 0), "fast dolly in, handheld, dreamy haze"),
        (remove(remove(remove(TWO, 0, 0), 0, 0), 0, 0), "dreamy haze"),
        (change(TWO, 0, 0, speed="slow"), "slow dolly in, handheld, then pass through the bubble, dreamy haze"),
        (change(TWO, 0, 1, size=2), "fast dolly in, huge handheld, then pass through the bubble, dreamy haze"),
        (change(TWO, 1, 0, object="the keyhole"),
         "fast dolly in, handheld, then pass through the keyhole, dreamy haze"),
        (change(TWO, 1, 0, object=""), "fast dolly in, handheld, then pass through, dreamy haze"),
        (change(Camera.parse("pan left 90 degrees"), 0, 0, degrees=45), "pan left 45 degrees"),
        (change(Camera.parse("pan left 90 degrees"), 0, 0, degrees=0), "pan left"),
        (time(TWO, 0, 1.5), "fast dolly in, handheld over 3/2 seconds, then pass through the bubble, dreamy haze"),
        (time(time(TWO, 0, Fraction(1, 3)), 0, None), TWO.words()),
        (shift(TWO, 0, 1), "pass through the bubble, then fast dolly in, handheld, dreamy haze"),
        (shift(TWO, 1, -9), "pass through the bubble, then fast dolly in, handheld, dreamy haze"),
        (shift(TWO, 1, 3), TWO.words()),
    ],
)  # fmt: skip
def test_an_edit_says_its_camera_in_canonical_words(made, words):
    assert made.text == made.words() == words
    assert Camera.parse(made.text) == made


def test_a_direction_that_was_guessed_is_said_after_an_edit():
    camera = Camera.parse("whip pan")
    assert camera.guessed
    assert add(camera, "dolly_in").guessed == ()
    assert add(camera, "dolly_in").text == "whip pan right, then dolly in"


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (lambda: add(TWO, "dolyin"), "nearest is dolly_in"),
        (lambda: add(TWO, "dolly_in", "later"), "'then' or 'together', not 'later'"),
        (lambda: add(TWO, "dolly_in", at=2), "no step 2: the camera has 2 steps, 0 to 1"),
        (lambda: add(Camera(), "dolly_in", at=0), "no step 0: the camera has no steps yet"),
        (lambda: add(TWO, "handheld", "together", at=0), "handheld is asked for twice"),
        (lambda: add(TWO, "dolly_in", speed="quick"), "'quick' is no speed"),
        (lambda: add(TWO, "dolly_in", size="big"), "the size is 'big': give a number"),
        (lambda: add(TWO, "dolly_in", object="the sea, then pan left"), "without camera words"),
        (lambda: remove(TWO, -1, 0), "no step -1"),
        (lambda: remove(TWO, 0, 2), "no move 2 in step 0: it has 2 moves, 0 to 1"),
        (lambda: remove(TWO, 1, "first"), "no move 'first' in step 1: it has 1 move, number 0"),
        (lambda: change(TWO, 0, 0, degrees=90), "dolly_in does not turn"),
        (lambda: change(TWO, 0, 0, size=float("nan")), "the size is nan"),
        (lambda: change(TWO, 0, 0, object="on her, pan left"), "without camera words"),
        (lambda: change(TWO, 0, 0, object=7), "dolly_in is made on 7"),
        (lambda: time(TWO, 0, 0), "cannot take 0 seconds"),
        (lambda: time(TWO, 0, "long"), "length of a step is 'long': give a number"),
        (lambda: time(TWO, 0, float("inf")), "length of a step is inf"),
        (lambda: shift(TWO, 5, 1), "no step 5"),
        (lambda: shift(TWO, 0, 0.5), "whole number of places, not by 0.5"),
        (lambda: chips(TWO, 0), "length of a camera path is 0"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(edit, says):
    with pytest.raises(BadInput) as told:
        edit()
    assert says in str(told.value)


def test_what_is_not_there_is_not_found():
    with pytest.raises(NotFound):
        remove(TWO, 4, 0)
    with pytest.raises(NotFound):
        add(TWO, "push_it")


def read_back(camera):
    return Camera.parse(camera.words()) == camera and camera.text == camera.words()


@given(
    CAMERAS, st.sampled_from(MOVES), st.sampled_from(["then", "together"]), st.sampled_from(list(SPEEDS)),
    st.sampled_from([0.25, 1.0, 1.7]), st.sampled_from(OBJECTS), st.data(),
)  # fmt: skip
@settings(deadline=None, max_examples=80)
def test_what_is_added_can_be_taken_away_again(camera, move, how, speed, size, words, data):
    at = data.draw(st.one_of(st.none(), st.integers(0, len(camera.steps) - 1)) if camera.steps else st.none())
    last = len(camera.steps) - 1 if at is None else at
    if how == "together" and camera.steps and move in [asked.move for asked in camera.steps[last].moves]:
        with pytest.raises(BadInput, match="asked for twice"):
            add(camera, move, how, at)
        return
    more = add(camera, move, how, at, speed, size, words)
    assert read_back(more)
    beside = how == "together" and camera.steps
    step, index = (last, len(camera.steps[last].moves)) if beside else (last + 1, 0)
    asked = more.steps[step].moves[index]
    assert (asked.move, asked.speed, asked.size, asked.object) == (move, speed, size, words)
    assert more.unknown == camera.unknown
    assert remove(more, step, index) == camera


@given(CAMERAS.filter(lambda camera: camera.steps), st.data())
@settings(deadline=None, max_examples=80)
def test_every_edit_can_be_said_in_words_and_undone(camera, data):
    step = data.draw(st.integers(0, len(camera.steps) - 1))
    index = data.draw(st.integers(0, len(camera.steps[step].moves) - 1))
    asked = camera.steps[step].moves[index]
    to = data.draw(st.integers(0, len(camera.steps) - 1))
    moved = shift(camera, step, to - step)
    assert read_back(moved)
    assert shift(moved, to, step - to) == camera
    manner = {"speed": "very fast", "size": 3.0}
    manner |= {"degrees": 33.0} if asked.move in TURNING else {}
    changed = change(camera, step, index, **manner)
    assert read_back(changed)
    back = {name: getattr(asked, name) for name in manner}
    assert change(changed, step, index, **back) == camera
    assert read_back(time(camera, step, Fraction(7, 3)))
    assert time(time(camera, step, 2.25), step, camera.steps[step].seconds) == camera


def test_chips_are_the_moves_in_order_with_their_times():
    first, rig, through = chips(time(TWO, 0, 2), 5)
    assert first == Chip(
        0, 0, "dolly_in", vocabulary()["dolly_in"].label, "dolly in", "move", "fast", 1.0, 0.0, "", False, 2.0, 0.0, 2.0
    )
    assert (rig.step, rig.index, rig.move, rig.kind, rig.start_s, rig.end_s) == (0, 1, "handheld", "rig", 0.0, 2.0)
    assert (through.step, through.object, through.seconds) == (1, "the bubble", None)
    assert (through.start_s, through.end_s) == (2.0, 5.0)
    assert asdict(through)["words"] == "pass through"


def test_chips_of_a_take_of_no_known_length_have_no_times():
    assert [(chip.start_s, chip.end_s) for chip in chips(TWO)] == [(None, None)] * 3
    assert chips(Camera()) == chips(Camera(), 5) == ()


def test_only_moves_that_turn_take_degrees():
    for name in MOVES:
        (chip,) = chips(Camera.move(name))
        assert chip.turns == (name in TURNING)
        if chip.turns:
            assert change(Camera.move(name), 0, 0, degrees=12).steps[0].moves[0].degrees == 12
