"""The derivatives of derivatives: in calls, in losses, by functions defined inside, in text."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest

import gradgen
from tests.checks import blocked_import
from tests.pytrees import same_bits

X = np.array([0.3, -0.5, 0.7])
V = np.array([1.0, 2.0, -1.0])


def loss(x, a):
    y = np.tanh(x) * a
    for i in range(1, len(x)):
        y[i] += y[i - 1] * x[i] ** 2
    return np.sum(y * y)


def field(x):
    return np.array([x[0] * x[1], np.sin(x[1]), x[2] * x[0] ** 2, np.exp(x[2])])


push, product, curve = gradgen.jvp(loss), gradgen.hvp(loss), gradgen.hessian(loss)
slope, matrix, jacobian = gradgen.grad(loss), gradgen.jacrev(field), gradgen.jacfwd(field)


def by_push(x, a):
    return push((x, a), V)[1] ** 2


def by_product(x, a):
    return np.sum(product((x, a), V) * x)


def by_curve(x, a):
    return np.linalg.norm(curve(x, a))


def by_pullback(x, a):
    value, pullback = gradgen.vjp(field)(x)
    return np.sum(pullback(np.array([a, 1.0, 2.0, 3.0])) * V) + value[0]


def by_jacobian(x, a):
    return np.sum(matrix(x) ** 2) * a + np.sum(gradgen.jacobian(field)(x) * V)


def by_forward_jacobian(x, a):
    return a * np.sum(jacobian(x) @ V)


def newton_step(x, a):
    """A step of Newton's method inside a loss."""
    step = np.linalg.solve(curve(x, a) + 8.0 * np.eye(len(x)), slope(x, a))
    return loss(x - step, a)


def learned(x, a):
    """Meta-learning: two steps of gradient descent inside a loss."""
    for _ in range(2):
        x = x - 0.1 * slope(x, a)
    return loss(x, a)


def by_local(x, a):
    def inner(z):
        return np.sum(z**3) * a + z[0] * x[1]

    _, t = gradgen.jvp(inner)((x,), V)
    return t + np.sum(gradgen.hessian(inner)(x)) + np.sum(gradgen.hvp(inner)((x,), V))


NESTED = [by_push, by_product, by_curve, by_pullback, by_jacobian, by_forward_jacobian,
          newton_step, learned, by_local]  # fmt: skip


def difference(fn: Any, x: np.ndarray, v: np.ndarray, h: float = 2e-3) -> Any:
    """Return the derivative along ``v`` by a central difference of the sixth order."""
    weights = {1: 45.0, 2: -9.0, 3: 1.0}
    return sum(w * (fn(x + k * h * v) - fn(x - k * h * v)) for k, w in weights.items()) / (60 * h)


@pytest.mark.parametrize("fn", NESTED, ids=lambda fn: fn.__name__)
def test_derivatives_inside_a_loss(fn: Any) -> None:
    value, gradient = gradgen.value_and_grad(fn)(X, 1.5)
    assert np.isclose(value, fn(X, 1.5), rtol=1e-13)
    for v in np.eye(3):
        np.testing.assert_allclose(gradient @ v, difference(lambda x: fn(x, 1.5), X, v), rtol=1e-8)


def test_orders() -> None:
    second = gradgen.hessian(loss)(X, 1.5)
    for k, e in enumerate(np.eye(3)):
        row = difference(lambda x: slope(x, 1.5), X, e)
        np.testing.assert_allclose(second[k], row, rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(product((X, 1.5), V), second @ V, rtol=1e-12)
    np.testing.assert_allclose(gradgen.hessian_diag(loss)(X, 1.5), np.diag(second), rtol=1e-12)
    third = gradgen.jacfwd(curve)(X, 1.5)
    assert third.shape == (3, 3, 3)
    np.testing.assert_allclose(third, np.transpose(third, (2, 1, 0)), atol=1e-12)
    along = difference(lambda x: curve(x, 1.5), X, V)
    np.testing.assert_allclose(third @ V, along, rtol=1e-8, atol=1e-8)


def test_diagonals_by_arguments_in_another_order() -> None:
    def both(x, scale, y):
        return np.sum(x**3 * y**2) * scale**2

    def in_turns(x, scale, y):
        rows = []
        for k in range(len(x)):
            rows.append(np.array([x[k] ** 3 * y[k] ** 2]))
        return np.sum(np.concatenate(rows)) * scale**2

    y = np.array([2.0, -1.0, 0.5])
    for fn in (both, in_turns):
        d_y, d_scale, d_x = gradgen.hessian_diag(fn, argnums=(2, 1, 0))(X, 1.5, y)
        np.testing.assert_allclose(d_y, 4.5 * X**3)
        np.testing.assert_allclose(d_scale, 2.0 * np.sum(X**3 * y**2))
        np.testing.assert_allclose(d_x, 13.5 * X * y**2)


MIXES = {
    "fr": lambda: gradgen.jvp(gradgen.grad(loss)),
    "ff": lambda: gradgen.jvp(lambda x, a: gradgen.jacfwd(loss)(x, a)),
}


@pytest.mark.parametrize("mix", MIXES)
def test_mode_mixes(mix: str) -> None:
    gradient, along = MIXES[mix]()((X, 1.5), V)
    np.testing.assert_allclose(gradient, slope(X, 1.5), rtol=1e-13)
    np.testing.assert_allclose(along, curve(X, 1.5) @ V, rtol=1e-12)


@pytest.mark.parametrize("outer", [gradgen.jacfwd, gradgen.jacrev], ids=["f", "r"])
@pytest.mark.parametrize("inner", [gradgen.jacfwd, gradgen.jacrev, gradgen.grad], ids="frg")
def test_second_order_in_all_mixes(outer: Any, inner: Any) -> None:
    np.testing.assert_allclose(outer(inner(loss))(X, 1.5), curve(X, 1.5), rtol=1e-12, atol=1e-13)


def test_texts_compute_nothing_twice_and_multiply_by_no_seed() -> None:
    def waves(w, x):
        return np.sum(np.sin(x @ w) ** 2)

    w, x = X[:2], np.array([[1.0, 2.0], [0.5, -1.0], [0.2, 0.4]])
    for make in (gradgen.hessian, gradgen.hvp):
        made = make(waves)
        found = made(w, x) @ w if make is gradgen.hessian else made((w, x), w)
        expected = difference(lambda w: gradgen.grad(waves)(w, x), w, w)
        np.testing.assert_allclose(found, expected, rtol=1e-9)
        assert made.source.count("np.cos(") == 1
    assert "1.0 *" not in gradgen.emit(waves, mode="jacrev", example_args=(w, x))


def test_mixed_partials() -> None:
    blocks = gradgen.hessian(loss, argnums=(0, 1))(X, 1.5)
    mixed = gradgen.jacobian(gradgen.grad(loss, argnums=0), argnums=1)(X, 1.5)
    np.testing.assert_allclose(blocks[0][1], mixed, rtol=1e-13)
    np.testing.assert_allclose(blocks[1][0], mixed, rtol=1e-12)


def test_hessian_of_every_output() -> None:
    x, y, z = X
    wanted = np.zeros((4, 3, 3))
    wanted[0, 0, 1] = wanted[0, 1, 0] = 1.0
    wanted[1, 1, 1] = -np.sin(y)
    wanted[2, 0, 0], wanted[2, 0, 2], wanted[2, 2, 0] = 2 * z, 2 * x, 2 * x
    wanted[3, 2, 2] = np.exp(z)
    np.testing.assert_allclose(gradgen.hessian(field)(X), wanted, rtol=1e-14, atol=1e-15)
    several = gradgen.hessian(lambda x, a: {"v": x[:2] * a**2, "n": x[0] * a}, argnums=(0, 1))
    (xx, xa), (ax, aa) = several(X, 3.0)["v"]
    np.testing.assert_array_equal(xx, np.zeros((2, 3, 3)))
    np.testing.assert_array_equal(xa, 6.0 * np.eye(2, 3))
    np.testing.assert_array_equal(ax, xa)
    np.testing.assert_array_equal(aa, 2.0 * X[:2])
    np.testing.assert_array_equal(several(X, 3.0)["n"][0][1], [1.0, 0.0, 0.0])


def test_direction_of_a_jacobian() -> None:
    few = gradgen.jacobian(lambda x: np.outer(x, x) * x[0])
    assert few(X).shape == (3, 3, 3)
    assert "forward" in few.explain()
    many = gradgen.jacobian(lambda x: np.sum(x**2))
    np.testing.assert_allclose(many(X), 2.0 * X)
    assert "in reverse" in many.explain()


@pytest.mark.parametrize("mode", ["hessian", "hvp", "jacfwd", "jacrev", "hessian_diag"])
def test_texts_stand_alone(mode: str) -> None:
    text = gradgen.emit(loss, mode=mode, example_args=(X, 1.5))
    assert text == gradgen.emit(loss, mode=mode, example_args=(X, 1.5))
    space: dict[str, Any] = {"__builtins__": {**vars(__import__("builtins"))}}
    space["__builtins__"]["__import__"] = blocked_import
    exec(text, space)
    found = space[f"loss_{mode}"](X, 1.5, *([V] if mode == "hvp" else []))
    expected = {"hessian": curve(X, 1.5), "hvp": product((X, 1.5), V)}
    expected |= {"jacfwd": slope(X, 1.5), "jacrev": slope(X, 1.5)}
    expected |= {"hessian_diag": np.diag(curve(X, 1.5))}
    np.testing.assert_allclose(found, expected[mode], rtol=1e-12)


SCALE = 2.0


def scaled(x):
    return SCALE * np.sum(x**3)


def test_constants_outside_are_read_anew() -> None:
    made = gradgen.hessian(scaled)
    first = made(X)
    globals()["SCALE"] = 4.0
    try:
        np.testing.assert_allclose(made(X), 2.0 * first)
    finally:
        globals()["SCALE"] = 2.0


def test_pullbacks_are_those_of_the_point() -> None:
    """What the caller makes of the arguments afterwards is not what the pullback is at."""

    def loss(p, w, scale):
        return np.sum(np.tanh(w @ p["x"]) ** 2) * p["k"] * scale[0]

    x, w = np.array([0.3, -0.2]), np.array([[1.0, 2.0], [0.5, -1.0]])
    p, scale = {"x": x, "k": 2.0, "same": x}, [1.5]
    _, pullback = gradgen.vjp(loss, argnums=(0, 1))(p, w, scale)
    before = pullback(1.0)
    x += 1.0
    w *= 3.0
    p["k"], p["x"], scale[0] = 7.0, np.ones(2), 0.0
    assert same_bits(pullback(1.0), before)


def test_containers() -> None:
    def model(p, x):
        return np.sum(np.tanh(x @ p["w"] + p["b"]) ** 2)

    p = {"w": X, "b": 0.2}
    x = np.arange(12.0).reshape(4, 3) / 7.0
    h = gradgen.hessian(model)(p, x)
    assert h["w"]["w"].shape == (3, 3) and h["w"]["b"].shape == (3,)
    np.testing.assert_allclose(h["w"]["b"], h["b"]["w"], rtol=1e-12)


def kernel(x, y):
    """A matrix of lists of lists."""
    k = np.array([[np.exp(-((a - b) ** 2)) for b in y] for a in x])
    return np.sum(k @ x)


@pytest.mark.parametrize("outer", [gradgen.jacfwd, gradgen.jacrev], ids=["f", "r"])
@pytest.mark.parametrize("inner", [gradgen.jacfwd, gradgen.jacrev], ids=["f", "r"])
def test_second_order_of_nested_lists(outer: Any, inner: Any) -> None:
    y = np.array([0.2, -0.4, 0.9])
    first = gradgen.grad(kernel)
    rows = [difference(lambda x: first(x, y), X, e) for e in np.eye(3)]
    np.testing.assert_allclose(outer(inner(kernel))(X, y), rows, rtol=1e-8, atol=1e-9)


def _curve(x):
    return np.array([x[0] * x[1], np.sin(x[1]), x[0] ** 3])


def _along(x, u):
    _, moved = gradgen.jvp(_curve)((x,), (u,))
    return moved @ moved + gradgen.hvp(lambda z: _curve(z) @ _curve(z))((x,), (u,)) @ u


def test_tangents_with_arguments_by_name() -> None:
    def loss(x: Any, scale: float = 1.0, *, power: int = 2) -> Any:
        return scale * np.sum(x**power)

    x, v = np.array([1.0, 2.0]), np.array([1.0, 0.0])
    np.testing.assert_array_equal(gradgen.hvp(loss)((x,), (v,), scale=2.0, power=3), [12.0, 0.0])
    assert gradgen.jvp(loss)((x,), (v,), scale=2.0) == (10.0, 4.0)
    with pytest.raises(gradgen.ArgumentError, match="unexpected keyword argument 'nothing'"):
        gradgen.jvp(loss)((x,), (v,), nothing=1.0)


def bent(x, a=2.0, *more, power=3, sign=None):
    return x**power * a * (1.0 if sign is None else -1.0) * (more[0] if more else 1.0)


def shifted(x, a=2.0, sign=None):
    return x**3 * a * (1.0 if sign is None else -1.0)


FORWARD = {
    "defaults": lambda x: gradgen.jvp(shifted)((x,), 1.0)[1],
    "named": lambda x: gradgen.jvp(shifted)((x,), 1.0, a=x)[1],
    "hvp": lambda x: gradgen.hvp(shifted)((x,), 1.0, sign="minus"),
    "starred": lambda x: gradgen.jvp(bent, argnums=2)((2.0, 1.0, x), 1.0, power=2)[1] * x**2,
    "all": lambda x: gradgen.hvp(bent)((x, x, 3.0), 2.0, power=2, sign="minus"),
}


@pytest.mark.parametrize("name", FORWARD)
def test_forward_derivatives_inside_a_loss_take_what_they_take_outside(name: str) -> None:
    fn = FORWARD[name]
    slope = difference(lambda x: fn(float(x[0])), np.array([1.5]), np.ones(1))
    assert gradgen.grad(fn)(1.5) == pytest.approx(slope, rel=1e-9)


def test_tangents_in_a_tuple_inside_a_loss() -> None:
    x, u = np.array([0.3, 0.7]), np.array([1.0, -2.0])
    _, expected = gradgen.jvp(_along)((x, u), np.array([0.5, 0.25]))
    step = 1e-6 * np.array([0.5, 0.25])
    np.testing.assert_allclose((_along(x + step, u) - _along(x - step, u)) / 2e-6, expected, 1e-8)
    np.testing.assert_allclose(gradgen.grad(_along)(x, u) @ [0.5, 0.25], expected, 1e-13)


def test_tangents_of_a_tuple_inside_a_loss() -> None:
    def product(p):
        return p[0] * p[1]

    def alone(a, b):
        return gradgen.jvp(product)(((a, b),), (1.0, 2.0))[1] ** 2

    def wrapped(a, b):
        return gradgen.jvp(product)(((a, b),), ((1.0, 2.0),))[1] ** 2

    assert gradgen.grad(alone)(3.0, 5.0) == gradgen.grad(wrapped)(3.0, 5.0) == 2.0 * 11.0 * 2.0


def test_wrong_tangents_inside_a_loss_are_refused() -> None:
    def wrong_rank(x, u):
        return np.sum(gradgen.jvp(_curve)((x,), u[0])[1])

    def two(x, u):
        return np.sum(gradgen.jvp(_curve, argnums=(0,))((x,), (u, u))[1])

    for fn in (wrong_rank, two):
        with pytest.raises(gradgen.UnsupportedError, match="tangent"):
            gradgen.grad(fn)(np.ones(2), np.ones(2))


def _of_star(*xs):
    return xs[0] ** 3 * xs[1]


def test_tangents_of_one_of_many_arguments() -> None:
    assert gradgen.jvp(_of_star)((2.0, 3.0), (1.0,)) == (24.0, 36.0)
    assert gradgen.hvp(_of_star)((2.0, 3.0), (1.0,)) == 36.0


def _third_order_inside(x):
    return gradgen.grad(gradgen.grad(gradgen.grad(lambda z: z**5 * x)))(x)  # 60 x^3


def _functions_that_call_each_other(x):
    slope_of = gradgen.grad(lambda z: z * z * x)  # 2 z x
    squared = lambda x, k=x: slope_of(x) ** 2 * k
    return gradgen.grad(squared)(x)  # 8 x z, times x^2: 8 x^4


def _mixed(x):
    energy = lambda q, v: 0.5 * v**2 * q**2
    momentum = gradgen.grad(energy, argnums=1)  # v q^2
    return gradgen.grad(momentum, argnums=0)(x, x) + gradgen.jvp(momentum)((x, x), 1.0)[1]


def _partial_inside(x):
    return gradgen.grad(functools.partial(lambda a, z, k: a * z**3 * k, x, k=2.0))(x)  # 6 x^3


def _of_one_name_in_two_meanings(x):
    y = x
    product = lambda x: x * y
    return gradgen.grad(lambda x: product(x) ** 2 * y)(x)  # 2 z y^3


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (_third_order_inside, 180 * 0.7**2),
        (_functions_that_call_each_other, 32 * 0.7**3),
        (_mixed, 8 * 0.7),
        (_partial_inside, 18 * 0.7**2),
        (_of_one_name_in_two_meanings, 8 * 0.7**3),
    ],
)
def test_derivatives_of_local_functions(function: Any, expected: float) -> None:
    assert gradgen.grad(function)(0.7) == pytest.approx(expected, rel=1e-13)
    assert gradgen.jvp(function)((0.7,), 1.0)[1] == pytest.approx(expected, rel=1e-13)


def _writes_around(x):
    u = np.zeros(3)

    def inner(z):
        u[0] = z
        return u[0] ** 2

    return gradgen.grad(inner)(x) + u[0]


def _sets_around(x):
    n = 0

    def inner(z):
        nonlocal n
        n += 1
        return z**3

    return gradgen.grad(inner)(x) * n


def _appends_around(x):
    seen = [x]

    def inner(z):
        seen.append(z)
        return z * z

    return gradgen.grad(inner)(x) + len(seen)


def _reads_functions(x):
    powers = {"square": lambda z: z**2}
    return gradgen.grad(lambda z: powers["square"](z) * x)(x)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (_reads_functions, "reads the functions in 'powers'"),
        (_writes_around, "a write into the array 'u', which stands outside the function"),
        (_sets_around, "a function that sets what stands around it"),
        (_appends_around, "a write into 'seen', which stands outside the function"),
    ],
)
def test_local_functions_that_are_refused(function: Any, message: str) -> None:
    with pytest.raises(gradgen.UnsupportedError, match=message):
        gradgen.grad(function)(0.7)
