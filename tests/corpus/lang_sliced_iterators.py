"""Slices, copies and totals of iterators; dicts that grow, and objects with a ``__next__``."""

from __future__ import annotations

import itertools
import re

import numpy as np


class Down:
    def __init__(self, v, n):
        self.v, self.n = v, n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n <= 0:
            raise StopIteration
        self.n -= 1
        self.v = self.v * 0.9
        print("n", self.n)
        return self.v


def damped(u, rate):
    while True:
        yield u
        rate = rate * 0.9
        u = u - rate * u**3


def picky(u, hot):
    if hot:
        k = 2.0
    else:
        k = 3.0
    while True:
        yield u * k
        if u > 0.5:
            k = k * 0.5
        u = u + 0.1


def counted_by_quarters(x):
    s = 0.0
    for t, v in zip(itertools.count(0.5, 0.25), x):
        s += v * t
    return s


def counted_until(x):
    for t in itertools.count(0.0, 0.1):
        if t > x[0]:
            break
    return t * x[1]


def damped_beside(x):
    s = 0.0
    for u, w in zip(damped(x[0], x[1]), x):
        s += w * u
    return s


def picky_beside(x):
    s = 0.0
    for u, w in zip(picky(x[0], x[1] > 0.5), x):
        s += w * u
    return s


def own_beside(x):
    it = Down(x[0], 4)
    s = 0.0
    for w, v in zip(x, it):
        s += w * v
    return s + it.v


def own_before(x):
    it = Down(x[0], 40)
    s = 0.0
    for v, w in zip(it, x):
        s += w * v
        if s > 0.5:
            break
    return s * it.v + it.n


def own_in_a_generator(x):
    return sum(w * v for w, v in zip(x, Down(x[0], 4)))


def own_numbered(x):
    return sum(i * v for i, v in enumerate(Down(x[0], 4), start=2))


def beside_missing_keys(x):
    d = {"a": x[0], "b": x[1]}
    if x[2] > 0.5:
        d["c"] = x[2] * x[3]
    if x[0] > 0.5:
        d["e"] = x[5]
    d["z"] = x[4]
    s = 0.0
    for i, (k, v) in enumerate(d.items()):
        s += (i + 1) * v**2
    for i, k in enumerate(d, start=1):
        s += i * d[k]
    for v, w in zip(d.values(), [1.0, 2.0, 4.0, 8.0, 16.0]):
        s += v * w
    for k, w in zip(d, x):
        s += d[k] * w
    for w, (k, v) in zip(x[:3], d.items()):
        s += v * w**2
    return s + sum(i * v for i, v in enumerate(d.values()))


def slices_in_a_row(x):
    it = iter(x)
    first = sum(itertools.islice(it, 2))
    second = sum(v**2 for v in itertools.islice(it, 2))
    rest = sum(v**3 for v in it)
    return first * second + rest


def teed(x):
    a, b = itertools.tee(x**2)
    next(b)
    return sum((q - p) ** 2 for p, q in zip(a, b))


def three_teed(x):
    its = itertools.tee(x, 3)
    for k, it in enumerate(its):
        for _ in range(k):
            next(it, None)
    return sum(a * b * c for a, b, c in zip(*its))


def totals_from(x):
    out = list(itertools.accumulate(x, initial=x[0] * x[1]))
    return out[-1] * out[2] + out[0]


def totals_beside(x):
    return sum(w * v for w, v in zip(x, itertools.accumulate(x, lambda a, b: a * 0.5 + b)))


def totals_listed(x):
    c = list(itertools.accumulate(x))
    return c[-1] * c[3]


def totals_in_a_loop(x):
    s = 0.0
    for v in itertools.accumulate(x, initial=0.5):
        s += np.tanh(v)
    return s


def every_seventh(x):
    return sum(itertools.islice(x, 3, 90, 7))


def slices_in_loops(x):
    it = iter(x)
    s = 0.0
    for v in itertools.islice(it, 3):
        if v > 0.9:
            break
        s += v * next(it, 1.0)
    for v in itertools.islice(it, len(x) // 3):
        s += v**2
    return s + sum(v**3 for v in it)


class Entries:
    def __init__(self, v):
        self.v, self.k = v, 0

    def __iter__(self):
        return self

    def __next__(self):
        if self.k >= len(self.v):
            raise StopIteration
        self.k += 1
        return self.v[self.k - 1]


def own_beside_own(x):
    a, b = Entries(x[:2]), Entries(x)
    s = 0.0
    for p, q in zip(b, a):
        s += p * q
    return s + b.k * x[0] + a.k


def own_beside_itself(x):
    it = Entries(x)
    s = 0.0
    for a, b in zip(it, it):
        s += a * b
    return s + it.k


def looked_at_and_put_back(x):
    it = iter(x)
    first = next(it)
    return sum(v ** (k + 1) for k, v in enumerate(itertools.chain([first], it)))


def matches_in_a_text(x):
    env = dict(zip("xyz", x, strict=False))
    total = 0.0
    for m in re.finditer(r"([+-])?\s*([^+\-\s]+)", "3*x*y + y^2 - 2*z"):
        term = -1.0 if m.group(1) == "-" else 1.0
        for factor in m.group(2).split("*"):
            base, _, power = factor.partition("^")
            value = env[base] if base.isalpha() else float(base)
            term = term * value ** (int(power) if power else 1)
        total += term
    return total


_NAMES = [
    "own_beside_own",
    "own_beside_itself",
    "looked_at_and_put_back",
    "matches_in_a_text",
    "counted_by_quarters",
    "counted_until",
    "damped_beside",
    "picky_beside",
    "own_beside",
    "own_before",
    "own_in_a_generator",
    "own_numbered",
    "beside_missing_keys",
    "slices_in_a_row",
    "teed",
    "three_teed",
    "totals_from",
    "slices_in_loops",
]
_LONG = [
    "totals_beside",
    "totals_listed",
    "totals_in_a_loop",
    "every_seventh",
]
EXAMPLE_ARGS = {name: lambda: (np.array([0.31, 0.92, 0.57, 1.23, 0.44, 0.78]),) for name in _NAMES}
EXAMPLE_ARGS |= {name: lambda: (np.linspace(0.1, 1.5, 100),) for name in _LONG}
MORE_ARGS = {name: [lambda: (np.array([0.7, 0.2, 1.1, 0.4, 0.6, 0.9]),)] for name in _NAMES}
MORE_ARGS |= {name: [lambda: (np.array([0.4]),)] for name in ["totals_beside", "totals_in_a_loop"]}
