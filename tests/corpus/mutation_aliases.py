"""Programs that write through a second name, an argument, a swap or a helper."""

from __future__ import annotations

import numpy as np


def alias_store(x):
    """A second name for the same array, written."""
    a = x * 2.0
    b = a
    b[0] = a[1] * a[2]
    return np.sum(a * a) + b[0]


def alias_chain(x):
    """Two names bound in one statement, written through either."""
    a = b = np.sin(x)
    a[0] = b[1] ** 2
    b[1] = a[0] * a[2]
    return np.sum(a * b)


def alias_then_rebind(x):
    """A name that stops being an alias."""
    a = x * x
    b = a
    b = b + 1.0
    b[0] = 3.0 * a[1]
    return np.sum(a * b)


def copy_is_no_alias(x):
    """A copy keeps the old contents."""
    a = x * 2.0
    b = a.copy()
    a[1] = b[0] * a[1]
    return np.sum(a * b)


def swap_elements(x):
    """Elements change places through a tuple."""
    u = x * x
    n = len(u)
    for i in range(n // 2):
        j = n - 1 - i
        u[i], u[j] = u[j], u[i] * u[j]
    return u[0] * 3.0 + np.sum(u * x)


def bubble_pass(x):
    """A conditional swap, as in sorting."""
    u = x.copy()
    for i in range(len(u) - 1):
        if u[i] > u[i + 1]:
            u[i], u[i + 1] = u[i + 1], u[i]
    return np.dot(u, np.arange(len(u)) + 1.0) + u[0] ** 2


def buffer_swap(x, c):
    """Two buffers change roles every step."""
    u = x.copy()
    v = np.zeros_like(u)
    for _ in range(3):
        for i in range(1, len(u) - 1):
            v[i] = u[i] + c * (u[i - 1] - 2.0 * u[i] + u[i + 1]) * u[i]
        u, v = v, u
    return np.sum(u * u) + np.sum(v)


def argument_mutated(x):
    """The argument itself is written."""
    for i in range(1, len(x)):
        x[i] = x[i] * x[i - 1]
    return np.sum(x)


def argument_first_element(x, y):
    """One argument is written with a value of the other."""
    x[0] = y[0] * x[1]
    return np.sum(x * y)


def augmented_array_argument(x, y):
    """An array argument changed in place as a whole."""
    x *= 2.0
    x += y * x
    return np.sum(x**2)


def augmented_float_argument(x, y):
    """The same operators on floats rebind."""
    z = x
    x += y * x
    x *= z
    x -= 0.5
    x /= 1.0 + z * z
    x **= 2
    return x + z


def alias_of_augmented(x):
    """``+=`` through an alias changes both names."""
    a = np.sin(x)
    b = a
    a += x
    a *= b
    return np.sum(b)


def same_array_read(a, b):
    """Two arguments, neither written; also called with one array for both."""
    total = 0.0
    for i in range(len(a)):
        total += a[i] * b[i] ** 2
    return total


def helper_writes(x):
    """A helper that writes into its argument."""
    a = x * 1.0
    _scale_first(a, x[1])
    _scale_first(a, 2.0)
    return np.sum(a * a)


def _scale_first(v, factor):
    v[0] = v[0] * factor * v[0]


def helper_returns_argument(x):
    """A helper that writes and gives back its argument."""
    a = np.cos(x)
    b = _bumped(a)
    b[1] = a[0] * a[2]
    return np.sum(a * b)


def _bumped(v):
    v[0] += v[2] * v[0]
    return v


def alias_from_branch(x, flag):
    """A name that is an alias on one path only."""
    a = x * 1.0
    b = x * 2.0
    if flag > 0:
        b = a
    b[0] = a[1] * b[2]
    return np.sum(a * b)


def alias_from_loop(x):
    """A name that becomes an alias in a loop."""
    a = x * 1.0
    b = x * 2.0
    for _ in range(2):
        b = a
    a[:] = np.cos(b) + a
    return np.sum(a * b)


def alias_from_inner_loop(x):
    """A name that becomes an alias in the inner of two loops."""
    a = x * 1.0
    b = x * 2.0
    for _ in range(2):
        for _ in range(2):
            a = b
    a[:-1] += 0.3 * b[1:]
    return np.sum(b * b)


def alias_bound_to_itself(x):
    """Aliases carried through a loop by assignments of a name to itself."""
    a = x * 1.0
    b = a
    for _ in range(3):
        a[:] = np.cos(b) * a
        a = a
    return np.sum(a * b)


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


EXAMPLE_ARGS = {
    "alias_store": lambda: (_normal(4),),
    "alias_chain": lambda: (_normal(4),),
    "alias_then_rebind": lambda: (_normal(4),),
    "copy_is_no_alias": lambda: (_normal(4),),
    "swap_elements": lambda: (_normal(5),),
    "bubble_pass": lambda: (_normal(6),),
    "buffer_swap": lambda: (_normal(6), 0.2),
    "argument_mutated": lambda: (_normal(5),),
    "argument_first_element": lambda: (_normal(4), _normal(4, seed=1)),
    "augmented_array_argument": lambda: (_normal(4), _normal(4, seed=1)),
    "augmented_float_argument": lambda: (0.7, 1.3),
    "alias_of_augmented": lambda: (_normal(4),),
    "same_array_read": lambda: (_normal(4), _normal(4, seed=1)),
    "helper_writes": lambda: (_normal(4),),
    "helper_returns_argument": lambda: (_normal(4),),
    "alias_from_branch": lambda: (_normal(4), 1),
    "alias_from_loop": lambda: (_normal(4),),
    "alias_from_inner_loop": lambda: (_normal(4),),
    "alias_bound_to_itself": lambda: (_normal(4),),
}

MORE_ARGS = {"alias_from_branch": [lambda: (_normal(4), 0)]}

MAY_BE_REFUSED = {name for name in EXAMPLE_ARGS if name.startswith(("alias_from", "alias_bound"))}
