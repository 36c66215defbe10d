"""First turns apart: values to the bit, gradients, and which loops are left as they are."""

from __future__ import annotations

import re
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.ir.nodes import Const, walk
from gradgen.ir.verify import verify
from gradgen.pipeline import Options, run
from tests.references import complex_gradient

pytest.importorskip("numba")

X = np.random.default_rng(11).normal(size=7)
TESTS = ("i == 0", "0 == i", "i != 0", "not i != 0", "i <= 0", "i < 1", "0 >= i", "1 > i")


def chain(x, y):
    """A chain of products, three times."""
    total, y = 0.0, y.copy()
    for s in range(3):
        k = np.zeros(len(x))
        for i in range(len(x)):
            if i == 0:
                k[i] = x[0] * y[0]
            else:
                k[i] = x[i] * y[i - 1]
        for i in range(len(x)):
            y[i] = y[i] + 0.5 * s * k[i]
        total += np.sum(y * k)
    return total


def from_two(x, y):
    """It starts elsewhere; the choice asks the other way around, and there are two of them."""
    u = np.zeros(9)
    for i in range(2, len(x)):
        if i > 2:
            u[i] = x[i] * x[i - 1] * y[i]
        else:
            u[i] = x[i - 2] ** 2
        u[i] += 3.0 * y[i] if i >= 3 else x[1]
    return np.sum(u * u)


def known(x, y):
    """As many turns as are written; the first one reads and writes from the end."""
    u = 0.1 * y * x[0]
    for i in range(4):
        w = x[i - 1] if i != 0 else 2.0 * x[i]
        u[i - 1] += w * x[i]
    return np.sum(u**3)


def third(x, y):
    """The third turn is another case."""
    u = np.zeros(len(x))
    for i in range(len(x)):
        u[i] = x[0] if i == 2 else x[i] * y[i]
    return np.sum(u * u)


def from_data(x, y):
    """What is taken depends on the numbers."""
    u = np.zeros(len(x))
    for i in range(len(x)):
        u[i] = x[i] if y[i] > 0 else x[i] * y[i]
    return np.sum(u * u)


def in_order(x, y):
    """A number goes from turn to turn."""
    total = 0.0
    for i in range(len(x)):
        total += (x[0] if i == 0 else x[i] * y[i - 1]) * total + x[i]
    return total


PARTED = [chain, from_two, known]
LEFT = [third, from_data, in_order]


def texts(loss: Callable[..., Any]) -> str:
    return gradgen.emit(loss, backend="numba", example_args=(X, X))


@pytest.mark.parametrize("loss", [*PARTED, *LEFT])
def test_gradients(loss: Callable[..., Any]) -> None:
    compiled = gradgen.value_and_grad(loss, backend="numba")
    y = 1.0 + 0.1 * X[::-1]
    for n in (7, 4):
        x, z = X[:n].copy(), y[:n].copy()
        value, got = compiled(x, z)
        assert value == pytest.approx(loss(x, z.copy()), rel=1e-14)
        np.testing.assert_array_equal(z, y[:n])
        (expected,) = complex_gradient(loss, (x, z), (0,))
        np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(got, gradgen.grad(loss)(x, z), rtol=1e-12, atol=1e-14)


def test_no_turns_and_one() -> None:
    compiled = gradgen.value_and_grad(chain, backend="numba")
    value, got = compiled(X[:0].copy(), X[:0].copy())
    assert value == 0.0 and got.shape == (0,)
    value, got = compiled(X[:1].copy(), X[1:2].copy())
    plain = gradgen.value_and_grad(chain)(X[:1].copy(), X[1:2].copy())
    assert value == plain[0]
    np.testing.assert_allclose(got, plain[1], rtol=1e-14)
    with pytest.raises(IndexError):
        gradgen.grad(known, backend="numba")(X[:2].copy(), X.copy())


@pytest.mark.parametrize("loss", [*PARTED, *LEFT])
def test_texts(loss: Callable[..., Any]) -> None:
    """Without the choice, the loop begins one later; for NumPy, nothing changes."""
    made, plain = texts(loss), gradgen.emit(loss, example_args=(X, X))
    starts = ("range(1, len(x))", "range(1, n)", "range(3, ", "range(1, 4)")
    assert any(s in made for s in starts) == (loss in PARTED)
    assert not any(s in plain for s in starts)
    if loss in PARTED:
        inside = re.sub(r"\s+if fits\s+else\s+", "", made)
        assert " else " not in inside and "else:" not in made


@pytest.mark.parametrize("test", TESTS)
def test_all_comparisons(test: str, tmp_path: Path) -> None:
    path = tmp_path / "compared.py"
    path.write_text(
        "import numpy as np\n\ndef loss(x):\n    u = np.zeros(len(x))\n"
        f"    for i in range(len(x)):\n        if {test}:\n            u[i] = x[0] * x[0]\n"
        "        else:\n            u[i] = x[i] * x[i - 1]\n    return np.sum(u * u)\n"
    )
    loss = runpy.run_path(str(path))["loss"]
    body = run(loss, (X,), Options(backend="numba"), until="saves").function.body
    loop = next(op for op in body.ops if op.prim == "for")
    assert isinstance(loop.inputs[0], Const) and loop.inputs[0].const == 1
    assert not any(op.prim == "if" for op in walk(loop.blocks[0]))


@pytest.mark.parametrize("loss", PARTED)
def test_graphs(loss: Callable[..., Any]) -> None:
    for stage in ("saves", "copies"):
        verify(run(loss, (X, X), Options(backend="numba"), until=stage).function, saved=True)
