"""From two small grey frames to what the camera did between them: one similarity, and how far it can be believed.

Dense flow (DIS) there and back, sampled on a grid; only cells whose texture stands out from the frame's own noise and
whose flow leads back to where it came from have a say. The similarity is the one that most of the *frame* follows,
counted over 3×3 bins, so that a dancer in the middle does not outvote the walls around her; then a robust fit
(iteratively reweighted, Cauchy) makes it exact. All in complex numbers: z = x + iy in pixels from the middle, y down,
flow = shift + (scale·e^(i·turn) − 1)·z, which also holds for large turns and zooms.
"""

from __future__ import annotations

import contextlib
import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.camera import parallax
from studio.camera.fitting import Array, Complex, Fit, similarity

Grey = NDArray[np.uint8]

LONGEST, AREA = 192, 160 * 160  # pixels of the working picture: its longer side, and no more than this in all
SHORTEST = 40  # pixels of its shorter side, and no fewer: DIS crashes on pictures too narrow for its pyramid (under 32)
CELL = 6  # pixels from one sample to the next
TEXTURE = 2.0  # how far a gradient stands out from what the noise alone would give
FINE = 6.0  # pixels: the blur that takes away what is texture
FLAT = 0.9  # the least gradient per pixel in grey levels: what 8 bits and a codec leave of nothing
BACK_PX = 0.8  # there and back, a flow ends this near to where it began
LEAST_CELLS = 24  # fewer with a say are no picture
FILLED = 0.35  # of a bin's cells: more do not count
BIN_SHARE = 0.12  # of a bin's cells that follow: then the bin follows
EDGE, SIDE_SHARE, ACROSS_SHARE = 1 / 8, 0.2, 0.08  # of the width or height; of the cells there that follow
JUMP = 10.0  # grey levels between two frames' means that are a flash, not a move
REFINE_PX = 0.3  # a flow smaller than this is as good as it gets
BINS = 5  # of nine that have to follow
INLIERS = 0.35  # share of what has a say
SURE = 0.15  # of a strip's phase correlation: two that have nothing in common reach a tenth
FAR = 0.02  # of the width: a guess nearer than this to one that was tried is no news
INSIDE = 0.4  # share of the frame that has to stay in it for a difference to be told
CUT = 0.5  # a difference above it is another picture
DARK = 3.0  # levels of standard deviation below which there is no picture


@dataclass(frozen=True, eq=False)
class Frame:
    """A frame at working size with what is needed of it more than once."""

    grey: Grey
    width: int
    height: int
    mean: float
    deviation: float

    @cached_property
    def textured(self) -> NDArray[np.bool_]:
        """(cells,) where there is something to follow."""
        return _textured(self.grey)


@dataclass(frozen=True)
class Pair:
    """What happened from one frame to a later one. Shares are 0 to 1, sizes those of the whole step."""

    pan: float  # % of the width, + right
    tilt: float  # % of the height, + up
    zoom: float  # log-%
    roll: float  # degrees, + clockwise
    inliers: float  # share of the cells with a say that follow
    said: float  # share of all cells that have a say
    bins: tuple[float, ...]  # of the cells in each of 3 × 3 bins, the share that follows
    sides: tuple[float, ...]  # of those at the left, right, top and bottom edge
    residual: float  # median distance from the similarity, pixels
    flow: float  # median length of the flow, pixels of the working picture
    difference: float  # what is left of the picture's change after the flow, ÷ its deviation: above ½ is a cut
    jump: float  # how much brighter the same things are, grey levels
    change: float  # what changes in the cells that follow, grey levels …
    left: float  # … and what is left of it when the second picture is laid back; both 0 where hardly anything moved
    parallax: float  # how far near and far move apart, ÷ the flow; nan where it cannot be told
    usable: bool  # there was a picture, and no flash and no cut: the rest is a question of spread
    flows: Complex | None = field(default=None, compare=False, repr=False)  # (cells,) pixels; nan: it has no say

    @property
    def readable(self) -> bool:
        """Whether enough of the frame follows, all over it."""
        return self.usable and self.inliers >= INLIERS and spread(np.array(self.bins), np.array(self.sides))

    @property
    def support(self) -> float:
        """How much of the frame follows, each part of it with no more than its share."""
        return float(np.minimum(self.bins, FILLED).sum())

    @property
    def motion(self) -> tuple[float, float, float, float]:
        """Pan, tilt, zoom, roll."""
        return self.pan, self.tilt, self.zoom, self.roll


_lock = threading.Lock()
_users = 0
_threads_before = 0


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """OpenCV keeps to one thread meanwhile (faster on pictures this small, and the same everywhere).

    The number is the process's own, so the first who comes notes it and the last who goes puts it back.
    """
    global _users, _threads_before
    import cv2

    with _lock:
        if _users == 0:
            _threads_before = cv2.getNumThreads()
            cv2.setNumThreads(1)
        _users += 1
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if _users == 0:
                cv2.setNumThreads(_threads_before)


def working_size(width: int, height: int) -> tuple[int, int]:
    """Width and height of the working picture; never enlarged."""
    scale = min(LONGEST / max(width, height), math.sqrt(AREA / (width * height)))
    scale = min(1.0, max(scale, SHORTEST / min(width, height)))
    return max(1, round(width * scale)), max(1, round(height * scale))


def prepare(grey: Grey) -> Frame:
    """A frame (h, w) uint8 of any size, made ready; a copy."""
    import cv2

    height, width = grey.shape
    size = working_size(width, height)
    small = grey.copy() if size == (width, height) else cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    mean, deviation = cv2.meanStdDev(small)
    return Frame(np.asarray(small, np.uint8), *size, float(mean[0, 0]), float(deviation[0, 0]))


def apart(one: Frame, other: Frame) -> float:
    """The mean difference of two frames, grey levels."""
    import cv2

    return float(cv2.norm(one.grey, other.grey, cv2.NORM_L1)) / one.grey.size


def _textured(grey: Grey) -> NDArray[np.bool_]:
    """Which cells stand out from the noise. A soft slope looks like texture to a gradient and like nothing to flow:
    only what is finer than FINE counts."""
    import cv2

    height, width = grey.shape
    fine = grey.astype(np.float32) - cv2.GaussianBlur(grey, (0, 0), FINE).astype(np.float32)
    gradient = cv2.Sobel(fine, cv2.CV_32F, 1, 0), cv2.Sobel(fine, cv2.CV_32F, 0, 1)
    strength = cv2.boxFilter(cv2.magnitude(*gradient), -1, (9, 9))
    rows, columns = _cells(width, height)
    return np.asarray(strength[rows, columns] > max(TEXTURE * _noise(grey) * math.sqrt(12.0) * 1.25, 8 * FLAT))


def _noise(grey: Grey) -> float:
    """Immerkær's estimate of the noise (CVIU 64, 1996), by the median so that edges do not count."""
    import cv2

    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    # the median of |N(0, 6σ)| is 0.6745 · 6 σ
    return float(np.median(np.abs(cv2.filter2D(grey, cv2.CV_32F, kernel)[1:-1:2, 1:-1:2]))) / (0.6745 * 6)


@cache
def _cells(width: int, height: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Row and column of each cell's middle."""
    rows = np.arange(CELL // 2 + (height - 1) % CELL // 2, height, CELL)
    columns = np.arange(CELL // 2 + (width - 1) % CELL // 2, width, CELL)
    grid = np.meshgrid(rows, columns, indexing="ij")
    return grid[0].ravel(), grid[1].ravel()


@cache
def _places(width: int, height: int) -> tuple[Complex, NDArray[np.intp], Array]:
    """Of each cell: its place from the middle as x + iy, its bin (0 to 8); and how many cells each bin has."""
    rows, columns = _cells(width, height)
    place = (columns - (width - 1) / 2) + 1j * (rows - (height - 1) / 2)
    bins = (rows * 3 // height) * 3 + columns * 3 // width
    return place, bins, np.maximum(np.bincount(bins, minlength=9), 1).astype(np.float64)


@cache
def _edges(width: int, height: int) -> Array:
    """(4, cells) 1 for those at the left, right, top, bottom edge."""
    rows, columns = _cells(width, height)
    across, down = max(width * EDGE, CELL), max(height * EDGE, CELL)
    return np.stack([columns < across, columns > width - across, rows < down, rows > height - down]).astype(np.float64)


def rim(width: int, height: int) -> NDArray[np.bool_]:
    """(cells,) those at an edge."""
    return np.asarray(_edges(width, height).any(0))


def shares(of: NDArray[np.bool_], width: int, height: int) -> tuple[Array, Array]:
    """Which share they are of the cells in each of the nine bins, and at each of the four edges."""
    _, bins, in_bin = _places(width, height)
    edges = _edges(width, height)
    return np.bincount(bins[of], minlength=9) / in_bin, (edges @ of) / np.maximum(edges.sum(1), 1)


def motion_of(flow: Complex, of: NDArray[np.bool_], width: int, height: int) -> tuple[float, float, float, float]:
    """Pan, tilt, zoom and roll that the flow at these cells, in pixels, amounts to."""
    place, bins, in_bin = _places(width, height)
    return _motion(similarity(place[of], flow[of], bins[of], in_bin), width, height)


def _motion(fit: Fit, width: int, height: int) -> tuple[float, float, float, float]:
    turned = 1 + fit.turn
    return (
        -100 * fit.shift.real / width, 100 * fit.shift.imag / height,
        100 * math.log(max(abs(turned), 1e-6)), -math.degrees(math.atan2(turned.imag, turned.real)),
    )  # fmt: skip


_per_thread = threading.local()


def _flow(first: Grey, second: Grey, guess: complex = 0j) -> Complex:
    """(h, w) the flow of each pixel. With a `guess`, in whole pixels, the second picture is laid there first: DIS
    itself crashes now and then when it is given a flow to start from."""
    import cv2

    # It keeps buffers, so there is one for each thread; and for each size, because a small picture makes it choose
    # smaller patches and other scales, which it then keeps for whatever comes after.
    known: dict[tuple[int, ...], Any] = _per_thread.__dict__.setdefault("dis", {})
    if first.shape not in known:
        known[first.shape] = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
    if guess:
        matrix = np.array([[1.0, 0.0, -guess.real], [0.0, 1.0, -guess.imag]])
        size = second.shape[::-1]
        second = np.asarray(cv2.warpAffine(second, matrix, size, borderMode=cv2.BORDER_REPLICATE), np.uint8)
    found = np.ascontiguousarray(known[first.shape].calc(first, second, None))
    return np.asarray(found.view(np.complex64)[..., 0] + np.complex64(guess))


def between(first: Frame, second: Frame, hint: complex = 0j, rim: bool = True) -> Pair:
    """What the camera did from `first` to `second`, two frames of one size.

    Where the flow finds nothing it is looked for again from the shift of the whole picture and of the strips at its
    rim (phase correlation: what fills the middle is often a subject that the camera keeps there, and then only the rim
    tells), and from `hint`, how far the content is likely to go, in pixels: what goes far is too far for flow alone.
    Without `rim` the strips are left out, which take their time.
    """
    pair = _between(first, second, 0j)
    if pair.readable or min(first.deviation, second.deviation) < DARK:
        return pair
    best = pair
    tried: list[complex] = [0j]
    for guess in (*_shifts(first, second, rim), complex(round(hint.real), round(hint.imag))):
        if abs(guess) > 0.5 * first.width or min(abs(guess - other) for other in tried) < FAR * first.width:
            continue
        tried.append(guess)
        again = _between(first, second, guess)
        if again.usable and (again.readable, again.support) > (best.readable, best.support):
            best = again
    return best


def _between(first: Frame, second: Frame, guess: complex) -> Pair:
    width, height = first.width, first.height
    jump = second.mean - first.mean
    unreadable = Pair(
        0.0, 0.0, 0.0, 0.0, 0.0, 0.0, (0.0,) * 9, (0.0,) * 4, 0.0, 0.0, 0.0, jump, 0.0, 0.0, math.nan, False
    )
    if min(width, height) < SHORTEST:
        return unreadable
    there = _flow(first.grey, second.grey, guess)
    difference, jump = _difference(first, second, there)
    unreadable = replace(unreadable, difference=difference, jump=jump)
    if not first.textured.any():
        return unreadable
    back = _flow(second.grey, first.grey, -guess)
    rows, columns = _cells(width, height)
    flow = there[rows, columns]
    flow = np.where(np.abs(flow) < width + height, flow, 2 * (width + height))  # where it ran off, nan or huge
    to_row, to_column = np.rint(rows + flow.imag).astype(int), np.rint(columns + flow.real).astype(int)
    within = (to_row >= 0) & (to_row < height) & (to_column >= 0) & (to_column < width)
    returned = back[np.clip(to_row, 0, height - 1), np.clip(to_column, 0, width - 1)]
    said = first.textured & within & (np.abs(flow + returned) < np.maximum(BACK_PX, 0.1 * np.abs(flow)))
    if said.sum() < LEAST_CELLS:
        return unreadable
    place, bins, in_bin = _places(width, height)
    z, f, where = place[said], flow[said].astype(np.complex128), bins[said]
    fit = similarity(z, f, where, in_bin)
    change = left = 0.0
    if difference < CUT and 0.2 < abs(1 + fit.turn) < 5 and np.median(np.abs(f)) > REFINE_PX:
        back_there = _laid_back(first, second, fit)
        f = _refined(first, back_there, fit)[rows, columns][said].astype(np.complex128)
        fit = similarity(z, f, where, in_bin)
        at = rows[said][fit.follows], columns[said][fit.follows]
        change, left = (_apart_at(first.grey, other, at) for other in (second.grey, back_there))
    follow = np.bincount(where[fit.follows], minlength=9) / in_bin
    inliers = float(fit.follows.mean())
    median = float(np.median(np.abs(f)))
    turned = 1 + fit.turn
    edges = _edges(width, height)
    at_edge = np.maximum(edges.sum(1), 1)
    following = np.zeros(len(said))
    following[said] = fit.follows
    stays = (edges @ within) / at_edge  # an edge that leaves the frame has nothing to say against it
    sides = np.where(stays > 0.3, (edges @ following) / at_edge, 1.0)
    usable = difference < CUT and abs(jump) < JUMP and 0.2 < abs(turned) < 5 and inliers > 0
    return Pair(
        *_motion(fit, width, height),
        inliers, float(said.mean()), tuple(follow.tolist()), tuple(sides.tolist()),
        float(np.median(fit.distance[fit.follows])) if inliers else math.inf,
        median, difference, jump, change, left,
        parallax.apart(z, f, fit.follows, where, in_bin) if usable and median >= 1 else math.nan, usable,
        np.where(said, flow, np.nan),
    )  # fmt: skip


def _laid_back(first: Frame, second: Frame, fit: Fit) -> Grey:
    """The second picture as it would be if the camera had stayed."""
    import cv2

    turn = 1 + fit.turn
    middle = complex(first.width - 1, first.height - 1) / 2
    shift = fit.shift + middle - turn * middle
    matrix = np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = first.width, first.height
    return np.asarray(cv2.warpAffine(second.grey, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _refined(first: Frame, back: Grey, fit: Fit) -> Complex:
    """(h, w) the flow, found anew from the picture that was laid back. What DIS sees is then small and smooth: its
    blocks are all shifts, and a zoom or a roll is a staircase to them."""
    left = _flow(first.grey, back)
    rows, columns = np.ogrid[0 : first.height, 0 : first.width]
    middle = complex(first.width - 1, first.height - 1) / 2
    model = fit.shift + fit.turn * (columns + 1j * rows - middle)
    return np.asarray(model + left * (1 + fit.turn))


def _apart_at(one: Grey, other: Grey, at: tuple[NDArray[np.intp], NDArray[np.intp]]) -> float:
    """The mean difference of two pictures around some places, grey levels."""
    import cv2

    around = cv2.blur(cv2.absdiff(one, other), (7, 7))[at]
    return float(around.mean()) if around.size else 0.0


def spread(bins: Array, sides: Array, ease: float = 1.0) -> bool:
    """Whether what follows is the frame and not something in it: it reaches left and right and a third edge; or else
    three edges more surely, and most of the bins. Shares of the nine bins and the four edges that follow; `ease` below
    1 asks for less at the edges."""
    filled = int((bins >= BIN_SHARE).sum())
    if min(sides[0], sides[1]) >= ACROSS_SHARE * ease:
        return bool((sides >= ACROSS_SHARE * ease).sum() >= 3 and filled >= BINS - 1)
    return bool((sides >= SIDE_SHARE * ease).sum() >= 3 and filled >= BINS)


def _difference(first: Frame, second: Frame, there: Complex) -> tuple[float, float]:
    """How much of the change between two pictures the flow does not explain, ÷ their deviation; and how much brighter
    the second is where it shows the same, in grey levels."""
    import cv2

    half = there[::2, ::2]
    rows, columns = np.mgrid[0 : first.height : 2, 0 : first.width : 2].astype(np.float32)
    columns, rows = columns + half.real, rows + half.imag
    taken = cv2.remap(second.grey, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    inside = (columns >= 0) & (columns < first.width) & (rows >= 0) & (rows < first.height)
    if inside.mean() < INSIDE:  # nearly all is said to have left the frame: then that was no flow
        inside[:] = True
    here, mask = first.grey[::2, ::2], inside.astype(np.uint8)
    left = float(cv2.mean(cv2.absdiff(here, taken), mask)[0])
    brighter = float(cv2.mean(taken, mask)[0] - cv2.mean(here, mask)[0])
    return left / max(first.deviation, second.deviation, 16.0), brighter


def _shifts(first: Frame, second: Frame, rim: bool) -> list[complex]:
    """How far the content went, in whole pixels, by phase correlation: of the whole picture, and of what stands out
    from its surroundings in the strips at its rim."""

    found = [_shift(first.grey.astype(np.float32), second.grey.astype(np.float32))[0]]
    if not rim:
        return found
    width, height = first.width, first.height
    across, down = width // 3, height // 3
    fine = tuple(_even(frame.grey) for frame in (first, second))
    for rows, columns in (
        (slice(0, down), slice(None)), (slice(height - down, None), slice(None)),
        (slice(None), slice(0, across)), (slice(None), slice(width - across, None)),
    ):  # fmt: skip
        shift, sure = _shift(*(np.ascontiguousarray(each[rows, columns]) for each in fine))
        if sure >= SURE:
            found.append(shift)
    return found


def _even(grey: Grey) -> NDArray[np.float32]:
    """What stands out from its surroundings, faint and strong alike."""
    import cv2

    fine = grey.astype(np.float32) - cv2.GaussianBlur(grey, (0, 0), FINE).astype(np.float32)
    return np.asarray(fine / (np.abs(fine) + FINE), np.float32)


def _shift(one: NDArray[np.float32], other: NDArray[np.float32]) -> tuple[complex, float]:
    """And how surely, from 0 to 1."""
    import cv2

    (x, y), sure = cv2.phaseCorrelate(one, other, _window(one.shape[1], one.shape[0]))
    return complex(round(x), round(y)), sure


@cache
def _window(width: int, height: int) -> NDArray[np.float32]:
    import cv2

    return np.asarray(cv2.createHanningWindow((width, height), cv2.CV_32F), np.float32)
