"""Adjoints stored in place of what was kept for them."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest

import gradgen
from gradgen.options import Options
from gradgen.pipeline import run
from tests.corpus import lang_kept_in_loops as losses

STORED = ("log_of_sum", "root_of_squares", "of_both_vectors")
APART = tuple(n for n in losses.EXAMPLE_ARGS if n not in STORED and n != "rows_one_by_one")


@pytest.mark.skipif(find_spec("numba") is None, reason="needs Numba")
@pytest.mark.parametrize("name", [*STORED, *APART])
def test_one_array_instead_of_two(name: str) -> None:
    args = losses.EXAMPLE_ARGS[name]()
    text = run(getattr(losses, name), args, Options(backend="numba")).text
    swept = text[text.index("--- reverse") :]
    assert ("_saved[" not in swept and "(x.shape)" not in swept) == (name in STORED), text


def test_each_call_returns_an_array_of_its_own() -> None:
    x = losses.EXAMPLE_ARGS["log_of_sum"]()[0]
    gradient = gradgen.grad(losses.log_of_sum)
    first = gradient(x)
    second = gradient(2.0 * x)
    assert not np.shares_memory(first, second)
    assert np.allclose(first, np.exp(x) / np.sum(np.exp(x)), rtol=1e-14)
