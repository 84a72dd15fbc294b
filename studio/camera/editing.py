"""A camera changed one move at a time, as by the chips and the picker of a desk: each call gives a new Camera.

Steps, and moves within a step, are counted from 0. What was asked for in words that name no move stays. The text of
what comes back is its canonical words, and parsing them makes the same camera; where an object's words would not let
it, BadInput says so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from studio.camera.asked import AskedMove, Step
from studio.camera.camera import Camera
from studio.camera.motion import spans
from studio.camera.path import frames_of
from studio.errors import BadInput, NotFound
from studio.given import shown

TIMED_TO = 1000  # a step's seconds are kept as a fraction with no larger denominator


def add(
    camera: Camera,
    move_id: str,
    how: Literal["then", "together"] = "then",
    at: int | None = None,
    speed: str = "normal",
    size: float = 1.0,
    object: str = "",
) -> Camera:
    """The camera with one move more: in a step of its own after step `at`, or in step `at`; by default the last.

    NotFound names the nearest move; BadInput where the step asks for that move already.
    """
    if how not in ("then", "together"):
        raise BadInput(f"a move is added 'then' or 'together', not {shown(how)}")
    asked = AskedMove(move_id, speed, float(_real("size", size)), 0.0, object)
    steps = list(camera.steps)
    if at is not None:
        _step(camera, at)
    last = len(steps) - 1 if at is None else at
    if how == "together" and steps:
        steps[last] = replace(steps[last], moves=(*steps[last].moves, asked))
    else:
        steps.insert(last + 1, Step((asked,)))
    return _camera(camera, steps)


def remove(camera: Camera, step: int, index: int) -> Camera:
    """The camera without that move; a step that loses its only move goes too."""
    _asked(camera, step, index)
    steps = list(camera.steps)
    moves = steps[step].moves[:index] + steps[step].moves[index + 1 :]
    steps[step : step + 1] = [replace(steps[step], moves=moves)] if moves else []
    return _camera(camera, steps)


def change(
    camera: Camera,
    step: int,
    index: int,
    *,
    speed: str | None = None,
    size: float | None = None,
    degrees: float | None = None,
    object: str | None = None,
) -> Camera:
    """The camera with that move done otherwise. What is not given stays; degrees of 0 are none."""
    asked = _asked(camera, step, index)
    changed = AskedMove(
        asked.move,
        asked.speed if speed is None else speed,
        asked.size if size is None else float(_real("size", size)),
        asked.degrees if degrees is None else float(_real("degrees", degrees)),
        asked.object if object is None else object,
    )
    steps = list(camera.steps)
    moves = list(steps[step].moves)
    moves[index] = changed
    steps[step] = replace(steps[step], moves=tuple(moves))
    return _camera(camera, steps)


def time(camera: Camera, step: int, seconds: Fraction | float | None) -> Camera:
    """The camera with that step taking so many seconds; None gives it a share of what is left of the take."""
    said = None if seconds is None else Fraction(_real("length of a step", seconds)).limit_denominator(TIMED_TO)
    steps = list(camera.steps)
    steps[step] = replace(_step(camera, step), seconds=said)
    return _camera(camera, steps)


def shift(camera: Camera, step: int, by: int) -> Camera:
    """The camera with that step `by` places later, or earlier where it is negative; it stops at either end."""
    _step(camera, step)
    if isinstance(by, bool) or not isinstance(by, int):
        raise BadInput(f"a step is shifted by a whole number of places, not by {shown(by)}")
    steps = list(camera.steps)
    steps.insert(max(0, step + by), steps.pop(step))
    return _camera(camera, steps)


@dataclass(frozen=True)
class Chip:
    """One move of a camera as a desk shows it."""

    step: int
    index: int  # within its step
    move: str  # id in the vocabulary
    label: str
    words: str  # the canonical ones: "dolly in"
    kind: str  # move, angle, rig, effect, time
    speed: str  # a key of SPEEDS
    size: float  # 1 for the usual way
    degrees: float  # 0 where none were said
    object: str
    turns: bool  # whether it takes degrees
    seconds: float | None  # what was said for its step
    start_s: float | None  # when its step happens, where the take's length is known
    end_s: float | None


def chips(camera: Camera, seconds: Fraction | float | None = None) -> tuple[Chip, ...]:
    """The moves of a camera in order; with the take's length, when each happens."""
    when: Sequence[tuple[float | None, float | None]] = [(None, None)] * len(camera.steps)
    if seconds is not None:
        when = times(camera, seconds)
    return tuple(
        Chip(
            number, index, asked.move, asked.known.label, asked.known.words, asked.known.kind,
            asked.speed, asked.size, asked.degrees, asked.object, bool(asked.known.turning_axis),
            None if step.seconds is None else float(step.seconds), *when[number],
        )
        for number, step in enumerate(camera.steps)
        for index, asked in enumerate(step.moves)
    )  # fmt: skip


def times(camera: Camera, seconds: Fraction | float) -> tuple[tuple[float, float], ...]:
    """When each step of a take of this length starts and ends, in seconds."""
    frames_of(seconds, 1)  # BadInput where it is no length
    return spans(camera.steps, float(seconds)) if camera.steps else ()


def _camera(before: Camera, steps: Sequence[Step]) -> Camera:
    made = Camera(tuple(steps), before.unknown)
    words = made.words()
    again = Camera.parse(words)
    if again != made:
        raise BadInput(
            f"{words!r} reads as {again!r}: say what a move is made on as in 'on her face', without camera words"
        )
    return again


def _step(camera: Camera, step: int) -> Step:
    count = len(camera.steps)
    if isinstance(step, bool) or not isinstance(step, int) or not 0 <= step < count:
        steps = (
            "no steps yet" if not count else "1 step, number 0" if count == 1 else f"{count} steps, 0 to {count - 1}"
        )
        raise NotFound(f"there is no step {shown(step)}: the camera has {steps}")
    return camera.steps[step]


def _asked(camera: Camera, step: int, index: int) -> AskedMove:
    moves = _step(camera, step).moves
    if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < len(moves):
        count = "1 move, number 0" if len(moves) == 1 else f"{len(moves)} moves, 0 to {len(moves) - 1}"
        raise NotFound(f"there is no move {shown(index)} in step {step}: it has {count}")
    return moves[index]


def _real(name: str, value: Fraction | float) -> Fraction | float:
    if isinstance(value, bool) or not isinstance(value, (int, float, Fraction)) or not math.isfinite(value):
        raise BadInput(f"the {name} is {shown(value)}: give a number")
    return value
