"""Interpolation between tabulated values, along a line and in a grid: SciPy's older functions.

They return functions of the points, which are exactly SciPy's: in the order of its operations.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np

from gradgen.library.registry import reads
from gradgen.library.splines import moved, put_back
from gradgen.rules.callables import scipy

_AT = "scipy.interpolate."
DEGREES = {"slinear": 1, "quadratic": 2, "cubic": 3}


def refused_kind(kind):
    """Stand for what is refused: a kind of interpolation that is not known."""
    raise NotImplementedError


@reads(
    f"{_AT}interp1d",
    samples=(
        f"{_AT}interp1d(np.arange(4.0), x4)(2.9 * u3)",
        f"{_AT}interp1d(np.cumsum(p4), x4)(p4[1] + u3)",
        f"{_AT}interp1d(np.arange(4.0), x4, fill_value='extrapolate')(x3)",
        f"{_AT}interp1d(np.arange(3.0), x23, bounds_error=False, fill_value=(0.5, y))(p3)",
        f"{_AT}interp1d(np.arange(2.0), x23, axis=0)(u23)",
        f"{_AT}interp1d(np.arange(5.0), x5, kind='cubic')(3.0 * u)",
        f"{_AT}interp1d(np.arange(5.0), x5, 2, assume_sorted=True)(3.0 * u3)",
        f"{_AT}interp1d(np.array([2.0, 0.0, 1.0]), x3, kind='nearest')(u3)",
        f"{_AT}interp1d(np.arange(3.0), x3, kind='previous')(u3)",
        f"{_AT}interp1d(np.arange(3.0), x23, kind='next')(u)",
    ),
)
def interp1d(
    x, y, kind="linear", axis=-1, copy=True, bounds_error=None, fill_value=np.nan,
    assume_sorted=False,
):  # fmt: skip
    """Interpolate between values at increasing places, or values in order of theirs."""
    x, values = np.asarray(x), moved(y, axis)
    if not assume_sorted:
        order = np.argsort(x, kind="mergesort")
        x, values = x[order], values[order]
    place = axis % np.ndim(np.asarray(y))
    beyond = isinstance(fill_value, str)
    strict = not beyond and (bounds_error is None or bounds_error)

    def value(x):
        points = np.asarray(x)
        return _within(knots, values, kind, place, points, beyond, strict, fill_value)

    knots = x
    return value


def _within(x, values, kind, axis, points, beyond, strict, fill_value):
    """Return interpolated values; outside an error, or what is filled in."""
    at = np.ravel(points)
    below, above = at < x[0], at > x[-1]
    if strict and (np.any(below) or np.any(above)):
        raise ValueError("a value in x_new is outside the range of the interpolation")
    out = _between(x, values, kind, at, beyond)
    if not beyond and not strict:
        low, high = fill_value if isinstance(fill_value, tuple) else (fill_value, fill_value)
        wide = (-1,) + (1,) * (np.ndim(values) - 1)
        out = np.where(np.reshape(below, wide), low, out)
        out = np.where(np.reshape(above, wide), high, out)
    out = np.reshape(out, (*np.shape(points), *np.shape(values)[1:]))
    return put_back(out, np.ndim(points), axis)


def _between(x, values, kind, at, beyond):
    """Return values at points in a row, by the kind of interpolation."""
    if kind == "linear":
        if np.ndim(values) == 1 and not beyond and x.dtype == values.dtype == np.float64:
            return np.interp(at, x, values)
        return _by_chords(x, values, at)
    if kind == "nearest" or kind == "nearest-up":
        halves = x / 2.0
        side: Any = "left" if kind == "nearest" else "right"
        place = np.searchsorted(halves[1:] + halves[:-1], at, side=side)
        return values[np.clip(place, 0, len(x) - 1)]
    if kind == "previous":
        place = np.searchsorted(np.nextafter(x, -np.inf), at, side="left")
        return values[np.clip(place, 1, len(x)) - 1]
    if kind == "next":
        place = np.searchsorted(np.nextafter(x, np.inf), at, side="right")
        return values[np.clip(place, 0, len(x) - 1)]
    degree = DEGREES.get(kind, 0) if isinstance(kind, str) else kind
    if degree == 0:
        return refused_kind(kind)
    return scipy.interpolate.make_interp_spline(x, values, k=degree)(at)


def _by_chords(x, values, at):
    """Return values on the lines from each place to the next."""
    high = np.clip(np.searchsorted(x, at), 1, len(x) - 1)
    low = high - 1
    wide = (-1,) + (1,) * (np.ndim(values) - 1)
    slope = (values[high] - values[low]) / np.reshape(x[high] - x[low], wide)
    return slope * np.reshape(at - x[low], wide) + values[low]


@reads(
    f"{_AT}RegularGridInterpolator",
    samples=(
        f"{_AT}RegularGridInterpolator((np.arange(2.0), np.arange(3.0)), x23)(u32)",
        f"{_AT}RegularGridInterpolator((np.arange(2.0), np.arange(3.0)), x23)((u3, 0.4))",
        f"{_AT}RegularGridInterpolator((np.cumsum(p3),), x32, bounds_error=False)(p3[:, None])",
        f"{_AT}RegularGridInterpolator([np.arange(2.0), np.arange(3.0), np.arange(4.0)], x234, "
        "bounds_error=False, fill_value=None)(x23)",
        f"{_AT}RegularGridInterpolator((np.arange(2.0), np.arange(3.0)), x23, 'nearest')([u, u])",
    ),
)
def regular_grid_interpolator(
    points, values, method="linear", bounds_error=True, fill_value=np.nan, *, solver=None,
    solver_args=None,
):  # fmt: skip
    """Interpolate linearly between values on a grid."""
    held, values = method, np.asarray(values)

    def value(xi, method=None, *, nu=None):
        asked = held if method is None else method
        if asked != "linear" and asked != "nearest":
            return refused_kind(asked)
        coords = _coordinates(xi, len(points))
        out = _in_grid(points, values, asked, coords, bounds_error, fill_value)
        return np.reshape(out, (*np.shape(coords)[:-1], *np.shape(values)[len(points) :]))

    return value


@reads(
    f"{_AT}interpn",
    samples=(
        f"{_AT}interpn((np.arange(2.0), np.arange(3.0)), x23, u32)",
        f"{_AT}interpn((np.arange(3.0),), x3, x3, bounds_error=False, fill_value=0.5)",
    ),
)
def interpn(points, values, xi, method="linear", bounds_error=True, fill_value=np.nan):
    """Return values of `regular_grid_interpolator`."""
    return regular_grid_interpolator(points, values, method, bounds_error, fill_value)(xi)


def _coordinates(xi, rank):
    """Return points as an array whose last axis has the coordinates."""
    if isinstance(xi, tuple):
        return np.stack(np.broadcast_arrays(*xi), axis=-1)
    xi = np.asarray(xi)
    return np.reshape(xi, (-1, rank)) if np.ndim(xi) == 1 else xi


def _in_grid(points, values, method, coords, bounds_error, fill_value):
    """Return values at points in rows."""
    rank = len(points)
    flat = np.reshape(coords, (-1, rank))
    places: tuple[Any, ...] = ()
    ways: tuple[Any, ...] = ()
    outside = np.zeros(len(flat), dtype=bool)
    for k in tuple(range(rank)):
        grid, along = np.asarray(points[k]), flat[:, k]
        if not np.all(grid[1:] > grid[:-1]):
            raise ValueError("the points of the grid are not in increasing order")
        outside = outside | (along < grid[0]) | (along > grid[-1])
        place = np.clip(np.searchsorted(grid, along, side="right") - 1, 0, len(grid) - 2)
        places = (*places, place)
        ways = (*ways, (along - grid[place]) / (grid[place + 1] - grid[place]))
    if bounds_error and np.any(outside):
        raise ValueError("one of the requested xi is out of bounds")
    between = _of_corners if method == "linear" else _nearest_corner
    out = between(values, places, ways)
    if bounds_error or fill_value is None:
        return out
    return np.where(np.reshape(outside, (-1,) + (1,) * (np.ndim(out) - 1)), fill_value, out)


def _nearest_corner(values, places, ways):
    """Return the value at the nearest corner of each point's box."""
    corner: tuple[Any, ...] = ()
    for k in tuple(range(len(places))):
        corner = (*corner, np.where(ways[k] <= 0.5, places[k], places[k] + 1))
    return values[corner]


def _corners(rank):
    """Return the corners of a unit cube."""
    corners: tuple[Any, ...] = ((),)
    for _ in tuple(range(rank)):
        longer: tuple[Any, ...] = ()
        for corner in corners:
            longer = (*longer, (*corner, 0), (*corner, 1))
        corners = longer
    return corners


def _of_corners(values, places, ways):
    """Return the mean of the corners of each point's box, by the lengths on their other sides."""
    rank = len(places)
    plane = rank == 2 and np.ndim(values) == 2 and values.dtype == np.float64
    total = 0.0
    for upper in _corners(rank):
        corner: tuple[Any, ...] = ()
        sides: tuple[Any, ...] = ()
        for k in tuple(range(rank)):
            corner = (*corner, places[k] + 1 if upper[k] else places[k])
            sides = (*sides, ways[k] if upper[k] else 1 - ways[k])
        if plane:
            term = values[corner] * sides[0] * sides[1]
        else:
            weight = sides[0]
            for side in sides[1:]:
                weight = weight * side
            term = values[corner] * np.reshape(weight, (-1,) + (1,) * (np.ndim(values) - rank))
        total = total + term
    return total
