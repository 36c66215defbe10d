"""Identities between derivatives: the dot products of the two modes, and higher orders."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from gradgen.dataclass import dataclass
from gradgen.differences import EPS
from gradgen.proof.entries import (
    KINK_STEP,
    SINGLE_TOLERANCE,
    STEPS,
    UNSETTLED,
    confirmed,
    steadiest,
)
from gradgen.proof.modes import gradient_of, slope_of, tangent_of
from gradgen.proof.point import Point, Vector

# Both modes do the same multiplications in another order.
DOT_TOLERANCE = 1e-10
SINGLE_DOT_TOLERANCE = 1e-3
# Differences of a gradient are good to about 1e-8 of its curvature.
TOLERANCE = 1e-5
# What generated text may raise by a fault of gradgen; the function itself has run before.
FAULTS = (ArithmeticError, LookupError, NameError, AttributeError, TypeError, ValueError)


@dataclass(frozen=True)
class Dot:
    """``<c, J v>`` by forward mode beside ``<transpose(J) c, v>`` by reverse mode."""

    forward: float
    reverse: float
    error: float
    ok: bool


def dot_products(point: Point, value: float, gradient: Vector, v: Vector, forward: float) -> Dot:
    """Compare the derivative along a direction with the gradient's product with it.

    What is smaller than the rounding of the value counts for nothing.
    """
    terms = gradient * v
    reverse = float(np.sum(terms))
    size = max(float(np.sum(np.abs(terms))), abs(forward), EPS * abs(value), 1e-300)
    error = abs(forward - reverse) / size if forward != reverse else 0.0
    room = SINGLE_DOT_TOLERANCE if point.single else DOT_TOLERANCE
    return Dot(forward, reverse, error, bool(error <= room))


@dataclass(frozen=True)
class Mix:
    """A derivative of a derivative, in one mix of modes, beside differences of the inner one.

    ``name`` is the entry that differs most, ``ours`` and ``theirs`` what it is.  ``open`` counts
    the entries whose differences do not settle, as at a kink: they decide nothing.
    """

    order: int
    outer: str
    inner: str
    name: str
    ours: float
    theirs: float
    error: float
    ok: bool
    open: int = 0

    @classmethod
    def fault(cls, order: int, outer: str, inner: str, error: Exception) -> Mix:
        """Return what a generated function comes to that raises, where the function does not."""
        what = f"an error ({type(error).__name__}: {error})"
        return cls(order, outer, inner, what, np.nan, np.nan, np.inf, False)

    @property
    def title(self) -> str:
        """The modes, outermost first."""
        return f"{self.outer} over {self.inner}"


def mixes(
    point: Point, base: Callable[..., object], order: int, modes: Sequence[str]
) -> Iterator[tuple[Mix, float | None]]:
    """Yield the derivatives of orders 2 to ``order`` in all mixes of modes.

    A derivative of order ``k`` along ``k - 1`` directions is compared with central differences of
    the one of order ``k - 1``: by symmetry, it does not matter which direction is differenced.
    With each comes the second derivative along the first direction, where it follows.
    """
    fn = base
    for k in range(2, order + 1):
        v, w = point.direction(k), point.direction(k + 100)
        references = {m: _References(_outer(fn, point, m, w), point, v) for m in modes}
        inner_ones = {m: slope_of(fn, m, point, v) for m in modes}
        for inner, outer in itertools.product(modes, modes):
            derivative = _outer(inner_ones[inner], point, outer, w)
            try:
                ours = np.atleast_1d(derivative(point.x))
            except FAULTS as error:
                yield Mix.fault(k, outer, inner, error), None
                continue
            curvature = float(ours @ v) if outer == "rev" else None
            yield references[outer].compare(k, outer, inner, ours), curvature
        fn = inner_ones[modes[0]]


def _outer(
    fn: Callable[..., object], point: Point, mode: str, w: Vector
) -> Callable[[Vector], Vector | float]:
    return gradient_of(fn, point) if mode == "rev" else tangent_of(fn, point, w)


class _References:
    """Central differences of a derivative, at several steps."""

    def __init__(
        self, derivative: Callable[[Vector], Vector | float], point: Point, v: Vector
    ) -> None:
        self.point, self._derivative, self._v = point, derivative, v
        self._sides: list[tuple[Vector, Vector]] | None = None
        with np.errstate(all="ignore"):
            self.rows = [_central(derivative, point.x, h, v) for h in STEPS]
        self.at = np.atleast_1d(derivative(point.x))
        self.largest = float(np.max(np.abs(self.at[np.isfinite(self.at)]), initial=0.0))

    def compare(self, order: int, outer: str, inner: str, ours: Vector) -> Mix:
        """Return the entry that differs most."""
        found = [self._entry(k, float(x)) for k, x in enumerate(ours)]
        worst = max(range(len(found)), key=lambda k: (found[k][2] is False, found[k][1]))
        theirs, error, _ = found[worst]
        name = self.point.names[worst] if outer == "rev" else "the direction"
        ok = all(good is not False for _, _, good in found)
        left = sum(good is None for _, _, good in found)
        return Mix(order, outer, inner, name, float(ours[worst]), theirs, error, ok, left)

    def _entry(self, k: int, ours: float) -> tuple[float, float, bool | None]:
        """Return the difference, the relative error, and whether it is right, if that is known."""
        slopes = [float(row[k]) for row in self.rows]
        room = SINGLE_TOLERANCE if self.point.single else TOLERANCE
        best, spread = steadiest(slopes)
        best = confirmed(slopes, ours, best, room * max(abs(ours), 1e-4 * self.largest))
        theirs = slopes[best]
        if not np.isfinite(theirs) or not np.isfinite(spread):
            # A step leads out of the domain, or there is no derivative.
            return theirs, 0.0, None
        row = np.abs(self.rows[best])
        # Beside this entry there may be some whose steps lead out of the domain.
        widest = float(np.max(row[np.isfinite(row)], initial=0.0))
        floor = max(1e-6 * widest, 1e-4 * self.largest, 1e-12)
        size = max(abs(theirs), abs(ours), floor)
        error = abs(ours - theirs) / size
        slack = 10 * spread + 10 * EPS * self.largest / STEPS[best]
        if abs(ours - theirs) > room * size + slack:
            return (theirs, 0.0, None) if self._bends(k, ours, size) else (theirs, error, False)
        settled = slack <= max(UNSETTLED * size, room * self.largest)
        return (theirs, error, True) if settled else (theirs, 0.0, None)

    def _bends(self, k: int, ours: float, size: float) -> bool:
        """Whether the derivative has a kink at the point, or hardly beside, and ours is no worse.

        Its slopes to both sides stay apart then as the step shrinks, and ours is between them.
        """
        if self._sides is None:
            with np.errstate(all="ignore"):
                self._sides = [self._one_sided(h) for h in (KINK_STEP, 8 * KINK_STEP)]
        (left, right), (further_left, further_right) = [
            (float(a[k]), float(b[k])) for a, b in self._sides
        ]
        gap, before = abs(right - left), abs(further_right - further_left)
        steady = abs(left - further_left) + abs(right - further_right) <= 0.5 * gap
        kink = gap > max(1e-2 * size, 0.5 * before) and steady
        room = 1e-2 * gap
        return kink and min(left, right) - room <= ours <= max(left, right) + room

    def _one_sided(self, h: float) -> tuple[Vector, Vector]:
        ahead, behind = (_moved(self._derivative, self.point.x, s * h * self._v) for s in (1, -1))
        return (self.at - behind) / h, (ahead - self.at) / h


def _central(
    derivative: Callable[[Vector], Vector | float], x: Vector, h: float, v: Vector
) -> Vector:
    plus, minus = (_moved(derivative, x, s * h * v) for s in (1, -1))
    return (plus - minus) / (2 * h)


def _moved(derivative: Callable[[Vector], Vector | float], x: Vector, step: Vector) -> Vector:
    """Return a derivative a step away, NaN where the function raises: beyond its domain."""
    try:
        return np.atleast_1d(derivative(x + step))
    except Exception:  # whatever the function raises there
        return np.full(x.size, np.nan)
