"""The brush: noise, gradients and cut paper, as small numpy and cv2 functions.

Colours are float arrays (3,) in B, G, R, 0…255. Noise is float32 in 0…1. A picture that will fly is BGRA uint8 with
*premultiplied* alpha: where its colour is brighter than its alpha allows, it adds light instead of covering.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Colour: TypeAlias = NDArray[Any]  # float32 (3,): B, G, R, 0…255
Field: TypeAlias = NDArray[Any]  # float32 (h, w), mostly 0…1
Picture: TypeAlias = NDArray[Any]  # uint8 (h, w, 4), premultiplied BGRA
Points: TypeAlias = Sequence[tuple[float, float]] | NDArray[Any]

SHIFT = 4  # cv2 draws at 1/16 pixel
SUPERSAMPLE = 2  # cut paper is drawn this much larger and averaged down: smooth edges without a drawing library


def generator(*parts: object) -> np.random.Generator:
    """The one source of chance: the same parts give the same numbers on every machine and Python."""
    digest = hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))


def colour(code: str) -> Colour:
    """A code such as "#f2a65a" as B, G, R."""
    return np.array([int(code[i : i + 2], 16) for i in (5, 3, 1)], np.float32)


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """From a (0) to b (1)."""
    return np.asarray(a + (b - a) * np.float32(share), np.float32)


def shade(a: Colour, factor: float) -> Colour:
    """Darker (under 1) or brighter."""
    return np.asarray(np.clip(a * np.float32(factor), 0, 255), np.float32)


def saturate(a: Colour, factor: float) -> Colour:
    """Greyer (under 1) or more colourful, at the same lightness."""
    grey = np.float32(a @ np.array([0.114, 0.587, 0.299], np.float32))
    return np.asarray(np.clip(grey + (a - grey) * np.float32(factor), 0, 255), np.float32)


def smoothstep(low: float, high: float, x: Field) -> Field:
    """0 under `low`, 1 over `high`, and an even curve between."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def noise(
    rng: np.random.Generator,
    height: int,
    width: int,
    cells_y: float,
    cells_x: float,
    octaves: int = 4,
    fall: float = 0.5,
) -> Field:
    """Cloudy noise (height, width) in about 0…1 that repeats in x and in y without a seam.

    The first octave has `cells_y` by `cells_x` blots; each further one is twice as fine and `fall` times as strong.
    """
    total = np.zeros((height, width), np.float32)
    weight, whole = 1.0, 0.0
    for octave in range(octaves):
        rows = int(min(max(1, round(cells_y * 2**octave)), height))
        columns = int(min(max(1, round(cells_x * 2**octave)), width))
        grid = rng.random((rows, columns), np.float32)
        # A border of three cells from the other side, so that the cubic joins the edges.
        wrapped = cv2.copyMakeBorder(grid, 3, 3, 3, 3, cv2.BORDER_WRAP)
        step_y, step_x = height / rows, width / columns
        size = round((columns + 6) * step_x), round((rows + 6) * step_y)
        large = cv2.resize(
            wrapped, size, interpolation=cv2.INTER_CUBIC if min(step_x, step_y) > 2 else cv2.INTER_LINEAR
        )
        top, left = round(3 * step_y), round(3 * step_x)
        cv2.scaleAdd(np.ascontiguousarray(large[top : top + height, left : left + width]), weight, total, total)
        whole += weight
        weight *= fall
    total *= 1 / whole
    # Averaging octaves crowds everything around one half: spread it again.
    total -= 0.5
    total *= 1.9
    total += 0.5
    return np.clip(total, 0, 1, out=total)


def ramp(stops: Iterable[tuple[float, Colour]], at: Field) -> NDArray[Any]:
    """Colours along `at` (any shape) between stops (position, colour) in rising order: shape (*at, 3)."""
    positions, colours = zip(*stops, strict=True)
    table = np.stack(colours)
    return np.stack([np.interp(at, positions, table[:, c]) for c in range(3)], axis=-1).astype(np.float32)


def opaque(rgb: NDArray[Any]) -> Picture:
    """A float picture (h, w, 3), 0…255, as one that covers all behind it."""
    out = np.empty((*rgb.shape[:2], 4), np.uint8)
    out[..., :3] = np.clip(rgb, 0, 255)
    out[..., 3] = 255
    return out


def with_alpha(rgb: NDArray[Any], alpha: Field) -> Picture:
    """A float picture (h, w, 3) and its alpha 0…1, premultiplied."""
    out = np.empty((*rgb.shape[:2], 4), np.uint8)
    out[..., :3] = np.clip(rgb, 0, 255) * alpha[..., None]
    out[..., 3] = np.clip(alpha, 0, 1) * 255
    return out


def light(tint: Colour, strength: Field) -> Picture:
    """Light that is added and covers nothing: `tint` times `strength` (h, w) 0…1."""
    out = np.zeros((*strength.shape, 4), np.uint8)
    out[..., :3] = np.clip(tint * strength[..., None], 0, 255)
    return out


def glow(tint: Colour, size: int, power: float = 2.2, strength: float = 1.0) -> Picture:
    """A round halo of light, (size, size)."""
    axis = (np.arange(size, dtype=np.float32) + 0.5) / size * 2 - 1
    distance = np.sqrt(axis[:, None] ** 2 + axis[None, :] ** 2)
    return light(tint, np.clip(1 - distance, 0, 1) ** power * strength)


class Paper:
    """A sheet to cut from: opaque shapes in units of our choice, drawn large and averaged down.

    `width` and `height` are in those units (x right, y UP from the foot of the sheet), `scale` in pixels a unit.
    """

    def __init__(self, width: float, height: float, scale: float) -> None:
        self.scale = scale * SUPERSAMPLE
        self.size = max(4, round(width * scale)), max(4, round(height * scale))
        self.width, self.height = width, height
        self.sheet = np.zeros((self.size[1] * SUPERSAMPLE, self.size[0] * SUPERSAMPLE, 4), np.uint8)
        self._fx = self.sheet.shape[1] / width
        self._fy = self.sheet.shape[0] / height

    def _fixed(self, points: Points) -> NDArray[Any]:
        xy = np.asarray(points, np.float64)
        pixels = np.empty_like(xy)
        pixels[:, 0] = xy[:, 0] * self._fx - 0.5
        pixels[:, 1] = (self.height - xy[:, 1]) * self._fy - 0.5
        return np.round(pixels * (1 << SHIFT)).astype(np.int32)

    @staticmethod
    def _ink(ink: Colour | None) -> tuple[float, float, float, float]:
        return (0.0, 0.0, 0.0, 0.0) if ink is None else (float(ink[0]), float(ink[1]), float(ink[2]), 255.0)

    def poly(self, points: Points, ink: Colour | None) -> None:
        """A filled outline; without ink it is a hole."""
        cv2.fillPoly(self.sheet, [self._fixed(points)], self._ink(ink), cv2.LINE_8, SHIFT)

    def box(self, x: float, y: float, width: float, height: float, ink: Colour | None) -> None:
        """An upright rectangle from its lower left corner."""
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        cv2.fillConvexPoly(self.sheet, self._fixed(corners), self._ink(ink), cv2.LINE_8, SHIFT)

    def disc(
        self, x: float, y: float, radius: float, ink: Colour | None, radius_y: float | None = None, turn: float = 0
    ) -> None:
        """A circle, or an ellipse turned by `turn` degrees."""
        centre = round((x * self._fx - 0.5) * 16), round(((self.height - y) * self._fy - 0.5) * 16)
        axes = round(radius * self._fx * 16), round((radius if radius_y is None else radius_y) * self._fy * 16)
        cv2.ellipse(self.sheet, centre, axes, -turn, 0, 360, self._ink(ink), cv2.FILLED, cv2.LINE_8, SHIFT)

    def limb(
        self, a: tuple[float, float], b: tuple[float, float], wide_a: float, wide_b: float, ink: Colour | None
    ) -> None:
        """A rounded, tapering stroke from a to b; the widths are its radii at both ends."""
        (ax, ay), (bx, by) = a, b
        length = max(1e-6, float(np.hypot(bx - ax, by - ay)))
        nx, ny = -(by - ay) / length, (bx - ax) / length
        outline = [
            (ax + nx * wide_a, ay + ny * wide_a), (bx + nx * wide_b, by + ny * wide_b),
            (bx - nx * wide_b, by - ny * wide_b), (ax - nx * wide_a, ay - ny * wide_a),
        ]  # fmt: skip
        cv2.fillConvexPoly(self.sheet, self._fixed(outline), self._ink(ink), cv2.LINE_8, SHIFT)
        self.disc(ax, ay, wide_a, ink)
        self.disc(bx, by, wide_b, ink)

    def curve(self, points: Points, ink: Colour | None, closed: bool = True) -> None:
        """A filled outline that bends through its points (Catmull-Rom)."""
        self.poly(bend(points, closed), ink)

    def soften(self, radius: float) -> None:
        """Melt all shapes into one with round inner corners, as scissors would cut it. `radius` in units."""
        sigma = max(0.6, radius * self.scale)
        alpha = np.ascontiguousarray(self.sheet[..., 3])
        small = max(1, int(sigma // 2))
        low = cv2.resize(alpha, None, fx=1 / small, fy=1 / small, interpolation=cv2.INTER_AREA)
        low = cv2.GaussianBlur(low, (0, 0), sigma / small)
        melted = cv2.resize(low, (alpha.shape[1], alpha.shape[0]), interpolation=cv2.INTER_CUBIC)
        _, keep = cv2.threshold(melted, 127, 255, cv2.THRESH_BINARY)
        fill = self.sheet.reshape(-1, 4)[int(np.argmax(alpha))].copy()
        self.sheet[cv2.bitwise_and(keep, cv2.bitwise_not(alpha)) > 0] = fill
        self.sheet = np.asarray(cv2.bitwise_and(self.sheet, self.sheet, mask=keep), np.uint8)

    def cut(self) -> Picture:
        """The sheet at its true size, premultiplied, edges smooth."""
        return cv2.resize(self.sheet, self.size, interpolation=cv2.INTER_AREA)


def bend(points: Points, closed: bool = True, steps: int = 8) -> NDArray[Any]:
    """Points of the smooth line through `points` (Catmull-Rom), (n * steps, 2)."""
    p = np.asarray(points, np.float64)
    if closed:
        before, after, beyond = np.roll(p, 1, 0), np.roll(p, -1, 0), np.roll(p, -2, 0)
    else:
        before = np.vstack([p[:1], p[:-2]])
        after, beyond = p[1:], np.vstack([p[2:], p[-1:]])
        p = p[:-1]
    t = (np.arange(steps) / steps)[None, :, None]
    a, b, c, d = before[:, None], p[:, None], after[:, None], beyond[:, None]
    curve = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return np.asarray(curve.reshape(-1, 2))


TOOTH = 1024  # pixels a side of the paper's tooth


@cache
def tooth(blot: int) -> Field:
    """The paper's own tooth, (TOOTH, TOOTH), 0…1, with blots of about so many pixels: drawn once, the same for all."""
    cells = TOOTH / blot
    return noise(generator("tooth", blot), TOOTH, TOOTH, cells, cells, 3, 0.7)


def tooth_at(rng: np.random.Generator, height: int, width: int, blot: int) -> Field:
    """A piece of it from somewhere, (height, width); it repeats."""
    whole = tooth(blot)
    y, x = (int(v) for v in rng.integers(0, TOOTH, 2))
    if y + height <= TOOTH and x + width <= TOOTH:
        return whole[y : y + height, x : x + width]
    return np.take(np.take(whole, np.arange(y, y + height), 0, mode="wrap"), np.arange(x, x + width), 1, mode="wrap")


def texture(picture: Picture, rng: np.random.Generator, amount: float = 0.1, blot: float = 9.0) -> Picture:
    """Give a picture the tooth of painted paper: blots of about `blot` pixels, `amount` strong, and finer ones.

    It is what optical flow holds on to, so every picture gets it.
    """
    height, width = picture.shape[:2]
    factor = tooth_at(rng, height, width, max(3, round(blot))) * np.float32(254 * amount)
    factor += np.float32(127 * (1 - amount))
    grain = np.clip(factor, 0, 255).astype(np.uint8)
    whole = np.full_like(grain, 127)
    toned = cv2.multiply(picture, cv2.merge([grain, grain, grain, whole]), scale=1 / 127)
    alpha = cv2.extractChannel(picture, 3)  # what is brighter than its alpha adds light, which it must not begin to do
    return np.asarray(cv2.min(toned, cv2.max(picture, cv2.merge([alpha, alpha, alpha, alpha]))), np.uint8)


def model(
    picture: Picture, lit: Colour, side: float, rim: float, top: Colour | None = None, body: float = 0.0
) -> Picture:
    """Give flat cut paper some body: a rim of light along its edge, and a veil of `top` from above.

    `side` is where the light comes from (-1 left … 1 right), `rim` how strong it is 0…1, `body` how strong the veil.
    """
    height, width = picture.shape[:2]
    alpha = cv2.extractChannel(picture, 3)
    sheet = cv2.merge([alpha, alpha, alpha, alpha])
    out = picture
    if top is not None and body > 0:
        fall = np.repeat((np.linspace(1, 0, height, dtype=np.float32) ** 1.5 * body)[:, None], width, axis=1)
        out = cv2.blendLinear(out, cv2.multiply(sheet, _share(top)), 1 - fall, fall)
    reach = float(np.clip(min(height, width) * 0.013, 0.9, 7.0))
    moved = cv2.GaussianBlur(alpha, (0, 0), reach * 0.45)
    away = side / max(1.0, abs(side))
    moved = cv2.warpAffine(
        moved, np.array([[1, 0, -away * reach * 1.5], [0, 1, reach * 0.8]], np.float32), (width, height)
    )
    edge = cv2.subtract(alpha, moved).astype(np.float32) * np.float32(rim / 255)
    return np.asarray(cv2.blendLinear(out, cv2.multiply(sheet, _share(lit)), 1 - edge, edge), np.uint8)


def _share(tone: Colour) -> NDArray[Any]:
    """A colour as what it takes of white, for cv2.multiply with a premultiplied sheet."""
    return np.array([tone[0] / 255, tone[1] / 255, tone[2] / 255, 1.0], np.float64)


def flip(picture: Picture) -> Picture:
    """Mirrored left to right."""
    return np.ascontiguousarray(picture[:, ::-1])
