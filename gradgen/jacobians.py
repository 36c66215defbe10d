"""Jacobians and Hessians as arrays: ``jacobian``, ``jacfwd``, ``jacrev``, ``hessian``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from inspect import BoundArguments
from typing import Any

import numpy as np

from gradgen.api import Argnames, Argnums, Batch, Function, options_of
from gradgen.errors import GradgenError
from gradgen.gradient import Gradient
from gradgen.options import Options
from gradgen.products import flatten, unflatten
from gradgen.quick import long_way
from gradgen.specialisation import road

PLAIN = (float, int, np.ndarray)


def jacobian(
    fn: Function | None = None,
    *,
    argnums: Argnums = None,
    argnames: Argnames = None,
    has_aux: bool = False,
    example_args: Any = None,
    batch: Batch = None,
    backend: str = "numpy",
    cache: bool = False,
) -> Any:
    """Return a function that computes the derivative of every output by every input.

    Parameters
    ----------
    fn : function, optional
        A function that returns a number, an array, or a container of them.  Without it, a decorator
        is returned.
    argnums, argnames, has_aux, example_args, batch, backend, cache
        As for `grad`.

    Returns
    -------
    Jacobian
        The Jacobian has the structure of the value; in place of each array of shape ``s`` stand
        arrays in the structure of the arguments, of the shapes ``s + t`` for arguments of shapes
        ``t``.  It is computed in one sweep, `jacfwd` where there are no more inputs than outputs,
        else `jacrev`; ``explain()`` says which and why.  With ``has_aux``, ``(jacobian, aux)``.
        With ``batch=``, there is one for each example, in the rows of each array.

    Raises
    ------
    GradgenError
        At the call, where a construct or an argument has no derivative here.
    """
    options = options_of(
        "jacobian", argnums, argnames, has_aux, batch=batch, backend=backend, cache=cache
    )
    return _decorated(Jacobian, fn, options, example_args, argnums is not None)


def jacfwd(
    fn: Function | None = None,
    *,
    argnums: Argnums = None,
    argnames: Argnames = None,
    has_aux: bool = False,
    example_args: Any = None,
    batch: Batch = None,
    backend: str = "numpy",
    cache: bool = False,
) -> Any:
    """Return a function that computes a Jacobian forward, a tangent for each entry of the inputs.

    The tangents go through one sweep together, as an array with an axis more.  Parameters and
    result are those of `jacobian`.
    """
    options = options_of(
        "jacfwd", argnums, argnames, has_aux, batch=batch, backend=backend, cache=cache
    )
    return _decorated(Gradient, fn, options, example_args, argnums is not None)


def jacrev(
    fn: Function | None = None,
    *,
    argnums: Argnums = None,
    argnames: Argnames = None,
    has_aux: bool = False,
    example_args: Any = None,
    memory: int | str | None = None,
    batch: Batch = None,
    backend: str = "numpy",
    cache: bool = False,
) -> Any:
    """Return a function that computes a Jacobian in reverse, a cotangent for each output entry.

    The cotangents go through one sweep together, as an array with an axis more.  Parameters and
    result are those of `jacobian`, and ``memory`` is that of `grad`: what is kept is kept once, for
    all cotangents.
    """
    options = options_of(
        "jacrev",
        argnums,
        argnames,
        has_aux,
        batch=batch,
        backend=backend,
        cache=cache,
        memory=memory,
    )
    return _decorated(Gradient, fn, options, example_args, argnums is not None)


def hessian(
    fn: Function | None = None,
    *,
    argnums: Argnums = None,
    argnames: Argnames = None,
    has_aux: bool = False,
    example_args: Any = None,
    batch: Batch = None,
    backend: str = "numpy",
    cache: bool = False,
) -> Any:
    """Return a function that computes the matrix of second derivatives, forward over reverse.

    Parameters
    ----------
    fn : function, optional
        A function that returns a number, an array, or a container of them.  Without it, a decorator
        is returned.
    argnums, argnames, has_aux, example_args, batch, backend, cache
        As for `grad`.

    Returns
    -------
    Hessian
        For an argument of shape ``s``, an array of shape ``s + s``; for several, a tuple of tuples:
        ``hessian(f, argnums=(0, 1))(x, y)[0][1]`` is the derivative by ``x``, then by ``y``.  Where
        the value is an array of shape ``v``, ``v + s + s``, the Jacobian of the Jacobian.
        For products with vectors, without the matrix, there is `hvp`.  With ``has_aux``,
        ``(hessian, aux)``.

    Raises
    ------
    GradgenError
        At the call, where a construct or an argument has no derivative here.
    """
    options = options_of(
        "hessian", argnums, argnames, has_aux, batch=batch, backend=backend, cache=cache
    )
    return _decorated(Hessian, fn, options, example_args, argnums is not None)


def hessian_diag(
    fn: Function | None = None,
    *,
    argnums: Argnums = None,
    argnames: Argnames = None,
    has_aux: bool = False,
    example_args: Any = None,
    batch: Batch = None,
    backend: str = "numpy",
    cache: bool = False,
) -> Any:
    """Return a function that computes the diagonal of the Hessian, in the gradient's structure.

    Parameters are those of `hessian`.
    """
    options = options_of(
        "hessian_diag", argnums, argnames, has_aux, batch=batch, backend=backend, cache=cache
    )
    return _decorated(Gradient, fn, options, example_args, argnums is not None)


def _decorated(
    make: type[Gradient], fn: Function | None, options: Options, example_args: Any, counted: bool
) -> Any:
    def decorate(f: Function) -> Gradient:
        return make(f, options, example_args, counted)

    return decorate if fn is None else decorate(fn)


class Several(Gradient):
    """A derivative that can be had in several ways: the first that works for the types is taken."""

    ways: tuple[str, ...]

    def __init__(
        self, fn: Function, options: Options, example_args: Any = None, counted: bool = False
    ) -> None:
        super().__init__(fn, options, example_args, counted)
        self._made = {
            way: Gradient(fn, replace(options, mode=way), example_args, counted)
            for way in self.ways
        }

    def order(self, args: tuple[Any, ...]) -> tuple[str, ...]:
        """Return the ways in the order in which they are tried."""
        return self.ways

    def specialise(self, args: tuple[Any, ...]) -> Any:
        """Return the module of the first way that there is for the types of the arguments."""
        made = self._first(self.order(args), lambda made: made.specialise(args))
        self._recent = long_way(made)
        return made

    def derive(self, make: Callable[[Options], Any], args: tuple[Any, ...] | None) -> Any:
        """Return what is made with the options of the first way that there is for arguments."""
        ways = self.ways if args is None else self.order(args)
        return self._first(ways, lambda made: make(made.options))

    def _program(self, given: Any, options: Options | None = None) -> Any:
        known = isinstance(given, tuple) and len(given) == len(self._names)
        ways = self.order(given) if known else self.ways
        return self._first(ways, lambda made: made._program(given), options)

    def _first(
        self, ways: tuple[str, ...], make: Callable[[Gradient], Any], options: Options | None = None
    ) -> Any:
        """Return what is made in the first way in which all seeds go through together.

        Else, in the first in which they go one after the other.
        """
        first: GradgenError | None = None
        for turns in (False, True):
            for way in ways:
                made = self._made[way]
                made._receiver = self._receiver
                made.options = replace(options or self.options, mode=way, turns=turns)
                try:
                    return make(made)
                except GradgenError as error:
                    first = first or error
        assert first is not None
        raise first


class Jacobian(Several):
    """A function that computes a Jacobian; made by `jacobian`."""

    ways = ("jacfwd", "jacrev")

    def __init__(
        self, fn: Function, options: Options, example_args: Any = None, counted: bool = False
    ) -> None:
        super().__init__(fn, options, example_args, counted)
        one = replace(options, mode="value", batch=())
        self._value = Gradient(fn, one, example_args, counted)
        self._orders: dict[Any, tuple[tuple[str, ...], str]] = {}
        self._shapes: list[Any] | None = None  # those of the last call
        self.why = ""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the Jacobian at these arguments; their shapes decide the direction."""
        shapes = [a.shape if type(a) is np.ndarray else type(a) for a in args]
        if shapes == self._shapes and not kwargs:
            return super().__call__(*args)
        found = self._at_length(args, kwargs)
        self._shapes = shapes if all(type(a) in PLAIN for a in args) else None
        return found

    def order(self, args: tuple[Any, ...]) -> tuple[str, ...]:
        """Forward for few inputs, in reverse for few outputs; counted once for all shapes."""
        key = tuple(map(np.shape, flatten(args)))
        if key not in self._orders:
            self._orders[key] = self._counted(args)
        self._shapes = None
        ways, self.why = self._orders[key]
        return ways

    def _counted(self, args: tuple[Any, ...]) -> tuple[tuple[str, ...], str]:
        self._value._receiver = self._receiver
        args = self._first_example(args)
        if args is None:
            return ("jacrev", "jacfwd"), "in reverse, for there is no example"
        given = BoundArguments(self._signature, dict(zip(self._names, args, strict=True)))
        made = self._value.specialise(args)
        inputs = _entries(list(self._value.chosen(args, made).values()))
        if made.seen:
            seeds = [value for value, _ in made.program.function.result["seeds"]]
            if not all(v.type.is_scalar for v in seeds):
                return ("jacfwd", "jacrev"), "forward, for the function has effects, and runs once"
            outputs = len(seeds)
        else:
            value = self._value.run((args, given.args, given.kwargs), made)
            outputs = _entries(value[0] if self.options.has_aux else value)
        way, other = ("jacfwd", "jacrev") if inputs <= outputs else ("jacrev", "jacfwd")
        direction = "forward" if way == "jacfwd" else "in reverse"
        why = f"{direction}, for there are {_some(inputs, 'input')} and {_some(outputs, 'output')}"
        return (way, other), why

    def _first_example(self, args: tuple[Any, ...]) -> Any:
        """Return the arguments of the first example of a batch, None where there is none."""
        batched = road().batch_names(self.options.batch, self._names[self._receiver is not None :])
        pairs = list(zip(self._names, args, strict=True))
        if any(not len(leaf) for name, v in pairs if name in batched for leaf in flatten(v)):
            return None
        return tuple(
            unflatten(v, [leaf[0] for leaf in flatten(v)]) if name in batched else v
            for name, v in pairs
        )

    def explain(self, *args: Any, **kwargs: Any) -> str:
        """Return what is differentiated, and why in this direction: that of these arguments."""
        text = super().explain(*args, **kwargs)
        return "\n".join([*([f"Swept {self.why}."] if self.why else []), text])


class Hessian(Several):
    """A function that computes a Hessian; made by `hessian`."""

    ways = ("hessian", "hessian_reverse", "hessian_outputs")


def _some(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _entries(tree: Any) -> int:
    return sum(np.size(leaf) for leaf in flatten(tree))
