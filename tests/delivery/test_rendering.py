"""The film as a file: its frames, its sound, its cache, and what happens when something stops it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
import pytest

from studio.delivery.rendering import render
from studio.errors import BadInput, BadMedia, Damaged, NotFound, TooShort


def dozen(film, song=None, **facts):
    """Twelve slots of six takes: three chunks, 120 frames."""
    takes = [
        film.take(rate, 60, first=n) for n, rate in enumerate((24, 30, 12, Fraction(25, 3), 25, Fraction(277, 12)))
    ]
    return film.cut([(takes[n % 6], 10, n, Fraction(1)) for n in range(12)], song=song, **facts)


def packets(path):
    with av.open(str(path)) as box:
        stream = box.streams.video[0]
        return sorted(p.pts * stream.time_base for p in box.demux(stream) if p.pts is not None)


@pytest.mark.parametrize(
    "rate", [Fraction(24), Fraction(25), Fraction(24000, 1001), Fraction(30000, 1001), Fraction(50, 3)], ids=str
)
def test_the_film_has_the_planned_frames_at_an_exact_step_from_zero(rate, film):
    cut = dozen(film, film.song(), rate=rate)
    report = render(cut, film.folder, film.folder / "film.mp4")
    assert packets(report.path) == [k / rate for k in range(120)]


def test_a_film_may_lie_in_a_folder_of_any_name(film, tmp_path, numbers):
    """The concat demuxer takes the list's own path for a URL: what stands after a # or a ? would be lost."""
    cut = dozen(film, film.song())
    odd = tmp_path / "Video #1? 50%03d & 'ä'"
    film.folder.rename(odd)
    report = render(cut, odd, odd / "film #2? %d.mp4")
    assert len(numbers(report.path)) == 120


def test_a_long_film_at_an_ntsc_rate_does_not_drift(film):
    """The concat demuxer counts in microseconds; over 400 chunks the rounding must not add up to a tick."""
    source = film.take(30, 60)
    cut = film.cut([(source, 3, n % 20, Fraction(1)) for n in range(4)] * 150, rate=Fraction(24000, 1001))
    report = render(cut, film.folder, film.folder / "film.mp4")
    assert (report.chunks, report.rendered) == (150, 1)  # the same four slots are one file
    assert packets(report.path) == [k * Fraction(1001, 24000) for k in range(1800)]


def test_the_film_is_tagged_bt709_and_the_first_frame_of_each_slot_is_a_key_frame(film):
    report = render(dozen(film, film.song()), film.folder, film.folder / "film.mp4")
    with av.open(str(report.path)) as box:
        context = box.streams.video[0].codec_context
        assert (int(context.colorspace), int(context.color_primaries), int(context.color_trc)) == (1, 1, 1)
        assert int(context.color_range) == 1
        assert context.pix_fmt == "yuv420p"
        stream = box.streams.video[0]
        keys = [p.pts * stream.time_base * 24 for p in box.demux(stream) if p.is_keyframe]
    assert set(range(0, 120, 10)) <= set(keys)
    raw = report.path.read_bytes()
    assert raw.index(b"moov") < raw.index(b"mdat")  # it starts playing before it is whole
    assert b"Lavf" not in raw  # no version and no date of the machine's tools


@pytest.mark.parametrize(
    ("song_rate", "start_s"), [(44100, Fraction(1)), (48000, Fraction(5, 4)), (22050, Fraction(2))]
)
def test_the_sound_is_in_time_to_a_millisecond_and_as_long_as_the_picture(song_rate, start_s, film, plain_ffmpeg):
    cut = dozen(film, film.song(rate=song_rate, start_s=start_s))
    report = render(cut, film.folder, film.folder / "film.mp4")
    raw = plain_ffmpeg("-i", str(report.path), "-map", "0:a", "-f", "s16le", "-c:a", "pcm_s16le", "-")
    sound = np.frombuffer(raw, "<i2").reshape(-1, 2).astype(float)
    assert abs(len(sound) - 5 * 48000) <= 1024
    for second in range(2, 6):  # the click at each whole second of the master
        at = float((second - start_s) * 48000)
        if 0 <= at < 5 * 48000 - 500:
            here = sound[max(0, int(at) - 400) : int(at) + 400]
            clicked = np.abs(here).max(1).argmax() + max(0, int(at) - 400)
            assert abs(clicked - at) < 48  # 1 ms
    assert abs(sound[:, 0].std() / sound[:, 1].std() - 1) < 0.02  # a mono song stands on both sides
    with av.open(str(report.path)) as box:
        stream = box.streams.audio[0]
        assert abs(stream.duration * stream.time_base - 5) <= Fraction(1024, 48000)
        assert stream.rate == 48000


def test_a_song_that_ends_early_is_followed_by_silence(film):
    cut = dozen(film, film.song(start_s=Fraction(18)))
    report = render(cut, film.folder, film.folder / "film.mp4")
    with av.open(str(report.path)) as box:
        assert abs(box.streams.audio[0].duration * box.streams.audio[0].time_base - 5) <= Fraction(1024, 48000)
    assert report.sound_samples == 240000


def test_a_film_without_a_song_is_silent_and_says_so(film):
    report = render(dozen(film), film.folder, film.folder / "film.mp4")
    assert report.notes == ("the film is silent: no song is attached",)
    with av.open(str(report.path)) as box:
        assert not box.streams.audio


def test_one_swapped_take_renders_one_chunk_and_the_rest_comes_from_the_cache(film, numbers):
    cut = dozen(film, film.song())
    seen = []
    first = render(cut, film.folder, film.folder / "film.mp4", progress=lambda done, total: seen.append((done, total)))
    assert (first.chunks, first.rendered) == (3, 3)
    assert seen == sorted(seen)
    assert seen[0] == (0, 120)
    assert seen[-1] == (120, 120)
    before = (film.folder / "film.mp4").read_bytes()
    assert render(cut, film.folder, film.folder / "again.mp4").rendered == 0
    assert (film.folder / "again.mp4").read_bytes() == before

    other = replace(cut.slots[5], source=film.take(24, 60, first=100))
    swapped = replace(cut, slots=(*cut.slots[:5], other, *cut.slots[6:]))
    assert render(swapped, film.folder, film.folder / "swapped.mp4").rendered == 1
    assert numbers(film.folder / "swapped.mp4")[50:60] == list(range(105, 115))
    assert numbers(film.folder / "swapped.mp4")[60:] == numbers(film.folder / "film.mp4")[60:]


def test_two_renders_without_a_cache_are_the_same_bytes(film):
    cut = dozen(film, film.song())
    once = render(cut, film.folder, film.folder / "film.mp4").path.read_bytes()
    shutil.rmtree(film.folder / "cache")
    assert render(cut, film.folder, film.folder / "film.mp4").rendered == 3
    assert (film.folder / "film.mp4").read_bytes() == once


def test_a_spoiled_chunk_in_the_cache_is_made_again(film):
    cut = dozen(film)
    once = render(cut, film.folder, film.folder / "film.mp4").path.read_bytes()
    chunk = sorted((film.folder / "cache/chunks").iterdir())[0]
    chunk.write_bytes(chunk.read_bytes()[:900])
    assert render(cut, film.folder, film.folder / "film.mp4").rendered == 1
    assert (film.folder / "film.mp4").read_bytes() == once


KILLED = """
import pickle, sys
from pathlib import Path
from studio.delivery.rendering import render
cut = pickle.loads(Path(sys.argv[1]).read_bytes())
render(cut, Path(sys.argv[2]), Path(sys.argv[2]) / "film.mp4", progress=lambda done, total: print(done, flush=True))
"""


def test_killed_in_the_middle_it_leaves_no_film_and_the_next_run_goes_on(film, tmp_path):
    import pickle

    cut = dozen(film, film.song())
    rounds = [
        replace(slot, in_frames=slot.in_frames + r, record_frame=slot.record_frame + 120 * r)
        for r in range(5)
        for slot in cut.slots
    ]
    cut = replace(cut, slots=tuple(rounds))
    (tmp_path / "cut").write_bytes(pickle.dumps(cut))
    words = [sys.executable, "-c", KILLED, str(tmp_path / "cut"), str(film.folder)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as child:
        for line in child.stdout:
            if int(line) > 40:  # a chunk has 40 frames: one is done
                os.kill(child.pid, signal.SIGKILL)
                break
    assert child.returncode == -signal.SIGKILL
    assert not (film.folder / "film.mp4").exists()
    kept = [p for p in (film.folder / "cache/chunks").iterdir() if p.suffix == ".mp4"]
    assert len(kept) >= 1
    report = render(cut, film.folder, film.folder / "film.mp4")
    assert report.chunks == 15
    assert 0 < report.rendered <= 15 - len(kept)
    assert len(packets(report.path)) == 600


def test_stopping_leaves_nothing_behind_and_keeps_the_old_film(film):
    (film.folder / "film.mp4").write_bytes(b"the old film")

    def stop(done, total):
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render(dozen(film), film.folder, film.folder / "film.mp4", progress=stop)
    assert (film.folder / "film.mp4").read_bytes() == b"the old film"
    assert sorted(p.name for p in film.folder.iterdir() if "partial" in p.name) == []
    assert [p for p in (film.folder / "cache/chunks").iterdir() if p.suffix != ".mp4"] == []


def changed(cut, n, **facts):
    return replace(cut, slots=(*cut.slots[:n], replace(cut.slots[n], **facts), *cut.slots[n + 1 :]))


def test_mistakes_are_told_before_anything_is_encoded(film):
    cut = dozen(film, film.song())
    first = cut.slots[0].source
    to = film.folder / "film.mp4"

    with pytest.raises(TooShort, match=r"01A-001 has 60 frames and slot 1 needs 65: "):
        render(changed(cut, 0, in_frames=55), film.folder, to)
    with pytest.raises(BadInput, match=r"slot 2 starts on frame 11, and the one before it ends on 10"):
        render(changed(cut, 1, record_frame=11), film.folder, to)
    with pytest.raises(BadInput, match=r"the cut 'first' has no slots"):
        render(replace(cut, slots=()), film.folder, to)
    with pytest.raises(NotFound, match=r"media/takes/99A-001.mp4 is not there"):
        render(film.cut([(replace(first, file="media/takes/99A-001.mp4"), 10, 0, 1)]), film.folder, to)
    with pytest.raises(BadInput, match=r"'../../etc/passwd' is not a file of the film"):
        render(film.cut([(replace(first, file="../../etc/passwd"), 10, 0, 1)]), film.folder, to)
    with pytest.raises(Damaged, match=r"media/takes/01A-001.mp4 has 24 frames per second, the cut says 25"):
        render(film.cut([(replace(first, rate=Fraction(25)), 10, 0, 1)]), film.folder, to)
    with pytest.raises(BadInput, match=r"give a name that ends in .mp4"):
        render(cut, film.folder, film.folder / "film.mov")
    with pytest.raises(NotFound, match=r"nowhere is not there: make the folder first"):
        render(cut, film.folder, film.folder / "nowhere" / "film.mp4")
    with pytest.raises(BadInput, match=r"161×96 pixels: H.264 wants an even width"):
        render(replace(cut, width=161), film.folder, to)
    assert not (film.folder / "cache").exists() or not list((film.folder / "cache/chunks").iterdir())

    (film.folder / first.file).chmod(0o644)
    with (film.folder / first.file).open("ab") as file:
        file.write(b"x")
    with pytest.raises(Damaged, match=r"media/takes/01A-001.mp4 is not the file that was logged"):
        render(cut, film.folder, to)
    (film.folder / cut.song.file).unlink()
    with pytest.raises(NotFound, match=r"song/clicks-44100.wav is not there"):
        render(film.cut([(cut.slots[1].source, 10, 0, 1)], song=cut.song), film.folder, to)
    assert not to.exists()


def test_a_variable_rate_is_refused_by_name(film, plain_ffmpeg):
    source = film.take(30, 60)
    path = film.folder / source.file
    uneven = path.with_name("02A-001.mp4")
    plain_ffmpeg(
        "-i", str(path), "-vf", "select='not(eq(mod(n,5),3))'", "-fps_mode", "vfr", "-c:v", "libx264", str(uneven)
    )
    from studio.media import probe, sha256_of

    found = probe(uneven)
    bad = replace(
        source, file="media/takes/02A-001.mp4", sha256=sha256_of(uneven), rate=found.rate, frames=found.frames
    )
    with pytest.raises(
        BadMedia, match=r"media/takes/02A-001.mp4 has a variable frame rate \(steps of 0.0333 to 0.0667 s\)"
    ):
        render(film.cut([(bad, 10, 0, 1)]), film.folder, film.folder / "film.mp4")
