"""Rows that are added up at places: number by number, which NumPy does several times quicker.

``np.add.at`` has a quick loop for single numbers at a vector of places, and none for rows, nor for
places in a matrix.
"""

from __future__ import annotations

from dataclasses import replace

from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Block, Function, Op, Value, blocks_of, uses
from gradgen.ir.types import may_be_one
from gradgen.rules.helpers import _rows_added


def add_numbers(function: Function) -> None:
    """Let rows that are added into zeros of the reverse sweep go there as numbers, in place."""
    count = uses(function.body)
    for block in blocks_of(function.body):
        made = {
            op.inputs[0].op: op
            for op in block.ops
            if op.prim == "add_at" and op.reverse and _adds_rows(op, count)
        }
        for op in made.values():
            zeros = op.inputs[0].op
            assert zeros is not None
            op.prim, op.inputs = "helper", [zeros.inputs[0], *op.inputs[1:]]
            op.attrs = {"function": _rows_added.__name__, "options": (), "type": op.out.type}
        block.ops = [op for op in block.ops if op not in made]


def _adds_rows(op: Op, count: dict[Value, int]) -> bool:
    """Whether rows are added into zeros that nothing else is done with."""
    zeros, rows, places = op.inputs[0].op, op.inputs[1], op.inputs[2:]
    if zeros is None or zeros.prim != "zeros_as" or count.get(zeros.out) != 1:
        return False
    index = op.attrs["index"]
    if index.rstrip(":") != "a" or op.attrs.get("path") or op.attrs.get("sign") == "-":
        return False
    shape = op.inputs[0].type.shape
    if shape is None or len(shape) < 2 or places[0].type.kind != "array":
        return False
    if not zeros.out.type.dtype == rows.type.dtype == "float64":
        return False
    return places[0].type.dtype == "int64"  # a shorter one, times the width of a row, overflows


def add_in_a_row(function: Function) -> None:
    """Let numbers that the sweep adds at an array of places go there one after the other."""
    for block in blocks_of(function.body):
        if any(_adds_at_many(op) for op in block.ops):
            block.ops = [new for op in block.ops for new in _flattened(op)]


def _adds_at_many(op: Op) -> bool:
    """Whether numbers are added into a vector at places that are in a matrix, or in more axes."""
    if op.prim != "add_at" or not op.reverse or op.attrs["index"] != "a":
        return False
    into, share, places = (v.type for v in (*op.inputs[:2], op.inputs[-1]))
    way = op.attrs.get("path", ())
    numbers = len(op.inputs) - 3  # which lead to the vector that is added to
    if any(attrs.get("index") != "i" * count for _, count, attrs in way):
        return False
    if into.rank != 1 + numbers or places.kind != "array" or (places.rank or 0) < 2:
        return False
    if share.is_scalar or (share.shape is not None and share.shape == places.shape):
        return True
    return share.rank == places.rank and not any(map(may_be_one, share.shape or ()))


def _flattened(op: Op) -> list[Op]:
    """Return an addition at a vector of places, and what flattens what it reads; others alone."""
    if not _adds_at_many(op):
        return [op]
    b = Builder(Block(), reverse=True)
    b.span, b.region = op.span, op.region
    share, places = op.inputs[1], b.emit("ravel", [op.inputs[-1]])
    flat = share if share.type.is_scalar else b.emit("ravel", [share])
    op.out.op = replace(op, inputs=[op.inputs[0], flat, *op.inputs[2:-1], places])
    return [*b.block.ops, op.out.op]
