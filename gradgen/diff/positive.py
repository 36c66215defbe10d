"""Divisors that are never zero, whatever the arguments are: what divides by them needs no guard."""

from __future__ import annotations

from gradgen.diff.algebra import is_constant
from gradgen.diff.idioms import EXP, fits
from gradgen.ir.nodes import Const, Op, Value
from gradgen.rules.complexes import is_complex

ABOVE, NOT_BELOW = 1, 0  # zero
LEVELS = 8  # how many operations are looked through
MAXIMA = ("max", "cancelling_max")
NATURAL = {
    "exp", "exp2", "abs", "fabs", "absolute", "square", "norm", "hypot", "var", "std", "expit",
    "softmax", "cosh",
}  # fmt: skip
# Of whose entries each is one of the first input's.
SAME = {
    "expand_dims", "reshape", "ravel", "float", "T", "transpose", "broadcast_to", "load", "copy",
    "flip", "max", "min", "cancelling_max", "squeeze", "repeat", "tile",
}  # fmt: skip
REDUCED = {"max", "min", "cancelling_max"}
# Not below zero where an input is not.
GROWING = {
    "log1p", "expm1", "sinh", "tanh", "arctan", "arcsinh", "cbrt", "cumsum", "logaddexp",
}  # fmt: skip
QUOTIENTS, SUMMED = {"div", "divide"}, {"matmul", "dot", "vdot", "inner"}
PRODUCTS = {"mul", "multiply", *QUOTIENTS, *SUMMED}


def is_positive(v: Value) -> bool:
    """Whether a value is above zero in every entry, unless it is not a number."""
    return _bound(v, LEVELS) == ABOVE


def _bound(v: Value, levels: int) -> int | None:
    """Return whether a value is surely above zero, or at least not below, None if neither."""
    op = v.op
    if op is None or op.blocks or not levels or is_complex(v):
        return _of_number(v)
    name = op.prim.rpartition(".")[2]
    inputs = op.inputs[1:3] if name == "where" else op.inputs[:3]
    below = [_bound(u, levels - 1) for u in inputs]
    known = [b for b in below if b is not None]
    every = len(known) == len(below)
    if name == "add":
        return max(known) if every else None
    if name in ("maximum", "max2", "fmax"):
        return max(known) if known else None
    if name in ("minimum", "min2", "fmin", "where"):
        return min(known) if every else None
    if name == "clip":
        return _clipped(op, below)
    if name in ("sum", "mean") and _is_plain(op):
        return ABOVE if _has_one(op) else NOT_BELOW if known else None
    if name in SAME or (name == "sqrt" and known):
        return below[0] if _is_plain(op) or name not in REDUCED else None
    return ABOVE if name == "cosh" else NOT_BELOW if _is_natural(op, name, known) else None


def _clipped(op: Op, below: list[int | None]) -> int | None:
    """Return the bound of ``minimum(maximum(x, low), high)``."""
    x, low, high = below
    known = [b for b in (x, low) if b is not None]
    open_above = isinstance(op.inputs[2], Const) and op.inputs[2].const is None
    if not known or (high is None and not open_above):
        return None
    return max(known) if high is None else min(max(known), high)


def _is_natural(op: Op, name: str, known: list[int]) -> bool:
    """Whether the result of a function is not below zero."""
    if name in PRODUCTS:  # of which small ones may be too small for a number
        square = op.inputs[0] is op.inputs[1] and name not in QUOTIENTS
        return len(known) == 2 or (square and (name not in SUMMED or op.inputs[0].type.rank == 1))
    if name in ("pow", "power"):
        even = any(is_constant(op.inputs[1], k) for k in (2, 4, 6, 8))
        return even or _bound(op.inputs[0], LEVELS - 1) is not None
    return name in NATURAL or (name in GROWING and bool(known))


def _of_number(v: Value) -> int | None:
    number = v.const if isinstance(v, Const) else None
    if isinstance(number, bool) or not isinstance(number, int | float):
        return None
    return ABOVE if number > 0 else NOT_BELOW if number == 0 else None


def _has_one(total: Op) -> bool:
    """Whether ``exp(x - max(x))`` is added up over the maximum's axis: an entry of it is 1."""
    e = total.inputs[0].op
    shifted = e.inputs[0].op if e is not None and e.prim in EXP else None
    if shifted is None or shifted.prim not in ("sub", "np.subtract", "inc"):
        return False
    if shifted.prim == "inc" and (shifted.attrs.get("sign") != "-" or len(shifted.inputs) > 2):
        return False
    x, top = shifted.inputs
    found, back = top.op, None
    if found is not None and found.prim in ("expand_dims", "load"):
        found, back = found.inputs[0].op, found
    if found is None or found.prim not in MAXIMA or found.inputs[0] is not x:
        return False
    return _is_plain(found) and fits(found, back) and _axis(found) == _axis(total)


def _is_plain(op: Op) -> bool:
    return set(op.attrs) <= {"axis", "keepdims"}


def _axis(op: Op) -> object:
    axis, rank = op.attrs.get("axis"), op.inputs[0].type.rank
    return 0 if rank == 1 else axis % rank if isinstance(axis, int) and rank else axis
