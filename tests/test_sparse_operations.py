"""Patterns of operations that move entries or take windows of them: no entry missing, few more."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.signal

import gradgen

U = np.random.default_rng(0).normal(size=(6, 5))
KNOTS = np.arange(-3.0, 4.0)


def grid(u):
    p = np.pad(u, 1)
    return p[:-2, 1:-1] + p[2:, 1:-1] + p[1:-1, :-2] + p[1:-1, 2:] - 4.0 * u + u**3


def edges(u):
    p = np.pad(u, ((1, 1), (0, 0)), mode="edge")
    return p[:-2] + p[2:] - 2.0 * u + np.exp(u)


def periodic(u):
    p = np.pad(u, 1, mode="wrap")
    return p[:-2, 1:-1] * p[2:, 1:-1]


def reflected(u):
    return np.pad(u, ((2, 0), (0, 1)), "reflect") ** 2


def padded_by_an_entry(u):
    return np.pad(u, 1, constant_values=u[0, 0]) * 2.0


def of_items(u):
    return sum((u[i] - u[i - 1]) ** 2 for i in range(len(u)))


def of_two_items(u):
    return sum([u[0], u[1] * 2.0])


def looked_up(u):
    return np.interp(u[0], KNOTS, np.sin(KNOTS))


def counted(u):
    return np.bincount(np.array([0, 1, 1, 3, 2, 0]), weights=u[:, 0] ** 2)


def smoothed(u):
    return np.convolve(u[:, 0], [1.0, -2.0, 1.0], "same") + u[:, 0] ** 3


def smoothed_in_two(u):
    stencil = np.array([[0.5, 1.0, 0.5], [1.0, -4.0, 1.0], [0.5, 1.0, 0.5]])
    return scipy.signal.convolve2d(u, stencil, mode="same") + u**3


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "fn",
    [grid, edges, periodic, reflected, padded_by_an_entry, of_items, of_two_items, looked_up,
     counted, smoothed, smoothed_in_two],
)  # fmt: skip
def test_patterns(fn: Any) -> None:
    dense = gradgen.jacobian(fn)(U)
    found = gradgen.sparse_jacobian(fn)(U)
    np.testing.assert_allclose(found.toarray(), dense.reshape(found.shape), rtol=1e-12, atol=1e-14)
    assert found.nnz <= np.count_nonzero(dense) + 4
    loss = lambda u: np.sum(fn(u) ** 2)
    matrix = gradgen.sparse_hessian(loss)(U)
    second = gradgen.hessian(loss)(U).reshape(matrix.shape)
    np.testing.assert_allclose(matrix.toarray(), second, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 9])
@pytest.mark.parametrize("function", [np.convolve, np.correlate])
def test_windows(function: Any, kernel: int, mode: str) -> None:
    weights = np.arange(1.0, kernel + 1.0)
    for fn in (lambda x: function(x, weights, mode), lambda x: function(weights, x, mode)):
        dense = gradgen.jacobian(fn)(U[:, 0])
        found = gradgen.sparse_jacobian(fn)(U[:, 0])
        np.testing.assert_allclose(found.toarray(), dense, rtol=1e-13)
        assert found.nnz <= np.count_nonzero(dense) + len(dense)


def in_pairs(x):
    return x[1:] @ x[:-1] ** 2 + np.einsum("i,i,->", x[2:], x[:-2], x[0])


def of_residuals(x):
    r = x[1:] - x[:-1] ** 2
    return r @ r + np.vdot(r, x[1:]) + np.inner(x[:-1], r)


def of_a_squared_norm(x):
    return np.linalg.norm(x[1:] - x[:-1] ** 2) ** 2


def of_a_norm_that_is_squared_elsewhere(x):
    n = np.linalg.norm(x[:3])
    return n**2 * x[5] + n


def of_matrices(x):
    a, b = x[:4].reshape(2, 2), x[2:].reshape(2, 2)
    return np.trace(a @ b) + np.sum(np.tensordot(a, b, axes=([0], [0]))) + np.outer(x, x)[0, 3]


@pytest.mark.parametrize(
    "fn",
    [in_pairs, of_residuals, of_a_squared_norm, of_a_norm_that_is_squared_elsewhere, of_matrices],
)
def test_only_what_is_multiplied_meets(fn: Any) -> None:
    x = np.array([0.3, 0.7, -0.4, 1.1, 0.6, -0.8])
    found, dense = gradgen.sparse_hessian(fn)(x), gradgen.hessian(fn)(x)
    np.testing.assert_allclose(found.toarray(), dense, rtol=1e-12, atol=1e-14)
    most = np.count_nonzero(dense)
    assert found.nnz == (36 if fn is of_matrices else most)  # of an outer product all entries
