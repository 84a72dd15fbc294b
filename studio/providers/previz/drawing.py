"""The drawing core: words, a camera path, a size and a seed in; frames out. Pure: the same in, the same out."""

from __future__ import annotations

import math
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.camera import HORIZONTAL_FOV_DEG, SUBJECT_DISTANCE, CameraPath
from studio.providers.previz.flight import Flight, Scene
from studio.providers.previz.legend import Legend
from studio.providers.previz.scene import build, tilted
from studio.providers.previz.still import Still
from studio.providers.previz.view import View


def focal_px(width: int) -> float:
    """The focal length in pixels at zoom 0, for frames of this width."""
    return width / 2 / math.tan(math.radians(HORIZONTAL_FOV_DEG) / 2)


def views(path: CameraPath, width: int, height: int, scene: Scene) -> list[View]:
    """The camera at each frame, in the scene's metres."""
    metres = scene.subject_m / SUBJECT_DISTANCE
    world = tilted(scene.pitch_deg)
    poses = path.poses()
    rotations = poses[:, :, :3] * np.array([1.0, -1.0, 1.0]) @ world  # their world has y down, ours up
    shifts = poses[:, :, 3] * metres
    follows = (path.subject - path.subject[0]) * metres @ world
    whole = (0, 0, width, height)
    return [
        View(rotation, shift, focal_px(width) * float(focal), width, height, whole, follow)
        for rotation, shift, focal, follow in zip(rotations, shifts, path.focal, follows, strict=True)
    ]


def draw(
    text: str, path: CameraPath, width: int, height: int, seed: int, label: str = "",
    first_frame: NDArray[np.uint8] | None = None,
) -> Iterator[NDArray[np.uint8]]:  # fmt: skip
    """Frames (height, width, 3) BGR uint8, one for each key of the path.

    `text` says what there is to see (see words), `seed` which of its many versions, `label` what the legend says. With
    `first_frame` (h, w, 3) the clip begins with exactly that picture and moves through it into the scene.
    """
    scene = build(text, seed, focal_px(width), width, height, path)
    flight = Flight(scene, width, height)
    looks = views(path, width, height, scene)
    legend = Legend(label, width, height)
    rate = float(path.rate)
    still = None if first_frame is None else Still(first_frame, looks[0], scene.subject_m, len(path) / rate)
    previous: tuple[View, NDArray[np.uint8]] | None = None
    for index, view in enumerate(looks):
        if still is None and previous is not None and _same(previous[0], view):
            yield previous[1].copy()  # the camera rests: so does the picture
            continue
        frame = flight.frame(view)
        if still is not None:
            still.draw(frame, view, index / rate, scene.haze)
        legend.draw(frame)
        out = np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGRA2BGR), np.uint8)
        previous = (view, out)
        yield out


def _same(a: View, b: View) -> bool:
    return (
        a.focal == b.focal
        and np.array_equal(a.rotation, b.rotation)
        and np.array_equal(a.shift, b.shift)
        and np.array_equal(a.follow, b.follow)
    )
