"""``np.squeeze`` without an axis, of axes whose lengths are known when the function runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from tests.checks import run_text
from tests.references import difference_gradient

M = np.linspace(-1.0, 2.0, 12).reshape(4, 3)


def rest(m):
    return np.sum(np.sin(np.squeeze(m[1:])) * m[0, 0] ** 2)


def rest_by_vector(m):
    return np.sum(m[1:].squeeze() ** 2 * np.array([1.0, 2.0, 3.0]))


def every_other(m):
    return np.sum(np.squeeze(m[::2]) ** 3)


def first(m):
    return np.sum(np.squeeze(m[:1]) ** 3)


def inside(m):
    return np.sum(np.exp(np.squeeze(m[1:-1, 1:])))


def chosen(m):
    return np.sum(np.squeeze(m[m[:, 0] > -0.5]) ** 3)


def in_rows(m):
    total, rows = 0.0, np.squeeze(m[1:])
    for k in range(len(rows)):
        total = total + np.sum(rows[k] ** (k % 3 + 2))
    return total


def written_through(m):
    scaled = m * 2.0
    view = scaled[1:].squeeze()
    view[...] *= m[1:].squeeze()
    return np.sum(scaled)


LOSSES = [rest, rest_by_vector, every_other, first, inside, chosen, in_rows, written_through]
SHAPES = [(4, 3), (2, 3), (3, 3), (66, 3)]


def arguments(loss: Callable[..., Any]) -> list[np.ndarray]:
    made = [np.cos(np.arange(float(n * k))).reshape(n, k) + 0.2 for n, k in SHAPES]
    few = [np.full((3, 2), -2.0), np.array([[0.5, 1.0], [-2.0, 3.0]]), np.zeros((0, 3))]
    more = {first: [np.ones((0, 3))], inside: [M[:3, :2], M[:, :2]], chosen: few, rest: [M[:2, :1]]}
    return made + more.get(loss, [])


@pytest.mark.parametrize("loss", LOSSES)
def test_every_length_is_right(loss: Callable[..., Any]) -> None:
    gradient, product = gradgen.value_and_grad(loss), gradgen.hvp(loss)
    for m in arguments(loss):
        value, d_m = gradient(m)
        assert np.array_equal(value, loss(m))
        np.testing.assert_allclose(d_m, difference_gradient(loss, (m,), [0])[0], atol=1e-6)
        t = np.ones_like(m)
        second = (gradient(m + 1e-5 * t)[1] - gradient(m - 1e-5 * t)[1]) / 2e-5
        np.testing.assert_allclose(product((m,), t), second, rtol=1e-6, atol=1e-6)
        np.testing.assert_allclose(gradgen.jvp(loss)((m,), (t,))[1], np.sum(d_m), rtol=1e-12)


@pytest.mark.slow
def test_compiled_code_is_made_for_the_lengths() -> None:
    compiled, plain = gradgen.grad(every_other, backend="numba"), gradgen.grad(every_other)
    for m in arguments(every_other)[:2]:
        np.testing.assert_allclose(compiled(m), plain(m), rtol=1e-13)


def test_compiled_code_has_one_rank_where_numbers_decide() -> None:
    compiled = gradgen.grad(chosen, backend="numba")
    np.testing.assert_allclose(compiled(M), gradgen.grad(chosen)(M), rtol=1e-13)
    with pytest.raises(ValueError, match="name it, axis=0"):
        compiled(np.array([[0.5, 1.0], [-2.0, 3.0]]))


def test_text_says_for_which_lengths_it_is() -> None:
    text = gradgen.emit(rest, example_args=(M,))
    assert "m f64[n>=3, m]" in text
    np.testing.assert_array_equal(run_text(text, (M,))[1], gradgen.grad(rest)(M))
    for short in (M[:2], M[:1], M[:, :1]):
        with pytest.raises(TypeError, match="is made for"):
            run_text(text, (short,))
    assert "m f64[2, 3]" in gradgen.emit(rest, example_args=(M[:2],))
