"""The Numba backend: what the lowering puts in place of what Numba has no type or exit for."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import numpy as np
import pytest
import scipy.special

import gradgen
from gradgen.backends.failures import refusal
from gradgen.errors import UnsupportedError
from gradgen.pipeline import run
from tests.cases import Case
from tests.test_numba import assert_same, check

pytest.importorskip("numba", reason="Numba is not installed (the extra `numba`)")
pytestmark = pytest.mark.filterwarnings("ignore::numba.NumbaPerformanceWarning")


def test_copies_of_what_may_not_be_assigned() -> None:
    """They start from an array of no entries: what is None or an array has no type in Numba."""
    case = Case("lang_found", "row_of_either_loop")
    check(case)
    text = gradgen.emit(case.function, example_args=case.args(), backend="numba")
    assert "None" not in text


@pytest.mark.slow
def test_views_in_lists_that_functions_share() -> None:
    check(Case("lang_simulated_objects", "spots_in_a_recursion"))


def reversed_items(a: Any, n: int) -> Any:
    def collect(items: list, k: int) -> float:
        if k == 0:
            return 0.0
        items.append(a[::-1] * 1.0 if k % 2 else a[::-1])
        return np.sum(items[-1] * a) * k + collect(items, k - 1)

    return collect([], n)


def test_reversed_views_in_a_list() -> None:
    args = np.array([0.3, -0.7, 1.1]), 3
    expected = gradgen.value_and_grad(reversed_items)(*args)
    value = sum(k * np.sum(args[0] * args[0][::-1]) for k in (1, 2, 3))
    assert np.isclose(expected[0], value) and np.allclose(expected[1], 12.0 * args[0][::-1])
    assert_same(gradgen.value_and_grad(reversed_items, backend="numba")(*args), expected)


def test_a_loop_without_an_end_is_refused() -> None:
    case = Case("lang_unassigned", "row_of_an_array_written_to")
    with pytest.raises(UnsupportedError, match="a loop without an end has no lowering") as caught:
        gradgen.value_and_grad(case.function, backend="numba")(*case.args())
    assert "148" in str(caught.value) and 'backend="numpy"' in str(caught.value)


def test_constants_that_are_read_in_python_too() -> None:
    """The cofactors, which run in Python, have a ``_stop_gradient`` of their own."""

    def loss(a: Any) -> Any:
        return gradgen.stop_gradient(a[0, 0]) * np.linalg.det(a)

    a = np.array([[2.0, 0.3], [0.2, 1.7]])
    value, gradient = gradgen.value_and_grad(loss, backend="numba")(a)
    assert np.isclose(value, 2.0 * (2.0 * 1.7 - 0.3 * 0.2), rtol=1e-13)
    assert np.allclose(gradient, 2.0 * np.array([[1.7, -0.2], [-0.3, 2.0]]), rtol=1e-13)


def tree(w: Any, node: Any) -> Any:
    if len(node) == 1:
        return w[0] * node[0]
    h = len(node) // 2
    return np.tanh(w[1] * tree(w, node[:h]) + w[2] * tree(w, node[h:]))


def test_recursion_of_each_example() -> None:
    """What its pairs of functions keep is in lists that begin empty in the caller."""

    def loss(w: Any, node: Any) -> Any:
        return tree(w, node)

    w, nodes = np.array([0.3, 0.5, 0.7]), np.array([[0.1, 0.2, 0.3], [0.5, -0.2, 0.1]])
    got = gradgen.grad(loss, backend="numba", batch=1)(w, nodes)
    for row, node in zip(got, nodes, strict=True):
        for k in range(3):
            moved = w.astype(complex)
            moved[k] += 1e-30j
            assert np.isclose(row[k], loss(moved, node).imag / 1e-30, rtol=1e-12)


class OutOfTime(Exception):
    """What a caller's own time limit raises, wherever the program is."""


@pytest.mark.parametrize(
    ("error", "refused"),
    [(TypeError("x"), True), (KeyError("x"), True), (OutOfTime(), False), (TimeoutError(), False),
     (MemoryError(), False)],
)  # fmt: skip
def test_what_is_no_fault_of_the_compiler(error: Exception, refused: bool) -> None:
    """A time limit that passes while Numba compiles is no refusal."""

    def loss(x: Any) -> Any:
        return x * x

    made = run(loss, (1.0,))
    scope: dict[str, Any] = {"__name__": "numba.core.somewhere", "error": error}
    exec("def compiling():\n    raise error", scope)
    with pytest.raises(type(error)) as raised:
        scope["compiling"]()
    found = refusal(raised.value, made, loss.__code__)
    assert (found is not None) == refused


def test_functions_of_math_take_arrays_without_axes() -> None:
    """They convert them, which Numba's do not, nor does a derivative that rounds."""

    def loss(x: Any) -> Any:
        return math.acos(x) * math.atan2(x, 0.4) + math.erf(x) * math.exp(x) * math.gamma(x)

    with mpmath.workdps(30):
        expected = mpmath.diff(
            lambda x: (
                mpmath.acos(x) * mpmath.atan2(x, 0.4)
                + mpmath.erf(x) * mpmath.exp(x) * mpmath.gamma(x)
            ),
            0.6,
        )
    for backend in ("numpy", "numba"):
        found = gradgen.grad(loss, backend=backend)(np.array(0.6))
        np.testing.assert_allclose(found, float(expected), rtol=1e-13)
        assert found.shape == ()


def test_arrays_without_axes_go_into_python() -> None:
    def loss(x: Any, y: Any) -> Any:
        return scipy.special.beta(x, y[0]) * scipy.special.loggamma(x)

    args = np.array(0.6), np.array([0.8])
    found = gradgen.grad(loss, backend="numba")(*args)
    expected = mpmath.diff(lambda x: mpmath.beta(x, 0.8) * mpmath.loggamma(x), 0.6)
    np.testing.assert_allclose(found, float(expected), rtol=1e-12)


def test_interpolation_with_a_period() -> None:
    knots, x = np.array([0.1, 0.7, 1.5]), np.array([0.3, 2.9, -0.4])

    def loss(x: Any, y: Any) -> Any:
        return np.sum(np.interp(x, knots, y, period=2.0) ** 2)

    y = np.array([1.0, 2.0, 0.5])
    found = gradgen.grad(loss, argnums=(0, 1), backend="numba")(x, y)
    for k, gradient in enumerate(found):
        args = [x, y]
        for i in range(3):
            step = np.eye(3)[i] * 1e-6
            ends = [
                loss(*(a + s * step if j == k else a for j, a in enumerate(args))) for s in (1, -1)
            ]
            np.testing.assert_allclose(gradient[i], (ends[0] - ends[1]) / 2e-6, rtol=1e-8)
