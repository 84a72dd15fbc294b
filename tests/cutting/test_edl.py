from __future__ import annotations

import io
import re
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import opentimelineio as otio
import pycmx
import pytest
import timecode

from studio.cutting.formats import Lists, Media, edl, stamps
from studio.errors import BadInput
from studio.nouns import Cut, Marker, Slot, Transition
from studio.timecode import drops, parse_rate
from studio.timecode import timecode as timecode_of
from tests.cutting.making import FILM, hard_cut, take


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


@pytest.mark.parametrize("said", ["23.976", "24", "25", "29.97", "30", "50", "59.94", "60"])
@pytest.mark.parametrize("drop", [False, True])
def test_every_time_code_is_that_of_another_library_at_every_rate(said: str, drop: bool):
    rate = parse_rate(said)
    if drop and said not in ("29.97", "59.94"):
        with pytest.raises(BadInput, match=r"only 29\.97 and 59\.94 have it"):
            edl.write(hard_cut(), folder=Path("/films/x"), lists=Lists(drop=True))
        return
    slots = tuple(Slot(take(f"{n:02d}A-001", 5000, rate), n * 3001, 3001, in_frames=1795) for n in range(4))
    cut = hard_cut(rate=rate, slots=slots, markers=(Marker(1799, "beat", "2.1"), Marker(3599, "beat", "3.1")))
    text = edl.write(cut, folder=Path("/films/x"), lists=Lists(drop=drop)).decode()
    assert text.splitlines()[1] == ("FCM: DROP FRAME" if drop else "FCM: NON-DROP FRAME")

    def theirs(code: str, more: int) -> str:
        start = timecode.Timecode(said, code, force_non_drop_frame=not drop)
        return str(start + more if more else start)

    edits = [event.edits[0] for event in list(pycmx.parse_cmx3600(io.StringIO(text)).events)[:4]]
    mark = ";" if drop else ":"
    for n, edit in enumerate(edits):
        assert edit.record_in == theirs(f"01:00:00{mark}00", n * 3001)
        assert edit.record_out == theirs(f"01:00:00{mark}00", (n + 1) * 3001)
        assert edit.source_in == theirs(f"00:00:00{mark}00", 1795)
        assert edit.source_out == theirs(f"00:00:00{mark}00", 1795 + 3001)
    assert re.findall(r"LOC: (\S+)", text) == [theirs(f"01:00:00{mark}00", n) for n in (1799, 3599)]
    assert not drop or not re.search(r":0[1-9]:00;0[01]", text)


def test_drop_frame_is_the_habit_at_29_97_and_can_be_declined():
    slots = (Slot(take("01A-001", 5000, Fraction(30000, 1001)), 0, 3001),)
    cut = hard_cut(rate=Fraction(30000, 1001), slots=slots, markers=())
    assert b"FCM: DROP FRAME" in edl.write(cut, folder=Path("/films/x"))
    assert b"FCM: NON-DROP FRAME" in edl.write(cut, folder=Path("/films/x"), lists=Lists(drop=False))


def test_a_dissolve_is_an_event_of_two_rows_from_its_first_frame():
    first, second = take("01A-001", 60), take("02A-001", 60)
    slots = (
        Slot(first, 0, 24, in_frames=4),
        Slot(second, 24, 24, in_frames=10, transition=Transition("dissolve", 12)),
        Slot(take("03A-001", 60), 48, 24, in_frames=8, transition=Transition("dissolve", 4)),
    )
    text = edl.write(hard_cut(slots=slots, markers=()), folder=Path("/films/x")).decode()
    assert text.splitlines()[2:12] == [
        "001  01A001   V     C        00:00:00:04 00:00:00:22 01:00:00:00 01:00:00:18",
        "* FROM CLIP NAME: 01A-001.mp4",
        "002  01A001   V     C        00:00:00:22 00:00:00:22 01:00:00:18 01:00:00:18",
        "002  02A001   V     D    012 00:00:00:04 00:00:01:08 01:00:00:18 01:00:01:22",
        "* FROM CLIP NAME: 01A-001.mp4",
        "* TO CLIP NAME: 02A-001.mp4",
        "003  02A001   V     C        00:00:01:08 00:00:01:08 01:00:01:22 01:00:01:22",
        "003  03A001   V     D    004 00:00:00:06 00:00:01:08 01:00:01:22 01:00:03:00",
        "* FROM CLIP NAME: 02A-001.mp4",
        "* TO CLIP NAME: 03A-001.mp4",
    ]
    events = list(pycmx.parse_cmx3600(io.StringIO(text)).events)
    assert [len(event.edits) for event in events] == [1, 2, 2, 1]
    out, into = events[1].edits
    assert (into.transition.kind, into.transition.operand) == ("D", "012")
    assert (out.record_in, out.record_out, into.record_in) == ("01:00:00:18",) * 3
    timeline = otio.adapters.read_from_string(text, "cmx_3600", rate=24)
    assert timeline.video_tracks()[0].available_range().duration.value == 72


def stamped(*labels: str, rate: Fraction = FILM, film: Fraction = FILM, drop: bool | None = None) -> tuple[Cut, Lists]:
    """A cut of takes with a stamped copy each."""
    sources = [take(label, 60, rate) for label in labels]
    starts = stamps(sources, film, drop=drop)
    copies = {
        s.name: Media(f"media/{s.name}.mov", s.rate, s.frames, starts[s.name], s.reel, drop=bool(drop and drops(rate)))
        for s in sources
    }
    slots = tuple(Slot(source, n * 20, 20, in_frames=7) for n, source in enumerate(sources))
    return hard_cut(rate=film, slots=slots, markers=()), Lists(media=copies, drop=drop)


def test_stamped_copies_are_named_by_time_code_and_reel_of_their_own():
    cut, lists = stamped("02A-001", "01A-001", "03A-002")
    events = list(pycmx.parse_cmx3600(io.StringIO(edl.write(cut, folder=Path("/x"), lists=lists).decode())).events)
    found = [(e.edits[0].source, e.edits[0].source_in, e.edits[0].clip_name) for e in events[:3]]
    assert found == [
        ("02A001", "01:01:00:07", "02A-001.mov"),
        ("01A001", "01:00:00:07", "01A-001.mov"),
        ("03A002", "01:02:00:07", "03A-002.mov"),
    ]
    assert not any("by hand" in sentence for sentence in edl.limits(cut, lists))


@pytest.mark.parametrize("said", ["24", "25", "29.97", "30", "59.94"])
def test_the_time_code_of_a_stamped_copy_is_its_own_in_a_drop_frame_film_too(said: str):
    film, rate = Fraction(30000, 1001), parse_rate(said)
    cut, lists = stamped("01A-001", "02A-001", rate=rate, film=film, drop=True)
    events = list(pycmx.parse_cmx3600(io.StringIO(edl.write(cut, folder=Path("/x"), lists=lists).decode())).events)
    assert [event.edits[0].source_in for event in events[:2]] == ["01:00:00;07", "01:01:00;09"]
    codes = [timecode_of(copy.start_frame, copy.rate, drop=copy.drop) for copy in lists.media.values()]
    second = {"29.97": "01:01:00;02", "59.94": "01:01:00;04"}.get(said, "01:01:00:00")
    assert codes == [f"01:00:00{second[8]}00", second]


def test_stamps_do_not_overlap_and_a_day_is_their_limit():
    sources = [take(f"{n:03d}A-001", 24 * 70) for n in range(600)]
    starts = sorted(stamps(sources, FILM).values())
    assert all(after - before >= 24 * 70 for before, after in pairwise(starts))
    with pytest.raises(BadInput, match="800 clips need more than a day"):
        stamps([take(f"{n:03d}A-001", 24 * 70) for n in range(800)], FILM)


def test_it_owns_up_to_rounded_speeds_and_plain_spelling():
    said = " ".join(edl.limits(hard_cut()))
    assert "speed of slots 4, 5 and 6 is rounded to a tenth" in said
    assert "plain ASCII" in said
    assert "linked by hand" in said
