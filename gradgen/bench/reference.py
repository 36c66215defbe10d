"""The gradient to 50 digits, against which every method's error is measured."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import mpmath
import numpy as np

from gradgen.bench.precise import Precise, PreciseNumbers, Tape
from gradgen.dataclass import dataclass
from gradgen.errors import GradgenError
from gradgen.interpret.arguments import flatten, is_inexact, leaf_values, with_leaves
from gradgen.interpret.graph import Interpreter

DIGITS = 50
# Digits lost to rounding on the way are lost from these.
SPARE_DIGITS = 15
# How near the value has to come to the function's own; it tells a wrong reading from rounding.
AGREEMENT = 1e-8
SINGLE_AGREEMENT = 1e-4


@dataclass(frozen=True)
class Reference:
    """A gradient of many digits, one number an entry, and where it comes from."""

    gradient: tuple[Any, ...]
    source: str

    def worst_error(self, gradient: Sequence[float]) -> float:
        """Return the largest relative error of an entry.

        Where the entry itself is zero, the error is relative to the largest entry.
        """
        largest = max((abs(r) for r in self.gradient), default=mpmath.mpf(0)) or mpmath.mpf(1)
        worst = 0.0
        for ours, exact in zip(gradient, self.gradient, strict=True):
            if not np.isfinite(ours):
                return float("inf")
            error = abs(mpmath.mpf(float(ours)) - exact)
            worst = max(worst, float(error / (abs(exact) or largest)))
        return worst


def reference(fn: Callable[..., Any], args: Sequence[Any], argnums: Sequence[int]) -> Reference:
    """Return the gradient to 50 digits.

    The function itself is run on numbers of many digits; where it does not take them, the graph
    that gradgen read is.  Either way the value has to agree with the function's own.

    Raises
    ------
    GradgenError
        Where neither gives the function's value.
    """
    expected = float(fn(*copy.deepcopy(args)))
    problems = []
    single = any(getattr(v, "dtype", None) == np.float32 for a in args for _, v in flatten(a))
    room = (SINGLE_AGREEMENT if single else AGREEMENT) * max(1.0, abs(expected))
    with mpmath.workdps(DIGITS + SPARE_DIGITS):
        for source, run in (("the function", _by_function), ("its graph", _by_graph)):
            try:
                value, gradient = run(fn, copy.deepcopy(args), argnums)
            except Exception as error:  # whatever a function does with numbers foreign to it
                problems.append(f"{source}: {type(error).__name__}: {error}")
                continue
            if abs(value - expected) <= room:
                return Reference(tuple(gradient), source)
            problems.append(f"{source}: {mpmath.nstr(value, 17)} instead of {expected!r}")
    raise GradgenError("there is no reference of 50 digits: " + "; ".join(problems))


def _entering(leaf: Any, tape: Tape, leaves: list[Precise]) -> Any:
    """Make a float of an argument differentiable."""
    if not isinstance(leaf, np.ndarray):
        leaves.append(tape.leaf(float(leaf)))
        return leaves[-1]
    out = np.empty(leaf.size, dtype=object)
    for k, v in enumerate(leaf.ravel()):
        out[k] = tape.leaf(float(v))
    leaves.extend(out)
    return out.reshape(leaf.shape)


def _constant(leaf: Any) -> Any:
    """Give a float of an argument many digits, not differentiable."""
    if not isinstance(leaf, np.ndarray):
        return Precise(mpmath.mpf(float(leaf)))
    out = np.empty(leaf.size, dtype=object)
    out[:] = [Precise(mpmath.mpf(float(v))) for v in leaf.ravel()]
    return out.reshape(leaf.shape)


def _by_function(fn: Any, args: Sequence[Any], argnums: Sequence[int]) -> tuple[Any, list[Any]]:
    tape, leaves = Tape(), list[Precise]()
    new = []
    for position, arg in enumerate(args):
        active = position in argnums
        parts = [
            leaf
            if not is_inexact(leaf)
            else _entering(leaf, tape, leaves)
            if active
            else _constant(leaf)
            for _, leaf in flatten(arg)
        ]
        new.append(with_leaves(arg, iter(parts)))
    result = fn(*new)
    result = result.item() if isinstance(result, np.ndarray) else result
    if not isinstance(result, Precise):
        raise TypeError(f"the result became a {type(result).__name__}")
    return result.value, tape.gradient(result, leaves)


def _by_graph(fn: Any, args: Sequence[Any], argnums: Sequence[int]) -> tuple[Any, list[Any]]:
    from gradgen.options import Options
    from gradgen.pipeline import run

    function = run(fn, tuple(args), Options(argnums=tuple(argnums)), until="parse").function
    tape, leaves = Tape(), list[Precise]()
    values = [
        _entering(leaf.value, tape, leaves)
        if leaf.inexact and leaf.argument in argnums
        else leaf.value
        for leaf in leaf_values(fn, function, args)
    ]
    numbers = PreciseNumbers()
    result = Interpreter(numbers).run(function, values)
    result = numbers.number(result.item() if isinstance(result, np.ndarray) else result)
    return result.value, tape.gradient(result, leaves)
