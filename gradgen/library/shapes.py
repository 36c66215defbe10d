"""Rearrangements that are made of others: stacks, splits, turns, and arrays of more axes."""

from __future__ import annotations

import numpy as np

from gradgen.library.registry import reads


@reads(
    "np.atleast_1d",
    samples=("np.atleast_1d(x)", "np.atleast_1d(x23)", "np.atleast_1d(x, x3)[0]"),
)
def atleast_1d(*arys):
    """Give numbers an axis."""
    out = [np.reshape(a, (1,)) if np.ndim(a) == 0 else np.asarray(a) for a in arys]
    return out[0] if len(out) == 1 else tuple(out)


@reads(
    "np.atleast_2d",
    samples=(
        "np.atleast_2d(x)", "np.atleast_2d(x3)", "np.atleast_2d(x23)", "np.atleast_2d(x3, y)[1]",
    ),
)  # fmt: skip
def atleast_2d(*arys):
    """Give numbers and vectors the axes that a matrix has."""
    out = [_matrix(a) for a in arys]
    return out[0] if len(out) == 1 else tuple(out)


def _matrix(a):
    if np.ndim(a) == 0:
        return np.reshape(a, (1, 1))
    return np.asarray(a)[None, :] if np.ndim(a) == 1 else np.asarray(a)


@reads(
    "np.atleast_3d",
    samples=("np.atleast_3d(x)", "np.atleast_3d(x3)", "np.atleast_3d(x23)", "np.atleast_3d(x234)"),
)
def atleast_3d(*arys):
    """Give arrays of fewer axes three of them."""
    out = [_cube(a) for a in arys]
    return out[0] if len(out) == 1 else tuple(out)


def _cube(a):
    if np.ndim(a) == 0:
        return np.reshape(a, (1, 1, 1))
    if np.ndim(a) == 1:
        return np.asarray(a)[None, :, None]
    return np.asarray(a)[:, :, None] if np.ndim(a) == 2 else np.asarray(a)


@reads("np.dstack", samples=("np.dstack((x3, y3))", "np.dstack([x23, y23])", "np.dstack((x, y))"))
def dstack(tup):
    """Stack along the third axis."""
    return np.concatenate([_cube(a) for a in tup], axis=2)


@reads(
    "np.append",
    samples=(
        "np.append(x3, y)", "np.append(x3, y4)", "np.append(x23, y3)",
        "np.append(x23, y23, axis=0)",
        "np.append(x23, [[1.0], [2.0]], axis=1)",
    ),
)  # fmt: skip
def append(arr, values, axis=None):
    """Join an array and what is put behind it, flat where there is no axis."""
    if axis is None:
        return np.concatenate((np.ravel(arr), np.ravel(np.asarray(values))), axis=0)
    return np.concatenate((np.asarray(arr), np.asarray(values)), axis=axis)


@reads(
    "np.rot90",
    samples=(
        "np.rot90(x23)", "np.rot90(x23, 2)", "np.rot90(x23, -1)",
        "np.rot90(x234, k=3, axes=(1, 2))",
        "np.rot90(x23, 4)", "np.rot90(x234, 1, (2, 0))",
    ),
)  # fmt: skip
def rot90(m, k=1, axes=(0, 1)):
    """Flip and transpose two axes."""
    first, second = axes
    k = k % 4
    if k == 0:
        return m[:]
    if k == 2:
        return np.flip(np.flip(m, first), second)
    if k == 1:
        return np.swapaxes(np.flip(m, second), first, second)
    return np.flip(np.swapaxes(m, first, second), second)


@reads(
    "np.rollaxis",
    samples=("np.rollaxis(x234, 2)", "np.rollaxis(x234, 0, 3)", "np.rollaxis(x234, -1, 1)"),
)
def rollaxis(a, axis, start=0):
    """Move an axis to before another one."""
    rank = np.ndim(a)
    axis = axis % rank
    start = start + rank if start < 0 else start
    if axis < start:
        start = start - 1
    return a[...] if axis == start else np.moveaxis(a, axis, start)


@reads("np.matrix_transpose", "np.linalg.matrix_transpose", samples=("np.matrix_transpose(m233)",))
def matrix_transpose(x, /):
    """Exchange the last two axes."""
    return np.swapaxes(x, -1, -2)


@reads(
    "np.broadcast_arrays",
    samples=("np.broadcast_arrays(x3, y31)[0]", "np.broadcast_arrays(x, y23)[0] * y23"),
)
def broadcast_arrays(*args, subok=False):
    """Stretch arrays to the shape that they have together."""
    shape = np.shape(_together(args))
    return tuple([np.broadcast_to(a, shape) for a in args])


def _together(args):
    total = args[0] * 0.0
    for a in args[1:]:
        total = total + a * 0.0
    return total


@reads(
    "np.meshgrid",
    samples=(
        "np.meshgrid(x3, y4)[0]", "np.meshgrid(x3, y4)[1]", "np.meshgrid(x3, y4, indexing='ij')[1]",
        "np.meshgrid(x3, y4, sparse=True)[0]", "np.meshgrid(x3, y4, p5, indexing='ij')[2]",
        "np.meshgrid(x3)[0]",
    ),
)  # fmt: skip
def meshgrid(*xi, copy=True, sparse=False, indexing="xy"):
    """Stretch each vector along an axis of its own."""
    count = len(xi)
    turned = indexing == "xy" and count > 1
    places = tuple([1 - k if turned and k < 2 else k for k in tuple(range(count))])
    rows = [np.ravel(x) for x in xi]
    out = [
        np.reshape(row, (1,) * place + (-1,) + (1,) * (count - 1 - place))
        for row, place in zip(rows, places, strict=True)
    ]
    if sparse:
        return out
    lengths = [len(row) for row in rows]
    shape = tuple([lengths[places[k]] for k in tuple(range(count))])
    return [np.copy(np.broadcast_to(x, shape)) for x in out]


@reads("np.row_stack", samples=())
def row_stack(tup):
    """Stack rows."""
    return np.vstack(tup)


@reads(
    "np.linalg.diagonal",
    samples=("np.linalg.diagonal(m233)", "np.linalg.diagonal(x44, offset=1)"),
)
def linalg_diagonal(x, /, *, offset=0):
    """Return the diagonal of each matrix."""
    return np.diagonal(x, offset, -2, -1)


@reads("np.asfortranarray", samples=("np.asfortranarray(x23)",))
def asfortranarray(a, dtype=None):
    """Return the numbers in another order of memory."""
    a = np.asarray(a) if dtype is None else np.asarray(a, dtype)
    return np.ascontiguousarray(a.T).T


@reads("np.astype", samples=("np.astype(xf3, np.float64)",))
def astype(x, dtype, /, *, copy=True):
    """Return the numbers in another precision."""
    return x.astype(dtype)
