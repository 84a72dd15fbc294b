"""Beats that are not of one tempo: tracked ones, one grid after another, and what a person does to a range of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.errors import BadInput
from studio.song import BeatGrid, Part, Pieces, Tracked, read_beats, write_beats
from studio.song.pieces import changed_within

RISING = Tracked(tuple(round(k * 0.6 - k * k * 0.001, 6) for k in range(1, 60)), downbeat=1, confidence=0.9)
TWO = Pieces((Part(0.0, BeatGrid(120, 0.0)), Part(8.0, BeatGrid(90, 0.0, downbeat=0))))
ONE = BeatGrid(120, 0.0)


def floats(times: Sequence[Fraction]) -> list[float]:
    return [float(time) for time in times]


def test_tracked_beats_stand_where_they_were_heard_and_go_on_beyond_the_ends() -> None:
    assert floats(RISING.beats(0.5, 3)) == list(RISING.times_s[:4])
    assert floats(RISING.bars(0.5, 5)) == [RISING.times_s[1], RISING.times_s[5]]
    earlier = RISING.beats(0, 0.55)
    assert floats(earlier) == pytest.approx([2 * RISING.times_s[0] - RISING.times_s[1]])
    last, gap = RISING.times_s[-1], RISING.times_s[-1] - RISING.times_s[-2]
    assert floats(RISING.beats(last + 0.1, last + 1.2)) == pytest.approx([last + gap, last + 2 * gap])
    assert RISING.beats(last - 0.001, last + 0.3)[0] == Fraction(str(last))
    assert RISING.beats(last + 0.001, last + 0.3)[0] == Fraction(last + 0.001)  # a hair before the range begins it


def test_tracked_beats_are_doubled_halved_shifted_and_nudged_as_a_constant_grid_is() -> None:
    double = RISING.double()
    assert set(RISING.beats(1, 30)) <= set(double.beats(1, 30))
    assert double.halve().times_s == RISING.times_s
    assert set(RISING.halve().bars(1, 30)) <= set(RISING.bars(1, 30))
    half = RISING.half_beat()
    assert half.times_s[0] == pytest.approx((RISING.times_s[0] + RISING.times_s[1]) / 2)
    assert RISING.nudge(25).times_s[7] == pytest.approx(RISING.times_s[7] + 0.025)
    assert {one.source for one in (double, half, RISING.nudge(1), RISING.with_downbeat(2, 3))} == {"corrected"}
    assert floats(RISING.with_downbeat(2, 3).bars(0.5, 4)) == [RISING.times_s[2], RISING.times_s[5]]
    assert RISING.with_bar_at(Fraction(str(RISING.times_s[6]))).downbeat == 2
    assert isinstance(RISING.tap([1, 1.5, 2, 2.5]), BeatGrid)


def test_each_tempo_counts_until_the_next_one_begins_and_no_beat_is_told_twice() -> None:
    beats = floats(TWO.beats(6.8, 10.1))
    assert beats == pytest.approx([7, 7.5, 8, 8 + 2 / 3, 8 + 4 / 3, 10])
    assert floats(TWO.bars(4, 12)) == pytest.approx([4, 6, 8, 8 + 8 / 3])
    assert (TWO.bpm, TWO.said, TWO.source) == (120, "120.00 bpm, then 90.00 bpm", "found")


def test_a_nudge_of_the_whole_takes_along_where_the_tempi_meet() -> None:
    for ms in (20, -20):
        moved = floats(TWO.nudge(ms).beats(6.8, 10.1))
        assert moved == pytest.approx([beat + ms / 1000 for beat in floats(TWO.beats(6.8, 10.1))])
    assert TWO.nudge(-9000).said == "90.00 bpm"  # the first tempo was moved out of the song


@pytest.mark.parametrize("beats", [ONE, RISING, TWO])
def test_every_kind_of_beats_survives_its_json_and_old_grids_are_still_read(beats: Any) -> None:
    assert read_beats(write_beats(beats)) == beats
    assert read_beats('{"bpm": 84.0, "first_beat_s": 0.7, "taps": []}') == BeatGrid(84.0, 0.7)


@pytest.mark.parametrize(
    "text",
    [
        '{"parts": []}',
        '{"parts": [{"from_s": 1}]}',
        '{"tracked": {"times_s": [1]}}',
        '{"tracked": {"times_s": [2, 1]}}',
        '{"tracked": {"times_s": [0, 1e999]}}',
        '{"tracked": 5}',
        "{",
    ],
)
def test_what_are_no_beats_get_one_sentence(text: str) -> None:
    with pytest.raises(BadInput, match=r"no beat|no song|follow|no time"):
        read_beats(text)


CHANGES: list[Callable[[Any], Any]] = [
    lambda grid: grid.double(),
    lambda grid: grid.half_beat(),
    lambda grid: grid.with_bar_at(Fraction(10), 3),
    lambda grid: BeatGrid(97.0, 0.1),
]


@settings(deadline=None, max_examples=60)
@given(st.sampled_from([ONE, RISING, TWO]), st.integers(0, 3), st.fractions(1, 15), st.fractions(1, 10))
def test_a_change_of_a_range_leaves_every_beat_outside_it_alone(
    beats: Any, which: int, start: Fraction, length: Fraction
) -> None:
    start, length = Fraction(round(start * 1000), 1000), Fraction(round(length * 1000), 1000)
    changed = changed_within(beats, start, start + length, CHANGES[which])
    near = Fraction(1, 10)
    assert changed.beats(0, start - near) == beats.beats(0, start - near)
    assert changed.bars(0, start - near) == beats.bars(0, start - near)
    after = start + length + near
    assert changed.beats(after, 30) == beats.beats(after, 30)
    inside = changed.beats(0, 30)
    assert list(inside) == sorted(set(inside))


def test_a_change_of_a_range_changes_what_is_in_it_and_several_add_up() -> None:
    once = changed_within(ONE, Fraction(4), Fraction(8), lambda grid: grid.double())
    assert len(once.beats(4, 8)) == 16
    assert len(once.beats(0, 12)) == 8 + 16 + 8
    twice = changed_within(once, Fraction(6), None, lambda grid: grid.halve())
    assert [len(twice.beats(low, low + 2)) for low in (2, 4, 6, 8)] == [4, 8, 4, 2]
    first = changed_within(BeatGrid(120, 0.01), Fraction(1, 100), None, lambda grid: grid.nudge(-20), Fraction(-1, 50))
    assert floats(first.beats(0, 1.2)) == pytest.approx([0, 0.49, 0.99])
    moved = changed_within(ONE, Fraction(4), Fraction(8), lambda grid: grid.nudge(-30), Fraction(-30, 1000))
    assert floats(moved.beats(3, 9)) == pytest.approx([3, 3.5] + [k / 2 - 0.03 for k in range(8, 16)] + [8, 8.5])


def test_the_bars_of_every_tempo_are_counted_anew() -> None:
    three = TWO.with_bar_at(Fraction(2), 3)
    assert floats(three.bars(0, 12)) == pytest.approx([0.5, 2, 3.5, 5, 6.5, 8, 10])
    assert floats(TWO.with_downbeat(1).bars(0, 12)) == pytest.approx([0.5, 2.5, 4.5, 6.5, 8 + 2 / 3, 8 + 10 / 3])


def test_tempi_that_no_song_has_are_refused() -> None:
    with pytest.raises(BadInput, match="0 tempi are no song"):
        Pieces(())
    with pytest.raises(BadInput, match="have to follow one another"):
        Pieces((Part(0.0, ONE), Part(0.0, ONE)))
    with pytest.raises(BadInput, match="1 beats are no beat to follow"):
        Tracked((1.0,))
    with pytest.raises(BadInput, match="beats stand on one another"):
        Tracked((1.0, 1.0, 2.0))
    with pytest.raises(BadInput, match="out of range: songs have 20 to 400"):
        RISING.double().double()
    with pytest.raises(BadInput, match="a nudge in milliseconds cannot be 'x'"):
        TWO.nudge("x")
