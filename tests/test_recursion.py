"""Recursive functions: their depth, what is refused, what is told of them."""

from __future__ import annotations

import functools
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.diff.pairs import callees_of
from gradgen.ir.verify import verify
from gradgen.options import Options
from gradgen.pipeline import run
from tests import checks
from tests.cases import Case, cases
from tests.corpus import recursion
from tests.references import assert_gradient, difference_gradient


def repeated(x, n):
    return recursion.power(x, n)


def endless(x):
    return endless(x) * 2.0


def loss_of_endless(x):
    return endless(x)


class Counter:
    def __init__(self) -> None:
        self.total = 0.0


def add_up(counter, x, n):
    if n > 0:
        counter.total += x
        add_up(counter, x * x, n - 1)


def writes_to_object(x, n):
    counter = Counter()
    add_up(counter, x, n)
    return counter.total


@gradgen.grad
def own_gradient(x, n):
    if n == 0:
        return 1.0
    return x * own_gradient(x, n - 1)


@gradgen.differentiable
def knows_its_gradient(x, n):
    if n == 0:
        return 1.0
    return x * knows_its_gradient(x, n - 1)


def test_depth_is_that_of_python() -> None:
    gradient = gradgen.grad(repeated)
    assert gradient(1.0, 700) == 700.0
    with pytest.raises(RecursionError):
        gradient(1.0, 100_000)
    assert gradient(1.0, 3) == 3.0


@pytest.mark.parametrize(
    ("function", "args", "word"),
    [
        (loss_of_endless, (1.0,), "never returns"),
        (own_gradient, (1.0, 3), "calls its own gradient"),
    ],
)
def test_refusals(function: Any, args: tuple, word: str) -> None:
    with pytest.raises(gradgen.GradgenError, match=word) as found:
        (function if function is own_gradient else gradgen.grad(function))(*args)
    assert "Way out" in str(found.value)


def test_writes_to_an_object() -> None:
    assert gradgen.grad(writes_to_object)(0.9, 3) == pytest.approx(1 + 2 * 0.9 + 4 * 0.9**3)


def test_function_that_knows_its_gradient() -> None:
    assert knows_its_gradient.grad(2.0, 3) == 12.0


def test_few_constant_calls_are_written_out() -> None:
    text = gradgen.emit(lambda x: recursion.power(x, 3))
    assert "def power" not in text


def test_account() -> None:
    gradient = gradgen.value_and_grad(repeated)
    gradient(1.5, 3)
    assert "power_forward pushes on power_saved" in gradient.explain()
    assert "power(x, n)" in str(gradient.graph)


def test_symbols() -> None:
    expression = gradgen.to_sympy(repeated, 1.5, 3).expr
    assert str(expression) == "s0**3"


@pytest.mark.parametrize("case", cases(("recursion",)))
def test_graphs_of_pairs(case: Case) -> None:
    options = Options(argnums=case.argnums)
    program = run(case.function, case.args(), options)
    for callee in callees_of(program.function):
        verify(callee.function)
        if callee.backward is not None:
            verify(callee.backward)


def along_list(x):
    """The tangents go down as a list."""
    items = [x[0] * x[1], np.sin(x[2]), x[1]]

    def total(items, k):
        if k == len(items):
            return 1.0
        return items[k] * total(items, k + 1) + items[0]

    return total(items, 0)


def columns(x, n):
    """A recursion of arrays that is differentiated by several."""
    if n == 0:
        return np.outer(x, x)
    return np.cos(columns(x * x[0], n - 1)) @ columns(x, n - 1)


POINT = np.array([0.3, -0.7, 1.1])
RECURSIONS = [(along_list, ()), (columns, (2,)), (recursion.divide_and_conquer, ())]


def complex_step(fn: Any, x: np.ndarray, *rest: Any) -> np.ndarray:
    """Return the Jacobian by x, a column by each complex step."""
    steps = [np.imag(fn(x + 1e-30j * e, *rest)) / 1e-30 for e in np.eye(x.size)]
    return np.stack(steps, axis=-1)


@pytest.mark.parametrize(("fn", "rest"), RECURSIONS, ids=lambda p: getattr(p, "__name__", ""))
@pytest.mark.parametrize("make", [gradgen.jacfwd, gradgen.jacrev], ids=["forward", "reverse"])
def test_jacobians_in_one_sweep(fn: Any, rest: tuple, make: Any) -> None:
    made = make(fn)
    np.testing.assert_allclose(
        made(POINT, *rest), complex_step(fn, POINT, *rest), rtol=1e-11, atol=1e-14
    )
    if fn is columns or make is gradgen.jacfwd:
        assert "eye(" in made.source  # all seeds at once


@pytest.mark.parametrize(("fn", "rest"), RECURSIONS[::2], ids=lambda p: getattr(p, "__name__", ""))
def test_hessian_of_recursion(fn: Any, rest: tuple) -> None:
    h, gradient = 1e-4, gradgen.grad(fn)
    weights = {1: 0.75, 2: -0.15, 3: 1.0 / 60.0}
    rows = [
        sum(w * (gradient(POINT + k * h * e) - gradient(POINT - k * h * e)) / h
            for k, w in weights.items())
        for e in np.eye(3)
    ]  # fmt: skip
    for made in (gradgen.hessian(fn), gradgen.jacfwd(gradgen.jacfwd(fn)),
                 gradgen.jacrev(gradient), gradgen.jacrev(gradgen.jacfwd(fn))):  # fmt: skip
        np.testing.assert_allclose(made(POINT), rows, rtol=1e-9, atol=1e-10)


def test_tangent_function_calls_itself() -> None:
    made = gradgen.jvp(repeated)
    assert made((1.5, 3), 1.0) == (3.375, 6.75)
    assert made.source.count("power_tangent(") == 3
    assert "power_tangent returns its tangents, too" in made.explain()


class Leaf:
    def __init__(self, key: Any, place: float) -> None:
        self.key, self.place, self.left, self.right = key, place, None, None


def insert(root, key, place):
    if root is None:
        return Leaf(key, place)
    if key < root.key:
        root.left = insert(root.left, key, place)
    else:
        root.right = insert(root.right, key, place)
    return root


def in_order(leaf, out):
    if leaf is not None:
        in_order(leaf.left, out)
        out.append(leaf.key * leaf.place)
        in_order(leaf.right, out)


def search_tree(x):
    root = None
    for k in range(len(x)):
        root = insert(root, x[k] ** 2, float(k + 1))
    out = []
    in_order(root, out)
    return sum(v * (k + 1) for k, v in enumerate(out))


@pytest.mark.parametrize("x", [[0.7, -0.3, 1.2, 0.1, 0.9], [3.0], [4.0, 3.0, 2.0, 1.5, 1.0]])
def test_trees_grow_by_comparisons(x: list[float]) -> None:
    args = (np.array(x),)
    value, gradient = gradgen.value_and_grad(search_tree)(*args)
    assert value == search_tree(*args)
    assert_gradient(search_tree, args, (gradient,), (0,))


def test_containers_that_nest_by_the_numbers_are_refused_soon():
    """Each reading of the builder would find one level more."""

    def tree(v):
        if v < 0.2:
            return None
        return {"v": v, "left": tree(v * 0.6), "right": tree(v * 0.4)}

    def total(t):
        return 0.0 if t is None else t["v"] ** 2 + total(t["left"]) + total(t["right"])

    with pytest.raises(gradgen.GradgenError, match="as deep as numbers decide"):
        gradgen.grad(lambda x: total(tree(x)))(0.7)


def test_a_loop_on_one_path_that_adds_to_the_argument():
    """The caller sees what a recursive function adds to an array in a loop behind a return."""

    def grown(p, depth):
        if depth <= 0:
            return 0.6
        if np.sum(p) > 2.0:
            return 0.1
        for _ in range(2):
            p += np.cos(p)
        return p[0] + 0.5 * grown(p, depth - 1)

    def loss(x, a):
        b = a * 1.0
        return x * grown(b, 1) + grown(b, 1) * x + b[1]

    a = np.array([0.1, 0.2, 0.3])
    value, (d_x, d_a) = gradgen.value_and_grad(loss, argnums=(0, 1))(0.5, a)
    assert value == loss(0.5, a)
    expected = difference_gradient(loss, (0.5, a), (0, 1))
    np.testing.assert_allclose(d_x, expected[0], 1e-8)
    np.testing.assert_allclose(d_a, expected[1], 1e-7)


def test_results_beside_an_adjoint_that_is_added_to():
    """A call's result gets another name than the array that the call adds to, which is read on."""

    def loss(x, a, n):
        h = a + 0.5

        def descend(p, depth):
            if depth > 0:
                return p[1]
            h[0] += 0.5
            return descend(p, 1)

        descend(a, n)
        return x * 0.5 * descend(a, 1) + np.sum(h * h)

    gradient = gradgen.grad(loss, argnums=(0, 1))
    weights = np.array([0.3, -0.3, -0.9])

    def along(x, a, n):
        d_x, d_a = gradient(x, a, n)
        return 0.5 * d_x + np.sum(weights * d_a)

    d_x, d_a = gradgen.grad(along, argnums=(0, 1))(0.77, np.array([-0.2, -0.9, 0.9]), 3)
    assert d_x == pytest.approx(0.5 * weights[1], rel=1e-14)
    np.testing.assert_allclose(d_a, 2.0 * weights + np.array([0.0, 0.25, 0.0]), 1e-14)


def test_second_order_of_an_adjoint_that_a_loop_adds_to():
    """The text of the gradient adds to an array that it is given, in a loop on one path."""

    def spread(p, q, depth):
        if depth <= 0:
            return 0.5
        for i in range(3):
            q[i] += np.sum(p) * p[i]
        return spread(p, q, depth - 1)

    def loss(a, n):
        c = a * 1.0
        spread(a * 0.9, c, n)
        return np.sum(c * c)

    a, v = np.array([-0.22, -0.86, 0.92]), np.array([0.3, -0.7, 0.2])
    gradient = gradgen.grad(loss)

    def along(a, n):
        return np.sum(v * gradient(a, n))

    expected = difference_gradient(along, (a, 2), (0,))[0]
    second = gradgen.grad(along)
    np.testing.assert_allclose(second(a, 2), expected, 1e-8)


def test_defaults_that_the_function_around_computes():
    def loss(x, n):
        scaled = 2.0 * x

        def chain(k, w=scaled, pair=[x[0], x[1] ** 2], options={"gain": x[2]}, *, done=[]):
            done.append(w[k])
            if k <= 0:
                return pair[1] * options["gain"]
            return done[-1] * chain(k - 1) + pair[0]

        return chain(n)

    x = np.array([1.1, 2.0, 0.7, 1.3])
    value, gradient = gradgen.value_and_grad(loss)(x, 3)
    assert value == loss(x, 3)
    np.testing.assert_allclose(gradient, difference_gradient(loss, (x, 3), (0,))[0], 1e-8)


def test_results_that_are_kept_by_lru_cache():
    """Forty calls instead of 2**27, and what was kept stays what it was."""

    @functools.lru_cache
    def binomial(n, k):
        return 1 if k in (0, n) else binomial(n - 1, k - 1) + binomial(n - 1, k)

    def loss(x, n):
        k = 0.5

        @functools.cache
        def fibonacci(i):
            return x * (i + 1) if i < 2 else k * fibonacci(i - 1) + fibonacci(i - 2)

        first = fibonacci(n)
        k = 3.0
        return first + fibonacci(n - 1) + binomial(28, 14) * x

    value, slope = gradgen.value_and_grad(loss)(1.2, 40)
    assert value == loss(1.2, 40)
    assert slope == pytest.approx(value / 1.2, rel=1e-12)


def test_results_kept_on_a_path_are_computed_again_on_others():
    def loss(x, n):
        @functools.cache
        def steps(i):
            return x * (i + 1) if i < 2 else x * steps(i - 1) + steps(i - 2)

        total = 0.0
        for i in range(n):
            total += steps(i) if x > 0.4 * i else steps(2) * steps(i)
        return total

    value, slope = gradgen.value_and_grad(loss)(1.3, 6)
    assert value == loss(1.3, 6)
    np.testing.assert_allclose(slope, difference_gradient(loss, (1.3, 6), (0,))[0], 1e-8)


def test_a_list_that_is_longer_at_each_depth():
    def loss(x, n):
        def gather(k, found=None):
            found = [] if found is None else found
            found.append(2.0 * x[k])
            return sum(found) * x[0] if k <= 0 else gather(k - 1, found) + x[k]

        return gather(n)

    x = np.array([1.1, 2.0, 0.7, 1.3])
    value, gradient = gradgen.value_and_grad(loss)(x, 3)
    assert value == loss(x, 3)
    np.testing.assert_allclose(gradient, difference_gradient(loss, (x, 3), (0,))[0], 1e-8)


def test_a_dict_of_results_forty_calls_deep():
    def loss(x, n):
        memo = {}

        def steps(i):
            if i not in memo:
                memo[i] = x * (i + 1) if i < 2 else 0.5 * steps(i - 1) + steps(i - 2)
            return memo[i]

        return steps(n)

    value, slope = gradgen.value_and_grad(loss)(1.2, 40)
    assert value == loss(1.2, 40)
    assert slope == pytest.approx(value / 1.2, rel=1e-12)


def test_computed_defaults_of_lambdas_and_of_functions_that_call_each_other():
    def loss(x, n):
        chain = lambda k, w=x[0]: w if k == 0 else x[k] * chain(k - 1)

        def even(k, s=x[0]):
            return s if k <= 0 else odd(k - 1) * x[k]

        def odd(k, s=x[1]):
            return s if k <= 0 else even(k - 1) + x[k]

        return chain(n) + even(n) * odd(n)

    x = np.array([1.1, 2.0, 0.7, 1.3])
    value, gradient = gradgen.value_and_grad(loss)(x, 3)
    assert value == loss(x, 3)
    np.testing.assert_allclose(gradient, difference_gradient(loss, (x, 3), (0,))[0], 1e-8)


def test_an_array_that_is_kept_is_the_same_array():
    def loss(x):
        @functools.cache
        def row(k):
            return k * x

        first = row(2)
        first[0] = 5.0
        return np.sum(row(2) * row(1))

    x = np.array([1.1, 2.0, 0.7])
    value, gradient = gradgen.value_and_grad(loss)(x)
    assert value == loss(x)
    np.testing.assert_allclose(gradient, [5.0, *(4.0 * x[1:])], 1e-14)


def test_what_is_kept_is_not_written_to():
    def of_list(x):
        @functools.cache
        def pair(k):
            return [x[k], x[k + 1]]

        pair(0).append(x[2])
        return sum(pair(0))

    def of_array(x):
        @functools.cache
        def zeros(n):
            return np.zeros(n)

        if x[0] > 0.0:
            zeros(3)[0] = x[1]
        return np.sum(zeros(3))

    def of_method(x):
        return Costs(x).upto(3) * Costs(x).upto(2)

    x = np.array([1.1, 2.0, 0.7, 1.3])
    for loss in (of_list, of_array):
        with pytest.raises(gradgen.UnsupportedError, match="a write into"):
            gradgen.grad(loss)(x)
    expected = difference_gradient(of_method, (x,), (0,))[0]
    np.testing.assert_allclose(gradgen.grad(of_method)(x), expected, 1e-8)


class Costs:
    def __init__(self, x):
        self.x = x

    @functools.cache
    def upto(self, k):
        return self.x[0] if k == 0 else 0.5 * self.upto(k - 1) + self.x[k] ** 2


def quicksorted(values):
    if len(values) <= 1:
        return values
    pivot, *rest = values
    below = quicksorted([v for v in rest if v < pivot])
    return below + [pivot] + quicksorted([v for v in rest if v >= pivot])


def weighted_ranks(x):
    return sum((k + 1) * v**3 for k, v in enumerate(quicksorted(list(x))))


def test_second_order_where_lists_of_lists_hold_what_is_returned():
    x, v = np.array([3.0, 1.0, 2.0, 5.0, 4.0]), np.array([0.3, -1.0, 0.7, 0.2, 0.5])
    ranks = 1.0 + np.argsort(np.argsort(x))
    assert np.allclose(gradgen.grad(weighted_ranks)(x), 3.0 * ranks * x**2, rtol=1e-14)
    product = gradgen.hvp(weighted_ranks)((x,), (v,))
    assert np.allclose(product, 6.0 * ranks * x * v, rtol=1e-13)


def first_of_all(v, rows):
    if v > 20.0:
        return rows[0]
    rows.append([v])
    return first_of_all(v * 1.5, rows)


def reads_an_item(x):
    rows = []
    for v in x:
        rows.append([v, 2.0 * v])
    row = first_of_all(x[0], rows)
    rows[0] = [x[1]]
    return sum(row) * x[0] + sum(rows[0]) + sum(rows[-1]) ** 2


def changes_an_item(x):
    rows = []
    for v in x:
        rows.append([v, 2.0 * v])
    row = first_of_all(x[0], rows)
    row.append(x[1])
    return sum(rows[0]) * x[0]


@pytest.mark.parametrize("loss", [reads_an_item, changes_an_item])
def test_a_returned_item_of_a_list_is_that_item(loss):
    x = np.array([1.3, 0.7])
    assert_gradient(loss, (x,), (gradgen.grad(loss)(x),), (0,))


def slice_of_a_slice(s, depth):
    """Its sweep clears a slice of an adjoint that it has popped, and reads a view of that."""
    if depth <= 0:
        return s
    a = np.array([s + 1.0, s])
    o = np.zeros_like(a)
    o[1] = a[0] * a[1]
    o[:1] = a[:1]
    return o[0] * o[1] * slice_of_a_slice(0.5 * s, depth - 1.0)


def running_product(s, depth):
    if depth <= 0:
        return s
    return np.cumprod(np.array([s + 1.0, s]))[1] * running_product(0.5 * s, depth - 1.0)


@pytest.mark.parametrize("loss", [slice_of_a_slice, running_product])
def test_arrays_that_sweeps_pop_are_somebodys(loss):
    grad, along = gradgen.grad, gradgen.jacfwd
    for depth in (1.0, 2.0):
        two = along(along(loss))(0.3, depth)
        assert grad(grad(loss))(0.3, depth) == pytest.approx(two, rel=1e-13)
        three = along(along(along(loss)))(0.3, depth)
        assert grad(grad(grad(loss)))(0.3, depth) == pytest.approx(three, rel=1e-13)


def exponentials(a, depth):
    y = np.exp(a)
    return y if depth <= 0 else np.exp(0.5 * exponentials(0.1 * y, depth - 1))


def result_that_is_written_to(a, depth):
    r = exponentials(a, depth)
    r[0] += 3.0 * a[1]
    r *= 2.0
    return np.sum(r * r)


def halves(a, depth):
    b = np.sin(a)[1:]
    t = np.sum(b**3)
    return t if depth <= 0 else t * halves(b, depth - 1)


def argument_that_is_written_to(a, depth):
    b = 1.0 * a
    s = halves(b, depth)
    b[1] = 7.0 * s
    return np.sum(b * a) + s


def inner_result_that_is_written_to(a, depth):
    def inner(a, k):
        y = np.exp(a)
        if k <= 0:
            return y
        z = inner(0.1 * y, k - 1)
        z[0] += a[0]
        return z * y

    return np.sum(inner(a, depth) ** 2)


@pytest.mark.parametrize("backend", ["numpy", "numba"])
@pytest.mark.parametrize(
    "loss",
    [result_that_is_written_to, argument_that_is_written_to, inner_result_that_is_written_to],
)
def test_what_a_caller_writes_to_is_kept_as_it_was(loss: Any, backend: str) -> None:
    if backend == "numba":
        pytest.importorskip("numba")
    gradient = gradgen.grad(loss, backend=backend)
    a = np.array([0.7, -0.3, 1.1])
    for depth in (0, 1, 2):
        assert_gradient(loss, (a, depth), (gradient(a, depth),), (0,))
    if backend == "numpy":
        second = gradgen.jacfwd(gradgen.jacfwd(loss))(a, 2)
        assert np.allclose(gradgen.hessian(loss)(a, 2), second, rtol=1e-11)


def test_lists_that_a_recursion_hands_back_are_read_again(tmp_path: Path) -> None:
    checks.check_second_order(Case("lang_simulated_objects", "spots_in_a_recursion"), tmp_path)


def sine_cascade(x, depth):
    return x if depth <= 0 else math.sin(x) * sine_cascade(0.5 * x, depth - 1)


def squared_cascade(x, depth):
    return sine_cascade(x, depth) ** 2


def test_lists_of_compiled_recursions_are_typed_along_a_direction() -> None:
    pytest.importorskip("numba")
    second = gradgen.grad(gradgen.grad(squared_cascade))(0.7, 3)
    product = gradgen.hvp(squared_cascade, backend="numba")((0.7, 3), 1.0)
    assert product == pytest.approx(second, rel=1e-12)


def best_path(w, depth):
    def value(path, d, larger):
        if d == 0:
            return math.sin(sum(w[m] * (k + 1) for k, m in enumerate(path)))
        found = [value((*path, m), d - 1, not larger) for m in range(2)]
        return max(found) if larger else min(found)

    return value((), depth, True)


def test_tuples_that_grow_with_the_depth_are_read_in_time() -> None:
    """Each depth called itself in two ways, of which the second was read after the first failed."""
    w = np.array([0.6, 0.4])
    gradient = gradgen.grad(best_path)(w, 2)
    assert_gradient(best_path, (w, 2), (gradient,), (0,))


def test_second_derivatives_where_the_sweep_hands_back_what_it_adds_to() -> None:
    p, y = np.array([2.0, -0.3]), np.array([1.0, 0.2])
    direction = np.array([0.6, -1.1])
    product = gradgen.hvp(recursion.steps_as_long_as_can_be)((p, y, 1.2), direction)
    slope = gradgen.grad(recursion.steps_as_long_as_can_be)
    h = 1e-5
    expected = (slope(p + h * direction, y, 1.2) - slope(p - h * direction, y, 1.2)) / (2 * h)
    np.testing.assert_allclose(product, expected, rtol=1e-7)
