"""Clips whose camera is known, drawn from nothing: textured, foggy, crowded, flashing, cut, flat and deep.

A camera's motion is a list of stretches, each (seconds, {axis: amount}): pan in % of the width, tilt in % of the
height, zoom in log-%, roll in degrees; truck, pedestal and dolly are the same amounts at the middle distance, more for
what is near and less for what is far. Signs are the camera's own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Array = NDArray[np.float64]
AXES = ("pan", "tilt", "zoom", "roll", "truck", "pedestal", "dolly")
DEPTHS = (3.0, 1.0, 0.5)  # of far, middle and near planes, where the planes are
FINE = 4  # steps a frame in which the path is summed


@dataclass(frozen=True)
class Scene:
    """What there is to see."""

    size: tuple[int, int] = (256, 144)
    texture: str = "rich"  # rich · stripes · low · fog · black · noise
    deep: bool = False
    foreground: float = 0.0  # share of the frame that moves by itself
    noise: float = 2.0  # standard deviation of the sensor's
    seed: int = 1


@dataclass(frozen=True)
class Shot:
    """A scene, how it is filmed, and what goes wrong."""

    scene: Scene = field(default_factory=Scene)
    motion: Sequence[tuple[float, Mapping[str, float]]] = ((2.0, {}),)
    rate: float = 24.0
    shake: float = 0.0  # RMS of pan and tilt, % of the frame, at 1 to 5 Hz
    flash_every: int = 0  # every so many frames the light jumps
    soft: bool = False  # raised-cosine start and stop of each stretch
    cut_to: Scene | None = None  # from the middle on it is this scene

    @property
    def seconds(self) -> float:
        return sum(seconds for seconds, _ in self.motion)


def frames(shot: Shot) -> tuple[Grey, Array]:
    """(n, h, w) and (n,) seconds."""
    times = np.arange(round(shot.seconds * shot.rate)) / shot.rate
    dice = np.random.default_rng(shot.scene.seed + 77)
    states = _states(shot, times)
    stages = [_Stage(shot.scene)] + ([_Stage(shot.cut_to)] if shot.cut_to else [])
    out = []
    for k, (t, state) in enumerate(zip(times, states, strict=True)):
        stage = stages[-1] if k >= len(times) // 2 else stages[0]
        picture = stage.seen(state, float(t))
        if shot.flash_every and k % shot.flash_every == shot.flash_every - 1:
            picture = picture * 1.1 + 45
        picture = picture + dice.normal(0, 1, picture.shape) * stage.scene.noise
        out.append(np.clip(np.rint(picture), 0, 255).astype(np.uint8))
    return np.array(out), times


def _states(shot: Shot, times: Array) -> list[_State]:
    """Where the camera is at each time: the little motions summed."""
    fine_s = 1 / shot.rate / FINE
    state, now, out = _State(), 0.0, []
    for t in times:
        while now < t - 1e-9:
            state = state.moved(_amounts(shot, now, now + fine_s), shot.scene.size)
            now += fine_s
        out.append(state)
    return out


def _amounts(shot: Shot, start: float, end: float) -> dict[str, float]:
    out = dict.fromkeys(AXES, 0.0)
    begin = 0.0
    for seconds, amounts in shot.motion:
        a, b = (min(max((t - begin) / seconds, 0.0), 1.0) for t in (start, end))
        if shot.soft:
            a, b = ((1 - math.cos(math.pi * x)) / 2 for x in (a, b))
        for axis, amount in amounts.items():
            out[axis] += amount * (b - a)
        begin += seconds
    if shot.shake:
        for k, axis in enumerate(("pan", "tilt")):
            waves = [(1.3 + k * 0.2, 0.3), (2.9 - k * 0.3, 1.9), (4.7, 0.7 + k)]
            at = [sum(math.sin(2 * math.pi * hz * t + phase) for hz, phase in waves) for t in (start, end)]
            out[axis] += shot.shake * (at[1] - at[0]) / math.sqrt(len(waves) / 2)
    return out


@dataclass(frozen=True)
class _State:
    centre: complex = 0j  # of the view on the world, in pixels, y down
    lens: float = 0.0  # ln
    angle: float = 0.0  # radians
    travel: complex = 0j  # at depth 1, in pixels
    ahead: float = 0.0  # at depth 1: ln

    def moved(self, by: Mapping[str, float], size: tuple[int, int]) -> _State:
        width, height = size
        turn = complex(math.cos(self.angle), math.sin(self.angle))
        look = turn * math.exp(-self.lens) * complex(by["pan"] * width, -by["tilt"] * height) / 100
        go = turn * math.exp(-self.lens) * complex(by["truck"] * width, -by["pedestal"] * height) / 100
        return _State(
            self.centre + look, self.lens + by["zoom"] / 100, self.angle + math.radians(by["roll"]),
            self.travel + go, self.ahead + by["dolly"] / 100,
        )  # fmt: skip


class _Stage:
    """A scene painted once, seen many times."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        dice = np.random.default_rng(scene.seed)
        self.side = 3 * max(scene.size)
        self.planes: list[tuple[float, NDArray[np.float32], NDArray[np.float32] | None]] = []
        for k, depth in enumerate(DEPTHS if scene.deep else (1.0,)):
            picture = _painted(scene.texture, self.side, dice)
            self.planes.append((depth, picture, _blobs(self.side, 0.3, dice) if k else None))
        width, height = scene.size
        self.dancer = _painted("rich", 2 * max(scene.size), dice)
        share = math.sqrt(scene.foreground * width * height / math.pi / 1.6)
        self.figure = share, 1.6 * share

    def seen(self, state: _State, t: float) -> NDArray[np.float32]:
        width, height = self.scene.size
        if self.scene.texture == "black":
            return np.full((height, width), 2.0, np.float32)
        if self.scene.texture == "noise":
            dice = np.random.default_rng([self.scene.seed, round(t * 1000)])
            return dice.normal(120, 45, (height, width)).astype(np.float32)
        out: NDArray[np.float32] | None = None
        for depth, picture, mask in self.planes:
            ahead = -math.log(max(1 - (1 - math.exp(-state.ahead)) / depth, 0.05))
            matrix = self._matrix(state.centre + state.travel / depth, state.lens + ahead, state.angle)
            flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
            taken = cv2.warpAffine(picture, matrix, self.scene.size, flags=flags, borderMode=cv2.BORDER_REFLECT)
            if mask is None or out is None:
                out = taken
            else:
                let = cv2.warpAffine(mask, matrix, self.scene.size, flags=flags, borderMode=cv2.BORDER_REFLECT)
                out = out * (1 - let) + taken * let
        assert out is not None
        return self._danced(out, t) if self.scene.foreground else out

    def _matrix(self, centre: complex, lens: float, angle: float) -> Array:
        width, height = self.scene.size
        turn = complex(math.cos(angle), math.sin(angle)) * math.exp(-lens)
        middle = complex(self.side, self.side) / 2 + centre - turn * complex(width - 1, height - 1) / 2
        return np.array([[turn.real, -turn.imag, middle.real], [turn.imag, turn.real, middle.imag]])

    def _danced(self, picture: NDArray[np.float32], t: float) -> NDArray[np.float32]:
        """With a textured figure that sways and steps in the middle."""
        width, height = self.scene.size
        step = complex(0.12 * width * math.sin(2.4 * t + self.scene.seed), 0.05 * height * math.sin(4.1 * t))
        rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
        x, y = columns - width / 2 - step.real, rows - height * 0.52 - step.imag
        inside = (x / self.figure[0]) ** 2 + (y / self.figure[1]) ** 2 < 1
        dressed = cv2.remap(self.dancer, x + width / 2, y + height / 2, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        return np.where(inside, dressed, picture)


def _painted(texture: str, side: int, dice: np.random.Generator) -> NDArray[np.float32]:
    sigmas = {"rich": (2, 6, 20), "low": (25,), "fog": (60,)}.get(texture, (2, 6, 20))
    out = np.zeros((side, side), np.float32)
    for sigma in sigmas:
        coarse = max(1, sigma // 4)  # blurred small and enlarged: the same, and quick
        small = dice.normal(0, 1, (side // coarse + 2, side // coarse + 2)).astype(np.float32)
        soft = cv2.GaussianBlur(small, (0, 0), sigma / coarse)
        soft = cv2.resize(soft, (side, side), interpolation=cv2.INTER_CUBIC)
        out += (soft - soft.mean()) / soft.std()
    contrast = {"rich": 32.0, "low": 28.0, "fog": 12.0}.get(texture, 32.0)
    return np.asarray(125 + contrast * out / math.sqrt(len(sigmas)), np.float32)


def _blobs(side: int, share: float, dice: np.random.Generator) -> NDArray[np.float32]:
    """Things that stand about: a soft mask that covers that share."""
    field_ = cv2.GaussianBlur(dice.normal(0, 1, (side // 4, side // 4)).astype(np.float32), (0, 0), side / 80)
    field_ = cv2.resize(field_, (side, side), interpolation=cv2.INTER_CUBIC)
    edge = np.quantile(field_, 1 - share)
    return np.clip((field_ - edge) / field_.std() * 12 + 0.5, 0, 1).astype(np.float32)
