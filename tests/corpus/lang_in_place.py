"""In-place methods, out=, stores of rows, views that are written to."""

from __future__ import annotations

import numpy as np


def augmented_slices(a):
    a[1:] += a[:-1]
    a[::2] *= 3.0
    a[:2] -= a[3:]
    return np.sum(a * np.arange(5))


def fancy_rows(m):
    out = np.zeros((4, 4))
    out[[0, 2, 3]] = m
    out[1] = out[0] * out[2]
    return np.sum(out**2)


def reversed_view(a):
    r = a[::-1]
    r[0] = a[0] * a[1]
    return np.sum(a * np.arange(1, 6))


def sort_method(a):
    y = a.copy()
    y.sort()
    return y @ np.arange(5.0)


def out_keyword(a, b):
    r = np.empty_like(a)
    np.multiply(a, b, out=r)
    np.add(r, a, out=r)
    return np.sum(r**2)


def out_keyword_argument(a, b):
    np.exp(a, out=a)
    np.subtract(a, b, out=b)
    return np.sum(a * b)


def copyto(a, b):
    y = np.zeros_like(a)
    np.copyto(y, a)
    np.copyto(y, b**2, where=a > 0)
    return np.sum(y)


def put_method(a):
    y = np.zeros(5)
    np.put(y, [1, 3], a[:2] ** 2)
    return y @ a


def overlapping_reverse(a):
    a[:] = a[::-1]
    return np.sum(a * np.arange(5))


def swap_rows(m):
    m[[0, 2]] = m[[2, 0]]
    return np.sum(m[0] ** 2) + m[2, 1]


def bubble_sort_loss(a):
    n = len(a)
    for i in range(n):
        for j in range(n - 1 - i):
            if a[j] > a[j + 1]:
                a[j], a[j + 1] = a[j + 1], a[j]
    return np.sum(a * np.arange(n))


def ascontiguous_float(a):
    b = np.array(a, dtype=float, copy=True)
    b[0] = b[1] ** 2
    return np.sum(a * b)


def where_indices_store(a):
    idx = np.where(a > 0)[0]
    y = np.zeros_like(a)
    y[idx] = np.sqrt(a[idx])
    return np.sum(y**3)


def nonzero_loop(a):
    total = 0.0
    for i in np.flatnonzero(a > 0):
        total += a[i] ** 2
    return total


def gram_schmidt(m):
    q = m.copy()
    for i in range(3):
        for j in range(i):
            q[:, i] -= (q[:, j] @ q[:, i]) * q[:, j]
        q[:, i] /= np.sqrt(q[:, i] @ q[:, i])
    return np.sum(q[0] * np.arange(3.0))


def clip_in_place(a):
    np.clip(a, -0.5, 0.5, out=a)
    return np.sum(a**2) + a[0]


def setitem_scalar_array(x):
    a = np.zeros(())
    a[...] = x
    a += x * x
    return float(a)


def closure_over_array_written_later(a):
    buf = np.zeros(3)
    get = lambda i: buf[i] * 2
    buf[0] = a[0] ** 2
    first = get(0)
    buf[0] = a[1]
    return first * get(0)


def view_returned_from_helper(m):
    def diag_block(k):
        return m[k : k + 2, k : k + 2]

    diag_block(0)[:] = diag_block(1) * 2
    return np.sum(m**2)


def args_written_by_helper_twice(a):
    def norm(v):
        v /= np.sqrt(np.sum(v**2))
        return v

    b = norm(a)
    c = norm(b * 2)
    return np.sum(a * b * c)


def out_alias_of_input(a):
    np.multiply(a, a[::-1], out=a)
    return np.sum(a * np.array([1.0, 2.0, 3.0, 4.0, 5.0]))


def augmented_broadcast(m, v):
    m += v
    m[:, 0] *= v[0]
    m[1] -= m[0]
    m[m > 1] = 1.0
    return np.sum(m**2)


def chained_views_and_copies(m):
    a = m.T
    b = a[1:].copy()
    c = a[1:]
    b[0] = c[1]
    c[0] = b[1] * 2
    return np.sum(m**2) + np.sum(b)


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _positive(*shape, seed=0):
    return np.abs(_normal(*shape, seed=seed)) + 0.5


def number_in_an_array(x, t):
    """An array without axes, changed in place; a sum with it is a number."""
    t += x[0]
    before = x[1]
    before += 10.0
    t *= 2.0
    return float(t * x.sum() + before * t)


def choice_read_before_a_write(a):
    """The sum in the pair is that of the array as it was."""
    y = a * 1.0
    z = a**2
    pair = (np.sin(a) + (y if a[0] > 0 else z), 1.0)
    y *= 2.0
    z *= 3.0
    return np.sum(y * z + pair[0])


def popped_and_written(a):
    """What is taken out of a list is added to its end, and only then written to."""
    q = [a * 1.0, a**2, np.sin(a)]
    for _ in range(4):
        first = q.pop(0)
        q.append(q[-1] + first)
        first *= 2.0
    return np.sum(q[0] * q[1] + q[2])


EXAMPLE_ARGS = {
    "augmented_slices": lambda: (_normal(5),),
    "fancy_rows": lambda: (_normal(3, 4),),
    "reversed_view": lambda: (_normal(5),),
    "sort_method": lambda: (_normal(5),),
    "out_keyword": lambda: (_normal(5), _positive(5, seed=1)),
    "out_keyword_argument": lambda: (_normal(5), _positive(5, seed=1)),
    "copyto": lambda: (_normal(5), _positive(5, seed=1)),
    "put_method": lambda: (_normal(5),),
    "overlapping_reverse": lambda: (_normal(5),),
    "swap_rows": lambda: (_normal(3, 4),),
    "bubble_sort_loss": lambda: (_normal(5),),
    "ascontiguous_float": lambda: (_normal(5),),
    "where_indices_store": lambda: (_normal(5),),
    "nonzero_loop": lambda: (_normal(5),),
    "gram_schmidt": lambda: (_normal(3, 3) + 3.0 * np.eye(3),),
    "clip_in_place": lambda: (_normal(5),),
    "setitem_scalar_array": lambda: (0.7,),
    "args_written_by_helper_twice": lambda: (_normal(5),),
    "out_alias_of_input": lambda: (_normal(5),),
    "augmented_broadcast": lambda: (_normal(3, 4), _normal(4, seed=1)),
    "chained_views_and_copies": lambda: (_normal(3, 4),),
    "view_returned_from_helper": lambda: (_normal(3, 3),),
    "closure_over_array_written_later": lambda: (_normal(5),),
    "number_in_an_array": lambda: (_normal(3), np.array(0.7)),
    "choice_read_before_a_write": lambda: (_normal(5),),
    "popped_and_written": lambda: (_normal(5),),
}

MORE_ARGS = {
    "choice_read_before_a_write": [lambda: (_positive(5),), lambda: (-_positive(5),)],
    "where_indices_store": [lambda: (-_positive(5),)],
}
