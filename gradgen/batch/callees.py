"""Recursive functions with the batch axis: what comes to them with it goes on with it inside.

A function is rewritten once for all calls of it, so that what one call hands over with the axis,
all do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradgen.diff.pairs import callees_of, meant_by
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Block, Const, Function, Leaf, Op, Value
from gradgen.ir.types import integer
from gradgen.passes.dce import remove_dead

if TYPE_CHECKING:
    from gradgen.batch.sweep import Sweep

COUNT = "count"


def functions_of(function: Function) -> list[Function]:
    """Return a function and all that are called from it, with their sweeps."""
    callees = callees_of(function)
    return [function, *(f for c in callees for f in (c.function, c.backward) if f is not None)]


def is_batched(op: Op, batched: set[Value]) -> bool:
    """Whether the function that a call means is one that gets the axis."""
    f = meant_by(op)
    return any(v in batched for v in (*(leaf.value for leaf in f.leaves), *f.body.results))


def batch_call(s: Sweep, op: Op) -> None:
    """Let a call hand over and take back what has the axis."""
    f = meant_by(op)
    given = [
        s.lifted(v, leaf.value.type) if leaf.value in s.batched else s.of(v)
        for leaf, v in zip(f.leaves, op.inputs, strict=False)
    ]
    more = [s.size] if _needs_count(s, f) else []
    op.inputs = [*given, *more, *map(s.of, op.inputs[len(given) :])]
    op.outputs = [s.twin(v, op) if v in s.batched else v for v in op.outputs]
    s.b.block.ops.append(op)


def batch_callees(s: Sweep) -> None:
    """Give the functions that are called their axis, in place."""
    inner = []
    for f in functions_of(s.function)[1:]:
        if any(v in s.batched for v in (*(leaf.value for leaf in f.leaves), *f.body.results)):
            inner.append((f, *_parameters(s, f)))
    for c in callees_of(s.function):
        if any(f in (c.function, c.backward) for f, _, _ in inner):
            c.joint = None  # what does both sweeps has no axis
    for f, given, size in inner:
        results = list(f.body.results)
        sweep = type(s)(f, given, size, s.batched)
        sweep.block(f.body)
        with sweep.b.into(f.body):
            f.body.results = [
                sweep.lifted(v, v.type) if v in s.batched else sweep.of(v) for v in results
            ]
    for f, given, size in inner:
        for leaf in f.leaves:
            leaf.value = given.get(leaf.value, leaf.value)
        if size.op is not None and size.op.prim == "leaf":
            f.leaves.append(Leaf(COUNT, (), size))
    for f, _, _ in inner:
        remove_dead(f)


def _parameters(s: Sweep, f: Function) -> tuple[dict[Value, Value], Value]:
    """Return what stands for a function's parameters with the axis, and its length."""
    given: dict[Value, Value] = {}
    for leaf in f.leaves:
        old = leaf.value
        if old in s.batched:
            assert old.op is not None
            new = Value(s.typed(old.type), old.name, old.span)
            new.op, new.user = old.op, old.user
            old.op.outputs = [new]
            given[old] = new
    if isinstance(s.size, Const):
        return given, s.size
    if _needs_count(s, f):
        return given, _count(s, f)
    arrays = [v for v in given.values() if v.type.kind == "array"]
    head = Block()
    size = Builder(head, tangent=True).emit("len", [arrays[0]])
    at = sum(op.prim == "leaf" for op in f.body.ops)
    f.body.ops[at:at] = head.ops
    return given, size


def _needs_count(s: Sweep, f: Function) -> bool:
    """Whether no array tells a function how long the axis is."""
    if isinstance(s.size, Const):
        return False
    return not any(leaf.value in s.batched and leaf.value.type.kind != "list" for leaf in f.leaves)


def _count(s: Sweep, f: Function) -> Value:
    """Return a parameter for the length of the axis."""
    out = Value(integer(s.size.type.value), COUNT, f.span)
    out.op = Op("leaf", [], [out], {"param": COUNT, "path": ()}, f.span)
    f.body.ops.insert(0, out.op)
    return out
