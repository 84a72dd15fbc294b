"""The song of a film: the master file, what was found in it, and what a person corrected.

What was found and what was corrected are kept apart: both are events on the subject "song", and nothing is ever
overwritten. A correction that its author took back ("song.undone") counts as not made.
"""

from __future__ import annotations

import itertools
import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from studio.errors import BadInput, BadMedia, NotFound
from studio.given import number, visible
from studio.song import listening
from studio.song.lyrics import FORMS, LONGEST_LINE, Line, form_of, read_lyrics
from studio.song.pieces import Beats, read_beats, write_beats
from studio.song.sections import Section, corrected, placed, read_sections, write_sections

if TYPE_CHECKING:
    from studio.log import Log
    from studio.nouns import Event

SUBJECT = "song"
LONGEST_S = 24 * 3600
LONGEST_LYRICS = 1_000_000  # bytes
# What a person can take back. The newest of "used" and "corrected" counts; sections and markers add up.
UNSURE = 0.5  # below this confidence a person is asked to check the beats
CORRECTIONS = ("song.used", "song.corrected", "song.found", "song.section", "song.marker")


@dataclass(frozen=True)
class Mark:
    """A person's marker at a time of the song."""

    at_s: Fraction
    name: str


@dataclass(frozen=True)
class Master:
    """The song as it is now: its file, the part that is used, its beats, sections and lyric lines."""

    file: str  # relative to the film's folder
    sha256: str
    seconds: Fraction  # of the whole file
    start_s: Fraction  # the part that is used
    end_s: Fraction
    found: Beats
    grid: Beats  # the corrected one where there is one
    lines: tuple[Line, ...]
    late: tuple[Line, ...] = ()  # lyric lines that begin where the song has ended: kept, and not in the film
    how: str = ""  # the newest correction of the beats, in words
    by: str = "studio"  # whose finder the found beats are from
    found_sections: tuple[Section, ...] = ()
    all_sections: tuple[Section, ...] = ()  # with what a person did to them
    marks: tuple[Mark, ...] = ()

    @property
    def beats(self) -> tuple[Fraction, ...]:
        """Beat times of the part that is used, in exact seconds of the master."""
        return self.grid.beats(self.start_s, self.end_s)

    @property
    def bars(self) -> tuple[Fraction, ...]:
        """Bar starts of the part that is used, in exact seconds of the master."""
        return self.grid.bars(self.start_s, self.end_s)

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections of the part that is used, each on a bar of it."""
        return placed(self.all_sections, self.bars, self.start_s, self.end_s)


def attach(log: Log, folder: Path, path: Path, lyrics: Path | None, author: str) -> Master:
    """Copy a song into the film, find its beats and sections, and log it all. The same song again changes nothing."""
    from studio.media import sha256_of, sound_seconds

    if not path.is_file():
        raise NotFound(f"there is no song at {path}: give the path of a sound file, such as song.wav")
    seconds = sound_seconds(path, listening.LONGEST_S)
    if seconds > listening.LONGEST_S:
        raise BadMedia(
            f"{path.name} is longer than {listening.LONGEST_S // 60} minutes: cut out the part that the film plays"
        )
    digest = sha256_of(path)
    if lyrics is None:
        beside = (path.with_suffix(f".{form}") for form in FORMS)
        lyrics = next((file for file in beside if file.is_file()), None)
    text = _words(lyrics) if lyrics else ""
    form = form_of(lyrics.name, text) if lyrics else "lrc"
    sung = read_lyrics(text, form)  # says what is wrong before anything is written
    before = find(log)
    if before and before.sha256 == digest and (folder / before.file).is_file():
        if not text:
            return before
    elif before and before.sha256 != digest:
        before = None
    found, sections = (before.found, before.found_sections) if before else _listened(path)
    kept = _copy_in(path, folder / "song", digest)
    if text:
        _write(folder / "song" / f"lyrics.{form}", text)
    if before and (not text or sung == before.lines + before.late) and kept.name == Path(before.file).name:
        return before
    with log.write(author) as w:
        w.event(
            "song.attached",
            SUBJECT,
            {
                "file": f"song/{kept.name}",
                "sha256": digest,
                "seconds": str(seconds),
                "found": write_beats(found),
                "sections": write_sections(sections),
                "lyrics": text,
                "lyrics_form": form,
            },
        )
    return current(log)


def _listened(path: Path) -> tuple[Beats, tuple[Section, ...]]:
    found = listening.listen(path)
    return found.beats, found.sections


def find_again(log: Log, folder: Path, master: Master, by: str, author: str) -> Master:
    """Listen once more: the beats and sections found now count, and corrections of the beats made before do not."""
    found = listening.listen(folder / master.file, by)
    with log.write(author) as w:
        w.event(
            "song.found",
            SUBJECT,
            {"found": write_beats(found.beats), "sections": write_sections(found.sections), "by": by},
        )
    return current(log)


def current(log: Log) -> Master:
    """The film's song, or `NotFound` with the call that attaches one."""
    master = find(log)
    if master is None:
        raise NotFound('the film has no song yet: film.song.attach("song.wav") gives it one')
    return master


def find(log: Log) -> Master | None:
    """The film's song, or None."""
    attached = used = beats = found = None
    changes: list[Event] = []
    marks: dict[Fraction, str] = {}
    for event in standing(log.events(SUBJECT)):
        data = event.data
        match event.kind:
            case "song.attached":
                if attached is None or attached.data["sha256"] != data["sha256"]:
                    used = beats = found = None  # they were of another song; new lyrics change neither
                    changes, marks = [], {}
                attached = event
            case "song.used":
                used = event
            case "song.found":
                found, beats = event, None
            case "song.corrected":
                beats = event
            case "song.section":
                changes.append(event)
            case "song.marker" if data["name"] is None:
                marks.pop(Fraction(str(data["at_s"])), None)
            case "song.marker":
                marks[Fraction(str(data["at_s"]))] = str(data["name"])
    if attached is None:
        return None
    data = attached.data
    heard = (found or attached).data
    seconds = Fraction(str(data["seconds"]))
    own = read_beats(str(heard["found"]))
    sections = read_sections(str(heard.get("sections", "")))
    sung = read_lyrics(str(data["lyrics"]), str(data.get("lyrics_form", "lrc")))
    return Master(
        file=str(data["file"]),
        sha256=str(data["sha256"]),
        seconds=seconds,
        start_s=Fraction(str(used.data["start_s"])) if used else Fraction(0),
        end_s=Fraction(str(used.data["end_s"])) if used else seconds,
        found=own,
        grid=read_beats(str(beats.data["grid"])) if beats else own,
        lines=tuple(line for line in sung if line.start_s < seconds),
        late=tuple(line for line in sung if line.start_s >= seconds),
        how=str(beats.data["how"]) if beats else "",
        by=str(found.data["by"]) if found else "studio",
        found_sections=sections,
        all_sections=_with(sections, changes),
        marks=tuple(Mark(at_s, name) for at_s, name in sorted(marks.items())),
    )


def standing(events: Iterable[Event]) -> list[Event]:
    """The events of the song without those that their authors took back."""
    events = list(events)
    undone = {(event.author, event.data["event"]) for event in events if event.kind == "song.undone"}
    return [event for event in events if (event.author, event.id) not in undone and event.kind != "song.undone"]


def _with(sections: Sequence[Section], changes: Sequence[Event]) -> tuple[Section, ...]:
    for change in changes:
        data = change.data
        name, to_s = data["name"], data.get("to_s")
        sections = corrected(
            sections,
            Fraction(str(data["at_s"])),
            None if name is None else str(name),
            None if to_s is None else Fraction(str(to_s)),
        )
    return tuple(sections)


def use(log: Log, master: Master, start_s: float | Fraction, end_s: float | Fraction, author: str) -> Master:
    """Use only a part of the song, in seconds of the master."""
    start, end = (
        number(seconds, f"the {which} of the used part", -LONGEST_S, LONGEST_S).limit_denominator(1_000_000)
        for which, seconds in (("start", start_s), ("end", end_s))
    )
    if not 0 <= start < end <= master.seconds:
        raise BadInput(
            f"{float(start):g} to {float(end):g} s is not a part of the song: it is {float(master.seconds):.2f} s long"
        )
    with log.write(author) as w:
        w.event("song.used", SUBJECT, {"start_s": str(start), "end_s": str(end)})
    return replace(master, start_s=start, end_s=end)


def correct(log: Log, master: Master, grid: Beats, how: str, author: str) -> Master:
    """Keep a person's beats beside the ones that were found."""
    with log.write(author) as w:
        w.event("song.corrected", SUBJECT, {"grid": write_beats(grid), "how": how})
    return replace(master, grid=grid, how=how)


def _copy_in(path: Path, folder: Path, digest: str) -> Path:
    """Copy under a name that is safe everywhere; another song of the same name is never overwritten."""
    from studio.log import told_of_files
    from studio.media import sha256_of
    from studio.media.files import in_place

    stem = re.sub(r'[\x00-\x1f<>:"/\\|?*]', "_", path.stem).strip(" .")[:80] or "song"
    ending = re.sub(r"[^.\w]", "", path.suffix.lower())[:10]
    with told_of_files(folder.parent):
        folder.mkdir(parents=True, exist_ok=True)
        for n in itertools.count(1):
            to = folder / f"{stem}{'' if n == 1 else f'-{n}'}{ending}"
            if not to.exists():
                break
            if sha256_of(to) == digest:
                return to
        with in_place(to) as partial:
            shutil.copyfile(path, partial)
            if sha256_of(partial) != digest:
                raise BadInput(f"{path.name} is being written to: attach it when it is finished")
    return to


def _words(lyrics: Path) -> str:
    if not lyrics.is_file():
        raise NotFound(f"there are no lyrics at {lyrics}: give the path of an .lrc, .vtt or .srt file")
    if lyrics.stat().st_size > LONGEST_LYRICS:
        raise BadInput(f"{lyrics.name} has {lyrics.stat().st_size:,} bytes: lyrics have at most {LONGEST_LYRICS:,}")
    try:
        text = lyrics.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise BadInput(f"{lyrics.name} is not UTF-8 text (byte {wrong.start}): save it as UTF-8") from None
    for line, words in enumerate(text.split("\n"), start=1):
        visible(words.rstrip("\r"), f"line {line} of {lyrics.name}", LONGEST_LINE, allowed="\t")
    return text


def _write(path: Path, text: str) -> None:
    from studio.media.files import in_place

    with in_place(path) as partial:
        partial.write_bytes(text.encode())


def said(master: Master) -> str:
    """The song in a line: what counts, how sure it is, and what was found where somebody corrected that."""
    grid, found = master.grid, master.found
    count, sections = len(master.bars), len(master.sections)
    finder = "" if master.by == "studio" else f" by {master.by}"
    told = [
        f"{float(master.seconds):.2f} s",
        f"{grid.said} {'corrected' if master.how else f'found{finder}'}",
        f"{count} bars of {grid.beats_per_bar}",
        *([f"{sections} section{'s' * (sections != 1)}"] if sections else []),
        f"confidence {sure_said(grid)}{_unsure(grid)}",
    ]
    if master.how:
        told[1] += f" ({master.how}; found{finder}: {found.said}, confidence {found.confidence:.2f})"
    if master.late:
        one = len(master.late) == 1
        told.append(
            f"{len(master.late)} lyric line{'' if one else 's'} from {float(master.late[0].start_s):.2f} s on "
            f"begin{'s' if one else ''} after the song's end and {'is' if one else 'are'} left out"
        )
    return ", ".join(told)


def sure_said(grid: Beats) -> str:
    """ "0.93, of the bars 0.41": how sure the beats are, and on which of them the bars begin, as far as is known."""
    bars = grid.bars_confidence
    return f"{grid.confidence:.2f}{'' if bars is None else f', of the bars {bars:.2f}'}"


def _unsure(found: Beats) -> str:
    if found.confidence == 0:
        return " (no beat is heard: tap it)"
    return " (check it: tap, nudge or half_beat)" if found.confidence < UNSURE else ""
