"""Derivatives of solutions: of a root or a fixed point, not of the iterations that find it.

Where ``residual(z, a) = 0``, the implicit function theorem gives ``dz = -R_z^-1 R_a da``: one solve
with the Jacobian of the residual, transposed in reverse (Christianson, "Reverse accumulation and
attractive fixed points", 1994; Blondel et al., "Efficient and modular implicit differentiation",
2022).
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from gradgen.custom import custom_vjp
from gradgen.errors import ArgumentError


def implicit(
    residual: Callable[..., Any], *, nondiff_argnums: tuple[int, ...] = ()
) -> Callable[[Callable[..., Any]], custom_vjp]:
    """Return a decorator for a function that solves ``residual(z, *args) = 0``.

    Parameters
    ----------
    residual : function
        ``residual(z, *args)``, zero in the shape of ``z`` at the solution; it is never iterated,
        only differentiated once there.
    nondiff_argnums : tuple of int
        Which of the solver's arguments have no derivative, such as numbers of steps: 1 is the first
        after the start.

    Returns
    -------
    decorator
        For a solver ``solve(start, *args)`` that returns ``z``: a number, an array, or a dict,
        tuple or list of such, whose parts the residual has, too.  Its derivative by ``args`` is
        that of the solution, by one solve with the residual's Jacobian, and by the start it is
        zero.

    Raises
    ------
    ArgumentError
        If the residual takes other arguments than the solver.

    Examples
    --------
    >>> @gradgen.implicit(lambda z, a: z * z - a)
    ... def root(z, a):
    ...     for _ in range(50):
    ...         z = 0.5 * (z + a / z)
    ...     return z
    """
    return lambda solver: _ruled(solver, residual, False, nondiff_argnums)


def fixed_point(
    step: Callable[..., Any], *, nondiff_argnums: tuple[int, ...] = ()
) -> Callable[[Callable[..., Any]], custom_vjp]:
    """Return a decorator for a function that iterates ``z = step(z, *args)`` until it rests.

    Parameters and result are those of `implicit`, with the residual ``z - step(z, *args)``.
    """
    return lambda solver: _ruled(solver, step, True, nondiff_argnums)


def _arguments(solver: Callable[..., Any], equation: Callable[..., Any]) -> int:
    """Return how many arguments an equation and its solver take."""
    for fn in (solver, equation):
        if not callable(fn):
            raise ArgumentError(
                f"{fn!r} is no function", hint="give an equation, and decorate a solver"
            )
    count = len(inspect.signature(equation).parameters)
    if count != len(inspect.signature(solver).parameters):
        raise ArgumentError(
            f"the equation takes {count} arguments, and {_name(solver)} "
            f"{len(inspect.signature(solver).parameters)}",
            hint="let both take the unknown (or the start), then the same arguments, those of "
            "nondiff_argnums too",
        )
    return count


def _name(solver: Callable[..., Any]) -> str:
    return repr(getattr(solver, "__name__", "the solver"))


def _require_arguments(fixed: tuple[int, ...], count: int) -> None:
    """Refuse numbers of arguments that a solver does not take, after the start."""
    numbers = fixed if isinstance(fixed, tuple | list) else (fixed,)
    wrong = [k for k in numbers if k not in range(1, count)]
    if wrong or not isinstance(fixed, tuple | list):
        raise ArgumentError(
            f"nondiff_argnums={fixed!r}, where the start and {count - 1} arguments are taken",
            hint="give a tuple of the arguments' numbers: 1 is the first after the start",
        )


# --- solutions that are containers: numbers and arrays in dicts, tuples and lists -----------------


def _is_container(z):
    return isinstance(z, (dict, tuple, list))


def _leaves(z, like):
    """Return the numbers and arrays of a structure, in the order of another one."""
    if isinstance(like, dict):
        return [leaf for k in like for leaf in _leaves(z[k], like[k])]
    if isinstance(like, (tuple, list)):
        return [leaf for a, b in zip(z, like, strict=True) for leaf in _leaves(a, b)]
    return [z]


def in_parts_of(like: Any, found: Any) -> Any:
    """Return what an equation gives; gradgen refuses it where a solution has other parts."""
    return found


def _flat(z, like):
    """Return all entries of a structure as a vector."""
    leaves = _leaves(z, like)
    if all(np.ndim(leaf) == 0 for leaf in leaves):
        return np.array(leaves)
    return np.concatenate([np.ravel(leaf) for leaf in leaves])


def _shaped(like, v, start=0):
    """Return the entries of a vector from a place on in a structure, and the place after them."""
    if isinstance(like, dict):
        found = {}
        for k in like:
            found[k], start = _shaped(like[k], v, start)
        return found, start
    if isinstance(like, (tuple, list)):
        parts = []
        for one in like:
            part, start = _shaped(one, v, start)
            parts.append(part)
        return tuple(parts) if isinstance(like, tuple) else parts, start
    if np.ndim(like) == 0:
        return v[start], start + 1
    stop = start + np.size(like)
    return np.reshape(v[start:stop], np.shape(like)), stop


def apart(z):
    """Return what a marked solution consists of: a structure as a tuple of its leaves."""
    leaves = _leaves(z, z) if _is_container(z) else [z]
    return leaves[0] if len(leaves) == 1 else tuple(leaves)


def _kept(z, *args):
    return apart(z), (z, args)


# --- rules ----------------------------------------------------------------------------------------


def _ruled(
    solver: Callable[..., Any],
    equation: Callable[..., Any],
    rests: bool,
    nondiff_argnums: tuple[int, ...],
) -> custom_vjp:
    """Give a solver the rules of the implicit function theorem.

    ``rests`` says that the equation is ``z = equation(z, *args)``, not ``equation(z, *args) = 0``.
    """
    count = _arguments(solver, equation)
    _require_arguments(nondiff_argnums, count)
    singular = f"the equation of {_name(solver)} has a singular Jacobian at its solution"
    other = f"the equation of {_name(solver)} has not the shape of its solution"
    jacobian, divided = _steepness(equation, rests, singular, other)
    backward, pushforward = _rules(equation, count, nondiff_argnums, jacobian, divided)

    def forward(start, *args):
        z = solver(start, *args)
        return z, (z, args)

    def rest(z, *args):
        return apart(z)

    rest.__signature__ = inspect.signature(solver)  # type: ignore[attr-defined]
    found, made = custom_vjp(rest), custom_vjp(solver)
    found.defvjp(_kept, backward)
    made.defvjp(forward, backward)
    found.pushforward = made.pushforward = pushforward
    found.found = made.found = found
    return made


def _steepness(
    equation: Callable[..., Any], rests: bool, singular: str, other: str
) -> tuple[Any, Any]:
    """Return the functions that give an equation's Jacobian, and that divide by the one number."""
    from gradgen.jacobians import jacfwd

    def level(v, like, *args):
        """Return the equation of a solution in parts as one of vectors."""
        z, _ = _shaped(like, v)
        return _flat(in_parts_of(like, equation(z, *args)), like)

    slope, slope_of_parts = jacfwd(equation, argnums=0), jacfwd(level, argnums=0)

    def jacobian(z, args):
        if _is_container(z):
            square = slope_of_parts(_flat(z, z), z, *args)
        else:
            found = slope(z, *args)
            if np.ndim(found) != 2 * np.ndim(z):
                raise ValueError(other)
            if np.ndim(z) == 0:
                return found - 1.0 if rests else found
            square = np.reshape(found, (np.size(z), np.size(z)))
        return square - np.eye(len(square)) if rests else square

    def divided(g, z, args):
        """Return a number divided by the derivative of an equation of one number."""
        steep = jacobian(z, args)
        if steep == 0.0:
            raise np.linalg.LinAlgError(singular)
        return -g / steep

    return jacobian, divided


def _rules(
    equation: Callable[..., Any], count: int, fixed: tuple[int, ...], jacobian: Any, divided: Any
) -> tuple[Any, Any]:
    """Return the rules of a solver in reverse and in forward mode."""
    from gradgen.products import jvp, vjp

    free = tuple(k for k in range(1, count) if k not in fixed)
    pull = vjp(equation, argnums=free)

    def backward(kept, g):
        z, args = kept
        if _is_container(z):
            weight, _ = _shaped(z, np.linalg.solve(jacobian(z, args).T, -_flat(g, g)))
        elif np.ndim(z) == 0:
            weight = divided(g, z, args)
        else:
            solved = np.linalg.solve(jacobian(z, args).T, -np.ravel(g))
            weight = solved if np.ndim(z) == 1 else np.reshape(solved, np.shape(z))
        _, pullback = pull(z, *args)
        return (None, *_placed(pullback(weight)))

    @functools.lru_cache(maxsize=64)
    def pushforward(moving):
        """Return the forward rule where these arguments have tangents, by their numbers."""
        chosen = tuple(k for k in free if k in moving) or free
        push = jvp(equation, argnums=chosen)

        def pushed(kept, moves):
            z, args = kept
            _, change = push((z, *args), tuple(moves[k] for k in chosen))
            if _is_container(z):
                moved, _ = _shaped(z, np.linalg.solve(jacobian(z, args), -_flat(change, z)))
                return moved
            if np.ndim(z) == 0:
                return divided(change, z, args)
            solved = np.linalg.solve(jacobian(z, args), -np.ravel(change))
            return solved if np.ndim(z) == 1 else np.reshape(solved, np.shape(z))

        return pushed

    def _placed(cotangents):
        """Put None where an argument has no derivative."""
        return [cotangents[free.index(k)] if k in free else None for k in range(1, count)]

    return backward, pushforward
