"""``copy=False`` of a reshape: a view where NumPy makes one, its error where it cannot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen

A = np.array([[1.0, 2.0, -0.5], [0.7, 1.5, 3.0]])
W = np.arange(6.0)


def written_through(a):
    b = a * 2.0
    c = b.reshape(-1, copy=False)
    c[1] = b[1, 0] ** 2
    return np.sum(b**3)


def of_every_second(a):
    y = np.reshape(a, 6) * 1.0
    z = y[::2].reshape(3, 1, copy=False)
    z[1] = y[0] * y[1]
    return np.sum(y**2 * W)


def in_c_order(a):
    return np.sum(np.reshape(a, 6, copy=False) ** 2 * W)


def turned(a):
    return np.sum(a.T.reshape(6, copy=False) ** 2 * W)


def in_fortran_order(a):
    return np.sum(np.reshape(a, (3, 2), order="F", copy=False)[0] ** 2)


def slope(loss: Callable[..., Any], a: np.ndarray) -> np.ndarray:
    """Return the gradient by the complex step; ``a`` keeps its layout."""
    out = np.zeros_like(a)
    for place in np.ndindex(a.shape):
        z = a.astype(complex, order="K")
        z[place] += 1e-30j
        out[place] = loss(z).imag / 1e-30
    return out


@pytest.mark.parametrize(
    "loss", [written_through, of_every_second, in_c_order, turned, in_fortran_order]
)
@pytest.mark.parametrize("order", ["C", "F"])
def test_as_numpy_does(loss: Callable[..., Any], order: Any) -> None:
    a = np.array(A, order=order)
    gradient = gradgen.value_and_grad(loss)
    try:
        expected = slope(loss, a)
    except ValueError:
        with pytest.raises(ValueError, match="is not in C order where copy=False"):
            gradient(a)
        return
    value, found = gradient(a)
    assert value == loss(a)
    np.testing.assert_allclose(found, expected, 1e-13)
    if loss in (written_through, of_every_second):
        hessian = np.reshape(gradgen.hessian(loss)(a), (6, 6))
        change = (gradient(a + 1e-5 * A)[1] - gradient(a - 1e-5 * A)[1]) / 2e-5
        np.testing.assert_allclose(hessian @ A.ravel(), change.ravel(), 1e-6)


def test_in_compiled_code() -> None:
    for loss in (of_every_second, in_c_order):
        found = gradgen.grad(loss, backend="numba")(A)
        np.testing.assert_allclose(found, slope(loss, A), 1e-13)
    with pytest.raises(ValueError, match="a is not in C order where copy=False"):
        gradgen.grad(in_c_order, backend="numba")(np.asfortranarray(A))
    with pytest.raises(gradgen.UnsupportedError, match="layout in memory is not known"):
        gradgen.grad(turned, backend="numba")(A)
