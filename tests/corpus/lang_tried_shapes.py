"""``try`` around shapes that may not fit, powers out of their domain, and extremes of nothing."""

from __future__ import annotations

import math

import numpy as np

_X = np.array([0.31, 0.92, 0.57, 1.23, 0.44, 0.78])
_M = np.array([[0.4, 1.2, 0.3], [0.9, 0.5, 1.4]])


def largest_of_none(x):
    big = [v for v in x if v > 3.0]
    try:
        m = max(big)
    except ValueError as e:
        print(e)
        m = x[0] ** 2
    return m


def largest_of_some(x):
    big = [v for v in x if v > 0.6]
    try:
        m = max(big)
    except ValueError as e:
        m = x[0] ** 2
    return m * x[0]


def largest_of_no_entries(x):
    try:
        m = np.max(x[x > 3.0])
    except ValueError as e:
        print(e)
        m = np.min(x)
    return m * x[0]


def power_out_of_domain(a):
    try:
        v = math.pow(a - 1.0, 0.5)
    except ValueError:
        v = a**3
    return v


def power_in_domain(b):
    try:
        v = math.pow(b - 1.0, 1.5)
    except ValueError:
        v = b**3
    return v


def powers_of_entries(x):
    s = 0.0
    for v in x:
        try:
            s += math.pow(v - 0.5, x[0])
        except ValueError as e:
            s += v
    return s


def shapes_told(x, m):
    try:
        z = m @ x
    except ValueError as e:
        print("shape:", e)
        z = m @ x[:3]
    return np.sum(z**2)


def shapes_that_fit(x, m):
    try:
        z = m @ x[:3]
    except ValueError:
        z = np.zeros(2)
    return np.sum(z**2)


def shapes_in_turn(x):
    s = 0.0
    for rows in (4, 3, 2):
        try:
            z = x.reshape(rows, -1)
            s += np.sum(z[0] ** 2)
        except ValueError:
            s += 1.0
    return s


def broadcast_or_not(x, m):
    total = 0.0
    for part in (x[:2], x[:3], x):
        try:
            total += np.sum((m + part) ** 2)
        except ValueError:
            total += np.sum(part)
    return total


def stacked_or_cut(x, m):
    rows = [m[0], x[:3], x]
    try:
        z = np.vstack(rows)
    except ValueError:
        z = np.vstack([r[:3] for r in rows])
    return np.sum(z[2] * z[0])


def dot_and_else(x, y):
    try:
        d = np.dot(x, y)
    except ValueError:
        d = 0.0
    else:
        d = d * 2.0
    finally:
        print("done")
    return d


def shapes_in_a_helper(x, m):
    def apply(a, v):
        return a @ v

    try:
        z = apply(m, x)
    except ValueError:
        z = apply(m, x[:3])
    return np.sum(z)


def einsum_or_not(x, m):
    try:
        z = np.einsum("ij,j->i", m, x)
    except ValueError:
        z = np.einsum("ij,j->i", m, x[3:])
    return np.sum(z**2)


def shapes_and_finally(x):
    try:
        z = x.reshape(2, 3) @ x[:3]
    finally:
        print("end")
    return np.sum(z)


def out_of_their_domains(x):
    s = 0.0
    for v in x:
        for f in (math.atanh, math.log1p, math.acosh, math.asin):
            try:
                s += f(v)
            except ValueError:
                s += 0.3 * v
    return s


def entries_out_of_domain(m):
    s = 0.0
    try:
        s += np.sum(np.arctanh(m - 1.0) * m) + np.sum(np.log(m) / m)
    except ValueError:
        s = 5.0
    return s


def least_of_few(x):
    try:
        low = min(v for v in x if v > 0.9)
    except ValueError:
        low = 0.0
    try:
        low = low * max(v for v in x if v > 9.0)
    except ValueError:
        low = low * x[0]
    return low


EXAMPLE_ARGS = {
    "out_of_their_domains": lambda: (_X.copy(),),
    "entries_out_of_domain": lambda: (_M.copy(),),
    "least_of_few": lambda: (_X.copy(),),
    "largest_of_none": lambda: (_X.copy(),),
    "largest_of_some": lambda: (_X.copy(),),
    "largest_of_no_entries": lambda: (_X.copy(),),
    "power_out_of_domain": lambda: (0.7,),
    "power_in_domain": lambda: (1.3,),
    "powers_of_entries": lambda: (_X.copy(),),
    "shapes_told": lambda: (
        _X.copy(),
        _M.copy(),
    ),
    "shapes_that_fit": lambda: (
        _X.copy(),
        _M.copy(),
    ),
    "shapes_in_turn": lambda: (_X.copy(),),
    "broadcast_or_not": lambda: (
        _X.copy(),
        _M.copy(),
    ),
    "stacked_or_cut": lambda: (
        _X.copy(),
        _M.copy(),
    ),
    "dot_and_else": lambda: (
        _X.copy(),
        _X[::-1].copy(),
    ),
    "shapes_in_a_helper": lambda: (
        _X.copy(),
        _M.copy(),
    ),
    "einsum_or_not": lambda: (
        _X.copy(),
        _M.copy(),
    ),
    "shapes_and_finally": lambda: (_X.copy(),),
}
