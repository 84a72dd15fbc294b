"""What measuring would see of an asked camera where everything stood at its subject's distance.

The truth to draw beside what was measured: near things move more than that when the camera travels, far ones less.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from studio.camera.camera import Camera
from studio.camera.path import HORIZONTAL_FOV_DEG, SUBJECT_DISTANCE, Array, CameraPath

RATE = Fraction(48)  # frames per second at which the path is looked at
ASPECT = 9 / 16  # height ÷ width


def expected(camera: Camera, seconds: float, times: Sequence[float], aspect: float = ASPECT) -> Array:
    """(n, 4) pan, tilt, zoom, roll per second at these times, in the units of `Measured`.

    A plane of points stands before the camera, as far as its subject, at the beginning of each small step; the
    similarity that takes their picture to that at its end is what a flow over the whole frame would be fitted to.
    """
    path = camera.path(seconds, RATE)
    at = np.clip(np.round(np.asarray(times, dtype=float) * float(RATE)).astype(int), 0, max(0, len(path) - 2))
    if len(path) < 2:
        return np.zeros((len(at), 4))
    return np.array([_step(path, int(k), aspect) for k in at]).reshape(-1, 4)


def _step(path: CameraPath, k: int, aspect: float) -> Array:
    poses, focal = path.poses()[k : k + 2], path.focal[k : k + 2] / (2 * np.tan(np.radians(HORIZONTAL_FOV_DEG) / 2))
    x, y = (grid.ravel() for grid in np.meshgrid(np.linspace(-0.4, 0.4, 5), np.linspace(-0.4, 0.4, 5) * aspect))
    depth = SUBJECT_DISTANCE
    before = np.stack([x, y])
    seen = np.stack([x / focal[0] * depth, y / focal[0] * depth, np.full_like(x, depth)])
    world = poses[0][:, :3].T @ (seen - poses[0][:, 3:])
    moved = poses[1][:, :3] @ world + poses[1][:, 3:]
    after = moved[:2] / moved[2] * focal[1]
    # u = a + s·x − r·y, v = b + r·x + s·y: least squares of a similarity, in frame widths
    shift = (after - before).mean(axis=1)
    power = float((before**2).sum())
    moves = after - before - shift[:, None]
    scale = float((moves * before).sum()) / power
    turn = float((moves[1] * before[0] - moves[0] * before[1]).sum()) / power
    per_s = float(RATE)
    content = np.array([-shift[0] * 100, shift[1] * 100 / aspect, np.log1p(scale) * 100, -np.degrees(np.arctan(turn))])
    return content * per_s
