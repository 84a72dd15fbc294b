"""Hearing the beat: a comb fitted to the onsets by one FFT, and the choice between one tempo and many.

The Fourier transform of the onset envelope, zero-padded until its bins are finer than 0.05 bpm, holds for every
tempo how strongly, and at which phase, onsets repeat; a comb of a tempo with its double and its fractions in the bar
is read off there for all tempi at once (a plain loop takes thirty times as long). The best comb is then drawn to the
onsets themselves by least squares.

The tempo is heard in both bands, the phase mostly in the low one: a loud off-beat hat decides the phase of a
full-band fit (librosa 0.11 was measured half a beat off), while the kick and the bass stand on the beat.
"""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from studio.song import tracking
from studio.song.beats import BeatGrid, anchored
from studio.song.hearing import Floats, Heard
from studio.song.metre import metre
from studio.song.pieces import Beats, Part, Pieces
from studio.song.tracked import Tracked

SLOWEST, FASTEST = 70.0, 180.0  # bpm looked at: every tempo has a double or a half in there
GRID_BPM = 0.05
USUAL_BPM, USUAL_OCTAVES = 110.0, 0.8  # of a tempo and its double, the one nearer to this is meant
TWICE_AS_FAST = 140.0  # bpm: from here on the half is a tempo too
EXPLAINED, BELIEVED, STUMBLE = 0.95, 0.2, 0.06
# The flux of an onset peaks this much before the window is centred on it, since a logarithm rises early. Measured on
# synthesised kicks, snares and clicks of known time (8 to 11 ms); tests/song/test_beats.py holds it.
LATE_S = 0.009


def find(heard: Heard) -> Beats:
    """The beats of a song: one constant grid, sections with a tempo of their own, or tracked beats.

    A constant grid is chosen where it explains `EXPLAINED` of the onsets (see `explained`). Else the beats are
    tracked; where a few straight lines run through all of them, each is a section of its own tempo. Tracked beats
    that are no beats either (`evenness` below `BELIEVED`) are dropped, and the constant grid stands with the little
    confidence it has.
    """
    if heard.silent:
        return BeatGrid(120.0, 0.0)
    constant, share = steady(heard)
    if share >= EXPLAINED:
        return constant
    beats = tracking.track(heard, USUAL_BPM, USUAL_OCTAVES)
    sure = evenness(beats)
    if sure < BELIEVED:
        return constant
    runs = tracking.stretches(beats)
    parts: list[Part] = []
    for first, end in runs:
        own = tracking.meant(beats[first:end], heard)
        period, start = np.polyfit(np.arange(len(own)), own, 1)
        bar = metre(heard, own)
        grid = anchored(round(60 / float(period), 4), seconds(start), bar.beats_per_bar, bar.downbeat)
        grid = dataclasses.replace(grid, confidence=sure, bars_confidence=bar.confidence)
        parts.append(Part(float(seconds(own[0])) if parts else 0.0, grid))
    if runs:
        return parts[0].grid if len(parts) == 1 else Pieces(tuple(parts))
    beats = tracking.meant(beats, heard)
    bar = metre(heard, beats)
    times = tuple(round(float(beat) + LATE_S, 6) for beat in beats)
    return Tracked(times, bar.beats_per_bar, bar.downbeat, confidence=sure, bars_confidence=bar.confidence)


def seconds(of_envelope: float) -> Fraction:
    """A time of the envelope as a time of the song, to the microsecond."""
    return Fraction(str(round(float(of_envelope) + LATE_S, 6)))


def steady(heard: Heard) -> tuple[BeatGrid, float]:
    """The best constant grid, and how far it explains the onsets."""
    low, rate = heard.low, heard.frames_per_s
    tempo, phase_s = comb(low, heard.middle, rate)
    period, first = drawn_to_onsets(heard.onsets, rate, 60 / tempo, phase_s)
    period, first = meant(low, rate, period, first)
    halves = (period, period / 2)  # where guitars play on past the beat, only the eighths are steady
    bar = metre(heard, np.arange(first % period, heard.seconds - LATE_S, period))
    grid = anchored(round(60 / period, 4), seconds(first % period), bar.beats_per_bar, bar.downbeat)
    sure = max(steadiness(heard.onsets, rate, part) for part in halves)
    share = max(explained(heard.onsets, rate, part) for part in halves)
    return dataclasses.replace(grid, confidence=round(sure, 3), bars_confidence=bar.confidence), share


def explained(envelope: Floats, frames_per_s: float, period: float) -> float:
    """The share of what is heard, in stretches of 16 beats, whose pulse stands within an eighth of a beat of the grid.

    Over four beats at a time the envelope is turned by the period; where it keeps that period, all arrows point one
    way. Measured: 1.00 for steady songs, played or programmed, 0.93 and less where the tempo changes once.
    """
    arrows = _arrows(envelope, frames_per_s, period)
    if len(arrows) < 4:
        return 1.0  # too short to be anything else
    near = np.convolve(arrows, np.ones(4), "same")
    heard = np.convolve(np.abs(arrows), np.ones(4), "same")
    toward = np.real(near * np.conj(arrows.sum())) / np.maximum(np.abs(near) * np.abs(arrows.sum()), 1e-9)
    return float(heard[toward > np.cos(np.pi / 4)].sum() / max(float(heard.sum()), 1e-9))


def evenness(beats: Floats) -> float:
    """How evenly tracked beats follow one another, 0 … 1: music drifts, noise stumbles by a twentieth of a beat."""
    if len(beats) < 4:
        return 0.0
    stumble = np.abs(np.diff(beats, 2)) / np.median(np.diff(beats))
    return round(float(np.clip(1 - np.mean(np.minimum(stumble, 0.2)) / STUMBLE, 0, 1)), 3)


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
    """How far the phase of a pulse is the same all through: 1 in strict time, near 0 in noise or free time."""
    arrows = _arrows(envelope, frames_per_s, period)
    agreement = float(np.abs(arrows.sum()) / max(float(np.abs(arrows).sum()), 1e-9))
    chance = min(1.0, 2 / np.sqrt(max(len(arrows), 1)))  # what arrows of random direction reach, of many tempi
    return max(0.0, (agreement - chance) / (1 - chance)) if chance < 1 else 0.0


def _arrows(envelope: Floats, frames_per_s: float, period: float) -> NDArray[np.complex128]:
    """Every four beats of the envelope as one arrow: its length is how much is struck, its direction when."""
    span = max(1, round(4 * period * frames_per_s))
    parts = len(envelope) // span
    turns = np.exp(-2j * np.pi * np.arange(parts * span) / frames_per_s / period)
    return np.asarray(((envelope[: parts * span] - envelope.mean()) * turns).reshape(parts, span).sum(axis=1))
