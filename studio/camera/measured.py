"""What was measured of a clip's camera, as a value: rates over time, their sums, the moves in order, how sure it is.

Signs are the camera's own, as everywhere here: pan+ right, tilt+ up, roll+ clockwise, zoom+ nearer or longer. Units:
pan in % of the frame's width, tilt in % of its height, zoom in log-% (100 × ln of the picture's scale), roll in
degrees; a rate is that per second. A rotation cannot be told from a sideways travel, nor a zoom from a dolly, unless
near and far move apart (parallax): then `ids` has one move, else both.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from typing import Any, Literal

from studio.errors import BadInput

METHOD = 2  # grows whenever measuring changes: what an older one measured is measured again
AXES = ("pan", "tilt", "zoom", "roll")
Axis = Literal["pan", "tilt", "zoom", "roll"]
Speed = Literal["still", "slow", "medium", "fast", "whip"]


@dataclass(frozen=True)
class Got:
    """One move that was seen on one axis."""

    axis: Axis
    sense: int  # +1 or −1, the camera's own
    rate: float  # per second, without sign: the mean over the time it lasts
    total: float  # over that time, without sign
    ids: tuple[str, ...]  # moves of the vocabulary that look like this: ("zoom_in", "dolly_in"), or one

    @property
    def words(self) -> str:
        """ "zoom in or dolly in"."""
        return " or ".join(id.replace("_", " ") for id in self.ids)


@dataclass(frozen=True)
class Segment:
    """A stretch in which the camera does one thing: the stronger move first, none where it stands still."""

    start_s: float
    end_s: float
    moves: tuple[Got, ...]
    readable: bool = True

    @property
    def move(self) -> str:
        """ "dolly_in + pan_left"; "static"; "unreadable"."""
        if not self.readable:
            return "unreadable"
        return " + ".join(" or ".join(got.ids) for got in self.moves) or "static"


@dataclass(frozen=True)
class Measured:
    """The camera of a whole clip. `unreadable` where the picture does not allow an answer: never a guess."""

    seconds: float
    times: tuple[float, ...]  # n, seconds: the middle of each step between two frames
    rates: tuple[tuple[float, float, float, float], ...]  # n × (pan, tilt, zoom, roll) per second; nan: unreadable
    totals: tuple[float, float, float, float]  # over what was readable
    segments: tuple[Segment, ...]  # in order
    moves: tuple[Got, ...]  # of the whole clip, the dominant first; empty where it stands still or is unreadable
    shake: float  # RMS of the fast part of pan and tilt, % of the frame per second
    speed: Speed
    parallax: Literal["yes", "none", "unclear"]  # whether near and far move apart
    parallax_cue: float  # what that is told by: 0 for a flat scene
    confidence: float  # 0 to 1
    readable: bool
    why: str = ""  # it is not readable, in words
    cuts_s: tuple[float, ...] = ()  # where the clip itself cuts
    method: int = METHOD

    @property
    def move(self) -> str:
        """As `film.takes()` shows it: "zoom_in or dolly_in", "pan_left > tilt_up", "static", "unreadable"."""
        if not self.readable:
            return "unreadable"
        told = [segment.move for segment in self.segments if segment.readable and segment.moves]
        runs = [move for k, move in enumerate(told) if k == 0 or move != told[k - 1]]
        return " > ".join(runs) or "static"

    def __repr__(self) -> str:
        return f"Measured({self.move!r}, confidence {self.confidence:.2f})"

    def to_json(self) -> str:
        """Canonical JSON; rates are rounded to what can be told apart, unreadable ones are null."""
        value = asdict(self) | {"times": [round(t, 3) for t in self.times]}
        value["rates"] = [[None if math.isnan(each) else round(each, 2) for each in row] for row in self.rates]
        return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_plain)

    @classmethod
    def from_json(cls, text: str) -> Measured:
        """What `to_json` wrote. BadInput where it is not that."""
        try:
            value: dict[str, Any] = json.loads(text)
            rates = tuple(tuple(math.nan if each is None else float(each) for each in row) for row in value["rates"])
            segments = tuple(
                Segment(part["start_s"], part["end_s"], tuple(map(_got, part["moves"])), part["readable"])
                for part in value["segments"]
            )
            lists = {name: tuple(value[name]) for name in ("times", "totals", "cuts_s")}
            moves = tuple(map(_got, value["moves"]))
            return cls(**value | lists | {"rates": rates, "segments": segments, "moves": moves})
        except (ValueError, TypeError, KeyError) as error:
            raise BadInput(f"{text[:60]!r} is no measured camera as JSON, as Measured.to_json writes") from error


def _plain(value: Any) -> object:
    """One of numpy's own numbers, as Python has it."""
    return value.item()


def _got(value: dict[str, Any]) -> Got:
    return Got(**value | {"ids": tuple(value["ids"])})
