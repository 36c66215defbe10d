"""Rules of one's own, of every order: in recursive functions, and where arguments are returned."""

from __future__ import annotations

import math

import numpy as np
import pytest

import gradgen

grad, jacfwd = gradgen.grad, gradgen.jacfwd


@gradgen.custom_jvp
def square(x):
    """Return a square, rounded to eighths: the rule is not that of the body."""
    return round(x * x * 8.0) / 8.0


square.defjvp(lambda x, t: (round(x[0] * x[0] * 8.0) / 8.0, 2.0 * x[0] * t[0]))


@gradgen.custom_vjp
def cube(x):
    return x * x * x


cube.defvjp(lambda x: (x * x * x, x), lambda x, g: (3.0 * x * x * g,))


@gradgen.implicit(lambda z, a: z + 0.1 * z**3 - a)
def root(z, a):
    for _ in range(30):
        z = z - (z + 0.1 * z**3 - a) / (1.0 + 0.3 * z**2)
    return z


def chain(x, n):
    if n <= 0:
        return square(x)
    return square(math.sin(x)) * x + 0.5 * chain(0.9 * x, n - 1)


def chained(x, n):
    return chain(x, n)


class Jet:
    """A number with its first and second derivative."""

    def __init__(self, v, d=0.0, h=0.0):
        self.v, self.d, self.h = v, d, h

    def __mul__(self, o):
        o = o if isinstance(o, Jet) else Jet(o)
        twice = self.h * o.v + 2.0 * self.d * o.d + self.v * o.h
        return Jet(self.v * o.v, self.d * o.v + self.v * o.d, twice)

    def __add__(self, o):
        return Jet(self.v + o.v, self.d + o.d, self.h + o.h)


def chain_of_jets(x, n):
    def squared(y):
        return Jet(round(y.v * y.v * 8.0) / 8.0, 2.0 * y.v * y.d, 2.0 * (y.d**2 + y.v * y.h))

    if n <= 0:
        return squared(x)
    s, c = math.sin(x.v), math.cos(x.v)
    sine = Jet(s, c * x.d, c * x.h - s * x.d**2)
    return squared(sine) * x + chain_of_jets(x * 0.9, n - 1) * 0.5


EXPECTED = chain_of_jets(Jet(0.7, 1.0), 3)


def test_forward_rules():
    for backend in ("numpy", "numba"):
        assert grad(chained, backend=backend)(0.7, 3) == pytest.approx(EXPECTED.d, rel=1e-14)
    value, moved = gradgen.jvp(chained)((0.7, 3), 1.0)
    assert (value, moved) == pytest.approx((EXPECTED.v, EXPECTED.d), rel=1e-14)


@pytest.mark.parametrize(
    "second",
    [
        lambda f: grad(grad(f)),
        lambda f: jacfwd(grad(f)),
        lambda f: jacfwd(jacfwd(f)),
        lambda f: grad(jacfwd(f)),
        lambda f: gradgen.hessian(f),
    ],
)
def test_forward_rules_again(second):
    """The rule is that of every order, also where the rounded body has no derivative."""
    assert second(chained)(0.7, 3) == pytest.approx(EXPECTED.h, rel=1e-13)


def determinant(a, row, columns):
    """A sum over permutations: its sweep is joint with the function."""
    if len(columns) == 0:
        return 1.0
    total, sign = 0.0, 1.0
    for j in range(len(columns)):
        rest = np.concatenate([columns[:j], columns[j + 1 :]])
        total += sign * square(a[row, columns[j]]) * determinant(a, row + 1, rest)
        sign = -sign
    return total


def of_squares(a, columns):
    return determinant(a, 0, columns)


def slopes(a):
    """Return the gradient of the determinant of squares, by cofactors."""
    return np.linalg.det(a**2) * np.linalg.inv(a**2).T * 2.0 * a


def test_joint_sweeps_have_rules():
    """Where squares are whole eighths, the values are those of a smooth function."""
    a = np.sqrt(np.array([[0.5, 2.0, 1.0], [3.0, 0.125, 1.5], [0.25, 2.5, 0.75]]))
    v = np.array([[0.3, -0.2, 0.5], [1.0, 0.4, -0.6], [0.1, 0.9, -0.3]])
    columns, h = np.arange(3), 1e-4
    made = grad(of_squares)
    np.testing.assert_allclose(made(a, columns), slopes(a), rtol=1e-12)
    assert "determinant_both" in made.source
    expected = (slopes(a + h * v) - slopes(a - h * v)) / (2.0 * h)
    product = gradgen.hvp(of_squares)((a, columns), v)
    np.testing.assert_allclose(product, expected, rtol=1e-6, atol=1e-6)


def solved(x, n):
    """Solutions of equations, one in the other."""
    if n <= 0:
        return x * x
    z = root(0.0, x)
    return z * math.sin(x) + solved(z, n - 1)


def slope_by_hand(x, n):
    zs = [x]
    for _ in range(n):
        zs.append(root(0.0, zs[-1]))
    d = 2.0 * zs[-1]
    for x, z in zip(zs[-2::-1], zs[:0:-1], strict=True):
        d = (d + math.sin(x)) / (1.0 + 0.3 * z * z) + z * math.cos(x)
    return d


def test_solutions():
    """Second derivatives are those of the solve, which sees no iterations."""
    made = gradgen.hvp(lambda x, n: solved(x, n))
    h = 1e-4
    expected = (slope_by_hand(0.7 + h, 3) - slope_by_hand(0.7 - h, 3)) / (2.0 * h)
    assert grad(lambda x, n: solved(x, n))(0.7, 3) == pytest.approx(slope_by_hand(0.7, 3))
    assert made((0.7, 3), 1.0) == pytest.approx(expected, rel=1e-6)
    assert made.source.count("range(30)") == 1


def by_cubes(x, n):
    if n <= 0:
        return cube(x)
    h = gradgen.on_grad(cube(math.sin(x)), lambda g: 0.5 * g)
    return h * x + by_cubes(0.9 * x, n - 1)


def test_reverse_rules():
    """Adjoints that go through a function are what it makes of them, at each depth."""
    x, n = 0.7, 3
    expected, h = 0.0, 1e-5
    for k in range(n):
        s, c = math.sin(x * 0.9**k), math.cos(x * 0.9**k)
        expected += 0.9**k * (s**3 + 0.5 * 3.0 * s * s * c * x * 0.9**k)
    expected += 3.0 * (x * 0.9**n) ** 2 * 0.9**n
    made = grad(lambda x, n: by_cubes(x, n))
    assert made(x, n) == pytest.approx(expected, rel=1e-14)
    second = gradgen.hessian(lambda x, n: by_cubes(x, n))(x, n)
    assert second == pytest.approx((made(x + h, n) - made(x - h, n)) / (2.0 * h), rel=1e-8)


@gradgen.custom_jvp
def same(x):
    """Return a number itself, whose rule says otherwise: u' = 3 x x'."""
    return x


same.defjvp(lambda x, t: (x[0], 3.0 * x[0] * t[0]))


def beside_itself(x):
    return same(x) * x + x * x * x


def on_one_side(x):
    if x > 0.0:
        return same(x) * x
    return x * x


def in_one_turn(x):
    total = 0.0
    for k in range(3):
        if k == 1:
            total = total + same(x) * x
        else:
            total = total + x * x
    return total


@pytest.mark.parametrize(
    ("function", "x", "expected"),
    [
        (beside_itself, 0.7, 15.0 * 0.7),  # u' = 3 x and u'' = 3
        (on_one_side, 0.7, 9.0 * 0.7),
        (on_one_side, -0.7, 2.0),
        (in_one_turn, 0.7, 9.0 * 0.7 + 4.0),
    ],
)
@pytest.mark.parametrize("outer", [grad, jacfwd])
@pytest.mark.parametrize("inner", [grad, jacfwd])
def test_what_returns_its_argument(outer, inner, function, x, expected):
    """The argument is itself elsewhere: on the other side, and afterwards."""
    assert outer(inner(function))(x) == pytest.approx(expected, rel=1e-13)
    if function is beside_itself:  # u' x + u + 3 x^2, and so on: 3 u'' + 6
        assert outer(outer(inner(function)))(x) == pytest.approx(15.0, rel=1e-13)


@gradgen.custom_jvp
def parted(p):
    return p["a"] ** 2 * p["b"], [p["a"]]


@parted.defjvp
def parted_rule(primals, tangents):
    (p,), (t,) = primals, tangents
    moved = 2.0 * p["a"] * p["b"] * t["a"] + p["a"] ** 2 * t["b"]
    return (p["a"] ** 2 * p["b"], [p["a"]]), (moved, [t["a"]])


def of_parts(x, n):
    if n <= 0:
        return x
    u, (w,) = parted({"a": x, "b": of_parts(0.5 * x, n - 1)})
    return 0.3 * u * w + x


def test_containers_with_an_argument_in_them():
    def total(x):
        return sum(of_parts(x[i], i) for i in range(len(x)))

    x, h = np.array([0.3, -0.5, 0.7]), 1e-4
    slope = gradgen.grad(total)
    expected = [(slope(x + h * e) - slope(x - h * e)) @ e / (2.0 * h) for e in np.eye(3)]
    for k, e in enumerate(np.eye(3)):
        change = (total(x + h * e) - total(x - h * e)) / (2.0 * h)
        assert slope(x)[k] == pytest.approx(change, rel=1e-6)
    np.testing.assert_allclose(gradgen.hessian_diag(total)(x), expected, rtol=1e-6, atol=1e-9)
    forward = np.diag(jacfwd(jacfwd(total))(x))
    np.testing.assert_allclose(forward, expected, rtol=1e-6, atol=1e-9)
