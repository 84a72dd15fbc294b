"""report.html: what is in a delivery, for the person who opens it. One file, nothing loaded from anywhere.

It holds no absolute path, and no prompt unless prompts are asked for. Written twice from one cut it is the same.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from fractions import Fraction
from html import escape
from itertools import zip_longest
from pathlib import Path

from studio.cutting.formats import FORMATS
from studio.cutting.sounds import heard
from studio.nouns import Cut, Slot
from studio.timecode import timecode

# Which editor reads what: the makers' own pages and field reports, read 2026-11-21; no editor was at hand.
OPENED_BY = {
    "film.otio": "DaVinci Resolve 18.5 and later (File › Import › Timeline), Premiere 25.6 and later, Kdenlive",
    "film.xml": "Premiere, every version (File › Import); DaVinci Resolve",
    "film.fcpxml": "Final Cut Pro (File › Import › XML); DaVinci Resolve",
    "film.edl": "Avid Media Composer, and anything else that conforms",
    "film.csv": "any spreadsheet",
}
NAMES = {
    "film.otio": "OpenTimelineIO",
    "film.xml": "FCP 7 XML",
    "film.fcpxml": "FCPXML 1.10",
    "film.edl": "CMX 3600 EDL",
    "film.csv": "a row a slot",
}
HANDLE_S = Fraction(1, 2)  # what editors ask for on either side of a cut, for a dissolve or a trim
ROW_SLOTS = 7  # slots of average length in a row of the picture strip
_VULGAR = {
    Fraction(1, 2): "½", Fraction(1, 3): "⅓", Fraction(2, 3): "⅔", Fraction(1, 4): "¼", Fraction(3, 4): "¾",
    Fraction(1, 8): "⅛", Fraction(3, 8): "⅜", Fraction(5, 8): "⅝", Fraction(7, 8): "⅞", Fraction(1, 6): "⅙",
}  # fmt: skip


def write_report(
    cut: Cut,
    pictures: Sequence[bytes],
    *,
    prompts: Mapping[str, str] | None = None,
    notes: Sequence[str] = (),
) -> str:
    """The page. `pictures` are a JPEG a slot, `prompts` words by take, `notes` what the rendered film leaves out."""
    title = f"{cut.film_title}, {cut.name}" if cut.name else cut.film_title
    css = Path(__file__).with_name("report.css").read_text("utf-8")
    parts = [
        _head(cut),
        _facts(cut),
        _notes(notes),
        _strip(cut, pictures),
        _slots(cut),
        _handles(cut),
        _files(cut),
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
        *([("sound", f"under slots {', '.join(str(each.slot) for each in heard(cut))}")] if heard(cut) else []),
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


def _slots(cut: Cut) -> str:
    heads = [
        ("", "num"), ("record", ""), ("take", ""), ("shot", ""), ("frames", "num"), ("in", "num"), ("speed", "num"),
        ("source frames", ""), ("spare", "num"), ("how it was made to fit", ""),
    ]  # fmt: skip
    rows = []
    for number, slot in enumerate(cut.slots, 1):
        before, after = spare(slot, cut.rate)
        rows.append(
            f'<tr><td class="num mono">{number}</td><td class="mono">{_record(slot.record_frame, cut)}</td>'
            f'<th scope="row" class="mono">{escape(slot.source.name)}</th>'
            f'<td class="mono">{escape(slot.source.shot)}</td>'
            f'<td class="num mono">{slot.frames}</td><td class="num mono">{slot.in_frames}</td>'
            f'<td class="num mono">{slot.speed}</td><td>{escape(conversion(slot, cut.rate))}</td>'
            f'<td class="num mono">{before} + {after}</td><td class="how">{escape(slot.how)}</td></tr>'
        )
    head = "".join(f'<th scope="col" class="{kind}">{name}</th>' for name, kind in heads)
    return (
        "<section><h2>Slots <span>frames, in-points and what is spare before and after count on the film’s grid"
        f'</span></h2><div class="frame" tabindex="0" role="region" aria-label="Slots"><table><thead><tr>{head}</tr>'
        f"</thead><tbody>{''.join(rows)}</tbody></table></div></section>"
    )


def _handles(cut: Cut) -> str:
    """Which slots could not take a dissolve or a longer trim, because their source ends there."""
    wanted = round(HANDLE_S * cut.rate)
    sides = [("before", 0), ("after", 1)]
    lines = []
    for word, side in sides:
        short = [n for n, slot in enumerate(cut.slots, 1) if spare(slot, cut.rate)[side] < wanted]
        said = f"slots {_ranges(short)} ({len(short)} of {len(cut.slots)})" if short else "no slot"
        said = "every slot" if len(short) == len(cut.slots) else said
        lines.append(f'<div><dt>{word}</dt><dd class="mono" style="white-space:normal">{said}</dd></div>')
    return (
        f"<section><h2>Missing handles <span>fewer than {wanted} spare frames, half a second, for a dissolve or a trim"
        f'</span></h2><dl class="facts">{"".join(lines)}</dl></section>'
    )


def _files(cut: Cut) -> str:
    limits = {file: form.limits(cut) for file, form in FORMATS.items()}
    of_all = [sentence for sentence in limits["film.otio"] if all(sentence in said for said in limits.values())]
    rows = [_file("film.*", "all lists", "", _sentences(of_all))] if of_all else []
    for file, said in limits.items():
        own = [sentence for sentence in said if sentence not in of_all]
        rows.append(_file(file, NAMES[file], OPENED_BY[file], _sentences(own)))
    sound = "48 kHz, 16 bit, stereo; exactly as long as the picture"
    rows.append(_file("film.mp4", "the film", "any player", "H.264 and AAC, for looking at"))
    if cut.song.file:
        rows.append(_file("song.wav", "the song", "every list names it", sound))
    count = _count(len(cut.sources), "file")
    rows.append(
        _file("media/", count, "every list names them", "the takes and cards, as they are, under their own names")
    )
    return (
        "<section><h2>What each file is for <span>and what of this cut it cannot carry</span></h2>"
        '<div class="frame" tabindex="0" role="region" aria-label="Files"><table><thead><tr><th scope="col">file</th>'
        '<th scope="col">opened by</th><th scope="col">not in it, or not surely</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
        '<p class="sub" style="margin-top:8px">Keep this folder together: the lists name what lies in media/. Which '
        "editor opens what is what its maker says (read 2026-11-21).</p></section>"
    )


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


def spoken(number: Fraction) -> str:
    """A rate or a speed as people write it: 24, 8⅓, 23.976, ½."""
    whole, rest = divmod(number, 1)
    if not rest:
        return str(whole)
    if rest in _VULGAR:
        return f"{whole or ''}{_VULGAR[rest]}"
    return f"{float(number):.3f}".rstrip("0")


def conversion(slot: Slot, rate: Fraction) -> str:
    """How source frames become film frames in a slot: "8⅓ → 24, frames held"."""
    pace = slot.source.rate * slot.speed / rate  # source frames for each film frame
    rates = f"{spoken(slot.source.rate)} → {spoken(rate)}" if slot.source.rate != rate else spoken(rate)
    if pace == 1:
        how = "frame for frame"
    elif pace.numerator == 1:
        how = f"each held {pace.denominator}×"
    elif pace < 1:
        how = "frames held"
    else:
        how = f"one in {pace}" if pace.denominator == 1 else "frames dropped"
    return f"{rates}, {how}"


def spare(slot: Slot, rate: Fraction) -> tuple[int, int]:
    """Whole film frames that the source has before and after what a slot shows of it, at the slot's speed."""
    have = slot.source.frames / slot.source.rate * rate
    return int(slot.in_frames / slot.speed), max(0, int((have - slot.in_frames) / slot.speed) - slot.frames)


def _record(frame: int, cut: Cut) -> str:
    return timecode(3600 * round(cut.rate) + frame, cut.rate)


def _clock(frames: int, rate: Fraction) -> str:
    seconds = round(frames / rate)
    return f"{seconds // 60}:{seconds % 60:02d}"


def _minutes(seconds: Fraction) -> str:
    thousandths = round(seconds * 1000)
    return f"{thousandths // 60000}:{thousandths // 1000 % 60:02d}.{thousandths % 1000:03d}"


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def _ranges(numbers: Sequence[int]) -> str:
    """1–4, 7, 9–12."""
    runs: list[list[int]] = []
    for n in numbers:
        if runs and runs[-1][1] == n - 1:
            runs[-1][1] = n
        else:
            runs.append([n, n])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in runs)
