"""What every room needs: windows and their light, lamps, and things put on its floor."""

from __future__ import annotations

from typing import Any

import numpy as np

from studio.providers.previz.figures import Figure
from studio.providers.previz.layers import Sprite
from studio.providers.previz.paint import Colour, glow, light, mix, noise, smoothstep
from studio.providers.previz.room import Hole, Lamp, Shell
from studio.providers.previz.stage import Stage
from studio.providers.previz.view import Texture, vector


def put(shell: Shell, cut: Figure, x: float, z: float, **how: Any) -> None:
    """Put a cut-out on the floor."""
    shell.sprites.append(shell.stage.stand(cut, x, z, **how))


def shine(shell: Shell, x: float, y: float, z: float, size: float, strength: float, tint: Colour | None = None) -> None:
    """A halo in the air; y from the floor."""
    picture = glow(shell.stage.palette.lamp if tint is None else tint, 96, 2.2, strength)
    at = vector(x, shell.floor + y - size / 2, z)
    shell.sprites.append(Sprite(Texture(picture), at, size, size, 1.0, (0.3, 1.5), hazy=0.0, order_m=-0.2))


def daylight(shell: Shell, strength: float) -> None:
    """What the holes in the front wall give to the room: their light, a halo, and sun where there is any."""
    p, s = shell.stage.palette, shell.stage
    for hole in shell.holes:
        at = vector(hole.x, shell.floor + hole.y + hole.height / 2, shell.front - 0.5)
        shell.lamps.append(Lamp(at, strength * p.brightness * hole.width * hole.height * 0.5, 2.3))
        size = 2.2 * max(hole.width, hole.height)
        halo = mix(p.horizon, p.sun, 0.5)
        shine(shell, hole.x, hole.y + hole.height / 2, shell.front - 0.06, size, 0.2 * p.brightness + 0.04, halo)
    if p.weather not in ("rain", "mist", "snow") and p.hour in ("morning", "day", "dusk", "dawn"):
        slope = {"morning": 0.62, "day": 0.85, "dusk": 0.34, "dawn": 0.36}[p.hour]
        shell.sun = (0.62, slope, p.sun_side * 0.5)
        _beams(shell, slope)
    elif p.hour == "night" and s.seen.weather != "rain":
        shell.sun = (0.16, 0.7, p.sun_side * 0.5)


def _beams(shell: Shell, slope: float) -> None:
    """Dust in the sunlight under each window."""
    p = shell.stage.palette
    for hole in shell.holes:
        rows, columns = 120, 90
        tooth = noise(shell.stage.rng("dust", hole.x), rows, columns, 5, 8, 3, 0.6)
        x = np.linspace(-1, 1, columns, dtype=np.float32)[None, :]
        y = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
        drift = -p.sun_side * y * 0.9
        body = np.clip(1 - np.abs((x - drift) / (0.34 + 0.3 * y)) ** 3, 0, 1) * (1 - y) ** 1.1 * smoothstep(0, 0.12, y)
        picture = light(mix(p.sun, p.lamp, 0.3), body * (0.55 + 0.5 * tooth) * 0.20 * p.brightness)
        height = hole.y + hole.height
        shell.sprites.append(
            Sprite(
                Texture(picture),
                vector(hole.x, shell.floor, shell.front - 0.9),
                hole.width * 3.0,
                height,
                0.0,
                (0.3, 1.2),
                hazy=0.0,
            )
        )


def box(s: Stage, half: float, tall: float, front: float, ambient: float) -> Shell:
    """A living room of about this size whose front wall gives way to the path."""
    # With a camera that goes on behind its subject, the front wall stands where it goes through.
    reach = float(s.high[2])
    if s.passes:
        front = max(1.13 * s.subject_m, min(front, 0.82 * reach))
    elif reach > front - 0.9:
        front = reach + 1.6
    return Shell(s, half, tall, -3.2, front, ambient=ambient)


def window_for(
    s: Stage, shell: Shell, wide: float, high: float, sill: float, bars: tuple[int, int] = (2, 2), aside: float = 1.2
) -> None:
    """A window: in the middle where the camera goes through it or looks at it, else to one side."""
    central = s.passes or s.seen.portal == "window"
    if s.seen.portal == "door" and not s.seen.angle:
        shell.holes.append(Hole(0.0, 0.0, 1.15, 2.15, (1, 1)))
        shell.holes.append(Hole(float(s.rng("side").choice([-1, 1])) * 1.9, sill, wide * 0.7, high, bars))
        return
    x = 0.0 if central else float(s.rng("side").choice([-1, 1])) * float(s.rng("aside").uniform(0.7, 1.0)) * aside
    grow = 1.18 if central else 1.0
    if s.passes:  # the bars would hit the lens: it goes through the middle pane
        bars = (1, 1) if bars[0] == 2 else bars
    shell.holes.append(Hole(x, sill - 0.1 * (grow - 1), wide * grow, high * grow, bars))
