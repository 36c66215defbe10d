"""Rearrangements that are made of others: stacks, splits, turns, and arrays of more axes."""

from __future__ import annotations

import numpy as np

from gradgen.library import joined
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
    if isinstance(tup, np.ndarray):
        return joined.dstack(tup)
    return np.concatenate([_cube(a) for a in tup], axis=2)


@reads(
    "np.append",
    samples=(
        "np.append(x3, y)", "np.append(x3, y4)", "np.append([], x3)", "np.append(x23, y3)",
        "np.append(x23, y23, axis=0)",
        "np.append(x23, [[1.0], [2.0]], axis=1)",
    ),
)  # fmt: skip
def append(arr, values, axis=None):
    """Join an array and what is put behind it, flat where there is no axis."""
    if axis is None:
        return np.concatenate((np.ravel(np.asarray(arr)), np.ravel(np.asarray(values))), axis=0)
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
    total = np.multiply(args[0], 0.0)
    for a in args[1:]:
        total = total + np.multiply(a, 0.0)
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
        return [x.copy() for x in out] if copy else out
    lengths = [len(row) for row in rows]
    shape = tuple([lengths[places[k]] for k in tuple(range(count))])
    whole = [np.broadcast_to(x, shape) for x in out]
    return [x.copy() for x in whole] if copy else whole


@reads("np.trace", samples=("np.trace(x44, dtype=float)",))
def trace(a, offset=0, axis1=0, axis2=1, dtype=None, out=None):
    """Add up the diagonals, in a dtype."""
    if np.ndim(a) < 2:
        raise ValueError("diag requires an array of at least two dimensions")
    return np.sum(np.diagonal(a, offset, axis1, axis2), axis=-1, dtype=dtype)


def lower(m, k, zero):
    """Keep what is on a diagonal and below it; zero elsewhere, which is ``False`` of truths."""
    columns = np.arange(np.shape(m)[-1])
    rows = columns if np.ndim(m) == 1 else np.arange(np.shape(m)[-2])
    return np.where(columns <= rows[:, None] + k, m, zero)


def upper(m, k, zero):
    """Keep what is on a diagonal and above it; zero elsewhere, which is ``False`` of truths."""
    columns = np.arange(np.shape(m)[-1])
    rows = columns if np.ndim(m) == 1 else np.arange(np.shape(m)[-2])
    return np.where(columns >= rows[:, None] + k, m, zero)


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


@reads(
    "np.array_split",
    samples=(
        "np.array_split(x5, 3)[0]", "np.array_split(x5, 3)[2]", "np.array_split(x23, 2, axis=1)[0]",
        "np.array_split(x6, [1, 4])[1]",
    ),
)  # fmt: skip
def array_split(ary, indices_or_sections, axis=0):
    """Cut an array into parts, the first ones longer where they cannot be equal."""
    length = np.shape(ary)[axis]
    if isinstance(indices_or_sections, int):
        each, extras = length // indices_or_sections, length % indices_or_sections
        counts = tuple(range(1, indices_or_sections))
        cuts = (None, *[k * each + min(k, extras) for k in counts], None)
    else:
        cuts = (None, *indices_or_sections, None)
    return [_between(ary, cuts[k], cuts[k + 1], axis) for k in tuple(range(len(cuts) - 1))]


def _between(ary, start, stop, axis):
    """Return what lies between two places along an axis."""
    if axis == 0:
        return ary[start:stop]
    if axis == 1:
        return ary[:, start:stop]
    if axis in (-1, np.ndim(ary) - 1):
        return ary[..., start:stop]
    return np.swapaxes(np.swapaxes(ary, axis, 0)[start:stop], axis, 0)


@reads(
    "np.split",
    samples=(
        "np.split(x6, 3)[1]", "np.split(x44, 2, axis=1)[1]", "np.split(x6, [2, 3])[2]",
        "np.split(x234, (1, 2), axis=-1)[1]", "sum(np.split(x4, 2))",
    ),
)  # fmt: skip
def split(ary, indices_or_sections, axis=0):
    """Cut an array into equal parts, or at places."""
    if not isinstance(indices_or_sections, int):
        return array_split(ary, indices_or_sections, axis)
    length = np.shape(ary)[axis]
    if length % indices_or_sections:
        raise ValueError("array split does not result in an equal division")
    each = length // indices_or_sections
    return array_split(
        ary, [each if k == 1 else k * each for k in tuple(range(1, indices_or_sections))], axis
    )


@reads("np.hsplit", samples=("np.hsplit(x6, 2)[1]", "np.hsplit(x44, 2)[0]"))
def hsplit(ary, indices_or_sections):
    """Cut into parts side by side."""
    return split(ary, indices_or_sections, 1 if np.ndim(ary) > 1 else 0)


@reads("np.vsplit", samples=("np.vsplit(x44, 2)[1]", "np.vsplit(x44, [1])[1]"))
def vsplit(ary, indices_or_sections):
    """Cut into parts one below the other."""
    return split(ary, indices_or_sections, 0)


@reads("np.dsplit", samples=("np.dsplit(x234, 2)[1]",))
def dsplit(ary, indices_or_sections):
    """Cut along the third axis."""
    return split(ary, indices_or_sections, 2)


@reads("np.unstack", samples=())
def unstack(x, /, *, axis=0):
    """Return the slices along an axis: what a loop over the array gives."""
    return np.moveaxis(x, axis, 0)


@reads(
    "np.resize",
    samples=("np.resize(x3, 7)", "np.resize(x23, (3, 3))", "np.resize(x23, (2, 2))"),
)
def resize(a, new_shape):
    """Repeat the entries until they fill a shape."""
    shape = (new_shape,) if isinstance(new_shape, int) else tuple(new_shape)
    size = 1
    for n in shape:
        size = size * n
    flat = np.ravel(a)
    repeats = -(-size // np.size(flat))
    return np.reshape(np.tile(flat, repeats)[:size], shape)


def resized(array, shape):
    """Return an array of another shape, with zeros behind where there is more room."""
    flat = np.ravel(array)
    size = 1
    for n in shape:
        size = size * n
    kept = min(size, np.size(flat))
    out = np.zeros(size, dtype=array.dtype)
    out[:kept] = flat[:kept]
    return out if len(shape) == 1 else np.reshape(out, shape).copy()


@reads("np.trim_zeros", samples=("np.trim_zeros(np.array([0.0, x, 0.0, y, 0.0]))",
                                 "np.trim_zeros(zero3 * k3, 'b')"))  # fmt: skip
def trim_zeros(filt, trim="fb"):
    """Leave out the zeros at the ends."""
    kept = np.flatnonzero(filt)
    first = kept[0] if "f" in trim.lower() else 0
    last = kept[-1] + 1 if "b" in trim.lower() else len(filt)
    return filt[first:last]


@reads(
    "np.apply_along_axis",
    samples=(
        "np.apply_along_axis(np.sum, 0, x23)", "np.apply_along_axis(lambda v: v * v[0], 1, x23)",
        "np.apply_along_axis(np.cumsum, -1, x234)", "np.apply_along_axis(np.diag, 0, x23)",
        "np.apply_along_axis(lambda v: np.outer(v, v), -2, x234)",
    ),
)  # fmt: skip
def apply_along_axis(func1d, axis, arr, *args, **kwargs):
    """Apply a function to each vector along an axis."""
    moved = np.moveaxis(arr, axis, -1)
    rows = np.reshape(moved, (-1, np.shape(moved)[-1]))
    out = np.array([func1d(row, *args, **kwargs) for row in rows])
    front = np.shape(moved)[:-1]
    if np.ndim(out) == 1:
        return np.reshape(out, front)
    out = np.reshape(out, front + np.shape(out)[1:])
    if np.ndim(out) == np.ndim(arr):
        return np.moveaxis(out, -1, axis)
    first = axis + np.ndim(arr) if axis < 0 else axis
    made = tuple(range(len(front), np.ndim(out)))
    return np.moveaxis(out, made, tuple(range(first, first + len(made))))


@reads(
    "np.apply_over_axes",
    samples=(
        "np.apply_over_axes(np.sum, x234, [0, 2])", "np.apply_over_axes(np.mean, x23, -1)",
        "np.apply_over_axes(lambda a, axis: np.max(a * a, axis), x234, (1, 0))",
        "np.apply_over_axes(np.cumsum, x23, axes=(0, 1))",
    ),
)  # fmt: skip
def apply_over_axes(func, a, axes):
    """Apply a function of an array and an axis along one axis after the other."""
    out = np.asarray(a)
    rank = np.ndim(out)
    for given in (axes,) if isinstance(axes, int) else tuple(axes):
        axis = given + rank if given < 0 else given
        made = func(out, axis)
        out = np.expand_dims(made, axis) if np.ndim(made) < rank else made
        if np.ndim(out) != rank:
            raise ValueError("function is not returning an array of the correct shape")
    return out


@reads(
    "scipy.linalg.toeplitz",
    samples=(
        "scipy.linalg.toeplitz(x3)",
        "scipy.linalg.toeplitz(x3, y4)",
        "scipy.linalg.toeplitz(x23)",
        "scipy.linalg.toeplitz(x23, y4)",
    ),
)
def toeplitz(c, r=None):
    """Gather the entries of a matrix that is constant along its diagonals."""
    if np.ndim(c) > 1 or (r is not None and np.ndim(r) > 1):
        return _toeplitz_of_rows(np.asarray(c), np.conj(c) if r is None else np.asarray(r))
    column = np.ravel(c)
    row = np.conj(column) if r is None else np.ravel(r)
    entries = np.concatenate((column[::-1], row[1:]))
    rows, columns = np.arange(len(column))[:, None], np.arange(len(row))
    return entries[len(column) - 1 - rows + columns]


def _toeplitz_of_rows(c, r):
    """Return a matrix for each row: along the other axes the arguments are broadcast."""
    n, m = np.shape(c)[-1], np.shape(r)[-1]
    several = np.shape(np.broadcast_arrays(c[..., 0], r[..., 0])[0])
    columns, rows = np.broadcast_to(c, (*several, n)), np.broadcast_to(r, (*several, m))
    entries = np.concatenate((columns[..., ::-1], rows[..., 1:]), axis=-1)
    return np.take(entries, n - 1 - np.arange(n)[:, None] + np.arange(m), axis=-1)


@reads(
    "scipy.linalg.hankel",
    samples=("scipy.linalg.hankel(x3)", "scipy.linalg.hankel(x3, y4)", "scipy.linalg.hankel(xf3)"),
)
def hankel(c, r=None):
    """Gather the entries of a matrix that is constant along its other diagonals."""
    column = np.ravel(c)
    row = np.zeros_like(column) if r is None else np.ravel(r)
    entries = np.concatenate((column, row[1:]))
    return entries[np.arange(len(column))[:, None] + np.arange(len(row))]


@reads(
    "scipy.linalg.circulant", samples=("scipy.linalg.circulant(x4)", "scipy.linalg.circulant(x23)")
)
def circulant(c):
    """Gather the entries of a matrix whose columns are the first one, turned."""
    c = np.atleast_1d(c)
    places = np.arange(np.shape(c)[-1])
    turned = (places[:, None] - places) % np.shape(c)[-1]
    return c[turned] if np.ndim(c) == 1 else c[..., turned]


@reads(
    "scipy.linalg.block_diag",
    samples=(
        "scipy.linalg.block_diag(x23, y32)",
        "scipy.linalg.block_diag(x23, y3, y)",
        "scipy.linalg.block_diag(x234, y23)",
        "scipy.linalg.block_diag(xf23, xf3)",
    ),
)
def block_diag(*arrs):
    """Put matrices one after the other on the diagonal of zeros."""
    blocks = [_matrix(a) for a in arrs]
    rows, columns = 0, 0
    for block in blocks:
        rows, columns = rows + np.shape(block)[-2], columns + np.shape(block)[-1]
    front = ()
    if max([np.ndim(block) for block in blocks]) > 2:
        front = np.shape(sum([np.zeros(np.shape(block)[:-2]) for block in blocks]))
    out = np.zeros((*front, rows, columns))
    if np.result_type(*blocks) == np.float32:
        out = out.astype(np.float32)
    at, over = 0, 0
    for block in blocks:
        n, m = np.shape(block)[-2:]
        if np.ndim(out) == 2:
            out[at : at + n, over : over + m] = block
        else:
            out[..., at : at + n, over : over + m] = block
        at, over = at + n, over + m
    return out


def joined_rows(parts):
    """Join arrays along the first axis, as ``np.r_[...]`` does."""
    return np.concatenate([np.reshape(p, (1,)) if np.ndim(p) == 0 else p for p in parts])


def joined_columns(parts):
    """Join arrays along the last axis, vectors as columns, as ``np.c_[...]`` does."""
    return np.concatenate([_column(p) for p in parts], axis=-1)


def _column(part):
    if np.ndim(part) == 0:
        return np.reshape(part, (1, 1))
    return np.asarray(part)[:, None] if np.ndim(part) == 1 else np.asarray(part)
