"""What a scene is made of.

A part knows its own picture and place; `draw(frame, view)` warps it over the region that it covers and lays it on top.

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
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.providers.previz.paint import Colour, Picture
from studio.providers.previz.view import COARSE, Box, Texture, Three, Vector, View, lay, lay_flat, tint


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

    @cached_property
    def _numbers(self) -> tuple[Three, Three, Three, Three]:
        """Corner, across, down and normal as plain floats."""
        rows = [tuple(v.tolist()) for v in (self.corner, self.across, self.down, self.normal)]
        return rows[0], rows[1], rows[2], rows[3]

    def presence(self, position: Three) -> float:
        """How much of it a camera there sees: 0…1."""
        (cx, cy, cz), _, _, (nx, ny, nz) = self._numbers
        distance = nx * (position[0] - cx) + ny * (position[1] - cy) + nz * (position[2] - cz)
        if distance <= 0:
            return 0.0
        if self.fade_m <= 0 or distance >= self.fade_m:
            return 1.0
        t = distance / self.fade_m
        return t * t * (3 - 2 * t)

    def draw(self, frame: Picture, view: View, haze: Colour, share: float = 0.0) -> None:
        """Lay it into the frame, seen through `share` of haze."""
        presence = self.presence(view.numbers[4])
        if presence > 0.004:
            corner, across, down, _ = self._numbers
            if self.moves:
                corner = tuple((self.corner + view.follow).tolist())
            lay_flat(frame, view, self.texture, corner, across, down, (haze, share, presence))

    def in_strips(self, edges: tuple[float, ...], along: int) -> tuple[Panel, ...]:
        """Cut at shares 0…1 of its width (along = 0) or height (1), far to near as the edges run.

        A wall that runs into the distance needs its far end smaller than its near end. The strips overlap by a
        little, so that no line shows between them.
        """
        out = []
        sides = (self.across, self.down)
        pixels = (self.texture.width, self.texture.height)[along]
        for a, b in pairwise(edges):
            low, high = min(a, b), max(a, b)
            reach = (high - low) * 0.06
            p0, p1 = round(max(0.0, low - reach) * pixels), round(min(1.0, high + reach) * pixels)
            if p1 - p0 < 2:
                continue
            piece = self.texture.picture[:, p0:p1] if along == 0 else self.texture.picture[p0:p1]
            corner = self.corner + sides[along] * (p0 / pixels)
            cut = sides[along] * ((p1 - p0) / pixels)
            across, down = (cut, self.down) if along == 0 else (self.across, cut)
            out.append(Panel(Texture(piece), corner, across, down, self.fade_m))
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
    yaw_deg: float = 0.0  # where it looks at turn 0: 0 towards the start, 90 to the left (a wall on the right)

    def draw(self, frame: Picture, view: View, haze: Colour, share: float, distance: float) -> None:
        """Lay it into the frame, seen through `share` of haze; its middle is `distance` metres ahead."""
        near, whole = self.fade_m
        t = min(max((distance - near) / (whole - near), 0.0), 1.0)
        presence = t * t * (3 - 2 * t)
        if presence < 0.004:
            return
        x, y, z = (self.foot + view.follow if self.moves else self.foot).tolist()
        at_x, _, at_z = view.numbers[4]
        angle = math.atan2(x - at_x, z - at_z) * self.turn + math.radians(self.yaw_deg)
        ax, az = math.cos(angle) * self.width, -math.sin(angle) * self.width
        corner, down = (x - ax / 2, y + self.height, z - az / 2), (0.0, -self.height, 0.0)
        lay_flat(frame, view, self.texture, corner, (ax, 0.0, az), down, (haze, share * self.hazy, presence))


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

    def draw(self, frame: Picture, view: View, haze: Colour) -> None:
        """Fill the scissor; well below the horizon, where the ground will cover it, with plain haze."""
        x0, y0, x1, y1 = view.scissor
        d = view.rays
        lines = np.flatnonzero((d[..., 1] > -0.09 * np.hypot(d[..., 0], d[..., 2])).any(axis=1))  # above -5 degrees
        cut = min(y1, max(y0, (int(lines[-1]) + 1) * COARSE)) if lines.size else y0
        frame[cut:y1, x0:x1, :3] = haze.astype(np.uint8)
        frame[cut:y1, x0:x1, 3] = 255
        if cut == y0:
            return
        box, y1 = (x0, y0, x1, cut), cut
        hit = _reached(view.position, view.rays, self.radius, upright=False)
        elevation = np.degrees(np.arctan2(hit[..., 1], np.hypot(hit[..., 0], hit[..., 2])))
        rows, columns = self.picture.shape[:2]
        u = _azimuth(view, hit) / (2 * np.pi) * columns + columns / 2 - 0.5
        v = (self.top_deg - elevation) / (self.top_deg - self.bottom_deg) * rows - 0.5
        map_x, map_y = view.spread(u, box), view.spread(v, box)
        np.clip(map_y, 0, rows - 1.01, out=map_y)
        frame[y0:y1, x0:x1] = cv2.remap(self.picture, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)


def _reached(at: Vector, d: NDArray[Any], radius: float, upright: bool) -> NDArray[Any]:
    """Where rays from `at`, which is inside, meet a sphere about the origin, or an upright cylinder."""
    flat = [0, 2] if upright else [0, 1, 2]
    a = (d[..., flat] ** 2).sum(-1) + 1e-9
    b = d[..., flat] @ at[flat]
    c = float(at[flat] @ at[flat]) - radius**2
    s = (-b + np.sqrt(np.maximum(b * b - a * c, 0))) / a
    return np.asarray(d * s[..., None] + at)


def _azimuth(view: View, d: NDArray[Any]) -> NDArray[Any]:
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

    def onto(self, dome: Dome) -> None:
        """Paint it on the sky for good, in place: for what is about as far."""
        rows, columns = dome.picture.shape[:2]
        elevation = dome.top_deg - (np.arange(rows) + 0.5) / rows * (dome.top_deg - dome.bottom_deg)
        v = (self.top - np.tan(np.radians(np.clip(elevation, -80, 80))) * self.radius) / (self.top - self.base)
        lines = np.flatnonzero((v > 0) & (v < 1))
        if lines.size == 0:
            return
        y0, y1 = int(lines[0]), int(lines[-1]) + 1
        map_y = (v[y0:y1] * self.picture.shape[0] - 0.5).astype(np.float32)
        map_x = ((np.arange(columns) + 0.5) / columns * self.picture.shape[1] - 0.5).astype(np.float32)
        across, down = np.meshgrid(map_x, np.clip(map_y, 0, self.picture.shape[0] - 1))
        lay(dome.picture, cv2.remap(self.picture, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP), 0, y0)

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
        np.clip(map_y, 0, rows - 1, out=map_y)
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
        return _repeated(self.coarse, 3, 3)

    @cached_property
    def _fine(self) -> tuple[Picture, int, int]:
        return _repeated(self.fine, 5, 3)

    @staticmethod
    def _tile(
        view: View, back: NDArray[Any], tiles: tuple[Picture, int, int], size_m: tuple[float, float], box: Box
    ) -> Picture:
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
