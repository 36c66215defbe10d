"""Elementwise functions of two or three arguments, and choices between values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gradgen.ir.nodes import Const
from gradgen.ir.types import Type, scalar
from gradgen.rules.elementwise import NP_INEXACT, NP_SAME, PYTHON_FLOAT, SAME
from gradgen.rules.operators import BETWEEN, FORMS
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import Attrs, elementwise, inexact_of

if TYPE_CHECKING:
    from gradgen.diff.algebra import Algebra
    from gradgen.ir.nodes import Op, Value


def logaddexp_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``g * exp(x - y)`` (a power of 2 for ``logaddexp2``), and 0 where both are -inf."""
    y = op.out
    if not any(isinstance(v, Const) for v in op.inputs):
        y = alg.where(alg.emit("isneginf", y), 0.0, y)
    exp = "exp" if op.prim == "logaddexp" else "exp2"
    return alg.mul(g, alg.emit(exp, alg.sub(op.inputs[i], y)))


def hypot_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``g * x / y`` for each coordinate, 0 at the origin."""
    safe = alg.where(alg.emit("eq", op.out, 0.0), 1.0, op.out)
    return alg.mul(g, alg.div(op.inputs[i], safe))


def scaled_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the shape of both, in the dtype of the first."""
    t = NP_INEXACT(inputs, attrs)
    dtype = inexact_of(inputs[0].type.dtype)
    return scalar(dtype) if t.is_scalar else Type(t.kind, dtype, t.shape)


_LENGTH = "where(hypot(a, b) == 0.0, 1.0, hypot(a, b))"
_ARCTAN2 = (f"g * (b / {_LENGTH}) / {_LENGTH}", f"-g * (a / {_LENGTH}) / {_LENGTH}")
_LARGER = (
    "where(a > b, g, where(a == b, 0.5 * g, 0.0))",
    "where(b > a, g, where(a == b, 0.5 * g, 0.0))",
)
_SMALLER = (
    "where(a < b, g, where(a == b, 0.5 * g, 0.0))",
    "where(b < a, g, where(a == b, 0.5 * g, 0.0))",
)
# Of a number and a NaN the number is taken, and has all of the cotangent.
_TAKEN = (
    "where(a == y, where(a == b, 0.5 * g, g), 0.0)",
    "where(b == y, where(a == b, 0.5 * g, g), 0.0)",
)
_COPYSIGN = ("g * (sign(a) * copysign(1.0, b))", None)
# The quotient by the remainder, which is exact: a / b may be rounded to the next integer.
_QUOTIENT = ("g", "-g * rint((a - y) / b)")
_TIE = "a tie gives half to each"
_ORIGIN = "0 at the origin"


def pair(name: str, adjoint: Any, closed: str = "", type_: Any = NP_SAME, **more: Any) -> None:
    """Enter a function of NumPy of two arguments."""
    how = {"vjp": adjoint} if callable(adjoint) else {"adjoint": adjoint}
    forms = BETWEEN if name == "fmod" else FORMS
    rule(name, type_, callables=[f"np.{name}"], params="x1, x2, /", elementwise=True,
         closed=closed, **how, **more,
         samples=tuple(f"np.{name}{form}" for form in forms))  # fmt: skip


# Why there is no closed form.
_CHOICE = "a choice by a test, which is constant"
_NEXT = "the number itself but for the last bit"
# A table: an entry is read along its lines.
# fmt: off
pair("maximum", _LARGER, "maximum(a, b)", cost=1, at_kinks=_TIE)
pair("minimum", _SMALLER, "minimum(a, b)", cost=1, at_kinks=_TIE)
pair("fmax", _TAKEN, "maximum(a, b)", cost=1, at_kinks=f"{_TIE}; 0 for a NaN")
pair("fmin", _TAKEN, "minimum(a, b)", cost=1, at_kinks=f"{_TIE}; 0 for a NaN")
pair("hypot", hypot_vjp, "sqrt(a**2 + b**2)", NP_INEXACT, at_kinks=_ORIGIN)
pair("arctan2", _ARCTAN2, "arctan2(a, b)", NP_INEXACT, at_kinks=_ORIGIN)
pair("logaddexp", logaddexp_vjp, "log(exp(a) + exp(b))", NP_INEXACT,
     at_kinks="0 where both are -inf")
pair("logaddexp2", logaddexp_vjp, "log(2**a + 2**b) / log(2)", NP_INEXACT,
     at_kinks="0 where both are -inf")
pair("copysign", _COPYSIGN, "abs(a) * sign(b)", NP_INEXACT, cost=1, at_kinks="0 at 0")
pair("fmod", _QUOTIENT, "a - b * trunc(a / b)", at_kinks="as between jumps")
pair("heaviside", (None, "where(a == 0.0, g, 0.0)"), "", NP_INEXACT, cost=1,
     at_kinks="zero by the first argument", unproved=_CHOICE)
pair("nextafter", ("g", None), "", NP_INEXACT, cost=1, unproved=_NEXT)
rule("ldexp", scaled_type, callables=["np.ldexp"], params="x1, x2, /", elementwise=True,
     adjoint=("ldexp(g, b)", None), closed="a * 2**b", cost=1,
     samples=("np.ldexp(x3, j3)", "np.ldexp(x23, 2)", "np.ldexp(x, n)", "np.ldexp(xf3, j3)"))

_PYTHON: dict[str, Any] = {"elementwise": True, "params": "x, y, /"}
rule("math.hypot", PYTHON_FLOAT, callables=["math.hypot"], params="*coordinates", elementwise=True,
     vjp=hypot_vjp, at_kinks=_ORIGIN, unproved="of any number of arguments; as np.hypot",
     samples=("math.hypot(x, y)", "math.hypot(x, y, p)", "math.hypot(x)"))
rule("math.atan2", PYTHON_FLOAT, callables=["math.atan2"], adjoint=_ARCTAN2, at_kinks=_ORIGIN,
     closed="arctan2(a, b)", samples=("math.atan2(x, y)",), **_PYTHON)
rule("math.log_base", PYTHON_FLOAT, spelling="math.log", closed="log(a) / log(b)",
     adjoint=("g / a / log(b)", "-g * y / b / log(b)"), **_PYTHON,
     samples=("math.log(p, o)", "math.log(p, 10)", "math.log(2.0, o)"))
rule("math.copysign", PYTHON_FLOAT, callables=["math.copysign"], adjoint=_COPYSIGN, cost=1,
     closed="abs(a) * sign(b)", at_kinks="0 at 0", samples=("math.copysign(x, y)",), **_PYTHON)
rule("math.fmod", PYTHON_FLOAT, callables=["math.fmod"], adjoint=_QUOTIENT,
     closed="a - b * trunc(a / b)", at_kinks="as between jumps",
     samples=("math.fmod(x, 0.3)", "math.fmod(7.0 * x, y)"), **_PYTHON)
rule("math.remainder", PYTHON_FLOAT, callables=["math.remainder"], adjoint=_QUOTIENT,
     closed="a - b * rint(a / b)", at_kinks="as between jumps",
     samples=("math.remainder(x, 0.3)", "math.remainder(7.0 * x, y)"), **_PYTHON)
rule("math.ldexp", PYTHON_FLOAT, callables=["math.ldexp"], adjoint=("ldexp(g, b)", None), cost=1,
     elementwise=True, params="x, i, /", closed="a * 2**b",
     samples=("math.ldexp(x, 3)", "math.ldexp(x, n)"))
rule("math.nextafter", PYTHON_FLOAT, callables=["math.nextafter"], adjoint=("g", None), cost=1,
     unproved=_NEXT, samples=("math.nextafter(x, 2.0)",), **_PYTHON)
rule("math.fma", PYTHON_FLOAT, callables=["math.fma"], adjoint=("g * b", "g * a", "g"), cost=1,
     params="x, y, z, /", elementwise=True, closed="a * b + c")



def chosen_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of ``np.where``: of numbers, it makes an array without axes."""
    found: Type = elementwise("same", weak=False)(inputs, attrs)
    return replace(found, kinds=True) if found.is_scalar else found


# Choices: only the chosen side receives the cotangent, so that a NaN of the other stays out.
_CHOSEN: dict[str, Any] = {"adjoint": (None, "where(a, g, 0.0)", "where(a, 0.0, g)"), "cost": 1,
                           "elementwise": True, "unproved": _CHOICE}
rule("where", chosen_type, callables=["np.where"],
     params="condition, x, y, /", **_CHOSEN,
     samples=("np.where(x3 > 0.0, x3, y)", "np.where(k23, x23, y3)", "np.where(k3, x, y)",
              "np.select([x4 > 1.0, x4 > 0.0], [x4 ** 2, x4], default=y4)",
              "np.select(condlist=[k23], choicelist=[x23])",
              "np.piecewise(x4, [x4 < 0.0, x4 >= 0.0], [lambda t: -t, lambda t: t ** 2])",
              "np.piecewise(x23, [k23], [np.sin, lambda t: t ** 3])",
              "np.piecewise(x4, x4 < 0.0, [lambda t, s: s * t, 1.5], y)"))
rule("select", SAME, form="special", **_CHOSEN)
_FIRST: dict[str, Any] = {"cost": 1, "elementwise": True, "at_kinks": "the first of a tie wins"}
rule("max2", SAME, spelling="max", closed="maximum(a, b)",
     adjoint=("where(b > a, 0.0, g)", "where(b > a, g, 0.0)"),
     **_FIRST)
rule("min2", SAME, spelling="min", closed="minimum(a, b)",
     adjoint=("where(b < a, 0.0, g)", "where(b < a, g, 0.0)"),
     **_FIRST)
_CAST: dict[str, Any] = {"params": "x, /", "adjoint": ("g",), "elementwise": True, "cost": 0,
                         "closed": "a"}
rule("float", elementwise("float64", weak=True), callables=["float"], **_CAST)
rule("np.float64", elementwise("float64", weak=False), callables=["np.float64"], **_CAST)
rule("np.bool", elementwise("bool", weak=False), callables=["np.bool_"], params="x, /",
     passive=True, elementwise=True, cost=1)
rule("np.float32", elementwise("float32", weak=False), callables=["np.float32"], **_CAST)
