"""Colourings: columns of one colour are found together by one sweep.

After A. H. Gebremedhin, F. Manne and A. Pothen, "What color is your Jacobian? Graph coloring for
computing derivatives", SIAM Review 47 (2005).
"""

from __future__ import annotations

import functools
import itertools
import operator
from typing import Any

import numpy as np


def column_colours(pattern: Any) -> np.ndarray:
    """Return a colour for each column: two columns of one colour share no row (greedy).

    Parameters
    ----------
    pattern : scipy.sparse.csr_array
        The entries that can be other than zero.

    Returns
    -------
    numpy.ndarray
        Integers from 0, one for each column; columns that are empty have colour 0 too.
    """
    used = [0] * pattern.shape[0]  # the colours in each row, a bit for each
    colours = np.zeros(pattern.shape[1], dtype=int)
    for j, rows in enumerate(_lists(pattern.tocsc())):
        near = functools.reduce(operator.or_, (used[i] for i in rows), 0)
        free = ~near & (near + 1)  # the lowest bit that is not set
        colours[j] = free.bit_length() - 1
        for i in rows:
            used[i] |= free
    return colours


def row_colours(pattern: Any) -> np.ndarray:
    """Return a colour for each row: two rows of one colour share no column (greedy)."""
    return column_colours(pattern.T.tocsr())


def star_colours(pattern: Any) -> np.ndarray:
    """Return a colour for each variable: every path of four has three colours at least (greedy).

    The columns of a symmetric matrix can then be told apart: each entry stands alone in a column
    of colour ``j`` or of colour ``i``.

    Parameters
    ----------
    pattern : scipy.sparse.csr_array
        The entries of the symmetric matrix that can be other than zero.

    Returns
    -------
    numpy.ndarray
        Integers from 0, one for each variable.
    """
    near = [[k for k in row if k != j] for j, row in enumerate(_lists(pattern.tocsr()))]
    colours = [-1] * len(near)
    # Hubs first: their neighbours then share one colour.
    for v in sorted(range(len(near)), key=lambda j: (-len(near[j]), j)):
        forbidden: set[int] = set()
        for w in near[v]:
            if colours[w] >= 0:
                forbidden.add(colours[w])
            for x in near[w]:
                if x != v and colours[x] >= 0 and (colours[w] < 0 or _twice(near, colours, x, w)):
                    forbidden.add(colours[x])
        colours[v] = _first_missing(forbidden)
    return np.array(colours, dtype=int)


def _twice(near: list[list[int]], colours: list[int], x: int, w: int) -> bool:
    """Whether a neighbour of ``x`` other than ``w`` has the colour of ``w``."""
    return any(y != w and colours[y] == colours[w] for y in near[x])


def _first_missing(used: set[int]) -> int:
    k = 0
    while k in used:
        k += 1
    return k


def _lists(compressed: Any) -> list[list[int]]:
    indices, starts = compressed.indices.tolist(), compressed.indptr.tolist()
    return [indices[a:b] for a, b in itertools.pairwise(starts)]
