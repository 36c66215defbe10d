"""Class statements inside a loss."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

SCALE = 2.0


def counter(x):
    """An attribute of the class is where the object's begins."""

    class Total:
        total = 0.0

        def add(self, v):
            self.total += v * SCALE
            return self

    held = Total()
    for v in x:
        held.add(v**2)
    return held.total


def vectors(x):
    """Methods make objects of their own class."""

    class Vec:
        def __init__(self, a, b):
            self.a, self.b = a, b

        def __add__(self, other):
            return Vec(self.a + other.a, self.b + other.b)

        def __mul__(self, s):
            return Vec(self.a * s, self.b * s)

        __rmul__ = __mul__

        def __abs__(self):
            return np.sqrt(self.a**2 + self.b**2)

    v = Vec(x[0], x[1])
    for i in range(3):
        v = v + 0.5 * Vec(x[2], x[3]) * x[i]
    return abs(v)


def steps(x):
    """A dataclass with options, a named tuple, an enum."""

    @dataclass(frozen=True)
    class State:
        p: float
        v: float = 1.0

        @property
        def energy(self):
            return 0.5 * self.v**2 + self.p**2

    class Pair(NamedTuple):
        a: float
        b: float

    class Kind(enum.Enum):
        FEW = 1
        MANY = 2

    kind = Kind.MANY if len(x) > 3 else Kind.FEW
    s = State(x[0], x[1])
    for _ in range(5):
        s = State(s.p + 0.1 * s.v, s.v - 0.1 * s.p)
    pair = Pair(s.energy, x[2])._replace(b=x[3] ** kind.value)
    return pair.a * pair.b + State(x[2]).energy


def inherited(x):
    """One local class extends another."""

    class Base:
        def f(self, z):
            return z * 2.0

    class Child(Base):
        k = 3.0

        def f(self, z):
            return super().f(z) ** 2 * self.k

    return Child().f(x[0]) + Base().f(x[1]) * isinstance(Child(), Base)


def in_a_helper(n, x):
    class Node:
        def __init__(self, v, following):
            self.v, self.following = v, following

    head = None
    for v in x:
        if v > 0.0:
            head = Node(v**n, head)
    s = 0.0
    while head is not None:
        s = s * 0.5 + head.v
        head = head.following
    return s


def linked(x):
    """A helper makes a class, and as many objects as the path wants."""
    return in_a_helper(2, x) * x[0]


_A = [[0.7, 1.3, -0.4, 2.1], [1.2, -0.9, 0.8, 0.3]]


class Named:
    names = ("a", "b")


def lists_of_a_class(x):
    """Lists and dicts in the body of a class statement, which each call makes anew."""

    class Registry(Named):
        made = []  # noqa: RUF012
        by_name = {"start": [0.5]}  # noqa: RUF012
        total = 0.0

        def __init__(self, v):
            self.v = v
            Registry.made.append(self)

        @classmethod
        def note(cls, name, v):
            cls.by_name.setdefault(name, []).append(v)
            cls.total += v

    for k, v in enumerate(x):
        Registry(v * v).note(Registry.names[k % 2], v)
    Registry.made[0].by_name["start"][0] *= x[1]
    total = sum(one.v * (k + 1) for k, one in enumerate(Registry.made))
    sums = [sum(held) for held in Registry.by_name.values()]
    return total * Registry.total + sums[0] * sums[1] + sums[2] * len(Registry.made)


def a_class_for_each_call(x):
    """What is assigned to the class of one call is not seen by that of another."""

    def made(v):
        class Held:
            total = 0.0
            seen = []  # noqa: RUF012

        Held.total = v
        Held.seen.append(v * v)
        return Held

    first, second = made(x[0]), made(x[1])
    first.seen.append(x[2])
    many = [made(v) for v in x]
    return first.total * second.total + sum(first.seen) * sum(second.seen) + many[2].total


_NAMES = [
    "lists_of_a_class",
    "a_class_for_each_call",
    "counter",
    "vectors",
    "steps",
    "inherited",
    "linked",
]
EXAMPLE_ARGS = {name: lambda: (np.array(_A[0]),) for name in _NAMES}
MORE_ARGS = {name: [lambda: (np.array(_A[1]),)] for name in _NAMES}
