"""A gradient entry by entry: against differences at several steps, and the complex step.

Of central differences at six steps the one counts where two neighbours agree best: larger steps
are spoiled by truncation, smaller ones by rounding.  The complex step [1]_ has neither, where the
function is analytic and runs on complex numbers.

.. [1] Squire and Trapp, *Using complex variables to estimate derivatives of real functions*, SIAM
   Review 40 (1998).
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Sequence

import numpy as np

from gradgen.dataclass import dataclass
from gradgen.differences import CENTRAL_STEP, EPS, Entry, Probe, complex_slope
from gradgen.proof.point import Point, Vector
from gradgen.proof.weights import SEED

STEPS = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7)
# Differences of doubles are good to about 1e-9; a wrong gradient is off by far more than this.
TOLERANCE = 1e-6
COMPLEX_TOLERANCE = 1e-8
# What rounding may do to an entry, relative to the largest one.
ROUNDING = 1e-12
# float32 arguments are rounded to 7 digits before the gradient sees them.
SINGLE_TOLERANCE = 1e-3
# The complex step counts only where the differences bear it out this far.
PLAUSIBLE = 1e-4
# A value is rounded to so many units in its last place, as a rule.
NOISE = 4.0
# Where differences leave more than this open, they do not decide.
UNSETTLED = 0.1
MAX_ENTRIES = 300
KINK_STEP = CENTRAL_STEP / 2


@dataclass(frozen=True)
class EntryCheck:
    """One entry of the gradient beside its estimates.

    ``slopes`` are the central differences at ``STEPS``; ``difference`` is the one where two
    neighbours agree best, ``spread`` by how much they do.  ``one_sided`` are the slopes to the left
    and right, which differ at a kink.  ``decided``: the estimates settle, two steps of the
    differences or the complex step.
    """

    name: str
    gradient: float
    difference: float
    spread: float
    step: float
    slopes: tuple[float, ...]
    one_sided: tuple[float, float]
    complex_step: float | None
    error: float
    ok: bool
    kink: bool
    decided: bool

    def story(self) -> list[str]:
        """Return the entry beside its estimates, as lines."""
        lines = [f"{self.name}, relative error {self.error:.1e}"]
        lines.append(f"  gradgen             {self.gradient:.15g}")
        if self.complex_step is not None:
            lines.append(f"  complex step        {self.complex_step:.15g}")
        for step, slope in zip(STEPS, self.slopes, strict=True):
            mark = "  <- the steadiest" if step == self.step else ""
            lines.append(f"  difference {step:7.0e}  {slope:.15g}{mark}")
        if self.kink:
            left, right = self.one_sided
            lines.append(f"  a kink: the slope is {left:.6g} on the left, {right:.6g} on the right")
        return lines


@dataclass(frozen=True)
class Entries:
    """The comparison of all entries, or of a sample of them."""

    checked: tuple[EntryCheck, ...]
    count: int
    complex_note: str
    complex_worst: float | None

    @property
    def ok(self) -> bool:
        """Whether every entry agrees."""
        return all(entry.ok for entry in self.checked)

    @property
    def worst(self) -> EntryCheck:
        """The entry that disagrees most, where any disagrees; else the least exact one."""
        return max(self.checked, key=lambda e: (not e.ok, np.nan_to_num(e.error, nan=np.inf)))


def check_entries(
    point: Point,
    gradient: Vector,
    tolerance: float = TOLERANCE,
    max_entries: int = MAX_ENTRIES,
    absolute: float = 0.0,
) -> Entries:
    """Compare a gradient with estimates.

    Parameters
    ----------
    point : Point
        The function and its arguments.
    gradient : ndarray
        What gradgen gives there.
    tolerance, absolute : float, optional
        The relative and the absolute error that are allowed, beyond what the differences leave
        open.
    max_entries : int, optional
        Of larger gradients so many entries are compared, chosen at random (the same ones each
        time).
    """
    probe = Probe(point.scalar, point.args, point.positions, protect=True)
    analytic, note = _complex_probe(point)
    scale = float(np.max(np.abs(gradient[np.isfinite(gradient)]), initial=0.0))
    room = max(tolerance, SINGLE_TOLERANCE if point.single else 0.0)
    judge = _Judge(point, probe, analytic, room, absolute, scale)
    picked = _picked(len(probe.entries), max_entries)
    checked = tuple(judge.entry(k, float(gradient[k])) for k in picked)
    worst = None
    if analytic is not None:
        note, worst = judge.complex_note(checked)
    return Entries(checked, len(probe.entries), note, worst)


def _picked(count: int, limit: int) -> list[int]:
    if count <= limit:
        return list(range(count))
    rng = np.random.default_rng(SEED)
    return sorted(int(k) for k in rng.choice(count, size=limit, replace=False))


def _complex_probe(point: Point) -> tuple[Probe | None, str]:
    """Return a probe for the complex step, or why there is none."""
    probe = Probe(point.scalar, point.args, point.positions, dtype=complex, protect=True)
    value = point.value(point.x)
    try:
        with np.errstate(all="ignore"):
            complex_slope(probe, probe.entries[0])
            continued = complex(probe.value())
    except Exception as error:  # whatever the function does with numbers it was not made for
        what = str(error).splitlines()[0] if str(error) else ""
        return None, f"not available: {type(error).__name__}: {what}"
    if abs(continued.real - value) > PLAUSIBLE * max(1.0, abs(value)):
        return None, "not available: the function has another value on complex numbers"
    return probe, ""


class _Judge:
    """Compares entries with their estimates."""

    def __init__(
        self,
        point: Point,
        probe: Probe,
        analytic: Probe | None,
        tolerance: float,
        absolute: float,
        scale: float,
    ) -> None:
        self.point, self.probe, self.analytic = point, probe, analytic
        self.tolerance, self.absolute = tolerance, absolute
        # Rounding of the function's value spoils entries far smaller than the largest one.
        self.floor = max(scale * 1e-6, 1e-12)
        self.rounding = ROUNDING * scale
        self.value = abs(point.value(point.x))
        self.settled = 1e-6 * max(scale, self.value)
        self.refuted = 0

    def entry(self, k: int, gradient: float) -> EntryCheck:
        """Return the comparison of one entry."""
        entry = self.probe.entries[k]
        found = self._compared(k, entry, gradient, max(1.0, abs(entry.value)))
        if not (found.decided and found.ok) and 0 < abs(entry.value) < 1:
            # Steps in proportion to a small number stay where the function is defined, and on
            # this side of what is near zero; they count where they rise above rounding.
            closer = self._compared(k, entry, gradient, abs(entry.value))
            found = closer if closer.decided else found
        self.refuted += self.analytic is not None and found.complex_step is None
        return found

    def _compared(self, k: int, entry: Entry, gradient: float, unit: float) -> EntryCheck:
        with np.errstate(all="ignore"):
            slopes = tuple(self._central(entry, step * unit) for step in STEPS)
            best, spread = steadiest(slopes)
            best = confirmed(
                slopes, gradient, best, self.tolerance * max(abs(gradient), self.floor)
            )
            wide = self._one_sided(entry, 8 * KINK_STEP * unit)
            left, right = self._one_sided(entry, KINK_STEP * unit)
        difference = slopes[best]
        known = bool(np.isfinite(difference) and np.isfinite(spread))
        exact = self._complex(entry, difference, spread) if known else None
        size = max(abs(difference), abs(gradient), self.floor) if known else 1.0
        error = abs(gradient - difference) / size if known else 0.0
        error = error if np.isfinite(error) else np.inf
        noise = NOISE * EPS * self.value / (STEPS[best] * unit)
        room = self.tolerance + (10 * spread + noise + self.absolute) / size
        # Where there is nothing to compare with, an infinite slope may be right; NaN never is.
        ok = error <= room if known else not np.isnan(gradient)
        if exact is not None and self.tolerance == TOLERANCE:
            error = abs(gradient - exact) / size
            ok = ok and error <= COMPLEX_TOLERANCE + (self.rounding + self.absolute) / size
        gap, before = abs(right - left), abs(wide[1] - wide[0])
        # Of a smooth function the slopes to both sides come together as the step shrinks; at a
        # kink they stay apart, and what they are.
        steady = abs(left - wide[0]) + abs(right - wide[1]) <= 0.5 * gap
        kink = bool(gap > max(1e-3 * max(size, abs(left), abs(right)), 0.5 * before)) and steady
        within = min(left, right) - 1e-3 * gap <= gradient <= max(left, right) + 1e-3 * gap
        settled = known and spread + noise <= max(self.settled, 0.1 * UNSETTLED * size)
        return EntryCheck(
            self.point.names[k], gradient, difference, spread, STEPS[best], slopes, (left, right),
            exact, error, bool(ok or (kink and within)), kink,
            kink or exact is not None or settled,
        )  # fmt: skip

    def _central(self, entry: Entry, h: float) -> float:
        """Return a difference, NaN where the function raises: beyond the end of its domain."""
        try:
            ahead, behind = self.probe.moved(entry, h), self.probe.moved(entry, -h)
            return (float(ahead) - float(behind)) / (2 * h)
        except Exception:  # whatever the function raises beyond its domain
            return float("nan")

    def _one_sided(self, entry: Entry, h: float) -> tuple[float, float]:
        try:
            at = float(self.probe.value())
            left = (at - float(self.probe.moved(entry, -h))) / h
            return left, (float(self.probe.moved(entry, h)) - at) / h
        except Exception:  # whatever the function raises beyond its domain
            return float("nan"), float("nan")

    def _complex(self, entry: Entry, difference: float, spread: float) -> float | None:
        """Return the complex step where the differences bear it out."""
        if self.analytic is None:
            return None
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)
                exact = complex_slope(self.analytic, entry)
        except Exception:  # on this entry's branch the function does not take complex numbers
            exact = np.nan
        room = PLAUSIBLE * max(abs(difference), self.floor) + 10 * spread
        return exact if abs(exact - difference) <= room else None

    def complex_note(self, checked: Sequence[EntryCheck]) -> tuple[str, float | None]:
        """Say what the complex step was good for."""
        used = len(checked) - self.refuted
        if not used:
            return "not valid here: the function is not analytic", None
        worst = max(e.error for e in checked if e.complex_step is not None)
        left = f"; not valid for {self.refuted}" if self.refuted else ""
        noun = "entry" if used == 1 else "entries"
        return f"worst relative error {worst:.1e} over {used} {noun}{left}", worst


def confirmed(slopes: Sequence[float], ours: float, best: int, room: float) -> int:
    """Return where differences decide: at the steadiest, or closer, where these bear ours out.

    Beside a boundary, steps that cross it may agree with each other by chance.
    """
    if abs(ours - slopes[best]) <= room:
        return best
    pairs = range(best + 1, len(slopes))
    near = [k for k in pairs if max(abs(ours - slopes[k - 1]), abs(ours - slopes[k])) <= room]
    return near[0] if near else best


def steadiest(slopes: Sequence[float]) -> tuple[int, float]:
    """Return where neighbouring slopes agree best, and by how much they do."""
    gaps = [abs(a - b) for a, b in itertools.pairwise(slopes)]
    finite = [g if np.isfinite(g) else np.inf for g in gaps]
    best = int(np.argmin(finite))
    return best + 1, finite[best]
