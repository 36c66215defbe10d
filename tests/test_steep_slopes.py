"""Infinite slopes in forward mode: a tangent of exactly zero gives zero, as adjoints do."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.special

import gradgen

A = np.array([0.3, 0.9])
ROOTS = 0.5 / np.sqrt(A)
CASES: list[Any] = []


def case(expected: Any) -> Callable[[Any], Any]:
    """Add a function of `A` with its gradient."""

    def add(fn: Any) -> Any:
        CASES.append(pytest.param(fn, np.asarray(expected), id=fn.__name__))
        return fn

    return add


@case(ROOTS)
def stored(x):
    y = np.zeros(3)
    y[1:] = x
    return np.sum(np.sqrt(y))


@case(ROOTS)
def joined(x):
    return np.sum(np.concatenate([[0.0], x]) ** 0.5)


@case(0.3 * A ** (0.3 - 1.0))
def made_of_entries(x):
    return np.sum(np.power(np.array([0.0, x[0], x[1]]), 0.3))


@case(1.0 / np.sqrt(1.0 - A**2))
def stacked(x):
    return np.sum(np.arcsin(np.stack([np.ones(2), x])))


@case(A ** (-2.0 / 3.0) / 3.0)
def padded(x):
    return np.sum(np.cbrt(np.pad(x, 1)))


@case(-1.0 / np.sqrt(1.0 - A**2))
def item_by_item(x):
    s, items = 0.0, [1.0, x[0], x[1]]
    for v in items:
        s += math.acos(v)
    return s


@case(ROOTS)
def entry_by_entry(x):
    y, s = np.zeros(3), 0.0
    y[1:] = x
    for i in range(3):
        s += math.sqrt(y[i])
    return s


@case([0.0, ROOTS[1]])
def chosen(x):
    return np.sum(np.sqrt(np.where(x > 0.5, x, 0.0)))


@case([0.0, 0.5 / math.sqrt(0.4)])
def bounded(x):
    return np.sum(np.sqrt(np.maximum(x, 0.5) - 0.5))


@case([0.0, 1.0])
def branched(x):
    y = x if x[0] > 5.0 else np.zeros(2)
    return np.sum(np.sqrt(y)) + x[1]


@case([ROOTS[0], 0.0])
def first_turn(x):
    s, a = 0.0, 0.0
    for i in range(2):
        s += np.sqrt(a)
        a = a + x[i]
    return s


@case(-np.log(A) - 1.0)
def entropies(x):
    return np.sum(scipy.special.entr(np.concatenate([[0.0], x])))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("fn, expected", CASES)
def test_constant_zeros(fn: Any, expected: np.ndarray) -> None:
    close = dict(rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(gradgen.grad(fn)(A), expected, **close)
    np.testing.assert_allclose(gradgen.jacfwd(fn)(A), expected, **close)
    for tangent in (np.array([0.7, -1.2]), np.array([0.0, 1.0])):
        _, got = gradgen.jvp(fn)((A,), (tangent,))
        np.testing.assert_allclose(got, expected @ tangent, **close)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("fn, expected", CASES)
def test_second_order(fn: Any, expected: np.ndarray) -> None:
    """The mixes that go forward agree with the slope of the gradient."""
    h = 1e-5
    wanted = [
        (gradgen.grad(fn)(A + step) - gradgen.grad(fn)(A - step)) / (2.0 * h)
        for step in h * np.eye(2)
    ]
    for mix in (gradgen.hessian, lambda f: gradgen.jacfwd(gradgen.grad(f))):
        np.testing.assert_allclose(mix(fn)(A), wanted, rtol=1e-7, atol=1e-7)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_compiled() -> None:
    pytest.importorskip("numba")
    np.testing.assert_allclose(gradgen.jacfwd(stored, backend="numba")(A), ROOTS, rtol=1e-13)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_unit_vectors() -> None:
    """At an argument of zero only the entry itself has an infinite slope."""
    roots = lambda x: np.sum(np.sqrt(x))
    found = gradgen.jacfwd(roots)(np.array([0.0, 0.25]))
    np.testing.assert_array_equal(found, [np.inf, 1.0])
    np.testing.assert_array_equal(found, gradgen.grad(roots)(np.array([0.0, 0.25])))
    _, along = gradgen.jvp(roots)((np.array([0.0, 0.25]),), (np.array([0.0, 1.0]),))
    assert along == 1.0
    both = gradgen.jacfwd(lambda x, y: np.sqrt(x) * np.ones(2) + y, argnums=(0, 1))(0.0, 1.0)
    np.testing.assert_array_equal(both[0], [np.inf, np.inf])
    np.testing.assert_array_equal(both[1], [1.0, 1.0])


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_hessian_of_a_power_of_distances() -> None:
    """Each number is at the distance 0 of itself, whatever it is: the slope there is unread."""
    loss = lambda x: np.sum(np.abs(x[:, None] - x[None, :]) ** 1.5)
    second = 2.0 * 0.75 * 0.6**-0.5
    np.testing.assert_allclose(
        gradgen.hessian(loss)(A), [[second, -second], [-second, second]], rtol=1e-12
    )


def test_plain_text_stays_plain() -> None:
    """Where nothing constant stands beside what varies there is nothing to choose."""
    text = gradgen.emit(lambda x: np.sqrt(3.0 * x) ** 0.5, mode="jvp", example_args=(2.0,))
    assert "where" not in text and " if " not in text
    text = gradgen.emit(lambda w, x: np.sqrt(x @ w), mode="jvp", example_args=(A, np.eye(2)))
    assert "where" not in text
