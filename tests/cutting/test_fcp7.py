from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path, PureWindowsPath

import opentimelineio as otio
import pytest
from lxml import etree

from studio.cutting.formats import _shared, fcp7
from studio.nouns import Slot
from tests.cutting.making import hard_cut, take
from tests.cutting.readers import number, parse, rate_of, text

FOLDER = Path("/films/Käfer & Söhne #1")


@pytest.fixture
def root() -> etree._Element:
    return parse(fcp7.write(hard_cut(), folder=FOLDER))


def test_the_sequence_says_its_size_rate_and_start(root: etree._Element):
    assert fcp7.write(hard_cut(), folder=FOLDER).startswith(
        b"<?xml version='1.0' encoding='UTF-8'?>\n<!DOCTYPE xmeml>\n<xmeml version=\"4\">"
    )
    (characteristics,) = root.findall("sequence/media/video/format/samplecharacteristics")
    assert (number(characteristics, "width"), number(characteristics, "height")) == (1280, 720)
    assert rate_of(characteristics) == 24
    assert text(characteristics, "pixelaspectratio") == "square"
    assert number(root, "sequence/duration") == 240
    assert text(root, "sequence/timecode/string") == "01:00:00:00"
    assert number(root, "sequence/timecode/frame") == 86400
    assert text(root, "sequence/in") == text(root, "sequence/out") == "-1"


def test_clips_are_on_the_sequence_grid_and_files_at_their_own_rate(root: etree._Element):
    for item, slot in zip(root.findall("sequence/media/video/track/clipitem"), hard_cut().slots, strict=True):
        assert rate_of(item) == 24
        length = number(item, "end") - number(item, "start")
        assert length == number(item, "out") - number(item, "in") == slot.frames
        assert number(item, "in") * slot.speed == slot.in_frames
        assert number(item, "out") <= number(item, "duration")
        assert number(item, "file/duration") == slot.source.frames
        assert number(item, "file/rate/timebase") == round(slot.source.rate)
        assert item.find("file/media/audio") is None, "the takes are silent"


def test_a_rate_of_1000_in_1001_is_said_to_be_ntsc():
    slots = (Slot(take("01A-001", 50, Fraction(30000, 1001)), 0, 24),)
    root = parse(fcp7.write(hard_cut(rate=Fraction(24000, 1001), slots=slots), folder=FOLDER))
    (item,) = root.findall("sequence/media/video/track/clipitem")
    assert rate_of(item) == Fraction(24000, 1001)
    file = item.find("file")
    assert file is not None
    assert rate_of(file) == Fraction(30000, 1001)
    assert fcp7.limits(hard_cut(rate=Fraction(24000, 1001), slots=slots))[0].startswith("The sources of slot 1 have")


def test_files_are_named_plainly_and_addressed_by_an_encoded_url(root: etree._Element):
    wild = root.findall("sequence/media/video/track/clipitem")[4]
    assert text(wild, "file/name") == "Täke #3 & 'more' 100%, 日.mp4"
    assert text(wild, "file/pathurl") == (
        "file://localhost/films/K%C3%A4fer%20%26%20S%C3%B6hne%20%231/media/"
        "T%C3%A4ke%20%233%20%26%20%27more%27%20100%25%2C%20%E6%97%A5.mp4"
    )


def test_a_windows_drive_is_addressed_as_premiere_does():
    class Windows(PureWindowsPath):
        def absolute(self) -> Windows:
            return self

    url = _shared.absolute_url(Windows("C:\\Films\\a b"), "song.wav", host="localhost")  # type: ignore[arg-type]
    assert url == "file://localhost/C%3A/Films/a%20b/song.wav"


def test_each_file_is_described_once_and_then_referred_to():
    source = take("01A-001", 100)
    cut = hard_cut(slots=(Slot(source, 0, 10), Slot(source, 10, 10, in_frames=40)))
    files = list(parse(fcp7.write(cut, folder=FOLDER)).iter("file"))
    assert [(file.get("id"), len(file) > 0) for file in files] == [
        ("file-1", True),
        ("file-1", False),
        ("file-song", True),
        ("file-song", False),
    ]


def test_the_song_is_a_linked_stereo_pair(root: etree._Element):
    left, right = root.findall("sequence/media/audio/track/clipitem")
    for side, item in ((1, left), (2, right)):
        assert text(item, "sourcetrack/mediatype") == "audio"
        assert number(item, "sourcetrack/trackindex") == side
        assert [text(link, "linkclipref") for link in item.findall("link")] == ["song-1", "song-2"]
        assert (number(item, "start"), number(item, "end"), number(item, "out")) == (0, 240, 240)
    assert number(left, "file/media/audio/channelcount") == 2
    assert number(root, "sequence/media/audio/numOutputChannels") == 2
    assert len(root.findall("sequence/media/audio/outputs/group")) == 2
    assert len(list(root.iter("pathurl"))) == 7, "six clips and one song"


def test_ids_are_unique_and_every_reference_has_its_target(root: etree._Element):
    ids = [element.get("id") for element in root.iter("sequence", "clipitem")]
    assert len(set(ids)) == len(ids)
    assert {link.text for link in root.iter("linkclipref")} <= set(ids)


def test_a_beat_is_a_marker_without_length_and_a_lyric_line_lasts(root: etree._Element):
    found = [(text(m, "name"), number(m, "in"), number(m, "out")) for m in root.findall("sequence/marker")]
    assert found == [
        (m.name, m.frame, m.frame + m.frames if m.frames > 1 else -1) for m in hard_cut().markers if m.kind != "prompt"
    ]


def test_pictures_of_another_size_are_scaled_into_the_film(root: etree._Element):
    def scales(fit: str) -> list[str | None]:
        items = parse(fcp7.write(hard_cut(fit=fit), folder=FOLDER)).findall("sequence/media/video/track/clipitem")
        return [i.findtext("filter/effect[effectid='basic']/parameter[parameterid='scale']/value") for i in items]

    assert scales("letterbox") == [None, None, None, "281.25", "56.25", None]
    # 480×720 has to be 1280 wide, 256×256 likewise, 720×1280 too
    assert scales("crop") == [None, None, "266.666667", "500", "177.777778", None]


def test_an_in_point_between_two_slowed_frames_is_owned_up_to():
    slot = hard_cut().slots[3]
    cut = hard_cut(slots=(replace(slot, record_frame=0, in_frames=3, frames=50),))
    (item,) = parse(fcp7.write(cut, folder=FOLDER)).findall("sequence/media/video/track/clipitem")
    assert (number(item, "in"), number(item, "out")) == (3, 53)  # 3 ÷ 13/16 = 3.69
    assert any("in-point of slot 1" in sentence for sentence in fcp7.limits(cut))


def test_the_take_is_logged_with_its_clip_and_the_prompt_only_when_asked_for(root: etree._Element):
    item = root.findall("sequence/media/video/track/clipitem")[1]
    assert (text(item, "logginginfo/shottake"), text(item, "logginginfo/scene")) == ("01A-003", "01A")
    assert item.find("logginginfo/description") is None
    asked = parse(fcp7.write(hard_cut(), folder=FOLDER, prompts={"01A-003": "push in"}))
    assert text(asked, "sequence/media/video/track/clipitem[2]/logginginfo/description") == "push in"


def test_another_version_of_the_cut_is_another_sequence():
    def uuid(**changed: object) -> str:
        return text(parse(fcp7.write(hard_cut(**changed), folder=FOLDER)), "sequence/uuid")

    assert uuid() == uuid()
    assert uuid() != uuid(version=4)


def test_opentimelineios_own_reader_finds_the_same_clips(tmp_path: Path):
    path = tmp_path / "film.xml"
    path.write_bytes(fcp7.write(hard_cut(), folder=FOLDER))
    timeline = otio.adapters.read_from_file(str(path), "fcp_xml")
    assert timeline.global_start_time == otio.opentime.RationalTime(86400, 24)
    video = timeline.video_tracks()[0]
    assert len(timeline.audio_tracks()) == 1
    for clip, slot in zip(video, hard_cut().slots, strict=True):
        span = video.range_of_child(clip)
        assert (span.start_time.value, span.duration.value) == (slot.record_frame, slot.frames)
        assert clip.source_range.start_time.value * slot.speed == slot.in_frames
        assert Path(otio.url_utils.filepath_from_url(clip.media_reference.target_url)).name == slot.source.file_name
        assert clip.media_reference.available_range.duration.value == slot.source.frames
    assert len(timeline.tracks.markers) == len([m for m in hard_cut().markers if m.kind != "prompt"])
