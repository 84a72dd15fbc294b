"""What is looked at before anything is encoded: whether the cut can be rendered from the files as they are."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from studio.delivery.plan import matrix_of
from studio.errors import BadInput, BadMedia, Damaged, TooShort
from studio.media import Library, probe, sound_facts
from studio.nouns import Cut, Slot, Source
from studio.timecode import source_frames_needed, timecode


@dataclass(frozen=True)
class Checked:
    """What a cut's files are, all of them there and as they were logged."""

    matrices: dict[str, str]  # the YCbCr matrix of each source, by its file
    notes: tuple[str, ...]  # one sentence each: what will not be in the film


def check(cut: Cut, film_folder: Path) -> Checked:
    """Look at every file of the cut and at every slot.

    Raises BadInput (a cut that is no cut), NotFound, Damaged (a file is not what was logged), BadMedia (a variable
    rate), TooShort (a slot asks for more than its take has). Each names the take or the file.
    """
    _check_slots(cut)
    library = Library(film_folder)
    matrices = {}
    for source in cut.sources:
        path = library.verify(source.file, source.sha256)
        _check_facts(source, path)
        matrices[source.file] = matrix_of(_matrix_tag(path), source.width, source.height)
    for slot in cut.slots:
        _check_length(slot, cut.rate)
    notes = []
    for slot in cut.slots:
        where = f"{slot.source.name} at {timecode(slot.record_frame, cut.rate)}"
        if slot.transition:
            notes.append(f"the {slot.transition.kind} into {where} is a plain cut in the film")
        if slot.sound:
            notes.append(f"the own sound of {where} is not in the film")
    if cut.song.file:
        sound_facts(library.verify(cut.song.file, cut.song.sha256))
    else:
        notes.append("the film is silent: no song is attached")
    return Checked(matrices, tuple(notes))


def _check_slots(cut: Cut) -> None:
    if not cut.slots:
        raise BadInput("the cut is empty: arrange some takes first")
    at = 0
    for slot in cut.slots:
        if slot.record_frame != at or slot.frames < 1 or slot.in_frames < 0 or slot.speed <= 0:
            raise BadInput(
                f"the slot of {slot.source.name} at frame {slot.record_frame} ({slot.frames} frames from "
                f"{slot.in_frames}, speed {slot.speed}) is no slot: the next one starts at frame {at}, lasts a frame "
                "or more, and runs forwards from 0 or later in its source"
            )
        at = slot.end_frame


def _check_facts(source: Source, path: Path) -> None:
    found = probe(path)
    if found.variable_rate:
        raise BadMedia(
            f"{source.file} has a variable frame rate (steps of {float(found.shortest_step_s):.4f} to "
            f"{float(found.longest_step_s):.4f} s): convert it to a constant one and adopt it anew"
        )
    facts = [
        ("frames per second", found.rate, source.rate),
        ("frames", found.frames, source.frames),
        ("pixels wide", found.width, source.width),
        ("pixels high", found.height, source.height),
    ]
    for what, now, logged in facts:
        if now != logged:
            raise Damaged(f"{source.file} has {now} {what}, the cut says {logged}: arrange the cut anew from the log")


def _check_length(slot: Slot, rate: Fraction) -> None:
    source = slot.source
    needed = source_frames_needed(slot.in_frames, slot.frames, slot.speed, source.rate, rate)
    if needed > source.frames:
        raise TooShort(
            f"{source.name} has {source.frames} frames, its slot at {timecode(slot.record_frame, rate)} needs "
            f"{needed}: take another, start earlier in it, or slow it down"
        )


def _matrix_tag(path: Path) -> int:
    """The tag of a clip's YCbCr matrix (ITU-T H.273): 2 where it has none."""
    import av

    with av.open(str(path.absolute()), options={"protocol_whitelist": "file"}, metadata_errors="replace") as box:
        return int(box.streams.video[0].codec_context.colorspace)
