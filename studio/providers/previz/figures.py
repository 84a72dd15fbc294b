"""People as cut paper: a few strokes melted into one outline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.providers.previz.paint import Colour, Paper, Picture, generator, mix, model, texture
from studio.providers.previz.palette import Palette

HEIGHTS_M = {
    "man": 1.8,
    "woman": 1.68,
    "groom": 1.82,
    "bride": 1.7,
    "teen": 1.62,
    "child": 1.2,
    "old": 1.62,
    "baby": 0.7,
}
SKIRTS = ("woman", "bride")


@dataclass(frozen=True, eq=False)
class Figure:
    """A cut-out with its size in metres."""

    picture: Picture
    width: float
    height: float


def figure(
    kind: str,
    act: str,
    p: Palette,
    seed: object,
    scale: float,
    facing: int = 1,
    ink: Colour | None = None,
    wears: Colour | None = None,
) -> Figure:
    """One person, with a coat or dress of the colour `wears`.

    `act` is "", walk, run, hold or dance, `facing` -1 or 1, `scale` in pixels a metre.
    """
    rng = generator("figure", seed)
    tall = HEIGHTS_M[kind] * float(rng.uniform(0.96, 1.04))
    wide = tall * 0.9
    sheet = Paper(wide, tall * 1.12, scale)
    colour_ = p.ink if ink is None else ink
    if kind == "baby":
        _baby(sheet, tall, wide / 2, colour_)
    else:
        _person(sheet, kind, act, tall, wide / 2, facing, rng, colour_, colour_ if wears is None else wears)
    sheet.soften(0.006 * tall)
    cut = sheet.cut()
    cut = model(
        cut,
        mix(p.sun, p.horizon, 0.35),
        p.sun_side * 2.2,
        0.4 if p.hour != "night" else 0.25,
        mix(p.ink, p.haze, 0.4),
        0.16,
    )
    return Figure(texture(cut, rng, 0.055, 4.0), wide, tall * 1.12)


def _person(
    s: Paper,
    kind: str,
    act: str,
    h: float,
    cx: float,
    facing: int,
    rng: np.random.Generator,
    ink: Colour,
    cloth: Colour,
) -> None:
    child = kind in ("child",)
    head = h * (0.088 if child else 0.066 if kind != "teen" else 0.07)
    lean = {"run": 0.13, "walk": 0.02}.get(act, 0.0) * h * facing
    if kind == "old":
        lean += 0.045 * h * facing
    shoulder_y, hip_y = h * (0.77 if child else 0.815), h * (0.47 if child else 0.515)
    hip = (cx, hip_y)
    neck = (cx + lean, shoulder_y)
    half_s = (
        h
        * {"man": 0.103, "groom": 0.106, "woman": 0.082, "bride": 0.080, "teen": 0.088, "child": 0.088, "old": 0.092}[
            kind
        ]
    )
    half_h = h * {"woman": 0.078, "bride": 0.076}.get(kind, 0.07)
    half_w = h * {"woman": 0.055, "bride": 0.052, "child": 0.074}.get(kind, 0.066)
    side = act in ("walk", "run", "dance")
    if side:
        half_s, half_h, half_w = half_s * 0.78, half_h * 0.85, half_w * 0.88
    bounce = 0.03 * h if act in ("run", "dance") else 0.0
    hip = (hip[0], hip[1] + bounce)
    neck = (neck[0], neck[1] + bounce)
    # Head, hair, neck.
    top = (neck[0] + lean * 0.35, neck[1] + head * 1.75)
    s.limb(neck, (neck[0] + lean * 0.2, neck[1] + head * 0.9), h * 0.033, h * 0.03, ink)
    s.disc(top[0], top[1], head * 0.82, ink, head * 1.04)
    hair(s, kind, top, head, facing if side else 0, rng, ink)
    legs(s, kind, act, h, hip, half_h, facing, rng, ink, cloth)
    # Trunk: a smooth outline from shoulders over waist to hips.
    waist = ((hip[0] * 0.55 + neck[0] * 0.45), hip[1] + (neck[1] - hip[1]) * 0.36)
    s.curve(
        [
            (neck[0] - half_s * 0.5, neck[1] + h * 0.022), (neck[0] - half_s, neck[1] - h * 0.028),
            (waist[0] - half_w, waist[1]),
            (hip[0] - half_h, hip[1] - h * 0.02), (hip[0], hip[1] - h * 0.05), (hip[0] + half_h, hip[1] - h * 0.02),
            (waist[0] + half_w, waist[1]), (neck[0] + half_s, neck[1] - h * 0.028),
            (neck[0] + half_s * 0.5, neck[1] + h * 0.022),
        ],
        cloth,
    )  # fmt: skip
    _arms(s, kind, act, h, neck, half_s, facing, rng, cloth, ink)
    if kind == "old" and act != "run":
        hand = neck[0] + facing * h * 0.17
        s.limb((hand, h * 0.47), (hand + facing * h * 0.02, 0.0), h * 0.008, h * 0.008, ink)


def hair(
    s: Paper, kind: str, top: tuple[float, float], head: float, facing: int, rng: np.random.Generator, ink: Colour
) -> None:
    """Hair, or a veil, around a head at `top`."""
    x, y = top
    back = -facing * head * 0.35
    style = int(rng.integers(3))
    if kind in ("woman", "bride", "teen", "child") and (kind in ("woman", "bride") or style < 2):
        if kind == "bride":  # a veil
            s.curve(
                [
                    (x - head * 0.75, y + head * 0.75),
                    (x - head * 1.15 + back, y - head * 0.8),
                    (x - head * 1.5 + back, y - head * 3.0),
                    (x + back, y - head * 3.4),
                    (x + head * 1.5 + back, y - head * 3.0),
                    (x + head * 1.15 + back, y - head * 0.8),
                    (x + head * 0.75, y + head * 0.75),
                    (x, y + head * 1.3),
                ],
                ink,
            )
        elif style == 0:  # a bun
            s.disc(x + back * 1.6, y + head * 0.95, head * 0.5, ink)
            s.disc(x + back * 0.6, y + head * 0.3, head * 0.92, ink)
        elif style == 1:  # long
            s.curve(
                [
                    (x - head * 0.95, y + head * 0.5),
                    (x - head * 1.05 + back, y - head * 1.3),
                    (x + back, y - head * 1.9),
                    (x + head * 1.05 + back, y - head * 1.3),
                    (x + head * 0.95, y + head * 0.5),
                    (x, y + head * 1.15),
                ],
                ink,
            )
        else:  # a bob
            s.curve(
                [
                    (x - head * 1.0, y + head * 0.35),
                    (x - head * 1.1, y - head * 0.75),
                    (x + back, y - head * 0.85),
                    (x + head * 1.1, y - head * 0.75),
                    (x + head * 1.0, y + head * 0.35),
                    (x, y + head * 1.2),
                ],
                ink,
            )
    elif style == 0:
        s.curve(
            [
                (x - head * 0.9, y + head * 0.2),
                (x - head * 0.75, y + head * 1.1),
                (x + head * 0.2, y + head * 1.3),
                (x + head * 0.9, y + head * 0.8),
                (x + head * 0.85, y + head * 0.1),
            ],
            ink,
        )


def legs(
    s: Paper,
    kind: str,
    act: str,
    h: float,
    hip: tuple[float, float],
    half: float,
    facing: int,
    rng: np.random.Generator,
    ink: Colour,
    cloth: Colour,
) -> None:
    """Legs in the act, and a skirt over them."""
    x, y = hip
    thigh, calf = h * 0.056, h * 0.036
    if kind == "child":
        thigh, calf = h * 0.058, h * 0.042
    f = facing
    if act == "run":
        _leg(s, (x, y), (x + f * 0.17 * h, y - 0.17 * h), (x + f * 0.13 * h, y - 0.40 * h), f, thigh, calf, ink)
        _leg(s, (x, y), (x - f * 0.09 * h, y - 0.23 * h), (x - f * 0.31 * h, y - 0.27 * h), -f * 0.2, thigh, calf, ink)
    elif act in ("walk", "dance"):
        stride = 0.075 * h * float(rng.uniform(0.8, 1.2))
        _leg(s, (x, y), (x + f * stride * 0.95, y - 0.24 * h), (x + f * stride * 1.7, 0.03 * h), f, thigh, calf, ink)
        _leg(s, (x, y), (x - f * stride * 0.2, y - 0.25 * h), (x - f * stride * 1.7, 0.045 * h), f, thigh, calf, ink)
    else:
        apart = half * float(rng.uniform(0.52, 0.7))
        relax = float(rng.uniform(-0.01, 0.02)) * h
        for sgn in (-1, 1):
            knee = (x + sgn * (apart + relax * (sgn > 0)), h * 0.275)
            foot = (x + sgn * (apart * 1.08 + relax * (sgn > 0)), h * 0.022)
            s.limb((x + sgn * apart * 0.8, y - h * 0.01), knee, thigh, calf * 1.12, ink)
            s.limb(knee, foot, calf * 1.12, calf * 0.78, ink)
            s.limb(foot, (foot[0] + sgn * h * 0.016, h * 0.016), calf * 0.72, calf * 0.5, ink)
    if kind in SKIRTS:
        low = h * (0.005 if kind == "bride" else 0.24)
        flare = h * (0.23 if kind == "bride" else 0.135)
        sway = f * h * (0.05 if act in ("walk", "run", "dance") else 0.0)
        s.curve(
            [(x - half * 0.85, y + h * 0.05), (x - half * 1.25, y - h * 0.08), (x - flare - sway, low),
            (x - sway * 0.5, low - h * 0.004),
             (x + flare - sway * 0.2, low), (x + half * 1.25, y - h * 0.08), (x + half * 0.85, y + h * 0.05)], cloth,
        )  # fmt: skip


def _leg(
    s: Paper,
    hip: tuple[float, float],
    knee: tuple[float, float],
    ankle: tuple[float, float],
    toe: float,
    thigh: float,
    calf: float,
    ink: Colour,
) -> None:
    s.limb(hip, knee, thigh, calf * 1.12, ink)
    s.limb(knee, ankle, calf * 1.12, calf * 0.74, ink)
    s.limb(ankle, (ankle[0] + toe * calf * 1.9, ankle[1] - calf * 0.35), calf * 0.66, calf * 0.5, ink)


def _arms(
    s: Paper,
    kind: str,
    act: str,
    h: float,
    neck: tuple[float, float],
    half: float,
    facing: int,
    rng: np.random.Generator,
    ink: Colour,
    skin: Colour,
) -> None:
    upper, wrist = h * 0.031, h * 0.021
    x, y = neck[0], neck[1] - h * 0.035
    f = facing
    if act == "run":
        chains = [
            ((x + f * 0.09 * h, y - 0.13 * h), (x + f * 0.19 * h, y - 0.05 * h)),
            ((x - f * 0.12 * h, y - 0.10 * h), (x - f * 0.17 * h, y - 0.21 * h)),
        ]
    elif act == "dance":
        chains = [
            ((x + f * 0.14 * h, y + 0.04 * h), (x + f * 0.2 * h, y + 0.17 * h)),
            ((x - f * 0.15 * h, y + 0.0 * h), (x - f * 0.24 * h, y + 0.1 * h)),
        ]
    elif act == "walk":
        chains = [
            ((x + f * 0.045 * h, y - 0.16 * h), (x + f * 0.10 * h, y - 0.29 * h)),
            ((x - f * 0.05 * h, y - 0.16 * h), (x - f * 0.06 * h, y - 0.31 * h)),
        ]
    else:
        spread = float(rng.uniform(0.0, 0.03)) * h
        chains = [
            (
                (x + sgn * (half + 0.022 * h + spread), y - 0.165 * h),
                (x + sgn * (half + 0.012 * h + spread * 1.6), y - 0.325 * h),
            )
            for sgn in (-1, 1)
        ]
        if act == "hold":  # one hand out to the side that faces the other
            chains[1 if f > 0 else 0] = ((x + f * (half + 0.06 * h), y - 0.15 * h), (x + f * 0.245 * h, y - 0.29 * h))
    starts = (
        [(x + half * 0.1, y), (x - half * 0.1, y)]
        if act in ("run", "walk", "dance")
        else [(x - half * 0.86, y), (x + half * 0.86, y)]
    )
    for start, (elbow, hand) in zip(starts, chains, strict=True):
        s.limb(start, elbow, upper, upper * 0.84, ink)
        s.limb(elbow, hand, upper * 0.84, wrist, ink)
        s.disc(hand[0], hand[1], wrist * 1.25, skin)


def _baby(s: Paper, h: float, cx: float, ink: Colour) -> None:
    """Sitting on the floor."""
    s.disc(cx, h * 0.76, h * 0.2, ink)
    s.curve(
        [
            (cx - h * 0.15, h * 0.58),
            (cx - h * 0.24, h * 0.2),
            (cx - h * 0.2, h * 0.02),
            (cx + h * 0.2, h * 0.02),
            (cx + h * 0.24, h * 0.2),
            (cx + h * 0.15, h * 0.58),
        ],
        ink,
    )
    s.limb((cx - h * 0.1, h * 0.1), (cx - h * 0.36, h * 0.06), h * 0.09, h * 0.07, ink)
    s.limb((cx + h * 0.1, h * 0.1), (cx + h * 0.36, h * 0.06), h * 0.09, h * 0.07, ink)
    s.limb((cx - h * 0.12, h * 0.48), (cx - h * 0.33, h * 0.36), h * 0.06, h * 0.05, ink)
    s.limb((cx + h * 0.12, h * 0.48), (cx + h * 0.33, h * 0.4), h * 0.06, h * 0.05, ink)
