"""Readers of edit lists for the tests: none of the product's code, so that writers and readers cannot err alike.

Each gives the clips of the picture in order, in exact numbers of the list itself.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
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
    events, at = [], 0
    for clip in timeline.video_tracks()[0]:
        span = clip.source_range
        assert span.start_time.rate == span.duration.rate
        assert span.start_time.value == int(span.start_time.value)
        speed = Fraction(1)
        for effect in clip.effects:
            speed *= Fraction(effect.time_scalar).limit_denominator(10_000)
        rate = Fraction(span.duration.rate).limit_denominator(1001)
        name = file_name(clip.media_reference.target_url)
        events.append(Event(at, int(span.duration.value), name, Fraction(int(span.start_time.value)) / rate, speed))
        at += int(span.duration.value)
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
        assert end - start == last - first
        speed = item.find(".//effect[effectid='timeremap']/parameter[parameterid='speed']/value")
        pace = Fraction(1) if speed is None else Fraction(speed.text or "") / 100
        file = item.find("file")
        assert file is not None
        url = text(files[file.get("id")], "pathurl")
        events.append(Event(start, end - start, file_name(url), first * pace / rate, pace))
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
    events = []
    for clip in spine:
        offset, start, length = (seconds(clip.get(name)) for name in ("offset", "start", "duration"))
        asset = resources[clip.get("ref")]
        url = asset.find("media-rep")
        assert url is not None
        points = [(seconds(p.get("time")), seconds(p.get("value"))) for p in clip.findall("timeMap/timept")]
        first, speed, end = start, Fraction(1), start + length
        if points:
            (t0, v0), (t1, v1) = points
            speed = (v1 - v0) / (t1 - t0)
            first, end = (v0 + (time - t0) * speed for time in (start, start + length))
            assert v0 >= 0
            assert v1 == seconds(asset.get("duration"))
        assert end <= seconds(asset.get("start")) + seconds(asset.get("duration"))
        for value in (offset, start, length):
            assert (value / frame).denominator == 1
        for marker in clip.findall("marker"):
            assert seconds(marker.get("duration")) > 0
            assert start <= seconds(marker.get("start"))
            assert seconds(marker.get("start")) + seconds(marker.get("duration")) <= start + length
        at = (offset - seconds(sequence.get("tcStart"))) / frame
        events.append(Event(int(at), int(length / frame), file_name(url.get("src", "")), first, speed))
    assert seconds(sequence.get("duration")) == sum((e.frames for e in events), 0) * frame
    return events


# --- CMX 3600 ----------------------------------------------------------------------------------------------------

ROW = re.compile(r"(\d{3,})  (\S+) +(\S+) +(C) +" + " ".join([r"(\d\d:\d\d:\d\d:\d\d)"] * 4))


def frames_of(code: str, base: int) -> int:
    hours, minutes, secs, frames = map(int, code.split(":"))
    return ((hours * 60 + minutes) * 60 + secs) * base + frames


def read_edl(data: bytes, rate: Fraction) -> list[Event]:
    """The picture. Speeds as the list has them: in tenths of a frame per second."""
    base = round(rate)
    events: list[Event] = []
    for line in data.decode().splitlines():
        row = ROW.fullmatch(line)
        if row and row[3].startswith("V"):
            source_in, source_out, record_in, record_out = (frames_of(row[n], base) for n in (5, 6, 7, 8))
            events.append(Event(record_in - 3600 * base, record_out - record_in, "", source_in / rate))
            length = source_out - source_in
            plain = length == record_out - record_in
        elif line.startswith("M2"):
            fields = line.split()
            speed = Fraction(fields[2]) / rate
            rounding = events[-1].frames * Fraction(1, 20) / rate
            assert abs(length - events[-1].frames * speed) <= rounding + 1
            assert frames_of(fields[3], base) == events[-1].in_s * rate
            events[-1] = Event(events[-1].record_frame, events[-1].frames, "", events[-1].in_s, speed)
            plain = True
        elif line.startswith("* FROM CLIP NAME: ") and events and not events[-1].media:
            assert plain, f"{line}: source and record length differ without a speed"
            last = events[-1]
            events[-1] = Event(last.record_frame, last.frames, line[18:], last.in_s, last.speed)
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
        )
        for row in rows
    ]
