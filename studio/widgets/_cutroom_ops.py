"""What the page asks the cutting room to do to a cut or its song: checked word by word, then one call each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio import cutting, song
from studio.cutting.checking import check_dissolves
from studio.cutting.editing import slot_of, speed_of, take_slot
from studio.errors import BadInput
from studio.given import number, shown, text, whole
from studio.widgets._cutroom_state import sections_of

if TYPE_CHECKING:
    from studio.cutting import Stock
    from studio.film import Film
    from studio.nouns import Cut
    from studio.song import Master

# name: what has to be said, and what may be
EDITS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "swap": (("take",), ("in",)), "trim": (("in",), ()), "slip": (("frames",), ()), "retime": (("speed",), ()),
    "roll": (("frames",), ()), "pin": (("on",), ()), "ban": (("take", "on"), ()), "aim": (("aim",), ()),
    "best_in": ((), ()), "dissolve": (("frames",), ()),
}  # fmt: skip
SONG: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "double": ((), ()), "halve": ((), ()), "half_beat": ((), ()), "nudge": (("ms",), ()), "tap": (("times_s",), ()),
    "bar_at": (("frame",), ()), "section_move": (("index", "bar"), ()), "section_name": (("index", "name"), ()),
    "marker": (("frame", "name"), ()), "undo": ((), ()),
}  # fmt: skip
MOST_TAPS, LONGEST_S = 10_000, 24 * 3600


def edited(cut: Cut, stock: Stock, op: Any, slot: Any, details: Mapping[str, Any]) -> tuple[str, Cut, str]:
    """What was done in words, the cut after it, and the edge that it moved, "" for none.

    BadInput with what would be right where it cannot be, or where a dissolve would lose the frames that it needs.
    """
    made = _edited(cut, stock, op, slot, details)
    check_dissolves(made[1])
    return made


def _edited(cut: Cut, stock: Stock, op: Any, slot: Any, details: Mapping[str, Any]) -> tuple[str, Cut, str]:
    _check(op, details, EDITS, "a cut is not edited")
    if op == "ban":
        label, on = stock.take(_take(details["take"])).label, switch(details["on"])
        return (f"ban {label}" if on else f"lift the ban of {label}"), cutting.ban(cut, label, on), ""
    at, place = slot_of(cut, slot)
    match op:
        case "swap":
            found = stock.take(_take(details["take"]))
            given = details.get("in")
            start = cutting.best_in(cut, at, found, stock) if given is None else _in(given)
            return f"swap slot {at} to {found.label}", cutting.swap(cut, at, found.source, start), ""
        case "trim":
            start = _in(details["in"])
            return f"trim slot {at} to {start} f", cutting.trim(cut, at, start), f"trim {at}"
        case "best_in":
            take_slot(cut, at)
            start = cutting.best_in(cut, at, stock.take(place.source.name), stock)
            return f"best in point of slot {at}", cutting.trim(cut, at, start), ""
        case "slip":
            slipped = cutting.slip(cut, at, _by(details))
            return f"slip slot {at} to {slipped.slots[at - 1].in_frames} f", slipped, f"slip {at}"
        case "roll":
            rolled = cutting.roll(cut, at, _by(details))
            moved_to = rolled.slots[at].record_frame
            return f"roll the boundary of slots {at} and {at + 1} to frame {moved_to}", rolled, f"roll {at}"
        case "retime":
            return f"slot {at} at speed {speed_of(details['speed'])}", cutting.retime(cut, at, details["speed"]), ""
        case "pin":
            on = switch(details["on"])
            return f"{'pin' if on else 'unpin'} slot {at}", cutting.pin(cut, at, on), ""
        case "dissolve":
            over = cutting.dissolve(cut, at, details["frames"])
            length = over.slots[at - 1].transition
            return (
                f"{f'dissolve of {length.frames} f' if length else 'plain cut'} into slot {at}",
                over,
                f"dissolve {at}",
            )
        case _:
            to = details["aim"]
            edit = cutting.aim(cut, at, to)
            return f"the join into slot {at} aims at {to or 'what the cut does'}", edit, ""


def with_song(film: Film, cut: Cut, master: Master | None, op: Any, details: Mapping[str, Any]) -> str:
    """Correct the song of the film, which is the cut's, and say what was done. Times are the cut's, from its start."""
    _check(op, details, SONG, "the song is not corrected")
    handle = film.song
    if op == "undo":
        return handle.undo()
    if master is None or master.sha256 != cut.song.sha256:
        raise BadInput(
            "this cut plays another song than the film has now: film.song corrects that one"
            if master and cut.song.file
            else "this cut has no song that could be corrected: film.song.attach(…) gives the film one"
        )
    simple: dict[str, Callable[[], object]] = {
        "double": handle.double, "halve": handle.halve, "half_beat": handle.half_beat,
    }  # fmt: skip
    if op in simple:
        simple[op]()
    elif op == "nudge":
        handle.nudge(details["ms"])
    elif op == "tap":
        handle.tap(_taps(cut, details["times_s"]))
    elif op == "bar_at":
        handle.bar_at(_at_s(cut, details["frame"], "the frame on which a bar begins"))
    elif op == "marker":
        at_s = _at_s(cut, details["frame"], "the frame of a marker")
        name = text(details["name"], "the name of a marker")
        if name.strip():
            handle.marker(at_s, name)
            return f"marker {name.strip()}"
        handle.remove_marker(at_s)
        return "marker taken away"
    else:
        sections = [section for section, _ in sections_of(cut, master)]
        if not sections:
            raise BadInput("the song has no sections in this cut")
        section = sections[whole(details["index"], "the number of a section", 0, len(sections) - 1)]
        if op == "section_move":
            handle.move_section(section.bar, details["bar"])
            return f"{section.name} begins on bar {details['bar']}"
        handle.section(section.bar, details["name"])
        return f"{section.name} is called {details['name'].strip()}"
    return song.current(film.log).how


def switch(on: Any) -> bool:
    """On or off, as the page says it."""
    if not isinstance(on, bool):
        raise BadInput(f"{shown(on)} switches nothing on or off: say true or false")
    return on


def inside(folder: Path, path: Any) -> Path:
    """A path that the page sent, if it leads to a file inside the film's folder."""
    said = text(path, "the file of the editor's cut").strip()
    try:
        found = (folder / said).resolve()
        there = found.exists()
    except (ValueError, OSError, RuntimeError):  # a character that no path holds, a ring of links
        raise BadInput(f"{shown(path)} is no path: write one such as 'incoming/from-editor.xml'") from None
    if not said or not found.is_relative_to(folder) or found == folder:
        raise BadInput(
            f"{shown(path)} is not inside the film's folder: put the editor's file into incoming/ and write "
            f"'incoming/{Path(said).name or 'from-editor.xml'}'"
        )
    if not there:
        raise BadInput(f"{shown(path)} is not there: put the editor's file into incoming/ of the film's folder")
    return found


def _check(
    op: Any, details: Mapping[str, Any], known: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]], what: str
) -> None:
    if not isinstance(op, str) or op not in known:
        raise BadInput(f"{what} by {shown(op)}: say {', '.join(known)}")
    needed, more = known[op]
    missing = [name for name in needed if name not in details]
    strange = [name for name in details if name not in (*needed, *more)]
    if missing or strange:
        wrong = f"{', '.join(missing)} is missing" if missing else f"{shown(strange[0])} is not asked for"
        raise BadInput(f"{what} by {op} like that: {wrong}")


def _take(label: Any) -> str:
    if not isinstance(label, str):
        raise BadInput(f"{shown(label)} is no take: give its label, such as 07A-003")
    return label


def _in(frames: Any) -> int:
    return whole(frames, "an in-point", 0, cutting.MOST_FRAMES)


def _by(details: Mapping[str, Any]) -> int:
    return whole(details["frames"], "the frames to move by", -cutting.MOST_FRAMES, cutting.MOST_FRAMES)


def _taps(cut: Cut, times_s: Any) -> list[float]:
    if not isinstance(times_s, list | tuple) or len(times_s) > MOST_TAPS:
        raise BadInput(f"{shown(times_s)} are no taps: give four or more times in seconds")
    return [float(cut.song.start_s + number(time, "a tap in seconds", -LONGEST_S, LONGEST_S)) for time in times_s]


def _at_s(cut: Cut, frame: Any, what: str) -> float:
    """A frame of the cut in seconds of the song's master."""
    return float(cut.song.start_s + whole(frame, what, 0, max(0, cut.frames - 1)) / cut.rate)
