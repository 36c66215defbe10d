"""Methods, partials, callable objects, dataclasses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial, wraps

import numpy as np
import pytest

import gradgen
from tests.pitfalls import Pitfall, Pitfalls, check

case = Pitfalls()


class Model:
    count = 0

    def __init__(self, k):
        self.k = k
        self.w = np.array([1.0, 2.0, 3.0, 4.0]) * k

    def loss(self, x):
        return self.k * np.sum(self.w * x * x)

    @staticmethod
    def still(x):
        return np.sum(x**3)

    @classmethod
    def of_class(cls, x):
        return np.sum(x**2) * (cls.count + 1)

    def __call__(self, x):
        return self.loss(x) + self.still(x)

    @property
    def double(self):
        return 2.0 * self.k


X = np.array([0.6, -1.3, 2.1, 0.4])


class Child(Model):
    def loss(self, x):
        return super().loss(x) * 2.0


@dataclass
class Params:
    w: np.ndarray
    b: float
    name: str = "p"


def test_bound_method():
    """A bound method, its object changed between calls."""
    m = Model(2.0)
    g = gradgen.grad(m.loss)
    assert np.allclose(g(X), 2 * m.k * m.w * X)
    m.k = 5.0
    assert np.allclose(g(X), 2 * m.k * m.w * X)
    m.w = m.w * 2.0
    assert np.allclose(g(X), 2 * m.k * m.w * X)


def test_static_and_class_methods():
    """Static and class methods."""
    assert np.allclose(gradgen.grad(Model.still)(X), 3 * X**2)
    assert np.allclose(gradgen.grad(Model(1.0).still)(X), 3 * X**2)
    assert np.allclose(gradgen.grad(Model.of_class)(X), 2 * X)


def test_callable_object():
    """A callable object."""
    m = Model(2.0)
    assert np.allclose(gradgen.grad(m)(X), 4.0 * m.w * X + 3 * X**2)


def test_partial():
    """Functools.partial, by position and by keyword."""

    def f(a, x, b=1.0):
        return a * x * x * b

    assert gradgen.grad(partial(f, 3.0))(2.0) == 12.0
    assert gradgen.grad(partial(f, 3.0, b=2.0))(2.0) == 24.0


def test_inherited_method():
    """An overridden method that calls super()."""
    m = Child(2.0)
    assert np.allclose(gradgen.grad(m.loss)(X), 8.0 * m.w * X)


@case("a dataclass argument", Params(X, 2.0))
def dataclass_argument(p):
    return np.sum(p.w * p.w) * p.b


@case("a dataclass made inside", X)
def dataclass_inside(x):
    p = Params(x * x, x[0])
    return np.sum(p.w) * p.b


def test_object_with_property():
    """Methods, properties and attributes of an object from outside."""
    m = Model(2.0)

    def f(x):
        return m.loss(x) * m.double + m(x) + Model.still(x)

    d = gradgen.grad(f)(X)
    assert np.allclose(d, 4 * 4.0 * m.w * X + 4.0 * m.w * X + 6 * X**2)


@case("an attribute of an argument object is written", Params(X, 2.0))
def attribute_written(p):
    p.b = p.b * p.b
    return np.sum(p.w) * p.b


def doubled(method):
    @wraps(method)
    def inner(*args, **kwargs):
        return 2.0 * method(*args, **kwargs)

    return inner


class Doubled:
    factor = 3.0

    @doubled
    def loss(self, x):
        return self.factor * x**2

    @classmethod
    @doubled
    def of_the_class(cls, x):
        return cls.factor * x**3


def test_a_method_under_a_decorator_that_takes_any_arguments():
    """The object is the first of the arguments, which argnums do not count."""
    model = Doubled()
    model.factor = 5.0
    assert gradgen.grad(model.loss)(2.0) == 40.0
    assert gradgen.grad(Doubled.of_the_class)(2.0) == 72.0
    assert gradgen.hvp(model.loss)((2.0,), (1.0,)) == 20.0
    model.factor = 1.0
    assert gradgen.grad(model.loss)(2.0) == 8.0


def test_decorated_method():
    """The decorator on a method."""

    class Net:
        def __init__(self, k):
            self.k = k

        @gradgen.grad(argnums=1)
        def loss(self, x):
            return self.k * x * x

    assert Net(2.0).loss(3.0) == 12.0
    assert Net(5.0).loss(3.0) == 30.0


@case(
    "a dict of attributes taken before one is set", 1.3, outcome="refused", words=("taken before",)
)
def old_attributes(x):
    m = Model(x)
    taken = vars(m)
    m.k = x * 5
    return taken["k"] * x


@pytest.mark.parametrize("pitfall", case)
def test_right_or_refused(pitfall: Pitfall) -> None:
    check(pitfall)
