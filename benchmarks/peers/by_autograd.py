"""HIPS autograd: the losses of arrays, without writes into arrays, which it does not have."""

from __future__ import annotations

import functools
import math
from typing import Any

import autograd
import autograd.numpy as np
import numpy as plain
from autograd.scipy.special import logsumexp

from benchmarks.peers.prepared import Prepared
from benchmarks.peers.workloads import WRT

Array = Any


def hello(x: Array) -> Array:
    """Return the square of a number."""
    return x * x


def lse(x: Array) -> Array:
    """Return the logarithm of a sum of exponentials."""
    top = np.max(x)
    return top + np.log(np.sum(np.exp(x - top)))


def llsq(x: Array, n: int) -> Array:
    """Return half the squared distance of a polynomial from the sign function."""
    t = -1.0 + 2.0 * plain.arange(n) / (n - 1)
    powers = plain.vander(t, len(x), increasing=True)
    return 0.5 * np.sum((plain.sign(t) - np.dot(powers, x)) ** 2)


def kmeans(centroids: Array, points: Array) -> Array:
    """Return the cost of a clustering."""
    crossed = np.sum(centroids**2, axis=1) - 2.0 * np.dot(points, centroids.T)
    return np.sum(points**2) + np.sum(np.min(crossed, axis=1))


def gmm(alpha: Array, mu: Array, q: Array, low: Array, x: Array, gamma: float, m: int) -> Array:
    """Return the log likelihood of a mixture of Gaussians."""
    n, d = x.shape
    k = len(alpha)
    columns, rows = plain.triu_indices(d, 1)
    # Where each entry of a triangle comes from: below, on, and above the diagonal.
    place = plain.full((d, d), low.shape[1] + d)
    place[rows, columns] = plain.arange(len(rows))
    place[plain.arange(d), plain.arange(d)] = len(rows) + plain.arange(d)
    parts = np.concatenate((low, np.exp(q), plain.zeros((k, 1))), axis=1)
    root = parts[:, place]
    y = np.matmul(x - mu[:, None, :], np.transpose(root, (0, 2, 1)))
    beta = alpha + np.sum(q, axis=1) - 0.5 * np.sum(y**2, axis=2).T
    whole = np.sum(logsumexp(beta, axis=1)) - n * logsumexp(alpha)
    prior = -0.5 * gamma**2 * (np.sum(np.exp(2.0 * q)) + np.sum(low**2)) + m * np.sum(q)
    return whole + prior - 0.5 * n * d * math.log(2.0 * math.pi)


def _cross(a: Array, b: Array) -> Array:
    parts = [(1, 2), (2, 0), (0, 1)]
    return np.stack([a[:, i] * b[:, j] - a[:, j] * b[:, i] for i, j in parts], axis=1)


def ba(
    cams: Array, points: Array, weights: Array, feats: Array, cam_of: Array, point_of: Array
) -> Array:
    """Return half the sum of squares of the residuals of a bundle adjustment."""
    cam = cams[cam_of]
    z = points[point_of] - cam[:, 3:6]
    r = cam[:, :3]
    square = np.sum(r**2, axis=1, keepdims=True)
    theta = np.sqrt(np.where(square != 0.0, square, 1.0))
    a = r / theta
    along = np.sum(a * z, axis=1, keepdims=True) * (1.0 - np.cos(theta))
    turned = z * np.cos(theta) + _cross(a, z) * np.sin(theta) + a * along
    y = np.where(square != 0.0, turned, z + _cross(r, z))
    flat = y[:, :2] / y[:, 2:]
    rr = np.sum(flat**2, axis=1, keepdims=True)
    stretched = flat * (1.0 + cam[:, 9:10] * rr + cam[:, 10:] * rr**2)
    errors = weights[:, None] * (cam[:, 6:7] * stretched + cam[:, 7:9] - feats)
    return 0.5 * (np.sum(errors**2) + np.sum((1.0 - weights**2) ** 2))


def ht(
    theta: Array, base: Array, weights: Array, parents: Array, relatives: Array, inverses: Array,
    points: Array, chosen: Array,
) -> Array:  # fmt: skip
    """Return half the sum of squares of a hand's vertices from where they are seen."""
    bent = {2 + 4 * f + j: 6 + 4 * f for f in range(5) for j in range(3)}
    absolute: list[Array] = []
    for b, parent in enumerate(parents):
        local = relatives[b]
        if b in bent:
            it, j = bent[b], (b - 2) % 4
            first = theta[it] if j == 0 else theta[it + 1 + j]
            local = np.dot(local, _turn(first, theta[it + 1] if j == 0 else 0.0))
        absolute.append(local if parent < 0 else np.dot(absolute[parent], local))
    moves = np.matmul(np.stack(absolute), inverses)[:, :3]
    spread = (weights[chosen][:, :, None] * base[chosen][:, None, :]).reshape(len(chosen), -1)
    v = np.dot(spread, np.reshape(np.transpose(moves, (0, 2, 1)), (-1, 3)))
    return 0.5 * np.sum((points - np.dot(v, _about_axis(theta[:3]).T) - theta[3:6]) ** 2)


def _turn(x: Array, z: Array) -> Array:
    """Return the motion about the first axis, then the third."""
    c0, s0, c2, s2 = np.cos(x), np.sin(x), np.cos(z), np.sin(z)
    rows = [[c2, -s2 * c0, s2 * s0, 0.0], [s2, c2 * c0, -c2 * s0, 0.0], [0.0, s0, c0, 0.0]]
    return np.array([*map(np.array, rows), plain.array([0.0, 0.0, 0.0, 1.0])])


def _about_axis(r: Array) -> Array:
    angle = np.sqrt(np.sum(r**2))
    a = r / angle
    crossed = np.array([[0.0, -a[2], a[1]], [a[2], 0.0, -a[0]], [-a[1], a[0], 0.0]])
    cos = np.cos(angle)
    return cos * plain.eye(3) + np.sin(angle) * crossed + (1.0 - cos) * np.outer(a, a)


def lstm(main: Array, extra: Array, state: Array, sequence: Array) -> Array:
    """Return the loss of a diagonal LSTM."""
    layers, b = len(state) // 2, state.shape[1]
    blocks = np.reshape(main, (len(main), 4, b))
    hidden, cells = list(state[0::2]), list(state[1::2])
    total = 0.0
    for t in range(len(sequence) - 1):
        v = sequence[t] * extra[0]
        for i in range(layers):
            w, bias, h = blocks[2 * i], blocks[2 * i + 1], hidden[i]
            forget, out = (_sigmoid(v * w[k] + bias[k]) for k in (0, 2))
            ingate = _sigmoid(h * w[1] + bias[1])
            cells[i] = cells[i] * forget + ingate * np.tanh(h * w[3] + bias[3])
            hidden[i] = v = out * np.tanh(cells[i])
        y = v * extra[1] + extra[2]
        total = total + np.sum(sequence[t + 1] * (y - np.log(2.0 + np.sum(np.exp(y)))))
    return -total / (b * (len(sequence) - 1))


def _sigmoid(x: Array) -> Array:
    return 1.0 / (1.0 + np.exp(-x))


def ode(x: Array, steps: int) -> Array:
    """Return the sum of the final state of a chain of products."""
    h = 2.0 / steps

    def slope(y: Array) -> Array:
        return np.concatenate((x[:1], x[1:] * y[:-1]))

    y = plain.zeros(len(x))
    for _ in range(steps):
        k1 = slope(y)
        k2 = slope(y + 0.5 * h * k1)
        k3 = slope(y + 0.5 * h * k2)
        k4 = slope(y + h * k3)
        y = y + h * (k1 + 2.0 * k2 + 2.0 * k3 + k4) / 6.0
    return np.sum(y)


def det(a: Array, n: int) -> Array:
    """Return a determinant by minors, those of one size at once."""
    matrix, choices, levels = np.reshape(a, (n, n)), plain.arange(n).reshape(1, n), []
    for left in range(n, 0, -1):
        levels.append(choices)
        others = plain.array([[c for c in range(left) if c != j] for j in range(left)], dtype=int)
        choices = choices[:, others].reshape(len(choices) * left, left - 1)
    value = plain.ones(len(choices))
    for row in range(n - 1, -1, -1):
        columns = levels[row]
        signs = (-1.0) ** plain.arange(columns.shape[1])
        value = np.sum(signs * matrix[row][columns] * np.reshape(value, columns.shape), axis=1)
    return value[0]


def particle(w: Array, dt: float) -> Array:
    """Return the square of where a particle meets the axis."""
    x, y, vx, vy, upper = 0.0, 8.0, 0.75, 0.0, 10.0 - w
    while True:
        dx, dy = x - 10.0, y - upper
        near, far = (dx * dx + dy * dy) ** -1.5, (dx * dx + y * y) ** -1.5
        new_x, new_y = x + dt * vx, y + dt * vy
        if new_y <= 0.0:
            return (new_x - new_y / vy * vx) ** 2
        vx, vy = vx + dt * (dx * (near + far)), vy + dt * (dy * near + y * far)
        x, y = new_x, new_y


def prepare(name: str, args: tuple[Any, ...]) -> Prepared:
    """Return the workload."""
    loss = globals()[name]
    places = WRT[name]
    derive = autograd.elementwise_grad if name in ("hello", "particle") else autograd.grad
    gradient = derive(loss, places if len(places) > 1 else places[0])
    return Prepared(functools.partial(loss, *args), functools.partial(gradient, *args))
