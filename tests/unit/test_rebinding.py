"""Stores of whole arrays whose old values are still read, and lengths of arrays stored into."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.ir.nodes import walk
from gradgen.pipeline import run
from tests.references import complex_gradient

X = np.array([[0.3, -1.2, 0.7], [1.1, 0.4, -0.6]])
B = np.array([0.2, 1.5, -0.7])


def softmax(x, b):
    a = np.exp(x)
    a /= np.sum(a, axis=1, keepdims=True)
    a *= a
    a += b
    return np.sum(np.sin(a) * x)


def argument(x, b):
    x -= b
    x *= x
    return np.sum(x * b)


def seen_by_view(x, b):
    a = np.exp(x)
    row = a[0]
    kept = row * 1.0
    a /= np.sum(a)
    return np.sum(row * kept) + np.sum(a * b)


def columns(x, b):
    """The memory of ``a`` goes column by column: its sum is taken in that order."""
    a = np.asfortranarray(np.exp(x).T)
    a *= np.ones((3, 2))
    a /= np.sum(a)
    return np.sum(a * a) * b[0]


def table(x, b):
    """The inner loop asks for a length of what it writes to."""
    out = np.zeros((x.shape[0] + 1, x.shape[1] + len(b) - 2))
    for i in range(x.shape[0]):
        for j in range(out.shape[1] - 1):
            if j < len(b):
                out[i + 1, j + 1] = out[i, j] * x[i, j] + b[j] * x[i, j] ** 2
    return np.sum(out**2)


def table_grows(x, b):
    """No length stays what it was."""
    out = x[0]
    total = 0.0
    for i in range(3):
        for j in range(len(out)):
            total += out[j] * b[j % 3] * x[i % 2, 0]
        out = np.concatenate([out, x[i % 2]])
    return total


LOSSES = [softmax, argument, seen_by_view, columns, table, table_grows]


def count(loss: Callable[..., Any], prim: str) -> int:
    return sum(op.prim == prim for op in walk(run(loss, (X, B), until="copies").function.body))


@pytest.mark.parametrize("backend", ["numpy", "numba"])
@pytest.mark.parametrize("loss", LOSSES)
def test_gradients(loss: Callable[..., Any], backend: str) -> None:
    if backend == "numba":
        pytest.importorskip("numba")
    expected = complex_gradient(loss, (X, B), (0, 1))
    x, b = X.copy(), B.copy()
    value, got = gradgen.value_and_grad(loss, argnums=(0, 1), backend=backend)(x, b)
    if backend == "numpy":
        assert value == loss(X.copy(), B.copy())
    np.testing.assert_array_equal(x, X)
    for a, e in zip(got, expected, strict=True):
        np.testing.assert_allclose(a, e, rtol=1e-12)


def test_no_copy_where_a_new_array_is_made() -> None:
    assert count(softmax, "copy") == count(argument, "copy") == 0
    text = gradgen.emit(softmax, mode="grad", example_args=(X, B))
    assert "a = a / np.sum(a, axis=1, keepdims=True)" in text and "[...]" not in text


def test_lengths_of_what_is_stored_into_are_known_before() -> None:
    text = gradgen.emit(table, mode="grad", example_args=(X, B))
    assert "n_saved" not in text
    assert text.index("out.shape[1]") < text.index("for i")
    assert "_saved" in gradgen.emit(table_grows, mode="grad", example_args=(X, B))
