"""What a browser is given to draw is the path that stand-in clips are drawn on."""

import json
from fractions import Fraction

import numpy as np
import pytest

from studio.camera import Camera, flight, thumbnails, vocabulary
from studio.camera.preview import PORTAL_AT, PORTAL_AT_USUALLY
from studio.errors import BadInput


@pytest.mark.parametrize("words", ["", "fast push in, then whip pan right", "track follow, handheld", "arc left 360"])
@pytest.mark.parametrize(("seconds", "rate"), [(5, 12), (4.4, 12), (Fraction(1, 3), 24)])
def test_the_keys_are_those_of_the_cameras_path(words, seconds, rate):
    camera = Camera.parse(words)
    path = camera.path(seconds, Fraction(rate))
    made = json.loads(json.dumps(flight(camera, seconds, rate)))
    assert made["fps"] == rate
    assert made["seconds"] == pytest.approx(float(seconds), abs=1e-4)
    assert np.abs(np.array(made["keys"]) - path.keys).max() <= 0.5e-4 + 1e-12
    assert np.abs(np.array(made["subject"]) - path.subject).max() <= 0.5e-4 + 1e-12
    assert len(made["steps"]) == len(camera.steps)
    assert made["steps"] == [] or made["steps"][-1][1] == pytest.approx(float(seconds), abs=1e-4)


def test_steps_are_where_the_camera_changes_what_it_does():
    made = flight(Camera.parse("pan right over 2 seconds, then tilt up"), 5)
    assert made["steps"] == [[0, 2], [2, 5]]
    keys = np.array(made["keys"])
    assert keys[12 * 2, 3] > 0.8 * keys[-1, 3]
    assert keys[12 * 2, 4] < 0.2 * keys[-1, 4]


def test_a_pass_through_names_what_it_goes_through_and_when():
    made = flight(Camera.parse("fast push in, then pass through the bubble"), 5)
    (portal,) = made["portals"]
    assert (portal["step"], portal["index"], portal["move"], portal["object"]) == (1, 0, "pass_through", "the bubble")
    assert 2.5 < portal["at_s"] < 5
    at = int(portal["at_s"] * 12)
    z = np.array(made["keys"])[:, 2]
    assert z[at] <= portal["place"][2] <= z[at + 1]


@pytest.mark.parametrize(
    "words",
    ["truck left, then pass through the keyhole", "pan right 90 degrees, then pass through",
     "pass through the eye, then pass through the bubble", "backward pass through the ring", "pass through, roll cw",
     "pass through out the bubble", "pass through the door, track follow", "super dolly in, then pass through the eye",
     "pass through the mirror over 0.5 seconds"],
)  # fmt: skip
def test_the_camera_is_at_what_it_passes_through_when_it_is_said_to_be(words):
    made = flight(Camera.parse(words), 5, 24)
    assert made["portals"]
    for portal in made["portals"]:
        assert portal["at_s"] is not None
        frame = portal["at_s"] * 24
        keys = np.array(made["keys"])[:, :3]
        seen = keys[int(frame)] + (frame % 1) * (keys[min(int(frame) + 1, len(keys) - 1)] - keys[int(frame)])
        assert np.linalg.norm(seen - portal["place"]) <= portal["radius"] + 1e-3
        assert made["steps"][portal["step"]][0] <= portal["at_s"]


def test_of_what_is_never_reached_no_time_is_told():
    (portal,) = flight(Camera.parse("pass through the eye over 60 seconds"), Fraction(1, 24), 24)["portals"]
    assert portal["at_s"] is None


@pytest.mark.parametrize(
    ("words", "at"),
    [("the bubble", PORTAL_AT["bubble"]), ("the keyhole", PORTAL_AT["keyhole"]), ("the ring", PORTAL_AT_USUALLY)],
)
def test_what_is_passed_through_stands_where_previz_draws_it(words, at):
    from studio.providers.previz.drawing import focal_px
    from studio.providers.previz.scene import build

    camera = Camera.parse(f"pass through {words}")
    text = f"Two teenagers in a field. pass through {words}"
    scene = build(text, 1, focal_px(160), 160, 90, camera.path(2, Fraction(12)))
    drawn = (scene.sprites if scene.room is None else scene.room.sprites)[-1]
    assert drawn.foot[2] / scene.subject_m == pytest.approx(at, abs=0.01)
    (portal,) = flight(camera, 2)["portals"]
    assert portal["place"] == pytest.approx([0, 0, 4 * at])


@pytest.mark.parametrize(("seconds", "rate"), [(0, 12), (-1, 12), ("5", 12), (5, 0), (float("nan"), 12), (1e7, 12)])
def test_a_length_that_makes_no_sense_is_told(seconds, rate):
    with pytest.raises(BadInput):
        flight(Camera.parse("pan left"), seconds, rate)


def test_there_is_a_small_thumbnail_for_every_move():
    made = thumbnails()
    assert list(made) == list(vocabulary())
    assert len(json.dumps(made)) < 120_000
    for name, row in vocabulary().items():
        keys = np.array(made[name]["keys"])
        assert keys.shape == (24 if row.path != "none" and name != "static" else 1, 7), name
        assert not keys[0, :3].any()


def test_a_thumbnail_is_two_seconds_of_the_move():
    keys = np.array(thumbnails()["dolly_in"]["keys"])
    assert np.abs(keys - Camera.move("dolly_in").path(2, Fraction(12)).keys).max() < 1e-3


def test_thumbnails_are_nobodys_to_spoil():
    thumbnails()["static"]["keys"].clear()
    assert thumbnails()["static"]["keys"] == [[0] * 7]
