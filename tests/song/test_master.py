"""The song of a film: attached, used in part, corrected."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from studio.errors import BadInput, BadMedia, NotFound
from studio.log import Log
from studio.song import BeatGrid, attach, correct, current, said, use, write_song
from tests.song.playing import song as play
from tests.song.playing import steady, write


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_song(tmp_path_factory.mktemp("song") / "a song ä.wav", 8, 120)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    (tmp_path / "film").mkdir()
    with Log.open(tmp_path / "film") as log:
        yield log


def test_an_attached_song_lies_in_the_film_with_its_beats_and_length(log: Log, tmp_path: Path, song: Path) -> None:
    master = attach(log, tmp_path / "film", song, None, "mara")
    assert (tmp_path / "film" / master.file).read_bytes() == song.read_bytes()
    assert (master.seconds, master.start_s, master.end_s) == (8, 0, 8)
    assert master.found == master.grid
    assert len(master.bars) == 4
    assert current(log) == master


def test_the_same_song_again_changes_nothing(log: Log, tmp_path: Path, song: Path) -> None:
    first = attach(log, tmp_path / "film", song, None, "mara")
    events = log.events("song")
    assert attach(log, tmp_path / "film", song, None, "jon") == first
    assert log.events("song") == events


def test_what_was_found_is_kept_beside_what_was_corrected(log: Log, tmp_path: Path, song: Path) -> None:
    master = attach(log, tmp_path / "film", song, None, "mara")
    corrected = correct(log, master, master.grid.double().nudge(20), "doubled", "jon")
    assert current(log) == corrected
    assert corrected.found == master.found
    assert corrected.grid.source == "corrected"


def test_a_part_of_the_song_is_used_and_outlives_new_lyrics(log: Log, tmp_path: Path, song: Path) -> None:
    film = tmp_path / "film"
    master = use(log, attach(log, film, song, None, "mara"), 2, 6.5, "mara")
    master = correct(log, master, master.grid.half_beat(), "half a beat", "mara")
    (tmp_path / "words.lrc").write_text("[00:03.00]la\n", "utf-8")
    again = attach(log, film, song, tmp_path / "words.lrc", "mara")
    assert [line.text for line in again.lines] == ["la"]
    assert (again.start_s, again.end_s, again.grid) == (2, Fraction(13, 2), master.grid)
    assert all(2 <= bar < Fraction(13, 2) for bar in again.bars)


def test_another_song_starts_afresh_and_overwrites_no_file(log: Log, tmp_path: Path, song: Path) -> None:
    film = tmp_path / "film"
    first = use(log, attach(log, film, song, None, "mara"), 1, 4, "mara")
    other = write_song(tmp_path / song.name, 6, 100)
    second = attach(log, film, other, None, "mara")
    assert second.file != first.file
    assert (film / first.file).read_bytes() == song.read_bytes()
    assert (second.start_s, second.end_s) == (0, 6)


def test_a_song_that_cannot_be_used_gets_one_sentence_and_leaves_nothing(log: Log, tmp_path: Path, song: Path) -> None:
    film = tmp_path / "film"
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "bad.lrc").write_text("no time", "utf-8")
    (tmp_path / "latin.lrc").write_bytes(b"[00:01]\xe4")
    with pytest.raises(NotFound, match="there is no song at"):
        attach(log, film, tmp_path / "none.wav", None, "mara")
    with pytest.raises(BadMedia, match=r"empty\.wav"):
        attach(log, film, tmp_path / "empty.wav", None, "mara")
    with pytest.raises(BadInput, match="line 1 of the lyrics: 'no time' has no time"):
        attach(log, film, song, tmp_path / "bad.lrc", "mara")
    with pytest.raises(BadInput, match=r"latin\.lrc is not UTF-8 text \(byte 7\)"):
        attach(log, film, song, tmp_path / "latin.lrc", "mara")
    with pytest.raises(NotFound, match="there are no lyrics at"):
        attach(log, film, song, tmp_path / "none.lrc", "mara")
    short = write_song(tmp_path / "short.wav", 2, 120)
    short.write_bytes(short.read_bytes()[: 44 + 44100 * 4])
    with pytest.raises(BadMedia, match=r"the song is 1\.0 s long"):
        attach(log, film, short, None, "mara")
    with pytest.raises(NotFound, match="the film has no song yet"):
        current(log)
    assert not (film / "song").exists()


def test_a_range_outside_the_song_gets_one_sentence(log: Log, tmp_path: Path, song: Path) -> None:
    master = attach(log, tmp_path / "film", song, None, "mara")
    for start, end in ((-1, 4), (4, 4), (2, 9)):
        with pytest.raises(BadInput, match=r"is not a part of the song: it is 8\.00 s long"):
            use(log, master, start, end, "mara")
    for start, end in (("a", 3), (None, 3), (0, float("nan"))):
        with pytest.raises(BadInput, match="of the used part cannot be"):
            use(log, master, start, end, "mara")


def test_lyrics_past_the_end_are_said_in_one_sentence_and_kept(log: Log, tmp_path: Path, song: Path) -> None:
    film = tmp_path / "film"
    (tmp_path / "words.srt").write_text(
        "1\n00:00:07,000 --> 00:00:20,000\nla\n\n2\n00:00:08,000 --> 00:00:09,000\nlate\n", "utf-8"
    )
    master = attach(log, film, song, tmp_path / "words.srt", "mara")
    assert [line.text for line in master.lines] == ["la"]
    assert [line.text for line in master.late] == ["late"]
    assert said(master).endswith("1 lyric line from 8.00 s on begins after the song's end and is left out")
    assert (film / "song" / "lyrics.srt").read_text("utf-8").endswith("late\n")
    events = log.events("song")
    assert attach(log, film, song, tmp_path / "words.srt", "jon") == master
    assert log.events("song") == events


def test_lyrics_of_any_kind_beside_the_song_are_taken_along(log: Log, tmp_path: Path, song: Path) -> None:
    here = tmp_path / "here.wav"
    here.write_bytes(song.read_bytes())
    (tmp_path / "here.vtt").write_text("WEBVTT\n\n00:01.000 --> 00:02.000\nla", "utf-8")
    assert [line.text for line in attach(log, tmp_path / "film", here, None, "mara").lines] == ["la"]


def test_a_log_from_before_there_were_sections_is_read_as_it_was(log: Log) -> None:
    grid, corrected = BeatGrid(84.0, 0.7138, downbeat=3, confidence=0.98), BeatGrid(168.0, 0.3567, source="corrected")
    with log.write("mara") as w:
        data = {"file": "song/a.ogg", "sha256": "s", "seconds": "40", "lyrics": "[00:03.00]la"}
        w.event("song.attached", "song", {**data, "found": grid.to_json()})
        w.event("song.corrected", "song", {"grid": corrected.to_json(), "how": "doubled"})
    master = current(log)
    assert (master.found, master.grid, master.sections, master.marks) == (grid, corrected, (), ())
    assert [line.text for line in master.lines] == ["la"]


@pytest.mark.parametrize(("rate", "channels"), [(44100, 2), (48000, 1), (8000, 2)])
def test_sample_rate_and_channels_change_neither_beats_nor_length(
    log: Log, tmp_path: Path, rate: int, channels: int
) -> None:
    path = write(tmp_path / "a.wav", play(steady(120, 12, first_s=0.25), 12, rate=rate), rate, channels)
    master = attach(log, tmp_path / "film", path, None, "mara")
    assert master.seconds == 12
    assert master.grid.bpm == pytest.approx(120, abs=0.05)
    assert [float(beat) for beat in master.beats[:3]] == pytest.approx([0.25, 0.75, 1.25], abs=0.01)


def test_silence_has_a_grid_to_tap_on_and_no_sections(log: Log, tmp_path: Path) -> None:
    master = attach(log, tmp_path / "film", write(tmp_path / "a.wav", np.zeros(12 * 8000), 8000), None, "mara")
    assert (master.grid, master.sections) == (BeatGrid(120.0, 0.0), ())
    assert "confidence 0.00 (no beat is heard: tap it)" in said(master)


def test_a_song_of_hours_is_refused_before_it_is_listened_to(log: Log, tmp_path: Path) -> None:
    long = write(tmp_path / "mix.wav", np.zeros(3 * 3600 * 200), 200)
    with pytest.raises(BadMedia, match=r"mix\.wav is longer than 60 minutes: cut out the part that the film plays"):
        attach(log, tmp_path / "film", long, None, "mara")
    assert not (tmp_path / "film" / "song").exists()
