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


class Machine:
    def __init__(self, v):
        self.__v = v

    def power(self, n):
        def __from(k):
            return self.__v if k < 2 else __from(k - 1) * self.__v

        return __from(n)

    def counted(self, x):
        __n = 2.0

        def __double(v):
            nonlocal __n
            __n *= v

        for __v in x:
            __double(__v)
        return __n * self.__v

    def matched(self, x):
        import math as __math

        match [self.__v, *x]:
            case [__a, __b, *__rest] if __a > 1.0:
                return __math.sin(__a) * __b + sum(__rest)
            case {"a": 1.0, **__others}:
                return len(__others)
            case __all:
                return __all[0] * len(__all)

    def tried(self, n):
        class __Inner:
            def __init__(self, v):
                self.__v = v

            def __twice(self):
                return 2.0 * self.__v

            def value(self):
                return self.__twice()

        try:
            return __Inner(self.__v).value() / n
        except ZeroDivisionError as __error:
            return self.__v * len(str(__error))


def local_names_in_methods(x, n):
    machine = Machine(float(x[0]))
    return machine.power(3) * machine.counted(x[1:]) + machine.matched(x) * machine.tried(n)


EXAMPLE_ARGS = {
    "local_names_in_methods": lambda: (np.array([1.3, 0.7, 1.1]), 0),
    "one_name_in_two_classes": lambda: (1.5,),
    "argument_with_private_names": lambda: (Meter(0.7), np.array([0.3, 1.1, -0.4])),
    "class_in_the_function": lambda: (0.8,),
}
ARGNUMS = {"argument_with_private_names": (1,)}
