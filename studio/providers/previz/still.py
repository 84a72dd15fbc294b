"""Beginning with a given picture: it hangs before the lens, exactly filling the first frame.

The camera moves off, or through it; meanwhile it dissolves into the scene behind.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.providers.previz.layers import Panel
from studio.providers.previz.paint import Colour, Field, Picture, smoothstep
from studio.providers.previz.view import Texture, View, lay

DISTANCE = 0.4  # subject distances: a push reaches it soon
LONGEST_S = 1.2
PAD = 0.6  # of its size, mirrored on beyond each edge, so that a pan shows no border


class Still:
    """The picture as a panel at right angles to the first view."""

    def __init__(self, image: NDArray[np.uint8], first: View, subject_m: float, seconds: float) -> None:
        width, height = first.width, first.height
        picture = cover(image, width, height)
        px, py = int(width * PAD), int(height * PAD)
        wide = cv2.copyMakeBorder(picture, py, py, px, px, cv2.BORDER_REFLECT_101)
        x = np.minimum(np.arange(wide.shape[1]), np.arange(wide.shape[1])[::-1]).astype(np.float32) / px
        y = np.minimum(np.arange(wide.shape[0]), np.arange(wide.shape[0])[::-1]).astype(np.float32) / py
        alpha: Field = smoothstep(0, 0.96, x)[None, :] * smoothstep(0, 0.96, y)[:, None]
        flying = np.empty((*wide.shape[:2], 4), np.uint8)
        flying[..., :3] = np.round(wide * alpha[..., None])
        flying[..., 3] = np.round(alpha * 255)
        away = DISTANCE * subject_m
        metre = away / first.focal  # metres a pixel at that distance
        back = first.rotation.T
        right, down = back @ [1.0, 0, 0], back @ [0, 1.0, 0]
        middle = first.position + back @ [0, 0, away]
        across, fall = right * (wide.shape[1] * metre), down * (wide.shape[0] * metre)
        self.panel = Panel(Texture(flying), middle - across / 2 - fall / 2, across, fall)
        self.away = away
        self.seconds = min(LONGEST_S, 0.6 * seconds)

    def draw(self, frame: Picture, view: View, at_s: float, haze: Colour) -> None:
        """Lay it over a finished frame, as much of it as is left after `at_s` seconds."""
        left = (
            1 - smoothstep(0, self.seconds, np.array([at_s], np.float32))[0] if self.seconds > 0 else float(at_s == 0)
        )
        distance = float(self.panel.normal @ (view.position - self.panel.corner))
        left *= float(np.clip(distance / (0.25 * self.away) - 0.2, 0, 1))
        if left <= 0.004:
            return
        layer = np.zeros_like(frame)
        self.panel.draw(layer, view, haze)
        lay(frame, layer if left > 0.998 else cv2.convertScaleAbs(layer, alpha=left), 0, 0)


def cover(image: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """The picture (h, w, 3) scaled and cropped about its middle until it covers width × height."""
    rows, columns = image.shape[:2]
    if (columns, rows) == (width, height):
        return image
    scale = max(width / columns, height / rows)
    size = max(width, round(columns * scale)), max(height, round(rows * scale))
    large = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    x, y = (size[0] - width) // 2, (size[1] - height) // 2
    return np.ascontiguousarray(large[y : y + height, x : x + width])
