"""Objects as arguments, and as what methods of gradients belong to."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import gradgen
from tests.corpus.objects_classes import Frozen, Parameters

X = np.array([0.3, -0.4])


class Model:
    """Has numbers, arrays, and something else."""

    def __init__(self, w: Any, b: float, name: str = "model") -> None:
        self.w, self.b, self.name = w, b, name

    def apply(self, x: Any) -> Any:
        return np.tanh(x * self.w) + self.b

    @gradgen.grad
    def slope(self, x: Any) -> Any:
        return self.b * x * x

    def energy(self, x: Any) -> Any:
        return self.b * x**3


def squared(model, x):
    return np.sum(model.apply(x) ** 2)


def by_arrays(w, b, x):
    return np.sum((np.tanh(x * w) + b) ** 2)


def test_gradient_is_an_object_of_the_class() -> None:
    model = Model(np.array([1.0, 2.0]), 0.5)
    value, gradient = gradgen.value_and_grad(squared)(model, X)
    d_w, d_b = gradgen.grad(by_arrays, argnums=(0, 1))(model.w, model.b, X)
    assert value == squared(model, X)
    assert type(gradient) is Model and gradient.name == "model"
    assert np.array_equal(gradient.w, d_w) and gradient.b == d_b
    assert np.array_equal(model.w, [1.0, 2.0]) and model.b == 0.5


def test_second_order_by_an_object() -> None:
    def along(model, x):
        d = gradient(model, x)
        return np.sum(d.w) + d.b

    def along_arrays(w, b, x):
        d_w, d_b = gradgen.grad(by_arrays, argnums=(0, 1))(w, b, x)
        return np.sum(d_w) + d_b

    gradient = gradgen.grad(squared)
    found = gradgen.grad(along)(Model(np.array([1.0, 2.0]), 0.5), X)
    d_w, d_b = gradgen.grad(along_arrays, argnums=(0, 1))(np.array([1.0, 2.0]), 0.5, X)
    np.testing.assert_allclose(found.w, d_w, rtol=1e-14)
    np.testing.assert_allclose(found.b, d_b, rtol=1e-14)


def test_dataclass_with_own_initialisation() -> None:
    def loss(p, x):
        return p.at(x) * p.product

    gradient = gradgen.grad(loss)(Parameters(2.0, 3.0), 4.0)
    assert type(gradient) is Parameters
    assert (gradient.a, gradient.b, gradient.product, gradient.d) == (24.0, 0.0, 20.0, 0.0)


def test_frozen_dataclass_and_namespace() -> None:
    assert gradgen.grad(lambda q: q.total * q.a)(Frozen(2.0, 3.0)) == Frozen(7.0, 2.0)
    gradient = gradgen.grad(lambda n: n.a * np.sum(n.b))(SimpleNamespace(a=1.0, b=np.ones(2)))
    assert gradient.a == 2.0 and np.array_equal(gradient.b, [1.0, 1.0])


def test_passive_object_that_changes() -> None:
    def loss(x, settings):
        if settings.kind == "scaled":
            return x * settings.rate + sum(settings.weights) * x
        return x

    settings = SimpleNamespace(kind="scaled", rate=2.0, weights=[1.0, 2.0])
    gradient = gradgen.grad(loss)
    assert gradient(1.0, settings) == 5.0
    settings.rate = 3.0
    assert gradient(1.0, settings) == 6.0
    assert len(gradient._cache) == 1
    settings.kind = "plain"
    assert gradient(1.0, settings) == 1.0


def test_methods_belong_to_their_object() -> None:
    one, two = Model(X, 1.0), Model(X, 2.0)
    assert (one.slope(3.0), two.slope(3.0), one.slope(3.0)) == (6.0, 12.0, 6.0)
    assert gradgen.grad(two.energy)(1.0) == 6.0
    assert Model.slope(two, 3.0).b == 9.0


@dataclasses.dataclass
class Holder:
    w: float

    def energy(self, x: Any) -> Any:
        return self.w * x * x


def test_method_of_a_dataclass() -> None:
    assert gradgen.grad(Holder(2.0).energy)(3.0) == 12.0
    assert gradgen.grad(Holder(3.0).energy)(3.0) == 18.0


class Chain:
    def __init__(self, v: float) -> None:
        self.v, self.back = v, self


def test_object_that_holds_itself() -> None:
    assert gradgen.grad(lambda x, node: x * node.v * node.back.v)(2.0, Chain(3.0)) == 9.0


OUTSIDE = Model(X, 1.0)


def writes_outside(x):
    OUTSIDE.b = x
    return OUTSIDE.b


def test_write_to_an_object_outside_is_refused() -> None:
    with pytest.raises(gradgen.UnsupportedError, match="assignment to an attribute"):
        gradgen.grad(writes_outside)(1.0)
    assert OUTSIDE.b == 1.0


def test_write_to_a_frozen_object_is_refused() -> None:
    def loss(x):
        q = Frozen(x)
        q.a = 2.0
        return q.a

    with pytest.raises(gradgen.UnsupportedError, match="frozen"):
        gradgen.grad(loss)(1.0)


class Branch:
    def __init__(self, value: float, left: Any = None, right: Any = None) -> None:
        self.value, self.left, self.right = value, left, right


def walked(tree, x):
    total, stack = 0.0, [tree]
    while stack:
        branch = stack.pop()
        total += branch.value**2 * x
        if branch.left and branch.value > 0.6:
            stack.append(branch.left)
        if branch.right is not None and not branch.value < 0.6:
            stack.append(branch.right)
    return total


def test_trees_as_arguments_are_walked_by_their_numbers() -> None:
    tree = Branch(1.0, Branch(2.0, Branch(0.5)), Branch(0.25, None, Branch(-1.0)))
    d_tree, d_x = gradgen.grad(walked, argnums=(0, 1))(tree, 3.0)
    assert (d_tree.value, d_tree.left.value, d_tree.left.left.value) == (6.0, 12.0, 3.0)
    assert (d_tree.right.value, d_tree.right.right.value) == (1.5, 0.0)
    assert d_x == 1.0 + 4.0 + 0.25 + 0.0625


def none_on_a_path(x):
    found = None
    for v in x:
        if v > 5.0:
            found = Branch(v)
    return found.value * x[0]


def printed(x):
    found = []
    for v in x:
        if v > 0.0:
            found.append(Branch(v))
    print(found[0])
    return found[0].value


def test_objects_by_the_path_raise_as_python_does_or_are_refused() -> None:
    function = gradgen.grad(none_on_a_path)
    assert np.array_equal(function(np.array([1.0, 6.0])), [6.0, 1.0])
    with pytest.raises(AttributeError, match="'NoneType' object has no attribute 'value'"):
        function(np.array([1.0, 2.0]))
    with pytest.raises(gradgen.UnsupportedError):
        gradgen.grad(printed)(np.ones(70))


class Plain(list):
    pass


class Spread(dict):
    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.__dict__ = self


def ordered(x):
    return x[0] if Plain([x[0]]) < Plain([x[1]]) else x[1]


def spread(x):
    return Spread(a=x[0]).a


@pytest.mark.parametrize("loss", [ordered, spread])
def test_containers_with_ways_of_their_own_are_refused(loss: Any) -> None:
    with pytest.raises(gradgen.UnsupportedError):
        gradgen.grad(loss)(X)


class Node:
    """Knows what it is in, and what is in it."""

    def __init__(self, v: float, *kids: Any) -> None:
        self.v, self.kids, self.up = v, list(kids), None
        for kid in kids:
            kid.up = self


def tree(*values: float) -> Node:
    a, b, c, d = values
    return Node(a, Node(b, Node(c)), Node(d))


VALUES = np.array([1.5, 2.0, 3.0, 4.0])


def walked_with_parents(root, x):
    out, todo = 0.0, [root]
    while todo:
        node = todo.pop()
        out += node.v * x[0] * (node.up.v**2 if node.up is not None else 1.0)
        todo.extend(node.kids)
    return out


def recursive(root, x):
    above = 1.0 if root.up is None else root.up.v
    return root.v * above * x[0] ** 2 + sum(recursive(kid, x) for kid in root.kids)


def written_above(root, x):
    root.v = root.v * x[0]
    return sum(kid.v * kid.up.v * x[1] for kid in root.kids) + root.kids[0].kids[0].up.up.v


def path_up(root, x):
    node, product = root.kids[0].kids[0], x[1]
    while node is not None:
        product *= node.v
        node = node.up
    return product


@pytest.mark.parametrize("loss", [walked_with_parents, recursive, written_above, path_up])
def test_what_refers_back_is_the_object_around(loss: Any) -> None:
    def flat(v: Any, x: Any) -> Any:
        return loss(tree(*v), x)

    d_root, d_x = gradgen.grad(loss, argnums=(0, 1))(tree(*VALUES), X)
    nodes = [d_root, d_root.kids[0], d_root.kids[0].kids[0], d_root.kids[1]]
    found = np.array([node.v for node in nodes])
    steps = 1e-5 * np.eye(4)
    slopes = [(flat(VALUES + s, X) - flat(VALUES - s, X)) / 2e-5 for s in steps]
    np.testing.assert_allclose(found, slopes, rtol=1e-8, atol=1e-9)
    slopes = [(flat(VALUES, X + s) - flat(VALUES, X - s)) / 2e-5 for s in steps[:2, :2]]
    np.testing.assert_allclose(d_x, slopes, rtol=1e-8, atol=1e-9)
    product = gradgen.hvp(loss, argnums=1)((tree(*VALUES), X), X)
    slope = gradgen.grad(loss, argnums=1)
    near = (slope(tree(*VALUES), X * 1.0001) - slope(tree(*VALUES), X * 0.9999)) / 2e-4
    np.testing.assert_allclose(product, near, rtol=1e-7, atol=1e-9)


def grown_rows(rows, x):
    for row in rows:
        row[1] += x[0]
    return sum(k * v**2 for k, v in rows)


def one_of_two(a, b, x):
    a.v = x[0] * x[1]
    return b.v * x[1]


def set_in_dict(pair, x):
    pair["a"]["v"] = x[0]
    return pair["b"]["v"] * x[1]


def picked_and_written(x, a, b):
    k = int(x[0] * 3.0)
    s = a[k] * b[k] * x[1] ** 2
    a[k] = s
    return s + a[k]


def picked_and_read(x, a, b):
    x[0] = x[1] ** 2
    return a[int(x[1] * 3.0)] * b[0] * x[0]


def test_one_thing_in_two_places_is_not_written_to() -> None:
    x = np.abs(X)
    for held in ([1.0, 2.0], np.array([1.0, 2.0])):
        with pytest.raises(gradgen.ArgumentError, match="a and b"):
            gradgen.grad(picked_and_written)(x, held, held)
        for mode in (gradgen.jvp, gradgen.hvp):
            with pytest.raises(gradgen.ArgumentError, match="a and b"):
                mode(picked_and_written)((x, held, held), (x,))
        np.testing.assert_allclose(
            gradgen.grad(picked_and_read)(x, held, held), [0.0, 2.0 * x[1] * held[1] * held[0]]
        )


def test_objects_in_two_places_are_not_written_to() -> None:
    row, node, held = [2, 1.0], Node(1.0), {"v": 0.5}
    cases = [
        (grown_rows, ([row, [1, 2.0]], X), ([row, row], X), r"rows\[0\] and rows\[1\]"),
        (one_of_two, (node, Node(2.0), X), (node, node, X), "a and b"),
        (set_in_dict, ({"a": held, "b": {"v": 1.0}}, X), ({"a": held, "b": held}, X), "pair"),
    ]
    for loss, apart, same, names in cases:
        slope = gradgen.grad(loss, argnums=len(apart) - 1)
        assert np.all(np.isfinite(slope(*apart)))
        with pytest.raises(gradgen.ArgumentError, match=f"{names}.*are the same thing"):
            slope(*same)


class Instrument:
    """Its attributes are called as the parameters and names of what makes objects are."""

    def __init__(self, kind, attributes, name, value, out):
        self.kind, self.attributes, self.name = kind, attributes, name
        self.value, self.out = value, out


def test_attributes_of_any_name():
    def price(p):
        return p.value**2 * p.out * (2.0 if p.kind == "call" else 1.0) + p.attributes * p.name

    p = Instrument("call", 3.0, 0.5, 1.5, 2.0)
    assert vars(gradgen.grad(price)(p)) == {
        "kind": "call", "attributes": 0.5, "name": 3.0, "value": 12.0, "out": 4.5,
    }  # fmt: skip
    assert vars(gradgen.hvp(price)((p,), (p,)))["out"] == pytest.approx(9.0)


class Rated:
    """Has a rate of its own on some paths, and otherwise that of the class."""

    rate = 0.5


def test_a_rate_that_its_class_is_assigned_meanwhile_is_not_kept():
    def loss(x):
        one, other = Rated(), Rated()
        if x[0] > 0.0:
            one.rate = x[0]
        if x[1] < 0.0:
            Rated.rate = x[1] ** 2
        return one.rate * other.rate

    with pytest.raises(gradgen.UnsupportedError, match="'rate' is set on one path"):
        gradgen.grad(loss)(X)
