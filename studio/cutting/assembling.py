"""From the log to a stored cut: the circled takes, the song as it is now, and the cards."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING

from studio.cutting.arranging import END, TITLE, Candidates, arrange, fill_cards
from studio.cutting.checking import check
from studio.cutting.choosing import CardMaker, choose, open_, with_cards, with_words
from studio.cutting.ends import UNMARKED
from studio.cutting.grid import Grid
from studio.cutting.joins import check_aim
from studio.cutting.markers import markers
from studio.cutting.slots import in_order, wishes
from studio.cutting.stock import Candidate, Stock, candidate_of
from studio.errors import BadInput, NotFound
from studio.given import shown, visible, whole
from studio.nouns import EMPTY, Cut, Slot, SongRange, check_shot_id

if TYPE_CHECKING:
    from studio.log import Log, Settings
    from studio.media.workers import Workers
    from studio.song import Master

MOST_BARS = 10**9
LONGEST_NAME = 200  # characters
_OTHER_TAKE = re.compile(r"another circled take \([^)]*\)(, )?")


def assemble(
    log: Log,
    settings: Settings,
    song: Master,
    bars: tuple[int, int] | None,
    name: str,
    author: str,
    card: CardMaker,
    aim: str = "flow",
    pin: Mapping[str, str] | None = None,
    ban: Sequence[str] = (),
    holes: bool = False,
    hands: Workers | None = None,
) -> Cut:
    """Lay the circled takes on the bars `bars` (first and last, counted from 1; None for the whole used song).

    `arrange` gives every shot its slot; what fills a slot that runs at its own speed is chosen for its joins. `pin`
    says which take fills a shot's slot, `ban` which takes are not used; with `holes` a shot without a circled take has
    an empty slot. `card(name, text, frames)` makes a card of that length. `hands` are others who
    look at the takes and their joins. The cut is checked, then stored as the next version.
    """
    stock = Stock(log)
    wanted, banned = _pinned(log, stock, pin), _labels(log, ban)
    shots = _shots(log, stock, wanted, banned, holes)
    chosen, start_s, end_s, first = range_of(song, bars)
    beats = song.grid.beats(start_s, end_s)
    texts = {TITLE: settings.title_card.strip(), END: settings.end_card.strip()}
    slots = arrange(
        [_candidates(shot, takes) for shot, takes in shots.items()],
        bars=chosen,
        beats=beats,
        start_s=start_s,
        end_s=end_s,
        rate=settings.rate,
        slowest_speed=settings.slowest_speed,
        title_card=bool(texts[TITLE]),
        end_card=bool(texts[END]),
        first_bar=first,
        holes=holes,
        lengths=wishes(log),
    )
    cards = {
        slot.source.name: card(
            slot.source.name, texts.get(slot.source.name) or no_circle(slot.source.name), slot.frames
        )
        for slot in slots
        if slot.source.kind == "card"
    }
    cut = Cut(
        id="",
        film_title=settings.title,
        name=visible(name or "", "the name of the cut", LONGEST_NAME)
        or (f"bars {bars[0]} to {bars[1]}" if bars else "whole song"),
        version=0,
        rate=settings.rate,
        width=settings.width,
        height=settings.height,
        fit=settings.fit,
        song=SongRange(song.file, song.sha256, start_s, end_s),
        slots=fill_cards(slots, cards),
        markers=markers(
            bars=chosen,
            beats=beats,
            lines=song.lines,
            start_s=start_s,
            end_s=end_s,
            rate=settings.rate,
            first_bar=first,
            sections=song.sections,
            marks=song.marks,
        ),
        aim=check_aim(aim),
        banned=banned,
    )
    grid = Grid(bars=chosen, beats=beats, start_s=start_s, end_s=end_s, rate=settings.rate, first_bar=first)
    lists = [list(shots.get(slot.shot, ())) if open_(slot) else [] for slot in cut.slots]
    cut = with_cards(choose(cut, stock, lists, hands).cut, card, no_circle)
    cut = replace(cut, slots=tuple(replace(slot, pinned=slot.shot in wanted) for slot in cut.slots))
    places = [_how(place_in(grid, slot.record_frame, slot.end_frame), slot) for slot in cut.slots]
    return store(log, with_words(cut, places, stock), author)


def store(log: Log, cut: Cut, author: str) -> Cut:
    """Check a cut and store it as the film's next version."""
    check(cut)
    with log.write(author) as w:
        return w.cut(replace(cut, version=0))


def revise(log: Log, settings: Settings, cut: Cut, author: str, card: CardMaker, stock: Stock) -> Cut:
    """A cut that was edited or solved, as the next version: cards made as long as their slots, joins put in words."""
    texts = {TITLE: settings.title_card.strip(), END: settings.end_card.strip()}
    whole_cut = with_cards(cut, card, lambda name: texts.get(name) or no_circle(name))
    return store(log, with_words(whole_cut, [slot.how.split("; joins: ")[0] for slot in cut.slots], stock), author)


def no_circle(name: str) -> str:
    """The words on the card of this name, "empty-07A"."""
    return f"{name.removeprefix(EMPTY)}\nno circled take"


def place_in(grid: Grid, start: int, end: int) -> str:
    """Where in the song a slot lies: "bar 3", "bars 1–2", "bar 3 beat 2 to bar 4 beat 1"."""
    (bar, beat), (last, last_beat) = grid.bar_and_beat(start), grid.bar_and_beat(end - 1)
    if last is None:
        return f"before bar {grid.first_bar}"
    whole_bars = (start in grid.bars or start == 0) and (end in grid.bars or end == grid.frames)
    if whole_bars:
        bar = bar or grid.first_bar
        return f"bar {bar}" if bar == last else f"bars {bar}–{last}"
    begins = f"bar {bar} beat {beat}" if bar else f"beat {beat} before bar {grid.first_bar}"
    return f"{begins} to bar {last} beat {last_beat}" if (bar, beat) != (last, last_beat) else begins


def _how(place: str, slot: Slot) -> str:
    """Its place and what helped it; that another take was chosen is no help where joins choose."""
    helps = _OTHER_TAKE.sub("", slot.how) if slot.speed == 1 else slot.how
    return "; ".join(part for part in (place, helps) if part not in ("", "as it is"))


def _pinned(log: Log, stock: Stock, pin: Mapping[str, str] | None) -> dict[str, Candidate]:
    """The takes that fill the slots of these shots."""
    if pin is not None and not isinstance(pin, Mapping):
        raise BadInput(f'pin={shown(pin)} is no take for a shot: write pin={{"07A": "07A-003"}}')
    found: dict[str, Candidate] = {}
    for shot, label in (pin or {}).items():
        found[check_shot_id(shot)] = take = stock.take(label)
        if take.source.shot != shot:
            raise BadInput(f"{take.label} is a take of {take.source.shot}, and is pinned to {shot}: pin one of its own")
    return found


def _labels(log: Log, ban: Sequence[str]) -> tuple[str, ...]:
    """The banned takes by label, in order."""
    if isinstance(ban, str):
        raise BadInput(f"ban={shown(ban)} is no list: write ban=[{shown(ban)}]")
    return tuple(sorted({log.take(label).label for label in ban}))


def _shots(
    log: Log, stock: Stock, pinned: Mapping[str, Candidate], banned: Collection[str], holes: bool
) -> dict[str, tuple[Candidate, ...]]:
    """The shots of the cut in their order, each with what may fill its slot; an empty slot has nothing."""
    for take in pinned.values():
        if take.label in banned:
            raise BadInput(f"{take.label} is pinned and banned: choose one of the two")
    kept = log.kept()
    if not (kept or pinned or holes):
        raise NotFound('no take is circled yet: film.circle("07A-003") keeps one')
    found = {shot: tuple(map(candidate_of, takes)) for shot, takes in groupby(kept, lambda each: each.take.shot)}
    for shot, takes in found.items():
        found[shot] = tuple(take for take in takes if take.label not in banned)
        if not found[shot] and not holes and shot not in pinned:
            raise BadInput(
                f"every circled take of {shot} is banned ({', '.join(take.label for take in takes)}): circle another, "
                f"or arrange with holes=True to leave its slot empty"
            )
    found |= {shot: (take,) for shot, take in pinned.items()}
    every = [shot.id for shot in log.shots()] if holes else sorted(found)
    return {shot: found.get(shot, ()) for shot in in_order(every, wishes(log))}


def _candidates(shot: str, takes: Sequence[Candidate]) -> Candidates:
    """A shot's takes for arranging, with the part of each that somebody marked as its best."""
    best = {
        each.label: (each.marks.best_in or 0, each.marks.best_out or each.source.frames)
        for each in takes
        if each.marks != UNMARKED
    }
    return Candidates(shot, tuple(each.source for each in takes), best)


def range_of(song: Master, bars: tuple[int, int] | None) -> tuple[tuple[Fraction, ...], Fraction, Fraction, int]:
    """The bar starts of a range, where it begins and ends in the song, and the number of its first bar."""
    every = song.bars
    if bars is None:
        return every, song.start_s, song.end_s, 1
    try:
        first, last = (whole(n, "a bar", -MOST_BARS, MOST_BARS) for n in bars)
    except (TypeError, ValueError):
        raise BadInput(f"bars={shown(bars)} is not a range: write the first and the last bar, bars=(1, 8)") from None
    if first > last:
        raise BadInput(f"bars {first} to {last} are not a range: write the first bar, then the last, bars=(1, 8)")
    if not 1 <= first <= last <= len(every):
        raise BadInput(f"bars {first} to {last} are not in the song: it has bars 1 to {len(every)}")
    # the bar after the last one ends the range; after the song's last bar the song itself does
    end = every[last] if last < len(every) else song.end_s
    return every[first - 1 : last], every[first - 1], end, first
