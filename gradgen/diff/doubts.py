"""What is differentiated rightly and may not be meant: branches that exact equality decides."""

from __future__ import annotations

from gradgen.ir.nodes import Const, Function, Op, Value, walk

SIGNS = {"eq": "==", "ne": "!=", "contains": "in"}


def doubts(function: Function, varied: set[Value]) -> list[str]:
    """Return a warning for each ``if`` or ``while`` on the equality of differentiated numbers."""
    tests = [v for op in walk(function.body) for v in _tests(op)]
    places = {op.inputs[0] for op in walk(function.body) if op.prim == "int"}
    numbers = varied - places  # a place may stand in a list beside other numbers
    found = dict.fromkeys(op for v in tests for op in _equalities(v, numbers))
    return [_warning(op) for op in found]


def _tests(op: Op) -> list[Value]:
    if op.prim == "if" and not op.reverse:
        return [op.inputs[0]]
    return [op.blocks[0].results[0]] if op.prim == "while" and not op.reverse else []


def _equalities(test: Value, varied: set[Value]) -> list[Op]:
    """Return the comparisons of varied numbers that a test consists of."""
    op = test.op
    if op is None or isinstance(test, Const):
        return []
    if op.prim == "not":
        return _equalities(op.inputs[0], varied)
    if any(v.type.kind == "int" and not isinstance(v, Const) for v in op.inputs):
        return []  # two places are compared
    numbers = [v for v in op.inputs if v.type.kind == "float" and v in varied]
    swept = op.span is not None and op.span.swept  # a guard that a rule's text has
    meant = op.prim in SIGNS and not op.attrs.get("tie") and not swept
    return [op] if meant and numbers else []


def _warning(op: Op) -> str:
    return (
        f"{op.span}: {SIGNS[op.prim]} of floats decides a branch, and the derivative is that of "
        "the branch alone; way out: compare with a tolerance, if the point itself matters"
    )
