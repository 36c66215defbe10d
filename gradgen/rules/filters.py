"""Filters that start from a state: SciPy's transposed direct form, step by step.

With ``b`` and ``a`` over ``a[0]``, a step is ``y[n] = b[0] x[n] + z[0]`` and then
``z[i] = b[i + 1] x[n] - a[i + 1] y[n] + z[i + 1]`` (Oppenheim and Schafer, *Discrete-Time Signal
Processing*, 6.3).  The sweep back in time has a row for each step: the cotangents of ``y[n]`` and
of the states after it, so that the shares of the coefficients are sums of products with it.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type, array, fresh_dim, promote
from gradgen.rules.callables import scipy
from gradgen.rules.convolutions import lfilter_type
from gradgen.rules.registry import printed_like, rule
from gradgen.rules.shapes_of import Attrs


def filter_types(inputs: list[Value], attrs: Attrs) -> list[Type]:
    """Return the types of the signal and of the states that it leaves."""
    y = lfilter_type(inputs[:3], attrs)
    if y.shape is None:
        return [y, Type("any", y.dtype, None)]
    axis = attrs.get("axis", -1) % len(y.shape)
    dtype = promote(v.type for v in inputs)
    states = (*y.shape[:axis], fresh_dim(), *y.shape[axis + 1 :])
    return [array(dtype, y.shape), array(dtype, states)]


@printed_like("like")
def _filter_sweep(rows, d_states, a, like):
    """Return the cotangents of the output and the states at each step; the last row is its own."""
    sweep = np.zeros(like.shape)
    sweep[-1, :-1] = d_states
    for n in range(len(rows) - 1, -1, -1):
        sweep[n, 1:] = sweep[n + 1, :-1]
        d_out = rows[n]
        for k in range(1, len(a)):
            d_out = d_out - a[k] / a[0] * sweep[n, k]
        sweep[n, 0] = d_out
    return sweep


def _filter_swept(d_y, d_zf, y, zf, b, a, axis):
    """Return the sweep, where one of the results may not be asked for."""
    d_y = np.zeros(np.shape(y)) if d_y is None else d_y
    d_zf = np.zeros(np.shape(zf)) if d_zf is None else d_zf
    rows, d_states = np.moveaxis(d_y, axis, 0), np.moveaxis(d_zf, axis, 0)
    like = np.broadcast_to(0.0, (len(rows) + 1, max(len(a), len(b)), *np.shape(rows)[1:]))
    return _filter_sweep(rows, d_states, a, like)


def _over_time(sweep, signal, axis, count):
    """Return the sums of products of a sweep and a signal, for the first columns."""
    products = np.moveaxis(signal, axis, 0)[:, None] * sweep[:-1, :count]
    return np.sum(products, axis=(0, *tuple(range(2, np.ndim(products)))))


def _filter_to_b(d_y, d_zf, y, zf, b, a, x, axis):
    """Cotangent of the numerator."""
    sweep = _filter_swept(d_y, d_zf, y, zf, b, a, axis)
    return _over_time(sweep, x, axis, len(b)) / a[0]


def _filter_to_a(d_y, d_zf, y, zf, b, a, x, axis):
    """Cotangent of the denominator, over whose first entry all coefficients are taken."""
    sweep = _filter_swept(d_y, d_zf, y, zf, b, a, axis)
    d_b, d_a = _over_time(sweep, x, axis, len(b)), -_over_time(sweep, y, axis, len(a))
    first = -(np.sum(d_b * b) + np.sum(d_a[1:] * a[1:])) / a[0]
    return np.concatenate((np.reshape(first, (1,)), d_a[1:])) / a[0]


def _filter_to_x(d_y, d_zf, y, zf, b, a, axis):
    """Cotangent of the signal."""
    sweep = _filter_swept(d_y, d_zf, y, zf, b, a, axis)
    rows = np.tensordot(b / a[0], sweep[:-1, : len(b)], (0, 1))
    return np.moveaxis(rows, 0, axis)


def _filter_to_zi(d_y, d_zf, y, zf, b, a, axis):
    """Cotangent of the states begun with."""
    sweep = _filter_swept(d_y, d_zf, y, zf, b, a, axis)
    return np.moveaxis(sweep[0, :-1], 0, axis)


def _filter_tangent(t_b, t_a, t_x, t_zi, y, b, a, x, axis, zi):
    """Tangents of the signal and the states: filters, of which each begins at rest but one."""
    rest = np.zeros(np.shape(zi))
    t_y, t_zf = scipy.signal.lfilter(
        b, a, np.zeros(np.shape(x)) if t_x is None else t_x, axis, zi=rest if t_zi is None else t_zi
    )
    width = np.shape(zi)[axis] + 1
    if t_a is not None:
        # All coefficients are over the first one, and the states are not.
        by_first = b * (t_a[0] / a[0])
        t_b = -by_first if t_b is None else t_b - by_first
        t_a = _widened(t_a - a * (t_a[0] / a[0]), width)
        by_a = scipy.signal.lfilter(t_a, a, y, axis, zi=rest)
        t_y, t_zf = t_y - by_a[0], t_zf - by_a[1]
    if t_b is not None:
        by_b = scipy.signal.lfilter(_widened(t_b, width), a, x, axis, zi=rest)
        t_y, t_zf = t_y + by_b[0], t_zf + by_b[1]
    return t_y, t_zf


def _widened(coefficients, width):
    """Return coefficients with zeros behind, so that there are as many states."""
    return np.concatenate((coefficients, np.zeros(width - len(coefficients))))


rule(
    "lfilter_from",
    filter_types,
    spelling="scipy.signal.lfilter",
    params="b, a, x, axis=-1, zi?",
    outputs=("y", "zf"),
    adjoint=(_filter_to_b, _filter_to_a, _filter_to_x, _filter_to_zi),
    tangent=_filter_tangent,
    samples=(
        "scipy.signal.lfilter(x3, p3, y5, zi=y3[:2])[0]",
        "scipy.signal.lfilter(x3, p3, y5, zi=y3[:2])[1]",
        "scipy.signal.lfilter(x1, p3, y23, zi=x32.T[:, 1:])[0]",
        "scipy.signal.lfilter([0.3, x], [1.0], y44, axis=0, zi=y4[None])[1]",
        "np.concatenate(scipy.signal.lfilter(x4, np.array([2.0, u]), y5, -1, x3))",
    ),
)
