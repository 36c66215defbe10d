"""Comprehensions, generators, and builtins that take them."""

from __future__ import annotations

import functools
import math

import numpy as np


def sum_of_squares(x):
    """A generator over a range inside sum."""
    return sum(x[i] ** 2 for i in range(len(x)))


def sum_of_python_floats(x):
    """A generator of Python floats, which sum adds in its own way."""
    return sum(math.sin(v) for v in x)


def sums_of_displays(x, y):
    """Sums of lists and tuples of known length."""
    return sum([x * y, x, y * y]) + sum((x, y)) + sum([x]) + sum([], 2.0)


def array_of_comprehension(x):
    """An array made from a list comprehension."""
    return np.sum(np.array([x[i] * x[i + 1] for i in range(len(x) - 1)]) ** 2)


def shadowed_target(x):
    """The target of a comprehension does not leak."""
    i = 2.0
    doubled = [i * v for i, v in enumerate(x) if v > 0.0]
    return sum(doubled) * i + len(doubled)


def sum_of_products(w, x):
    """The sum of arrays that a generator gives."""
    return np.sum(sum(row @ x for row in w))


def extremes(x):
    """max and min with generators, keys and defaults."""
    largest = max(x[0], x[1], key=abs) + max([x[0] * 2.0, x[1]], default=1.0)
    return max(v * v for v in x) * min(v + 1.0 for v in x) + largest


def any_and_all(x):
    """Conditions by any and all."""
    if any(v > 1.0 for v in x) and all(v > -5.0 for v in x):
        return x[0] * x[1]
    return x[2]


def over_containers(x, y):
    """Comprehensions over tuples and dicts, written out."""
    products = [p * q for p in (x, y) for q in (x, 2.0)]
    table = {name: 2.0 * v for name, v in zip(("a", "b"), (x, y))}
    return sum(products) + table["a"] * table["b"] + sum(v for v in table.values())


def reductions(x):
    """functools.reduce over an array and over a list."""
    folded = functools.reduce(lambda p, q: p * q + 1.0, x)
    return folded + functools.reduce(lambda p, q: p * q, [x[0], x[1]], 2.0)


def mapped_and_filtered(x):
    """map, filter and zip."""
    squares = sum(map(lambda v: v * v, x))
    positive = sum(filter(lambda v: v > 0.0, x))
    return squares + positive + sum(a * b for a, b in zip(x, x[1:]))


def matrix_of_comprehensions(x):
    """A nested comprehension becomes a matrix."""
    m = np.array([[x[i] * x[j] + i for j in range(len(x))] for i in range(len(x))])
    return np.sum(m @ x)


def nested_sums(x):
    """A generator inside a generator, over a triangle."""
    return sum(sum(x[i] * x[j] for j in range(i)) for i in range(len(x)))


def two_generators(x, y):
    """Two loops in one comprehension, with filters."""
    return sum(a * b for i, a in enumerate(x) if a > 0.0 for j, b in enumerate(y) if i != j)


def counts(x):
    """Counts have no derivative, sums by absolute value do."""
    positive = sum(1 for v in x if v > 0.0)
    return sum(abs(v) for v in x if v < 2.0) * positive


def array_functions_of_lists(x):
    """NumPy functions of lists."""
    part = [x[i] for i in range(3)]
    return np.mean([v**2 for v in x]) + np.max([v * 2.0 for v in x]) + np.std(part)


def walrus_in_filter(x):
    """A name bound in a comprehension's filter lives in the function."""
    kept = [y for v in x if (y := v * v) > 0.3]
    return sum(kept) + y


def in_a_while(x):
    """A generator in the condition of a loop."""
    y = x * 1.0
    while sum(v * v for v in y) > 0.5:
        y = 0.7 * y
    return np.sum(y)


def repeated_list(x, n):
    """A list of zeros from a comprehension, then filled."""
    table = [0.0 for _ in range(n)]
    for i in range(n):
        table[i] += x * i
    return max(table) + sum(table)


def copies_of_containers(x):
    """Lists and tuples made of an array."""
    items, fixed, plain = list(x), tuple(x), x.tolist()
    items[0] = items[0] * 2.0
    return items[0] + fixed[1] * plain[2]


def comprehension_in_loop(x):
    """A comprehension inside a loop, over what the loop changes."""
    y = x
    for k in range(3):
        y = np.array([math.sin(v) + k for v in y])
    return np.sum(y)


def dict_of_powers(x):
    """A dict comprehension over a tuple of keys."""
    powers = {k: x**k for k in (1, 2, 3)}
    return sum(powers[k] / k for k in powers)


def functions_of_comprehension(x):
    """Lambdas made in a comprehension, with and without defaults."""
    powers = [lambda v, k=k: v**k for k in range(1, 4)]
    late = [lambda v: v * k for k in range(3)]
    return sum(f(x) for f in powers) * late[0](x)


def stacked_lists(m):
    """NumPy's stacks of lists that comprehensions make, and stars of lists."""
    rows = [r * 2.0 for r in m]
    columns = [m[:, j] for j in range(m.shape[1])]
    starred = [*[np.sum(r) for r in m], m[0, 0]]
    stacks = np.sum(np.vstack(rows) ** 2) + np.sum(np.column_stack(rows) ** 3)
    return stacks + np.sum(np.hstack(columns) ** 2) + sum(starred)


def _vector():
    return (np.array([0.7, -0.4, 1.3, 0.2]),)


EXAMPLE_ARGS = {
    "sum_of_squares": _vector,
    "sum_of_python_floats": _vector,
    "sums_of_displays": lambda: (0.7, 0.3),
    "array_of_comprehension": _vector,
    "shadowed_target": _vector,
    "sum_of_products": lambda: (
        np.arange(12.0).reshape(3, 2, 2) / 7.0,
        np.array([0.3, 0.4]),
    ),
    "extremes": _vector,
    "any_and_all": _vector,
    "over_containers": lambda: (0.7, 0.3),
    "reductions": _vector,
    "mapped_and_filtered": _vector,
    "matrix_of_comprehensions": _vector,
    "nested_sums": _vector,
    "two_generators": lambda: (np.array([0.7, -0.4, 1.3]), np.array([0.4, 0.9])),
    "counts": _vector,
    "array_functions_of_lists": _vector,
    "walrus_in_filter": _vector,
    "in_a_while": _vector,
    "repeated_list": lambda: (0.7, 4),
    "copies_of_containers": _vector,
    "comprehension_in_loop": _vector,
    "functions_of_comprehension": lambda: (0.7,),
    "stacked_lists": lambda: (np.arange(6.0).reshape(3, 2) / 5.0,),
    "dict_of_powers": lambda: (0.7,),
}
MORE_ARGS = {
    "any_and_all": [lambda: (np.array([0.7, -0.4, 0.3]),)],
}
