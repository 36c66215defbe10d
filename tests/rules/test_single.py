"""Numbers at the edge of single precision, where constants of double precision would overflow."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.special

import gradgen
from tests.rules.pool import POOL
from tests.rules.samples import Sample, loss_of, samples

IN_SINGLE = [
    pytest.param(s, id=f"{s.module}-{s.name}")
    for s in samples()
    if any(getattr(POOL[name], "dtype", None) == np.float32 for name in s.names)
]


def total(x: np.ndarray) -> float:
    return scipy.special.logsumexp(x)


def test_logsumexp_of_nothing() -> None:
    """Where all exponentials are 0, none of them has a share, in single precision too."""
    x = np.full(2, -np.inf, np.float32)
    np.testing.assert_array_equal(gradgen.grad(total)(x), np.zeros(2, np.float32))
    assert gradgen.jvp(total)((x,), (np.ones(2, np.float32),))[1] == 0.0


@pytest.mark.parametrize("sample", IN_SINGLE)
def test_gradient_stays_single(sample: Sample) -> None:
    """Where the weights are in single precision as well, no double ones hide what is not."""
    loss = loss_of(sample.name, tuple(sample.names), "W32")
    own = loss(*sample.args())
    value, gradient = gradgen.value_and_grad(loss, argnums=sample.argnums)(*sample.args())
    assert np.asarray(value).dtype == np.asarray(own).dtype
    assert value == own or np.isnan(own)
    for part, place in zip(gradient, sample.argnums, strict=True):
        assert np.asarray(part).dtype == np.asarray(sample.args()[place]).dtype
