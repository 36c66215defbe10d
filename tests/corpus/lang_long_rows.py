"""Data in long lists of records: tuples of several kinds, dicts, named tuples and objects."""

import dataclasses
import math
from typing import NamedTuple

import numpy as np


class Reading(NamedTuple):
    time: float
    level: float
    weight: int


@dataclasses.dataclass(frozen=True)
class Spring:
    i: int
    j: int
    stiffness: float
    rest: float

    def energy(self, distance):
        return 0.5 * self.stiffness * (distance - self.rest) ** 2

    @property
    def hard(self):
        return self.stiffness > 1.0


def edges_of_graph(x, edges):
    total = 0.0
    for i, j, weight in edges:
        total += weight * (x[i] - x[j]) ** 2
    first, *rest = edges[-1]
    return total + x[first] * rest[1] * ((0, 1, 0.5) in edges)


def nested_pairs(x, edges):
    heavy = sorted((e for e in edges if e[1] > 0.6), key=lambda e: -e[1])
    return sum(k * w * x[i] * x[j] for k, ((i, j), w) in enumerate(heavy))


def best_edge(x, edges):
    best = edges[0]
    for edge in edges:
        if edge[2] * x[edge[0]] > best[2] * x[best[0]]:
            best = edge
    same = isinstance(best, tuple) and type(best[0]) is int and not isinstance(best[2], int)
    return x[best[0]] ** 2 * best[2] * same


def arrays_and_targets(w, data):
    return sum((np.dot(w, x) - y) ** 2 for x, y in data) / len(data)


def first_array(w, data):
    return np.sum(w * data[0][0])


def table(w, edges):
    rows = np.array(edges)
    return np.sum(rows[:, 2] * w[rows[:, 0].astype(int)])


def survey(w, data):
    total = 0.0
    for row in data:
        if row["urban"] and "age" in row:
            total += (w[0] * row["age"] - row.get("income", 1.0)) ** 2
        else:
            total += w[1] ** 2 * row["scores"][0] * len(row["scores"]) * row["place"]["x"]
    return total / len(data)


def smoothed(w, data):
    level, out = data[0].level, 0.0
    for _, y, weight in data[1:]:
        level = w[0] * y + (1.0 - w[0]) * level
        out += weight * (y - level) ** 2
    return out


def spring_network(x, springs):
    energy = 0.0
    for s in springs:
        energy += s.energy(abs(x[s.i] - x[s.j]))
        if s.hard:
            energy += x[s.i] ** 2
    return energy * (springs[0] is not springs[1])


def row_written(w, data):
    for row in data:
        row["age"] *= w[0]
    return sum(row["age"] ** 2 for row in data)


def key_added(w, data):
    for row in data:
        row["residual"] = w[0] * row["age"] - row["income"]
    return sum(row["residual"] ** 2 for row in data)


def array_written(w, data):
    total = 0.0
    for x, y in data:
        x *= 2.0
        total += np.sum(w * x) * y
    return total


def names_asked(w, data):
    return sum(w[0] ** 2 * row["age"] for row in data if row["name"] != "q3")


def row_before(w, data):
    """The row of the turn before, none at first."""
    last, total = None, 0.0
    for row in data:
        if last is not None and row["age"] > last["age"]:
            total += (row["income"] - w[0] * last["income"]) ** 2
        last = row
    return total * w[1] * last["age"]


def row_kept_or_none(w, data):
    """A row is kept under a test, and let go again."""
    open_, total = None, w[0]
    for row in data:
        if row["urban"]:
            open_ = row
        elif open_ is not None and row["income"] > 1.0:
            total = total * 0.5 + w[1] ** 2 * (row["age"] - open_["age"])
            open_ = None
    return total**2 * (2.0 if open_ is None else open_["income"])


def reading_before(w, data):
    """The same of objects, whose attribute is asked for where one may be none."""
    last, total = None, w[0]
    for one in data:
        if last is not None:
            total = total * 0.9 + w[1] ** 2 * (one.level - last.level)
        last = one if one.weight % 3 else None
    return total**2


W = (0.7, -0.3, 0.4)


def rows_of(count):
    return [
        {
            "age": 20.0 + k,
            "income": 0.5 * k,
            "urban": k % 3 == 0,
            "name": f"q{k}",
            "scores": [0.1 * k, 1.0],
            "place": {"x": 0.5, "y": 2.0},
        }
        for k in range(count)
    ]


def _args(rest, w=W):
    return lambda: (np.array(w), rest())


def _edges():
    return [(k, (5 * k + 1) % 10, 0.5 + 0.1 * k) for k in range(10)]


_PLACES = tuple(math.sin(k) for k in range(10))
_ARRAYS = _args(lambda: [(np.linspace(0.0, k + 1.0, 3), 0.5 * k) for k in range(9)])
_ROWS = _args(lambda: rows_of(11))

EXAMPLE_ARGS = {
    "edges_of_graph": _args(_edges, _PLACES),
    "nested_pairs": _args(lambda: [((i, j), w) for i, j, w in _edges()], _PLACES),
    "best_edge": _args(_edges, _PLACES),
    "arrays_and_targets": _ARRAYS,
    "first_array": _ARRAYS,
    "table": _args(_edges, _PLACES),
    "survey": _ROWS,
    "row_before": _ROWS,
    "row_kept_or_none": _ROWS,
    "reading_before": _args(lambda: [Reading(0.1 * k, math.cos(k), 1 + k % 3) for k in range(10)]),
    "smoothed": _args(lambda: [Reading(0.1 * k, math.cos(k), 1 + k % 3) for k in range(10)]),
    "spring_network": _args(
        lambda: [Spring(k, (k + 2) % 9, 0.5 + 0.1 * k, 0.4) for k in range(9)], _PLACES
    ),
    "row_written": _ROWS,
    "key_added": _ROWS,
    "array_written": _ARRAYS,
    "names_asked": _ROWS,
}

MORE_ARGS = {
    "edges_of_graph": [_args(lambda: _edges() * 2, _PLACES)],
    "survey": [_args(lambda: rows_of(20)), _args(lambda: rows_of(3))],
}
