"""What a person does to the beats, sections and markers of a song, for the whole of it or a range of bars."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from studio.errors import BadInput, NotFound
from studio.given import number, shown, visible, whole
from studio.song.beats import FASTEST, MOST_BEATS, SLOWEST, BeatGrid, anchored
from studio.song.master import CORRECTIONS, LONGEST_S, SUBJECT, Master, correct, current, standing
from studio.song.pieces import changed_within
from studio.song.sections import Section, placed

if TYPE_CHECKING:
    from studio.log import Log
    from studio.nouns import Event

Change = Callable[[Any], Any]  # from one kind of beats to the same or a constant grid
LONGEST_NAME = 100  # characters


def correct_bars(
    log: Log,
    master: Master,
    change: Change,
    how: str,
    author: str,
    from_bar: int | None = None,
    to_bar: int | None = None,
    moved_ms: float = 0,
) -> Master:
    """Change the beats of the whole song, or of a range of bars: from the song's start, or to its end, if one is None.

    `moved_ms` is by how much the range itself moves: a nudge takes its first beat along.
    """
    if from_bar is None and to_bar is None:
        return correct(log, master, change(master.grid), how, author)
    start_s, end_s = bars_in_seconds(master, from_bar, to_bar)
    grid = changed_within(master.grid, start_s, end_s, change, Fraction(str(moved_ms)) / 1000)
    said = f"bars {1 if from_bar is None else from_bar} to {to_bar or len(master.bars)}"
    return correct(log, master, grid, f"{how} in {said}", author)


def set_tempo(
    log: Log, master: Master, bpm: float, author: str, from_bar: int | None = None, to_bar: int | None = None
) -> Master:
    """One tempo for the song or a range of bars; its first bar stays where it begins."""
    tempo = float(number(bpm, "a tempo in bpm", int(SLOWEST), int(FASTEST)))
    anchor = (master.bars or (master.start_s,))[0]
    if from_bar is not None or to_bar is not None:
        anchor = max(anchor, bars_in_seconds(master, from_bar, to_bar)[0])

    def change(grid: Any) -> BeatGrid:
        return replace(anchored(round(tempo, 4), anchor, grid.beats_per_bar, 0), source="corrected", confidence=1.0)

    return correct_bars(log, master, change, f"{tempo:g} bpm", author, from_bar, to_bar)


def set_metre(
    log: Log, master: Master, beats: int, author: str, from_bar: int | None = None, to_bar: int | None = None
) -> Master:
    """So many beats to the bar; the first bar stays where it begins."""
    bar = whole(beats, "the beats of a bar", 1, 16)
    start_s = (master.bars or (master.start_s,))[0]
    if from_bar is not None:
        start_s = bars_in_seconds(master, from_bar, to_bar)[0]
    return correct_bars(
        log, master, lambda grid: grid.with_bar_at(start_s, bar), f"{bar} beats to the bar", author, from_bar, to_bar
    )


def set_downbeat(
    log: Log, master: Master, beat: int, author: str, from_bar: int | None = None, to_bar: int | None = None
) -> Master:
    """A bar begins on this beat, counted from 0: from the song's first beat, or from the first of the range."""
    beat = whole(beat, "the beat that begins a bar", -MOST_BEATS, MOST_BEATS)
    how = f"bar begins on beat {beat}"
    if from_bar is None and to_bar is None:
        return correct_bars(log, master, lambda grid: grid.with_downbeat(beat), how, author)
    start_s, end_s = bars_in_seconds(master, from_bar, to_bar)
    within = master.grid.beats(start_s, master.seconds if end_s is None else end_s)
    at_s = within[whole(beat, "the beat that begins a bar", 0, len(within) - 1)]
    return correct_bars(log, master, lambda grid: grid.with_bar_at(at_s), how, author, from_bar, to_bar)


def set_bar_at(
    log: Log, master: Master, at_s: float, author: str, from_bar: int | None = None, to_bar: int | None = None
) -> Master:
    """A bar begins on the beat nearest to this time; in the whole song, in the part of it that sounds there."""
    time = _time(master, at_s, "the time at which a bar begins")
    how = f"bar begins at {float(time):.2f} s"
    return correct_bars(log, master, lambda grid: grid.with_bar_at(time), how, author, from_bar, to_bar)


def bars_in_seconds(master: Master, from_bar: int | None, to_bar: int | None) -> tuple[Fraction, Fraction | None]:
    """Where a range of bars begins, and where it ends (None: with the song)."""
    every = master.bars
    first = 1 if from_bar is None else whole(from_bar, "the first bar of a range", 1, max(1, len(every)))
    last = len(every) if to_bar is None else whole(to_bar, "the last bar of a range", 1, max(1, len(every)))
    if not every or first > last:
        raise BadInput(f"bars {first} to {last} are not in the song: it has bars 1 to {len(every)}")
    start = Fraction(0) if from_bar is None else every[first - 1]
    return start, every[last] if last < len(every) else None


def name_section(log: Log, master: Master, bar: int, name: str, author: str) -> Master:
    """The section that begins on a bar has this name; where none begins there, one does from now on."""
    at = whole(bar, "the bar of a section", 1, max(1, len(master.bars)))
    said = visible(name, "the name of a section", LONGEST_NAME).strip()
    if not said:
        raise BadInput("a section without a name is none: film.song.remove_section(bar) joins it to the one before")
    there = next((section for section in _raw(master) if section.bar == at), None)
    at_s = there.start_s if there else _bar_s(master, at)
    return _section(log, at_s, said, f"section {said!r} from bar {at}", author)


def move_section(log: Log, master: Master, section: str | int, to_bar: int, author: str) -> Master:
    """A section, by its name or the bar that it begins on, begins on another bar."""
    which = _section_of(master, section)
    to = whole(to_bar, "the bar of a section", 1, max(1, len(master.bars)))
    taken = next((other.name for other in _raw(master) if other.bar == to and other.start_s != which.start_s), None)
    if taken is not None:
        raise BadInput(f"section {taken!r} begins on bar {to}: move that one first, or choose another bar")
    return _section(
        log, which.start_s, which.name, f"section {which.name!r} moved to bar {to}", author, _bar_s(master, to)
    )


def remove_section(log: Log, master: Master, section: str | int, author: str) -> Master:
    """A section is joined to the one before it."""
    which = _section_of(master, section)
    if which.bar == _raw(master)[0].bar:
        raise BadInput(f"section {which.name!r} is the first one: there is none before it that it could be joined to")
    return _section(log, which.start_s, None, f"section {which.name!r} joined to the one before", author)


def mark(log: Log, master: Master, at_s: float, name: str, author: str) -> Master:
    """A marker at a time of the song; one that is there already is called by the new name."""
    said = visible(name, "the name of a marker", LONGEST_NAME).strip()
    if not said:
        raise BadInput('a marker needs a name: film.song.marker(12.5, "door slams")')
    return _mark(log, _time(master, at_s), said, author)


def unmark(log: Log, master: Master, at_s: float, author: str) -> Master:
    """The marker nearest to a time, and not further from it than a tenth of a second, is taken away."""
    time = _time(master, at_s)
    near = [other for other in master.marks if abs(other.at_s - time) <= Fraction(1, 10)]
    if not near:
        said = ", ".join(f"{float(other.at_s):g}" for other in master.marks) or "none"
        raise NotFound(f"there is no marker at {float(time):g} s: there are {said}")
    return _mark(log, min(near, key=lambda other: abs(other.at_s - time)).at_s, None, author)


def undo(log: Log, author: str) -> str:
    """Take back the newest correction of the song by this author; what it was, in words."""
    last = _last(log, author)
    if last is None:
        raise NotFound(f"{author} has corrected nothing in this song that could be taken back")
    with log.write(author) as w:
        w.event("song.undone", SUBJECT, {"event": last.id})
    return f"taken back: {in_words(last)}"


def undoable(log: Log, author: str) -> str:
    """What `undo` would take back, in words; "" for nothing."""
    last = _last(log, author)
    return "" if last is None else in_words(last)


def _last(log: Log, author: str) -> Event | None:
    """This author's newest correction of the song that the film has now."""
    made = [e for e in standing(log.events(SUBJECT)) if e.kind in (*CORRECTIONS, "song.attached")]
    attached = [k for k, event in enumerate(made) if event.kind == "song.attached"]
    songs = [made[k].data["sha256"] for k in attached]
    since = next((attached[k] for k in range(len(songs)) if songs[k:] == songs[-1:] * (len(songs) - k)), 0)
    own = [event for event in made[since:] if event.author == author and event.kind in CORRECTIONS]
    return own[-1] if own else None


def in_words(event: Event) -> str:
    """A correction of the song in words."""
    data = event.data
    match event.kind:
        case "song.used":
            return f"{float(Fraction(str(data['start_s']))):g} to {float(Fraction(str(data['end_s']))):g} s used"
        case "song.found":
            return f"beats found by {data['by']}"
        case "song.marker":
            at = f"{float(Fraction(str(data['at_s']))):g} s"
            return f"marker at {at} taken away" if data["name"] is None else f"marker {data['name']!r} at {at}"
    return str(data["how"])


def _raw(master: Master) -> list[Section]:
    """The sections as they stand on bars, each with the start that events know it by."""
    out = []
    for section in master.all_sections:
        on = placed([section], master.bars, master.start_s, master.end_s)
        if on:
            out.append(replace(section, bar=on[0].bar))
    shown_on = {section.bar: section for section in out}  # the later of two on one bar, as in `placed`
    return [shown_on[bar] for bar in sorted(shown_on)]


def _section_of(master: Master, section: str | int) -> Section:
    every = _raw(master)
    found = [one for one in every if section in (one.name, one.bar) and not isinstance(section, bool)]
    if not found:
        said = ", ".join(f"{one.name!r} on bar {one.bar}" for one in every) or "none yet"
        raise NotFound(f"there is no section {shown(section)}: there are {said}")
    return found[0]


def _bar_s(master: Master, bar: int) -> Fraction:
    every = master.bars
    if not every:
        raise BadInput("the song has no bars: film.song.tap([…]) gives it some")
    return every[bar - 1]


def _time(master: Master, at_s: float, what: str = "the time of a marker") -> Fraction:
    time = number(at_s, what, 0, LONGEST_S).limit_denominator(1_000_000)
    if time >= master.seconds:
        raise BadInput(f"{float(time):g} s is not in the song: it is {float(master.seconds):.2f} s long")
    return time


def _section(log: Log, at_s: Fraction, name: str | None, how: str, author: str, to_s: Fraction | None = None) -> Master:
    data: dict[str, object] = {"at_s": str(at_s), "name": name, "how": how}
    if to_s is not None:
        data["to_s"] = str(to_s)
    with log.write(author) as w:
        w.event("song.section", SUBJECT, data)
    return current(log)


def _mark(log: Log, at_s: Fraction, name: str | None, author: str) -> Master:
    data: dict[str, object] = {"at_s": str(at_s), "name": name}
    with log.write(author) as w:
        w.event("song.marker", SUBJECT, data)
    return current(log)
