"""Passes for operations that a function has not are left out, and others are not."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import gradgen.passes.copies
import gradgen.stages
from gradgen.ir.nodes import Value
from gradgen.ir.types import scalar
from gradgen.options import Options
from gradgen.pipeline import run
from gradgen.rules.shapes_of import elementwise
from tests.long_programs import PROGRAMS, arguments, loaded

FOR_ARRAYS = (
    "join_clears", "add_through_zeros", "ask_once", "drop_unread_clears", "sum_before_products",
    "scale_products", "add_numbers", "assemble", "store_first", "sum_short_rows",
    "write_out_crosses", "add_in_a_row",
)  # fmt: skip


def numbers(x: float) -> float:
    y = math.sin(x) * x
    return y / (1.0 + y * y)


def entries(u: Any) -> Any:
    v = u.copy()
    v[0] = v[1] * u[2]
    v[0] += u[1]
    return np.sum(v * u)


def asked(fn: Any, args: tuple[Any, ...], patch: pytest.MonkeyPatch) -> set[str]:
    """Return which of the passes are asked as a function is derived."""
    seen: set[str] = set()
    for name in FOR_ARRAYS:
        own = getattr(gradgen.stages, name)
        patch.setattr(
            gradgen.stages, name, lambda f, own=own, name=name: (seen.add(name), own(f))[1]
        )
    copies = gradgen.passes.copies._Sweep
    patch.setattr(
        gradgen.passes.copies, "_Sweep", lambda f: (seen.add("copies"), copies(f))[1]
    )  # fmt: skip
    run(fn, args, Options(0, None, "value_and_grad", False))
    return seen


def test_numbers_ask_for_none_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(numbers, (0.7,), monkeypatch) == set()


def test_stores_ask_for_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    found = asked(entries, (np.ones(3),), monkeypatch)
    assert found >= {"join_clears", "add_through_zeros", "drop_unread_clears", "copies"}
    assert not found & {"ask_once", "scale_products", "write_out_crosses", "add_in_a_row"}


def test_a_long_program_asks_for_none_of_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    make = PROGRAMS["scalars"]
    assert asked(loaded(make(40), tmp_path), arguments(make), monkeypatch) == set()


@pytest.mark.parametrize("dtype", ["same", "inexact", "magnitude", "bool"])
@pytest.mark.parametrize("weak", [None, True, False])
def test_types_of_numbers_are_those_found_anew(dtype: str, weak: bool | None) -> None:
    """A rule keeps what it has found for numbers: whatever was asked before, it says the same."""
    kinds = [scalar(d, w) for d in ("float64", "float32", "int64", "bool", "complex128")
             for w in (True, False)]  # fmt: skip
    kept = elementwise(dtype, weak)
    for _ in range(2):
        for a in kinds:
            for b in kinds:
                operands = [Value(a), Value(b)]
                assert kept(operands, {}) == elementwise(dtype, weak)(operands, {})
