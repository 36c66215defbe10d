"""Classes that extend tuple, with a ``__new__`` of their own or without; names in ``globals()``."""

from __future__ import annotations

import collections
import typing

import numpy as np


class Vec(tuple):
    def __new__(cls, p, q):
        return super().__new__(cls, (p, q))

    @property
    def p(self):
        return self[0]

    def __add__(self, other):
        return Vec(self[0] + other[0], self[1] + other[1])

    def __mul__(self, k):
        return Vec(self[0] * k, self[1] * k)

    def norm2(self):
        return self[0] ** 2 + self[1] ** 2


class Pair(tuple):
    def total(self):
        return sum(self)


class Scaled(collections.namedtuple("Scaled", "x y")):
    __slots__ = ()

    def __new__(cls, x, y=1.0):
        return super().__new__(cls, x, y * y)

    @property
    def s(self):
        return self.x + self.y


class NT(typing.NamedTuple):
    a: float
    b: float = 2.0

    def f(self):
        return self.a * self.b


class Sub(NT):
    def g(self):
        return self.f() ** 2


def relu(z):
    return np.maximum(z, 0.5)


def soft(z):
    return np.log1p(np.exp(z))


RATE = 0.3


def own_vectors(x):
    v = Vec(x[0], x[1]) + Vec(x[2], x[3])
    return v.norm2() * v.p


def vectors_in_a_loop(x):
    v = Vec(0.0, 0.0)
    for k in range(3):
        v = v + Vec(x[k], x[k + 3]) * 0.5
    p, q = v
    return p * q + v.norm2() + len(v)


def vector_by_path(x):
    v = Vec(x[0], x[1])
    if x[2] > 0.5:
        v = v * x[3]
    return v.norm2()


def vectors_in_a_list(x):
    vs = [Vec(x[i], x[i + 1]) for i in range(len(x) - 1)]
    return sum(v.norm2() for v in vs) + max(vs, key=lambda v: v[0]).p


def extended_tuple(x):
    return Pair([x[0], x[1], x[2]]).total() * Pair((x[3], x[4]))[1]


def own_new(x):
    return Scaled(x[0], x[1]).s * Scaled(x[2]).y + Scaled(x[3], x[4]).y


def replaced_without_new(x):
    return Scaled(x[0], x[1])._replace(x=x[2]).s


def extended_named_tuple(x):
    return Sub(x[0]).g() + Sub(x[1], x[2]).f()


def which_class(x):
    v = Vec(x[0], x[1])
    return v.norm2() if isinstance(v, tuple) and isinstance(v, Vec) else x[0]


def globals_by_name(x):
    s = RATE
    for name in ("relu", "soft"):
        s += np.sum(globals()[name](x)) * globals()["RATE"]
    return s


def global_in_a_helper(x):
    def act(name, v):
        return globals()[name](v)

    return np.sum(act("soft", x))


class Interval(typing.NamedTuple("Interval", [("lo", float), ("hi", float)])):
    def __new__(cls, lo, hi):
        return super().__new__(cls, min(lo, hi), max(lo, hi))

    def __reduce__(self):
        return self._make, (tuple(self),)  # a gradient is copied as it is, not put in order


def given_own_new(p):
    return 5.0 * p.lo**2 - 3.0 * p.hi + p.lo * p.hi


_NAMES = [
    "own_vectors",
    "vectors_in_a_loop",
    "vector_by_path",
    "vectors_in_a_list",
    "extended_tuple",
    "own_new",
    "replaced_without_new",
    "extended_named_tuple",
    "which_class",
    "globals_by_name",
    "global_in_a_helper",
]
EXAMPLE_ARGS = {name: lambda: (np.array([0.31, 0.92, 0.57, 1.23, 0.44, 0.78]),) for name in _NAMES}
EXAMPLE_ARGS["given_own_new"] = lambda: (Interval(2.0, 1.0),)
