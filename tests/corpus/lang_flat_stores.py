"""Stores into ``a.flat`` and ``a[:]``, and writes to the ``ravel`` of a part of an array."""

from __future__ import annotations

import numpy as np


def ridge_on_the_diagonal(x, y, ridge):
    """What a product of matrices returns is in C order, whatever the order of its factors."""
    gram = x.T @ x
    gram.flat[:: gram.shape[0] + 1] += ridge
    coef = np.linalg.solve(gram, x.T @ y)
    return np.sum((y - x @ coef) ** 2)


def places_of_a_copy_in_any_order(x, noise):
    """An array that is like an argument lies in memory as that does."""
    out = np.zeros_like(x)
    out.flat[:: out.shape[1] + 1] += noise
    out.flat[1] = noise[0] * x[0, 1]
    out.flat[-2] *= 3.0
    for k in range(2):
        out.flat[k::3] -= x[k, 0]
    return np.sum(out * out * x)


def places_of_an_argument(x, r):
    """The argument itself, and its transpose, which goes through it column by column."""
    x.flat[[0, 4]] *= r
    turned = x.T
    turned.flat[1:4] = np.array([r, 2.0 * r, r * r])
    turned[:, ::-1].flat[0] += 0.5
    return np.sum(x**2 * np.arange(x.size).reshape(x.shape))


def all_of_a_view(p, a):
    """``x[:]`` is all of what ``x`` is, and what is added may change that first."""

    def bumped():
        p[0] += 1.0
        return a

    x, y = p[:, 0], p[:, 1]
    x[:], y[:] = a * x - y, x + a * y
    tail = p[1:]
    p[:] *= bumped()
    tail[:] **= 2.0
    tail[:] /= p[0]
    p[:] -= bumped() * p
    p[0][:] = y[:2] ** 2
    return np.sum(p**2) + tail[0, 0]


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


EXAMPLE_ARGS = {
    "ridge_on_the_diagonal": lambda: (_normal(5, 3), _normal(5, seed=1), 0.4),
    "places_of_a_copy_in_any_order": lambda: (_normal(4, 3), _normal(3, seed=1)),
    "places_of_an_argument": lambda: (_normal(4, 3), 0.7),
    "all_of_a_view": lambda: (_normal(3, 2), 0.7),
}

MORE_ARGS = {
    "ridge_on_the_diagonal": [lambda: (np.asfortranarray(_normal(5, 3)), _normal(5, seed=1), 0.4)],
    "places_of_a_copy_in_any_order": [
        lambda: (np.asfortranarray(_normal(4, 3)), _normal(3, seed=1)),
        lambda: (_normal(8, 3)[::2], _normal(3, seed=1)),
    ],
    "places_of_an_argument": [lambda: (np.asfortranarray(_normal(4, 3)), 0.7)],
}
