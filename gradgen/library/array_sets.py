"""What two arrays have in common, and what not, spelled out over ``np.unique`` and ``np.isin``."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.library.registry import reads


@reads("np.union1d", samples=("np.union1d(x3, y3) @ np.arange(6.0)", "np.union1d(x3, i3)"))
def union1d(ar1, ar2):
    """Return each entry of both arrays once, in order."""
    return np.unique(np.concatenate((np.ravel(ar1), np.ravel(ar2))))


@reads("np.intersect1d", samples=("np.intersect1d(x5, x5[1:4]) @ np.arange(3.0)",
                                  "x5[np.intersect1d(i3, [0, 1])]"))  # fmt: skip
def intersect1d(ar1, ar2, assume_unique=False):
    """Return the entries of the first array that are among those of the second, in order."""
    one, two = np.ravel(ar1), np.ravel(ar2)
    if not assume_unique:
        one = np.unique(one)
    return np.sort(np.concatenate((one[np.isin(one, two)], two[:0])))


@reads("np.setdiff1d", samples=("np.setdiff1d(x5, x5[1:3]) @ np.arange(3.0)",
                                "x5[np.setdiff1d(np.arange(5), [0, 3])]",
                                "np.setdiff1d(x5, x5[1:3], True) @ np.arange(3.0)"))  # fmt: skip
def setdiff1d(ar1, ar2, assume_unique=False):
    """Return the entries of the first array that are not among those of the second."""
    one = np.ravel(ar1) if assume_unique else np.unique(ar1)
    return one[np.isin(one, ar2, invert=True)]


@reads("np.setxor1d", samples=("np.setxor1d(x5, x5[1:3]) @ np.arange(3.0)",))
def setxor1d(ar1, ar2, assume_unique=False):
    """Return the entries of one of the two arrays alone, in order."""
    one, two = np.ravel(ar1), np.ravel(ar2)
    if not assume_unique:
        one, two = np.unique(one), np.unique(two)
    return np.sort(np.concatenate((one[~np.isin(one, two)], two[~np.isin(two, one)])))
