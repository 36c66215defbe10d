"""Arrays and numbers of integers on some path, where the types say float: ``w if c else 0.5 * w``.

NumPy finds the dtype when the program runs.  What is computed from such an array is right, but an
array that is written to has to be one of floats, or what is stored is cut off.
"""

from __future__ import annotations

from gradgen.deep import deep
from gradgen.diff.activity import carried, ends
from gradgen.ir.nodes import WRITES, Block, Op, Value

SURE = ("div", "mean", "float", "astype", "zeros", "ones", "empty", "linspace")
CHOOSING = ("max2", "min2")  # these give one of their operands as it is
REPEATING = ("repeat_list",)  # of whose operands the first alone is in what they make


def wholes(body: Block) -> set[Value]:
    """Return what has floats by its type, and may hold integers."""
    found: set[Value] = set()
    _block(body, found)
    return found


@deep
def _block(block: Block, found: set[Value]) -> None:
    for op in block.ops:
        if op.prim in ("for", "while"):
            _loop(op, found)
        elif op.blocks:
            for inner in op.blocks:
                _block(inner, found)
                if inner.end == "yield":
                    _join(inner.results, op.outputs, found)
        elif op.prim not in SURE and "dtype" not in op.attrs and _is_of_wholes(op, found):
            found.update(filter(_is_float, op.outputs))


def _is_of_wholes(op: Op, found: set[Value]) -> bool:
    """Whether what an operation gives may be whole: no operand makes floats of the others."""
    held = op.inputs[: 1 if op.prim in REPEATING else 2]
    if op.prim in CHOOSING or any(out.type.kind == "list" for out in op.outputs):
        return any(_is_whole(v) or v in found for v in held)
    if op.prim == "py_sum" and op.inputs[0].type.kind == "list":
        return True
    operands = op.inputs[:1] if op.prim in WRITES else op.inputs
    sure = (_is_float(v) and v not in found for v in operands)
    return any(v in found for v in operands) and not any(sure)


def _loop(op: Op, found: set[Value]) -> None:
    body = op.blocks[-1]
    params, inits = carried(op)
    _join(inits, params, found)
    before = -1
    while before != len(found):
        before = len(found)
        _block(body, found)
        for end in ends(body):
            _join(end.results, params, found)
    _join(params, op.outputs, found)


def _join(values: list[Value], into: list[Value], found: set[Value]) -> None:
    for v, out in zip(values, into, strict=False):
        if _is_float(out) and (_is_whole(v) or v in found):
            found.add(out)


def _is_float(v: Value) -> bool:
    t = v.type.innermost
    return t is not None and t.is_numeric and t.dtype == "float64"


def _is_whole(v: Value) -> bool:
    t = v.type.innermost
    return t is not None and t.is_numeric and t.dtype.startswith(("int", "uint", "bool"))
