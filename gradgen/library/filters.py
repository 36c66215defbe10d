"""Convolutions and correlations of images beyond their edges, spelled out."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.library.registry import reads
from gradgen.rules.callables import scipy


@reads(
    "scipy.signal.fftconvolve",
    samples=(
        "scipy.signal.fftconvolve(x5, y3)",
        "scipy.signal.fftconvolve(x44, y23, mode='same')",
        "scipy.signal.fftconvolve(x3, y5, 'valid')",
    ),
)
def fftconvolve(in1, in2, mode="full", axes=None):
    """Convolve by Fourier transforms."""
    if axes is not None:
        return along_axes(axes)
    return scipy.signal.convolve(in1, in2, mode, method="fft")


def along_axes(axes):
    """Stand for what is refused: a convolution along some axes."""
    raise NotImplementedError


@reads(
    "scipy.signal.convolve2d",
    samples=(
        "scipy.signal.convolve2d(x44, y23, boundary='wrap')",
        "scipy.signal.convolve2d(x44, y23, 'same', 'symm')",
        "scipy.signal.convolve2d(x44, y32, mode='same', boundary='fill', fillvalue=1.5)",
        "scipy.signal.convolve2d(x44, y23, mode='valid', boundary='wrap')",
    ),
)
def convolve2d(in1, in2, mode="full", boundary="fill", fillvalue=0):
    """Convolve an image that goes on beyond its edges: padded as far as the other one reaches."""
    if mode == "valid":
        return scipy.signal.convolve2d(in1, in2, "valid")
    out = scipy.signal.convolve2d(_continued(in1, in2, boundary, fillvalue), in2, "valid")
    return out if mode == "full" else _centre(out, in1, np.shape(in2))


@reads(
    "scipy.signal.correlate2d",
    samples=(
        "scipy.signal.correlate2d(x44, y23, boundary='wrap')",
        "scipy.signal.correlate2d(x44, y23, 'same', 'symm')",
        "scipy.signal.correlate2d(x44, y32, mode='same', boundary='fill', fillvalue=1.5)",
        "scipy.signal.correlate2d(x44, y23, mode='valid', boundary='wrap')",
    ),
)
def correlate2d(in1, in2, mode="full", boundary="fill", fillvalue=0):
    """Correlate an image that goes on beyond its edges: padded as far as the other one reaches."""
    if mode == "valid":
        return scipy.signal.correlate2d(in1, in2, "valid")
    out = scipy.signal.correlate2d(_continued(in1, in2, boundary, fillvalue), in2, "valid")
    return out if mode == "full" else _centre(out, in1, [k + 1 for k in np.shape(in2)])


def _continued(in1, in2, boundary, fillvalue):
    n, m = np.shape(in2)
    widths = ((n - 1, n - 1), (m - 1, m - 1))
    if boundary == "fill":
        return np.pad(in1, widths, constant_values=fillvalue)
    return np.pad(in1, widths, mode="wrap" if boundary == "wrap" else "symmetric")


def _centre(out, in1, lengths):
    first, second = [(k - 1) // 2 for k in lengths]
    return out[first : first + np.shape(in1)[0], second : second + np.shape(in1)[1]]
