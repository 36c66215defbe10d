"""Small Jacobians and Hessians of numbers, written out entry by entry."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import gradgen


def polar(a, b, c):
    r = math.sqrt(a * a + b * b)
    return r * c, np.array([r / c, math.sin(a)]), np.array([[a * b, 2.0], [b, math.exp(c)]])


def loss(a, b, c):
    return math.exp(a * b) * c + math.log(b + c) / (1.0 + a * a)


def many(*numbers):
    return sum(x * numbers[k - 1] ** 2 for k, x in enumerate(numbers))


def branching(a, b):
    return a * b if a > b else math.sin(a) * b


AT = (0.7, 1.3, 2.1)
ALL = (0, 1, 2)


def step(fn: Any, args: tuple, k: int, h: float = 1e-3) -> Any:
    """Return a derivative by one argument, a difference of the sixth order."""
    weights = {1: 45.0, 2: -9.0, 3: 1.0}
    moved = lambda d: [x + d * (j == k) for j, x in enumerate(args)]
    return sum(w * (fn(*moved(n * h)) - fn(*moved(-n * h))) for n, w in weights.items()) / (60 * h)


@pytest.mark.parametrize("make", [gradgen.jacfwd, gradgen.jacrev, gradgen.jacobian])
def test_jacobian(make: Any) -> None:
    made = make(polar, argnums=ALL)
    found = made(*AT)
    for i in range(3):
        for k in range(3):
            expected = step(lambda *args, i=i: polar(*args)[i], AT, k)
            assert np.shape(found[i][k]) == np.shape(polar(*AT)[i])
            np.testing.assert_allclose(found[i][k], expected, rtol=1e-9, atol=1e-11)
    assert "np.eye" not in made.source and "np.stack" not in made.source


def test_hessian_and_its_diagonal() -> None:
    made, diagonal = (m(loss, argnums=ALL) for m in (gradgen.hessian, gradgen.hessian_diag))
    found, entries = made(*AT), diagonal(*AT)
    gradient = gradgen.grad(loss, argnums=ALL)
    for i in range(3):
        for k in range(3):
            expected = step(lambda *args, i=i: gradient(*args)[i], AT, k)
            np.testing.assert_allclose(found[i][k], expected, rtol=1e-9, atol=1e-11)
        assert entries[i] == pytest.approx(found[i][i], rel=1e-13)
    assert "np.eye" not in made.source and "np.eye" not in diagonal.source


def test_the_diagonal_by_arguments_in_another_order() -> None:
    second = gradgen.hessian(loss, argnums=ALL)(*AT)
    for order in ((2, 0), (1, 2, 0)):
        found = gradgen.hessian_diag(loss, argnums=order)(*AT)
        assert found == pytest.approx([second[k][k] for k in order], rel=1e-13)


def test_what_is_written_out_can_be_differentiated() -> None:
    third = gradgen.jacfwd(gradgen.hessian(loss, argnums=(0, 1)), argnums=2)(*AT)
    curve = gradgen.hessian(loss, argnums=(0, 1))
    for i in range(2):
        for k in range(2):
            expected = step(lambda *args, i=i, k=k: curve(*args)[i][k], AT, 2)
            np.testing.assert_allclose(third[i][k], expected, rtol=1e-8, atol=1e-10)


def test_long_or_branching_code_is_not() -> None:
    many_of_them = tuple(0.1 * k for k in range(1, 31))
    made = gradgen.jacfwd(many, argnums=tuple(range(30)))
    found = made(*many_of_them)
    expected = [step(many, many_of_them, k) for k in range(30)]
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    assert "np.eye" in made.source
    made = gradgen.jacfwd(branching, argnums=(0, 1))
    np.testing.assert_allclose(made(0.5, 1.5), [step(branching, (0.5, 1.5), k) for k in (0, 1)])
    assert "np.eye" in made.source


def test_batches() -> None:
    a, b, c = np.array([0.7, 0.2]), 1.3, np.array([2.1, 0.4])
    found = gradgen.jacfwd(loss, argnums=ALL, batch=("a", "c"))(a, b, c)
    for row in range(2):
        expected = [step(loss, (a[row], b, c[row]), k) for k in range(3)]
        np.testing.assert_allclose([x[row] for x in found], expected, rtol=1e-9)
