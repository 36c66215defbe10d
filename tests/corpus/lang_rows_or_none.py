"""Lists that begin as ``[None] * n`` and get rows and arrays, some of them never."""

import numpy as np


def pairs_in_places(x, n):
    """All places get a tuple, two in each turn."""
    out = [None] * (2 * n)
    for k in range(n):
        out[k] = (x[k] * 2, x[k + 1])
        out[k + n] = (x[k] ** 2, 1.0)
    return sum(p * q for p, q in out)


def pairs_or_none(x, n):
    out = [None] * n
    for k in range(n):
        if x[k] > 0:
            out[k] = (x[k] * 2, x[k + 1])
    return sum(p[0] * p[1] for p in out if p is not None)


def arrays_or_none(x, n):
    mats = [None] * n
    for k in range(n):
        if x[k] > -0.5:
            mats[k] = np.outer(x[k : k + 2], x[k : k + 2])
    acc = np.eye(2)
    for m in mats:
        if m is None:
            acc = acc * 2
            continue
        acc = acc @ m + m
    return acc.sum()


def rows_by_flag(x, n):
    """Another list says which rows are there."""
    out, there = [None] * n, [False] * n
    for k in range(n):
        if x[k] > 0:
            out[k] = [x[k] * 2, x[k + 1]]
            there[k] = True
    total = 0.0
    for k in range(n):
        row = out[k]
        if there[k]:
            total += row[0] * row[1] ** 2
    return total


def tables_or_none(x, n):
    """Rows of tuples, and lists of rows, in which some are missing."""
    table, lists = [[None] * 3 for _ in range(n)], [None] * n
    for k, v in enumerate(x):
        table[k % n][k // n] = (v, v * k)
        if v > 0 and k < n:
            lists[k] = [[v, x[0]], [v**2, 1.0]]
    total = 0.0
    for row in table:
        for cell in row:
            if cell is not None:
                total += cell[0] * cell[1]
    for rows in lists:
        if rows is not None:
            for a, b in rows:
                total += a * b
    return total


def kept_arrays(x, n):
    """Arrays that are made when they are first asked for."""
    memo = [None] * n

    def get(k):
        if memo[k] is None:
            memo[k] = np.outer(x[k : k + 2], x[:2])
        return memo[k]

    total = 0.0
    for k in (0, 2, 0, 1, 2):
        total += (get(k) @ get(0)).sum()
    return total


def slots(x, n):
    """An array takes the place of the last one, or of None."""
    held, total = [None] * n, 0.0
    for v in x:
        j = int(abs(v) * 4) % n
        old = held[j]
        held[j] = np.array([v, v * v])
        if old is not None:
            total += old @ held[j]
    return total + sum(a.sum() for a in held if a is not None)


def transform(x):
    """The parts of a Fourier transform, by halves of halves."""

    def halves(a):
        n = len(a)
        if n == 1:
            return [(a[0], 0.0)]
        even, odd = halves(a[::2]), halves(a[1::2])
        out = [None] * n
        for k in range(n // 2):
            c, s = np.cos(2 * np.pi * k / n), -np.sin(2 * np.pi * k / n)
            re = c * odd[k][0] - s * odd[k][1]
            im = c * odd[k][1] + s * odd[k][0]
            out[k] = (even[k][0] + re, even[k][1] + im)
            out[k + n // 2] = (even[k][0] - re, even[k][1] - im)
        return out

    return sum(k * np.sqrt(re**2 + im**2 + 0.1) for k, (re, im) in enumerate(halves(x)))


def _entries():
    return np.array([0.31, -0.72, 1.13, 0.58, -0.27, 0.44, -0.9, 0.15])


def mixed_or_none(x):
    """Tuples of different kinds, or None, by a conditional expression."""
    log = [None]
    if x[0] > 0.2:
        log.append((x[0], "first", 2))
    for k, v in enumerate(x):
        log.append((v**2, "seen", k) if v > 0.5 else None)
    return sum(e[0] * e[2] if e is not None else 0.3 * x[1] for e in log)


def dicts_or_none(x):
    log = []
    for k, v in enumerate(x):
        log.append(None if v < 0.3 else {"v": v**2, "k": k} if v < 1.0 else {"v": v, "k": 1})
    return sum(e["v"] * e["k"] if e is not None else 0.3 * x[1] for e in log)


def best_so_far(x):
    """A tuple of numbers, or None, from turn to turn."""
    best, history = None, []
    for i, v in enumerate(x):
        found = (v**2, i) if v > 0.3 else None
        if found is not None and (best is None or found > best):
            best = found
        history.append(best)
    return sum(b[0] * (b[1] + 1) for b in history if b is not None)


class _Held:
    def __init__(self, value, place):
        self.value, self.place = value, place


def objects_beside_numbers(x):
    objects, numbers, rows = [None] * len(x), [None] * len(x), [None] * len(x)
    for k, v in enumerate(x):
        if v > 0.0:
            objects[k] = _Held(v**2, k)
            numbers[k] = v
            rows[k] = (v, "row", k) if v > 0.4 else None
    found = [one for one in objects if one is not None]
    total = sum(one.value * one.place for one in found) + sum(n for n in numbers if n is not None)
    return total + sum(row[0] ** 2 * row[2] for row in rows if row is not None)


EXAMPLE_ARGS = {
    "mixed_or_none": lambda: (_entries(),),
    "best_so_far": lambda: (_entries(),),
    "dicts_or_none": lambda: (_entries(),),
    "objects_beside_numbers": lambda: (_entries(),),
    "pairs_in_places": lambda: (_entries(), 3),
    "pairs_or_none": lambda: (_entries(), 4),
    "arrays_or_none": lambda: (_entries(), 4),
    "rows_by_flag": lambda: (_entries(), 5),
    "tables_or_none": lambda: (_entries(), 3),
    "kept_arrays": lambda: (_entries(), 3),
    "slots": lambda: (_entries(), 3),
    "transform": lambda: (_entries(),),
}

MORE_ARGS = {
    "best_so_far": [lambda: (np.sin(np.arange(1.0, 91.0)),)],
    "mixed_or_none": [lambda: (np.sin(np.arange(1.0, 91.0)),)],
    "dicts_or_none": [lambda: (np.sin(np.arange(1.0, 91.0)),)],
    "objects_beside_numbers": [lambda: (np.sin(np.arange(1.0, 91.0)),)],
    "pairs_or_none": [lambda: (-np.abs(_entries()), 4), lambda: (_entries(), 0)],
    "arrays_or_none": [lambda: (-1 - np.abs(_entries()), 2)],
    "rows_by_flag": [lambda: (-np.abs(_entries()), 4)],
    "tables_or_none": [lambda: (_entries(), 4)],
    "slots": [lambda: (_entries(), 7)],
    "transform": [lambda: (_entries()[:2],)],
}
