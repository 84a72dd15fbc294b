"""What a camera passes through: a bubble, an eye, a keyhole, a frame.

Most stand where the subject is, as one more thing in the scene. An eye or a keyhole in close-up is a plate that fills
the view, with the scene behind its hole.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.providers.previz.layers import Sprite
from studio.providers.previz.paint import colour, mix, noise, shade, smoothstep, with_alpha
from studio.providers.previz.stage import Stage
from studio.providers.previz.view import Texture, vector

Grid = NDArray[Any]
ORBS = {
    "bubble": "#ef8fa0",
    "drop": "#a9cfe0",
    "glass": "#cfe3e6",
    "lamp": "#ffd890",
    "ring": "#e9c467",
    "moon": "#e9edf6",
}
PLATE_AT = 0.5  # subject distances


def portal(stage: Stage) -> tuple[tuple[Sprite, ...], float]:
    """The parts of what the camera passes through, and how near (metres) nothing else may stand before it."""
    kind = stage.seen.portal
    if kind in ORBS:
        return (_orb(stage, kind),), 0.0
    if kind not in ("eye", "keyhole", "mirror"):
        return (), 0.0
    if stage.seen.angle == "close" or kind == "keyhole":
        return _plate(stage, kind), PLATE_AT * stage.subject_m
    return (_standing(stage, kind),), 0.0


def _mesh(width: int, height: int, reach: float) -> tuple[Grid, Grid]:
    """x and y of each pixel, y up, in units where the width is 2 × reach."""
    x = ((np.arange(width, dtype=np.float32) + 0.5) / width * 2 - 1) * reach
    y = (1 - (np.arange(height, dtype=np.float32) + 0.5) / height * 2) * reach * height / width
    return np.meshgrid(x, y)


def _orb(stage: Stage, kind: str) -> Sprite:
    """A thin sphere: clear in the middle, strong at its rim, with the light of a window on it."""
    p, d = stage.palette, stage.subject_m
    tint = mix(shade(colour(ORBS[kind]), 0.45 + 0.55 * p.brightness), p.accent, 0.12 if kind == "bubble" else 0.0)
    size = int(np.clip(0.5 * stage.focal, 200, 720))
    x, y = _mesh(size, size, 1.04)
    r = np.hypot(x, y)
    rng = stage.rng("orb")
    swirl = noise(rng, size, size, 4, 4, 4, 0.6)
    inside = 1 - smoothstep(0.985, 1.0, r)
    rim = np.clip(r, 0, 1) ** 5
    alpha: Any = (0.24 + 0.16 * swirl + 0.50 * rim) * inside
    rgb: Any = np.ones((size, size, 3), np.float32) * tint
    rgb += (mix(p.haze, colour("#ffffff"), 0.4) - rgb) * (0.35 * smoothstep(0.1, 1.0, y * 0.7 + 0.25)[..., None])
    film = np.stack([np.cos(6.0 * (swirl * 1.6 + r * 0.9) + phase) for phase in (0.0, 2.1, 4.2)], axis=-1)
    rgb += film * ((26 * rim + 9) * (1.0 if kind == "bubble" else 0.35))[..., None]
    if kind == "lamp":
        alpha = np.clip(1.25 * np.maximum(1 - r, 0) ** 0.6 * inside, 0, 0.92)
        rgb = rgb + (colour("#fff6dd") - rgb) * (1 - r)[..., None]
    if kind == "ring":
        band = np.exp(-(((r - 0.88) / 0.085) ** 2))
        alpha = np.clip(band * 1.4, 0, 1) * inside
        rgb = tint * (0.55 + 0.6 * smoothstep(-0.8, 0.9, x * np.sign(p.sun_side) + y)[..., None])
    if kind == "moon":
        alpha = inside * 0.96
        rgb = tint * (0.80 + 0.26 * swirl[..., None])
    # A window's light upper left, a soft one lower right.
    if kind in ("bubble", "drop", "glass"):
        side = -np.sign(p.sun_side) if stage.seen.inside else np.sign(p.sun_side)
        hx, hy = x * side, y
        pane = np.exp(-(((hx - 0.42) / 0.16) ** 2) - ((hy - 0.50 - 0.25 * (hx - 0.42)) / 0.11) ** 2)
        low = np.exp(-(((hx + 0.45) / 0.22) ** 2) - (((hy + 0.55) / 0.10) ** 2)) * 0.45
        shine = np.clip(pane + low, 0, 1) * inside
        rgb += (colour("#ffffff") - rgb) * shine[..., None]
        alpha = np.clip(alpha + 0.75 * shine, 0, 1)
    wide = d * (0.25 if kind != "moon" else 0.4)
    at = (0.74 if kind == "bubble" else 0.9) * d
    foot = vector(0.0, -wide / 2 - 0.004 * d, at)
    return Sprite(
        Texture(with_alpha(rgb, alpha)), foot, wide * 1.04, wide * 1.04, 1.0, (0.03 * d, 0.13 * d), hazy=0.1, moves=True
    )


def _eye(stage: Stage, x: Grid, y: Grid, hole: bool) -> tuple[NDArray[Any], Grid]:
    """Colours and alpha of an eye; units: the iris has radius 1."""
    p = stage.palette
    rng = stage.rng("eye")
    rows, columns = x.shape
    r, turn = np.hypot(x, y), np.arctan2(y, x)
    skin = mix(mix(colour("#b98c6c"), p.wall, 0.35), p.ink, 0.25)
    tooth = noise(rng, rows, columns, 14, 20, 4, 0.7)
    rgb = skin * (0.62 + 0.4 * tooth + 0.14 * np.clip(y * 0.3, -1, 1))[..., None]
    # The lids: two arcs.
    wide = 2.45
    upper = 1.12 * np.clip(1 - (x / wide) ** 2, -1, 1) ** 1.0 + 0.06
    lower = -0.98 * np.clip(1 - (x / wide) ** 2, -1, 1)
    open_ = smoothstep(0, 0.05, np.minimum(upper - y, y - lower)) * (np.abs(x) < wide)
    white = mix(mix(colour("#e9dfcf"), p.horizon, 0.25), p.ink, 0.12)
    ball = white * (0.72 + 0.3 * np.clip(1 - (x / wide) ** 2, 0, 1) - 0.30 * np.clip(y - upper + 0.55, 0, 1))[..., None]
    # The iris: fibres that run inwards, dark at its border, warm around the pupil.
    hues = (colour("#4f8f93"), colour("#6f8f5a"), colour("#7a5a38"), colour("#5f7fa8"), colour("#8a8f96"))
    hue = hues[int(rng.integers(len(hues)))]
    fibre = noise(rng, 1, 1440, 1, 90, 3, 0.8)[0][((turn / (2 * np.pi) + 0.5) * 1439).astype(int)]
    waves = noise(rng, 1, 1440, 1, 260, 2, 0.8)[0][((turn / (2 * np.pi) + 0.5) * 1439).astype(int)]
    iris = hue * (0.55 + 0.55 * fibre + 0.25 * waves * smoothstep(0.3, 0.9, r))[..., None]
    iris = (
        iris
        + (colour("#d9a04a") * (0.6 + 0.6 * fibre[..., None]) - iris)
        * (np.exp(-(((r - 0.42) / 0.20) ** 2)) * 0.75)[..., None]
    )
    iris *= (1 - 0.75 * smoothstep(0.82, 1.0, r))[..., None]
    ball += (iris - ball) * (1 - smoothstep(0.98, 1.03, r))[..., None]
    ball *= (1 - 0.35 * smoothstep(0.25, -0.5, upper - y - 0.35))[..., None]
    pupil = 1 - smoothstep(0.33, 0.38, r)
    ball += (shade(p.ink, 0.5) - ball) * pupil[..., None]
    spark = np.exp(-(((x + 0.36) / 0.14) ** 2) - ((y - 0.40) / 0.12) ** 2)
    ball += (colour("#ffffff") - ball) * np.clip(spark * 1.2, 0, 1)[..., None]
    rgb += (ball - rgb) * open_[..., None]
    edge = np.exp(-(((y - upper) / 0.07) ** 2)) * (np.abs(x) < wide)
    lash = np.clip(edge + 0.5 * np.exp(-(((y - upper - 0.28) / 0.05) ** 2)) * (np.abs(x) < wide * 0.96), 0, 1)
    rgb += (shade(p.ink, 0.9) - rgb) * (0.85 * lash)[..., None]
    alpha = np.ones_like(r)
    if hole:
        alpha = 1 - (1 - smoothstep(0.24, 0.34, r)) * (1 - 0.9 * np.clip(spark, 0, 1))
    return rgb.astype(np.float32), alpha.astype(np.float32)


def _keyhole(stage: Stage, x: Grid, y: Grid) -> tuple[NDArray[Any], Grid]:
    """A wooden door with its brass plate; units: the round of the hole has radius 1."""
    p = stage.palette
    rng = stage.rng("keyhole")
    rows, columns = x.shape
    grain = noise(rng, rows, columns, 7, 46, 4, 0.7)
    wood = mix(mix(p.floor, p.ink, 0.62), colour("#3a2214"), 0.3)
    rgb = wood * (0.55 + 0.75 * grain)[..., None]
    rgb[(np.abs((x + 40.3) % 7.4 - 3.7) > 3.62)] *= 0.45
    hole_y = y + 0.9
    slot = (np.abs(x) < 0.42 + 0.20 * np.clip(-(hole_y - 0.4), 0, 3.2)) & (hole_y < 0.2) & (hole_y > -2.9)
    away = np.minimum(np.hypot(x, hole_y - 0.6) - 1, np.where(slot, -0.3, 9.0))
    plate = (np.abs(x) / 1.75) ** 4 + (np.abs(y + 0.2) / 3.4) ** 4 < 1
    brass = mix(colour("#a8803a"), p.ink, 0.35) * (0.62 + 0.5 * noise(rng, rows, columns, 12, 12, 4, 0.7))[..., None]
    brass = brass * (0.8 + 0.25 * np.clip((x * np.sign(p.sun_side) + y) * 0.18, -1, 1))[..., None]
    rgb = np.where(plate[..., None], brass, rgb)
    for sy in (-2.95, 2.95):
        rgb[np.hypot(x, y - sy) < 0.2] *= 0.5
    glowing = np.exp(-np.clip(away, 0, 9) / 0.55)
    rgb += (mix(p.lamp, p.sun, 0.4) - rgb) * (glowing * 0.45)[..., None]
    alpha = smoothstep(-0.05, 0.08, away)
    return rgb.astype(np.float32), alpha.astype(np.float32)


def _frame(stage: Stage, x: Grid, y: Grid, hole: bool = True) -> tuple[NDArray[Any], Grid]:
    """A gilt frame on papered wall; units: the opening is 2 × 1.4."""
    p = stage.palette
    rng = stage.rng("frame")
    rows, columns = x.shape
    tooth = noise(rng, rows, columns, 24, 24, 3, 0.7)
    stripe = smoothstep(-0.3, 0.3, np.cos(x * 14).astype(np.float32))
    wall = mix(p.wall, p.ink, 0.35) * (0.74 + 0.16 * stripe + 0.22 * tooth)[..., None]
    away = np.maximum(np.abs(x) - 1.0, np.abs(y) - 0.7)
    gilt = mix(colour("#c99a45"), p.ink, 0.25 + 0.2 * (1 - p.brightness))
    turned = 0.62 + 0.5 * (0.5 + 0.5 * np.cos(away * 34)) + 0.2 * tooth
    rgb = np.where(
        (away < 0.2)[..., None],
        gilt * turned[..., None],
        wall * (1 - 0.5 * np.exp(-np.clip(away - 0.2, 0, 9) / 0.12))[..., None],
    )
    alpha = smoothstep(-0.008, 0.008, away)
    if not hole:
        alpha = np.maximum(alpha, 0.30 + 0.2 * smoothstep(-0.4, 0.9, x + y))
        rgb = np.where((away < 0)[..., None], mix(p.horizon, colour("#ffffff"), 0.3), rgb)
    return rgb.astype(np.float32), alpha.astype(np.float32)


def _paint(stage: Stage, kind: str, x: Grid, y: Grid, hole: bool = True) -> tuple[NDArray[Any], Grid]:
    if kind == "eye":
        return _eye(stage, x, y, hole)
    return _keyhole(stage, x, y) if kind == "keyhole" else _frame(stage, x, y, hole)


def _plate(stage: Stage, kind: str) -> tuple[Sprite, ...]:
    """A fine middle with the hole, and a coarse surround that reaches beyond any pan."""
    z = PLATE_AT * stage.subject_m
    unit = {"eye": 0.20, "keyhole": 0.075, "mirror": 0.30}[kind] * z  # metres a unit of the picture
    reach_in = 0.60 * z  # half the width of the fine middle
    fine = int(np.clip(1.35 * stage.focal, 320, 1100))
    fade = (0.05 * stage.subject_m * PLATE_AT, 0.3 * stage.subject_m * PLATE_AT)
    high = 0.8
    x, y = _mesh(fine, int(fine * high), reach_in / unit)
    rgb, alpha = _paint(stage, kind, x, y)
    middle = Sprite(
        Texture(with_alpha(rgb, alpha)),
        vector(0, -reach_in * high, z),
        2 * reach_in,
        2 * reach_in * high,
        0.0,
        fade,
        hazy=0.0,
    )
    wide = 4.5 * z
    x, y = _mesh(560, 560, wide / unit)
    rgb, _ = _paint(stage, kind, x, y)
    cover = 1 - (
        smoothstep(1.0, 0.94, np.abs(x) * unit / reach_in) * smoothstep(1.0, 0.94, np.abs(y) * unit / (reach_in * high))
    )
    around = Sprite(
        Texture(with_alpha(rgb, cover)), vector(0, -wide, z * 1.001), 2 * wide, 2 * wide, 0.0, fade, hazy=0.0
    )
    return around, middle


def _standing(stage: Stage, kind: str) -> Sprite:
    """The same as a thing in the scene, at the subject: an eye cut out along its lids, a mirror in its frame."""
    d = stage.subject_m
    unit = {"eye": 0.075, "mirror": 0.15}[kind] * d
    half = {"eye": 2.6, "mirror": 1.24}[kind]
    size = int(np.clip(0.55 * stage.focal, 200, 700))
    ratio = 0.52 if kind == "eye" else 0.76
    x, y = _mesh(size, int(size * ratio), half)
    rgb, alpha = _paint(stage, kind, x, y, hole=kind == "eye")
    if kind == "eye":
        edge = np.clip(1 - (x / 2.5) ** 2, 0, 1)
        alpha = alpha * smoothstep(0, 0.05, np.minimum(1.28 * edge - y, y + 1.12 * edge))
    else:
        alpha = alpha * (np.maximum(np.abs(x) - 1.0, np.abs(y) - 0.7) < 0.2)
    wide = 2 * half * unit
    return Sprite(
        Texture(with_alpha(rgb, alpha.astype(np.float32))), vector(0, -wide * ratio / 2, 0.93 * d),
        wide, wide * ratio, 1.0,
        (0.03 * d, 0.14 * d), hazy=0.1, moves=True,
    )  # fmt: skip
