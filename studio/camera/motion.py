"""Camera -> CameraPath: what a move amounts to, how it starts and stops, how steps run into each other.

All is closed form in the time t, so the same camera gives the same path at any rate: each move's progress is a box
of its velocity with soft edges (raised cosines), so velocity is continuous everywhere, and where one step runs into
the next the one falls as the other rises. Translation goes along the camera's own axes at each moment; it is summed
over SUBSTEPS a frame with each little piece turned as on a true circle, which makes an arc an exact one.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from studio.camera.asked import AskedMove, Step
from studio.camera.path import SUBJECT_DISTANCE, Array, CameraPath, frames_of, orientation
from studio.camera.vocabulary import AXES

# What a move of size 1 at normal speed amounts to over a whole take of four or five seconds. They agree with each
# other: truck and pedestal shift the subject as far as pan and tilt do (so "truck left, pan right" is an arc around
# the subject), and a zoom enlarges it as much as a dolly.
PAN_DEG = 25.0  # half the picture's width
TILT_DEG = 15.0  # half the height of a 16:9 picture
ROLL_DEG = 20.0  # clearly crooked, not yet upside down
ARC_DEG = 40.0  # around the subject: its other side comes into view
DOLLY_UNITS = 0.4 * SUBJECT_DISTANCE  # the subject grows to 1.67 times its size
TRUCK_UNITS = SUBJECT_DISTANCE * math.radians(PAN_DEG)
PEDESTAL_UNITS = SUBJECT_DISTANCE * math.radians(TILT_DEG)
ZOOM_LN = -math.log1p(-DOLLY_UNITS / SUBJECT_DISTANCE)
USUAL = np.array([TRUCK_UNITS, PEDESTAL_UNITS, DOLLY_UNITS, PAN_DEG, TILT_DEG, ROLL_DEG, ZOOM_LN, ARC_DEG])

THROUGH_UNITS = 1.4 * SUBJECT_DISTANCE  # a pass-through goes through the subject and leaves it behind
# sustained: through the subject, a full roll, four times the focal length, all the way round
SUSTAINED = np.array([TRUCK_UNITS, PEDESTAL_UNITS, THROUGH_UNITS, 360.0, 60.0, 360.0, math.log(4.0), 360.0])
SUSTAINED_MOST = 1.5  # more than that is another picture, not a faster one
BURST_S = 0.5  # a whip pan's length: 70 degrees in it stay under a quarter of the width a frame at 24 fps
BURST = np.array([TRUCK_UNITS, PEDESTAL_UNITS, DOLLY_UNITS, 70.0, 40.0, 90.0, math.log(2.2), ARC_DEG])
BURST_MOST = 1.5  # it is at full speed as it is: only its size grows, and not beyond this
RUSH = 1.8  # a "super" dolly, against the usual one
NEAREST = 0.2 * SUBJECT_DISTANCE  # a dolly stops before its subject; only a pass-through goes on
# The most per second, so that the picture still reads in a very short take (bursts and said degrees may do more).
FASTEST_PER_S = np.array([*(SUBJECT_DISTANCE * np.array([0.6, 0.4, 0.8])), 60.0, 40.0, 90.0, math.log(2.2), 90.0])

EASE_S = 0.8  # a soft start or stop, in seconds, where the step is long enough
JOIN_S = 0.6  # where one step runs into the next
SUBSTEPS = 8
TX, TY, TZ, PAN, TILT, ROLL, ZOOM, ARC = range(8)


@dataclass(frozen=True)
class Unrest:
    """A camera that is not on a tripod: RMS degrees of pan, tilt and roll, and the band of frequencies in Hz."""

    pan: float
    tilt: float
    roll: float
    low_hz: float
    high_hz: float


UNREST = {
    "float": Unrest(0.25, 0.2, 0.1, 0.15, 0.5),
    "noise": Unrest(0.5, 0.5, 0.25, 0.5, 2.5),
    "shake": Unrest(1.2, 1.2, 0.6, 3.0, 7.0),
    "bank": Unrest(3.0, 1.5, 5.0, 0.2, 0.6),
}


@dataclass(frozen=True)
class Ramp:
    """A soft edge of a box: from 0 to 1 between two times, as a raised cosine; a hard edge where they are one."""

    start_s: float
    end_s: float

    def risen(self, t: Array) -> Array:
        """The integral of the ramp up to t."""
        width = self.end_s - self.start_s
        if width <= 0:
            return np.maximum(t - self.start_s, 0.0)
        x = np.clip((t - self.start_s) / width, 0.0, 1.0)
        return width * (x / 2 - np.sin(np.pi * x) / (2 * np.pi)) + np.maximum(t - self.end_s, 0.0)


@dataclass(frozen=True)
class Span:
    """When a step happens, and how it meets its neighbours."""

    start_s: float
    end_s: float
    join_in_s: float | None  # width of the join before it; None at the take's start
    join_out_s: float | None

    @property
    def length_s(self) -> float:
        """How long it lasts."""
        return self.end_s - self.start_s

    def progress(self, easing: str, burst: bool, t: Array) -> Array:
        """How much of a move is done at t, from 0 to 1; a burst keeps to half a second in the middle."""
        start, end = self.start_s, self.end_s
        if burst and self.length_s > BURST_S:  # in the middle of a longer step
            start, end = (start + end - BURST_S) / 2, (start + end + BURST_S) / 2
        length = end - start
        soft = length / 2 if burst else min(EASE_S, 0.4 * length)
        head, tail = {"ease": (soft, soft), "linear": (0.0, 0.0), "out": (0.2 * length, 0.7 * length),
                      "in": (0.7 * length, 0.2 * length), "none": (0.0, 0.0)}[easing]  # fmt: skip
        up, down = Ramp(start, start + head), Ramp(end - tail, end)
        if not burst:  # it shares its edge with the neighbour, which falls as this one rises
            if self.join_in_s is not None and easing != "in":
                up = Ramp(start - self.join_in_s / 2, start + self.join_in_s / 2)
            if self.join_out_s is not None and easing != "out":
                down = Ramp(end - self.join_out_s / 2, end + self.join_out_s / 2)
        whole = ((down.start_s + down.end_s) - (up.start_s + up.end_s)) / 2
        return (up.risen(t) - down.risen(t)) / whole


def spans(steps: Sequence[Step], seconds: float) -> tuple[tuple[float, float], ...]:
    """When each step happens. Said seconds are kept where there is room; a whip or a crash is BURST_S long; a mere
    framing takes no time; the others share what is left equally."""
    count = len(steps)
    fixed = [float(step.seconds) if step.seconds is not None else None for step in steps]
    framing = [step.is_framing and fixed[i] is None for i, step in enumerate(steps)]
    if all(framing):
        framing = [False] * count
    burst = [step.is_burst and fixed[i] is None and not framing[i] for i, step in enumerate(steps)]
    still_open = [fixed[i] is None and not framing[i] and not burst[i] for i in range(count)]
    if not any(still_open):  # then the bursts have the time around them to themselves
        still_open, burst = burst, [False] * count
    least = min(BURST_S, seconds / count)
    lengths = [fixed[i] or (BURST_S if burst[i] else 0.0) for i in range(count)]
    left = seconds - sum(lengths)
    if any(still_open):
        share = max(left / sum(still_open), least)
        lengths = [share if still_open[i] else length for i, length in enumerate(lengths)]
        left = seconds - sum(lengths)
    if left < -1e-9:  # more was said than there is: what was said gives way in proportion
        taken = [0.0 if still_open[i] else length for i, length in enumerate(lengths)]
        scale = (sum(taken) + left) / sum(taken)
        lengths = [length if still_open[i] else length * scale for i, length in enumerate(lengths)]
    ends = np.cumsum(lengths)
    return tuple((float(end - length), float(end)) for end, length in zip(ends, lengths, strict=True))


def fly(steps: Sequence[Step], seconds: Fraction | float, rate: Fraction) -> CameraPath:
    """The path of a camera's steps over a take: round(seconds × rate) frames, the first at the origin."""
    count = frames_of(seconds, rate)
    rate = Fraction(rate)
    frame_s = float(1 / rate)
    t: Array = np.arange((count - 1) * SUBSTEPS + 1, dtype=np.float64) * (frame_s / SUBSTEPS)
    if not steps:
        return CameraPath(rate, np.zeros((count, 7)))
    whole_s = count * frame_s
    steps, timed = _timed(steps, whole_s)
    done = np.zeros((len(t), 8))  # what the axes amount to at t; column ARC: degrees around the subject
    followed = np.zeros((len(t), 3))  # the part of tx ty tz that the subject makes too
    holding = np.zeros(len(t))  # the part of tz that the lens works against
    for step, span in zip(steps, timed, strict=True):
        moves = [asked for asked in step.moving if any(asked.known.axes)]
        for asked, amount in zip(moves, amounts(moves, span.length_s, whole_s), strict=True):
            row = asked.known
            progress = span.progress(row.easing, row.path == "burst" and step.seconds is None, t)
            done += progress[:, None] * amount
            if row.path == "follow":
                followed += progress[:, None] * amount[:3]
            if row.path == "hold_size":
                holding += progress * amount[TZ]
    keys, subject = _integrate(done, followed, holding)
    keys = keys[::SUBSTEPS]
    keys[:, 3:6] += _unrest(steps, timed, t[::SUBSTEPS], float(rate))
    return CameraPath(rate, keys, subject[::SUBSTEPS])


def _timed(steps: Sequence[Step], whole_s: float) -> tuple[list[Step], list[Span]]:
    """The steps that take time, each with when it happens and how it meets the next, or the rest after the last."""
    times = [(step, *time) for step, time in zip(steps, spans(steps, whole_s), strict=True) if time[1] > time[0]]
    lengths = [end - start for _, start, end in times]
    widths: list[float | None] = [min(JOIN_S, 0.5 * min(pair)) for pair in pairwise(lengths)]
    rests_after = times[-1][2] < whole_s - 1e-6
    widths = [None, *widths, min(JOIN_S, 0.5 * lengths[-1]) if rests_after else None]
    return [step for step, _, _ in times], [
        Span(start, end, widths[k], widths[k + 1]) for k, (_, start, end) in enumerate(times)
    ]


def amounts(moves: Sequence[AskedMove], length_s: float, whole_s: float) -> list[Array]:
    """(8,) for each move of a step: scene units, degrees, ln. They add up, limited to the strongest of them."""
    share = length_s / whole_s
    wanted = []
    for asked in moves:
        row, axes = asked.known, np.append(asked.known.axes, 0.0)
        if row.path == "arc":  # its travel and its turn are one thing: degrees around the subject
            axes[ARC], axes[TX], axes[PAN] = np.sign(axes[PAN]), 0.0, 0.0
        if row.path == "sustained":
            amount = axes * SUSTAINED * min(max(1.0, asked.strength), SUSTAINED_MOST)
        elif row.path == "burst":
            amount = axes * BURST * min(asked.size, BURST_MOST)
        else:
            pace = RUSH if row.path == "rush" else 1.0
            most = FASTEST_PER_S * length_s
            amount = np.clip(axes * USUAL * asked.strength * pace * share, -most, most)
            if row.path != "follow":
                amount[TZ] = min(amount[TZ], (SUBJECT_DISTANCE - NEAREST) * share)
        if asked.degrees:
            axis = {"pan": PAN, "tilt": TILT, "roll": ROLL, "arc": ARC}[row.turning_axis]
            amount[axis] = np.sign(axes[axis]) * asked.degrees
        if row.path == "hold_size":
            amount[ZOOM] = 0.0  # follows from the distance
        wanted.append(amount)
    total = np.sum(wanted, axis=0) if wanted else np.zeros(8)
    most_one = np.max(np.abs(wanted), axis=0) if wanted else np.zeros(8)
    over = np.abs(total) > most_one
    factor = np.where(over, most_one / np.where(over, np.abs(total), 1.0), 1.0)
    return [amount * factor for amount in wanted]


def _integrate(done: Array, followed: Array, holding: Array) -> tuple[Array, Array]:
    """Keys (m, 7) and subject (m, 3) from what the axes amount to along the camera's own directions."""
    ahead = np.maximum(SUBJECT_DISTANCE - (done[:, TZ] - followed[:, 2]), NEAREST)  # how far what it faces is
    d_arc = np.radians(np.diff(done[:, ARC]))
    pan = np.radians(done[:, PAN] + done[:, ARC])
    tilt, roll = np.radians(done[:, TILT]), np.radians(done[:, ROLL])
    middle = [(a[1:] + a[:-1]) / 2 for a in (pan, tilt, roll)]
    right, up, forward = orientation(*middle)
    body = np.diff(done[:, :3], axis=0)
    chord = np.sinc(np.diff(pan) / (2 * np.pi))[:, None]  # chord ÷ arc of a piece of circle
    level_right = np.stack([np.cos(middle[0]), np.zeros_like(d_arc), -np.sin(middle[0])], axis=1)
    near = (ahead[1:] + ahead[:-1]) / 2
    around = -level_right * (2 * near * np.sin(d_arc / 2))[:, None]

    def along(pieces: Array) -> Array:
        return (right * pieces[:, :1] + up * pieces[:, 1:2] + forward * pieces[:, 2:]) * chord

    zero = np.zeros((1, 3))
    position = np.concatenate([zero, np.cumsum(along(body) + around, axis=0)])
    subject = np.concatenate([zero, np.cumsum(along(np.diff(followed, axis=0)), axis=0)])
    held = np.concatenate([[0.0], np.cumsum(np.log1p(-np.diff(holding) / ahead[:-1]))])
    keys = np.column_stack([position, np.degrees(pan), done[:, TILT], done[:, ROLL], done[:, ZOOM] + held])
    return keys, subject + np.array([0.0, 0.0, SUBJECT_DISTANCE])


def _unrest(steps: Sequence[Step], timed: Sequence[Span], t: Array, rate: float) -> Array:
    """(n, 3) degrees of pan, tilt, roll added by hand, shoulder and wing: the same for the same camera, mean zero."""
    total = np.zeros((len(t), 3))
    names = dict.fromkeys(a.move for step in steps for a in step.moves if a.known.path in UNREST)
    for name in names:
        sizes = [max((a.size for a in step.moves if a.move == name), default=0.0) for step in steps]
        first = 0
        for k in range(1, len(steps) + 1):  # runs of steps that have it are one stretch: no jolt where steps meet
            if k < len(steps) and (sizes[k] > 0) == (sizes[first] > 0):
                continue
            if sizes[first] > 0:
                total += _stretch(name, max(sizes[first:k]), timed[first], timed[k - 1], t, rate)
            first = k
    return total


def _stretch(name: str, size: float, begin: Span, end: Span, t: Array, rate: float) -> Array:
    """Sines of whole periods in the stretch: they start and end at nothing, and their mean is nothing."""
    unrest = UNREST[AskedMove(name).known.path]
    length = end.end_s - begin.start_s
    where = np.clip((t - begin.start_s) / length, 0.0, 1.0)
    high = max(1.0, min(unrest.high_hz, 0.4 * rate) * length)
    periods = np.unique(np.round(np.geomspace(max(1.0, min(unrest.low_hz * length, high)), high, 7)))
    out = np.zeros((len(t), 3))
    for axis, rms in enumerate((unrest.pan, unrest.tilt, unrest.roll)):
        dice = hashlib.sha256(f"{name}/{AXES[PAN + axis]}".encode()).digest()
        weights = np.array([(dice[i] / 255 + 0.3) * (1 if dice[i + 16] & 1 else -1) for i in range(len(periods))])
        weights *= rms * size / np.sqrt((weights**2).sum() / 2)
        out[:, axis] = np.sin(2 * np.pi * periods * where[:, None]) @ weights
    edge = 0.25 * min(length, 1.0)  # where it meets a quiet step it fades
    if begin.join_in_s is not None:
        out *= np.clip((t - begin.start_s) / edge, 0, 1)[:, None]
    if end.join_out_s is not None:
        out *= np.clip((end.end_s - t) / edge, 0, 1)[:, None]
    return out
