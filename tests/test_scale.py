"""Size: long and deep programs, and work that grows no faster than the program."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.pipeline import run
from tests.long_programs import PROGRAMS, arguments, loaded
from tests.references import assert_gradient
from tests.tiers import named, one_in

# Large enough for what only shows in large programs; Python itself limits nesting in brackets.
SIZES = {
    "scalars": 1500, "stores": 600, "sum_in_brackets": 5000,
    "nested_choices": 150, "helpers": 480, "ladder": 400, "conditions": 400,
}  # fmt: skip
SIZE = 250
GROWTH = 2.6
LIMITED = (
    "leaning_right", "nested_calls", "nested_operations", "nested_branches", "nested_loops",
    "nested_lists",
)  # fmt: skip
NAMES = named(PROGRAMS)
NAMES_WITHOUT_LIMITS = [n for n in NAMES if n.id not in (*LIMITED, "stores_in_a_loop")]


@pytest.mark.parametrize("name", one_in(2, NAMES))
def test_gradient_of_a_large_program(name: str, tmp_path: Path) -> None:
    make = PROGRAMS[name]
    loss = loaded(make(SIZES.get(name, SIZE)), tmp_path)
    args = arguments(make)
    argnums = tuple(range(len(args)))
    value, gradient = gradgen.value_and_grad(loss, argnums=argnums)(*args)
    assert value == loss(*args)
    assert_gradient(loss, args, gradient, argnums)


@pytest.mark.parametrize("name", ["scalars", "branches", "loops", "ladder", "nested_calls"])
def test_second_order_of_a_large_program(name: str, tmp_path: Path) -> None:
    loss = loaded(PROGRAMS[name](120), tmp_path)
    second = gradgen.grad(gradgen.grad(loss))(0.7)
    step = 1e-5
    slope = gradgen.grad(loss)
    assert second == pytest.approx((slope(0.7 + step) - slope(0.7 - step)) / (2 * step), rel=1e-6)


def calls_while_deriving(name: str, size: int, folder: Path, order: int = 1) -> int:
    """Return how many Python functions are called while a program's gradient is derived."""
    make = PROGRAMS[name]
    loss = loaded(make(size), folder)
    gradient = gradgen.value_and_grad(loss if order == 1 else gradgen.grad(loss))
    count = 0

    def note(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event == "call"

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        gradient(*arguments(make))
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    return count


@pytest.mark.parametrize("name", one_in(2, NAMES_WITHOUT_LIMITS, at=1))
def test_work_grows_with_the_program(name: str, tmp_path: Path) -> None:
    calls_while_deriving(name, 8, tmp_path)
    small, large = (calls_while_deriving(name, n, tmp_path) for n in (64, 128))
    assert large < GROWTH * small


@pytest.mark.parametrize("order", [1, 2])
def test_reading_a_nest_grows_with_its_depth(order: int, tmp_path: Path) -> None:
    shallow, deep = (calls_while_deriving("nested_lists", n, tmp_path, order) for n in (3, 6))
    assert deep < 7 * shallow  # were each level read as often again as the one around, 8 to 27


def replaced_on_paths(size: int) -> str:
    """Return a loss whose array, once written to, is one of those made on many paths."""
    body = """
    if x[0] > 0.{k}:
        x = x * 0.9
    elif x[1] > 0.{k}:
        m = m * x[1]
    else:
        x = x + 0.1"""
    branches = "".join(body.format(k=k + 1) for k in range(size))
    end = "    m[0] *= 2.0\n    return np.sum(m * a) + np.sum(x)\n"
    return f"import numpy as np\n\n\ndef loss(m, x):\n    a = m{branches}\n{end}"


def test_paths_do_not_double_with_each_branch(tmp_path: Path) -> None:
    args = (np.array([0.3, 0.4]), np.array([0.25, 0.45]))
    lengths = []
    for size in (4, 8):
        (folder := tmp_path / str(size)).mkdir()
        graph = run(loaded(replaced_on_paths(size), folder), args, until="parse")
        lengths.append(len(str(graph.stages["parse"]).splitlines()))
    assert lengths[1] < 6 * lengths[0]


def test_recursion_limit_is_the_callers(tmp_path: Path) -> None:
    limit = sys.getrecursionlimit()
    loss = loaded(PROGRAMS["ladder"](400), tmp_path)

    def deeper(levels: int) -> Any:
        return deeper(levels - 1) if levels else gradgen.grad(loss)(0.7)

    assert deeper(300) == pytest.approx(3 * 0.7**2)
    assert sys.getrecursionlimit() == limit
