"""What a cut has to be before anything is made of it: the one place that says no."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from studio.errors import BadInput, BadMedia, TooShort
from studio.nouns import Cut, Slot, Source, Transition
from studio.timecode import source_frames_needed

if TYPE_CHECKING:
    from studio.log import KeptTake

_REEL = re.compile(r"[A-Z0-9_]{1,8}")


def source_of(kept: KeptTake) -> Source:
    """A circled take as what fills a slot. Raises BadMedia where its frames do not come at a constant rate."""
    take = kept.take
    if kept.variable_rate:
        raise BadMedia(
            f"{take.label} has a variable frame rate, and a slot needs a constant one: circle another take of "
            f"{take.shot}, or convert the clip to a constant rate and adopt that"
        )
    return Source(
        kind="take",
        name=take.label,
        file=kept.file,
        sha256=kept.sha256,
        rate=kept.rate,
        frames=kept.frames,
        width=kept.width,
        height=kept.height,
        reel=take.reel,
        shot=take.shot,
        take_id=take.id,
    )


def check(cut: Cut) -> None:
    """Says in one sentence what is wrong with a cut: a gap, a take that is too short, a name that stands for two files.

    Raises BadInput, or TooShort where a slot runs past the end of its source.
    """
    if not cut.slots:
        raise BadInput(f"the cut {cut.name!r} has no slots: arrange some takes first")
    at = 0
    for number, slot in enumerate(cut.slots, start=1):
        if slot.record_frame != at:
            raise BadInput(f"slot {number} starts on frame {slot.record_frame}, and the one before it ends on {at}")
        _check_slot(cut, slot, number)
        at = slot.end_frame
    check_dissolves(cut)
    _check_names(cut.sources)


def handles(cut: Cut, number: int) -> tuple[int, int]:
    """The film frames that a slot's source has before its in-point, and after its end, at the slot's speed."""
    slot = cut.slots[number - 1]
    until = (slot.source.frames * cut.rate / slot.source.rate - slot.in_frames) / slot.speed
    return math.floor(slot.in_frames / slot.speed), math.floor(until) - slot.frames


def check_dissolves(cut: Cut) -> None:
    """Says of a dissolve what is wrong with it: half of it needs frames beyond either side of its cut.

    Raises BadInput for one that cannot be, or that meets the next; TooShort where the handles are not there.
    """
    for number, slot in enumerate(cut.slots, start=1):
        if slot.transition is None:
            continue
        length, half = slot.transition.frames, slot.transition.frames // 2
        if number == 1 or length < 2 or length % 2:
            raise BadInput(
                f"slot {number} has a dissolve of {length} frames into it: an even number of frames, 2 or more, and a "
                f"slot before it are right"
            )
        before = cut.slots[number - 2]
        tail, head = handles(cut, number - 1)[1], handles(cut, number)[0]
        if half > min(tail, head):
            most = 2 * max(0, min(tail, head))
            raise TooShort(
                f"a dissolve of {length} frames into slot {number} needs {half} on either side of the cut: "
                f"{before.source.name} has {tail} after its end and {slot.source.name} {head} before its in-point, so "
                + (f"make it {most} or fewer, or trim" if most else "trim them, or leave the cut plain")
            )
    for number, (slot, after) in enumerate(zip(cut.slots, (*cut.slots[1:], None), strict=True), start=1):
        taken = [each.transition.frames for each in (slot, after) if each and each.transition]
        if sum(taken) // 2 > slot.frames:
            raise BadInput(
                f"slot {number} has {slot.frames} frames and its dissolves take {sum(taken) // 2} of them: make the "
                f"{'two' if len(taken) == 2 else 'one'} shorter"
            )


def dissolve_room(cut: Cut, number: int) -> int:
    """The longest dissolve into a slot (from 1) that its handles and the dissolves beside it leave room for; even.

    Of each slot a frame is left: no list should hold a clip that is nowhere by itself.
    """
    if number == 1:
        return 0
    before, slot = cut.slots[number - 2], cut.slots[number - 1]
    after = cut.slots[number].transition if number < len(cut.slots) else None
    beside = [each.frames // 2 if each else 0 for each in (before.transition, after)]
    spare = min(before.frames - beside[0], slot.frames - beside[1])
    return 2 * max(0, min(handles(cut, number - 1)[1], handles(cut, number)[0], spare - 1))


def fitting_dissolves(cut: Cut) -> tuple[Cut, tuple[str, ...]]:
    """The cut with every dissolve as long as it can be here, and a sentence for each that is not as it was.

    An editor's list may hold odd dissolves, and some over handles that a take has not got.
    """
    said = []
    wanted = [slot.transition.frames if slot.transition else 0 for slot in cut.slots]
    cut = replace(cut, slots=tuple(replace(slot, transition=None) for slot in cut.slots))
    for number, (slot, length) in enumerate(zip(cut.slots, wanted, strict=True), start=1):
        if not length:
            continue
        room = dissolve_room(cut, number)
        possible = min(length - length % 2, room)
        if possible:
            slots = list(cut.slots)
            slots[number - 1] = replace(slot, transition=Transition("dissolve", possible))
            cut = replace(cut, slots=tuple(slots))
        if possible != length:
            why = "they are even here" if possible == length - 1 else "there are no more handles"
            said.append(
                f"The dissolve into slot {number} has {possible} frames instead of {length}: {why}."
                if possible
                else f"The dissolve of {length} frames into slot {number} is a plain cut: there are no handles for it."
            )
    return cut, tuple(said)


def _check_slot(cut: Cut, slot: Slot, number: int) -> None:
    source = slot.source
    if slot.frames < 1 or slot.in_frames < 0 or slot.speed <= 0:
        raise BadInput(
            f"slot {number} has {slot.frames} frames from {slot.in_frames} at speed {slot.speed}: at least one frame, "
            f"an in-point of 0 or more and a speed above 0 are right"
        )
    if not source.file:
        raise BadInput(f"slot {number} waits for its {source.name} card: make it first")
    needed = source_frames_needed(slot.in_frames, slot.frames, slot.speed, source.rate, cut.rate)
    if needed > source.frames:
        raise TooShort(
            f"{source.name} has {source.frames} frames and slot {number} needs {needed}: use a longer take, a shorter "
            f"slot or a lower speed"
        )


def _check_names(sources: Sequence[Source]) -> None:
    """Editors tell media apart by file name, an EDL by reel, and Windows and macOS do not see case."""
    by_name: dict[str, Source] = {}
    by_reel: dict[str, Source] = {}
    for source in sources:
        if not _REEL.fullmatch(source.reel):
            raise BadInput(f"{source.name} has the reel {source.reel!r}: at most 8 of A-Z, 0-9 and _ are right")
        for known, key, what in ((by_name, source.file_name.casefold(), "file name"), (by_reel, source.reel, "reel")):
            other = known.setdefault(key, source)
            if other is not source:
                raise BadInput(f"{other.name} and {source.name} have the same {what}, {key}: give each its own")
