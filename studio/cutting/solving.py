"""The best choice of a take and an in-point for every slot of a cut: exact, and the same for the same input.

A choice is worth the sum of its joins and of its takes, counted in whole points of 1/10,000: so equal is equal, and of
equal choices the first in order (by label, then by in-point) is taken. Without a take that stands in several slots'
lists this is the longest path through a row of layers, found by dynamic programming (Viterbi); forwards and backwards
it also gives what each alternative costs the whole.

A take is used once. Where the best path uses one twice, the search branches: either the first of its slots has it and
no other, or that slot does without it; the branch that can still be the best is looked at first. That is exact until
`MOST_BRANCHES` paths were found; then the conflicts of the most promising one are settled slot by slot, and `Solution`
says so, with what is lost at most. A free order of shots would be a travelling salesman's problem and is not tried: the
story has an order.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.errors import BadInput

Points = NDArray[np.int64]

POINTS = 10_000  # a score of 1
MOST_BRANCHES = 400
NEVER = -(10**12)  # points of what may not be chosen: beyond any sum


@dataclass(frozen=True)
class Layer:
    """What may fill a slot: states in order of preference among equals, each with its take and its own worth."""

    takes: tuple[str, ...]  # a label for each state; "" may be used any number of times (a card, an empty slot)
    worth: Points  # (states,)


@dataclass(frozen=True)
class Alternative:
    """Another take for a slot: its best state, and what the whole cut loses with it."""

    slot: int  # from 0
    state: int
    take: str
    price: float  # in joins: 0.1 is as much as one join worth 0.1 less


@dataclass(frozen=True)
class Solution:
    """The chosen state of every slot."""

    states: tuple[int, ...]
    total: float  # the sum of all joins and takes
    exact: bool
    said: str  # "the best of all choices", or where exactness ended
    problem: Problem = field(repr=False)

    def alternatives(self, slot: int) -> tuple[Alternative, ...]:
        """Every other take of a slot with its price, the cheapest first; all other slots are chosen anew for it."""
        return self.problem.alternatives(slot, self)

    def runner_up(self, slot: int) -> Alternative | None:
        """The cheapest other take of a slot; None where there is no other."""
        return next(iter(self.problem.alternatives(slot, self, only_first=True)), None)


@dataclass(frozen=True)
class Problem:
    """Slots in order, and what each state of one is worth beside each state of the next."""

    layers: tuple[Layer, ...]
    joins: tuple[Points, ...]  # (states of a slot, states of the next), one fewer than layers

    def __post_init__(self) -> None:
        for number, layer in enumerate(self.layers, start=1):
            if not layer.takes:
                raise BadInput(f"slot {number} has nothing to choose from: give it an empty state")

    @cached_property
    def conflicting(self) -> bool:
        """Whether any take may stand in more than one slot."""
        seen: set[str] = set()
        for layer in self.layers:
            here = set(layer.takes) - {""}
            if seen & here:
                return True
            seen |= here
        return False

    def solve(self, allowed: Sequence[NDArray[np.bool_]] | None = None) -> Solution:
        """The best choice of all, or of those whose states are allowed."""
        limits = _Limits.of(self.layers, allowed)
        if not self.layers:
            return Solution((), 0.0, True, "nothing to choose", self)
        queue: list[tuple[int, tuple[int, ...], int, _Limits]] = []
        looked = 0

        def push(limits: _Limits) -> None:
            nonlocal looked
            looked += 1
            total, path = self._best(limits)
            if total > NEVER // 2:  # among equals the first in order is popped first
                heapq.heappush(queue, (-total, path, looked, limits))

        push(limits)
        while queue:
            total, path, _, limits = heapq.heappop(queue)
            twice = self._twice(path)
            if twice is None:
                return Solution(path, -total / POINTS, True, "the best of all choices", self)
            if looked >= MOST_BRANCHES:
                return self._settle(path, -total, limits)
            take, slots = twice
            push(limits.without(self.layers, take, [k for k in range(len(self.layers)) if k != slots[0]]))
            push(limits.without(self.layers, take, slots[:1]))
        raise BadInput("no choice uses each take once: give every slot an empty state, or allow more takes")

    def alternatives(self, slot: int, best: Solution, only_first: bool = False) -> tuple[Alternative, ...]:
        """See `Solution.alternatives`."""
        through = self._through[slot]
        total = round(best.total * POINTS)
        layer, chosen = self.layers[slot], self.layers[slot].takes[best.states[slot]]
        first: dict[str, int] = {}  # the best state of each other take, were conflicts of no matter
        for state in np.argsort(-through, kind="stable"):
            if through[state] > NEVER // 2 and layer.takes[state] != chosen:
                first.setdefault(layer.takes[state], int(state))
        found: list[Alternative] = []
        for take, state in sorted(first.items(), key=lambda item: (-through[item[1]], item[1])):
            worth = int(through[state])
            if found and only_first and total - worth >= round(found[0].price * POINTS):
                break  # what a path without regard to conflicts is worth is the most that any can be
            if self.conflicting:
                allowed = [np.ones(len(each.takes), bool) for each in self.layers]
                allowed[slot] = np.array([label == take for label in layer.takes], bool)
                try:
                    again = self.solve(allowed)
                except BadInput:
                    continue
                state, worth = again.states[slot], round(again.total * POINTS)
            found.append(Alternative(slot, state, take, (total - worth) / POINTS))
            found.sort(key=lambda other: (other.price, other.state))
        return tuple(found)

    def _best(self, limits: _Limits) -> tuple[int, tuple[int, ...]]:
        """The best path within limits, a take used any number of times: the first in order among equals."""
        ahead = [limits.worth[-1]]
        for worth, joins in zip(limits.worth[-2::-1], self.joins[::-1], strict=True):
            ahead.append(worth + (joins + ahead[-1][None, :]).max(axis=1))
        ahead.reverse()
        state = int(ahead[0].argmax())
        path = [state]
        for joins, after in zip(self.joins, ahead[1:], strict=True):
            state = int((joins[state] + after).argmax())
            path.append(state)
        return int(ahead[0][path[0]]), tuple(path)

    @cached_property
    def _through(self) -> list[Points]:
        """What the best path through each state is worth, conflicts disregarded (max-marginals)."""
        worth = [layer.worth for layer in self.layers]
        before = [worth[0]]
        for joins, own in zip(self.joins, worth[1:], strict=True):
            before.append(own + (before[-1][:, None] + joins).max(axis=0))
        after = [np.zeros_like(worth[-1])]
        for joins, own in zip(self.joins[::-1], worth[:0:-1], strict=True):
            after.append((joins + (own + after[-1])[None, :]).max(axis=1))
        return [one + other for one, other in zip(before, after[::-1], strict=True)]

    def _twice(self, path: Sequence[int]) -> tuple[str, list[int]] | None:
        """The first take that a path uses more than once, and in which slots."""
        used: dict[str, list[int]] = {}
        for slot, (layer, state) in enumerate(zip(self.layers, path, strict=True)):
            used.setdefault(layer.takes[state], []).append(slot)
        return next(((take, slots) for take, slots in used.items() if take and len(slots) > 1), None)

    def _settle(self, path: tuple[int, ...], bound: int, limits: _Limits) -> Solution:
        """Conflicts settled one by one, each where it costs least: good, and no longer known to be the best."""
        total = bound
        while (twice := self._twice(path)) is not None:
            take, slots = twice
            tried = []
            for keeps in slots:
                one = limits.without(self.layers, take, [slot for slot in slots if slot != keeps])
                tried.append((*self._best(one), one))
            total, path, limits = max(tried, key=lambda found: found[0])
            if total <= NEVER // 2:
                raise BadInput("no choice uses each take once: give every slot an empty state, or allow more takes")
        lost = (bound - total) / POINTS
        said = (
            f"a good choice: after {MOST_BRANCHES} ways of using each take once the best may still be {lost:.2f} better"
        )
        return Solution(path, total / POINTS, False, said, self)


@dataclass(frozen=True)
class _Limits:
    """The worth of every state, NEVER where it is excluded."""

    worth: tuple[Points, ...]

    @classmethod
    def of(cls, layers: Sequence[Layer], allowed: Sequence[NDArray[np.bool_]] | None) -> _Limits:
        if allowed is None:
            return cls(tuple(layer.worth for layer in layers))
        return cls(tuple(np.where(mask, layer.worth, NEVER) for layer, mask in zip(layers, allowed, strict=True)))

    def without(self, layers: Sequence[Layer], take: str, slots: Sequence[int]) -> _Limits:
        """The same with a take excluded from these slots."""
        worth = list(self.worth)
        for slot in slots:
            if take in layers[slot].takes:
                mine = np.array([label == take for label in layers[slot].takes], bool)
                worth[slot] = np.where(mine, NEVER, worth[slot])
        return _Limits(tuple(worth))


def points(scores: NDArray[Any]) -> Points:
    """Scores as whole points."""
    return np.rint(np.asarray(scores, np.float64) * POINTS).astype(np.int64)
