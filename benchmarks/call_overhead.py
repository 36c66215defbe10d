"""What a gradient function costs over its generated function: looking at types, and what is read.

    python benchmarks/call_overhead.py [--repeats 15]

Both are called in turns with the same arguments; the difference of the shortest times is shown, in
microseconds of processor time a call.
"""

import argparse
import math
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

import gradgen

CALLS = 20_000
RATE = 0.25


def square(x: float) -> float:
    """One float, nothing read from outside."""
    return x * x


def damped(x: float, y: float) -> float:
    """Two floats and a global number."""
    return math.sin(x) * y + RATE


def layer(w: Any, x: Any) -> Any:
    """Two arrays."""
    return np.sum(np.tanh(x @ w))


def configured(p: dict[str, float], x: float) -> float:
    """A dictionary, which goes the long way."""
    return p["a"] * x + p["b"]


CASES: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
    (square, (2.0,)),
    (damped, (1.0, 2.0)),
    (layer, (np.ones(3), np.eye(3))),
    (configured, ({"a": 1.0, "b": 2.0}, 3.0)),
]


def seconds(call: Callable[..., Any], args: tuple[Any, ...]) -> float:
    """Return the processor time of many calls."""
    start = time.process_time()
    for _ in range(CALLS):
        call(*args)
    return time.process_time() - start


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--repeats", type=int, default=15)
    repeats = parser.parse_args().repeats
    print(f"{'arguments':42}{'generated':>11}{'gradient':>10}{'over':>7}  (microseconds)")
    for fn, args in CASES:
        gradient = gradgen.grad(fn)
        gradient(*args)
        generated = gradient.specialise(args).call
        pairs = [(seconds(generated, args), seconds(gradient, args)) for _ in range(repeats)]
        direct, through = (min(times) / CALLS * 1e6 for times in zip(*pairs, strict=True))
        print(
            f"{fn.__doc__ or '':42}{direct:11.2f}{through:10.2f}{through - direct:7.2f}", flush=True
        )


if __name__ == "__main__":
    main()
