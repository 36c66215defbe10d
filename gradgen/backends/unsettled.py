"""Variables that are a number on one path and an array on another: Numba gives each one type."""

from __future__ import annotations

from gradgen.backends.failures import WAY_OUT
from gradgen.diff.unassigned import moves
from gradgen.errors import UnsupportedError
from gradgen.ir.nodes import Function, Undefined, Value, uses
from gradgen.rules.registry import RULES


def refuse_unsettled(function: Function) -> None:
    """Refuse variables of several types, by their names, before Numba does in its words.

    Raises
    ------
    UnsupportedError
        With the place where the variable has its second type.
    """
    kinds: dict[Value, dict[str, Value]] = {}
    read = uses(function.body)
    for values, k, target in moves(function.body, swept=True):
        v = values[k]
        known = not target.type.is_array or target.type.rank is not None
        if known or isinstance(v, Undefined) or not read.get(target):
            continue
        found = kinds.setdefault(target, {})
        if (kind := _kind(v)) is not None:
            found.setdefault(kind, v)
        if len(found) > 1:
            _refuse(function, target, found)


def _refuse(function: Function, v: Value, found: dict[str, Value]) -> None:
    one, other = found
    name = f"{v.name!r}" if v.name else "this"
    of = v.name.removeprefix("d_")
    if not v.user and of != v.name:
        name = f"the adjoint of {of!r}"
    span = next((u.span for u in found.values() if u.span is not None), v.span or function.span)
    raise UnsupportedError(
        f"{name} is {one} on one path and {other} on another, which has no lowering to Numba",
        span,
        f"give it one type, as np.zeros(n) instead of 0.0; {WAY_OUT}",
    )


def _kind(v: Value) -> str | None:
    """Return the words for a type that no other one joins with in compiled code."""
    t, rule = v.type, RULES.get(v.op.prim) if v.op is not None else None
    if t.kind == "any" and v.op is not None and rule is not None and rule.elementwise:
        arrays = (u.type for u in v.op.inputs if u.type.kind == "array" and u.type.rank)
        t = next(arrays, t)
    if t.is_scalar:
        return "a number"
    if t.kind == "array" and t.rank != 0:
        return f"an array of rank {t.rank}" if t.rank and t.rank > 1 else "an array"
    return "a list" if t.kind == "list" else None
