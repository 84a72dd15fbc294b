"""The sound under the slots of a cut: an effect of the film, or a take's own sound. Both are off until asked for.

What a slot plays is named in its `sound`: an effect's file, or that of a take, which stands for the own sound of
whatever take is in the slot. All of it together is the track A2; the song is A1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from studio.errors import BadInput, BadMedia, NotFound
from studio.given import shown, whole
from studio.nouns import Cut, Slot

if TYPE_CHECKING:
    from studio.log import Log

TAKES = "media/takes/"


@dataclass(frozen=True)
class Heard:
    """What plays under one slot, from its first frame and no longer than the slot."""

    slot: int  # from 1
    file: str  # relative to the film's folder
    own: bool  # the take's own sound, in step with its picture
    record_frame: int
    frames: int
    start_s: Fraction  # in the file
    speed: Fraction  # of an own sound: its pitch follows, as with tape


def heard(cut: Cut) -> tuple[Heard, ...]:
    """What plays on A2, slot by slot; () for nothing. A card has no sound of its own."""
    return tuple(
        _heard(cut, number, slot)
        for number, slot in enumerate(cut.slots, start=1)
        if slot.sound and not (slot.sound.startswith(TAKES) and slot.source.kind == "card")
    )


def _heard(cut: Cut, number: int, slot: Slot) -> Heard:
    if slot.sound.startswith(TAKES):
        start_s, speed = slot.in_frames / cut.rate, slot.speed
        return Heard(number, slot.source.file, True, slot.record_frame, slot.frames, start_s, speed)
    return Heard(number, slot.sound, False, slot.record_frame, slot.frames, Fraction(0), Fraction(1))


def with_sound(log: Log, cut: Cut, slot: int, label: str, author: str) -> Cut:
    """The cut with a sound of the film under a slot (counted from 1), stored as the next version; "" for none.

    Raises NotFound for a sound that is not there, BadInput for no such slot.
    """
    number = _slot(cut, slot)
    return _stored(log, cut, number, _file(log, label) if label else "", author)


def with_own_sound(log: Log, cut: Cut, slot: int, on: bool, author: str) -> Cut:
    """The cut with the own sound of a slot's take on or off, stored as the next version.

    Raises BadInput for no such slot, and for a take or card that has no sound.
    """
    from studio.media import Library, sound_facts

    number = _slot(cut, slot)
    source = cut.slots[number - 1].source
    if not isinstance(on, bool):
        raise BadInput(f"on={shown(on)} is neither on nor off: write True or False")
    if on:
        if source.kind != "take":
            raise BadInput(f"slot {number} shows the card {source.name}, which has no sound: name a slot with a take")
        try:
            sound_facts(Library(log.folder).locate(source.file))
        except BadMedia:
            raise BadInput(
                f"{source.name} has no sound of its own: film.sound({source.shot!r}, …) buys one, and "
                f"cut.sound({number}, label) lays it under the slot"
            ) from None
    return _stored(log, cut, number, source.file if on else "", author)


def _slot(cut: Cut, slot: int) -> int:
    return whole(slot, "the number of a slot in this cut", 1, len(cut.slots))


def _stored(log: Log, cut: Cut, number: int, file: str, author: str) -> Cut:
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
