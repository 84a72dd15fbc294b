"""What is kept of a song once it was heard: onsets in two bands, and the notes that sound, some seconds at a time.

The onset envelope is the rise of the log magnitudes (spectral flux). The whole sound is never held: an hour of song
is heard in blocks, and what is kept of it is a hundredth.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.errors import BadMedia

Floats = NDArray[np.floating[Any]]

SHORTEST_S = 2.0
LOW_HZ, MIDDLE_HZ = (30.0, 160.0), (160.0, 2000.0)
WINDOW_S, HOP_S = 0.046, 0.0058
LONG_WINDOW_S, LONG_HOP_S = 0.25, 0.07  # long enough to tell notes apart
LOWEST_NOTE_HZ, HIGHEST_NOTE_HZ = 40.0, 1300.0
BANDS_HZ = (30.0, 160.0, 500.0, 1300.0, 2600.0, 5200.0, 11000.0)  # bass, …, cymbals
QUIET = 1e-4  # peak of what counts as silence (-80 dB of full scale)


@dataclass(frozen=True)
class Heard:
    """The onsets and notes of a song. The two envelopes have a mean square of 1."""

    seconds: float
    low: Floats  # (n,) rise of loudness in the low band
    middle: Floats  # (n,) and in the middle one
    frames_per_s: float
    notes: Floats  # (m, semitones) how loudly each semitone over 40 Hz sounds
    levels: Floats  # (m, bands) and how loud each band of BANDS_HZ is
    notes_per_s: float
    silent: bool

    @property
    def onsets(self) -> Floats:
        """Both bands: the low one counts for more, because the kick and the bass stand on the beat."""
        return np.asarray(self.low + 0.5 * self.middle)


def hear(blocks: Iterable[Floats], sample_rate: int) -> Heard:
    """Everything that the finders need, from mono samples in any number of blocks. `BadMedia` for less than 2 s."""
    short = _Frames(2 * round(WINDOW_S * sample_rate / 2), max(1, round(HOP_S * sample_rate)))
    long = _Frames(2 * round(LONG_WINDOW_S * sample_rate / 2), max(1, round(LONG_HOP_S * sample_rate)))
    hz = np.fft.rfftfreq(short.size, 1 / sample_rate)
    bands = [(hz >= lowest) & (hz < highest) for lowest, highest in (LOW_HZ, MIDDLE_HZ)]
    size = 1 << int(np.ceil(np.log2(max(long.size, 0.37 * sample_rate))))
    long_hz = np.fft.rfftfreq(size, 1 / sample_rate)
    audible = (long_hz > LOWEST_NOTE_HZ) & (long_hz < HIGHEST_NOTE_HZ)
    number = np.rint(12 * np.log2(long_hz[audible] / LOWEST_NOTE_HZ)).astype(int)
    first_of_note = np.flatnonzero(np.diff(number, prepend=-1))  # the bins of one semitone stand together
    loud: list[list[Floats]] = [[], []]
    of_band = [(long_hz >= lowest) & (long_hz < highest) for lowest, highest in itertools.pairwise(BANDS_HZ)]
    notes: list[Floats] = []
    levels: list[Floats] = []
    peak, count = 0.0, 0
    for block in itertools.chain(_clean(blocks), (None,)):
        if block is not None:
            peak, count = max(peak, float(np.abs(block).max(initial=0.0))), count + len(block)
        for frames in short.of(block):
            spectrum = np.abs(np.fft.rfft(frames, axis=1)).astype(np.float32)
            for band, parts in zip(bands, loud, strict=True):
                parts.append(spectrum[:, band])
        for frames in long.of(block):
            spectrum = np.abs(np.fft.rfft(frames, size, axis=1)).astype(np.float32)
            notes.append(np.sqrt(np.add.reduceat(spectrum[:, audible], first_of_note, axis=1)))
            levels.append(np.stack([spectrum[:, band].sum(axis=1) for band in of_band], axis=1))
    if count < SHORTEST_S * sample_rate:
        raise BadMedia(f"the song is {count / sample_rate:.1f} s long: a beat can be found in {SHORTEST_S:g} s or more")
    low, middle = (_rise(np.concatenate(parts)) for parts in loud)
    return Heard(
        count / sample_rate,
        low,
        middle,
        sample_rate / short.hop,
        np.concatenate(notes),
        np.concatenate(levels),
        sample_rate / long.hop,
        peak < QUIET,
    )


def _clean(blocks: Iterable[Floats]) -> Iterator[Floats]:
    for block in blocks:
        mono = block.mean(axis=1) if block.ndim == 2 else block
        yield mono if np.isfinite(mono).all() else np.nan_to_num(mono, posinf=0.0, neginf=0.0)


def _rise(magnitude: Floats) -> Floats:
    scale = 20 / max(float(np.percentile(magnitude.max(axis=1), 95)), 1e-9)
    flux = np.zeros(len(magnitude))
    for start in range(0, len(magnitude), 8192):
        level = np.log1p(magnitude[max(0, start - 1) : start + 8192] * scale)
        rise = np.maximum(np.diff(level, axis=0), 0).sum(axis=1)
        flux[start + (start == 0) :][: len(rise)] = rise
    return np.asarray(flux / max(float(np.sqrt(np.mean(flux**2))), 1e-9))


class _Frames:
    """Windowed frames of a sound that comes in blocks, the k-th centred on sample k · hop."""

    def __init__(self, size: int, hop: int) -> None:
        self.size, self.hop = size, hop
        self._window = np.hanning(size + 1)[:-1]
        self._rest: Floats = np.zeros(size // 2)

    def of(self, block: Floats | None) -> Iterator[Floats]:
        """The frames that are whole with this block; None ends the sound."""
        self._rest = np.concatenate([self._rest, np.zeros(self.size // 2) if block is None else block])
        if len(self._rest) < self.size:
            return
        frames = np.lib.stride_tricks.sliding_window_view(self._rest, self.size)[:: self.hop]
        for start in range(0, len(frames), 1024):
            yield frames[start : start + 1024] * self._window
        self._rest = self._rest[len(frames) * self.hop :].copy()
