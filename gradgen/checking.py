"""Checking a gradient against difference quotients at several steps, and the complex step."""

from __future__ import annotations

import inspect
import itertools
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import gradgen
from gradgen.differences import CENTRAL_STEP, Entry, Probe, central_slope, complex_slope
from gradgen.errors import ArgumentError
from gradgen.gradient import Differentiable
from gradgen.interpret.arguments import flatten, is_inexact
from gradgen.options import bound

STEPS = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7)
# Differences of doubles are good to about 1e-9; a wrong gradient is off by far more than this.
TOLERANCE = 1e-6
COMPLEX_TOLERANCE = 1e-10
# float32 arguments are rounded to 7 digits before the gradient sees them.
SINGLE_TOLERANCE = 1e-3
# The complex step counts only where the differences bear it out this far.
PLAUSIBLE = 1e-4
MAX_ENTRIES = 300
SEED = 0


@dataclass(frozen=True)
class EntryCheck:
    """One entry of the gradient beside its estimates.

    ``slopes`` are the central differences at ``steps``; ``difference`` is the one where two
    neighbours agree best, ``spread`` by how much they do.  ``one_sided`` are the slopes to the left
    and right, which differ at a kink.
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


@dataclass(frozen=True)
class CheckReport:
    """What a check found; printing it gives the whole story.

    Attributes
    ----------
    ok : bool
        Whether every entry agrees.
    worst : EntryCheck or None
        The entry with the largest error.
    """

    function: str
    value: float
    entries: int
    checked: tuple[EntryCheck, ...]
    complex_note: str
    notes: tuple[str, ...] = field(default=())

    @property
    def ok(self) -> bool:
        """Whether every entry agrees and is finite."""
        return all(entry.ok for entry in self.checked) and bool(np.isfinite(self.value))

    @property
    def worst(self) -> EntryCheck | None:
        """The entry that disagrees most, where any disagrees; else the least exact one."""
        if not self.checked:
            return None
        return max(self.checked, key=lambda e: (not e.ok, np.nan_to_num(e.error, nan=np.inf)))

    def __str__(self) -> str:
        wrong = sum(not e.ok for e in self.checked)
        verdict = "agrees" if self.ok else f"DISAGREES in {wrong} of {len(self.checked)} entries"
        lines = [f"gradient of {self.function}: {verdict}", f"  value            {self.value:.17g}"]
        some = "" if len(self.checked) == self.entries else f" of {self.entries} (at random)"
        lines.append(f"  entries checked  {len(self.checked)}{some}")
        lines.append(f"  complex step     {self.complex_note}")
        lines += [f"  note             {note}" for note in self.notes]
        if self.worst is not None:
            lines += _story(self.worst)
        return "\n".join(lines)


def _story(worst: EntryCheck) -> list[str]:
    lines = [
        f"  worst entry      {worst.name}, relative error {worst.error:.1e}",
        f"    gradgen             {worst.gradient:.15g}",
    ]
    if worst.complex_step is not None:
        lines.append(f"    complex step        {worst.complex_step:.15g}")
    for step, slope in zip(STEPS, worst.slopes, strict=True):
        mark = "  <- the steadiest" if step == worst.step else ""
        lines.append(f"    difference {step:7.0e}  {slope:.15g}{mark}")
    if worst.kink:
        left, right = worst.one_sided
        lines.append(f"    a kink: the slope is {left:.6g} on the left, {right:.6g} on the right")
    return lines


def check(
    fn: Callable[..., Any],
    args: Sequence[Any],
    argnums: int | Sequence[int] = 0,
    *,
    tolerance: float = TOLERANCE,
    max_entries: int = MAX_ENTRIES,
) -> CheckReport:
    """Compare the gradient that gradgen generates with difference quotients.

    Every entry is compared with central differences at six steps, of which the steadiest counts,
    and with the complex step where the function runs on complex numbers.  At a kink any slope
    between those on the left and right is right.

    Parameters
    ----------
    fn : callable
        The loss.
    args : sequence
        Arguments to check it at; they are not changed.
    argnums : int or sequence of int, optional
        The arguments to differentiate by.
    tolerance : float, optional
        The relative error that is allowed, beyond what the differences themselves leave open.
    max_entries : int, optional
        Of larger gradients so many entries are checked, chosen at random (the same ones each time).

    Returns
    -------
    CheckReport
        ``.ok``, ``.worst``, and the whole story when printed.
    """
    if not isinstance(args, tuple | list):
        raise ArgumentError(
            f"a {type(args).__name__} stands for the arguments",
            hint="give a tuple of them: check(loss, (first,))",
        )
    original = fn.__wrapped__ if isinstance(fn, Differentiable) else fn
    if callable(original):
        args = bound(inspect.signature(original), _name_of(original), args, {}).args
    args = tuple(args)
    chosen = (argnums,) if isinstance(argnums, int) else tuple(argnums)
    value, gradients = gradgen.value_and_grad(fn, argnums=chosen)(*args)
    positions = tuple(k % len(args) for k in chosen)
    probe = Probe(original, args, positions, protect=True)
    if not probe.entries:
        raise ArgumentError(
            "there is nothing to check: the arguments hold no floats",
            hint="pass floats or float arrays that are not empty",
        )
    gradient = _in_entry_order(args, chosen, gradients, len(probe.entries))
    analytic, note = _complex_probe(original, args, positions, float(value))
    picked = _picked(len(probe.entries), max_entries)
    single = any(v.dtype == np.float32 for v in _arrays(args, positions))
    scale = float(np.max(np.abs(gradient[np.isfinite(gradient)]), initial=0.0))
    judge = _Judge(probe, analytic, max(tolerance, SINGLE_TOLERANCE if single else 0.0), scale)
    checked = tuple(judge.entry(probe.entries[k], float(gradient[k])) for k in picked)
    if analytic is not None:
        note = judge.complex_note(checked)
    notes = () if np.isfinite(value) else ("the value is not finite",)
    return CheckReport(_name_of(original), float(value), len(probe.entries), checked, note, notes)


def _name_of(fn: Callable[..., Any]) -> str:
    return str(getattr(fn, "__name__", repr(fn)))


def _in_entry_order(
    args: tuple[Any, ...], chosen: tuple[int, ...], gradients: Any, count: int
) -> np.ndarray:
    """Return the gradient flat, in the order in which the probe lists entries."""
    parts: dict[int, list[float]] = {}
    for k, gradient in zip(chosen, gradients, strict=True):
        pairs = zip(flatten(args[k]), flatten(gradient), strict=True)
        parts[k % len(args)] = [
            float(v) for (_, arg), (_, g) in pairs if is_inexact(arg) for v in np.ravel(g)
        ]
    flat = [v for k in sorted(parts) for v in parts[k]]
    if len(flat) != count:
        raise ArgumentError(f"the gradient has {len(flat)} entries for {count} numbers")
    return np.array(flat)


def _arrays(args: tuple[Any, ...], positions: Sequence[int]) -> list[np.ndarray]:
    leaves = [leaf for k in positions for _, leaf in flatten(args[k])]
    return [np.asarray(leaf) for leaf in leaves if is_inexact(leaf)]


def _picked(count: int, limit: int) -> list[int]:
    if count <= limit:
        return list(range(count))
    rng = np.random.default_rng(SEED)
    return sorted(int(k) for k in rng.choice(count, size=limit, replace=False))


def _complex_probe(
    fn: Callable[..., Any], args: tuple[Any, ...], positions: Sequence[int], value: float
) -> tuple[Probe | None, str]:
    """Return a probe for the complex step, or why there is none."""
    probe = Probe(fn, args, positions, dtype=complex, protect=True)
    try:
        complex_slope(probe, probe.entries[0])
        continued = complex(probe.value())
    except Exception as error:  # whatever the function does with numbers it was not made for
        return None, f"not available: {type(error).__name__}: {error}"
    if abs(continued.real - value) > PLAUSIBLE * max(1.0, abs(value)):
        return None, "not available: the function has another value on complex numbers"
    return probe, ""


class _Judge:
    """Compares entries with their estimates."""

    def __init__(
        self, probe: Probe, analytic: Probe | None, tolerance: float, scale: float
    ) -> None:
        self.probe, self.analytic, self.tolerance = probe, analytic, tolerance
        # Rounding of the function's value spoils entries far smaller than the largest one.
        self.floor = max(scale * 1e-6, 1e-12)
        self.refuted = 0

    def entry(self, entry: Entry, gradient: float) -> EntryCheck:
        """Return the comparison of one entry."""
        with np.errstate(all="ignore"):
            slopes = tuple(central_slope(self.probe, entry, step) for step in STEPS)
            best, spread = _steadiest(slopes)
            sides = self._one_sided(entry)
        difference = slopes[best]
        exact = self._complex(entry, difference, spread)
        size = max(abs(difference), abs(gradient), self.floor)
        error = abs(gradient - difference) / size
        ok = bool(np.isfinite(gradient)) and error <= self.tolerance + 10 * spread / size
        if exact is not None and self.tolerance == TOLERANCE:
            error = abs(gradient - exact) / size
            ok = ok and error <= COMPLEX_TOLERANCE
        gap = abs(sides[1] - sides[0])
        kink = bool(gap > 1e-3 * max(size, abs(sides[0]), abs(sides[1])))
        within = min(sides) - 1e-3 * gap <= gradient <= max(sides) + 1e-3 * gap
        return EntryCheck(
            self.probe.label(entry), gradient, difference, spread, STEPS[best], slopes, sides,
            exact, error, ok or (kink and within), kink,
        )  # fmt: skip

    def _one_sided(self, entry: Entry) -> tuple[float, float]:
        h = entry.scaled(CENTRAL_STEP)
        at = float(self.probe.value())
        left = (at - float(self.probe.moved(entry, -h))) / h
        return left, (float(self.probe.moved(entry, h)) - at) / h

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
        if not abs(exact - difference) <= room:
            self.refuted += 1
            return None
        return exact

    def complex_note(self, checked: Sequence[EntryCheck]) -> str:
        """Say what the complex step was good for."""
        used = len(checked) - self.refuted
        if not used:
            return "not valid here: the function is not analytic"
        worst = max(e.error for e in checked if e.complex_step is not None)
        left = f"; not valid for {self.refuted}" if self.refuted else ""
        return f"worst relative error {worst:.1e} over {used} entries{left}"


def _steadiest(slopes: Sequence[float]) -> tuple[int, float]:
    """Return where neighbouring slopes agree best, and by how much they do."""
    gaps = [abs(a - b) for a, b in itertools.pairwise(slopes)]
    finite = [g if np.isfinite(g) else np.inf for g in gaps]
    best = int(np.argmin(finite))
    return best + 1, finite[best]
