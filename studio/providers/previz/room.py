"""Building rooms: six painted walls under one light."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.providers.previz.flight import Room
from studio.providers.previz.layers import Panel, Sprite
from studio.providers.previz.paint import Colour, Field, mix, noise, opaque, smoothstep, tooth_at
from studio.providers.previz.stage import Stage
from studio.providers.previz.view import Texture, Vector, vector

Rgb = NDArray[Any]  # (h, w, 3)
Pattern = Callable[[Field, Field, np.random.Generator], Rgb]  # metres from the left and from the floor -> colours


@dataclass(frozen=True, eq=False)
class Lamp:
    """Something that lights the walls: where, how strong, and at what distance it has halved."""

    at: Vector
    strength: float
    reach: float
    warm: bool = False  # lamplight; else the light of the day, or of tubes


@dataclass(frozen=True)
class Hole:
    """An opening in the front wall, in metres: from the middle of the wall and from the floor."""

    x: float
    y: float
    width: float
    height: float
    bars: tuple[int, int] = (2, 2)  # panes across and up; (1, 1) has no bars
    arch: bool = False

    @property
    def top(self) -> float:
        """Its highest point over the floor."""
        return self.y + self.height + (0.62 * self.width if self.arch else 0.0)


@dataclass(eq=False)
class Shell:
    """A room while it is being built."""

    stage: Stage
    half: float  # metres from the middle to each side wall
    tall: float
    back: float  # z of the wall behind the camera
    front: float
    ambient: float = 0.42
    lamps: list[Lamp] = field(default_factory=list)
    holes: list[Hole] = field(default_factory=list)
    sun: tuple[float, float, float] | None = None  # strength, slope down, slope aside of sunlight through the holes
    sprites: list[Sprite] = field(default_factory=list)
    extra: list[Panel] = field(default_factory=list)

    def __post_init__(self) -> None:
        # The camera must have room: walls, ceiling and depth give way to its path.
        s = self.stage
        self.half = max(self.half, -float(s.low[0]) + 0.7, float(s.high[0]) + 0.7)
        self.tall = max(self.tall, float(s.high[1]) + s.eye_m + 0.5)
        self.back = min(self.back, float(s.low[2]) - 1.2)

    @property
    def floor(self) -> float:
        """y of the floor."""
        return self.stage.ground

    def build(
        self, wall: Pattern, floor: Pattern, ceiling: Pattern, front: Pattern | None = None, per_metre: float = 56.0
    ) -> Room:
        """Paint it. Long walls are cut in strips for the distance."""
        w, t, z0, z1 = self.half, self.tall, self.back, self.front
        top, length = self.floor + t, z1 - z0
        fade = 0.12 * self.stage.subject_m
        left = self._wall(
            "left", wall, vector(-w, top, z0), vector(0, 0, length), vector(0, -t, 0), vector(1, 0, 0), per_metre
        )
        right = self._wall(
            "right", wall, vector(w, top, z1), vector(0, 0, -length), vector(0, -t, 0), vector(-1, 0, 0), per_metre
        )
        behind = self._wall(
            "behind", wall, vector(w, top, z0), vector(-2 * w, 0, 0), vector(0, -t, 0), vector(0, 0, 1), per_metre * 0.6
        )
        ahead = self._wall(
            "front",
            front or wall,
            vector(-w, top, z1),
            vector(2 * w, 0, 0),
            vector(0, -t, 0),
            vector(0, 0, -1),
            per_metre,
            fade,
            True,
        )
        under = self._wall(
            "floor",
            floor,
            vector(-w, self.floor, z1),
            vector(2 * w, 0, 0),
            vector(0, 0, -length),
            vector(0, 1, 0),
            per_metre * 0.8,
        )
        over = self._wall(
            "ceiling",
            ceiling,
            vector(-w, top, z0),
            vector(2 * w, 0, 0),
            vector(0, 0, length),
            vector(0, -1, 0),
            per_metre * 0.6,
        )
        ends = [z1]
        while ends[-1] > 5:
            ends.append(ends[-1] * 0.55)
        cuts = [(z1 - z) / length for z in [*ends, z0]]  # shares from the far end
        backwards = tuple(1 - c for c in cuts)
        shell = (
            *left.in_strips(backwards, 0), *right.in_strips(tuple(cuts), 0), *under.in_strips(tuple(cuts), 1),
            *over.in_strips(backwards, 1), behind, ahead, *self.extra,
        )  # fmt: skip
        openings = tuple(
            (vector(h.x - h.width / 2, self.floor + h.top, z1), vector(h.width, 0, 0), vector(0, h.y - h.top, 0))
            for h in self.holes
        )
        return Room(shell, openings, vector(-w, self.floor, z0), vector(w, top, z1), tuple(self.sprites))

    def _wall(
        self,
        name: str,
        pattern: Pattern,
        corner: Vector,
        across: Vector,
        down: Vector,
        normal: Vector,
        per_metre: float,
        fade: float = 0.0,
        holes: bool = False,
    ) -> Panel:
        wide, high = float(np.linalg.norm(across)), float(np.linalg.norm(down))
        scale = min(per_metre, 4096 / max(wide, high))
        columns, rows = max(8, round(wide * scale)), max(8, round(high * scale))
        u = np.repeat((np.arange(columns, dtype=np.float32)[None, :] + 0.5) / columns * wide, rows, axis=0)
        v = np.repeat((high - (np.arange(rows, dtype=np.float32)[:, None] + 0.5) / rows * high), columns, axis=1)
        rng = self.stage.rng("wall", name)
        rgb = pattern(u, v, rng)
        small = max(8, columns // 6), max(8, rows // 6)
        blots = noise(rng, small[1], small[0], max(1, high * 1.1), max(1, wide * 1.1), 3, 0.6)
        factor = np.asarray(cv2.resize(blots, (columns, rows), interpolation=cv2.INTER_LINEAR), np.float32)
        factor *= np.float32(0.16)
        factor += tooth_at(rng, rows, columns, 9) * np.float32(0.15) + np.float32(1 - 0.155)
        rgb = rgb * self._light(corner, across, down, normal, (columns, rows))
        rgb *= factor[..., None]
        if self.sun is not None and (normal[1] > 0.5 or abs(normal[0]) > 0.5):
            rgb = rgb + self._sunlight(corner, across, down, (columns, rows), rgb)
        picture = opaque(rgb)
        if holes:
            for hole in self.holes:
                _cut(picture, hole, wide, high, self.stage)
        return Panel(Texture(picture), corner, across, down, fade_m=fade)

    def _grid(self, corner: Vector, across: Vector, down: Vector, columns: int, rows: int) -> NDArray[Any]:
        a, b = (np.arange(columns) + 0.5) / columns, (np.arange(rows) + 0.5) / rows
        return corner + a[None, :, None] * across + b[:, None, None] * down

    def _light(self, corner: Vector, across: Vector, down: Vector, normal: Vector, size: tuple[int, int]) -> Rgb:
        """The light on each spot, (h, w, 3): 1 is the wall's own colour."""
        columns, rows = max(12, min(160, size[0] // 14)), max(12, min(60, size[1] // 8))
        at = self._grid(corner, across, down, columns, rows)
        total = np.full((*at.shape[:2], 3), self.ambient)
        lamplight = self.stage.palette.lamp / self.stage.palette.lamp.mean()
        for lamp in self.lamps:
            way = lamp.at - at
            away = np.linalg.norm(way, axis=-1)
            facing = np.clip((way @ normal) / np.maximum(away, 1e-6), 0, 1) * 0.75 + 0.25
            given = lamp.strength * facing / (1 + (away / lamp.reach) ** 2)
            total += given[..., None] * (lamplight if lamp.warm else 1.0)
        total = np.where(total > 1, 1 + (total - 1) * 0.5, total)  # as film does
        # Corners of the room are a little darker: less of the room shines into them.
        low = np.array([-self.half, self.floor, self.back])
        high = np.array([self.half, self.floor + self.tall, self.front])
        gap = np.sort(np.minimum(at - low, high - at), axis=-1)[..., 1]  # the nearest but the wall itself
        total *= (0.72 + 0.28 * np.clip(gap / 0.9, 0, 1) ** 0.7)[..., None]
        return np.asarray(cv2.resize(total.astype(np.float32), size, interpolation=cv2.INTER_LINEAR))

    def _sunlight(self, corner: Vector, across: Vector, down: Vector, size: tuple[int, int], rgb: Rgb) -> Rgb:
        """Sun through the holes, as it truly falls on this surface."""
        assert self.sun is not None
        strength, slope, aside = self.sun
        columns, rows = max(16, size[0] // 3), max(16, size[1] // 3)
        at = self._grid(corner, across, down, columns, rows)
        way = self.front - at[..., 2]
        x = at[..., 0] + aside * way
        y = at[..., 1] + slope * way - self.floor
        mask = np.zeros(at.shape[:2], np.float32)
        soft = 0.05
        for hole in self.holes:
            sx = (x - hole.x) / hole.width + 0.5
            sy = (y - hole.y) / hole.height
            inside = np.clip(np.minimum(np.minimum(sx, 1 - sx), np.minimum(sy, 1 - sy)) / soft, 0, 1)
            for count, share in ((hole.bars[0], sx), (hole.bars[1], sy)):
                for i in range(1, count):
                    inside = inside * np.clip((np.abs(share - i / count) - 0.012) / 0.03, 0, 1)
            mask = np.maximum(mask, inside * np.clip(1.25 - way / 9, 0.25, 1))
        mask = np.asarray(cv2.resize(cv2.GaussianBlur(mask, (0, 0), 1.0), size, interpolation=cv2.INTER_LINEAR))
        p = self.stage.palette
        return (mix(p.sun, p.lamp, 0.35) * 0.55 + rgb * 0.9) * (mask * strength)[..., None]


def _cut(picture: NDArray[Any], hole: Hole, wide: float, high: float, stage: Stage) -> None:
    """Cut a window out of a wall, leaving its frame and bars."""
    rows, columns = picture.shape[:2]
    kx, ky = columns / wide, rows / high

    def box(x0: float, y0: float, x1: float, y1: float) -> tuple[slice, slice]:
        return (
            slice(max(0, round(rows - y1 * ky)), max(0, round(rows - y0 * ky))),
            slice(max(0, round((x0 + wide / 2) * kx)), max(0, round((x1 + wide / 2) * kx))),
        )

    p = stage.palette
    frame = mix(p.ink, p.wall, 0.35)
    x0, x1, y0, y1 = hole.x - hole.width / 2, hole.x + hole.width / 2, hole.y, hole.y + hole.height
    rim = 0.07
    paint = (*[int(c) for c in frame], 255)
    if hole.arch:
        centre = (round((hole.x + wide / 2) * kx), round(rows - y1 * ky))
        for grow, ink in ((rim, paint), (0.0, (0, 0, 0, 0))):
            picture[box(x0 - grow, y0 - grow, x1 + grow, y1)] = ink
            cv2.ellipse(
                picture,
                centre,
                (round((hole.width / 2 + grow) * kx), round((hole.width * 0.62 + grow) * ky)),
                0,
                180,
                360,
                ink,
                cv2.FILLED,
                cv2.LINE_8,
            )
    else:
        picture[box(x0 - rim, y0 - rim, x1 + rim, y1 + rim)] = paint
        picture[box(x0, y0, x1, y1)] = 0
    for i in range(1, hole.bars[0]):
        x = x0 + hole.width * i / hole.bars[0]
        picture[box(x - 0.022, y0, x + 0.022, y1)] = paint
    for i in range(1, hole.bars[1]):
        y = y0 + hole.height * i / hole.bars[1]
        picture[box(x0, y - 0.022, x1, y + 0.022)] = paint


# --- what walls and floors look like ---------------------------------------------------------------------------


def plain(tone: Colour, dado: Colour | None = None, height: float = 1.1) -> Pattern:
    """Paint, darker up to `height` where there is a dado, with a skirting board."""

    def paint(u: Field, v: Field, rng: np.random.Generator) -> Rgb:
        rgb = np.empty((*u.shape, 3), np.float32)
        rgb[:] = tone
        if dado is not None:
            rgb[v < height] = dado
            rgb[(v > height - 0.03) & (v < height + 0.03)] = mix(dado, tone, 0.5) * 1.25
        rgb[v < 0.11] *= 0.62
        return rgb

    return paint


def papered(tone: Colour, other: Colour, step: float = 0.32) -> Pattern:
    """Wallpaper in soft stripes with a small motif."""

    def paint(u: Field, v: Field, rng: np.random.Generator) -> Rgb:
        stripe = smoothstep(-0.25, 0.25, np.cos(u * (2 * np.pi / step)).astype(np.float32)) * 0.5
        motif = (np.cos(u * (2 * np.pi / step)) * np.cos(v * (2 * np.pi / (step * 1.3))) > 0.72).astype(
            np.float32
        ) * 0.45
        rgb = tone + (other - tone) * np.clip(stripe + motif, 0, 1)[..., None]
        rgb[v < 0.13] = mix(tone, other, 0.5) * 0.55
        return np.asarray(rgb, np.float32)

    return paint


def boards(tone: Colour, width: float = 0.17) -> Pattern:
    """Floor boards that run away from us."""

    def paint(u: Field, v: Field, rng: np.random.Generator) -> Rgb:
        index = np.floor(u / width).astype(int)
        shades = rng.uniform(0.84, 1.12, int(index.max()) + 2).astype(np.float32)
        offset = rng.uniform(0, 3, int(index.max()) + 2)
        seam = (np.abs(u / width - np.round(u / width)) < 0.035) | (((v + offset[index]) % 2.4) < 0.03)
        grain = noise(rng, u.shape[0], u.shape[1], 10, u.shape[1] / 5, 2, 0.6)
        factor = shades[index] * np.where(seam, 0.6, 1.0) * (1 + (grain - 0.5) * 0.2)
        return np.asarray(tone * factor[..., None], np.float32)

    return paint


def tiles(tone: Colour, other: Colour, size: float = 0.5, joint: float = 0.018) -> Pattern:
    """Square tiles, as on a chessboard where the two tones differ."""

    def paint(u: Field, v: Field, rng: np.random.Generator) -> Rgb:
        i, j = np.floor(u / size).astype(int), np.floor(v / size).astype(int)
        shades = rng.uniform(0.93, 1.06, (int(i.max()) + 2, int(j.max()) + 2)).astype(np.float32)
        rgb = np.where(((i + j) % 2 == 0)[..., None], tone, other) * shades[i, j][..., None]
        line = (np.abs(u / size - np.round(u / size)) < joint / size) | (
            np.abs(v / size - np.round(v / size)) < joint / size
        )
        rgb[line] *= 0.72
        return np.asarray(rgb, np.float32)

    return paint


def stones(tone: Colour, width: float = 0.9, height: float = 0.42) -> Pattern:
    """Courses of cut stone."""

    def paint(u: Field, v: Field, rng: np.random.Generator) -> Rgb:
        course = np.floor(v / height).astype(int)
        shift = u + (course % 2) * width / 2
        block = np.floor(shift / width).astype(int)
        shades = rng.uniform(0.88, 1.1, (int(course.max()) + 2, int(block.max()) + 2)).astype(np.float32)
        rgb = tone * shades[course, block][..., None]
        line = (np.abs(v / height - np.round(v / height)) < 0.035) | (
            np.abs(shift / width - np.round(shift / width)) < 0.016
        )
        rgb[line] *= 0.80
        return np.asarray(rgb, np.float32)

    return paint
