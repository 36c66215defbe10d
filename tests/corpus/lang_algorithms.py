"""Algorithms that work in place: elimination, sorting, stencils, buffers."""

from __future__ import annotations

import numpy as np


def gauss_elimination(m, b):
    m = m.copy()
    b = b.copy()
    n = len(b)
    for k in range(n - 1):
        for i in range(k + 1, n):
            f = m[i, k] / m[k, k]
            m[i, k:] -= f * m[k, k:]
            b[i] -= f * b[k]
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        x[i] = (b[i] - m[i, i + 1 :] @ x[i + 1 :]) / m[i, i]
    return x @ x


def cholesky_in_place(s):
    L = s @ s.T + np.eye(3)
    n = 3
    for j in range(n):
        for k in range(j):
            L[j:, j] -= L[j:, k] * L[j, k]
        L[j:, j] /= np.sqrt(L[j, j])
    return np.sum(np.log(np.diag(L)))


def insertion_sort_loss(a):
    b = a.copy()
    for i in range(1, len(b)):
        v = b[i]
        j = i - 1
        while j >= 0 and b[j] > v:
            b[j + 1] = b[j]
            j -= 1
        b[j + 1] = v
    return b[0] * b[-1] + b[2] ** 2


def heat_equation(u, alpha):
    for _ in range(4):
        u[1:-1] += alpha * (u[2:] - 2 * u[1:-1] + u[:-2])
    return np.sum(u**2)


def heat_two_buffers(u, alpha):
    new = u.copy()
    for _ in range(3):
        for i in range(1, len(u) - 1):
            new[i] = u[i] + alpha * (u[i + 1] - 2 * u[i] + u[i - 1])
        u, new = new, u
    return np.sum(u**2)


def gauss_seidel(a, b):
    x = np.zeros(3)
    for _ in range(3):
        for i in range(3):
            s = 0.0
            for j in range(3):
                if j != i:
                    s += a[i, j] * x[j]
            x[i] = (b[i] - s) / a[i, i]
    return x @ x


def game_of_smoothing(m):
    out = m.copy()
    for i in range(1, m.shape[0] - 1):
        for j in range(1, m.shape[1] - 1):
            out[i, j] = 0.25 * (m[i - 1, j] + m[i + 1, j] + m[i, j - 1] + m[i, j + 1])
    return np.sum((out - m) ** 2)


def prefix_sum_in_place(a):
    for i in range(1, len(a)):
        a[i] += a[i - 1]
    return a @ a


def history_matrix(x0, w, n):
    h = np.zeros((n + 1, 2))
    h[0] = x0
    for t in range(n):
        h[t + 1] = np.tanh(w @ h[t])
    return np.mean(h[1:] ** 2)


def ring_buffer(a):
    buf = np.zeros(3)
    total = 0.0
    for t, v in enumerate(a):
        buf[t % 3] = v * v
        total += buf.max() * buf.sum()
    return total


def soft_histogram(a, centers):
    h = np.zeros(len(centers))
    for i, c in enumerate(centers):
        h[i] = np.sum(np.exp(-((a - c) ** 2)))
    h /= h.sum()
    return -np.sum(h * np.log(h))


def accumulate_gradient_buffers(w, xs):
    g = np.zeros_like(w)
    for x in xs:
        r = w @ x - 1.0
        g += r * x
    w = w - 0.1 * g
    return np.sum(w**2)


def spline_eval(knots, coef, x):
    total = 0.0
    for xi in x:
        k = 0
        while k < len(knots) - 2 and xi >= knots[k + 1]:
            k += 1
        h = xi - knots[k]
        total += coef[k, 0] + coef[k, 1] * h + coef[k, 2] * h**2
    return total**2


def linear_interp_search(xs, ys, q):
    lo, hi = 0, len(xs) - 1
    while hi - lo > 1:
        mid = (lo + hi) // 2
        if xs[mid] <= q:
            lo = mid
        else:
            hi = mid
    w = (q - xs[lo]) / (xs[hi] - xs[lo])
    return (1 - w) * ys[lo] + w * ys[hi]


def bezier_decasteljau(ctrl, t):
    pts = ctrl.copy()
    n = len(pts)
    for r in range(1, n):
        for i in range(n - r):
            pts[i] = (1 - t) * pts[i] + t * pts[i + 1]
    return pts[0] @ pts[0]


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


EXAMPLE_ARGS = {
    "gauss_elimination": lambda: (_normal(3, 3) + 3.0 * np.eye(3), _normal(3, seed=1)),
    "cholesky_in_place": lambda: (_normal(3, 3) + 3.0 * np.eye(3),),
    "insertion_sort_loss": lambda: (_normal(5),),
    "heat_equation": lambda: (_normal(6), 0.2),
    "heat_two_buffers": lambda: (_normal(6), 0.2),
    "gauss_seidel": lambda: (_normal(3, 3) + 3.0 * np.eye(3), _normal(3, seed=1)),
    "game_of_smoothing": lambda: (_normal(4, 4),),
    "prefix_sum_in_place": lambda: (_normal(5),),
    "history_matrix": lambda: (_normal(2), _normal(2, 2, seed=1), 3),
    "ring_buffer": lambda: (_normal(6),),
    "soft_histogram": lambda: (_normal(5), np.array([-1.0, 0.0, 1.0])),
    "accumulate_gradient_buffers": lambda: (_normal(2), _normal(3, 2, seed=1)),
    "bezier_decasteljau": lambda: (_normal(4, 2), 0.3),
    "linear_interp_search": lambda: (np.array([0.0, 0.3, 0.5, 0.8, 1.0]), _normal(5), 0.62),
    "spline_eval": lambda: (
        np.array([0.0, 0.4, 0.8, 1.2]),
        _normal(3, 3),
        np.array([0.1, 0.5, 0.9]),
    ),
}

MORE_ARGS = {
    "linear_interp_search": [lambda: (np.array([0.0, 0.3, 0.5, 0.8, 1.0]), _normal(5), 0.1)],
}
