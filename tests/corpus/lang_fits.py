"""Curve fits and regressions."""

from __future__ import annotations

import numpy as np

T6 = np.linspace(0, 1, 6)


LAB = np.array([0, 1, 1, 0, 1, 0])


def exponential_fit(p, t, y):
    a, k, c = p
    return np.sum((a * np.exp(-k * t) + c - y) ** 2)


def gaussian_peaks(p, x, y):
    model = np.zeros_like(x)
    for i in range(0, len(p), 3):
        amp, mu, sigma = p[i : i + 3]
        model += amp * np.exp(-0.5 * ((x - mu) / sigma) ** 2)
    r = y - model
    return r @ r


def piecewise_linear(p, x, y):
    loss = 0.0
    for xi, yi in zip(x, y):
        if xi < p[0]:
            pred = p[1] * xi
        else:
            pred = p[1] * p[0] + p[2] * (xi - p[0])
        loss += (pred - yi) ** 2
    return loss / len(x)


def lorentzian_weighted(p, x, y, sigma):
    model = p["amp"] * p["width"] ** 2 / ((x - p["x0"]) ** 2 + p["width"] ** 2) + p["bg"]
    return 0.5 * np.sum(((y - model) / sigma) ** 2)


def robust_regression(w, x, y, delta=0.5):
    loss = 0.0
    for i in range(len(y)):
        r = y[i] - np.dot(x[i], w)
        if abs(r) <= delta:
            loss += 0.5 * r * r
        else:
            loss += delta * (abs(r) - 0.5 * delta)
    return loss


def quantile_loss(w, x, y, tau):
    e = y - x @ w
    return np.mean(np.maximum(tau * e, (tau - 1) * e))


def elastic_net(w, b, x, y, l1, l2):
    r = x @ w + b - y
    return r @ r / (2 * len(y)) + l1 * np.abs(w).sum() + 0.5 * l2 * np.square(w).sum()


def poisson_regression(w, x, counts):
    eta = x @ w
    return np.sum(np.exp(eta) - counts * eta)


def yield_curve_nelson(beta, tau, t, y):
    x = t / tau
    f = (1 - np.exp(-x)) / x
    model = beta[0] + beta[1] * f + beta[2] * (f - np.exp(-x))
    return np.sum((model - y) ** 2)


def svm_hinge(w, x, y):
    loss = 0.5 * w @ w
    for i in range(len(y)):
        margin = (2 * y[i] - 1) * (x[i] @ w)
        if margin < 1:
            loss += 1 - margin
    return loss


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


EXAMPLE_ARGS = {
    "exponential_fit": lambda: ([1.2, 0.7, 0.1], T6, _normal(6)),
    "gaussian_peaks": lambda: (np.array([1.0, 0.2, 0.3, 0.5, 0.7, 0.2]), T6, _normal(6)),
    "piecewise_linear": lambda: (np.array([0.5, 1.0, -0.4]), T6, _normal(6)),
    "lorentzian_weighted": lambda: (
        {"amp": 1.0, "width": 0.3, "x0": 0.4, "bg": 0.1},
        T6,
        _normal(6),
        np.full(6, 0.2),
    ),
    "robust_regression": lambda: (_normal(3), _normal(6, 3, seed=1), _normal(6, seed=2)),
    "quantile_loss": lambda: (_normal(3), _normal(6, 3, seed=1), _normal(6, seed=2), 0.3),
    "elastic_net": lambda: (_normal(3), 0.3, _normal(6, 3, seed=1), _normal(6, seed=2), 0.1, 0.2),
    "poisson_regression": lambda: (_normal(3), _normal(6, 3, seed=1), np.array([1, 0, 2, 3, 0, 1])),
    "yield_curve_nelson": lambda: (_normal(3), 0.7, T6 + 0.1, _normal(6, seed=1)),
    "svm_hinge": lambda: (_normal(3), _normal(6, 3, seed=1), LAB),
}

ARGNUMS = {
    "exponential_fit": (0,),
    "gaussian_peaks": (0,),
    "piecewise_linear": (0,),
    "lorentzian_weighted": (0,),
    "robust_regression": (0,),
    "quantile_loss": (0,),
    "elastic_net": (0, 1),
    "poisson_regression": (0,),
    "yield_curve_nelson": (0, 1),
    "svm_hinge": (0,),
}
