"""Keyframes around the subject: azimuth, elevation, distance over the take, out of the camera's own path.

    azimuth    degrees around the subject, 0 where the camera began, positive where it stands further to the right
    elevation  degrees above the subject's level, positive above
    distance   from the subject, 1 where the camera began

These are the signs before the row's own `signs`. The camera looks at its subject all the way, so pans, tilts, rolls and
the lens cannot be said, and nor can a truck, which leaves its subject behind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from studio.camera import AskedMove, Camera, CameraPath, Step
from studio.camera.motion import spans
from studio.camera.path import Array, frames_of
from studio.providers.changes import Change, told
from studio.providers.tongues.said import (
    Said,
    Tongue,
    as_words,
    changed,
    in_part,
    is_still,
    placed,
    stays,
    unsaid,
    words_left,
)

NAMES = ("azimuth", "elevation", "distance")


def as_trajectory(tongue: Tongue, camera: Camera, seconds: Fraction, rate: Fraction) -> Said:
    """The path of those moves that a place around the subject says, each in its own time."""
    moves = list(placed(camera))
    fitting = [move for move in moves if move.asked.move in tongue.moves]
    changes: list[Change | None] = [
        stays(tongue, move, "place in its trajectory") for move in moves if move not in fitting
    ]
    if not is_still(camera) and all(move.asked.move == "static" for move in fitting):
        # a trajectory of one place would hold back what the words ask for
        return Said(None, as_words(camera), told(*changes))
    said = set()
    for move in fitting:
        partly = tongue.moves[move.asked.move].partly
        left = unsaid(move, strength=True, angle=True, length=True)
        changes.append(part := in_part(tongue, move, [partly], left))
        said |= set() if part else {move.key}
    path = _only(camera, tongue.moves, seconds, rate).path(seconds, rate)
    poses, clamped = _within(tongue, _around(path, tongue.options["signs"]))
    chosen = simplified(poses, tongue.options["tolerance"], tongue.options["most_keyframes"])
    last = max(len(path) - 1, 1)
    keyframes = [
        {"time": round(frame / last, 6)} | {name: _rounded(name, poses[name][frame]) for name in NAMES}
        for frame in chosen.frames
    ]
    if len(keyframes) < tongue.options["least_keyframes"]:  # a take of one frame
        keyframes.append(keyframes[-1] | {"time": 1.0})
    if chosen.off > 1:
        degrees, distance = (chosen.off * tongue.options["tolerance"][name] for name in ("azimuth", "distance"))
        few = (
            f"{tongue.label} takes at most {tongue.options['most_keyframes']} keyframes, too few for this camera: "
            f"between them it is off its path by up to {degrees:.1f} degrees or {distance:.2f} of the distance"
        )
        changes.append(changed("clamped", few))
    value = {tongue.options["field"]: keyframes}
    notes = (*tongue.notes(_used(poses, tongue.options["tolerance"])), *_untested(tongue, poses))
    return Said(value, words_left(camera, said), (*told(*changes, *clamped), *notes))


@dataclass(frozen=True)
class Chosen:
    """The frames that become keyframes, and how far the lines between them are off: 1 is the tolerance."""

    frames: tuple[int, ...]
    off: float


def simplified(poses: Mapping[str, Array], tolerance: Mapping[str, float], most: int) -> Chosen:
    """The fewest frames, first and last among them, that lines within tolerance need; where those are more than `most`,
    `most` of them, with lines that are off by as little as that allows."""
    scaled = np.stack([poses[name] / tolerance[name] for name in NAMES], axis=1)
    frames = _reached(scaled, 1.0)
    if len(frames) > most:
        too_little, enough = 1.0, 2.0
        while len(_reached(scaled, enough)) > most:
            too_little, enough = enough, 2 * enough
        for _ in range(8):
            middle = (too_little + enough) / 2
            too_little, enough = (middle, enough) if len(_reached(scaled, middle)) > most else (too_little, middle)
        frames = _reached(scaled, enough)
    return Chosen(tuple(frames), max((_off(scaled, a, b) for a, b in pairwise(frames)), default=0.0))


def _reached(scaled: Array, allowed: float) -> list[int]:
    """From the first frame on, each time as far as one line goes without being off by more than is allowed."""
    frames = [0]
    for frame in range(2, len(scaled)):
        if _off(scaled, frames[-1], frame) > allowed:
            frames.append(frame - 1)
    return sorted({*frames, len(scaled) - 1})


def _off(scaled: Array, first: int, last: int) -> float:
    """How far the path leaves the line between two of its frames."""
    share = np.linspace(0, 1, last - first + 1)[:, None]
    return float(np.abs(scaled[first] * (1 - share) + scaled[last] * share - scaled[first : last + 1]).max())


def _only(camera: Camera, moves: Mapping[str, Any], seconds: Fraction, rate: Fraction) -> Camera:
    """The camera without the moves that are not said; each of the others keeps its time."""
    if all(move.asked.move in moves for move in placed(camera)):
        return camera
    whole_s = float(frames_of(seconds, rate) / Fraction(rate))
    steps = []
    for step, (start, end) in zip(camera.steps, spans(camera.steps, whole_s), strict=True):
        if end - start < 0.01:  # a framing
            continue
        kept = tuple(asked for asked in step.moves if asked.move in moves) or (AskedMove("static"),)
        steps.append(Step(kept, Fraction(end - start).limit_denominator(10_000)))
    return Camera(tuple(steps))


def _around(path: CameraPath, signs: Mapping[str, int]) -> dict[str, Array]:
    """(n,) each: where the camera stands, seen from its subject, which may be moving."""
    x, y, z = (path.keys[:, :3] - path.subject).T
    away = np.sqrt(x * x + y * y + z * z)
    azimuth = np.degrees(np.unwrap(np.arctan2(x, -z)))  # the camera begins on the subject's −z side
    elevation = np.degrees(np.arctan2(y, np.hypot(x, z)))
    return {
        "azimuth": signs["azimuth"] * (azimuth - azimuth[0]),
        "elevation": signs["elevation"] * (elevation - elevation[0]),
        "distance": away / away[0],
    }


def _within(tongue: Tongue, poses: dict[str, Array]) -> tuple[dict[str, Array], list[Change]]:
    clamped: dict[str, Array] = {}
    changes = []
    for name, values in poses.items():
        least, most = tongue.options["limits"][name]
        clamped[name] = values.clip(least, most)
        changes += [
            changed("clamped", f"{tongue.label} takes {name} from {least} to {most}: {reached:.4g} became {limit}")
            for reached, limit, beyond in (
                (values.min(), least, values.min() < least),
                (values.max(), most, values.max() > most),
            )
            if beyond
        ]
    return clamped, changes


def _used(poses: Mapping[str, Array], tolerance: Mapping[str, float]) -> Sequence[str]:
    return [name for name, values in poses.items() if abs(values - values[0]).max() > tolerance[name]]


def _untested(tongue: Tongue, poses: Mapping[str, Array]) -> list[Change]:
    reached = {name: abs(poses[name]).max() for name in tongue.options["tested"]}
    return [
        changed(
            "doubt",
            f"{tongue.label} was tested to {most} degrees of {name}, and the camera goes to {reached[name]:.1f}",
        )
        for name, most in tongue.options["tested"].items()
        if reached[name] > most
    ]


def _rounded(name: str, value: float) -> float:
    return round(float(value), 4 if name == "distance" else 2) + 0.0  # never -0.0
