"""Places under the sky where little is built: fields, woods, hills, shores."""

from __future__ import annotations

import numpy as np

from studio.providers.previz import nature, things
from studio.providers.previz.land import Land, glitter, some_trees, sun_shafts
from studio.providers.previz.layers import Panel
from studio.providers.previz.paint import colour, mix, noise, shade, smoothstep, with_alpha
from studio.providers.previz.view import Texture, vector

HALLS = ("corridor", "church", "stage", "tunnel")


def wheat_field(land: Land) -> None:
    """Open fields with rows, trees, hills."""
    s, p = land.stage, land.stage.palette
    land.kind = "rows" if not p.snow and s.rng("rows").random() < 0.65 else "grass"
    land.hills("far", 900, 70, 0.78, 9)
    land.hills("middle", 330, 17, 0.55, 13, 0.4, "trees")
    land.hills("near", 120, 2.2, 0.3, 20, 0.4, "trees")
    trees = some_trees(s, "broad", "bare" if p.hour in ("dusk", "blue") else "poplar")
    land.scatter("trees", trees, 6, 15, 62, 5.5, 0.5)
    land.behind("trees", trees, 6, 16, 34)
    land.foreground(dry=True)
    if "flowers" in s.seen.things or p.season in ("spring", "summer"):
        patch = [nature.flowers(p, (s.seed, k), s.scale(5, 1.8)) for k in range(2)]
        land.scatter("flowers", patch, 8, 4.2, 15, 0.9, 0.4)


def beach(land: Land) -> None:
    """Sand, surf, the sea up to its horizon."""
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
    line = (
        shore
        + 0.9 * np.sin(x * 0.11 + float(rng.uniform(0, 6)))
        + 0.45 * np.sin(x * 0.31 + float(rng.uniform(0, 6)))
        + 0.06 * x * float(rng.uniform(-1, 1))
    )
    inland = line[None, :] - z[:, None] + (value - 0.5) * 0.8
    dry = smoothstep(0.4, 4.2, inland)[..., None]
    wet = mix(shade(sand, 0.55), p.horizon, 0.22)
    rgb = wet + (mix(sand, p.sun, 0.08) * (0.80 + 0.36 * value[..., None]) - wet) * dry
    foam = np.exp(-(((inland - 0.25) / 0.28) ** 2)) + 0.7 * np.exp(-(((inland - 1.35 - (value - 0.5)) / 0.14) ** 2))
    white = mix(p.horizon, colour("#ffffff"), 0.45 if not p.dark else 0.1)
    rgb += (white - rgb) * np.clip(foam * (0.55 + 0.5 * value), 0, 0.92)[..., None]
    picture = with_alpha(rgb, smoothstep(-0.25, 0.25, inland))
    g = s.ground
    land.lay(
        Panel(Texture(picture), vector(-wide / 2, g, shore + 3), vector(wide, 0, 0), vector(0, 0, near - shore - 3)),
        near,
        shore + 3,
    )
    # Waves coming in: long white lines on the water.
    for k, away in enumerate((shore + 5, shore + 10, shore + 19, shore + 36)):
        tooth = noise(s.rng("wave", k), 24, 600, 3, 22, 3, 0.7)
        y = np.linspace(-1, 1, 24, dtype=np.float32)[:, None]
        crest = np.exp(-(((y + (tooth - 0.5) * 1.4) / 0.35) ** 2)) * smoothstep(
            0.42, 0.6, noise(s.rng("breaks", k), 1, 600, 1, 9, 2)
        )
        picture = with_alpha(np.ones((24, 600, 3), np.float32) * white, np.clip(crest, 0, 1) * 0.75)
        depth = 0.05 * away
        land.overlays.append(
            Panel(Texture(picture), vector(-70, g, away + depth), vector(140, 0, 0), vector(0, 0, -2 * depth))
        )
    glitter(land, shore + 3)
    if "boat" in s.seen.things or rng.random() < 0.5:
        land.put(
            things.boat(p, s.seed, s.scale(60, 6)), float(rng.uniform(9, 20) * rng.choice([-1, 1])), 70.0, shadow=0.25
        )
    tufts = [nature.grass(p, (s.seed, k), s.scale(4, 1.6), True) for k in range(2)]
    for k in range(4):
        land.put(
            tufts[k % 2],
            (1 if k % 2 else -1) * float(rng.uniform(1.7, 3.2)),
            float(rng.uniform(3.4, 5.4)),
            grow=0.8,
            fade_m=(0.4, 1.2),
        )
    land.behind("dune", tufts, 8, 8, 16)


def lake(land: Land) -> None:
    """A bank with reeds, a lake, wooded hills."""
    s, p = land.stage, land.stage.palette
    land.kind, land.haze_m = "water", max(land.haze_m, 130)
    land.hills("far", 900, 120, 0.75, 8)
    land.hills("shore", 210, 12, 0.42, 12, 0.5, "pines")
    shore = s.subject_m * 1.15
    g = mix(p.ground, p.growth, 0.5)
    land.strip(
        "bank", shade(g, 0.6), shade(g, 1.1), -60, 60, -40, shore, (700, 420), streak=(120, 60), soft=(0.0, 0.03)
    )
    glitter(land, shore)
    trees = some_trees(s, "broad", "pine", at=14)
    rng = s.rng("lake")
    side = float(rng.choice([-1, 1]))
    land.put(trees[0], side * float(rng.uniform(4.6, 6)), s.subject_m * 0.95)
    land.put(
        things.boat(p, s.seed, s.scale(40, 6)),
        -side * float(rng.uniform(4, 11)),
        float(rng.uniform(28, 44)),
        shadow=0.3,
    )
    reeds = [nature.grass(p, (s.seed, k), s.scale(7, 1.6), True) for k in range(2)]
    for k in range(9):
        land.put(
            reeds[k % 2], (k - 4) * 1.7 + float(rng.normal(0, 0.5)), shore - 0.6, grow=float(rng.uniform(0.9, 1.5))
        )
    land.behind("trees", trees, 7, 14, 30)
    land.foreground()


def forest(land: Land) -> None:
    """Stems on both sides of a path, light between them."""
    s, p = land.stage, land.stage.palette
    land.kind, land.haze_m, land.cover = "forest", min(land.haze_m, 42.0), 0.3
    leaf = mix(p.ink, p.growth, 0.75 if p.season == "autumn" else 0.45)
    land.hills("wood", 75, 9, 0.66, 20, 0.6, "tall pines", mix(p.ink, p.growth, 0.35))
    land.hills("edge", 44, 2.4, 0.42, 30, 0.6, "tall trees", leaf)
    rng = s.rng("forest")
    birch = bool(rng.random() < 0.45)
    stems = [nature.trunk(p, (s.seed, k), s.scale(9, 10), birch and k != 1) for k in range(4)]
    for i in range(21):
        z = 3.4 + 33 * (i / 21) ** 1.3 + float(rng.uniform(0, 0.8))
        lane = 1.3 + 0.02 * z
        x = (lane + float(rng.uniform(0, 1)) ** 1.1 * (1.2 + 0.55 * z)) * (1 if i % 2 else -1)
        land.put(
            stems[int(rng.integers(4))],
            x,
            z,
            mirror=bool(rng.random() < 0.5),
            grow=float(rng.uniform(0.9, 1.3)),
            shadow=0.3,
            fade_m=(0.35, 1.1),
        )
    crowns = some_trees(s, "broad", "broad", at=13)
    land.scatter("crowns", crowns, 4, 13, 34, 3.0, 0.42)
    undergrowth = [nature.bush(p, (s.seed, k), s.scale(8, 1.8)) for k in range(2)]
    land.scatter("bushes", undergrowth, 6, 5.5, 30, 1.5, 0.45)
    land.behind("stems", stems, 16, 4, 15)
    low, high = mix(shade(p.ground, 0.8), p.ink, 0.1), mix(mix(p.ground, p.growth, 0.35), p.sun, 0.28)
    land.strip("path", low, high, -1.1, 1.1, -8, 48, (96, 900), streak=(16, 160), soft=(0.32, 0.04))
    boughs = [nature.leaves(p, (s.seed, k), s.scale(5, 4)) for k in range(2)]
    for k in range(3):
        z = float(rng.uniform(3.2, 7.5))
        x = float(rng.uniform(-0.45, 0.45)) * z
        land.sprites.append(
            s.stand(
                boughs[k % 2], x, z, y=0.17 * z + float(rng.uniform(0, 0.4)), mirror=bool(k % 3), fade_m=(0.35, 1.1)
            )
        )
    if not p.dark or p.hour == "dusk":
        sun_shafts(land)
    land.foreground()


def mountains(land: Land) -> None:
    """Range behind range."""
    s, p = land.stage, land.stage.palette
    land.haze_m = max(land.haze_m, 120)
    rock = mix(p.ink, p.zenith, 0.35)
    land.hills("peaks", 3000, 1050, 0.70, 8, 0.56, "", rock)
    land.hills("range", 1500, 360, 0.52, 10, 0.56, "", rock)
    land.hills("hills", 600, 85, 0.38, 12, 0.5, "pines", mix(rock, p.growth, 0.4))
    land.hills("near", 160, 10, 0.24, 16, 0.5, "pines")
    trees = some_trees(s, "pine", "pine", at=16)
    land.scatter("pines", trees, 10, 14, 60, 5, 0.55)
    land.behind("pines", trees, 8, 14, 32)
    land.foreground()


def sea_of_clouds(land: Land) -> None:
    """Above the clouds."""
    p = land.stage.palette
    land.haze_m, land.cover = 40.0, 0.6
    white = mix(p.horizon, p.haze, 0.4)
    for k, (radius, rise, lost) in enumerate(((900, 90, 0.6), (360, 34, 0.45), (130, 11, 0.3))):
        land.hills(f"cloud{k}", radius, rise * 0.6, lost, 11 + 4 * k, 0.55, "tall trees", mix(white, p.middle, 0.45))
    land.kind = "cloud"


def misty_plain(land: Land) -> None:
    """Where nothing is known: a plain that loses itself, a lone tree."""
    s = land.stage
    land.haze_m = 26.0
    land.hills("far", 600, 70, 0.84, 8)
    land.hills("middle", 220, 16, 0.66, 12, 0.4, "trees")
    land.hills("near", 80, 2.6, 0.45, 16, 0.4, "trees")
    rng = s.rng("mist")
    side = float(rng.choice([-1, 1]))
    trees = some_trees(s, "bare", "broad", at=12)
    land.put(trees[0], side * float(rng.uniform(3.2, 4.4)), float(rng.uniform(11, 13)))
    land.scatter("trees", trees, 7, 18, 50, 4.5, 0.5)
    land.behind("trees", trees, 7, 12, 26)
    land.foreground(dry=True)


def view_from_a_window(land: Land) -> None:
    """What is seen from a room nobody leaves: hills and a few trees."""
    s = land.stage
    land.hills("far", 500, 45, 0.75, 10)
    land.hills("middle", 110, 5, 0.42, 18, 0.4, "trees")
    if s.seen.inside in HALLS:
        return  # seen from far down a corridor, or not at all
    for k, cut in enumerate(some_trees(s, "broad", at=18)):
        for i in range(5):
            rng = s.rng("view", k, i)
            land.put(
                cut,
                float(rng.uniform(-11, 11)),
                s.subject_m + float(rng.uniform(9, 24)),
                mirror=bool(i % 2),
                grow=float(rng.uniform(0.7, 1.1)),
            )
