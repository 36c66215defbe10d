"""Results and arguments that have no derivative, and options that make no sense."""

from __future__ import annotations

import numpy as np
import pytest

import gradgen
from tests.pitfalls import Pitfall, Pitfalls, check

case = Pitfalls()


X = np.array([0.6, -1.3, 2.1, 0.4])


def _refused(arg, *words, f=lambda x: np.sum(x * 1.0), **options):
    try:
        got = gradgen.grad(f, **options)(arg)
    except gradgen.ArgumentError as error:
        text = str(error)
        assert "Way out" in text, text
        for word in ("x", *words):
            assert word in text, text
        return
    except gradgen.GradgenError as error:
        text = str(error)
        assert "Way out" in text, text
        return
    raise AssertionError(f"accepted {arg!r}: {got!r}")


def test_missing_argument():
    """A missing or an unknown argument is Python's own TypeError."""

    def f(a, b):
        return a * b

    for args, kwargs in (((1.0,), {}), ((1.0, 2.0, 3.0), {}), ((1.0,), {"c": 2.0})):
        try:
            gradgen.grad(f)(*args, **kwargs)
        except TypeError as error:
            assert any(w in str(error) for w in ("b", "positional", "c")), error
        else:
            raise AssertionError("accepted")


@case("an array as result", X, outcome="refused", words=("sum",))
def array_result(x):
    return x * x


@case("an array of one number as result", X, outcome="refused")
def one_number_result(x):
    return x[:1] * x[1]


@case("a tuple as result", X, outcome="refused", words=("tuple",))
def tuple_result(x):
    return np.sum(x), x[0]


@case("nothing as result", X, outcome="refused", words=("None",))
def none_result(x):
    np.sum(x)


@case("nothing as result on the path taken", -0.5, raises=TypeError, words=("returned None",))
def none_on_path(x):  # here
    if x > 0.0:
        return x * x


@case("a number on the path taken, nothing on another", 0.5)
def none_on_other_path(x):
    if x > 0.0:
        return x * x


@case("text as result", 0.5, outcome="refused")
def text_result(x):
    return "x"


@case("a bool as result", 0.5, outcome="refused", words=("truth value",))
def bool_result(x):
    return x > 0.0


@case("an integer as result", 2.5)
def int_result(x):
    return int(x)


@case("a complex number as result", 0.5, outcome="refused", words=("complex",))
def complex_result(x):
    return x * 1j


@case("a dict as result", 0.5, outcome="refused", words=("dict",))
def dict_result(x):
    return {"loss": x * x}


@case("a matrix of one by one as result", X, outcome="refused")
def matrix_result(x):
    return x.reshape(1, 4) @ x.reshape(4, 1)


@case("a number or an array, depending on the path", X)
def number_or_array(x):
    if x[0] > 0.0:
        return np.sum(x)
    return x


@case(
    "auxiliaries without has_aux, and has_aux without auxiliaries",
    X,
    has_aux=True,
    outcome="refused",
)
def no_aux(x):
    return np.sum(x)


@case("has_aux with three results", X, has_aux=True, outcome="refused")
def three_results(x):
    return np.sum(x), x, 3


def test_complex_argument():
    """Complex numbers and arrays as arguments."""
    for arg in (1j, np.array([1j]), np.complex64(1.0), {"w": 1j}):
        _refused(arg, "complex")


def test_none_argument():
    """None, text and objects as differentiated arguments."""
    for arg in (None, "text", b"x", object(), {1.0, 2.0}, lambda v: v, np, iter([1.0]), 1 + 0j):
        _refused(arg)


def test_strange_arrays():
    """Object, text, datetime, half and long double arrays."""
    for arg in (
        np.array([1.0, None]),
        np.array(["a"]),
        np.array(["2020-01-01"], dtype="M8[D]"),
        np.ones(2, np.float16),
        np.ones(2, np.longdouble),
        np.array([(1.0, 2)], dtype=[("a", float), ("b", int)]),
    ):
        _refused(arg)


def test_array_subclasses():
    """Masked arrays, matrices and other subclasses."""
    for arg in (
        np.ma.array([1.0, 2.0], mask=[True, False]),
        np.matrix([[1.0, 2.0]]),
        np.ones(2).view(type("Mine", (np.ndarray,), {})),
    ):
        try:
            d = gradgen.grad(lambda x: np.sum(x * x))(arg)
        except gradgen.GradgenError as error:
            assert "Way out" in str(error)
        else:
            # the plain function's own slopes, whatever the class does with *
            raise AssertionError(f"accepted {type(arg).__name__}: {d!r}")


def test_int_argument_words():
    """An int where a float was meant says how to pass a float."""
    _refused(3, "int", "float", f=lambda x: x * x)


def test_fraction_and_decimal():
    """Fraction and Decimal."""
    from decimal import Decimal
    from fractions import Fraction

    for arg in (Fraction(1, 3), Decimal("0.5")):
        _refused(arg, f=lambda x: x * x)


def test_bad_argnums():
    """Argnums that make no sense."""

    def f(a, b):
        return a * b

    for bad in (5, -3, (0, 7), "a", 1.0, (), (0, 0), True, [0, 0], (0, -2), {0}, (0, "b")):
        try:
            got = gradgen.grad(f, argnums=bad)(1.0, 2.0)
        except gradgen.GradgenError as error:
            assert "argnums" in str(error) and "Way out" in str(error), (bad, error)
        except (TypeError, ValueError) as error:
            raise AssertionError((bad, type(error).__name__, str(error)))
        else:
            raise AssertionError((bad, got))


def test_bad_argnames():
    """Argnames that make no sense."""

    def f(a, b):
        return a * b

    for bad in ("c", ("a", "c"), ("a", "a"), 3, (), (1,)):
        try:
            got = gradgen.grad(f, argnames=bad)(1.0, 2.0)
        except gradgen.GradgenError as error:
            assert "argnames" in str(error) and "Way out" in str(error), (bad, error)
        else:
            raise AssertionError((bad, got))


def test_both_argnums_and_argnames():
    """Argnums and argnames together; unknown options; grad of a number."""

    def f(a, b):
        return a * b

    try:
        gradgen.grad(f, argnums=0, argnames="a")
        raise AssertionError
    except gradgen.GradgenError as error:
        assert "argnums" in str(error) and "Way out" in str(error)
    try:
        gradgen.grad(3.0)
        raise AssertionError
    except gradgen.GradgenError as error:
        assert "Way out" in str(error), error


def test_mode_of_emit():
    """A bad mode, a bad path."""

    def f(a):
        return a * a

    for options in ({"mode": "x"}, {"path": 3.5}):
        try:
            gradgen.emit(f, **options)
        except gradgen.GradgenError as error:
            assert "Way out" in str(error), error
        else:
            raise AssertionError(options)


def test_argnum_of_passive():
    """Argnums that chooses text or a container without floats."""

    def f(a, b):
        return a * len(b)

    for arg in ("text", [], (), {}, [1, 2], {"k": 1}):
        try:
            gradgen.grad(f, argnums=1)(1.0, arg)
        except gradgen.GradgenError as error:
            assert "b" in str(error) and "Way out" in str(error), error
        else:
            raise AssertionError(arg)


@pytest.mark.parametrize("pitfall", case)
def test_right_or_refused(pitfall: Pitfall) -> None:
    check(pitfall)


def test_calls_that_do_not_fit() -> None:
    """Too many or too few arguments, and arguments that are no tuple of them."""

    def f(x, y=2.0):
        return x * x * y

    for call in (
        lambda: gradgen.grad(f)(),
        lambda: gradgen.grad(f)(1.0, 2.0, 3.0),
        lambda: gradgen.grad(f)(1.0, z=2.0),
        lambda: gradgen.grad(f)(1.0, x=2.0),
        lambda: gradgen.emit(f, example_args=(1.0, 2.0, 3.0)),
        lambda: gradgen.emit(f, example_args=3.0),
        lambda: gradgen.check(f, 3.0),
        lambda: gradgen.check(f, ()),
    ):
        with pytest.raises(gradgen.ArgumentError, match="Way out: "):
            call()
    assert gradgen.check(f, (3.0,), argnums=1).ok


def first_above(xs, bound):
    """A guard says that a name has a value, which two tests together decide."""
    found, result = False, None
    for v in xs:
        if v > bound:
            found, result = True, v * v
            break
    if not found:
        result = bound * np.sum(xs)
    if result is None:
        raise ValueError("no result")
    return result, 2.0 * bound


@pytest.mark.parametrize(("bound", "expected"), [(0.2, [0.0, 1.0, 0.0]), (0.9, [0.9, 0.9, 0.9])])
def test_items_that_a_guard_knows(bound: float, expected: list[float]) -> None:
    xs = np.array([0.1, 0.5, -0.2])
    value, pullback = gradgen.vjp(first_above)(xs, bound)
    assert value == first_above(xs, bound)
    np.testing.assert_allclose(pullback((1.0, 0.0)), expected)


def test_texts_of_second_derivatives_before_a_call():
    """Without a call, the text of a derivative's derivative needs the types: by annotations."""

    def loss(x):
        return x * x * x

    def typed(x: float):
        return x * x * x

    makers = (
        gradgen.hvp,
        gradgen.hessian,
        lambda f: gradgen.grad(gradgen.grad(f)),
        lambda f: gradgen.jacfwd(gradgen.grad(f)),
    )
    for make in makers:
        with pytest.raises(gradgen.GradgenError, match="the type of 'x' is not known") as caught:
            _ = make(loss).source
        assert "def loss(x):" in str(caught.value)
        assert "Specialised to:  x float" in make(typed).source
