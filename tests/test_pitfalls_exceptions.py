"""Exceptions of the user's own computation keep their type and name the line."""

from __future__ import annotations

import contextlib
import functools
import math

import numpy as np
import pytest

import gradgen
from tests.pitfalls import Pitfall, Pitfalls, check

case = Pitfalls()


X = np.array([0.6, -1.3, 2.1, 0.4])


class Custom(Exception):
    def __init__(self, a, b):
        super().__init__(a, b)


class Plain:
    pass


M = np.array([[0.5, -1.0, 2.0], [1.5, 0.3, -0.4], [0.7, 0.9, -1.1]])


def _deep_helper(v):
    w = v - 1.0
    return 1.0 / w  # helper line


@case("an index out of range", X, raises=IndexError)
def index_error(x):
    s = 0.0
    for i in range(5):
        s += x[i] * x[i]  # here
    return s


@case("functools.reduce of a list that stays empty", X, raises=TypeError)
def reduce_of_nothing(x):
    return functools.reduce(lambda a, b: a * b, [v for v in x if v > 9])  # here


@case("functools.reduce of an empty iterator", X[:0], raises=TypeError)
def reduce_of_empty_iterator(x):
    return functools.reduce(lambda a, b: a * b, iter(x))  # here


@case("an index out of range in a store", X, 9, raises=IndexError)
def store_error(x, n):
    a = x * 1.0
    a[n] = 2.0  # here
    return np.sum(a)


@case("a division by zero", 0.0, raises=ZeroDivisionError)
def division(x):
    y = x + 1.0
    return y / x  # here


@case("a factorization that raises until there is jitter", 0.7, M)
def jitter(x, m):
    k = m @ m.T
    n, shift = len(k), 0.0
    for _ in range(8):
        try:
            factor = np.linalg.cholesky(k - x * np.eye(n) + shift * np.eye(n))
            break
        except np.linalg.LinAlgError:
            shift = max(2.0 * shift, 0.5 * x)
    return np.sum(np.log(np.diag(factor)))


@case("singular matrices that are caught", 0.7, M)
def singular(x, k):
    s = 0.0
    for a in (x * np.outer(k[0], k[0]) * 0.0, x * k):
        try:
            s += np.sum(np.linalg.inv(a)) + np.linalg.solve(a, k[1])[0]
        except np.linalg.LinAlgError:
            s += x**2
    return s


@case("an operator on a dict", 0.7, raises=TypeError)
def operator_on_a_dict(x):
    held = {"a": x} if x > 0 else x
    held /= 2.0  # here
    return held


@case("an operator on an object of a class without it", X, raises=TypeError)
def operator_on_an_object(x):
    class_free = Plain()
    for k in range(3):
        if k == 2:
            x = x * class_free  # here
    return np.sum(x)


@case("a key that one path sets", 0.7, raises=KeyError)
def key_of_another_path(x):
    held = {}
    if x > 2.0:
        held["a"] = x
    return held["a"] * x  # here


@case("an attribute that one path sets", 0.7, raises=AttributeError)
def attribute_of_another_path(x):
    held = Plain()
    while x < 0.0:
        held.level = x
        x += 1.0
    return held.level * x  # here


@case("a domain error of math", -1.0, raises=ValueError)
def domain(x):
    y = x * 2.0
    return math.sqrt(y) * x  # here


@case("an overflow of math", 1000.0, raises=OverflowError)
def overflow(x):
    return math.exp(x)  # here


@case("a raise of the user's", -1.0, raises=ValueError)
def user_raise(x):
    if x < 0.0:
        raise ValueError("x must not be negative")  # here
    return x * x


@case("a raise with a formatted message", -1.0, raises=RuntimeError)
def formatted_raise(x):
    if x < 0.0:
        raise RuntimeError(f"bad x={x:.3f} at {'step'!r}")  # here
    return x * x


@case("a raise of an own class with two arguments", -1.0, raises=Custom)
def custom_raise(x):
    if x < 0.0:
        raise Custom("negative", 3)  # here
    return x * x


@case("a raise of a class without arguments", -1.0, raises=StopIteration)
def class_raise(x):
    if x < 0.0:
        raise StopIteration  # here
    return x * x


@case("a failing assert", -1.0, raises=AssertionError)
def user_assert(x):
    assert x > 0.0, "x must be positive"  # here
    return x * x


@case("a failing assert on a shape", X, raises=AssertionError)
def assert_shape(x):
    assert x.shape == (3,), f"shape {x.shape}"  # here
    return np.sum(x * x)


@case("shapes that do not broadcast", X, np.ones(3), raises=ValueError)
def broadcast_error(x, y):
    z = x * 2.0
    return np.sum(z * y)  # here


@case("shapes that do not match in a product", M, X, raises=ValueError)
def matmul_error(m, x):
    return np.sum(m @ x)  # here


def test_error_in_helper():
    """An exception inside a helper names the helper's line."""

    def f(x):
        return _deep_helper(x) * x

    try:
        gradgen.grad(f)(1.0)
        raise AssertionError
    except ZeroDivisionError as error:
        notes = "\n".join(getattr(error, "__notes__", []))
        line = _deep_helper.__code__.co_firstlineno + 2
        assert f"test_pitfalls_exceptions.py:{line}" in notes, notes


@case("a key that is not there", {"w": X}, raises=KeyError)
def key_error(p):
    return np.sum(p["v"] * p["w"])  # here


@case("an attribute that is not there", X, raises=AttributeError, outcome="either")
def attribute_error(x):
    return np.sum(x.shapes)  # here


@case("a method that lists have, of a tuple", X, raises=AttributeError)
def tuple_copied(x):
    pair = (x[0], 2.0)
    return x[1] * sum(pair.copy())  # here


@case("a method that lists have, of an array", X, raises=AttributeError, outcome="either")
def array_asked_for_an_index(x):
    return x[1] * x.index(2.0)  # here


@case("an attribute that a module has not", X, raises=AttributeError)
def attribute_of_a_module(x):
    return np.nope(x) if x[0] > 0.0 else np.sum(x)  # here


@case("an attribute that a module has not, asked by its name", X, raises=AttributeError)
def attribute_by_name(x):
    return getattr(np, "nope")(x)  # here


@case("an attribute that a module has not, caught", X)
def attribute_caught(x):
    try:
        transform = np.nope
    except AttributeError:
        transform = np.sin
    return np.sum(transform(x))


@case("a raise in a block that suppresses it, inside of one that catches it", X)
def suppressed_before_it_is_caught(x):
    s = x[0]
    for v in x:
        try:
            with contextlib.suppress(ValueError):
                if v < 0.0:
                    raise ValueError
                s += v * v
            s *= x[2]
        except ValueError:
            s += 7.0
    return s


@case("keys of a dict, backwards, as one text", 0.7)
def keys_as_a_text(x):
    held = {"a": x, "b": x**2}
    return held["".join(reversed(list(held)))[0]] * x


@case("a name that is not there", X, raises=NameError, outcome="either")
def name_error(x):
    return np.sum(x) * not_there  # noqa: F821  # here


@case("too many values to unpack", X, raises=ValueError)
def unpack_error(x):
    a, b, c = x  # here
    return a * b * c


@case("a fixed index out of range of a literal tuple", X, raises=IndexError)
def tuple_index_error(x):
    t = (x[0], x[1])
    return t[2] * x[0]  # here


@case("a text where a number is needed", 0.5, raises=TypeError, outcome="either")
def type_error(x):
    y = x + "a"  # here
    return y


@case("pop from an empty list", 0.5, 3, raises=IndexError)
def pop_error(x, n):
    items = []
    items.append(x * x)
    for i in range(n):
        x = items.pop()  # here
    return x


@case("a raise inside a loop inside a branch", X, raises=ValueError)
def raise_deep(x):
    s = 0.0
    for i in range(4):
        s = s + x[i]
        if s > 1.0:
            if i > 1:
                raise ValueError("too large")  # here
    return s


@case("wrong number of arguments for a helper", 0.5, raises=TypeError, outcome="either")
def call_error(x):
    return _deep_helper(x, x)  # here


@case("bare raise and raise from", -0.5, raises=ValueError)
def raise_from(x):
    if x < 0.0:
        raise ValueError("no") from None  # here
    return x


def test_exception_leaves_arguments():
    """An exception half way leaves the caller's array as it was."""

    def f(x):
        x[0] = 100.0
        if x[1] < 0.0:
            raise ValueError("stop")
        return np.sum(x * x)

    x = X.copy()
    g = gradgen.grad(f)
    try:
        g(x)
        raise AssertionError
    except ValueError as error:
        assert str(error) == "stop"
    assert np.array_equal(x, X)
    x[1] = 2.0
    assert np.allclose(g(x)[1:], 2 * x[1:])


def test_traceback_shows_generated_line():
    """The traceback can show the generated line."""
    import traceback

    def f(x):
        return 1.0 / (x - 1.0)

    try:
        gradgen.grad(f)(1.0)
    except ZeroDivisionError as error:
        text = "".join(traceback.format_exception(error))
        assert "/ (x - 1.0)" in text, text
        assert "test_pitfalls_exceptions.py" in text


@case("the message of an assertion that holds is not asked for", np.abs(X))
def silent_assertions(x):
    said = []

    def tell(v):
        said.append(v)
        return v

    def never():
        raise KeyError("never asked for")

    assert tell(x[0]) > 0 or tell(x[1]) > 0, tell(x[2])
    assert x[1] > 0, said.pop()
    assert x[2] > 0, never()
    return sum(said) * len(said) + x[3] ** 2


@case("the message of an assertion that fails is computed", X, raises=AssertionError)
def telling_assertion(x):
    said = []

    def tell(v):
        said.append(v)
        return len(said)

    assert x[0] < 0, tell(x[2])  # here
    return x[0]


@pytest.mark.parametrize("pitfall", case)
def test_right_or_refused(pitfall: Pitfall) -> None:
    check(pitfall)


def test_errors_on_paths_not_taken() -> None:
    """What would raise on a path that is not taken does no harm, and raises where it is."""

    def entry(x):
        t = (x, x * x)
        if x > 10.0:
            return t[5]
        return t[0] * t[1]

    def key(x):
        d = {"a": x}
        return d["b"] if x > 10.0 else d["a"] * x

    def many(x):
        if x > 10.0:
            a, b = x, x, x
            return a * b
        return x * x

    def scaled(x, by=1.0):
        return x * by

    def arguments(x):
        for _ in range(2):
            if x > 10.0:
                return scaled(x, x, x)
            x = scaled(x, by=x)
        return x

    for order, slope in (
        (gradgen.grad(arguments), 32.0),
        (gradgen.grad(gradgen.grad(arguments)), 48.0),
    ):
        assert order(2.0) == slope
        with pytest.raises(TypeError, match="takes from 1 to 2 positional arguments but 3 were"):
            order(20.0)
    assert gradgen.grad(entry)(2.0) == 12.0
    assert gradgen.grad(many)(2.0) == 4.0
    with pytest.raises(IndexError, match="tuple index out of range"):
        gradgen.grad(entry)(20.0)
    with pytest.raises(ValueError, match="too many values to unpack"):
        gradgen.grad(many)(20.0)
    assert gradgen.grad(key)(2.0) == 4.0
    with pytest.raises(KeyError, match="b"):
        gradgen.grad(key)(20.0)


def test_loop_that_an_exception_ends():
    """A read that stops a loop without an end is kept, though the gradient does not need it."""

    def summed(x):
        s, i = 0.0, 2
        while True:
            s += x[i] ** 2
            i += 1
        return s

    for made in (gradgen.grad(summed), gradgen.value_and_grad(summed)):
        with pytest.raises(IndexError, match="out of bounds"):
            made(X)


def test_compiled_code_names_the_line():
    """What Numba raises has a note with the line; of an index, that it is not known."""
    pytest.importorskip("numba")

    def negative(x):
        if x[0] < 0.0:
            raise ValueError("below")  # the line
        return x[int(x[1])]

    made = gradgen.grad(negative, backend="numba")
    with pytest.raises(ValueError, match="below") as caught:
        made(-X)
    assert 'raise ValueError("below")  # the line' in caught.value.__notes__[0]
    with pytest.raises(IndexError) as unknown:
        made(np.array([1.0, 7.0]))
    assert "'negative'" in unknown.value.__notes__[0]


def test_refusal_that_stands_further_down():
    """Where lengths would help, but something else does not, the message is about that."""

    def grouped(x):
        held = {}
        for i, v in enumerate(x):
            held.setdefault(i % 2, []).append(v)
        return held[0][1] * np.einsum_path("i->", x)

    with pytest.raises(gradgen.GradgenError, match="einsum_path"):
        gradgen.grad(grouped)(X)


def test_attribute_that_is_not_there():
    """Python's AttributeError, with the line; of an object that stands outside, too."""

    class Holder:
        def __init__(self, a):
            self.a = a

    outside = Holder(2.0)

    def inside(x):
        held = Holder(x[0])
        return held.a * held.b

    def from_outside(x):
        return x[0] * outside.b

    def deleted(x):
        held = Holder(x[0])
        del held.a
        return held.a

    for function in (inside, from_outside, deleted):
        with pytest.raises(AttributeError, match="'Holder' object has no attribute") as caught:
            gradgen.grad(function)(X)
        assert "test_pitfalls_exceptions.py" in caught.value.__notes__[0]
