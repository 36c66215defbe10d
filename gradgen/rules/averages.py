"""Means and deviations of Python's ``statistics``, which rounds once, at the end.

Their derivatives are those of NumPy's functions of the same numbers.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradgen.ir.types import Type, scalar
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import Attrs

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradgen.diff.algebra import Algebra
    from gradgen.ir.nodes import Op, Value


def numpy_float(inputs: list[Value], attrs: Attrs) -> Type:
    """Return a NumPy float, as the functions do of an array."""
    return scalar("float64")


def mean_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``g / n`` for every item."""
    return alg.unreduce(alg.div(g, alg.emit("len", op.inputs[0])), op.inputs[0], None, False)


def _spread_vjp(missing: float, root: bool) -> Callable[..., Value]:
    def vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
        """``2 g (x - mean) / (n - missing)``, of a root ``g (x - mean) / (y (n - missing))``."""
        data = op.inputs[0]
        count = alg.sub(alg.emit("len", data), missing)
        if root:
            g = alg.div(g, alg.where(alg.emit("eq", op.out, 0.0), 1.0, op.out))
        else:
            g = alg.mul(2.0, g)
        return alg.mul(alg.div(g, count), alg.sub(data, alg.emit("mean", data)))

    return vjp


def _variance_tangent(t_data, y, data):
    """Tangent of ``statistics.variance``."""
    return 2.0 * np.sum((data - np.mean(data)) * t_data) / (len(data) - 1)


def _pvariance_tangent(t_data, y, data):
    """Tangent of ``statistics.pvariance``."""
    return 2.0 * np.sum((data - np.mean(data)) * t_data) / len(data)


def _stdev_tangent(t_data, y, data):
    """Tangent of ``statistics.stdev``."""
    return np.sum((data - np.mean(data)) * t_data) / ((1.0 if y == 0.0 else y) * (len(data) - 1))


def _pstdev_tangent(t_data, y, data):
    """Tangent of ``statistics.pstdev``."""
    return np.sum((data - np.mean(data)) * t_data) / ((1.0 if y == 0.0 else y) * len(data))


def _samples(name: str) -> tuple[str, ...]:
    return tuple(f"statistics.{name}({x})" for x in ("x5", "[x, y, p]", "(x3 * y3).tolist()"))


rule("statistics.mean", numpy_float, callables=["statistics.mean"], params="data", vjp=mean_vjp,
     narrow=True, tangent="linear", samples=_samples("mean"))  # fmt: skip
for _name, _missing, _tangent in (
    ("variance", 1.0, _variance_tangent), ("pvariance", 0.0, _pvariance_tangent),
    ("stdev", 1.0, _stdev_tangent), ("pstdev", 0.0, _pstdev_tangent),
):  # fmt: skip
    _root = _name.endswith("stdev")
    rule(
        f"statistics.{_name}", numpy_float, callables=[f"statistics.{_name}"], params="data",
        vjp=_spread_vjp(_missing, _root), tangent=_tangent, samples=_samples(_name),
        **({"at_kinks": "0 where all are equal"} if _root else {}),
    )  # fmt: skip
