"""What is looked at before anything is encoded: whether the cut can be rendered from the files as they are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from studio.cutting import check as check_cut
from studio.cutting.sounds import heard
from studio.delivery.effects import has_sound
from studio.delivery.plan import matrix_of
from studio.errors import BadMedia, Damaged
from studio.media import Library, probe, sound_facts
from studio.nouns import Cut, Source


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
    check_cut(cut)
    library = Library(film_folder)
    matrices = {}
    for source in cut.sources:
        path = library.verify(source.file, source.sha256)
        _check_facts(source, path)
        matrices[source.file] = matrix_of(_matrix_tag(path), source.width, source.height)
    notes = []
    for each in heard(cut):
        path = library.locate(each.file)
        if not each.own:
            sound_facts(path)
        elif not has_sound(path):
            notes.append(f"the take of slot {each.slot} has no sound of its own")
    if cut.song.file:
        sound_facts(library.verify(cut.song.file, cut.song.sha256))
    elif not heard(cut):
        notes.append("the film is silent: no song is attached")
    return Checked(matrices, tuple(notes))


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


def _matrix_tag(path: Path) -> int:
    """The tag of a clip's YCbCr matrix (ITU-T H.273): 2 where it has none."""
    import av
    from av.stream import Disposition

    with av.open(str(path.absolute()), options={"protocol_whitelist": "file"}, metadata_errors="replace") as box:
        clip = next(s for s in box.streams.video if not s.disposition & Disposition.attached_pic)
        return int(clip.codec_context.colorspace)
