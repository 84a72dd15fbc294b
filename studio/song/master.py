"""The song of a film: the master file, what was found in it, and what a person corrected.

What was found and what was corrected are kept apart: both are events on the subject "song", the newest of each kind
counts, and nothing is overwritten.
"""

from __future__ import annotations

import itertools
import re
import shutil
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from studio.errors import BadInput, NotFound
from studio.given import number, visible
from studio.song.beats import BeatGrid, find_beats
from studio.song.lyrics import Line, read_lrc

if TYPE_CHECKING:
    from studio.log import Log

SUBJECT = "song"
LONGEST_S = 24 * 3600
LONGEST_LYRICS = 1_000_000  # bytes
LONGEST_LINE = 500  # characters
ANALYSIS_RATE = 22050  # samples per second: beats need nothing above


@dataclass(frozen=True)
class Master:
    """The song as it is now: its file, the part that is used, its beats and its lyric lines."""

    file: str  # relative to the film's folder
    sha256: str
    seconds: Fraction  # of the whole file
    start_s: Fraction  # the part that is used
    end_s: Fraction
    found: BeatGrid
    grid: BeatGrid  # the corrected one where there is one
    lines: tuple[Line, ...]

    @property
    def beats(self) -> tuple[Fraction, ...]:
        """Beat times of the part that is used, in exact seconds of the master."""
        return self.grid.beats(self.start_s, self.end_s)

    @property
    def bars(self) -> tuple[Fraction, ...]:
        """Bar starts of the part that is used, in exact seconds of the master."""
        return self.grid.bars(self.start_s, self.end_s)


def attach(log: Log, folder: Path, path: Path, lyrics: Path | None, author: str) -> Master:
    """Copy a song into the film, find its beats, and log both. The same song again changes nothing."""
    from studio.media import decode_sound, sha256_of, sound_seconds

    if not path.is_file():
        raise NotFound(f"there is no song at {path}: give the path of a sound file, such as song.wav")
    seconds = sound_seconds(path)
    digest = sha256_of(path)
    if lyrics is None and path.with_suffix(".lrc").is_file():
        lyrics = path.with_suffix(".lrc")
    text = _words(lyrics) if lyrics else ""
    read_lrc(text)  # says what is wrong before anything is written
    before = find(log)
    if before and before.sha256 == digest and (folder / before.file).is_file() and not text:
        return before
    found = (
        before.found
        if before and before.sha256 == digest
        else find_beats(decode_sound(path, ANALYSIS_RATE), ANALYSIS_RATE)
    )
    kept = _copy_in(path, folder / "song", digest)
    if text:
        _write(folder / "song" / "lyrics.lrc", text)
    if before and before.sha256 == digest and read_lrc(text) == before.lines and (folder / before.file).is_file():
        return before
    with log.write(author) as w:
        w.event(
            "song.attached",
            SUBJECT,
            {
                "file": f"song/{kept.name}",
                "sha256": digest,
                "seconds": str(seconds),
                "found": found.to_json(),
                "lyrics": text,
            },
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
    attached = used = corrected = None
    for event in log.events(SUBJECT):
        if event.kind == "song.attached":
            if attached is None or attached.data["sha256"] != event.data["sha256"]:
                used = corrected = None  # they were of another song; new lyrics change neither
            attached = event
        elif event.kind == "song.used":
            used = event
        elif event.kind == "song.corrected":
            corrected = event
    if attached is None:
        return None
    data = attached.data
    seconds = Fraction(str(data["seconds"]))
    found = BeatGrid.from_json(str(data["found"]))
    return Master(
        file=str(data["file"]),
        sha256=str(data["sha256"]),
        seconds=seconds,
        start_s=Fraction(str(used.data["start_s"])) if used else Fraction(0),
        end_s=Fraction(str(used.data["end_s"])) if used else seconds,
        found=found,
        grid=BeatGrid.from_json(str(corrected.data["grid"])) if corrected else found,
        lines=read_lrc(str(data["lyrics"])),
    )


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


def correct(log: Log, master: Master, grid: BeatGrid, how: str, author: str) -> Master:
    """Keep a person's beats beside the ones that were found."""
    with log.write(author) as w:
        w.event("song.corrected", SUBJECT, {"grid": grid.to_json(), "how": how})
    return replace(master, grid=grid)


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
        raise NotFound(f"there are no lyrics at {lyrics}: give the path of an .lrc file")
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
