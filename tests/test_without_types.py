"""Texts made without types, where only a number is understood: they test it, and say what to do."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import pytest

import gradgen

V = np.array([0.5, 1.5, 2.5])
M = np.array([[0.5, 1.0], [2.0, 3.0]])


def added_to_an_alias(x, y):
    a = x
    a += y
    return np.sum(a) * np.sum(x)


def added_on_a_path(x, y):
    a = x
    if np.sum(y) > 0.0:
        a += 1.0
    b = a
    b *= 2.0
    return np.sum(a * x * b)


def bound_anew(x, y):
    before = x
    x += (x := x * y)
    return np.sum(x * before)


def added_in_a_dict(x, y):
    d = {"a": x}
    z = d["a"]
    d["a"] += y
    return np.sum(z * x) + np.sum(d["a"])


def read_before_a_write(x, y):
    v = x[0]
    x[0] = 3.0 * x[1] + y
    return np.sum(v * x)


def read_before_a_write_in_turns(x, y):
    s = x[0]
    for i in range(2):
        t = s
        s += y * x[i]
        x[0] = t * 2.0
    return np.sum(s)


def read_before_a_write_on_paths(x, y):
    v = x[0]
    if np.sum(x) > 0.0:
        x[0] = 5.0
        w = v * 2.0
    else:
        x[1] = 2.0
        w = v * 3.0 * y
    return np.sum(w) + np.sum(v) * np.sum(x)


def array_of_a_number(x, y):
    s = np.array(x * 2.0)
    t = s
    s += y
    return np.sum(t * x)


def written_in_a_list(x, y):
    rows = [x[0], x[1]]
    x[0] = 7.0
    rows[0] += y
    return np.sum(rows[0]) * np.sum(rows[1]) + np.sum(x)


NAMES = [added_to_an_alias, added_on_a_path, added_in_a_dict, bound_anew]
ENTRIES = [
    read_before_a_write, read_before_a_write_in_turns, read_before_a_write_on_paths,
    written_in_a_list,
]  # fmt: skip
NUMBERS: list[Any] = [
    *[pytest.param(f, (2.0, y), id=f"{f.__name__}-{y}") for f in NAMES for y in (3.0, -3.0)],
    *[pytest.param(f, (x, 1.5), id=f"{f.__name__}-{x[0]}") for f in ENTRIES for x in (V, -V)],
]
ARRAYS = [*[pytest.param(f, (V, 2.0 * V), id=f.__name__) for f in NAMES],
          *[pytest.param(f, (M, 1.5), id=f.__name__) for f in ENTRIES],
          pytest.param(added_to_an_alias, (np.array(2.0), 3.0), id="without_axes"),
          pytest.param(array_of_a_number, (2.0, 3.0), id="array_of_a_number")]  # fmt: skip


def _made(loss: Any) -> Any:
    space: dict[str, Any] = {}
    exec(gradgen.emit(loss), space)
    return space[f"{loss.__name__}_value_and_grad"]


@pytest.mark.parametrize(("loss", "args"), NUMBERS)
def test_numbers_are_right(loss: Any, args: tuple[Any, ...]) -> None:
    given = copy.deepcopy(args)
    value, gradient = _made(loss)(*given)
    assert all(map(np.array_equal, given, args))
    expected, slope = gradgen.value_and_grad(loss)(*args)
    assert value == expected == loss(*copy.deepcopy(args))
    np.testing.assert_allclose(gradient, slope, 1e-13)


@pytest.mark.parametrize(("loss", "args"), ARRAYS)
def test_arrays_raise(loss: Any, args: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError, match=r"made for a number as .* give types"):
        _made(loss)(*copy.deepcopy(args))
    assert np.shape(gradgen.grad(loss)(*args)) == np.shape(args[0])


def out_of_domain(a):
    try:
        v = math.pow(a - 1.0, 0.5)
    except ValueError:
        v = a**3
    return v


def root_out_of_domain(a):
    try:
        v = math.sqrt(a - 1.0)
    except ValueError:
        v = 2.0 * a
    return v * a


@pytest.mark.parametrize("loss", [out_of_domain, root_out_of_domain])
@pytest.mark.parametrize("a", [0.5, 3.0])
def test_what_is_caught_is_tested(loss: Any, a: float) -> None:
    value, gradient = _made(loss)(a)
    expected, slope = gradgen.value_and_grad(loss)(a)
    assert value == expected == loss(a)
    assert gradient == pytest.approx(slope, rel=1e-13)
