from __future__ import annotations

import os
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from lxml import etree

from studio.cutting.formats import fcpxml
from studio.nouns import Marker, Slot
from tests.cutting.making import hard_cut, take
from tests.cutting.readers import parse, read_fcpxml, seconds

FOLDER = Path("/films/Käfer #1")


@pytest.fixture
def root() -> etree._Element:
    return parse(fcpxml.write(hard_cut(), folder=FOLDER))


def spine(root: etree._Element) -> etree._Element:
    found = root.find(".//spine")
    assert found is not None
    return found


def test_the_sequence_says_its_format_length_and_start(root: etree._Element):
    sequence = root.find("library/event/project/sequence")
    assert sequence is not None
    form = root.find(f"resources/format[@id='{sequence.get('format')}']")
    assert form is not None
    assert dict(form.attrib) == {"id": "r1", "frameDuration": "1/24s", "width": "1280", "height": "720"}
    assert (sequence.get("duration"), sequence.get("tcStart"), sequence.get("tcFormat")) == ("10s", "3600s", "NDF")


def test_at_ntsc_rates_time_code_one_hour_is_not_3600_seconds():
    slots = (Slot(take("01A-001", 60), 0, 24, in_frames=3),)
    root = parse(fcpxml.write(hard_cut(rate=Fraction(24000, 1001), slots=slots), folder=FOLDER))
    sequence = root.find(".//sequence")
    assert sequence is not None
    assert seconds(sequence.get("tcStart")) == Fraction(86400 * 1001, 24000)
    assert spine(root)[0].get("offset") == sequence.get("tcStart")
    assert spine(root)[0].get("start") == "1001/8000s"


def test_nothing_is_in_it_that_final_cut_refuses(root: etree._Element):
    assert root.get("version") == "1.10"
    for element in root.iter():
        assert not {"modDate", "uid"} & set(element.attrib)
    assert not [form for form in root.iter("format") if form.get("name")], "only Apple's own format names are legal"
    assert not [asset for asset in root.iter("asset") if asset.get("src")], "since 1.9 the address is in media-rep"


def test_each_source_has_its_own_format_and_length(root: etree._Element):
    formats = {form.get("id"): form for form in root.iter("format")}
    for asset, slot in zip(root.iter("asset"), hard_cut().slots, strict=False):
        form = formats[asset.get("format")]
        assert seconds(form.get("frameDuration")) == 1 / slot.source.rate
        assert (form.get("width"), form.get("height")) == (str(slot.source.width), str(slot.source.height))
        assert seconds(asset.get("duration")) == slot.source.frames / slot.source.rate
        assert asset.get("hasAudio") is None


def test_a_source_at_another_rate_keeps_its_own_time(root: etree._Element):
    conform = [clip.find("conform-rate") for clip in spine(root)]
    assert [None if c is None else (c.get("scaleEnabled"), c.get("srcFrameRate")) for c in conform] == [
        None,
        None,
        ("0", None),
        ("0", None),
        ("0", "30"),
        ("0", None),
    ]


def test_a_speed_is_a_map_over_the_whole_of_the_media(root: etree._Element):
    slowed = spine(root)[3]
    points = [(p.get("time"), p.get("value"), p.get("interp")) for p in slowed.findall("timeMap/timept")]
    # 16 frames at 25/3 are 1.92 s, and 1.92 ÷ 13/16 = 768/325
    assert points == [("0s", "0s", "linear"), ("768/325s", "48/25s", "linear")]


def test_an_in_point_between_two_slowed_frames_is_exact_all_the_same():
    slot = replace(hard_cut().slots[3], record_frame=0, in_frames=3, frames=50)
    (event,) = read_fcpxml(fcpxml.write(hard_cut(slots=(slot,), markers=()), folder=FOLDER))
    assert (event.in_s, event.speed) == (Fraction(3, 24), Fraction(13, 16))


def test_the_song_is_connected_to_the_first_frame_and_lasts_as_long_as_the_picture():
    slot = replace(hard_cut().slots[1], record_frame=0)
    root = parse(fcpxml.write(hard_cut(slots=(slot,)), folder=FOLDER))
    (song,) = spine(root)[0].findall("asset-clip")
    assert song.get("lane") == "-1"
    assert song.get("offset") == spine(root)[0].get("start") == "7/24s", "an offset is in the time of the clip above"
    assert seconds(song.get("duration")) == Fraction(37, 24)
    (asset,) = root.findall("resources/asset[@id='song']")
    assert {key: asset.get(key) for key in ("hasAudio", "audioSources", "audioChannels", "audioRate", "hasVideo")} == {
        "hasAudio": "1",
        "audioSources": "1",
        "audioChannels": "2",
        "audioRate": "48000",
        "hasVideo": None,
    }


def test_beats_are_markers_on_the_song_and_lyrics_on_the_clips(root: etree._Element):
    on_song = [(m.get("value"), seconds(m.get("start")) * 24) for m in spine(root)[0].findall("asset-clip/marker")]
    assert on_song == [(m.name, m.frame) for m in hard_cut().markers if m.kind in ("beat", "bar", "section")]
    on_clips = [
        (n, m.get("value"), m.get("start")) for n, clip in enumerate(spine(root)) for m in clip.findall("marker")
    ]
    # the second line begins 12 frames into the second clip, which begins 7 frames into its take
    assert on_clips == [(0, "“Grüße” & <Küsse> = 100 %", "0s"), (1, "=cmd()", "19/24s")]


def test_a_section_and_the_bar_that_it_begins_with_are_one_marker_on_the_song():
    """Final Cut keeps one marker a frame of a clip: of two one would be gone."""
    marks = (Marker(48, "bar", "bar 2"), Marker(48, "section", "chorus", 40), Marker(60, "beat", "2.2"))
    root = parse(fcpxml.write(hard_cut(markers=marks), folder=FOLDER))
    found = spine(root)[0].findall("asset-clip/marker")
    assert [(m.get("value"), m.get("start"), m.get("duration"), m.get("note")) for m in found] == [
        ("chorus", "2s", "5/3s", "section, bar 2"),
        ("2.2", "5/2s", "1/24s", "beat"),
    ]


def test_a_marker_never_leaves_its_clip_and_is_never_empty():
    marks = (Marker(84, "lyric", "runs over the cut", 500), Marker(85, "lyric", "starts on it", 1))
    root = parse(fcpxml.write(hard_cut(markers=marks), folder=FOLDER))
    assert [m.get("duration") for m in spine(root).iter("marker")] == ["1/24s", "1/24s"]
    assert "A lyric line that runs over a cut is marked up to the cut." in fcpxml.limits(hard_cut(markers=marks))


def test_pictures_fill_the_frame_where_the_film_crops():
    def fills(fit: str) -> list[bool]:
        root = parse(fcpxml.write(hard_cut(fit=fit), folder=FOLDER))
        return [clip.find("adjust-conform[@type='fill']") is not None for clip in spine(root)]

    assert not any(fills("letterbox"))
    assert fills("crop") == [False, False, True, True, True, False]


# Apple's grammar may not be committed; where somebody has it, the lists are held against it.
if folder := os.environ.get("STUDIO_FCPXML_DTD"):
    GRAMMARS = sorted({*Path(folder).rglob("*1.10.dtd"), *Path(folder).rglob("*v1_10.dtd")})

    def test_it_is_valid_against_its_dtd_and_the_dtd_notices_a_mistake():
        assert GRAMMARS, f"no DTD of version 1.10 in {folder}"
        grammar = etree.DTD(str(GRAMMARS[0]))
        for changed in ({}, {"fit": "crop"}, {"markers": ()}):
            root = parse(fcpxml.write(hard_cut(**changed), folder=FOLDER, prompts={"01A-003": "push in"}))
            assert grammar.validate(root), str(grammar.error_log)
        spine(root)[0].set("modDat", "x")
        assert not grammar.validate(root)
