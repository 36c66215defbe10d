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
