"""OpenTimelineIO (`.otio`, `.otioz`, `.otiod`), as Resolve, Premiere and other programs write it.

A clip's `source_range` says where in the media it begins and how long it lasts on the track; a time warp changes how
fast the media runs meanwhile. Nothing of a bundle is unpacked: only its list is read.
"""

from __future__ import annotations

import json
import math
import zipfile
from collections.abc import Iterable, Mapping
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
_DEEPEST = 200


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
    import opentimelineio as otio

    _check_depth(data, name)
    try:
        found = otio.adapters.read_from_string(data.decode("utf-8-sig"), "otio_json")
    except (otio.exceptions.OTIOError, ValueError, TypeError, RuntimeError, KeyError):
        raise BadInput(f"{name} is JSON, but no OTIO that can be read: export it again") from None
    every = [found] if isinstance(found, otio.schema.Timeline) else _timelines(found)
    if not every:
        raise BadInput(f"{name} holds no time line but a {type(found).__name__}: export the time line")
    every.sort(key=lambda each: -sum(len(track) for track in each.video_tracks()))
    timeline = every[0]
    rate = _rate(timeline, name)
    start = timeline.global_start_time
    notes = []
    if len(every) > 1:
        others = names([each.name for each in every[1:]])
        notes.append(f"It holds {len(every)} time lines: {timeline.name} is read, {others} left out.")
    events = _tracks(timeline.tracks, rate, name, 0)
    return Returned(
        title=" ".join(timeline.name.split()),
        format=FORMAT,
        rate=rate,
        start_frame=0 if start is None else round(_seconds(start, name) * rate),
        events=tuple(events),
        notes=tuple(notes),
    )


def _check_depth(data: bytes, name: str) -> None:
    """OpenTimelineIO reads JSON by recursion without an end; Python's own reader says no in time."""
    try:
        json.loads(data)
    except RecursionError:
        raise BadInput(f"{name} is nested deeper than any time line: it is not read") from None
    except ValueError as problem:
        raise BadInput(f"{name} is no OTIO: its JSON breaks off or is wrong ({str(problem)[:80]})") from None
    depth = deepest = 0
    quoted = False
    for piece in data.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"'):
        if not quoted:
            for byte in piece.translate(None, bytes(set(range(256)) - set(b"[]{}"))):
                depth += 1 if byte in b"[{" else -1
                deepest = max(deepest, depth)
        quoted = not quoted
    if deepest > _DEEPEST:
        raise BadInput(f"{name} is nested {deepest} deep, which no time line is: it is not read")


def _timelines(found: Any) -> list[Any]:
    import opentimelineio as otio

    return [each for each in found if isinstance(each, otio.schema.Timeline)] if isinstance(found, Iterable) else []


def _rate(timeline: Any, name: str) -> Fraction:
    """The rate of the picture: of the start, else the one that most clips are counted in."""
    import opentimelineio as otio

    rates: dict[float, int] = {}
    for track in timeline.video_tracks() or timeline.tracks:
        for item in track:
            span = getattr(item, "source_range", None)
            if isinstance(item, otio.schema.Transition) or span is None:
                continue
            rates[span.duration.rate] = rates.get(span.duration.rate, 0) + 1
    start = timeline.global_start_time
    if start is not None and start.rate > 1:
        return _exact(start.rate, name)
    if not rates:
        raise BadInput(f"{name} holds no clips: export the time line with its clips")
    return _exact(max(rates, key=lambda rate: rates[rate]), name)


def _exact(rate: float, name: str) -> Fraction:
    if not math.isfinite(rate) or not 1 <= rate <= 1_000_000:
        raise BadInput(f"{name} counts {rate} frames per second, which no time line does: export it again")
    near = Fraction(rate).limit_denominator(1001)
    for ntsc in NTSC.values():  # 23.976 and 23.98 mean 24000/1001
        if near.denominator > 1 and abs(rate - ntsc) < 0.006:
            return ntsc
    return near


def _seconds(time: Any, name: str) -> Fraction:
    if not math.isfinite(time.value) or abs(time.value) > 10**12:
        raise BadInput(f"{name} holds the time {time.value}, which is none: export it again")
    return Fraction(time.value).limit_denominator(100_000) / _exact(time.rate, name)


def _tracks(stack: Any, rate: Fraction, name: str, depth: int) -> list[Event]:
    import opentimelineio as otio

    found: list[Event] = []
    counts = {"Video": 0, "Audio": 0}
    for track in stack:
        kind = getattr(track, "kind", "Video")
        if kind not in counts:
            continue
        counts[kind] += 1
        if isinstance(track, otio.schema.Track):
            events = _track(track, rate, name, depth)
        else:  # a clip straight in a stack
            events = _item(track, Fraction(0), 0, rate, name, depth)
        enabled = getattr(track, "enabled", True)
        found += [
            replace(e, track=counts[kind], is_audio=kind == "Audio", enabled=e.enabled and enabled) for e in events
        ]
    return found


def _track(track: Any, rate: Fraction, name: str, depth: int) -> list[Event]:
    import opentimelineio as otio

    found: list[Event] = []
    at, dissolve, before = Fraction(0), 0, 0
    for item in track:
        if isinstance(item, otio.schema.Transition):
            before = round(_seconds(item.in_offset, name) * rate)
            dissolve = before + round(_seconds(item.out_offset, name) * rate)
            continue
        found += _item(item, at, dissolve, rate, name, depth)
        at += _length(item, name)
        dissolve = 0
    return found


def _length(item: Any, name: str) -> Fraction:
    import opentimelineio as otio

    try:
        return _seconds(item.trimmed_range().duration, name)
    except otio.exceptions.OTIOError:
        called = " ".join(item.name.split())[:60]
        raise BadInput(f"{name} does not say how long {called or 'a clip'} is: export it again") from None


def _item(item: Any, at: Fraction, dissolve: int, rate: Fraction, name: str, depth: int) -> list[Event]:
    import opentimelineio as otio

    if isinstance(item, otio.schema.Gap):
        return []
    length = _length(item, name)
    first, last = round(at * rate), round((at + length) * rate)
    speed, notes = _speed(item)
    span = item.trimmed_range()
    head = Fraction(0)
    file = reel = ""
    kind = "clip"
    if isinstance(item, otio.schema.Clip):
        media = item.media_reference
        if media is not None and media.available_range is not None:
            head = _seconds(media.available_range.start_time, name)
        file = _address(media)
        kind = "generator" if isinstance(media, otio.schema.GeneratorReference) else "clip"
    facts = item.metadata.get(_OURS)
    ours = facts if isinstance(facts, Mapping) else {}
    tape = item.metadata.get("cmx_3600")
    if isinstance(tape, Mapping):
        reel = str(tape.get("reel") or "")
    event = Event(
        record_frame=first,
        frames=last - first,
        name=" ".join(item.name.split()),
        file=file,
        reel=reel,
        in_s=_seconds(span.start_time, name) - head,
        speed=abs(speed),
        reverse=speed < 0,
        enabled=bool(getattr(item, "enabled", True)),
        kind="generator" if kind == "generator" else "clip",
        dissolve_frames=dissolve,
        take=str(ours.get("take") or ours.get("card") or ""),
        sha256=str(ours.get("sha256") or ""),
        start_s=head,
        markers=tuple(
            (
                first + round((_seconds(m.marked_range.start_time, name) - _seconds(span.start_time, name)) * rate),
                m.name,
            )
            for m in item.markers
        ),
        notes=notes,
    )
    if isinstance(item, otio.schema.Clip):
        return [event]
    if depth:
        return [replace(event, kind="nest", notes=(*notes, "a time line nested twice"))]
    inner = _tracks(item, rate, name, 1) if isinstance(item, otio.schema.Stack) else _track(item, rate, name, 1)
    return list(nested(event, inner, rate))


def _speed(item: Any) -> tuple[Fraction, tuple[str, ...]]:
    import opentimelineio as otio

    speed, notes = Fraction(1), []
    for effect in item.effects:
        if isinstance(effect, otio.schema.LinearTimeWarp):  # a FreezeFrame is one of speed 0
            scalar = effect.time_scalar
            if math.isfinite(scalar) and abs(scalar) <= 1000:
                speed *= Fraction(scalar).limit_denominator(10_000)
            else:
                notes.append("a speed that is no number, taken as 1")
        elif isinstance(effect, otio.schema.TimeEffect):
            notes.append("a change of speed that the list does not describe, taken as 1")
    return speed, tuple(notes)


def _address(media: Any) -> str:
    if media is None:
        return ""
    url = str(getattr(media, "target_url", "") or "")
    try:
        path = unquote(urlsplit(url).path) if "://" in url else unquote(url)
    except ValueError:  # an address with brackets that are no host
        path = url
    if path[:1] == "/" and path[2:3] == ":":
        path = path[1:]  # /C:/Films
    return path or str(media.name or "")
