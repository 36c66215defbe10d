"""Attributes that loops, branches, helpers and closures change."""

from __future__ import annotations

import numpy as np


class Box:
    def __init__(self, v):
        self.v = v


class Bag:
    def __init__(self):
        self.items = []
        self.total = 0.0

    def add(self, v):
        self.items.append(v)
        self.total += v
        return self

    def last(self):
        return self.items[-1]


def attr_in_loop(x):
    b = Box(x)
    for k in range(3):
        b.v = b.v * x + k
    return b.v


def attr_in_branch(x):
    b = Box(x)
    if x > 0:
        b.v = x * x
    else:
        b.w = x
    return b.v * 2


def new_attr_in_branch(x):
    b = Box(x)
    b.scale = 1.0
    if x > 0.5:
        b.scale = x
        b.extra = x**2
    return b.v * b.scale + (b.extra if x > 0.5 else 0.0)


def attr_while(x):
    b = Box(x)
    n = 0
    while b.v < 5:
        b.v *= 1.5
        n += 1
    return b.v * n


def object_rebound_in_loop(x):
    b = Box(x)
    for k in range(3):
        b = Box(b.v * x + k)
    return b.v


def linked_fixed(x):
    c = Box(x)
    b = Box(c)
    a = Box(b)
    a.v.v.v = a.v.v.v * 3
    b.v = Box(7.0 * x)
    return c.v + a.v.v.v


def bag_branch(a):
    p, n = Bag(), Bag()
    for v in a:
        if v > 0:
            p.add(v)
        else:
            n.add(-v)
    return p.total * n.total + len(p.items)


def bag_chained(x):
    b = Bag().add(x).add(x * x)
    return b.total * b.items[0]


def objects_in_fixed_list(x):
    bs = [Box(x), Box(2 * x), Box(3 * x)]
    for b in bs:
        b.v = b.v**2
    bs[0], bs[2] = bs[2], bs[0]
    bs[0].v *= 2
    return bs[0].v + bs[1].v * bs[2].v


def objects_in_dict(x):
    d = {"a": Box(x), "b": Box(2 * x)}
    for k, b in d.items():
        b.v += 1.0 if k == "a" else x
    d["c"] = d["a"]
    d["c"].v *= x
    return d["a"].v * d["b"].v


def object_swap_attrs(x, y):
    a, b = Box(x), Box(y)
    for _ in range(3):
        a.v, b.v = b.v, a.v + 0.5 * b.v
    return a.v * b.v


def object_returned_from_helper(x):
    def make(v):
        b = Box(v)
        b.v += 1
        return b

    p, q = make(x), make(x * 2)
    p.v *= q.v
    return p.v + q.v


def object_early_return(x):
    def grow(b):
        for k in range(5):
            b.v *= 1.5
            if b.v > 3:
                return k
        return -1

    b = Box(x)
    k = grow(b)
    return b.v * (k + 1)


def object_none_attr(a):
    b = Box(None)
    for v in a:
        if b.v is None:
            b.v = v
        else:
            b.v = b.v * 0.5 + v
    return b.v**2


class Celsius:
    def __init__(self, t):
        self._t = t

    @property
    def f(self):
        return self._t * 1.8 + 32

    @f.setter
    def f(self, v):
        self._t = (v - 32) / 1.8

    @staticmethod
    def mix(a, b):
        return Celsius(0.5 * (a._t + b._t))

    @classmethod
    def from_k(cls, k):
        return cls(k - 273.15)


def property_in_loop(t):
    c = Celsius(t)
    for _ in range(3):
        c.f = c.f * 1.1
    return c._t


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _positive(*shape, seed=0):
    return np.abs(_normal(*shape, seed=seed)) + 0.5


EXAMPLE_ARGS = {
    "attr_in_loop": lambda: (0.7,),
    "attr_in_branch": lambda: (0.7,),
    "new_attr_in_branch": lambda: (0.7,),
    "attr_while": lambda: (0.7,),
    "object_rebound_in_loop": lambda: (0.7,),
    "linked_fixed": lambda: (0.7,),
    "bag_branch": lambda: (_normal(4),),
    "bag_chained": lambda: (0.7,),
    "objects_in_fixed_list": lambda: (0.7,),
    "objects_in_dict": lambda: (0.7,),
    "object_swap_attrs": lambda: (0.7, 1.1),
    "object_returned_from_helper": lambda: (0.7,),
    "object_early_return": lambda: (0.7,),
    "object_none_attr": lambda: (_normal(4),),
    "property_in_loop": lambda: (21.0,),
}

MORE_ARGS = {
    "attr_in_branch": [lambda: (-0.7,)],
    "new_attr_in_branch": [lambda: (0.3,)],
    "attr_while": [lambda: (9.0,)],
    "bag_branch": [lambda: (_positive(4),)],
    "object_early_return": [lambda: (0.1,), lambda: (2.9,)],
    "object_none_attr": [lambda: (_positive(1),)],
}
