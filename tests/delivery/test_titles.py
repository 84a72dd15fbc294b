"""Words over the picture: titles, lyrics, the burn-in of a reference film, and the subtitles beside the film."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
import pysubs2
import pytest

from studio.delivery.rendering import measure, render
from studio.errors import BadInput
from studio.media import read_frames
from studio.nouns import Marker

LINES = (
    Marker(0, "bar", "bar 1"),
    Marker(12, "lyric", "“Grüße” & <Küsse> = {100 %}", 20),
    Marker(40, "lyric", "<b>zweite</b> --> Zeile \\N", 200),
    Marker(900, "lyric", "after the end"),
)


@pytest.fixture
def cut(film):
    """Five slots of 24 frames in two chunks, all of one grey picture, on a wide film, with two lines of lyrics."""
    take = film.take(24, 200, width=320, height=180)
    cut = film.cut([(take, 24, 0, 0 * n + 1) for n in range(5)], width=320, height=180, markers=LINES)
    still = replace(cut.slots[0], speed=Fraction(1, 100))  # picture 0 all the time
    return replace(cut, slots=tuple(replace(still, record_frame=24 * n) for n in range(5)))


def changed_rows(plain, lettered, by=25):
    """For each frame the first and last row and column where letters changed the picture; None: nowhere."""
    found = []
    for one, other in zip(plain, lettered, strict=True):
        rows, columns = np.nonzero(np.abs(one.astype(int) - other).max(2) > by)
        found.append((rows.min(), rows.max(), columns.min(), columns.max()) if len(rows) else None)
    return found


def both(film, cut, **wanted):
    frames = range(cut.frames)
    plain = render(cut, film.folder, film.folder / "plain.mp4").path
    lettered = render(cut, film.folder, film.folder / "lettered.mp4", **wanted).path
    return changed_rows(read_frames(plain, frames), read_frames(lettered, frames))


def test_a_title_lies_over_its_slot_alone_in_the_safe_area_and_comes_softly(film, cut):
    changed = both(
        film, cut, titles={2: "Über\ndie Stadt, bei Nacht, im Regen, mit allen, die noch wach sind", 5: "Ende"}
    )
    lettered = {k for k, where in enumerate(changed) if where}
    assert {*range(26, 46), *range(98, 118)} <= lettered <= {*range(24, 48), *range(96, 120)}
    for top, bottom, left, right in filter(None, changed):
        assert 0.1 * 180 <= top <= bottom <= 0.9 * 180
        assert 0.1 * 320 - 2 <= left <= right <= 0.9 * 320 + 2
    light = [frame.max() for frame in read_frames(film.folder / "lettered.mp4", (24, 26, 36, 45, 47))]
    assert light[0] < light[1] < light[2] > light[3] > light[4]
    assert light[2] > 220


def test_burned_lyrics_stand_while_they_are_sung_to_the_frame(film, cut):
    changed = both(film, cut, lyrics="burned")
    assert [k for k, where in enumerate(changed) if where] == [
        *range(12, 32),
        *range(40, 120),
    ]  # and not beyond the end
    for top, bottom, left, right in filter(None, changed):
        assert 0.6 * 180 <= top <= bottom <= 0.9 * 180
        assert 0.1 * 320 - 2 <= left <= right <= 0.9 * 320 + 2


def test_a_burn_in_says_the_take_the_slot_and_the_record_time_code(film, cut):
    to = film.folder / "reference.mp4"
    changed = both(film, cut, burn_in=True)
    assert all(where and where[1] < 40 for where in changed)
    render(cut, film.folder, to, burn_in=True, lyrics="burned", titles={1: "so"})
    frames = read_frames(film.folder / "lettered.mp4", (23, 24, 47, 48))
    strips = [frame[8:28].astype(int) for frame in frames]
    code, slot = slice(200, 320), slice(130, 200)
    assert np.abs(strips[0][:, code] - strips[1][:, code]).max() > 60  # 01:00:00:23 and 01:00:01:00
    assert np.abs(strips[0][:, slot] - strips[1][:, slot]).max() > 60  # slot 1 and slot 2
    assert np.abs(strips[1][:, slot] - strips[2][:, slot]).max() < 30
    assert np.abs(strips[0][:, :120] - strips[3][:, :120]).max() < 30  # the same take


def test_letters_cost_the_chunks_that_show_them_and_stay_in_the_cache(film, cut):
    to = film.folder / "film.mp4"
    assert render(cut, film.folder, to).rendered == 2
    assert render(cut, film.folder, to, titles={5: "Ende"}).rendered == 1
    once = to.read_bytes()
    assert render(cut, film.folder, to, titles={5: "Ende"}).rendered == 0
    for file in (film.folder / "cache").rglob("*.*"):
        file.unlink()
    render(cut, film.folder, to, titles={5: "Ende"})
    assert to.read_bytes() == once


@pytest.mark.parametrize(("preset", "name"), [("vertical", "tall.mp4"), ("prores", "film.mov")])
def test_letters_are_laid_over_every_preset_and_in_an_upright_film_stand_above_an_apps_buttons(preset, name, film, cut):
    first = replace(cut, slots=cut.slots[:2])
    made = render(first, film.folder, film.folder / name, preset=preset, lyrics="burned", titles={1: "so"}).path
    letters = read_frames(made, (36, 45))
    top, bottom, *_ = changed_rows(letters[:1], letters[1:])[0]
    foot = letters[0].shape[0] * (0.8 if preset == "vertical" else 0.9)
    assert 0.75 * foot < top <= bottom <= foot


@pytest.mark.parametrize(("preset", "name"), [("h264", "film.mp4"), ("prores", "film.mov")])
def test_lyrics_become_a_track_of_timed_text_and_a_file_beside_the_film(preset, name, film, cut):
    cut = replace(cut, song=film.song())
    report = render(cut, film.folder, film.folder / name, preset=preset, lyrics="subtitles")
    assert report.subtitles == film.folder / "film.srt"
    beside = pysubs2.load(str(report.subtitles), encoding="utf-8")
    assert [(line.start, line.end) for line in beside] == [(500, 1333), (1667, 5000)]
    assert "zweite" in beside[1].text
    with av.open(str(report.path)) as box:
        (stream,) = box.streams.subtitles
        assert stream.codec_context.name == "mov_text"
        texts = {}
        for packet in box.demux(stream):
            data = bytes(packet)
            length = int.from_bytes(data[:2], "big")
            if length:  # the empty ones are pauses
                texts[round(float(packet.pts * packet.time_base), 2)] = data[2 : 2 + length].decode()
        assert texts == {0.5: "“Grüße” & <Küsse> = (100 %)", 1.67: "<b>zweite</b> → Zeile /N"}
    assert len(read_frames(report.path, range(120))) == 120


def test_two_singers_at_once_are_one_line_and_a_line_ends_where_the_next_begins(film, cut):
    duet = (Marker(10, "lyric", "sie", 30), Marker(10, "lyric", "er", 90), Marker(50, "lyric", "beide", 9))
    report = render(replace(cut, markers=duet), film.folder, film.folder / "film.mp4", lyrics="subtitles")
    beside = pysubs2.load(str(report.subtitles))
    assert [(line.text, line.start, line.end) for line in beside] == [("sie / er", 417, 2083), ("beide", 2083, 2458)]
    assert measure(report.path).lines == 2


def test_a_film_without_lyrics_says_so_and_words_that_are_none_are_refused(film, cut):
    to = film.folder / "film.mp4"
    report = render(replace(cut, markers=()), film.folder, to, lyrics="subtitles")
    assert report.notes[-1] == "the film shows no lyrics: its cut has no lyric lines"
    assert report.subtitles is None
    assert not to.with_suffix(".srt").exists()
    for titles, said in (
        ({6: "x"}, r"the slot of a title cannot be 6: write a whole number from 1 to 5"),
        ({2: " "}, r"the title of slot 2 is ' ', no words"),
        ({2: "a\x07"}, r"the title of slot 2 holds the invisible character U\+0007"),
        ({2: "x" * 201}, r"the title of slot 2 has 201 characters"),
        (["x"], r"titles=\['x'\] is no title for a slot: write titles=\{3: \"1986\"\}"),
    ):
        with pytest.raises(BadInput, match=said):
            render(cut, film.folder, to, titles=titles)
