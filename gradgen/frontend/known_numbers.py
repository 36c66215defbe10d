"""Numbers that are computed of literals alone, as where ``f"q{int(100 * q)}"`` names a key."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from gradgen.ir.nodes import Const, Value

NUMBERS: dict[str, Callable[..., Any]] = {
    "neg": operator.neg, "add": operator.add, "sub": operator.sub, "mul": operator.mul,
    "div": operator.truediv, "floordiv": operator.floordiv, "mod": operator.mod,
    "int": int, "float": float, "py_round": round, "math.floor": math.floor,
    "math.ceil": math.ceil,
}  # fmt: skip


def known_number(v: Value, steps: int = 8) -> int | float | None:
    """Return the number of Python's that is computed of literals alone, else None."""
    if isinstance(v, Const):
        return v.const if type(v.const) in (int, float) and not v.type.points else None
    op = v.op
    if op is None or op.prim not in NUMBERS or op.attrs or not v.type.weak or not steps:
        return None
    inputs = [known_number(i, steps - 1) for i in op.inputs]
    if None in inputs:
        return None
    try:
        found = NUMBERS[op.prim](*inputs)
    except (ArithmeticError, ValueError):
        return None
    return found if math.isfinite(found) else None
