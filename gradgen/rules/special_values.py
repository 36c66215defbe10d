"""Elementwise functions whose derivatives are special functions that NumPy does not have."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type
from gradgen.rules.elementwise import NP_INEXACT, PYTHON_FLOAT
from gradgen.rules.registry import printed, rule
from gradgen.rules.shapes_of import Attrs, inexact_of


@printed
def _sinc_slope(x):
    """Return the derivative of ``np.sinc``, near 0 by its series: the difference cancels."""
    near = np.abs(x) < 0.1
    z = (np.pi * np.where(near, x, 0.0)) ** 2
    series = 1.0 - z / 10.0 * (1.0 - z / 28.0 * (1.0 - z / 54.0 * (1.0 - z / 88.0)))
    far = np.where(near, 1.0, x)
    slope = (np.cos(np.pi * far) - np.sinc(far)) / far
    return np.where(near, -(np.pi**2) / 3.0 * x * series, slope)


@printed
def _bessel_i1(x):
    """Return the derivative of ``np.i0``: sinh(x cos t) cos t averaged over a turn."""
    c = np.cos(np.pi * (np.arange(64) + 0.5) / 128.0).astype(np.result_type(x))
    return np.mean(np.sinh(np.expand_dims(x, -1) * c) * c, axis=-1)


@printed
def _digamma(x):
    """Return the derivative of ``math.lgamma``: its recurrence to 10, then asymptotic."""
    z = 1.0 - x if x < 0.5 else x
    total = 0.0
    while z < 10.0:
        total -= 1.0 / z
        z += 1.0
    u = 1.0 / (z * z)
    series = 1 / 252 - u * (1 / 240 - u * (1 / 132 - u * (691 / 32760 - u / 12)))
    total += math.log(z) - 0.5 / z - u * (1 / 12 - u * (1 / 120 - u * series))
    if x < 0.5:
        total -= math.pi / math.tan(math.pi * (x - round(x)))
    return total


def i0_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return an array, of a number too."""
    t = inputs[0].type
    return Type("any" if t.shape is None else "array", inexact_of(t.dtype), t.shape)


# A table: an entry is read along its lines.
# fmt: off
_FUNCTION: dict[str, Any] = {"params": "x", "elementwise": True, "domain": "x"}
rule("sinc", NP_INEXACT, callables=["np.sinc"], closed="sin(pi * a) / (pi * a)",
     adjoint=("g * _sinc_slope(a)",), at_kinks="0 at 0", of_complex="analytic",
     samples=("np.sinc(x3 + 1j * y3).imag",), **_FUNCTION)
rule("i0", i0_type, callables=["np.i0"], closed="besseli(0, a)", adjoint=("g * _bessel_i1(a)",),
     **_FUNCTION)
_PYTHON: dict[str, Any] = {"params": "x, /", "elementwise": True}
rule("math.erf", PYTHON_FLOAT, callables=["math.erf"], closed="erf(a)", domain="x",
     adjoint=("2.0 / sqrt(pi) * g * exp(-a * a)",), **_PYTHON)
rule("math.erfc", PYTHON_FLOAT, callables=["math.erfc"], closed="1 - erf(a)", domain="x",
     adjoint=("-2.0 / sqrt(pi) * g * exp(-a * a)",), **_PYTHON)
rule("math.gamma", PYTHON_FLOAT, callables=["math.gamma"], closed="gamma(a)", domain="p",
     adjoint=("g * y * _digamma(a)",), samples=("math.gamma(x)",), **_PYTHON)
rule("math.lgamma", PYTHON_FLOAT, callables=["math.lgamma"], closed="loggamma(a)", domain="p",
     adjoint=("g * _digamma(a)",), samples=("math.lgamma(x)",), **_PYTHON)
