"""The small print on every frame: that it is a stand-in, and which take."""

from __future__ import annotations

import cv2
import numpy as np

from studio.media import draw_text, text_width
from studio.providers.previz.paint import Picture


class Legend:
    """ "PREVIZ 07A-003" in the lower left corner; drawn once, laid on each frame at the same place."""

    def __init__(self, label: str, width: int, height: int) -> None:
        size = max(8, round(min(width, height) * 0.036))
        text = f"PREVIZ {label}".strip()
        pad = max(2, size // 3)
        wide = min(width, text_width(text, size, weight=500) + 2 * pad)
        high = min(height, size + pad)
        margin = min(max(2, round(min(width, height) * 0.03)), height - high, width - wide)
        plate = np.full((high, wide, 3), 16, np.uint8)
        draw_text(plate, text, (pad, high - pad // 2 - size // 5), size=size, weight=500)
        self.plate = cv2.cvtColor(plate, cv2.COLOR_BGR2BGRA)
        self.at = margin, height - margin - high

    def draw(self, frame: Picture) -> None:
        """Lay it on, in place, letting a little of the picture through."""
        x, y = self.at
        high, wide = self.plate.shape[:2]
        under = frame[y : y + high, x : x + wide]
        cv2.addWeighted(under, 0.38, self.plate, 0.72, 0, dst=under)
