"""Where the camera is at every frame: six axes and the lens, as keys, as pose matrices.

World and sense (DESIGN §2): x right, y up, z forward, in scene units (about metres); pan+ right, tilt+ up, roll+
clockwise seen from behind the camera, in degrees; zoom = ln(focal length ÷ focal length at the start). The camera
starts at the origin, looking along +z at the subject, SUBJECT_DISTANCE away, through a lens of HORIZONTAL_FOV_DEG.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from studio.errors import BadInput

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]

SUBJECT_DISTANCE = 4.0  # scene units
HORIZONTAL_FOV_DEG = 50.0  # at zoom 0: a 38 mm lens on full frame, where neither perspective nor flatness is felt


@dataclass(frozen=True, eq=False)
class CameraPath:
    """The camera at each frame.

    keys      (n, 7) x, y, z in scene units, pan, tilt, roll in degrees, zoom; one row a frame, at k ÷ rate seconds
    subject   (n, 3) x, y, z of the subject: it stands still unless a tracking move takes it along
    """

    rate: Fraction
    keys: Array
    subject: Array = None  # type: ignore[assignment]  # None: it stands still

    def __post_init__(self) -> None:
        keys = np.array(self.keys, dtype=np.float64)
        if keys.ndim != 2 or keys.shape[1] != 7 or not len(keys) or not np.isfinite(keys).all():
            raise BadInput(f"a camera path has rows of seven finite numbers, and at least one, not {keys.shape}")
        standing = np.tile([0.0, 0.0, SUBJECT_DISTANCE], (len(keys), 1))
        subject = standing if self.subject is None else np.array(self.subject, dtype=np.float64)
        if subject.shape != (len(keys), 3):
            raise BadInput(
                f"the subject of a path of {len(keys)} frames has {len(keys)} × 3 numbers, not {subject.shape}"
            )
        keys.flags.writeable = subject.flags.writeable = False
        object.__setattr__(self, "keys", keys)
        object.__setattr__(self, "subject", subject)

    def __len__(self) -> int:
        return len(self.keys)

    def __repr__(self) -> str:
        return f"CameraPath({len(self)} frames at {self.rate})"

    def to_frame(self) -> pd.DataFrame:
        """The keys to look at: one row a frame, x y z in scene units, pan tilt roll in degrees, and the zoom."""
        import pandas as pd

        return pd.DataFrame(self.keys, columns=["x", "y", "z", "pan", "tilt", "roll", "zoom"]).rename_axis("frame")

    @property
    def focal(self) -> Array:
        """(n,) focal length, 1 at the start."""
        return np.asarray(np.exp(self.keys[:, 6]), dtype=np.float64)

    def poses(self) -> Array:
        """(n, 3, 4) world → camera, [R | t], with OpenCV's axes in the world too: x right, y **down**, z forward.

        A point X (x, −y, z of the scene) lands on pixel (f·u + width/2, f·v + height/2), where (u·w, v·w, w) =
        R X + t and f = focal · width ÷ 2 ÷ tan(HORIZONTAL_FOV_DEG ÷ 2).
        """
        right, up, forward = orientation(*np.radians(self.keys[:, 3:6].T))
        rotation = np.stack([right, -up, forward], axis=1) * [1.0, -1.0, 1.0]
        centre = self.keys[:, :3] * [1.0, -1.0, 1.0]
        shift = -np.einsum("nij,nj->ni", rotation, centre)
        return np.concatenate([rotation, shift[:, :, None]], axis=2)


def orientation(pan: Array, tilt: Array, roll: Array) -> tuple[Array, Array, Array]:
    """The camera's right, up and forward, (n, 3) each, in the scene's axes. Angles (n,) in radians."""
    sp, cp, st, ct = np.sin(pan), np.cos(pan), np.sin(tilt), np.cos(tilt)
    sr, cr = np.sin(roll)[:, None], np.cos(roll)[:, None]
    forward = np.stack([sp * ct, st, cp * ct], axis=1)
    level_right = np.stack([cp, np.zeros_like(cp), -sp], axis=1)
    level_up = np.stack([-sp * st, ct, -cp * st], axis=1)
    return cr * level_right - sr * level_up, cr * level_up + sr * level_right, forward


def frames_of(seconds: Fraction | float, rate: Fraction | float) -> int:
    """How many frames a take of this length has, at least one; BadInput where either makes no sense."""
    for name, value in (("length", seconds), ("rate", rate)):
        if (
            isinstance(value, bool)
            or not isinstance(value, (int, float, Fraction))
            or not math.isfinite(value)
            or value <= 0
        ):
            raise BadInput(f"the {name} of a camera path is {value!r}: give a number above 0")
    return max(1, math.floor(Fraction(seconds) * Fraction(rate) + Fraction(1, 2)))


def project(path: CameraPath, points: Any) -> Array:
    """(n, 2) where a point, or one point a frame, is seen: in frame widths from the middle, x right and y **down**.

    points    (3,) or (n, 3) in the scene's axes. NaN for what is behind the camera.
    """
    world = np.broadcast_to(np.asarray(points, dtype=np.float64), (len(path), 3)) * [1.0, -1.0, 1.0]
    poses = path.poses()
    seen = np.einsum("nij,nj->ni", poses[:, :, :3], world) + poses[:, :, 3]
    depth = np.where(seen[:, 2] > 1e-9, seen[:, 2], np.nan)
    scale = path.focal / (2 * math.tan(math.radians(HORIZONTAL_FOV_DEG) / 2))
    return np.asarray(seen[:, :2] / depth[:, None] * scale[:, None], dtype=np.float64)
