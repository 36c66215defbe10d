"""Signatures of all kinds: of the differentiated function, and of what it calls."""

from __future__ import annotations

import numpy as np


def weighted(a, b, /, c=1.0, *rest, k, m=2.0, **extra):
    """Has a parameter of every kind."""
    total = a * b + c * k * m
    for q in rest:
        total = total + q * a
    for key in extra:
        total = total + extra[key] * a
    return total


def positional_star(x, *args):
    """Takes any number of arguments."""
    total = x
    for k, a in enumerate(args):
        total = total * a + k
    return total


def defaults_between(x, y=2.0, /, z=3.0):
    """Has positional-only parameters with defaults."""
    return x * y**2 * z


def calls_every_kind(x, y):
    """Calls a function with every kind of argument."""
    return weighted(x, 2.0, y, 4.0, x, k=x, z=5.0, q=y) + weighted(y, x, k=1.0)


def unpacks_arguments(x, y):
    """Unpacks tuples and dicts into a call."""
    first = (x, y)
    named = {"k": x * y, "m": 3.0}
    return weighted(*first, 0.5, *first, **named) + weighted(*[y, x], **{**named, "k": y})


def passes_on(*args, **kwargs):
    """Hands on what it was given."""
    return weighted(*args, **kwargs)


def hands_on(x, y):
    """Calls through a function that hands its arguments on."""
    return passes_on(x, y, k=x) * passes_on(y, 2.0, x, k=1.0, extra=y)


def default_of_enclosing(x):
    """Defaults are evaluated where the function is defined."""
    scale = x * 2.0

    def helper(t, s=scale, *, shift=scale * x):
        return t * s + shift

    scale = 100.0
    return helper(x) + helper(x, 3.0, shift=x)


def array_default(x, w=np.array([1.0, -2.0, 0.5])):
    """Has an array as default of a helper."""
    return centred(x) * np.sum(w * x)


def centred(x, middle=np.array([0.5, 0.25, -0.25])):
    """Has an array as default."""
    return np.sum((x - middle) ** 2)


def star_arrays(w, *layers):
    """Takes any number of arrays."""
    out = w
    for layer in layers:
        out = np.tanh(layer @ out)
    return np.sum(out * out)


def counts_arguments(*numbers):
    """Looks at how many arguments there are."""
    if len(numbers) > 2:
        return numbers[0] * numbers[-1] + len(numbers) * numbers[1]
    return numbers[0]


EXAMPLE_ARGS = {
    "positional_star": lambda: (1.5, 2.0, -0.5, 3.0),
    "defaults_between": lambda: (1.5, 2.5),
    "calls_every_kind": lambda: (1.3, -0.7),
    "unpacks_arguments": lambda: (1.3, -0.7),
    "hands_on": lambda: (1.1, 0.4),
    "default_of_enclosing": lambda: (1.7,),
    "array_default": lambda: (np.array([1.0, 2.0, -1.0]),),
    "star_arrays": lambda: (
        np.array([0.3, -0.2]),
        np.array([[1.0, 0.5], [0.2, -0.4], [0.1, 0.9]]),
        np.array([[0.3, 0.2, -1.0]]),
    ),
    "counts_arguments": lambda: (1.2, -0.4, 2.0),
}
