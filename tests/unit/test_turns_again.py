"""Turns that are done again from their state: gradients, what is kept, and which loops are not."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.ir.verify import verify
from gradgen.pipeline import Options, Program, run
from tests.references import complex_gradient

U = np.random.default_rng(8).uniform(0.3, 1.2, size=6)


def burgers(u, c, steps):
    """All is read of the state itself: nothing is done again."""
    u, v = u.copy(), 0.0 * u
    for _ in range(steps):
        for i in range(1, len(u) - 1):
            v[i] = u[i] - c * u[i] * (u[i] - u[i - 1]) + u[i] * (u[i + 1] - 2.0 * u[i]) ** 2
        for i in range(1, len(u) - 1):
            u[i] = v[i]
    return np.sum(u**2)


def stages(u, c, steps):
    """Scratch that a turn writes to all over is no state; slopes follow from one another."""
    y, inner = 0.5 * u, 0.0 * u
    for _ in range(steps):
        k = 0.0 * u
        total = 0.0 * u
        for stage in range(4):
            shift = 0.5 * c if stage else 0.0
            for i in range(len(u)):
                inner[i] = y[i] + shift * k[i]
            k = 0.0 * u
            for i in range(len(u)):
                k[i] = u[0] if i == 0 else u[i] * inner[i - 1]
                total[i] += c * k[i]
        for i in range(len(u)):
            y[i] += total[i] / 6.0
    return np.sum(y)


def partly(u, c, steps):
    """What a turn does not write to, the next one reads: it is state."""
    u, w = u.copy(), 1.0 + 0.0 * u
    for _ in range(steps):
        for i in range(1, len(u)):
            w[i] = u[i] * u[i - 1] * c
        for i in range(len(u)):
            u[i] += 0.1 * w[i] * u[i] * w[len(u) - 1 - i]
    return np.sum(u**2)


def in_every_other(u, c, steps):
    """Scratch is written to on one side of a branch alone."""
    u, w = u.copy(), 1.0 + 0.0 * u
    for t in range(steps):
        if t % 2 == 0:
            for i in range(len(u)):
                w[i] = u[i] * u[i] * c
        for i in range(len(u)):
            u[i] += 0.1 * w[i] * u[i] * w[len(u) - 1 - i]
    return np.sum(u**2)


def swapped(u, c, steps):
    """Two arrays change places."""
    u, v = u.copy(), u.copy()
    for t in range(steps, 0, -1):
        for i in range(1, len(u) - 1):
            if i % 2:
                v[i] = u[i] - t * u[i] * (u[i] - u[i - 1]) * u[i + 1] * c
            else:
                v[i] = u[i] * u[i - 1] * v[i] * (u[i + 1] - u[i])
        u, v = v, u
    return np.sum(u * v)


def overwritten(u, c, steps):
    """The state is read under two names, before and after it is written to."""
    u = u.copy()
    for _ in range(steps):
        w, a = u, 0.0 * u
        for i in range(len(u)):
            a[i] = w[i] * w[i] * c
        for i in range(1, len(u)):
            u[i] += 0.1 * a[i] * a[i - 1] * w[i]
        w[0] = 0.5 * u[1] * a[0]
    return np.sum(u)


def sweeping(u, c, steps):
    """Each place waits for the one before."""
    u = u.copy()
    for _ in range(steps):
        for i in range(1, len(u) - 1):
            u[i] += c * u[i - 1] * u[i + 1] * u[i] * (u[i] - u[i - 1])
    return np.sum(u**2)


def costly(u, c, steps):
    """Logarithms are not computed again."""
    u = u.copy()
    for _ in range(steps):
        w = 0.0 * u
        for i in range(len(u)):
            w[i] = u[i] * u[i] * np.log(2.0 + c * u[i] * u[i])
        for i in range(len(u)):
            u[i] += w[i] * w[len(u) - 1 - i] * u[i]
    return np.sum(u)


def table(u, c, steps):
    """The state is all that was computed so far."""
    h = np.zeros((steps + 1, len(u))) * u
    h[0] = u
    for t in range(steps):
        for i in range(1, len(u)):
            h[t + 1, i] = h[t, i] * h[t, i - 1] * c + 0.3 * h[t, i] ** 2
    return np.sum(h[steps]) + np.sum(h[steps // 2] ** 2)


def broken_off(u, c, steps):
    """It may end early."""
    u = u.copy()
    for t in range(steps):
        w = 0.0 * u
        for i in range(len(u)):
            w[i] = u[i] * u[i] * c
        for i in range(len(u)):
            u[i] += w[i] * w[len(u) - 1 - i] * u[i]
        if t == 1:
            break
    return np.sum(u)


def cells(u, c, steps):
    """Exponentials are computed again, to keep a third; so is a sum over one row of many."""
    h, m = np.zeros((len(u), len(u))), np.zeros((len(u), len(u)))
    total = 0.0
    for t in range(steps):
        for i in range(len(u)):
            for k in range(len(u)):
                old, x = h[i, k], u[k] * (t + 1)
                forget = 1.0 / (1.0 + np.exp(-(old * x + c)))
                enter = 1.0 / (1.0 + np.exp(-(x - old * c)))
                x = m[i, k] * forget + enter * np.tanh(old + x)
                m[i, k] = x
                h[i, k] = enter * np.tanh(x)
        norm = 1.0
        for k in range(len(u)):
            norm += np.exp(h[2, k] * u[k])
        total += np.log(norm)
    return total


def recurrent(u, c, steps):
    """The products of a matrix are not computed again."""
    w = np.outer(u, u)
    h, z = np.zeros(len(u)), np.zeros(len(u))
    for _ in range(steps):
        for i in range(len(u)):
            total = c
            for j in range(len(u)):
                total += w[i, j] * h[j]
            z[i] = np.tanh(total) * np.exp(total) * total * u[i]
        for i in range(len(u)):
            h[i] = z[i] * z[i] * c
    return np.sum(h)


AGAIN = {burgers: "u", stages: "y", partly: "u w", in_every_other: "u w", swapped: "u v",
         overwritten: "u", cells: "h m"}  # fmt: skip
KEPT = (sweeping, costly, recurrent, table, broken_off)


def program_of(f: Callable[..., Any], **options: Any) -> Program:
    """Take a function to its gradient for Numba, and verify each stage."""

    def check(stage: str, function: Any) -> None:
        verify(function, saved=stage in ("saves", "copies", "lower"))

    chosen = Options(mode="grad", argnums=0, backend="numba", **options)
    return run(f, (U, 0.3, 3), chosen, watch=check)


def uncompiled(program: Program) -> Callable[..., Any]:
    """Return what the text for Numba says, done by Python; empty arrays are full of NaNs."""

    def njit(*given: Any, **options: Any) -> Any:
        if not given:
            return njit
        given[0].py_func = given[0]
        return given[0]

    def empty(shape: Any, dtype: Any = float) -> Any:
        return np.full(shape, np.nan if np.issubdtype(dtype, np.inexact) else 7, dtype)

    numpy = SimpleNamespace(**{name: getattr(np, name) for name in np.__all__} | {"empty": empty})
    names: dict[str, Any] = {"numba": SimpleNamespace(njit=njit), "np": numpy}
    text = program.text.replace("import numba\n", "").replace("import numpy as np\n", "")
    exec(text, names)
    return names[program.name]


@pytest.mark.parametrize("f", [*AGAIN, *KEPT])
def test_gradients(f: Callable[..., Any]) -> None:
    program = program_of(f)
    states = [s.value.name for s in program.saved if "run again from there" in s.reason]
    assert sorted(states) == AGAIN.get(f, "").split()
    gradient = uncompiled(program)
    for n, steps in ((6, 3), (3, 1), (4, 0)):
        (expected,) = complex_gradient(f, (U[:n].copy(), 0.3, steps), (0,))
        assert np.allclose(gradient(U[:n].copy(), 0.3, steps), expected, rtol=1e-12, atol=0)


def test_what_is_kept() -> None:
    text = program_of(burgers).text
    assert "run again" not in text
    assert text.count("_saved = ") == 1
    # What is not kept goes to scratch: exponentials have loops of their own all the same.
    text = program_of(cells).text
    assert text.count("_all = np.empty(n)") == 3 and text.count("_saved[t] = ") == 2
    text = program_of(stages).text
    again = text.partition("run again")[2]
    assert again and "total[i] += c" not in again
    told = gradgen.grad(stages, backend="numba").explain(U, 0.3, 3)
    told = " ".join(told.split())
    assert "y at the start of a turn" in told and "one row a turn" in told
    assert "run again in the reverse sweep" in told


def test_numpy_keeps_all() -> None:
    assert "run again" not in gradgen.emit(stages, mode="grad", example_args=(U, 0.3, 3))


def test_second_order() -> None:
    program = run(stages, (U, 0.3, 2), Options(mode="hessian", argnums=0, backend="numba"))
    found = uncompiled(program)(U[:3], 0.3, 2)
    assert np.allclose(found, gradgen.hessian(stages)(U[:3], 0.3, 2), rtol=1e-12)
