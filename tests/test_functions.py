"""Functions as values, with signatures of every kind."""

from __future__ import annotations

import functools
import re
from typing import Any

import numpy as np
import pytest

import gradgen

# --- arguments that do not fit --------------------------------------------------------------


def takes(a, b, /, c=1.0, *, k=2.0):
    return a * b * c * k


MISFITS = [
    lambda x: takes(x),
    lambda x: takes(x, x, x, x),
    lambda x: takes(x, x, d=x),
    lambda x: takes(x, b=x),
    lambda x: takes(x, x, x, c=x),
    lambda x: takes(x, x, **{"k": x}, k=x),
]


@pytest.mark.parametrize("place", range(len(MISFITS)))
def test_arguments_that_do_not_fit(place: int) -> None:
    with pytest.raises(TypeError) as expected:
        MISFITS[place](1.0)
    with pytest.raises(TypeError) as found:
        gradgen.grad(MISFITS[place])(1.0)
    words = str(expected.value).removeprefix("tests.test_functions.")
    first, second = str(found.value).splitlines()[:2]
    assert words in first.replace("tests.test_functions.", "")
    assert re.search(r"test_functions\.py:\d+", first) and "takes(x" in second


# --- callables of other kinds, as what is differentiated ------------------------------------


class Quadratic:
    """Is called."""

    def __init__(self, w: Any) -> None:
        self.w = w

    def __call__(self, x: Any) -> Any:
        return np.sum(self.w * x * x)


@functools.lru_cache
def cube(x):
    return x**3


def test_partial_object() -> None:
    gradient = gradgen.grad(functools.partial(takes, 3.0, k=5.0))
    assert gradient(2.0) == 15.0
    assert gradient(2.0, k=1.0) == 3.0
    assert gradgen.grad(functools.partial(takes, 3.0), argnames="k")(2.0, 4.0) == 24.0


def test_cached_function() -> None:
    assert gradgen.grad(cube)(2.0) == 12.0
    assert gradgen.grad(gradgen.grad(cube))(2.0) == 12.0


def test_object_that_changes() -> None:
    loss = Quadratic(np.array([1.0, 2.0]))
    gradient = gradgen.grad(loss)
    assert np.array_equal(gradient(np.ones(2)), [2.0, 4.0])
    loss.w = np.array([3.0, 2.0])
    assert np.array_equal(gradient(np.ones(2)), [6.0, 4.0])


# --- what is differentiated inside *args and **kwargs ---------------------------------------


def gathers(x, *args, scale=2.0, **more):
    return x * args[0] * args[1] * scale + more["b"] ** 2 * x


def test_numbers_go_on_into_args() -> None:
    gradient = gradgen.grad(gathers, argnums=(0, 2))
    assert gradient(2.0, 3.0, 4.0, b=5.0) == (49.0, 12.0)


def test_names_of_parts() -> None:
    gradient = gradgen.grad(gathers, argnames=("args", "more", "b", "scale"))
    assert gradient(2.0, 3.0, 4.0, b=5.0) == ((16.0, 12.0), {"b": 20.0}, 20.0, 24.0)
    with pytest.raises(ValueError, match="no parameter 'c'"):
        gradgen.grad(gathers, argnames="c")(2.0, 3.0, 4.0, b=5.0)


def test_wrapped_function_by_name() -> None:
    @functools.wraps(takes)
    def wrapper(*args, **kwargs):
        return 2.0 * takes(*args, **kwargs)

    assert gradgen.grad(wrapper, argnames="b")(3.0, 4.0) == 12.0
    assert gradgen.grad(wrapper, argnames="c")(3.0, 4.0, c=5.0) == 48.0
    assert gradgen.grad(wrapper, argnums=2)(3.0, 4.0, c=5.0) == 48.0


def test_unknown_number_of_arguments() -> None:
    with pytest.raises(gradgen.UnsupportedError, match=r"\*args"):
        gradgen.emit(gathers)


# --- what is read from outside --------------------------------------------------------------


KIND, WEIGHTS = "square", [1.0, 2.0]


def square(t):
    return t * t


HELPER: Any = square


def reads_globals(x):
    total = HELPER(x) if KIND == "square" else x
    for w in WEIGHTS:
        total = total + w * x
    return total


def test_names_that_are_bound_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    gradient = gradgen.grad(reads_globals)
    assert gradient(2.0) == 7.0
    monkeypatch.setitem(globals(), "HELPER", cube)
    assert gradient(2.0) == 15.0
    monkeypatch.setitem(globals(), "KIND", "linear")
    assert gradient(2.0) == 4.0
    monkeypatch.setitem(globals(), "WEIGHTS", [1.0, 2.0, 4.0])
    assert gradient(2.0) == 8.0
    WEIGHTS.append(8.0)
    assert gradient(2.0) == 16.0


def test_functions_are_kept() -> None:
    gradient = gradgen.grad(reads_globals)
    gradient(2.0)
    assert len(gradient._cache) == 1
    first = gradient._last
    gradient(3.0)
    assert gradient._last is first


def test_texts_joined_of_what_a_generator_gives():
    rules = {"F": "F+F-F", "+": "+", "-": "-"}

    def loss(p, n):
        path = "F"
        for _ in range(n):
            path = "".join(rules[c] for c in path)
        x = y = angle = 0.0
        for c in path:
            if c == "F":
                x, y = x + np.cos(angle), y + np.sin(angle)
            angle += p if c == "+" else -2.0 * p if c == "-" else 0.0
        return x * x + y * int("1".join(map(str, range(n))))

    value, slope = gradgen.value_and_grad(loss)(0.4, 2)
    assert value == loss(0.4, 2)
    step = 1e-6
    expected = (loss(0.4 + step, 2) - loss(0.4 - step, 2)) / (2.0 * step)
    assert slope == pytest.approx(expected, rel=1e-7)
