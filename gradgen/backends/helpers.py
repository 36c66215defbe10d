"""Functions that are printed into modules for Numba when, and only when, they need them.

Those of the names of `gradgen.rules.helpers` stand for these: the same, in what Numba compiles.
"""

import numpy as np


def _exactly(y, dtype, rank):
    """Return a contiguous array, which has to be of this kind of dtype and this rank.

    Real numbers are complex ones, too: NumPy has such eigenvalues where none is complex.
    """
    y = np.asarray(y)
    kinds = "fc" if np.dtype(dtype).kind == "c" else np.dtype(dtype).kind
    if y.dtype.kind not in kinds or y.ndim != rank:
        raise TypeError(f"got {y.dtype} of rank {y.ndim}, not {dtype.__name__} of rank {rank}")
    return np.ascontiguousarray(y, dtype=dtype)


def _whole(y):
    """Return an integer, which it has to be."""
    if not isinstance(y, (int, np.integer, np.bool_)):
        raise TypeError(f"got {y!r}, not an integer")
    return int(y)


def _add_slice(items, more, part):
    """Add the items of one list to those of a slice of another."""
    out = list(items)
    start, stop, step = part.indices(len(items))
    for k, j in enumerate(range(start, stop, step)):
        out[j] = out[j] + more[k]
    return out


def _number(a):
    """Return the number in an array without axes."""
    return float(a[()])


def _empty_list(item):
    """Return an empty list for items of this type."""
    return [item for _ in range(0)]


def _pieces(g, items, axis=0):
    """Cut ``g`` along its first axis into pieces as long as the items of a list."""
    out = []
    at = 0
    for item in items:
        out.append(g[at : at + len(item)])
        at += len(item)
    return out


def _backwards(steps):
    """Return a range from its end to its start."""
    last = steps.start + (len(steps) - 1) * steps.step
    return range(last, steps.start - steps.step, -steps.step)


def _constant(x):
    """Return what is a constant for every derivative; ``_stop_gradient`` may be Python's here."""
    return x


def _int(x):
    """Return ``int(x)``, where it is an integer of 64 bits."""
    if x != x:
        raise ValueError("cannot convert float NaN to integer")
    if abs(x) >= 9.2e18:
        raise OverflowError("the integer does not fit into 64 bits")
    return int(x)


def _floor(x):
    """Return ``math.floor(x)``, where it is an integer of 64 bits."""
    return _int(np.floor(x))


def _ceil(x):
    """Return ``math.ceil(x)``, where it is an integer of 64 bits."""
    return _int(np.ceil(x))


def _floor_divide(a, b):
    """Return ``a // b`` of integers, which compiled code gives as 0 where ``b`` is 0."""
    if b == 0:
        raise ZeroDivisionError("integer division or modulo by zero")
    return a // b


def _remainder(a, b):
    """Return ``a % b`` of integers, which compiled code gives as 0 where ``b`` is 0."""
    if b == 0:
        raise ZeroDivisionError("integer division or modulo by zero")
    return a % b


def _power(a, b):
    """Return ``a ** b`` of integers, where it is an integer of 64 bits."""
    if b < 0:
        raise ValueError("an integer to a negative power: give a float")
    if abs(float(a)) ** b >= 9.2e18:
        raise OverflowError("the integer does not fit into 64 bits")
    return a**b


def _times(a, b):
    """Return ``a * b`` of integers, where it is an integer of 64 bits."""
    if abs(float(a) * float(b)) >= 9.2e18:
        raise OverflowError("the integer does not fit into 64 bits")
    return a * b


def _plus(a, b):
    """Return ``a + b`` of integers, where it is an integer of 64 bits."""
    if abs(float(a) + float(b)) >= 9.2e18:
        raise OverflowError("the integer does not fit into 64 bits")
    return a + b


def _shift_left(a, b):
    """Return ``a << b``, which compiled code loses where it has more than 64 bits."""
    if b < 0 or b > 62:
        raise ValueError("shift by a negative number of places, or by more than there are")
    if abs(a) >> (62 - b) != 0:
        raise OverflowError("the integer does not fit into 64 bits")
    return a << b


def _shift_right(a, b):
    """Return ``a >> b``."""
    if b < 0:
        raise ValueError("negative shift count")
    return a >> min(b, 63)


def _expit(x):
    """Return the logistic function, without overflow."""
    e = np.exp(-np.abs(x))
    return np.where(x >= 0.0, 1.0, e) / (1.0 + e)
