"""Derivatives of SymPy expressions: ``gradgen.from_sympy`` beside ``diff`` and ``lambdify``.

    python benchmarks/from_sympy.py [CASE...] [--limit SECONDS] [--rounds N]

Each case is an expression (or several) and its arguments.  Set-up is everything from the expression
to the first derivative; ``lambdify`` shares common subexpressions (``cse=True``).  Both call
``math``.  Times are those of the processor, and the calls of both are timed in turns, so that what
else the machine does counts little.  SymPy works in a process of its own, which is ended after the
limit.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import sympy as sp

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import gradgen

Case = tuple[list[Any], list[Any]]


def determinant(size: int) -> Case:
    """Return a determinant by all entries of its matrix."""
    m = sp.Matrix(size, size, lambda i, j: sp.Symbol(f"a{i}{j}"))
    return [m.det(method="berkowitz")], list(m)


def chain(steps: int) -> Case:
    """Return a value that each step computes from the last one and a variable of its own."""
    xs = sp.symbols(f"x0:{steps}")
    y = xs[0]
    for x in xs[1:]:
        y = sp.sin(y * x) + x * y
    return [y], list(xs)


def rosenbrock(size: int) -> Case:
    """Return Rosenbrock's function."""
    x = sp.symbols(f"x0:{size}")
    terms = [100 * (b - a**2) ** 2 + (1 - a) ** 2 for a, b in itertools.pairwise(x)]
    return [sp.Add(*terms)], list(x)


def bundle(_: int) -> Case:
    """Return a reprojection error by its 15 arguments: camera, point, weight (Triggs, 2000)."""
    r, c, point = (sp.Matrix(sp.symbols(f"{name}0:3")) for name in "rcX")
    focal, x0, y0, k1, k2, weight = sp.symbols("f x0 y0 k1 k2 w")
    angle = sp.sqrt(r.dot(r))
    axis, d = r / angle, point - c
    turned = d * sp.cos(angle) + axis.cross(d) * sp.sin(angle)
    turned += axis * axis.dot(d) * (1 - sp.cos(angle))
    u, v = turned[0] / turned[2], turned[1] / turned[2]
    square = u**2 + v**2
    bend = focal * (1 + k1 * square + k2 * square**2)
    errors = [weight * (u * bend + x0), weight * (v * bend + y0)]
    return errors, [*r, *c, focal, x0, y0, k1, k2, *point, weight]


def arm(joints: int) -> Case:
    """Return the place of the hand of a robot arm by its joints (Denavit and Hartenberg)."""
    angles = sp.symbols(f"q0:{joints}")
    pose = sp.eye(4)
    for k, q in enumerate(angles):
        twist, length = (sp.pi / 2 if k % 2 == 0 else sp.pi / 7), sp.Rational(k + 1, 10)
        s, c, st, ct = sp.sin(q), sp.cos(q), sp.sin(twist), sp.cos(twist)
        pose = pose * sp.Matrix(
            [[c, -s * ct, s * st, length * c], [s, c * ct, -c * st, length * s],
             [0, st, ct, sp.Rational(1, 5)], [0, 0, 0, 1]]
        )  # fmt: skip
    return list(pose[:3, 3]), list(angles)


CASES: dict[str, tuple[Callable[[int], Case], int]] = {
    "determinant 4x4": (determinant, 4),
    "determinant 5x5": (determinant, 5),
    "determinant 6x6": (determinant, 6),
    "chain of 12": (chain, 12),
    "chain of 200": (chain, 200),
    "Rosenbrock, 100": (rosenbrock, 100),
    "bundle adjustment, 15": (bundle, 0),
    "robot arm, 6 joints": (arm, 6),
}


def made_by_sympy(case: str) -> Callable[..., Any]:
    """Return SymPy's function of the values and all derivatives, as one list."""
    make, size = CASES[case]
    outputs, inputs = make(size)
    derivatives = [e.diff(s) for e in outputs for s in inputs]
    function: Callable[..., Any] = sp.lambdify(
        inputs, [*outputs, *derivatives], modules="math", cse=True
    )
    return function


def set_up(case: str, queue: Any) -> None:
    """Time SymPy's set-up, without the making of the expression."""
    make, size = CASES[case]
    outputs, inputs = make(size)
    sp.core.cache.clear_cache()
    start = time.process_time()
    derivatives = [e.diff(s) for e in outputs for s in inputs]
    sp.lambdify(inputs, [*outputs, *derivatives], modules="math", cse=True)
    queue.put(time.process_time() - start)


def within(case: str, limit: float) -> float | None:
    """Return SymPy's set-up time, None where it takes more than the limit."""
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    process = context.Process(target=set_up, args=(case, queue))
    process.start()
    try:
        found: float = queue.get(timeout=limit)
    except Exception:
        process.terminate()
        return None
    finally:
        process.join()
    return found


def measure(case: str, limit: float, rounds: int) -> list[str]:
    """Return a row of the table."""
    make, size = CASES[case]
    outputs, inputs = make(size)
    values = np.random.default_rng(1).uniform(0.2, 1.0, len(inputs)).tolist()
    start = time.process_time()
    single = len(outputs) == 1
    f = gradgen.from_sympy(outputs[0] if single else outputs, inputs, scalar=True)
    derive = f.value_and_grad if single else f.jacobian
    mine = derive(*values)
    ours = time.process_time() - start
    theirs = within(case, limit)
    if theirs is None:
        (mine,) = in_turns([lambda: derive(*values)], rounds)
        return [case, f"{ours:.3g} s", f"over {limit:g} s", f"over {limit / ours:.0f}",
                f"{mine * 1e6:.3g} µs", "", ""]  # fmt: skip
    function = made_by_sympy(case)
    wanted = np.array(function(*values)[len(outputs) :])
    found = np.array(mine[1] if single else np.stack(mine, axis=-1)).ravel()
    error = np.max(np.abs(found - wanted) / np.max(np.abs(wanted)))
    assert error < 1e-10, f"{case}: the derivatives differ by {error}"
    a, b = in_turns([lambda: derive(*values), lambda: function(*values)], rounds)
    return [case, f"{ours:.3g} s", f"{theirs:.3g} s", f"{theirs / ours:.0f}",
            f"{a * 1e6:.3g} µs", f"{b * 1e6:.3g} µs", f"{b / a:.2g}"]  # fmt: skip


def in_turns(calls: list[Callable[[], Any]], rounds: int) -> list[float]:
    """Return the median seconds of each call, taken in turns."""
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds):
        for k, call in enumerate(calls):
            start = time.process_time()
            for _ in range(10):
                call()
            times[k].append((time.process_time() - start) / 10)
    return [statistics.median(t) for t in times]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("cases", nargs="*", help=", ".join(CASES))
    parser.add_argument("--limit", type=float, default=120.0)
    parser.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args()
    x = sp.Symbol("x")
    gradgen.from_sympy(sp.sin(x), [x], scalar=True).grad(1.0)  # what is imported at the first use
    titles = ["expression", "gradgen", "SymPy", "ratio", "gradgen", "SymPy", "ratio"]
    print("|  | set-up |  |  | one call |  |  |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    print(f"| {' | '.join(titles)} |")
    for case in options.cases or CASES:
        print(f"| {' | '.join(measure(case, options.limit, options.rounds))} |", flush=True)


if __name__ == "__main__":
    main()
