"""CMX 3600 (`.edl`), as Premiere, Resolve and Avid write it: drop frame or not, UTF-8 or Latin-1.

An EDL does not say its frame rate, so the film's is taken, unless its time codes count more frames than that. Where
the time line begins it does not say either: at the whole hour before its first event, or after a leader just before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from fractions import Fraction

from studio.cutting.reading.returned import Event, Returned, part, simplest
from studio.errors import BadInput

FORMAT = "EDL"
_CODE = r"(\d{1,2}[:;.]\d{2}[:;.]\d{2}[:;.]\d{2,3})"
_ROW = re.compile(
    r"\s*(\d{1,6})\s+(\S.*?)\s+(V\d*|A\d*|AA|A2/V|AA/V|A/V|B|VA\d*|NONE|[AV]+\d*(?:/[AV]+\d*)*)\s+"
    r"(C|D|W\d*|K|KB|KO)\s+(?:(\d{1,4})\s+)?" + r"\s+".join([_CODE] * 4) + r"\s*"
)
_SPEED = re.compile(r"M2\s+(\S.*?)\s+([-+]?\d{1,6}(?:\.\d{1,6})?)\s+" + _CODE + r"\s*")
_COMMENT = re.compile(r"\*?\s*([A-Z][A-Z ]*?)\s*:\s*(.*)")
_LOCATOR = re.compile(r"\s*" + _CODE + r"\s+(?:(?:RED|CYAN|MAGENTA|YELLOW|GREEN|BLUE|WHITE|BLACK)\s+)?(.*)")
_NO_REEL = ("AX", "BL", "AUX")
_LONGEST = 1000  # characters of a line that is looked at
_LEADER_S = 60  # bars, slate and countdown before the hour
_BASES = (24, 25, 30, 48, 50, 60, 120)


@dataclass
class _Row:
    number: str
    reel: str
    channel: str
    kind: str
    dissolve: int
    codes: tuple[str, ...]
    speed: str = ""
    names: list[str] = field(default_factory=list)  # of the clip that goes out, in a dissolve
    to: str = ""
    file: str = ""
    locators: list[tuple[str, str]] = field(default_factory=list)


def is_edl(text: str) -> bool:
    """Whether there is an event in it, or the title that an EDL begins with."""
    lines = [line for line in text.splitlines()[:200] if len(line) <= _LONGEST]
    return any(_ROW.fullmatch(line) for line in lines) or any(line.startswith("TITLE:") for line in lines[:5])


def text_of(data: bytes) -> str:
    """UTF-8 where it is that, else the Windows Latin-1 that older editors write."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def read(text: str, name: str, rate: Fraction) -> Returned:
    """The events of a list that counts in `rate` (the film's)."""
    title, drop, rows = _rows(text, name)
    if not rows:
        raise BadInput(f"{name} is an EDL without events: export the time line with its clips")
    notes = []
    most = max(int(re.split("[:;.]", code)[3]) for row in rows for code in row.codes)
    drop = drop or any(";" in row.codes[2] for row in rows)
    base, asked = round(rate), rate
    if drop and base not in (30, 60):
        base, rate = (30 if most < 30 else 60), Fraction(30000 if most < 30 else 60000, 1001)
    elif most >= base:
        base = next((b for b in _BASES if b > most), 0)
        if not base:
            raise BadInput(f"{name} counts {most} frames in a second, which no frame rate does: export it again")
        rate = Fraction(base)
    if rate != asked:
        notes.append(f"Its time code counts {'drop ' if drop else ''}frames of {rate} a second.")
    clock = _Clock(base, rate, drop, name)
    heads = [clock.frame(row.codes[2]) for row in rows if row.reel != "BL"] or [0]
    hour = clock.frame("01:00:00:00")
    first = min(heads)
    start = first // hour * hour
    if start + hour - first <= _LEADER_S * base and max(heads) >= start + hour:
        start += hour  # a leader runs up to the hour
    events = [event for row in rows if (event := _event(row, clock, start)) is not None]
    return Returned(title, FORMAT, rate, start, tuple(_centred(events, rate)), tuple(notes))


def _centred(events: list[Event], rate: Fraction) -> list[Event]:
    """An EDL names a dissolve by its first frame, where both clips change; the cut of the film is in its middle."""
    found: list[Event] = []
    for event in events:
        half = min(event.dissolve_frames // 2, event.frames - 1)
        before = next(
            (at for at, each in enumerate(found) if not each.is_audio and each.end_frame == event.record_frame), None
        )
        if half and before is not None:
            found[before] = replace(found[before], frames=found[before].frames + half)
            later = part(event, event.record_frame + half, event.frames - half, rate)
            loose = Fraction(0) if event.speed == 1 else 1 / rate  # its first source frame is a whole one
            event = replace(later, dissolve_frames=event.dissolve_frames, markers=event.markers, loose=loose)
        found.append(event)
    return found


@dataclass(frozen=True)
class _Clock:
    base: int
    rate: Fraction
    drop: bool
    name: str

    def frame(self, code: str) -> int:
        """The frame that a time code counts as. Drop frame leaves out 2 (or 4) a minute, not each tenth (SMPTE 12M)."""
        hours, minutes, secs, frames = (int(part) for part in re.split("[:;.]", code))
        if minutes > 59 or secs > 59 or frames >= self.base:
            raise BadInput(f"{self.name} holds {code!r}, which is no time code at {self.base} frames per second")
        count = ((hours * 60 + minutes) * 60 + secs) * self.base + frames
        if self.drop:
            whole = hours * 60 + minutes
            count -= self.base // 15 * (whole - whole // 10)
        return count

    def wholes(self, code: str) -> tuple[Fraction, Fraction]:
        """Where the hour and the minute of a time code begin: files that are stamped are, on one of these."""
        hours, minutes = re.split("[:;.]", code)[:2]
        dropped = self.base // 15 if self.drop and int(minutes) % 10 else 0
        frames = self.frame(f"{hours}:00:00:00"), self.frame(f"{hours}:{minutes}:00:00") + dropped
        return frames[0] / self.rate, frames[1] / self.rate


def _rows(text: str, name: str) -> tuple[str, bool, list[_Row]]:
    title, drop = "", False
    rows: list[_Row] = []
    for line in text.splitlines():
        if len(line) > _LONGEST:  # no event is
            continue
        if found := _ROW.fullmatch(line):
            rows.append(
                _Row(
                    found[1], found[2], found[3], found[4], int(found[5] or 0), (found[6], found[7], found[8], found[9])
                )
            )
        elif re.match(r"\s*\d{1,6}\s+\S.*\d\d[:;.]\d\d[:;.]\d\d[:;.]\d\d", line):
            raise BadInput(f"{name} has an event that cannot be read, {line.strip()[:60]!r}: export it as CMX 3600")
        elif line.startswith("TITLE:"):
            title = " ".join(line[6:].split())
        elif line.startswith("FCM:"):
            drop = drop or ("DROP" in line and "NON" not in line)
        elif rows and (speed := _SPEED.fullmatch(line)):
            _of_reel(rows, speed[1]).speed = speed[2]
        elif rows and (said := _COMMENT.fullmatch(line.strip())):
            _comment(rows, said[1], said[2].strip())
    return title, drop, rows


def _of_reel(rows: list[_Row], reel: str) -> _Row:
    """The row that a speed belongs to: of the two of a dissolve, the one with that reel."""
    last = rows[-1]
    if len(rows) > 1 and rows[-2].number == last.number and last.reel != reel and rows[-2].reel == reel:
        return rows[-2]
    return last


def _comment(rows: list[_Row], key: str, value: str) -> None:
    last = rows[-1]
    pair = len(rows) > 1 and rows[-2].number == last.number and last.kind != "C"
    if key in ("FROM CLIP NAME", "CLIP NAME"):
        (rows[-2] if pair else last).names.append(value)
    elif key == "TO CLIP NAME":
        last.to = value
    elif key in ("SOURCE FILE", "SOURCE FILE PATH", "FROM CLIP", "FROM FILE", "FILE NAME", "SOURCE FILE NAME"):
        target = rows[-2] if pair and not rows[-2].file else last
        target.file = target.file or value
    elif key == "LOC" and (found := _LOCATOR.fullmatch(value)):
        last.locators.append((found[1], found[2].strip()))


def _event(row: _Row, clock: _Clock, start: int) -> Event | None:
    source_in, source_out, record_in, record_out = (clock.frame(code) for code in row.codes)
    frames = record_out - record_in
    if frames <= 0 or row.reel == "BL":  # the outgoing half of a dissolve has no length; black is a gap
        return None
    speed, loose, notes = _speed(row, source_out - source_in, frames, clock.rate)
    if row.kind[0] in "WK":
        notes = (*notes, "a wipe or key, taken as a cut")
    name = (row.to if row.kind != "C" else "") or (row.names[0] if row.names else row.to)
    reel = "" if row.reel in _NO_REEL else row.reel
    return Event(
        record_frame=record_in - start,
        frames=frames,
        name=name,
        file=row.file,
        reel=reel,
        in_s=source_in / clock.rate,
        wholes_s=clock.wholes(row.codes[0]),
        speed=abs(speed),
        speed_loose=loose,
        reverse=speed < 0,
        is_audio="V" not in row.channel and row.channel not in ("B", "NONE"),
        track=int(re.sub(r"\D", "", row.channel) or 1) if row.channel[0] == "V" else 1,
        dissolve_frames=row.dissolve if row.kind[0] == "D" else 0,
        markers=tuple((clock.frame(code) - start, words) for code, words in row.locators),
        notes=notes,
    )


def _speed(row: _Row, source: int, frames: int, rate: Fraction) -> tuple[Fraction, Fraction, tuple[str, ...]]:
    """The speed in an M2 line, which is rounded, and by how much. The source length is a second, better witness."""
    if not row.speed:
        return Fraction(1), Fraction(0), ()
    said = Fraction(row.speed)
    if not said:
        return Fraction(0), Fraction(0), ()
    digits = len(row.speed.partition(".")[2])
    half = Fraction(1, 2 * 10**digits)
    low, high = (abs(said) - half) / rate, (abs(said) + 2 * half) / rate  # rounded, or cut off: 29.97 is 029.9
    by_length = Fraction(2 * source - 1, 2 * frames), Fraction(2 * source + 1, 2 * frames)
    if max(low, by_length[0]) < min(high, by_length[1]):
        low, high = max(low, by_length[0]), min(high, by_length[1])
    low = max(low, high / 1000)
    pace = simplest(low, high)
    return (pace if said > 0 else -pace), high - low, ()
