"""``batch=`` for products and Jacobians, against one call for each example."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradgen

RNG = np.random.default_rng(0)
W, X, Y = RNG.normal(size=(3, 2)), RNG.normal(size=(5, 2)), RNG.normal(size=5)
T_W, T_X, T_Y = RNG.normal(size=(3, 2)), RNG.normal(size=(5, 2)), RNG.normal(size=5)


def layer(w, x):
    return np.tanh(w @ x) * np.sum(x)


def turns(w, x):
    """Each example has its own number of turns."""
    z, n = w @ x, 0
    while np.sum(np.abs(z)) > 0.1 and n < 20:
        z, n = z * 0.7 + 0.1 * np.sin(z), n + 1
    return z


def energy(w, x, y):
    return np.sum(turns(w, x) ** 3) * y + np.sum(layer(w, x)) * y**2


def smooth(w, x, y):
    return np.sum(np.tanh(w @ x)) * y**2


def named(p, x):
    h = np.tanh(p["w"] @ x["a"] + p["b"])
    return {"h": h * x["s"], "parts": (np.sum(h), x["a"] * 2.0)}


TREE = {"w": W, "b": RNG.normal(size=3)}
T_TREE = {"w": T_W, "b": RNG.normal(size=3)}
ROWS, T_ROWS = {"a": X, "s": Y}, {"a": T_X, "s": T_Y}


def row(tree: Any, k: int) -> Any:
    """Return one example of a batch."""
    if isinstance(tree, dict):
        return {key: row(v, k) for key, v in tree.items()}
    if isinstance(tree, tuple):
        return tuple(row(v, k) for v in tree)
    return float(tree[k]) if np.ndim(tree) == 1 else tree[k]


def assert_same(one: Any, two: Any) -> None:
    """Compare two trees."""
    if isinstance(one, dict):
        assert one.keys() == two.keys()
        one, two = tuple(one.values()), tuple(two.values())
    if isinstance(one, tuple):
        for a, b in zip(one, two, strict=True):
            assert_same(a, b)
        return
    np.testing.assert_allclose(one, two, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("fn, backend", [(layer, "numpy"), (turns, "numpy"), (turns, "numba")])
def test_pullback(fn: Any, backend: str) -> None:
    if backend == "numba":
        pytest.importorskip("numba")
    for x in (X, X[:1]) if backend == "numpy" else (X,):
        value, pull = gradgen.vjp(fn, argnums=(0, 1), batch="x", backend=backend)(W, x)
        seeds = RNG.normal(size=value.shape)
        found = pull(seeds)
        for k in range(len(x)):
            one, alone = gradgen.vjp(fn, argnums=(0, 1))(W, x[k])
            assert_same(value[k], one)
            assert_same((found[0][k], found[1][k]), alone(seeds[k]))


@pytest.mark.parametrize("fn, backend", [(layer, "numpy"), (turns, "numpy"), (layer, "numba")])
def test_pushforward(fn: Any, backend: str) -> None:
    """The tangent of what is the same for all examples is the same for all."""
    if backend == "numba":
        pytest.importorskip("numba")
    both = gradgen.jvp(fn, argnums=(0, 1), batch="x", backend=backend)
    value, moved = both((W, X), (T_W, T_X))
    _, by_w = gradgen.jvp(fn, batch=1, backend=backend)((W, X), T_W)
    for k in range(len(X)):
        args = (W, X[k])
        assert_same((value[k], moved[k]), gradgen.jvp(fn, argnums=(0, 1))(args, (T_W, T_X[k])))
        assert_same(by_w[k], gradgen.jvp(fn)(args, T_W)[1])


@pytest.mark.parametrize("fn", [smooth, energy])
@pytest.mark.parametrize("argnums", [0, 1, (0, 1), (2, 1)])
def test_hessian_products(fn: Any, argnums: Any) -> None:
    tangents = (T_W, T_X, T_Y)
    chosen = argnums if isinstance(argnums, tuple) else (argnums,)
    given = tuple(tangents[k] for k in chosen)
    made = gradgen.hvp(fn, argnums=argnums, batch=("x", "y"))
    found = made((W, X, Y), given if isinstance(argnums, tuple) else given[0])
    for k in range(len(X)):
        alone = tuple(t if n == 0 else row(t, k) for n, t in zip(chosen, given, strict=True))
        wanted = gradgen.hvp(fn, argnums=chosen)((W, X[k], float(Y[k])), alone)
        parts = found if isinstance(argnums, tuple) else (found,)
        assert_same(tuple(part[k] for part in parts), wanted)


@pytest.mark.parametrize("fn", [layer, turns])
def test_jacobian(fn: Any) -> None:
    made = gradgen.jacobian(fn, argnums=(0, 1), batch=1)
    found = made(W, X)
    for k in range(len(X)):
        wanted = gradgen.jacrev(fn, argnums=(0, 1))(W, X[k])
        assert_same((found[0][k], found[1][k]), wanted)
    assert "8 inputs and 3 outputs" in made.explain()


def test_containers() -> None:
    value, moved = gradgen.jvp(named, argnums=(0, 1), batch="x")((TREE, ROWS), (T_TREE, T_ROWS))
    _, pull = gradgen.vjp(named, argnums=(0, 1), batch="x")(TREE, ROWS)
    found = pull(moved)
    matrices = gradgen.jacobian(named, batch="x")(TREE, ROWS)
    for k in range(len(X)):
        args, tangents = (TREE, row(ROWS, k)), (T_TREE, row(T_ROWS, k))
        one = gradgen.jvp(named, argnums=(0, 1))(args, tangents)
        assert_same((row(value, k), row(moved, k)), one)
        _, alone = gradgen.vjp(named, argnums=(0, 1))(*args)
        assert_same(row(found, k), alone(one[1]))
        assert_same(row(matrices, k), gradgen.jacobian(named)(*args))


def test_auxiliaries() -> None:
    with_aux = lambda w, x: (np.tanh(w @ x), {"n": np.sum(x)})
    value, pull, aux = gradgen.vjp(with_aux, batch="x", has_aux=True)(W, X)
    _, moved, other = gradgen.jvp(with_aux, batch="x", has_aux=True)((W, X), T_W)
    matrices, third = gradgen.jacobian(with_aux, batch="x", has_aux=True)(W, X)
    for found in (aux, other, third):
        np.testing.assert_allclose(found["n"], np.sum(X, axis=1))
    np.testing.assert_allclose(moved, np.einsum("kiab,ab->ki", matrices, T_W), rtol=1e-12)
    np.testing.assert_allclose(pull(value), np.einsum("ki,kiab->kab", value, matrices), rtol=1e-12)


def test_inside_a_loss() -> None:
    def loss(w):
        _, pull = gradgen.vjp(layer, batch="x")(w, X)
        _, moved = gradgen.jvp(layer, batch="x")((w, X), T_W)
        matrices = gradgen.jacobian(layer, batch="x")(w, X)
        return np.sum(pull(np.ones((5, 3))) ** 2) + np.sum(moved**2) + np.sum(matrices**3)

    gradgen.check_grads(loss, (W,))


def test_no_examples() -> None:
    value, pull = gradgen.vjp(layer, batch="x")(W, X[:0])
    assert value.shape == (0, 3) and pull(value).shape == (0, 3, 2)
    assert gradgen.jvp(layer, batch="x")((W, X[:0]), T_W)[1].shape == (0, 3)
    assert gradgen.jacobian(layer, batch="x")(W, X[:0]).shape == (0, 3, 3, 2)


def test_refusals() -> None:
    _, pull = gradgen.vjp(layer, batch="x")(W, X)
    with pytest.raises(gradgen.ArgumentError, match=r"cotangent has shape \(3,\)"):
        pull(np.ones(3))
    with pytest.raises(gradgen.ArgumentError, match=r"tangent has shape \(5, 2\)"):
        gradgen.jvp(layer, batch="x")((W, X), T_X)
    with pytest.raises(gradgen.ArgumentError, match="no parameter 'z'"):
        gradgen.hvp(energy, batch="z")((W, X, Y), T_W)
    with pytest.raises(gradgen.ArgumentError, match="no parameter 'z'"):
        gradgen.jacobian(layer, batch="z")(W, X)


def test_text() -> None:
    text = gradgen.emit(layer, mode="vjp", batch="x", example_args=(W, X))
    assert "for k" not in text and "Batched:         x, d_value" in text
    assert "--mode vjp --batch x`" in text
