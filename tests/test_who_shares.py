"""Results that share memory with an argument or not: by options of the call, and by layout."""

import numpy as np
import pytest

import gradgen
from tests.references import difference_gradient

M = np.arange(6.0).reshape(2, 3) / 5 + 0.1
MADE = [
    lambda m: np.meshgrid(m[0], m[1], copy=False, sparse=True)[0],
    lambda m: np.meshgrid(m[0], m[1], sparse=True)[0],
    lambda m: np.ix_(m[0], m[1])[1],
    lambda m: m.astype(float, order="F", copy=False),
    lambda m: m.astype(float, "C", copy=False),
    lambda m: m.astype(float, "K", "unsafe", True, False),
    lambda m: np.vstack([m.T]).ravel(),
    lambda m: np.hstack([m.T, m.T]).ravel(),
    lambda m: np.vstack([m[0], m[1, ::-1]]).ravel(),
    lambda m: np.pad(m.T, 1).ravel(),
    lambda m: np.block([[m.T], [m.T]]).ravel(),
]


def written(m, make):
    v = make(m)
    v[...] = 2.0 * v + m[0, 0]
    return np.sum(m**2) + np.sum(v**3)


def read_after(m, make):
    v = make(m)
    m[...] = 1.5 * m - 0.1
    return np.sum(m**2) + np.sum(v**3)


@pytest.mark.parametrize("make", MADE)
@pytest.mark.parametrize("loss", [written, read_after])
def test_value_and_gradient(loss, make):
    try:
        value, found = gradgen.value_and_grad(loss)(M.copy(), make)
    except gradgen.UnsupportedError as error:
        assert "may or may not share its memory" in str(error)
        return
    assert value == loss(M.copy(), make)
    (expected,) = difference_gradient(lambda m: loss(m, make), (M,), (0,))
    np.testing.assert_allclose(found, expected, rtol=1e-8)


def test_a_mesh_without_copies_is_read_as_it_is_then():
    def loss(x):
        rows = np.meshgrid(x, x, copy=False)[0]
        x[0] = x[1] ** 2
        return np.sum(rows * np.arange(9.0).reshape(3, 3))

    x = np.array([0.3, 1.2, 0.7])
    assert gradgen.value_and_grad(loss)(x)[0] == loss(x.copy())


def test_a_stack_of_turned_arrays_lies_as_they_do():
    def loss(m):
        w = np.vstack([m.T])
        v = w.ravel()
        v[...] = v * 2.0
        return np.sum(w**2) + np.sum(v**3)

    with pytest.raises(gradgen.UnsupportedError, match="may or may not share its memory"):
        gradgen.grad(loss)(M)
