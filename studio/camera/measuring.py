"""Frames with their times -> Measured: steps between frames, cuts, the moves in order, and whether it can be read.

A step is as long as the motion allows: 1/12 s where the camera is quick, up to 1/2 s where it creeps (flow is biased
towards nothing where motion is a fraction of a pixel), halved again where a long one cannot be read. All is in
seconds, never in frames. The recipe and what it rests on: reference camera.md §2.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.camera import flow
from studio.camera.fitting import Array
from studio.camera.flow import Frame, Grey, Pair
from studio.camera.measured import Measured
from studio.camera.naming import told
from studio.camera.segments import PLAIN_TOTAL, Piece, Taken, pieces
from studio.errors import BadInput
from studio.given import shown

BASE_S, LONGEST_S = 1 / 12, 1 / 2  # of a step
FRAMES_KEPT = 32  # between the two ends of a step
HELD, HELD_S = 0.3, 0.13  # grey levels, on average: a picture no farther from the last is that one, shown again …
# … for so long at the most: eight pictures a second that are played as twenty-four are eight a second
SLOW_PX, QUICK_PX, TOO_QUICK_PX = 1.5, 4.0, 14.0  # flow over a step: make it longer, shorter, look in between
PEAK = 2.5  # a cut's difference stands out from those around it
BLINK_S = 0.2  # two cuts this near are one flash
ROUGH = 0.3  # share of what has a say that follows, at the least, in each single step
WINDOW_S = 1.5  # over which the spread is judged
UNSURE, BLIND = 0.3, 0.25  # with less confidence only a move of PLAIN_TOTAL is told; with less yet, none
EASE = 0.6  # of what is asked at the edges, for a plain move
STAND_RATE, STAND_SHARE = 1.5, 0.6  # % of the frame a second that is wavering; how much of the rim does no more …
STAND_LEAST = 1.0  # … and per second on each axis, what all of that together is less than
OFTEN, LEAST_STEPS = 0.3, 5  # of the steps in which a place has a say; steps in all
READ_SHARE = 0.4  # of the time has to be readable


@dataclass(frozen=True)
class Step:
    """What happened between two frames."""

    start_s: float
    end_s: float
    pair: Pair
    adjacent: bool  # there is no frame between them


class Measuring:
    """Measures while frames come in, one by one: `frame(grey, t)` for each, then `done()`. It keeps few of them."""

    def __init__(self) -> None:
        self._kept: list[tuple[float, Frame]] = []  # from the last step's end on
        self._held: tuple[float, Frame] | None = None  # the last of them, shown again
        self._steps: list[Step] = []
        self._want_s = BASE_S
        self._pace = 0j  # of the content, pixels per second, when it was last seen
        self._first_s = math.nan
        self._last_s = math.nan
        self._gap_s = math.nan
        self._shape: tuple[int, ...] = ()

    def frame(self, grey: Grey, t: float) -> None:
        """The next frame, (h, w) uint8, shown at t seconds. BadInput for another size or a time that goes back."""
        grey = np.asarray(grey)
        t = float(t)
        if grey.ndim != 2 or grey.dtype != np.uint8 or 0 in grey.shape:
            raise BadInput(f"a frame to measure is grey, height × width of uint8, not {grey.dtype} {grey.shape}")
        if self._shape and grey.shape != self._shape:
            raise BadInput(f"a frame of {grey.shape} follows one of {self._shape}: all frames of a clip have one size")
        if not math.isfinite(t) or t <= self._last_s:
            raise BadInput(f"a frame at {shown(t)} s follows one at {self._last_s:g} s: times rise from frame to frame")
        self._gap_s = t - self._last_s
        if not self._shape:
            self._first_s = t
        self._shape, self._last_s = grey.shape, t
        with flow.one_thread():
            frame = flow.prepare(grey)
            self._held = (t, frame)
            if self._kept and t - self._kept[-1][0] < HELD_S and flow.apart(self._kept[-1][1], frame) < HELD:
                return
            self._kept.append(self._held)
            self._held = None
            if t - self._kept[0][0] >= 0.75 * self._want_s or len(self._kept) > FRAMES_KEPT:
                self._take()

    def done(self) -> Measured:
        """All that was measured. BadInput where there were fewer than two frames."""
        if math.isnan(self._gap_s):
            count = len(self._kept)
            raise BadInput(f"the camera of a clip of {count} {'frame' if count == 1 else 'frames'} cannot be measured")
        if self._held and not self._steps and len(self._kept) == 1:
            self._kept.append(self._held)
        if len(self._kept) > 1:
            with flow.one_thread():
                self._take()
        return _judge(self._steps, self._last_s - self._first_s + self._gap_s, self._kept[-1][1].grey.shape)

    def _take(self) -> None:
        """Measure from the first frame kept to the last, and let go of those before it."""
        found = self._between(0, len(self._kept) - 1)
        self._steps += found
        self._kept = self._kept[-1:]
        pair = found[-1].pair
        if len(found) > 1 or not pair.readable or pair.flow > QUICK_PX:
            self._want_s = max(BASE_S, self._want_s / 2)
        elif pair.flow < SLOW_PX:
            self._want_s = min(LONGEST_S, self._want_s * 2)

    def _between(self, i: int, j: int) -> list[Step]:
        (start, first), (end, last) = self._kept[i], self._kept[j]
        pair = flow.between(first, last, self._pace * (end - start), rim=j - i == 1)
        most = TOO_QUICK_PX if end - start < 1.5 * BASE_S else 2 * QUICK_PX  # in a long step a figure gets too far
        clear = pair.readable and pair.flow < most
        if j - i == 1 or clear or max(first.deviation, last.deviation) < flow.DARK:
            if pair.readable:
                shift = complex(-pair.pan * first.width, pair.tilt * first.height) / 100
                self._pace = shift / (end - start)
            return [Step(start, end, pair, j - i == 1)]
        middle = (i + j) // 2
        return self._between(i, middle) + self._between(middle, j)


def measure(frames: Any, times: Sequence[float] | None = None) -> Measured:
    """What the camera does in a clip.

    frames    (n, h, w) grey uint8 with `times` (n,) in seconds; or anything that yields (frame, time), which is never
              held as a whole. Any size; about 256 wide is enough.

    BadInput for fewer than two frames, frames of several sizes, and times that do not rise.
    """
    measuring = Measuring()
    if times is not None and hasattr(frames, "__len__") and len(frames) != len(times):
        raise BadInput(f"{len(frames)} frames have {len(times)} times: give one for each")
    both: Iterable[tuple[Grey, float]] = frames if times is None else zip(frames, times, strict=True)
    for grey, t in both:
        measuring.frame(grey, t)
    return measuring.done()


def _cuts(steps: Sequence[Step]) -> list[float]:
    """Where the clip itself cuts: between two neighbouring frames nothing of the one is in the other, and it was calm
    before and after."""
    difference = np.array([step.pair.difference for step in steps])
    found = []
    for k, step in enumerate(steps):
        around = np.concatenate([difference[max(0, k - 4) : k], difference[k + 1 : k + 5]])
        calm = float(np.median(around)) if len(around) else 0.0
        if step.adjacent and difference[k] > flow.CUT and difference[k] > PEAK * calm:
            found.append(step)
    blinks = {k for k in range(len(found) - 1) if found[k + 1].start_s - found[k].end_s < BLINK_S}
    alone = [step for k, step in enumerate(found) if k not in blinks and k - 1 not in blinks]
    near_end = steps[-1].end_s - BLINK_S, steps[0].start_s + BLINK_S  # there a flash cannot be told from it
    return [step.end_s for step in alone if near_end[1] <= step.end_s <= near_end[0]]


def _readable(steps: Sequence[Step], ease: float) -> NDArray[np.bool_]:
    """(n,) which steps can be believed: what follows, on average over a short while, is spread over the frame. One pair
    of pictures is often too rough; a figure in front of nothing stays in its place."""
    usable = np.array([step.pair.usable and step.pair.inliers >= ROUGH for step in steps])
    middle = np.array([(step.start_s + step.end_s) / 2 for step in steps])
    length = np.array([step.end_s - step.start_s for step in steps]) * usable
    bins, sides = (np.array([getattr(step.pair, name) for step in steps]) for name in ("bins", "sides"))
    inliers = np.array([step.pair.inliers for step in steps])
    out = usable.copy()
    for k in np.flatnonzero(usable):
        low, high = np.searchsorted(middle, [middle[k] - WINDOW_S / 2, middle[k] + WINDOW_S / 2])
        weight = length[low:high] / length[low:high].sum()
        out[k] = weight @ inliers[low:high] >= flow.INLIERS and flow.spread(
            weight @ bins[low:high], weight @ sides[low:high], ease
        )
    return out


@dataclass(frozen=True)
class _Stand:
    """A camera that stands still, told by what lies at the rim of the frame."""

    share: float  # of what has a say there
    rates: tuple[float, float, float, float]  # what is left of a motion, per second


def _stand(steps: Sequence[Step], shape: tuple[int, int]) -> _Stand | None:
    """Whether the camera stands still all along.

    A camera that moves takes all of the frame with it, and the rim is where a subject is least: what lies there, all
    around, has to go somewhere over the clip. The median over time of each place leaves out what a subject, a flicker
    or a wavering picture does now and then, which no two pictures alone can tell from a camera.
    """
    usable = [(step.pair.flows, step.end_s - step.start_s) for step in steps if step.pair.usable]
    flows = [each / length for each, length in usable if each is not None]
    if len(flows) < LEAST_STEPS:
        return None
    height, width = shape
    field = np.array(flows)
    told = (~np.isnan(field)).mean(0) >= OFTEN
    went = np.zeros(field.shape[1], complex)
    went[told] = np.nanmedian(field.real[:, told], 0) + 1j * np.nanmedian(field.imag[:, told], 0)
    here = told & (np.hypot(went.real / width, went.imag / height) < STAND_RATE / 100)
    rim = flow.rim(width, height)
    if not told[rim].any() or (share := float(here[rim].sum() / told[rim].sum())) < STAND_SHARE:
        return None
    if not flow.spread(*flow.shares(here, width, height)):
        return None
    rates = flow.motion_of(went, here, width, height)
    return _Stand(share, rates) if max(map(abs, rates)) < STAND_LEAST else None


@dataclass(frozen=True, eq=False)
class _Look:
    """What is made of the steps: which can be read, and the stretches."""

    read: NDArray[np.bool_]
    taken: Taken
    found: list[Piece]
    share: float  # of the time that can be read


def _look(steps: Sequence[Step], cuts: Sequence[float], ease: float) -> _Look:
    starts, ends = (np.array([getattr(step, name) for step in steps]) for name in ("start_s", "end_s"))
    length = ends - starts
    read = _readable(steps, ease)
    rates: Array = np.array([step.pair.motion for step in steps]) / length[:, None]
    rates[~read] = math.nan
    each = (np.array([getattr(step.pair, name) for step in steps]) for name in ("parallax", "change", "left"))
    taken = Taken(starts, ends, rates, *each)
    share = float(length[read].sum() / length.sum())
    return _Look(read, taken, pieces(taken, cuts) if share >= READ_SHARE else [], share)


def _judge(steps: Sequence[Step], seconds: float, shape: tuple[int, int]) -> Measured:
    cuts = _cuts(steps)
    look = _look(steps, cuts, 1.0)
    if look.share < READ_SHARE:  # a long and steady move may be seen in less of the frame
        again = _look(steps, cuts, EASE)
        if any(piece.plain for piece in again.found):
            look = again
    taken, found, share = look.taken, look.found, look.share
    starts, ends, length, rates = taken.starts, taken.ends, taken.lengths, taken.rates
    why = "" if share >= READ_SHARE else _why(steps, look.read)
    inliers = float(np.mean([s.pair.inliers for s in steps if s.pair.usable] or [0.0]))
    sure = share * inliers
    strange = sum(piece.seconds for piece in found if piece.strange)
    if strange > (1 - READ_SHARE) * float(length.sum()):
        found, why = [], "the picture changes in place, as water and smoke do, and no motion explains it"
    farthest = max((piece.rate * piece.seconds for piece in found if piece.moving), default=0.0)
    if not why and (sure < BLIND or (sure < UNSURE and farthest < PLAIN_TOTAL)):
        found, why = [], "the parts of the picture move in different ways, and the whole of it hardly at all"
    totals = np.nansum(rates * length[:, None], axis=0)
    if not cuts and not any(piece.moving for piece in found) and (stand := _stand(steps, shape)):
        if why:
            found, why, sure = [Piece(0, len(steps), starts[0], ends[-1], np.zeros(4))], "", stand.share * inliers
        totals = np.array(stand.rates) * float(length.sum())
    result = told(taken, found)
    first = starts[0]
    return Measured(
        seconds=seconds,
        times=tuple((starts + ends) / 2 - first),
        rates=tuple(tuple(row) for row in rates.tolist()),
        totals=tuple(totals.tolist()),
        segments=tuple(segment for segment in result.segments(first)),
        moves=result.moves,
        shake=result.shake,
        speed=result.speed,
        parallax=result.parallax,
        parallax_cue=result.cue,
        confidence=0.0 if why else round(sure, 3),
        readable=not why,
        why=why,
        cuts_s=tuple(float(cut - first) for cut in cuts),
    )


def _why(steps: Sequence[Step], read: Any) -> str:
    """What is in the way, in words."""
    bad = [step.pair for step, fine in zip(steps, read, strict=True) if not fine]
    jumps = sum(abs(pair.jump) >= flow.JUMP for pair in bad)
    blank = sum(pair.said < 0.05 for pair in bad)
    if jumps > len(bad) / 2:
        return "the light flashes from frame to frame"
    if blank > len(bad) / 2:
        return "there is too little texture in the picture to see a camera by"
    if sum(not pair.readable and pair.inliers >= flow.INLIERS for pair in bad) > len(bad) / 2:
        return "what can be followed fills too little of the frame: it may be a subject's own motion"
    return "the parts of the picture move in different ways"
