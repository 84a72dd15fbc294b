"""The vocabulary of camera moves: `data/camera_moves.toml` as frozen values.

Each row is one move with one sense: left and right, in and out are rows of their own. The axes are those of DESIGN
§2, camera-centred, −1…1 = direction × the usual strength; what they amount to in degrees and units is in `path`.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from studio import _resources
from studio.errors import NotFound
from studio.given import shown

if TYPE_CHECKING:
    import pandas as pd

AXES = ("tx", "ty", "tz", "pan", "tilt", "roll", "zoom")
KINDS = ("move", "angle", "rig", "effect", "time")
PATHS = {
    "line": "travels and turns along its axes; twice the share of the take, twice as far",
    "arc": "a circle around the subject, which stays in the middle",
    "follow": "the subject travels along with the camera",
    "hold_size": "dolly and lens work against each other so that the subject keeps its size",
    "sustained": "goes all the way, however short its share of the take: through the subject, a full turn",
    "burst": "over in half a second",
    "rush": "a line at the greatest pace that still reads",
    "float": "its axes, with a slow drift",
    "noise": "its axes, with the unrest of a camera held by hand",
    "shake": "its axes, with hard jolts",
    "bank": "its axes, leaning into long curves",
    "none": "the camera does not move: a framing, a lens or a clock",
}
EASINGS = {
    "ease": "soft start and soft stop",
    "linear": "even all the way, so that one take runs on into the next",
    "out": "abrupt start, long stop",
    "in": "long start, abrupt stop",
    "none": "nothing to ease",
}


@dataclass(frozen=True)
class Alias:
    """Other words for a move."""

    words: str
    sense: Literal["camera", "content"] = "camera"  # content: the words say what the picture does, not the camera
    open: bool = False  # the words leave the direction open, and this move is only the usual one
    alone: bool = False  # the words mean other things too: a move only where nothing else stands beside them
    note: str = ""  # who says so, where these words mean something else elsewhere


@dataclass(frozen=True)
class Move:
    """One camera movement (or angle, rig, effect, treatment of time) with its sense."""

    id: str
    label: str
    kind: Literal["move", "angle", "rig", "effect", "time"]
    aliases: tuple[Alias, ...]
    axes: tuple[float, float, float, float, float, float, float]  # tx ty tz pan tilt roll zoom, −1…1
    path: str  # a key of PATHS
    subject_relative: bool  # it is made around or with a subject, which stays in the middle of the frame
    easing: str  # a key of EASINGS
    measurable: Literal["Y", "P", "N"]  # from the picture: yes, sign and size · partly, the family · no
    signature: str  # what it looks like in the picture
    source: str
    checked_on: str  # ISO date

    @property
    def words(self) -> str:
        """The id as words: the canonical phrase."""
        return self.id.replace("_", " ")

    @property
    def turning_axis(self) -> str:
        """The axis that an angle in degrees is meant for: "pan", "tilt", "roll", "arc", or "" where there is none."""
        if self.path == "arc":
            return "arc"
        full = [name for name, value in zip(AXES, self.axes, strict=True) if abs(value) == 1]
        return next((name for name in full if name in ("pan", "tilt", "roll")), "")


@cache
def vocabulary() -> Mapping[str, Move]:
    """Every move by its id, in the order of the file. Read once."""
    rows = tomllib.loads(_resources.path("data/camera_moves.toml").read_text(encoding="utf-8"))["move"]
    return MappingProxyType({row["id"]: _move(row) for row in rows})


def _move(row: dict[str, object]) -> Move:
    fields: dict[str, object] = dict(row)
    axes = row["axes"]
    aliases = row["aliases"]
    assert isinstance(axes, dict)
    assert isinstance(aliases, list)
    fields["axes"] = tuple(float(axes.get(name, 0)) for name in AXES)
    fields["aliases"] = tuple(Alias(a) if isinstance(a, str) else Alias(**a) for a in aliases)
    return Move(**fields)  # type: ignore[arg-type]


def move(name: str) -> Move:
    """The move of this id; NotFound naming the nearest where there is none."""
    rows = vocabulary()
    if not isinstance(name, str):
        raise NotFound(f"there is no camera move {shown(name)}: write its name in quotes, such as 'dolly_in'")
    if name in rows:
        return rows[name]
    said = {row.words: row.id for row in rows.values()}
    said |= {alias.words: row.id for row in rows.values() for alias in row.aliases}
    plain = name.replace("_", " ").replace("-", " ").casefold().strip()[:60]  # no name is longer
    near = difflib.get_close_matches(plain, said, n=1, cutoff=0.5)
    hint = f"the nearest is {said[near[0]]}" if near else "studio.camera.table() lists them all"
    raise NotFound(f"there is no camera move {shown(name)}: {hint}")


def table() -> pd.DataFrame:
    """The vocabulary to look at, one row a move."""
    import pandas as pd

    return pd.DataFrame(
        {
            "label": row.label,
            "kind": row.kind,
            "also called": ", ".join(alias.words for alias in row.aliases),
            "axes": " ".join(f"{name} {value:+g}" for name, value in zip(AXES, row.axes, strict=True) if value),
            "measurable": row.measurable,
            "in the picture": row.signature,
        }
        for row in vocabulary().values()
    ).set_index(pd.Index(vocabulary(), name="move"))
