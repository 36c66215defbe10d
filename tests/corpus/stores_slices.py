"""Stores through integers, slices, ellipsis and newaxis, and chains of views."""

from __future__ import annotations

import numpy as np


def negative_element(x):
    """Elements from the end."""
    a = x * x
    a[-1] = x[0] * x[1]
    a[-2] += a[-1] * x[-3]
    return np.sum(a * a)


def negative_slice(x):
    """Slices that count from the end."""
    a = x * 1.0
    a[-3:] = x[:3] ** 2
    a[:-2] *= a[2:]
    a[-4:-1] -= x[-1]
    return np.sum(a**3)


def negative_stride(x):
    """A reversed slice is stored, then a reversed part."""
    a = x * x
    a[::-1] = a * x
    a[-2::-2] += x[1::2]
    a[3:0:-1] = a[1:4]
    return np.sum(a * x)


def element_of_cube(t):
    """Three integers, then a row, then a plane of a cube."""
    a = t * 1.0
    a[0, 1, 2] = t[1, 0, 0] ** 2
    a[1, -1] = a[0, 0] * t[1, 1]
    a[0] *= a[1]
    return np.sum(a * t)


def ellipsis_forms(t):
    """An ellipsis at either end and in the middle."""
    a = t * t
    a[..., 0] = t[..., 1] * 2.0
    a[1, ...] += a[0]
    a[0, ..., -1] = a[1, ..., 0] * t[0, :, 0]
    return np.sum(a * t)


def newaxis_store(m):
    """A new axis in the target of a store."""
    a = m * m
    a[:, None, 1:] = m[:, None, :-1] * a[:, None, 1:]
    a[None, 0] += m[1]
    return np.sum(a * m)


def blocks(m):
    """Blocks of a matrix, overlapping."""
    a = m * 1.0
    a[1:, 1:] += a[:-1, :-1] * m[1:, 1:]
    a[::2, ::-1] = a[::2] * 2.0
    a[-2:, :2] -= a[:2, -2:]
    return np.sum(a**3)


def broadcast_row(m, v):
    """A row, a column and a length-one axis spread over a block."""
    a = m * 1.0
    a[1:] = v
    a[:, :2] += m[:, :1]
    a[0] *= v[0]
    a[:2] -= np.sum(m, axis=0, keepdims=True)
    return np.sum(a * a * m)


def leading_axis_of_one(v):
    """A value with a leading axis of length one goes into a vector."""
    a = np.zeros(len(v))
    a[:] = (v * v)[None, :]
    return np.sum(a * v)


def every_operator(x, y):
    """Augmented slices with each operator."""
    a = x * x + 1.0
    a[1:] += y[1:]
    a[:-1] -= y[1:] * 0.5
    a[::2] *= y[::2]
    a[1::2] /= y[1::2] + 3.0
    a[2:] **= 2
    a[:2] %= 1.7
    return np.sum(a * x)


def powers_in_place(x, p):
    """An active exponent in place."""
    a = x * x + 0.5
    a **= p
    a[1:] **= p * 0.5
    a[0] **= 3
    return np.sum(a * x)


def floor_divided(x):
    """Floor division cuts the path of what it writes to."""
    a = x * 3.0
    a[1:] //= 0.7
    a[0] //= 0.3
    return np.sum(a * x)


def matrix_product_in_place(m, w):
    """``@=`` writes the product into the same array."""
    a = m * 1.0
    b = a
    a @= w
    a[0] *= m[0]
    return np.sum(b * m)


def matrix_product_of_block(m, w):
    """``@=`` on a block."""
    a = m * 1.0
    a[1:] @= w
    a[:, :] @= w
    return np.sum(a * a)


def integer_array_kept(x):
    """An integer array takes integers while floats pass by."""
    counts = np.zeros(4, dtype=int)
    total = 0.0
    for k in range(8):
        counts[k % 4] += k
        counts[1:] -= 1
        total = total + x[counts[k % 4] % 4] ** 2
    counts *= 2
    counts //= 3
    counts %= 5
    counts **= 2
    return total * counts[0] + x[0] * counts[3]


def boolean_array_kept(x):
    """A boolean array takes ``|=``, ``&=`` and ``^=``."""
    keep = np.zeros(len(x), dtype=bool)
    keep[1] = True
    keep |= x > 0.0
    keep[:3] &= x[:3] < 1.0
    keep ^= np.array([True, False, True, False, False])
    keep[-1] |= True
    return np.sum(np.where(keep, x * x, x))


def integer_bits(x, bits):
    """Integers take bitwise operators."""
    flags = bits.copy()
    flags |= 2
    flags[1:] &= 3
    flags[0] ^= 1
    flags <<= 1
    flags[2:] >>= 1
    return np.sum(x * flags)


def single_precision(x):
    """A float32 array rounds what is stored into it."""
    a = np.zeros(len(x), dtype=np.float32)
    a[:] = x * x
    a[1:] += x[:-1]
    a *= 2.0
    return np.sum(a * x)


def zero_dimensional(x):
    """An array without axes is written through the empty index and the ellipsis."""
    s = np.zeros(())
    s[()] = x[0] * x[1]
    s[...] += x[2]
    t = s
    s *= x[1]
    s += x[0]
    return t * x[0] + s[()] ** 2


def zero_dimensional_of_number(x):
    """``np.array`` of a number is an array that aliases see change."""
    s = np.array(x * 2.0)
    t = s
    s += x
    return t * x


def chained_targets(x):
    """One value goes to two places, left to right."""
    a = x * 1.0
    a[0] = a[1] = x[2] * x[3]
    a[2:] = b = a[:2] * 3.0
    return np.sum(a * x) + np.sum(b)


def chained_rows(m):
    """One row goes to two rows and a name."""
    a = m * 1.0
    a[0] = row = a[1] = m[2] * m[0]
    row[0] = 5.0 * m[0, 0]
    return np.sum(a * m) + np.sum(row)


def element_swaps(x):
    """Elements change places."""
    a = x * x
    for k in range(len(a) // 2):
        a[k], a[-1 - k] = a[-1 - k], a[k]
    a[0], a[1], a[2] = a[2], a[0], a[1]
    return np.sum(a * np.arange(len(a)) * x)


def row_swap_quirk(m):
    """Rows swapped without copies: both are views, so the first is lost."""
    a = m * 1.0
    a[0], a[1] = a[1], a[0]
    a[:, 0], a[:, 1] = a[:, 1], a[:, 0].copy()
    return np.sum(a * m)


def chain_of_views(m):
    """A store at the end of a chain of views."""
    a = m * 1.0
    a[1:][::2].T[0] += m[0, 0]
    a.T[1:][::-1][0] *= m[1]
    a[:, ::-1][1:, 0] = a[0, :-1]
    return np.sum(a * a * m)


def named_views(m):
    """Views bound to names before the base changes, read after."""
    a = m * m
    inner = a[1:-1]
    edge = inner.T[0]
    a *= 2.0
    edge += m[0, 0]
    inner[0] *= a[0]
    return np.sum(edge * edge) + np.sum(a * m)


def reshaped_views(x):
    """Reshape and ravel of a fresh array are views."""
    a = np.zeros(6)
    a[:] = x
    m = a.reshape(2, 3)
    m[0] *= x[3:]
    flat = m.ravel()
    flat[-1] = x[0] * flat[0]
    m.T[2] += 1.5 * x[1]
    return np.sum(a * x)


def reshaped_parts(m):
    """Rows, and blocks of rows, of an array in C order can be reshaped in place."""
    a = np.zeros((4, 4))
    a[:] = m
    low = a[1:3].reshape(-1)
    low[0] = m[0, 0] * m[1, 1]
    square = a[2].reshape(2, 2)
    square[1] *= m[0, 1]
    v = m[0] * 2.0
    v[1:].reshape(-1, 1)[:, 0] *= m[1, 1:]
    b = a * a
    b.ravel()[::3] = m[3, 3]
    return np.sum(a * m) + np.sum(v * m[3]) + np.sum(b * m)


def flattened_copy(m):
    """``flatten`` copies, whatever the layout."""
    a = m.T * 2.0
    flat = a.flatten()
    flat[0] = m[1, 1] * 5.0
    a[0] *= m[0]
    return np.sum(a * m) + np.sum(flat**2)


def swapped_axes(t):
    """Transposes of a cube in every spelling."""
    a = t * 1.0
    a.swapaxes(0, 2)[1] += t[0, 0, 1]
    np.transpose(a, (1, 0, 2))[0] *= 2.0 * t[1, 0, 0]
    np.moveaxis(a, 2, 0)[0] = a[:, :, 1]
    a.transpose(2, 0, 1)[0, 1] -= t[1, :, 1]
    np.swapaxes(a, 0, 1)[1, 0] *= t[1, 1]
    return np.sum(a * t)


def new_axis_view(x):
    """A view with a new axis is written."""
    a = x * x
    column = a[:, np.newaxis]
    column[1:, 0] *= x[:-1]
    np.expand_dims(a, 0)[0, 0] = x[1] * x[2]
    return np.sum(column * x)


def flipped_view(m):
    """``np.flip`` and its kin are views."""
    a = m * m
    np.flip(a, 0)[0] += m[0]
    np.fliplr(a)[:, 0] = m[:, 1]
    np.flipud(a)[1] *= m[2]
    return np.sum(a * m)


def squeezed_view(m):
    """A squeezed axis of length one."""
    a = (m * m)[:, None]
    b = np.squeeze(a, 1)
    b[0] = m[1] * 2.0
    a.squeeze()[1] *= m[0]
    return np.sum(a[:, 0] * m)


def real_part_view(x):
    """``np.real`` of a real array and ``x.real`` are the array."""
    a = x * x
    a.real[0] = x[1] * x[2]
    np.real(a)[1:] *= 2.0
    return np.sum(a * x)


def loop_over_rows_written(m):
    """A row that a loop hands out is a view."""
    a = m * 1.0
    for k, row in enumerate(a):
        row *= m[0, 0]
        row[k] += m[k, 1]
    return np.sum(a * a)


def loop_of_slices(x):
    """Slices that move with the loop, overlapping."""
    a = x * 1.0
    for k in range(1, len(x) - 1):
        a[k:] += a[k - 1 : -1] * x[k]
        a[: k + 1] *= 0.5 * a[k]
        a[k::-1] -= 0.1 * a[: k + 1]
    return np.sum(a * a)


def slice_objects(x):
    """Slices and subscripts held by names."""
    inner = slice(1, -1)
    place = (inner, 0)
    a = np.zeros((len(x), 2))
    a[:, 0] = x
    a[place] *= x[inner]
    a[inner] += 0.5 * x[0]
    a[np.s_[2:, 1]] = x[2:] ** 2
    return np.sum(a * a)


def computed_bounds(x, n):
    """Bounds from expressions, empty slices included."""
    a = x * x
    half = len(a) // 2
    a[n:half] = 7.0
    a[half - n : half + n] *= x[half]
    a[len(a) :] = 3.0
    a[n * 2 : n] += x[0]
    return np.sum(a * x)


def caller_slices(x):
    """A slice of an argument is written: the value at entry counts."""
    head = x[:2]
    head *= 3.0
    x[-1] = head[0] * x[1]
    return np.sum(x * x)


def caller_view_read_late(m):
    """A transposed argument sees what is written."""
    t = m.T
    m[0, 1] = m[1, 0] * m[1, 1]
    m[1] += t[0]
    return np.sum(t * m)


def view_of_last_turn(x, y):
    """A name in a loop holds a view, which nobody reads in the next turn."""
    u = x * 1.0
    s = 0.0
    for i in range(3):
        u[i] += x[i + 1]
        part = u[::2]
        s = s + part[0]
        u[::2] = part * y
    return np.sum(u * u) * s


def view_in_one_branch(x, y):
    """A view is named on one side of a branch in a loop."""
    u = x * 1.0
    total = 0.0
    for i in range(3):
        if u[0] > y:
            u[0] = 0.1 * x[i]
        else:
            part = u[1:]
            total += np.sum(part * part)
            u[1:] = part * x[i]
    return np.sum(u) + total


def element_and_stride(x, y):
    """An element and a strided slice in one loop: the second derivative reads their names."""
    u = x * 1.0
    k = 0
    while k < 3 and u[0] < 50.0:
        u[k] += x[k + 1] * y
        u[::2] *= y
        u[[0, 1]] *= x[:2]
        k += 1
    return np.sum(u * u)


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def list_added_to_a_slice(x, c, n):
    """The adjoint of the list is a view of that of the array, to which ``x[n]`` adds."""
    x[:-1] += [1.44, np.cos(c), c - x[n]]
    return np.sum(x**2)


EXAMPLE_ARGS = {
    "list_added_to_a_slice": lambda: (_normal(4), 0.8, 1),
    "negative_element": lambda: (_normal(4),),
    "negative_slice": lambda: (_normal(6),),
    "negative_stride": lambda: (_normal(6),),
    "element_of_cube": lambda: (_normal(2, 3, 3),),
    "ellipsis_forms": lambda: (_normal(2, 3, 3),),
    "newaxis_store": lambda: (_normal(3, 3),),
    "blocks": lambda: (_normal(4, 4),),
    "broadcast_row": lambda: (_normal(3, 3), _normal(3, seed=1)),
    "leading_axis_of_one": lambda: (_normal(3),),
    "every_operator": lambda: (_normal(5), _normal(5, seed=1)),
    "powers_in_place": lambda: (_normal(4), 1.3),
    "floor_divided": lambda: (_normal(4),),
    "matrix_product_in_place": lambda: (_normal(3, 3), _normal(3, 3, seed=1)),
    "matrix_product_of_block": lambda: (_normal(3, 3), _normal(3, 3, seed=1)),
    "integer_array_kept": lambda: (_normal(4),),
    "boolean_array_kept": lambda: (_normal(5),),
    "integer_bits": lambda: (_normal(4), np.array([1, 4, 2, 7])),
    "single_precision": lambda: (_normal(4).astype(np.float32),),
    "zero_dimensional": lambda: (_normal(3),),
    "zero_dimensional_of_number": lambda: (1.3,),
    "chained_targets": lambda: (_normal(4),),
    "chained_rows": lambda: (_normal(3, 3),),
    "element_swaps": lambda: (_normal(5),),
    "row_swap_quirk": lambda: (_normal(3, 3),),
    "chain_of_views": lambda: (_normal(4, 4),),
    "named_views": lambda: (_normal(4, 4),),
    "reshaped_views": lambda: (_normal(6),),
    "reshaped_parts": lambda: (_normal(4, 4),),
    "flattened_copy": lambda: (_normal(3, 3),),
    "swapped_axes": lambda: (_normal(2, 2, 2),),
    "new_axis_view": lambda: (_normal(4),),
    "flipped_view": lambda: (_normal(3, 3),),
    "squeezed_view": lambda: (_normal(4),),
    "real_part_view": lambda: (_normal(4),),
    "loop_over_rows_written": lambda: (_normal(3, 3),),
    "loop_of_slices": lambda: (_normal(6),),
    "slice_objects": lambda: (_normal(5),),
    "computed_bounds": lambda: (_normal(7), 1),
    "view_of_last_turn": lambda: (_normal(4), 0.7),
    "view_in_one_branch": lambda: (_normal(4), 0.4),
    "element_and_stride": lambda: (_normal(4), 0.7),
    "caller_slices": lambda: (_normal(4),),
    "caller_view_read_late": lambda: (_normal(2, 2),),
}
MORE_ARGS = {
    "view_in_one_branch": [lambda: (np.array([1.25, -0.57, -0.76, 1.13]), -0.86)],
}
