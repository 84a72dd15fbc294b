"""The circle closed: what is asked for is drawn by previz, and measuring sees the move that was asked for."""

from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from studio.camera import Camera, Measured, measure, vocabulary
from studio.camera.vocabulary import AXES
from studio.media import encode, read_frames
from studio.providers.previz.drawing import draw

SCENES = (
    "Two teenagers meet in a school corridor; her bubble gum fills the frame.",
    "A market street in the rain at night, neon signs.",
    "A forest at dawn, an old house.",
    "A kitchen in the morning, a kettle.",
)
RATE, SIZE, SECONDS = Fraction(24), (256, 144), 2.5
LOOKS = {"tx": "pan", "ty": "tilt", "tz": "zoom", "pan": "pan", "tilt": "tilt", "roll": "roll", "zoom": "zoom"}
STILL = ("static", "handheld", "shake")
SURE = [row.id for row in vocabulary().values() if row.measurable == "Y" and row.id not in STILL]
FAMILY = [row.id for row in vocabulary().values() if row.measurable == "P"]


def drawn(words: str, scene: int, seconds: float = SECONDS, rate: Fraction = RATE) -> Measured:
    """Measured of a clip that previz draws, its legend on it."""
    camera = Camera.parse(words)
    assert camera.unknown == ()
    path = camera.path(seconds, rate)
    pictures = draw(SCENES[scene % len(SCENES)], path, *SIZE, 3 + scene, "07A-003")
    grey = [cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) for picture in pictures]
    return measure(grey, np.arange(len(grey)) / float(rate))


def family(move: str) -> set[tuple[str, int]]:
    """What a move of the vocabulary looks like in two dimensions."""
    return {
        (LOOKS[axis], 1 if value > 0 else -1)
        for axis, value in zip(AXES, vocabulary()[move].axes, strict=True)
        if value
    }


@pytest.mark.parametrize(("scene", "move"), list(enumerate(SURE)))
def test_a_move_that_can_be_measured_is_measured_as_itself(scene, move) -> None:
    measured = drawn(move.replace("_", " "), scene)
    assert measured.readable, measured.why
    got = measured.moves[0]
    assert (got.axis, got.sense) in family(move)
    if vocabulary()[move].path in ("line", "burst"):
        assert move in got.ids
    assert len({part.move for part in measured.segments if part.moves}) == 1
    assert (measured.speed == "whip") == (vocabulary()[move].path == "burst" or "barrel" in move)


@pytest.mark.parametrize(("scene", "move"), list(enumerate(FAMILY)))
def test_a_move_of_a_family_is_measured_as_one_of_it_and_never_as_a_lens_alone(scene, move) -> None:
    measured = drawn(move.replace("_", " "), scene)
    if vocabulary()[move].path == "hold_size":  # lens against travel: what is left differs from scene to scene
        assert len([got for got in measured.moves if got.axis in ("pan", "tilt", "roll")]) == 0
        return
    assert measured.readable, measured.why
    assert (measured.moves[0].axis, measured.moves[0].sense) in family(move)
    for got in measured.moves:
        assert got.axis == "roll" or any(name.split("_")[0] in ("dolly", "truck", "pedestal") for name in got.ids)


@pytest.mark.parametrize(("scene", "move"), list(itertools.product(range(4), STILL)))
def test_a_camera_that_stays_stands_still_and_by_hand_it_shakes(scene, move) -> None:
    measured = drawn(move, scene, 3)
    assert measured.move == "static"
    assert (measured.shake > 2) == (move != "static")
    if move == "static":
        assert max(map(abs, measured.totals)) < 1


@pytest.mark.parametrize(
    ("words", "axes"),
    [
        ("pan left, then push in", ["pan-", "zoom+"]),
        ("push in, then whip pan right", ["zoom+", "pan+"]),
        ("tilt up, then roll clockwise", ["tilt+", "roll+"]),
        ("zoom in, then zoom out", ["zoom+", "zoom-"]),
        ("pan right, then hold still, then tilt down", ["pan+", "tilt-"]),
        ("crash zoom in, then pan left", ["zoom+", "pan-"]),
    ],
)
def test_moves_one_after_the_other_are_measured_in_their_order(words, axes) -> None:
    for scene in (0, 2):
        measured = drawn(words, scene, 4)
        got = [f"{m.axis}{'+' if m.sense > 0 else '-'}" for part in measured.segments for m in part.moves[:1]]
        assert got == axes, measured.move


@pytest.mark.parametrize("rate", [Fraction(8), Fraction(25, 2), Fraction(30)])
def test_the_rate_of_a_clip_makes_no_difference(rate) -> None:
    for words, axis in (("pan left", "pan"), ("slow zoom in", "zoom"), ("roll clockwise", "roll")):
        measured, usual = drawn(words, 1, rate=rate), drawn(words, 1)
        assert measured.move == usual.move
        assert measured.moves[0].axis == axis
        assert measured.moves[0].rate == pytest.approx(usual.moves[0].rate, rel=0.15, abs=0.5)


def test_a_clip_that_was_encoded_and_decoded_reads_the_same(tmp_path: Path) -> None:
    path = Camera.parse("pan right, then push in").path(3, RATE)
    encode(draw(SCENES[1], path, 320, 180, 5, "07A-003"), tmp_path / "a.mp4", rate=RATE)
    grey = [cv2.cvtColor(p, cv2.COLOR_BGR2GRAY) for p in read_frames(tmp_path / "a.mp4", range(len(path)))]
    measured = measure(grey, np.arange(len(grey)) / 24)
    assert [part.moves[0].axis for part in measured.segments if part.moves] == ["pan", "zoom"]
