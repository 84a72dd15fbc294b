"""The song: the master, its beats and bars, a person's corrections, the lyric lines, and the demo's own song."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from studio.song.beats import BeatGrid, find_beats
from studio.song.lyrics import Line, read_lrc
from studio.song.master import Master, attach, correct, current, find, use

if TYPE_CHECKING:
    from studio.song.synth import synthesise, write_song

__all__ = [
    "BeatGrid",
    "Line",
    "Master",
    "attach",
    "correct",
    "current",
    "find",
    "find_beats",
    "read_lrc",
    "synthesise",
    "use",
    "write_song",
]


def __getattr__(name: str) -> Any:
    """The band brings numpy with it, and `python -m studio.song.synth` must be its first import: only when asked."""
    if name in ("synthesise", "write_song"):
        from studio.song import synth

        return getattr(synth, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
