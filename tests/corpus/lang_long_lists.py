"""Data in long lists of numbers, rows and arrays: loops over them stay loops."""

import math

import numpy as np


def decay(params, data):
    a, b = params
    total = 0.0
    for t, y in data:
        total += (a * math.exp(-b * t) - y) ** 2
    return total / len(data)


def springs(positions, edges, rest, stiffness):
    energy = 0.0
    for (i, j), length in zip(edges, rest):
        distance = np.linalg.norm(positions[i] - positions[j])
        energy += 0.5 * stiffness * (distance - length) ** 2
    return energy


def sequences(w, xs):
    total = 0.0
    for x in xs:
        h = 0.0
        for v in x:
            h = math.tanh(w[0] * h + w[1] * v)
        total += h * h
    return total


def neighbours(w, xs):
    return sum(np.sum(w * a) * b[0] for a, b in zip(xs, xs[1:]))


def gathered(w, places):
    return np.sum(w[places] ** 2) + w[places[-1]] * (3 in places)


def sorted_data(w, values):
    return sum(w[k % 3] * v for k, v in enumerate(sorted(values))) + w[0] * max(values)


def in_a_dict(w, data):
    return sum((w[0] * v - data["shift"]) ** 2 for v in data["values"])


def best_row(w, rows):
    best = rows[0]
    for row in rows:
        if row[0] * w[0] > best[0] * w[0]:
            best = row
    return w[1] * best[0] ** 2 * best[1]


def which_class(w, rows):
    known = isinstance(rows, list) and isinstance(rows[0], tuple) and rows[1] == (1, 2)
    return w[0] ** 2 * (2.0 if known else 3.0) + sum(a * w[1] for a, _ in rows)


def tuple_of_numbers(w, values):
    more = values + (1.0,)
    return sum(w[0] * v for v in values) + w[1] * sum(more) * len(more)


def written(w, values):
    values[1] = 2.0
    values.append(w[0])
    return sum(v * v for v in values)


def sorted_in_place(w, values):
    values.sort()
    return sum(w[k % 3] * v for k, v in enumerate(values))


def rows_written(w, rows):
    for row in rows:
        row[0] += w[0]
    return sum(a * b for a, b in rows)


def arrays_written(w, xs):
    for x in xs:
        x *= w
    return sum(np.sum(x**2) for x in xs)


def counted(w, labels):
    counts = {}
    for label in labels:
        counts[label] = counts.get(label, 0) + 1
    return sum(w[k] ** 2 * n for k, n in counts.items())


W = (0.7, -0.3, 0.4)
RISING = [0.25 * k for k in range(10)]


def _args(rest, w=W):
    return lambda: (np.array(w), rest())


EXAMPLE_ARGS = {
    "decay": _args(lambda: [(0.1 * k, 1.0 / (k + 1)) for k in range(11)], (1.2, 0.4)),
    "springs": lambda: (
        np.random.default_rng(3).normal(size=(11, 2)),
        [(k, k + 1) for k in range(10)],
        [0.5 + 0.1 * k for k in range(10)],
        2.0,
    ),
    "sequences": _args(lambda: [np.linspace(-1.0, 1.0, 2 + k) for k in range(9)]),
    "neighbours": _args(lambda: [np.linspace(k, 1.0, 3) for k in range(9)]),
    "gathered": _args(lambda: [0, 2, 1] * 4),
    "sorted_data": _args(lambda: [math.sin(k) for k in range(12)]),
    "in_a_dict": _args(lambda: {"values": list(RISING), "shift": 0.5}),
    "best_row": _args(lambda: [(math.sin(k), 0.5 * k) for k in range(9)]),
    "which_class": _args(lambda: [(k, k + 1) for k in range(9)]),
    "tuple_of_numbers": _args(lambda: tuple(RISING)),
    "written": _args(lambda: list(RISING)),
    "sorted_in_place": _args(lambda: [math.cos(k) for k in range(10)]),
    "rows_written": _args(lambda: [[0.1 * k, 2.0] for k in range(9)]),
    "arrays_written": _args(lambda: [np.array([k, 1.0, -2.0]) for k in range(9)]),
    "counted": _args(lambda: [1, 2, 0, 1] * 3),
}

MORE_ARGS = {
    "decay": [_args(lambda: [(0.1 * k, 1.0) for k in range(20)], (1.2, 0.4)),
              _args(lambda: [(0.5, 1.0)], (1.2, 0.4))],
    "sequences": [_args(lambda: [np.linspace(-1.0, 1.0, 12 - k) for k in range(10)])],
    "sorted_data": [_args(lambda: [math.sin(k) for k in range(30)]), _args(lambda: [1.0, 0.5])],
    "tuple_of_numbers": [_args(lambda: tuple(RISING) * 2)],
}  # fmt: skip
