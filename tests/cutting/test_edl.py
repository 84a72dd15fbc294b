from __future__ import annotations

import io
import re
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pycmx
import pytest
import timecode

from studio.cutting.formats import edl
from studio.nouns import Marker, Slot
from tests.cutting.making import hard_cut, take


def lines(**changed: object) -> list[str]:
    return edl.write(hard_cut(**changed), folder=Path("/films/x")).decode().splitlines()


def parsed(**changed: object) -> pycmx.EditList:
    return pycmx.parse_cmx3600(io.StringIO("\n".join(lines(**changed))))


def test_it_begins_with_a_plain_title_and_the_kind_of_time_code():
    assert lines()[:2] == ["TITLE: A film: #1 & 'the rest' 100% <true> ?", "FCM: NON-DROP FRAME"]
    assert lines(film_title="ü" * 200)[0] == "TITLE: " + "u" * 70


def test_pycmx_reads_every_row_and_finds_the_record_times_meeting():
    found = parsed()
    edits = [edit for event in found.events for edit in event.edits]
    assert [event.number for event in found.events] == list(range(1, 8))
    picture = [edit for edit in edits if edit.channels.video]
    assert [edit.record_in for edit in picture[1:]] == [edit.record_out for edit in picture[:-1]]
    assert (picture[0].record_in, picture[-1].record_out) == ("01:00:00:00", "01:00:10:00")
    assert [edit.clip_name for edit in picture] == [slot.source.file_name for slot in hard_cut().slots]
    assert [edit.source for edit in picture] == [slot.source.reel for slot in hard_cut().slots]
    song = edits[-1]
    assert (song.source, song.channels.a1, song.channels.a2, song.channels.video) == ("SONG", True, True, False)
    assert (song.record_in, song.record_out) == ("01:00:00:00", "01:00:10:00")
    unread = [statement.content for statement in found.unrecognized_statements]
    assert [line for line in unread if not line.startswith("M2")] == []


def test_a_row_lasts_as_long_in_its_source_as_in_the_film_unless_it_has_a_speed():
    def length(first: str, last: str) -> int:
        return timecode.Timecode(24, last).frame_number - timecode.Timecode(24, first).frame_number  # type: ignore

    picture = [edit for event in parsed().events for edit in event.edits if edit.channels.video]
    for edit, slot in zip(picture, hard_cut().slots, strict=True):
        assert length(edit.record_in, edit.record_out) == slot.frames
        assert length(edit.source_in, edit.source_out) == round(slot.frames * slot.speed)


def test_a_speed_is_a_motion_line_in_frames_per_second_from_the_in_point():
    assert [line for line in lines() if line.startswith("M2")] == [
        "M2   03A002     019.5                00:00:00:00",
        "M2   04A001     012.0                00:00:00:07",
        "M2   05A001     048.0                00:00:00:00",
    ]


def test_opentimelineios_reader_gives_the_same_clips():
    timeline = otio.adapters.read_from_string("\n".join(lines()), "cmx_3600", rate=24)
    video = timeline.video_tracks()[0]
    found = [
        (video.range_of_child(c).start_time.value, c.source_range.duration.value, c.source_range.start_time.value)
        for c in video
    ]
    assert found == [(s.record_frame, s.frames, s.in_frames) for s in hard_cut().slots]


def test_everything_but_comments_is_ascii_and_no_line_has_a_break_in_it():
    cut = hard_cut(markers=(Marker(0, "lyric", "Straße\nnach 東京 – “Nord”"),))
    text = edl.write(cut, folder=Path("/films/x"), prompts={"01A-003": "eine\nTür"}).decode()
    for line in text.splitlines():
        assert line.isascii() or line.startswith(("* FROM CLIP NAME: ", "* PROMPT: "))
    assert '* LOC: 01:00:00:00 YELLOW  Strasse nach ?? - "Nord"' in text
    assert "* PROMPT: eine Tür\n" in text


def test_a_locator_stands_below_the_event_it_lies_in():
    text = "\n".join(lines())
    second = text[text.index("\n002  ") : text.index("\n003  ")]
    assert re.findall(r"\* LOC: (\S+) (\w+) +(.*)", second) == [
        ("01:00:02:00", "RED", "bar 2"),
        ("01:00:02:12", "YELLOW", "=cmd()"),
    ]


@pytest.mark.parametrize("rate", [Fraction(24000, 1001), Fraction(30000, 1001), Fraction(25)])
def test_record_times_are_non_drop_time_code_at_the_rounded_rate(rate: Fraction):
    slots = tuple(Slot(take(f"{n:02d}A-001", 5000, rate), n * 3001, 3001) for n in range(4))
    base = round(rate)
    for n, event in enumerate(list(parsed(rate=rate, slots=slots).events)[:4]):
        expected = timecode.Timecode(base, "01:00:00:00", force_non_drop_frame=True) + n * 3001 if n else "01:00:00:00"
        assert event.edits[0].record_in == str(expected)


def test_it_owns_up_to_rounded_speeds_and_plain_spelling():
    said = " ".join(edl.limits(hard_cut()))
    assert "speed of slots 4, 5 and 6 is rounded to a tenth" in said
    assert "plain ASCII" in said
    assert "linked by hand" in said
