"""Random numbers whose parameters vary: standard ones, moved and scaled.

NumPy draws them so, and the derivative of each number by its parameters is that of the formula
(P. Glasserman, "Monte Carlo Methods in Financial Engineering", 2003, section 7.2).
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np


def double(x):
    """Return a parameter in double precision, a number as Python's."""
    return x.astype(float) if np.ndim(x) else float(x)


def size_of(first, second, size):
    """Return the lengths of what is drawn: those asked for, or the parameters' own."""
    if size is not None:
        return size
    shape = np.broadcast_shapes(np.shape(first), np.shape(second))
    return shape if shape else None


def is_any(test):
    """Return whether a test holds for a number, or for any of several."""
    return np.any(test) if np.ndim(test) else test


def normal(drawn, loc, scale):
    """Return what ``normal(loc, scale)`` makes of standard normal numbers."""
    if is_any(scale < 0.0):
        raise ValueError("scale < 0")
    return loc + scale * drawn


def exponential(drawn, scale):
    """Return what ``exponential(scale)`` makes of standard exponential numbers."""
    if is_any(scale < 0.0):
        raise ValueError("scale < 0")
    return scale * drawn


def uniform(drawn, low, high, owned):
    """Return what ``uniform(low, high)`` makes of numbers between 0 and 1."""
    if owned and is_any(high < low):
        raise ValueError("high - low < 0")
    return low + (high - low) * drawn


def normal_of_python(drawn, mu, sigma):
    """Return what ``random.gauss`` makes of a standard normal number."""
    return mu + drawn * sigma


def exponential_of_python(drawn, lambd):
    """Return what ``random.expovariate`` makes of a standard exponential number."""
    return drawn / lambd


def uniform_of_python(drawn, a, b):
    """Return what ``random.uniform`` makes of a number between 0 and 1."""
    return a + (b - a) * drawn


def choice(rng, seq):
    """Return an item of a sequence, as ``random.choice`` takes it."""
    if not len(seq):
        raise IndexError("Cannot choose from an empty sequence")
    return seq[rng.randrange(len(seq))]


def shuffle(rng, x):
    """Shuffle a list in place, as ``random.shuffle`` does."""
    for i in range(len(x) - 1, 0, -1):
        j = rng.randrange(i + 1)
        x[i], x[j] = x[j], x[i]


def rearranged(x, places):
    """Put the items of a list, or the rows of an array, in another order, in place."""
    if isinstance(x, list):
        x[:] = [x[k] for k in places]
    else:
        x[...] = x[places]
