"""What the lists of a delivery hold besides the cut: copies, alternates, rejects, words; and the bundle."""

from __future__ import annotations

import csv
import io
import os
import re
import tempfile
import zipfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from studio.cutting.formats import FORMATS, REJECTS, Lists, Media, write_bundle
from studio.cutting.reading import read, topmost
from studio.errors import BadInput, NotFound
from studio.nouns import Cut, Marker, Slot, Source, Transition
from studio.timecode import frame_at, parse_rate
from tests.cutting.making import FILM, hard_cut, take
from tests.cutting.readers import Event, number, parse, read_csv, read_edl, read_fcp7, read_fcpxml, read_otio, text
from tests.cutting.test_conforming import came_back
from tests.cutting.test_formats import assert_tells, cuts, every_format

FOLDER = Path("/films/Käfer & Söhne #1")
WILD = "Täke #3 & 'more' 100%, 日.mp4"
RATES = ["23.976", "24", "25", "29.97", "30", "50", "59.94", "60"]


def wild(label: str, frames: int, rate: Fraction | int = FILM) -> Source:
    return replace(take(label, frames, rate), file=f"media/takes/{label} {WILD}")


def dissolving(rate: Fraction = FILM) -> Cut:
    """Three slots with a dissolve into each but the first, one of them slowed, all with names that need care."""
    slots = (
        Slot(wild("01A-001", 200, rate), 0, 48, in_frames=5),
        Slot(wild("02A-001", 200, rate), 48, 37, in_frames=20, transition=Transition("dissolve", 12)),
        Slot(wild("03A-001", 200, rate), 85, 40, 30, Fraction(1, 2), transition=Transition("dissolve", 8)),
    )
    return hard_cut(rate=rate, slots=slots)


ALTERNATES = Lists(alternates={2: (wild("02A-002", 100), wild("02A-003", 10)), 3: (wild("03A-002", 60, 30),)})


def written(name: str, cut: Cut, lists: Lists, prompts: dict[str, str] | None = None) -> bytes:
    return FORMATS[name].write(cut, folder=FOLDER, prompts=prompts, lists=lists)


def timeline(data: bytes) -> Any:
    return otio.adapters.read_from_string(data.decode(), "otio_json")


@every_format
@pytest.mark.parametrize("said", RATES)
def test_dissolves_and_hard_names_are_told_alike_at_every_rate(name: str, said: str):
    for lists in (Lists(), Lists(drop=False), ALTERNATES):
        assert_tells(name, dissolving(parse_rate(said)), lists)


@pytest.mark.parametrize("said", RATES)
def test_a_film_of_55_takes_of_two_rates_has_every_frame_of_its_song_in_every_list(said: str):
    """242 seconds exactly, in-points that are not 0, and hard names: the fixture of reference/editlists.md, §7.5."""
    rate = parse_rate(said)
    total, slots = frame_at(Fraction(242), rate), []
    for n in range(55):
        first, last = (frame_at(Fraction(242 * edge, 55), rate) for edge in (n, n + 1))
        source = wild(f"{n + 1:02d}A-001", 200 if n % 4 else 250, 24 if n % 4 else 30)
        slots.append(Slot(source, first, last - first, in_frames=7))
    assert total == {"24": 5808, "29.97": 7253}.get(said, total)
    cut = hard_cut(rate=rate, slots=tuple(slots))
    assert cut.frames == total
    for name in FORMATS:
        assert_tells(name, cut)
    reels = {line.split()[1] for line in written("film.edl", cut, Lists()).decode().splitlines() if line[:3].isdigit()}
    assert len(reels) == 56
    assert all(re.fullmatch(r"[A-Z0-9_]{1,8}", reel) for reel in reels)


@pytest.mark.parametrize(("width", "height"), [(1080, 1920), (1080, 1080)])
def test_a_vertical_and_a_square_film_say_their_size(width: int, height: int):
    cut = hard_cut(width=width, height=height)
    size = parse(written("film.xml", cut, Lists())).find("sequence/media/video/format/samplecharacteristics")
    form = parse(written("film.fcpxml", cut, Lists())).find("resources/format")
    assert size is not None
    assert form is not None
    assert (number(size, "width"), number(size, "height")) == (width, height)
    assert (form.get("width"), form.get("height")) == (str(width), str(height))
    found = timeline(written("film.otio", cut, Lists()))  # its metadata live as long as it does
    assert [found.metadata["circletake"][key] for key in ("width", "height")] == [width, height]
    for name in FORMATS:
        assert_tells(name, cut)


@every_format
def test_lists_with_copies_alternates_and_words_are_byte_identical_when_repeated(name: str):
    cut = dissolving()
    lists = replace(ALTERNATES, media=copies(cut), cameras={"01A-001": "push in"})
    assert written(name, cut, lists) == written(name, cut, lists)


# --- dissolves, as others read them ---


def test_opentimelineio_has_room_for_every_dissolve():
    track = timeline(written("film.otio", dissolving(), Lists())).video_tracks()[0]
    kinds = [type(item).__name__ for item in track]
    assert kinds == ["Clip", "Transition", "Clip", "Transition", "Clip"]
    starts = [(int(span.start_time.value), int(span.duration.value)) for span in map(track.range_of_child, track[::2])]
    assert starts == [(0, 48), (48, 37), (85, 40)]
    handled = track.trimmed_range_of_child(track[1])
    assert (handled.start_time.value, handled.duration.value) == (42, 12)
    for clip in track[::2]:
        media = clip.media_reference.available_range
        assert clip.source_range.start_time >= media.start_time
        assert clip.source_range.end_time_exclusive() <= media.end_time_exclusive()


def test_opentimelineios_fcp_7_reader_finds_the_dissolves_on_their_cuts(tmp_path: Path):
    path = tmp_path / "film.xml"
    path.write_bytes(written("film.xml", replace(dissolving(), slots=dissolving().slots[:2]), ALTERNATES))
    found = otio.adapters.read_from_file(str(path), "fcp_xml")
    sequence = found if isinstance(found, otio.schema.Timeline) else found[0]
    track = sequence.video_tracks()[0]
    dissolve = next(item for item in track if isinstance(item, otio.schema.Transition))
    assert (dissolve.in_offset.value, dissolve.out_offset.value) == (6, 6)
    first, second = (item for item in track if isinstance(item, otio.schema.Clip))
    assert track.range_of_child(second).start_time.value == 48
    assert [Path(otio.url_utils.filepath_from_url(c.media_reference.target_url)).name for c in (first, second)] == [
        slot.source.file_name for slot in dissolving().slots[:2]
    ]


def test_beside_a_transition_of_fcp_7_a_clip_has_no_start_and_its_source_reaches_over_the_cut():
    root = parse(written("film.xml", dissolving(), Lists()))
    track = root.find("sequence/media/video/track")
    assert track is not None
    told = [
        tuple(number(item, name) for name in ("start", "end", "in", "out") if item.find(name) is not None)
        for item in track
        if item.tag in ("clipitem", "transitionitem")
    ]
    assert told == [(0, -1, 5, 59), (42, 54), (-1, -1, 14, 61), (81, 89), (-1, 125, 56, 100)]
    assert {text(item, "alignment") for item in track.findall("transitionitem")} == {"center"}
    assert {text(item, "effect/effectid") for item in track.findall("transitionitem")} == {"Cross Dissolve"}


def test_a_csv_has_a_column_for_dissolves_where_there_are_any():
    rows = list(csv.DictReader(io.StringIO(written("film.csv", dissolving(), ALTERNATES).decode())))
    assert [row["dissolve_frames"] for row in rows] == ["0", "12", "8"]
    assert [row["alternates"] for row in rows] == ["", "02A-002, 02A-003", "03A-002"]
    assert "dissolve_frames" not in written("film.csv", hard_cut(), Lists()).decode()


# --- copies in the place of takes ---


def copies(cut: Cut, **changed: Any) -> dict[str, Media]:
    """A conformed copy of each take: four frames of the head cut off, of the film's rate and size, with time code."""
    return {
        source.name: replace(
            Media(
                file=f"media/conformed {source.reel} #1.mov",
                rate=cut.rate,
                frames=int(source.duration_s * cut.rate) - 4,
                start_frame=n * 3600 * round(cut.rate),
                reel=f"R{source.reel}",
                width=cut.width,
                height=cut.height,
                head_frames=4,
            ),
            **changed,
        )
        for n, source in enumerate(cut.sources, start=1)
    }


def conformed_story(cut: Cut) -> list[Event]:
    return [
        Event(
            slot.record_frame,
            slot.frames,
            f"conformed {slot.source.reel} #1.mov",
            (slot.in_frames - 4) / cut.rate,
            slot.speed,
            slot.transition.frames if slot.transition else 0,
        )
        for slot in cut.slots
    ]


@pytest.mark.parametrize("said", RATES)
def test_conformed_copies_take_the_place_of_takes_of_another_rate_in_every_list(said: str):
    rate = parse_rate(said)
    slots = tuple(
        replace(slot, source=replace(slot.source, rate=Fraction(30), width=99)) for slot in dissolving().slots
    )
    cut = hard_cut(rate=rate, slots=slots, markers=())
    lists = Lists(media=copies(cut))
    wanted = conformed_story(cut)
    assert read_otio(written("film.otio", cut, lists)) == wanted
    assert read_fcp7(written("film.xml", cut, lists)) == wanted
    assert read_fcpxml(written("film.fcpxml", cut, lists)) == wanted
    assert read_csv(written("film.csv", cut, lists)) == wanted
    drop = said in ("29.97", "59.94")  # starts are numbers of non-drop time code: by label in a drop-frame list
    found = read_edl(written("film.edl", cut, replace(lists, drop=False)), rate)
    for n, (event, true) in enumerate(zip(found, wanted, strict=True), start=1):
        assert abs(event.in_s - n * 3600 * round(rate) / rate - true.in_s) < Fraction(1, 100) / rate
        assert replace(event, in_s=true.in_s, speed=true.speed) == true
    assert b"01:00:00;0" in written("film.edl", cut, lists) if drop else b";" not in written("film.edl", cut, lists)
    for name, form in FORMATS.items():
        said_of = " ".join(form.limits(cut, lists))
        assert "another frame rate" not in said_of, name


def test_time_code_and_reel_of_a_copy_stand_in_every_list():
    cut = dissolving()
    lists = Lists(media=copies(cut))
    clip = timeline(written("film.otio", cut, lists)).video_tracks()[0][0]
    assert clip.media_reference.target_url == "media/conformed%2001A001%20%231.mov"
    assert clip.media_reference.available_range.start_time == otio.opentime.RationalTime(86400, 24)
    assert clip.metadata["cmx_3600"]["reel"] == "R01A001"
    file = parse(written("film.xml", cut, lists)).find("sequence/media/video/track/clipitem/file")
    assert file is not None
    assert [text(file, f"timecode/{e}") for e in ("string", "frame", "reel/name")] == [
        "01:00:00:00",
        "86400",
        "R01A001",
    ]
    assert text(file, "pathurl").endswith("/media/conformed%2001A001%20%231.mov")
    asset = parse(written("film.fcpxml", cut, lists)).find("resources/asset")
    assert asset is not None
    assert (asset.get("start"), asset.get("duration")) == ("3600s", "49/6s")
    assert [md.get("value") for md in asset.iter("md")] == ["R01A001"]
    (row, *_) = csv.DictReader(io.StringIO(written("film.csv", cut, lists).decode()))
    assert (row["source_start"], row["reel"], row["file"]) == ("01:00:00:00", "R01A001", "conformed 01A001 #1.mov")


def test_a_copy_that_plays_a_take_at_the_films_rate_has_the_speed_in_it():
    """30 frames a second played at 24: what the cut calls four fifths is the copy's own speed."""
    slot = Slot(take("01A-001", 121, 30), 0, 48, in_frames=8, speed=Fraction(4, 5))
    cut = hard_cut(slots=(slot,), markers=())
    lists = Lists(media={"01A-001": Media("media/a.mov", FILM, 121, pace=Fraction(4, 5))})
    assert read_otio(written("film.otio", cut, lists)) == [Event(0, 48, "a.mov", Fraction(10, 24))]
    assert b"timeremap" not in written("film.xml", cut, lists)


def test_a_copy_that_is_too_short_is_refused():
    cut = dissolving()
    with pytest.raises(BadInput, match="01A-001 has 40 frames and slot 1 needs 49"):
        written("film.otio", cut, Lists(media=copies(cut, frames=40)))


def test_a_time_code_between_two_frames_of_the_film_is_owned_up_to():
    cut = hard_cut(rate=parse_rate("23.976"), slots=(Slot(take("01A-001", 48), 0, 24),), markers=())
    lists = Lists(media={"01A-001": Media("media/a.mov", FILM, 48, start_frame=86400, reel="A")})
    assert "The time codes of the files of slot 1 lie between" in " ".join(FORMATS["film.otio"].limits(cut, lists))
    assert "lie between" not in " ".join(FORMATS["film.otio"].limits(dissolving(), Lists(media=copies(dissolving()))))


# --- alternates and rejects ---


def test_alternates_lie_above_their_slots_and_are_switched_off():
    found = timeline(written("film.otio", dissolving(), ALTERNATES))
    assert [(t.name, t.kind, t.enabled) for t in found.tracks] == [
        ("V1", "Video", True),
        ("V2", "Video", False),
        ("V3", "Video", False),
        ("A1", "Audio", True),
    ]
    placed = [
        (track.name, clip.name[:7], clip.enabled, *(int(v.value) for v in (span.start_time, span.duration)))
        for track in found.video_tracks()[1:]
        for clip in track.find_clips()
        for span in [track.range_of_child(clip)]
    ]
    assert placed == [
        ("V2", "02A-002", False, 48, 37),
        ("V2", "03A-002", False, 85, 40),
        ("V3", "02A-003", False, 48, 10),
    ]


def test_alternates_lie_in_a_bin_for_each_slot_where_a_list_has_bins():
    root = parse(written("film.xml", dissolving(), ALTERNATES))
    bins = root.findall("bin/children/bin")
    assert [text(each, "name") for each in bins] == ["slot 02 02A", "slot 03 03A"]
    assert [[text(c, "logginginfo/shottake") for c in each.findall("children/clip")] for each in bins] == [
        ["02A-002", "02A-003"],
        ["03A-002"],
    ]
    files = {file.get("id"): file for file in root.iter("file") if len(file)}
    assert all(item.find("file").get("id") in files for item in root.iter("clipitem"))  # type: ignore[union-attr]
    root = parse(written("film.fcpxml", dissolving(), ALTERNATES))
    event = root.findall("library/event")[1]
    assert [(c.get("name", "")[:7], c.find("keyword").get("value")) for c in event] == [  # type: ignore[union-attr]
        ("02A-002", "slot 02 02A"),
        ("02A-003", "slot 02 02A"),
        ("03A-002", "slot 03 03A"),
    ]
    ids = [element.get("id") for element in root.iter("asset", "format", "effect")]
    assert len(set(ids)) == len(ids)
    assert {clip.get("ref") for clip in event} <= set(ids)


@pytest.mark.parametrize("name", ["film.xml", "film.otio", "film.fcpxml", "film.edl"])
def test_alternates_do_not_get_into_the_film_that_is_read_back(name: str, tmp_path: Path):
    (tmp_path / name).write_bytes(written(name, dissolving(), ALTERNATES))
    returned = read(tmp_path / name, FILM)
    assert [e.file_name or e.name for e in topmost(returned.events, FILM)] == [
        slot.source.file_name for slot in dissolving().slots
    ]


def test_rejects_are_a_list_of_their_own():
    lists = Lists(rejects=(wild("01A-002", 49, 30), wild("01A-003", 24)), notes={"01A-002": "NG: the hand melts"})
    cut = dissolving()
    track = timeline(REJECTS["film-rejects.otio"](cut, folder=FOLDER, lists=lists)).video_tracks()[0]
    found = [(c.name[:7], int(c.source_range.duration.value), c.metadata["circletake"].get("how")) for c in track]
    assert found == [("01A-002", 39, "NG: the hand melts"), ("01A-003", 24, None)]
    rows = list(csv.DictReader(io.StringIO(REJECTS["film-rejects.csv"](cut, folder=FOLDER, lists=lists).decode())))
    assert [(row["take"], row["source_frames"], row["why"]) for row in rows] == [
        ("01A-002", "49", "NG: the hand melts"),
        ("01A-003", "24", ""),
    ]
    assert "prompt" not in rows[0]
    asked = REJECTS["film-rejects.csv"](cut, folder=FOLDER, prompts={"01A-003": "=a door"}, lists=lists).decode()
    assert '"\'=a door"' in asked


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(cut=cuts())
def test_any_cut_with_dissolves_that_is_exported_comes_back_the_same(cut: Cut):
    with tempfile.TemporaryDirectory() as folder:
        for name in ("film.xml", "film.otio", "film.fcpxml", "film.edl"):
            path = Path(folder) / name
            path.write_bytes(written(name, cut, Lists()))
            came = came_back(read(path, cut.rate), cut, takes=cut.sources)
            assert came.cut.slots == cut.slots, name
            assert came.counts == {}, name


# --- words ---


@pytest.mark.parametrize("name", ["film.otio", "film.xml", "film.fcpxml", "film.edl", "film.csv"])
def test_camera_words_travel_where_they_are_given_and_prompts_do_not_come_with_them(name: str):
    cut, lists = hard_cut(), Lists(cameras={"01A-003": "slow push in"})
    data = written(name, cut, lists)
    assert data.count(b"slow push in") == 1
    assert b"secret" not in data
    assert b"slow push in" not in written(name, cut, Lists())


def test_words_on_one_frame_of_a_clip_are_one_marker_to_final_cut():
    cut = hard_cut(markers=())
    root = parse(written("film.fcpxml", cut, Lists(cameras={"01A-003": "push in"}), {"01A-003": "a door"}))
    assert [m.get("value") for m in root.iter("marker")] == ["a door / push in"]


def test_an_editors_marker_is_told_by_drop_frame_where_the_list_has_it(tmp_path: Path):
    cut = replace(dissolving(parse_rate("29.97")), markers=())
    marked = replace(cut, markers=(Marker(61, "lyric", "fix the hand"),))
    (tmp_path / "film.otio").write_bytes(written("film.otio", marked, Lists()))
    came = came_back(read(tmp_path / "film.otio", cut.rate), cut, takes=cut.sources)
    assert came.notes == ("The editor's marker at 01:00:02;01: fix the hand",)


# --- the bundle ---


def bundle(tmp_path: Path, name: str) -> Path:
    cut, files = dissolving(), {"song.wav": tmp_path / "song.wav"}
    for source in (*cut.sources, *(s for several in ALTERNATES.alternates.values() for s in several)):
        files[f"media/{source.file_name}"] = tmp_path / f"{source.name}.bin"
    for path in files.values():
        path.write_bytes(path.name.encode() * 1000)
    write_bundle(tmp_path / name, cut, files, lists=ALTERNATES)
    return tmp_path / name


def test_a_bundle_holds_the_list_and_all_its_media_and_opens_elsewhere(tmp_path: Path):
    path = bundle(tmp_path, "film.otioz")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    found = otio.adapters.read_from_file(str(path), "otioz", extract_to_directory=str(elsewhere))
    clips = [clip for clip in found.find_clips() if not isinstance(clip.media_reference, otio.schema.MissingReference)]
    assert len(clips) == 3 + 3 + 1
    for clip in clips:
        file = elsewhere / otio.url_utils.filepath_from_url(clip.media_reference.target_url)
        assert file.read_bytes()[:4] in (b"01A-", b"02A-", b"03A-", b"song")
    returned = read(path, FILM)
    assert [e.file_name for e in topmost(returned.events, FILM)] == [s.source.file_name for s in dissolving().slots]


def test_a_bundle_is_the_same_bytes_when_made_again_and_names_no_place(tmp_path: Path):
    first = bundle(tmp_path, "a.otioz").read_bytes()
    assert first == bundle(tmp_path, "b.otioz").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.otioz") as opened:
        assert opened.testzip() is None
        assert opened.namelist()[:2] == ["content.otio", "version.txt"]
        assert str(tmp_path).encode() not in opened.read("content.otio")


def test_a_bundle_without_one_of_its_media_is_refused(tmp_path: Path):
    with pytest.raises(NotFound, match=r"lacks media/01A-001 Täke #3.*a file for each medium"):
        write_bundle(tmp_path / "a.otioz", dissolving(), {})
    assert not (tmp_path / "a.otioz").exists()


# Apple's grammar may not be committed; where somebody has it, the lists are held against it.
if grammar_folder := os.environ.get("STUDIO_FCPXML_DTD"):

    @pytest.mark.parametrize("said", RATES)
    def test_dissolves_alternates_and_copies_are_valid_against_the_dtd(said: str):
        grammar = etree.DTD(str(next(Path(grammar_folder).rglob("*1[._]10.dtd"))))
        cut = dissolving(parse_rate(said))
        for lists in (Lists(), ALTERNATES, replace(ALTERNATES, media=copies(cut), cameras={"01A-001": "push in"})):
            root = parse(written("film.fcpxml", cut, lists, {"02A-001": "a door"}))
            assert grammar.validate(root), str(grammar.error_log)
