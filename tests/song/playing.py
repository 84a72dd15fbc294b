"""Songs for the tests, played on beats that are known: kick, snare, hats off the beat, a chord a bar.

Made here, not by studio.song.synth, so that the finders are tried on sound that they were not made with.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

RATE = 22050
Floats = NDArray[np.float64]


def steady(bpm: float, seconds: float, first_s: float = 0.31) -> Floats:
    """Beats of one tempo."""
    return np.arange(first_s, seconds, 60 / bpm)


def changing(tempo: Sequence[tuple[float, float]], seconds: float, first_s: float = 0.31) -> Floats:
    """Beats of a tempo that goes in straight lines through (second, bpm)."""
    at, bpm = zip(*tempo, strict=True)
    beats = [first_s]
    while beats[-1] < seconds:
        beats.append(beats[-1] + 60 / float(np.interp(beats[-1], at, bpm)))
    return np.array(beats[:-1])


def song(
    beats: Floats,
    seconds: float,
    *,
    bar: int = 4,
    hat: float = 0.3,
    kicks: Sequence[int] | None = None,
    snares: Sequence[int] | None = None,
    half_time: tuple[float, float] = (0, 0),
    roots: Sequence[Sequence[int]] = ((0, -4, 3, -2),),
    section_bars: int = 8,
    rate: int = RATE,
) -> Floats:
    """Kick on the beat and snare as given (places in the bar), a hat on each off-beat, a chord on each bar.

    Within `half_time` the drums play half as fast: kick on the first beat of the bar only, snare on the third, hats
    on the beat. `roots` are progressions in semitones; every `section_bars` bars the next one begins.
    """
    noise = np.random.default_rng(7)
    kicks = range(bar) if kicks is None else kicks
    snares = range(1, bar, 2) if snares is None else snares
    sound = np.zeros(round((seconds + 3) * rate))
    t = np.arange(round(0.25 * rate)) / rate
    kick = 0.8 * np.sin(2 * np.pi * (50 * t + 2 * (1 - np.exp(-40 * t)))) * np.exp(-14 * t) * np.minimum(1, t / 0.002)
    brush = 0.3 * noise.standard_normal(len(t)) * np.exp(-25 * t)
    tick = hat * noise.standard_normal(len(t)) * np.exp(-60 * t)

    def strike(at_s: float, stroke: Floats) -> None:
        start = round(at_s * rate)
        sound[start : start + len(stroke)] += stroke

    ends = [*beats[1:], 2 * beats[-1] - beats[-2]]
    for k, (beat, end) in enumerate(zip(beats, ends, strict=True)):
        place, half = k % bar, half_time[0] <= beat < half_time[1]
        if place == 0 if half else place in kicks:
            strike(beat, kick)
        if place == 2 if half else place in snares:
            strike(beat, brush)
        strike(beat if half else (beat + end) / 2, tick)
        if place == 0:
            last = beats[k + bar] if k + bar < len(beats) else end
            length = np.arange(round((last - beat) * rate)) / rate
            of_bar = k // bar
            progression = roots[of_bar // section_bars % len(roots)]
            root = 55 * 2 ** (progression[of_bar % len(progression)] / 12)
            chord = sum(np.sin(2 * np.pi * root * ratio * length) for ratio in (1, 4, 5, 6)) * 0.04
            strike(beat, chord * np.minimum(1, np.minimum(length, length[-1] - length) / 0.05))
    return sound[: round(seconds * rate)]
