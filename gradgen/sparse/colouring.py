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
    width = _span(pattern)
    if 0 < width == np.diff(pattern.indptr).max():
        return np.arange(pattern.shape[1]) % width  # as few as the fullest row needs
    used = [0] * pattern.shape[0]  # the colours in each row, a bit for each
    colours = np.zeros(pattern.shape[1], dtype=int)
    for j, rows in enumerate(_lists(pattern.tocsc())):
        near = functools.reduce(operator.or_, (used[i] for i in rows), 0)
        free = ~near & (near + 1)  # the lowest bit that is not set
        colours[j] = free.bit_length() - 1
        for i in rows:
            used[i] |= free
    return colours


def _span(pattern: Any) -> int:
    """Return how many columns the widest row spans, from its first entry to its last."""
    starts = np.unique(pattern.indptr[:-1][np.diff(pattern.indptr) > 0])
    if not len(starts):
        return 0
    ends = (
        np.maximum.reduceat(pattern.indices, starts),
        np.minimum.reduceat(pattern.indices, starts),
    )
    return int(np.max(ends[0] - ends[1])) + 1


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
    width = _span(pattern)
    half, count = width // 2, pattern.shape[0]
    if pattern.nnz == count * width - half * (half + 1):
        # A band without gaps: the colours take turns, and no others do with fewer.
        return np.arange(count) % max(width, 1)
    near = [[k for k in row if k != j] for j, row in enumerate(_lists(pattern.tocsr()))]
    stars = _Stars(near)
    # Hubs first: their neighbours then share one colour.
    for v in sorted(range(len(near)), key=lambda j: (-len(near[j]), j)):
        stars.give(v, stars.lowest(v))
    return np.array(stars.colours, dtype=int)


class _Stars:
    """A star colouring in the making; its time is linear in the entries of the matrix.

    ``around`` holds the colours of a vertex's neighbours, a bit for each, and ``alike`` these
    neighbours by colour.  ``ended`` has the colours with which a further neighbour of a coloured
    vertex would end a path of four in two colours.
    """

    def __init__(self, near: list[list[int]]) -> None:
        self.near = near
        self.colours = [-1] * len(near)
        self.around = [0] * len(near)
        self.ended = [0] * len(near)
        self.alike: list[dict[int, list[int]]] = [{} for _ in near]

    def lowest(self, v: int) -> int:
        """Return the lowest colour that a vertex may have."""
        taken = 0
        for w in self.near[v]:
            colour = self.colours[w]
            taken |= self.around[w] if colour < 0 else self.ended[w] | 1 << colour
        return (~taken & (taken + 1)).bit_length() - 1

    def give(self, v: int, colour: int) -> None:
        """Give a vertex a colour."""
        self.colours[v], bit = colour, 1 << colour
        for x in self.near[v]:
            self.around[x] |= bit
            alike = self.alike[x].setdefault(colour, [])
            alike.append(v)
            if self.colours[x] >= 0 and len(alike) > 1:
                self._end(alike if len(alike) == 2 else [v], 1 << self.colours[x])
        for alike in self.alike[v].values():
            if len(alike) > 1:
                self._end(alike, bit)

    def _end(self, vertices: list[int], bit: int) -> None:
        for w in vertices:
            self.ended[w] |= bit


def _lists(compressed: Any) -> list[list[int]]:
    indices, starts = compressed.indices.tolist(), compressed.indptr.tolist()
    return [indices[a:b] for a, b in itertools.pairwise(starts)]
