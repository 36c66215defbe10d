"""Early returns, names defined on one path, None, try and with."""

from __future__ import annotations

import numpy as np
import pytest

from tests.pitfalls import Pitfall, Pitfalls, check

case = Pitfalls()


X = np.array([0.6, -1.3, 2.1, 0.4])


M = np.array([[0.5, -1.0, 2.0], [1.5, 0.3, -0.4], [0.7, 0.9, -1.1]])


@case("early return", X)
def early_return(x):
    if x[0] > 5.0:
        return np.sum(x)
    y = x * x
    if y[1] > 1.0:
        return np.sum(y * x)
    return 0.0 * x[0]


@case("return from nested loops", M)
def return_from_loops(m):
    s = 1.0
    for i in range(3):
        for j in range(3):
            s = s * 1.1 + m[i, j]
            if s > 2.5:
                return s * m[0, 0]
    return s


@case("return in both branches of an if inside a loop", X)
def return_both(x):
    for v in x:
        if v > 1.0:
            return v**3
        elif v < -1.0:
            return v * x[0]
    return x[0]


@case("return of a constant on the taken path", 0.5)
def constant_path(x):
    if x > 0.0:
        return 3.0
    return x * x


@case("return from while True", 0.3)
def return_from_while(x):
    n = 0
    while True:
        x = x * 1.5
        n += 1
        if x > 2.0:
            return x * n


@case("a name defined in one branch, used when that branch ran", 0.5)
def one_branch(x):
    if x > 0.0:
        y = x * x
    if x > 0.1:
        return y * 2.0
    return x


@case("a name defined in one branch, used when it did not run", -0.5, raises=UnboundLocalError)
def one_branch_missing(x):
    if x > 0.0:
        y = x * x
    return y * 2.0  # here


@case(
    "a view made in one branch, used when it did not run",
    np.arange(1.0, 5.0),
    -0.5,
    raises=UnboundLocalError,
)
def one_branch_view_missing(a, t):
    if t > 0.0:
        v = a[:2]
    a[0] = 2.0 * a[1]
    if t > -1.0:
        v[0] = 5.0 * v[1]  # here
    return np.sum(a**2)


@case("a name deleted", 0.5)
def deleted(x):
    y = x * x
    z = y * x
    del y
    return z


@case("None carried by a loop", X, outcome="either")
def none_carried(x):
    best = None
    for v in x:
        if best is None or v * v > best:
            best = v * v
    return best


@case("an optional argument that is None", 0.5, None)
def optional_none(x, w):
    if w is None:
        w = 2.0 * x
    return x * w


@case("an optional argument that is given", 0.5, 3.0)
def optional_given(x, w=None):
    if w is None:
        w = 2.0 * x
    return x * w


@case("the previous element, None at first", X)
def previous_none(x):
    prev = None
    s = 0.0
    for v in x:
        if prev is not None:
            s += (v - prev) ** 2
        prev = v
    return s


@case("try around a computation that fails", 0.0, expect=2.0)
def try_around(x):
    try:
        y = 1.0 / x
    except ZeroDivisionError:
        y = x * 2.0
    return y


@case("a finally clause", 0.5, outcome="either")
def finally_clause(x):
    y = x
    try:
        y = y * x
    finally:
        y = y * 2.0
    return y


@case("the body of np.errstate", X)
def errstate_body(x):
    y = x * x
    with np.errstate(all="ignore"):
        y = y * np.log(np.abs(x))
        y[0] = 1.0 / x[1]
    return np.sum(y)


@case("return inside np.errstate", X)
def errstate_return(x):
    with np.errstate(divide="ignore"):
        return np.sum(x * x)


@case("another context manager", 0.5, words=("with",), outcome="either")
def other_context(x):
    with open("/dev/null") as f:
        y = x * x
    return y


@case("early return between stores", X)
def return_between_stores(x):
    a = x * 1.0
    for i in range(4):
        a[i] = a[i - 1] * x[i]
        if a[i] < -0.1:
            a[0] = 7.0
            return np.sum(a * x)
        a[i] += 1.0
    return np.sum(a)


@case("a flag of bool that a loop carries", X)
def flag_carried(x):
    seen = False
    s = 0.0
    for v in x:
        if seen:
            s += v * v
        seen = seen or v < 0.0
    return s


@pytest.mark.parametrize("pitfall", case)
def test_right_or_refused(pitfall: Pitfall) -> None:
    check(pitfall)
