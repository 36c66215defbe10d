"""Loops: no turns, jumps, bounds, what they run over."""

from __future__ import annotations

import math

import numpy as np
import pytest

import gradgen
from tests.pitfalls import Pitfall, Pitfalls, check

case = Pitfalls()


X = np.array([0.6, -1.3, 2.1, 0.4])


M = np.array([[0.5, -1.0, 2.0], [1.5, 0.3, -0.4], [0.7, 0.9, -1.1]])


@case("a loop that makes no turn", 0.7, 0)
def no_turn(x, n):
    s = x
    for i in range(n):
        s = s * x + i
    return s * x


@case("a loop over an empty slice, its variable kept from before", X)
def empty_slice(x):
    v = x[0]
    for v in x[4:]:
        v = v * 2.0
    return v * x[1]


@case("a name defined only inside a loop", X)
def defined_inside(x):
    for i in range(len(x)):
        last = x[i] * x[i]
    return last * x[0]


@case("a name defined only inside a loop that makes no turn", 0.7, 0, raises=UnboundLocalError)
def never_defined(x, n):
    for i in range(n):
        y = x * i
    return y  # here


@case("a name that the first turn reads, and a later one assigns", 0.7, 3, raises=UnboundLocalError)
def read_before_assigned(x, n):
    s = x
    for i in range(n):
        if i > 0:
            c = s * x
        s = s * c  # here
    return s


@case("a list that no turn has made", 0.7, np.ones(2), 2, raises=UnboundLocalError)
def list_never_made(x, a, n):
    s = 0.0
    k = 0
    while k < n:
        if k > 5:
            c = [v * x for v in a]
        elif k > 0:
            s = s + c[0] * x  # here
        k += 1
    return s


@case("the last row of an array written to", np.zeros((0, 3)), raises=UnboundLocalError)
def last_of_no_rows(m):
    for row in m:
        m[1, 2] *= np.prod(row)
    return np.sum(m * m) + row[-1]  # here


@case("one of three views that no turn has taken", 0.7, X, 2, raises=UnboundLocalError)
def view_never_taken(x, a, n):
    a = a * x
    for k in range(n):
        if k == 5:
            c = a[1:]
        elif k == 6:
            c = a[:-1]
        elif k == 7:
            c = a[::2]
    c[0] *= x  # here
    return np.sum(a)


@case("a while loop that makes no turn", 7.0)
def while_no_turn(x):
    while x < 5.0:
        x = x * 2.0
    return x * x


def test_trip_count_of_first_call():
    """The trip count of a while loop is that of each call."""

    def f(x):
        n = 0
        while x < 10.0:
            x = x * 1.5 + 0.1
            n += 1
        return x * n

    g = gradgen.value_and_grad(f)
    for x in (0.5, 9.0, 3.0, 20.0):
        h = 1e-6
        value, d = g(x)
        assert value == f(x)
        assert math.isclose(d, (f(x + h) - f(x - h)) / (2 * h), rel_tol=1e-6)


@case("a convergence loop whose test reads the newest values", 2.0)
def newton(a):
    x = 1.0
    d = 1.0
    while abs(d) > 1e-10:
        d = (x * x - a) / (2.0 * x)
        x = x - d
    return x * a


@case("while with a compound test", X)
def compound_test(x):
    i = 0
    s = 0.0
    while i < len(x) and s < 1.0:
        s += x[i] ** 2
        i += 1
    return s * x[0] + i


@case("nested while loops", 0.4)
def nested_while(x):
    s = 0.1
    while s < 3.0:
        t = s
        while t < s + 1.0:
            t = t + x
        s = t * 1.1
    return s


@case("break in the middle of a loop", X)
def break_middle(x):
    s = 1.0
    for i in range(4):
        s *= x[i]
        if s < 0.0:
            break
        s += x[i]
    return s * i + x[3]


@case("continue skips the rest of the turn", X)
def continue_skips(x):
    s = 1.0
    for v in x:
        if v < 0.0:
            continue
        s = s * v + v
    return s


@case("break of an inner loop, continue of the outer one", M)
def break_and_continue(m):
    s = 0.0
    for i in range(3):
        p = 1.0
        for j in range(3):
            if m[i, j] < 0.0:
                break
            p *= m[i, j]
        if p > 0.6:
            continue
        s += p * m[i, 0]
    return s


@case("while True with break in the middle", 0.9)
def while_true(x):
    s = x
    while True:
        s = s * 1.7
        if s > 9.0:
            break
        s = s + x * x
    return s


@case("the else of a loop that did not break", X)
def else_runs(x):
    s = 0.0
    for v in x:
        s += v * v
        if s > 100.0:
            break
    else:
        s = s * x[0]
    return s


@case("the else of a loop that broke", X)
def else_skipped(x):
    s = 0.0
    for v in x:
        s += v * v
        if s > 1.0:
            break
    else:
        s = s * x[0]
    return s


@case("the else of a while loop", 0.7)
def while_else(x):
    while x < 3.0:
        x = x * 1.3
        if x > 100.0:
            break
    else:
        x = x**2
    return x


@case("any() of a condition over a loop with break and else", X)
def break_else_nested(x):
    s = 0.0
    for i in range(4):
        for j in range(i):
            if x[j] * x[i] < 0.0:
                break
        else:
            s += x[i] ** 2
            continue
        s -= x[i] * x[j]
    return s


@case("a while loop counting down with an array state", X)
def while_array(x):
    n = 3
    s = x
    while n:
        s = np.tanh(s) * x + n
        n -= 1
    return np.sum(s)


@case("min of nothing raises as in Python", 0.5, 0, raises=ValueError)
def max_of_nothing(x, n):
    return max([x * i for i in range(n)])  # here


@pytest.mark.parametrize("pitfall", case)
def test_right_or_refused(pitfall: Pitfall) -> None:
    check(pitfall)
