"""Small functions that are printed into a generated module when, and only when, it needs them.

They are plain NumPy, and within the language that gradgen differentiates, so that a module that
contains one can be differentiated again.
"""

import numpy as np


def _unbroadcast(g, x):
    """Sum ``g`` over the axes along which ``x`` was broadcast."""
    g = np.reshape(g, (1,) * (np.ndim(x) - np.ndim(g)) + np.shape(g))
    for _ in range(np.ndim(g) - np.ndim(x)):
        g = np.sum(g, axis=0)
    for axis in range(np.ndim(x)):
        if np.shape(x)[axis] == 1 and np.shape(g)[axis] != 1:
            g = np.sum(g, axis=axis, keepdims=True)
    return g


def _stop_gradient(x):
    """Return what is a constant for every derivative."""
    return x


def _indefinite(a):
    """Tell whether Cholesky's factorization raises: where a matrix is not positive definite."""
    try:
        np.linalg.cholesky(a)
    except np.linalg.LinAlgError:
        return True
    return False


def _singular(a):
    """Tell whether a solve raises: where elimination comes to a pivot that is zero."""
    try:
        np.linalg.inv(a)
    except np.linalg.LinAlgError:
        return True
    return False


def _stride(turns, free):
    """Return how many turns to go before a state is kept, with room for some more (revolve)."""
    if free < 1:
        return turns - 1
    again, before, reach = 1, 1, free + 2  # turns that can be swept back, each run ``again`` times
    while reach < turns:
        again += 1
        before, reach = reach, reach * (free + 1 + again) // again
    return min(before, turns - before * (free + 1) // (free + again))


def _transposed(a):
    """Transpose a matrix, or each matrix of a stack."""
    return a.T if np.ndim(a) == 2 else np.swapaxes(a, -1, -2)


def _conjugate_transposed(a):
    """Transpose a matrix, or each matrix of a stack, and conjugate what is complex."""
    return np.conj(_transposed(a)) if np.iscomplexobj(a) else _transposed(a)


def _matmul_adjoint_a(g, a, b):
    """Cotangent of ``a`` in ``a @ b`` (or ``np.dot(a, b)`` with a scalar)."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return _unbroadcast(g * b, a)
    if np.ndim(b) == 1:
        return np.expand_dims(g, -1) * b
    if np.ndim(a) == 1:
        return _unbroadcast(np.sum(np.expand_dims(g, -2) * b, axis=-1), a)
    return _unbroadcast(g @ np.swapaxes(b, -1, -2), a)


def _matmul_adjoint_b(g, a, b):
    """Cotangent of ``b`` in ``a @ b`` (or ``np.dot(a, b)`` with a scalar)."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return _unbroadcast(g * a, b)
    if np.ndim(a) == 1 and np.ndim(b) == 1:
        return g * a
    if np.ndim(b) == 1:
        return _unbroadcast(np.expand_dims(g, -1) * a, b)
    if np.ndim(a) == 1:
        return _unbroadcast(np.expand_dims(a, -1) * np.expand_dims(g, -2), b)
    return _unbroadcast(np.swapaxes(a, -1, -2) @ g, b)


def _product_of_others(x, axis):
    """Product of all entries but one along an axis (None: all axes), exact with zeros."""
    rows = np.reshape(x, -1) if axis is None else np.moveaxis(x, axis, 0)
    before = np.ones_like(rows)
    before[1:] = np.cumprod(rows[:-1], axis=0)
    after = np.ones_like(rows)
    after[:-1] = np.cumprod(rows[:0:-1], axis=0)[::-1]
    others = before * after
    return np.reshape(others, np.shape(x)) if axis is None else np.moveaxis(others, 0, axis)


def _product_of_others_axes(x, axis):
    """Product of all entries but one over several axes, exact with zeros."""
    last = tuple(range(-len(axis), 0))
    rows = np.moveaxis(x, axis, last)
    flat = np.reshape(rows, rows.shape[: np.ndim(x) - len(axis)] + (-1,))
    return np.moveaxis(np.reshape(_product_of_others(flat, -1), rows.shape), last, axis)


def _cumprod_adjoint(x, g, axis):
    """Cotangent of ``x`` in ``np.cumprod(x, axis)``, by its backward recurrence."""
    rows = np.moveaxis(x, axis, 0)
    d_running = np.moveaxis(g, axis, 0)
    running = np.cumprod(rows, axis=0)
    d_rows = np.zeros_like(rows)
    carry = 0.0 if np.ndim(rows) == 1 else np.zeros(rows.shape[1:])
    for k in range(len(rows) - 1, 0, -1):
        carry = carry + d_running[k]
        d_rows[k] = running[k - 1] * carry
        carry = rows[k] * carry
    d_rows[:1] = carry + d_running[:1]
    return np.moveaxis(d_rows, 0, axis)


def _cumprod_tangent_along(t_x, x, axis):
    """Tangent of ``np.cumprod(x, axis)``, by its recurrence: exact with zeros."""
    rows, t_rows = np.moveaxis(x, axis, 0), np.moveaxis(t_x, axis, 0)
    running = np.cumprod(rows, axis=0)
    t_running = np.zeros_like(running)
    t_running[:1] = t_rows[:1]
    for k in range(1, len(rows)):
        t_running[k] = t_running[k - 1] * rows[k] + running[k - 1] * t_rows[k]
    return np.moveaxis(t_running, 0, axis)


def _winners(like, at):
    """Mark the last write to each place in ``like[at] = v`` (earlier ones are overwritten)."""
    order = np.full(np.shape(like), -1)
    count = np.arange(np.size(order[at])).reshape(np.shape(order[at]))
    order[at] = count
    return order[at] == count


def _rows_added(like, rows, places):
    """Add up rows in zeros like an array, each at its place: by column, or by number if wide."""
    width, count = np.size(like[:1]), np.size(places)
    wide = np.reshape(np.broadcast_to(rows, np.shape(places) + np.shape(like)[1:]), (count, width))
    if width > 32:
        numbers = np.expand_dims(np.ravel(places), -1) * width + np.arange(width)
        flat = np.zeros(np.size(like))
        np.add.at(flat, np.ravel(numbers), np.ravel(wide))
        return np.reshape(flat, np.shape(like))
    total = np.zeros((len(like), width))
    for k in range(width):
        np.add.at(total[:, k], np.ravel(places), wide[:, k])
    return np.reshape(total, np.shape(like))


def _crossed(a, b):
    """Multiply vectors along the last axis, as ``np.cross`` does."""
    c = np.empty(np.broadcast_shapes(np.shape(a), np.shape(b)))
    c[..., 0] = a[..., 1] * b[..., 2] - a[..., 2] * b[..., 1]
    c[..., 1] = a[..., 2] * b[..., 0] - a[..., 0] * b[..., 2]
    c[..., 2] = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return c


def _match(g, x):
    """Give a gradient the type and dtype of its argument."""
    if isinstance(x, (float, int)):
        return float(g)
    return np.array(g, dtype=x.dtype if x.dtype.kind == "f" else float)


def _add_slice(items, more, part):
    """Return a list with the items of another added along a slice of it."""
    out = list(items)
    out[part] = _add_lists(out[part], more)
    return out


def _add_lists(items, more):
    """Add two lists item by item, at any depth."""
    if isinstance(items, list):
        return [_add_lists(a, b) for a, b in zip(items, more, strict=True)]
    return items + more


def _filled_lists(items, value):
    """Return lists like these, at any depth, with a value in every place."""
    if isinstance(items, list):
        return [_filled_lists(item, value) for item in items]
    return value


def _pieces(g, items, axis=0):
    """Cut ``g`` along an axis into pieces as long as the items of a list."""
    cuts = np.cumsum([np.shape(item)[axis] for item in items])
    return np.split(g, cuts[:-1], axis)


def _object(kind, /, **attributes):
    """Make an object of a class with these attributes."""
    out = kind.__new__(kind)
    for name, value in attributes.items():
        object.__setattr__(out, name, value)
    return out
