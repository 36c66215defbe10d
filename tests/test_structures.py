"""Structures that hold more than numbers go through products, Jacobians and Hessians."""

from __future__ import annotations

import copy
import enum
import subprocess
import sys
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pytest

import gradgen
from tests.references import assert_trees_close

X = np.array([0.7, -0.4])


class Kind(enum.Enum):
    TANH = 1
    EXP = 2


class Span(NamedTuple):
    low: Any
    high: Any


@dataclass
class Layer:
    kind: Kind
    weight: Any
    bias: Any = None
    skip: bool = False


class Spring:
    def __init__(self, k: Any, name: str) -> None:
        self.k, self.name = k * 1.0, name


def through_layers(net: list[Layer], x: Any) -> Any:
    for layer in net:
        z = x * layer.weight if layer.bias is None else x * layer.weight + layer.bias
        y = np.tanh(z) if layer.kind is Kind.TANH else np.exp(0.3 * z)
        x = y + x if layer.skip else y
    return np.sum(x**2)


def through_dicts(layers: Any, x: Any) -> Any:
    for layer in layers:
        z = x * layer["w"] if layer["b"] is None else x * layer["w"] + layer["b"]
        x = np.tanh(z) if layer["act"] == "tanh" else layer["act"](z)
    return np.sum(x**2) * len(layers)


def of_objects(p: Any) -> Any:
    return p.span.low**2 * p.span.high + p.spring.k**3 * p.span.low


def spread(*parts: Any, scale: float = 2.0) -> Any:
    return scale * np.sum(parts[0] ** 2) * parts[1]["u"] ** 3


NET = [Layer(Kind.TANH, X), Layer(Kind.EXP, X + 1.0, 0.3, True)]
DICTS = [{"w": X, "b": None, "act": "tanh"}, {"w": X + 1.0, "b": 0.3, "act": np.exp}]
POINT = SimpleNamespace(span=Span(0.6, 1.5), spring=Spring(0.8, "left"), label=None)

CASES: dict[str, tuple[Any, tuple[Any, ...], Any]] = {
    "dataclasses": (through_layers, (NET, X), 0),
    "dicts": (through_dicts, (DICTS, X), 0),
    "objects": (of_objects, (POINT,), 0),
    "starred": (spread, (X, {"u": 1.2}), (0, 1)),
}


def numbers(tree: Any) -> list[Any]:
    """Return the floats and arrays in a structure."""
    if isinstance(tree, bool | int | str | enum.Enum | None) or callable(tree):
        return []
    if isinstance(tree, float | np.ndarray):
        return [tree]
    inner = tree if isinstance(tree, tuple | list) else getattr(tree, "__dict__", tree).values()
    return [leaf for part in inner for leaf in numbers(part)]


def moved(tree: Any, by: Any) -> Any:
    """Return a structure with the next items of ``by`` added to its numbers."""
    if isinstance(tree, bool | int | str | enum.Enum | None) or callable(tree):
        return tree
    if isinstance(tree, float | np.ndarray):
        return tree + next(by)
    if isinstance(tree, dict):
        return {k: moved(v, by) for k, v in tree.items()}
    if isinstance(tree, tuple | list):
        parts = [moved(v, by) for v in tree]
        return type(tree)(*parts) if hasattr(tree, "_fields") else type(tree)(parts)
    new = copy.copy(tree)
    new.__dict__.update({k: moved(v, by) for k, v in vars(tree).items()})
    return new


def directions(args: tuple[Any, ...], chosen: Any) -> tuple[Any, Any]:
    """Return a direction for the numbers, and it as tangents in the structure of the arguments."""
    tree = args[chosen] if isinstance(chosen, int) else tuple(args[k] for k in chosen)
    along = [np.cos(k + 1.0 + np.arange(np.size(v))).reshape(np.shape(v))[()]
             for k, v in enumerate(numbers(tree))]  # fmt: skip
    return tree, [float(v) if np.ndim(v) == 0 else v for v in along]


def slope(fn: Any, args: Any, chosen: Any, along: Any) -> Any:
    """Return the derivative in a direction, of sums, by a difference of the sixth order."""
    h, weights = 2e-3, {1: 45.0, 2: -9.0, 3: 1.0}
    places = [chosen] if isinstance(chosen, int) else list(chosen)

    def at(k: float) -> Any:
        new = moved([args[i] for i in places], iter([k * h * v for v in along]))
        full = list(args)
        for i, part in zip(places, new, strict=True):
            full[i] = part
        return fn(*full)

    total: Any = 0.0
    for k, w in weights.items():
        pairs = zip(at(k), at(-k), strict=True)
        total = total + np.array([w * np.sum(p - m) for p, m in pairs])
    return total / (60 * h)


@pytest.mark.parametrize("name", CASES)
def test_products(name: str) -> None:
    """Text, None, enums and functions beside numbers are no obstacle to tangents."""
    fn, args, chosen = CASES[name]
    tree, along = directions(args, chosen)
    tangents = moved(tree, iter([v - w for v, w in zip(along, numbers(tree), strict=True)]))
    value, tangent = gradgen.jvp(fn, argnums=chosen)(args, tangents)
    assert value == fn(*args)
    expected = slope(lambda *a: [fn(*a)], args, chosen, along)
    np.testing.assert_allclose(tangent, expected[0], rtol=1e-8)
    product = gradgen.hvp(fn, argnums=chosen)(args, tangents)
    expected = slope(lambda *a: numbers(gradgen.grad(fn, argnums=chosen)(*a)), args, chosen, along)
    for found, want in zip(numbers(product), expected, strict=True):
        np.testing.assert_allclose(np.sum(found), want, rtol=1e-7, atol=1e-9)
    assert type(product) is type(tree)


def test_hessian_has_the_structure() -> None:
    found = gradgen.hessian(of_objects)(POINT)
    assert type(found) is SimpleNamespace and type(found.spring.k.span) is Span
    np.testing.assert_allclose(found.span.low.span.high, 2 * 0.6, rtol=1e-12)
    np.testing.assert_allclose(found.span.low.spring.k, 3 * 0.8**2, rtol=1e-12)
    assert found.spring.name == "left" and found.label is None


def test_integers_have_integer_zeros() -> None:
    product = gradgen.hvp(lambda p: p["n"] * p["w"] ** 3)(({"n": 2, "w": 1.5},), {"n": 0, "w": 1.0})
    assert product == {"n": 0, "w": 18.0} and type(product["n"]) is int


def of_dict(p: Any) -> Any:
    return p["a"] ** 2 * p["b"]


def test_parts_belong_together_by_their_keys() -> None:
    """The order of a dict says nothing."""
    p, swapped = {"a": 3.0, "b": 2.0}, {"b": 0.0, "a": 1.0}
    assert gradgen.jvp(of_dict)((p,), swapped) == (18.0, 12.0)
    assert gradgen.hvp(of_dict)((p,), swapped) == {"a": 4.0, "b": 6.0}
    _, pull = gradgen.vjp(lambda x: {"u": x**2, "v": x**3})(2.0)
    assert pull({"v": 0.0, "u": 1.0}) == 4.0


@pytest.mark.parametrize(
    ("tangent", "words"),
    [
        ({"a": 1.0, "c": 0.0}, "nothing for argument['b']"),
        ({"a": 1.0, "b": 0.0, "c": 0.0}, "a part tangent['c'], which the argument has not"),
        ([1.0, 2.0], "nothing for argument['a']"),
        (1.0, "is a float, where the argument is a dict"),
        ({"a": np.ones(2), "b": 1.0}, "shape (2,), where the argument has ()"),
        ({"a": 1j, "b": 0.0}, "a complex, where the argument has a float"),
        ({"a": None, "b": 0.0}, "a NoneType, where the argument has a float"),
    ],
)
def test_tangents_of_another_structure_are_refused(tangent: Any, words: str) -> None:
    with pytest.raises(gradgen.ArgumentError, match=r"Way out: give it") as error:
        gradgen.jvp(of_dict)(({"a": 3.0, "b": 2.0},), tangent)
    assert words in str(error.value)


def test_complex_tangents_of_real_arguments_are_named() -> None:
    with pytest.raises(gradgen.ArgumentError, match="an array of dtype complex128, where the arg"):
        gradgen.jvp(lambda x: x**2)((X,), 1j * X)


def test_the_tangent_of_a_tuple_is_alone_or_in_a_tuple() -> None:
    def product(p: Any) -> Any:
        return p[0] * p[1]

    for tangent in ((1.0, 2.0), ((1.0, 2.0),)):
        assert gradgen.jvp(product)(((3.0, 5.0),), tangent) == (15.0, 1.0 * 5.0 + 3.0 * 2.0)
        assert gradgen.hvp(product)(((3.0, 5.0),), tangent) == (2.0, 1.0)
    assert gradgen.jvp(lambda p: p[0] ** 2)(((3.0,),), (1.0,)) == (9.0, 6.0)
    with pytest.raises(gradgen.ArgumentError, match=r"nothing for argument\[1\]"):
        gradgen.jvp(product)(((3.0, 5.0),), (1.0,))


def test_tangents_of_several_arguments_are_a_tuple() -> None:
    made = gradgen.jvp(lambda x, y: x * y, argnums=(0, 1))
    with pytest.raises(gradgen.ArgumentError, match="the tangents are no tuple"):
        made((2.0, 3.0), 1.0)


# --- results of classes -------------------------------------------------------------------


def of_classes(x: Any) -> Any:
    layer = Spring(x[0] * x[1], "made")
    return Span(np.sin(x), x[0] * x[1]), {"spring": layer}, [Span(x[0], "text")]


def test_vjp_of_objects() -> None:
    value, pull = gradgen.vjp(of_classes)(X)
    assert type(value[0]) is Span and type(value[1]["spring"]) is Spring
    assert value[1]["spring"].name == "made" and value[2][0].high == "text"
    found = pull((Span(np.ones(2), 2.0), {"spring": Spring(3.0, "made")}, [Span(4.0, "text")]))
    np.testing.assert_allclose(found, np.cos(X) + 5.0 * X[::-1] + [4.0, 0.0], rtol=1e-13)


@pytest.mark.parametrize("make", [gradgen.jacfwd, gradgen.jacrev])
def test_jacobian_of_objects(make: Any) -> None:
    span, tree, _ = make(of_classes)(X)
    np.testing.assert_allclose(span.low, np.diag(np.cos(X)), rtol=1e-14)
    np.testing.assert_allclose(tree["spring"].k, X[::-1], rtol=1e-14)


def test_text_of_objects_stands_alone(tmp_path: Path) -> None:
    """The module has stand-ins for the classes; the function itself makes the user's."""
    target = tmp_path / "made.py"
    gradgen.emit(of_classes, target, mode="jvp", example_args=(X,))
    code = (
        "import sys; sys.modules['gradgen'] = None\nimport made, numpy as np\n"
        "v, t = made.of_classes_jvp(np.array([0.7, -0.4]), np.array([1.0, 0.0]))\n"
        "assert v[0]._fields == ('low', 'high') and v[1]['spring'].name == 'made'\n"
        "print(t[1]['spring'].k)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert float(done.stdout) == -0.4


def test_objects_inside_a_loss() -> None:
    def loss(x: Any) -> Any:
        value, pull = gradgen.vjp(lambda z: Span(z[0], z[0] * z[1] ** 2))(x)
        return np.sum(pull(Span(1.0, value.high)) ** 2)

    def plain(x: Any) -> Any:
        h = x[0] * x[1] ** 2
        return (1 + h * x[1] ** 2) ** 2 + (2 * h * x[0] * x[1]) ** 2

    h = 1e-4
    expected = [(plain(X + h * e) - plain(X - h * e)) / (2 * h) for e in np.eye(2)]
    np.testing.assert_allclose(gradgen.grad(loss)(X), expected, rtol=1e-6)


OUTSIDE = Span(0.5, 2.0)
KEPT = SimpleNamespace(k=3.0, part=OUTSIDE, name="kept")


def test_objects_from_outside_a_loss_are_differentiated_by() -> None:
    def stretched(s: Any, y: Any) -> Any:
        return s.low**3 * s.high * y

    def kept(s: Any, y: Any) -> Any:
        return s.k**2 * s.part.low**2 * y**2

    slope = gradgen.grad(stretched)
    assert gradgen.grad(lambda y: slope(OUTSIDE, y).low)(3.0) == pytest.approx(1.5)
    assert gradgen.grad(lambda y: gradgen.grad(kept)(KEPT, y).part.low)(3.0) == pytest.approx(54.0)
    moved = gradgen.jvp(stretched, argnums=(0, 1))
    found = gradgen.grad(lambda y: moved((Span(y, 2.0), y), (OUTSIDE, 1.0))[1])(3.0)
    # The tangent is 3 * y**3 + 2 * y**4 + ... by low, high and y.
    expected = 0.5 * 3 * 2.0 * 3 * 3.0**2 + 2.0 * 4 * 3.0**3 + 2.0 * 3 * 3.0**2
    assert found == pytest.approx(expected)


def test_auxiliary_objects() -> None:
    def loss(x: Any) -> Any:
        return np.sum(x**2), {"span": Span(x[0], 1.0), "kind": "sum"}

    gradient, aux = gradgen.grad(loss, has_aux=True)(X)
    assert aux == {"span": Span(0.7, 1.0), "kind": "sum"}
    np.testing.assert_allclose(gradient, 2 * X)


# --- memoised recursion in a nested derivative --------------------------------------------


def memoised(p: Any, n: int = 6) -> Any:
    known: dict[int, Any] = {}

    def term(k: int) -> Any:
        if k < 2:
            return p[k]
        if k not in known:
            known[k] = p[0] * term(k - 1) + term(k - 2) * p[1]
        return known[k]

    return term(n)


def test_defaults_are_known_in_nested_derivatives() -> None:
    inner = gradgen.grad(memoised)
    found = gradgen.grad(lambda p: np.sum(inner(p) * np.array([1.0, -2.0])))(X)
    h = 1e-4
    expected = [(inner(X + h * e) - inner(X - h * e)) / (2 * h) @ [1.0, -2.0] for e in np.eye(2)]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_ordered_dicts() -> None:
    """As parameters of layers often come; what is asked of their class is refused."""

    def network(layers, x):
        for layer in layers.values():
            x = np.tanh(x @ layer["w"] + layer["b"])
        return np.sum(x**2)

    def by_class(layers, x):
        return np.sum(x) * (2.0 if isinstance(layers, OrderedDict) else 1.0) * layers["a"]

    rng = np.random.default_rng(4)
    shapes = {"one": (3, 4), "two": (4, 2)}
    layers = {k: {"w": rng.normal(size=s), "b": rng.normal(size=s[1])} for k, s in shapes.items()}
    x = rng.normal(size=(5, 3))
    gradient = gradgen.grad(network)
    found, expected = gradient(OrderedDict(layers), x), gradient(layers, x)
    assert list(found) == ["one", "two"]
    assert_trees_close(found, expected, 1e-14)
    product = gradgen.hvp(network)((OrderedDict(layers), x), OrderedDict(layers))
    assert_trees_close(product, gradgen.hvp(network)((layers, x), layers), 1e-14)
    with pytest.raises(gradgen.UnsupportedError, match="a dict of another class"):
        gradgen.grad(by_class)(OrderedDict(a=1.0), x)


def perhaps_more(x, full, n):
    """Arguments decide what there is in the result."""
    more = None
    if n > 2:
        more = x[:n] * x[0]
    return (x[0] ** 2, x * x[1] if full else None), {"more": more}


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("n", [2, 3])
def test_none_where_arguments_say_so(full: bool, n: int) -> None:
    x = np.array([0.3, -0.5, 0.7])
    (first, second), rest = gradgen.jacobian(perhaps_more)(x, full, n)
    np.testing.assert_allclose(first, [0.6, 0.0, 0.0])
    value, pullback = gradgen.vjp(perhaps_more)(x, full, n)
    seeds: list[Any] = [None, None]
    expected = 2.0 * np.asarray(first)
    for k, (part, of) in enumerate([(second, value[0][1]), (rest["more"], value[1]["more"])]):
        assert (part is None) is (of is None) is (not full if k == 0 else n == 2)
        if part is not None:
            seeds[k] = np.cos(np.arange(3.0) + k)
            expected = expected + seeds[k] @ part
    d_x = pullback(((2.0, seeds[0]), {"more": seeds[1]}))
    np.testing.assert_allclose(d_x, expected, rtol=1e-13)
