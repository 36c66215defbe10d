"""Linear algebra that NumPy and SciPy do by other functions of theirs, spelled out."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.custom import stop_gradient
from gradgen.library.registry import reads
from gradgen.rules.callables import scipy


@reads(
    "np.linalg.matrix_norm",
    samples=tuple(
        f"np.linalg.matrix_norm({call})"
        for call in ("x23", "x234", "x23, ord=1", "x234, ord=2, keepdims=True", "x32, ord='nuc'")
    ),
)
def matrix_norm(x, /, *, keepdims=False, ord="fro"):
    """Return the norms of matrices: of the last two axes."""
    return np.linalg.norm(x, axis=(-2, -1), keepdims=keepdims, ord=ord)


def norm_of_complex(x, ord=None, axis=None, keepdims=False):
    """Return a norm of complex numbers by their absolute values or by singular values."""
    pair = (-2, -1) if axis is None and np.ndim(x) == 2 else axis
    if ord not in (2, -2, "nuc") or not isinstance(pair, tuple) or len(pair) == 1:
        return np.linalg.norm(np.abs(x), ord, axis, keepdims)
    s = np.linalg.svd(np.moveaxis(x, pair, (-2, -1)), compute_uv=False)
    if ord == "nuc":
        y = np.sum(s, axis=-1)
    else:
        y = np.max(s, axis=-1) if ord == 2 else np.min(s, axis=-1)
    return np.expand_dims(y, pair) if keepdims else y


@reads(
    "np.linalg.cond",
    samples=tuple(
        f"np.linalg.cond({call})"
        for call in ("m33", "x32", "m233", "m33, 1", "m33, -2", "m33, 'fro'", "m233, p=np.inf")
    ),
)
def cond(x, p=None):
    """Return condition numbers, from singular values or the norms of matrix and inverse."""
    if p is None or p == 2:
        s = np.linalg.svd(x, compute_uv=False)
        return s[..., 0] / s[..., -1]
    if p == -2:
        s = np.linalg.svd(x, compute_uv=False)
        return s[..., -1] / s[..., 0]
    inverse = np.linalg.inv(x)
    return np.linalg.norm(x, p, axis=(-2, -1)) * np.linalg.norm(inverse, p, axis=(-2, -1))


@reads(
    "np.linalg.tensorinv",
    samples=(
        "np.linalg.tensorinv(np.reshape(m44, (2, 2, 4)))",
        "np.linalg.tensorinv(np.reshape(m44, (4, 2, 2)), ind=1)",
    ),
)
def tensorinv(a, ind=2):
    """Return the inverse of a tensor as a matrix of its first and its other axes."""
    shape = np.shape(a)
    total = 1
    for k in shape[ind:]:
        total = total * k
    return np.reshape(np.linalg.inv(np.reshape(a, (total, -1))), (*shape[ind:], *shape[:ind]))


@reads(
    "np.linalg.tensorsolve",
    samples=(
        "np.linalg.tensorsolve(np.reshape(m44, (2, 2, 4)), np.reshape(x4, (2, 2)))",
        "np.linalg.tensorsolve(np.reshape(m44, (2, 2, 2, 2)), np.reshape(x4, (2, 2)), axes=(0, 2))",
    ),
)
def tensorsolve(a, b, axes=None):
    """Return the solution of a tensor equation, as the one of a matrix equation."""
    rank = np.ndim(a)
    if axes is not None:
        a = np.moveaxis(a, axes, tuple(range(-len(axes), 0)))
    shape = np.shape(a)[np.ndim(b) - rank :]
    total = 1
    for k in shape:
        total = total * k
    return np.reshape(np.linalg.solve(np.reshape(a, (total, total)), np.ravel(b)), shape)


@reads(
    "np.polyfit",
    samples=(
        "np.polyfit(x5, y5, 2)",
        "np.polyfit(x5, y5, deg=1, w=p5)",
        "np.polyfit(x6, np.reshape(np.concatenate([y6, p6]), (6, 2)), 2)",
        "np.polyfit(x5, y5, 2, full=True)[1]",
        "np.polyfit(x6, y6, 2, cov=True)[1]",
        "np.polyfit(x6, y6, 1, cov='unscaled', w=p6)[1]",
        "np.polyfit(np.arange(5.0), y5, 4)",
    ),
)
def polyfit(x, y, deg, rcond=None, full=False, w=None, cov=False):
    """Return the coefficients of least squares, with the columns scaled as NumPy scales them."""
    x, y = np.asarray(x) + 0.0, np.asarray(y) + 0.0
    if rcond is None:
        rcond = len(x) * np.finfo(x.dtype).eps
    left, right = np.vander(x, deg + 1), y
    if w is not None:
        w = np.asarray(w) + 0.0
        left = (left * w[:, None]).astype(left.dtype)
        # NumPy multiplies in place, and so in the precision of y.
        right = (right * w[:, None] if np.ndim(right) == 2 else right * w).astype(right.dtype)
    scale = np.sqrt(np.sum(left * left, axis=0))
    left = left / scale
    c, resids, rank, s = np.linalg.lstsq(left, right, rcond)
    c = (c.T / scale).T
    if full:
        return c, resids, rank, s, rcond
    if not cov:
        return c
    base = np.linalg.inv(np.dot(left.T, left)) / np.outer(scale, scale)
    factor = 1 if cov == "unscaled" else resids / (len(x) - (deg + 1))
    return c, base * factor if np.ndim(y) == 1 else base[:, :, None] * factor


@reads(
    "scipy.linalg.khatri_rao",
    samples=(
        "scipy.linalg.khatri_rao(x23, m33)",
        "scipy.linalg.khatri_rao(a=x32, b=x32)",
        "scipy.linalg.khatri_rao(x234, 2.0 * x234)",
    ),
)
def khatri_rao(a, b):
    """Return the Kronecker products of columns."""
    products = a[..., :, None, :] * b[..., None, :, :]
    return np.reshape(products, (*np.shape(products)[:-3], -1, np.shape(a)[-1]))


@reads(
    "scipy.linalg.coshm",
    samples=("scipy.linalg.coshm(0.4 * m33)", "scipy.linalg.coshm(0.4 * m233)"),
)
def coshm(A):
    """Return the hyperbolic cosine of a matrix."""
    return 0.5 * (scipy.linalg.expm(A) + scipy.linalg.expm(-np.asarray(A)))


@reads(
    "scipy.linalg.sinhm",
    samples=("scipy.linalg.sinhm(0.4 * m33)", "scipy.linalg.sinhm(0.4 * m233)"),
)
def sinhm(A):
    """Return the hyperbolic sine of a matrix."""
    return 0.5 * (scipy.linalg.expm(A) - scipy.linalg.expm(-np.asarray(A)))


@reads(
    "scipy.linalg.tanm",
    samples=("scipy.linalg.tanm(0.3 * m33)", "scipy.linalg.tanm(0.3 * m233)"),
)
def tanm(A):
    """Return the tangent of a matrix."""
    return scipy.linalg.solve(scipy.linalg.cosm(A), scipy.linalg.sinm(A))


@reads(
    "scipy.linalg.tanhm",
    samples=("scipy.linalg.tanhm(0.3 * m33)", "scipy.linalg.tanhm(0.3 * m233)"),
)
def tanhm(A):
    """Return the hyperbolic tangent of a matrix."""
    return scipy.linalg.solve(coshm(A), sinhm(A))


def pinv_and_rank(a, *, check_finite=True):
    """Return what ``scipy.linalg.pinv(a, return_rank=True)`` does."""
    return scipy.linalg.pinv(a, check_finite=check_finite), np.linalg.matrix_rank(a)


def logm_and_error(A):
    """Return what ``scipy.linalg.logm(A, disp=False)`` does."""
    F = scipy.linalg.logm(A)
    wrong = scipy.linalg.expm(F) - A
    return F, stop_gradient(scipy.linalg.norm(wrong, 1) / scipy.linalg.norm(A, 1))
