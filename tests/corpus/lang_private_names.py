"""Attributes and methods with private names: each class has its own, also in one object."""

from __future__ import annotations

import numpy as np


class Base:
    def __init__(self, v):
        self.__v = v

    def of_base(self):
        return self.__v


class Derived(Base):
    __scale = 0.5

    def __init__(self, v):
        super().__init__(2.0 * v)
        self.__v = v**2

    def __helper(self, k):
        return self.__v * k + self.__scale

    @staticmethod
    def __half(v):
        return 0.5 * v

    def both(self):
        return self.of_base() * self.__helper(3.0) + self.__half(self.of_base())


class Meter:
    def __init__(self, gain):
        self.__gain = gain
        self.__total = 0.0

    def add(self, v):
        self.__total += self.__gain * v
        return self

    @property
    def total(self):
        return self.__total


def one_name_in_two_classes(x):
    return Derived(x).both() + len(vars(Derived(x))) * x


def argument_with_private_names(meter, x):
    for v in x:
        meter.add(v**2)
    return meter.total


def class_in_the_function(x):
    class Local:
        def __init__(self, v):
            self.__v = v

        def __twice(self):
            return 2.0 * self.__v

        def value(self):
            return self.__twice() * self.__v

    return Local(x).value()


EXAMPLE_ARGS = {
    "one_name_in_two_classes": lambda: (1.5,),
    "argument_with_private_names": lambda: (Meter(0.7), np.array([0.3, 1.1, -0.4])),
    "class_in_the_function": lambda: (0.8,),
}
ARGNUMS = {"argument_with_private_names": (1,)}
