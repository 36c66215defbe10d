"""Programs that store into array elements, one at a time.

Each returns a number that depends on both old and new contents, so that an adjoint which reads a
value after it was overwritten shows up.
"""

from __future__ import annotations

import numpy as np


def nested_update(u, c):
    """Two loops around an update in place."""
    u = u.copy()
    for _ in range(3):
        for i in range(1, len(u) - 1):
            u[i] = u[i] + c * (u[i - 1] - 2.0 * u[i] + u[i + 1]) * u[i]
    return np.sum(u * u)


def store_then_whole(x):
    """The whole array is read between stores."""
    a = np.exp(0.3 * x)
    total = 0.0
    for i in range(len(a)):
        a[i] = a[i] * np.sum(a)
        total += np.sum(a * a)
    return total


def two_stores(x, y):
    """Two stores in one body, to two arrays."""
    a = x.copy()
    b = y.copy()
    for i in range(len(a) - 1):
        a[i + 1] = a[i] * b[i]
        b[i + 1] = b[i + 1] + np.sin(a[i + 1])
    return np.sum(a) + np.sum(b * b)


def two_stores_one_array(x):
    """Two stores to one array in one body."""
    a = x.copy()
    for i in range(len(a) - 1):
        a[i] = a[i] * a[i + 1]
        a[i + 1] = a[i] + a[i + 1] ** 2
    return a[-1] + np.sum(a)


def store_in_branch(x):
    """A store on one side of a condition."""
    a = x.copy()
    for i in range(1, len(a)):
        if a[i] > 0.0:
            a[i] = a[i] * a[i - 1]
    return np.sum(a**3)


def stores_in_both_branches(x):
    """Different stores on both sides."""
    a = x.copy()
    for i in range(1, len(a)):
        if a[i] > a[i - 1]:
            a[i] = a[i] * a[i - 1]
        else:
            a[i - 1] = np.cos(a[i]) + a[i - 1]
    return np.sum(a * a)


def triangular(m):
    """The inner bound follows the outer index."""
    a = m.copy()
    n = len(a)
    for i in range(n):
        for j in range(i):
            a[i] = a[i] + 0.5 * a[j] * a[i]
    return np.sum(a)


def triangular_matrix(m):
    """Forward elimination over the lower triangle."""
    a = m.copy()
    n = a.shape[0]
    for k in range(n):
        for i in range(k + 1, n):
            factor = a[i, k] / a[k, k]
            for j in range(k, n):
                a[i, j] = a[i, j] - factor * a[k, j]
    total = 0.0
    for k in range(n):
        total += np.log(np.abs(a[k, k]))
    return total


def negative_index(x):
    """Loads and stores count from the end."""
    a = x * 1.5
    a[-1] = a[0] * a[-2]
    a[-len(a)] = a[-1] ** 2
    return np.sum(a * a)


def augmented_elements(x):
    """Every augmented operator on elements."""
    a = x.copy()
    for i in range(1, len(a)):
        a[i] += a[i - 1]
        a[i] -= 0.5 * a[i - 1] ** 2
        a[i] *= a[i - 1] + 2.0
        a[i] /= 1.0 + a[i] ** 2
    return np.sum(a * a)


def augmented_power(x):
    """Powers in place."""
    a = 1.0 + x * x
    a[0] **= 2
    a[1] **= 1.5
    a **= 2
    return np.sum(a)


def filled_from_zeros(x):
    """An array made of zeros, filled in a loop."""
    out = np.zeros(len(x))
    for i in range(len(x)):
        out[i] = x[i] ** 2 + (out[i - 1] if i > 0 else 0.0)
    return np.sum(out * x)


def filled_from_empty(x):
    """An uninitialised array, filled, then read as a whole."""
    n = len(x)
    out = np.empty((n, 2))
    for i in range(n):
        out[i, 0] = np.sin(x[i])
        out[i, 1] = x[i] * out[i, 0]
    return np.sum(out[:, 0] * out[:, 1])


def matrix_elements(m):
    """Elements of a matrix, row after row."""
    a = m.copy()
    rows, columns = a.shape
    for i in range(1, rows):
        for j in range(1, columns):
            a[i, j] = a[i, j] + a[i - 1, j] * a[i, j - 1]
    return a[-1, -1] ** 2 + np.sum(a)


def chained_index(m):
    """An element through two subscripts."""
    a = m.copy()
    a[1][2] = a[0][1] * a[1][0]
    a[0][0] += a[1][2] ** 2
    return np.sum(a * a)


def store_in_while(x, tolerance):
    """Stores while a condition on the array holds."""
    a = x.copy()
    rounds = 0
    while np.sum(a * a) > tolerance and rounds < 50:
        i = rounds % len(a)
        a[i] = a[i] * 0.7 + 0.01 * a[i - 1]
        rounds += 1
    return np.sum(a**3) + np.sum(a)


def prefix_sums(x):
    """A running sum in place."""
    a = x.copy()
    for i in range(1, len(a)):
        a[i] = a[i] + a[i - 1]
    return np.sum(a * a)


def prefix_products(x):
    """A running product in place."""
    a = x.copy()
    for i in range(1, len(a)):
        a[i] *= a[i - 1]
    return np.sum(a)


def overwritten_unread(x):
    """A value stored and lost has no part in the result."""
    a = x.copy()
    a[0] = np.exp(x[1])
    a[0] = x[2]
    return a[0] * np.sum(a)


def constant_clears(x):
    """A constant stored over an active value cuts its path."""
    a = x * x
    a[1] = 5.0
    return np.sum(a * a)


def data_dependent_index(x):
    """The index is found from the data."""
    a = x.copy()
    k = np.argmax(a)
    a[k] = a[k] * a[0]
    a[int(np.argmin(x))] += a[k] ** 2
    return np.sum(a * a)


def indexed_store(x, order):
    """The index comes from an integer array, with repeats."""
    bins = np.zeros(3)
    for i in range(len(x)):
        bins[order[i]] += x[i] * x[i]
    return np.sum(bins * bins)


def sieve_of_stages(x):
    """A fast transform by butterflies in place."""
    a = x.copy()
    step = 1
    while step < len(a):
        for i in range(0, len(a), 2 * step):
            for j in range(i, i + step):
                low, high = a[j], a[j + step]
                a[j] = low + high * low
                a[j + step] = low - high
        step *= 2
    return np.sum(a * a)


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def made_anew_by_turns(m, a):
    """A sum of lines gives an adjoint to a turn in which the matrix is then written to."""
    c = m * 0.3
    total = 0.0
    for k in range(2, -1, -1):
        total += np.sum(c.sum(axis=1) * a)
        c = np.zeros((3, 2))
        for j in range(2, 0, -2):
            c[::2] = m[::2] * (k + 1) - c[::2]
    return total + 0.5 * np.sum(c * c)


EXAMPLE_ARGS = {
    "nested_update": lambda: (_normal(6), 0.1),
    "made_anew_by_turns": lambda: (_normal(3, 2), _normal(3)),
    "store_then_whole": lambda: (0.3 * _normal(4),),
    "two_stores": lambda: (_normal(5), _normal(5, seed=1)),
    "two_stores_one_array": lambda: (_normal(5),),
    "store_in_branch": lambda: (_normal(7),),
    "stores_in_both_branches": lambda: (_normal(7),),
    "triangular": lambda: (0.5 * _normal(5),),
    "triangular_matrix": lambda: (_normal(4, 4) + 3.0 * np.eye(4),),
    "negative_index": lambda: (_normal(4),),
    "augmented_elements": lambda: (_normal(5),),
    "augmented_power": lambda: (_normal(4),),
    "filled_from_zeros": lambda: (_normal(5),),
    "filled_from_empty": lambda: (_normal(5),),
    "matrix_elements": lambda: (_normal(3, 4),),
    "chained_index": lambda: (_normal(3, 4),),
    "store_in_while": lambda: (_normal(4), 0.05),
    "prefix_sums": lambda: (_normal(6),),
    "prefix_products": lambda: (_normal(6),),
    "overwritten_unread": lambda: (_normal(4),),
    "constant_clears": lambda: (_normal(4),),
    "data_dependent_index": lambda: (_normal(5),),
    "indexed_store": lambda: (_normal(7), np.array([0, 2, 1, 1, 0, 2, 2])),
    "sieve_of_stages": lambda: (0.5 * _normal(8),),
}
