"""Derivatives inside a loss: ``gradgen.grad(f)(x)``, ``jvp``, ``vjp``, ``hessian`` and their kin.

What is generated for the types at hand is read at the place of the call, as any function is.
"""

from __future__ import annotations

import ast
import types
from typing import Any

from gradgen.errors import GradgenError
from gradgen.frontend.arguments import Container, spec_of_value
from gradgen.frontend.gradients import LocalPullback
from gradgen.frontend.parameters import binding_error
from gradgen.frontend.reader import Reader
from gradgen.frontend.unpacking import sequence_items
from gradgen.frontend.values import Seq, Static
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
    for known, types_before, made in r.book.derived:
        if known is obj and types_before == specs:
            return made
    try:
        made = obj.__gradgen_inline__(*specs, exact=r.pinned)
    except TypeError as error:
        if isinstance(error, GradgenError):
            raise
        raise binding_error(r, node, str(error)) from None
    r.book.derived.append((obj, specs, made))
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

    if len(args) != 2 or kwargs:
        r.refuse(node, "such a call of a forward derivative", "call it with (args, tangents)")
    primals = sequence_items(r, args[0], node)
    moves = _tangents(r, node, obj, primals, args[1])
    function = _generated(r, node, obj, primals, {})
    code = function.__code__
    only = code.co_varnames[code.co_argcount :][: code.co_kwonlyargcount]
    if only:  # the tangents are the last of the parameters by name
        named = dict(zip(only[-len(moves) :], moves, strict=True))
        return inline_function(r, node, function, primals, named)
    return inline_function(r, node, function, [*primals, *moves], {})


def _tangents(r: Reader, node: ast.AST, obj: Any, primals: list[Any], given: Any) -> list[Any]:
    """Return a tangent for each chosen argument: one alone may be in a tuple, as outside."""
    names = obj._names[obj._receiver is not None :]
    by_name = dict(zip(names, primals, strict=False))
    chosen = [by_name.get(name) for name in obj.options.selected(names)]
    alone = obj.options.single and not _is_wrapped(r, given, chosen[0])
    moves = [given] if alone else sequence_items(r, given, node)
    if len(moves) != len(chosen):
        r.refuse(node, f"{len(moves)} tangents for {len(chosen)} arguments", "give one for each")
    for t, v in zip(moves, chosen, strict=True):
        if v is not None and not _alike(spec_of_value(r, t), spec_of_value(r, v)):
            r.refuse(node, "a tangent that is not like its argument",
                     "give it the structure and the shapes of the argument")  # fmt: skip
    return moves


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
