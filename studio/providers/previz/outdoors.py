"""Places under the sky: what lies far, what stands about, what the ground is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np

from studio.providers.previz import nature, things
from studio.providers.previz.backdrop import earth, ridge, skyline, sky
from studio.providers.previz.figures import Figure
from studio.providers.previz.layers import Dome, Ground, Panel, Ring, Sprite, Texture, vector
from studio.providers.previz.paint import Colour, colour, glow, mix, noise, opaque, saturate, shade, smoothstep, with_alpha
from studio.providers.previz.stage import Stage, faded, strip


SKY_AT = 7.0  # subject distances


@dataclass(eq=False)
class Land:
    """An outside while it is being built."""

    stage: Stage
    kind: str = "grass"  # of the ground
    cover: float = 0.5  # of clouds
    haze_m: float = 75.0
    rings: list[Ring] = field(default_factory=list)
    sprites: list[Sprite] = field(default_factory=list)
    overlays: list[Panel] = field(default_factory=list)

    def hills(self, name: str, radius: float, rise: float, lost: float, cells: float = 14, jag: float = 0.45, fringe: str = "", body: Colour | None = None) -> None:
        """A ring of hills, far ones first."""
        s = self.stage
        fine = min(s.per_degree, 8.0) * (0.75 if lost > 0.6 else 1.0)
        self.ring(ridge(s.palette, s.rng("ridge", name), fine, radius, s.ground, rise, lost, cells, jag, fringe, body))

    def ring(self, ring: Ring) -> None:
        """Something far, brought to where a toy theatre has it: so near that a push in is seen in it."""
        depth = SKY_AT - 1.0 - 1.25 * max(0.0, 2.9 - float(np.log10(ring.radius)))
        self.rings.append(ring.nearer(max(3.4, depth) * self.stage.subject_m))

    def put(self, cut: Figure, x: float, z: float, **how: object) -> None:
        """A cut-out on the ground."""
        self.sprites.append(self.stage.stand(cut, x, z, **how))  # type: ignore[arg-type]

    def scatter(self, name: str, cuts: list[Figure], count: int, near: float, far: float, lane: float, wide: float = 0.62, turn: float = 1.0) -> None:
        """Several on both sides of a free lane, nearer ones rarer; their places come from the seed."""
        rng = self.stage.rng("scatter", name)
        for i in range(count):
            z = near + (far - near) * (i + float(rng.uniform(0.1, 0.9))) / count
            reach = lane + (wide * max(z, 0) + 2.0) * float(rng.uniform(0, 1)) ** 1.25
            side = (1 if i % 2 else -1) * (1 if rng.random() < 0.82 else -1)
            self.put(cuts[int(rng.integers(len(cuts)))], side * reach, z, mirror=bool(rng.random() < 0.5), grow=float(rng.uniform(0.85, 1.2)), turn=turn)

    def behind(self, name: str, cuts: list[Figure], count: int, near: float, far: float) -> None:
        """Some beside and behind the start, for a camera that turns round or pulls back."""
        rng = self.stage.rng("behind", name)
        for i in range(count):
            angle = np.radians(62 + (360 - 124) * (i + float(rng.uniform(0.2, 0.8))) / count)
            away = float(rng.uniform(near, far))
            self.put(cuts[int(rng.integers(len(cuts)))], away * float(np.sin(angle)), away * float(np.cos(angle)), mirror=bool(rng.random() < 0.5), grow=float(rng.uniform(0.85, 1.15)))

    def foreground(self, dry: bool = False) -> None:
        """Grass right before the lens, left and right of the view."""
        s = self.stage
        rng = s.rng("foreground")
        tufts = [nature.grass(s.palette, (s.seed, k), s.scale(3.0, 1.6), dry) for k in range(2)]
        for k in range(6):
            z = float(rng.uniform(2.6, 6.0)) + s.eye_m * 0.6
            x = (1 if k % 2 else -1) * z * float(rng.uniform(0.24, 0.5))
            self.put(tufts[k % 2], x, z, mirror=bool(rng.random() < 0.5), grow=float(rng.uniform(0.6, 1.0)), shadow=0.2, fade_m=(0.4, 1.2))

    def shine(self, x: float, y: float, z: float, size: float, strength: float = 0.8, tint: Colour | None = None) -> None:
        """A halo of lamplight."""
        lamp = self.stage.palette.lamp if tint is None else tint
        picture = glow(lamp, 96, 2.4, strength)
        self.sprites.append(Sprite(Texture(picture), vector(x, y - size / 2, z), size, size, 1.0, (0.5, 2.0), hazy=0.3, order_m=-0.3))

    def strip(self, name: str, low: Colour, high: Colour, x0: float, x1: float, z0: float, z1: float, pixels: tuple[int, int], **how: object) -> None:
        """Something flat on the ground, from x0 to x1 and z0 (near) to z1 (far), cut so that its far end stays calm."""
        g = self.stage.ground
        panel = strip(self.stage, name, low, high, vector(x0, g, z1), vector(x1 - x0, 0, 0), vector(0, 0, z0 - z1), pixels, **how)  # type: ignore[arg-type]
        self.lay(panel, z0, z1)

    def lay(self, panel: Panel, z0: float, z1: float) -> None:
        """A long panel on the ground, in strips that double in length."""
        ends = [z1]
        while ends[-1] > 14:
            ends.append(ends[-1] / 2)
        edges = tuple((z1 - z) / (z1 - z0) for z in [*ends, z0])
        self.overlays.extend(panel.in_strips(edges, 1))


def build(place: str, stage: Stage) -> tuple[Dome, Ground, tuple[Ring, ...], tuple[Sprite, ...], float]:
    """Dome, ground, rings, sprites and the distance at which haze takes two thirds, for a key of PLACES_OUTSIDE."""
    land = Land(stage)
    p = stage.palette
    if p.weather == "mist":
        land.haze_m = 34.0
    elif p.weather in ("rain", "snow"):
        land.haze_m = 52.0
    _PLACES[place](land)
    _weather(land)
    if "birds" in stage.seen.things:
        d = max(34.0, stage.subject_m * 2)
        land.sprites.append(stage.stand(nature.birds(p, stage.seed, stage.scale(d, 16)), p.sun_side * -9, d, y=stage.ground + 8 + d * 0.10))
    dome = sky(p, stage.rng("sky"), min(stage.per_degree, 10.0), SKY_AT * stage.subject_m, 0.9 if p.weather in ("rain", "snow") else land.cover)
    ground = earth(p, stage.rng("earth"), stage.ground, land.haze_m, land.kind, tuple(land.overlays))
    return dome, ground, tuple(land.rings), tuple(land.sprites), land.haze_m


def _trees(stage: Stage, *kinds: str, at: float = 16.0) -> list[Figure]:
    p = stage.palette
    if p.season == "winter":
        kinds = tuple("bare" if kind == "broad" else kind for kind in kinds)
    return [nature.tree(p, (stage.seed, i), stage.scale(at, 8.0), kind) for i, kind in enumerate(kinds)]


def _field(land: Land) -> None:
    s, p = land.stage, land.stage.palette
    land.kind = "rows" if not p.snow and s.rng("rows").random() < 0.65 else "grass"
    land.hills("far", 900, 70, 0.78, 9)
    land.hills("middle", 330, 17, 0.55, 13, 0.4, "trees")
    land.hills("near", 120, 2.2, 0.3, 20, 0.4, "trees")
    trees = _trees(s, "broad", "bare" if p.hour in ("dusk", "blue") else "poplar")
    land.scatter("trees", trees, 6, 15, 62, 5.5, 0.5)
    land.behind("trees", trees, 6, 16, 34)
    land.foreground(dry=True)
    if "flowers" in s.seen.things or p.season in ("spring", "summer"):
        patch = [nature.flowers(p, (s.seed, k), s.scale(5, 1.8)) for k in range(2)]
        land.scatter("flowers", patch, 8, 4.2, 15, 0.9, 0.4)


def _house(land: Land) -> None:
    s, p = land.stage, land.stage.palette
    d = s.subject_m
    land.hills("far", 800, 60, 0.78, 8)
    land.hills("middle", 260, 14, 0.5, 14, 0.4, "pines" if p.snow else "trees")
    rng = s.rng("house")
    at = d if not s.seen.people else d * 2.6
    x = float(rng.uniform(1.5, 3.5) * rng.choice([-1, 1])) if s.seen.people else float(rng.uniform(-0.8, 0.8))
    home = things.house(p, (s.seed, "home"), s.scale(at, 9), lit=None if s.seen.people or not p.dark else True)
    land.put(home, x, at + 0.5, turn=0.55, moves=not s.seen.people, shadow=0.5)
    if p.dark:
        land.shine(x, s.ground + 1.7, at - 0.4, 7.0, 0.34)
        _pool(land, x, at - 2.2, 5.0)
    trees = _trees(s, "bare" if p.snow or p.season == "autumn" else "broad", "pine" if p.snow else "bare", at=at * 0.9)
    land.put(trees[0], x - float(np.sign(x) or 1) * float(rng.uniform(7.5, 9.5)), at * float(rng.uniform(0.86, 1.0)))
    land.put(trees[1], x + float(np.sign(x) or 1) * float(rng.uniform(8, 10)), at * float(rng.uniform(1.1, 1.3)))
    land.scatter("trees", trees, 7, at * 1.25, at * 2.6, 4.0, 0.5)
    land.behind("trees", trees, 6, 16, 34)
    rail = things.fence(p, s.seed, s.scale(at * 0.6, 6))
    for k in (-2, -1, 1, 2):
        land.put(rail, k * 6.0 - np.sign(k) * 1.9, at * 0.62, turn=0.0, shadow=0.3)
    land.foreground(dry=True)
    _path(land, x, at)


def _pool(land: Land, x: float, z: float, size: float) -> None:
    """Lamplight on the ground."""
    p, g = land.stage.palette, land.stage.ground
    picture = glow(p.lamp, 96, 1.8, 0.42)
    land.overlays.append(Panel(Texture(picture), vector(x - size, g, z + size), vector(2 * size, 0, 0), vector(0, 0, -2 * size)))


def _path(land: Land, x: float, at: float) -> None:
    """A trodden path to a door."""
    p = land.stage.palette
    low, high = mix(shade(p.ground, 0.72), p.ink, 0.1), mix(p.ground, p.horizon, 0.18)
    value = noise(land.stage.rng("path"), 256, 128, 40, 14, 3, 0.7)
    rgb = low + (high - low) * value[..., None]
    y = np.linspace(0, 1, 256, dtype=np.float32)
    middle = 0.5 + 0.16 * np.sin(y * 5.0 + float(land.stage.rng("bend").uniform(0, 3)))
    across = np.abs(np.linspace(0, 1, 128, dtype=np.float32)[None, :] - middle[:, None])
    alpha = (1 - smoothstep(0.10, 0.2, across + (value - 0.5) * 0.12)) * 0.75
    near = -6.0
    panel = Panel(Texture(with_alpha(rgb, alpha)), vector(x - 3.2, land.stage.ground, at - 0.4), vector(6.4, 0, 0), vector(0, 0, near - at))
    land.lay(panel, near, at - 0.4)


def _schoolyard(land: Land) -> None:
    s, p = land.stage, land.stage.palette
    land.kind = "paving" if not p.snow else "grass"
    land.hills("far", 700, 45, 0.75, 9)
    land.hills("middle", 150, 4, 0.4, 18, 0.4, "trees")
    rng = s.rng("yard")
    away = max(52.0, s.subject_m * 4.6)
    x = float(rng.uniform(-5, 5))
    land.put(things.school(p, s.seed, s.scale(away, 20)), x, away, turn=0.3, grow=1.05, fade_m=(2.0, 7.0))
    rail = things.fence(p, s.seed, s.scale(20, 6), railings=True)
    for k in range(-4, 5):
        if k:
            land.put(rail, k * 6.0 - np.sign(k) * 1.5, away * 0.62, turn=0.0, shadow=0.3)
    trees = _trees(s, "broad", "broad", at=18)
    side = float(rng.choice([-1, 1]))
    land.put(trees[0], side * float(rng.uniform(6.5, 8.5)), float(rng.uniform(15, 19)))
    land.put(trees[1], -side * float(rng.uniform(9.5, 12.0)), float(rng.uniform(21, 26)))
    land.put(things.swing(p, s.seed, s.scale(14, 4)), -side * float(rng.uniform(4.6, 5.6)), float(rng.uniform(12, 15)), turn=0.6)
    land.put(things.bench(p, s.seed, s.scale(11, 2)), side * float(rng.uniform(3.8, 4.6)), 11.5, turn=0.8)
    land.behind("trees", trees, 6, 15, 30)
    land.scatter("trees", trees, 4, 30, 60, 15, 0.5)
    chalk = mix(p.ground, colour("#ffffff"), 0.55 if not p.dark else 0.2)
    for k in range(6):  # hopscotch
        z, wide = 4.6 + k * 0.75, (0.75 if k % 2 else 1.5)
        value = np.zeros((48, 96), np.float32)
        value[2:5], value[-5:-2], value[:, 2:5], value[:, -5:-2] = 1, 1, 1, 1
        if k % 2 == 0:
            value[:, 47:50] = 1
        tooth = noise(s.rng("chalk", k), 48, 96, 10, 20, 2)
        picture = with_alpha(np.ones((48, 96, 3), np.float32) * chalk, value * np.clip(tooth * 1.4, 0, 1) * 0.8)
        place = vector(side * 1.6 - wide / 2, s.ground, z + 0.72)
        land.overlays.append(Panel(Texture(picture), place, vector(wide, 0, 0), vector(0, 0, -0.72)))


def _beach(land: Land) -> None:
    s, p = land.stage, land.stage.palette
    land.kind, land.cover, land.haze_m = "water", 0.42, max(land.haze_m, 150)
    land.hills("head", 1500, 55, 0.8, 4, 0.35)
    d = s.subject_m
    rng = s.rng("beach")
    shore = d * 1.25 if s.seen.people else 9.0
    sand = mix(mix(p.ground, colour("#d8b98c"), 0.55), p.ink, 0.0)
    sand = shade(sand, 0.45 + 0.55 * p.brightness)
    # Sand up to the shore line, which swings a little; wet and dark at its edge, then foam.
    wide, near, rows, columns = 150.0, -40.0, 640, 900
    value = noise(s.rng("sand"), rows, columns, 60, 90, 4, 0.75)
    z = shore + 3 - (np.arange(rows, dtype=np.float32) + 0.5) / rows * (shore + 3 - near)
    x = (np.arange(columns, dtype=np.float32) + 0.5) / columns * wide - wide / 2
    line = shore + 0.9 * np.sin(x * 0.11 + float(rng.uniform(0, 6))) + 0.45 * np.sin(x * 0.31 + float(rng.uniform(0, 6))) + 0.06 * x * float(rng.uniform(-1, 1))
    inland = line[None, :] - z[:, None] + (value - 0.5) * 0.8
    dry = smoothstep(0.4, 4.2, inland)[..., None]
    wet = mix(shade(sand, 0.55), p.horizon, 0.22)
    rgb = wet + (mix(sand, p.sun, 0.08) * (0.80 + 0.36 * value[..., None]) - wet) * dry
    foam = np.exp(-(((inland - 0.25) / 0.28) ** 2)) + 0.7 * np.exp(-(((inland - 1.35 - (value - 0.5)) / 0.14) ** 2))
    white = mix(p.horizon, colour("#ffffff"), 0.45 if not p.dark else 0.1)
    rgb += (white - rgb) * np.clip(foam * (0.55 + 0.5 * value), 0, 0.92)[..., None]
    picture = with_alpha(rgb, smoothstep(-0.25, 0.25, inland))
    g = s.ground
    land.lay(Panel(Texture(picture), vector(-wide / 2, g, shore + 3), vector(wide, 0, 0), vector(0, 0, near - shore - 3)), near, shore + 3)
    # Waves coming in: long white lines on the water.
    for k, away in enumerate((shore + 5, shore + 10, shore + 19, shore + 36)):
        tooth = noise(s.rng("wave", k), 24, 600, 3, 22, 3, 0.7)
        y = np.linspace(-1, 1, 24, dtype=np.float32)[:, None]
        crest = np.exp(-(((y + (tooth - 0.5) * 1.4) / 0.35) ** 2)) * smoothstep(0.42, 0.6, noise(s.rng("breaks", k), 1, 600, 1, 9, 2))
        picture = with_alpha(np.ones((24, 600, 3), np.float32) * white, np.clip(crest, 0, 1) * 0.75)
        depth = 0.05 * away
        land.overlays.append(Panel(Texture(picture), vector(-70, g, away + depth), vector(140, 0, 0), vector(0, 0, -2 * depth)))
    _glitter(land, shore + 3)
    if "boat" in s.seen.things or rng.random() < 0.5:
        land.put(things.boat(p, s.seed, s.scale(60, 6)), float(rng.uniform(9, 20) * rng.choice([-1, 1])), 70.0, shadow=0.25)
    tufts = [nature.grass(p, (s.seed, k), s.scale(4, 1.6), True) for k in range(2)]
    for k in range(4):
        land.put(tufts[k % 2], (1 if k % 2 else -1) * float(rng.uniform(1.7, 3.2)), float(rng.uniform(3.4, 5.4)), grow=0.8, fade_m=(0.4, 1.2))
    land.behind("dune", tufts, 8, 8, 16)


def _glitter(land: Land, near: float) -> None:
    """The sun's road on the water."""
    p, s = land.stage.palette, land.stage
    if p.sun_height_deg < -2 or p.weather in ("rain", "snow"):
        return
    rows, columns, far = 420, 120, 420.0
    sparkle = smoothstep(0.56, 0.86, noise(s.rng("glitter"), rows, columns, 110, 14, 3, 0.8))
    across = np.linspace(-1, 1, columns, dtype=np.float32)[None, :]
    strength = (np.exp(-((across / 0.34) ** 2)) * (0.25 + 0.75 * sparkle) * (0.75 if p.hour != "night" else 0.5)).astype(np.float32)
    strength *= smoothstep(0, 0.10, np.linspace(1, 0, rows, dtype=np.float32))[:, None]
    picture = np.zeros((rows, columns, 4), np.uint8)
    picture[..., :3] = mix(p.sun, p.horizon, 0.3) * strength[..., None] * 0.8
    x = float(np.tan(np.radians(p.sun_side * 24)))
    z = np.array([far, near])
    corner = vector(x * z[0] - 34, s.ground, far)
    # The road points at the sun: its sides run from the horizon under it to our feet.
    panel = Panel(Texture(picture), corner, vector(68, 0, 0), vector((near - far) * x, 0, near - far))
    land.lay(panel, near, far)


def _lake(land: Land) -> None:
    s, p = land.stage, land.stage.palette
    land.kind, land.haze_m = "water", max(land.haze_m, 130)
    land.hills("far", 900, 120, 0.75, 8)
    land.hills("shore", 210, 12, 0.42, 12, 0.5, "pines")
    shore = s.subject_m * 1.15
    g = mix(p.ground, p.growth, 0.5)
    land.strip("bank", shade(g, 0.6), shade(g, 1.1), -60, 60, -40, shore, (700, 420), streak=(120, 60), soft=(0.0, 0.03))
    _glitter(land, shore)
    trees = _trees(s, "broad", "pine", at=14)
    rng = s.rng("lake")
    side = float(rng.choice([-1, 1]))
    land.put(trees[0], side * float(rng.uniform(4.6, 6)), s.subject_m * 0.95)
    land.put(things.boat(p, s.seed, s.scale(40, 6)), -side * float(rng.uniform(4, 11)), float(rng.uniform(28, 44)), shadow=0.3)
    reeds = [nature.grass(p, (s.seed, k), s.scale(7, 1.6), True) for k in range(2)]
    for k in range(9):
        land.put(reeds[k % 2], (k - 4) * 1.7 + float(rng.normal(0, 0.5)), shore - 0.6, grow=float(rng.uniform(0.9, 1.5)))
    land.behind("trees", trees, 7, 14, 30)
    land.foreground()


def _forest(land: Land) -> None:
    s, p = land.stage, land.stage.palette
    land.kind, land.haze_m, land.cover = "forest", min(land.haze_m, 42.0), 0.3
    leaf = mix(p.ink, p.growth, 0.75 if p.season == "autumn" else 0.45)
    land.hills("wood", 75, 9, 0.66, 20, 0.6, "tall pines", mix(p.ink, p.growth, 0.35))
    land.hills("edge", 44, 2.4, 0.42, 30, 0.6, "tall trees", leaf)
    rng = s.rng("forest")
    birch = bool(rng.random() < 0.45)
    stems = [nature.trunk(p, (s.seed, k), s.scale(9, 10), birch and k != 1) for k in range(4)]
    for i in range(30):
        z = 3.4 + 36 * (i / 30) ** 1.35 + float(rng.uniform(0, 0.8))
        lane = 1.3 + 0.02 * z
        x = (lane + float(rng.uniform(0, 1)) ** 1.1 * (1.2 + 0.55 * z)) * (1 if i % 2 else -1)
        land.put(stems[int(rng.integers(4))], x, z, mirror=bool(rng.random() < 0.5), grow=float(rng.uniform(0.9, 1.3)), shadow=0.3, fade_m=(0.35, 1.1))
    crowns = _trees(s, "broad", "broad", at=13)
    land.scatter("crowns", crowns, 6, 13, 34, 3.0, 0.42)
    undergrowth = [nature.bush(p, (s.seed, k), s.scale(8, 1.8)) for k in range(2)]
    land.scatter("bushes", undergrowth, 9, 5.5, 30, 1.5, 0.45)
    land.behind("stems", stems, 16, 4, 15)
    low, high = mix(shade(p.ground, 0.8), p.ink, 0.1), mix(mix(p.ground, p.growth, 0.35), p.sun, 0.28)
    land.strip("path", low, high, -1.1, 1.1, -8, 48, (96, 900), streak=(16, 160), soft=(0.32, 0.04))
    if p.season == "autumn":
        land.strip("fallen", shade(p.growth, 0.8), mix(p.growth, p.sun, 0.3), -2.6, 2.6, -6, 30, (260, 900), streak=(90, 300), soft=(0.45, 0.1))
    boughs = [nature.leaves(p, (s.seed, k), s.scale(5, 4)) for k in range(2)]
    for k in range(5):
        z = float(rng.uniform(3.2, 7.5))
        x = float(rng.uniform(-0.45, 0.45)) * z
        land.sprites.append(s.stand(boughs[k % 2], x, z, y=0.17 * z + float(rng.uniform(0, 0.4)), mirror=bool(k % 3), fade_m=(0.35, 1.1)))
    if not p.dark or p.hour == "dusk":
        _shafts(land)
    land.foreground()


def _shafts(land: Land) -> None:
    """Sunlight falling between the trees."""
    p, s = land.stage.palette, land.stage
    for k in range(2):
        beams = smoothstep(0.5, 0.86, noise(s.rng("shafts", k), 1, 160, 1, 7, 3, 0.6))
        fall = np.linspace(0.9, 0.0, 120, dtype=np.float32)[:, None]
        picture = np.zeros((120, 160, 4), np.uint8)
        strength = beams * fall * np.minimum(1, np.minimum(np.linspace(0, 6, 160), np.linspace(6, 0, 160)))[None, :].astype(np.float32)
        picture[..., :3] = np.clip(p.sun * strength[..., None] * 0.26, 0, 255)
        lean = np.array([[1, p.sun_side * 0.6, -p.sun_side * 36], [0, 1, 0]], np.float32)
        picture = cv2.warpAffine(picture, lean, (160, 120))
        z = (8.0, 17.0)[k]
        land.sprites.append(Sprite(Texture(picture), vector(0, s.ground, z), z * 1.5, z * 0.75 + 3, 1.0, (0.8, 3.0), hazy=0.2))


def _graveyard(land: Land) -> None:
    s, p = land.stage, land.stage.palette
    land.hills("far", 700, 60, 0.78, 8)
    land.hills("middle", 200, 9, 0.5, 14, 0.4, "trees")
    rng = s.rng("graves")
    side = float(rng.choice([-1, 1]))
    land.put(things.church(p, s.seed, s.scale(38, 14)), -side * float(rng.uniform(8, 12)), float(rng.uniform(36, 44)), turn=0.4)
    bare = _trees(s, "bare", "bare", at=13)
    land.put(bare[0], side * float(rng.uniform(4.6, 5.8)), float(rng.uniform(11.5, 14)))
    land.put(bare[1], -side * float(rng.uniform(9, 12)), float(rng.uniform(22, 26)))
    stones = [things.grave(p, (s.seed, k), s.scale(6, 1.4)) for k in range(5)]
    for row in range(7):
        z = 4.6 + row * 2.6 * 1.13**row
        for k in range(-4, 4):
            x = (k + 0.5) * 2.1 * 1.06**row + float(rng.normal(0, 0.24))
            if abs(x) < 0.95 or rng.random() < 0.24 or abs(x) > 0.6 * z + 1.2:
                continue
            land.put(stones[int(rng.integers(5))], x, z + float(rng.normal(0, 0.3)), turn=0.25, grow=float(rng.uniform(0.8, 1.15)))
    if not s.seen.people:
        land.put(stones[int(rng.integers(5))], 0.0, s.subject_m, turn=0.3, grow=1.15, moves=True)
    land.behind("stones", stones, 10, 4, 14)
    land.behind("trees", bare, 5, 14, 30)
    low, high = mix(shade(p.ground, 0.75), p.ink, 0.1), mix(p.ground, p.haze, 0.4)
    land.strip("path", low, high, -0.85, 0.85, -8, 40, (80, 800), streak=(12, 140), soft=(0.28, 0.04))
    land.foreground()


def _mountains(land: Land) -> None:
    s, p = land.stage, land.stage.palette
    land.haze_m = max(land.haze_m, 120)
    rock = mix(p.ink, p.zenith, 0.35)
    land.hills("peaks", 3000, 1050, 0.70, 8, 0.56, "", rock)
    land.hills("range", 1500, 360, 0.52, 10, 0.56, "", rock)
    land.hills("hills", 600, 85, 0.38, 12, 0.5, "pines", mix(rock, p.growth, 0.4))
    land.hills("near", 160, 10, 0.24, 16, 0.5, "pines")
    trees = _trees(s, "pine", "pine", at=16)
    land.scatter("pines", trees, 10, 14, 60, 5, 0.55)
    land.behind("pines", trees, 8, 14, 32)
    land.foreground()


def _garden(land: Land) -> None:
    s, p = land.stage, land.stage.palette
    land.hills("far", 400, 30, 0.7, 10)
    land.hills("middle", 90, 3.5, 0.36, 20, 0.4, "trees")
    rng = s.rng("garden")
    side = float(rng.choice([-1, 1]))
    trees = _trees(s, "broad", "broad", at=13)
    land.put(trees[0], side * float(rng.uniform(3.6, 4.6)), float(rng.uniform(11, 13)))
    land.put(trees[1], -side * float(rng.uniform(7, 9)), float(rng.uniform(17, 21)))
    land.put(things.bench(p, s.seed, s.scale(9, 2)), -side * float(rng.uniform(1.8, 2.4)), s.subject_m * 1.08, turn=0.7)
    if "lamp" in s.seen.things or p.dark:
        land.put(things.lamppost(p, s.seed, s.scale(11, 5)), side * -3.4, 11.0)
        if p.dark:
            land.shine(side * -3.4 + 0.4, s.ground + 4.7, 10.9, 5.0)
            _pool(land, side * -3.2, 11.0, 3.4)
    if "swing" in s.seen.things:
        land.put(things.swing(p, s.seed, s.scale(12, 4)), side * 1.2, s.subject_m * 1.3, turn=0.5)
    if "house" in s.seen.things:
        land.put(things.house(p, s.seed, s.scale(28, 8)), -side * 4.5, 29.0, turn=0.4)
    bushes = [nature.bush(p, (s.seed, k), s.scale(9, 1.8)) for k in range(2)]
    patch = [nature.flowers(p, (s.seed, k), s.scale(5, 1.8)) for k in range(2)]
    land.scatter("bushes", bushes, 9, 9, 36, 3.2, 0.4)
    land.scatter("flowers", patch, 8, 4.4, 13, 1.2, 0.35)
    land.scatter("trees", trees, 6, 26, 60, 5, 0.5)
    land.behind("trees", trees, 7, 11, 26)
    land.strip("path", mix(shade(p.ground, 0.9), p.horizon, 0.1), mix(p.ground, p.horizon, 0.4), -1.0, 1.0, -8, 42, (80, 800), streak=(12, 140), soft=(0.2, 0.04))
    land.foreground()


def _tarmac(land: Land, half: float, far: float, line: bool = True) -> None:
    s, p = land.stage, land.stage.palette
    base = mix(saturate(mix(p.ink, p.haze, 0.26), 0.5), p.ground, 0.1)
    rows, columns = 1500, 128
    z = far - (np.arange(rows, dtype=np.float32) + 0.5) / rows * (far + 14)
    value = noise(s.rng("tarmac"), rows, columns, 260, 20, 4, 0.75)
    rgb = base * (0.82 + 0.36 * value[..., None])
    x = np.abs(np.linspace(-half, half, columns, dtype=np.float32))[None, :]
    track = np.exp(-(((x - half * 0.5) / (half * 0.16)) ** 2)) * 0.12
    rgb *= (1 - track)[..., None]
    paint = mix(mix(p.horizon, colour("#ffffff"), 0.5), p.ink, 0.25 if p.dark else 0.0)
    if line:
        marks = ((x < 0.10) & ((z[:, None] % 6) < 3)) | (np.abs(x - half * 0.93) < 0.07)
        rgb += (paint - rgb) * (marks * np.clip(value * 1.5, 0, 0.85))[..., None]
    picture = with_alpha(rgb, np.ones((rows, columns), np.float32) * smoothstep(0, 0.03, 1 - x / half))
    land.lay(Panel(Texture(picture), vector(-half, s.ground, far), vector(2 * half, 0, 0), vector(0, 0, -14 - far)), -14, far)


def _road(land: Land) -> None:
    s, p = land.stage, land.stage.palette
    land.kind = "rows" if s.rng("rows").random() < 0.6 and not p.snow else "grass"
    land.hills("far", 900, 75, 0.78, 8)
    land.hills("middle", 330, 16, 0.55, 13, 0.4, "trees")
    _tarmac(land, 3.3, 260)
    rng = s.rng("road")
    d = s.subject_m
    if "car" in s.seen.things or not s.seen.people:
        side = 1 if rng.random() < 0.5 else -1
        facing_us = p.hour in ("night", "blue")
        if facing_us:
            for x in (-0.72, 0.72):
                land.shine(1.6 + x, s.ground + 0.7, d * 1.5, 2.6, 0.95)
            _pool(land, 1.6, d * 1.2, 3.2)
        else:
            land.put(things.car(p, s.seed, s.scale(d, 4.6), side), float(rng.uniform(-0.5, 0.5)), d * 1.02, mirror=side < 0, turn=0.6, moves=True)
    trees = _trees(s, "poplar", "broad", at=18)
    for k in range(9):
        z = 12 + k * 9.0
        for sgn in (-1, 1):
            if rng.random() < 0.72:
                land.put(trees[int(rng.integers(2))], sgn * float(rng.uniform(6.0, 8.0)), z + float(rng.normal(0, 1)), mirror=bool(rng.random() < 0.5), grow=float(rng.uniform(0.8, 1.1)))
    land.behind("trees", trees, 6, 14, 32)
    land.foreground(dry=True)


def _street(land: Land) -> None:
    s, p = land.stage, land.stage.palette
    land.kind = "paving"
    if p.dark:
        land.ring(skyline(p, s.rng("skyline"), min(s.per_degree, 8.0), 260, s.ground, 40, 0.55))
    else:
        land.hills("far", 300, 25, 0.7, 10, 0.4, "trees")
    _tarmac(land, 3.0, 160)
    rng = s.rng("street")
    fronts = [things.facade(p, (s.seed, k), s.scale(12, 14)) for k in range(4)]
    # Both rows of houses as walls along the street.
    for sgn in (-1, 1):
        for k in range(-2, 12):
            front = fronts[int(rng.integers(4))]
            z0 = k * 9.0 - 2
            a, b = vector(sgn * 7.5, s.ground + front.height, z0), vector(sgn * 7.5, s.ground + front.height, z0 + 9.05)
            first, last = (b, a) if sgn > 0 else (a, b)
            land.sprites.append(_Wall(Texture(front.picture), first, last - first, vector(0, -front.height, 0), z0 + 4.5))
    for k in range(5):
        for sgn in (-1, 1):
            z = 9 + k * 13.0 + (sgn > 0) * 4
            land.put(things.lamppost(p, (s.seed, k), s.scale(14, 5)), sgn * 4.4, z, mirror=sgn > 0)
            if p.dark:
                land.shine(sgn * 4.05, s.ground + 4.7, z - 0.1, 4.4)
                _pool(land, sgn * 3.9, z, 3.0)
    land.put(things.car(p, s.seed, s.scale(14, 4.6)), float(rng.choice([-1, 1])) * 3.6, 19.0, turn=0.5)


@dataclass(frozen=True, eq=False)
class _Wall(Sprite):
    """A front along a street: a fixed panel that is sorted and hazed among the sprites."""

    def __init__(self, texture: Texture, corner: np.ndarray, across: np.ndarray, down: np.ndarray, z: float) -> None:
        super().__init__(texture, corner + across / 2 + down, float(np.linalg.norm(across)), float(np.linalg.norm(down)), 0.0, (-99.0, -98.0))
        object.__setattr__(self, "panel", Panel(texture, corner, across, down))

    def draw(self, frame: np.ndarray, view: object, haze: Colour, share: float) -> None:
        self.panel.draw(frame, view, haze, share * 0.7)  # type: ignore[attr-defined]


def _city(land: Land) -> None:
    s, p = land.stage, land.stage.palette
    land.kind, land.haze_m = "paving", max(land.haze_m, 90)
    fine = min(s.per_degree, 9.0)
    land.ring(skyline(p, s.rng("far"), fine, 700, s.ground - 10, 190, 0.62))
    land.ring(skyline(p, s.rng("middle"), fine, 330, s.ground - 10, 105, 0.36))
    land.ring(skyline(p, s.rng("near"), fine, 130, s.ground - 6, 34, 0.12))
    rng = s.rng("roof")
    if s.seen.inside and not s.passes:  # seen from far up, or from a train
        return
    post = things.lamppost(p, s.seed, s.scale(12, 5))
    for k in range(4):
        side = float((-1) ** k)
        x, z = side * float(rng.uniform(3.6, 5.2)), 8.0 + 5.0 * k
        land.put(post, x, z, mirror=side > 0)
        if p.dark:
            land.shine(x - side * 0.4, s.ground + 4.6, z - 0.05, 4.2)
            _pool(land, x - side * 0.5, z, 3.6)
    _tarmac(land, 2.6, 90)
    land.behind("lamps", [things.lamppost(p, s.seed, s.scale(12, 5))], 5, 10, 16)


def _station(land: Land) -> None:
    s, p = land.stage, land.stage.palette
    land.kind = "paving"
    land.hills("far", 500, 35, 0.75, 10)
    land.hills("middle", 140, 4, 0.45, 18, 0.4, "trees")
    steel = mix(p.horizon, p.haze, 0.4)
    bed = mix(p.ink, p.ground, 0.4)
    land.strip("bed", shade(bed, 0.7), shade(bed, 1.3), -2.6, 2.6, -12, 200, (100, 1400), streak=(20, 420))
    for x in (-0.75, 0.75):
        land.strip(f"rail{x}", shade(steel, 0.8), steel, x - 0.07, x + 0.07, -12, 200, (12, 900), streak=(2, 60))
    rng = s.rng("station")
    for k in range(7):
        z = 7 + k * 9.0
        land.put(things.lamppost(p, (s.seed, k), s.scale(12, 5)), -4.4, z)
        land.put(things.lamppost(p, (s.seed, k), s.scale(12, 5)), 4.4, z + 4, mirror=True)
        if p.dark:
            land.shine(-4.0, s.ground + 4.7, z - 0.1, 4.0)
            land.shine(4.0, s.ground + 4.7, z + 3.9, 4.0)
    land.put(things.bench(p, s.seed, s.scale(9, 2)), float(rng.choice([-1, 1])) * 4.0, 10.0)
    land.behind("trees", _trees(s, "broad", "bare", at=18), 7, 14, 30)


def _cloudsea(land: Land) -> None:
    s, p = land.stage, land.stage.palette
    land.haze_m, land.cover = 40.0, 0.6
    white = mix(p.horizon, p.haze, 0.4)
    for k, (radius, rise, lost) in enumerate(((900, 90, 0.6), (360, 34, 0.45), (130, 11, 0.3))):
        land.hills(f"cloud{k}", radius, rise, lost, 11 + 4 * k, 0.6, "trees", mix(white, p.middle, 0.35))
    land.kind = "grass"


def _view(land: Land) -> None:
    """What is seen from a room nobody leaves: hills and a few trees."""
    s = land.stage
    land.hills("far", 500, 45, 0.75, 10)
    land.hills("middle", 110, 5, 0.42, 18, 0.4, "trees")
    for k, cut in enumerate(_trees(s, "broad", at=18)):
        for i in range(5):
            rng = s.rng("view", k, i)
            land.put(cut, float(rng.uniform(-11, 11)), s.subject_m + float(rng.uniform(9, 24)), mirror=bool(i % 2), grow=float(rng.uniform(0.7, 1.1)))


def _mist(land: Land) -> None:
    """Where nothing is known: a plain that loses itself, a lone tree."""
    s = land.stage
    land.haze_m = 26.0
    land.hills("far", 600, 70, 0.84, 8)
    land.hills("middle", 220, 16, 0.66, 12, 0.4, "trees")
    land.hills("near", 80, 2.6, 0.45, 16, 0.4, "trees")
    rng = s.rng("mist")
    side = float(rng.choice([-1, 1]))
    trees = _trees(s, "bare", "broad", at=12)
    land.put(trees[0], side * float(rng.uniform(3.2, 4.4)), float(rng.uniform(11, 13)))
    land.scatter("trees", trees, 7, 18, 50, 4.5, 0.5)
    land.behind("trees", trees, 7, 12, 26)
    land.foreground(dry=True)


def _weather(land: Land) -> None:
    """Sheets of snow or rain, one behind the other, thinner than they look."""
    s, p = land.stage, land.stage.palette
    if p.weather not in ("snow", "rain"):
        return
    sheet = nature.flakes(p, s.seed, 84 if p.weather == "snow" else 96, p.weather)
    rng = s.rng("flakes")
    texture = Texture(sheet.picture)
    for z in (2.2, 4.2, 7.5, 13.0):
        size = max(5.0, 1.25 * z)
        at = vector(float(rng.normal(0, 0.06)) * size, -size * 0.5, z)
        land.sprites.append(Sprite(texture, at, size, size, 1.0, (0.5, 1.4), hazy=0.0))


_PLACES: dict[str, Callable[[Land], None]] = {
    "field": _field, "house": _house, "schoolyard": _schoolyard, "beach": _beach, "lake": _lake, "forest": _forest, "graveyard": _graveyard,
    "mountains": _mountains, "garden": _garden, "road": _road, "street": _street, "city": _city, "station": _station, "sky": _cloudsea,
    "mist": _mist, "view": _view,
}  # fmt: skip
