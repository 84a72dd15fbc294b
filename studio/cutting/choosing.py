"""Which take and which in-point fill every slot of a cut, so that the whole is worth most.

A cut is worth the sum of its joins, 0 to 1 each, and of what is known of its takes; every figure here is in joins, so
that 0.1 is as much as one join that is worse by a tenth. What stays as it is: cards, pinned slots, the two slots of
a dissolve, and slots that do not run at their own speed. An empty slot is taken only where no take is left for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from studio.cutting.editing import place_for
from studio.cutting.ends import in_points
from studio.cutting.fanning import look_ahead, worths
from studio.cutting.joins import Ends, Join, join, same_picture, scores, turns
from studio.cutting.solving import Layer, Problem, Solution, points
from studio.cutting.stock import CIRCLED, Candidate, Stock
from studio.media import End
from studio.nouns import EMPTY, Aim, Cut, Slot, Source

if TYPE_CHECKING:
    from studio.media.workers import Workers

OBEYED = {"yes": 0.15, "partly": 0.0, "no": -0.15, "static": -0.15}  # what cannot be told is worth what "partly" is
VERDICTS = {"circle": 0.0, "hold": -0.3, "": -0.3, "ng": -1.0}
FLIP = -0.15  # a direction that turns round at the cut, beside what the join says of it
AGAIN = -0.3  # a cut to the same picture, where it is not to flow on: a jump
EMPTY_SLOT = -5.0
OWN = Fraction(1)

CardMaker = Callable[[str, str, int], Source]  # name, text, frames


@dataclass(frozen=True)
class State:
    """One way to fill a slot."""

    source: Source
    in_frames: int
    speed: Fraction
    worth: float
    head: End | None  # None: nothing is known of it, or it is a card
    tail: End | None

    @property
    def take(self) -> str:
        """Its label; "" for a card."""
        return self.source.name if self.source.kind == "take" else ""


@dataclass(frozen=True)
class Choice:
    """What was chosen for a cut, and among what."""

    cut: Cut
    states: tuple[tuple[State, ...], ...]  # of every slot
    solution: Solution


def aim_into(cut: Cut, slot: Slot) -> Aim:
    """The aim of the join into a slot: its own, else the cut's."""
    return slot.aim or cut.aim


def choose(
    cut: Cut, stock: Stock, lists: Sequence[Sequence[Candidate]] | None = None, hands: Workers | None = None
) -> Choice:
    """The best takes and in-points for the slots of a cut: `lists` to choose from, else the circled takes of each shot.

    A slot whose list has nothing long enough keeps what it has. `hands` are others who look at the takes and at how
    they join; the choice is the same.
    """
    if lists is None:
        lists = [candidates(cut, slot, stock) for slot in cut.slots]
    if hands is not None:
        look_ahead(stock, [*(each.source for some in lists for each in some), *(s.source for s in cut.slots)], hands)
    states = all_states(cut, stock, lists)
    problem = problem_of(cut, states, hands)
    solution = problem.solve()
    slots = [
        replace(slot, source=each[state].source, in_frames=each[state].in_frames)
        for slot, each, state in zip(cut.slots, states, solution.states, strict=True)
    ]
    return Choice(replace(cut, slots=tuple(slots)), states, solution)


def all_states(cut: Cut, stock: Stock, lists: Sequence[Sequence[Candidate]]) -> tuple[tuple[State, ...], ...]:
    """What may fill every slot. A take that stays in one slot is no candidate for another."""
    stock.look_at([*(each.source for some in lists for each in some), *(slot.source for slot in cut.slots)])
    stays = {
        slot.source.name
        for slot, some in zip(cut.slots, lists, strict=True)
        if not any(in_points(slot, each.source, cut.rate, each.marks) for each in some)
    }
    return tuple(
        states_of(cut, slot, [each for each in some if each.label not in stays], stock)
        for slot, some in zip(cut.slots, lists, strict=True)
    )


def open_(slot: Slot) -> bool:
    """Whether arranging may choose anew what fills a slot."""
    return bool(slot.shot) and not slot.pinned and slot.speed == OWN


def candidates(cut: Cut, slot: Slot, stock: Stock) -> list[Candidate]:
    """What a slot can choose from: nothing where it stays as it is."""
    return stock.of(slot.shot, CIRCLED, cut.banned) if open_(slot) and not _dissolves(cut, slot) else []


def _dissolves(cut: Cut, slot: Slot) -> bool:
    """Whether a slot is one of the two of a dissolve, which was made for just these frames."""
    return any(one.transition for one in (slot, *(each for each in cut.slots if each.record_frame == slot.end_frame)))


def states_of(cut: Cut, slot: Slot, some: Sequence[Candidate], stock: Stock) -> tuple[State, ...]:
    """Every way to fill a slot, by label and then by in-point; an empty slot last."""
    found = [
        state_of(cut, slot, each, in_frames, stock)
        for each in sorted(some, key=lambda each: (len(each.label), each.label))
        for in_frames in in_points(slot, each.source, cut.rate, each.marks)
    ]
    if not found:
        return (present(cut, slot, stock),)
    if slot.empty:
        return (*found, replace(present(cut, slot, stock), worth=EMPTY_SLOT))
    return (*found, State(place_for(EMPTY + slot.shot, slot.frames, cut.rate), 0, OWN, EMPTY_SLOT, None, None))


def state_of(cut: Cut, slot: Slot, each: Candidate, in_frames: int, stock: Stock) -> State:
    """A take in a slot from an in-point on, at the slot's speed."""
    looks = stock.looks(each.source)
    return State(
        each.source,
        in_frames,
        slot.speed,
        OBEYED.get(each.obeyed, 0.0) + VERDICTS[each.verdict],
        looks.head(in_frames, slot.speed, cut.rate) if looks else None,
        looks.tail(in_frames, slot.frames, slot.speed, cut.rate) if looks else None,
    )


def present(cut: Cut, slot: Slot, stock: Stock) -> State:
    """What fills a slot now."""
    return state_of(cut, slot, Candidate(slot.source, "circle"), slot.in_frames, stock)


def problem_of(cut: Cut, states: Sequence[Sequence[State]], hands: Workers | None = None) -> Problem:
    """The worth of every state, and of every two neighbours, which `hands` may tell."""
    # what stays is not asked whether it is used once: somebody wanted it so
    layers = tuple(
        Layer(
            tuple(state.take if len(each) > 1 else "" for state in each),
            points(np.array([state.worth for state in each])),
        )
        for each in states
    )
    meetings = [
        ([state.tail for state in before], [state.head for state in after], aim_into(cut, slot))
        for (before, after), slot in zip(pairwise(states), cut.slots[1:], strict=True)
    ]
    # a join with a card is none: it is worth the same whatever stands beside the card
    worth = (worth_of(Ends(tails), Ends(heads), aim) for tails, heads, aim in meetings) if hands is None else (
        worths(meetings, hands)
    )  # fmt: skip
    return Problem(layers, tuple(points(each) for each in worth))


def worth_of(tails: Ends, heads: Ends, aim: Aim) -> NDArray[np.float32]:
    """What every join is worth: its score, less where a direction flips or a cut shows the same picture again."""
    found = scores(tails, heads, aim)
    if aim != "contrast":
        found += np.float32(FLIP) * turns(tails, heads)
    if aim != "flow":
        found += np.float32(AGAIN) * same_picture(tails, heads)
    return found


def joins_of(cut: Cut, stock: Stock) -> list[Join | None]:
    """The join into every slot; None for the first, beside a card, and where nothing is known of one of the takes."""
    stock.look_at(slot.source for slot in cut.slots)
    states = [present(cut, slot, stock) for slot in cut.slots]
    found: list[Join | None] = [None] * len(states[:1])
    for (before, after), slot in zip(pairwise(states), cut.slots[1:], strict=True):
        if before.tail is None or after.head is None:
            found.append(None)
        else:
            found.append(join(before.tail, after.head, aim_into(cut, slot)))
    return found


def with_words(cut: Cut, places: Sequence[str], stock: Stock) -> Cut:
    """The cut with how each slot came about: its place and helps, then what its joins are worth."""
    joins = [*joins_of(cut, stock), None]
    slots = [
        replace(slot, how="; ".join(part for part in (place, in_words(joins[k], joins[k + 1])) if part))
        for k, (slot, place) in enumerate(zip(cut.slots, places, strict=True))
    ]
    return replace(cut, slots=tuple(slots))


def in_words(before: Join | None, after: Join | None) -> str:
    """ "joins: in .86 good, out .78 good"."""
    told = [f"{side} {two_places(each.score)} {each.word}" for side, each in (("in", before), ("out", after)) if each]
    return f"joins: {', '.join(told)}" if told else ""


def two_places(score: float) -> str:
    """ ".86", as scores are written everywhere."""
    return f"{score:.2f}".removeprefix("0")


def with_cards(cut: Cut, card: CardMaker, text: Callable[[str], str]) -> Cut:
    """The cut with a card made for every place that waits for one; the empty slots of one shot share the longest.

    `text(name)` gives the words on the card of that name.
    """
    longest: dict[str, int] = {}
    for slot in cut.slots:
        if slot.source.kind == "card" and not slot.source.file:
            alike = [each.frames for each in cut.slots if each.source.name == slot.source.name]
            longest[slot.source.name] = max(alike)
    made = {name: card(name, text(name), frames) for name, frames in longest.items()}
    slots = [
        replace(slot, source=made[slot.source.name], in_frames=0, speed=OWN) if slot.source.name in made else slot
        for slot in cut.slots
    ]
    return replace(cut, slots=tuple(slots))
