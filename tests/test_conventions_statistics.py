"""Documented conventions of reductions, quantiles and orders at ties, constants and NaNs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen

W = np.array([1.0, 2.0, 4.0, 8.0])
TIES = np.array([1.5, -0.5, 1.5, 0.25])
NAN = np.nan
CASES: list[tuple[str, Callable[..., Any], Any, Any]] = [
    ("std, rounded", lambda x: np.std(x), np.full(3, 0.7), np.zeros(3)),
    (
        "std of rows",
        lambda x: np.sum(np.std(x, axis=1)),
        np.array([[0.7, 0.7, 0.7], [1.0, 2.0, 3.0]]),
        [[0.0, 0.0, 0.0], [-1.0 / 6**0.5, 0.0, 1.0 / 6**0.5]],
    ),
    ("std of some", lambda x: np.std(x, where=x > 0.0), np.full(3, 0.7), np.zeros(3)),
    ("nanstd", lambda x: np.nanstd(x), np.array([0.7, NAN, 0.7, 0.7]), np.zeros(4)),
    ("sort", lambda x: np.sum(np.sort(x) * W), TIES, [4.0, 1.0, 8.0, 2.0]),
    ("partition", lambda x: np.sum(np.partition(x, 1)[:2]), TIES, [0.0, 1.0, 0.0, 1.0]),
    ("median", lambda x: np.median(x), np.array([2.0, 1.0, 2.0, 2.0]), [0.5, 0.0, 0.5, 0.0]),
    ("quantile", lambda x: np.quantile(x, 1.0), TIES, [0.0, 0.0, 1.0, 0.0]),
    ("ptp", lambda x: np.ptp(x), TIES, [0.5, -1.0, 0.5, 0.0]),
    ("ptp, constant", lambda x: np.ptp(x), np.ones(3), np.zeros(3)),
    ("max, initial", lambda x: np.max(x, initial=1.5), TIES, [1 / 3, 0.0, 1 / 3, 0.0]),
    ("nanmax", lambda x: np.nanmax(x), np.array([2.0, NAN, 2.0]), [0.5, 0.0, 0.5]),
    ("nanmean of none", lambda x: np.nansum(np.nanmean(x, axis=0)),
     np.array([[NAN, 1.0], [NAN, 3.0]]), [[0.0, 0.5], [0.0, 0.5]]),
    ("nanmedian of none", lambda x: np.nansum(np.nanmedian(x, axis=0)),
     np.array([[NAN, 1.0], [NAN, 3.0]]), [[0.0, 0.5], [0.0, 0.5]]),
    ("prod, initial", lambda x: np.prod(x, initial=2.0), np.array([0.0, 3.0]), [6.0, 0.0]),
    ("nanprod", lambda x: np.nanprod(x), np.array([0.0, NAN, 3.0]), [3.0, 0.0, 0.0]),
    ("cumprod", lambda x: np.sum(np.cumprod(x)), np.array([2.0, 0.0, 0.0]), [1.0, 2.0, 0.0]),
    ("gradient of equal steps", lambda x: np.gradient(x, np.arange(3.0))[1], np.arange(3.0),
     [-0.5, 0.0, 0.5]),
]  # fmt: skip


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(
    ("loss", "at", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_convention(loss: Callable[..., Any], at: Any, expected: Any) -> None:
    np.testing.assert_allclose(gradgen.grad(loss)(at), expected, rtol=1e-12, atol=1e-14)


def into_by_place(a):
    out = np.zeros(3)
    np.sum(a, 1, None, out, False, 5.0)
    np.nancumprod(a[:, 0], 0, None, out[:])
    more = np.zeros((3, 2))
    np.compress([True, True], a, 1, more)
    return np.sum(out * more[:, 0])


def test_out_by_its_place() -> None:
    """What comes after ``out`` is not lost, and ``out`` is written to."""
    a = np.arange(1.0, 7.0).reshape(3, 2)
    value, gradient = gradgen.value_and_grad(into_by_place)(a)
    assert value == into_by_place(a.copy())
    steps = [(into_by_place(a + h) - into_by_place(a - h)) / 2e-6 for h in _units(a)]
    np.testing.assert_allclose(np.ravel(gradient), steps, rtol=1e-6)


def _units(a: np.ndarray) -> list[np.ndarray]:
    return [1e-6 * np.reshape(row, a.shape) for row in np.eye(a.size)]


def correlation(x):
    return np.corrcoef(x)[0, 1]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_correlation_with_a_constant_row_is_nan() -> None:
    value, gradient = gradgen.value_and_grad(correlation)(np.array([[1.0, 1.0], [1.0, 2.0]]))
    assert np.isnan(value) and np.isnan(gradient).all()
