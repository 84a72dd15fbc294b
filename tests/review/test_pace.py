"""How fast somebody judges."""

import pytest

from studio.review.pace import pace


def at(*gaps: float) -> list[int]:
    moments = [1_000_000_000]
    for gap in gaps:
        moments.append(moments[-1] + round(gap * 1_000_000))
    return moments


def test_the_median_gap_tells_the_pace_and_what_is_left_at_it():
    found = pace(reversed(at(5, 6.1, 6.1, 9, 4)), 489)
    assert found.seconds_each == pytest.approx(6.1)
    assert found.said == "6.1 s a take, about 50 min to go"
    assert str(found) == found.said


def test_breaks_and_what_was_written_all_at_once_do_not_count():
    assert pace(at(4, 4, 300, 4, 4, 4, 0.001, 0.001, 0.001, 0.001, 0.001, 0.001), 0).seconds_each == pytest.approx(4)


def test_fewer_than_five_gaps_say_nothing():
    found = pace(at(4, 4, 4, 4, 121), 100)
    assert (found.seconds_each, found.minutes_left, found.said) == (None, None, "")
    assert str(found) == "too few verdicts in a row to tell a pace"
    assert pace([], 3).said == ""


@pytest.mark.parametrize(
    ("left", "said"),
    [(0, "12 s a take"), (2, "12 s a take, about 1 min to go"), (700, "12 s a take, about 2 h 20 min to go")],
)
def test_the_rest_is_said_in_minutes_or_hours(left, said):
    assert pace(at(*[12] * 5), left).said == said


def test_takes_without_a_verdict_have_no_time():
    assert pace([0, 0, 0, *at(5, 5, 5, 5)], 1).said == ""


def test_the_present_pace_counts_not_that_of_the_first_evening():
    assert pace(at(*[30] * 100, *[5] * 60), 1).seconds_each == pytest.approx(5)
