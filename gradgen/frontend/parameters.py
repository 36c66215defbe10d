"""Arguments of a call bound to the parameters of a function, by Python itself."""

from __future__ import annotations

import ast
import functools
import types
from typing import Any

from gradgen.dataclass import dataclass
from gradgen.errors import ArgumentError
from gradgen.frontend.reader import Reader
from gradgen.frontend.values import Map, Seq


@dataclass(frozen=True, eq=False)
class Spread:
    """All that a call gives to a ``*`` parameter, as one list of the graph."""

    held: Any


def binding_error(r: Reader, node: ast.AST, message: str) -> TypeError:
    """Return Python's error for a call whose arguments do not fit, with the place of the call.

    In a branch or a loop, it is raised when the program comes to the call.
    """
    if r.b.depth:
        r.fail(node, TypeError(message))
    return ArgumentError(message, r.span(node), "call it with the arguments that it takes")


def bind_arguments(
    r: Reader,
    node: ast.AST,
    definition: Any,
    args: list[Any],
    kwargs: dict[str, Any],
    defaults: list[Any],
    kw_defaults: list[Any],
) -> dict[str, Any]:
    """Return the values of the parameters, bound by Python itself.

    Raises
    ------
    TypeError
        Where Python raises it, with Python's words.
    """
    spec = definition.args
    binder = _binder(definition)
    kw_names = [a.arg for a in spec.kwonlyargs]
    given = zip(kw_names, kw_defaults, strict=True)
    binder = types.FunctionType(binder.__code__, binder.__globals__, argdefs=tuple(defaults))
    binder.__kwdefaults__ = {n: d for n, d in given if d is not None}
    try:
        bound: dict[str, Any] = binder(*args, **kwargs)
    except TypeError as error:
        raise binding_error(r, node, str(error)) from None
    if spec.vararg:
        given = bound[spec.vararg.arg]
        spread = len(given) == 1 and isinstance(given[0], Spread)
        bound[spec.vararg.arg] = given[0].held if spread else Seq(list(given))
    if spec.kwarg:
        bound[spec.kwarg.arg] = Map(bound[spec.kwarg.arg])
    return bound


@functools.lru_cache(maxsize=512)
def _binder(definition: Any) -> types.FunctionType:
    """Return a function with the parameters of another that returns their values."""
    old = definition.args
    spec = ast.arguments(
        posonlyargs=[ast.arg(a.arg) for a in old.posonlyargs],
        args=[ast.arg(a.arg) for a in old.args],
        vararg=ast.arg(old.vararg.arg) if old.vararg else None,
        kwonlyargs=[ast.arg(a.arg) for a in old.kwonlyargs],
        kw_defaults=[None] * len(old.kwonlyargs),
        kwarg=ast.arg(old.kwarg.arg) if old.kwarg else None,
        defaults=[],
    )
    # The tree holds the user's parameter names, which are identifiers, and nothing else of theirs.
    result = ast.parse("locals()", mode="eval").body
    name = getattr(definition, "name", "")
    made: dict[str, Any] = {"locals": locals}
    if name:
        tree: Any = ast.FunctionDef(name, spec, [ast.Return(result)], [])
    else:
        name = "made"
        tree = ast.Assign([ast.Name(name, ast.Store())], ast.Lambda(spec, result))
    module = ast.fix_missing_locations(ast.Module([tree], []))
    exec(compile(module, "<parameters>", "exec"), made)
    return made[name]
