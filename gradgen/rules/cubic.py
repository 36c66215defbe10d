"""A cubic spline written out: what ``scipy.interpolate.CubicSpline`` does to find its coefficients.

In the order in which SciPy does it, so that they are the same to the last bit: the slopes at the
knots from a tridiagonal system (C. de Boor, "A Practical Guide to Splines", chapter IV), then a
cubic of Hermite's for each piece.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.rules.callables import scipy

# The conditions of an end: a derivative of some order and its value, or one of these.
FREE, PERIODIC = 0, -1


def _hermite_coefficients(x, values, slopes):
    """Return the cubics that have given values and slopes at the knots."""
    h = _lengths(x, values)
    chord = np.diff(values, axis=0) / h
    bend = (slopes[:-1] + slopes[1:] - 2 * chord) / h
    return np.stack((bend / h, (chord - slopes[:-1]) / h - bend, slopes[:-1], values[:-1]))


def _lengths(x, values):
    """Return the lengths of the pieces, with the axes of the values."""
    dx = np.diff(x)
    return dx if np.ndim(values) == 1 else np.reshape(dx, (-1,) + (1,) * (np.ndim(values) - 1))


def _cubic_coefficients(x, values, first, last):
    """Return what ``scipy.interpolate.CubicSpline(x, values).c`` is, by conditions of both ends."""
    h = _lengths(x, values)
    chord = np.diff(values, axis=0) / h
    if len(x) == 2:
        slopes = _slopes_of_one(x, h, chord, values, first, last)
    elif first[0] == PERIODIC:
        slopes = _slopes_around(h, chord) if len(x) > 3 else _slopes_of_triangle(h, chord)
    elif first[0] == last[0] == FREE and len(x) == 3:
        slopes = _slopes_of_parabola(h, chord)
    else:
        slopes = _slopes(x, h, chord, values, first, last)
    return _hermite_coefficients(x, values, slopes)


def _slopes_of_one(x, h, chord, values, first, last):
    """Return the slopes of a spline of one piece: that of the chord, where none is given."""
    first = (1, chord[0]) if first[0] <= 0 else first
    last = (1, chord[0]) if last[0] <= 0 else last
    return _slopes(x, h, chord, values, first, last)


def _slopes_of_triangle(h, chord):
    """Return the slopes of a periodic spline through three points: they are equal."""
    slope = np.sum(chord / h, axis=0) / np.sum(1.0 / h, axis=0)
    return np.stack((slope, slope, slope))


def _slopes_of_parabola(h, chord):
    """Return the slopes of the parabola through three points."""
    dx = h if np.ndim(h) == 1 else np.reshape(h, -1)
    rows = np.zeros((3, 3))
    rows[0, 0] = rows[0, 1] = rows[2, 1] = rows[2, 2] = 1.0
    rows[1, 0], rows[1, 1], rows[1, 2] = dx[1], 2 * (dx[0] + dx[1]), dx[0]
    middle = 3 * (h[0] * chord[1] + h[1] * chord[0])
    right = np.stack((2 * chord[0], middle, 2 * chord[1]))
    flat = right if np.ndim(right) == 1 else np.reshape(right, (3, -1))
    return np.reshape(scipy.linalg.solve(rows, flat), np.shape(right))


def _slopes(x, h, chord, values, first, last):
    """Return the slopes at the knots, by conditions of both ends."""
    dx = np.diff(x)
    bands = np.zeros((3, len(x)))
    bands[1, 1:-1] = 2 * (dx[:-1] + dx[1:])
    bands[0, 2:] = dx[:-1]
    bands[2, :-2] = dx[1:]
    right = np.zeros(np.shape(values))
    right[1:-1] = 3 * (h[1:] * chord[:-1] + h[:-1] * chord[1:])
    if first[0] == FREE:
        both = x[2] - x[0]
        bands[1, 0], bands[0, 1] = dx[1], both
        right[0] = ((h[0] + 2 * both) * h[1] * chord[0] + h[0] ** 2 * chord[1]) / both
    elif first[0] == 1:
        bands[1, 0] = 1.0
        right[0] = first[1]
    else:
        bands[1, 0], bands[0, 1] = 2 * dx[0], dx[0]
        right[0] = -0.5 * first[1] * dx[0] ** 2 + 3 * (values[1] - values[0])
    if last[0] == FREE:
        both = x[-1] - x[-3]
        bands[1, -1], bands[2, -2] = dx[-2], both
        right[-1] = (h[-1] ** 2 * chord[-2] + (2 * both + h[-1]) * h[-2] * chord[-1]) / both
    elif last[0] == 1:
        bands[1, -1] = 1.0
        right[-1] = last[1]
    else:
        bands[1, -1], bands[2, -2] = 2 * dx[-1], dx[-1]
        right[-1] = 0.5 * last[1] * dx[-1] ** 2 + 3 * (values[-1] - values[-2])
    return _banded(bands, right)


def _banded(bands, right):
    """Solve a tridiagonal system for every column."""
    if np.ndim(right) == 1:
        return scipy.linalg.solve_banded((1, 1), bands, right)
    flat = scipy.linalg.solve_banded((1, 1), bands, np.reshape(right, (len(right), -1)))
    return np.reshape(flat, np.shape(right))


def _slopes_around(h, chord):
    """Return the slopes of a periodic spline: a tridiagonal system, and one column besides."""
    dx = h if np.ndim(h) == 1 else np.reshape(h, -1)
    bands = np.zeros((3, len(dx) - 1))
    bands[1, 0] = 2 * (dx[-1] + dx[0])
    bands[1, 1:] = 2 * (dx[:-2] + dx[1:-1])
    bands[0, 1:] = np.concatenate((dx[-1:], dx[: len(dx) - 3]))
    bands[2, :-1] = dx[1:-1]
    right = 3 * (h[1:-1] * chord[:-2] + h[:-2] * chord[1:-1])
    right = np.concatenate((3 * (h[:1] * chord[-1:] + h[-1:] * chord[:1]), right))
    end = 3 * (h[-1] * chord[-2] + h[-2] * chord[-1])
    beside = np.zeros(np.shape(right))
    beside[0] = -dx[0]
    beside[-1] = -dx[-3]
    one, two = _banded(bands, right), _banded(bands, beside)
    top = end - dx[-2] * one[0] - dx[-1] * one[-1]
    joint = top / (2 * (dx[-1] + dx[-2]) + dx[-2] * two[0] + dx[-1] * two[-1])
    inner = one + joint * two
    return np.concatenate((inner, np.stack((joint, inner[0]))))
