"""Tuples and lists compared for equality, as Python compares them."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np
import pytest

import gradgen

Pair = namedtuple("Pair", "a b")


def of_shape(x: Any, w: Any) -> Any:
    if np.shape(x) != (3, 2):
        raise ValueError("another shape")
    same = (x[0, 0], 2.0) == (1.0, w[0])
    return np.sum(x * x) * (2.0 if same else w[0])


def of_kinds(x: Any, w: Any) -> Any:
    pair = (w[0], w[1])
    total = 1.0 * (pair == (1.0, 2.0)) + 2.0 * (pair == [1.0, 2.0]) + 4.0 * (pair != (1.0, 2.0))
    total += 8.0 * (pair == (1.0, 2.0, 3.0)) + 16.0 * (Pair(w[0], w[1]) == pair)
    return x * total * (32.0 if [w[0]] != [w[1]] else 1.0)


@pytest.mark.parametrize(("first", "w"), [(1.0, 2.0), (1.0, 3.0), (2.0, 2.0)])
@pytest.mark.filterwarnings("ignore::gradgen.GradgenWarning")
def test_shapes_and_numbers(first: float, w: float) -> None:
    x, weights = np.full((3, 2), first), np.array([w])
    value, d_x = gradgen.value_and_grad(of_shape)(x, weights)
    assert value == of_shape(x, weights)
    np.testing.assert_array_equal(d_x, 2.0 * x * value / np.sum(x * x))
    with pytest.raises(ValueError, match="another shape"):
        gradgen.grad(of_shape)(np.ones((2, 2)), weights)


@pytest.mark.parametrize("w", [(1.0, 2.0), (2.0, 2.0)])
@pytest.mark.filterwarnings("ignore::gradgen.GradgenWarning")
def test_kinds_and_lengths(w: tuple[float, float]) -> None:
    weights = np.array(w)
    assert gradgen.value_and_grad(of_kinds)(0.5, weights) == (
        of_kinds(0.5, weights),
        of_kinds(1.0, weights),
    )
