"""Lists that go into a list at each turn of a loop, and have a name after it: one list, not two."""

from __future__ import annotations

import numpy as np


def last_of_few(x):
    now, history = [x[0], x[1]], []
    for i in range(4):
        now = now + [x[i]] if x[i] > 0 else list(now)
        now[0] += x[i]
        history.append(now)
    history[-1][0] = 2.0 * x[1]
    return sum(sum(h) * (k + 1) for k, h in enumerate(history)) + now[0]


def last_of_many(x):
    now, history = [x[0], x[1]], []
    for v in x:
        now = [*now, v]
        history.append(now)
    history[-1][0] = 2.0
    return now[0] * x[1]


def first_from_before(x):
    a = [x[0], x[1]]
    history = [a]
    for v in x:
        history.append([v, 1.0])
    history[0][0] = 2.0
    return a[0] * x[1] + history[1][0]


def of_the_last_turn(x):
    history = []
    for v in x:
        now = [v, x[0]]
        history.append(now)
    history[-1][1] = 3.0
    return sum(a * b for a, b in history) + now[1]


def the_greatest(x):
    best, history = [x[0], 0.0], []
    for v in x:
        now = [v, x[0]]
        history.append(now)
        if v > best[0]:
            best = now
    history[1][0] = 7.0
    return sum(a * b for a, b in history) + best[0]


def inside_tuples(x):
    rows, now = [], [x[0], 1.0]
    for i, v in enumerate(x):
        now = [now[0] * v, now[1] + 1]
        rows.append((now, i))
    rows[-1][0][0] = 2.0
    return now[0] * x[1]


def under_keys(x):
    held, now = {}, [x[0], 1.0]
    for i, v in enumerate(x):
        now = [now[0] * v, now[1] + 1]
        held[i] = now
    held[len(x) - 1][0] = 2.0
    return now[0] * x[1]


class Tracker:
    def __init__(self, v):
        self.history = []
        self.now = [v, 0.0]

    def add(self, v):
        self.now = [self.now[0] * v, 1.0]
        self.history.append(self.now)


def of_an_object(x):
    tracker = Tracker(x[0])
    for v in x:
        tracker.add(v)
    tracker.history[-1][0] = 2.0
    return tracker.now[0] * x[1]


_X = (0.4, -0.7, 1.3, 0.9)
_NAMES = [
    "last_of_few", "last_of_many", "first_from_before", "of_the_last_turn", "the_greatest",
    "inside_tuples", "under_keys", "of_an_object",
]  # fmt: skip
EXAMPLE_ARGS = {name: lambda: (np.array(_X),) for name in _NAMES}

MAY_BE_REFUSED = tuple(_NAMES[1:])
