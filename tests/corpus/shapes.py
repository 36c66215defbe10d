"""Reshaping, joining, repeating and making arrays."""

from __future__ import annotations

import numpy as np


def reshape_function(x):
    return np.sum(np.reshape(x, (4, 3)) @ x)


def reshape_method(x):
    return np.sum(x.reshape(2, 6) ** 2 * np.arange(6.0)) + np.sum(x.reshape((6, -1))[0] ** 2)


def reshape_minus_one(x):
    return np.sum(np.cumsum(x.reshape(-1)) ** 2)


def ravel_and_flatten(x):
    return np.sum(np.ravel(x)[1:] * x.flatten()[:-1]) + x.ravel()[2] ** 2


def transpose_function(x):
    return np.sum(np.transpose(x) @ x) + np.sum(np.transpose(x, (1, 0))[0] ** 2)


def transpose_axes(x):
    return np.sum(np.transpose(x, (2, 0, 1))[1] ** 2) + np.sum(x.transpose(1, 0, 2)[0] ** 3)


def transpose_attribute(x):
    return np.sum(x.T @ x) + np.sum(x.T[0] ** 2)


def swapaxes(x):
    return np.sum(np.swapaxes(x, 0, 2)[1] ** 2)


def moveaxis(x):
    return np.sum(np.moveaxis(x, 0, -1)[1] ** 2)


def expand_dims(x):
    return np.sum(np.expand_dims(x, 1) * x + np.expand_dims(x, 0) ** 2)


def squeeze(x):
    return (
        np.sum(np.squeeze(x) ** 2)
        + np.sum(np.squeeze(x, axis=1)[0] ** 2)
        + np.sum(x.squeeze() ** 3)
    )


def newaxis(x):
    return np.sum(x[:, None] * x[None, :] ** 2 + x[:, np.newaxis])


def concatenate(x, y):
    return np.sum(np.cumsum(np.concatenate([x, y, x])) ** 2)


def concatenate_axis(x, y):
    return np.sum(np.concatenate((x, y), axis=1) ** 2 * np.arange(6.0))


def stack(x, y):
    return np.sum(np.stack([x, y * y]) @ x) + np.sum(np.stack([x, y], axis=1)[2] ** 2)


def stack_scalars(x, y):
    return np.sum(np.array([x, y, x * y]) ** 2) + np.sum(np.stack([x, y]))


def array_of_rows(x, y):
    return np.sum(np.array([[x, y], [y, 1.0]]) @ np.array([x, y]))


def hstack(x, y):
    return np.sum(np.hstack([x, y]) ** 2 * np.arange(7.0)) + np.sum(np.hstack((x, x)))


def vstack(x, y):
    return np.sum(np.vstack([x, y]) ** 2 * np.arange(4.0)) + np.vstack([y, x])[1, 1] ** 2


def column_stack(x, y):
    return np.sum(np.column_stack([x, y]) ** 2 * np.arange(2.0))


def broadcast_to(x):
    return np.sum(np.broadcast_to(x, (3, 4)) ** 2 * np.arange(4.0))


def broadcast_column(x):
    return np.sum(np.broadcast_to(x, (2, 3, 4)) ** 3)


def repeat(x):
    return np.sum(np.cumsum(np.repeat(x, 3)) ** 2)


def repeat_axis(x):
    return np.sum(np.repeat(x, 2, axis=0) ** 2 * np.arange(4.0)) + np.sum(
        np.repeat(x, 2, axis=1)[0] ** 3
    )


def tile(x):
    return np.sum(np.cumsum(np.tile(x, 3)) ** 2)


def tile_matrix(x):
    return np.sum(np.cumsum(np.tile(x, (2, 3)), axis=1) ** 2)


def roll(x):
    return np.sum(np.roll(x, 1) * x**2 + np.roll(x, -2) * x)


def roll_axis(x):
    return np.sum(np.roll(x, 1, axis=1) * x**2)


def flip(x):
    return np.sum(np.flip(x) * x**2) + np.sum(np.flip(x, axis=0)[0])


def flip_axis(x):
    return np.sum(np.flip(x, axis=1) * x**2)


def diff(x):
    return np.sum(np.diff(x) ** 3)


def diff_axis(x):
    return np.sum(np.diff(x, axis=0) ** 3) + np.sum(np.diff(x) ** 2)


def diag(x, m):
    return np.sum(np.diag(x) @ x) + np.sum(np.diag(m) ** 2)


def triangles(x):
    return np.sum(np.tril(x) @ np.triu(x)) + np.sum(np.tril(x, -1) ** 2)


def zeros_and_ones(x):
    return np.sum((np.zeros(4) + x) ** 2 * np.ones((3, 4)) + np.zeros((3, 1)))


def likes(x):
    return np.sum((np.zeros_like(x) + x) ** 2 * np.ones_like(x) + np.full_like(x, 2.0) * x)


def full(x):
    return np.sum(np.full(3, 2.0) * x) + np.sum(np.full((2, 2), x) ** 2)


def eye(x):
    return np.sum((x @ np.eye(4) + np.eye(3, 4)) ** 2)


def arange_and_linspace(x):
    return (
        np.sum(x * np.arange(4))
        + np.sum(x**2 * np.linspace(0.0, 1.0, 4))
        + np.sum(np.arange(1.0, 3.0, 0.5) * x)
    )


def copies(x):
    return np.sum(np.copy(x) * x.copy() + np.array(x) ** 2 * np.asarray(x))


def astype(x):
    return np.sum(x.astype(float) ** 2 + x.astype(np.float64))


def mean_of_parts(x):
    return np.mean(x[:2]) * np.mean(x[2:]) ** 2


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def views_that_are_read_only(x):
    """The cotangents are diagonals and broadcasts, which NumPy lets nobody write to."""
    y = x[1] ** 2
    z = 3.0 * x[2:]
    return np.sum(np.diagflat(x) ** 2 * np.exp(x)) + y * np.sum(z) + np.sum(x, initial=2.0)


def variance_and_row(m):
    """The row's cotangent is added to that of the deviation."""
    spread = np.std(m, axis=1, mean=np.mean(m, axis=1, keepdims=True))
    return np.sum(np.var(m, axis=0, correction=1) * m[0]) + np.sum(spread**2)


EXAMPLE_ARGS = {
    "reshape_function": lambda: (_normal(3, 4),),
    "reshape_method": lambda: (_normal(3, 4),),
    "reshape_minus_one": lambda: (_normal(3, 4),),
    "ravel_and_flatten": lambda: (_normal(3, 4),),
    "transpose_function": lambda: (_normal(3, 4),),
    "transpose_axes": lambda: (_normal(2, 3, 4),),
    "transpose_attribute": lambda: (_normal(3, 4),),
    "swapaxes": lambda: (_normal(2, 3, 4),),
    "moveaxis": lambda: (_normal(2, 3, 4),),
    "expand_dims": lambda: (_normal(4),),
    "squeeze": lambda: (_normal(3, 1, 4),),
    "newaxis": lambda: (_normal(4),),
    "concatenate": lambda: (_normal(4), _normal(3)),
    "concatenate_axis": lambda: (_normal(3, 4), _normal(3, 2)),
    "stack": lambda: (_normal(4), _normal(4, seed=1)),
    "stack_scalars": lambda: (0.7, 1.3),
    "array_of_rows": lambda: (0.7, 1.3),
    "hstack": lambda: (_normal(4), _normal(3)),
    "vstack": lambda: (_normal(4), _normal(4, seed=1)),
    "column_stack": lambda: (_normal(4), _normal(4, seed=1)),
    "broadcast_to": lambda: (_normal(4),),
    "broadcast_column": lambda: (_normal(3, 1),),
    "repeat": lambda: (_normal(4),),
    "repeat_axis": lambda: (_normal(3, 4),),
    "tile": lambda: (_normal(4),),
    "tile_matrix": lambda: (_normal(2, 2),),
    "roll": lambda: (_normal(4),),
    "roll_axis": lambda: (_normal(3, 4),),
    "flip": lambda: (_normal(4),),
    "flip_axis": lambda: (_normal(3, 4),),
    "diff": lambda: (_normal(4),),
    "diff_axis": lambda: (_normal(3, 4),),
    "diag": lambda: (_normal(3), _normal(3, 3)),
    "triangles": lambda: (_normal(3, 3),),
    "zeros_and_ones": lambda: (_normal(4),),
    "likes": lambda: (_normal(4),),
    "full": lambda: (0.7,),
    "eye": lambda: (_normal(3, 4),),
    "arange_and_linspace": lambda: (_normal(4),),
    "copies": lambda: (_normal(4),),
    "astype": lambda: (_normal(4),),
    "views_that_are_read_only": lambda: (_normal(4),),
    "variance_and_row": lambda: (_normal(3, 4),),
    "mean_of_parts": lambda: (_normal(4),),
}
