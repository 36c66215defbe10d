"""Calls with all items of a list of unknown length: f(a, *items)."""

from __future__ import annotations

import numpy as np

_A = [0.7, 1.3, -0.4, 2.1, 0.9]


def mean(*args, scale=1.0):
    total = 0.0
    for a in args:
        total += a * scale
    return total / len(args)


class Acc:
    def __init__(self):
        self.t = 0.0

    def add(self, a, *more):
        self.t += a * len(more)
        for m in more:
            self.t += m**2
        return self


def star_grown(x):
    def f(*vs):
        return sum(v**2 for v in vs)

    xs = []
    for v in x:
        if v > 0:
            xs.append(v)
    return f(*xs)


def star_grown_max(x):
    xs = [v for v in x if v > 0]
    return max(*xs) * min(*xs)


def star_grown_first(x):
    def f(first, *rest):
        return first**2 + sum(rest) * first

    xs = [v for v in x if v > 0]
    return f(*xs)


def outside(x):
    xs = [v**2 for v in x if v > 0]
    return mean(*xs) + mean(x[2], *xs, scale=x[0]) + mean(*xs[1:])


def method(x):
    xs = [v for v in x if v > 0]
    return Acc().add(*xs).add(x[2], *xs).t


def beyond(x):
    def f(a, *rest):
        return a * rest[0] + rest[-1] * len(rest)

    xs = [v for v in x if v > 0]
    return f(x[0], x[1], x[2], *xs)


def alias(x):
    def f(*vs):
        out = list(vs)
        out[0] = 10.0 * out[0]
        return sum(o * v for o, v in zip(out, vs))

    xs = [v for v in x if v > 0]
    r = f(*xs)
    return r + xs[0]


def grows_after(x):
    keep = []

    def f(*vs):
        keep.append(len(vs))
        return vs

    xs = [v for v in x if v > 0]
    a = f(*xs)
    xs.append(x[2])
    return sum(a) * len(a) + keep[0] * sum(xs)


def nested(x):
    def g(*vs):
        return max(vs) - min(vs)

    def f(*vs):
        return g(*vs) ** 2

    xs = [v for v in x if v > 0]
    return f(*xs) + g(*[v**2 for v in xs])


def in_loop(x):
    def f(*vs):
        return sum(v * k for k, v in enumerate(vs))

    xs = []
    t = 0.0
    for v in x:
        if v > 0:
            xs.append(v)
        t += f(*xs)
    return t


def rows(x):
    def f(*ps):
        return sum(a * b for a, b in ps)

    ps = [(v, v**2) for v in x if v > 0]
    return f(*ps)


def lam(x):
    xs = [v for v in x if v > 0]
    f = lambda *v: sum(v) ** 2
    return f(*xs)


def wrapper(x):
    def deco(fn):
        def inner(*args, **kw):
            return 2.0 * fn(*args, **kw)

        return inner

    @deco
    def f(*vs):
        return sum(v**2 for v in vs)

    xs = [v for v in x if v > 0]
    return f(*xs)


def isinst(x):
    def f(*vs):
        t = 1.0 if isinstance(vs, tuple) else 0.0
        return t * vs[0] + (vs == tuple(vs)) * vs[1]

    xs = [v for v in x if v > 0]
    return f(*xs)


def columns_as_arguments(x):
    def moment(places, weights, power):
        return sum(w * p**power for p, w in zip(places, weights))

    pairs = []
    for v in x:
        if v < 2.5:
            pairs.append((v, 0.5 * v * v))
    return moment(*zip(*pairs), 3) if pairs else x[0]


def corners_as_arguments(x):
    corners = [0, 1, 2]
    triangles = []
    for k in range(len(x) - 1):
        if x[k] > 0.9:
            triangles.append((k, k + 1, corners[0]))
    triangles.append(tuple(corners))

    def area(a, b, c):
        return x[a] * x[b] - 0.5 * x[c] ** 2

    return sum(area(*t) ** 2 for t in triangles)


_NAMES = [
    "columns_as_arguments",
    "corners_as_arguments",
    "star_grown",
    "star_grown_max",
    "star_grown_first",
    "outside",
    "method",
    "beyond",
    "alias",
    "grows_after",
    "nested",
    "in_loop",
    "rows",
    "lam",
    "wrapper",
    "isinst",
]
EXAMPLE_ARGS = {name: lambda: (np.array(_A),) for name in _NAMES}
