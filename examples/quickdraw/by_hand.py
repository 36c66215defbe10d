"""The loss of ``dragons.py`` and its gradient, derived by hand, to compare with."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def loss_and_gradient(
    weights: tuple[Array, ...], drawings: Array, expected: Array
) -> tuple[float, tuple[Array, ...]]:
    """Return the loss and its gradient in the weights."""
    w1, b1, w2, b2 = weights
    hidden = np.tanh(drawings @ w1 + b1)
    scores = hidden @ w2 + b2
    exp_scores = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    actual = exp_scores / np.sum(exp_scores, axis=1, keepdims=True)
    error = expected - actual
    value = np.sum(error**2) / len(drawings)

    d_actual = (-2.0 / len(drawings)) * error
    d_scores = actual * (d_actual - np.sum(d_actual * actual, axis=1, keepdims=True))
    d_hidden = d_scores @ w2.T
    d_sums = d_hidden * (1.0 - hidden * hidden)
    d_w1, d_b1 = drawings.T @ d_sums, np.sum(d_sums, axis=0)
    d_w2, d_b2 = hidden.T @ d_scores, np.sum(d_scores, axis=0)
    return value, (d_w1, d_b1, d_w2, d_b2)
