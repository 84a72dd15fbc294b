"""From the log to a stored cut: the circled takes, the song as it is now, and the cards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING

from studio.cutting.arranging import END, TITLE, Candidates, arrange, fill_cards
from studio.cutting.checking import check, source_of
from studio.cutting.markers import markers
from studio.errors import BadInput, NotFound
from studio.given import shown, visible, whole
from studio.nouns import Cut, SongRange, Source

if TYPE_CHECKING:
    from studio.log import KeptTake, Log, Settings
    from studio.song import Master

MOST_BARS = 10**9
LONGEST_NAME = 200  # characters


def assemble(
    log: Log,
    settings: Settings,
    song: Master,
    bars: tuple[int, int] | None,
    name: str,
    author: str,
    card: Callable[[str, str, int], Source],
) -> Cut:
    """Lay the circled takes on the bars `bars` (first and last, counted from 1; None for the whole used song).

    `card(name, text, frames)` makes a card of that length. The cut is checked, then stored as the next version.
    """
    kept = log.kept()
    if not kept:
        raise NotFound('no take is circled yet: film.circle("07A-003") keeps one')
    shots = [_candidates(shot, tuple(takes)) for shot, takes in groupby(kept, lambda each: each.take.shot)]
    chosen, start_s, end_s, first = _range(song, bars)
    texts = {TITLE: settings.title_card.strip(), END: settings.end_card.strip()}
    slots = arrange(
        shots,
        bars=chosen,
        beats=song.grid.beats(start_s, end_s),
        start_s=start_s,
        end_s=end_s,
        rate=settings.rate,
        slowest_speed=settings.slowest_speed,
        title_card=bool(texts[TITLE]),
        end_card=bool(texts[END]),
        first_bar=first,
    )
    cards = {
        slot.source.name: card(slot.source.name, texts[slot.source.name], slot.frames)
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
            beats=song.grid.beats(start_s, end_s),
            lines=song.lines,
            start_s=start_s,
            end_s=end_s,
            rate=settings.rate,
            first_bar=first,
        ),
    )
    check(cut)
    with log.write(author) as w:
        return w.cut(cut)


def _candidates(shot: str, kept: Sequence[KeptTake]) -> Candidates:
    """A shot's circled takes, with the part of each that somebody marked as its best."""
    best = {
        each.take.label: (each.best_in or 0, each.best_out or each.frames)
        for each in kept
        if each.best_in is not None or each.best_out is not None
    }
    return Candidates(shot, tuple(map(source_of, kept)), best)


def _range(song: Master, bars: tuple[int, int] | None) -> tuple[tuple[Fraction, ...], Fraction, Fraction, int]:
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
