"""Options from texts by regular expressions, filters, and functions chosen by a class."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

import numpy as np

PAIR = re.compile(r"(?P<key>\w+)=(?P<value>[\d.]+)")


def options_by_pattern(x, text):
    """What the patterns find is known before the program runs."""
    given = {key: float(value) for key, value in PAIR.findall(text)}
    first = PAIR.search(text)
    if first is None or not re.match(r"\w", text):
        return x[0]
    parts = re.split(r"\s*,\s*", text)
    hidden = re.sub(r"\d", "#", text)
    scale = len(parts) + hidden.count("#") + (first.group("key") == "a")
    return np.sum(x * x) * given["a"] + given["b"] * x[0] * scale


def options_by_filter(x, text):
    total, given = 0.0, {}
    for item in filter(None, text.split(",")):
        key, value = item.split(":")
        given[key] = float(value)
        total += given[key] * x[0]
    return total * given["y"]


def loops_over_filters(x):
    item, total = 0.25, 0.0
    above = lambda v: v > item
    for i, v in enumerate(x):
        for w in filter(above, x[i:]):
            if w > 1.0:
                break
            total += w * v
        else:
            total += 1.0
    for k, v in filter(lambda pair: pair[1] > item, enumerate(x)):
        total += k * v
        item += 0.1
    for v in filter(None, [x[1], 0.0, x[2]]):
        total = total * v + v
    return total


@dataclass
class Point:
    a: float
    b: float = 1.0


class Above:
    def __init__(self, v):
        self.v = v

    def __eq__(self, other):
        return isinstance(other, Above) and self.v > other.v


def unequal_objects(x, y):
    """A class that says what == is says what != is."""
    total = (Point(x) != Point(y)) * x + (Point(x, y) != Point(x, y)) * 100.0
    total += (Above(x) != Above(y)) * 5.0 + (Above(y) != Above(x)) * y + (Above(x) != 3) * x * y
    return total * x


@functools.singledispatch
def penalty(v, weight=1.0):
    raise TypeError(type(v))


@penalty.register
def _(v: float, weight=1.0):
    return v * v * weight


@penalty.register(np.ndarray)
def _(v, weight=1.0):
    return np.sum(v * np.tanh(v)) * weight


@penalty.register(list)
@penalty.register(tuple)
def _(v, weight=1.0):
    return sum(penalty(item) for item in v) * weight


@penalty.register(dict)
def _(v, weight=1.0):
    return sum(penalty(item) for item in v.values()) * weight


@penalty.register
def _(v: Point, weight=1.0):
    return v.a * v.b * weight


def chosen_by_class(w, b, p, d):
    return penalty(w) + penalty(b, 2.0) * penalty(p) + penalty([w, b]) + penalty(d, weight=3.0)


X = np.array([0.3, -0.5, 1.2, 0.8])

EXAMPLE_ARGS = {
    "options_by_pattern": lambda: (X.copy(), "a=1.5, b=2 ,c=3"),
    "options_by_filter": lambda: (X.copy(), "x:1,,y:2,"),
    "loops_over_filters": lambda: (X.copy(),),
    "unequal_objects": lambda: (1.2, 0.7),
    "chosen_by_class": lambda: (X.copy(), 1.5, Point(0.5, 2.0), {"k": X * 2}),
}
