"""The invariants of the graph, checked after each pass in the tests.

Every read is of a value defined before it, in the same block or one around it (the reverse sweep
may read any forward value until ``saves`` has run); the ends of a loop's body, and the sides of a
branch, agree in number with what they carry; every operation has a rule or is control flow.
"""

from __future__ import annotations

from gradgen.deep import deep
from gradgen.diff.activity import carried, ends
from gradgen.ir.nodes import Block, Const, Function, Op, Undefined, Value
from gradgen.rules.registry import RULES

CONTROL = {"if", "for", "while", "call", "push", "take", "assert", "raise_if", "effect"}


def verify(function: Function, saved: bool = True) -> None:
    """Raise AssertionError if a function breaks an invariant.

    ``saved`` says whether reads of inner forward values by the reverse sweep are over.
    """
    _block(function.body, set(), saved)


def out_of_scope(body: Block) -> Op | None:
    """Return an operation that reads a value from inside a loop or branch that is over, if any."""
    work: list[tuple[Block, frozenset[Value]]] = [(body, frozenset())]
    while work:
        block, outer = work.pop()
        known = set(outer) | set(block.params)
        for op in block.ops:
            if not all(isinstance(v, Const | Undefined) or v in known for v in op.inputs):
                return op
            if op.blocks:
                around = frozenset(known)
                work += [(inner, around) for inner in op.blocks]
            known.update(op.outputs)
    return None


@deep
def _block(block: Block, known: set[Value], saved: bool) -> None:
    known = known | set(block.params)
    for op in block.ops:
        assert op.prim in RULES or op.prim in CONTROL, op.prim
        if saved or not op.reverse:
            for v in op.inputs:
                _defined(v, known, op)
        _control(op)
        for inner in op.blocks:
            _block(inner, known, saved)
        known.update(op.outputs)
    if saved:
        for v in block.results:
            _defined(v, known, None)


def _defined(v: Value, known: set[Value], op: Op | None) -> None:
    where = f"{op.prim} at {op.span}" if op is not None else "the end of a block"
    assert isinstance(v, Const | Undefined) or v in known, (
        f"{v!r} is read before it is made, by {where}"
    )


def _control(op: Op) -> None:
    if op.prim == "if":
        for b in op.blocks:
            if b.end == "yield":
                assert len(b.results) == len(op.outputs), "a branch yields too many or too few"
    elif op.prim in ("for", "while"):
        params, inits = carried(op)
        assert len(params) == len(inits) == len(op.outputs), "a loop carries unequal numbers"
        for end in ends(op.blocks[-1]):
            assert end.end in ("continue", "break"), end.end
            assert len(end.results) == len(params), "an iteration ends with too many or too few"
