"""The sweep of a branch: each side by itself, and the adjoints that they touch joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradgen.diff.algebra import is_constant
from gradgen.ir.nodes import Block, Op, Value
from gradgen.ir.types import join

if TYPE_CHECKING:
    from gradgen.diff.reverse import Reverse


def sweep_branch(sweep: Reverse, op: Op, seeds: list[Value | None]) -> None:
    """Sweep both sides of a branch whose results have the adjoints ``seeds``."""
    if op.outputs and all(g is None for g in seeds):
        return
    mark = len(sweep.adj.trail)
    sides: list[tuple[Block, dict[Value, Value]]] = []
    for inner in op.blocks:
        with sweep.b.into(Block()) as block:
            sweep.block(inner, seeds)
        sides.append((block, sweep.adj.take_back(mark)))
    changed = sweep.adj.changed([side for _, side in sides])
    touched = []
    for v in changed:
        first, second = (side.get(v, sweep.adj.get(v)) for _, side in sides)
        if first is not None and first is second:
            sweep.adj[v] = first
        elif not sweep.places.inside(v, op):
            touched.append(v)
    if touched:
        _join(sweep, op, sides, touched)


def _join(
    sweep: Reverse, op: Op, sides: list[tuple[Block, dict[Value, Value]]], touched: list[Value]
) -> None:
    op_out = sweep.b.append(
        "if",
        [op.inputs[0]],
        [],
        span=op.span,
        attrs={"mirror": op},
        blocks=[block for block, _ in sides],
    )
    for v in touched:
        pair = [side.get(v, sweep.adj.get(v)) for _, side in sides]
        given = [g is not None for g in pair]
        for k, (block, _) in enumerate(sides):
            with sweep.b.into(block):
                pair[k] = _stretched(sweep, v, pair[k], pair[1 - k])
        assert pair[0] is not None and pair[1] is not None
        type_ = join(pair[0].type, pair[1].type) or pair[0].type
        out = Value(type_, "", op.span)
        out.call_after(v)
        out.op = op_out
        ends = [g for g in pair if g is not None]
        for (block, _), g in zip(sides, ends, strict=True):
            block.results.append(g)
        op_out.outputs.append(out)
        sweep.adj[v] = out
        if v.type.is_array and any(g in sweep.shapeless or _is_zero(g) for g in pair):
            sweep.shapeless.add(out)
        if given[0] != given[1]:
            sweep.zeros.branch(ends[0 if given[0] else 1], out, op.inputs[0], given[0])
        else:
            sweep.zeros.joined(ends, out)


def _stretched(sweep: Reverse, v: Value, g: Value | None, other: Value | None) -> Value:
    """Both sides must give the same shape: an exact zero where one gives nothing."""
    if g is None:
        return sweep.zeros_of(v)
    if other is None or other.type.shape != g.type.shape:
        return sweep.alg.full(g, v)
    lists = [x for x in (g, other) if x.type.kind == "list"]
    return sweep.alg.full(g, v) if len(lists) == 1 else g


def _is_zero(g: Value | None) -> bool:
    return g is not None and is_constant(g, 0)
