"""What the cutting room shows, as values that JSON can hold: pure functions of a cut and of what the log says.

Times are whole frames of the film's grid, from 0 at the start of the cut.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any

from studio.cutting import (
    Alternate,
    Candidate,
    Join,
    Stock,
    coverage_said,
    difference,
    heard,
    join,
    joins_compared,
    markers,
)
from studio.cutting.checking import dissolve_room
from studio.cutting.choosing import aim_into, present
from studio.delivery import editors_of
from studio.nouns import Aim, Cut, Marker, Slot, Source
from studio.song import sure_said
from studio.timecode import drops, frame_at, record_timecode
from studio.widgets._desk_state import initials

if TYPE_CHECKING:
    from fractions import Fraction

    from studio.media import End
    from studio.song import Master, Section

NO_SONG: dict[str, Any] = {
    "there": False, "audio": "", "bpm": 0.0, "how": "no song", "beats": [], "bars": [], "sections": [], "lines": [],
    "markers": [], "undo": "",
}  # fmt: skip
OF_SLOTS = ("prompt", "camera")  # kinds of markers that are not of the song


@dataclass(frozen=True)
class Judged:
    """What is said of the takes."""

    verdicts: Mapping[str, str]  # by the take's label
    circled: Mapping[str, int]  # circled takes with a clip, by shot


# --- slots -----------------------------------------------------------------------------------------------------------


def slot_rows(cut: Cut, judged: Judged, clip: Callable[[Source], str]) -> list[dict[str, Any]]:
    """Every slot; `clip` gives the address of a take's clip."""
    sounds = {each.slot: f"{each.file} {each.start_s} {each.speed} {each.frames}" for each in heard(cut)}
    return [
        _slot(cut, number, slot, judged, clip, sounds.get(number, "")) for number, slot in enumerate(cut.slots, start=1)
    ]


def _slot(
    cut: Cut, number: int, slot: Slot, judged: Judged, clip: Callable[[Source], str], heard: str
) -> dict[str, Any]:
    """`heard` tells the sounds under slots apart, "" for none."""
    source, take = slot.source, slot.source.kind == "take"
    length, last = (reach(cut, slot)) if take else (slot.frames, 0)
    start = slot.in_frames if take else 0
    return {
        "n": number,
        "shot": slot.shot,
        "take": source.name,
        "kind": "empty" if slot.empty else source.kind,
        "record": slot.record_frame,
        "frames": slot.frames,
        "in": start,
        "out": start + max(1, length - last),  # so that the last in-point is `length` less what is used
        "length": length,
        "speed": str(slot.speed),
        "pinned": slot.pinned,
        "aim": slot.aim,
        "dissolve": slot.transition.frames if slot.transition else 0,
        "dissolve_room": dissolve_room(cut, number),
        "how": how_of(slot),
        "clip": clip(source) if take else "",
        "verdict": judged.verdicts.get(source.name, "") if take else "",
        "circled": judged.circled.get(slot.shot, 0) if slot.shot else 0,
        "sound": slot.sound,
        "heard": heard,
    }


def reach(cut: Cut, slot: Slot) -> tuple[int, int]:
    """How long a slot's clip is in whole frames of the film, and the last in-point from which it fills the slot."""
    exact = slot.source.frames * cut.rate / slot.source.rate
    return math.floor(exact), max(0, math.floor(exact - slot.frames * slot.speed))


def how_of(slot: Slot) -> str:
    """How a slot came about, without its joins: those stand beside it as they are now."""
    return "" if slot.how.startswith("joins: ") else slot.how.split("; joins: ")[0]


def coverage_of(cut: Cut, circled: Mapping[str, int]) -> dict[str, Any]:
    """How many slots have circled takes to choose from, in words and for each; a card lacks nothing."""
    counts = [circled.get(slot.shot, 0) if slot.shot else 2 for slot in cut.slots]
    shots = [(slot.shot, count) for slot, count in zip(cut.slots, counts, strict=True) if slot.shot]
    return {"said": coverage_said(shots), "marks": [min(2, count) for count in counts]}


# --- joins -----------------------------------------------------------------------------------------------------------


class Joins:
    """The joins of a cut; one whose two ends and aim stayed the same is not worked out again."""

    def __init__(self) -> None:
        self._stock: Stock | None = None
        self._by_place: dict[tuple[object, ...], Join | None] = {}  # as this stock knows the takes
        self._by_ends: dict[tuple[End, End, Aim], Join] = {}

    def of(self, cut: Cut, stock: Stock) -> list[Join | None]:
        """Between each slot and the next; None beside a card, and where nothing is known of one of the takes."""
        if stock is not self._stock:
            self._stock, self._by_place = stock, {}
        found = []
        for before, after in pairwise(cut.slots):
            aim = aim_into(cut, after)
            key = (before.source.name, before.in_frames, before.frames, before.speed,
                   after.source.name, after.in_frames, after.speed, aim)  # fmt: skip
            if key not in self._by_place:
                self._by_place[key] = self._meet(cut, before, after, aim, stock)
            found.append(self._by_place[key])
        return found

    def _meet(self, cut: Cut, before: Slot, after: Slot, aim: Aim, stock: Stock) -> Join | None:
        if "card" in (before.source.kind, after.source.kind):
            return None
        tail, head = present(cut, before, stock).tail, present(cut, after, stock).head
        if tail is None or head is None:
            return None
        if (tail, head, aim) not in self._by_ends:
            self._by_ends[tail, head, aim] = join(tail, head, aim)
        return self._by_ends[tail, head, aim]


def join_rows(cut: Cut, joins: Sequence[Join | None]) -> list[dict[str, Any] | None]:
    """Every join with its parts."""
    return [
        None if found is None else {
            "score": found.score,
            "word": found.word,
            "said": found.said,
            "aim": aim_into(cut, after),
            "parts": [[name, score] for name, score in found.parts.items()],
        }
        for after, found in zip(cut.slots[1:], joins, strict=True)
    ]  # fmt: skip


def worth(joins: Sequence[Join | None]) -> float:
    """The sum of the scores."""
    return sum(found.score for found in joins if found)


def alternate_rows(
    cut: Cut, slot: Slot, found: Sequence[Alternate], others: Sequence[Candidate]
) -> list[dict[str, Any]]:
    """What could stand in a slot, the best first, then takes that cannot, each with why."""
    rows = [
        {
            "take": each.take,
            "in": each.in_frames,
            "score": each.total or 0.0,
            "before": each.join_in.score if each.join_in else None,
            "after": each.join_out.score if each.join_out else None,
            "price": each.price,
            "verdict": each.verdict,
            "obeyed": each.obeyed,
            "said": " · ".join(
                f"{side}: {one.said}" for side, one in (("in", each.join_in), ("out", each.join_out)) if one
            ),
            "fits": True,
            "why": "",
        }
        for each in found
    ]
    there = {each.take for each in found}
    for other in others:
        if other.label not in there:
            rows.append(
                {
                    "take": other.label,
                    "in": 0,
                    "score": 0.0,
                    "before": None,
                    "after": None,
                    "price": 0.0,
                    "verdict": other.verdict,
                    "obeyed": other.obeyed,
                    "said": "",
                    "fits": False,
                    "why": "banned in this cut" if other.label in cut.banned else _short(cut, slot, other.source),
                }
            )
    return rows


def _short(cut: Cut, slot: Slot, source: Source) -> str:
    has = math.floor(source.frames * cut.rate / source.rate)
    return f"{has} frames, and the slot needs {math.ceil(slot.frames * slot.speed)}"


# --- the song --------------------------------------------------------------------------------------------------------


def song_of(cut: Cut, master: Master | None, audio: str, undo: str = "") -> dict[str, Any]:
    """The song under the cut: as it is corrected now, or, where the film has another by now, as the cut has it.

    `undo` is the correction that can be taken back, in words.
    """
    if not cut.song.file:
        return NO_SONG
    if master is None or master.sha256 != cut.song.sha256:
        return NO_SONG | {"there": True, "audio": audio} | _as_stored(cut)
    start_s, end_s = cut.song.start_s, cut.song.start_s + cut.frames / cut.rate
    bars = _numbered(cut, master, start_s, end_s)
    beats = {_frame(cut, time) for time in master.grid.beats(start_s, end_s)} | {frame for _, frame in bars}
    lines = markers(bars=(), beats=(), lines=master.lines, start_s=start_s, end_s=end_s, rate=cut.rate)
    finder = "" if master.by == "studio" else f" by {master.by}"
    return {
        "there": True,
        "audio": audio,
        "bpm": round(float(master.grid.bpm), 1),
        "how": f"corrected: {master.how}" if master.how else f"found{finder}, confidence {sure_said(master.grid)}",
        "beats": sorted(frame for frame in beats if frame < cut.frames),
        "bars": bars,
        "sections": [row for _, row in sections_of(cut, master)],
        "lines": [[line.frame, line.frames, line.name] for line in lines],
        "markers": [[_frame(cut, mark.at_s), mark.name] for mark in master.marks if start_s <= mark.at_s < end_s],
        "undo": undo,
    }


def _frame(cut: Cut, time_s: Fraction) -> int:
    return frame_at(time_s - cut.song.start_s, cut.rate)


def _numbered(cut: Cut, master: Master, start_s: Fraction, end_s: Fraction) -> list[list[int]]:
    """The bars of the cut, each with its number in the part of the song that is used."""
    every = master.grid.bars(min(start_s, master.start_s), end_s)
    first = sum(time < master.start_s for time in every)
    found: dict[int, int] = {}
    for place, time in enumerate(every):
        if time >= start_s and (frame := _frame(cut, time)) < cut.frames:
            found.setdefault(frame, place - first + 1)
    return [[number, frame] for frame, number in found.items()]


def sections_of(cut: Cut, master: Master) -> list[tuple[Section, list[Any]]]:
    """The sections that sound in the cut, each as the song has it and as the page shows it."""
    start_s, end_s = cut.song.start_s, cut.song.start_s + cut.frames / cut.rate
    every = master.sections
    found = []
    for place, section in enumerate(every):
        until = end_s if section.end_s is None else min(end_s, section.end_s)
        last = every[place + 1].bar - 1 if place + 1 < len(every) else len(master.bars)
        first_frame, end = _frame(cut, max(section.start_s, start_s)), min(cut.frames, _frame(cut, until))
        if end > first_frame:
            said = f"bars {section.bar}–{last}" if last > section.bar else f"bar {section.bar}"
            found.append((section, [section.name, first_frame, end - first_frame, said]))
    return found


def _as_stored(cut: Cut) -> dict[str, Any]:
    """What the cut itself says of its song."""
    found: dict[str, list[Marker]] = {}
    for marker in cut.markers:
        found.setdefault(marker.kind, []).append(marker)
    bars = [
        [int(marker.name.removeprefix("bar ")), marker.frame]
        for marker in found.get("bar", ())
        if marker.name.removeprefix("bar ").isdecimal()
    ]
    beats = sorted(marker.frame for kind in ("bar", "beat") for marker in found.get(kind, ()))
    steps = [after - before for before, after in pairwise(beats)]
    sections = found.get("section", ())
    return {
        "bpm": round(float(60 * cut.rate) / median(steps), 1) if steps else 0.0,
        "how": "as this cut was made: the film has another song by now",
        "beats": beats,
        "bars": bars,
        "sections": [[one.name, one.frame, one.frames, ""] for one in sections if one.frames > 1],
        "lines": [[one.frame, one.frames, one.name] for one in found.get("lyric", ())],
        "markers": [[one.frame, one.name] for one in sections if one.frames == 1],
    }


def markers_now(cut: Cut, master: Master | None) -> tuple[Marker, ...]:
    """The markers of a cut by the song as it is corrected now."""
    if master is None or not cut.song.file or master.sha256 != cut.song.sha256:
        return cut.markers
    start_s, end_s = cut.song.start_s, cut.song.end_s
    bars = _numbered(cut, master, start_s, end_s)
    found = markers(
        bars=master.grid.bars(start_s, end_s),
        beats=master.grid.beats(start_s, end_s),
        lines=master.lines,
        start_s=start_s,
        end_s=end_s,
        rate=cut.rate,
        first_bar=bars[0][0] if bars else 1,
        sections=master.sections,
        marks=master.marks,
    )
    own = [marker for marker in cut.markers if marker.kind in OF_SLOTS]
    return tuple(sorted((*found, *own), key=lambda marker: marker.frame)) if own else found


# --- versions --------------------------------------------------------------------------------------------------------


def version_row(cut: Cut, authors: Sequence[str]) -> list[Any]:
    """[9, "first cut", "DR", "29 Nov 14:31"]."""
    return [cut.version, cut.name, initials(cut.author, authors), when(cut.created_at_us)]


def when(at_us: int) -> str:
    """ "29 Nov 14:31", where this machine stands."""
    moment = datetime.fromtimestamp(at_us // 1_000_000).astimezone()
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{moment.day} {months[moment.month - 1]} {moment:%H:%M}"


def against_of(
    old: Cut, new: Cut, old_joins: Sequence[Join | None] = (), joins: Sequence[Join | None] = ()
) -> dict[str, Any]:
    """What is different from another version: "51 of 55 survived · 4 new · 6 trimmed", slot by slot, and the joins."""
    found = difference(old, new)
    takes = {slot.source.name for slot in new.slots if slot.source.kind == "take"}
    were = [slot.source.name for slot in old.slots if slot.source.kind == "take"]
    told = [f"{sum(name in takes for name in were)} of {len(were)} survived"]
    told += [f"{count} {kind}" for kind, count in found.counts.items()]
    return {
        "version": old.version,
        "said": " · ".join([*told, *found.notes]),
        "slots": [[each.slot or 0, each.kinds[0], f"{each.name}: {each.said}"] for each in found.changed],
        "joins": joins_compared(old_joins, joins),
    }


def editor_rows(cut: Cut) -> list[dict[str, Any]]:
    """Who the cut can be handed to, each with what is opened and what that cannot carry."""
    return [
        {
            "preset": each.preset, "editor": each.editor, "opens": each.opens, "otherwise": list(each.otherwise),
            "cannot": list(each.cannot),
        }
        for each in editors_of(cut)
    ]  # fmt: skip


def cut_row(cut: Cut, unsaved: bool, undo: str, redo: str, opened: str) -> dict[str, Any]:
    """The cut itself."""
    rate = cut.rate
    return {
        "version": cut.version,
        "name": cut.name,
        "unsaved": unsaved,
        "undo": undo,
        "redo": redo,
        "opened": opened,
        "rate": [rate.numerator, rate.denominator],
        "fps": float(rate),
        "start": record_timecode(0, rate),
        "drop": drops(rate),
        "frames": cut.frames,
        "aim": cut.aim,
        "banned": list(cut.banned),
    }
