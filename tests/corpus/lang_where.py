"""Losses by cases: choices by masks, inside each other and side by side."""

from __future__ import annotations

import numpy as np


def huber(w, x, y, delta=1.0):
    """Squares near zero, absolute values beyond."""
    r = x @ w - y
    a = np.abs(r)
    return np.sum(np.where(a <= delta, 0.5 * r**2, delta * (a - 0.5 * delta)))


def three_cases(x):
    """A choice inside a choice, by different tests."""
    return np.sum(np.where(x > 0.5, x**3, np.where(x < -0.5, np.sin(x), x * x)))


def one_test_twice(x):
    """Two choices by the same test, one of the other's result."""
    m = x > 0.0
    y = np.where(m, np.sqrt(np.abs(x)), 2.0 * x)
    return np.sum(np.where(m, y * y * x, np.exp(y)) * y)


def other_arm(x):
    """The inner choice takes the other arm."""
    m = x > 0.0
    y = np.where(m, 1.0 / np.where(m, x, 1.0), 0.0)
    return np.sum(np.where(m, y, x) * x)


def narrow_test(x):
    """One test for a whole row."""
    m = np.sum(x, axis=1, keepdims=True) > 0.0
    y = np.where(m, np.where(m, 2.0, x), x * x)
    return np.sum(np.where(m, y * x, 0.5 * y))


def numbers(a, b):
    """Conditional expressions of numbers."""
    m = a > b
    t = a * b if m else a - b
    return t * t if m else np.sin(t) * b


def single(x):
    """Single precision stays."""
    m = x > np.float32(0.0)
    return np.sum(np.where(m, np.where(m, 1.5, 0.0) * x, x * x))


def in_a_window(x, width):
    """Masks that are triangles by a computed diagonal, turned round and joined."""
    mask = np.triu(np.ones((len(x), len(x)), dtype=bool), 1)
    if width:
        mask |= ~np.triu(np.ones((len(x), len(x)), dtype=bool), -width + 1)
    scores = np.sin(x)
    scores[mask] = -0.5
    return np.sum(scores**2) + np.sum(x[np.tril(x > 0.0, width - 2)] ** 3)


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


EXAMPLE_ARGS = {
    "in_a_window": lambda: (_normal(4, 4), 2),
    "huber": lambda: (_normal(3), 2.0 * _normal(8, 3), _normal(8, seed=1)),
    "three_cases": lambda: (_normal(9),),
    "one_test_twice": lambda: (_normal(7),),
    "other_arm": lambda: (_normal(7),),
    "narrow_test": lambda: (_normal(4, 3),),
    "numbers": lambda: (0.7, 0.2),
    "single": lambda: (_normal(6).astype(np.float32),),
}

MORE_ARGS = {"in_a_window": [lambda: (_normal(4, 4), 0), lambda: (_normal(5, 5), 1)]}
