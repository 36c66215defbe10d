"""What Python does behind the scenes: setters after augmented stores, generators that stop."""

from __future__ import annotations

import numpy as np


class Gauge:
    """A property whose setter does more than keep the value."""

    def __init__(self, level):
        self._level = level
        self.sets = 0.0

    @property
    def level(self):
        return self._level

    @level.setter
    def level(self, value):
        self.sets += 1.0
        self._level = value * 2.0


class Watched:
    def __init__(self, level):
        object.__setattr__(self, "level", level)
        object.__setattr__(self, "sets", 0.0)

    def __setattr__(self, name, value):
        object.__setattr__(self, "sets", self.sets + 1.0)
        object.__setattr__(self, name, value)


class Sum:
    def __init__(self, v):
        self.v = v

    def __iadd__(self, other):
        self.v += other
        return self


def setter_after_in_place(x):
    gauge = Gauge(x.copy())
    held = gauge.level
    gauge.level += x[1]
    held[0] = 5.0
    several = [Gauge(x * 1.0), Gauge(x * 2.0)]
    for one in several:
        one.level *= x[0]
    several[0 if x[2] > 0 else 1].level -= 1.0
    total = sum(g.level.sum() * g.sets for g in several)
    return gauge.level.sum() * gauge.sets + total


def setter_of_lists_and_objects(x):
    listed, summed = Gauge([x[0]]), Watched(Sum(x[1]))
    listed._level += [x[1]]
    summed.level += x[2]
    summed.level.v += x[0]
    return sum(listed.level) * (1.0 + listed.sets) + summed.level.v * summed.sets


def attribute_of_its_own(x):
    class Held:
        items = []  # noqa: RUF012

    a, b = Held(), Held()
    a.items += [x[0]]
    Held.items = [x[1]]
    return sum(a.items) * sum(b.items)


def generator_that_stops(x):
    y = x.copy()
    scaled = (v * y[0] for v in y)
    first = next(scaled)
    y[1] = x[2] * first
    y[0] = 2.0
    k = x[0]
    products = (v * k for v in x)
    second = next(products)
    k = x[1]
    return first + sum(scaled) * second + sum(products)


def generator_seen_turn_by_turn(x):
    y = x.copy()
    scaled = (v * y[1] for v in y)
    total = next(scaled)
    for v in scaled:
        y[1] = y[1] * 0.5
        total += v
    return total


def filter_that_stops(x):
    y = x.copy()
    above = (v for v in y if v > -9.0)
    first = next(above)
    y[1] = x[2] * first
    return first + sum(above)


class Told:
    def __init__(self, v):
        self._v, self.observers = v, []

    @property
    def v(self):
        return self._v

    @v.setter
    def v(self, new):
        self._v = new
        for observer in self.observers:
            observer(new)


def setters_that_call_each_other(x):
    """A setter sets another object, whose setter appends to a list."""
    a, b = Told(x), Told(0.0)
    heard = []
    a.observers.append(lambda new: setattr(b, "v", 2.0 * new))
    b.observers.append(heard.append)
    a.v = x * x
    a.v += 1.0
    return b.v * sum(heard)


class Settings:
    def __init__(self, **given):
        for name, value in given.items():
            setattr(self, name, value)


def attributes_taken_away(x):
    s = Settings(rate=x, scale=x * x, bias=0.5)
    for name in ("rate", "bias"):
        delattr(s, name)
    return s.scale + (1.0 if hasattr(s, "rate") else 2.0) * x


_NAMES = [
    "setter_after_in_place", "setter_of_lists_and_objects", "attribute_of_its_own",
    "generator_that_stops", "generator_seen_turn_by_turn", "filter_that_stops",
]  # fmt: skip


EXAMPLE_ARGS = {
    **{name: lambda: (np.array([0.4, -0.7, 1.3]),) for name in _NAMES},
    "setters_that_call_each_other": lambda: (0.8,),
    "attributes_taken_away": lambda: (0.8,),
}
MORE_ARGS = {"setter_after_in_place": [lambda: (np.array([0.4, 0.7, -1.3]),)]}

MAY_BE_REFUSED = ("filter_that_stops",)
