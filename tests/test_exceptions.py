"""Exceptions of the user's function come out with their own types and messages."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from tests import checks
from tests.corpus import lang_error_texts as texts
from tests.corpus.lang_transitions import missing_member


class DivergedError(ArithmeticError):
    """An exception of the user's own."""


def formatted(x):
    total = 0.0
    for i in range(len(x)):
        if x[i] < 0.0:
            raise ValueError(f"entry {i} of {len(x)} is {x[i]:.2f}")
        total += x[i] ** 2
    return total


def own_class(x):
    if np.sum(x) < 0.0:
        size = np.sum(x * x)
        raise DivergedError("size %.3f" % size, x.shape)  # noqa: UP031
    return np.sum(x)


def not_found(x):
    for i in range(len(x)):
        if x[i] > 0.0:
            return x[i] ** 2
    raise LookupError("nothing above zero in " + str(len(x)))


def in_else(x):
    if x[0] > 0.0:
        y = x[0] ** 2
    elif x[1] > 0.0:
        y = x[1]
    else:
        raise FloatingPointError
    return y * y


def asserted(x):
    assert x[0] > 0.0, f"first is {x[0]}"
    return np.sum(x * x)


def unassigned(x):
    if x[0] > 0.0:
        y = x[1]
    return y * x[1]


def unassigned_loop(x):
    for i in range(int(x[0] > 0.0)):
        y = x[i]
    return y * i


def unpacked(x):
    if x[0] < 0.0:
        x = x[:1]
    a, b = x
    return a * b


def kernel(kind, x):
    if kind == "square":
        return x * x
    raise ValueError(f"unknown kernel {kind!r}")


def known_to_fail(x):
    return np.sum(kernel("cube", x))


def raised_again(x):
    for i in range(3):
        try:
            if x[0] < 0.0:
                raise DivergedError("below", i)
            y = math.sqrt(float(x[1]))
            break
        except DivergedError:
            if i == 1:
                raise
    return y * x[0]


def raised_by_name(x):
    try:
        y = 1.0 / math.log(float(x[0]))
    except (ValueError, ZeroDivisionError) as error:
        if x[1] < 0.0:
            raise error
        y = x[1]
    return y * x[0]


GOOD, BAD = (0.5, 0.7), (-0.5, -0.7)


@pytest.mark.parametrize(
    "function",
    [formatted, own_class, not_found, in_else, asserted, unassigned, unassigned_loop, unpacked]
    + [raised_again, raised_by_name],
)
def test_type_and_message(function: Callable[..., Any]) -> None:
    gradient = gradgen.value_and_grad(function)
    assert gradient(np.array(GOOD))[0] == function(np.array(GOOD))
    with pytest.raises(Exception, match="") as expected:
        function(np.array(BAD))
    with pytest.raises(type(expected.value)) as caught:
        gradient(np.array(BAD))
    if function not in (asserted, unassigned, unassigned_loop, unpacked):
        assert caught.value.args == expected.value.args


def test_a_key_that_is_no_literal() -> None:
    with pytest.raises(KeyError, match=r"Door\.STUCK"):
        missing_member(np.array([0.5, 0.6, 0.7]), 1.0)
    with pytest.raises(KeyError, match=r"Door\.STUCK"):
        gradgen.grad(missing_member)(np.array([0.5, 0.6, 0.7]), 1.0)


def test_a_key_that_an_open_dict_has_not_got() -> None:
    def loss(xs):
        done, item = [], None
        for x in xs:
            if item is None:
                item = {"a": x}
            elif x > 0.5:
                if x > 0.8:
                    item["c"] = x
                done.append(item)
                item = None
        return sum(d["c"] * d["a"] for d in done)

    found = gradgen.grad(loss)(np.array([0.2, 0.9, 0.3, 1.1]))
    np.testing.assert_allclose(found, [0.9, 0.2, 1.1, 0.3])
    with pytest.raises(KeyError, match="'c'"):
        gradgen.grad(loss)(np.array([0.2, 0.9, 0.3, 0.6]))


def test_an_exception_known_beforehand() -> None:
    with pytest.raises(ValueError, match="unknown kernel 'cube'"):
        gradgen.grad(known_to_fail)(np.array(GOOD))


def test_a_module_on_its_own_has_the_class() -> None:
    gradient = gradgen.value_and_grad(own_class)
    gradient(np.array(GOOD))
    assert "class DivergedError(ArithmeticError)" in gradient.source
    with pytest.raises(ArithmeticError) as caught:
        checks.run_text(gradient.source, (np.array(BAD),))
    assert type(caught.value).__name__ == "DivergedError"


NOTHING = {
    "product": lambda x, y=None: x * y,
    "function": lambda x, y=None: np.sin(y) + x,
    "sign": lambda x, y=None: -y * x,
    "size": lambda x, y=None: abs(y) + x,
    "two": lambda x, y=None: np.maximum(x, y),
    "bound without the other": lambda x: np.sum(np.clip(np.array([x, 2.0 * x]), 1)),
}


@pytest.mark.parametrize("name", NOTHING)
def test_nothing_in_the_place_of_a_number(name: str) -> None:
    with pytest.raises(TypeError) as expected:
        NOTHING[name](1.5)
    with pytest.raises(TypeError) as found:
        gradgen.value_and_grad(NOTHING[name])(1.5)
    assert str(found.value) == str(expected.value)
    if hasattr(found.value, "__notes__"):
        assert "test_exceptions.py" in found.value.__notes__[0]


def area(a, b, c):
    return a * b + c


def area_of_list(x):
    items = []
    for v in x:
        items.append(v)
    return area(*items)


@pytest.mark.parametrize("count", [2, 4])
def test_a_list_has_as_many_items_as_a_call_takes(count: int) -> None:
    gradient = gradgen.grad(area_of_list)
    assert gradient(np.array([2.0, 1.0, 3.0])).tolist() == [1.0, 2.0, 1.0]
    with pytest.raises(TypeError, match=f"takes 3 arguments by .*, but {count} were given"):
        gradient(np.ones(count))


class Event:
    def __init__(self, size):
        self.size = size


def queue_of_events(x):
    queue = []
    for v in x:
        heapq.heappush(queue, (v, Event(v)))
    return heapq.heappop(queue)[1].size ** 2


def test_objects_without_an_order_are_compared_only_after_a_tie() -> None:
    gradient = gradgen.grad(queue_of_events)
    assert gradient(np.array([2.0, 1.0, 3.0])).tolist() == [0.0, 2.0, 0.0]
    tie = np.array([2.0, 1.0, 1.0])
    with pytest.raises(TypeError) as expected:
        queue_of_events(tie)
    with pytest.raises(TypeError) as found:
        gradient(tie)
    assert str(found.value) == str(expected.value)


class Model:
    def rates(self, x):
        raise NotImplementedError("rates of a model")

    def step(self, x):
        gain, loss = self.rates(x)
        return x * gain[0] - loss


def fail(x):
    raise ValueError("no such state")


def calls_that_never_return(x, case):
    if case == 1:
        return Model().step(x[0])
    if case == 2:
        names = ["a", "b"]
        names.remove("c")
        return x[0] * len(names)
    total = 0.0
    for v in x:
        if v < 0.0:
            low, high = fail(v)
            total += low * high[0]
        total += v * v
    return total


def test_nothing_is_read_of_what_a_call_that_always_raises_gives() -> None:
    gradient = gradgen.grad(calls_that_never_return)
    assert np.array_equal(gradient(np.array(GOOD), 0), 2.0 * np.array(GOOD))
    for x, case, error in ((BAD, 0, ValueError), (GOOD, 1, NotImplementedError)):
        with pytest.raises(error, match=r"no such state|rates of a model"):
            gradient(np.array(x), case)
    with pytest.raises(ValueError, match="not in list"):
        gradient(np.array(GOOD), 2)


def log_and_quotient(x):
    return math.log(x) + 1 / x


def by_argument(x):
    return (lambda p, q: q + p)(math.log(x), 1 / x)


def largest(x):
    return max(math.log(x), 1 / x)


def in_turns(x):
    total = 0.0
    for i in range(3):
        total += math.log(x - i) + 1 / (x - i)
    return total


def far_out(x):
    return math.acos(x + 2.0) + math.exp(1000.0 + x) + 1 / x


def entry_first(x):
    places = [x, 2.0 * x]
    return places[int(x) + 2] * (1 / x)


def printed_between(x):
    def half(v):
        if v > -1.0:
            raise KeyError("half")
        return 0.5 * v

    return 1 / x + half(x)


def power_first(x):
    return x**-0.5 + math.log(x)


def emptied(x):
    items = [x, x * x]
    for _ in range(3):
        y = items.pop()
    y = 2.0 * x
    return y


def not_needed(x):
    return x * x + 1 / (x * 0.0) + math.sinh(1e4)


@pytest.mark.parametrize(
    "function",
    [log_and_quotient, by_argument, largest, in_turns, far_out, entry_first, printed_between]
    + [power_first, emptied, not_needed],
)
def test_the_first_exception_is_the_one_that_is_raised(function: Callable[..., Any]) -> None:
    with pytest.raises(Exception) as expected:
        function(0.0)
    made = [gradgen.grad(function), gradgen.value_and_grad(function)]
    for gradient in [*made, gradgen.grad(gradgen.grad(function))]:
        with pytest.raises(type(expected.value)):
            gradient(0.0)


@pytest.mark.parametrize("key", [None, abs])
def test_extremes_of_a_list_that_stayed_empty(key: Callable[..., Any] | None) -> None:
    def loss(x):
        rows = [v if key is not None else (v, v) for v in x if v > 100.0]
        best = max(rows, key=key)
        return (best if key is not None else best[0]) + x[0]

    with pytest.raises(ValueError, match=r"max\(\) arg is an empty sequence"):
        gradgen.grad(loss)(np.array([1.0, 2.0]))


def raised_again(x, k):
    """Which of three exceptions is raised again, under a condition, the path decides."""
    try:
        if x < 0.5:
            raise ValueError("small")
        elif x < 1.0:
            raise KeyError("middle")
        elif x < 1.5:
            raise IndexError("large")
        y = x**2
    except (ValueError, KeyError, IndexError) as error:
        if k * x > 0.2:
            raise error
        y = 3.0 * x
    return y * x


@pytest.mark.parametrize("x", [0.1, 0.3, 0.7, 1.2, 2.0])
def test_one_of_several_exceptions_is_raised_again(x: float) -> None:
    gradient = gradgen.value_and_grad(raised_again)
    value, slope = gradient(x, 0.0)
    assert value == raised_again(x, 0.0)
    assert slope == pytest.approx((6.0 * x) if x < 1.5 else 3.0 * x**2)
    if 0.2 < x < 1.5:
        with pytest.raises((ValueError, KeyError, IndexError)) as expected:
            raised_again(x, 1.0)
        with pytest.raises(type(expected.value)):
            gradient(x, 1.0)


FAILING = {
    "skipped_entries": np.array([1.0, 0.0, 0.5]), "broadly": np.array([1.5, 0.0]),
    "too_large": np.array([1e200, 0.0, 800.0, 0.5]),
    "attempts": np.array([2.0, 0.0, -0.0]),
    "stack_and_matrix": np.array([2.0, 4.0, 8.0]),
    "of_its_own": np.array([np.nan, np.inf, -2.0]),
}  # fmt: skip


@pytest.mark.parametrize("name", texts.EXAMPLE_ARGS)
def test_what_python_says(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A handler prints what it prints without gradgen, whatever has raised."""
    function, args = getattr(texts, name), texts.EXAMPLE_ARGS[name]()
    gradient = gradgen.value_and_grad(function)
    for x in (args[0], FAILING.get(name, args[0])):
        expected = function(x, *args[1:])
        said = capsys.readouterr().out
        value, _ = gradient(x, *args[1:])
        assert np.isclose(value, expected, rtol=1e-14)
        assert capsys.readouterr().out == said


def test_what_python_says_in_another_error() -> None:
    with pytest.raises(ValueError, match="bad ratio: ") as caught:
        texts.wrapped(np.array([1.5, 0.0]))
    with pytest.raises(ValueError, match="bad ratio: ") as found:
        gradgen.grad(texts.wrapped)(np.array([1.5, 0.0]))
    assert str(found.value) == str(caught.value)


def unread_length(x, k):
    buffer = np.zeros(k - 3)
    return np.sum(x**2)


def unread_entry(x, k):
    x[k]
    last = x[k + 1]
    return np.sum(x**2)


def unread_factor(x, k):
    np.linalg.cholesky(np.array([[x[0], k], [k, x[1]]]))
    return np.sum(x**2)


def unread_shape(x, k):
    table = x.reshape(k, 2)
    return np.sum(x**2)


def inverse_before_logarithm(x, k):
    total = 0.0
    for i in range(len(x)):
        total += 1.0 / float(x[i] - k)
    return total + math.log(float(x[-1] - k))


def roots_before_inverse(x, k):
    total = 0.0
    for i in range(len(x)):
        total += math.sqrt(float(x[i]))
    inverse = 0.0
    for i in range(len(x)):
        inverse += 1.0 / (k - 3)
    return total * inverse


@pytest.mark.parametrize(
    ("function", "good", "bad"),
    [
        (unread_length, 4, 2), (unread_entry, 0, 1), (unread_factor, 1, 5), (unread_shape, 1, 3),
        (inverse_before_logarithm, 0, 2), (roots_before_inverse, 4, 3),
    ],
)  # fmt: skip
def test_nobody_reads_what_raises(function: Callable[..., Any], good: int, bad: int) -> None:
    """What raises in Python does so in the text, the first before others; else nothing changes."""
    x = np.array([3.0, 2.0])
    for mode in (gradgen.grad, gradgen.value_and_grad, gradgen.hessian):
        with np.errstate(all="ignore"), pytest.raises(Exception) as expected:
            function(x, bad)
        with pytest.raises(expected.type) as raised:
            mode(function)(x, bad)
        assert str(raised.value) == str(expected.value)
    value, gradient = gradgen.value_and_grad(function)(x, good)
    assert np.isclose(value, function(x, good))
    step = 1e-6 * np.array([0.6, -0.8])
    along = (function(x + step, good) - function(x - step, good)) / 2e-6
    assert np.isclose(gradient @ np.array([0.6, -0.8]), along, rtol=1e-7)


def told_of_a_power(x, n, k):
    try:
        y = x * n**k + x * pow(n, k)
    except ZeroDivisionError as error:
        print(error)
        y = 3.0 * x
    return y


def test_what_is_said_of_a_power_of_whole_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    gradient = gradgen.grad(told_of_a_power)
    assert gradient(2.0, 3, 2) == 18.0
    assert gradient(2.0, 0, -1) == 3.0
    said = capsys.readouterr().out
    told_of_a_power(2.0, 0, -1)
    assert said == capsys.readouterr().out != ""


def fails_late(x, d, n):
    s = 0.0
    for i in range(n):
        s += x[i] ** 2
    return s / d


def test_the_error_of_the_loss_comes_before_that_of_the_sweep() -> None:
    x = np.array(GOOD)
    for derive in (gradgen.grad(fails_late), gradgen.value_and_grad(fails_late)):
        with pytest.raises(IndexError, match="index 2 is out of bounds") as caught:
            derive(x, 0.0, 3)
        assert "test_exceptions.py" in caught.value.__notes__[0]
    with pytest.raises(IndexError, match="index 2 is out of bounds"):
        gradgen.hvp(fails_late)((x, 0.0, 3), (x,))


def test_a_slope_by_a_zero_of_pythons_own_says_why_it_fails() -> None:
    x = np.array(GOOD)
    with pytest.raises(ZeroDivisionError) as caught, np.errstate(all="ignore"):
        gradgen.grad(fails_late)(x, 0.0, 2)
    where, why = caught.value.__notes__
    assert "in the derivative of this line of 'fails_late'" in where
    assert "Way out: divide by a number of NumPy's" in why
    with np.errstate(all="ignore"):
        assert np.all(np.isinf(gradgen.grad(fails_late)(x, np.float64(0.0), 2)))


def printed_before(x, d):
    print("once")
    return np.sum(x) / d


def test_a_loss_that_prints_is_not_run_again(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError), np.errstate(all="ignore"):
        gradgen.grad(printed_before)(np.array(GOOD), 0.0)
    assert capsys.readouterr().out == "once\n"


def test_errors_of_second_order_name_the_line_of_the_user() -> None:
    with pytest.raises(ValueError, match="entry 0") as caught:
        gradgen.hvp(formatted)((np.array(BAD),), (np.array(BAD),))
    line = formatted.__code__.co_firstlineno + 4
    assert f"made from test_exceptions.py:{line}" in caught.value.__notes__[0].replace("tests/", "")


class Falling:
    """Numbers that fall, one by one, for so many turns."""

    def __init__(self, height, turns):
        self.height, self.turns = height, turns

    def __iter__(self):
        return self

    def __next__(self):
        if self.turns <= 0:
            raise StopIteration
        self.turns -= 1
        self.height = self.height * 0.9
        return self.height


def test_a_handler_that_leaves_a_loop_needs_no_flag() -> None:
    def loss(x):
        return sum([v**2 for v in Falling(x, 4)])

    gradient = gradgen.grad(loss)
    assert gradient(2.0) == pytest.approx(4.0 * sum(0.81**k for k in range(1, 5)), rel=1e-14)
    assert "UnboundLocalError" not in gradient.source
    assert "broken" not in gradient.source


def test_a_handler_is_reached_with_an_exception() -> None:
    def loss(x):
        total = 0.0
        try:
            for v in x:
                if v > 1.0:
                    raise ValueError("too large")
                total += v * v
        except ValueError as error:
            print(error)
            total *= 2.0
        return total

    gradient = gradgen.grad(loss)
    np.testing.assert_array_equal(gradient(np.array([0.5, 0.2, 2.0])), [2.0, 0.8, 0.0])
    assert "UnboundLocalError" not in gradient.source


def made_before(x):
    error = ValueError(f"all of {len(x)} have to be positive", 7)
    total = 0.0
    for v in x:
        if v <= 0.0:
            raise error
        total += v * v
    return total


def test_an_exception_made_before_comes_out_where_it_is_raised() -> None:
    """It has all that it was made of."""
    gradient = gradgen.grad(made_before)
    assert gradient(np.array([1.0, 2.0])).tolist() == [2.0, 4.0]
    for f in (made_before, gradient):
        with pytest.raises(ValueError) as caught:
            f(np.array([1.0, -2.0, 3.0]))
        assert caught.value.args == ("all of 3 have to be positive", 7)


def named_as_another(x: Any) -> Any:
    e = x[0]
    total = 0.0
    for k in range(len(x)):
        try:
            if x[k] < 0.0:
                raise ValueError(x[k])
            total += x[k] * e
        except ValueError as e:
            total += e.args[0] ** 2
            if k > 5:
                continue
    return total


def asked_by_nobody(x: Any) -> Any:
    e = x[0]
    try:
        raise KeyError("a")
    except KeyError as e:
        total = x[1]
    try:
        return e * total
    except NameError:
        return total**2


def test_the_name_of_what_was_caught_stands_for_nothing_afterwards() -> None:
    slope = gradgen.grad(named_as_another)
    assert slope(np.array([3.0, -2.0])).tolist() == [6.0, -4.0]
    x = np.array([3.0, -2.0, 1.0])
    with pytest.raises(UnboundLocalError, match="'e'"):
        named_as_another(x)
    with pytest.raises(UnboundLocalError, match="'e'"):
        slope(x)
    assert gradgen.grad(asked_by_nobody)(x).tolist() == [0.0, -4.0, 0.0]
