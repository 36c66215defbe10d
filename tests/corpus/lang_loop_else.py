"""Loops with else, exits in the inner of two loops, states and flags."""

from __future__ import annotations

import math

import numpy as np


def for_else_not_found(xs, threshold):
    for v in xs:
        if v > threshold:
            result = v * v
            break
    else:
        result = threshold * np.sum(xs)
    return result


def for_else_found(xs, threshold):
    for k in range(len(xs)):
        if xs[k] > threshold:
            found = xs[k] ** 3
            break
    else:
        found = 10.0 * threshold
    return found + threshold * xs[0]


def while_else(x):
    n = 0
    while n < 5:
        if x > 20.0:
            break
        x = x * 1.5 + 0.1
        n = n + 1
    else:
        x = x * x
    return x


def while_else_with_break(x, limit):
    k = 0
    total = 0.0
    while k < 10:
        total += x**k
        if total > limit:
            total = limit * math.exp(-x)
            break
        k += 1
    else:
        total -= limit
    return total


def inner_for_else_continue_outer(m):
    total = 0.0
    for row in m:
        for v in row:
            if v < -1.0:
                break
        else:
            total += np.prod(row)
            continue
        total += np.sum(row**2)
    return total


def two_level_state_machine(a):
    mode = "up"
    level = 0.0
    for v in a:
        if mode == "up":
            level += v * v
            if level > 1.0:
                mode = "down"
        elif mode == "down":
            level *= 0.5 * v
            if abs(level) < 0.3:
                mode = "stop"
        else:
            break
    return level


def while_else_with_store(a):
    i = 0
    while i < len(a):
        if a[i] > 2.0:
            a[i] = 0.0
            break
        a[i] *= 0.5
        i += 1
    else:
        a[0] = a[0] ** 2
    return np.sum(a**2)


def for_else_nested_return(m, t):
    for i in range(len(m)):
        for v in m[i]:
            if v > t:
                break
        else:
            return np.sum(m[i] ** 2) + i
    return np.sum(m)


def newton_with_inner_derivative(c):
    def f(v):
        return v**3 - c

    x = 1.0
    for _ in range(50):
        h = 1e-6
        df = (f(x + h) - f(x - h)) / (2 * h)
        step = f(x) / df
        x -= step
        if abs(step) < 1e-14:
            break
    return x


def triple_nested_mixed(m):
    total = 0.0
    for i in range(m.shape[0]):
        j = 0
        while j < m.shape[1]:
            for k in range(j, -1, -1):
                if m[i, k] < -1:
                    break
                total += m[i, k] * m[i, j]
            else:
                j += 1
                continue
            j += 2
    return total


def inner_function_with_loop_exit(a, t):
    def first_above(v):
        for i in range(len(v)):
            if v[i] > t:
                return i, v[i]
        return -1, t

    i, v = first_above(a)
    if i < 0:
        return np.sum(a)
    return v**2 + a[i - 1]


def loop_with_two_accumulators_swap(a):
    p, q = 1.0, 0.0
    for v in a:
        p, q = q + v, p * v
    return p * q


def countdown(x, n):
    while n:
        x = x * 0.9 + 0.1 * n
        n -= 1
    return x**2


def while_with_compound_condition(x, y):
    k = 0
    while (x < 10 and y > 0.1) or k < 2:
        x *= 1.7
        y *= 0.6
        k += 1
    return x * y * k


def while_not_converged_flag(x):
    converged = False
    it = 0
    while not converged:
        new = 0.5 * (x + 3.0 / x)
        converged = abs(new - x) < 1e-12
        x = new
        it += 1
        if it > 100:
            break
    return x


def loop_skip_first(a):
    prev = None
    total = 0.0
    for i in range(len(a)):
        if i == 0:
            prev = a[i]
            continue
        total += (a[i] - prev) ** 2
        prev = a[i]
    return total


def range_three_args_variables(a, lo, hi, step):
    s = 0.0
    for i in range(lo, hi, step):
        s += a[i] ** 2 * i
    return s


def loop_np_arange(a):
    s = 0.0
    for t in np.arange(0.0, 1.0, 0.25):
        s += a[0] * t**2 + a[1] * t
    return s**2


def loop_linspace_trapezoid(k):
    xs = np.linspace(0, 1, 6)
    s = 0.0
    for lo, hi in zip(xs[:-1], xs[1:]):
        s += 0.5 * (hi - lo) * (math.exp(-k * lo) + math.exp(-k * hi))
    return s


def else_that_breaks_out(y, a):
    for i, p in enumerate(a):
        n = 0
        while n:
            pass
        else:
            for y in a:
                pass
            break
    return y * 2.0


def else_that_continues(y, a):
    total = 0.0
    for p in a:
        for q in a:
            if q > p:
                y = q
        else:
            y = y * p
            continue
        total = y
    return total + y


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def rows_in_place_of_an_argument(m, a):
    for _ in range(2):
        for a in m:
            pass
    return np.sum(a**2)


def array_of_a_list_in_the_last_turn(a):
    for q in a:
        for k in range(2):
            q = q * 1.5
        u = np.asarray(np.array([math.tanh(q) for _ in range(3)])) * 0.8 + np.ones(3) * q
    return 0.7 * u[k] + u[2]


EXAMPLE_ARGS = {
    "array_of_a_list_in_the_last_turn": lambda: (_normal(3),),
    "rows_in_place_of_an_argument": lambda: (_normal(4, 2), _normal(3)),
    "else_that_breaks_out": lambda: (-0.3, np.array([1.2, 1.0, 0.5])),
    "else_that_continues": lambda: (-0.3, np.array([1.2, 1.0, 0.5])),
    "for_else_not_found": lambda: (_normal(5), 10.0),
    "for_else_found": lambda: (_normal(5), 0.1),
    "while_else": lambda: (1.2,),
    "while_else_with_break": lambda: (0.9, 4.0),
    "inner_for_else_continue_outer": lambda: (_normal(3, 4),),
    "two_level_state_machine": lambda: (np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4]),),
    "while_else_with_store": lambda: (_normal(5),),
    "for_else_nested_return": lambda: (_normal(3, 4), 0.9),
    "triple_nested_mixed": lambda: (_normal(3, 4),),
    "inner_function_with_loop_exit": lambda: (_normal(5), 0.3),
    "newton_with_inner_derivative": lambda: (2.7,),
    "countdown": lambda: (0.7, 4),
    "while_with_compound_condition": lambda: (0.7, 1.1),
    "while_not_converged_flag": lambda: (0.7,),
    "loop_skip_first": lambda: (_normal(5),),
    "range_three_args_variables": lambda: (_normal(6), 4, 0, -2),
    "loop_np_arange": lambda: (_normal(5),),
    "loop_linspace_trapezoid": lambda: (0.7,),
    "loop_with_two_accumulators_swap": lambda: (_normal(5),),
}

ARGNUMS = {
    "for_else_not_found": (0, 1),
    "rows_in_place_of_an_argument": (0, 1),
}

MORE_ARGS = {
    "for_else_not_found": [lambda: (_normal(5), 0.1)],
    "for_else_found": [lambda: (_normal(5), 10.0)],
    "while_else": [lambda: (12.0,)],
    "while_else_with_break": [lambda: (0.2, 40.0)],
    "while_else_with_store": [lambda: (np.array([0.1, 3.0, 0.5]),)],
    "for_else_nested_return": [lambda: (_normal(3, 4), -9.0), lambda: (_normal(3, 4, seed=1), 9.0)],
    "triple_nested_mixed": [lambda: (_normal(3, 4) - 1,), lambda: (np.abs(_normal(3, 4, seed=1)),)],
    "inner_function_with_loop_exit": [lambda: (_normal(5), 99.0)],
    "range_three_args_variables": [
        lambda: (_normal(6), 0, 6, 1),
        lambda: (_normal(6, seed=1), 3, 3, 1),
    ],
}
