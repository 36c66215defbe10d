"""The references agree with one another before anything is compared with them."""

from __future__ import annotations

import numpy as np
import pytest

from tests.cases import CONTROL, LOSSES, MUTATION, NUMPY_OPS, Case, cases
from tests.complexify import NotAnalytic
from tests.pytrees import leaves, same_bits
from tests.references import (
    DIFFERENCE_RTOL,
    assert_trees_close,
    complex_gradient,
    difference_gradient,
    hessian_vector,
    precise_gradient,
)

# So many waves that differences in double precision keep seven digits, whatever their step.
WAVES = ("few_states_backwards",)


@pytest.mark.slow
@pytest.mark.parametrize("case", cases(LOSSES + MUTATION + CONTROL + NUMPY_OPS))
def test_complex_step_agrees_with_differences(case: Case) -> None:
    if case.name == "until":
        pytest.skip("a difference takes its tolerance below zero, where it never ends")
    try:
        exact = complex_gradient(case.function, case.args(), case.argnums)
    except NotAnalytic:
        pytest.skip("does not run on complex numbers")
    derive = precise_gradient if case.name in WAVES else difference_gradient
    differences = derive(case.function, case.args(), case.argnums)
    # Beside a large value, the rounding of the differences is all there is of a small gradient.
    value = abs(float(case.function(*case.args())))
    largest = max(float(np.max(np.abs(leaf), initial=1e-3)) for _, leaf in leaves(exact))
    assert_trees_close(exact, differences, max(DIFFERENCE_RTOL, 1e-10 * value / largest))


@pytest.mark.parametrize("name", ["projection", "newton_root", "early_return", "recurrence"])
def test_fifty_digits_agree_with_complex_step(name: str) -> None:
    (case,) = [param.values[0] for param in cases(LOSSES) if param.values[0].name == name]
    precise = precise_gradient(case.function, case.args(), case.argnums)
    exact = complex_gradient(case.function, case.args(), case.argnums)
    assert_trees_close(exact, precise, 1e-13)


def quadratic(x):
    """A quadratic form, whose Hessian is known."""
    return x @ MATRIX @ x


MATRIX = np.array([[1.0, 2.0], [0.5, -3.0]])


def test_hessian_vector_of_a_quadratic() -> None:
    vector = (np.array([0.3, -0.7]),)
    got = hessian_vector(quadratic, (np.array([0.2, 0.9]),), (0,), vector)
    assert_trees_close(got, ((MATRIX + MATRIX.T) @ vector[0],), 1e-12)


def stores_into_real_array(x):
    """Loses the imaginary part in an array of a fixed type."""
    kept = np.zeros(1).astype("float64").real
    kept[0] = x * x
    return kept[0]


def test_complex_step_is_not_believed_where_it_is_dropped() -> None:
    with pytest.raises(NotAnalytic):
        complex_gradient(stores_into_real_array, (1.5,), (0,))
    gradient = difference_gradient(stores_into_real_array, (1.5,), (0,))
    assert_trees_close(gradient, (3.0,), DIFFERENCE_RTOL)


def test_same_bits_sees_signs_of_zero_and_dtypes() -> None:
    assert same_bits({"a": np.array([0.0])}, {"a": np.array([0.0])})
    assert not same_bits(np.array([0.0]), np.array([-0.0]))
    assert not same_bits(np.array([0.0], np.float32), np.array([0.0]))


def turns_until(x, bound):
    """The bound is a step function: the number of turns jumps about every 0.04 of it."""
    count = 0.0
    while x < bound:
        x, count = 1.1 * x, count + 1.0
    return x * count


@pytest.mark.parametrize("shift", [0.02, 2e-4, 2e-6])
def test_differences_beside_a_jump(shift: float) -> None:
    """Long steps from there change the number of turns; the derivative is that of one number."""
    turns = 7.0
    bound = 0.4 * 1.1**turns - shift
    x = 0.4
    gradient = difference_gradient(turns_until, (x, bound), (0, 1))
    assert_trees_close(gradient, (1.1**turns * turns, 0.0), DIFFERENCE_RTOL)


def many_turns(x):
    return np.sin(1e4 * x)


def saturated(x):
    """Differences over 1e-7 and 1e-8 round to the same number, 5e-6 off."""
    y = np.tanh(abs(1.1 - x - 0.2737))
    return 1.4 * y + 0.8 * x + 1.6 * x * x + y * x


def test_hessian_beside_rounding():
    (got,) = hessian_vector(saturated, (-0.46,), (0,), (0.0012301533574825742,))
    z = 1.1 + 0.46 - 0.2737
    slope, bend = 1.0 - np.tanh(z) ** 2, -2.0 * np.tanh(z) * (1.0 - np.tanh(z) ** 2)
    expected = 3.2 + 1.4 * bend - 2.0 * slope - 0.46 * bend
    np.testing.assert_allclose(got, expected * 0.0012301533574825742, rtol=1e-9)


def test_hessian_of_many_turns():
    """Long steps over many turns give small numbers that agree with each other."""
    (got,) = hessian_vector(many_turns, (0.3,), (0,), (1.0,))
    np.testing.assert_allclose(got, -1e8 * np.sin(3e3), rtol=1e-6)
