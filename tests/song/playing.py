"""Songs for the tests, played on beats that are known: kick, snare, hats off the beat, a chord a bar.

Made here, not by studio.song.synth, so that the finders are tried on sound that they were not made with.
"""

from __future__ import annotations

import wave
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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


def write(path: Path, sound: Floats, rate: int = RATE, channels: int = 1) -> Path:
    """Samples as a 16-bit WAV file, the same in every channel."""
    samples = np.rint(np.clip(0.5 * sound, -1, 1) * 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.repeat(samples, channels).tobytes())
    return path


@dataclass(frozen=True)
class Case:
    """A song whose beats are known, and how they are expected to be told."""

    beats: Floats
    seconds: float
    kind: str  # the class of what is found
    bar: int = 4
    played: dict[str, Any] = field(default_factory=dict)

    def sound(self) -> Floats:
        """Mono samples at `RATE`."""
        return song(self.beats, self.seconds, bar=self.bar, **self.played)


WALTZ = {"kicks": (0,), "snares": (1, 2)}
CASES = {
    "steady": Case(steady(92.3, 40), 40, "BeatGrid"),
    "loud hats off the beat": Case(steady(124, 40), 40, "BeatGrid", played={"hat": 1.2}),
    "three in a bar": Case(steady(150, 40), 40, "BeatGrid", 3, WALTZ),
    "slow three in a bar": Case(steady(90, 50), 50, "BeatGrid", 3, WALTZ),
    "half-time in the middle": Case(steady(128, 60), 60, "BeatGrid", played={"half_time": (20, 40)}),
    "silent lead-in": Case(steady(96, 50, first_s=12.34), 50, "BeatGrid"),
    "two tempi": Case(changing([(0, 100), (29.99, 100), (30, 126), (60, 126)], 60), 60, "Pieces"),
    "a tempo that rises": Case(changing([(0, 100), (60, 130)], 50), 50, "Tracked"),
    "a tempo that falls": Case(changing([(0, 140), (70, 90)], 50), 50, "Tracked"),
    "rubato": Case(
        changing([(x, 100 + 12 * np.sin(2 * np.pi * x / 23) + 6 * np.sin(2 * np.pi * x / 9)) for x in range(61)], 60),
        60,
        "Tracked",
    ),
    "rubato in three": Case(
        changing([(x, 110 + 12 * np.sin(2 * np.pi * x / 23)) for x in range(61)], 60), 60, "Tracked", 3, WALTZ
    ),
}
