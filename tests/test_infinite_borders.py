"""Tables whose borders are infinite: what divides an entry of one has a derivative all the same."""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import gradgen

HAS_NUMBA = importlib.util.find_spec("numba") is not None
BACKENDS = ("numpy", pytest.param("numba", marks=pytest.mark.skipif(not HAS_NUMBA, reason="Numba")))
X, Y, GAMMA = np.array([0.3, -0.4, 1.1]), np.array([0.5, 0.2, -0.9]), 0.7


def by_numbers(x: Any, y: Any, gamma: Any) -> Any:
    """Soft dynamic time warping, the least of three entries taken out."""
    table = np.full((len(x) + 1, len(y) + 1), np.inf)
    table[0, 0] = 0.0
    for i in range(1, len(x) + 1):
        for j in range(1, len(y) + 1):
            a, b, c = table[i - 1, j - 1], table[i - 1, j], table[i, j - 1]
            least = min(a, b, c)
            parts = math.exp(-(a - least) / gamma) + math.exp(-(b - least) / gamma)
            parts += math.exp((least - c) / gamma)
            table[i, j] = (x[i - 1] - y[j - 1]) ** 2 + least - gamma * math.log(parts)
    return table[len(x), len(y)]


def by_arrays(x: Any, y: Any, gamma: Any) -> Any:
    """The same by three entries at once, in a table that is filled later."""
    table = np.zeros((len(x) + 1, len(y) + 1))
    table[...] = np.inf
    table[0, 0] = 0.0
    for i in range(1, len(x) + 1):
        for j in range(1, len(y) + 1):
            near = np.array([table[i - 1, j - 1], table[i - 1, j], table[i, j - 1]])
            scaled = -near / gamma
            top = np.max(scaled)
            soft = top + np.log(np.sum(np.exp(scaled - top)))
            table[i, j] = (x[i - 1] - y[j - 1]) ** 2 - gamma * soft
    return table[-1, -1]


def paths(i: int, j: int) -> Iterator[list[tuple[int, int]]]:
    """Yield all the ways to a place of the table."""
    if i == j == 0:
        yield [(0, 0)]
    for k, m in ((i - 1, j - 1), (i - 1, j), (i, j - 1)):
        if min(k, m) >= 0:
            yield from ([*way, (i, j)] for way in paths(k, m))


def by_paths(x: Any, y: Any, gamma: Any) -> Any:
    """The same without a table: the logarithm of a sum over all paths."""
    costs = (sum((x[i] - y[j]) ** 2 for i, j in way) for way in paths(len(x) - 1, len(y) - 1))
    return -gamma * np.log(sum(np.exp(-cost / gamma) for cost in costs))


def expected(step: float = 0.0) -> np.ndarray:
    """Return the gradient of the sum over paths by complex step, further along by a step."""
    at = np.array([*X, *Y, GAMMA]) + step * np.arange(1.0, 8.0)
    moved = at[:, None] + 1e-30j * np.eye(7)
    return np.array([by_paths(m[:3], m[3:6], m[6]).imag for m in moved.T]) / 1e-30


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("loss", [by_numbers, by_arrays])
def test_all_modes(loss: Callable[..., Any], backend: Any) -> None:
    options: dict[str, Any] = {"argnums": (0, 1, 2), "backend": backend}
    args, along = (X, Y, GAMMA), (np.arange(1.0, 4.0), np.arange(4.0, 7.0), 7.0)
    value, gradient = gradgen.value_and_grad(loss, **options)(*args)
    assert np.isclose(value, by_paths(*args), rtol=1e-12)
    assert np.allclose(np.hstack(gradient), expected(), rtol=1e-11)
    _, tangent = gradgen.jvp(loss, **options)(args, along)
    assert np.isclose(tangent, expected() @ np.arange(1.0, 8.0), rtol=1e-11)
    h = 1e-4
    rough = [(expected(k * h) - expected(-k * h)) / (2.0 * k * h) for k in (1, 2)]
    product = np.hstack(gradgen.hvp(loss, **options)(args, along))
    assert np.allclose(product, (4.0 * rough[0] - rough[1]) / 3.0, rtol=1e-8, atol=1e-8)


def test_a_table_whose_entries_nothing_divides_is_read_as_it_is() -> None:
    """By the points alone, nothing is chosen."""
    gradient = gradgen.value_and_grad(by_numbers, argnums=(0, 1), example_args=(X, Y, GAMMA))
    assert "!= 0.0" not in gradient.source


@pytest.mark.parametrize("backend", BACKENDS)
def test_examples_of_a_batch(backend: Any) -> None:
    rows = tuple(np.stack([np.asarray(a)] * 2) for a in (X, Y, GAMMA))
    options: dict[str, Any] = {"argnums": (0, 1, 2), "batch": (0, 1, 2), "backend": backend}
    _, (d_x, d_y, d_gamma) = gradgen.value_and_grad(by_numbers, **options)(*rows)
    for k in range(2):
        assert np.allclose([*d_x[k], *d_y[k], d_gamma[k]], expected(), rtol=1e-11)
