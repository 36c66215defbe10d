"""Elementwise functions of one argument, as NumPy and ``math`` have them.

An entry gives the function's closed form in ``a`` and its adjoint in ``g``, ``a`` and the result
``y``: after Abramowitz and Stegun, chapters 4 and 7, in forms that keep their relative precision
and do not overflow where the function does not.
"""

from __future__ import annotations

import math
from typing import Any

from gradgen.ir.types import COMPLEX
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import elementwise

SAME, INEXACT, BOOL = elementwise(), elementwise("inexact"), elementwise("bool")
NP_SAME, NP_INEXACT = elementwise(weak=False), elementwise("inexact", weak=False)
NP_BOOL = elementwise("bool", weak=False)
PYTHON_FLOAT = elementwise("float64", weak=True)
MATH_NAMES = {
    "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arcsinh": "asinh", "arccosh": "acosh",
    "arctanh": "atanh",
}  # fmt: skip


# Their results are complex for real numbers, too, and so are their adjoints right for these.
OF_CMATH = {"exp", "log", "log10", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh"}


def function(
    name: str, closed: str, adjoint: str, domain: str = "x", cost: int = 3, **more: Any
) -> None:
    """Enter a function of NumPy, and of ``math`` and ``cmath`` where it exists."""
    entry: dict[str, Any] = {"closed": closed, "adjoint": (adjoint,), "domain": domain}
    entry |= {"params": "x, /", "elementwise": True, "cost": cost, **more}
    exact = name in ("square", "negative", "positive", "reciprocal", "fabs")
    also = [f"np.{MATH_NAMES[name]}"] if name in MATH_NAMES else []
    rule(name, NP_SAME if exact else NP_INEXACT, callables=[f"np.{name}", *also], **entry)
    python = MATH_NAMES.get(name, name)
    if hasattr(math, python):
        rule(f"math.{python}", PYTHON_FLOAT, callables=[f"math.{python}"], **entry)
    if name in OF_CMATH:
        samples = (f"cmath.{name}(x + 1j * p).imag", f"cmath.{name}(p).real")
        entry |= {"domain": "", "of_complex": "analytic"}
        rule(f"cmath.{name}", lambda inputs, attrs: COMPLEX, callables=[f"cmath.{name}"], **entry,
             samples=samples)  # fmt: skip


# A table: an entry is read along its lines.
# fmt: off
function("exp", "exp(a)", "g * y")
function("exp2", "2**a", "g * y * log(2.0)")
function("expm1", "exp(a) - 1", "g * exp(a)")
function("log", "log(a)", "g / a", "p")
function("log2", "log(a) / log(2)", "g / a / log(2.0)", "p")
function("log10", "log(a) / log(10)", "g / a / log(10.0)", "p")
function("log1p", "log(1 + a)", "g / (1.0 + a)", "p")
function("sqrt", "sqrt(a)", "0.5 * divide(g, y)", "p", 2, at_kinks="inf at 0")
function("cbrt", "sign(a) * abs(a)**(1/3)", "divide(g, 3.0 * y * y)", at_kinks="inf at 0")
function("sin", "sin(a)", "g * cos(a)")
function("cos", "cos(a)", "-g * sin(a)")
function("tan", "tan(a)", "g * (1.0 + y * y)")
function("arcsin", "arcsin(a)", "divide(g, sqrt((1.0 - a) * (1.0 + a)))", "c",
         at_kinks="inf at -1 and 1")
function("arccos", "arccos(a)", "-divide(g, sqrt((1.0 - a) * (1.0 + a)))", "c",
         at_kinks="-inf at -1 and 1")
function("arctan", "arctan(a)", "g / hypot(1.0, a) / hypot(1.0, a)",
         complex_adjoint=("g / (1.0 + a * a)",))
function("sinh", "sinh(a)", "g * cosh(a)")
function("cosh", "cosh(a)", "g * sinh(a)")
function("tanh", "tanh(a)", "g * (1.0 - y * y)")
function("arcsinh", "arcsinh(a)", "g / hypot(1.0, a)", complex_adjoint=("g / sqrt(1.0 + a * a)",))
function("arccosh", "arccosh(a)", "divide(g, sqrt(a - 1.0) * sqrt(a + 1.0))", "o",
         at_kinks="inf at 1")
function("arctanh", "arctanh(a)", "g / ((1.0 - a) * (1.0 + a))", "c")
function("fabs", "abs(a)", "g * sign(a)", cost=1, at_kinks="0 at 0")
function("square", "a**2", "2.0 * a * g", cost=1)
function("negative", "-a", "-g", cost=1)
function("positive", "a", "g", cost=1)
function("reciprocal", "1 / a", "-g * y * y", cost=1)
function("deg2rad", "a * pi / 180", "deg2rad(g)", cost=1)
function("rad2deg", "a * 180 / pi", "rad2deg(g)", cost=1)
function("radians", "a * pi / 180", "radians(g)", cost=1)
function("degrees", "a * 180 / pi", "degrees(g)", cost=1)

_ABS: dict[str, Any] = {"params": "x, /", "closed": "abs(a)", "adjoint": ("g * sign(a)",),
                        "complex_adjoint": ("g * (a / where(y == 0.0, 1.0, y))",),
                        "elementwise": True, "cost": 1, "at_kinks": "0 at 0", "domain": "x"}
rule("abs", elementwise("magnitude"), callables=["abs"], **_ABS)
rule("np.abs", elementwise("magnitude", weak=False), callables=["np.abs", "np.absolute"], **_ABS)
