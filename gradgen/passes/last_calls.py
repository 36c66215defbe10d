"""Recursion ends before its last call: where a call would only return, its result stands instead.

In a recursion that branches, most calls are of the last level.  Where that returns a constant or an
argument, the caller asks what the function would ask first, and calls only if there is more to do.
"""

from __future__ import annotations

from gradgen.diff.missing import missing_values
from gradgen.ir.nodes import Block, Callee, Const, Function, Op, Value, blocks_of, uses, walk
from gradgen.passes.dce import EFFECTS, may_raise

QUESTION = 3  # operations that the caller may repeat to find out
# Operations on numbers that never fail: they may be done twice, or in one case only.
SAFE = {
    "add", "sub", "mul", "neg", "not", "bitand", "bitor", "bitxor",
    "eq", "ne", "lt", "le", "gt", "ge", "dim", "len",
}  # fmt: skip


def ask_before_calls(c: Callee) -> None:
    """Let a function test before its one call of itself, in a loop, whether that would be the last.

    It is changed in place; ``c`` is a function that does both sweeps.
    """
    f: Function = c.function
    calls = [op for op in walk(f.body) if op.prim == "call"]
    found = _call_in_loop(f.body)
    question = _question(f)
    if len(calls) != 1 or found is None or question is None or calls[0].attrs["callee"] is not c:
        return
    leaves = [leaf.value for leaf in f.leaves]
    for side, ends in enumerate(f.body.ops[-1].blocks):
        known = all(isinstance(v, Const) or v in leaves for v in ends.results)
        if not ends.ops and known:
            _ask(*found, question, dict(zip(leaves, found[0].inputs, strict=True)), side)
            return


def _call_in_loop(top: Block) -> tuple[Op, Block] | None:
    """Return a call inside a loop, with the block it is in."""
    loops = [op for op in walk(top) if op.prim in ("for", "while")]
    blocks = (b for loop in loops for body in loop.blocks for b in blocks_of(body))
    return next(((op, b) for b in blocks for op in b.ops if op.prim == "call"), None)


def _question(f: Function) -> list[Op] | None:
    """Return what decides the choice that a function is; None where it is long, or may fail."""
    choice, missing = f.body.ops[-1], missing_values(f.body)
    if choice.prim != "if" or f.body.results != choice.outputs:
        return None
    before = [op for op in f.body.ops[:-1] if op.prim != "leaf"]
    fails = any(op.prim in EFFECTS or may_raise(op, missing) for op in before)
    if fails or any(b.end != "yield" for b in choice.blocks):
        return None
    needed: set[Value] = {choice.inputs[0]}
    found: list[Op] = []
    for op in reversed(before):
        if needed.intersection(op.outputs):
            found.insert(0, op)
            needed.update(op.inputs)
    short = 0 < len(found) <= QUESTION and all(_is_safe(op) for op in found)
    return found if short else None


def _is_safe(op: Op) -> bool:
    numbers = all(v.type.is_scalar for v in (*op.inputs, *op.outputs))
    return op.prim in SAFE and (numbers or op.prim in ("dim", "len"))


def _ask(call: Op, block: Block, question: list[Op], given: dict[Value, Value], side: int) -> None:
    """Put a choice in the place of a call: what the last call returns, or the call."""
    values: dict[Value, Value] = {}
    asked = {v for op in question for v in op.inputs}
    steps = {given[v].op for v in asked if v in given}
    asks = [_again(op, values, call) for op in block.ops if op in steps and _is_safe(op)]
    values |= {leaf: values.get(v, v) for leaf, v in given.items()}
    asks += [_again(op, values, call) for op in question]
    called = Op("call", call.inputs, [], call.attrs, call.span, [], call.reverse, call.tangent)
    called.outputs = [Value(v.type, v.name, v.span) for v in call.outputs]
    function: Function = call.attrs["callee"].function
    ends = function.body.ops[-1].blocks[side].results
    results = [v if isinstance(v, Const) else given[v] for v in ends]
    late = _only_for(call, block, function)
    sides = [Block([], [], "yield", results), Block([], [*late, called], "yield", called.outputs)]
    choice = Op("if", [asks[-1].out], call.outputs, {}, call.span, sides[:: -1 if side else 1])
    for op in (called, choice):
        for v in op.outputs:
            v.op = op
    at = block.ops.index(call)
    block.ops[at : at + 1] = [*asks, choice]
    block.ops = [op for op in block.ops if op not in late]


def _again(op: Op, values: dict[Value, Value], call: Op) -> Op:
    """Return an operation in terms of other values, to which its result is added."""
    out = Value(op.out.type, "", call.span)
    new = Op(op.prim, [values.get(v, v) for v in op.inputs], [out], dict(op.attrs), call.span)
    values[op.out], out.op = out, new
    return new


def _only_for(call: Op, block: Block, function: Function) -> list[Op]:
    """Return the operations of a block that are only for a call, and never fail."""
    count, turns = uses(function.body), _turns(function.body)
    found: list[Op] = []
    wanted = dict.fromkeys(call.inputs)
    for op in reversed(block.ops[: block.ops.index(call)]):
        shift = op.prim == "lshift" and op.inputs[1] in turns
        if (shift or _is_safe(op)) and op.out in wanted and count[op.out] == 1:
            found.insert(0, op)
            wanted |= dict.fromkeys(op.inputs)
    return found


def _turns(top: Block) -> set[Value]:
    """Return the indices of loops that count up from zero or more."""
    loops = [op for op in walk(top) if op.prim == "for"]
    ranges = [(op.blocks[0].params[0], op.inputs[0], op.inputs[2]) for op in loops]
    return {index for index, *ends in ranges
            if all(isinstance(v, Const) and v.const >= 0 for v in ends)}  # fmt: skip
