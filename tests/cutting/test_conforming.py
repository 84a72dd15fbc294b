"""A cut that an editor changed by hand in each format comes back with every change named."""

from __future__ import annotations

import copy
import tempfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from studio.cutting.changes import COLUMNS
from studio.cutting.conforming import Conformed, conform
from studio.cutting.formats import FORMATS
from studio.cutting.matching import Matcher
from studio.cutting.reading import Event, Returned, read
from studio.errors import BadInput
from studio.nouns import Cut, Marker, Slot, SongRange, Source
from tests.cutting.making import card, hard_cut, take

LABELS = ("01A-001", "02A-001", "03A-001", "04A-001", "05A-001", "06A-001", "07A-001")
TAKES = tuple(take(label, 120) for label in (*LABELS, "08A-001", "09A-001"))
UNKNOWN, RENAMED = "A001_C003.mov", "final hero.mov"
LISTS = ("film.xml", "film.otio", "film.fcpxml", "film.edl")

# What the editor did, as (take or file, in, frames, speed): 02A is gone, 03A lost six frames at its end and 04A began
# five later, 05A runs at half speed, 07A went before 06A, which was renamed; 08A and a clip from elsewhere are new.
EDITED = (
    ("01A-001.mp4", 10, 24, 1),
    ("03A-001.mp4", 10, 18, 1),
    ("04A-001.mp4", 15, 24, 1),
    ("05A-001.mp4", 10, 24, Fraction(1, 2)),
    ("07A-001.mp4", 10, 24, 1),
    (RENAMED, 10, 24, 1),
    ("08A-001.mp4", 0, 12, 1),
    (UNKNOWN, 0, 30, 1),
)
EXPECTED = {
    "01A-001": (),
    "02A-001": ("omitted",),
    "03A-001": ("trimmed",),
    "04A-001": ("slipped",),
    "05A-001": ("retimed",),
    "06A-001": ("moved",),
    "07A-001": (),
    "08A-001": ("new",),
    UNKNOWN: ("unmatched",),
}


def original() -> Cut:
    slots = tuple(Slot(source, 24 * k, 24, 10) for k, source in enumerate(TAKES[: len(LABELS)]))
    song = SongRange("song/song.ogg", "5" * 64, Fraction(10), Fraction(17))
    return hard_cut(slots=slots, song=song, markers=(Marker(0, "bar", "bar 1"), Marker(48, "bar", "bar 2")))


def empty(name: str, text: str, frames: int) -> Source:
    return replace(card(name, frames), name=name, reel=name.upper().replace("-", ""), sha256=name.ljust(64, "0"))


def came_back(returned: Returned, cut: Cut | None = None, takes=TAKES, **more) -> Conformed:
    return conform(returned, cut or original(), takes, card=empty, **more)


def hash_of(event: Event) -> str:
    return TAKES[5].sha256 if event.file_name == RENAMED or event.name == RENAMED else ""


# --- the editor's hand, in each format ---


def edit_xml(path: Path) -> None:
    tree = etree.parse(str(path))
    track = tree.find("sequence/media/video/track")
    items = {item.findtext("file/name"): item for item in track.findall("clipitem")}
    for item in items.values():
        track.remove(item)
    at = 0
    for n, (name, start, frames, speed) in enumerate(EDITED):
        item = copy.deepcopy(items.get(name, items["06A-001.mp4"]))
        item.set("id", f"new-{n}")
        item.find("file").set("id", f"new-file-{n}")
        for place in ("name", "file/name"):
            item.find(place).text = name
        item.find("file/pathurl").text = f"file://localhost/C%3a/edit/{name.replace(' ', '%20')}"
        if name not in items:
            item.remove(item.find("logginginfo"))
            item.find("file/timecode").clear()
        if speed != 1:
            effect = etree.SubElement(etree.SubElement(item, "filter"), "effect")
            etree.SubElement(effect, "effectid").text = "timeremap"
            parameter = etree.SubElement(effect, "parameter")
            etree.SubElement(parameter, "parameterid").text = "speed"
            etree.SubElement(parameter, "value").text = str(float(speed * 100))
        first = int(start / speed)
        numbers = {"start": at, "end": at + frames, "in": first, "out": first + frames}
        for tag, number in numbers.items():
            item.find(tag).text = str(number)
        track.insert(n, item)
        at += frames
    tree.write(str(path))


def edit_otio(path: Path) -> None:
    timeline = otio.adapters.read_from_file(str(path))
    track = timeline.video_tracks()[0]
    clips = {clip.name: clip.clone() for clip in track}
    del track[:]
    for name, start, frames, speed in EDITED:
        clip = (clips.get(name) or clips["06A-001.mp4"]).clone()
        if name not in clips:
            clip.metadata.clear()
        clip.name = name
        clip.media_reference.target_url = f"file:///edit/{name}".replace(" ", "%20")
        clip.source_range = otio.opentime.TimeRange(
            otio.opentime.RationalTime(start, 24), otio.opentime.RationalTime(frames, 24)
        )
        if speed != 1:
            clip.effects.append(otio.schema.LinearTimeWarp(time_scalar=float(speed)))
        track.append(clip)
    otio.adapters.write_to_file(timeline, str(path))


def edit_fcpxml(path: Path) -> None:
    tree = etree.parse(str(path))
    resources, spine = tree.find("resources"), tree.find(".//spine")
    clips = {clip.get("name"): clip for clip in spine}
    assets = {asset.get("name"): asset for asset in resources.findall("asset")}
    song = clips["01A-001.mp4"].find("asset-clip")
    for clip in clips.values():
        spine.remove(clip)
    at = 3600 * 24
    for n, (name, start, frames, speed) in enumerate(EDITED):
        clip = copy.deepcopy(clips.get(name, clips["06A-001.mp4"]))
        if name not in assets:
            asset = copy.deepcopy(assets["06A-001.mp4"])
            asset.set("id", f"n{n}")
            asset.set("name", name)
            asset.find("media-rep").set("src", f"file:///edit/{name.replace(' ', '%20')}")
            resources.append(asset)
            clip.set("ref", f"n{n}")
        clip.set("name", name)
        first = int(start / speed)
        for key, value in (("offset", at), ("start", first), ("duration", frames)):
            clip.set(key, f"{value}/24s")
        if speed != 1:
            points = etree.Element("timeMap")
            for time in (0, 240):
                value = Fraction(time, 24) * speed
                etree.SubElement(points, "timept", time=f"{time}/24s", value=f"{value}s", interp="linear")
            clip.insert(0, points)
        spine.append(clip)
        at += frames
    assert song is not None
    tree.write(str(path))


def edit_edl(path: Path) -> None:
    def code(frame: int) -> str:
        return f"{frame // 86400:02d}:{frame // 1440 % 60:02d}:{frame // 24 % 60:02d}:{frame % 24:02d}"

    lines, at = ["TITLE: EDITED", "FCM: NON-DROP FRAME"], 86400
    for n, (name, start, frames, speed) in enumerate(EDITED, start=1):
        reel = {RENAMED: "06A001", UNKNOWN: "A001C003"}.get(name, name[:7].replace("-", ""))
        length = round(frames * speed)
        codes = " ".join(map(code, (start, start + length, at, at + frames)))
        lines.append(f"{n:03d}  {reel:<8} V     C        {codes}")
        if speed != 1:
            lines.append(f"M2   {reel:<8}   {float(24 * speed):05.1f}                {code(start)}")
        lines.append(f"* FROM CLIP NAME: {name}")
        at += frames
    path.write_text("\n".join(lines) + "\n")


EDITS = dict(zip(LISTS, (edit_xml, edit_otio, edit_fcpxml, edit_edl), strict=True))


@pytest.fixture(params=LISTS)
def edited(request, tmp_path) -> Returned:
    path = tmp_path / request.param
    path.write_bytes(FORMATS[request.param].write(original(), folder=tmp_path))
    EDITS[request.param](path)
    return read(path, Fraction(24))


def test_every_change_of_an_editor_is_named(edited):
    came = came_back(edited, hash_of=hash_of)
    named = {change.name: change.kinds for change in came.changes}
    # of two neighbours that changed places either one may be said to have moved
    swapped = {name: named.pop(name) for name in ("06A-001", "07A-001")}
    assert sorted(swapped.values()) == [(), ("moved",)]
    assert named == {name: kinds for name, kinds in EXPECTED.items() if name not in swapped}
    assert came.words == "6 of 7 slots survived, 1 new; 7 of 9 takes are used"
    assert [(slot.source.name, slot.in_frames, slot.frames, slot.speed) for slot in came.cut.slots] == [
        (name.split(".")[0] if name[0] == "0" else "06A-001" if name == RENAMED else "empty-01", start, frames, speed)
        for name, start, frames, speed in EDITED
    ]
    assert came.cut.slots[-1].how.startswith(f"unmatched: {UNKNOWN}: ")
    (lost,) = came.unmatched
    assert (lost.slot, lost.event.frames) == (8, 30)
    said = {change.name: change.said for change in came.changes}
    assert said["03A-001"] == "6 frames shorter: 6 frames less at its tail; starts 24 frames earlier"
    assert said["04A-001"].startswith("slipped: begins 5 frames later in the take")
    assert said["05A-001"].startswith("speed 1/2 instead of 1")
    assert said["02A-001"] == "no longer in the cut: it was slot 2, 24 frames"
    assert "found by its reel" in said["06A-001"] or "found by the bytes of its file" in said["06A-001"]


def test_the_report_reads_well_and_is_a_table(edited):
    came = came_back(edited, hash_of=hash_of)
    text = repr(came)
    assert text.startswith("6 of 7 slots survived, 1 new; 7 of 9 takes are used.\n")
    assert "1 new · 1 omitted · 1 trimmed · 1 slipped · 1 retimed · 1 moved · 1 unmatched" in text
    assert "slot 2 03A-001: 6 frames shorter" in text
    assert "(slot 2) 02A-001: no longer in the cut" in text
    table = came.to_frame()
    assert list(table.columns) == list(COLUMNS)
    assert len(table) == 9
    assert {str(dtype) for dtype in table.dtypes} == {"Int64", "str"}
    assert table.set_index("take").loc["05A-001", "speed"] == "1/2"
    page = came._repr_html_()
    assert '<td style="text-align:left">trimmed</td>' in page


def test_without_its_file_a_renamed_clip_is_unmatched_unless_its_reel_tells(edited):
    lost = [each.event.called for each in came_back(edited).unmatched]
    assert lost == ([UNKNOWN] if edited.format == "EDL" else [RENAMED, UNKNOWN])


def event(name: str, at: int, frames: int, start: Fraction | int = 0, **more) -> Event:
    return Event(at, frames, name=name, in_s=Fraction(start, 24), **more)


def listed(*events: Event, rate: Fraction = Fraction(24), form: str = "OTIO", song_at: int | None = 0) -> Returned:
    song = () if song_at is None else (Event(song_at, 168, name="song.wav", is_audio=True),)
    return Returned("a list", form, rate, 0, (*events, *song))


def test_gaps_become_empty_cards_and_the_picture_keeps_its_length():
    came = came_back(listed(event("01A-001.mp4", 12, 24), event("02A-001.mp4", 48, 24)))
    assert [(s.source.name, s.record_frame, s.frames, s.how) for s in came.cut.slots] == [
        ("empty-01", 0, 12, "a gap in the editor's list"),
        ("01A-001", 12, 24, "as the editor cut it"),
        ("empty-02", 36, 12, "a gap in the editor's list"),
        ("02A-001", 48, 24, "as the editor cut it"),
    ]
    assert came.counts["gap"] == 2
    assert came.cut.song.end_s - came.cut.song.start_s == 3


def test_a_gap_takes_no_name_of_an_empty_card_that_is_there_already():
    there = empty("empty-01", "", 24)
    cut = original()
    cut = replace(cut, slots=(Slot(there, 0, 24), *(replace(s, record_frame=s.record_frame + 24) for s in cut.slots)))
    came = came_back(listed(event("01A-001.mp4", 12, 24), event(there.file_name, 36, 24)), cut)
    assert [slot.source.name for slot in came.cut.slots] == ["empty-02", "01A-001", "empty-01"]


def test_a_song_that_lies_elsewhere_moves_the_range_and_its_markers():
    came = came_back(listed(event("01A-001.mp4", 0, 48), song_at=24))
    assert came.cut.song.start_s == 9, "the master has ten seconds before the range"
    assert [(marker.frame, marker.name) for marker in came.cut.markers] == [(24, "bar 1")]
    assert "The film begins 24 frames earlier in the song." in came.notes
    whole = replace(original(), song=replace(original().song, start_s=Fraction(0)))
    came = came_back(listed(event("01A-001.mp4", 0, 48, 10), song_at=24), whole)
    assert (came.cut.song.start_s, came.cut.frames, came.cut.slots[0].in_frames) == (0, 24, 34)
    assert any("24 frames of the picture lie before the song" in note for note in came.notes)
    late = came_back(listed(event("01A-001.mp4", 1000, 48), song_at=1000))
    assert (late.cut.slots[0].record_frame, late.cut.song.start_s) == (0, 10)


def test_an_empty_place_is_called_by_the_shot_that_stood_there():
    events = [event(f"{label}.mp4", 24 * k, 24, 10) for k, label in enumerate(LABELS) if k not in (2, 4)]
    came = came_back(listed(*events, event(UNKNOWN, 96, 24), event(UNKNOWN, 168, 24)))
    assert [slot.source.name for slot in came.cut.slots if slot.empty] == ["empty-03A", "empty-05A", "empty-01"]


@pytest.mark.parametrize(("hour", "unit"), [(3600, "hour"), (7320, "minute")])
def test_the_time_code_of_an_edl_may_begin_at_a_whole_hour(hour, unit):
    came = came_back(listed(event("01A-001.mp4", 0, 24, 24 * hour + 10), form="EDL"))
    assert came.cut.slots[0].in_frames == 10
    assert came.changes[0].said == f"as it was; its source time code is counted from the whole {unit}"


def test_what_is_so_of_every_clip_of_an_edl_is_said_once_and_changes_none():
    events = [event(f"{label}.mp4", 24 * k, 24, 24 * 7320 + 10) for k, label in enumerate(LABELS)]
    came = came_back(listed(*events, form="EDL"))
    assert [slot.in_frames for slot in came.cut.slots] == [10] * len(LABELS)
    assert {change.said for change in came.changes} == {"as it was"}
    assert "Of every clip source time code is counted from the whole minute." in came.notes


@pytest.mark.parametrize("name", LISTS)
def test_prompts_that_a_list_carried_are_not_taken_for_the_editors_words(name, tmp_path):
    cut = replace(original(), markers=(Marker(0, "lyric", "we zoom", 24),))
    prompts = {slot.source.name: f"Größe / a “corridor”, {slot.source.name}" for slot in cut.slots}
    (tmp_path / name).write_bytes(FORMATS[name].write(cut, folder=tmp_path, prompts=prompts))
    notes = came_back(read(tmp_path / name, Fraction(24)), cut, own_words=prompts.values()).notes
    assert notes == ()


@pytest.mark.parametrize("name", LISTS)
def test_what_the_editor_wrote_on_the_time_line_is_told_and_our_own_markers_are_not(name, tmp_path):
    cut = replace(original(), markers=(Marker(0, "bar", "bar 1"), Marker(48, "lyric", "Größe – 1", 24)))
    marked = replace(cut, markers=(*cut.markers, Marker(61, "lyric", "fix the hand", 24)))
    (tmp_path / name).write_bytes(FORMATS[name].write(marked, folder=tmp_path))
    notes = came_back(read(tmp_path / name, Fraction(24)), cut).notes
    assert notes == ("The editor's marker at 01:00:02:13: fix the hand",)


def test_another_frame_rate_is_converted_by_absolute_time():
    rate = Fraction(30)
    events = [Event(37 * k, 37, name=f"{label}.mp4", in_s=Fraction(1, 3)) for k, label in enumerate(LABELS)]
    came = came_back(listed(*events, rate=rate))
    assert [slot.end_frame for slot in came.cut.slots] == [30, 59, 89, 118, 148, 178, 207]  # 29.6 a clip
    assert {slot.in_frames for slot in came.cut.slots} == {8}
    assert "The list counts 30 frames a second and the film 24: times are kept." in came.notes


def test_takes_are_found_by_label_reel_hash_metadata_and_picture_in_this_order():
    heads = {"01A-001": 0b1111 << 40, "02A-001": 0xFFFF << 20, "03A-001": 0}
    digests, pictures = {"h.mov": TAKES[2].sha256}, {"p.mov": 0xFFFE << 20, "d.mov": 0b11 << 40}
    find = Matcher(
        TAKES,
        hash_of=lambda clip: digests.get(clip.file, "f" * 64),
        picture_of=lambda clip: pictures.get(clip.file),
        heads=heads,
    )
    wanted = {
        "file": (Event(0, 1, name="x", file="/a/01a-001.MOV"), "01A-001", "name"),
        "label": (Event(0, 1, name="02A-001_prores_v3.mov"), "02A-001", "name"),
        "reel": (Event(0, 1, name="x", reel="03a001"), "03A-001", "reel"),
        "tape": (Event(0, 1, name="x", reel="03A-001.mp4"), "03A-001", "reel"),
        "hash": (Event(0, 1, name="x", file="h.mov", take="01A-001"), "03A-001", "hash"),
        "facts": (Event(0, 1, name="x", take="04A-001"), "04A-001", "metadata"),
        "picture": (Event(0, 1, name="x", file="p.mov"), "02A-001", "picture"),
    }
    for what, (clip, label, by) in wanted.items():
        match = find(clip)
        assert (match.source and match.source.name, match.by) == (label, by), what
    assert find(Event(0, 1, file="d.mov")).why == "it looks like 01A-001 and like 03A-001"
    assert find(Event(0, 1, name="two 01A-001 and 02A-001")).source is None
    foreign = Event(0, 1, name="01A-001.mp4", sha256="e" * 64)
    assert find(foreign).why == "it was exported as 01A-001 of another film"


def test_a_list_of_another_film_is_one_sentence_and_makes_no_card():
    def never(name: str, text: str, frames: int) -> Source:
        raise AssertionError("a card was made")

    clips = [event(f"C{n:04d}.mov", 24 * n, 24) for n in range(9)]
    with pytest.raises(BadInput, match=r"none of the 9 clips of a list is a take of this film \(it holds C0000.mov"):
        conform(listed(*clips), original(), TAKES, card=never)
    with pytest.raises(BadInput, match="holds no clips of picture"):
        conform(listed(), original(), TAKES, card=never)


def test_a_list_of_a_thousand_hours_makes_no_card():
    def never(name: str, text: str, frames: int) -> Source:
        raise AssertionError("a card was made")

    far = listed(event("01A-001.mp4", 0, 24), event("02A-001.mp4", 24 * 3600 * 1000, 24))
    with pytest.raises(BadInput, match=r"a list is 1,000.0 hours long: a film has 3 at most"):
        conform(far, original(), TAKES, card=never)


def test_ramps_reverses_held_frames_and_clips_past_the_end_are_told():
    came = came_back(listed(
        event("01A-001.mp4", 0, 24, speed=Fraction(3, 2), ramp=True),
        event("02A-001.mp4", 24, 24, 40, reverse=True),
        event("03A-001.mp4", 48, 24, 9, speed=Fraction(0)),
        event("04A-001.mp4", 72, 24, 500),
        event("05A-001.mp4", 96, 48, 96),
        event("06A-001.mp4", 144, 20, Fraction(201, 2)),
    ))  # fmt: skip
    ramp, back, held, past, long, tight = came.cut.slots
    said = [change.said for change in came.changes]
    assert ramp.speed == Fraction(3, 2)
    assert "taken at its average of 1.50" in said[0]
    assert (back.in_frames, back.speed) == (40, 1)
    assert "plays backwards in the list" in said[1]
    assert (held.in_frames, held.frames * held.speed < 1) == (9, True)
    assert past.how == "unmatched: 04A-001.mp4: it begins on frame 500, and 04A-001 has 120 frames of the film"
    assert long.speed == Fraction(1, 2)
    assert "24.0 frames too short for it, and slowed to fit" in said[4]
    assert (tight.in_frames, tight.speed) == (100, 1), "a frame of rounding is no change of speed"


def test_what_no_list_carries_stays_with_its_slot():
    cut = original()
    kept = replace(cut.slots[2], pinned=True, aim="match", sound="media/sounds/03A-fx01.mp3", how="split at beat 3")
    cut = replace(cut, slots=(*cut.slots[:2], kept, *cut.slots[3:]))
    events = [event(s.source.file_name, 24 * k, 24, 10) for k, s in enumerate(reversed(cut.slots))]
    slot = next(s for s in came_back(listed(*events), cut).cut.slots if s.source.name == "03A-001")
    assert (slot.pinned, slot.aim, slot.sound, slot.how) == (True, "match", kept.sound, "split at beat 3")


def test_a_take_of_an_earlier_version_is_reinstated_and_several_uses_are_told_apart():
    before = replace(original(), slots=(Slot(TAKES[8], 0, 24),))
    events = (event("01A-001.mp4", 0, 24, 10), event("09A-001.mp4", 24, 24), event("01A-001.mp4", 48, 12, 60))
    came = came_back(listed(*events), earlier=[before])
    assert [(c.slot, c.name, c.kinds) for c in came.changes[:3]] == [
        (1, "01A-001", ()),
        (2, "09A-001", ("reinstated",)),
        (3, "01A-001", ("new",)),
    ]
    assert came.words.startswith("1 of 7 slots survived, 2 new; 2 of 9 takes")


RATES = [Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(50), Fraction(60000, 1001)]
SPEEDS = [
    Fraction(1),
    Fraction(1),
    Fraction(1, 2),
    Fraction(3, 4),
    Fraction(13, 16),
    Fraction(2),
    Fraction(1, 3),
    Fraction(17, 23),
]
SOURCE_RATES = [None, None, Fraction(24), Fraction(30), Fraction(25, 3), Fraction(60000, 1001)]


@st.composite
def cuts(draw) -> Cut:
    rate = draw(st.sampled_from([*RATES, Fraction(60)]))
    slots, at = [], 0
    for n in range(draw(st.integers(1, 6))):
        frames, speed = draw(st.integers(1, 90)), draw(st.sampled_from(SPEEDS))
        source = take(f"{n + 1:02d}A-001", 900, draw(st.sampled_from(SOURCE_RATES)) or rate)
        start = draw(st.integers(0, max(0, int(source.duration_s * rate - frames * speed))))
        slots.append(Slot(source, at, frames, start, speed))
        at += frames
    return hard_cut(rate=rate, slots=tuple(slots), markers=())


@settings(max_examples=60, deadline=None)
@given(cut=cuts(), name=st.sampled_from(LISTS))
def test_any_cut_that_is_exported_comes_back_the_same(cut, name):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(FORMATS[name].write(cut, folder=Path(folder)))
        returned = read(path, cut.rate)
    came = came_back(returned, cut, takes=[slot.source for slot in cut.slots])
    assert came.cut.slots == cut.slots
    assert came.counts == {}
    assert came.unmatched == ()
