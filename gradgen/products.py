"""Products with derivatives: ``vjp`` (from the left), ``jvp`` and ``hvp`` (from the right)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from gradgen.api import options_of
from gradgen.errors import ArgumentError
from gradgen.gradient import Gradient
from gradgen.interpret.arguments import flatten as _pairs
from gradgen.interpret.arguments import follow, with_leaves
from gradgen.options import Options

NUMBERS = (float, int, np.ndarray, np.generic)


def vjp(
    fn: Callable[..., Any],
    *,
    argnums: int | tuple[int, ...] | None = None,
    argnames: str | tuple[str, ...] | None = None,
    has_aux: bool = False,
    example_args: Any = None,
    backend: str = "numpy",
    cache: bool = False,
    memory: int | str | None = None,
) -> Pullback:
    """Return a function that computes a value and its vector-Jacobian product.

    Parameters
    ----------
    fn : function
        A function that returns a number, an array, or a container of them.
    argnums, argnames, has_aux, example_args, backend, cache, memory
        As for `grad`.

    Returns
    -------
    Pullback
        ``value, pullback = vjp(fn)(*args)``; ``pullback(cotangent)``, with a cotangent of the
        value's structure, returns the gradient of ``sum(cotangent * value)``.  Each call of it runs
        the forward sweep again.  ``source`` is the generated function of the arguments and the
        cotangent ``d_value``.  With ``has_aux``, ``value, pullback, aux``.

    Raises
    ------
    ArgumentError
        If the cotangent has another structure or shape than the value.
    """
    options = options_of(
        "vjp", argnums, argnames, has_aux, backend=backend, cache=cache, memory=memory
    )
    return Pullback(fn, options, example_args)


def jvp(
    fn: Callable[..., Any],
    *,
    argnums: int | tuple[int, ...] | None = None,
    argnames: str | tuple[str, ...] | None = None,
    has_aux: bool = False,
    example_args: Any = None,
    backend: str = "numpy",
    cache: bool = False,
) -> Pushforward:
    """Return a function that computes a value and its derivative in a direction, in forward mode.

    Parameters
    ----------
    fn : function
        A function that returns a number, an array, or a container of them.
    argnums, argnames, has_aux, example_args, backend, cache
        As for `grad`.

    Returns
    -------
    Pushforward
        ``value, tangent = jvp(fn)(args, tangents)``, with a tuple of all arguments and the tangent
        of the differentiated one (a tuple of tangents where ``argnums`` is a tuple), each with the
        structure and shape of its argument.  ``source`` is the generated function of the arguments
        and the tangents ``t_NAME``; it has no tape, and costs a small multiple of the function.
        With ``has_aux``, ``value, tangent, aux``.

    Raises
    ------
    ArgumentError
        If a tangent has another structure or shape than its argument.
    """
    options = options_of("jvp", argnums, argnames, has_aux, backend=backend, cache=cache)
    return Pushforward(fn, options, example_args)


def hvp(
    fn: Callable[..., Any],
    *,
    argnums: int | tuple[int, ...] | None = None,
    argnames: str | tuple[str, ...] | None = None,
    has_aux: bool = False,
    example_args: Any = None,
    backend: str = "numpy",
    cache: bool = False,
) -> Pushforward:
    """Return a function that computes a Hessian-vector product, forward over reverse.

    Parameters
    ----------
    fn : function
        A function that returns one number.
    argnums, argnames, has_aux, example_args, backend, cache
        As for `grad`.

    Returns
    -------
    Pushforward
        ``product = hvp(fn)(args, tangents)``, with arguments and tangents as `jvp` takes them: the
        derivative of the gradient in the direction of the tangents, in the gradient's structure.
        It costs a small multiple of the gradient, and no matrix is formed (Pearlmutter, "Fast exact
        multiplication by the Hessian", 1994).  With ``has_aux``, ``product, aux``.

    Raises
    ------
    ArgumentError
        If a tangent has another structure or shape than its argument.
    """
    options = options_of("hvp", argnums, argnames, has_aux, backend=backend, cache=cache)
    return Pushforward(fn, options, example_args)


class Pushforward(Gradient):
    """A function's derivative in a direction; made by `jvp` and `hvp`."""

    pushed = True

    def __call__(self, args: tuple[Any, ...], tangents: Any) -> Any:
        """Return value and tangent at these arguments."""
        if not isinstance(args, tuple | list):
            raise ArgumentError("the arguments are no tuple", hint="call it with (args, tangents)")
        call = self.complete(tuple(args), {})
        made = self.specialise(call[0])
        given = dict(zip(self._names, call[0], strict=True))
        chosen = made.program.function.result["active"]
        moves = (tangents,) if self.options.single else tuple(tangents)
        if len(moves) != len(chosen):
            raise ArgumentError(
                f"there are {len(moves)} tangents for {len(chosen)} arguments",
                hint="give one for each differentiated argument",
            )
        more = {
            f"t_{s.label}": _matching(t, follow(given[s.name], s.path))
            for s, t in zip(chosen, moves, strict=True)
        }
        return self.run(call, made, **more)


class Pullback(Gradient):
    """A function's vector-Jacobian product; made by `vjp`.

    ``source`` is the generated function of the arguments and the cotangent.
    """

    def __init__(self, fn: Callable[..., Any], options: Options, example_args: Any = None) -> None:
        super().__init__(fn, options, example_args)
        self.pulled = Gradient(fn, replace(options, mode="value"), example_args)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the value at these arguments, and the pullback there."""
        call = self.complete(args, kwargs)
        found = self.pulled.run(call)
        value = found[0] if self.options.has_aux else found

        def pullback(cotangent: Any) -> Any:
            return self.run(call, d_value=_matching(cotangent, value))[1]

        return (value, pullback, found[1]) if self.options.has_aux else (value, pullback)


def flatten(tree: Any) -> list[Any]:
    """Return the numbers and arrays of a container, in order."""
    return [leaf for _, leaf in _pairs(tree)]


def unflatten(like: Any, leaves: list[Any]) -> Any:
    """Return a container of a structure with other leaves."""
    return with_leaves(like, iter(leaves))


def _matching(cotangent: Any, value: Any) -> Any:
    """Return a cotangent with the dtypes of a value, after comparing their shapes."""
    given, wanted = flatten(cotangent), flatten(value)
    if len(given) != len(wanted):
        raise ArgumentError(
            f"the cotangent has {len(given)} parts, and the value {len(wanted)}",
            hint="give it the structure of the value",
        )
    if not any(isinstance(v, NUMBERS) for v in wanted):
        raise ArgumentError(
            f"the function returns a {type(value).__name__}, which has no derivative",
            hint="return numbers, arrays, or tuples and dicts of them",
        )
    out: list[Any] = []
    for c, v in zip(given, wanted, strict=True):
        if not isinstance(v, NUMBERS):
            out.append(v)  # text, None and functions stay what they are
            continue
        if np.shape(c) != np.shape(v):
            raise ArgumentError(
                f"the cotangent has shape {np.shape(c)}, where the value has {np.shape(v)}",
                hint="give it the shapes of the value",
            )
        if isinstance(v, np.ndarray):
            out.append(np.array(c, dtype=v.dtype))
        else:
            out.append(type(v)(c))
    return unflatten(value, out)
