"""What a step of an asked camera looks like on the four axes that can be measured, from the vocabulary's axes and path.

A travel moves the near more than the far, a turn or a lens moves both alike. So on each axis a step asks for a turn,
the same at every depth, and a travel, which counts whole at the subject and as little as FARTHEST of it behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from studio.camera.asked import AskedMove, Step
from studio.camera.measured import AXES, Axis
from studio.camera.motion import BURST_S, DOLLY_UNITS, PAN_DEG, PEDESTAL_UNITS, TILT_DEG, TRUCK_UNITS, amounts
from studio.camera.path import Array
from studio.camera.vocabulary import Move

FARTHEST = 0.25  # of a travel's motion at the subject: what lies four times as far
# What the amounts of `motion` show in the units of measuring, at the subject: columns pan tilt zoom roll.
_TRAVELS = np.zeros((8, 4))
_TURNS = np.zeros((8, 4))
_TRAVELS[0, 0], _TRAVELS[1, 1], _TRAVELS[2, 2] = 50 / TRUCK_UNITS, 50 / PEDESTAL_UNITS, 51 / DOLLY_UNITS
_TURNS[3, 0], _TURNS[4, 1], _TURNS[5, 3], _TURNS[6, 2] = 50 / PAN_DEG, 50 / TILT_DEG, 1.0, 100.0

# firm: the same sense at every depth · loose: the sense depends on the depth · balanced: travel and turn cancel out at
# the subject, so that it keeps its place or size while what lies behind it does not
Status = Literal["firm", "loose", "balanced"]


@dataclass(frozen=True)
class Sign:
    """What is asked for on one axis."""

    axis: Axis
    sense: int  # +1 or −1: at the subject; of what lies behind it where that is balanced
    status: Status
    travels: bool
    turns: bool
    rate: float  # per second at the subject, without sign, in the units of `Measured`


@dataclass(frozen=True)
class WantedMove:
    """One asked move, and how much of it shows on which axis."""

    move: str
    shows: tuple[tuple[Axis, float], ...]


@dataclass(frozen=True)
class Wanted:
    """One asked step, as it can be measured."""

    step: Step
    moves: tuple[WantedMove, ...]
    signs: tuple[Sign, ...]
    free: frozenset[str]  # axes that a move which cannot be measured may move as well
    start_s: float
    end_s: float
    burst: bool  # over in half a second
    still: bool = False  # asked to stand still

    @property
    def comparable(self) -> bool:
        """Whether anything of it can be measured."""
        return self.still or bool(self.signs)

    def sign(self, axis: str) -> Sign | None:
        """What is asked for on this axis."""
        return next((sign for sign in self.signs if sign.axis == axis), None)


def wanted(step: Step, start_s: float, end_s: float, whole_s: float) -> Wanted:
    """What a step that lasts from `start_s` to `end_s` of a take of `whole_s` looks like."""
    length_s = max(end_s - start_s, 1e-3)
    moving = step.moving
    measurable = [asked for asked in moving if asked.known.measurable != "N" and any(asked.known.axes)]
    others = [asked for asked in moving if asked.known.measurable == "N"]
    free = frozenset(axis for asked in others for axis in axes_of(asked.known))
    burst = step.is_burst and step.seconds is None
    shares = [_shown(asked, amount) for asked, amount in _amounts(measurable, length_s, whole_s)]
    travel = sum((each[0] for each in shares), np.zeros(4))
    turn = sum((each[1] for each in shares), np.zeros(4))
    per_s = BURST_S if burst and length_s > BURST_S else length_s
    signs = [_sign(axis, float(travel[k]), float(turn[k]), per_s) for k, axis in enumerate(AXES) if axis not in free]
    held = {sign.axis for sign in signs if sign}
    moves = [
        WantedMove(asked.move, tuple((axis, weight) for axis, weight in _weights(*share) if axis in held))
        for asked, share in zip(measurable, shares, strict=True)
    ]
    return Wanted(
        step,
        tuple(move for move in moves if move.shows),
        tuple(sign for sign in signs if sign),
        free,
        start_s,
        end_s,
        burst,
        still=all(asked.known.kind == "move" and _stands(asked.known) for asked in moving),
    )


def axes_of(move: Move) -> tuple[Axis, ...]:
    """The measured axes on which a move shows at all."""
    tx, ty, tz, pan, tilt, roll, zoom = move.axes
    there = (tx or pan, ty or tilt, tz or zoom, roll)
    return tuple(axis for axis, shows in zip(AXES, there, strict=True) if shows)  # type: ignore[misc]


def travels(move: Move) -> bool:
    """Whether near and far move apart in it."""
    return any(move.axes[:3])


def turns(move: Move) -> bool:
    """Whether it turns, or its lens does something."""
    return any(move.axes[3:])


def _stands(move: Move) -> bool:
    return move.path == "line" and not any(move.axes)


def _amounts(moves: Sequence[AskedMove], length_s: float, whole_s: float) -> list[tuple[AskedMove, Array]]:
    return list(zip(moves, amounts(moves, length_s, whole_s), strict=True))


def _shown(asked: AskedMove, amount: Array) -> tuple[Array, Array]:
    """(4,) what it shows by travelling, (4,) by turning."""
    travel, turn = amount @ _TRAVELS, amount @ _TURNS
    if asked.known.path == "hold_size":  # the lens undoes at the subject what the travel does
        turn = turn - travel * (np.array(AXES) == "zoom")
    return travel, turn


def _weights(travel: Array, turn: Array) -> list[tuple[Axis, float]]:
    """How much of a move shows on each axis, where it shows: at the subject, or behind it where it is balanced."""
    found: list[tuple[Axis, float]] = []
    for k, axis in enumerate(AXES):
        most, sum_ = max(abs(travel[k]), abs(turn[k])), abs(travel[k] + turn[k])
        if most:
            found.append((axis, float(most if sum_ < 0.05 * most else sum_)))  # type: ignore[arg-type]
    return found


def _sign(axis: str, travel: float, turn: float, seconds: float) -> Sign | None:
    most = max(abs(travel), abs(turn))
    if most < 1e-6:
        return None
    near, far = travel + turn, FARTHEST * travel + turn
    status: Status = "balanced" if abs(near) < 0.05 * most else "firm" if near * far > 0 else "loose"
    shown = turn if status == "balanced" else near
    return Sign(axis, 1 if shown > 0 else -1, status, bool(travel), bool(turn), abs(shown) / seconds)  # type: ignore[arg-type]
