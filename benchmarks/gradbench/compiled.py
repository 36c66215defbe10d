"""What compiled gradients cost: the gradient of each workload in times of its compiled value.

    python -m benchmarks.gradbench.compiled [names]

Both are compiled by Numba, and timed in turns in one process.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import gradgen
from benchmarks.gradbench import losses
from benchmarks.gradbench.evals.task import compiled

RUNS, SECONDS = 7, 0.05
BONES = 22


def arguments(
    random: np.random.Generator, small: bool = False
) -> dict[str, tuple[tuple[Any, ...], Any]]:
    """Return the arguments of each workload, of medium size, and what is differentiated."""
    normal, uniform = random.normal, random.uniform
    n = 20 if small else 1000
    d, k = (3, 4) if small else (10, 25)
    seen = 60 if small else 3184
    parents = np.array([-1, *(max(b - 1, 0) if b % 4 != 1 else 0 for b in range(1, BONES))])
    return {
        "lse": ((uniform(size=20 * n),), 0),
        "llsq": ((normal(size=16 if small else 128), n), 0),
        "kmeans": ((normal(size=(n // 10, 8)), normal(size=(n, 8))), 0),
        "gmm": (
            (
                normal(size=k), uniform(size=(k, d)), normal(size=(k, d)),
                normal(size=(k, d * (d - 1) // 2)), normal(size=(n, d)), 1.0, 0,
            ),
            (0, 1, 2, 3),
        ),
        "ba": (
            (
                normal(size=(21, 11)), normal(size=(776, 3)) + 4.0, uniform(size=seen),
                normal(size=(seen, 2)), np.arange(seen) % 21, np.arange(seen) % 776,
            ),
            (0, 1, 2),
        ),
        "ht": (
            (
                normal(size=26), normal(size=(544, 4)), uniform(size=(544, BONES)), parents,
                normal(size=(BONES, 4, 4)), normal(size=(BONES, 4, 4)),
                normal(size=(n // 5, 3)), random.integers(0, 544, size=n // 5),
            ),
            0,
        ),
        "lstm": (
            (
                uniform(size=(4, 56)), uniform(size=(3, 14)), uniform(size=(4, 14)),
                1.0 * random.integers(0, 2, size=(n, 14)),
            ),
            (0, 1),
        ),
        "ode": ((uniform(size=n), 5 if small else 100), 0),
        "det": ((uniform(size=16 if small else 49), 4 if small else 7), 0),
        "particle": ((0.0,), 0),
    }  # fmt: skip


def seconds(call: Callable[[], Any]) -> float:
    """Return the time of one call, of the fastest of several runs."""
    best = np.inf
    for _ in range(RUNS):
        count, start = 0, time.perf_counter()
        while time.perf_counter() - start < SECONDS or not count:
            call()
            count += 1
        best = min(best, (time.perf_counter() - start) / count)
    return best


def row(name: str, args: tuple[Any, ...], wrt: Any) -> str:
    """Return the line of the table of one workload."""
    start = time.perf_counter()
    gradient = gradgen.value_and_grad(getattr(losses, name), argnums=wrt, backend="numba")
    value, _ = gradient(*args)
    first = time.perf_counter() - start
    plain = compiled(getattr(losses, name))
    expected = plain(*args)
    assert np.isclose(value, expected, rtol=1e-9), (name, value, expected)
    times = seconds(lambda: plain(*args)), seconds(lambda: gradient(*args))
    ratio = times[1] / times[0]
    return f"| {name} | {times[0] * 1e3:.4g} | {times[1] * 1e3:.4g} | {ratio:.2f} | {first:.1f} |"


def main(chosen: list[str]) -> None:
    """Print the table."""
    print("| workload | value, ms | value and gradient, ms | ratio | first call, s |")
    print("| --- | --- | --- | --- | --- |")
    for name, (args, wrt) in arguments(np.random.default_rng(0)).items():
        if not chosen or name in chosen:
            print(row(name, args, wrt), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
