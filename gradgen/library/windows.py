"""Windows that slide along axes of an array."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.library.registry import reads


def windows(x, length, axis):
    """Return the windows along one axis: an operation, ``gradgen/rules/windows.py``."""
    return np.lib.stride_tricks.sliding_window_view(x, length, axis=axis)


@reads(
    "np.lib.stride_tricks.sliding_window_view",
    samples=(
        "np.lib.stride_tricks.sliding_window_view(x5, 2)",
        "np.lib.stride_tricks.sliding_window_view(x5, 3) @ x3",
        "np.sum(np.lib.stride_tricks.sliding_window_view(x5, n), axis=1)",
        "np.lib.stride_tricks.sliding_window_view(x44, (2, 3))",
        "np.lib.stride_tricks.sliding_window_view(x23, 2, axis=1)",
        "np.lib.stride_tricks.sliding_window_view(x23, 2, axis=-1)",
        "np.lib.stride_tricks.sliding_window_view(x234, (2, 2), axis=(2, -1))",
    ),
)
def sliding_window_view(x, window_shape, axis=None, *, subok=False, writeable=False):
    """View the windows along one axis after the other; they come last."""
    if writeable:
        raise TypeError("windows that can be written to: write to the array itself")
    lengths = (window_shape,) if isinstance(window_shape, int) else tuple(window_shape)
    if axis is None:
        axes = tuple(range(np.ndim(x)))
    else:
        axes = (axis,) if isinstance(axis, int) else tuple(axis)
    view = x
    for at, length in zip(axes, lengths, strict=True):
        view = windows(view, length, at + np.ndim(x) if at < 0 else at)
    return view


@reads("np.kaiser", samples=("np.kaiser(4, p)", "np.kaiser(5, x) * x5", "np.kaiser(1, p)"))
def kaiser(M, beta):
    """Return Kaiser's window."""
    if M == 1:
        return np.ones(1)
    middle = (M - 1) / 2.0
    places = (np.arange(M) - middle) / middle
    return np.i0(beta * np.sqrt(1 - places**2.0)) / np.i0(beta)
