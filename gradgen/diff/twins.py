"""Where the reverse sweep reads only the shape of an inner value, another of that shape will do."""

from __future__ import annotations

from collections.abc import Callable

from gradgen.diff.missing import missing_values
from gradgen.ir.nodes import Block, Value, walk
from gradgen.ir.types import has_fresh_length

# For each operation, the input of which only the shape counts.
SHAPE_ONLY = {"zeros_as": 0, "fill": 0, "stretch": 0, "reshape_as": 1, "size": 0}


def use_shape_twins(top: Block, inner: Callable[[Value], bool]) -> None:
    """Let reverse operations take a shape from the function's own block where they can, in place.

    ``inner`` says whether a value was born inside a loop or branch of the forward sweep.
    """
    missing = missing_values(top)
    forward = [v for op in top.ops if not op.reverse for v in op.outputs]
    outer = [v for v in forward if has_known_shape(v) and v not in missing]
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
