"""Sums in another order: only where it is asked for, right to rounding, loops of sums apart."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.cli import main
from gradgen.errors import ArgumentError
from gradgen.ir.verify import verify
from gradgen.pipeline import Options, run
from tests.references import complex_gradient
from tests.tiers import later

pytest.importorskip("numba")

X = np.random.default_rng(3).normal(size=9)
FLAGS = "fastmath={'contract', 'nsz', 'reassoc'}"


def polynomial(x, n):
    """Powers are kept for the sweep; the sum over them can be apart."""
    total = 0.0
    for i in range(n):
        t = -1.0 + 2.0 * i / n
        s, power = 0.5, 1.0
        for j in range(len(x)):
            s -= x[j] * power
            power *= t
        total += s * s
    return total


def two_sums(x, n):
    """Two sums beside one chain, from the end to the start, with a square of what is kept."""
    total = 0.0
    for i in range(n):
        s, r, u = 0.0, 1.0, 1.0
        for j in range(len(x) - 1, -1, -1):
            u = u * (0.1 * i + x[j]) + 0.5
            s += u * x[j]
            r -= 0.25 * u * u
        total += s * r
    return total


def sum_only(x, n):
    """There is nothing but a sum: the compiler sees that by itself."""
    total = 0.0
    for i in range(n):
        s = 0.0
        for j in range(len(x)):
            s += x[j] * x[j] * i
        total += s * s
    return total


def sum_that_is_read(x, n):
    """The sum so far is what goes on."""
    total = 0.0
    for i in range(n):
        s, p = 0.0, 1.0
        for j in range(len(x)):
            s += x[j] * p
            p = 0.5 * s
        total += s * i
    return total


APART = [polynomial, two_sums]
TOGETHER = [sum_only, sum_that_is_read]


@pytest.mark.parametrize("loss", [*APART, *TOGETHER])
@pytest.mark.parametrize("parallel", [False, *later(True)])
def test_gradients(loss: Callable[..., Any], parallel: bool) -> None:
    compiled = gradgen.value_and_grad(loss, backend="numba", reassociate=True, parallel=parallel)
    for x, n in ((X, 11), (X[:1], 3), (X[:0], 2), (X, 0)):
        value, got = compiled(x, n)
        assert value == pytest.approx(loss(x, n), rel=1e-12)
        (expected,) = complex_gradient(lambda u, n=n: loss(u, n), (x,), (0,))
        np.testing.assert_allclose(got, expected, rtol=1e-11, atol=1e-13)
        np.testing.assert_allclose(got, gradgen.grad(loss)(x, n), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("loss", [*APART, *TOGETHER])
def test_texts(loss: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the option there is nothing of it; with it, sums apart have one loop more."""
    reordered = gradgen.emit(loss, backend="numba", example_args=(X, 4), reassociate=True)
    assert "for lane in" not in reordered
    monkeypatch.setattr("gradgen.passes.strips.make_strips", lambda _: None)
    plain, reordered = (
        gradgen.emit(loss, backend="numba", example_args=(X, 4), reassociate=r)
        for r in (False, True)
    )
    assert "fastmath" not in plain and FLAGS in reordered
    assert reordered.count("for ") - plain.count("for ") == (loss in APART)
    assert "--backend numba --reassociate" in reordered
    assert "fastmath=" not in gradgen.emit(loss, example_args=(X, 4))


@pytest.mark.parametrize("loss", APART)
def test_graphs(loss: Callable[..., Any]) -> None:
    for stage in ("saves", "copies"):
        options = Options(backend="numba", reassociate=True)
        verify(run(loss, (X, 4), options, until=stage).function, saved=True)


def test_a_loop_that_may_end_early_stays_as_it_is() -> None:
    def loss(x):
        total = 0.0
        for i in range(len(x)):
            total += x[i] * x[i]
            if total > 2.0:
                break
        return total

    text = gradgen.emit(loss, backend="numba", example_args=(X,), reassociate=True)
    assert text.count("break") == 1


def test_only_functions_with_loops() -> None:
    text = gradgen.emit(lambda x: x * x, backend="numba", example_args=(2.0,), reassociate=True)
    assert "fastmath" not in text


def test_what_is_not_finite() -> None:
    """Infinity and NaN stay what they are."""
    gradient = gradgen.value_and_grad(sum_only, backend="numba", reassociate=True)
    for bad in (math.inf, math.nan):
        x = X.copy()
        x[4] = bad
        value, got = gradient(x, 3)
        expected = gradgen.value_and_grad(sum_only)(x, 3)
        np.testing.assert_equal(value, float(expected[0]))
        np.testing.assert_allclose(got, expected[1], rtol=1e-12)


def test_second_order_reads_the_plain_text() -> None:
    inner = gradgen.grad(polynomial, backend="numba", reassociate=True)
    outer = gradgen.grad(lambda x: np.sum(inner(x, 4) ** 2), backend="numba", reassociate=True)
    plain = gradgen.grad(lambda x: np.sum(gradgen.grad(polynomial)(x, 4) ** 2))
    np.testing.assert_allclose(outer(X), plain(X), rtol=1e-11)


def test_refused_where_nothing_is_compiled() -> None:
    with pytest.raises(ArgumentError, match="reassociate=True is for compiled sums"):
        gradgen.grad(polynomial, reassociate=True)


def test_command_line(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "loss.py"
    path.write_text(
        "import numpy as np\n\ndef loss(x):\n    s = 0.0\n    for i in range(len(x)):\n"
        "        s += x[i] * x[i]\n    return s\n\nEXAMPLE_ARGS = {'loss': (np.ones(3),)}\n"
    )
    out = tmp_path / "out.py"
    args = ["emit", f"{path}:loss", "-o", str(out), "--backend", "numba", "--reassociate"]
    assert main(args) == 0
    assert FLAGS in out.read_text()
