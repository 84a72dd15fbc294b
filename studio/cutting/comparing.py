"""What is different between two versions of a cut, slot by slot and in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING

from studio.cutting.changes import KINDS, Change, changes, to_frame
from studio.cutting.joins import Join
from studio.nouns import Cut, Slot

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Difference:
    """What became of every slot of one version in another."""

    old: int  # version
    new: int
    changes: tuple[Change, ...]  # every slot of the new cut in order, then those that were omitted
    notes: tuple[str, ...] = ()  # what changed besides the slots, one sentence each
    joins: str = ""  # what became of the joins, in words, where they were looked at

    @property
    def changed(self) -> tuple[Change, ...]:
        """The slots that are not as they were."""
        return tuple(each for each in self.changes if each.kinds)

    @property
    def counts(self) -> dict[str, int]:
        """How many slots are new, omitted, swapped, trimmed, …; only what there is."""
        found = Counter(kind for each in self.changes for kind in each.kinds)
        return {kind: found[kind] for kind in KINDS if found[kind]}

    @property
    def words(self) -> str:
        """ "6 slots changed: 2 swapped, 4 trimmed"."""
        count = len(self.changed)
        if not count:
            return "no slot changed"
        kinds = ", ".join(f"{number} {kind}" for kind, number in self.counts.items())
        return f"{count} slot{'s' if count > 1 else ''} changed: {kinds}"

    def __repr__(self) -> str:
        lines = [f"version {self.new} against {self.old}: {self.words}"]
        lines += [f"  {_where(each)} {each.name}: {each.said}" for each in self.changed]
        lines += [f"  joins: {self.joins}"] if self.joins else []
        return "\n".join([*lines, *(f"  {note}" for note in self.notes)])

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><td style="text-align:left">{escape(_where(each))}</td><td style="text-align:left">'
            f'{escape(each.name)}</td><td style="text-align:left">{escape(each.said)}</td></tr>'
            for each in self.changed
        )
        if self.joins:
            rows += f'<tr><td></td><th scope="row">joins</th><td style="text-align:left">{self.joins}</td></tr>'
        head = "".join(f'<th scope="col">{name}</th>' for name in ("slot", "take", "change"))
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>" if rows else ""
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        said = f"version {self.new} against {self.old}: {self.words}"
        return f"<p><b>{escape(said)}</b></p>{table}" + (f"<ul>{notes}</ul>" if notes else "")

    def to_frame(self) -> pd.DataFrame:
        """One row a slot of either cut; see `studio.cutting.changes.COLUMNS`."""
        return to_frame(self.changes)


def difference(old: Cut, new: Cut) -> Difference:
    """What is different in the new cut. A slot of the same shot with another take is swapped, not new."""
    found = list(changes(old, new, unmatched={}, said={}))
    gone = {each.was_slot: each for each in found if "omitted" in each.kinds and each.was_slot}
    for place, each in enumerate(found):
        if each.kinds not in (("new",), ("gap",)) or each.slot is None:
            continue
        was = _replaced(old, gone, new.slots[each.slot - 1])
        if was is not None:
            found[place] = _swapped(each, gone.pop(was))
            found = [other for other in found if not (other.was_slot == was and other.slot is None)]
    return Difference(old.version, new.version, tuple(_filled(old, new, found)), _notes(old, new))


def joins_compared(old: Sequence[Join | None], new: Sequence[Join | None]) -> str:
    """ "3 good, 1 weak instead of 2 good, 2 break: 2.61 → 3.12 in all"."""
    (was, before), (now, after) = ((_joined(joins), sum(each.score for each in joins if each)) for joins in (old, new))
    if [each and (each.score, each.word) for each in old] == [each and (each.score, each.word) for each in new]:
        return f"{now}, as they were"
    instead = f" instead of {was}" if was != now else ""
    return f"{now}{instead}: {before:.2f} → {after:.2f} in all"


def _joined(joins: Sequence[Join | None]) -> str:
    words = Counter(each.word for each in joins if each)
    return ", ".join(f"{words[word]} {word}" for word in ("good", "weak", "break") if words[word]) or "none"


def _replaced(old: Cut, gone: dict[int, Change], slot: Slot) -> int | None:
    """The number of the omitted slot that another slot stands in for: of its shot, and nearest in the film."""
    same = [number for number in gone if slot.shot and old.slots[number - 1].shot == slot.shot]
    return min(
        same, key=lambda number: (abs(old.slots[number - 1].record_frame - slot.record_frame), number), default=None
    )


def _swapped(new: Change, was: Change) -> Change:
    return replace(
        new,
        kinds=new.kinds if new.kinds == ("gap",) else ("swapped",),
        said=f"{'nothing' if new.kinds == ('gap',) else new.name} instead of {was.name}",
        was_slot=was.was_slot,
        was_record_frame=was.was_record_frame,
        was_frames=was.was_frames,
        was_in_frames=was.was_in_frames,
        was_speed=was.was_speed,
    )


def _filled(old: Cut, new: Cut, found: list[Change]) -> list[Change]:
    """An empty slot that is still empty is as it was, and a take in it is no new slot."""
    empty = {slot.shot: number for number, slot in enumerate(old.slots, start=1) if slot.empty}
    told = []
    for each in found:
        number = empty.pop(new.slots[each.slot - 1].shot, None) if each.slot and each.was_slot is None else None
        if number is None:
            told.append(each)
        elif each.kinds == ("gap",):
            told.append(replace(each, kinds=(), said="still empty", was_slot=number))
        else:
            told.append(replace(each, kinds=("swapped",), said=f"{each.name} in the empty slot", was_slot=number))
    return told


def _notes(old: Cut, new: Cut) -> tuple[str, ...]:
    """What changed besides the slots."""
    notes = []
    for words, of in (("pinned", _pinned), ("banned", _banned)):
        on, off = of(new) - of(old), of(old) - of(new)
        notes += [f"{words}: {', '.join(sorted(on))}"] if on else []
        notes += [f"no longer {words}: {', '.join(sorted(off))}"] if off else []
    for number, (was, now) in enumerate(zip(old.slots, new.slots, strict=False), start=1):
        if was.aim != now.aim:
            notes.append(f"the join into slot {number} aims at {now.aim or new.aim} instead of {was.aim or old.aim}")
        if was.transition != now.transition:
            lengths = [
                f"a dissolve of {each.transition.frames} f" if each.transition else "a plain cut" for each in (now, was)
            ]
            notes.append(f"{lengths[0]} leads into slot {number} instead of {lengths[1]}")
    if old.aim != new.aim:
        notes.append(f"the joins aim at {new.aim} instead of {old.aim}")
    if old.song.sha256 != new.song.sha256:
        notes.append("it plays another song")
    before, after = (f"{float(cut.song.start_s):.2f} to {float(cut.song.end_s):.2f} s" for cut in (old, new))
    if before != after:
        notes.append(f"it plays {after} of the song instead of {before}")
    return tuple(notes)


def _pinned(cut: Cut) -> set[str]:
    return {slot.source.name for slot in cut.slots if slot.pinned}


def _banned(cut: Cut) -> set[str]:
    return set(cut.banned)


def _where(change: Change) -> str:
    return f"slot {change.slot}" if change.slot else f"(slot {change.was_slot})"
