"""CMX 3600 (`.edl`): every editor ever, picture and song as one list of events in plain text.

Source times count frames of the film from 00:00:00:00, the start of each file, or from the time code of a stamped
copy; record times from 01:00:00:00, in drop frame where the film has it. A slowed clip has an M2 line with its speed
in frames per second. The lines of the list itself are ASCII; only comments that name a file, or carry a prompt, are
written as they are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from studio.cutting.formats import _shared as shared
from studio.nouns import Cut, Marker, Slot
from studio.timecode import record_timecode, timecode

_TITLE_LENGTH = 70
_SONG_REEL = "SONG"
_COLOURS = {"bar": "RED", "beat": "CYAN", "section": "MAGENTA", "lyric": "YELLOW", "prompt": "GREEN", "camera": "BLUE"}


def write(
    cut: Cut, *, folder: Path, prompts: Mapping[str, str] | None = None, lists: shared.Lists = shared.ALONE
) -> bytes:
    """The cut as an EDL: one event a slot, then the song; markers as locators below the event they lie in.

    A dissolve is an event of two rows, as CMX 3600 has it: the outgoing clip without length, then the incoming one,
    both from the frame on which the dissolve begins.
    """
    cut = shared.checked(cut, lists)
    drop = shared.drop_of(cut, lists)
    lines = [f"TITLE: {shared.ascii_only(cut.film_title)[:_TITLE_LENGTH]}".rstrip()]
    lines.append(f"FCM: {'DROP FRAME' if drop else 'NON-DROP FRAME'}")
    markers = shared.travelling(cut, prompts, lists)
    before: _Row | None = None
    for number, (slot, (half_in, half_out)) in enumerate(zip(cut.slots, shared.halves(cut), strict=True), start=1):
        row = _row(cut, slot, half_in, half_out, lists)
        name = f"CLIP NAME: {shared.one_line(slot.source.file_name)}"
        if slot.transition and before:
            out = replace(before, source_in=before.source_out, record_in=row.record_in, record_out=row.record_in)
            lines.append(out.line(number, "C", cut.rate, drop))
            lines.append(row.line(number, f"D    {slot.transition.frames:03d}", cut.rate, drop))
            lines += out.motion(cut.rate, drop)
            lines += row.motion(cut.rate, drop)
            lines.append(f"* FROM CLIP NAME: {shared.one_line(cut.slots[number - 2].source.file_name)}")
            lines.append(f"* TO {name}")
        else:
            lines.append(row.line(number, "C", cut.rate, drop))
            lines += row.motion(cut.rate, drop)
            lines.append(f"* FROM {name}")
        if prompt := (prompts or {}).get(slot.source.name):
            lines.append(f"* PROMPT: {shared.one_line(prompt)}")
        lines += [
            _locator(cut, marker, drop) for marker in markers if slot.record_frame <= marker.frame < slot.end_frame
        ]
        before = row
    if cut.song.file:
        song = _Row(_SONG_REEL, "AA", 0, cut.frames, 0, cut.frames)
        lines.append(song.line(len(cut.slots) + 1, "C", cut.rate, drop))
        lines.append(f"* FROM CLIP NAME: {shared.SONG}")
    return ("\n".join(lines) + "\n").encode()


def limits(cut: Cut, lists: shared.Lists = shared.ALONE) -> tuple[str, ...]:
    """What an EDL cannot carry of this cut."""
    cut = shared.placed(cut, lists)
    said = [*shared.no_list_can(cut), *shared.sounds(cut, left_out=True)]
    if speeds := shared.speeds(cut):
        said.append(f"The speed of {speeds} is rounded to a tenth of a frame per second.")
    names = [cut.film_title, *(marker.name for marker in cut.markers)]
    if any(shared.ascii_only(name) != shared.one_line(name) for name in names):
        said.append("The film's title and the markers are spelled in plain ASCII.")
    if shapes := shared.other_shapes(cut):
        said.append(f"The sizes of pictures are not in it, so neither is how those of {shapes} are fitted.")
    if not (shared.is_ntsc(cut.rate) or cut.rate.denominator == 1):
        said.append(f"Time code counts {round(cut.rate)} frames a second, the film has {cut.rate}.")
    if rates := shared.other_rates(cut):
        said.append(
            f"Source time codes of {rates} count the film's frames too: for editors that count the source's, conform "
            f"the media to one rate."
        )
    if round(cut.rate) > 30:
        said.append(f"CMX 3600 knows no more than 30 frames a second: set the project to {round(cut.rate)} first.")
    halved = shared.halves(cut)
    if odd := shared.where(
        cut, [(half[0] * slot.speed).denominator != 1 for slot, half in zip(cut.slots, halved, strict=True)]
    ):
        said.append(f"The first source frame of the dissolve into {odd} is rounded to a whole one.")
    if lists.alternates:
        said.append("Alternates are not in it.")
    if not all(shared.start_of(slot.source, lists) and shared.reel_of(slot.source, lists) for slot in cut.slots):
        said.append(
            "Media are named by reel and time code only, and every take starts at 00:00:00:00 without a reel of its "
            "own: Resolve and Avid need each clip linked by hand, by the name in its comment."
        )
    said.append("Markers are comments (* LOC), which some editors do not read.")
    return tuple(said)


@dataclass(frozen=True)
class _Row:
    """A row of an event: source times are frames of the film from 00:00:00:00, record times from the film's first."""

    reel: str
    channel: str
    source_in: int
    source_out: int
    record_in: int
    record_out: int
    speed: Fraction = Fraction(1)

    def line(self, number: int, edit: str, rate: Fraction, drop: bool) -> str:
        source = (timecode(frame, rate, drop=drop) for frame in (self.source_in, self.source_out))
        record = (record_timecode(frame, rate, drop=drop) for frame in (self.record_in, self.record_out))
        return f"{number:03d}  {self.reel:<8} {self.channel:<4}  {edit:<8} {' '.join((*source, *record))}"

    def motion(self, rate: Fraction, drop: bool) -> list[str]:
        """The line with its speed, where it has one."""
        if self.speed == 1:
            return []
        at = timecode(self.source_in, rate, drop=drop)
        return [f"M2   {self.reel:<8}   {float(rate * self.speed):05.1f}                {at}"]


def _row(cut: Cut, slot: Slot, half_in: int, half_out: int, lists: shared.Lists) -> _Row:
    """A slot from the first frame of the dissolve into it to the first of the one out of it."""
    frames = slot.frames + half_in - half_out
    first = shared.list_frame(cut, slot.source, lists) + math.floor(slot.in_frames - half_in * slot.speed)
    return _Row(
        reel=slot.source.reel,
        channel="V",
        source_in=first,
        source_out=first + max(min(1, frames), round(frames * slot.speed)),
        record_in=slot.record_frame - half_in,
        record_out=slot.end_frame - half_out,
        speed=slot.speed,
    )


def _locator(cut: Cut, marker: Marker, drop: bool) -> str:
    at = record_timecode(marker.frame, cut.rate, drop=drop)
    return f"* LOC: {at} {_COLOURS[marker.kind]:<7} {shared.ascii_only(marker.name)}"
