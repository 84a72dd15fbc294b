"""Readers of edit lists for the tests: none of the product's code, so that writers and readers cannot err alike.

Each gives the clips of the picture in order, in exact numbers of the list itself.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, replace
from fractions import Fraction
from urllib.parse import unquote, urlsplit

from lxml import etree


@dataclass(frozen=True)
class Event:
    """A clip: where it lies, which file fills it, from which second of that file, and how fast."""

    record_frame: int
    frames: int
    media: str
    in_s: Fraction
    speed: Fraction = Fraction(1)
    dissolve: int = 0  # frames of a dissolve into it, centred on its first frame


def file_name(url: str) -> str:
    return unquote(urlsplit(url).path).rsplit("/", 1)[-1]


def parse(data: bytes) -> etree._Element:
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))


def text(element: etree._Element, path: str) -> str:
    found = element.findtext(path)
    assert found is not None, path
    return found


def number(element: etree._Element, path: str) -> int:
    return int(text(element, path))


# --- OpenTimelineIO ----------------------------------------------------------------------------------------------


def read_otio(data: bytes) -> list[Event]:
    import opentimelineio as otio

    timeline = otio.adapters.read_from_string(data.decode(), "otio_json")
    events, at, dissolve = [], 0, 0
    for clip in timeline.video_tracks()[0]:
        if isinstance(clip, otio.schema.Transition):
            assert clip.transition_type == "SMPTE_Dissolve"
            assert clip.in_offset == clip.out_offset
            dissolve = int(clip.in_offset.value + clip.out_offset.value)
            continue
        span = clip.source_range
        assert span.start_time.rate == span.duration.rate
        assert span.start_time.value == int(span.start_time.value)
        speed = Fraction(1)
        for effect in clip.effects:
            speed *= Fraction(effect.time_scalar).limit_denominator(10_000)
        rate = Fraction(span.duration.rate).limit_denominator(1001)
        name = file_name(clip.media_reference.target_url)
        head = clip.media_reference.available_range.start_time
        begins = Fraction(head.value) / Fraction(head.rate).limit_denominator(1001)
        in_s = Fraction(int(span.start_time.value)) / rate - begins
        events.append(Event(at, int(span.duration.value), name, in_s, speed, dissolve))
        at, dissolve = at + int(span.duration.value), 0
    return events


# --- FCP 7 XML ---------------------------------------------------------------------------------------------------


def rate_of(element: etree._Element) -> Fraction:
    assert len(element.findall("rate")) == 1
    ntsc = text(element, "rate/ntsc") == "TRUE"
    return Fraction(number(element, "rate/timebase")) * (Fraction(1000, 1001) if ntsc else 1)


def read_fcp7(data: bytes) -> list[Event]:
    """`in` and `out` on the grid of the sequence; with a time remap they count slowed frames."""
    root = parse(data)
    sequence = root.find("sequence")
    assert sequence is not None
    rate = rate_of(sequence)
    files = {file.get("id"): file for file in root.iter("file") if len(file)}
    events = []
    for item in sequence.findall("media/video/track/clipitem"):
        assert rate_of(item) == rate
        start, end, first, last = (number(item, name) for name in ("start", "end", "in", "out"))
        before, after = item.getprevious(), item.getnext()
        assert (start == -1) == (before is not None and before.tag == "transitionitem")
        assert (end == -1) == (after is not None and after.tag == "transitionitem")
        dissolve = 0
        if start == -1 and before is not None:
            dissolve = number(before, "end") - number(before, "start")
            assert text(before, "alignment") == "center"
            start, first = number(before, "start") + dissolve // 2, first + dissolve // 2
        if end == -1 and after is not None:
            half = (number(after, "end") - number(after, "start")) // 2
            end, last = number(after, "end") - half, last - half
        assert end - start == last - first
        assert 0 <= number(item, "in") <= number(item, "out") <= number(item, "duration")
        speed = item.find(".//effect[effectid='timeremap']/parameter[parameterid='speed']/value")
        pace = Fraction(1) if speed is None else Fraction(speed.text or "") / 100
        file = item.find("file")
        assert file is not None
        url = text(files[file.get("id")], "pathurl")
        events.append(Event(start, end - start, file_name(url), first * pace / rate, pace, dissolve))
    return events


# --- FCPXML ------------------------------------------------------------------------------------------------------


def seconds(value: str | None) -> Fraction:
    assert value is not None
    assert value.endswith("s")
    return Fraction(value[:-1])


def read_fcpxml(data: bytes) -> list[Event]:
    """Checks on the way what Final Cut refuses or mends: off the grid, past the media, empty markers."""
    root = parse(data)
    resources = {element.get("id"): element for element in root.iter("asset", "format")}
    sequence = root.find(".//sequence")
    assert sequence is not None
    frame = seconds(resources[sequence.get("format")].get("frameDuration"))
    spine = sequence.find("spine")
    assert spine is not None
    events: list[Event] = []
    dissolve: tuple[Fraction, Fraction] | None = None
    for clip in spine:
        if clip.tag == "transition":
            dissolve = seconds(clip.get("offset")), seconds(clip.get("duration"))
            (effect,) = clip
            assert [e.get("id") for e in root.iter("effect")] == [effect.get("ref")]
            continue
        offset, start, length = (seconds(clip.get(name)) for name in ("offset", "start", "duration"))
        asset = resources[clip.get("ref")]
        url = asset.find("media-rep")
        assert url is not None
        points = [(seconds(p.get("time")), seconds(p.get("value"))) for p in clip.findall("timeMap/timept")]
        first, speed, end = start, Fraction(1), start + length
        if points:
            (t0, v0), (t1, v1) = points
            assert t0 == seconds(asset.get("start"))
            speed = (v1 - v0) / (t1 - t0)
            first, end = (v0 + (time - t0) * speed for time in (start, start + length))
            assert v0 >= seconds(asset.get("start"))
            assert v1 == seconds(asset.get("start")) + seconds(asset.get("duration"))
        assert first >= seconds(asset.get("start"))
        assert end <= seconds(asset.get("start")) + seconds(asset.get("duration"))
        for value in (offset, start - seconds(asset.get("start")), length):
            assert (value / frame).denominator == 1
        for marker in clip.findall("marker"):
            assert seconds(marker.get("duration")) > 0
            assert start <= seconds(marker.get("start"))
            assert seconds(marker.get("start")) + seconds(marker.get("duration")) <= start + length
        at = (offset - seconds(sequence.get("tcStart"))) / frame
        frames = 0
        if dissolve is not None:
            begins, lasts = dissolve
            assert begins + lasts / 2 == offset, "a dissolve is centred on its cut"
            frames, dissolve = int(lasts / frame), None
            assert first - lasts / 2 * speed >= seconds(asset.get("start")), "its clip has no handle"
        first -= seconds(asset.get("start"))
        events.append(Event(int(at), int(length / frame), file_name(url.get("src", "")), first, speed, frames))
    assert seconds(sequence.get("duration")) == sum((e.frames for e in events), 0) * frame
    return events


# --- CMX 3600 ----------------------------------------------------------------------------------------------------

ROW = re.compile(r"(\d{3,})  (\S+) +(\S+) +(C|D    (\d{3})) +" + " ".join([r"(\d\d:\d\d:\d\d[:;]\d\d)"] * 4))


def frames_of(code: str, base: int) -> int:
    hours, minutes, secs, frames = map(int, re.split("[:;]", code))
    count = ((hours * 60 + minutes) * 60 + secs) * base + frames
    whole = hours * 60 + minutes
    return count - base // 15 * (whole - whole // 10) if ";" in code else count


def read_edl(data: bytes, rate: Fraction) -> list[Event]:
    """The picture. Speeds as the list has them: in tenths of a frame per second.

    A dissolve begins on the first frame of its row and here it is centred on the cut, so the cut moves to its middle.
    """
    base = round(rate)
    rows: list[Event] = []
    drop = "FCM: DROP FRAME" in data.decode().splitlines()[1]
    hour = frames_of("01:00:00;00" if drop else "01:00:00:00", base)
    plain, length, reel = True, 0, ""
    for line in data.decode().splitlines():
        row = ROW.fullmatch(line)
        if row and row[3].startswith("V"):
            assert {code[8] for code in row.groups()[5:]} == {";" if drop else ":"}
            source_in, source_out, record_in, record_out = (frames_of(row[n], base) for n in (6, 7, 8, 9))
            if record_in == record_out:  # what goes out in a dissolve
                continue
            frames = record_out - record_in
            rows.append(Event(record_in - hour, frames, "", source_in / rate, dissolve=int(row[5] or 0)))
            reel, length = row[2], source_out - source_in
            plain = length == frames
        elif line.startswith("M2"):
            fields = line.split()
            if fields[1] != reel:
                continue  # of the clip that goes out
            assert frames_of(fields[3], base) == rows[-1].in_s * rate
            speed = Fraction(fields[2]) / rate
            rounding = rows[-1].frames * Fraction(1, 20) / rate
            assert abs(length - rows[-1].frames * speed) <= rounding + 1
            rows[-1] = replace(rows[-1], speed=speed)
            plain = True
        elif (named := re.fullmatch(r"\* (FROM|TO) CLIP NAME: (.*)", line)) and rows and not rows[-1].media:
            if rows[-1].dissolve and named[1] == "FROM":
                assert named[2] == rows[-2].media
                continue
            assert plain, f"{line}: source and record length differ without a speed"
            rows[-1] = replace(rows[-1], media=named[2])
    events: list[Event] = []
    for event in rows:
        half = event.dissolve // 2
        if half:
            events[-1] = replace(events[-1], frames=events[-1].frames + half)
        events.append(
            replace(
                event,
                record_frame=event.record_frame + half,
                frames=event.frames - half,
                in_s=event.in_s + half * event.speed / rate,
            )
        )
    return events


# --- CSV ---------------------------------------------------------------------------------------------------------


def read_csv(data: bytes) -> list[Event]:
    rows = csv.DictReader(io.StringIO(data.decode(), newline=""))
    return [
        Event(
            int(row["record_frame"]),
            int(row["frames"]),
            row["file"],
            Fraction(row["source_in_s"]),
            Fraction(row["speed"]),
            int(row.get("dissolve_frames") or 0),
        )
        for row in rows
    ]
