"""``gradgen.from_sympy``: values and derivatives against SymPy's own at 50 digits."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy as sp

import gradgen
from gradgen.fromsympy.functions import FUNCTIONS
from gradgen.rules.registry import CALLABLES, RULES

x, y, z = sp.symbols("x y z", real=True)
p = sp.Symbol("p", positive=True)
i, j = sp.symbols("i j", integer=True)
n = sp.Symbol("n", integer=True, positive=True)

# Each with a value for every symbol, where the expression is smooth.
VALUES = {x: 0.37, y: 0.71, z: 0.23, p: 1.9}
SMOOTH = [
    x * y + 3 * x - y / 7 + sp.Rational(2, 3),
    (x + y) ** 3 / (x - y) ** 2,
    x**-1 + y**-3,
    sp.sqrt(x) * sp.cbrt(y) + (x + 1) ** sp.Rational(3, 2),
    1 / sp.sqrt(x + y) - (x * y) ** sp.Rational(-2, 3),
    x**y + p**x + 2**z + (x + 1) ** sp.Float("2.5"),
    (x - 1) ** sp.Float(2.0) * y,
    sp.exp(-(x**2) / 2) * sp.log(y) + sp.log(x, 3),
    sp.sin(x) + sp.cos(y) * sp.tan(z) + sp.sec(x) + sp.csc(y) - sp.cot(z),
    sp.asin(x) + sp.acos(y) * sp.atan(z) + sp.acot(x) + sp.asec(1 + p) + sp.acsc(2 + y),
    sp.sinh(x) + sp.cosh(y) * sp.tanh(z) + sp.sech(x) + sp.csch(y) - sp.coth(z),
    sp.asinh(x) + sp.acosh(1 + y) * sp.atanh(z) + sp.acoth(1 + p) + sp.asech(x) + sp.acsch(y),
    sp.atan2(x, y) + sp.sinc(z),
    sp.Abs(x - y) * sp.sign(x - y) + sp.Heaviside(x - y) * x + sp.Heaviside(y),
    sp.Max(x, y, z) * sp.Min(x, y, sp.Rational(1, 2)),
    sp.Piecewise((sp.log(x), x > 1), (x**2 * y, (y > 0) & ~sp.Eq(x, 2)), (0, True)),
    sp.Piecewise((x, sp.ITE(x > 1, y > 1, z < 1)), (y, sp.Xor(x > y, z > 1)), (z, True)),
    sp.Piecewise((sp.sqrt(x - 1), x > 1), (1 / y, sp.Or(x < -1, y > 3)), (x * z, True)),
    sp.erf(x) + sp.erfc(y) * sp.erfi(z),
    sp.gamma(p) + sp.loggamma(y) * sp.digamma(x) + sp.polygamma(2, y),
    sp.besselj(2, x) + sp.bessely(0, y) * sp.besseli(1, z) + sp.besselk(2, p),
    sp.beta(x, y) + sp.binomial(p, x) + sp.factorial(y),
    sp.Ei(x) + sp.expint(2, y) + sp.Si(x) * sp.Ci(y) + sp.Shi(z) + sp.Chi(p),
    sp.jn(0, x) * sp.yn(2, y) + sp.jn(3, x * y) + sp.li(x + 1) * sp.Li(y + 2),
    sp.fresnels(x) * sp.fresnelc(y) + sp.LambertW(x) + sp.airyai(x) * sp.airybi(y),
    sp.elliptic_k(x) * sp.elliptic_e(y),
    sp.hyper([1, 2], [3], x) + sp.hyper([2], [3], y) + sp.harmonic(z),
    sp.legendre(3, x) * sp.chebyshevt(4, y) + sp.hermite(3, z) + sp.laguerre(2, x),
    sp.pi * x + sp.E * y + sp.EulerGamma + sp.GoldenRatio * z + sp.Float("0.1", 60) * x,
    sp.floor(y) * x + sp.ceiling(z) * y,
    sp.lowergamma(2, x) + sp.uppergamma(3, y),
    sp.Sum(x**i / (i + 1), (i, 0, 4)) + sp.Product(x + y * i, (i, 1, 3)),
    sp.Sum(i * j * x + sp.sin(y * j), (i, 0, j), (j, 1, 3)),
    sp.Sum(sp.KroneckerDelta(i, 2) * x**i * y, (i, 0, 4)),
]


def exact(expr: Any, values: dict[Any, float]) -> float:
    """Return an expression's value, computed with 50 digits."""
    given = {s: sp.Rational(*v.as_integer_ratio()) for s, v in values.items()}
    value = sp.N(expr.doit().subs(given), 50)
    return float(sp.re(value))


def slope(expr: Any, symbol: Any, values: dict[Any, float]) -> float:
    """Return the derivative that SymPy takes, without jumps."""
    found = expr.doit().diff(symbol)
    for kind in (sp.DiracDelta, sp.Subs, sp.Derivative):
        found = found.replace(kind, lambda *args: sp.Integer(0))
    return exact(found, values)


@pytest.mark.parametrize("scalar", [False, True])
@pytest.mark.parametrize("k", range(len(SMOOTH)))
def test_value_and_gradient(k: int, scalar: bool) -> None:
    expr = SMOOTH[k]
    symbols = sorted(expr.free_symbols, key=str)
    f = gradgen.from_sympy(expr, symbols, scalar=scalar)
    args = [VALUES[s] for s in symbols]
    assert f(*args) == pytest.approx(exact(expr, VALUES), rel=2e-14)
    value, grads = f.value_and_grad(*args)
    assert value == f(*args)
    grads = grads if isinstance(grads, tuple) else (grads,)
    for s, g in zip(symbols, grads, strict=True):
        assert g == pytest.approx(slope(expr, s, VALUES), rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("k", range(len(SMOOTH)))
def test_text_stands_alone(k: int, tmp_path: Path) -> None:
    expr = SMOOTH[k]
    symbols = sorted(expr.free_symbols, key=str)
    f = gradgen.from_sympy(expr, symbols)
    f.save(tmp_path / "made.py")
    args = [VALUES[s] for s in symbols]
    text = (tmp_path / "made.py").read_text()
    assert text == f.source
    assert "gradgen" not in text.partition('"""\n')[2]
    namespace: dict[str, Any] = {}
    exec(text, namespace)
    assert namespace["expression"](*args) == f(*args)
    assert text == gradgen.from_sympy(expr, symbols).source


def test_inverse_error_functions_and_remainders() -> None:
    """Closed forms: SymPy has no derivative of ``Mod``, and no digits of ``erfcinv``."""
    f = gradgen.from_sympy(sp.erfinv(x) + sp.erfcinv(y), [x, y])
    root = 0.5951160814499948  # erf of it is 0.6
    assert f(0.6, 0.4) == pytest.approx(2 * root)
    slope = np.sqrt(np.pi) / 2 * np.exp(root**2)
    assert f.grad(0.6, 0.4) == pytest.approx((slope, -slope))
    g = gradgen.from_sympy(sp.Mod(x, y) * p + sp.frac(p) * x, [x, y, p])
    assert g(-0.5, 0.3, 2.25) == pytest.approx(0.1 * 2.25 - 0.125)
    assert g.grad(-0.5, 0.3, 2.25) == pytest.approx((2.25 + 0.25, 2 * 2.25, 0.1 - 0.5))


@pytest.mark.parametrize("k", range(len(SMOOTH)))
def test_arrays_in_place_of_numbers(k: int) -> None:
    expr = SMOOTH[k]
    symbols = sorted(expr.free_symbols, key=str)
    f = gradgen.from_sympy(expr, symbols)
    args = [VALUES[s] * np.array([1.0, 1.02]) for s in symbols]
    singly = [f(*row) for row in zip(*args, strict=True)]
    np.testing.assert_allclose(f(*args), singly, rtol=1e-14)


HESSIANS = [0, 1, 2, 3, 7, 8, 10, 15, 19]


@pytest.mark.parametrize("k", HESSIANS)
def test_hessian(k: int) -> None:
    expr = SMOOTH[k]
    symbols = sorted(expr.free_symbols, key=str)
    f = gradgen.from_sympy(expr, [symbols])
    found = f.hessian(np.array([VALUES[s] for s in symbols]))
    wanted = [[slope(expr.diff(a), b, VALUES) for b in symbols] for a in symbols]
    np.testing.assert_allclose(found, wanted, rtol=1e-11, atol=1e-13)


def test_hessian_of_a_matrix() -> None:
    x, y = sp.symbols("x y")
    matrix = sp.Matrix([[x * y**2, sp.sin(x)], [sp.exp(x * y), y / x]])
    at = {x: 0.7, y: 1.3}
    found = gradgen.from_sympy(matrix, [x, y]).hessian(0.7, 1.3)
    for i, a in enumerate((x, y)):
        for j, b in enumerate((x, y)):
            wanted = np.array(matrix.diff(a).diff(b).subs(at).evalf(20), float)
            np.testing.assert_allclose(found[i][j], wanted, rtol=1e-14, atol=1e-15)


# --- arguments ----------------------------------------------------------------------------


def test_groups_and_dicts_of_symbols() -> None:
    a, b, c, d = sp.symbols("a:d")
    expr = a * b**2 + sp.sin(c * d) * x
    f = gradgen.from_sympy(expr, [x, [a, b], [[c], [d]]])
    given = (0.5, np.array([1.0, 2.0]), np.array([[0.3], [0.4]]))
    d_x, d_ab, d_cd = f.grad(*given)
    assert d_x == pytest.approx(np.sin(0.12))
    np.testing.assert_allclose(d_ab, [4.0, 4.0])
    np.testing.assert_allclose(d_cd, 0.5 * np.cos(0.12) * np.array([[0.4], [0.3]]))
    named = gradgen.from_sympy(expr, {"x": x, "params": [a, b], "rest": sp.Matrix([c, d])})
    assert named(x=0.5, params=given[1], rest=given[2]) == f(*given)
    with pytest.raises(ValueError, match="unpack"):
        f(0.5, np.ones(3), given[2])
    with pytest.raises(ValueError, match="another shape"):
        f(0.5, given[1], np.ones((1, 2)))


def test_many_symbols_are_read_by_place() -> None:
    many = sp.symbols("x0:30")
    f = gradgen.from_sympy(sum(s**2 * k for k, s in enumerate(many)), [many])
    assert "x[29]" in f.source
    v = np.linspace(0.0, 1.0, 30)
    np.testing.assert_allclose(f.grad(v), 2.0 * v * np.arange(30))
    with pytest.raises(ValueError, match="another shape"):
        f(np.ones(29))


NAMED = [
    ("lambda", "lambda_"),
    ("np", "np_"),
    ("float", "float_"),
    ("theta_{1}", "theta_1"),
    ("\\alpha", "alpha"),
    ("x'", "x_prime"),
    ("T*", "T_star"),
    ("2a", "x_2a"),
    ("\N{GREEK SMALL LETTER ALPHA}", "\N{GREEK SMALL LETTER ALPHA}"),
    ("expression", "expression_1"),
    ("d_value", "d_value_"),
    ("", "x"),
]


@pytest.mark.parametrize(("given", "wanted"), NAMED)
def test_names(given: str, wanted: str) -> None:
    f = gradgen.from_sympy(sp.Symbol(given) ** 2, [sp.Symbol(given)])
    assert f"({wanted})" in f.source
    assert f.grad(3.0) == 6.0
    assert gradgen.jacobian(f)(3.0) == 6.0


def test_symbols_of_one_name() -> None:
    a, b, c = sp.Dummy("u"), sp.Dummy("u"), sp.Symbol("u_1")
    f = gradgen.from_sympy(a - 2 * b + 5 * c, [a, b, c])
    assert f.grad(1.0, 1.0, 1.0) == (1.0, -2.0, 5.0)


def test_functions_of_time_as_arguments() -> None:
    t = sp.Symbol("t")
    q = sp.Function("q")(t)
    f = gradgen.from_sympy(q.diff(t) ** 2 / 2 - sp.cos(q), [q, q.diff(t)])
    assert "expression(q, q_dot)" in f.source
    assert f.grad(0.0, 3.0) == (0.0, 3.0)


def test_entries_of_arrays_as_arguments() -> None:
    v = sp.IndexedBase("v")
    f = gradgen.from_sympy(v[0] * v[1], [v[0], v[1]])
    assert f.grad(2.0, 3.0) == (3.0, 2.0)


# --- sharing and depth --------------------------------------------------------------------


def test_a_tree_of_a_million_nodes_stays_small() -> None:
    expr: Any = x
    for _ in range(60):
        expr = sp.sin(expr) * sp.cos(expr) + expr
    f = gradgen.from_sympy(expr, [x])
    assert f.source.count("\n") < 200

    def by_hand(u: complex) -> complex:
        for _ in range(60):
            u = np.sin(u) * np.cos(u) + u
        return u

    assert f.grad(0.3) == pytest.approx(by_hand(0.3 + 1e-30j).imag / 1e-30, rel=1e-13)


def test_deep_nesting() -> None:
    expr: Any = x
    for _ in range(700):
        expr = sp.sin(expr) + y
    for scalar in (False, True):
        f = gradgen.from_sympy(expr, [x, y], scalar=scalar)
        d_x, d_y = f.grad(0.3, 0.7)
        assert 0.0 < d_y < 10.0
        assert d_x == pytest.approx(0.0, abs=1e-30)


def test_long_sum() -> None:
    expr = sp.Add(*[x**k * y for k in range(1, 1500)])
    f = gradgen.from_sympy(expr, [x, y])
    assert max(map(len, f.source.splitlines())) <= 88
    assert f(0.5, 2.0) == pytest.approx(2.0)
    assert f.grad(0.5, 2.0)[1] == pytest.approx(1.0)


def test_many_pieces() -> None:
    expr = sp.Piecewise(*[(k * x + y, x < k) for k in range(100)], (x, True))
    for scalar in (False, True):
        f = gradgen.from_sympy(expr, [x, y], scalar=scalar)
        assert f.grad(40.5, 1.0) == (41.0, 1.0)


# --- pieces are safe ----------------------------------------------------------------------


@pytest.mark.parametrize("scalar", [False, True])
def test_pieces_that_are_not_chosen_do_no_harm(scalar: bool) -> None:
    sinc = sp.Piecewise((1, sp.Eq(x, 0)), (sp.sin(x) / x, True))
    shared = sp.Piecewise((sp.log(x), x > 1), (2 * sp.log(x) + 1 / x, x > 0), (x, True))
    large = sp.Piecewise((1 / (1 + sp.exp(-x)), x > 0), (sp.exp(x) / (1 + sp.exp(x)), True))
    nested = sp.Piecewise((sp.Piecewise((sp.sqrt(y), y > 0), (0, True)) / x, x > 0), (y, True))
    with np.errstate(all="raise"):
        assert gradgen.from_sympy(sinc, [x], scalar=scalar).value_and_grad(0.0) == (1.0, 0.0)
        f = gradgen.from_sympy(shared, [x], scalar=scalar)
        assert f.value_and_grad(-2.0) == (-2.0, 1.0)
        assert f.value_and_grad(0.0) == (0.0, 1.0)
        assert f.grad(0.5) == pytest.approx(0.0)
        assert f.grad(4.0) == 0.25
        f = gradgen.from_sympy(large, [x], scalar=scalar)
        assert f.grad(600.0) < 1e-200
        assert f.grad(-600.0) < 1e-200
        f = gradgen.from_sympy(nested, [x, y], scalar=scalar)
        assert f.grad(0.0, -1.0) == (0.0, 1.0)
        assert f.grad(2.0, -1.0) == (0.0, 0.0)
        assert f.grad(2.0, 4.0) == (-0.5, 0.125)


@pytest.mark.parametrize("scalar", [False, True])
def test_one_sum_in_two_pieces(scalar: bool) -> None:
    for risky in (sp.Integer(1), 1 / y):
        total = sp.Sum(sp.sin(i * x) * risky + sp.Sum(i * j * y, (j, 0, i)), (i, 1, 3))
        expr = sp.Piecewise((x * total, z > y), (total + 1, z > x), (z, True), evaluate=False)
        f = gradgen.from_sympy(expr, [x, y, z], scalar=scalar)
        for values in ((0.4, 0.7, 0.9), (0.4, 0.7, 0.5), (0.4, 0.7, 0.1)):
            given = dict(zip((x, y, z), values, strict=True))
            wanted = [slope(expr, s, given) for s in (x, y, z)]
            np.testing.assert_allclose(f.grad(*values), wanted, rtol=1e-12, atol=1e-14)


def test_pieces_of_nan_are_nan() -> None:
    f = gradgen.from_sympy(sp.Piecewise((0, x < 1), (sp.log(x), True)), [x])
    assert np.isnan(f(np.nan))


def test_no_piece_is_nan() -> None:
    f = gradgen.from_sympy(sp.Piecewise((x, x > 0)), [x])
    assert f(2.0) == 2.0
    assert np.isnan(f(-2.0))


def test_pieces_of_arrays() -> None:
    f = gradgen.from_sympy(sp.Piecewise((sp.log(x), x > 0), (x, True)), [x])
    with np.errstate(all="raise"):
        np.testing.assert_allclose(f(np.array([-1.0, 0.0, 1.0])), [-1.0, 0.0, 0.0])
    np.testing.assert_allclose(
        gradgen.grad(lambda v: np.sum(f(v)))(np.array([-1.0, 4.0])), [1, 0.25]
    )


# --- sums over arrays, matrices -----------------------------------------------------------


def test_sums_over_arrays() -> None:
    a, v = sp.IndexedBase("a"), sp.IndexedBase("v", shape=(n,))
    energy = sp.Sum(a[i, j] * v[i] * v[j], (i, 0, n - 1), (j, 0, n - 1)) / 2
    f = gradgen.from_sympy(energy + sp.Sum((v[i] - v[i - 1]) ** 2, (i, 1, n - 1)), [a, v])
    rng = np.random.default_rng(5)
    m, w = rng.normal(size=(4, 4)), rng.normal(size=4)
    assert f(m, w) == pytest.approx(0.5 * w @ m @ w + np.sum(np.diff(w) ** 2))
    d_m, d_w = f.grad(m, w)
    np.testing.assert_allclose(d_m, 0.5 * np.outer(w, w))
    step = np.diff(w)
    by_hand = 0.5 * (m + m.T) @ w + 2 * np.r_[0.0, step] - 2 * np.r_[step, 0.0]
    np.testing.assert_allclose(d_w, by_hand)


def test_bounds_that_are_arguments() -> None:
    v, k = sp.IndexedBase("v"), sp.Symbol("k", integer=True)
    f = gradgen.from_sympy(sp.Sum(v[i] ** 2, (i, k, n)), [v, k, n])
    w = np.arange(1.0, 6.0)
    np.testing.assert_array_equal(f.grad(w, 1, 3), [0, 4, 6, 8, 0])
    assert f(w, 2, 1) == 0.0
    with pytest.raises(ValueError, match="negative index"):
        f(w, -1, 3)
    with pytest.raises(ValueError, match="begins after its end"):
        f(w, 4, 1)


def test_equal_indices_of_two_sums() -> None:
    v = sp.IndexedBase("v")
    f = gradgen.from_sympy(sp.Sum(v[i] ** 2, (i, 0, 2)) * sp.Sum(v[i] ** 2, (i, 1, 3)), [v])
    w = np.array([1.0, 2.0, 3.0, 4.0])
    assert f(w) == 14.0 * 29.0
    np.testing.assert_allclose(f.grad(w), 2 * w * ([29, 29, 29, 0] + np.array([0, 14, 14, 14])))


def test_explicit_matrices_lists_and_tuples() -> None:
    expr = sp.Matrix([[x * y, sp.sin(x)], [0, y**2]])
    f = gradgen.from_sympy(expr, [[x, y]])
    v = np.array([0.3, 0.7])
    wanted = np.array(
        [
            [[exact(e.diff(s), {x: 0.3, y: 0.7}) for s in (x, y)] for e in row]
            for row in expr.tolist()
        ]
    )
    np.testing.assert_allclose(f.jacobian(v), wanted, rtol=1e-14)
    assert "values" in f.explain() and "does not depend" not in f.explain()
    assert "sin" in str(f.graph) and "t_values" in f.jacobian.source
    g = gradgen.from_sympy(list(expr), [[x, y]])
    np.testing.assert_allclose(g.jacobian(v), wanted.reshape(4, 2), rtol=1e-14)
    h = gradgen.from_sympy((x * y, expr), [x, y])
    product, matrix = h(0.3, 0.7)
    assert product == 0.3 * 0.7
    np.testing.assert_array_equal(matrix, f(v))
    tensor = gradgen.from_sympy(sp.Array([[[x, y]], [[x * y, 1]]]), [x, y])
    assert tensor(2.0, 3.0).shape == (2, 1, 2)


def test_matrix_expressions() -> None:
    a, b = sp.MatrixSymbol("A", 3, 3), sp.MatrixSymbol("b", 3, 1)
    expr = sp.Trace(a.T * a) + sp.Determinant(a) + (b.T * a.inv() * b)[0, 0] + a[1, 2] ** 2
    f = gradgen.from_sympy(expr, [a, b])
    rng = np.random.default_rng(3)
    m, w = rng.normal(size=(3, 3)), rng.normal(size=(3, 1))
    inverse = np.linalg.inv(m)
    wanted = 2 * m + np.linalg.det(m) * inverse.T - inverse.T @ w @ w.T @ inverse.T
    wanted[1, 2] += 2 * m[1, 2]
    d_m, d_w = f.grad(m, w)
    np.testing.assert_allclose(d_m, wanted, rtol=1e-10)
    np.testing.assert_allclose(d_w, (inverse + inverse.T) @ w, rtol=1e-10)
    with pytest.raises(ValueError, match="another shape"):
        f(m, w[:, 0])


# --- use ----------------------------------------------------------------------------------


def test_within_other_losses_and_transformations() -> None:
    f = gradgen.from_sympy(sp.sin(x) * y**2, [x, y], scalar=True)

    def loss(a: float) -> float:
        return f(a, a * a) + 1.0

    by_hand = np.cos(0.3) * 0.3**4 + np.sin(0.3) * 4 * 0.3**3
    assert gradgen.grad(loss)(0.3) == pytest.approx(by_hand)
    value, tangent = gradgen.jvp(f, argnums=(0, 1))((0.3, 0.5), (1.0, 0.0))
    assert (value, tangent) == pytest.approx((np.sin(0.3) / 4, np.cos(0.3) / 4))
    assert gradgen.vjp(f, argnums=1)(0.3, 0.5)[1](2.0) == pytest.approx(2 * np.sin(0.3))
    assert gradgen.grad(f, argnums=1)(0.3, 0.5) == pytest.approx(np.sin(0.3))
    assert "np.sin" not in gradgen.emit(f, example_args=(1.0, 1.0))
    assert "sin" in f.explain() and "sin" in str(f.graph)
    again = pickle.loads(pickle.dumps(f))
    assert again.source == f.source


def test_round_trip() -> None:
    expr = sp.exp(-(x**2)) * sp.sqrt(y + 2) + sp.Rational(1, 2) * x / y
    f = gradgen.from_sympy(expr, [x, y])
    back = gradgen.to_sympy(f, 0.5, 2.0)
    assert sp.simplify(back.expr.subs(dict(zip(back.symbols, (x, y), strict=True))) - expr) == 0


def test_derivative_modules_have_no_command() -> None:
    f = gradgen.from_sympy(x**2, [x], name="area")
    assert f.grad.source.startswith('"""Gradient of ``area``, generated by gradgen')
    assert "Regenerate" not in f.grad.source


def test_numbers_without_a_spelling() -> None:
    root = sp.CRootOf(x**3 - x - 1, 0)
    f = gradgen.from_sympy(root * x + sp.polylog(2, sp.Rational(1, 3)), [x])
    assert f(2.0) == pytest.approx(float(2 * root + sp.polylog(2, sp.Rational(1, 3))), rel=1e-15)


def test_rising_factorials() -> None:
    f = gradgen.from_sympy(sp.RisingFactorial(p, y), [p, y])
    wanted = sp.gamma(p + y) / sp.gamma(p)
    assert f.grad(1.9, 0.71) == pytest.approx([slope(wanted, s, VALUES) for s in (p, y)])


def test_anything_listed_is_an_argument() -> None:
    area = sp.Integral(sp.exp(sp.sin(x)), (x, 0, y))
    f = gradgen.from_sympy(area**2 * y, [area, y])
    assert f.grad(3.0, 2.0) == (12.0, 9.0)


def test_arrays_where_numbers_are_needed() -> None:
    f = gradgen.from_sympy(sp.sin(x) * y, [x, y], scalar=True)
    with pytest.raises(gradgen.ArgumentError, match=r"x is an array.*\n.*without scalar=True"):
        f(np.ones(2), 1.0)
    g = gradgen.from_sympy([x, sp.Integer(1)], [x])
    with pytest.raises(gradgen.ArgumentError, match="x is an array"):
        g(np.ones(2))


REFUSED: list[tuple[Any, Sequence[Any], str]] = [
    (x * y, [x], "the symbol y, which is not among"),
    (sp.Integral(sp.sin(x**x), (x, 0, y)), [y], r"Integral that is not evaluated.*\.doit\(\)"),
    (sp.Derivative(sp.Function("f")(x), x), [x], "Derivative that is not evaluated"),
    (sp.Function("f")(x) + 1, [x], "the function f is not defined"),
    (sp.Function("gamma")(x) + 1, [x], "the function gamma is not defined"),
    (x + sp.I, [x], "I is not real"),
    (sp.re(sp.Symbol("w")), [sp.Symbol("w")], "is not real"),
    (sp.zoo * x, [x], "is not real"),
    (sp.DiracDelta(x), [x], "the function DiracDelta"),
    (sp.Sum(1 / i**2, (i, 1, sp.oo)) * x, [x], "has no end"),
    (sp.Sum(sp.IndexedBase("v")[i - 1], (i, 0, 3)), [sp.IndexedBase("v")], "falls to -1"),
    (sp.IndexedBase("v")[-1], [sp.IndexedBase("v")], "falls to -1"),
    (sp.IndexedBase("v")[0], [x], "an entry of v, which is not among"),
    (sp.Sum(x * i, (i, 5, 2)), [x], "runs backwards"),
    (sp.Integer(10) ** 400 * x, [x], "is no float"),
    (x, [x, x], "given twice"),
    (x, ["x"], "text is not parsed"),
    ("x + 1", [x], "text is not parsed"),
    (x, [x + 1], "given among the symbols, and is none"),
    (x, [[[x, y], z]], "no vector and no matrix"),
    (x > 1, [x], "is a condition, no number"),
    (x + sp.O(x**2), [x], r"terms that are not known.*\n.*removeO"),
    (sp.MatrixSymbol("M", 2, 2), [x], "the matrix M, which is not among"),
]


@pytest.mark.parametrize("k", range(len(REFUSED)))
def test_refusals(k: int) -> None:
    expr, symbols, message = REFUSED[k]
    with pytest.raises(gradgen.GradgenError, match=f"(?s){message}") as caught:
        gradgen.from_sympy(expr, symbols)
    assert "Way out" in str(caught.value)


def test_every_function_has_a_rule() -> None:
    for name, entry in FUNCTIONS.items():
        for path in (entry.numpy, entry.math):
            known = {c for r in RULES.values() for c in r.callables}
            assert not path or path in known, (name, path)
    assert CALLABLES


def test_sympy_is_imported_lazily() -> None:
    code = "import sys, gradgen; gradgen.grad; assert 'sympy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
