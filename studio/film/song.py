"""`film.song`: the song, its beats, bars, sections, markers and lyric lines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from studio import given, song

if TYPE_CHECKING:
    from studio.film.film import Film
    from studio.song import Line, Mark, Master, Section


class SongHandle:
    """`film.song`: what was found is kept, corrections stand beside it, and the newest correction counts.

    A correction takes `from_bar=` and `to_bar=`, both counted from 1 and both included: without them it is of the
    whole song.
    """

    def __init__(self, film: Film) -> None:
        self._film = film

    def __repr__(self) -> str:
        master = song.find(self._film.log)
        return "Song(none yet)" if master is None else f"Song({Path(master.file).name!r}, {song.said(master)})"

    def _repr_html_(self) -> str | None:
        from studio.widgets import SongView

        master = song.find(self._film.log)
        return SongView(self._film, master, repr(self))._html() if master else None

    @property
    def master(self) -> Master:
        """The song as a value. Raises NotFound when there is none yet."""
        return song.current(self._film.log)

    def attach(self, path: str | Path, lyrics: str | Path | None = None) -> SongHandle:
        """Copy a song into the film and find its beats and sections.

        Lyrics come from `lyrics`, or an .lrc, .vtt or .srt of the same name beside the song.
        """
        words = given.path(lyrics, "lyrics.lrc") if lyrics else None
        song.attach(self._film.log, self._film.folder, given.path(path, "song.wav"), words, self._film.author)
        return self

    def use(self, start_s: float, end_s: float) -> SongHandle:
        """Use only this part of the song, in seconds."""
        song.use(self._film.log, self.master, start_s, end_s, self._film.author)
        return self

    def find(self, by: str = "studio") -> SongHandle:
        """Listen once more for beats and sections; `by="librosa"` takes the beats that librosa finds.

        Corrections of the beats made before do not count any more; `undo` brings them back.
        """
        song.find_again(self._film.log, self._film.folder, self.master, by, self._film.author)
        return self

    @property
    def beats(self) -> tuple[float, ...]:
        """Beat times in seconds of the master, within the part that is used."""
        return tuple(map(float, self.master.beats))

    @property
    def bars(self) -> tuple[float, ...]:
        """Bar starts in seconds of the master, within the part that is used."""
        return tuple(map(float, self.master.bars))

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lyric lines."""
        return self.master.lines

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections of the part that is used, each on a bar, with how sure its beginning is."""
        return self.master.sections

    @property
    def markers(self) -> tuple[Mark, ...]:
        """The markers that were set by hand."""
        return self.master.marks

    def _correct(
        self, change: song.Change, how: str, from_bar: int | None, to_bar: int | None, moved_ms: float = 0
    ) -> SongHandle:
        song.correct_bars(self._film.log, self.master, change, how, self._film.author, from_bar, to_bar, moved_ms)
        return self

    def double(self, from_bar: int | None = None, to_bar: int | None = None) -> SongHandle:
        """Twice as many beats."""
        return self._correct(lambda grid: grid.double(), "doubled", from_bar, to_bar)

    def halve(self, from_bar: int | None = None, to_bar: int | None = None) -> SongHandle:
        """Half as many beats."""
        return self._correct(lambda grid: grid.halve(), "halved", from_bar, to_bar)

    def nudge(self, ms: float, from_bar: int | None = None, to_bar: int | None = None) -> SongHandle:
        """Move every beat later by milliseconds (earlier when negative)."""
        by_ms = float(given.number(ms, "a nudge in milliseconds", -3_600_000, 3_600_000))
        return self._correct(lambda grid: grid.nudge(by_ms), f"nudged by {by_ms:g} ms", from_bar, to_bar, by_ms)

    def half_beat(self, from_bar: int | None = None, to_bar: int | None = None) -> SongHandle:
        """Move every beat by half a beat: the cure when the off-beat was found."""
        return self._correct(lambda grid: grid.half_beat(), "shifted by half a beat", from_bar, to_bar)

    def tap(self, times_s: Sequence[float], from_bar: int | None = None, to_bar: int | None = None) -> SongHandle:
        """Beats from four or more taps, in seconds of the master."""
        return self._correct(lambda grid: grid.tap(times_s), "tapped", from_bar, to_bar)

    def downbeat(self, beat: int, from_bar: int | None = None, to_bar: int | None = None) -> SongHandle:
        """Say which beat begins a bar, counted from 0: from the song's first beat, or from the first of the range."""
        song.set_downbeat(self._film.log, self.master, beat, self._film.author, from_bar, to_bar)
        return self

    def bar_at(self, at_s: float, from_bar: int | None = None, to_bar: int | None = None) -> SongHandle:
        """Say that a bar begins at this time of the song, in seconds of the master: on the beat nearest to it."""
        song.set_bar_at(self._film.log, self.master, at_s, self._film.author, from_bar, to_bar)
        return self

    def metre(self, beats: int, from_bar: int | None = None, to_bar: int | None = None) -> SongHandle:
        """Say how many beats a bar has; the first bar stays where it begins."""
        song.set_metre(self._film.log, self.master, beats, self._film.author, from_bar, to_bar)
        return self

    def tempo(self, bpm: float, from_bar: int | None = None, to_bar: int | None = None) -> SongHandle:
        """Say the tempo; the first bar stays where it begins, and what follows the range stays as it is."""
        song.set_tempo(self._film.log, self.master, bpm, self._film.author, from_bar, to_bar)
        return self

    def section(self, bar: int, name: str) -> SongHandle:
        """Name the section that begins on a bar; where none begins there, one does from now on."""
        song.name_section(self._film.log, self.master, bar, name, self._film.author)
        return self

    def move_section(self, section: str | int, to_bar: int) -> SongHandle:
        """Let a section, by its name or the bar that it begins on, begin on another bar."""
        song.move_section(self._film.log, self.master, section, to_bar, self._film.author)
        return self

    def remove_section(self, section: str | int) -> SongHandle:
        """Join a section, by its name or the bar that it begins on, to the one before it."""
        song.remove_section(self._film.log, self.master, section, self._film.author)
        return self

    def marker(self, at_s: float, name: str) -> SongHandle:
        """Set a marker at a time of the song, in seconds of the master."""
        song.mark(self._film.log, self.master, at_s, name, self._film.author)
        return self

    def remove_marker(self, at_s: float) -> SongHandle:
        """Take the marker at this time away."""
        song.unmark(self._film.log, self.master, at_s, self._film.author)
        return self

    @property
    def undoable(self) -> str:
        """What `undo` would take back, in words; "" for nothing."""
        return song.undoable(self._film.log, self._film.author)

    def undo(self) -> str:
        """Take back this author's last correction of the song; says which it was."""
        return song.undo(self._film.log, self._film.author)
