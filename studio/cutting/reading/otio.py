"""OpenTimelineIO (`.otio`, `.otioz`, `.otiod`), as Resolve, Premiere and other programs write it.

A clip's `source_range` says where in the media it begins and how long it lasts on the track; a time warp changes how
fast the media runs meanwhile. The JSON is read as plain values: the library's own reader ends the whole process where
an object is broken (measured with 0.18.1). Nothing of a bundle is unpacked: only its list is read.
"""

from __future__ import annotations

import json
import math
import zipfile
from dataclasses import replace
from fractions import Fraction
from pathlib import PurePosixPath
from typing import IO, Any
from urllib.parse import unquote, urlsplit

from studio.cutting.reading.returned import Event, Returned, names, nested
from studio.errors import BadInput
from studio.timecode import NTSC

FORMAT = "OTIO"
LIST = "content.otio"  # in a bundle
_OURS = "circletake"  # our own metadata
_DEEPEST = 200  # objects in objects

Thing = dict[str, Any]  # an object of the JSON


def list_in(file: IO[bytes], name: str, most: int) -> bytes:
    """The list in an `.otioz` bundle. A name in it that leads outside the bundle is refused."""
    try:
        with zipfile.ZipFile(file) as bundle:
            for entry in bundle.namelist():
                path = PurePosixPath(entry.replace("\\", "/"))
                if path.is_absolute() or ".." in path.parts or ":" in entry:
                    raise BadInput(f"{name} holds a file that would lie outside of it, {entry[:60]!r}: it is not read")
            found = bundle.getinfo(LIST)
            with bundle.open(found) as inner:
                data = inner.read(most + 1)
    except KeyError:
        raise BadInput(f"{name} is a bundle without {LIST}: export the time line as OTIO again") from None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as problem:
        if isinstance(problem, BadInput):
            raise
        raise BadInput(f"{name} is a bundle that cannot be unpacked: export it again") from None
    if len(data) > most:
        raise BadInput(f"the list in {name} is larger than {most // 2**20} MB: no time line of a film is")
    return data


def read(data: bytes, name: str) -> Returned:
    """The time line in a list, or the one with the most clips where there are several."""
    found = _plain(data, name)
    every = [each for each in (found, *_things(found, "children")) if _schema(each) == "Timeline"]
    if not every:
        raise BadInput(f"{name} holds no time line but {_schema(found)[:40] or 'something else'}: export the time line")
    every.sort(key=lambda each: -len(_clips(each)))
    timeline = every[0]
    rate = _rate(timeline, name)
    notes = []
    if len(every) > 1:
        others = names([_text(each, "name") for each in every[1:]])
        notes.append(f"It holds {len(every)} time lines: {_text(timeline, 'name')} is read, {others} left out.")
    start = _thing(timeline, "global_start_time")
    return Returned(
        title=_text(timeline, "name"),
        format=FORMAT,
        rate=rate,
        start_frame=round(_seconds(start, name) * rate) if start else 0,
        events=tuple(_tracks(_thing(timeline, "tracks"), rate, name, 0)),
        notes=tuple(notes),
        markers=tuple(
            (round(_seconds(start, name) * rate), _text(marker, "name"))
            for marker in _things(_thing(timeline, "tracks"), "markers")
            if (start := _thing(_thing(marker, "marked_range"), "start_time"))
        ),
    )


def _plain(data: bytes, name: str) -> Thing:
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except RecursionError:
        raise BadInput(f"{name} is nested deeper than any time line: it is not read") from None
    except ValueError as problem:
        raise BadInput(f"{name} is no OTIO: its JSON breaks off or is wrong ({str(problem)[:80]})") from None
    level, depth = [found], 0
    while level:
        depth += 1
        level = [
            inner
            for each in level
            for inner in (each.values() if isinstance(each, dict) else each)
            if isinstance(inner, dict | list)
        ]
        if depth > _DEEPEST:
            raise BadInput(f"{name} is nested more than {_DEEPEST} deep, which no time line is: it is not read")
    return found if isinstance(found, dict) else {}


def _schema(thing: Thing) -> str:
    """ "Clip" of "Clip.2"."""
    return str(thing.get("OTIO_SCHEMA", "")).partition(".")[0]


def _thing(of: Thing, key: str) -> Thing:
    found = of.get(key)
    return found if isinstance(found, dict) else {}


def _things(of: Thing, key: str) -> list[Thing]:
    found = of.get(key)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _text(of: Thing, key: str) -> str:
    found = of.get(key)
    return " ".join(found.split()) if isinstance(found, str) else ""


def _clips(timeline: Thing) -> list[Thing]:
    """What lies on the tracks of the picture, or on all where there are none."""
    tracks = _things(_thing(timeline, "tracks"), "children")
    shown = [track for track in tracks if track.get("kind", "Video") == "Video"]
    return [item for track in shown or tracks for item in _things(track, "children")]


def _rate(timeline: Thing, name: str) -> Fraction:
    """The rate of the picture: of the start, else the one that most clips are counted in."""
    start = _thing(timeline, "global_start_time")
    if start and _exact(start.get("rate"), name) > 1:
        return _exact(start.get("rate"), name)
    spans = [_thing(_thing(item, "source_range"), "duration") for item in _clips(timeline)]
    rates = [_exact(span.get("rate"), name) for span in spans if span]
    if not rates:
        raise BadInput(f"{name} holds no clips: export the time line with its clips")
    return max(rates, key=rates.count)


def _exact(rate: Any, name: str) -> Fraction:
    if not isinstance(rate, int | float) or not math.isfinite(rate) or not 1 <= rate <= 1_000_000:
        raise BadInput(f"{name} counts {str(rate)[:40]} frames per second, which no time line does: export it again")
    near = Fraction(rate).limit_denominator(1001)
    for ntsc in NTSC.values():  # 23.976 and 23.98 mean 24000/1001
        if near.denominator > 1 and abs(near - ntsc) < Fraction(6, 1000):
            return ntsc
    return near


def _seconds(time: Thing, name: str) -> Fraction:
    value: Any = time.get("value")
    if not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > 10**12:
        raise BadInput(f"{name} holds the time {str(value)[:40]}, which is none: export it again")
    return Fraction(value).limit_denominator(100_000) / _exact(time.get("rate"), name)


def _span(item: Thing, name: str) -> tuple[Fraction, Fraction]:
    """Where an item begins in its own time, and how long it lasts: seconds."""
    span = _thing(item, "source_range")
    if not span and _schema(item) == "Clip":
        span = _thing(_media(item), "available_range")
    if span:
        length = _seconds(_thing(span, "duration"), name)
        if length < 0:
            raise BadInput(f"{name} holds a clip of negative length, {_text(item, 'name')[:60]}: export it again")
        return _seconds(_thing(span, "start_time"), name), length
    inside = [_span(each, name)[1] for each in _things(item, "children") if _schema(each) != "Transition"]
    if not inside:
        called = _text(item, "name")[:60] or "a clip"
        raise BadInput(f"{name} does not say how long {called} is: export it again")
    return Fraction(0), max(inside) if _schema(item) == "Stack" else sum(inside, Fraction(0))


def _media(clip: Thing) -> Thing:
    """The media that a clip shows: of Clip.2 the active one of several."""
    several = _thing(clip, "media_references")
    return _thing(several, _text(clip, "active_media_reference_key") or "DEFAULT_MEDIA") or _thing(
        clip, "media_reference"
    )


def _tracks(stack: Thing, rate: Fraction, name: str, depth: int) -> list[Event]:
    found: list[Event] = []
    counts = {"Video": 0, "Audio": 0}
    for track in _things(stack, "children"):
        kind = track.get("kind", "Video")
        if kind not in ("Video", "Audio"):
            continue
        counts[kind] += 1
        if _schema(track) in ("Track", "Sequence"):
            events = _track(track, rate, name, depth)
        else:  # a clip straight in a stack
            events = _item(track, Fraction(0), 0, rate, name, depth)
        enabled = track.get("enabled", True) is not False
        found += [
            replace(e, track=counts[kind], is_audio=kind == "Audio", enabled=e.enabled and enabled) for e in events
        ]
    return found


def _track(track: Thing, rate: Fraction, name: str, depth: int) -> list[Event]:
    found: list[Event] = []
    at, dissolve = Fraction(0), 0
    for item in _things(track, "children"):
        if _schema(item) == "Transition":
            offsets = (_seconds(_thing(item, key), name) for key in ("in_offset", "out_offset"))
            dissolve = round(sum(offsets, Fraction(0)) * rate)
            continue
        found += _item(item, at, max(0, dissolve), rate, name, depth)
        at += _span(item, name)[1]
        dissolve = 0
    return found


def _item(item: Thing, at: Fraction, dissolve: int, rate: Fraction, name: str, depth: int) -> list[Event]:
    kind = _schema(item)
    if kind == "Gap":
        return []
    begins, length = _span(item, name)
    first, last = round(at * rate), round((at + length) * rate)
    speed, notes = _speed(item)
    media = _media(item)
    available = _thing(_thing(media, "available_range"), "start_time")
    head = _seconds(available, name) if available else Fraction(0)
    ours = _thing(_thing(item, "metadata"), _OURS)
    event = Event(
        record_frame=first,
        frames=last - first,
        name=_text(item, "name"),
        file=_address(media),
        reel=_text(_thing(_thing(item, "metadata"), "cmx_3600"), "reel"),
        in_s=begins - head,
        speed=abs(speed),
        reverse=speed < 0,
        enabled=item.get("enabled", True) is not False,
        kind="generator" if _schema(media) == "GeneratorReference" else "clip",
        dissolve_frames=dissolve,
        take=_text(ours, "take") or _text(ours, "card"),
        sha256=_text(ours, "sha256"),
        start_s=head,
        markers=tuple(
            (first + round((_seconds(start, name) - begins) * rate), _text(marker, "name"))
            for marker in _things(item, "markers")
            if (start := _thing(_thing(marker, "marked_range"), "start_time"))
        ),
        notes=notes,
    )
    if kind not in ("Stack", "Track", "Sequence"):
        return [event]
    if depth:
        return [replace(event, kind="nest", notes=(*notes, "a time line nested twice"))]
    inner = _tracks(item, rate, name, 1) if kind == "Stack" else _track(item, rate, name, 1)
    return list(nested(event, inner, rate))


def _speed(item: Thing) -> tuple[Fraction, tuple[str, ...]]:
    speed, notes = Fraction(1), []
    for effect in _things(item, "effects"):
        if _schema(effect) == "FreezeFrame":
            speed = Fraction(0)
        elif _schema(effect) == "LinearTimeWarp":
            scalar = effect.get("time_scalar")
            if isinstance(scalar, int | float) and math.isfinite(scalar) and abs(scalar) <= 1000:
                speed *= Fraction(scalar).limit_denominator(10_000)
            else:
                notes.append("a speed that is no number, taken as 1")
        elif _schema(effect) in ("TimeEffect", "TimeWarp"):
            notes.append("a change of speed that the list does not describe, taken as 1")
    return speed, tuple(notes)


def _address(media: Thing) -> str:
    url = media.get("target_url")
    url = url if isinstance(url, str) else ""
    try:
        path = unquote(urlsplit(url).path) if "://" in url else unquote(url)
    except ValueError:  # an address with brackets that are no host
        path = url
    if path[:1] == "/" and path[2:3] == ":":
        path = path[1:]  # /C:/Films
    return path or _text(media, "name")
