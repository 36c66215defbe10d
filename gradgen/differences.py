"""Gradients by difference quotients and by the complex step, entry by entry."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradgen.dataclass import dataclass
from gradgen.interpret.arguments import (
    flatten,
    is_inexact,
    parameter_names,
    spell,
    with_leaves,
)

EPS = float(np.finfo(float).eps)
# The steps that balance truncation against rounding where the function is of size one.
FORWARD_STEP = EPS**0.5
CENTRAL_STEP = EPS ** (1 / 3)
COMPLEX_STEP = 1e-30


@dataclass(frozen=True, slots=True)
class Entry:
    """One differentiated number: its leaf, its place in it, and its size."""

    leaf: int
    place: tuple[int, ...]
    value: float

    def scaled(self, step: float) -> float:
        """Return a step in proportion to the number, where that is larger than one."""
        return step * max(1.0, abs(self.value))


class Probe:
    """A function of the floats in its arguments, of which one at a time is moved.

    Parameters
    ----------
    fn : callable
        The function.
    args : sequence
        The arguments; they are not changed.
    argnums : sequence of int
        Which of them hold the numbers.
    dtype : type, optional
        ``float``, or ``complex`` for the complex step.
    protect : bool, optional
        Give the function new copies each time, in case it writes into its arguments.
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        args: Sequence[Any],
        argnums: Sequence[int],
        dtype: type = float,
        protect: bool = False,
    ) -> None:
        self.fn, self.args, self.protect = fn, tuple(args), protect
        self.leaves: list[Any] = []
        self.names: list[str] = []
        self.entries: list[Entry] = []
        names = parameter_names(fn, len(self.args))
        for position, arg in enumerate(self.args):
            for path, leaf in flatten(arg):
                active = position in argnums and is_inexact(leaf)
                if active:
                    places = np.ndindex(np.shape(leaf))
                    at = len(self.leaves)
                    self.entries += [Entry(at, p, float(np.asarray(leaf)[p])) for p in places]
                self.leaves.append(_converted(leaf, dtype) if active else leaf)
                self.names.append(spell(arg, names[position], path))
        self._arguments = with_leaves(self.args, iter(self.leaves))

    def label(self, entry: Entry) -> str:
        """Return the spelling of an entry."""
        place = f"[{', '.join(map(str, entry.place))}]" if entry.place else ""
        return self.names[entry.leaf] + place

    def value(self) -> Any:
        """Return the function's value where nothing is moved."""
        return self._call(self.leaves)

    def moved(self, entry: Entry, delta: Any) -> Any:
        """Return the function's value with one entry moved."""
        leaf = self.leaves[entry.leaf]
        if not isinstance(leaf, np.ndarray):
            changed = list(self.leaves)
            changed[entry.leaf] = leaf + delta
            return self.fn(*with_leaves(self.args, iter(self._own(changed))))
        old = leaf[entry.place]
        leaf[entry.place] = old + delta
        try:
            return self._call(self.leaves)
        finally:
            leaf[entry.place] = old

    def _call(self, leaves: list[Any]) -> Any:
        if self.protect:
            return self.fn(*with_leaves(self.args, iter(self._own(leaves))))
        return self.fn(*self._arguments)

    def _own(self, leaves: list[Any]) -> list[Any]:
        if not self.protect:
            return leaves
        return [v.copy() if isinstance(v, np.ndarray) else v for v in leaves]


def _converted(leaf: Any, dtype: type) -> Any:
    if isinstance(leaf, np.ndarray):
        return np.array(leaf, dtype=dtype)
    return dtype(leaf)


def forward(probe: Probe, step: float = FORWARD_STEP) -> list[float]:
    """Return the gradient by forward differences: one evaluation an entry, and one more."""
    base = float(probe.value())
    out = []
    for entry in probe.entries:
        h = entry.scaled(step)
        out.append((float(probe.moved(entry, h)) - base) / h)
    return out


def central(probe: Probe, step: float = CENTRAL_STEP) -> list[float]:
    """Return the gradient by central differences: two evaluations an entry."""
    return [central_slope(probe, entry, step) for entry in probe.entries]


def central_slope(probe: Probe, entry: Entry, step: float) -> float:
    """Return one central difference."""
    h = entry.scaled(step)
    return (float(probe.moved(entry, h)) - float(probe.moved(entry, -h))) / (2 * h)


def complex_step(probe: Probe, step: float = COMPLEX_STEP) -> list[float]:
    """Return the gradient by the complex step, of a ``Probe`` whose dtype is ``complex``.

    Raises
    ------
    TypeError
        Where the function does not run on complex numbers, or its result is not complex.
    """
    return [complex_slope(probe, entry, step) for entry in probe.entries]


def complex_slope(probe: Probe, entry: Entry, step: float = COMPLEX_STEP) -> float:
    """Return one derivative by the complex step."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", np.exceptions.ComplexWarning)
        try:
            result = probe.moved(entry, step * 1j)
        except np.exceptions.ComplexWarning as warning:
            raise TypeError(str(warning)) from warning
    if not np.iscomplexobj(result):
        raise TypeError("the result of complex arguments is real")
    return float(np.imag(result)) / step
