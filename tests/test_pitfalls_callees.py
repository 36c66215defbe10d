"""Functions that cannot be seen into, and effects on what stands outside."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest

import gradgen
from tests.pitfalls import Pitfall, Pitfalls, check

case = Pitfalls()


X = np.array([0.6, -1.3, 2.1, 0.4])


_ufunc = np.frompyfunc(lambda v: v * v, 1, 1)


_vectorised = np.vectorize(lambda v: v * v)


M = np.array([[0.5, -1.0, 2.0], [1.5, 0.3, -0.4], [0.7, 0.9, -1.1]])


class Foreign:
    def __init__(self, v):
        self.v = v

    def __mul__(self, other):
        return 3.0 * self.v * other

    __rmul__ = __mul__


FOREIGN = Foreign(2.0)


LOG = []


COUNT = 0


TABLE = np.zeros(3)


class Counter:
    n = 0.0


COUNTER = Counter()


@case("json of a number", 0.5, words=("json",), outcome="either")
def through_json(x):
    return json.loads(json.dumps(x)) * x


@case("eval of text", 0.5, words=("eval",), outcome="either")
def through_eval(x):
    return eval("x * x")


@case("exec of text", 0.5, words=("exec",), outcome="either")
def through_exec(x):
    exec("y = x * x")
    return x


@case("frompyfunc", X, outcome="either")
def through_frompyfunc(x):
    return np.sum(_ufunc(x))


@case("vectorize calls the first time twice", X, outcome="refused", words=("otypes=[float]",))
def vectorize_with_effects(x):
    seen = []

    def square(v):
        seen.append(v)
        return v * v

    return np.vectorize(square)(x).sum() + len(seen)


@case("vectorize with a dtype calls each time once", X)
def vectorize_of_floats(x):
    count = 0.0

    def square(v):
        nonlocal count
        count += v
        return v * count

    return np.vectorize(square, otypes=[float])(x).sum() + count


@case("vectorize", X, outcome="either")
def through_vectorize(x):
    return np.sum(_vectorised(x))


@case("apply_along_axis", M, outcome="either")
def through_apply(m):
    return np.sum(np.apply_along_axis(np.sum, 0, m))


@case("a number made into text and back", 0.5, outcome="either")
def through_text(x):
    return float(str(x)) * x


@case("a format and float", 0.5, outcome="either")
def through_format(x):
    return float(format(x, ".17g"))


@case("getattr with a computed name", X, outcome="either")
def through_getattr(x):
    return getattr(x, "su" + "m")() * x[0]


@case("locals() and globals()", 0.5, outcome="either")
def through_locals(x):
    y = x * x
    return locals()["y"]


@case("hash, id and sorted of numbers", X)
def through_sorted(x):
    a, b, c, d = sorted(x)
    return a * 1.0 + b * 2.0 + c * 3.0 + d * 4.0


@case("np.histogram and np.unique", X, outcome="either")
def through_unique(x):
    return np.sum(np.unique(x) * np.arange(4.0))


@case("an object with operators of its own", 0.5)
def foreign_operator(x):
    return x * FOREIGN


@case("np.interp with numbers that are differentiated", 0.5, X, outcome="either")
def through_interp(t, x):
    return np.interp(t, np.array([0.0, 0.3, 0.8, 1.0]), x)


@case("a dunder method called by name", 0.5, outcome="either")
def dunder(x):
    return x.__mul__(x)


@case("time and other numbers from outside", 0.5, outcome="either")
def outside_numbers(x):
    return x * (time.time() * 0.0 + 1.0)


@case("a global list that is appended to", 0.5, outcome="either")
def appends_global(x):
    LOG.append(1)
    return x * x


def test_effect_once():
    """An effect on a global list happens once or is refused."""
    log = []

    def f(x):
        log.append(x)
        return x * x

    try:
        d = gradgen.grad(f)(3.0)
    except gradgen.GradgenError as error:
        assert "Way out" in str(error)
        assert log == []
    else:
        assert d == 6.0 and log == [3.0]


def test_print_once(capsys=None):
    """Print happens once, in order, or is refused."""
    import contextlib
    import io

    def f(x):
        print("a", x)
        y = x * x
        print("b", y)
        return y

    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            assert gradgen.grad(f)(3.0) == 6.0
    except gradgen.GradgenError as error:
        assert "Way out" in str(error)
    else:
        assert out.getvalue() == "a 3.0\nb 9.0\n"


@case("a global counter", 0.5, outcome="either")
def counts_global(x):
    global COUNT
    COUNT += 1
    return x * x


@case("a mutable default that grows", 0.5, outcome="either")
def mutable_default(x, seen=[]):
    seen.append(x)
    return x * len(seen)


@case("a store into a captured array", 0.5, outcome="either")
def store_captured(x):
    TABLE[0] = x
    return TABLE[0] * x


@case("an attribute of a captured object is written", 0.5, outcome="either")
def attribute_captured(x):
    COUNTER.n = x
    return COUNTER.n * x


@pytest.mark.parametrize("pitfall", case)
def test_right_or_refused(pitfall: Pitfall) -> None:
    check(pitfall)
