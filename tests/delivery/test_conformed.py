"""Conformed media: the film's rate, size and colour, every frame the one that the film shows."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
import pytest

from studio.cutting.formats import FORMATS
from studio.delivery import conformed, export
from studio.delivery.conversions import COLUMNS, conversions, conversions_frame
from studio.delivery.packages import asked, lists_of, media_files
from studio.media import sha256_of
from studio.nouns import Transition
from studio.timecode import source_index
from tests.delivery.conftest import grey_frames, numbers_in

RATES = (24, 30, Fraction(25, 3), Fraction(277, 12), 48)


def conform(film, cut, package):
    """The conformed files of a cut, by take."""
    made = {}
    for file in media_files(cut, package):
        to = film.folder / f"{file.source.name}.mov"
        conformed.conform(cut, file.source, film.folder / file.source.file, file.media, file.way, "bt601", to)
        made[file.source.name] = to, file
    return made


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(30000, 1001)])
def test_a_conformed_frame_is_the_one_that_the_film_shows_at_each_rate(rate, film):
    cut = film.cut([(film.take(r, 60), 10, 2, Fraction(1)) for r in RATES], rate=rate)
    for to, file in conform(film, cut, asked(cut, media="conform")).values():
        source = file.source
        frames = int(60 / source.rate * rate)
        wanted = [source_index(0, k, Fraction(1), source.rate, rate, 60) for k in range(frames)]
        assert numbers_in(grey_frames(to)) == wanted


def test_a_conformed_file_has_one_size_colour_rate_time_code_and_reel(film):
    tall = film.take(30, 40, width=96, height=160)
    cut = film.cut([(tall, 10, 2, 1), (film.take(24, 40), 10, 0, 1)])
    for to, file in conform(film, cut, asked(cut, media="conform")).values():
        with av.open(str(to)) as box:
            video = box.streams.video[0]
            context = video.codec_context
            assert (context.name, context.pix_fmt, video.width, video.height) == ("prores", "yuv422p10le", 160, 96)
            assert (context.colorspace, context.color_primaries, context.color_trc) == (1, 1, 1)
            assert video.average_rate == 24
            tags = next(stream.metadata for stream in box.streams if stream.type == "data")
        assert tags["reel_name"] == file.source.reel
        assert tags["timecode"] == {tall.name: "01:00:00:00"}.get(file.source.name, "01:01:00:00")


def test_a_blended_file_mixes_neighbouring_frames_and_has_as_many(film):
    take = film.take(30, 40)
    cut = film.cut([(take, 10, 2, 1)])
    held = conform(film, cut, asked(cut, media="conform"))[take.name][0].read_bytes()
    to, file = conform(film, cut, asked(cut, media="conform", convert="blend"))[take.name]
    assert file.way == "blend"
    assert to.read_bytes() != held
    blended = grey_frames(to)
    source = grey_frames(film.folder / take.file)
    assert len(blended) == 32
    mixed = source[1].astype(float) * 0.75 + source[2] * 0.25  # film frame 1 is source time 1.25
    assert np.abs(blended[1].astype(float) - mixed).mean() < 6
    assert np.abs(blended[4].astype(float) - source[5]).mean() < 3  # 4/24 s is source frame 5


def test_handles_are_kept_after_the_last_use_as_far_as_there_are_any(film):
    """And from the first frame on, so that an in-point in an editor's list is still one of the take."""
    take, other = film.take(24, 60), film.take(30, 40)
    cut = film.cut([(take, 10, 5, 1), (other, 10, 2, 1), (take, 10, 20, Fraction(1, 2)), (other, 8, 20, 1)])
    cut = replace(cut, slots=(*cut.slots[:3], replace(cut.slots[3], transition=Transition("dissolve", 4))))
    lengths = {f.source.name: f.media.frames for f in media_files(cut, asked(cut, media="conform", handles=6))}
    assert lengths == {take.name: 20 + 6 + 6, other.name: 32}  # 32 is all there is of it; half a dissolve is a use
    assert [f.media.frames for f in media_files(cut, asked(cut, media="conform"))] == [60, 32]
    alone = film.cut([(take, 10, 5, 1)])
    assert [f.media.frames for f in media_files(alone, asked(alone, media="conform", handles=6))] == [21]
    folder = export(cut, film.folder, "one", package=asked(cut, "premiere", "conform", handles=6))
    page = (folder / "report.html").read_text("utf-8")
    assert "5 + 17" in page  # frames 15 to 32 of the file


def test_a_take_that_plays_at_the_films_rate_keeps_every_frame(film):
    """Held first and slowed then, it would lack one frame in five."""
    take = film.take(30, 40)
    cut = film.cut([(take, 20, 4, Fraction(4, 5))])
    to, file = conform(film, cut, asked(cut, media="conform"))[take.name]
    assert (file.media.rate, file.media.frames) == (30, 40)
    assert numbers_in(grey_frames(to)) == list(range(40))


def test_lists_of_conformed_media_name_them_at_the_films_rate(film):
    cut = film.cut([(film.take(30, 40), 10, 2, 1)])
    files = media_files(cut, asked(cut, media="conform"))
    for name, form in FORMATS.items():
        text = form.write(cut, folder=film.folder, lists=lists_of(name, files)).decode()
        assert ".mov" in text
        assert ".mp4" not in text
        assert not any("another frame rate" in said for said in form.limits(cut, lists_of(name, files)))


def test_a_conformed_file_that_is_there_is_not_made_again_and_never_the_wrong_one(film, monkeypatch):
    take = film.take(30, 40)
    cut = film.cut([(take, 10, 2, 1)])
    package = asked(cut, "final-cut", "conform")
    made = []
    really = conformed.conform
    monkeypatch.setattr(conformed, "conform", lambda *args: (made.append(args), really(*args)))
    folder = export(cut, film.folder, "one", package=package)
    first = sha256_of(folder / "media" / f"{take.name}.mov")
    export(cut, film.folder, "one", package=package)
    assert len(made) == 1
    kept = next((film.folder / "cache" / "conformed").glob("*.mov"))
    kept.unlink()
    kept.write_bytes(b"cut short")
    export(cut, film.folder, "one", package=package)
    assert len(made) == 2
    assert sha256_of(folder / "media" / f"{take.name}.mov") == first
    marks = []
    words = {take.name: "secret words"}
    export(cut, film.folder, "two", package=package, prompts=words, mark_take=lambda path, source: marks.append(source))
    export(cut, film.folder, "three", package=package, mark_take=lambda path, source: marks.append(source))
    assert len(marks) == 2  # words that were asked for once are in no other delivery


def test_the_change_of_rate_is_shown_before_with_all_three_ways_and_the_one_chosen(film):
    slow, fast = film.take(24, 60), film.take(30, 30)
    cut = film.cut([(slow, 10, 0, 1), (fast, 10, 2, 1), (fast, 10, 2, Fraction(4, 5)), (film.take(12, 40), 20, 0, 1)])
    table = conversions_frame(cut)
    assert list(table.columns) == list(COLUMNS)
    assert table["slot"].tolist() == [2, 3, 4]
    assert table["chosen"].tolist() == ["hold", "film-rate", "hold"]
    assert table["hold"].tolist() == ["30 → 24, frames dropped"] * 2 + ["12 → 24, each held 2×"]
    assert table["film_rate"].tolist()[0] == "speed 4/5 (0.800): the take is long enough"
    assert [each.chosen for each in conversions(cut, {fast.name: "blend"})] == ["blend", "film-rate", "hold"]
    long = replace(cut, slots=(replace(cut.slots[3], source=replace(fast, frames=4), frames=20, record_frame=0),))
    assert "frames short" in conversions(long)[0].film_rate
