"""Checkpoints: what is run again gives the same bits, and what is kept stays small."""

from __future__ import annotations

import copy
import functools
import inspect
import math
import pickle
import re
from typing import Any

import numpy as np
import pytest

import gradgen
import gradgen.stages
from gradgen.diff.activity import ends
from gradgen.diff.segments import split_marked
from gradgen.errors import ArgumentError, UnsupportedError
from gradgen.ir.nodes import walk
from gradgen.rules.helpers import _stride
from tests.cases import LOSSES, Case, cases
from tests.checkpointed import marked_loop, marked_while, peak, plain_loop, plain_while
from tests.corpus import checkpoints
from tests.pytrees import leaves, same_bits
from tests.tiers import one_in

LOOPS = ("checkpoints", "loops", "control", "control_jumps", "mutation", "boxes")
LISTS = ("lists_growing", "lang_growing", "lang_loop_names", "lang_item_writes")


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
    assert re.findall(r"\w+_saved = ", made.source) == ["x_saved = ", "product_saved = "]


@pytest.mark.parametrize("what", [staticmethod(math.sin), math.sin, np.sin])
def test_only_python_functions_are_marked(what: Any) -> None:
    with pytest.raises(ArgumentError, match=r"gradgen\.checkpoint"):
        gradgen.checkpoint(what)


# --- the same bits ------------------------------------------------------------------------


@pytest.mark.parametrize("case", one_in(2, cases((*LOSSES, *LOOPS, *LISTS)), without=()))
def test_recomputing_gives_the_same_bits(case: Case) -> None:
    plain = gradgen.value_and_grad(case.function, argnums=case.argnums)
    again = gradgen.value_and_grad(case.function, argnums=case.argnums, memory="recompute")
    try:
        plain(*case.args())
    except UnsupportedError:
        pytest.skip("refused without")
    for args in [case.args(), *case.more_args()]:
        kept = copy.deepcopy(args)
        assert same_bits(again(*args), plain(*copy.deepcopy(kept)))


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


def with_few_snapshots(function: Any) -> None:
    """Split loops as marked by ``snapshots=2, segment=1``, where that can be."""
    for op in walk(function.body):
        breaks = op.blocks and any(end.end == "break" for end in ends(op.blocks[-1]))
        if op.attrs.get("checkpoint") and op.prim == "for" and not breaks:
            op.attrs |= {"snapshots": 2, "segment": 1}
    split_marked(function)


@pytest.mark.parametrize("case", cases(("loops", "mutation", "lists_growing", "lang_physics")))
def test_the_schedule_on_all_loops(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = gradgen.value_and_grad(case.function, argnums=case.argnums)
    try:
        expected = plain(*case.args())
    except UnsupportedError:
        pytest.skip("refused without")
    monkeypatch.setattr(gradgen.diff.segments, "split_marked", with_few_snapshots)
    again = gradgen.value_and_grad(case.function, argnums=case.argnums, memory="recompute")
    # Loops that are not cut may be reversed in another order of turns: sums differ in last bits.
    value, gradient = again(*case.args())
    assert same_bits(value, expected[0])
    for (_, got), (_, wanted) in zip(leaves(gradient), leaves(expected[1]), strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-13, atol=1e-15)


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
        x = 0.5 * math.sin(x) + 0.01 * k
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
        (looping, (0.5, 60), "a checkpoint inside a recursive function"),
        (over_items, (0.5, 3), "checkpoint of a loop that is written out"),
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


def test_a_step_is_known_for_the_call() -> None:
    for n in (1, 3, 4):
        slope = (stepped(0.5 + 1e-6, n) - stepped(0.5 - 1e-6, n)) / 2e-6
        assert gradgen.grad(stepped)(0.5, n) == pytest.approx(slope, rel=1e-6)


@pytest.mark.parametrize("function", [looping, recursive])
def test_forward_mode_keeps_nothing_and_takes_marks_in_recursion(function: Any) -> None:
    n = 30 if function is looping else 3
    value, slope = gradgen.jvp(function)((0.5, n), 1.0)
    assert value == function(0.5, n)
    assert slope == pytest.approx(np.imag(complex_step(function, n)) / 1e-30, rel=1e-13)
    h = 1e-5
    curve = gradgen.jacfwd(gradgen.jacfwd(function))(0.5, n)
    jacobian = gradgen.jacfwd(function)
    assert curve == pytest.approx((jacobian(0.5 + h, n) - jacobian(0.5 - h, n)) / (2 * h), rel=1e-6)


def complex_step(function: Any, n: int) -> complex:
    """Return a function's value a tiny step aside, along the imaginary axis."""
    x = 0.5 + 1e-30j
    if function is recursive:
        for k in range(n):
            x = x + x**k
        return x
    for _ in range(n * (n + 1) // 2):
        x = np.sin(x)
    return x
