"""A vector class with the operators of Python, and a meter that counts."""

from __future__ import annotations

import math

import numpy as np


class Meter:
    def __init__(self):
        self.sum = 0.0
        self.n = 0

    def __iadd__(self, v):
        self.sum += v
        self.n += 1
        return self

    def __call__(self):
        return self.sum / self.n

    def __len__(self):
        return self.n

    def __bool__(self):
        return self.n > 0


def iadd_call_len_bool(a):
    m = Meter()
    if m:
        return 0.0
    for v in a:
        if v > 0:
            m += v * v
    return m() * len(m) if m else a[0]


class Vec:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, o):
        return Vec(self.x + o.x, self.y + o.y)

    def __radd__(self, o):
        return self if o == 0 else Vec(self.x + o, self.y + o)

    def __mul__(self, k):
        return (
            Vec(self.x * k, self.y * k)
            if isinstance(k, (int, float))
            else self.x * k.x + self.y * k.y
        )

    __rmul__ = __mul__

    def __neg__(self):
        return Vec(-self.x, -self.y)

    def __sub__(self, o):
        return self + -o

    def __getitem__(self, i):
        return (self.x, self.y)[i]

    def __iter__(self):
        yield self.x
        yield self.y

    def __abs__(self):
        return math.hypot(self.x, self.y)

    def __eq__(self, o):
        return self.x == o.x and self.y == o.y

    def __pow__(self, n):
        return Vec(self.x**n, self.y**n)


def vec_algebra(x, y):
    u, v = Vec(x, y), Vec(y, 2.0)
    w = u + 2 * v - u * 0.5
    return w * u + w[0] * v[1]


def vec_loop(x, y):
    p, v = Vec(x, y), Vec(1.0, 0.5)
    for _ in range(4):
        v = v + p * -0.1
        p = p + v * 0.1
    return p * p


def vec_abs_pow(x, y):
    u = Vec(x, y) ** 2
    return abs(u) + abs(-u)


EXAMPLE_ARGS = {
    "iadd_call_len_bool": lambda: (np.array([0.3, 0.7, -0.4, 0.6]),),
    "vec_abs_pow": lambda: (0.7, 1.1),
    "vec_algebra": lambda: (0.7, 1.1),
    "vec_loop": lambda: (0.7, 1.1),
}

MORE_ARGS = {
    "iadd_call_len_bool": [lambda: (-np.array([1.1, 0.2, 0.5]),)],
}
