"""The song that is played by numpy, and the one that ships."""

from fractions import Fraction
from pathlib import Path

import mir_eval
import numpy as np
import pytest
from numpy.typing import NDArray

from studio import _resources
from studio.errors import BadInput
from studio.media import decode_sound, sound_seconds
from studio.song import find_beats, read_lrc, synthesise, write_song

BAR_S = Fraction(20, 7)  # four beats at 84 bpm
Played = tuple[NDArray[np.float32], int, tuple[Fraction, ...]]


@pytest.fixture(scope="module")
def demo() -> Played:
    """The shipped song before it was encoded."""
    return synthesise(40, 84)


def test_the_shipped_song_is_forty_seconds_to_the_sample_and_small() -> None:
    song = _resources.path("data/demo/song.ogg")
    assert sound_seconds(song) == 40
    assert song.stat().st_size <= 1_000_000


def test_the_beats_found_in_the_shipped_song_are_the_ones_it_was_played_on(demo: Played) -> None:
    _, _, truth = demo
    grid = find_beats(decode_sound(_resources.path("data/demo/song.ogg"), 22050), 22050)
    found = grid.beats(0, 40)
    assert grid.bpm == pytest.approx(84, abs=0.05)
    assert len(found) == len(truth) == 56
    assert max(abs(a - b) for a, b in zip(found, truth, strict=True)) < Fraction(20, 1000)
    assert mir_eval.beat.f_measure(np.array(truth, float), np.array(found, float), 0.07) == 1
    bars = grid.bars(0, 40)
    assert len(bars) == 14
    assert max(abs(bar - k * BAR_S) for k, bar in enumerate(bars)) < Fraction(20, 1000)
    assert grid.confidence > 0.8


def test_the_shipped_song_is_what_the_script_plays(demo: Played) -> None:
    samples, rate, _ = demo
    shipped = decode_sound(_resources.path("data/demo/song.ogg"), rate, channels=2)
    assert shipped.shape == samples.shape
    # Vorbis keeps the wave but not each sample: what differs is 15 dB or more below the music, and in step with it.
    assert np.sqrt(np.mean((shipped - samples) ** 2)) < 0.18 * np.sqrt(np.mean(samples**2))


def test_the_song_is_as_loud_as_music_and_neither_clips_nor_clicks_at_its_ends(demo: Played) -> None:
    samples, rate, _ = demo
    assert (samples.shape, samples.dtype, rate) == ((40 * 44100, 2), np.float32, 44100)
    assert 20 * np.log10(np.sqrt(np.mean(samples**2))) == pytest.approx(-15.5, abs=1.5)
    assert np.abs(samples).max() <= 0.89
    assert np.abs(samples[-441:]).max() < 1e-4
    assert np.abs(samples[:20]).max() < 0.01
    assert np.abs(samples.mean(axis=0)).max() < 1e-3
    bar = round(float(BAR_S) * rate)
    for without_snare in (samples[: 2 * bar - 99], samples[10 * bar + rate :]):
        assert np.abs(np.diff(without_snare, axis=0)).max() < 0.1


def test_the_song_has_parts_of_different_loudness(demo: Played) -> None:
    samples, rate, _ = demo
    bar = round(float(BAR_S) * rate)
    loudness = [float(np.sqrt(np.mean(samples[k * bar : (k + 1) * bar] ** 2))) for k in range(14)]
    intro, verse, chorus, outro = (np.mean(loudness[a:b]) for a, b in ((0, 2), (2, 6), (6, 10), (12, 14)))
    assert intro < verse < chorus
    assert outro < verse


def test_the_same_call_plays_the_same_samples_and_another_seed_another_touch() -> None:
    first, again, other = synthesise(3, 100)[0], synthesise(3, 100)[0], synthesise(3, 100, seed=1)[0]
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("bpm", [Fraction("92.3"), 124])
def test_a_song_at_another_tempo_is_found_again(bpm: Fraction | int) -> None:
    samples, rate, truth = synthesise(20, bpm, sections=[("verse", 4), ("chorus", 8)])
    found = find_beats(samples, rate).beats(0, 20)
    assert truth[5] == 5 * 60 / Fraction(bpm)
    assert max(abs(a - b) for a, b in zip(found, truth, strict=True)) < Fraction(20, 1000)


def test_a_song_is_written_as_wav_or_by_its_ending(tmp_path: Path) -> None:
    assert sound_seconds(write_song(tmp_path / "song.wav", 3, 120)) == 3
    assert sound_seconds(write_song(tmp_path / "song.ogg", 3, 120)) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["song.ogg", "song.wav"]


def test_what_cannot_be_played_gets_one_sentence() -> None:
    with pytest.raises(BadInput, match="a song of 600 bpm cannot be played here: choose 40 to 240"):
        synthesise(10, 600)
    with pytest.raises(BadInput, match="a song of 0 s cannot be made"):
        synthesise(0, 84)
    with pytest.raises(BadInput, match="'solo' is no section of a song: the sections are intro, verse"):
        synthesise(10, 84, sections=[("solo", 4)])


def test_the_shipped_lyrics_are_sung_on_bars() -> None:
    lines = read_lrc(_resources.path("data/demo/lyrics.lrc").read_text("utf-8"))
    assert len(lines) == 10
    for line in lines:
        bars = line.start_s / BAR_S
        assert abs(bars - round(bars)) * BAR_S < Fraction(1, 100)
        assert line.end_s is None or line.end_s > line.start_s
