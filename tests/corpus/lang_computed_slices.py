"""Slices whose bounds are computed: vectors of parameters, lags, windows, blocks and halves."""

from __future__ import annotations

import numpy as np


def network(p, x, y, h):
    """A network whose parameters are one vector, as optimisers want them."""
    n, d = x.shape
    w = p[: d * h].reshape(d, h)
    b = p[d * h : d * h + h]
    v = p[d * h + h : d * h + 2 * h]
    return np.sum((np.tanh(x @ w + b) @ v + p[-1] - y) ** 2) / n


def lagged(z, k):
    """Autocovariance at one lag."""
    return np.sum(z[k:] * z[:-k]) / len(z)


def all_lags(z, most):
    """Squared autocovariances at several lags."""
    total = 0.0
    for k in range(1, most):
        total += np.sum(z[k:] * z[:-k]) ** 2
    return total


def halves(p, t):
    """Amplitudes and rates, one half of a vector each."""
    n = len(p) // 2
    a, b = p[:n], p[n:]
    return np.sum((a * np.exp(-np.outer(t, b))) ** 2)


def thirds(p, t):
    """Amplitudes, centres and widths, a third of a vector each."""
    k = p.size // 3
    a, m, s = p[:k], p[k : 2 * k], p[2 * k :]
    return np.sum(a * np.exp(-(((t[:, None] - m) / s) ** 2)))


def filtered(x, h):
    """A filter as a sum of shifted slices."""
    n, m = len(x), len(h)
    y = np.zeros(n - m + 1)
    for j in range(m):
        y += h[j] * x[j : j + n - m + 1]
    return np.sum(y**2)


def windows(x, t, w):
    """Moving windows against a pattern."""
    total = 0.0
    for i in range(len(x) - w + 1):
        total += np.sum((x[i : i + w] - t) ** 2)
    return total


def blocks(x, y, b):
    """One block of entries after the other."""
    total = 0.0
    for i in range(3):
        total += np.sum(x[i * b : (i + 1) * b] * y[i * b : (i + 1) * b] ** 2)
    return total


def triangle(x, y):
    """All stretches of two vectors."""
    total = 0.0
    for i in range(len(x)):
        for j in range(i + 1, len(x)):
            total += np.sum(x[i:j] * y[i:j])
    return total


def pieces_kept(x, n):
    """An array of one turn meets that of the next, which is longer."""
    before = np.zeros(1)
    total = 0.0
    for i in range(1, n):
        now = x[:i]
        total += np.sum(now * now) + np.sum(before) * 0.5 + np.sum(now[:1] * before)
        before = now * 2.0
    return total


def square_root(p, d):
    """A mean and a square factor in one vector."""
    mean, factor = p[:d], p[d:].reshape(d, d)
    rest = np.ones(d) - mean
    return np.sum((factor @ rest) ** 2) + np.sum(mean * rest)


def convolved(image, kernel, wanted):
    """A picture against what a kernel should make of it."""
    height, width = image.shape
    rows, columns = kernel.shape
    out = np.zeros((height - rows + 1, width - columns + 1))
    for i in range(rows):
        for j in range(columns):
            out += kernel[i, j] * image[i : i + height - rows + 1, j : j + width - columns + 1]
    return np.sum((out - wanted) ** 2)


def _uniform(*shape: int, seed: int = 0) -> np.ndarray:
    return 0.5 + np.random.default_rng(seed).uniform(size=shape)


EXAMPLE_ARGS = {
    "network": lambda: (_uniform(21), _uniform(5, 3, seed=1), _uniform(5, seed=2), 4),
    "lagged": lambda: (_uniform(9), 2),
    "all_lags": lambda: (_uniform(9), 4),
    "halves": lambda: (_uniform(6), _uniform(5, seed=1)),
    "thirds": lambda: (_uniform(6), _uniform(5, seed=1)),
    "filtered": lambda: (_uniform(9), _uniform(3, seed=1)),
    "windows": lambda: (_uniform(9), _uniform(3, seed=1), 3),
    "blocks": lambda: (_uniform(9), _uniform(9, seed=1), 3),
    "triangle": lambda: (_uniform(5), _uniform(5, seed=1)),
    "pieces_kept": lambda: (_uniform(5), 5),
    "square_root": lambda: (_uniform(6), 2),
    "convolved": lambda: (_uniform(6, 5), _uniform(3, 2, seed=1), _uniform(4, 4, seed=2)),
}
