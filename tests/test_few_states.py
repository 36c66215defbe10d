"""Memory: Jacobians honour marks, and a limit of bytes chooses how many states are kept."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import gradgen

X = np.linspace(0.1, 0.9, 4)


def chain(x, n):
    u = x
    for _ in range(n):
        u = np.sin(u) * 1.1 + 0.1 * u * u[::-1]
    return u


def marked(x, n):
    u = x
    for _ in gradgen.checkpoint(range(n)):
        u = np.sin(u) * 1.1 + 0.1 * u * u[::-1]
    return u


def few(x, n):
    u = x
    for _ in gradgen.checkpoint(range(n), snapshots=3):
        u = np.sin(u) * 1.1 + 0.1 * u * u[::-1]
    return u


def total(x, n):
    return np.sum(chain(x, n) ** 2)


def by_complex_steps(fn: Any, n: int) -> np.ndarray:
    return np.stack([np.imag(fn(X + 1e-30j * e, n)) / 1e-30 for e in np.eye(4)], axis=-1)


@pytest.mark.parametrize("fn", [marked, few])
def test_jacobians_honour_marks(fn: Any) -> None:
    made = gradgen.jacrev(fn)
    np.testing.assert_allclose(made(X, 50), by_complex_steps(chain, 50), rtol=1e-11, atol=1e-15)
    assert "run again" in made.source and "run again" in made.explain(X, 50)
    curve = gradgen.hessian(lambda x, n: np.sum(fn(x, n) ** 2))
    np.testing.assert_allclose(curve(X, 50), gradgen.hessian(total)(X, 50), rtol=1e-11, atol=1e-13)


def test_jacobian_within_a_limit() -> None:
    made = gradgen.jacrev(chain, memory="20 kB")
    np.testing.assert_allclose(made(X, 200), by_complex_steps(chain, 200), rtol=1e-10, atol=1e-15)
    assert "run again" in made.source


@pytest.mark.parametrize(
    ("limit", "word"), [("9 kB", "run again"), ("3 kB", "kept at a few turns")]
)
def test_limit_chooses_snapshots(limit: str, word: str) -> None:
    made = gradgen.grad(total, memory=limit)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = made(X, 400)
    expected = np.imag([total(X + 1e-30j * e, 400) for e in np.eye(4)]) / 1e-30
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-15)
    assert word in made.explain(X, 400)


def test_too_little_for_one_state_is_told() -> None:
    with pytest.warns(gradgen.GradgenWarning, match="too little"):
        gradgen.grad(total, memory=10)(X, 400)


def test_command_says_how_many() -> None:
    made = gradgen.grad(total, memory="3 kB")
    made(X, 400)
    assert "--memory recompute --snapshots" in " ".join(made.source.split())
