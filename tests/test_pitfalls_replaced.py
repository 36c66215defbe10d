"""What is replaced where it stands, after a gradient was made: code, defaults, methods, contents.

Notebooks that load files again do so to functions and classes that others hold.
"""

from __future__ import annotations

import functools

import numpy as np

import gradgen


def test_code_of_the_loss():
    """Another code in the same function, with other parameters and defaults."""

    def loss(x, k=2.0):
        return x * x * k

    def other(y, *, k=3.0):
        return y * k

    g, h = gradgen.grad(loss), gradgen.hessian(loss)
    assert (g(1.0), h(1.0)) == (4.0, 4.0)
    loss.__code__, loss.__defaults__, loss.__kwdefaults__ = other.__code__, None, {"k": 3.0}
    assert (g(1.0), g(y=1.0), h(1.0)) == (3.0, 3.0, 0.0)
    loss.__kwdefaults__["k"] = 5.0
    assert g(1.0) == 5.0


def test_defaults_under_second_derivatives_and_in_losses():
    """Defaults of a function whose derivative a loss calls, or that is differentiated again."""

    def cubed(x, k=2.0):
        return k * x**3

    slope = gradgen.grad(cubed)

    def loss(x):
        return slope(x) * x

    g, twice, forward = gradgen.grad(loss), gradgen.grad(slope), gradgen.jvp(cubed)
    assert (g(1.0), twice(1.0), forward((1.0,), (1.0,))[1]) == (18.0, 12.0, 6.0)
    cubed.__defaults__ = (1.0,)
    assert (g(1.0), twice(1.0), forward((1.0,), (1.0,))[1]) == (9.0, 6.0, 3.0)


class Scaled:
    """What the tests below replace parts of."""

    def __init__(self, a):
        self.a = a

    def __add__(self, other):
        return self.a + other

    def scaled(self, x):
        return self.a * x

    @property
    def double(self):
        return 2.0 * self.a

    @staticmethod
    def half(x):
        return 0.5 * x


HELD = Scaled(3.0)


def of_held(x):
    """Methods of an object from outside."""
    return HELD.scaled(x) + HELD.double * x + Scaled.half(x)


def of_made(x):
    """Methods of an object that is made here."""
    made = Scaled(x)
    return (made + 1.0) * made.double + made.scaled(x) + made.half(x)


def of_given(p):
    """Methods of an argument."""
    return (p + 1.0) * p.double + p.scaled(2.0)


def _slope(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / (2.0 * h)


def test_methods_replaced(monkeypatch):
    """Each method, property and operator of a class in its turn, and one that is new."""
    held, made, given = map(gradgen.grad, (of_held, of_made, of_given))
    new = {
        "scaled": lambda self, x: self.a * x * x,
        "double": property(lambda self: 5.0 * self.a),
        "half": staticmethod(lambda x: x * x),
        "__add__": lambda self, other: self.a * self.a * other,
        "__init__": lambda self, a: setattr(self, "a", 3.0 * a),
        "double ": None,
    }
    for name, value in {"": None, **new}.items():
        if value is not None:
            monkeypatch.setattr(Scaled, name, value)
        np.testing.assert_allclose(held(1.3), _slope(of_held, 1.3), rtol=1e-8)
        np.testing.assert_allclose(made(1.3), _slope(of_made, 1.3), rtol=1e-8)
        p = Scaled(0.7)
        by_a = _slope(lambda a, kind=type(p): of_given(_with(kind, a)), p.a)
        np.testing.assert_allclose(given(p).a, by_a, rtol=1e-8)


def _with(kind, a):
    out = kind.__new__(kind)
    out.a = a
    return out


def test_the_class_of_a_callable_object():
    """``__call__`` of the object that is differentiated."""

    class Layer:
        def __init__(self):
            self.w = np.array([1.0, 2.0])

        def __call__(self, x):
            return np.sum(self.w * x)

    layer = Layer()
    g, x = gradgen.grad(layer), np.ones(2)
    np.testing.assert_array_equal(g(x), [1.0, 2.0])
    Layer.__call__ = lambda self, x: np.sum(self.w * x * x)
    np.testing.assert_array_equal(g(x), [2.0, 4.0])


def test_data_of_a_class_that_the_loss_does_not_read():
    """What a class counts elsewhere makes no new module."""
    g = gradgen.grad(of_held)
    g(1.3)
    text = g.program
    Scaled.count = 1
    g(1.3)
    Scaled.count += 1
    g(1.3)
    del Scaled.count
    g(1.3)
    assert g.program is text


def test_contents_of_sets_and_keys_of_dicts():
    """A set, the keys of a dict with the same items, and attributes that come later."""
    names, table = {"a", "b"}, {"a": 2.0}

    class Plain:
        pass

    held = Plain()

    def loss(x):
        by_name = 2.0 if "a" in names else 3.0
        by_key = 5.0 if "a" in table else 7.0
        by_attribute = held.k if hasattr(held, "k") else 11.0
        return x * by_name * by_key * by_attribute * getattr(held, "z", 1.0)

    g = gradgen.grad(loss)
    assert g(1.0) == 110.0
    names.discard("a")
    assert g(1.0) == 165.0
    table["b"] = table.pop("a")
    assert g(1.0) == 231.0
    held.k = 1.0
    assert g(1.0) == 21.0
    held.z = 2.0
    assert g(1.0) == 42.0


def test_what_is_registered_later():
    """A class that ``singledispatch`` gets to know."""

    @functools.singledispatch
    def act(v):
        return 2.0 * v

    def loss(x):
        return act(x)

    g = gradgen.grad(loss)
    assert g(1.0) == 2.0
    act.register(float)(lambda v: 7.0 * v)
    assert g(1.0) == 7.0


def test_an_array_of_another_shape_in_its_place():
    """The axes of an array from outside, which NumPy lets programs change."""
    weights = np.arange(6.0)

    def loss(x):
        return np.sum(x * weights) if weights.ndim == 1 else np.sum(x @ weights)

    g = gradgen.grad(loss)
    np.testing.assert_array_equal(g(np.ones(6)), weights)
    weights.resize((6, 1), refcheck=False)
    np.testing.assert_array_equal(g(np.ones(6)), np.arange(6.0))


class Called:
    """An object that is called."""

    def __init__(self, a):
        self.a = a

    def __call__(self, x):
        return self.a * x


def asks_what_is_called(x, given):
    """Each of these factors would be another one if ``callable`` were wrong."""
    inside = [Called(x), given, given.__call__, gradgen.grad(np.sin), [x].append, np.poly1d([x])]
    plain = [x, [x], "a", None, {"a": x}, np.array([x])]
    total = x
    for thing in inside:
        total *= 2.0 if callable(thing) else 3.0
    for thing in plain:
        total *= 5.0 if callable(thing) else 7.0
    return total


def test_callable():
    """Objects with ``__call__`` are callable, made here or given."""
    value, slope = gradgen.value_and_grad(asks_what_is_called)(0.5, Called(2.0))
    assert value == asks_what_is_called(0.5, Called(2.0))
    np.testing.assert_allclose(slope, 2.0**6 * 7.0**6, rtol=1e-12)


KEY = functools.cmp_to_key(lambda a, b: a - b)


def sorted_by_comparison(x):
    """A key that cannot be read, and whose ``==`` raises."""
    return sorted(x, key=KEY)[0] * KEY(2.0)  # here


def test_what_raises_where_it_is_compared():
    """The message names the place."""
    import pytest

    with pytest.raises(gradgen.GradgenError, match=r"test_pitfalls_replaced\.py:\d+"):
        gradgen.grad(sorted_by_comparison)(np.array([2.0, 1.0]))
