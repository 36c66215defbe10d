"""Jacobians and Hessians in one sweep, over the corpus and samples of all rules."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import gradgen
from tests.cases import CONTROL, FUNCTIONS, LANGUAGE, LOSSES, MUTATION, NUMPY_OPS, Case, cases
from tests.pytrees import is_float_leaf
from tests.references import (
    assert_gradient,
    assert_trees_close,
    directions,
    hessian_vector,
    tolerance,
)
from tests.rules.samples import samples

EVERY = 40
NO_BATCH = ("has no batched form", "forward mode through", "there is no place for the tangent",
            "returns different kinds of things")  # fmt: skip


def _sample_parameters() -> list[Any]:
    out = []
    for k, s in enumerate(samples()):
        marks = [] if k % EVERY == 0 else [pytest.mark.slow]
        out.append(pytest.param(s, id=f"{s.module}-{s.name}", marks=marks))
    return out


def _every_third(parameters: list[Any]) -> list[Any]:
    """Leave two in three to the longer tier."""
    rest = [pytest.param(*p.values, id=p.id, marks=pytest.mark.slow) for p in parameters]
    return [p if k % 3 == 0 else rest[k] for k, p in enumerate(parameters)]


CORPUS = cases((*CONTROL, *FUNCTIONS, *LANGUAGE, *LOSSES, *MUTATION, *NUMPY_OPS))
SAMPLES = _sample_parameters()


def called(case: Case, make: Any, fn: Any, argnums: Any, args: tuple) -> Any:
    """Return a derivative, or skip where it is refused by name."""
    try:
        return make(fn, argnums=argnums)(*copy.deepcopy(args))
    except gradgen.GradgenError as error:
        if case.may_be_refused or any(text in str(error) for text in NO_BATCH):
            pytest.skip(str(error).splitlines()[0])
        raise


@pytest.mark.parametrize("case", [*CORPUS, *SAMPLES])
def test_forward_jacobian_of_a_loss_is_its_gradient(case: Case) -> None:
    args = case.args()
    if any(isinstance(args[k], np.ndarray) and not args[k].size for k in case.argnums):
        pytest.skip("nothing to differentiate by")
    got = called(case, gradgen.jacfwd, case.function, case.argnums, args)
    assert_gradient(case.function, args, got, case.argnums)


@pytest.mark.parametrize("case", [*_every_third(CORPUS), *SAMPLES])
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
