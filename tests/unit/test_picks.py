"""What a loop picks last is reversed alone: gradients, texts, and loops that are gone through."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.backends.picked import picked
from gradgen.ir.verify import verify
from gradgen.pipeline import Options, run
from tests.references import complex_gradient

pytest.importorskip("numba")

RANDOM = np.random.default_rng(7)
X = RANDOM.normal(size=(7, 3))
Y = RANDOM.normal(size=(9, 3))


def nearest(x, y):
    """The least of sums, which start from infinity."""
    total = 0.0
    for i in range(len(y)):
        best = math.inf
        for j in range(len(x)):
            d = (x[j, 0] - y[i, 0]) ** 2 + (x[j, 1] * y[i, 1]) ** 2
            if d < best:
                best = d
        total += best * y[i, 2]
    return total


def largest(x, y):
    """A maximum that starts from the first entry, taken otherwise, and used twice."""
    total = 0.0
    for i in range(len(y)):
        top = x[0, 0] * y[i, 0]
        for j in range(1, len(x)):
            score = x[j, 0] * y[i, 0] + x[j, 1] * y[i, 1]
            if score > top:
                top = score
        total += top * top + 0.5 * top
    return total


def of_one_loop(x, y):
    """No loop around: the one turn is reversed behind it."""
    best = 10.0 * x[0, 0]
    for j in range(len(x)):
        d = (x[j, 0] - y[0, 0]) ** 2
        if d < best:
            best = d
    return best * x[1, 1]


def two(x, y):
    """Two numbers are picked together, one of them from another place."""
    total = 0.0
    for i in range(len(y)):
        best, held = 4.0, 0.0
        for j in range(len(x)):
            d = (x[j, 0] - y[i, 0]) ** 2
            if d < best:
                best = d
                held = x[j, 1] * y[i, 1]
        total += best * held
    return total


def with_a_sum(x, y):
    """Every turn counts besides."""
    total = 0.0
    for i in range(len(y)):
        best, s = 9.0, 0.0
        for j in range(len(x)):
            d = (x[j, 0] - y[i, 0]) ** 2
            s += d * d
            if d < best:
                best = d
        total += best * s
    return total


def faded(x, y):
    """The turns before the last one count as well."""
    total = 0.0
    for i in range(len(y)):
        best = 5.0
        for j in range(len(x)):
            d = (x[j, 0] - y[i, 0]) ** 2
            if d < best:
                best = 0.5 * best + 0.25 * d
        total += best
    return total


def on_both_sides(x, y):
    """The turns that do not pick count, too."""
    total = 0.0
    for i in range(len(y)):
        best = 5.0
        for j in range(len(x)):
            d = (x[j, 0] - y[i, 0]) ** 2
            if d < best:
                best = d
            else:
                best = best * (1.0 + 0.01 * x[j, 1])
        total += best
    return total


PICKED = [nearest, largest, of_one_loop, two]
GONE_THROUGH = [with_a_sum, faded, on_both_sides]


@pytest.mark.parametrize("loss", [*PICKED, *GONE_THROUGH])
def test_gradients(loss: Callable[..., Any]) -> None:
    compiled = gradgen.value_and_grad(loss, backend="numba")
    for x, y in ((X, Y), (X[::-1].copy(), Y[:1]), (X[:2], Y)):
        x, y = x.copy(), y.copy()
        value, got = compiled(x, y)
        assert value == pytest.approx(loss(x, y), rel=1e-13)
        (expected,) = complex_gradient(lambda u, y=y: loss(u, y), (x,), (0,))
        np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(got, gradgen.grad(loss)(x, y), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("loss", [*PICKED, *GONE_THROUGH])
def test_texts(loss: Callable[..., Any]) -> None:
    text = gradgen.emit(loss, mode="grad", backend="numba", example_args=(X, Y))
    assert ("last_j = j" in text) == (loss in PICKED)
    assert ("_saved" in text) == (loss in GONE_THROUGH)
    # Indices that are picked are known to fit: without checks, or with a test before the call.
    assert "error_model='numpy')" in text
    assert "last_j" not in gradgen.emit(loss, mode="grad", example_args=(X, Y))


@pytest.mark.parametrize("loss", [*PICKED, *GONE_THROUGH])
def test_graphs(loss: Callable[..., Any]) -> None:
    options = Options(mode="grad", backend="numba")
    for stage in ("saves", "copies"):
        verify(run(loss, (X, Y), options, until=stage).function, saved=True)


def test_nothing_is_picked() -> None:
    """Numbers that are not comparable pick nothing; neither does a loop without turns."""
    gradient = gradgen.grad(nearest, backend="numba")
    assert not gradient(np.full((3, 3), np.nan), Y).any()
    assert gradient(X[:0].copy(), Y).shape == (0, 3)
    np.testing.assert_array_equal(
        gradgen.grad(largest, backend="numba")(X[:1].copy(), Y), gradgen.grad(largest)(X[:1], Y)
    )


def test_an_index_out_of_range_is_an_error() -> None:
    with pytest.raises(IndexError):
        gradgen.grad(nearest, backend="numba")(X[:, :1].copy(), Y)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a = -1\nfor j in range(n):\n    if t[j]:\n        a = j", {"a"}),
        ("a = 0\nfor j in range(n):\n    a = j", set()),
        ("a = -1\na = j\na = k", set()),
        ("a = -1\na = j\na += 1", set()),
        ("a = -1\na = j + 1", set()),
        ("a = -1\na, b = j, 2", set()),
        ("a = -1\na = j\nfor a in range(n):\n    pass", set()),
    ],
)
def test_names(text: str, names: set[str]) -> None:
    assert picked(ast.parse(text).body) & {"a"} == names
