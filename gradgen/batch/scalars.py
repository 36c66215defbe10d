"""Jacobians by numbers, written out: a line or two for each entry, and no arrays of seeds.

Where a few numbers go through straight-line code, NumPy's overhead on small arrays is most of the
cost of a sweep with all seeds.  Each seed is then 1.0, and what it does not reach is left out.
"""

from __future__ import annotations

from typing import Any

from gradgen.batch.blocks import own_outputs, return_parts
from gradgen.diff.algebra import Algebra
from gradgen.diff.forward import Forward
from gradgen.diff.results import gradient_of
from gradgen.diff.reverse import Reverse
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Const, Function, Op, Value

MOST = 24  # seeds that are written out
WORK = 6000  # seeds times operations, in all
Nested = Value | list["Nested"]


def written_out(function: Function, options: Any) -> bool:
    """Whether a Jacobian is short enough, and of numbers alone, to be written out."""
    active = [leaf for leaf in function.leaves if leaf.active]
    if not all(leaf.value.type.is_scalar for leaf in active) or len(active) < 2:
        return False
    ops = [op for op in function.body.ops if op.prim != "leaf"]
    plain = all(_is_plain(op) for op in ops)
    values = [v for v, _ in function.result["seeds"]]
    entries = [_entries(v) for v in values]
    if not plain or any(e is None for e in entries):
        return False
    seeds = len(active) if options.mode != "jacrev" else sum(len(_flat(e)) for e in entries)
    return seeds <= MOST and seeds * len(ops) <= WORK


def _is_plain(op: Op) -> bool:
    """Whether an operation is on numbers, or puts numbers into an array."""
    if op.blocks or op.prim in ("call", "custom", "draw") or len(op.outputs) != 1:
        return not op.outputs and not op.blocks
    return op.prim == "array" or all(v.type.is_scalar for v in (*op.inputs, op.out))


def _entries(v: Value) -> Nested | None:
    """Return the numbers that an array is made of, in lists as it is; None of any other."""
    if v.type.is_scalar:
        return v
    if v.op is None or v.op.prim != "array" or "dtype" in v.op.attrs:
        return None
    items = [_entries(item) for item in v.op.inputs]
    return None if any(item is None for item in items) else [i for i in items if i is not None]


def _flat(nested: Nested | None) -> list[Value]:
    if isinstance(nested, list):
        return [v for item in nested for v in _flat(item)]
    return [] if nested is None else [nested]


def columns_written_out(function: Function, options: Any) -> None:
    """Turn a function into its Jacobian, a column by each number."""
    active = [leaf for leaf in function.leaves if leaf.active]
    values = [v for v, _ in function.result["seeds"]]
    ops = list(function.body.ops)
    alg = Algebra(Builder(function.body, tangent=True))
    columns: list[list[Value]] = []
    for leaf in active:
        for other in active:
            other.active = other is leaf
        sweep = Forward(function, {leaf.value: Const(1.0)})
        sweep.straight(ops)
        columns.append([sweep.tangents.get(v) or alg.zeros(v) for v in values])
    for leaf in active:
        leaf.active = True
    if options.mode == "jacdiag":
        by_leaf = own_outputs(function, values)
        parts = {(0, j): columns[j][by_leaf[id(leaf)]] for j, leaf in enumerate(active)}
    else:
        parts = {(i, j): column[i] for i in range(len(values)) for j, column in enumerate(columns)}
    return_parts(function, options, alg, parts)


def rows_written_out(function: Function, options: Any) -> None:
    """Turn a function into its Jacobian, a row for each number of its value."""
    active = [leaf for leaf in function.leaves if leaf.active]
    values = [v for v, _ in function.result["seeds"]]
    ops = list(function.body.ops)
    alg = Algebra(Builder(function.body, reverse=True))
    rows: dict[Value, list[Value]] = {}

    def row(v: Value) -> list[Value]:
        if v not in rows:
            sweep = Reverse(function)
            sweep.accumulate(v, Const(1.0))
            sweep.operations(ops)
            rows[v] = [gradient_of(alg, leaf, sweep.adj.get(leaf.value)) for leaf in active]
        return rows[v]

    def placed(nested: Any, j: int) -> Value:
        if isinstance(nested, list):
            return alg.emit("array", *(placed(item, j) for item in nested))
        return row(nested)[j]

    parts = {
        (i, j): placed(_entries(v), j) for i, v in enumerate(values) for j in range(len(active))
    }
    return_parts(function, options, alg, parts)
