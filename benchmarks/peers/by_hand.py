"""The gradients that an expert wrote by hand; their values are those of the losses of arrays."""

from __future__ import annotations

import functools
from typing import Any

from benchmarks.hand import NUMPY, numba_gradients
from benchmarks.peers.prepared import Prepared


def of_numpy(name: str, args: tuple[Any, ...]) -> Prepared:
    """Return the gradient by hand in NumPy."""
    both = functools.partial(NUMPY[name], *args)
    return Prepared(None, lambda: both()[1])


def of_numba(name: str, args: tuple[Any, ...]) -> Prepared:
    """Return the gradient by hand for Numba; there the value is not made beside it."""
    return Prepared(None, functools.partial(numba_gradients()[name], *args))
