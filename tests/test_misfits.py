"""Calls that NumPy refuses: axes that an array does not have, too few axes or entries."""

from __future__ import annotations

import itertools
import linecache
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.integrate

import gradgen
from tests.references import complex_gradient

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
POOL = {
    "s": 0.8, "x": np.array([0.7, -1.3, 2.1]), "y": np.ones(5), "o": np.array([1.4]),
    "m": np.arange(12.0).reshape(3, 4), "t": np.ones((2, 3, 4)), "none": np.zeros(0),
    "no_rows": np.zeros((0, 3)), "no_columns": np.zeros((3, 0)),
}  # fmt: skip
BOTH = (
    "np.moveaxis(m, 0, 2)", "np.moveaxis(m, (0, 0), (0, 1))", "np.transpose(m, (0, 1, 2))",
    "m.transpose(0, 2)", "np.expand_dims(m, 4)", "np.stack((m, m), axis=3)",
    "np.concatenate((m, m), axis=2)", "np.median(m, axis=2)", "np.take(m, 1, axis=2)",
    "m[0, 0, 0]", "x.item(0, 1)", "np.gradient(o)", "np.swapaxes(m, 0, 2)",
    "x @ s", "np.linalg.det(x)", "np.take_along_axis(m, np.arange(3), axis=0)", "np.tril(s)",
    "np.linalg.solve(m, x)",
)  # fmt: skip
NUMPY = (
    "np.sum(m, axis=(0, 0))", "np.delete(m, 1, axis=2)", "np.diagonal(x)", "np.rot90(x)",
    "np.diagonal(t, axis1=0, axis2=3)", "np.linalg.norm(m, 3)", "np.linalg.norm(x, 'fro')",
    "np.linalg.pinv(x)", "np.linalg.qr(x)[0]", "np.gradient(m, axis=2)", "np.average(m, axis=2)",
    "np.array_split(x, 0)[0]", "np.hsplit(s, 2)[0]", "np.pad(x, 1, mode='nope')",
    "np.unique(m, axis=2)", "np.select([x > 0], [x, x])", "np.add.accumulate(s)",
    "np.meshgrid(x, x, indexing='zz')[0]", "np.subtract.reduce(none)", "np.fliplr(x)",
    "np.rot90(m, axes=(0, 0))", "np.flipud(s)", "np.ravel(m, order='Z')",
    "m[0, :, np.newaxis, 0, 0]",
    "np.apply_along_axis(np.sum, 2, m)", "np.roll(m, (1, 2), axis=(0, 1, 1))", "x[m > 0.0]",
    "scipy.integrate.simpson(x, x=y)", "scipy.integrate.simpson(m, axis=2)",
    "np.insert(m, 9, 1.0, axis=1)", "np.fft.rfft(x, axis=1).real",
)  # fmt: skip
_count = itertools.count()


def loss_of(call: str) -> tuple[Any, list[Any]]:
    """Return a loss of one call, and copies of what it names in the pool."""
    names = [n for n in POOL if n in compile(call, "", "eval").co_names]
    source = f"def loss({', '.join(names)}):\n    return np.sum({call})\n"
    filename = f"<misfit {next(_count)}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
    space: dict[str, Any] = {"np": np, "scipy": scipy, "math": math}
    exec(compile(source, filename, "exec"), space)
    return space["loss"], [np.copy(POOL[n]) if np.ndim(POOL[n]) else POOL[n] for n in names]


@pytest.mark.parametrize(
    ("call", "backend"),
    [(c, b) for b in ("numpy", "numba") for c in BOTH] + [(c, "numpy") for c in NUMPY],
)
def test_what_numpy_raises(call: str, backend: str) -> None:
    loss, args = loss_of(call)
    with pytest.raises((ValueError, IndexError, TypeError)) as expected:
        loss(*args)
    with pytest.raises(Exception) as found:
        gradgen.grad(loss, argnums=0, backend=backend)(*args)
    assert type(found.value) is type(expected.value), found.value
    assert str(found.value) == str(expected.value)


def test_an_axis_error_that_is_caught():
    def loss(x):
        try:
            total = np.sum(np.flip(x, axis=1))
        except np.exceptions.AxisError:
            total = np.sum(x * x)
        return total

    np.testing.assert_array_equal(gradgen.grad(loss)(POOL["x"]), 2.0 * POOL["x"])


@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_medians_of_nothing_are_named(backend: str) -> None:
    loss, args = loss_of("np.median(none)")
    with pytest.raises(gradgen.ArgumentError, match="no entries at this call"):
        gradgen.grad(loss, backend=backend)(*args)


@pytest.mark.parametrize(
    "call",
    [
        "np.median(no_rows, axis=1)", "np.median(no_columns, axis=0)", "np.nanmedian(none)",
        "np.nanmedian(no_rows, axis=0)", "np.quantile(no_rows, [0.2, 0.7], axis=1)",
        "np.linalg.norm(no_rows, np.inf)", "np.linalg.norm(no_rows, 1)",
    ],
)  # fmt: skip
def test_empty_arrays_have_empty_gradients(call: str) -> None:
    loss, args = loss_of(call)
    value, gradient = gradgen.value_and_grad(loss)(*args)
    np.testing.assert_array_equal(value, loss(*args))
    assert gradient.shape == args[0].shape
    assert gradgen.hvp(loss)(tuple(args), args[0]).shape == args[0].shape


def test_covariances_of_nothing() -> None:
    loss, args = loss_of("np.cov(none)")
    assert np.isnan(gradgen.value_and_grad(loss)(*args)[0])


@pytest.mark.slow
def test_compiled_comparisons_of_matrices() -> None:
    loss, (m,) = loss_of("np.isclose(m, 2.0 * m - 1.0) * m * np.allclose(m, m)")
    np.testing.assert_array_equal(gradgen.grad(loss, backend="numba")(m), gradgen.grad(loss)(m))


@pytest.mark.slow
def test_compiled_differences_of_strided_vectors() -> None:
    loss, (x,) = loss_of("np.diff(x) * math.hypot(x[0], x[1], 2.0)")
    expected = gradgen.grad(loss)(x[::-1])
    np.testing.assert_allclose(gradgen.grad(loss, backend="numba")(x[::-1]), expected, 1e-14)


TEN = np.arange(1.0, 11.0)
WEIGHTS = [0.5, 1.0, 2.0, 0.1, 0.3, 0.7, 1.1, 0.2, 0.9, 1.3]


@pytest.mark.parametrize(
    "loss",
    [
        lambda x: sum(np.sum(part) ** 2 for part in np.split(x, 5)),
        lambda x: sum(np.sum(part) ** 2 for part in np.split(x, indices_or_sections=5)),
        lambda x: sum(np.sum(part) ** 3 for part in np.hsplit(np.outer(x[:3], x), 5)),
        lambda x: np.sum(np.average(np.outer(x, x[:3]), axis=(0,), weights=WEIGHTS) ** 2),
        lambda x: np.sum(np.squeeze(x[None, :, None], axis=(0, 2)) ** 3),
    ],
)
def test_what_fits_at_other_lengths_only_is_right(loss: Callable[..., Any]) -> None:
    value, gradient = gradgen.value_and_grad(loss)(TEN)
    assert value == loss(TEN)
    np.testing.assert_allclose(gradient, complex_gradient(loss, (TEN,), (0,))[0], rtol=1e-12)
