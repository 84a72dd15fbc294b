"""What every builder of a scene needs to know, and how cut paper is put on the ground."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from studio.providers.previz.figures import Figure
from studio.providers.previz.layers import Panel, Sprite
from studio.providers.previz.paint import Colour, Picture, generator, noise, opaque, smoothstep
from studio.providers.previz.palette import Palette
from studio.providers.previz.view import Texture, Vector, vector
from studio.providers.previz.words import Seen


@dataclass(frozen=True, eq=False)
class Stage:
    """The words, the colours, and the space that the camera will use."""

    seen: Seen
    palette: Palette
    seed: str  # text and seed as one; builders add their own name to it
    focal: float  # pixels, at the start
    width: int
    height: int
    subject_m: float  # how far the subject stands
    eye_m: float  # camera over the ground at the start
    low: Vector  # the box that the camera stays in, metres
    high: Vector
    cuts: dict[tuple[int, bool, float], tuple[Texture, int, int, Picture]] = field(default_factory=dict)

    def rng(self, *name: object) -> np.random.Generator:
        """A generator of its own for each part, so that a new tree does not change the clouds."""
        return generator(self.seed, *name)

    @property
    def ground(self) -> float:
        """y of the ground."""
        return -self.eye_m

    @property
    def per_degree(self) -> float:
        """Pixels a degree in the middle of the frame."""
        return self.focal * float(np.radians(1))

    @property
    def passes(self) -> bool:
        """Whether the camera goes on behind its subject."""
        return bool(self.high[2] > 1.02 * self.subject_m)

    def scale(self, distance: float, size_m: float = 2.0) -> float:
        """Pixels a metre for something that first stands so far away: sharp at half the distance, within reason."""
        wanted = 1.7 * self.focal / max(distance, 1.0)
        return float(np.clip(wanted, 6.0, 900.0 / size_m))

    def stand(
        self, figure: Figure, x: float, z: float, *, y: float | None = None, turn: float = 1.0, shadow: float = 0.42,
        moves: bool = False, mirror: bool = False, grow: float = 1.0, fade_m: tuple[float, float] | None = None,
        order_m: float = 0.0,
    ) -> Sprite:  # fmt: skip
        """A cut-out on the ground at x, z, with the shadow right under it."""
        grounded = shadow if y is None else 0.0
        key = (id(figure.picture), mirror, grounded)
        if key not in self.cuts:  # one texture for all that are cut from the same sheet
            picture = np.ascontiguousarray(figure.picture[:, ::-1]) if mirror else figure.picture
            pad = int(picture.shape[1] * 0.05) + 2
            whole = under(picture, self.palette.ink, grounded, pad) if grounded > 0 else picture
            self.cuts[key] = (*trimmed(whole), figure.picture)
        texture, left, top, _ = self.cuts[key]
        # The sheet's own size in metres a pixel gives the trimmed one's size and place.
        metre_x, metre_y = figure.width * grow / figure.picture.shape[1], figure.height * grow / figure.picture.shape[0]
        width, height = texture.width * metre_x, texture.height * metre_y
        aside = (left + texture.width / 2 - figure.picture.shape[1] / 2) * metre_x
        foot = (self.ground if y is None else y) + figure.height * grow - (top + texture.height) * metre_y
        if grounded > 0:  # the shadow lies half under, half behind the foot
            foot += 0.45 * (int(figure.picture.shape[1] * 0.05) + 2) * metre_y
        near = fade_m or (0.06 * self.subject_m, 0.2 * self.subject_m)
        return Sprite(texture, vector(x + aside, foot, z), width, height, turn, near, moves=moves, order_m=order_m)


def trimmed(picture: Picture) -> tuple[Texture, int, int]:
    """A picture without its empty margins, and the column and row it begins at: what is not there is not warped."""
    blue, green, red, alpha = cv2.split(picture)
    _, there = cv2.threshold(cv2.max(cv2.max(blue, green), cv2.max(red, alpha)), 2, 255, cv2.THRESH_BINARY)
    x, y, wide, high = cv2.boundingRect(there)
    if not wide:
        return Texture(picture), 0, 0
    x0, y0 = max(0, x - 1), max(0, y - 1)
    return Texture(np.ascontiguousarray(picture[y0 : y + high + 1, x0 : x + wide + 1])), x0, y0


def under(picture: Picture, ink: Colour, strength: float, pad: int) -> Picture:
    """The picture with a soft shadow below its feet; `pad` rows are added."""
    height, width = picture.shape[:2]
    out = cv2.copyMakeBorder(picture, 0, pad, 0, 0, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0))
    foot = picture[int(height * 0.955) :, :, 3].max(axis=0).astype(np.float32) / 255
    spread = cv2.GaussianBlur(foot[None, :], (0, 0), max(1.0, width * 0.04))[0]
    top = max(0, height - pad)
    rows = np.arange(top, height + pad, dtype=np.float32)[:, None]
    fall = np.exp(-(((rows - height) / (pad * 0.55)) ** 2))
    alpha = np.clip(fall * spread[None, :] * strength * 1.3, 0, strength)
    band = out[top:]
    rest = (1 - band[..., 3:4].astype(np.float32) / 255) * alpha[..., None]
    band[..., :3] = band[..., :3] + (ink * rest * 0.8)
    band[..., 3:] = band[..., 3:] + rest * 255
    return out


def strip(
    stage: Stage, name: str, low: Colour, high: Colour, corner: Vector, across: Vector, down: Vector,
    pixels: tuple[int, int], *,
    streak: tuple[float, float] = (20, 20), soft: tuple[float, float] = (0.0, 0.0),
) -> Panel:  # fmt: skip
    """A painted rectangle between two tones; `soft` is how much of its sides and ends fades out (0…0.5)."""
    width, height = pixels
    value = noise(stage.rng("strip", name), height, width, streak[1], streak[0], 4, 0.7)
    rgb = low + (high - low) * value[..., None]
    picture = opaque(rgb)
    if soft != (0.0, 0.0):
        picture = faded(picture, soft)
    return Panel(Texture(picture), corner, across, down)


def faded(picture: Picture, soft: tuple[float, float]) -> Picture:
    """The picture with soft sides and ends."""
    height, width = picture.shape[:2]
    x = np.minimum(np.linspace(0, 1, width), np.linspace(1, 0, width)).astype(np.float32)
    y = np.minimum(np.linspace(0, 1, height), np.linspace(1, 0, height)).astype(np.float32)
    ax = smoothstep(0, soft[0], x) if soft[0] > 0 else np.ones_like(x)
    ay = smoothstep(0, soft[1], y) if soft[1] > 0 else np.ones_like(y)
    alpha = ay[:, None] * ax[None, :]
    return (picture * alpha[..., None]).astype(np.uint8)
