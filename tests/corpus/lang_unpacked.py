"""Vectors of parameters that are unpacked into names: how many there are is known from then on."""

from __future__ import annotations

import numpy as np


def decay(p, x, y):
    a, b, c = p
    return np.sum((a * np.exp(-b * x) + c - y) ** 2)


def of_logarithms(p, ys):
    """A Kalman filter; the variances are unpacked from what is computed."""
    q, r = np.exp(p)
    m, v, total = 0.0, 1.0, 0.0
    for y in ys:
        v += q
        s = v + r
        k = v / s
        total += 0.5 * (np.log(s) + (y - m) ** 2 / s)
        m += k * (y - m)
        v *= 1.0 - k
    return total


def two_vectors(p, q):
    a, b = p
    c, d = q
    rotation = np.array([[a, -b], [b, a]])
    return np.sum((rotation @ q) ** 3) + c * d


def of_ranges(p):
    """Ranges of known bounds are unpacked by stars."""
    places = [*range(3), *reversed(range(2))]
    last, *rest = reversed(range(3))
    return sum([*range(1, 4)]) * p[places[3]] ** 2 + p[last] * np.sin(p[rest[0]])


def shares_of_all(p, x):
    """The vector is read as a whole, too."""
    a, b, c = p
    return np.sum(np.sin(p) * a) + b * np.sum(x) + np.dot(p, p[::-1]) + c * len(p)


def one_is_not_used(p, x):
    a, _, c = p
    return np.sum(a * x**2 + c)


def in_a_helper(p, x):
    def line(q, at):
        slope, offset = q
        return slope * at + offset

    return np.sum(line(p, x) ** 2) + np.sum(line(p[::-1], x))


def after_a_branch(p, x):
    total = 0.0
    if x[0] > 0:
        total = np.sum(p**2)
    a, b = p
    return total + a * b * np.sum(x)


def rows_in_a_loop(points, centre):
    cx, cy = centre
    total = 0.0
    for x, y in points:
        total += (x - cx) ** 2 * abs(y - cy)
    return total


def matrix_of_two_rows(m, x):
    top, bottom = m
    return np.sum(top * x) ** 2 + np.sum(np.tanh(bottom + x))


def written_to(p, x):
    a, b, c = p
    p[1] = a * c
    return np.sum(p**2) * b + np.sum(x)


def a_list_beside_numbers(p):
    """What is unpacked and starred again is no list of items of one kind."""
    first, *middle, last = p
    (a, b), *rest = middle[:2], *middle[2:]
    near, *_, far = [r * first for r in rest]
    return first * last + a / b + near * far + len(rest) * sum(middle)


def single_precision(p, x):
    a, b = p
    return np.sum(a * x + b) ** 2


def _vector(n, seed=0):
    return np.random.default_rng(seed).normal(size=n)


EXAMPLE_ARGS = {
    "decay": lambda: (np.array([1.2, 0.7, -0.3]), _vector(6), _vector(6, 1)),
    "of_logarithms": lambda: (np.array([-0.4, 0.3]), _vector(7)),
    "two_vectors": lambda: (np.array([0.4, -1.1]), np.array([0.8, 0.5])),
    "of_ranges": lambda: (_vector(3),),
    "shares_of_all": lambda: (_vector(3), _vector(4)),
    "one_is_not_used": lambda: (_vector(3), _vector(4)),
    "in_a_helper": lambda: (_vector(2), _vector(4)),
    "after_a_branch": lambda: (_vector(2), np.array([0.5, -0.2])),
    "rows_in_a_loop": lambda: (_vector((4, 2)), np.array([0.3, -0.8])),
    "matrix_of_two_rows": lambda: (_vector((2, 3)), _vector(3, 1)),
    "written_to": lambda: (_vector(3), _vector(3, 1)),
    "a_list_beside_numbers": lambda: (_vector(7),),
    "single_precision": lambda: (_vector(2).astype("float32"), _vector(3, 1).astype("float32")),
}
