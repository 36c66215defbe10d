"""Empty arrays, lengths of one, strides, and arguments that are not used."""

from __future__ import annotations

import numpy as np
import pytest

import gradgen
from tests.pitfalls import Pitfall, Pitfalls, check

case = Pitfalls()


X = np.array([0.6, -1.3, 2.1, 0.4])


M = np.array([[0.5, -1.0, 2.0], [1.5, 0.3, -0.4], [0.7, 0.9, -1.1]])
CUBE = np.sin(np.arange(27.0)).reshape(3, 3, 3)


@case("an empty array", np.zeros(0), 0.7)
def empty(x, c):
    return np.sum(x * c) + c * c


@case("an empty matrix", np.zeros((0, 3)), X[:3])
def empty_matrix(m, v):
    return np.sum(m @ v) + np.sum(v * v)


@case("the maximum of nothing raises as NumPy does", np.zeros(0), raises=ValueError)
def empty_max(x):
    return np.max(x)  # here


@case("axes of length one", np.array([[0.5, 1.5, -0.7]]), np.array([[0.3], [0.9]]))
def length_one_axes(a, b):
    return np.sum(a * b * b) + np.sum(a + b)


@case("an array of shape (1,) against a longer one", np.array([0.5]), X)
def one_against_many(a, x):
    return np.sum((a - x) ** 2) + np.sum(a * a)


def test_shapes_change_between_calls():
    """Length one first, then longer, and back."""

    def f(a, x):
        return np.sum(a * x * x)

    g = gradgen.grad(f, argnums=(0, 1))
    for n in (1, 4, 1, 4):
        for k in (1, 4):
            a, x = np.arange(1.0, n + 1), np.arange(2.0, k + 2)
            if n != k and 1 not in (n, k):
                continue
            d_a, d_x = g(a, x)
            assert d_a.shape == a.shape and d_x.shape == x.shape
            full = np.broadcast_to(x * x, (max(n, k),))
            assert np.allclose(d_a, np.sum(full) if n == 1 else full)


@case("a strided argument", np.arange(1.0, 9.0)[::2])
def strided_argument(x):
    x[1] *= 2.0
    return np.sum(x * x)


@case("a Fortran-ordered argument that is written", np.asfortranarray(M))
def fortran_argument(m):
    m[0] = m[1] * m[2]
    return np.sum(m * m)


def test_read_only_argument():
    """A read-only argument, also written to by the function."""

    def f(x):
        x[0] = x[1] * x[2]
        return np.sum(x * x)

    x = X.copy()
    x.flags.writeable = False
    d = gradgen.grad(f)(x)
    assert np.allclose(
        d, [0.0, 2 * x[1] + 2 * x[1] * x[2] ** 2, 2 * x[2] + 2 * x[2] * x[1] ** 2, 2 * x[3]]
    )


def test_negative_strides_and_views():
    """A reversed view and a broadcast array as arguments."""

    def f(x, y):
        return np.sum(x * y * y)

    b = np.broadcast_to(np.array([2.0]), (4,))
    d_x, d_y = gradgen.grad(f, argnums=(0, 1))(X[::-1], b)
    assert np.allclose(d_x, 4.0) and np.allclose(d_y, 4.0 * X[::-1])
    assert d_y.flags.writeable


@case("an argument that is not used", 0.7, X)
def unused(x, y):
    return x * x


@case("an argument used only by its shape", 0.7, X)
def only_shape(x, y):
    return x * len(y) + y.shape[0]


@case("a key and an item that are not used", {"w": X, "b": 0.5, "unused": M}, (1.0, [X, 2.0]))
def unused_leaves(p, q):
    return np.sum(p["w"]) * q[0]


@case("a result that does not depend on anything", X)
def constant_result(x):
    return 3.0


@case("a slice of one row, which broadcasts against all of them", M)
def one_row_and_all(m):
    return np.sum(m[:1] * m)


@case("a slice of one row against a mean and a matrix", M, M.T + 2.0)
def one_row_and_others(m, n):
    head = m[:1]
    total = np.sum(head * n, axis=0)
    return (
        np.sum(total * head) + np.mean(m[-1:] + n) + sum(np.sum(m[i : i + 1] * n) for i in range(3))
    )


@case("a slice of one column in a row of a product", M, M.T + 2.0)
def one_column(m, n):
    return np.sum((m[:, :1] * n)[2] ** 2) + np.sum(np.where(n > 0.5, m[:1], n) * n)


@case("sums over an inner axis, then over leading ones", CUBE)
def inner_then_leading(x):
    inner = np.sum(np.sin(x), axis=1)
    return np.sum(np.sum(inner, axis=0) ** 2) + np.sum(np.sum(np.std(x, axis=2), axis=0) ** 2)


@pytest.mark.parametrize("pitfall", case)
def test_right_or_refused(pitfall: Pitfall) -> None:
    check(pitfall)


def rests(x, y):
    return np.sum(np.fmod(x, y) ** 2)


def along_weights(x, y, v, w):
    d_x, d_y = gradgen.grad(rests, argnums=(0, 1))(x, y)
    return np.sum(d_x * v) + np.sum(d_y * w)


def complex_solution(a, b, v):
    y = np.linalg.solve(a + 1j * a.T, b + 0j)
    return np.sum(y.imag**2) + np.sum(v * y.real)


def along_complex(a, b, v, w):
    return np.sum(gradgen.grad(complex_solution, argnums=1)(a, b, v) * w)


def test_cotangents_that_are_arguments():
    """A cotangent that is an argument may be of lower rank than what is added to it, or real."""
    x, v = X, X[::-1]
    y = np.abs(np.sin(np.arange(12.0) + 0.4)).reshape(3, 4) + 0.2
    w = np.cos(np.arange(12.0)).reshape(3, 4)
    got = gradgen.grad(along_weights, argnums=(0, 1))(x, y, v, w)
    expected = gradgen.hvp(rests, argnums=(0, 1))((x, y), (v, w))
    for one, two in zip(got, expected, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-12, atol=1e-12)
    args = M + 3.0 * np.eye(3), X[:3], X[1:]
    got = gradgen.grad(along_complex, argnums=(0, 1))(*args, X[:3])
    step = 1e-5
    moved = [args[0] + 0.0, args[0] + 0.0]
    for k, sign in enumerate((step, -step)):
        moved[k][0, 1] += sign
    slope = [along_complex(a, args[1], args[2], X[:3]) for a in moved]
    np.testing.assert_allclose(got[0][0, 1], (slope[0] - slope[1]) / (2 * step), rtol=1e-6)
