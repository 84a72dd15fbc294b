"""An outside while it is being built: putting things on the ground, roads and paths on it, hills around it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np

from studio.providers.previz import nature
from studio.providers.previz.backdrop import ridge
from studio.providers.previz.figures import Figure
from studio.providers.previz.layers import Panel, Ring, Sprite
from studio.providers.previz.paint import Colour, colour, glow, mix, noise, saturate, shade, smoothstep, with_alpha
from studio.providers.previz.stage import Stage, strip
from studio.providers.previz.view import Texture, vector

SKY_AT, NEAREST_RING_AT = 6.0, 4.0  # subject distances


@dataclass(eq=False)
class Land:
    """An outside while it is being built."""

    stage: Stage
    kind: str = "grass"  # of the ground
    cover: float = 0.5  # of clouds
    haze_m: float = 105.0
    rings: list[Ring] = field(default_factory=list)
    sprites: list[Sprite] = field(default_factory=list)
    overlays: list[Panel] = field(default_factory=list)

    def hills(
        self,
        name: str,
        radius: float,
        rise: float,
        lost: float,
        cells: float = 14,
        jag: float = 0.45,
        fringe: str = "",
        body: Colour | None = None,
    ) -> None:
        """A ring of hills, far ones first."""
        s = self.stage
        fine = min(s.per_degree, 8.0) * (0.75 if lost > 0.6 else 1.0)
        self.ring(ridge(s.palette, s.rng("ridge", name), fine, radius, s.ground, rise, lost, cells, jag, fringe, body))

    def ring(self, ring: Ring) -> None:
        """Something far, all around."""
        self.rings.append(ring)

    def put(self, cut: Figure, x: float, z: float, **how: Any) -> None:
        """A cut-out on the ground."""
        self.sprites.append(self.stage.stand(cut, x, z, **how))

    def scatter(
        self,
        name: str,
        cuts: list[Figure],
        count: int,
        near: float,
        far: float,
        lane: float,
        wide: float = 0.62,
        turn: float = 1.0,
    ) -> None:
        """Several on both sides of a free lane, nearer ones rarer; their places come from the seed."""
        rng = self.stage.rng("scatter", name)
        for i in range(count):
            z = near + (far - near) * (i + float(rng.uniform(0.1, 0.9))) / count
            reach = lane + (wide * max(z, 0) + 2.0) * float(rng.uniform(0, 1)) ** 1.25
            side = (1 if i % 2 else -1) * (1 if rng.random() < 0.82 else -1)
            self.put(
                cuts[int(rng.integers(len(cuts)))],
                side * reach,
                z,
                mirror=bool(rng.random() < 0.5),
                grow=float(rng.uniform(0.85, 1.2)),
                turn=turn,
            )

    def behind(self, name: str, cuts: list[Figure], count: int, near: float, far: float) -> None:
        """Some beside and behind the start, for a camera that turns round or pulls back."""
        rng = self.stage.rng("behind", name)
        for i in range(count):
            angle = np.radians(62 + (360 - 124) * (i + float(rng.uniform(0.2, 0.8))) / count)
            away = float(rng.uniform(near, far))
            self.put(
                cuts[int(rng.integers(len(cuts)))],
                away * float(np.sin(angle)),
                away * float(np.cos(angle)),
                mirror=bool(rng.random() < 0.5),
                grow=float(rng.uniform(0.85, 1.15)),
            )

    def foreground(self, dry: bool = False) -> None:
        """Grass right before the lens, left and right of the view."""
        s = self.stage
        rng = s.rng("foreground")
        tufts = [nature.grass(s.palette, (s.seed, k), s.scale(3.0, 1.6), dry) for k in range(2)]
        for k in range(6):
            z = float(rng.uniform(2.6, 6.0)) + s.eye_m * 0.6
            x = (1 if k % 2 else -1) * z * float(rng.uniform(0.24, 0.5))
            self.put(
                tufts[k % 2],
                x,
                z,
                mirror=bool(rng.random() < 0.5),
                grow=float(rng.uniform(0.6, 1.0)),
                shadow=0.2,
                fade_m=(0.4, 1.2),
            )

    def shine(
        self, x: float, y: float, z: float, size: float, strength: float = 0.8, tint: Colour | None = None
    ) -> None:
        """A halo of lamplight."""
        lamp = self.stage.palette.lamp if tint is None else tint
        picture = glow(lamp, 96, 2.4, strength)
        self.sprites.append(
            Sprite(Texture(picture), vector(x, y - size / 2, z), size, size, 1.0, (0.5, 2.0), hazy=0.3, order_m=-0.3)
        )

    def strip(
        self,
        name: str,
        low: Colour,
        high: Colour,
        x0: float,
        x1: float,
        z0: float,
        z1: float,
        pixels: tuple[int, int],
        **how: Any,
    ) -> None:
        """Something flat on the ground, from x0 to x1 and z0 (near) to z1 (far), cut so that its far end stays calm."""
        g = self.stage.ground
        panel = strip(
            self.stage, name, low, high, vector(x0, g, z1), vector(x1 - x0, 0, 0), vector(0, 0, z0 - z1), pixels, **how
        )
        self.lay(panel, z0, z1)

    def lay(self, panel: Panel, z0: float, z1: float) -> None:
        """A long panel on the ground, in strips that double in length."""
        ends = [z1]
        while ends[-1] > 14:
            ends.append(ends[-1] / 2)
        edges = tuple((z1 - z) / (z1 - z0) for z in [*ends, z0])
        self.overlays.extend(panel.in_strips(edges, 1))


def some_trees(stage: Stage, *kinds: str, at: float = 16.0) -> list[Figure]:
    """Trees for this season, one a kind."""
    p = stage.palette
    if p.season == "winter":
        kinds = tuple("bare" if kind == "broad" else kind for kind in kinds)
    return [nature.tree(p, (stage.seed, i), stage.scale(at, 8.0), kind) for i, kind in enumerate(kinds)]


def pool(land: Land, x: float, z: float, size: float) -> None:
    """Lamplight on the ground."""
    p, g = land.stage.palette, land.stage.ground
    picture = glow(p.lamp, 96, 1.8, 0.42)
    land.overlays.append(
        Panel(Texture(picture), vector(x - size, g, z + size), vector(2 * size, 0, 0), vector(0, 0, -2 * size))
    )


def trodden_path(land: Land, x: float, at: float) -> None:
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
    panel = Panel(
        Texture(with_alpha(rgb, alpha)),
        vector(x - 3.2, land.stage.ground, at - 0.4),
        vector(6.4, 0, 0),
        vector(0, 0, near - at),
    )
    land.lay(panel, near, at - 0.4)


def tarmac(land: Land, half: float, far: float, line: bool = True) -> None:
    """A road from behind us to `far` metres, with its markings."""
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
    land.lay(
        Panel(Texture(picture), vector(-half, s.ground, far), vector(2 * half, 0, 0), vector(0, 0, -14 - far)), -14, far
    )


def glitter(land: Land, near: float) -> None:
    """The sun's road on the water."""
    p, s = land.stage.palette, land.stage
    if p.sun_height_deg < -2 or p.weather in ("rain", "snow"):
        return
    rows, columns, far = 420, 120, 420.0
    sparkle = smoothstep(0.56, 0.86, noise(s.rng("glitter"), rows, columns, 110, 14, 3, 0.8))
    across = np.linspace(-1, 1, columns, dtype=np.float32)[None, :]
    strength = (
        np.exp(-((across / 0.34) ** 2)) * (0.25 + 0.75 * sparkle) * (0.75 if p.hour != "night" else 0.5)
    ).astype(np.float32)
    strength *= smoothstep(0, 0.10, np.linspace(1, 0, rows, dtype=np.float32))[:, None]
    picture = np.zeros((rows, columns, 4), np.uint8)
    picture[..., :3] = mix(p.sun, p.horizon, 0.3) * strength[..., None] * 0.8
    x = float(np.tan(np.radians(p.sun_side * 24)))
    z = np.array([far, near])
    corner = vector(x * z[0] - 34, s.ground, far)
    # The road points at the sun: its sides run from the horizon under it to our feet.
    panel = Panel(Texture(picture), corner, vector(68, 0, 0), vector((near - far) * x, 0, near - far))
    land.lay(panel, near, far)


def sun_shafts(land: Land) -> None:
    """Sunlight falling between the trees."""
    p, s = land.stage.palette, land.stage
    for k in range(2):
        beams = smoothstep(0.5, 0.86, noise(s.rng("shafts", k), 1, 160, 1, 7, 3, 0.6))
        fall = np.linspace(0.9, 0.0, 120, dtype=np.float32)[:, None]
        picture = np.zeros((120, 160, 4), np.uint8)
        strength = (
            beams
            * fall
            * np.minimum(1, np.minimum(np.linspace(0, 6, 160), np.linspace(6, 0, 160)))[None, :].astype(np.float32)
        )
        picture[..., :3] = np.clip(p.sun * strength[..., None] * 0.26, 0, 255)
        lean = np.array([[1, p.sun_side * 0.6, -p.sun_side * 36], [0, 1, 0]], np.float32)
        leaning = cv2.warpAffine(picture, lean, (160, 120))
        z = (9.0, 17.0)[k]
        land.sprites.append(
            Sprite(Texture(leaning), vector(0, s.ground, z), z * 1.1, z * 0.6 + 2, 1.0, (0.8, 3.0), hazy=0.2)
        )
