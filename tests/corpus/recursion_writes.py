"""Recursive functions that write to the arrays they are given, on some paths, under other names."""

from __future__ import annotations

import math

import numpy as np


def grown(p, depth):
    """Two returns come before a loop that adds to the whole array."""
    if depth <= 0:
        return 0.6
    if np.sum(p) > 2.0:
        return 0.1
    for _ in range(2):
        p += np.cos(p)
    return p[0] + 0.5 * grown(p, depth - 1)


def loop_behind_returns(x, a, n):
    b = a * 1.0
    return x * grown(b, n) + grown(b, n) * x + b[1]


def renamed(p, depth):
    """Another name for the argument is bound anew in each turn."""
    if depth <= 0:
        p[0] *= 0.9
        return p[1]
    v = p
    for k in range(2):
        v = v if p[k] > 0.2 else v * 1.0
        v -= 0.1 * np.sin(v)
    return v[0] + 0.5 * renamed(p, depth - 1)


def another_name_in_turns(x, a, n):
    b = a * x
    return renamed(b, n) + np.sum(b * b)


def through_views(p, depth):
    """A slice, or the argument, or a copy of it is written to."""
    if depth <= 0:
        return np.sum(p)
    v = p[1:]
    if p[0] > 0.3:
        v = p[:2]
    v *= 0.8
    w = p if p[1] > 0.1 else p.copy()
    w[2] += p[0]
    return w[1] * through_views(p, depth - 1)


def views_by_path(x, a, n):
    b = a + x
    return through_views(b, n) + b[2]


def jumps_in_the_loop(p, depth):
    """A loop stores entries until one is large."""
    if depth <= 0:
        return p[2]
    for i in range(len(p)):
        if p[i] > 0.9:
            break
        if p[i] < -0.4:
            continue
        p[i] = math.sin(p[i]) + 0.2
    else:
        p += 0.1 * p[::-1]
    if p[0] > 0.5:
        p[1] -= 0.3
        return p[0]
    return 0.7 * jumps_in_the_loop(p, depth - 1) + p[1]


def stores_until_break(x, a, n):
    b = a * x
    return jumps_in_the_loop(b, n) * x + np.sum(b)


def swapped(p, q, depth):
    """The names of two arguments are exchanged before one is written to."""
    if depth <= 0:
        return p[0] * q[1]
    if q[0] > 0.1:
        p, q = q, p
    p += 0.2 * np.sin(q)
    return 0.5 * swapped(q, p, depth - 1) + q[2]


def exchanged(x, a, n):
    b, c = a * x, np.cos(a)
    return swapped(b, c, n) + np.sum(b * c)


def up(p, depth):
    """One of two that call each other; it only multiplies by path."""
    if depth <= 0:
        return p[0]
    if p[1] > 0.4:
        p[:] = 0.5 * p
    return down(p, depth - 1) * 0.8 + p[2]


def down(p, depth):
    """The other one; it adds in a loop, and calls in a loop."""
    total = 0.0
    if depth <= 0:
        return p[1]
    for _ in range(2):
        if p[0] > 1.5:
            return total
        p += 0.1 * np.cos(p)
        total += up(p, depth - 1)
    return total


def each_other(x, a, n):
    b = a * x
    return up(b, n) + np.sum(b * b)


def rows_of_both(p, q, depth):
    """A loop over the arguments writes to each."""
    if depth <= 0:
        return p[0] - q[0]
    for row in (p, q):
        row *= 0.9
        row[depth % 3] += p[1]
    return rows_of_both(p, q, depth - 1) * 0.5 + q[1]


def both_in_turn(x, a, n):
    b, c = a * x, np.sin(a)
    return rows_of_both(b, c, n) + b[0] * c[1]


def around(x, a, n):
    """The array belongs to the function around."""
    state = a * x

    def step(depth):
        if depth <= 0:
            return state[0]
        current = state
        for _ in range(2):
            current += 0.1 * np.sin(current)
        if current[1] > 0.6:
            return current[1]
        return 0.5 * step(depth - 1) + state[2]

    return step(n) + np.sum(state * state)


def bound_anew(p, depth):
    """The caller sees what is written before the name is given to another array, not after."""
    if depth <= 0:
        return p[0]
    p[1] += 0.3
    for _ in range(2):
        p = p * 1.1
        p += 0.2
    return 0.5 * bound_anew(p, depth - 1) + p[1]


def not_seen_any_more(x, a, n):
    b = a * x
    return bound_anew(b, n) + np.sum(b * b)


def by_calls(p, depth):
    """Functions of NumPy and a helper write."""
    if depth <= 0:
        np.copyto(p, 0.7 * p)
        return p[1]
    while np.sum(p) < 2.0:
        np.add(p, 0.25, out=p)
        np.add.at(p, [0, 0, 2], 0.1 * p[1])
    if p[0] > 2.5:
        return p[0]
    smooth(p)
    return by_calls(p, depth - 1) * 0.6 + p[2]


def smooth(z):
    z[1:] += 0.1 * z[:-1]
    z *= 0.6


def written_by_calls(x, a, n):
    b = a * x
    return by_calls(b, n) + b[0] * b[2]


def along(p, depth):
    """It writes to what may be a part of another array."""
    if depth <= 0:
        return p[0]
    for i in range(len(p)):
        p[i] = math.sin(p[i]) + 0.1 * p[0]
    return 0.5 * along(p[::-1], depth - 1) + p[1] * p[-1]


def parts_are_given(x, a, n):
    b = a * x
    y = along(b[1:], n) + along(b[0:], 1)
    for k in range(2):
        y += along(b[k : k + 2], k)
    return y * b[0] + np.sum(b * b)


def rows_are_given(x, a, n):
    table = np.outer(a, a) + x
    y = along(table[1], n) + along(table[:, 1], 2)
    for row in table:
        y += along(row, 1) * row[0]
    return y + np.sum(table[:, 0] * table[2])


def whole_in_turns(x, a, n):
    """The names of views of all of an array, taken again and again."""
    b = a * x
    v = b
    while n > 0:
        v = v.T
        v = v[0:]
        n -= 1
    v[1] *= x
    return np.sum(b * v)


def _args():
    return 0.8, np.array([0.3, -0.2, 0.7]), 3


EXAMPLE_ARGS = {
    "loop_behind_returns": _args,
    "another_name_in_turns": _args,
    "views_by_path": _args,
    "stores_until_break": _args,
    "exchanged": _args,
    "each_other": _args,
    "both_in_turn": _args,
    "around": _args,
    "not_seen_any_more": _args,
    "written_by_calls": _args,
    "parts_are_given": _args,
    "rows_are_given": _args,
    "whole_in_turns": _args,
}

MORE_ARGS = {
    name: [
        lambda: (0.8, np.array([0.9, 1.1, -0.6]), 2),
        lambda: (0.5, np.array([0.1, 0.2, 0.4]), 0),
    ]
    for name in EXAMPLE_ARGS
}
