"""Objects of several classes, in the order that a method of a class above them defines."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

import numpy as np


class Shape(ABC):
    kinds: dict = {}  # noqa: RUF012  (as it is written)

    def __init_subclass__(cls, **more):
        super().__init_subclass__(**more)
        Shape.kinds[cls.__name__.lower()] = cls

    @abstractmethod
    def area(self): ...

    @classmethod
    def make(cls, kind, *sizes):
        return cls.kinds[kind](*sizes)

    def __lt__(self, other):
        return self.area() < other.area()


class Circle(Shape):
    def __init__(self, r):
        self.r = r

    def area(self):
        return math.pi * self.r**2


class Rectangle(Shape):
    def __init__(self, w, h):
        self.w, self.h = w, h

    def area(self):
        return self.w * self.h


class Square(Rectangle):
    def __init__(self, w):
        super().__init__(w, w)

    def __gt__(self, other):
        return self.w > math.sqrt(other.area())


def _made(p):
    specs = [("circle", p[0]), ("rectangle", p[1], p[2]), ("square", p[3])]
    return [Shape.make(*spec) for spec in specs]


def smallest_two(p):
    shapes = _made(p)
    return max(shapes).area() * 2.0 + sum(s.area() for s in sorted(shapes)[:2])


def weighted_in_order(p):
    shapes = _made(p)
    shapes.sort(reverse=True)
    return sum(s.area() * (k + 1) for k, s in enumerate(shapes)) * p[0]


EXAMPLE_ARGS = {
    "smallest_two": lambda: (np.array([1.1, 2.3, 0.7, 1.9]),),
    "weighted_in_order": lambda: (np.array([1.1, 2.3, 0.7, 1.9]),),
}
MORE_ARGS = {name: [lambda: (np.array([0.4, 2.3, 0.9, 1.2]),)] for name in EXAMPLE_ARGS}
