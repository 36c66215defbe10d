"""Variables that are a number on one path and an array on another: Numba gives each one type.

An adjoint that is 0 where nothing flows back becomes an array of zeros of length 1 there, which
broadcasts as the number does.  What else there is of this kind is refused by its name.
"""

from __future__ import annotations

from gradgen.backends.failures import WAY_OUT
from gradgen.diff.activity import carried
from gradgen.diff.unassigned import moves
from gradgen.errors import UnsupportedError
from gradgen.ir.nodes import Const, Function, Op, Undefined, Value, blocks_of, uses, walk
from gradgen.ir.types import Type, array
from gradgen.rules.registry import RULES

Kinds = dict[Value, dict[Value, str]]  # what a variable is given, and of which kind that is


def settle(function: Function) -> None:
    """Give variables one type each, or refuse them before Numba does in its words.

    Raises
    ------
    UnsupportedError
        With the place where the variable has its second type.
    """
    unsettled = _unsettled(function)
    if not unsettled:
        return
    returned = _returned(function)
    ranks = {v: _rank(found) for v, found in unsettled.items() if v not in returned}
    for block in blocks_of(function.body):
        block.ops = [each for op in block.ops for each in (*_with_zeros(op, ranks), op)]
    read = uses(function.body)
    for target, found in _unsettled(function).items():
        if read.get(target):
            _refuse(function, target, found)


def _unsettled(function: Function) -> Kinds:
    return {v: found for v, found in _kinds(function).items() if len(set(found.values())) > 1}


def _kinds(function: Function) -> Kinds:
    """Return what is carried to each variable of no known type, from wherever it comes.

    What a loop begins with is not, where no turn reads it.
    """
    kinds: Kinds = {}
    read = uses(function.body)
    begins = {id(op.inputs) for op in walk(function.body) if op.prim in ("for", "while")}
    carried_on = [
        (values[k], target)
        for values, k, target in moves(function.body, swept=True)
        if target.type.is_array and target.type.rank is None
        if read.get(target) or id(values) not in begins
    ]
    before = -1
    while before < (before := sum(map(len, kinds.values()))):
        for v, target in carried_on:
            if not isinstance(v, Undefined):
                kind = _kind(v)
                found = kinds.get(v, {}) if kind is None else {v: kind}
                kinds.setdefault(target, {}).update(found)
    return kinds


def _returned(function: Function) -> set[Value]:
    """Return the variables that come to be results, which have to be of their own shape."""
    found = set(function.body.results)
    before = -1
    while before < (before := len(found)):
        for values, k, target in moves(function.body, swept=True):
            if target in found:
                found.add(values[k])
    return found


def _rank(found: dict[Value, str]) -> int | None:
    """Return the rank of what is an array, or else 0; None for anything else."""
    numbers = [v for v, kind in found.items() if kind == "a number"]
    ranks = {_type(v).rank for v, kind in found.items() if kind != "a number"}
    zeros = all(isinstance(v, Const) and v.const == 0 for v in numbers)
    return ranks.pop() if zeros and len(ranks) == 1 else None


def _with_zeros(op: Op, ranks: dict[Value, int | None]) -> list[Op]:
    """Let arrays of zeros stand for numbers in adjoints that are carried; return their making."""
    made: list[Op] = []
    if op.derived and op.prim == "if":
        for side in op.blocks:
            for k, out in enumerate(op.outputs if side.end == "yield" else []):
                side.ops += _zeros(side.results, k, out, ranks)
    elif op.derived and op.prim in ("for", "while"):
        params, inits = carried(op)
        for k, p in enumerate(params):
            made += _zeros(op.inputs, len(op.inputs) - len(inits) + k, p, ranks)
    return made


def _zeros(values: list[Value], k: int, target: Value, ranks: dict[Value, int | None]) -> list[Op]:
    rank = ranks.get(target) if isinstance(values[k], Const) else None
    if not rank:
        return []
    zeros = Value(array("float64", (1,) * rank), target.name)
    zeros.op = Op("zeros", [Const(1)] * rank, [zeros], {}, reverse=True)
    values[k] = zeros
    return [zeros.op]


def _refuse(function: Function, v: Value, found: dict[Value, str]) -> None:
    one, other, *_ = dict.fromkeys(found.values())
    name = f"{v.name!r}" if v.name else "this"
    of = v.name.removeprefix("d_")
    if not v.user and of != v.name:
        name = f"the adjoint of {of!r}"
    span = next((u.span for u in found if u.span is not None), v.span or function.span)
    raise UnsupportedError(
        f"{name} is {one} on one path and {other} on another, which has no lowering to Numba",
        span,
        f"give it one type, as np.zeros(n) instead of 0.0; {WAY_OUT}",
    )


def _type(v: Value) -> Type:
    """Return the type of a value, of what is done to arrays that of one of these."""
    t, rule = v.type, RULES.get(v.op.prim) if v.op is not None else None
    if t.kind == "any" and v.op is not None and rule is not None and rule.elementwise:
        return next((u.type for u in v.op.inputs if u.type.kind == "array" and u.type.rank), t)
    return t


def _kind(v: Value) -> str | None:
    """Return the words for a type that no other one joins with in compiled code."""
    t = _type(v)
    if t.is_scalar:
        return "a number"
    if t.kind == "array" and t.rank != 0:
        return f"an array of rank {t.rank}" if t.rank and t.rank > 1 else "an array"
    return "a list" if t.kind == "list" else None
