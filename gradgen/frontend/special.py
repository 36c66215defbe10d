"""What calls with a reading of their own share: their table and the forms of their arguments."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from gradgen.frontend.arguments import Refine, every_item, is_unknown_leaf
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.iterables import chooses_arrays, over_value
from gradgen.frontend.reader import Reader, describe
from gradgen.frontend.values import (
    Choice,
    Iteration,
    Map,
    Once,
    Ref,
    Seq,
    Static,
    UnknownShape,
    plain,
)
from gradgen.ir.nodes import Const, Value
from gradgen.rules.callables import Callables

Handler = Callable[[Reader, ast.AST, list[Any], dict[str, Any]], Any]


SPECIAL: Callables[Handler] = Callables()
SPELLED: dict[str, Handler] = {}


def special(*functions: Any) -> Callable[[Handler], Handler]:
    """Enter a handler for calls of some Python objects, given themselves or by their spelling."""

    def register(handler: Handler) -> Handler:
        for f in functions:
            SPECIAL.enter(f, handler)
            SPELLED[f if isinstance(f, str) else spelled(f)] = handler
        return handler

    return register


def spelled(function: Any) -> str:
    """Return how a function is usually called: ``np.zeros``, ``len``."""
    module = getattr(function, "__module__", None) or "numpy"
    short = module.replace("numpy", "np") if module.startswith("numpy") else module
    return function.__name__ if module == "builtins" else f"{short}.{function.__name__}"


def sequence_items(r: Reader, value: Any, node: ast.AST, count: int | None = None) -> list[Any]:
    """Return the items of something that is unpacked into ``count`` names."""
    if isinstance(value, UnknownShape) and count is not None:
        return [r.b.emit("dim", [value.array], axis=k) for k in range(count)]
    if isinstance(value, Once) and isinstance(value.over, list):
        return list(value.over)
    if isinstance(value, Seq):
        return list(value.items)
    if isinstance(value, Map):
        return [plain(k) for k in every_item(r, node, value)]
    if isinstance(value, Static) and isinstance(value.obj, tuple | list):
        return [plain(o) for o in value.obj]
    unknown = is_unknown_leaf(value)
    if unknown and count is not None:
        raise Refine(unknown, ("unpack", count))
    if isinstance(value, Ref) and value.steps and value.value.type.kind == "any":
        r.refuse(node, "unpacking of what an unknown argument contains", "give example arguments")
    if isinstance(value, Ref) or chooses_arrays(value):
        return _entries(r, value, node, count)
    if isinstance(value, Choice):
        both = [sequence_items(r, o, node, count) for o in (value.then, value.other)]
        if len(both[0]) == len(both[1]):
            return [Choice(value.test, a, b) for a, b in zip(*both, strict=True)]
    r.refuse(node, f"unpacking of a {describe(value)}", "unpack a tuple, a list or an array")


def _entries(r: Reader, ref: Ref | Choice, node: ast.AST, count: int | None) -> list[Any]:
    """Return the entries of an array, after a test of how many there are."""
    over = over_value(r, ref, node)
    assert isinstance(over, Iteration)
    length = over.length
    if isinstance(length, Const):
        count = length.const
    elif count is None:
        r.refuse(node, "unpacking by * of an array of unknown length", "name each item, or slice")
    else:
        other = r.b.emit("ne", [length, Const(count)])
        text = f"raise ValueError(f'cannot unpack {{_value_0}} values into {count} names')"
        r.b.append("raise_if", [other, length], [], span=r.span(node), attrs={"text": text})
    return [over.element(Const(k)) for k in range(count)]


def shape_inputs(r: Reader, shape: Any, node: ast.AST) -> list[Value]:
    """Return the lengths in a shape argument: an integer or a tuple of them."""
    if isinstance(shape, UnknownShape):
        r.refuse(node, "the shape of an array of unknown rank", "use np.zeros_like, or give types")
    if isinstance(shape, Seq):
        return [as_value(r, s, node) for s in shape.items]
    if isinstance(shape, Static) and isinstance(shape.obj, tuple):
        return [Const(k) for k in shape.obj]
    return [as_value(r, shape, node)]


def callee_name(node: ast.AST) -> str:
    """Return the name of what a call calls, whatever the source calls it."""
    known = node.__dict__.get("callee")
    if known is not None:
        return str(known)
    assert isinstance(node, ast.Call)
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    assert isinstance(node.func, ast.Name)
    return node.func.id


def no_more(r: Reader, node: ast.AST, kwargs: dict[str, Any]) -> None:
    """Refuse keyword arguments that are left over."""
    if kwargs:
        r.refuse(node, f"the argument {next(iter(kwargs))!r}", "leave it out")
