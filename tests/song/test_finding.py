"""Beats, bars and sections of songs whose beats are known; `python -m tests.song.test_finding` prints how well."""

from __future__ import annotations

import functools

import mir_eval
import numpy as np
import pytest

from studio.song import BeatGrid, Pieces
from studio.song.finding import EXPLAINED, find, steady
from studio.song.hearing import Heard, hear
from studio.song.sections import find_sections
from tests.song.playing import CASES, RATE, changing, song
from tests.song.playing import steady as steady_beats


@functools.cache
def heard(name: str) -> Heard:
    return hear([CASES[name].sound()], RATE)


def measured(name: str) -> dict[str, object]:
    """What is found, F-measure at ±70 ms of beats and bars, and how far each true beat is from the nearest found."""
    case, grid = CASES[name], find(heard(name))
    # up to the last beat but one: whether a song that breaks off has one more is nobody's to say
    truth, start, end = case.beats[:-1], case.beats[0] - 0.2, case.beats[-1] - 0.2
    beats = np.array(grid.beats(start, end), float)
    bars = np.array(grid.bars(start, end), float)
    off_ms = 1000 * np.array([beats[np.argmin(np.abs(beats - true))] - true for true in truth])
    return {
        "kind": type(grid).__name__,
        "bar": grid.beats_per_bar,
        "confidence": grid.confidence,
        "beats": mir_eval.beat.f_measure(truth, beats, 0.07),
        "bars": mir_eval.beat.f_measure(truth[:: case.bar], bars, 0.07),
        "median_ms": float(np.median(off_ms)),
        "most_ms": float(np.abs(off_ms).max()),
    }


@pytest.mark.parametrize("name", CASES)
def test_the_beats_and_bars_of_every_kind_of_song_are_found(name: str) -> None:
    case = CASES[name]
    found = measured(name)
    assert found["kind"] == case.kind
    assert found["bar"] == case.bar
    assert found["beats"] > 0.99
    assert found["bars"] > 0.97
    assert abs(found["median_ms"]) < 3
    assert found["most_ms"] < (20 if case.kind != "Tracked" else 40)
    assert found["confidence"] > 0.6


def test_two_tempi_are_each_found_to_a_hundredth() -> None:
    grid = find(heard("two tempi"))
    assert isinstance(grid, Pieces)
    assert [part.grid.bpm for part in grid.parts] == pytest.approx([100, 126], abs=0.02)
    assert grid.parts[1].from_s == pytest.approx(30, abs=1.5)


def test_one_tempo_is_kept_where_it_explains_what_is_heard_and_given_up_where_it_does_not() -> None:
    shares = {kind: [] for kind in ("BeatGrid", "Pieces", "Tracked")}
    for name in ("silent lead-in", "half-time in the middle", "two tempi", "rubato"):
        shares[CASES[name].kind].append(steady(heard(name))[1])
    assert min(shares["BeatGrid"]) > 0.98 > EXPLAINED > max(shares["Pieces"] + shares["Tracked"])


def test_the_song_may_come_in_blocks_of_any_size() -> None:
    sound = CASES["steady"].sound()[: 20 * RATE]
    whole, parts = hear([sound], RATE), hear(np.array_split(sound, 37), RATE)
    for name in ("low", "middle", "notes", "levels"):
        assert np.allclose(getattr(whole, name), getattr(parts, name), atol=1e-6)


def test_two_seconds_are_a_song_and_have_no_sections() -> None:
    beats = steady_beats(120, 2, first_s=0.1)
    sound = hear([song(beats, 2)], RATE)
    grid = find(sound)
    assert isinstance(grid, BeatGrid)
    assert len(grid.beats(0, 2)) in range(1, 9)
    assert find_sections(sound, grid.beats(0, 2), grid.bars(0, 2)) == ()


def bars_of_sections(sound: np.ndarray, end_s: float) -> list[tuple[int, str]]:
    of_it = hear([sound], RATE)
    grid = find(of_it)
    bars = grid.bars(0.1, end_s)
    found = find_sections(of_it, grid.beats(0.1, end_s), bars)
    return [(min(range(len(bars)), key=lambda k: abs(bars[k] - one.start_s)), one.name) for one in found]


def test_sections_begin_on_the_bar_where_the_drums_change_and_one_that_comes_again_is_known() -> None:
    beats = steady_beats(128, 75)  # bars of 1.875 s: half-time from bar 16 to 24
    sound = song(beats, 75, half_time=(beats[64] - 0.1, beats[96] - 0.1))
    assert bars_of_sections(sound, 75) == [(0, "A"), (16, "B"), (24, "A 2")]


def test_sections_are_found_where_the_tempo_drifts() -> None:
    beats = changing([(0, 112), (75, 134)], 75)
    sound = song(beats, 75, half_time=(beats[64] - 0.1, beats[96] - 0.1))
    assert bars_of_sections(sound, 75) == [(0, "A"), (16, "B"), (24, "A 2")]


def test_a_song_that_is_the_same_all_through_is_one_section() -> None:
    assert bars_of_sections(song(steady_beats(120, 45), 45), 45) == [(0, "A")]


if __name__ == "__main__":
    print(f"{'song':26}{'told as':10}{'bar':>4}{'F beats':>9}{'F bars':>8}{'median ms':>11}{'most ms':>9}{'sure':>6}")
    for name in CASES:
        row = measured(name)
        print(
            f"{name:26}{row['kind']:10}{row['bar']:>4}{row['beats']:>9.3f}{row['bars']:>8.3f}"
            f"{row['median_ms']:>11.1f}{row['most_ms']:>9.1f}{row['confidence']:>6.2f}"
        )
