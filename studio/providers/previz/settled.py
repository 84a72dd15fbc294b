"""Places under the sky where people have built: yards, roads, streets, gardens, graves."""

from __future__ import annotations

import numpy as np

from studio.providers.previz import nature, things
from studio.providers.previz.backdrop import skyline
from studio.providers.previz.land import Land, pool, some_trees, tarmac, trodden_path
from studio.providers.previz.layers import Panel, Sprite
from studio.providers.previz.paint import colour, mix, noise, shade, with_alpha
from studio.providers.previz.view import Texture, vector


def house(land: Land) -> None:
    """A house with a garden fence, a path to its door, trees."""
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
        pool(land, x, at - 2.2, 5.0)
    trees = some_trees(
        s, "bare" if p.snow or p.season == "autumn" else "broad", "pine" if p.snow else "bare", at=at * 0.9
    )
    land.put(trees[0], x - float(np.sign(x) or 1) * float(rng.uniform(7.5, 9.5)), at * float(rng.uniform(0.86, 1.0)))
    land.put(trees[1], x + float(np.sign(x) or 1) * float(rng.uniform(8, 10)), at * float(rng.uniform(1.1, 1.3)))
    land.scatter("trees", trees, 7, at * 1.25, at * 2.6, 4.0, 0.5)
    land.behind("trees", trees, 6, 16, 34)
    rail = things.fence(p, s.seed, s.scale(at * 0.6, 6))
    for k in (-2, -1, 1, 2):
        land.put(rail, k * 6.0 - np.sign(k) * 1.9, at * 0.62, turn=0.0, shadow=0.3)
    land.foreground(dry=True)
    trodden_path(land, x, at)


def schoolyard(land: Land) -> None:
    """A school behind its yard: swings, a bench, hopscotch in chalk."""
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
    trees = some_trees(s, "broad", "broad", at=18)
    side = float(rng.choice([-1, 1]))
    land.put(trees[0], side * float(rng.uniform(6.5, 8.5)), float(rng.uniform(15, 19)))
    land.put(trees[1], -side * float(rng.uniform(9.5, 12.0)), float(rng.uniform(21, 26)))
    land.put(
        things.swing(p, s.seed, s.scale(14, 4)),
        -side * float(rng.uniform(4.6, 5.6)),
        float(rng.uniform(12, 15)),
        turn=0.6,
    )
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


def graveyard(land: Land) -> None:
    """Headstones in rows, a bare tree, a church."""
    s, p = land.stage, land.stage.palette
    land.hills("far", 700, 60, 0.78, 8)
    land.hills("middle", 200, 9, 0.5, 14, 0.4, "trees")
    rng = s.rng("graves")
    side = float(rng.choice([-1, 1]))
    land.put(
        things.church(p, s.seed, s.scale(38, 14)),
        -side * float(rng.uniform(8, 12)),
        float(rng.uniform(36, 44)),
        turn=0.4,
    )
    bare = some_trees(s, "bare", "bare", at=13)
    land.put(bare[0], side * float(rng.uniform(4.6, 5.8)), float(rng.uniform(11.5, 14)))
    land.put(bare[1], -side * float(rng.uniform(9, 12)), float(rng.uniform(22, 26)))
    stones = [things.grave(p, (s.seed, k), s.scale(6, 1.4)) for k in range(5)]
    for row in range(6):
        z = 4.6 + row * 2.7 * 1.15**row
        for k in range(-4, 4):
            x = (k + 0.5) * 2.1 * 1.06**row + float(rng.normal(0, 0.24))
            if abs(x) < 0.95 or rng.random() < 0.24 or abs(x) > 0.6 * z + 1.2:
                continue
            land.put(
                stones[int(rng.integers(5))],
                x,
                z + float(rng.normal(0, 0.3)),
                turn=0.25,
                grow=float(rng.uniform(0.8, 1.15)),
            )
    if not s.seen.people:
        land.put(stones[int(rng.integers(5))], 0.0, s.subject_m, turn=0.3, grow=1.15, moves=True)
    land.behind("stones", stones, 10, 4, 14)
    land.behind("trees", bare, 5, 14, 30)
    low, high = mix(shade(p.ground, 0.75), p.ink, 0.1), mix(p.ground, p.haze, 0.4)
    land.strip("path", low, high, -0.85, 0.85, -8, 40, (80, 800), streak=(12, 140), soft=(0.28, 0.04))
    land.foreground()


def garden(land: Land) -> None:
    """A garden or park: a path, trees, a bench, flowers."""
    s, p = land.stage, land.stage.palette
    land.hills("far", 400, 30, 0.7, 10)
    land.hills("middle", 90, 3.5, 0.36, 20, 0.4, "trees")
    rng = s.rng("garden")
    side = float(rng.choice([-1, 1]))
    trees = some_trees(s, "broad", "broad", at=13)
    land.put(trees[0], side * float(rng.uniform(3.6, 4.6)), float(rng.uniform(11, 13)))
    land.put(trees[1], -side * float(rng.uniform(7, 9)), float(rng.uniform(17, 21)))
    land.put(things.bench(p, s.seed, s.scale(9, 2)), -side * float(rng.uniform(1.8, 2.4)), s.subject_m * 1.08, turn=0.7)
    if "lamp" in s.seen.things or p.dark:
        land.put(things.lamppost(p, s.seed, s.scale(11, 5)), side * -3.4, 11.0)
        if p.dark:
            land.shine(side * -3.4 + 0.4, s.ground + 4.7, 10.9, 5.0)
            pool(land, side * -3.2, 11.0, 3.4)
    if "swing" in s.seen.things:
        land.put(things.swing(p, s.seed, s.scale(12, 4)), side * 1.2, s.subject_m * 1.3, turn=0.5)
    if "house" in s.seen.things:
        land.put(things.house(p, s.seed, s.scale(28, 8)), -side * 4.5, 29.0, turn=0.4)
    bushes = [nature.bush(p, (s.seed, k), s.scale(9, 1.8)) for k in range(2)]
    patch = [nature.flowers(p, (s.seed, k), s.scale(5, 1.8)) for k in range(2)]
    land.scatter("bushes", bushes, 9, 9, 36, 3.2, 0.4)
    if not p.snow:
        land.scatter("flowers", patch, 8, 4.4, 13, 1.2, 0.35)
    land.scatter("trees", trees, 6, 26, 60, 5, 0.5)
    land.behind("trees", trees, 7, 11, 26)
    land.strip(
        "path",
        mix(shade(p.ground, 0.9), p.horizon, 0.1),
        mix(p.ground, p.horizon, 0.4),
        -1.0,
        1.0,
        -8,
        42,
        (80, 800),
        streak=(12, 140),
        soft=(0.2, 0.04),
    )
    land.foreground()


def road(land: Land) -> None:
    """A road through fields, with a car where one is named or nobody is there."""
    s, p = land.stage, land.stage.palette
    land.kind = "rows" if s.rng("rows").random() < 0.6 and not p.snow else "grass"
    land.hills("far", 900, 75, 0.78, 8)
    land.hills("middle", 330, 16, 0.55, 13, 0.4, "trees")
    tarmac(land, 3.3, 260)
    rng = s.rng("road")
    d = s.subject_m
    if "car" in s.seen.things or not s.seen.people:
        side = 1 if rng.random() < 0.5 else -1
        facing_us = p.hour in ("night", "blue")
        if facing_us:
            for x in (-0.72, 0.72):
                land.shine(1.6 + x, s.ground + 0.7, d * 1.5, 2.6, 0.95)
            pool(land, 1.6, d * 1.2, 3.2)
        else:
            land.put(
                things.car(p, s.seed, s.scale(d, 4.6), side),
                float(rng.uniform(-0.5, 0.5)),
                d * 1.02,
                mirror=side < 0,
                turn=0.6,
                moves=True,
            )
    trees = some_trees(s, "poplar", "broad", at=18)
    for k in range(9):
        z = 12 + k * 9.0
        for sgn in (-1, 1):
            if rng.random() < 0.72:
                land.put(
                    trees[int(rng.integers(2))],
                    sgn * float(rng.uniform(6.0, 8.0)),
                    z + float(rng.normal(0, 1)),
                    mirror=bool(rng.random() < 0.5),
                    grow=float(rng.uniform(0.8, 1.1)),
                )
    land.behind("trees", trees, 6, 14, 32)
    land.foreground(dry=True)


def street(land: Land) -> None:
    """A street between two rows of town houses."""
    s, p = land.stage, land.stage.palette
    land.kind = "paving"
    if p.dark:
        land.ring(skyline(p, s.rng("skyline"), min(s.per_degree, 8.0), 260, s.ground, 40, 0.55))
    else:
        land.hills("far", 300, 25, 0.7, 10, 0.4, "trees")
    tarmac(land, 3.0, 160)
    rng = s.rng("street")
    fronts = [things.facade(p, (s.seed, k), s.scale(12, 14)) for k in range(4)]
    # Both rows of houses as walls along the street.
    for sgn in (-1, 1):
        for k in range(-2, 12):
            front = fronts[int(rng.integers(4))]
            z0 = k * 9.0 - 2
            foot = vector(sgn * 7.5, s.ground, z0 + 4.5)
            wall = Sprite(
                Texture(front.picture), foot, 9.05, front.height, 0.0, (-99.0, -98.0), hazy=0.7, yaw_deg=sgn * 90.0
            )
            land.sprites.append(wall)
    for k in range(5):
        for sgn in (-1, 1):
            z = 9 + k * 13.0 + (sgn > 0) * 4
            land.put(things.lamppost(p, (s.seed, k), s.scale(14, 5)), sgn * 4.4, z, mirror=sgn > 0)
            if p.dark:
                land.shine(sgn * 4.05, s.ground + 4.7, z - 0.1, 4.4)
                pool(land, sgn * 3.9, z, 3.0)
    if "car" in s.seen.things:
        land.put(things.car(p, s.seed, s.scale(14, 4.6)), float(rng.choice([-1, 1])) * 3.6, 19.0, turn=0.5)


def city(land: Land) -> None:
    """Towers with lit windows behind one another."""
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
            pool(land, x - side * 0.5, z, 3.6)
    tarmac(land, 2.6, 90)
    land.behind("lamps", [things.lamppost(p, s.seed, s.scale(12, 5))], 5, 10, 16)


def station(land: Land) -> None:
    """Two platforms and the rails between them."""
    s, p = land.stage, land.stage.palette
    land.kind = "paving"
    land.hills("far", 500, 35, 0.75, 10)
    land.hills("middle", 140, 4, 0.45, 18, 0.4, "trees")
    steel = mix(p.horizon, p.haze, 0.4)
    bed = mix(p.ink, p.ground, 0.4)
    away = 200 - (np.arange(1400, dtype=np.float32) + 0.5) / 1400 * 212
    off = np.abs(np.linspace(-2.6, 2.6, 110, dtype=np.float32))[None, :]
    gravel = noise(s.rng("bed"), 1400, 110, 420, 22, 3, 0.8)
    rgb = bed * (0.7 + 0.6 * gravel[..., None])
    sleeper = ((away[:, None] % 0.75) < 0.3) & (off < 1.3)
    rgb[sleeper] = mix(mix(p.floor, p.ink, 0.45), p.ground, 0.35 if p.snow else 0.0)
    picture = with_alpha(rgb, np.ones((1400, 110), np.float32) * (1 - np.clip((off - 2.1) / 0.5, 0, 1)))
    land.lay(Panel(Texture(picture), vector(-2.6, s.ground, 200), vector(5.2, 0, 0), vector(0, 0, -212)), -12, 200)
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
    land.behind("trees", some_trees(s, "broad", "bare", at=18), 7, 14, 30)
