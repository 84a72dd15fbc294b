"""What previz draws: the camera that was asked for, in a picture without holes, the same for the same seed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from studio.camera import SUBJECT_DISTANCE, Camera, CameraPath, project, vocabulary
from studio.providers.previz.drawing import draw, focal_px, views
from studio.providers.previz.flight import Flight
from studio.providers.previz.layers import Sprite
from studio.providers.previz.scene import build, tilted
from studio.providers.previz.view import Texture

RATE = Fraction(12)
Frame = NDArray[np.uint8]


def flown(words: str, seconds: float = 1.0, rate: Fraction = RATE) -> CameraPath:
    return Camera.parse(words).path(seconds, rate)


def some(path: CameraPath, count: int) -> CameraPath:
    """Frames of a path from the first to the last: the same way, seen less often."""
    picked = np.linspace(0, len(path) - 1, count).astype(int)
    return CameraPath(path.rate, path.keys[picked], path.subject[picked])


def digest(frames: Iterable[Frame]) -> str:
    total = hashlib.sha256()
    for frame in frames:
        total.update(frame.tobytes())
    return total.hexdigest()


def apart(a: Frame, b: Frame) -> float:
    return float(np.abs(a.astype(np.int16) - b).mean())


def first(text: str, seed: int = 1, size: tuple[int, int] = (320, 180)) -> Frame:
    return next(draw(text, flown("static"), *size, seed, "07A-001"))


# --- the same and the different ---------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_frames() -> None:
    path = some(flown("push in, pan left"), 4)
    a, b = (digest(draw("a couple in a field at dusk", path, 320, 180, 7, "07A-003")) for _ in range(2))
    assert a == b


def test_another_seed_gives_another_picture_of_the_same_place() -> None:
    pictures = [first("a couple on a beach at sunset", seed) for seed in (1, 2, 3)]
    assert min(apart(pictures[i], pictures[j]) for i, j in ((0, 1), (1, 2), (0, 2))) > 4


def test_other_words_give_another_scene() -> None:
    texts = (
        "church aisle, wedding",
        "graveyard in rain",
        "a kitchen, morning",
        "a city at night",
        "an empty house in snow",
    )
    pictures = [first(text) for text in texts]
    assert min(apart(a, b) for i, a in enumerate(pictures) for b in pictures[:i]) > 15


def test_nothing_in_the_picture_changes_while_the_camera_rests() -> None:
    frames = list(draw("graveyard in rain", flown("static"), 320, 180, 1, "07A-001"))
    assert len(frames) == 12
    assert all(np.array_equal(frame, frames[0]) for frame in frames)


@pytest.mark.parametrize("size", [(202, 360), (256, 256), (480, 200), (64, 64)])
def test_every_shape_of_picture_is_drawn(size: tuple[int, int]) -> None:
    frame = first("two children in a garden", size=size)
    assert frame.shape == (size[1], size[0], 3)
    assert frame.dtype == np.uint8
    assert frame.std() > 10


def test_the_legend_stays_in_its_corner() -> None:
    path = some(flown("pan right, push in", 2), 3)
    named = list(draw("a field", path, 320, 180, 1, "07A-003"))
    other = list(draw("a field", path, 320, 180, 1, "11B-120"))
    for a, b in zip(named, other, strict=True):
        rows, columns = np.nonzero((a != b).any(axis=2))
        assert 0 < columns.max() < 130
        assert rows.min() > 155


# --- the camera -------------------------------------------------------------------------------------------------

MEASURABLE = [row.id for row in vocabulary().values() if row.kind == "move" and row.measurable in "YP"]


def marked(text: str, path: CameraPath, size: tuple[int, int]) -> NDArray[np.float64]:
    """(n, 2) pixels: where a marker at the subject is found in the frames; NaN where it is not in the picture."""
    scene = build(text, 1, focal_px(size[0]), *size, path)
    d = scene.subject_m
    dot = np.zeros((64, 64, 4), np.uint8)
    cv2.circle(dot, (32, 32), 28, (255, 0, 255, 255), cv2.FILLED)
    wide = 0.05 * d
    at = tilted(scene.pitch_deg).T @ [0.0, 0.0, d] - [0, wide / 2, 0]
    marker = Sprite(Texture(dot), at, wide, wide, 1.0, (0.001, 0.002), hazy=0, order_m=-1e3, moves=True)
    room = None if scene.room is None else replace(scene.room, sprites=(*scene.room.sprites, marker))
    flight = Flight(replace(scene, sprites=(*scene.sprites, marker), room=room, vignette=0.0, bloom=0.0), *size)
    found = []
    for view in views(path, *size, scene):
        frame = flight.frame(view).astype(np.int16)
        rows, columns = np.nonzero((frame[..., 0] > 235) & (frame[..., 1] < 20) & (frame[..., 2] > 235))
        found.append((columns.mean() + 0.5, rows.mean() + 0.5) if rows.size > 4 else (np.nan, np.nan))
    return np.array(found)


@pytest.mark.parametrize(
    "words",
    ["pan left", "tilt up", "roll clockwise", "zoom in", "push in", "pull out", "truck right", "pedestal up",
    "crane down",
     "track side right", "arc left", "low angle, push in", "overhead, truck left"],
)  # fmt: skip
def test_the_subject_is_seen_where_the_path_says(words: str) -> None:
    width, height = 320, 180
    path = some(flown(words, 2), 6)
    drawn = marked(f"{words}. a field at dusk", path, (width, height))
    said = project(path, path.subject) * width + [width / 2, height / 2]
    inside = (np.abs(said - [width / 2, height / 2]) < [width / 2 - 12, height / 2 - 12]).all(axis=1)
    assert inside.sum() >= 2
    assert np.nanmax(np.abs(drawn - said)[inside]) < 1.0  # pixels


@pytest.mark.parametrize("words", [row.words for row in vocabulary().values() if row.path == "arc"])
@pytest.mark.parametrize("text", ["a couple in a field", "a kitchen"])
def test_an_arc_keeps_its_subject_in_the_middle(words: str, text: str) -> None:
    width, height = 160, 90
    drawn = marked(text, some(flown(words, 4), 9), (width, height))
    away = np.abs(drawn - [width / 2, height / 2]) / [width, height]
    assert not np.isnan(away).any()
    assert away.max() < 0.10


def test_the_subject_travels_with_a_camera_that_follows_it() -> None:
    path = flown("track side right", 2)
    assert np.ptp(path.subject, axis=0).max() > 0.2 * SUBJECT_DISTANCE  # else this proves nothing
    drawn = marked("a beach", some(path, 5), (160, 90))
    assert np.abs(drawn - [80, 45]).max() < 16


def unpainted(text: str, path: CameraPath, width: int = 96, height: int = 54) -> list[int]:
    """How many pixels of each frame nothing was painted on."""
    scene = replace(build(text, 1, focal_px(width), width, height, path), vignette=0.0, bloom=0.0)
    flight = Flight(scene, width, height)
    out = []
    for view in views(path, width, height, scene):
        frame = flight.frame(view, (255, 0, 255, 255))
        out.append(int(((frame[..., 0] > 235) & (frame[..., 1] < 20) & (frame[..., 2] > 235)).sum()))
    return out


def test_no_move_outdoors_shows_an_unpainted_pixel() -> None:
    paths = [some(flown(vocabulary()[name].words, 4), 4) for name in MEASURABLE]
    keys, subjects = (np.concatenate([getattr(path, part) for path in paths]) for part in ("keys", "subject"))
    left = unpainted("a couple in a field at dusk", CameraPath(RATE, keys, subjects))
    assert {MEASURABLE[i // 4]: n for i, n in enumerate(left) if n} == {}


def test_no_move_indoors_shows_an_unpainted_pixel() -> None:
    names = [name for name in MEASURABLE if "left" not in name]  # its mirror is tried
    left = {name: max(unpainted("a kitchen", some(flown(vocabulary()[name].words, 4), 3))) for name in names}
    assert {name: n for name, n in left.items() if n} == {}


@pytest.mark.parametrize("words", ["pass through the window", "whip pan right", "orbit left", "very fast crane up"])
@pytest.mark.parametrize(
    "text",
    [
        "two teenagers in a school corridor; her bubble gum",
        "church aisle, wedding",
        "hospital window at night",
        "a stage, a singer",
    ],
)
def test_rooms_are_closed_on_all_sides(text: str, words: str) -> None:
    assert max(unpainted(text, some(flown(words, 4), 6))) == 0


def flow(frames: list[Frame]) -> NDArray[np.float64]:
    """Over the clip: how far the content goes right and down (shares of the width), its growth (ln), its turn
    (degrees clockwise): dense flow, and a fit that gives outliers little weight."""
    finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    grey = [cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY) for frame in frames]
    height, width = grey[0].shape
    ys, xs = np.mgrid[4 : height - 20 : 6, 4:width:6]
    x, y = (xs - width / 2).ravel(), (ys - height / 2).ravel()
    total = np.zeros(4)
    one, none = np.ones_like(x), np.zeros_like(x)
    rows = np.vstack([np.column_stack([one, none, x, -y]), np.column_stack([none, one, y, x])])
    for a, b in pairwise(grey):
        field = finder.calc(a, b, None)[ys, xs].reshape(-1, 2)
        wanted = np.concatenate([field[:, 0], field[:, 1]])
        weight = np.ones(x.size)
        fit = np.zeros(4)
        for _ in range(10):
            root = np.sqrt(np.tile(weight, 2))
            fit = np.linalg.lstsq(rows * root[:, None], wanted * root, rcond=None)[0]
            error = np.hypot(*np.split(rows @ fit - wanted, 2))
            weight = 1 / (1 + (error / 0.5) ** 2) ** 2
        total += [fit[0] / width, fit[1] / width, np.log1p(fit[2]), np.degrees(fit[3])]
    return total


@pytest.mark.parametrize("text", ["a couple in a field at dusk", "hospital window at night"])
@pytest.mark.parametrize(
    ("words", "axis", "sign", "least"),
    [("pan right", 0, -1, 0.3), ("truck right", 0, -1, 0.03), ("tilt up", 1, 1, 0.15), ("pedestal up", 1, 1, 0.02),
    ("zoom in", 2, 1, 0.3),
     ("push in", 2, 1, 0.03), ("pull out", 2, -1, 0.03), ("roll clockwise", 3, -1, 12.0)],
)  # fmt: skip
def test_the_move_is_seen_in_the_picture(text: str, words: str, axis: int, sign: int, least: float) -> None:
    measured = flow(list(draw(text, flown(words, 2), 256, 144, 1, "07A-001")))
    assert measured[axis] * sign > least
    scaled = np.abs(measured / [1, 1, 1, 57.3])
    assert scaled.argmax() == axis


# --- beginning with a given picture -----------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["push in", "static", "pan right", "handheld"])
def test_a_clip_begins_with_the_picture_it_is_given(words: str) -> None:
    still = first("church aisle, wedding", 3)
    frames = list(draw("a couple on a beach at sunset", flown(words, 2), 320, 180, 1, "07A-001", still))
    assert apart(frames[0][:150], still[:150]) < 1.5
    alone = list(draw("a couple on a beach at sunset", flown(words, 2), 320, 180, 1, "07A-001"))
    assert np.array_equal(frames[-1], alone[-1])  # and ends in the scene
    steps = [apart(a, b) for a, b in pairwise(frames)]
    assert max(steps) < 40  # without a cut in between


def test_a_given_picture_of_another_shape_fills_the_frame() -> None:
    still = cv2.resize(first("a forest"), (200, 300))
    frame = next(draw("a field", flown("push in"), 320, 180, 1, "07A-001", still))
    middle = cv2.resize(still, (320, 480), interpolation=cv2.INTER_CUBIC)[150:330]
    assert apart(frame[:150], middle[:150]) < 3
