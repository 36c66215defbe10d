"""Derivative rules of one's own, and constants for every derivative."""

from __future__ import annotations

import functools

import numpy as np
import pytest
import scipy.special

import gradgen
from gradgen.rules.registry import RULES
from tests.checks import run_text
from tests.references import difference_gradient


@gradgen.custom_vjp
def clipped(x):
    return x


def clipped_forward(x):
    return x, None


def clipped_backward(kept, g):
    return (np.clip(g, -1.0, 1.0),)


clipped.defvjp(clipped_forward, clipped_backward)


@gradgen.custom_jvp
def log1pexp(x):
    return np.log1p(np.exp(x))


@log1pexp.defjvp
def log1pexp_rule(primals, tangents):
    (x,), (t,) = primals, tangents
    return log1pexp(x), t / (1.0 + np.exp(-x))


@gradgen.custom_jvp
def steady(x):
    return np.where(x > 50.0, x, np.log1p(np.exp(x)))


steady.defjvp(lambda x, t: (steady(x[0]), t[0] / (1.0 + np.exp(-x[0]))))


def newton(a):
    y = a
    for _ in range(50):
        y = 0.5 * (y + a / y)
    return y


@gradgen.custom_vjp
def root(a, scale):
    return newton(a) * scale


def root_forward(a, scale):
    y = newton(a)
    return y * scale, (y, scale)


def root_backward(kept, g):
    y, scale = kept
    return g * scale / (2.0 * y), g * y


root.defvjp(root_forward, root_backward)


@gradgen.custom_jvp
def polar(z):
    return {"r": np.hypot(z[0], z[1]), "phi": np.arctan2(z[1], z[0])}


@polar.defjvp
def polar_rule(primals, tangents):
    (z,), (t,) = primals, tangents
    out = polar(z)
    r = out["r"]
    return out, {
        "r": (z[0] * t[0] + z[1] * t[1]) / r,
        "phi": (z[0] * t[1] - z[1] * t[0]) / r**2,
    }


X = np.array([0.1, 1.0, -2.0])


def loss_clipped(x):
    y = clipped(2.0 * x)
    return np.sum(y**3)


def loss_softplus(x, w):
    total = 0.0
    for k in range(len(w)):
        total += np.sum(log1pexp(x * w[k]))
    return total


def loss_root(a, s):
    return root(a, s) ** 2 + root(scale=s, a=2.0 * a)


def loss_polar(x):
    p = polar(x[:2] * x[2])
    return p["r"] ** 2 * np.sin(p["phi"])


def test_the_rule_is_asked():
    value, d_x = gradgen.value_and_grad(loss_clipped)(X)
    assert value == loss_clipped(X)
    np.testing.assert_allclose(d_x, 2.0 * np.clip(3.0 * (2.0 * X) ** 2, -1.0, 1.0), rtol=1e-15)


@pytest.mark.parametrize(
    ("loss", "args"),
    [
        (loss_softplus, (X, np.array([0.5, 2.0]))),
        (loss_root, (2.0, 3.0)),
        (loss_polar, (np.array([0.8, -0.3, 1.7]),)),
    ],
    ids=["softplus", "root", "polar"],
)
def test_a_right_rule_gives_the_gradient(loss, args):
    places = tuple(range(len(args)))
    g = gradgen.value_and_grad(loss, argnums=places)
    value, gradient = g(*args)
    assert value == loss(*args)
    for got, expected in zip(gradient, difference_gradient(loss, args, places), strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-8)
    again, _ = run_text(g.source, args)
    assert again == value


def test_the_loop_behind_a_rule_is_not_swept():
    g = gradgen.grad(loss_root)
    g(2.0, 3.0)
    assert g.source.count("for _ in range(50)") == 2


def test_second_derivative_is_that_of_the_rule():
    g = gradgen.grad(lambda x: np.sum(log1pexp(x)))
    h = gradgen.grad(lambda x: np.sum(g(x) * X))
    s = 1.0 / (1.0 + np.exp(-X))
    np.testing.assert_allclose(h(X), s * (1.0 - s) * X, rtol=1e-12)


@pytest.mark.parametrize("outer", [gradgen.jacfwd, gradgen.jacrev])
@pytest.mark.parametrize("inner", [gradgen.jacfwd, gradgen.jacrev])
def test_a_forward_rule_is_that_of_every_order(inner, outer):
    """What the function computes has no derivative beyond 700: the rule has one, in each order."""
    x = np.array([0.3, 800.0])
    with np.errstate(over="ignore"):
        found = outer(inner(lambda x: np.sum(steady(x) ** 2)))(x)
    s, y = 1.0 / (1.0 + np.exp(-x)), np.logaddexp(0.0, x)
    np.testing.assert_allclose(found, np.diag(2.0 * s * s + 2.0 * y * s * (1.0 - s)), rtol=1e-12)


def test_a_rule_of_many_arguments_and_results_in_every_order():
    """The rule says three times the slope by x, and it says so of what the loop makes of it."""

    @functools.partial(gradgen.custom_jvp, nondiff_argnums=(0, 2))
    def f(fn, x, n, p):
        return fn(x * p["a"]) ** n, {"s": np.sum(x) * p["b"][0]}

    @f.defjvp
    def rule(fn, n, primals, tangents):
        (x, p), (t_x, t_p) = primals, tangents
        inner = 3.0 * (t_x * p["a"] + x * t_p["a"])
        slope = n * fn(x * p["a"]) ** (n - 1) * np.cos(x * p["a"])
        return f(fn, x, n, p), (slope * inner, {"s": np.sum(t_x) * p["b"][0]})

    def loss(a):
        x, total = X, 0.0
        for _ in range(2):
            y, d = f(np.sin, x, 2, {"a": a, "b": [0.3]})
            total += np.sum(y) ** 2 * d["s"]
            x = 0.5 * x
        return total

    a, want = 0.7, 0.0
    for x in (X, 0.5 * X):
        y, first = np.sum(np.sin(x * a) ** 2), 3.0 * np.sum(x * np.sin(2 * x * a))
        second = 6.0 * np.sum(x * x * np.cos(2 * x * a))
        want += 2.0 * (first**2 + y * second) * 0.3 * np.sum(x)
    np.testing.assert_allclose(gradgen.grad(gradgen.grad(loss))(a), want, rtol=1e-12)
    np.testing.assert_allclose(gradgen.hvp(loss)((a,), (1.0,)), want, rtol=1e-12)


def test_what_stands_behind_a_rule_needs_no_derivative():
    table = np.linspace(0.0, 1.0, 11) ** 2

    @gradgen.custom_jvp
    def looked_up(x):
        return table[int(10.0 * x)] + 0.0 * scipy.special.jv(1.0 + x, 2.0)

    looked_up.defjvp(lambda x, t: (looked_up(x[0]), 2.0 * x[0] * t[0]))
    value, tangent = gradgen.jvp(lambda x: looked_up(x) ** 3)((0.55,), (1.0,))
    np.testing.assert_allclose([value, tangent], [0.25**3, 3 * 0.25**2 * 1.1], rtol=1e-12)
    found = gradgen.hvp(lambda x: looked_up(x) ** 3)((0.55,), (1.0,))
    np.testing.assert_allclose(found, 6 * 0.25 * 1.1**2 + 6 * 0.25**2, rtol=1e-12)


def test_stop_gradient():
    g = gradgen.grad(lambda x: np.sum(gradgen.stop_gradient(x * x) * x))
    np.testing.assert_array_equal(g(X), X * X)
    h = gradgen.grad(lambda x: np.sum(g(x) * x))
    np.testing.assert_array_equal(h(X), X * X)


def test_stop_gradient_of_containers():
    def loss(p):
        q = gradgen.stop_gradient(p)
        return p["w"] * q["w"] + np.sum(p["b"] * q["b"])

    d_p = gradgen.grad(loss)({"w": 3.0, "b": X})
    assert d_p["w"] == 3.0
    np.testing.assert_array_equal(d_p["b"], X)


def test_a_function_without_its_rule_is_refused():
    @gradgen.custom_vjp
    def half(x):
        return 0.5 * x

    with pytest.raises(gradgen.ArgumentError, match="has no derivative rule yet"):
        gradgen.grad(lambda x: half(x))(1.0)


def test_a_rule_that_is_not_linear_is_refused():
    @gradgen.custom_jvp
    def square(x):
        return x * x

    square.defjvp(lambda primals, tangents: (primals[0] ** 2, tangents[0] ** 2))
    with pytest.raises(gradgen.UnsupportedError, match="not linear in the tangents"):
        gradgen.grad(lambda x: square(x))(1.0)


def test_a_rule_with_too_few_cotangents_is_refused():
    @gradgen.custom_vjp
    def product(x, y):
        return x * y

    product.defvjp(lambda x, y: (x * y, None), lambda kept, g: (g,))
    with pytest.raises(gradgen.UnsupportedError, match="1 cotangents for 2 arguments"):
        gradgen.grad(lambda x: product(x, x))(1.0)


def test_results_that_share_memory_with_arguments_are_not_written_to():
    def loss(x):
        y = clipped(x)
        x[0] = 5.0
        return np.sum(y * y)

    with pytest.raises(gradgen.UnsupportedError, match="may share memory"):
        gradgen.grad(loss)(X)


def test_arguments_without_a_derivative():
    applied = gradgen.custom_vjp(lambda f, x: f(x), nondiff_argnums=(0,))
    applied.defvjp(lambda f, x: (f(x), x), lambda f, kept, g: (g * f(kept),))
    g = gradgen.grad(lambda x: applied(np.exp, 2.0 * x))
    assert g(0.3) == pytest.approx(2.0 * np.exp(0.6), rel=1e-15)


def test_outside_a_gradient_it_is_the_function():
    assert clipped(3.0) == 3.0
    assert root(4.0, 3.0) == 6.0
    assert clipped.__name__ == "clipped"


def test_an_operation_of_a_users_module(tmp_path, monkeypatch):
    (tmp_path / "flightlib.py").write_text(
        "import numpy as np\n\nlift = np.frompyfunc(lambda v: 0.5 * v**2, 1, 1)\n\n\n"
        "def airspeed(q):\n    return np.asarray(lift(q), dtype=float) ** 0.25\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    import flightlib

    gradgen.rule(
        "airspeed",
        callables=["flightlib.airspeed"],
        params="a",
        elementwise=True,
        adjoint=("0.5 * g * y / a",),
    )
    g = gradgen.value_and_grad(lambda x: np.sum(flightlib.airspeed(x) * x))
    x = np.array([1.5, 2.5])
    value, d_x = g(x)
    assert value == np.sum(flightlib.airspeed(x) * x)
    np.testing.assert_allclose(d_x, 1.5 * flightlib.airspeed(x), rtol=1e-14)
    assert "import flightlib\n" in g.source
    assert "Needs NumPy and flightlib." in g.source
    assert run_text(g.source, (x,))[0] == value
    del RULES["airspeed"]  # the documents list the rules that there are


def test_a_function_with_a_rule_is_differentiated_itself() -> None:
    """It has its own parameters and name, not those of the object that stands for it."""

    @gradgen.custom_vjp
    def power(x, n=2):
        return x**n

    power.defvjp(lambda x, n: (x**n, (x, n)), lambda r, g: (g * r[1] * r[0] ** (r[1] - 1), None))
    made = gradgen.jacobian(power)
    np.testing.assert_allclose(made(np.array([1.0, 3.0])), np.diag([2.0, 6.0]))
    assert "def power_jacrev(x" in made.source
    assert gradgen.grad(power)(3.0, n=3) == gradgen.grad(power, argnames="x")(3.0, 3) == 27.0
    with pytest.raises(gradgen.UnsupportedError, match="'power' is one of reverse mode"):
        gradgen.jacfwd(power)(3.0)


def _with_rule(backward):
    total = gradgen.custom_vjp(lambda x: np.sum(x))
    total.defvjp(lambda x: (np.sum(x), x), backward)
    return lambda x: total(x) * x[0]


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        (_with_rule(lambda x, g: (g,)), "gives a cotangent float for the argument f64"),
        (_with_rule(lambda x, g: (np.outer(x, x) * g,)), "gives a cotangent f64"),
        (_with_rule(lambda x, g: ("g",)), "gives a str 'g' for the argument"),
        (_with_rule(lambda x, g: None), "returns nothing"),
        (lambda x: np.sum(gradgen.on_grad(x, lambda g: None)), "the rule of 'on_grad' returns"),
        (lambda x: np.sum(gradgen.on_grad(x, lambda g: np.sum(g))), "gives a cotangent float"),
    ],
)
def test_cotangents_that_do_not_fit_are_refused(loss, message):
    with pytest.raises(gradgen.UnsupportedError, match=message):
        gradgen.grad(loss)(X)


def test_cotangents_of_another_length_raise():
    with pytest.raises(ValueError, match="in the derivative of this line"):
        gradgen.grad(_with_rule(lambda x, g: (np.ones(7) * g,)))(X)
    # One entry is no cotangent of many, though it could be broadcast.
    for rule in (lambda g: g[:1], lambda g: g[:2]):
        with pytest.raises(ValueError, match="into shape"):
            gradgen.grad(lambda x, rule=rule: np.sum(gradgen.on_grad(x, rule)))(X)


def test_a_rule_that_takes_other_arguments_is_refused_at_its_place():
    with pytest.raises(gradgen.ArgumentError, match=r"test_custom.py.*required positional") as e:
        gradgen.grad(lambda x: np.sum(gradgen.on_grad(x, lambda g, h: g)))(X)
    assert "gradgen.on_grad(x, lambda g, h: g)" in str(e.value)


def test_tangents_that_do_not_fit_are_refused():
    total = gradgen.custom_jvp(lambda x: np.sum(x))
    total.defjvp(lambda primals, tangents: (np.sum(primals[0]), tangents[0]))
    for derive in (gradgen.grad, gradgen.jacfwd):
        with pytest.raises(gradgen.UnsupportedError, match="gives a tangent f64"):
            derive(lambda x: total(x) * x[0])(X)


@gradgen.custom_jvp
def times(a, b):
    return a * b


times.defjvp(lambda p, t: (p[0] * p[1], p[0] * t[1] + p[1] * t[0]))


def test_rules_where_no_types_are_known():
    """What is read of a product of tangents for its shape alone makes a rule no less linear."""
    spaces = {}
    exec(gradgen.emit(lambda x, w: np.sum(times(x, w) * times(w, x)), mode="grad"), spaces)
    (made,) = [f for name, f in spaces.items() if name.endswith("_grad")]
    for x, w in ((X, 0.3), (X, np.ones((2, *X.shape))), (0.3, X)):
        expected = 2.0 * x * np.asarray(w) ** 2
        while np.ndim(expected) > np.ndim(x):
            expected = expected.sum(axis=0)
        np.testing.assert_allclose(made(x, w), expected, rtol=1e-14)
    skew = gradgen.custom_jvp(lambda a, b: a * b)
    skew.defjvp(lambda p, t: (p[0] * p[1], p[0] * t[1] * t[0]))
    with pytest.raises(gradgen.UnsupportedError, match="not linear in the tangents"):
        gradgen.emit(lambda x: skew(x, x), mode="grad")
