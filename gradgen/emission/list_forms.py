"""Printed forms of the operations on lists, and of those that make lists or take them."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Iterator

from gradgen.emission.forms import SPECIAL
from gradgen.emission.pieces import (
    Expr,
    call,
    index_object,
    options_of,
    shape_tuple,
    subscript,
)
from gradgen.emission.statements import filled
from gradgen.ir.nodes import Op
from gradgen.ir.types import Type
from gradgen.rules.registry import RULES
from gradgen.syntax import names_in

# What the variables of comprehensions are called, the innermost first.
NAMES = ("item", "items", "lists", "tables")


def _list(op: Op, operands: list[Expr]) -> Expr:
    if "typed" in op.attrs:
        return empty_list(op.attrs["typed"])
    return ast.List(list(operands), ast.Load())


def empty_list(item: Type) -> Expr:
    """Return an empty list for items of a type, which Numba has to know."""
    zero: Expr = ast.Constant({"int": 0, "bool": False}.get(item.kind, 0.0))
    if item.kind == "array" and item.rank:
        zero = call("np.empty", [shape_tuple([ast.Constant(0)] * item.rank)])
    if item.kind == "list" and item.item is not None:
        zero = empty_list(item.item)
    return call("_empty_list", [zero])


def _repeat_list(op: Op, operands: list[Expr]) -> Expr:
    return ast.BinOp(ast.List([operands[0]], ast.Load()), ast.Mult(), operands[1])


def or_nothing(e: Expr) -> Expr:
    """Return ``e or ()``: a list, or no items where it is None."""
    return ast.BoolOp(ast.Or(), [e, ast.Tuple([], ast.Load())])


def list_or_nothing(op: Op, e: Expr) -> Expr:
    """Return a list or an array, or no items where it may be None."""
    if "unsure" not in op.attrs:
        return e
    if op.inputs[0].type.kind == "list":
        return or_nothing(e)
    there = ast.Compare(e, [ast.IsNot()], [ast.Constant(None)])  # an array has no truth value
    return ast.IfExp(there, e, ast.Tuple([], ast.Load()))


def _zeros_list(op: Op, operands: list[Expr]) -> Expr:
    item = op.inputs[0].type.item
    operands = [list_or_nothing(op, operands[0])]
    if item is None or item.is_scalar:
        zero: Expr = ast.List([ast.Constant(0.0)], ast.Load())
        return ast.BinOp(zero, ast.Mult(), call("len", operands))
    deepest = item.innermost
    if "beside_none" in op.attrs:
        return _zeros_beside_none(op, operands, item)
    if item.kind == "list" and (deepest is None or deepest.is_scalar):
        return call("_filled_lists", [operands[0], ast.Constant(0.0)])
    return of_items(operands, item, lambda e: call("np.zeros_like", [e]))


def _zeros_beside_none(op: Op, operands: list[Expr], item: Type) -> Expr:
    """Return zeros like arrays, or lists of numbers, at any depth: none at all of None."""
    deepest = item.innermost
    if item.kind == "list" and (deepest is None or deepest.is_scalar):
        zero = ast.List([ast.Constant(0.0)], ast.Load())
        return of_items(
            operands,
            item.item,
            lambda e: ast.BinOp(zero, ast.Mult(), call("len", [or_nothing(e)])),
            beside_none=True,
        )
    return of_items(operands, item, lambda e: call("np.zeros_like", [e]), beside_none=True)


def _len(op: Op, operands: list[Expr]) -> Expr:
    return call("len", [list_or_nothing(op, operands[0])])


def of_items(
    operands: list[Expr],
    item: Type | None,
    make: Callable[[Expr], Expr],
    beside_none: bool = False,
) -> Expr:
    """Return ``[make(item) for item in first]``, for lists of lists with one inside another.

    The names in them are none that the operands have.  ``beside_none``: lists in them may be None.
    """
    taken, depth = names_in(operands), 0
    while item is not None and item.kind == "list":
        item, depth = item.item, depth + 1
    bases = (NAMES[min(k, len(NAMES) - 1)] for k in range(depth + 1))
    names = [next(n for n in _numbered(base, k) if n not in taken) for k, base in enumerate(bases)]
    made = make(ast.Name(names[0], ast.Load()))
    for k, name in enumerate(names):
        over = ast.Name(names[k + 1], ast.Load()) if k < depth else operands[0]
        over = or_nothing(over) if beside_none and k < depth else over
        made = ast.ListComp(made, [ast.comprehension(ast.Name(name, ast.Store()), over, [], 0)])
    return made


def _numbered(base: str, depth: int) -> Iterator[str]:
    """Yield names for the variable at a depth."""
    first = max(0, depth - len(NAMES) + 1)
    return (f"{base}{k or ''}" for k in itertools.count(first))


def _array_of_list(op: Op, operands: list[Expr]) -> Expr:
    axis = op.attrs.get("axis")
    return call("np.array" if axis is None else "np.stack", operands, options_of(op))


def _items(op: Op, operands: list[Expr]) -> Expr:
    if op.attrs.get("plain"):
        return ast.Call(ast.Attribute(operands[0], "tolist", ast.Load()), [], [])
    if op.attrs.get("depth", 1) > 1:
        return of_items(operands, _without_last(op.out.type.item), lambda e: call("list", [e]))
    return call("list", operands)


def _without_last(t: Type | None) -> Type | None:
    """Return the type of lists one level less deep."""
    if t is None or t.item is None or t.item.kind != "list":
        return None
    return Type("list", item=_without_last(t.item))


def _list_add(op: Op, operands: list[Expr]) -> Expr:
    """Return ``[a + b for a, b in zip(items, more)]``, or the helper that does so in a slice."""
    if op.attrs:
        part = index_object(subscript(operands[0], op.attrs, operands[2:]).slice)
        return call(op.attrs.get("adds", "_add_slice"), [*operands[:2], part])
    item = op.inputs[0].type.item
    if item is not None and item.kind == "list":
        return call("_add_lists", operands)
    names = [ast.Name(n, ast.Load()) for n in ("a", "b")]
    pair = ast.Tuple([ast.Name(n.id, ast.Store()) for n in names], ast.Store())
    loop = ast.comprehension(pair, call("zip", operands), [], 0)
    return ast.ListComp(ast.BinOp(names[0], ast.Add(), names[1]), [loop])


def _text(op: Op, operands: list[Expr]) -> Expr:
    """Return a text with the operands in its holes."""
    return filled(ast.parse(op.attrs["text"], mode="eval").body, operands)


def _contains(op: Op, operands: list[Expr]) -> Expr:
    """Return ``item in items``."""
    return ast.Compare(operands[1], [ast.In()], [operands[0]])


def _lift_list(op: Op, operands: list[Expr]) -> Expr:
    """Return ``[np.repeat(np.expand_dims(item, 0), n, axis=0) for item in items]``.

    Of numbers, it is ``[np.full(n, item) for item in items]``.
    """
    deepest = op.inputs[0].type.innermost

    def repeated(item: Expr) -> Expr:
        if deepest is not None and deepest.is_scalar:
            return call("np.full", [operands[1], item])
        row = call("np.expand_dims", [item, ast.Constant(0)])
        return call("np.repeat", [row, operands[1]], {"axis": 0})

    return of_items(operands, op.inputs[0].type.item, repeated)


def _two_vectors(op: Op, operands: list[Expr]) -> Expr:
    """Return ``f([a, b], [c, d])``."""
    half = len(operands) // 2
    groups = operands[:half], operands[half:]
    return call(RULES[op.prim].spelling, [ast.List(group, ast.Load()) for group in groups])


SPECIAL |= {
    "list": _list, "repeat_list": _repeat_list, "zeros_list": _zeros_list,
    "len": _len,
    "text": _text,
    "contains": _contains, "array_of_list": _array_of_list, "items": _items, "list_add": _list_add,
    "lift_list": _lift_list, "dist_items": _two_vectors, "sumprod_items": _two_vectors,
    "joined_list": lambda op, operands: call("np.concatenate", operands, options_of(op)),
    "pieces": lambda op, operands: call("_pieces", operands, options_of(op)),
}  # fmt: skip
