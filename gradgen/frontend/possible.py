"""Whether a path can be taken at all, by the tests that are known on it."""

from __future__ import annotations

from gradgen.deep import deep
from gradgen.ir.nodes import Const, Value


def possible(known: dict[Value, bool]) -> bool:
    """Whether tests may come out so: none of them follows from the others to be otherwise."""
    return all(_truth(test, known, test) in (None, holds) for test, holds in known.items())


@deep
def _truth(test: Value, known: dict[Value, bool], but: Value | None = None) -> bool | None:
    """Return what a test comes to where others are known, ``but`` not; None if they do not tell."""
    if isinstance(test, Const):
        return bool(test.const)
    op = test.op
    if op is None or (test in known and test is not but):
        return known.get(test)
    first = _truth(op.inputs[0], known) if op.prim in ("not", "bool", "if") else None
    if first is None or op.prim != "if":
        return None if first is None else first is (op.prim == "bool")
    return _truth(op.blocks[0 if first else 1].results[op.outputs.index(test)], known)
