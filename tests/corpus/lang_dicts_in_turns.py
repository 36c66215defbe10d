"""Dicts that are asked by number, or whose items are replaced while a loop runs over them."""

from __future__ import annotations

import math

import numpy as np


def extra_payments(rate, balance, extras):
    paid = 0.0
    for year in range(12):
        interest = balance * rate
        paid += interest
        balance += interest - 0.2
        extra = extras.get(year)
        if extra is None:
            continue
        balance -= extra
    return paid + balance**2


def factors_by_number(x, n):
    factors, names = {0: x[0], 2: x[1] * x[2], 3.0: 0.5}, {0: "sum", 1: "product"}
    total = 1.0
    for i in range(n):
        name = names.get(i % 3, "none")
        if name == "sum":
            total += factors.get(i, x[2])
        elif name == "product":
            total *= factors.get(i, 0.25) + x[0]
        factors[2] = total
    return total


def written_under_a_number(x, n):
    rows = {1: x * 2, 3: x**2}
    t = x.copy()
    for i in range(n):
        row = rows.get(i)
        if row is not None:
            row += t
            t = t * row
    return np.sum(t) + np.sum(rows[3])


def normalised(x):
    parts = {}
    for v in x:
        k = math.floor(3 * v)
        parts[k] = parts.get(k, 0.0) + v * v
    total = sum(parts.values())
    for k, v in parts.items():
        parts[k] = v / total
    for k in parts:
        parts[k] -= 0.1 * k * parts[k]
    return sum(p**3 for p in parts.values())


def looked_for_in_turn(x):
    parts = {}
    for v in x:
        k = math.floor(3 * v)
        parts[k] = parts.get(k, 0.0) + v
    for k in parts.keys():
        if parts[k] > 0.8:
            parts[k + 70] = parts[k] * 2
            break
        parts[k] = parts[k] ** 2
    else:
        parts[-50] = x[0]
    return sum(p * p for p in parts.values())


def counted_in_turn(x):
    parts = {}
    for v in x:
        k = math.floor(3 * v)
        parts[k, k % 2] = parts.get((k, k % 2), 0.0) + v
    for (a, b), part in parts.items():
        if b == 0:
            parts[a, b] = part * part + a
    return sum(part * a for (a, _), part in parts.items())


def lowest_dropped(scores, keep):
    scores = dict(scores)
    dropped = 0.0
    while len(scores) > keep:
        lowest = min(scores, key=lambda k: scores[k])
        value = scores.pop(lowest)
        dropped += value**2
        for k in scores:
            scores[k] = scores[k] + 0.1 * value
    return dropped + math.prod(scores.values())


def walks(p, n, absorb):
    chances = {0: 1.0}
    absorbed = 0.0
    for _ in range(n):
        after = {}
        for place, chance in chances.items():
            for step, q in ((1, p), (-1, 0.9 - p)):
                to = place + step
                if abs(to) == absorb:
                    absorbed += chance * q
                else:
                    after[to] = after.get(to, 0.0) + chance * q
        chances = after
    return absorbed + sum(place**2 * chance for place, chance in chances.items())


def waves_by_name(x, t, period):
    basis = {}
    for k in range(1, len(x) // 2 + 1):
        basis["sin", k] = np.sin(2 * np.pi * k * t / period)
        basis["cos", k] = np.cos(2 * np.pi * k * t / period)
    fit = sum(c * b for c, b in zip(x, basis.values()))
    smooth = sum(k**2 * c**2 for c, (_, k) in zip(x, basis))
    return np.mean((fit - t) ** 2) + 0.01 * smooth


def updated_by_names(x, n):
    best = {"first": x[0]}
    for i in range(1, n):
        if x[i] > 0.0:
            best.update(last=x[i] ** 2)
        best.update({"second": x[i]}, third=i * x[0])
        best.update()
    return sum((k + 1) * v for k, v in enumerate(best.values())) * len(best)


class Table:
    def __init__(self, scale):
        self.scale = scale

    def keys(self):
        return [1, 2]

    def __getitem__(self, key):
        return self.scale * key


def updated_by_pairs(x):
    bins = {}
    for v in x:
        bins[int(4.0 * v)] = v
    bins.update([(1, 2.0 * x[0])])
    bins.update((k + 1, v**2) for k, v in zip((1, 2), x))
    bins.update(Table(x[1]))
    bins |= {7: x[2]}
    return sum(k * v**2 for k, v in bins.items()) * len(bins)


X = np.array([0.3, -0.7, 1.1, 0.9, 0.4])
EXAMPLE_ARGS = {
    "updated_by_names": lambda: (X.copy(), 4),
    "updated_by_pairs": lambda: (X.copy(),),
    "extra_payments": lambda: (0.05, 3.0, {2: 0.5, 7: 0.3}),
    "factors_by_number": lambda: (X[:3].copy(), 5),
    "written_under_a_number": lambda: (X.copy(), 5),
    "normalised": lambda: (X.copy(),),
    "looked_for_in_turn": lambda: (X.copy(),),
    "counted_in_turn": lambda: (X.copy(),),
    "lowest_dropped": lambda: ({"a": 0.9, "b": 0.2, "c": -0.4, "d": 1.3}, 2),
    "walks": lambda: (0.4, 4, 3),
    "waves_by_name": lambda: (X[:4].copy(), X[::-1].copy(), 2.5),
}
ARGNUMS = {"extra_payments": (0, 1, 2), "waves_by_name": (0, 1, 2)}
MORE_ARGS = {
    "updated_by_names": [lambda: (X.copy(), 2), lambda: (X.copy(), 0)],
    "extra_payments": [lambda: (0.05, 3.0, {4: 0.1})],
    "looked_for_in_turn": [lambda: (0.2 * X,)],
    "lowest_dropped": [lambda: ({"a": 0.9, "b": 0.2}, 3)],
}
