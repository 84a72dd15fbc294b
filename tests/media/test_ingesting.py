"""A clip comes in."""

import hashlib
import random
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import pytest

from studio.errors import BadMedia
from studio.media import Library, ingest, probe, read_still
from tests.media.making import decoded, make_clip, number_in, run, stamps


def left_in(library: Library) -> list[str]:
    return sorted(path.name for path in (library.folder / "media").rglob("*") if path.is_file())


def test_one_call_gives_facts_hash_and_three_pictures(plain: Path, library: Library) -> None:
    made = ingest(plain, "07A-003", library, expected_frames=24)
    assert made.probe == probe(plain)
    assert made.sha256 == hashlib.sha256(plain.read_bytes()).hexdigest()
    assert made.decoded_frames == 24
    assert [library.relative(path) for path in (made.poster, made.strip, made.proxy)] == [
        "media/posters/07A-003.jpg",
        "media/strips/07A-003.jpg",
        "media/proxies/07A-003.mp4",
    ]
    assert left_in(library) == ["07A-003.jpg", "07A-003.jpg", "07A-003.mp4"]


def test_the_pictures_show_the_right_frames(plain: Path, library: Library) -> None:
    made = ingest(plain, "07A-003", library)
    assert number_in(read_still(made.poster)) == 8
    strip = read_still(made.strip)
    assert strip.shape == (90, 8 * 160, 3)
    assert [number_in(strip[:, 160 * k : 160 * (k + 1)]) for k in range(8)] == [1, 4, 7, 10, 13, 16, 19, 22]
    assert [number_in(picture) for picture in decoded(made.proxy)] == list(range(24))


@pytest.mark.parametrize("rate", [Fraction(25, 3), Fraction(277, 12), Fraction(24000, 1001)])
def test_the_proxy_keeps_the_clip_s_times_and_is_quick_to_seek_in(
    rate: Fraction, tmp_path: Path, library: Library
) -> None:
    options = ("-c:v", "libx264", "-preset", "medium", "-bf", "3")
    made = ingest(make_clip(tmp_path / "clip.mp4", 40, rate, options=options), "01A-001", library)
    assert probe(made.proxy).rate == rate
    assert stamps(made.proxy)[0] == 0
    with av.open(str(made.proxy)) as box:
        keys = [k for k, frame in enumerate(box.decode(video=0)) if frame.key_frame]
        assert not box.streams.audio
    assert keys[0] == 0
    assert max(after - before for before, after in pairwise([*keys, 40])) <= 12


def test_the_proxy_of_a_variable_rate_keeps_every_frame_at_its_time(tmp_path: Path, library: Library) -> None:
    clip = make_clip(
        tmp_path / "clip.mp4", 60, 30, filters="select='not(eq(mod(n,7),3))',format=yuv420p",
        options=("-fps_mode", "vfr", "-c:v", "libx264"),
    )  # fmt: skip
    made = ingest(clip, "01A-001", library)
    assert made.probe.variable_rate
    assert stamps(made.proxy) == stamps(clip)


@pytest.mark.parametrize(
    ("size", "poster", "cell", "proxy"),
    [
        ((1280, 720), (480, 270), (160, 90), (854, 480)),
        ((720, 1280), (270, 480), (50, 90), (480, 854)),
        ((512, 512), (480, 480), (90, 90), (480, 480)),
        ((256, 256), (256, 256), (90, 90), (256, 256)),
        ((161, 91), (160, 90), (160, 90), (160, 90)),
    ],
    ids=str,
)
def test_pictures_keep_the_shape_and_are_never_enlarged(
    size: tuple[int, int], poster: tuple[int, int], cell: tuple[int, int], proxy: tuple[int, int],
    tmp_path: Path, library: Library,
) -> None:  # fmt: skip
    made = ingest(make_clip(tmp_path / "clip.mp4", 8, size=size, filters="format=yuv444p"), "01A-001", library)
    assert read_still(made.poster).shape[1::-1] == poster
    assert read_still(made.strip).shape[1::-1] == (8 * cell[0], cell[1])
    facts = probe(made.proxy)
    assert (facts.width, facts.height) == proxy


def test_a_turned_clip_is_shown_as_it_is_watched(tmp_path: Path, plain: Path, library: Library) -> None:
    run("-display_rotation", "-90", "-i", str(plain), "-c", "copy", str(tmp_path / "turned.mp4"))
    made = ingest(tmp_path / "turned.mp4", "01A-001", library)
    poster = read_still(made.poster)
    assert poster.shape == (160, 90, 3)
    assert number_in(poster.transpose(1, 0, 2)) == 8
    assert (probe(made.proxy).width, probe(made.proxy).height) == (90, 160)


@pytest.mark.parametrize("size", ["15360x64", "64x8192"])
def test_a_clip_of_any_shape_has_its_pictures(size: str, tmp_path: Path, library: Library) -> None:
    clip = tmp_path / "clip.mp4"
    run(
        "-f",
        "lavfi",
        "-i",
        f"color=size={size}:rate=8",
        "-frames:v",
        "3",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        str(clip),
    )
    made = ingest(clip, "07A-003", library)
    assert f"{made.probe.width}x{made.probe.height}" == size
    assert made.strip.stat().st_size > 0
    assert len(decoded(made.proxy)) == 3


@pytest.mark.parametrize("frames", [1, 2, 5, 7])
def test_a_very_short_clip_has_all_pictures(frames: int, tmp_path: Path, library: Library) -> None:
    made = ingest(make_clip(tmp_path / "clip.mp4", frames), "01A-001", library)
    strip = read_still(made.strip)
    numbers = [number_in(strip[:, 160 * k : 160 * (k + 1)]) for k in range(8)]
    assert numbers == [min(k, frames - 1) for k in range(8)]
    assert number_in(read_still(made.poster)) == frames // 3
    assert made.decoded_frames == frames


def test_ten_bits_webm_sound_and_covers_come_in(tmp_path: Path, plain: Path, library: Library) -> None:
    deep = make_clip(tmp_path / "deep.mp4", 8, filters="format=yuv420p10le")
    webm = tmp_path / "clip.webm"
    run("-i", str(plain), "-c:v", "libvpx-vp9", "-deadline", "realtime", str(webm))
    heard = tmp_path / "heard.mp4"
    run("-i", str(plain), "-f", "lavfi", "-i", "sine", "-shortest", "-c:v", "copy", str(heard))
    for k, (clip, frames) in enumerate(((deep, 8), (webm, 24), (heard, 24)), 1):
        assert ingest(clip, f"01A-{k:03d}", library).decoded_frames == frames


def test_the_cover_of_a_clip_is_not_taken_for_its_picture(tmp_path: Path, plain: Path, library: Library) -> None:
    cover = tmp_path / "cover.jpg"
    run("-f", "lavfi", "-i", "color=white:size=64x64", "-frames:v", "1", str(cover))
    clip = tmp_path / "clip.mp4"
    run("-i", str(cover), "-i", str(plain), "-map", "0", "-map", "1", "-c", "copy",
        "-disposition:v:0", "attached_pic", str(clip))  # fmt: skip
    made = ingest(clip, "01A-001", library)
    assert made.decoded_frames == 24
    assert number_in(read_still(made.poster)) == 8


def test_frames_that_an_edit_list_hides_are_not_shown(tmp_path: Path, library: Library) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 48, 24, options=("-c:v", "libx264", "-g", "48", "-bf", "2"))
    trimmed = tmp_path / "trimmed.mp4"
    run("-ss", "0.5", "-i", str(clip), "-c", "copy", str(trimmed))
    made = ingest(trimmed, "01A-001", library)
    wanted = [number_in(picture) for picture in decoded(trimmed)]
    assert made.decoded_frames == made.probe.frames == len(wanted) < 48
    assert [number_in(picture) for picture in decoded(made.proxy)] == wanted
    assert number_in(read_still(made.poster)) == wanted[len(wanted) // 3]


def test_a_clip_of_another_length_than_asked_for_is_refused(plain: Path, library: Library) -> None:
    with pytest.raises(BadMedia, match=r"plain\.mp4 has 24 frames where 48 were asked for"):
        ingest(plain, "07A-003", library, expected_frames=48)
    assert left_in(library) == []


def test_a_clip_on_its_way_in_is_called_by_its_label(plain: Path, library: Library) -> None:
    arriving = library.copy_in(plain, "0190-abc")
    with pytest.raises(BadMedia, match=r"^07A-003 has 24 frames"):
        ingest(arriving, "07A-003", library, expected_frames=48)
    arriving.write_bytes(b"")
    with pytest.raises(BadMedia, match=r"^07A-003 is empty"):
        ingest(arriving, "07A-003", library)


def test_a_clip_with_a_damaged_frame_is_refused_and_leaves_nothing(
    tmp_path: Path, grainy: Path, library: Library
) -> None:
    data = bytearray(grainy.read_bytes())
    middle = data.index(b"mdat") + len(data) // 2
    data[middle : middle + 3000] = random.Random(1).randbytes(3000)
    clip = tmp_path / "broken.mp4"
    clip.write_bytes(data)
    with pytest.raises(BadMedia, match=r"broken\.mp4 does not decode cleanly") as told:
        ingest(clip, "07A-003", library)
    assert str(tmp_path) not in str(told.value)
    assert left_in(library) == []


@pytest.mark.parametrize("suffix", [".mkv", ".webm"])
def test_a_stream_that_ends_early_is_refused(suffix: str, tmp_path: Path, grainy: Path, library: Library) -> None:
    codec = "copy" if suffix == ".mkv" else "libvpx-vp9"
    run("-i", str(grainy), "-c:v", codec, "-deadline", "realtime", "-cpu-used", "8", str(tmp_path / f"whole{suffix}"))
    whole = (tmp_path / f"whole{suffix}").read_bytes()
    (tmp_path / f"cut{suffix}").write_bytes(whole[: len(whole) // 2])
    assert ingest(tmp_path / f"whole{suffix}", "01A-001", library).decoded_frames == 48
    with pytest.raises(BadMedia, match="File ended prematurely"):
        ingest(tmp_path / f"cut{suffix}", "01A-002", library)


def test_pictures_of_an_earlier_run_are_replaced(plain: Path, tmp_path: Path, library: Library) -> None:
    ingest(make_clip(tmp_path / "other.mp4", 12), "07A-003", library)
    made = ingest(plain, "07A-003", library)
    assert number_in(read_still(made.poster)) == 8
    assert probe(made.proxy).frames == 24
