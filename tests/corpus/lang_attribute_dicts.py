"""Attributes set through ``__dict__`` and ``vars``."""

from __future__ import annotations

import numpy as np


class Settings:
    def __init__(self, **given):
        self.__dict__.update(given)
        self.count = 2

    def energy(self):
        return self.rate**2 * self.count


class Guarded:
    @property
    def value(self):
        return self.__dict__["_value"] * 2

    @value.setter
    def value(self, v):
        self.__dict__["_value"] = v + 1


def attributes_by_update(rate, bias):
    s = Settings(rate=rate, bias=bias)
    vars(s).update(bias=s.bias * 2)
    s.__dict__["more"] = s.rate * 3
    return s.energy() + s.bias + s.more


def attributes_in_a_loop(x):
    s = Settings(rate=0.0)
    for v in x:
        s.__dict__["rate"] += v * v
        if v > 0:
            vars(s)["count"] = v * 3
    return s.energy()


def attributes_all_over(x):
    s = Settings(a=x[0], b=x[1] * 2)
    for k in list(s.__dict__):
        s.__dict__[k] = s.__dict__[k] + 1
    attributes = vars(s)
    attributes["c"] = attributes.pop("b") * x[2]
    copied = dict(vars(s))
    s.c *= 2
    return s.a * s.c + copied["c"] * s.count + attributes_by_property(x[3])


def attributes_by_property(x):
    g = Guarded()
    g.value = x
    g.value += x**2
    return g.value


EXAMPLE_ARGS = {
    "attributes_by_update": lambda: (1.3, 0.4),
    "attributes_in_a_loop": lambda: (np.array([0.3, -0.5, 1.2, 0.8]),),
    "attributes_all_over": lambda: (np.array([0.3, -0.5, 1.2, 0.8]),),
    "attributes_by_property": lambda: (0.7,),
}
