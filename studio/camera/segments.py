"""Rates over time -> the stretches in which the camera does one thing.

Between cuts and unreadable gaps the rates are cut into pieces of constant rate, as few as explain them (optimal
partitioning: least squares and a price for each change, which rises with the unrest of the camera). A soft start
makes several pieces of one move: neighbours that go the same way are one; what is too small or too short to be a
move of its own goes to its neighbour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# What is as much in the picture: 1 % of the width panned, of the height tilted, 1 log-% zoomed, 1 degree rolled.
WEIGHTS = np.array([1.0, 1.0, 1.0, 1.0])
STILL_RATE, STILL_TOTAL = 0.7, 1.5  # weighted %/s and %: less is standing still …
EXPLAINED, STRANGE = (
    0.2,
    0.08,
)  # of what changes in the picture: a small motion that explains less is none, a large one …
STEADY, ROUGH_TOTAL = 4.5, 6.0  # … and less than this times what an aimless walk of such steps gives, up to so much
PLAIN_TOTAL, PLAIN_EXPLAINED = 10.0, 0.25  # a move of so many % that explains so much is plain to see
GAP_S = 0.4  # a stretch that cannot be read is bridged when it is shorter
UNREST_S = 0.2  # s: an unsteady camera has to go this times its unrest further to be said to move
CHANGE_PRICE = 1.0  # (%/s)² s that a change has to explain, at the least
SAME_WAY = 0.8  # cosine between two pieces' rates that are one move
SHORT_S = 0.7  # a piece this short has to be strong to stand alone …
WEAK = 0.25  # … against the strongest of its clip
BRIEF_S = 0.35  # standing still for less is no rest
BLOCK = 300  # steps that are partitioned at once
SMOOTH_S = 1.0  # what is faster than this is shake


@dataclass(frozen=True, eq=False)
class Taken:
    """The steps of a clip: when each begins and ends (n,), rates per second (n, 4) (nan: unreadable), parallax (n,);
    what changes in the picture and what is left of it when the motion is taken back (n,)."""

    starts: Array
    ends: Array
    rates: Array
    parallax: Array
    change: Array
    left: Array

    @property
    def lengths(self) -> Array:
        """(n,) seconds."""
        return self.ends - self.starts

    @property
    def readable(self) -> NDArray[np.bool_]:
        """(n,)."""
        return ~np.isnan(self.rates[:, 0])


@dataclass(frozen=True, eq=False)
class Piece:
    """Steps first … last − 1, with their mean rate, weighted (4,)."""

    first: int
    last: int
    start_s: float
    end_s: float
    mean: Array
    readable: bool = True
    least: float = STILL_TOTAL  # less than this in all is standing still
    explained: float = 1.0  # share of the picture's change that the motion explains
    steady: float = 0.0  # how many times as far it goes as an aimless walk of such steps

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.end_s - self.start_s

    @property
    def rate(self) -> float:
        """Its strength per second, all axes together."""
        return float(np.linalg.norm(self.mean))

    @property
    def moving(self) -> bool:
        """Whether it is more than standing still."""
        far = self.rate * self.seconds
        enough = self.rate >= STILL_RATE and far >= self.least
        return enough and self.explained >= (EXPLAINED if far < ROUGH_TOTAL else STRANGE)

    @property
    def plain(self) -> bool:
        """Whether it goes far, steadily, and the picture changes as it should."""
        far = self.rate * self.seconds
        return far >= PLAIN_TOTAL and self.steady >= STEADY and self.explained >= PLAIN_EXPLAINED

    @property
    def strange(self) -> bool:
        """Whether much seems to move, and the picture does not change as it would then: water, smoke, a morph."""
        return self.rate * self.seconds >= max(self.least, ROUGH_TOTAL) and self.explained < STRANGE


def pieces(taken: Taken, cuts: Sequence[float]) -> list[Piece]:
    """The stretches of a clip in order; those that cannot be read too."""
    unrest = float(np.hypot(*(1.4826 * np.nanmedian(np.abs(fast(taken)), axis=0)))) if taken.readable.any() else 0.0
    found: list[Piece] = []
    for first, last, readable in _runs(taken, cuts):
        run = [_piece(taken, first, last, unrest, readable)]
        if readable:
            run = [
                part for k in range(first, last, BLOCK) for part in _partition(taken, k, min(k + BLOCK, last), unrest)
            ]
            run = [replace(part, readable=not part.strange) for part in _settle(taken, run, unrest)]
        found += run
    return found


def fast(taken: Taken) -> Array:
    """(n, 2) the fast part of pan and tilt per second: what is left after a mean over SMOOTH_S; nan: unreadable."""
    middle = (taken.starts + taken.ends) / 2
    rates, length = taken.rates[:, :2], taken.lengths
    out = np.full(rates.shape, np.nan)
    for k in np.flatnonzero(taken.readable):
        low, high = np.searchsorted(middle, [middle[k] - SMOOTH_S / 2, middle[k] + SMOOTH_S / 2])
        near = np.arange(low, high)[taken.readable[low:high]]
        # a line, not a mean: a soft start is no shake
        t = middle[near] - middle[k]
        weight = length[near]
        mean_t = np.average(t, weights=weight)
        spread = np.average((t - mean_t) ** 2, weights=weight)
        level = np.average(rates[near], axis=0, weights=weight)
        slope = np.average((t - mean_t)[:, None] * rates[near], axis=0, weights=weight) / max(spread, 1e-9)
        out[k] = rates[k] - level + slope * mean_t
    return out


def _runs(taken: Taken, cuts: Sequence[float]) -> list[tuple[int, int, bool]]:
    """Runs of steps between the cuts: first, last + 1, whether they can be read."""
    edges = [0, *(int(np.searchsorted(taken.starts, cut - 1e-9)) for cut in cuts), len(taken.starts)]
    out: list[tuple[int, int, bool]] = []
    for begin, end in pairwise(edges):
        part: list[tuple[int, int, bool]] = []
        for k in range(begin, end):
            readable = bool(taken.readable[k])
            if part and part[-1][2] == readable:
                part[-1] = (part[-1][0], k + 1, readable)
            else:
                part.append((k, k + 1, readable))
        out += _bridged(taken, part)
    return out


def _bridged(taken: Taken, part: list[tuple[int, int, bool]]) -> list[tuple[int, int, bool]]:
    """Without the unreadable gaps that are too short to count."""
    out: list[tuple[int, int, bool]] = []
    any_readable = any(readable for *_, readable in part)
    for first, last, readable in part:
        short = taken.ends[last - 1] - taken.starts[first] < GAP_S
        kind = readable or (short and any_readable)
        if out and out[-1][2] == kind:
            out[-1] = (out[-1][0], last, kind)
        else:
            out.append((first, last, kind))
    return out


def _piece(taken: Taken, first: int, last: int, unrest: float, readable: bool = True) -> Piece:
    rows = taken.readable[first:last]
    mean, least, explained, steady = np.zeros(4), ROUGH_TOTAL, 1.0, 0.0
    if readable and rows.any():
        length = taken.lengths[first:last][rows]
        mean = np.average(taken.rates[first:last][rows], axis=0, weights=length) * WEIGHTS
        way = mean / max(float(np.linalg.norm(mean)), 1e-9)
        walk = float(np.linalg.norm(length * ((taken.rates[first:last][rows] * WEIGHTS - mean) @ way)))
        least = min(max(STILL_TOTAL, STEADY * walk), ROUGH_TOTAL) + UNREST_S * unrest
        steady = float(np.linalg.norm(mean)) * float(length.sum()) / max(walk, 1e-6)
        change = float(taken.change[first:last][rows].sum())
        explained = 1 - float(taken.left[first:last][rows].sum()) / change if change else 1.0
    start, end = float(taken.starts[first]), float(taken.ends[last - 1])
    return Piece(first, last, start, end, mean, readable, least, explained, steady)


def _partition(taken: Taken, first: int, last: int, unrest: float) -> list[Piece]:
    """Pieces of constant rate. Each costs what it leaves unexplained, and the price of a change."""
    rows = np.flatnonzero(taken.readable[first:last]) + first
    if not len(rows):
        return [_piece(taken, first, last, unrest)]
    rates, length = taken.rates[rows] * WEIGHTS, taken.lengths[rows]
    jitter = 0.0
    if len(rows) > 3:
        second = rates[2:] - 2 * rates[1:-1] + rates[:-2]
        jitter = float((1.4826 * np.median(np.abs(second), axis=0) ** 1).astype(float) @ np.ones(4)) / 6**0.5
    price = CHANGE_PRICE + 0.5 * unrest**2 + 3 * jitter**2 * float(np.median(length))
    zero = np.zeros((1, 4))
    weight = np.concatenate([[0.0], np.cumsum(length)])
    total = np.concatenate([zero, np.cumsum(rates * length[:, None], axis=0)])
    square = np.concatenate([[0.0], np.cumsum((rates**2).sum(1) * length)])
    best, come = np.zeros(len(rows) + 1), np.zeros(len(rows) + 1, int)
    for k in range(1, len(rows) + 1):
        left = square[k] - square[:k] - ((total[k] - total[:k]) ** 2).sum(1) / (weight[k] - weight[:k])
        cost = best[:k] + left + price
        come[k] = int(np.argmin(cost))
        best[k] = cost[come[k]]
    ends = [len(rows)]
    while ends[-1]:
        ends.append(int(come[ends[-1]]))
    edges = [first, *(int(rows[k]) for k in reversed(ends[1:-1])), last]
    return [_piece(taken, a, b, unrest) for a, b in pairwise(edges)]


def _settle(taken: Taken, run: list[Piece], unrest: float) -> list[Piece]:
    """Neighbours that go the same way become one, and what is no move of its own goes to a neighbour."""
    run = _together(taken, run, unrest)
    while len(run) > 1:
        strongest = max(piece.rate * piece.seconds for piece in run)
        loose = [k for k in range(len(run)) if _loose(run, k, strongest)]
        if not loose:
            break
        k = min(loose, key=lambda k: run[k].rate * run[k].seconds + run[k].seconds)
        sides = [j for j in (k - 1, k + 1) if 0 <= j < len(run)]
        to = max(sides, key=lambda j: _alike(run[k], run[j]))
        a, b = min(k, to), max(k, to)
        run[a : b + 1] = [_piece(taken, run[a].first, run[b].last, unrest)]
        run = _together(taken, run, unrest)
    return run


def _loose(run: list[Piece], k: int, strongest: float) -> bool:
    piece = run[k]
    if piece.moving:
        return piece.seconds < SHORT_S and piece.rate * piece.seconds < WEAK * strongest
    return piece.seconds < BRIEF_S or (
        0 < k < len(run) - 1 and piece.seconds < 2 * BRIEF_S and _way(run[k - 1], run[k + 1]) > SAME_WAY
    )


def _together(taken: Taken, run: list[Piece], unrest: float) -> list[Piece]:
    out: list[Piece] = []
    for piece in run:
        if out and (
            (piece.moving and out[-1].moving and _way(piece, out[-1]) > SAME_WAY)
            or not (piece.moving or out[-1].moving)
        ):
            out[-1] = _piece(taken, out[-1].first, piece.last, unrest)
        else:
            out.append(piece)
    return out


def _way(one: Piece, other: Piece) -> float:
    """The cosine between their rates."""
    return float(one.mean @ other.mean) / max(one.rate * other.rate, 1e-9)


def _alike(one: Piece, other: Piece) -> float:
    return _way(one, other) if other.moving else (0.0 if one.moving else 1.0)
