"""Jacobians and Hessians in one sweep, over the corpus and samples of all rules."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import pytest

import gradgen
from tests.cases import Case
from tests.pytrees import is_float_leaf
from tests.references import (
    assert_gradient,
    assert_trees_close,
    directions,
    hessian_vector,
    tolerance,
)
from tests.tiers import corpus, one_in, sampled

NO_BATCH = ("has no batched form", "forward mode through", "there is no place for the tangent",
            "returns different kinds of things")  # fmt: skip


CASES = [*one_in(40, corpus()), *one_in(120, sampled())]


def called(case: Case, make: Any, fn: Any, argnums: Any, args: tuple) -> Any:
    """Return a derivative, or skip where it is refused by name."""
    try:
        return make(fn, argnums=argnums)(*copy.deepcopy(args))
    except gradgen.GradgenError as error:
        if case.may_be_refused or any(text in str(error) for text in NO_BATCH):
            pytest.skip(str(error).splitlines()[0])
        raise


@pytest.mark.parametrize("case", CASES)
def test_forward_jacobian_of_a_loss_is_its_gradient(case: Case) -> None:
    args = case.args()
    if any(isinstance(args[k], np.ndarray) and not args[k].size for k in case.argnums):
        pytest.skip("nothing to differentiate by")
    got = called(case, gradgen.jacfwd, case.function, case.argnums, args)
    assert_gradient(case.function, args, got, case.argnums)


@pytest.mark.parametrize("case", CASES)
def test_hessian(case: Case) -> None:
    """The matrix times a direction is the gradient's difference along it; both ways agree."""
    args, k = case.args(), case.argnums[0]
    if not is_float_leaf(args[k]) or np.size(args[k]) == 0:
        pytest.skip("the first argument is no array")
    matrix = called(case, gradgen.hessian, case.function, k, args)
    reverse = called(case, gradgen.jacrev, gradgen.grad(case.function, argnums=k), k, args)
    assert np.shape(matrix) == np.shape(reverse) == np.shape(args[k]) * 2
    (vector,) = directions(args, (k,))
    gradient = gradgen.grad(case.function, argnums=(k,))
    expected = hessian_vector(case.function, args, (k,), (vector,), gradient)
    rtol = tolerance(args, 1e-7)
    for h in (matrix, reverse):
        product = np.tensordot(h, vector, np.ndim(vector)) if np.ndim(vector) else h * vector
        like = product if np.ndim(vector) else float(product)
        assert_trees_close((like,), expected, rtol, "second order")


def _bent(x, w):
    return np.sum(np.sin(x * w) ** 3) * w[0]


def test_examples_of_nested_derivatives() -> None:
    """The inner derivative is that of one example, whatever is around it."""
    x, w = np.array([0.5, 0.7, 1.1]), np.array([0.3, 1.2])
    bends = np.array([gradgen.hessian(_bent)(v, w) for v in x])
    for inner in (gradgen.grad, gradgen.jacfwd):
        got = gradgen.grad(inner(_bent), batch="x")(x, w)
        np.testing.assert_allclose(got, bends, rtol=1e-12)
    mixed = gradgen.jacrev(gradgen.grad(_bent), argnums=1, batch="x")(x, w)
    one = [gradgen.jacfwd(gradgen.grad(_bent), argnums=1)(v, w) for v in x]
    np.testing.assert_allclose(mixed, one, rtol=1e-12)


def _by_neighbour(x):
    total = 0.0
    for i in range(1, len(x)):
        if x[i] > x[i - 1]:
            total += math.sin(x[i]) * x[i - 1]
        else:
            total -= x[i] ** 2
    return total


def test_second_derivatives_of_branches_by_example() -> None:
    """What the gradient keeps in one arm of a turn, and reads in that arm, others do not have."""
    x = np.array([[0.3, -0.4, 0.7], [0.2, 0.5, 0.1], [0.9, 0.8, 0.7]])
    expected = [gradgen.hessian(_by_neighbour)(row) for row in x]
    np.testing.assert_allclose(gradgen.hessian(_by_neighbour, batch="x")(x), expected, atol=1e-14)
    got = gradgen.hvp(_by_neighbour, batch="x")((x,), (x,))
    np.testing.assert_allclose(got, [h @ v for h, v in zip(expected, x, strict=True)], atol=1e-14)
