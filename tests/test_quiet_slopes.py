"""No warning where the function has none: by zero, nothing is divided that is not used."""

from __future__ import annotations

import importlib.util
import warnings
from pathlib import Path

import numpy as np
import pytest

import gradgen

X = np.array([0.0, 1.0, 4.0])


def behind_where(x):
    return np.sum(np.where(x > 0.0, np.sqrt(x), 0.0))


def entries_read(x):
    r = np.sqrt(x)
    return np.sum(r[1:])


def entries_tested(x):
    r = x**0.5
    s = 0.0
    for i in range(len(x)):
        if r[i] > 0.0:
            s += 1.0 / r[i]
    return s


def entries_overwritten(x):
    r = np.cbrt(x)
    r[r < 0.1] = 0.0
    return np.sum(r)


def largest(x):
    return np.max(np.sqrt(x))


def clipped(x):
    return np.sum(np.clip(np.sqrt(x), 0.1, 5.0))


def rows_tested(x):
    n = np.sqrt(np.abs(x) * 2.0)
    return np.sum(np.where(n[:, None] > 0.0, n[:, None] * np.ones(2), 0.0))


ROOTS = np.array([0.0, 0.5, 0.25])
CASES = [
    pytest.param(behind_where, ROOTS, id="behind_where"),
    pytest.param(entries_read, ROOTS, id="entries_read"),
    pytest.param(entries_tested, np.array([0.0, -0.5, -0.0625]), id="entries_tested"),
    pytest.param(
        entries_overwritten, np.array([0.0, 1.0 / 3.0, 4.0 ** (-2 / 3) / 3]), id="overwritten"
    ),
    pytest.param(largest, np.array([0.0, 0.0, 0.25]), id="largest"),
    pytest.param(clipped, ROOTS, id="clipped"),
    pytest.param(rows_tested, np.array([0.0, 2.0**0.5, 0.5**0.5]), id="rows_tested"),
]


@pytest.mark.parametrize(("loss", "expected"), CASES)
def test_a_gradient_warns_no_more_than_the_function(loss, expected):
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        loss(X)
        np.testing.assert_allclose(gradgen.grad(loss)(X), expected)


@pytest.mark.parametrize(("loss", "expected"), CASES)
def test_the_text_with_its_guards_has_second_derivatives(loss, expected, tmp_path: Path):
    x = np.array([0.5, 1.0, 4.0])
    path = tmp_path / "emitted.py"
    path.write_text(gradgen.emit(loss, mode="grad", example_args=(x,)))
    spec = importlib.util.spec_from_file_location("emitted", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    gradient = getattr(module, f"{loss.__name__}_grad")
    np.testing.assert_allclose(gradgen.jacobian(gradient)(x), gradgen.hessian(loss)(x), atol=1e-12)
