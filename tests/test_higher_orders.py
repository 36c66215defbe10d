"""Derivatives of the second and third order, in all mixes of modes, over a part of the corpus.

Along a line, a loss is a function of one number.  Its derivatives are those of the polynomial
through its values at Chebyshev's points, which knows nothing of how they are computed here.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.polynomial import chebyshev
from scipy.interpolate import CubicSpline

import gradgen
from tests.cases import FUNCTIONS, LANGUAGE, LOSSES, Case, cases
from tests.pytrees import is_float_leaf
from tests.references import assert_trees_close, directions, tolerance
from tests.tiers import corpus, one_in

RADIUS, POINTS = 0.02, 15
grad, jacfwd, jacrev = gradgen.grad, gradgen.jacfwd, gradgen.jacrev
SECOND = {
    "rr": lambda f: grad(grad(f)),
    "fr": lambda f: jacfwd(grad(f)),
    "rf": lambda f: jacrev(jacfwd(f)),
    "ff": lambda f: jacfwd(jacfwd(f)),
    "hessian": lambda f: gradgen.hessian(f),
    "jvp of jvp": lambda f: lambda t: gradgen.jvp(
        lambda s: gradgen.jvp(f)((s,), 1.0)[1])((t,), 1.0)[1],
    "hvp": lambda f: lambda t: gradgen.hvp(f)((t,), 1.0),
}  # fmt: skip
THIRD = {
    "rrr": lambda f: grad(grad(grad(f))),
    "fff": lambda f: jacfwd(jacfwd(jacfwd(f))),
    "frr": lambda f: jacfwd(grad(grad(f))),
    "rfr": lambda f: grad(jacfwd(grad(f))),
    "hessian of jacfwd": lambda f: gradgen.hessian(jacfwd(f)),
}
CASES = cases((*LOSSES, *FUNCTIONS, *LANGUAGE))


def line_of(case: Case) -> Callable[[Any], Any]:
    """Return a loss along a line by its first argument; a test ends where that is no array."""
    args, k = case.args(), case.argnums[0]
    if not is_float_leaf(args[k]) or np.size(args[k]) == 0 or case.may_be_refused:
        pytest.skip("the first argument is no array of floats")
    if getattr(args[k], "dtype", None) == np.float32:
        pytest.skip("single precision")
    ((vector,), function) = directions(args, (k,)), case.function
    vector = vector / max(float(np.linalg.norm(vector)), 1e-300)
    before, start, after = args[:k], args[k], args[k + 1 :]

    def line(t):  # type: ignore[no-untyped-def]
        return function(*before, start + t * vector, *after)

    return line


def reference(line: Callable[[Any], Any], order: int) -> tuple[float, float]:
    """Return a derivative at 0, and an estimate of the reference's own error."""
    found = []
    for points in (POINTS, POINTS - 4):
        t = np.cos(np.pi * (np.arange(points) + 0.5) / points)
        values = [float(copy.deepcopy(line)(RADIUS * x)) for x in t.tolist()]
        fitted = chebyshev.chebfit(t, values, points - 1)
        found.append(float(chebyshev.chebval(0.0, chebyshev.chebder(fitted, order))))
    return found[0] / RADIUS**order, abs(found[0] - found[1]) / RADIUS**order


def check(case: Case, mixes: dict[str, Any], order: int, rtol: float) -> None:
    """Compare all mixes with the reference, where that is sure of itself."""
    line = line_of(case)
    expected, error = reference(line, order)
    if not np.isfinite(expected) or error > rtol * max(abs(expected), 1.0):
        pytest.skip("the line is not smooth enough to be fitted")
    for name, mix in mixes.items():
        try:
            found = mix(line)(0.0)
        except gradgen.GradgenError as refused:
            if not str(refused):
                raise
            continue
        assert abs(float(found) - expected) <= 20 * rtol * max(abs(expected), 1.0), name


@pytest.mark.parametrize("case", one_in(60, CASES))
def test_second_order(case: Case) -> None:
    check(case, SECOND, 2, 1e-7)


@pytest.mark.parametrize("case", one_in(80, CASES))
def test_third_order(case: Case) -> None:
    check(case, THIRD, 3, 1e-5)


@pytest.mark.parametrize("case", one_in(50, corpus()))
def test_reverse_over_reverse_is_forward_over_reverse(case: Case) -> None:
    """By all arguments at once, containers too; the one sweeps what the other carries along."""
    if case.may_be_refused:
        pytest.skip("may be refused")
    (args, chosen), vectors = (case.args(), case.argnums), directions(case.args(), case.argnums)
    product = gradgen.hvp(case.function, argnums=chosen)(copy.deepcopy(args), vectors)
    gradient = grad(case.function, argnums=chosen)
    _, pull = gradgen.vjp(gradient, argnums=chosen)(*copy.deepcopy(args))
    assert_trees_close(pull(vectors), product, tolerance(args, 1e-11), "reverse over reverse")


def mixed(w, b, x):
    h = np.tanh(x @ w + b)
    for i in range(1, len(h)):
        h[i] += h[i - 1] * b[0]
    return np.sum(h**2)


def test_mixed_partials() -> None:
    """By two arguments in turn, against differences of the loss itself."""
    rng = np.random.default_rng(3)
    w, b, x = rng.normal(size=3), rng.normal(size=4), rng.normal(size=(4, 3))
    u, v = rng.normal(size=3), rng.normal(size=4)
    h, weights = 1e-2, {1: 45.0, 2: -9.0, 3: 1.0}
    total = sum(
        m * n * p * q * mixed(w + p * i * h * u, b + q * j * h * v, x)
        for i, m in weights.items() for j, n in weights.items() for p in (1, -1) for q in (1, -1)
    )  # fmt: skip
    expected = total / (60 * h) ** 2
    for outer in (jacfwd, jacrev):
        for inner in (grad, jacfwd, jacrev):
            block = outer(inner(mixed, argnums=0), argnums=1)(w, b, x)
            assert block.shape == (3, 4)
            np.testing.assert_allclose(u @ block @ v, expected, rtol=1e-7)
    blocks = gradgen.hessian(mixed, argnums=(0, 1))(w, b, x)
    np.testing.assert_allclose(u @ blocks[0][1] @ v, expected, rtol=1e-7)
    np.testing.assert_allclose(v @ blocks[1][0] @ u, expected, rtol=1e-7)
    along = gradgen.jvp(grad(mixed, argnums=0), argnums=1)((w, b, x), v)[1]
    np.testing.assert_allclose(u @ along, expected, rtol=1e-7)


def lengths_of_rows(x, at_once):
    if at_once:
        lengths = np.sqrt(np.sum(np.abs(x) ** 2.0, axis=-1))
    else:
        lengths = np.zeros(len(x))
        for k in range(len(x)):
            lengths[k] = np.sqrt(np.sum(np.abs(x[k]) ** 2.0, axis=-1))
    return np.sum(np.sin(lengths))


def slope_of_lengths(x, at_once):
    return np.sum(grad(lengths_of_rows)(x, at_once) * np.cos(x))


@pytest.mark.parametrize("rows", [3, 4])
@pytest.mark.parametrize("at_once", [True, False])
def test_a_sum_on_one_path_is_stretched_along_its_axis(rows: int, at_once: bool) -> None:
    """In the gradient of a gradient; as many rows as columns would broadcast unnoticed."""
    x = np.random.default_rng(rows).normal(size=(rows, 3))
    v, h = np.random.default_rng(7).normal(size=x.shape), 1e-3
    found = np.sum(grad(slope_of_lengths)(x, at_once) * v)
    pairs = ((45.0, 1), (-9.0, 2), (1.0, 3))
    differences = sum(
        m * (slope_of_lengths(x + k * h * v, at_once) - slope_of_lengths(x - k * h * v, at_once))
        for m, k in pairs
    )
    assert abs(found - differences / (60 * h)) < 1e-8


def test_third_order_of_a_loop_on_one_path() -> None:
    """What the loop keeps has a place of its own only where the loop is."""
    function = Case("lang_collections", "root_or_none").function
    third = gradgen.grad(gradgen.grad(gradgen.grad(function)))
    assert third(0.7) == 0.0
    np.testing.assert_allclose(third(-0.5), 6.0, rtol=1e-12)


def test_lists_popped_from_lists() -> None:
    """What is popped from a copy of a list of lists is not the list that the original holds."""

    def corner(p, n):
        t = [[[p * i + j - k for k in range(2)] for j in range(n)] for i in range(n)]
        for i in range(1, n):
            for j in range(1, n):
                t[i][j][1] = t[i - 1][j][0] * t[i][j - 1][1]
                t[i][j][0] += p * t[i][j][1]
        return t[n - 1][n - 1][0] + t[n - 1][n - 1][1]

    expected = np.polynomial.Polynomial.fit(
        np.linspace(0.2, 1.2, 12), [corner(p, 3) for p in np.linspace(0.2, 1.2, 12)], 11
    ).deriv(3)(0.7)
    np.testing.assert_allclose(grad(grad(grad(corner)))(0.7, 3), expected, rtol=1e-6)


def turned(x, n):
    if n <= 0:
        return x
    return np.sin(turned(x, n - 1)) * x


def collected(x, n):
    def walk(v, k, seen):
        if k == 0:
            return v
        seen.append(v * v)
        return walk(np.sin(v) + 0.1 * v, k - 1, seen)

    seen = [x]
    return walk(x, n, seen) + sum(seen)


@pytest.mark.parametrize("fn", [turned, collected])
def test_third_order_of_deep_recursion(fn: Any) -> None:
    """What a sweep of a recursive function is given in lists, it writes to: nothing is returned."""
    second = gradgen.grad(gradgen.grad(fn))
    third = gradgen.grad(second)
    radius, nodes = 0.004, chebyshev.chebpts1(POINTS)
    values = [fn(0.95 + radius * t, 310) for t in nodes]
    line = chebyshev.chebfit(nodes, values, POINTS - 1)
    orders = [chebyshev.chebval(0.0, chebyshev.chebder(line, k, 1 / radius)) for k in (2, 3)]
    np.testing.assert_allclose(second(0.95, 310), orders[0], rtol=1e-6)
    np.testing.assert_allclose(third(0.95, 310), orders[1], rtol=1e-4)
    returned = re.findall(r"return (.*)", second.source)
    assert returned and not any("saved" in line or "seen" in line for line in returned)


def test_second_order_of_recursion_by_example() -> None:
    x, n = np.array([0.3, 0.6, 0.9]), np.array([1, 2, 3])
    curve = gradgen.hessian(turned, batch=("x", "n"))(x, n)
    h = 1e-3
    for k in range(3):
        around = [turned(x[k] + i * h, n[k]) for i in range(-3, 4)]
        weights = np.array([2, -27, 270, -490, 270, -27, 2]) / (180 * h * h)
        np.testing.assert_allclose(curve[k], weights @ around, rtol=1e-7)
    twice = gradgen.grad(gradgen.grad(turned), batch=("x", "n"))
    np.testing.assert_allclose(twice(x, n), curve, rtol=1e-14)


def test_what_a_branch_leaves_is_no_other_variable() -> None:
    """A number of one side and an array of a loop before have the same word for a name."""

    def loss(x, n):
        b, v = x[4:8].copy(), x[:4] * 1.0
        for _ in range(n):
            np.maximum(b, v, out=b)
            v[:2] *= b[2:]
        if np.sum(v) < 2.4:
            b[3] *= v.mean()
        return np.sum(b**2) + np.sum(v**2)

    x, d = np.sin(np.arange(8.0) + 0.3), np.cos(np.arange(8.0))
    ahead, behind = (gradgen.grad(loss)(x + h * d, 3) for h in (1e-6, -1e-6))
    product = gradgen.hvp(loss)((x, 3), (d,))
    np.testing.assert_allclose(product, (ahead - behind) / 2e-6, rtol=1e-6, atol=1e-6)


def test_a_bound_that_a_branch_leaves_is_no_number_with_a_fraction() -> None:
    """The end of one side's loop and a length in the other side's have the same word for a name."""

    def loss(y):
        spline = CubicSpline(np.array([0.0, 0.5, 1.1, 1.4, 2.0]), y, bc_type="natural")
        return spline.integrate(y[0], y[1] + 1.0) ** 2

    y, d = np.array([0.2, 0.7, -0.3, 0.6, 0.1]), np.cos(np.arange(5.0))
    ahead, behind = (gradgen.grad(loss)(y + h * d) for h in (1e-5, -1e-5))
    product = gradgen.hvp(loss)((y,), (d,))
    np.testing.assert_allclose(product, (ahead - behind) / 2e-5, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("case", cases(("lang_lists_copied",)))
def test_products_through_copies_of_lists(case: Case) -> None:
    """The gradient's text keeps copies of lists of lists, and takes lists out of others."""
    slope, h = gradgen.grad(line_of(case)), 1e-5
    args, k = case.args(), case.argnums[0]
    (vector,) = directions(args, (k,))
    vector = vector / float(np.linalg.norm(vector))
    product = gradgen.hvp(case.function, argnums=k)(args, (vector,))
    wanted = (slope(h) - slope(-h)) / (2 * h)
    np.testing.assert_allclose(np.sum(product * vector), wanted, rtol=1e-6, atol=1e-6)
