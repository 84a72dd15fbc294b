"""What a join needs to know of a take: how its first and last frames look, and how they move.

Each end has a thumbnail and a histogram in CIE L*a*b*, its camera's rates, and a hash that finds the same picture
again. The thumbnail is 16 × 9 cells for any shape of picture, so that any two compare.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from studio.camera import Measured
from studio.errors import BadInput
from studio.media.flags import picture_hash

Picture = NDArray[np.uint8]  # height × width × 3, BGR
Rates = tuple[float, float, float, float]  # pan, tilt, zoom, roll per second, as in Measured

METHOD = 1  # grows whenever a feature is made in another way: older ones are made again
ACROSS, DOWN = 16, 9  # cells of a thumbnail
BINS = 16
LOWEST, HIGHEST = (0, 64, 64), (255, 191, 191)  # of a histogram, as OpenCV stores L*, a* and b*; beyond: the end bins
END_S = 0.3  # how long an end is, for its motion


@dataclass(frozen=True)
class End:
    """One end of a take."""

    thumbnail: bytes  # 9 × 16 × 3, L*·2.55, a* + 128, b* + 128
    histogram: bytes  # 3 × 16 little-endian uint16: shares · 65535 of L* (0 to 100), a*, b* (−64 to 64)
    motion: Rates | None  # of the camera; None where it cannot be read
    hash: int  # 64 bits

    @property
    def lab(self) -> NDArray[np.float32]:
        """(9, 16, 3) L* 0 to 100, a* and b*: about 1 is the least difference that an eye sees."""
        stored = np.frombuffer(self.thumbnail, np.uint8).reshape(DOWN, ACROSS, 3).astype(np.float32)
        offset, scale = np.array([[0, 128, 128], [2.55, 1, 1]], np.float32)
        return np.asarray((stored - offset) / scale, np.float32)

    @property
    def shares(self) -> NDArray[np.float32]:
        """(3, 16) the histogram, each row summing to 1."""
        return np.frombuffer(self.histogram, "<u2").reshape(3, BINS).astype(np.float32) / np.float32(65535)


@dataclass(frozen=True)
class Features:
    """Both ends of a take, and the hash of its middle."""

    head: End
    tail: End
    middle_hash: int
    method: int = METHOD

    @property
    def hashes(self) -> tuple[int, int, int]:
        """Of the first, middle and last frame: what `near_duplicates` takes."""
        return self.head.hash, self.middle_hash, self.tail.hash

    def to_json(self) -> str:
        """Canonical JSON, about 2 kB."""
        value = {
            "head": _told(self.head),
            "tail": _told(self.tail),
            "middle_hash": f"{self.middle_hash:016x}",
            "method": self.method,
        }
        return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Features:
        """What `to_json` wrote. BadInput where it is not that."""
        try:
            value: dict[str, Any] = json.loads(text)
            return cls(_end(value["head"]), _end(value["tail"]), int(value["middle_hash"], 16), int(value["method"]))
        except (ValueError, TypeError, KeyError) as error:
            raise BadInput(f"{text[:60]!r} are no features as JSON, as Features.to_json writes") from error


def hashes_from_json(text: str) -> tuple[int, int, int]:
    """The hashes alone of what `Features.to_json` wrote, of very many takes. BadInput where it is not that."""
    try:
        value: dict[str, Any] = json.loads(text)
        head, middle, tail = value["head"]["hash"], value["middle_hash"], value["tail"]["hash"]
        return int(head, 16), int(middle, 16), int(tail, 16)
    except (ValueError, TypeError, KeyError) as error:
        raise BadInput(f"{text[:60]!r} are no features as JSON, as Features.to_json writes") from error


def features(first: Picture, middle: Picture, last: Picture, measured: Measured) -> Features:
    """Of three frames of a take (BGR, small ones do) and its camera as measured."""
    return Features(
        head=end(first, motion_at(measured, last=False)),
        tail=end(last, motion_at(measured, last=True)),
        middle_hash=picture_hash(_grey(middle)),
    )


def end(picture: Picture, motion: Rates | None) -> End:
    """What one picture looks like."""
    import cv2

    lab = np.clip(cv2.cvtColor(picture, cv2.COLOR_BGR2LAB), LOWEST, HIGHEST).astype(np.uint8)
    spans = [(float(low), high + 1.0) for low, high in zip(LOWEST, HIGHEST, strict=True)]
    counts = np.array([cv2.calcHist([lab], [k], None, [BINS], span).ravel() for k, span in enumerate(spans)])
    cells = cv2.cvtColor(cv2.resize(picture, (ACROSS, DOWN), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2LAB)
    shares = np.rint(counts / (lab.size // 3) * 65535).astype("<u2")
    return End(cells.tobytes(), shares.tobytes(), motion, picture_hash(_grey(picture)))


def motion_at(measured: Measured, *, last: bool) -> Rates | None:
    """The camera's mean rates over the first or last 0.3 s; None where none of them could be read."""
    if not measured.readable or not measured.times:
        return None
    times, rates = np.array(measured.times), np.array(measured.rates)
    away = measured.seconds - times if last else times
    near = rates[away <= max(END_S, float(away.min()))]
    near = near[np.isfinite(near).all(axis=1)]
    if len(near) == 0:
        return None
    return cast(Rates, tuple(round(float(rate), 3) for rate in near.mean(axis=0)))


def _grey(picture: Picture) -> NDArray[np.uint8]:
    import cv2

    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)


def _told(end: End) -> dict[str, object]:
    return {
        "thumbnail": b64encode(end.thumbnail).decode(),
        "histogram": b64encode(end.histogram).decode(),
        "motion": end.motion,
        "hash": f"{end.hash:016x}",
    }


def _end(value: dict[str, Any]) -> End:
    thumbnail, histogram = (b64decode(value[name], validate=True) for name in ("thumbnail", "histogram"))
    if len(thumbnail) != DOWN * ACROSS * 3 or len(histogram) != 2 * 3 * BINS:
        raise ValueError("a thumbnail or histogram of another size")
    motion = None if value["motion"] is None else cast(Rates, tuple(float(rate) for rate in value["motion"]))
    return End(thumbnail, histogram, motion, int(value["hash"], 16))
