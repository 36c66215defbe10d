"""Maxima that loops find, subtracted in softmax and log-sum-exp; and others that do not cancel."""

from __future__ import annotations

import math

import numpy as np


def log_sum_exp_by_loops(x):
    top = x[0]
    for i in range(1, len(x)):
        if x[i] > top:
            top = x[i]
    total = 0.0
    for i in range(len(x)):
        total += math.exp(x[i] - top)
    return top + math.log(total)


def softmax_by_loops(x, w):
    top = -math.inf
    for v in x:
        top = max(top, v)
    e = np.zeros(len(x))
    total = 0.0
    for i in range(len(x)):
        e[i] = math.exp(x[i] - top)
        total += e[i]
    out = 0.0
    for i in range(len(x)):
        out += w[i] * (e[i] / total) ** 2
    return out


def rows_by_loops(z, labels):
    loss = 0.0
    for r in range(z.shape[0]):
        top = z[r, 0]
        for c in range(1, z.shape[1]):
            if top < z[r, c]:
                top = z[r, c]
        total = 0.0
        for c in range(z.shape[1]):
            total += np.exp(z[r, c] - top)
        loss += np.log(total) + top - z[r, labels[r]]
    return loss / z.shape[0]


def log_sum_exp_of_products(x, w):
    top = x[0] * w[0]
    for i in range(1, len(x)):
        top = max(top, x[i] * w[i])
    e = np.empty(len(x))
    for i in range(len(x)):
        e[i] = np.exp(x[i] * w[i] - top)
    total = 0.0
    for i in range(len(x)):
        total += e[i]
    return top + np.log(total)


def least_by_loops(x):
    low = x[0]
    for i in range(1, len(x)):
        if x[i] < low:
            low = x[i]
    total = 0.0
    for i in range(len(x)):
        total += math.exp(low - x[i])
    return low - math.log(total)


# In these what the loop finds does not cancel.


def top_without_logarithm(x):
    top = x[0]
    for i in range(1, len(x)):
        if x[i] > top:
            top = x[i]
    total = 0.0
    for i in range(len(x)):
        total += math.exp(x[i] - top)
    return total


def running_softmax(x):
    top, total = x[0], 0.0
    for i in range(len(x)):
        new = max(top, x[i])
        total = total * math.exp(top - new) + math.exp(x[i] - new)
        top = new
    return top + math.log(total)


def top_used_on_the_way(x):
    top, extra = x[0], 0.0
    for i in range(1, len(x)):
        extra += top * x[i]
        if x[i] > top:
            top = x[i]
    total = 0.0
    for i in range(len(x)):
        total += math.exp(x[i] - top)
    return top + math.log(total) + extra


def sum_that_begins_with_one(x):
    top = x[0]
    for i in range(1, len(x)):
        top = max(top, x[i])
    total = 1.0
    for i in range(len(x)):
        total += math.exp(x[i] - top)
    return top + math.log(total)


def sum_with_something_else(x):
    top = x[0]
    for i in range(1, len(x)):
        top = max(top, x[i])
    total, held = 0.0, 0.0
    for i in range(len(x)):
        total = held + math.exp(x[i] - top)
        held = held + 0.5
    return top + math.log(total)


def shares_added_to_ones(x):
    top = x[0]
    for i in range(1, len(x)):
        top = max(top, x[i])
    e = np.zeros(len(x) + 1)
    e[0] = 1.0
    for i in range(len(x)):
        e[i + 1] = math.exp(x[i] - top)
    return top + math.log(np.sum(e))


def shares_beside_a_one(x):
    top = x[0]
    for i in range(1, len(x)):
        top = max(top, x[i])
    e = np.zeros(len(x) + 1)
    for i in range(len(x)):
        e[i] = math.exp(x[i] - top)
        e[i + 1] = 1.0
    return top + math.log(np.sum(e))


def of_two_tops(x):
    top = second = x[0]
    for i in range(1, len(x)):
        if x[i] > top:
            second = top
            top = x[i]
    total = 0.0
    for i in range(len(x)):
        total += math.exp(x[i] - top)
    return (top + math.log(total)) * second


def with_a_floor(x):
    top = 0.5
    for i in range(len(x)):
        if x[i] > top:
            top = x[i]
    total = 0.0
    for i in range(len(x)):
        if x[i] - top > -1.5:
            total += math.exp(x[i] - top)
    return top + math.log(total)


def _x(n=5):
    return np.random.default_rng(11).normal(size=n)


EXAMPLE_ARGS = {
    "log_sum_exp_by_loops": lambda: (_x(),),
    "softmax_by_loops": lambda: (_x(), np.abs(_x()[::-1]).copy()),
    "rows_by_loops": lambda: (_x(12).reshape(4, 3), np.array([0, 2, 1, 1])),
    "log_sum_exp_of_products": lambda: (_x(), _x(6)[1:].copy()),
    "least_by_loops": lambda: (_x(),),
    "top_without_logarithm": lambda: (_x(),),
    "running_softmax": lambda: (_x(),),
    "top_used_on_the_way": lambda: (_x(),),
    "sum_that_begins_with_one": lambda: (_x(),),
    "sum_with_something_else": lambda: (_x(),),
    "shares_added_to_ones": lambda: (_x(),),
    "shares_beside_a_one": lambda: (_x(),),
    "of_two_tops": lambda: (_x(),),
    "with_a_floor": lambda: (_x(),),
}
