"""Statements beside loops and branches: match, walrus, del, unpacking, exceptions that may come."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

import numpy as np


@dataclass
class Disc:
    """A shape of one size."""

    radius: float


@dataclass
class Box:
    """A shape of two sizes."""

    width: float
    height: float


def match_numbers(x):
    """Literals, alternatives and a wildcard, known from the shape."""
    match len(x) - 1:
        case 1:
            return x[0]
        case 2 | 4:
            return x[1] * x[2]
        case _:
            return np.sum(x)


def match_computed(x):
    """Literals that the running program compares, guards, captures, jumps."""
    t = 0.0
    for i in range(3):
        match i % 3:
            case 0:
                t += x[i] ** 2
            case 1 if x[i] > 0.5:
                t += x[i] ** 3
                continue
            case 1:
                break
            case n:
                t += n * x[i]
        t *= 1.5
    return t


def match_sequences(x):
    """A small program of commands, told apart by their structure."""
    total = 0.0
    for op in (("scale", 2.0), ["shift", x[0]], ("clip", 0.1, 0.9), None, 3.0):
        match op:
            case ("scale", f):
                x = x * f
            case ["shift", b]:
                x = x + b
            case (name, *args) if len(args) == 2:
                x = np.clip(x, *args)
            case None:
                total += 1.0
            case float(v):
                total += v * x[1]
    return np.sum(x * x) + total


def match_mapping(x):
    """Keys of a dict, the rest of it captured."""
    options = {"kind": "huber", "delta": 1.0, "w": x[1]}
    match options:
        case {"kind": "l2"}:
            y = x[0]
        case {"kind": "huber" | "soft", "delta": d, **rest}:
            y = d * x[0] * rest["w"]
    return y * y


def match_classes(x):
    """Classes, by position and by keyword."""
    total = 0.0
    for shape in (Disc(x[0]), Box(x[1], 2.0), Box(height=x[2], width=3.0)):
        match shape:
            case Disc(r):
                total += 3.0 * r * r
            case Box(width=w, height=h) if h == 2.0:
                total += w * h
            case Box() as b:
                total += b.width * b.height * x[0]
    return total


def match_string(x, kind):
    """Strings that are known when the gradient is derived."""
    match kind:
        case "sum":
            return np.sum(x)
        case "mean" | "average":
            return np.mean(x)
        case other:
            raise ValueError(f"unknown kind {other!r}")


def walrus(x):
    """An assignment in the test of a branch."""
    if (s := np.sum(x)) > 1.5:
        return s * s
    return s * x[0]


def walrus_in_while(x):
    """The test of a loop assigns; the value is used in the body and afterwards."""
    t, n = 1.0 + x[0], 0
    while (d := t * t - 2.0) > 1e-3 or d < -1e-3:
        t = t - d / (2.0 * t)
        if (n := n + 1) > 20:
            break
    return t * x[1] + d + n


def walrus_short_circuit(x):
    """An assignment that is reached only if the first test holds."""
    y, n = x[0], 0
    while n < 3 and (y := y * x[1] + 1.0) < 10.0:
        n += 1
    return y * n


def star_targets(x):
    """Parts of unknown length in the middle, nested."""
    a, *rest = (x[0], x[1] * 2.0, x[2])
    b, (c, *d), e = x[0], [x[1], x[2], 3.0], 2.0
    *init, last = rest
    return a * rest[0] + rest[1] * c * d[0] + b * e * d[1] + last * len(init)


def swaps(x):
    """Swaps, chained targets, annotations, statements without effect."""
    x[0], x[1] = x[1], x[0]
    a = b = np.zeros(3)
    a[0] = x[0]
    b[1] = x[1] * 2.0
    y: float = 2.0
    z: float
    z = y
    ...
    x
    "text"
    return np.sum(a * b) * z + np.sum(b) * x[0]


def deletes(x):
    """Names, and items of lists and dicts."""
    t = x[0]
    u = t * x[1]
    del t
    for i in range(3):
        doubled = x[i] * 2.0
        u += doubled
        del doubled
    parts = {"a": x[0], "b": x[1]}
    del parts["a"]
    items = [x[0], x[1], x[2]]
    del items[0]
    return u * len(parts) * items[0]


def imports(x):
    """Imports inside the function."""
    import math as m

    from numpy import exp
    from numpy import sum as total

    return m.sin(x[0]) + total(exp(x))


def contexts(x):
    """Context managers without effect, nested, with names."""
    with np.errstate(all="ignore") as e, contextlib.nullcontext(x[0]) as f:
        with contextlib.nullcontext(), np.printoptions(precision=3):
            if f > 1.0:
                return f * x[1]
            y = np.sqrt(np.abs(x))
    return np.sum(y)


def guarded(x):
    """Exceptions that do not come here."""
    assert len(x) == 3, f"three numbers, not {len(x)}"
    total = 0.0
    for i in range(len(x)):
        if x[i] < -100.0:
            raise ValueError(f"entry {i} is {x[i]:.3f}")
        elif x[i] > 100.0:
            large = x[i] / 100.0
            raise OverflowError("entry %d is %g times too large" % (i, large))  # noqa: UP031
        total += x[i] ** 2
    return total


def guarded_returns(x):
    """Every path returns or raises."""
    if x[0] > 1.0:
        return x[0] * x[1]
    elif x[0] > -10.0:
        return x[1] ** 2
    else:
        raise ArithmeticError("below " + str(-10))


def guarded_search(x):
    """A search that raises where it finds nothing."""
    for i in range(len(x)):
        if x[i] > 0.25:
            return x[i] * x[0]
    raise LookupError("nothing found", len(x))


def unpacked_rows(x):
    """Rows of a matrix, and an array, taken apart."""
    a, b, c = x
    total = a * b - c
    for p, q in np.outer(x, x)[:, :2]:
        total += p * q * q
    for i, (p, q) in enumerate(zip(x, x[1:])):
        total += i * p * q
    return total


_A = ([0.52, 0.71, 0.93], [2.01, 0.33, -2.11], [-1.53, 0.2, 0.4], [1.21, 1.63, 6.07])
_NAMES = [
    "match_numbers", "match_computed", "match_sequences", "match_mapping", "match_classes",
    "walrus", "walrus_in_while", "walrus_short_circuit", "star_targets", "swaps", "deletes",
    "imports", "contexts", "guarded", "guarded_returns", "guarded_search", "unpacked_rows",
]  # fmt: skip

EXAMPLE_ARGS = {name: lambda: (np.array(_A[0]),) for name in _NAMES}
MORE_ARGS = {name: [lambda p=p: (np.array(p),) for p in _A[1:]] for name in _NAMES}
EXAMPLE_ARGS["match_string"] = lambda: (np.array(_A[0]), "sum")
MORE_ARGS["match_numbers"] += [lambda n=n: (np.linspace(0.3, 0.9, n),) for n in (2, 4, 5)]
MORE_ARGS["match_sequences"] += [lambda: (np.array([0.81, -0.13, -1.18]),)]
MORE_ARGS["match_string"] = [lambda: (np.array(_A[0]), "average")]
