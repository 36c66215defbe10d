"""Checkpoints: what is run again gives the same bits, and what is kept stays small."""

from __future__ import annotations

import copy
import functools
import inspect
import math
import os
import pickle
import re
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.errors import ArgumentError, UnsupportedError
from gradgen.rules.helpers import _stride
from tests.cases import LOSSES, Case, cases
from tests.corpus import checkpoints
from tests.pytrees import same_bits

ROOT = Path(__file__).resolve().parent.parent
LOOPS = ("checkpoints", "loops", "control", "control_jumps", "mutation", "boxes")
LISTS = ("lists_growing", "lang_growing", "lang_loop_names", "lang_item_writes")
# Tables as lists of lists, which cannot be kept while they are written to.
REFUSED = ("table_of_lists", "three_levels")


def plain_loop(x, n):
    for t in range(n):
        x = math.sin(x) + 0.01 * x * (t % 3)
    return x


def marked_loop(x, n):
    for t in gradgen.checkpoint(range(n)):
        x = math.sin(x) + 0.01 * x * (t % 3)
    return x


def plain_while(x, n):
    k = 0
    while k < n:
        x = math.sin(x) + 0.1 * x
        k += 1
    return x


def marked_while(x, n):
    k = 0
    while gradgen.checkpoint(k < n):
        x = math.sin(x) + 0.1 * x
        k += 1
    return x


def frames(u, c, n):
    total = 0.0
    for _ in gradgen.checkpoint(range(n)):
        u[1:-1] += c * u[1:-1] * (u[2:] - u[:-2])
        total += np.sum(u * u)
    return total


# --- the marker in plain Python -----------------------------------------------------------


def test_plain_python_is_unchanged() -> None:
    assert gradgen.checkpoint(range(3, 9)) == range(3, 9)
    assert gradgen.checkpoint(True) is True
    items = [1.0, 2.0]
    assert gradgen.checkpoint(items) is items
    assert marked_loop(0.3, 20) == plain_loop(0.3, 20)


def test_marked_functions_stay_functions() -> None:
    def scaled(x: float, *, by: float = 2.0) -> float:
        """Scale."""
        return x * by

    marked = gradgen.checkpoint(scaled)
    assert marked is not scaled and marked(3.0) == 6.0 and marked(3.0, by=3.0) == 9.0
    assert (marked.__name__, marked.__doc__) == ("scaled", "Scale.")
    assert inspect.signature(marked) == inspect.signature(scaled)
    assert pickle.loads(pickle.dumps(checkpoints.cell)) is checkpoints.cell


def test_methods_are_marked_below_their_decorators() -> None:
    class Model:
        def __init__(self, w: float) -> None:
            self.w = w

        @gradgen.checkpoint
        def layer(self, h: float) -> float:
            return math.sin(self.w * h)

        @staticmethod
        @gradgen.checkpoint
        def twice(h: float) -> float:
            return math.sin(h) * math.cos(h)

        def loss(self, x: float) -> float:
            for _ in range(3):
                x = self.layer(self.twice(x))
            return x

    made, model, step = gradgen.grad(Model(1.5).loss), Model(1.5), 1e-6
    slope = (model.loss(0.3 + step) - model.loss(0.3 - step)) / (2.0 * step)
    assert math.isclose(made(0.3), slope, rel_tol=1e-8)
    # The arguments of both, and no sine or cosine.
    assert re.findall(r"\w+_saved = ", made.source) == ["x_saved = ", "mul_saved = "]


@pytest.mark.parametrize("what", [staticmethod(math.sin), math.sin, np.sin])
def test_only_python_functions_are_marked(what: Any) -> None:
    with pytest.raises(ArgumentError, match=r"gradgen\.checkpoint"):
        gradgen.checkpoint(what)


# --- the same bits ------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases((*LOSSES, *LOOPS, *LISTS)))
def test_recomputing_gives_the_same_bits(case: Case) -> None:
    if case.name in REFUSED:
        pytest.skip("see test_tables_of_lists")
    plain = gradgen.value_and_grad(case.function, argnums=case.argnums)
    again = gradgen.value_and_grad(case.function, argnums=case.argnums, memory="recompute")
    try:
        plain(*case.args())
    except UnsupportedError:
        pytest.skip("refused without")
    for args in [case.args(), *case.more_args()]:
        kept = copy.deepcopy(args)
        assert same_bits(again(*args), plain(*copy.deepcopy(kept)))


def test_tables_of_lists() -> None:
    for name in REFUSED:
        case = Case("lang_item_writes", name)
        with pytest.raises(UnsupportedError, match="a list inside lists"):
            gradgen.grad(case.function, memory="recompute")(*case.args())


@pytest.mark.parametrize(
    "pair", [(plain_loop, marked_loop), (plain_while, marked_while)], ids=["for", "while"]
)
@pytest.mark.parametrize("n", [0, 1, 2, 31, 32, 33, 100])
def test_marked_loops(pair: tuple[Any, Any], n: int) -> None:
    plain, marked = (gradgen.value_and_grad(f)(0.4, n) for f in pair)
    assert same_bits(marked, plain)
    step = 1e-30
    derivative = 1.0
    x = 0.4
    for t in range(n):
        scale = 0.01 * (t % 3) if pair[0] is plain_loop else 0.1
        derivative *= math.cos(x) + scale
        x = math.sin(x) + scale * x
    assert math.isclose(marked[1], derivative, rel_tol=1e-12, abs_tol=step)


@pytest.mark.parametrize("case", cases(("checkpoints",)))
def test_replay(case: Case) -> None:
    made = gradgen.value_and_grad(case.function, argnums=case.argnums, check_replay=True)
    for args in [case.args(), *case.more_args()]:
        made(*args)


FORWARD = [p for p in cases(("checkpoints",)) if p.id != "checkpoints.appended"]


@pytest.mark.parametrize("case", FORWARD)
def test_forward_mode(case: Case) -> None:
    """Forward mode keeps nothing, with a mark or without."""
    args = case.args()
    place = case.argnums[0]
    direction = np.ones_like(args[place]) if isinstance(args[place], np.ndarray) else 1.0
    _, slope = gradgen.jvp(case.function, argnums=place)(args, direction)
    gradient = gradgen.grad(case.function, argnums=place)(*case.args())
    assert math.isclose(float(slope), float(np.sum(gradient * direction)), rel_tol=1e-9)


# --- the binomial schedule ----------------------------------------------------------------


@functools.cache
def least_turns(turns: int, room: int) -> int:
    """Return how many turns have to be run to go back through some, by trying all schedules."""
    if turns <= 1:
        return 0
    if room == 1:
        return turns * (turns - 1) // 2
    first = range(1, turns)
    return min(d + least_turns(turns - d, room - 1) + least_turns(d, room) for d in first)


def turns_run(turns: int, room: int) -> tuple[int, int]:
    """Return how many turns the generated loops run, and how many states they hold at once."""
    at, keep, run = [], 0, max(turns - 1, 0)
    for t in range(turns):
        if t == keep:
            at.append(t)
            keep = t + _stride(turns - t, room - len(at))
    held = len(at)
    for t in range(turns - 1, -1, -1):
        while at[-1] < t:
            end = at[-1] + _stride(t - at[-1] + 1, room - len(at))
            run += end - at[-1]
            at.append(end)
            held = max(held, len(at))
        at.pop()
    return run, held


@pytest.mark.parametrize("room", [1, 2, 3, 5, 8])
def test_no_schedule_runs_fewer_turns(room: int) -> None:
    for turns in range(60):
        run, held = turns_run(turns, room)
        assert run == least_turns(turns, room)
        assert held <= room + 1


@pytest.mark.parametrize("n", [0, 1, 2, 3, 10, 99, 100, 101, 500])
def test_few_snapshots_give_the_same_bits(n: int) -> None:
    def few(x, n):
        for t in gradgen.checkpoint(range(n), snapshots=2):
            x = math.sin(x) + 0.01 * x * (t % 3)
        return x

    def single(x, n):
        for t in gradgen.checkpoint(range(n), snapshots=4, segment=1):
            x = math.sin(x) + 0.01 * x * (t % 3)
        return x

    plain = gradgen.value_and_grad(plain_loop)(0.4, n)
    assert same_bits(gradgen.value_and_grad(few)(0.4, n), plain)
    assert same_bits(gradgen.value_and_grad(single)(0.4, n), plain)


def test_few_snapshots_keep_few_states() -> None:
    def few(u, c, n):
        for _ in gradgen.checkpoint(range(n), snapshots=5, segment=1):
            u[1:-1] += c * u[1:-1] * (u[2:] - u[:-2])
        return np.sum(u * u)

    u = np.linspace(1.0, 1.5, 1000)
    made = gradgen.grad(few)
    made(u, 1e-4, 100)
    assert peak(made, u, 1e-4, 100) < 20 * u.nbytes
    assert "kept at a few turns" in made.explain(u, 1e-4, 100)


@pytest.mark.parametrize("count", [0, -1, 1.5, True])
@pytest.mark.parametrize("name", ["snapshots", "segment"])
def test_counts_that_are_none(name: str, count: Any) -> None:
    with pytest.raises(ArgumentError, match=f"{name}="):
        gradgen.checkpoint(range(3), **{name: count})


# --- how much is kept ---------------------------------------------------------------------


def peak(function: Any, *args: Any) -> int:
    function(*args)
    tracemalloc.start()
    try:
        function(*args)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_loops_keep_roots() -> None:
    n = 10_000
    for plain, marked in ((plain_loop, marked_loop), (plain_while, marked_while)):
        assert peak(gradgen.grad(plain), 0.4, n) > 8 * n
        assert peak(gradgen.grad(marked), 0.4, n) < 8 * n / 4


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
    made = gradgen.value_and_grad(plain_while, memory=10**9)
    assert same_bits(made(0.4, 50), gradgen.value_and_grad(plain_while)(0.4, 50))
    assert "segment" in made.source


def test_a_limit_that_cannot_be_met_is_told() -> None:
    made = gradgen.grad(plain_loop, memory=100)
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
    assert "kept for the reverse sweep: 8 kB at most" in made.explain(0.4, 1000)
    assert "kept for the reverse sweep: 8 MB at most" in made.explain(0.4, 10**6)
    text = " ".join(gradgen.value_and_grad(marked_loop).explain(0.4, 10**6).split())
    assert "what follows is run again from there" in text
    assert "run again in the reverse sweep" in text
    assert "40 kB at most" in text
    text = gradgen.value_and_grad(plain_while).explain(0.4, 1000)
    assert "what depends on lengths or turns that are not known" in text


@pytest.mark.parametrize("n", [10, 1000, 20_000])
def test_predictions_are_what_is_measured(n: int) -> None:
    made = gradgen.grad(plain_loop)
    made(0.4, n)
    predicted = made._last.bytes_kept({"x": 0.4, "n": n})
    assert predicted == 8 * n
    assert predicted <= peak(made, 0.4, n) < predicted + 4000


# --- what cannot be run again -------------------------------------------------------------


def drawn(x, n):
    rng = np.random.default_rng(0)
    for _ in gradgen.checkpoint(range(n)):
        x = x * rng.standard_normal()
    return x


def power(x, n):
    return 1.0 if n == 0 else x * power(x, n - 1)


def recursive(x, n):
    for k in gradgen.checkpoint(range(n)):
        x = x + power(x, k)
    return x


def looping(x, n):
    if n == 0:
        return x
    for _ in gradgen.checkpoint(range(n)):
        x = math.sin(x)
    return looping(x, n - 1)


def over_items(x, n):
    for k in gradgen.checkpoint([1.0, 2.0]):
        x = x * k
    return x


def stepped(x, n):
    for k in gradgen.checkpoint(range(0, 10, n)):
        x = math.sin(x) * k
    return x


def early(x, n):
    for _ in gradgen.checkpoint(range(n), snapshots=2):
        x = math.sin(x)
        if x < 0.0:
            break
    return x


def snapshots_of_while(x, n):
    while gradgen.checkpoint(x > n, snapshots=2):
        x = 0.9 * x
    return x


def of_a_number(x, n):
    return gradgen.checkpoint("text") + x


@pytest.mark.parametrize(
    ("function", "args", "what"),
    [
        (drawn, (0.5, 3), "random numbers inside a checkpoint"),
        (recursive, (0.5, 3), "a recursive function inside a checkpoint"),
        (looping, (0.5, 3), "a checkpoint inside a recursive function"),
        (over_items, (0.5, 3), "checkpoint of a loop that is written out"),
        (stepped, (0.5, 3), "a checkpointed loop whose step is computed"),
        (early, (0.5, 3), "snapshots= of a loop that may be left early"),
        (snapshots_of_while, (0.5, 0.1), "snapshots= where there is no for loop"),
        (of_a_number, (0.5, 3), "checkpoint of a"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_refusals(function: Any, args: tuple, what: str) -> None:
    with pytest.raises(UnsupportedError, match=what) as caught:
        gradgen.grad(function)(*args)
    assert "test_checkpoint.py" in str(caught.value) and "Way out" in str(caught.value)


def test_limits_leave_what_cannot_be_run_again() -> None:
    def walk(x, n):
        rng = np.random.default_rng(1)
        for _ in range(n):
            x = math.sin(x) * rng.standard_normal()
        return x

    assert gradgen.grad(walk, memory="recompute")(0.5, 9) == gradgen.grad(walk)(0.5, 9)
