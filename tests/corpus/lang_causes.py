"""Exceptions that are raised from others."""

from __future__ import annotations

import numpy as np

_A = [0.7, 1.3, -0.4, 2.1, 0.9]


class Neg(ValueError):
    def __init__(self, value):
        super().__init__("negative")
        self.value = value


class Wrapped(RuntimeError):
    pass


def raise_from(x):
    def inner(v):
        if v < 0:
            raise ValueError("neg")
        return np.sqrt(v)

    def outer(v):
        try:
            return inner(v)
        except ValueError as e:
            raise RuntimeError("outer failed") from e

    total = 0.0
    for v in x:
        try:
            total += outer(v)
        except RuntimeError as e:
            total += v**2
            if isinstance(e.__cause__, ValueError):
                total += 3 * v
            print("caught", e, "cause", e.__cause__)
    return total


def cause_value(x):
    def inner(v):
        if v < 0:
            raise Neg(v**2)
        return np.sqrt(v)

    total = 0.0
    for v in x:
        try:
            try:
                total += inner(v)
            except Neg as e:
                raise Wrapped("w") from e
        except Wrapped as w:
            total += w.__cause__.value * 3
    return total


def cause_none(x):
    t = 0.0
    for v in x:
        try:
            if v < 0:
                raise ValueError("a") from None
            if v > 2:
                raise ValueError("b") from KeyError("k")
            if v > 1:
                raise ValueError("c")
            t += v
        except ValueError as e:
            if e.__cause__ is None:
                t += v**2
            else:
                t += v**3
    return t


def reraised(x):
    t = 0.0
    for v in x:
        try:
            try:
                if v < 0:
                    raise Wrapped("x") from Neg(v)
                t += v
            except Wrapped:
                t += 1.0 * v
                raise
        except Wrapped as e:
            t += e.__cause__.value**2
            print(e.__cause__, type(e.__cause__).__name__)
    return t


_NAMES = [
    "raise_from",
    "cause_value",
    "cause_none",
    "reraised",
]
EXAMPLE_ARGS = {name: lambda: (np.array(_A),) for name in _NAMES}
