"""Songs: PCM arrays for the beat finder, exact length, and the used range as a WAV that every editor reads.

A song file may carry its cover as a video stream, so only the first sound stream is ever mapped. Times are counted in
decoded samples from the first one on: what a header says of a length, and where a seek in an Ogg or MP3 file lands,
is not exact.
"""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Generator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from studio.errors import BadInput, BadMedia, StudioError
from studio.media.ffmpeg import ffmpeg, running
from studio.media.files import scratch
from studio.media.probing import opened, sniff
from studio.timecode import frame_at

DEMUXERS = {"webm": "matroska"}


@dataclass(frozen=True)
class SoundFacts:
    """The facts of a file's first sound stream."""

    codec: str  # "vorbis", "pcm_s16le", …
    sample_rate: int  # Hz
    channels: int


def sound_facts(path: Path | str) -> SoundFacts:
    """Codec, sample rate and channels of a song. Raises NotFound or BadMedia."""
    song = Path(path)
    with opened(song, _kind(song)) as box:
        if not box.streams.audio:
            raise BadMedia(f"{song.name} has no sound: give a song, such as WAV, FLAC, MP3 or Ogg")
        stream = box.streams.audio[0]
        facts = SoundFacts(stream.codec_context.name, stream.rate or 0, stream.channels)
    if not facts.sample_rate or not facts.channels:
        raise _unreadable(song, "no sample rate")
    return facts


def decode_sound(
    path: Path | str,
    sample_rate: int = 22050,
    channels: Literal[1, 2] = 1,
    start_s: Fraction | float = 0,
    seconds: Fraction | float | None = None,
) -> NDArray[np.float32]:
    """The song as float32 samples in −1…1: shape (n,) for one channel, else (n, channels).

    One channel is the mean of those there are, two of a song with one are that one twice; nothing grows louder. It is
    resampled, then cut at the sample nearest to `start_s` and to `start_s + seconds`; a range that reaches past
    the song's end gives what there is. Raises NotFound or BadMedia (no sound, 0 bytes, unreadable), BadInput for a
    negative time.
    """
    song = Path(path)
    data = _decoded(song, sample_rate, channels, "f32le", _range(start_s, seconds, sample_rate))
    samples = np.frombuffer(data, "<f4").astype(np.float32, copy=False)
    return samples if channels == 1 else samples.reshape(-1, channels)


def sound_blocks(
    path: Path | str, sample_rate: int = 22050, seconds: int = 30, *, form: Literal["f32le", "s16le"] = "f32le"
) -> Generator[NDArray[np.float32], None, None]:
    """The same samples of one channel, `seconds` of them at a time: an hour of song needs no more memory than that."""
    song = Path(path)
    args: list[str | Path] = [
        *("-f", _kind(song), "-i", song, "-map", "0:a:0"),
        *("-af", _resampled(sound_facts(song), sample_rate, 1), "-f", form, "pipe:1"),
    ]
    kind = "<f4" if form == "f32le" else "<i2"
    size = seconds * sample_rate * np.dtype(kind).itemsize
    some = False
    try:
        with running(args, stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            while data := child.stdout.read(size):
                some = True
                yield np.frombuffer(data[: len(data) // 4 * 4] if form == "f32le" else data, kind)
    except StudioError as problem:
        raise _unreadable(song, str(problem)) from None
    if not some:
        raise _unreadable(song, "no sample could be decoded")


def sound_seconds(path: Path | str, at_most_s: int | None = None) -> Fraction:
    """The exact length of a song: decoded samples ÷ sample rate. Raises NotFound or BadMedia.

    With `at_most_s` the counting stops there, and the answer is somewhat more than that.
    """
    facts = sound_facts(path)
    count = 0
    with contextlib.closing(sound_blocks(path, facts.sample_rate, form="s16le")) as blocks:
        for block in blocks:
            count += len(block)
            if at_most_s is not None and count > at_most_s * facts.sample_rate:
                break
    return Fraction(count, facts.sample_rate)


def write_wav(
    path: Path | str, to: Path, start_s: Fraction | float, seconds: Fraction | float, sample_rate: int = 48000
) -> int:
    """Write a range of a song as 16-bit stereo WAV; its length in samples: ⌊seconds · sample_rate + ½⌋ exactly.

    Silence follows where the song ends earlier. No name, no clock in the file; it has its name only when whole.
    Raises NotFound, BadMedia, BadInput, DiskFull, StoreError.
    """
    song = Path(path)
    count = frame_at(Fraction(seconds), Fraction(sample_rate))
    if count < 1:
        raise BadInput(f"{float(seconds):g} s of {song.name} is no length for a sound file: it must be above 0")
    cut = _range(start_s, seconds, sample_rate)
    args: list[str | Path] = [
        *("-f", _kind(song), "-i", song, "-map", "0:a:0", "-af"),
        f"{_resampled(sound_facts(song), sample_rate, 2)},{cut},apad=whole_len={count},atrim=end_sample={count}",
        *("-c:a", "pcm_s16le", "-map_metadata", "-1"),
        *("-fflags", "+bitexact", "-flags:a", "+bitexact", "-f", "wav"),
    ]
    with scratch(to) as part:
        ffmpeg([*args, part])
        part.replace(to)
    return count


def _range(start_s: Fraction | float, seconds: Fraction | float | None, sample_rate: int) -> str:
    """The filter that cuts the range out, counted in samples of the rate that it is resampled to."""
    if start_s < 0 or (seconds is not None and seconds < 0):
        raise BadInput(f"a range of a song starts at 0 s or later and has a length, not {start_s} s and {seconds} s")
    first = frame_at(Fraction(start_s), Fraction(sample_rate))
    if seconds is None:
        return f"atrim=start_sample={first},asetpts=N"
    length = frame_at(Fraction(seconds), Fraction(sample_rate))
    return f"atrim=start_sample={first}:end_sample={first + length},asetpts=N"


def _resampled(facts: SoundFacts, sample_rate: int, channels: int) -> str:
    """The filter for a sample rate and one or two channels, without ffmpeg's own gains: +3 dB down, −3 dB up."""
    if facts.channels == 1 and channels == 2:
        return f"aresample={sample_rate},pan=stereo|c0=c0|c1=c0"
    return f"aresample={sample_rate}:ochl={'mono' if channels == 1 else 'stereo'}:rematrix_maxval=1"


def _decoded(song: Path, sample_rate: int, channels: int, form: str, cut: str) -> bytes:
    filters = [_resampled(sound_facts(song), sample_rate, channels), *([cut] if cut else [])]
    args: list[str | Path] = [
        *("-f", _kind(song), "-i", song, "-map", "0:a:0", "-af", ",".join(filters), "-f", form, "pipe:1"),
    ]
    try:
        with running(args, stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            data = child.stdout.read()
    except StudioError as problem:
        raise _unreadable(song, str(problem)) from None
    if not data and not cut:
        raise _unreadable(song, "no sample could be decoded")
    return data


def _kind(song: Path) -> str:
    kind = sniff(song)
    if kind == "gif":
        raise BadMedia(f"{song.name} is an animated GIF and has no sound: give a song, such as WAV, FLAC, MP3 or Ogg")
    return DEMUXERS.get(kind, kind)


def _unreadable(song: Path, why: str) -> BadMedia:
    return BadMedia(f"{song.name} cannot be heard ({why}): it is cut short or damaged; download or export it again")
