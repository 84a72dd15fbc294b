"""The song: its beats and bars, what a person corrects in them, and its lyric lines."""

from studio.song.beats import BeatGrid, find_beats
from studio.song.lyrics import Line, read_lrc

__all__ = ["BeatGrid", "Line", "find_beats", "read_lrc"]
