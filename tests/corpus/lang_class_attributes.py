"""Attributes of classes that a loss assigns: counters, running sums, settings, registries."""

from __future__ import annotations

import numpy as np


class Meter:
    """Counts its objects, and adds up what they were given."""

    made = 0
    total = 0.0

    def __init__(self, v):
        self.v = v
        self.place = Meter.made
        Meter.made += 1

    @classmethod
    def add(cls, v):
        cls.total += v
        return cls


class Settings:
    rate = 0.5
    last = None
    known = None


class Special(Settings):
    rate = 0.25


def counters(x):
    """Objects are numbered as they are made, by a class attribute."""
    Meter.made = 0
    every = [Meter(v * v) for v in x]
    return sum(m.v * (m.place + 1) for m in every) * Meter.made


def running_sum(x):
    """What a class method adds up depends on the argument."""
    Meter.total = x[0]
    for v in x:
        if v > 0.0:
            Meter.add(v).add(v * x[1])
    return Meter.total**2


def settings(x):
    """An object's own attribute hides the class's; a subclass has one of its own."""
    Settings.rate, Special.rate = x[0], 2.0
    one, other = Settings(), Settings()
    one.rate += 1.0
    Settings.rate *= x[1]
    Special.rate += x[2]
    return one.rate * other.rate + Special().rate * type(other).rate


def decaying(x):
    """A rate that each turn changes, and what was last there."""
    w = x[0]
    Settings.rate = 0.3 * x[1] ** 2
    Settings.last = w
    for _ in range(5):
        w -= Settings.rate * 2.0 * w
        Settings.rate *= 0.9
        if w > 0.1:
            Settings.last = w * x[3]
    return w * Settings.last


def registered(x):
    """A list of all objects, in the class."""
    Settings.known = []
    for v in x:
        Settings.known.append(v * v)
    Settings.known[1] *= x[0]
    return sum(Settings.known) * len(Settings.known)


def local(x):
    """A class inside the function begins anew at each call."""

    class Steps:
        count = 0
        size = 1.0

        def take(self, v):
            Steps.count += 1
            Steps.size *= 0.5
            return v * Steps.size

    s = Steps()
    return sum(s.take(v) for v in x) * Steps.count


_A = [[0.7, 1.3, -0.4, 2.1], [1.2, -0.9, 0.8, 0.3]]
_NAMES = ["counters", "running_sum", "settings", "decaying", "registered", "local"]
EXAMPLE_ARGS = {name: lambda: (np.array(_A[0]),) for name in _NAMES}
MORE_ARGS = {name: [lambda: (np.array(_A[1]),)] for name in _NAMES}
