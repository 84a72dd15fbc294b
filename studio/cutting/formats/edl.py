"""CMX 3600 (`.edl`): every editor ever, picture and song as one list of events in plain text.

Source times count frames of the film from 00:00:00:00, the start of each file; record times from 01:00:00:00. A
slowed clip has an M2 line with its speed in frames per second. The lines of the list itself are ASCII; only comments
that name a file, or carry a prompt, are written as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from studio.cutting.checking import check
from studio.cutting.formats import _shared as shared
from studio.nouns import Cut, Marker, Slot
from studio.timecode import timecode

_TITLE_LENGTH = 70
_SONG_REEL = "SONG"
_COLOURS = {"bar": "RED", "beat": "CYAN", "section": "MAGENTA", "lyric": "YELLOW", "prompt": "GREEN", "camera": "BLUE"}


def write(
    cut: Cut, *, folder: Path, prompts: Mapping[str, str] | None = None, lists: shared.Lists = shared.ALONE
) -> bytes:
    """The cut as an EDL: one event a slot, then the song; markers as locators below the event they lie in."""
    check(cut)
    lines = [f"TITLE: {shared.ascii_only(cut.film_title)[:_TITLE_LENGTH]}".rstrip(), "FCM: NON-DROP FRAME"]
    markers = shared.travelling(cut, prompts)
    for number, slot in enumerate(cut.slots, start=1):
        source_out = slot.in_frames + max(1, round(slot.frames * slot.speed))
        lines.append(_event(cut, number, slot.source.reel, "V", slot.in_frames, source_out, slot))
        if slot.speed != 1:
            speed, at = float(cut.rate * slot.speed), timecode(slot.in_frames, cut.rate)
            lines.append(f"M2   {slot.source.reel:<8}   {speed:05.1f}                {at}")
        lines.append(f"* FROM CLIP NAME: {shared.one_line(slot.source.file_name)}")
        if prompt := (prompts or {}).get(slot.source.name):
            lines.append(f"* PROMPT: {shared.one_line(prompt)}")
        lines += [_locator(cut, marker) for marker in markers if slot.record_frame <= marker.frame < slot.end_frame]
    if cut.song.file:
        whole = Slot(cut.slots[0].source, 0, cut.frames)
        lines.append(_event(cut, len(cut.slots) + 1, _SONG_REEL, "AA", 0, cut.frames, whole))
        lines.append(f"* FROM CLIP NAME: {shared.SONG}")
    return ("\n".join(lines) + "\n").encode()


def limits(cut: Cut, lists: shared.Lists = shared.ALONE) -> tuple[str, ...]:
    """What an EDL cannot carry of this cut."""
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
    said.append(
        "Media are named by reel and time code only, and every take starts at 00:00:00:00 without a reel of its own: "
        "Resolve and Avid need each clip linked by hand, by the name in its comment."
    )
    said.append("Markers are comments (* LOC), which some editors do not read.")
    return tuple(said)


def _event(cut: Cut, number: int, reel: str, channel: str, source_in: int, source_out: int, slot: Slot) -> str:
    hour = shared.start_frame(cut.rate)
    frames = (source_in, source_out, hour + slot.record_frame, hour + slot.end_frame)
    times = " ".join(timecode(frame, cut.rate) for frame in frames)
    return f"{number:03d}  {reel:<8} {channel:<4}  C        {times}"


def _locator(cut: Cut, marker: Marker) -> str:
    at = timecode(shared.start_frame(cut.rate) + marker.frame, cut.rate)
    return f"* LOC: {at} {_COLOURS[marker.kind]:<7} {shared.ascii_only(marker.name)}"
