"""Numbers at the edge of single precision, where constants of double precision would overflow."""

from __future__ import annotations

import numpy as np
import scipy.special

import gradgen


def total(x: np.ndarray) -> float:
    return scipy.special.logsumexp(x)


def test_logsumexp_of_nothing() -> None:
    """Where all exponentials are 0, none of them has a share, in single precision too."""
    x = np.full(2, -np.inf, np.float32)
    np.testing.assert_array_equal(gradgen.grad(total)(x), np.zeros(2, np.float32))
    assert gradgen.jvp(total)((x,), (np.ones(2, np.float32),))[1] == 0.0
