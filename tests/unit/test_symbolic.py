"""Losses as SymPy expressions."""

from __future__ import annotations

from collections import namedtuple

import numpy as np
import pytest
import sympy

import gradgen
from gradgen.symbolic import SymbolicLimit

Pair = namedtuple("Pair", "slope offset")
WEIGHTS = np.array([[0.5, -1.0], [2.0, 0.25]])


def product_and_sine(x, y):
    return x * y + np.sin(x)


def line(pair, x):
    return np.mean((pair.slope * x + pair.offset) ** 2)


def weighted(x):
    return np.sum(np.tanh(WEIGHTS @ x))


def unrolled(x, n):
    total = 0.0
    for k in range(n):
        total = total * x + k
    return total


def written(x):
    a = np.zeros(3)
    a[1:] = x
    a[0] += x[1] ** 2
    a.T[2] = a[0] * a[2]
    return np.sum(a)


def branching(x):
    if x > 0.0:
        y = x * x
    else:
        y = -x
    return 2.0 * y


def decided(x, flag):
    return x * x if flag else x


def guarded(x, y):
    if 0.0 < x < y or x > 3.0 * y:
        return x
    return y * y


def until_small(x):
    while x > 1.0:
        x = x * 0.5
    return x


def growing(x, n):
    for _ in range(n):
        x = np.sin(x) * x + np.cos(x) * x * x
    return x


def soft_maximum(x):
    top = np.max(x)
    return np.log(np.sum(np.exp(x - top))) + top


def norms(x):
    return np.linalg.norm(x) + np.var(x) + np.prod(x) + np.max(x) - np.sum(np.abs(x))


def test_scalar_expression():
    loss = gradgen.to_sympy(product_and_sine, 0.5, 2.0)
    x, y = loss.symbols
    assert loss.expr == x * y + sympy.sin(x)
    assert loss.gradient == (y + sympy.cos(x), x)
    assert (str(x), str(y)) == ("s0", "s1")
    assert loss.names == ("x", "y")
    assert loss.values == (0.5, 2.0)


def test_only_chosen_arguments_become_symbols():
    loss = gradgen.to_sympy(product_and_sine, 0.5, 2.0, argnums=1)
    assert loss.names == ("y",)
    assert loss.expr == loss.symbols[0] / 2 + sympy.sin(sympy.Rational(1, 2))


def test_names_follow_the_structure():
    loss = gradgen.to_sympy(line, Pair(1.0, 2.0), np.array([0.5, 1.5]))
    assert loss.names == ("pair.slope", "pair.offset", "x[0]", "x[1]")


def test_differentiable_function_is_taken_as_it_was():
    loss = gradgen.to_sympy(gradgen.differentiable(product_and_sine), 0.5, 2.0)
    assert loss.names == ("x", "y")


def test_known_loops_unroll():
    loss = gradgen.to_sympy(unrolled, 2.0, 4)
    (x,) = loss.symbols
    assert sympy.expand(loss.expr - (x**2 + 2 * x + 3)) == 0


def test_known_conditions_are_taken():
    (x,) = (loss := gradgen.to_sympy(decided, 2.0, True)).symbols
    assert loss.expr == x**2
    assert len(gradgen.to_sympy(decided, 2.0, False).expr.atoms()) == 1


def test_undecided_branch_becomes_piecewise():
    loss = gradgen.to_sympy(branching, 0.5)
    (x,) = loss.symbols
    assert loss.expr.has(sympy.Piecewise)
    assert loss.expr.subs(x, 3) == 18
    assert loss.expr.subs(x, -3) == 6


@pytest.mark.parametrize(("x", "y"), [(1.0, 2.0), (9.0, 2.0), (3.0, 2.0), (-1.0, 2.0)])
def test_conditions_combine(x, y):
    loss = gradgen.to_sympy(guarded, 1.0, 2.0)
    assert float(loss.expr.subs(dict(zip(loss.symbols, (x, y))))) == guarded(x, y)


def test_number_of_turns_that_depends_on_symbols_is_refused():
    with pytest.raises(gradgen.UnsupportedError, match=r"test_symbolic\.py:\d+:\d+: .*loop"):
        gradgen.to_sympy(until_small, 7.0)


@pytest.mark.parametrize(
    ("function", "args"),
    [
        (weighted, (np.array([0.3, -0.7]),)),
        (written, (np.array([0.3, -0.7]),)),
        (line, (Pair(1.0, 2.0), np.array([0.5, 1.5]))),
        (soft_maximum, (np.array([0.3, -0.7, 1.1]),)),
        (norms, (np.array([0.3, -0.7, 1.1]),)),
        (growing, (0.4, 3)),
    ],
)
def test_compiled_value_and_gradient(function, args):
    loss = gradgen.to_sympy(function, *args, argnums=0)
    value, *gradient = loss.compiled()(*loss.values)
    expected, adjoint = gradgen.value_and_grad(function)(*args)
    assert value == pytest.approx(expected, rel=1e-14)
    parts = adjoint if isinstance(adjoint, tuple) else (adjoint,)
    adjoint = np.concatenate([np.ravel(part) for part in parts])
    np.testing.assert_allclose(gradient, adjoint, rtol=1e-12)


def test_floats_keep_every_digit():
    third = 1.0 / 3.0

    def scaled(x):
        return x * third

    loss = gradgen.to_sympy(scaled, 1.0)
    value, slope = loss.compiled()(1.0)
    assert (value, slope) == (third, third)


def test_swelling_is_reported():
    with pytest.raises(SymbolicLimit, match="more than 50 different parts"):
        gradgen.to_sympy(growing, 0.4, 9, max_nodes=50)


def test_time_is_limited():
    with pytest.raises(SymbolicLimit, match="took more than"):
        gradgen.to_sympy(growing, 0.4, 9, time_limit=1e-9)


def test_bad_argnums():
    with pytest.raises(gradgen.ArgumentError, match="argnums=5"):
        gradgen.to_sympy(product_and_sine, 0.5, 2.0, argnums=5)


# --- decisions as at a point --------------------------------------------------------------


def halved(x):
    turns = 0
    while x > 1.0:
        x = 0.5 * x
        turns += 1
    return x * x + turns


def ordered(x):
    top = np.sort(x)[-2:]
    return top[0] * top[1] + x[np.argmax(x)] + np.sum(x[x > 0.0] ** 3)


def builtins_of_numbers(x):
    best = -np.inf
    for v in x:
        best = max(best, v * v)
    return best + min([v for v in x]) + max(x[0], x[1], 0.25) * (1 << 2)


@pytest.mark.parametrize(
    ("function", "args"),
    [
        (halved, (7.0,)),
        (ordered, (np.array([0.3, -0.7, 1.1, 0.9]),)),
        (builtins_of_numbers, (np.array([0.3, -0.7, 1.1]),)),
    ],
)
def test_decisions_as_at_the_arguments(function, args):
    loss = gradgen.to_sympy(function, *args, region=True)
    assert not loss.expr.has(sympy.Piecewise, sympy.Max)
    assert loss.conditions
    value, *gradient = loss.compiled()(*loss.values)
    expected, adjoint = gradgen.value_and_grad(function)(*args)
    assert value == pytest.approx(expected, rel=1e-14)
    np.testing.assert_allclose(gradient, np.ravel(adjoint), rtol=1e-12)


def test_conditions_of_a_region():
    loss = gradgen.to_sympy(halved, 3.0, region=True)
    (x,) = loss.symbols
    assert loss.expr == x**2 / 16 + 2
    assert loss.conditions == ("s0 - 1 > 0", "s0/2 - 1 > 0", "s0/4 - 1 < 0")


def test_largest_of_items_without_a_region():
    (x, y) = (loss := gradgen.to_sympy(lambda v, w: max([v, w, 2.0]), 0.5, 1.0)).symbols
    assert loss.expr == sympy.Max(2, x, y)
