"""Houses, cars, graves, lamps, furniture as cut paper, each with its size in metres; lit windows glow by themselves."""

from __future__ import annotations

import numpy as np

from studio.providers.previz.figures import Figure
from studio.providers.previz.paint import Colour, Paper, colour, generator, mix, model, shade, texture
from studio.providers.previz.palette import Palette


def _finish(s: Paper, p: Palette, seed: object, rim: float = 0.35, amount: float = 0.085, blot: float = 5.0) -> Figure:
    cut = model(s.cut(), mix(p.sun, p.horizon, 0.4), p.sun_side * 2, rim, mix(p.ink, p.haze, 0.6), 0.18)
    return Figure(texture(cut, generator("tooth", seed), amount, blot), s.width, s.height)


def _body(p: Palette, share: float = 0.2) -> Colour:
    """The colour of built things: ink with a little of the hour in it."""
    return mix(p.ink, mix(p.wall, p.haze, 0.4), share if p.dark else share + 0.22)


def _pane(
    s: Paper, p: Palette, x: float, y: float, w: float, h: float, lit: bool, bars: int = 2, frame: Colour | None = None
) -> None:
    """A window with bars."""
    glass = mix(p.lamp, colour("#fff3d0"), 0.35) if lit else mix(p.ink, p.middle, 0.45)
    edge = p.ink if frame is None else frame
    s.box(x - w * 0.07, y - h * 0.05, w * 1.14, h * 1.1, edge)
    s.box(x, y, w, h, glass)
    if not lit:
        s.poly([(x, y + h * 0.35), (x + w * 0.75, y + h), (x, y + h)], mix(glass, p.horizon, 0.3))
    s.box(x + w / 2 - w * 0.03, y, w * 0.06, h, edge)
    for i in range(1, bars):
        s.box(x, y + h * i / bars - h * 0.02, w, h * 0.04, edge)


def house(p: Palette, seed: object, scale: float, lit: bool | None = None) -> Figure:
    """A small house with a gable, 9 by 7.2 metres."""
    rng = generator("house", seed)
    s = Paper(10.0, 7.4, scale)
    wall, roof = _body(p, 0.28), _body(p, 0.10)
    shine = p.dark if lit is None else lit
    x0, w, h = 1.2, 7.6, 3.1
    front = float(rng.uniform(2.9, 3.5))
    left = rng.random() < 0.5
    gx = x0 if left else x0 + w - front
    s.box(gx + front / 2 - 0.35 + (1.2 if left else -1.2), 4.9, 0.7, 2.1, roof)  # chimney
    s.box(x0, 0, w, h, wall)
    s.poly([(x0 - 0.45, h - 0.12), (x0 + 1.4, h + 2.5), (x0 + w - 1.4, h + 2.5), (x0 + w + 0.45, h - 0.12)], roof)
    for i in range(1, 7):  # courses of the roof
        y = h + 2.5 * i / 7
        k = 1.75 * i / 7
        s.box(x0 - 0.4 + k, y, w + 0.8 - 2 * k, 0.035, mix(roof, p.haze, 0.16))
    s.box(gx, 0, front, h + 0.2, mix(wall, p.haze, 0.10))
    s.poly([(gx - 0.4, h - 0.1), (gx + front / 2, h + 2.9), (gx + front + 0.4, h - 0.1)], roof)
    s.poly([(gx, h - 0.1), (gx + front / 2, h + 2.3), (gx + front, h - 0.1)], mix(wall, p.haze, 0.10))
    for y in np.arange(0.3, h, 0.3):  # boards
        s.box(x0, float(y), w, 0.025, mix(wall, p.ink, 0.3))
    _pane(s, p, gx + front / 2 - 0.5, 3.25, 1.0, 0.95, shine and rng.random() < 0.7)
    _pane(s, p, gx + front / 2 - 0.75, 0.95, 1.5, 1.35, shine)
    rest = x0 + (front if left else 0)
    space = w - front
    _pane(s, p, rest + space * 0.58, 1.0, 1.15, 1.25, shine and rng.random() < 0.6)
    s.box(rest + space * 0.18, 0, 0.95, 2.1, mix(p.ink, p.accent, 0.35 if not p.dark else 0.16))
    s.disc(rest + space * 0.18 + 0.78, 1.0, 0.05, p.lamp)
    if p.snow:
        white = mix(p.ground, p.haze, 0.1)
        s.poly(
            [
                (x0 - 0.5, h - 0.14),
                (x0 + 1.36, h + 2.62),
                (x0 + w - 1.36, h + 2.62),
                (x0 + w + 0.5, h - 0.14),
                (x0 + w, h + 0.5),
                (x0 + w - 1.7, h + 2.2),
                (x0 + 1.8, h + 2.2),
                (x0, h + 0.35),
            ],
            white,
        )
        s.poly(
            [
                (gx - 0.5, h - 0.12),
                (gx + front / 2, h + 3.1),
                (gx + front + 0.5, h - 0.12),
                (gx + front + 0.1, h - 0.12),
                (gx + front / 2, h + 2.5),
                (gx - 0.1, h - 0.12),
            ],
            white,
        )
        s.box(gx + front / 2 - 0.42 + (1.2 if left else -1.2), 6.95, 0.84, 0.16, white)
        s.curve([(0.2, 0), (1.4, 0.32), (3.2, 0.18), (5.2, 0.3), (7.6, 0.2), (9.0, 0.34), (9.9, 0), (5, -0.2)], white)
    return _finish(s, p, seed)


def church(p: Palette, seed: object, scale: float) -> Figure:
    """A village church with a steeple, 12 by 15 metres."""
    s = Paper(12.5, 15.5, scale)
    wall, roof = _body(p, 0.24), _body(p, 0.08)
    s.box(0.6, 0, 7.8, 3.6, wall)
    s.poly([(0.2, 3.5), (1.5, 6.4), (8.4, 6.4), (8.8, 3.5)], roof)
    s.box(8.2, 0, 3.0, 7.6, mix(wall, p.haze, 0.08))
    s.poly([(7.9, 7.5), (9.7, 14.4), (11.5, 7.5)], roof)
    s.box(9.66, 14.2, 0.08, 1.1, roof)
    s.box(9.42, 14.75, 0.56, 0.08, roof)
    glow = mix(p.lamp, colour("#ffe9b8"), 0.2) if p.dark or p.hour == "mist" else mix(p.ink, p.middle, 0.45)
    for x in (1.5, 3.2, 4.9, 6.6):
        s.box(x, 1.0, 0.7, 1.3, glow)
        s.disc(x + 0.35, 2.3, 0.35, glow)
    s.box(9.4, 5.0, 0.6, 0.9, glow)
    s.disc(9.7, 5.9, 0.3, glow)
    s.box(9.15, 0, 1.1, 1.8, p.ink)
    s.disc(9.7, 1.8, 0.55, p.ink)
    if p.snow:
        white = mix(p.ground, p.haze, 0.1)
        s.poly([(0.1, 3.5), (1.45, 6.55), (8.3, 6.55), (8.2, 6.0), (1.8, 6.0), (0.6, 3.5)], white)
        s.poly([(7.8, 7.5), (9.7, 14.5), (9.7, 13.4), (8.3, 7.5)], white)
    return _finish(s, p, seed)


def school(p: Palette, seed: object, scale: float) -> Figure:
    """A long school building with rows of windows, 30 by 10 metres."""
    rng = generator("school", seed)
    s = Paper(30, 10.5, scale)
    wall, roof = mix(_body(p, 0.42), shade(colour("#a5523a"), 0.35 + 0.5 * p.brightness), 0.45), _body(p, 0.16)
    s.box(0.5, 0, 29, 7.4, wall)
    for y in np.arange(0.25, 7.4, 0.28):
        s.box(0.5, float(y), 29, 0.03, mix(wall, p.ink, 0.16))
    s.poly([(0, 7.3), (1.5, 9.2), (28.5, 9.2), (30, 7.3)], roof)
    s.box(12.6, 0, 4.8, 8.6, mix(wall, p.haze, 0.12))
    s.poly([(12.2, 8.5), (15, 10.4), (17.8, 8.5)], roof)
    s.disc(15, 8.0, 0.75, mix(p.horizon, p.haze, 0.3))
    s.limb((15, 8.0), (15, 8.45), 0.05, 0.03, p.ink)
    s.limb((15, 8.0), (15.3, 7.9), 0.05, 0.03, p.ink)
    for row in (0.9, 4.3):
        for x in [*np.arange(1.4, 12, 2.25), *np.arange(18.2, 28.4, 2.25)]:
            _pane(s, p, float(x), row, 1.35, 2.1, p.dark and rng.random() < 0.5, 3, mix(wall, p.horizon, 0.35))
    s.box(13.9, 0, 2.2, 2.9, p.ink)
    s.disc(15, 2.9, 1.1, mix(p.ink, p.lamp, 0.45))
    return _finish(s, p, seed, 0.2, 0.12)


def facade(p: Palette, seed: object, scale: float) -> Figure:
    """A town house for a street, 9 by 14 metres."""
    rng = generator("facade", seed)
    tall = float(rng.uniform(11, 15))
    s = Paper(9, 15.5, scale)
    wall = mix(_body(p, float(rng.uniform(0.16, 0.4))), p.accent, 0.06)
    s.box(0, 0, 9, tall, wall)
    s.box(-0.2, tall - 0.35, 9.4, 0.5, mix(wall, p.ink, 0.4))
    s.box(0, 3.3, 9, 0.18, mix(wall, p.haze, 0.2))
    for y in np.arange(4.3, tall - 2, 3.1):
        for x in (0.9, 3.7, 6.5):
            _pane(s, p, x, float(y), 1.5, 1.9, p.dark and rng.random() < 0.45, 2, mix(wall, p.horizon, 0.22))
    s.box(0.8, 0.3, 4.4, 2.4, mix(p.lamp, wall, 0.25) if p.dark else mix(p.ink, p.middle, 0.4))
    s.box(2.9, 0.3, 0.12, 2.4, wall)
    s.box(6.4, 0, 1.4, 2.7, p.ink)
    return _finish(s, p, seed, 0.15, 0.14)


def car(p: Palette, seed: object, scale: float, facing: int = 1) -> Figure:
    """A saloon from the side, 4.6 by 1.6 metres."""
    s = Paper(4.8, 1.62, scale)
    body = mix(p.ink, p.accent, 0.16 if p.dark else 0.34)
    s.curve(
        [
            (0.15, 0.42),
            (0.14, 0.72),
            (0.35, 0.86),
            (1.05, 0.93),
            (1.55, 1.42),
            (2.05, 1.52),
            (2.75, 1.51),
            (3.25, 1.34),
            (3.72, 0.95),
            (4.45, 0.84),
            (4.66, 0.66),
            (4.64, 0.40),
            (4.3, 0.28),
            (0.5, 0.28),
        ],
        body,
    )
    glass = mix(p.horizon, p.haze, 0.35)
    s.poly([(1.28, 0.95), (1.68, 1.38), (2.2, 1.42), (2.2, 0.95)], glass)
    s.poly([(2.3, 0.95), (2.3, 1.42), (2.75, 1.41), (3.12, 1.28), (3.46, 0.95)], glass)
    s.box(0.3, 0.60, 4.1, 0.03, mix(body, p.horizon, 0.25))
    s.curve([(1.74, 0.95), (1.80, 1.12), (1.95, 1.18), (2.10, 1.12), (2.14, 0.95)], p.ink)
    s.disc(1.95, 1.25, 0.085, p.ink, 0.105)
    s.box(2.2, 0.93, 0.1, 0.5, body)
    for x in (1.0, 3.7):
        s.disc(x, 0.33, 0.35, shade(p.ink, 0.6))
        s.disc(x, 0.33, 0.17, mix(p.ink, p.haze, 0.4))
    s.disc(4.56, 0.66, 0.10, mix(p.lamp, colour("#ffffff"), 0.4), 0.08)
    s.disc(0.19, 0.68, 0.07, colour("#c8402f"))
    s.box(0.16, 0.40, 4.5, 0.06, shade(body, 0.6))
    return _finish(s, p, seed, 0.45, 0.07, 12.0)


def grave(p: Palette, seed: object, scale: float) -> Figure:
    """A headstone or a cross, about a metre high."""
    rng = generator("grave", seed)
    s = Paper(1.0, 1.5, scale)
    stone = mix(p.ink, mix(p.haze, p.middle, 0.4), 0.22 if p.dark else 0.36)
    kind = int(rng.integers(4))
    tall = float(rng.uniform(0.75, 1.05))
    if kind == 0:
        s.box(0.42, 0, 0.16, 1.4, stone)
        s.box(0.15, 0.9, 0.7, 0.16, stone)
    elif kind == 1:
        s.poly([(0.18, 0), (0.18, tall), (0.5, tall + 0.26), (0.82, tall), (0.82, 0)], stone)
    else:
        s.box(0.17, 0, 0.66, tall, stone)
        s.disc(0.5, tall, 0.33, stone)
    for i in range(3):
        if kind:
            s.box(0.3, tall * 0.78 - i * 0.13, 0.4 - 0.05 * i, 0.035, mix(stone, p.ink, 0.5))
    s.box(0.06, 0, 0.88, 0.14, stone)
    if p.snow:
        s.disc(0.5, tall + (0.3 if kind > 1 else 0.2 if kind == 1 else 0.4), 0.24, p.ground, 0.07)
    return _finish(s, p, seed, 0.6, 0.24)


def lamppost(p: Palette, seed: object, scale: float) -> Figure:
    """A street lamp, 5 metres."""
    s = Paper(1.6, 5.2, scale)
    s.limb((0.4, 0), (0.4, 4.5), 0.075, 0.045, p.ink)
    s.limb((0.4, 4.5), (0.75, 4.95), 0.04, 0.04, p.ink)
    s.limb((0.75, 4.95), (1.2, 4.9), 0.04, 0.03, p.ink)
    s.poly([(0.98, 4.92), (1.42, 4.92), (1.52, 4.68), (0.88, 4.68)], p.ink)
    s.disc(1.2, 4.68, 0.2, mix(p.lamp, colour("#ffffff"), 0.35) if p.dark else mix(p.ink, p.middle, 0.5), 0.1)
    s.box(0.28, 0, 0.24, 0.5, p.ink)
    return _finish(s, p, seed, 0.4)


def bench(p: Palette, seed: object, scale: float) -> Figure:
    """A park bench, 1.8 metres."""
    s = Paper(1.9, 0.95, scale)
    for y in (0.42, 0.58, 0.70, 0.82):
        s.box(0.05, y, 1.8, 0.085 if y > 0.5 else 0.07, p.ink)
    for x in (0.18, 1.62):
        s.box(x, 0, 0.09, 0.9, p.ink)
    return _finish(s, p, seed, 0.5)


def fence(p: Palette, seed: object, scale: float, railings: bool = False) -> Figure:
    """Six metres of fence: boards with gaps, or iron railings."""
    rng = generator("fence", seed)
    s = Paper(6, 1.5 if railings else 1.15, scale)
    ink = mix(p.ink, p.haze, 0.12)
    if railings:
        for x in np.arange(0.05, 6, 0.2):
            s.box(float(x), 0, 0.035, 1.36, ink)
            s.poly([(float(x) - 0.03, 1.34), (float(x) + 0.0175, 1.47), (float(x) + 0.065, 1.34)], ink)
        for y in (0.2, 1.2):
            s.box(0, y, 6, 0.05, ink)
    else:
        for x in np.arange(0.1, 6, 1.45):
            s.box(float(x), 0, 0.13, 1.1, ink)
        for y in (0.35, 0.75):
            s.poly([(0, y), (6, y + float(rng.normal(0, 0.02))), (6, y + 0.11), (0, y + 0.11)], ink)
    return _finish(s, p, seed, 0.4)


def swing(p: Palette, seed: object, scale: float) -> Figure:
    """A frame with two swings, 4 by 2.6 metres."""
    s = Paper(4.2, 2.7, scale)
    for x in (0.3, 3.9):
        s.limb((x - 0.25, 0), (x, 2.55), 0.05, 0.05, p.ink)
        s.limb((x + 0.25, 0), (x, 2.55), 0.05, 0.05, p.ink)
    s.limb((0.3, 2.55), (3.9, 2.55), 0.06, 0.06, p.ink)
    for x, lean in ((1.4, 0.0), (2.7, 0.22)):
        for off in (-0.22, 0.22):
            s.limb((x + off, 2.55), (x + off + lean, 0.6 + lean * 0.2), 0.015, 0.015, p.ink)
        s.box(x - 0.27 + lean, 0.56 + lean * 0.2, 0.54, 0.06, p.ink)
    return _finish(s, p, seed, 0.4)


def boat(p: Palette, seed: object, scale: float) -> Figure:
    """A small sailing boat, 5 by 6.5 metres."""
    s = Paper(5.2, 6.6, scale)
    s.curve([(0.3, 0.85), (0.8, 0.2), (4.0, 0.2), (4.9, 0.95), (2.6, 0.72)], p.ink)
    s.limb((2.5, 0.6), (2.5, 6.4), 0.05, 0.03, p.ink)
    sail = mix(mix(p.horizon, p.haze, 0.3), p.ink, 0.25)
    s.curve([(2.62, 6.2), (3.3, 3.6), (4.4, 1.25), (2.62, 1.15)], sail)
    s.curve([(2.4, 5.6), (1.6, 3.4), (0.7, 1.3), (2.4, 1.2)], mix(sail, p.ink, 0.15))
    return _finish(s, p, seed, 0.4)


def umbrella(p: Palette, seed: object, scale: float) -> Figure:
    """An open umbrella held over somebody: 1.3 by 2.2 metres, its handle at shoulder height."""
    s = Paper(1.4, 2.3, scale)
    ink = mix(p.ink, p.accent, 0.25)
    s.curve(
        [(0.05, 1.82), (0.3, 2.12), (0.7, 2.24), (1.1, 2.12), (1.35, 1.82), (1.02, 1.88), (0.7, 1.83), (0.38, 1.88)],
        ink,
    )
    s.limb((0.7, 2.28), (0.7, 1.15), 0.014, 0.014, p.ink)
    return _finish(s, p, seed, 0.4)


def balloons(p: Palette, seed: object, scale: float) -> Figure:
    """Three balloons on strings, 1.2 by 2.6 metres."""
    s = Paper(1.3, 2.7, scale)
    for x, y, c in ((0.4, 2.0, p.accent), (0.85, 2.2, mix(p.accent, p.lamp, 0.6)), (0.66, 1.65, shade(p.accent, 0.75))):
        s.limb((0.62, 0.4), (x, y), 0.006, 0.006, p.ink)
        s.disc(x, y + 0.15, 0.22, shade(c, 0.45 + 0.55 * p.brightness), 0.27)
    return _finish(s, p, seed, 0.7)
