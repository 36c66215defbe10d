"""What is measured without peers: starting, calling, deriving, and the number of inputs.

    python -m benchmarks.peers.single

All in seconds of the processor, since other programs may run beside.
"""

from __future__ import annotations

import json
import math
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

import gradgen
from benchmarks.call_overhead import CALLS, seconds, square
from benchmarks.transform_time import stage_times
from gradgen.bench.problems import PROBLEMS, mlp_loss
from tests.long_programs import PROGRAMS, arguments, loaded

ROOT = Path(__file__).resolve().parents[2]
STARTS = 7
START = """
import numpy as np
arguments = [np.load(path) for path in {paths!r}]
{more}
"""
TRANSFORM = """
import gradgen
from gradgen.bench.problems import mlp_loss
gradgen.grad(mlp_loss, argnums=(0, 1, 2, 3))(*arguments)
"""


def processor_seconds(program: str, folder: Path) -> float:
    """Return what a program takes of the processor in a new process, the median of several."""
    # As where a package is installed, bytecode is there after the first time.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(folder)])}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    times = []
    for _ in range(STARTS + 1):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, "-c", program], check=True, cwd=folder,
            env=environment,
        )  # fmt: skip
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(times[1:])


def starting() -> dict[str, float]:
    """Return what the first gradient of a small network costs over importing NumPy."""
    problem = next(p for p in PROBLEMS if p.fn is mlp_loss)
    values = problem.args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = [str(folder / f"{k}.npy") for k in range(len(values))]
        for path, value in zip(paths, values, strict=True):
            np.save(path, value)
        gradgen.emit(
            mlp_loss, str(folder / "shipped.py"), argnums=(0, 1, 2, 3), example_args=values
        )
        shipped = "import shipped\nshipped.mlp_loss_value_and_grad(*arguments)"
        times = [
            processor_seconds(START.format(paths=paths, more=more), folder)
            for more in ("", shipped, TRANSFORM)
        ]
    return {"shipped": times[1] - times[0], "transformed": times[2] - times[0]}


def calling() -> dict[str, float]:
    """Return microseconds of a gradient function of a float over its generated function."""
    gradient = gradgen.grad(square)
    gradient(2.0)
    generated = gradient.specialise((2.0,)).call
    pairs = [(seconds(generated, (2.0,)), seconds(gradient, (2.0,))) for _ in range(9)]
    direct, through = (min(times) for times in zip(*pairs, strict=True))
    return {"call": (through - direct) / CALLS * 1e6}


def deriving() -> dict[str, float]:
    """Return the time for 10,000 statements, and how it grew from 1,000."""
    make = PROGRAMS["scalars"]
    with tempfile.TemporaryDirectory() as name:
        times = {
            size: sum(stage_times(loaded(make(size), Path(name)), arguments(make)).values())
            for size in (1000, 10000)
        }
    return {"statements": times[10000], "exponent": math.log10(times[10000] / times[1000])}


def chained(x: Any) -> Any:
    """Rosenbrock's function."""
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def inputs() -> dict[str, Any]:
    """Return gradient over value for ten to ten million inputs."""
    gradient = gradgen.grad(chained)
    ratios = {}
    for n in (10, 1000, 100_000, 10_000_000):
        x = np.random.default_rng(0).normal(size=n)
        count = max(3_000_000 // n, 1)
        gradient(x)
        times = []
        for call in (gradient, chained):
            samples = []
            for _ in range(3):
                start = process_time()
                for _ in range(count):
                    call(x)
                samples.append(process_time() - start)
            times.append(min(samples))
        ratios[n] = times[0] / times[1]
    return {"inputs": max(ratios.values()) / min(ratios.values()), "ratios": ratios}


def measured() -> dict[str, Any]:
    """Return everything."""
    return {**starting(), **calling(), **deriving(), **inputs()}


if __name__ == "__main__":
    print(json.dumps(measured(), indent=1))
