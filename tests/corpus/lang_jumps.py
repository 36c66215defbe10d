"""Trip counts that depend on data, exits from any depth, zero trips."""

from __future__ import annotations

import math

import numpy as np


def newton_sqrt(a):
    x = a
    while abs(x * x - a) > 1e-10:
        x = 0.5 * (x + a / x)
    return x * math.log(x)


def halving_until_small(x):
    count = 0
    while x > 1.0:
        x = x / 2.0
        count += 1
    return x * x + count * x


def while_true_bisect(c):
    lo, hi = 0.0, 3.0
    while True:
        mid = (lo + hi) / 2.0
        if mid * mid * mid + mid < 4.0:
            lo = mid
        else:
            hi = mid
        if hi - lo < 1e-3:
            break
    # one Newton step makes it depend on c
    return mid - (mid**3 + mid - c) / (3 * mid**2 + 1)


def while_true_two_exits(x, tol):
    n = 0
    step = x
    while True:
        step = 0.5 * math.sin(step)
        n += 1
        if abs(step) < tol:
            break
        if n >= 50:
            return step * 100.0
    return step + x * n


def continue_in_outer(m):
    s = 0.0
    for i in range(m.shape[0]):
        if m[i, 0] < 0:
            continue
        for j in range(m.shape[1]):
            if j == i:
                continue
            s += m[i, j] ** 2 * (j + 1)
    return s


def break_outer_via_flag(m, cap):
    total = 0.0
    done = False
    for i in range(m.shape[0]):
        for j in range(m.shape[1]):
            total = total + m[i, j] ** 2
            if total > cap:
                done = True
                break
        if done:
            break
    return total * cap


def return_from_depth(m, threshold):
    for i in range(m.shape[0]):
        for j in range(m.shape[1]):
            if m[i][j] > threshold:
                k = 0
                while k < 3:
                    if k == j:
                        return m[i, j] * threshold + k * m[0, 0]
                    k += 1
    return np.sum(m) * 0.5


def guard_clauses(x, y):
    if x < 0:
        return -x * y
    if y < 0:
        return x * y * y
    if x > y:
        return math.sin(x) * y
    return math.cos(y) * x


def return_inside_else(x):
    if x > 0:
        y = x * x
    else:
        return -x
    y = y + 1.0
    if y > 3.0:
        return math.sqrt(y)
    return y


def zero_trip_range(x, n):
    total = x * x
    for i in range(n):
        total += x**i
    return total


def zero_trip_while(x):
    y = x * 3.0
    while y < 0:
        y = y + x * x
    return y * x


def empty_rows(m):
    total = 1.0
    for row in m[3:]:
        total = total * row.sum()
    return total * m.mean()


def collatz_like(x, n):
    while n != 1:
        if n % 2 == 0:
            n = n // 2
            x = x * 0.9
        else:
            n = 3 * n + 1
            x = x + 0.01
    return x * x


def early_stop_gradient_descent(w, x, y):
    best = np.inf
    patience = 0
    for epoch in range(20):
        r = x @ w - y
        loss = np.mean(r**2)
        if loss < best - 1e-4:
            best = loss
            patience = 0
        else:
            patience += 1
            if patience > 2:
                break
        w = w - 0.1 * 2 * x.T @ r / len(y)
    return best + np.sum(w**2) * 0.01


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


EXAMPLE_ARGS = {
    "newton_sqrt": lambda: (2.7,),
    "halving_until_small": lambda: (11.3,),
    "while_true_bisect": lambda: (4.2,),
    "while_true_two_exits": lambda: (1.3, 1e-3),
    "continue_in_outer": lambda: (_normal(3, 4),),
    "break_outer_via_flag": lambda: (_normal(3, 4), 2.0),
    "return_from_depth": lambda: (_normal(3, 4), 0.5),
    "guard_clauses": lambda: (0.7, 0.3),
    "return_inside_else": lambda: (1.7,),
    "zero_trip_range": lambda: (1.3, 0),
    "zero_trip_while": lambda: (1.1,),
    "empty_rows": lambda: (_normal(3, 4),),
    "collatz_like": lambda: (1.4, 6),
    "early_stop_gradient_descent": lambda: (_normal(2), _normal(5, 2, seed=1), _normal(5, seed=2)),
}

ARGNUMS = {
    "while_true_two_exits": (0,),
    "early_stop_gradient_descent": (0,),
}

MORE_ARGS = {
    "halving_until_small": [lambda: (0.5,)],
    "return_from_depth": [lambda: (_normal(3, 4), 50.0)],
    "guard_clauses": [lambda: (-0.7, 0.3), lambda: (0.7, -0.3), lambda: (0.2, 0.9)],
    "return_inside_else": [lambda: (-1.0,), lambda: (0.5,)],
    "zero_trip_range": [lambda: (1.3, 4)],
    "zero_trip_while": [lambda: (-1.1,)],
    "empty_rows": [lambda: (np.vstack([_normal(3, 4), _normal(3, 4, seed=1)]),)],
}
