"""What stands out in a clip's frames: numbers, each with the level from which it is told. None is a verdict.

Every function takes small grey frames (height × width, uint8, 0 black to 255 white, as `looking` decodes them) or
numbers that were made of them; `Noticing` takes the frames of a clip one by one and keeps a few numbers of each.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.errors import BadInput
from studio.media.probing import Probe
from studio.nouns import Request

Grey = NDArray[np.uint8]
Times = Sequence[float] | NDArray[np.float64]

METHOD = 1  # grows whenever a number is made in another way: older ones are made again


@dataclass(frozen=True)
class Kind:
    """One thing that is noticed, and from which number on."""

    name: str
    unit: str
    level: float
    why: str  # that level


KINDS = (
    Kind("black", "share of the frames", 0.05, "a fade takes fewer; six frames of a five-second clip"),
    Kind("frozen", "seconds without a change", 0.5, "shorter is an ease; a static shot that is drawn is frozen too"),
    Kind("flicker", "grey levels from frame to frame", 6.0, "±1½ levels, by turns; a breaking wave has 3.4"),
    Kind("cut", "cuts within the clip", 1, "a take is one shot"),
    Kind("blur", "× the film's median sharpness", 0.1, "1 of 40 real clips; 39 of them blurred by 1/256 of the width"),
    Kind("letterbox", "share of the height", 0.03, "two rows above and below are a codec's edge"),
    Kind("pillarbox", "share of the width", 0.03, "two columns each side are a codec's edge"),
    Kind("size", "1 for any other than was asked for", 1, "models have sizes of their own: a cut has to fit them"),
    Kind("rate", "1 for any other than was asked for", 1, "also a variable one; 23.976 for 24 is no slip"),
    Kind("duplicate", "of 64 bits differ", 6, "encoded anew: at most 4; another seed: from 8; another clip: from 26"),
)
LEVELS = {kind.name: kind.level for kind in KINDS}

BLACK_LEVEL, BLACK_SHARE = 26, 0.98  # a frame is black where so many of its pixels are darker: ffmpeg's blackdetect
STILL_MEAN, STILL_PART = 0.25, 1.5  # grey levels of change that are none: over the frame, in any part of it
PARTS = 16  # along each side: one moving face in a locked-off shot is enough
BAR_LEVEL = 14  # a row is a bar's where no pixel of it is ever brighter
AT_ONCE = 128  # clips whose pictures are held against all later ones at a time
RATE_TOLERANCE = 0.002  # 24000/1001 counts as 24


@dataclass(frozen=True)
class Flags:
    """The numbers of one clip. `words` says which stand out."""

    black: float  # share of the frames
    frozen_s: float  # the longest time without a change, black frames aside
    flicker: float  # grey levels
    cuts_s: tuple[float, ...]  # seconds from the first frame
    sharpness: float  # median variance of the Laplacian: to be held against the film's other takes, by `blurred`
    letterbox: float  # share of the height, above and below together
    pillarbox: float  # share of the width
    method: int = METHOD

    @property
    def raised(self) -> tuple[str, ...]:
        """What stands out by itself: "black", "frozen", …"""
        numbers = {
            "black": self.black,
            "frozen": self.frozen_s,
            "flicker": self.flicker,
            "cut": len(self.cuts_s),
            "letterbox": self.letterbox,
            "pillarbox": self.pillarbox,
        }
        return tuple(name for name, number in numbers.items() if number >= LEVELS[name])

    @property
    def words(self) -> str:
        """The same with commas; "" where nothing stands out."""
        return ", ".join(self.raised)

    def to_json(self) -> str:
        """Canonical JSON."""
        value = {name: round(v, 4) if isinstance(v, float) else v for name, v in asdict(self).items()}
        return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Flags:
        """What `to_json` wrote. BadInput where it is not that."""
        try:
            value: dict[str, Any] = json.loads(text)
            return cls(**value | {"cuts_s": tuple(value["cuts_s"])})
        except (ValueError, TypeError, KeyError) as error:
            raise BadInput(f"{text[:60]!r} are no flags as JSON, as Flags.to_json writes") from error


def noticed(frames: Iterable[Grey], times: Iterable[float], cuts_s: Sequence[float] = ()) -> Flags:
    """All that is noticed in frames with their times in seconds. `cuts_s` are `studio.camera.Measured.cuts_s`."""
    noticing = Noticing()
    for frame, time_s in zip(frames, times, strict=True):
        noticing.frame(frame, time_s)
    return noticing.done(cuts_s)


@dataclass
class Noticing:
    """Takes the frames of a clip one by one: `frame(grey, time_s)` for each, then `done(cuts_s)`."""

    _before: Grey | None = None
    _times: list[float] = field(default_factory=list)
    _black: list[bool] = field(default_factory=list)
    _still: list[bool] = field(default_factory=list)  # of each step
    _light: list[float] = field(default_factory=list)
    _sharp: list[float] = field(default_factory=list)
    _brightest: Grey | None = None  # what each pixel was at most

    def frame(self, grey: Grey, time_s: float) -> None:
        """The next frame, of the same size as those before."""
        dark = black(grey)
        if self._before is not None:
            self._still.append(not dark and still(self._before, grey))
        self._before = grey
        self._times.append(time_s)
        self._black.append(dark)
        self._light.append(light(grey))
        self._sharp.append(sharpness(grey))
        self._brightest = grey if self._brightest is None else np.maximum(self._brightest, grey)

    def done(self, cuts_s: Sequence[float] = ()) -> Flags:
        """What was noticed. BadInput where there was no frame."""
        if self._brightest is None:
            raise BadInput("no frame was given: there is nothing to notice")
        times = np.array(self._times) - self._times[0]
        letterbox, pillarbox = bars(self._brightest)
        return Flags(
            black=float(np.mean(self._black)),
            frozen_s=longest_s(self._still, times),
            flicker=flicker(self._light, times, cuts_s),
            cuts_s=tuple(cuts_s),
            sharpness=float(np.median(self._sharp)),
            letterbox=letterbox,
            pillarbox=pillarbox,
        )


def black(grey: Grey) -> bool:
    """Whether a frame is black, but for a speck. A night with lamps is not."""
    return int(np.count_nonzero(grey < BLACK_LEVEL)) >= BLACK_SHARE * grey.size


def still(before: Grey, grey: Grey) -> bool:
    """Whether two frames are one picture: neither the whole nor any part of it changes. Grain is a change."""
    import cv2

    change = cv2.absdiff(before, grey)
    if cv2.mean(change)[0] > STILL_MEAN:
        return False
    parts = min(PARTS, grey.shape[1]), min(PARTS, grey.shape[0])
    return float(cv2.resize(change.astype(np.float32), parts, interpolation=cv2.INTER_AREA).max()) <= STILL_PART


def light(grey: Grey) -> float:
    """A frame's mean, in grey levels."""
    import cv2

    return float(cv2.mean(grey)[0])


def sharpness(grey: Grey) -> float:
    """The variance of a frame's Laplacian. Contrast and grain raise it as well: only a film's own takes compare."""
    import cv2

    return float(cv2.meanStdDev(cv2.Laplacian(grey, cv2.CV_16S))[1][0, 0]) ** 2


def longest_s(still: Sequence[bool], times: Times) -> float:
    """The longest run of still steps in seconds; `times` has one more, those of the frames."""
    longest, start = 0.0, 0
    for step, same in enumerate(still):
        if not same:
            start = step + 1
        longest = max(longest, float(times[step + 1] - times[start]))
    return longest


def flicker(
    light: Sequence[float], times: Sequence[float] | NDArray[np.float64], cuts_s: Sequence[float] = ()
) -> float:
    """How much the light jumps up and down: the mean second difference of the frames' means, in grey levels.

    A fade has none. What lies across a cut does not count.
    """
    change = np.abs(np.diff(light, 2))
    times = np.asarray(times)
    across = [(times[:-2] < cut - 1e-6) & (cut - 1e-6 <= times[2:]) for cut in cuts_s]
    counted = change[~np.any(across, axis=0)] if across and len(change) else change
    return float(counted.mean()) if len(counted) else 0.0


def bars(brightest: Grey) -> tuple[float, float]:
    """The share of the height and of the width that black bars take, both ends together.

    `brightest` is what each pixel of the clip was at most. Bars come in pairs of one size; a picture that is dark all
    over has none, nor has one that only ends in the dark.
    """
    return _pair(brightest.max(axis=1)), _pair(brightest.max(axis=0))


def _pair(lines: Grey) -> float:
    lit = np.flatnonzero(lines > BAR_LEVEL)
    if len(lit) == 0:
        return 0.0
    before, after = int(lit[0]), len(lines) - 1 - int(lit[-1])
    if min(before, after) == 0 or abs(before - after) > max(2, 0.1 * max(before, after)):
        return 0.0
    return (before + after) / len(lines)


def blurred(sharpness: Sequence[float] | NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which takes of a film are blurred, given the sharpness of all of them (nan: not known): (n,).

    Fog and a shallow focus look like it. Fewer than four have no median to be held against.
    """
    values = np.asarray(sharpness, np.float64)
    known = values[np.isfinite(values)]
    if len(known) < 4:
        return np.zeros(values.shape, np.bool_)
    return np.asarray(values < LEVELS["blur"] * np.median(known), np.bool_)


def differing(facts: Probe, request: Request) -> tuple[str, ...]:
    """What a clip has otherwise than it was asked for: "size", "rate", neither or both."""
    away = abs(float(facts.rate / request.rate) - 1) > RATE_TOLERANCE or facts.variable_rate
    other = (facts.width, facts.height) != (request.width, request.height)
    return ("size",) * other + ("rate",) * away


def picture_hash(grey: Grey) -> int:
    """64 bits of a picture's coarse structure: pHash, the signs of its 8 × 8 lowest cosine terms about their median.

    Pictures that look alike differ in few bits. After Zauner, "Implementation and benchmarking of perceptual image
    hash functions", 2010.
    """
    import cv2

    small = cv2.resize(grey, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32)
    terms = np.round(np.asarray(cv2.dct(small))[:8, :8].ravel(), 1)  # a flat picture has none, but rounding errors
    bits = terms > np.median(terms[1:])
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def near_duplicates(hashes: Sequence[Sequence[int]]) -> list[tuple[int, int, int]]:
    """Pairs of clips whose pictures are alike: (one, other, bits that differ), the nearest first.

    `hashes` has for each clip those of its first, middle and last frame: (n, 3). All three have to be alike; the bits
    are those of the pair of pictures that differs most.
    """
    table = np.asarray(hashes, np.uint64).reshape(len(hashes), 3)
    found: list[tuple[int, int, int]] = []
    for first in range(0, len(table), AT_ONCE):
        near = np.bitwise_count(table[first : first + AT_ONCE, None, 0] ^ table[None, first:, 0]) <= LEVELS["duplicate"]
        one, other = np.nonzero(near)  # of most pairs the first pictures differ already
        one, other = one[other > one] + first, other[other > one] + first
        bits = np.bitwise_count(table[one] ^ table[other]).max(axis=1)
        alike = bits <= LEVELS["duplicate"]
        found += zip(one[alike].tolist(), other[alike].tolist(), bits[alike].tolist(), strict=True)
    return sorted(found, key=lambda pair: (pair[2], pair[:2]))
