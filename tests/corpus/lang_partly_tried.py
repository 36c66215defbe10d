"""What raises in a part of an expression that may not be evaluated, caught where it happens."""

from __future__ import annotations

import contextlib
import math

import numpy as np


def chosen(x, v, k):
    """A choice, ``and`` and ``or``, a chain of comparisons, a walrus."""
    s = 0.0
    for i in range(4):
        try:
            y = x / (i - k) if i else math.sqrt(x)
            if i > 1 and y * (part := x / (i - 2)) < 4.0:
                y += part
            y *= 1.5 if i > 2 or 1 / (i - 1) > 0.2 else 2.0
            y += 0.5 * x if 0 < i < 6 / (i + k - 3) else 0.0
        except ZeroDivisionError:
            y = x**3
        s += y
    return s


def tested(x, v, k):
    """The test of a loop, with ``else`` and without; ``continue`` tests again."""
    s = x
    try:
        while x / k < 5:
            k -= 1
            s += x * k
            if k == 1:
                continue
            s *= 1.1
    except ZeroDivisionError:
        s += x**2
    try:
        while s > 0.5 and math.log(v[0] + k) < 2:
            s += x
            k -= 1
            if s > 40.0:
                break
        else:
            s *= 3.0
    except ValueError:
        s -= x**3
    return s


def collected(x, v, k):
    """Comprehensions and generators, one inside the other; what stops at what it looks for."""
    s = 0.0
    for d in range(3):
        try:
            s += sum([x / (i - d) for i in range(2, 4)])
            s += max(sum(x / (i + j - d) for j in range(2) if i != j) for i in range(1, 3))
            s += {i: x**i / (i - d) for i in range(2)}[1]
            s += x**2 if any(6 / (i - d) > 2.5 for i in range(2, 5)) else x
        except ZeroDivisionError:
            s += x**3 * d
    return s


def first_positive(values):
    for w in values:
        if w > 0.0:
            return w
    raise LookupError("none")


def called(x, v, k):
    """Functions that raise, lambdas among them, called in a part of an expression."""
    ratio = lambda a, b: a / b
    s, args = 0.0, (x, k - 2)
    for i in range(3):
        try:
            s += first_positive([v[i] - 1.0, x - i]) if i != k else 0.0
            s += ratio(*args) + sum([ratio(x, j - i) for j in range(1, 3)])
        except LookupError:
            s += x * i
        except ZeroDivisionError:
            s += x**2
            args = (x, 2)
    return s


class Noted:
    def __init__(self, log, value):
        self.log, self.value = log, value

    def __enter__(self):
        return self.value

    def __exit__(self, *error):
        self.log.append(self.value)


def suppressed(x, v, k):
    """Blocks that suppress, one in a ``try`` for the same, one that was made before."""
    ignored, s = contextlib.suppress(ValueError, IndexError), x
    for i in range(3):
        try:
            with contextlib.suppress(ZeroDivisionError):
                s += x / (i - 1)
                if i == k:
                    raise ZeroDivisionError
                s *= 1.5
            with ignored:
                s += math.sqrt(x - i)
                s += v[i + 1]
            s += 1 / (i - 2)
        except ZeroDivisionError:
            s += x**2
    return s


def stacked(x, v, k):
    """A stack of contexts and callbacks: the last is the first to go."""
    log = [x]
    with contextlib.ExitStack() as stack:
        a = stack.enter_context(Noted(log, x * x))
        stack.callback(log.append, a * len(log))
        stack.enter_context(Noted(log, 2.0 * a))
        s = a * x * len(log)
    return s + sum(i * w for i, w in enumerate(log))


def forgotten(x, v, k):
    """What ``finally`` returns or continues with, whatever was raised."""

    def safe(a, b):
        try:
            return a / b
        finally:
            if b == 0:
                return a * a

    s = 0.0
    for i in range(3):
        try:
            s += safe(x, i - k)
            s += math.log(x - i)
        finally:
            s *= 1.1
            continue
    return s


_ARGS = [(0.7, [1.03, 2.0, 3.0], 2), (1.4, [0.5, -1.0, 0.2], 1)]
_NAMES = ["chosen", "tested", "collected", "called", "suppressed", "stacked", "forgotten"]
EXAMPLE_ARGS = {n: lambda: (_ARGS[0][0], np.array(_ARGS[0][1]), _ARGS[0][2]) for n in _NAMES}
MORE_ARGS = {n: [lambda: (_ARGS[1][0], np.array(_ARGS[1][1]), _ARGS[1][2])] for n in _NAMES}
