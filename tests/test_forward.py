"""Forward mode: the dot-product identity with reverse mode, over the corpus and all samples."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import gradgen
from tests.cases import Case, value_and_gradient
from tests.pytrees import is_float_leaf, leaves, same_leaf
from tests.references import directions
from tests.tiers import corpus, first_of_each, one_in, sampled

RTOL = 1e-13
NO_TANGENT = ("forward mode through", "there is no place for the tangent")


def pushed(case: Case, args: tuple, tangents: tuple) -> tuple[Any, Any]:
    """Return value and tangent by forward mode; a test ends where it has none, and says so."""
    function = gradgen.jvp(case.function, argnums=case.argnums)
    try:
        return function(copy.deepcopy(args), tangents)
    except gradgen.GradgenError as error:
        if any(text in str(error) for text in NO_TANGENT):
            pytest.skip(str(error).splitlines()[0])
        raise


def along(gradient: Any, tangents: Any) -> tuple[float, float]:
    """Return the product of a gradient with a direction, and the sum of the sizes of its terms.

    A gradient that is zero but for rounding is measured by a hundredth of the direction.
    """
    pairs = zip(leaves(gradient), leaves(tangents), strict=True)
    floats = [(np.asarray(g, float), np.asarray(t, float)) for (_, g), (_, t) in pairs
              if is_float_leaf(g)]  # fmt: skip
    size = sum(float(np.sum(np.abs(g * t))) for g, t in floats)
    least = sum(float(np.sum(np.abs(t))) for _, t in floats) / 100.0
    return sum(float(np.sum(g * t)) for g, t in floats), max(size, least)


def check_identity(case: Case) -> None:
    """Forward mode times 1 is reverse mode times the direction; the value is the same."""
    gradient = value_and_gradient(case)(*case.args())[1]
    tangents = directions(case.args(), case.argnums)
    value, tangent = pushed(case, case.args(), tangents)
    assert same_leaf(value, case.function(*case.args()))
    expected, size = along(gradient, tangents)
    single = any(getattr(leaf, "dtype", None) == np.float32 for _, leaf in leaves(case.args()))
    if np.isfinite(expected):
        assert abs(tangent - expected) <= (1e-4 if single else RTOL) * max(size, 1e-300)


@pytest.mark.parametrize("case", one_in(4, corpus(), at=1))
def test_corpus(case: Case) -> None:
    check_identity(case)


@pytest.mark.parametrize("sample", one_in(2, first_of_each(1, sampled())))
def test_samples(sample: Case) -> None:
    check_identity(sample)


def written_complex(m: np.ndarray, c: float) -> float:
    """Complex numbers are written to an array whose tangents are real so far."""
    a = m + 0j
    for k in range(len(m)):
        a[k] *= 1j * c
        a = a + a[k]
    b = np.where(m > 0.0, m, 1j)
    b.imag[1] = c
    return np.sum(np.abs(a) ** 2) + a.imag[0] + np.abs(b).sum()


def written_double(m: np.ndarray, c: float) -> float:
    """A double is written to an array of doubles whose tangents are single so far."""
    a = m + np.zeros(3)
    a[0] = c * c
    return a[0]


def test_tangents_take_what_is_written_to_their_values() -> None:
    m, c = np.array([0.3, 0.7, -0.4]), 0.6
    _, tangent = gradgen.jvp(written_complex, argnums=(0, 1))((m, c), (m, 0.3))
    d_m, d_c = gradgen.grad(written_complex, argnums=(0, 1))(m, c)
    assert tangent == pytest.approx(d_m @ m + 0.3 * d_c, rel=1e-14)
    single = m.astype(np.float32)
    _, tangent = gradgen.jvp(written_double, argnums=(0, 1))((single, c), (single, 0.3))
    assert tangent == pytest.approx(2.0 * c * 0.3, rel=1e-15)
