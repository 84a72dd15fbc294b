"""Simple arranging: the circled takes in story order, laid on the bars of a song.

With N bars and M takes slot k covers bars ⌊kN/M⌋ to ⌊(k+1)N/M⌋; with fewer bars than takes the same on beats. What
lies before the first bar belongs to the first slot, what lies after the last one to the last. Cards fill the first
and the last slot and fit any length.

A take that is too short for its slot is helped in this order: another circled take of its shot that is long enough;
a split (the slot ends on the latest beat that the take still fills, and the next take in story order starts there)
that the following takes make good at their own speed; slowing down to no less than `slowest_speed`; a split after
which a later take is slowed; and last both on one slot. A split only hands the shortage on, so what is chosen is the
first sequence of helps, compared slot by slot from the start, with which the whole range can be filled. Only when
there is none does arranging stop.

Where somebody marked the best part of a take, that part is all there is of it: its slot begins there.

Everything is counted in whole frames of the film, from absolute times: nothing is added up, so nothing drifts.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from fractions import Fraction

from studio.cutting.grid import Grid
from studio.cutting.slots import Wish, plan
from studio.errors import BadInput, TooShort
from studio.nouns import EMPTY, Slot, Source
from studio.timecode import source_frames_needed

TITLE = "title"
END = "end"
_WHOLE = Fraction(1)
_EASE = Fraction(99, 100)  # a speed up to this much lower than it need be is taken where it reads better: 13/16


@dataclass(frozen=True)
class Candidates:
    """A shot and its circled takes. The first is the chosen one; the others stand in where it is too short."""

    shot: str
    takes: tuple[Source, ...]
    best: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # by name: frames of the clip, the end not in it


@dataclass(frozen=True)
class _Reach:
    """A take or the best part of one, and the longest slots that it fills, in film frames."""

    take: Source
    in_frames: int  # where the part begins
    length: Fraction  # of it, in film frames
    own: int  # at its own speed
    slowed: int  # at the slowest
    marked: bool


@dataclass(frozen=True)
class _Piece:
    """What has to fill one slot: the takes of a shot, or a card (which has none, and fits any length)."""

    name: str
    takes: tuple[_Reach, ...] = ()


@dataclass(frozen=True)
class _Starts:
    """The frames on which a slot may start, ascending, so that it and all that follow can be filled."""

    works: tuple[int, ...]
    made_good: tuple[int, ...]  # those among them from which no take is slowed until one ends where it was planned to


@dataclass(frozen=True)
class _Choice:
    """One way of filling a slot that starts on a given frame."""

    end: int
    reach: _Reach | None  # None for a card
    speed: Fraction
    how: str


def arrange(
    shots: Sequence[Candidates],
    *,
    bars: Sequence[Fraction],
    beats: Sequence[Fraction],
    start_s: Fraction,
    end_s: Fraction,
    rate: Fraction,
    slowest_speed: Fraction,
    title_card: bool = False,
    end_card: bool = False,
    first_bar: int = 1,
    holes: bool = False,
    lengths: Mapping[str, Wish] | None = None,
) -> tuple[Slot, ...]:
    """Slots that fill the range from `start_s` to `end_s` exactly, each at least a frame long.

    `bars` (their starts) and `beats` are exact seconds from the start of the song, as `start_s` and `end_s` are;
    `rate` is the film's; `slowest_speed` is 1 where nothing may be slowed. `first_bar` is the number of the first of
    `bars` in the song, for the words in `how`. The slot of a card holds a place for its source until `fill_cards`. With
    `holes` a shot without takes gets a slot too, with a place for the card "empty-07A".
    `lengths` are the planned ones, by shot (`slots.plan`): without one the slots are as even as the bars allow.

    Raises BadInput where there are more takes than beats or a shot has no take, TooShort where nothing fits.
    """
    if not 0 < slowest_speed <= 1:
        raise BadInput(f"the slowest speed is {slowest_speed}: write a fraction above 0 and up to 1, such as 1/2")
    pieces = _pieces(shots, title_card, end_card, rate, slowest_speed, holes)
    grid = Grid(bars=bars, beats=beats, start_s=start_s, end_s=end_s, rate=rate, first_bar=first_bar)
    ends = plan([piece.name.removeprefix(EMPTY) for piece in pieces], lengths or {}, grid, rate)
    starts = _starts(pieces, ends, grid)
    if not starts[0].works:
        raise _too_short(pieces, ends, rate, slowest_speed)
    slots: list[Slot] = []
    at = 0
    for piece, end, after in zip(pieces, ends, starts[1:], strict=True):
        choices = _choices(piece, at, end, set(after.made_good), grid, rate, slowest_speed)
        choice = next(choice for choice in choices if choice.end in after.works)
        source = choice.reach.take if choice.reach else _place_for(piece.name, choice.end - at, rate)
        begins = choice.reach.in_frames if choice.reach else 0
        slots.append(Slot(source, at, choice.end - at, begins, choice.speed, choice.how))
        at = choice.end
    return tuple(slots)


def fill_cards(slots: Sequence[Slot], cards: Mapping[str, Source]) -> tuple[Slot, ...]:
    """The same slots with the sources of their cards, by name ("title", "end"), once these have been made."""
    filled = []
    for slot in slots:
        if slot.source.kind == "card":
            card = cards.get(slot.source.name)
            if card is None:
                raise BadInput(f"the {slot.source.name} card has not been made: give its source")
            rate = slot.source.rate  # the film's, while the place is empty
            if source_frames_needed(slot.in_frames, slot.frames, slot.speed, card.rate, rate) > card.frames:
                raise TooShort(
                    f"the {card.name} card has {card.frames} frames at {card.rate} frames/s and its slot has "
                    f"{slot.frames} at {rate}: make it as long as its slot"
                )
            filled.append(replace(slot, source=card))
        else:
            filled.append(slot)
    return tuple(filled)


def simplest(low: Fraction, high: Fraction) -> Fraction:
    """The fraction with the smallest denominator in 0 < low ≤ it ≤ high (a walk down the Stern–Brocot tree)."""
    whole = math.floor(low)
    if whole == low:
        return Fraction(whole)
    if whole + 1 <= high:
        return Fraction(whole + 1)
    return whole + 1 / simplest(1 / (high - whole), 1 / (low - whole))


def _pieces(
    shots: Sequence[Candidates], title_card: bool, end_card: bool, rate: Fraction, slowest: Fraction, holes: bool
) -> tuple[_Piece, ...]:
    if not shots:
        raise BadInput("no shot has a circled take: circle one a shot, then arrange")
    for shot in shots:
        if not shot.takes and not holes:
            raise BadInput(f"{shot.shot} has no circled take: circle one, or leave the shot out")
    for name, times in Counter(take.name for shot in shots for take in shot.takes).most_common(1):
        if times > 1:
            raise BadInput(f"{name} is given {times} times: a take is used once")
    return (
        *([_Piece(TITLE)] if title_card else []),
        *(
            _Piece(
                shot.shot if shot.takes else EMPTY + shot.shot,
                tuple(_reach(take, shot.best.get(take.name), rate, slowest) for take in shot.takes),
            )
            for shot in shots
        ),
        *([_Piece(END)] if end_card else []),
    )


def _place_for(card: str, frames: int, rate: Fraction) -> Source:
    """Stands for a card that can only be made once its length is known."""
    return Source("card", card, "", "", rate, frames, 0, 0, card.upper())


def _reach(take: Source, best: tuple[int, int] | None, rate: Fraction, slowest: Fraction) -> _Reach:
    """The rule of `source_frames_needed`, solved for the slot. A part begins on the film's grid, never before it."""
    first, end = best or (0, take.frames)
    begins = math.ceil(first * rate / take.rate)
    length = max(end * rate / take.rate - begins, Fraction(0))
    return _Reach(take, begins, length, math.floor(length), math.floor(length / slowest), best is not None)


def _starts(pieces: Sequence[_Piece], ends: Sequence[int], grid: Grid) -> list[_Starts]:
    """Where each slot may start, worked out from the last backwards; one more than there are, for the range's end."""
    found = [_Starts((grid.frames,), ())]
    for k in reversed(range(len(pieces))):
        planned = ends[k - 1] if k else 0
        slowed = max((reach.slowed for reach in pieces[k].takes), default=grid.frames)
        own = max((reach.own for reach in pieces[k].takes), default=grid.frames)
        after = found[0]
        works, made_good = [], []
        for start in (*grid.between(0, planned), planned):
            if _next(after.works, start) - start <= slowed:
                works.append(start)
            as_planned = ends[k] in after.works and ends[k] - start <= own
            if as_planned or _next(after.made_good, start) - start <= min(own, ends[k] - 1 - start):
                made_good.append(start)
        found.insert(0, _Starts(tuple(works), tuple(made_good)))
    return found


def _next(frames: Sequence[int], frame: int) -> float:
    """The first of ascending frames after a frame."""
    at = bisect_right(frames, frame)
    return frames[at] if at < len(frames) else math.inf


def _choices(
    piece: _Piece, start: int, end: int, made_good: Set[int], grid: Grid, rate: Fraction, slowest: Fraction
) -> Iterator[_Choice]:
    """Every way of filling a slot from `start`, planned up to `end`: the most welcome first.

    `made_good` are the frames from which the next takes make a split good at their own speed.
    """
    beats = tuple(reversed(grid.between(start, end)))
    if not piece.takes:
        for to in (end, *beats):
            yield _Choice(to, None, _WHOLE, _in_words("made to fit", _split(to, end, grid)))

    def at_own_speed(ways: Sequence[int]) -> Iterator[_Choice]:
        for reach in piece.takes:
            for to in ways:
                if to - start <= reach.own:
                    how = _in_words(_stands_in(reach, piece), _part(reach), _split(to, end, grid))
                    yield _Choice(to, reach, _WHOLE, how)

    def slowed(ways: Sequence[int]) -> Iterator[_Choice]:
        for reach in piece.takes:
            for to in ways:
                if reach.own < to - start <= reach.slowed:
                    fastest = reach.length / (to - start)
                    speed = simplest(max(slowest, fastest * _EASE), fastest)
                    words = (_stands_in(reach, piece), _part(reach), _split(to, end, grid), f"slowed to {speed}")
                    yield _Choice(to, reach, speed, _in_words(*words))

    yield from at_own_speed((end,))
    yield from at_own_speed([beat for beat in beats if beat in made_good])
    yield from slowed((end,))
    yield from at_own_speed(beats)
    yield from slowed(beats)


def _stands_in(reach: _Reach, piece: _Piece) -> str:
    take, chosen = reach.take, piece.takes[0].take
    return "" if take is chosen else f"another circled take ({take.name} for {chosen.name})"


def _part(reach: _Reach) -> str:
    return "its best part" if reach.marked else ""


def _split(to: int, end: int, grid: Grid) -> str:
    if to == end:
        return ""
    bar, beat = grid.bar_and_beat(to)
    return f"split at beat {beat} of bar {bar}" if bar is not None else f"split at beat {beat}, before the first bar"


def _in_words(*parts: str) -> str:
    return ", ".join(part for part in parts if part) or "as it is"


def _too_short(pieces: Sequence[_Piece], ends: Sequence[int], rate: Fraction, slowest: Fraction) -> TooShort:
    """Names the first slot that none of its takes fills, even slowed. There is one: else no help were needed."""
    start = 0
    for slot, (piece, end) in enumerate(zip(pieces, ends, strict=True), start=1):
        frames, start = end - start, end
        if not piece.takes or any(frames <= reach.slowed for reach in piece.takes):
            continue
        longest = max(piece.takes, key=lambda reach: reach.length)
        take = longest.take
        needed = source_frames_needed(0, frames, _WHOLE, take.rate, rate)
        slowed = source_frames_needed(0, frames, slowest, take.rate, rate)
        at_least = f" ({slowed} slowed to {slowest})" if slowest < 1 else ""
        left = f"{take.name} has {take.frames} frames"
        if longest.marked:
            left = f"the best part of {take.name} has {round(longest.length * take.rate / rate)} frames"
        return TooShort(
            f"{left} and slot {slot} needs {needed}{at_least} for "
            f"{float(frames / rate):.2f} s of song, and neither another circled take of {piece.name} nor a split at a "
            f"beat helps: circle a longer take, choose fewer bars, or lower slowest_speed in film.toml"
        )
    raise AssertionError("every slot can be filled as planned, so the search must have found that")
