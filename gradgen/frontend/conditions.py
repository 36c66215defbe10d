"""When Python raises by itself: by zero, out of a domain, beyond an end, for want of a key.

Each finder returns a test of the operands, or None where it does not know one.
"""

from __future__ import annotations

import ast
import math
import sys
from typing import Any

import numpy as np

from gradgen.frontend import branches, unbound
from gradgen.frontend.aggregates import run_text
from gradgen.frontend.attributes import dimension
from gradgen.frontend.identities import key_of
from gradgen.frontend.reader import Reader
from gradgen.frontend.values import Map, Ref, Seq, Static, is_static, static_value
from gradgen.ir.nodes import Const, Value
from gradgen.syntax import names_in

# Where functions of `math` raise, and what; their values are NumPy's elsewhere.
DOMAIN, RANGE = ValueError, OverflowError
MATH: dict[Any, tuple[str, type[Exception]]] = {
    math.sqrt: ("a < 0", DOMAIN), math.log: ("a <= 0", DOMAIN), math.log2: ("a <= 0", DOMAIN),
    math.log10: ("a <= 0", DOMAIN), math.log1p: ("a <= -1", DOMAIN),
    math.asin: ("abs(a) > 1", DOMAIN), math.acos: ("abs(a) > 1", DOMAIN),
    math.acosh: ("a < 1", DOMAIN), math.atanh: ("abs(a) >= 1", DOMAIN),
    math.sin: ("abs(a) == inf", DOMAIN), math.cos: ("abs(a) == inf", DOMAIN),
    math.tan: ("abs(a) == inf", DOMAIN), math.exp: ("inf > a > 709.782712893384", RANGE),
    math.cosh: ("inf > abs(a) > 710.4758600739439", RANGE),
    math.sinh: ("inf > abs(a) > 710.4758600739439", RANGE),
}  # fmt: skip


# The same of two arguments.
PAIRS: dict[Any, list[tuple[str, type[Exception]]]] = {
    math.log: [("a <= 0 or b <= 0", DOMAIN), ("b == 1", ZeroDivisionError)],
    math.fmod: [("b == 0 or abs(a) == inf", DOMAIN)],
    math.pow: [
        ("(-inf < a < 0 and b % 1 != 0 and abs(b) != inf) or (a == 0 and -inf < b < 0)", DOMAIN),
    ],
}


# Which matrices raise, by what the operation is that says so, and one that does.
LINALG: dict[Any, tuple[str, str]] = {
    np.linalg.cholesky: ("indefinite", "np.linalg.cholesky(-np.eye(1))"),
    np.linalg.inv: ("singular", "np.linalg.inv(np.zeros((1, 1)))"),
    np.linalg.solve: ("singular", "np.linalg.solve(np.zeros((1, 1)), np.ones(1))"),
}  # fmt: skip


def division(r: Reader, s: ast.AST, values: list[Any]) -> Any:
    """Return whether a division of Python's own numbers raises."""
    if not all(_is_pythons(v) for v in values):
        return None
    return run_text(r, s, "raises = b == 0", "raises", b=values[1])


def power(r: Reader, s: ast.AST, values: list[Any]) -> Any:
    """Return whether a power of Python's own numbers is one of zero that raises."""
    if not all(_is_pythons(v) for v in values):
        return None
    return run_text(r, s, "raises = b < 0 and a == 0", "raises", a=values[0], b=values[1])


def overflow(r: Reader, s: ast.AST, values: list[Any]) -> Any:
    """Return whether a power of Python's own numbers is too large."""
    base, exponent = values
    if not all(_is_pythons(v) for v in values):
        return None
    if not isinstance(exponent, Const):
        what = "try around a power with a computed exponent, which may raise OverflowError"
        r.refuse(s, what, "test the condition with if before the computation that can fail")
    limit = _limit(exponent.const)
    if limit is None or (base.type.kind != "float" and isinstance(exponent.const, int)):
        return Const(False)
    test = "inf > abs(a) > limit" if exponent.const > 0 else "0 < abs(a) < limit"
    names = {"abs": Static(abs), "limit": Const(limit)}
    names |= {"inf": Const(math.inf, "math.inf")} if "inf" in test else {}
    return run_text(r, s, f"raises = {test}", "raises", a=base, **names)


def _limit(exponent: float) -> float | None:
    """Return the last number, away from 1, whose power is not too large; None if all are."""
    near, far = 1.0, sys.float_info.max if exponent > 0 else math.ulp(0.0)
    if not _overflows(far, exponent):
        return None
    while True:  # by halves of the numbers between, which are in order as whole numbers
        bits = [int(np.float64(v).view(np.int64)) for v in (near, far)]
        middle = float(np.int64(sum(bits) // 2 if bits[0] < bits[1] else -(-sum(bits) // 2))
                       .view(np.float64))  # fmt: skip
        if middle == near:
            return near
        near, far = (near, middle) if _overflows(middle, exponent) else (middle, far)


def _overflows(base: float, exponent: float) -> bool:
    try:
        base**exponent
    except OverflowError:
        return True
    return False


def _is_pythons(value: Any) -> bool:
    """Whether a value is surely a real number of Python's own."""
    if not isinstance(value, Value) or not value.type.is_scalar or value.type.kind == "complex":
        return False
    return isinstance(value, Const) or value.type.weak


def is_numpys(value: Value, depth: int = 20) -> bool:
    """Whether a value is surely an array, or a number of NumPy's, whose divisions do not raise."""
    if value.type.weak or value.type.kind == "any" or isinstance(value, Const) or not depth:
        return False
    if value.type.kind == "array":
        return True
    op = value.op
    if op is None or op.blocks or not value.type.is_scalar or op.prim == "call":
        return False
    if op.prim == "leaf" or all(v.type.weak for v in op.inputs):
        return True  # it was given so, or what made it is NumPy's
    if op.prim == "load":
        return op.inputs[0].type.is_array
    quantify = all if op.prim in ("max2", "min2") else any
    return quantify(is_numpys(v, depth - 1) for v in op.inputs)


def of_math(test: str) -> Any:
    """Return what finds whether a function of `math` raises, by its arguments ``a`` and ``b``."""
    asked = names_in([ast.parse(test)])

    def find(r: Reader, s: ast.AST, values: list[Any]) -> Any:
        # These take numbers alone: of what may be an array, they ask for its one entry.
        if not all(isinstance(v, Value | Ref) and _may_be_number(r.read(v)) for v in values):
            return None
        names = {n: v for n, v in zip("ab", values, strict=False) if n in asked}
        names |= {"abs": Static(abs)} if "abs" in test else {}
        names |= {"inf": Const(math.inf, "math.inf")} if "inf" in test else {}
        return run_text(r, s, f"raises = {test}", "raises", **names)

    return find


def of_int(test: str) -> Any:
    """Return what finds whether ``int`` raises: of a whole number it never does."""
    found = of_math(test)

    def find(r: Reader, s: ast.AST, values: list[Any]) -> Any:
        kinds = [r.read(v).type.kind for v in values if isinstance(v, Value | Ref)]
        return None if kinds == ["int"] else found(r, s, values)

    return find


def _may_be_number(v: Value) -> bool:
    return v.type.kind in ("float", "int", "any")


def of_linalg(prim: str) -> Any:
    """Return what finds whether a factorization raises."""

    def find(r: Reader, s: ast.AST, values: list[Any]) -> Any:
        if not isinstance(values[0], Ref):
            return None
        return r.b.emit(prim, [r.read(values[0])], span=r.span(s))

    return find


def beyond(r: Reader, s: ast.AST, values: list[Any]) -> Any:
    """Return whether a place is beyond the ends of a list or an array."""
    owner, key = r.settled(values[0]), r.settled(values[1])
    places = key.items if isinstance(key, Seq) and key.kind is tuple else [key]
    counts = _lengths(r, owner)[: len(places)]
    whole = all(isinstance(k, Value) and k.type.kind == "int" for k in places)
    if not whole or not places or len(counts) < len(places):
        return None
    numbered = list(enumerate(zip(places, counts, strict=True)))
    names = {
        name: v for k, pair in numbered for name, v in zip((f"i{k}", f"n{k}"), pair, strict=True)
    }
    tests = " or ".join(f"i{k} >= n{k} or i{k} < -n{k}" for k, _ in numbered)
    return run_text(r, s, f"raises = {tests}", "raises", **names)


def _lengths(r: Reader, owner: Any) -> list[Value]:
    """Return the lengths of a container or an array along its axes, none where they are unknown."""
    if isinstance(owner, Seq) and owner.grown is None:
        return [Const(len(owner.items))]
    if not isinstance(owner, Ref):
        return []
    v = r.read(owner)
    if v.type.kind == "list":
        return [r.b.emit("len", [v])]
    return [dimension(r, v, axis) for axis in range(v.type.rank or 0)]


def missing(r: Reader, s: ast.AST, values: list[Any]) -> Any:
    """Return whether a dict lacks a key."""
    owner, key = r.settled(values[0]), key_of(r, r.settled(values[1]))
    if not isinstance(owner, Map) or not is_static(key):
        return None
    if owner.unknown is not None or owner.factory is not None:
        return None
    held = owner.items.get(static_value(key))
    return Const(True) if held is None else branches.negated(r, unbound.is_there(r, held))


def emptied(r: Reader, s: ast.AST, values: list[Any]) -> Any:
    """Return whether ``pop`` finds nothing in a list, or nothing at a place."""
    owner, *place = map(r.settled, values)
    counts = _lengths(r, owner) if _is_list(r, owner) else []
    if not counts:
        return None
    return (
        beyond(r, s, values) if place else run_text(r, s, "raises = n == 0", "raises", n=counts[0])
    )


def nothing_in(r: Reader, s: ast.AST, values: list[Any]) -> Any:
    """Return whether a list or an array has no items, of which one is asked for."""
    owner = r.settled(values[0])
    counts = _lengths(r, owner)
    if len(counts) != 1:
        return None
    return run_text(r, s, "raises = n == 0", "raises", n=counts[0])


def absent(r: Reader, s: ast.AST, values: list[Any]) -> Any:
    """Return whether a list has no such item."""
    owner, item = map(r.settled, values)
    if not _is_list(r, owner) or not isinstance(item, Value | Static):
        return None
    return run_text(r, s, "raises = item not in items", "raises", item=item, items=owner)


def _is_list(r: Reader, owner: Any) -> bool:
    if isinstance(owner, Seq):
        return owner.kind is list
    return isinstance(owner, Ref) and r.read(owner).type.kind == "list"
