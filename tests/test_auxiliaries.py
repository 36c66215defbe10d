"""What a function returns beside its value goes through every derivative, as in JAX."""

from __future__ import annotations

import collections
import heapq
from typing import Any

import numpy as np
import pytest

import gradgen

X, V = np.array([0.3, -0.5, 0.7]), np.array([1.0, -2.0, 0.5])


def loss(x, a):
    h = np.tanh(x) * a
    return np.sum(h**2), {"hidden": h, "name": "loss", "steps": (len(x), 2.0 * a)}


def plain(x, a):
    return loss(x, a)[0]


def field(x):
    y = x**2 * x[::-1]
    return {"y": y, "total": np.sum(y)}, np.exp(x)


def listed(x):
    """Its seeds go through one after the other."""
    rows = []
    for k in range(len(x) - 1):
        rows.append(np.tanh(x) * x[k])
    return np.concatenate(rows), (rows[0], "listed")


def along(fn: Any, x: np.ndarray, v: np.ndarray) -> Any:
    """Return a derivative along ``v`` by a difference of the sixth order."""
    h, weights = 2e-3, {1: 45.0, 2: -9.0, 3: 1.0}
    return sum(w * (fn(x + k * h * v) - fn(x - k * h * v)) for k, w in weights.items()) / (60 * h)


def check_aux(aux: Any) -> None:
    assert list(aux) == ["hidden", "name", "steps"] and aux["name"] == "loss"
    np.testing.assert_allclose(aux["hidden"], np.tanh(X) * 1.5, rtol=1e-14)
    assert aux["steps"] == (3, 3.0)


@pytest.mark.parametrize("make", [gradgen.jacfwd, gradgen.jacrev, gradgen.jacobian, gradgen.grad])
def test_first_derivatives(make: Any) -> None:
    gradient, aux = make(loss, has_aux=True)(X, 1.5)
    expected = [along(lambda x: plain(x, 1.5), X, e) for e in np.eye(3)]
    np.testing.assert_allclose(gradient, expected, rtol=1e-9)
    check_aux(aux)


@pytest.mark.parametrize("make", [gradgen.hessian, gradgen.hvp, gradgen.hessian_diag])
def test_second_derivatives(make: Any) -> None:
    made = make(loss, has_aux=True)
    found, aux = made((X, 1.5), V) if make is gradgen.hvp else made(X, 1.5)
    rows = np.stack([along(lambda x: gradgen.grad(plain)(x, 1.5), X, e) for e in np.eye(3)])
    expected = {"hvp": rows @ V, "hessian": rows, "hessian_diag": np.diag(rows)}[make.__name__]
    np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-10)
    check_aux(aux)


def test_products() -> None:
    value, tangent, aux = gradgen.jvp(loss, has_aux=True)((X, 1.5), V)
    assert value == plain(X, 1.5)
    np.testing.assert_allclose(tangent, along(lambda x: plain(x, 1.5), X, V), rtol=1e-9)
    check_aux(aux)
    value, pullback, aux = gradgen.vjp(loss, argnums=(0, 1), has_aux=True)(X, 1.5)
    assert value == plain(X, 1.5)
    np.testing.assert_allclose(pullback(2.0)[0] @ V, 2.0 * tangent, rtol=1e-12)
    check_aux(aux)


def test_sparse_matrices() -> None:
    pytest.importorskip("scipy.sparse")
    matrix, aux = gradgen.sparse_hessian(loss, has_aux=True)(X, 1.5)
    np.testing.assert_allclose(matrix.toarray(), gradgen.hessian(plain)(X, 1.5), rtol=1e-12)
    check_aux(aux)
    for few in (field, lambda x: (np.sum(field(x)[1]), field(x)[1])):  # forward, and in reverse
        matrix, aux = gradgen.sparse_jacobian(few, has_aux=True)(X)
        dense = gradgen.jacobian(few, has_aux=True)(X)[0]
        rows = np.vstack(list(dense.values())) if isinstance(dense, dict) else dense[None]
        np.testing.assert_allclose(matrix.toarray(), rows, rtol=1e-12)
        np.testing.assert_allclose(aux, np.exp(X))


def test_structures() -> None:
    for make in (gradgen.jacfwd, gradgen.jacrev):
        jacobian, aux = make(field, has_aux=True)(X)
        expected = np.stack([along(lambda x: field(x)[0]["y"], X, e) for e in np.eye(3)], axis=1)
        np.testing.assert_allclose(jacobian["y"], expected, rtol=1e-9, atol=1e-10)
        np.testing.assert_allclose(jacobian["total"], expected.sum(axis=0), rtol=1e-9)
        np.testing.assert_allclose(aux, np.exp(X))


@pytest.mark.parametrize("make", [gradgen.jacfwd, gradgen.jacrev])
def test_seeds_one_after_the_other(make: Any) -> None:
    made = make(listed, has_aux=True)
    jacobian, aux = made(X)
    expected = np.stack([along(lambda x: listed(x)[0], X, e) for e in np.eye(3)], axis=1)
    np.testing.assert_allclose(jacobian, expected, rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(aux[0], np.tanh(X) * X[0])
    assert aux[1] == "listed"
    assert "a sweep for each, in a loop: what is done to a list" in " ".join(made.explain().split())


def inside(x, a):
    """The derivatives are taken in a loss, with what comes beside them."""
    value, pullback, aux = gradgen.vjp(loss, has_aux=True)(x, a)
    _, tangent, more = gradgen.jvp(loss, has_aux=True)((x, a), x)
    jacobian, rest = gradgen.jacfwd(loss, has_aux=True)(x, a)
    parts = pullback(value) @ aux["hidden"], tangent * np.sum(more["hidden"]), rest["steps"][1]
    return parts[0] + parts[1] * parts[2] + np.sum(jacobian**3)


def test_inside_a_loss() -> None:
    gradient = gradgen.grad(inside)(X, 1.5)
    expected = [along(lambda x: inside(x, 1.5), X, e) for e in np.eye(3)]
    np.testing.assert_allclose(gradient, expected, rtol=1e-8)


def test_header_says_so() -> None:
    text = gradgen.emit(loss, mode="jacfwd", has_aux=True, example_args=(X, 1.5))
    assert "-> (jacobian, aux)" in text and "--mode jacfwd --has-aux" in text


def test_one_result_is_refused() -> None:
    for make in (gradgen.jacfwd, gradgen.hessian, gradgen.vjp):
        with pytest.raises(gradgen.ArgumentError, match="has_aux=True, but 'plain' returns"):
            make(plain, has_aux=True)(X, 1.5)


class Log:
    def __init__(self):
        self.seen = []
        self.last = {"rows": []}


def logged(x, n):
    """Containers hold lists that loops and branches fill, under other names too."""
    shared: list[Any] = []
    info: dict[str, Any] = {"history": [], "shared": shared, "pair": ([], "kept")}
    log = Log()
    for k in range(n):
        x = 0.9 * x + k
        info["history"].append(x[0])
        shared.append(2.0 * x[1])
        info["pair"][0].append(x * k)
        log.seen.append(x[2])
        log.last["rows"] += [x[0] * x[1]]
    if x[0] > 0.0:
        info["history"].append(x[2])
    return np.sum(x**2), (info, log.seen, log.last)


@pytest.mark.parametrize("n", [0, 3])
def test_lists_that_grow_inside_containers_come_out_as_they_are_at_the_end(n: int) -> None:
    _, expected = logged(X, n)
    (_, aux), gradient = gradgen.value_and_grad(logged, has_aux=True)(X, n)
    assert repr(aux) == repr(expected)
    slope = [along(lambda x: logged(x, n)[0], X, e) for e in np.eye(3)]
    np.testing.assert_allclose(gradient, slope, rtol=1e-9)
    assert repr(gradgen.grad(logged, has_aux=True)(X, n)[1]) == repr(expected)
    assert repr(gradgen.hvp(logged, has_aux=True)((X, n), V)[1]) == repr(expected)
    assert repr(gradgen.vjp(logged, has_aux=True)(X, n)[2]) == repr(expected)


def with_a_set(x):
    seen = {len(x)}
    return np.sum(x), {"seen": seen}


def with_a_known_set(x):
    seen = {1, 2}
    return np.sum(x), {"seen": seen}


def with_a_queue(x):
    last = collections.deque(maxlen=2)
    for v in x:
        last.append(v)
    return np.sum(x), last


def with_a_queue_of_any_length(x):
    positive = collections.deque()
    for v in x:
        if v > 0:
            positive.append(v)
    return np.sum(x), positive


@pytest.mark.parametrize(
    "fn, what",
    [
        (with_a_set, "set"),
        (with_a_known_set, "set"),
        (with_a_queue, "deque"),
        (with_a_queue_of_any_length, "deque"),
    ],
)
def test_what_cannot_be_returned_is_refused_at_the_return(fn: Any, what: str) -> None:
    with pytest.raises(gradgen.UnsupportedError, match=f"the result contains a {what}") as caught:
        gradgen.grad(fn, has_aux=True)(X)
    assert str(caught.value).splitlines()[1].strip().startswith("return ")
    assert "test_auxiliaries.py" in str(caught.value) and "Way out" in str(caught.value)


def on_paths(x, n):
    """What is beside the value is of another kind on each path."""
    used, last = [], None
    for k in range(n):
        if x[k] > 0.4:
            last = x[k] * x[0]
            used.append(k)
    if last is None:
        found = {"none": x.copy()}
    else:
        found = (last, "some") if n > 1 else None
    return np.sum(x**3) / (1 + len(used)), [last, used, found]


@pytest.mark.parametrize("x", [X, -np.abs(X), np.array([0.5, 0.6, 0.7])])
@pytest.mark.parametrize("n", [0, 1, 3])
def test_what_the_path_decides(x: np.ndarray, n: int) -> None:
    value, (last, used, found) = on_paths(x, n)
    gradient = 3 * x**2 / (1 + len(used))
    matrix = np.diag(6 * x / (1 + len(used)))
    results = [
        (gradgen.grad(on_paths, has_aux=True)(x, n), gradient),
        (gradgen.hvp(on_paths, has_aux=True)((x, n), V), matrix @ V),
        (gradgen.hessian(on_paths, has_aux=True)(x, n), matrix),
        (gradgen.jacfwd(on_paths, has_aux=True)(x, n), gradient),
    ]
    again, pullback, aux = gradgen.vjp(on_paths, has_aux=True)(x, n)
    assert again == value
    results.append(((pullback(1.0), aux), gradient))
    for (derivative, (*numbers, other)), expected in results:
        np.testing.assert_allclose(derivative, expected, rtol=1e-12, atol=1e-14)
        assert numbers == [last, used] and type(other) is type(found)
        if isinstance(found, dict):
            np.testing.assert_array_equal(other["none"], found["none"])
        else:
            assert other == found


def best_so_far(x):
    best = None
    for k, v in enumerate(x):
        if best is None or v > best[0]:
            best = (v, k)
    return best[0] ** 2, {"best": best}


def test_a_tuple_or_none() -> None:
    gradient, aux = gradgen.grad(best_so_far, has_aux=True)(X)
    np.testing.assert_allclose(gradient, [0.0, 0.0, 1.4])
    assert aux == {"best": (0.7, 2)}


def test_of_examples_it_is_refused() -> None:
    with pytest.raises(gradgen.GradgenError, match="for different examples"):
        gradgen.grad(on_paths, has_aux=True, batch=("x",))(np.stack([X, V]), 3)


def with_texts(x, a):
    """What is beside the value says how the numbers were when the texts were made."""
    total = 0.0
    for v in x:
        total += a * v**2
    doubled = 2.0 * x
    shown = f"{doubled}"
    doubled[0] = 5.0
    size = f"large: {total:.2e}" if total > 1.0 else "small"
    texts = [f"{v:+.2f}" for v in doubled]
    return total * doubled[1], {"size": size, "all": (shown, f"n={len(x)}", texts)}


@pytest.mark.parametrize("a", [0.5, 2.5])
@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_texts_with_numbers(a: float, backend: str) -> None:
    gradient, aux = gradgen.grad(with_texts, has_aux=True, backend=backend)(X, a)
    expected = [along(lambda x: with_texts(x, a)[0], X, e) for e in np.eye(3)]
    np.testing.assert_allclose(gradient, expected, rtol=1e-9)
    assert aux == with_texts(X, a)[1]
    assert gradgen.hvp(with_texts, has_aux=True)((X, a), V)[1] == aux
    assert gradgen.vjp(with_texts, has_aux=True)(X, a)[2] == aux


def pairs_by_path(x):
    rows = []
    for i, v in enumerate(x):
        if v > 0:
            rows.append((i, v))
    return np.sum(x**2), {"rows": rows, "first": rows[0], "last": rows[-1][1]}


def way_back(x):
    came_from, cell = {(0, 0): None}, (0, 0)
    for v in x:
        new = (cell[0] + 1, cell[1]) if v > 0 else (cell[0], cell[1] + 1)
        came_from[new], cell = cell, new
    way = []
    while cell is not None:
        way.append(cell)
        cell = came_from[cell]
    return np.sum(x**3), way


def heads_of_a_heap(x):
    heap = []
    for i, v in enumerate(x):
        heapq.heappush(heap, (v, i))
    return heap[0][0] ** 2, (heapq.heappop(heap), heap)


def sorted_pairs(x):
    return np.sum(x**2), (sorted(zip(x, range(3), strict=True)), max(enumerate(x)))


def lists_and_a_tuple_of_one(x):
    cells = [[i, j] for i in range(2) for j in range(2)]
    return np.sum(x**2), (cells, tuple(cells[0]))


@pytest.mark.parametrize(
    "fn", [pairs_by_path, way_back, heads_of_a_heap, sorted_pairs, lists_and_a_tuple_of_one]
)
def test_tuples_in_lists_are_tuples(fn: Any) -> None:
    """Lists and tuples are lists of the graph both, and are not taken for each other."""
    expected = repr(fn(X)[1])
    (value, aux), gradient = gradgen.value_and_grad(fn, has_aux=True)(X)
    assert value == fn(X)[0] and repr(aux) == expected
    slopes = [along(lambda x: fn(x)[0], X, e) for e in np.eye(3)]
    np.testing.assert_allclose(gradient, slopes, rtol=1e-9, atol=1e-12)
    assert repr(gradgen.jvp(fn, has_aux=True)((X,), (V,))[2]) == expected
    assert repr(gradgen.hvp(fn, has_aux=True)((X,), (V,))[1]) == expected
    assert repr(gradgen.vjp(fn, has_aux=True)(X)[2]) == expected
