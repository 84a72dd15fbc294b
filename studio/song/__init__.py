"""The song: the master, its beats and bars, a person's corrections, the lyric lines, and the demo's own song."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from studio.song.beats import BeatGrid
from studio.song.correcting import (
    Change,
    correct_bars,
    mark,
    move_section,
    name_section,
    remove_section,
    set_bar_at,
    set_downbeat,
    set_metre,
    set_tempo,
    undo,
    undoable,
    unmark,
)
from studio.song.listening import find_beats, listen
from studio.song.lyrics import Line, read_lrc, read_lyrics
from studio.song.master import Mark, Master, attach, correct, current, find, find_again, said, sure_said, use
from studio.song.pieces import Beats, Part, Pieces, read_beats, write_beats
from studio.song.sections import Section
from studio.song.tracked import Tracked

if TYPE_CHECKING:
    from studio.song.synth import synthesise, write_song

__all__ = [
    "BeatGrid", "Beats", "Change", "Line", "Mark", "Master", "Part", "Pieces", "Section", "Tracked", "attach",
    "correct", "correct_bars", "current", "find", "find_again", "find_beats", "listen", "mark", "move_section",
    "name_section", "read_beats", "read_lrc", "read_lyrics", "remove_section", "said", "set_bar_at", "set_downbeat",
    "set_metre", "set_tempo", "sure_said", "synthesise", "undo", "undoable", "unmark", "use", "write_beats",
    "write_song",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """The band brings numpy with it, and `python -m studio.song.synth` must be its first import: only when asked."""
    if name in ("synthesise", "write_song"):
        from studio.song import synth

        return getattr(synth, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
