"""Edits by hand: each takes a cut and gives a new one, or says in one sentence why not and what would be right.

Slots are counted from 1. No edit changes the length of the film: a trim or a slip moves what a slot shows of its take,
a roll moves the boundary of two slots, and the song stays under them. A card whose slot changes its length waits to be
made again (`choosing.with_cards`).
"""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

from studio.cutting.checking import check_dissolves
from studio.cutting.ends import longest
from studio.cutting.joins import check_aim
from studio.errors import BadInput, TooShort
from studio.given import shown, whole
from studio.nouns import Cut, Slot, Source, Transition
from studio.timecode import source_frames_needed

MOST_FRAMES = 10**7
SLOWEST, FASTEST = Fraction(1, 100), Fraction(100)


def swap(cut: Cut, slot: int, source: Source, in_frames: int = 0) -> Cut:
    """Another take in a slot, from an in-point on, at the slot's speed; an empty slot gets it at its own speed."""
    number, old = slot_of(cut, slot)
    if old.source.kind == "card" and not old.empty:
        raise BadInput(f"slot {number} is the {old.source.name} card: a take cannot stand in for it")
    new = replace(old, source=source, in_frames=in_frames, speed=Fraction(1) if old.empty else old.speed)
    if longest(source, 0, new.speed, cut.rate) < new.frames:
        raise TooShort(
            f"slot {number} needs {_needed(cut, new, 0)} frames and {source.name} has {source.frames}: swap in a "
            f"longer take{_or_slower(cut, new)}"
        )
    _check_in(cut, number, new)
    return _with(cut, number, _told(new, f"swapped in for {old.source.name}"))


def trim(cut: Cut, slot: int, in_frames: int) -> Cut:
    """A slot enters its take at this in-point, in frames of the film's grid; its length stays."""
    number, old = take_slot(cut, slot)
    new = replace(old, in_frames=whole(in_frames, "an in-point", 0, MOST_FRAMES))
    _check_in(cut, number, new)
    return _with(cut, number, _told(new, f"trimmed to {new.in_frames} f"))


def slip(cut: Cut, slot: int, frames: int) -> Cut:
    """A slot shows its take so many frames later (or earlier, below 0)."""
    number, old = take_slot(cut, slot)
    later = whole(frames, "the frames to slip by", -MOST_FRAMES, MOST_FRAMES)
    most = _last_in(cut, old)
    if not 0 <= old.in_frames + later <= most:
        raise BadInput(
            f"slot {number} enters {old.source.name} at {old.in_frames} and cannot slip by {later}: "
            f"slip by {_range(-old.in_frames, most - old.in_frames)}"
        )
    new = replace(old, in_frames=old.in_frames + later)
    return _with(cut, number, _told(new, f"slipped to {new.in_frames} f"))


def retime(cut: Cut, slot: int, speed: Fraction | str | float) -> Cut:
    """A slot runs at this speed, source time for film time, an exact fraction: "1/2" is half as fast."""
    number, old = take_slot(cut, slot)
    new = replace(old, speed=speed_of(speed))
    if longest(new.source, new.in_frames, new.speed, cut.rate) < new.frames:
        left = new.source.frames * cut.rate / new.source.rate - new.in_frames
        raise TooShort(
            f"slot {number} needs {_needed(cut, new, new.in_frames)} frames at speed {new.speed} from in-point "
            f"{new.in_frames} and {new.source.name} has {new.source.frames}: retime to {left / new.frames} or less"
        )
    return _with(cut, number, _told(new, f"retimed to {new.speed}"))


def roll(cut: Cut, slot: int, frames: int) -> Cut:
    """The boundary of a slot and the next one moves so many frames later, or earlier below 0: one longer, one shorter.

    The next slot shows at each moment what it showed before.
    """
    number, one = slot_of(cut, slot)
    if number == len(cut.slots):
        raise BadInput(f"slot {number} is the last: roll a boundary to a next slot, slots 1 to {number - 1}")
    other = cut.slots[number]
    by = whole(frames, "the frames to roll by", -MOST_FRAMES, MOST_FRAMES)
    most = other.frames - 1
    if one.source.kind == "take":
        most = min(most, longest(one.source, one.in_frames, one.speed, cut.rate) - one.frames)
    least = 1 - one.frames
    if other.source.kind == "take":
        least = max(least, -math.floor(other.in_frames / other.speed))
    if not least <= by <= most:
        raise BadInput(
            f"the boundary of slots {number} and {number + 1} cannot move by {by} frames: {one.source.name} and "
            f"{other.source.name} let it roll by {_range(least, most)}"
        )
    in_frames = min(other.in_frames + round(by * other.speed), _last_in(cut, replace(other, frames=other.frames - by)))
    moved = replace(
        other,
        record_frame=other.record_frame + by,
        frames=other.frames - by,
        in_frames=in_frames if other.source.kind == "take" else 0,
    )
    words = f"boundary rolled to frame {moved.record_frame}"
    edited = _with(cut, number, _told(_fitted(replace(one, frames=one.frames + by), cut.rate), words))
    return _with(edited, number + 1, _told(_fitted(moved, cut.rate), words))


def pin(cut: Cut, slot: int, on: bool = True) -> Cut:
    """Whether arranging leaves a slot as it is."""
    number, old = slot_of(cut, slot)
    if old.source.kind == "card" and not old.empty:
        raise BadInput(f"slot {number} is the {old.source.name} card, which arranging leaves as it is: pin a take")
    if on and old.source.name in cut.banned:
        raise BadInput(f"slot {number} has {old.source.name}, which is banned: lift the ban first, or swap it")
    return _with(cut, number, replace(old, pinned=bool(on)))


def ban(cut: Cut, take: str, on: bool = True) -> Cut:
    """Whether arranging must not use a take; the slot that has it keeps it until the cut is solved again."""
    for number, slot in enumerate(cut.slots, start=1):
        if on and slot.pinned and slot.source.name == take:
            raise BadInput(f"{take} is pinned in slot {number}: unpin it first, or swap it")
    banned = {*cut.banned, take} if on else set(cut.banned) - {take}
    return replace(cut, banned=tuple(sorted(banned)))


def aim(cut: Cut, slot: int, aim: str) -> Cut:
    """What the join into a slot aims at: "flow", "match", "contrast"; "" for the aim of the cut."""
    number, old = slot_of(cut, slot)
    if number == 1:
        raise BadInput("slot 1 has no join into it: a join lies between two slots, give the number of the second")
    return _with(cut, number, replace(old, aim=check_aim(aim) if aim != "" else ""))


def dissolve(cut: Cut, slot: int, frames: int) -> Cut:
    """A dissolve of so many frames into a slot, centred on the cut before it: an even number; 0 for a plain cut.

    The film keeps its length: half of the dissolve shows what the slot before has beyond its end, half what this one
    has before its in-point. Raises TooShort where these handles are not there.
    """
    number, old = slot_of(cut, slot)
    if number == 1:
        raise BadInput("slot 1 has no slot before it to dissolve from: give the number of the second of two slots")
    length = whole(frames, "the frames of a dissolve", 0, MOST_FRAMES)
    if length % 2:
        raise BadInput(
            f"a dissolve of {length} frames cannot lie evenly on its cut: give an even number, "
            f"{length - 1} or {length + 1}"
        )
    new = _with(cut, number, replace(old, transition=Transition("dissolve", length) if length else None))
    check_dissolves(new)
    return new


def slot_of(cut: Cut, slot: object) -> tuple[int, Slot]:
    """A slot by its number, counted from 1."""
    number = whole(slot, "the number of a slot in this cut", 1, len(cut.slots))
    return number, cut.slots[number - 1]


def take_slot(cut: Cut, slot: object) -> tuple[int, Slot]:
    """The same, if a take fills it."""
    number, found = slot_of(cut, slot)
    if found.source.kind != "take":
        what = f"waits for a take of {found.shot}: swap one in" if found.empty else "fits any length: edit a take"
        raise BadInput(f"slot {number} is the {found.source.name} card, which {what}")
    return number, found


def speed_of(speed: Any) -> Fraction:
    """The exact speed that a person means: "1/2", 0.5, a Fraction."""
    try:
        if isinstance(speed, bool) or (isinstance(speed, str) and len(speed) > 20):
            raise ValueError
        exact = Fraction(speed)
        if isinstance(speed, float):
            exact = exact.limit_denominator(1000)
    except (ValueError, TypeError, ZeroDivisionError, OverflowError):
        exact = Fraction(0)
    if not SLOWEST <= exact <= FASTEST:
        raise BadInput(f"the speed {shown(speed)} is none: write a fraction from 1/100 to 100, such as Fraction(1, 2)")
    return exact


def place_for(name: str, frames: int, rate: Fraction) -> Source:
    """Stands for a card that is made once its length is known."""
    return Source("card", name, "", "", rate, frames, 0, 0, "")


def _fitted(slot: Slot, rate: Fraction) -> Slot:
    """A card is made anew as long as its slot."""
    if slot.source.kind == "take" or slot.source.frames == slot.frames:
        return slot
    return replace(slot, source=place_for(slot.source.name, slot.frames, rate))


def _check_in(cut: Cut, number: int, slot: Slot) -> None:
    last = _last_in(cut, slot)
    if slot.in_frames > last:
        raise TooShort(
            f"slot {number} needs {_needed(cut, slot, 0)} frames from in-point {slot.in_frames} and {slot.source.name} "
            f"has {slot.source.frames}: trim to {last} or less"
        )


def _last_in(cut: Cut, slot: Slot) -> int:
    """The last in-point from which a slot's source fills it."""
    return max(0, math.floor(slot.source.frames * cut.rate / slot.source.rate - slot.frames * slot.speed))


def _needed(cut: Cut, slot: Slot, in_frames: int) -> int:
    return source_frames_needed(in_frames, slot.frames, slot.speed, slot.source.rate, cut.rate)


def _or_slower(cut: Cut, slot: Slot) -> str:
    speed = slot.source.frames * cut.rate / slot.source.rate / slot.frames
    return f", or retime the slot to {speed} or less first" if speed >= SLOWEST else ""


def _range(least: int, most: int) -> str:
    return "0, it uses all of it" if least == most == 0 else f"{least} to {most}"


def _told(slot: Slot, what: str) -> Slot:
    """What was done to a slot, after where it lies."""
    place, *_ = slot.how.split("; ")
    return replace(slot, how=f"{place}; {what}" if place.startswith(("bar ", "bars ", "beat ", "before ")) else what)


def _with(cut: Cut, number: int, slot: Slot) -> Cut:
    return replace(cut, slots=(*cut.slots[: number - 1], slot, *cut.slots[number:]))
