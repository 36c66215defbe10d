"""Repeated indices, and numbers that are no numbers to differentiate by."""

from __future__ import annotations

import numpy as np
import pytest

from tests.pitfalls import Pitfall, Pitfalls, check

case = Pitfalls()


X = np.array([0.6, -1.3, 2.1, 0.4])


M = np.array([[0.5, -1.0, 2.0], [1.5, 0.3, -0.4], [0.7, 0.9, -1.1]])


@case("a gather with repeated indices", X)
def gather_repeats(x):
    i = np.array([0, 0, 2, 0])
    return np.sum(x[i] * x)


@case("a store with repeated indices keeps the last", X)
def store_repeats(x):
    a = np.zeros(3)
    a[np.array([0, 0, 2, 0])] = x * x
    return np.sum(a * x[:3])


@case("an addition in place with repeated indices counts once", X)
def add_repeats(x):
    a = np.zeros(3)
    a[np.array([0, 0, 2, 0])] += x * x
    return np.sum(a * a)


@case("np.add.at counts every repeat", X)
def add_at_repeats(x):
    a = np.zeros(3)
    np.add.at(a, np.array([0, 0, 2, 0]), x * x)
    return np.sum(a * a)


@case("rows and columns gathered with repeats", M)
def gather_pairs(m):
    i = np.array([0, 1, 0])
    j = np.array([2, 2, 2])
    return np.sum(m[i, j] ** 2) + np.sum(m[:, j] * m)


@case("np.take with repeats", X)
def take_repeats(x):
    return np.sum(np.take(x, [1, 1, 3]) ** 2)


@case("a product in place with repeated indices", X)
def multiply_repeats(x):
    a = x * 1.0
    a[[1, 1]] *= x[0]
    return np.sum(a * a)


@case("negative and positive spelling of one index", X)
def mixed_sign(x):
    i = np.array([3, -1])
    a = np.zeros(4)
    a[i] = x[:2] * x[2:]
    return np.sum(x[i] * x[i]) + np.sum(a * x)


@case("the index of the maximum is a constant", X)
def argmax_index(x):
    i = np.argmax(x * x)
    return x[i] ** 3 + i


@case("an index made with int()", 2.6, X)
def int_index(t, x):
    i = int(t)
    return x[i] * (t - i) + x[i - 1] * (1.0 - t + i)


@case("lengths and shapes are constants", M)
def shapes_constant(m):
    n, k = m.shape
    s = 0.0
    for i in range(len(m)):
        s += m[i, k - 1 - i] * m.size / n
    return s


@case("an order found by argsort", X)
def argsort_order(x):
    order = np.argsort(x)
    return np.sum(x[order] * np.arange(4.0))


@case("seeded random numbers are drawn once", X, outcome="either")
def seeded(x):
    rng = np.random.default_rng(0)
    noise = rng.normal(size=4)
    return np.sum(x * noise)


@case("searchsorted and digitize give constants", 0.55, outcome="either")
def looked_up(t):
    grid = np.array([0.0, 0.5, 1.0])
    values = np.array([1.0, 3.0, 2.0])
    k = np.searchsorted(grid, t)
    w = (t - grid[k - 1]) / (grid[k] - grid[k - 1])
    return values[k - 1] * (1.0 - w) + values[k] * w


@pytest.mark.parametrize("pitfall", case)
def test_right_or_refused(pitfall: Pitfall) -> None:
    check(pitfall)
