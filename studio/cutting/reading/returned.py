"""What an editor's list says, as plain values: the events on the picture's and the sound's tracks.

Record times are whole frames of the list's own rate from the start of its time line; source times are exact seconds
from the head of the file, or time code where a list knows nothing else (EDL).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from heapq import heappop, heappush
from itertools import pairwise
from typing import Literal

MOST_EVENTS = 20_000

Kind = Literal["clip", "generator", "nest"]  # a generator draws its own picture: a title, black, a colour


@dataclass(frozen=True)
class Event:
    """One clip on the time line, as the list has it."""

    record_frame: int  # frames of the list, from its start
    frames: int
    name: str = ""  # of the clip: editors rename it
    file: str = ""  # path, relative path or name of its file, as written
    reel: str = ""
    in_s: Fraction = Fraction(0)  # the first of the source that is used: seconds
    speed: Fraction = Fraction(1)  # source time per film time, its average where it changes; 0 holds one frame
    wholes_s: tuple[Fraction, ...] = ()  # the whole hour and minute before a source time code: seconds (EDL)
    loose: Fraction = Fraction(0)  # how far the list's own rounding may put `in_s` from what was meant: seconds
    speed_loose: Fraction = Fraction(0)  # the same of `speed`
    ramp: bool = False  # the speed changes within the clip
    reverse: bool = False  # it plays backwards
    enabled: bool = True
    is_audio: bool = False
    track: int = 1  # V1, V2, … from the bottom; of sound A1, A2, …
    kind: Kind = "clip"
    dissolve_frames: int = 0  # of a transition into it
    take: str = ""  # the take or card that our own export has put in its metadata
    sha256: str = ""  # of its file, as our own export has put there
    start_s: Fraction = Fraction(0)  # time code of the source's head: seconds
    markers: tuple[tuple[int, str], ...] = ()  # record frame and text
    notes: tuple[str, ...] = ()  # what could not be read as it is

    @property
    def end_frame(self) -> int:
        """The first frame after it."""
        return self.record_frame + self.frames

    @property
    def file_name(self) -> str:
        """The last part of its file's path, whichever system wrote it."""
        return self.file.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]

    @property
    def called(self) -> str:
        """What a person knows it by."""
        return self.name or self.file_name or self.reel or "a clip without a name"


@dataclass(frozen=True)
class Returned:
    """An edit list that was read, whichever format it has."""

    title: str
    format: str  # "FCP 7 XML"
    rate: Fraction
    start_frame: int  # its start time code, in frames
    events: tuple[Event, ...]
    notes: tuple[str, ...] = ()  # what could not be read, and what was chosen
    markers: tuple[tuple[int, str], ...] = ()  # on the time line itself: record frame and text

    def __repr__(self) -> str:
        shown = sum(not event.is_audio for event in self.events)
        return f"Returned({self.title!r}, {self.format}: {shown} clips of picture at {self.rate} fps)"

    @property
    def song_events(self) -> tuple[Event, ...]:
        """What lies on the sound's tracks, in order."""
        return tuple(sorted((e for e in self.events if e.is_audio and e.enabled), key=lambda e: e.record_frame))


def part(event: Event, record_frame: int, frames: int, rate: Fraction) -> Event:
    """The piece of an event that stands on these record frames: its in-point moves along."""
    before, after = record_frame - event.record_frame, event.end_frame - record_frame - frames
    if not before and not after:
        return event
    skipped = (after if event.reverse else before) * event.speed / rate
    return replace(
        event,
        record_frame=record_frame,
        frames=frames,
        in_s=event.in_s + skipped,
        dissolve_frames=0 if before else event.dissolve_frames,
        markers=tuple(m for m in event.markers if record_frame <= m[0] < record_frame + frames),
    )


def topmost(events: Iterable[Event], rate: Fraction) -> tuple[Event, ...]:
    """What is seen: the enabled clip of the highest track at each moment, in order; gaps stay gaps.

    A generator hides nothing: it is a title over the picture, or black, which is a gap.
    """
    shown = sorted(
        (e for e in events if e.enabled and not e.is_audio and e.kind != "generator" and e.frames > 0),
        key=lambda e: e.record_frame,
    )
    edges = sorted({edge for event in shown for edge in (event.record_frame, event.end_frame)})
    running: list[tuple[int, int, int]] = []
    pieces: list[tuple[int, int, int]] = []  # which event, from, to
    following = 0
    for edge, after in pairwise(edges):
        while following < len(shown) and shown[following].record_frame <= edge:
            heappush(running, (-shown[following].track, -following, following))
            following += 1
        while running and shown[running[0][2]].end_frame <= edge:
            heappop(running)
        if not running:
            continue
        chosen = running[0][2]
        if pieces and pieces[-1][0] == chosen and pieces[-1][2] == edge:
            pieces[-1] = (chosen, pieces[-1][1], after)
        else:
            pieces.append((chosen, edge, after))
    return tuple(part(shown[chosen], first, last - first, rate) for chosen, first, last in pieces)


def covered(events: Sequence[Event], rate: Fraction) -> tuple[str, ...]:
    """One sentence where clips lie below others, or are switched off, and so do not count."""
    said = []
    picture = [e for e in events if not e.is_audio]
    if off := [e.called for e in picture if not e.enabled]:
        said.append(f"{names(off)} {'is' if len(off) == 1 else 'are'} switched off and left out.")
    if drawn := [e.called for e in picture if e.enabled and e.kind == "generator"]:
        said.append(f"{names(drawn)}: titles and generators of the editing program are left out.")
    seen = {(e.track, e.name, e.file) for e in topmost(picture, rate)}
    below = [e for e in picture if e.enabled and e.kind != "generator" and (e.track, e.name, e.file) not in seen]
    if below:
        verbs = ("lies", "is") if len({e.called for e in below}) == 1 else ("lie", "are")
        hidden = names([e.called for e in below])
        said.append(f"{hidden} {verbs[0]} under clips of a higher track and {verbs[1]} left out.")
    if any(e.track > 1 and e.enabled and e.kind != "generator" for e in picture):
        said.append("Where tracks lie over one another the highest one counts, as if it covered the picture.")
    return tuple(said)


def names(listed: Sequence[str]) -> str:
    """ "a.mp4", "a.mp4, b.mp4 and 7 more"."""
    once = list(dict.fromkeys(listed))
    short = [name if len(name) <= 60 else f"{name[:57]}…" for name in once]
    if len(short) == 1:
        return short[0]
    return f"{', '.join(short[:4])} and {len(short) - 4} more" if len(short) > 5 else (
        f"{', '.join(short[:-1])} and {short[-1]}"
    )  # fmt: skip


def nested(outer: Event, inner: Sequence[Event], rate: Fraction) -> tuple[Event, ...]:
    """The events of a sequence inside a clip, laid out on the outer time line: those seen between its in and out.

    `inner` are record frames of the inner sequence at the same rate. A nest played backwards cannot be taken apart.
    """
    if outer.reverse or not outer.speed:
        why = "a nested sequence that is played backwards or held"
        return (replace(outer, kind="nest", notes=(*outer.notes, why)),)
    first = round(outer.in_s * rate)
    length = max(1, round(outer.frames * outer.speed))
    found = []
    for event in topmost(inner, rate):
        start, end = max(event.record_frame, first), min(event.end_frame, first + length)
        if start >= end:
            continue
        piece = part(event, start, end - start, rate)
        at, to = (outer.record_frame + round((edge - first) / outer.speed) for edge in (start, end))
        to = min(to, outer.end_frame)
        if to > at:
            found.append(
                replace(
                    piece,
                    record_frame=at,
                    frames=to - at,
                    speed=piece.speed * outer.speed,
                    track=outer.track,
                    enabled=outer.enabled,
                    markers=(),
                    dissolve_frames=outer.dissolve_frames if at == outer.record_frame else piece.dissolve_frames,
                )
            )
    return tuple(found)


def mapped(points: Sequence[tuple[Fraction, Fraction]], at: Fraction) -> Fraction:
    """The value at a time of a line through these points (two or more, by time), carried on beyond its ends."""
    for (t0, v0), (t1, v1) in pairwise(points):
        if at <= t1 or (t1, v1) == points[-1]:
            return v0 + (at - t0) * (v1 - v0) / (t1 - t0)
    return points[-1][1]


def bends(points: Sequence[tuple[Fraction, Fraction]], start: Fraction, end: Fraction) -> bool:
    """Whether the speed changes between two times: whether the line through the points is not straight there."""
    inside = [start, *(t for t, _ in points if start < t < end), end]
    slope = (mapped(points, end) - mapped(points, start)) / (end - start)
    line = [mapped(points, start) + (t - start) * slope for t in inside]
    return any(abs(mapped(points, t) - wanted) > Fraction(1, 1000) for t, wanted in zip(inside, line, strict=True))


def simplest(low: Fraction, high: Fraction) -> Fraction:
    """The fraction of the smallest numbers between two positive ones: what a rounded speed most likely was."""
    whole = -(-low.numerator // low.denominator)
    if whole <= high:
        return Fraction(whole)
    below = low.numerator // low.denominator
    return below + 1 / simplest(1 / (high - below), 1 / (low - below))
