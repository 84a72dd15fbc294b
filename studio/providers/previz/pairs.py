"""Two people as one outline, and heads in profile for close-ups."""

from __future__ import annotations

from studio.providers.previz.figures import HEIGHTS_M, Figure, hair, legs
from studio.providers.previz.paint import Colour, Paper, generator, mix, model, shade, texture
from studio.providers.previz.palette import Palette


def embrace(
    p: Palette,
    seed: object,
    scale: float,
    kinds: tuple[str, str] = ("woman", "man"),
    wears: tuple[Colour | None, Colour | None] = (None, None),
) -> Figure:
    """Two people in each other's arms, as one outline."""
    rng = generator("embrace", seed)
    tall = max(HEIGHTS_M[kinds[0]], HEIGHTS_M[kinds[1]]) * 1.02
    wide = tall * 0.95
    s = Paper(wide, tall * 1.04, scale)
    h1, h2 = HEIGHTS_M[kinds[0]], HEIGHTS_M[kinds[1]]
    cx, gap = wide / 2, tall * 0.075
    for kind, h, sgn, cloth in ((kinds[1], h2, 1, wears[1]), (kinds[0], h1, -1, wears[0])):
        ink = p.ink
        dress = ink if cloth is None else cloth
        x = cx + sgn * gap
        head = h * 0.07
        s.disc(x - sgn * gap * 0.42, h * 0.93, head * 0.85, ink, head)
        hair(s, kind, (x - sgn * gap * 0.42, h * 0.93), head, -sgn, generator("hair", seed, sgn), ink)
        s.limb((x - sgn * gap * 0.2, h * 0.86), (x, h * 0.8), h * 0.04, h * 0.06, ink)
        s.curve(
            [
                (x - h * 0.07, h * 0.83),
                (x - h * 0.085, h * 0.66),
                (x - h * 0.08, h * 0.5),
                (x, h * 0.46),
                (x + h * 0.08, h * 0.5),
                (x + h * 0.085, h * 0.66),
                (x + h * 0.07, h * 0.83),
            ],
            dress,
        )
        legs(s, kind, "", h, (x, h * 0.515), h * 0.06, -sgn, rng, ink, dress)
        s.limb((x + sgn * h * 0.03, h * 0.79), (x - sgn * h * 0.02, h * 0.66), h * 0.036, h * 0.03, dress)
        s.limb(
            (x - sgn * h * 0.02, h * 0.66),
            (x - sgn * gap * 2.1, h * (0.70 if sgn > 0 else 0.77)),
            h * 0.03,
            h * 0.022,
            dress,
        )
    s.soften(0.007 * tall)
    cut = model(
        s.cut(),
        mix(p.sun, p.horizon, 0.35),
        p.sun_side * 2.2,
        0.4 if p.hour != "night" else 0.25,
        mix(p.ink, p.haze, 0.4),
        0.16,
    )
    return Figure(texture(cut, rng, 0.055, 4.0), wide, tall * 1.04)


def head(p: Palette, seed: object, scale: float, facing: int, lit: Colour | None = None) -> Figure:
    """A head and shoulders in profile, for close-ups: 0.75 m high."""
    rng = generator("head", seed)
    s = Paper(0.8, 0.75, scale)
    ink = mix(p.ink, shade(p.accent, 0.25), 0.2) if lit is None else lit
    f, cx = facing, 0.4

    def x(v: float) -> float:
        return cx + f * v

    s.curve(
        [(x(-0.02), 0.72), (x(0.075), 0.705), (x(0.115), 0.63), (x(0.108), 0.585), (x(0.112), 0.56), (x(0.150),
        0.515), (x(0.128), 0.495), (x(0.122), 0.478),
         (x(0.132), 0.462), (x(0.124), 0.447), (x(0.128), 0.430), (x(0.112), 0.415), (x(0.116), 0.385), (x(0.090),
         0.355), (x(0.03), 0.36), (x(-0.02), 0.40),
         (x(-0.08), 0.44), (x(-0.135), 0.52), (x(-0.135), 0.63), (x(-0.09), 0.70)], ink,
    )  # fmt: skip
    s.poly([(x(-0.10), 0.50), (x(0.045), 0.40), (x(0.05), 0.20), (x(-0.12), 0.20)], ink)
    s.curve(
        [
            (x(-0.10), 0.31),
            (x(-0.23), 0.245),
            (x(-0.33), 0.13),
            (x(-0.36), -0.05),
            (x(0.34), -0.05),
            (x(0.27), 0.14),
            (x(0.15), 0.235),
            (x(0.045), 0.29),
        ],
        ink,
    )
    if rng.random() < 0.6:  # tied hair
        s.curve(
            [
                (x(-0.10), 0.66),
                (x(-0.21), 0.62),
                (x(-0.25), 0.50),
                (x(-0.20), 0.36),
                (x(-0.17), 0.46),
                (x(-0.13), 0.52),
            ],
            ink,
        )
    s.soften(0.006)
    cut = model(s.cut(), mix(p.sun, p.horizon, 0.3), f * 1.0, 0.5, mix(p.ink, p.haze, 0.5), 0.2)
    return Figure(texture(cut, rng, 0.1, 7.0), 0.8, 0.75)
