"""What a cut has to be before anything is made of it: the one place that says no."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from studio.errors import BadInput, BadMedia, TooShort
from studio.nouns import Cut, Slot, Source
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
    _check_names(cut.sources)


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
