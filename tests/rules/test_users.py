"""Operations of users' own: `gradgen.rule` in all modes, and what it refuses."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.rules.registry import RULES
from tests.references import difference_gradient

NAMES = ("wind.speed", "wind.blend", "wind.path", "wind.energy")


def speed(p):
    return np.sqrt(2.0 * np.asarray(p))


def blend(b, a, w=0.5):
    return b * w + a * a * (1.0 - w)


def path(a, axis=0):
    return np.cumsum(np.abs(a), axis=axis)


def energy(v):
    return float(np.sum(v * v))


def path_to_a(g, a, axis):
    return np.sign(a) * np.flip(np.cumsum(np.flip(g, axis), axis=axis), axis)


def path_tangent(t_a, a, axis):
    return np.cumsum(np.sign(a) * t_a, axis=axis)


def energy_to_v(g, v):
    return 2.0 * g * v


def energy_tangent(t_v, v):
    return 2.0 * np.sum(v * t_v)


class _Opaque:
    """A callable as of a compiled library: there is no source to read."""

    def __init__(self, fn):
        self._fn = fn
        self.__module__, self.__qualname__ = "windlib", fn.__name__

    def __call__(self, *args, **kwargs):
        return self._fn(*args, **kwargs)


windlib: Any = types.ModuleType("windlib")
for _fn in (speed, blend, path, energy):
    setattr(windlib, _fn.__name__, _Opaque(_fn))
windlib.fresh = _Opaque(speed)


@pytest.fixture(autouse=True)
def _wind() -> Iterator[None]:
    sys.modules["windlib"] = windlib
    gradgen.rule("wind.speed", callables=["windlib.speed"], params="pressure", elementwise=True,
                 adjoint=("g / y",))  # fmt: skip
    # The names of the parameters are not the letters of their places.
    gradgen.rule("wind.blend", callables=[windlib.blend], params="b, a, w=0.5", elementwise=True,
                 adjoint=("g * w", "2 * g * a * (1 - w)"))  # fmt: skip
    gradgen.rule("wind.path", "same", callables=["windlib.path"], params="a, axis=0",
                 adjoint=(path_to_a,), tangent=path_tangent)  # fmt: skip
    gradgen.rule("wind.energy", "number", callables=["windlib.energy"], params="v",
                 adjoint=(energy_to_v,), tangent=energy_tangent)  # fmt: skip
    yield
    for name in NAMES:
        RULES.pop(name, None)  # the documents list the rules that there are
    del sys.modules["windlib"]


def by_formula(x):
    return np.sum(windlib.speed(x) ** 3) + windlib.speed(x[0])


def by_names(x):
    return np.sum(windlib.blend(x, x[::-1] ** 2, 0.25) * x) + np.sum(windlib.blend(2.0, x))


def by_function(x):
    return np.sum(windlib.path(x - 0.9) ** 2) + np.sum(windlib.path(np.outer(x, x), axis=1)[:, 1])


def by_number(x):
    return windlib.energy(x * x) * x[1]


POINT = np.array([0.7, 1.3, 0.4])


@pytest.mark.parametrize("loss", [by_formula, by_names, by_function, by_number])
def test_all_modes(loss: Any) -> None:
    (expected,) = difference_gradient(loss, (POINT.copy(),), (0,))
    value, gradient = gradgen.value_and_grad(loss)(POINT)
    assert value == loss(POINT)
    np.testing.assert_allclose(gradient, expected, 1e-8, 1e-8)
    way = np.array([0.3, -1.0, 2.0])
    np.testing.assert_allclose(gradgen.jvp(loss)((POINT,), (way,))[1], gradient @ way, 1e-12)
    hessian = gradgen.hessian(loss)(POINT)
    step = 1e-5
    for k, e in enumerate(np.eye(3) * step):
        column = (gradgen.grad(loss)(POINT + e) - gradgen.grad(loss)(POINT - e)) / (2.0 * step)
        np.testing.assert_allclose(hessian[:, k], column, 1e-6, 1e-7)


def test_entered_again() -> None:
    """A cell of a notebook is run twice: the newer rule holds."""
    gradgen.rule("wind.speed", callables=["windlib.speed"], params="p", elementwise=True,
                 adjoint=("2 * g / y",))  # fmt: skip
    np.testing.assert_allclose(gradgen.grad(lambda x: windlib.speed(x))(2.0), 1.0)


def stray(g, b):
    return g


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"name": "exp"}, "already"),
        ({"nonsense": 3}, "no option 'nonsense'"),
        ({"elementwise": False}, "what the operation returns"),
        ({"type": "vector"}, "'vector'"),
        ({"callables": ["windlib.absent"]}, "not there"),
        ({"callables": [np.exp]}, "already"),
        ({"adjoint": ("g * speed(p)",)}, "calls 'speed'"),
        ({"adjoint": ("g * q",)}, "the name 'q'"),
        ({"adjoint": ("g *",)}, "the formula"),
        ({"adjoint": ("g", "g")}, "2 adjoints for 1"),
        ({"adjoint": (stray,)}, "parameter 'b'"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, dict) else given,
)
def test_refused_when_entered(options: dict[str, Any], says: str) -> None:
    given: dict[str, Any] = {"name": "wind.new", "callables": ["windlib.fresh"], "params": "p",
                             "elementwise": True, "adjoint": ("g",)}  # fmt: skip
    with pytest.raises(gradgen.ArgumentError, match=says):
        gradgen.rule(**(given | options))
    assert "wind.new" not in RULES


@gradgen.custom_vjp
def power(x, n):
    return x**n


def power_forward(x, n):
    return power(x, n), (x, n)  # as in JAX, the rule calls the function itself


power.defvjp(power_forward, lambda kept, g: (g * kept[1] * kept[0] ** (kept[1] - 1), None))


def test_a_forward_rule_that_calls_its_function() -> None:
    gradient = gradgen.grad(lambda x: np.sum(power(x, 3) * x))(POINT)
    np.testing.assert_allclose(gradient, 4.0 * POINT**3, 1e-14)
