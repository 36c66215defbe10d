"""What loops run over, and what is left of their variables afterwards."""

from __future__ import annotations

import itertools
import math

import numpy as np


def bounds_change(x):
    """The bounds of a range are read once."""
    n = 3
    s = 0.0
    for i in range(n):
        n = n - 1
        s += x[i] * n
    return s * (n + 2.0)


def index_assigned(x):
    """The loop assigns its own variable."""
    s = 0.0
    for i in range(3):
        s += x[i] * i
        i = i * 2
        s += i * x[0]
    return s * i


def shadowed_parameter(x):
    """The loop variable has the name of the parameter."""
    y = x * 2
    s = 0.0
    for x in y:
        s += x * x
    return s * y[0]


def named_range(x):
    """A range with a name: enumerated, reversed, its length."""
    r = range(2, -1, -1)
    s = 0.0
    for k, i in enumerate(r):
        s += k * x[i]
    for i in reversed(r):
        s = s * x[i] + i
    return s + len(r)


def triangular(x):
    """Triangular and descending ranges."""
    s = 0.0
    for i in range(len(x)):
        for j in range(i, len(x)):
            for k in range(j, i - 1, -1):
                s += x[i] * x[j] * x[k] * (i + 2 * j + 3 * k)
    return s


def sliced_range(x):
    """A part of a range."""
    idx = range(0, 3)[::-1]
    s = 1.0
    for i in idx:
        s = s * 1.1 + x[i]
    return s


def turned_around(x):
    """Reversed arrays, sorted lists."""
    s = 0.0
    for v in reversed(x):
        s = s * 0.5 + v
    for v in sorted([3.0, 1.0, 2.0]):
        s = s * v + x[0]
    return s


def enumerated(x):
    """Counts from other starts, strict zips of enumerations."""
    s = 0.0
    for i, v in enumerate(x, start=1):
        s += i * v
    for i, v in enumerate(x, 2):
        s += i * v * v
    for (i, a), b in zip(enumerate(x), x[::-1], strict=True):
        s += i * a * b
    return s


def products(x):
    """Products, combinations and chains of known items."""
    s = 0.0
    for a, b in itertools.product((0, 1), (1, 2)):
        s += x[a] * x[b]
    for a, b in itertools.combinations(range(3), 2):
        s += x[a] * x[b] * (a + b)
    for v in itertools.chain((x[0], 2.0), [x[1]]):
        s = s * v
    return s


def indices(x):
    """Indices of all entries, flat entries."""
    s = 0.0
    for i, j in np.ndindex(2, 2):
        s += x[i] * x[j]
    m = np.outer(x, x)
    for v in m.flat:
        s += v * v
    for idx in np.ndindex(*m.shape):
        s += m[idx]
    return s


def neighbours(x):
    """Pairs of neighbours, rows and their entries."""
    s = 0.0
    for a, b in itertools.pairwise(x):
        s += a * b
    for i, row in enumerate(np.outer(x, x)):
        for j, v in enumerate(row):
            if i == j:
                continue
            s += v * (i - j)
    return s


def dict_views(x):
    """Every way to loop over a dict."""
    d = dict(a=x[0], b=x[1] * 2)
    s = 0.0
    for k in d:
        s += d[k]
    for k, v in sorted(d.items()):
        s *= v
    for i, (k, v) in enumerate(d.items()):
        s += i * v
    for v in reversed(list(d.values())):
        s = s * v
    return s


def variable_afterwards(x):
    """The loop variable after no turn, and after the last."""
    s = 0.0
    i = 10
    for i in range(0):
        pass
    s += i * x[0]
    for i in range(2):
        pass
    return s + i * x[1]


def retries(x):
    """An endless loop that counts tries, inside a loop."""
    s = 0.0
    for i in range(3):
        try_ = 0
        while True:
            try_ += 1
            if x[i] * try_ > 2.0 or try_ > 3:
                break
            if x[i] < 0:
                s -= x[i]
                break
            s += x[i] * try_
        else:
            s = 0.0
        if try_ == 2:
            continue
        s *= 1.1
    return s


def made_in_loop(x):
    """A name that a loop may have made."""
    for i in range(3):
        if x[i] > 1:
            z = x[i]
    if x[1] > 1:
        return z * 2
    return x[0]


def made_in_branches(x):
    """Names made on one side each."""
    if x[0] > 1:
        v = 1.0
    else:
        w = 2.0
    if x[1] > 1:
        return v * x[0]
    return w * x[1]


def while_with_continue(x):
    """A while loop with continue and else."""
    k = 0
    s = 0.0
    while k < len(x):
        k += 1
        if k % 2:
            continue
        s += x[k - 1]
    else:
        s *= x[0]
    return s


def inner_break(x):
    """The inner variable after a break."""
    total = 0.0
    for i in range(len(x) - 1, -1, -1):
        for j in range(i):
            if j == 1:
                break
            total += x[i] * x[j]
        total += i * x[i]
    return total + j


def search(x):
    """A search that leaves what it found, or the default."""
    for i, v in enumerate(x):
        if v > 0.9:
            break
    else:
        i, v = -1, x[0] * 3
    return i * v + v * v


def items_replaced(x):
    """Items that later turns come to are replaced."""
    xs = [x[0], x[1], x[2]]
    s = 0.0
    for i, v in enumerate(xs):
        s += v
        if i + 1 < len(xs):
            xs[i + 1] = xs[i + 1] + v
    return s


def values_replaced(x):
    """Values that later turns come to are replaced."""
    d = {"a": x[0], "b": x[1]}
    s = 0.0
    for k, v in d.items():
        d["b"] = v * x[2]
        s += d[k] * v
    return s


def iterator(x):
    """An iterator with a name, used one time."""
    z = zip([x[0], x[1]], (1.0, 2.0))
    s = 0.0
    for a, b in z:
        s += a * b
    return s


def unzipped(x):
    """Pairs taken apart by a star."""
    pairs = [(x[0], 1.0), (x[1], 2.0)]
    a, b = zip(*pairs)
    s = sum(u * v for u, v in zip(a, b))
    for u, v in zip(*pairs):
        s = s + u * v
    for p in pairs:
        s = s * p[1] + p[0]
    for p, v in zip(pairs, x):
        s = s + p[0] * v
    return s


def accumulated(x):
    """Running sums and products; entries with their places."""
    s = 0.0
    for v in itertools.accumulate([x[0], x[1], x[2]]):
        s += v * v
    for v in itertools.accumulate((x[0], x[1]), lambda a, b: a * b, initial=x[2]):
        s += v
    for (i, j), v in np.ndenumerate(np.outer(x, x)):
        s += i * v + j
    return s


def paths_above(x):
    """Only the paths whose mean is above a bound count, and they compound."""
    pay = 0.0
    for p in range(4):
        s, mean = 1.0, 0.0
        for t in range(3):
            s = s * math.exp(0.2 * x[0] - 0.1 * (p * x[1] - t))
            mean += s / 3
        if mean > 1.1:
            pay = 1.1 * pay + mean * mean - x[2]
    return pay * pay


_A = ([0.52, 0.71, 0.93], [2.01, 1.33, -2.11], [-1.53, 0.2, 0.4], [1.21, 1.63, 6.07])
_B = ([0.12, 0.23, 0.34], [3.03, 4.06, -3.05])
_NAMES = [
    "bounds_change",
    "index_assigned",
    "shadowed_parameter",
    "named_range",
    "triangular",
    "sliced_range",
    "turned_around",
    "enumerated",
    "products",
    "indices",
    "neighbours",
    "dict_views",
    "variable_afterwards",
    "retries",
    "made_in_loop",
    "made_in_branches",
    "while_with_continue",
    "inner_break",
    "search",
    "items_replaced",
    "values_replaced",
    "iterator",
    "unzipped",
    "accumulated",
    "paths_above",
]

EXAMPLE_ARGS = {name: lambda: (np.array(_A[0]),) for name in _NAMES}
MORE_ARGS = {name: [lambda p=p: (np.array(p),) for p in (*_A[1:], *_B)] for name in _NAMES}
MORE_ARGS["made_in_branches"] = [lambda: (np.array(_A[1]),)]
