"""Names, views and helpers that share one array, and writes through any of them."""

from __future__ import annotations

import numpy as np
import pytest

from tests.pitfalls import Pitfall, Pitfalls, check

case = Pitfalls()


X = np.array([0.6, -1.3, 2.1, 0.4])


Y = np.array([1.5, 0.2, -0.7, 0.9])


M = np.array([[0.5, -1.0, 2.0], [1.5, 0.3, -0.4], [0.7, 0.9, -1.1]])


@case("a second name of an array is the same array", X)
def second_name(x):
    a = x * 2.0
    b = a
    b[0] = x[1] * x[2]
    return np.sum(a * x)


@case("the reshape of a view of one array or another", X, Y, outcome="either")
def reshape_of_a_view_by_path(x, y):
    p = x if x[0] > 0 else y
    t = p[::-1].reshape(4)
    x[0] = 3.0 * y[1]
    return t[3] * x[1]


@case("the entries of a view of one array or another", X, Y, outcome="either")
def ravel_of_a_view_by_path(x, y):
    p = x if x[0] > 0 else y
    t = p.T.ravel()
    x[0] = 3.0 * y[1]
    return t[0] * x[1]


@case("one statement with two targets makes one array", X)
def two_targets(x):
    a = b = np.zeros(4)
    a[0] = x[0] ** 2
    b[1] += a[0] * x[1]
    return np.sum(a) + 2.0 * np.sum(b)


@case("a name bound to another array after an alias was taken", X)
def rebound_after_alias(x):
    a = x**2
    b = a
    a = a * 3.0
    b[0] = 0.0
    a[1] = 5.0
    return np.sum(a * x) + np.sum(b * x)


@case("an alias taken in one branch only, then written to", X)
def alias_in_branch(x):
    a = x * 1.0
    b = np.zeros(4)
    if x[0] > 0.0:
        b = a
    b[2] = x[0] * x[1]
    return np.sum(a * x) + np.sum(b)


@case("an alias chosen by a conditional expression, then written to", X, Y)
def alias_by_expression(x, y):
    a = x * 1.0
    c = y * 1.0
    b = a if x[0] > y[0] else c
    b[1] = x[0] * y[1]
    return np.sum(a * a) + np.sum(c * x)


@case("names that exchange arrays in every turn of a loop", X)
def two_buffers_swapped(x):
    old = x * 1.0
    new = np.zeros(4)
    for k in range(3):
        for i in range(4):
            new[i] = old[i] * old[i - 1] + 0.1 * k
        old, new = new, old
    return np.sum(old * x) + np.sum(new)


@case("a slice written after it was taken changes the array", X)
def slice_written(x):
    a = x * x
    b = a[1:3]
    b *= x[0]
    return np.sum(a * x)


@case("an array written after a slice was taken changes the slice", X)
def base_written(x):
    a = x * x
    b = a[::-1]
    a[0] = x[3] * 4.0
    return b[3] * x[1] + np.sum(b * b)


@case("a transposed view is written", M)
def transposed_written(m):
    a = m * 2.0
    a.T[0, 1] = m[0, 0] * m[1, 1]
    return np.sum(a * m)


@case("a row of a matrix is a view", M)
def row_view(m):
    a = m * 1.0
    row = a[1]
    row += m[0] * m[2]
    row[0] = 3.0 * m[0, 0]
    return np.sum(a * a)


@case("a reshaped contiguous array is a view", X, outcome="either")
def reshaped_view(x):
    a = x * x
    b = a.reshape(2, 2)
    b[0, 1] = x[0] * x[3]
    return np.sum(a * x)


@case("a reshape of a transpose is a copy", M, outcome="either")
def reshaped_copy(m):
    a = m * m
    b = a.T.reshape(9)
    b[1] = m[0, 0] * 7.0
    return np.sum(a * m) + np.sum(b * b)


@case("ravel of a contiguous array is a view", M, outcome="either")
def ravel_view(m):
    a = m * m
    b = a.ravel()
    b[4] = m[0, 0] * m[2, 2]
    return np.sum(a * m)


@case("ravel of a column slice is a copy", M, outcome="either")
def ravel_copy(m):
    a = m * m
    b = a[:, :2].ravel()
    b[0] = m[0, 0] * m[2, 2]
    return np.sum(a * m) + np.sum(b * b)


@case("a view of a view of a view", X)
def view_chain(x):
    a = np.concatenate([x, x * x])
    b = a[1:]
    c = b[::2]
    d = c[1:3]
    d[0] = x[0] * x[1]
    a[5] = 2.0 * x[3]
    return np.sum(a * a) + np.sum(c) * x[2] + np.sum(d)


@case("a diagonal taken by a stride of the flat view", M)
def diagonal_by_stride(m):
    a = m.copy()
    flat = a.reshape(-1)
    flat[::4] += m[0]
    return np.sum(a * a * m)


@case("the argument itself is read through a view that was written", X)
def argument_view(x):
    v = x[1:]
    v *= 2.0
    x[0] = v[0] * v[1]
    return np.sum(x * x)


@case("np.array copies", X)
def array_copies(x):
    a = x * 1.0
    b = np.array(a)
    b[0] = 9.0 * x[1]
    return np.sum(a * a) + np.sum(b * x)


@case("np.asarray does not copy", X)
def asarray_shares(x):
    a = x * 1.0
    b = np.asarray(a)
    b[0] = 9.0 * x[1]
    return np.sum(a * a) + np.sum(b * x)


@case("flatten copies", M)
def flatten_copies(m):
    a = m * 1.0
    b = a.flatten()
    b[0] = 9.0 * m[1, 1]
    return np.sum(a * a) + np.sum(b)


@case("fancy indexing copies, slicing does not", X)
def fancy_copies(x):
    a = x * 1.0
    b = a[[0, 1]]
    c = a[0:2]
    b[0] = 5.0 * x[2]
    c[1] = x[3] * x[3]
    return np.sum(a * a) + np.sum(b * x[:2]) + np.sum(c)


@case("astype without change of type copies", X)
def astype_copies(x):
    a = x * 1.0
    b = a.astype(float)
    b[0] = 5.0 * x[2]
    return np.sum(a * a) + np.sum(b * x)


@case("in-place product on the argument leaves the caller's array alone", X)
def argument_scaled(x):
    x *= 2.0
    return np.sum(x * x)


@case("addition in place to an alias of the argument", X)
def alias_of_argument(x):
    y = x
    y += 1.0
    return np.sum(x * y * y)


@case("addition in place to a float rebinds", 0.7)
def float_rebound(x):
    y = x
    y += 1.0
    y *= y
    return x * y


@case("addition in place to one element's name rebinds", X)
def element_rebound(x):
    e = x[0]
    e += 5.0
    return e * x[0] + np.sum(x)


@case("a store into the argument only on one path", X)
def stored_on_one_path(x):
    if x[1] < 0.0:
        x[1] = x[0] * x[2]
    return np.sum(x * x)


@case("a diagonal by np.einsum is a view, which may be written to", M)
def diagonal_by_einsum(m):
    a = m * 1.0
    d = np.einsum("ii->i", a)
    d[1] = a[0, 1] ** 2
    return np.sum(np.sin(a) * m)


@case("axes turned by np.einsum, and a write to the array behind", M)
def turned_by_einsum(m):
    a = m * 1.0
    t = np.einsum("ij->ji", a)
    a[0, 1] = 3.0
    return np.sum(t * t * m)


@case("the conjugate of a real array by the method is the array", X)
def conjugate_of_reals(x):
    a = x * 1.0
    b = a.conj()
    b[1] = 5.0
    return np.sum(a * x + b * b)


@case("windows over an array see what is written to it", X)
def windows_after_a_write(x):
    a = x * 1.0
    w = np.lib.stride_tricks.sliding_window_view(a, 2)
    a[1] = 2.0
    return np.sum(w * w)


@case("a list that holds an argument and is bound again on one path of a loop", X)
def held_in_a_bound_list(x):
    e = [0.5, x]
    for _ in range(3):
        if x[0] > 100.0:
            e = e
            x = x * 2.0
            continue
        e[1] -= e[1] * x - e[1]
    return x[0] * x[1] + x[2]


@case("a list of a view that becomes a number on one path of a loop", X)
def held_or_a_number(x):
    e = [0.5, x[:]]
    for k in range(3):
        if k > 5:
            e = 0.5
            x = x * 2.0
        e[1] *= 1.0 + 0.1 * x[1]
    return np.sum(x * x)


@case("an array in a dict in a dict that is bound again, and names for both", X)
def held_in_a_bound_dict(x):
    e = {"inner": {"w": x}, "s": 2.0}
    f = e
    k = 0
    while k < 3:
        if k > 5:
            f = e
            x = x * 0.5
        f["inner"]["w"][1:] += 0.1 * x[0] * f["s"]
        k += 1
    return np.sum(x * x)


@case("a matrix in Fortran order, which is a copy, and its transpose, which is not", X)
def fortran_copies(x):
    m = x[:4].reshape(2, 2)
    y = np.asfortranarray(m)
    y[0, 1] = x[0] ** 2
    z = np.asarray(m, order="F")
    z[1] *= x[1]
    v = np.asfortranarray(x)
    v[2] = 3.0 * x[0]
    return np.sum(x**3) + np.sum(y * z) + np.sum(z.T @ m)


@case("the first power of a matrix and conversions that change nothing: the array itself", X)
def first_power(x):
    m = x[:4].reshape(2, 2)
    p = np.linalg.matrix_power(m, 1)
    p[0, 1] = x[0] ** 2
    q = np.linalg.matrix_power(m, n=2)
    q[0] = 1.0
    c = np.astype(x, np.float64, copy=False)
    c[2] *= x[0]
    d = np.float64(c)
    d[3] *= x[1]
    return np.sum(x**3) + np.sum(q * p)


@case("an array without axes that NumPy makes of numbers is kept while a loop goes on from it", X)
def loop_from_a_choice(x):
    c, r = np.where(x[0] > 0.0, x[0], 1.0), np.tensordot(x, x, 1)
    t = np.exp(1.0 / c) + 1.0 / r
    for _ in range(3):
        t = t * c + r
        c = c + 1.0
        r = r * c
    return t


@case(
    "a choice of numbers is an array without axes, which a second name sees change",
    X,
    outcome="refused",
    words=("'c'", "another name"),
)
def second_name_of_a_choice(x):
    c = np.where(x[0] > 0.0, x[0], 1.0)
    d = [c, x[1]]
    c += x[2]
    return d[0] * d[0] + c


@case(
    "in a loop, a second name of what a choice gave before",
    X,
    outcome="refused",
    words=("'c'", "another name"),
)
def second_name_in_a_loop(x):
    c, s = x[0], 0.0
    for k in range(3):
        old = c
        c += x[k]
        s += old * c
        c = np.where(c > 0.0, c, 1.0)
    return s


@case("in a loop, a second name of a number beside a choice", X)
def second_name_beside_a_choice(x):
    w, c, s = np.where(x[0] > 0.0, x[0], 1.0), x[1], 0.0
    for k in range(3):
        old = c
        c += w * x[k]
        s += old * c
    return s


@case("rearrangements hand NumPy's numbers back, and make arrays of Python's", X)
def second_names_of_rearranged_numbers(x):
    n, c = x[0], float(x[1])
    made = [np.squeeze(n), n.reshape(()), np.moveaxis(n, (), ()), np.block(n), np.squeeze(c)]
    s = 0.0
    for a, weight in zip(made, [1.0, 2.0, 3.0, 4.0, 5.0]):
        b = a
        b += x[2]
        s += weight * a * b
    return s


@case("functions that give numbers for arrays without axes", np.array(0.7))
def second_names_of_numbers(x):
    a, c, e = np.conj(x), np.flip(x), np.angle(-x)
    b, d, f = a, c, e
    b += x**2
    d += x**3
    f += x
    return a * b + 2.0 * c * d + e * f


@pytest.mark.parametrize("pitfall", case)
def test_right_or_refused(pitfall: Pitfall) -> None:
    check(pitfall)
