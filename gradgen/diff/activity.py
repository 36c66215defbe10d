"""Activity: which values depend on the differentiated inputs and can carry a derivative."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from gradgen.deep import deep
from gradgen.ir.nodes import Block, Function, Op, Value
from gradgen.rules.registry import RULES


def varied(function: Function) -> set[Value]:
    """Return the values that vary with the active leaves (a forward sweep, loops to a fixpoint)."""
    return reached(function, [leaf.value for leaf in function.leaves if leaf.active])


def reached(function: Function, values: Iterable[Value], whole: bool = False) -> set[Value]:
    """Return these values and those that vary with them; with ``whole``, also whole numbers."""
    out: set[Value] = Moving(values) if whole else set(values)
    _block(function.body, out)
    return out


class Moving(set[Value]):
    """Values that vary, were whole numbers to do so, too."""


def _varies(v: Value, out: set[Value]) -> bool:
    """Whether a value can vary with what it is made of."""
    return v.type.inexact or (isinstance(out, Moving) and v.type.dtype.startswith("int"))


@deep
def _block(block: Block, out: set[Value]) -> None:
    for op in block.ops:
        if op.prim in ("for", "while"):
            _loop(op, out)
        elif op.prim == "if":
            for inner in op.blocks:
                _block(inner, out)
                if inner.end == "yield":
                    _flow(inner.results, op.outputs, out)
        else:
            _operation(op, out)


def _operation(op: Op, out: set[Value]) -> None:
    if op.prim == "call":
        if any(v in out for v in op.inputs):
            out.update(op.outputs[k] for k in op.attrs["callee"].varying)
        return
    if op.prim == "custom":
        if any(v in out for v in op.inputs[sum(op.attrs["custom"].counts()) :]):
            out.update(v for v in op.outputs if _varies(v, out))
        return
    rule = RULES.get(op.prim)
    if rule is None or rule.passive:
        return
    flows = op.prim in ("append", "insert", "pop", "helper", "each")
    if any(
        v in out and (flows or rule.differentiable(i, op.attrs)) for i, v in enumerate(op.inputs)
    ):
        out.update(v for v in op.outputs if _varies(v, out))


def _loop(op: Op, out: set[Value]) -> None:
    """Let what varies flow through a loop, but for what is held constant (`passes.cancelling`)."""
    body = op.blocks[-1]
    params, inits = carried(op)
    held = op.attrs.get("held", ())
    _flow(inits, params, out, held)
    before = -1
    while before != len(out):
        before = len(out)
        _block(body, out)
        for end in ends(body):
            _flow(end.results, params, out, held)
    _flow(params, op.outputs, out)


def _flow(
    sources: list[Value], targets: list[Value], out: set[Value], held: Collection[Value] = ()
) -> None:
    for source, target in zip(sources, targets, strict=True):
        if source in out and _varies(target, out) and target not in held:
            out.add(target)


def carried(op: Op) -> tuple[list[Value], list[Value]]:
    """Return a loop's carried parameters and their initial values."""
    if op.prim == "for":
        return op.blocks[-1].params[1:], op.inputs[3:]
    return op.blocks[-1].params, op.inputs


@deep
def ends(block: Block) -> list[Block]:
    """Return the blocks inside a loop body that end an iteration."""
    if block.end != "tail":
        return [block]
    return [end for inner in block.ops[-1].blocks for end in ends(inner)]
