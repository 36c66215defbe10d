"""Rows and slices that loops carry, kept by a condition."""

from __future__ import annotations

import enum
import math

import numpy as np

W4 = np.array([1.0, -2.0, 0.5, 3.0])


def row_carried(m):
    prev = m[0]
    for i in range(1, 3):
        prev[0] = 5.0 * prev[1]
        prev = m[i]
    return np.sum(m**2)


def row_carried_read(m):
    prev = m[0]
    total = 0.0
    for i in range(1, 3):
        m[i - 1, 0] = 2.0 * m[i, 0]
        total += np.sum(prev**2)
        prev = m[i]
    return total + prev[0]


def row_carried_backwards(m):
    nxt = m[-1]
    for i in range(1, -1, -1):
        cur = m[i]
        cur += 0.5 * nxt
        nxt[1] = cur[0]
        nxt = cur
    return np.sum(m**2)


def row_kept_by_condition(m):
    best = m[0]
    for i in range(1, 3):
        if m[i, 0] > best[0]:
            best = m[i]
    best[1] = 10.0 * best[0]
    return np.sum(m**2)


def column_kept(m):
    c = m[:, 0]
    for j in range(1, 4):
        if m[0, j] < c[0]:
            c = m[:, j]
    c *= 3.0
    return np.sum(m * W4)


def buffer_swap_conditional(a):
    x, y = a.copy(), a[::-1].copy()
    for k in range(4):
        x[0] += y[1] * 0.5
        if x[0] > 0.2:
            x, y = y, x
        y[2] = x[0]
    return np.sum(x**2) + 2 * np.sum(y)


def nested_loop_view_carried(m):
    last = m[0]
    for i in range(1, 3):
        for j in range(4):
            m[i, j] += 0.5 * last[j]
            if j == 2:
                last = m[i]
        last[0] = 1.0
    return np.sum(m**2) + np.sum(last)


def view_loop_carried(m):
    prev = m[0]
    for i in range(1, 3):
        cur = m[i]
        cur += prev
        prev[0] = cur[1]
        prev = cur
    return np.sum(m**2)


def list_per_branch_lengths(x):
    if x > 1:
        xs = [x, x * x]
    else:
        xs = [x, 2 * x, 3.0]
    return sum(xs) * len(xs)


def fixed_point_generic(x):
    def fixed_point(f, start, tol):
        v = start
        while True:
            n = f(v)
            if abs(n - v) < tol:
                return n
            v = n

    return fixed_point(lambda v: math.cos(v) * x, 0.5, 1e-13)


def match_guard(x):
    match x:
        case v if v < 0:
            y = v * v
        case v if v < 1:
            y = v * v * v
        case _:
            y = x
    return y * 2


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


def int_enum(x, level):
    return x**level if level >= Level.HIGH else x * level


class Rim(enum.StrEnum):
    EDGE = "edge"


def enums_name_places_and_options(m):
    a = np.pad(m, Level.LOW, mode=Rim.EDGE)
    a[Level.HIGH, Level.LOW] = a[Level.LOW, 1:].sum(axis=Level.LOW - 1) ** 2
    rows = [v[level] for v in m for level in Level]
    return np.sum(a.sum(axis=Level.LOW) ** 2) + rows[Level.HIGH] ** 2


def shadowed_numpy_name(a):
    def np_like(v):
        return v * 2

    abs = np_like
    return np.sum(abs(a))


def heaviside_mask_multiply(a):
    return np.sum((a > 0) * a**2 - (a <= 0) * a)


def penalty_return_inf(x):
    if x <= 0:
        return math.inf
    return -math.log(x)


def return_int_times(x):
    return 2 * x if x > 0 else 0.0


def return_in_helper_loop(x):
    def f(v):
        if v > 0:
            return v
        for k in range(3):
            if v > -k:
                return v * k
        return v

    return f(x) * x


def integer_adjoint(x):
    x[0] = x[0] * 0.5
    return np.sum(x * np.arange(1, 5))


def zero_d_store(x):
    a = np.zeros(())
    a[...] = x
    return a * x


def int_buffer(a):
    x, y = a * 1.0, a * 3.0
    for k in range(2):
        if x[0] > 0.2:
            x, y = y, x
        y[1] = x[0]
    return np.sum(x**2) + 2 * np.sum(y)


def append_lookback(y0, n):
    ys = [y0]
    for i in range(n):
        ys.append(ys[-1] * 2)
    return ys[-1]


def rows_of_lists(x, y):
    rows = []
    for i in range(2):
        rows.append([x * i, y])
    m = np.array(rows)
    return np.sum(m @ m)


def found_at_break(x):
    for k in range(4):
        if x[k] > 0.5:
            found = x[k : k + 2] * 2
            break
        x = x * 1.5
    return np.sum(found**2)


def found_in_loop(x):
    for k in range(4):
        t = x * k
        if np.sum(t) > 1:
            found = t * 2
    return np.sum(found**2)


def pivot_second(m):
    a = m * 1.0
    for k in range(2):
        p = k + np.argmax(np.abs(a[k:, k]))
        if p != k:
            a[[k, p]] = a[[p, k]]
        for i in range(k + 1, 2):
            a[i] -= a[k] * (a[i, k] / a[k, k])
    return a[1, 1]


def view_each_trip(m):
    a = m * 1.0
    for k in range(2):
        if m[k, 0] > 0.2:
            a[[k, 0]] = a[[0, k]] * 2
        a[1] *= a[0]
    return a[1, 1]


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _positive(*shape, seed=0):
    return np.abs(_normal(*shape, seed=seed)) + 0.5


EXAMPLE_ARGS = {
    "row_carried": lambda: (_normal(3, 4),),
    "row_carried_read": lambda: (_normal(3, 4),),
    "row_carried_backwards": lambda: (_normal(3, 4),),
    "row_kept_by_condition": lambda: (_normal(3, 4),),
    "column_kept": lambda: (_normal(3, 4),),
    "nested_loop_view_carried": lambda: (_normal(3, 4),),
    "buffer_swap_conditional": lambda: (_normal(5),),
    "view_loop_carried": lambda: (_normal(3, 4),),
    "list_per_branch_lengths": lambda: (0.7,),
    "fixed_point_generic": lambda: (0.7,),
    "match_guard": lambda: (0.4,),
    "int_enum": lambda: (0.7, Level.HIGH),
    "enums_name_places_and_options": lambda: (np.array([[0.4, -1.2, 0.9], [1.1, 0.3, -0.5]]),),
    "heaviside_mask_multiply": lambda: (_normal(5),),
    "return_int_times": lambda: (0.7,),
    "shadowed_numpy_name": lambda: (_normal(5),),
    "penalty_return_inf": lambda: (0.7,),
    "return_in_helper_loop": lambda: (-1.5,),
    "integer_adjoint": lambda: (_normal(4),),
    "zero_d_store": lambda: (2.0,),
    "found_at_break": lambda: (np.arange(6.0) / 10,),
    "found_in_loop": lambda: (np.arange(3.0),),
    "pivot_second": lambda: (np.array([[0.1, 0.2], [0.4, 0.3]]),),
    "view_each_trip": lambda: (np.array([[0.1, 0.2], [0.4, 0.3]]),),
    "int_buffer": lambda: (_normal(3),),
    "rows_of_lists": lambda: (0.7, 1.1),
    "append_lookback": lambda: (0.7, 3),
}

MORE_ARGS = {
    "row_kept_by_condition": [lambda: (_normal(3, 4)[::-1].copy(),)],
    "column_kept": [lambda: (-_normal(3, 4),)],
    "buffer_swap_conditional": [lambda: (_positive(5),)],
    "list_per_branch_lengths": [lambda: (1.7,)],
    "match_guard": [lambda: (-0.5,), lambda: (1.5,)],
    "return_int_times": [lambda: (-0.7,)],
}
