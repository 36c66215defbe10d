"""Sorting by a computed key, and of tuples; ties keep their order."""

from __future__ import annotations

import numpy as np


def places_by_value(x):
    order = sorted(range(len(x)), key=lambda i: -x[i])
    return sum(x[i] * (k + 1) for k, i in enumerate(order[:3]))


def places_sorted_in_place(x, y):
    order = list(range(len(x)))
    order.sort(key=lambda i: x[i], reverse=True)
    return x[order[0]] ** 2 * y[order[1]] + x[order[2]]


def ties_keep_their_order(x):
    up = sorted(range(len(x)), key=lambda i: round(x[i]))
    down = sorted(range(len(x)), key=lambda i: round(x[i]), reverse=True)
    return sum(x[i] * x[j] * (k + 1) for k, (i, j) in enumerate(zip(up, down, strict=True)))


def by_distance_from_zero(x):
    near = sorted(x, key=abs)
    return near[0] * 2.0 + near[1] * 3.0 + near[2] * near[3]


def arrays_by_first(x, y):
    rows = sorted([x, y, x * y], key=lambda row: row[0])
    return rows[0] @ rows[1] + rows[2][1]


def pairs_of_two_arrays(x, y):
    area, before = 0.0, (0.0, 0.0)
    for p, q in sorted(zip(x, y, strict=True)):
        area += (p - before[0]) * (q + before[1]) / 2
        before = (p, q)
    return area


def pairs_by_the_second(x, y):
    ordered = sorted(zip(x, y, strict=True), key=lambda pair: pair[1], reverse=True)
    return sum(p * q * (k + 1) for k, (p, q) in enumerate(ordered)) + ordered[0][0]


def pairs_with_equal_firsts(x, y):
    order = sorted(zip([1.0, 0.0, 1.0, 0.0], x, y, strict=True), reverse=True)
    return sum(p * q**2 * (k + 1) for k, (_, p, q) in enumerate(order))


def known_pairs_in_place(x, y):
    pairs = [(x[0], y[0]), (x[1], 0.5), (y[1], x[2])]
    pairs.sort()
    (p, q), (r, s), last = pairs
    return p * q + r**2 * s + last[0] - 3.0 * last[1]


def places_beside_numbers(x, y):
    total = 0.0
    for value, place in sorted([(x[0], 2), (x[1], 0), (x[2], 1)]):
        total = total * 0.5 + value * y[place]
    return total


def sorted_on_one_path(x, y):
    if x[0] > 0.5:
        z = x[1] * y[0]
    else:
        return sorted([x[1], 0.7, y[0] * 0.1])[1] ** 2
    return 0.3 * z


def by_two_numbers(x, y):
    pairs = [(p, q) for p, q in zip(x, y, strict=True)]
    pairs = sorted(pairs, key=lambda pair: (round(pair[0]), -pair[1]))
    return sum(p * q * (k + 1) for k, (p, q) in enumerate(pairs))


def places_by_label_and_value(x, labels):
    order = sorted(range(len(x)), key=lambda i: (labels[i], -x[i]))
    return sum(x[i] ** 2 * (k + 1) for k, i in enumerate(order))


def appended_pairs(x, y):
    total, pairs = 0.0, []
    for p, q in zip(x, y, strict=True):
        if p > 0.0:
            pairs.append((q, p))
    for p, q in sorted(pairs, reverse=True):
        total = total * 0.5 + p * q
    return total


def rows_sorted_in_place(x, y):
    rows = [[x[i], y[i], float(i)] for i in range(len(x))]
    rows.sort(key=lambda row: row[1])
    return sum((k + 1) * row[0] ** 2 + row[2] * row[1] for k, row in enumerate(rows))


def points_of_an_array(x, y):
    points = sorted(np.stack([x, y], axis=1).tolist())
    area = 0.0
    for (p, q), (s, t) in zip(points, points[1:]):
        area += (s - p) * (q + t) / 2
    return area


def objects_by_attribute(x, y):
    parts = [Part(x[0], "a", y[:2]), Part(x[1] * y[0], "b", y[2:]), Part(x[2], "c", x[:2])]
    parts.sort(key=lambda part: part.size)
    first = parts[0]
    first.size = first.size * 2.0
    scale = 3.0 if first.name == "b" else 1.0
    return scale * first.size + parts[1].size * parts[2].rows @ np.ones(2) + first.rows[0]


def dicts_by_name_and_value(x, y):
    found = [{"name": n, "v": v} for n, v in (("b", x[0]), ("a", y[1]), ("b", x[2]))]
    order = sorted(found, key=lambda d: (d["name"], -d["v"]))
    return sum((k + 1) * d["v"] ** 2 for k, d in enumerate(order))


def larger_of_tuples(x, y):
    best = max((x[0], y[0]), (x[1], y[1]), (x[0], y[2]))
    close = (x[0], x[1]) < (x[0], x[2]) <= (y[0], 0.0)
    return best[0] * best[1] + (x[1] if close else x[2])


def largest_of_pairs(x, y):
    return np.sum(max(zip(x, y, strict=True)))


def largest_of_appended(x, y):
    pairs = []
    for a, b in zip(x, y, strict=True):
        pairs.append((a * b, a))
    return np.sum(max(pairs))


class Part:
    def __init__(self, size, name, rows):
        self.size, self.name, self.rows = size, name, rows


def bounds_in_order(x, y):
    low, *high = sorted([x[0], y[1], x[2]], reverse=True)
    return np.sum(np.clip(y, *sorted([x[0], x[1]])) ** 2) * high[1] + low**3


X = np.array([0.7, -0.3, 1.2, 0.1])
Y = np.array([3.0, 1.0, 2.0, 5.0])


def integers_among_floats(x, y):
    items = [x[0], 0, y[1], 3]
    items.sort(reverse=True)
    return x[1] * items[0] + y[0] * sorted([0, 0.5, x[0]])[0] + sorted([3, x[2], True])[-1]


def extremes_of_appended_rows(x, least):
    """Of tuples of which there are as many as the numbers make."""
    rows = [(v * v, k) for k, v in enumerate(x) if v > least]
    (a, k), b = min(rows), max(rows)
    return a * (k + 1) + b[0] ** 2 * b[1]


def rows_that_may_be_none(x, y):
    """Rows in order, of which there may be one or none."""
    rows = [(v * w, v) for v, w in zip(x, y) if v > 0.0]
    rows.sort(reverse=True)
    by_both = sorted(rows, key=lambda row: (row[1] > 1.0, row[0]))
    total = sum(a * (i + 1) for i, (a, b) in enumerate(rows)) + x[0]
    return total + sum(a * b * (i + 1) for i, (a, b) in enumerate(by_both))


EXAMPLE_ARGS = {
    "rows_that_may_be_none": lambda: (X.copy(), Y.copy()),
    "extremes_of_appended_rows": lambda: (np.array([1.0, 0.5, 2.0, 0.7]), 0.6),
    "integers_among_floats": lambda: (X.copy(), Y.copy()),
    "places_by_value": lambda: (X.copy(),),
    "places_sorted_in_place": lambda: (X.copy(), Y.copy()),
    "ties_keep_their_order": lambda: (X.copy(),),
    "by_distance_from_zero": lambda: (X.copy(),),
    "sorted_on_one_path": lambda: (X.copy(), Y.copy()),
    "arrays_by_first": lambda: (X.copy(), Y.copy()),
    "pairs_of_two_arrays": lambda: (X.copy(), Y.copy()),
    "pairs_by_the_second": lambda: (X.copy(), Y.copy()),
    "pairs_with_equal_firsts": lambda: (X.copy(), Y.copy()),
    "known_pairs_in_place": lambda: (X.copy(), Y.copy()),
    "places_beside_numbers": lambda: (X.copy(), Y.copy()),
    "by_two_numbers": lambda: (X.copy(), Y.copy()),
    "places_by_label_and_value": lambda: (X.copy(), np.array([1, 0, 1, 0])),
    "appended_pairs": lambda: (X.copy(), Y.copy()),
    "rows_sorted_in_place": lambda: (X.copy(), Y.copy()),
    "points_of_an_array": lambda: (X.copy(), Y.copy()),
    "objects_by_attribute": lambda: (X.copy(), Y.copy()),
    "dicts_by_name_and_value": lambda: (X.copy(), Y.copy()),
    "larger_of_tuples": lambda: (X.copy(), Y.copy()),
    "largest_of_pairs": lambda: (X.copy(), Y.copy()),
    "largest_of_appended": lambda: (X.copy(), Y.copy()),
    "bounds_in_order": lambda: (X.copy(), Y.copy()),
}
MORE_ARGS = {
    "rows_that_may_be_none": [lambda: (-abs(X), Y.copy()), lambda: (X - np.sort(X)[-2], Y.copy())],
    "places_by_value": [lambda: (X[::-1].copy(),)],
    "objects_by_attribute": [lambda: (Y.copy(), X.copy()), lambda: (-X, Y.copy())],
    "rows_sorted_in_place": [lambda: (Y.copy(), X.copy())],
    "dicts_by_name_and_value": [lambda: (Y.copy(), X.copy()), lambda: (-X, Y.copy())],
    "larger_of_tuples": [lambda: (Y.copy(), X.copy()), lambda: (X[::-1].copy(), Y.copy())],
    "ties_keep_their_order": [lambda: (X[::-1] * 2.0,)],
}
