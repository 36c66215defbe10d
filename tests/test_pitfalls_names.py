"""Names of the user's that generated text uses too; constants and operators as they are printed."""

from __future__ import annotations

import math
import sys

import numpy as np
import pytest

import gradgen
from tests.pitfalls import Pitfall, Pitfalls, check

case = Pitfalls()


X = np.array([0.6, -1.3, 2.1, 0.4])


@case("variables named like those that a generator makes", X)
def generated_names(d_x):
    d_value = d_x * 2.0
    value = np.sum(d_value * d_x)
    d_d_x = value * d_x[0]
    x_saved = d_d_x + value
    steps = x_saved * 1.0
    tape = steps
    grad = tape * d_x[1]
    return grad


@case("arguments named value, result and np_1", 0.7, 1.3, 2.0)
def value(value, result, np_1):
    for step in range(3):
        value = value * result + np_1
    return value


@case("an argument called np, numpy imported under another name", 0.7)
def argument_np(np):
    return math.exp(np) * np


@case("an argument called math", X)
def argument_math(math):
    return np.sum(np.sin(math))


@case("a local variable called np after the module was used", 0.7)
def steps_names(x, y_saved=2.0):
    stack = []
    chosen = x
    while chosen < 3.0:
        chosen = chosen * y_saved
        returned = chosen
        above = returned * x
    return above


@case("variables that are builtins which the text may use", X)
def builtins_shadowed(x):
    range = x[0]
    len = x[1]
    float = range * len
    s = float
    for v in x:
        s = s * v + float
    return s


@case("sum is a local name", X)
def local_sum(x):
    sum = 0.0
    for v in x:
        sum += v * v
    abs = sum * x[0]
    return abs


@case("abs is a helper of that name", 0.7)
def local_abs(x):
    def abs(v):
        return v * v

    def max(a, b):
        return a * b

    return abs(x) + max(x, 2.0)


@case("a function named like a helper of the text", X)
def _unbroadcast(x):
    def _item(v):
        return v * 2.0

    return np.sum(_item(x) * x[0])


@case("Greek and accented names", 0.7)
def unicode_names(θ):
    é = θ * θ
    ﬁ = é * 2.0
    return ﬁ + é


@case("names with leading and trailing underscores", 0.7)
def underscored(_):
    __ = _ * _
    x_ = __ * 2.0
    return x_ * _


@case("soft keywords as names", 0.7)
def soft_keywords(match, case=2.0, type=3.0):
    _ = match * case
    return _ * type


def test_names_of_captures():
    """A captured array whose name is also that of a local of the helper."""
    w = np.array([1.0, 2.0, 3.0, 4.0])

    def h(w):
        return np.sum(w * w)

    def f(x):
        return h(x) + np.sum(w * x)

    assert np.allclose(gradgen.grad(f)(X), 2 * X + w)


def test_two_modules_same_alias(tmp_path):
    """A helper of another module in which np means something else."""
    sys.path.insert(0, str(tmp_path))
    (tmp_path / "pit_other.py").write_text(
        "import math as np\nc = 5.0\ndef h(x):\n    return np.sin(x) * c\n"
    )
    try:
        import pit_other

        c = np.array([2.0])

        def f(x):
            return pit_other.h(x) * np.sum(c) + np.cos(x)

        assert math.isclose(gradgen.grad(f)(0.7), 10.0 * math.cos(0.7) - math.sin(0.7))
    finally:
        sys.path.remove(str(tmp_path))


def test_names_in_emitted_text(tmp_path):
    """The text of a function with such names runs alone."""

    def f(np_, d_np_, os):
        import_ = np_ * d_np_
        def_ = import_ * os
        return def_ * import_

    text = gradgen.emit(f, example_args=(1.0, 2.0, 3.0), argnums=(0, 1, 2), mode="grad")
    space = {}
    exec(compile(text, "t", "exec"), space)
    assert np.allclose(space["f_grad"](1.0, 2.0, 3.0), (24.0, 12.0, 4.0))


@case("minus and powers", 0.7)
def minus_power(x):
    return -(x**2) + (-x) ** 2 * 3.0 + 2**-x - (-2.0) ** 2 * x


@case("towers of powers", 1.3, 0.7)
def towers(x, y):
    return x**y**2 + (x**y) ** 2


@case("subtraction and division associate to the left", 0.7, 1.9, 2.3)
def associativity(a, b, c):
    return a - (b - c) + a - b - c + a / (b / c) + a / b / c - a * (b / c) + a / (b * c)


@case("remainder and product", 5.3, 1.4)
def remainder(a, b):
    return a % b * 2.0 + a * (a % b) - (a * b) % 3.0 + a % (b * 0.9)


@case("not, comparison and conditional inside arithmetic", 0.7, 1.9)
def mixed(a, b):
    return (a if not a > b else b) * (b if (a < b) is True else a) + (a and b) * 2.0


@case("matmul binds like a product", np.eye(3) * 2.0 + 0.1, X[:3])
def matmul(m, v):
    return v @ m @ v * 2.0 - v @ (m @ v) + v @ (m * 2.0) @ v


@case("literals keep all their digits", 0.7)
def digits(x):
    return (
        x * 0.1
        + x**2 * 1e-300 * 1e300
        + x * 3.141592653589793238
        + x * 1e22
        + x * 12345678901234567890
    )


@case("negative literals as base", 3.0)
def negative_base(x):
    return (-2.0) ** 3 * x + -(2.0**2) * x + x**-2 + (-x) ** 3


def test_captured_infinities():
    """Captured inf, nan and -0.0."""
    inf, minus, zero = float("inf"), float("-inf"), -0.0

    def f(x):
        y = x if x < inf else 0.0
        z = y if y > minus else 0.0
        return z * z + zero

    assert gradgen.grad(f)(3.0) == 6.0

    def g(x):
        return max(minus, x * x) + min(inf, x)

    assert gradgen.grad(g)(3.0) == 7.0
    limits = (inf, minus)

    def h(x):
        return np.sum(np.clip(x, limits[1], limits[0]) * x)

    assert np.allclose(gradgen.grad(h)(X), 2 * X)


@case("items of an argument that take the names of later arguments", {"w": X, "b": 0.3}, X[:2], 2.0)
def items_take_names(e, a, b):
    total = np.sum(a) * b
    a = e["w"]
    b = e["b"]
    return total * b + np.sum(a**2)


@case("an item takes the name of an argument on one path", {"p": {"w": X}}, X[:2])
def item_takes_name_on_a_path(e, a):
    if a[1] > e["p"]["w"][0]:
        a = e["p"]["w"]
    return np.sum(a * a)


@case("arguments and their items trade names in turns", (X, 0.5), X * 2.0)
def names_traded(pair, a):
    for _ in range(2):
        pair, a = (a, pair[1] * a[0]), pair[0]
    return np.sum(pair[0] * a) + pair[1]


def test_captured_numpy_scalars():
    """Captured NumPy scalars, fractions, big integers."""
    a, b, c, d = np.float64(0.1), np.float32(0.1), np.int64(3), np.bool_(True)

    def f(x):
        return x * a + x * b + x**c + (x if d else 0.0)

    assert math.isclose(gradgen.grad(f)(2.0), a + float(b) + 3 * 2.0**2 + 1, rel_tol=1e-12)


@case("shifts and integer arithmetic around floats", 0.7, 5)
def integers(x, n):
    return x * (n // 2) + x ** (n % 3) - x * (n << 1) + x * -(n**2) + x * (n & 3 | 8 ^ 1) + x * ~n


@case("a long sum of differences", X)
def long_sum(x):
    a, b, c, d = x
    return a - (b - (c - (d - (a - (b - c * (d - a)))))) / (a / (b / (c + d)))


@pytest.mark.parametrize("pitfall", case)
def test_right_or_refused(pitfall: Pitfall) -> None:
    check(pitfall)
