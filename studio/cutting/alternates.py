"""What else could fill a slot, ranked by what the whole cut would lose with it; and all joins of a cut as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from studio.cutting.choosing import (
    State,
    aim_into,
    all_states,
    candidates,
    joins_of,
    present,
    problem_of,
    state_of,
    two_places,
)
from studio.cutting.editing import slot_of
from studio.cutting.ends import in_points
from studio.cutting.joins import Join, join
from studio.cutting.stock import CIRCLED_OR_HELD, Candidate, Stock
from studio.nouns import Cut, Slot

if TYPE_CHECKING:
    import pandas as pd

    from studio.nouns import Aim


@dataclass(frozen=True)
class Alternate:
    """A take for a slot, in at the in-point that is best between the slot's neighbours as they are."""

    take: str
    verdict: str
    obeyed: str
    in_frames: int
    join_in: Join | None  # None: there is none, or it cannot be told
    join_out: Join | None
    total: float | None  # 0 to 1: the mean of its joins, more or less for verdict and obedience
    price: float  # what the whole cut loses with it, all open slots chosen anew; 0 for the best, in joins
    in_cut: bool  # whether the slot has it now

    def __repr__(self) -> str:
        sides = [
            f"{side} {two_places(each.score)}" for side, each in (("in", self.join_in), ("out", self.join_out)) if each
        ]
        return (
            f"Alternate({self.take!r} from {self.in_frames}: {', '.join(sides) or 'no joins'}, costs {self.price:.2f})"
        )


def alternates(cut: Cut, slot: int, stock: Stock) -> tuple[Alternate, ...]:
    """The circled and held takes of a slot's shot that are long enough, the present one too: the cheapest first."""
    number, place = slot_of(cut, slot)
    if not place.shot:
        return ()
    some = stock.of(place.shot, CIRCLED_OR_HELD, cut.banned)
    if place.source.kind == "take" and place.source.name not in [each.label for each in some]:
        some = [*some, stock.take(place.source.name)]
    open_slot = replace(place, pinned=False)
    opened = replace(cut, slots=tuple(open_slot if k == number else s for k, s in enumerate(cut.slots, start=1)))
    lists = [some if k == number else candidates(cut, s, stock) for k, s in enumerate(opened.slots, start=1)]
    prices = _prices(opened, number, lists, stock)
    found = [
        _alternate(cut, number, each, prices[each.label], stock)
        for each in some
        if each.label in prices and in_points(place, each.source, cut.rate, each.marks)
    ]
    return tuple(sorted(found, key=lambda each: (each.price, -(each.total or 0), each.take)))


def best_in(cut: Cut, slot: int, take: Candidate, stock: Stock) -> int:
    """The in-point of a take that is best for a slot's joins as they are; 0 where it is too short."""
    number, place = slot_of(cut, slot)
    if place.empty:
        opened = replace(place, speed=Fraction(1))
        cut = replace(cut, slots=tuple(opened if k == number else s for k, s in enumerate(cut.slots, start=1)))
    if not in_points(cut.slots[number - 1], take.source, cut.rate, take.marks):
        return 0
    return _alternate(cut, number, take, 0.0, stock).in_frames


def _prices(cut: Cut, number: int, lists: Sequence[Sequence[Candidate]], stock: Stock) -> dict[str, float]:
    """What the whole loses with each take in a slot, by its label."""
    problem = problem_of(cut, all_states(cut, stock, lists))
    best = problem.solve()
    chosen = problem.layers[number - 1].takes[best.states[number - 1]]
    found = {chosen: 0.0} | {each.take: round(each.price, 4) for each in best.alternatives(number - 1)}
    if len(problem.layers[number - 1].takes) == 1:  # it stays: its label is not asked for
        found[cut.slots[number - 1].source.name] = 0.0
    return found


def _alternate(cut: Cut, number: int, each: Candidate, price: float, stock: Stock) -> Alternate:
    slot = cut.slots[number - 1]
    before = present(cut, cut.slots[number - 2], stock) if number > 1 else None
    after = present(cut, cut.slots[number], stock) if number < len(cut.slots) else None
    states = [state_of(cut, slot, each, at, stock) for at in in_points(slot, each.source, cut.rate, each.marks)]
    best, join_in, join_out, value = max(
        (_between(cut, number, before, state, after) for state in states),
        key=lambda found: (found[3], -found[0].in_frames),
    )
    known = sum(side is not None for side in (join_in, join_out))
    return Alternate(
        take=each.label,
        verdict=each.verdict,
        obeyed=each.obeyed,
        in_frames=best.in_frames,
        join_in=join_in,
        join_out=join_out,
        total=round(min(max(value / known, 0.0), 1.0), 4) if known else None,
        price=price,
        in_cut=slot.source.name == each.label,
    )


def _between(
    cut: Cut, number: int, before: State | None, state: State, after: State | None
) -> tuple[State, Join | None, Join | None, float]:
    """A state with its two joins, and what they and it are worth."""
    join_in = _join(before, state, aim_into(cut, cut.slots[number - 1]))
    join_out = _join(state, after, aim_into(cut, cut.slots[number])) if after else None
    return state, join_in, join_out, state.worth + sum(each.score for each in (join_in, join_out) if each)


def _join(before: State | None, after: State | None, aim: Aim) -> Join | None:
    if before is None or after is None or before.tail is None or after.head is None:
        return None
    return join(before.tail, after.head, aim)


# column: dtype, unit and meaning
ALTERNATES: dict[str, tuple[str, str]] = {
    "take": ("str", "label"),
    "verdict": ("str", "circle or hold"),
    "obeyed": ("str", "whether its camera is the one asked for; missing: not known"),
    "in_frames": ("Int64", "the in-point that is best between its neighbours, frames of the film"),
    "score_in": ("Float64", "its join with the slot before, 0 to 1"),
    "score_out": ("Float64", "its join with the next slot, 0 to 1"),
    "total": ("Float64", "the mean of the two, with verdict and obedience, 0 to 1"),
    "price": ("Float64", "what the whole cut loses with it, in joins; 0: nothing"),
    "in_cut": ("boolean", "whether the slot has it now"),
}
JOINS: dict[str, tuple[str, str]] = {
    "slot": ("Int64", "the slot that the join leads into, from 2"),
    "from": ("str", "the take, or card, before the cut"),
    "to": ("str", "and after it"),
    "aim": ("str", "flow, match or contrast"),
    "score": ("Float64", "0 to 1; missing: beside a card, or nothing is known of a take"),
    "word": ("str", "good, weak or break"),
    "said": ("str", "why, in words"),
    "picture": ("Float64", "part: the pictures agree; with contrast: differ"),
    "colour": ("Float64", "part: the colours"),
    "zoom": ("Float64", "part: speed and sense of the zoom; missing: cannot be told"),
    "centre": ("Float64", "part: the point that both zooms grow from"),
    "sideways": ("Float64", "part: pan, tilt and roll, where there is no such point"),
}


def alternates_frame(cut: Cut, slot: int, stock: Stock) -> pd.DataFrame:
    """One row a take, the cheapest first; columns are those of `ALTERNATES`."""
    rows = [
        (
            each.take,
            each.verdict or None,
            each.obeyed or None,
            each.in_frames,
            each.join_in.score if each.join_in else None,
            each.join_out.score if each.join_out else None,
            each.total,
            each.price,
            each.in_cut,
        )
        for each in alternates(cut, slot, stock)
    ]
    return _frame(rows, ALTERNATES)


def joins_frame(cut: Cut, stock: Stock) -> pd.DataFrame:
    """One row a join, in order; columns are those of `JOINS`."""
    parts = ("picture", "colour", "zoom", "centre", "sideways")
    rows = [
        (
            number,
            cut.slots[number - 2].source.name,
            slot.source.name,
            aim_into(cut, slot),
            found.score if found else None,
            found.word if found else None,
            found.said if found else _unknown(cut.slots[number - 2], slot),
            *(found.parts.get(part) if found else None for part in parts),
        )
        for number, (slot, found) in enumerate(zip(cut.slots, joins_of(cut, stock), strict=True), start=1)
        if number > 1
    ]
    return _frame(rows, JOINS)


def _unknown(before: Slot, after: Slot) -> str:
    if "card" in (before.source.kind, after.source.kind):
        return "beside a card"
    return "nothing is known of a take: film.measure() looks at it"


def _frame(rows: Sequence[tuple[object, ...]], columns: dict[str, tuple[str, str]]) -> pd.DataFrame:
    import pandas as pd

    table = pd.DataFrame(rows, columns=list(columns))
    return table.astype({column: dtype for column, (dtype, _) in columns.items()})
