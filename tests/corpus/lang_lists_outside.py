"""Long lists that losses read from their module, from a closure or from an object."""

import math

import numpy as np

EDGES = [(k, (5 * k + 1) % 10, 0.5 + 0.1 * k) for k in range(10)]
ROWS = [
    {"t": 0.1 * k, "y": math.sin(k), "site": k % 3, "name": f"q{k}", "x": np.array([1.0, k])}
    for k in range(9)
]
COEFFICIENTS = tuple(1.0 / (k + 1.0) for k in range(9))


class Fit:
    def __init__(self, data):
        self.data, self.scale = data, 2.0

    def loss(self, w):
        total = sum((w[0] * math.exp(-w[1] * t) - y) ** 2 for t, y in self.data)
        return self.scale * total / len(self.data)


def graph_of_module(x):
    total = 0.0
    for i, j, weight in EDGES:
        total += weight * (x[i] - x[j]) ** 2
    return total


def rows_of_module(w):
    return sum((w[row["site"]] * np.sum(row["x"]) - row["y"]) ** 2 for row in ROWS)


def series(w):
    total = 0.0
    for c in COEFFICIENTS:
        total = total * w[0] + c
    return total + w[1] * COEFFICIENTS.index(0.5)


def some_coefficients(w):
    return COEFFICIENTS[0] * w[0] ** 2 + COEFFICIENTS[3] * w[1] + max((2, 0.5), (1, 3.0))[1]


def _of_a_closure(ys):
    def of_a_closure(w):
        return sum((w[0] - y) ** 2 for y in ys) * w[1]

    return of_a_closure


of_a_closure = _of_a_closure([0.3 * k for k in range(12)])
of_an_object = Fit([(0.1 * k, 1.0 / (k + 1)) for k in range(10)]).loss


def _args():
    return (np.array([0.7, -0.3, 0.4]),)


EXAMPLE_ARGS = {
    "graph_of_module": lambda: (np.array([math.cos(k) for k in range(10)]),),
    "rows_of_module": _args,
    "series": _args,
    "some_coefficients": _args,
    "of_a_closure": _args,
    "of_an_object": _args,
}
