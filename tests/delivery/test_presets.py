"""What a film is rendered as: its size, coding, colour and sound, each counted and tagged."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
import pytest

from studio.delivery.pace import Pace, paced
from studio.delivery.presets import ending_of
from studio.delivery.rendering import render
from studio.errors import BadInput, Damaged
from studio.media import read_frames


@pytest.fixture
def cut(film):
    """36 frames of a wide film with a song, in two slots."""
    take = film.take(24, 60)
    return film.cut([(take, 12, 0, Fraction(1)), (take, 24, 20, Fraction(1))], song=film.song())


def facts(path):
    with av.open(str(path)) as box:
        video, sound = box.streams.video[0], box.streams.audio[0]
        context = video.codec_context
        tags = [int(each) for each in (context.colorspace, context.color_primaries, context.color_trc)]
        stamps = sorted(p.pts * video.time_base for p in box.demux(video) if p.pts is not None)
        return {
            "size": (video.width, video.height),
            "coding": (context.name, context.profile, context.pix_fmt),
            "tags": [*tags, int(context.color_range)],
            "stamps": stamps,
            "sound": (sound.codec_context.name, sound.rate, sound.duration * sound.time_base),
        }


@pytest.mark.parametrize(
    ("preset", "ending", "size", "coding"),
    [
        ("h264", ".mp4", (160, 96), ("h264", "High", "yuv420p")),
        ("1080p", "-1080p.mp4", (1800, 1080), ("h264", "High", "yuv420p")),
        ("vertical", "-vertical.mp4", (1080, 1920), ("h264", "High", "yuv420p")),
        ("prores", ".mov", (160, 96), ("prores", "HQ", "yuv422p10le")),
        ("preview", "-preview.mp4", (160, 96), ("h264", "Constrained Baseline", "yuv420p")),
    ],
)
def test_every_preset_has_its_size_coding_and_colour_and_not_a_frame_too_few(
    preset, ending, size, coding, film, cut, plain_ffmpeg
):
    assert ending_of(preset) == ending
    path = render(cut, film.folder, film.folder / f"film{ending}", preset=preset).path
    found = facts(path)
    assert (found["size"], found["coding"]) == (size, coding)
    assert found["tags"] == [1, 1, 1, 1]
    assert found["stamps"] == [k / cut.rate for k in range(36)]
    name, rate, length = found["sound"]
    assert (name, rate) == ("pcm_s16le" if preset == "prores" else "aac", 48_000)
    assert abs(length - Fraction(3, 2)) <= (0 if preset == "prores" else Fraction(1024, 48_000))
    raw = plain_ffmpeg("-i", str(path), "-map", "0:a", "-f", "s16le", "-c:a", "pcm_s16le", "-")
    clicks = np.abs(np.frombuffer(raw, "<i2").reshape(-1, 2).astype(int)).max(1)
    assert abs(clicks[24_000:].argmax() - 24_000) < 48  # the click of the song's second 2, within 1 ms


@pytest.mark.parametrize(
    ("rate", "start"),
    [
        (24, "01:00:00:00"),
        (Fraction(30000, 1001), "01:00:00;00"),
        (Fraction(50, 3), "01:00:00:00"),
        (50, "01:00:00:00"),
    ],
)
def test_prores_carries_the_record_time_code_of_the_edit_lists(rate, start, film):
    cut = film.cut([(film.take(24, 60), 12, 0, Fraction(1))], rate=rate, song=film.song())
    path = render(cut, film.folder, film.folder / "film.mov", preset="prores").path
    with av.open(str(path)) as box:
        assert box.streams.video[0].metadata["timecode"] == start
    assert facts(path)["stamps"] == [k / cut.rate for k in range(12)]


def test_prores_is_cached_apart_and_its_bytes_are_the_same_again(film, cut):
    to = film.folder / "film.mov"
    once = render(cut, film.folder, to, preset="prores").path.read_bytes()
    assert render(cut, film.folder, to, preset="prores").rendered == 0
    assert render(cut, film.folder, film.folder / "film.mp4").rendered == 1
    assert to.read_bytes() == once
    assert b"Lavf" not in once


def test_a_vertical_film_is_letterboxed_or_cropped_by_its_fit_and_says_so(film, cut):
    to = film.folder / "tall.mp4"
    report = render(cut, film.folder, to, preset="vertical")
    assert report.notes == (
        "vertical: each picture stands whole in 1080×1920, between bars, as the film's fit is letterbox",
    )
    picture = read_frames(to, [3])[0]
    assert picture[:600].max() < 8
    assert picture[-600:].max() < 8
    assert picture[640:1280].min() > 40

    card = replace(film.take(24, 60, first=1), kind="card", name="title", reel="TITLE")
    cropped = replace(cut, fit="crop", slots=(replace(cut.slots[0], source=card), cut.slots[1]))
    report = render(cropped, film.folder, to, preset="vertical")
    assert "the middle of each take fills 1080×1920" in report.notes[0]
    at_the_card, at_the_take = read_frames(to, [3, 20])
    assert at_the_card[:600].max() < 8  # no word of a card is cut off
    assert at_the_take.min() > 40


def test_a_preset_or_a_name_that_cannot_be_is_told(film, cut):
    with pytest.raises(BadInput, match=r"'imax' is no preset for rendering: choose one of 'h264': an MP4 of the film"):
        render(cut, film.folder, film.folder / "film.mp4", preset="imax")
    with pytest.raises(BadInput, match=r"ProRes is a MOV file, give a name that ends in .mov"):
        render(cut, film.folder, film.folder / "film.mp4", preset="prores")
    with pytest.raises(BadInput, match=r"lyrics=True is not a way to show them: write one of 'none', 'subtitles'"):
        render(cut, film.folder, film.folder / "film.mp4", lyrics=True)
    assert not (film.folder / "cache").exists()


def test_a_film_that_its_marks_have_spoiled_gets_no_name(film, cut):
    def cut_short(path):
        path.write_bytes(path.read_bytes()[:2000])

    with pytest.raises(Damaged, match=r"film.mp4 .*render"):
        render(cut, film.folder, film.folder / "film.mp4", finish=cut_short)
    assert not (film.folder / "film.mp4").exists()
    seen = []
    render(cut, film.folder, film.folder / "film.mp4", finish=lambda path: seen.append(path.name))
    assert len(seen) == 1
    assert seen[0].endswith(".partial")  # it has no name yet


def test_the_remaining_time_counts_only_what_is_rendered_now(film, cut):
    told, now = [], iter((0.0, 2.0, 4.0, 6.0))
    progress = paced(told.append, clock=lambda: next(now))
    for done in (20, 20, 60, 100):
        progress(done, 100)
    assert told == [
        Pace(20, 100, None, None),
        Pace(20, 100, None, None),
        Pace(60, 100, 10.0, 4.0),
        Pace(100, 100, 80 / 6, 0.0),
    ]
    assert str(told[2]) == "60 of 100 frames, 4 s left"
    assert str(Pace(10, 100, 0.5, 180.4)) == "10 of 100 frames, 3 min 00 s left"
    seen = []
    render(cut, film.folder, film.folder / "film.mp4", progress=paced(seen.append))
    assert (seen[0].frames, seen[0].left_s) == (0, None)
    assert (seen[-1].frames, seen[-1].left_s) == (36, 0.0)
    assert seen[-1].per_s > 0
