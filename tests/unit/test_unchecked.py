"""Indices that fit for all lengths that a test lets through are not checked in compiled code."""

from __future__ import annotations

import ast
import random

import numpy as np
import pytest

import gradgen
from gradgen.backends.unchecked import lengths_that_fit
from gradgen.backends.views import with_views

TRIANGLE = """
out = np.zeros(n)
for i in range(len(out)):
    for j in range(i + 1, n):
        out[j] += a[i, i * (2 * n - i - 1) // 2 - i + j - 1]
"""
FIRST_APART = """
for i in range(n):
    if i == 0:
        b[i] = 1.0
    else:
        b[i] = b[i - 1]
"""
BACKWARDS = """
for i in range(n - 1, -1, -1):
    b[i] += b[-1] if i > 2 else a[n - 1 - i, 2]
"""

HALVES = """
half = len(a) // 2
u = np.zeros(max(half, 0))
for i in range(half):
    u[i] = a[2 * i + 1, 0] * b[2 * i] * b[i + half]
"""

PICKED = """
last = -1
for i in range(n):
    if b[i] < (b[last] if last >= 0 else 1.0):
        last = i
"""


def found(text: str) -> list[str] | None:
    """Return the tests of a text about a matrix, a vector and a whole number."""
    tests = lengths_that_fit(ast.parse(text).body, ["n"], {"a": 2, "b": 1})
    return None if tests is None else [ast.unparse(t) for t in tests]


def test_what_has_to_hold() -> None:
    assert found("for i in range(len(b)):\n    b[i] += 1.0") == []
    assert found("for i in range(n):\n    b[i] = 0.0") == ["len(b) >= n"]
    assert found("for i in range(1, n):\n    b[i] = b[i - 1]") == ["len(b) >= n"]
    assert found(FIRST_APART) == ["len(b) >= 1", "len(b) >= n"]
    assert found(TRIANGLE) == ["len(a) >= n", "2 * a.shape[1] + n >= n ** 2"]
    assert found(BACKWARDS) == [
        "len(b) >= n",
        "len(b) >= 1",
        "n >= 3",
        "len(a) >= n",
        "a.shape[1] >= 3",
    ]
    assert found(PICKED) == ["len(b) >= n"]
    assert found(HALVES) == ["a.shape[1] >= 1", "len(b) >= len(a)"]
    assert found("u = np.empty((max(n, 0), 3))\nfor i in range(n):\n    u[i, 2] = 0.0") == []


@pytest.mark.parametrize(
    "text",
    [
        "half = n // 2\nfor i in range(half * half):\n    b[i] = 0.0",  # of fractions squared
        "for i in range(n):\n    b[i - 1] = 0.0",  # counted from the end in the first turn
        "for i in range(n):\n    b[int(a[0, 0])] = 0.0",
        "c = a * n\nc[0, 0] = 1.0",
        "b = np.zeros(n)\nfor i in range(3):\n    b[0] = 1.0\n    b = np.zeros(i)",
        "b = np.zeros(2)\nwhile n > 0:\n    b[1] = 1.0\n    if n < 3:\n        b = np.zeros(1)\n"
        "        continue\n    b = np.zeros(2)",
        "for i in range(n):\n    k = i\nb[k] = 1.0",
        f"{PICKED}t = b[last] if last >= 0 else 0.0\nb[last] = t",  # known in that arm alone
        PICKED.replace("last >= 0", "n >= 0"),
    ],
)
def test_what_is_not_found_out(text: str) -> None:
    assert found(text) is None


class Strict:
    """An array that refuses indices out of range."""

    def __init__(self, array: np.ndarray) -> None:
        self.array, self.shape = array, array.shape

    def __len__(self) -> int:
        return len(self.array)

    def _checked(self, at: object) -> object:
        for k, length in zip(at if isinstance(at, tuple) else (at,), self.shape, strict=False):
            assert -length <= k < length, (at, self.shape)
        return at

    def __getitem__(self, at: object) -> float:
        return float(self.array[self._checked(at)])

    def __setitem__(self, at: object, value: float) -> None:
        self.array[self._checked(at)] = value


def _index(rng: random.Random, names: list[str]) -> str:
    """Return the text of an index, mostly one that makes sense."""
    parts = [rng.choice([*names, "n", "len(b)"]) for _ in range(rng.randint(1, 2))]
    signs = [rng.choice(["+", "+", "-"]) for _ in parts]
    text = "".join(f" {s} {p}" for s, p in zip(signs, parts, strict=True)).removeprefix(" + ")
    return f"{text.strip()} + {rng.randint(-1, 1)}".replace("+ -", "- ")


def _program(rng: random.Random) -> str:
    """Return nested loops with a test of an index, and indices of them."""
    lines, names = [], []
    for depth, name in enumerate("ijk"[: rng.randint(1, 3)]):
        pad = "    " * depth
        low = rng.choice(["0", "1", *names])
        high = rng.choice(["n", "len(a)", "a.shape[1]", "len(b)", *names])
        step = rng.choice(["", "", ", 2"])
        ends = f"{high} - 1, {low} - 1, -1" if rng.random() < 0.3 else f"{low}, {high}{step}"
        lines.append(f"{pad}for {name} in range({ends}):")
        names.append(name)
    pad = "    " * len(names)
    if rng.random() < 0.5:
        test = f"{rng.choice(names)} {rng.choice(['==', '!=', '<', '>='])} {rng.choice(['0', '1'])}"
        lines += [f"{pad}if {test}:", f"{pad}    b[{_index(rng, names)}] = 1.0", f"{pad}else:"]
        pad += "    "
    lines.append(f"{pad}a[{_index(rng, names)}, {_index(rng, names)}] = b[{_index(rng, names)}]")
    return "\n".join(lines)


def test_what_holds_is_enough() -> None:
    """Where the tests hold, the text runs on arrays that refuse what is out of range."""
    rng, let_through = random.Random(1), 0
    for _ in range(1000):
        text = _program(rng)
        tests = lengths_that_fit(ast.parse(text).body, ["n"], {"a": 2, "b": 1})
        for _ in range(8 if tests is not None else 0):
            lengths = [rng.randint(0, 5) for _ in range(3)]
            names = {"a": Strict(np.zeros(lengths[:2])), "b": Strict(np.zeros(lengths[2]))}
            names["n"] = rng.randint(-2, 6)
            if all(eval(ast.unparse(t), dict(names)) for t in tests or ()):
                let_through += 1
                exec(text, names)
    assert let_through > 200


def rows(x: np.ndarray, w: np.ndarray) -> float:
    """Return a weighted sum of squares, with as many weights as there are columns at least."""
    total = 0.0
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            total += w[j] * x[i, j] * x[i, j]
    return total


def test_both_twins() -> None:
    """Fitting arguments go without checks; others raise as in Python, or count from the end."""
    pytest.importorskip("numba")
    gradient = gradgen.grad(rows, backend="numba")
    x, w = np.arange(6.0).reshape(2, 3), np.array([1.0, 2.0, 3.0])
    assert np.array_equal(gradient(x, w), 2.0 * x * w)
    compiled = gradient.source.partition("@numba.njit(")[2]
    assert compiled.startswith("error_model='numpy')")
    assert "rows_grad_checked = numba.njit(" in compiled
    assert "fits = len(w) >= x.shape[1]" in gradient.source
    assert np.array_equal(gradient(x, np.array([1.0, 2.0, 3.0, 9.0])), 2.0 * x * w)
    with pytest.raises(IndexError):
        gradient(x, w[:2])


def test_views_are_the_same_entries() -> None:
    """Texts that fit store the same with views and without, in plain Python."""
    rng, changed = random.Random(2), 0
    for _ in range(1500):
        text = _program(rng)
        body = ast.parse(text).body
        tests = lengths_that_fit(body, ["n"], {"a": 2, "b": 1})
        made = with_views(body, set()) if tests is not None else body
        seen = ast.unparse(ast.fix_missing_locations(ast.Module(made, [])))
        for _ in range(40 if "_rest" in seen else 0):
            lengths, n = [rng.randint(0, 5) for _ in range(3)], rng.randint(-2, 6)
            pair = []
            for each in (text, seen):
                a, b = np.arange(25.0)[: lengths[0] * lengths[1]], np.arange(5.0)[: lengths[2]]
                names = {"a": a.copy().reshape(lengths[:2]), "b": b.copy(), "n": n}
                if all(eval(ast.unparse(t), dict(names)) for t in tests or ()):
                    exec(each, names)
                    changed += 1
                pair.append((names["a"], names["b"]))
            assert all(map(np.array_equal, *pair)), text
    assert changed > 100


def test_what_is_only_added_to_keeps_its_start() -> None:
    """A sum that only the value is made of is not read in the gradient, but it is added to."""
    pytest.importorskip("numba")

    def chosen(x):
        rows = []
        for k in range(3):
            row = {"r": None, "v": x[k]}
            if x[k] > 0:
                row["r"] = x[k] ** 2
            rows.append(row)
        return sum(row["r"] for row in rows if row["r"] is not None)

    x = np.array([1.0, -2.0, 3.0])
    np.testing.assert_allclose(gradgen.grad(chosen, backend="numba")(x), [2.0, 0.0, 6.0])
