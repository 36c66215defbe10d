"""The proof of a gradient: right ones pass, each part catches wrong ones, kinks are flagged."""

from __future__ import annotations

import json
import math
import types
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy

import gradgen
from gradgen import specialisation
from gradgen.proof.point import Point
from gradgen.proof.prove import check, check_grads, verify
from gradgen.proof.taylor import taylor

X = np.array([0.3, -1.2, 2.0])


def smooth(x, scale):
    return scale * np.sum(np.exp(-x * x) * np.sin(x))


def with_abs(x):
    return np.sum(np.abs(x) * x * x)


def hinge(x):
    return np.sum(np.maximum(x, 0.0))


def in_place(x):
    x[0] = x[0] * x[1]
    return np.sum(x * x)


def nested(p):
    return p["a"] * np.sum(p["b"][1] ** 2)


def rough(x):
    return np.sum(np.floor(x * 1e5)) * 1e-5


def several(x, y):
    return {"a": x * y, "b": (np.sum(x**3), y**2)}


def recurrence(w, x):
    h = 0.0
    loss = 0.0
    for t in range(len(x)):
        h = np.tanh(w * h + x[t])
        loss += (h - 0.5) ** 2
    return loss


def positive(x):
    assert x > 0.0, "not positive"
    return x * x


def in_single(x):
    return np.sum(np.sin(x).astype(np.float32) ** 2) * x[0]


RIGHT: dict[str, tuple[Any, ...]] = {
    "smooth": (smooth, X, 0.5),
    "abs": (with_abs, X),
    "hinge": (hinge, X),
    "in place": (in_place, X),
    "containers": (nested, {"a": 2.0, "b": [np.ones(2), X]}),
    "several results": (several, X, 0.5),
    "recurrence": (recurrence, 0.7, np.linspace(-1.0, 1.0, 4)),
    "constant": (lambda x: 0.0 * x + 3.0, 1.0),
    "linear": (lambda x: 3.0 * x, 1.0),
    "large value": (lambda x: 1e9 + x * x, 1.0),
    "large entry": (lambda x: np.sum(x * x), np.array([1e8, 1e-8])),
    "exception beyond the domain": (positive, 1e-3),
    "just beside a kink": (hinge, np.array([5e-7, -5e-7, 2e-6, -1e-9])),
    "edge of the domain": (lambda x: np.log(x) * x, 1e-6),
    "integer beside": (lambda x, n: x**n, 1.5, 3),
    "array": (
        lambda p, t: p[0] * np.exp(-p[1] * t),
        np.array([2.0, 0.3]),
        np.linspace(0.0, 1.0, 5),
    ),
    "single precision": (smooth, X.astype(np.float32), 0.5),
    "single precision inside": (in_single, X),
    "no name": (lambda *args: args[0] * args[1] ** 2, 2.0, 3.0),
}


@pytest.mark.parametrize("kind", RIGHT)
def test_no_false_alarm(kind: str) -> None:
    fn, *args = RIGHT[kind]
    before = json.dumps(args, default=lambda v: v.tolist())
    proof = verify(fn, args, seconds=0)
    assert proof.ok, str(proof)
    json.dumps(proof.as_dict(), allow_nan=False)
    assert json.dumps(args, default=lambda v: v.tolist()) == before


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("modes", ["rev", "fwd", ("rev", "fwd")])
def test_orders_and_modes(order: int, modes: Any) -> None:
    assert check_grads(smooth, (X, 0.5), order, modes).ok
    assert check_grads(several, (X, 0.5), order, modes).ok


# --- wrong derivatives --------------------------------------------------------------------


def mutated(monkeypatch: pytest.MonkeyPatch, change: Callable[[str, str], str]) -> None:
    """Change the text of generated modules before they are loaded."""
    road = specialisation.road()

    def load(text: str, name: str, captures: Any) -> Any:
        return road.load(change(text, name), name, captures)

    changed = types.SimpleNamespace(**{**vars(road), "load": load})
    monkeypatch.setattr(specialisation, "road", lambda: changed)


def wrong_factor(text: str, name: str) -> str:
    """Make one entry of the gradient of ``smooth`` wrong by a thousandth."""
    if not name.endswith(("_grad", "_vjp")):
        return text
    head, _, tail = text.rpartition("    return ")
    return f"{head}    d_x[1] = d_x[1] * 1.001\n    return {tail}"


def test_a_wrong_entry_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    mutated(monkeypatch, wrong_factor)
    proof = verify(smooth, (X, 0.5), (0,), seconds=5.0)
    assert not proof.ok
    assert proof.worst is not None
    assert proof.worst.name == "x[1]"
    assert proof.worst.error == pytest.approx(1e-3, rel=1e-2)
    verdicts = {part.title: part.ok for part in proof.parts}
    for title in ("gradient", "complex step", "forward mode", "Taylor remainder", "SymPy"):
        assert verdicts[title] is False, (title, str(proof))
    assert "WRONG" in str(proof)
    assert "x[1]" in proof.verdict
    assert "worst x[1]" in proof.part("SymPy").summary
    with pytest.raises(gradgen.MismatchError, match=r"worst at x\[1\]") as caught:
        check_grads(smooth, (X, 0.5))
    assert isinstance(caught.value, AssertionError)
    assert caught.value.proof.worst.name == "x[1]"


def test_the_slope_of_the_remainder() -> None:
    point = Point(smooth, (X, 0.5), 0)
    _, right = point.reverse()
    good = taylor(point, right, point.direction())
    bad = taylor(point, right * np.array([1.0, 1.001, 1.0]), point.direction())
    assert good.ok is True
    assert good.slopes[0] == pytest.approx(1.0, abs=0.01)
    assert good.slopes[1] == pytest.approx(2.0, abs=0.05)
    assert bad.ok is False
    assert bad.slopes[1] == pytest.approx(1.0, abs=0.1)


def test_a_wrong_value(monkeypatch: pytest.MonkeyPatch) -> None:
    mutated(monkeypatch, lambda text, name: text.replace("return value,", "return value + 1e-9,"))
    proof = verify(smooth, (X, 0.5), seconds=0)
    assert [part.title for part in proof.parts if part.ok is False] == ["value"]


def scaled_results(text: str) -> str:
    """Multiply the last result of a module by 1.0001."""
    head, _, tail = text.rstrip().rpartition("    return ")
    value, comma, last = tail.rpartition(", ")
    return f"{head}    return {value}{comma}1.0001 * {last}\n"


def test_a_wrong_forward_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    mutated(monkeypatch, lambda text, name: scaled_results(text) if "jvp" in name else text)
    with pytest.raises(gradgen.MismatchError, match="forward mode"):
        check_grads(recurrence, (0.7, X), order=1)
    with pytest.raises(gradgen.MismatchError, match="forward mode"):
        check_grads(recurrence, (0.7, X), order=1, modes="fwd")
    assert check_grads(recurrence, (0.7, X), order=1, modes="rev").ok


def test_a_wrong_second_derivative(monkeypatch: pytest.MonkeyPatch) -> None:
    def f(x):
        return np.sum(np.sin(x) * x**2)

    mutated(monkeypatch, lambda text, name: scaled_results(text) if "slope" in name else text)
    assert check_grads(f, (X,), order=1).ok
    for modes in ("rev", "fwd", ("rev", "fwd")):
        with pytest.raises(gradgen.MismatchError, match="second order"):
            check_grads(f, (X,), order=2, modes=modes)


def test_a_derivative_of_ones_own_is_pointed_out() -> None:
    @gradgen.custom_jvp
    def cosine(x):
        return np.cos(x)

    cosine.defjvp(lambda primals, tangents: (np.cos(primals[0]), np.sin(primals[0]) * tangents[0]))
    proof = verify(lambda x: np.sum(cosine(x)), (X,), seconds=0)
    assert not proof.ok
    assert "a derivative of its own" in str(proof)


def test_stopped_gradients_are_held() -> None:
    def f(x):
        return np.sum(gradgen.stop_gradient(x * x) * x)

    proof = verify(f, (X,), seconds=0)
    assert proof.ok, str(proof)
    assert "the gradient is stopped" in str(proof)


def test_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    @gradgen.custom_vjp
    def f(x):
        return x * x

    f.defvjp(lambda x: (x * x, x), lambda x, g: (2.0 * x * g,))
    with pytest.raises(gradgen.UnsupportedError, match=r'modes=\("rev",\)'):
        check_grads(lambda x: f(x), (2.0,))
    assert check_grads(lambda x: f(x), (2.0,), modes="rev").ok
    proof = verify(lambda x: f(x), (2.0,), seconds=1.0)
    assert proof.ok
    assert proof.part("forward mode").ok is None
    for call in (
        lambda: check_grads(smooth, (X, 0.5), modes="reverse"),
        lambda: check_grads(smooth, (X, 0.5), modes=()),
        lambda: check_grads(smooth, (X, 0.5), order=0),
        lambda: check_grads(smooth, X),
        lambda: check_grads(hinge, (np.array([], dtype=float),)),
        lambda: check_grads(hinge, (np.array([1, 2]),)),
        lambda: check_grads(lambda x: np.fft.fft(x), (X,)),
        lambda: check_grads(lambda x: "text", (X,)),
        lambda: check_grads(lambda x: None, (X,)),
    ):
        with pytest.raises(gradgen.GradgenError):
            call()


# --- entries ------------------------------------------------------------------------------


def test_complex_step_is_left_out_where_it_is_not_valid() -> None:
    proof = check(with_abs, (X,))
    assert proof.ok
    assert proof.part("complex step").ok is None
    assert "not valid here: the function is not analytic" in str(proof)


def test_a_kink_takes_any_slope_between() -> None:
    proof = check_grads(hinge, (np.array([0.0, 1.0, -1.0]),))
    assert proof.part("gradient").data["kinks"] == 1
    assert "bends at the point" in proof.part("Taylor remainder").summary


@pytest.mark.parametrize(
    ("fn", "x"),
    [
        (lambda x: np.sum(np.clip(x, 0.0, 1.0)), [0.0, 0.5]),
        (lambda x: np.sum(np.clip(x, 0.0, 1.0)), [0.0, 1.0]),
        (lambda x: 2.0 * max(x[0], x[1]) + x[2] ** 2, [1.0, 1.0, 2.0]),
        (lambda x: np.sum(np.abs(x)) + max(x[0], x[1]), [1e-5, 1e-5, 1.0]),
    ],
)
def test_slopes_of_one_side_are_right_at_a_kink(fn: Any, x: list[float]) -> None:
    proof = gradgen.verify(fn, (np.array(x),), seconds=0)
    assert proof.ok and proof.part("gradient").data["kinks"] >= 1, str(proof)


def test_a_strong_curvature_is_no_kink(monkeypatch: pytest.MonkeyPatch) -> None:
    def steep(x):
        return x + 1e4 * x * x

    assert check(steep, (1e-9,)).part("gradient").data["kinks"] == 0
    right = Point.reverse
    monkeypatch.setattr(Point, "reverse", lambda self: (right(self)[0], 1.0001 * right(self)[1]))
    assert not check(steep, (1e-9,)).ok


def test_steps_that_disagree_with_the_derivative() -> None:
    assert not check(rough, (X,)).ok


def test_large_gradients_are_sampled() -> None:
    proof = check(hinge, (np.linspace(-1.0, 1.0, 1000),), max_entries=20)
    assert proof.ok
    assert "20 of 1000 (at random) entries" in str(proof)


def test_tolerances() -> None:
    def wrong(x):
        return x * x

    f = gradgen.custom_vjp(wrong)
    f.defvjp(lambda x: (x * x, x), lambda x, g: (2.001 * x * g,))
    assert not check(lambda x: f(x), (1.0,)).ok
    assert check(lambda x: f(x), (1.0,), tolerance=1e-2).ok


# --- arguments of all kinds ---------------------------------------------------------------


class Layer:
    """A user's class that holds what is differentiated, and refers to itself."""

    def __init__(self, w: Any, name: str) -> None:
        self.w, self.name = w, name

    def loss(self, x: Any) -> Any:
        return np.sum(np.tanh(x @ self.w))


def test_objects_are_taken_apart() -> None:
    layer = Layer(np.array([0.5, -1.0]), "first")
    proof = verify(lambda m, x: m.loss(x), (layer, np.eye(2)), 0, seconds=0)
    assert proof.ok, str(proof)
    assert proof.names == ("m.w[0]", "m.w[1]")
    np.testing.assert_array_equal(layer.w, [0.5, -1.0])


def test_methods() -> None:
    layer = Layer(np.array([0.5, -1.0]), "first")
    proof = check_grads(layer.loss, (np.eye(2),))
    assert proof.part("forward mode").ok


def test_a_generated_function_that_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    mutated(monkeypatch, lambda text, name: text.replace("    return", "    oops\n    return"))
    with pytest.raises(gradgen.MismatchError, match="raises NameError"):
        check_grads(smooth, (X, 0.5))


def test_an_infinite_slope() -> None:
    proof = verify(lambda x: math.sqrt(x), (0.0,), seconds=0)
    assert proof.ok, str(proof)
    assert proof.part("gradient").ok is None
    assert "infinite for x" in proof.part("gradient").summary
    assert "math.sqrt has no derivative at the point itself" in str(proof)


def test_steps_beyond_the_domain_of_one_entry_leave_the_others() -> None:
    def near_the_edge(x: Any) -> Any:
        return 2.0 * x[0] + np.sqrt(x[1])

    assert gradgen.verify(near_the_edge, (np.array([0.3, 1e-9]),), seconds=0).ok


def test_a_value_that_is_not_finite() -> None:
    with np.errstate(all="ignore"):
        proof = verify(lambda x: np.log(x), (-1.0,), seconds=0)
    assert not proof.ok
    assert "not finite" in proof.part("value").summary
    assert proof.part("gradient").ok is None


def test_wrapped_functions_are_symbolic_too() -> None:
    import functools

    def twice(f: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(f)
        def wrapped(*args: Any) -> Any:
            return f(*args) * 2

        return wrapped

    assert gradgen.to_sympy(twice(lambda x: x * x), 3.0).expr.subs({"s0": 3}) is not None


def test_a_boundary_hardly_beside_the_point_is_no_wrong_curvature() -> None:
    """Second differences mix both sides there, and may agree with each other all the same."""

    def hardly(x: float) -> float:
        return x**2 if x > 0.999999 else 2 * x - 1

    def beside(x: float) -> float:  # both sides have the same slope at the point
        return x**2 if x > 1.9999 else 4 * x - 4

    def steps(x: float) -> float:  # both sides have the same value at the point
        return 3 * x if x > 1.9999 else 4 + x

    for pieces, x in ((hardly, 1.0), (beside, 2.0), (steps, 2.0)):
        proof = gradgen.verify(pieces, (x,), seconds=0)
        assert proof.ok, str(proof)
        assert "branch boundary" in str(proof)


@pytest.mark.filterwarnings("ignore::gradgen.GradgenWarning")
def test_a_test_for_equality_is_a_wrong_curvature() -> None:
    def hole(x: float) -> float:
        return 0.0 if x == 1.0 else (x - 1.0) ** 2

    assert not gradgen.verify(hole, (1.0,), seconds=0).ok


def test_what_changes_from_call_to_call_is_refused() -> None:
    def drawn(x: np.ndarray) -> float:
        return np.sum(x**2 * np.random.default_rng().normal(size=3))

    for make in (gradgen.verify, gradgen.check_grads):
        with pytest.raises(gradgen.ArgumentError, match="two calls of drawn") as caught:
            make(drawn, (np.ones(3),))
        assert "seed" in str(caught.value)


def _solved(a: np.ndarray, b: np.ndarray) -> float:
    return np.sum(np.linalg.solve(a, b) ** 2)


def _inverted(a: np.ndarray) -> float:
    return np.sum(np.linalg.inv(a)[0])


def _factored(a: np.ndarray) -> float:
    return np.sum(np.log(np.diag(np.linalg.cholesky(a @ a.T + np.eye(2)))))


@pytest.mark.parametrize("fn", [_solved, _inverted, _factored])
def test_small_matrices_are_symbolic(fn: Any) -> None:
    a = np.array([[1.0, 0.3], [0.2, 2.0]])
    args = (a, np.array([0.5, -1.0])) if fn is _solved else (a,)
    proof = gradgen.verify(fn, args, seconds=30)
    assert proof.ok and "proved equal as expressions" in str(proof), str(proof)


def test_determinants_as_expressions() -> None:
    a = np.arange(1.0, 10.0).reshape(3, 3) + np.eye(3)
    expr = gradgen.to_sympy(np_det, a).expr
    s = sympy.symbols("s0:9", real=True)
    assert sympy.expand(expr - sympy.Matrix(3, 3, s).det()) == 0


def np_det(a: np.ndarray) -> float:
    return np.linalg.det(a)
