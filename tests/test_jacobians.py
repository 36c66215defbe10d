"""Vector-Jacobian products and Jacobians of functions that return more than a number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradgen
from tests.checks import blocked_import

X = np.array([0.3, -0.5, 0.7])


def container(x, a):
    return {"y": np.sin(x) * a, "z": (np.sum(x**2), x[::-1])}


def running(x, a):
    y = x * a
    for i in range(1, len(x)):
        y[i] += y[i - 1] * x[i]
    return y


def in_place(x, a):
    x[0] *= a
    return x


def matrix(x, a):
    return np.outer(x, np.exp(x)) * a


def scalar(x, a):
    return np.sum(x) * a


FUNCTIONS = [running, in_place, matrix, scalar]


def reference(fn: Any, x: np.ndarray, a: float) -> np.ndarray:
    """Return the Jacobian by x, a column by each complex step."""
    columns = []
    for k in range(x.size):
        z = x.astype(complex)
        z[k] += 1e-30j
        columns.append(np.imag(fn(z, a)) / 1e-30)
    return np.stack(columns, axis=-1)


@pytest.mark.parametrize("fn", FUNCTIONS, ids=lambda fn: fn.__name__)
def test_jacobian(fn: Any) -> None:
    x = X.copy()
    got = gradgen.jacobian(fn)(x, 1.5)
    np.testing.assert_allclose(got, reference(fn, X, 1.5), rtol=1e-12)
    assert np.array_equal(x, X)


@pytest.mark.parametrize("fn", FUNCTIONS, ids=lambda fn: fn.__name__)
def test_pullback(fn: Any) -> None:
    value, pullback = gradgen.vjp(fn, argnums=(0, 1))(X.copy(), 1.5)
    expected = fn(X.copy(), 1.5)
    assert np.array_equal(value, expected)
    weights = np.cos(np.arange(1.0, 1.0 + np.size(expected))).reshape(np.shape(expected))
    by_x, by_a = pullback(weights)
    rows = reference(fn, X, 1.5).reshape(-1, X.size)
    np.testing.assert_allclose(by_x, weights.ravel() @ rows, rtol=1e-12)
    step = np.imag(fn(X.astype(complex), 1.5 + 1e-30j)) / 1e-30
    np.testing.assert_allclose(by_a, np.sum(weights * step), rtol=1e-12)
    assert type(by_a) is float


def test_structure() -> None:
    jacobian = gradgen.jacobian(container, argnums=(0, 1))(X, 2.0)
    by_x, by_a = jacobian["y"]
    np.testing.assert_allclose(by_x, np.diag(2.0 * np.cos(X)))
    np.testing.assert_allclose(by_a, np.sin(X))
    np.testing.assert_allclose(jacobian["z"][0][0], 2.0 * X)
    np.testing.assert_allclose(jacobian["z"][1][0], np.eye(3)[::-1])
    assert jacobian["z"][0][1] == 0.0


def test_text_stands_alone() -> None:
    text = gradgen.emit(container, mode="vjp", example_args=(X, 2.0))
    space: dict[str, Any] = {"__builtins__": {**vars(__import__("builtins"))}}
    space["__builtins__"]["__import__"] = blocked_import
    exec(text, space)
    cotangent = {"y": np.ones(3), "z": (1.0, np.zeros(3))}
    _, gradient = space["container_vjp"](X, 2.0, cotangent)
    np.testing.assert_allclose(gradient, 2.0 * np.cos(X) + 2.0 * X)


def test_wrong_cotangent() -> None:
    _, pullback = gradgen.vjp(running)(X, 1.0)
    with pytest.raises(gradgen.ArgumentError, match="shape"):
        pullback(np.ones(4))
    with pytest.raises(gradgen.ArgumentError, match="a tuple, where the value is"):
        pullback((np.ones(3), 1.0))


def grown(x):
    items = []
    for v in x:
        items.append(v**2)
    return {"items": tuple(items), "count": len(items), "kind": "squares"}


@pytest.mark.parametrize("count", [3, 0, 0.0])
def test_the_cotangent_of_a_whole_number_may_be_any(count: float) -> None:
    value, pullback = gradgen.vjp(grown)(X)
    assert value["count"] == 3
    cotangent = {"items": (1.0, 2.0, 3.0), "count": count, "kind": "squares"}
    np.testing.assert_allclose(pullback(cotangent), 2.0 * X * np.array([1.0, 2.0, 3.0]))


def test_grad_points_here() -> None:
    for fn in (running, container):
        with pytest.raises(gradgen.ArgumentError, match=r"gradgen\.jacobian"):
            gradgen.grad(fn)(X, 1.0)


def last_entry_times_all(x, n):
    """Its first factor is the array, or an entry of it: nothing says which before the call."""
    y = x * x
    for x in y[:n]:
        pass
    return x * y


def last_entry(x, n):
    y = 2.0 * x
    for x in y[:n]:
        pass
    return x * 2.0 + np.sum(y)


@pytest.mark.parametrize("make", [gradgen.jacfwd, gradgen.jacrev, gradgen.jacobian])
@pytest.mark.parametrize("n", [0, 2])
def test_results_of_unknown_rank(make: Any, n: int) -> None:
    """They are derived for the lengths of the call, not laid out by guess."""
    found, h = make(last_entry_times_all)(X, n), 1e-6
    expected = [
        (last_entry_times_all(X + h * e, n) - last_entry_times_all(X - h * e, n)) / (2 * h)
        for e in np.eye(3)
    ]
    np.testing.assert_allclose(found, np.transpose(expected), atol=1e-8)


def test_constant_gradient_of_unknown_rank() -> None:
    assert np.array_equal(gradgen.hessian(last_entry)(X, 2), np.zeros((3, 3)))
    assert np.array_equal(gradgen.jacfwd(gradgen.grad(last_entry))(X, 2), np.zeros((3, 3)))


def test_direction_follows_the_shapes() -> None:
    made = gradgen.jacobian(lambda w: w[:1] * np.sum(w))
    made(np.ones(3))
    assert made.explain().startswith("Swept in reverse, for there are 3 inputs and 1 output.")
    assert made.explain(np.ones(1)).startswith("Swept forward, for there are 1 input and 1 output.")
    made(np.ones(3))
    assert made.explain().startswith("Swept in reverse, for there are 3 inputs and 1 output.")


def test_cotangents_of_one_entry() -> None:
    """It is not known of all lengths of a value whether they are 1."""
    for fn in (lambda x: x[:1] * x[1:2], lambda x: x[:1] * x[1:]):
        x = np.array([1.5, -0.5, 2.0])
        value, pullback = gradgen.vjp(fn)(x)
        assert np.array_equal(pullback(2.0 * value), 2.0 * value @ gradgen.jacfwd(fn)(x))
        value, pullback = gradgen.vjp(fn)(x[:2])
        assert np.array_equal(pullback(value), value @ gradgen.jacfwd(fn)(x[:2]))


def test_empty_arguments() -> None:
    """Where rows cannot be stacked, as there are none, the argument is named."""
    nothing = np.zeros(0)
    assert gradgen.hessian(lambda x: np.sum(x**3))(nothing).shape == (0, 0)
    assert gradgen.jacrev(lambda x: np.tanh(x))(nothing).shape == (0, 0)
    with pytest.raises(gradgen.ArgumentError, match="x is an empty array") as caught:
        gradgen.hessian(lambda x: np.sum(np.sort(x) ** 3))(nothing)
    assert "Way out" in str(caught.value)


def layers_of_any_rank(x, w, n):
    """What the loop carries has another rank on each path, and begins with a constant."""
    y = np.ones((2, 3))
    for k in range(n):
        y = y * x if k % 2 else np.sum(y * x, axis=0) + w
    return np.sum(y) * x[0] + w


def of_any_rank(x, w, n):
    y = np.ones((2, 3)) * x
    for k in range(n):
        y = y * x if k % 2 else np.sum(y * x, axis=0) + w
    return y


@pytest.mark.parametrize("make", [gradgen.jacfwd, gradgen.jacobian])
@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_zeros_of_unknown_rank(make: Any, n: int) -> None:
    x, w = np.array([[0.3, -0.5, 0.7], [1.1, 0.2, -0.4]]), np.array([0.2, 0.1, -0.3])
    tangent = np.cos(np.arange(6.0)).reshape(2, 3)
    found = make(layers_of_any_rank)(x, w, n)
    _, expected = gradgen.jvp(layers_of_any_rank)((x, w, n), tangent)
    np.testing.assert_allclose(np.tensordot(found, tangent, 2), expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("make", [gradgen.jacfwd, gradgen.jacrev])
def test_matrices_by_matrices_of_unknown_rank(make: Any) -> None:
    x, w = np.array([[0.3, -0.5, 0.7], [1.1, 0.2, -0.4]]), np.array([0.2, 0.1, -0.3])
    np.testing.assert_array_equal(make(of_any_rank)(x, w, 0), np.eye(6).reshape(2, 3, 2, 3))
    with pytest.raises(gradgen.UnsupportedError, match="Jacobian of"):
        make(of_any_rank)(x, w, 2)
