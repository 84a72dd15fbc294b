"""FCPXML 1.8 to 1.11 (`.fcpxml`, `.fcpxmld`), as Final Cut Pro and Resolve write it.

Every time is in the time base of what it stands in: a clip of the primary storyline on the sequence's, a connected
clip on its parent's own, the clips of a connected storyline on that storyline's. A `timeMap` says for a clip's own,
slowed time which time of the media is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from urllib.parse import unquote, urlsplit

from lxml import etree

from studio.cutting.reading._xml import seconds
from studio.cutting.reading.returned import Event, Returned, bends, mapped, names, nested
from studio.errors import BadInput

FORMAT = "FCPXML"
_CLIPS = ("asset-clip", "clip", "video", "audio", "ref-clip", "sync-clip", "mc-clip", "title", "gap", "audition")
_NAMED_RATES = {"2398": Fraction(24000, 1001), "2997": Fraction(30000, 1001), "5994": Fraction(60000, 1001)}
_DEEPEST = 60  # clips connected to clips


@dataclass(frozen=True)
class _Known:
    name: str
    rate: Fraction
    resources: Mapping[str, etree._Element]
    depth: int = 0  # sequences inside sequences


def read(root: etree._Element, name: str) -> Returned:
    """The project in a list, or the one with the most clips where there are several."""
    resources = {identity: e for part in root.iter("resources") for e in part if (identity := e.get("id"))}
    every = [s for s in root.iter("sequence") if s.find("spine") is not None and _parent(s) not in ("media", "clip")]
    if not every:
        every = [s for s in root.iter("sequence") if s.find("spine") is not None]
    if not every:
        raise BadInput(f"{name} holds no project with clips: export the project, not a clip or an event")
    every.sort(key=lambda s: -sum(1 for e in s.iter(*_CLIPS)))
    sequence = every[0]
    rate = _rate(sequence, resources, name)
    known = _Known(name, rate, resources)
    notes = []
    if len(every) > 1:
        others = names([_title(s) for s in every[1:]])
        notes.append(f"It holds {len(every)} projects: {_title(sequence)} is read, {others} left out.")
    start = seconds(sequence.get("tcStart"), name)
    return Returned(
        title=_title(sequence),
        format=f"FCPXML {root.get('version', '')}".strip(),
        rate=rate,
        start_frame=round(start * rate),
        events=_sequence(sequence, known),
        notes=tuple(notes),
    )


def _parent(element: etree._Element) -> str:
    parent = element.getparent()
    return "" if parent is None else str(parent.tag)


def _title(sequence: etree._Element) -> str:
    parent = sequence.getparent()
    return "" if parent is None else " ".join((parent.get("name") or "").split())


def _rate(sequence: etree._Element, resources: Mapping[str, etree._Element], name: str) -> Fraction:
    form = resources.get(sequence.get("format") or "")
    duration = seconds(None if form is None else form.get("frameDuration"), name)
    if duration > 0 and 1 <= 1 / duration <= 240:
        return 1 / duration
    tail = "" if form is None else (form.get("name") or "").rsplit("p", 1)[-1]  # FFVideoFormat1080p2398
    if tail in _NAMED_RATES:
        return _NAMED_RATES[tail]
    if tail.isascii() and tail.isdigit() and len(tail) < 4 and 1 <= int(tail) <= 240:
        return Fraction(int(tail))
    raise BadInput(f"{name} does not say the frame rate of its sequence: export it again")


def _sequence(sequence: etree._Element, known: _Known) -> tuple[Event, ...]:
    spine = sequence.find("spine")
    start = seconds(sequence.get("tcStart"), known.name)
    return () if spine is None else tuple(_story(spine, -start, 0, 0, known))


def _story(spine: etree._Element, zero: Fraction, lane: int, deep: int, known: _Known) -> Iterator[Event]:
    """The clips of a storyline whose own time 0 stands at `zero` seconds of the list."""
    following, dissolve = -zero if not lane else Fraction(0), 0
    for element in spine:
        length = seconds(element.get("duration"), known.name, _length(element, known))
        offset = seconds(element.get("offset"), known.name, following)
        if element.tag == "transition":
            dissolve = round(length * known.rate)
            continue
        if element.tag in _CLIPS:
            for place, event in enumerate(_clip(element, zero + offset, lane, deep, known)):
                first = not place and not event.is_audio and event.track == max(1, lane + 1)
                yield replace(event, dissolve_frames=dissolve) if first else event
            dissolve, following = 0, offset + length


def _clip(element: etree._Element, record_s: Fraction, lane: int, deep: int, known: _Known) -> Iterator[Event]:
    """A clip that begins at `record_s` of the list, then what is connected to it."""
    if deep > _DEEPEST:
        raise BadInput(f"{known.name} has clips connected to clips more than {_DEEPEST} deep: that is no time line")
    if element.tag == "audition":  # the first one is the one picked
        picked = next((e for e in element if e.tag in _CLIPS), None)
        if picked is not None:
            yield from _clip(picked, record_s, lane, deep + 1, known)
        return
    start = _start(element, known)
    if element.tag != "gap":
        yield from _own(element, record_s, lane, known)
    zero = record_s - start
    for child in element:
        child_lane = child.get("lane")
        if child_lane is None:
            continue
        at = zero + seconds(child.get("offset"), known.name, start)
        up = lane + _lane(child_lane)
        if child.tag == "spine":
            yield from _story(child, at, up, deep + 1, known)
        elif child.tag in _CLIPS:
            yield from _clip(child, at, up, deep + 1, known)


def _lane(text: str) -> int:
    return int(text) if text.removeprefix("-").isdigit() and text.isascii() and len(text) < 6 else 1


def _own(element: etree._Element, record_s: Fraction, lane: int, known: _Known) -> Iterator[Event]:
    """The event of the clip itself; of a compound clip its contents."""
    name, rate = known.name, known.rate
    length = seconds(element.get("duration"), name, _length(element, known))
    first, last = (round(edge * rate) for edge in (record_s, record_s + length))
    start = _start(element, known)
    source, reference, told = _media(element, known)
    head = seconds(None if source is None else source.get("start"), name)
    in_s, speed, ramp, reverse = _pace(element, start, length, name)
    shift = Fraction(0) if reference is None else seconds(reference.get("start"), name, head) - seconds(
        reference.get("offset"), name
    )  # fmt: skip
    event = Event(
        record_frame=first,
        frames=max(0, last - first),
        name=" ".join((element.get("name") or "").split()),
        file=_address(source),
        reel=_reel(source),
        in_s=in_s + shift - head,
        speed=speed,
        ramp=ramp,
        reverse=reverse,
        enabled=element.get("enabled", "1") != "0",
        is_audio=_silent(element, source, lane),
        track=max(1, lane + 1) if lane >= 0 else -lane,
        kind="generator" if told == "generator" else "nest" if told == "multicam" else "clip",
        start_s=head,
        markers=tuple(
            (round((record_s + seconds(m.get("start"), name) - start) * rate), " ".join((m.get("value") or "").split()))
            for m in element.findall("marker")
        ),
        notes=("a multicam clip",) if told == "multicam" else (),
    )
    if told != "nest":
        yield event
        return
    inner = source if source is not None and source.tag == "sequence" else None
    if inner is not None and not known.depth:
        if _rate(inner, known.resources, name) == rate:
            below = _sequence(inner, replace(known, depth=1))
            yield from nested(replace(event, in_s=in_s - seconds(inner.get("tcStart"), name)), below, rate)
            return
    elif inner is None and element.tag == "sync-clip":
        below = tuple(_contents(element, known))
        yield from nested(replace(event, in_s=in_s), below, rate)
        return
    yield replace(event, kind="nest", notes=("a compound clip nested twice, or of another frame rate",))


def _contents(element: etree._Element, known: _Known) -> Iterator[Event]:
    """What a synchronized clip is made of, on its own time."""
    for child in element:
        if child.get("lane") is not None:
            continue
        if child.tag == "spine":
            yield from _story(child, seconds(child.get("offset"), known.name), 0, 1, replace(known, depth=1))
        elif child.tag in _CLIPS:
            yield from _clip(child, seconds(child.get("offset"), known.name), 0, 1, replace(known, depth=1))


def _media(element: etree._Element, known: _Known) -> tuple[etree._Element | None, etree._Element | None, str]:
    """The asset or inner sequence of a clip, the element inside it that refers to it, and what it is."""
    if element.tag == "title":
        return None, None, "generator"
    if element.tag == "mc-clip":
        return None, None, "multicam"
    if element.tag == "sync-clip":
        return None, None, "nest"
    if element.tag == "ref-clip":
        media = known.resources.get(element.get("ref") or "")
        return (None if media is None else media.find("sequence")), None, "nest"
    reference = element
    if element.tag == "clip":
        inside = [e for e in element if e.tag in ("video", "audio") and e.get("lane") is None]
        if not inside:
            return None, None, "clip"
        reference = inside[0]
    resource = known.resources.get(reference.get("ref") or "")
    if resource is not None and resource.tag == "effect":
        return None, None, "generator"
    return resource, (reference if reference is not element else None), "clip"


def _start(element: etree._Element, known: _Known) -> Fraction:
    """Where a clip's own time begins: that of its asset, where it does not say."""
    if (said := element.get("start")) is not None:
        return seconds(said, known.name)
    asset = known.resources.get(element.get("ref") or "") if element.tag in ("asset-clip", "video", "audio") else None
    return seconds(None if asset is None else asset.get("start"), known.name)


def _length(element: etree._Element, known: _Known) -> Fraction:
    """How long a clip is that does not say: as its asset."""
    asset = known.resources.get(element.get("ref") or "")
    return seconds(None if asset is None else asset.get("duration"), known.name)


def _pace(
    element: etree._Element, start: Fraction, length: Fraction, name: str
) -> tuple[Fraction, Fraction, bool, bool]:
    """The first media time that is used, the speed, whether it changes, and whether it plays backwards."""
    points = sorted(
        (seconds(point.get("time"), name), seconds(point.get("value"), name))
        for point in element.iterfind("timeMap/timept")
    )
    once = [p for place, p in enumerate(points) if not place or p[0] != points[place - 1][0]]
    if len(once) < 2 or length <= 0:
        return start, Fraction(1), False, False
    first, last = mapped(once, start), mapped(once, start + length)
    speed = (last - first) / length
    return min(first, last), abs(speed), bends(once, start, start + length), speed < 0


def _address(asset: etree._Element | None) -> str:
    if asset is None or asset.tag != "asset":
        return ""
    media = asset.find("media-rep")
    url = asset.get("src") or ("" if media is None else media.get("src")) or ""
    try:
        path = unquote(urlsplit(url).path) if "://" in url else unquote(url)
    except ValueError:  # an address with brackets that are no host
        path = url
    path = path[1:] if path[:1] == "/" and path[2:3] == ":" else path  # /C:/Films
    return path or asset.get("name") or ""


def _reel(asset: etree._Element | None) -> str:
    if asset is None:
        return ""
    found = (m.get("value") for m in asset.iter("md") if m.get("key") == "com.apple.proapps.studio.reel")
    return next((reel for reel in found if reel), "")


def _silent(element: etree._Element, source: etree._Element | None, lane: int) -> bool:
    """Whether it is only heard."""
    if element.tag == "audio" or element.get("srcEnable") == "audio":
        return True
    if source is None or source.tag != "asset":
        return False
    return source.get("hasVideo") != "1" and (source.get("hasAudio") == "1" or lane < 0)
