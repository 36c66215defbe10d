"""Keys that are put together of texts among which the path chooses."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

_A = [0.7, 1.3, -0.4, 2.1, 0.9]


def pairs(x):
    d = {"left_big": x[0], "left_small": x[1], "right_big": x[2], "right_small": x[3]}
    t = 0.0
    for v in x:
        side = "left" if v > 0 else "right"
        size = "big" if abs(v) > 1 else "small"
        t += d[side + "_" + size] * v
        d[f"{side}_{size}"] *= 0.5
        if f"{side}_small" in d:
            t += d.get(f"{side}_none", 2.0)
    return t


def same_test(x):
    d = {"aa": x[0], "bb": x[1] ** 2}
    t = 0.0
    for v in x:
        a = "a" if v > 1 else "b"
        t += d[a + a] * v
        t += d[f"{a}{a}"] * v
    return t


def state(x):
    probs = {"A->B": x[0], "B->A": x[1], "A->A": x[2], "B->B": x[3]}
    s = "A"
    t = 0.0
    for v in x:
        new = "B" if v > 0.8 else "A"
        t += probs[f"{s}->{new}"] ** 2
        s = new
    return t


def upper(x):
    d = {"LOW!": x[0], "HIGH!": x[1]}
    t = 0.0
    for v in x:
        m = "low" if v < 1 else "high"
        t += d[m.upper() + "!"] * v
        t += d[f"{m.upper()}!"] * v
    return t


def three(x):
    d = {}
    for a in "ab":
        for b in "cd":
            for c in "ef":
                d[a + b + c] = x[len(d) % 5] * (len(d) + 1)
    t = 0.0
    for i in range(len(x)):
        k = ("a" if x[i] > 0 else "b") + ("c" if x[i] > 1 else "d")
        k += "e" if x[i - 1] > 1 else "f"
        t += d[k] * x[i]
        d[k] = d[k] * 0.5 + x[i]
    return t + sum(d.values())


def fresh(x):
    d = defaultdict(float)
    for i, v in enumerate(x):
        d[f"{'p' if v > 0 else 'n'}{'1' if v > 1 else '0'}"] += v**2
    return d["p1"] * d["p0"] + d["n0"] + d["n1"]


def elif_(x):
    d = {"k0": x[0], "k1": x[1], "k2": x[2]}
    t = 0.0
    for v in x:
        if v < 0:
            s = "0"
        elif v < 1:
            s = "1"
        else:
            s = "2"
        t += d["k" + s] * v**2
    return t


def attr(x):
    d = {"a.x": x[0], "b.x": x[1]}
    t = 0.0
    names = ["a", "b"]
    for i in range(2):
        t += d[names[i] + ".x"]
    n = "a"
    k = 0
    while k < 4:
        t = t + d[f"{n}.x"] * x[k]
        n = "b" if x[k] > 0.8 else "a"
        k += 1
    return t


_NAMES = [
    "pairs",
    "same_test",
    "state",
    "upper",
    "three",
    "fresh",
    "elif_",
    "attr",
]
EXAMPLE_ARGS = {name: lambda: (np.array(_A),) for name in _NAMES}
