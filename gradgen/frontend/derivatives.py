"""Derivatives inside a loss: ``gradgen.grad(f)(x)``, ``jvp``, ``vjp``, ``hessian`` and their kin.

What is generated for the types at hand is read at the place of the call, as any function is.
"""

from __future__ import annotations

import ast
import inspect
import types
from typing import Any

from gradgen.errors import GradgenError
from gradgen.frontend.arguments import Container, part_of, spec_of, spec_of_value, star_spec
from gradgen.frontend.classes import has_attributes
from gradgen.frontend.gradients import LocalPullback
from gradgen.frontend.parameters import binding_error
from gradgen.frontend.reader import Reader
from gradgen.frontend.selection import STARS, parameter_positions, select
from gradgen.frontend.unpacking import sequence_items
from gradgen.frontend.values import Record, Seq, Static
from gradgen.ir.types import Type

SPARSE = "a sparse matrix inside a function that is differentiated"
NOT_SPARSE = "use gradgen.jacobian, gradgen.hessian, or products such as gradgen.hvp there"


def inline_derivative(
    r: Reader, node: ast.AST, obj: Any, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """Inline what a derivative generates for the types of these arguments."""
    from gradgen.frontend.calls import call_value
    from gradgen.frontend.inlining import inline_function

    if hasattr(obj, "sparse"):
        r.refuse(node, SPARSE, NOT_SPARSE)
    if hasattr(obj, "options") and not hasattr(
        obj, "pushed"
    ):  # the others have no arguments chosen
        chosen = _chosen(obj, _bound(r, node, obj, args, kwargs))
        args, kwargs = _opened_among(r, node, chosen, args, kwargs)
    if hasattr(obj, "pushed"):
        return _push(r, node, obj, args, kwargs)
    if hasattr(obj, "pulled"):
        value = _generated(r, node, obj.pulled, args, kwargs)
        pullback = LocalPullback(obj, list(args), dict(kwargs))
        found = inline_function(r, node, value, args, kwargs)
        if not obj.options.has_aux:
            return Seq([found, pullback])
        items = sequence_items(r, found, node)
        return Seq([items[0], pullback, items[1]])
    made = _generated(r, node, obj, args, kwargs)
    if isinstance(made, types.FunctionType):
        return inline_function(r, node, made, args, kwargs)
    return call_value(r, node, Static(made), args, kwargs)


def _generated(r: Reader, node: ast.AST, obj: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Return the generated function for the types of some arguments."""
    named = {k: spec_of_value(r, v) for k, v in kwargs.items()}
    specs = ([spec_of_value(r, a) for a in args], named)
    for known, types_before, made, read in r.book.derived:
        if known is obj and types_before == specs:
            r.captures += read
            return made
    try:
        made, read = obj.__gradgen_inline__(*specs, exact=r.pinned)
    except TypeError as error:
        if isinstance(error, GradgenError):
            raise
        raise binding_error(r, node, str(error)) from None
    r.book.derived.append((obj, specs, made, read))
    r.captures += read
    return made


# --- products with derivatives ------------------------------------------------------------


def call_pullback(
    r: Reader, node: ast.AST, made: LocalPullback, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """Return the product of a cotangent with the derivative."""
    from gradgen.frontend.inlining import inline_function

    if len(args) != 1 or kwargs:
        r.refuse(
            node, f"a pullback of {len(args)} cotangents", "give one, in the value's structure"
        )
    function = _generated(r, node, made.gradient, made.args, made.kwargs)
    found = inline_function(r, node, function, made.args, {**made.kwargs, "d_value": args[0]})
    return sequence_items(r, found, node)[1]


def _push(r: Reader, node: ast.AST, obj: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Return value and tangent, or a Hessian-vector product: of ``f((x, y), tangents)``."""
    from gradgen.frontend.inlining import inline_function

    if len(args) != 2:
        r.refuse(node, "such a call of a forward derivative", "call it with (args, tangents)")
    bound = _bound(r, node, obj, sequence_items(r, args[0], node), kwargs)
    defaults = {n: p.default for n, p in obj._signature.parameters.items()}
    for name, value in defaults.items():  # tangents come after all arguments
        if name not in bound.arguments and value is not inspect.Parameter.empty:
            bound.arguments[name] = r.wrap(value, defaults, name, node)
    chosen = _chosen(obj, bound)
    primals, named = _opened_among(r, node, chosen, _without_receiver(obj, bound), bound.kwargs)
    moves = _tangents(r, node, obj, [_opened(r, node, v) for v in chosen], args[1])
    function = _generated(r, node, obj, primals, named)
    code = function.__code__
    only = code.co_varnames[code.co_argcount :][: code.co_kwonlyargcount]
    if only:  # the tangents are the last of the parameters by name
        named |= dict(zip(only[-len(moves) :], moves, strict=True))
        return inline_function(r, node, function, primals, named)
    return inline_function(r, node, function, [*primals, *moves], named)


def _tangents(r: Reader, node: ast.AST, obj: Any, chosen: list[Any], given: Any) -> list[Any]:
    """Return a tangent for each chosen argument: one alone may be in a tuple, as outside."""
    alone = obj.options.single and not _is_wrapped(r, given, chosen[0])
    moves = [given] if alone else sequence_items(r, given, node)
    moves = [_opened(r, node, move) for move in moves]
    if len(moves) != len(chosen):
        r.refuse(node, f"{len(moves)} tangents for {len(chosen)} arguments", "give one for each")
    for t, v in zip(moves, chosen, strict=True):
        if not _alike(spec_of_value(r, t), spec_of_value(r, v)):
            r.refuse(node, "a tangent that is not like its argument",
                     "give it the structure and the shapes of the argument")  # fmt: skip
    return moves


# --- arguments ----------------------------------------------------------------------------


def _bound(
    r: Reader, node: ast.AST, obj: Any, args: list[Any], kwargs: dict[str, Any]
) -> inspect.BoundArguments:
    """Return the arguments of a derivative by the names of the function's parameters."""
    me = [] if obj._receiver is None else [Static(obj._receiver)]
    try:
        return obj._signature.bind(*me, *args, **kwargs)
    except TypeError as error:
        raise binding_error(r, node, str(error)) from None


def _without_receiver(obj: Any, bound: inspect.BoundArguments) -> list[Any]:
    return list(bound.args[obj._receiver is not None :])


def _chosen(obj: Any, bound: inspect.BoundArguments) -> list[Any]:
    """Return the arguments that are differentiated by."""
    parameters = list(obj._signature.parameters.values())[obj._receiver is not None :]
    stars: dict[str, Any] = {
        p.name: () if p.kind is p.VAR_POSITIONAL else {} for p in parameters if p.kind in STARS
    }
    given = stars | bound.arguments
    specs = {name: star_spec(given[name]) for name in stars}
    chosen = select(obj.options, parameters, specs, parameter_positions(obj.__wrapped__))
    return [given[s.name] if s.key is None else given[s.name][s.key] for s in chosen]


def _opened_among(
    r: Reader, node: ast.AST, chosen: list[Any], args: list[Any], kwargs: dict[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """Return arguments, objects among those that are differentiated by as what they are made of."""
    opened = {id(v): _opened(r, node, v) for v in chosen}
    named = {name: opened.get(id(v), v) for name, v in kwargs.items()}
    return [opened.get(id(v), v) for v in args], named


def _opened(r: Reader, node: ast.AST, value: Any) -> Any:
    """Return an object from outside as what it is made of, any other value as it is."""
    spec = spec_of(value.obj) if isinstance(value, Static) else None
    if not isinstance(spec, Container):
        return value
    parts = {
        key: _opened(r, node, r.wrap(part_of(value.obj, spec.kind, key), value.obj, key, node))
        for key in spec.keys
    }
    if has_attributes(spec.kind):
        return Record(spec.kind, parts)
    return Seq(list(parts.values()), spec.kind)


def _is_wrapped(r: Reader, given: Any, argument: Any) -> bool:
    """Whether a tuple has the tangent of an argument inside, which may be a tuple itself."""
    if not _is_tuple(given) or len(given.items) != 1:
        return False
    if not _is_tuple(argument):
        return True
    return _alike(spec_of_value(r, given.items[0]), spec_of_value(r, argument))


def _is_tuple(value: Any) -> bool:
    return isinstance(value, Seq) and issubclass(value.kind, tuple)


def _alike(a: Any, b: Any) -> bool:
    """Whether two specs have the same keys, and arrays of the same rank there."""
    if isinstance(a, Container) and isinstance(b, Container):
        items = dict(zip(b.keys, b.items, strict=True))
        return set(a.keys) == set(b.keys) and all(
            _alike(item, items[key]) for key, item in zip(a.keys, a.items, strict=True)
        )
    if isinstance(a, Type) and isinstance(b, Type):
        return a.rank is None or b.rank is None or a.rank == b.rank
    return not isinstance(a, Container | Type) and not isinstance(b, Container | Type)
