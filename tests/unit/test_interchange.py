"""Loops that change places: values to the bit, gradients, and which loops keep their order."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.ir.verify import verify
from gradgen.pipeline import Options, run
from tests.references import complex_gradient

pytest.importorskip("numba")

RANDOM = np.random.default_rng(5)
A = RANDOM.normal(size=(9, 6))
B = RANDOM.normal(size=(11, 6))
W = RANDOM.normal(size=(6, 9))


def mixture(a, b):
    """Kernel sums of points, whose squared distances are sums in order."""
    total = 0.0
    for i in range(len(b)):
        s = 0.0
        for j in range(len(a)):
            d = 0.0
            for c in range(b.shape[1]):
                e = b[i, c] - a[j, c]
                d += e * e
            s += np.exp(-0.5 * d)
        total += np.log(s)
    return total


def products(w, b):
    """A product of matrices: the entries that follow each other are there without a copy."""
    out = np.zeros((len(b), w.shape[1]))
    for i in range(len(b)):
        for j in range(w.shape[1]):
            s = 0.0
            for c in range(len(w)):
                s += b[i, c] * w[c, j]
            out[i, j] = s * s
    return np.sum(out * out)


def started(a, b):
    """Sums that begin with something of the turn, and are taken from."""
    total = 0.0
    for i in range(len(b)):
        for j in range(1, len(a)):
            first = a[j, 0] * b[i, 1]
            s, p = first, 1.0
            for c in range(b.shape[1]):
                s -= first * a[j, c] * b[i, c]
                p += 0.1 * a[j, c]
            total += s * p * j
    return total


def backwards(a, b):
    """The inner loop goes from the end; its order stays."""
    total = 0.0
    for i in range(len(b)):
        for j in range(len(a)):
            s = 0.0
            for c in range(b.shape[1] - 1, -1, -1):
                s = s * b[i, 0] + a[j, c]
            total += s * s
    return total


def through_turns(a, b):
    """A sum begins where that of the turn before has ended."""
    total, s = 0.0, 0.0
    for i in range(len(b)):
        for j in range(len(a)):
            for c in range(b.shape[1]):
                s += b[i, c] * a[j, c]
            s *= 0.5
        total += s * s
    return total


def written(a, b):
    """An outer turn reads what the one before has written."""
    total = 0.0
    for i in range(len(b)):
        u = a.copy()
        for j in range(1, len(a)):
            s = 0.0
            for c in range(b.shape[1]):
                s += u[j - 1, c] * b[i, c]
            u[j, 0] = s * a[j, 0]
            total += u[j, 0]
    return total


def triangle(a, b):
    """The inner loop has more turns each time."""
    total = 0.0
    for i in range(len(b)):
        for j in range(6):
            s = 0.0
            for c in range(j):
                s += a[j, c] * b[i, c]
            total += s * s
    return total


def stopped(a, b):
    """The outer loop may end early."""
    total = 0.0
    for i in range(len(b)):
        for j in range(len(a)):
            s = 0.0
            for c in range(b.shape[1]):
                s += a[j, c] * b[i, c]
            total += s * s
            if s > 1.5:
                break
    return total


def gathered(a, b):
    """Entries are far apart: of rows, of which the outer loop takes every other one."""
    total = 0.0
    for i in range(len(b)):
        for j in range(4):
            s = 0.0
            for c in range(b.shape[1]):
                s += a[2 * j, c] * b[i, c]
            total += s * s
    return total


def costly(a, b):
    """The exponential takes longer than to wait for a sum."""
    total = 0.0
    for i in range(len(b)):
        for j in range(len(a)):
            s = 0.0
            for c in range(b.shape[1]):
                s += np.exp(a[j, c] * b[i, c])
            total += s * s
    return total


def on_one_path(a, b):
    """The array of sums would be made in every turn of the loop around."""
    total = 0.0
    for i in range(len(b)):
        if b[i, 0] > 0.0:
            for j in range(len(a)):
                s = 0.0
                for c in range(b.shape[1]):
                    s += a[j, c] * b[i, c]
                total += s * s
    return total


CHANGED = [(mixture, A), (products, W), (started, A), (backwards, A)]
KEPT = [(f, A) for f in (through_turns, written, triangle, stopped, gathered, costly, on_one_path)]


def turns_of_sums(text: str) -> list[str]:
    """Return the innermost loops that add to an entry of an array of sums."""
    loops = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.For)]
    return [ast.unparse(n) for n in loops
            if not any(isinstance(m, ast.For) for s in n.body for m in ast.walk(s))
            and any("_all" in ast.unparse(t) for s in n.body for t in ast.walk(s)
                    if isinstance(t, ast.Subscript) and isinstance(t.ctx, ast.Store))]  # fmt: skip


@pytest.mark.parametrize(("loss", "x"), [*CHANGED, *KEPT])
def test_values_and_gradients(loss: Callable[..., Any], x: Any) -> None:
    compiled = gradgen.value_and_grad(loss, backend="numba")
    for b in (B, B[:1], B[:0]):
        before = x.copy()
        value, got = compiled(x, b)
        # Python adds up in the order that is written.
        assert value == loss(x, b) or math.isclose(value, loss(x, b), rel_tol=1e-15)
        (expected,) = complex_gradient(lambda u, b=b: loss(u, b), (x,), (0,))
        np.testing.assert_allclose(got, expected, rtol=1e-11, atol=1e-13)
        np.testing.assert_allclose(got, gradgen.grad(loss)(x, b), rtol=1e-12, atol=1e-13)
        np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize(("loss", "x"), CHANGED)
@pytest.mark.parametrize("mode", ["grad", "value_and_grad"])
def test_changed(loss: Callable[..., Any], x: Any, mode: str) -> None:
    args = {"mode": mode, "example_args": (x, B)}
    assert turns_of_sums(gradgen.emit(loss, backend="numba", **args))
    assert not turns_of_sums(gradgen.emit(loss, **args))


@pytest.mark.parametrize(("loss", "x"), KEPT)
def test_kept(loss: Callable[..., Any], x: Any) -> None:
    text = gradgen.emit(loss, mode="grad", backend="numba", example_args=(x, B))
    assert not turns_of_sums(text)


@pytest.mark.parametrize(("loss", "x"), CHANGED)
def test_graphs(loss: Callable[..., Any], x: Any) -> None:
    for stage in ("saves", "copies"):
        options = Options(backend="numba")
        verify(run(loss, (x, B), options, until=stage).function, saved=True)


@pytest.mark.parametrize(("loss", "x"), [(mixture, A), (started, A)])
def test_parts_on_threads(loss: Callable[..., Any], x: Any) -> None:
    """Each thread has an array of sums of its own."""
    got = gradgen.grad(loss, backend="numba", parallel=True)(x, B)
    np.testing.assert_allclose(got, gradgen.grad(loss)(x, B), rtol=1e-12)


def test_other_modes() -> None:
    v = RANDOM.normal(size=A.shape)
    for make, more in ((gradgen.hvp, (v,)), (gradgen.jvp, (v,))):
        plain, compiled = make(mixture), make(mixture, backend="numba")
        args = ((A, B), *more)
        np.testing.assert_allclose(compiled(*args)[-1], plain(*args)[-1], rtol=1e-11, atol=1e-13)


def test_out_of_range() -> None:
    """An index that does not fit is an error, as in Python."""
    with pytest.raises(IndexError):
        gradgen.grad(mixture, backend="numba")(A[:, :4].copy(), B)
