"""A state that the sweep reads at both ends of a turn is kept once."""

from __future__ import annotations

import numpy as np
import pytest

import gradgen
from tests.references import complex_gradient

W = np.linspace(-0.4, 0.6, 9).reshape(3, 3)
B = np.array([0.2, -0.3, 0.1])
X = np.linspace(0.0, 1.0, 12).reshape(4, 3)


def recurrent(w, b, x):
    h, total = b, 0.0
    for row in x:
        h = np.tanh(w @ h + row)
        total += np.sum(h**3)
    return total


def nested(w, b, x):
    h, total = np.zeros(len(b)), 0.0
    for t in range(len(x)):
        for k in range(3):
            h = np.tanh(w @ h + b * k + x[t])
        total = total + np.sum(h * h)
    return total


def crossed(w, b, x):
    """Each of two states becomes the other."""
    h, g = b, np.ones(len(b))
    for row in x:
        h, g = np.tanh(w @ g + row), np.exp(-h * b)
    return np.sum(h * g)


def of_numbers(w, b, x):
    z, total = b[0], 0.0
    while z > -0.5 and total < 2.0:
        z = np.exp(-w[0, 1] * z * z) - 0.1
        total += z
    return total * z


def left_out(w, b, x):
    """Some turns leave the state alone, and one breaks off."""
    h, total = b, 0.0
    for row in x:
        if row[0] > 0.7:
            break
        if row[0] > 0.2 and row[0] < 0.5:
            continue
        h = np.tanh(w @ h + row)
        total += np.sum(h)
    return total + np.sum(h**2)


def written_later(w, b, x):
    """What the loop leaves is written to before the sweep: it cannot be read there."""
    h, total = 2.0 * b, 0.0
    for row in x:
        h = np.tanh(w @ h + row)
        total += np.sum(h**3)
    h[0] = 5.0
    return total + np.sum(h * b)


LOSSES = (recurrent, nested, crossed, of_numbers, left_out, written_later)


@pytest.mark.parametrize("loss", LOSSES)
def test_both_orders(loss):
    gradient = gradgen.grad(loss, argnums=(0, 1))
    for x in (X, X[:1], X[:0]):
        expected = complex_gradient(loss, (W, B, x), (0, 1))
        for found, wanted in zip(gradient(W, B, x), expected, strict=True):
            np.testing.assert_allclose(found, wanted, rtol=1e-11, atol=1e-14)
    gradgen.check_grads(loss, (W, B, X), order=2)


@pytest.mark.parametrize(
    ("loss", "count"), [(recurrent, 1), (nested, 2), (crossed, 3), (written_later, 2)]
)
def test_kept_once(loss, count):
    gradient = gradgen.grad(loss, argnums=(0, 1))
    gradient(W, B, X)
    assert gradient.source.count("_saved.append") + gradient.source.count("_1.append") == count


def test_what_the_function_returns_is_its_own():
    def loss(w):
        h = B
        for row in X:
            h = np.tanh(w @ h + row)
        return np.sum(h**2), h

    (value, h), _ = gradgen.value_and_grad(loss, has_aux=True)(W)
    assert value == np.sum(h**2)
    np.testing.assert_array_equal(h, loss(W)[1])


def test_explained():
    text = gradgen.differentiable(recurrent, argnums=(0, 1)).explain(W, B, X)
    assert "what the turn before, of the sweep, has read" in text
