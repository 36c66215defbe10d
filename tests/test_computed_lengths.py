"""Slices whose bounds are computed: vectors of parameters, lags, windows, blocks and halves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from tests.corpus.lang_computed_slices import (
    EXAMPLE_ARGS,
    all_lags,
    blocks,
    convolved,
    filtered,
    halves,
    lagged,
    network,
    pieces_kept,
    square_root,
    thirds,
    triangle,
    windows,
)
from tests.references import complex_gradient

RNG = np.random.default_rng(3)


def _case(*shapes: int | tuple[int, ...] | list[int]) -> tuple[Any, ...]:
    """Return arrays of some shapes, and whole numbers, which stand in lists."""
    return tuple(s[0] if isinstance(s, list) else 0.5 + RNG.uniform(size=s) for s in shapes)


# Calls that are not as a text for the example arguments takes for granted, and others that are.
OTHER_CALLS: dict[Callable[..., float], list[tuple[Any, ...]]] = {
    network: [_case(6, (5, 3), 5, [1]), _case(30, (5, 3), 5, [4])],
    lagged: [_case(1, [2]), _case(9, [-2]), _case(9, [9]), _case(9, [12])],
    all_lags: [_case(2, [4]), _case(9, [1])],
    halves: [_case(2, 5), _case(3, 5)],
    thirds: [_case(3, 5)],
    filtered: [_case(3, 3), _case(3, 1)],
    windows: [_case(9, 1, [3]), _case(9, 1, [1]), _case(3, 3, [3])],
    blocks: [_case(3, 3, [1]), _case(7, 9, [3]), _case(2, 2, [3])],
    triangle: [_case(5, 7)],
    pieces_kept: [_case(5, [1])],
    square_root: [_case(2, [1]), _case(12, [3])],
    convolved: [_case((3, 2), (3, 2), (4, 4)), _case((6, 2), (3, 2), (4, 4))],
}
ANY_LENGTH = (pieces_kept,)  # of these nothing is known of lengths


def _example(loss: Callable[..., float]) -> tuple[Any, ...]:
    args: tuple[Any, ...] = EXAMPLE_ARGS[loss.__name__]()
    return args


@pytest.mark.parametrize("loss", OTHER_CALLS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("backend", ["numpy", pytest.param("numba", marks=pytest.mark.slow)])
def test_gradients(loss: Callable[..., float], backend: str) -> None:
    gradient = gradgen.grad(loss, backend=backend)
    for args in [_example(loss), *OTHER_CALLS[loss], _example(loss)]:
        (expected,) = complex_gradient(loss, args, (0,))
        np.testing.assert_allclose(gradient(*args), expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("loss", OTHER_CALLS, ids=lambda f: f.__name__)
def test_nothing_is_summed_back(loss: Callable[..., float]) -> None:
    gradient = gradgen.grad(loss)
    gradient(*_example(loss))
    assert ("_unbroadcast" in gradient.source) == (loss in ANY_LENGTH)


def test_what_a_text_is_made_for() -> None:
    args = _example(network)
    text = gradgen.emit(network, mode="grad", example_args=args)
    assert "Where:           h >= 2 and len(p) >= h * x.shape[1] + h\n" in text
    space: dict[str, Any] = {}
    exec(text, space)
    np.testing.assert_array_equal(space["network_grad"](*args), gradgen.grad(network)(*args))
    with pytest.raises(TypeError, match="where h >= 2 and len"):
        space["network_grad"](args[0][:6], *args[1:3], 1)


def test_mismatched_lengths_fail_as_in_python() -> None:
    x, y = np.ones(8), np.ones(9)
    for f in (blocks, gradgen.grad(blocks)):
        with pytest.raises(ValueError, match="broadcast"):
            f(x, y, 3)


def test_a_slice_that_ends_before_it_begins() -> None:
    """It is empty, and what meets it is stretched to nothing."""

    def loss(x, y, k):
        return np.sum(y[-1:0] * x[k : k + 1]) + np.sum(y[-1:] * x[:k]) + np.sum(x**2)

    args = 0.5 + RNG.uniform(size=4), 0.5 + RNG.uniform(size=3), 2
    got = gradgen.grad(loss, argnums=(0, 1))(*args)
    for found, expected in zip(got, complex_gradient(loss, args, (0, 1)), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-13)


def test_a_quotient_of_a_length_decides_what_is_stretched() -> None:
    """What cannot be tested where the text begins is not taken for granted."""

    def loss(x, y):
        n, m = len(x), len(y)
        return np.sum((x[n - m : n // 2] - x[m - 1 : 0]) ** 2) + np.sum(x[n - m : n // 2] * y[:1])

    for n, m in ((6, 4), (8, 5), (3, 3), (9, 6)):
        args = 0.5 + RNG.uniform(size=n), 0.5 + RNG.uniform(size=m)
        got = gradgen.grad(loss, argnums=(0, 1))(*args)
        for found, expected in zip(got, complex_gradient(loss, args, (0, 1)), strict=True):
            np.testing.assert_allclose(found, expected, rtol=1e-13)
