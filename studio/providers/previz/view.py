"""The camera at one frame, and how a flat picture is laid into that frame.

The world is in metres: x right, y up, z away from the camera, which starts at the origin looking along +z. Frames are
BGRA uint8, pictures premultiplied (see paint).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.providers.previz.paint import Colour, Picture

Vector: TypeAlias = NDArray[Any]  # (3,)


Box: TypeAlias = tuple[int, int, int, int]  # x0, y0, x1, y1 in pixels, the second corner outside
Three: TypeAlias = tuple[float, float, float]


NEAR_M = 0.05  # nothing nearer than this is drawn


COARSE = 20  # pixels between the rays that are traced exactly; between them maps are interpolated


def vector(x: float, y: float, z: float) -> Vector:
    """A point or direction."""
    return np.array([x, y, z], np.float64)


@dataclass(frozen=True, eq=False)
class View:
    """The camera at one frame."""

    rotation: NDArray[Any]  # (3, 3) world -> camera (x right, y down, z forward)
    shift: Vector  # (3,) so that camera = rotation @ world + shift
    focal: float  # pixels
    width: int
    height: int
    scissor: Box  # nothing outside it needs painting
    follow: Vector  # how far the subject has travelled by now

    @cached_property
    def position(self) -> Vector:
        """Where the camera is in the world."""
        return np.asarray(-self.rotation.T @ self.shift)

    @cached_property
    def numbers(self) -> tuple[Three, Three, Three, Three, Three]:
        """Rotation by rows, shift, and position as plain floats, for what is drawn many times a frame."""
        rows = [tuple(row) for row in (*self.rotation.tolist(), self.shift.tolist(), self.position.tolist())]
        return rows[0], rows[1], rows[2], rows[3], rows[4]

    @cached_property
    def lens(self) -> NDArray[Any]:
        """(3, 3) camera -> pixel indices."""
        return np.array(
            [[self.focal, 0, self.width / 2 - 0.5], [0, self.focal, self.height / 2 - 0.5], [0, 0, 1]], np.float64
        )

    @cached_property
    def rays(self) -> NDArray[Any]:
        """(rows, columns, 3): world directions through the middles of cells of COARSE pixels, and a cell of margin."""
        columns = (np.arange(-(-self.width // COARSE) + 2) - 0.5) * COARSE
        rows = (np.arange(-(-self.height // COARSE) + 2) - 0.5) * COARSE
        x = (columns - self.width / 2) / self.focal
        y = (rows - self.height / 2) / self.focal
        r = self.rotation
        out = x[None, :, None] * r[0] + y[:, None, None] * r[1] + r[2]
        return np.asarray(out, np.float32)

    def spread(self, coarse: NDArray[Any], box: Box) -> NDArray[Any]:
        """A coarse grid (see `rays`) made as large as the frame, and of that the box."""
        x0, y0, x1, y1 = box
        # Only the cells around the box.
        c0, c1 = x0 // COARSE, -(-x1 // COARSE) + 2
        r0, r1 = y0 // COARSE, -(-y1 // COARSE) + 2
        part = np.ascontiguousarray(coarse[r0:r1, c0:c1], np.float32)
        whole = cv2.resize(part, ((c1 - c0) * COARSE, (r1 - r0) * COARSE), interpolation=cv2.INTER_LINEAR)
        top, left = COARSE + y0 - r0 * COARSE, COARSE + x0 - c0 * COARSE
        return np.ascontiguousarray(whole[top : top + y1 - y0, left : left + x1 - x0])


def lay(frame: Picture, patch: Picture, x: int, y: int) -> None:
    """Lay a premultiplied picture over the frame with its corner at x, y, in place."""
    height, width = patch.shape[:2]
    under = frame[y : y + height, x : x + width]
    rest = cv2.bitwise_not(cv2.extractChannel(patch, 3))
    cv2.multiply(under, cv2.merge([rest, rest, rest, rest]), dst=under, scale=1 / 255)
    cv2.add(under, patch, dst=under)


def tint(patch: Picture, haze: Colour, share: float, presence: float) -> Picture:
    """A patch seen through haze (0 clear … 1 lost in it), and only partly there (presence 0…1)."""
    if share < 0.01 and presence > 0.995:
        return patch
    veil = share * presence
    covered = cv2.extractChannel(patch, 3)
    mist = cv2.multiply(
        cv2.merge([covered, covered, covered, covered]), np.array([*(haze * (veil / 255)).tolist(), veil])
    )
    return np.asarray(cv2.addWeighted(patch, presence - veil, mist, 1.0, 0), np.uint8)


HAZE_STEPS = 64  # a step is under two and a half levels of grey between ink and haze


MOST_HAZED = 48  # pictures kept a texture


class Texture:
    """A picture and its smaller selves, halved in x and y apart, made when first needed."""

    def __init__(self, picture: Picture) -> None:
        self.picture = np.ascontiguousarray(picture)
        self.height, self.width = picture.shape[:2]
        self.shines = not picture[..., 3].any()  # it only adds light
        self._levels: dict[tuple[int, int], Picture] = {(0, 0): self.picture}
        self._hazed: dict[tuple[int, int, int], Picture] = {}

    def level(self, shrink_x: float, shrink_y: float, haze: Colour, share: float) -> Picture:
        """The picture for a view in which so many of its pixels fall on one of the frame's, seen through haze.

        Hazed pictures are kept: from frame to frame the distance, and with it the haze, changes little. There is one
        haze in a scene.
        """
        x, y = self._halvings(shrink_x, self.width), self._halvings(shrink_y, self.height)
        if (x, y) not in self._levels:
            size = max(2, self.width >> x), max(2, self.height >> y)
            self._levels[x, y] = cv2.resize(self.picture, size, interpolation=cv2.INTER_AREA)
        step = 0 if self.shines else round(share * HAZE_STEPS)
        if step == 0:
            return self._levels[x, y]
        if (x, y, step) not in self._hazed:
            if len(self._hazed) >= MOST_HAZED:
                self._hazed.pop(next(iter(self._hazed)))
            self._hazed[x, y, step] = tint(self._levels[x, y], haze, step / HAZE_STEPS, 1.0)
        return self._hazed[x, y, step]

    @staticmethod
    def _halvings(shrink: float, size: int) -> int:
        if shrink < 1.6:  # drawn larger than it is, or nearly as large
            return 0
        return min(int(math.log2(shrink) + 0.35), max(0, size.bit_length() - 3))


def lay_flat(
    frame: Picture,
    view: View,
    texture: Texture,
    corner: Three,
    across: Three,
    down: Three,
    look: tuple[Colour, float, float],
) -> None:
    """Warp a rectangle (upper left `corner`, its full sides `across` and `down`) into the frame.

    Plain floats in place of small arrays: it is called some thirty times a frame, and numpy takes a microsecond to
    say hello.
    """
    (r00, r01, r02), (r10, r11, r12), (r20, r21, r22), (tx, ty, tz), _ = view.numbers
    (ax, ay, az), (bx, by, bz), (cx, cy, cz) = across, down, corner
    focal, middle_x, middle_y = view.focal, view.width / 2 - 0.5, view.height / 2 - 0.5
    az_ = r20 * ax + r21 * ay + r22 * az
    bz_ = r20 * bx + r21 * by + r22 * bz
    cz_ = r20 * cx + r21 * cy + r22 * cz + tz
    depths = (cz_, cz_ + az_, cz_ + az_ + bz_, cz_ + bz_)
    if max(depths) < NEAR_M:
        return
    # (u, v, 1) of the unit square -> pixel, homogeneous: the rows of a 3 × 3 matrix whose last row is the depth.
    m00 = focal * (r00 * ax + r01 * ay + r02 * az) + middle_x * az_
    m01 = focal * (r00 * bx + r01 * by + r02 * bz) + middle_x * bz_
    m02 = focal * (r00 * cx + r01 * cy + r02 * cz + tx) + middle_x * cz_
    m10 = focal * (r10 * ax + r11 * ay + r12 * az) + middle_y * az_
    m11 = focal * (r10 * bx + r11 * by + r12 * bz) + middle_y * bz_
    m12 = focal * (r10 * cx + r11 * cy + r12 * cz + ty) + middle_y * cz_
    whole = min(depths) >= NEAR_M
    if whole:
        points = [
            (m02 / depths[0], m12 / depths[0]), ((m00 + m02) / depths[1], (m10 + m12) / depths[1]),
            ((m00 + m01 + m02) / depths[2], (m10 + m11 + m12) / depths[2]),
            ((m01 + m02) / depths[3], (m11 + m12) / depths[3]),
        ]  # fmt: skip
    else:
        points = [((m00 * u + m01 * v + m02) / z, (m10 * u + m11 * v + m12) / z) for u, v, z in _clip_near(depths)]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    left, top, right, bottom = view.scissor
    # Limited as floats: a point just beyond the near plane may lie a million pixels away.
    x0, x1 = max(left, math.floor(max(min(xs), -1e6))), min(right, math.ceil(min(max(xs), 1e6)) + 2)
    y0, y1 = max(top, math.floor(max(min(ys), -1e6))), min(bottom, math.ceil(min(max(ys), 1e6)) + 2)
    if x1 <= x0 or y1 <= y0:
        return
    back = _inverse(m00, m01, m02, m10, m11, m12, az_, bz_, cz_)
    if back is None:
        return  # seen exactly from its edge
    (i00, i01, i02), (i10, i11, i12), (i20, i21, i22) = back
    # How many pixels of the picture fall on one of the frame's, in the middle of what is seen of it.
    px, py = (x0 + x1) / 2, (y0 + y1) / 2
    w = i20 * px + i21 * py + i22
    u, v = ((i00 * px + i01 * py + i02) / w, (i10 * px + i11 * py + i12) / w) if w > 1e-9 else (0.5, 0.5)
    u, v = min(max(u, 0.0), 1.0), min(max(v, 0.0), 1.0)
    z = max(az_ * u + bz_ * v + cz_, NEAR_M)
    hx, hy = m00 * u + m01 * v + m02, m10 * u + m11 * v + m12
    du = math.hypot(m00 * z - hx * az_, m10 * z - hy * az_) / z**2
    dv = math.hypot(m01 * z - hx * bz_, m11 * z - hy * bz_) / z**2
    haze, share, presence = look
    picture = texture.level(texture.width / max(du, 1e-3), texture.height / max(dv, 1e-3), haze, share)
    rows, columns = picture.shape[:2]
    # unit square -> texels on the left, patch -> frame on the right
    k02, k12, k22 = i00 * x0 + i01 * y0 + i02, i10 * x0 + i11 * y0 + i12, i20 * x0 + i21 * y0 + i22
    to_texels = np.array(
        [
            [columns * i00 - 0.5 * i20, columns * i01 - 0.5 * i21, columns * k02 - 0.5 * k22],
            [rows * i10 - 0.5 * i20, rows * i11 - 0.5 * i21, rows * k12 - 0.5 * k22],
            [i20, i21, k22],
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    patch = cv2.warpPerspective(picture, to_texels, (x1 - x0, y1 - y0), flags=flags)
    if not whole:
        _forget_behind(patch, to_texels[2])
    if texture.shines:
        under = frame[y0:y1, x0:x1]
        clear = presence * (1 - share)
        cv2.add(under, patch if clear > 0.99 else cv2.convertScaleAbs(patch, alpha=clear), dst=under)
        return
    lay(frame, patch if presence > 0.995 else cv2.convertScaleAbs(patch, alpha=presence), x0, y0)


def _inverse(
    a: float, b: float, c: float, d: float, e: float, f: float, g: float, h: float, i: float
) -> tuple[tuple[float, float, float], ...] | None:
    """Of a 3 × 3 matrix, row by row; None where there is none."""
    p, q, r = e * i - f * h, f * g - d * i, d * h - e * g
    determinant = a * p + b * q + c * r
    if abs(determinant) < 1e-12:
        return None
    s = 1 / determinant
    return (
        (p * s, (c * h - b * i) * s, (b * f - c * e) * s),
        (q * s, (a * i - c * g) * s, (c * d - a * f) * s),
        (r * s, (b * g - a * h) * s, (a * e - b * d) * s),
    )


def _clip_near(depths: tuple[float, ...]) -> list[tuple[float, float, float]]:
    """The part of the unit square in front of the near plane: (u, v, depth) of its corners."""
    square = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    out = []
    for k in range(4):
        (ua, va), za, (ub, vb), zb = square[k], depths[k], square[k - 3], depths[k - 3]
        if za >= NEAR_M:
            out.append((ua, va, za))
        if (za >= NEAR_M) != (zb >= NEAR_M):
            t = (NEAR_M - za) / (zb - za)
            out.append((ua + (ub - ua) * t, va + (vb - va) * t, NEAR_M))
    return out


def _forget_behind(patch: Picture, inverse_depth: NDArray[Any]) -> None:
    """Clear the pixels whose rays meet the plane behind the camera: there the mapping shows its mirror image."""
    height, width = patch.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    values = corners @ inverse_depth[:2] + inverse_depth[2]
    if np.all(values > 0):
        return
    behind = []
    for i in range(4):
        j = (i + 1) % 4
        if values[i] <= 0:
            behind.append(corners[i])
        if (values[i] <= 0) != (values[j] <= 0):
            behind.append(corners[i] + (corners[j] - corners[i]) * (values[i] / (values[i] - values[j])))
    cv2.fillConvexPoly(patch, np.round(np.array(behind)).astype(np.int32), (0, 0, 0, 0))
