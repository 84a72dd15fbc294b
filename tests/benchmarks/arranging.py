"""The best takes and in-points of a cut of 55 slots: 13 takes of 9 in-points each, all joins scored."""

from itertools import pairwise

import numpy as np

from studio.cutting.choosing import worth_of
from studio.cutting.joins import Ends
from studio.cutting.solving import Layer, Problem, points
from studio.media import End
from tests.benchmarks.figures import Figure, best_seconds

SLOTS, TAKES, IN_POINTS = 55, 13, 9
STATES = TAKES * IN_POINTS


def _ends(rng: np.random.Generator) -> list[End]:
    """The ends of every state of a slot, as different as takes can be."""
    return [
        End(
            rng.integers(0, 256, 432, np.uint8).tobytes(),
            rng.integers(0, 8192, 48).astype("<u2").tobytes(),
            tuple(float(rate) for rate in rng.normal(0, 20, 4)),
            int(rng.integers(0, 2**63)),
        )
        for _ in range(STATES)
    ]


def run() -> list[Figure]:
    """The floor is the products of matrices in it: every picture with every picture of the next slot."""
    rng = np.random.default_rng(7)
    slots = [(_ends(rng), _ends(rng)) for _ in range(SLOTS)]
    takes = [tuple(f"{slot:02d}A-{n // IN_POINTS + 1:03d}" for n in range(STATES)) for slot in range(SLOTS)]
    worth = [points(rng.normal(0, 0.1, STATES)) for _ in range(SLOTS)]

    def arrange() -> Problem:
        ends = [(Ends(heads), Ends(tails)) for heads, tails in slots]
        joins = [points(worth_of(tails, heads, "flow")) for (_, tails), (heads, _) in pairwise(ends)]
        return Problem(tuple(Layer(*layer) for layer in zip(takes, worth, strict=True)), tuple(joins))

    def whole() -> None:
        problem = arrange()
        solution = problem.solve()
        assert solution.exact
        assert all(solution.runner_up(slot) for slot in range(SLOTS))

    pictures = [rng.random((STATES, 432), np.float32) for _ in range(SLOTS + 1)]
    problem = arrange()
    seconds = best_seconds(whole)
    floor = best_seconds(lambda: [a @ b.T for a, b in pairwise(pictures)])
    search = best_seconds(lambda: Problem(problem.layers, problem.joins).solve())
    what = f"arranging {SLOTS} slots × {TAKES} takes × {IN_POINTS} in-points"
    return [
        Figure(what, f"{seconds * 1000:.0f} ms", f"its matrix products {floor * 1000:.0f} ms", seconds / floor,
               "bar: exact optimum ≤ 100 ms"),
        Figure("… of it the search alone", f"{search * 1000:.1f} ms", f"the whole {seconds * 1000:.0f} ms",
               search / seconds),
    ]  # fmt: skip
