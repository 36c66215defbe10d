"""Functions made in loops and on one path, with defaults that are computed there."""

from __future__ import annotations

import numpy as np


def default_of_one_path(x, a):
    if x > 0:

        def f(z, w=x * 2):
            return z * w

    else:

        def f(z, w=x * 3):
            return z * w * w

    return f(x) + f(x, 2.0) + np.sum(a)


def default_or_none(x, a):
    if x > 0:
        f = lambda z, w=x * 2: z * w
    else:
        f = lambda z: z
    return f(x) * a[0]


def remade_in_a_loop(x, a):
    f = lambda z: z
    n = 0
    while n < 3:
        x = f(x) + a[n]
        f = lambda z, w=x * n, *, u=a[n]: z * w + u
        n += 1
    return f(x) + f(x, 1.5, u=x)


def array_as_default_written_to(x, a):
    def g(k, w=a):
        w[0] += k
        return w[0]

    if x > 0:
        b = a * x

        def g(k, w=b):
            w[0] *= k
            return w[1]

        g(3.0)
    a[1] += x
    return g(x) * a[1] + np.sum(a)


def array_as_default_of_each_turn(x, a):
    n = 0
    while n < 3:

        def f(z, w=a):
            w[n - 1] *= z
            return w[0]

        if a[n] > 0:
            x = f(x)
        n += 1
    return f(x) + np.sum(a)


def defaults_in_a_dict(x, a):
    fs = {}
    for name in ("p", "q"):
        if x > 0:
            fs[name] = lambda z, w=a * x: np.sum(z * w)
        else:
            fs[name] = lambda z, w=a: np.sum(z * w)
        a = a * 2.0
    return fs["p"](x) * fs["q"](x)


def defaults_of_made_functions(x, a):
    def make(w):
        def g(z, u=w * x):
            return z * u

        return g

    n = 0
    h = make(a[0])
    while n < 2:
        x = h(x)
        h = make(a[n])
        n += 1
    return h(x)


def _args(x):
    return lambda: (x, np.array([0.3, -0.8, 1.1]))


NAMES = (
    "default_of_one_path", "default_or_none", "remade_in_a_loop", "array_as_default_written_to",
    "array_as_default_of_each_turn", "defaults_in_a_dict", "defaults_of_made_functions",
)  # fmt: skip
EXAMPLE_ARGS = {name: _args(0.7) for name in NAMES}
MORE_ARGS = {name: [_args(-0.4)] for name in NAMES}
