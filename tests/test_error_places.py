"""Where an error is: the line at fault, and those of the calls that lead to it."""

from __future__ import annotations

import functools
import json
import math
import random
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import gradgen

X = np.array([1.0, 2.0, 3.0])


def _unknown(x):
    return float(json.dumps(x))


def _hands_on(x):
    return 2.0 * _unknown(x)


def refused_in_a_helper(x):
    return _hands_on(x[0]) + x[1]


def _out_of_domain(x):
    return math.log(x - 9.0)


def failing_in_a_helper(x):
    return _out_of_domain(x[0])


@dataclass
class Positive:
    value: float

    def __post_init__(self):
        if self.value > 0.0:
            raise ValueError("too large")


def failing_in_a_class(x):
    return Positive(x[0]).value


def _said(error: BaseException) -> str:
    return "\n".join([str(error), *getattr(error, "__notes__", [])])


@pytest.mark.parametrize(
    ("loss", "kind", "steps"),
    [
        (
            refused_in_a_helper,
            gradgen.UnsupportedError,
            ["float(json.dumps(x))", "2.0 * _unknown(x)", "_hands_on(x[0])"],
        ),
        (failing_in_a_helper, ValueError, ["math.log(x - 9.0)", "_out_of_domain(x[0])"]),
        (failing_in_a_class, ValueError, ['ValueError("too large")', "Positive(x[0])"]),
    ],
)
def test_the_calls_are_named_from_the_inside(loss: Any, kind: Any, steps: list[str]) -> None:
    with pytest.raises(kind) as found:
        gradgen.grad(loss)(X)
    said = _said(found.value)
    places = [said.index(step) for step in steps]
    assert places == sorted(places)
    assert said.count("Called at") == len(steps) - 1


def test_a_deep_call_names_four() -> None:
    def deep(x, n):
        return json.dumps(x) if n == 0 else deep(x, n - 1)

    with pytest.raises(gradgen.UnsupportedError) as found:
        gradgen.grad(lambda x: deep(x, 6))(1.0)
    assert 0 < str(found.value).count("Called at") <= 4


def test_nothing_returned_names_the_function() -> None:
    def nothing_on_a_path(x):
        if x < 0.0:
            return x * x

    with pytest.raises(TypeError, match="returned None on this path") as found:
        gradgen.grad(nothing_on_a_path)(1.0)
    assert "def nothing_on_a_path(x):" in _said(found.value)


def test_arguments_that_share_memory_name_the_function_and_what_it_writes_to() -> None:
    def writes(x, y):
        y[0] = 2.0 * x[1]
        return np.sum(x * y)

    with pytest.raises(gradgen.ArgumentError, match=r"'writes'|writes to y") as found:
        gradgen.grad(writes)(X, X)
    assert "def writes(x, y):" in str(found.value)


def test_a_division_of_the_users_is_not_blamed_on_ddof() -> None:
    def divides(x):
        return np.sum(x) / (len(x) - 3)

    with pytest.raises(ZeroDivisionError) as found, np.errstate(divide="ignore"):
        gradgen.grad(divides)(X)
    assert "ddof" not in _said(found.value)
    assert "return np.sum(x) / (len(x) - 3)" in _said(found.value)


def test_functions_of_an_object_that_a_module_keeps_have_their_usual_names() -> None:
    with pytest.raises(gradgen.UnsupportedError, match=r"a call of random\.random,"):
        gradgen.grad(lambda x: x * random.random())(1.0)


def test_a_partial_of_a_lambda_raises_what_python_raises() -> None:
    scaled = functools.partial(lambda a, x: np.sumx(a * x), 2.0)  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="no attribute 'sumx'"):
        gradgen.grad(scaled)(X)


def _an_array_on_one_path(x):
    return 2.0 * x if np.sum(x) > 0.0 else np.sum(x)


def _truths_on_one_path(x):
    if np.sum(x) > 0.0:
        return x > 1.0
    return np.sum(x)


@pytest.mark.parametrize("loss", [_an_array_on_one_path, _truths_on_one_path])
@pytest.mark.parametrize("derivative", [gradgen.grad, gradgen.value_and_grad, gradgen.hessian])
def test_an_array_that_a_path_returns_is_not_summed(loss: Any, derivative: Any) -> None:
    with pytest.raises(TypeError, match="returned an array; a gradient needs one number"):
        derivative(loss)(X)
    np.testing.assert_array_equal(gradgen.grad(loss)(-X), np.ones(3))


def test_an_array_is_not_summed_in_a_text_without_types() -> None:
    text = gradgen.emit(lambda x: 2.0 * x, mode="grad")
    space: dict[str, Any] = {}
    exec(text, space)
    assert space["loss_grad"](3.0) == 2.0
    with pytest.raises(TypeError, match="returned an array"):
        space["loss_grad"](X)


def test_what_is_missing_is_said_as_python_says_it() -> None:
    def misses_a_name(x):
        from math import sinx  # type: ignore[attr-defined]

        return sinx(x[0])

    def misses_a_choice(x):
        return np.sum(np.where(x > 0.0, x))

    def misses_an_attribute(p):
        return np.sum(p.x)

    with pytest.raises(ImportError, match="cannot import name 'sinx' from 'math'"):
        gradgen.grad(misses_a_name)(X)
    with pytest.raises(ValueError, match="either both or neither"):
        gradgen.grad(misses_a_choice)(X)
    with pytest.raises(AttributeError, match="'dict' object has no attribute 'x'"):
        gradgen.grad(misses_an_attribute)({"x": X})
    with pytest.raises(gradgen.UnsupportedError, match="a float has no attribute 'size_'"):
        gradgen.grad(lambda x: x[0] * x[1].size_)(X)
    with pytest.raises(IndexError, match="out of bounds"):
        gradgen.grad(lambda x: x[0])(np.zeros(0))


def test_what_surely_fails_keeps_its_exception() -> None:
    def asserts(x):
        assert isinstance(x, int), "no int"
        return x.nothing

    def asserts_on_a_path(x):
        if x > 2.0:
            assert False, "too large"
        return x * x

    with pytest.raises(AssertionError, match="no int"):
        gradgen.grad(asserts)(1.0)
    with pytest.raises(AssertionError, match="too large"):
        gradgen.grad(asserts_on_a_path)(3.0)
    assert gradgen.grad(asserts_on_a_path)(1.5) == 3.0
    with pytest.raises(TypeError, match="cannot be interpreted as an integer"):
        gradgen.grad(lambda x: round(x, 1.5))(1.0)
    with pytest.raises(TypeError, match="max expected at least 1 argument"):
        gradgen.grad(lambda x: x * max())(1.0)


def equal_values(m):
    w, v = np.linalg.eigh((m + m.T) / 2)
    return np.sum(v[:, 0] ** 4) + v[0, 1] ** 2 + w[0]


def pairs_of_a_helper(x):
    pairs = {k % 2: v for k, v in enumerate(x)}
    return sum(v * k for k, v in sorted(pairs.items()))


def test_what_a_rule_raises_is_said_of_the_users_line() -> None:
    with pytest.raises(np.linalg.LinAlgError) as raised:
        gradgen.grad(equal_values)(np.eye(3))
    (note,) = raised.value.__notes__
    assert "test_error_places.py:" in note
    assert "np.linalg.eigh" in note


def test_each_line_of_a_text_is_made_from_the_users() -> None:
    derived = gradgen.grad(pairs_of_a_helper)
    derived(X)
    named = re.findall(r"# (\S+):\d+$", derived.source, re.MULTILINE)
    assert {*named} == {"test_error_places.py"}
    last = max(int(n) for n in re.findall(r"# \S+:(\d+)$", derived.source, re.MULTILINE))
    assert last < pairs_of_a_helper.__code__.co_firstlineno + 3


def test_an_error_in_a_recursive_function_names_its_line() -> None:
    def loss(x):
        items = {0: x[0], 1: x[1]}

        def go(k, v):
            if v > 2.0:
                return items[k] * v  # the key
            return go(k + 1, v + x[3] * 0.2)

        return go(0, x[2])

    def entries(x):
        def go(k, v):
            y = x[k] * 2.0  # the entry
            return y if v > 2.0 else go(k + 1, v + y * 0.0001)

        return go(0, x[2])

    x = np.array([0.6, -1.1, 0.8, 1.7])
    for function, kind, line in (
        (loss, KeyError, "# the key"),
        (entries, IndexError, "# the entry"),
    ):
        with pytest.raises(kind) as raised:
            gradgen.grad(function)(x)
        assert line in "".join(raised.value.__notes__)


class Recorded:
    def __init__(self, fn):
        self.fn, self.trace = fn, []

    def __call__(self, u):
        self.trace.append(self.fn(u))
        return self.trace[-1]


def traced(x, steps):
    f = Recorded(lambda u: u[0] ** 2 * u[1])
    for _ in range(steps):
        g = np.zeros(2)
        for k in range(2):
            g[k] = f(x + 0.1 * g) - f(x)
        x = x - 0.1 * g
    return f(x), {"trace": f.trace[::3]}


def test_a_result_that_is_no_number_is_what_is_told():
    x = np.array([0.3, 0.7])
    with pytest.raises(
        gradgen.ArgumentError, match=r"(?s)returns a tuple of 2 items.*has_aux=True"
    ):
        gradgen.grad(traced)(x, 3)
    _, aux = gradgen.grad(traced, has_aux=True)(x, 3)
    assert aux["trace"] == traced(x, 3)[1]["trace"]


def far_from_a_distribution(p):
    assert abs(float(p.sum()) - 1.0) < 0.5, f"far from a distribution: {p.sum():.2f}"
    return -(p * np.log(p)).sum()


def test_second_orders_name_the_line_of_what_takes_several_lines():
    """In the gradient's text, the comment stands behind the last of the lines of the assertion."""
    p = np.array([0.9, 0.9, 0.4])
    with pytest.raises(AssertionError, match=r"distribution: 2\.20") as caught:
        gradgen.hvp(far_from_a_distribution)((p,), (p,))
    line = far_from_a_distribution.__code__.co_firstlineno + 1
    assert f"test_error_places.py:{line}" in caught.value.__notes__[0]
