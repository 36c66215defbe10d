"""Values that are overwritten, exchanged, stored by broadcasting, and names used again."""

from __future__ import annotations

import numpy as np
import pytest

import gradgen
from tests.pitfalls import Pitfall, Pitfalls, check

case = Pitfalls()


X = np.array([0.6, -1.3, 2.1, 0.4])


M = np.array([[0.5, -1.0, 2.0], [1.5, 0.3, -0.4], [0.7, 0.9, -1.1]])


@case("a value is overwritten before the reverse sweep needs it", X)
def overwritten(x):
    a = x * x
    s = 0.0
    for i in range(4):
        s += a[i] * a[i - 1]
        a[i] = np.sin(a[i]) * s
    return s + np.sum(a)


@case("a temporary is overwritten in each turn", X)
def temporary_overwritten(x):
    s = 0.0
    for i in range(4):
        t = x[i] * x[i]
        t = np.exp(-t) * t
        s = s * t + x[i]
    return s


@case("a work array reused by two nested loops", X)
def work_array(x):
    w = np.zeros(3)
    s = 0.0
    for i in range(4):
        for j in range(3):
            w[j] = x[i] ** (j + 1)
        s += w[0] * w[1] * w[2]
    return s


@case("a scalar argument is overwritten", 0.8, 1.7)
def argument_overwritten(x, y):
    x = x * y
    y = np.sin(x) * y
    x = x * y
    return x + y * y


@case("the result of an exponential is overwritten after use", X)
def result_overwritten(x):
    a = np.exp(x)
    b = a * 2.0
    a[:] = x
    a *= b
    return np.sum(a)


@case("a value overwritten inside a while loop", 0.3)
def overwritten_in_while(x):
    s = 1.0
    while s < 5.0:
        s = s * (1.0 + x) + x * s
    return s * x


@case("two elements exchanged", X)
def elements_swapped(x):
    a = x * x
    a[0], a[3] = a[3], a[0]
    return np.sum(a * x)


@case("two rows exchanged without copy", M)
def rows_swapped(m):
    a = m * m
    a[0], a[2] = a[2], a[0]
    return np.sum(a * m)


@case("two rows exchanged by fancy indexing", M)
def rows_swapped_fancy(m):
    a = m * m
    a[[0, 2]] = a[[2, 0]]
    return np.sum(a * m)


@case("three names rotated", 0.3, 1.2, -0.8)
def rotated(x, y, z):
    for _ in range(2):
        x, y, z = y * z, z + x, x * y
    return x + 2.0 * y + 3.0 * z


@case("a name and an element that it indexes in one assignment", X)
def index_and_element(x):
    a = x * x
    i = 0
    i, a[i] = 2, x[1] * x[3]
    return np.sum(a * x) + a[i]


@case("a scalar stored over a slice", X)
def scalar_over_slice(x):
    a = x * x
    a[1:3] = x[0]
    return np.sum(a * x)


@case("a row stored over all rows", M, X[:3])
def row_over_rows(m, v):
    a = m * m
    a[:] = v * v
    a[1:] += v
    return np.sum(a * m)


@case("a column stored by broadcasting", M)
def column_broadcast(m):
    a = np.ones((3, 3))
    a *= m[:, :1]
    a[:, 1:] = m[:, :1] * m[0, 1]
    return np.sum(a * a)


@case("a masked store of one number", X)
def masked_scalar(x):
    a = x * x
    a[x < 0.5] = x[2]
    return np.sum(a * x)


@case("a masked store of an array of the right length", X)
def masked_array(x):
    a = x * x
    m = x > 0.5
    a[m] = x[m] ** 3
    return np.sum(a * x)


@case("a masked addition", X)
def masked_add(x):
    a = x * x
    a[a > 1.0] -= x[0]
    return np.sum(a * a)


@case("a strided store", X)
def strided(x):
    a = np.zeros(8)
    a[::2] = x
    a[1::2] = x[::-1] * x
    return np.sum(a[2:6] * a[1:5])


@case("an array of shape (1,) stored into a longer slice", X)
def length_one(x):
    a = x * 1.0
    a[:3] = x[3:]
    return np.sum(a * x)


@case("overlapping addition of shifted slices", X)
def overlapping_add(x):
    a = x * x
    a[1:] += a[:-1]
    a[:-1] *= a[1:]
    return np.sum(a * x)


@case("overlapping copy of shifted slices", X)
def overlapping_copy(x):
    a = x * x
    a[1:] = a[:-1]
    a[:-1] = a[1:] * x[0]
    return np.sum(a * x)


@case("an array reversed onto itself", X)
def reversed_onto_itself(x):
    a = x * x
    a[:] = a[::-1]
    a += a[::-1]
    return np.sum(a * x)


@case("a matrix plus its own transpose in place", M)
def own_transpose(m):
    a = m * m
    a += a.T
    return np.sum(a * m)


@case("the loop variable shadows an argument", X, 0.3)
def loop_shadows(x, i):
    s = i * 2.0
    for i in range(4):
        s = s * x[i] + i
    return s + i


@case("the accumulator is also the loop's iterable", X)
def iterable_rebound(x):
    for v in x:
        x = x * v
    return np.sum(x)


@case("a name is an int, then a float, then an array", X)
def many_types(x):
    t = 2
    t = t * x[0]
    t = t * x
    t = np.sum(t)
    return t * x[1]


@case("the loop variable is changed inside the loop", X)
def index_changed(x):
    s = 0.0
    for i in range(3):
        i = i + 1
        s += x[i] * x[i - 1]
    return s * i


@pytest.mark.parametrize("pitfall", case)
def test_right_or_refused(pitfall: Pitfall) -> None:
    check(pitfall)


def matrix_written(a):
    a[0, 0] = 2.0
    return np.sum(a * a)


def result_written(a):
    b = np.sin(a)
    s = np.sum(b * b)
    b[1] *= 2.0
    return s + np.sum(b)


def rows_written(a):
    for k in range(3):
        a[k] += np.cos(a[k])
    return np.mean(a)


def transpose_written(a):
    b = a.T
    b[0] = 1.0
    return np.sum(b) + np.sum(a**2)


@pytest.mark.parametrize("loss", [matrix_written, result_written, rows_written, transpose_written])
def test_copies_are_laid_out_as_what_they_copy(loss):
    """A sum goes through memory, so that its last bit depends on the order of the axes."""
    rng = np.random.default_rng(0)
    made = gradgen.value_and_grad(loss)
    for _ in range(10):
        a = rng.normal(size=(37, 53))
        box = rng.normal(size=(64, 53, 2))
        layouts = (a, np.asfortranarray(a), np.asfortranarray(a)[::2], a[:, ::-1], box[:, :, 1].T)
        for laid_out in layouts:
            value, gradient = made(laid_out.copy(order="K"))
            assert value == loss(laid_out.copy(order="K"))
            assert gradient.shape == laid_out.shape


def view_summed(x, c):
    w = x.copy()
    w[0] = np.sin(c @ w[::-1])
    w[1] = np.sin(np.dot(w.T[::-1], c))
    w[2] = np.sin(c[::2] @ w[::-2])
    return w @ w


def test_sums_of_a_view_read_the_view():
    """A product of vectors goes through memory, too: the sweep reads a copy, made before."""
    rng = np.random.default_rng(0)
    made = gradgen.value_and_grad(view_summed, argnums=(0, 1))
    for _ in range(30):
        x, c = rng.normal(size=(2, 40))
        value, (by_x, by_c) = made(x, c)
        assert value == view_summed(x, c)
        moved = [view_summed(x + 1e-6 * v, c - 1e-6 * v) for v in (c, -c)]
        assert by_x @ c - by_c @ c == pytest.approx((moved[0] - moved[1]) / 2e-6, rel=1e-5)
