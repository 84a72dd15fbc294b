"""A clip is looked at."""

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from studio.errors import BadInput, BadMedia, NotFound
from studio.media import Library, Look, Looker, ingest, look, looking, measure, probe
from studio.media.looking import small_frames
from tests.media.making import make_clip, run, stamps

H264 = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p")


def texture(width: int, height: int, seed: int = 5) -> np.ndarray:
    """A blotchy picture in colour."""
    noise = np.random.default_rng(seed).normal(size=(height, width, 3))
    soft = cv2.GaussianBlur(noise, (0, 0), max(1.0, width / 150))
    return np.clip(128 + 45 * soft / soft.std(), 0, 255).astype(np.uint8)


def panning(
    path: Path, frames: int = 48, rate: int = 24, size: tuple[int, int] = (640, 360), px: int = 4, more: str = "null"
) -> Path:
    """A camera that pans right by so many pixels a frame, over a wall of blotches."""
    width, height = size
    wall = texture(width + px * frames, height)
    pictures = (wall[:, k * px : k * px + width] for k in range(frames))
    data = b"".join(picture.tobytes() for picture in pictures)
    run(
        "-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{width}x{height}", "-r", str(rate), "-i", "-", "-vf", more,
        *H264, str(path), data=data,
    )  # fmt: skip
    return path


@pytest.fixture(scope="module")
def pan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return panning(tmp_path_factory.mktemp("pan") / "pan.mp4")


def test_what_ingest_sees_is_what_looking_and_measuring_see(pan: Path, library: Library) -> None:
    seen = look(pan)
    assert repr(ingest(pan, "07A-003", library).look) == repr(seen)
    assert repr(measure(pan).to_json()) == repr(seen.camera.to_json())
    assert (seen.camera.method, seen.flags.method, seen.features.method) >= (1, 1, 1)


def test_a_pan_right_is_measured_in_percent_of_the_width_a_second(pan: Path) -> None:
    camera = measure(pan)
    assert camera.moves[0].axis == "pan"
    assert camera.moves[0].sense == 1
    assert camera.totals[0] == pytest.approx(100 * 4 * 47 / 640, rel=0.1)
    assert camera.seconds == pytest.approx(2)


def test_a_pan_has_no_flags_and_its_ends_move(pan: Path) -> None:
    seen = look(pan)
    assert seen.flags.words == ""
    for end in (seen.features.head, seen.features.tail):
        assert end.motion is not None
        assert end.motion[0] == pytest.approx(15, rel=0.15)  # 4 of 640 pixels, 24 times a second
    assert seen.features.head.hash != seen.features.tail.hash


def test_the_ends_are_the_first_and_the_last_frame_and_the_middle_that_between(tmp_path: Path) -> None:
    colours = ["red", "lime", "blue"]
    inputs = [word for colour in colours for word in ("-f", "lavfi", "-i", f"color={colour}:size=64x36:rate=24:d=0.5")]
    graph = "[0][1][2]concat=n=3:v=1"
    run(*inputs, "-filter_complex", graph, *H264, str(tmp_path / "three.mp4"))
    pictures = [picture for picture, _ in small_frames(tmp_path / "three.mp4", probe(tmp_path / "three.mp4"), "three")]
    seen = look(tmp_path / "three.mp4").features
    assert len(pictures) == 36
    assert [int(pictures[k].mean((0, 1)).argmax()) for k in (0, 18, 35)] == [2, 1, 0]
    assert seen.head.lab[4, 8] == pytest.approx([53, 80, 67], abs=3)
    assert seen.tail.lab[4, 8] == pytest.approx([32, 79, -108], abs=3)


def test_the_same_motion_at_half_the_frames_is_as_fast(pan: Path, tmp_path: Path) -> None:
    half = panning(tmp_path / "half.mp4", frames=24, rate=12, px=8)
    assert measure(half).rates[3][0] == pytest.approx(measure(pan).rates[3][0], rel=0.15)


def test_frames_of_a_variable_rate_come_at_their_own_times(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    run("-i", str(panning(tmp_path / "even.mp4", 60, 30)), "-vf", "select='not(eq(mod(n,7),3))'", "-fps_mode", "vfr",
        *H264, str(clip))  # fmt: skip
    facts = probe(clip)
    assert facts.variable_rate
    times = [time_s for _, time_s in small_frames(clip, facts, "clip")]
    wanted = stamps(clip)
    assert times == pytest.approx([float(stamp - wanted[0]) for stamp in wanted])
    assert measure(clip).totals[0] == pytest.approx(100 * 4 * 59 / 640, rel=0.1)


def test_a_clip_that_does_not_begin_at_zero_is_timed_from_its_first_frame(pan: Path, tmp_path: Path) -> None:
    late = tmp_path / "late.mkv"
    run("-itsoffset", "5", "-i", str(pan), "-c", "copy", "-copyts", str(late))
    facts = probe(late)
    assert facts.start_s > 4
    assert next(iter(small_frames(late, facts, "late")))[1] == 0
    assert measure(late).totals[0] == pytest.approx(measure(pan).totals[0], rel=0.01)


def test_a_turned_clip_is_measured_as_it_is_watched(pan: Path, tmp_path: Path) -> None:
    run("-display_rotation", "90", "-i", str(pan), "-c", "copy", str(tmp_path / "turned.mp4"))
    facts = probe(tmp_path / "turned.mp4")
    picture, _ = next(iter(small_frames(tmp_path / "turned.mp4", facts, "turned")))
    assert picture.shape == (256, 144, 3)
    camera = measure(tmp_path / "turned.mp4")
    assert camera.moves[0].axis == "tilt"
    assert abs(camera.totals[1]) == pytest.approx(abs(measure(pan).totals[0]), rel=0.1)


@pytest.mark.parametrize(
    ("size", "small"),
    [((1280, 720), (256, 144)), ((720, 1280), (144, 256)), ((512, 512), (256, 256)), ((200, 100), (200, 100)),
     ((15360, 64), (256, 1)), ((64, 8192), (2, 256)), ((16, 16), (16, 16)), ((2, 2), (2, 2))],
    ids=str,
)  # fmt: skip
def test_small_frames_keep_the_shape_and_are_never_enlarged(
    size: tuple[int, int], small: tuple[int, int], tmp_path: Path, library: Library
) -> None:
    clip = tmp_path / "clip.mp4"
    run("-f", "lavfi", "-i", f"testsrc=size={size[0]}x{size[1]}:rate=8", "-frames:v", "3",
        "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", str(clip))  # fmt: skip
    frames = [picture for picture, _ in small_frames(clip, probe(clip), "clip")]
    assert [picture.shape for picture in frames] == [(small[1], small[0], 3)] * 3
    seen = ingest(clip, "07A-003", library).look
    if min(small) < 24:
        assert seen.camera.move == "unreadable"
    assert seen.features.head.lab.shape == (9, 16, 3)


def test_a_clip_of_one_frame_has_a_look_without_a_camera(tmp_path: Path, library: Library) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 1)
    seen = ingest(clip, "07A-003", library).look
    assert seen.camera.move == "unreadable"
    assert "one frame" in seen.camera.why
    assert seen.features.head == seen.features.tail
    assert seen.flags.words == ""
    assert measure(clip) == seen.camera
    assert seen.camera == type(seen.camera).from_json(seen.camera.to_json())


def test_a_frame_that_a_codec_repeats_is_frozen(tmp_path: Path) -> None:
    clip = panning(tmp_path / "clip.mp4", 48, more="loop=loop=18:size=1:start=12,fps=24")
    seen = look(clip)
    assert seen.flags.words == "frozen"
    assert seen.flags.frozen_s == pytest.approx(18 / 24, abs=1.5 / 24)


def test_a_cut_within_a_clip_is_found(pan: Path, tmp_path: Path) -> None:
    other = panning(tmp_path / "other.mp4", more="hue=h=120,hflip,vflip")
    run("-i", str(pan), "-i", str(other), "-filter_complex", "[0][1]concat=n=2:v=1", *H264, str(tmp_path / "two.mp4"))
    seen = look(tmp_path / "two.mp4")
    assert seen.flags.words == "cut"
    assert seen.flags.cuts_s == pytest.approx([2.0], abs=0.05)
    assert seen.camera.cuts_s == seen.flags.cuts_s


def test_bars_of_a_clip_are_found_through_the_codec(tmp_path: Path) -> None:
    clip = panning(tmp_path / "clip.mp4", 24, more="crop=640:272,pad=640:360:0:44")
    seen = look(clip)
    assert seen.flags.words == "letterbox"
    assert seen.flags.letterbox == pytest.approx(88 / 360, abs=0.015)


def test_looking_holds_few_frames_however_long_the_clip_is() -> None:
    def frames(count: int) -> Iterator[np.ndarray]:
        wall = texture(64 + 200, 36)
        for k in range(count):
            at = 100 + round(100 * np.sin(k / 20))
            yield np.ascontiguousarray(wall[:, at : at + 64])

    def peak(count: int) -> int:
        looker = Looker(count)
        tracemalloc.start()
        for k, picture in enumerate(frames(count)):
            looker.frame(picture, k / 24)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert isinstance(looker.done(), Look)
        return most

    peak(30)  # whatever is kept for good is there now
    held = peak(260) - peak(60)
    assert held < 200 * 64 * 36  # a third of the frames' bytes: a few numbers for each


def test_a_damaged_clip_is_one_sentence_with_its_name(tmp_path: Path, grainy: Path) -> None:
    data = bytearray(grainy.read_bytes())
    middle = data.index(b"mdat") + len(data) // 2
    data[middle : middle + 3000] = np.random.default_rng(1).bytes(3000)
    (tmp_path / "broken.mp4").write_bytes(data)
    for act in (look, measure):
        with pytest.raises(BadMedia, match=r"broken\.mp4 does not decode cleanly"):
            act(tmp_path / "broken.mp4")
        with pytest.raises(NotFound, match=r"nowhere\.mp4"):
            act(tmp_path / "nowhere.mp4")


def test_a_looker_that_saw_nothing_says_so() -> None:
    with pytest.raises(BadInput):
        Looker(0).done()


def test_a_mistake_of_ours_in_measuring_loses_no_clip_and_is_told(tmp_path, monkeypatch):
    clip = panning(tmp_path / "clip.mp4", frames=12)

    def breaks(*_):
        raise IndexError("too many indices")

    monkeypatch.setattr(looking.Measuring, "frame", breaks)
    seen = looking.look(clip)
    assert not seen.camera.readable
    assert seen.camera.why == "measuring it failed (IndexError: too many indices)"
    assert seen.camera.method == looking.FAILED  # so that film.measure() looks again
    assert seen.features.head is not None
