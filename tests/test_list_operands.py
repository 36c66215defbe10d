"""Operators of lists: Python's own where NumPy is not asked, and NumPy's where it is."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
import pytest

import gradgen
from tests.references import assert_gradient

X = np.array([1.0, 2.0, 3.0])


def grown_plus_array(x: Any) -> Any:
    out = []
    for v in x:
        out.append(v * 2)
    kept = out
    out += x * x
    return np.sum(out**2) + len(kept) * kept[0]


def known_plus_array(x: Any) -> Any:
    out = [x[0], x[1] * x[2]]
    kept = out
    out += x[1:]
    return np.prod(out) + len(kept) * kept[1]


def argument_plus_number(x: Any, w: Any) -> Any:
    w += x[0]
    return np.sum(w**2) * x[1]


def slices_plus_arrays(x: Any) -> Any:
    out = [v * v for v in x]
    out[1:] += x[1:]
    out[:1] += [x[2]]
    known = [x[0], x[1], 2.0]
    known[1:] += x[:2] * x[0]
    known[:1] -= x[2:]
    return sum(v * i for i, v in enumerate(out)) + sum(known) ** 2


def limited_queue(x: Any) -> Any:
    last = deque(maxlen=2)
    for v in x:
        last += [v, v * v]
    last += (x[0],)
    return last[0] * last[1]


def item_plus_array(x: Any) -> Any:
    d = {"a": [x[0], x[1]]}
    d["a"] += x[1:]
    rows = [[v, v * v] for v in x]
    rows[1] += x[:2]
    return np.sum(d["a"] ** 2) + sum(rows[1]) ** 2


def lists_beside_numpy(x: Any) -> Any:
    out = [v * 2 for v in x]
    return np.sum((x[0] + out) * (out - x)) + np.sum(np.sum(x) / out) + (out == 1.0) * x[1]


@pytest.mark.parametrize(
    "loss",
    [
        grown_plus_array,
        known_plus_array,
        slices_plus_arrays,
        item_plus_array,
        limited_queue,
        lists_beside_numpy,
    ],
)
def test_lists_and_arrays(loss: Any) -> None:
    value, gradient = gradgen.value_and_grad(loss)(X)
    assert np.isclose(value, loss(X), rtol=1e-14)
    assert_gradient(loss, (X,), (gradient,), (0,))


def test_a_list_that_is_given_and_gets_a_number_of_numpy_is_an_array() -> None:
    args = X, [0.5, 1.5]
    value, gradient = gradgen.value_and_grad(argument_plus_number)(*args)
    assert value == argument_plus_number(*args) and args[1] == [0.5, 1.5]
    assert_gradient(argument_plus_number, args, (gradient,), (0,))


def power(x: Any) -> Any:
    return np.sum([v * 2 for v in x] ** 2)


def difference(x: Any) -> Any:
    return np.sum([x[0], x[1]] - [x[1], x[2]])


def sign(x: Any) -> Any:
    out = []
    for v in x:
        out.append(v)
    return np.sum(-out)


def quotient(x: Any) -> Any:
    return np.sum((x[0], x[1]) / 2)


def built_in(x: Any) -> Any:
    return np.sum(pow([v for v in x], 2))


def twice_a_range(x: Any) -> Any:
    return sum(range(3) * 2) * x[0]


def order(x: Any) -> Any:
    out = [v for v in x]
    return np.sum(x) if out > 0 else x[0]


def end_of_tuple(x: Any) -> Any:
    out = tuple(v * 2 for v in x)
    out.append(x[0])
    return sum(out)


@pytest.mark.parametrize(
    "loss", [power, difference, sign, quotient, built_in, twice_a_range, order, end_of_tuple]
)
def test_operators_that_lists_lack_fail_as_in_python(loss: Any) -> None:
    with pytest.raises((TypeError, AttributeError)) as plain:
        loss(X)
    with pytest.raises(plain.type) as found:
        gradgen.grad(loss)(X)
    assert str(plain.value) in str(found.value)
    assert "test_list_operands.py" in found.value.__notes__[0]


def less_what_is_given(x: Any, c: Any) -> Any:
    return np.sum([v * v for v in x] - c)


def test_whether_numpy_is_asked_depends_on_what_is_given() -> None:
    for c in (np.float64(2.0), np.array(2.0), X):
        gradient = gradgen.grad(less_what_is_given)(X, c)
        assert_gradient(less_what_is_given, (X, c), (gradient,), (0,))
    for given in (2.0, 2, [1.0, 2.0, 3.0]):
        with pytest.raises(TypeError, match="unsupported operand"):
            gradgen.grad(less_what_is_given)(X, given)
