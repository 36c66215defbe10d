"""What every turn computes the same, or from its number, is computed again and not kept."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gradgen
from tests.references import complex_gradient

W, X = np.array([0.4, -0.3]), np.array([[0.3, 1.1], [0.7, -0.2], [1.3, 0.8]])


def scaled(w: Any, x: Any) -> Any:
    """The exponential is of no turn."""
    n, total = 1.0, 0.0
    for row in x:
        n = n * np.cos(w[0] * n)
        total += ((row[0] - n) / np.exp(w[1])) ** 2
    return total


def descended(w: Any, x: Any) -> Any:
    """The matrix of every turn is the same, and a view makes it."""
    for t in range(1, 4):
        w = w - 0.1 * x.T @ np.sin(x @ w) / (1 - 0.9**t)
    return np.sum(w**2)


def written_to(w: Any, x: Any) -> Any:
    """What a turn writes to, the next does not find as it was."""
    x = x * w
    total = 0.0
    for t in range(3):
        s = np.exp(x[0])
        total += np.sum(s * x[t])
        x[0] = x[0] * w * np.sqrt(t + 1)
    return total


def of_places(w: Any, x: Any) -> Any:
    """An item is found by the number of the turn: what is computed from it is kept."""
    total = 0.0
    for i in range(2):
        e = np.exp(w[i])
        total = (total + x[i, 0]) * e
    return total


LOSSES = [scaled, descended, written_to, of_places]


@pytest.mark.parametrize("loss", LOSSES, ids=lambda f: f.__name__)
@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_gradient_and_second_order(loss: Any, backend: str) -> None:
    if backend == "numba":
        pytest.importorskip("numba")
    gradient = gradgen.grad(loss, argnums=(0, 1), backend=backend)
    expected = complex_gradient(loss, (W, X), (0, 1))
    for got, want in zip(gradient(W, X), expected, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-14)
    v = np.array([0.7, -1.2])
    product = gradgen.hvp(loss)((W, X), (v,))
    h = 1e-5
    near = [complex_gradient(loss, (W + k * h * v, X), (0,))[0] for k in (-2, -1, 1, 2)]
    slope = (near[0] - 8.0 * near[1] + 8.0 * near[2] - near[3]) / (12.0 * h)
    np.testing.assert_allclose(product, slope, rtol=1e-8)


@pytest.mark.parametrize(
    ("loss", "again", "kept"),
    [
        (scaled, "exp = np.exp(w[1])", "exp_saved"),
        (descended, "d_w / (1 - 0.9 ** t) @ (0.1 * x.T)", "difference_saved"),
        (of_places, "e = e_saved[i]", "np.exp"),
    ],
)
def test_what_is_computed_again(loss: Any, again: str, kept: str) -> None:
    gradient = gradgen.grad(loss)
    gradient(W, X)
    reverse = gradient.source.partition("# --- reverse")[2]
    assert again in reverse and kept not in reverse, gradient.source


def test_long_chains_are_not_followed(tmp_path: Path) -> None:
    """Each line reads the one before twice: followed to the end there were 2**60 ways."""
    lines = ["a = np.cos(a) * a"] * 60
    path = tmp_path / "chain.py"
    path.write_text(
        "import numpy as np\n\n\ndef loss(w, x):\n    total = 0.0\n    for row in x:\n"
        "        a = w * 1.5\n" + "".join(f"        {line}\n" for line in lines)
        + "        total += np.sum(a * row)\n    return total\n",
        encoding="utf-8",
    )  # fmt: skip
    loss = runpy.run_path(str(path))["loss"]
    got = gradgen.grad(loss)(W, X)
    np.testing.assert_allclose(got, complex_gradient(loss, (W, X), (0,))[0], rtol=1e-10)
