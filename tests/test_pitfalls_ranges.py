"""What loops run over: ranges, rows, zips, and things that change meanwhile."""

from __future__ import annotations

import numpy as np
import pytest

from tests.pitfalls import Pitfall, Pitfalls, check

case = Pitfalls()


X = np.array([0.6, -1.3, 2.1, 0.4])


M = np.array([[0.5, -1.0, 2.0], [1.5, 0.3, -0.4], [0.7, 0.9, -1.1]])


@case("a descending range", X)
def descending(x):
    s = 0.0
    for i in range(3, 0, -2):
        s = s * x[i - 1] + x[i]
    return s


@case("a reversed range with uneven step", X)
def reversed_range(x):
    s = 1.0
    for i in reversed(range(0, 4, 3)):
        s = s * x[i] + i
    return s


@case("enumerate from one, over a reversed array", X)
def enumerate_reversed(x):
    s = 0.0
    for k, v in enumerate(x[::-1], 1):
        s = s * v + k * v
    return s


@case("zip of unequal lengths stops at the shorter", X, X[:3] * 2.0)
def zip_unequal(x, y):
    s = 1.0
    for a, b in zip(x, y):
        s = s * a + b
    return s


@case("zip of an array, a list and a range", X)
def zip_mixed(x):
    s = 0.0
    for v, c, i in zip(x, [2.0, 3.0, 4.0], range(9)):
        s += v**2 * c * i
    return s


@case("reversed(zip(...)) of a list", X)
def reversed_list_zip(x):
    s = 1.0
    for a, i in reversed(list(zip(x, range(4)))):
        s = s * a + i
    return s


@case("the bound of a range is changed inside the loop", X)
def bound_changed(x):
    n = 3
    s = 1.0
    for i in range(n):
        n = 1
        s = s * x[i] + n
    return s * n


@case("a triangular loop", M)
def triangular(m):
    s = 1.0
    for i in range(3):
        for j in range(i, 3):
            s = s * 1.1 + m[i, j] * m[j, i]
    return s


@case("rows of a matrix, changed while they are read", M)
def rows_changed(m):
    a = m * 1.0
    s = 0.0
    for i, row in enumerate(a):
        a[(i + 1) % 3] *= 2.0
        s += np.sum(row * row)
    return s


@case("a list is appended to while it is iterated over", X, outcome="either")
def list_grows(x):
    items = [x[0]]
    s = 0.0
    for v in items:
        s += v
        if len(items) < 4:
            items.append(v * x[1])
    return s


@pytest.mark.parametrize("pitfall", case)
def test_right_or_refused(pitfall: Pitfall) -> None:
    check(pitfall)
