"""Gradients by means that share nothing with gradgen.

Complex step where the function can be followed into the complex plane (exact to rounding),
sixth-order central differences with a choice of steps elsewhere, and 50-digit differences for
scalar programs.
"""

from __future__ import annotations

import copy
import math
import types
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import mpmath
import numpy as np

from tests.complexify import NotAnalytic, as_complex, complexify, has_methods
from tests.pytrees import is_float_leaf, leaves, map_leaves, nodes

COMPLEX_STEP = 1e-30
STEPS = (3e-2, 1e-2, 3e-3, 1e-3, 3e-4)
# For differences of gradients that are exact to the last digits.
SHORT_STEPS = (1e-6, 1e-7, 1e-8)
# Where long steps disagree: they change the number of turns of a loop, or go through many waves.
SHORTER_STEPS = (1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9)
# Neighbouring steps do not agree better than this but by chance.
ROUNDING = 1e-12
SETTLED = 1e-9
STENCIL = ((1, 3 / 4), (2, -3 / 20), (3, 1 / 60))
DIFFERENCE_RTOL = 1e-8


def double(args: Any) -> Any:
    """Return a copy of the arguments with float32 widened, aliases kept apart."""
    return map_leaves(lambda leaf: np.asarray(leaf, float) if is_single(leaf) else leaf, args)


def is_single(leaf: Any) -> bool:
    """Tell whether a leaf is of single precision."""
    return isinstance(leaf, np.ndarray | np.generic) and leaf.dtype == np.float32


def positions(leaf: Any) -> list[tuple[int, ...]]:
    """Return the indices of all elements of a leaf; a scalar has one, the empty index."""
    return list(np.ndindex(np.shape(leaf)))


def moved(args: tuple, number: int, place: tuple[int, ...], step: Any, convert: Callable) -> tuple:
    """Return converted copies of the arguments with one element of leaf ``number`` moved."""
    count = iter(range(10**9))

    def change(leaf: Any) -> Any:
        mine = next(count) == number
        leaf = convert(copy.deepcopy(leaf))
        if not mine:
            return leaf
        if isinstance(leaf, np.ndarray):
            leaf[place] += step
            return leaf
        return leaf + step

    return map_leaves(change, args)


def elements(args: tuple, argnums: Sequence[int]) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield (leaf number, index) of every float element of the differentiated arguments."""
    for number, (path, leaf) in enumerate(leaves(args)):
        if path[0][1] in argnums and is_float_leaf(leaf):
            for place in positions(leaf):
                yield number, place


def collect(args: tuple, argnums: Sequence[int], partials: Callable[..., float]) -> tuple:
    """Return the containers of partial derivatives, zero for leaves that are not floats."""
    found = {key: partials(*key) for key in elements(args, argnums)}
    count = iter(range(10**9))

    def fill(leaf: Any) -> Any:
        number = next(count)
        filled = np.zeros(np.shape(leaf))
        for place in positions(leaf):
            filled[place] = found.get((number, place), 0.0)
        return filled

    filled = map_leaves(fill, args)
    return tuple(filled[position] for position in argnums)


def complex_gradient(function: Any, args: tuple, argnums: Sequence[int]) -> tuple:
    """Return the gradient by the complex step.

    Raises
    ------
    NotAnalytic
        Where the function does not run on complex numbers, drops imaginary parts, or is known to
        mean another thing there.
    """
    if getattr(function, "not_analytic", False):
        raise NotAnalytic("another function of complex numbers")
    args = double(args)
    analytic = getattr(function, "analytic", None) or complexify(function)
    if any(has_methods(part) for arg in args for part in nodes(arg)):
        raise NotAnalytic("methods of the arguments cannot be followed")

    def partial(number: int, place: tuple[int, ...]) -> float:
        result = analytic(*moved(args, number, place, COMPLEX_STEP * 1j, as_complex))
        return float(np.imag(result)) / COMPLEX_STEP

    with warnings.catch_warnings():
        warnings.simplefilter("error", np.exceptions.ComplexWarning)
        try:
            expected = float(function(*copy.deepcopy(args)))
            continued = complex(analytic(*map_leaves(as_complex, copy.deepcopy(args))))
            if not math.isclose(expected, continued.real, rel_tol=1e-9, abs_tol=1e-12):
                raise NotAnalytic(f"value {expected} continues as {continued}")
            return collect(args, argnums, partial)
        except (TypeError, AttributeError, np.exceptions.ComplexWarning) as error:
            raise NotAnalytic(str(error)) from error


def central(evaluate: Callable[[float], Any], step: float) -> Any:
    """Return the sixth-order central difference of ``evaluate`` at zero."""
    return sum(
        weight * (evaluate(place * step) - evaluate(-place * step)) for place, weight in STENCIL
    ) * (1.0 / step)


def steadiest(evaluate: Callable[[float], Any], steps: Sequence[float]) -> tuple[Any, float]:
    """Return the difference at the step where two neighbouring steps agree best, and how well.

    They agree relative to their size: where a function turns many times within a long step, long
    steps give small numbers, which are close to each other and far from the derivative.
    """
    best, least = None, math.inf
    before = np.asarray(central(evaluate, steps[0]))
    for step in steps[1:]:
        row = np.asarray(central(evaluate, step))
        size = max(1e-3, float(np.max(np.abs(row), initial=0.0)))
        gap = float(np.max(np.abs(before - row), initial=0.0)) / size
        if best is None or gap < least:
            best, least = before, gap
        if gap < ROUNDING:
            break
        before = row
    return best, least


def settled(evaluate: Callable[[float], Any], shorter: Sequence[float] = SHORTER_STEPS) -> Any:
    """Return the steadiest difference of long steps, or of short ones where those agree better.

    Long steps round least, and are believed where they agree: short ones may round to the same
    wrong number.  Across a jump, as where a loop takes another number of turns, no two long ones
    agree.
    """
    found, gap = steadiest(evaluate, STEPS)
    if gap > SETTLED:
        short, closer = steadiest(evaluate, shorter)
        found = short if closer < gap else found
    return found


def difference_gradient(function: Any, args: tuple, argnums: Sequence[int]) -> tuple:
    """Return the gradient by sixth-order central differences."""
    args = double(args)

    def partial(number: int, place: tuple[int, ...]) -> float:
        return float(
            settled(
                lambda step: float(function(*moved(args, number, place, step, lambda leaf: leaf)))
            )
        )

    return collect(args, argnums, partial)


def difference_along(function: Any, args: tuple, argnums: Sequence[int], vector: tuple) -> float:
    """Return the derivative along a vector by sixth-order central differences."""
    args = double(args)

    def at(step: float) -> float:
        return float(function(*shifted(args, argnums, vector, step)))

    return float(settled(at))


def shifted(args: tuple, argnums: Sequence[int], vector: tuple, step: float) -> tuple:
    """Return the arguments moved by ``step`` times a vector."""
    made = list(copy.deepcopy(args))
    for place, direction in zip(argnums, vector, strict=True):
        made[place] = map_leaves(
            lambda leaf, v: leaf + step * v if is_float_leaf(leaf) else leaf, made[place], direction
        )
    return tuple(made)


class MpMath:
    """``math`` in 50 digits."""

    fabs = staticmethod(abs)

    def __getattr__(self, name: str) -> Any:
        return getattr(mpmath, name)


def precise_gradient(function: Any, args: tuple, argnums: Sequence[int]) -> tuple:
    """Return the gradient of a scalar program by differences in 50 digits."""
    with mpmath.workdps(50):
        namespace = dict(function.__globals__, math=MpMath())
        precise = types.FunctionType(
            function.__code__, namespace, function.__name__, function.__defaults__
        )
        step = mpmath.mpf(10) ** -8

        def at(position: int, move: Any) -> Any:
            moved_args = [mpmath.mpf(arg) if is_float_leaf(arg) else arg for arg in args]
            moved_args[position] += move
            return precise(*moved_args)

        def partial(position: int) -> Any:
            parts = [(1, "0.75"), (2, "-0.15"), (3, mpmath.mpf(1) / 60)]
            return sum(
                mpmath.mpf(weight) * (at(position, place * step) - at(position, -place * step))
                for place, weight in parts
            )

        return tuple(float(partial(position) / step) for position in argnums)


def reference_gradient(function: Any, args: tuple, argnums: Sequence[int]) -> tuple[tuple, float]:
    """Return the best independent gradient, and the relative accuracy to ask of a comparison.

    The complex step is exact to rounding, so 1e-9 is asked. Sixth-order differences lose about
    ``eps ** (6 / 7)``, 4e-14, times the growth of the seventh derivative and the ratio of value to
    gradient; over the corpus they stay within 1e-9 of the complex step, and 1e-8 leaves room.
    """
    try:
        return complex_gradient(function, args, argnums), 1e-9
    except NotAnalytic:
        return difference_gradient(function, args, argnums), DIFFERENCE_RTOL


def float_argnums(args: tuple) -> tuple[int, ...]:
    """Return the positions of the arguments all of whose leaves are floats."""
    return tuple(
        place
        for place, arg in enumerate(args)
        if all(is_float_leaf(leaf) for _, leaf in leaves(arg)) and list(leaves(arg))
    )


def assert_trees_close(got: Any, expected: Any, rtol: float, what: str = "gradient") -> None:
    """Compare leaf by leaf, relative to the largest element of the whole tree."""
    found, wanted = dict(leaves(got)), dict(leaves(expected))
    assert found.keys() == wanted.keys(), f"{what} has {sorted(found)}, not {sorted(wanted)}"
    pairs = [
        ((path, found[path]), (path, leaf))
        for path, leaf in wanted.items()
        if np.issubdtype(np.asarray(found[path]).dtype, np.number)
    ]
    sizes = [np.max(np.abs(leaf), initial=0.0) for _, (_, leaf) in pairs]
    scale = max([1e-3, *(float(size) for size in sizes if np.isfinite(size))])
    for (path, one), (_, two) in pairs:
        np.testing.assert_allclose(
            np.asarray(one, float), two, rtol=rtol, atol=rtol * scale, err_msg=f"{what} at {path}"
        )


def tolerance(args: tuple, rtol: float) -> float:
    """Return the accuracy to ask: that of single precision where an argument has it."""
    return 2e-4 if any(is_single(leaf) for _, leaf in leaves(args)) else rtol


def assert_gradient(
    function: Any, args: tuple, gradient: tuple, argnums: Sequence[int], rtol: float | None = None
) -> None:
    """Assert that ``gradient`` is the gradient of ``function`` at ``args``."""
    expected, accuracy = reference_gradient(function, args, argnums)
    assert_trees_close(gradient, expected, tolerance(args, rtol or accuracy))


def hessian_vector(
    function: Any,
    args: tuple,
    argnums: Sequence[int],
    vector: tuple,
    verified_gradient: Callable[..., tuple] | None = None,
) -> tuple:
    """Return the Hessian times a vector by differencing a gradient along the vector.

    The gradient is the complex step, or ``verified_gradient`` where that does not apply: a
    difference of differences would not reach the accuracy asked of second order.
    """
    args = double(args)
    picked, floats = tuple(args[place] for place in argnums), is_float_leaf
    fallback = verified_gradient or (lambda *there: difference_gradient(function, there, argnums))

    def gradient_at(step: float) -> np.ndarray:
        there = shifted(args, argnums, vector, step)
        try:
            gradient = complex_gradient(function, there, argnums)
        except NotAnalytic:
            gradient = fallback(*there)
        pairs = zip(leaves(gradient), leaves(picked), strict=True)
        return np.concatenate([np.ravel(part) for (_, part), (_, leaf) in pairs if floats(leaf)])

    flat = iter(settled(gradient_at, SHORT_STEPS))

    def fill(leaf: Any) -> Any:
        values = [next(flat) if floats(leaf) else 0.0 for _ in positions(leaf)]
        return np.array(values).reshape(np.shape(leaf))

    return map_leaves(fill, picked)


def directions(args: tuple, argnums: Sequence[int]) -> tuple:
    """Return fixed pseudo-random vectors with the structure of the differentiated arguments."""
    rng = np.random.default_rng(7)

    def draw(leaf: Any) -> Any:
        if not is_float_leaf(leaf):
            return 0.0
        drawn = rng.normal(size=np.shape(leaf))
        return drawn.astype(leaf.dtype) if isinstance(leaf, np.ndarray) else float(drawn)

    return tuple(map_leaves(draw, args[place]) for place in argnums)
