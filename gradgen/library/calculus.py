"""Differences and integrals of sampled functions, spelled out."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.library.registry import reads


@reads(
    "np.ediff1d",
    samples=("np.ediff1d(x5)", "np.ediff1d(x23)", "np.ediff1d(x5, to_end=9.0, to_begin=y3)"),
)
def ediff1d(ary, to_end=None, to_begin=None):
    """Return the differences of successive entries, with what is put around them."""
    flat = np.ravel(ary)
    parts = [flat[1:] - flat[:-1]]
    if to_begin is not None:
        parts = [np.ravel(to_begin), *parts]
    if to_end is not None:
        parts = [*parts, np.ravel(to_end)]
    return np.concatenate(parts) if len(parts) > 1 else parts[0]
