"""Where the reverse sweep reads only the shape of an inner value, another of that shape will do.

One of the function's own block, if any has it by its type; else what the value was made of entry by
entry, if the sweep needs that anyway, or reads it from an array that is there: ``k * img[i:j]`` is
as long as ``img[i:j]``, and need not be kept.
"""

from __future__ import annotations

from collections.abc import Callable

from gradgen.diff.missing import missing_values
from gradgen.ir.nodes import Block, Value, walk
from gradgen.ir.types import has_fresh_length
from gradgen.rules.registry import RULES

# For each operation, the input of which only the shape counts.
SHAPE_ONLY = {"zeros_as": 0, "fill": 0, "stretch": 0, "reshape_as": 1, "size": 0}
SHAPE_READ = {**SHAPE_ONLY, "unbroadcast": 1}


def use_shape_twins(top: Block, inner: Callable[[Value], bool]) -> None:
    """Let reverse operations take a shape from the function's own block where they can, in place.

    ``inner`` says whether a value was born inside a loop or branch of the forward sweep.
    """
    missing = missing_values(top)
    forward = [v for op in top.ops if not op.reverse for v in op.outputs]
    outer = [v for v in forward if has_known_shape(v) and v not in missing]
    use_operands(top, inner)
    for op in walk(top):
        k = SHAPE_ONLY.get(op.prim)
        if (
            not op.reverse
            or k is None
            or not inner(op.inputs[k])
            or not has_known_shape(op.inputs[k])
        ):
            continue
        wanted = op.inputs[k].type
        twin = next((u for u in reversed(outer) if u.type == wanted), None)
        if twin is not None:
            op.inputs[k] = twin


def has_known_shape(v: Value) -> bool:
    """Whether a value is an array whose lengths are all known symbols (or numbers)."""
    if v.type.kind != "array" or not v.type.shape:
        return False
    return not has_fresh_length(v.type)


def use_operands(top: Block, inner: Callable[[Value], bool]) -> None:
    """Let shapes be read from what values were made of, where that saves keeping them, in place."""
    swept = [op for op in walk(top) if op.reverse]
    needed = {v for op in swept for k, v in enumerate(op.inputs) if SHAPE_READ.get(op.prim) != k}
    needed.update(v for op in swept for b in op.blocks for v in b.results)
    for op in swept:
        k = SHAPE_READ.get(op.prim)
        if k is not None and len(op.inputs) > k and inner(op.inputs[k]):
            op.inputs[k] = _operand(op.inputs[k], needed, inner)


def _operand(v: Value, needed: set[Value], inner: Callable[[Value], bool]) -> Value:
    """Return the value itself, or one of its shape that costs less to have."""
    u: Value | None = v
    while u is not None and u not in needed:
        if u.op is not None and u.op.prim == "load" and not any(map(inner, u.op.inputs[:1])):
            return u
        u = _same_shape(u)
    return u if u is not None and inner(u) else v


def _same_shape(v: Value) -> Value | None:
    """Return the only array that a value was computed from, entry by entry."""
    if v.op is None or v.op.prim not in RULES or not RULES[v.op.prim].elementwise:
        return None
    arrays = [u for u in v.op.inputs if not u.type.is_scalar]
    one = arrays[0] if len(arrays) == 1 else None
    return one if one is not None and one.type.kind == v.type.kind == "array" else None
