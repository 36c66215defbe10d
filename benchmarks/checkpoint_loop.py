"""What running a loop again costs, and how much memory it spares.

    python benchmarks/checkpoint_loop.py [--steps 1000000]

Each variant runs in a process of its own, in turns; the growth of the peak is that of the resident
set (``VmHWM`` of Linux) over a call with few steps, and times are those of the processor, the best
of three.
"""

import argparse
import json
import math
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

import gradgen

ROUNDS = 3


def lorenz(x: float, n: int) -> float:
    """Three scalars."""
    y, z = 1.0, 1.0
    for _ in range(n):
        dx, dy, dz = 10.0 * (y - x), x * (28.0 - z) - y, x * y - z * 8.0 / 3.0
        x, y, z = x + 1e-6 * dx, y + 1e-6 * dy, z + 1e-6 * dz
    return x * y * z


def wave(x: float, n: int) -> float:
    """An array of 100 numbers, written in place (and a hundredth of the turns)."""
    u = np.linspace(0.0, x, 100)
    for _ in range(n // 100):
        u[1:-1] += 0.1 * u[1:-1] * (u[2:] - u[:-2])
    return float(np.sum(u * u))


LOOPS = {f.__name__: f for f in (lorenz, wave)}


def peak() -> float:
    """Return the highest resident size so far, in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024 / 1e6
    return math.nan


def measure(name: str, limit: str | None, steps: int) -> dict[str, Any]:
    """Measure one variant in this process."""
    made = gradgen.value_and_grad(LOOPS[name], memory=limit)
    made(0.5, 300)
    if limit is not None:
        gradgen.value_and_grad(LOOPS[name], memory="recompute")(0.5, 300)
    before, seconds, result = peak(), math.inf, None
    for _ in range(ROUNDS):
        start = time.process_time()
        result = made(0.5, steps)
        seconds = min(seconds, time.process_time() - start)
    kept = [line for line in made.explain(0.5, steps).splitlines() if "kept for" in line]
    return {"result": repr(result), "seconds": seconds, "grown": peak() - before, "kept": kept[0]}


def main() -> None:
    """Measure all loops with and without, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--one", nargs=2, metavar=("LOOP", "LIMIT"))
    arguments = parser.parse_args()
    if arguments.one:
        name, limit = arguments.one
        print(json.dumps(measure(name, None if limit == "none" else limit, arguments.steps)))
        return
    print("| loop | keeping all | time | run again | time | ratio |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name in LOOPS:
        found = []
        for limit in ("none", "recompute"):
            command = [
                sys.executable,
                __file__,
                "--one",
                name,
                limit,
                "--steps",
                str(arguments.steps),
            ]
            out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            found.append(json.loads(out))
        one, two = found
        assert one["result"] == two["result"], (one, two)
        cells = [f"{x['grown']:.1f} MB | {x['seconds']:.2f} s" for x in found]
        print(f"| {name} | {cells[0]} | {cells[1]} | {two['seconds'] / one['seconds']:.2f} |")


if __name__ == "__main__":
    main()
