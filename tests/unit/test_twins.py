"""Where only a shape is read, the sweep is not given arrays for the sake of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradgen
from tests.references import complex_gradient

RNG = np.random.default_rng(0)
IMAGE, KERNEL, WANTED = RNG.normal(size=(6, 7)), RNG.normal(size=(2, 3)), RNG.normal(size=(5, 5))


def convolved(image: Any, kernel: Any, wanted: Any) -> Any:
    rows, columns = image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1
    out = np.zeros((rows, columns), dtype=(image[0, 0] * kernel[0, 0]).dtype)
    for i in range(kernel.shape[0]):
        for j in range(kernel.shape[1]):
            out += kernel[i, j] * image[i : i + rows, j : j + columns]
    return np.mean((out - wanted) ** 2)


def filtered(signal: Any, weights: Any, wanted: Any) -> Any:
    """An adaptive filter: the step is as long as the window that it is a multiple of."""
    w, total = weights[0].copy(), 0.0
    for t in range(4):
        u = signal[0, t : t + len(w)]
        e = wanted[0, t] - w @ u
        w = w + 0.1 * e * u
        total += e * e
    return total


@pytest.mark.parametrize("loss", [convolved, filtered])
@pytest.mark.parametrize("kernel", [KERNEL, KERNEL[:, :1], KERNEL[:1, :1]])
def test_gradients(loss: Any, kernel: Any) -> None:
    shape = np.subtract(IMAGE.shape, kernel.shape) + 1
    wanted = WANTED if loss is filtered else RNG.normal(size=tuple(shape))
    expected = complex_gradient(loss, (IMAGE, kernel, wanted), (0, 1))
    for backend in ("numpy", "numba"):
        if backend == "numba":
            pytest.importorskip("numba")
        got = gradgen.grad(loss, argnums=(0, 1), backend=backend)(IMAGE, kernel, wanted)
        for a, b in zip(got, expected, strict=True):
            np.testing.assert_allclose(a, b, 1e-11, 1e-12)


def test_products_are_not_kept() -> None:
    made = gradgen.grad(convolved)
    made(IMAGE, KERNEL, WANTED)
    assert "_saved" not in made.source
