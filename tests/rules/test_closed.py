"""Elementwise rules against mathematics: SymPy's derivative of the closed form, and 50 digits."""

from __future__ import annotations

import ast
import dataclasses
import functools
import itertools
import re
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy

import gradgen
import gradgen.rules.table
from gradgen.diff import closed
from gradgen.rules import listing
from gradgen.rules.registry import RULES, Rule
from gradgen.rules.special_orders import POLYNOMIALS
from tests.checks import run_text
from tests.rules.pool import POOL
from tests.rules.samples import loss_of

# Where the derivatives are compared: by the domain's letter, and up to where doubles go.
SIZES = (1e-300, 1e-100, 1e-20, 1e-8, 1e-3, 0.05, 0.3, 1.1, 2.7, 9.5, 17.3, 40.0, 300.0, 700.0,
         1e4, 1e8, 1e20, 1e154, 1e160, 1e300)  # fmt: skip
EDGE = (1e-3, 1e-8, 1e-12, 2.0**-53)
POINTS = {
    "p": SIZES,
    "x": (*SIZES, *(-s for s in SIZES)),
    "c": (*SIZES[:7], *(-s for s in SIZES[:7]), *(1 - e for e in EDGE), *(e - 1 for e in EDGE)),
    "o": (*SIZES[7:], *(1.0 + 2.0 * e for e in EDGE)),
}
PAIRS = tuple(itertools.product((1e-200, 1e-8, 0.7, 3.3, 30.0, 1e3, 1e200), repeat=2))
SIGNS = ((1, 1), (-1, 1), (1, -1), (-1, -1))
# What the closed form is compared at by SymPy, inside every domain.
INSIDE = {"p": "0.37", "x": "-0.83", "c": "0.37", "o": "1.93", "u": "0.37"}
# Where the last argument is between 0 and 1, and where the first is an integer.
LAST_INSIDE = ("betainc", "betaincc", "hyp2f1", "ellipkinc", "ellipeinc", "stdtr")
OF_ORDER = ("polygamma", "yn", "kn", "ldexp", "math.ldexp")

SLOPE = re.compile(r"(inc|stdtr)_slope\(")

SLOW = ("math.gamma", "math.lgamma", "i0", "math.erf", "math.erfc")

PROVED = [r for r in RULES.values() if r.closed and r.adjoint]
# For which SymPy takes up to a minute at 50 digits.
LONG = ("k1", "k1e", "kve", "beta")
PRECISE = [
    r
    for r in RULES.values()
    if r.closed
    and (r.spelling[:3] == "np." or r.domain)
    and r.name not in ("ldexp", "np.float64", "np.float32")
    and not r.spelling.startswith("scipy.")  # these have tests of their own
]


def letters(rule: Rule) -> str:
    """Return the letters of a rule's inputs."""
    names = {n.id for n in ast.walk(ast.parse(rule.closed)) if isinstance(n, ast.Name)}
    return "".join(sorted(names & set("abcd")))


@pytest.mark.parametrize(
    "rule",
    [pytest.param(r, marks=pytest.mark.slow) if r.name in LONG else r for r in PROVED],
    ids=lambda r: r.name,
)
def test_adjoint_is_the_derivative_of_the_closed_form(rule: Rule) -> None:
    form = closed.closed_form(rule)
    values = {letter: closed.symbol(letter) for letter in "abcd"} | {"g": sympy.Integer(1)}
    for i, letter in enumerate(letters(rule)):
        if not isinstance(rule.adjoint[i], str) or SLOPE.search(rule.adjoint[i]):
            continue  # a Python function: tested against 50 digits
        for stated in (rule.adjoint[i], *(rule.complex_adjoint[i : i + 1])):
            slope = closed.to_sympy(stated, values | {"y": form})
            assert is_zero(slope - form.diff(values[letter]), rule), f"by {letter}: {slope}"


def is_zero(difference: Any, rule: Rule) -> bool:
    """Whether an expression is zero: by simplification, else at points with 50 digits."""
    special = rule.spelling.startswith("scipy.")
    if not special and not difference.has(sympy.Piecewise) and sympy.simplify(difference) == 0:
        return True
    start = sympy.Rational(INSIDE[rule.domain or "p"])
    places = [start, start + sympy.Rational(1, 7), start + sympy.Rational(2, 97)]
    symbols = [closed.symbol(letter) for letter in letters(rule)]
    for k, place in enumerate(places):
        at = {s: place + j * sympy.Rational(5 + k, 3) for j, s in enumerate(symbols)}
        if rule.name in LAST_INSIDE:
            at[symbols[-1]] = sympy.Rational(3 + k, 11)
        if rule.name in OF_ORDER:
            at[symbols[0]] = sympy.Integer(k + 1)
        value = difference.replace(sympy.DiracDelta, lambda *a: 0).subs(at).doit()
        if abs(sympy.N(value, 50, maxn=400)) > 1e-45:
            return False
    return True


@pytest.mark.parametrize("name", ["exp2", "log10", "arcsin", "arctan", "tanh", "math.log_base"])
def test_derived_adjoint(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a stated adjoint the derivative that SymPy gives is the adjoint."""
    rule = RULES[name]
    names = (f"{rule.domain}3",) if rule.domain else ("p", "o")
    loss = loss_of(f"{rule.spelling}({', '.join(names)})", names)
    args, argnums = [POOL[n] for n in names], tuple(range(len(names)))
    expected = gradgen.grad(loss, argnums=argnums)(*args)
    monkeypatch.setitem(RULES, name, dataclasses.replace(rule, adjoint=()))
    closed.derived.cache_clear()
    for one, two in zip(run_anew(loss, argnums, args), expected, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-13)


def run_anew(loss: Callable[..., Any], argnums: tuple[int, ...], args: list[Any]) -> Any:
    """Return the gradient from a text that is made now."""
    text = gradgen.emit(loss, argnums=argnums, example_args=args)
    return run_text(text, tuple(args))[1]


def test_what_is_not_proved_says_why() -> None:
    found = listing.unproved()
    assert len(found) < 45
    assert all(found.values()), [name for name, why in found.items() if not why]


@pytest.mark.parametrize(
    ("inverse", "name"),
    [("gammaincinv", "gammainc"), ("gammainccinv", "gammaincc"),
     ("betaincinv", "betainc"), ("betainccinv", "betaincc")],
)  # fmt: skip
def test_inverses(inverse: str, name: str) -> None:
    """The derivative of an inverse is one over that of its function at the result."""
    values = {letter: closed.symbol(letter) for letter in "abcd"} | {"g": sympy.Integer(1)}
    *_, stated = RULES[inverse].adjoint
    *_, back = RULES[name].adjoint
    values["y"] = values["abc"[len(RULES[name].adjoint) - 1]]
    product = closed.to_sympy(stated, values) * closed.to_sympy(back, values)
    places = {s: sympy.Rational(3 + k, 7) for k, s in enumerate(product.free_symbols)}
    assert abs(sympy.N(product.subs(places) - 1, 50)) < 1e-45


FAMILIES: dict[str, Callable[..., Any]] = {
    "eval_legendre": sympy.legendre, "eval_chebyt": sympy.chebyshevt,
    "eval_chebyu": sympy.chebyshevu, "eval_laguerre": sympy.laguerre,
    "eval_hermite": sympy.hermite, "eval_hermitenorm": sympy.hermite_prob,
    "eval_gegenbauer": sympy.gegenbauer, "eval_genlaguerre": sympy.assoc_laguerre,
    "eval_jacobi": sympy.jacobi,
}  # fmt: skip


@pytest.mark.parametrize("degree", range(1, 6))
@pytest.mark.parametrize("family", POLYNOMIALS, ids=lambda f: f[0])
def test_polynomials(family: Any, degree: int) -> None:
    name, slope_family, factor, parameter, _ = family
    *own, x = [closed.symbol(letter) for letter in "bcd"[: len(RULES[name].inputs) - 1]]
    middle = [m + 1 for m in own] if parameter is None else [sympy.nsimplify(parameter)]
    known = {"a": sympy.Integer(degree), "g": sympy.Integer(1), **{str(m): m for m in own}}
    slope = closed.to_sympy(factor, known) * FAMILIES[slope_family](degree - 1, *middle, x)
    assert sympy.expand(FAMILIES[name](degree, *own, x).diff(x) - slope) == 0


# --- 50 digits ------------------------------------------------------------------------------


@functools.cache
def slopes(name: str, i: int) -> tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]]:
    """Return function, partial derivative and its own derivative, on mpmath's numbers."""
    rule = RULES[name]
    form = closed.closed_form(rule)
    symbols = [closed.symbol(letter) for letter in letters(rule)]
    first = form.diff(symbols[i])
    curved = [first.diff(s) for s in symbols]
    known = {
        "DiracDelta": lambda *a: mpmath.mpf(0),
        "Heaviside": lambda x, h=0.5: mpmath.mpf(x > 0),
        "floor": mpmath.floor,
        "rint": mpmath.nint,
        "trunc": lambda x: mpmath.sign(x) * mpmath.floor(abs(x)),
    }
    make = functools.partial(sympy.lambdify, symbols, modules=[known, "mpmath"])
    return make(form), make(first), make(curved)


def points(rule: Rule) -> np.ndarray:
    """Return the arguments, one row each."""
    if len(letters(rule)) == 1:
        # A sine of pi * x knows nothing of x beyond that.
        far = 1e8 if rule.name == "sinc" else np.inf
        return np.array([[v for v in POINTS[rule.domain] if abs(v) <= far]])
    both = [(s * a, t * b) for a, b in PAIRS for s, t in SIGNS]
    return np.array([p for p in both if usable(rule, *p)]).T


def usable(rule: Rule, a: float, b: float) -> bool:
    """Whether a pair is inside the domain, off ties, and off where rounding decides an integer."""
    if "power" in rule.name and a < 0:
        return False
    if rule.name in ("maximum", "minimum", "fmax", "fmin"):
        return a != b
    quotients = {"np.mod", "fmod"}
    return rule.name not in quotients or 1e-6 < abs(a / b) < 1e12


# In the tails 1 - y * y is right to the last bit of 1, not of the partial itself, which is below
# 1e-8 there; a form that is right to the last bit would cost an exponential more.
ABSOLUTE = ("tanh", "math.tanh")


@pytest.mark.parametrize("rule", PRECISE, ids=lambda r: r.name)
def test_partials_to_50_digits(rule: Rule) -> None:
    """Where value and derivative are doubles, the generated derivative is right to 1e-14."""
    rows = points(rule)
    count = len(rows)
    names = ("x3", "y3")[:count] if rule.spelling[:3] == "np." else ("x", "y")[:count]
    call = f"{rule.spelling}({', '.join(names)})"
    loss = loss_of(call, names, weights="")
    gradient = gradgen.grad(loss, argnums=tuple(range(count)))
    for column in rows.T:
        values = [float(v) for v in column]
        wanted = [expected(rule, i, values) for i in range(count)]
        if any(w is None for w in wanted):
            continue
        args = [np.array([v]) for v in values] if names[0] == "x3" else values
        with np.errstate(all="raise", under="ignore"):
            try:
                loss(*args)
            except (FloatingPointError, OverflowError, ValueError):
                continue
            got = gradient(*args)
        for i, (g, w) in enumerate(zip(got, wanted, strict=True)):
            value, slack = w
            error = abs(float(np.sum(g)) - value)
            if rule.name in ABSOLUTE:
                assert error <= 4e-16, (values, i, g, value)
                continue
            assert error <= (2e-14 + slack) * abs(value) + 1e-300, (values, i, g, value)


def expected(rule: Rule, i: int, values: list[float]) -> tuple[float, float] | None:
    """Return a derivative, and how much a change of the arguments by rounding changes it."""
    # The derivative of tanh, 1 - y * y, needs them; the others are slow with so many.
    digits = 700 if len(values) == 1 and rule.name not in SLOW else 60
    with mpmath.workdps(digits):
        at = [mpmath.mpf(v) for v in values]
        function, partial, curved = slopes(rule.name, i)
        try:
            y, slope = function(*at), partial(*at)
            bends = curved(*at)
        except (ZeroDivisionError, ValueError, OverflowError):
            return None
        if abs(y) > 1e300 or abs(slope) > 1e300:
            return None
        if slope == 0:
            return 0.0, 0.0
        bend = sum(abs(b * v / slope) for b, v in zip(bends, at, strict=True))
        if "power" in rule.name:
            bend += abs(mpmath.log(at[0]))  # of the exponent less one, which is rounded
        return float(slope), float(min(bend * 4.5e-16, 1))
