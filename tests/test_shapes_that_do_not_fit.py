"""What does not fit raises in the gradient as in the function, though no value is asked for.

The gradient alone needs no sums and no stored values; without them a number came out, or, compiled,
what was in memory.
"""

import math

import numpy as np
import pytest

import gradgen
from tests.references import difference_gradient

X, LONG = np.array([0.5, -1.2, 2.0]), np.arange(1.0, 6.0)


def stored(x):
    y = np.zeros(2)
    y[:] = x
    return np.sum(y)


def stored_in_a_slice(x):
    y = np.zeros(5)
    y[1:3] = x
    return y[0] + y[1]


def stored_at_places(x):
    y = np.zeros(5)
    y[[0, 1]] = x
    return y[0]


def stored_in_rows(x):
    y = np.zeros((2, 2))
    y[0] = x * x
    return y[1, 0] + x[0]


def added(x):
    y = np.zeros(2)
    y += x
    return y[0]


def subtracted_from_rows(x):
    y = np.zeros((2, 4))
    for k in range(2):
        y[k] -= x * k
    return np.sum(y)


def sum_along_no_axis(x):
    return np.sum(np.sum(x, axis=2))


def mean_along_no_axis(x):
    return np.sum(np.mean(x, axis=-2))


def of_a_method(x):
    return np.sum(2.0 * x.sum(axis=(0, 1)))


def taken_along_no_axis(x):
    return np.sum(np.take(x, [0], axis=1))


def joined_along_no_axis(x):
    return np.sum(np.concatenate([x, x], axis=1))


def padded_too_often(x):
    return np.sum(np.pad(x, ((1, 1), (1, 1))))


def interpolated(x):
    return np.sum(np.interp(x, [0.0, 1.0], [0.0, 1.0, 2.0]))


def sine_of_an_array(x):
    return np.sum(math.sin(x))


def float_of_an_array(x):
    return np.sum(float(x) * 2)


def rounded(x):
    return np.sum(round(x))


def floor_of_an_array(x):
    return np.sum(math.floor(x) + x)


def sorted_by_two(x):
    return sorted(x, x)[0]


LOSSES = [
    stored, stored_in_a_slice, stored_at_places, stored_in_rows, added, subtracted_from_rows,
    sum_along_no_axis, mean_along_no_axis, of_a_method, taken_along_no_axis, joined_along_no_axis,
    padded_too_often, interpolated, sine_of_an_array, float_of_an_array, rounded,
    floor_of_an_array, sorted_by_two,
]  # fmt: skip


@pytest.mark.parametrize("loss", LOSSES, ids=lambda f: f.__name__)
def test_the_gradient_raises_what_the_function_raises(loss):
    with pytest.raises((ValueError, TypeError)) as expected:
        loss(X)
    for derive in (gradgen.grad(loss), gradgen.value_and_grad(loss)):
        with pytest.raises(type(expected.value)) as caught:
            derive(X)
        assert not isinstance(caught.value, gradgen.GradgenError)
        assert "test_shapes_that_do_not_fit.py" in caught.value.__notes__[0]


def added_to(x, z):
    y = z * 1.0
    y += x
    y -= 0.5 * x
    return np.sum(y * y)


def added_to_a_row(x, z):
    y = np.zeros((2, len(z)))
    y[0] += x
    return np.sum(y * y)


def subtracted_from_one(x, z):
    y = z * 1.0
    y[4:] -= x
    y[4:] = y[4:] - x
    return np.sum(y * y)


@pytest.mark.parametrize("loss", [added_to, added_to_a_row, subtracted_from_one])
@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_additions_in_place_of_other_lengths(loss, backend):
    derive = gradgen.value_and_grad(loss, argnums=(0, 1), backend=backend)
    for x, z in ((X, LONG), (LONG, X)):
        with pytest.raises(ValueError, match=r"broadcast|cannot assign"):
            derive(x, z)
    x, z = (X, X) if loss is not subtracted_from_one else (np.array([2.0]), LONG)
    value, gradients = derive(x, z)
    assert value == loss(x, z)
    expected = difference_gradient(loss, (x, z), (0, 1))
    for got, wanted in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-8)


def kept_rows(x):
    table = np.zeros((4, len(x)))
    for k in range(4):
        table[k] = x * k
    return np.sum(table[-1])


def test_what_fits_is_not_kept_for_its_shape():
    derive = gradgen.grad(kept_rows)
    np.testing.assert_allclose(derive(X), [3.0, 3.0, 3.0])
    assert "x * k" not in derive.source


def weighted(x):
    return np.average(x, weights=x * x)


def rotated(m):
    return np.sum(np.linalg.svd(m)[0][:, 0])


def test_a_function_of_the_library_has_the_name_of_another_rule():
    """The helper of an average was taken for one of the svd, once that had been read."""
    gradgen.grad(rotated)(np.arange(6.0).reshape(2, 3))
    x = np.array([1.0, 2.0])
    np.testing.assert_allclose(gradgen.grad(weighted)(x), [-0.12, 0.96])


@pytest.mark.parametrize("loss", [stored, stored_in_a_slice, stored_at_places, added])
def test_a_module_for_no_particular_types_raises_too(loss):
    names = {}
    exec(gradgen.emit(loss, mode="grad"), names)
    derive = names[f"{loss.__name__}_grad"]
    with pytest.raises(ValueError, match=r"broadcast"):
        derive(X)
    np.testing.assert_array_equal(derive(X[:2]), gradgen.grad(loss)(X[:2]))


def linear_by_a_matrix(x):
    return np.sum(np.ones((2, 4)) @ x)


def linear_in_rows(x):
    return np.sum(x.reshape(2, 2))


@pytest.mark.parametrize("loss", [linear_by_a_matrix, linear_in_rows, added, stored])
def test_second_derivatives_that_are_zero_raise_too(loss):
    for derive in (lambda: gradgen.hvp(loss)((X,), (X,)), lambda: gradgen.hessian(loss)(X)):
        with pytest.raises(ValueError, match=r"matmul|reshape|broadcast"):
            derive()
    x = X[:2] if loss in (added, stored) else np.ones(4)
    np.testing.assert_array_equal(gradgen.hvp(loss)((x,), (x,)), 0.0 * x)
