"""The demo's song, synthesised: a small wistful band in D, exactly on its beats.

``python -m studio.song.synth OUT.ogg`` writes the 40 s song that ships in data/demo (14 bars at 84 bpm); the full
demo makes four minutes of it on the spot. Numpy only, the same samples for the same arguments.
"""

from __future__ import annotations

import math
import sys
import tempfile
import wave
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.errors import BadInput
from studio.song import instruments as play
from studio.song.instruments import RATE

LOUDNESS_DB = -15.0  # RMS of the whole, about -14 LUFS for a mix like this
PEAK = 0.89  # -1 dB of full scale
BEATS_PER_BAR = 4

# chord -> the bass's note and four notes for pad and keys, as MIDI numbers
CHORDS: dict[str, tuple[int, tuple[int, int, int, int]]] = {
    "D": (38, (57, 62, 64, 66)),
    "Bm": (35, (57, 59, 62, 66)),
    "G": (31, (55, 59, 62, 66)),
    "A": (33, (57, 61, 64, 69)),
    "Asus": (33, (57, 62, 64, 69)),
    "F#m": (30, (57, 61, 64, 66)),
    "Em": (40, (55, 59, 62, 66)),
}
# What a section plays, bar after bar, round and round: its chords, and melodies as (beat, length in beats, note).
HARMONY = {
    "intro": ("D", "G"),
    "verse": ("D", "Bm", "G", "Asus"),
    "chorus": ("G", "A", "F#m", "Bm", "G", "A", "D", "D"),
    "break": ("Em", "G"),
    "outro": ("G", "D"),
}
MELODY: dict[str, tuple[tuple[tuple[float, float, int], ...], ...]] = {
    "chorus": (
        ((0, 1.5, 78), (1.5, 0.5, 76), (2, 1, 74), (3, 1, 71)),
        ((0, 1.5, 73), (1.5, 0.5, 74), (2, 1.75, 76)),
        ((0, 1.5, 81), (1.5, 0.5, 78), (2, 1, 76), (3, 1, 73)),
        ((0, 2.5, 74), (3, 0.5, 73), (3.5, 0.5, 74)),
        ((0, 1.5, 78), (1.5, 0.5, 76), (2, 1, 74), (3, 1, 76)),
        ((0, 1, 76), (1, 1, 73), (2, 1.75, 69)),
        ((0, 1, 71), (1, 1, 73), (2, 1.75, 74)),
        ((0, 2.5, 74),),
    ),
    "break": (((0, 2, 74), (2, 1, 73), (3, 1, 71)), ((0, 3, 69),)),
}
ANSWERS = (((2, 1, 74), (3, 0.75, 73)), ((2, 1.5, 69),), ((2, 1, 71), (3, 0.75, 69)), ((1, 0.5, 64), (1.5, 1.5, 66)))
BASS = {
    "verse": ((0, 1.4, 0), (1.5, 0.45, 0), (2.5, 0.5, 7), (3, 0.8, 12)),
    "chorus": ((0, 1.4, 0), (1.5, 0.45, 12), (2, 0.9, 0), (3, 0.45, 7), (3.5, 0.45, 12)),
    "outro": ((0, 3.5, 0),),
    "break": ((0, 3.5, 0),),
}
KICKS = {"verse": (0, 1.5, 2), "chorus": (0, 1, 2, 3), "intro": (0,), "break": (0,), "outro": (0,)}
ARPEGGIO = (0, 2, 1, 3, 2, 1, 3, 2)  # which of the four notes on each eighth
LITTLE_FORM = (("intro", 2), ("verse", 4), ("chorus", 4), ("break", 2), ("outro", 2))
FULL_FORM = (
    ("intro", 4), ("verse", 8), ("chorus", 8), ("verse", 8), ("chorus", 8), ("break", 8), ("verse", 8),
    ("chorus", 8), ("chorus", 8), ("break", 4), ("outro", 13),
)  # fmt: skip


def form(bars: int) -> tuple[tuple[str, int], ...]:
    """Sections and their lengths that fill so many bars, in the proportions of the little or the full song."""
    model = LITTLE_FORM if bars <= 28 else FULL_FORM
    whole = sum(length for _, length in model)
    ends = [round(sum(length for _, length in model[: k + 1]) * bars / whole) for k in range(len(model))]
    return tuple(
        (name, end - start) for (name, _), start, end in zip(model, [0, *ends], ends, strict=False) if end > start
    )


def synthesise(
    seconds: float | Fraction, bpm: float | Fraction, seed: int = 0, sections: Sequence[tuple[str, int]] | None = None
) -> tuple[NDArray[np.float32], int, tuple[Fraction, ...]]:
    """The song: samples of shape (n, 2) in -1 … 1, samples a second, and the true times of its beats in seconds.

    The first bar begins at 0 s; the beats are k · 60 / bpm exactly and a bar has four. `sections` are names out of
    `HARMONY` with their bars, else `form` chooses. `seed` varies how hard each note is struck. Raises `BadInput` for
    an unknown section, a tempo outside 40 … 240 bpm, or a length outside 2 … 1200 s.
    """
    tempo, length = Fraction(str(bpm)), Fraction(str(seconds))
    if not 40 <= tempo <= 240:
        raise BadInput(f"a song of {bpm} bpm cannot be played here: choose 40 to 240")
    if not 2 <= length <= 1200:
        raise BadInput(f"a song of {seconds} s cannot be made: choose 2 to 1200")
    period = 60 / tempo
    bars = math.ceil(length / period / BEATS_PER_BAR)
    plan = form(bars) if sections is None else tuple(sections)
    for name, _ in plan:
        if name not in HARMONY:
            raise BadInput(f"{name!r} is no section of a song: the sections are {', '.join(HARMONY)}")
    band = _Band(round(length * RATE), float(period), seed)
    bar, heard = 0, dict.fromkeys(HARMONY, 0)
    for name, count in plan:
        for k in range(count):
            _play_bar(band, name, bar, k, last=k == count - 1, again=heard[name] > 0)
            bar += 1
        heard[name] += 1
    samples = band.mixed_down(fade_s=float(2 * BEATS_PER_BAR * period))
    beats = tuple(k * period for k in range(math.ceil(length / period)))
    return samples, RATE, beats


def write_song(path: Path, seconds: float | Fraction, bpm: float | Fraction) -> Path:
    """Synthesise the song into a file: 16-bit `.wav`, or anything else that ffmpeg writes by its ending."""
    from studio.media import disk_errors, ffmpeg  # only a file needs them

    samples, rate, _ = synthesise(seconds, bpm)
    with disk_errors(path):
        if path.suffix.lower() == ".wav":
            return _write_wav(path, samples, rate)
        with tempfile.TemporaryDirectory() as folder:
            raw = _write_wav(Path(folder) / "song.wav", samples, rate)
            # bitexact: no encoder's version and no random stream number, so that the same song is the same file
            ffmpeg(["-i", raw, "-map_metadata", "-1", "-bitexact", "-q:a", "4", path])
    return path


class _Band:
    """Where the notes are put: a dry bus, one that goes through the room, and one that goes through the echo."""

    def __init__(self, samples: int, beat_s: float, seed: int) -> None:
        self.beat_s = beat_s
        self.touch = np.random.default_rng(seed)
        self.drums, self.low, self.soft, self.far, self.echo = (
            np.zeros((samples, 2), np.float32) for _ in range(5)
        )  # low and soft step back at each kick
        self.kicks: list[int] = []

    def put(self, bus: NDArray[np.float32], sound: play.Sound, beat: float, gain: float, pan: float = 0.0) -> None:
        """Add a sound at a beat counted from the beginning; `pan` is -1 … 1 at equal power."""
        at = round(beat * self.beat_s * RATE)
        sound = sound[: max(0, len(bus) - at)]
        gain *= 1 + 0.06 * float(self.touch.standard_normal())  # nobody strikes twice alike
        angle = (pan + 1) * np.pi / 4
        bus[at : at + len(sound), 0] += (gain * np.cos(angle) * 2**0.5 * sound).astype(np.float32)
        bus[at : at + len(sound), 1] += (gain * np.sin(angle) * 2**0.5 * sound).astype(np.float32)

    def mixed_down(self, fade_s: float) -> NDArray[np.float32]:
        """All buses through echo and room, ducked by the kick, gently saturated, faded and at its loudness."""
        duck = self._duck()[:, None]
        late = round(0.75 * self.beat_s * RATE)  # a dotted eighth, from side to side
        for turn in range(1, 4):
            if turn * late < len(self.echo):
                source = self.echo[: len(self.echo) - turn * late]
                self.far[turn * late :] += 0.42**turn * (source[:, ::-1] if turn % 2 else source)
        mix = self.drums + duck * (self.low + self.soft) + self.echo + 0.35 * self.far
        wet = 0.22 * self.far + 0.30 * self.soft + 0.5 * self.echo + 0.05 * self.drums
        for side, impulse in enumerate(play.room(2.4, seed=20)):
            mix[:, side] += 0.55 * _convolved(wet[:, side], impulse)
        for sound in (play.kick, play.snare, play.hat, play.bass, play.keys, play.pad, play.lead):
            sound.cache_clear()
        mix *= 10 ** (LOUDNESS_DB / 20) / max(float(np.sqrt(np.mean(mix**2))), 1e-9)
        mix = np.tanh(1.25 * mix) / 1.25  # tape: it rounds the peaks before the fader does
        fade = min(len(mix), round(fade_s * RATE))
        mix[len(mix) - fade :] *= (np.cos(np.linspace(0, np.pi / 2, fade)) ** 1.5)[:, None].astype(np.float32)
        peak = float(np.abs(mix).max())
        return (mix * min(1.0, PEAK / max(peak, 1e-9))).astype(np.float32)

    def _duck(self) -> NDArray[np.float32]:
        dip = (0.45 * np.exp(-np.arange(round(0.35 * RATE)) / RATE * 12)).astype(np.float32)
        level = np.ones(len(self.drums), np.float32)
        for at in self.kicks:
            part = level[at : at + len(dip)]
            np.minimum(part, 1 - dip[: len(part)], out=part)
        # The dip opens over 4 ms before the kick: a step would click.
        kernel = np.hanning(2 * round(0.004 * RATE) + 1)
        return np.convolve(level, kernel / kernel.sum(), "same").astype(np.float32)


def _play_bar(band: _Band, name: str, bar: int, k: int, *, last: bool, again: bool) -> None:
    """One bar of a section: bar `k` of it, at bar `bar` of the song."""
    at = bar * BEATS_PER_BAR
    root, notes = CHORDS[HARMONY[name][k % len(HARMONY[name])]]
    long = BEATS_PER_BAR * band.beat_s + 0.4
    loud = {"intro": 0.75, "verse": 0.7, "chorus": 1.0, "break": 0.9, "outro": 0.85}[name]
    for n, note in enumerate(notes):
        for side in (-1, 1):
            band.put(band.soft, play.pad(note, long, side), at, 0.075 * loud, pan=side * (0.5 + 0.1 * n))
    for eighth, which in enumerate(ARPEGGIO):
        if (name == "outro" and eighth % 2 == 1) or (name == "break" and eighth % 4 == 3):
            continue
        note = notes[which] + (12 if name != "verse" or eighth % 4 == 2 else 0)
        stress = 1.0 if eighth % 4 == 0 else 0.7
        band.put(band.echo, play.keys(note, 1.6), at + eighth / 2, 0.13 * stress * loud, pan=-0.35 + 0.1 * which)
    for beat, beats, step in BASS.get(name, ()):
        band.put(band.low, play.bass(root + step, beats * band.beat_s), at + beat, 0.25)
    for beat in KICKS[name]:
        if name in ("verse", "chorus") or k > 0:
            band.kicks.append(round((at + beat) * band.beat_s * RATE))
            band.put(band.drums, play.kick(), at + beat, 0.62 if name in ("verse", "chorus") else 0.4)
    if name in ("verse", "chorus"):
        _drums(band, at, name, last=last)
    melody = MELODY.get(name, ())
    for beat, beats, note in melody[k % len(melody)] if melody else ():
        band.put(band.echo, play.lead(note, beats * band.beat_s + 0.1), at + beat, 0.19 * loud, pan=0.08)
    if name == "verse":
        sound: Callable[[int, float], play.Sound] = play.lead if again else play.keys
        for beat, beats, note in ANSWERS[k % len(ANSWERS)]:
            band.put(band.echo, sound(note, beats * band.beat_s + 0.3), at + beat, 0.13, pan=0.25)


def _drums(band: _Band, at: int, name: str, *, last: bool) -> None:
    strokes = [(1.0, 0.55, 0.0), (3.0, 0.55, 0.0)]
    if last:  # a little fill leads into the next section
        strokes += [(3.5, 0.25, -0.2), (3.75, 0.34, -0.2)]
    for beat, gain, pan in strokes:
        band.put(band.drums, play.snare(), at + beat, gain, pan)
    for eighth in range(8):
        off_beat = eighth % 2 == 1
        open_hat = name == "chorus" and off_beat
        band.put(band.drums, play.hat(0.22 if open_hat else 0.06), at + eighth / 2, 0.26 if off_beat else 0.34, pan=0.3)


def _convolved(sound: NDArray[np.float32], impulse: play.Sound) -> NDArray[np.float32]:
    """Overlap-add, so that four minutes need no transform of ten million samples."""
    size = 1 << 18
    step = size - len(impulse) + 1
    response = np.fft.rfft(impulse, size)
    out = np.zeros(len(sound) + size, np.float32)
    for start in range(0, len(sound), step):
        block = np.fft.irfft(np.fft.rfft(sound[start : start + step], size) * response, size)
        out[start : start + size] += block.astype(np.float32)
    return out[: len(sound)]


def _write_wav(path: Path, samples: NDArray[np.float32], rate: int) -> Path:
    whole = np.rint(samples.clip(-1, 1) * 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(whole.tobytes())
    return path


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m studio.song.synth OUT.ogg")
    write_song(Path(sys.argv[1]), 40, 84)
