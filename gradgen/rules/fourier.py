"""Discrete Fourier transforms of ``numpy.fft``.

A transform is linear, and its adjoint is the conjugate transpose: the inverse transform with the
scale of the other direction.  ``norm`` says where the factor 1/n stands, so that the adjoint of
a transform with ``norm="backward"`` is the inverse with ``norm="forward"``, and the other way.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Dim, Length, Type, array, fresh_dim
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import Attrs, length_of

SINGLE = ("float32", "complex64")


def _axis_type(inputs: list[Value], attrs: Attrs, dtype: str, length: Length) -> Type:
    """Return an array with another length along the transform's axis."""
    shape = inputs[0].type.shape
    if shape is None:
        return Type("any", dtype, None)
    at = attrs.get("axis", -1) % len(shape)
    return array(dtype, tuple(length if k == at else d for k, d in enumerate(shape)))


def _length(inputs: list[Value], attrs: Attrs) -> Length:
    """Return how many numbers a transform takes: n, else the length of the axis."""
    shape = inputs[0].type.shape
    if len(inputs) > 1:
        return length_of(inputs[1])
    return shape[attrs.get("axis", -1)] if shape else fresh_dim()


def complex_dtype(inputs: list[Value]) -> str:
    """Return the complex dtype of the input's precision."""
    return "complex64" if inputs[0].type.dtype in SINGLE else "complex128"


def fft_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return complex numbers, as many as are transformed."""
    return _axis_type(inputs, attrs, complex_dtype(inputs), _length(inputs, attrs))


def rfft_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the half of the spectrum that is not redundant."""
    n = _length(inputs, attrs)
    half = fresh_dim() if isinstance(n, Dim) else n // 2 + 1
    return _axis_type(inputs, attrs, complex_dtype(inputs), half)


def irfft_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return real numbers: n of them, else twice the length of the spectrum but two."""
    n = _length(inputs, attrs)
    if len(inputs) == 1:
        n = fresh_dim() if isinstance(n, Dim) else 2 * (n - 1)
    dtype = "float32" if inputs[0].type.dtype in SINGLE else "float64"
    return _axis_type(inputs, attrs, dtype, n)


def fftn_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return complex numbers in the input's shape, or of the lengths given."""
    t, s = inputs[0].type, attrs.get("s")
    dtype = complex_dtype(inputs)
    if t.shape is None:
        return Type("any", dtype, None)
    shape = list(t.shape)
    if s is not None:
        axes = attrs.get("axes")
        axes = range(-len(s), 0) if axes is None else axes
        for n, axis in zip(s, axes, strict=True):
            shape[axis] = shape[axis] if n == -1 else n
    return array(dtype, tuple(shape))


def _fft_to_a(g, a, n=None, axis=-1, norm=None):
    """Take the inverse transform of ``g``, cut to the input's length."""
    d_a = np.fft.ifft(g, axis=axis, norm=_other_scale(norm))
    return d_a if n is None else _cut(d_a, np.shape(a)[axis], axis)


def _ifft_to_a(g, a, n=None, axis=-1, norm=None):
    """Take the transform of ``g``, cut to the input's length."""
    d_a = np.fft.fft(g, axis=axis, norm=_other_scale(norm))
    return d_a if n is None else _cut(d_a, np.shape(a)[axis], axis)


def _rfft_to_a(g, a, n=None, axis=-1, norm=None):
    """Take the real part of the inverse transform of ``g``, zeros for the half left out."""
    count = np.shape(a)[axis] if n is None else n
    d_a = np.fft.ifft(g, count, axis, _other_scale(norm)).real
    return d_a if n is None else _cut(d_a, np.shape(a)[axis], axis)


def _irfft_to_a(g, a, n=None, axis=-1, norm=None):
    """Take the transform of ``g``; what stands for two conjugate numbers counts twice."""
    d_a = np.fft.rfft(g, axis=axis, norm=_other_scale(norm))
    half, count = np.shape(d_a)[axis], np.shape(g)[axis]
    twice = np.full(half, 2.0)
    twice[0] = 1.0
    if count % 2 == 0:
        twice[-1] = 1.0
    behind = np.ndim(a) - 1 - (axis % np.ndim(a))
    d_a = d_a * np.reshape(twice, (half,) + (1,) * behind)
    return d_a if n is None else _cut(d_a, np.shape(a)[axis], axis)


def _fftn_to_a(g, a, s=None, axes=None, norm=None):
    """Take the inverse transform of ``g``, cut to the input's lengths."""
    axes = _transformed(s, axes)
    d_a = np.fft.ifftn(g, axes=axes, norm=_other_scale(norm))
    return d_a if s is None else _cut_all(d_a, a, axes)


def _ifftn_to_a(g, a, s=None, axes=None, norm=None):
    """Take the transform of ``g``, cut to the input's lengths."""
    axes = _transformed(s, axes)
    d_a = np.fft.fftn(g, axes=axes, norm=_other_scale(norm))
    return d_a if s is None else _cut_all(d_a, a, axes)


def _fft2_to_a(g, a, s=None, axes=(-2, -1), norm=None):
    """Take the inverse transform of ``g``, cut to the input's lengths."""
    d_a = np.fft.ifft2(g, axes=axes, norm=_other_scale(norm))
    return d_a if s is None else _cut_all(d_a, a, axes)


def _ifft2_to_a(g, a, s=None, axes=(-2, -1), norm=None):
    """Take the transform of ``g``, cut to the input's lengths."""
    d_a = np.fft.fft2(g, axes=axes, norm=_other_scale(norm))
    return d_a if s is None else _cut_all(d_a, a, axes)


def _transformed(s, axes):
    """Name the axes that a transform acts on: all, or the last ones for which there are lengths."""
    return tuple(range(-len(s), 0)) if s is not None and axes is None else axes


def _other_scale(norm):
    """Name the scale of the adjoint of a transform."""
    if norm == "ortho":
        return "ortho"
    return "backward" if norm == "forward" else "forward"


def _cut(d_a, length, axis):
    """Cut a cotangent to the length of what was padded, or pad it to that of what was cut."""
    count = np.shape(d_a)[axis]
    rows = np.moveaxis(d_a, axis, 0)
    if count < length:
        rows = np.concatenate([rows, np.zeros((length - count, *np.shape(rows)[1:]))])
    return np.moveaxis(rows[:length], 0, axis)


def _cut_all(d_a, a, axes):
    """Cut or pad a cotangent along several axes."""
    for axis in axes:
        d_a = _cut(d_a, np.shape(a)[axis], axis)
    return d_a


# A table: an entry is read along its lines.
# fmt: off
_ONE: dict[str, Any] = {"params": "a, n?, axis=-1, norm=None", "tangent": "linear",
                        "of_complex": "linear"}
_MANY: dict[str, Any] = {"tangent": "linear", "of_complex": "linear"}
rule("fft", fft_type, callables=["np.fft.fft"], adjoint=(_fft_to_a,), **_ONE,
     samples=("np.fft.fft(x5).imag", "np.abs(np.fft.fft(x23, axis=0))", "np.fft.fft(x5, 3).real",
              "np.fft.fft(x23, n=5, axis=-2, norm='ortho').imag", "np.abs(np.fft.fft(x6)) ** 2",
              "np.fft.fft(x4 + 1j * y4, norm='forward').imag", "np.abs(np.fft.fft(xf3))"))
rule("ifft", fft_type, callables=["np.fft.ifft"], adjoint=(_ifft_to_a,), **_ONE,
     samples=("np.fft.ifft(np.fft.fft(x5) * np.fft.fft(y5)).real", "np.fft.ifft(x23, 4).imag",
              "np.fft.ifft(1j * x4, norm='ortho').real"))
rule("rfft", rfft_type, callables=["np.fft.rfft"], adjoint=(_rfft_to_a,), **_ONE,
     samples=("np.fft.rfft(x5).imag", "np.abs(np.fft.rfft(x6))", "np.fft.rfft(x23, 4, 0).real",
              "np.fft.rfft(x5, n=3, norm='forward').real", "np.fft.rfft(x4, norm='ortho').imag"))
rule("irfft", irfft_type, callables=["np.fft.irfft"], adjoint=(_irfft_to_a,), **_ONE,
     samples=("np.fft.irfft(x4 + 1j * y4)", "np.fft.irfft(np.fft.rfft(x5), n=5)",
              "np.fft.irfft(x23 + 1j * y23, axis=0)", "np.fft.irfft(x5 * 1j + y5, 6, norm='ortho')",
              "np.fft.irfft(x3 + 1j * y3, n=9, norm='forward')"))
rule("fftn", fftn_type, callables=["np.fft.fftn"], adjoint=(_fftn_to_a,), **_MANY,
     params="a, s=None, axes=None, norm=None",
     samples=("np.fft.fftn(x23).imag", "np.abs(np.fft.fftn(x234, axes=(0, 2)))",
              "np.fft.fftn(x23, s=(3, 2), axes=(0, 1), norm='ortho').real"))
rule("ifftn", fftn_type, callables=["np.fft.ifftn"], adjoint=(_ifftn_to_a,), **_MANY,
     params="a, s=None, axes=None, norm=None",
     samples=("np.fft.ifftn(x23 * 1j).real", "np.fft.ifftn(x234, axes=(1,)).imag"))
rule("fft2", fftn_type, callables=["np.fft.fft2"], adjoint=(_fft2_to_a,), **_MANY,
     params="a, s=None, axes=(-2, -1), norm=None",
     samples=("np.fft.fft2(x23).imag", "np.fft.fft2(x234, axes=(0, 1), norm='forward').real",
              "np.abs(np.fft.fft2(x23, (2, 2)))"))
rule("ifft2", fftn_type, callables=["np.fft.ifft2"], adjoint=(_ifft2_to_a,), **_MANY,
     params="a, s=None, axes=(-2, -1), norm=None",
     samples=("np.fft.ifft2(np.fft.fft2(x23) * np.exp(1j * y23)).real",
              "np.fft.ifft2(x44, s=[3, 5]).imag"))
