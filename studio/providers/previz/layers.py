"""What a scene is made of, and how each part is laid into a frame by a perspective camera.

The world is in metres: x right, y up, z away from the camera, which starts at the origin looking along +z. A part
knows its own picture and place; `draw(frame, view)` warps it over the region that it covers and lays it on top.
Frames are BGRA uint8, pictures premultiplied (see paint).

    Dome     the sky: a panorama all around, not so far that it would not shift at all
    Ring     ridges, treelines, skylines: a cylinder around the start, with true parallax
    Ground   one endless plane: coarse and fine tiles, overlays, fading into the dome with distance
    Panel    a flat rectangle anywhere: walls, floors, roads, a still; seen from one side
    Sprite   cut paper standing on the ground and turning to the camera
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.providers.previz.paint import Colour, Picture

Vector: TypeAlias = NDArray[np.float64]  # (3,)
Box: TypeAlias = tuple[int, int, int, int]  # x0, y0, x1, y1 in pixels, the second corner outside

NEAR_M = 0.05  # nothing nearer than this is drawn
COARSE = 12  # pixels between the rays that are traced exactly; between them maps are interpolated


def vector(x: float, y: float, z: float) -> Vector:
    """A point or direction."""
    return np.array([x, y, z], np.float64)


@dataclass(frozen=True, eq=False)
class View:
    """The camera at one frame."""

    rotation: NDArray[np.float64]  # (3, 3) world -> camera (x right, y down, z forward)
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
    def lens(self) -> NDArray[np.float64]:
        """(3, 3) camera -> pixel indices."""
        return np.array(
            [[self.focal, 0, self.width / 2 - 0.5], [0, self.focal, self.height / 2 - 0.5], [0, 0, 1]], np.float64
        )

    @cached_property
    def rays(self) -> NDArray[np.float64]:
        """(rows, columns, 3): world directions through the middles of cells of COARSE pixels, one cell of margin around."""
        columns = (np.arange(-(-self.width // COARSE) + 2) - 0.5) * COARSE
        rows = (np.arange(-(-self.height // COARSE) + 2) - 0.5) * COARSE
        x = (columns - self.width / 2) / self.focal
        y = (rows - self.height / 2) / self.focal
        r = self.rotation
        out: NDArray[np.float64] = x[None, :, None] * r[0] + y[:, None, None] * r[1] + r[2]
        return out

    def spread(self, coarse: NDArray[np.floating], box: Box) -> NDArray[np.float32]:
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
    mist = cv2.multiply(cv2.merge([covered, covered, covered, covered]), (*(haze * (veil / 255)).tolist(), veil))
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


def _flat(frame: Picture, view: View, texture: Texture, corner: Vector, across: Vector, down: Vector, look: tuple[Colour, float, float]) -> None:
    """Warp a rectangle (upper left `corner`, its full sides `across` and `down`) into the frame.

    Plain floats in place of small arrays: it is called some thirty times a frame, and numpy takes a microsecond to
    say hello.
    """
    (r00, r01, r02), (r10, r11, r12), (r20, r21, r22) = view.rotation.tolist()
    ax, ay, az = across.tolist()
    bx, by, bz = down.tolist()
    cx, cy, cz = corner.tolist()
    tx, ty, tz = view.shift.tolist()
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
            ((m00 + m01 + m02) / depths[2], (m10 + m11 + m12) / depths[2]), ((m01 + m02) / depths[3], (m11 + m12) / depths[3]),
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


def _inverse(a: float, b: float, c: float, d: float, e: float, f: float, g: float, h: float, i: float) -> tuple[tuple[float, float, float], ...] | None:
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


def _forget_behind(patch: Picture, inverse_depth: NDArray[np.float64]) -> None:
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


@dataclass(frozen=True, eq=False)
class Panel:
    """A flat rectangle. It is seen from the side to which `across` points right; from behind it is not there."""

    texture: Texture
    corner: Vector  # upper left
    across: Vector  # along its full width
    down: Vector  # along its full height
    fade_m: float = 0.0  # nearer than this it dissolves, so that a camera can pass through it
    moves: bool = False  # it belongs to the subject, and travels where the path takes the subject

    @cached_property
    def normal(self) -> Vector:
        """Unit vector towards those who see it."""
        n = np.cross(self.across, self.down)
        return np.asarray(n / np.linalg.norm(n))

    def presence(self, position: Vector) -> float:
        """How much of it a camera there sees: 0…1."""
        distance = float(self.normal @ (position - self.corner))
        if distance <= 0:
            return 0.0
        if self.fade_m <= 0 or distance >= self.fade_m:
            return 1.0
        t = distance / self.fade_m
        return t * t * (3 - 2 * t)

    def draw(self, frame: Picture, view: View, haze: Colour, share: float = 0.0) -> None:
        """Lay it into the frame, seen through `share` of haze."""
        presence = self.presence(view.position)
        if presence > 0.004:
            corner = self.corner + view.follow if self.moves else self.corner
            _flat(frame, view, self.texture, corner, self.across, self.down, (haze, share, presence))

    def in_strips(self, edges: tuple[float, ...], along: int) -> tuple[Panel, ...]:
        """Cut at shares 0…1 of its width (along = 0) or height (1), far to near as the edges run.

        A wall that runs into the distance needs its far end smaller than its near end. The strips overlap by a
        little, so that no line shows between them.
        """
        out = []
        sides = (self.across, self.down)
        pixels = (self.texture.width, self.texture.height)[along]
        for a, b in zip(edges, edges[1:], strict=False):
            low, high = min(a, b), max(a, b)
            reach = (high - low) * 0.06
            p0, p1 = round(max(0.0, low - reach) * pixels), round(min(1.0, high + reach) * pixels)
            if p1 - p0 < 2:
                continue
            piece = self.texture.picture[:, p0:p1] if along == 0 else self.texture.picture[p0:p1]
            corner = self.corner + sides[along] * (p0 / pixels)
            cut = sides[along] * ((p1 - p0) / pixels)
            ends = (cut, self.down) if along == 0 else (self.across, cut)
            out.append(Panel(Texture(piece), corner, *ends, fade_m=self.fade_m))
        return tuple(out)


@dataclass(frozen=True, eq=False)
class Sprite:
    """Cut paper that stands at `foot` and turns towards the camera."""

    texture: Texture
    foot: Vector  # the middle of its lower edge
    width: float  # metres
    height: float
    turn: float = 1.0  # 1 = always faces the camera, 0 = stays parallel to the picture
    fade_m: tuple[float, float] = (0.4, 1.3)  # gone and whole at these distances along the view
    hazy: float = 1.0  # how much of the distance's haze it takes
    order_m: float = 0.0  # added to its distance when parts are laid one on another
    moves: bool = False  # it is the subject, and travels where the path takes the subject

    def standing(self, view: View) -> Vector:
        """Where its foot is now."""
        return self.foot + view.follow if self.moves else self.foot

    def distance(self, view: View) -> float:
        """Metres in front of the camera, along the view."""
        middle = self.standing(view) + np.array([0, self.height / 2, 0])
        return float(view.rotation[2] @ middle + view.shift[2])

    def draw(self, frame: Picture, view: View, haze: Colour, share: float) -> None:
        """Lay it into the frame, seen through `share` of haze."""
        near, whole = self.fade_m
        t = min(max((self.distance(view) - near) / (whole - near), 0.0), 1.0)
        presence = t * t * (3 - 2 * t)
        if presence < 0.004:
            return
        foot = self.standing(view)
        angle = math.atan2(foot[0] - view.position[0], foot[2] - view.position[2]) * self.turn
        across = np.array([math.cos(angle) * self.width, 0, -math.sin(angle) * self.width])
        corner = foot - across / 2
        corner[1] += self.height
        down = np.array([0, -self.height, 0])
        _flat(frame, view, self.texture, corner, across, down, (haze, share * self.hazy, presence))


@dataclass(frozen=True, eq=False)
class Dome:
    """A panorama on a sphere about the start, from `top_deg` down to `bottom_deg`, its middle straight ahead. Opaque.

    As the painted sky of a toy theatre it is only some subject distances away: a push in or a crane is seen in it too,
    by the eye and by what measures the camera.
    """

    picture: Picture
    top_deg: float
    bottom_deg: float
    radius: float  # metres

    def draw(self, frame: Picture, view: View) -> None:
        """Fill the scissor."""
        x0, y0, x1, y1 = box = view.scissor
        hit = _reached(view.position, view.rays, self.radius, upright=False)
        elevation = np.degrees(np.arctan2(hit[..., 1], np.hypot(hit[..., 0], hit[..., 2])))
        rows, columns = self.picture.shape[:2]
        u = _azimuth(view, hit) / (2 * np.pi) * columns + columns / 2 - 0.5
        v = (self.top_deg - elevation) / (self.top_deg - self.bottom_deg) * rows - 0.5
        map_x, map_y = view.spread(u, box), view.spread(v, box)
        cv2.max(cv2.min(map_y, rows - 1.01, dst=map_y), 0.0, dst=map_y)
        frame[y0:y1, x0:x1] = cv2.remap(self.picture, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)


def _reached(at: Vector, d: NDArray[np.float64], radius: float, upright: bool) -> NDArray[np.float64]:
    """Where rays from `at`, which is inside, meet a sphere about the origin, or an upright cylinder."""
    flat = [0, 2] if upright else [0, 1, 2]
    a = (d[..., flat] ** 2).sum(-1) + 1e-9
    b = d[..., flat] @ at[flat]
    c = float(at[flat] @ at[flat]) - radius**2
    s = (-b + np.sqrt(np.maximum(b * b - a * c, 0))) / a
    return np.asarray(d * s[..., None] + at)


def _azimuth(view: View, d: NDArray[np.float64]) -> NDArray[np.float64]:
    """Directions as angles to the right of +z, without a jump inside the frame."""
    heading = float(np.arctan2(view.rotation[2, 0], view.rotation[2, 2]))
    c, s = np.cos(heading), np.sin(heading)
    right, ahead = d[..., 0] * c - d[..., 2] * s, d[..., 0] * s + d[..., 2] * c
    return np.asarray(np.arctan2(right, ahead) + heading)


@dataclass(frozen=True, eq=False)
class Ring:
    """A picture on a standing cylinder around the start: it goes round once, from `top` down to `base` metres."""

    picture: Picture
    radius: float
    top: float
    base: float

    def nearer(self, radius: float) -> Ring:
        """The same to an eye at the start, but not so far away."""
        k = radius / self.radius
        return Ring(self.picture, radius, self.top * k, self.base * k) if k < 1 else self

    def draw(self, frame: Picture, view: View, haze: Colour) -> None:
        """Lay it into the frame; it dissolves when the camera comes near it."""
        c = view.position
        inside = float(np.hypot(c[0], c[2])) / self.radius
        presence = float(np.clip((0.96 - inside) / 0.2, 0, 1))
        if presence <= 0:
            return
        hit = _reached(c, view.rays, self.radius, upright=True)
        height = hit[..., 1]
        rows, columns = self.picture.shape[:2]
        v = (self.top - height) / (self.top - self.base) * rows - 0.5
        seen = (v > -1) & (v < rows)
        if not seen.any() and (v.min() > 0) == (v.max() > 0):
            return
        x0, y0, x1, y1 = view.scissor
        lines = np.flatnonzero(~(np.all(v <= -1, axis=1) | np.all(v >= rows, axis=1)))
        if lines.size == 0:
            lines = np.arange(v.shape[0])
        y0, y1 = max(y0, (int(lines[0]) - 2) * COARSE), min(y1, (int(lines[-1]) + 2) * COARSE)
        if y1 <= y0:
            return
        u = _azimuth(view, hit) / (2 * np.pi) * columns + columns / 2 - 0.5
        box = (x0, y0, x1, y1)
        map_x, map_y = view.spread(u, box), view.spread(v, box)
        cv2.max(cv2.min(map_y, rows - 1.0, dst=map_y), 0.0, dst=map_y)
        patch = cv2.remap(self.picture, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
        lay(frame, tint(patch, haze, 0.0, presence), x0, y0)


@dataclass(frozen=True, eq=False)
class Ground:
    """The endless plane y = `level`. Tiles repeat; with distance it fades into what is behind it, the dome."""

    level: float  # metres, under 0
    coarse: Picture
    coarse_m: tuple[float, float]  # what one tile covers in x and z
    fine: Picture
    fine_m: tuple[float, float]
    fine_reach_m: float  # to where the fine tile is seen
    haze_m: float  # at this distance two thirds are lost
    overlays: tuple[Panel, ...] = field(default=())

    def draw(self, frame: Picture, view: View, haze: Colour) -> None:
        """Blend it into the frame."""
        r = view.rotation
        basis = np.stack([r[:, 0], r[:, 2], r[:, 1] * self.level + view.shift], axis=1)  # (x, z, 1) -> camera
        if abs(view.position[1] - self.level) < 1e-3:
            return
        back = np.linalg.inv(view.lens @ basis)
        above = view.position[1] - self.level
        inverse = back[2]  # · pixel = 1 / depth
        x0, y0, x1, y1 = view.scissor
        corners = np.array([[x0, y0, 1], [x1, y0, 1], [x0, y1, 1], [x1, y1, 1]], np.float64) @ inverse
        if np.all(corners <= 0):
            return
        if abs(inverse[0]) < 1e-9 and inverse[1] > 0:  # a level camera: nothing to do above the horizon
            y0 = int(np.clip(np.floor(-inverse[2] / inverse[1]), y0, y1 - 1))
        box = (slice(y0, y1), slice(x0, x1))
        # Distance along the ground from the camera's foot, on the coarse grid.
        d = view.rays
        fall = -d[..., 1] * np.sign(above)
        far = np.where(fall > 1e-6, abs(above) * np.hypot(d[..., 0], d[..., 2]) / np.maximum(fall, 1e-6), 1e6)
        lost = np.clip(1 - np.exp(-((far / self.haze_m) ** 1.3)), 0, 1)
        patch = self._tile(view, back, self._coarse, self.coarse_m, (x0, y0, x1, y1))
        near = np.exp(-((far / self.fine_reach_m) ** 2))
        lines = np.flatnonzero(near.max(axis=1) > 0.03)
        if lines.size:
            top, bottom = max(y0, (int(lines[0]) - 2) * COARSE), min(y1, (int(lines[-1]) + 1) * COARSE)
            if bottom > top:
                fine = self._tile(view, back, self._fine, self.fine_m, (x0, top, x1, bottom))
                share = view.spread(near, (x0, top, x1, bottom))
                below = patch[top - y0 : bottom - y0]
                below[:] = cv2.blendLinear(fine, below, share, 1 - share)
        if self.overlays:
            whole = np.zeros_like(frame)
            whole[box] = patch
            inner = replace(view, scissor=(x0, y0, x1, y1))
            for overlay in self.overlays:
                overlay.draw(whole, inner, haze)
            patch = np.ascontiguousarray(whole[box])
        share = view.spread(lost, (x0, y0, x1, y1))
        frame[box] = cv2.blendLinear(np.ascontiguousarray(frame[box]), patch, share, 1 - share)

    @cached_property
    def _coarse(self) -> tuple[Picture, int, int]:
        return _repeated(self.coarse, 5, 3)

    @cached_property
    def _fine(self) -> tuple[Picture, int, int]:
        return _repeated(self.fine, 7, 3)

    @staticmethod
    def _tile(view: View, back: NDArray[np.float64], tiles: tuple[Picture, int, int], size_m: tuple[float, float], box: Box) -> Picture:
        picture, across, along = tiles
        rows, columns = picture.shape[:2]
        kx, kz = columns / across / size_m[0], rows / along / size_m[1]
        # Whole tiles are subtracted until the camera is over the middle one: only what is far runs out of the picture.
        x = np.floor(view.position[0] / size_m[0]) * size_m[0] - (across // 2) * size_m[0]
        z = np.floor(view.position[2] / size_m[1]) * size_m[1] - (along // 2) * size_m[1]
        to_texels = np.array([[kx, 0, -x * kx], [0, -kz, rows + z * kz], [0, 0, 1]], np.float64)
        from_patch = np.array([[1, 0, box[0]], [0, 1, box[1]], [0, 0, 1]], np.float64)
        return np.asarray(
            cv2.warpPerspective(
                picture, to_texels @ back @ from_patch, (box[2] - box[0], box[3] - box[1]),
                flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_WRAP,
            ),
            np.uint8,
        )  # fmt: skip


def _repeated(tile: Picture, across: int, along: int) -> tuple[Picture, int, int]:
    """The tile several times over: OpenCV wraps slowly, and this way it seldom has to."""
    return np.tile(tile, (along, across, 1)), across, along
