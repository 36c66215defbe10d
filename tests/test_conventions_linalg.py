"""Conventions of linear algebra: symmetric matrices, norms at kinks, equal values, singularity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.linalg

import gradgen

A = np.array([[2.0, 0.3, -0.1], [0.3, 1.5, 0.4], [-0.1, 0.4, 3.0]])
W = np.array([[1.0, -2.0, 0.5], [0.7, 3.0, -1.1], [0.2, 0.9, -0.4]])


def factor(a):
    return np.sum(W * np.linalg.cholesky(a))


def upper_factor(a):
    return np.sum(W * scipy.linalg.cholesky(a))


def eigenvalue(a):
    return np.linalg.eigvalsh(a)[0]


def eigenvectors(a):
    return np.sum(W * np.linalg.eigh(a)[1] ** 2)


def positive_solution(a):
    return np.sum(scipy.linalg.solve(a, W, assume_a="pos"))


def solution_by_factor(a):
    return np.sum(scipy.linalg.cho_solve(scipy.linalg.cho_factor(a), W))


@pytest.mark.parametrize(
    "loss",
    [factor, upper_factor, eigenvalue, eigenvectors, positive_solution, solution_by_factor],
)
def test_gradients_of_symmetric_matrices_are_symmetric(loss: Callable[..., Any]) -> None:
    """The sum over both triangles is the difference quotient of a symmetric change."""
    gradient = gradgen.grad(loss)(A)
    np.testing.assert_allclose(gradient, gradient.T)
    for i, j in ((0, 0), (1, 0), (2, 1)):
        change = np.zeros((3, 3))
        change[i, j] = change[j, i] = 1e-6
        expected = (loss(A + change) - loss(A - change)) / 2e-6
        np.testing.assert_allclose(np.sum(gradient * change) / 1e-6, expected, 1e-6, 1e-8)


def vectors_of_equal_values(a):
    return np.sum(W * np.linalg.eigh(a)[1])


def vectors_of_equal_singular_values(a):
    return np.sum(W * np.linalg.svd(a)[0])


def general_vectors(a):
    return np.sum(W * np.real(np.linalg.eig(a)[1]))  # complex from NumPy 2.5 on


def spirals(a):
    w = np.linalg.eigvals(a)
    return np.sum(np.abs(w) ** 3) + np.sum(np.imag(w) ** 2 * np.real(w))


def spirals_as_if_real(a):
    return np.sum(np.linalg.eigvals(a) ** 2)


def dependent_columns(a):
    return np.sum(W * np.linalg.qr(a)[0])


def double_root(a):
    return np.sum(np.roots(a[0]) ** 2)


@pytest.mark.parametrize(
    "loss, a",
    [
        (vectors_of_equal_values, np.eye(3)),
        (vectors_of_equal_singular_values, np.eye(3)),
        (general_vectors, np.eye(3)),
        (dependent_columns, np.zeros((3, 3))),
        (double_root, np.array([[1.0, 0.0, 0.0]])),
    ],
)
@pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")
def test_no_derivative_is_an_error_that_says_so(loss: Callable[..., Any], a: np.ndarray) -> None:
    with pytest.raises(np.linalg.LinAlgError, match="derivative"):
        gradgen.grad(loss)(a)


@pytest.mark.parametrize("a", [[[0.5, 1.0], [-1.0, 0.2]], [[2.0, 0.3], [0.4, -1.0]]])
def test_values_of_real_matrices_may_be_complex_or_not(a: list[list[float]]) -> None:
    matrix, h = np.array(a), 1e-3
    found = gradgen.grad(spirals)(matrix)
    for i in range(2):
        for j in range(2):
            e = np.zeros((2, 2))
            e[i, j] = h
            ahead = [spirals(matrix + k * e) - spirals(matrix - k * e) for k in (1, 2, 3)]
            expected = (45.0 * ahead[0] - 9.0 * ahead[1] + ahead[2]) / (60.0 * h)
            assert found[i, j] == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")
def test_complex_values_that_are_used_as_real_ones_are_refused() -> None:
    # From NumPy 2.5 on they are known to be complex, before that when there are some.
    with pytest.raises((np.linalg.LinAlgError, gradgen.GradgenError), match=r"complex|real"):
        gradgen.grad(spirals_as_if_real)(np.array([[0.0, 1.0], [-1.0, 0.0]]))


def sum_of_values(a):
    return np.sum(np.linalg.eigh(a)[0] ** 2)


def sum_of_singular_values(a):
    return np.sum(np.linalg.svd(a)[1] ** 2)


def nuclear(a):
    return np.linalg.norm(a, "nuc")


def spectral(a):
    return np.linalg.norm(a, 2)


def largest_sum(a):
    return np.linalg.norm(a, np.inf)


def frobenius(a):
    return np.linalg.norm(a)


def determinant(a):
    return np.linalg.det(a)


@pytest.mark.parametrize(
    "loss, a, expected",
    [
        (sum_of_values, np.eye(3), 2.0 * np.eye(3)),
        (nuclear, np.eye(2), np.eye(2)),
        (nuclear, np.zeros((2, 2)), np.zeros((2, 2))),
        (spectral, np.eye(2), 0.5 * np.eye(2)),  # ties share evenly
        (spectral, np.zeros((2, 2)), np.zeros((2, 2))),
        (largest_sum, np.ones((2, 2)), 0.5 * np.ones((2, 2))),
        (frobenius, np.zeros((2, 2)), np.zeros((2, 2))),
        (determinant, np.diag([2.0, 3.0, 0.0]), np.diag([0.0, 0.0, 6.0])),
        (determinant, np.diag([2.0, 0.0, 0.0]), np.zeros((3, 3))),
        (determinant, np.zeros((2, 2)), np.zeros((2, 2))),
        (determinant, np.zeros((1, 1)), np.ones((1, 1))),
    ],
)
def test_finite_where_factors_are_not(
    loss: Callable[..., Any], a: np.ndarray, expected: np.ndarray
) -> None:
    np.testing.assert_allclose(gradgen.grad(loss)(a), expected, atol=1e-12)


def curvature_of_determinant(a):
    return np.sum(W * gradgen.grad(determinant)(a))


def test_determinant_of_rank_one_has_its_second_derivative() -> None:
    a = np.outer([1.0, 2.0, -1.0], [0.5, 1.0, 3.0])
    got = gradgen.grad(curvature_of_determinant)(a)
    plain = gradgen.grad(determinant)
    for i, j in np.ndindex(3, 3):
        change = np.zeros((3, 3))
        change[i, j] = 1e-5
        slope = np.sum(W * (plain(a + change) - plain(a - change))) / 2e-5
        np.testing.assert_allclose(got[i, j], slope, 1e-6, 1e-8)


def spectral_of_stack(a):
    return np.sum(np.linalg.norm(a, 2, axis=(0, 2)))


@pytest.mark.parametrize(
    ("norm", "a"),
    [
        (spectral, np.outer([1.0, 2.0, -1.0], [0.5, 1.0, 3.0])),
        (spectral, np.diag([3.0, 1.0, 1.0])),
        (spectral_of_stack, np.stack([np.diag([2.0, 0.0, 0.0]), np.diag([1.0, 5.0, 1.0])], 1)),
        (lambda a: np.linalg.norm(a, -2), np.diag([3.0, 3.0, 1.0])),
    ],
)
def test_spectral_norm_has_its_curvature_where_other_values_are_zero_or_equal(
    norm: Callable[..., Any], a: np.ndarray
) -> None:
    v = np.random.default_rng(3).normal(size=a.shape)
    got = gradgen.hvp(norm)((a,), (v,))
    slope = gradgen.grad(norm)
    np.testing.assert_allclose(got, (slope(a + 1e-5 * v) - slope(a - 1e-5 * v)) / 2e-5, 1e-6, 1e-8)


@pytest.mark.parametrize("loss", [vectors_of_equal_values, vectors_of_equal_singular_values])
def test_forwards_vectors_of_equal_values_are_an_error_too(loss: Callable[..., Any]) -> None:
    a, t = np.eye(3), np.arange(9.0).reshape(3, 3)
    for derivative in (
        lambda: gradgen.jvp(loss)((a,), (t,)),
        lambda: gradgen.jacfwd(loss)(a),
        lambda: gradgen.hvp(loss)((a,), (t,)),
        lambda: gradgen.hessian(loss)(a),
    ):
        with pytest.raises(np.linalg.LinAlgError, match="no derivative"):
            derivative()


@pytest.mark.parametrize("loss", [sum_of_values, sum_of_singular_values])
def test_forwards_equal_values_have_a_first_derivative_only(loss: Callable[..., Any]) -> None:
    a, t = np.diag([2.0, 2.0, 1.0]), np.arange(9.0).reshape(3, 3)
    value, tangent = gradgen.jvp(loss)((a,), (t,))
    np.testing.assert_allclose([value, tangent], [np.sum(a**2), np.sum(2.0 * a * t)], 1e-14)
    with pytest.raises(np.linalg.LinAlgError, match="no derivative"):
        gradgen.hvp(loss)((a,), (t,))
    with pytest.raises(np.linalg.LinAlgError, match="no derivative"):
        gradgen.hessian(loss)(a)


def test_what_is_no_norm_of_a_matrix_is_what_numpy_says() -> None:
    with pytest.raises(ValueError, match="Invalid norm order for matrices"):
        gradgen.grad(lambda a: np.linalg.norm(a, 7))(A)


def overwriting(a):
    x = scipy.linalg.solve(a, W.copy(), overwrite_a=True, overwrite_b=True)
    return np.sum(x**2)


def test_what_scipy_may_overwrite_is_kept() -> None:
    a = np.asfortranarray(A)
    gradient = gradgen.grad(overwriting)(a)
    np.testing.assert_array_equal(a, A)
    inverse = np.linalg.inv(A)
    np.testing.assert_allclose(gradient, -2.0 * inverse.T @ (inverse @ W) @ (inverse @ W).T)


def overwritten_and_read(a):
    x = scipy.linalg.solve(a, W, overwrite_a=True)
    return np.sum(x**2) + np.sum(a)


def overwritten_outside(a):
    return np.sum(scipy.linalg.solve(a, W, overwrite_b=True))


def reordered_and_read(a):
    rows = a * 2.0
    middle = np.median(rows, axis=0, overwrite_input=True)
    return np.sum(middle) + rows[0, 0]


def reordered_in_turns(a):
    total = 0.0
    for _ in range(2):
        total += np.quantile(a, 0.3, overwrite_input=True)
    return total


def reordered_in_each_turn(a):
    total = 0.0
    for row in a:
        sizes = np.abs(row - np.median(row))
        total += np.median(sizes, overwrite_input=True)
    return total + a[0, 0]


def test_what_is_reordered_and_not_read_again() -> None:
    def plain(a):
        sizes = np.abs(a - np.median(a, axis=1, keepdims=True))
        return np.sum(np.median(sizes, axis=1)) + a[0, 0]

    value, gradient = gradgen.value_and_grad(reordered_in_each_turn)(A)
    assert value == plain(A)
    np.testing.assert_allclose(gradient, gradgen.grad(plain)(A), 1e-14)


def reflectors(a):
    return np.sum(np.linalg.qr(a, mode="raw")[0])


@pytest.mark.parametrize(
    "loss, word",
    [
        (reflectors, "mode='raw'"),
        (overwritten_and_read, "overwrite_a=True"),
        (overwritten_outside, "overwrite_b=True"),
        (reordered_and_read, "overwrite_input=True"),
        (reordered_in_turns, "overwrite_input=True"),
    ],
)
def test_refused_with_a_place_and_a_way_out(loss: Callable[..., Any], word: str) -> None:
    with pytest.raises(gradgen.UnsupportedError, match=word) as caught:
        gradgen.grad(loss)(A)
    assert caught.value.span is not None and caught.value.hint


@pytest.mark.parametrize(
    "vectors", [lambda a: np.linalg.eigh(a)[1], lambda a: np.linalg.svd(a)[0]], ids=["eigh", "svd"]
)
def test_phases_of_complex_vectors_are_a_choice(vectors: Any) -> None:
    """A loss that depends on them has no derivative; one that does not has it."""
    a = np.array([[2.0, 0.3], [0.3, 1.0]])

    def phase(x: np.ndarray) -> float:
        return np.sum(np.real(vectors(x + 1j * np.array([[0.0, 0.4], [-0.4, 0.0]]))))

    def size(x: np.ndarray) -> float:
        return np.sum(np.abs(vectors(x + 1j * np.array([[0.0, 0.4], [-0.4, 0.0]])))[0])

    with pytest.raises(np.linalg.LinAlgError, match="phase"):
        gradgen.grad(phase)(a)
    assert np.all(np.isfinite(gradgen.grad(size)(a)))
