"""What lies far away: sky with clouds, sun and stars; ridges, treelines, skylines; and the tiles of the ground."""

from __future__ import annotations

import cv2
import numpy as np

from studio.providers.previz.layers import Dome, Ground, Panel, Ring
from studio.providers.previz.paint import (
    Colour,
    Field,
    Picture,
    colour,
    mix,
    noise,
    opaque,
    ramp,
    saturate,
    shade,
    smoothstep,
    with_alpha,
)
from studio.providers.previz.palette import Palette

TOP_DEG, BOTTOM_DEG = 90.0, -34.0


def sky(
    p: Palette, rng: np.random.Generator, per_degree: float, radius: float, cover: float = 0.5, stars: float = 1.0
) -> Dome:
    """The dome. `per_degree` is its pixels a degree, `radius` how far it is, `cover` how cloudy (0…1)."""
    half = max(2.0, per_degree / 4)  # painted at a quarter of its size; the small things are added at full size
    columns, rows = int(360 * half), int((TOP_DEG - BOTTOM_DEG) * half)
    elevation = TOP_DEG - (np.arange(rows, dtype=np.float32) + 0.5) / half
    azimuth = (np.arange(columns, dtype=np.float32) + 0.5) / half - 180
    base = ramp(
        [(-34, shade(p.haze, 0.55)), (-6, shade(p.haze, 0.92)), (-1.2, p.haze), (0.0, mix(p.haze, p.horizon, 0.45)),
        (2.0, p.horizon),
         (9.5, p.middle), (21, mix(p.middle, p.zenith, 0.7)), (42, p.zenith), (90, shade(p.zenith, 0.8))],
        elevation,
    )  # fmt: skip
    rgb = np.repeat(base[:, None, :], columns, axis=1)
    sun_at = p.sun_side * 24
    dx = (azimuth - sun_at) * 1.0
    dy = elevation - p.sun_height_deg
    away2 = dx[None, :] ** 2 + (dy[:, None] * 1.25) ** 2
    near = np.exp(-away2 / (2 * 9.0**2))
    wide = np.exp(-(dx[None, :] ** 2 / (2 * 42.0**2) + dy[:, None] ** 2 / (2 * 13.0**2)))
    warmth = 0.16 if p.hour == "night" else 0.42
    rgb += (mix(p.horizon, p.sun, 0.6) - rgb) * np.clip(wide * warmth, 0, 1)[..., None]
    rgb += (p.sun - rgb) * np.clip(near * (0.18 if p.hour == "night" else 0.55), 0, 1)[..., None]
    # Clouds: long banks, thicker low down, lit on the side of the sun.
    field = noise(rng, rows, columns, 22, 26, 5, 0.55)
    banks = noise(rng, rows, columns, 9, 5, 3, 0.5)
    height = np.clip(elevation / 45, 0, 1)[:, None]
    level = 0.66 - 0.3 * cover + 0.10 * height
    cloud = smoothstep(0, 0.34, field * 0.62 + banks * 0.38 - level) * smoothstep(-2, 4, elevation)[:, None]
    lower = np.roll(field, -max(1, int(half * 1.1)), axis=0)
    lit = np.clip(0.5 + (field - lower) * -2.6 + near * 0.5 + wide * 0.25, 0, 1)[..., None]
    under, over = mix(p.middle, p.zenith, 0.45), mix(p.horizon, p.sun, 0.55)
    if p.weather == "rain":
        over = mix(over, p.middle, 0.5)
    tone = under + (over - under) * lit
    rgb += (tone - rgb) * (cloud * (0.34 if p.hour == "night" else 0.62))[..., None]
    # Brush strokes: faint, long, everywhere; they let the eye and the measuring see the sky move.
    strokes = noise(rng, rows, columns, 60, 34, 3, 0.75)
    rgb *= (1 + (strokes - 0.5) * (0.13 if p.dark else 0.085))[..., None]
    whole = cv2.resize(np.clip(rgb, 0, 255).astype(np.uint8), (columns * 4, rows * 4), interpolation=cv2.INTER_CUBIC)
    whole = cv2.cvtColor(whole, cv2.COLOR_BGR2BGRA)
    grain = noise(rng, 512, 512, 70, 60, 3, 0.9)
    tooth = (128 * (1 + (grain - 0.5) * (0.11 if p.dark else 0.07))).astype(np.uint8)
    _multiply_tiles(whole, cv2.merge([tooth, tooth, tooth, np.full_like(tooth, 255)]))
    if p.hour in ("night", "blue") and p.weather not in ("rain", "snow", "mist") and stars > 0:
        _stars(whole, rng, half * 4, stars * (1.0 if p.hour == "night" else 0.35))
    _sun(whole, p, half * 4, sun_at)
    return Dome(whole, TOP_DEG, BOTTOM_DEG, radius)


def _multiply_tiles(picture: Picture, tile: Picture) -> None:
    """Give a large picture the tooth of a small one, repeated; 128 leaves it as it is."""
    size = tile.shape[0]
    for y in range(0, picture.shape[0], size):
        for x in range(0, picture.shape[1], size):
            part = picture[y : y + size, x : x + size]
            cv2.multiply(part, np.ascontiguousarray(tile[: part.shape[0], : part.shape[1]]), dst=part, scale=1 / 128)


def _stars(picture: Picture, rng: np.random.Generator, per_degree: float, strength: float) -> None:
    count = int(2600 * strength)
    azimuth = rng.uniform(0, 360, count)
    elevation = np.degrees(np.arcsin(rng.uniform(0.02, 1, count)))
    size = rng.pareto(2.6, count) + 0.35
    layer = np.zeros(picture.shape[:2], np.uint8)
    for a, e, s in zip(azimuth * per_degree, (TOP_DEG - elevation) * per_degree, size, strict=True):
        bright = int(min(255, 70 + 75 * s))
        cv2.circle(
            layer,
            (int(a * 16), int(e * 16)),
            int(min(2.2, 0.35 + 0.3 * s) * per_degree / 8 * 16),
            bright,
            -1,
            cv2.LINE_AA,
            4,
        )
    cv2.add(picture, cv2.merge([layer, layer, layer, layer]), dst=picture)


def _sun(picture: Picture, p: Palette, per_degree: float, azimuth: float) -> None:
    if p.sun_height_deg < -2.5 or p.weather == "rain" or (p.hour == "day" and p.weather):
        return
    x, y = (azimuth + 180) * per_degree, (TOP_DEG - p.sun_height_deg) * per_degree
    radius = {"night": 1.5, "dusk": 1.9, "dawn": 1.7}.get(p.hour, 1.4) * per_degree
    pad = int(radius * 7)
    x0, y0 = int(x) - pad, int(y) - pad
    ys = np.arange(y0, y0 + 2 * pad, dtype=np.float32)
    xs = np.arange(x0, x0 + 2 * pad, dtype=np.float32)
    r = np.hypot(xs[None, :] - x, ys[:, None] - y) / radius
    soft = 0.10 if p.hour == "night" else 0.45
    disc = 1 - smoothstep(1 - soft, 1 + soft, r)
    halo = np.exp(-((r / 2.6) ** 2)) * (0.28 if p.hour == "night" else 0.5)
    share = np.clip(disc + halo, 0, 1)[..., None]
    box = picture[y0 : y0 + 2 * pad, x0 : x0 + 2 * pad]
    share = share[: box.shape[0], : box.shape[1]]
    box[..., :3] = np.clip(box[..., :3] + (shade(p.sun, 1.04) - box[..., :3]) * share, 0, 255)


def _round(rng: np.random.Generator, columns: int, cells: float, octaves: int, fall: float = 0.5) -> Field:
    """A line of heights 0…1 that closes on itself."""
    return np.asarray(noise(rng, 1, columns, 1, cells, octaves, fall)[0])


def ridge(
    p: Palette, rng: np.random.Generator, per_degree: float, radius: float, ground: float, rise: float, lost: float,
    cells: float = 14, jag: float = 0.45, fringe: str = "", body: Colour | None = None,
) -> Ring:  # fmt: skip
    """A line of hills `rise` metres high at `radius` metres, `lost` (0…1) in the haze; `fringe` "trees", "pines",
    "tall trees" or "tall pines"."""
    columns = int(360 * max(2.0, per_degree))
    top, base = (
        ground + rise * 1.25 + (3.5 if fringe else 0) * (3.2 if fringe.startswith("tall") else 1),
        ground - 1.2 * radius / 60,
    )
    per_metre = columns / (2 * np.pi * radius)
    rows = int(np.clip((top - base) * per_metre, 12, 420))
    line = ground + rise * (0.22 + 0.78 * _round(rng, columns, cells, 5, jag))
    if fringe:
        line = line + _fringe(
            rng, columns, per_metre, fringe.removeprefix("tall "), 3.2 if fringe.startswith("tall") else 1.0
        )
    heights = top - (np.arange(rows, dtype=np.float32) + 0.5) / rows * (top - base)
    pixel = (top - base) / rows
    if fringe.endswith("trees"):  # crowns are not smooth
        line = line + (noise(rng, 1, columns, 1, columns / 5, 2, 0.7)[0] - 0.5) * (0.5 if fringe == "trees" else 1.3)
    solid = np.clip((line[None, :] - heights[:, None]) / pixel + 0.5, 0, 1)
    foot = smoothstep(base, base + (top - base) * 0.18, heights)[:, None]
    near = body if body is not None else mix(p.ink, p.growth, 0.5)
    tone = mix(near, p.haze, lost)
    low = mix(tone, p.haze, 0.45)
    depth = np.clip((line[None, :] - heights[:, None]) / max(rise * 0.8, 2.0), 0, 1)
    rgb = tone + (low - tone) * depth[..., None]
    crest = np.exp(-((depth * max(rise * 0.8, 2) / (0.05 * rise + 0.25)) ** 2)) * (0.30 if not p.dark else 0.16)
    rgb = rgb + (mix(p.sun, p.haze, 0.4 + 0.4 * lost) - rgb) * (crest * (1 - 0.6 * lost))[..., None]
    mottle = noise(rng, rows, columns, max(2, rows / 16), columns / 26, 3, 0.7)
    rgb = rgb * (1 + (mottle - 0.5) * 0.22 * (1 - 0.6 * lost))[..., None]
    if p.snow:
        white = smoothstep(0.42, 0.62, mottle + 0.25 * (1 - depth)) * 0.55
        rgb = rgb + (mix(p.ground, p.haze, lost) - rgb) * white[..., None]
    alpha = (solid * foot).astype(np.float32)
    alpha[0], alpha[-1] = 0, 0
    return Ring(with_alpha(rgb, alpha), radius, top, base)


def _fringe(rng: np.random.Generator, columns: int, per_metre: float, kind: str, grow: float = 1.0) -> Field:
    """Treetops on a ridge, in metres over it."""
    out = np.zeros(columns, np.float32)
    spacing = (1.5 if kind == "pines" else 2.4) * grow**0.6
    grove = _round(rng, columns, 18, 3)
    for at in np.arange(0, columns, spacing * per_metre):
        x = at + rng.uniform(-1, 1) * per_metre
        if grove[int(x) % columns] < (0.42 if grow == 1 else 0.1):
            continue
        tall = rng.uniform(1.0, 3.2) * grow
        wide = tall * (0.24 if kind == "pines" else rng.uniform(0.4, 0.7))
        reach = int(wide * per_metre) + 1
        dx = np.arange(-reach, reach + 1) / (wide * per_metre)
        shape = tall * (np.clip(1 - np.abs(dx), 0, 1) if kind == "pines" else np.sqrt(np.clip(1 - dx**2, 0, 1)))
        index = (int(x) + np.arange(-reach, reach + 1)) % columns
        out[index] = np.maximum(out[index], shape)
    return out


def skyline(
    p: Palette, rng: np.random.Generator, per_degree: float, radius: float, ground: float, tall: float, lost: float
) -> Ring:
    """Blocks of a city with lit windows, all around."""
    columns = int(360 * max(3.0, per_degree))
    per_metre = columns / (2 * np.pi * radius)
    top, base = ground + tall * 1.2, ground - 2.0
    rows = int(np.clip((top - base) * per_metre, 40, 640))
    face = mix(mix(p.ink, p.zenith, 0.35), p.haze, lost)
    rgb = np.empty((rows, columns, 3), np.float32)
    rgb[:] = face
    alpha = np.zeros((rows, columns), np.float32)
    x = 0.0
    centre = _round(rng, columns, 7, 2)
    lamps = [p.lamp, mix(p.lamp, colour("#fff6e0"), 0.5), mix(p.lamp, colour("#bcd6ff"), 0.7)]
    while x < columns:
        wide = rng.uniform(6, 16) * per_metre
        high = tall * (0.25 + 0.75 * centre[int(x) % columns]) * rng.uniform(0.45, 1.0)
        x0, x1 = int(x), int(min(columns, x + wide))
        y0 = int((top - (ground + high)) / (top - base) * rows)
        tone = face * rng.uniform(0.82, 1.14)
        rgb[y0:, x0:x1] = tone
        rgb[y0:, x0 : x0 + max(1, (x1 - x0) // 9)] = mix(tone, p.horizon, 0.16)
        alpha[y0:, x0:x1] = 1
        if rng.random() < 0.3:  # a mast, or a smaller block on the roof
            m = int(rng.uniform(x0, max(x0 + 1, x1 - 2)))
            up = int(rng.uniform(2, 6) * per_metre)
            alpha[max(0, y0 - up) : y0, m : m + max(1, int(0.5 * per_metre))] = 1
        cell_x, cell_y = max(3.0, 1.9 * per_metre), max(3.0, 2.9 * per_metre)
        share = 0.30 * rng.uniform(0.4, 1.5) if p.dark else 0.5
        shine = rng.random((int((rows - y0) / cell_y) + 1, int((x1 - x0) / cell_x) + 1))
        kind = rng.integers(0, 3, shine.shape)
        # Which window each pixel is in, and where in it.
        j, i = np.arange(rows - y0) / cell_y, np.arange(x1 - x0) / cell_x
        glass_y, glass_x = (j % 1 > 0.28) & (j % 1 < 0.76), (i % 1 > 0.25) & (i % 1 < 0.72) & (i < np.floor(i[-1]))
        cell = np.ix_(j.astype(int), i.astype(int))
        lit = (shine[cell] < share) & glass_y[:, None] & glass_x[None, :]
        colours = np.stack(lamps) if p.dark else np.stack([mix(tone, p.middle, 0.35)] * 3) * (1 - 0.55 * lost)
        rgb[y0:, x0:x1][lit] = colours[kind[cell][lit]]
        x += wide + rng.uniform(-2, 3) * per_metre
    mist = smoothstep(0, 1, np.linspace(-0.35, 1.05, rows, dtype=np.float32))[:, None, None] * 0.6
    rgb += (p.haze - rgb) * mist
    mottle = noise(rng, rows, columns, rows / 14, columns / 14, 3, 0.7)
    rgb *= (1 + (mottle - 0.5) * 0.2)[..., None]
    alpha[0], alpha[-1] = 0, 0
    foot = max(2, rows // 14)
    alpha[-foot:] *= np.linspace(1, 0, foot, dtype=np.float32)[:, None]
    return Ring(with_alpha(rgb, alpha), radius, top, base)


def earth(
    p: Palette, rng: np.random.Generator, level: float, haze_m: float, kind: str = "grass", overlays: tuple[Panel,
    ...] = ()
) -> Ground:  # fmt: skip
    """The ground: "grass", "rows" (a ploughed field), "sand", "paving", "water" or "snow"."""
    near, far = p.ground, mix(p.ground, p.haze, 0.18)
    if kind in ("grass", "forest"):
        near = mix(p.ground, p.growth, 0.6)
    elif kind == "water":
        near, far = mix(p.water, p.middle, 0.3), mix(p.water, p.horizon, 0.25)
    elif kind == "sand":
        near = mix(p.ground, shade(colour("#d8b98c"), 0.3 + 0.7 * p.brightness), 0.6)
    elif kind == "cloud":
        near = mix(mix(p.horizon, p.haze, 0.5), p.middle, 0.25)
        far = near
    elif kind == "paving":
        near = mix(saturate(p.ground, 0.4), p.middle, 0.15)
    if p.snow and kind not in ("water", "cloud"):
        near, far = p.ground, p.ground
    size = 192
    # Coarse: blots far longer than wide, which look even at a flat angle and do not shimmer in the distance.
    blots = noise(rng, size, size, 12, 16, 4, 0.7)
    drift = noise(rng, size, size, 5, 4, 2, 0.5)
    value = (blots - 0.5) * 0.5 + (drift - 0.5) * 0.3
    if kind == "rows":
        furrow = np.cos(np.arange(size) / size * 2 * np.pi * 24)[None, :].astype(np.float32)
        value = value * 0.7 + furrow * 0.13
    strength = {"snow": 0.13, "water": 0.34, "paving": 0.22, "cloud": 0.16}.get(
        "snow" if p.snow and kind != "water" else kind, 0.42
    )
    shadow, crest = shade(near, 1 - strength), mix(shade(near, 1 + strength * 0.7), p.sun, 0.12)
    coarse = ramp([(-0.45, shadow), (0, mix(near, far, 0.3)), (0.45, crest)], value)
    detail = noise(rng, size, size, 20, 26, 3, 0.8) - 0.5
    if kind in ("grass", "rows", "forest"):
        blades = noise(rng, size, size, 16, 60, 2, 0.8) - 0.5
        detail = detail * 0.6 + blades * 0.8
    local = noise(rng, size, size, 4, 4, 2, 0.6) - 0.5
    fine = ramp(
        [(-0.5, shade(near, 1 - strength * 1.2)), (0, near), (0.5, mix(shade(near, 1 + strength), p.sun, 0.15))],
        detail * 0.9 + local * 0.4,
    )
    if kind == "rows":
        furrow = np.cos(np.arange(size) / size * 2 * np.pi * 3)[None, :, None].astype(np.float32)
        fine *= 1 + furrow * 0.13
    if kind == "forest" and p.season == "autumn":  # fallen leaves
        leaf = smoothstep(0.62, 0.74, noise(rng, size, size, 40, 44, 2, 0.6)) * 0.8
        tones = shade(p.growth, 0.8) + (mix(p.growth, p.sun, 0.35) - shade(p.growth, 0.8)) * detail[..., None]
        fine += (tones - fine) * leaf[..., None]
    if kind == "paving":
        _slabs(fine, rng)
    if kind == "water":
        # Long glints under the sun.
        glint = smoothstep(0.72, 0.9, noise(rng, size, size, 26, 9, 3, 0.7))
        coarse += (p.horizon - coarse) * (glint * 0.35)[..., None]
        fine += (p.horizon - fine) * (smoothstep(0.7, 0.95, noise(rng, size, size, 20, 8, 3, 0.7)) * 0.3)[..., None]
    spread = {"water": (26.0, 260.0), "paving": (48.0, 300.0)}.get(kind, (36.0, 280.0))
    return Ground(level, opaque(coarse), spread, opaque(fine), (4.5, 12.0), 8.0, haze_m, overlays)


def _slabs(fine: np.ndarray, rng: np.random.Generator) -> None:
    size = fine.shape[0]
    for j in range(4):
        for i in range(3):
            y0, y1 = j * size // 4, (j + 1) * size // 4
            x0, x1 = i * size // 3, (i + 1) * size // 3
            fine[y0:y1, x0:x1] *= rng.uniform(0.93, 1.07)
            fine[y0 : y0 + 2, x0:x1] *= 0.78
            fine[y0:y1, x0 : x0 + 3] *= 0.78
