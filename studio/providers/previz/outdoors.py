"""The outside of a scene: sky, ground, what lies far and what stands about, for each place under the sky."""

from __future__ import annotations

from collections.abc import Callable

from studio.providers.previz import nature, settled, wilds
from studio.providers.previz.backdrop import earth, sky
from studio.providers.previz.land import NEAREST_RING_AT, SKY_AT, Land
from studio.providers.previz.layers import Dome, Ground, Ring, Sprite
from studio.providers.previz.stage import Stage
from studio.providers.previz.view import Texture, vector


def build(place: str, stage: Stage) -> tuple[Dome, Ground, tuple[Ring, ...], tuple[Sprite, ...], float]:
    """Dome, ground, rings, sprites and the distance at which haze takes two thirds, for a key of PLACES_OUTSIDE."""
    land = Land(stage)
    p = stage.palette
    if p.weather == "mist":
        land.haze_m = 34.0
    elif p.weather in ("rain", "snow"):
        land.haze_m = 64.0
    _PLACES[place](land)
    _weather(land)
    if "birds" in stage.seen.things:
        d = max(34.0, stage.subject_m * 2)
        land.sprites.append(
            stage.stand(
                nature.birds(p, stage.seed, stage.scale(d, 16)), p.sun_side * -9, d, y=stage.ground + 8 + d * 0.10
            )
        )
    dome = sky(
        p,
        stage.rng("sky"),
        min(stage.per_degree, 10.0),
        SKY_AT * stage.subject_m,
        0.9 if p.weather in ("rain", "snow") else land.cover,
    )
    ground = earth(p, stage.rng("earth"), stage.ground, land.haze_m, land.kind, tuple(land.overlays))
    # As in a toy theatre: the far ridges are painted on the sky, the nearest stands before it, and both are so near
    # that a push in is seen in them.
    for ring in land.rings[:-1]:
        ring.onto(dome)
    rings = tuple(ring.nearer(NEAREST_RING_AT * stage.subject_m) for ring in land.rings[-1:])
    return dome, ground, rings, tuple(land.sprites), land.haze_m


def _weather(land: Land) -> None:
    """Sheets of snow or rain, one behind the other, thinner than they look."""
    s, p = land.stage, land.stage.palette
    if p.weather not in ("snow", "rain"):
        return
    sheet = nature.flakes(p, s.seed, 84 if p.weather == "snow" else 96, p.weather)
    rng = s.rng("flakes")
    texture = Texture(sheet.picture)
    for z in (2.4, 4.8, 10.0):
        size = max(5.0, 1.25 * z)
        at = vector(float(rng.normal(0, 0.06)) * size, -size * 0.5, z)
        land.sprites.append(Sprite(texture, at, size, size, 1.0, (0.5, 1.4), hazy=0.0))


_PLACES: dict[str, Callable[[Land], None]] = {
    "field": wilds.wheat_field,
    "beach": wilds.beach,
    "lake": wilds.lake,
    "forest": wilds.forest,
    "mountains": wilds.mountains,
    "sky": wilds.sea_of_clouds,
    "mist": wilds.misty_plain,
    "view": wilds.view_from_a_window,
    "house": settled.house,
    "schoolyard": settled.schoolyard,
    "graveyard": settled.graveyard,
    "garden": settled.garden,
    "road": settled.road,
    "street": settled.street,
    "city": settled.city,
    "station": settled.station,
}
