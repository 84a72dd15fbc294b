"""What measuring should see of an asked camera: signs and sizes by the vocabulary's own axes."""

import numpy as np
import pytest

from studio.camera import Camera, vocabulary
from studio.camera.expected import expected

TIMES = np.linspace(0.5, 3.5, 13)
AXIS = {"pan": 0, "tilt": 1, "zoom": 2, "roll": 3, "tx": 0, "ty": 1, "tz": 2}


NAMED = [
    "pan_left",
    "pan_right",
    "tilt_up",
    "tilt_down",
    "roll_cw",
    "roll_ccw",
    "zoom_in",
    "zoom_out",
    "dolly_in",
    "dolly_out",
    "truck_left",
    "truck_right",
    "pedestal_up",
]


@pytest.mark.parametrize("name", NAMED)
def test_a_move_shows_on_its_own_axis_in_its_own_sense(name):
    row = vocabulary()[name]
    rates = expected(Camera.move(name), 4.0, TIMES).mean(axis=0)
    axis, value = next(
        (axis, value)
        for axis, value in zip(("tx", "ty", "tz", "pan", "tilt", "roll", "zoom"), row.axes, strict=True)
        if value
    )
    assert np.argmax(np.abs(rates)) == AXIS[axis], rates
    assert np.sign(rates[AXIS[axis]]) == np.sign(value)


def test_a_camera_that_stands_still_shows_nothing():
    assert np.abs(expected(Camera.move("static"), 4.0, TIMES)).max() < 1e-6


def test_twice_as_fast_shows_twice_as_much():
    slow = expected(Camera.parse("slow pan right"), 4.0, TIMES).mean(axis=0)[0]
    usual = expected(Camera.parse("pan right"), 4.0, TIMES).mean(axis=0)[0]
    assert usual == pytest.approx(2 * slow, rel=0.1)


def test_a_sequence_shows_its_moves_in_order():
    rates = expected(Camera.parse("pan right, then tilt up"), 4.0, [1.0, 3.0])
    assert np.argmax(np.abs(rates), axis=1).tolist() == [0, 1]
    assert (rates[0, 0] > 0, rates[1, 1] > 0) == (True, True)


def test_a_take_of_one_frame_shows_nothing():
    assert expected(Camera.move("pan_left"), 0.01, [0.0]).tolist() == [[0, 0, 0, 0]]
