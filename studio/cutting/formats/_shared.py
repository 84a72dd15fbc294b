"""What all edit lists have in common: where media lie, which markers travel, and what no list can carry."""

from __future__ import annotations

import math
import re
import unicodedata
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from urllib.parse import quote

from studio.cutting.checking import check
from studio.cutting.markers import words_of_slots
from studio.cutting.sounds import heard
from studio.errors import BadInput
from studio.nouns import Cut, Marker, Slot, Source
from studio.timecode import drops, frame_at, frame_of_timecode, hour_frame, timecode

SONG = "song.wav"  # the used range of the song: stereo, 48 kHz, as long as the picture
EFFECTS = "effects.wav"  # the sounds under slots, each in its place: likewise
SONG_RATE = 48_000  # samples per second
MEDIA = "media"  # the folder beside the lists

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2
_SPELLED = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "ð": "d", "þ": "th"}
    | dict.fromkeys("‘’‚′«»‹›", "'")
    | dict.fromkeys("“”„″", '"')
    | dict.fromkeys("‐‑‒–—−", "-")
    | {"…": "...", "×": "x", "\u00a0": " "}
)


@dataclass(frozen=True)
class Media:
    """The file in a delivery that takes the place of a take or card: a conformed or a stamped copy."""

    file: str  # relative to the delivery: "media/07A-003.mov"
    rate: Fraction  # frames per second of the copy
    frames: int  # in the copy
    start_frame: int = 0  # of its own time code, counted in its own frames
    reel: str = ""  # in its own tags; "": the source's
    width: int = 0  # pixels, as shown; 0: the source's
    height: int = 0
    head_frames: int = 0  # film frames of source time that were cut off before its first frame
    pace: Fraction = Fraction(1)  # source time per time of the copy, where it plays at another speed
    drop: bool = False  # its time code counts drop frames


@dataclass(frozen=True)
class Lists:
    """What an edit list of a delivery holds besides its cut. Without any of it the list is of the cut alone."""

    media: Mapping[str, Media] = field(default_factory=dict)  # by the source's name, of alternates and rejects too
    alternates: Mapping[int, tuple[Source, ...]] = field(default_factory=dict)  # by slot, from 1; the best first
    rejects: tuple[Source, ...] = ()  # a list of their own: film-rejects.otio and .csv
    notes: Mapping[str, str] = field(default_factory=dict)  # why a take was rejected, in words, by its name
    cameras: Mapping[str, str] = field(default_factory=dict)  # camera words by the source's name: markers over slots
    drop: bool | None = None  # drop-frame time code; None: where the rate has it (29.97 and 59.94)


ALONE = Lists()


def placed_source(source: Source, lists: Lists) -> Source:
    """A source as its file in the delivery is."""
    copy = lists.media.get(source.name)
    if copy is None:
        return source
    return replace(
        source,
        file=copy.file,
        rate=copy.rate,
        frames=copy.frames,
        width=copy.width or source.width,
        height=copy.height or source.height,
        reel=copy.reel or source.reel,
    )


def placed(cut: Cut, lists: Lists) -> Cut:
    """The cut with the copies of a delivery in the place of its sources: in-points and speeds are the copies'.

    An in-point that falls between two film frames of a copy with a pace of its own goes to the nearest.
    """
    slots = []
    for slot in cut.slots:
        if copy := lists.media.get(slot.source.name):
            source, speed = placed_source(slot.source, lists), slot.speed / copy.pace
            first = frame_at((slot.in_frames - copy.head_frames) / copy.pace, Fraction(1))
            if copy.pace != 1:  # what rounding puts past the end of the copy stays inside
                first = min(first, int(source.duration_s * cut.rate - slot.frames * speed))
            slot = replace(slot, source=source, in_frames=first, speed=speed)
        slots.append(slot)
    return replace(cut, slots=tuple(slots))


def checked(cut: Cut, lists: Lists) -> Cut:
    """The same, after a check of both: whoever writes a list begins here. Raises what `studio.cutting.check` raises."""
    check(cut)
    if not lists.media:
        return cut
    there = placed(cut, lists)
    check(there)
    return there


def address(source: Source, lists: Lists) -> str:
    """Where the file of a source lies, from beside the lists: "media/07A-003.mp4"."""
    copy = lists.media.get(source.name)
    return copy.file if copy else f"{MEDIA}/{source.file_name}"


def start_of(source: Source, lists: Lists) -> int:
    """The frame that the time code of a source's file begins with, in the file's own frames."""
    copy = lists.media.get(source.name)
    return copy.start_frame if copy else 0


def drops_of(source: Source, lists: Lists) -> bool:
    """Whether the time code of a source's file counts drop frames."""
    copy = lists.media.get(source.name)
    return copy is not None and copy.drop


def reel_of(source: Source, lists: Lists) -> str:
    """The reel that stands in the file of a source itself; "" where none does."""
    copy = lists.media.get(source.name)
    return copy.reel if copy else ""


def stamps(sources: Sequence[Source], rate: Fraction, *, drop: bool | None = None) -> dict[str, int]:
    """A start frame of its own for each source's stamped copy, by name, in the copy's own frames: no two overlap.

    From 01:00 on, in the order of names, each on a whole minute; in drop frame, for a film that has it and a copy that
    can, on the first number that the minute has. Raises BadInput where a day of time code is not enough.
    """
    film_drops = drops(rate) if drop is None else drop
    minute, found = 60, {}
    for source in sorted(sources, key=lambda source: source.name):
        code = f"{minute // 60:02d}:{minute % 60:02d}:00:00"
        found[source.name] = frame_of_timecode(
            _that_exists(code, source.rate) if film_drops and drops(source.rate) else code, source.rate
        )
        minute += math.ceil((source.frames / round(source.rate) + 1) / 60)
        if minute > 24 * 60:
            raise BadInput(f"{len(sources)} clips need more than a day of time code: deliver fewer at a time")
    return found


def _that_exists(code: str, rate: Fraction) -> str:
    """A time code as drop frame has it: for a number that is left out the next one that is there."""
    skipped = round(rate) // 15
    missing = int(code[3:5]) % 10 and code[6:8] == "00" and int(code[9:]) < skipped
    return f"{code[:8]};{skipped if missing else int(code[9:]):02d}"


def list_frame(cut: Cut, source: Source, lists: Lists) -> int:
    """The frame that a source's own time code begins with, as the list counts: the same hour, minute and second."""
    start = start_of(source, lists)
    code = timecode(start, source.rate, drop=drops_of(source, lists))
    code = f"{code[:8]}:{int(code[9:]) * round(cut.rate) // round(source.rate):02d}"
    return frame_of_timecode(_that_exists(code, cut.rate) if drop_of(cut, lists) else code, cut.rate) if start else 0


def drop_of(cut: Cut, lists: Lists) -> bool:
    """Whether the lists of a cut count drop frames."""
    return drops(cut.rate) if lists.drop is None else lists.drop


def start_frame(cut: Cut, lists: Lists) -> int:
    """The frame that 01:00:00:00 counts as: cuts begin there, so that nothing falls below zero."""
    return hour_frame(cut.rate, drop=drop_of(cut, lists))


def halves(cut: Cut) -> list[tuple[int, int]]:
    """For each slot the frames that the dissolve into it takes before its cut, and the one out of it after its end."""
    into = [slot.transition.frames // 2 if slot.transition else 0 for slot in cut.slots]
    return list(zip(into, [*into[1:], 0], strict=True))


def alternates(cut: Cut, lists: Lists) -> list[tuple[int, Slot, tuple[Source, ...]]]:
    """The number of each slot that has alternates, the slot, and these, as their files in the delivery are."""
    return [
        (number, slot, tuple(placed_source(source, lists) for source in lists.alternates[number]))
        for number, slot in enumerate(cut.slots, start=1)
        if lists.alternates.get(number)
    ]


def whole_frames(source: Source, rate: Fraction) -> int:
    """How many whole film frames a source lasts."""
    return int(source.duration_s * rate)


def bin_name(number: int, slot: Slot) -> str:
    """What the alternates of a slot are kept under: "slot 03 07A"."""
    return f"slot {number:02d} {slot.shot}".rstrip()


def clean(text: str) -> str:
    """Without the control characters that XML cannot hold."""
    return _NOT_XML.sub("", text)


def one_line(text: str) -> str:
    """The same on one line."""
    return " ".join(clean(text).split())


def ascii_only(text: str) -> str:
    """One line of plain ASCII: letters lose their accents, what has no plain spelling becomes a question mark."""
    plain = unicodedata.normalize("NFKD", one_line(text).translate(_SPELLED))
    return "".join(char for char in plain if not unicodedata.combining(char)).encode("ascii", "replace").decode()


def is_ntsc(rate: Fraction) -> bool:
    """Whether a rate is 1000/1001 of a whole one."""
    return rate.denominator == 1001 and rate.numerator % 1000 == 0


def relative_url(path: str) -> str:
    """The address of a file from beside the lists, percent-encoded."""
    return quote(path)


def absolute_url(folder: Path, *parts: str, host: str = "") -> str:
    """The address of a file below `folder` as a `file:` URL, percent-encoded, with a drive letter as Windows has it."""
    path = folder.absolute().joinpath(*parts).as_posix()
    return f"file://{host}{quote(path if path.startswith('/') else f'/{path}')}"


def cut_uuid(cut: Cut) -> str:
    """The same for the same version of the same cut, another for another: an importer tells lists apart by it."""
    facts = (cut.id, cut.film_title, cut.name, cut.version, cut.rate, cut.song, cut.slots)
    return str(uuid.uuid5(uuid.NAMESPACE_OID, repr(facts)))


def travelling(cut: Cut, prompts: Mapping[str, str] | None, lists: Lists = ALONE) -> tuple[Marker, ...]:
    """The markers inside the cut. Prompts and camera words leave the film only when they are asked for."""
    private = () if prompts is not None else ("prompt", "camera")
    kept = tuple(m for m in cut.markers if 0 <= m.frame < cut.frames and m.kind not in private)
    words = words_of_slots(cut.slots, prompts=prompts, cameras=lists.cameras)
    more = tuple(m for m in words if m not in kept)
    return tuple(sorted((*kept, *more), key=lambda m: m.frame)) if more else kept


def retimed_in(slot: Slot) -> int:
    """The in-point where a list counts a slowed clip in slowed frames: in_frames ÷ speed, rounded down."""
    return int(slot.in_frames / slot.speed)


def in_words(slots: Sequence[int]) -> str:
    """ "slot 3", "slots 3, 5 and 7", "slots 3, 5, 7 and 12 more"."""
    if len(slots) == 1:
        return f"slot {slots[0]}"
    shown = [str(number) for number in (slots if len(slots) <= 6 else slots[:5])]
    last = f"{len(slots) - 5} more" if len(slots) > 6 else shown.pop()
    return f"slots {', '.join(shown)} and {last}"


def where(cut: Cut, wanted: Sequence[bool]) -> str:
    """The numbers of the slots for which `wanted` is true, in words; "" where there is none."""
    numbers = [number for number, yes in enumerate(wanted, start=1) if yes]
    return in_words(numbers) if numbers else ""


def other_rates(cut: Cut) -> str:
    """The slots whose source does not run at the film's rate."""
    return where(cut, [slot.source.rate != cut.rate for slot in cut.slots])


def other_shapes(cut: Cut) -> str:
    """The slots whose picture has not the film's size."""
    return where(cut, [(slot.source.width, slot.source.height) != (cut.width, cut.height) for slot in cut.slots])


def speeds(cut: Cut) -> str:
    """The slots that do not run at speed 1."""
    return where(cut, [slot.speed != 1 for slot in cut.slots])


def sound_tracks(cut: Cut) -> tuple[tuple[str, str], ...]:
    """The tracks of sound with their files, each as long as the picture."""
    song = (("A1", SONG),) if cut.song.file else ()
    return (*song, ("A2", EFFECTS)) if heard(cut) else song


def sounds(cut: Cut, *, left_out: bool) -> tuple[str, ...]:
    """One sentence about the sound under slots, where there is any."""
    slots = [each.slot for each in heard(cut)]
    if not slots:
        return ()
    if left_out:
        return (f"The sound of {in_words(slots)} is left out: lay {EFFECTS} on A2 by hand, from the first frame on.",)
    return (f"The sound of {in_words(slots)} is in {EFFECTS}, one clip on A2 for the whole cut.",)


def no_list_can(cut: Cut) -> tuple[str, ...]:
    """One sentence for each thing in this cut that none of the lists carries."""
    said = []
    if rates := other_rates(cut):
        said.append(
            f"The sources of {rates} have another frame rate than the film: which of two neighbouring source frames is "
            f"shown is the editor's choice, and can differ from film.mp4 by one."
        )
    return tuple(said)
