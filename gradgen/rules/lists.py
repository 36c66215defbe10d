"""Lists whose length is not known before the program runs.

The cotangent of a list is a list of cotangents, or, where all items have the same one (as after
``sum``), that one alone: it is then narrow, as one number stands for a whole array.  A subscript of
a list is spelled as in ``rules.indexing``, with one entry: an integer or a slice.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gradgen.ir.nodes import Const, Value
from gradgen.ir.types import (
    ANY,
    BOOL,
    FLOAT,
    OPAQUE,
    TEXT,
    Type,
    array,
    fresh_dim,
    integer,
    join,
    or_none,
    promote,
    scalar,
)
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import Attrs, elementwise, length_in, of_shape, refuse_unless

if TYPE_CHECKING:
    from gradgen.diff.algebra import Algebra
    from gradgen.ir.nodes import Op


def is_list(v: Value) -> bool:
    """Whether a value is a list."""
    return v.type.kind == "list"


def list_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return a list whose item type admits every input."""
    item: Type | None = None
    if any(v.type.dtype == "text" for v in inputs):
        inputs = [v for v in inputs if not comes_of_nothing(v)]
    for v in inputs:
        item = v.type if item is None else joined_item(item, v.type)
    return Type("list", item=item)


def joined_item(one: Type, other: Type) -> Type:
    """Return the type of items that may be of either type; numbers beside lists are refused.

    An item of which nothing is known would be taken for a number or an array.  None may stand
    beside numbers: what asks tells them apart.
    """
    held = other if one == OPAQUE else one
    refuse_unless(
        OPAQUE not in (one, other) or not held.is_place,
        "objects and numbers, each beside None, in one list",
        "keep a list of each",
    )
    if OPAQUE in (one, other) and (held.is_scalar or held.dtype == "text" or _is_row(held)):
        return or_none(held) or held
    item = join(one, other)
    _refuse_two_classes(item, one, other)
    refuse_unless(
        item is not None,
        "a list with numbers beside lists as items",
        "keep a list for each part of an item, or unpack the parts in the loop where they are made",
    )
    assert item is not None
    return item


def _refuse_two_classes(item: Type | None, one: Type, other: Type) -> None:
    """Refuse objects of two classes in one list, which are places in lists of their own."""
    kinds = [t.of.kind for t in (one, other) if t.of is not None]
    classes = [kind.__name__ for kind in kinds if isinstance(kind, type)]
    refuse_unless(
        item is not None or len(classes) < 2,
        f"objects of two classes, {' and '.join(classes)}, in a list of unknown length",
        "let one class do for both, with None where an object of the other has nothing",
    )


def _is_row(t: Type) -> bool:
    """Whether this is the type of a tuple of whole numbers, such as the place of a node."""
    return t.kind == "list" and t.item is not None and t.item.kind == "int" and t.item.of is None


def columns_of(t: Type) -> tuple[Type, ...]:
    """Return the types of the columns of a list whose items are tuples of numbers of an argument.

    Nothing of any other list.
    """
    row: Any = t.item.of.kind if t.item is not None and t.item.of is not None else None
    items = getattr(row, "items", ()) if issubclass(getattr(row, "kind", object), tuple) else ()
    return items if all(isinstance(i, Type) and i.is_scalar for i in items) else ()


def append_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return a list whose item type admits the new item."""
    t = inputs[0].type
    if t.item is not None and t.item.dtype == "text" and comes_of_nothing(inputs[1]):
        return t
    item = inputs[1].type if t.item is None else joined_item(t.item, inputs[1].type)
    return Type("list", item=item)


def comes_of_nothing(v: Value) -> bool:
    """Whether a value is an item of a list that is empty, as far as is known."""
    of_list = v.op is not None and v.op.prim == "load" and v.op.inputs[0].type.kind == "list"
    return of_list and v.op is not None and v.op.inputs[0].type.item is None


def extend_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return a list whose item type admits the items of both."""
    joined = join(inputs[0].type, inputs[1].type)
    what = "objects and other things in one list"
    refuse_unless(
        bool(joined) or not any(v.type.points for v in inputs), what, "keep a list of each"
    )
    if joined is None and all(v.type.item is not None for v in inputs):
        joined = Type("list", item=joined_item(*(v.type.item for v in inputs if v.type.item)))
    return joined or Type("list", item=ANY)


def item_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of a list's items."""
    return inputs[0].type.item or ANY


def list_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Return the item of the cotangent."""
    return alg.load(g, [Const(i)], "i") if is_list(g) else g


def extend_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Cut the cotangent where the second list begins."""
    if not is_list(g):
        return g
    length = alg.sub(alg.emit("len", g), alg.emit("len", op.inputs[1]))
    return alg.slice_axis(g, 0, *((length, None) if i else (Const(0), length)))


def repeat_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Add up what the copies of the item get."""
    if i:
        return Const(0.0)
    return alg.emit("py_sum", g) if is_list(g) else alg.mul(op.inputs[1], g)


# --- to arrays and back ---------------------------------------------------------------------


def array_of_list_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return an array with the items along a new axis, the first or ``axis``."""
    item = inputs[0].type.item
    columns = columns_of(inputs[0].type)
    if columns:
        return array(attrs.get("dtype") or promote(columns), (length_in(inputs[0]), len(columns)))
    if item is not None and item.kind == "list":
        inner = array_of_list_type([Value(item)], {})
        item = inner
    if item is None:
        return array(attrs.get("dtype") or "float64", (fresh_dim(),))
    if item.shape is None:
        return Type("any", attrs.get("dtype") or item.dtype, None)
    axis = attrs.get("axis", 0) % (len(item.shape) + 1)
    shape = (*item.shape[:axis], length_in(inputs[0]), *item.shape[axis:])
    return array(attrs.get("dtype") or promote([item]), shape)


def array_of_list_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Take the cotangent apart along the axis; what is alike for all items is left as it is."""
    axis, rank, item = op.attrs.get("axis", 0), op.out.type.rank, op.inputs[0].type.item
    if item is not None and item.kind == "list":
        if g.type.is_scalar:
            return g
        depth = 1
        while item is not None and item.kind == "list":
            item, depth = item.item, depth + 1
        how: dict[str, Any] = {"depth": depth} if item and item.shape != () else {"plain": True}
        return alg.emit("items", alg.full(g, op.out), **how)
    if rank is not None and g.type.rank is not None and g.type.rank < rank and axis == 0:
        return g
    g = alg.full(g, op.out)
    if axis:
        g = alg.emit("moveaxis", g, source=axis, destination=0)
    return alg.emit("items", g)


def items_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return a list of the rows of an array, or of its entries (Python numbers by ``tolist``)."""
    t = inputs[0].type
    if t.shape is None:
        return Type("list", item=Type("any", t.dtype, None))
    if not attrs.get("plain"):
        depth = attrs.get("depth", 1)
        rows = of_shape(t.dtype, t.shape[depth:])
        for _ in range(depth):
            rows = Type("list", item=rows)
        return rows
    what = "a list of the entries of an array of unknown dtype"
    refuse_unless(bool(t.dtype), what, "give types: example arguments or annotations")
    nested = scalar(t.dtype, weak=True)
    for _ in t.shape:
        nested = Type("list", item=nested)
    return nested


def items_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Put the cotangents of the items into one array: single precision is asked for by name."""
    if not is_list(g):
        return g
    single = {"dtype": "float32"} if op.inputs[0].type.dtype == "float32" else {}
    out, whole = alg.emit("array_of_list", g, **single), op.inputs[0].type
    if whole.rank == out.type.rank == 1:
        out.type = array(out.type.dtype, whole.shape)  # a number for each entry
    return out


def joined_list_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return an array as the items are, of unknown length along the axis."""
    item = inputs[0].type.item
    if item is None or not item.shape:
        return Type("any", "" if item is None else item.dtype, None)
    at = attrs.get("axis", 0) % len(item.shape)
    return array(item.dtype, tuple(fresh_dim() if k == at else d for k, d in enumerate(item.shape)))


def joined_list_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Cut the cotangent at the joints."""
    return alg.emit("pieces", alg.full(g, op.out), op.inputs[0], axis=op.attrs.get("axis", 0))


def pieces_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return a list like that of the arrays which were joined."""
    return inputs[1].type


def pieces_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Join the cotangents as the arrays were."""
    if i:
        return Const(0.0)
    return alg.emit("joined_list", alg.full(g, op.out), axis=op.attrs.get("axis", 0))


# --- sums and extremes ----------------------------------------------------------------------


def py_sum_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of the sum of a list, or of an array's entries: of none, it is the int 0."""
    t = extreme_type(inputs, attrs)
    return replace(t, kinds=True) if is_list(inputs[0]) and t.kind == "float" else t


def extreme_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of a vector's entries, or of a list's items."""
    t = inputs[0].type
    if t.kind == "list":
        return _counted(t.item or ANY)
    return _counted(of_shape(t.dtype, None if t.shape is None else t.shape[1:]))


def _counted(t: Type) -> Type:
    """Return the type of a sum from 0, which counts truth values."""
    if t.dtype != "bool":
        return t
    return scalar("int64", t.weak) if t.is_scalar else of_shape("int64", t.shape)


def py_sum_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``g`` for every item; along the first axis of an array."""
    return g if is_list(op.inputs[0]) else alg.unreduce(g, op.inputs[0], 0, False)


def sum_items_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of the sum of several things."""
    return _counted(elementwise()(inputs, attrs))


def sum_items_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``g`` for every one, without what broadcasting added."""
    return alg.fit(g, op.inputs[i], op.out)


def extreme_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """All of the cotangent goes to the first item that is the largest (or smallest)."""
    return alg.store_add(alg.zeros(op.inputs[0]), g, [first_place(alg, op)], "i")


def first_place(alg: Algebra, op: Op) -> Value:
    """Return where the first item that is the largest (or smallest) stands."""
    a = op.inputs[0]
    if is_list(a):
        return alg.emit("index_of", a, op.out)
    return alg.emit("argmax", alg.emit("eq", a, op.out))


def sum_items_jvp(alg: Algebra, op: Op, tangents: list[Value | None]) -> Value:
    """Return the sum of the tangents."""
    zero: Value = Const(0.0)
    return functools.reduce(alg.add, (t for t in tangents if t is not None), zero)


def extreme_jvp(alg: Algebra, op: Op, tangents: list[Value | None]) -> Value:
    """Return the tangent of the first item that is the largest (or smallest)."""
    (t,) = tangents
    assert t is not None
    return alg.load(t, [first_place(alg, op)], "i")


# --- cotangents of lists --------------------------------------------------------------------


def list_add_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``g`` for the first, ``g`` or a slice of it for the second."""
    if i == 0 or not op.attrs or not is_list(g):
        return g
    return alg.b.emit("load", [g, *op.inputs[2:]], **op.attrs)


def fill_lists_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Add up what all places get."""
    return alg.emit("sum", alg.emit("array_of_list", g)) if i else Const(0.0)


def zeros_list_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of the adjoint of a list: floats where no item is known."""
    return inputs[0].type if inputs[0].type.item is not None else Type("list", item=FLOAT)


def _first(inputs: list[Value], attrs: Attrs) -> Type:
    return inputs[0].type


_SPECIAL: dict[str, Any] = {"form": "special"}
rule("list", list_type, vjp=list_vjp, narrow=True, **_SPECIAL)
rule("append", append_type, **_SPECIAL)
rule("insert", append_type, **_SPECIAL)
rule("pop", item_type, **_SPECIAL)
rule("extend", extend_type, vjp=extend_vjp, narrow=True, **_SPECIAL)
rule("lift_list", lambda inputs, attrs: inputs[0].type, form="special")
rule("repeat_list", lambda inputs, attrs: Type("list", item=inputs[0].type), vjp=repeat_vjp,
     narrow=True, **_SPECIAL)  # fmt: skip
rule("array_of_list", array_of_list_type, vjp=array_of_list_vjp, narrow=True, **_SPECIAL)
rule("items", items_type, vjp=items_vjp, narrow=True, alias="view", **_SPECIAL)
rule("joined_list", joined_list_type, vjp=joined_list_vjp, narrow=True, **_SPECIAL)
rule("pieces", pieces_type, vjp=pieces_vjp, narrow=True, alias="view", **_SPECIAL)
rule("py_sum", py_sum_type, spelling="sum", params="a", vjp=py_sum_vjp, narrow=True,
     tangent="linear")  # fmt: skip
rule("sum_items", sum_items_type, spelling="sum", form="sequence", vjp=sum_items_vjp, narrow=True,
     jvp=sum_items_jvp)  # fmt: skip
for _name in ("max", "min"):
    rule(f"py_{_name}", extreme_type, spelling=_name, params="a", vjp=extreme_vjp, jvp=extreme_jvp,
         at_kinks="the first of a tie wins")  # fmt: skip
rule("text", lambda inputs, attrs: TEXT, passive=True, **_SPECIAL)
rule("index_of", lambda inputs, attrs: integer(), passive=True, **_SPECIAL)
rule("contains", lambda inputs, attrs: BOOL, passive=True, **_SPECIAL)
ORDERS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
for _name, _sign in ORDERS.items():
    rule(f"lists_{_name}", lambda inputs, attrs: BOOL, spelling=_sign, form="operator",
         passive=True)  # fmt: skip
rule("list_add", _first, vjp=list_add_vjp, narrow=True, **_SPECIAL)
rule("fill_lists", _first, spelling="_filled_lists", vjp=fill_lists_vjp)
rule("zeros_list", zeros_list_type, passive=True, **_SPECIAL)
