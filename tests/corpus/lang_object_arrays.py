"""Arrays in objects: shared, copied, written to through a view."""

from __future__ import annotations

import numpy as np


class Box:
    def __init__(self, v):
        self.v = v


def object_holds_array(a):
    b = Box(a)
    b.v[0] = b.v[1] * 2
    b.v *= 3
    return np.sum(a**2)


def object_holds_copy(a):
    b = Box(a.copy())
    b.v[0] = b.v[1] * 2
    c = b.v
    b.v = b.v * 2
    c[1] = 0.0
    return np.sum(a * b.v) + np.sum(c)


def object_array_in_loop(a):
    b = Box(np.zeros(4))
    for i in range(4):
        b.v[i] = a[i] ** 2
        if i > 0:
            b.v[i] += b.v[i - 1]
    return np.sum(b.v)


def object_array_rebound_loop(a):
    b = Box(a)
    for i in range(3):
        b.v = np.tanh(b.v) + a
    return np.sum(b.v**2)


class Holder:
    def __init__(self, data):
        self.data = data
        self.view = data[1:3]

    def double(self):
        self.data *= 2

    def shift(self):
        self.view[0] = self.view[1]
        return self.view


def object_view(a):
    h = Holder(a)
    h.double()
    v = h.shift()
    v[1] = h.data[0]
    return np.sum(a**2) + np.sum(h.data)


def object_two_names(a):
    h = Holder(a.copy())
    g = h
    g.data = g.data * 2
    h.view[0] = 7.0 * a[0]
    return np.sum(h.data**2) + np.sum(g.view)


def objects_share_array(a):
    h, g = Holder(a), Holder(a)
    h.view[0] = 3.0 * a[4]
    g.view[1] = h.view[0] ** 2
    return np.sum(h.data * g.data)


def object_chosen(a, b, t):
    h, g = Holder(a), Holder(b)
    k = h if t > 0 else g
    k.double()
    k.view[0] = 1.0
    return np.sum(a**2) + np.sum(b**3)


def object_swapped_in_loop(a, b):
    h, g = Holder(a), Holder(b)
    for k in range(3):
        h.view[0] += g.data[k]
        h, g = g, h
    return np.sum(a**2) + np.sum(b**3)


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _positive(*shape, seed=0):
    return np.abs(_normal(*shape, seed=seed)) + 0.5


EXAMPLE_ARGS = {
    "object_holds_array": lambda: (_normal(4),),
    "object_holds_copy": lambda: (_normal(4),),
    "object_array_in_loop": lambda: (_normal(4),),
    "object_array_rebound_loop": lambda: (_normal(4),),
    "object_view": lambda: (_normal(5),),
    "object_two_names": lambda: (_normal(5),),
    "objects_share_array": lambda: (_normal(5),),
    "object_chosen": lambda: (_normal(5), _positive(5, seed=1), 0.3),
    "object_swapped_in_loop": lambda: (_normal(5), _positive(5, seed=1)),
}

MORE_ARGS = {
    "object_chosen": [lambda: (_normal(5), _positive(5, seed=1), -0.3)],
}
