"""Names that loops assign: with turns for certain, lists and arrays replaced, views turned over."""

from __future__ import annotations

import numpy as np


def index_shadows_array(m, a):
    for a in range(2):
        pass
    v = m[a]
    return v[a - 1] * 3.0


def name_of_two_kinds(x):
    j = x * x
    s = 0.0
    for j in range(1, 4):
        s += x**j
    return s * j


def constant(flag, x):
    for _ in range(1, 3):
        x = 0.5 * flag
    return x


def while_test_assigns(x):
    while constant(0.5, 0.5) > 0.1 * x:
        x = 1.1 * x
    return x * x


def scaled(m, k):
    m[1] *= k
    return m[1]


def while_test_writes(x, a):
    while scaled(a, 0.5) > 0.2:
        x = a[0] * 1.5
    return x * x + a[1]


def list_replaced_in_loop(a):
    out = [a[0] ** 2]
    for _ in range(2):
        out = []
    return sum(out) + a[1] ** 2


def list_made_each_turn(a):
    for i in range(3):
        xs = []
        for j in range(3 - i):
            xs.append(a[j] ** 2 * (i + 1))
    return sum(xs)


def list_grown_on_one_path(a):
    out = []
    if a[0] > 0:
        out.append(a[1] ** 2)
    return a[2] ** 2 + sum(out)


def list_behind_loops(a):
    for j in range(-2, 1):
        for k in range(2):
            for _ in range(2):
                out = []
        else:
            out.append(a[k] * j)
    return sum(out) + a[0] * a[1]


def rank_zero_or_number(x, y):
    if y > 0.3937:
        x = np.array(0.6) * x
    else:
        x = np.sum([y for h in range(3)]) ** 2
    return x + 0.5 * y


def no_turns(a):
    w = a
    for _ in range(2, 1):
        w = w[1:]
    a[1] = a[0] ** 2
    return np.sum(w**3)


def shared_name_behind_short_loop(a):
    for _ in range(2):
        b = a**2
        u = b[1:]
    u *= a[0]
    return np.sum(b * a)


def write_into(x, y, t):
    b = x if t > 0 else y
    np.multiply(b, b, out=b)
    for i, v in enumerate(b):
        b[i] = v * x[0]
    np.copyto(b[1:], b[:-1] * 2.0)
    return np.sum(x * y)


def indices_read_behind_loops(x, n):
    """The indices are the variables of the loops themselves, in the text as well."""
    i = j = 0
    for k in range(n):
        for i in range(k):
            x = x + 0.1 * i * x**2
        for j in range(2):
            x = x * (1 + 0.01 * j * i)
            if x > 5:
                continue
            x += 0.1 * k
    for k in range(k, -1, -1):
        x = 0.5 * x * (k + 1) + j
    return x * (i + j + k)


def tests_that_are_numbers(x, orders):
    """A test is the number itself where that is zero, and has a variable of its own."""
    cost, left = 0.0, 0
    size = [3, 1, 2, 4]
    for wanted, limit in orders:
        i = 0
        while wanted and i < 4 and x[i] <= limit:
            k = min(wanted, size[i])
            cost += k * x[i] ** 2
            wanted -= k
            i += 1
        left += wanted
    return cost + left * x[0]


def corners_cut(x):
    """What is left of a list that loses items is unpacked after the loop that takes them out."""
    ring, total, turns = list(range(len(x))), 0.0, 0
    while len(ring) > 3:
        turns += 1
        if turns > 100:
            raise ValueError("no corner")
        for k in range(len(ring)):
            i, j, m = ring[k - 1], ring[k], ring[(k + 1) % len(ring)]
            if x[i] + x[m] > 2.0 * x[j]:
                total += (x[i] + x[m]) ** 2
                ring.pop(k)
                break
    i, j, m = ring
    return total + x[i] * x[j] * x[m]


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


_ORDERS = [(2, 0.8), (3, 1.0), (1, 0.5)]
EXAMPLE_ARGS = {
    "tests_that_are_numbers": lambda: (np.array([0.3, 0.7, 1.1, 0.9]), _ORDERS),
    "corners_cut": lambda: (np.array([0.3, 0.9, 0.2, 1.3, 0.7]),),
    "indices_read_behind_loops": lambda: (0.7, 4),
    "index_shadows_array": lambda: (_normal(2, 3), _normal(2)),
    "name_of_two_kinds": lambda: (0.7,),
    "while_test_assigns": lambda: (1.2,),
    "while_test_writes": lambda: (0.7, np.array([0.3, 0.1, -0.2])),
    "list_replaced_in_loop": lambda: (_normal(3),),
    "list_made_each_turn": lambda: (_normal(3),),
    "list_grown_on_one_path": lambda: (_normal(3),),
    "list_behind_loops": lambda: (_normal(3),),
    "rank_zero_or_number": lambda: (0.4, -0.2),
    "no_turns": lambda: (_normal(3),),
    "shared_name_behind_short_loop": lambda: (_normal(4),),
    "write_into": lambda: (_normal(3), _normal(3, seed=1), 0.5),
}

MORE_ARGS = {
    "indices_read_behind_loops": [lambda: (3.0, 3), lambda: (0.7, 1)],
    "while_test_writes": [lambda: (0.7, np.array([0.3, 1.1, -0.2]))],
    "list_grown_on_one_path": [lambda: (-_normal(3),)],
    "rank_zero_or_number": [lambda: (0.4, 0.9)],
    "write_into": [lambda: (_normal(3), _normal(3, seed=1), -0.5)],
}
