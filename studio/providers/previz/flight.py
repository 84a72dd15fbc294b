"""What a camera sees of a scene."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from studio.providers.previz.layers import Dome, Ground, Panel, Ring, Sprite
from studio.providers.previz.paint import Colour, Picture
from studio.providers.previz.view import Box, Vector, View


@dataclass(frozen=True, eq=False)
class Room:
    """A closed shell around the start, with openings to what is outside."""

    shell: tuple[Panel, ...]  # seen from inside
    openings: tuple[tuple[Vector, Vector, Vector], ...]  # corner, across, down of each hole in the shell
    low: Vector  # two corners of the box it fills
    high: Vector
    sprites: tuple[Sprite, ...] = ()


@dataclass(frozen=True, eq=False)
class Scene:
    """All there is to fly through, in metres; the ground lies under the eye, which is the origin."""

    subject_m: float  # how far the subject stands from where the camera starts
    pitch_deg: float  # how far down the camera looks at zero tilt
    dome: Dome
    ground: Ground
    rings: tuple[Ring, ...]  # far to near
    sprites: tuple[Sprite, ...]
    room: Room | None
    haze: Colour
    haze_m: float  # at this distance two thirds are lost in it
    vignette: float = 0.35
    bloom: float = 0.24
    bloom_from: float = 165.0  # what is brighter than this shines


CLEAR = (0, 0, 0, 255)


class Flight:
    """A scene ready to be looked at from many places."""

    def __init__(self, scene: Scene, width: int, height: int) -> None:
        self.scene = scene
        self.crowds = Crowds(Crowd(scene.sprites), Crowd(scene.room.sprites if scene.room else ()))
        self.finish = Finish(width, height, scene)
        self.empty = np.full((height, width, 4), CLEAR, np.uint8)

    def frame(self, view: View, clear: tuple[int, int, int, int] = CLEAR) -> Picture:
        """One picture (height, width, 4). It is filled with `clear` first, of which nothing should remain."""
        frame = self.empty.copy() if clear == CLEAR else np.full_like(self.empty, clear)
        paint(self.scene, self.crowds, view, frame)
        return self.finish(frame)


@dataclass(frozen=True, eq=False)
class Crowds:
    """The sprites of a scene, ready for many views."""

    outside: Crowd
    inside: Crowd


def paint(scene: Scene, crowds: Crowds, view: View, frame: Picture) -> None:
    """One view, back to front: the outside, the shell of the room, what stands in it."""
    room = scene.room
    scissor = view.scissor if room is None else _seen_outside(room, view)
    if scissor is not None:
        outside = replace(view, scissor=scissor)
        scene.dome.draw(frame, outside, scene.haze)
        scene.ground.draw(frame, outside, scene.haze)
        for ring in scene.rings:
            ring.draw(frame, outside, scene.haze)
        crowds.outside.draw(frame, outside, scene.haze, scene.haze_m)
    if room is not None:
        for panel in sorted(room.shell, key=lambda p: -_reach(p, view)):
            panel.draw(frame, view, scene.haze)
        crowds.inside.draw(frame, view, scene.haze, scene.haze_m, 0.35)


def _reach(panel: Panel, view: View) -> float:
    middle = panel.corner + (panel.across + panel.down) / 2
    return float(np.linalg.norm(middle - view.position))


class Crowd:
    """Many sprites, of which most are not in the picture: those that are, far to near."""

    def __init__(self, sprites: tuple[Sprite, ...]) -> None:
        self.sprites = sprites
        self.middles = np.array([s.foot + np.array([0, s.height / 2, 0]) for s in sprites]).reshape(-1, 3)
        self.reach = np.array([np.hypot(s.width, s.height) / 2 for s in sprites])
        self.moves = np.array([s.moves for s in sprites], bool)[:, None] if sprites else np.zeros((0, 1), bool)
        self.order = np.array([s.order_m for s in sprites])
        self.gone = np.array([s.fade_m[0] for s in sprites])

    def draw(self, frame: Picture, view: View, haze: Colour, haze_m: float, hazy: float = 1.0) -> None:
        """Lay them into the frame."""
        if not self.sprites:
            return
        seen = (self.middles + view.follow * self.moves) @ view.rotation.T + view.shift
        depth = seen[:, 2]
        ahead = np.maximum(depth, 0.0)
        wide, high = view.width / 2 / view.focal, view.height / 2 / view.focal
        # A cone around the frame's sides, widened by the sprite's size.
        inside = (
            (depth > self.gone)
            & (np.abs(seen[:, 0]) - self.reach * 1.5 < ahead * wide)
            & (np.abs(seen[:, 1]) - self.reach * 1.5 < ahead * high)
        )
        order = np.argsort(-(depth + self.order), kind="stable")
        for index in order[inside[order]]:
            share = 1 - math.exp(-((max(depth[index], 0.0) / haze_m) ** 1.3))
            self.sprites[index].draw(frame, view, haze, share * hazy, float(depth[index]))


def _seen_outside(room: Room, view: View) -> Box | None:
    """The part of the frame in which the outside may be seen; None where it surely is not."""
    at = view.position
    inside = bool(np.all(at > room.low) and np.all(at < room.high))
    if not inside or any(panel.fade_m and 0 < panel.presence(view.numbers[4]) < 1 for panel in room.shell):
        return view.scissor
    boxes = []
    for corner, across, down in room.openings:
        points = np.stack([corner, corner + across, corner + across + down, corner + down])
        seen = (view.rotation @ points.T).T + view.shift
        if np.all(seen[:, 2] < 0.05):
            continue
        if np.any(seen[:, 2] < 0.05):
            return view.scissor
        pixels = (view.lens @ seen.T)[:2] / seen[:, 2]
        boxes.append((*np.floor(pixels.min(1)) - 1, *np.ceil(pixels.max(1)) + 2))
    if not boxes:
        return None
    corners = np.clip(np.array(boxes), -1e6, 1e6)
    x0, y0 = np.maximum(corners[:, :2].min(0), view.scissor[:2]).astype(int)
    x1, y1 = np.minimum(corners[:, 2:].max(0), view.scissor[2:]).astype(int)
    return (int(x0), int(y0), int(x1), int(y1)) if x1 > x0 and y1 > y0 else None


class Finish:
    """What happens to a whole frame: bright things shine, corners darken."""

    def __init__(self, width: int, height: int, scene: Scene) -> None:
        self.scene = scene
        x = (np.arange(width, dtype=np.float32) + 0.5) / width * 2 - 1
        y = (np.arange(height, dtype=np.float32) + 0.5) / height * 2 - 1
        corner = np.clip((x[None, :] ** 2 + y[:, None] ** 2 * 0.9) / 1.9, 0, 1) ** 1.35
        mask = (255 * (1 - scene.vignette * corner)).astype(np.uint8)
        self.mask = cv2.merge([mask, mask, mask, np.full_like(mask, 255)])
        self.halves = [(max(8, width >> k), max(8, height >> k)) for k in (1, 2, 3)]
        self.size = width, height

    def __call__(self, frame: Picture) -> Picture:
        """In place, and returned."""
        if self.scene.bloom > 0:
            small = frame
            for size in self.halves:  # by halves, which OpenCV does fastest
                small = cv2.resize(small, size, interpolation=cv2.INTER_LINEAR)
            bright = cv2.subtract(small, np.full(4, self.scene.bloom_from, np.float64))
            reach = max(3, self.halves[-1][0] // 7) | 1
            soft = cv2.blur(cv2.blur(bright, (reach, reach)), (reach // 2 | 1, reach // 2 | 1))
            shine = cv2.resize(soft, self.size, interpolation=cv2.INTER_LINEAR)
            cv2.addWeighted(frame, 1.0, shine, self.scene.bloom * 2.2, 0, dst=frame)
        return cv2.multiply(frame, self.mask, dst=frame, scale=1 / 255)
