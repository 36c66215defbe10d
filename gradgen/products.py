"""Products with derivatives: ``vjp`` (from the left), ``jvp`` and ``hvp`` (from the right)."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gradgen.api import Batch, options_of
from gradgen.errors import ArgumentError
from gradgen.gradient import Gradient
from gradgen.interpret.arguments import as_it_is, follow, spell, with_leaves
from gradgen.interpret.arguments import flatten as _pairs
from gradgen.options import Options
from gradgen.seen import unseen

if TYPE_CHECKING:
    from gradgen.pipeline import Program

NUMBERS = (float, int, np.ndarray, np.generic)


def vjp(
    fn: Callable[..., Any],
    *,
    argnums: int | tuple[int, ...] | None = None,
    argnames: str | tuple[str, ...] | None = None,
    has_aux: bool = False,
    example_args: Any = None,
    batch: Batch = None,
    backend: str = "numpy",
    cache: bool = False,
    memory: int | str | None = None,
) -> Pullback:
    """Return a function that computes a value and its vector-Jacobian product.

    Parameters
    ----------
    fn : function
        A function that returns a number, an array, or a container of them.
    argnums, argnames, has_aux, example_args, batch, backend, cache, memory
        As for `grad`.

    Returns
    -------
    Pullback
        ``value, pullback = vjp(fn)(*args)``; ``pullback(cotangent)``, with a cotangent of the
        value's structure, returns the gradient of ``sum(cotangent * value)``.  Each call of it runs
        the forward sweep again.  ``source`` is the generated function of the arguments and the
        cotangent ``d_value``.  With ``has_aux``, ``value, pullback, aux``.  With ``batch=``, value
        and cotangent hold a row for each example, and so does all that the pullback returns.

    Raises
    ------
    ArgumentError
        If the cotangent has another structure or shape than the value.
    """
    options = options_of(
        "vjp", argnums, argnames, has_aux, backend=backend, cache=cache, memory=memory, batch=batch
    )
    return Pullback(fn, options, example_args)


def jvp(
    fn: Callable[..., Any],
    *,
    argnums: int | tuple[int, ...] | None = None,
    argnames: str | tuple[str, ...] | None = None,
    has_aux: bool = False,
    example_args: Any = None,
    batch: Batch = None,
    backend: str = "numpy",
    cache: bool = False,
) -> Pushforward:
    """Return a function that computes a value and its derivative in a direction, in forward mode.

    Parameters
    ----------
    fn : function
        A function that returns a number, an array, or a container of them.
    argnums, argnames, has_aux, example_args, batch, backend, cache
        As for `grad`.

    Returns
    -------
    Pushforward
        ``value, tangent = jvp(fn)(args, tangents)``, with a tuple of all arguments and the tangent
        of the differentiated one (a tuple of tangents where ``argnums`` is a tuple), each with the
        structure and shape of its argument.  ``source`` is the generated function of the arguments
        and the tangents ``t_NAME``; it has no tape, and costs a small multiple of the function.
        With ``has_aux``, ``value, tangent, aux``.  With ``batch=``, arguments that hold an example
        in each row have tangents that do; value and tangent have a row for each.

    Raises
    ------
    ArgumentError
        If a tangent has another structure or shape than its argument.
    """
    options = options_of(
        "jvp", argnums, argnames, has_aux, backend=backend, cache=cache, batch=batch
    )
    return Pushforward(fn, options, example_args)


def hvp(
    fn: Callable[..., Any],
    *,
    argnums: int | tuple[int, ...] | None = None,
    argnames: str | tuple[str, ...] | None = None,
    has_aux: bool = False,
    example_args: Any = None,
    batch: Batch = None,
    backend: str = "numpy",
    cache: bool = False,
) -> Pushforward:
    """Return a function that computes a Hessian-vector product, forward over reverse.

    Parameters
    ----------
    fn : function
        A function that returns one number.
    argnums, argnames, has_aux, example_args, batch, backend, cache
        As for `grad`.

    Returns
    -------
    Pushforward
        ``product = hvp(fn)(args, tangents)``, with arguments and tangents as `jvp` takes them: the
        derivative of the gradient in the direction of the tangents, in the gradient's structure.
        It costs a small multiple of the gradient, and no matrix is formed (Pearlmutter, "Fast exact
        multiplication by the Hessian", 1994).  With ``has_aux``, ``product, aux``.  With
        ``batch=``, a product for each example, as for `jvp`.

    Raises
    ------
    ArgumentError
        If a tangent has another structure or shape than its argument.
    """
    options = options_of(
        "hvp", argnums, argnames, has_aux, backend=backend, cache=cache, batch=batch
    )
    return Pushforward(fn, options, example_args)


class Pushforward(Gradient):
    """A function's derivative in a direction; made by `jvp` and `hvp`."""

    pushed = calls_for_more = True

    def __call__(self, args: tuple[Any, ...], tangents: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        """Return value and tangent at these arguments; further ones may be given by name."""
        if not isinstance(args, tuple | list):
            raise ArgumentError("the arguments are no tuple", hint="call it with (args, tangents)")
        call = self.complete(tuple(args), kwargs)
        made = self.specialise(call[0])
        given = dict(zip(self._names, call[0], strict=True))
        chosen = made.program.function.result["active"]
        # One tangent alone, or in a tuple as the arguments are.
        alone = self.options.single and not (
            len(chosen) == 1
            and _is_in_a_tuple(tangents, follow(given[chosen[0].name], chosen[0].path))
        )
        moves = (tangents,) if alone else tangents
        if not isinstance(moves, tuple | list | np.ndarray):
            raise ArgumentError(
                "the tangents are no tuple", hint="give one for each differentiated argument"
            )
        if len(moves) != len(chosen):
            raise ArgumentError(
                f"there are {len(moves)} tangents for {len(chosen)} arguments",
                hint="give one for each differentiated argument",
            )
        more = {
            f"t_{s.label}": _matching(t, follow(given[s.name], s.path), "tangent", "argument")
            for s, t in zip(chosen, moves, strict=True)
        }
        return self.run(call, made, **more)


class Pullback(Gradient):
    """A function's vector-Jacobian product; made by `vjp`.

    ``source`` is the generated function of the arguments and the cotangent.
    """

    calls_for_more = True

    def __init__(self, fn: Callable[..., Any], options: Options, example_args: Any = None) -> None:
        super().__init__(fn, options, example_args)
        self.pulled = Gradient(fn, replace(options, mode="value"), example_args)
        self._newest: Callable[[], Any] = lambda: None  # the pullback of the last call, if it lives

    @property
    def program(self) -> Program:
        """The pipeline's result for the last call's types, be its pullback not called yet."""
        pullback, called = self._newest(), self.pulled._last
        if self._last is not None or called is None:
            return super().program
        if pullback is not None:
            return self.specialise(pullback.point[0]).program
        _, specs = called.program.source
        return self._program(specs)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the value at these arguments, and the pullback there."""
        call = self.complete(args, kwargs)
        made = self.pulled.specialise(call[0])
        state = np.random.get_state(legacy=False) if made.seen else None
        found = self.pulled.run(call, made)
        value = found[0] if self.options.has_aux else found
        # The pullback is that of this point, whatever the caller makes of the arguments later.
        call = as_it_is(call, {})

        def pullback(cotangent: Any) -> Any:
            with nullcontext() if state is None else unseen(state):
                return self.run(call, d_value=_matching(cotangent, value))[1]

        pullback.point = call  # type: ignore[attr-defined]
        self._newest = weakref.ref(pullback)
        return (value, pullback, found[1]) if self.options.has_aux else (value, pullback)


def flatten(tree: Any) -> list[Any]:
    """Return the numbers and arrays of a container, in order."""
    return [leaf for _, leaf in _pairs(tree)]


def unflatten(like: Any, leaves: list[Any]) -> Any:
    """Return a container of a structure with other leaves."""
    return with_leaves(like, iter(leaves))


def _is_in_a_tuple(tangents: Any, argument: Any) -> bool:
    """Whether a tuple has the tangent of an argument inside, which may be a tuple itself."""
    if not isinstance(tangents, tuple) or len(tangents) != 1:
        return False
    if not isinstance(argument, tuple):
        return True
    paths = [{path for path, _ in _pairs(tree)} for tree in (tangents[0], argument)]
    return paths[0] == paths[1]


def _matching(given: Any, like: Any, what: str = "cotangent", of: str = "value") -> Any:
    """Return a cotangent or a tangent with the dtypes of what it belongs to.

    Parts belong together by their keys and attributes, in whatever order a dict has them.
    """
    found, wanted = dict(_pairs(given)), dict(_pairs(like))
    if found.keys() != wanted.keys():
        raise ArgumentError(
            _what_differs(given, like, what, of), hint=f"give it the structure of the {of}"
        )
    if not any(isinstance(v, NUMBERS) for v in wanted.values()):
        verb = "returns" if of == "value" else "is given"
        raise ArgumentError(
            f"the function {verb} a {type(like).__name__}, which has no derivative",
            hint="return numbers, arrays, or tuples and dicts of them",
        )
    return unflatten(like, [_part(found[path], v, what, of) for path, v in wanted.items()])


def _what_differs(given: Any, like: Any, what: str, of: str) -> str:
    """Say which part one structure has, and the other has not."""
    mine, others = dict(_pairs(given)), dict(_pairs(like))
    if () in mine or () in others:
        return f"the {what} is a {type(given).__name__}, where the {of} is a {type(like).__name__}"
    for path in others:
        if path not in mine:
            return f"the {what} has nothing for {spell(like, of, path)}"
    path = next(path for path in mine if path not in others)
    return f"the {what} has a part {spell(given, what, path)}, which the {of} has not"


def _kind(v: Any) -> str:
    """Say what a part is: complex numbers in an array, too, where real ones are asked for."""
    named = f"a {type(v).__name__}"
    return f"an array of dtype {v.dtype}" if isinstance(v, np.ndarray) else named


def _part(c: Any, v: Any, what: str, of: str) -> Any:
    """Return a number or array of a cotangent in the type of its place."""
    if not isinstance(v, NUMBERS):
        return v  # text, None and functions stay what they are
    kind = np.asarray(c).dtype.kind
    if kind not in "biufc" or (kind == "c" and not np.iscomplexobj(v)):
        raise ArgumentError(
            f"the {what} has {_kind(c)}, where the {of} has {_kind(v)}",
            hint=f"give it numbers, real ones where the {of} is real",
        )
    if np.shape(c) != np.shape(v):
        raise ArgumentError(
            f"the {what} has shape {np.shape(c)}, where the {of} has {np.shape(v)}",
            hint=f"give it the shapes of the {of}",
        )
    return np.array(c, dtype=v.dtype) if isinstance(v, np.ndarray) else type(v)(c)
