"""Which cells of a grid to keep, so that what is learned from them is learned fairly."""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd, prod

from studio.errors import BadInput

Point = tuple[int, ...]  # the number of the value on each axis


def spread(sizes: Sequence[int], count: int) -> tuple[Point, ...]:
    """The first `count` points of the whole grid in an order that is even from its first point on.

    After any number of points each value of each axis was taken equally often, but for one, and no point comes twice.
    The order is the diagonal: step t takes value (t + ⌊t / lcm⌋) mod size of an axis, where lcm is that of its size
    and of the number of points that the axes before it have. By the Chinese remainder theorem the points between two
    multiples of lcm differ, and the shift by one takes the next coset after each, until all are taken.
    """
    return tuple(tuple(_point(sizes, t)) for t in range(min(count, prod(sizes))))


def _point(sizes: Sequence[int], step: int) -> list[int]:
    if not sizes:
        return []
    before = prod(sizes[:-1])
    size = sizes[-1]
    period = before * size // gcd(before, size)
    return [*_point(sizes[:-1], step % before), (step + step // period) % size]


def balanced(sizes: Sequence[int], axis: int, limit: int) -> tuple[Point, ...]:
    """At most `limit` points in which each value of one axis stands equally often, and always among the same others.

    It is a design of complete blocks: a block is one combination of the other axes, and each block that is kept is kept
    with every value of the axis in question. So whatever else differs, differs alike for each of its values. The
    blocks are those of `spread`, so each value of each other axis stands in equally many of them, but for one. Where
    `limit` is no multiple of the axis's size, the rest is left out. Points come in the order of the grid.
    """
    asked = sizes[axis]
    if limit < asked:
        raise BadInput(f"{limit} cells cannot hold {asked} values equally often: keep {asked} or a multiple of that")
    others = [*sizes[:axis], *sizes[axis + 1 :]]
    blocks = spread(others, limit // asked)
    return tuple(sorted((*block[:axis], value, *block[axis:]) for block in blocks for value in range(asked)))
