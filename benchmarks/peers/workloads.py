"""What is measured: the eleven workloads at three sizes, and by what each is differentiated.

The sizes are of GradBench's; `benchmarks.gradbench.losses` says what the arguments are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Args = tuple[Any, ...]
BONES = 22
BITS = 14


def _lse(rng: np.random.Generator, n: int) -> Args:
    return (rng.uniform(size=n),)


def _llsq(rng: np.random.Generator, n: int) -> Args:
    return rng.uniform(size=128), n


def _kmeans(rng: np.random.Generator, k: int, n: int) -> Args:
    points = rng.uniform(size=(n, 8))
    return points[-k:].copy(), points


def _gmm(rng: np.random.Generator, d: int, k: int) -> Args:
    low = rng.normal(size=(k, d * (d - 1) // 2))
    return (
        rng.normal(size=k), rng.uniform(size=(k, d)), rng.normal(size=(k, d)), low,
        rng.normal(size=(1000, d)), 1.0, 0,
    )  # fmt: skip


def _ba(rng: np.random.Generator, n: int, m: int, p: int) -> Args:
    cams = rng.uniform(size=(n, 11)) * np.array([*[0.3] * 6, 500.0, 1.0, 1.0, 1e-3, 1e-3])
    points = rng.uniform(size=(m, 3)) + np.array([0.0, 0.0, 3.0])
    feats = rng.uniform(0.0, 100.0, size=(p, 2))
    return cams, points, rng.uniform(size=p), feats, np.arange(p) % n, np.arange(p) % m


def _ht(rng: np.random.Generator, vertices: int, c: int) -> Args:
    motions = np.zeros((2, BONES, 4, 4))
    motions[:, :, :3, :3] = np.linalg.qr(rng.normal(size=(2, BONES, 3, 3)))[0]
    motions[:, :, :3, 3] = rng.uniform(size=(2, BONES, 3))
    motions[:, :, 3, 3] = 1.0
    base = np.concatenate((rng.uniform(size=(vertices, 3)), np.ones((vertices, 1))), axis=1)
    weights = rng.uniform(size=(vertices, BONES))
    weights /= weights.sum(axis=1, keepdims=True)
    parents = np.array([-1, *(0 if b % 4 == 1 else b - 1 for b in range(1, BONES))])
    chosen = rng.integers(0, vertices, size=c)
    return (
        rng.uniform(size=26), base, weights, parents, motions[0], motions[1],
        rng.uniform(size=(c, 3)), chosen,
    )  # fmt: skip


def _lstm(rng: np.random.Generator, layers: int, c: int) -> Args:
    return (
        rng.uniform(size=(2 * layers, 4 * BITS)), rng.uniform(size=(3, BITS)),
        rng.uniform(size=(2 * layers, BITS)), 1.0 * rng.integers(0, 2, size=(c, BITS)),
    )  # fmt: skip


def _ode(rng: np.random.Generator, n: int, steps: int) -> Args:
    return rng.uniform(size=n), steps


def _det(rng: np.random.Generator, n: int) -> Args:
    return rng.uniform(size=n * n), n


MAKERS: dict[str, Callable[..., Args]] = {
    "hello": lambda rng: (0.7,), "lse": _lse, "llsq": _llsq, "kmeans": _kmeans, "gmm": _gmm,
    "ba": _ba, "ht": _ht, "lstm": _lstm, "ode": _ode, "det": _det,
    "particle": lambda rng, dt: (0.0, dt),
}  # fmt: skip
SIZES: dict[str, dict[str, tuple[Any, ...]]] = {
    "hello": {"small": ()},
    "lse": {"small": (2500,), "medium": (80000,), "large": (1280000,)},
    "llsq": {"small": (16,), "medium": (512,), "large": (8196,)},
    "kmeans": {"small": (10, 1000), "medium": (100, 10000), "large": (1000, 10000)},
    "gmm": {"small": (2, 5), "medium": (10, 25), "large": (64, 25)},
    "ba": {"small": (21, 111, 400), "medium": (49, 7776, 31843), "large": (182, 47423, 277273)},
    "ht": {"small": (544, 100), "medium": (544, 200), "large": (10000, 6400)},
    "lstm": {"small": (2, 64), "medium": (2, 1024), "large": (6, 8192)},
    "ode": {"small": (1000, 10), "medium": (10000, 100), "large": (100000, 100)},
    "det": {"small": (5,), "medium": (7,), "large": (9,)},
    "particle": {"small": (0.1,), "medium": (1e-3,), "large": (1e-5,)},
}
WRT = {
    **dict.fromkeys(SIZES, (0,)), "gmm": (0, 1, 2, 3), "ba": (0, 1, 2), "lstm": (0, 1),
}  # fmt: skip
SEED = 0


def arguments(name: str, size: str) -> Args:
    """Return the arguments of a workload, the same ones every time."""
    return MAKERS[name](np.random.default_rng(SEED), *SIZES[name][size])


def split(name: str, args: Args) -> tuple[Args, Args]:
    """Return the differentiated arguments, which come first, and the others."""
    count = len(WRT[name])
    return args[:count], args[count:]
