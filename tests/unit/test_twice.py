"""Products of an entry with itself: before and after the pass, in values, derivatives and text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.ir.nodes import walk
from gradgen.pipeline import Options, run
from tests.references import complex_gradient

X = np.array([0.7, -1.3, 0.4, 2.1])


def squares(x):
    total = 0.0
    for i in range(len(x)):
        total += x[i] * x[i]
    return total


def rows(x):
    """The reads are of rows, which are arrays."""
    m = np.outer(np.sin(x), x)
    total = 0.0
    for i in range(len(x)):
        total += np.sum(m[i] * m[i]) * np.sum(np.multiply(m[i, 1:], m[i, 1:]))
    return total


def written_between(x):
    """Between the reads, the place is written to: they are not the same number."""
    y = x.copy()
    total = 0.0
    for i in range(len(x)):
        before = y[i]
        y[i] = np.exp(before)
        total += before * y[i] + y[i] * y[i]
    return total


def neighbours(x):
    total = 0.0
    for i in range(1, len(x)):
        total += x[i - 1] * x[i] + x[0] * x[-1] + x[0] * x[0]
    return total


def items_of_lists(x):
    kept = [x[0], x[1] * x[1]]
    kept.append(kept[1] * kept[1])
    kept[0] = kept[0] * kept[0]
    return kept[0] + kept[2] * kept[2]


LOSSES = [squares, rows, written_between, neighbours, items_of_lists]


def products_of_two_reads(loss: Callable[..., Any]) -> list[bool]:
    """Say of each product of two reads of an array or list whether it reads once."""
    function = run(loss, (X,), Options(mode="grad"), until="adjoint").function
    made = [op for op in walk(function.body) if op.prim in ("mul", "np.multiply")]
    found = [[v.op for v in op.inputs] for op in made if not op.reverse]
    reads = [pair for pair in found if all(o is not None and o.prim == "load" for o in pair)]
    return [a is b for a, b in reads]


@pytest.mark.parametrize("backend", ["numpy", "numba"])
@pytest.mark.parametrize("loss", LOSSES)
def test_gradients(loss: Callable[..., Any], backend: str) -> None:
    if backend == "numba":
        pytest.importorskip("numba")
    (expected,) = complex_gradient(loss, (X,), (0,))
    value, got = gradgen.value_and_grad(loss, backend=backend)(X)
    assert value == (loss(X) if backend == "numpy" else pytest.approx(loss(X), rel=1e-13))
    np.testing.assert_allclose(got, expected, rtol=1e-12)


@pytest.mark.parametrize("loss", LOSSES)
def test_other_modes(loss: Callable[..., Any]) -> None:
    along = np.array([0.3, 1.0, -0.6, 0.2])
    (gradient,) = complex_gradient(loss, (X,), (0,))
    assert gradgen.jvp(loss)((X,), (along,))[1] == pytest.approx(gradient @ along, rel=1e-12)
    step = 1e-5 * along
    differences = gradgen.grad(loss)(X + step) - gradgen.grad(loss)(X - step)
    hessian = gradgen.hessian(loss)(X)
    np.testing.assert_allclose(hessian @ along, differences / 2e-5, rtol=1e-6, atol=1e-7)


def test_one_read() -> None:
    assert products_of_two_reads(squares) == [True]
    assert products_of_two_reads(rows) == [True, True]
    assert products_of_two_reads(neighbours) == [False, False, True]
    text = gradgen.emit(squares, mode="grad", example_args=(X,))
    assert text.count("d_x[i] +=") == 1


def test_two_numbers_are_read_twice() -> None:
    assert products_of_two_reads(written_between).count(True) == 1
