"""Lists of places that may be empty, where NumPy asks for integers; places found as sets."""

from __future__ import annotations

from collections import defaultdict

import numpy as np


def none_found(x):
    keep = [i for i in range(len(x)) if x[i] > 10.0]
    out, y = np.zeros(4), 2.0 * x
    np.add.at(out, keep, 1.0)
    np.multiply.at(out, keep, x[keep])
    np.put(y, keep, 3.0)
    rest = np.delete(x, keep)
    return np.sum(x * (1.0 + out)) + np.sum(rest**3) + np.sum(y[np.ix_(keep)]) + np.sum(y**2)


def some_found(x):
    keep = []
    for i in range(len(x)):
        if x[i] > 0.5:
            keep.append(i)
    out = np.bincount(keep, minlength=4) * x
    np.add.at(out, keep, x[keep] ** 2)
    return np.sum(out * x) + np.sum(np.delete(x, keep)) ** 2 + np.sum(np.insert(x, keep, 1.0) ** 2)


def the_others(x):
    low = [i for i in range(len(x)) if x[i] < 0.4]
    rest = np.setdiff1d(np.arange(len(x)), low)
    both = np.union1d(rest, [0])
    return np.sum(x[rest] ** 2) + np.sum(x[both] ** 3) + np.sum(x[np.intersect1d(both, [0, 1])])


def codebook(x, rows):
    codes = [np.array([0.1, 0.2]), np.array([0.5, -0.2]), np.array([1.0, 1.0])]
    for v in rows:
        k = int(np.argmin([np.sum((c - v) ** 2) for c in codes]))
        codes[k] += 0.3 * (x * v - codes[k])
    return sum(np.sum(c**2) for c in codes)


def quantiles(x):
    out = {}
    for q in (0.25, 0.5, 0.75):
        place = q * (len(x) - 1)
        i = int(place)
        out[f"q{int(q * 100)}"] = x[i] + (place - i) * (x[min(i + 1, len(x) - 1)] - x[i])
    return out["q25"] * out["q50"] - out["q75"] ** 2


def walkers(t, friction):
    """Walk to the lowest neighbour, a tuple of a height and two places, until there is none."""
    cost = 0.0
    for r, c in ((0, 2), (1, 0), (2, 2)):
        for hop in range(4):
            near = [(r + 1, c), (r - 1, c), (r, c + 1), (r, c - 1)]
            ways = [(t[i, j], i, j) for i, j in near if 0 <= i < 3 and 0 <= j < 3]
            h, i, j = min(ways)
            if h >= t[r, c]:
                break
            cost += (t[r, c] - h) * (1.0 - friction) ** hop
            r, c = i, j
        else:
            cost += 10.0
        t[r, c] += 0.5
    return cost + np.sum(t**2)


def hardest_row(x, y, rate):
    """Take the row of the least sum of margins: its place stands beside floats in tuples."""
    w, mistakes = np.zeros(2), []
    for _ in range(2):
        for i, (xi, yi) in enumerate(zip(x, y, strict=True)):
            if (margin := yi * (xi @ w)) <= 0.3:
                w += rate * yi * xi
                mistakes.append((i, margin))
    per_row = defaultdict(float)
    for i, m in mistakes:
        per_row[i] += m
    hardest = min(per_row, key=per_row.get)
    return w @ x[hardest] + sum(m * m for _, m in mistakes)


EXAMPLE_ARGS = {
    "none_found": lambda: (np.array([0.3, 1.2, -0.4, 0.9]),),
    "some_found": lambda: (np.array([0.3, 1.2, -0.4, 0.9]),),
    "the_others": lambda: (np.array([0.3, 1.2, -0.4, 0.9]),),
    "codebook": lambda: (1.2, np.array([[0.2, 0.1], [0.9, 1.1], [0.4, -0.3]])),
    "walkers": lambda: (
        np.array([[0.3, -0.7, 1.1], [0.9, 0.45, -0.35], [-1.2, 0.15, 0.55]]),
        0.15,
    ),
    "hardest_row": lambda: (np.array([[0.3, -0.7], [0.9, 0.45], [-1.2, 0.15]]), [1, -1, 1], 0.4),
    "quantiles": lambda: (np.array([0.3, 1.2, -0.4, 0.9]),),
}
