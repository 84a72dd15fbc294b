"""Rooms to pass through or to gather in: corridors, churches, stages, trains, tunnels."""

from __future__ import annotations

import numpy as np

from studio.providers.previz import furniture
from studio.providers.previz.figures import Figure, figure
from studio.providers.previz.flight import Room
from studio.providers.previz.inside import daylight, put, shine
from studio.providers.previz.layers import Sprite
from studio.providers.previz.paint import Field, colour, light, mix, noise, shade, smoothstep, with_alpha
from studio.providers.previz.pairs import head
from studio.providers.previz.room import Hole, Lamp, Rgb, Shell, boards, plain, stones, tiles
from studio.providers.previz.stage import Stage
from studio.providers.previz.view import Texture, vector


def corridor(s: Stage) -> tuple[Room, float]:
    """A school corridor with lockers or doors, a lit door at its end, others far down."""
    p = s.palette
    end = max(30.0, float(s.high[2]) + 9)
    shell = Shell(s, 1.95, 3.0, -6.0, end, ambient=0.34 + 0.20 * p.brightness)
    cool = mix(colour("#5f8f86"), p.wall, 0.42)
    cool = shade(mix(cool, p.middle, 0.12), 0.55 + 0.45 * p.brightness)
    band = shade(mix(cool, p.ink, 0.42), 0.95)
    shell.holes.append(Hole(0.0, 0.0, 1.9, 2.3, (2, 1)))
    for z in np.arange(-3.0, end, 4.2):
        shell.lamps.append(Lamp(vector(0, shell.floor + shell.tall - 0.5, float(z)), 0.42, 1.6))
    shell.lamps.append(Lamp(vector(0, shell.floor + 1.3, end - 0.5), 1.6 * p.brightness + 0.3, 3.4))
    rng = s.rng("corridor")
    lockers = bool(rng.random() < 0.7)
    doors = [float(z) for z in np.arange(3.5, end - 2, 6.2) + rng.uniform(-0.8, 0.8)]

    def wall(u: Field, v: Field, r: np.random.Generator) -> Rgb:
        rgb = plain(cool, band, 1.15)(u, v, r)
        length = float(u.max())
        if lockers:
            face = mix(band, p.accent, 0.16)
            block = (v < 1.92) & ((u % 6.2) > 1.9)
            shadow = np.abs((u % 0.42) - 0.21) > 0.195
            slats = ((v % 1.92) > 1.5) & ((v % 0.075) < 0.03) & (np.abs((u % 0.42) - 0.21) < 0.11)
            rgb[block] = face
            rgb[block & (u % 0.84 < 0.42)] = shade(face, 1.09)
            rgb[block & shadow] = shade(face, 0.55)
            rgb[block & slats] = shade(face, 0.62)
            rgb[(v >= 1.92) & (v < 1.98)] *= 0.7
        for z in doors:
            for at in (z - shell.back, length - (z - shell.back)):
                here = (np.abs(u - at) < 0.55) & (v < 2.18)
                rgb[here] = mix(band, p.ink, 0.35)
                leaf = (np.abs(u - at) < 0.47) & (v < 2.1)
                rgb[leaf] = mix(mix(p.floor, p.accent, 0.22), p.ink, 0.25)
                glass = (np.abs(u - at - 0.16) < 0.13) & (v > 1.25) & (v < 1.85)
                rgb[glass] = mix(p.lamp, p.horizon, 0.5) * 0.95
        return rgb

    def floor(u: Field, v: Field, r: np.random.Generator) -> Rgb:
        rgb = tiles(mix(p.floor, p.haze, 0.22), mix(p.floor, p.ink, 0.06), 0.65)(u, v, r)
        middle = np.exp(-(((u - shell.half) / (shell.half * 0.42)) ** 2))
        patches = 0.5 + 0.5 * np.cos((v - 3.0) / 4.2 * 2 * np.pi)
        return np.asarray(rgb * (1 + (middle * (0.16 + 0.24 * patches))[..., None]), np.float32)

    def ceiling(u: Field, v: Field, r: np.random.Generator) -> Rgb:
        rgb = tiles(mix(cool, p.haze, 0.45), mix(cool, p.haze, 0.40), 0.62, 0.012)(u, v, r)
        along = float(v.max()) - v
        lit = (np.abs(u - shell.half) < 0.62) & (np.abs(((along - 3.0 + 2.1) % 4.2) - 2.1) < 0.66)
        rgb[lit] = mix(p.lamp, colour("#ffffff"), 0.5) * 2.2
        return rgb

    room_lamp = mix(p.lamp, colour("#ffffff"), 0.35)
    shine(shell, 0, 1.3, end - 0.1, 7.5, 0.55, mix(room_lamp, p.horizon, 0.4))
    for k, z in enumerate(np.arange(1.2, end, 4.2)):
        shine(shell, 0, shell.tall - 0.1, float(z), 2.2, 0.16 if k else 0.1, room_lamp)
    if not s.seen.people or len(s.seen.people) > 2:
        return shell.build(wall, floor, ceiling), 30.0
    for k in range(3):  # others, far down the corridor
        kind = ("teen", "teen", "man")[k]
        cut = figure(kind, "walk" if k else "", p, (s.seed, "far", k), s.scale(14), 1 if k % 2 else -1)
        put(shell, cut, (1 if k % 2 else -1) * float(rng.uniform(0.55, 1.2)), s.subject_m * 2.1 + k * 4.0)
    return shell.build(wall, floor, ceiling), 30.0


def church(s: Stage) -> tuple[Room, float]:
    """A nave with arches, pews, candles and three lit windows."""
    p = s.palette
    end = max(30.0, float(s.high[2]) + 10)
    shell = Shell(s, 4.6, 10.0, -6.0, end, ambient=0.20 + 0.16 * p.brightness)
    stone = mix(mix(colour("#8a6a4a"), p.wall, 0.45), p.ink, 0.12)
    for x, wide in ((-1.75, 0.95), (0.0, 1.15), (1.75, 0.95)):
        shell.holes.append(Hole(x, 3.0 if x else 3.2, wide, 3.6 if x else 4.2, (2, 5), arch=True))
    for z in np.arange(2.0, end, 5.5):
        for sgn in (-1, 1):
            shell.lamps.append(Lamp(vector(sgn * 3.4, shell.floor + 3.2, float(z)), 0.36, 1.9, warm=True))
    shell.lamps.append(Lamp(vector(0, shell.floor + 4.5, end - 1.2), 1.7, 4.6))
    carpet = mix(colour("#a8322a"), p.accent, 0.12)

    def wall(u: Field, v: Field, r: np.random.Generator) -> Rgb:
        rgb = stones(stone, 1.1, 0.5)(u, v, r)
        at = (u % 5.5) - 2.75
        spring = 5.6
        tall = np.where(v < spring, np.abs(at) < 0.62, (at / 0.62) ** 2 + ((v - spring) / 1.1) ** 2 < 1) & (v > 2.6)
        rim = np.where(v < spring, np.abs(at) < 0.78, (at / 0.78) ** 2 + ((v - spring) / 1.28) ** 2 < 1) & (v > 2.45)
        rgb[rim] = shade(stone, 0.6)
        shine = mix(p.horizon, p.lamp, 0.4) * (0.95 + 0.6 * p.brightness)
        panes = ((np.floor((at + 2) / 0.31) + np.floor(v / 0.42)) % 3)[tall]
        rgb[tall] = np.stack([shine, mix(shine, p.accent, 0.4), mix(shine, p.water, 0.35)])[panes.astype(int)]
        lead = tall & ((np.abs((at + 2) % 0.31 - 0.155) > 0.138) | ((v % 0.42) < 0.035))
        rgb[lead] *= 0.45
        return rgb

    def floor(u: Field, v: Field, r: np.random.Generator) -> Rgb:
        rgb = tiles(mix(stone, p.ink, 0.18), mix(stone, p.ink, 0.36), 0.8)(u, v, r)
        x = np.abs(u - shell.half)
        weave = noise(r, u.shape[0], u.shape[1], u.shape[0] / 8, u.shape[1] / 5, 2, 0.7)
        rug = carpet * (0.72 + 0.5 * weave[..., None])
        rgb = np.where((x < 0.92)[..., None], rug, rgb)
        rgb[(x > 0.80) & (x < 0.86)] = mix(carpet, p.lamp, 0.5)
        return np.asarray(rgb, np.float32)

    def ceiling(u: Field, v: Field, r: np.random.Generator) -> Rgb:
        return boards(mix(stone, p.ink, 0.45), 0.6)(u, v, r)

    rng = s.rng("church")
    span = _pieces(furniture.arch(p, s.seed, 26, shell.half + 0.05, shell.tall, mix(stone, p.ink, 0.22)))
    stand = furniture.candles(p, s.seed, s.scale(8, 1.4))
    for k, z in enumerate(np.arange(3.2, end - 1, 5.5)):
        for part, x, y in span:
            put(shell, part, x, float(z), y=shell.floor + y, turn=0.0, fade_m=(0.1, 0.8), order_m=0.4)
        for sgn in (-1, 1) if k < 3 else ():
            put(shell, stand, sgn * 1.32, float(z) + 2.4, shadow=0.3, fade_m=(0.2, 0.7))
            shine(shell, sgn * 1.32, 1.2, float(z) + 2.35, 1.7, 0.42)
    wedding = bool({"bride", "groom"} & set(s.seen.people)) or len(s.seen.people) > 2
    rows = [furniture.pews(p, (s.seed, k), s.scale(6, 8), min(shell.half - 0.6, 4.2), 1.15, wedding) for k in range(3)]
    for z in np.geomspace(2.3, end - 8, 8):  # farther rows hide one another
        put(
            shell,
            rows[int(rng.integers(3))],
            0.0,
            float(z),
            turn=0.0,
            shadow=0.25,
            mirror=bool(rng.random() < 0.5),
            fade_m=(0.15, 0.7),
        )
    shine(shell, 0, 5.0, end - 0.3, 11.0, 0.55, mix(p.lamp, p.sun, 0.4))
    daylight(shell, 1.0)
    return shell.build(wall, floor, ceiling, stones(stone, 1.1, 0.5), 34.0), 34.0


def _pieces(cut: Figure) -> tuple[tuple[Figure, float, float], ...]:
    """An arch as two pillars and a top, with where each stands: its opening is large, and need not be laid."""
    rows, columns = cut.picture.shape[:2]
    side, low = int(columns * 0.2), int(rows * 0.55)
    kx, ky = cut.width / columns, cut.height / rows
    out = []
    for x0, x1, y0, y1 in ((0, side, low, rows), (columns - side, columns, low, rows), (0, columns, 0, low + 1)):
        part = Figure(np.ascontiguousarray(cut.picture[y0:y1, x0:x1]), (x1 - x0) * kx, (y1 - y0) * ky)
        out.append((part, ((x0 + x1) / 2 - columns / 2) * kx, (rows - y1) * ky))
    return tuple(out)


def train(s: Stage) -> tuple[Room, float]:
    """A carriage by its window, two seats that face each other."""
    p = s.palette
    wall_at = 1.12 * s.subject_m if not s.passes else max(1.02 * s.subject_m, 0.8 * float(s.high[2]))
    shell = Shell(s, 3.4, 2.5, -3.0, wall_at, ambient=0.30 + 0.18 * p.brightness)
    shell.holes.append(Hole(0.0, 0.78, 2.9, 1.12, (1, 1)))
    shell.holes.append(Hole(-3.05, 0.78, 2.7, 1.12, (1, 1)))
    shell.holes.append(Hole(3.05, 0.78, 2.7, 1.12, (1, 1)))
    daylight(shell, 0.9)
    panel = mix(mix(p.wall, p.floor, 0.4), p.ink, 0.06)

    def front(u: Field, v: Field, r: np.random.Generator) -> Rgb:
        rgb = plain(panel, mix(panel, p.accent, 0.10), 0.74)(u, v, r)
        rgb[(v > 0.70) & (v < 0.755)] = mix(panel, p.lamp, 0.4)
        rgb[(v > 1.98) & (v < 2.06)] = mix(panel, p.ink, 0.5)
        return rgb

    d = s.subject_m
    for sgn in (-1, 1):
        for x in (1.72, 4.7):
            put(
                shell,
                furniture.seat(p, s.seed, s.scale(d, 1.2), -sgn),
                sgn * (x if x < 2 else x - 0.1),
                d * 1.02,
                turn=0.0,
                grow=1.05,
            )
    shell.lamps.append(Lamp(vector(0, shell.floor + 2.3, d * 0.8), 1.3 if p.dark else 0.5, 1.8, warm=True))
    for x in (-1.45, 1.45):
        shine(shell, x, 2.1, wall_at - 0.1, 1.6, 0.4 if p.dark else 0.1)
    if not s.seen.people:  # somebody looks out, as one does
        side = float(s.rng("passenger").choice([-1, 1]))
        cut = head(p, (s.seed, "passenger"), s.scale(d, 0.8), int(-side))
        put(shell, cut, side * 1.33, d * 1.0, y=shell.floor + 0.72, turn=0.3)
    return shell.build(
        plain(panel), boards(mix(p.floor, p.ink, 0.35), 0.5), plain(mix(panel, p.haze, 0.2)), front
    ), 45.0


def theatre(s: Stage) -> tuple[Room, float]:
    """A stage with a curtain, beams of light and an audience before us."""
    p = s.palette
    d = s.subject_m
    shell = Shell(s, 7.5, 7.0, -6.0, max(d * 1.55, float(s.high[2]) + 3.0), ambient=0.34)
    rng = s.rng("stage")
    tint = mix(colour("#e8853a"), p.accent, float(rng.uniform(0.0, 0.7)))
    shell.lamps.append(Lamp(vector(0, shell.floor + 4.0, d * 1.2), 1.5, 2.6))
    for z in np.arange(-3.0, shell.front, 3.4):  # small lights along the walls
        for sgn in (-1, 1):
            shell.lamps.append(Lamp(vector(sgn * (shell.half - 0.3), shell.floor + 2.6, float(z)), 1.3, 0.8, warm=True))
            shine(shell, sgn * (shell.half - 0.15), 2.6, float(z), 1.3, 0.5)

    def curtain(u: Field, v: Field, r: np.random.Generator) -> Rgb:
        fold = 0.5 + 0.5 * np.cos(u * 7.0 + 0.7 * np.sin(u * 1.9) + 0.12 * v)
        base = mix(colour("#5a1620"), p.accent, 0.12)
        return np.asarray(base * (0.35 + 0.9 * fold[..., None] ** 1.4), np.float32)

    def drapes(u: Field, v: Field, r: np.random.Generator) -> Rgb:
        rgb = curtain(u * 0.6, v, r) * np.float32(0.62)
        rgb[v < 1.2] = mix(p.ink, p.floor, 0.35)
        rgb[(v > 1.15) & (v < 1.24)] = mix(p.floor, p.lamp, 0.3)
        rgb[(v > 4.2) & (v < 4.4)] = mix(p.floor, p.lamp, 0.4)
        rgb[(v > 3.4) & (v <= 4.2)] = mix(p.ink, colour("#5a1620"), 0.5)
        return rgb

    beams = []
    for k, x in enumerate((-3.6, -1.6, 0.0, 1.6, 3.6)):
        rows, columns = 160, 120
        y = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
        u = np.linspace(-1, 1, columns, dtype=np.float32)[None, :]
        lean = float(np.clip(-x * 0.16, -0.7, 0.7)) * y
        body = np.clip(1 - np.abs((u - lean) / (0.06 + 0.30 * y)) ** 2, 0, 1) * (1 - 0.6 * y)
        dust = noise(s.rng("dust", k), rows, columns, 5, 6, 3, 0.6)
        ink = tint if k % 2 == 0 else mix(tint, colour("#fff2d8"), 0.6)
        beams.append((x, light(ink, body * (0.6 + 0.5 * dust) * 0.42)))
    for x, picture in beams:
        shell.sprites.append(
            Sprite(Texture(picture), vector(x * 0.55, shell.floor - 0.1, d * 1.12), 5.4, 6.4, 0.0, (0.3, 1.5), hazy=0.0)
        )
    shine(shell, 0, 0.4, d * 1.1, 5.5, 0.4, tint)
    crowd = [
        figure(
            ("man", "woman", "teen")[k % 3], "dance" if k == 1 else "", p, (s.seed, "audience", k), s.scale(3.4, 1.8)
        )
        for k in range(5)
    ]
    for row, z in enumerate((2.3, 3.1, 4.0)):
        for k in range(7):
            x = (k - 3) * 0.72 + float(rng.normal(0, 0.12)) + 0.3 * (row % 2)
            if abs(x) < 0.5:
                continue  # the stage is seen between them
            cut = crowd[int(rng.integers(5))]
            low = cut.height * (0.55 + 0.04 * (2 - row))
            put(shell, cut, x, z, y=shell.floor - low + 0.30 * row, grow=1.0, fade_m=(0.4, 1.0))
    if not s.seen.people:
        solo = figure("woman" if rng.random() < 0.5 else "man", "dance", p, (s.seed, "solo"), s.scale(d, 1.8))
        put(shell, solo, 0.0, d, moves=True)
    return shell.build(drapes, boards(mix(p.floor, p.ink, 0.3), 0.3), plain(shade(p.ink, 1.2)), curtain, 40.0), 60.0


def tunnel(s: Stage) -> tuple[Room, float]:
    """Ring after ring of brick, and light at the end."""
    p = s.palette
    end = max(34.0, float(s.high[2]) + 12)
    shell = Shell(s, 2.6, 5.2, -6.0, end, ambient=0.30)
    stone = mix(mix(colour("#6d5a44"), p.wall, 0.4), p.ink, 0.2)
    shell.holes.append(Hole(0.0, 0.5, 1.6, 2.0, (1, 1)))
    shell.lamps.append(Lamp(vector(0, shell.floor + 1.6, end - 0.6), 3.2, 4.0))
    radius = 2.3
    for k, z in enumerate(np.arange(2.6, end - 0.5, 2.6)):
        size = 220
        y, x = np.mgrid[0:size, 0:size].astype(np.float32) / (size - 1) * 2 - 1
        r = np.hypot(x, y) * (2 * shell.half) / 2
        tooth = noise(s.rng("ring", k), size, size, 14, 14, 3, 0.7)
        turn = np.arctan2(y, x)
        bricks = (np.abs(((turn / (2 * np.pi) * 40 + (k % 2) * 0.5) % 1) - 0.5) > 0.47) | (
            np.abs(r - radius - 0.22) < 0.02
        )
        rgb = stone * (0.65 + 0.5 * tooth[..., None]) * (0.72 + 0.28 * (k % 2))
        rgb[bricks] *= 0.6
        inner = np.exp(-(((r - radius) / 0.12) ** 2))
        rgb = rgb + (mix(p.lamp, stone, 0.4) - rgb) * (inner * 0.55)[..., None]
        alpha = smoothstep(radius - 0.02, radius + 0.03, r)
        picture = with_alpha(rgb, alpha)
        wide = 2 * shell.half * 1.02
        shell.sprites.append(
            Sprite(
                Texture(picture),
                vector(0, s.ground + shell.tall / 2 - wide / 2 - (shell.tall / 2 - s.eye_m), float(z)),
                wide,
                wide,
                0.0,
                (0.05, 0.5),
                hazy=1.2,
            )
        )
    shine(shell, 0, s.eye_m, end - 0.2, 9.0, 0.8, mix(p.lamp, p.sun, 0.5))
    return shell.build(
        stones(stone, 0.8, 0.4), stones(shade(stone, 0.8), 0.9, 0.9), stones(shade(stone, 0.8)), None, 40.0
    ), 26.0
