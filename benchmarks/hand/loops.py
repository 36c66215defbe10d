"""Gradients by hand for Numba: loops over single entries, the workloads of arrays and recursions.

The sweeps are fused where iterations meet only in sums; what is kept is what exp and tanh gave.
"""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

Array = Any
# Sums of one loop may be taken in another order; NaN and infinity stay what they are.
SUMS = {"reassoc", "contract", "nsz", "arcp"}


@numba.njit
def hello(x: float) -> float:
    """Return twice the number."""
    return 2.0 * x


@numba.njit(fastmath=SUMS)
def lse(x: Array) -> Array:
    """Return softmax."""
    top = -np.inf
    for i in range(len(x)):
        top = max(top, x[i])
    e = np.empty_like(x)
    total = 0.0
    for i in range(len(x)):
        e[i] = math.exp(x[i] - top)
        total += e[i]
    for i in range(len(x)):
        e[i] /= total
    return e


@numba.njit(fastmath=SUMS)
def llsq(x: Array, n: int) -> Array:
    """Return the gradient of a polynomial's distance; a row of powers serves both sweeps."""
    m = len(x)
    g, powers = np.zeros(m), np.empty(m)
    for i in range(n):
        t = -1.0 + 2.0 * i / (n - 1)
        power = 1.0
        for j in range(m):
            powers[j] = power
            power *= t
        s = 0.0
        for j in range(m):
            s += x[j] * powers[j]
        s -= 1.0 if t > 0.0 else (-1.0 if t < 0.0 else 0.0)
        for j in range(m):
            g[j] += s * powers[j]
    return g


@numba.njit(fastmath=SUMS)
def kmeans(centroids: Array, points: Array) -> Array:
    """Return the gradient of a clustering's cost; centroids are innermost, by coordinate."""
    k, d = centroids.shape
    across = centroids.T.copy()
    g, apart = np.zeros((k, d)), np.empty(k)
    for i in range(len(points)):
        apart[:] = 0.0
        for c in range(d):
            p, row = points[i, c], across[c]
            for j in range(k):
                e = row[j] - p
                apart[j] += e * e
        best = 0
        for j in range(1, k):
            if apart[j] < apart[best]:
                best = j
        for c in range(d):
            g[best, c] += 2.0 * (centroids[best, c] - points[i, c])
    return g


@numba.njit(fastmath=SUMS)
def _softmax_of(beta: Array) -> None:
    top = -np.inf
    for c in range(len(beta)):
        top = max(top, beta[c])
    total = 0.0
    for c in range(len(beta)):
        beta[c] = math.exp(beta[c] - top)
        total += beta[c]
    for c in range(len(beta)):
        beta[c] /= total


@numba.njit(fastmath=SUMS)
def gmm(
    alpha: Array, mu: Array, q: Array, low: Array, x: Array, gamma: float, m: int
) -> tuple[Array, Array, Array, Array]:
    """Return the gradients of a mixture of Gaussians: both sweeps of one point at a time.

    The adjoint of a mean is a product with the sum over points, once a component.
    """
    n, d = x.shape
    k = len(alpha)
    scales = np.exp(q)
    d_alpha, d_q, d_low = np.zeros(k), np.zeros((k, d)), np.zeros_like(low)
    y, pulled, beta = np.empty((k, d)), np.zeros((k, d)), np.empty(k)
    for i in range(n):
        for c in range(k):
            turned, own, e = y[c], scales[c], x[i]
            trace = 0.0
            for j in range(d):
                turned[j] = own[j] * (e[j] - mu[c, j])
                trace += q[c, j]
            p = 0
            for j in range(d - 1):
                away, below = e[j] - mu[c, j], low[c, p : p + d - 1 - j]
                rest = turned[j + 1 :]
                for r in range(len(below)):
                    rest[r] += below[r] * away
                p += d - 1 - j
            square = 0.0
            for j in range(d):
                square += turned[j] * turned[j]
            beta[c] = alpha[c] + trace - 0.5 * square
        _softmax_of(beta)
        for c in range(k):
            share, turned, total = beta[c], y[c], pulled[c]
            d_alpha[c] += share
            for j in range(d):
                total[j] += share * turned[j]
                d_q[c, j] -= share * turned[j] * (x[i, j] - mu[c, j])
            p = 0
            for j in range(d - 1):
                by = share * (x[i, j] - mu[c, j])
                below, rest = d_low[c, p : p + d - 1 - j], turned[j + 1 :]
                for r in range(len(below)):
                    below[r] -= by * rest[r]
                p += d - 1 - j
    d_mu = _gmm_back(alpha, q, low, scales, pulled, (n, gamma, m), (d_alpha, d_q, d_low))
    return d_alpha, d_mu, d_q, d_low


@numba.njit(fastmath=SUMS)
def _gmm_back(
    alpha: Array, q: Array, low: Array, scales: Array, pulled: Array, numbers: Any, sums: Any
) -> Array:
    """Return the adjoint of the means; add to the sums over points what is outside of them."""
    n, gamma, m = numbers
    d_alpha, d_q, d_low = sums
    k, d = q.shape
    base = alpha.copy()
    _softmax_of(base)
    d_mu = np.empty((k, d))
    for c in range(k):
        p = 0
        for j in range(d):
            met = scales[c, j] * pulled[c, j]
            for r in range(j + 1, d):
                met += low[c, p] * pulled[c, r]
                p += 1
            d_mu[c, j] = met
            s = scales[c, j]
            d_q[c, j] = d_q[c, j] * s + d_alpha[c] + m - gamma * gamma * s * s
        for p in range(low.shape[1]):
            d_low[c, p] -= gamma * gamma * low[c, p]
        d_alpha[c] -= n * base[c]
    return d_mu


@numba.njit
def _minors(a: Array, row: int, n: int, used: int, seed: float, g: Array) -> float:
    """Return a minor and add its adjoint for a seed that is known before: one sweep for both."""
    if row == n - 1:
        for j in range(n):
            if not (used >> j) & 1:
                g[row * n + j] += seed
                return a[row * n + j]
    total, sign = 0.0, 1.0
    for j in range(n):
        if not (used >> j) & 1:
            entry = sign * a[row * n + j]
            below = _minors(a, row + 1, n, used | (1 << j), seed * entry, g)
            g[row * n + j] += seed * sign * below
            total += entry * below
            sign = -sign
    return total


@numba.njit
def det(a: Array, n: int) -> Array:
    """Return the gradient of a determinant by minors."""
    g = np.zeros_like(a)
    _minors(a, 0, n, 0, 1.0, g)
    return g
