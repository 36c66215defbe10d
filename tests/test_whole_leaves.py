"""Ints in what is differentiated: where their derivative could be meant, its zero is told."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import gradgen


def told(fn, *args):
    """Return the gradient, and what was warned of."""
    with warnings.catch_warnings(record=True) as met:
        warnings.simplefilter("always")
        found = gradgen.grad(fn)(*args)
    return found, [str(w.message) for w in met if w.category is gradgen.GradgenWarning]


def product(p):
    return p["a"] ** 2 * p["b"]


def counted(p):
    total = 0.0
    for i in range(p["n"]):
        total += p["w"][i] * p["w"][p["n"] - 1 - i]
    return total + np.sum(p["w"] * np.ones(p["n"])) * (2.0 if p["both"] else 1.0)


def squares(p):
    return np.sum((p["w"] * p["x"] - p["y"]) ** 2)


class Spring:
    def __init__(self, stiffness, length):
        self.stiffness, self.length = stiffness, length


def energy(spring):
    return 0.5 * spring.stiffness * spring.length**2


def test_int_that_has_no_derivative_is_told():
    found, said = told(product, {"a": 1, "b": 0.5})
    assert found == {"a": 0, "b": 1.0}
    assert len(said) == 1 and "p['a'] is an int" in said[0] and "pass a float" in said[0]


def test_attribute_is_named():
    _, said = told(energy, Spring(3, 0.5))
    assert len(said) == 1 and said[0].startswith("spring.stiffness is an int")


def test_array_of_ints_is_told():
    x = np.array([1.0, 2.0])
    found, said = told(squares, {"w": 0.5, "x": x, "y": np.array([1, 2])})
    assert np.allclose(found["x"], (0.5 * x - [1, 2]) * 1.0)
    assert len(said) == 1 and said[0].startswith("p['y'] is an array of ints")


def test_counts_places_and_flags_are_not_meant():
    _, said = told(counted, {"n": 2, "w": np.array([0.5, 2.0]), "both": True})
    assert said == []


def test_ints_beside_what_is_differentiated_are_not_meant():
    def power(x, n, data):
        return x**n * data["scale"]

    assert told(power, 2.0, 3, {"scale": 2})[1] == []


@pytest.mark.parametrize("p", [{"a": 1, "b": 2}, {"a": True, "b": 2}])
def test_ints_alone_are_refused(p):
    with pytest.raises(gradgen.ArgumentError, match="a dict without a float"):
        gradgen.grad(product)(p)
