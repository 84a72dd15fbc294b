"""The colours of a scene: from the hour, the season and the weather, and a little from the seed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from studio.providers.previz.paint import Colour, colour, mix, saturate, shade
from studio.providers.previz.words import Seen


@dataclass(frozen=True, eq=False)
class Palette:
    """Every colour a scene is painted with, B G R 0…255, and where the light comes from."""

    hour: str
    zenith: Colour
    middle: Colour  # of the sky
    horizon: Colour
    sun: Colour  # the sun or moon, and what it lights
    haze: Colour  # what distance turns into
    ground: Colour
    growth: Colour  # leaves, grass
    ink: Colour  # the nearest silhouettes
    wall: Colour  # rooms
    floor: Colour
    lamp: Colour  # lit windows, candles, headlights
    water: Colour
    accent: Colour  # the one saturated thing: a bubble, a door, a dress
    sun_side: float  # -1 left … 1 right of the frame's middle
    sun_height_deg: float
    brightness: float  # of rooms and windows: 1 by day, less at night
    snow: bool
    season: str
    weather: str

    @property
    def dark(self) -> bool:
        """Whether lamps are lit."""
        return self.hour in ("night", "blue", "dusk")


# zenith, middle, horizon, sun, haze, ground, growth, ink, wall, floor, lamp, water
_HOURS = {
    "dawn": "#52658c #c39a9c #f7cf9c #fff0cf #dcb3a0 #77624f #5c6148 #221c28 #a58d7c #7a6250 #ffe2a6 #7f8b98",
    "morning": "#3f83b0 #9ccbd0 #fae8b8 #fff6dc #d3dcc4 #a59a68 #71994a #1d2826 #c6a97c #93704a #fff1c4 #74a5ab",
    "day": "#3a7fb4 #8cc3d6 #eef0da #fffbe8 #c8d8d2 #97935f #64904c #1a2625 #b3b193 #8a7658 #fff4d2 #568fa6",
    "dusk": "#1e2a4e #80506a #f7a45c #ffe3a3 #b9756a #4e382c #3f3d2e #15121a #7d5b42 #593b28 #ffcb6e #5d5a6c",
    "blue": "#0f1a35 #394672 #c07f7e #ffd9a8 #5d5c80 #272a38 #232d33 #0a0c15 #4a4a58 #33303a #ffc56b #34456a",
    "night": "#060a17 #0f1a32 #2e4064 #e8eefc #1e2a48 #151c2a #15222a #04060c #333b4c #22242c #ffd07a #15233d",
    "mist": "#64788a #a8a9ac #ecd2ae #fff1d2 #cbb9a6 #857c6b #6f7362 #242327 #a0937f #6f6152 #ffe6b0 #8c9694",
}  # fmt: skip
_ACCENTS = ("#e58490", "#d9583f", "#e3a03a", "#5f9ea0", "#c96a86", "#7d86c9", "#e8c15a")


def _guess_hour(seen: Seen, rng: np.random.Generator) -> str:
    if seen.hour:
        return seen.hour
    if seen.weather == "mist" or not seen.anything:
        return "mist"
    if seen.inside in ("stage", "tunnel") or seen.outside in ("city", "sky"):
        return "night"
    if seen.inside == "church" or seen.outside in ("road", "graveyard", "house"):
        return "dusk"
    if seen.inside in ("hospital", "corridor", "classroom"):
        return "day"
    return ("dawn", "morning", "day", "dusk")[int(rng.integers(4))]


def choose(seen: Seen, rng: np.random.Generator) -> Palette:
    """The palette of a text; the seed turns it a little warmer or cooler and moves the sun."""
    hour = _guess_hour(seen, rng)
    base = [colour(code) for code in _HOURS[hour].split()]
    zenith, middle, horizon, sun, haze, ground, growth, ink, wall, floor, lamp, water = base
    side = float(rng.uniform(0.12, 0.5) * rng.choice([-1, 1]))
    height = float(
        {"dawn": 5, "morning": 17, "day": 32, "dusk": 3.5, "blue": -4, "night": 19, "mist": 9}[hour]
        + rng.uniform(-1.5, 2.5)
    )
    palette = Palette(
        hour, zenith, middle, horizon, sun, haze, ground, growth, ink, wall, floor, lamp, water,
        colour(_ACCENTS[int(rng.integers(len(_ACCENTS)))]), side, height,
        {"dawn": 0.85, "morning": 1.0, "day": 1.0, "dusk": 0.7, "blue": 0.45, "night": 0.34, "mist": 0.85}[hour],
        False, seen.season, seen.weather,
    )  # fmt: skip
    if seen.inside and hour in ("night", "blue"):  # lamps are lit in there
        palette = replace(
            palette, wall=mix(palette.wall, colour("#937152"), 0.62), floor=mix(palette.floor, colour("#6a4a33"), 0.6)
        )
    palette = _season(palette)
    palette = _weather(palette)
    # The seed's own cast: towards amber or towards teal, never far.
    cast = float(rng.uniform(-1, 1))
    towards = colour("#ffb070") if cast > 0 else colour("#60b8c8")
    share = abs(cast) * 0.10
    changed: dict[str, Any] = {
        name: mix(getattr(palette, name), towards * np.float32(getattr(palette, name).mean() / 175), share)
        for name in ("zenith", "middle", "horizon", "haze", "ground", "growth", "wall", "floor", "water")
    }
    return replace(palette, **changed)


def _season(p: Palette) -> Palette:
    bright = p.brightness
    if p.season == "winter" or p.weather == "snow":
        white = mix(shade(colour("#eef1f4"), 0.35 + 0.65 * bright), p.haze, 0.30)
        return replace(
            p, ground=white, growth=mix(shade(p.growth, 0.8), colour("#4a5560"), 0.5), snow=p.weather != "rain",
            zenith=saturate(p.zenith, 0.7), middle=saturate(p.middle, 0.75), haze=mix(saturate(p.haze, 0.6),
            white, 0.35),
            horizon=saturate(p.horizon, 0.8),
        )  # fmt: skip
    if p.season == "autumn":
        rust = shade(colour("#b4622a"), 0.35 + 0.65 * bright)
        return replace(
            p, growth=mix(p.growth, rust, 0.75), ground=mix(p.ground, rust, 0.35), haze=mix(p.haze, rust, 0.12)
        )
    if p.season == "spring":
        return replace(p, growth=mix(p.growth, shade(colour("#8fae55"), 0.3 + 0.7 * bright), 0.5))
    if p.season == "summer":
        return replace(p, ground=mix(p.ground, shade(colour("#c2a04e"), 0.3 + 0.7 * bright), 0.35))
    return p


def _weather(p: Palette) -> Palette:
    if p.weather == "rain":
        grey = shade(colour("#7d8a90"), 0.35 + 0.6 * p.brightness)
        return replace(
            p, zenith=mix(saturate(p.zenith, 0.4), shade(grey, 0.62), 0.6), middle=mix(saturate(p.middle, 0.4),
            shade(grey, 0.85), 0.6),
            horizon=mix(saturate(p.horizon, 0.35), shade(grey, 1.35), 0.55), haze=mix(saturate(p.haze, 0.4), grey, 0.6),
            ground=saturate(shade(p.ground, 0.72), 0.5), growth=saturate(shade(p.growth, 0.7), 0.6),
            sun=mix(p.sun, grey, 0.5),
            water=mix(p.water, grey, 0.4), brightness=p.brightness * 0.8,
        )  # fmt: skip
    if p.weather == "mist":
        return replace(
            p, zenith=mix(p.zenith, p.haze, 0.45), middle=mix(p.middle, p.haze, 0.4), ground=mix(p.ground, p.haze, 0.25)
        )
    return p
