"""Printed forms of the operations on lists, and of those that make lists or take them."""

from __future__ import annotations

import ast

from gradgen.emission.forms import SPECIAL
from gradgen.emission.pieces import Expr, call, index_object, options_of, shape_tuple, subscript
from gradgen.ir.nodes import Op
from gradgen.rules.registry import RULES


def _list(op: Op, operands: list[Expr]) -> Expr:
    if "typed" in op.attrs:
        item = op.attrs["typed"]
        zero: Expr = ast.Constant({"int": 0, "bool": False}.get(item.kind, 0.0))
        if item.kind == "array" and item.rank:
            zero = call("np.empty", [shape_tuple([ast.Constant(0)] * item.rank)])
        return call("_empty_list", [zero])
    return ast.List(list(operands), ast.Load())


def _repeat_list(op: Op, operands: list[Expr]) -> Expr:
    return ast.BinOp(ast.List([operands[0]], ast.Load()), ast.Mult(), operands[1])


def list_or_nothing(op: Op, e: Expr) -> Expr:
    """Return a list, or no items where it may be None."""
    nothing = ast.Tuple([], ast.Load())
    return ast.BoolOp(ast.Or(), [e, nothing]) if "unsure" in op.attrs else e


def _zeros_list(op: Op, operands: list[Expr]) -> Expr:
    item = op.inputs[0].type.item
    operands = [list_or_nothing(op, operands[0])]
    if item is None or item.is_scalar:
        zero: Expr = ast.List([ast.Constant(0.0)], ast.Load())
        return ast.BinOp(zero, ast.Mult(), call("len", operands))
    if item.kind == "list":
        return call("_filled_lists", [operands[0], ast.Constant(0.0)])
    zero = call("np.zeros_like", [ast.Name("item", ast.Load())])
    loop = ast.comprehension(ast.Name("item", ast.Store()), operands[0], [], 0)
    return ast.ListComp(zero, [loop])


def _array_of_list(op: Op, operands: list[Expr]) -> Expr:
    axis = op.attrs.get("axis")
    return call("np.array" if axis is None else "np.stack", operands, options_of(op))


def _items(op: Op, operands: list[Expr]) -> Expr:
    if op.attrs.get("plain"):
        return ast.Call(ast.Attribute(operands[0], "tolist", ast.Load()), [], [])
    return call("list", operands)


def _list_add(op: Op, operands: list[Expr]) -> Expr:
    """Return ``[a + b for a, b in zip(items, more)]``, or the helper that does so in a slice."""
    if op.attrs:
        part = index_object(subscript(operands[0], op.attrs, operands[2:]).slice)
        return call("_add_slice", [*operands[:2], part])
    item = op.inputs[0].type.item
    if item is not None and item.kind == "list":
        return call("_add_lists", operands)
    names = [ast.Name(n, ast.Load()) for n in ("a", "b")]
    pair = ast.Tuple([ast.Name(n.id, ast.Store()) for n in names], ast.Store())
    loop = ast.comprehension(pair, call("zip", operands), [], 0)
    return ast.ListComp(ast.BinOp(names[0], ast.Add(), names[1]), [loop])


def _lift_list(op: Op, operands: list[Expr]) -> Expr:
    """Return ``[np.repeat(np.expand_dims(item, 0), n, axis=0) for item in items]``."""
    row = call("np.expand_dims", [ast.Name("item", ast.Load()), ast.Constant(0)])
    loop = ast.comprehension(ast.Name("item", ast.Store()), operands[0], [], 0)
    return ast.ListComp(call("np.repeat", [row, operands[1]], {"axis": 0}), [loop])


def _two_vectors(op: Op, operands: list[Expr]) -> Expr:
    """Return ``f([a, b], [c, d])``."""
    half = len(operands) // 2
    groups = operands[:half], operands[half:]
    return call(RULES[op.prim].spelling, [ast.List(group, ast.Load()) for group in groups])


SPECIAL |= {
    "list": _list, "repeat_list": _repeat_list, "zeros_list": _zeros_list,
    "array_of_list": _array_of_list, "items": _items, "list_add": _list_add,
    "lift_list": _lift_list, "dist_items": _two_vectors, "sumprod_items": _two_vectors,
    "joined_list": lambda op, operands: call("np.concatenate", operands, options_of(op)),
    "pieces": lambda op, operands: call("_pieces", operands, options_of(op)),
}  # fmt: skip
