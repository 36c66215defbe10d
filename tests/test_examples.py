"""``batch=``: derivatives of many examples at once, against one call for each."""

from __future__ import annotations

import copy
import inspect
from typing import Any

import numpy as np
import pytest

import gradgen
from tests.cases import CONTROL, FUNCTIONS, LANGUAGE, LOSSES, MUTATION, NUMPY_OPS, Case, cases
from tests.checks import blocked_import
from tests.rules.samples import samples

EVERY, ROWS = 40, 3


def _parameters() -> list[Any]:
    corpus = cases((*CONTROL, *FUNCTIONS, *LANGUAGE, *LOSSES, *MUTATION, *NUMPY_OPS))
    found = [(p.values[0], p.id, 5) for p in corpus]
    found += [(s, f"{s.module}-{s.name}", EVERY) for s in samples()]
    slow = pytest.mark.slow
    return [
        pytest.param(case, id=name, marks=[] if k % every == 0 else slow)
        for k, (case, name, every) in enumerate(found)
    ]


@pytest.mark.parametrize("case", _parameters())
def test_batch_is_one_after_the_other(case: Case) -> None:
    args = case.args()
    kinds = [p.kind for p in inspect.signature(case.function).parameters.values()]
    if inspect.Parameter.VAR_POSITIONAL in kinds:
        pytest.skip("the arguments have no names")
    if "'A'" in case.name or "'K'" in case.name:
        pytest.skip("the order is that of memory, which a stack of examples does not keep")
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
        if "has no batched form" in str(error) or case.may_be_refused:
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


def test_refusals() -> None:
    def stops(x):
        while x < 10.0:
            x = x * x + 1.0
        return x

    with pytest.raises(gradgen.UnsupportedError, match="number of turns"):
        gradgen.grad(stops, batch=0)(Y)
    with pytest.raises(gradgen.ArgumentError, match="no parameter 'z'"):
        gradgen.grad(loss, batch="z")(W, B, X, Y)
    with pytest.raises(gradgen.ArgumentError, match="holds float"):
        gradgen.grad(loss, batch=3)(W, B, X[0], 1.0)
    with pytest.raises(AssertionError, match="differ in length"):
        gradgen.grad(loss, batch=("x", "y"))(W, B, X, Y[:3])
