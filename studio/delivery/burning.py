"""The burn-in of a reference film: the take, its slot and the record time code, in a strip at the top of each frame."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from studio.delivery.plan import Layer, Overlay
from studio.delivery.titles import SAFE, Picture, letters, over_dark
from studio.media import draw_text, text_width
from studio.nouns import Cut
from studio.timecode import record_timecode

GROUND = np.float32(0.6)  # how much of the picture the strip covers


def burn_in_on(cut: Cut) -> list[Overlay]:
    """A strip for each slot; through a dissolve it says the slot that it leaves up to the cut, then the other."""
    size = letters(cut, 0.04)
    high = 2 * round(size * 0.9)
    top = 2 * round(cut.height * (0.1 if cut.height > cut.width else 0.05) / 2)
    return [
        Overlay("burn-in", (slot.source.name, f"slot {number}"), slot.record_frame, slot.frames, top, high)
        for number, slot in enumerate(cut.slots, start=1)
    ]


def draw_burn_in(layer: Layer) -> Iterator[Picture]:
    """The frames of a strip, in order: the take on the left, the slot in the middle, the time code on the right.

    Its digits stand where they stood: those of the font are not all as wide.
    """
    over = layer.overlay
    size, base = round(over.high / 1.8), round(over.high * 0.7)
    left, right = round(layer.width * (1 - SAFE) / 2), round(layer.width * (1 + SAFE) / 2)
    ground = np.zeros((over.high, layer.width, 3), np.uint8)
    name, slot = over.words
    end = draw_text(ground, name, (left, base), size=size, colour=(255, 255, 255), weight=600)
    middle = max(layer.width // 2, end + size + text_width(slot, size, weight=600) // 2)
    draw_text(ground, slot, (middle, base), size=size, colour=(255, 255, 255), weight=600, align="centre")
    step = max(text_width(sign, size, weight=600) for sign in "0123456789") + 1
    for k in range(layer.first, layer.first + layer.frames):
        image = ground.copy()
        code = record_timecode(over.record_frame + k, layer.rate)
        for n, sign in enumerate(code):
            at = right - step * (len(code) - n) + step // 2
            draw_text(image, sign, (at, base), size=size, colour=(255, 255, 255), weight=600, align="centre")
        words = image[:, :, 0].astype(np.float32) / np.float32(255)
        yield over_dark(words, np.maximum(words, GROUND))
