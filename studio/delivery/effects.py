"""The track A2 of a cut as one sound file: every slot's sound in its place, silence elsewhere."""

from __future__ import annotations

import io
import wave
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.cutting.sounds import Heard, heard
from studio.delivery.plan import SOUND_RATE, sound_samples
from studio.errors import BadMedia, NotFound
from studio.media import Library, decode_sound, sound_facts
from studio.media.files import scratch
from studio.nouns import Cut
from studio.timecode import frame_at

FADE = 240  # samples at both ends of a slot's sound, 5 ms: cut off anywhere it would click
BLOCK = 10 * SOUND_RATE  # samples of silence written at a time


def write_effects(cut: Cut, library: Library, to: Path) -> int:
    """Write A2 as 16-bit stereo WAV at 48 kHz; its length in samples, that of the picture exactly.

    A take's own sound is as fast as its picture, and its pitch follows. A take without sound is silent. Raises
    NotFound and BadMedia for an effect that is not there or cannot be heard.
    """
    count, at = sound_samples(cut), 0
    with scratch(to) as part:
        with wave.open(str(part), "wb") as file:
            _stereo(file)
            for each in heard(cut):
                start, end = _place(each, cut)
                _silence(file, start - at)
                file.writeframes(_samples(each, cut, library, end - start).tobytes())
                at = end
            _silence(file, count - at)
        part.replace(to)
    return count


def effect_under(cut: Cut, slot: int, library: Library) -> bytes:
    """What A2 plays under one slot (counted from 1), as the bytes of a WAV as long as the slot.

    Raises NotFound where nothing plays there, or what should is not there; BadMedia for what cannot be heard.
    """
    each = next((each for each in heard(cut) if each.slot == slot), None)
    if each is None:
        raise NotFound(f"nothing plays under slot {slot} but the song: cut.sound({slot}, …) lays an effect there")
    start, end = _place(each, cut)
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        _stereo(file)
        file.writeframes(_samples(each, cut, library, end - start).tobytes())
    return made.getvalue()


def has_sound(path: Path) -> bool:
    """Whether a clip has a sound stream that can be heard."""
    try:
        sound_facts(path)
    except BadMedia:
        return False
    return True


def _samples(each: Heard, cut: Cut, library: Library, count: int) -> NDArray[np.int16]:
    """What plays under a slot: so many samples of two channels."""
    path = library.locate(each.file)
    found = np.zeros((count, 2), np.float32)
    if each.own and not has_sound(path):
        return found.astype("<i2")
    heard_s = each.frames * each.speed / cut.rate
    played = decode_sound(path, round(SOUND_RATE / each.speed), 2, each.start_s, heard_s)[:count]
    found[: len(played)] = played
    ramp = np.linspace(0, 1, min(FADE, len(played)), endpoint=False, dtype=np.float32)[:, None]
    if each.start_s > 0:  # from within the sound; one that begins here keeps its attack
        found[: len(ramp)] *= ramp
    found[len(played) - len(ramp) : len(played)] *= ramp[::-1]
    return np.rint(np.clip(found, -1, 1) * 32767).astype("<i2")


def _place(each: Heard, cut: Cut) -> tuple[int, int]:
    """The samples of the film that a slot's sound begins and ends on."""
    count, rate = sound_samples(cut), Fraction(SOUND_RATE)
    start, end = (
        min(count, frame_at(frame / cut.rate, rate)) for frame in (each.record_frame, each.record_frame + each.frames)
    )
    return start, end


def _stereo(file: wave.Wave_write) -> None:
    file.setnchannels(2)
    file.setsampwidth(2)
    file.setframerate(SOUND_RATE)


def _silence(file: wave.Wave_write, samples: int) -> None:
    while samples > 0:
        some = min(samples, BLOCK)
        file.writeframes(bytes(4 * some))
        samples -= some
