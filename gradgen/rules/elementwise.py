"""Elementwise operations: operators, NumPy's ufuncs and ``math``'s functions.

A formula gives the contribution to one input in terms of the cotangent ``g``, the inputs
``a, b, c`` and the result ``y``; broadcasting is undone by the caller.  Partials are those of
Abramowitz and Stegun, chapters 4 and 7, in forms that do not overflow where the function does not.
"""

from __future__ import annotations

import math
from typing import Any

from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import elementwise

SAME, INEXACT, BOOL = elementwise(), elementwise("inexact"), elementwise("bool")
NP_SAME, NP_INEXACT = elementwise(weak=False), elementwise("inexact", weak=False)
PYTHON_FLOAT = elementwise("float64", weak=True)

# A table: an entry is read along its lines.
# fmt: off
# name: (adjoint formula, cost); the NumPy spelling, and the one in ``math`` where it exists.
UNARY = {
    "exp": ("g * y", 3),
    "exp2": ("g * y * log(2.0)", 3),
    "expm1": ("g * (y + 1.0)", 3),
    "log": ("g / a", 3),
    "log2": ("g / (a * log(2.0))", 3),
    "log10": ("g / (a * log(10.0))", 3),
    "log1p": ("g / (1.0 + a)", 3),
    "sqrt": ("0.5 * divide(g, y)", 2),
    "cbrt": ("divide(g, 3.0 * y * y)", 3),
    "sin": ("g * cos(a)", 3),
    "cos": ("-g * sin(a)", 3),
    "tan": ("g * (1.0 + y * y)", 3),
    "arcsin": ("divide(g, sqrt(1.0 - a * a))", 3),
    "arccos": ("-divide(g, sqrt(1.0 - a * a))", 3),
    "arctan": ("g / (1.0 + a * a)", 3),
    "sinh": ("g * cosh(a)", 3),
    "cosh": ("g * sinh(a)", 3),
    "tanh": ("g * (1.0 - y * y)", 3),
    "arcsinh": ("g / hypot(1.0, a)", 3),
    "arccosh": ("divide(g, sqrt((a - 1.0) * (a + 1.0)))", 3),
    "arctanh": ("g / ((1.0 - a) * (1.0 + a))", 3),
    "fabs": ("g * sign(a)", 1),
}
MATH_NAMES = {"arcsin": "asin", "arccos": "acos", "arctan": "atan", "arcsinh": "asinh"}
MATH_NAMES |= {"arccosh": "acosh", "arctanh": "atanh"}
KINKS = {"fabs": "0 at 0", "abs": "0 at 0", "sqrt": "inf at 0", "cbrt": "inf at 0"}

for _name, (_formula, _cost) in UNARY.items():
    _math = MATH_NAMES.get(_name, _name)
    rule(
        _name, NP_INEXACT, callables=[f"np.{_name}"], params="x, /", adjoint=(_formula,),
        cost=_cost, elementwise=True, at_kinks=KINKS.get(_name, ""),
    )
    if hasattr(math, _math):
        rule(
            f"math.{_math}", PYTHON_FLOAT, callables=[f"math.{_math}"], params="x, /", cost=_cost,
            adjoint=(_formula,), elementwise=True, at_kinks=KINKS.get(_name, ""),
        )

_NUMPY_ONLY = {
    "square": ("2.0 * a * g", 1),
    "negative": ("-g", 1),
    "positive": ("g", 1),
    "reciprocal": ("-g * y * y", 1),
    "deg2rad": ("deg2rad(g)", 1),
    "rad2deg": ("rad2deg(g)", 1),
    "radians": ("radians(g)", 1),
    "degrees": ("degrees(g)", 1),
}
for _name, (_formula, _cost) in _NUMPY_ONLY.items():
    _type = NP_SAME if _name in ("square", "negative", "positive", "reciprocal") else NP_INEXACT
    rule(
        _name, _type, callables=[f"np.{_name}"], params="x, /", adjoint=(_formula,), cost=_cost,
        elementwise=True,
    )

_MATH_ONLY = {
    "erf": "1.1283791670955126 * g * exp(-a * a)",
    "erfc": "-1.1283791670955126 * g * exp(-a * a)",
    "radians": "radians(g)",
    "degrees": "degrees(g)",
}
for _name, _formula in _MATH_ONLY.items():
    rule(
        f"math.{_name}", PYTHON_FLOAT, callables=[f"math.{_name}"], params="x, /",
        adjoint=(_formula,), elementwise=True,
    )

_ABS: dict[str, Any] = {"params": "a", "adjoint": ("g * sign(a)",), "elementwise": True, "cost": 1}
rule("abs", elementwise("magnitude"), callables=["abs"], at_kinks="0 at 0", **_ABS)
rule("np.abs", elementwise("magnitude", weak=False), callables=["np.abs"], at_kinks="0 at 0",
     **{**_ABS, "params": "x, /"})

# Operators, and the NumPy functions of the same meaning.
BINARY = {
    "add": ("+", "np.add", SAME, ("g", "g"), 1),
    "sub": ("-", "np.subtract", SAME, ("g", "-g"), 1),
    "mul": ("*", "np.multiply", SAME, ("g * b", "g * a"), 1),
    "div": ("/", "np.divide", INEXACT, ("g / b", "-g * y / b"), 1),
    "mod": ("%", "np.mod", SAME, ("g", "-g * (a // b)"), 1),
}
for _name, (_symbol, _function, _type, _adjoint, _cost) in BINARY.items():
    rule(
        _name, _type, spelling=_symbol, form="operator", adjoint=_adjoint, cost=_cost,
        elementwise=True,
    )
    rule(
        _function, elementwise("inexact" if _name == "div" else "same", weak=False),
        callables=[_function], params="x1, x2, /", adjoint=_adjoint, cost=_cost, elementwise=True,
    )
rule("floordiv", SAME, spelling="//", form="operator", passive=True, elementwise=True, cost=0)
rule("neg", SAME, spelling="-", form="operator", adjoint=("-g",), elementwise=True, cost=0)
rule("pos", SAME, spelling="+", form="operator", adjoint=("g",), elementwise=True, cost=0)
rule("not", elementwise("bool", weak=True), spelling="not", form="operator", passive=True, cost=0)
rule("invert", SAME, spelling="~", form="operator", passive=True, elementwise=True, cost=1)

_BITS = {"bitand": "&", "bitor": "|", "bitxor": "^", "lshift": "<<", "rshift": ">>"}
for _name, _symbol in _BITS.items():
    rule(_name, SAME, spelling=_symbol, form="operator", passive=True, elementwise=True, cost=1)
COMPARE = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
NUMPY_COMPARE = {
    "lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal",
    "eq": "equal", "ne": "not_equal",
}
for _name, _symbol in COMPARE.items():
    rule(_name, BOOL, spelling=_symbol, form="operator", passive=True, elementwise=True, cost=1)
    rule(
        f"np.{_name}", BOOL, callables=[f"np.{NUMPY_COMPARE[_name]}"], params="x1, x2, /",
        passive=True, elementwise=True, cost=1,
    )
rule("is", BOOL, spelling="is", form="operator", passive=True, cost=0)
rule("is_not", BOOL, spelling="is not", form="operator", passive=True, cost=0)

_LARGER = (
    "where(a > b, g, where(a == b, 0.5 * g, 0.0))",
    "where(b > a, g, where(a == b, 0.5 * g, 0.0))",
)
_SMALLER = (
    "where(a < b, g, where(a == b, 0.5 * g, 0.0))",
    "where(b < a, g, where(a == b, 0.5 * g, 0.0))",
)
PAIRS = {"maximum": _LARGER, "minimum": _SMALLER, "fmax": _LARGER, "fmin": _SMALLER}
for _name, _adjoint in PAIRS.items():
    rule(
        _name, NP_SAME, callables=[f"np.{_name}"], params="x1, x2, /", adjoint=_adjoint, cost=1,
        elementwise=True, at_kinks="a tie gives half to each",
    )
_SAFE = "where(y == 0.0, 1.0, y)"
_SQUARES = "where((a == 0.0) & (b == 0.0), 1.0, a * a + b * b)"
_HYPOT = (f"g * (a / {_SAFE})", f"g * (b / {_SAFE})")
_ARCTAN2 = (f"g * b / {_SQUARES}", f"-g * a / {_SQUARES}")
rule(
    "hypot", NP_INEXACT, callables=["np.hypot"], params="x1, x2, /", adjoint=_HYPOT,
    elementwise=True, at_kinks="0 at the origin",
)
rule(
    "math.hypot", PYTHON_FLOAT, callables=["math.hypot"], params="x1, x2, /", adjoint=_HYPOT,
    elementwise=True, at_kinks="0 at the origin",
)
rule(
    "arctan2", NP_INEXACT, callables=["np.arctan2"], params="x1, x2, /", adjoint=_ARCTAN2,
    elementwise=True, at_kinks="0 at the origin",
)
rule(
    "math.atan2", PYTHON_FLOAT, callables=["math.atan2"], params="x1, x2, /", adjoint=_ARCTAN2,
    elementwise=True, at_kinks="0 at the origin",
)
rule(
    "logaddexp", NP_INEXACT, callables=["np.logaddexp"], params="x1, x2, /", elementwise=True,
    adjoint=("g * exp(a - y)", "g * exp(b - y)"),
)
rule(
    "math.log_base", PYTHON_FLOAT, spelling="math.log", params="a, b", elementwise=True,
    adjoint=("g / (a * log(b))", "-g * y / (b * log(b))"),
)

# Choices: only the chosen side receives the cotangent, so that a NaN of the other stays out.
rule(
    "where", elementwise("same", weak=False), callables=["np.where"],
    params="condition, x, y, /", cost=1, elementwise=True,
    adjoint=(None, "where(a, g, 0.0)", "where(a, 0.0, g)"),
)
rule(
    "select", SAME, form="special", cost=1, elementwise=True,
    adjoint=(None, "where(a, g, 0.0)", "where(a, 0.0, g)"),
)
rule(
    "max2", SAME, spelling="max", elementwise=True, cost=1, at_kinks="the first of a tie wins",
    adjoint=("where(b > a, 0.0, g)", "where(b > a, g, 0.0)"),
)
rule(
    "min2", SAME, spelling="min", elementwise=True, cost=1, at_kinks="the first of a tie wins",
    adjoint=("where(b < a, 0.0, g)", "where(b < a, g, 0.0)"),
)
rule("float", elementwise("float64", weak=True), callables=["float"], params="a", adjoint=("g",),
     elementwise=True, cost=0)
rule("np.float64", elementwise("float64", weak=False), callables=["np.float64"], params="a",
     adjoint=("g",), elementwise=True, cost=0)
rule("np.float32", elementwise("float32", weak=False), callables=["np.float32"], params="a",
     adjoint=("g",), elementwise=True, cost=0)

# Piecewise constant: the derivative is zero wherever it exists.
for _name in ("sign", "floor", "ceil", "trunc", "rint"):
    rule(
        _name, NP_SAME, callables=[f"np.{_name}"], params="x, /", passive=True, elementwise=True,
        cost=1, at_kinks="zero everywhere",
    )
rule("round", NP_SAME, callables=["np.round"], methods=["round"], params="a, decimals=0, out=None",
     passive=True, elementwise=True, cost=1, at_kinks="zero everywhere")
for _name in ("isnan", "isfinite", "isinf", "logical_not"):
    rule(_name, BOOL, callables=[f"np.{_name}"], params="x, /", passive=True, elementwise=True,
         cost=1)
for _name in ("logical_and", "logical_or", "logical_xor"):
    rule(
        _name, BOOL, callables=[f"np.{_name}"], params="x1, x2, /", passive=True, elementwise=True,
        cost=1,
    )
rule("int", elementwise("int64", weak=True), callables=["int"], params="a", passive=True, cost=1,
     at_kinks="zero everywhere")
rule("bool", elementwise("bool", weak=True), callables=["bool"], params="a", passive=True, cost=1)
rule("py_round", elementwise("float64", weak=True), spelling="round", params="a", passive=True,
     cost=1, at_kinks="zero everywhere")
for _name in ("floor", "ceil", "trunc"):
    rule(f"math.{_name}", elementwise("int64", weak=True), callables=[f"math.{_name}"],
         params="x, /", passive=True, cost=1, at_kinks="zero everywhere")
for _name in ("isnan", "isinf", "isfinite"):
    rule(f"math.{_name}", BOOL, callables=[f"math.{_name}"], params="x, /", passive=True, cost=1)
