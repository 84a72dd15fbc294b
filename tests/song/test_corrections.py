"""What a person does to the song of a film through `film.song`: ranges of bars, sections, markers, and back again."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import studio
from studio.errors import BadInput, NotFound
from studio.film import Film
from studio.song import master as masters
from tests.song.playing import song, steady, write


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film whose song has 20 bars at 120 bpm; the drums play half as fast from bar 9 to bar 16."""
    folder = tmp_path_factory.mktemp("made")
    sound = song(steady(120, 40, first_s=0), 40, half_time=(15.9, 31.9))
    write(folder / "made.wav", sound)
    with studio.new(folder / "film", title="x", rate=24, size=(320, 180), authors=["ada", "ben"]) as film:
        film.as_("ada").song.attach(folder / "made.wav")
    return folder / "film"


@pytest.fixture
def film(tmp_path: Path, made: Path) -> Iterator[Film]:
    shutil.copytree(made, tmp_path / "film")
    with studio.open(tmp_path / "film") as film:
        yield film.as_("ada")


def told(film: Film) -> list[tuple[int, str]]:
    return [(section.bar, section.name) for section in film.song.sections]


def test_beats_bars_and_sections_are_found_and_said_with_how_sure_they_are(film: Film) -> None:
    assert len(film.song.bars) == 20
    assert told(film) == [(1, "A"), (9, "B"), (17, "A 2")]
    assert all(0.5 < section.confidence <= 1 for section in film.song.sections)
    assert repr(film.song).startswith(
        "Song('made.wav', 40.00 s, 120.00 bpm found, 20 bars of 4, 3 sections, confidence "
    )
    bars = film.song.master.found.bars_confidence
    assert bars is not None
    assert 0 < bars <= 1
    assert f", of the bars {bars:.2f}" in repr(film.song)
    assert film.song.bar_at(float(film.song.bars[2]) + 0.45).master.grid.bars_confidence == 1
    assert film.song.undoable.startswith("bar begins at ")
    film.song.undo()
    assert (film.song.undoable, film.song.master.grid.bars_confidence) == ("", bars)
    assert "bar 9 B (1.00)" in str(film.song._repr_html_())


def test_a_range_of_bars_is_doubled_and_what_was_found_stands_beside_it(film: Film) -> None:
    found = film.song.beats
    film.song.double(from_bar=5, to_bar=8)
    assert len(film.song.beats) == len(found) + 16
    assert set(found) <= set(film.song.beats)
    assert film.song.master.found.said == "120.00 bpm"
    assert "corrected (doubled in bars 5 to 8; found: 120.00 bpm, confidence " in repr(film.song)
    assert told(film) == [(1, "A"), (13, "B"), (21, "A 2")]  # the same moments, with the new bars before them


def test_a_section_has_a_tempo_of_its_own_and_the_song_goes_on_as_it_was(film: Film) -> None:
    before = film.song.bars
    film.song.tempo(60, from_bar=9, to_bar=16)
    assert len(film.song.bars) == 16
    assert film.song.bars[:8] == before[:8]
    assert film.song.bars[8:12] == pytest.approx(before[8:16:2], abs=0.001)
    assert film.song.bars[12:] == pytest.approx(before[16:])
    film.song.tempo(60)
    assert len(film.song.bars) == 10
    assert film.song.bars[0] == before[0]


def test_nudge_half_beat_tap_downbeat_and_metre_take_a_range_too(film: Film) -> None:
    before = film.song.bars
    film.song.nudge(-20, from_bar=5, to_bar=8)
    assert film.song.bars[4:8] == pytest.approx([bar - 0.02 for bar in before[4:8]])
    assert film.song.bars[8:] == before[8:]
    film.song.undo()
    film.song.half_beat(from_bar=17)
    assert film.song.bars[16] == pytest.approx(before[16] + 0.25)
    film.song.undo()
    film.song.downbeat(2, from_bar=17)
    assert film.song.bars[16] == pytest.approx(before[16] + 1)
    film.song.undo()
    film.song.metre(3, from_bar=1)
    assert film.song.bars[:3] == pytest.approx([before[0] + k * 1.5 for k in range(3)], abs=0.001)
    film.song.undo()
    film.song.metre(3)
    assert film.song.bars[:3] == pytest.approx([before[0] + k * 1.5 for k in range(3)], abs=0.001)
    film.song.undo()
    film.song.tap([32.0, 32.4, 32.8, 33.2, 33.6], from_bar=17)
    assert film.song.beats[-1] == pytest.approx(39.6, abs=0.01)
    assert film.song.bars[:16] == before[:16]


def test_sections_are_named_made_moved_and_joined_by_hand(film: Film) -> None:
    film.song.section(9, "chorus").section(5, "bridge")
    assert told(film) == [(1, "A"), (5, "bridge"), (9, "chorus"), (17, "A 2")]
    film.song.move_section("chorus", 11).move_section(5, 4)
    assert told(film) == [(1, "A"), (4, "bridge"), (11, "chorus"), (17, "A 2")]
    film.song.remove_section("bridge")
    assert told(film) == [(1, "A"), (11, "chorus"), (17, "A 2")]
    assert [section.source for section in film.song.sections] == ["found", "corrected", "found"]
    assert [section.name for section in film.song.master.found_sections] == ["A", "B", "A 2"]
    film.song.use(film.song.bars[12], 40)
    assert told(film) == [(1, "chorus"), (5, "A 2")]  # the one that has begun already begins with the used part


def test_markers_are_set_and_taken_away_at_any_time(film: Film) -> None:
    film.song.marker(12.5, "door").marker(3, "first word").marker(12.5, "door slams")
    assert [(float(mark.at_s), mark.name) for mark in film.song.markers] == [(3, "first word"), (12.5, "door slams")]
    assert "12.50 s door slams" in str(film.song._repr_html_())
    film.song.remove_marker(3.05)
    assert [mark.name for mark in film.song.markers] == ["door slams"]


def test_undo_takes_back_the_authors_own_last_correction_and_says_which(film: Film) -> None:
    film.song.section(5, "bridge")
    film.as_("ben").song.section(13, "break")
    film.as_("ada").song.halve()
    assert film.as_("ben").song.undo() == "taken back: section 'break' from bar 13"
    assert film.as_("ada").song.undo() == "taken back: halved"
    assert film.song.undo() == "taken back: section 'bridge' from bar 5"
    assert told(film) == [(1, "A"), (9, "B"), (17, "A 2")]
    with pytest.raises(NotFound, match="ada has corrected nothing in this song that could be taken back"):
        film.song.undo()


def test_looking_again_sets_corrected_beats_aside_and_undo_brings_them_back(film: Film) -> None:
    corrected = film.song.double().beats
    film.song.find()
    assert len(film.song.beats) < len(corrected)
    assert film.song.undo() == "taken back: beats found by studio"
    assert film.song.beats == corrected


def test_librosa_that_is_not_there_is_one_sentence_with_its_call(film: Film) -> None:
    if importlib.util.find_spec("librosa"):
        pytest.skip("librosa is installed")
    with pytest.raises(NotFound, match=r"librosa is not installed: pip install 'circletake\[music\]' installs it"):
        film.song.find(by="librosa")
    with pytest.raises(BadInput, match="beats cannot be found by 'ear': say by='studio' or by='librosa'"):
        film.song.find(by="ear")


def test_mistakes_about_bars_sections_and_markers_are_named_and_change_nothing(film: Film) -> None:
    events = len(film.log.events(masters.SUBJECT))
    for call, sentence in (
        (
            lambda: film.song.double(from_bar=0),
            "the first bar of a range cannot be 0: write a whole",
        ),
        (lambda: film.song.halve(from_bar=8, to_bar=21), "the last bar of a range cannot be 21"),
        (lambda: film.song.halve(from_bar=8, to_bar=4), "bars 8 to 4 are not in the song"),
        (lambda: film.song.tempo(5), "a tempo in bpm cannot be 5: write a number from 20 to 400"),
        (lambda: film.song.tempo(60, from_bar=99), "the first bar of a range cannot be 99"),
        (lambda: film.song.tempo(60, from_bar="x"), "the first bar of a range cannot be 'x'"),
        (lambda: film.song.downbeat("x"), "the beat that begins a bar cannot be 'x'"),
        (lambda: film.song.tempo("fast"), "a tempo in bpm cannot be 'fast'"),
        (lambda: film.song.metre(0), "the beats of a bar cannot be 0"),
        (lambda: film.song.downbeat(99, from_bar=19), "the beat that begins a bar cannot be 99"),
        (lambda: film.song.section(21, "x"), "the bar of a section cannot be 21"),
        (lambda: film.song.section(5, " "), "a section without a name is none"),
        (lambda: film.song.section(5, "a\u202eb"), "invisible character"),
        (lambda: film.song.move_section("A", 9), "section 'B' begins on bar 9: move that one first"),
        (lambda: film.song.remove_section(1), "section 'A' is the first one"),
        (lambda: film.song.marker(40, "x"), "40 s is not in the song: it is 40.00 s long"),
        (lambda: film.song.marker(-1, "x"), "the time of a marker cannot be -1"),
        (lambda: film.song.marker(1, ""), "a marker needs a name"),
    ):
        with pytest.raises(BadInput) as error:
            call()
        assert sentence in str(error.value)
    with pytest.raises(NotFound, match="there is no section 'C': there are 'A' on bar 1, 'B' on bar 9"):
        film.song.move_section("C", 3)
    with pytest.raises(NotFound, match="there is no marker at 3 s: there are none"):
        film.song.remove_marker(3)
    assert len(film.log.events(masters.SUBJECT)) == events
