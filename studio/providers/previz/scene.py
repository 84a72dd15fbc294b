"""From words, a seed and the room that the camera needs to a scene."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.camera import SUBJECT_DISTANCE, CameraPath
from studio.providers.previz import indoors, outdoors
from studio.providers.previz.cast import cast
from studio.providers.previz.flight import Room, Scene
from studio.providers.previz.paint import generator
from studio.providers.previz.palette import choose
from studio.providers.previz.portals import portal
from studio.providers.previz.stage import Stage
from studio.providers.previz.wilds import HALLS
from studio.providers.previz.words import Seen, look

# How far away, in metres, the subject stands: what the path's scene units are stretched to.
DISTANCES_M = {"house": 21.0, "mountains": 10.0, "city": 9.0, "graveyard": 7.0}
OUTSIDE_M, INSIDE_M, CLOSE_M, WIDE_M = 8.5, 5.0, 1.7, 15.0


# A framing from above or below turns the world under the camera: the path stays what it is, and so does where the
# subject is seen. Degrees down, and the height over the ground that the camera looks at.
PITCHES = {"high": (19.0, 0.9), "overhead": (50.0, 0.6), "aerial": (27.0, 0.9), "low": (-8.0, 1.75)}


def subject_distance_m(seen: Seen) -> float:
    """How far the subject stands: near in rooms, far where a house is the subject."""
    if seen.angle == "close":
        return CLOSE_M
    if seen.inside:
        return {"church": 7.5, "stage": 7.5, "corridor": 5.6}.get(seen.inside, INSIDE_M)
    if seen.angle in ("wide", "aerial") and seen.people:
        return WIDE_M
    if seen.outside == "house" and seen.people:
        return OUTSIDE_M
    return DISTANCES_M.get(seen.outside, OUTSIDE_M)


def tilted(pitch_deg: float) -> NDArray[Any]:
    """(3, 3) world -> the frame of the path, for a camera that looks down by so much at zero tilt."""
    c, s = np.cos(np.radians(pitch_deg)), np.sin(np.radians(pitch_deg))
    return np.array([[1, 0, 0], [0, c, s], [0, -s, c]], np.float64)


def _outside(stage: Stage, room: Room | None) -> str:
    """What lies outside: a key of outdoors, the place itself where there is no room."""
    seen = stage.seen
    if room is None:
        plain = not seen.anything or stage.palette.hour == "mist"
        return seen.outside or ("mist" if plain else "field")
    leaves = float(stage.high[2]) > room.high[2] - 0.5
    if seen.inside in HALLS and not leaves:
        return "view"
    if stage.palette.dark and seen.inside in ("hospital", "train"):
        return seen.outside or "city"
    return seen.outside or ("garden" if leaves else "view")


def build(text: str, seed: int, focal: float, width: int, height: int, path: CameraPath) -> Scene:
    """The scene of a text, with the room that this path needs. `focal` is in pixels."""
    seen = look(text)
    rng = generator("palette", text, seed)
    palette = choose(seen, rng)
    d = subject_distance_m(seen)
    pitch, aim = PITCHES.get(seen.angle, (0.0, 0.0))
    beyond = float(path.keys[:, 2].max()) / SUBJECT_DISTANCE - 1
    if pitch > 0 and beyond > 0:  # looking down, a camera that goes on behind its subject would dive into the ground
        pitch = min(pitch, float(np.degrees(np.arcsin(min(1.0, (aim - 0.2) / (beyond * d))))))
    positions = path.keys[:, :3] * (d / SUBJECT_DISTANCE) @ tilted(pitch)
    low, high = positions.min(axis=0), positions.max(axis=0)
    eye = aim + d * float(np.sin(np.radians(pitch))) if pitch else 1.32 if seen.inside else 1.5
    eye = max(eye, -float(low[1]) + 0.4)  # a camera that goes down starts higher
    away = d * float(np.cos(np.radians(pitch)))
    stage = Stage(seen, palette, f"{text}\x1f{seed}", focal, width, height, away, eye, low, high)
    room, indoor_haze = None, 0.0
    if seen.inside:
        room, indoor_haze = indoors.build(seen.inside, stage)
    place = _outside(stage, room)
    dome, ground, rings, sprites, haze_m = outdoors.build(place, stage)
    through, clear_m = portal(stage)
    people, shadows = cast(stage, shadows=room is None)
    if room is not None:
        room = replace(room, sprites=(*room.sprites, *people))
        # Out there it is as far as it would be from here; what stood before the window is not there.
        sprites = tuple(sprite for sprite in sprites if sprite.foot[2] > room.high[2] + 1.0)
    else:
        ground = replace(ground, overlays=(*ground.overlays, *shadows))
        sprites = (*sprites, *people)
    # Nothing stands between us and a plate that fills the view.
    sprites = tuple(sprite for sprite in sprites if not 0 < sprite.foot[2] < clear_m)
    if room is None:
        sprites = (*sprites, *through)
    else:
        inside = (sprite for sprite in room.sprites if not 0 < sprite.foot[2] < clear_m)
        room = replace(room, sprites=(*inside, *through))
    return Scene(d, pitch, dome, ground, rings, sprites, room, palette.haze, indoor_haze or haze_m)
