"""Beats that follow a tempo which is not steady: ramps, rubato, and songs of several tempi.

The tempo of each second is a path through the Fourier tempogram; the beats are then the best chain of onsets about
one such period apart, found by dynamic programming as in D. P. W. Ellis, "Beat Tracking by Dynamic Programming",
Journal of New Music Research 36 (2007), here with the period of each moment instead of one for the whole song.
"""

from __future__ import annotations

import numpy as np

from studio.song.hearing import Floats, Heard

SLOWEST, FASTEST = 55.0, 215.0  # bpm looked at, moment by moment
BINS_PER_OCTAVE = 48
WINDOW_S, HOP_S = 8.0, 1.0
CHANGE_COST, JUMP_COST = 60.0, 2.5  # per octave squared and second; at most
TIGHT = 150.0  # Ellis's alpha: what a beat apart by e times the period costs, in onsets of usual strength
TWICE_AS_FAST = 140.0  # bpm: from here on the half is a tempo too
STRIKING = 0.5  # of a usual onset's strength: a beat is drawn to such a one
REACH_S = 0.045
FEWEST_OF_A_TEMPO, WITHIN_S = 24, 0.022  # beats that a stretch of one tempo has at least, and how exactly they keep it


def tempo_path(heard: Heard, usual_bpm: float, octaves: float) -> tuple[Floats, Floats]:
    """The moments looked at, in seconds, and the tempo of each, in bpm: one every second."""
    envelope = (heard.low + 0.25 * heard.middle)[::2]  # mostly the bass: hats play twice as fast as the beat
    rate = heard.frames_per_s / 2
    size = round(WINDOW_S * rate)
    hop = round(HOP_S * rate)
    padded = np.pad(envelope - envelope.mean(), (size // 2, size))
    windows = np.lib.stride_tricks.sliding_window_view(padded, size)[: len(envelope) : hop] * np.hanning(size)
    span = 2 * BINS_PER_OCTAVE
    count = int(BINS_PER_OCTAVE * np.log2(FASTEST / SLOWEST)) + 1
    every = SLOWEST * 2.0 ** (np.arange(-span, count + BINS_PER_OCTAVE) / BINS_PER_OCTAVE)  # with quarters and doubles
    turns = np.exp(-2j * np.pi * np.outer(np.arange(size) / rate, every / 60))
    strength = np.abs(windows @ turns)
    tempi = every[span : span + count]

    def at(octave: int) -> Floats:
        first = span + octave * BINS_PER_OCTAVE
        return np.asarray(strength[:, first : first + count])

    score = (at(0) + 0.5 * at(1) + 0.5 * at(-1) + 0.25 * at(-2)) * np.exp(
        -0.5 * (np.log2(tempi / usual_bpm) / octaves) ** 2
    )
    score = score / max(float(np.percentile(score.max(axis=1), 75)), 1e-9)  # a silence says nothing
    apart = np.subtract.outer(np.arange(count), np.arange(count)) / BINS_PER_OCTAVE
    cost = np.minimum(CHANGE_COST * apart**2, JUMP_COST)
    best, before = score[0], np.zeros((len(score), count), int)
    for k in range(1, len(score)):
        through = best[None, :] - cost
        before[k] = through.argmax(axis=1)
        best = through.max(axis=1) + score[k]
    path = [int(best.argmax())]
    for k in range(len(score) - 1, 0, -1):
        path.append(int(before[k, path[-1]]))
    return np.arange(len(score)) * hop / rate, tempi[path[::-1]]


def track(heard: Heard, usual_bpm: float, octaves: float) -> Floats:
    """Times of the beats from the song's start to its end, in seconds of the envelope."""
    at_s, bpm = tempo_path(heard, usual_bpm, octaves)
    rate = heard.frames_per_s / 2
    onset = heard.low + 0.25 * heard.middle
    onset = onset[: len(onset) // 2 * 2].reshape(-1, 2).max(axis=1)
    onset = np.convolve(onset, [0.25, 0.5, 0.25], "same")
    onset = onset / max(float(onset.std()), 1e-9)
    frames = np.arange(len(onset))
    period = np.interp(frames / rate, at_s, 60 / bpm) * rate  # in frames
    return _drawn(_to_the_ends(_chain(onset, period) / rate, heard.seconds), heard)


def _chain(onset: Floats, period: Floats) -> Floats:
    """Ellis's recursion, some frames at a time: none of them can be the beat before another one of them."""
    nearest, furthest = max(2, int(0.6 * period.min())), int(1.7 * period.max()) + 1
    lags = np.arange(nearest, furthest + 1)
    n = len(onset)
    total = np.concatenate([np.full(furthest, -1e9), np.zeros(n)])  # nothing before the song
    link = np.full(n, -1)
    for start in range(0, n, nearest):
        frames = np.arange(start, min(n, start + nearest))
        cost = TIGHT * np.log(lags[None, :] / period[frames, None]) ** 2
        through = total[furthest + frames[:, None] - lags[None, :]] - cost
        best = through.argmax(axis=1)
        gained = through[np.arange(len(frames)), best]
        linked = gained > 0
        total[furthest + frames] = onset[frames] + np.where(linked, gained, 0)
        link[frames] = np.where(linked, frames - lags[best], -1)
    tail = max(0, n - int(period[-1]))
    at = int(tail + total[furthest + tail :].argmax())
    chain = [at]
    while link[at] >= 0:
        at = int(link[at])
        chain.append(at)
    return np.array(chain[::-1], float)


def meant(beats: Floats, heard: Heard) -> Floats:
    """The beats, or every second one where fast beats are struck in the bass only every second time."""
    if len(beats) < 8 or 60 / float(np.median(np.diff(beats))) < TWICE_AS_FAST:
        return beats
    index = np.rint(beats * heard.frames_per_s).astype(int)
    struck = np.stack([heard.low[np.clip(index + k, 0, len(heard.low) - 1)] for k in range(-5, 6)]).max(axis=0)
    struck = struck - np.median(heard.low)
    even, odd = float(struck[::2].mean()), float(struck[1::2].mean())
    return beats if min(even, odd) > 0.65 * max(even, odd) else beats[int(odd > even) :: 2]


def _to_the_ends(beats: Floats, seconds: float) -> Floats:
    """The same beats, gone on in the first and the last tempo to where the song begins and ends."""
    gaps = np.diff(beats)
    if not len(gaps):
        return beats
    first, last = float(np.median(gaps[:4])), float(np.median(gaps[-4:]))
    earlier = beats[0] - first * np.arange(1, int(beats[0] / first) + 1)[::-1]
    later = beats[-1] + last * np.arange(1, int(max(0.0, seconds - beats[-1]) / last) + 1)
    return np.concatenate([earlier, beats, later])


def _drawn(beats: Floats, heard: Heard) -> Floats:
    """Each beat at the top of the onset it belongs to, if there is a striking one."""
    envelope, rate = heard.onsets, heard.frames_per_s
    reach = max(1, round(REACH_S * rate))
    index = np.rint(beats * rate).astype(int)
    inside = (index > reach) & (index < len(envelope) - reach - 2)
    around = envelope[index[inside, None] + np.arange(-reach, reach + 1)]
    # nearer ones first: an onset at the end of the reach has to be twice as strong
    peak = index[inside] - reach + np.argmax(around * (1 - 0.5 * np.abs(np.linspace(-1, 1, 2 * reach + 1))), axis=1)
    a, b, c = envelope[peak - 1], envelope[peak], envelope[peak + 1]
    bend = a - 2 * b + c
    top = (peak + np.where(bend < 0, 0.5 * (a - c) / np.minimum(bend, -1e-9), 0.0).clip(-0.5, 0.5)) / rate
    out = beats.copy()
    out[inside] = np.where(b > STRIKING, top, beats[inside])
    return np.maximum.accumulate(out)


def stretches(beats: Floats, most: int = 6) -> list[tuple[int, int]]:
    """The beats as at most `most` runs of one tempo each (first index, index after the last), or none.

    Least squares of piecewise straight lines (time over count), by dynamic programming; a new run has to be worth it.
    """
    n = len(beats)
    if n < 2 * FEWEST_OF_A_TEMPO:
        return []
    sums = [np.concatenate([[0.0], np.cumsum(v)]) for v in (np.arange(n), beats, np.arange(n) * beats, beats**2)]
    squares = np.concatenate([[0.0], np.cumsum(np.arange(n, dtype=float) ** 2)])
    price = FEWEST_OF_A_TEMPO * WITHIN_S**2
    best, start = np.full(n + 1, np.inf), np.zeros(n + 1, int)
    best[0] = -price
    for end in range(FEWEST_OF_A_TEMPO, n + 1):
        first = np.arange(0, end - FEWEST_OF_A_TEMPO + 1)
        m = end - first
        x, y, xy, yy = (s[end] - s[first] for s in sums)
        xx = squares[end] - squares[first]
        sxx, sxy, syy = xx - x * x / m, xy - x * y / m, yy - y * y / m
        through = best[first] + np.maximum(syy - sxy * sxy / sxx, 0) + price
        start[end] = int(through.argmin())
        best[end] = float(through[start[end]])
    runs = [(int(start[n]), n)]
    while runs[0][0] > 0:
        runs.insert(0, (int(start[runs[0][0]]), runs[0][0]))
    if len(runs) > most:
        return []
    for begin, end in runs:
        count = np.arange(begin, end)
        slope, at = np.polyfit(count, beats[begin:end], 1)
        if np.percentile(np.abs(beats[begin:end] - slope * count - at), 90) > WITHIN_S:
            return []
    return runs
