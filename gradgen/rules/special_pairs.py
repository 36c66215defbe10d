"""Special functions of several arguments: logarithms, gamma, beta and elliptic functions.

After the NIST Handbook of Mathematical Functions, chapters 5, 7, 8 and 19.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np

from gradgen.diff.algebra import Algebra
from gradgen.ir.nodes import Op, Value
from gradgen.ir.types import Type, integer
from gradgen.rules.callables import scipy
from gradgen.rules.registry import printed, rule
from gradgen.rules.shapes_of import Attrs, doubled, elementwise
from gradgen.rules.special import _rgamma_slope

INEXACT = elementwise("inexact", weak=False)
DOUBLED = {
    "xlogy", "xlog1py", "beta", "betaln", "gammainc", "gammaincc", "gammaincinv", "gammainccinv",
    "ellipkinc", "ellipeinc", "voigt_profile",
}  # fmt: skip
# How samples give one, two or three arguments: each on its own, then broadcast.
FORMS = {
    2: ("{0}3, {1}3", "{0}, {1}3", "{0}31, {1}13", "{0}, {1}", "{0}f3, {1}f3", "{0}0, {1}"),
    3: ("{0}3, {1}3, {2}3", "{0}, {1}, {2}3", "{0}, {1}3, {2}", "{0}, {1}, {2}"),
}


def function(
    name: str, adjoint: tuple[Any, ...], letters: str = "", more: tuple[str, ...] = (),
    also: str = "", **options: Any,
) -> None:  # fmt: skip
    """Enter a function of ``scipy.special``; ``letters`` of the pool are what it is tried on."""
    forms = [f.format(*letters) for f in FORMS[len(adjoint)]] if letters else []
    samples = tuple(f"scipy.special.{name}({arguments})" for arguments in (*forms, *more))
    callables = [f"scipy.special.{n}" for n in (name, also) if n]
    names = ", ".join(f"x{k + 1}" for k in range(len(adjoint)))
    type_ = doubled if name in DOUBLED else INEXACT
    rule(name, type_, callables=callables, params=options.pop("params", f"{names}, /"),
         elementwise=True, adjoint=adjoint, samples=samples, **options)  # fmt: skip


# Why there is no closed form.
PYTHON = "its derivative is a Python function, not a formula"
# A table: an entry is read along its lines.
# fmt: off
# --- products with logarithms ---
# Where both are at the end of the domain, the second is put inside it.
_POSITIVE = "where((a == 0.0) & (b == 0.0), 1.0, b)"
_ABOVE = "where((a == 0.0) & (b == -1.0), 0.0, b)"
function(
    "xlogy", (f"g * log({_POSITIVE})", f"g * a / {_POSITIVE}"), "xp",
    ("zero3, p3",), at_kinks="0 by both at (0, 0)",
    closed="xlogy(a, b)",
)
function(
    "xlog1py", (f"g * log1p({_ABOVE})", f"g * a / (1.0 + {_ABOVE})"), "xu", ("zero3, p3",),
    at_kinks="0 by both at (0, -1)",
    closed="xlog1py(a, b)",
)
function(
    "rel_entr", (f"g * (log(a / {_POSITIVE}) + 1.0)", f"-g * a / {_POSITIVE}"), "pp",
    at_kinks="-inf by the first at 0, where the second has 0",
    closed="a * log(a / b)",
)
function(
    "kl_div", (f"g * log(a / {_POSITIVE})", f"g * (1.0 - a / {_POSITIVE})"), "pp",
    at_kinks="-inf by the first at 0, where the second has 1",
    closed="a * log(a / b) - a + b",
)
function(
    "huber", ("where(abs(b) > a, g * (abs(b) - a), 0.0)",
              "g * where(abs(b) > a, a * sign(b), b)"), "px", ("0.8, x23",),
    closed="where(abs(b) > a, a * (abs(b) - 0.5 * a), 0.5 * b * b)",
)

# --- beta and gamma functions ---
function("beta", ("g * y * (psi(a) - psi(a + b))", "g * y * (psi(b) - psi(a + b))"), "pp",
         at_kinks="nan at the poles",
         closed="gamma(a) * gamma(b) / gamma(a + b)")
function("betaln", ("g * (psi(a) - psi(a + b))", "g * (psi(b) - psi(a + b))"), "pp",
         at_kinks="nan at the poles",
         closed="betaln(a, b)")
function("poch", ("g * y * (psi(a + b) - psi(a))", "g * y * psi(a + b)"), "pp",
         at_kinks="nan at the poles",
         closed="gamma(a + b) / gamma(a)")

# --- powers after Box and Cox: with exprel(t) for expm1(t) / t there is no case apart ---
function("boxcox", ("g * exp(xlogy(b - 1.0, a))",
                    "0.5 * g * log(a) * log(a) * hyp1f1(2.0, 3.0, b * log(a))"),
         "px", ("p3, 0.0", "p3, 0 * x"), at_kinks="log(x)**2 / 2 by lmbda at 0",
         closed="(a**b - 1) / b")
function("boxcox1p", ("g * exp(xlog1py(b - 1.0, a))",
                      "0.5 * g * log1p(a) * log1p(a) * hyp1f1(2.0, 3.0, b * log1p(a))"),
         "px", ("p3, 0.0", "p3, 0 * x"), at_kinks="log1p(x)**2 / 2 by lmbda at 0",
         closed="((1 + a)**b - 1) / b")
_BY_LAMBDA = "-0.5 * g * {} * a * a * hyp2f1(2.0, 2.0, 3.0, -a * b)"
function("inv_boxcox", ("g * y / (1.0 + a * b)", _BY_LAMBDA.format("y")), "pu",
         ("x3, 0.0", "x3, 0 * x"), at_kinks="the exponential at lmbda=0",
         closed="(1 + a * b)**(1 / b)")
function("inv_boxcox1p", ("g * (y + 1.0) / (1.0 + a * b)", _BY_LAMBDA.format("(y + 1.0)")), "pu",
         ("x3, 0.0", "x3, 0 * x"), at_kinks="the exponential at lmbda=0",
         closed="(1 + a * b)**(1 / b) - 1")
function("owens_t", (
    "-0.19947114020071635 * g * exp(-0.5 * a * a) * erf(0.7071067811865476 * a * b)",
    "0.15915494309189535 * g * exp(-0.5 * a * a * (1.0 + b * b)) / (1.0 + b * b)"), "xx",
         unproved="SymPy has no such function")
# fmt: on


def _powm1_to_x(g, x, p):
    """Cotangent of ``x`` in ``scipy.special.powm1(x, p)``."""
    return g * p * np.power(x, p - 1.0)


def _powm1_to_p(g, x, p):
    """Cotangent of ``p`` in ``scipy.special.powm1(x, p)``, 0 where ``x`` has no logarithm."""
    return g * np.power(x, p) * np.log(np.where(x > 0.0, x, 1.0))


function("powm1", (_powm1_to_x, _powm1_to_p), "px", ("x3, 3.0",), params="x, p", unproved=PYTHON)


def _pseudo_huber_to_delta(g, delta, r):
    """Cotangent of ``delta`` in ``scipy.special.pseudo_huber(delta, r)``, without cancellation."""
    square = (r / delta) ** 2
    root = np.sqrt(1.0 + square)
    return g * delta * (square / (root + 1.0)) ** 2 / root


function("pseudo_huber", (_pseudo_huber_to_delta, "g * b / sqrt(1.0 + b / a * (b / a))"), "px",
         params="delta, r", closed="a * a * (sqrt(1 + b * b / (a * a)) - 1)")  # fmt: skip


@printed
def _binom_to_n(g, y, n, k):
    """Cotangent of ``n`` in ``scipy.special.binom(n, k)``; where it is zero, by its limit."""
    slope = scipy.special.psi(n + 1.0) - scipy.special.psi(n - k + 1.0)
    gap = scipy.special.rgamma(k + 1.0) * _rgamma_slope(n - k + 1.0)
    return g * np.where(y == 0.0, scipy.special.gamma(n + 1.0) * gap, y * slope)


@printed
def _binom_to_k(g, y, n, k):
    """Cotangent of ``k`` in ``scipy.special.binom(n, k)``; where it is zero, by its limit."""
    slope = scipy.special.psi(n - k + 1.0) - scipy.special.psi(k + 1.0)
    gap = _rgamma_slope(k + 1.0) * scipy.special.rgamma(n - k + 1.0)
    gap = gap - scipy.special.rgamma(k + 1.0) * _rgamma_slope(n - k + 1.0)
    return g * np.where(y == 0.0, scipy.special.gamma(n + 1.0) * gap, y * slope)


_BINOM: dict[str, Any] = {"at_kinks": "the limits at integers", "params": "n, k"}
function(
    "binom",
    (_binom_to_n, _binom_to_k),
    "oo",
    ("p3 + 4.0, n", "4.0 + 0 * x, j3"),
    **_BINOM,
    unproved=PYTHON,
)


def comb_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return floats, or an int that is exact."""
    return integer() if attrs.get("exact") else INEXACT(inputs, attrs)


def comb_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """As `scipy.special.binom` gives, and zero where the count is zero by definition."""
    if op.attrs.get("exact") or op.attrs.get("repetition"):
        alg.refuse(op, "scipy.special.comb with options", "use scipy.special.binom")
    n, k = op.inputs
    tests = [alg.emit("le", k, n), alg.emit("ge", n, 0), alg.emit("ge", k, 0)]
    counted = alg.emit("logical_and", alg.emit("logical_and", tests[0], tests[1]), tests[2])
    share = alg.written((_binom_to_n, _binom_to_k)[i], op, op.out.type, g=g, n=n, k=k)
    return alg.where(counted, share, 0.0)


rule("comb", comb_type, callables=["scipy.special.comb"], vjp=comb_vjp, elementwise=True,
     unproved=PYTHON,
     params="N, k, *, exact=False, repetition=False",
     samples=("p3 * scipy.special.comb(5, j3)", "p * scipy.special.comb(5, n, exact=True)",
              "scipy.special.comb(p3 + 3.0, k=n)", "scipy.special.comb(N=o3 + 3.0, k=p)",
              "p * scipy.special.comb(n, 2, repetition=True)"))  # fmt: skip


@printed
def _agm_to_a(g, y, a, b):
    """Cotangent of ``a`` in ``scipy.special.agm(a, b)``."""
    return g * y * _agm_share(a, b)


@printed
def _agm_to_b(g, y, a, b):
    """Cotangent of ``b`` in ``scipy.special.agm(a, b)``."""
    return g * y * _agm_share(b, a)


def _agm_share(a, b):
    """Partial of ``log(agm(a, b))`` by ``a``, through the complete elliptic integral."""
    u = (a - b) / (a + b)
    slope = np.pi / 8.0 * scipy.special.hyp2f1(1.5, 1.5, 2.0, u * u) / scipy.special.ellipk(u * u)
    return (1.0 - 4.0 * u * b / (a + b) * slope) / (a + b)


function("agm", (_agm_to_a, _agm_to_b), "pp", params="a, b", unproved=PYTHON)


@printed
def _ellipkinc_to_m(g, y, phi, m):
    """Cotangent of ``m`` in ``scipy.special.ellipkinc(phi, m)``; near 0 by its series."""
    root = np.sqrt(1.0 - m * np.sin(phi) ** 2)
    rest = (scipy.special.ellipeinc(phi, m) - (1.0 - m) * y) / np.where(m == 0.0, 1.0, m)
    away = (rest - 0.5 * np.sin(2.0 * phi) / root) / (2.0 * (1.0 - m))
    near = 0.5 * _sine_squares(phi) + 0.75 * m * _sine_fourths(phi)
    return g * np.where(np.abs(m) < 1e-5, near, away)


@printed
def _ellipeinc_to_m(g, y, phi, m):
    """Cotangent of ``m`` in ``scipy.special.ellipeinc(phi, m)``; near 0 by its series."""
    away = (y - scipy.special.ellipkinc(phi, m)) / (2.0 * np.where(m == 0.0, 1.0, m))
    near = -0.5 * _sine_squares(phi) - 0.25 * m * _sine_fourths(phi)
    return g * np.where(np.abs(m) < 1e-5, near, away)


def _sine_squares(phi):
    """Integral of ``sin(t)**2`` from 0 to ``phi``."""
    return 0.5 * phi - 0.25 * np.sin(2.0 * phi)


def _sine_fourths(phi):
    """Integral of ``sin(t)**4`` from 0 to ``phi``."""
    return 0.375 * phi - 0.25 * np.sin(2.0 * phi) + 0.03125 * np.sin(4.0 * phi)


# fmt: off
_ROOT = "sqrt(1.0 - b * sin(a) * sin(a))"
function("ellipkinc", (f"divide(g, {_ROOT})", _ellipkinc_to_m), "xu", ("x, 0.0", "x3, 0 * x"),
         params="phi, m", at_kinks="the limit at m=0",
         closed="elliptic_f(a, b)")
function("ellipeinc", (f"g * {_ROOT}", _ellipeinc_to_m), "xu", ("x, 0.0", "x3, 0 * x"),
         params="phi, m", at_kinks="the limit at m=0",
         closed="elliptic_e(a, b)")
# fmt: on
