"""What nested loops count becomes a formula of their indices, and the text reads of views."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.pipeline import Options, run
from tests.references import complex_gradient

X = np.array([0.3, -0.8, 0.5, 1.1, 0.7])
PACKED = np.linspace(-1.0, 1.0, 15)


def triangle(x, low):
    """Without the diagonal."""
    y, p = x * 0.5, 0
    for j in range(len(x)):
        for r in range(j + 1, len(x)):
            y[r] += low[p] * x[j]
            p += 1
    return np.sum(y * y)


def with_diagonal(x, low):
    """A column starts where the one before has ended, and its first entry is read apart."""
    total, p = 0.0, 0
    for j in range(len(x)):
        total += low[p] * x[j]
        p += 1
        for r in range(j + 1, len(x)):
            total += low[p] * x[r] * x[j]
            p += 1
    return total * total


def rows_of_two(x, low):
    """From one on, in steps of two, and read after counting."""
    total, p = 0.0, 1
    for _ in range(3):
        for j in range(2):
            p += 2
            total += low[p] * x[j] ** 2
    return total * low[p]


def three_deep(x, low):
    """The formula of the outermost loop is a cubic: only the inner two are written out."""
    total, p = 0.0, 0
    for a in range(4):
        for b in range(a):
            for _ in range(b):
                total += low[p % 15] * x[a] * x[b]
                p += 1
    return total


def may_be_empty(x, low):
    """How often the inner loop runs is not what its bounds differ by."""
    total, p = 0.0, 0
    for j in range(len(x)):
        for r in range(j, 3):
            total += low[p] * x[r] * x[j]
            p += 1
    return total + low[p]


def jumps_back(x, low):
    """A row starts anew."""
    total, p = 0.0, 0
    for j in range(3):
        for r in range(len(x)):
            total += low[p] * x[r] ** 2
            p += 1
        p = j
    return total


WRITTEN_OUT = (triangle, with_diagonal, rows_of_two)
LEFT = (may_be_empty, jumps_back)


def text(loss: Callable[..., Any], backend: str = "numpy", mode: str = "grad") -> str:
    """Return the generated text, differentiated by both arguments."""
    return run(loss, (X, PACKED), Options(argnums=(0, 1), mode=mode, backend=backend)).text


@pytest.mark.parametrize("loss", WRITTEN_OUT)
def test_nothing_is_counted(loss: Callable[..., Any]) -> None:
    made = text(loss)
    assert "p -=" not in made and "p_saved" not in made


@pytest.mark.parametrize("loss", LEFT)
def test_other_counters_stay(loss: Callable[..., Any]) -> None:
    assert "p = j *" not in text(loss)


def test_cubics_stay() -> None:
    assert "p_1 = p + b * (b - 1) // 2" in text(three_deep)
    assert "p += a * (a - 1) // 2" in text(three_deep)


def test_before_and_after() -> None:
    """Rows are at ``j * (2 * n - j - 1) // 2``, and the sweep goes forwards."""
    made = text(triangle)
    assert "p = j * (2 * n - j - 1) // 2" in made or "- j - 1) // 2" in made
    assert ", -1)" not in made.partition("# --- reverse")[2]


@pytest.mark.parametrize("backend", ["numpy", "numba"])
@pytest.mark.parametrize("loss", [*WRITTEN_OUT, *LEFT, three_deep])
def test_gradients(loss: Callable[..., Any], backend: str) -> None:
    """Both gradients are those by the complex step, and the value is the function's own."""
    if backend == "numba":
        pytest.importorskip("numba")
    value, found = gradgen.value_and_grad(loss, argnums=(0, 1), backend=backend)(X, PACKED)
    assert value == loss(X, PACKED)
    wanted = complex_gradient(loss, (X, PACKED), (0, 1))
    for d, w in zip(found, wanted, strict=True):
        np.testing.assert_allclose(d, w, rtol=1e-12)


@pytest.mark.parametrize("loss", WRITTEN_OUT)
def test_second_derivatives(loss: Callable[..., Any]) -> None:
    """The Hessian is that of differences of the gradient, forward over reverse and in reverse."""
    gradient, step = gradgen.grad(loss), 1e-6
    shifts = step * np.eye(len(X))
    apart = [(gradient(X + s, PACKED) - gradient(X - s, PACKED)) / (2 * step) for s in shifts]
    for mode in ("hessian", "hessian_reverse"):
        made = run(loss, (X, PACKED), Options(mode=mode))
        space: dict[str, Any] = {}
        exec(made.text, space)
        found = space[made.name](X, PACKED)
        np.testing.assert_allclose(found, apart, rtol=1e-6, atol=1e-6)


def test_views() -> None:
    """Compiled loops read of views that begin where a row does; the same to the bit."""
    pytest.importorskip("numba")
    made = text(triangle, "numba")
    assert "low_rest = low[p:]" in made and "d_low_rest[r] +=" in made
    assert "for r in range(n - j - 1):" in made  # from j + 1 to n, counted from zero
    plain, compiled = (
        gradgen.grad(triangle, argnums=(0, 1), backend=b) for b in ("numpy", "numba")
    )
    for a, b in zip(plain(X, PACKED), compiled(X, PACKED), strict=True):
        assert np.array_equal(a, b)
    with pytest.raises(IndexError):
        compiled(X, PACKED[:9])


def test_lengths_that_are_unpacked_prove_indices_of_compiled_code():
    pytest.importorskip("numba")

    def loss(low, x):
        n, d = x.shape
        y, total = np.zeros(d), 0.0
        for i in range(n):
            p = 0
            for j in range(d):
                y[j] = x[i, j]
            for j in range(d):
                for r in range(j + 1, d):
                    y[r] += low[p] * x[i, j]
                    p += 1
            for j in range(d):
                total += y[j] * y[j]
        return total

    args = np.linspace(-1.0, 1.0, 6), np.linspace(0.1, 1.0, 12).reshape(3, 4)
    gradient = gradgen.grad(loss, argnums=(0, 1), backend="numba")
    for found, wanted in zip(gradient(*args), complex_gradient(loss, args, (0, 1)), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-12)
    assert "_rest[" in gradient.source and "_checked" in gradient.source
