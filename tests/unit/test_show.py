"""The graph as text."""

from __future__ import annotations

import numpy as np
import pytest

from gradgen.errors import Span
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Block, Const, Function, Leaf, Op, Value
from gradgen.ir.show import Names, show
from gradgen.ir.spelling import atom, leaf_path, operation
from gradgen.ir.types import FLOAT, INT, Dim, Type, array
from gradgen.pipeline import Options, run
from gradgen.stages import STAGES

VECTOR = array("float64", (Dim("x.0"),))


def function(body: Block, *params: Value) -> Function:
    """Return a hand-built function of some parameters."""
    leaves = [Leaf(p.name, (), p, True) for p in params]
    return Function("f", [(p.name, p.type) for p in params], leaves, body, Span("f.py", 1, 0))


def built(prim: str, *inputs: Value, **attrs: object) -> Op:
    """Return one operation with a nameless output."""
    return Op(prim, list(inputs), [Value(FLOAT)], dict(attrs))


def spelled(op: Op) -> str:
    """Return the spelling of an operation."""
    return operation(op, Names())


def test_straight_line() -> None:
    x = Value(VECTOR, "x")
    body = Block()
    b = Builder(body)
    y = b.emit("mul", [2.0, x], "y", Span("f.py", 2, 4))
    z = b.emit("sum", [y], span=Span("f.py", 3, 4), axis=0)
    body.results = [z]
    lines = show(function(body, x)).splitlines()
    assert [line.split("  #")[0].rstrip() for line in lines] == [
        "def f(x):",
        "    x: f64[n] = argument x, differentiated",
        "    y: f64[n] = 2.0 * x",
        "    %1: float = sum(y, axis=0)",
        "    return %1",
    ]
    assert lines[2].endswith("# f.py:2") and lines[3].endswith("# f.py:3")


def test_places_are_not_repeated() -> None:
    x = Value(FLOAT, "x")
    body = Block()
    b = Builder(body)
    b.span = Span("f.py", 2, 0)
    body.results = [b.emit("mul", [b.emit("exp", [x]), x])]
    assert show(function(body, x)).count("f.py:2") == 1


def test_names_are_unique() -> None:
    names = Names()
    values = [Value(FLOAT, "h"), Value(FLOAT, "h"), Value(FLOAT), Value(FLOAT)]
    assert [names(v) for v in values] == ["h", "h.2", "%1", "%2"]
    assert names(values[1]) == "h.2"


def test_unknown_lengths_do_not_depend_on_the_session() -> None:
    names = Names()
    first, second = Dim("?981"), Dim("?17:18")
    assert names.spell(array("float64", (first, second))) == "f64[?1, ?2]"
    assert names.spell(array("float32", (second + -1, 3))) == "f32[?2-1, 3]"
    assert names.spell(Type("list", item=VECTOR)) == "list[f64[n]]"
    assert names.spell(array("float64", (Dim("y.0") + 2,))) == "f64[m+2]"


def test_constants() -> None:
    assert spelled(built("add", Const(1.5), Const(np.pi, "np.pi"))) == "1.5 + np.pi"


A, I, V = (Value(t, n) for t, n in ((VECTOR, "a"), (INT, "i"), (FLOAT, "v")))


@pytest.mark.parametrize(
    "op, text",
    [
        (built("load", A, I, index="i"), "a[i]"),
        (built("load", A, I, index="s", slices=((True, False, False),)), "a[i:]"),
        (built("load", A, I, I, index=":ns", slices=((False, True, True),)), "a[:, None, :i:i]"),
        (built("load", A, index="e"), "a[...]"),
        (built("store", A, V, I, index="i"), "a with [i] = v"),
        (built("inc", A, V, I, index="i", sign="-"), "a with [i] -= v"),
        (built("add_at", A, V, I, index="a"), "a with every [i] += v"),
        (
            built("store", A, V, I, path=(("T", 0, {}), ("load", 1, {"index": "i"})), index="e"),
            "a with .T[i][...] = v",
        ),
        (built("neg", A), "-a"),
        (built("not", A), "not a"),
        (built("is_not", A, Const(None)), "a is not None"),
        (built("select", V, A, I), "a if v else i"),
        (built("T", A), "a.T"),
        (built("dim", A, axis=1), "a.shape[1]"),
        (built("stack", A, V, axis=1), "stack([a, v], axis=1)"),
        (built("zeros", I), "zeros(i)"),
        (built("zeros", I, I), "zeros((i, i))"),
        (built("reshape", A, I, I), "reshape(a, (i, i))"),
        (built("astype", A, dtype="float32"), "astype(a, float32)"),
        (built("helper", A, function="_winners", options=(("axis", 0),)), "_winners(a, axis=0)"),
        (built("captured", name="table"), "captured table"),
        (built("mean", A, axis=0, type=FLOAT, mirror=None), "mean(a, axis=0)"),
    ],
)
def test_operations(op: Op, text: str) -> None:
    assert spelled(op) == text


@pytest.mark.parametrize(
    "text, expected",
    [("x", "x"), ("%1", "%1"), ("f(a + b)", "f(a + b)"), ("(a) + (b)", "((a) + (b))"),
     ("a[i]", "a[i]"), ("a[i] + b[j]", "(a[i] + b[j])"), ("-x", "(-x)")],
)  # fmt: skip
def test_brackets(text: str, expected: str) -> None:
    assert atom(text) == expected


def test_leaf_path() -> None:
    assert leaf_path("p", (("item", 0), ("item", "w"), ("attr", "b"))) == "p[0]['w'].b"


def loop(x: float, n: int) -> float:
    """A loop, a branch and a while."""
    total = 0.0
    for i in range(n):
        if x > 1.0:
            total += x
        else:
            total -= x * i
    while total > 10.0:
        total = total / 2.0
    return total


def test_control_flow() -> None:
    text = run(loop, (1.0, 3), Options(), until="parse").stages["parse"]
    for line in ("for i in range(0, n, 1):", "carry total: float = 0.0", "else:", "while:"):
        assert line in text
    depths = [len(line) - len(line.lstrip()) for line in text.splitlines()]
    assert max(depths) == 12 and all(d % 4 == 0 for d in depths)


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_prints(stage: str) -> None:
    text = run(loop, (1.0, 3), Options(), until=stage).stages[stage]
    assert text.startswith("def loop(x, n):") and text.endswith("\n")
    assert ("# --- reverse sweep ---" in text) == (stage != "parse")


def test_text_is_the_same_every_time() -> None:
    first, second = (run(loop, (1.0, 3), Options(), until="saves").stages for _ in range(2))
    assert first == second
