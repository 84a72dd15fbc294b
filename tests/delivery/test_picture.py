"""Size, shape and colour: what was seen in the take is what is seen in the film."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from studio.delivery.rendering import render
from studio.media import probe, read_frames, sha256_of
from studio.nouns import Source

RED, GREEN, BLUE, WHITE = (200, 40, 40), (40, 160, 60), (40, 60, 200), (235, 235, 235)


def quarters(film, plain_ffmpeg, name, width, height, *, matrix, coding=(), tag=True):
    """A take of four colours, red green / blue white, encoded with a matrix and tagged with it, or not."""
    path = film.folder / f"media/takes/{name}.mp4"
    picture = np.zeros((height, width, 3), np.uint8)
    for n, colour in enumerate((RED, GREEN, BLUE, WHITE)):
        rows, columns = (slice(height // 2), slice(height // 2, None)), (slice(width // 2), slice(width // 2, None))
        picture[rows[n // 2], columns[n % 2]] = colour
    plain_ffmpeg(
        *("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", "24", "-i", "-"),
        *("-vf", f"scale=out_color_matrix={matrix}:out_range=tv,format=yuv420p"
          + (f",setparams=colorspace={matrix}" if tag else ",setparams=colorspace=unknown")),
        *("-c:v", "libx264", "-qp", "4", *coding, str(path)),
        data=picture.tobytes() * 12,
    )  # fmt: skip
    return path


def as_take(film, path):
    facts = probe(path)
    name = path.stem
    return Source(
        "take", name, f"media/takes/{path.name}", sha256_of(path), facts.rate, facts.frames, facts.width, facts.height,
        name.replace("-", ""),
    )  # fmt: skip


def middle_frame(film, path, **facts):
    cut = film.cut([(as_take(film, path), 6, 0, Fraction(1))], **facts)
    report = render(cut, film.folder, film.folder / "film.mp4")
    return read_frames(report.path, [3])[0][:, :, ::-1].astype(int)  # RGB


def close(pixel, colour, by=6):
    return np.abs(np.asarray(pixel) - colour).max() <= by


def four(image, left=0, top=0, right=None, bottom=None):
    """The colours at the middle of the four quarters of a part of the picture."""
    part = image[top:bottom, left:right]
    h, w = part.shape[:2]
    return [part[h * y // 4, w * x // 4] for y in (1, 3) for x in (1, 3)]


def test_a_square_take_stands_between_black_bars(film, plain_ffmpeg):
    path = quarters(film, plain_ffmpeg, "01A-001", 256, 256, matrix="bt709", tag=True)
    image = middle_frame(film, path, width=640, height=360)
    assert image.shape == (360, 640, 3)
    assert image[:, :138].max() < 8
    assert image[:, 502:].max() < 8
    assert all(close(a, b) for a, b in zip(four(image, 140, 0, 500, 360), (RED, GREEN, BLUE, WHITE), strict=True))


def test_a_portrait_take_cropped_fills_the_frame_from_its_middle(film, plain_ffmpeg):
    path = quarters(film, plain_ffmpeg, "01A-001", 360, 640, matrix="bt709")
    image = middle_frame(film, path, width=640, height=360, fit="crop")
    assert all(close(a, b) for a, b in zip(four(image), (RED, GREEN, BLUE, WHITE), strict=True))
    assert close(image[0, 0], RED)
    assert close(image[-1, -1], WHITE)


@pytest.mark.parametrize(("width", "height"), [(854, 480), (720, 480), (482, 270), (1364, 768), (257, 145)])
def test_any_size_comes_out_at_the_size_of_the_film(width, height, film, plain_ffmpeg):
    width, height = width - width % 2, height - height % 2
    path = quarters(film, plain_ffmpeg, "01A-001", width, height, matrix="bt709")
    for fit in ("letterbox", "crop"):
        image = middle_frame(film, path, width=640, height=360, fit=fit)
        assert image.shape == (360, 640, 3)
        assert all(close(a, b) for a, b in zip(four(image), (RED, GREEN, BLUE, WHITE), strict=True))


def test_wide_pixels_are_made_square(film, plain_ffmpeg):
    path = quarters(film, plain_ffmpeg, "01A-001", 320, 360, matrix="bt709", coding=("-aspect", "16:9"))
    assert (probe(path).width, probe(path).height) == (640, 360)
    image = middle_frame(film, path, width=640, height=360)
    assert all(close(a, b) for a, b in zip(four(image), (RED, GREEN, BLUE, WHITE), strict=True))
    assert close(image[4, 4], RED)


def test_a_turned_take_stands_upright(film, plain_ffmpeg):
    lying = quarters(film, plain_ffmpeg, "09A-001", 640, 360, matrix="bt709")
    path = film.folder / "media/takes/01A-001.mp4"
    plain_ffmpeg("-display_rotation", "90", "-i", str(lying), "-c", "copy", str(path))
    assert (probe(path).width, probe(path).height) == (360, 640)
    image = middle_frame(film, path, width=360, height=640)
    # a quarter turn against the clock: what was right is now on top
    assert all(close(a, b) for a, b in zip(four(image), (GREEN, WHITE, RED, BLUE), strict=True))


@pytest.mark.parametrize(
    ("matrix", "tag", "height"),
    [("bt709", True, 360), ("bt601", True, 360), ("bt601", False, 360), ("bt709", False, 720)],
)
def test_colours_are_those_of_the_take(matrix, tag, height, film, plain_ffmpeg):
    """Untagged takes, as most generators make them, count as bt709 from 720 lines on, else as bt601."""
    path = quarters(
        film, plain_ffmpeg, "01A-001", height * 16 // 9, height, matrix=matrix.replace("bt601", "smpte170m"), tag=tag
    )
    image = middle_frame(film, path, width=640, height=360)
    assert all(close(a, b, 4) for a, b in zip(four(image), (RED, GREEN, BLUE, WHITE), strict=True))


def test_the_range_of_a_full_range_take_is_kept(film, plain_ffmpeg):
    path = film.folder / "media/takes/01A-001.mp4"
    plain_ffmpeg(
        "-f",
        "lavfi",
        "-i",
        "color=c=white:s=640x360:r=24:d=0.5,drawbox=w=iw/2:c=black:t=fill",
        "-vf",
        "scale=out_range=pc,format=yuvj420p",
        "-c:v",
        "libx264",
        str(path),
    )
    image = middle_frame(film, path, width=640, height=360)
    assert image[:, 8:300].max() < 4
    assert image[:, 340:-8].min() > 251
