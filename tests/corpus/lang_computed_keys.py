"""Dicts whose keys are computed from numbers: counters, sums and lists by groups."""

from __future__ import annotations

import math
from collections import Counter, OrderedDict, defaultdict

import numpy as np


def sums_by_bin(x, a):
    sums = {}
    for v in a:
        k = math.floor(v * 2)
        sums[k] = sums.get(k, 0.0) + v * x
    return sum((k + 0.5) * s**2 for k, s in sums.items()) + len(sums) * x


def lists_by_bin(x, a):
    groups = {}
    for v in a:
        groups.setdefault(int(v * 2), []).append(v * x)
    return sum((sum(g) / len(g)) ** 2 for g in groups.values()) + x


def counted_by_bin(x, a):
    count, held, total = Counter(), defaultdict(list), defaultdict(float)
    for v in a:
        k = int(v * 2)
        count[k] += 1
        held[k].append(v)
        total[k] += v**2
    out = x
    for k in sorted(held):
        out += sum(held[k]) * x / count[k] + k * total[k]
    return out


def pairs_as_keys(x, a):
    cells = {}
    for v, w in zip(a, a[::-1], strict=True):
        k = (int(v * 2), int(w))
        if k not in cells:
            cells[k] = x
        cells[k] += v * w
    return sum(c**2 * (k[0] + 2) for k, c in cells.items())


def sums_and_counts_by_bin(x, a):
    cells = {}
    for v in a:
        s, n = cells.get(int(v), (0.0, 0))
        cells[int(v)] = (s + v * x, n + 1)
    return sum((s / n) ** 2 for s, n in cells.values()) + x


def keys_taken_out(x, a):
    d = {int(v * 3): v**2 for v in a}
    e = dict(sorted(d.items()))
    first = next(iter(e))
    del e[first]
    out, w = d.pop(first) * x, x
    for k, v in e.items():
        out += w * v * k
        w *= 0.5
    return out + max(e.values(), default=x)


def bins_with_bounds(x, a):
    d = {0: x, 1: 0.0}
    for v in a:
        d[min(int(abs(v)), 2)] = d.get(min(int(abs(v)), 2), 0.0) + v
    return d[0] * d[1] + d.pop(2, x)


def rows_updated_by_bin(x, a):
    cells = {}
    for v in a:
        k = int(v)
        if k in cells:
            cells[k][0] += v * x
            cells[k][1] += 1
        else:
            cells[k] = [v * x, 1]
    return sum((s / n) ** 2 for s, n in cells.values())


def most_frequent(x, a):
    count = {}
    for v in a:
        count[round(v)] = count.get(round(v), 0) + 1
    best = max(count, key=count.get)
    return best * x + sum(v for v in a if round(v) == best)


def first_place_of_a_pair(x, a):
    seen, out = [], x
    for v in a:
        k = (int(v * 2), int(v))
        if k in seen:
            out += seen.index(k) * v
        else:
            seen.append(k)
    return out * x + seen.count((0, 0))


def pair_from_a_list_or_new(x, a):
    held = []
    for v in a:
        s, n = held[-1] if held else (x, 1)
        held.append((s + v, n + 1))
    return sum((s / n) ** 2 for s, n in held) + x


def places_in_a_constant(x, d):
    free = (2, 0)
    parts = [d[free.index(k)] ** 2 if k in free else None for k in range(3)]
    return x * parts[0] + parts[2] + d[1] * (parts[1] is None)


def rows_by_bin(x, a):
    groups = defaultdict(list)
    for row in a.reshape(-1, 2):
        groups[int(row[0] > 0.4)].append(row)
    return x * sum(np.prod(np.sum(np.stack(g), axis=0)) for g in groups.values())


def default_for_a_missing_key(x, a):
    known = defaultdict(float)
    known[0], known[1] = x, a[0]
    return known[int(a[1] * 2)] + x * a[2] + known[0] * len(known)


def added_where_missing(x, a):
    sums = defaultdict(float)
    sums[0] = x
    for v in a:
        sums[int(abs(v) * 3)] += v * x * v
    return sums[0] + sums[3] * sums[1]


def list_for_a_missing_key(x, a):
    groups = defaultdict(list)
    for i in range(3):
        groups[i].append(a[i] * x)
    groups[int(a[3] * 4)].append(x)
    return sum(groups[int(a[3] * 4)]) * sum(groups[0]) + len(groups[7])


def _args(x, *entries):
    return lambda: (x, np.array(entries, float))


def least_recently_used(x):
    """What is kept is in the order in which it was asked for last."""
    kept, used, cost = OrderedDict(), 0.0, 0.0
    for asked in (0, 1, 2, 0, 3, 1, 0, 2):
        if asked in kept:
            kept.move_to_end(asked, last=asked != 1)
            cost += 0.1 * kept[asked]
            continue
        cost += x[asked] ** 2
        while kept and used + x[asked] > 2.7:
            _, size = kept.popitem(last=False)
            used -= size
        kept[asked] = x[asked]
        used += x[asked]
    last, size = kept.popitem()
    return cost + used * (last + 1) * size + sum(k * v for k, v in kept.items())


def warped(x, y):
    """Two series are matched, and the way back is found in the table of sums."""
    n, m = len(x), len(y)
    sums = {(-1, -1): 0.0}
    for i in range(n):
        for j in range(max(0, i - 2), min(m, i + 3)):
            before = [sums[k] for k in ((i - 1, j), (i, j - 1), (i - 1, j - 1)) if k in sums]
            sums[i, j] = (x[i] - y[j]) ** 2 + min(before)
    i, j, way = n - 1, m - 1, 1.0
    while (i, j) != (0, 0):
        moves = [
            (sums[p], p)
            for p in ((i - 1, j - 1), (i - 1, j), (i, j - 1))
            if p in sums and p != (-1, -1)
        ]
        i, j = min(moves)[1]
        way += 0.1 * x[i] * y[j]
    return sums[n - 1, m - 1] * way


def spread_over_cells(seed, rate):
    cells = {0: seed}
    for _ in range(2):
        following = defaultdict(float)
        for i, v in cells.items():
            following[i] += (1 - rate) * v
            following[i + 1] += 0.5 * rate * v
            following[i - 1] += 0.5 * rate * v * v
        cells = {k: v for k, v in following.items() if v > 1e-3}
    return sum(v * i * i for i, v in cells.items()) + len(cells) * rate


def class_of_a_dict(x, a):
    sums, seen, total = defaultdict(float), {int(v * 3) for v in a}, 0.0
    for v in a:
        sums[int(v * 3)] += v
    if type(sums) is defaultdict and isinstance(sums, dict) and sums.__class__ is not dict:
        total += a[0] * a[1]
    if hasattr(sums, "default_factory") and hasattr(seen, "add") and not hasattr(seen, "items"):
        total += x * a[1] ** 2
    return total + sum(v * v for v in sums.values()) + (type(seen) is set) * a[2] * x


EXAMPLE_ARGS = {
    "class_of_a_dict": _args(0.7, 0.3, -0.8, 1.1, 0.4, 1.3),
    "spread_over_cells": lambda: (1.3, 0.4),
    "least_recently_used": lambda: (np.array([1.1, 0.8, 1.4, 0.6]),),
    "warped": lambda: (np.array([0.31, -0.72, 1.13, 0.58]), np.array([-0.83, 0.44, 0.39])),
    "sums_by_bin": _args(0.7, 0.3, -0.8, 1.1, 0.4, 1.3),
    "lists_by_bin": _args(0.7, 0.3, -0.8, 1.1, 0.4, 1.3),
    "rows_by_bin": _args(0.7, 0.3, -0.8, 1.1, 0.4, 1.3, 0.2),
    "counted_by_bin": _args(0.7, 0.3, -0.8, 1.1, 0.4, 1.3),
    "pairs_as_keys": _args(0.7, 0.3, -0.8, 1.1, 0.4, 1.3),
    "sums_and_counts_by_bin": _args(0.7, 0.3, -0.8, 1.1, 0.4, 1.3),
    "keys_taken_out": _args(0.7, 0.2, -0.8, 1.1, 0.45, 1.4),
    "bins_with_bounds": _args(0.7, 0.3, -0.8, 1.1, 2.4, 1.3),
    "rows_updated_by_bin": _args(0.7, 0.3, 1.7, 0.4, 1.2, -1.5),
    "most_frequent": _args(0.7, 0.3, -0.8, 1.1, 1.2, 1.3),
    "first_place_of_a_pair": _args(0.7, 0.3, -0.8, 1.1, 0.4, 1.3),
    "pair_from_a_list_or_new": _args(0.7, 0.3, -0.8, 1.1),
    "places_in_a_constant": _args(0.7, 0.3, -0.8),
    "default_for_a_missing_key": _args(0.7, 0.3, 1.8, 1.1),
    "added_where_missing": _args(0.7, 0.3, -0.8, 1.1, 0.4, 1.3),
    "list_for_a_missing_key": _args(0.7, 0.3, -0.8, 1.1, 0.4),
}

MORE_ARGS = {
    "sums_by_bin": [_args(0.6)],
    "lists_by_bin": [_args(0.6), _args(0.6, 0.4)],
    "sums_and_counts_by_bin": [_args(0.6)],
    "keys_taken_out": [_args(0.6, 0.4)],
    "bins_with_bounds": [_args(0.6, 0.4)],
    "pair_from_a_list_or_new": [_args(0.6)],
    "default_for_a_missing_key": [_args(0.7, 0.3, 0.6, 1.1)],
    "list_for_a_missing_key": [_args(0.7, 0.3, -0.8, 1.1, 0.9)],
}
