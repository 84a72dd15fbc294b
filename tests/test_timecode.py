from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from timecode import Timecode

from studio.errors import BadInput
from studio.timecode import (
    frame_at,
    frame_of_timecode,
    parse_rate,
    seconds_of,
    source_frames_needed,
    source_index,
    timecode,
)

RATES = [Fraction(n) for n in (8, 12, 24, 25, 30)] + [Fraction(25, 3), Fraction(277, 12), Fraction(24000, 1001)]
SPEEDS = [Fraction(1, 2), Fraction(3, 4), Fraction(13, 16), Fraction(1), Fraction(2)]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("24", Fraction(24)),
        (25, Fraction(25)),
        (23.976, Fraction(24000, 1001)),
        ("29.97", Fraction(30000, 1001)),
        (59.94, Fraction(60000, 1001)),
        ("24000/1001", Fraction(24000, 1001)),
        (12.5, Fraction(25, 2)),
    ],
)
def test_a_rate_is_understood_exactly(said, meant):
    assert parse_rate(said) == meant


@pytest.mark.parametrize("said", ["", "fast", "24/0", 0, -24, 1000, None])
def test_what_is_no_rate_gets_one_sentence(said):
    with pytest.raises(BadInput, match="rate"):
        parse_rate(said)


@given(st.integers(0, 10**6), st.sampled_from(RATES))
def test_frames_to_seconds_and_back_is_exact(frames, rate):
    assert frame_at(seconds_of(frames, rate), rate) == frames


def test_four_minutes_and_two_seconds_have_the_frames_that_they_have():
    assert frame_at(Fraction(242), Fraction(24)) == 5808
    assert frame_at(Fraction(242), Fraction(30000, 1001)) == 7253


@given(st.integers(0, 50), st.integers(0, 200), st.sampled_from(SPEEDS), st.sampled_from(RATES), st.sampled_from(RATES))
def test_an_output_frame_shows_what_is_on_screen_at_its_middle(start, k, speed, source_rate, rate):
    """The rule again, from the definition: source frame j is on screen from j/source_rate, the earlier one on a tie."""
    middle = (start + (k + Fraction(1, 2)) * speed) / rate
    shown = source_index(start, k, speed, source_rate, rate, source_frames=10**6)
    assert shown / source_rate < middle <= (shown + 1) / source_rate


@given(st.integers(0, 50), st.integers(1, 200), st.sampled_from(SPEEDS), st.sampled_from(RATES), st.sampled_from(RATES))
def test_a_source_that_has_the_frames_needed_never_runs_out(start, frames, speed, source_rate, rate):
    needed = source_frames_needed(start, frames, speed, source_rate, rate)
    last = source_index(start, frames - 1, speed, source_rate, rate, source_frames=10**6)
    assert last <= needed - 1
    assert Fraction(needed) / source_rate >= (start + frames * speed) / rate  # and its media last as long as the slot


def test_the_last_source_frame_is_held():
    assert source_index(0, 500, Fraction(1), Fraction(8), Fraction(24), source_frames=16) == 15


@pytest.mark.parametrize("rate", ["24", "25", "30"])
@given(frame=st.integers(0, 24 * 3600 * 23))
def test_time_code_agrees_with_another_library(rate, frame):
    assert timecode(frame, Fraction(rate)) == str(Timecode(rate, frames=frame + 1))
    assert frame_of_timecode(timecode(frame, Fraction(rate)), Fraction(rate)) == frame


@pytest.mark.parametrize("said", ["", "1:2", "00:00:00:24", "aa:bb:cc:dd", "00:00:00;00"])
def test_what_is_no_time_code_gets_one_sentence(said):
    with pytest.raises(BadInput, match="time code"):
        frame_of_timecode(said, Fraction(24))
