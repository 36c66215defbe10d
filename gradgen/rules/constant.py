"""Elementwise functions that are constant between jumps, and tests: no derivative."""

from __future__ import annotations

from typing import Any

from gradgen.ir.nodes import Const, Value
from gradgen.ir.types import BOOL as TRUTH
from gradgen.ir.types import Type
from gradgen.rules.elementwise import BOOL, NP_BOOL, NP_INEXACT, NP_SAME, SAME
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import Attrs, elementwise

INTEGER = elementwise("int64", weak=True)
PASSIVE: dict[str, Any] = {"passive": True, "cost": 1}
ZERO: dict[str, Any] = {**PASSIVE, "at_kinks": "zero everywhere"}


def places_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return integers of the first input's shape."""
    return elementwise("int64", weak=False)(inputs[:1], attrs)


def membership_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return truth values of the first input's shape."""
    return elementwise("bool", weak=False)(inputs[:1], attrs)


def truth_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return a truth value."""
    return TRUTH


def rounded_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return an integer, or the number's type where digits are asked for."""
    whole = len(inputs) == 1 or (isinstance(inputs[1], Const) and inputs[1].const is None)
    return INTEGER(inputs[:1], attrs) if whole else SAME(inputs[:1], attrs)


# A table: an entry is read along its lines.
# fmt: off
for _name in ("sign", "floor", "ceil", "trunc", "rint"):
    rule(_name, NP_SAME, callables=[f"np.{_name}"], params="x, /", elementwise=True,
         samples=(f"np.{_name}(x3 + 0.2) * x3", f"np.{_name}(x) * x"), **ZERO)
rule("fix", NP_SAME, callables=["np.fix"], params="x, out=None", elementwise=True,
     samples=("np.fix(x3 + 0.2) * x3",), **ZERO)
rule("spacing", NP_INEXACT, callables=["np.spacing"], params="x, /", elementwise=True,
     samples=("np.spacing(x3) * 1e16 + x3",), **ZERO)
rule("round", NP_SAME, callables=["np.round", "np.around"], methods=["round"],
     params="a, decimals=0, out=None", elementwise=True, **ZERO,
     samples=("np.round(x3 + 0.2) * x3", "np.around(x3, decimals=1) * x3", "x3.round(1) * x3"))
for _name in ("isnan", "isfinite", "isinf", "logical_not", "signbit"):
    rule(_name, NP_BOOL, callables=[f"np.{_name}"], params="x, /", elementwise=True, **PASSIVE,
         samples=(f"np.where(np.{_name}(x3), x3, 2.0 * x3)", f"np.{_name}(x) * x"))
for _name in ("isneginf", "isposinf"):
    rule(_name, NP_BOOL, callables=[f"np.{_name}"], params="x, out=None", elementwise=True,
         **PASSIVE, samples=(f"np.where(np.{_name}(x3), x3, 2.0 * x3)", f"np.{_name}(x) * x"))
for _name in ("iscomplex", "isreal"):
    rule(_name, NP_BOOL, callables=[f"np.{_name}"], params="x", elementwise=True, **PASSIVE,
         samples=(f"np.where(np.{_name}(x3), x3, 2.0 * x3)",
                  f"np.{_name}(np.sqrt(x3 + 0j)) * x3"))
for _name in ("logical_and", "logical_or", "logical_xor"):
    rule(_name, NP_BOOL, callables=[f"np.{_name}"], params="x1, x2, /", elementwise=True, **PASSIVE,
         samples=(f"np.where(np.{_name}(x3 > 0.0, y > 0.5), x3, 2.0 * x3)",))
rule("isclose", NP_BOOL, callables=["np.isclose"], elementwise=True, **PASSIVE,
     params="a, b, rtol=1e-05, atol=1e-08, equal_nan=False",
     samples=("np.isclose(x3, y3, atol=0.5) * x3", "np.isclose(x, 0.1, 1e-3, 1e-3) * x"))
rule("allclose", truth_type, callables=["np.allclose"], **PASSIVE,
     params="a, b, rtol=1e-05, atol=1e-08, equal_nan=False",
     samples=("x3 if np.allclose(x3, y3, rtol=0.5) else y3",))
rule("array_equal", truth_type, callables=["np.array_equal"], params="a1, a2, equal_nan=False",
     samples=("x3 if np.array_equal(x3, y3) else y3",), **PASSIVE)
rule("array_equiv", truth_type, callables=["np.array_equiv"], params="a1, a2",
     samples=("x3 if np.array_equiv(x3, y3) else y3",), **PASSIVE)
rule("isin", membership_type, callables=["np.isin"], **PASSIVE,
     params="element, test_elements, assume_unique=False, invert=False, *, kind=None",
     samples=("np.isin(j3, [1, 2]) * x3", "np.isin(x23, 0.5, invert=True) * x23"))
rule("digitize", places_type, callables=["np.digitize"], params="x, bins, right=False",
     samples=("np.digitize(x3, np.array([-1.0, 0.1, 1.0])) * x3",), **PASSIVE)

rule("int", INTEGER, callables=["int"], params="x, /", **ZERO)
rule("bool", elementwise("bool", weak=True), callables=["bool"], params="x, /", **PASSIVE)
rule("py_round", rounded_type, spelling="round", params="number, ndigits", **ZERO)
for _name in ("floor", "ceil", "trunc"):
    rule(f"math.{_name}", INTEGER, callables=[f"math.{_name}"], params="x, /", **ZERO,
         samples=(f"math.{_name}(7.3 * x) * x",))
for _name in ("isnan", "isinf", "isfinite"):
    rule(f"math.{_name}", BOOL, callables=[f"math.{_name}"], params="x, /", **PASSIVE,
         samples=(f"math.{_name}(x) * x",))
rule("math.isclose", BOOL, callables=["math.isclose"], **PASSIVE,
     params="a, b, *, rel_tol=1e-09, abs_tol=0.0",
     samples=("math.isclose(x, y, rel_tol=0.1) * x", "math.isclose(x, 0.7) * x"))
rule("math.ulp", elementwise("float64", weak=True), callables=["math.ulp"], params="x, /", **ZERO)
rule("math.factorial", INTEGER, callables=["math.factorial"], params="n, /", **PASSIVE,
     samples=("x3 * math.factorial(n)",))
rule("math.isqrt", INTEGER, callables=["math.isqrt"], params="n, /", **PASSIVE,
     samples=("x3 * math.isqrt(10 * n)",))
rule("math.comb", INTEGER, callables=["math.comb"], params="n, k, /", **PASSIVE,
     samples=("x3 * math.comb(n, 2)",))
rule("math.perm", INTEGER, callables=["math.perm"], params="n, k?, /", **PASSIVE,
     samples=("x3 * math.perm(n, 2)", "x3 * math.perm(n)"))
for _name in ("gcd", "lcm"):
    rule(f"math.{_name}", INTEGER, callables=[f"math.{_name}"], params="*integers", **PASSIVE,
         samples=(f"x3 * math.{_name}(n, 6)", f"x3 * math.{_name}(4, n, 10)"))
    rule(f"np.{_name}", NP_SAME, callables=[f"np.{_name}"], params="x1, x2, /", elementwise=True,
         samples=(f"np.{_name}(j3, 6) * x3",), **PASSIVE)
