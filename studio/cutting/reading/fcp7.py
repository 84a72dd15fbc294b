"""Final Cut Pro 7 XML (`.xml`, xmeml), as Premiere, Resolve and Final Cut Pro 7 write it.

`in` and `out` of a clip are on the grid of the sequence, and slowed frames where it has a speed; only where the length
says otherwise are they taken at the clip's own rate. A clip at a transition has -1 for its start or end: the cut is
then where the transition says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from urllib.parse import unquote, urlsplit

from lxml import etree

from studio.cutting.reading._xml import decimal, number, rate_of
from studio.cutting.reading.returned import Event, Returned, bends, mapped, names, nested, simplest
from studio.errors import BadInput

FORMAT = "FCP 7 XML"
_TICKS = 254_016_000_000  # of Premiere, per second
_DRAWN = ("slug", "graphicandtype")  # media sources of Premiere that draw their own picture


@dataclass(frozen=True)
class _Known:
    """What is told once in a list and then referred to."""

    name: str
    files: Mapping[str, etree._Element]
    clips: Mapping[str, etree._Element]  # master clips
    sequences: Mapping[str, etree._Element]


def read(root: etree._Element, name: str) -> Returned:
    """The sequence in a list, or the one with the most clips where there are several."""
    known = _Known(name, _told(root, "file"), _told(root, "clip"), _told(root, "sequence"))
    every = [s for s in root.iter("sequence") if s.find("media") is not None and not any(_inside(s))]
    if not every:
        raise BadInput(f"{name} holds no sequence: export the time line, not a clip or an empty project")
    every.sort(key=lambda s: -len(s.findall("media/video/track/clipitem")))
    sequence = every[0]
    rate = rate_of(sequence.find("rate"), name)
    if rate is None:
        raise BadInput(f"{name} does not say the frame rate of its sequence: export it again")
    notes = []
    if others := [_text(s, "name") for s in every[1:]]:
        notes.append(f"It holds {len(every)} sequences: {_text(sequence, 'name')} is read, {names(others)} left out.")
    return Returned(
        title=_text(sequence, "name"),
        format=FORMAT,
        rate=rate,
        start_frame=number(sequence, "timecode/frame", name, 0),
        events=_events(sequence, rate, known, depth=0),
        notes=tuple(notes),
        markers=tuple((number(each, "in", name, 0), _text(each, "name")) for each in sequence.findall("marker")),
    )


def _told(root: etree._Element, tag: str) -> dict[str, etree._Element]:
    return {identity: e for e in root.iter(tag) if (identity := e.get("id")) and len(e)}


def _inside(sequence: etree._Element) -> list[etree._Element]:
    return list(sequence.iterancestors("clipitem"))


def _text(element: etree._Element, path: str) -> str:
    return " ".join((element.findtext(path) or "").split())


def _yes(element: etree._Element, path: str, missing: bool = True) -> bool:
    said = _text(element, path).upper()
    return said in ("TRUE", "1") if said else missing


def _events(sequence: etree._Element, rate: Fraction, known: _Known, depth: int) -> tuple[Event, ...]:
    found: list[Event] = []
    for place, is_audio in (("media/video", False), ("media/audio", True)):
        for number_of_track, track in enumerate(sequence.findall(f"{place}/track"), start=1):
            for event in _track(track, rate, known, depth):
                found.append(
                    replace(
                        event,
                        track=number_of_track,
                        is_audio=is_audio,
                        enabled=event.enabled and _yes(track, "enabled"),
                    )
                )
    return tuple(found)


def _track(track: etree._Element, rate: Fraction, known: _Known, depth: int) -> list[Event]:
    items = [item for item in track if item.tag in ("clipitem", "generatoritem", "transitionitem")]
    found: list[Event] = []
    for place, item in enumerate(items):
        if item.tag == "transitionitem":
            continue
        before = items[place - 1] if place and items[place - 1].tag == "transitionitem" else None
        after = items[place + 1] if place + 1 < len(items) and items[place + 1].tag == "transitionitem" else None
        event = _item(item, before, after, rate, known)
        inner = item.find("sequence") if item.tag == "clipitem" else None
        if inner is None:
            found.append(event)
            continue
        told = known.sequences.get(inner.get("id") or "", inner)
        inner_rate = rate_of(told.find("rate"), known.name)
        if depth or inner_rate != rate or told.find("media") is None:
            why = "a sequence nested twice" if depth else "a nested sequence of another frame rate, or without contents"
            found.append(replace(event, kind="nest", notes=(*event.notes, why)))
        else:
            found += nested(event, _events(told, rate, known, depth + 1), rate)
    return found


def _item(
    item: etree._Element,
    before: etree._Element | None,
    after: etree._Element | None,
    rate: Fraction,
    known: _Known,
) -> Event:
    name = known.name
    start, end = number(item, "start", name, -1), number(item, "end", name, -1)
    first, last = number(item, "in", name, 0), number(item, "out", name, -1)
    head, tail = start, end  # of what the list's in and out span
    dissolve = 0
    if before is not None:
        cut = _cut_point(before, rate, name)
        if start < 0:
            head, start = number(before, "start", name), cut
        if start == cut:
            dissolve = number(before, "end", name) - number(before, "start", name)
    if end < 0 and after is not None:
        tail, end = number(after, "end", name), _cut_point(after, rate, name)
    if start < 0 or end < 0:  # no transition tells: the length does
        if start < 0 and end < 0:
            raise BadInput(
                f"{name} does not say where {_text(item, 'name') or 'a clip'} starts or ends: export it again"
            )
        length = max(1, last - first)
        head, tail = (end - length, end) if start < 0 else (start, start + length)
        start, end = head, tail
    file = _file(item, known)
    speed, points, reverse = _speed(item, name)
    in_rate = _in_rate(item, tail - head, last - first, rate, name)
    in_s, ramp = first / in_rate, False
    if points and last > first:
        low, high = (Fraction(edge) for edge in (first, last))
        ramp = bends(points, low, high)
        in_s = mapped(points, low) / in_rate
        speed = (mapped(points, high) - mapped(points, low)) / (high - low)
        reverse = speed < 0
        speed = abs(speed)
    elif speed != 1:
        in_s = in_s * speed
    elif (ticks := decimal(_text(item, "pproTicksIn"))) is not None and abs(ticks / _TICKS - in_s) < 1 / rate:
        in_s = ticks / _TICKS
    if reverse:  # counted from its end, as it plays: the stretch of the source is what is kept here
        whole = decimal(_text(item, "duration")) or Fraction(last)
        in_s = (
            max(Fraction(0), (whole - last) * (speed or 1) / in_rate)
            if not points
            else in_s - (last - first) * speed / in_rate
        )
    skipped = (tail - end if reverse else start - head) * speed / rate
    source = None if file is None else file.find("timecode")
    return Event(
        record_frame=start,
        frames=max(0, end - start),
        name=_text(item, "name"),
        file=_address(file),
        reel="" if source is None else _text(source, "reel/name"),
        in_s=in_s + skipped,
        speed=speed,
        loose=speed / rate if speed != 1 else Fraction(0),
        ramp=ramp,
        reverse=reverse,
        enabled=_yes(item, "enabled"),
        kind="generator" if item.tag == "generatoritem" or _drawn(file) else "clip",
        dissolve_frames=max(0, dissolve),
        take=_text(item, "logginginfo/shottake"),
        start_s=_start_of(source, name),
        markers=tuple(
            (start + number(marker, "in", name, 0) - first, _text(marker, "name")) for marker in item.findall("marker")
        ),
    )


def _cut_point(transition: etree._Element, rate: Fraction, name: str) -> int:
    start, end = number(transition, "start", name), number(transition, "end", name)
    ticks = decimal(_text(transition, "cutPointTicks"))
    if ticks is not None and 0 <= ticks / _TICKS * rate <= end - start:
        return start + round(ticks / _TICKS * rate)
    alignment = _text(transition, "alignment").lower() or "center"
    return start if alignment.startswith("start") else end if alignment.startswith("end") else (start + end) // 2


def _in_rate(item: etree._Element, record: int, source: int, rate: Fraction, name: str) -> Fraction:
    """The rate that `in` counts in: the sequence's, unless only the clip's own makes the lengths agree."""
    own = rate_of(item.find("rate"), name)
    if own is None or own == rate or source == record:
        return rate
    return own if abs(source / own - record / rate) <= 1 / rate else rate


def _file(item: etree._Element, known: _Known) -> etree._Element | None:
    file = item.find("file")
    if file is None:
        master = known.clips.get(_text(item, "masterclipid"))
        file = None if master is None else next(master.iter("file"), None)
    return file if file is None else known.files.get(file.get("id") or "", file)


def _address(file: etree._Element | None) -> str:
    if file is None:
        return ""
    url = _text(file, "pathurl")
    try:
        path = unquote(urlsplit(url).path) if "://" in url else unquote(url)
    except ValueError:  # an address with brackets that are no host
        path = url
    if path[:1] == "/" and path[2:3] == ":":
        path = path[1:]  # /C:/Films
    return path or _text(file, "name")


def _drawn(file: etree._Element | None) -> bool:
    return file is not None and _text(file, "mediaSource").lower() in _DRAWN


def _start_of(source: etree._Element | None, name: str) -> Fraction:
    if source is None:
        return Fraction(0)
    rate = rate_of(source.find("rate"), name)
    return number(source, "frame", name, 0) / rate if rate else Fraction(0)


def _speed(item: etree._Element, name: str) -> tuple[Fraction, list[tuple[Fraction, Fraction]], bool]:
    """The constant speed, or the points of a ramp (slowed frame, source frame), and whether it plays backwards."""
    for effect in item.iterfind("filter/effect"):
        if _text(effect, "effectid").lower() != "timeremap":
            continue
        given = {_text(each, "parameterid").lower(): each for each in effect.findall("parameter")}
        reverse = "reverse" in given and _yes(given["reverse"], "value", False)
        if "variablespeed" in given and _yes(given["variablespeed"], "value", False) and "graphdict" in given:
            points = sorted(
                (when, value)
                for key in given["graphdict"].findall("keyframe")
                if (when := decimal(key.findtext("when"))) is not None
                and (value := decimal(key.findtext("value"))) is not None
            )
            once = [p for place, p in enumerate(points) if not place or p[0] != points[place - 1][0]]
            if len(once) > 1:
                return Fraction(1), once, reverse
        percent = decimal(_text(given["speed"], "value")) if "speed" in given else None
        if percent is None:
            raise BadInput(f"{name} gives {_text(item, 'name')} a speed that is no number: export it again")
        if not percent:
            return Fraction(0), [], False
        pace = abs(percent) / 100  # written with six digits behind the point: 33.333333 is a third
        near = min(Fraction(1, 10**8), pace / 2)
        return simplest(pace - near, pace + near), [], reverse or percent < 0
    return Fraction(1), [], False
