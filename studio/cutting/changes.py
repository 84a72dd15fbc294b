"""What became of each slot between a cut and the one an editor gave back, in figures and in words."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from studio.nouns import Cut, Slot

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["new", "omitted", "reinstated", "swapped", "trimmed", "slipped", "retimed", "moved", "unmatched", "gap"]
KINDS: tuple[Kind, ...] = (
    "new", "reinstated", "omitted", "swapped", "trimmed", "slipped", "retimed", "moved", "unmatched", "gap",
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """What became of one slot. Frames are the film's."""

    name: str  # label of the take, name of the card, or what the list calls a clip that fits nothing
    kinds: tuple[Kind, ...]  # none: it came back as it was
    said: str
    slot: int | None = None  # number in the new cut, from 1
    was_slot: int | None = None  # and in the old one
    record_frame: int | None = None
    was_record_frame: int | None = None
    frames: int | None = None
    was_frames: int | None = None
    in_frames: int | None = None
    was_in_frames: int | None = None
    speed: Fraction | None = None
    was_speed: Fraction | None = None

    @property
    def head_frames(self) -> int | None:
        """Frames more (or less) of its source at the head; None where one of the two is not there."""
        return None if self.in_frames is None or self.was_in_frames is None else self.was_in_frames - self.in_frames


# column: dtype, unit and meaning
COLUMNS: dict[str, tuple[str, str]] = {
    "slot": ("Int64", "number in the new cut, from 1; missing: omitted"),
    "was_slot": ("Int64", "number in the old cut; missing: new"),
    "take": ("str", "label of the take, name of the card, or the list's name of a clip that fits nothing"),
    "change": ("str", f"{', '.join(KINDS)}; empty: as it was"),
    "said": ("str", "the same in words"),
    "record_frame": ("Int64", "where it starts, frames of the film from 0"),
    "was_record_frame": ("Int64", "and where it did"),
    "frames": ("Int64", "how long it lasts, frames of the film"),
    "was_frames": ("Int64", "and did"),
    "in_frames": ("Int64", "where in the source it starts, frames of the film"),
    "was_in_frames": ("Int64", "and did"),
    "speed": ("str", "source time for film time, an exact fraction"),
    "was_speed": ("str", "and was"),
}


def to_frame(changes: Sequence[Change]) -> pd.DataFrame:
    """One row a slot of either cut; columns, dtypes, units and meanings are those of `COLUMNS`."""
    import pandas as pd

    rows = [
        (
            c.slot,
            c.was_slot,
            c.name,
            ", ".join(c.kinds),
            c.said,
            c.record_frame,
            c.was_record_frame,
            c.frames,
            c.was_frames,
            c.in_frames,
            c.was_in_frames,
            None if c.speed is None else str(c.speed),
            None if c.was_speed is None else str(c.was_speed),
        )
        for c in changes
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.astype({column: dtype for column, (dtype, _) in COLUMNS.items()})


def paired(old: Sequence[Slot], new: Sequence[Slot]) -> dict[int, int]:
    """For each place in `new` the place in `old` that it came from, by its source.

    Of several uses of one take those that are the same go together, then those that begin nearest in the take.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for at, slot in enumerate(old):
        if not slot.empty:
            places[slot.source.name].append(at)
    found: dict[int, int] = {}
    waiting: dict[str, list[int]] = defaultdict(list)
    for at, slot in enumerate(new):
        same = [place for place in places[slot.source.name] if _used(old[place]) == _used(slot)]
        if same:
            found[at] = same[0]
            places[slot.source.name].remove(same[0])
        else:
            waiting[slot.source.name].append(at)
    for name, several in waiting.items():
        distances = sorted(
            (abs(old[place].in_frames - new[at].in_frames), abs(place - at), at, place)
            for at in several
            for place in places[name]
        )
        taken: set[int] = set()
        for _, _, at, place in distances:
            if at not in found and place not in taken:
                found[at] = place
                taken.add(place)
    return found


def _used(slot: Slot) -> tuple[int, int, Fraction]:
    return slot.in_frames, slot.frames, slot.speed


def changes(
    old: Cut,
    new: Cut,
    *,
    unmatched: Mapping[int, str],
    said: Mapping[int, str],
    earlier: Collection[str] = (),
) -> tuple[Change, ...]:
    """Every slot of the new cut in order, then those that were omitted.

    `unmatched` are places in the new cut with the list's names of the clips that should stand there, `said` what else
    there is to say of a place, `earlier` the takes of older versions.
    """
    pairs = paired(old.slots, new.slots)
    moved = _moved(pairs)
    found = []
    for at, slot in enumerate(new.slots):
        note = f"; {said[at]}" if at in said else ""
        if at in pairs:
            found.append(_changed(old, new, at, pairs[at], at in moved, note))
            continue
        kind, words = _fresh(slot, at, unmatched, earlier)
        found.append(
            Change(
                unmatched.get(at, slot.source.name),
                (kind,),
                f"{words}{note}",
                slot=at + 1,
                record_frame=slot.record_frame,
                frames=slot.frames,
                in_frames=slot.in_frames,
                speed=slot.speed,
            )
        )
    gone = set(range(len(old.slots))) - set(pairs.values())
    for place in sorted(gone):
        slot = old.slots[place]
        if slot.empty:
            continue
        found.append(
            Change(
                slot.source.name,
                ("omitted",),
                f"no longer in the cut: it was slot {place + 1}, {slot.frames} frames",
                was_slot=place + 1,
                was_record_frame=slot.record_frame,
                was_frames=slot.frames,
                was_in_frames=slot.in_frames,
                was_speed=slot.speed,
            )
        )
    return tuple(found)


def _fresh(slot: Slot, at: int, unmatched: Mapping[int, str], earlier: Collection[str]) -> tuple[Kind, str]:
    length = in_frames(slot.frames)
    if at in unmatched:
        return "unmatched", f"fits no take; {length} are left empty"
    if slot.empty:
        return "gap", f"{length} without a picture"
    if slot.source.name in earlier:
        return "reinstated", f"in again, as in an earlier version: {length} from frame {slot.in_frames}"
    return "new", f"was not in the cut: {length} from frame {slot.in_frames}"


def _moved(pairs: Mapping[int, int]) -> set[int]:
    """The places that are out of the old order: all but the longest run of slots that keeps it."""
    order = sorted(pairs)
    ends: list[int] = []  # the least old place that a run of each length can end with
    at_end: list[int] = []
    before: dict[int, int] = {}
    for at in order:
        length = bisect_left(ends, pairs[at])
        if length:
            before[at] = at_end[length - 1]
        if length == len(ends):
            ends.append(pairs[at])
            at_end.append(at)
        else:
            ends[length], at_end[length] = pairs[at], at
    kept: set[int] = set()
    at_last = at_end[-1] if at_end else None
    while at_last is not None:
        kept.add(at_last)
        at_last = before.get(at_last)
    return set(order) - kept


def _changed(old: Cut, new: Cut, at: int, place: int, moved: bool, note: str) -> Change:
    was, now = old.slots[place], new.slots[at]
    kinds: list[Kind] = []
    words: list[str] = []
    if now.speed != was.speed:
        kinds.append("retimed")
        words.append(f"speed {now.speed} instead of {was.speed}")
    if now.frames != was.frames:
        kinds.append("trimmed")
        words.append(_trimmed(was, now))
    elif now.in_frames != was.in_frames and now.speed == was.speed:
        kinds.append("slipped")
        later = now.in_frames - was.in_frames
        words.append(f"slipped: begins {in_frames(abs(later))} {'later' if later > 0 else 'earlier'} in the take")
    elif now.in_frames != was.in_frames:
        words.append(f"from frame {now.in_frames} instead of {was.in_frames}")
    if moved:
        kinds.append("moved")
        words.append(f"moved from place {place + 1} to {at + 1}")
    shift = now.record_frame - was.record_frame
    if shift and not moved:
        words.append(f"starts {in_frames(abs(shift))} {'later' if shift > 0 else 'earlier'}")
    ordered = tuple(kind for kind in KINDS if kind in kinds)
    return Change(
        now.source.name,
        ordered,
        f"{'; '.join(words) or 'as it was'}{note}",
        at + 1,
        place + 1,
        now.record_frame,
        was.record_frame,
        now.frames,
        was.frames,
        now.in_frames,
        was.in_frames,
        now.speed,
        was.speed,
    )


def _trimmed(was: Slot, now: Slot) -> str:
    longer = now.frames - was.frames
    total = f"{in_frames(abs(longer))} {'longer' if longer > 0 else 'shorter'}"
    if now.speed != was.speed:
        return total
    head = round((was.in_frames - now.in_frames) / now.speed)
    ends = [(f"{in_frames(abs(n))} {'more' if n > 0 else 'less'} at its {end}") for n, end in
            ((head, "head"), (longer - head, "tail")) if n]  # fmt: skip
    return f"{total}: {' and '.join(ends)}" if ends else total


def in_frames(count: int) -> str:
    """ "1 frame", "12 frames"."""
    return f"{count} frame{'s' if count != 1 else ''}"
