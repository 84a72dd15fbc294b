"""Frames by number, and stills."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from studio.errors import BadInput, BadMedia, NotFound, StudioError
from studio.media import encode, read_frames, read_still, write_still
from tests.media.making import make_clip, number_in, numbered, run


@pytest.mark.parametrize("rate", [Fraction(8), Fraction(277, 12), Fraction(24000, 1001)])
def test_frames_come_by_number_in_the_order_asked_for(rate: Fraction, tmp_path: Path) -> None:
    options = ("-c:v", "libx264", "-bf", "3")
    clip = make_clip(tmp_path / "clip.mp4", 40, rate, options=options)
    wanted = [39, 0, 17, 17, 18, -1, -40]
    assert [number_in(picture) for picture in read_frames(clip, wanted)] == [39, 0, 17, 17, 18, 39, 0]
    assert read_frames(clip, []) == []


def test_a_frame_comes_back_as_it_was_written(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    picture = np.kron(rng.integers(0, 255, (9, 16, 3), np.uint8), np.ones((20, 20, 1), np.uint8))
    encode([picture], tmp_path / "clip.mp4", rate=Fraction(24))
    (back,) = read_frames(tmp_path / "clip.mp4", [0])
    assert (back.shape, back.dtype) == (picture.shape, np.uint8)
    inside = np.arange(10, 180, 20)  # the middles of the squares: their borders share colour
    middles = back[inside][:, np.arange(10, 320, 20)].astype(int) - picture[inside][:, np.arange(10, 320, 20)]
    assert np.abs(middles).mean() < 3  # the compression; a wrong colour matrix is 20 out
    assert np.abs(middles).max() < 16
    back[0, 0] = 0  # it may be drawn on


def test_frames_have_the_size_shown(tmp_path: Path, plain: Path) -> None:
    run("-display_rotation", "90", "-i", str(plain), "-c", "copy", str(tmp_path / "turned.mp4"))
    assert read_frames(tmp_path / "turned.mp4", [0])[0].shape == (160, 90, 3)


def test_a_number_that_the_clip_has_not_is_told(plain: Path) -> None:
    for index in (24, -25):
        with pytest.raises(BadInput, match=rf"no frame {index}: its 24 frames are 0 to 23"):
            read_frames(plain, [0, index])


@pytest.mark.parametrize("name", ["still.png", "still.jpg"])
def test_a_still_comes_back(name: str, tmp_path: Path) -> None:
    write_still(numbered(37, 160, 90), tmp_path / name)
    back = read_still(tmp_path / name)
    assert number_in(back) == 37
    if name.endswith("png"):
        assert np.array_equal(back, numbered(37, 160, 90))
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_what_is_no_still_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="not there"):
        read_still(tmp_path / "none.png")
    (tmp_path / "text.png").write_text("hello")
    with pytest.raises(BadMedia, match="not a picture"):
        read_still(tmp_path / "text.png")
    (tmp_path / "cut.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(StudioError, match="not a picture"):
        read_still(tmp_path / "cut.png")
    with pytest.raises(BadInput, match=r"end it in \.png or \.jpg"):
        write_still(numbered(1, 8, 8), tmp_path / "still.bmp")
