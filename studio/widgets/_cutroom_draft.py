"""The cut that is worked on in the cutting room: every edit since a stored version, kept on disk after each of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from studio.cutting.joins import check_aim
from studio.errors import StudioError
from studio.given import whole
from studio.log import drafts, new_id, now_us
from studio.log.cuts import cut_from_json, cut_to_json
from studio.nouns import Aim, Cut, Slot

MOST_STEPS = 100  # that can be undone


@dataclass(frozen=True)
class Made:
    """What editing changes of a cut."""

    slots: tuple[Slot, ...]
    aim: Aim
    banned: tuple[str, ...]

    @classmethod
    def of(cls, cut: Cut) -> Made:
        """Of a whole cut."""
        return cls(cut.slots, cut.aim, cut.banned)

    def like(self, other: Made) -> bool:
        """Whether both are the same film, whatever the words for how its slots came about."""
        return (
            (self.aim, self.banned) == (other.aim, other.banned)
            and len(self.slots) == len(other.slots)
            and all(
                replace(one, how="") == replace(each, how="") for one, each in zip(self.slots, other.slots, strict=True)
            )
        )


@dataclass(frozen=True)
class History:
    """A stored version, and what was done to it, step by step."""

    base: Cut
    start: Made  # before the first of the steps
    steps: tuple[tuple[str, Made], ...] = ()  # what was done in words, and what came of it
    done: int = 0  # steps that are not undone
    edge: str = field(default="", compare=False)  # what the last step moved bit by bit; "" where it ended with that

    @classmethod
    def of(cls, cut: Cut) -> History:
        """Of a version that nobody has edited."""
        return cls(cut, Made.of(cut))

    @property
    def made(self) -> Made:
        """As it is now."""
        return self.steps[self.done - 1][1] if self.done else self.start

    @property
    def cut(self) -> Cut:
        """The whole cut as it is now; its number and name are still those of the version it began from."""
        made = self.made
        return replace(self.base, slots=made.slots, aim=made.aim, banned=made.banned)

    @property
    def undo(self) -> str:
        """What would be undone, in words; "" for nothing."""
        return self.steps[self.done - 1][0] if self.done else ""

    @property
    def redo(self) -> str:
        """What would be done again."""
        return self.steps[self.done][0] if self.done < len(self.steps) else ""

    @property
    def unsaved(self) -> bool:
        """Whether it is another cut than the stored one."""
        return not self.made.like(Made.of(self.base))

    def edited(self, said: str, cut: Cut, edge: str = "") -> History:
        """With one more step; the same where nothing changed.

        An edge that is moved again and again, with nothing done in between, is one step: undone, it is where it was.
        """
        made = Made.of(cut)
        if made.like(self.made):
            return self
        before = self.undone() if edge and edge == self.edge else self
        if before is not self and made.like(before.made):  # it is back where it was
            return replace(before, steps=before.steps[: before.done])
        steps = (*before.steps[: before.done], (said, made))
        start = self.start
        if len(steps) > MOST_STEPS:
            start, steps = steps[0][1], steps[1:]
        return replace(self, start=start, steps=steps, done=len(steps), edge=edge)

    def undone(self) -> History:
        """With its last step taken back."""
        return replace(self, done=max(0, self.done - 1), edge="")

    def redone(self) -> History:
        """With the step that was taken back."""
        return replace(self, done=min(len(self.steps), self.done + 1), edge="")

    def saved(self, cut: Cut) -> History:
        """Going on from a version that was stored of it: what came before can still be undone."""
        made = Made.of(cut)
        if not self.done:
            return replace(self, base=cut, start=made, edge="")
        steps = list(self.steps)
        steps[self.done - 1] = (steps[self.done - 1][0], made)
        return replace(self, base=cut, steps=tuple(steps), edge="")


def name_of(version: int) -> str:
    """What a draft of a version is called."""
    return f"cut-{version}"


def keep(folder: Path, author: str, history: History) -> str:
    """Keep all of it; the mark that tells this draft from a later one. Nothing to lose: nothing is kept."""
    if not (history.unsaved or history.redo):
        drop(folder, author, history.base.version)
        return ""
    mark = new_id()
    drafts.keep(folder, author, name_of(history.base.version), to_dict(history) | {"mark": mark, "at_us": now_us()})
    return mark


def mark_of(folder: Path, author: str, version: int) -> str:
    """The mark of the draft that is there; "" for none."""
    return str(drafts.kept(folder, author, name_of(version)).get("mark", ""))


def kept(folder: Path, author: str, base: Cut) -> tuple[History, str, int] | None:
    """What was kept of a version's edits, with its mark and when it was; None where there is nothing to go on with."""
    found = drafts.kept(folder, author, name_of(base.version))
    try:
        return from_dict(found, base), str(found["mark"]), whole(found["at_us"], "a moment", 0, 2**62)
    except (KeyError, ValueError, TypeError, IndexError, StudioError):  # none, or not what `keep` writes
        return None


def drop(folder: Path, author: str, version: int) -> None:
    """Forget it: the cut is saved, or as it was."""
    drafts.drop(folder, author, name_of(version))


def to_dict(history: History) -> dict[str, Any]:
    """As JSON can hold it: every slot once, whatever number of steps it stayed the same."""
    places: dict[Slot, int] = {}

    def told(made: Made) -> list[Any]:
        numbers = [places.setdefault(slot, len(places)) for slot in made.slots]
        return [numbers, made.aim, list(made.banned)]

    start = told(history.start)
    steps = [[said, *told(made)] for said, made in history.steps]
    every = replace(history.base, slots=tuple(places), markers=(), banned=())
    return {
        "id": history.base.id, "start": start, "steps": steps, "done": history.done,
        "slots": json.loads(cut_to_json(every)),
    }  # fmt: skip


def from_dict(found: Mapping[str, Any], base: Cut) -> History:
    """What `to_dict` gave. Raises KeyError, ValueError, TypeError, IndexError or a StudioError for anything else."""
    if found["id"] != base.id:
        raise ValueError("a draft of another cut")
    every = cut_from_json(json.dumps(found["slots"])).slots

    def made(numbers: list[int], aim: str, banned: list[str]) -> Made:
        slots = tuple(every[whole(number, "a slot", 0, len(every) - 1)] for number in numbers)
        meets = [slot.record_frame for slot in slots] == [0, *(slot.end_frame for slot in slots[:-1])]
        if not meets or slots[-1].end_frame != base.frames:
            raise ValueError("slots that do not meet")
        return Made(slots, check_aim(aim), tuple(map(str, banned)))

    steps = tuple((str(said), made(*rest)) for said, *rest in found["steps"])
    return History(base, made(*found["start"]), steps, whole(found["done"], "the steps done", 0, len(steps)))
