"""Who stands where: the people of a scene, with the shadows that a low sun throws towards us."""

from __future__ import annotations

import cv2
import numpy as np

from studio.providers.previz.figures import Figure, figure
from studio.providers.previz.layers import Panel, Sprite
from studio.providers.previz.paint import Colour, colour, mix, shade
from studio.providers.previz.pairs import embrace, head
from studio.providers.previz.stage import Stage
from studio.providers.previz.view import Texture, vector


def cast(stage: Stage, ink: Colour | None = None, shadows: bool = True) -> tuple[tuple[Sprite, ...], tuple[Panel, ...]]:
    """The people, and their long shadows as overlays of the ground. They are the subject, so they travel with it."""
    people = stage.seen.people
    if not people or (stage.seen.outside == "road" and not stage.seen.inside and "car" in stage.seen.things):
        return (), ()  # nobody, or they sit in the car
    if stage.seen.angle == "close":
        return _close(stage), ()
    d = stage.subject_m
    rng = stage.rng("cast")
    placed: list[tuple[Figure, float, float, bool]] = []  # figure, x, z, mirrored
    pair = len(people) == 2 and "child" not in people
    act = stage.seen.act
    if pair and act == "embrace":
        a, b = (0, 1) if people[0] in ("woman", "bride") or people[1] not in ("woman", "bride") else (1, 0)
        cut = embrace(
            stage.palette,
            stage.rng("e").integers(99),
            stage.scale(d),
            (people[a], people[b]),
            (_wears(stage, a), _wears(stage, b)),
        )
        placed.append((cut, float(rng.uniform(-0.25, 0.25)), d, bool(rng.random() < 0.5)))
    elif pair:
        apart = float(rng.uniform(0.66, 0.82)) if act not in ("run", "dance") else 1.3
        middle = float(rng.uniform(-0.2, 0.2))
        step = act if act in ("walk", "run", "dance") else "hold"
        order = (0, 1) if rng.random() < 0.5 else (1, 0)
        for i in range(2):
            kind = people[order[i]]
            facing = 1 if step != "hold" else (1, -1)[i]
            cut = figure(
                kind,
                step,
                stage.palette,
                (stage.seed, i),
                stage.scale(d),
                facing,
                _ink(stage, kind, ink),
                _wears(stage, order[i]),
            )
            placed.append((cut, middle + (i - 0.5) * apart, d + float(rng.normal(0, 0.05)), False))
    else:
        count = len(people)
        spread = min(0.36 * d, 0.75 + 0.42 * count)
        crowd_of_children = people.count("child") > 2
        for i, kind in enumerate(people):
            step = act if act in ("run", "walk", "dance") else ("run" if crowd_of_children else "")
            cut = figure(
                kind,
                step,
                stage.palette,
                (stage.seed, i % 6),
                stage.scale(d),
                1 if rng.random() < 0.5 else -1,
                _ink(stage, kind, ink),
                _wears(stage, i),
            )
            # From the middle outwards: who is named first stands in the middle.
            side = (i + 1) // 2 * (1 if i % 2 else -1)
            x = (
                side / max(1.0, count / 2) * spread + float(rng.normal(0, 0.12))
                if count > 1
                else float(rng.uniform(-0.3, 0.3))
            )
            z = d if i == 0 or count < 3 else d * float(rng.uniform(0.84, 1.5 if count < 6 else 2.3))
            placed.append((cut, x, z, False))
    near = d * 0.94
    sprites = tuple(
        stage.stand(cut, x, max(z, near if len(placed) < 3 else z), moves=True, mirror=mirrored)
        for cut, x, z, mirrored in placed
    )
    if not shadows or stage.palette.hour not in ("dusk", "dawn", "mist", "morning"):
        return sprites, ()
    return sprites, tuple(_shadow(stage, cut, x, z) for cut, x, z, _ in placed[:4])


def _wears(stage: Stage, i: int) -> Colour | None:
    """The colour of a coat, as the hour lets it be seen."""
    code = stage.seen.colours[i] if i < len(stage.seen.colours) else ""
    if not code or stage.seen.people[i] in ("bride", "groom"):
        return None
    lit = {"night": 0.42, "blue": 0.5, "dusk": 0.62}.get(stage.palette.hour, 0.8)
    return mix(stage.palette.ink, shade(colour(code), 0.55 + 0.45 * lit), lit)


def _ink(stage: Stage, kind: str, ink: Colour | None) -> Colour | None:
    if kind == "bride":
        return mix(shade(stage.palette.sun, 0.92), stage.palette.haze, 0.25)
    return ink


def _shadow(stage: Stage, cut: Figure, x: float, z: float) -> Panel:
    """The figure once more, laid on the ground towards the camera, away from the sun."""
    length = {"dusk": 3.4, "dawn": 3.0, "mist": 1.7, "morning": 1.4}[stage.palette.hour] * cut.height
    alpha = cv2.resize(cut.picture[..., 3], (48, 128), interpolation=cv2.INTER_AREA)[::-1]
    soft = cv2.GaussianBlur(alpha, (0, 0), 1.6).astype(np.float32) / 255
    fall = np.linspace(0.5, 0.06, 128, dtype=np.float32)[:, None] * (
        0.7 if stage.palette.hour in ("dusk", "dawn") else 0.45
    )
    picture = np.zeros((128, 48, 4), np.uint8)
    strength = np.ascontiguousarray(soft * fall)
    picture[..., :3] = stage.palette.ink * strength[..., None] * 0.8
    picture[..., 3] = strength * 255
    slant = -stage.palette.sun_side * 0.45 * length
    down = vector(slant, 0, -length)
    return Panel(
        Texture(picture), vector(x - cut.width / 2, stage.ground, z), vector(cut.width, 0, 0), down, moves=True
    )


def _close(stage: Stage) -> tuple[Sprite, ...]:
    """Heads in profile: one alone, or two that face each other."""
    d, p = stage.subject_m, stage.palette
    count = min(2, len(stage.seen.people))
    apart = 0.33 if count == 2 else 0.0
    out = []
    for i in range(count):
        facing = 1 if (count == 2 and i == 0) or (count == 1 and stage.rng("close").random() < 0.5) else -1
        cut = head(p, (stage.seed, i), stage.scale(d, 1.0), facing)
        x = (i - 0.5) * 2 * apart if count == 2 else -facing * 0.1
        out.append(stage.stand(cut, x, d + 0.06 * i, y=-0.52, moves=True))
    return tuple(out)
