"""The sound under the slots of a cut: in its place to the sample, in the film and beside the lists."""

from __future__ import annotations

import wave
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import studio
from studio.cutting.formats import FORMATS
from studio.cutting.sounds import heard
from studio.delivery.effects import effect_under, write_effects
from studio.errors import BadInput, NotFound
from studio.media import decode_sound
from tests.clips import ffmpeg, make_clip, make_song

TONE = 0.5  # of the take's own sound


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A film of two takes of 4 s on a song of 6 s: 01A has sound from its second second on, 02A has none."""
    folder = tmp_path_factory.mktemp("sounds")
    loud = folder / "loud.mp4"
    ffmpeg(
        "-f", "lavfi", "-i", "testsrc2=size=160x90:rate=24", "-f", "lavfi", "-i",
        f"aevalsrc=if(gte(t\\,1)\\,{TONE}*sin(2*PI*440*t)\\,0):s=48000:c=mono", "-t", 4, "-pix_fmt", "yuv420p", loud,
    )  # fmt: skip
    with studio.new(folder / "film", title="Heard", size=(160, 90), authors=["ada"]) as film:
        film.song.attach(make_song(folder / "song.wav", seconds=6)).tempo(120)
        film.adopt(loud, "01A")
        film.adopt(make_clip(folder / "silent.mp4", frames=96), "02A")
        film.circle("01A-001")
        film.circle("02A-001")
        yield film, film.arrange()


def samples(path):
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, 48_000, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2) / 32767


def test_own_sound_is_off_until_it_is_switched_on_and_a_silent_take_has_none(made):
    _, cut = made
    assert heard(cut.value) == ()
    loud = cut.own_sound(1)
    assert loud.value.version == cut.value.version + 1
    assert [(each.slot, each.file, each.own) for each in heard(loud.value)] == [(1, "media/takes/01A-001.mp4", True)]
    assert heard(loud.own_sound(1, False).value) == ()
    with pytest.raises(BadInput, match="02A-001 has no sound of its own"):
        cut.own_sound(2)
    with pytest.raises(BadInput, match="the number of a slot in this cut cannot be 3"):
        cut.own_sound(3)
    with pytest.raises(BadInput, match="on='yes' is neither on nor off"):
        cut.own_sound(1, "yes")


def test_own_sound_lies_under_its_slot_in_step_with_the_picture(made, tmp_path):
    film, cut = made
    first, second = cut.own_sound(1).value.slots
    value = replace(cut.value, slots=(replace(first, in_frames=12), second))  # the tone begins 0.5 s into the slot
    count = write_effects(value, film.library, tmp_path / "effects.wav")
    heard_now = samples(tmp_path / "effects.wav")
    assert len(heard_now) == count == 6 * 48_000
    loud = np.abs(heard_now[:, 0]) > 0.1
    assert np.flatnonzero(loud)[0] / 48_000 == pytest.approx(0.5, abs=0.03)  # AAC smears its first frame
    end = first.end_frame / 24
    assert np.flatnonzero(loud)[-1] / 48_000 == pytest.approx(end, abs=0.01)
    assert np.abs(heard_now[round(end * 48_000) :]).max() == 0
    assert np.abs(heard_now[30_000:60_000]).max() == pytest.approx(TONE, abs=0.05)
    # at half speed the sound lasts twice as long, and begins twice as late
    slow = replace(value, slots=(replace(first, in_frames=12, speed=Fraction(1, 2)), second))
    write_effects(slow, film.library, tmp_path / "slow.wav")
    loud = np.abs(samples(tmp_path / "slow.wav")[:, 0]) > 0.1
    assert np.flatnonzero(loud)[0] / 48_000 == pytest.approx(1.0, abs=0.06)


def test_a_swapped_take_brings_its_own_sound_and_a_card_has_none(made, tmp_path):
    film, cut = made
    first, second = cut.own_sound(1).value.slots
    swapped = replace(cut.value, slots=(replace(first, source=second.source), second))
    assert heard(swapped)[0].file == "media/takes/02A-001.mp4"
    write_effects(swapped, film.library, tmp_path / "effects.wav")
    assert not samples(tmp_path / "effects.wav").any()
    empty = replace(first, source=replace(first.source, kind="card", name="empty-01A"))
    assert heard(replace(swapped, slots=(empty, second))) == ()


def test_a_delivery_carries_the_sound_in_its_film_its_lists_and_beside_them(made):
    film, cut = made
    loud = cut.own_sound(1)
    folder = loud.export("loud")
    own, song, whole = (
        decode_sound(folder / name, 48_000) for name in ("effects.wav", "song.wav", "film.mp4")
    )  # each of one channel
    assert len(own) == len(song) == 6 * 48_000
    start = slice(60_000, 90_000)
    both = np.sqrt(np.mean(whole[start] ** 2))
    assert both == pytest.approx(np.sqrt(np.mean((own + song)[start] ** 2)), rel=0.05)
    assert both > 1.2 * np.sqrt(np.mean(song[start] ** 2))
    for name in ("film.xml", "film.fcpxml", "film.otio"):
        text = (folder / name).read_text("utf-8")
        assert "effects.wav" in text
        came = film.conform(folder / name, against=loud)
        assert came.report.counts == {}  # the second track of sound is nothing new
        assert [bool(slot.sound) for slot in came.cut.value.slots] == [True, False]
    for name in ("film.edl", "film.csv"):
        assert "The sound of slot 1 is left out" in " ".join(FORMATS[name].limits(loud.value))
    cut.export("loud")
    assert not (folder / "effects.wav").exists()


def test_what_plays_under_one_slot_is_what_the_delivery_plays_there(made, tmp_path):
    film, cut = made
    loud = cut.own_sound(1).value
    write_effects(loud, film.library, tmp_path / "all.wav")
    (tmp_path / "one.wav").write_bytes(effect_under(loud, 1, film.library))
    one = samples(tmp_path / "one.wav")
    assert len(one) == loud.slots[0].frames * 2000
    assert np.array_equal(one, samples(tmp_path / "all.wav")[: len(one)])
    with pytest.raises(NotFound, match="nothing plays under slot 2 but the song"):
        effect_under(loud, 2, film.library)


def test_a_film_without_a_song_plays_the_sound_of_its_slots(made, tmp_path):
    film, cut = made
    value = cut.own_sound(1).value
    silent = replace(value, song=replace(value.song, file="", sha256=""))
    film_file = studio.delivery.render(silent, film.folder, tmp_path / "film.mp4").path
    assert np.abs(decode_sound(film_file, 48_000)).max() > 0.3


def test_an_effect_that_is_gone_is_told_before_anything_is_encoded(made, tmp_path):
    film, cut = made
    first, second = cut.value.slots
    gone = replace(cut.value, slots=(replace(first, sound="media/sounds/01A-fx01.mp3"), second))
    with pytest.raises(NotFound, match=r"media/sounds/01A-fx01\.mp3 is not there"):
        studio.delivery.render(gone, film.folder, tmp_path / "film.mp4")
