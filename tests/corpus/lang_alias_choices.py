"""One array or another, by the path, and then views of it, loops over it and writes into it."""

from __future__ import annotations

import numpy as np


def transposed(a, b, t):
    w = a if t > 0 else b
    v = np.transpose(w)
    v[0] = w[1] * 2
    return np.sum(a**2) + np.sum(b**3)


def axes_moved(a, b, t):
    w = a if t > 0 else b
    v = np.moveaxis(w, 0, 1)
    u = np.flipud(v)
    u[0] = w[1] * 2
    np.swapaxes(w, 0, 1)[1] *= 3.0
    return np.sum(a**2) + np.sum(b**3)


def reshaped(a, b, t):
    a, b = a.copy(), b.copy()
    w = a if t > 0 else b
    v = np.reshape(w, -1)
    v[2:5] = v[:3] ** 2
    np.ravel(w)[0] = 7.0 * b[0, 0]
    np.squeeze(w[None])[2] = 1.0 + a[1]
    np.expand_dims(w, 0)[0, 1] += w[2]
    return np.sum(a**2) + np.sum(b**3)


def copied_into(a, b, t):
    w = a if t > 0 else b
    np.copyto(w, w.T * a)
    np.copyto(w[0], b[1])
    return np.sum(a**2) + np.sum(b**3)


def results_written_into(a, b, t):
    w = a if t > 0 else b
    np.sin(a, out=w)
    np.add(w, b, w)
    w.sort(axis=0)
    w[1].fill(t)
    return np.sum(a**2) + np.sum(b**3)


def places_written(a, b, t):
    w = a if t > 0 else b
    np.add.at(w, [0, 0, 2], a[0])
    np.multiply.at(w, ([0, 0], [1, 1]), 3.0)
    np.fill_diagonal(w, w[0])
    np.put(w, [3, 4], [t, t * t])
    np.putmask(w, w > 1, b)
    np.place(w, w < -1, [t])
    return np.sum(a**2) + np.sum(b**3)


def rows_looped_over(a, b, t):
    w = a if t > 0 else b
    s = 0.0
    for row in w:
        row *= 2.0
        s += np.sum(row) * a[0, 0]
    for i, row in enumerate(w):
        row[i] = s
    for r, q in zip(w, b, strict=True):
        r += q**2
    return np.sum(a**2) + np.sum(b**3)


def rows_unpacked(a, b, t):
    w = a if t > 0 else b
    p, q, r = w
    p += q * r
    q[0] = a[0, 0]
    return np.sum(a**2) + np.sum(b**3)


def read_in_comprehensions(a, b, t):
    w = a if t > 0 else b
    s = sum(np.sum(r) for r in w)
    w[0] = np.array([x**2 for x in w[0]]) * s
    return np.sum(a**2) + np.sum(b**3)


def key_by_path(a, b, t):
    d = {"x": a, "y": b}
    key = "x" if t > 0 else "y"
    d[key][0] = a[1] * b[1]
    d[key] = d[key] * 2
    return np.sum(d["x"] ** 2) + np.sum(d["y"] ** 3) + a[0, 0]


def tuple_by_path(a, b, t):
    p = (a, b) if t > 0 else (b, a)
    p[0][1] = p[1][0] ** 2
    x, y = p
    y -= x
    return np.sum(a**2) + np.sum(b**3)


def none_where_no_turn(x, n):
    last = None
    state = {"s": np.zeros(3), "k": 0}

    def update(v):
        state["s"] += v
        state["s"][0] *= 0.5
        state["k"] += 1
        return state["s"]

    for i in range(n):
        last = update(x * (i + 1))
    last[1] = last[0] ** 2
    return np.sum(state["s"]) * state["k"]


def none_on_one_path(x, t):
    v = None
    if t > 0:
        v = x * 2
    return v.sum() + v[0] * len(v) + np.sum(v + 1)


def diagonal_before_write(x):
    d = np.zeros((3, 3))
    np.fill_diagonal(d, x)
    v = np.diag(d)
    d[0, 0] = x[1] ** 2
    return np.sum(d**2) + v[0] * v[1]


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _two(t):
    return lambda: (_normal(3, 3), _normal(3, 3, seed=1), t)


EXAMPLE_ARGS = {
    "transposed": _two(0.5),
    "axes_moved": _two(0.5),
    "reshaped": _two(0.5),
    "copied_into": _two(0.5),
    "results_written_into": _two(0.5),
    "places_written": _two(0.5),
    "rows_looped_over": _two(0.5),
    "rows_unpacked": _two(0.5),
    "read_in_comprehensions": _two(0.5),
    "key_by_path": _two(0.5),
    "tuple_by_path": _two(0.5),
    "none_where_no_turn": lambda: (_normal(3), 3),
    "none_on_one_path": lambda: (_normal(3), 0.3),
    "diagonal_before_write": lambda: (_normal(3),),
}

MORE_ARGS = {name: [_two(-0.5)] for name in list(EXAMPLE_ARGS)[:11]}
