"""What `gradgen verify` says of a point: kinks, jumps, boundaries, ties, equality, integers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.proof.margins import MARGINS
from gradgen.proof.nearby import nearby_part
from gradgen.proof.point import Point
from gradgen.rules.table import RULES


def found(fn: Callable[..., Any], *args: Any) -> list[tuple[str, str]]:
    """Return what is near a point, each as operation and kind."""
    return [(n["what"], n["kind"]) for n in nearby_part(Point(fn, args)).data["found"]]


NEAR: dict[str, tuple[Callable[..., Any], Any, str]] = {
    "abs": (lambda x: np.sum(np.abs(x)), np.array([1.0, 1e-5]), "a kink"),
    "maximum": (lambda x: np.sum(np.maximum(x, 0.5)), np.array([0.5001, 3.0]), "a tie"),
    "max": (lambda x: np.max(x), np.array([1.0, 1.0001, 0.0]), "a tie"),
    "sort": (lambda x: np.sort(x)[0], np.array([1.0, 1.0001, 0.0]), "a tie"),
    "clip": (lambda x: np.clip(x, 0.0, 1.0), 1.0001, "a tie"),
    "floor": (lambda x: np.floor(x) * x, 2.0001, "a jump"),
    "round": (lambda x: round(x) * x, 2.4999, "a jump"),
    "sign": (lambda x: np.sign(x) * x, 1e-5, "a jump"),
    "mod": (lambda x: x % 0.5, 1.0001, "a jump"),
    "branch": (lambda x: x if x > 1.0 else x * x, 1.0001, "a branch boundary"),
    "where": (lambda x: np.sum(np.where(x < 1.0, x, 2.0)), np.array([0.9999]), "a branch boundary"),
    "sqrt": (lambda x: np.sqrt(x), 1e-5, "no derivative"),
    "norm": (lambda x: np.linalg.norm(x), np.array([1e-5, 0.0]), "no derivative"),
    "equality": (lambda x: x if x == 0.5 else x * x, 0.7, "equality"),
    "exact equality": (lambda x: x * x if x == 0.5 else x, 0.5, "equality"),
    "truth": (lambda x: x * x if x else x, 0.7, "equality"),
}


@pytest.mark.parametrize("kind", NEAR)
def test_near(kind: str) -> None:
    fn, at, expected = NEAR[kind]
    kinds = [k for _, k in found(fn, at)]
    assert any(k.startswith(("is " + expected, expected)) for k in kinds), kinds
    if expected != "equality":
        apart = 0.213 * (1.0 + np.arange(np.size(at)))
        assert not found(fn, at + (apart if np.ndim(at) else apart.item()))


def test_near_names_the_line_and_the_step() -> None:
    def loss(x):
        total = 0.0
        for k in range(len(x)):
            total += abs(x[k] - 0.30001)
        return total

    part = nearby_part(Point(loss, (np.array([5.0, 0.3, -2.0]),)))
    (item,) = part.data["found"]
    assert item["where"].endswith(f"test_nearby.py:{loss.__code__.co_firstlineno + 3}")
    assert item["margin"] == pytest.approx(-1e-5)
    assert 5e-6 < item["step"] < 5e-5
    assert part.ok is None


def test_places_in_generated_text_are_those_of_the_users_line() -> None:
    slope = gradgen.grad(lambda x: abs(x - 0.3) * x)
    items = nearby_part(Point(lambda x: slope(x) ** 2, (0.30001,))).data["found"]
    assert {"np.sign", "abs"} == {item["what"] for item in items}
    assert all("test_nearby.py:" in item["where"] for item in items)


def test_near_in_recursion_and_in_stores() -> None:
    def halves(x, n):
        return abs(x) if n == 0 else halves(x * 0.5, n - 1)

    def stores(x):
        y = np.zeros(3)
        for k in range(3):
            y[k] = x[k] ** 2
        return np.sum(np.maximum(y, 1e-5))

    assert found(lambda x: halves(x, 3), 1e-4) == [("abs", "a kink")]
    assert found(stores, np.array([1.0, 0.0032, 2.0])) == [("np.maximum", "a tie")]


def test_integers_are_pointed_out() -> None:
    part = nearby_part(Point(lambda p, n: p[0] ** 2 * p[1] * n, ((1.5, 2), 3), 0))
    assert "integers in a differentiated argument have no derivative: p[1]" in part.notes
    assert "integers, held constant: n" in part.notes


def test_margins_are_of_operations_that_exist() -> None:
    assert not [name for name in MARGINS if name not in RULES]
