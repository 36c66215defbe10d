"""``zip`` of containers with arrays and lists that are shorter, or longer, than they."""

from __future__ import annotations

import numpy as np


def by_name(x):
    parameters = dict(zip(["a", "b", "c", "d", "e", "f", "g", "h"], x, strict=False))
    return sum(v**2 * (ord(k) - 96) for k, v in parameters.items())


def named_in_a_loop(x):
    p = {"spin": 0.5}
    for k, v in zip(["mass", "charge", "spin"], x, strict=False):
        p[k] = v
    return p["mass"] * p["charge"] ** 2 + np.sin(p["spin"])


def beside_what_is_filtered(x):
    s = 0.0
    for k, v in zip(["a", "bb", "ccc", "dddd"], [t for t in x if t > 0.5], strict=False):
        if v > 1.2:
            break
        s += v**2 * len(k)
    else:
        s += x[0]
    return s


def pairs_of_a_dict(x):
    s = 0.0
    for (k, w), v in zip({"a": 1.0, "b": 2.0, "c": 3.0}.items(), x[1:], strict=False):
        s += w * np.exp(v) * len(k)
    return s


def strictly(x):
    total = 0.0
    for w, v in zip([1.0, 2.0, 3.0], x, strict=True):
        total += w * v
    return total


_ARGS = {
    "by_name": ([0.31, 0.92, 0.57, 1.23, 0.44, 0.78, 0.2, 0.9, 0.4], [0.3, 0.7], []),
    "named_in_a_loop": ([0.31, 0.92, 0.57, 1.23], [0.4, 0.8], [0.3, 0.2, 0.9]),
    "beside_what_is_filtered": ([0.31, 0.92, 0.57, 0.2], [0.7, 0.9, 1.3, 0.8], [0.1, 0.6]),
    "pairs_of_a_dict": ([0.3, 0.9, 0.5, 1.2, 0.4], [0.3, 0.7], [0.4]),
    "strictly": ([0.3, 0.9, 0.5], [1.0, 2.0, 3.0]),
}
EXAMPLE_ARGS = {name: lambda x=args[0]: (np.array(x),) for name, args in _ARGS.items()}
MORE_ARGS = {name: [lambda x=x: (np.array(x),) for x in args[1:]] for name, args in _ARGS.items()}
