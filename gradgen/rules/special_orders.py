"""Special functions with orders and parameters: Bessel, hypergeometric, polynomials, integrals.

After the NIST Handbook of Mathematical Functions, chapters 8 to 10, 13, 15 and 18.  By an order
there is no derivative in closed form.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np

from gradgen.diff.algebra import Algebra
from gradgen.diff.formulas import emit_formula
from gradgen.ir.nodes import Const, Op, Value
from gradgen.rules.callables import scipy
from gradgen.rules.gauss import gauss
from gradgen.rules.registry import Unknown, rule
from gradgen.rules.shapes_of import counted, doubled, elementwise

INEXACT = elementwise("inexact", weak=False)
NONE = Unknown("hold it constant: choose argnums without it, or pass a number")


DOUBLED = {"hyp2f1"}
COUNTED = {"kn", "yn"}
DOUBLE = elementwise("float64", weak=False)


def function(
    name: str, adjoint: tuple[Any, ...], calls: tuple[str, ...], also: str = "", **options: Any
) -> None:
    """Enter a function of ``scipy.special``; ``calls`` are the arguments of its samples."""
    names = ", ".join(f"x{k + 1}" for k in range(len(adjoint)))
    callables = [f"scipy.special.{n}" for n in (name, also) if n]
    type_ = doubled if name in DOUBLED else counted if name in COUNTED else INEXACT
    rule(name, type_, callables=callables, params=options.pop("params", f"{names}, /"),
         elementwise=True, adjoint=adjoint, **options,
         samples=tuple(f"scipy.special.{name}({c})" for c in calls))  # fmt: skip


# A table: an entry is read along its lines.
# fmt: off
# --- Bessel functions (NIST 10.6 and 10.29) ---
BESSEL = {
    "jv": ("0.5 * g * (jv(a - 1, b) - jv(a + 1, b))", "besselj(a, b)"),
    "yv": ("0.5 * g * (yv(a - 1, b) - yv(a + 1, b))", "bessely(a, b)"),
    "yn": ("0.5 * g * (yv(a - 1, b) - yv(a + 1, b))", "bessely(a, b)"),
    "iv": ("0.5 * g * (iv(a - 1, b) + iv(a + 1, b))", "besseli(a, b)"),
    "kv": ("-0.5 * g * (kv(a - 1, b) + kv(a + 1, b))", "besselk(a, b)"),
    "kn": ("-0.5 * g * (kv(a - 1, b) + kv(a + 1, b))", "besselk(a, b)"),
    "ive": ("g * (0.5 * (ive(a - 1, b) + ive(a + 1, b)) - sign(b) * y)",
            "exp(-abs(b)) * besseli(a, b)"),
    "kve": ("g * (y - 0.5 * (kve(a - 1, b) + kve(a + 1, b)))", "exp(b) * besselk(a, b)"),
}
for _name, (_formula, _closed) in BESSEL.items():
    _calls = ("2, p3", "n, p", "j3, p3", "1, pf3", "j3, p23")
    function(_name, (NONE, _formula), _calls if _name in ("yn", "kn") else ("0.5, p23", *_calls),
             also="jn" if _name == "jv" else "", closed=_closed,
             at_kinks="" if _name in ("jv", "iv", "ive") else "inf at 0")

# --- hypergeometric functions ---
function("hyp0f1", (NONE, "g * hyp0f1(a + 1.0, b) / a"), ("1.5, x3", "n, x", "j3, x23"),
         closed="hyp0f1(a, b)")
function("hyp1f1", (NONE, NONE, "g * a / b * hyp1f1(a + 1.0, b + 1.0, c)"),
         ("1.5, 2.5, x3", "n, 1.5, x", "j3, 2.5, x23"), closed="hyp1f1(a, b, c)")
function("hyp2f1", (NONE, NONE, NONE, "g * a * b / c * hyp2f1(a + 1.0, b + 1.0, c + 1.0, d)"),
         ("0.5, 1.5, 2.5, c3", "n, 0.5, 1.5, c", "j3, 0.5, 3.5, c23"),
         closed="hyp2f1(a, b, c, d)")
function("hyperu", (NONE, NONE, "-a * g * hyperu(a + 1.0, b + 1.0, c)"),
         ("0.5, 1.5, p3", "1.5, 2.5, p"), unproved="SymPy has no such function")
# fmt: on


POLYNOMIALS: list[tuple[str, str, str, float | None, bool]] = []  # what the tests prove them by


def polynomial(
    name: str,
    family: str,
    factor: str,
    parameter: float | None,
    forms: tuple[str, ...],
    raised: bool = False,
) -> None:
    """Enter a family of orthogonal polynomials (NIST 18.9): each derivative is in a family too.

    That of degree ``n`` is ``factor`` (a formula) times the one of degree ``n - 1`` in ``family``,
    with the given ``parameter``, or its own one raised.
    """

    def vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
        degree, *middle, x = op.inputs
        if i < len(op.inputs) - 1:
            alg.refuse(op, f"scipy.special.{name} by anything but its last argument", NONE.way_out)
        if isinstance(degree, Const) and degree.const == 0:
            return Const(0.0)
        if parameter is not None:
            middle = [Const(parameter)]
        elif raised:
            middle = [alg.add(m, Const(1.0)) for m in middle]
        slope = alg.emit(family, alg.sub(degree, Const(1)), *middle, x)
        share = alg.mul(emit_formula(alg, factor, op, g), slope)
        if isinstance(degree, Const):
            return share
        return alg.where(alg.emit("eq", degree, Const(0)), 0.0, share)

    POLYNOMIALS.append((name, family, factor, parameter, raised))
    vjp.__doc__ = f"By the last: `{factor}` times {family} of one degree less; none by the others."
    among = {"eval_jacobi": "alpha, beta, "}.get(name, "alpha, " if raised else "")
    params = f"n, {among}x, /"
    type_ = DOUBLE if name.startswith("eval_hermite") else counted
    rule(name, type_, callables=[f"scipy.special.{name}"], params=params, vjp=vjp,
         elementwise=True,
         samples=tuple(f"scipy.special.{name}({c})" for c in forms))  # fmt: skip


_PLAIN = ("3, x3", "2, pf3", "n, x", "j3, c3", "0, x3", "1, c23", "j3 - 1, x3")
_RAISED = ("3, 0.7, x3", "n, 1.5, x", "0, 1.5, x3", "1, 2, x3", "j3 - 1, 1.5, c3")
_TWICE_RAISED = ("3, 0.7, 0.4, x3", "n, 1.5, 0.5, x", "0, 1.5, 0.0, x3", "j3 - 1, 1.5, 2, c3")
# fmt: off
polynomial("eval_legendre", "eval_gegenbauer", "g", 1.5, _PLAIN)
polynomial("eval_chebyt", "eval_chebyu", "g * a", None, _PLAIN)
polynomial("eval_chebyu", "eval_gegenbauer", "2.0 * g", 2.0, _PLAIN)
polynomial("eval_gegenbauer", "eval_gegenbauer", "2.0 * b * g", None, _RAISED, True)
polynomial("eval_laguerre", "eval_genlaguerre", "-g", 1.0, _PLAIN)
polynomial("eval_genlaguerre", "eval_genlaguerre", "-g", None, _RAISED, True)
polynomial("eval_jacobi", "eval_jacobi", "0.5 * g * (a + b + c + 1.0)", None, _TWICE_RAISED, True)
polynomial("eval_hermite", "eval_hermite", "2.0 * a * g", None, _PLAIN)
polynomial("eval_hermitenorm", "eval_hermitenorm", "a * g", None, _PLAIN)
# fmt: on


def expn_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """By ``x``: ``-g * expn(n - 1, x)``, of order 0 ``-g * exp(-x) * (1 + x) / x**2``."""
    n, x = op.inputs
    if i == 0:
        alg.refuse(op, "expn by its order", NONE.way_out)
    decay = alg.mul(alg.emit("exp", alg.neg(x)), alg.add(Const(1.0), x))
    of_zero = alg.quotient(decay, alg.mul(x, x))
    if isinstance(n, Const):
        slope = of_zero if n.const == 0 else alg.emit(op.prim, Const(n.const - 1), x)
    else:
        lower = alg.emit(op.prim, alg.emit("maximum", alg.sub(n, Const(1)), Const(0)), x)
        slope = alg.where(alg.emit("eq", n, 0), of_zero, lower)
    return alg.neg(alg.mul(g, slope))


# fmt: off
rule("expn", counted, callables=["scipy.special.expn"], params="n, x, /", vjp=expn_vjp,
     elementwise=True, unproved="its derivative is a function of the order, not a formula",
     at_kinks="inf at 0 for orders 0 and 1",
     samples=tuple(f"scipy.special.expn({c})" for c in (
         "2, p3", "n, p", "j3, p3", "0, p3", "3, pf3")))
# fmt: on


# --- results in groups --------------------------------------------------------------------


def several(count: int) -> Any:
    """Return the type rule of a function with several results of the same type."""
    return lambda inputs, attrs: [INEXACT(inputs, attrs) for _ in range(count)]


def _sum(one, two):
    """Add two contributions, of which one may be missing."""
    if one is None:
        return two
    return one if two is None else one + two


def _sici_to_x(d_si, d_ci, x):
    """Cotangent of ``x`` in ``si, ci = scipy.special.sici(x)``."""
    by_si = None if d_si is None else d_si * np.sinc(x / np.pi)
    return _sum(by_si, None if d_ci is None else d_ci * np.cos(x) / x)


def _shichi_to_x(d_shi, d_chi, x):
    """Cotangent of ``x`` in ``shi, chi = scipy.special.shichi(x)``."""
    near = np.where(x == 0.0, 1.0, x)
    by_shi = None if d_shi is None else d_shi * np.where(x == 0.0, 1.0, np.sinh(near) / near)
    return _sum(by_shi, None if d_chi is None else d_chi * np.cosh(x) / x)


def _fresnel_to_x(d_s, d_c, x):
    """Cotangent of ``x`` in ``s, c = scipy.special.fresnel(x)``."""
    angle = 0.5 * np.pi * x**2
    by_s = None if d_s is None else d_s * np.sin(angle)
    return _sum(by_s, None if d_c is None else d_c * np.cos(angle))


def _airy_to_x(d_ai, d_aip, d_bi, d_bip, x, ai, aip, bi, bip):
    """Cotangent of ``x`` in ``ai, aip, bi, bip = scipy.special.airy(x)``."""
    by_ai = _sum(None if d_ai is None else d_ai * aip, None if d_aip is None else d_aip * x * ai)
    by_bi = _sum(None if d_bi is None else d_bi * bip, None if d_bip is None else d_bip * x * bi)
    return _sum(by_ai, by_bi)


def _sici_tangent(t_x, x):
    """Tangents of both integrals."""
    return t_x * np.sinc(x / np.pi), t_x * np.cos(x) / x


def _shichi_tangent(t_x, x):
    """Tangents of both integrals."""
    near = np.where(x == 0.0, 1.0, x)
    return t_x * np.where(x == 0.0, 1.0, np.sinh(near) / near), t_x * np.cosh(x) / x


def _fresnel_tangent(t_x, x):
    """Tangents of both integrals."""
    angle = 0.5 * np.pi * x**2
    return t_x * np.sin(angle), t_x * np.cos(angle)


def _airy_tangent(t_x, x, ai, aip, bi, bip):
    """Tangents of both functions and their derivatives."""
    return t_x * aip, t_x * x * ai, t_x * bip, t_x * x * bi


# fmt: off
rule("sici", several(2), callables=["scipy.special.sici"], params="x, /", outputs=("si", "ci"),
     elementwise=True, adjoint=(_sici_to_x,), tangent=_sici_tangent, at_kinks="1 and inf at 0",
     samples=("scipy.special.sici(x3)[0]", "scipy.special.sici(p3)[1]",
              "np.stack(scipy.special.sici(p23))", "scipy.special.sici(0.0 * x)[0]"))
rule("shichi", several(2), callables=["scipy.special.shichi"], params="x, /",
     outputs=("shi", "chi"), elementwise=True, adjoint=(_shichi_to_x,),
     tangent=_shichi_tangent, at_kinks="1 and inf at 0",
     samples=("scipy.special.shichi(x3)[0]", "scipy.special.shichi(p3)[1]",
              "np.stack(scipy.special.shichi(p23))", "scipy.special.shichi(0.0 * x)[0]"))
rule("fresnel", several(2), callables=["scipy.special.fresnel"], params="x, /", outputs=("s", "c"),
     elementwise=True, adjoint=(_fresnel_to_x,), tangent=_fresnel_tangent,
     samples=("scipy.special.fresnel(x3)[0]", "scipy.special.fresnel(x)[1]",
              "np.stack(scipy.special.fresnel(x23))"))
rule("airy", several(4), callables=["scipy.special.airy"], params="x, /",
     outputs=("ai", "aip", "bi", "bip"), elementwise=True, adjoint=(_airy_to_x,),
     tangent=_airy_tangent,
     samples=("scipy.special.airy(x3)[0]", "scipy.special.airy(x)[1] * 2.0",
              "scipy.special.airy(x3)[2] + scipy.special.airy(x3)[3]",
              "np.stack(scipy.special.airy(x3))"))


# --- functions that SciPy writes in Python ---
def _multigammaln_to_a(g, a, d):
    """Cotangent of ``a`` in ``scipy.special.multigammaln(a, d)``."""
    return g * np.sum(scipy.special.psi(np.expand_dims(a, -1) - 0.5 * np.arange(d)), axis=-1)


rule("polygamma", DOUBLE, callables=["scipy.special.polygamma"], params="n, x", elementwise=True,
     adjoint=(NONE, "g * polygamma(a + 1, b)"), closed="polygamma(a, b)",
     at_kinks="inf at the poles",
     samples=("scipy.special.polygamma(1, p3)", "scipy.special.polygamma(0, p)",
              "scipy.special.polygamma(j3, x=p3)", "scipy.special.polygamma(1, pf3)",
              "scipy.special.polygamma(n, p23)"))
rule("multigammaln", DOUBLE, callables=["scipy.special.multigammaln"], params="a, d=",
     elementwise=True, adjoint=(_multigammaln_to_a,),
     unproved="its derivative is a Python function, not a formula",
     samples=("scipy.special.multigammaln(p3 + 2.0, 3)", "scipy.special.multigammaln(o, d=2)",
              "scipy.special.multigammaln(p23 + 1.0, 1)",
              "scipy.special.multigammaln(2.0 + pf3, 2)"))
# fmt: on

for _name in ("roots_legendre", "roots_hermite", "roots_hermitenorm", "roots_laguerre"):
    gauss(_name, "scipy.special", "n, mu=False")
