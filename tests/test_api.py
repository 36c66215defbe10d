"""The public functions as a caller uses them."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from tests.corpus import losses, python_losses


@gradgen.grad
def bare(x):
    """A docstring."""
    return np.sum(x * x)


@gradgen.value_and_grad(argnums=(0, 1))
def both(x: float, y: float = 2.0) -> float:
    """Two arguments."""
    return x * x * y


@gradgen.differentiable
def kept(x, y):
    """Stays callable."""
    return np.sum(x * y * y)


@gradgen.value_and_grad(has_aux=True)
def with_aux(x):
    squares = x * x
    return np.sum(squares), {"squares": squares}


@gradgen.grad(has_aux=True)
def grad_with_aux(x):
    return x * x, x + 1.0


def two_floats(x, y):
    return x * x * y


class Model:
    """Methods with a bound instance."""

    scale = 3.0

    def __init__(self, offset: float) -> None:
        self.offset = offset

    def loss(self, x):
        return np.sum((x * self.scale - self.offset) ** 2)

    @staticmethod
    def static(x):
        return x**3


X = np.array([0.5, -1.0, 2.0])


def test_bare_decorator() -> None:
    np.testing.assert_array_equal(bare(X), 2.0 * X)


def test_decorator_with_options() -> None:
    value, (d_x, d_y) = both(3.0, 2.0)
    assert (value, d_x, d_y) == (18.0, 12.0, 9.0)
    assert all(type(number) is float for number in (value, d_x, d_y))


def test_defaults_and_keywords() -> None:
    assert both(3.0) == (18.0, (12.0, 9.0))
    assert both(y=2.0, x=3.0) == (18.0, (12.0, 9.0))
    assert both(3.0, y=1.0) == (9.0, (6.0, 9.0))


def test_differentiable_keeps_the_function() -> None:
    y = np.array([1.0, 2.0, 3.0])
    assert kept(X, y) == np.sum(X * y * y)
    np.testing.assert_array_equal(kept.grad(X, y), y * y)
    value, gradient = kept.value_and_grad(X, y)
    assert value == kept(X, y)
    np.testing.assert_array_equal(gradient, y * y)
    assert "def kept" in kept.source
    assert str(kept.graph) and kept.explain()


@pytest.mark.parametrize("argnums", [1, -1])
def test_argnums_int(argnums: int) -> None:
    assert gradgen.grad(two_floats, argnums=argnums)(3.0, 2.0) == 9.0


def test_argnums_tuples() -> None:
    assert gradgen.grad(two_floats, argnums=(1,))(3.0, 2.0) == (9.0,)
    assert gradgen.grad(two_floats, argnums=(1, 0))(3.0, 2.0) == (9.0, 12.0)
    assert gradgen.grad(two_floats, argnums=(-1, 0))(3.0, 2.0) == (9.0, 12.0)


def test_argnames() -> None:
    assert gradgen.grad(two_floats, argnames="y")(3.0, 2.0) == 9.0
    assert gradgen.grad(two_floats, argnames=("y", "x"))(3.0, 2.0) == (9.0, 12.0)


def test_aux() -> None:
    (value, aux), gradient = with_aux(X)
    assert value == np.sum(X * X)
    np.testing.assert_array_equal(aux["squares"], X * X)
    np.testing.assert_array_equal(gradient, 2.0 * X)
    assert grad_with_aux(3.0) == (6.0, 4.0)


def test_method() -> None:
    model = Model(0.5)
    np.testing.assert_allclose(gradgen.grad(model.loss)(X), 6.0 * (3.0 * X - 0.5))
    assert gradgen.grad(Model.static)(2.0) == 12.0


def test_changed_attribute_is_seen() -> None:
    model = Model(0.5)
    gradient = gradgen.grad(model.loss)
    gradient(X)
    model.offset = 2.0
    np.testing.assert_allclose(gradient(X), 6.0 * (3.0 * X - 2.0))


def test_derivatives_of_a_methods_derivative() -> None:
    """A gradient of a bound method takes what the method does, at every order."""

    class Powers:
        scale = 2.0

        def loss(self, w: float) -> float:
            return w**4 * self.scale

        def total(self, w: np.ndarray) -> float:
            return np.sum(w**3) * self.scale

        @gradgen.grad
        @gradgen.grad
        def curvature(self, w: float) -> float:
            return w**4 * self.scale

    model, w = Powers(), np.array([1.0, -2.0, 0.5])
    assert gradgen.grad(gradgen.grad(model.loss))(2.0) == pytest.approx(96.0)
    assert gradgen.grad(gradgen.grad(gradgen.grad(model.loss)))(2.0) == pytest.approx(96.0)
    assert model.curvature(2.0) == pytest.approx(96.0)
    for hessian in (gradgen.jacobian, gradgen.jacfwd, gradgen.jacrev):
        np.testing.assert_allclose(hessian(gradgen.grad(model.total))(w), np.diag(12.0 * w))
    value, pull = gradgen.vjp(gradgen.grad(model.total))(w)
    np.testing.assert_allclose(value, 6.0 * w**2)
    np.testing.assert_allclose(pull(np.ones(3)), 12.0 * w)


@pytest.mark.parametrize("made", [gradgen.vjp, gradgen.jvp, gradgen.hvp, gradgen.sparse_hessian])
def test_what_takes_more_is_not_differentiated(made: Callable[..., Any]) -> None:
    with pytest.raises(gradgen.ArgumentError, match="takes or returns other things"):
        gradgen.grad(made(lambda w: np.sum(w**3)))


def test_decorated_method() -> None:
    class Decorated:
        offset = 1.0

        @gradgen.value_and_grad(argnums=1)
        def loss(self, x):
            return (x - self.offset) ** 2

    assert Decorated().loss(3.0) == (4.0, 4.0)


def test_nested_function_and_closures() -> None:
    def make(factor):
        def scaled(x):
            return factor * x * x

        return gradgen.grad(scaled)

    double, triple = make(2.0), make(3.0)
    assert double(1.0) == 4.0
    assert triple(1.0) == 6.0
    assert double(1.0) == 4.0


def test_two_lambdas_on_one_line() -> None:
    square, cube = gradgen.grad(lambda x: x * x), gradgen.grad(lambda x: x * x * x)
    assert square(3.0) == 6.0
    assert cube(3.0) == 27.0


def test_partial_application() -> None:
    partial = functools.partial(two_floats, y=2.0)
    try:
        gradient = gradgen.grad(partial)
        assert gradient(3.0) == 12.0
    except gradgen.GradgenError as error:
        assert "way out" in str(error).lower()


def test_wrapping_decorator_is_not_ignored() -> None:
    def doubling(function):
        @functools.wraps(function)
        def wrapper(*args):
            return 2.0 * function(*args)

        return wrapper

    wrapped = doubling(two_floats)
    try:
        assert gradgen.grad(wrapped)(3.0, 2.0) == 24.0
    except gradgen.GradgenError:
        pass


def test_names_and_signature_are_kept() -> None:
    assert bare.__name__ == "bare" and bare.__doc__ is not None and "A docstring." in bare.__doc__
    assert list(inspect.signature(both).parameters) == ["x", "y"]
    assert inspect.signature(both).parameters["y"].default == 2.0
    assert kept.__name__ == "kept" and kept.__doc__ == "Stays callable."
    assert bare.__wrapped__(X) == np.sum(X * X)


def test_float32() -> None:
    value, gradient = gradgen.value_and_grad(losses.rosenbrock_vector)(X.astype(np.float32))
    assert value.dtype == np.float32 and gradient.dtype == np.float32


def test_numpy_scalar_argument() -> None:
    gradient = gradgen.grad(two_floats)(np.float32(3.0), np.float32(2.0))
    assert np.asarray(gradient).dtype == np.float32 and np.shape(gradient) == ()


def test_one_function_for_several_types() -> None:
    gradient = gradgen.grad(two_floats)
    assert gradient(3.0, 2.0) == 12.0
    np.testing.assert_array_equal(gradgen.grad(lambda x, y: np.sum(x * x * y))(X, 2.0), 4.0 * X)
    first = gradgen.grad(losses.linear_regression)
    args = losses.EXAMPLE_ARGS["linear_regression"]()
    for cast in (np.float64, np.float32, np.float64):
        given = [np.asarray(arg, cast) if np.ndim(arg) else arg for arg in args]
        assert first(*given).dtype == cast


@pytest.mark.parametrize("layout", ["fortran", "strided", "reversed", "readonly"])
def test_memory_layouts(layout: str) -> None:
    m = np.random.default_rng(0).normal(size=(6, 5))
    given = {
        "fortran": np.asfortranarray(m),
        "strided": np.repeat(m, 2, axis=1)[:, ::2],
        "reversed": m[::-1, ::-1].copy()[::-1, ::-1],
        "readonly": m.copy(),
    }[layout]
    given.flags.writeable = layout != "readonly"
    value, gradient = gradgen.value_and_grad(losses.heat_stencil)(given, 0.1)
    expected_value, expected = gradgen.value_and_grad(losses.heat_stencil)(m, 0.1)
    assert value == pytest.approx(expected_value, rel=1e-14)
    np.testing.assert_allclose(gradient, expected, rtol=1e-13)


def test_containers_are_mirrored() -> None:
    args = python_losses.EXAMPLE_ARGS["nested_containers"]()
    gradient = gradgen.grad(python_losses.nested_containers)(*args)
    assert isinstance(gradient, dict) and list(gradient) == ["layers", "scale"]
    assert isinstance(gradient["layers"], list) and isinstance(gradient["layers"][0], tuple)
    assert type(gradient["scale"]) is float
    layer = gradgen.grad(python_losses.dataclass_layer)(
        *python_losses.EXAMPLE_ARGS["dataclass_layer"]()
    )
    assert type(layer) is python_losses.Layer
    oscillator = gradgen.grad(python_losses.namedtuple_oscillator)(
        *python_losses.EXAMPLE_ARGS["namedtuple_oscillator"]()
    )
    assert type(oscillator) is python_losses.Oscillator


def test_integers_in_a_container_are_constants() -> None:
    def loss(params):
        return params["w"] ** params["n"]

    try:
        gradient = gradgen.grad(loss)({"w": 2.0, "n": 3})
    except gradgen.GradgenError as error:
        assert "n" in str(error)
        return
    assert gradient["w"] == 12.0


def test_passive_integers() -> None:
    def power(x, n):
        return x**n

    assert gradgen.grad(power)(2.0, 3) == 12.0
    assert gradgen.grad(power)(2.0, 0) == 0.0


def test_scipy_minimize() -> None:
    optimize = pytest.importorskip("scipy.optimize")
    function = gradgen.value_and_grad(losses.rosenbrock_vector)
    result = optimize.minimize(function, np.zeros(5), jac=True, method="BFGS")
    np.testing.assert_allclose(result.x, np.ones(5), atol=1e-4)


def test_second_order_of_scalars() -> None:
    second = gradgen.grad(gradgen.grad(Model.static))
    assert second(2.0) == pytest.approx(12.0, rel=1e-14)
    third = gradgen.grad(second)
    assert third(2.0) == pytest.approx(6.0, rel=1e-14)


def test_hessian_vector_product() -> None:
    gradient = gradgen.grad(losses.rosenbrock_vector)
    v = np.array([1.0, -2.0, 0.5])
    product = gradgen.grad(lambda x: np.sum(gradient(x) * v))(X)
    expected = np.zeros(3)
    for place in range(3):
        step = np.eye(3)[place] * 1e-5
        expected += v[place] * (gradient(X + step) - gradient(X - step)) / 2e-5
    np.testing.assert_allclose(product, expected, rtol=1e-6)


def test_penalty_on_a_gradient() -> None:
    slope = gradgen.grad(two_floats)

    def penalised(x, y):
        return two_floats(x, y) + slope(x, y) ** 2

    got = gradgen.grad(penalised, argnums=(0, 1))(1.5, 0.7)
    assert got == pytest.approx((2 * 1.5 * 0.7 + 8 * 1.5 * 0.49, 1.5**2 + 8 * 1.5**2 * 0.7))


def grown_in_a_dict(x):
    out = {"squares": [], "sum": 0.0}
    for v in x:
        out["squares"].append(v * v)
        out["sum"] += v
    return out


def grown_in_some_turns(x):
    kept = ([], x)
    for v in x:
        if v > 0.0:
            kept[0].append(v)
    return kept


def test_a_list_that_grows_in_what_is_returned_is_there() -> None:
    x = np.array([1.0, 2.0, 3.0])
    value, pullback = gradgen.vjp(grown_in_a_dict)(x)
    assert value == {"squares": [1.0, 4.0, 9.0], "sum": 6.0}
    found = pullback({"squares": [1.0, 0.0, 2.0], "sum": 0.5})
    np.testing.assert_allclose(found, [2.5, 0.5, 12.5])
    rows = gradgen.jacobian(grown_in_a_dict)(x)
    np.testing.assert_allclose(rows["squares"], np.diag(2.0 * x))
    with pytest.raises(gradgen.ArgumentError, match="only the run tells how long"):
        gradgen.vjp(grown_in_some_turns)(x)


def damped(x: float, n: int = np.int64(3), *, rate: float = np.float32(0.1)) -> float:  # type: ignore[assignment]
    return x**n * rate


def test_the_text_has_numbers_of_numpy_for_defaults() -> None:
    product = gradgen.value_and_grad(damped)
    found = product(0.7)
    assert "(x, n=np.int64(3), *, rate=np.float32(0.1)):" in product.source
    space: dict[str, Any] = {}
    exec(product.source, space)
    assert space["damped_value_and_grad"](0.7) == found


def test_the_text_of_a_vjp_is_that_of_the_last_call_before_its_pullback_runs() -> None:
    def squares(x: Any, n: int) -> Any:
        out = []
        for i in range(n):
            out.append(x[i] ** 2)
        return np.array(out)

    product = gradgen.vjp(squares)
    value, pullback = product(np.array([1.0, 2.0]), 2)
    before = product.source
    pullback(value)
    assert "x f64[n]  n int" in before
    assert product.source == before


def test_the_text_of_a_vjp_is_that_of_known_lengths_where_it_needs_them() -> None:
    def partial_sums(lengths: Any) -> Any:
        out, total = [], 0.0
        for one in lengths:
            total += one**2
            out.append((one, total))
        return out

    product = gradgen.vjp(partial_sums)
    value, pullback = product([1.0, 0.5])
    before = product.source
    assert "lengths [float, float]" in before
    assert pullback(value) == pytest.approx([1.0 + 2.0 * (1.0 + 1.25), 0.5 + 1.25])
    assert product.source == before
