"""The Taylor remainder in a random direction: its slope says whether a gradient is right.

For a smooth function ``|f(x + hv) - f(x)|`` falls like ``h``, what is left after ``h * g·v`` like
``h**2`` if and only if ``g`` is the gradient, and after ``h**2 / 2 * v·Hv`` like ``h**3`` [1]_.

.. [1] Farrell, Ham, Funke and Rognes, *Automated derivation of the adjoint of high-level transient
   finite element programs*, SIAM Journal on Scientific Computing 35 (2013), section 5; the dot
   product test beside it is in Griewank and Walther, *Evaluating Derivatives* (2008), section 3.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from gradgen.dataclass import dataclass
from gradgen.differences import EPS
from gradgen.proof.entries import NOISE, SINGLE_TOLERANCE, TOLERANCE, steadiest
from gradgen.proof.point import Point, Vector

RATIO = 4.0
STEPS = tuple(0.1 / RATIO**k for k in range(11))
# A remainder counts where it is this many times larger than the rounding of two values.
RESOLVED = 64.0


@dataclass(frozen=True)
class Taylor:
    """The remainders of orders 0, 1 and perhaps 2, and the slopes at which they fall.

    ``slopes`` are those at the smallest steps whose remainders stand out from rounding; None where
    too few do, as those of a linear function.
    """

    steps: tuple[float, ...]
    remainders: tuple[tuple[float, ...], ...]
    slopes: tuple[float | None, ...]
    ok: bool | None
    kink: bool
    difference: float
    derivative: float


def taylor(point: Point, gradient: Vector, v: Vector, curvature: float | None = None) -> Taylor:
    """Return the remainders in a direction.

    Parameters
    ----------
    point : Point
        The function and its arguments.
    gradient, v : ndarray
        The gradient, and the direction.
    curvature : float, optional
        The second derivative in the direction, ``v·Hv``.
    """
    derivative = float(gradient @ v)
    at = _value(point, point.x)
    values = [(_value(point, point.x + h * v), _value(point, point.x - h * v)) for h in STEPS]
    steps = np.array(STEPS)
    right = np.array([a for a, _ in values])
    left = np.array([b for _, b in values])
    rest = [right - at, right - at - steps * derivative]
    if curvature is not None:
        rest.append(rest[1] - 0.5 * steps**2 * curvature)
    with np.errstate(all="ignore"):
        noise = EPS * np.maximum(np.abs(right), abs(at)) + EPS * np.abs(steps * derivative)
        slopes = tuple(_slope(np.abs(r), noise) for r in rest)
        central = (right - left) / (2 * steps)
    best, spread = steadiest(tuple(central))
    size = max(abs(derivative), abs(central[best]), 1e-6 * float(np.abs(gradient) @ np.abs(v)))
    room = (SINGLE_TOLERANCE if point.single else TOLERANCE) * max(size, 1e-12) + 10 * spread
    room += NOISE * EPS * abs(at) / STEPS[best]
    agrees = bool(abs(central[best] - derivative) <= room)
    even = np.abs(right + left - 2 * at)
    bent = _slope(even, noise)
    kink = bent is not None and bent < 1.5
    between = bool(abs(central[-1] - derivative) <= 1.01 * even[-1] / (2 * steps[-1]) + room)
    ok: bool | None = agrees or (kink and between)
    # Where several entries have a kink, slopes that are right one by one may add up to more.
    unsure = kink and not ok and v.size > 1
    if unsure or not np.isfinite(central[best]) or not np.isfinite(spread):
        ok = None
    return Taylor(
        STEPS, tuple(tuple(np.abs(r)) for r in rest), slopes, ok, kink, float(central[best]),
        derivative,
    )  # fmt: skip


def _value(point: Point, x: Vector) -> float:
    """Return the value, NaN where the function raises: beyond the end of its domain."""
    try:
        with np.errstate(all="ignore"):
            return point.value(x)
    except Exception:  # whatever the function raises beyond its domain
        return float("nan")


def _slope(remainders: Vector, noise: Vector) -> float | None:
    """Return how fast remainders fall at the smallest steps where they can be told from rounding.

    Where they rise again, they are rounding too.
    """
    known = np.isfinite(remainders) & (remainders > RESOLVED * noise)
    lowest = int(np.argmin(np.where(np.isfinite(remainders), remainders, np.inf)))
    falls: list[float] = []
    for k, (a, b) in enumerate(itertools.pairwise(remainders)):
        if known[k] and known[k + 1] and (k + 1 < lowest or k + 2 == len(remainders)):
            falls.append(float(np.log(a / b) / np.log(RATIO)))
    return _median(falls[-3:]) if len(falls) >= 2 else None


def _median(falls: Sequence[float]) -> float:
    return float(np.median(falls))


def table(found: Taylor) -> list[str]:
    """Return the remainders as lines, with the slope from each step to the next."""
    titles = ("|f(x+hv) - f(x)|", "- h g·v", "- h²/2 v·Hv")[: len(found.remainders)]
    lines = ["      h       " + "".join(f"{t:<24}" for t in titles)]
    for k, h in enumerate(found.steps):
        cells = []
        for r in found.remainders:
            fall = ""
            if k and r[k] > 0 and r[k - 1] > 0 and np.isfinite(r[k] * r[k - 1]):
                fall = f"slope {np.log(r[k - 1] / r[k]) / np.log(RATIO):5.2f}"
            cells.append(f"{r[k]:9.2e} {fall:<14}")
        lines.append(f"    {h:7.1e}   " + "".join(cells).rstrip())
    return lines
