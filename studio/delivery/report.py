"""report.html: what is in a delivery, for the person who opens it. One file, nothing loaded from anywhere.

It holds no absolute path, and no prompt unless prompts are asked for. Written twice from one cut it is the same.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from itertools import zip_longest
from pathlib import Path

from studio.cutting import Difference, difference
from studio.cutting.formats import FORMATS, Lists, aaf, in_words
from studio.cutting.sounds import heard
from studio.delivery.conversions import conversion, conversions, spare, spoken
from studio.delivery.packages import MEDIA, REJECTED, STAMPED, MediaFile, Package, is_opened, lists_of
from studio.nouns import Cut, Slot
from studio.timecode import record_timecode

# Which editor reads what: the makers' own pages and field reports, read 2026-11-21; no editor was at hand.
OPENED_BY = {
    "film.otio": "DaVinci Resolve 18.5 and later (File › Import › Timeline), Premiere 25.6 and later, Kdenlive",
    "film.xml": "Premiere, every version (File › Import); DaVinci Resolve",
    "film.fcpxml": "Final Cut Pro (File › Import › XML); DaVinci Resolve",
    "film.edl": "Avid Media Composer, and anything else that conforms",
    "film.csv": "any spreadsheet",
    "film.aaf": "Avid Media Composer, experimental",
}
NAMES = {
    "film.otio": "OpenTimelineIO",
    "film.xml": "FCP 7 XML",
    "film.fcpxml": "FCPXML 1.10",
    "film.edl": "CMX 3600 EDL",
    "film.csv": "a row a slot",
    "film.aaf": "AAF, cuts only",
}
HANDLE_S = Fraction(1, 2)  # what editors ask for on either side of a cut, for a dissolve or a trim
ROW_SLOTS = 7  # slots of average length in a row of the picture strip


@dataclass(frozen=True)
class Sent:
    """The cut that was delivered before this one."""

    cut: Cut
    name: str  # of the delivery

    def difference(self, cut: Cut) -> Difference:
        """What is different now."""
        return difference(self.cut, cut)


def write_report(
    cut: Cut,
    pictures: Sequence[bytes],
    *,
    prompts: Mapping[str, str] | None = None,
    notes: Sequence[str] = (),
    package: Package | None = None,
    files: Sequence[MediaFile] = (),
    lists: Lists | None = None,
    since: Sent | None = None,
) -> str:
    """The page. `pictures` are a JPEG a slot, `prompts` words by take, `notes` what the rendered film leaves out.

    `package`, `lists` and `since` are those of `export`, `files` the media in it.
    """
    package = package or Package()
    title = f"{cut.film_title}, {cut.name}" if cut.name else cut.film_title
    css = Path(__file__).with_name("report.css").read_text("utf-8")
    parts = [
        _head(cut),
        _facts(cut),
        _notes(notes),
        _strip(cut, pictures),
        _changes(cut, since),
        _slots(cut, files),
        _conversions(cut, package),
        _handles(cut, files),
        _files(cut, package, files, lists),
        _words(cut, prompts),
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        # nothing may be fetched, and no script may run, whatever a name in the film says
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
        "style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title)}</title>\n<style>\n{css}</style>\n</head>\n<body>\n"
        + "\n".join(part for part in parts if part)
        + '\n<footer class="sub">Made by Circletake. Time code counts from 01:00:00:00, as in all lists.</footer>\n'
        "</body>\n</html>\n"
    )


def _head(cut: Cut) -> str:
    takes = len({slot.source.name for slot in cut.slots if slot.source.kind == "take"})
    what = [
        f"cut {cut.version}" if cut.version else "",
        cut.name,
        _clock(cut.frames, cut.rate),
        _count(len(cut.slots), "slot"),
        _count(takes, "take"),
        f"{spoken(cut.rate)} fps",
        f"by {cut.author}" if cut.author else "",
    ]
    return f"<header><h1>{escape(cut.film_title)}</h1><p>{escape(' · '.join(w for w in what if w))}</p></header>"


def _facts(cut: Cut) -> str:
    fit = "letterboxed" if cut.fit == "letterbox" else "cropped"
    exact = f" ({cut.rate})" if cut.rate.denominator > 1 else ""
    rows = [
        ("length", f"{cut.frames} frames, {float(cut.frames / cut.rate):.3f} s"),
        ("picture", f"{cut.width} × {cut.height} at {spoken(cut.rate)}{exact} fps, bt709; other shapes are {fit}"),
        ("time code", f"{_record(0, cut)} to {_record(cut.frames, cut)}"),
        ("song", _song(cut)),
        *([("sound", f"under {in_words([each.slot for each in heard(cut)])}")] if heard(cut) else []),
    ]
    cells = "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in rows)
    return f'<dl class="facts">{cells}</dl>'


def _song(cut: Cut) -> str:
    if not cut.song.file:
        return "none: the film is silent"
    name = cut.song.file.rsplit("/", 1)[-1]
    end = cut.song.start_s + cut.frames / cut.rate
    return f"{name}, {_minutes(cut.song.start_s)} to {_minutes(end)}"


def _notes(notes: Sequence[str]) -> str:
    if not notes:
        return ""
    lines = "".join(f"<li>{escape(note[:1].upper() + note[1:])}.</li>" for note in notes)
    return f'<section class="notes"><h2>What film.mp4 leaves out</h2><ul>{lines}</ul></section>'


def _strip(cut: Cut, pictures: Sequence[bytes]) -> str:
    """The cut as pictures: a slot is as wide as it is long, and a second as wide in every row."""
    whole = max(*(slot.frames for slot in cut.slots), -(-cut.frames * ROW_SLOTS // len(cut.slots)), 1)
    rows: list[list[int]] = [[]]
    for n, slot in enumerate(cut.slots):
        first = cut.slots[rows[-1][0]].record_frame if rows[-1] else slot.record_frame
        if slot.end_frame - first > whole:
            rows.append([])
        rows[-1].append(n)
    reels = []
    for row in rows:
        start, end = cut.slots[row[0]].record_frame, cut.slots[row[-1]].end_frame
        sung = [marker for marker in cut.markers if marker.kind == "lyric" and start <= marker.frame < end]
        lines = []
        for marker, after in zip_longest(sung, sung[1:]):
            left = 100 * (marker.frame - start) / whole
            long = (100 * (after.frame - start) / whole if after else 100) - left
            lines.append(f'<span style="left:{left:.3f}%;width:{long:.3f}%">{escape(marker.name)}</span>')
        slots = "".join(_picture(cut, n, pictures[n], whole) for n in row)
        lyrics = f'<div class="lyrics">{"".join(lines)}</div>' if lines else ""
        reels.append(f'<div class="reel">{lyrics}<div class="slots">{slots}</div></div>')
    return (
        "<section><h2>The cut <span>a slot is as wide as it is long; each picture is from its middle</span></h2>"
        f'<div class="strip">{"".join(reels)}</div></section>'
    )


def _picture(cut: Cut, n: int, jpeg: bytes, whole: int) -> str:
    slot = cut.slots[n]
    wide = 100 * slot.frames / whole
    narrow = " narrow" if wide < 5.5 else ""
    data = base64.b64encode(jpeg).decode()
    name = escape(slot.source.name)
    return (
        f'<figure class="slot{narrow}" style="flex:0 0 {wide:.3f}%"><img alt="slot {n + 1}, {name}" '
        f'src="data:image/jpeg;base64,{data}"><b>{escape(slot.source.shot or slot.source.name)}</b>'
        f"<figcaption>{_record(slot.record_frame, cut)[3:]}</figcaption></figure>"
    )


def _slots(cut: Cut, files: Sequence[MediaFile]) -> str:
    heads = [
        ("", "num"), ("record", ""), ("take", ""), ("shot", ""), ("frames", "num"), ("in", "num"), ("speed", "num"),
        ("source frames", ""), ("handles", "num"), ("how it was made to fit", ""),
    ]  # fmt: skip
    handles, rows = _there(cut, files), []
    for number, slot in enumerate(cut.slots, 1):
        before, after = handles[number]
        rows.append(
            f'<tr><td class="num mono">{number}</td><td class="mono">{_record(slot.record_frame, cut)}</td>'
            f'<th scope="row" class="mono">{escape(slot.source.name)}</th>'
            f'<td class="mono">{escape(slot.source.shot)}</td>'
            f'<td class="num mono">{slot.frames}</td><td class="num mono">{slot.in_frames}</td>'
            f'<td class="num mono">{slot.speed}</td><td>{escape(conversion(slot, cut.rate))}</td>'
            f'<td class="num mono">{before} + {after}</td><td class="how">{escape(_how(slot))}</td></tr>'
        )
    return (
        "<section><h2>Slots <span>frames, in-points and handles (before + after, as they really are) count on the "
        f"film’s grid</span></h2>{_table('Slots', heads, rows)}</section>"
    )


def _how(slot: Slot) -> str:
    mixed = f"dissolve of {slot.transition.frames} frames into it" if slot.transition else ""
    return "; ".join(part for part in (slot.how, mixed) if part)


def _there(cut: Cut, files: Sequence[MediaFile]) -> dict[int, tuple[int, int]]:
    """The handles of each slot in the media that are delivered: film frames before and after it."""
    ends = {f.source.name: f.media.frames for f in files if f.how == "conform" and f.media}
    found = {}
    for number, slot in enumerate(cut.slots, 1):
        before, after = spare(slot, cut.rate)
        if slot.source.name in ends:
            after = min(after, max(0, int((ends[slot.source.name] - slot.in_frames) / slot.speed) - slot.frames))
        found[number] = before, after
    return found


def _handles(cut: Cut, files: Sequence[MediaFile]) -> str:
    """Which slots could not take a dissolve or a longer trim, because their source ends there: a line for each."""
    wanted = round(HANDLE_S * cut.rate)
    lines = []
    for number, (before, after) in _there(cut, files).items():
        short = [
            f"{there} before it" if side == 0 else f"{there} after it"
            for side, there in enumerate((before, after))
            if there < wanted
        ]
        if short:
            name = escape(cut.slots[number - 1].source.name)
            lines.append(f'<li>slot {number}, <span class="mono">{name}</span>: {" and ".join(short)}</li>')
    none = "<p>None: every slot has them on both sides.</p>"
    said = f'<ul class="lost columns">{"".join(lines)}</ul>' if lines else none
    return (
        f"<section><h2>Missing handles <span>fewer than {wanted} frames, half a second, for a dissolve or a trim; none "
        f"is invented</span></h2>{said}</section>"
    )


def _changes(cut: Cut, since: Sent | None) -> str:
    """The change list: what every slot was in the cut that was delivered before."""
    if since is None:
        return ""
    found = since.difference(cut)
    rows = []
    for each in found.changed:
        time = "" if each.record_frame is None else _record(each.record_frame, cut)
        rows.append(
            f'<tr><td class="num mono">{each.slot or ""}</td><td class="num mono">{each.was_slot or ""}</td>'
            f'<td class="mono">{time}</td><th scope="row" class="mono">{escape(each.name)}</th>'
            f"<td>{escape(', '.join(each.kinds))}</td><td>{escape(each.said)}</td></tr>"
        )
    notes = "".join(f"<li>{escape(note)}</li>" for note in found.notes)
    heads = [("slot", "num"), ("was", "num"), ("record", ""), ("take", ""), ("change", ""), ("in words", "")]
    return (
        f"<section><h2>Changes <span>since version {since.cut.version}, delivered as {escape(since.name)}: "
        f"{escape(found.words)}</span></h2>"
        + (_table("Changes", heads, rows) if rows else "")
        + (f'<ul class="lost">{notes}</ul>' if notes else "")
        + "</section>"
    )


def _conversions(cut: Cut, package: Package) -> str:
    """How the frame rate of each clip that has another one becomes the film's."""
    found = conversions(cut, package.blended)
    if not found:
        return ""
    rows = [
        f'<tr><td class="num mono">{each.slot}</td><th scope="row" class="mono">{escape(each.take)}</th>'
        f"<td><b>{each.chosen}</b></td><td>{escape(each.hold)}</td><td>{escape(each.blend)}</td>"
        f"<td>{escape(each.film_rate)}</td></tr>"
        for each in found
    ]
    heads = [
        ("slot", "num"), ("take", ""), ("chosen", ""), ("hold frames", ""), ("blend", ""), ("play at film rate", ""),
    ]  # fmt: skip
    who = "media/ has them so" if package.media == "conform" else "the editor that opens the list decides"
    said = f"film.mp4 holds frames, or plays at film rate where the cut says so; {who}"
    if package.blended:
        said += "; blended files look softer than film.mp4"
    return f"<section><h2>Frame rates <span>{said}</span></h2>{_table('Frame rates', heads, rows)}</section>"


def _table(label: str, heads: Sequence[tuple[str, str]], rows: Sequence[str]) -> str:
    head = "".join(f'<th scope="col" class="{kind}">{name}</th>' for name, kind in heads)
    return (
        f'<div class="frame" tabindex="0" role="region" aria-label="{label}"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _files(cut: Cut, package: Package, files: Sequence[MediaFile], lists: Lists | None) -> str:
    limits = {name: FORMATS[name].limits(cut, lists_of(name, files, lists)) for name in package.lists}
    first = next(iter(limits))
    of_all = [sentence for sentence in limits[first] if all(sentence in said for said in limits.values())]
    rows = [_file("film.*", "all lists", "", _sentences(of_all))] if of_all else []
    for file, said in limits.items():
        own = [sentence for sentence in said if sentence not in of_all]
        rows.append(_file(file, NAMES.get(file, ""), OPENED_BY.get(file, ""), _sentences(own)))
    sound = "48 kHz, 16 bit, stereo; exactly as long as the picture"
    burnt = "; with take, slot and time code in the picture" if package.burn_in else ""
    rows.append(_file("film.mp4", "the film", "any player", f"H.264 and AAC, for looking at{burnt}"))
    if cut.song.file:
        rows.append(_file("song.wav", "the song", "every list names it", sound))
    if heard(cut):
        rows.append(_file("effects.wav", "the sounds under slots", "the lists with an A2 name it", sound))
    for folder in (MEDIA, STAMPED, REJECTED):
        if inside := [file for file in files if file.file.startswith(f"{folder}/")]:
            count, by = _count(len(inside), "file"), _named_by(folder, package)
            rows.append(_file(f"{folder}/", count, by, _kinds(inside, cut)))
    if package.aaf:
        said = aaf.limits(cut, lists_of("film.aaf", files, lists))
        rows.append(_file("film.aaf", NAMES["film.aaf"], OPENED_BY["film.aaf"], _sentences(said)))
    if package.bundle:
        rows.append(
            _file("film.otioz", "OpenTimelineIO, bundled", OPENED_BY["film.otio"], "film.otio and its media in one")
        )
    rows.append(_file("README.txt", "how to open it", "any reader", "with what to check"))
    rows.append(_file("hashes.txt", "SHA-256 of each file", "sha256sum -c hashes.txt", ""))
    return (
        "<section><h2>What each file is for <span>and what of this cut it cannot carry</span></h2>"
        + _table("Files", [("file", ""), ("opened by", ""), ("not in it, or not surely", "")], rows)
        + '<p class="sub" style="margin-top:8px">Keep this folder together: the lists name what lies in it. Which '
        "editor opens what is what its maker says (read 2026-11-21).</p></section>"
    )


def _named_by(folder: str, package: Package) -> str:
    if folder == REJECTED:
        return "film-rejects.otio and film-rejects.csv name them"
    if folder == STAMPED:
        return "film.edl and what conforms by time code name them"
    every = "film.edl" not in package.lists or package.media == "conform" or len(package.lists) == 2
    return "every list names them" if every else "the other lists name them"


def _kinds(files: Sequence[MediaFile], cut: Cut) -> str:
    if files[0].how == "conform":
        return (
            f"ProRes 422, {cut.width} × {cut.height} at {spoken(cut.rate)} fps, bt709, with a reel and a time code "
            f"that no other has{_own_rate(files, cut)}"
        )
    coded = ", ".join(file.source.name for file in files if file.how == "stamp" and not is_opened(file.source))
    coded = f"; as ProRes 422, since editors do not open WebM: {escape(coded)}" if coded else ""
    if all(file.how == "stamp" and file.media and file.media.reel for file in files):
        return f"the same pictures, bit for bit, as .mov with a reel and a time code that no other has{coded}"
    return f"the takes and cards, as they are, under their own names{coded}"


def _own_rate(files: Sequence[MediaFile], cut: Cut) -> str:
    own = [file.source.name for file in files if file.media and file.media.rate != cut.rate]
    return f"; at their own rate, since they play at film rate: {', '.join(own)}" if own else ""


def _sentences(sentences: Sequence[str]) -> str:
    return f'<ul class="lost">{"".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)}</ul>'


def _file(name: str, what: str, opened_by: str, rest: str) -> str:
    return (
        f'<tr><th scope="row" class="mono">{escape(name)}<br><span class="sub">{escape(what)}</span></th>'
        f"<td>{escape(opened_by)}</td><td>{rest}</td></tr>"
    )


def _words(cut: Cut, prompts: Mapping[str, str] | None) -> str:
    if prompts is None:
        return ""
    rows = "".join(
        f'<tr><td class="num mono">{n}</td><th scope="row" class="mono">{escape(slot.source.name)}</th>'
        f"<td>{escape(prompts[slot.source.name])}</td></tr>"
        for n, slot in enumerate(cut.slots, 1)
        if slot.source.name in prompts
    )
    return (
        '<section class="words"><h2>Words <span>what was sent for each take</span></h2><div class="frame"><table>'
        f"<tbody>{rows}</tbody></table></div></section>"
    )


# --- in words ----------------------------------------------------------------------------------------------------


def _record(frame: int, cut: Cut) -> str:
    return record_timecode(frame, cut.rate)


def _clock(frames: int, rate: Fraction) -> str:
    seconds = round(frames / rate)
    return f"{seconds // 60}:{seconds % 60:02d}"


def _minutes(seconds: Fraction) -> str:
    thousandths = round(seconds * 1000)
    return f"{thousandths // 60000}:{thousandths // 1000 % 60:02d}.{thousandths % 1000:03d}"


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"
