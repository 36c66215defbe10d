"""Programs of loops, jumps and conditions."""

from __future__ import annotations

import math

import numpy as np


def return_from_loop(x, limit):
    """Leaves the function from inside a loop."""
    total = 0.0
    for i in range(len(x)):
        total += x[i] * x[i]
        if total > limit:
            return total * x[i]
    return total


def return_from_nested_loop(m, limit):
    """Leaves the function from the inner of two loops."""
    total = 1.0
    for i in range(m.shape[0]):
        for j in range(m.shape[1]):
            total *= 1.0 + m[i, j] ** 2
            if total > limit:
                return total + m[i, j]
        total += m[i, 0]
    return total


def nested_break_continue(m):
    """Skips in both loops, stops in the inner one."""
    total = 0.0
    for i in range(m.shape[0]):
        if m[i, 0] < -1.0:
            continue
        for j in range(m.shape[1]):
            if m[i, j] > 1.2:
                break
            if m[i, j] < -0.5:
                continue
            total += m[i, j] ** 2 * (j + 1)
        total *= 1.1
    return total


def chained_comparison(x, y, z):
    """Comparisons in a chain."""
    if 0.0 < x < y <= z:
        return x * y * z
    if x != y > z:
        return x + y * z
    return x - z


def short_circuit_guard(a):
    """The second condition is only safe after the first."""
    total = 0.0
    for i in range(len(a)):
        if i > 0 and a[i - 1] > 0.0:
            total += a[i] * a[i - 1]
        elif i == len(a) - 1 or a[i + 1] < 0.0:
            total -= a[i] ** 2
        else:
            total += a[i]
    return total


def guard_in_while(a):
    """An insertion sort: the guard stops at the left end."""
    a = a.copy()
    for i in range(1, len(a)):
        key = a[i]
        j = i - 1
        while j >= 0 and a[j] > key:
            a[j + 1] = a[j]
            j -= 1
        a[j + 1] = key
    total = 0.0
    for i in range(len(a)):
        total += (i + 1) * a[i] ** 2
    return total


def and_or_not(x, y, flag):
    """Boolean operators on conditions and names."""
    both = x > 0.0 and y > 0.0
    either = x > 0.0 or y > 0.0
    if not both and either:
        return x * y
    if flag or not either:
        return x + math.exp(y)
    return math.sin(x) * y


def conditional_expressions(x, y):
    """Expressions with if and else, nested."""
    a = x * y if x > y else x - y
    b = (a if a > 0.0 else -a) if y < 1.0 else a * a
    return a * b + (1.0 if x > 0.0 else x)


def name_reused(x):
    """One name stands for several values, and for a loop's index."""
    y = x * x
    y = math.sin(y) * y
    x = y + 1.0
    for y in range(3):
        x = x * (1.0 + 0.1 * y)
    y = x * x
    return y + x


def defined_in_branch(x, flag):
    """A name is made in one branch and used under the same condition."""
    if flag:
        y = x * x
    total = x * 2.0
    if flag:
        total += y * x
    return total


def elif_ladder(x):
    """One condition after the other, for each element."""
    total = 0.0
    for i in range(len(x)):
        v = x[i]
        if v < -1.0:
            total += v
        elif v < 0.0:
            total += v * v
        elif v < 0.5:
            total += math.exp(v)
        else:
            total -= v**3
    return total


def returns_everywhere(x, y):
    """Every path has its own return."""
    if x > 0.0:
        if y > 0.0:
            return x * y
        return x - y * y
    else:
        if y > 0.0:
            return math.exp(x) * y
        else:
            return x * x * y


def break_in_both(x):
    """Two ways out of one loop, with different values carried."""
    low, high = 0.0, x
    for _ in range(30):
        middle = 0.5 * (low + high)
        if high - low < 0.3:
            break
        if middle * middle > 2.0:
            high = middle
        else:
            low = middle * 1.01
            if low > 1.3:
                break
    return low * high


def swap_scalars(x, y):
    """Names change places in a loop."""
    for _ in range(5):
        x, y = y, x * y + 0.1
    return x + y


def unpacking(x):
    """Nested unpacking and tuples as values."""
    (a, b), c = (x[0], x[1]), x[2]
    pair = a * b, c
    first, second = pair
    return first * second + pair[0] ** 2


def boolean_value(x):
    """A condition used as a number."""
    positive = x > 0.0
    return np.sum(positive * x**2) + np.sum(x[x > 0.0])


def walrus(x):
    """A name bound inside a condition."""
    if (y := x * x) > 0.5:
        return y * x
    return y + x


def pass_and_assert(x):
    """Statements without effect."""
    assert x > 0.0, "x is positive"
    if x > 100.0:
        pass
    return x**3


def integer_arithmetic(x):
    """Integers in floor division, remainder and powers."""
    n = len(x)
    half = n // 2
    total = 0.0
    for i in range(n):
        weight = 2**i % 5 + (i + half) % n
        total += weight * x[i] ** 2 / n
    return total


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def flag_kept_by_a_conditional(x, n):
    """A flag that one side of a conditional expression leaves as it was."""
    rising, total = True, 0.0
    for k in range(n):
        if rising:
            total += x[k] ** 2
        else:
            total += np.sin(x[k])
        rising = False if k == 1 else rising
    return total


EXAMPLE_ARGS = {
    "flag_kept_by_a_conditional": lambda: (np.array([0.4, -0.7, 1.1, 0.6]), 4),
    "return_from_loop": lambda: (_normal(5), 0.9),
    "return_from_nested_loop": lambda: (_normal(3, 3), 4.0),
    "nested_break_continue": lambda: (_normal(5, 4),),
    "chained_comparison": lambda: (0.5, 0.8, 1.2),
    "short_circuit_guard": lambda: (_normal(7),),
    "guard_in_while": lambda: (_normal(6),),
    "and_or_not": lambda: (0.5, -0.8, False),
    "conditional_expressions": lambda: (0.9, 0.4),
    "name_reused": lambda: (0.8,),
    "defined_in_branch": lambda: (0.7, True),
    "elif_ladder": lambda: (np.array([-1.5, -0.4, 0.3, 0.9, 0.1]),),
    "returns_everywhere": lambda: (-0.5, 0.8),
    "break_in_both": lambda: (2.2,),
    "swap_scalars": lambda: (0.7, 1.3),
    "unpacking": lambda: (_normal(3),),
    "boolean_value": lambda: (_normal(6),),
    "walrus": lambda: (0.9,),
    "pass_and_assert": lambda: (0.7,),
    "integer_arithmetic": lambda: (_normal(5),),
}


MORE_ARGS = {
    "return_from_loop": [lambda: (_normal(5), 100.0), lambda: (_normal(5), 0.001)],
    "return_from_nested_loop": [lambda: (_normal(3, 3), 1e9), lambda: (_normal(3, 3), 0.0)],
    "nested_break_continue": [lambda: (_normal(3, 6, seed=5),)],
    "chained_comparison": [lambda: (2.0, 1.5, 1.2), lambda: (2.0, 1.0, 1.5)],
    "short_circuit_guard": [lambda: (_normal(4, seed=3),)],
    "guard_in_while": [lambda: (np.array([3.0, 2.0, 1.0]),), lambda: (np.array([1.0, 2.0, 3.0]),)],
    "and_or_not": [
        lambda: (0.5, 0.8, False),
        lambda: (-0.5, -0.8, False),
        lambda: (0.5, 0.8, True),
    ],
    "conditional_expressions": [
        lambda: (1.5, 1.2),
        lambda: (0.2, 1.4),
        lambda: (-0.5, -0.9),
        lambda: (-0.04, 0.1),
    ],
    "defined_in_branch": [lambda: (0.7, False)],
    "elif_ladder": [lambda: (_normal(6),)],
    "returns_everywhere": [lambda: (0.5, 0.8), lambda: (0.5, -0.8), lambda: (-0.5, -0.8)],
    "break_in_both": [lambda: (0.2,), lambda: (9.0,)],
    "walrus": [lambda: (0.3,)],
    "boolean_value": [lambda: (np.array([-1.0, -2.0, 0.5]),)],
}

MAY_BE_REFUSED = {"walrus"}
