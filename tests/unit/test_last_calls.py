"""The last calls of a recursion: before and after the pass, in values and in how often it calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.diff.pairs import callees_of
from gradgen.ir.nodes import walk
from gradgen.pipeline import run
from tests.references import complex_gradient

A = np.array([[0.4, 1.2, -0.3], [0.8, 0.1, 0.9], [1.5, -0.7, 0.2]])


def minors(a, row, used):
    n = a.shape[0]
    if row == n:
        return 1.0
    total, sign = 0.0, 1.0
    for j in range(n):
        if not (used >> j) & 1:
            total += sign * a[row, j] * minors(a, row + 1, used | (1 << j))
            sign = -sign
    return total


def determinant(a):
    return minors(a, 0, 0)


def paths(a, k, left, scale):
    """The end stands last, and returns what it was given."""
    if left > 0:
        total = 0.0
        for j in range(3):
            total += a[k, j] * paths(a, j, left - 1, scale)
        return total
    else:
        return scale


def walks(a, left=3):
    return paths(a, 0, left, 2.0)


def ends_with_more(a, k, left):
    """Its end computes, so that nothing is asked before the call."""
    if left == 0:
        return a[k, k] * a[k, 0]
    total = 0.0
    for j in range(3):
        total += a[k, j] * ends_with_more(a, j, left - 1)
    return total


def of_more(a):
    return ends_with_more(a, 1, 2)


def chain(a, left):
    """There is one call a level, and few calls are last."""
    if left == 0:
        return 1.0
    return a[0, left] * chain(a, left - 1)


def of_chain(a, left=2):
    return chain(a, left)


def asked(loss: Callable[..., Any], *args: Any) -> int:
    """Count the calls in branches that do nothing else on their other side."""
    callees = callees_of(run(loss, args, until="optimise").function)
    choices = [op for c in callees for op in walk(c.function.body) if op.prim == "if"]
    ends = [[[o.prim for o in b.ops][-1:] for b in op.blocks] for op in choices]
    return sum(sorted(e) == [[], ["call"]] for e in ends)


@pytest.mark.parametrize("backend", ["numpy", "numba"])
@pytest.mark.parametrize("loss", [determinant, walks, of_more, of_chain])
def test_gradients(loss: Callable[..., Any], backend: str) -> None:
    if backend == "numba":
        pytest.importorskip("numba")
    (expected,) = complex_gradient(loss, (A,), (0,))
    value, got = gradgen.value_and_grad(loss, backend=backend)(A)
    assert value == pytest.approx(loss(A), rel=1e-13)
    np.testing.assert_allclose(got, expected, rtol=1e-12)


@pytest.mark.parametrize("left", [0, 1, 4])
def test_depths(left: int) -> None:
    (expected,) = complex_gradient(lambda a: walks(a, left), (A,), (0,))
    value, got = gradgen.value_and_grad(walks)(A, left)
    assert value == walks(A, left)
    np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("loss", [determinant, walks])
def test_the_last_level_is_not_called(loss: Callable[..., Any]) -> None:
    assert asked(loss, A) == 1
    names: list[str] = []
    gradient = gradgen.grad(loss)
    gradient(A)
    args = (A,) if loss is determinant else (A, 3)
    module = gradient.specialise(args).call.__globals__
    both = next(name for name in module if name.endswith("_both"))
    plain = module[both]
    module[both] = lambda *args: (names.append(both), plain(*args))[1]
    gradient(A)
    assert len(names) == {determinant: 1 + 3 + 6, walks: 1 + 3 + 9}[loss]


@pytest.mark.parametrize("loss", [of_more, of_chain])
def test_what_has_more_to_do_is_called(loss: Callable[..., Any]) -> None:
    assert asked(loss, A) == 0


@pytest.mark.parametrize("loss", [determinant, walks])
def test_second_derivatives(loss: Callable[..., Any]) -> None:
    step = 1e-5
    got = gradgen.hessian(loss)(A)
    gradient = gradgen.grad(loss)
    for k in np.ndindex(3, 3):
        shift = np.zeros((3, 3))
        shift[k] = step
        expected = (gradient(A + shift) - gradient(A - shift)) / (2 * step)
        np.testing.assert_allclose(got[(..., *k)], expected, rtol=1e-7, atol=1e-8)


def test_the_text_for_numpy_is_bitwise_the_value() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        a = rng.normal(size=(3, 3))
        assert gradgen.value_and_grad(determinant)(a)[0] == determinant(a)
