"""SymPy's proof reaches small matrices, and functions whose derivative is given by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradgen

RNG = np.random.default_rng(0)
A, B = RNG.normal(size=(2, 2)), RNG.normal(size=2)
A3 = RNG.normal(size=(3, 3))
SPD = A @ A.T + np.eye(2)
SINGULAR = np.array([[1.0, 2.0], [2.0, 4.0]])


@gradgen.custom_jvp
def softplus(x):
    return np.log1p(np.exp(x))


@softplus.defjvp
def _softplus_rule(primals, tangents):
    (x,), (t,) = primals, tangents
    return softplus(x), t / (1.0 + np.exp(-x))


@gradgen.custom_vjp
def square(x):
    return x**2


square.defvjp(lambda x: (x**2, x), lambda x, g: (2.0 * g * x,))


@gradgen.custom_vjp
def cube(x):
    return x**3


cube.defvjp(lambda x: (x**3, x), lambda x, g: (2.0 * g * x**2,))


def normal(x, s):
    return -0.5 * x @ np.linalg.solve(s, x) - 0.5 * np.linalg.slogdet(s)[1]


def part_of(fn: Any, args: tuple[Any, ...]) -> Any:
    """Return the part of a proof that SymPy has."""
    return gradgen.verify(fn, args, argnums=tuple(range(len(args)))).part("SymPy")


@pytest.mark.parametrize(
    "fn, args, count",
    [
        (lambda a: np.linalg.det(a), (A,), 4),
        (lambda a: np.linalg.det(a) ** 2, (A3,), 9),
        (lambda a: np.linalg.det(a), (SINGULAR,), 4),
        (lambda a: np.linalg.slogdet(a)[1], (A,), 4),
        (lambda a: np.sum(np.linalg.inv(a) ** 2), (A,), 4),
        (lambda a, b: np.sum(np.linalg.solve(a, b) ** 2), (A, B), 6),
        (normal, (B, SPD), 6),
        (lambda x: np.sum(softplus(x)), (B,), 2),
        (lambda x: np.sum(square(x) ** 2), (B,), 2),
    ],
)
def test_proved(fn: Any, args: tuple[Any, ...], count: int) -> None:
    found = part_of(fn, args)
    assert found.ok and f"{count} of {count} partial derivatives proved" in found.summary, found


def test_wrong_rules_are_seen() -> None:
    found = part_of(lambda x: np.sum(cube(x)), (B,))
    assert found.ok is False and "2 of 2 partial derivatives differ" in found.summary


def test_what_has_no_formula() -> None:
    """Singular values of what varies, and adjoints that go through a function, are not judged."""
    found = part_of(lambda a: np.sum(np.linalg.svd(a)[1]), (A,))
    assert found.ok is None and "svd" in found.summary
    clipped = lambda x: np.sum(gradgen.on_grad(x**2, lambda g: np.clip(g, -9.0, 9.0)))
    assert part_of(clipped, (B,)).ok is None
