"""Trees, bushes, grass, birds and flakes as cut paper."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from studio.providers.previz.figures import Figure
from studio.providers.previz.paint import Colour, Paper, colour, generator, mix, model, shade, texture
from studio.providers.previz.palette import Palette


def _leaf_tones(p: Palette, rng: np.random.Generator) -> tuple[Colour, Colour, Colour]:
    """Shadow, middle and light of a crown."""
    dusky = {"night": 0.8, "blue": 0.72, "dusk": 0.66, "dawn": 0.42, "mist": 0.4}.get(p.hour, 0.22)
    growth = mix(p.growth, p.accent, 0.12 * float(rng.random())) if p.season == "autumn" else p.growth
    middle = mix(growth, p.ink, dusky)
    if p.snow:
        middle = mix(middle, p.ground, 0.45)
    return mix(middle, p.ink, 0.55), middle, mix(middle, mix(p.sun, growth, 0.5), 0.30 if not p.dark else 0.16)


def tree(p: Palette, seed: object, scale: float, kind: str = "broad") -> Figure:
    """ "broad", "pine", "bare" or "poplar". Some six to nine metres high."""
    rng = generator("tree", kind, seed)
    if kind == "pine":
        return _pine(p, rng, scale)
    tall = float(rng.uniform(6.5, 9.0)) * (1.15 if kind == "poplar" else 1.0)
    wide = tall * {"broad": 0.95, "bare": 0.95, "poplar": 0.34}[kind]
    s = Paper(wide, tall, scale)
    bark = mix(p.ink, mix(p.ground, p.haze, 0.4), 0.16)
    tips: list[tuple[float, float, float]] = []
    lean = float(rng.normal(0, 0.05))
    if kind == "poplar":
        s.limb((wide / 2, 0), (wide / 2, tall * 0.7), tall * 0.018, tall * 0.006, bark)
        tips = [
            (wide / 2 + float(rng.normal(0, wide * 0.1)), tall * float(rng.uniform(0.16, 0.93)), wide * 0.2)
            for _ in range(34)
        ]
        tips = [(x, y, r * (1 - 0.75 * max(0.0, y / tall - 0.45))) for x, y, r in tips]
    else:
        depth = 6 if kind == "bare" else 4
        _branch(
            s,
            rng,
            bark,
            (wide / 2, 0.0),
            np.pi / 2 + lean,
            tall * (0.26 if kind == "bare" else 0.3),
            tall * 0.026,
            depth,
            tips,
            0.5 if kind == "bare" else 0.42,
        )
    if kind != "bare":
        _crown(s, p, rng, tips, tall)
    if p.snow:
        _snow_on(s, rng, p)
    cut = model(s.cut(), mix(p.sun, p.horizon, 0.4), p.sun_side * 2, 0.3, None)
    return Figure(texture(cut, rng, 0.2, 7.0), wide, tall)


def _branch(
    s: Paper, rng: np.random.Generator, ink: Colour, at: tuple[float, float], angle: float, length: float, thick: float,
    depth: int, tips: list[tuple[float, float, float]], spread: float,
) -> None:  # fmt: skip
    end = at[0] + np.cos(angle) * length, at[1] + np.sin(angle) * length
    s.limb(at, end, thick, thick * 0.66, ink)
    if depth == 0:
        tips.append((end[0], end[1], length))
        return
    if depth <= 2:
        tips.append((end[0], end[1], length))
    children = 2 if rng.random() < 0.55 else 3
    for i in range(children):
        turn = (i - (children - 1) / 2) * spread * float(rng.uniform(0.8, 1.35)) + float(rng.normal(0, 0.14))
        up = 0.10 * (np.pi / 2 - angle - turn)
        _branch(
            s,
            rng,
            ink,
            end,
            angle + turn + up,
            length * float(rng.uniform(0.66, 0.84)),
            thick * 0.62,
            depth - 1,
            tips,
            spread,
        )


def _crown(s: Paper, p: Palette, rng: np.random.Generator, tips: list[tuple[float, float, float]], tall: float) -> None:
    dark, middle, bright = _leaf_tones(p, rng)
    points = np.array(tips)
    clump = tall * 0.08
    for axis, size in ((0, s.width), (1, s.height)):  # keep the crown on the sheet
        low, high = points[:, axis].min(), points[:, axis].max()
        over = max(0.0, high - (size - clump * 1.9)) + (max(0.0, clump * 1.9 - low) if axis == 0 else 0.0)
        if over > 0:
            start = max(low, clump * 1.9) if axis == 0 else low
            points[:, axis] = start + (points[:, axis] - low) * ((size - clump * 1.9 - start) / (high - low))
    for _ in range(170):  # loose leaves along the edge
        x, y, _r = points[int(rng.integers(len(points)))]
        size = clump * float(rng.uniform(0.09, 0.2))
        s.disc(
            x + float(rng.normal(0, clump * 0.95)),
            y + float(rng.normal(0, clump * 0.8)),
            size,
            middle if rng.random() < 0.6 else dark,
            size * 0.6,
            float(rng.uniform(0, 180)),
        )
    middle_x, middle_y = points[:, 0].mean(), points[:, 1].mean()
    for tone, radius, jitter, count in ((dark, 1.05, 0.3, 2), (middle, 0.72, 0.55, 3), (bright, 0.36, 0.75, 3)):
        for x, y, r in points:
            for _ in range(count):
                bx = x + float(rng.normal(0, jitter * clump)) + (p.sun_side * clump * (0.5 if tone is bright else 0))
                by = y + float(rng.normal(0, jitter * clump * 0.8)) + (clump * 0.35 if tone is bright else 0)
                if tone is bright and (
                    (bx - middle_x) * np.sign(p.sun_side) + (by - middle_y) * 1.2
                ) < -0.3 * tall * float(rng.random()):
                    continue
                size = clump * radius * float(rng.uniform(0.6, 1.15)) * (1.0 if r > 0 else 1)
                s.disc(
                    bx,
                    by,
                    size,
                    tone if tone is not middle else mix(middle, dark, float(rng.random()) * 0.5),
                    size * 0.78,
                    float(rng.uniform(-30, 30)),
                )


def _snow_on(s: Paper, rng: np.random.Generator, p: Palette) -> None:
    """White on all that looks up."""
    alpha = s.sheet[..., 3] > 0
    depth = max(2, int(0.07 * s.scale))
    above = np.zeros_like(alpha)
    above[depth:] = alpha[:-depth]
    caught = alpha & ~above & (rng.random(alpha.shape, np.float32) < 0.86)
    s.sheet[caught, :3] = mix(p.ground, p.horizon, 0.15).astype(np.uint8)


def _pine(p: Palette, rng: np.random.Generator, scale: float) -> Figure:
    tall = float(rng.uniform(7, 11))
    wide = tall * 0.44
    s = Paper(wide, tall, scale)
    dark, middle, bright = _leaf_tones(p, rng)
    middle, dark = mix(middle, p.ink, 0.35), mix(dark, p.ink, 0.3)
    s.limb((wide / 2, 0), (wide / 2, tall * 0.9), tall * 0.016, tall * 0.004, p.ink)
    tiers = 15
    for i in range(tiers):
        t = i / (tiers - 1)
        y = tall * (0.10 + 0.82 * t)
        reach = wide * 0.5 * (1 - t) ** 0.85 * float(rng.uniform(0.86, 1.06)) + tall * 0.012
        drop = tall * 0.115 * (1 - 0.55 * t)
        for sgn in (-1, 1):
            tone = mix(middle, dark, 0.35 * float(rng.random())) if sgn * p.sun_side > 0 else dark
            edge = [(wide / 2, y + drop * 1.1)]
            for k in range(6):
                share = (k + 1) / 6
                edge.append(
                    (
                        wide / 2 + sgn * reach * share,
                        y + drop * (0.75 - 0.95 * share) + float(rng.normal(0, drop * 0.10)),
                    )
                )
                edge.append(
                    (
                        wide / 2 + sgn * reach * (share - 0.08),
                        y - drop * (0.25 + 0.4 * share) * float(rng.uniform(0.6, 1.2)),
                    )
                )
            edge.append((wide / 2, y - drop * 0.5))
            s.poly(edge, tone)
            if p.snow:
                s.poly(
                    [
                        (wide / 2, y + drop * 0.95),
                        (wide / 2 + sgn * reach * 0.5, y + drop * 0.32),
                        (wide / 2 + sgn * reach * 0.94, y - drop * 0.14),
                        (wide / 2 + sgn * reach * 0.5, y + drop * 0.10),
                    ],
                    mix(p.ground, tone, 0.12),
                )
    cut = model(s.cut(), mix(bright, p.sun, 0.4), p.sun_side * 2, 0.25, None)
    return Figure(texture(cut, rng, 0.2, 6.0), wide, tall)


def trunk(p: Palette, seed: object, scale: float, light_bark: bool = False) -> Figure:
    """A forest tree of which only the stem is seen: nine metres, with a few stubs and twigs."""
    rng = generator("trunk", seed)
    tall, wide = 10.0, 2.4
    s = Paper(wide, tall, scale)
    cx, thick = wide / 2, float(rng.uniform(0.13, 0.30))
    bark = (
        mix(p.ink, p.growth, 0.14)
        if not light_bark
        else mix(shade(colour("#d9d4c8"), 0.3 + 0.6 * p.brightness), p.haze, 0.25)
    )
    bend = float(rng.normal(0, 0.16))
    points = [(cx + bend * (y / tall) ** 2 + float(rng.normal(0, 0.035)), y) for y in np.linspace(0, tall, 9)]
    for (ax, ay), (bx, by) in pairwise(points):
        s.limb((ax, ay), (bx, by), thick * (1 - 0.05 * ay), thick * (1 - 0.05 * by), bark)
    s.poly([(cx - thick * 2.1, 0), (cx - thick * 0.9, 0.55), (cx + thick * 0.9, 0.55), (cx + thick * 2.2, 0)], bark)
    for _ in range(int(rng.integers(4, 8))):
        y = float(rng.uniform(2.4, 9.0))
        side = 1 if rng.random() < 0.5 else -1
        at = (cx + bend * (y / tall) ** 2, y)
        tip = (at[0] + side * float(rng.uniform(0.35, 0.95)), y + float(rng.uniform(0.1, 0.9)))
        s.limb(at, tip, thick * 0.22, 0.012, bark)
        s.limb(((at[0] + tip[0]) / 2, (at[1] + tip[1]) / 2), (tip[0] - side * 0.1, tip[1] + 0.5), 0.022, 0.008, bark)
    if light_bark:
        for _ in range(44):
            y = float(rng.uniform(0.3, tall))
            x = cx + bend * (y / tall) ** 2 + float(rng.uniform(-0.8, 0.8)) * thick
            s.box(x, y, float(rng.uniform(0.05, 0.2)) * thick * 4, 0.03, mix(p.ink, bark, 0.2))
        s.sheet[..., :3] *= s.sheet[..., 3:4] > 0
    cut = model(s.cut(), mix(p.sun, p.haze, 0.3), p.sun_side * 2, 0.4, p.haze, 0.2)
    return Figure(texture(cut, rng, 0.26, 8.0), wide, tall)


def leaves(p: Palette, seed: object, scale: float) -> Figure:
    """A hanging branch of leaves, for the upper edge of the picture: 4 by 2 metres."""
    rng = generator("leaves", seed)
    s = Paper(4.0, 2.0, scale)
    dark, middle, bright = _leaf_tones(p, rng)
    for _ in range(5):
        x, y = float(rng.uniform(0, 4)), 2.0
        angle = float(rng.uniform(-2.5, -0.6))
        for step in range(14):
            nx, ny = x + np.cos(angle) * 0.11, y + np.sin(angle) * 0.07
            s.limb((x, y), (nx, ny), 0.014 * (1 - step / 18), 0.012 * (1 - step / 18), p.ink)
            for _ in range(5):
                tone = (dark, middle, middle, bright)[int(rng.integers(4))]
                s.disc(
                    nx + float(rng.normal(0, 0.1)),
                    ny + float(rng.normal(0, 0.09)),
                    float(rng.uniform(0.03, 0.06)),
                    tone,
                    float(rng.uniform(0.018, 0.03)),
                    float(rng.uniform(0, 180)),
                )
            x, y, angle = nx, ny, angle + float(rng.normal(0, 0.16))
    return Figure(texture(s.cut(), rng, 0.2, 6.0), 4.0, 2.0)


def bush(p: Palette, seed: object, scale: float) -> Figure:
    """A low round bush, 1.8 by 1.1 metres."""
    rng = generator("bush", seed)
    s = Paper(1.9, 1.15, scale)
    tips = [(0.95 + float(rng.normal(0, 0.34)), abs(float(rng.normal(0.32, 0.2))), 1.0) for _ in range(26)]
    _crown(s, p, rng, [(x, min(y, 0.75), r) for x, y, r in tips], 1.7)
    if p.snow:
        _snow_on(s, rng, p)
    cut = model(s.cut(), mix(p.sun, p.horizon, 0.4), p.sun_side * 2, 0.3, None)
    return Figure(texture(cut, rng, 0.2, 6.0), 1.9, 1.15)


def grass(p: Palette, seed: object, scale: float, dry: bool = False) -> Figure:
    """A tuft of blades, 1.6 by 0.7 metres, for the foreground."""
    rng = generator("grass", seed)
    s = Paper(1.6, 0.72, scale)
    dark, middle, _ = _leaf_tones(p, rng)
    straw = mix(p.ground, p.growth, 0.4)
    for _ in range(120):
        x = float(np.clip(rng.normal(0.8, 0.36), 0.04, 1.56))
        tall = float(rng.uniform(0.2, 0.68)) * (1 - 0.55 * abs(x - 0.8))
        lean = float(rng.normal(0, 0.14))
        tone = (dark, middle, p.ink)[int(rng.integers(3))]
        if dry or p.season in ("autumn", "summer"):
            tone = mix(tone, straw, 0.45)
        if p.snow:
            tone = mix(tone, p.haze, 0.25)
        s.poly(
            [
                (x - 0.013, 0),
                (x + lean * 0.45 - 0.008, tall * 0.6),
                (x + lean, tall),
                (x + lean * 0.45 + 0.010, tall * 0.6),
                (x + 0.013, 0),
            ],
            tone,
        )
        if dry and rng.random() < 0.3:
            s.disc(x + lean, tall, 0.018, mix(tone, straw, 0.6), 0.05, 0)
    return Figure(texture(s.cut(), rng, 0.18, 6.0), 1.6, 0.72)


def birds(p: Palette, seed: object, scale: float) -> Figure:
    """A few birds far up, 16 by 6 metres."""
    rng = generator("birds", seed)
    s = Paper(16, 6, scale)
    for _ in range(int(rng.integers(5, 10))):
        x, y, w = float(rng.uniform(1, 15)), float(rng.uniform(0.8, 5.2)), float(rng.uniform(0.35, 0.75))
        lift = float(rng.uniform(0.15, 0.55)) * w
        s.poly(
            [
                (x - w, y + lift),
                (x - w * 0.45, y + lift * 1.05),
                (x, y),
                (x + w * 0.45, y + lift * 1.05),
                (x + w, y + lift),
                (x + w * 0.4, y + lift * 0.6),
                (x, y - w * 0.16),
                (x - w * 0.4, y + lift * 0.6),
            ],
            mix(p.ink, p.haze, 0.25),
        )
    return Figure(s.cut(), 16, 6)


def flowers(p: Palette, seed: object, scale: float) -> Figure:
    """A patch of flowers, 1.8 by 0.6 metres."""
    rng = generator("flowers", seed)
    s = Paper(1.8, 0.62, scale)
    dark, middle, _ = _leaf_tones(p, rng)
    petals = [p.accent, mix(p.accent, colour("#fff2dc"), 0.5), shade(p.accent, 0.8)]
    for _ in range(60):
        x, tall = float(rng.uniform(0.1, 1.7)), float(rng.uniform(0.12, 0.5))
        lean = float(rng.normal(0, 0.05))
        s.poly([(x - 0.009, 0), (x + lean, tall), (x + 0.009, 0)], dark if rng.random() < 0.5 else middle)
        s.disc(
            x + lean,
            tall,
            float(rng.uniform(0.022, 0.045)),
            shade(petals[int(rng.integers(3))], 0.35 + 0.65 * p.brightness),
            float(rng.uniform(0.018, 0.035)),
        )
    return Figure(texture(s.cut(), rng, 0.15, 6.0), 1.8, 0.62)


def flakes(p: Palette, seed: object, scale: float, kind: str = "snow") -> Figure:
    """A thin sheet of falling snow, or of rain: 5 by 5 metres, mostly nothing."""
    rng = generator("flakes", seed)
    s = Paper(5.0, 5.0, scale)
    white = mix(p.horizon, colour("#ffffff"), 0.55)
    for _ in range(90 if kind == "snow" else 70):
        x, y = rng.uniform(0, 5, 2)
        if kind == "snow":
            s.disc(float(x), float(y), float(rng.uniform(0.010, 0.026)), white)
        else:
            long = float(rng.uniform(0.14, 0.34))
            s.poly([(x, y), (x + 0.005, y), (x + 0.005 + long * 0.12, y + long), (x + long * 0.12, y + long)], white)
    cut = s.cut()
    share = 0.8 if kind == "snow" else 0.34
    return Figure((cut * np.float32(share)).astype(np.uint8), 5.0, 5.0)
