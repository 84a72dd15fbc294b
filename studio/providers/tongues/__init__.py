"""A camera in a model's own tongue: as data where the model takes data, as words for the rest.

`data/camera_tongues.toml` says what each model understands; the modules here, one a kind, put a camera into it. All
are pure: the same camera gives the same value.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection
from fractions import Fraction

from studio.camera import Camera
from studio.errors import NotFound
from studio.given import shown
from studio.providers.tongues.axis import on_one_axis
from studio.providers.tongues.named import as_adapter, as_concepts, in_brackets, locked
from studio.providers.tongues.said import Said, Tongue, as_words, rows
from studio.providers.tongues.trajectory import as_trajectory

__all__ = ["Said", "say", "tongues"]

_BY_NAME: dict[str, Callable[[Tongue, Camera], Said]] = {
    "adapter": as_adapter,
    "one_axis": on_one_axis,
    "brackets": in_brackets,
    "locked": locked,
}


def say(tongue: str, camera: Camera, *, seconds: Fraction, rate: Fraction, allowed: Collection[str] = ()) -> Said:
    """The camera of a take of this length and rate, as the model takes it.

    tongue    the name of a row of data/camera_tongues.toml; NotFound with the nearest where there is none
    allowed   the concepts that the service listed at run time, for a tongue that has such a list
    """
    row = rows().get(tongue)
    if row is None:
        near = difflib.get_close_matches(tongue, rows(), n=1, cutoff=0.5)
        hint = f"the nearest is {near[0]!r}" if near else f"there is {', '.join(rows())}"
        raise NotFound(f"no model takes its camera in the tongue {shown(tongue)}: {hint}")
    if row.kind == "words":
        return Said(None, as_words(camera), ())
    if row.kind == "trajectory":
        return as_trajectory(row, camera, seconds, rate)
    if row.kind == "concepts":
        return as_concepts(row, camera, allowed)
    return _BY_NAME[row.kind](row, camera)


def tongues() -> tuple[str, ...]:
    """The names of all tongues, in the order of the file."""
    return tuple(rows())
