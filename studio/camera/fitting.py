"""Flows at many places -> the one similarity that most of the frame follows.

Complex numbers throughout: z = x + iy in pixels from the middle, y down, flow = shift + turn · z.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Complex = NDArray[np.complexfloating]

TRIES = 48  # pairs of cells from which a similarity is guessed
STILL_FIRST = 1.15  # standing still needs less to be believed


@dataclass(frozen=True, eq=False)
class Fit:
    """A similarity: flow = shift + turn · z."""

    shift: complex
    turn: complex  # scale · e^(i·angle) − 1
    distance: Array  # of each cell from it, pixels
    follows: NDArray[np.bool_]  # whether a cell does what it says


def similarity(z: Complex, f: Complex, where: NDArray[np.intp], in_bin: Array) -> Fit:
    """The one that most of the frame follows. Places (n,), flows (n,), bins (n,), cells a bin has in all (9,)."""
    shift, turn = _guess(z, f, where, in_bin)
    fair = 1 / np.sqrt(np.bincount(where, minlength=9))[where]  # a busy figure has many cells, a plain wall has few
    for _ in range(6):
        distance = np.abs(f - shift - turn * z)
        near = distance[distance < _tolerance(f)]
        scale = max(0.15, 1.5 * float(np.median(near))) if len(near) else 0.5
        weight = fair / (1 + (distance / scale) ** 2) ** 2
        before = shift, turn
        shift, turn = _least_squares(z, f, weight)
        if abs(shift - before[0]) + abs(turn - before[1]) * 50 < 1e-3:
            break
    distance = np.abs(f - shift - turn * z)
    return Fit(shift, turn, distance, distance < _tolerance(f))


def _tolerance(f: Complex) -> Array:
    return np.asarray(np.maximum(0.5, 0.2 * np.abs(f)))


def _least_squares(z: Complex, f: Complex, weight: Array) -> tuple[complex, complex]:
    total = weight.sum()
    mz, mf = (weight * z).sum() / total, (weight * f).sum() / total
    dz = z - mz
    turn = (weight * dz.conj() * (f - mf)).sum() / max((weight * np.abs(dz) ** 2).sum(), 1e-9)
    return complex(mf - turn * mz), complex(turn)


def _guess(z: Complex, f: Complex, where: NDArray[np.intp], in_bin: Array) -> tuple[complex, complex]:
    dice = np.random.default_rng(len(z))
    one, other = dice.integers(0, len(z), (2, TRIES))
    apart = np.abs(z[one] - z[other]) > 12
    one, other = one[apart], other[apart]
    turn = np.concatenate([(f[one] - f[other]) / (z[one] - z[other]), [0j, 0j]])
    shift = np.concatenate([f[one] - turn[:-2] * z[one], [complex(np.median(f.real), np.median(f.imag)), 0j]])
    start = _least_squares(z, f, np.ones(len(z)))
    turn, shift = np.append(turn, start[1]), np.append(shift, start[0])
    follows = np.abs(f - shift[:, None] - turn[:, None] * z) < _tolerance(f)
    share = (follows @ (where[:, None] == np.arange(9))) / in_bin
    score = np.minimum(share, 0.35).sum(1) + 1e-3 * follows.mean(1)
    score[(turn == 0) & (shift == 0)] *= STILL_FIRST
    best = int(np.argmax(score))
    return complex(shift[best]), complex(turn[best])
