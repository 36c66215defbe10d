"""The generated gradient against central differences, on a sample of the weights."""

from typing import NamedTuple

import numpy as np
from dragons import Array, Weights, loss

STEP = 1e-5  # near the best step for central differences in double precision
TOLERANCE = 1e-7  # of the largest slope; a right gradient stays well below


class SpotCheck(NamedTuple):
    """What the comparison found."""

    checked: int
    nonzero: int  # of those checked; the weights of pixels that are always blank have no slope
    largest_slope: float
    worst_difference: float

    @property
    def relative(self) -> float:
        """The worst difference, in terms of the largest slope."""
        return self.worst_difference / self.largest_slope


def sample(weights: Weights, each: int, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Choose up to ``each`` weights of every array, as (array, place in it)."""
    return [
        (number, int(place))
        for number, array in enumerate(weights)
        for place in rng.choice(array.size, min(array.size, each), replace=False)
    ]


def slope_by_differences(
    weights: Weights, number: int, place: int, drawings: Array, expected: Array
) -> float:
    """Return the slope of the loss in one weight, from its value on both sides."""
    values = []
    for step in (STEP, -STEP):
        moved = [array.copy() if n == number else array for n, array in enumerate(weights)]
        moved[number].flat[place] += step
        values.append(float(loss.__wrapped__(tuple(moved), drawings, expected)))
    return (values[0] - values[1]) / (2.0 * STEP)


def check(weights: Weights, drawings: Array, expected: Array, each: int = 100) -> SpotCheck:
    """Compare the gradient with differences in up to ``each`` weights of every array."""
    _, gradient = loss(weights, drawings, expected)
    chosen = sample(weights, each, np.random.default_rng(3))
    slopes = np.array([gradient[number].flat[place] for number, place in chosen])
    differences = np.array(
        [slope_by_differences(weights, *one, drawings, expected) for one in chosen]
    )
    return SpotCheck(
        checked=len(chosen),
        nonzero=int(np.count_nonzero(slopes)),
        largest_slope=float(np.max(np.abs(slopes))),
        worst_difference=float(np.max(np.abs(slopes - differences))),
    )
