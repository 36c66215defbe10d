"""Iterators of which loops take items by ``next``, which have several names, or several loops."""

from __future__ import annotations

import itertools

import numpy as np


def pairs_by_next(x):
    """The body takes the second of each pair."""
    it = iter(x)
    s = 0.0
    for v in it:
        w = next(it)
        s += v * w + np.sin(w)
    return s


def next_or_default(x):
    """What is missing at the end is a number."""
    it = iter(x)
    s = 1.0
    for v in it:
        s = 0.5 * s + v * next(it, s)
    return s


def until_none(x):
    """The default says that there is no more."""
    it = iter(x)
    s = 0.0
    while (v := next(it, None)) is not None:
        s = s * 0.5 + v**3
    return s


def next_on_one_path(x):
    """How many items a turn takes depends on them."""
    it = enumerate(x)
    s = 0.0
    for i, v in it:
        if v > 1.0:
            j, w = next(it, (0, 1.0))
            s += w**2 * (i + j)
        s += v
    return s


def in_groups(x):
    """Pairs, by one iterator that stands in a list twice."""
    s = 0.0
    for a, b in zip(*[iter(x)] * 2, strict=False):
        s += a**2 * b
    it = iter(x)
    next(it)
    for a, b, c in zip(it, it, it, strict=False):
        s += a * b * c
    return s


def two_names(x):
    """Two names, and a list, of one iterator."""
    a = b = iter(x)
    held = [a]
    return next(a) ** 2 + next(b) ** 3 + next(held[0])


def goes_on(x):
    """A second loop goes on where the first was left."""
    it = iter(x)
    s = 0.0
    for v in it:
        if v > 1.0:
            break
        s += v
    for v in it:
        s += v**2
    for v in it:
        s += 100.0 * v
    return s


def nested(x):
    """Both loops take items of one iterator."""
    it = iter(x)
    s = 0.0
    for a in it:
        for b in it:
            if b < 0.0:
                break
            s += a * b
        else:
            s += 2.0 * a
    return s


def parameters_in_turn(x):
    """A local function takes the next parameters."""
    params = iter(x)

    def layer(z):
        return np.tanh(next(params) * z + next(params))

    z = 0.5
    for _ in range(2):
        z = layer(z)
    return z


class Tape:
    """Gives what it was given, item by item."""

    def __init__(self, items):
        self.items = iter(items)

    def read(self):
        return next(self.items)


def in_an_object(x):
    """An attribute is an iterator."""
    tape = Tape(x)
    return tape.read() ** 2 + tape.read() ** 3


def round_robin(x):
    """Iterators in a list, each of which is asked in turn."""
    s = 0.0
    both = [iter(x), iter(x[::-1])]
    for k in (1.0, 2.0):
        for it in both:
            s += k * next(it) ** 2
    return s


def of_a_generator(x):
    """The items are computed when they are asked for."""
    k = 2.0
    squares = (k * v**2 for v in x)
    k = 3.0
    s = 0.0
    for v in squares:
        s += v * next(squares, 1.0)
    return s


def of_known_items(x):
    """The items are texts, and numbers that count."""
    signs = iter(["+", "-", "+", "-"])
    ids = itertools.count(1)
    s = 0.0
    for v in x:
        if v > 0.0:
            s += v**2 * next(ids)
        s = s + v if next(signs, "+") == "+" else s * v
    return s


def sees_stores(x):
    """An iterator over an array reads what the loop stored."""
    y = x * 1.0
    it = iter(y)
    s = 0.0
    for v in it:
        y[3] = v * 2.0
        s += v * next(it)
    return s


def at_its_end(pairs_of):
    """The second loop has no turns."""
    pairs = zip(pairs_of, pairs_of[1:], strict=False)
    s = 0.0
    for a, b in pairs:
        s += a * b
    for a, b in pairs:
        s += 100.0 * a * b
    return s


def more_turns_than_items(x):
    """Most turns find nothing."""
    it = iter(x)
    s = 0.0
    for _ in range(70):
        s = s * 0.5 + next(it, 1.0) ** 2
    return s


_A = [0.7, 1.3, -0.4, 2.1]
_NAMES = [
    "pairs_by_next",
    "next_or_default",
    "until_none",
    "next_on_one_path",
    "in_groups",
    "two_names",
    "goes_on",
    "nested",
    "parameters_in_turn",
    "in_an_object",
    "round_robin",
    "of_a_generator",
    "of_known_items",
    "sees_stores",
    "at_its_end",
    "more_turns_than_items",
]


def layers_by_next(theta, shapes, x):
    """What the iterator gives are arrays of two ranks in turn: the loop is written out."""
    weights, start = [], 0
    for shape in shapes:
        size = int(np.prod(shape))
        weights.append(theta[start : start + size].reshape(shape))
        start += size
    layers = iter(weights)
    for w in layers:
        b = next(layers)
        x = np.tanh(x @ w + b)
        if x[0, 0] > 2.0:
            break
    return np.sum(x**2)


EXAMPLE_ARGS = {
    "layers_by_next": lambda: (
        np.linspace(-1.0, 1.0, 23),
        ((4, 3), (3,), (3, 2), (2,)),
        np.linspace(0.1, 0.9, 12).reshape(3, 4),
    ),
} | {name: lambda: (np.array(_A),) for name in _NAMES}
MORE_ARGS = {
    name: [lambda: (np.array([0.4, 0.3, 0.9, 0.2, -1.2, 0.6]),)]
    for name in _NAMES
    if name not in ("sees_stores", "of_known_items")
}
