"""Exponentials in loops of their own: accuracy, values, gradients, and what is left as it is."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import mpmath
import numpy as np
import pytest

import gradgen
from gradgen.backends import helpers
from gradgen.ir.verify import verify
from gradgen.pipeline import Options, run
from tests.references import complex_gradient

pytest.importorskip("numba")

RNG = np.random.default_rng(5)
X = RNG.normal(size=13)
Y = RNG.normal(size=(6, 13))


def logsumexp(x):
    """A sum in order, of exponentials that are kept."""
    total = 0.0
    for i in range(len(x)):
        total += np.exp(x[i] - x[0])
    return np.log(total)


def cells(x, y):
    """Exponentials of each other, and places of a state that only one turn writes to."""
    s = np.zeros((4, len(x)))
    for t in range(len(y) // 2):
        for i in range(2):
            for k in range(len(x)):
                gate = 1.0 / (1.0 + np.exp(-(s[2 * i, k] + y[2 * t, k] * x[k])))
                s[2 * i + 1, k] = s[2 * i + 1, k] * gate + np.tanh(x[k] + s[2 * i, k])
                s[2 * i, k] = np.tanh(s[2 * i + 1, k])
    return np.sum(s * s)


def backwards(x):
    """The loop goes down."""
    total = 0.0
    for i in range(len(x) - 1, -1, -1):
        total = 0.5 * total + np.tanh(x[i])
    return total * total


def of_rows(x, y):
    """Each row is reversed in its own turn."""
    total = 0.0
    for i in range(len(y)):
        norm = 1.0
        for k in range(len(x)):
            norm += np.exp(x[k] * y[i, k]) * (2.0 + np.tanh(x[k]))
        total += np.log(norm)
    return total


def in_order(x):
    """Each exponential needs the one before."""
    total = 0.0
    for i in range(len(x)):
        total = np.exp(x[i] - 0.1 * total)
    return total


def shifted(x):
    """Each turn reads what another one has written."""
    u = np.zeros(len(x) + 1)
    total = 0.0
    for i in range(len(x)):
        u[i + 1] = np.exp(x[i] - 0.1 * u[i])
        total = 0.5 * total + u[i + 1] * x[i]
    return total


def from_the_end(x):
    """Two turns have one place: -1 is the last one."""
    u = np.zeros(len(x))
    total = 0.0
    for i in range(-1, len(x)):
        u[i] = u[i] + x[i]
        total = 0.5 * total + np.exp(u[i])
    return total


def in_columns(x):
    """What one turn writes is read by another at a place that is the same in all."""
    u = np.zeros((3, len(x)))
    total = 0.0
    for i in range(len(x)):
        u[0, i] = x[i]
        total += np.exp(u[0, 0] * x[i])
    return total


APART = [logsumexp, cells, backwards, of_rows]
LEFT = [in_order, shifted, from_the_end, in_columns]


def args_of(loss: Callable[..., Any], n: int = 13) -> tuple[Any, ...]:
    return (X[:n].copy(), Y[:, :n].copy()) if loss in (cells, of_rows) else (X[:n].copy(),)


def in_python(text: str, name: str) -> Callable[..., Any]:
    """Return a function of a text for Numba as Python runs it."""

    def njit(*given: Any, **_: Any) -> Any:
        def made(fn: Any) -> Any:
            fn.py_func = fn
            return fn

        return made(given[0]) if given else made

    space: dict[str, Any] = {"numba": SimpleNamespace(njit=njit)}
    exec(compile(text.replace("import numba\n", ""), "<text>", "exec"), space)
    return space[name]  # type: ignore[no-any-return]


@pytest.mark.parametrize("loss", [*APART, *LEFT])
def test_gradients(loss: Callable[..., Any]) -> None:
    """What the loops compute, all in Python: a value to a few units, a gradient to rounding."""
    text = gradgen.emit(loss, backend="numba", example_args=args_of(loss))
    made = in_python(text, f"{loss.__name__}_value_and_grad")
    for n in (13, 3):
        args = args_of(loss, n)
        value, got = made(*args)
        assert value == pytest.approx(loss(*args), rel=1e-13)
        (expected,) = complex_gradient(loss, args, (0,))
        np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("loss", [*APART, *LEFT])
def test_texts(loss: Callable[..., Any]) -> None:
    """Loops of exponentials alone come before; for NumPy, nothing changes."""
    plain = gradgen.emit(loss, mode="grad", example_args=args_of(loss))
    assert "_exp(" not in plain and "_tanh(" not in plain
    text = gradgen.emit(loss, mode="grad", backend="numba", example_args=args_of(loss))
    assert text.count("fastmath=False") == text.count("\ndef _")
    apart = text.partition("--- forward")[2]
    assert ("_exp(" in apart or "_tanh(" in apart) == (loss in APART)
    for stage in ("saves", "copies"):
        made = run(loss, args_of(loss), Options(backend="numba"), until=stage)
        verify(made.function, saved=True)


def test_each_exponential_has_a_loop_and_whole_numbers_are_computed_once() -> None:
    text = gradgen.emit(cells, mode="grad", backend="numba", example_args=args_of(cells))
    forward = text.partition("--- forward")[2].partition("--- reverse")[0]
    assert forward.count("for k in range(") == 3
    assert forward.count("2 * i") == 1
    assert "cells_grad_checked" in text  # len(y) // 2 turns read rows that there are


@pytest.mark.parametrize("name", ["_exp", "_tanh"])
def test_accuracy(name: str) -> None:
    """Within one unit of 50 digits, three for tanh, wherever there are results."""
    ours, exact = getattr(helpers, name), getattr(mpmath, name[1:])
    ends = (-745.2, 709.79) if name == "_exp" else (-22.0, 22.0)
    small = RNG.normal(size=300) * 10.0 ** RNG.uniform(-20, 0, size=300)
    points = np.concatenate([RNG.uniform(*ends, size=900), RNG.uniform(-2, 2, size=900), small])
    with mpmath.workdps(50):
        worst = 0.0
        for x in points.tolist():
            y = exact(mpmath.mpf(x))
            worst = max(worst, abs((mpmath.mpf(float(ours(x))) - y) / math.ulp(float(y))))
    assert worst < (1.0 if name == "_exp" else 3.0)


def test_borders() -> None:
    """Infinities, what is not a number, and what is too large or too small: as of the C library."""
    tiny, huge = 5e-324, 1.7976931348623157e308
    with np.errstate(all="ignore"):
        for x in (0.0, -0.0, tiny, -tiny, huge, -huge, math.inf, -math.inf, math.nan,
                  709.78, 709.79, -708.5, -745.13, -745.14, 20.0, -40.0):  # fmt: skip
            np.testing.assert_allclose(helpers._exp(x), np.exp(x), rtol=4e-16)
            np.testing.assert_allclose(helpers._tanh(x), np.tanh(x), rtol=4e-16)
            assert math.copysign(1.0, helpers._tanh(x)) == math.copysign(1.0, x)


def test_compiled_where_sums_have_no_order() -> None:
    """Vectors, and what is left over at their end, are as NumPy's to the last units."""

    def loss(x, w):
        total = 0.0
        for i in range(len(x)):
            total += w[i] * math.exp(x[i]) * math.tanh(w[i])
        return total

    special = [-math.inf, 709.7, -744.0, -800.0, 0.0, -0.0, 1e-310]
    x = np.array([*special, *X])
    compiled = gradgen.value_and_grad(loss, argnums=(0, 1), backend="numba", reassociate=True)
    plain = gradgen.value_and_grad(loss, argnums=(0, 1))
    w = 0.5 * x[::-1].clip(-40.0, 40.0)
    for got, expected in zip(compiled(x, w)[1], plain(x, w)[1], strict=True):
        np.testing.assert_allclose(got, expected, rtol=4e-15)
