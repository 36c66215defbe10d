"""Fourier transforms that are made of others, and the frequencies that belong to them."""

from __future__ import annotations

import numpy as np

from gradgen.library.registry import reads


@reads(
    "np.fft.rfft2",
    samples=("np.fft.rfft2(x23).imag", "np.abs(np.fft.rfft2(x234, axes=(0, 1), norm='ortho'))"),
)
def rfft2(a, s=None, axes=(-2, -1), norm=None):
    """Transform the last axis as real numbers, the others as complex ones."""
    return rfftn(a, s, axes, norm)


@reads(
    "np.fft.rfftn",
    samples=("np.fft.rfftn(x234).imag", "np.fft.rfftn(x23, s=(3, 4), axes=(1, 0)).real"),
)
def rfftn(a, s=None, axes=None, norm=None):
    """Transform the last axis as real numbers, the others as complex ones."""
    axes = _transformed(np.ndim(a), s, axes)
    out = np.fft.rfft(a, None if s is None else s[-1], axes[-1], norm)
    for k in tuple(range(len(axes) - 1))[::-1]:
        out = np.fft.fft(out, None if s is None else s[k], axes[k], norm)
    return out


@reads(
    "np.fft.irfft2",
    samples=("np.fft.irfft2(x23 + 1j * y23)", "np.fft.irfft2(1j * x44, s=(3, 5), norm='forward')"),
)
def irfft2(a, s=None, axes=(-2, -1), norm=None):
    """Transform the other axes back, then the last one to real numbers."""
    return irfftn(a, s, axes, norm)


@reads(
    "np.fft.irfftn",
    samples=(
        "np.fft.irfftn(x234 * 1j)",
        "np.fft.irfftn(np.fft.rfftn(x23), s=x23.shape, axes=(0, 1))",
    ),
)
def irfftn(a, s=None, axes=None, norm=None):
    """Transform the other axes back, then the last one to real numbers."""
    axes = _transformed(np.ndim(a), s, axes)
    for k in tuple(range(len(axes) - 1)):
        a = np.fft.ifft(a, None if s is None else s[k], axes[k], norm)
    return np.fft.irfft(a, None if s is None else s[-1], axes[-1], norm)


@reads("np.fft.hfft", samples=("np.fft.hfft(x4 + 1j * y4)", "np.fft.hfft(x23, 5, axis=0)"))
def hfft(a, n=None, axis=-1, norm=None):
    """Transform a signal with Hermitian symmetry to its real spectrum."""
    return np.fft.irfft(np.conj(a), n, axis, _other_scale(norm))


@reads("np.fft.ihfft", samples=("np.fft.ihfft(x5).imag", "np.fft.ihfft(x23, norm='ortho').real"))
def ihfft(a, n=None, axis=-1, norm=None):
    """Transform a real spectrum back to half of a signal with Hermitian symmetry."""
    return np.conj(np.fft.rfft(a, n, axis, _other_scale(norm)))


@reads("np.fft.fftshift", samples=("np.fft.fftshift(x5)", "np.fft.fftshift(x234, axes=(0, 2))"))
def fftshift(x, axes=None):
    """Move the frequency zero to the middle."""
    for axis in _axes(x, axes):
        x = np.roll(x, np.shape(x)[axis] // 2, axis)
    return x


@reads("np.fft.ifftshift", samples=("np.fft.ifftshift(x5)", "np.fft.ifftshift(x23, axes=-1)"))
def ifftshift(x, axes=None):
    """Move the frequency zero back to the front."""
    for axis in _axes(x, axes):
        x = np.roll(x, -(np.shape(x)[axis] // 2), axis)
    return x


@reads("np.fft.fftfreq", samples=("np.fft.fftfreq(5, p)", "x5 * np.fft.fftfreq(x5.size, d=0.5)"))
def fftfreq(n, d=1.0):
    """Return the frequencies of a transform of n samples a distance apart."""
    positive = (n - 1) // 2 + 1
    return np.concatenate([np.arange(0, positive), np.arange(-(n // 2), 0)]) * (1.0 / (n * d))


@reads("np.fft.rfftfreq", samples=("np.fft.rfftfreq(5, p)", "np.fft.rfftfreq(n, d=p)"))
def rfftfreq(n, d=1.0):
    """Return the frequencies of a transform of n real samples a distance apart."""
    return np.arange(0, n // 2 + 1) * (1.0 / (n * d))


def _transformed(rank, s, axes):
    """Return the axes that a transform acts on: all, or the last ones that have lengths."""
    if axes is not None:
        return axes
    return tuple(range(rank)) if s is None else tuple(range(-len(s), 0))


def _other_scale(norm):
    """Name the scale of the other direction."""
    if norm == "ortho":
        return "ortho"
    return "backward" if norm == "forward" else "forward"


def _axes(x, axes):
    """Return axes as a tuple: all of them for None."""
    if axes is None:
        return tuple(range(np.ndim(x)))
    return (axes,) if isinstance(axes, int) else axes
