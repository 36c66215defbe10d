"""Objects of NumPy and SciPy that are made outside the loss and called inside it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.interpolate
import scipy.stats

import gradgen
from tests.references import difference_gradient

KNOTS = np.array([0.0, 0.5, 1.1, 1.9, 3.0, 3.2])
CUBIC = scipy.interpolate.CubicSpline(KNOTS, np.sin(KNOTS))
PERIODIC = scipy.interpolate.CubicSpline(KNOTS, [1.0, 2.0, 0.0, -1.0, 0.5, 1.0], bc_type="periodic")
STACKED = scipy.interpolate.CubicSpline(KNOTS, np.stack([np.sin(KNOTS), KNOTS**2]), axis=1)
MONOTONE = scipy.interpolate.PchipInterpolator(KNOTS, np.sqrt(KNOTS))
DENSITY = scipy.stats.gaussian_kde(np.sin(np.arange(14.0).reshape(2, 7) ** 2))
WEIGHTED = scipy.stats.gaussian_kde(np.cos(np.arange(6.0)), 0.4, [1.0, 2.0, 4.0, 0.5, 0.25, 0.25])


def piece(t: float, y: float) -> float:
    if t < 1.0:
        return t * y
    return math.sin(t) + y


@np.vectorize
def ramp(t: float) -> float:
    """A vectorized function."""
    return t * t if t > 1.0 else 0.0


def sometimes_int(t: float) -> float:
    return t if t > 1.0 else 0


PIECES = np.vectorize(piece)
MIXED = np.vectorize(sometimes_int)
WHOLE = np.vectorize(lambda t, w: t * w[1] + w[0], excluded=[1])


def cubic(x: np.ndarray) -> float:
    return float(np.sum(CUBIC(x) * x) + CUBIC(x[0]) * CUBIC(x[1], nu=1))


def periodic(x: np.ndarray) -> float:
    return float(np.sum(PERIODIC(9.0 * x) ** 2))


def stacked(x: np.ndarray) -> float:
    return float(np.sum(STACKED(x)[1] * STACKED(x, 1)[0]))


def derivatives(x: np.ndarray) -> float:
    return float(np.sum(CUBIC.derivative()(x) * x + CUBIC.derivative(2)(x) ** 2))


def monotone(x: np.ndarray) -> float:
    return float(np.sum(MONOTONE(x) * x))


def density(x: np.ndarray) -> float:
    points = np.stack([x, x[::-1]])
    return float(DENSITY.logpdf(points) @ x + np.sum(DENSITY(points)) + DENSITY.pdf(x[:2])[0])


def weighted(x: np.ndarray) -> float:
    return float(np.sum(WEIGHTED.logpdf(x=x)) + WEIGHTED.evaluate(points=x[1])[0])


def vectorized(x: np.ndarray) -> float:
    return float(np.sum(PIECES(x[:, None], x) * ramp(x)) + WHOLE(x, x)[1])


def vectorized_inside(x: np.ndarray) -> float:
    cut = np.vectorize(lambda t: t**2 if t < 0.7 else x[0] * t, otypes=[float])
    return float(np.sum(cut(x)) + np.vectorize(piece)(x[0], y=x[1]))


def by_signature(x: np.ndarray) -> float:
    """Functions of last axes, of several results, and of whole arguments."""
    times = np.vectorize(lambda a, v: a @ v, signature="(m,n),(n)->(m)")
    parts = np.vectorize(lambda a: (np.sum(a), a**2), signature="(n)->(),(n)", otypes=[float] * 2)
    rows = np.outer(x, x[:3])
    sums, squares = parts(np.stack([rows, 2.0 * rows]))
    near, far = np.vectorize(lambda t: (t * t, t * x[1]))(x)
    return float(
        np.sum(DOT(rows, x[1:]) * x) + np.sum(times(rows, squares)) + np.sum(sums @ near * far[0])
    )


DOT = np.vectorize(np.dot, signature="(n),(n)->()")
POINTS = np.array([0.31, 0.83, 1.4, 2.35])


def by_weights(x: np.ndarray) -> Any:
    return scipy.stats.gaussian_kde(KNOTS[:4], weights=np.abs(x) + x[0] ** 2).logpdf(0.3)[0]


LOSSES = [cubic, periodic, stacked, derivatives, monotone, density, weighted, vectorized,
          vectorized_inside, by_signature, by_weights]  # fmt: skip


@pytest.mark.parametrize("loss", LOSSES, ids=lambda f: f.__name__)
def test_value_gradient_and_tangent(loss: Callable[..., float]) -> None:
    given = POINTS.copy()
    value, gradient = gradgen.value_and_grad(loss)(given)
    assert value == loss(POINTS)
    np.testing.assert_array_equal(given, POINTS)
    (expected,) = difference_gradient(loss, (POINTS.copy(),), (0,))
    np.testing.assert_allclose(gradient, expected, 1e-6, 1e-7)
    way = np.array([0.4, -1.0, 0.3, 0.8])
    _, tangent = gradgen.jvp(loss)((POINTS,), (way,))
    np.testing.assert_allclose(tangent, gradient @ way, 1e-11, 1e-11)


@pytest.mark.parametrize("loss", [cubic, monotone, weighted, vectorized], ids=lambda f: f.__name__)
def test_second_order(loss: Callable[..., float]) -> None:
    way = np.array([0.4, -1.0, 0.3, 0.8])
    _, along = gradgen.jvp(gradgen.grad(loss))((POINTS,), (way,))
    step = 1e-5
    ahead, behind = (gradgen.grad(loss)(POINTS + s * way) for s in (step, -step))
    np.testing.assert_allclose(along, (ahead - behind) / (2.0 * step), 1e-6, 1e-7)


def integral(x: np.ndarray) -> Any:
    return CUBIC.antiderivative(2)(x[0])


def mixed(x: np.ndarray) -> Any:
    return np.sum(MIXED(x))


def signature(x: np.ndarray) -> Any:
    return np.sum(np.vectorize(lambda a: (a, a), signature="(n)->(n)")(x)[0])


@pytest.mark.parametrize(
    ("loss", "says"),
    [(integral, "antiderivative"), (mixed, "always give floats"),
     (signature, "always give 1 arrays")],
    ids=lambda f: getattr(f, "__name__", ""),
)  # fmt: skip
@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_refusals(loss: Callable[..., Any], says: str, mode: str) -> None:
    with pytest.raises(gradgen.UnsupportedError, match=says):
        if mode == "reverse":
            gradgen.grad(loss)(np.array([0.2, 0.7, 1.5, 2.5]))
        else:
            gradgen.jvp(loss)((np.array([0.2, 0.7, 1.5, 2.5]),), (np.ones(4),))
