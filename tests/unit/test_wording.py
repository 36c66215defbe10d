"""What generated text calls things, and what it writes out: as the user counts and unpacks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from tests.references import difference_gradient


def bilinear(img: Any, points: Any) -> Any:
    total = 0.0
    for x, y in points:
        i, j = int(x), int(y)
        fx, fy = x - i, y - j
        top = img[i, j] * (1 - fx) * (1 - fy) + img[i + 1, j] * fx * (1 - fy)
        total += (top + img[i, j + 1] * (1 - fx) * fy + img[i + 1, j + 1] * fx * fy) ** 2
    return total


def springs(x: Any, edges: Any, rest: Any) -> Any:
    energy = 0.0
    for k, (i, j) in enumerate(edges):
        energy += ((x[i] - x[j]) ** 2 - rest[k]) ** 2
    return energy


def nested(x: Any) -> Any:
    total = 0.0
    for row in x:
        for v in row:
            total += np.sin(v) * v
    return total


def overwritten(x: Any) -> Any:
    total = 0.0
    for row in x:
        row[0] = row[1] * 2.0
        a, b = row
        total += a * b * b
    return total


RNG = np.random.default_rng(5)
IMAGE, POINTS = RNG.normal(size=(4, 4)), np.array([[0.3, 1.6], [2.2, 0.9]])
SPRINGS = (RNG.normal(size=4), np.array([[0, 1], [2, 3], [3, 0]]), RNG.normal(size=3))
CASES: list[tuple[Callable[..., Any], tuple[Any, ...], list[str]]] = [
    (bilinear, (IMAGE, POINTS), ["x, y = points[k]", "d_img[i + 1, j] += d_top * (1 - fy) * fx"]),
    (springs, SPRINGS, ["for k in range(len(edges)):", "i, j = edges[k]", "rest[k]"]),
    (nested, (IMAGE,), ["for i in range(len(x)):", "for j in range("]),
    (overwritten, (RNG.normal(size=(3, 2)),), []),
]


@pytest.mark.parametrize(("loss", "args", "parts"), CASES)
@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_text_and_gradient(
    loss: Callable[..., Any], args: tuple[Any, ...], parts: list[str], backend: str
) -> None:
    made = gradgen.value_and_grad(loss, backend=backend)
    value, gradient = made(*args)
    assert value == loss(*(np.copy(a) for a in args))
    (expected,) = difference_gradient(loss, args, (0,))
    np.testing.assert_allclose(gradient, expected, 1e-7, 1e-8)
    text = gradgen.emit(loss, mode="value_and_grad", example_args=args)
    for part in parts:
        assert part in text
    along = gradgen.jvp(gradgen.grad(loss))((args[0], *args[1:]), (np.ones_like(args[0]),))[1] if (
        len(args) == 1) else None  # fmt: skip
    if along is not None:
        step = 1e-5
        ahead, behind = (gradgen.grad(loss)(args[0] + s) for s in (step, -step))
        np.testing.assert_allclose(along, (ahead - behind) / (2 * step), 1e-6, 1e-7)


def test_a_wrong_number_of_items_is_pythons_error() -> None:
    for width, words in ((3, "too many values"), (1, "not enough values")):
        with pytest.raises(ValueError, match=words):
            gradgen.grad(bilinear)(IMAGE, np.ones((2, width)))


def ranks(w: Any, n: Any) -> Any:
    links = np.zeros((n, n))
    for k in range(n):
        links[k, (k + 1) % n] = np.exp(w[k])
        links[k, 0] += 1.0
    links = links / links.sum(axis=0)
    r = np.ones(n) / n
    for _ in range(4):
        r = 0.85 * links @ r + 0.15 / n
    return r[1] + np.sum(links**2)


@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_lengths_of_one_argument(backend: str) -> None:
    """Arrays as long as an integer argument says fit, and what no turn changes is not kept."""
    for n in (2, 3):
        w = np.cos(np.arange(float(n)))
        (expected,) = difference_gradient(lambda w, n=n: ranks(w, n), (w,), (0,))
        made = gradgen.value_and_grad(ranks, backend=backend)
        value, gradient = made(w, n)
        assert value == pytest.approx(ranks(w, n), rel=1e-15 if backend == "numpy" else 1e-12)
        np.testing.assert_allclose(gradient, expected, 1e-7, 1e-8)
    text = gradgen.emit(ranks, mode="grad", example_args=(np.ones(3), 3))
    assert "broadcast" not in text and "product_saved" not in text
    with pytest.raises(ValueError, match="negative"):
        gradgen.grad(ranks)(np.ones(3), -2)


def test_a_negative_number_of_turns_is_none() -> None:
    def turns(x: Any, n: Any) -> Any:
        for _ in range(n):
            x = np.sin(x) * x
        return x

    assert gradgen.value_and_grad(turns)(0.7, -3) == (0.7, 1.0)
    assert gradgen.value_and_grad(turns, memory="recompute")(0.7, -3) == (0.7, 1.0)


@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_a_number_written_out_twice_in_one_expression(backend: str) -> None:
    """It keeps its brackets wherever it stands."""

    def twice(u: Any, y: Any) -> Any:
        return np.sin(u) - np.divide(y, 1.0 - u)

    (expected,) = difference_gradient(twice, (0.35, 0.4), (0,))
    gradient = gradgen.grad(twice, backend=backend)
    np.testing.assert_allclose(gradient(0.35, 0.4), expected, 1e-9)
    ahead, behind = gradient(0.3501, 0.4), gradient(0.3499, 0.4)
    second = gradgen.grad(lambda u: gradient(u, 0.4))(0.35)
    np.testing.assert_allclose(second, (ahead - behind) / 2e-4, 1e-5)


def test_places_of_all_axes_are_unpacked() -> None:
    def loss(a: Any, x: Any) -> Any:
        i, j = np.triu_indices(len(x), 1)
        r, c = np.nonzero(a > 0.0)
        return np.sum(a[i, j] * x[i] * x[j]) + np.sum(a[r, c] ** 2 * x[r]) + np.sum(a[c, r])

    args = np.sin(np.arange(9.0) + 0.5).reshape(3, 3), np.arange(3.0)
    gradient = gradgen.grad(loss, argnums=(0, 1))
    for found, wanted in zip(gradient(*args), difference_gradient(loss, args, (0, 1)), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-7, atol=1e-8)
    assert "i, j = np.triu_indices(len(x), 1)" in gradient.source
    assert "r, c = np.nonzero(above)" in gradient.source
    gradgen.check_grads(loss, args, order=2)
