"""Stores of what varies into arrays of integers, which cut it off: they are refused."""

from __future__ import annotations

from gradgen.diff.wholes import whole_arrays
from gradgen.errors import UnsupportedError
from gradgen.ir.nodes import WRITES, Function, Op, Value, walk
from gradgen.ir.types import OPAQUE
from gradgen.rules.complexes import is_complex

ON_EACH_PATH = "make it a float array on each path (dtype=float)"


def refuse_truncation(function: Function, varied: set[Value]) -> None:
    """Refuse a store of what varies into an array that cannot hold it, or may not.

    Raises
    ------
    UnsupportedError
        For an array of integers or booleans: the store truncates, and the derivative is lost.
    """
    on_paths = whole_arrays(function.body)
    for op in walk(function.body):
        if op.prim == "full_like":
            _refuse_truncated_fill(op, varied, on_paths)
        if op.prim not in WRITES or op.inputs[1] not in varied:
            continue
        if is_complex(op.inputs[1]) and op.inputs[0].type.dtype.startswith("float"):
            raise UnsupportedError(
                "a complex number is stored into an array of real ones, which drops a part of it",
                op.span,
                "make the array a complex array (dtype=complex)",
            )
        if op.inputs[0] in on_paths:
            raise UnsupportedError(
                "a float is stored into an array that is one of integers on some path, which "
                "truncates it",
                op.span,
                ON_EACH_PATH,
            )
        widened = op.inputs[0].type.kind == "list" and op.outputs[0].type.inexact
        if not (op.inputs[0].type.inexact or widened) and op.inputs[0].type.item != OPAQUE:
            dtype = op.inputs[0].type.dtype
            if not dtype:
                raise UnsupportedError(
                    "a float is stored into a list of no floats, whose length is not known",
                    op.span,
                    "make it a list of floats, as in [0.0] * n, or give example arguments",
                )
            raise UnsupportedError(
                f"a float is stored into an array of dtype {dtype}, which truncates it",
                op.span,
                "make the array a float array (dtype=float)",
            )


def _refuse_truncated_fill(op: Op, varied: set[Value], on_paths: set[Value]) -> None:
    """Refuse ``np.full_like`` of integers with what varies; a dtype that is given is a cast."""
    made = op.outputs[0].type
    if "dtype" in op.attrs or made.kind != "array" or op.inputs[1] not in varied:
        return
    if op.inputs[0] in on_paths:
        raise UnsupportedError(
            "np.full_like makes an array of integers of a float on some path, which truncates it",
            op.span,
            ON_EACH_PATH,
        )
    if not made.inexact:
        raise UnsupportedError(
            f"np.full_like makes an array of dtype {made.dtype} of a float, which truncates it",
            op.span,
            "say which dtype it is: dtype=float",
        )
