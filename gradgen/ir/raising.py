"""What the user's operations raise by themselves, of the numbers that they are given."""

from __future__ import annotations

from gradgen.deep import deep
from gradgen.ir.nodes import Const, Op, Value

# Functions of Python's math and cmath that are not defined everywhere: they raise ValueError.
DOMAINS = {
    "cmath.log", "cmath.log10",
    "math.acos", "math.acosh", "math.asin", "math.atanh", "math.log", "math.log10", "math.log1p",
    "math.log2", "math.log_base", "math.pow", "math.sqrt",
}  # fmt: skip
RANGES = {
    "math.exp", "math.expm1", "math.cosh", "math.sinh", "math.pow",
    "cmath.exp", "cmath.sin", "cmath.cos", "cmath.sinh", "cmath.cosh",
}  # fmt: skip
DIVISIONS = ("div", "floordiv", "mod")
FACTORIZATIONS = {"np.linalg.cholesky", "np.linalg.inv", "np.linalg.solve", "np.linalg.det"}
ANY = frozenset(("any",))  # of any class, or something is seen outside before
NOTHING: frozenset[str] = frozenset()


@deep
def raised_by(op: Op) -> frozenset[str]:
    """Return the names of the classes of what an operation, or one inside it, may raise."""
    if op.derived or (op.span is not None and op.span.swept):
        return NOTHING
    if op.prim in ("call", "raise_if", "assert", "effect"):
        return ANY
    if op.blocks:
        return NOTHING.union(*(raised_by(inner) for b in op.blocks for inner in b.ops))
    found = {"ValueError"} if op.prim in DOMAINS else set()
    found |= {"OverflowError"} if op.prim in RANGES else set()
    if op.prim in DIVISIONS and _may_be_zero(op.inputs[1]) and all(map(_is_pythons, op.inputs)):
        found.add("ZeroDivisionError")
    if op.prim == "pow" and all(map(_is_pythons, op.inputs)) and not _is_known(op.inputs[1]):
        found |= {"ZeroDivisionError", "OverflowError"}
    if op.prim == "int" and op.inputs[0].type.inexact:
        found |= {"ValueError", "OverflowError"}
    if op.prim == "load" and set(op.attrs["index"]) - set(":sne") and not _is_inside(op):
        found.add("IndexError")
    if op.prim in FACTORIZATIONS:
        found.add("LinAlgError")
    return frozenset(found)


def _may_be_zero(v: Value) -> bool:
    return not isinstance(v, Const) or v.const == 0


def _is_pythons(v: Value) -> bool:
    """Whether a value is surely a number of Python's own: NumPy's do not raise."""
    return v.type.is_scalar and (isinstance(v, Const) or v.type.weak)


def _is_known(v: Value) -> bool:
    """Whether an exponent is a number above zero, which overflows far out only."""
    return isinstance(v, Const) and not isinstance(v.const, complex) and v.const >= 0


def _is_inside(op: Op) -> bool:
    """Whether a subscript is one of an entry that is surely there."""
    shape, places = op.inputs[0].type.shape or (), op.inputs[1:]
    if len(places) > len(shape) or set(op.attrs["index"]) & set("sne"):
        return False
    return all(
        isinstance(k, Const)
        and isinstance(n, int)
        and isinstance(k.const, int)
        and -n <= k.const < n
        for k, n in zip(places, shape, strict=False)
    )
