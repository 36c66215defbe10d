"""Stores into elements, slices, masks and by integer arrays, plain and augmented."""

from __future__ import annotations

import math

import numpy as np

IDX = np.array([0, 2, 2, 4])


def element_store(x):
    y = np.zeros(3)
    y[0] = x
    y[1] = x**2
    y[2] = y[0] * y[1]
    return y @ y


def element_store_argument(a):
    a[0] = a[1] * a[2]
    a[-1] += a[0]
    return np.sum(a**2)


def augmented_all(a, b):
    a += b
    a *= 2.0
    a -= b**2
    a /= 3.0
    a **= 2
    return a.sum()


def augmented_element_ops(a):
    a[0] **= 2
    a[1] /= a[0]
    a[2] -= a[1] * 3
    a[3] *= a[3]
    return a.sum() * a[2]


def mask_store_value(a):
    y = a.copy()
    y[y < 0] = 0.0
    return np.sum(y**2)


def mask_store_expression(a, slope):
    y = a.copy()
    m = a < 0
    y[m] = slope * a[m]
    return np.sum(y**3)


def mask_augmented(a):
    a[a > 0.5] *= 2.0
    a[a < -0.5] -= 1.0
    return np.sum(a**2)


def mask_inverted(a):
    y = np.empty_like(a)
    ok = np.abs(a) < 0.8
    y[ok] = a[ok] ** 2
    y[~ok] = np.abs(a[~ok]) * 2
    return y.mean()


def fancy_store(a):
    y = np.zeros(5)
    y[[0, 3]] = a[[1, 2]] ** 2
    return y @ a


def fancy_store_duplicates(a):
    y = np.zeros(5)
    y[IDX] = a[:4] * 2
    return np.sum(y**2)


def fancy_augmented_duplicates(a):
    y = a.copy()
    y[IDX] += a[:4]
    return np.sum(y**2)


def add_at_histogram(a):
    h = np.zeros(5)
    np.add.at(h, IDX, a[:4] ** 2)
    return np.sum(h**2)


def data_dependent_store_index(a):
    y = np.zeros(3)
    for v in a:
        k = 0 if v < -0.3 else 1 if v < 0.3 else 2
        y[k] += v**2
    return np.sum(y**2)


def store_2d_slices(m):
    out = np.zeros((5, 6))
    out[1:-1, 1:-1] = m
    out[0, :] = out[1, :]
    out[:, -1] += out[:, -2] * 2
    return np.sum(out**2)


def newaxis_store(a):
    m = np.zeros((5, 2))
    m[:, 0] = a
    m[:, 1:] = a[:, None] ** 2
    m[2, ...] = 1.0
    return np.sum(m[:, 0] * m[:, 1])


def overwritten_in_loop(x):
    y = np.zeros(1)
    for k in range(4):
        y[0] = math.sin(x + k) * (1 + y[0])
    return y[0]


def store_then_early_return(a, t):
    a[0] = a[0] ** 2
    if a[0] > t:
        return a[0] * a[1]
    a[1] = a[0] + t
    return a[1] ** 2


def store_in_while_with_break(a):
    i = 0
    while True:
        a[i] = a[i] * a[i + 1]
        i += 1
        if i == 4 or a[i] < -1.0:
            break
    return a.sum()


def minimum_at(a):
    i = np.argmin(a)
    a[i] = 0.0
    j = a.argmax()
    return a[j] ** 2 + np.sum(a)


def nan_replacement(a):
    y = a.copy()
    y[np.isnan(y)] = 0.0
    return np.sum(y**2)


def zeros_then_rows(m, v):
    out = np.zeros((m.shape[0], v.shape[0] + m.shape[1]))
    out[:, : m.shape[1]] = m
    out[:, m.shape[1] :] = v
    return np.sum(np.tanh(out))


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _positive(*shape, seed=0):
    return np.abs(_normal(*shape, seed=seed)) + 0.5


EXAMPLE_ARGS = {
    "element_store": lambda: (0.7,),
    "element_store_argument": lambda: (_normal(5),),
    "augmented_all": lambda: (_normal(5), _positive(5, seed=1)),
    "augmented_element_ops": lambda: (_positive(5),),
    "mask_store_value": lambda: (_normal(5),),
    "mask_store_expression": lambda: (_normal(5), 0.2),
    "mask_augmented": lambda: (_normal(5),),
    "mask_inverted": lambda: (_normal(5),),
    "fancy_store": lambda: (_normal(5),),
    "fancy_store_duplicates": lambda: (_normal(5),),
    "fancy_augmented_duplicates": lambda: (_normal(5),),
    "add_at_histogram": lambda: (_normal(5),),
    "newaxis_store": lambda: (_normal(5),),
    "overwritten_in_loop": lambda: (0.7,),
    "store_then_early_return": lambda: (_positive(5), 0.4),
    "store_in_while_with_break": lambda: (_normal(5),),
    "minimum_at": lambda: (_normal(5),),
    "nan_replacement": lambda: (_normal(5),),
    "zeros_then_rows": lambda: (_normal(3, 4), _normal(2, seed=1)),
    "store_2d_slices": lambda: (_normal(3, 4),),
    "data_dependent_store_index": lambda: (_normal(6),),
}

MORE_ARGS = {
    "mask_store_value": [lambda: (_positive(5),), lambda: (-_positive(5, seed=1),)],
    "store_then_early_return": [lambda: (_positive(5), 40.0)],
    "store_in_while_with_break": [lambda: (_positive(5),)],
}
