"""All edit lists tell the same story, the one of the cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.cutting.checking import dissolve_room
from studio.cutting.formats import FORMATS, Lists
from studio.cutting.formats._shared import ALONE
from studio.errors import BadInput
from studio.nouns import Cut, Slot, SongRange, Transition
from studio.timecode import parse_rate, source_frames_needed
from tests.cutting.make_golden import FOLDER, GOLDEN, lists
from tests.cutting.making import card, hard_cut, take
from tests.cutting.readers import Event, read_csv, read_edl, read_fcp7, read_fcpxml, read_otio

READERS: dict[str, Callable[[bytes, Fraction], list[Event]]] = {
    "film.otio": lambda data, rate: read_otio(data),
    "film.xml": lambda data, rate: read_fcp7(data),
    "film.fcpxml": lambda data, rate: read_fcpxml(data),
    "film.edl": read_edl,
    "film.csv": lambda data, rate: read_csv(data),
}
RATES = [parse_rate(said) for said in ("23.976", "24", "25", "29.97", "30", "50", "59.94", "60")]
every_format = pytest.mark.parametrize("name", sorted(FORMATS))


def written(name: str, cut: Cut, prompts: dict[str, str] | None = None, lists: Lists = ALONE) -> bytes:
    return FORMATS[name].write(cut, folder=FOLDER, prompts=prompts, lists=lists)


def story(cut: Cut) -> list[Event]:
    return [
        Event(
            slot.record_frame,
            slot.frames,
            slot.source.file_name,
            slot.in_frames / cut.rate,
            slot.speed,
            slot.transition.frames if slot.transition else 0,
        )
        for slot in cut.slots
    ]


def assert_tells(name: str, cut: Cut, lists: Lists = ALONE) -> None:
    """What a reader finds is the cut: exactly, but for what the format's own `limits` own up to."""
    found = READERS[name](written(name, cut, lists=lists), cut.rate)
    assert [(e.record_frame, e.frames, e.media, e.dissolve) for e in found] == [
        (e.record_frame, e.frames, e.media, e.dissolve) for e in story(cut)
    ]
    tenth = Fraction(1, 20) / cut.rate if name == "film.edl" else Fraction(1, 10**6)
    for event, true in zip(found, story(cut), strict=True):
        assert abs(event.speed - true.speed) <= tenth
        if name == "film.edl" and true.speed != 1 and true.dissolve:  # of the dissolve's first frame, rounded
            assert abs(event.in_s - true.in_s) <= 1 / cut.rate + true.dissolve * tenth
        elif name == "film.xml" and event.speed != 1:  # slowed frames, rounded down
            assert -1 / cut.rate * true.speed < event.in_s - true.in_s <= Fraction(1, 10**4)
        else:
            assert event.in_s == true.in_s


@every_format
def test_every_list_tells_the_same_story_as_the_cut(name: str):
    assert_tells(name, hard_cut())


@st.composite
def cuts(draw: st.DrawFn) -> Cut:
    """Any cut: film and sources at any rate, any in-point and speed, dissolves wherever there is room."""
    rate = draw(st.sampled_from([Fraction(12), *RATES]))
    slots: list[Slot] = []
    at = 0
    for k in range(1, draw(st.integers(1, 8)) + 1):
        frames, first = draw(st.integers(1, 200)), draw(st.integers(0, 60))
        speed = draw(st.sampled_from([Fraction(1), Fraction(1), Fraction(1, 2), Fraction(13, 16), Fraction(3, 2)]))
        source_rate = draw(st.sampled_from([rate, Fraction(8), Fraction(25, 3), Fraction(277, 12), Fraction(30)]))
        needed = source_frames_needed(first, frames, speed, source_rate, rate) + draw(st.integers(0, 3))
        source = take(f"{k:02d}A-001", needed, source_rate, draw(st.sampled_from([1280, 480])))
        slots.append(Slot(source, at, frames, first, speed))
        at += frames
    song = draw(st.sampled_from([hard_cut().song, SongRange("", "", Fraction(0), Fraction(1))]))
    cut = hard_cut(rate=rate, slots=tuple(slots), song=song)
    for number in range(2, len(slots) + 1):
        if room := draw(st.integers(0, dissolve_room(cut, number) // 2)):
            slots[number - 1] = replace(slots[number - 1], transition=Transition("dissolve", 2 * min(room, 40)))
            cut = replace(cut, slots=tuple(slots))
    return replace(cut, markers=tuple(m for m in cut.markers if m.frame < at))


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(cuts())
def test_any_cut_is_told_alike_by_every_list(cut: Cut):
    for name in FORMATS:
        assert_tells(name, cut)


@every_format
def test_two_writes_are_byte_identical_and_as_they_were(name: str):
    """The golden files: to change them, see make_golden.py."""
    first, second = lists(), lists()
    assert first[name] == second[name]
    assert first[name].decode() == (GOLDEN / name).read_bytes().decode()


@every_format
def test_prompts_leave_the_film_only_when_they_are_asked_for(name: str):
    cut = hard_cut()
    assert b"secret" not in written(name, cut)
    assert b"bubble" not in written(name, cut)
    assert b"bubble" in written(name, cut, {"01A-003": "her bubble gum fills the frame"})


@every_format
def test_control_characters_do_not_get_into_a_list(name: str):
    slots = hard_cut().slots
    cut = hard_cut(film_title="bell\x07 null\x00", slots=(replace(slots[0], how="how\x1f\ud800"), *slots[1:]))
    assert not any(character in written(name, cut, {"title": "es\x1bcape"}) for character in b"\x00\x07\x1b\x1f")


@every_format
def test_a_cut_without_a_song_is_a_list_without_a_song(name: str):
    cut = hard_cut(song=SongRange("", "", Fraction(0), Fraction(10)))
    assert b"song.wav" not in written(name, cut)
    assert_tells(name, cut)


@every_format
def test_a_take_used_twice_is_two_clips_of_one_file(name: str):
    source = take("01A-001", 100)
    cut = hard_cut(slots=(Slot(source, 0, 10), Slot(card("mid", 5), 10, 5), Slot(source, 15, 10, in_frames=40)))
    assert_tells(name, cut)


@every_format
def test_nothing_is_written_of_a_cut_that_is_wrong(name: str):
    slots = hard_cut().slots
    with pytest.raises(BadInput, match="slot 3 starts on frame 85"):
        written(name, hard_cut(slots=(*slots[:1], replace(slots[1], frames=36), *slots[2:])))


@every_format
def test_each_format_says_what_it_cannot_carry(name: str):
    slots = hard_cut().slots
    cut = hard_cut(slots=(slots[0], replace(slots[1], sound="x.wav"), *slots[2:]))
    said = " ".join(FORMATS[name].limits(cut))
    assert "The sound of slot 2 is" in said
    assert "slots 3, 4, 5 and 6 have another frame rate" in said
    assert all(sentence.endswith(".") and "\n" not in sentence for sentence in FORMATS[name].limits(cut))


@every_format
def test_a_plain_cut_has_nothing_lost_that_could_be_carried(name: str):
    plain = hard_cut(slots=(Slot(take("01A-001", 48), 0, 48),), markers=(), film_title="Plain")
    said = " ".join(FORMATS[name].limits(plain))
    assert "slot" not in said.replace("in the slot where", "")


def test_absolute_paths_stand_only_where_a_format_needs_them():
    for name in FORMATS:
        inside = b"/films/" in written(name, hard_cut())
        assert inside == (name in {"film.xml", "film.fcpxml"})


def test_a_folder_may_be_given_relative_to_where_we_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    data = FORMATS["film.fcpxml"].write(hard_cut(), folder=Path("deliveries"))
    assert (tmp_path / "deliveries" / "song.wav").as_uri().encode() in data
