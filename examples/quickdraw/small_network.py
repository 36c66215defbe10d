"""Time SymPy and gradgen on the loss of a small network; prints the times as JSON.

    python small_network.py INPUTS HIDDEN CLASSES

A program of its own, so that it can be ended: SymPy may take longer than anyone waits.
"""

import json
import sys
import time

import numpy as np
import sympy  # noqa: F401  (here, so that its import does not count as set-up)
from costs import interleaved
from dragons import Array, Weights, loss

import gradgen


def problem(inputs: int, hidden: int, classes: int) -> tuple[Weights, Array, Array]:
    """Return random weights of a network, one random drawing, and what is expected of it."""
    rng = np.random.default_rng(0)
    weights = (
        rng.normal(size=(inputs, hidden)),
        rng.normal(size=hidden),
        rng.normal(size=(hidden, classes)),
        rng.normal(size=classes),
    )
    return weights, rng.random((1, inputs)), np.eye(classes)[:1]


def main() -> None:
    """Differentiate both ways and compare."""
    weights, drawing, expected = problem(*(int(size) for size in sys.argv[1:]))
    begun = time.perf_counter()
    _, gradient = loss(weights, drawing, expected)
    generated = time.perf_counter()
    symbolic = gradgen.to_sympy(loss.__wrapped__, weights, drawing, expected, argnums=0)
    compiled = symbolic.compiled()
    derived = time.perf_counter()
    _, *slopes = compiled(*symbolic.values)
    difference = np.max(np.abs(np.concatenate([array.ravel() for array in gradient]) - slopes))
    sympy_call, gradgen_call = interleaved(
        [lambda: compiled(*symbolic.values), lambda: loss(weights, drawing, expected)], rounds=100
    )
    seconds = [derived - generated, sympy_call, generated - begun, gradgen_call]
    print(json.dumps({"seconds": seconds, "difference": float(difference)}))


if __name__ == "__main__":
    main()
