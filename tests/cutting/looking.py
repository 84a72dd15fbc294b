"""Ends and looks of takes that the tests of joins share: drawn pictures, given motion."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from studio.camera import Measured
from studio.media import End, Features
from studio.media.features import end

STILL = (0.0, 0.0, 0.0, 0.0)
IN = (0.0, 0.0, 20.0, 0.0)
OUT = (0.0, 0.0, -20.0, 0.0)


def picture(hue: int = 20, light: int = 150, seed: int = 1) -> np.ndarray:
    """A picture of soft patches in one hue (0 to 179), 90 × 160, BGR."""
    rng = np.random.default_rng(seed)
    patches = cv2.resize(rng.uniform(-40, 40, (5, 8)).astype(np.float32), (160, 90), interpolation=cv2.INTER_CUBIC)
    value = np.clip(light + patches, 0, 255).astype(np.uint8)
    hsv = np.dstack([np.full_like(value, hue), np.full_like(value, 120), value])
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)


def an_end(motion=STILL, **look) -> End:
    return end(picture(**look), motion)


def a_look(head: End, tail: End) -> Features:
    return Features(head, tail, middle_hash=0)


def measured(rates, seconds: float = 5.0) -> Measured:
    """A camera that has these rates one after the other, spread evenly over so many seconds."""
    times = tuple((k + 0.5) * seconds / len(rates) for k in range(len(rates)))
    return Measured(
        seconds=seconds, times=times, rates=tuple(rates), totals=STILL, segments=(), moves=(), shake=0.0,
        speed="slow", parallax="none", parallax_cue=0.0, confidence=0.9, readable=True,
    )  # fmt: skip


def moving(end: End, motion) -> End:
    return replace(end, motion=motion)
