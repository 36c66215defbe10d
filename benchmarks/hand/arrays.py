"""Value and gradient by hand, in NumPy: the workloads of arrays.

The arguments are those of `benchmarks.gradbench.losses`. Nothing here comes from gradgen.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


def hello(x: float) -> tuple[float, float]:
    """Return the square of a number, and twice the number."""
    return x * x, 2.0 * x


def lse(x: Array) -> tuple[float, Array]:
    """Return the logarithm of a sum of exponentials; its gradient is softmax."""
    top = x.max()
    e = x - top
    np.exp(e, out=e)
    total = e.sum()
    e /= total
    return float(top + math.log(total)), e


def llsq(x: Array, n: int) -> tuple[float, Array]:
    """Return half the squared distance of a polynomial from the sign function."""
    t = np.linspace(-1.0, 1.0, n)
    powers = np.vander(t, len(x), increasing=True)
    residuals = powers @ x - np.sign(np.arange(n) - 0.5 * (n - 1))
    return 0.5 * float(residuals @ residuals), residuals @ powers


def kmeans(centroids: Array, points: Array) -> tuple[float, Array]:
    """Return the cost of a clustering; a centroid only has its own points."""
    k, d = centroids.shape
    apart = (centroids**2).sum(axis=1) - 2.0 * (points @ centroids.T)
    nearest = apart.argmin(axis=1)
    away = points - centroids[nearest]
    sums = [np.bincount(nearest, weights=away[:, c], minlength=k) for c in range(d)]
    return float((away**2).sum()), -2.0 * np.stack(sums, axis=1)


def kmeans_step(centroids: Array, points: Array) -> Array:
    """Return the step of Newton's method: from the means of the points to the centroids."""
    apart = ((points[:, None, :] - centroids) ** 2).sum(axis=2)
    nearest = apart.argmin(axis=1)
    means = [points[nearest == j].mean(axis=0) for j in range(len(centroids))]
    return centroids - np.stack(means)


def softmax(rows: Array) -> tuple[Array, Array]:
    """Return the logarithms of sums of exponentials along the last axis, and their gradients."""
    top = rows.max(axis=-1, keepdims=True)
    e = np.exp(rows - top)
    total = e.sum(axis=-1, keepdims=True)
    return (top + np.log(total))[..., 0], e / total


def gmm(
    alpha: Array, mu: Array, q: Array, low: Array, x: Array, gamma: float, m: int
) -> tuple[float, tuple[Array, Array, Array, Array]]:
    """Return the log likelihood of a mixture of Gaussians with its prior.

    The adjoint of a component's mean is one product with a sum over points, not a sum of products.
    """
    n, d = x.shape
    k = len(alpha)
    columns, rows = np.triu_indices(d, 1)
    d_mu, d_q, d_low = np.empty_like(mu), np.empty_like(q), np.empty_like(low)
    roots = np.zeros((k, d, d))
    roots[:, rows, columns] = low
    scales = np.exp(q)
    roots[:, np.arange(d), np.arange(d)] = scales
    turned = [(x - mu[c]) @ roots[c].T for c in range(k)]
    squares = np.stack([np.einsum("ij,ij->i", y, y) for y in turned], axis=1)
    values, shares = softmax(alpha + q.sum(axis=1) - 0.5 * squares)
    whole, base = softmax(alpha)
    for c in range(k):
        weighted = shares[:, c : c + 1] * turned[c]
        d_mu[c] = weighted.sum(axis=0) @ roots[c]
        by_root = weighted.T @ (x - mu[c])
        d_q[c] = shares[:, c].sum() - np.diagonal(by_root) * scales[c]
        d_low[c] = -by_root[rows, columns]
    prior = -0.5 * gamma**2 * ((scales**2).sum() + (low**2).sum()) + m * q.sum()
    value = values.sum() - n * whole + prior - 0.5 * n * d * math.log(2.0 * math.pi)
    d_q += m - gamma**2 * scales**2
    d_low -= gamma**2 * low
    return float(value), (shares.sum(axis=0) - n * base, d_mu, d_q, d_low)


def lstm(
    main: Array, extra: Array, state: Array, sequence: Array
) -> tuple[float, tuple[Array, Array]]:
    """Return the loss of a diagonal LSTM; kept are the gates, and what they were made of."""
    layers, b = len(state) // 2, state.shape[1]
    turns = len(sequence) - 1
    w, bias = main[0::2].reshape(layers, 4, b), main[1::2].reshape(layers, 4, b)
    hidden, cells = state[0::2].copy(), state[1::2].copy()
    gates = np.empty((turns, layers, 4, b))
    into = np.empty((turns, layers, 4, b))
    before, after = np.empty((turns, layers, b)), np.empty((turns, layers, b))
    tops = np.empty((turns, b))
    for t in range(turns):
        v = sequence[t] * extra[0]
        for i in range(layers):
            into[t, i, 0::2], into[t, i, 1::2] = v, hidden[i]
            linear = into[t, i] * w[i] + bias[i]
            gates[t, i, :3] = 1.0 / (1.0 + np.exp(-linear[:3]))
            gates[t, i, 3] = np.tanh(linear[3])
            f, g, o, a = gates[t, i]
            before[t, i] = cells[i]
            cells[i] = cells[i] * f + g * a
            after[t, i] = np.tanh(cells[i])
            hidden[i] = v = o * after[t, i]
        tops[t] = v
    y = tops * extra[1] + extra[2]
    e = np.exp(y)
    total = 2.0 + e.sum(axis=1, keepdims=True)
    targets = sequence[1:]
    scale = -1.0 / (b * turns)
    value = scale * float((targets * (y - np.log(total))).sum())
    d_y = scale * (targets - e / total * targets.sum(axis=1, keepdims=True))
    d_extra = np.empty_like(extra)
    d_extra[1], d_extra[2] = (d_y * tops).sum(axis=0), d_y.sum(axis=0)
    d_linear, d_first = _lstm_back(w, gates, before, after, d_y * extra[1])
    d_main = np.empty_like(main)
    d_main[0::2] = (d_linear * into).sum(axis=0).reshape(layers, -1)
    d_main[1::2] = d_linear.sum(axis=0).reshape(layers, -1)
    d_extra[0] = (d_first * sequence[:-1]).sum(axis=0)
    return value, (d_main, d_extra)


def _lstm_back(
    w: Array, gates: Array, before: Array, after: Array, d_tops: Array
) -> tuple[Array, Array]:
    """Return the adjoints of what goes into the gates, and of what goes into the first layer."""
    turns, layers, _, b = gates.shape
    d_linear, d_first = np.empty_like(gates), np.empty((turns, b))
    d_hidden, d_cells = np.zeros((layers, b)), np.zeros((layers, b))
    for t in reversed(range(turns)):
        d_v = d_tops[t]
        for i in reversed(range(layers)):
            f, g, o, a = gates[t, i]
            d_h = d_hidden[i] + d_v
            d_c = d_cells[i] + d_h * o * (1.0 - after[t, i] ** 2)
            d_linear[t, i, 0] = d_c * before[t, i] * f * (1.0 - f)
            d_linear[t, i, 1] = d_c * a * g * (1.0 - g)
            d_linear[t, i, 2] = d_h * after[t, i] * o * (1.0 - o)
            d_linear[t, i, 3] = d_c * g * (1.0 - a * a)
            d_cells[i] = d_c * f
            through = d_linear[t, i] * w[i]
            d_v = through[0] + through[2]
            d_hidden[i] = through[1] + through[3]
        d_first[t] = d_v
    return d_linear, d_first


def ode_state(x: Array, steps: int) -> tuple[Array, Array]:
    """Return the state before each step, and the final one."""
    states, y, h = np.empty((steps, len(x))), np.zeros(len(x)), 2.0 / steps
    for step in range(steps):
        states[step] = y
        total = np.zeros_like(y)
        k = total
        for share, weight in ((0.0, 1.0), (0.5, 2.0), (0.5, 2.0), (1.0, 1.0)):
            inner = y + share * h * k
            k = x.copy()
            k[1:] *= inner[:-1]
            total = total + weight * k
        y = y + h / 6.0 * total
    return states, y


def ode_back(x: Array, states: Array, d_y: Array) -> Array:
    """Return the gradient for a cotangent of the final state; the stages are made again."""
    d_x, h = np.zeros_like(x), 2.0 / len(states)
    for y in reversed(states):
        inner, k = [y], np.zeros_like(y)
        for share in (0.5, 0.5, 1.0):
            k = x.copy()
            k[1:] *= inner[-1][:-1]
            inner.append(y + share * h * k)
        d_inner, d_next = np.zeros_like(y), d_y.copy()
        for stage, weight, share in ((3, 1.0, 0.0), (2, 2.0, 1.0), (1, 2.0, 0.5), (0, 1.0, 0.5)):
            d_k = weight * h / 6.0 * d_y + share * h * d_inner
            d_x[0] += d_k[0]
            d_x[1:] += d_k[1:] * inner[stage][:-1]
            d_inner = np.zeros_like(y)
            d_inner[:-1] = d_k[1:] * x[1:]
            d_next += d_inner
        d_y = d_next
    return d_x


def ode(x: Array, steps: int) -> tuple[float, Array]:
    """Return the sum of the final state of a chain of products."""
    states, y = ode_state(x, steps)
    return float(y.sum()), ode_back(x, states, np.ones_like(x))


def det(a: Array, n: int) -> tuple[float, Array]:
    """Return a determinant by minors, all of one size at once."""
    matrix = a.reshape(n, n)
    indices, signs, values = [], [], [np.ones(1)]
    choices = np.arange(n).reshape(1, n)
    for left in range(n, 0, -1):
        indices.append(choices)
        signs.append(np.where(np.arange(left) % 2 == 0, 1.0, -1.0))
        others = np.array([[c for c in range(left) if c != j] for j in range(left)], dtype=np.intp)
        choices = choices[:, others].reshape(len(choices) * left, left - 1)
    values[0] = np.ones(len(choices))
    for row in range(n - 1, -1, -1):
        terms = signs[row] * matrix[row][indices[row]] * values[-1].reshape(indices[row].shape)
        values.append(terms.sum(axis=1))
    d_matrix, d_value = np.empty((n, n)), np.ones(1)
    for row in range(n):
        spread = d_value[:, None] * signs[row]
        below = values[n - 1 - row].reshape(indices[row].shape)
        d_matrix[row] = np.bincount(indices[row].ravel(), (spread * below).ravel(), minlength=n)
        d_value = (spread * matrix[row][indices[row]]).ravel()
    return float(values[-1][0]), d_matrix.ravel()


def particle(w: float, dt: float = 0.1) -> tuple[float, float]:
    """Return where a particle meets the axis, squared; its derivative runs along, forwards."""
    x, y, vx, vy, upper = 0.0, 8.0, 0.75, 0.0, 10.0 - w
    d_x = d_y = d_vx = d_vy = 0.0
    while True:
        dx, dy = x - 10.0, y - upper
        d_dy = d_y + 1.0
        near, far = dx * dx + dy * dy, dx * dx + y * y
        d_near, d_far = 2.0 * (dx * d_x + dy * d_dy), 2.0 * (dx * d_x + y * d_y)
        p, r = near**-1.5, far**-1.5
        d_p, d_r = -1.5 * p / near * d_near, -1.5 * r / far * d_far
        new_x, new_y = x + dt * vx, y + dt * vy
        d_new_x, d_new_y = d_x + dt * d_vx, d_y + dt * d_vy
        if new_y <= 0.0:
            tau = -new_y / vy
            d_tau = -(d_new_y + tau * d_vy) / vy
            end = new_x + tau * vx
            return end * end, 2.0 * end * (d_new_x + tau * d_vx + d_tau * vx)
        vx += dt * dx * (p + r)
        vy += dt * (dy * p + y * r)
        d_vx += dt * (d_x * (p + r) + dx * (d_p + d_r))
        d_vy += dt * (d_dy * p + dy * d_p + d_y * r + y * d_r)
        x, y, d_x, d_y = new_x, new_y, d_new_x, d_new_y
