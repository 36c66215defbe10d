"""Reads and writes through subscripts.

``attrs["index"]`` spells the subscript, one letter an entry: ``i`` integer, ``a`` integer array,
``m`` boolean mask, ``n`` newaxis, ``e`` ellipsis, ``:`` the whole axis, ``s`` a slice.  Slices
list which of start, stop and step they have in ``attrs["slices"]``.  The entries' values follow in
``inputs`` (after the stored value, for a store).  ``attrs["path"]`` of a store leads through views
of the base: ``a.T[1:][i] = v`` has the path ``.T, [1:]``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradgen.ir.nodes import Const, Value, same_value
from gradgen.ir.order import made_in_rows
from gradgen.ir.types import NOTHING, Type, array, fresh_dim, join, or_none
from gradgen.rules.complexes import is_complex
from gradgen.rules.places import index_shape, is_basic, may_repeat
from gradgen.rules.registry import RULES, rule
from gradgen.rules.shapes_of import Attrs, of_shape

if TYPE_CHECKING:
    from gradgen.diff.algebra import Algebra
    from gradgen.ir.nodes import Op


def load_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the element, view or copy that ``base[index]`` is; the item of a list."""
    base, index = inputs[0].type, attrs["index"]
    if base.kind == "list":
        return base if index in ":s" else base.item or Type("any", "", None)
    if base.shape is None:
        return Type("any", base.dtype, None)
    shape = index_shape(base.shape, index, attrs.get("slices", ()), inputs[1:])
    if shape is None:
        return Type("any", base.dtype, None)
    if not shape and "e" in index and is_basic(index):
        return array(base.dtype, ())  # a[..., 0] of a vector is a view without axes
    return of_shape(base.dtype, shape)


def load_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``zeros_like(base)[index] += g``; ``g`` in the shape of the base where axes are only new."""
    return _without_new_axes(alg, op, g) if only_new_axes(op) else load_accumulate(alg, op, g, None)


def only_new_axes(op: Op) -> bool:
    """Whether a subscript reads every entry once, in order, under axes of length 1."""
    index, base = op.attrs["index"], op.inputs[0].type
    known = base.kind == "array" and base.shape is not None and "path" not in op.attrs
    return known and "n" in index and set(index) <= set("n:e")


def _without_new_axes(alg: Algebra, op: Op, g: Value) -> Value:
    """Return ``g`` in the shape of the base; a sum that kept just the new axes drops them."""
    base, new = op.inputs[0], _new_axes(op)
    if g.type.is_scalar and base.type.shape:
        return g  # as narrow as it was
    if g.op is not None and g.op.prim == "sum" and g.op.attrs.get("keepdims"):
        terms, axis = g.op.inputs[0], g.op.attrs.get("axis")
        axes = axis if isinstance(axis, tuple) else (axis,)
        if axes == new and terms.type.rank == op.out.type.rank:
            return alg.emit("sum", terms, axis=axis)
    return alg.reshape_like(alg.full(g, op.out), base)


def _new_axes(op: Op) -> tuple[int, ...]:
    """Return where the new axes of a subscript of new axes and whole ones stand."""
    index = op.attrs["index"]
    rest = ":" * ((op.inputs[0].type.rank or 0) - index.count(":"))
    spelled = index.replace("e", rest) if "e" in index else index + rest
    return tuple(k for k, c in enumerate(spelled) if c == "n")


def load_accumulate(alg: Algebra, op: Op, g: Value, total: Value | None) -> Value:
    """Add the cotangent in place at the index (every repeat of it counts)."""
    if op.inputs[0].type.kind == "list" and op.attrs["index"] in ":s":
        return _add_part(alg, op, g, total)
    if op.out.type.kind == "list":
        return _add_to_inner(alg, op, g, total)
    if op.inputs[0].type.kind != "list" and _is_whole(op):
        return alg.add(0.0 if total is None else total, g)
    total = alg.zeros(op.inputs[0]) if total is None else total
    index, slices = op.attrs["index"], op.attrs.get("slices", ())
    rank = op.out.type.rank
    if g.type.rank and rank and g.type.rank < rank and may_repeat(index, slices, op.inputs[1:]):
        # np.add.at reads beyond the end of a vector that it has to stretch (NumPy 2.4).
        g = alg.full(g, op.out)
    return alg.store_add(total, g, op.inputs[1:], index, slices, op.attrs.get("path", ()))


def _is_whole(op: Op) -> bool:
    """Whether a subscript means all that there is: one of an array without axes, or ``[()]``."""
    if "m" in op.attrs["index"]:
        return False  # a truth value makes an axis, of no entry or one
    return op.inputs[0].type.shape == () or (op.attrs["index"] == "" and "path" not in op.attrs)


def _add_part(alg: Algebra, op: Op, g: Value, total: Value | None) -> Value:
    """Add the cotangent of a slice of a list."""
    if total is None and _turns_round(op):
        return alg.b.emit("load", [alg.full(g, op.out), op.inputs[1]], **op.attrs)
    total = alg.zeros(op.inputs[0]) if total is None else total
    return alg.b.emit("list_add", [total, alg.full(g, op.out), *op.inputs[1:]], **op.attrs)


def _add_to_inner(alg: Algebra, op: Op, g: Value, total: Value | None) -> Value:
    """Add the cotangent of a list inside a list."""
    cleared = _cleared(op, total)
    if cleared is not None and g.type.kind == "list":
        return alg.emit("store", cleared, g, *op.inputs[1:], index="i")
    total = alg.zeros(op.inputs[0]) if total is None else total
    old = alg.load(total, op.inputs[1:], "i")
    new = alg.emit("list_add", old, alg.full(g, old))
    return alg.emit("store", total, new, *op.inputs[1:], index="i")


def _cleared(op: Op, total: Value | None) -> Value | None:
    """Return the adjoint that was just set to zero where a list is read, None if it was not."""
    clear = total.op if total is not None else None
    if clear is None or clear.prim != "store" or not clear.reverse or clear.attrs != op.attrs:
        return None
    zero = clear.inputs[1].op
    if zero is None or zero.prim not in ("zeros_list", "repeat_list"):
        return None
    places = zip(clear.inputs[2:], op.inputs[1:], strict=True)
    return clear.inputs[0] if all(same_value(a, b) for a, b in places) else None


def _turns_round(op: Op) -> bool:
    """Whether a slice is ``[::-1]``."""
    only_step = op.attrs.get("slices") == ((False, False, True),)
    return only_step and isinstance(op.inputs[1], Const) and op.inputs[1].const == -1


def store_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of the base: a store makes its next version."""
    base = inputs[0].type
    if base.kind == "list" and "path" not in attrs:
        given = inputs[1].type
        if base.item in NOTHING:
            return Type("list", item=or_none(given) if base.item else given)
        return Type("list", item=join(base.item, given))
    return base


def _operands(op: Op) -> list[Value]:
    return op.inputs[2:]


def _at(op: Op) -> Attrs:
    return {k: op.attrs[k] for k in ("path", "index", "slices") if k in op.attrs}


def store_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``g[index]`` for the value; ``g`` with zeros at the index for the base."""
    if i == 0:
        if op.inputs[0].type.kind == "list":
            return alg.emit("store", g, _zero_before(alg, op, g), *_operands(op), **_at(op))
        if _is_whole(op) or (op.attrs["index"] == "e" and "path" not in op.attrs):
            return Const(0.0)
        if needs_rows(op) and not made_in_rows(g):
            g = alg.emit("copy", g)
        if _into_part(op) and not is_complex(g):
            g = alg.emit("astype", g, dtype=op.out.type.dtype)  # it has such parts to write to
        return alg.emit("store", g, Const(0.0), *_operands(op), **_at(op))
    place, rest = alg.through_path(g, _operands(op), _at(op))
    loaded = _loaded(alg, op, place, rest)
    slices = op.attrs.get("slices", ())
    if may_repeat(op.attrs["index"], slices, rest):
        # Of several writes to one place only the last is in the array afterwards.
        attrs = {k: op.attrs[k] for k in ("index", "slices") if k in op.attrs}
        last = alg.b.emit("winners", [place, *rest], **attrs)
        loaded = alg.where(last, loaded, 0.0)
    return alg.fit(loaded, op.inputs[1], loaded)


def needs_rows(op: Op) -> bool:
    """Whether a write goes through flat views, which those of other orders in memory are not."""
    return any(RULES[prim].alias == "maybe" for prim, _, _ in op.attrs.get("path", ()))


def _into_part(op: Op) -> bool:
    """Whether a store is into the real or the imaginary parts."""
    return any(prim in ("real", "imag") for prim, _, _ in op.attrs.get("path", ()))


def _zero_before(alg: Algebra, op: Op, g: Value) -> Value:
    """Return a zero like the item of a list that a store replaces."""
    old = alg.replaced.get(op)
    if old is None:
        row, rest = alg.through_path(g, _operands(op), _at(op))
        return alg.zeros(alg.load(row, rest, "i"))
    return alg.emit("repeat_list", 0.0, old) if old.type.kind == "int" else alg.zeros(old)


def _loaded(alg: Algebra, op: Op, place: Value, rest: list[Value]) -> Value:
    """Read a cotangent where a store wrote."""
    if (place.type.shape == () and place.type.kind != "list") or op.attrs["index"] == "e":
        return place
    attrs = {k: op.attrs[k] for k in ("index", "slices") if k in op.attrs}
    return alg.b.emit("load", [place, *rest], **attrs)


def winners_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return booleans in the shape of ``base[index]``."""
    shape = load_type(inputs, attrs).shape
    return Type("any" if shape is None else "array", "bool", shape)


def inc_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``a[i] += v``: the base's cotangent passes through untouched."""
    if i == 0:
        return g
    place, rest = alg.through_path(g, _operands(op), _at(op))
    loaded = _loaded(alg, op, place, rest)
    if op.attrs.get("sign") == "-":
        loaded = alg.neg(loaded)
    return alg.fit(loaded, op.inputs[1], loaded)


def listed_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return integers in the shape of a list of them."""
    return array("int64", np.shape(attrs["entries"]))


def places_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return a vector of places, nobody knows how many."""
    return array("int64", (fresh_dim(),))


def argwhere_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return a row of subscripts for each place."""
    rank = inputs[0].type.rank
    return array("int64", (fresh_dim(), fresh_dim() if rank is None else rank))


rule("load", load_type, form="special", vjp=load_vjp, narrow=True, cost=0, places_from=1)
rule("store", store_type, form="special", vjp=store_vjp, places_from=2)
rule("inc", store_type, form="special", vjp=inc_vjp, places_from=2)
rule("winners", winners_type, form="special", passive=True)
rule("add_at", store_type, form="special", vjp=inc_vjp, places_from=2)
for _name in ("nonzero", "tril_indices", "triu_indices"):
    rule(_name, places_type, form="special", passive=True)
rule("flatnonzero", places_type, callables=["np.flatnonzero"], params="a", passive=True)
rule("argwhere", argwhere_type, callables=["np.argwhere"], params="a", passive=True)
rule("places", listed_type, form="special", passive=True, cost=0)
