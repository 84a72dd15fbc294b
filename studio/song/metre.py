"""Bars: how many beats they have, and on which beat they begin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.song.hearing import Floats, Heard

METRES = (4, 3)
MUST_BEAT = 1.15  # how much clearer than the bar of four a bar of three has to be
CHANCE = 3.0  # errors of the mean
FEWEST_BEATS = 8


@dataclass(frozen=True)
class Metre:
    """Bars as they were heard."""

    beats_per_bar: int
    downbeat: int  # the beat that begins a bar, counted from the first
    confidence: float  # 0 … 1: how far the beats that begin bars stand out from the others


def metre(heard: Heard, beats: Floats) -> Metre:
    """A bar begins where the harmony changes and the bass is struck, but no snare; it has four beats or three."""
    if len(beats) < FEWEST_BEATS or heard.silent:
        return Metre(4, 0, 0.0)
    notes = pooled(heard.notes, heard.notes_per_s, beats, heard.seconds, inside=True)
    chord = notes / np.maximum(np.linalg.norm(notes, axis=1, keepdims=True), 1e-9)
    change = np.concatenate([[0.0], 1 - (chord[1:] * chord[:-1]).sum(axis=1)])
    index = np.rint(beats * heard.frames_per_s).astype(int)

    def struck(envelope: Floats) -> Floats:
        around = [envelope[np.clip(index + k, 0, len(envelope) - 1)] for k in range(-6, 7)]
        return np.asarray(np.stack(around).max(axis=0))

    score = _standard(change) + 0.5 * _standard(struck(heard.low)) - 0.5 * _standard(struck(heard.middle))
    number = np.arange(len(score))
    found = {}
    for bar in METRES:
        means = np.array([score[number % bar == place].mean() for place in range(bar)])
        # in errors of a mean of so many beats: what chance alone reaches is about 2 for either metre
        found[bar] = (float(means.max() - score.mean()) / float(score.std() + 1e-9) * np.sqrt(len(score) / bar), means)
    bar = 3 if found[3][0] > max(CHANCE, MUST_BEAT * found[4][0]) else 4
    clear, means = found[bar]
    runner_up = float(np.sort(means)[-2])
    apart = float(means.max() - runner_up) / max(float(score.std()), 1e-9)
    return Metre(bar, int(means.argmax()), round(float(min(1.0, apart) * min(1.0, max(0.0, clear - 2) / 3)), 3))


def pooled(values: Floats, per_s: float, beats: Floats, seconds: float, *, inside: bool) -> Floats:
    """The mean of the frames from each beat to the next; `inside`: without the attack and the end of the beat."""
    ends = np.append(beats[1:], min(seconds, 2 * beats[-1] - beats[-2]))
    length = ends - beats
    first = np.rint((beats + (0.3 if inside else 0) * length) * per_s).astype(int)
    last = np.rint((ends - (0.2 if inside else 0) * length) * per_s).astype(int)
    first = np.clip(first, 0, len(values) - 1)
    last = np.clip(np.maximum(last, first + 1), 1, len(values))
    total = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0, dtype=np.float64)])
    return np.asarray((total[last] - total[first]) / (last - first)[:, None])


def _standard(values: Floats) -> Floats:
    return np.asarray((values - values.mean()) / max(float(values.std()), 1e-9))
