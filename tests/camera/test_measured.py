"""What was measured of a clip, as a value and as text."""

from __future__ import annotations

import math

import numpy as np
import pytest

from studio.camera import Got, Measured, Segment
from studio.errors import BadInput


def measured(readable=True):
    pan = Got("pan", -1, np.float64(8.0), 20.0, ("pan_left", "truck_left"))
    tilt = Got("tilt", 1, 4.0, 10.0, ("tilt_up",))
    parts = (
        Segment(0.0, 2.5, (pan,), np.bool_(True)), Segment(2.5, 3.0, (), False), Segment(3.0, 4.0, (pan,)),
        Segment(4.0, 5.0, (tilt, pan)),
    )  # fmt: skip
    rates = ((-8.004, 0.0, 0.1, 0.0), (math.nan,) * 4)
    return Measured(
        5.0, (np.float64(1.25), 3.75), rates, (-20.0, 0.0, 0.25, 0.0), parts, (pan,), 0.4, "medium", "unclear", 0.1,
        0.8, readable, cuts_s=(np.float64(4.0),),
    )  # fmt: skip


def test_what_was_measured_is_the_same_after_it_was_text():
    text = measured().to_json()
    again = Measured.from_json(text)
    assert again.to_json() == text
    assert again.segments == measured().segments
    assert (again.moves, again.totals, again.cuts_s) == (measured().moves, measured().totals, (4.0,))
    assert again.rates[0] == (-8.0, 0.0, 0.1, 0.0)
    assert all(map(math.isnan, again.rates[1]))
    assert type(again.segments[0].readable) is bool


def test_the_moves_of_a_clip_read_in_their_order():
    assert measured().move == "pan_left or truck_left > tilt_up + pan_left or truck_left"
    assert measured(readable=False).move == "unreadable"
    assert [part.move for part in measured().segments][1] == "unreadable"
    assert measured().moves[0].words == "pan left or truck left"
    assert "pan_left" in repr(measured())


@pytest.mark.parametrize("text", ["", "{", "{}", "[]", "3", '{"rates":[[1]]}'])
def test_what_is_no_measurement_is_one_sentence(text):
    with pytest.raises(BadInput, match="is no measured camera as JSON"):
        Measured.from_json(text)
