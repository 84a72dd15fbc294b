"""A song listened to from end to end: its beats, bars and sections, by this room's own finders or by librosa."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from studio.errors import BadInput, NotFound
from studio.given import shown
from studio.song.pieces import Beats
from studio.song.sections import Section, find_sections

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

ANALYSIS_RATE = 22050  # samples per second
LONGEST_S = 3600  # of a song: what is heard of an hour takes half a gigabyte
FINDERS = ("studio", "librosa")


@dataclass(frozen=True)
class Found:
    """What was found in a song."""

    beats: Beats
    sections: tuple[Section, ...]


def find_beats(samples: NDArray[np.floating[Any]], sample_rate: int) -> Beats:
    """The beats heard in PCM of shape (n,) or (n, channels): a constant grid where it explains what is heard.

    Silence gives a grid of 120 bpm from 0 s with confidence 0, to be corrected by hand. Raises `BadMedia` for less
    than 2 s of sound. Takes about a second for four minutes at 22,050 samples a second.
    """
    from studio.song.finding import find  # numpy comes in only when somebody listens
    from studio.song.hearing import hear

    return find(hear([samples], sample_rate))


def listen(path: Path, by: str = "studio") -> Found:
    """Beats and sections of a song's file; `by="librosa"` asks librosa for the beats."""
    from studio.media import decode_sound, sound_blocks
    from studio.song.finding import find
    from studio.song.hearing import hear

    if by not in FINDERS:
        raise BadInput(f"beats cannot be found by {shown(by)}: say by={' or by='.join(map(repr, FINDERS))}")
    librosa = _librosa() if by == "librosa" else None
    heard = hear(sound_blocks(path, ANALYSIS_RATE), ANALYSIS_RATE)
    if librosa is None or heard.silent:
        beats = find(heard)
    else:
        beats = by_librosa(librosa, decode_sound(path, ANALYSIS_RATE), heard)
    end = heard.seconds
    return Found(beats, find_sections(heard, beats.beats(0, end), beats.bars(0, end)))


def by_librosa(librosa: Any, samples: NDArray[np.floating[Any]], heard: Any) -> Beats:
    """librosa's beats, followed one by one, with the bars that this room hears on them."""
    import numpy as np

    from studio.song.finding import evenness
    from studio.song.metre import metre
    from studio.song.tracked import Tracked

    _, frames = librosa.beat.beat_track(y=samples, sr=ANALYSIS_RATE)
    times = np.asarray(librosa.frames_to_time(frames, sr=ANALYSIS_RATE), dtype=float)
    if len(times) < 4:
        raise BadInput(f"librosa found {len(times)} beats in the song: film.song.find() looks without it")
    bar = metre(heard, times)
    seconds = tuple(round(float(time), 6) for time in times)
    return Tracked(seconds, bar.beats_per_bar, bar.downbeat, evenness(times), bars_confidence=bar.confidence)


def _librosa() -> Any:
    try:
        return importlib.import_module("librosa")
    except ModuleNotFoundError:
        raise NotFound("librosa is not installed: pip install 'circletake[music]' installs it (400 MB)") from None
