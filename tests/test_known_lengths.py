"""Functions that are read for the lengths and whole numbers of a call: one module for each."""

from __future__ import annotations

import numpy as np
import pytest

import gradgen
from tests.checks import run_text


def weighted(x, n, twice=False):
    parts = [{"v": x[i]} for i in range(n)]
    total = sum(part["v"] * (k + 1) for k, part in enumerate(parts))
    return 2.0 * total if twice else total


def by_number(p):
    rows = {}
    for i in range(len(p["x"])):
        rows[2 * i] = {"a": p["x"][i], "b": p["n"]}
    return sum(row["a"] * row["b"] * (k + 1) for k, row in rows.items())


def squares(x):
    parts = [{"v": v * v} for v in x]
    return np.array([part["v"] for part in parts[::-1]])


CALLS = [
    ((np.ones(4), 3), [1.0, 2.0, 3.0, 0.0]),
    ((np.ones(4), 2), [1.0, 2.0, 0.0, 0.0]),
    ((np.ones(5), 5), [1.0, 2.0, 3.0, 4.0, 5.0]),
    ((np.ones(2), 0), [0.0, 0.0]),
    ((np.ones(4), True), [1.0, 0.0, 0.0, 0.0]),
    ((np.ones(4), 3, True), [2.0, 4.0, 6.0, 0.0]),
    ((np.ones(4), 3), [1.0, 2.0, 3.0, 0.0]),
]


def test_each_call_has_its_own_module():
    gradient = gradgen.grad(weighted)
    for args, expected in CALLS:
        np.testing.assert_array_equal(gradient(*args), expected)


@pytest.mark.parametrize("args", [(np.ones(4), 2), (np.ones(5), 3), (np.ones(4), 3, True)])
def test_text_is_for_one_call(args: tuple):
    function = gradgen.value_and_grad(weighted)
    function(np.ones(4), 3)
    assert "Specialised to:  x f64[4]  n 3  twice False" in function.source
    with pytest.raises(TypeError, match="is made for"):
        run_text(function.source, args)


def test_numbers_in_containers():
    gradient = gradgen.grad(by_number)
    found = gradient({"x": np.ones(3), "n": 2})
    np.testing.assert_array_equal(found["x"], [2.0, 6.0, 10.0])
    assert found["n"] == 0
    np.testing.assert_array_equal(gradient({"x": np.ones(2), "n": 3})["x"], [3.0, 9.0])


def test_other_derivatives():
    x = np.array([0.5, 2.0, 3.0])
    np.testing.assert_allclose(gradgen.jacobian(squares)(x), np.diag(2.0 * x)[::-1])
    value, pullback = gradgen.vjp(squares)(x)
    np.testing.assert_allclose(value, x[::-1] ** 2)
    np.testing.assert_allclose(pullback(np.ones(3)), 2.0 * x)
    _, tangent = gradgen.jvp(squares)((x,), np.ones(3))
    np.testing.assert_allclose(tangent, 2.0 * x[::-1])


def test_long_arrays_are_not_written_out():
    with pytest.raises(gradgen.UnsupportedError, match="in a list of unknown length"):
        gradgen.grad(weighted)(np.ones(200), 100)


def test_example_arguments_give_lengths():
    assert "n 3" in gradgen.emit(weighted, example_args=(np.ones(4), 3))
