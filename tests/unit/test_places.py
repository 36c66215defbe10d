"""The shape of what a subscript reads, against NumPy; and whether a place can come twice."""

from __future__ import annotations

import random

import numpy as np
import pytest

import gradgen
from gradgen.ir.nodes import Const, Op, Value
from gradgen.ir.types import Dim, array
from gradgen.rules.places import index_shape, may_repeat, whole_of
from tests.references import complex_gradient

SHAPE = (2, 3, 4)


def entry(rng: random.Random, length: int) -> tuple[str, object]:
    """Return the letter of one entry for an axis, and the entry itself."""
    letter = rng.choice("i:ssaam")
    if letter == "i":
        return letter, rng.randrange(-length, length)
    if letter == ":":
        return letter, slice(None)
    if letter == "s":
        return letter, slice(rng.randrange(length), length)
    if letter == "a":
        return letter, np.array([rng.randrange(length) for _ in range(2)])
    return letter, np.array([k < 2 for k in range(length)])


def subscript(rng: random.Random) -> list[tuple[str, object]]:
    """Return a random subscript, every entry with its letter."""
    out = [entry(rng, length) for length in SHAPE[: rng.randrange(1, 4)]]
    for letter, item in (("n", None), ("e", Ellipsis)):
        if rng.random() < 0.3:
            out.insert(len(out) if letter == "e" else rng.randrange(len(out) + 1), (letter, item))
    return out


def operands(given: list[tuple[str, object]]) -> tuple[list[Value], list[tuple[bool, bool, bool]]]:
    """Return the operands of a subscript and what bounds its slices have."""
    values: list[Value] = []
    slices = []
    for letter, item in given:
        if letter == "i":
            values.append(Const(item))
        elif isinstance(item, slice) and letter == "s":
            values += [Const(item.start), Const(item.stop)]
            slices.append((True, True, False))
        elif isinstance(item, np.ndarray):
            values.append(Value(array(item.dtype.name, item.shape)))
    return values, slices


@pytest.mark.parametrize("seed", range(200))
def test_shapes_are_numpys(seed: int) -> None:
    given = subscript(random.Random(seed))
    values, slices = operands(given)
    spelling = "".join(letter for letter, _ in given)
    found = index_shape(SHAPE, spelling, slices, values)
    expected = np.zeros(SHAPE)[tuple(item for _, item in given)].shape
    assert found is not None and len(found) == len(expected)
    known = [(a, b) for a, b in zip(found, expected, strict=True) if not isinstance(a, Dim)]
    assert all(a == b for a, b in known)


def listed(*entries: int) -> Value:
    """Return a list of places, as it stands in a subscript."""
    op = Op("places", [], [], {"entries": entries})
    out = Value(array("int64", (len(entries),)))
    out.op = op
    return out


def test_places_may_repeat() -> None:
    unknown, mask = Value(array("int64", (3,))), Value(array("bool", (3,)))
    assert may_repeat("a", (), [unknown])
    assert may_repeat("a", (), [listed(0, 1, 0)])
    assert may_repeat("a", (), [listed(0, -1)])
    assert may_repeat("ma", (), [mask, unknown])
    assert not may_repeat("a", (), [listed(0, 2, 1)])
    assert not may_repeat("a:", (), [listed(-1, -2)])
    assert not may_repeat("mi", (), [mask, Const(0)])
    assert not may_repeat("i:", (), [Const(0)])


def test_both_parts_of_a_length() -> None:
    """``x[:k]`` and ``x[k:]`` are as long as ``x``, with ``k`` beyond its end, too."""
    n = Dim("x.0", 0, True)
    parts = {"s": [(False, True, False)], "t": [(True, False, False)]}

    def part(length: object, cut: int, head: bool) -> object:
        shape = index_shape((length,), "s", parts["s" if head else "t"], [Const(cut)])  # type: ignore[arg-type]
        assert shape is not None
        return shape[0]

    for length in (n, n + -2):
        for cut in (1, 3, -1, -4):
            assert whole_of(part(length, cut, True), part(length, cut, False)) == length  # type: ignore[arg-type]
    assert whole_of(part(n, 1, True), part(n, 2, False)) is None  # type: ignore[arg-type]
    assert whole_of(part(n, 1, True), part(n + -2, 1, False)) is None  # type: ignore[arg-type]
    assert whole_of(n, n) is None and whole_of(2, n) is None


def chain(x, steps):
    y = np.zeros(len(x))
    for _ in range(steps):
        k = np.concatenate((x[:1], x[1:] * y[:-1]))
        y = y + 0.1 * (k + y)
    return np.sum(y)


def test_joined_parts_are_not_stretched() -> None:
    """Nothing is kept for its shape alone, where parts are joined to the length of the whole."""
    x = np.array([0.5, -1.0, 2.0, 0.3])
    text = gradgen.emit(chain, mode="grad", example_args=(x, 3))
    assert "_unbroadcast" not in text and text.count("_saved = []") == 1
    (expected,) = complex_gradient(chain, (x, 3), (0,))
    np.testing.assert_allclose(gradgen.grad(chain)(x, 3), expected, rtol=1e-13)
    assert gradgen.grad(chain)(x[:0], 3).shape == (0,)


def test_a_triangle_has_each_place_once() -> None:
    def spread(low, weights):
        rows, columns = np.tril_indices(3, -1)
        full = np.zeros((2, 3, 3))
        full[:, rows, columns] = low
        return np.sum(np.sin(full) * weights)

    def crossed(low, weights):
        rows, columns = np.tril_indices(3, -1)[0], np.tril_indices(3)[1][:3]
        full = np.zeros((2, 3, 3))
        full[:, rows, columns] = low
        return np.sum(np.sin(full) * weights)

    low = np.linspace(0.1, 1.2, 6).reshape(2, 3)
    weights = np.cos(np.arange(18.0)).reshape(2, 3, 3)
    for loss in (spread, crossed):
        (expected,) = complex_gradient(loss, (low, weights), (0,))
        np.testing.assert_allclose(gradgen.grad(loss)(low, weights), expected, rtol=1e-13)
    texts = [gradgen.emit(f, mode="grad", example_args=(low, weights)) for f in (spread, crossed)]
    assert "_winners" not in texts[0] and "_winners" in texts[1]
