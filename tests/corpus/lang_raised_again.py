"""Exceptions that handlers raise again, and those of the methods of lists."""

from __future__ import annotations

import math
from collections import deque

import numpy as np


def last_try(x, v, k):
    """The last of some tries raises what it caught, the others go on with something else."""
    for i in range(3):
        try:
            y = math.log(x) / (k - 2)
            break
        except (ValueError, ZeroDivisionError):
            if i == 2:
                raise
            k += i
    return y**2 * k


def under_a_name(x, v, k):
    """Raised again by its name, and caught further out, where it is not what is asked for."""
    s = 0.0
    for w in v:
        try:
            try:
                if w < 0.0:
                    raise ValueError(f"{w} is below", w)
                s += x / (k - int(w))
            except (ValueError, ZeroDivisionError) as error:
                if isinstance(error, ValueError) and x > 1.0:
                    raise error
                s += x**2
        except ValueError as error:
            s += x * error.args[1]
    return s


def emptied(x, v, k):
    """Lists and queues that nothing is left of."""
    stack, queue, s = [x, x**2], deque(), 0.0
    for w in v:
        if w > 0.0:
            queue.append(w * x)
        try:
            s += stack.pop() * w
        except IndexError:
            s -= x
    while True:
        try:
            s += queue.popleft() ** 2
        except IndexError:
            return s
        try:
            queue.append(stack.pop(k))
        except IndexError:
            s *= 1.5


def looked_for(x, v, k):
    """Items that are not there; quotients with remainders, logarithms of any base."""
    items, s = [1, 2, 4], 0.0
    for i in (k, 3, 1, 3):
        try:
            s += v[items.index(i)] * x
            items.remove(i + 1)
            q, rest = divmod(7, i - 1)
            s += q * x**2 + rest * math.log(x + i, i - 2)
        except ValueError:
            s += x**3
        except ZeroDivisionError:
            s *= 1.1
    return s * len(items)


def last_steps(x, v, k):
    """Steps of ``finally`` that raise something else, or catch what they raise; a call in them."""

    def halved(a, b):
        if b == 0:
            raise LookupError("nothing")
        return 0.5 * a / b

    s = 0.0
    for i in range(4):
        try:
            try:
                s += x / (i - 1)
            except ZeroDivisionError:
                s += x**2
                raise
            finally:
                try:
                    s += halved(x, i - k)
                except LookupError:
                    s *= 1.5
        except ZeroDivisionError:
            s -= x
        try:
            try:
                s += 1 / (i - 2)
            finally:
                if i > k:
                    raise OverflowError
        except OverflowError:
            s *= x
        except ArithmeticError:
            s += x**3
    return s


_ARGS = [(0.7, [1.2, 2.3, 3.1], 2), (1.4, [0.5, -1.0, 1.2], 1)]
_NAMES = ["last_try", "under_a_name", "emptied", "looked_for", "last_steps"]
EXAMPLE_ARGS = {n: lambda: (_ARGS[0][0], np.array(_ARGS[0][1]), _ARGS[0][2]) for n in _NAMES}
MORE_ARGS = {n: [lambda: (_ARGS[1][0], np.array(_ARGS[1][1]), _ARGS[1][2])] for n in _NAMES}
