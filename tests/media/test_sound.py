"""Songs as samples."""

import wave
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from studio.errors import BadInput, BadMedia, NotFound
from studio.media import decode_sound, sound_facts, sound_seconds, write_wav
from tests.media.making import run

RATE = 44100
SAMPLES = 3 * RATE + 17


@pytest.fixture(scope="module")
def pcm() -> np.ndarray:
    """Stereo noise with a click each half second, 16 bit."""
    sound = np.random.default_rng(2).integers(-3000, 3000, (SAMPLES, 2)).astype("<i2")
    sound[:: RATE // 2] = 30000
    return sound


@pytest.fixture(scope="module")
def song(pcm: np.ndarray, clips: Path) -> Path:
    path = clips / "song.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(pcm.tobytes())
    return path


def test_samples_come_as_they_are(song: Path, pcm: np.ndarray) -> None:
    sound = decode_sound(song, RATE, 2)
    assert (sound.shape, sound.dtype) == ((SAMPLES, 2), np.float32)
    assert np.array_equal(sound, pcm.astype(np.float32) / 32768)


def test_one_channel_is_the_mean_of_two_and_a_flat_array(song: Path, pcm: np.ndarray) -> None:
    sound = decode_sound(song, RATE)
    assert sound.shape == (SAMPLES,)
    assert np.abs(sound - pcm.mean(axis=1) / 32768).max() < 1e-3


def test_a_range_is_cut_at_exact_samples(song: Path) -> None:
    whole = decode_sound(song, 22050)
    start, seconds = Fraction(1, 3), Fraction(5, 7)
    part = decode_sound(song, 22050, start_s=start, seconds=seconds)
    assert len(part) == 15750
    assert np.array_equal(part, whole[7350 : 7350 + 15750])
    assert np.array_equal(decode_sound(song, 22050, start_s=2.5), whole[55125:])
    assert len(decode_sound(song, 22050, start_s=1000)) == 0


@pytest.mark.parametrize("suffix", ["wav", "flac", "mp3", "m4a", "ogg", "aiff", "mka"])
def test_every_usual_song_has_its_exact_length(suffix: str, song: Path, tmp_path: Path) -> None:
    codec = {"ogg": ("-c:a", "libvorbis"), "mka": ("-c:a", "flac")}.get(suffix, ())
    other = tmp_path / f"song.{suffix}"
    run("-i", str(song), *codec, str(other))
    assert sound_seconds(other) == Fraction(SAMPLES, RATE)
    facts = sound_facts(other)
    assert (facts.sample_rate, facts.channels) == (RATE, 2)
    assert len(decode_sound(other, RATE)) == SAMPLES


def test_the_cover_of_a_song_is_left_aside(song: Path, tmp_path: Path) -> None:
    run("-f", "lavfi", "-i", "testsrc=size=64x64", "-frames:v", "1", str(tmp_path / "cover.png"))
    run("-i", str(song), "-i", str(tmp_path / "cover.png"), "-map", "1", "-map", "0",
        "-c:v", "copy", "-disposition:v", "attached_pic", str(tmp_path / "song.flac"))  # fmt: skip
    assert sound_seconds(tmp_path / "song.flac") == Fraction(SAMPLES, RATE)


def test_one_channel_becomes_two_and_two_become_one_without_a_change_of_level(song: Path, tmp_path: Path) -> None:
    mono = tmp_path / "mono.wav"
    with wave.open(str(mono), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48000)
        file.writeframes(np.full(48000, 8192, "<i2").tobytes())
    write_wav(mono, tmp_path / "stereo.wav", 0, 1)
    with wave.open(str(tmp_path / "stereo.wav")) as file:
        assert set(np.frombuffer(file.readframes(48000), "<i2")) == {8192}
    assert np.all(decode_sound(tmp_path / "stereo.wav", 48000) == 0.25)


def test_the_used_range_becomes_a_wav_of_exact_length(song: Path, tmp_path: Path) -> None:
    to = tmp_path / "song.wav"
    count = write_wav(song, to, Fraction(1, 2), Fraction(1001, 1000))
    assert count == 48048
    with wave.open(str(to)) as file:
        assert (file.getnframes(), file.getframerate(), file.getnchannels(), file.getsampwidth()) == (
            48048,
            48000,
            2,
            2,
        )
        sound = np.frombuffer(file.readframes(count), "<i2").reshape(-1, 2)
    clicks = np.flatnonzero(sound[:, 0] > 20000)
    assert {int(click + 12000) // 24000 for click in clicks} == {0, 1, 2}
    assert max(abs(int(click) - round(int(click) / 24000) * 24000) for click in clicks) <= 1
    assert [path.name for path in tmp_path.iterdir()] == ["song.wav"]


def test_silence_follows_where_the_song_ends(song: Path, tmp_path: Path) -> None:
    assert write_wav(song, tmp_path / "song.wav", 2, 2) == 96000
    sound = decode_sound(tmp_path / "song.wav", 48000)
    assert len(sound) == 96000
    assert np.abs(sound[40000:48000]).max() > 0.01
    assert not sound[49000:].any()


def test_the_same_range_gives_the_same_bytes(song: Path, tmp_path: Path) -> None:
    for name in ("one.wav", "two.wav"):
        write_wav(song, tmp_path / name, Fraction(1, 3), 1)
    assert (tmp_path / "one.wav").read_bytes() == (tmp_path / "two.wav").read_bytes()


def test_what_is_no_song_is_told(tmp_path: Path, plain: Path) -> None:
    with pytest.raises(NotFound, match="not there"):
        sound_seconds(tmp_path / "none.wav")
    with pytest.raises(BadMedia, match=r"plain\.mp4 has no sound"):
        decode_sound(plain)
    for name, data, says in (
        ("song.wav", b"", r"is empty \(0 bytes\)"),
        ("song.mp3", b"<html>not found</html>", "holds text"),
        ("song.ogg", b"OggS" + bytes(200), "cannot be read"),
        ("song.gif", b"GIF89a" + bytes(50), "is an animated GIF and has no sound"),
    ):
        (tmp_path / name).write_bytes(data)
        for call in (sound_seconds, decode_sound):
            with pytest.raises(BadMedia, match=rf"{name} {says}"):
                call(tmp_path / name)


def test_a_range_that_is_none_is_told(song: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="starts at 0 s or later"):
        decode_sound(song, start_s=-1)
    with pytest.raises(BadInput, match="is no length for a sound file"):
        write_wav(song, tmp_path / "song.wav", 0, 0)
    assert not list(tmp_path.iterdir())
