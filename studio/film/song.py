"""`film.song`: the song, its beats, bars and lyric lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from studio import given, song

if TYPE_CHECKING:
    from studio.film.film import Film
    from studio.song import BeatGrid, Line, Master


class SongHandle:
    """`film.song`: found beats are kept, corrections stand beside them, and the newest correction counts."""

    def __init__(self, film: Film) -> None:
        self._film = film

    def __repr__(self) -> str:
        master = song.find(self._film.log)
        if master is None:
            return "Song(none yet)"
        grid = master.grid
        return (
            f"Song({Path(master.file).name!r}, {float(master.seconds):.2f} s, {grid.bpm:.2f} bpm {grid.source}, "
            f"{len(master.bars)} bars, confidence {grid.confidence:.2f})"
        )

    def _repr_html_(self) -> str | None:
        from studio.widgets import SongView

        master = song.find(self._film.log)
        return SongView(self._film, master, repr(self))._html() if master else None

    @property
    def master(self) -> Master:
        """The song as a value. Raises NotFound when there is none yet."""
        return song.current(self._film.log)

    def attach(self, path: str | Path, lyrics: str | Path | None = None) -> SongHandle:
        """Copy a song into the film and find its beats. Lyrics come from `lyrics`, or an .lrc of the same name."""
        words = given.path(lyrics, "lyrics.lrc") if lyrics else None
        song.attach(self._film.log, self._film.folder, given.path(path, "song.wav"), words, self._film.author)
        return self

    def use(self, start_s: float, end_s: float) -> SongHandle:
        """Use only this part of the song, in seconds."""
        song.use(self._film.log, self.master, start_s, end_s, self._film.author)
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

    def _correct(self, change: Callable[[BeatGrid], BeatGrid], how: str) -> SongHandle:
        master = self.master
        song.correct(self._film.log, master, change(master.grid), how, self._film.author)
        return self

    def double(self) -> SongHandle:
        """Twice as many beats."""
        return self._correct(lambda grid: grid.double(), "doubled")

    def halve(self) -> SongHandle:
        """Half as many beats."""
        return self._correct(lambda grid: grid.halve(), "halved")

    def nudge(self, ms: float) -> SongHandle:
        """Move every beat later by milliseconds (earlier when negative)."""
        return self._correct(lambda grid: grid.nudge(ms), f"nudged by {ms} ms")

    def half_beat(self) -> SongHandle:
        """Move every beat by half a beat: the cure when the off-beat was found."""
        return self._correct(lambda grid: grid.half_beat(), "shifted by half a beat")

    def downbeat(self, beat: int) -> SongHandle:
        """Say which beat (counted from 0) begins a bar."""
        return self._correct(lambda grid: grid.with_downbeat(beat), f"bar begins on beat {beat}")

    def tap(self, times_s: Sequence[float]) -> SongHandle:
        """Beats from four or more taps, in seconds of the master."""
        return self._correct(lambda grid: grid.tap(times_s), "tapped")
