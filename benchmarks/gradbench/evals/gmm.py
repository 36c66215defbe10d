"""gmm: the likelihood of a mixture of Gaussians with a Wishart prior."""

import math

import numpy as np

from benchmarks.gradbench.evals.task import Task, gradient, numbers, plain, styled, value
from benchmarks.gradbench.losses import gmm as gmm_loops


def log_sum_exp(rows):
    """Return the logarithm of the sum of exponentials along the last axis."""
    top = np.max(rows, axis=-1, keepdims=True)
    return top[..., 0] + np.log(np.sum(np.exp(rows - top), axis=-1))


def gmm(alpha, mu, q, low, x, gamma, m):
    """Return the log likelihood of a Gaussian mixture, with its Wishart prior."""
    n, d = x.shape
    k = len(alpha)
    columns, rows = np.triu_indices(d, 1)
    root = np.zeros((k, d, d))
    root[:, rows, columns] = low
    root[:, np.arange(d), np.arange(d)] = np.exp(q)
    y = (x - mu[:, None, :]) @ np.transpose(root, (0, 2, 1))
    beta = alpha + np.sum(q, axis=1) - 0.5 * np.sum(y**2, axis=2).T
    likelihood = np.sum(log_sum_exp(beta)) - n * log_sum_exp(alpha)
    prior = -0.5 * gamma**2 * (np.sum(np.exp(2.0 * q)) + np.sum(low**2)) + m * np.sum(q)
    return likelihood + prior - 0.5 * n * d * math.log(2.0 * math.pi)


def wishart(k, d, gamma, m):
    """Return the part of the prior that nothing is differentiated by."""
    nu = d + m + 1
    log_gamma = 0.25 * d * (d - 1) * math.log(math.pi)
    for j in range(1, d + 1):
        log_gamma += math.lgamma(0.5 * nu + 0.5 * (1 - j))
    return k * (nu * d * (math.log(gamma) - 0.5 * math.log(2.0)) - log_gamma)


def of_arrays(alpha, mu, q, low, x, gamma, m):
    """Return the objective, in the style of arrays."""
    return gmm(alpha, mu, q, low, x, gamma, m) + wishart(len(alpha), x.shape[1], gamma, m)


def of_loops(alpha, mu, q, low, x, gamma, m):
    """Return the objective, in the style of loops."""
    return gmm_loops(alpha, mu, q, low, x, gamma, m) + wishart(len(alpha), x.shape[1], gamma, m)


def tasks(backend):
    """Return the functions of the protocol."""
    loss = styled(backend, of_arrays, of_loops)
    return {
        "objective": Task(value(loss, backend), decode),
        "jacobian": Task(gradient(loss, backend, (0, 1, 2, 3)), decode, encode),
    }


def decode(data):
    """Return the arguments of the loss."""
    d, k, n = data["d"], data["k"], data["n"]
    return (
        numbers(data["alpha"], k), numbers(data["mu"], k, d), numbers(data["q"], k, d),
        numbers(data["l"], k, d * (d - 1) // 2), numbers(data["x"], n, d),
        float(data["gamma"]), int(data["m"]),
    )  # fmt: skip


def encode(gradients):
    """Return the gradients by their names."""
    return dict(zip(("alpha", "mu", "q", "l"), map(plain, gradients), strict=True))
