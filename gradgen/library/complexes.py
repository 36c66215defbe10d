"""Complex numbers that are meant to be real."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np


def real_if_close(a, tol=100, eps=0.0):
    """Return the real part, which NumPy does where the rest is as good as zero."""
    a = np.asarray(a)
    if not np.all(np.abs(np.imag(a)) < (eps * tol if tol > 1 else tol)):
        raise ValueError(
            "the derivative of np.real_if_close is not supported where it leaves the numbers "
            "complex: take .real"
        )
    return np.real(a)
