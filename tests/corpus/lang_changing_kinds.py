"""Names, results and attributes that are a number, an array or a list, as the path went."""

from __future__ import annotations

import numpy as np


class Box:
    def __init__(self, held):
        self.held = held


def array_becomes_list(x):
    a = x * 0.5
    for i in range(3):
        a = list(a)
        a[0] += i * a[1]
    return a[0] * a[1] + 2.0 * a[-1] ** 2


def array_and_list_in_turns(x):
    a = x * 0.5
    for i in range(25):
        a = list(a) if i % 2 == 0 else np.array(a) * 0.9
        a[0] += 0.1 * i * a[1]
    return a[0] * a[1] + 2.0 * a[-1] ** 2


def number_becomes_row(x):
    rows = [[v, v * v] for v in x]
    row = x[0]
    for row in rows:
        pass
    return x[1] * (2.0 if isinstance(row, float) else 3.0) + row[1]


def number_becomes_list(x):
    squares = [v * v for v in x]
    box = Box(x[0])
    for _ in range(len(x)):
        box.held = squares
    return x[1] * (2.0 if isinstance(box.held, list) else 3.0)


def attribute_over_rows(x):
    rows = [[v, v * v] for v in x]
    box = Box(x[0])
    for box.held in rows:
        box.held[0] += 0.5 * x[0]
    if isinstance(box.held, float):
        return box.held
    return sum(row[0] * row[1] for row in rows)


def _merged(a):
    if len(a) <= 1:
        return a
    middle = len(a) // 2
    left, right = _merged(a[:middle]), _merged(a[middle:])
    out, i, j = [], 0, 0
    while i < len(left) and j < len(right):
        if left[i] <= right[j]:
            out.append(left[i])
            i += 1
        else:
            out.append(right[j])
            j += 1
    return out + list(left[i:]) + list(right[j:])


def merge_sort_of_an_array(x):
    return sum((k + 1) * v**2 for k, v in enumerate(_merged(x)))


def _rows_of(m, n):
    rows = []
    for k in range(n):
        rows.append(m[k] * k)
    return rows


def array_or_rows(x, n):
    m = np.outer(x, x)
    if x[0] < 0:
        m = _rows_of(m, n)
    for row in m:
        row *= 2.0
    return sum(np.sum(row * row) for row in m) + m[0][1]


def array_or_listed_numbers(x, n):
    if x[0] > 0:
        values = x
    else:
        values = []
        for k in range(n):
            values.append(x[k] ** 2)
    return sum((k + 1) * v for k, v in enumerate(values)) + values[-1] ** 2


def _x(n=4):
    return np.random.default_rng(5).normal(size=n)


EXAMPLE_ARGS = {
    "array_becomes_list": lambda: (_x(),),
    "array_and_list_in_turns": lambda: (_x(),),
    "number_becomes_row": lambda: (_x(),),
    "number_becomes_list": lambda: (_x(),),
    "attribute_over_rows": lambda: (_x(),),
    "merge_sort_of_an_array": lambda: (_x(6),),
    "array_or_rows": lambda: (_x(), 3),
    "array_or_listed_numbers": lambda: (-_x(), 3),
}
MORE_ARGS = {
    "array_or_rows": [lambda: (-_x(), 2)],
    "array_or_listed_numbers": [lambda: (_x(), 3)],
}
