"""Beats found in sound, and what a person does to them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import mir_eval
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from studio.errors import BadInput, BadMedia
from studio.song import BeatGrid, find_beats

RATE = 22050
Floats = NDArray[np.float64]


def played(
    bpm: float,
    seconds: float = 45,
    *,
    first_s: float = 0.31,
    hat: float = 0.3,
    snare: bool = True,
    chords: bool = True,
    rate: int = RATE,
) -> tuple[Floats, Floats]:
    """A bar-wise chord, a kick on every beat, a snare on two and four, a noise hat off the beat; and its beats.

    Made here, not by studio.song.synth, so that the finder is tried on sound that it was not made with.
    """
    noise = np.random.default_rng(7)
    sound = np.zeros(round((seconds + 1) * rate))
    t = np.arange(round(0.25 * rate)) / rate
    kick = 0.8 * np.sin(2 * np.pi * (50 * t + 2 * (1 - np.exp(-40 * t)))) * np.exp(-14 * t) * np.minimum(1, t / 0.002)
    brush = 0.3 * noise.standard_normal(len(t)) * np.exp(-25 * t) * snare
    tick = hat * noise.standard_normal(len(t)) * np.exp(-60 * t)
    period = 60 / bpm
    beats = first_s + period * np.arange(math.ceil((seconds - first_s) / period))
    for k, beat in enumerate(beats):
        for at, stroke in ((beat, kick), (beat + period / 2, tick), (beat, brush * (k % 2))):
            start = round(at * rate)
            sound[start : start + len(stroke)] += stroke
        if chords and k % 4 == 0:
            length = np.arange(round(4 * period * rate)) / rate
            root = (55.0, 43.65, 65.41, 49.0)[k // 4 % 4]
            chord = sum(np.sin(2 * np.pi * root * ratio * length) for ratio in (1, 4, 5, 6)) * 0.04
            chord *= np.minimum(1, np.minimum(length, length[-1] - length) / 0.05)
            start = round(beat * rate)
            part = sound[start : start + len(chord)]
            part += chord[: len(part)]
    return sound[: round(seconds * rate)], beats


def off_ms(grid: BeatGrid, truth: Floats) -> Floats:
    """How late the grid is at each true beat, in milliseconds."""
    period = 60 / grid.bpm
    return ((grid.first_beat_s - truth + period / 2) % period - period / 2) * 1000


@pytest.mark.parametrize("bpm", [72.0, 92.3, 124.0, 128.0, 140.0, 173.37])
@pytest.mark.parametrize("hat", [0.3, 1.2])
def test_a_steady_song_is_found_whatever_its_tempo_and_however_loud_the_hat_off_the_beat(
    bpm: float, hat: float
) -> None:
    sound, truth = played(bpm, hat=hat)
    grid = find_beats(sound, RATE)
    assert grid.bpm == pytest.approx(bpm, abs=0.01)
    assert np.abs(off_ms(grid, truth)).max() < 4
    assert grid.confidence > 0.8
    times = np.array([float(beat) for beat in grid.beats(0, 45)])
    assert mir_eval.beat.f_measure(truth, times, 0.07) > 0.99


@pytest.mark.parametrize("first_s", [0.05, 0.31, 0.9, 1.7])
def test_the_bar_begins_where_the_chord_changes(first_s: float) -> None:
    sound, truth = played(124, first_s=first_s)
    bars = [float(bar) for bar in find_beats(sound, RATE).bars(first_s - 0.1, 45)]
    assert np.abs(np.array(bars[:10]) - truth[: 4 * len(bars) : 4][:10]).max() < 0.01


@pytest.mark.parametrize("rate", [8000, 16000, 44100, 48000])
def test_the_sample_rate_does_not_move_the_beats(rate: int) -> None:
    sound, truth = played(92.3, 30, rate=rate)
    assert np.abs(off_ms(find_beats(sound, rate), truth)).max() < 4


def test_bare_kicks_without_anything_else_are_enough() -> None:
    sound, truth = played(128, 20, hat=0, snare=False, chords=False)
    assert np.abs(off_ms(find_beats(sound, RATE), truth)).max() < 4


def test_stereo_is_heard_as_one() -> None:
    sound, _ = played(124, 20)
    assert find_beats(np.stack([sound, sound], axis=1), RATE) == find_beats(sound, RATE)


def test_silence_gives_a_grid_to_correct_and_no_confidence() -> None:
    assert find_beats(np.zeros(10 * RATE), RATE) == BeatGrid(120.0, 0.0)
    assert find_beats(np.full(10 * RATE, np.nan), RATE).confidence == 0


@pytest.mark.parametrize("seed", [1, 2])
def test_noise_has_no_beat_to_believe_in(seed: int) -> None:
    noise = np.random.default_rng(seed).standard_normal(60 * RATE)
    assert find_beats(0.1 * noise, RATE).confidence < 0.3


def test_a_sound_of_less_than_two_seconds_gets_one_sentence() -> None:
    with pytest.raises(BadMedia, match=r"the song is 1\.5 s long: a beat can be found in 2 s or more"):
        find_beats(np.zeros(round(1.5 * RATE)), RATE)


# --- the grid ----------------------------------------------------------------------------------------------------

grids = st.builds(
    BeatGrid,
    bpm=st.floats(45, 190).map(lambda bpm: round(bpm, 4)),
    first_beat_s=st.floats(0, 0.3).map(lambda first: round(first, 6)),
    downbeat=st.integers(0, 3),
)


def test_beats_and_bars_are_exact_fractions_from_one_first_beat() -> None:
    grid = BeatGrid(92.3, 0.25, downbeat=2)
    period = Fraction(60) / Fraction(923, 10)
    assert grid.beats(0, 2) == tuple(Fraction(1, 4) + k * period for k in range(3))
    assert grid.bars(0, 10) == tuple(Fraction(1, 4) + (2 + 4 * k) * period for k in range(4))
    assert grid.beats(0, 600)[-1] == Fraction(1, 4) + 922 * period  # ten minutes on, not a rounding away


@settings(deadline=None, max_examples=60)
@given(grids, st.fractions(0, 100), st.fractions(1, 50))
def test_beats_stand_inside_the_range_and_never_closer_than_an_edge_to_its_end(
    grid: BeatGrid, start: Fraction, length: Fraction
) -> None:
    beats = grid.beats(start, start + length)
    assert all(start <= beat < start + length - Fraction(1, 20) for beat in beats)
    assert list(beats) == sorted(set(beats))
    assert set(grid.bars(start, start + length)) <= set(beats)


def test_a_beat_a_hair_before_the_range_begins_it_and_one_a_hair_before_its_end_has_no_room() -> None:
    late = BeatGrid(84, 0.7138)  # found half a millisecond early: the first beat of the song is at -0.0005 s
    assert late.beats(0, 40)[0] == 0
    assert len(late.beats(0, 40)) == 56
    assert len(late.with_downbeat(3).bars(0, 40)) == 14


@settings(deadline=None, max_examples=60)
@given(grids)
def test_doubling_keeps_every_beat_and_halving_undoes_it(grid: BeatGrid) -> None:
    assert all_in(grid.beats(1, 9), grid.double().beats(1, 9))
    assert grid.double().bpm == 2 * grid.bpm
    back = grid.double().halve()
    assert (back.bpm, back.source) == (grid.bpm, "corrected")
    assert same(back.beats(1, 30), grid.beats(1, 30))


@settings(deadline=None, max_examples=60)
@given(grids.filter(lambda grid: grid.bpm > 50))
def test_halving_keeps_a_beat_on_every_second_bar(grid: BeatGrid) -> None:
    assert all_in(grid.halve().bars(1, 40), grid.bars(1, 40))
    assert all_in(grid.halve().beats(1, 40), grid.beats(1, 40))


@settings(deadline=None, max_examples=60)
@given(grids, st.floats(-2000, 2000))
def test_a_nudge_moves_every_beat_and_bar_by_its_milliseconds(grid: BeatGrid, ms: float) -> None:
    shift = Fraction(round(ms * 1e6), 10**9)
    moved = grid.nudge(float(shift * 1000))
    start, end = 20 + Fraction(1, 977), 40 + Fraction(1, 977)  # no grid here has a beat just on these
    assert same(moved.bars(start + shift, end + shift), [bar + shift for bar in grid.bars(start, end)])
    assert 0 <= moved.first_beat_s < float(moved.period_s) + 1e-9


def test_half_a_beat_later_puts_the_off_beat_on_the_beat_and_twice_is_a_beat() -> None:
    grid = BeatGrid(120, 0.1, downbeat=1)
    assert same(grid.half_beat().beats(0, 1), [Fraction(35, 100), Fraction(85, 100)])
    assert same(grid.half_beat().half_beat().beats(1, 5), grid.beats(1, 5))


def test_the_bar_can_begin_on_any_beat_and_have_three() -> None:
    grid = BeatGrid(120, 0.0)
    assert grid.with_downbeat(5).bars(0, 3) == (Fraction(1, 2), Fraction(5, 2))
    assert grid.with_downbeat(1, beats_per_bar=3).bars(0, 3) == (Fraction(1, 2), Fraction(2))


def test_taps_are_fitted_by_least_squares_also_where_some_beats_were_not_tapped() -> None:
    unsteady = np.random.default_rng(3).normal(0, 0.015, 20)
    number = np.array([k for k in range(26) if k not in (5, 6, 11, 17, 18, 19)])
    taps = 3.2 + number * 60 / 96.5 + unsteady
    slope, start = np.polyfit(number, taps, 1)
    grid = BeatGrid(120, 0).tap([float(tap) for tap in taps])
    assert grid.bpm == pytest.approx(60 / slope, abs=0.001)
    assert float(grid.bars(start - 0.01, 60)[0]) == pytest.approx(start, abs=0.001)
    assert (grid.source, len(grid.taps)) == ("tapped", 20)
    assert 0.7 < grid.confidence < 1


@pytest.mark.parametrize(
    ("taps", "sentence"),
    [
        ([1, 1.5, 2], "3 taps are too few to find a beat: tap at least 4 times"),
        ([], "0 taps are too few"),
        ([1, 1, 1, 1], "taps 0 s apart are no beat: tap 0.15 to 3 s apart"),
        ([0, 10, 20, 30], "taps 10 s apart are no beat"),
        ([0, 1, 2, float("nan")], "a tap in seconds cannot be nan"),
        (["0", 1, 2, "now"], "a tap in seconds cannot be '0'"),
    ],
)
def test_taps_that_are_no_beat_get_one_sentence(taps: list[float], sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        BeatGrid(120, 0).tap(taps)


def test_a_correction_never_changes_the_grid_it_was_made_from() -> None:
    found = BeatGrid(124, 0.2, confidence=0.9)
    corrected = found.double()
    assert found == BeatGrid(124, 0.2, confidence=0.9)
    assert (corrected.source, corrected.confidence) == ("corrected", 0.9)


@settings(deadline=None, max_examples=40)
@given(grids)
def test_a_grid_survives_its_json(grid: BeatGrid) -> None:
    tapped = BeatGrid(grid.bpm, grid.first_beat_s, downbeat=grid.downbeat, taps=(0.1, 0.7), source="tapped")
    assert BeatGrid.from_json(grid.to_json()) == grid
    assert BeatGrid.from_json(tapped.to_json()) == tapped


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"bpm": 1e999}', '{"bpm": "x", "first_beat_s": 0, "taps": []}'])
def test_what_is_no_grid_gets_one_sentence(text: str) -> None:
    with pytest.raises(BadInput, match=r"is no beat grid|is out of range"):
        BeatGrid.from_json(text)


def test_a_tempo_that_no_song_has_is_refused() -> None:
    with pytest.raises(BadInput, match="a tempo of 800 bpm is out of range: songs have 20 to 400"):
        BeatGrid(200, 0).double().double()
    with pytest.raises(BadInput, match="the beat that begins a bar cannot be 'x'"):
        BeatGrid(120, 0, confidence=1).with_downbeat("x")
    with pytest.raises(BadInput, match="a nudge in milliseconds cannot be '20ms'"):
        BeatGrid(120, 0, confidence=1).nudge("20ms")
    with pytest.raises(BadInput, match="a nudge in milliseconds cannot be nan"):
        BeatGrid(120, 0).nudge(float("nan"))


HAIR_S = Fraction(1, 10**7)  # a corrected grid keeps its first beat to a billionth of a second


def all_in(few: Sequence[Fraction], many: Sequence[Fraction]) -> bool:
    return bool(few) and all(any(abs(a - b) < HAIR_S for b in many) for a in few)


def same(times: Sequence[Fraction], others: Sequence[Fraction]) -> bool:
    return len(times) == len(others) and all(abs(a - b) < HAIR_S for a, b in zip(times, others, strict=True))
