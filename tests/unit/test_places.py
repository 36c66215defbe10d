"""The shape of what a subscript reads, against NumPy; and whether a place can come twice."""

from __future__ import annotations

import random

import numpy as np
import pytest

from gradgen.ir.nodes import Const, Op, Value
from gradgen.ir.types import Dim, array
from gradgen.rules.places import index_shape, may_repeat

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
