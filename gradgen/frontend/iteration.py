"""What a ``for`` loop runs over: a range, arrays, and ``enumerate``, ``zip``, ``reversed`` of them.

Containers of known length come back as a list of items, and their loop is written out.
"""

from __future__ import annotations

import ast
from typing import Any

from gradgen.frontend.evaluate import evaluate, number
from gradgen.frontend.lists import is_list, over_list
from gradgen.frontend.objects import class_of, invoked, special_method
from gradgen.frontend.reader import Reader, describe
from gradgen.frontend.subscripts import Index, load_index
from gradgen.frontend.values import Iteration, Map, Ref, Seq, Static
from gradgen.ir.nodes import Const, Value
from gradgen.ir.types import Type

FEW = 64  # turns of a loop that may be written out


def iteration_of(r: Reader, node: ast.expr) -> Iteration | list[Any]:
    """Return what a loop over this expression runs over."""
    if isinstance(node, ast.Call):
        callee = evaluate(r, node.func)
        builder = (
            BUILDERS.get(callee.obj) if isinstance(callee, Static) and _hashable(callee) else None
        )
        if builder is not None and not node.keywords:
            return builder(r, node)
        if builder is enumerate_of:
            return enumerate_of(r, node)
    return over_value(r, evaluate(r, node), node)


def _hashable(value: Static) -> bool:
    return isinstance(value.obj, type) or callable(value.obj)


def over_value(r: Reader, value: Any, node: ast.AST) -> Iteration | list[Any]:
    """Return the iteration over a value."""
    if isinstance(value, Iteration):
        return value
    if class_of(value) and special_method(value, "__iter__"):
        return over_value(r, invoked(r, node, value, "__iter__"), node)
    if isinstance(value, Seq):
        return list(value.items)
    if isinstance(value, Map):
        return [plain(k) for k in value.items]
    if isinstance(value, Static) and isinstance(value.obj, str | tuple | frozenset):
        return [plain(o) for o in value.obj]
    if is_list(r, value):
        return over_list(r, value, node)
    if isinstance(value, Ref):
        return _over_array(r, value, node)
    r.refuse(node, f"a loop over a {describe(value)}", "loop over a range, an array or a container")


def plain(obj: Any) -> Any:
    """Return a static object's item: a number as a constant."""
    return Const(obj) if type(obj) in (float, int, bool) else Static(obj)


def _over_array(r: Reader, ref: Ref, node: ast.AST) -> Iteration:

    def element(i: Value) -> Any:
        index = Index()
        index.spelling, index.operands = "i", [i]
        return load_index(r, ref, index)

    value = r.read(ref)
    shape = value.type.shape
    if shape == ():
        r.refuse(node, "a loop over an array of rank 0")
    known = shape[0] if shape else None
    length = Const(known) if isinstance(known, int) else r.b.emit("len", [value])
    return Iteration(length, element, arrays=(ref,))


def range_of(r: Reader, node: ast.Call) -> Iteration:
    """``range`` with one to three bounds."""
    args = [number(r, a) for a in node.args]
    for a, n in zip(args, node.args, strict=True):
        if a.type.kind not in ("int", "any", "bool"):
            r.refuse(n, f"a bound of range of type {a.type}", "use an integer")
    if len(args) == 1:
        args = [Const(0), *args]
    start, stop, step = (*args, Const(1))[:3]
    return Iteration(None, lambda i: i, (start, stop, step))


def enumerate_of(r: Reader, node: ast.Call) -> Iteration | list[Any]:
    """``enumerate(xs)``, with an optional constant start."""
    inner = iteration_of(r, node.args[0])
    extra = node.args[1:] + [k.value for k in node.keywords]
    start = number(r, extra[0]) if extra else Const(0)

    def pair(i: Value, item: Any) -> Seq:
        count = i if isinstance(start, Const) and start.const == 0 else r.b.emit("add", [i, start])
        return Seq([count, item])

    if isinstance(inner, list):
        return [Seq([Const(k + _static_start(r, start, node)), x]) for k, x in enumerate(inner)]
    positional = as_positions(r, inner)
    return Iteration(
        positional.length, lambda i: pair(i, positional.element(i)), arrays=positional.arrays
    )


def _static_start(r: Reader, start: Value, node: ast.AST) -> int:
    if not isinstance(start, Const):
        r.refuse(node, "enumerate of a container from a computed start", "use a constant start")
    return int(start.const)


def zip_of(r: Reader, node: ast.Call) -> Iteration | list[Any]:
    """``zip`` stops with the shortest; containers of known length are written out."""
    return zipped(r, node, [iteration_of(r, a) for a in node.args])


def zipped(r: Reader, node: ast.AST, parts: list[Iteration | list[Any]]) -> Iteration | list[Any]:
    """Return the iteration over several things at once."""
    if any(isinstance(p, list) for p in parts):
        count = min(len(p) for p in parts if isinstance(p, list))
        return [Seq([_item(r, p, k, node) for p in parts]) for k in range(count)]
    arrays = [as_positions(r, p) for p in parts if isinstance(p, Iteration)]
    length = arrays[0].length
    for other in arrays[1:]:
        length = shorter(r, length, other.length)
    read = tuple(ref for p in arrays for ref in p.arrays)
    return Iteration(length, lambda i: Seq([p.element(i) for p in arrays]), arrays=read)


def shorter(r: Reader, a: Value, b: Value) -> Value:
    """Return the smaller of two lengths, as a constant where both are."""
    if isinstance(a, Const) and isinstance(b, Const):
        return a if a.const <= b.const else b
    if a.type.value is not None and a.type.value == b.type.value:
        return a
    return r.b.emit("min2", [a, b])


def _item(r: Reader, part: Iteration | list[Any], k: int, node: ast.AST) -> Any:
    if isinstance(part, list):
        return part[k]
    positional = as_positions(r, part)
    known = positional.length
    if isinstance(known, Const) and known.const <= k:
        r.refuse(node, "zip of a container with a shorter range or array", "make them equally long")
    return positional.element(Const(k))


def reversed_of(r: Reader, node: ast.Call) -> Iteration | list[Any]:
    """``reversed`` of a range, an array or a container."""
    inner = iteration_of(r, node.args[0])
    if isinstance(inner, list):
        return inner[::-1]
    if inner.bounds is not None:
        return Iteration(None, inner.element, inner.bounds, not inner.backwards)

    def element(i: Value) -> Any:
        return inner.element(_back(r, inner.length, i))

    return Iteration(inner.length, element, arrays=inner.arrays)


def _back(r: Reader, length: Value, i: Value) -> Value:
    last = r.b.emit("sub", [length, Const(1)])
    return r.b.emit("sub", [last, i])


def as_positions(r: Reader, over: Iteration) -> Iteration:
    """Return the same iteration by position from 0, with its length."""
    if over.bounds is None:
        return over
    start, stop, step = over.bounds
    plain = (
        isinstance(start, Const)
        and start.const == 0
        and isinstance(step, Const)
        and step.const == 1
    )
    if plain and not over.backwards:
        return Iteration(stop, over.element)
    length = r.b.emit("trips", [start, stop, step])
    if over.backwards:
        return Iteration(length, lambda i: _place(r, start, step, _back(r, length, i)))
    return Iteration(length, lambda i: _place(r, start, step, i))


def counted(r: Reader, over: Iteration) -> list[Any] | Iteration:
    """Return the items of an iteration over a few known positions, else the iteration."""
    positions = as_positions(r, over)
    length = positions.length
    if isinstance(length, Const) and length.const <= FEW:
        return [positions.element(Const(k)) for k in range(length.const)]
    return over


def _place(r: Reader, start: Value, step: Value, i: Value) -> Value:
    scaled = i if isinstance(step, Const) and step.const == 1 else r.b.emit("mul", [i, step])
    out = r.b.emit("add", [start, scaled])
    out.type = Type("int", "int64", (), True)
    return out


def over_sequence(r: Reader, value: Any, method: str) -> list[Any] | None:
    """Return the items of ``dict.items()`` and its kin, None for other methods."""
    if isinstance(value, Map) and method in ("items", "keys", "values"):
        views: dict[str, list[Any]] = {
            "items": [Seq([plain(k), v]) for k, v in value.items.items()],
            "keys": [plain(k) for k in value.items],
            "values": list(value.items.values()),
        }
        return views[method]
    return None


BUILDERS: dict[Any, Any] = {
    range: range_of,
    enumerate: enumerate_of,
    zip: zip_of,
    reversed: reversed_of,
}


def makes_iteration(callee: Static) -> bool:
    """Whether a call of something gives what one loops over."""
    return _hashable(callee) and callee.obj in BUILDERS
