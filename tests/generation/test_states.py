"""The way of a take: what DESIGN §3 allows, and nothing else."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.errors import StudioError
from studio.generation.states import NEXT, RESTING, UNFINISHED, WrongState, check
from studio.nouns import FINAL_STATES, STATES

STRAIGHT_ON = ["planned", "submitting", "submitted", "running", "ready", "downloading", "done"]


def test_every_state_has_its_place_in_the_table() -> None:
    assert set(NEXT) == set(STATES)
    assert all(set(then) <= set(STATES) for then in NEXT.values())


def test_a_take_may_go_straight_on() -> None:
    for now, then in itertools.pairwise(STRAIGHT_ON):
        assert check("07A-001", now, then) == then


def test_an_end_is_an_end() -> None:
    for state in FINAL_STATES:
        assert NEXT[state] == ()
    with pytest.raises(WrongState, match="take 07A-001 is done and cannot become running: after done comes nothing"):
        check("07A-001", "done", "running")


def test_a_wrong_step_is_told_in_one_sentence_with_the_right_ones() -> None:
    with pytest.raises(StudioError, match="is planned and cannot become done: after planned comes submitting, failed"):
        check("07A-001", "planned", "done")


def test_an_unknown_take_is_never_begun_from_the_start() -> None:
    assert "planned" not in NEXT["unknown"]
    assert "unknown" in RESTING
    assert "unknown" not in UNFINISHED


def test_every_unfinished_take_can_still_come_to_done() -> None:
    for state in UNFINISHED:
        seen, edge = {state}, [state]
        while edge:
            for then in NEXT[edge.pop()]:
                if then not in seen:
                    seen.add(then)
                    edge.append(then)
        assert "done" in seen


@given(st.lists(st.sampled_from(STATES), max_size=12))
def test_no_walk_that_is_let_through_leaves_an_end(walk: list) -> None:
    now = "planned"
    for then in walk:
        try:
            check("07A-001", now, then)
        except WrongState:
            continue
        assert now not in FINAL_STATES
        now = then
