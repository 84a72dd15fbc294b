"""What a clip is said to be."""

import math
import os
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.errors import BadMedia, NotFound
from studio.media import probe
from studio.media.probing import STANDARD_RATES, rate_of, simplest_between
from tests.media.making import decoded, make_clip, run, stamps

RATES = [Fraction(8), Fraction(25, 3), Fraction(12), Fraction(277, 12), Fraction(24000, 1001), Fraction(24),
         Fraction(25), Fraction(30)]  # fmt: skip


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_the_rate_is_exact(rate: Fraction, tmp_path: Path) -> None:
    facts = probe(make_clip(tmp_path / "clip.mp4", 16, rate))
    assert (facts.rate, facts.frames, facts.variable_rate) == (rate, 16, False)
    assert facts.duration_s == 16 / rate
    assert facts.shortest_step_s == facts.longest_step_s == 1 / rate
    assert (facts.width, facts.height, facts.codec, facts.has_sound, facts.start_s) == (160, 90, "h264", False, 0)


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_the_rate_is_exact_where_time_stamps_are_whole_milliseconds(rate: Fraction, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 48, rate)
    run("-i", str(clip), "-c", "copy", str(tmp_path / "clip.mkv"))
    facts = probe(tmp_path / "clip.mkv")
    assert (facts.rate, facts.frames, facts.variable_rate) == (rate, 48, False)
    assert facts.longest_step_s - facts.shortest_step_s <= Fraction(1, 1000)


def test_a_variable_rate_is_flagged_and_the_container_s_average_is_not_believed(tmp_path: Path) -> None:
    # 103 frames with steps of 1/30 and 2/30 s: the container says 103/4
    clip = make_clip(
        tmp_path / "clip.mp4", 120, 30, filters="select='not(eq(mod(n,7),3))',format=yuv420p",
        options=("-fps_mode", "vfr", "-c:v", "libx264", "-preset", "ultrafast"),
    )  # fmt: skip
    facts = probe(clip)
    assert facts.frames == len(stamps(clip)) < 120
    assert facts.variable_rate
    assert (facts.shortest_step_s, facts.longest_step_s) == (Fraction(1, 30), Fraction(2, 30))


def test_frames_that_last_one_and_two_ticks_are_a_variable_rate(tmp_path: Path) -> None:
    # their steps differ by one tick of the time base, and one frame lasts twice as long as the other
    clip = make_clip(
        tmp_path / "clip.mp4", 60, 30, filters="select='not(eq(mod(n,7),3))',format=yuv420p",
        options=("-fps_mode", "vfr", "-enc_time_base", "1/30", "-video_track_timescale", "30", "-c:v", "libx264"),
    )  # fmt: skip
    assert {after - before for before, after in pairwise(stamps(clip))} == {Fraction(1, 30), Fraction(2, 30)}
    assert probe(clip).variable_rate


def test_b_frames_are_counted_in_the_order_they_are_shown(tmp_path: Path) -> None:
    options = ("-c:v", "libx264", "-preset", "medium", "-bf", "3")
    facts = probe(make_clip(tmp_path / "clip.mp4", 30, 24, options=options))
    assert (facts.rate, facts.frames, facts.start_s, facts.variable_rate) == (24, 30, 0, False)


def test_frames_that_an_edit_list_hides_do_not_count(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 48, 24, options=("-c:v", "libx264", "-g", "48", "-bf", "2"))
    run("-ss", "0.5", "-i", str(clip), "-c", "copy", str(tmp_path / "trimmed.mp4"))
    facts = probe(tmp_path / "trimmed.mp4")
    assert facts.frames == len(decoded(tmp_path / "trimmed.mp4")) < 48
    assert (facts.rate, facts.variable_rate) == (24, False)


def test_a_clip_that_starts_late_says_when(tmp_path: Path, plain: Path) -> None:
    run("-itsoffset", "1.5", "-i", str(plain), "-c", "copy", str(tmp_path / "late.mkv"))
    facts = probe(tmp_path / "late.mkv")
    assert (facts.start_s, facts.rate, facts.frames) == (Fraction(3, 2), 24, 24)


def test_a_single_frame_has_the_rate_that_its_file_states(tmp_path: Path) -> None:
    facts = probe(make_clip(tmp_path / "one.mp4", 1, 25))
    assert (facts.frames, facts.rate, facts.variable_rate, facts.longest_step_s) == (1, 25, False, Fraction(1, 25))


def test_the_size_is_the_one_shown(tmp_path: Path, plain: Path) -> None:
    run("-display_rotation", "90", "-i", str(plain), "-c", "copy", str(tmp_path / "turned.mp4"))
    turned = probe(tmp_path / "turned.mp4")
    assert (turned.width, turned.height) == (90, 160)
    run("-display_rotation", "180", "-i", str(plain), "-c", "copy", str(tmp_path / "over.mp4"))
    assert probe(tmp_path / "over.mp4").width == 160
    wide = probe(make_clip(tmp_path / "wide.mp4", filters="setsar=4/3,format=yuv420p"))
    assert (wide.width, wide.height) == (213, 90)


def test_odd_sizes_and_ten_bits_are_read(tmp_path: Path) -> None:
    odd = probe(make_clip(tmp_path / "odd.mp4", 8, size=(161, 91), filters="format=yuv444p"))
    assert (odd.width, odd.height) == (161, 91)
    deep = probe(make_clip(tmp_path / "deep.mp4", 8, filters="format=yuv420p10le"))
    assert (deep.frames, deep.rate) == (8, 24)


def test_sound_beside_the_picture_is_seen(tmp_path: Path, plain: Path) -> None:
    run("-i", str(plain), "-f", "lavfi", "-i", "sine", "-shortest", "-c:v", "copy", str(tmp_path / "heard.mp4"))
    assert probe(tmp_path / "heard.mp4").has_sound


def test_other_containers_are_read(tmp_path: Path, plain: Path) -> None:
    run("-i", str(plain), "-c", "copy", str(tmp_path / "clip.mov"))
    run("-i", str(plain), "-c:v", "libvpx-vp9", "-deadline", "realtime", str(tmp_path / "clip.webm"))
    assert probe(tmp_path / "clip.mov").frames == 24
    assert (probe(tmp_path / "clip.webm").codec, probe(tmp_path / "clip.webm").frames) == ("vp9", 24)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty (0 bytes)"),
        (b"<!doctype html><html><body>403 Forbidden</body></html>", "holds text"),
        (b'{"error": "expired"}', "holds text"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "is a play list"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "is a play list"),
        (b'<?xml version="1.0"?><MPD></MPD>', "is a play list"),
        (b"GIF89a" + bytes(50), "is an animated GIF"),
        (b"OggS" + bytes(50), "is sound (ogg)"),
        (bytes(range(256)) * 4, "is not a kind of file"),
        (b"\0\0\0\x20ftypisom" + bytes(20), "cut short or damaged"),
    ],
)
def test_what_is_no_clip_is_told_in_one_sentence(data: bytes, says: str, tmp_path: Path) -> None:
    clip = tmp_path / "täke #3.mp4"
    clip.write_bytes(data)
    with pytest.raises(BadMedia) as told:
        probe(clip)
    assert str(told.value).startswith("täke #3.mp4 ")
    assert says in str(told.value)
    assert "\n" not in str(told.value)
    assert str(tmp_path) not in str(told.value)


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="not there"):
        probe(tmp_path / "none.mp4")
    with pytest.raises(BadMedia, match="is a folder"):
        probe(tmp_path)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "clip.mp4")
    with pytest.raises(BadMedia, match="is not a file but a pipe"):
        probe(tmp_path / "clip.mp4")


def test_a_file_without_a_picture_is_told(tmp_path: Path, plain: Path) -> None:
    song = tmp_path / "song.mp4"
    run("-f", "lavfi", "-i", "sine=duration=1", str(song))
    with pytest.raises(BadMedia, match="has no picture"):
        probe(song)
    run("-i", str(song), "-i", str(plain), "-map", "0", "-map", "1", "-c:a", "copy", "-c:v", "mjpeg", "-frames:v", "1",
        "-disposition:v", "attached_pic", str(tmp_path / "cover.m4a"))  # fmt: skip
    with pytest.raises(BadMedia, match="has no picture"):
        probe(tmp_path / "cover.m4a")


@pytest.mark.parametrize("left", [0.03, 0.3, 0.9])
def test_a_download_that_was_cut_short_is_told(left: float, tmp_path: Path, grainy: Path) -> None:
    whole = grainy.read_bytes()
    clip = tmp_path / "cut.mp4"
    clip.write_bytes(whole[: int(len(whole) * left)])
    with pytest.raises(BadMedia, match=r"cut\.mp4 .*cut short"):
        probe(clip)


def test_a_clip_whose_index_never_came_is_told(tmp_path: Path, plain: Path) -> None:
    whole = plain.read_bytes()  # its index is at the end
    clip = tmp_path / "cut.mp4"
    clip.write_bytes(whole[:-400])
    with pytest.raises(BadMedia, match="cut short"):
        probe(clip)


odd_rates = st.builds(Fraction, st.integers(80, 6000), st.sampled_from((1, 3, 12, 100)))


@settings(deadline=None, max_examples=150)
@given(
    rate=st.one_of(st.sampled_from(STANDARD_RATES), odd_rates.filter(lambda rate: 1 <= rate <= 120)),
    base=st.sampled_from([Fraction(1, n) for n in (1000, 600, 12800, 16384, 90000, 30000, 1000000)]),
    count=st.integers(2, 150),
    start=st.integers(0, 5000),
    how=st.sampled_from((math.floor, round, math.ceil)),
)
def test_every_time_stamp_is_within_a_tick_of_the_rate_that_is_said(
    rate: Fraction, base: Fraction, count: int, start: int, how: type
) -> None:
    ticks = [how((start + k) / rate / base) for k in range(count)]
    if 1 / (rate * base) < 3:
        return  # a tick is a good part of a frame
    found, constant = rate_of(ticks, base, None)
    assert constant
    assert all(abs((tick - ticks[0]) - k / (found * base)) <= 1 for k, tick in enumerate(ticks))


@settings(deadline=None, max_examples=60)
@given(
    rate=st.sampled_from(STANDARD_RATES),
    base=st.sampled_from([Fraction(1, 1000), Fraction(1, 600), Fraction(1, 90000)]),
)
def test_a_standard_rate_is_found_in_five_seconds_of_rounded_time_stamps(rate: Fraction, base: Fraction) -> None:
    if 1 / (rate * base) < 3:
        return
    count = max(2, round(5 * rate))
    assert rate_of([round(k / rate / base) for k in range(count)], base, None) == (rate, True)


@settings(deadline=None, max_examples=100)
@given(low=st.fractions(Fraction(1, 50), 300, max_denominator=400), width=st.fractions(0, 1, max_denominator=1000))
def test_no_simpler_fraction_lies_between(low: Fraction, width: Fraction) -> None:
    high = low + width
    found = simplest_between(low, high)
    assert low <= found <= high
    assert not any(math.ceil(low * d) <= math.floor(high * d) for d in range(1, found.denominator))
