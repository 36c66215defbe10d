"""Arrays that two paths share with another name, kept by methods, functions and iterators alone."""

from __future__ import annotations

from functools import partial

import numpy as np


class Cell:
    """Holds an array."""

    def __init__(self, row):
        self.row = row

    def value(self, v):
        return self.row[0] * v


def method_of_an_array(x, a, b):
    p = a if x > 0 else b
    m = p.sum
    a[0] = x
    return m() * a[1]


def method_of_an_object(x, a, b):
    c = Cell(a if x > 0 else b)
    m = c.value
    if b[1] > 0:
        x = x * 2
    a[0] = 3 * x
    return m(x) * a[1]


def given_argument(x, a, b):
    p = a if x > 0 else b
    q = partial(lambda u, v: u[0] * v, p)
    a[0] = 3 * x
    return q(x) * a[1]


def name_around_a_made_function(x, a, b):
    def make(w):
        def inner(v):
            return w[0] * v

        return inner

    m = make(a if x > 0 else b)
    if b[1] > 0:
        x = x * 2
    a[0] = 3 * x
    return m(x) * a[1]


def views_of_a_dict(x, a, b):
    d = {"k": a if x > 0 else b}
    values, get = d.values(), d.get
    d = 3
    a[0] = 3 * x
    return sum([w[0] for w in values]) * a[1] + get("k")[0] * d


def map_over_it(x, a, b):
    p = a if x > 0 else b
    m = map(lambda v: v * v, p)
    a[0] = x
    return sum(m) + a[1]


def places_and_items(x, a, b):
    p = a if x > 0 else b
    e = enumerate(p)
    if b[0] > 0:
        x = x * 2
    a[0] = x
    for k, v in e:
        x += v * k + v
    return x


def iterator_of_another_function(x, a, b):
    def make(q):
        return enumerate(q)

    p = a if x > 0 else b
    m = make(p)
    if a[2] > 0.2:
        x = x * 1.5
    a[0] = x
    return sum([k * v + v for k, v in m]) + a[1]


def iterator_of_an_object(x, a, b):
    p = a if x > 0 else b
    kept = Cell(zip(p, p, strict=True))
    a[0] = x
    for u, v in kept.row:
        x += u * v
    return x


def looped_over_while_written(x, a, b):
    p = a if x > 0 else b
    for k, v in enumerate(p):
        a[2] += v * x
        a[(k + 1) % 3] = 2.0 * v
    return x + a[2]


def read_for_the_last_time(x, a, b):
    p = a if x > 0 else b
    y = p[0] * x
    a[0] = y * y
    return np.sum(a * b)


def list_read_for_the_last_time(x, a, b):
    items = []
    for n in range(4):
        if np.prod(a) < n - 0.5:
            items.append(b)
        a = np.exp(-(b**2))
    b[1] *= np.cos(x)
    return x + np.sum(a * a) + np.sum(b)


def _args(x):
    return lambda: (x, np.array([0.3, -0.8, 1.1]), np.array([0.5, 0.2, -0.6]))


NAMES = (
    "method_of_an_array", "method_of_an_object", "given_argument", "name_around_a_made_function",
    "views_of_a_dict", "map_over_it", "places_and_items", "iterator_of_another_function",
    "iterator_of_an_object", "looped_over_while_written", "read_for_the_last_time",
    "list_read_for_the_last_time",
)  # fmt: skip
EXAMPLE_ARGS = {name: _args(0.7) for name in NAMES}
MORE_ARGS = {name: [_args(-0.3)] for name in NAMES}
