"""Lists from comprehensions and appends: aliases, copies, slices, order."""

from __future__ import annotations

import bisect

import numpy as np


def alias_of_grown(a):
    xs = []
    ys = xs
    for v in a:
        ys.append(v * v)
    return sum(xs) + len(xs)


def copy_of_grown(a):
    xs = []
    for v in a:
        xs.append(v)
    ys = xs[:]
    zs = list(xs)
    ys[0] = 5.0
    zs.append(a[0])
    return sum(xs) + sum(ys) * len(zs)


def element_store_grown(a):
    xs = [v for v in a]
    for i in range(len(xs)):
        xs[i] = xs[i] * xs[i - 1]
    return sum(xs)


def grown_in_helper(a):
    def collect(into, v):
        into.append(v)
        return len(into)

    xs = []
    n = 0
    for v in a:
        n = collect(xs, v * 2)
    return sum(xs) * n


def grown_then_reversed(a):
    xs = []
    for v in a:
        xs.append(v)
    xs.reverse()
    s = 0.0
    for i, v in enumerate(reversed(xs)):
        s += v * i
    return s + xs[0]


def slice_of_grown(a):
    xs = [v**2 for v in a]
    return sum(xs[1:]) + sum(xs[::2]) * xs[-1]


def grown_compare_lengths(a):
    xs, ys = [], []
    for v in a:
        if v > 0 or len(xs) > len(ys):
            xs.append(v)
        else:
            ys.append(v)
    return sum(xs) - sum(ys) * len(xs)


def list_in_while_pop_append(x):
    xs = [x, x * 2]
    while len(xs) > 1:
        u = xs.pop()
        v = xs.pop()
        xs.append(u * v)
        if u > 2:
            break
        if u * v < 1.0:
            xs.append(u + v)
    return xs[-1]


def tuple_items(a):
    pairs = [(v, v * v) for v in a]
    s = 0.0
    for u, w in pairs:
        s += u * w
    return s + pairs[0][1]


def zip_of_lists(a):
    xs = [v for v in a]
    ys = [v * 2 for v in xs]
    return sum(x * y for x, y in zip(xs, ys[1:]))


def comprehension_of_comprehension(a):
    xs = [v for v in [w * 2 for w in a] if v > 0]
    return sum(xs) + max(xs)


def array_of_ragged_condition(a):
    xs = np.array([v for v in a if v > 0])
    return np.sum(xs**2) * xs.size


def min_of_list_index(a):
    xs = [v * v for v in a]
    i = xs.index(min(xs))
    return xs[i] + i


def clear_rebuild(a):
    xs = [v for v in a]
    s = sum(xs)
    xs.clear()
    xs.append(s)
    xs.extend(v * s for v in a)
    return sum(xs)


def list_of_arrays_update(a):
    ws = [a * k for k in range(1, 4)]
    for i in range(len(ws)):
        ws[i] = ws[i] - 0.1 * ws[i - 1]
    return sum(np.sum(w**2) for w in ws)


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def window_median(x, width):
    """A sorted window, from which the oldest is taken and into which the newest is put."""
    window = sorted(x[:width])
    total = window[width // 2] ** 2
    for i in range(width, len(x)):
        del window[bisect.bisect_left(window, x[i - width])]
        bisect.insort(window, x[i])
        total += window[width // 2] ** 2
    return total


def inserted_in_order(x):
    """Insertion at a place that a loop finds, and at others, also behind the end."""
    best = []
    for v in x:
        place = 0
        while place < len(best) and best[place] > v:
            place += 1
        best.insert(place, v)
        if len(best) > 3:
            best.pop()
    for i in range(1, 3):
        best.insert(3 * i, x[i] * best[0])
        best.insert(1, x[i])
        best.insert(-1, x[0] * x[i])
    return sum((k + 1) * v for k, v in enumerate(best))


def inserted_rows(m):
    rows = []
    for row in m:
        bisect.insort(rows, row * 2, key=lambda r: r[0])
    table = np.array(rows)
    return (table[1:] * table[:-1]).sum()


EXAMPLE_ARGS = {
    "alias_of_grown": lambda: (_normal(4),),
    "copy_of_grown": lambda: (_normal(4),),
    "element_store_grown": lambda: (_normal(4),),
    "grown_in_helper": lambda: (_normal(4),),
    "grown_then_reversed": lambda: (_normal(4),),
    "slice_of_grown": lambda: (_normal(4),),
    "grown_compare_lengths": lambda: (_normal(4),),
    "list_in_while_pop_append": lambda: (0.7,),
    "tuple_items": lambda: (_normal(4),),
    "zip_of_lists": lambda: (_normal(4),),
    "comprehension_of_comprehension": lambda: (_normal(4),),
    "array_of_ragged_condition": lambda: (_normal(4),),
    "min_of_list_index": lambda: (_normal(4),),
    "clear_rebuild": lambda: (_normal(4),),
    "list_of_arrays_update": lambda: (_normal(4),),
    "window_median": lambda: (np.array([0.4, 1.3, -0.2, 0.9, 0.1, 0.7]), 3),
    "inserted_in_order": lambda: (np.array([0.4, 1.3, -0.2, 0.9]),),
    "inserted_rows": lambda: (np.array([[0.4, 1.3], [-0.2, 0.9], [0.1, 0.7]]),),
}

MORE_ARGS = {
    "grown_compare_lengths": [lambda: (-_normal(4),)],
    "list_in_while_pop_append": [lambda: (1.3,)],
}
