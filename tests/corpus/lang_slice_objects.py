"""Slices as objects: made by ``slice``, handed to ``__getitem__``, and asked where they go."""

from __future__ import annotations

import numpy as np


class Row:
    """Takes slices apart itself."""

    def __init__(self, items):
        self.items = list(items)

    def __getitem__(self, at):
        if isinstance(at, slice):
            return [self.items[k] for k in range(*at.indices(len(self.items)))]
        return self.items[at]


class Reversed(Row):
    pass


def slices_of_an_object(xs):
    row, rest = Row(xs), slice(1, None)
    total = sum(row[1:]) * row[-1] + sum(row[::-1][:2]) + sum(row[-2:]) * 2.0
    total += sum(xs[rest]) * (rest.start + 1) + (rest.stop is None) + sum(row[:10:2])
    return total * sum(row[rest]) if issubclass(Reversed, Row) else total


def computed_slices(x, k):
    part = slice(k, k + 2)
    total = 0.0
    for j in range(*part.indices(len(x))):
        total += x[j] ** 2 * j
    total += x[part].sum() * x[part.start : part.stop].prod()
    return total + sum(x[i] * i for i in range(*slice(None, None, -2).indices(len(x))))


EXAMPLE_ARGS = {
    "slices_of_an_object": lambda: ([1.0, 2.0, 3.0, 0.5],),
    "computed_slices": lambda: (np.array([1.0, 2.0, 3.0, 0.5]), 1),
}
MORE_ARGS = {"computed_slices": [lambda: (np.array([1.0, 2.0, 3.0, 0.5]), -3)]}
