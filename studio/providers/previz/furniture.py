"""What stands in rooms, as cut paper with sizes in metres."""

from __future__ import annotations

import numpy as np

from studio.providers.previz.figures import Figure
from studio.providers.previz.paint import Colour, Paper, colour, generator, mix, model, shade, texture
from studio.providers.previz.palette import Palette


def _tone(p: Palette, share: float = 0.14) -> Colour:
    return mix(p.ink, p.floor, share)


def _done(s: Paper, p: Palette, seed: object, rim: float = 0.5) -> Figure:
    cut = model(
        s.cut(),
        mix(p.sun, p.lamp, 0.4),
        p.sun_side * 2,
        rim * (0.55 if p.hour == "night" else 1),
        mix(p.ink, p.wall, 0.5),
        0.2,
    )
    return Figure(texture(cut, generator("wood", seed), 0.11, 6.0), s.width, s.height)


def table(p: Palette, seed: object, scale: float) -> Figure:
    """A kitchen table with cups and a loaf, 1.7 metres."""
    s = Paper(1.8, 1.15, scale)
    ink = _tone(p)
    s.box(0.05, 0.70, 1.7, 0.06, ink)
    s.box(0.12, 0.62, 1.56, 0.09, ink)
    for x in (0.14, 1.58):
        s.poly([(x, 0.65), (x + 0.08, 0.65), (x + 0.065, 0), (x + 0.015, 0)], ink)
    s.curve([(0.55, 0.75), (0.60, 0.87), (0.78, 0.90), (0.92, 0.86), (0.95, 0.75)], _tone(p, 0.3))
    for x in (0.30, 1.18):
        s.box(x, 0.76, 0.10, 0.10, _tone(p, 0.4))
        s.disc(x + 0.12, 0.81, 0.032, _tone(p, 0.4))
        s.disc(x + 0.12, 0.81, 0.017, None)
    s.curve(
        [(1.38, 0.76), (1.36, 0.92), (1.42, 1.0), (1.42, 1.12), (1.50, 1.12), (1.50, 1.0), (1.56, 0.92), (1.54, 0.76)],
        _tone(p, 0.2),
    )
    return _done(s, p, seed)


def chair(p: Palette, seed: object, scale: float, facing: int = 1) -> Figure:
    """A wooden chair from the side, 0.95 metres."""
    s = Paper(0.62, 0.98, scale)
    ink = _tone(p)
    x = 0.1 if facing > 0 else 0.46
    for leg in (0.1, 0.47):
        s.limb((leg + 0.03, 0.44), (leg + 0.02, 0.0), 0.022, 0.018, ink)
    s.limb((x + 0.03, 0.44), (x + 0.02 - 0.04 * facing, 0.95), 0.024, 0.022, ink)
    s.box(0.07, 0.42, 0.47, 0.05, ink)
    for y in (0.60, 0.74, 0.88):
        s.limb((x + 0.03 - 0.03 * facing, y), (x + 0.03 - 0.01 * facing, y), 0.03, 0.03, ink)
    return _done(s, p, seed)


def highchair(p: Palette, seed: object, scale: float) -> Figure:
    """A baby's chair with its tray, 1.05 metres."""
    s = Paper(0.72, 1.08, scale)
    ink = _tone(p, 0.2)
    for x0, x1 in ((0.06, 0.17), (0.66, 0.55)):
        s.limb((x0, 0.0), (x1, 0.62), 0.024, 0.024, ink)
    for x0, x1 in ((0.17, 0.24), (0.55, 0.48)):
        s.limb((x0, 0.02), (x1, 0.60), 0.016, 0.016, shade(ink, 0.7))
    s.box(0.12, 0.26, 0.48, 0.035, ink)
    s.box(0.15, 0.55, 0.42, 0.06, ink)
    s.curve([(0.17, 0.58), (0.15, 0.86), (0.20, 1.04), (0.36, 1.07), (0.52, 1.04), (0.57, 0.86), (0.55, 0.58)], ink)
    s.curve(
        [(0.25, 0.66), (0.24, 0.86), (0.28, 0.97), (0.36, 0.99), (0.44, 0.97), (0.48, 0.86), (0.47, 0.66)],
        shade(mix(ink, p.accent, 0.35), 0.9),
    )
    s.curve(
        [(0.05, 0.72), (0.08, 0.76), (0.36, 0.78), (0.64, 0.76), (0.67, 0.72), (0.62, 0.685), (0.10, 0.685)],
        mix(ink, p.lamp, 0.18),
    )
    s.disc(0.5, 0.80, 0.045, shade(p.accent, 0.3 + 0.6 * p.brightness), 0.03)
    return _done(s, p, seed)


def bed(p: Palette, seed: object, scale: float, hospital: bool = False) -> Figure:
    """A bed from the side, 2.1 metres, made; a hospital's has its head end raised, and rails."""
    s = Paper(2.4, 1.35, scale)
    ink = _tone(p)
    sheet = mix(mix(p.ink, p.middle, 0.45), p.lamp, 0.22)
    fold = mix(sheet, p.ink, 0.3)
    if hospital:
        for x in (0.35, 1.95):
            s.limb((x, 0.30), (x, 0.08), 0.03, 0.03, ink)
            s.disc(x, 0.07, 0.07, ink)
        s.limb((0.12, 0.34), (2.2, 0.34), 0.04, 0.04, ink)
        for x0, y0, y1 in ((0.1, 0.3, 1.22), (2.24, 0.3, 0.86)):
            s.limb((x0, y0), (x0, y1), 0.03, 0.03, ink)
        s.limb((0.03, 1.22), (0.17, 1.22), 0.035, 0.035, ink)
        # Raised to the left, level to the right.
        s.curve(
            [
                (0.14, 0.94),
                (0.10, 1.06),
                (0.22, 1.10),
                (0.62, 0.86),
                (0.96, 0.64),
                (1.5, 0.62),
                (2.18, 0.58),
                (2.2, 0.40),
                (0.95, 0.40),
                (0.5, 0.58),
            ],
            sheet,
        )
        s.curve(
            [(0.14, 1.02), (0.12, 1.18), (0.26, 1.22), (0.52, 1.02), (0.50, 0.92), (0.34, 0.94)],
            mix(sheet, p.lamp, 0.3),
        )
        s.curve(
            [
                (0.80, 0.74),
                (1.0, 0.68),
                (1.6, 0.70),
                (2.22, 0.62),
                (2.22, 0.26),
                (1.9, 0.30),
                (1.4, 0.25),
                (1.0, 0.32),
                (0.82, 0.52),
            ],
            fold,
        )
        s.limb((1.0, 0.86), (1.7, 0.86), 0.016, 0.016, ink)
        for x in (1.0, 1.35, 1.7):
            s.limb((x, 0.5), (x, 0.86), 0.013, 0.013, ink)
    else:
        for x in (0.10, 2.18):
            s.limb((x, 0.0), (x, 0.62), 0.03, 0.03, ink)
        s.curve([(0.02, 0.0), (0.02, 0.95), (0.10, 1.16), (0.18, 0.95), (0.18, 0.0)], ink)
        s.box(0.1, 0.22, 2.08, 0.14, ink)
        s.curve([(0.14, 0.34), (0.14, 0.60), (0.5, 0.64), (1.2, 0.68), (2.08, 0.62), (2.22, 0.48), (2.18, 0.34)], sheet)
        s.curve([(0.16, 0.58), (0.17, 0.76), (0.36, 0.82), (0.62, 0.76), (0.66, 0.62)], mix(sheet, p.lamp, 0.3))
        s.curve(
            [(0.86, 0.70), (1.3, 0.73), (2.1, 0.66), (2.22, 0.50), (2.18, 0.20), (1.8, 0.26), (1.3, 0.20), (0.9, 0.28)],
            fold,
        )
    return _done(s, p, seed)


def drip(p: Palette, seed: object, scale: float) -> Figure:
    """A stand with a bag, 2 metres."""
    s = Paper(0.6, 2.0, scale)
    ink = _tone(p)
    s.limb((0.3, 0.04), (0.3, 1.94), 0.014, 0.012, ink)
    s.limb((0.08, 0.02), (0.52, 0.02), 0.018, 0.018, ink)
    s.limb((0.16, 1.92), (0.44, 1.92), 0.012, 0.012, ink)
    s.curve([(0.36, 1.88), (0.35, 1.62), (0.42, 1.56), (0.49, 1.62), (0.48, 1.88)], mix(p.middle, p.horizon, 0.4))
    s.limb((0.42, 1.56), (0.46, 0.8), 0.006, 0.006, ink)
    return _done(s, p, seed)


def cradle(p: Palette, seed: object, scale: float) -> Figure:
    """A cot with bars, 1.2 metres."""
    s = Paper(1.3, 1.02, scale)
    ink = _tone(p, 0.2)
    for x in np.linspace(0.08, 1.22, 11):
        s.box(float(x) - 0.014, 0.2, 0.028, 0.68, ink)
    s.box(0.05, 0.86, 1.2, 0.05, ink)
    s.box(0.05, 0.22, 1.2, 0.06, ink)
    for x in (0.05, 1.19):
        s.box(x, 0, 0.06, 1.0, ink)
    s.box(0.1, 0.28, 1.1, 0.14, mix(p.ink, p.lamp, 0.3))
    return _done(s, p, seed)


def armchair(p: Palette, seed: object, scale: float) -> Figure:
    """An armchair from behind and the side, 1 metre."""
    s = Paper(1.1, 1.08, scale)
    ink = mix(_tone(p), p.accent, 0.10)
    s.curve([(0.18, 0.12), (0.16, 0.72), (0.24, 1.0), (0.55, 1.06), (0.86, 1.0), (0.94, 0.72), (0.92, 0.12)], ink)
    s.curve([(0.03, 0.12), (0.02, 0.52), (0.10, 0.64), (0.24, 0.62), (0.28, 0.12)], shade(ink, 0.8))
    s.curve([(0.82, 0.12), (0.86, 0.62), (1.0, 0.64), (1.08, 0.52), (1.07, 0.12)], shade(ink, 0.8))
    for x in (0.14, 0.92):
        s.limb((x, 0.14), (x, 0), 0.03, 0.02, p.ink)
    return _done(s, p, seed)


def floorlamp(p: Palette, seed: object, scale: float) -> Figure:
    """A standard lamp with its shade lit, 1.6 metres."""
    s = Paper(0.6, 1.65, scale)
    s.limb((0.3, 0.02), (0.3, 1.3), 0.014, 0.012, p.ink)
    s.disc(0.3, 0.02, 0.15, p.ink, 0.03)
    s.poly([(0.06, 1.22), (0.18, 1.62), (0.42, 1.62), (0.54, 1.22)], mix(p.lamp, colour("#fff0d0"), 0.3))
    return Figure(texture(s.cut(), generator("lamp", seed), 0.06, 8.0), 0.6, 1.65)


def piano(p: Palette, seed: object, scale: float) -> Figure:
    """An upright piano, 1.5 by 1.3 metres."""
    s = Paper(1.6, 1.4, scale)
    ink = shade(_tone(p), 0.9)
    s.box(0.05, 0, 1.5, 1.26, ink)
    s.box(0.0, 1.25, 1.6, 0.06, ink)
    s.box(0.0, 0.62, 1.6, 0.11, mix(ink, p.lamp, 0.10))
    s.box(0.08, 0.705, 1.44, 0.022, mix(colour("#efe6d2"), p.ink, 0.45))
    s.box(0.5, 0.86, 0.6, 0.3, mix(ink, p.lamp, 0.3))
    return _done(s, p, seed)


def desk(p: Palette, seed: object, scale: float) -> Figure:
    """A school desk with its chair, 1.2 metres."""
    s = Paper(1.25, 0.95, scale)
    ink = _tone(p)
    s.box(0.04, 0.68, 1.16, 0.05, mix(ink, p.floor, 0.25))
    s.box(0.1, 0.52, 1.04, 0.15, ink)
    for x in (0.1, 1.11):
        s.limb((x, 0.68), (x - 0.02, 0), 0.018, 0.016, ink)
    s.box(0.38, 0.44, 0.5, 0.04, ink)
    s.curve([(0.40, 0.60), (0.40, 0.88), (0.86, 0.88), (0.86, 0.60)], shade(ink, 0.8))
    for x in (0.44, 0.82):
        s.limb((x, 0.88), (x, 0), 0.014, 0.014, shade(ink, 0.8))
    return _done(s, p, seed)


def seat(p: Palette, seed: object, scale: float, facing: int) -> Figure:
    """A train seat from the side, 1.25 metres."""
    s = Paper(1.0, 1.3, scale)
    ink = mix(_tone(p, 0.1), p.accent, 0.10)

    def x(v: float) -> float:
        return v if facing > 0 else 1.0 - v

    s.curve(
        [
            (x(0.08), 0.40),
            (x(0.02), 1.15),
            (x(0.12), 1.27),
            (x(0.26), 1.20),
            (x(0.30), 0.54),
            (x(0.80), 0.52),
            (x(0.86), 0.42),
            (x(0.80), 0.34),
            (x(0.20), 0.32),
        ],
        ink,
    )
    s.box(0.3, 0, 0.3, 0.34, shade(ink, 0.6))
    return _done(s, p, seed)


def pews(p: Palette, seed: object, scale: float, half: float, aisle: float, guests: bool) -> Figure:
    """One row of pews on both sides of an aisle, from behind, `half` metres to each side; with heads for `guests`."""
    rng = generator("pews", seed)
    s = Paper(2 * half, 1.5, scale)
    ink = _tone(p, 0.18)
    for x0 in (0.25, half + aisle):
        wide = half - aisle - 0.25
        if guests:
            at = x0 + 0.3
            while at < x0 + wide - 0.25:
                if rng.random() < 0.72:
                    y = float(rng.uniform(1.14, 1.30))
                    s.disc(at, y, 0.095, shade(p.ink, 0.9), 0.12)
                    s.curve(
                        [
                            (at - 0.05, y - 0.06),
                            (at - 0.24, 0.98),
                            (at - 0.26, 0.8),
                            (at + 0.26, 0.8),
                            (at + 0.24, 0.98),
                            (at + 0.05, y - 0.06),
                        ],
                        shade(p.ink, 0.9),
                    )
                at += float(rng.uniform(0.5, 0.66))
        s.box(x0, 0, wide, 0.9, ink)
        s.box(x0 - 0.02, 0.87, wide + 0.04, 0.07, mix(ink, p.lamp, 0.2))
        for x in np.arange(x0 + 0.5, x0 + wide, 0.75):
            s.box(float(x), 0.12, 0.03, 0.68, shade(ink, 0.72))
        end = x0 if x0 > half else x0 + wide - 0.12
        s.box(end, 0, 0.14, 1.08, shade(ink, 0.85))
        s.disc(end + 0.07, 1.08, 0.09, shade(ink, 0.85))
    return _done(s, p, seed, 0.35)


def arch(p: Palette, seed: object, scale: float, half: float, tall: float, stone: Colour) -> Figure:
    """A pointed arch across a nave: stone with the way through cut out."""
    s = Paper(2 * half, tall, scale)
    s.box(0, 0, 2 * half, tall, stone)
    pillar, spring, top = 0.55, tall * 0.52, tall * 0.93
    left, right = pillar, 2 * half - pillar
    t = np.linspace(0, 1, 16)
    rise = spring + (top - spring) * np.sin(t * np.pi / 2) ** 0.85
    inner = [(left, 0.0), *zip(left + (half - left) * (1 - np.cos(t * np.pi / 2)), rise, strict=True)]
    inner += [(2 * half - x, y) for x, y in reversed(inner)]
    for grow, ink in ((0.16, mix(stone, p.ink, 0.35)), (0.09, mix(stone, p.lamp, 0.25)), (0.0, None)):
        s.poly([(x + (-grow if x < half else grow), y + grow * 0.8 * (y > 0)) for x, y in inner], ink)
    for x in (left - 0.42, right + 0.02):
        s.box(x - 0.06, spring - 0.1, 0.52, 0.22, mix(stone, p.ink, 0.25))
        s.box(x - 0.06, 0, 0.52, 0.4, mix(stone, p.ink, 0.3))
    return Figure(texture(s.cut(), generator("arch", seed), 0.18, 9.0), 2 * half, tall)


def candles(p: Palette, seed: object, scale: float) -> Figure:
    """A stand of candles, 1.3 metres."""
    rng = generator("candles", seed)
    s = Paper(0.9, 1.4, scale)
    s.limb((0.45, 0), (0.45, 0.8), 0.03, 0.02, p.ink)
    s.box(0.08, 0.78, 0.74, 0.05, p.ink)
    for x in np.linspace(0.13, 0.77, 6):
        tall = float(rng.uniform(0.18, 0.34))
        s.box(float(x) - 0.018, 0.83, 0.036, tall, mix(p.lamp, p.ink, 0.3))
        s.disc(float(x), 0.83 + tall + 0.045, 0.018, colour("#fff6d8"), 0.045)
    return Figure(s.cut(), 0.9, 1.4)
