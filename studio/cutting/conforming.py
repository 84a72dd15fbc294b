"""An editor's list as a new version of the cut: every clip found again among the takes, in whole frames of the film.

What fits no take, and every gap, becomes an empty card, so that the picture keeps its length and its song.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING

from studio.cutting.changes import KINDS, Change, changes, in_frames, paired, to_frame
from studio.cutting.checking import check, fitting_dissolves
from studio.cutting.formats._shared import ascii_only
from studio.cutting.matching import Known, Match, Matcher, labels_in
from studio.cutting.reading import Event, Returned, covered, topmost
from studio.cutting.reading.returned import names, part
from studio.errors import BadInput
from studio.nouns import EMPTY, Cut, Marker, Slot, Source, Transition
from studio.timecode import drops, frame_at, hour_frame, source_frames_needed, timecode

if TYPE_CHECKING:
    import pandas as pd

MOST_MARKERS = 50  # that are told
LONGEST_S = 3 * 3600  # of a film
_SONG_FILES = ("song.wav",)  # as deliveries call it
_SONG_REEL = "SONG"
_COUNTED = "its source time code is counted from the whole"
_OF_SLOTS = ("prompt", "camera")  # kinds of markers that belong to a slot of the old cut


@dataclass(frozen=True)
class Unmatched:
    """A clip of the list that fits no take, and the slot that is left empty for it."""

    slot: int  # from 1
    event: Event
    why: str

    def __repr__(self) -> str:
        return f"Unmatched(slot {self.slot}: {self.event.called!r}, {self.why})"


@dataclass(frozen=True)
class Conformed:
    """What came back: the new cut (version 0: not stored), and what became of every slot."""

    cut: Cut
    changes: tuple[Change, ...]
    unmatched: tuple[Unmatched, ...]
    notes: tuple[str, ...]  # what was chosen on the way, one sentence each
    survived: int  # slots of the old cut whose take is in the new one
    of: int  # slots of the old cut with a take
    used: int  # takes in the new cut
    takes: int  # takes of the film

    @property
    def words(self) -> str:
        """ "51 of 55 slots survived, 4 new; 55 of 700 takes used"."""
        fresh = sum(bool({"new", "reinstated"} & set(c.kinds)) for c in self.changes)
        return (
            f"{self.survived} of {self.of} slots survived, {fresh} new; "
            f"{self.used} of {self.takes} takes {'is' if self.used == 1 else 'are'} used"
        )

    @property
    def counts(self) -> dict[str, int]:
        """How many slots are new, omitted, trimmed, …; only what there is."""
        found = Counter(kind for change in self.changes for kind in change.kinds)
        return {kind: found[kind] for kind in KINDS if found[kind]}

    def __repr__(self) -> str:
        lines = [f"{self.words}."]
        if self.counts:
            lines.append(" · ".join(f"{count} {kind}" for kind, count in self.counts.items()))
        lines += [f"  {_where(c)} {c.name}: {c.said}" for c in self.changes if c.kinds or "; " in c.said]
        return "\n".join([*lines, *self.notes])

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{name}</th>' for name in ("slot", "was", "take", "change", ""))
        rows = "".join(
            "<tr>"
            + "".join(
                f'<td style="text-align:left">{escape(str(cell))}</td>'
                for cell in (c.slot or "–", c.was_slot or "–", c.name, ", ".join(c.kinds) or "as it was", c.said)
            )
            + "</tr>"
            for c in self.changes
            if c.kinds or "; " in c.said
        )
        counts = " · ".join(f"{count} {kind}" for kind, count in self.counts.items())
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>" if rows else ""
        return f"<p><b>{escape(self.words)}</b><br>{escape(counts)}</p>{table}" + (f"<ul>{notes}</ul>" if notes else "")

    def to_frame(self) -> pd.DataFrame:
        """One row a slot of either cut; see `studio.cutting.changes.COLUMNS`."""
        return to_frame(self.changes)


def _where(change: Change) -> str:
    return f"slot {change.slot}" if change.slot else f"(slot {change.was_slot})"


@dataclass(frozen=True)
class _Grid:
    """From the list's frames to the film's: by absolute time, from the film's first frame."""

    rate: Fraction  # of the film
    of_list: Fraction
    first: int = 0  # film frames of the list before the film begins

    def __call__(self, frame: int) -> int:
        if self.of_list == self.rate:
            return frame - self.first
        return frame_at(frame / self.of_list, self.rate) - self.first


def conform(
    returned: Returned,
    cut: Cut,
    takes: Sequence[Source],
    *,
    card: Callable[[str, str, int], Source],
    hash_of: Callable[[Event], str] | None = None,
    picture_of: Callable[[Event], int | None] | None = None,
    heads: Mapping[str, int] | None = None,
    earlier: Iterable[Cut] = (),
    known: Known | None = None,
    own_words: Iterable[str] = (),
    name: str = "from the editor",
) -> Conformed:
    """A list that came back against the cut it was made from.

    `takes` are all that the film has; `card(name, text, frames)` makes an empty one; `hash_of`, `picture_of` and
    `heads` find renamed files, `own_words` are those of markers that a list had from here beside the cut's own
    (prompts), and `known` tells takes apart that have had one label (see `Matcher`); `earlier` are
    older versions, for what is reinstated. The result is
    checked and not stored. Raises BadInput where no clip of the list is of this film; then no card is made.
    """
    rate = cut.rate
    of_list = rate if returned.rate == round(rate) and not _has_name(rate) else returned.rate
    older = tuple(earlier)
    cards = {s.name: s for each in (*older, cut) for s in each.sources if s.kind == "card"}
    seen = topmost(returned.events, returned.rate)
    find = Matcher([*takes, *cards.values()], hash_of, picture_of, heads, known, labels_in(seen))
    matches = [find(event) for event in seen]
    _check_film(returned, seen, matches)
    notes = [*returned.notes, *covered(returned.events, returned.rate)]
    if of_list != rate:
        notes.append(f"The list counts {_said(of_list)} frames a second and the film {_said(rate)}: times are kept.")
    begins = frame_at(seen[0].record_frame / of_list, rate)
    first, moved_song, said = _song(returned, cut, of_list, begins)
    notes += said
    notes += _left_words(returned, [*(marker.name for marker in cut.markers), *own_words])
    grid = _Grid(rate, of_list, first)
    laid, said = _said_once(_lay(seen, matches, grid, cut, returned))
    notes += said
    if laid and laid[-1].record_frame + laid[-1].frames > LONGEST_S * rate:
        hours = float((laid[-1].record_frame + laid[-1].frames) / rate / 3600)
        raise BadInput(
            f"{returned.title or 'the list'} is {hours:,.1f} hours long: a film has {LONGEST_S // 3600} at most"
        )
    slots = _with_cards(laid, card, cut)
    if not slots:
        raise BadInput(f"{returned.title or 'the list'} holds no picture where the song plays: export it again")
    pairs = paired(cut.slots, slots)
    slots = tuple(_carried(slot, cut.slots[pairs[at]] if at in pairs else None) for at, slot in enumerate(slots))
    start_s = cut.song.start_s + moved_song / rate
    length = slots[-1].end_frame
    new = replace(
        cut,
        id="",
        name=name,
        version=0,
        song=replace(cut.song, start_s=start_s, end_s=start_s + length / rate),
        slots=slots,
        markers=_markers(cut, moved_song, length),
        author="",
        created_at_us=0,
    )
    new, said = fitting_dissolves(new)
    notes += said
    check(new)
    unmatched = {at: each.lost for at, each in enumerate(laid) if each.lost}
    told = changes(
        cut,
        new,
        unmatched={at: lost[0].called for at, lost in unmatched.items()},
        said={at: "; ".join(each.said) for at, each in enumerate(laid) if each.said},
        earlier={s.name for each in older for s in each.sources},
    )
    films = [at for at, slot in enumerate(cut.slots) if slot.source.kind == "take"]
    return Conformed(
        cut=new,
        changes=told,
        unmatched=tuple(Unmatched(at + 1, *lost) for at, lost in unmatched.items()),
        notes=tuple(notes),
        survived=len(set(films) & set(pairs.values())),
        of=len(films),
        used=len({slot.source.name for slot in slots if slot.source.kind == "take"}),
        takes=len(takes),
    )


def _left_words(returned: Returned, own: Iterable[str]) -> tuple[str, ...]:
    """The markers that the editor has put in: all but our own, of which FCPXML has several in one."""
    ours = {_plain(words) for words in own}
    every = sorted({*returned.markers, *(m for event in returned.events for m in event.markers)})
    rate, start = returned.rate, returned.start_frame
    drop = drops(rate) and start == hour_frame(rate, drop=True)
    return tuple(
        f"The editor's marker at {timecode(start + frame, rate, drop=drop)}: {words[:200]}"
        for frame, words in every
        if words and frame >= 0 and not _made_of(words, ours)
    )[:MOST_MARKERS]


def _made_of(words: str, ours: Container[str]) -> bool:
    """Whether it is one of ours, or several with strokes between them; ours may have strokes of their own."""
    parts = words.split(" / ")
    reached = {0}
    for end in range(1, len(parts) + 1):
        if any(_plain(" / ".join(parts[start:end])) in ours for start in reached):
            reached.add(end)
    return len(parts) in reached


def _plain(words: str) -> str:
    """The words as an EDL spells them, which knows neither accents nor dashes."""
    return ascii_only(words).casefold()


def _has_name(rate: Fraction) -> bool:
    """Whether every format can say this rate: a whole number, or 1000/1001 of one."""
    return rate.denominator == 1 or (rate.denominator == 1001 and rate.numerator % 1000 == 0)


def _said(rate: Fraction) -> str:
    return str(rate) if rate.denominator == 1 else f"{float(rate):.3f}".rstrip("0").rstrip(".")


def _check_film(returned: Returned, seen: Sequence[Event], matches: Sequence[Match]) -> None:
    title = returned.title or "the list"
    if not seen:
        raise BadInput(f"{title} holds no clips of picture: export the time line with its video tracks")
    if not any(match.asks or (match.source and match.source.kind == "take") for match in matches):
        held = names([event.called for event in seen])
        raise BadInput(
            f"none of the {len(seen)} clips of {title} is a take of this film (it holds {held}): "
            "give the list that was made from this film"
        )


def _song(returned: Returned, cut: Cut, of_list: Fraction, picture: int) -> tuple[int, int, tuple[str, ...]]:
    """Film frames of the list before the film begins, by how many the range of the song begins later, and what there
    is to say. `picture` is where the first clip stands: the film begins with it or with the song."""
    if not cut.song.file:
        return 0, 0, ()
    called = {name.casefold() for name in (*_SONG_FILES, cut.song.file.rsplit("/", 1)[-1])}
    pieces = [
        event
        for event in returned.song_events
        if event.file_name.casefold() in called or event.name.casefold() in called or event.reel == _SONG_REEL
    ]
    if not pieces:
        return 0, 0, ("The song is not in the list: its first frame is taken to be the film's.",)
    zeros = [frame_at(event.record_frame / of_list - event.in_s, cut.rate) for event in pieces]
    heard = frame_at(pieces[0].record_frame / of_list, cut.rate)
    said = []
    if max(zeros) - min(zeros) > 1:
        said.append("The song is cut up in the list: the film plays it in one piece, as its first part lies.")
    earliest = zeros[0] - int(cut.song.start_s * cut.rate)  # where the master itself would begin
    first = max(min(picture, heard), earliest)
    if first > picture:
        said.append(f"The first {in_frames(first - picture)} of the picture lie before the song and are left out.")
    if moved := first - zeros[0]:
        said.append(f"The film begins {in_frames(abs(moved))} {'later' if moved > 0 else 'earlier'} in the song.")
    return first, moved, tuple(said)


@dataclass(frozen=True)
class _Laid:
    """A slot to be: with a source, or empty for a gap or for a clip that fits nothing."""

    record_frame: int
    frames: int
    slot: Slot | None = None
    lost: tuple[Event, str] | None = None
    said: tuple[str, ...] = ()


def _lay(
    seen: Sequence[Event], matches: Sequence[Match], grid: _Grid, cut: Cut, returned: Returned
) -> tuple[_Laid, ...]:
    laid: list[_Laid] = []
    at = 0
    for event, match in zip(seen, matches, strict=True):
        first, last = grid(event.record_frame), grid(event.end_frame)
        if last <= max(at, 0) or last <= first:
            continue
        if first < 0:  # before the song
            hidden = -round(first * grid.of_list / grid.rate)
            event = part(event, event.record_frame + hidden, event.frames - hidden, returned.rate)
            first = 0
        if first > at:
            laid.append(_Laid(at, first - at))
        laid.append(_slot(event, match, max(first, at), last, cut, returned))
        at = last
    return tuple(laid)


def _said_once(laid: tuple[_Laid, ...]) -> tuple[tuple[_Laid, ...], tuple[str, ...]]:
    """What is so of every slot, once: where the time code of the sources begins, as in the lists that are made here."""
    takes = [each for each in laid if each.slot and each.slot.source.kind == "take"]
    counted = {said for each in takes for said in each.said if said.startswith(_COUNTED)}
    if len(takes) < 2 or len(counted) != 1 or not all(counted & set(each.said) for each in takes):
        return laid, ()
    (words,) = counted
    plain = tuple(replace(each, said=tuple(said for said in each.said if said != words)) for each in laid)
    return plain, (f"Of every clip {words.removeprefix('its ')}.",)


def _slot(event: Event, match: Match, first: int, last: int, cut: Cut, returned: Returned) -> _Laid:
    """The slot of a clip; where its take does not reach, it is slowed to fit, or left empty."""
    source, frames, rate = match.source, last - first, cut.rate
    if source is None:
        return _Laid(first, frames, lost=(event, match.why))
    said = [] if match.by in ("name", "") else [_found_by(match, event)]
    said += event.notes
    in_s = event.in_s
    wholes = event.wholes_s
    if returned.format == "EDL" and not wholes:
        wholes = Fraction(in_s // 3600 * 3600), Fraction(in_s // 60 * 60)
    for unit, whole in zip((3600, 60), wholes, strict=False):  # time code of a file that begins at an hour or minute
        if in_s >= max(source.duration_s, Fraction(unit)):
            said = [s for s in said if "time code" not in s]
            in_s = event.in_s - whole
            said.append(f"{_COUNTED} {'hour' if unit == 3600 else 'minute'}")
    speed = event.speed
    if event.ramp:
        said.append(f"a speed ramp, taken at its average of {float(speed):.2f}")
    if event.reverse:
        said.append("plays backwards in the list; here it plays forwards")
    if not speed:
        speed = Fraction(1, 2 * frames)  # within one frame of the source all the while
        said.append("one held frame")
    start = max(0, frame_at(in_s, rate))
    for old in (slot for slot in cut.slots if slot.source.name == source.name):
        if abs(old.speed - speed) <= event.speed_loose:  # the list rounds speeds: this one is meant
            speed = old.speed
        if old.speed == speed and 0 <= old.in_frames / rate - in_s < event.loose:
            start = old.in_frames
    reach = source.duration_s * rate
    if start >= reach:
        why = f"it begins on frame {start}, and {source.name} has {int(reach)} frames of the film"
        return _Laid(first, frames, lost=(event, why))
    if source_frames_needed(start, frames, speed, source.rate, rate) > source.frames:
        over = start + frames * speed - reach
        if over <= 1 and start:  # rounding
            start -= 1
        else:
            said.append(f"{source.name} is {float(over):.1f} frames too short for it, and slowed to fit")
            speed = (reach - start) / frames
    slot = Slot(
        source,
        first,
        frames,
        start,
        speed,
        how="; ".join(["as the editor cut it", *said]),
        transition=Transition("dissolve", max(1, frame_at(event.dissolve_frames / returned.rate, rate)))
        if event.dissolve_frames
        else None,
    )
    return _Laid(first, frames, slot, said=tuple(said))


def _found_by(match: Match, event: Event) -> str:
    by = {
        "reel": "by its reel",
        "hash": "by the bytes of its file",
        "metadata": "by what the export wrote into the list",
        "picture": "by its first picture",
        "former": "by the label that it had before logs were merged",
        "choice": "because you said so",
    }[match.by]
    return f"called {event.called} in the list, found {by}"


def _with_cards(laid: Sequence[_Laid], card: Callable[[str, str, int], Source], cut: Cut) -> tuple[Slot, ...]:
    """The slots, with a card made for each empty place: of the shot that stood there and is gone, else by number."""
    slots = []
    there = {each.slot.source.name for each in laid if each.slot}
    gone = [slot for slot in cut.slots if slot.source.shot and slot.source.name not in there]
    free = (name for n in range(1, 10_000) if (name := f"{EMPTY}{n:02d}") not in there)
    for each in laid:
        if each.slot:
            slots.append(each.slot)
            continue
        how = f"unmatched: {each.lost[0].called}: {each.lost[1]}" if each.lost else "a gap in the editor's list"
        end = each.record_frame + each.frames
        stood = {min(end, s.end_frame) - max(each.record_frame, s.record_frame): s.source.shot for s in reversed(gone)}
        name = f"{EMPTY}{stood[max(stood)]}" if stood and max(stood) > 0 else next(free)
        name = next(free) if name in there else name
        there.add(name)
        source = card(name, each.lost[0].called if each.lost else "no picture", each.frames)
        slots.append(Slot(source, each.record_frame, each.frames, how=how))
    return tuple(slots)


def _carried(slot: Slot, was: Slot | None) -> Slot:
    """With what belongs to the slot and is in no list: its sound, its pin, its aim; and how it was made to fit."""
    if was is None:
        return slot
    same = (was.in_frames, was.frames, was.speed) == (slot.in_frames, slot.frames, slot.speed)
    return replace(slot, sound=was.sound, pinned=was.pinned, aim=was.aim, how=was.how if same else slot.how)


def _markers(cut: Cut, later: int, frames: int) -> tuple[Marker, ...]:
    """The song's markers where they are now."""
    moved = (replace(m, frame=m.frame - later) for m in cut.markers if m.kind not in _OF_SLOTS)
    return tuple(m for m in moved if 0 <= m.frame < frames)
