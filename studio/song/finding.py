"""Hearing a steady beat: onsets in a low and a middle band, and a comb fitted to them by one FFT.

The onset envelope is the rise of the log magnitudes (spectral flux). Its Fourier transform, zero-padded until its
bins are finer than 0.05 bpm, holds for every tempo how strongly, and at which phase, onsets repeat; a comb of a tempo
with its double and its fractions in the bar is read off there for all tempi at once (a plain loop takes thirty times
as long). The best comb is then drawn to the onsets themselves by least squares.

The tempo is heard in both bands, the phase mostly in the low one: a loud off-beat hat decides the phase of a
full-band fit (librosa 0.11 was measured half a beat off), while the kick and the bass stand on the beat.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.errors import BadMedia

Floats = NDArray[np.float64]

SHORTEST_S = 2.0
SLOWEST, FASTEST = 70.0, 180.0  # bpm looked at: every tempo has a double or a half in there
GRID_BPM = 0.05
USUAL_BPM, USUAL_OCTAVES = 110.0, 0.8  # of a tempo and its double, the one nearer to this is meant
TWICE_AS_FAST = 140.0  # bpm: from here on the half is a tempo too
LOW_HZ, MIDDLE_HZ = (30.0, 160.0), (160.0, 2000.0)
WINDOW_S, HOP_S = 0.046, 0.0058
QUIET = 1e-4  # peak of what counts as silence (-80 dB of full scale)
# The flux of an onset peaks this much before the window is centred on it, since a logarithm rises early. Measured on
# synthesised kicks, snares and clicks of known time (8 to 11 ms); tests/song/test_beats.py holds it.
LATE_S = 0.009


def fit(samples: NDArray[Any], sample_rate: int) -> tuple[float, float, int, float]:
    """Tempo in bpm, one beat's time in seconds, how many beats later a bar begins (0 … 3), confidence 0 … 1."""
    sound = np.nan_to_num(np.asarray(samples, dtype=np.float64))
    sound = sound.mean(axis=1) if sound.ndim == 2 else sound
    if len(sound) < SHORTEST_S * sample_rate:
        raise BadMedia(
            f"the song is {len(sound) / sample_rate:.1f} s long: a beat can be found in {SHORTEST_S:g} s or more"
        )
    if np.abs(sound).max() < QUIET:
        return 120.0, 0.0, 0, 0.0
    low, middle, frames_per_s = envelopes(sound, sample_rate)
    tempo, phase_s = comb(low, middle, frames_per_s)
    period, first = drawn_to_onsets(low + 0.5 * middle, frames_per_s, 60 / tempo, phase_s)
    period, first = meant(low, frames_per_s, period, first)
    confidence = max(steadiness(low + 0.5 * middle, frames_per_s, part) for part in (period, period / 2))
    bar = downbeat(sound, sample_rate, low, middle, frames_per_s, period, first)
    return 60 / period, first + LATE_S, bar, confidence


def envelopes(sound: Floats, sample_rate: int) -> tuple[Floats, Floats, float]:
    """The rise of loudness in the low and the middle band over time, each with a mean square of 1, and their rate."""
    size = 2 * round(WINDOW_S * sample_rate / 2)  # the bias holds for this length alone
    hop = max(1, round(HOP_S * sample_rate))
    window = np.hanning(size + 1)[:-1]
    padded = np.pad(sound, size // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]
    hz = np.fft.rfftfreq(size, 1 / sample_rate)
    bands = [(hz >= lowest) & (hz < highest) for lowest, highest in (LOW_HZ, MIDDLE_HZ)]
    loud: list[list[Floats]] = [[], []]
    for start in range(0, len(frames), 4096):  # a whole song at once would take a third of a gigabyte
        spectrum = np.abs(np.fft.rfft(frames[start : start + 4096] * window, axis=1))
        for band, parts in zip(bands, loud, strict=True):
            parts.append(spectrum[:, band])
    out = []
    for parts in loud:
        magnitude = np.concatenate(parts)
        level = np.log1p(magnitude * (20 / max(np.percentile(magnitude.max(axis=1), 95), 1e-9)))
        flux = np.maximum(np.diff(level, axis=0, prepend=level[:1]), 0).sum(axis=1)
        out.append(flux / max(np.sqrt(np.mean(flux**2)), 1e-9))
    return out[0], out[1], sample_rate / hop


def comb(low: Floats, middle: Floats, frames_per_s: float) -> tuple[float, float]:
    """The tempo in bpm and the time of a beat in seconds that explain the two envelopes best."""
    n = len(low)
    size = 1 << int(np.ceil(np.log2(max(n, 60 * frames_per_s / GRID_BPM))))
    bins_per_bpm = size / frames_per_s / 60

    both = low + middle
    strength = np.abs(np.fft.rfft(both - both.mean(), size))

    def strength_at(bpm: Floats) -> Floats:
        return np.asarray(strength[np.clip(np.rint(bpm * bins_per_bpm).astype(int), 0, len(strength) - 1)])

    tempi = np.arange(SLOWEST, FASTEST + GRID_BPM / 2, GRID_BPM)
    usual = np.exp(-0.5 * (np.log2(tempi / USUAL_BPM) / USUAL_OCTAVES) ** 2)
    whole = strength_at(tempi) + 0.5 * strength_at(2 * tempi)
    # A beat has its half or quarter in the bar; three beats on two (126 bpm in a song of 84) have not.
    parts = 0.5 * strength_at(tempi / 2) + 0.25 * strength_at(tempi / 4)
    best = float(tempi[np.argmax((whole + parts) * usual)])
    for step in (0.01, 0.001):
        near = np.arange(best - 6 * step, best + 6.5 * step, step)
        turns = np.exp(-2j * np.pi * np.outer(near / 60, np.arange(n) / frames_per_s))
        best = float(near[np.argmax(np.abs(turns @ both) + 0.5 * np.abs((turns**2) @ both))])
    # Phase: the comb of the low band, with a little of the middle one for songs without bass.
    weight = low + 0.25 * middle
    weight = weight - weight.mean()
    times = np.arange(n) / frames_per_s
    once, twice = (np.sum(weight * np.exp(-2j * np.pi * k * best / 60 * times)) for k in (1, 2))
    phases = np.arange(512) / 512
    turn = np.exp(2j * np.pi * phases)
    phase = phases[np.argmax(np.real(once * turn) + 0.5 * np.real(twice * turn**2))]
    return best, float(phase * 60 / best)


def drawn_to_onsets(envelope: Floats, frames_per_s: float, period: float, first: float) -> tuple[float, float]:
    """Period and first beat by weighted least squares through the onset peaks near the beats."""
    n = len(envelope)
    reach = max(2, round(min(0.05, period / 6) * frames_per_s))
    offsets = np.arange(-reach, reach + 1)
    count = np.arange(np.ceil(-first / period), np.floor(((n - 1) / frames_per_s - first) / period) + 1)
    for _ in range(3):
        times = first + count * period
        index = np.rint(times * frames_per_s).astype(int)
        inside = (index >= reach + 1) & (index < n - reach - 1)
        index, number = index[inside], count[inside]
        around = envelope[index[:, None] + offsets]
        peak = index + offsets[np.argmax(around, axis=1)]
        a, b, c = envelope[peak - 1], envelope[peak], envelope[peak + 1]
        bend = a - 2 * b + c
        top = peak + np.where(bend < 0, 0.5 * (a - c) / np.minimum(bend, -1e-9), 0.0).clip(-0.5, 0.5)
        heard = top / frames_per_s
        off = heard - (first + number * period)
        typical = max(float(np.median(np.abs(off - np.median(off)))), 0.001)
        weight = b / (1 + ((off - np.median(off)) / (2 * typical)) ** 2)  # a stray onset hardly counts
        if len(number) < 4 or weight.sum() <= 0:
            break
        middle, mean = np.average(number, weights=weight), np.average(heard, weights=weight)
        spread = np.average((number - middle) ** 2, weights=weight)
        period = float(np.average((number - middle) * (heard - mean), weights=weight) / spread)
        first = float(mean - middle * period)
    return period, first


def meant(low: Floats, frames_per_s: float, period: float, first: float) -> tuple[float, float]:
    """The beat, or every second one where a fast beat is struck in the bass only every second time."""
    if 60 / period < TWICE_AS_FAST:
        return period, first
    index = np.rint((first + period * np.arange(len(low) / frames_per_s // period)) * frames_per_s).astype(int)
    struck = np.stack([low[np.clip(index + k, 0, len(low) - 1)] for k in range(-5, 6)]).max(axis=0) - np.median(low)
    even, odd = float(struck[::2].mean()), float(struck[1::2].mean())
    if min(even, odd) > 0.65 * max(even, odd):
        return period, first
    return 2 * period, first + (odd > even) * period


def steadiness(envelope: Floats, frames_per_s: float, period: float) -> float:
    """How far the phase of a pulse is the same all through: 1 in strict time, near 0 in noise or free time.

    It is asked for the beat and for its half: where guitars play on past the beat, only the eighths are steady.
    """
    span = max(1, round(4 * period * frames_per_s))
    parts = len(envelope) // span  # of four beats
    turns = np.exp(-2j * np.pi * np.arange(parts * span) / frames_per_s / period)
    arrows = ((envelope[: parts * span] - envelope.mean()) * turns).reshape(parts, span).sum(axis=1)
    agreement = float(np.abs(arrows.sum()) / max(np.abs(arrows).sum(), 1e-9))
    chance = min(1.0, 2 / np.sqrt(max(parts, 1)))  # what arrows of random direction reach, with the best of many tempi
    return max(0.0, (agreement - chance) / (1 - chance)) if chance < 1 else 0.0


def downbeat(
    sound: Floats, sample_rate: int, low: Floats, middle: Floats, frames_per_s: float, period: float, first: float
) -> int:
    """Which of four beats begins the bar: where the harmony changes and the bass is struck, but no snare."""
    length = round(0.8 * period * sample_rate)
    window = np.hanning(length)
    size = 1 << int(np.ceil(np.log2(max(length, 0.37 * sample_rate))))
    hz = np.fft.rfftfreq(size, 1 / sample_rate)
    audible = (hz > 40) & (hz < 1300)
    note = np.rint(12 * np.log2(hz[audible] / 40)).astype(int)  # semitones over 40 Hz
    notes, bass, snare = [], [], []
    number = np.arange(max(0, np.ceil(-first / period)), (len(sound) / sample_rate - first) // period - 1)
    for time in first + period * number:
        begin = round((time + 0.1 * period) * sample_rate)  # past the attack of the drum
        spectrum = np.abs(np.fft.rfft(sound[begin : begin + length] * window, size))[audible]
        notes.append(np.sqrt(np.bincount(note, spectrum)))
        at = round(time * frames_per_s)
        near = slice(max(0, at - 6), at + 7)
        bass.append(low[near].max())
        snare.append(middle[near].max())
    if len(notes) < 8:
        return 0
    chord = np.array(notes) / np.maximum(np.linalg.norm(notes, axis=1, keepdims=True), 1e-9)
    change = np.concatenate([[0.0], 1 - (chord[1:] * chord[:-1]).sum(axis=1)])
    score = _standard(change) + 0.5 * _standard(np.array(bass)) - 0.5 * _standard(np.array(snare))
    means = [score[number % 4 == place].mean() for place in range(4)]
    return int(np.argmax(means))


def _standard(values: Floats) -> Floats:
    return np.asarray((values - values.mean()) / max(float(values.std()), 1e-9))
