"""Aliases and views carried by loops, made in branches, passed through helpers."""

from __future__ import annotations

import numpy as np


def row_kept_written_in_loop(m):
    best = m[0]
    for row in m:
        if row[0] > best[0]:
            best = row
        best[2] = best[2] * 0.5 + row[1]
    return np.sum(m**2)


def alternate_buffers(a):
    cur, nxt = a.copy(), np.zeros_like(a)
    for _ in range(3):
        nxt[1:] = cur[:-1] * 0.5
        nxt[0] = cur[-1]
        cur, nxt = nxt, cur
    return np.sum(cur**2) + np.sum(nxt)


def three_buffers(a):
    x, y, z = a.copy(), a * 2, a * 3
    for k in range(4):
        z[:] = x * y
        x, y, z = y, z, x
    return np.sum(x**2) + np.sum(y) - z[0]


def swap_argument_and_local(a):
    b = np.zeros_like(a)
    for k in range(3):
        b[k] = a[k + 1] ** 2
        a, b = b, a
    return np.sum(a * W5(a)) + np.sum(b)


def W5(a):
    return np.arange(1.0, len(a) + 1)


def alias_broken_in_loop(a):
    b = a
    for k in range(3):
        b[k] = 2.0 * a[k]
        if k == 1:
            b = b.copy()
    return np.sum(a**2) + np.sum(b)


def alias_rebound_by_plus(a):
    b = a
    for k in range(3):
        b = b + a[k]
        b[0] = 7.0 * b[1]
        a[1] = 0.5 * a[1] + b[2]
    return np.sum(a**2) + np.sum(b)


def alias_kept_by_iadd(a):
    b = a
    for k in range(3):
        b += a[k]
        b[0] = 7.0
    return np.sum(a**2) + np.sum(b)


def list_holds_views(m):
    rows = [m[0], m[1], m[2]]
    rows[0], rows[2] = rows[2], rows[0]
    rows[0][1] = 5.0 * rows[1][0]
    rows[1] = rows[2]
    rows[1] *= 2.0
    return np.sum(m**2)


def dict_holds_views(a):
    d = {"lo": a[:2], "hi": a[3:]}
    d["lo"][0] = d["hi"][1] ** 2
    d["hi"] *= 2.0
    d["lo"] = d["hi"]
    d["lo"][0] += 1.0
    return np.sum(a**2)


def closure_writes_view(a):
    v = a[1:]

    def poke(i, value):
        v[i] = value * v[i + 1]

    for k in range(3):
        poke(k, 2.0)
    return np.sum(a**2)


def closure_captures_rebinding(a):
    v = a[:2]

    def get():
        return np.sum(v)

    first = get()
    v = a[2:]
    v[0] = 3.0 * first
    return get() * first + np.sum(a)


def helper_writes_then_returns(a):
    def f(u, k):
        u[k] = u[k] ** 2
        if u[k] > 0.3:
            return u
        return u * 2

    x = f(a, 0)
    y = f(x, 1)
    y[2] = x[0]
    return np.sum(a**2) + np.sum(x) + np.sum(y)


def nested_helper_aliases(m):
    def outer(u):
        def inner(v):
            v[0] += 1.0
            return v

        return inner(u[1])

    r = outer(m)
    r[1] = r[0] * 2
    return np.sum(m**2)


def tuple_state_alias(a):
    s = (a, a[1:])
    for k in range(2):
        u, v = s
        v[k] = u[0] * 2
        s = (u, v)
    return np.sum(s[0] ** 2)


def loop_row_store_other_row(m):
    for i, row in enumerate(m):
        m[(i + 1) % 3] = row * 0.5 + m[(i + 1) % 3]
    return np.sum(m**2)


def loop_rows_zip_self(m):
    for r, s in zip(m, m[1:]):
        s += r
        r[0] = s[1]
    return np.sum(m**2)


def loop_elements_while_writing(a):
    total = 0.0
    for i, v in enumerate(a):
        if i + 1 < len(a):
            a[i + 1] = a[i + 1] * v
        total += v
    return total + np.sum(a**2)


def loop_over_copy_while_writing(a):
    for i, v in enumerate(a.copy()):
        a[-1 - i] += v * i
    return np.sum(a**2)


def loop_over_list_of_rows_written(m):
    for r in [m[0], m[2]]:
        r *= 2.0
        m[1] += r
    return np.sum(m**2)


def nested_loop_view_outer(m):
    for i in range(3):
        r = m[i]
        for j in range(1, 4):
            r[j] += r[j - 1]
            m[i, 0] *= 0.9
    return np.sum(m**2)


def reversed_alias_loop(a):
    r = a[::-1]
    for i in range(4):
        r[i] = r[i] * a[i]
    return np.sum(a**2)


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _positive(*shape, seed=0):
    return np.abs(_normal(*shape, seed=seed)) + 0.5


EXAMPLE_ARGS = {
    "row_kept_written_in_loop": lambda: (_normal(3, 4),),
    "list_holds_views": lambda: (_normal(3, 4),),
    "loop_row_store_other_row": lambda: (_normal(3, 4),),
    "loop_rows_zip_self": lambda: (_normal(3, 4),),
    "loop_over_list_of_rows_written": lambda: (_normal(3, 4),),
    "nested_loop_view_outer": lambda: (_normal(3, 4),),
    "nested_helper_aliases": lambda: (_normal(3, 4),),
    "alternate_buffers": lambda: (_normal(5),),
    "three_buffers": lambda: (_normal(5),),
    "swap_argument_and_local": lambda: (_normal(5),),
    "alias_broken_in_loop": lambda: (_normal(5),),
    "alias_rebound_by_plus": lambda: (_normal(5),),
    "alias_kept_by_iadd": lambda: (_normal(5),),
    "dict_holds_views": lambda: (_normal(5),),
    "closure_writes_view": lambda: (_normal(5),),
    "closure_captures_rebinding": lambda: (_normal(5),),
    "helper_writes_then_returns": lambda: (_normal(5),),
    "tuple_state_alias": lambda: (_normal(5),),
    "loop_elements_while_writing": lambda: (_normal(5),),
    "loop_over_copy_while_writing": lambda: (_normal(5),),
    "reversed_alias_loop": lambda: (_normal(5),),
}

MORE_ARGS = {
    "row_kept_written_in_loop": [lambda: (_normal(3, 4)[::-1].copy(),)],
    "helper_writes_then_returns": [lambda: (_positive(5),), lambda: (_normal(5, seed=1) * 0.1,)],
}
