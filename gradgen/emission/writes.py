"""Statements that write: stores and sums in place, what lists gain and lose, the saved values."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from gradgen.emission import forms, pieces
from gradgen.emission.statements import Target, assign, stored
from gradgen.ir.nodes import Op, Value

if TYPE_CHECKING:
    from gradgen.emission.writer import Writer

AUGMENT = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.MatMult, ast.Pow, ast.Mod, ast.FloorDiv)


def store(writer: Writer, op: Op) -> list[ast.stmt]:
    """Return ``a[i] = v``, or in an augmented form what says the same."""
    base, value = writer.expr(op.inputs[0]), op.inputs[1]
    where = writer.note(forms.target(op, base, [writer.expr(v) for v in op.inputs[2:]]))
    statement = _augmented(writer, op, where) if op.attrs.get("augmented") else None
    if statement is None:
        statement = ast.Assign([where], writer.expr(value))
    return [statement, *writer.moved(op)]


def _augmented(writer: Writer, op: Op, where: ast.Subscript) -> ast.stmt | None:
    """Return ``a[i] *= v`` where the new value is the old one times something."""
    value = writer.expr(op.inputs[1])
    if isinstance(value, ast.BinOp) and isinstance(value.op, AUGMENT):
        if isinstance(value.left, ast.Name) and op.attrs["index"] == "e":
            same = ast.dump(value.left) == ast.dump(writer.expr(op.inputs[0]))
            return ast.AugAssign(stored(value.left), value.op, value.right) if same else None
        sides = [_dumped(side) == _dumped(where) for side in (value.left, value.right)]
        if sides[0]:
            return ast.AugAssign(where, value.op, value.right)
        if sides[1] and op.reverse and isinstance(value.op, ast.Mult):
            return ast.AugAssign(where, value.op, value.left)
    return None


def inc(writer: Writer, op: Op) -> list[ast.stmt]:
    """Return ``a[i] += v``."""
    base = writer.expr(op.inputs[0])
    item = op.inputs[0].type.item
    for _ in op.attrs.get("path", ()):
        item = item and item.item
    if item is not None and not item.is_scalar:
        return _add_to_item(writer, op, base)
    if op.attrs["index"] == "e" and not op.attrs.get("path"):
        where: Target = stored(base)
    else:
        where = writer.note(forms.target(op, base, [writer.expr(v) for v in op.inputs[2:]]))
    sign = ast.Sub() if op.attrs.get("sign") == "-" else ast.Add()
    statement = ast.AugAssign(where, sign, writer.expr(op.inputs[1]))
    return [statement, *writer.moved(op)]


def add_at(writer: Writer, op: Op) -> list[ast.stmt]:
    """Return ``np.add.at(a, i, v)``: places may be there more than once."""
    place = forms.target(op, writer.expr(op.inputs[0]), [writer.expr(v) for v in op.inputs[2:]])
    assert isinstance(place, ast.Subscript)
    args = [place.value, pieces.index_object(place.slice), writer.expr(op.inputs[1])]
    writer.needs.add("np")
    name = "np.subtract.at" if op.attrs.get("sign") == "-" else "np.add.at"
    return [ast.Expr(pieces.call(name, args)), *writer.moved(op)]


def _add_to_item(writer: Writer, op: Op, base: ast.expr) -> list[ast.stmt]:
    """``items[k] = items[k] + v``: the array in the list may be in other places too."""
    where = writer.note(forms.target(op, base, [writer.expr(v) for v in op.inputs[2:]]))
    old = ast.Subscript(where.value, where.slice, ast.Load())
    sign = ast.Sub() if op.attrs.get("sign") == "-" else ast.Add()
    new = ast.BinOp(old, sign, writer.expr(op.inputs[1]))
    return [ast.Assign([where], new), *writer.moved(op)]


def append(writer: Writer, op: Op) -> list[ast.stmt]:
    """Return ``items.append(v)``, and ``insert`` and ``extend``."""
    base, (value, *places) = _grown(writer, op)
    method = ast.Attribute(base, op.prim, ast.Load())
    args = [writer.expr(v) for v in (*places, value)]
    return [ast.Expr(ast.Call(method, args, [])), *writer.moved(op)]


def _grown(writer: Writer, op: Op) -> tuple[ast.expr, list[Value]]:
    """Return the list that grows or shrinks, itself or in its place in another, and the rest."""
    base, rest = writer.expr(op.inputs[0]), op.inputs[1:]
    if not op.attrs.get("in_row"):
        return base, rest
    return ast.Subscript(base, writer.expr(rest[-1]), ast.Load()), rest[:-1]


def pop(writer: Writer, op: Op) -> list[ast.stmt]:
    """Return ``v = items.pop(k)``, or the call alone where nothing reads the item."""
    held = op.inputs[0].type.item
    if writer.function.native and op.inputs[1:] and (held is None or not held.is_scalar):
        return [*_moved_up(writer, op), *writer.moved(op)]
    base, places = _grown(writer, op)
    method = ast.Attribute(base, "pop", ast.Load())
    call = ast.Call(method, [writer.expr(v) for v in places], [])
    item: ast.stmt = ast.Expr(call)
    if op.outputs[0] in writer.names and writer.read.get(op.outputs[0]):
        item = assign(writer.names[op.outputs[0]], call)
    return [item, *writer.moved(op)]


def _moved_up(writer: Writer, op: Op) -> list[ast.stmt]:
    """Take an item out of a list of lists or arrays: Numba's own ``pop(k)`` frees another."""
    held, place = (writer.expr(v) for v in op.inputs)
    text = f"{ast.unparse(held)}[{ast.unparse(place)}"
    rest = f"{text}:-1] = {text}:][1:]\n{ast.unparse(held)}.pop()"
    steps = ast.parse(rest.replace("[0:-1]", "[:-1]").replace("[0:][1:]", "[1:]")).body
    if op.outputs[0] in writer.names and writer.read.get(op.outputs[0]):
        taken = ast.Subscript(held, place, ast.Load())
        steps.insert(0, assign(writer.names[op.outputs[0]], taken))
    return steps


def push(writer: Writer, op: Op) -> list[ast.stmt]:
    """Keep a value for the reverse sweep, where there is one."""
    if writer.plain:
        return []
    v = op.inputs[1]
    if v in writer.names and not writer.is_something(v, None):
        writer.none_for.add(writer.names[v])
    method = ast.Attribute(writer.expr(op.inputs[0]), "append", ast.Load())
    return [ast.Expr(ast.Call(method, [writer.expr(v)], []))]


def take(writer: Writer, op: Op) -> list[ast.stmt]:
    """Take back what was kept last."""
    method = ast.Attribute(writer.expr(op.inputs[0]), "pop", ast.Load())
    return [assign(writer.names[op.out], ast.Call(method, [], []))]


def _dumped(e: ast.expr) -> str:
    """Return an expression's tree as text, be it read or written."""
    return ast.dump(e).replace("Load()", "Store()")


WRITES: dict[str, Callable[[Writer, Op], list[ast.stmt]]] = {
    "store": store, "inc": inc, "add_at": add_at,
    "append": append, "insert": append, "extend": append, "pop": pop,
    "push": push, "take": take,
}  # fmt: skip
