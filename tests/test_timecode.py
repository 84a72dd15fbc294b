from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from timecode import Timecode

from studio.errors import BadInput
from studio.timecode import (
    drops,
    frame_at,
    frame_of_timecode,
    hour_frame,
    parse_rate,
    record_timecode,
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


def counted(rate: Fraction, frames: int, start: int, drop: bool) -> list[str]:
    """Time codes by counting up a clock, number by number, and leaving out those that drop frame leaves out."""
    base, found, hours, minutes, seconds, ff = round(rate), [], start, 0, 0, 0
    while len(found) < frames:
        if not (drop and minutes % 10 and not seconds and ff < base // 15):
            found.append(f"{hours:02d}:{minutes:02d}:{seconds:02d}{';' if drop else ':'}{ff:02d}")
        ff += 1
        seconds, ff = (seconds + 1, 0) if ff == base else (seconds, ff)
        minutes, seconds = (minutes + 1, 0) if seconds == 60 else (minutes, seconds)
        hours, minutes = (hours + 1, 0) if minutes == 60 else (hours, minutes)
    return found


CLOCKS = [(n, False) for n in ("23.976", "24", "25", "29.97", "30", "50", "59.94", "60")]
CLOCKS += [("29.97", True), ("59.94", True)]


@pytest.mark.parametrize(("said", "drop"), CLOCKS)
def test_time_code_of_a_film_is_that_of_counting_up_a_clock(said: str, drop: bool):
    rate = parse_rate(said)
    frames = int(660 * rate)  # eleven minutes, over a tenth one
    codes = counted(rate, frames, 1, drop)
    first = hour_frame(rate, drop=drop)
    assert [record_timecode(n, rate, drop=drop) for n in range(frames)] == codes
    assert [frame_of_timecode(code, rate) - first for code in codes[::7]] == list(range(0, frames, 7))
    assert codes[0] == ("01:00:00;00" if drop else "01:00:00:00")


@pytest.mark.parametrize(("said", "drop"), CLOCKS)
@given(frame=st.integers(0, 24 * 3600 * 23))
def test_time_code_at_every_rate_agrees_with_another_library(said: str, drop: bool, frame: int):
    rate = parse_rate(said)
    theirs = Timecode(said, frames=frame + 1, force_non_drop_frame=not drop)
    assert timecode(frame, rate, drop=drop).replace(";", ":") == str(theirs).replace(";", ":")
    assert frame_of_timecode(timecode(frame, rate, drop=drop), rate) == frame


def test_frames_are_dropped_where_it_is_the_habit_and_only_there_can_they_be():
    assert [drops(parse_rate(said)) for said in ("29.97", "59.94", "23.976", "30", "24")] == [True, True] + [False] * 3
    assert record_timecode(0, parse_rate("29.97")) == "01:00:00;00"
    assert record_timecode(1800, parse_rate("29.97")) == "01:01:00;02"
    for wrong in (lambda: timecode(0, Fraction(24), drop=True), lambda: frame_of_timecode("00:00:00;00", Fraction(30))):
        with pytest.raises(BadInput, match=r"only 29\.97 and 59\.94 have it"):
            wrong()
    with pytest.raises(BadInput, match="'00:01:00;01' is a number that drop-frame time code leaves out"):
        frame_of_timecode("00:01:00;01", parse_rate("29.97"))


@pytest.mark.parametrize("said", ["", "1:2", "00:00:00:24", "aa:bb:cc:dd", "00:61:00:00"])
def test_what_is_no_time_code_gets_one_sentence(said):
    with pytest.raises(BadInput, match="time code"):
        frame_of_timecode(said, Fraction(24))
