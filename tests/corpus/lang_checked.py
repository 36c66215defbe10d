"""What Python raises by itself, caught where it happens: divisions, domains, places, keys."""

from __future__ import annotations

import contextlib
import math

import numpy as np


def safe_ratio(a, b):
    try:
        return a / b
    except ZeroDivisionError:
        return 0.0


def ratios(x, v, k):
    """A helper that catches: with Python's numbers it does, with NumPy's there is nothing."""
    s = 0.0
    for i in range(4):
        s += safe_ratio(x * i, i - k)
    return s + safe_ratio(x, v[0])


def domains(x, v, k):
    """Several handlers, and what follows from the order in which operands are evaluated."""
    s = 0.0
    for i in range(4):
        try:
            s += x * math.sqrt(2.0 - i) * math.log(x + k - i)
            s += 1 / i
        except ZeroDivisionError:
            s += 10.0 * x
        except ValueError:
            s += x**2
            continue
        else:
            s += 0.5 * x
        finally:
            s *= 0.9
    return s


def places(x, v, k):
    """Beyond the ends of an array, of a list of known length, and of one that grows."""
    table, grown, s = [x, x**2], [], 0.0
    for i in range(len(v)):
        try:
            following = v[i + 1]
        except IndexError:
            following = x
        grown.append(following * x - v[i])
        try:
            table[i] *= 3.0
        except IndexError:
            table.append(x * i)
    i = 0
    while True:
        try:
            s += grown[i] ** 2
        except IndexError:
            break
        i += 1
    return s * i + sum(table) * len(table)


def stores(x, v, k):
    """What was written before the exception stays."""
    a = v * 1.0
    try:
        for i in range(k + 5):
            a[i] *= x
    except IndexError:
        a[0] += x
    try:
        a[k + 3] = 1.0 / x
    except IndexError:
        a[1] = x**3
    return np.sum(a**2)


def store_or_another(x, v, k):
    """The sweep of one side ends with a sum that is zero but for it."""
    a = v * 1.0
    try:
        a[k + 3] = 1.0 / x
    except IndexError:
        a[1] = x**3
    return np.sum(a**2)


def keys(x, v, k):
    """Items that are made where they are missing; a table inside of a table."""
    groups, table, s = {}, {"a": {"b": x}}, 0.0
    for i in (1, 2, 1, 3, 1):
        try:
            groups[i].append(x * i)
        except KeyError:
            groups[i] = [x**2]
    for name in ("b", "c"):
        try:
            s += table["a"][name]
        except LookupError:
            s += 2.0 * x
    return s * sum(sum(g) * len(g) for g in groups.values())


def ranges(x, v, k):
    """Overflow, and an exception inside the handler of another one."""
    try:
        y = math.exp(1000.0 * x)
    except OverflowError as error:
        y = x * len(error.args)
    try:
        try:
            z = y / (k - 2)
        except ZeroDivisionError:
            z = math.log(x - 5.0)
    except ValueError:
        z = x**2
    with contextlib.suppress(ZeroDivisionError):
        z += x ** -(k % 2) / (k - 2)
    return y * z


def implied(x, v, k):
    """A function that raises, by itself and not; bisection where it does not."""

    def slope(t):
        if t > 4.0:
            raise OverflowError("too far")
        return math.log(t - 1.0) / (t - 3.0)

    total = 0.0
    for t in (0.5, 2.0, 3.0, x + 2.0, 5.0):
        try:
            total += x * slope(t)
        except ZeroDivisionError:
            total += x
        except (ValueError, OverflowError):
            total += x**2
    return total


def rounded(x, v, k):
    """Whole numbers of floats, which may be none."""
    s = 0.0
    for t in (3.0 * x, float("nan"), float("inf"), float(v[0]) + 0.25):
        try:
            s += [x, 2.0 * x, x * x][int(t)] * k
        except (ValueError, IndexError):
            s += 10.0 * x
        except OverflowError:
            s += x**3
    return s


def called_by_name(x, v, k):
    """One name for several functions, which raise in other places."""
    s = 0.0
    for f in (math.log, math.tanh, math.asin):
        for d in (0.0, 1.0, 2.0):
            try:
                s += f(x - d) * k
            except ValueError:
                s += x**2
    return s


_ARGS = [(0.7, [1.0, 2.0, 3.0], 2), (1.4, [0.5, -1.0], 1)]
_NAMES = [
    "ratios",
    "domains",
    "places",
    "stores",
    "store_or_another",
    "keys",
    "ranges",
    "implied",
    "called_by_name",
    "rounded",
]
EXAMPLE_ARGS = {n: lambda: (_ARGS[0][0], np.array(_ARGS[0][1]), _ARGS[0][2]) for n in _NAMES}
MORE_ARGS = {n: [lambda: (_ARGS[1][0], np.array(_ARGS[1][1]), _ARGS[1][2])] for n in _NAMES}
