"""Where an error is: the line at fault, and those of the calls that lead to it."""

from __future__ import annotations

import json
import math
import random
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
