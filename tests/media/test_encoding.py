"""Frames to a clip."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from studio.errors import BadInput, StudioError
from studio.media import encode, probe, shortened
from tests.media.making import decoded, number_in, numbered, stamps


def frames(count: int, width: int = 160, height: int = 90) -> Iterator[np.ndarray]:
    return (numbered(number, width, height) for number in range(count))


RATES = (
    *(Fraction(whole) for whole in (8, 30, 239)),
    *(Fraction(25, 3), Fraction(277, 12), Fraction(24000, 1001), Fraction(120000, 1001), Fraction(10000, 9999)),
)


@pytest.mark.parametrize("rate", RATES)
def test_every_frame_stands_at_its_exact_time(rate: Fraction, tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    assert encode(frames(30), clip, rate=rate) == 30
    times = stamps(clip)
    assert times[0] == 0
    assert {after - before for before, after in pairwise(times)} == {1 / rate}
    assert [number_in(picture) for picture in decoded(clip)] == list(range(30))


def test_the_same_frames_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.mp4", "two.mp4"):
        encode(frames(12), tmp_path / name, rate=Fraction(24))
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()


def test_two_that_make_the_same_clip_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"

    def slowly() -> Iterator[np.ndarray]:
        yield from frames(6)
        encode(frames(12), clip, rate=Fraction(24))  # another begins later and ends first
        yield from list(frames(12))[6:]

    encode(frames(12), tmp_path / "alone.mp4", rate=Fraction(24))
    assert encode(slowly(), clip, rate=Fraction(24)) == 12
    assert clip.read_bytes() == (tmp_path / "alone.mp4").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["alone.mp4", "clip.mp4"]


def test_the_picture_is_tagged_and_coloured_as_bt709(tmp_path: Path) -> None:
    colours = [(0, 0, 255), (0, 255, 0), (255, 0, 0), (40, 90, 200), (128, 128, 128), (255, 255, 255)]
    clip = tmp_path / "clip.mp4"
    encode((np.full((64, 64, 3), colour, np.uint8) for colour in colours), clip, rate=Fraction(24))
    with av.open(str(clip)) as box:
        stream = box.streams.video[0]
        context = stream.codec_context
        assert (context.pix_fmt, context.codec.name) == ("yuv420p", "h264")
        assert (context.color_primaries, context.color_trc, context.colorspace, context.color_range) == (1, 1, 1, 1)
        assert not {"creation_time", "comment"} & {*box.metadata, *stream.metadata}
        for frame, (blue, green, red) in zip(box.decode(stream), colours, strict=True):
            luma = 16 + 219 / 255 * (0.2126 * red + 0.7152 * green + 0.0722 * blue)  # ITU-R BT.709, TV range
            assert abs(np.asarray(frame.planes[0])[32 * frame.planes[0].line_size + 32] - luma) < 2.5


def test_a_clip_that_could_not_be_made_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> Iterator[np.ndarray]:
        yield from frames(5)
        raise RuntimeError("the drawing failed")

    with pytest.raises(RuntimeError, match="the drawing failed"):
        encode(broken(), tmp_path / "clip.mp4", rate=Fraction(24))
    assert not list(tmp_path.iterdir())


def test_an_interrupted_clip_leaves_the_older_one(tmp_path: Path) -> None:
    def interrupted() -> Iterator[np.ndarray]:
        yield from frames(5)
        raise KeyboardInterrupt

    (tmp_path / "clip.mp4").write_bytes(b"older")
    with pytest.raises(KeyboardInterrupt):
        encode(interrupted(), tmp_path / "clip.mp4", rate=Fraction(24))
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("clip.mp4", b"older")]


@pytest.mark.parametrize(
    ("pictures", "says"),
    [
        ([], "no frame to write"),
        ([np.zeros((91, 160, 3), np.uint8)], "91 × 160 × 3: H.264 takes .* an even height and width"),
        ([np.zeros((90, 160), np.uint8)], "90 × 160"),
        ([numbered(0, 160, 90), numbered(1, 162, 90)], "frame 1 of clip.mp4 is uint8"),
    ],
)
def test_frames_that_make_no_clip_are_told(pictures: list[np.ndarray], says: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=says):
        encode(pictures, tmp_path / "clip.mp4", rate=Fraction(24))
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="No such file or directory"):
        encode(frames(3), tmp_path / "none" / "clip.mp4", rate=Fraction(24))


@pytest.mark.parametrize(("size", "small"), [((320, 180), (160, 90)), ((180, 320), (90, 160)), ((64, 64), (64, 64))])
def test_the_beginning_of_a_clip_is_written_small_where_it_has_to_be_small(
    size: tuple[int, int], small: tuple[int, int], tmp_path: Path
) -> None:
    clip = tmp_path / "clip.mp4"
    encode(frames(24, *size), clip, rate=Fraction(24))
    made = shortened(clip, Fraction(1, 2), tmp_path / "short.mp4", 90)
    facts = probe(made)
    assert (facts.width, facts.height, facts.frames, facts.rate) == (*small, 12, 24)


def test_a_clip_that_is_short_already_is_sent_as_it_is(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    encode(frames(12), clip, rate=Fraction(24))
    assert shortened(clip, Fraction(1), tmp_path / "short.mp4") == clip
