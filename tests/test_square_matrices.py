"""Matrices that are surely square: what fits its own transpose, and what can be inverted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.ir.types import Dim, broadcast
from tests.references import complex_gradient

N, M, K = (Dim(name, 0, True) for name in "nmk")
J = np.array([[0.3, -1.2, 0.7], [1.1, 0.4, -0.6], [0.2, 0.9, -0.5]])
STACK = np.stack([J, J.T - 0.3])


def without_diagonal(j, x):
    j = 0.5 * (j + j.T)
    j = j - np.diag(np.diag(j))
    return np.sum(np.sin(x @ j) * x)


def log_diagonal(j, x):
    a = j @ j.T
    return np.sum(np.log(np.diag(a))) + np.sum(np.diagonal(a) ** 2 * x[0])


def diagonals_of_a_stack(j, x):
    s = j + np.swapaxes(j, 1, 2)
    return np.sum(np.diagonal(s, axis1=1, axis2=2) ** 3 * x[0]) + np.sum(s**2)


def beside_the_main_one(j, x):
    s = j + j.T
    return np.sum(np.diag(s, 1) ** 3) + np.sum(np.diag(s, -2) * x[0, 0])


CASES = [
    (without_diagonal, J),
    (log_diagonal, J),
    (diagonals_of_a_stack, STACK),
    (beside_the_main_one, J),
]


@pytest.mark.parametrize(("loss", "matrix"), CASES)
@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_gradients(loss: Callable[..., Any], matrix: Any, backend: str) -> None:
    if backend == "numba":
        pytest.importorskip("numba")
    x = np.array([[0.4, 1.3, -0.2], [0.8, -0.7, 0.5]])
    gradient = gradgen.grad(loss, argnums=(0, 1), backend=backend)
    for a, b in zip(gradient(matrix, x), complex_gradient(loss, (matrix, x), (0, 1)), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)


def test_a_main_diagonal_is_written_with_diag() -> None:
    x = np.ones((2, 3))
    for loss, line in (
        (without_diagonal, "d_j = d_j - np.diag(np.diag(d_j))"),
        (log_diagonal, "d_a = d_a + np.diag(1.0 / np.diag(a))"),
    ):
        gradient = gradgen.grad(loss)
        gradient(J, x)
        assert line in gradient.source and "arange" not in gradient.source


def test_a_matrix_that_is_not_square() -> None:
    """Nothing is taken for square that may be not."""

    def loss(j):
        return np.sum(np.diag(j) ** 2)

    gradient = gradgen.grad(loss)
    expected = np.array([[2.0, 0.0, 0.0], [0.0, 2.0, 0.0]])
    np.testing.assert_array_equal(gradient(np.ones((2, 3))), expected)
    with pytest.raises(ValueError, match="broadcast"):
        gradgen.grad(without_diagonal)(np.ones((2, 3)), np.ones((2, 2)))


def test_lengths_that_fit_each_other_are_equal() -> None:
    assert broadcast([(N, M), (M, N)]) == (N, N)
    assert broadcast([(K, N, M), (K, M, N)]) == (K, N, N)
    assert broadcast([(N, M), (N, K)]) == (N, M)
    narrow = Dim("m")
    assert broadcast([(N, narrow), (narrow, N)]) == (N, N)


def solved_twice(j, x):
    low = np.linalg.cholesky(j @ j.T + 2.0 * np.eye(3))
    return x[0] @ np.linalg.solve(low.T, np.linalg.solve(low, x[1]))


def test_what_is_transposed_twice_is_itself() -> None:
    x = np.array([[0.4, 1.3, -0.2], [0.8, -0.7, 0.5]])
    gradient = gradgen.grad(solved_twice)
    h = 1e-4
    near = [gradgen.value_and_grad(solved_twice)(J + k * h * J**2, x)[0] for k in (-2, -1, 1, 2)]
    slope = (near[0] - 8.0 * near[1] + 8.0 * near[2] - near[3]) / (12.0 * h)
    np.testing.assert_allclose(np.sum(gradient(J, x) * J**2), slope, rtol=1e-9)
    assert "np.linalg.solve(low, x[0])" in gradient.source
    assert "transposed.T" not in gradient.source
