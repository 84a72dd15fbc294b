"""What a take looks like where a slot enters and leaves it, without decoding it again.

What is known of a take is its first and last picture (its features), the eight pictures of its scrub strip, and the
camera's rates over time. A picture between two of these is taken for their mean, weighted by how near each is in time
(measured on real clips and stand-ins: 2.2 from the true one in L*a*b*, where the nearer picture alone is 2.7 off and
another clip's 29); its hash is that of the nearer. Its motion is the mean of the rates over the 0.3 s that the slot
shows beside the cut. At its first and last frame a take has the pictures that were stored with it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np

from studio.camera import Measured
from studio.errors import BadInput, StudioError
from studio.media.features import END_S, End, Features, Rates, end
from studio.media.reading import read_still
from studio.timecode import source_frames_needed, source_index

if TYPE_CHECKING:
    from pathlib import Path

    from studio.nouns import Slot, Source

_Read = TypeVar("_Read")
STRIP_PICTURES = 8  # of a take, in one row, each from the middle of its eighth
IN_POINTS = 9  # at most, of a take
KEPT_STRIPS = 2048  # whose looks are kept: 5 kB each


@dataclass(frozen=True)
class Marks:
    """The best of a take as somebody marked it, in frames of the clip; None: not marked."""

    best_in: int | None = None
    best_out: int | None = None


UNMARKED = Marks()


class Looks:
    """How one take looks at any of its frames; nothing is known of one that was never looked at."""

    def __init__(
        self, source: Source, features: Features | None, measured: Measured | None, strip: Path | None
    ) -> None:
        self.source = source
        self._features = features
        self.strip = strip
        self._seen: Sequence[End] | None = None  # the strip's pictures, where somebody looked at them before
        self._pictures: tuple[list[float], list[End]] | None = None
        self._times = np.array(measured.times if measured and measured.readable else (), float)
        self._rates = np.array(measured.rates if measured and measured.readable else (), float).reshape(-1, 4)

    def know(self, pictures: Sequence[End]) -> None:
        """How the pictures of the strip look, so that it need not be read."""
        self._seen = pictures

    def head(self, in_frames: int, speed: Fraction, rate: Fraction) -> End | None:
        """The end that a slot begins with, whose in-point this is on the film's grid of `rate`."""
        frame = source_index(in_frames, 0, speed, self.source.rate, rate, self.source.frames)
        return self._end(frame, float(speed), last=False)

    def tail(self, in_frames: int, frames: int, speed: Fraction, rate: Fraction) -> End | None:
        """The end that a slot of so many frames leaves with."""
        frame = source_index(in_frames, frames - 1, speed, self.source.rate, rate, self.source.frames)
        return self._end(frame, float(speed), last=True)

    def _end(self, frame: int, speed: float, *, last: bool) -> End | None:
        if self._features is None:
            return None
        at_s = float(frame / self.source.rate)
        motion = self._motion(at_s, speed, last=last)
        if frame in (0, self.source.frames - 1):
            known = self._features.tail if frame else self._features.head
            return replace(known, motion=motion)
        times, pictures = self._known()
        after = max(1, int(np.searchsorted(times, at_s)))
        before = after - 1
        if after == len(times):
            before = after = len(times) - 1
        span = times[after] - times[before]
        share = (at_s - times[before]) / span if span > 0 else 0.0
        return _between(pictures[before], pictures[after], min(max(share, 0.0), 1.0), motion)

    def _known(self) -> tuple[list[float], list[End]]:
        """The pictures that there are, with their times in the take."""
        if self._pictures is None:
            assert self._features is not None
            source = self.source
            found = {0: self._features.head, source.frames - 1: self._features.tail}
            for place, picture in enumerate(pictures_of(self.strip) if self._seen is None else self._seen):
                # a take of fewer than eight frames has its last one again
                frame = min((2 * place + 1) * source.frames // (2 * STRIP_PICTURES), source.frames - 1)
                found.setdefault(frame, picture)
            ordered = sorted(found)
            self._pictures = [float(frame / source.rate) for frame in ordered], [found[frame] for frame in ordered]
        return self._pictures

    def _motion(self, at_s: float, speed: float, *, last: bool) -> Rates | None:
        """The camera's mean rates over the 0.3 s of the slot before or after this moment, as the film shows them."""
        reach = END_S * speed
        low, high = (at_s - reach, at_s) if last else (at_s, at_s + reach)
        near = self._rates[(self._times >= low) & (self._times <= high)]
        if len(near) == 0 and len(self._times):  # steps of a slow clip are longer than that
            near = self._rates[[int(np.abs(self._times - at_s).argmin())]]
        near = near[np.isfinite(near).all(axis=1)]
        if len(near) == 0:
            return None
        return cast(Rates, tuple(round(float(rate) * speed, 3) for rate in near.mean(axis=0)))


def in_points(slot: Slot, source: Source, rate: Fraction, marks: Marks = UNMARKED, most: int = IN_POINTS) -> list[int]:
    """Where a slot may enter a take, at most so many: the first, the last possible, and evenly between, ascending.

    In frames of the film's grid. Marks keep the slot within the best of the take where that is long enough, else the
    best within the slot. Empty where the take is too short at the slot's speed.
    """
    last = math.floor(source.frames * rate / source.rate - slot.frames * slot.speed)
    if last < 0:
        return []
    first = 0
    if marks.best_in is not None or marks.best_out is not None:
        best_in = math.ceil((marks.best_in or 0) * rate / source.rate)
        best_out = math.floor((source.frames if marks.best_out is None else marks.best_out) * rate / source.rate)
        leave = math.floor(best_out - slot.frames * slot.speed)
        first, last = sorted((max(0, min(best_in, last)), max(0, min(leave, last))))
    count = min(most, last - first + 1)
    if count == 1:
        return [first]
    return sorted({first + (last - first) * k // (count - 1) for k in range(count)})


def longest(source: Source, in_frames: int, speed: Fraction, rate: Fraction) -> int:
    """How many frames a slot that enters a take there can have at most."""
    most = math.floor((source.frames * rate / source.rate - in_frames) / speed)
    assert most < 1 or source_frames_needed(in_frames, most, speed, source.rate, rate) <= source.frames
    return max(0, most)


def looks_of(source: Source, features: str, figures: str, strip: Path | None) -> Looks:
    """The looks of a take from what the log holds of it as JSON, "" for nothing; another version's is nothing."""
    return Looks(source, _read(features, Features.from_json), _read(figures, Measured.from_json), strip)


def _read(text: str, read: Callable[[str], _Read]) -> _Read | None:
    try:
        return read(text) if text else None
    except BadInput:
        return None


def pictures_of(strip: Path | None) -> tuple[End, ...]:
    """How the pictures of a scrub strip look; none where it is not there or cannot be read: they can be made again."""
    try:
        return () if strip is None else _read_strip(str(strip), strip.stat().st_mtime_ns)
    except (OSError, StudioError):
        return ()


@lru_cache(KEPT_STRIPS)
def _read_strip(strip: str, changed_ns: int) -> tuple[End, ...]:
    import cv2

    row = read_still(strip)
    width, height = row.shape[1] // STRIP_PICTURES, row.shape[0]
    cells = np.split(row[:, : width * STRIP_PICTURES], STRIP_PICTURES, axis=1)
    # half the size looks the same to a thumbnail and a histogram, and costs a quarter
    small = max(1, width // 2), max(1, height // 2)
    return tuple(end(np.asarray(cv2.resize(cell, small, interpolation=cv2.INTER_AREA)), None) for cell in cells)


def _between(a: End, b: End, share: float, motion: Rates | None) -> End:
    """The mean of two ends, `share` of the way from the one to the other."""
    cells = [np.frombuffer(each.thumbnail, np.uint8).astype(np.float32) for each in (a, b)]
    counts = [np.frombuffer(each.histogram, "<u2").astype(np.float32) for each in (a, b)]
    mixed = [np.rint(of_a * (1 - share) + of_b * share) for of_a, of_b in (cells, counts)]
    thumbnail, histogram = mixed[0].astype(np.uint8).tobytes(), mixed[1].astype("<u2").tobytes()
    return End(thumbnail, histogram, motion, (a if share < 0.5 else b).hash)
