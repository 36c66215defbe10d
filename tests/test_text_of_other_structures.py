"""A text on its own tests what it was made for wherever that decided what was generated."""

from __future__ import annotations

import itertools
import types
from typing import Any

import numpy as np
import pytest

import gradgen


def sum_of_values(x, d):
    return sum(x * v for v in d.values())


def times_count(x, held):
    return x * len(held)


def or_default(x, d):
    return x * d.get("a", 2.0)


def if_there(x, d):
    return x * 2 if "a" in d else x**3


def if_attribute(x, o):
    return x * 2 if hasattr(o, "a") else x**3


def if_float(x, y):
    return x * 2 if isinstance(y, float) else x**3


def if_array(x, y):
    return x * 2 if isinstance(y, np.ndarray) else x**3


def if_vector(x, y):
    return x * 2 if y.ndim == 1 else x**3


def if_number(x, y):
    return x * 2 if np.isscalar(y) else x**3


def if_list(x, y):
    return x * 2 if type(y) is list else x**3


def if_given(x, y):
    return x * 2 if y is None else x * y


def if_any(x, y):
    return x * 2 if y else x**3


def last_item(x, y):
    return x * y[-1]


class Linear:
    def __init__(self, w):
        self.w = w


class Square(Linear):
    pass


def by_class(x, layer):
    return x * layer.w if type(layer) is Linear else x**2 * layer.w


A, OF_A = {"a": 1.0, "b": 2.0}, types.SimpleNamespace(a=1.0)


def by_place(x, items):
    return x * x + sum(x * v * i for i, v in enumerate(items))


def in_pairs(x, items):
    return x * x + sum(x * a * b for a, b in itertools.pairwise(items))


def as_array(x, items):
    return x * x + x * np.sum(np.array(items))


def if_equal(x, items):
    return x * (2.0 if items == [1.0, 2.0] else 3.0)


def joined(x, items):
    return np.mean(items + [x])


def if_one(x, y):
    return x * (2.0 if y.shape == (1,) else 3.0)


CASES: list[tuple[Any, Any, Any]] = [
    (sum_of_values, A, {**A, "c": 3.0}),
    (sum_of_values, {}, A),
    (times_count, A, {"a": 1.0}),
    (times_count, [1.0, 2.0], [1.0]),
    (times_count, (), (1.0,)),
    (or_default, {"b": 1.0}, A),
    (if_there, A, {"b": 1.0}),
    (if_there, {"b": 1.0}, A),
    (if_attribute, OF_A, types.SimpleNamespace(b=1.0)),
    (if_attribute, types.SimpleNamespace(b=1.0), OF_A),
    (if_float, 1.0, 1),
    (if_float, 1, 1.0),
    (if_array, np.ones(2), 1.0),
    (if_array, 1.0, np.ones(2)),
    (if_vector, np.ones(2), np.ones((2, 2))),
    (if_number, 1.0, np.ones(2)),
    (if_list, [1.0], (1.0,)),
    (if_given, 2.0, None),
    (if_any, [1.0], []),
    (if_any, (), (1.0,)),
    (last_item, (1.0, 2.0), (1.0, 2.0, 3.0)),
    (by_place, [], [1.0]),
    (by_place, (), [1.0, 2.0]),
    (in_pairs, [1.0], [1.0, 2.0]),
    (as_array, [], [1.0]),
    (if_equal, [1.0, 2.0], (1.0, 2.0)),
    (if_equal, [1.0, 2.0, 3.0], [1.0, 2.0]),
    (joined, [1.0, 2.0], np.array([1.0, 2.0])),
    (times_count, np.ones(1), np.ones(3)),
    (if_one, np.ones(1), np.ones(3)),
    (if_one, np.ones((2, 1)), np.ones(1)),
    (by_class, Linear(2.0), Square(2.0)),
]


@pytest.mark.parametrize(("loss", "given", "other"), CASES)
@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_refused(loss: Any, given: Any, other: Any, backend: str) -> None:
    """It computes for what it was made for, and says so for anything else."""
    if backend == "numba":
        pytest.importorskip("numba")
    function = gradgen.grad(loss, example_args=(2.0, given), backend=backend)
    namespace: dict = {}
    exec(function.source, namespace)
    text = namespace[f"{loss.__name__}_grad"]
    step = 1e-6
    slope = (loss(2.0 + step, given) - loss(2.0 - step, given)) / (2 * step)
    if backend == "numpy":
        assert text(2.0, given) == pytest.approx(slope)
    with pytest.raises((TypeError, ValueError), match=r"is made for|to unpack"):
        text(2.0, other)


def reads_one(params, x):
    return np.sum((params["w"] * x + params["b"]) ** 2)


def test_keys_that_nobody_asks_for_are_no_matter() -> None:
    """A dict of which single keys are read may have others."""
    params = {"w": 2.0, "b": 1.0}
    text = gradgen.emit(reads_one, example_args=(params, np.ones(3)))
    namespace: dict = {}
    exec(text, namespace)
    value, slopes = namespace["reads_one_value_and_grad"]({**params, "name": "fit"}, np.ones(3))
    assert (value, slopes) == (27.0, {"w": 18.0, "b": 18.0})
