"""Rooms to live in, to be ill in, to learn in."""

from __future__ import annotations

import numpy as np

from studio.providers.previz import furniture
from studio.providers.previz.flight import Room
from studio.providers.previz.inside import box, daylight, put, shine, window_for
from studio.providers.previz.paint import Field, colour, mix, noise, shade
from studio.providers.previz.room import Lamp, Rgb, boards, papered, plain, tiles
from studio.providers.previz.stage import Stage
from studio.providers.previz.view import vector


def kitchen(s: Stage) -> tuple[Room, float]:
    """A kitchen with its window over the worktop; a table, or a high chair."""
    p = s.palette
    shell = box(s, 3.1, 2.75, 6.9, 0.30 + 0.14 * p.brightness)
    window_for(s, shell, 1.75, 1.35, 1.0)
    daylight(shell, 1.5)
    tile = mix(mix(p.wall, p.horizon, 0.35), p.accent, 0.05)

    def front(u: Field, v: Field, r: np.random.Generator) -> Rgb:
        rgb = plain(mix(p.wall, p.horizon, 0.12))(u, v, r)
        splash = (v > 0.92) & (v < 1.45)
        rgb[splash] = tiles(tile, shade(tile, 0.95), 0.15, 0.012)(u, v, r)[splash]
        unit = mix(mix(p.floor, p.wall, 0.3), p.ink, 0.22)
        rgb[v < 0.88] = unit
        rgb[(v < 0.88) & (np.abs((u % 0.62) - 0.31) > 0.298)] = shade(unit, 0.55)
        knobs = (v > 0.66) & (v < 0.70) & (np.abs((u % 0.62) - 0.5) < 0.04)
        rgb[knobs] = mix(unit, p.lamp, 0.6)
        rgb[(v >= 0.86) & (v < 0.93)] = mix(unit, p.horizon, 0.42)
        high = (v > 1.78) & (v < 2.5) & (np.abs(u - shell.half) > 1.55)
        rgb[high] = shade(unit, 1.1)
        rgb[high & (np.abs((u % 0.62) - 0.31) > 0.298)] = shade(unit, 0.6)
        rgb[v < 0.1] *= 0.5
        return rgb

    rng = s.rng("kitchen")
    d = s.subject_m
    side = float(rng.choice([-1, 1]))
    if "highchair" in s.seen.things or "baby" in s.seen.people:
        put(
            shell,
            furniture.highchair(p, s.seed, s.scale(d * 0.8, 1)),
            side * (0.1 if not s.seen.people else 0.9),
            d * 0.92,
            moves=not s.seen.people,
        )
        put(shell, furniture.table(p, s.seed, s.scale(d, 1.8)), -side * 1.15, d * 1.05, turn=0.6)
        put(shell, furniture.chair(p, s.seed, s.scale(d, 1), int(side)), -side * 2.15, d * 1.0)
    else:
        put(
            shell,
            furniture.table(p, s.seed, s.scale(d, 1.8)),
            side * (0.75 if s.seen.people else 0.2),
            d * 1.04,
            turn=0.6,
            moves=not s.seen.people,
        )
        put(shell, furniture.chair(p, s.seed, s.scale(d, 1), int(side)), side * 1.85, d * 1.0)
        put(shell, furniture.chair(p, s.seed, s.scale(d, 1), -int(side)), -side * 0.75, d * 1.08)
    if p.dark:
        shell.lamps.append(Lamp(vector(0, shell.floor + 2.0, d), 1.5, 1.9, warm=True))
        shine(shell, 0, 2.2, d + 0.1, 2.4, 0.5)
    return shell.build(
        plain(p.wall, mix(p.wall, p.growth, 0.3), 1.0),
        tiles(mix(p.floor, p.haze, 0.3), mix(p.floor, p.ink, 0.18), 0.42),
        plain(mix(p.wall, p.haze, 0.3)),
        front,
    ), 40.0


def hospital(s: Stage) -> tuple[Room, float]:
    """A ward with a bed, a drip, a chair, and a window."""
    p = s.palette
    shell = box(s, 2.9, 2.8, 6.6, 0.34 + 0.16 * p.brightness)
    window_for(s, shell, 1.9, 1.6, 0.85, (2, 2), 0.9)
    daylight(shell, 1.4)
    mint = shade(mix(colour("#a9c4b6"), p.wall, 0.3), 0.5 + 0.5 * p.brightness)
    low = mix(mint, p.water, 0.4)
    rng = s.rng("hospital")
    d = s.subject_m
    side = float(rng.choice([-1, 1]))
    aside = side * (1.2 if s.seen.people else 0.35)
    put(
        shell,
        furniture.bed(p, s.seed, s.scale(d, 2.2), hospital=True),
        aside,
        d * 1.02,
        turn=0.5,
        mirror=side < 0,
        moves=not s.seen.people,
    )
    put(shell, furniture.drip(p, s.seed, s.scale(d, 2)), aside - side * 1.25, d * 1.08)
    put(shell, furniture.chair(p, s.seed, s.scale(d, 1), int(side)), aside - side * 1.9, d * 0.92)
    shell.lamps.append(Lamp(vector(aside, shell.floor + 1.9, d * 1.2), 1.5 if p.dark else 0.5, 1.6, warm=True))
    shine(shell, aside, 1.75, d * 1.25, 1.9, 0.5 if p.dark else 0.2, mix(p.lamp, p.horizon, 0.2))
    return shell.build(
        plain(mint, low, 1.05),
        tiles(mix(p.floor, mint, 0.5), mix(p.floor, mint, 0.42), 0.6),
        plain(mix(mint, p.haze, 0.3)),
    ), 40.0


def bedroom(s: Stage) -> tuple[Room, float]:
    """A bedroom, or a nursery where a cradle is named."""
    p = s.palette
    shell = box(s, 3.0, 2.7, 6.7, 0.28 + 0.14 * p.brightness)
    window_for(s, shell, 1.35, 1.5, 0.85)
    daylight(shell, 1.4)
    rng = s.rng("bedroom")
    d = s.subject_m
    side = float(rng.choice([-1, 1]))
    aside = side * (1.1 if s.seen.people else 0.2)
    small = "cradle" in s.seen.things
    item = furniture.cradle(p, s.seed, s.scale(d, 1.3)) if small else furniture.bed(p, s.seed, s.scale(d, 2.2))
    put(shell, item, aside, d * 1.02, turn=0.5, mirror=side < 0, moves=not s.seen.people)
    put(shell, furniture.floorlamp(p, s.seed, s.scale(d, 1.6)), -side * 1.6, d * 1.14)
    if p.dark:
        shell.lamps.append(Lamp(vector(-side * 1.6, shell.floor + 1.5, d * 1.1), 1.9, 1.6, warm=True))
        shine(shell, -side * 1.6, 1.42, d * 1.13, 2.0, 0.6)
    paper = mix(p.wall, p.accent, 0.14)
    return shell.build(papered(paper, shade(paper, 1.16)), boards(p.floor), plain(mix(p.wall, p.haze, 0.3))), 40.0


def living_room(s: Stage) -> tuple[Room, float]:
    """A living room; with nobody and nothing named, an empty one with a chair."""
    p = s.palette
    shell = box(s, 3.2, 2.8, 6.9, 0.28 + 0.15 * p.brightness)
    window_for(s, shell, 1.5, 1.55, 0.8)
    daylight(shell, 1.5)
    rng = s.rng("living")
    d = s.subject_m
    side = float(rng.choice([-1, 1]))
    empty = not s.seen.people and not set(s.seen.things) - {"house", "sun"}
    if "piano" in s.seen.things:
        put(shell, furniture.piano(p, s.seed, s.scale(d, 1.6)), side * 1.1, d * 1.12, turn=0.4)
    if not empty:
        put(
            shell,
            furniture.armchair(p, s.seed, s.scale(d, 1.1)),
            side * (1.5 if s.seen.people else 0.3),
            d * 1.04,
            moves=not s.seen.people,
        )
        put(shell, furniture.floorlamp(p, s.seed, s.scale(d, 1.6)), side * 2.3, d * 1.16)
        if p.dark:
            shell.lamps.append(Lamp(vector(side * 2.3, shell.floor + 1.5, d * 1.1), 2.0, 1.7, warm=True))
            shine(shell, side * 2.3, 1.42, d * 1.15, 2.0, 0.6)
    else:
        put(shell, furniture.chair(p, s.seed, s.scale(d, 1), int(side)), side * 0.4, d, moves=True)
    if "table" in s.seen.things:
        put(shell, furniture.table(p, s.seed, s.scale(d, 1.8)), -side * 0.9, d * 1.08, turn=0.6)
    paper = mix(p.wall, p.accent, 0.10)
    return shell.build(papered(paper, shade(paper, 1.13), 0.4), boards(p.floor), plain(mix(p.wall, p.haze, 0.3))), 40.0


def classroom(s: Stage) -> tuple[Room, float]:
    """Desks in rows before a blackboard."""
    p = s.palette
    shell = box(s, 3.9, 3.1, 8.4, 0.36 + 0.16 * p.brightness)
    window_for(s, shell, 1.7, 1.8, 0.95, (2, 3), 2.3)
    daylight(shell, 1.6)
    hole = shell.holes[0]
    board_at = shell.half + (-1.2 if hole.x > 0.4 else 1.2)

    def front(u: Field, v: Field, r: np.random.Generator) -> Rgb:
        rgb = plain(mix(p.wall, p.haze, 0.15), mix(p.wall, p.growth, 0.35), 1.0)(u, v, r)
        if abs(hole.x) > 0.4:
            frame = (np.abs(u - board_at) < 1.75) & (v > 0.95) & (v < 2.35)
            slate = (np.abs(u - board_at) < 1.67) & (v > 1.03) & (v < 2.27)
            rgb[frame] = mix(p.floor, p.ink, 0.2)
            chalk = noise(r, u.shape[0], u.shape[1], 14, 40, 3, 0.7)
            rgb[slate] = (mix(colour("#26352f"), p.ink, 0.3) + (chalk[..., None] * 26))[slate]
        return rgb

    rng = s.rng("class")
    item = furniture.desk(p, s.seed, s.scale(4, 1.3))
    for row in range(4):
        for x in (-2.4, -0.95, 0.95, 2.4):
            put(
                shell,
                item,
                x + float(rng.normal(0, 0.06)),
                1.9 + row * 1.35,
                fade_m=(0.2, 0.8),
                mirror=bool(rng.random() < 0.5),
            )
    return shell.build(
        plain(p.wall, mix(p.wall, p.growth, 0.35), 1.0), boards(p.floor), plain(mix(p.wall, p.haze, 0.35)), front
    ), 40.0
