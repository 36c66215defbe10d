"""Linear maps that all turns share are applied to a sum, once, and what is left alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.ir.nodes import Function, Op
from gradgen.ir.verify import verify
from gradgen.passes.dce import remove_dead
from gradgen.passes.linear_maps import push_sums
from gradgen.pipeline import Options, run
from tests.references import complex_gradient

RNG = np.random.default_rng(5)
MU, A, X = RNG.normal(size=3), RNG.normal(size=(4, 3)), RNG.normal(size=(9, 3))
MUS, MAPS = RNG.normal(size=(2, 3)), RNG.normal(size=(2, 4, 3))
ONE, MANY = (MU, A, X), (MUS, MAPS, X)


def means(mu, a, x):
    """Each point's distance from a mean is mapped by one matrix."""
    y = np.zeros(len(a))
    total = 0.0
    for i in range(len(x)):
        for r in range(len(a)):
            y[r] = 0.0
        for j in range(x.shape[1]):
            e = x[i, j] - mu[j]
            for r in range(len(a)):
                y[r] += a[r, j] * e
        for r in range(len(a)):
            total += np.sin(y[r])
    return total


def mixture(mu, a, x):
    """Several components have a mean and a matrix each, and there is one scratch space."""
    y = np.zeros(a.shape[1])
    total = 0.0
    for i in range(len(x)):
        for c in range(len(a)):
            for r in range(a.shape[1]):
                y[r] = 0.0
            for j in range(x.shape[1]):
                e = x[i, j] - mu[c, j]
                for r in range(a.shape[1]):
                    y[r] -= e * a[c, r, j] / 3.0
            for r in range(a.shape[1]):
                total += y[r] ** 3
    return total


def chained(mu, a, x):
    """What one turn leaves is read by the next: both sweeps stay apart."""
    y = np.zeros(len(a))
    for i in range(len(x)):
        for r in range(len(a)):
            y[r] = np.tanh(y[r])
        for j in range(x.shape[1]):
            e = x[i, j] - mu[j]
            for r in range(len(a)):
                y[r] += a[r, j] * e
    return np.sum(y**2)


def another_matrix(mu, a, x):
    """Each turn has a matrix of its own."""
    y = np.zeros(len(a))
    total = 0.0
    for i in range(len(x)):
        for r in range(len(a)):
            y[r] = 0.0
        for j in range(x.shape[1]):
            e = x[i, j] - mu[j]
            for r in range(len(a)):
                y[r] += a[r, j] * e * x[i, j]
        for r in range(len(a)):
            total += np.sin(y[r])
    return total


def in_a_branch(mu, a, x):
    """Some turns do not use the matrix, which may be infinite then."""
    y = np.zeros(len(a))
    total = 0.0
    for i in range(len(x)):
        for r in range(len(a)):
            y[r] = 0.0
        if x[i, 0] > 0.0:
            for j in range(x.shape[1]):
                e = x[i, j] - mu[j]
                for r in range(len(a)):
                    y[r] += a[r, j] * e
        for r in range(len(a)):
            total += np.sin(y[r])
    return total


def alone(mu, a, x):
    """There is no matrix: adding up first would save nothing."""
    y = np.zeros(len(mu))
    total = 0.0
    for i in range(len(x)):
        for j in range(len(mu)):
            y[j] = a[0, j] * (x[i, j] - mu[j])
        for j in range(len(mu)):
            total += np.sin(y[j])
    return total


PUSHED = [(means, ONE), (mixture, MANY), (chained, ONE)]
LEFT = [(another_matrix, ONE), (in_a_branch, ONE), (alone, ONE)]


def check(loss: Callable[..., Any], args: tuple[Any, ...], backend: str = "numpy") -> str:
    """Compare with the complex step, for one turn and for several; return the text."""
    derived = gradgen.value_and_grad(loss, argnums=(0, 1), backend=backend)
    for given in (args, (*args[:2], args[2][:1])):
        value, gradients = derived(*given)
        if backend == "numpy":
            assert value == loss(*given)  # to the bit
        np.testing.assert_allclose(value, loss(*given), rtol=1e-14)
        for g, e in zip(gradients, complex_gradient(loss, given, (0, 1)), strict=True):
            np.testing.assert_allclose(g, e, rtol=1e-12, atol=1e-14)
    # A matrix that no turn reads may be infinite, or too small.
    for a in (np.full(args[1].shape, np.inf), args[1][..., :1]):
        _, gradients = derived(args[0], a, X[:0])
        assert not any(g.any() for g in gradients)
    return str(derived.source)


@pytest.mark.parametrize(("loss", "args"), PUSHED)
def test_pushed(loss: Callable[..., Any], args: tuple[Any, ...]) -> None:
    text = check(loss, args)
    assert text.count("_sum") == 3
    assert text.index("if len(x) > 0:") > text.index("_sum")


@pytest.mark.parametrize(("loss", "args"), LEFT)
def test_left_alone(loss: Callable[..., Any], args: tuple[Any, ...]) -> None:
    assert "_sum" not in check(loss, args)


def test_compiled() -> None:
    pytest.importorskip("numba")
    text = check(mixture, MANY, "numba")
    assert "d_y_sum[c, j] += d_y[j]" in text


def test_infinite_entries_of_what_no_turn_reads() -> None:
    a = np.full((4, 3), np.inf)
    assert np.array_equal(gradgen.grad(in_a_branch)(MU, a, -np.abs(X)), np.zeros(3))


def depths(function: Function) -> list[int]:
    """Return how deep loops of the sweep are inside each other, from each outermost loop."""
    return [_depth(op) for op in function.body.ops if op.blocks]


def _depth(op: Op) -> int:
    inner = [_depth(o) for b in op.blocks for o in b.ops if o.blocks]
    return (op.prim == "for") + max(inner, default=0)


def test_before_and_after(monkeypatch: pytest.MonkeyPatch) -> None:
    """The map stands behind the loop over points, in a loop over components alone."""
    with monkeypatch.context() as patch:
        patch.setattr("gradgen.passes.linear_maps.push_sums", lambda function: None)
        program = run(mixture, MANY, Options(argnums=0), until="saves")
    assert depths(program.function) == [4]
    push_sums(program.function)
    remove_dead(program.function)
    verify(program.function)
    assert depths(program.function) == [4, 3]
    assert [op.prim for op in program.function.body.ops if op.blocks] == ["for", "if"]
