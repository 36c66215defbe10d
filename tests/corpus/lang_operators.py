"""Operators, properties and protocols that classes define."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


class Vec:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, o):
        return Vec(self.x + o.x, self.y + o.y)

    def __mul__(self, k):
        return Vec(self.x * k, self.y * k)

    def dot(self, o):
        return self.x * o.x + self.y * o.y


def operator_overloading(a, b):
    u, v = Vec(a, b), Vec(b, 1.0)
    w = u + v * a
    return w.dot(u)


class Dual:
    __slots__ = ("eps", "re")

    def __init__(self, re, eps):
        self.re = re
        self.eps = eps

    def __mul__(self, o):
        return Dual(self.re * o.re, self.re * o.eps + self.eps * o.re)

    def __rmul__(self, k):
        return Dual(k * self.re, k * self.eps)

    def __add__(self, o):
        return Dual(self.re + o.re, self.eps + o.eps)


def dual_numbers(x, c):
    d = Dual(x, 1.0)
    y = d * d + c * d
    return y.eps * y.re


class Temperature:
    def __init__(self, c):
        self._c = c

    @property
    def kelvin(self):
        return self._c + 273.15

    @kelvin.setter
    def kelvin(self, k):
        self._c = k - 273.15


def property_setter(c):
    t = Temperature(c)
    t.kelvin = t.kelvin * 1.01
    return t._c**2


class Stack:
    def __init__(self):
        self.items = []

    def push(self, v):
        self.items.append(v)

    def pop(self):
        return self.items.pop()

    def __len__(self):
        return len(self.items)


def rpn(x, y):
    s = Stack()
    for token in ("x", "y", "+", "x", "*"):
        if token == "x":
            s.push(x)
        elif token == "y":
            s.push(y)
        else:
            b, a = s.pop(), s.pop()
            s.push(a + b if token == "+" else a * b)
    return s.pop() + len(s)


class Meter:
    __slots__ = ("count", "total")

    def __init__(self):
        self.total, self.count = 0.0, 0

    def __iadd__(self, v):
        self.total += v
        self.count += 1
        return self

    def __float__(self):
        return self.total / self.count


def iadd_object(a):
    m = Meter()
    for v in a:
        m += v**2
    return m.total / m.count


class Interval:
    def __init__(self, lo, hi):
        self.lo, self.hi = lo, hi

    def __contains__(self, v):
        return self.lo <= v <= self.hi

    def __enter__(self):
        return self

    def __eq__(self, o):
        return self.lo == o.lo

    def __lt__(self, o):
        return self.lo < o.lo

    def __neg__(self):
        return Interval(-self.hi, -self.lo)

    def __sub__(self, o):
        return Interval(self.lo - o.hi, self.hi - o.lo)

    @property
    def width(self):
        return self.hi - self.lo

    @classmethod
    def around(cls, c, r):
        return cls(c - r, c + r)


def interval_arithmetic(x, r):
    a = Interval.around(x, r)
    b = -a - Interval(0.1, 0.2)
    if 0.5 in a:
        return a.width * b.lo
    return b.width


@dataclass
class Weights:
    w: np.ndarray
    b: np.ndarray

    def __add__(self, o):
        return Weights(self.w + o.w, self.b + o.b)

    def scale(self, k):
        return Weights(self.w * k, self.b * k)

    def dot(self, o):
        return np.sum(self.w * o.w) + np.sum(self.b * o.b)


def dataclass_algebra(p, lr):
    q = p + p.scale(-lr)
    return q.dot(p) + q.dot(q)


class Value:
    def __init__(self, data, parents=()):
        self.data = data
        self.grad = 0.0
        self.parents = parents

    def __add__(self, other):
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))


def micrograd_forward(x, y):
    a, b = Value(x), Value(y)
    c = a * b + a
    total = 0.0
    for parent, local in c.parents:
        parent.grad += local
        total += parent.grad * parent.data
    return c.data * total


class Length:
    def __init__(self, v):
        self.v = v

    def __add__(self, o):
        return Length(self.v + 2.0 * o.v)

    def __radd__(self, o):
        return self if isinstance(o, int) else Length(5.0 * self.v + o.v)

    def __gt__(self, o):
        return self.v > o.v


class Measured(Length):
    def __radd__(self, o):
        return Length(7.0 * self.v * o.v)

    def __gt__(self, o):
        return self.v > 3.0 * o.v


class Kept(Length):
    pass


def class_that_refines_is_asked_first(a, b):
    total = (Length(a) + Measured(b)).v + (Length(a) + Kept(b)).v ** 2
    if Length(a) < Measured(b):
        return total
    return total * (Measured(a) + Length(b)).v


def sum_of_objects(a, b):
    total = sum([Length(a), Length(b), Kept(a * b)])
    return total.v * sum([Length(b)], Length(a)).v


class Doubled:
    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, o, kind=None):
        return getattr(o, self.name) * 2.0

    def __set__(self, o, v):
        setattr(o, self.name, v + 1.0)


class Squared:
    def __get__(self, o, kind=None):
        return o.width**2


class Plate:
    width = Doubled()
    area = Squared()

    def __init__(self, width):
        self.width = width


def descriptors(a, b):
    p, q = Plate(a), Plate(b)
    p.width *= b
    q.area = a
    return p.width * p.area + q.area


class Reached:
    def __init__(self, v):
        self.v = v

    def __eq__(self, o):
        return self.v + 1.0 > o.v


def items_are_asked_whether_they_are_equal(a, b):
    if Reached(a + 3.0) in [Reached(a), Reached(b)]:
        return a * a * b
    return b


def containers_hold_what_they_hold(x, n):
    nan, y = n * np.inf - n * np.inf, x * x
    if nan in [1.0, nan] and y in (y, n):
        return np.sum(y)
    return np.sum(x)


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _positive(*shape, seed=0):
    return np.abs(_normal(*shape, seed=seed)) + 0.5


EXAMPLE_ARGS = {
    "operator_overloading": lambda: (0.7, 1.1),
    "dual_numbers": lambda: (0.7, 1.1),
    "property_setter": lambda: (21.0,),
    "rpn": lambda: (0.7, 1.1),
    "iadd_object": lambda: (_normal(5),),
    "interval_arithmetic": lambda: (0.7, 0.3),
    "dataclass_algebra": lambda: (Weights(_normal(5), _positive(2, seed=1)), 0.1),
    "micrograd_forward": lambda: (0.7, 1.1),
    "class_that_refines_is_asked_first": lambda: (0.7, 1.1),
    "descriptors": lambda: (0.7, 1.1),
    "items_are_asked_whether_they_are_equal": lambda: (0.7, 1.1),
    "containers_hold_what_they_hold": lambda: (_normal(3), 2),
    "sum_of_objects": lambda: (0.7, 1.1),
}

MORE_ARGS = {
    "interval_arithmetic": [lambda: (5.7, 0.3)],
}
