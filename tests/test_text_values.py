"""Texts with numbers in them that lists hold, or that loops add to: shown, raised and returned."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradgen
from tests.references import assert_gradient


def checked(x: Any) -> Any:
    errors = []
    for i, v in enumerate(x):
        if v > 5.0:
            errors.append(f"x[{i}] = {v:.3f} too large")
        elif v < -5.0:
            errors.append("too small")
    if errors:
        raise ValueError("; ".join(errors))
    return np.sum(x**2)


def asserted(x: Any) -> Any:
    notes = []
    for v in x:
        if v > 5.0:
            notes.append(f"{v} too large")
    assert not notes, "; ".join(notes)
    return np.sum(x**3)


def logged(x: Any) -> Any:
    log = []
    while np.sum(x) > 0.5:
        x = x * 0.8
        log.append(f"sum {np.sum(x):.4f}")
    print("\n".join(log), len(log))
    return np.sum(x**2), {"log": log, "n": len(log)}


def noted(x: Any) -> Any:
    out = []

    def note(text: str) -> None:
        out.append(text)

    y = x * 1.0
    while y[0] < 3.0:
        note(f"y0 = {y[0]:.3f}")
        y = y * 1.7
    note("done")
    return np.sum(y * x), out


def accumulated(x: Any) -> Any:
    message, row = "", ""
    for i, v in enumerate(x):
        if v > 0.5:
            message += f"{v:.2f} "
        row += ("+" if v > 0.0 else "-") + str(i)
    print(message or "none", row)
    return np.sum(x**2)


class Log:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, text: str, *args: Any) -> None:
        self.lines.append(text.format(*args))


def said(x: Any) -> Any:
    log = Log()
    for i, v in enumerate(x):
        if v > 0.5:
            log.say("{}: {:.1f}", i, v)
    print(len(log.lines), *log.lines, sep="\n")
    return np.sum(x**3)


def beside_places(x: Any) -> Any:
    trail, best = [], None
    for i, v in enumerate(x):
        if best is None or v > best:
            best = v
            trail.append((i, f"better {v:.2f}"))
    for i, text in trail:
        print(i, text)
    return best**2 + x[0]


X = np.array([0.3, 1.2, -0.4, 0.9])
LOSSES = [checked, asserted, logged, noted, accumulated, said, beside_places]


def outcome(call: Any, capsys: pytest.CaptureFixture[str]) -> tuple[Any, str]:
    """Return what a call gives, or the error that it raises, and what it prints."""
    capsys.readouterr()
    try:
        found = call()
    except (ValueError, AssertionError) as error:
        found = type(error), str(error).splitlines()[0]
    return found, capsys.readouterr().out


@pytest.mark.parametrize("x", [X, 8.0 * X])
@pytest.mark.parametrize("loss", LOSSES)
def test_as_in_python(loss: Any, x: Any, capsys: pytest.CaptureFixture[str]) -> None:
    has_aux = loss in (logged, noted)
    expected = outcome(lambda: loss(x), capsys)
    function = gradgen.value_and_grad(loss, has_aux=has_aux)
    assert outcome(lambda: function(x)[0], capsys) == expected or isinstance(expected[0][0], type)
    if isinstance(expected[0], tuple) and isinstance(expected[0][0], type):
        assert outcome(lambda: function(x), capsys) == expected
        return
    module: dict[str, Any] = {}
    exec(function.source, module)
    alone = module[f"{loss.__name__}_value_and_grad"]
    assert outcome(lambda: alone(x)[0], capsys) == expected
    assert_gradient(lambda v: loss(v)[0] if has_aux else loss(v), (x,), (function(x)[1],), (0,))


@pytest.mark.parametrize("loss", LOSSES)
def test_second_order(loss: Any, capsys: pytest.CaptureFixture[str]) -> None:
    has_aux = loss in (logged, noted)
    _, told = outcome(lambda: loss(X), capsys)
    products = gradgen.hvp(loss, has_aux=has_aux)
    product, shown = outcome(lambda: products((X,), (X,)), capsys)
    product = product[0] if has_aux else product
    assert shown == told
    step = 1e-5
    slopes = [gradgen.grad(loss, has_aux=has_aux)(X * (1.0 + s)) for s in (step, -step)]
    up, down = (s[0] if has_aux else s for s in slopes)
    np.testing.assert_allclose(product, (up - down) / (2.0 * step), rtol=1e-6, atol=1e-8)


def test_the_text_is_made_where_it_is_written() -> None:
    function = gradgen.value_and_grad(checked)
    function(X)
    assert "errors.append(f'x[{i}] = {v:.3f} too large')" in function.source
    assert "raise ValueError('; '.join(errors))" in function.source


def test_results_that_numba_cannot_make_are_refused() -> None:
    with pytest.raises(gradgen.UnsupportedError, match="Way out"):
        gradgen.value_and_grad(logged, has_aux=True, backend="numba")(X)
