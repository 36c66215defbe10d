"""Items of lists that are replaced by items of other lengths, and the lengths of the old ones.

The adjoint of a replaced item starts from zero again, in the shape of the old item.  What stands in
the list afterwards says nothing of that, so that the forward sweep looks before.  Where None may
have stood there, as in `[None] * n`, the new item will do: nothing is ever added to that zero.
"""

from __future__ import annotations

from gradgen.diff.nones import is_none, puts_none
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Block, Const, Function, Op, Value, blocks_of, same_value
from gradgen.ir.types import Type, has_fresh_length


def look_before_stores(function: Function) -> dict[Op, Value]:
    """Read what stores into lists replace, in place; return that, or its length, by store."""
    found: dict[Op, Value] = {}
    beside_none = puts_none(function.body)
    for block in list(blocks_of(function.body)):
        ops: list[Op] = []
        for op in block.ops:
            if _replaces(op):
                b = Builder(Block())
                b.span, b.region = op.span, op.region
                old = op.inputs[0]
                for k in op.inputs[2:]:
                    old = b.emit("load", [old, k], index="i")
                item = old.type.item
                if old.type.kind == "list" and (item is None or item.is_scalar):
                    old = b.emit("len", [old])
                    if beside_none and old.op is not None:
                        old.op.attrs["unsure"] = True
                found[op] = _there(b, old, op.inputs[1]) if beside_none else old
                ops += b.block.ops
            ops.append(op)
        block.ops = ops
    return found


def _there(b: Builder, old: Value, new: Value) -> Value:
    """Return the old item of a list, or the new one, where the old one is None."""
    if not (old.type.is_array or old.type.kind == "list") or is_none(new):
        return old
    test = b.emit("is", [old, Const(None)])
    blocks = [Block(results=[new]), Block(results=[old])]
    attrs = {"there": True}  # no None
    return b.append("if", [test], [old.type], [""], attrs=attrs, blocks=blocks).out


def _replaces(op: Op) -> bool:
    """Whether an operation puts an item into a list whose length may be another than before."""
    base = op.inputs[0].type if op.prim == "store" and not op.derived else None
    if base is None or base.kind != "list" or op.attrs.get("index") != "i":
        return False
    item = base.item
    for _ in op.attrs.get("path", ()):
        item = item and item.item
    kinds = [op.inputs[1].type, *([item] if item is not None else [])]
    return any(map(_varies, kinds)) and not _comes_from_there(op)


def _varies(item: Type) -> bool:
    if item.kind == "list":
        return True
    return not item.is_scalar and (item.shape is None or has_fresh_length(item))


def _comes_from_there(op: Op) -> bool:
    """Whether the new item is the old one with other entries."""
    v = op.inputs[1]
    while v.op is not None and v.op.prim in ("store", "inc", "add_at"):
        v = v.op.inputs[0]
    read = v.op
    if read is None or read.prim != "load" or read.attrs != op.attrs:
        return False
    places = zip(read.inputs[1:], op.inputs[2:], strict=True)
    return read.inputs[0] is op.inputs[0] and all(same_value(a, b) for a, b in places)
