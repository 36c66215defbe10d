"""Losses of different kinds, as people write them.

``EXAMPLE_ARGS`` gives each one deterministic arguments; every argument whose leaves are all floats
is differentiated.
"""

from __future__ import annotations

import math

import numpy as np


def linear_regression(w, b, x, y):
    """Mean squared error of a linear model."""
    residual = x @ w + b - y
    return np.mean(residual**2)


def logistic_regression(w, b, x, y):
    """Mean cross-entropy of a logistic model, in its stable form."""
    z = x @ w + b
    return np.mean(np.maximum(z, 0.0) - z * y + np.log1p(np.exp(-np.abs(z))))


def mlp_squared(params, x, targets):
    """Squared error between softmax probabilities and one-hot targets."""
    w1, b1, w2, b2 = params
    hidden = np.tanh(x @ w1 + b1)
    logits = hidden @ w2 + b2
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    exped = np.exp(shifted)
    probabilities = exped / np.sum(exped, axis=1, keepdims=True)
    return np.mean(np.sum((probabilities - targets) ** 2, axis=1))


def mlp_cross_entropy(params, x, labels):
    """Cross-entropy of a two-layer network with integer labels."""
    w1, b1, w2, b2 = params
    hidden = np.maximum(x @ w1 + b1, 0.0)
    logits = hidden @ w2 + b2
    shifted = logits - logits.max(axis=1, keepdims=True)
    norm = np.exp(shifted).sum(axis=1)
    rows = np.arange(len(labels))
    return np.mean(np.log(norm) - shifted[rows, labels])


def rosenbrock_loop(x):
    """Rosenbrock's valley, one term at a time."""
    total = 0.0
    for i in range(len(x) - 1):
        total += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2
    return total


def rosenbrock_vector(x):
    """Rosenbrock's valley with slices."""
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def polynomial_chain(x, coefficients):
    """Horner's scheme, then a chain of squares."""
    y = 0.0
    for c in coefficients:
        y = y * x + c
    for _ in range(3):
        y = y * y - 0.5 * y
    return y


def product(x):
    """Product of all elements in a loop."""
    result = 1.0
    for i in range(len(x)):
        result *= x[i]
    return result


def huber(w, x, y, delta=0.7):
    """Huber's loss with a branch for each sample."""
    total = 0.0
    for i in range(len(y)):
        r = np.dot(x[i], w) - y[i]
        if abs(r) <= delta:
            total += 0.5 * r * r
        else:
            total += delta * (abs(r) - 0.5 * delta)
    return total / len(y)


def rnn(w, u, h, x):
    """A recurrent network over time."""
    loss = 0.0
    for t in range(len(x)):
        h = np.tanh(w @ h + u @ x[t])
        loss += np.sum(h * h)
    return loss


def k_means(centres, points):
    """Sum over points of the least squared distance to a centre."""
    difference = points[:, None, :] - centres[None, :, :]
    distances = np.sum(difference * difference, axis=2)
    return np.sum(np.min(distances, axis=1))


def gaussian_likelihood(mean, log_sigma, x):
    """Negative log likelihood of independent normal variables."""
    z = (x - mean) * np.exp(-log_sigma)
    return np.sum(0.5 * z**2 + log_sigma + 0.5 * np.log(2.0 * np.pi))


def weighted_statistics(x, weights):
    """Mean, variance and standard deviation, weighted and plain."""
    share = weights / np.sum(weights)
    mean = np.sum(share * x)
    variance = np.sum(share * (x - mean) ** 2)
    return mean / np.sqrt(variance) + np.var(x) * np.mean(x) + x.std()


def heat_stencil(u, c):
    """Five-point heat equation with slices."""
    for _ in range(4):
        inner = u[1:-1, 1:-1]
        around = u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:]
        step = inner + c * (around - 4.0 * inner)
        u = u.copy()
        u[1:-1, 1:-1] = step
    return np.sum(u**2)


def convolution(kernel, signal, target):
    """One-dimensional convolution by shifted slices."""
    width = len(kernel)
    out = np.zeros(len(signal) - width + 1)
    for k in range(width):
        out += kernel[k] * signal[k : k + len(out)]
    return np.sum((out - target) ** 2)


def projection(x, y, z, focal, k1, px, py):
    """A pinhole camera with radial distortion, scalars and math only."""
    u = -x / z
    v = -y / z
    r2 = u * u + v * v
    distortion = 1.0 + k1 * r2
    dx = focal * distortion * u - px
    dy = focal * distortion * v - py
    return math.sqrt(dx * dx + dy * dy) + math.atan2(v, u) * math.exp(-r2)


def newton_root(a):
    """A square root by Newton's iteration until it settles."""
    x = 0.5 * a + 0.5
    while abs(x * x - a) > 1e-12:
        x = 0.5 * (x + a / x)
    return x * a


def single_precision(w, x):
    """Computed in float32 throughout."""
    h = np.tanh(x @ w)
    return np.sum(h * h) / np.float32(x.shape[0])


def gaussian_process(log_scale, noise, x, y):
    """Negative log marginal likelihood by hand-written Cholesky substitution."""
    n = len(x)
    k = np.exp(-0.5 * ((x[:, None] - x[None, :]) * np.exp(-log_scale)) ** 2)
    k = k + (noise**2 + 1e-3) * np.eye(n)
    low = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            s = k[i, j] - np.dot(low[i, :j], low[j, :j])
            if i == j:
                low[i, j] = np.sqrt(s)
            else:
                low[i, j] = s / low[j, j]
    z = np.zeros(n)
    for i in range(n):
        z[i] = (y[i] - np.dot(low[i, :i], z[:i])) / low[i, i]
    return 0.5 * np.dot(z, z) + np.sum(np.log(np.diag(low)))


def attention(q, k, v):
    """Scaled dot-product attention."""
    scores = q @ k.T / np.sqrt(q.shape[1])
    scores = scores - np.max(scores, axis=-1, keepdims=True)
    weights = np.exp(scores)
    weights /= np.sum(weights, axis=-1, keepdims=True)
    return np.sum((weights @ v) ** 2)


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _positive(*shape, seed=0):
    return np.random.default_rng(seed).uniform(0.5, 1.5, size=shape)


def _network(inputs, hidden, outputs):
    sizes = [(inputs, hidden), (hidden,), (hidden, outputs), (outputs,)]
    return tuple(0.5 * _normal(*size, seed=seed) for seed, size in enumerate(sizes))


EXAMPLE_ARGS = {
    "linear_regression": lambda: (_normal(3), 0.3, _normal(6, 3, seed=1), _normal(6, seed=2)),
    "logistic_regression": lambda: (
        _normal(3),
        0.3,
        _normal(6, 3, seed=1),
        np.array([0.0, 1.0, 1.0, 0.0, 1.0, 0.0]),
    ),
    "mlp_squared": lambda: (
        _network(4, 5, 3),
        _normal(6, 4, seed=9),
        np.eye(3)[[0, 1, 2, 0, 1, 2]],
    ),
    "mlp_cross_entropy": lambda: (
        _network(4, 5, 3),
        _normal(6, 4, seed=9),
        np.array([0, 2, 1, 1, 0, 2]),
    ),
    "rosenbrock_loop": lambda: (_normal(7),),
    "rosenbrock_vector": lambda: (_normal(7),),
    "polynomial_chain": lambda: (0.4, _normal(5)),
    "product": lambda: (_positive(6),),
    "huber": lambda: (_normal(3), _normal(8, 3, seed=1), _normal(8, seed=2)),
    "rnn": lambda: (
        0.5 * _normal(4, 4),
        _normal(4, 2, seed=1),
        _normal(4, seed=2),
        _normal(5, 2, seed=3),
    ),
    "k_means": lambda: (_normal(3, 2), _normal(9, 2, seed=1)),
    "gaussian_likelihood": lambda: (0.2, _normal(3), _normal(5, 3, seed=1)),
    "weighted_statistics": lambda: (_normal(6), _positive(6)),
    "heat_stencil": lambda: (_normal(6, 5), 0.1),
    "convolution": lambda: (_normal(3), _normal(9, seed=1), _normal(7, seed=2)),
    "projection": lambda: (0.5, -0.4, -2.0, 1.3, 0.2, 0.1, 0.3),
    "newton_root": lambda: (2.7,),
    "single_precision": lambda: (
        _normal(3, 2).astype(np.float32),
        _normal(5, 3, seed=1).astype(np.float32),
    ),
    "gaussian_process": lambda: (0.1, 0.4, _normal(5), _normal(5, seed=1)),
    "attention": lambda: (_normal(4, 3), _normal(5, 3, seed=1), _normal(5, 2, seed=2)),
}
