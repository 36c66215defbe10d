"""Likelihoods and scores."""

from __future__ import annotations

import math

import numpy as np


def normal_nll(mu, log_sigma, x):
    s = np.exp(log_sigma)
    return np.sum(0.5 * ((x - mu) / s) ** 2 + log_sigma + 0.5 * np.log(2 * np.pi))


def mixture_nll(w, mu, log_s, x):
    total = 0.0
    w = np.exp(w) / np.sum(np.exp(w))
    for xi in x:
        p = 0.0
        for k in range(len(w)):
            s = np.exp(log_s[k])
            p += w[k] * np.exp(-0.5 * ((xi - mu[k]) / s) ** 2) / (s * np.sqrt(2 * np.pi))
        total -= np.log(p)
    return total


def ar1_likelihood(phi, sigma, y):
    ll = (
        -0.5 * math.log(2 * math.pi * sigma**2 / (1 - phi**2))
        - 0.5 * y[0] ** 2 * (1 - phi**2) / sigma**2
    )
    for t in range(1, len(y)):
        e = y[t] - phi * y[t - 1]
        ll += -0.5 * math.log(2 * math.pi * sigma**2) - 0.5 * (e / sigma) ** 2
    return -ll


def hmm_forward(log_a, log_b, obs):
    a = np.exp(log_a) / np.exp(log_a).sum(axis=1, keepdims=True)
    b = np.exp(log_b) / np.exp(log_b).sum(axis=1, keepdims=True)
    alpha = np.ones(2) / 2 * b[:, obs[0]]
    ll = 0.0
    for o in obs[1:]:
        scale = alpha.sum()
        ll += np.log(scale)
        alpha = (alpha / scale) @ a * b[:, o]
    return -(ll + np.log(alpha.sum()))


def viterbi_score(trans, emit):
    n, k = emit.shape
    score = emit[0].copy()
    for t in range(1, n):
        new = np.empty(k)
        for j in range(k):
            new[j] = np.max(score + trans[:, j]) + emit[t, j]
        score = new
    return score.max()


def kalman_1d(q, r, y):
    x, p = 0.0, 1.0
    nll = 0.0
    for obs in y:
        p = p + q
        s = p + r
        k = p / s
        innov = obs - x
        nll += 0.5 * (math.log(s) + innov**2 / s)
        x += k * innov
        p *= 1 - k
    return nll


def garch(omega, alpha, beta, returns):
    var = np.var(returns)
    nll = 0.0
    for r in returns:
        nll += 0.5 * (np.log(var) + r**2 / var)
        var = omega + alpha * r**2 + beta * var
    return nll


def cox_partial(w, x, order, event):
    eta = x @ w
    eta = eta[order]
    loss = 0.0
    for i in range(len(eta)):
        if event[i]:
            loss -= eta[i] - np.log(np.sum(np.exp(eta[i:])))
    return loss


def beta_binomial(a, b, k, n):
    ll = 0.0
    for ki, ni in zip(k, n):
        for j in range(ki):
            ll += math.log(a + j)
        for j in range(ni - ki):
            ll += math.log(b + j)
        for j in range(ni):
            ll -= math.log(a + b + j)
    return -ll


def correlation_loss(a, b):
    a = a - a.mean()
    b = b - b.mean()
    return 1 - np.sum(a * b) / np.sqrt(np.sum(a**2) * np.sum(b**2))


def kernel_density(x, h):
    n = x.shape[0]
    total = 0.0
    for i in range(n):
        dens = 0.0
        for j in range(n):
            if i != j:
                dens += math.exp(-0.5 * ((x[i] - x[j]) / h) ** 2) / h
        total += math.log(dens / (n - 1))
    return -total


def ranking_pairs(s, y):
    loss, count = 0.0, 0
    for i in range(len(s)):
        for j in range(len(s)):
            if y[i] > y[j]:
                loss += np.log1p(np.exp(-(s[i] - s[j])))
                count += 1
    return loss / max(count, 1)


def em_step(mu, x):
    r = np.exp(-0.5 * (x[:, None] - mu[None, :]) ** 2)
    r /= r.sum(axis=1, keepdims=True)
    mu = (r * x[:, None]).sum(axis=0) / r.sum(axis=0)
    return np.sum(mu**2)


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _positive(*shape, seed=0):
    return np.abs(_normal(*shape, seed=seed)) + 0.5


EXAMPLE_ARGS = {
    "normal_nll": lambda: (0.3, -0.2, _normal(5)),
    "mixture_nll": lambda: (_normal(2), _normal(2, seed=1), _normal(2, seed=2), _normal(4, seed=3)),
    "ar1_likelihood": lambda: (0.4, 0.9, _normal(6)),
    "hmm_forward": lambda: (_normal(2, 2), _normal(2, 3, seed=1), np.array([0, 2, 1, 1])),
    "viterbi_score": lambda: (_normal(2, 2), _normal(4, 2, seed=1)),
    "kalman_1d": lambda: (0.3, 0.5, _normal(6)),
    "garch": lambda: (0.1, 0.2, 0.6, _normal(6)),
    "cox_partial": lambda: (
        _normal(3),
        _normal(6, 3, seed=1),
        np.array([2, 0, 1, 5, 4, 3]),
        np.array([1, 0, 1, 1, 0, 1]),
    ),
    "beta_binomial": lambda: (1.2, 0.8, [1, 2, 0], [3, 3, 2]),
    "correlation_loss": lambda: (_normal(5), _positive(5, seed=1)),
    "kernel_density": lambda: (_normal(4), 0.5),
    "ranking_pairs": lambda: (_normal(5), np.array([2, 0, 1, 2, 0])),
    "em_step": lambda: (np.array([-0.5, 0.8]), _normal(6)),
}

ARGNUMS = {
    "hmm_forward": (0, 1),
    "garch": (0, 1, 2),
    "cox_partial": (0,),
}
