"""Stretches of constant rate -> moves of the vocabulary, with their speed, and what the clip as a whole does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from studio.camera.measured import AXES, Axis, Got, Segment, Speed
from studio.camera.segments import STILL_RATE, STILL_TOTAL, WEIGHTS, Array, Piece, Taken, fast

TRIMMED = 0.1  # of the way at each end does not count for the pace
SECONDARY = 0.35  # of the strongest axis: less is no move beside it
# What the usual move of the vocabulary amounts to per second in a take of four or five seconds (studio.camera.motion:
# half the width, half the height, ln 1.67, 20 degrees), weighted. Between the classes stands the geometric mean of
# what is said (asked.SPEEDS): slow ½, fast 1.8, and of a fast move and a whip.
USUAL = 11.0
CLASSES: tuple[tuple[float, Speed], ...] = ((0.71, "slow"), (1.34, "medium"), (6.0, "fast"))
WHIP_S = 1.0  # a whip lasts no longer
PARALLAX, FLAT = 0.22, 0.08  # of the cue: near and far move apart; they surely do not
TOLD = 0.2  # share of the steps that tell it

Parallax = Literal["yes", "none", "unclear"]
IDS = {
    ("pan", 1): ("pan_right", "truck_right"),
    ("pan", -1): ("pan_left", "truck_left"),
    ("tilt", 1): ("tilt_up", "pedestal_up"),
    ("tilt", -1): ("tilt_down", "pedestal_down"),
    ("zoom", 1): ("zoom_in", "dolly_in"),
    ("zoom", -1): ("zoom_out", "dolly_out"),
    ("roll", 1): ("roll_cw",),
    ("roll", -1): ("roll_ccw",),
}
BURSTS = {"pan_right": "whip_pan_right", "pan_left": "whip_pan_left", "tilt_up": "whip_tilt_up",
          "tilt_down": "whip_tilt_down", "zoom_in": "crash_zoom_in", "zoom_out": "crash_zoom_out"}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """What is said of a clip."""

    parts: tuple[Segment, ...]  # times as in the file
    moves: tuple[Got, ...]
    shake: float
    speed: Speed
    parallax: Parallax
    cue: float

    def segments(self, first_s: float) -> tuple[Segment, ...]:
        """With times from the clip's first frame on."""
        return tuple(
            Segment(float(p.start_s - first_s), float(p.end_s - first_s), p.moves, p.readable) for p in self.parts
        )


def told(taken: Taken, found: Sequence[Piece]) -> Told:
    """The moves of each stretch, and those of the whole clip: its totals by axis and sense, the strongest first."""
    cues = [_cue(taken, piece) for piece in found]
    parts, sums = [], dict[tuple[str, int], list[tuple[Got, float, float]]]()
    for piece, (parallax, _) in zip(found, cues, strict=True):
        moves = _moves(taken, piece, parallax)
        parts.append(Segment(piece.start_s, piece.end_s, moves, piece.readable))
        for got in moves:
            sums.setdefault((got.axis, got.sense), []).append((got, piece.seconds, got.total))
    whole = [_sum(all_of_it) for all_of_it in sums.values()]
    whole.sort(key=_strength, reverse=True)
    moves = tuple(got for got in whole if _strength(got) >= SECONDARY * _strength(whole[0]))
    main = max(range(len(found)), key=lambda k: found[k].rate * found[k].seconds, default=None)
    parallax, cue = cues[main] if main is not None else ("unclear", 0.0)
    return Told(tuple(parts), moves, _shake(taken, found), speed(moves[0]) if moves else "still", parallax, cue)


def speed(got: Got) -> Speed:
    """Its class, against the usual rate of the vocabulary."""
    rate = got.rate * float(WEIGHTS[AXES.index(got.axis)]) / USUAL
    return next((name for most, name in CLASSES if rate < most), "whip")


def _strength(got: Got) -> float:
    return got.total * float(WEIGHTS[AXES.index(got.axis)])


def _moves(taken: Taken, piece: Piece, parallax: Parallax) -> tuple[Got, ...]:
    if not piece.readable or not piece.moving:
        return ()
    least = max(SECONDARY * float(np.abs(piece.mean).max()), STILL_RATE)
    out = []
    for k in np.argsort(-np.abs(piece.mean)):
        size = abs(float(piece.mean[k]))
        if size < least or size * piece.seconds < min(piece.least, STILL_TOTAL):
            continue
        axis: Axis = AXES[k]  # type: ignore[assignment]
        sense = 1 if piece.mean[k] > 0 else -1
        total = size * piece.seconds / float(WEIGHTS[k])
        out.append(_named(Got(axis, sense, _pace(taken, piece, int(k)), total, ()), piece.seconds, parallax))
    return tuple(out)


def _pace(taken: Taken, piece: Piece, axis: int) -> float:
    """Per second, over the middle four fifths of the way: how soft a start is, and where a rest before it is said to
    end, makes little difference."""
    span = slice(piece.first, piece.last)
    mean = float(piece.mean[axis] / WEIGHTS[axis])
    rates = np.nan_to_num(taken.rates[span, axis], nan=mean)
    lengths = taken.lengths[span]
    way = np.concatenate([[0.0], np.cumsum(rates * lengths)])
    way /= way[-1] or 1.0
    at = np.concatenate([[0.0], np.cumsum(lengths)])
    times = []
    for share in (TRIMMED, 1 - TRIMMED):
        low, high = way[:-1] - share, way[1:] - share
        crossing = np.flatnonzero((low < 0) != (high < 0))  # a shaking camera crosses more than once
        hit = at[crossing] + lengths[crossing] * low[crossing] / (low[crossing] - high[crossing])
        times.append(float(hit.mean()) if len(hit) else share * at[-1])
    took = times[1] - times[0]
    return (1 - 2 * TRIMMED) * abs(mean) * piece.seconds / took if took > 0 else abs(mean)


def _named(got: Got, seconds: float, parallax: Parallax) -> Got:
    """With the moves that look like it. Where near and far move apart the camera travels; that they do not, proves
    nothing: the scene may be flat."""
    ids = IDS[got.axis, got.sense]
    if len(ids) == 2 and parallax == "yes":
        ids = ids[1:]
    elif speed(got) == "whip" and seconds <= WHIP_S:
        turned = BURSTS.get(ids[0], ids[0])
        ids = (turned, *ids[1:]) if got.axis == "zoom" else (turned,)
    return Got(got.axis, got.sense, got.rate, got.total, ids)


def _sum(parts: list[tuple[Got, float, float]]) -> Got:
    strongest = max(parts, key=lambda part: part[2])[0]
    total = sum(part[2] for part in parts)
    rate = sum(part[0].rate * part[2] for part in parts) / total
    return Got(strongest.axis, strongest.sense, rate, total, strongest.ids)


def _cue(taken: Taken, piece: Piece) -> tuple[Parallax, float]:
    values = taken.parallax[piece.first : piece.last]
    clear = values[~np.isnan(values)]
    if not piece.readable or len(clear) < max(2, TOLD * len(values)):
        return "unclear", 0.0
    cue = float(np.median(clear))
    return "yes" if cue > PARALLAX else "none" if cue < FLAT else "unclear", cue


def _shake(taken: Taken, found: Sequence[Piece]) -> float:
    """RMS of the fast part of pan and tilt; a whip is none."""
    unrest = fast(taken)
    for piece in found:
        if piece.moving and piece.rate > CLASSES[-1][0] * USUAL:
            unrest[max(0, piece.first - 6) : piece.last + 6] = np.nan
    steady: Array = (unrest**2).sum(1)
    fine = ~np.isnan(steady)
    if not fine.any():
        return 0.0
    return float(np.sqrt(np.average(steady[fine], weights=taken.lengths[fine])))
