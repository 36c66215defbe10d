"""The replay check: it is content with what gradgen derives, and it sees what is spoilt."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.cli import main
from gradgen.graph.annotate import complete
from gradgen.ir.nodes import Block, Const, Function, Op, blocks_of, replace_uses
from gradgen.options import Options
from gradgen.pipeline import run
from gradgen.replay import Replay
from tests.cases import CONTROL, FUNCTIONS, LANGUAGE, LOSSES, MUTATION, Case, cases
from tests.rules.samples import Sample
from tests.tiers import one_in, sampled


def heat(k, u):
    u = u.copy()
    for _ in range(4):
        for i in range(1, len(u) - 1):
            u[i] += k * u[i] * (u[i - 1] - 2.0 * u[i] + u[i + 1])
    return np.sum(u[1:] ** 2)


def newton(a):
    x = a
    while abs(x * x - a) > 1e-9:
        x = 0.5 * (x + a / x)
    return x


def smoothed(w, x):
    h = x.copy()
    for t in range(3):
        h[:] = np.tanh(w * h)
        if t == 1:
            h[0] = h[1] * w[0]
    return np.sum(h * h)


def overwritten(x):
    y = np.sin(x)
    total = np.sum(y * y)
    y[0] = 2.0 * y[1]
    y[1:] *= y[0]
    return total + np.sum(y * x)


def only_length(x):
    mean = x.mean()
    x[0] = 0.5
    return mean * np.sum(x)


def stacks(x, n):
    items = []
    for k in range(n):
        x = math.sin(x) + 0.1 * k
        items.append(x * x)
    return sum(items)


EXAMPLES: dict[Callable[..., Any], tuple[Any, ...]] = {
    heat: (0.1, np.array([0.0, 1.0, 0.5, 0.2, 0.0])),
    newton: (2.0,),
    smoothed: (np.array([0.5, 0.8]), np.array([1.0, -0.4])),
    overwritten: (np.array([0.4, 1.2, -0.3]),),
    only_length: (np.array([0.4, 1.2, -0.3]),),
    stacks: (0.6, 4),
}


@pytest.mark.parametrize("case", cases((*LOSSES, *MUTATION)))
def test_what_is_derived_replays(case: Case) -> None:
    named = complete(case.function, case.args())
    try:
        run(case.function, tuple(named.values()), Options(case.argnums), watch=Replay(named).watch)
    except gradgen.UnsupportedError:
        pytest.skip("refused")


@pytest.mark.parametrize("case", one_in(20, cases((*CONTROL, *LANGUAGE, *FUNCTIONS))))
@pytest.mark.filterwarnings("ignore")
def test_corpus_replays(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    checked = gradgen.value_and_grad(case.function, argnums=case.argnums, check_replay=True)
    for args in (case.args(), *case.more_args()):
        try:
            checked(*copy.deepcopy(args))
        except gradgen.UnsupportedError as error:
            assert case.may_be_refused or "check_replay" in str(error)
            pytest.skip("refused")
        except Exception as error:
            with pytest.raises(type(error)):  # what the function itself raises
                case.function(*copy.deepcopy(args))


@pytest.mark.parametrize("sample", one_in(40, sampled()))
def test_samples_replay(sample: Sample) -> None:
    checked = gradgen.value_and_grad(sample.function, argnums=sample.argnums, check_replay=True)
    try:
        checked(*sample.args())
    except gradgen.UnsupportedError as error:
        assert "called by a solver" in str(error) and "scipy.integrate" in sample.name
        pytest.skip("refused")


def overlapping(a):
    for k in range(3):
        u, v = a[k : k + 3], a[k + 1 : k + 4] if k < 2 else a[:3]
        u[:] = v * 0.5 + u
    return np.sum(a**2)


def unread(u, steps):
    pair = [u.copy(), np.empty(u.shape)]
    for t in range(steps):
        pair[(t + 1) % 2][:] = pair[t % 2] * u
    return np.sum(pair[steps % 2] ** 2)


def test_what_nothing_reads_is_not_compared() -> None:
    """A place in a row for the other path, and an array that was made and not filled."""
    a = np.array([0.3, -0.5, 0.9, 1.4, 0.2])
    gradgen.grad(overlapping, check_replay=True)(a)
    gradgen.grad(unread, check_replay=True)(a, 0)
    gradgen.grad(unread, check_replay=True)(a, 3)


def quiet_logs(x):
    return np.sum(np.where(x > 0.0, np.log(np.abs(x)), 0.0)) ** 2


def none_or_place(x):
    for k in range(len(x)):
        came, last = {0: None}, 0
        if x[k] > 0:
            came[1], last = 0, 1
        while last is not None:
            x = x + 0.1 * x[last]
            last = came[last]
    return x[last] ** 2 if last is not None else x[0]


@pytest.mark.parametrize("fn", [quiet_logs, none_or_place])
def test_what_the_text_does_otherwise_is_no_fault(fn: Callable[..., Any]) -> None:
    """Ones in place of what is not divided by, and None where a name is assigned None."""
    x = np.array([0.3, -0.5, 0.9, 1.4, 0.2])
    np.testing.assert_array_equal(gradgen.grad(fn, check_replay=True)(x), gradgen.grad(fn)(x))


def test_recursion_is_refused() -> None:
    def power(x, n):
        return x if n < 1.5 else x * power(x, n - 1.0)

    def loss(x, n):
        return power(x, n)

    with pytest.raises(gradgen.UnsupportedError, match=r"check_replay .* 'power'.*recursive"):
        gradgen.grad(loss, check_replay=True)(1.2, 3.0)


def rows(w, x):
    h = x
    for _ in range(6):
        h = np.tanh(w * h)
        h[0] = h[1] * w[0]
    return np.sum(h * h)


@pytest.mark.parametrize("backend", ["numpy", "numba"])
@pytest.mark.parametrize("memory", [None, "recompute", 400])
@pytest.mark.parametrize("batch", [None, "x"])
def test_option_with_others(backend: str, memory: Any, batch: Any) -> None:
    """The check goes with every way to run a gradient; Numba's arithmetic is that of the text."""
    if backend == "numba":
        pytest.importorskip("numba")
    w, x = np.array([0.5, 0.8, -0.3]), np.random.default_rng(0).normal(size=(4, 3))
    made = gradgen.grad(rows, check_replay=True, backend=backend, memory=memory, batch=batch)
    wanted = [_complex_step(w, row) for row in x]
    np.testing.assert_allclose(made(w, x) if batch else [made(w, v) for v in x], wanted, rtol=1e-12)


def _complex_step(w: np.ndarray, x: np.ndarray) -> list[float]:
    steps = 1e-30j * np.eye(len(w))
    return [rows(w + step, x.astype(complex)).imag / 1e-30 for step in steps]


@pytest.mark.parametrize("fn", EXAMPLES, ids=lambda f: f.__name__)
def test_option(fn: Callable[..., Any]) -> None:
    args = EXAMPLES[fn]
    plain = gradgen.value_and_grad(fn)(*args)
    for checked in (
        gradgen.value_and_grad(fn, check_replay=True),
        gradgen.differentiable(fn, check_replay=True).value_and_grad,
    ):
        value, gradient = checked(*args)
        assert value == plain[0]
        np.testing.assert_array_equal(gradient, plain[1])


def test_side_effects_are_shown_once(capsys: pytest.CaptureFixture[str]) -> None:
    def noisy(x):
        print("loss", 1)
        return x * x

    try:
        gradgen.grad(noisy, check_replay=True)(2.0)
    except gradgen.UnsupportedError:
        pytest.skip("print is refused")
    assert capsys.readouterr().out == "loss 1\n"


def test_command(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "square.py"
    path.write_text('EXAMPLE_ARGS = {"loss": (2.0,)}\n\n\ndef loss(x):\n    return x * x\n')
    assert main(["check", f"{path}:loss", "--replay"]) == 0
    assert "is what it was" in capsys.readouterr().out


# --- what is spoilt is seen -------------------------------------------------------------------


def outcome(fn: Callable[..., Any], spoil: Callable[[Function], bool]) -> str:
    """Return what the replay says after a change to the finished graph, '' for nothing."""
    named = complete(fn, EXAMPLES[fn])
    replay = Replay(named)

    def watch(stage: str, function: Function) -> None:
        if stage == "copies" and not spoil(function):
            raise IndexError
        replay.watch(stage, function)

    try:
        run(fn, tuple(named.values()), Options(), until="copies", watch=watch)
    except gradgen.GradgenError as error:
        return str(error)
    return ""


def without_copy(number: int) -> Callable[[Function], bool]:
    """Return a change that lets the reader of a copy read the original."""

    def spoil(function: Function) -> bool:
        copies = [op for op in operations(function) if op.prim == "copy" and not op.reverse]
        if number >= len(copies):
            return False
        replace_uses(function.body, {copies[number].out: copies[number].inputs[0]})
        return True

    return spoil


def without_save(number: int) -> Callable[[Function], bool]:
    """Return a change that leaves out a save: a row that is not written, an item not pushed."""

    def spoil(function: Function) -> bool:
        saves = [
            (block, op)
            for block in blocks_of(function.body)
            for op in block.ops
            if not op.reverse and op.inputs and op.inputs[0].name.endswith("_saved")
        ]
        if number >= len(saves):
            return False
        block, op = saves[number]
        block.ops.remove(op)
        replace_uses(function.body, {op.outputs[-1]: op.inputs[0]})
        return True

    return spoil


def with_wrong_save(number: int) -> Callable[[Function], bool]:
    """Return a change that saves another value of the same block instead."""

    def spoil(function: Function) -> bool:
        saves = [
            (block, op)
            for block in blocks_of(function.body)
            for op in block.ops
            if not op.reverse and op.inputs and op.inputs[0].name.endswith("_saved")
        ]
        if number >= len(saves):
            return False
        block, op = saves[number]
        op.inputs[1] = other_value(block, op)
        return True

    return spoil


def other_value(block: Block, op: Op) -> Any:
    """Return a value of the block that is like the one an operation saves, but not it."""
    saved = op.inputs[1]
    if saved.op is not None and saved.op.prim == "copy":
        return Const(0.123)
    before = block.ops[: block.ops.index(op)]
    made = [v for o in before for v in o.outputs if v.type == saved.type and v is not saved]
    made += [p for p in block.params if p.type == saved.type and p is not saved]
    return made[-1] if made else Const(0.123)


def operations(function: Function) -> Iterator[Op]:
    """Yield all operations."""
    for block in blocks_of(function.body):
        yield from block.ops


@pytest.mark.parametrize("spoil", [without_copy, without_save, with_wrong_save])
def test_spoilt_programs_are_caught(spoil: Callable[[int], Callable[[Function], bool]]) -> None:
    tried = []
    for fn in EXAMPLES:
        for number in range(20):
            try:
                tried.append((fn.__name__, number, outcome(fn, spoil(number))))
            except IndexError:
                break
    missed = [(name, number) for name, number, message in tried if not message]
    assert len(tried) >= 3
    assert not missed


def test_message_names_value_and_lines() -> None:
    message = outcome(heat, without_save(0))
    start = heat.__code__.co_firstlineno
    assert f"test_replay.py:{start + 4}" in message
    assert "read by the reverse sweep" in message
    assert f"line {start + 4}" in message
    assert "the forward sweep computed" in message
