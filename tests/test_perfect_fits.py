"""Second derivatives where a residual is zero: a zero that is kept beside infinite slopes is none.

Each loss is a sum of squared residuals that are zero at the point, so that the Hessian is twice the
product of the residuals' Jacobian with itself, as central differences give it.
"""

from __future__ import annotations

import copy
import importlib.util
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gradgen
from tests.cases import CONTROL, FUNCTIONS, LANGUAGE, LOSSES, Case, cases
from tests.checks import load_module
from tests.references import directions, is_float_leaf, leaves
from tests.tiers import one_in

ONES, SQUARES = np.ones(3), np.array([4.0, 1.0, 1.0])


def some_entries(x):
    r = np.sqrt(x)
    return r[1:] - 1.0


def entries_in_turn(x):
    r = np.sqrt(x)
    return [r[i] - 1.0 for i in range(1, 3)]


def of_two_arrays(x):
    n, k = np.sqrt(x[:-1]), np.log(x)
    return [n[0] - 2.0, k[1], k[2]]


def angles(x):
    a = np.arcsin(x / 8.0)
    return [a[0] - math.asin(0.5)]


def one_turn_later(x):
    r, found = 1.0, []
    for v in x:
        found.append(r - 1.0)
        r = v**0.5
    return found


def roots_one_turn_later(x):
    r, found = 1.0, []
    for v in x:
        found.append(r - 1.0)
        r = 0.5 + 0.5 * np.sqrt(2.0 * v - 1.0)
    return found


def powers_one_turn_later(x):
    r, found = 1.0, []
    for i in range(len(x)):
        found.append(r - 1.0)
        r = x[i] ** x[(i + 1) % 3]
    return found


def largest_of_rows(x):
    m = np.log(np.stack([x, 0.5 * x]))
    return np.max(m, axis=0)[1:]


def deviations_by_row(x):
    ok = x > 0.0
    v = np.where(ok, np.std(np.sqrt(np.stack([x, 4.0 * x], axis=1)), axis=1), 0.0)
    return v[1:] - 0.5


def differences(x):
    r = np.sqrt(x)
    return [r[i] - r[j] for i in range(1, 3) for j in range(1, i)]


CASES = [
    pytest.param(some_entries, SQUARES, id="some_entries"),
    pytest.param(entries_in_turn, SQUARES, id="entries_in_turn"),
    pytest.param(of_two_arrays, SQUARES, id="of_two_arrays"),
    pytest.param(angles, SQUARES, id="angles"),
    pytest.param(one_turn_later, ONES, id="one_turn_later"),
    pytest.param(roots_one_turn_later, ONES, id="roots_one_turn_later"),
    pytest.param(powers_one_turn_later, ONES, id="powers_one_turn_later"),
    pytest.param(largest_of_rows, ONES, id="largest_of_rows"),
    pytest.param(deviations_by_row, ONES, id="deviations_by_row"),
    pytest.param(differences, ONES, id="differences"),
]


def _expected(residuals: Any, x: np.ndarray) -> np.ndarray:
    h, columns = 1e-5, []
    for e in np.eye(len(x)):
        up, down = (np.array(residuals(x + s * h * e)) for s in (1, -1))
        columns.append((up - down) / (2.0 * h))
    jacobian = np.stack(columns, axis=1)
    return 2.0 * jacobian.T @ jacobian


def _loss(residuals: Any) -> Any:
    def loss(x):
        return sum(v**2 for v in residuals(x))

    return loss


@pytest.mark.parametrize(("residuals", "x"), CASES)
def test_the_hessian_is_that_of_the_residuals(residuals, x):
    loss, expected = _loss(residuals), _expected(residuals, x)
    seed = np.arange(1.0, len(x) + 1.0)
    np.testing.assert_allclose(gradgen.hessian(loss)(x), expected, atol=1e-8)
    np.testing.assert_allclose(gradgen.hvp(loss)((x,), seed), expected @ seed, atol=1e-8)
    gradient = gradgen.grad(loss)
    twice = gradgen.grad(lambda x: np.dot(gradient(x), seed))(x)
    np.testing.assert_allclose(twice, expected @ seed, atol=1e-8)
    pushed = gradgen.grad(lambda x: gradgen.jvp(loss)((x,), seed)[1])(x)
    np.testing.assert_allclose(pushed, expected @ seed, atol=1e-8)


@pytest.mark.parametrize("case", one_in(20, cases((*CONTROL, *LANGUAGE, *FUNCTIONS, *LOSSES))))
@pytest.mark.filterwarnings("ignore")
def test_the_square_of_a_loss_less_its_value(case: Case, tmp_path: Path) -> None:
    """All adjoints are zero, and the Hessian is twice the product of the gradient with itself."""
    args, function = case.args(), case.function
    target = function(*copy.deepcopy(args))
    if np.ndim(target) != 0 or function(*copy.deepcopy(args)) != target:
        pytest.skip("not the same number at each call")
    path = tmp_path / "squared.py"
    path.write_text("def squared(*args):\n    return (inner(*args) - target) ** 2\n")
    module = load_module(path)
    module.inner, module.target = function, float(target)
    vector = directions(args, case.argnums)
    try:
        gradient = gradgen.grad(function, argnums=case.argnums)(*copy.deepcopy(args))
        product = gradgen.hvp(module.squared, argnums=case.argnums)(copy.deepcopy(args), vector)
    except gradgen.GradgenError as error:
        pytest.skip(str(error))
    slopes = {path: np.asarray(g, float) for path, g in leaves(gradient) if is_float_leaf(g)}
    seeds, products = dict(leaves(vector)), dict(leaves(product))
    along = sum(np.sum(slope * seeds[path]) for path, slope in slopes.items())
    for path, slope in slopes.items():
        scale = max(1.0, abs(along)) * max(1.0, float(np.max(np.abs(slope), initial=0.0)))
        expected = 2.0 * along * slope
        np.testing.assert_allclose(products[path], expected, rtol=1e-6, atol=1e-7 * scale)


def test_the_text_in_a_file_has_the_same_derivative(tmp_path: Path):
    path = tmp_path / "emitted.py"
    loss = _loss(some_entries)
    path.write_text(gradgen.emit(loss, mode="grad", example_args=(SQUARES,)))
    spec = importlib.util.spec_from_file_location("emitted", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = gradgen.jacobian(module.loss_grad)(SQUARES)
    np.testing.assert_allclose(found, _expected(some_entries, SQUARES), atol=1e-8)


def test_a_choice_of_the_users_stays_the_branch_that_it_is():
    def loss(x, y):
        return x / y if abs(x) > 0.0 else 0.0 * y

    assert gradgen.grad(loss)(0.0, 2.0) == 0.0


def test_a_zero_beside_an_infinite_slope_stays():
    x = np.array([0.0, 1.0, 1.0])
    with np.errstate(divide="ignore", invalid="ignore"):
        found = gradgen.hessian(_loss(some_entries))(x)
    np.testing.assert_allclose(found, np.diag([0.0, 0.5, 0.5]))
