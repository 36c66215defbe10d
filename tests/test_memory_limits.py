"""How much is kept for the reverse sweep: predictions, limits, and what is measured."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.errors import ArgumentError
from tests.cases import Case
from tests.checkpointed import frames, marked_loop, marked_while, peak, plain_loop, plain_while
from tests.pytrees import same_bits

ROOT = Path(__file__).resolve().parent.parent


# --- how much is kept ---------------------------------------------------------------------


def test_loops_keep_roots() -> None:
    n = 10_000
    assert peak(gradgen.grad(plain_loop), 0.4, n) > 8 * n
    assert peak(gradgen.grad(marked_loop), 0.4, n) < 8 * n / 4
    assert peak(gradgen.grad(plain_while, argnums=(0, 2)), 0.4, n, 0.1) > 8 * n
    assert peak(gradgen.grad(marked_while, argnums=(0, 2)), 0.4, n, 0.1) < 8 * n / 4


def test_a_loop_of_one_number_keeps_nothing() -> None:
    assert peak(gradgen.grad(plain_while), 0.4, 10_000) < 8_000


def test_states_that_are_arrays() -> None:
    u = np.linspace(1.0, 1.5, 1000)
    count = 400
    made = gradgen.grad(frames)
    all_states = count * u.nbytes
    assert peak(made, u, 1e-4, count) < 0.3 * all_states
    assert np.array_equal(u, np.linspace(1.0, 1.5, 1000))


def test_functions_keep_arguments_only() -> None:
    def layer(h):
        for _ in range(30):
            h = np.sin(h) + 0.5 * h
        return h

    marked = gradgen.checkpoint(layer)

    def plain_stack(h):
        for _ in range(30):
            h = layer(h)
        return np.sum(h)

    def marked_stack(h):
        for _ in range(30):
            h = marked(h)
        return np.sum(h)

    h = np.linspace(0.1, 1.0, 1000)
    plain, again = gradgen.value_and_grad(plain_stack), gradgen.value_and_grad(marked_stack)
    assert same_bits(plain(h), again(h))
    assert peak(again, h) < 0.15 * peak(plain, h)


LORENZ = """
import sys, time
import gradgen

STEPS = 250_000

def lorenz(x, n):
    y, z = 1.0, 1.0
    for t in range(n):
        dx, dy, dz = 10.0 * (y - x), x * (28.0 - z) - y, x * y - z * 8.0 / 3.0
        x, y, z = x + 1e-5 * dx, y + 1e-5 * dy, z + 1e-5 * dz
    return x * y * z

def peak():
    (line,) = [x for x in open("/proc/self/status") if x.startswith("VmHWM")]
    return int(line.split()[1]) / 1000

made = gradgen.value_and_grad(lorenz, memory=None if sys.argv[1] == "all" else sys.argv[1])
made(1.0, 10)
before = peak()
made(1.0, STEPS)
grown = peak() - before
start = time.process_time()
value, slope = made(1.0, STEPS)
spent = time.process_time() - start
print(repr(value), repr(slope), grown, spent)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="tells the peak of memory")
def test_many_turns_under_a_limit(tmp_path: Path) -> None:
    """Under a limit the result is the same, in at most three times the time of keeping all."""
    program = tmp_path / "lorenz.py"
    program.write_text(LORENZ)

    def measured(limit: str) -> tuple[list[str], float, float]:
        command = [sys.executable, str(program), limit]
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        out = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
        *results, grown, spent = out.stdout.split()
        return results, float(grown), float(spent)

    everything, limited = measured("all"), measured("3 MB")
    assert limited[0] == everything[0]
    assert limited[1] < 3.0 < 5.0 < everything[1]
    assert limited[2] < 3.0 * everything[2]


# --- limits -------------------------------------------------------------------------------


def test_the_limit_decides_by_the_arguments() -> None:
    made = gradgen.value_and_grad(plain_loop, memory="1 MB")
    made(0.4, 1000)
    assert "segment" not in made.source
    made(0.4, 200_000)
    assert "segment" in made.source
    made(0.4, 1000)
    assert "segment" not in made.source


def test_unknown_turns_are_run_again() -> None:
    made = gradgen.value_and_grad(plain_while, argnums=(0, 2), memory=10**9)
    plain = gradgen.value_and_grad(plain_while, argnums=(0, 2))
    assert same_bits(made(0.4, 50, 0.1), plain(0.4, 50, 0.1))
    assert "segment" in made.source


def test_a_limit_that_cannot_be_met_is_told() -> None:
    made = gradgen.grad(plain_loop, memory=10)
    with pytest.warns(gradgen.GradgenWarning, match="are kept for the reverse sweep even where"):
        slope = made(0.4, 1000)
    assert slope == gradgen.grad(plain_loop)(0.4, 1000)


def test_pullbacks_take_a_limit() -> None:
    def steps(x, n):
        for _ in range(n):
            x = np.sin(x) + 0.1 * x
        return x

    x, g = np.array([0.2, 0.7]), np.array([1.0, -2.0])
    again, plain = gradgen.vjp(steps, memory="recompute"), gradgen.vjp(steps)
    assert same_bits(again(x, 20)[1](g), plain(x, 20)[1](g))
    assert "run again" in again.source and "run again" not in plain.source


@pytest.mark.parametrize("memory", [None, "recompute"])
def test_batches(memory: str | None) -> None:
    def network(w, x):
        h = x
        for _ in range(6):
            h = np.tanh(w @ h + x)
        return np.sum(h * h)

    def marked(w, x):
        h = x
        for _ in gradgen.checkpoint(range(6), snapshots=2, segment=1):
            h = np.tanh(w @ h + x)
        return np.sum(h * h)

    w, rows = 0.4 * np.eye(3) + 0.1, np.arange(12.0).reshape(4, 3) / 9.0
    expected = [gradgen.grad(network)(w, row) for row in rows]
    made = gradgen.grad(network if memory else marked, batch="x", memory=memory)
    np.testing.assert_allclose(made(w, rows), expected, rtol=1e-13)
    assert "run again" in made.source


@pytest.mark.parametrize("name", ["leaves_early", "few_states"])
def test_compiled(name: str) -> None:
    pytest.importorskip("numba")
    case = Case("checkpoints", name)
    plain = gradgen.value_and_grad(case.function, argnums=case.argnums)(*case.args())
    made = gradgen.value_and_grad(case.function, argnums=case.argnums, backend="numba")
    value, gradient = made(*case.args())
    np.testing.assert_allclose(value, plain[0], rtol=1e-12)
    for one, two in zip(gradient, plain[1], strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-10)


def test_nothing_to_keep_is_left_alone() -> None:
    def total(x, n):
        out = 0.0
        for k in range(n):
            out += x * k
        return out

    plain, again = (
        gradgen.emit(total, memory=m, example_args=(0.5, 3)) for m in (None, "recompute")
    )
    assert again == plain


def test_emit_takes_a_limit() -> None:
    text = gradgen.emit(plain_loop, memory="1 MB", example_args=(0.5, 10**6))
    assert text == gradgen.emit(plain_loop, memory="recompute", example_args=(0.5, 10))
    text = gradgen.emit(plain_loop, memory="1 MB", example_args=(0.5, 10))
    assert text == gradgen.emit(plain_loop, example_args=(0.5, 10))


@pytest.mark.parametrize("limit", [0, -1, 1.5, True, "much", "", "0 MB", "5 parsecs"])
def test_limits_that_are_none(limit: Any) -> None:
    with pytest.raises(ArgumentError, match="is not a limit"):
        gradgen.grad(plain_loop, memory=limit)


# --- explain ------------------------------------------------------------------------------


def test_explain_predicts_bytes() -> None:
    made = gradgen.value_and_grad(plain_loop)
    assert "kept for the reverse sweep: 41 kB at most" in made.explain(0.4, 1000)
    assert "kept for the reverse sweep: 41 MB at most" in made.explain(0.4, 10**6)
    text = " ".join(gradgen.value_and_grad(marked_loop).explain(0.4, 10**6).split())
    assert "what follows is run again from there" in text
    assert "run again in the reverse sweep" in text
    assert "82 kB at most" in text
    text = gradgen.value_and_grad(plain_while, argnums=(0, 2)).explain(0.4, 1000, 0.1)
    assert "what depends on lengths or turns that are not known" in text


@pytest.mark.parametrize("n", [10, 1000, 20_000])
def test_predictions_are_what_is_measured(n: int) -> None:
    made = gradgen.grad(plain_loop)
    made(0.4, n)
    predicted = made._last.bytes_kept({"x": 0.4, "n": n})
    # A float, and its place in a list that grows; tracemalloc counts 24 bytes of a float's 32.
    assert predicted == 41 * n
    assert 0.9 * predicted - 100 <= peak(made, 0.4, n) + 8 * n < predicted + 4000


def _wave(c: float, n: int, m: int) -> float:
    u, v = np.zeros(m), np.zeros(m)
    u[m // 2] = 1.0
    for _ in range(n):
        v[1:-1] += c * (u[2:] - 2 * u[1:-1] + u[:-2])
        u += v * np.cos(u)
    return np.sum(u**2)


def _layers(w: np.ndarray, h: np.ndarray) -> float:
    for _ in range(30):
        h = np.tanh(h @ w)
    return np.mean(h**2)


def _layers_again(w: np.ndarray, h: np.ndarray, n: int) -> float:
    for _ in range(n):
        h = np.tanh(h @ w)
    return np.mean(h**2)


def _filtered(p: np.ndarray, n: int) -> float:
    total = 0.0
    for _ in range(n):
        row = (p * 1.01)[0]
        total += np.sum(row * row)
        p = 0.9 * p
    return total


@pytest.mark.parametrize(
    ("fn", "args"),
    [
        (_wave, (0.1, 200, 3000)),
        (_layers, (np.full((60, 60), 0.01), np.ones((1000, 60)))),
        (_filtered, (np.full((10, 400), 0.01), 400)),  # rows, and not all of their matrices
    ],
)
def test_predictions_for_arrays_that_loops_carry(fn: Any, args: tuple) -> None:
    """Lengths that the types leave open are those of the arguments; shared arrays count once."""
    made = gradgen.grad(fn)
    made(*args)
    assert made._last is not None
    predicted = made._last.bytes_kept(dict(zip(made._names, args, strict=True)))
    assert predicted is not None
    assert 0.75 * predicted < peak(made, *args) < 1.25 * predicted
    assert "not known" not in made.explain(*args).split("Memory")[1]


def test_predictions_for_parts_of_compiled_loops() -> None:
    """Their number is a root, which compiled code has from Python: it is known all the same."""
    pytest.importorskip("numba")
    made = gradgen.grad(_layers_again, memory="recompute", backend="numba")
    told = made.explain(np.full((60, 60), 0.01), np.ones((1000, 60)), 30)
    assert "not known" not in told.split("Memory")[1]


def test_arrays_that_are_still_there() -> None:
    """Without loops, intermediate arrays are what a gradient holds; views are part of theirs."""

    def mlp(layers, x):
        for w, b in layers:
            x = np.tanh(x @ w + b)
        return np.sum(np.sum(x, axis=1) * x[:, 0])

    layers = [(np.full((50, 50), 0.01 * k), np.ones(50)) for k in range(1, 5)]
    made = gradgen.grad(mlp)
    args = layers, np.ones((2000, 50))
    said = made.explain(*args).split("Memory")[1]
    # Four layers of 2,000 times 50 numbers, and their sums.
    assert f"arrays that are still there: {(4 * 100_000 + 2000) * 8 / 1e6:.3g} MB\n" in said
    assert 0.7 * 3.2e6 < peak(made, *args) < 2.5 * 3.2e6
    assert "still there: " not in gradgen.grad(lambda x: np.sum(x.T * x.T)).explain(args[1])


def test_the_fewest_states_where_the_limit_is_not_met() -> None:
    args = np.full((60, 60), 0.01), np.ones((1000, 60))
    with pytest.warns(gradgen.GradgenWarning, match="too little"):
        made = gradgen.grad(_layers, memory="1 MB")
        found = made(*args)
    assert np.array_equal(found, gradgen.grad(_layers)(*args))
    assert peak(made, *args) < 0.7 * peak(gradgen.grad(_layers, memory="recompute"), *args)


def test_limits_leave_what_cannot_be_run_again() -> None:
    def walk(x, n):
        rng = np.random.default_rng(1)
        for _ in range(n):
            x = math.sin(x) * rng.standard_normal()
        return x

    assert gradgen.grad(walk, memory="recompute")(0.5, 9) == gradgen.grad(walk)(0.5, 9)
