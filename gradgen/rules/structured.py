"""Systems of banded and Toeplitz matrices in SciPy, which stores only what differs.

The cotangent of a matrix, minus the outer product of those of the right side and the solution, is
taken along its diagonals.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type, promote
from gradgen.rules.callables import scipy
from gradgen.rules.registry import printed, printed_like, rule
from gradgen.rules.shapes_of import Attrs, inexact_of, of_shape, refuse_unless


def banded_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of the right side, as floats."""
    ab, b = (v.type for v in inputs)
    one = ab.rank in (2, None) and b.rank in (1, 2, None)
    refuse_unless(one, "a stack of banded systems", "use a loop")
    return of_shape(inexact_of(promote([ab, b])), b.shape)


@printed_like("ab")
def _band_of_outer(p, q, u, ab):
    """Return the band of ``p @ q.T`` as SciPy stores it, ``u`` diagonals above the main one."""
    p, q = np.reshape(p, (ab.shape[1], -1)), np.reshape(q, (ab.shape[1], -1))
    n = ab.shape[1]
    band = np.zeros(ab.shape)
    for row in range(ab.shape[0]):
        k = row - u
        if k >= 0:
            band[row, : n - k] = np.sum(p[k:] * q[: n - k], axis=1)
        else:
            band[row, -k:] = np.sum(p[:k] * q[-k:], axis=1)
    return band


@printed_like("ab")
def _transposed_band(ab, l_and_u):
    """Return the band of the transposed matrix as SciPy stores it."""
    below, above = l_and_u
    band = np.zeros(ab.shape)
    for row in range(below + above + 1):
        band[row] = np.roll(ab[below + above - row], below - row)
    return band


def _banded_to_b(g, ab, l_and_u):
    """Cotangent of the right side in ``scipy.linalg.solve_banded((l, u), ab, b)``."""
    return scipy.linalg.solve_banded((l_and_u[1], l_and_u[0]), _transposed_band(ab, l_and_u), g)


def _banded_to_ab(g, y, ab, l_and_u):
    """Cotangent of the band in ``y = scipy.linalg.solve_banded((l, u), ab, b)``."""
    return -_band_of_outer(_banded_to_b(g, ab, l_and_u), y, l_and_u[1], ab)


@printed_like("y")
def _band_times(ab, y, u):
    """Multiply a vector or a matrix by a band matrix, stored as in SciPy."""
    n = ab.shape[1]
    out = np.zeros(y.shape)
    for row in range(ab.shape[0]):
        k = row - u
        if k >= 0:
            out[k:] += (ab[row, : n - k] * y[: n - k].T).T
        else:
            out[:k] += (ab[row, -k:] * y[-k:].T).T
    return out


def _banded_tangent(t_ab, t_b, y, ab, l_and_u):
    """Tangent of ``y = scipy.linalg.solve_banded((l, u), ab, b)``."""
    if t_ab is not None:
        moved = _band_times(t_ab, y, l_and_u[1])
        t_b = -moved if t_b is None else t_b - moved
    return scipy.linalg.solve_banded(l_and_u, ab, t_b)


def _main_halved(band, lower):
    """Return a symmetric matrix's band with its main diagonal halved."""
    rows = np.arange(band.shape[0])
    main = rows == (0 if lower else band.shape[0] - 1)
    return band * np.where(main, 0.5, 1.0)[:, None]


def _symmetric_to_b(g, ab, lower):
    """Cotangent of the right side in ``scipy.linalg.solveh_banded(ab, b)``."""
    return scipy.linalg.solveh_banded(ab, g, lower=lower)


def _symmetric_to_ab(g, y, ab, lower):
    """Cotangent of the band in ``y = scipy.linalg.solveh_banded(ab, b)``."""
    d_b = scipy.linalg.solveh_banded(ab, g, lower=lower)
    u = 0 if lower else ab.shape[0] - 1
    both = _band_of_outer(d_b, y, u, ab) + _band_of_outer(y, d_b, u, ab)
    return -_main_halved(both, lower)


@printed
def _symmetric_tangent(t_ab, t_b, y, ab, lower):
    """Tangent of ``y = scipy.linalg.solveh_banded(ab, b)``."""
    if t_ab is not None:
        half, last = _main_halved(t_ab, lower), ab.shape[0] - 1
        u, sides = (0, (last, 0)) if lower else (last, (0, last))
        moved = _band_times(half, y, u) + _band_times(_transposed_band(half, sides), y, last - u)
        t_b = -moved if t_b is None else t_b - moved
    return scipy.linalg.solveh_banded(ab, t_b, lower=lower)


def toeplitz_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of the right side, as floats."""
    *lines, b = (v.type for v in inputs)
    one = all(t.rank in (1, None) for t in lines) and b.rank in (1, 2, None)
    refuse_unless(one, "a stack of Toeplitz systems", "use a loop")
    return of_shape(inexact_of(promote([v.type for v in inputs])), b.shape)


@printed_like("c")
def _diagonal_sums(p, q, c):
    """Sum ``p @ q.T`` along its main diagonal and those below it."""
    p, q = np.reshape(p, (len(c), -1)), np.reshape(q, (len(c), -1))
    sums = np.zeros(c.shape)
    for k in range(len(c)):
        sums[k] = np.sum(p[k:] * q[: len(c) - k])
    return sums


def _but_first(line):
    """Return a line with 0 for its first entry."""
    return line * (np.arange(len(line)) > 0)


def _toeplitz_back(g, c, r):
    """Solve with the transposed Toeplitz matrix."""
    return scipy.linalg.solve_toeplitz((np.concatenate([c[:1], r[1:]]), c), g)


def _toeplitz_to_c(g, y, c, r):
    """Cotangent of the first column in ``y = scipy.linalg.solve_toeplitz((c, r), b)``."""
    return -_diagonal_sums(_toeplitz_back(g, c, r), y, c)


def _toeplitz_to_r(g, y, c, r):
    """Cotangent of the first row, of which the first entry is not read."""
    return -_but_first(_diagonal_sums(y, _toeplitz_back(g, c, r), r))


def _toeplitz_to_b(g, c, r):
    """Cotangent of the right side in ``scipy.linalg.solve_toeplitz((c, r), b)``."""
    return _toeplitz_back(g, c, r)


def _even_to_c(g, y, c):
    """Cotangent of the first row and column in ``y = scipy.linalg.solve_toeplitz(c, b)``."""
    d_b = scipy.linalg.solve_toeplitz(c, g)
    return -_diagonal_sums(d_b, y, c) - _but_first(_diagonal_sums(y, d_b, c))


def _even_to_b(g, c):
    """Cotangent of the right side in ``scipy.linalg.solve_toeplitz(c, b)``."""
    return scipy.linalg.solve_toeplitz(c, g)


@printed
def _toeplitz_tangent(t_c, t_r, t_b, y, c, r):
    """Tangent of ``y = scipy.linalg.solve_toeplitz((c, r), b)``."""
    t_c = np.zeros(c.shape) if t_c is None else t_c
    t_r = np.zeros(r.shape) if t_r is None else t_r
    places = np.arange(len(c))
    below = places[:, None] - places
    moved = np.where(below >= 0, t_c[below], t_r[-below]) @ y
    return scipy.linalg.solve_toeplitz((c, r), -moved if t_b is None else t_b - moved)


@printed
def _even_tangent(t_c, t_b, y, c):
    """Tangent of ``y = scipy.linalg.solve_toeplitz(c, b)``."""
    return _toeplitz_tangent(t_c, t_c, t_b, y, c, c)


def _samples(name: str, *calls: str) -> tuple[str, ...]:
    return tuple(f"scipy.linalg.{name}({call})" for call in calls)


# A table: an entry is read along its lines.
# fmt: off
rule("solve_banded", banded_type, callables=["scipy.linalg.solve_banded"],
     params="l_and_u=, ab, b, overwrite_ab=False, overwrite_b=False, check_finite=True",
     adjoint=(_banded_to_ab, _banded_to_b), tangent=_banded_tangent,
     samples=_samples("solve_banded", "(1, 1), m33, x3", "(1, 1), m33, x32", "(0, 2), d33, x3",
                      "(2, 0), np.flip(d33, 0), b=x3", "l_and_u=(1, 1), ab=m33, b=x3"))
rule("solveh_banded", banded_type, callables=["scipy.linalg.solveh_banded"],
     params="ab, b, overwrite_ab=False, overwrite_b=False, lower=False, check_finite=True",
     adjoint=(_symmetric_to_ab, _symmetric_to_b), tangent=_symmetric_tangent,
     samples=_samples("solveh_banded", "np.array([[0.1], [4.0]]) + u * np.ones((2, 3)), x3",
                      "u3 * np.array([[1.0], [0.2]]) + np.array([[4.0], [0.1]]), x32, lower=True"))
rule("toeplitz_even", toeplitz_type, spelling="scipy.linalg.solve_toeplitz",
     params="c, b, check_finite=True", adjoint=(_even_to_c, _even_to_b), tangent=_even_tangent,
     samples=_samples("solve_toeplitz", "x3 + np.array([5.0, 0.0, 0.0]), y3",
                      "x3 + np.array([5.0, 0.0, 0.0]), x32"))
rule("toeplitz_both", toeplitz_type, spelling="scipy.linalg.solve_toeplitz",
     params="c, r, b, check_finite=True", adjoint=(_toeplitz_to_c, _toeplitz_to_r, _toeplitz_to_b),
     tangent=_toeplitz_tangent,
     samples=_samples("solve_toeplitz", "(x3 + np.array([5.0, 0.0, 0.0]), p3), y3",
                      "(x3 + np.array([5.0, 0.0, 0.0]), p3), b=x32"))
# fmt: on
