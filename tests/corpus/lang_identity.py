"""Which object this is: ``is`` between containers, objects and functions; ``itertools.starmap``."""

from __future__ import annotations

import itertools

import numpy as np


class Body:
    def __init__(self, pos, mass=1.0):
        self.pos = pos
        self.vel = np.zeros(2)
        self.mass = mass


def others_only(x, m):
    bodies = [Body(x, m), Body(-x), Body(np.array([2.0, 0.1]), 0.5)]
    for a in bodies:
        for b in bodies:
            if b is a:
                continue
            d = b.pos - a.pos
            a.vel = a.vel + b.mass * d / (d @ d + 0.1) ** 1.5
    return sum(b.mass * (b.vel @ b.vel) for b in bodies)


def alias_or_equal_list(x):
    items = [x, 2.0]
    same = items
    other = [x, 2.0]
    out = x**2 if same is items else x
    return out + (3.0 * x if other is not items else 0.0)


def same_static_list(x):
    order = [2, 0, 1]
    chosen = order
    return x[0] if chosen is order else x[1]


def activation_or_none(x, w):
    def identity(v):
        return v

    layers = [(w, np.tanh), (2.0 * w, lambda v: v * v), (w, identity), (-w, None)]
    for scale, act in layers:
        h = scale * x
        x = h if act is None or act is identity else act(h)
    return x


def starred_products(x):
    return sum(itertools.starmap(lambda a, b: a * b**2, zip(x, x[1:], strict=False)))


def starred_powers(x, y):
    total = 0.0
    for v in itertools.starmap(pow, [(x, 2), (y, 3), (x * y, 2)]):
        total = total * x + v
    return total


def scaled_in_place(items, factor):
    if isinstance(items, tuple):
        return tuple(factor * v for v in items)
    for i in range(len(items)):
        items[i] *= factor
    return items


def the_list_that_was_given(a, pair, items):
    new, same = scaled_in_place(pair, a), scaled_in_place(items, a)
    return sum(new) * sum(same) + sum(pair) * items[0] + (same is items)


EXAMPLE_ARGS = {
    "the_list_that_was_given": lambda: (0.7, (1.2, 0.4), [0.3, -0.8]),
    "others_only": lambda: (np.array([0.4, -0.9]), 1.3),
    "alias_or_equal_list": lambda: (0.7,),
    "same_static_list": lambda: (np.array([0.4, -0.9]),),
    "activation_or_none": lambda: (0.7, 0.9),
    "starred_products": lambda: (np.array([0.4, -0.9, 1.2, 0.3]),),
    "starred_powers": lambda: (0.7, 1.2),
}
