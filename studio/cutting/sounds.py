"""Sound effects under the slots of a cut."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from studio.errors import NotFound
from studio.given import shown, whole
from studio.nouns import Cut

if TYPE_CHECKING:
    from studio.log import Log


def with_sound(log: Log, cut: Cut, slot: int, label: str, author: str) -> Cut:
    """The cut with a sound of the film named in a slot (counted from 1), stored as the next version; "" for none.

    The sound is named there and nothing else: laying it on a track belongs to the cutting room. Raises NotFound for
    a sound that is not there, BadInput for no such slot.
    """
    number = whole(slot, "the number of a slot in this cut", 1, len(cut.slots))
    file = _file(log, label) if label else ""
    slots = tuple(
        replace(each, sound=file) if place == number else each for place, each in enumerate(cut.slots, start=1)
    )
    with log.write(author) as writer:
        return writer.cut(replace(cut, slots=slots, version=0))


def _file(log: Log, label: str) -> str:
    there = {sound.label: sound for sound in log.sounds()}
    if label not in there:
        raise NotFound(f"there is no sound {shown(label)} in this film: there is {', '.join(there) or 'none yet'}")
    if not there[label].file:
        raise NotFound(f"{label} has no sound yet: it is {there[label].state}")
    return there[label].file
