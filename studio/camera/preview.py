"""A camera's flight as plain numbers that a browser can draw: from the same path that stand-in clips are drawn on."""

from __future__ import annotations

import json
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from studio.camera.asked import MOST_SECONDS
from studio.camera.camera import Camera
from studio.camera.editing import times
from studio.camera.path import HORIZONTAL_FOV_DEG, SUBJECT_DISTANCE, Array, CameraPath, frames_of, orientation
from studio.camera.vocabulary import vocabulary
from studio.errors import BadInput

DIGITS = 4
THUMBNAIL_S, THUMBNAIL_FPS, THUMBNAIL_DIGITS = 2, 12, 3

# How far what the camera passes through stands from its start, in subject distances, as in previz's scenes: a bubble
# before the two who blow it, a keyhole's plate before all, the rest a little before the subject.
PORTAL_AT = {"bubble": 0.74, "keyhole": 0.5}
PORTAL_AT_USUALLY = 0.9
PORTAL_RADIUS = 0.125 * SUBJECT_DISTANCE
OUT_OF = 0.4  # a camera that backs out begins so many subject distances beyond: where going in ends


def flight(camera: Camera, seconds: Fraction | float, rate: Fraction | float = Fraction(12)) -> dict[str, Any]:
    """The camera of a take of this length, ready for JSON.

    fps, seconds
    fov_deg, subject_distance   horizontal field of view at zoom 0; scene units
    keys      n × 7: x y z in scene units, pan tilt roll in degrees, zoom; the k-th at k ÷ fps seconds
    subject   n × 3: where the subject is
    steps     when each step starts and ends, in seconds
    portals   one for each pass through: step, index, move, object (its words), place (x y z), radius, and at_s: when
              the camera reaches it, None where it never does

    What is passed through stands where previz has it; where the camera goes by that, or has left it behind, it stands
    in the camera's way.
    """
    if frames_of(seconds, rate) > MOST_SECONDS * 60:
        raise BadInput(f"a flight of {float(seconds):g} seconds is too long to look at: give {MOST_SECONDS} at most")
    path = camera.path(seconds, Fraction(rate))
    steps = times(camera, seconds)
    return {
        "fps": _plain(float(path.rate), DIGITS),
        "seconds": _plain(float(seconds), DIGITS),
        "fov_deg": HORIZONTAL_FOV_DEG,
        "subject_distance": SUBJECT_DISTANCE,
        "keys": _rows(path.keys, DIGITS),
        "subject": _rows(path.subject, DIGITS),
        "steps": _rows(np.array(steps).reshape(-1, 2), DIGITS),
        "portals": [
            {"step": number, "index": index, "move": asked.move, "object": asked.object, "radius": PORTAL_RADIUS}
            | _portal(path, asked.object, steps[number][0], bool(asked.known.axes[2] < 0))
            for number, step in enumerate(camera.steps)
            for index, asked in enumerate(step.moves)
            if asked.move.startswith("pass_through")
        ],
    }


def thumbnails() -> dict[str, dict[str, Any]]:
    """For every move of the vocabulary, fps and the keys of two seconds of it; one row where the camera stays put."""
    return dict(json.loads(_thumbnails()))


@cache
def _thumbnails() -> str:
    made = {}
    for name in vocabulary():
        keys = Camera.move(name).path(THUMBNAIL_S, Fraction(THUMBNAIL_FPS)).keys
        moves = bool(np.ptp(keys, axis=0).any())
        made[name] = {"fps": THUMBNAIL_FPS, "keys": _rows(keys if moves else keys[:1], THUMBNAIL_DIGITS)}
    return json.dumps(made, separators=(",", ":"))


def _portal(path: CameraPath, words: str, start_s: float, backwards: bool) -> dict[str, Any]:
    """Where it stands and when the camera is there."""
    distance = next((at for word, at in PORTAL_AT.items() if word in words.casefold()), PORTAL_AT_USUALLY)
    first = min(int(start_s * path.rate), len(path) - 1)
    stands = path.subject + np.array([0.0, 0.0, (distance - 1) * SUBJECT_DISTANCE])
    _, _, forward = orientation(*np.radians(path.keys[:, 3:6].T))
    ahead = ((stands - path.keys[:, :3]) * forward).sum(axis=1)[first:]
    reached = None if backwards else _crossing(-ahead)
    if reached is not None:
        place = _at(stands, first + reached)
        if np.linalg.norm(place - _at(path.keys[:, :3], first + reached)) <= PORTAL_RADIUS:
            return _answer(place, first + reached, path)
    # The camera goes by it, has left it behind or backs away: then it is as far on the camera's way as it would stand.
    travelled = np.linalg.norm(np.diff(path.keys[first:, :3], axis=0), axis=1).cumsum()
    reached = _crossing(np.concatenate([[0.0], travelled]) - (OUT_OF if backwards else distance) * SUBJECT_DISTANCE)
    if reached is None:
        return _answer(stands[first], None, path)
    return _answer(_at(path.keys[:, :3], first + reached), first + reached, path)


def _crossing(values: Array) -> float | None:
    """The frame, with its fraction, at which values rise through 0; None where they do not, or began beyond it."""
    beyond = np.flatnonzero(values >= 0)
    if not len(beyond) or beyond[0] == 0:
        return None
    after = int(beyond[0])
    low, high = float(values[after - 1]), float(values[after])
    return after - 1 + low / (low - high)


def _at(rows: Array, frame: float) -> Array:
    before = int(frame)
    share = frame - before
    return np.asarray(rows[before] * (1 - share) + rows[min(before + 1, len(rows) - 1)] * share)


def _answer(place: Array, frame: float | None, path: CameraPath) -> dict[str, Any]:
    at_s = None if frame is None else _plain(frame / float(path.rate), DIGITS)
    return {"place": [_plain(value, DIGITS) for value in place.tolist()], "at_s": at_s}


def _rows(values: Array, digits: int) -> list[list[float]]:
    return [[_plain(value, digits) for value in row] for row in values.tolist()]


def _plain(value: float, digits: int) -> float:
    """Rounded, and a whole number without ".0", which JSON need not carry."""
    rounded = round(value, digits)
    return int(rounded) if rounded == int(rounded) else rounded
