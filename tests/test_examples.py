"""``batch=``: derivatives of many examples at once, against one call for each."""

from __future__ import annotations

import copy
import inspect
import math
from typing import Any

import numpy as np
import pytest

import gradgen
from tests.cases import Case
from tests.checks import blocked_import
from tests.tiers import corpus, one_in, sampled

ROWS = 3
# Losses that catch what divisions of Python's numbers raise, and NumPy's do not.
CATCHING = ("lang_partly_tried", "lang_raised_again")


@pytest.mark.parametrize("case", [*one_in(20, corpus()), *one_in(80, sampled())])
def test_batch_is_one_after_the_other(case: Case) -> None:
    args = case.args()
    kinds = [p.kind for p in inspect.signature(case.function).parameters.values()]
    if inspect.Parameter.VAR_POSITIONAL in kinds:
        pytest.skip("the arguments have no names")
    if "'A'" in case.name or "'K'" in case.name:
        pytest.skip("the order is that of memory, which a stack of examples does not keep")
    if "type(" in case.name or case.module in CATCHING:
        pytest.skip("an entry of an array is a number of NumPy's, not one of Python's")
    chosen = tuple(
        k for k in case.argnums if isinstance(args[k], float | np.ndarray) and np.size(args[k])
    )
    if not chosen:
        pytest.skip("no argument is a number or an array")
    rows = [
        tuple(v * (1.0 + 0.01 * r) if k in chosen else v for k, v in enumerate(case.args()))
        for r in range(ROWS)
    ]
    whole = tuple(
        np.stack([row[k] for row in rows]) if k in chosen else v for k, v in enumerate(case.args())
    )
    one = gradgen.value_and_grad(case.function, argnums=chosen)
    try:
        expected = [one(*copy.deepcopy(row)) for row in rows]
        made = gradgen.value_and_grad(case.function, argnums=chosen, batch=chosen)
        value, gradients = made(*whole)
    except gradgen.UnsupportedError as error:
        # A stack of arrays without axes is an array of numbers, which take no subscripts.
        if case.may_be_refused or any(v.ndim == 0 for v in args if isinstance(v, np.ndarray)):
            pytest.skip(str(error).splitlines()[0])
        raise
    single = any(getattr(v, "dtype", None) == np.float32 for v in args)
    tolerances = (2e-4, 1e-5) if single else (1e-9, 1e-11)
    np.testing.assert_allclose(value, [v for v, _ in expected], *tolerances)
    for k, gradient in enumerate(gradients):
        for r, (_, each) in enumerate(expected):
            np.testing.assert_allclose(gradient[r], each[k], *tolerances)


def loss(w, b, x, y):
    h = np.tanh(w @ x + b)
    z = np.sum(h) - y
    if z > 0.0:
        return z * z
    return 0.5 * z * np.log(1.0 + z * z)


RNG = np.random.default_rng(0)
W, B = RNG.normal(size=(3, 2)), RNG.normal(size=3)
X, Y = RNG.normal(size=(5, 2)), RNG.normal(size=5)


def test_gradients_of_each_example() -> None:
    made = gradgen.grad(loss, argnums=(0, 1), batch=("x", "y"))
    by_w, by_b = made(W, B, X, Y)
    assert by_w.shape == (5, 3, 2) and by_b.shape == (5, 3)
    for k in range(5):
        one = gradgen.grad(loss, argnums=(0, 1))(W, B, X[k], float(Y[k]))
        np.testing.assert_allclose(by_w[k], one[0], rtol=1e-13)
        np.testing.assert_allclose(by_b[k], one[1], rtol=1e-13)
    assert "for k" not in made.source and "np.where(" in made.source


def test_updates_of_numbers_in_lists() -> None:
    """A number in a list is updated, not the array of all examples that stands for it."""

    def tabled(x, n):
        table = [x, x**2]
        for i in range(n):
            table[i] *= 3.0
            table.append(x)
        return sum(table) * x

    x = np.array([0.7, 0.77])
    found = gradgen.grad(tabled, batch="x")(x, 2)
    one = gradgen.grad(tabled)
    np.testing.assert_allclose(found, [one(0.7, 2), one(0.77, 2)], rtol=1e-12)
    assert np.array_equal(x, [0.7, 0.77])


def test_hessians_of_each_example() -> None:
    found = gradgen.hessian(loss, argnums=1, batch=(2, 3))(W, B, X, Y)
    for k in range(5):
        one = gradgen.hessian(loss, argnums=1)(W, B, X[k], float(Y[k]))
        np.testing.assert_allclose(found[k], one, rtol=1e-12)


def test_what_does_not_depend_on_the_example() -> None:
    value, by_w = gradgen.value_and_grad(lambda w, x: np.sum(w**2) + 0.0 * x, batch="x")(B, Y)
    np.testing.assert_allclose(value, np.full(5, np.sum(B**2)))
    np.testing.assert_allclose(by_w, np.tile(2.0 * B, (5, 1)))


def test_text_stands_alone() -> None:
    text = gradgen.emit(loss, batch=("x", "y"), example_args=(W, B, X, Y))
    assert "--batch x,y" in text and "Batched:         x, y" in text
    space: dict[str, Any] = {"__builtins__": {**vars(__import__("builtins"))}}
    space["__builtins__"]["__import__"] = blocked_import
    exec(text, space)
    value, _ = space["loss_value_and_grad"](W, B, X, Y)
    np.testing.assert_allclose(value, [loss(W, B, x, y) for x, y in zip(X, Y, strict=True)])


def stops(x, w):
    """Each example has its own number of turns."""
    while x < 10.0:
        x = x * x * w + 1.0
    return x


def leaves_early(x, w):
    """Each example leaves the loop at its own turn, with auxiliaries."""
    total = 0.0
    for i in range(6):
        total += np.sum(np.tanh(w * x) ** 2) * (i + 1)
        if total > 2.0:
            return total * w[0], {"turn": i, "state": x * total}
    return total, {"turn": -1, "state": x}


def slopes(fn, args, k, h=1e-3):
    """Return the derivative by an entry for all entries of an argument, by differences."""
    flat = np.asarray(args[k], float)
    out = np.zeros(flat.shape)
    for place in np.ndindex(flat.shape):
        step = np.zeros(flat.shape)
        step[place] = h
        moved = [fn(*args[:k], flat + m * step, *args[k + 1 :]) for m in (3, 2, 1, -1, -2, -3)]
        out[place] = np.dot(moved, [1.0, -9.0, 45.0, -45.0, 9.0, -1.0]) / (60 * h)
    return out


@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_examples_one_after_the_other(backend: str) -> None:
    """What cannot be done for all at once goes through in a loop."""
    if backend == "numba":
        pytest.importorskip("numba")
    xs, w = np.array([1.2, 2.5, 0.3, 11.0]), 1.1
    made = gradgen.value_and_grad(stops, argnums=(0, 1), batch="x", backend=backend)
    value, (d_x, d_w) = made(xs, w)
    np.testing.assert_allclose(value, [stops(x, w) for x in xs], rtol=1e-14)
    np.testing.assert_allclose(d_x, [slopes(stops, (x, w), 0, 1e-5) for x in xs], rtol=1e-7)
    np.testing.assert_allclose(d_w, [slopes(stops, (x, w), 1, 1e-5) for x in xs], rtol=1e-7)
    assert (
        "in a loop: a number of turns" in made.explain() and "for k in range(len(x))" in made.source
    )


def test_examples_one_after_the_other_in_all_modes() -> None:
    xs, w = np.array([[0.7, -0.3], [0.1, 0.2], [1.5, 0.9]]), np.array([0.8, 1.3])
    both = gradgen.value_and_grad(leaves_early, argnums=(0, 1), batch=0, has_aux=True)
    (value, aux), (d_x, d_w) = both(xs, w)
    first = lambda x, w: leaves_early(x, w)[0]
    np.testing.assert_allclose(value, [first(x, w) for x in xs], rtol=1e-14)
    np.testing.assert_array_equal(aux["turn"], [leaves_early(x, w)[1]["turn"] for x in xs])
    np.testing.assert_allclose(aux["state"], [leaves_early(x, w)[1]["state"] for x in xs])
    expected = [slopes(first, (x, w), 0) for x in xs]
    np.testing.assert_allclose(d_x, expected, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(d_w, [slopes(first, (x, w), 1) for x in xs], rtol=1e-8, atol=1e-10)
    for mode in (gradgen.jacfwd, gradgen.jacrev):
        found, _ = mode(leaves_early, batch=0, has_aux=True)(xs, w)
        np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-10)
    slope = gradgen.grad(first)
    second = gradgen.hessian(first, batch=0)(xs, w)
    for x, matrix in zip(xs, second, strict=True):
        rows = [slopes(lambda x, w, k=k: slope(x, w)[k], (x, w), 0) for k in range(2)]
        np.testing.assert_allclose(matrix, rows, rtol=1e-7, atol=1e-9)
    # The text is differentiated again as any other.
    total = gradgen.grad(lambda w: np.sum(gradgen.grad(first, batch=0)(xs, w) ** 2))(w)
    loss = lambda w: sum(np.sum(slope(x, w) ** 2) for x in xs)
    np.testing.assert_allclose(total, slopes(loss, (w,), 0), rtol=1e-7)


def test_names_of_the_example_before() -> None:
    """A name that one example does not assign is not what another has left in it."""

    def late(x):
        s = 0.0
        for i in range(3):
            if x > i:
                y = x * i
            s = s + y
        return s

    made = gradgen.grad(late, batch="x")
    np.testing.assert_allclose(made(np.array([2.5, 1.5])), [3.0, 2.0])
    with pytest.raises(UnboundLocalError, match="'y'"):
        made(np.array([2.5, -1.0]))


def test_what_is_no_number_is_that_of_all_examples() -> None:
    def layer(p, x):
        h = p["w"] @ x if p["bias"] is None else p["w"] @ x + p["bias"]
        return np.tanh(h) * (p["scale"][0] if p["scale"][1] == "by" else 1.0)

    scale = np.array([1.0, 2.0, 3.0])
    p = {"w": X[:3] + 1.0, "bias": None, "scale": (scale, "by")}
    found = gradgen.grad(layer, batch=(0, 1))(p, X[:3])
    for k in range(3):
        of_one = {"w": p["w"][k], "bias": None, "scale": (float(scale[k]), "by")}
        one = gradgen.grad(layer)(of_one, X[k])
        np.testing.assert_allclose(found["w"][k], one["w"])
        assert found["scale"][0][k] == pytest.approx(one["scale"][0])
    assert found["bias"] is None and found["scale"][1] == "by"
    with pytest.raises(gradgen.ArgumentError, match="'p' is batched, but holds no array"):
        gradgen.grad(lambda x, p: x**2, batch="p")(1.0, {"kind": "none"})


def test_refusals() -> None:
    with pytest.raises(gradgen.ArgumentError, match="no parameter 'z'"):
        gradgen.grad(loss, batch="z")(W, B, X, Y)
    with pytest.raises(gradgen.ArgumentError, match="holds float"):
        gradgen.grad(loss, batch=3)(W, B, X[0], 1.0)
    with pytest.raises(ValueError, match="differ in length"):
        gradgen.grad(loss, batch=("x", "y"))(W, B, X, Y[:3])


def turns(w, x, y):
    z, n = w @ x, 0
    while abs(z) > 0.1 and n < 20:
        z, n = z * 0.7 * np.cos(y), n + 1
    return z * y


def chosen(w, x, y):
    z = w @ x
    if z > 0.0:
        return z**2 * y
    elif y > 0.0:
        return np.exp(z)
    return np.sin(z) - y


def solved(w, x, y):
    return np.linalg.solve(np.outer(x, x) + np.eye(2) * w[0] ** 2, w) @ x * y


W2, MODES = np.array([0.3, -0.6]), (gradgen.grad, gradgen.jacfwd, gradgen.jacrev)


@pytest.mark.parametrize("make", (*MODES, gradgen.hessian, gradgen.hessian_diag))
@pytest.mark.parametrize("fn", (turns, chosen, solved))
def test_no_examples(fn: Any, make: Any) -> None:
    """An empty batch has the shape that one of some examples has, but for its length."""
    made = make(fn, batch=("x", "y"))
    some = made(W2, X, Y)
    one = [make(fn)(W2, x, y) for x, y in zip(X, Y, strict=True)]
    np.testing.assert_allclose(some, one, rtol=1e-12, atol=1e-14)
    assert made(W2, X[:0], Y[:0]).shape == (0, *some.shape[1:])


def test_choices_of_generated_text() -> None:
    """What one arm alone assigns is no obstacle where the text is generated, and reads it there."""
    made = gradgen.hessian_diag(chosen, batch=("x", "y"))
    made(W2, X, Y)
    assert "for k in" not in made.source and "np.where" in made.source


def test_types_are_asked_for() -> None:
    with pytest.raises(gradgen.ArgumentError, match="how many axes") as caught:
        _ = gradgen.grad(chosen, batch=("x", "y")).source
    assert "example_args" in str(caught.value)


def test_functions_of_numbers_that_arrays_have_not() -> None:
    """``np.isclose`` has other tolerances, and ``np.hypot`` takes a third array for a result."""

    def near(x, y, z):
        far = math.hypot(x, y, z)
        return x * far if math.isclose(x, y, rel_tol=0.5) else y * far

    rows = np.array([[1.0, 1.2, 0.5], [2.0, 0.3, 0.7], [-0.4, -0.5, 1.0]]).T
    expected = [gradgen.grad(near, argnums=(0, 1, 2))(*row) for row in rows.T]
    kept = rows.copy()
    made = gradgen.grad(near, argnums=(0, 1, 2), batch=("x", "y", "z"))(*rows)
    np.testing.assert_allclose(np.array(made).T, expected, rtol=1e-12)
    np.testing.assert_array_equal(rows, kept)
