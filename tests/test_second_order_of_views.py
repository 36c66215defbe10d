"""Second derivatives of stores through views of which a reader of the text alone cannot know."""

import numpy as np
import pytest

import gradgen
from tests.references import difference_gradient


def flat_in_a_loop(x, m):
    m -= 0.1 * m
    v = m.reshape(2, 2)
    v += np.sin(x[0])
    for k in range(len(x)):
        m += np.tanh(x[k] ** 2)
        v.flat[3] = 0.3 * x[k] + v[0, 1] ** 2
    return np.sum(m**3) + v[1, 1]


def mask_of_a_part(x, m):
    flat = x[:3].ravel()
    for k in range(3):
        flat[flat > 0.36] = np.tanh(flat[k] * m[0, 1])
        x[(k + 1) % 3] = np.sin(flat[-1] * x[0]) + m[1, 0]
    return np.sum(x**2) + np.sum(flat**3)


def turned_and_in_a_row(x, m):
    y = np.sin(x)
    rows = np.zeros((2, 4))
    rows[0] = y
    rows[1] = x.reshape(2, 2).T.ravel()
    return np.sum(rows**3 * y) + x[3] * m[0, 0] ** 2


LOSSES = [flat_in_a_loop, mask_of_a_part, turned_and_in_a_row]
X, M = np.array([0.3, 1.2, 0.7, 0.45]), np.array([[0.4, -0.3], [0.8, 0.6]])


@pytest.mark.parametrize("loss", LOSSES, ids=lambda f: f.__name__)
@pytest.mark.parametrize("argnum", [0, 1])
def test_products_with_the_hessian(loss, argnum):
    direction = np.cos(np.arange(4.0)).reshape((X, M)[argnum].shape)
    gradient = gradgen.grad(loss, argnums=argnum)

    def slope(*args):
        return np.sum(gradient(*args) * direction)

    (expected,) = difference_gradient(slope, (X, M), (argnum,))
    found = gradgen.hvp(loss, argnums=argnum)((X, M), (direction,))
    np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-9)
    twice = gradgen.grad(slope, argnums=argnum)(X, M)
    np.testing.assert_allclose(twice, expected, rtol=1e-7, atol=1e-9)
