"""Reads one function into a graph: its parameters, its body, and what it returns."""

from __future__ import annotations

import inspect
import types
from typing import Any

from gradgen.errors import ArgumentError, UnsupportedError
from gradgen.frontend.arguments import (
    Container,
    Refine,
    enter,
    fallback_name,
    refined,
    spec_of,
    spec_of_annotation,
)
from gradgen.frontend.calls import run_body
from gradgen.frontend.reader import Place, Reader, Retry, describe
from gradgen.frontend.source import source_of
from gradgen.frontend.values import Frame, Poison, Ref, Seq, Static
from gradgen.ir.nodes import Block, Function, Leaf, Value
from gradgen.ir.types import Type


def read_function(fn: Any, given: Any, options: Any) -> Function:
    """Return the graph of a function for arguments, specs (a dict) or annotations (None)."""
    receiver = None
    if isinstance(fn, types.MethodType):
        fn, receiver = fn.__func__, fn.__self__
    if hasattr(fn, "__wrapped__"):
        raise UnsupportedError(
            f"{getattr(fn, '__name__', fn)!r} is wrapped by a decorator "
            "that gradgen cannot see through",
            hint="put gradgen's decorator below the other one, or differentiate the inner function",
        )
    source = source_of(fn)
    names = _parameter_names(fn, source)
    specs = _specs(fn, names, given, receiver)
    precise: frozenset[Place] = frozenset()
    for _ in range(200):
        try:
            return _read(fn, source, names, specs, options, receiver, precise)
        except Retry as found:
            precise |= found.places
        except Refine as found:
            name, path = found.path
            specs[name] = refined(specs[name], path, found.how)
    raise AssertionError("refinement does not settle")


def _parameter_names(fn: Any, source: Any) -> list[str]:
    spec = source.node.args
    if spec.vararg or spec.kwarg:
        star = spec.vararg or spec.kwarg
        raise UnsupportedError(
            f"the parameter *{star.arg} of a differentiated function",
            source.span(star),
            "name the parameters",
        )
    return [a.arg for a in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)]


def _specs(fn: Any, names: list[str], given: Any, receiver: Any) -> dict[str, Any]:
    if isinstance(given, dict):
        return dict(given)
    if given is not None:
        values = (receiver, *given) if receiver is not None else given
        bound = inspect.signature(fn).bind(*values)
        bound.apply_defaults()
        return {n: spec_of(v, n) for n, v in bound.arguments.items()}
    hints = dict(getattr(fn, "__annotations__", {}))
    specs = {n: spec_of_annotation(hints.get(n)) for n in names}
    for name, p in inspect.signature(fn).parameters.items():
        default = p.default
        if default is not p.empty and not isinstance(default, float | int):
            specs[name] = spec_of(default, name)
    if receiver is not None:
        specs[names[0]] = spec_of(receiver, names[0])
    return specs


def _read(
    fn: Any,
    source: Any,
    names: list[str],
    specs: dict[str, Any],
    options: Any,
    receiver: Any,
    precise: frozenset[Place],
) -> Function:
    block = Block()
    r = Reader(block)
    r.precise = precise
    r.frame = Frame(source, {}, fn.__globals__)
    r.frame.cells = dict(zip(fn.__code__.co_freevars, fn.__closure__ or (), strict=True))
    r.b.span = source.span(source.node)
    visible = names[1:] if receiver is not None else names
    active = options.selected(visible)
    leaves: list[Leaf] = []
    params = []
    for name in names:
        value, inner = enter(r, name, specs[name], name in active)
        if name in active and not any(leaf.active for leaf in inner):
            raise ArgumentError(
                f"{name!r} is differentiated, but {_what(specs[name])}",
                r.b.span,
                "pass floats or float arrays, or choose other arguments with argnums",
            )
        leaves += inner
        r.frame.names[name] = value
        params.append((name, specs[name]))
    result = run_body(r, source.node)
    for leaf in leaves:
        if leaf.path and not leaf.value.name:
            leaf.value.name, leaf.value.user = fallback_name(leaf), True
    shown = [p for p in params if receiver is None or p[0] != names[0]]
    function = Function(_spelled_name(fn), shown, leaves, block, source.span(source.node))
    function.signature = inspect.signature(fn)
    function.captures = r.arrays
    function.notes = list(dict.fromkeys(r.notes))
    loss, aux = _loss_of(r, result, options, function)
    function.result = {"loss": loss, "aux": aux, "reader": r, "active": active, "specs": specs}
    block.results = [loss]
    return function


def _spelled_name(fn: Any) -> str:
    """Return the name as the command line takes it: dotted for methods."""
    return str(fn.__qualname__.rsplit("<locals>.", 1)[-1])


def _what(spec: Any) -> str:
    if isinstance(spec, Container):
        return f"it is a {spec.kind.__name__} without a float in it"
    return f"it is {spec.obj!r:.60}"


def _loss_of(r: Reader, result: Any, options: Any, function: Function) -> tuple[Value, Any]:
    aux = None
    if isinstance(result, Poison):
        raise ArgumentError(
            f"{function.name!r} returns different kinds of things on different paths "
            "(None, where it ends without a return)",
            function.span,
            "return one number on every path",
        )
    if options.has_aux:
        if not isinstance(result, Seq) or len(result.items) != 2:
            raise ArgumentError(
                f"has_aux=True, but {function.name!r} returns a {describe(result)}",
                function.span,
                "return (loss, aux)",
            )
        result, aux = result.items
    if not isinstance(result, Value | Ref):
        what = (
            "None" if isinstance(result, Static) and result.obj is None else f"a {describe(result)}"
        )
        raise ArgumentError(
            f"{function.name!r} returns {what}; a gradient needs one number",
            function.span,
            "return a scalar; for (loss, aux) set has_aux=True",
        )
    loss = r.read(result)
    _check_scalar(loss.type, function)
    return loss, aux


def _check_scalar(t: Type, function: Function) -> None:
    if t.kind == "array" and t.shape:
        raise ArgumentError(
            f"{function.name!r} returns an array ({t}); a gradient needs one number",
            function.span,
            "reduce it, for example with np.sum, or differentiate one entry",
        )
    if t.kind in ("list", "opaque"):
        raise ArgumentError(
            f"{function.name!r} returns no number; a gradient needs one", function.span
        )
