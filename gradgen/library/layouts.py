"""Orders of entries that depend on how an array lies in memory, which the program asks."""

from __future__ import annotations

import numpy as np


def reshaped(a, shape):
    """Return the entries in another shape: in Fortran order if they lie so in memory."""
    if np.isfortran(a):
        return np.reshape(a, shape, order="F")
    return np.reshape(a, shape)


def raveled(a):
    """Return all entries: in Fortran order if they lie so in memory."""
    if np.isfortran(a):
        return np.ravel(a.T)
    return np.ravel(a)


def raveled_as_in_memory(a):
    """Return all entries as they follow each other in memory."""
    places = np.empty_like(a, dtype=int)  # it lies in memory as ``a`` does
    places[...] = np.reshape(np.arange(np.size(a)), np.shape(a))
    return np.ravel(a)[np.ravel(places, order="K")]


def parts_side_by_side(z):
    """Return complex numbers as the pairs of real ones that they are in memory."""
    lengths = np.shape(z)
    return np.reshape(np.stack((z.real, z.imag), axis=-1), (*lengths[:-1], 2 * lengths[-1]))


def numbers_of_pairs(a, dtype):
    """Return pairs of real numbers as complex ones."""
    z = np.zeros(np.shape(a[..., ::2]), dtype=dtype)
    z.real = a[..., ::2]
    z.imag = a[..., 1::2]
    return z


def meet_in_a_place(one, two):
    """Whether two arrays of places have one in common."""
    return bool(np.any(np.isin(one, two)))


def meet_in_bounds(one, two):
    """Whether the ranges of two arrays of places meet."""
    if np.size(one) == 0 or np.size(two) == 0:
        return False
    return bool(np.max(one) >= np.min(two) and np.max(two) >= np.min(one))
