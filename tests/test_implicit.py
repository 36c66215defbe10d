"""Derivatives of solutions, and functions that adjoints go through."""

from __future__ import annotations

import numpy as np
import pytest

import gradgen

A = np.array([[0.3, 0.1], [-0.2, 0.2]])
B = np.array([0.1, 0.4])


@gradgen.implicit(lambda z, a: z * z - a)
def root(z, a):
    for _ in range(60):
        z = 0.5 * (z + a / z)
    return z


def step(z, a, b):
    return np.tanh(a @ z + b)


@gradgen.fixed_point(step)
def rest(z, a, b):
    while True:
        new = np.tanh(a @ z + b)
        if np.max(np.abs(new - z)) < 1e-15:
            return new
        z = new


@gradgen.implicit(lambda x, m, n: m @ x * x**n - 1.0, nondiff_argnums=(2,))
def newton(x, m, n):
    for _ in range(30):
        r = m @ x * x**n - 1.0
        j = m * (x**n)[:, None] + np.diag(n * (m @ x) * x ** (n - 1))
        x = x - np.linalg.solve(j, r)
    return x


def scalar(a):
    return root(1.0, a) ** 3


def vector(a, b):
    return np.sum(rest(np.zeros(2), a, b) ** 2 * np.array([1.0, 2.0]))


def powers(m):
    return np.sum(newton(np.ones(2), m, 2) ** 2)


def difference(fn, x, v, h=1e-3):
    weights = {1: 45.0, 2: -9.0, 3: 1.0}
    return sum(w * (fn(x + k * h * v) - fn(x - k * h * v)) for k, w in weights.items()) / (60 * h)


def test_root() -> None:
    value, slope = gradgen.value_and_grad(scalar)(2.0)
    assert value == scalar(2.0)
    assert np.isclose(slope, 1.5 * np.sqrt(2.0), rtol=1e-14)
    assert np.isclose(gradgen.grad(gradgen.grad(scalar))(2.0), 0.75 / np.sqrt(2.0), rtol=1e-12)


def test_the_iterations_are_not_swept() -> None:
    made = gradgen.value_and_grad(vector, argnums=(0, 1))
    made(A, B)
    _, swept = made.source.split("--- reverse")
    assert "while" not in swept and "np.linalg.solve" in swept
    assert "append" not in made.source


def test_fixed_point() -> None:
    by_a, by_b = gradgen.grad(vector, argnums=(0, 1))(A, B)
    for e in np.eye(2):
        reference = difference(lambda b: vector(A, b), B, e)
        np.testing.assert_allclose(by_b @ e, reference, rtol=1e-9)
    for e in np.eye(4).reshape(4, 2, 2):
        reference = difference(lambda a: vector(a, B), A, e)
        np.testing.assert_allclose(np.sum(by_a * e), reference, rtol=1e-9)


def test_forward_mode_is_the_same_derivative() -> None:
    moves = np.array([[1.0, -2.0], [0.5, 0.3]]), np.array([0.2, -1.0])
    by_a, by_b = gradgen.grad(vector, argnums=(0, 1))(A, B)
    _, moved = gradgen.jvp(vector, argnums=(0, 1))((A, B), moves)
    np.testing.assert_allclose(moved, np.sum(by_a * moves[0]) + by_b @ moves[1], rtol=1e-13)


def test_arguments_without_a_derivative() -> None:
    m = np.array([[2.0, 0.3], [0.1, 1.5]])
    found = gradgen.grad(powers)(m)
    for e in np.eye(4).reshape(4, 2, 2):
        np.testing.assert_allclose(np.sum(found * e), difference(powers, m, e), rtol=1e-9)


def test_equations_and_solvers_have_the_same_arguments() -> None:
    with pytest.raises(gradgen.ArgumentError, match="2 arguments, and 'solve' 3"):

        @gradgen.implicit(lambda z, a: z - a)
        def solve(z, a, b):
            return z

    for fixed in ((2,), (0,), 1):
        with pytest.raises(gradgen.ArgumentError, match="nondiff_argnums="):
            gradgen.implicit(lambda z, a: z - a, nondiff_argnums=fixed)(lambda z, a: a)
    with pytest.raises(gradgen.ArgumentError, match="3 is no function"):
        gradgen.implicit(3)(lambda z, a: a)


def test_equations_have_the_shape_of_the_solution() -> None:
    @gradgen.implicit(lambda z, a: np.sum(z) - a)
    def summed(z, a):
        return z + a

    with pytest.raises(ValueError, match="'summed' has not the shape of its solution"):
        gradgen.grad(lambda a: summed(np.zeros(2), a)[0])(1.0)


def test_adjoints_go_through_a_function() -> None:
    def loss(x, w):
        h = gradgen.on_grad(np.tanh(x * w), lambda g: np.clip(g, -0.1, 0.1))
        return np.sum(h**2)

    x = np.array([1.0, 2.0, -0.04])
    found = gradgen.grad(loss, argnums=1)(x, x)
    h = np.tanh(x * x)
    np.testing.assert_allclose(found, np.clip(2.0 * h, -0.1, 0.1) * (1.0 - h * h) * x)
    assert loss(x, x) == np.sum(np.tanh(x * x) ** 2)


def test_adjoints_are_looked_at(capsys: pytest.CaptureFixture[str]) -> None:
    def look(g):
        print("adjoint", g)
        return g

    def loss(p):
        q = gradgen.on_grad({"a": p["a"] * 2.0}, lambda g: {"a": g["a"] * 3.0})
        return gradgen.on_grad(q["a"], look) ** 2

    assert gradgen.grad(loss)({"a": 1.5})["a"] == 36.0
    assert capsys.readouterr().out == "adjoint 6.0\n"


def test_rules_read_nothing_that_is_computed() -> None:
    def loss(x):
        s = np.sum(x)
        return np.sum(gradgen.on_grad(x * x, lambda g: g * s))

    with pytest.raises(gradgen.UnsupportedError, match="reads 's'"):
        gradgen.grad(loss)(B)
    with pytest.raises(gradgen.UnsupportedError, match="forward mode has no way back"):
        gradgen.jvp(lambda x: gradgen.on_grad(x, np.sin))((1.0,), 1.0)


def test_what_adjoints_go_through_has_a_derivative() -> None:
    def loss(w):
        h = gradgen.on_grad(np.tanh(w * B), lambda g: g**3)
        return np.sum(h**2)

    w, v = np.array([0.3, -0.2]), np.array([1.0, 0.7])
    slope = gradgen.grad(loss)
    e = 1e-30
    h = np.tanh((w + 1j * e * v) * B)
    along = np.imag((2.0 * h) ** 3 * (1.0 - h * h) * B) / e
    np.testing.assert_allclose(slope(w), (2.0 * h.real) ** 3 * (1.0 - h.real**2) * B, rtol=1e-14)
    np.testing.assert_allclose(gradgen.hvp(loss)((w,), v), along, rtol=1e-13)
    np.testing.assert_allclose(gradgen.jvp(slope)((w,), v)[1], along, rtol=1e-13)
    np.testing.assert_allclose(gradgen.hessian(loss)(w) @ v, along, rtol=1e-13)
    np.testing.assert_allclose(gradgen.jacrev(slope)(w) @ v, along, rtol=1e-13)


@gradgen.implicit(lambda z, a: z**3 + z - a)
def bisected(z, a):
    """Halves an interval: the iterations themselves have a derivative of zero."""
    low, high = z - 10.0, z + 10.0
    for _ in range(80):
        middle = 0.5 * (low + high)
        if middle**3 + middle < a:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


def of_bisected(a):
    return bisected(0.0, a) ** 2 * a


def exact(a, order):
    """The derivatives of z(a)^2 a, where a = z^3 + z, by SymPy."""
    import sympy

    z = sympy.Symbol("z")
    inverse = 1 / sympy.diff(z**3 + z, z)
    expr = z**2 * (z**3 + z)
    for _ in range(order):
        expr = sympy.diff(expr, z) * inverse
    return float(expr.subs(z, sympy.nsolve(z**3 + z - a, 1.0, prec=30)))


SECOND = {
    "hessian": lambda f: gradgen.hessian(f),
    "hvp": lambda f: lambda a: gradgen.hvp(f)((a,), 1.0),
    "forward over forward": lambda f: gradgen.jacfwd(gradgen.jacfwd(f)),
    "reverse over forward": lambda f: gradgen.jacrev(gradgen.jacfwd(f)),
    "reverse over reverse": lambda f: gradgen.grad(gradgen.grad(f)),
}


@pytest.mark.parametrize("mix", SECOND)
def test_second_order_is_of_the_solution(mix: str) -> None:
    np.testing.assert_allclose(SECOND[mix](of_bisected)(1.7), exact(1.7, 2), rtol=1e-12)


def test_third_order_is_of_the_solution() -> None:
    for third in (
        gradgen.grad(gradgen.grad(gradgen.grad(of_bisected))),
        gradgen.jacfwd(gradgen.hessian(of_bisected)),
    ):
        np.testing.assert_allclose(third(1.7), exact(1.7, 3), rtol=1e-11)


def newton_in_loss(a):
    """A gradient of what has a solution in it, called in a loss."""
    return gradgen.grad(of_bisected)(a) ** 2


def test_gradient_inside_a_loss() -> None:
    first, second = exact(1.7, 1), exact(1.7, 2)
    np.testing.assert_allclose(gradgen.grad(newton_in_loss)(1.7), 2.0 * first * second, rtol=1e-12)


def test_iterations_are_not_differentiated_again() -> None:
    made = gradgen.hessian(vector, argnums=1)
    found = made(A, B)
    gradient = gradgen.grad(vector, argnums=1)
    rows = [difference(lambda b: gradient(A, b), B, e) for e in np.eye(2)]
    np.testing.assert_allclose(found, rows, rtol=1e-9, atol=1e-10)
    assert made.source.count("while True:") == 1
    loop = made.source.partition("while True:")[2].partition("    t_value = ")[0]
    assert "t_" not in loop.replace("test_", "") and "_solution" not in made.source
    # What has no tangent is not multiplied by its zeros.
    assert "np.zeros(a.shape)" not in made.source


def test_solvers_inside_a_loss_are_refused() -> None:
    """Their equations may read what the loss computes, which would then have no derivative."""

    def loss(a):
        @gradgen.implicit(lambda z: z * z - a)
        def root(z):
            for _ in range(30):
                z = 0.5 * (z + a / z)
            return z

        return root(1.0)

    with pytest.raises(gradgen.UnsupportedError, match=r"inside the diff.*\n.*\n.*\n.*outside"):
        gradgen.grad(loss)(2.0)

    def ruled(x):
        @gradgen.custom_vjp
        def square(x):
            return x**2

        square.defvjp(lambda x: (x**2, x), lambda x, g: (2.0 * g * x,))
        return square(x)

    with pytest.raises(gradgen.UnsupportedError, match=r"rule given inside.*\n.*\n.*\n.*outside"):
        gradgen.grad(ruled)(2.0)


@gradgen.fixed_point(step)
def rest_or_last(z, a, b):
    for _ in range(200):
        new = step(z, a, b)
        if np.max(np.abs(new - z)) < 1e-15:
            return new
        z = new
    return z


def test_a_solver_may_return_in_its_loop_and_behind_it() -> None:
    """The second derivative of one is that of a solver with one way out."""

    def loss(a, b):
        return np.sum(rest_or_last(np.zeros(2), a, b) ** 2)

    def same(a, b):
        return np.sum(rest(np.zeros(2), a, b) ** 2)

    np.testing.assert_allclose(gradgen.hessian(loss)(A, B), gradgen.hessian(same)(A, B))


def test_a_solution_is_no_object() -> None:
    @gradgen.implicit(lambda z, a: z - a)
    def solve(z, a):
        return {"u": a, "how": "at once"}

    with pytest.raises(gradgen.GradgenError, match=r"a solution that is a dict(?s:.)*an array"):
        gradgen.grad(lambda a: solve(0.0, a)["u"])(2.0)


def two_parts(z, a, b):
    return {
        "u": np.tanh(a * z["u"] + z["v"][0] * 0.1),
        "v": (np.sin(z["v"][0] * 0.3 + b), np.cos(z["v"][1] * 0.2 * z["u"][0])),
    }


@gradgen.fixed_point(two_parts)
def rest_of_parts(z, a, b):
    for _ in range(80):
        z = two_parts(z, a, b)
    return z


def of_parts(a, b):
    z = rest_of_parts({"u": np.array([0.1, 0.2]), "v": (0.3, 0.4)}, a, b)
    return np.sum(z["u"] ** 2) * z["v"][0] + z["v"][1]


def test_solutions_in_containers() -> None:
    a, b = np.array([0.3, 0.5]), 0.7
    value, (by_a, by_b) = gradgen.value_and_grad(of_parts, argnums=(0, 1))(a, b)
    assert value == of_parts(a, b)
    for e in np.eye(2):
        reference = difference(lambda a: of_parts(a, b), a, e)
        np.testing.assert_allclose(by_a @ e, reference, rtol=1e-9)
    np.testing.assert_allclose(
        by_b, difference(lambda b: of_parts(a, b), np.float64(b), 1.0), rtol=1e-9
    )
    _, moved = gradgen.jvp(of_parts, argnums=(0, 1))((a, b), (np.ones(2), 1.0))
    np.testing.assert_allclose(moved, by_a.sum() + by_b, rtol=1e-12)
    slope = gradgen.grad(of_parts)
    bends = [difference(lambda a: slope(a, b), a, e) for e in np.eye(2)]
    np.testing.assert_allclose(gradgen.hessian(of_parts)(a, b), bends, rtol=1e-7, atol=1e-12)


@gradgen.implicit(lambda z, a: a * z * z - 1.0)
def no_root(z, a):
    return z * 0.0


@gradgen.implicit(lambda z, a: (a @ z) * 0.0)
def anywhere(z, a):
    return z * 1.0


def test_a_singular_equation_says_where() -> None:
    loss = lambda a: no_root(1.0, a)
    for made in (gradgen.grad(loss), lambda a: gradgen.jvp(loss)((a,), (1.0,))):
        with pytest.raises(np.linalg.LinAlgError, match="'no_root' has a singular") as caught:
            made(2.0)
        assert any("no_root(1.0, a)" in note for note in caught.value.__notes__)
    with pytest.raises(np.linalg.LinAlgError, match=r"[Ss]ingular") as caught:
        gradgen.grad(lambda a: np.sum(anywhere(np.ones(2), a)))(np.eye(2))
    assert any("anywhere(np.ones(2), a)" in note for note in caught.value.__notes__)


def test_parts_that_the_equation_lacks() -> None:
    @gradgen.implicit(lambda z, a: {"x": z["x"] - a})
    def missing(z, a):
        return {"x": a, "steps": 3.0}

    @gradgen.implicit(lambda z, a: {"x": z["x"] - a, "y": a})
    def surplus(z, a):
        return {"x": a}

    for solve in (missing, surplus):
        with pytest.raises(gradgen.ArgumentError, match="gives other parts than the solution"):
            gradgen.grad(lambda a, f=solve: f({"x": 0.0}, a)["x"])(2.0)
