"""Stores of what varies into arrays of integers, which cut it off: refused, or tested by the text.

Where the types say that an array holds floats, and on some path it holds integers, NumPy finds the
dtype when the program runs, and so does the text.
"""

from __future__ import annotations

from gradgen.diff.wholes import whole_arrays
from gradgen.errors import UnsupportedError
from gradgen.ir.nodes import WRITES, Block, Function, Op, Value, blocks_of
from gradgen.ir.types import BOOL, OPAQUE
from gradgen.rules.complexes import is_complex

MESSAGE = (
    "a float is stored into an array that is one of integers on this path, which truncates it: "
    "make it a float array on each path (dtype=float)"
)


def look_for_truncation(function: Function, varied: set[Value]) -> None:
    """Refuse a store of what varies into an array that cannot hold it, or test if it can, in place.

    Compiled lists hold numbers of one kind, and so do the arrays that are made of them.

    Raises
    ------
    UnsupportedError
        For an array of integers or booleans: the store truncates, and the derivative is lost.
    """
    on_paths = whole_arrays(function.body)
    tested: set[Value] = set()
    for block in blocks_of(function.body):
        for op in list(block.ops):
            if op.prim != "full_like" and op.prim not in WRITES:
                continue
            known = op.inputs[0] in tested
            by_path = op.inputs[1] in varied and op.inputs[0] in on_paths and _is_cast_of_real(op)
            if by_path and not known and not function.native:
                _test(block, op)
            if by_path or known:
                tested.add(op.out)
            if op.inputs[1] in varied and not by_path:
                _refuse_fill(op) if op.prim == "full_like" else _refuse_store(op)


def _is_cast_of_real(op: Op) -> bool:
    """Whether what is given takes the dtype of the array, and is no complex number."""
    if is_complex(op.inputs[1]):
        return False
    return op.prim != "full_like" or ("dtype" not in op.attrs and op.out.type.kind == "array")


def _test(block: Block, op: Op) -> None:
    """Let the text raise an error before an operation, where the array holds integers."""
    asked = Op("holds_no_floats", op.inputs[:1], [Value(BOOL, "", op.span)], {}, op.span)
    asked.out.op = asked
    attrs = {"text": f"raise TypeError({MESSAGE!r})"}
    at = next(k for k, other in enumerate(block.ops) if other is op)
    block.ops[at:at] = [asked, Op("raise_if", [asked.out], [], attrs, op.span)]


def _refuse_store(op: Op) -> None:
    """Refuse a store into an array, or a list, that cannot hold floats."""
    held = op.inputs[0].type
    if is_complex(op.inputs[1]) and held.dtype.startswith("float"):
        raise UnsupportedError(
            "a complex number is stored into an array of real ones, which drops a part of it",
            op.span,
            "make the array a complex array (dtype=complex)",
        )
    widened = held.kind == "list" and op.outputs[0].type.inexact
    if held.inexact or widened or held.item == OPAQUE:
        return
    if not held.dtype:
        raise UnsupportedError(
            "a float is stored into a list of no floats, whose length is not known",
            op.span,
            "make it a list of floats, as in [0.0] * n, or give example arguments",
        )
    raise UnsupportedError(
        f"a float is stored into an array of dtype {held.dtype}, which truncates it",
        op.span,
        "make the array a float array (dtype=float)",
    )


def _refuse_fill(op: Op) -> None:
    """Refuse ``np.full_like`` of integers with what varies; a dtype that is given is a cast."""
    made = op.out.type
    if "dtype" not in op.attrs and made.kind == "array" and not made.inexact:
        raise UnsupportedError(
            f"np.full_like makes an array of dtype {made.dtype} of a float, which truncates it",
            op.span,
            "say which dtype it is: dtype=float",
        )
