"""Romberg's rule: sums by the trapezoidal rule, extrapolated to steps of length zero."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type, promote
from gradgen.rules.registry import printed, rule
from gradgen.rules.shapes_of import Attrs, inexact_of, of_shape, reduced_shape

if TYPE_CHECKING:
    from gradgen.diff.algebra import Algebra
    from gradgen.ir.nodes import Op


def romb_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the shape without the axis that is integrated along."""
    shape = reduced_shape(inputs[0].type.shape, attrs.get("axis", -1), False)
    return of_shape(inexact_of(promote(v.type for v in inputs)), shape)


@printed
def _romb_weights(n):
    """Return how much each of ``n`` samples counts in Romberg's rule, for steps of 1.

    Richardson's extrapolation in the squares of the steps (Press and others, *Numerical Recipes*,
    4.3): a polynomial through the sums for each of them, at zero.
    """
    count = int(np.log2(n - 1)) + 1
    squares = 0.25 ** np.arange(count)
    weights = np.zeros(n)
    for k in range(count):
        others = squares[np.arange(count) != k]
        step = (n - 1) // 2**k
        weights[::step] += step * np.prod(others / (others - squares[k]))
    weights[0] /= 2.0
    weights[-1] /= 2.0
    return weights


def _romb_to_samples(g, samples, dx, axis):
    """Cotangent of the samples."""
    share = np.expand_dims(g, -1) * (dx * _romb_weights(np.shape(samples)[axis]))
    return np.moveaxis(share, -1, axis)


def romb_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Give each sample its share; the integral is proportional to the length of a step."""
    samples, dx = op.inputs
    if i == 1:
        return alg.emit("sum", alg.mul(g, alg.div(op.out, dx)))
    axis = op.attrs.get("axis", -1)
    return alg.written(_romb_to_samples, op, samples.type, g=g, samples=samples, dx=dx, axis=axis)


rule(
    "romb",
    romb_type,
    callables=["scipy.integrate.romb"],
    params="y, dx?=1.0, axis=-1, show=False",
    vjp=romb_vjp,
    tangent="multilinear",
    samples=(
        "scipy.integrate.romb(x5)",
        "scipy.integrate.romb(x3, y)",
        "scipy.integrate.romb(x23, dx=y, axis=-1)",
        "scipy.integrate.romb(x32, axis=0)",
        "scipy.integrate.romb(x5[:2], dx=0.5)",
        "scipy.integrate.romb(xf3)",
    ),
)
