"""Printed forms of the operations on arrays: attributes, shapes, copies, what fills an array."""

from __future__ import annotations

import ast
from collections.abc import Callable

from gradgen.emission.forms import SPECIAL
from gradgen.emission.list_forms import list_or_nothing, of_items, or_nothing
from gradgen.emission.pieces import (
    Expr,
    call,
    dotted,
    dtype_expression,
    index_object,
    literal,
    nested,
    options_of,
    shape_of,
    shape_tuple,
    subscript,
    unless_none,
)
from gradgen.ir.nodes import Op


def _attribute(name: str) -> Callable[[Op, list[Expr]], Expr]:
    return lambda op, operands: ast.Attribute(operands[0], name, ast.Load())


def _conjugate(op: Op, operands: list[Expr]) -> Expr:
    return ast.Call(_attribute("conjugate")(op, operands), [], [])


def _c_contiguous(op: Op, operands: list[Expr]) -> Expr:
    return _attribute("c_contiguous")(op, [_attribute("flags")(op, operands)])


def _holds_no_floats(op: Op, operands: list[Expr]) -> Expr:
    kind = _attribute("kind")(op, [_attribute("dtype")(op, operands)])
    return ast.Compare(kind, [ast.NotEq()], [ast.Constant("f")])


def _dim(op: Op, operands: list[Expr]) -> Expr:
    axis = literal(op.attrs.get("axis", 0))
    return ast.Subscript(shape_of(op.inputs[0], operands[0]), axis, ast.Load())


def _size(op: Op, operands: list[Expr]) -> Expr:
    if op.inputs[0].type.kind == "array":
        return ast.Attribute(operands[0], "size", ast.Load())
    return call("np.size", operands)


def _astype(op: Op, operands: list[Expr]) -> Expr:
    if op.inputs[0].type.kind == "array":
        method = ast.Attribute(operands[0], "astype", ast.Load())
        return ast.Call(method, [dtype_expression(op.attrs["dtype"])], [])
    if op.inputs[0].type.is_scalar:
        return call(f"np.{op.attrs['dtype']}", operands)
    made = call("np.array", operands, {"dtype": op.attrs["dtype"]})
    return ast.Subscript(made, ast.Tuple([], ast.Load()), ast.Load())


def _copy(op: Op, operands: list[Expr]) -> Expr:
    copied = _copied(op, operands)
    if "may_be_none" in op.attrs:
        return unless_none(operands[0], ast.Constant(None), copied)
    return copied


def _copied(op: Op, operands: list[Expr]) -> Expr:
    t, e = op.inputs[0].type, operands[0]
    if t.kind == "list":
        e = list_or_nothing(op, e)
        if "rows" in op.attrs and t.item is not None:
            beside_none = "beside_none" in op.attrs
            return of_items(
                [e],
                t.item.item,
                lambda row: call("list", [or_nothing(row) if beside_none else row]),
                beside_none,
            )
        return call("list", [e])
    order = op.attrs.get("order", "C")
    options = [] if order == "C" else [ast.keyword("order", ast.Constant(order))]
    copied = ast.Call(ast.Attribute(e, "copy", ast.Load()), [], options)
    if "unsure" not in op.attrs:
        return copied if t.kind == "array" and order != "K" else call("np.copy", operands)
    if t.is_scalar:
        return unless_none(e, ast.Constant({"int": 0, "bool": False}.get(t.kind, 0.0)), e)
    nothing = call("np.empty", [literal((0,) * len(t.shape or (0,)))])
    return unless_none(e, nothing, copied if t.kind == "array" else call("np.copy", operands))


def _flatten(op: Op, operands: list[Expr]) -> Expr:
    return ast.Call(ast.Attribute(operands[0], "flatten", ast.Load()), [], [])


def _expand_dims(op: Op, operands: list[Expr]) -> Expr:
    """Return ``a[:, None]`` where the rank is known, as one writes it by hand."""
    rank, axis = op.inputs[0].type.rank, op.attrs["axis"]
    if not rank or not op.derived or isinstance(axis, tuple):
        return call("np.expand_dims", operands, {"axis": axis})
    axis %= rank + 1
    index: list[Expr] = [ast.Slice(None, None, None) for _ in range(axis)]
    index.append(ast.Constant(None))
    entry = index[0] if len(index) == 1 else ast.Tuple(index, ast.Load())
    return ast.Subscript(operands[0], entry, ast.Load())


def _reshape_as(op: Op, operands: list[Expr]) -> Expr:
    return call("np.reshape", [operands[0], shape_of(op.inputs[1], operands[1])])


def _stretch(op: Op, operands: list[Expr]) -> Expr:
    type_ = op.inputs[1].type
    whole = call("np.broadcast_to", [operands[1], shape_of(op.inputs[0], operands[0])])
    if type_.kind == "any" and type_.dtype == "float32":  # on some path it is Python's 0.0
        return ast.Call(
            ast.Attribute(whole, "astype", ast.Load()), [dtype_expression("float32")], []
        )
    return whole


def _zeros_as(op: Op, operands: list[Expr]) -> Expr:
    dtype = op.inputs[0].type.dtype
    options = {"dtype": dtype} if dtype in ("float32", "complex64", "complex128") else {}
    shape = shape_of(op.inputs[0], operands[0])
    if "beside_none" in op.attrs:
        return call("np.zeros_like", operands, options)
    if "unsure" in op.attrs:
        shape = unless_none(operands[0], literal((0,)), shape)
    return call("np.empty" if "unfilled" in op.attrs else "np.zeros", [shape], options)


def _full(op: Op, operands: list[Expr]) -> Expr:
    return call("np.full", [shape_tuple(operands[1:], op.inputs[1:]), operands[0]], options_of(op))


def _fill(op: Op, operands: list[Expr]) -> Expr:
    shape, value, options = shape_of(op.inputs[0], operands[0]), operands[1], options_of(op)
    if isinstance(value, ast.Constant) and repr(value.value) == "1.0":
        return call("np.ones", [shape], options)
    return call("np.full", [shape, value], options)


def _eye(op: Op, operands: list[Expr]) -> Expr:
    same = len(operands) == 2 and ast.dump(operands[0]) == ast.dump(operands[1])
    return call("np.eye", operands[:1] if same else operands, options_of(op))


def _scalar(op: Op, operands: list[Expr]) -> Expr:
    return call("np.sum", operands)


def _places(op: Op, operands: list[Expr]) -> Expr:
    return nested(op.attrs["entries"])


def _axis_of(op: Op, operands: list[Expr]) -> Expr:
    """Return one of the arrays that a call gives, one for each axis."""
    return ast.Subscript(call(f"np.{op.prim}", operands), literal(op.attrs["axis"]), ast.Load())


def _unique_places(op: Op, operands: list[Expr]) -> Expr:
    """Return one of the arrays that ``np.unique`` gives beside the values."""
    more = {k: v for k, v in op.attrs.items() if k != "item"}
    made = call("np.unique", operands, {op.attrs.get("item", "return_index"): True} | more)
    return ast.Subscript(made, ast.Constant(1), ast.Load())


def _winners(op: Op, operands: list[Expr]) -> Expr:
    place = subscript(operands[0], op.attrs, operands[1:])
    return call("_winners", [operands[0], index_object(place.slice)])


def _pad(op: Op, operands: list[Expr]) -> Expr:
    """Return ``np.pad`` with a pair of widths for each axis, or the one width for all."""
    array, *rest = operands
    options = [ast.keyword(k, literal(v)) for k, v in op.attrs.items() if k != "filled"]
    if op.attrs.get("filled"):
        options.append(ast.keyword("constant_values", rest.pop()))
    pairs = [ast.Tuple(list(p), ast.Load()) for p in zip(rest[::2], rest[1::2], strict=True)]
    widths: Expr = pairs[0] if len(pairs) == 1 else ast.Tuple(list(pairs), ast.Load())
    if len({ast.dump(w) for w in rest}) == 1:
        widths = rest[0]
    return ast.Call(dotted("np.pad"), [array, widths], options)


def _einsum(op: Op, operands: list[Expr]) -> Expr:
    """Return ``np.einsum`` with the subscripts as they were given."""
    options = {k: v for k, v in op.attrs.items() if k == "optimize"}
    return call("np.einsum", [literal(op.attrs["text"]), *operands], options)


SPECIAL |= {
    "T": _attribute("T"), "real": _attribute("real"), "imag": _attribute("imag"),
    "c_contiguous": _c_contiguous, "holds_no_floats": _holds_no_floats,
    "dim": _dim, "size": _size, "astype": _astype, "copy": _copy,
    "conjugate": _conjugate,
    "flatten": _flatten, "expand_dims": _expand_dims, "reshape_as": _reshape_as,
    "stretch": _stretch, "zeros_as": _zeros_as, "full": _full, "fill": _fill, "eye": _eye,
    "scalar": _scalar, "places": _places, "nonzero": _axis_of, "tril_indices": _axis_of,
    "triu_indices": _axis_of, "unique_places": _unique_places, "winners": _winners, "pad": _pad,
    "einsum": _einsum, "einsum_view": _einsum,
}  # fmt: skip
