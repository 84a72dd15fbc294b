"""Thinning a grid keeps it fair."""

from __future__ import annotations

from collections import Counter
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.errors import BadInput
from studio.generation.balance import balanced, spread

SIZES = st.lists(st.integers(1, 6), min_size=1, max_size=4)


@given(SIZES)
def test_the_whole_of_a_grid_is_every_point_once(sizes: list[int]) -> None:
    points = spread(sizes, prod(sizes))
    assert len(points) == len(set(points)) == prod(sizes)
    assert all(0 <= place < size for point in points for place, size in zip(point, sizes, strict=True))


@given(SIZES, st.integers(1, 60))
def test_after_any_number_of_points_each_value_was_taken_equally_often_but_for_one(
    sizes: list[int], count: int
) -> None:
    points = spread(sizes, count)
    for axis, size in enumerate(sizes):
        taken = Counter(point[axis] for point in points)
        often = [taken[value] for value in range(size)]
        assert max(often) - min(often) <= 1


@given(SIZES, st.data())
def test_a_balanced_grid_has_each_value_equally_often_and_among_the_same_others(
    sizes: list[int], data: st.DataObject
) -> None:
    axis = data.draw(st.integers(0, len(sizes) - 1))
    limit = data.draw(st.integers(sizes[axis], prod(sizes)))
    points = balanced(sizes, axis, limit)
    others: dict[int, set[tuple[int, ...]]] = {value: set() for value in range(sizes[axis])}
    for point in points:
        others[point[axis]].add((*point[:axis], *point[axis + 1 :]))
    assert len(points) == len(set(points)) == limit // sizes[axis] * sizes[axis]
    assert all(of == others[0] for of in others.values())
    for place in range(len(sizes) - 1):
        rest = [*sizes[:axis], *sizes[axis + 1 :]]
        often = Counter(other[place] for other in others[0])
        counts = [often[value] for value in range(rest[place])]
        assert max(counts) - min(counts) <= 1


def test_fewer_cells_than_values_cannot_be_balanced() -> None:
    with pytest.raises(BadInput, match="2 cells cannot hold 3 values equally often: keep 3"):
        balanced([4, 3, 2], 1, 2)
