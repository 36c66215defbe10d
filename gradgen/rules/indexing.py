"""Reads and writes through subscripts.

``attrs["index"]`` spells the subscript, one letter an entry: ``i`` integer, ``a`` integer array,
``m`` boolean mask, ``n`` newaxis, ``e`` ellipsis, ``:`` the whole axis, ``s`` a slice.  Slices
list which of start, stop and step they have in ``attrs["slices"]``.  The entries' values follow in
``inputs`` (after the stored value, for a store).  ``attrs["path"]`` of a store leads through views
of the base: ``a.T[1:][i] = v`` has the path ``.T, [1:]``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradgen.ir.nodes import Const, Value
from gradgen.ir.types import Dim, Length, Type, broadcast, fresh_dim, join
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import Attrs, length_of, of_shape

if TYPE_CHECKING:
    from gradgen.diff.algebra import Algebra
    from gradgen.ir.nodes import Op


def is_basic(index: str) -> bool:
    """Whether a subscript makes a view (or an element), not a copy."""
    return not set(index) & set("am")


def load_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the element, view or copy that ``base[index]`` is; the item of a list."""
    base, index = inputs[0].type, attrs["index"]
    if base.kind == "list":
        return base.item or Type("any", "", None)
    if base.shape is None or ("m" in index and index != "m"):
        return Type("any", base.dtype, None)
    shape = index_shape(base.shape, index, attrs.get("slices", ()), inputs[1:])
    if shape is None:
        return Type("any", base.dtype, None)
    return of_shape(base.dtype, shape)


def index_shape(
    shape: tuple[Length, ...], index: str, slices: Any, operands: list[Value]
) -> tuple[Length, ...] | None:
    """Return the shape of ``base[index]`` by NumPy's rules, None if it cannot be told."""
    operands = list(operands)
    if index == "m":
        mask = operands[0].type.rank
        return None if mask is None else (fresh_dim(), *shape[mask:])
    consumed = sum(c not in "ne" for c in index)
    out: list[Length] = []
    advanced: list[tuple[Length, ...] | None] = []
    place, axis, parts = None, 0, iter(slices)
    for c in index:
        if c == "n":
            out.append(1)
        elif c == "e":
            keep = len(shape) - consumed
            out += shape[axis : axis + keep]
            axis += keep
        elif c in ":s":
            if axis >= len(shape):
                return None
            out.append(shape[axis] if c == ":" else _sliced(shape[axis], next(parts), operands))
            axis += 1
        else:
            operand = operands.pop(0)
            if c == "a":
                if advanced and place != len(out):
                    return None
                advanced.append(operand.type.shape)
                place = len(out)
            axis += 1
    out += shape[axis:]
    if advanced:
        joint = broadcast(advanced)
        if joint is None or place is None:
            return None
        out[place:place] = joint
    return tuple(out)


def _sliced(length: Length, parts: tuple[bool, bool, bool], operands: list[Value]) -> Length:
    """Length of one slice: exact for constants and for offsets from either end."""
    start, stop, step = (operands.pop(0) if has else None for has in parts)
    if step is not None:
        whole = start is None and stop is None
        return length if whole and _constant(step) == -1 else fresh_dim()
    low = 0 if start is None else _constant(start)
    high: Any = length if stop is None else _constant(stop, length_of(stop))
    if isinstance(length, int) and isinstance(low, int) and isinstance(high, int):
        return len(range(*slice(low, high).indices(length)))
    if isinstance(low, int) and low >= 0:
        if stop is None:
            return length + -low
        if isinstance(high, int):
            return (
                length + (high - low) if high < 0 and not isinstance(length, int) else fresh_dim()
            )
        if isinstance(high, Dim) and not isinstance(length, int) and _within(high, length):
            return high + -low
    if start is not None and stop is not None:
        return Dim(f"?{start.id}:{stop.id}")
    return fresh_dim()


def _within(high: Dim, length: Dim) -> bool:
    return high.name == length.name and high.offset <= length.offset


def _constant(v: Value, default: Any = None) -> Any:
    return v.const if isinstance(v, Const) and type(v.const) is int else default


def load_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``zeros_like(base)[index] += g``."""
    return load_accumulate(alg, op, g, None)


def load_accumulate(alg: Algebra, op: Op, g: Value, total: Value | None) -> Value:
    """Add the cotangent in place at the index (every repeat of it counts)."""
    total = alg.zeros(op.inputs[0]) if total is None else total
    return alg.store_add(
        total, g, op.inputs[1:], op.attrs["index"], op.attrs.get("slices", ()), op.attrs
    )


def store_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of the base: a store makes its next version."""
    return inputs[0].type


def _operands(op: Op) -> list[Value]:
    return op.inputs[2:]


def _at(op: Op) -> Attrs:
    return {k: op.attrs[k] for k in ("path", "index", "slices") if k in op.attrs}


def store_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``g[index]`` for the value; ``g`` with zeros at the index for the base."""
    if i == 0:
        zero = Const(0.0)
        return alg.emit("store", g, zero, *_operands(op), **_at(op))
    return _loaded(alg, op, g)


def _loaded(alg: Algebra, op: Op, g: Value) -> Value:
    loaded = alg.load_path(g, _operands(op), _at(op))
    if "a" in op.attrs["index"]:
        loaded = _last_writes(alg, op, g, loaded)
    return alg.fit(loaded, op.inputs[1], loaded)


def _last_writes(alg: Algebra, op: Op, g: Value, loaded: Value) -> Value:
    """Drop the cotangent of writes that a later write to the same place covers."""
    if op.attrs["index"] != "a" or op.attrs.get("path"):
        return alg.refuse(
            op, "a store through an integer array combined with other indices", "store row by row"
        )
    if g.type.rank != 1:
        return alg.refuse(op, "a store of rows through an integer array", "store row by row")
    last = alg.helper("_winners", _operands(op)[0], alg.emit("len", g))
    return alg.where(last, loaded, 0.0)


def inc_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``a[i] += v``: the base's cotangent passes through untouched."""
    if i == 0:
        return g
    loaded = alg.load_path(g, _operands(op), _at(op))
    if op.attrs.get("sign") == "-":
        loaded = alg.neg(loaded)
    return alg.fit(loaded, op.inputs[1], loaded)


def append_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return a list whose item type admits the new item."""
    t = inputs[0].type
    item = inputs[1].type if t.item is None else join(t.item, inputs[1].type)
    return Type("list", item=item)


rule("load", load_type, form="special", vjp=load_vjp, narrow=True, cost=0)
rule("store", store_type, form="special", vjp=store_vjp)
rule("inc", store_type, form="special", vjp=inc_vjp)
rule("add_at", store_type, form="special", vjp=inc_vjp)
rule("list", lambda inputs, attrs: Type("list"), form="special", passive=True)
rule("append", append_type, form="special")
rule("pop", lambda inputs, attrs: inputs[0].type.item or Type("any", "", None), form="special")
