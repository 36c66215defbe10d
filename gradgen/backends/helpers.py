"""Functions that are printed into modules for Numba when, and only when, they need them.

Those of the names of `gradgen.rules.helpers` stand for these: the same, in what Numba compiles.
"""

import numpy as np


def _exactly(y, dtype, rank):
    """Return a contiguous array, which has to be of this kind of dtype and this rank.

    Real numbers are complex ones, too: NumPy has such eigenvalues where none is complex.  So are
    whole zeros: it counts so where there is nothing to weigh.
    """
    y = np.asarray(y)
    kinds = "fc" if np.dtype(dtype).kind == "c" else np.dtype(dtype).kind
    if (y.dtype.kind not in kinds and np.any(y)) or y.ndim != rank:
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


def _inverse_power(a, b):
    """Return ``a ** b`` of integers as a float, which it is where ``b`` is negative."""
    if a == 0 and b < 0:
        raise ZeroDivisionError("0.0 cannot be raised to a negative power")
    return float(a) ** b


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


def _exp(x):
    """Return ``exp(x)`` to one unit in the last place, without branches: loops become vectors."""
    x = 710.0 if x > 710.0 else x
    x = -746.0 if x < -746.0 else x
    n = _nearest_whole(x * 1.4426950408889634)
    half = _nearest_whole(0.5 * n)
    more = _exp_less_one(x - n * 0.6931471803691238, n * 1.9082149292705877e-10)
    return (1.0 + more) * _two_to(half) * _two_to(n - half)


def _tanh(x):
    """Return ``tanh(x)`` to three units in the last place, without branches."""
    y = 2.0 * abs(x)
    y = 40.0 if y > 40.0 else y
    n = _nearest_whole(y * 1.4426950408889634)
    scale = _two_to(n)
    more = _exp_less_one(y - n * 0.6931471803691238, n * 1.9082149292705877e-10)
    more = more * scale + (scale - 1.0)
    return np.copysign(more / (more + 2.0), x)


def _exp_less_one(high, low):
    """Return ``exp(high - low) - 1`` of a number of at most log(2)/2: FreeBSD's approximation."""
    r = high - low
    s = r * r
    c = s * (6.613756321437934e-05 + s * (-1.6533902205465252e-06 + s * 4.1381367970572385e-08))
    c = r - s * (0.16666666666666602 + s * (-0.0027777777777015593 + c))
    return high - (low - r * c / (2.0 - c))


def _nearest_whole(x):
    """Return the whole number next to a float that is far below 2**51."""
    return x + 6755399441055744.0 - 6755399441055744.0


def _two_to(n):
    """Return 2 to the power of a whole number from -1022 to 1023, given as a float."""
    shifted = np.float64(n + 6755399441056767.0).view(np.int64)
    return np.int64(shifted << 52).view(np.float64)
