from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.cutting import solving
from studio.cutting.solving import POINTS, Layer, Problem, points
from studio.errors import BadInput


@st.composite
def problems(draw, shared: bool = True) -> Problem:
    """Up to five slots of four states and an empty one; `shared`: takes of several slots. Small numbers: many ties."""
    few = st.integers(-2, 2)
    layers, sizes = [], draw(st.lists(st.integers(1, 4), min_size=1, max_size=5))
    for slot, size in enumerate(sizes):
        names = st.sampled_from("abcd") if shared else st.sampled_from([f"{slot}a", f"{slot}b", f"{slot}c"])
        takes = [*sorted(draw(names) for _ in range(size)), ""]
        worth = [*(draw(few) for _ in range(size)), -9]
        layers.append(Layer(tuple(takes), np.array(worth, np.int64)))
    joins = []
    for one, other in itertools.pairwise(sizes):
        rows = [[draw(few) for _ in range(other)] + [0] for _ in range(one)] + [[0] * (other + 1)]
        joins.append(np.array(rows, np.int64))
    return Problem(tuple(layers), tuple(joins))


def every_choice(problem: Problem, where: tuple[int, str] | None = None):
    """Every choice that uses each take once, with its worth, the best first and then the first in order."""
    for states in itertools.product(*(range(len(layer.takes)) for layer in problem.layers)):
        takes = [layer.takes[state] for layer, state in zip(problem.layers, states, strict=True)]
        used = [take for take in takes if take]
        if len(set(used)) < len(used) or (where and takes[where[0]] != where[1]):
            continue
        worth = sum(int(layer.worth[state]) for layer, state in zip(problem.layers, states, strict=True))
        pairs = zip(problem.joins, itertools.pairwise(states), strict=True)
        yield -(worth + sum(int(joins[pair]) for joins, pair in pairs)), states


@given(problem=problems())
@settings(max_examples=150, deadline=None)
def test_the_choice_is_the_one_that_trying_everything_finds(problem):
    solution = problem.solve()
    worth, states = min(every_choice(problem))
    assert solution.exact
    assert (round(solution.total * POINTS), solution.states) == (-worth, states)


@pytest.mark.parametrize("shared", [True, False])
def test_every_alternative_costs_what_trying_everything_says(shared):
    @given(problem=problems(shared=shared))
    @settings(max_examples=60, deadline=None)
    def each(problem):
        solution = problem.solve()
        best, _ = min(every_choice(problem))
        for slot, layer in enumerate(problem.layers):
            others = set(layer.takes) - {layer.takes[solution.states[slot]]}
            prices = {take: min(every_choice(problem, (slot, take)), default=None) for take in others}
            expected = {take: found[0] - best for take, found in prices.items() if found}
            told = {each.take: round(each.price * POINTS) for each in solution.alternatives(slot)}
            assert told == expected
            first = solution.runner_up(slot)
            assert (first is None) == (not expected)
            assert first is None or round(first.price * POINTS) == min(expected.values())

    each()


def test_equal_choices_are_told_apart_by_their_order():
    layer = Layer(("07A-001", "07A-001", "07A-002"), np.zeros(3, np.int64))
    assert Problem((layer,), ()).solve().states == (0,)


def test_a_take_that_two_slots_want_goes_where_the_whole_gains_most():
    one = Layer(("a", "b"), points(np.array([1.0, 0.9])))
    other = Layer(("a", "b"), points(np.array([1.0, 0.2])))
    solution = Problem((one, other), (points(np.zeros((2, 2))),)).solve()
    assert (solution.states, solution.exact, solution.said) == ((1, 0), True, "the best of all choices")


def test_where_exactness_ends_it_is_said_with_what_may_be_lost(monkeypatch):
    monkeypatch.setattr(solving, "MOST_BRANCHES", 6)
    rng = np.random.default_rng(3)
    takes = tuple("abcdefghij")
    layers = tuple(Layer((*takes, ""), np.array([*rng.integers(0, 9000, 10), -30_000])) for _ in range(10))
    joins = tuple(rng.integers(0, 10_000, (11, 11)) for _ in range(9))
    solution = Problem(layers, joins).solve()
    used = [layer.takes[state] for layer, state in zip(layers, solution.states, strict=True)]
    assert len(set(used) - {""}) == len([take for take in used if take])
    assert not solution.exact
    assert solution.said.startswith("a good choice: after 6 ways of using each take once the best may still be ")


def test_a_slot_with_nothing_to_choose_from_is_named():
    full = Layer(("a",), np.zeros(1, np.int64))
    with pytest.raises(BadInput, match="slot 2 has nothing to choose from"):
        Problem((full, Layer((), np.zeros(0, np.int64))), (np.zeros((1, 0), np.int64),))
    with pytest.raises(BadInput, match="no choice uses each take once"):
        Problem((full, full), (np.zeros((1, 1), np.int64),)).solve()
