"""Which values have the batch axis: those that depend on one that has it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gradgen.deep import deep
from gradgen.diff.activity import carried, ends
from gradgen.diff.pairs import meant_by
from gradgen.ir.nodes import Block, Function, Op, Value
from gradgen.passes.shapes import READS

# Operations that read no more of an input than its shape: it is that of one example.
SHAPES = {**{k: v for k, v in READS.items() if k not in ("winners", "unbroadcast")},
          **dict.fromkeys(("zeros_like", "ones_like", "empty_like", "full_like"), 0)}  # fmt: skip


def batched_values(functions: Sequence[Function], given: Iterable[Value]) -> set[Value]:
    """Return all values that depend on those given, by more than a shape.

    ``functions`` are the one that they are given to, and those that it calls.
    """
    out = set(given)
    before = -1
    while before != len(out):
        before = len(out)
        for f in functions:
            _block(f.body, out)
        if len(functions) == 1:
            break
    return out


def batched_inputs(op: Op, batched: set[Value]) -> list[int]:
    """Return the places of the inputs that make a result batched."""
    shape = SHAPES.get(op.prim)
    return [i for i, v in enumerate(op.inputs) if v in batched and i != shape]


@deep
def _block(block: Block, out: set[Value]) -> None:
    for op in block.ops:
        if op.prim in ("for", "while"):
            _loop(op, out)
        elif op.prim == "if":
            if op.inputs[0] in out:
                out.update(op.outputs)
            for inner in op.blocks:
                _block(inner, out)
                if inner.end == "yield":
                    _flow(inner.results, op.outputs, out)
        elif op.prim == "call":
            f = meant_by(op)
            parameters = [leaf.value for leaf in f.leaves]
            _flow(op.inputs[: len(parameters)], parameters, out)
            _flow(f.body.results, op.outputs, out)
        elif batched_inputs(op, out):
            out.update(op.outputs)


def _loop(op: Op, out: set[Value]) -> None:
    params, inits = carried(op)
    _flow(inits, params, out)
    before = -1
    test = op.blocks[0].params[-len(params) :] if params else []
    while before != len(out):
        before = len(out)
        _flow(params, test, out)
        for inner in op.blocks:
            _block(inner, out)
        for end in ends(op.blocks[-1]):
            _flow(end.results, params, out)
    _flow(params, op.outputs, out)


def _flow(sources: list[Value], targets: list[Value], out: set[Value]) -> None:
    out.update(t for s, t in zip(sources, targets, strict=True) if s in out)
