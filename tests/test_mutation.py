"""Programs that store into arrays, through names, views and helpers."""

from __future__ import annotations

import numpy as np
import pytest

import gradgen
from tests.corpus import mutation_aliases, mutation_views


def test_one_array_for_two_arguments() -> None:
    both = gradgen.value_and_grad(mutation_aliases.same_array_read, argnums=(0, 1))
    a = np.array([0.5, -1.2, 2.0])
    value, (d_a, d_b) = both(a, a)
    assert value == mutation_aliases.same_array_read(a, a)
    np.testing.assert_allclose(d_a, a**2)
    np.testing.assert_allclose(d_b, 2.0 * a**2)


def test_one_array_for_two_arguments_written() -> None:
    """The aliased call is refused, or has the value that Python gives it."""
    function = gradgen.value_and_grad(mutation_aliases.argument_first_element)
    a = np.array([0.5, -1.2, 2.0])
    try:
        value, _ = function(a, a)
    except gradgen.GradgenError:
        return
    shared = a.copy()
    assert value == mutation_aliases.argument_first_element(shared, shared)


@pytest.mark.parametrize("name", ["argument_reshaped_written", "ravel_of_result_written"])
def test_written_through_what_copies_in_fortran_order(name: str) -> None:
    """In Fortran order the write is lost in Python; it is refused, when the program runs."""
    function = gradgen.grad(getattr(mutation_views, name))
    with pytest.raises(ValueError, match="not in C order"):
        function(np.asfortranarray(np.ones((2, 3))), 0.7)


def entry_then_flat(x):
    x[0, 1] = 2.0 * x[1, 0]
    y = x.ravel()
    y[2] *= 3.0
    return np.sum(x**2)


def flat_then_entry(x):
    y = x.ravel()
    y[2] *= 3.0
    x[0, 1] = 2.0 * x[1, 0]
    return np.sum(x**2) + y[1] ** 3


def scaled_then_flat(x):
    x *= 2.0
    y = x.reshape(-1)
    y[2] *= y[0]
    return np.sum(x**2)


def made_then_flat(x):
    g = np.tanh(x - x.mean()) * x[0] + np.ones((2, 2))
    g[0] *= 3.0
    y = g.reshape(-1)
    y[1::2] *= x[1, 1]
    g[1] += y[1]
    return np.sum(g**2)


@pytest.mark.parametrize(
    "loss", [entry_then_flat, flat_then_entry, scaled_then_flat, made_then_flat]
)
def test_flat_views_of_arguments_that_were_written_to(loss):
    x = np.array([[0.3, -0.7], [1.2, 0.4]])
    gradgen.check_grads(loss, (x,), order=2)
    with pytest.raises(ValueError, match="not in C order in memory"):
        gradgen.grad(loss)(np.asfortranarray(x))
    t = np.array([[1.0, 2.0], [3.0, 4.0]])
    along = gradgen.jvp(loss)
    assert along((x,), (np.asfortranarray(t),)) == along((x,), (t,))
    np.testing.assert_allclose(along((x,), (t,))[1], np.sum(gradgen.grad(loss)(x) * t), rtol=1e-14)


class Weights:
    """An object that is read from outside."""

    def __init__(self):
        self.a, self.w = 2.0, np.ones(3)


READ = Weights()
TABLE = {"w": np.ones(3), "rows": [np.ones(2), np.ones(2)]}
NUMBERS = [1.0, 2.0]


def with_attribute(x):
    x *= 2.0
    return np.sum(x * READ.w)


def with_item(x):
    x[1:] *= 2.0
    return np.sum(x * TABLE["rows"][1])


def with_list(numbers):
    numbers[0] = 5.0 * numbers[1]
    return numbers[0] * NUMBERS[0]


def with_object(p):
    p.a = 3.0 * p.a
    return p.a * READ.a


@pytest.mark.parametrize(
    ("loss", "shared", "apart"),
    [
        (with_attribute, READ.w[::-1], np.ones(3)),
        (with_item, TABLE["rows"][1], np.ones(2)),
        (with_list, NUMBERS, [1.0, 2.0]),
        (with_object, READ, Weights()),
    ],
)
def test_an_argument_that_is_read_from_outside_too(loss, shared, apart) -> None:
    """A write to it would be seen there."""
    gradgen.grad(loss)(apart)
    for derivative in (gradgen.grad(loss), gradgen.vjp(loss), gradgen.grad(loss, backend="numba")):
        with pytest.raises(gradgen.ArgumentError, match="which the function reads from outside"):
            derivative(shared)


def through_its_ravel(a):
    a.ravel()[0] *= 0.5
    return np.sum(a * a)


def through_its_ravel_again(a):
    a[1] += np.tanh(a[0])
    a.ravel()[0] *= 0.5
    return np.sum(a * a)


def test_vectors_that_were_written_to_are_tested_too():
    x = np.array([0.3, 0.7, 1.1])
    gradgen.check_grads(through_its_ravel_again, (x,), order=2)
    with pytest.raises(ValueError, match="not in C order in memory"):
        gradgen.grad(through_its_ravel_again)(x[::-1])


def test_vectors_with_a_step_are_seen_to_be_copied_by_ravel() -> None:
    gradient = gradgen.grad(through_its_ravel)
    x = np.array([0.3, 0.7, 1.1])
    np.testing.assert_allclose(gradient(x), 2.0 * x * [0.25, 1.0, 1.0])
    for strided in (x[::-1], np.repeat(x, 2)[::2]):
        with pytest.raises(ValueError, match="not in C order in memory"):
            gradient(strided)


def _first_halved(g, depth):
    if depth <= 0:
        g[0] *= 0.5
        return g[0]
    below = 0.0
    for _ in range(2):
        below += 0.4 * _first_halved(g.ravel(), depth - 1)
    return below + 1.4


def reversed_in_a_recursion(a):
    return _first_halved(a[::-1], 3) + np.sum(a * a)


def test_what_a_recursion_is_given_may_have_a_step() -> None:
    with pytest.raises(gradgen.UnsupportedError, match="NumPy decides by the memory layout"):
        gradgen.grad(reversed_in_a_recursion)(np.array([0.3, 0.7, 1.1]))


def through_fortran_order(a):
    v = np.asfortranarray(a)
    v[0] *= 0.5
    return np.sum(a * a)


def test_vectors_with_a_step_are_copied_into_fortran_order():
    x = np.array([0.3, 0.7, 1.1])
    gradgen.check_grads(through_fortran_order, (x,), order=2)
    with pytest.raises(ValueError, match="not in C order in memory"):
        gradgen.grad(through_fortran_order)(x[::-1])
