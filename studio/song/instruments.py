"""The sounds of the synthesised song: each function gives mono samples in -1 … 1 at `RATE` per second.

Additive and frequency-modulated tones with soft attacks, and filtered noise; nothing is sampled.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

RATE = 44100
Sound = NDArray[np.float64]


def hertz(note: float) -> float:
    """The frequency of a MIDI note number (69 is A at 440 Hz)."""
    return float(440 * 2 ** ((note - 69) / 12))


def _time(seconds: float) -> Sound:
    return np.arange(round(seconds * RATE)) / RATE


def _shaped(sound: Sound, attack_s: float, release_s: float) -> Sound:
    """Faded in and out by half a cosine, so that no note clicks."""
    shape = np.ones(len(sound))
    for samples, part in ((round(attack_s * RATE), slice(None)), (round(release_s * RATE), slice(None, None, -1))):
        ramp = 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, min(samples, len(sound))))
        shape[part][: len(ramp)] *= ramp
    return sound * shape


def _noise(seconds: float, low_hz: float, high_hz: float, seed: int) -> Sound:
    """White noise between two frequencies, with soft edges an octave wide."""
    white = np.random.default_rng(seed).standard_normal(round(seconds * RATE))
    hz = np.maximum(np.fft.rfftfreq(len(white), 1 / RATE), 1)
    octaves_out = np.maximum(np.maximum(np.log2(low_hz / hz), np.log2(hz / high_hz)), 0)
    return np.fft.irfft(np.fft.rfft(white) * np.exp(-4 * octaves_out**2), len(white))


@functools.cache
def kick() -> Sound:
    """A soft, round bass drum: a sine that falls from 130 to 48 Hz, with a felt beater."""
    t = _time(0.42)
    turns = 48 * t + (82 / 38) * (1 - np.exp(-38 * t))
    beater = 0.12 * _noise(0.42, 300, 2500, seed=1) * np.exp(-t * 160)
    return _shaped(np.sin(2 * np.pi * turns) * np.exp(-t * 9) + beater, 0.001, 0.08)


@functools.cache
def snare() -> Sound:
    """A brushed snare under a small clap."""
    t = _time(0.3)
    brush = _noise(0.3, 900, 7000, seed=2) * np.exp(-t * 17)
    clap = sum(
        _noise(0.3, 1200, 3500, seed=3) * np.exp(-(np.maximum(t - at, 0)) * 60) * (t >= at) for at in (0.004, 0.014)
    )
    body = np.sin(2 * np.pi * 185 * t) * np.exp(-t * 28)
    return _shaped(0.3 * brush + 0.12 * clap + 0.4 * body, 0.001, 0.05)


@functools.cache
def hat(length_s: float) -> Sound:
    """A hi-hat: closed at 0.05 s, open at 0.25 s."""
    return _shaped(0.3 * _noise(length_s, 7000, 14000, seed=4) * np.exp(-_time(length_s) * 3.5 / length_s), 0.001, 0.01)


@functools.cache
def bass(note: int, length_s: float) -> Sound:
    """A finger bass: a warm fundamental whose overtones die away first."""
    t = _time(length_s)
    turns = 2 * np.pi * hertz(note) * t
    tone = np.sin(turns) + 0.5 * np.sin(2 * turns) * np.exp(-t * 3) + 0.25 * np.sin(3 * turns) * np.exp(-t * 7)
    return _shaped(tone * (0.25 + 0.75 * np.exp(-t * 2.5)), 0.006, 0.05)


@functools.cache
def keys(note: int, length_s: float) -> Sound:
    """An electric piano by frequency modulation (Chowning 1973): a bell at the stroke, then nearly a sine."""
    t = _time(length_s)
    turns = 2 * np.pi * hertz(note) * t
    tine = 0.10 * np.sin(14 * turns) * np.exp(-t * 22) if hertz(note) * 14 < RATE / 2 else 0.0
    tone = np.sin(turns + 1.5 * np.exp(-t * 5) * np.sin(turns)) + tine
    return _shaped(tone * np.exp(-t * 1.9), 0.004, 0.12)


@functools.cache
def pad(note: int, length_s: float, side: int) -> Sound:
    """A string machine: three detuned saws without their upper half, breathing slowly; `side` -1 and 1 differ."""
    t = _time(length_s)
    tone = np.zeros(len(t))
    for voice, cents in enumerate((-7, 0, 6)):
        hz = hertz(note + (cents + 2 * side) / 100)
        start = 2 * np.pi * ((0.37 * voice + 0.19 * side + 0.61 * note) % 1)
        drift = 0.0012 * hz / 0.3 * np.sin(2 * np.pi * 0.3 * t + voice + side)  # slow tape wow, in turns
        turns = 2 * np.pi * (hz * t + drift) + start
        for overtone in range(1, 13):
            if hz * overtone < 5000:
                tone += np.sin(overtone * turns) / overtone**1.35 / 3
    return _shaped(tone, 0.35, 0.45)


@functools.cache
def lead(note: int, length_s: float) -> Sound:
    """A hummed voice: nearly a sine, a little breath, vibrato that comes late."""
    t = _time(length_s)
    vibrato = 0.004 * np.minimum(1, t / 0.6) * np.sin(2 * np.pi * 5.1 * t)
    scoop = -0.02 * np.exp(-t * 30)
    turns = 2 * np.pi * np.cumsum(hertz(note) * (1 + vibrato + scoop)) / RATE
    tone = np.sin(turns) + 0.32 * np.sin(2 * turns) + 0.18 * np.sin(3 * turns) + 0.08 * np.sin(5 * turns)
    breath = 0.05 * _noise(length_s, 1500, 5000, seed=note) * np.exp(-t * 3)
    return _shaped((tone + breath) * (0.75 + 0.25 * np.exp(-t * 3)), 0.035, 0.14)


def room(seconds: float, seed: int) -> tuple[Sound, Sound]:
    """Left and right impulse responses of a soft hall of so many seconds: noise that decays, darker with time."""
    t = _time(seconds)
    sides = []
    for side in (0, 1):
        bright = _noise(seconds, 200, 6000, seed=seed + side) * np.exp(-t * 9 / seconds)
        dark = _noise(seconds, 150, 2200, seed=seed + 10 + side) * np.exp(-t * 5 / seconds)
        wet = (bright + dark) * np.minimum(1, t / 0.012)
        sides.append(wet / np.sqrt(np.sum(wet**2)))
    return sides[0], sides[1]
