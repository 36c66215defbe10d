"""Transforms of ``scipy.fft``: Fourier's, and of cosines and sines.

Of the real ones, types 2 and 3 are each other's transpose and types 1 and 4 their own, but for the
factor 2 that terms at the ends lack (SciPy's manual has the sums).
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type
from gradgen.rules.callables import scipy
from gradgen.rules.fourier import (
    _cut,
    _fft2_to_a,
    _fft_to_a,
    _fftn_to_a,
    _ifft2_to_a,
    _ifft_to_a,
    _ifftn_to_a,
    _irfft_to_a,
    _rfft_to_a,
    complex_dtype,
    fft_type,
    fftn_type,
    irfft_type,
    rfft_type,
)
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import Attrs, of_shape, refuse_unless


def _scipy_fft_to_x(g, x, n=None, axis=-1, norm=None):
    """Take the inverse transform of ``g``, cut to the input's length."""
    return _fft_to_a(g, x, n, axis, norm)


def _scipy_ifft_to_x(g, x, n=None, axis=-1, norm=None):
    """Take the transform of ``g``, cut to the input's length."""
    return _ifft_to_a(g, x, n, axis, norm)


def _scipy_rfft_to_x(g, x, n=None, axis=-1, norm=None):
    """Take the real part of the inverse transform of ``g``, zeros for the half left out."""
    return _rfft_to_a(g, x, n, axis, norm)


def _scipy_irfft_to_x(g, x, n=None, axis=-1, norm=None):
    """Take the transform of ``g``; what stands for two conjugate numbers counts twice."""
    return _irfft_to_a(g, x, n, axis, norm)


def _scipy_fftn_to_x(g, x, s=None, axes=None, norm=None):
    """Take the inverse transform of ``g``, cut to the input's lengths."""
    return _fftn_to_a(g, x, s, axes, norm)


def _scipy_ifftn_to_x(g, x, s=None, axes=None, norm=None):
    """Take the transform of ``g``, cut to the input's lengths."""
    return _ifftn_to_a(g, x, s, axes, norm)


def _scipy_fft2_to_x(g, x, s=None, axes=(-2, -1), norm=None):
    """Take the inverse transform of ``g``, cut to the input's lengths."""
    return _fft2_to_a(g, x, s, axes, norm)


def _scipy_ifft2_to_x(g, x, s=None, axes=(-2, -1), norm=None):
    """Take the transform of ``g``, cut to the input's lengths."""
    return _ifft2_to_a(g, x, s, axes, norm)


def real_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return real numbers, as many as are transformed."""
    dtype = inputs[0].type.dtype
    refuse_unless(not dtype.startswith("complex"), "a transform of cosines of complex numbers",
                  "transform their real and imaginary parts")  # fmt: skip
    shape, n = inputs[0].type.shape, attrs.get("n")
    if shape is not None and n is not None:
        at = attrs.get("axis", -1) % len(shape)
        shape = tuple(n if k == at else d for k, d in enumerate(shape))
    return of_shape("float32" if complex_dtype(inputs) == "complex64" else "float64", shape)


def _at_ends(v, type, axis, factor, sines):
    """Multiply the first number, of type 1 the last one as well, where these have no factor 2."""
    rows = np.moveaxis(v, axis, 0)
    weights = np.ones(len(rows))
    if sines and type == 3:
        weights[-1] = factor
    elif not sines:
        weights[0] = factor
        if type == 1:
            weights[-1] = factor
    weights = np.reshape(weights, (-1,) + (1,) * (np.ndim(v) - 1))
    return np.moveaxis(rows * weights, 0, axis)


def _dct_to_x(g, x, type=2, n=None, axis=-1, norm=None):
    """Take the transposed transform of ``g``, cut to the input's length."""
    if type == 4 or norm == "ortho":
        d_x = scipy.fft.dct(g, (type if type in (1, 4) else 5 - type), axis=axis, norm=norm)
    elif type == 1:
        doubled = scipy.fft.dct(_at_ends(g, 1, axis, 2.0, False), 1, axis=axis, norm=norm)
        d_x = _at_ends(doubled, 1, axis, 0.5, False)
    elif type == 2:
        d_x = scipy.fft.dct(_at_ends(g, 3, axis, 2.0, False), 3, axis=axis, norm=norm)
    else:
        d_x = _at_ends(scipy.fft.dct(g, 2, axis=axis, norm=norm), 3, axis, 0.5, False)
    return d_x if n is None else _cut(d_x, np.shape(x)[axis], axis)


def _dst_to_x(g, x, type=2, n=None, axis=-1, norm=None):
    """Take the transposed transform of ``g``, cut to the input's length."""
    if type in (1, 4) or norm == "ortho":
        d_x = scipy.fft.dst(g, (type if type in (1, 4) else 5 - type), axis=axis, norm=norm)
    elif type == 2:
        d_x = scipy.fft.dst(_at_ends(g, 3, axis, 2.0, True), 3, axis=axis, norm=norm)
    else:
        d_x = _at_ends(scipy.fft.dst(g, 2, axis=axis, norm=norm), 3, axis, 0.5, True)
    return d_x if n is None else _cut(d_x, np.shape(x)[axis], axis)


def _inverse_norm(norm):
    """Name the scale of the inverse of a transform."""
    if norm == "ortho":
        return "ortho"
    return "backward" if norm == "forward" else "forward"


def _idct_to_x(g, x, type=2, n=None, axis=-1, norm=None):
    """Take the transposed transform of ``g``, cut to the input's length."""
    inverse = type if type in (1, 4) else 5 - type
    return _dct_to_x(g, x, inverse, n, axis, _inverse_norm(norm))


def _idst_to_x(g, x, type=2, n=None, axis=-1, norm=None):
    """Take the transposed transform of ``g``, cut to the input's length."""
    inverse = type if type in (1, 4) else 5 - type
    return _dst_to_x(g, x, inverse, n, axis, _inverse_norm(norm))


_MORE = "overwrite_x=False, workers=None, *, plan=None"
_ONE: dict[str, Any] = {"params": f"x, n?, axis=-1, norm=None, {_MORE}", "tangent": "linear",
                        "of_complex": "linear"}  # fmt: skip
for _name, _type, _adjoint, _inverse in (
    ("fft", fft_type, _scipy_fft_to_x, False),
    ("ifft", fft_type, _scipy_ifft_to_x, False),
    ("rfft", rfft_type, _scipy_rfft_to_x, False),
    ("irfft", irfft_type, _scipy_irfft_to_x, True),
):
    _call = f"scipy.fft.{_name}"
    _samples = (f"{_call}(x23 + 1j * y23, axis=0)", f"{_call}(x4 * 1j + y4, 6, norm='ortho')")
    if not _inverse:
        _samples = (f"np.abs({_call}(x5))", f"{_call}(x=x23, n=5, axis=-2, norm='ortho').imag")
    rule(_call, _type, callables=[_call], adjoint=(_adjoint,), samples=_samples, **_ONE)
for _name, _adjoint, _axes in (
    ("fftn", _scipy_fftn_to_x, "None"),
    ("ifftn", _scipy_ifftn_to_x, "None"),
    ("fft2", _scipy_fft2_to_x, "(-2, -1)"),
    ("ifft2", _scipy_ifft2_to_x, "(-2, -1)"),
):
    _call = f"scipy.fft.{_name}"
    rule(_call, fftn_type, callables=[_call], adjoint=(_adjoint,), tangent="linear",
         params=f"x, s=None, axes={_axes}, norm=None, {_MORE}", of_complex="linear",
         samples=(f"np.abs({_call}(x234, axes=(0, 2)))",
                  f"{_call}(x23, s=(3, 2), norm='forward').real"))  # fmt: skip
for _name, _transposed in (
    ("dct", _dct_to_x), ("dst", _dst_to_x), ("idct", _idct_to_x), ("idst", _idst_to_x),
):  # fmt: skip
    _call = f"scipy.fft.{_name}"
    rule(_call, real_type, callables=[_call], adjoint=(_transposed,), tangent="linear",
         params="x, type=2, n=None, axis=-1, norm=None, overwrite_x=False, workers=None, "
                "orthogonalize=None",
         samples=(f"{_call}(x5)", f"{_call}(x5, 1)", f"{_call}(x23, type=3, axis=0)",
                  f"{_call}(x23, 4, norm='forward')", f"{_call}(x23, norm='ortho')",
                  f"{_call}(x5, type=1, norm='ortho')", f"{_call}(x5, 3, norm='ortho')",
                  f"{_call}(x5, 2, 3)", f"{_call}(x5, n=7, norm='forward')",
                  f"{_call}(xf3)"))  # fmt: skip
