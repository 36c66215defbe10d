"""Weighted means, covariances and ranges, spelled out."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

import numpy as np

from gradgen.library.registry import reads
from gradgen.rules.callables import scipy


@reads("statistics.fmean",
       samples=("statistics.fmean(x5)", "statistics.fmean([x, y, p], [1.0, p, 2.0])"))  # fmt: skip
def fmean(data, weights=None):
    """Return the mean of numbers, perhaps weighted."""
    if weights is None:
        return math.fsum(data) / len(data)
    products = [a * b for a, b in zip(data, weights, strict=True)]
    return math.fsum(products) / math.fsum(weights)


@reads(
    "np.ptp",
    samples=("np.ptp(x5)", "np.ptp(x23, axis=-1)", "np.ptp(x234, axis=(2, 0), keepdims=True)",
             "np.ptp(x1)", "np.ptp(x23, -1, None, True)"),
)  # fmt: skip
def ptp(a, axis=None, out=None, keepdims=False):
    """Return the largest entry less the smallest."""
    return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)


@reads("np.quantile", samples=(
    "np.quantile(x5, 0.3, weights=p5, method='inverted_cdf')",
    "np.quantile(x23, [0.2, 0.7], axis=1, weights=p3, method='inverted_cdf', keepdims=True)",
    "np.quantile(x234, u, -1, weights=p234, method='inverted_cdf')",
))  # fmt: skip
def quantile(a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *,
             weights=None):  # fmt: skip
    """Return the entry at which the weights of the smaller ones come to a share of all."""
    if weights is None:
        return np.quantile(a, q, axis, method=method, keepdims=keepdims)
    if method != "inverted_cdf":
        raise ValueError("Only method 'inverted_cdf' supports weights")
    a, w = np.asarray(a), np.asarray(weights)
    rows = np.ravel(a) if axis is None else np.moveaxis(a, axis, -1)
    if np.ndim(w) == np.ndim(a):
        w = np.ravel(w) if axis is None else np.moveaxis(w, axis, -1)
    order = np.argsort(rows, axis=-1, kind="stable")
    sums = np.cumsum(np.take_along_axis(np.broadcast_to(w, np.shape(rows)), order, -1), axis=-1)
    shares = np.where(sums == 0.0, -1.0, sums / sums[..., -1:])
    below = np.sum(shares[..., None, :] < np.reshape(q, (-1, 1)), axis=-1)
    places = np.take_along_axis(order, np.minimum(below, np.shape(rows)[-1] - 1), -1)
    picked = np.moveaxis(np.take_along_axis(rows, places, -1), -1, 0)
    if keepdims and axis is None:
        picked = np.reshape(picked, (-1,) + (1,) * np.ndim(a))
    elif keepdims:
        picked = np.expand_dims(picked, axis + 1 if axis >= 0 else axis)
    # Of what is weighted NumPy makes an array without axes, not a number.
    return np.asarray(picked[0]) if np.ndim(q) == 0 else picked


@reads("np.percentile",
       samples=("np.percentile(x5, 30, weights=p5, method='inverted_cdf')",))  # fmt: skip
def percentile(a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *,
               weights=None):  # fmt: skip
    """Return the entry at which the weights of the smaller ones come to a share in percent."""
    if weights is None:
        return np.percentile(a, q, axis, method=method, keepdims=keepdims)
    level = np.true_divide(q, 100)
    return quantile(a, level, axis, None, False, method, keepdims, weights=weights)


def sum_dtype(weights, a):
    """Return the dtype in which weights of ``a`` are summed; None: their own (see the reader)."""
    return None if np.result_type(weights, a) == weights.dtype else np.result_type(weights, a)


def _along_axes(weights, rank, axis):
    """Return weights of some axes as an array of all: its other axes have length 1."""
    axes = tuple(axis) if isinstance(axis, (tuple, list)) else (axis,)
    if len(axes) == 1:
        behind = rank - axes[0] % rank - 1
        return weights[(slice(None),) + (None,) * behind] if behind else weights
    spread = weights[(slice(None),) * len(axes) + (None,) * (rank - len(axes))]
    return np.moveaxis(spread, tuple(range(len(axes))), axes)


def _turned(axis, rank):
    """Whether these are all axes of an array, in another order."""
    if not isinstance(axis, (tuple, list)) or len(axis) != rank:
        return False
    return tuple([k % rank for k in axis]) != tuple(range(rank))


@reads(
    "np.average",
    samples=(
        "np.average(x23)", "np.average(x23, axis=1)", "np.average(x5, weights=p5)",
        "np.average(x23, -1, p3)", "np.average(x32, axis=0, weights=p3)",
        "np.average(x23, axis=1, weights=p23, keepdims=True)", "np.average(x234, 1, weights=p3)",
        "np.average(x23, weights=p23, returned=True)[1]",
        "np.average(x23, axis=0, returned=True)[0]",
        "np.average(x32, 0, p3, returned=True)[1]", "np.average(x234, axis=(2, 0))",
        "np.average([x, y, p], weights=[1.0, 2.0, 3.0])",
        "np.average(x234, axis=(0, 2), weights=p234[:, 0])", "np.average(x234, (1, -3), p32)",
        "np.average(x23, axis=(1, 0), weights=p32)",
        "np.average(m33, axis=(-1, 0), weights=p44[:3, 1:])",
        "np.average(m233, (2, 1), l33 + p44[:3, :3], keepdims=True)",
        "np.average(x234, (0, 1), p23, returned=True)[1]", "np.average(x23, 0, pf23[:, 0])",
    ),
)  # fmt: skip
def average(a, axis=None, weights=None, returned=False, *, keepdims=False):
    """Return a mean, weighted if weights are given; with the sum of the weights if asked for."""
    a = np.asanyarray(a)
    if weights is None:
        mean = np.mean(a, axis=axis, keepdims=keepdims)
        if not returned:
            return mean
        return mean, np.full(np.shape(mean), np.size(a) / np.size(mean))
    weights = np.asanyarray(weights)
    dtype = sum_dtype(weights, a)
    if axis is None or np.ndim(weights) == np.ndim(a):
        if axis is None and np.ndim(weights) != np.ndim(a):
            raise TypeError("Axis must be specified when shapes of a and weights differ.")
        if _turned(axis, np.ndim(a)) and np.shape(weights) != np.shape(a):
            weights = _along_axes(weights, np.ndim(a), axis)
        total = np.sum(weights, axis=axis, dtype=dtype, keepdims=keepdims)
    else:
        # Weights of the averaged axes alone have one sum, whatever the axes.
        total = np.sum(weights, dtype=dtype)
        weights = _along_axes(weights, np.ndim(a), axis)
    if np.any(total == 0.0):
        raise ZeroDivisionError("Weights sum to zero, can't be normalized")
    mean = np.sum(a * weights, axis=axis, keepdims=keepdims) / total
    if not returned:
        return mean
    return mean, total if np.ndim(total) == np.ndim(mean) else np.full(np.shape(mean), total)


def _variables(m, rowvar):
    """Return samples as rows of variables."""
    if np.ndim(m) < 2:
        return np.reshape(m, (1, -1))
    return m if rowvar else m.T


@reads(
    "np.cov",
    samples=(
        "np.cov(x23)", "np.cov(x5)", "np.cov(x23, rowvar=False)", "np.cov(x32, bias=True)",
        "np.cov(x5, y5)", "np.cov(x23, y3)", "np.cov(x23, y23, False, ddof=0)",
        "np.cov(x23, aweights=p3)", "np.cov(x23, aweights=p3, ddof=0)",
        "np.cov(x23, fweights=j3)", "np.cov(xf23)", "np.cov(x23, fweights=j3, aweights=p3)",
    ),
)  # fmt: skip
def cov(m, y=None, rowvar=True, bias=False, ddof=None, fweights=None, aweights=None, *, dtype=None):
    """Return the covariances of variables, which are rows unless told otherwise."""
    dtype = np.float64 if dtype is None else dtype
    x = _variables(np.asarray(m, dtype=dtype), rowvar)
    if y is not None:
        y = np.asarray(y, dtype=dtype)
        more = np.reshape(y, (1, -1)) if np.ndim(y) < 2 else y
        if not rowvar and np.shape(more)[0] != 1:
            more = more.T
        x = np.concatenate((x, more), axis=0)
    if ddof is None:
        ddof = 0 if bias else 1
    if fweights is None and aweights is None:
        x = x - np.mean(x, axis=1)[:, None]
        c = np.dot(x, x.T)
        freedom = max(np.shape(x)[1] - ddof, 0)
        return _as_precise(np.squeeze(c * np.true_divide(1, freedom)), x)
    w = fweights if aweights is None else aweights
    w = np.asarray(w) * 1.0
    if fweights is not None and aweights is not None:
        w = fweights * w
    total = np.sum(w)
    count = total
    if ddof != 0:
        count = total - (ddof if aweights is None else ddof * np.sum(w * aweights) / total)
    x = x - (np.sum(x * w, axis=1) / total)[:, None]
    return _as_precise(np.squeeze(np.dot(x, (x * w).T) * np.true_divide(1, count)), x)


def _as_precise(c, x):
    """Return covariances in the precision of the variables, as an update in place leaves them."""
    return c.astype(np.float32) if x.dtype == np.float32 and c.dtype != np.float32 else c


@reads(
    "np.corrcoef",
    samples=("np.corrcoef(x23)", "np.corrcoef(x5, y5)", "np.corrcoef(x32, rowvar=False)",
             "np.corrcoef(x23, y3)"),
)  # fmt: skip
def corrcoef(x, y=None, rowvar=True, *, dtype=None):
    """Return the correlations of variables."""
    c = np.cov(x, y, rowvar, dtype=dtype)
    if np.ndim(c) == 0:
        return c / c
    deviation = np.sqrt(np.diag(c))
    return within(c / deviation[:, None] / deviation[None, :], -1, 1)


def within(a, a_min, a_max):
    """Return numbers that only rounding takes out of bounds: an operation, of slope 1."""
    return np.clip(a, a_min, a_max)


def entropy_in_units(base, **given):
    """Return what ``scipy.stats.entropy(..., base=base)`` does."""
    if base <= 0.0:
        raise ValueError("`base` must be a positive number or `None`.")
    return scipy.stats.entropy(**given) / np.log(base)
