"""The rooms of scenes, by the word for them."""

from __future__ import annotations

from collections.abc import Callable

from studio.providers.previz import halls, homes
from studio.providers.previz.flight import Room
from studio.providers.previz.stage import Stage


def build(place: str, stage: Stage) -> tuple[Room, float]:
    """The room for a key of PLACES_INSIDE, and the distance at which its haze takes two thirds."""
    return _PLACES[place](stage)


_PLACES: dict[str, Callable[[Stage], tuple[Room, float]]] = {
    "corridor": halls.corridor,
    "church": halls.church,
    "stage": halls.theatre,
    "train": halls.train,
    "tunnel": halls.tunnel,
    "kitchen": homes.kitchen,
    "hospital": homes.hospital,
    "bedroom": homes.bedroom,
    "classroom": homes.classroom,
    "room": homes.living_room,
}
