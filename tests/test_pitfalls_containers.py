"""Lists and dicts under two names, methods that write, helpers and callers that share arrays."""

from __future__ import annotations

import collections

import numpy as np
import pytest

import gradgen
from tests.pitfalls import Pitfall, Pitfalls, check, refusable

case = Pitfalls()


X = np.array([0.6, -1.3, 2.1, 0.4])


M = np.array([[0.5, -1.0, 2.0], [1.5, 0.3, -0.4], [0.7, 0.9, -1.1]])


def _writes(a, v):
    a[0] = v * v


def _returns_argument(a):
    a *= 2.0
    return a


def _identity(a):
    return a


@case("a list is the same list under another name", X)
def list_alias(x):
    items = [x[0], x[1]]
    other = items
    other[0] = x[2] * x[3]
    return items[0] * items[1]


@case("a list of lists made by multiplication shares its rows", X)
def rows_shared(x):
    rows = [[x[0], x[1]]] * 2
    rows[0][0] = x[2] * x[2]
    return rows[1][0] * rows[1][1]


@case("append, then np.array", X)
def appended(x):
    items = []
    for v in x:
        items.append(v * v)
    return np.sum(np.array(items) * x)


@case("a dict updated under another name", X)
def dict_alias(x):
    d = {"a": x[0], "b": x[1]}
    e = d
    e["a"] = x[2] * x[1]
    return d["a"] * d["b"]


@case("an array put into a list stays the same array", X)
def array_in_list(x):
    a = x * 1.0
    held = [a, a]
    held[1][0] = x[1] * x[2]
    return np.sum(held[0] * x) + a[0]


@case("a copied list is another list with the same arrays", X)
def list_copy(x):
    a = x * 1.0
    one = [a, x[0]]
    two = list(one)
    two[1] = x[1] ** 3
    two[0][2] = x[0] * 4.0
    return np.sum(one[0] * x) + one[1] * two[1]


@case("out= writes to an array", X)
def out_argument(x):
    a = np.zeros(4)
    np.multiply(x, x, out=a)
    np.sin(a, out=a)
    return np.sum(a * x)


@case("fill writes to an array", X)
def filled(x):
    a = x * x
    a[1:].fill(x[0])
    return np.sum(a * x)


@case("sort in place", X)
def sorted_in_place(x):
    a = x * x
    a.sort()
    return np.sum(a * np.arange(4.0))


@case("np.copyto writes to an array", X)
def copied_to(x):
    a = np.ones(4)
    np.copyto(a, x * x)
    return np.sum(a * x)


@case("an unknown method that changes the array", X, outcome="either")
def partitioned(x):
    a = x * x
    a.partition(2)
    return np.sum(a * np.arange(4.0))


@case("itemset, put and resize", X)
def put_method(x):
    a = x * 1.0
    a.put([0, 2], [5.0, 6.0])
    return np.sum(a * x)


@case("np.fill_diagonal writes to its argument", M)
def diagonal_filled(m):
    a = m * 1.0
    np.fill_diagonal(a, 0.0)
    return np.sum(a * a)


@case("a helper writes to its argument", X)
def helper_writes(x):
    a = x * 1.0
    _writes(a, x[1])
    _writes(a[2:], x[0])
    return np.sum(a * x)


@case("a helper returns the argument that it wrote to", X)
def helper_returns_argument(x):
    a = x * 1.0
    b = _returns_argument(a)
    b[0] = 3.0 * x[1]
    return np.sum(a * b)


@case("a helper that returns its argument makes an alias", X)
def helper_identity(x):
    b = _identity(x)
    b[1] = x[0] * x[2]
    return np.sum(x * x)


@case("one array as two arguments, only read", X, X)
def both_read(a, b):
    return np.sum(a * b * b)


@refusable
def test_one_array_twice_written():
    """One array passed twice and written through one name is refused or as Python has it."""

    def f(a, b):
        a[0] = 3.0 * b[1]
        return np.sum(a * b)

    x = X.copy()
    value, _ = gradgen.value_and_grad(f, argnums=(0, 1))(x, x)
    shared = X.copy()
    assert value == f(shared, shared)
    assert np.array_equal(x, X)


@refusable
def test_view_and_base_as_arguments():
    """An array and a view of it as arguments, one of them written."""

    def f(a, b):
        b *= 2.0
        return np.sum(a[:2] * b)

    x = X.copy()
    value = gradgen.value_and_grad(f, argnums=(0, 1))(x, x[1:3])[0]
    y = X.copy()
    assert value == f(y, y[1:3])
    assert np.array_equal(x, X)


@refusable
def test_one_array_in_a_structure_twice():
    """One array twice inside one container, written through one place."""

    def f(p):
        p[0][0] = 3.0 * p[1][1]
        return np.sum(p[0] * p[1])

    x = X.copy()
    value = gradgen.value_and_grad(f)([x, x])[0]
    y = X.copy()
    assert value == f([y, y])


@case("an item appended that is computed from the list at a computed index", 0.7)
def append_of_own_item(x):
    items = [x]
    i = 0
    while i < len(items) and len(items) < 4:
        items.append(items[i] * x)
        i += 1
    return sum(items)


@case("a list joined to one that its own item extends", 0.7, 1)
def joined_while_read(x, n):
    items = [x, 2.0 * x]
    for i in range(n):
        items = items + [items[i] * x]
    return sum(items) * len(items)


@case("a loop over a list of one length or another", 0.7, X, 1, outcome="either")
def either_length_looped_over(x, a, n):
    for x in (x, 0.5 * x):
        for r in a:
            items = [r * x]
        if n:
            items.append(0.5 * x)
    return sum([2.0 * row for row in items])


@pytest.mark.parametrize("pitfall", case)
def test_right_or_refused(pitfall: Pitfall) -> None:
    check(pitfall)


def count_of_keys(p):
    return p["a"] * len(p)


def sum_of_values(p):
    return p["a"] + sum(p.values())


def keys_as_arguments(p):
    return p["a"] * (lambda a, **rest: a + sum(rest.values()))(**p)


def key_that_nothing_reads(p):
    return p["a"] * (2.0 if "b" in p else 1.0) + p.get("c", 0.0)


def union_with_more(p):
    return p["a"] * (p | {"d": 1.0})["d"]


@pytest.mark.parametrize(
    "loss",
    [count_of_keys, sum_of_values, keys_as_arguments, key_that_nothing_reads, union_with_more],
)
def test_a_dict_of_unknown_keys_is_not_cut_to_those_that_are_read(loss) -> None:
    with pytest.raises(gradgen.UnsupportedError, match=r"a dict as a whole.*keys are not known"):
        gradgen.emit(loss)
    p = {"a": 1.3, "b": 0.4, "c": 2.0}
    got = gradgen.grad(loss)(p)
    for key in p:
        up, down = (loss({**p, key: p[key] + h}) for h in (1e-6, -1e-6))
        assert got[key] == pytest.approx((up - down) / 2e-6, abs=1e-8)


def test_a_dict_of_unknown_keys_is_not_returned() -> None:
    def loss(p):
        return p["a"] ** 2, p

    with pytest.raises(gradgen.ArgumentError, match="a dict whose keys are not known"):
        gradgen.emit(loss, has_aux=True)


def test_defaultdict_makes_an_item_at_a_computed_key():
    """There is no KeyError, which Python does not raise."""

    def f(x):
        following = collections.defaultdict(list)
        following[0].append(x[0])
        following[1].append(x[1] * x[2])
        return sum(following[int(np.argmax(x))]) * x[3]

    made = gradgen.grad(f)
    np.testing.assert_array_equal(
        made(X[[1, 2, 0, 3]]), [0.0, X[0] * X[3], X[2] * X[3], X[2] * X[0]]
    )
    np.testing.assert_array_equal(made(X), np.zeros(4))
