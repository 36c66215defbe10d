"""What costs and is the same in every turn, before and after the pass: values, counts, no turns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.ir.nodes import walk
from gradgen.pipeline import Options, run
from tests.references import complex_gradient

pytest.importorskip("numba")

Q = np.array([[0.3, -0.8, 0.5], [1.1, 0.2, -0.4]])
X = np.array([[0.7, 0.1, -0.5], [0.2, -0.9, 1.3], [0.4, 0.6, 0.8], [-1.2, 0.5, 0.3]])


def scaled(q, x):
    total = 0.0
    for i in range(len(x)):
        for c in range(len(q)):
            d = 0.0
            for j in range(x.shape[1]):
                d += np.exp(q[c, j]) * (x[i, j] - q[c, j])
            total += d * d
    return total


def some(q, x):
    """Ranges that start elsewhere and go down, a function of a function, an outer sum kept."""
    total = 1.0
    for i in range(1, len(x)):
        for c in range(len(q) - 1, -1, -1):
            for j in range(1, x.shape[1]):
                total += np.sin(np.exp(0.5 * q[c, j]) + q[0, j]) * total * x[i, j]
    return total


def of_outer(q, x):
    """It depends on the outer loop."""
    total = 0.0
    for i in range(len(x)):
        for j in range(3):
            total += np.exp(q[0, j] * x[i, j])
    return total


def on_one_path(q, x):
    """It is not computed in every turn."""
    total = 0.0
    for i in range(len(x)):
        for j in range(3):
            if x[i, j] > 0.0:
                total += np.exp(q[1, j] ** 2) * x[i, j]
    return total


def overwritten(q, x):
    """What it reads changes from turn to turn."""
    p = q.copy()
    total = 0.0
    for i in range(len(x)):
        for j in range(3):
            total += np.exp(p[0, j]) * x[i, j]
            p[0, j] = 0.5 * p[0, j] + 0.1
    return total


def filled_before(q, x):
    """What it reads is filled by a loop before, and overwritten behind."""
    p = np.zeros(3)
    for j in range(3):
        p[j] = q[0, j] * q[1, j]
    total = 0.0
    for i in range(len(x)):
        for j in range(3):
            total += np.exp(p[j]) * x[i, j] * p[j]
    p[:] = 2.0
    return total + np.sum(p)


LOSSES = [scaled, some, of_outer, on_one_path, overwritten, filled_before]
COSTLY = ("exp", "sin")


def costly_in_turns(loss: Callable[..., Any], backend: str) -> int:
    """Count the costly operations in the loops over the second argument."""
    function = run(loss, (Q, X), Options(mode="grad", backend=backend), until="optimise").function
    loops = [op for op in function.body.ops if op.prim == "for" and not op.reverse]
    last = max(loops, key=lambda op: len(list(walk(op.blocks[0]))))
    return sum(op.prim in COSTLY and not op.reverse for op in walk(last.blocks[0]))


@pytest.mark.parametrize("loss", LOSSES)
def test_gradients(loss: Callable[..., Any]) -> None:
    gradient = gradgen.value_and_grad(loss, backend="numba")
    for x in (X, X[:0], X[:1]):
        q = Q.copy()
        value, got = gradient(q, x)
        (expected,) = complex_gradient(lambda a, b=x: loss(a, b), (Q,), (0,))
        assert value == pytest.approx(loss(Q, x), rel=1e-13)
        np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-15)
        np.testing.assert_array_equal(q, Q)


@pytest.mark.parametrize(("loss", "before", "after"),
                         [(scaled, 1, 0), (some, 2, 0), (filled_before, 1, 0)])  # fmt: skip
def test_moved(loss: Callable[..., Any], before: int, after: int) -> None:
    assert (costly_in_turns(loss, "numpy"), costly_in_turns(loss, "numba")) == (before, after)


@pytest.mark.parametrize("loss", [of_outer, on_one_path, overwritten])
def test_not_moved(loss: Callable[..., Any]) -> None:
    assert costly_in_turns(loss, "numpy") == costly_in_turns(loss, "numba") == 1


def test_nothing_is_read_where_there_are_no_turns() -> None:
    """The rows are shorter than the loop takes them for, which no turn finds out."""
    gradient = gradgen.value_and_grad(scaled, backend="numba")
    value, got = gradient(Q[:, :2].copy(), np.zeros((0, 3)))
    assert value == 0.0
    assert not got.any()
    with pytest.raises(IndexError):
        gradient(Q[:, :2].copy(), X)


def test_parts_on_threads() -> None:
    expected = gradgen.grad(scaled)(Q, X)
    got = gradgen.grad(scaled, backend="numba", parallel=True)(Q, X)
    np.testing.assert_allclose(got, expected, rtol=1e-12)
