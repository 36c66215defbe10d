"""The built-in losses of ``gradgen bench``, each with arguments of any size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradgen.dataclass import dataclass

SEED = 20
Args = tuple[Any, ...]


def polynomial_chain(x):  # type: ignore[no-untyped-def]
    """Compose a quadratic with itself eight times: a polynomial of degree 256."""
    y = x
    for _ in range(8):
        y = 0.9 * y * y - 0.7 * y + 0.2
    return y


def rosenbrock(x):  # type: ignore[no-untyped-def]
    """Rosenbrock's valley in n variables."""
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def logistic_regression(w, b, x, signs):  # type: ignore[no-untyped-def]
    """Mean logistic loss of a linear classifier, with a penalty on the weights."""
    margins = signs * (x @ w + b)
    return np.mean(np.log1p(np.exp(-margins))) + 0.01 * np.sum(w * w)


def mlp_loss(w1, b1, w2, b2, x, expected):  # type: ignore[no-untyped-def]
    """Squared error of a two-layer network's probabilities."""
    hidden = np.tanh(x @ w1 + b1)
    exp_logits = np.exp(hidden @ w2 + b2)
    probabilities = exp_logits / np.sum(exp_logits, axis=1, keepdims=True)
    return np.mean(np.sum((probabilities - expected) ** 2, axis=1))


def product(x):  # type: ignore[no-untyped-def]
    """Product of n variables."""
    return np.prod(x)


def nested(x, y, levels):  # type: ignore[no-untyped-def]
    """Nest a function in itself; each level reads the one below four times."""
    a = x
    for _ in range(levels):
        a = np.sin(a) * a + y * np.cos(a * a)
    return a


def recurrence(w, x, expected):  # type: ignore[no-untyped-def]
    """Squared error of a state that is carried through a sequence."""
    state = np.zeros(3)
    loss = 0.0
    for t in range(len(x)):
        state = np.tanh(w @ state + x[t])
        loss = loss + np.sum((state - expected[t]) ** 2)
    return loss


@dataclass(frozen=True)
class Problem:
    """A loss, what it is differentiated by, and how to make its arguments.

    ``size`` is that of the table and ``quick`` that of a quick run; what it means differs.
    """

    name: str
    fn: Callable[..., Any]
    arguments: Callable[[np.random.Generator, int], Args]
    argnums: tuple[int, ...]
    size: int
    quick: int

    def args(self, size: int | None = None) -> Args:
        """Return the arguments at a size, the same ones every time."""
        return self.arguments(np.random.default_rng(SEED), self.size if size is None else size)


def _logistic(rng: np.random.Generator, n: int) -> Args:
    x = rng.normal(size=(40, n))
    signs = np.where(rng.random(40) < 0.5, -1.0, 1.0)
    return rng.normal(size=n), 0.1, x, signs


def _mlp(rng: np.random.Generator, n: int) -> Args:
    hidden, classes, drawings = 4, 3, 6
    expected = np.eye(classes)[rng.integers(classes, size=drawings)]
    return (
        rng.normal(size=(n, hidden)) / np.sqrt(n),
        0.1 * rng.normal(size=hidden),
        rng.normal(size=(hidden, classes)),
        0.1 * rng.normal(size=classes),
        rng.normal(size=(drawings, n)),
        expected,
    )


def _recurrence(rng: np.random.Generator, n: int) -> Args:
    return 0.7 * rng.normal(size=(3, 3)), rng.normal(size=(n, 3)), rng.normal(size=(n, 3))


PROBLEMS = (
    Problem("polynomial chain", polynomial_chain, lambda rng, n: (0.6,), (0,), 1, 1),
    Problem("rosenbrock", rosenbrock, lambda rng, n: (rng.normal(size=n),), (0,), 50, 10),
    Problem("logistic regression", logistic_regression, _logistic, (0, 1), 20, 5),
    Problem("small network", mlp_loss, _mlp, (0, 1, 2, 3), 4, 2),
    Problem("product", product, lambda rng, n: (rng.uniform(0.5, 1.5, size=n),), (0,), 50, 10),
    Problem("nested functions", nested, lambda rng, n: (0.8, 0.3, n), (0, 1), 8, 5),
    Problem("recurrence", recurrence, _recurrence, (0, 1), 20, 5),
)
SWEEP = PROBLEMS[1]
SWEEP_SIZES = (2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096)
QUICK_SWEEP_SIZES = (2, 8, 32, 64)


def named(name: str) -> Problem:
    """Return a built-in problem."""
    return next(p for p in PROBLEMS if p.name == name)
