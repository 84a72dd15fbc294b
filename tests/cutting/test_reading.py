"""Lists in the manner of Premiere, Resolve, Final Cut and Avid, hand-written, and what is seen in them."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pycmx
import pytest
import timecode

from studio.cutting.formats import FORMATS, Lists, Media, stamps
from studio.cutting.reading import Returned, covered, read, topmost
from studio.cutting.reading.returned import simplest
from studio.errors import BadInput, NotFound
from studio.nouns import Slot, Transition
from studio.timecode import parse_rate
from tests.cutting.making import hard_cut, take
from tests.cutting.test_conforming import came_back

RETURNED = Path(__file__).with_name("returned")
NTSC = Fraction(24000, 1001)


def seen(returned: Returned) -> list[tuple[object, ...]]:
    """What is seen: record frame, frames, file or name, in-point in frames of the list, speed."""
    return [
        (e.record_frame, e.frames, e.file_name or e.name, e.in_s * returned.rate, e.speed)
        for e in topmost(returned.events, returned.rate)
    ]


def test_premieres_xml_with_transitions_nests_ramps_and_tracks():
    returned = read(RETURNED / "premiere.xml")
    assert (returned.title, returned.format, returned.rate) == ("zoom v4", "FCP 7 XML", 24)
    assert seen(returned) == [
        (0, 39, "01A-001.mp4", 6, 1),  # -1 at its end: the cut is in the middle of the transition
        (39, 41, "02A-001.mp4", 12, 1),  # and its in-point three frames on
        (80, 20, "03A-001.mp4", 10, Fraction(1, 2)),  # 20 slowed frames in
        (100, 40, "04A-001.mp4", 0, Fraction(3, 2)),  # 60 frames in 40
        (140, 15, "05A-001.mp4", 15, 1),  # the nest, from its frame 5
        (155, 15, "06A-001.mp4", 0, 1),
        (180, 10, "09A-001.mp4", 0, 1),  # a file known by its master clip only, after a gap
        (190, 10, "07A-001.mp4", 3, 1),  # V2 lies over it
        (200, 20, "09A-001.mp4", 20, 1),  # what is switched off on V2 does not
    ]
    first, second, half, ramp = topmost(returned.events, returned.rate)[:4]
    assert (first.file, first.reel) == ("C:/Films/media/01A-001.mp4", "01A001")
    assert first.markers == ((4, "look here"),)
    assert (first.dissolve_frames, second.dissolve_frames) == (0, 6)
    assert (half.ramp, ramp.ramp) == (False, True)
    assert [(e.record_frame, e.name) for e in returned.song_events] == [(0, "song.wav")]
    said = " ".join(covered(returned.events, returned.rate))
    assert "08A-001.mp4 is switched off" in said
    assert "a title: titles and generators" in said
    assert "the highest one counts" in said


def test_resolves_fcpxml_with_time_code_lanes_speeds_and_gaps():
    returned = read(RETURNED / "resolve.fcpxml")
    assert (returned.title, returned.rate, returned.start_frame) == ("zoom v4 (Resolve)", 24, 86400)
    assert seen(returned) == [
        (0, 12, "01A-001.mp4", 6, 1),  # its media begins at one hour
        (12, 12, "02A-001.mp4", 12, 1),  # lane 1
        (24, 24, "01A-001.mp4", 30, 1),
        (72, 48, "Täke #3.mp4", 36, Fraction(3, 4)),
        (144, 48, "02A-001.mp4", 48, 1),  # backwards
    ]
    assert [e.reverse for e in topmost(returned.events, returned.rate)] == [False] * 4 + [True]
    (song,) = returned.song_events
    assert (song.record_frame, song.frames, song.file) == (0, 240, "/Volumes/Film/song.wav")


def test_final_cuts_fcpxml_with_compound_clips_auditions_and_storylines():
    returned = read(RETURNED / "finalcut.fcpxml")
    assert (returned.title, returned.rate) == ("zoom v4", NTSC)
    assert seen(returned) == [
        (0, 24, "01A-001.mp4", 0, 1),
        (24, 24, "02A-001.mp4", 12, 1),
        (48, 6, "01A-001.mp4", 48, 1),  # the connected storyline, with its own gap
        (54, 6, "02A-001.mp4", 42, 1),
        (60, 6, "01A-001.mp4", 60, 1),
        (66, 6, "02A-001.mp4", 54, 1),
        (72, 12, "01A-001.mp4", 22, 1),  # the compound clip, from its frame 12
        (84, 12, "02A-001.mp4", 0, 1),
        (96, 24, "01A-001.mp4", 24, 1),  # a clip with a video in it
        (120, 24, "02A-001.mp4", 2, 1),  # the one that was picked
        (144, 48, "02A-001.mp4", 0, Fraction(3, 2)),
        (216, 24, "02A-001.mp4", 24, 0),  # held
    ]
    events = topmost(returned.events, returned.rate)
    assert [e.record_frame for e in events if e.ramp] == [144]
    assert [(e.record_frame, e.dissolve_frames) for e in events if e.dissolve_frames] == [(24, 12)]
    assert events[0].markers == ((5, "here"),)
    assert [e.name for e in returned.song_events] == ["song"]


def test_avids_edl_with_drop_frames_a_dissolve_black_and_latin_letters(tmp_path):
    path = tmp_path / "avid.edl"
    path.write_bytes((RETURNED / "avid.edl").read_text("utf-8").encode("latin-1"))
    returned = read(path, Fraction(24))
    rate = Fraction(30000, 1001)
    assert (returned.title, returned.rate) == ("ZOOM_V4", rate)
    assert returned.notes == ("Its time code counts drop frames of 30000/1001 a second.",)
    assert seen(returned) == [  # from 01:00:00:00, which is 1748 frames before 01:00:58:08
        (1750, 67, "01A-001.MP4", 10, 1),
        (1817, 83, "02A-001.MP4", 7, 1),  # the cut is in the middle of its dissolve
        (1930, 30, "03A-001.MP4", 30, Fraction(1, 2)),
        (1960, 30, "KÄFER.MOV", 120, 1),
    ]
    events = topmost(returned.events, rate)
    assert [e.dissolve_frames for e in events] == [0, 15, 0, 0]
    assert [e.reverse for e in events] == [False, False, False, True]
    assert [e.reel for e in events] == ["01A001", "02A001", "03A001", ""]
    assert events[2].markers == ((1938, "LOOK"),)


def test_premieres_otio_with_a_nest_a_speed_and_media_that_begin_at_one_hour():
    returned = read(RETURNED / "premiere.otio")
    assert (returned.title, returned.rate, returned.start_frame) == ("zoom v4", 24, 86400)
    assert seen(returned) == [
        (0, 36, "01A-001.mp4", 7, 1),
        (36, 12, "02A-001.mp4", 12, 2),
        (48, 6, "07A-001.mp4", 0, 1),
        (54, 6, "02A-001.mp4", 48, 2),
        (72, 5, "04A-001.mp4", 5, 1),
        (77, 15, "05A-001.mp4", 30, 1),
        (92, 30, "03A-001.mp4", 24, 1),  # counted in 30ths
        (122, 24, "06A-001.mp4", 9, 0),
    ]
    assert topmost(returned.events, returned.rate)[0].file == "C:/Films/media/01A-001.mp4"
    assert topmost(returned.events, returned.rate)[1].dissolve_frames == 12


@pytest.mark.parametrize("rate", [Fraction(24), NTSC, Fraction(25), Fraction(30000, 1001), Fraction(60)])
@pytest.mark.parametrize("name", ["film.xml", "film.otio", "film.fcpxml", "film.edl"])
def test_our_own_lists_come_back_as_they_were(name, rate, tmp_path):
    cut = hard_cut(rate=rate, slots=(Slot(take("01A-003", 400, rate), 0, 48, 5), Slot(take("02A-001", 400), 48, 37)))
    (tmp_path / name).write_bytes(FORMATS[name].write(cut, folder=tmp_path))
    returned = read(tmp_path / name, rate)
    assert returned.rate == rate
    assert seen(returned) == [
        (slot.record_frame, slot.frames, slot.source.file_name, slot.in_frames, slot.speed) for slot in cut.slots
    ]
    assert len(returned.song_events) == (2 if name == "film.xml" else 1)


@pytest.mark.parametrize("said", ["23.976", "24", "25", "29.97", "30", "50", "59.94", "60"])
@pytest.mark.parametrize("name", ["film.xml", "film.otio", "film.fcpxml", "film.edl"])
def test_our_own_lists_come_back_with_dissolves_stamped_copies_and_alternates(name, said, tmp_path):
    rate = parse_rate(said)
    takes = [take(f"0{n}A-00{n}", 400, rate) for n in (1, 2, 3)]
    slots = (
        Slot(takes[0], 0, 48, 5),
        Slot(takes[1], 48, 37, 20, transition=Transition("dissolve", 12)),
        Slot(takes[2], 85, 40, 30, Fraction(1, 2), transition=Transition("dissolve", 6)),
    )
    cut = hard_cut(rate=rate, slots=slots, markers=())
    starts = stamps(takes, rate)
    copies = {
        t.name: Media(f"media/{t.name}.mov", rate, 400, starts[t.name], t.reel, drop=said in ("29.97", "59.94"))
        for t in takes
    }
    lists = Lists(media=copies, alternates={2: (take("02A-009", 90, rate), take("02A-010", 90, rate))})
    (tmp_path / name).write_bytes(FORMATS[name].write(cut, folder=tmp_path, lists=lists))
    returned = read(tmp_path / name, rate)
    assert returned.rate == rate
    assert [row[:3] + row[4:] for row in seen(returned)] == [
        (slot.record_frame, slot.frames, f"{slot.source.name}.mov", slot.speed) for slot in slots
    ]
    events = topmost(returned.events, rate)
    assert [event.dissolve_frames for event in events] == [0, 12, 6]
    assert [event.reel for event in events] == [t.reel for t in takes]
    came = came_back(returned, cut, takes=takes)
    assert came.counts == {}
    assert [(s.in_frames, s.transition) for s in came.cut.slots] == [(s.in_frames, s.transition) for s in slots]


def library_timeline() -> otio.schema.Timeline:
    """Three clips and a gap, made with OpenTimelineIO alone."""
    timeline = otio.schema.Timeline("other", global_start_time=otio.opentime.RationalTime(86400, 24))
    track = otio.schema.Track("V1", kind="Video")
    for name, start, frames in (("01A-001.mp4", 7, 30), ("02A-001.mp4", 0, 18), ("", 0, 6), ("03A-001.mp4", 50, 24)):
        span = otio.opentime.TimeRange(otio.opentime.RationalTime(start, 24), otio.opentime.RationalTime(frames, 24))
        whole = otio.opentime.TimeRange(otio.opentime.RationalTime(0, 24), otio.opentime.RationalTime(120, 24))
        media = otio.schema.ExternalReference(f"file:///m/{name}", whole)
        track.append(otio.schema.Clip(name, media, span) if name else otio.schema.Gap(source_range=span))
    timeline.tracks.append(track)
    return timeline


@pytest.mark.parametrize(("adapter", "name"), [("otio_json", "a.otio"), ("fcp_xml", "a.xml"), ("cmx_3600", "a.edl")])
def test_lists_that_opentimelineio_writes_are_read(adapter, name, tmp_path):
    otio.adapters.write_to_file(library_timeline(), str(tmp_path / name), adapter)
    assert seen(read(tmp_path / name, Fraction(24))) == [
        (0, 30, "01A-001.mp4", 7, 1),
        (30, 18, "02A-001.mp4", 0, 1),
        (54, 24, "03A-001.mp4", 50, 1),
    ]


def test_an_otioz_bundle_is_read_without_unpacking_it(tmp_path):
    timeline = library_timeline()
    (tmp_path / "media").mkdir()
    for clip in timeline.find_clips():
        (tmp_path / "media" / clip.name).write_bytes(clip.name.encode())
        clip.media_reference.target_url = (tmp_path / "media" / clip.name).as_uri()
    otio.adapters.write_to_file(timeline, str(tmp_path / "a.otioz"), "otioz")
    before = sorted(tmp_path.rglob("*"))
    assert [row[2] for row in seen(read(tmp_path / "a.otioz"))] == ["01A-001.mp4", "02A-001.mp4", "03A-001.mp4"]
    assert sorted(tmp_path.rglob("*")) == before


def test_pycmx_sees_the_same_events_in_an_edl():
    text = (RETURNED / "avid.edl").read_text("utf-8")
    events = pycmx.parse_cmx3600(io.StringIO(text)).events
    edits = [edit for event in events for edit in event.edits if edit.channels.video and not edit.black]
    wanted = [e for e in read(RETURNED / "avid.edl").events if not e.is_audio]
    theirs = [(edit.source, edit.record_in) for edit in edits if edit.record_in != edit.record_out]
    start = timecode.Timecode("29.97", "01:00:00;00").frames
    assert [event.reel or "AX" for event in wanted] == [reel for reel, _ in theirs]
    assert [event.record_frame - event.dissolve_frames // 2 for event in wanted] == [
        timecode.Timecode("29.97", code.replace(":", ";")).frames - start for _, code in theirs
    ]


def test_a_final_cut_bundle_and_a_list_with_a_wrong_ending_are_told_by_what_they_hold(tmp_path):
    bundle = tmp_path / "zoom.fcpxmld"
    bundle.mkdir()
    (bundle / "Info.fcpxml").write_bytes((RETURNED / "finalcut.fcpxml").read_bytes())
    assert read(bundle).title == "zoom v4"
    (tmp_path / "list.txt").write_bytes((RETURNED / "premiere.xml").read_bytes())
    assert read(tmp_path / "list.txt").format == "FCP 7 XML"
    with pytest.raises(BadInput, match="is a folder: give the list itself"):
        read(tmp_path)
    with pytest.raises(NotFound, match="give the list that the editor exported"):
        read(tmp_path / "no.xml")


def test_a_leader_before_the_hour_does_not_move_the_film(tmp_path):
    path = tmp_path / "a.edl"
    path.write_text(
        "TITLE: X\nFCM: NON-DROP FRAME\n"
        "001  SLATE    V     C        00:00:00:00 00:00:05:00 00:59:50:00 00:59:55:00\n"
        "002  01A001   V     C        00:00:00:00 00:00:05:00 01:00:00:00 01:00:05:00\n"
    )
    assert [row[0] for row in seen(read(path))] == [-240, 0]


def test_a_rounded_speed_is_taken_as_the_simplest_that_it_may_have_been():
    assert simplest(Fraction("0.81041"), Fraction("0.81459")) == Fraction(13, 16)
    assert simplest(Fraction("0.33333332"), Fraction("0.33333334")) == Fraction(1, 3)
    assert simplest(Fraction("1.9"), Fraction("2.1")) == 2
