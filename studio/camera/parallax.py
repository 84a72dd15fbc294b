"""Whether near and far move apart: what only a camera that travels can do to a picture.

A camera that turns or zooms moves near and far alike: its flow is a similarity and the bend of a turning lens, nothing
more. What is left over after that is laid against the one thing that travelling does: it moves each point along the
line to one common point (or, sideways, along one direction), more the nearer it is. What a subject does by itself
goes elsewhere, or in one place only.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from studio.camera.fitting import Array, Complex

LEFT_PX = 0.4  # what is left over has to be more than what flow is wrong by
LEFT_BINS = 5  # of nine in which something is left over, two of them at each side: less may be a subject
ALONG = 0.75  # share of what is left over that goes along the lines (½ by chance)


def apart(z: Complex, f: Complex, follows: NDArray[np.bool_], where: NDArray[np.intp], in_bin: Array) -> float:
    """How far near and far move apart, ÷ the median flow: 0 for a flat scene. Nan where it may be a subject's doing.

    Places (n,) as x + iy from the middle, flows (n,), which of them follow the similarity (n,), bins (n,), and how many
    cells each bin has (9,).
    """
    left = _left_over(z, f, follows)
    size = np.abs(left)
    length = float(np.median(np.abs(f)))
    clear = size > np.maximum(LEFT_PX, 0.1 * np.abs(f))
    cue = float(np.sqrt(np.mean(np.minimum(size, np.quantile(size, 0.95)) ** 2))) / max(length, 1e-6)
    if clear.mean() < 0.1:
        return cue
    filled = (np.bincount(where[clear], minlength=9) / in_bin >= 0.08).reshape(3, 3)
    everywhere = filled.sum() >= LEFT_BINS and min(filled[:, 0].sum(), filled[:, 2].sum()) >= 2
    if not everywhere or _along(z[clear], left[clear]) < ALONG:
        return math.nan
    return cue


def _left_over(z: Complex, f: Complex, follows: NDArray[np.bool_]) -> Complex:
    """What is left of the flow after the best turn, zoom and roll (robust, six parameters, begun with those that
    follow)."""
    half = float(np.abs(z).max())
    x, y = z.real / half, z.imag / half
    one, zero = np.ones_like(x), np.zeros_like(x)
    across = np.stack([one, zero, x, -y, x * x, x * y], axis=1)
    down = np.stack([zero, one, y, x, x * y, y * y], axis=1)
    model = np.concatenate([across, down])
    flow = np.concatenate([f.real, f.imag])
    weight = follows + 1e-3
    for _ in range(4):
        both = np.concatenate([weight, weight])[:, None]
        found = np.linalg.lstsq((model * both).T @ model, (model * both).T @ flow, rcond=None)[0]
        left = flow - model @ found
        size = np.hypot(left[: len(z)], left[len(z) :])
        scale = max(0.2, 1.5 * float(np.median(size)))
        weight = 1 / (1 + (size / scale) ** 2) ** 2
    return np.asarray(left[: len(z)] + 1j * left[len(z) :])


def _along(z: Complex, left: Complex) -> float:
    """Share of what is left over that goes along the lines to the best common point."""
    far = float(np.abs(z).max())
    # left × (α z + β) = 0 for each, with α real and β complex: least squares, homogeneous
    lines = np.stack([left.real * z.imag / far - left.imag * z.real / far, -left.imag, left.real], axis=1)
    best = np.linalg.eigh(lines.T @ lines)[1][:, 0]
    direction = best[0] * z / far + (best[1] + 1j * best[2])
    length = np.abs(direction)
    across = (lines @ best) ** 2 / np.maximum(length, 1e-9) ** 2
    return 1 - float(across.sum() / (np.abs(left) ** 2).sum())
