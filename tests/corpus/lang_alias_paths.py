"""Which array a name stands for depends on the path."""

from __future__ import annotations

import numpy as np


def alias_made_in_loop(a, c):
    b = c
    for k in range(3):
        b[k] = 3.0 * a[k + 1]
        b = a
    return np.sum(a**2) + np.sum(c**2)


def alias_in_one_branch(a, t):
    b = a * 2
    if t > 0:
        b = a
    b[0] = 5.0 * a[1]
    return np.sum(a**2) + np.sum(b)


def view_or_copy(a, t):
    b = a[1:] if t > 0 else a[1:].copy()
    b[0] = a[0] ** 2
    return np.sum(a**2) + b[0] * b[1]


def view_or_other(a, c, t):
    if t > 1:
        v = a[:2]
    elif t > 0:
        v = c[1:3]
    else:
        v = a[3:5]
    v *= v[::-1]
    return np.sum(a**2) + np.sum(c**3)


def view_on_one_path(a, t):
    if t > 0:
        v = a[:2]
    a[0] = 2 * a[1]
    if t > 1:
        v[0] = 5 * v[1]
    if t > 0:
        return v[0] * v[1] + np.sum(a**2)
    return np.sum(a**3)


def view_or_none(a, t):
    v = None
    if t > 0:
        v = a[1:3]
    a[1] = 4.0 * a[0]
    if v is not None:
        v[1] = v[0] ** 2
    return np.sum(a**2)


def branch_writes_alias(a, t):
    v = a[1:4]
    if t > 0:
        v[0] = 2.0 * a[4]
    else:
        a[2] = v[0] * v[2]
    v[1] *= 3.0
    return np.sum(a**2) * v[1]


def dict_rebinds_array(p):
    w = p["w"]
    p["w"] += 1.0
    q = p["w"]
    p["w"] = w * 2
    w[0] = 5.0
    return np.sum(p["w"] ** 2) + np.sum(q)


def helper_swaps(a, b):
    def swap(u, v):
        return v, u

    x, y = swap(a, b)
    x[0] = 2.0 * y[1]
    return np.sum(a**2) + np.sum(b**3)


def helper_returns_view_or_copy(a, t):
    def pick(u):
        if t > 0:
            return u[1:3]
        return u[1:3].copy()

    v = pick(a)
    v[0] = 5.0 * v[1]
    return np.sum(a**2) + v[0]


def break_with_alias(a, b):
    v = a
    for k in range(4):
        if a[k] > 0.5:
            v = b
            break
        v[k] = 2.0 * a[k]
    v[0] = 3.0 * v[1]
    return np.sum(a**2) + np.sum(b**3)


def transposed_alias_loop(m):
    t = m.T
    for i in range(3):
        t[i] += m[i]
    return np.sum(m**2)


def diag_views(m):
    for k in range(3):
        b = m[k : k + 2, k : k + 2]
        b -= b.T * 0.5
    return np.sum(m**2)


def window_view_store(a):
    out = np.zeros(4)
    for i in range(4):
        w = a[i : i + 2]
        out[i] = w[0] * w[1]
        w *= 0.9
    return np.sum(out**2) + np.sum(a)


def same_view_two_names(a):
    u = a[1:4]
    v = a[1:4]
    u[0] = 5.0 * v[1]
    v += u
    return np.sum(a**2)


def overlapping_views(a):
    u = a[:4]
    v = a[1:]
    u += v
    v *= u
    return np.sum(a**2)


def overlapping_views_loop(a):
    for k in range(3):
        u, v = a[k : k + 3], a[k + 1 : k + 4] if k < 2 else a[:3]
        u[:] = v * 0.5 + u
    return np.sum(a**2)


def argument_alias_result(a, b):
    c = a
    a = b
    b = c
    a[0] = 2.0
    b[1] = a[2] ** 2
    return np.sum(a**3) + np.sum(b**2) + np.sum(c)


def conditional_copy_then_write(a, flag):
    if not flag:
        a = a.copy()
    v = a[1:]
    v *= 2.0
    return np.sum(a**2)


def _zero_first(v):
    v[0] = 0.0


def _scaled_in_place(v, k):
    v *= k
    return v


def helper_writes_view(m):
    m = m.copy()
    _scaled_in_place(m[1], 3.0)
    _zero_first(m[:, 2])
    return np.sum(m**2)


def gauss_pivoting(m, b):
    a = np.hstack([m, b[:, None]])
    n = len(b)
    for k in range(n):
        p = k + np.argmax(np.abs(a[k:, k]))
        if p != k:
            a[[k, p]] = a[[p, k]]
        for i in range(k + 1, n):
            a[i] -= a[k] * (a[i, k] / a[k, k])
    det = 1.0
    for k in range(n):
        det *= a[k, k]
    return det + a[n - 1, n]


def for_row_modifies(m):
    for i, row in enumerate(m):
        row -= row.mean()
        row /= np.sqrt(np.sum(row**2) + i + 1)
    return np.sum(m**3)


def kalman_matrix(a, q, y):
    x = np.zeros(2)
    P = np.eye(2)
    H = np.array([1.0, 0.0])
    nll = 0.0
    for t in range(len(y)):
        x = a @ x
        P = a @ P @ a.T + q * np.eye(2)
        S = H @ P @ H + 0.5
        K = P @ H / S
        e = y[t] - H @ x
        x = x + K * e
        P = P - np.outer(K, H @ P)
        nll += 0.5 * (np.log(S) + e * e / S)
    return nll


def unrolled_sgd(w, lr, x, y):
    v = np.zeros_like(w)
    for i in range(len(y)):
        g = 2 * (x[i] @ w - y[i]) * x[i]
        v = 0.9 * v - lr * g
        w = w + v
    return np.mean((x @ w - y) ** 2)


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _positive(*shape, seed=0):
    return np.abs(_normal(*shape, seed=seed)) + 0.5


EXAMPLE_ARGS = {
    "window_view_store": lambda: (_normal(5),),
    "same_view_two_names": lambda: (_normal(5),),
    "overlapping_views": lambda: (_normal(5),),
    "overlapping_views_loop": lambda: (_normal(5),),
    "alias_made_in_loop": lambda: (_normal(5), _positive(5, seed=1)),
    "helper_swaps": lambda: (_normal(5), _positive(5, seed=1)),
    "break_with_alias": lambda: (_normal(5), _positive(5, seed=1)),
    "argument_alias_result": lambda: (_normal(5), _positive(5, seed=1)),
    "alias_in_one_branch": lambda: (_normal(5), 0.3),
    "view_or_copy": lambda: (_normal(5), 0.3),
    "view_on_one_path": lambda: (_normal(5), 0.3),
    "view_or_none": lambda: (_normal(5), 0.3),
    "branch_writes_alias": lambda: (_normal(5), 0.3),
    "helper_returns_view_or_copy": lambda: (_normal(5), 0.3),
    "view_or_other": lambda: (_normal(5), _positive(5, seed=1), 0.3),
    "dict_rebinds_array": lambda: ({"w": _normal(5)},),
    "transposed_alias_loop": lambda: (_normal(4, 4),),
    "diag_views": lambda: (_normal(4, 4),),
    "conditional_copy_then_write": lambda: (_normal(5), True),
    "helper_writes_view": lambda: (_normal(3, 4),),
    "gauss_pivoting": lambda: (_normal(3, 3) + 3.0 * np.eye(3), _normal(3, seed=1)),
    "for_row_modifies": lambda: (_normal(3, 4),),
    "kalman_matrix": lambda: (np.array([[1.0, 0.1], [-0.1, 0.9]]), 0.1, _normal(4)),
    "unrolled_sgd": lambda: (_normal(3), 0.05, _normal(4, 3, seed=1), _normal(4, seed=2)),
}

ARGNUMS = {
    "unrolled_sgd": (0, 1),
}

MORE_ARGS = {
    "break_with_alias": [
        lambda: (_normal(5) - 9, _positive(5, seed=1)),
        lambda: (_normal(5, seed=2) + 9, _positive(5, seed=3)),
    ],
    "alias_in_one_branch": [lambda: (_normal(5), -0.3)],
    "view_or_copy": [lambda: (_normal(5), -0.3)],
    "view_on_one_path": [lambda: (_normal(5), -0.3), lambda: (_normal(5), 1.3)],
    "view_or_none": [lambda: (_normal(5), -0.3)],
    "branch_writes_alias": [lambda: (_normal(5), -0.3)],
    "helper_returns_view_or_copy": [lambda: (_normal(5), -0.3)],
    "view_or_other": [
        lambda: (_normal(5), _positive(5, seed=1), -0.3),
        lambda: (_normal(5, seed=2), _positive(5, seed=3), 1.3),
    ],
}
