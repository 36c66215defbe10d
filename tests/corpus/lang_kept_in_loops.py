"""Values that loops keep for their reverse, in whose place an adjoint can be stored, or cannot."""

from __future__ import annotations

import math

import numpy as np


def log_of_sum(x):
    total = 0.0
    for i in range(len(x)):
        total += math.exp(x[i])
    return math.log(total)


def root_of_squares(x, w):
    total = 0.0
    for i in range(len(x)):
        total += math.sin(x[i] * w[i]) ** 2
    return math.sqrt(total)


def filled_by_the_user(x):
    e = np.empty(len(x))
    total = 0.0
    for i in range(len(x)):
        e[i] = math.exp(x[i])
        total += e[i]
    return total * math.log(total)


def rows_one_by_one(x):
    out = 1.0
    for r in range(x.shape[0]):
        total = 0.0
        for c in range(x.shape[1]):
            total += math.exp(x[r, c])
        out *= math.log(total)
    return out


def a_vector_made_each_time(x, w):
    out = 1.0
    for k in range(3):
        y = x * w[k]
        total = 0.0
        for i in range(len(y)):
            total += math.exp(y[i])
        out *= math.log(total)
    return out


# In these the kept array is read again, or the adjoint is more than what one loop adds.


def added_twice(x):
    total = 0.0
    for i in range(len(x)):
        total += math.exp(x[i]) + math.exp(x[i - 1])
    return math.log(total)


def not_all_places(x):
    total = 0.0
    for i in range(len(x) - 1):
        total += math.exp(x[i])
    return math.log(total) + x[-1]


def every_other_place(x):
    total = 0.0
    for i in range(0, len(x), 2):
        total += math.exp(x[i])
    return math.log(total)


def of_both_vectors(x, w):
    total = 0.0
    for i in range(len(x)):
        total += math.exp(x[i] * w[i])
    return math.log(total)


def used_again(x):
    e = np.empty(len(x))
    total = 0.0
    for i in range(len(x)):
        e[i] = math.exp(x[i])
        total += e[i]
    return total * math.log(total) + e[0] * e[1]


def on_one_side(x):
    total = 1.0
    for i in range(len(x)):
        if x[i] > 0.0:
            total += math.exp(x[i])
    return math.log(total)


def _x(n=5):
    return np.random.default_rng(3).normal(size=n)


EXAMPLE_ARGS = {
    "log_of_sum": lambda: (_x(),),
    "root_of_squares": lambda: (_x(), _x(6)[1:].copy()),
    "filled_by_the_user": lambda: (_x(),),
    "rows_one_by_one": lambda: (_x(6).reshape(2, 3),),
    "a_vector_made_each_time": lambda: (_x(), _x(3)),
    "added_twice": lambda: (_x(),),
    "not_all_places": lambda: (_x(),),
    "every_other_place": lambda: (_x(),),
    "of_both_vectors": lambda: (_x(), _x(6)[1:].copy()),
    "used_again": lambda: (_x(),),
    "on_one_side": lambda: (_x(),),
}
ARGNUMS = {"root_of_squares": (0,)}
